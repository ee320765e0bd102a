"""Countries (ISO 3166 codes with names from CLDR), and the parts of those that have a table here."""

from __future__ import annotations

import csv
import unicodedata
from functools import cache
from pathlib import Path

from babel import Locale

NEIGHBORS = {"US": ("CA", "MX")}
# CLDR lists regions that nobody lives in or that are groups of countries.
NOT_COUNTRIES = frozenset({"EU", "EZ", "UN", "QO", "XA", "XB", "ZZ", "AC", "CP", "CQ", "DG", "EA", "IC", "TA"})


@cache
def parts(country: str) -> tuple[tuple[str, str], ...]:
    """Code and name of a country's states or provinces, in the order of its table; empty where there is none."""
    path = Path(__file__).parent / "data" / f"{country.casefold()}_states.csv"
    if not path.exists():
        return ()
    with path.open(encoding="utf-8", newline="") as file:
        return tuple((row["usps"], row["name"]) for row in csv.DictReader(file))


@cache
def countries(locale: Locale, home: str) -> tuple[tuple[str, str], ...]:
    """Code and name in a language; home and its neighbors first, then by name."""
    names = {
        code: name
        for code, name in locale.territories.items()
        if len(code) == 2 and code.isalpha() and code not in NOT_COUNTRIES
    }
    first = [code for code in (home, *NEIGHBORS.get(home, ())) if code in names]
    rest = sorted((unaccented(name), name, code) for code, name in names.items() if code not in first)
    return (*((code, names[code]) for code in first), *((code, name) for _key, name, code in rest))


def unaccented(name: str) -> str:
    """A name as it is sorted."""
    return "".join(letter for letter in unicodedata.normalize("NFKD", name) if not unicodedata.combining(letter))
