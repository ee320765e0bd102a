"""The language of a page. English is the catalogue's own language; more are added as reviewed catalogues."""

from __future__ import annotations

from babel import Locale
from flask import Flask, has_request_context, request
from flask_babel import Babel, get_locale

LANGUAGES = ("en",)
RIGHT_TO_LEFT = frozenset({"ar", "he", "fa", "ur", "ps", "prs", "yi"})


def init_i18n(app: Flask) -> None:
    """Choose from what the browser asks for, among the languages that are on."""
    app.config["BABEL_TRANSLATION_DIRECTORIES"] = "translations"
    Babel(app, locale_selector=chosen)
    app.jinja_env.globals["page_locale"] = ""
    app.context_processor(lambda: {"page_locale": tag(), "page_direction": direction()})


def chosen() -> str:
    """The best of the languages that are on."""
    if not has_request_context():
        return LANGUAGES[0]
    return request.accept_languages.best_match(LANGUAGES) or LANGUAGES[0]


def tag() -> str:
    """BCP 47 tag of this page."""
    locale = get_locale()
    return str(locale or Locale("en")).replace("_", "-")


def direction() -> str:
    """Which way this page is read."""
    return "rtl" if tag().split("-")[0] in RIGHT_TO_LEFT else "ltr"
