"""Domains that fingers miss in an email address, as a table: what was probably meant. A question, never a refusal."""

from __future__ import annotations

import csv
from functools import cache
from pathlib import Path


@cache
def domains() -> dict[str, str]:
    """What is typed and what is meant; a row that begins with a dot is the end of any domain."""
    path = Path(__file__).parent / "data" / "email_domains.csv"
    with path.open(encoding="utf-8", newline="") as file:
        return {row["typed"]: row["meant"] for row in csv.DictReader(file)}


def probably_meant(address: str) -> str | None:
    """The address with the domain that was probably meant; None where nothing looks wrong."""
    name, _at, typed = address.rpartition("@")
    start, dot, end = typed.casefold().rpartition(".")
    ended = start + domains().get(dot + end, dot + end)
    meant = domains().get(ended, ended)
    return f"{name}@{meant}" if meant != typed.casefold() else None
