"""Business clocks: worked examples, and what holds for every instant."""

from __future__ import annotations

from datetime import UTC, datetime, timedelta
from zoneinfo import ZoneInfo

import pytest
from hypothesis import given
from hypothesis import strategies as st

from app.cases.domain import Urgency
from app.programs.clocks import (
    NeverOpen,
    add_business_days,
    business_days_between,
    first_contact_due,
    is_business_day,
    is_open,
    next_business_day,
)
from app.programs.domain import Calendar
from app.programs.service import load
from config import Settings

PROGRAM = load(Settings().program_dir)
CALENDAR = PROGRAM.calendar
BOSTON = ZoneInfo("America/New_York")
instants = st.datetimes(datetime(2026, 1, 1), datetime(2034, 1, 1), timezones=st.just(UTC))  # noqa: DTZ001


def boston(text: str) -> datetime:
    """An instant by Boston's clock."""
    return datetime.fromisoformat(text).replace(tzinfo=BOSTON)


@pytest.mark.parametrize(
    ("came", "days", "due"),
    [
        ("2026-12-01 10:00", 1, "2026-12-02 17:00"),
        ("2026-12-01 07:59", 1, "2026-12-02 17:00"),
        ("2026-12-01 08:00", 0, "2026-12-01 17:00"),
        ("2026-12-01 16:59", 1, "2026-12-02 17:00"),
        ("2026-12-01 17:00", 1, "2026-12-03 17:00"),  # the closing minute is outside
        ("2026-12-04 16:30", 1, "2026-12-07 17:00"),  # Friday
        ("2026-12-04 21:00", 1, "2026-12-08 17:00"),  # Friday evening counts as Monday
        ("2026-12-05 11:00", 1, "2026-12-08 17:00"),
        ("2026-11-25 18:00", 1, "2026-12-01 17:00"),  # Thanksgiving and the day after
        ("2026-12-24 18:00", 0, "2026-12-28 17:00"),
        ("2028-02-28 10:00", 1, "2028-02-29 17:00"),  # a leap day
        ("2028-02-29 10:00", 1, "2028-03-01 17:00"),
        ("2026-03-06 10:00", 1, "2026-03-09 17:00"),  # over the night when clocks go forward
        ("2026-10-30 10:00", 1, "2026-11-02 17:00"),  # and back
        ("2032-12-24 18:00", 0, "2032-12-27 17:00"),  # years after the folder was written
        ("2033-07-01 18:00", 0, "2033-07-05 17:00"),
    ],
)
def test_worked_examples(came: str, days: int, due: str) -> None:
    assert add_business_days(CALENDAR, boston(came), days) == boston(due)


@given(instants, instants, st.integers(0, 10))
def test_what_comes_later_is_never_due_sooner(one: datetime, other: datetime, days: int) -> None:
    early, late = sorted((one, other))
    due = add_business_days(CALENDAR, early, days)
    assert due <= add_business_days(CALENDAR, late, days)
    assert due < add_business_days(CALENDAR, early, days + 1)
    assert due > early


@given(instants, st.integers(0, 10))
def test_every_due_instant_is_the_closing_of_a_business_day(at: datetime, days: int) -> None:
    due = add_business_days(CALENDAR, at, days)
    local = due.astimezone(BOSTON)
    assert is_business_day(CALENDAR, local.date())
    assert local.time() == CALENDAR.closes
    assert not is_open(CALENDAR, due)
    assert is_open(CALENDAR, due - timedelta(seconds=1))
    assert business_days_between(CALENDAR, at, due - timedelta(seconds=1)) == days


@given(instants, instants)
def test_days_between_are_the_same_both_ways(one: datetime, other: datetime) -> None:
    assert business_days_between(CALENDAR, one, other) == -business_days_between(CALENDAR, other, one)


def test_an_urgent_case_is_promised_no_hour() -> None:
    at = boston("2026-12-01 10:00")
    assert first_contact_due(PROGRAM, str(Urgency.URGENT), at) is None
    assert first_contact_due(PROGRAM, str(Urgency.ROUTINE), at) == boston("2026-12-02 17:00")


def test_a_calendar_that_never_opens_says_so() -> None:
    never = Calendar("UTC", frozenset(), CALENDAR.opens, CALENDAR.closes, {})
    with pytest.raises(NeverOpen):
        next_business_day(never, boston("2026-12-01 10:00").date())
