"""Words that are read out over the phone and typed: 256 in each language, no two alike in their first four letters."""

from __future__ import annotations

import re
import unicodedata
from functools import cache
from pathlib import Path

DATA = Path(__file__).parent / "data"
LANGUAGES = ("en", "es")
TOLD_APART_BY = 4


@cache
def words(language: str) -> tuple[str, ...]:
    """The words of a language, English ones where it has none."""
    known = language if language in LANGUAGES else LANGUAGES[0]
    return tuple((DATA / f"return_words_{known}.txt").read_text(encoding="utf-8").split())


def spoken(code: bytes, language: str) -> tuple[str, ...]:
    """A word for each byte."""
    listed = words(language)
    return tuple(listed[byte] for byte in code)


def heard(typed: str) -> frozenset[bytes]:
    """What a typed text may mean, in any of the languages; nothing for what is no word of theirs."""
    parts = [start(part) for part in re.split(r"[\W\d_]+", typed) if part]
    found = (tuple(starts(language).get(part) for part in parts) for language in LANGUAGES)
    return frozenset(bytes(one for one in code if one is not None) for code in found if code and None not in code)


@cache
def starts(language: str) -> dict[str, int]:
    """The place of each word, by how it begins."""
    return {start(word): place for place, word in enumerate(words(language))}


def start(word: str) -> str:
    """How a word begins, without accents and capitals: a wrong ending is forgiven."""
    letters = unicodedata.normalize("NFKD", word.casefold())
    return "".join(letter for letter in letters if letter.isalpha())[:TOLD_APART_BY]
