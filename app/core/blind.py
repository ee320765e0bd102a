"""Blind tokens: keyed hashes of normalised words, so that search and matching work on sealed data.

Names are compared without case, accents, hyphens, apostrophes or order; the original is never changed.
"""

from __future__ import annotations

import hashlib
import hmac
import re
import unicodedata
from collections.abc import Iterable
from dataclasses import dataclass
from datetime import date
from functools import lru_cache

from app.core.reference import parse_reference

SIZE = 16
# Letters that decomposition leaves whole (Danish, Vietnamese, German, Polish, Icelandic, Turkish).
FOLDED = str.maketrans({"đ": "d", "ð": "d", "ø": "o", "ł": "l", "ı": "i", "æ": "ae", "œ": "oe", "þ": "th", "ß": "ss"})
# Within a name these join: O'Neil and ONeil, Mary-Jane and Maryjane, are one word.
JOINED = re.compile(r"[’'ʼ‘`´\-‐‑·.]")
HYPHEN = re.compile(r"[\-‐‑]")
WORD = re.compile(r"\w+")
MONTHS = {
    name: number
    for number, names in enumerate(
        ("jan january ene enero", "feb february febrero", "mar march marzo", "apr april abr abril", "may mayo",
         "jun june junio", "jul july julio", "aug august ago agosto", "sep sept september septiembre setiembre",
         "oct october octubre", "nov november noviembre", "dec december dic diciembre"), 1,
    )
    for name in names.split()
}  # fmt: skip
PHONE_TAIL = 10
# A family's says something of whose child it is; a practice's, where many children are seen, only finds the case.
PHONES = ("phone", "work_phone")
OUR_NUMBER = "our_mrn"  # a referrer's records have one of their own


@dataclass(frozen=True, slots=True)
class Term:
    """Something a case can be found by: its kind and the text as it was given."""

    kind: str  # child_name, party_name, phone, work_phone, email, birth_date, mrn, our_mrn, code
    value: str


@dataclass(frozen=True, slots=True)
class BlindKey:
    """The key of the tokens and its version, kept on each row."""

    secret: bytes
    version: int


@lru_cache(maxsize=4096)
def normalise_name(text: str) -> tuple[str, ...]:
    """The words of a name, folded and sorted; hyphenated parts count joined and apart, each with its apostrophe too."""
    folded = fold(text)
    joined = WORD.findall(JOINED.sub("", folded))
    apart = WORD.findall(JOINED.sub(" ", folded)) if JOINED.search(folded) else []
    parts = WORD.findall(JOINED.sub("", HYPHEN.sub(" ", folded))) if apart else []
    words = {word for word in (*joined, *apart, *parts) if len(word) > 1 or not word.isascii()}
    return tuple(sorted(words or {*joined}))


def fold(text: str) -> str:
    """Lower case without marks: NFKD, marks stripped, special letters spelled out."""
    decomposed = unicodedata.normalize("NFKD", text)
    bare = "".join(letter for letter in decomposed if not unicodedata.combining(letter))
    return bare.casefold().translate(FOLDED)


def phone_digits(text: str) -> str:
    """The last ten digits, of whatever script: the same number with and without country code or trunk zero."""
    return "".join(str(unicodedata.decimal(digit)) for digit in re.findall(r"\d", text))[-PHONE_TAIL:]


def words_of(term: Term) -> tuple[str, ...]:
    """What is hashed for a term."""
    if term.kind in {"child_name", "party_name"}:
        return normalise_name(term.value)
    if term.kind in PHONES:
        digits = phone_digits(term.value)
        return (digits,) if len(digits) >= 6 else ()
    bare = unicodedata.normalize("NFKC", term.value).strip().casefold()
    if term.kind in {"mrn", OUR_NUMBER, "code"}:
        bare = re.sub(r"[\s.\-]", "", bare)
    return (bare,) if bare else ()


def tokens(key: BlindKey, terms: Iterable[Term]) -> list[tuple[str, bytes]]:
    """Kind and token of every word of every term, each once."""
    found = {(term.kind, word) for term in terms for word in words_of(term)}
    return [
        (kind, hmac.digest(key.secret, f"{kind}\0{word}".encode(), hashlib.sha256)[:SIZE])
        for kind, word in sorted(found)
    ]


@dataclass(frozen=True, slots=True)
class Query:
    """What was typed in the search box: a reference, or groups of terms that must all be met."""

    reference: str | None
    groups: tuple[tuple[Term, ...], ...]


def query_terms(typed: str) -> Query:
    """Read a search phrase: a reference, a birth date, a phone number, an email address, or words of a name."""
    text = unicodedata.normalize("NFKC", typed).strip()
    reference = parse_reference(text)
    born = read_date(text)
    if born is not None:
        return Query(reference, ((Term("birth_date", born.isoformat()),),))
    digits = phone_digits(text)
    if len(digits) >= 7 and not re.search(r"[^\W\d_]", text):
        return Query(reference, ((*(Term(kind, text) for kind in PHONES), Term("mrn", text), Term(OUR_NUMBER, text)),))
    if "@" in text:
        return Query(reference, ((Term("email", text),),))
    if reference is not None:
        return Query(reference, ())
    words = text.split()
    # An initial is no word of a name: it finds nobody, and would hide whom the others find.
    words = [word for word in words if len(word.strip(".")) > 1 or not word.isascii()] or words
    groups = (group_of(word) for word in words[:8])
    return Query(None, tuple(group for group in groups if group))


def group_of(word: str) -> tuple[Term, ...]:
    """What one word of a phrase may be: a birth date among names, a name, a number in somebody's records, a code."""
    born = read_date(word)
    if born is not None:
        return (Term("birth_date", born.isoformat()),)
    if not normalise_name(word):
        return ()
    return (
        Term("child_name", word),
        Term("party_name", word),
        Term("mrn", word),
        Term(OUR_NUMBER, word),
        Term("code", word),
    )


def read_date(text: str) -> date | None:
    """A birth date in the spellings staff use: 2018-04-03, 4/3/2018 (month first), Apr 3 2018, 3 April 2018.

    27/3/2019 too: where the month cannot stand first, the day does.
    """
    parts = re.findall(r"[^\W\d_]+|\d+", text.casefold())
    if len(parts) != 3 or re.search(r"[^\w\s,./\-]", text):
        return None
    months = [MONTHS[part] for part in parts if part in MONTHS]
    numbers = [int(part) for part in parts if part.isdigit()]
    if len(months) == 1 and len(numbers) == 2:
        day, year = (numbers[1], numbers[0]) if numbers[0] > 31 else (numbers[0], numbers[1])
        return made_date(year, months[0], day)
    if len(numbers) != 3:
        return None
    if numbers[0] > 31:
        return made_date(numbers[0], numbers[1], numbers[2])
    return made_date(numbers[2], numbers[0], numbers[1]) or made_date(numbers[2], numbers[1], numbers[0])


def made_date(year: int, month: int, day: int) -> date | None:
    """A date that exists, this century or the last."""
    if not 1900 <= year <= 2200:
        return None
    try:
        return date(year, month, day)
    except ValueError:
        return None
