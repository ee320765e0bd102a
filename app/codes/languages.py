"""Languages that people speak and read: BCP 47 tag, English name, own name, direction."""

from __future__ import annotations

import csv
from dataclasses import dataclass
from functools import cache
from pathlib import Path

from babel import Locale
from flask_babel import gettext as _

from app.web.i18n import DESK, page_language


@dataclass(frozen=True, slots=True)
class Language:
    """One language."""

    tag: str
    english: str
    autonym: str
    direction: str


def read() -> tuple[Language, ...]:
    """The shipped table, in its order."""
    path = Path(__file__).parent / "data" / "languages.csv"
    with path.open(encoding="utf-8", newline="") as file:
        return tuple(
            Language(row["tag"], row["english_name"], row["autonym"], row["direction"]) for row in csv.DictReader(file)
        )


LANGUAGES = read()
BY_TAG = {language.tag: language for language in LANGUAGES}


def name_of(tag: str) -> str:
    """The English name, or the tag itself; nobody is asked again here what the other language is."""
    if tag == "und":
        return _("Not known, or another language")
    known = BY_TAG.get(tag)
    return known.english if known else tag


@cache
def choices() -> tuple[tuple[str, str], ...]:
    """For a list to choose from: each in its own script, with its name in the language of the page where that differs."""
    return named(page_language())


@cache
def named(locale: Locale) -> tuple[tuple[str, str], ...]:
    """The list in a language; CLDR names what the table has in English only."""
    found = (
        (one, one.english if locale == DESK else locale.languages.get(one.tag.replace("-", "_"), one.english))
        for one in LANGUAGES
    )
    return tuple((one.tag, label(one, name)) for one, name in found)


def label(language: Language, name: str) -> str:
    """Its own name, and the one of the page's language where that differs; what is not in the list is the page's to say."""
    if language.tag == "und":
        return _("Another language")
    return language.autonym if language.autonym.casefold() == name.casefold() else f"{language.autonym} ({name})"
