"""Languages that people speak and read: BCP 47 tag, English name, own name, direction."""

from __future__ import annotations

import csv
from dataclasses import dataclass
from functools import cache
from pathlib import Path


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
    """The English name, or the tag itself."""
    known = BY_TAG.get(tag)
    return known.english if known else tag


@cache
def choices() -> tuple[tuple[str, str], ...]:
    """For a list to choose from: each in its own script, with its English name where that differs."""
    return tuple(
        (one.tag, one.english if one.autonym == one.english else f"{one.autonym} ({one.english})") for one in LANGUAGES
    )
