"""What was promised and is still open: when it is near, when it was missed, and which instant the worker looks at next."""

from __future__ import annotations

from dataclasses import dataclass
from datetime import datetime, timedelta
from enum import StrEnum


class Promised(StrEnum):
    """The two promises of a case."""

    FIRST_CONTACT = "first_contact"
    DECISION = "decision"


class Stage(StrEnum):
    """How a promise stands that needs a manager."""

    NEAR = "near"
    MISSED = "missed"


@dataclass(frozen=True, slots=True)
class Open:
    """The promises of a case that nobody has kept yet, and how long before each a manager is told."""

    due: tuple[tuple[Promised, datetime], ...]
    lead: timedelta


@dataclass(frozen=True, slots=True)
class Pressing:
    """A promise that is near, or was missed."""

    promised: Promised
    stage: Stage
    due_at: datetime


def pressing(case: Open, at: datetime) -> tuple[Pressing, ...]:
    """What is near or missed at an instant, the earliest first."""
    found = [
        Pressing(promised, Stage.MISSED if due <= at else Stage.NEAR, due)
        for promised, due in case.due
        if due - case.lead <= at
    ]
    return tuple(sorted(found, key=lambda one: one.due_at))


def look_at(case: Open, at: datetime) -> datetime | None:
    """The next instant after this one at which something becomes near or missed; None when nothing will."""
    instants = [moment for _promised, due in case.due for moment in (due - case.lead, due)]
    return min((moment for moment in instants if moment > at), default=None)


def first_look(case: Open, at: datetime) -> datetime | None:
    """When to look at promises that are new: at once where something presses already."""
    return at if pressing(case, at) else look_at(case, at)
