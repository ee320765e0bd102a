"""Rows of conditions, judged in three values: what is not known never counts as no. No expressions, no nesting.

A row names facts and their allowed values, and all of them must hold. Routing and routing hints share this.
"""

from __future__ import annotations

from collections.abc import Mapping, Sequence
from dataclasses import dataclass
from enum import StrEnum
from typing import Protocol, TypeVar

Conditions = Mapping[str, tuple[str, ...]]
# What is known of a case: a fact may have several values (wishes), one, or none (not known).
Facts = Mapping[str, tuple[str, ...]]

CODE = "code"  # ICD-10-CM: allowed values are the beginnings of codes
UNKNOWN = "unknown"


class Holds(StrEnum):
    """How a row stands to the facts."""

    YES = "yes"
    NO = "no"
    UNKNOWN = "unknown"


@dataclass(frozen=True, slots=True)
class Judged:
    """The verdict on a row, and the facts that speak against it or are not known."""

    holds: Holds
    against: tuple[str, ...] = ()
    unknown: tuple[str, ...] = ()


class Row(Protocol):
    """Anything with conditions."""

    @property
    def when(self) -> Conditions: ...  # noqa: D102


AnyRow = TypeVar("AnyRow", bound=Row)


def judge(when: Conditions, facts: Facts) -> Judged:
    """One fact against a row is enough for no; else one that is not known makes it unknown."""
    against, unknown = [], []
    for name, wanted in when.items():
        values = tuple(value for value in facts.get(name, ()) if value != UNKNOWN)
        if not values:
            unknown.append(name)
        elif not any(fits(name, value, wanted) for value in values):
            against.append(name)
    if against:
        return Judged(Holds.NO, tuple(against), tuple(unknown))
    return Judged(Holds.UNKNOWN if unknown else Holds.YES, (), tuple(unknown))


def fits(name: str, value: str, wanted: Sequence[str]) -> bool:
    """Whether a value is one of the allowed ones; a code, whether it begins like one."""
    if name == CODE:
        typed = bare(value)
        return any(typed.startswith(bare(one)) for one in wanted)
    return value in wanted


def bare(code: str) -> str:
    """A code without its dot, in upper case."""
    return code.replace(".", "").upper()


def first_that_holds(rows: Sequence[AnyRow], facts: Facts) -> AnyRow | None:
    """The first row whose every condition is known to hold; a row without conditions always does."""
    return next((row for row in rows if judge(row.when, facts).holds is Holds.YES), None)
