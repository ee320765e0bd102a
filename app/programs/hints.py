"""Routing hints for staff: label facts laid beside what is known of a child. They explain, and decide nothing.

Unknown never counts as no; age is reckoned to the day, with the date on which it changes; lineage goes before the
code (C91.0 does not say B or T). Never a score, never shown to a family.
"""

from __future__ import annotations

from collections.abc import Sequence
from dataclasses import dataclass
from datetime import date, timedelta
from enum import StrEnum

from app.programs.domain import Age, LabelFact
from app.programs.rules import Facts, Holds, judge

AGE = "age"
DIAGNOSIS = "diagnosis"
STALE_AFTER = timedelta(days=180)
MONTHS = 12


class Fit(StrEnum):
    """How a label's population and a child stand to each other."""

    FITS = "fits"
    UNCLEAR = "unclear"
    OUTSIDE = "outside"


@dataclass(frozen=True, slots=True)
class Hint:
    """One label fact with its basis: what speaks against it, what is not known, and when the age changes that."""

    fact: LabelFact
    fit: Fit
    against: tuple[str, ...]
    unknown: tuple[str, ...]
    changes_on: date | None
    stale: bool


def hints(facts: Sequence[LabelFact], known: Facts, born: date | None, today: date) -> tuple[Hint, ...]:
    """The label facts of a diagnosis; those of other diagnoses are left out. Fitting ones are not put first."""
    return tuple(hint(fact, known, born, today) for fact in facts if concerns(fact, known))


def concerns(fact: LabelFact, known: Facts) -> bool:
    """Whether a label is about this diagnosis at all; where that is unknown, none is."""
    return judge({DIAGNOSIS: fact.when[DIAGNOSIS]}, known).holds is Holds.YES


def hint(fact: LabelFact, known: Facts, born: date | None, today: date) -> Hint:
    """Judge one label fact."""
    judged = judge(fact.when, known)
    against, unknown = list(judged.against), list(judged.unknown)
    changes_on = None
    if fact.age is not None and born is None:
        unknown.append(AGE)
    elif fact.age is not None and born is not None:
        inside, changes_on = age_fits(fact.age, born, today)
        if not inside:
            against.append(AGE)
    fit = Fit.OUTSIDE if against else Fit.UNCLEAR if unknown else Fit.FITS
    return Hint(fact, fit, tuple(against), tuple(unknown), changes_on, is_stale(fact, today))


def is_stale(fact: LabelFact, today: date) -> bool:
    """Whether nobody has looked at the label for half a year."""
    return today - fact.checked > STALE_AFTER


def age_fits(age: Age, born: date, today: date) -> tuple[bool, date | None]:
    """Whether the age is inside the bounds today, and the next date on which that changes."""
    begins = None if age.from_months is None else birthday(born, age.from_months)
    ends = None if age.before_months is None else birthday(born, age.before_months)
    if begins is not None and today < begins:
        return False, begins
    if ends is not None and today >= ends:
        return False, None
    return True, ends


def birthday(born: date, months: int) -> date:
    """The day on which an age of so many months is reached; one born on a day that a month lacks, the day after it."""
    year, month = divmod(born.year * MONTHS + born.month - 1 + months, MONTHS)
    try:
        return date(year, month + 1, born.day)
    except ValueError:  # no month that lacks a day is the last of its year
        return date(year, month + 2, 1)
