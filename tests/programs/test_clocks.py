"""Business clocks over a domain: summer time, holidays, lunch breaks, pauses, leap days, other time zones."""

from __future__ import annotations

from datetime import UTC, date, datetime, time, timedelta
from itertools import pairwise
from zoneinfo import ZoneInfo

import pytest
from hypothesis import given
from hypothesis import strategies as st

from app.programs.clocks import (
    NeverOpen,
    Pause,
    add_business_days,
    advance,
    business_time,
    closing,
    decision_due,
    first_contact_due,
    is_business_day,
    is_open,
    last_open,
    local_day,
    put_off,
    start_day,
)
from app.programs.domain import Calendar, Promise, Promises, Span

ZONES = (
    "America/New_York",
    "Europe/Lisbon",
    "Asia/Kathmandu",
    "Pacific/Apia",
    "America/St_Johns",
    "Australia/Lord_Howe",
)
HOLIDAYS: dict[date, tuple[Span, ...]] = {
    date(2026, 12, 25): (),
    date(2027, 1, 1): (),
    date(2026, 11, 26): (),
    date(2026, 11, 27): (),
}
DAY = (Span(time(8), time(17)),)
LUNCH = (Span(time(8), time(12)), Span(time(13), time(17, 30)))
SHORT = (Span(time(9), time(11)),)


def calendar(zone: str, weekdays: set[int], spans: tuple[Span, ...], short: tuple[Span, ...]) -> Calendar:
    """Some weekdays, holidays, and a Christmas Eve that is short or closed."""
    week = dict.fromkeys(weekdays, spans)
    return Calendar(zone, week, {**HOLIDAYS, date(2026, 12, 24): short}, date(2028, 12, 31))


calendars = st.builds(
    calendar,
    st.sampled_from(ZONES), st.sets(st.integers(0, 6), min_size=1), st.sampled_from([DAY, LUNCH]), st.sampled_from([(), SHORT]),
)  # fmt: skip
instants = st.datetimes(datetime(2026, 1, 1), datetime(2028, 3, 31), timezones=st.just(UTC))  # noqa: DTZ001  made aware by `timezones`


@given(calendars, instants, st.integers(0, 12))
def test_a_due_date_is_the_closing_of_a_business_day_and_never_past(
    calendar: Calendar, at: datetime, days: int
) -> None:
    due = add_business_days(calendar, at, days)
    day = local_day(calendar, due)
    assert due > at
    assert is_business_day(calendar, day)
    assert due == closing(calendar, day)
    assert not is_open(calendar, due), "the closing minute is outside"
    assert is_open(calendar, due - timedelta(seconds=1))


@given(calendars, instants, instants, st.integers(0, 9))
def test_what_comes_later_is_never_due_earlier(calendar: Calendar, one: datetime, other: datetime, days: int) -> None:
    first, second = sorted((one, other))
    assert add_business_days(calendar, first, days) <= add_business_days(calendar, second, days)
    assert add_business_days(calendar, first, days) < add_business_days(calendar, first, days + 1)


@given(calendars, instants)
def test_outside_business_hours_counts_as_the_next_opening(calendar: Calendar, at: datetime) -> None:
    day = start_day(calendar, at)
    assert is_business_day(calendar, day)
    assert closing(calendar, day) > at
    if is_open(calendar, at):
        assert day == local_day(calendar, at)


@given(calendars, instants, instants, instants)
def test_business_time_adds_up(calendar: Calendar, one: datetime, two: datetime, three: datetime) -> None:
    a, b, c = sorted((one, two, three))
    assert business_time(calendar, a, b) + business_time(calendar, b, c) == business_time(calendar, a, c)
    assert timedelta() <= business_time(calendar, a, b) <= b - a
    assert business_time(calendar, b, a) == timedelta()


@given(calendars, instants, st.timedeltas(timedelta(seconds=1), timedelta(days=9)))
def test_advancing_takes_just_so_much_business_time(calendar: Calendar, at: datetime, amount: timedelta) -> None:
    later = advance(calendar, at, amount)
    assert business_time(calendar, at, later) == amount
    assert is_open(calendar, later - timedelta(microseconds=1))


@given(
    calendars,
    instants,
    st.lists(st.timedeltas(timedelta(minutes=1), timedelta(days=6)), min_size=2, max_size=6),
    st.integers(1, 6),
)
def test_a_pause_puts_off_by_its_business_time_and_never_brings_forward(
    calendar: Calendar, at: datetime, steps: list[timedelta], days: int
) -> None:
    marks = [at]
    for step in steps:
        marks.append(marks[-1] + step)
    pauses = [Pause(begins, ends, "family") for begins, ends in list(pairwise(marks))[::2]]
    due = add_business_days(calendar, at, days)
    moved = put_off(calendar, due, pauses)
    assert moved is not None
    assert moved >= due
    waited = sum(
        (business_time(calendar, max(one.begins, at), min(one.ends or moved, moved)) for one in pauses), timedelta()
    )
    assert business_time(calendar, at, moved) - waited == business_time(calendar, at, due)
    assert put_off(calendar, due, [*reversed(pauses)]) == moved
    assert put_off(calendar, due, [Pause(at, None, "referrer")]) is None
    assert put_off(calendar, due, [Pause(due, None, "referrer")]) == due


def new_york(*parts: int) -> datetime:
    """An hour of the wall clock there."""
    return datetime(*parts, tzinfo=ZoneInfo("America/New_York"))  # type: ignore[misc,arg-type]  # year to minute


BOSTON = Calendar("America/New_York", dict.fromkeys(range(5), DAY), HOLIDAYS, date(2028, 12, 31))


def test_the_nights_on_which_the_clock_is_turned_change_no_promise() -> None:
    assert add_business_days(BOSTON, new_york(2026, 3, 6, 15, 0), 1) == new_york(2026, 3, 9, 17, 0)
    assert add_business_days(BOSTON, new_york(2026, 10, 30, 15, 0), 1) == new_york(2026, 11, 2, 17, 0)
    assert business_time(BOSTON, new_york(2026, 3, 6, 8, 0), new_york(2026, 3, 9, 17, 0)) == timedelta(hours=18)


def test_a_night_shift_that_loses_an_hour_loses_it() -> None:
    night = Calendar("America/New_York", {6: (Span(time(0), time(6)),)}, {}, date(2028, 12, 31))
    assert business_time(night, new_york(2026, 3, 8, 0, 0), new_york(2026, 3, 8, 23, 0)) == timedelta(hours=5)
    assert business_time(night, new_york(2026, 11, 1, 0, 0), new_york(2026, 11, 1, 23, 0)) == timedelta(hours=7)


def test_friday_evening_waits_for_monday_and_is_due_on_tuesday() -> None:
    assert add_business_days(BOSTON, new_york(2026, 11, 20, 17, 0), 1) == new_york(2026, 11, 24, 17, 0)
    assert add_business_days(BOSTON, new_york(2026, 11, 20, 16, 59), 1) == new_york(2026, 11, 23, 17, 0)


def test_a_leap_day_is_a_day_like_others() -> None:
    assert add_business_days(BOSTON, new_york(2028, 2, 28, 9, 0), 1) == new_york(2028, 2, 29, 17, 0)


def test_a_program_that_never_opens_is_refused() -> None:
    with pytest.raises(NeverOpen):
        add_business_days(Calendar("UTC", {}, {}, date(2028, 1, 1)), new_york(2026, 1, 5, 9, 0), 1)


def test_no_hour_is_promised_where_it_is_urgent_and_a_decision_counts_from_complete_records() -> None:
    promises = Promises(Promise(2, 1), Promise(2, 1), Promise(1))
    at = new_york(2026, 11, 17, 10, 0)
    assert first_contact_due(BOSTON, promises, "urgent", at) is None
    assert first_contact_due(BOSTON, promises, "routine", at) == new_york(2026, 11, 18, 17, 0)
    assert decision_due(BOSTON, promises.routine, at) == new_york(2026, 11, 19, 17, 0)
    waited = Pause(new_york(2026, 11, 18, 8, 0), new_york(2026, 11, 19, 8, 0), "referrer")
    assert decision_due(BOSTON, promises.routine, at, [waited]) == new_york(2026, 11, 20, 17, 0)
    assert decision_due(BOSTON, promises.routine, at, [Pause(at, None, "family")]) is None


@given(calendars, instants)
def test_the_last_open_minute_is_open_and_nobody_was_there_after_it(calendar: Calendar, at: datetime) -> None:
    last = last_open(calendar, at)
    assert last <= at
    assert is_open(calendar, last)
    assert last == at or business_time(calendar, last, at) <= timedelta(minutes=1)


@given(calendars, instants, st.lists(st.tuples(st.integers(0, 200), st.integers(0, 200)), max_size=4))
def test_pauses_taken_one_at_a_time_put_a_decision_off_as_all_of_them_together(
    calendar: Calendar, at: datetime, waits: list[tuple[int, int]]
) -> None:
    pauses, begins = [], at
    for after, lasts in waits:
        begins += timedelta(hours=after)
        pauses.append(Pause(begins, begins + timedelta(hours=lasts), "referrer"))
        begins += timedelta(hours=lasts)
    promise = Promise(decision=2)
    due = decision_due(calendar, promise, at)
    for pause in pauses:
        due = put_off(calendar, due, [pause]) if due else None
    assert due == decision_due(calendar, promise, at, pauses)
    assert due
    assert due >= add_business_days(calendar, at, 2)
