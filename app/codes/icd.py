"""The shipped ICD-10-CM subset: find a code with or without its dot, or search by words and synonyms."""

from __future__ import annotations

import csv
import re
from dataclasses import dataclass
from functools import cache
from os.path import commonprefix
from pathlib import Path

from app.core.blind import fold

SHAPE = re.compile(r"^[A-Z][0-9][0-9A-Z]([0-9A-Z]{1,4})?$")
# A code that the table need not hold: with its dot, or alone. A hospital may know how it begins.
WRITTEN = re.compile(r"[A-Z][0-9][0-9A-Z]\.[0-9A-Z]{1,4}\b|[A-Z][0-9]{2}[0-9A-Z]{0,4}$")
FOLDER = Path(__file__).parent / "data"
DATA, SYNONYMS = FOLDER / "icd10cm_subset.csv", FOLDER / "icd10cm_synonyms.csv"
EDITION = (FOLDER / "icd10cm_edition.txt").read_text(encoding="utf-8").strip()
MOST = 20
# What somebody who means it writes.
LESS_LIKELY = ("trait", "in remission", "in relapse")
# Words of the table that name no disease by themselves.
VAGUE = frozenset(
    [
        "achieved",
        "acute",
        "associated",
        "cell",
        "cells",
        "child",
        "chronic",
        "crisis",
        "deficiency",
        "disease",
        "diseases",
        "disorder",
        "disorders",
        "drug",
        "due",
        "first",
        "having",
        "hereditary",
        "infection",
        "multiple",
        "not",
        "organ",
        "other",
        "primary",
        "relapse",
        "remission",
        "second",
        "severe",
        "site",
        "specified",
        "syndrome",
        "type",
        "unspecified",
        "with",
        "without",
    ]
)


@dataclass(frozen=True, slots=True)
class IcdCode:
    """A code with its dot and its words; `header` when only more specific codes are billable."""

    code: str
    description: str
    header: bool = False


def normalise(typed: str) -> str:
    """Upper case, without dot and spaces."""
    return re.sub(r"[\s.]", "", typed).upper()


@cache
def table() -> dict[str, IcdCode]:
    """Every shipped code by its bare form."""
    with DATA.open(encoding="utf-8", newline="") as file:
        return {normalise(row["code"]): IcdCode(row["code"], row["description"]) for row in csv.DictReader(file)}


@cache
def synonyms() -> dict[str, str]:
    """What people type, in English and Spanish, and the words of the table that they mean."""
    with SYNONYMS.open(encoding="utf-8", newline="") as file:
        return {row["typed"]: row["means"] for row in csv.DictReader(file)}


@cache
def haystacks() -> tuple[tuple[IcdCode, frozenset[str]], ...]:
    """Each code with the beginnings of its folded words: what it can be found by."""
    words = ((code, re.findall(r"\w+", fold(code.description))) for code in table().values())
    return tuple(
        (code, frozenset(word[:end] for word in said for end in range(1, len(word) + 1))) for code, said in words
    )


@cache
def vocabulary() -> frozenset[str]:
    """Every beginning of every word of the table."""
    return frozenset[str]().union(*(known for _code, known in haystacks()))


def find(typed: str) -> IcdCode | None:
    """The code that was typed, alone or in front of its words; a header counts as less specific."""
    first = normalise(typed.strip().split(" ")[0]) if typed.strip() else ""
    if not SHAPE.match(first):
        return None
    exact = table().get(first)
    if exact is not None:
        return exact
    below = [code for bare, code in table().items() if bare.startswith(first)]
    if not below:
        return None
    dotted = first if len(first) == 3 else f"{first[:3]}.{first[3:]}"
    return IcdCode(dotted, below[0].description.split(",")[0], header=True)


def meant(typed: str) -> list[str]:
    """The words that were typed, each in the table's own words where it is a synonym."""
    parts = re.findall(r"\w+", fold(typed))
    return [word for part in parts for word in re.findall(r"\w+", synonyms().get(part, part))]


def search(typed: str, limit: int = MOST) -> list[IcdCode]:
    """The codes that hold the most of what was typed, if that is half of it; shortest descriptions first."""
    exact = find(typed)
    words = {word for word in meant(typed) if len(word) > 1}
    if not words:
        return []
    held = [(len(words & known), code) for code, known in haystacks()]
    most = max(number for number, _code in held)
    hits = [code for number, code in held if number == most] if most * 2 >= len(words) else []
    hits.sort(
        key=lambda code: (
            any(word in code.description and word not in typed for word in LESS_LIKELY),
            len(code.description),
            code.code,
        )
    )
    return ([exact] if exact else []) + [code for code in hits if code != exact][: limit - (exact is not None)]


def beginning(typed: str) -> str:
    """The code that was typed, whether the table holds it or not, or how the codes begin that its words mean.

    Words never choose a leaf of several. Words that the table does not know, or that name no disease, are passed over; of several categories the one with the
    shortest words is meant ("leukemia" is C95). What is only in somebody's history (Z) is nobody's diagnosis here.
    """
    exact = find(typed)
    if exact is not None:
        return exact.code
    written = WRITTEN.match(typed.strip().upper())
    if written is not None:
        return written[0]
    words = ({word for word in meant(typed) if len(word) > 2} - VAGUE) & vocabulary()  # not "in", "of", "T"
    held = [(len(words & known), code) for code, known in haystacks() if not code.code.startswith("Z")]
    most = max(number for number, _code in held)
    if most * 2 < max(len(words), 1):
        return ""
    hits = [code for number, code in held if number == most]
    category = min(hits, key=lambda code: (len(code.description), code.code)).code[:3]
    return commonprefix([code.code for code in hits if code.code.startswith(category)]).rstrip(".")  # noqa: RUF071  no paths
