"""The language of a page: the person's own choice, else what the browser asks for, else the hospital's first one.

The catalogue's own language is English; another one is on where a hospital names it and `translations/` has it.
"""

from __future__ import annotations

import io
from collections.abc import Callable
from datetime import date
from functools import cache, lru_cache

from babel import Locale
from babel.messages.mofile import write_mo
from babel.messages.pofile import read_po
from babel.support import NullTranslations, Translations
from flask import Flask, Response, current_app, has_request_context, request
from flask_babel import Babel, Domain, format_date, get_domain, get_locale
from werkzeug.datastructures import LanguageAccept
from werkzeug.http import parse_accept_header

from app.core.settings import settings
from config import ROOT

CATALOGUES = {path.parts[-3]: path for path in sorted(ROOT.glob("translations/*/LC_MESSAGES/messages.po"))}
DESK = Locale("en")  # what is kept in words for the staff is kept in their language
RIGHT_TO_LEFT = frozenset({"ar", "he", "fa", "ur", "ps", "prs", "yi"})
ASKED = "lang"  # in an address: the language that somebody chose on that page
REMEMBERED = 365 * 24 * 3600


class Catalogues(Domain):
    """The catalogues as they are written: nothing has to be compiled before a start."""

    def get_translations(self) -> NullTranslations:
        """Of the language of this page."""
        return catalogue(page_language())


@cache
def catalogue(locale: Locale) -> NullTranslations:
    """Every sentence of a language; English has the sentences themselves."""
    path = CATALOGUES.get(tag_of(locale))
    if path is None:
        return NullTranslations()
    compiled = io.BytesIO()
    with path.open("rb") as file:
        write_mo(compiled, read_po(file, locale=str(locale)))
    compiled.seek(0)
    return Translations(compiled)


def init_i18n(app: Flask, languages: Callable[[], tuple[str, ...]], staff: frozenset[str]) -> None:
    """`languages` are the hospital's, the first before the others; the pages of the `staff` rooms are in English."""
    app.extensions["languages"] = lambda: (
        tuple(language for language in languages() if language in CATALOGUES or language == tag_of(DESK))
        or (tag_of(DESK),)
    )
    app.extensions["staff_rooms"] = staff
    babel = Babel(app, locale_selector=chosen)
    babel.domain_instance = Catalogues()
    app.jinja_env.install_gettext_callables(  # type: ignore[attr-defined]  # of its extension
        lambda text: said(page_language(), text),
        lambda one, many, count: get_domain().get_translations().ungettext(one, many, count), newstyle=True,
    )  # fmt: skip
    app.jinja_env.globals["page_locale"] = ""
    app.context_processor(lambda: {"page_locale": tag(), "page_direction": direction(tag()), "tongues": others})
    app.after_request(remember)


@lru_cache(maxsize=4096)
def said(_locale: Locale, text: str) -> str:
    """A sentence of a template in the language of the page, looked up once."""
    return str(get_domain().get_translations().ugettext(text))


def offered() -> tuple[str, ...]:
    """The languages that are on for this page."""
    if not has_request_context() or request.blueprint in current_app.extensions["staff_rooms"]:
        return (tag_of(DESK),)
    on: tuple[str, ...] = current_app.extensions["languages"]()
    return on


def chosen() -> Locale:
    """The language of this page."""
    on = offered()
    if len(on) > 1:
        for own in (request.args.get(ASKED), request.cookies.get(cookie())):
            if own in on:
                return locale_of(own)
        return best(request.headers.get("Accept-Language", ""), on)
    return locale_of(on[0])


@lru_cache(maxsize=1024)
def best(wanted: str, on: tuple[str, ...]) -> Locale:
    """The same for everybody who asks with the same words: reading them costs more than the rest of the choice."""
    return locale_of(parse_accept_header(wanted, LanguageAccept).best_match(on) or on[0])


@cache
def locale_of(tag: str) -> Locale:
    """A language by its tag."""
    return Locale.parse(tag, sep="-")


def others() -> list[tuple[str, str, str]]:
    """What this page can be changed to: tag, direction, and the language's own name."""
    return [(one, direction(one), own_name(one)) for one in offered() if one != tag()]


@cache
def own_name(tag: str) -> str:
    """How a language calls itself, as a title."""
    name = locale_of(tag).get_display_name() or tag
    return name[:1].upper() + name[1:]


def cookie() -> str:
    """Where a choice is remembered: the tag and nothing else."""
    return "__Host-language" if settings().https else "language"


def remember(response: Response) -> Response:
    """Keep a choice that was made, for the pages to come."""
    asked = request.args.get(ASKED)
    if asked and len(offered()) > 1 and asked in offered():
        response.set_cookie(cookie(), asked, max_age=REMEMBERED, secure=settings().https, httponly=True, samesite="Lax")
    return response


def letters_in(wanted: str | None) -> str:
    """The language in which we write to somebody who reads this one: the same where the hospital has it."""
    on: tuple[str, ...] = current_app.extensions["languages"]()
    return wanted if wanted in on else tag_of(DESK) if tag_of(DESK) in on else on[0]


def page_language() -> Locale:
    """The language of this page; outside of one, the staff's."""
    return get_locale() or DESK


def tag() -> str:
    """BCP 47 tag of this page."""
    return tag_of(page_language())


@lru_cache(maxsize=64)
def tag_of(locale: Locale) -> str:
    """BCP 47 tag of a language."""
    return str(locale).replace("_", "-")


def day_words(day: date) -> str:
    """A day, short."""
    return str(format_date(day, "MMM d, y"))


def direction(tag: str) -> str:
    """Which way a language is read."""
    return "rtl" if tag.split("-", maxsplit=1)[0] in RIGHT_TO_LEFT else "ltr"
