"""Business clocks over a program's calendar, as pure functions.

What comes outside business hours counts as the next opening; the opening minute is inside, the closing minute is not.
"One business day" ends at the closing of the next business day.
"""

from __future__ import annotations

from datetime import UTC, date, datetime, timedelta
from zoneinfo import ZoneInfo

from app.programs.domain import Calendar, Program

ONE_DAY = timedelta(days=1)
LONGEST_CLOSURE = 60


class NeverOpen(ValueError):
    """The calendar has no business day within two months."""


def is_business_day(calendar: Calendar, day: date) -> bool:
    """Whether anybody works on this day."""
    return day.weekday() in calendar.weekdays and day not in calendar.closed


def is_open(calendar: Calendar, at: datetime) -> bool:
    """Whether somebody is there at this instant."""
    local = at.astimezone(ZoneInfo(calendar.time_zone))
    inside = calendar.opens <= local.time().replace(tzinfo=None) < calendar.closes
    return inside and is_business_day(calendar, local.date())


def start_day(calendar: Calendar, at: datetime) -> date:
    """The business day on which something that came at this instant counts as come."""
    local = at.astimezone(ZoneInfo(calendar.time_zone))
    today = local.date()
    if is_business_day(calendar, today) and local.time().replace(tzinfo=None) < calendar.closes:
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
    """The closing minute of a day, as an instant."""
    local = datetime.combine(day, calendar.closes, tzinfo=ZoneInfo(calendar.time_zone))
    return local.astimezone(UTC)


def add_business_days(calendar: Calendar, at: datetime, days: int) -> datetime:
    """The closing of the business day that lies so many after the one on which `at` counts."""
    day = start_day(calendar, at)
    for _step in range(days):
        day = next_business_day(calendar, day)
    return closing(calendar, day)


def first_contact_due(program: Program, urgency: str, at: datetime) -> datetime | None:
    """When somebody will have called; None where no hour is promised (urgent: the page says to phone)."""
    days = program.first_contact_days.get(urgency)
    return None if days is None else add_business_days(program.calendar, at, days)


def business_days_between(calendar: Calendar, start: datetime, end: datetime) -> int:
    """How many business days lie between two instants: 0 on the same one, below zero when the end is earlier."""
    first, last = start_day(calendar, start), start_day(calendar, end)
    sign = 1 if last >= first else -1
    low, high = min(first, last), max(first, last)
    days = sum(is_business_day(calendar, low + ONE_DAY * n) for n in range(1, (high - low).days + 1))
    return sign * days
