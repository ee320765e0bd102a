"""US states and territories (USPS codes) and countries (ISO 3166 codes with English names from CLDR)."""

from __future__ import annotations

import csv
from functools import cache
from pathlib import Path

from babel import Locale

FIRST = ("US", "CA", "MX")
# CLDR lists regions that nobody lives in or that are groups of countries.
NOT_COUNTRIES = frozenset({"EU", "EZ", "UN", "QO", "XA", "XB", "ZZ", "AC", "CP", "CQ", "DG", "EA", "IC", "TA"})


@cache
def states() -> tuple[tuple[str, str], ...]:
    """Code and name, in the order of the table."""
    path = Path(__file__).parent / "data" / "us_states.csv"
    with path.open(encoding="utf-8", newline="") as file:
        return tuple((row["usps"], row["name"]) for row in csv.DictReader(file))


@cache
def countries() -> tuple[tuple[str, str], ...]:
    """Code and English name; neighbors first, then by name."""
    names = {
        code: name
        for code, name in Locale("en").territories.items()
        if len(code) == 2 and code.isalpha() and code not in NOT_COUNTRIES
    }
    rest = sorted((name, code) for code, name in names.items() if code not in FIRST)
    return (*((code, names[code]) for code in FIRST), *((code, name) for name, code in rest))
