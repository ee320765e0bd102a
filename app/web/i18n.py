"""The language of a page. English is the catalogue's own language; more are added as reviewed catalogues."""

from __future__ import annotations

from datetime import date
from functools import lru_cache

from babel import Locale
from flask import Flask, has_request_context, request
from flask_babel import Babel, format_date, get_domain, get_locale
from werkzeug.datastructures import LanguageAccept
from werkzeug.http import parse_accept_header

LANGUAGES = ("en",)
LOCALES = {language: Locale(language) for language in LANGUAGES}
DESK = LOCALES["en"]  # what is kept in words for the staff is kept in their language
RIGHT_TO_LEFT = frozenset({"ar", "he", "fa", "ur", "ps", "prs", "yi"})


def init_i18n(app: Flask) -> None:
    """Choose from what the browser asks for, among the languages that are on."""
    app.config["BABEL_TRANSLATION_DIRECTORIES"] = "translations"
    Babel(app, locale_selector=chosen)
    app.jinja_env.install_gettext_callables(  # type: ignore[attr-defined]  # of its extension
        lambda text: said(get_locale() or DESK, text),
        lambda one, many, count: get_domain().get_translations().ungettext(one, many, count), newstyle=True,
    )  # fmt: skip
    app.jinja_env.globals["page_locale"] = ""
    app.context_processor(lambda: {"page_locale": tag(), "page_direction": direction()})


@lru_cache(maxsize=4096)
def said(_locale: Locale, text: str) -> str:
    """A sentence of a template in the language of the page, looked up once."""
    return str(get_domain().get_translations().ugettext(text))


def chosen() -> Locale:
    """The best of the languages that are on."""
    if not has_request_context():
        return DESK
    return best(request.headers.get("Accept-Language", ""))


@lru_cache(maxsize=1024)
def best(wanted: str) -> Locale:
    """The same for everybody who asks with the same words: reading them costs more than the rest of the choice."""
    return LOCALES[parse_accept_header(wanted, LanguageAccept).best_match(LANGUAGES) or LANGUAGES[0]]


def tag() -> str:
    """BCP 47 tag of this page."""
    return tag_of(get_locale() or DESK)


@lru_cache(maxsize=64)
def tag_of(locale: Locale) -> str:
    """BCP 47 tag of a language."""
    return str(locale).replace("_", "-")


def day_words(day: date) -> str:
    """A day, short."""
    return str(format_date(day, "MMM d, y"))


def direction() -> str:
    """Which way this page is read."""
    return "rtl" if tag().split("-")[0] in RIGHT_TO_LEFT else "ltr"
