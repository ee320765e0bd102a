"""Business clocks over a program's calendar, as pure functions.

What comes outside business hours counts as the next opening; the opening minute is inside, the closing minute is not.
"One business day" ends at the closing of the next business day. A pause takes no business time.
"""

from __future__ import annotations

from collections.abc import Iterator, Sequence
from dataclasses import dataclass
from datetime import UTC, date, datetime, time, timedelta
from zoneinfo import ZoneInfo

from app.programs.domain import Calendar, Promise, Promises

ONE_DAY = timedelta(days=1)
ONE_MINUTE = timedelta(minutes=1)
LONGEST_CLOSURE = 60


class NeverOpen(ValueError):
    """The calendar has no business day within two months."""


@dataclass(frozen=True, slots=True)
class Pause:
    """From when, until when (None: still), and which party is waited for."""

    begins: datetime
    ends: datetime | None
    waiting_on: str


def is_business_day(calendar: Calendar, day: date) -> bool:
    """Whether anybody works on this day."""
    return bool(calendar.spans(day))


def is_open(calendar: Calendar, at: datetime) -> bool:
    """Whether somebody is there at this instant."""
    return any(begins <= at < ends for begins, ends in spans_of(calendar, local_day(calendar, at)))


def local_day(calendar: Calendar, at: datetime) -> date:
    """The program's day at an instant."""
    return at.astimezone(ZoneInfo(calendar.time_zone)).date()


def spans_of(calendar: Calendar, day: date) -> list[tuple[datetime, datetime]]:
    """The hours of a day as instants, in order."""
    return [(instant(calendar, day, one.opens), instant(calendar, day, one.closes)) for one in calendar.spans(day)]


def instant(calendar: Calendar, day: date, hour: time) -> datetime:
    """An hour of the program's wall clock. One that a spring night skips is read as the hour after it."""
    return datetime.combine(day, hour, tzinfo=ZoneInfo(calendar.time_zone)).astimezone(UTC)


def start_day(calendar: Calendar, at: datetime) -> date:
    """The business day on which something that came at this instant counts as come."""
    today = local_day(calendar, at)
    if is_business_day(calendar, today) and at < closing(calendar, today):
        return today
    return next_business_day(calendar, today)


def next_business_day(calendar: Calendar, day: date) -> date:
    """The first business day after this one."""
    for _step in range(LONGEST_CLOSURE):
        day += ONE_DAY
        if is_business_day(calendar, day):
            return day
    raise NeverOpen


def closing(calendar: Calendar, day: date) -> datetime:
    """The closing minute of a business day, as an instant."""
    return spans_of(calendar, day)[-1][1]


def add_business_days(calendar: Calendar, at: datetime, days: int) -> datetime:
    """The closing of the business day that lies so many after the one on which `at` counts."""
    day = start_day(calendar, at)
    for _step in range(days):
        day = next_business_day(calendar, day)
    return closing(calendar, day)


def last_open(calendar: Calendar, at: datetime) -> datetime:
    """The last minute at which somebody was there: this one, or one before it. Raises NeverOpen."""
    day = local_day(calendar, at)
    for _step in range(LONGEST_CLOSURE):
        for opens, closes in reversed(spans_of(calendar, day)):
            if opens <= at:
                return min(at, closes - ONE_MINUTE)
        day -= ONE_DAY
    raise NeverOpen


def first_contact_due(calendar: Calendar, promises: Promises, urgency: str, at: datetime) -> datetime | None:
    """When somebody will have spoken with the sender; None where no hour is promised (urgent: the page says to phone)."""
    promise = promises.of(urgency)
    if promise.first_contact is None:
        return None
    return add_business_days(calendar, at, promise.first_contact)


def decision_due(
    calendar: Calendar, promise: Promise, complete_at: datetime, pauses: Sequence[Pause] = ()
) -> datetime | None:
    """When the decision is due, counted from complete records; None while the clock stands still."""
    return put_off(calendar, add_business_days(calendar, complete_at, promise.decision), pauses)


def put_off(calendar: Calendar, due: datetime, pauses: Sequence[Pause]) -> datetime | None:
    """A date moved by the business time of the pauses that began before it; None while one of them lasts."""
    for pause in sorted(pauses, key=lambda one: one.begins):
        if pause.begins >= due:
            break
        if pause.ends is None:
            return None
        due = advance(calendar, due, business_time(calendar, pause.begins, pause.ends))
    return due


def spans_from(calendar: Calendar, at: datetime) -> Iterator[tuple[datetime, datetime]]:
    """Every span that ends after an instant, for ever. Raises NeverOpen."""
    day = local_day(calendar, at)
    if not is_business_day(calendar, day):
        day = next_business_day(calendar, day)
    while True:
        yield from (span for span in spans_of(calendar, day) if span[1] > at)
        day = next_business_day(calendar, day)


def business_time(calendar: Calendar, begins: datetime, ends: datetime) -> timedelta:
    """How much business time lies between two instants; none when the second is not later."""
    total = timedelta()
    if ends <= begins:
        return total
    for opens, closes in spans_from(calendar, begins):
        if opens >= ends:
            break
        total += min(closes, ends) - max(opens, begins)
    return total


def advance(calendar: Calendar, at: datetime, amount: timedelta) -> datetime:
    """The instant at which so much business time has passed; a closing rather than the next opening."""
    if amount <= timedelta():
        return at
    for opens, closes in spans_from(calendar, at):
        free = closes - max(opens, at)
        if amount <= free:
            return max(opens, at) + amount
        amount -= free
    raise NeverOpen
