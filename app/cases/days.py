"""A day that somebody typed, as the instant at which it ends: only a day of business that is not over."""

from __future__ import annotations

from datetime import date, datetime, timedelta

from flask_babel import gettext as _

from app.core.errors import Refused
from app.programs.clocks import closing, is_business_day, local_day, next_business_day
from app.programs.domain import Calendar

FURTHEST = timedelta(days=366)


def end_of(calendar: Calendar, typed: str, at: datetime, field: str) -> datetime:
    """The closing of a day. Raises Refused with the sentence, at the field that holds the day."""
    try:
        day = date.fromisoformat(typed.strip())
    except ValueError:
        raise Refused(_("Choose a day."), field) from None
    if day > local_day(calendar, at) + FURTHEST:
        raise Refused(_("Choose a day within a year."), field)
    if not is_business_day(calendar, day):
        raise Refused(_("Nobody works on that day: choose a business day."), field)
    ends = closing(calendar, day)
    if ends <= at:
        raise Refused(_("Choose a day that is not over."), field)
    return ends


def tomorrow(calendar: Calendar, at: datetime) -> date:
    """The next business day."""
    return next_business_day(calendar, local_day(calendar, at))
