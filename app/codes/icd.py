"""The shipped ICD-10-CM subset: find a code with or without its dot, or search by words and synonyms."""

from __future__ import annotations

import csv
import re
from dataclasses import dataclass
from functools import cache
from pathlib import Path

from app.core.blind import fold

SHAPE = re.compile(r"^[A-Z][0-9][0-9A-Z]([0-9A-Z]{1,4})?$")
FOLDER = Path(__file__).parent / "data"
DATA, SYNONYMS = FOLDER / "icd10cm_subset.csv", FOLDER / "icd10cm_synonyms.csv"
EDITION = (FOLDER / "icd10cm_edition.txt").read_text(encoding="utf-8").strip()
MOST = 20
# What somebody who means it writes.
LESS_LIKELY = ("trait", "in remission", "in relapse")


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
def haystacks() -> tuple[tuple[IcdCode, tuple[str, ...]], ...]:
    """Each code with the folded words it can be found by."""
    return tuple((code, tuple(re.findall(r"\w+", fold(code.description)))) for code in table().values())


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


def search(typed: str, limit: int = MOST, *, whole: bool = False) -> list[IcdCode]:
    """Codes whose words hold every typed word, by prefix and in any order; shortest descriptions first.

    Where none holds them all: those that hold the most, if that is half of them, but for a `whole` search.
    """
    exact = find(typed)
    typed_words = [word for word in re.findall(r"\w+", fold(typed)) if len(word) > 1]
    words = {word for part in typed_words for word in re.findall(r"\w+", synonyms().get(part, part))} or set(
        typed_words
    )
    if not words:
        return []
    held = [(sum(any(one.startswith(word) for one in known) for word in words), code) for code, known in haystacks()]
    most = max(number for number, _code in held)
    hits = [code for number, code in held if number == most] if most * (1 if whole else 2) >= len(words) else []
    hits.sort(
        key=lambda code: (
            any(word in code.description and word not in typed for word in LESS_LIKELY),
            len(code.description),
            code.code,
        )
    )
    return ([exact] if exact else []) + [code for code in hits if code != exact][: limit - (exact is not None)]


def likely(typed: str) -> str:
    """The code that was typed, or the one that its words mean first; empty when nothing fits."""
    exact = find(typed)
    return exact.code if exact else next((one.code for one in search(typed, 1, whole=True)), "")
