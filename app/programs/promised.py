"""How a promised instant is said: the day and the hour, and which clock they are on."""

from __future__ import annotations

import re
from datetime import datetime
from functools import cache
from zoneinfo import ZoneInfo

from babel import Locale
from flask_babel import format_date, format_datetime
from flask_babel import gettext as _

from app.programs.hours import hour_words
from app.web.i18n import page_language


def promise_words(when: dict[str, str], *, has_phone: bool) -> str:
    """A call is promised only to somebody who left a number."""
    if has_phone:
        return _("We will call you by %(day)s, at %(hour)s.", **when)
    return _("We will write to you by %(day)s, at %(hour)s.", **when)


def day_and_hour(due: datetime) -> dict[str, str]:
    """The day and the hour, as a person says them."""
    return {
        "day": format_date(due, day_pattern(page_language()), rebase=False),
        "hour": hour_words(due),
    }


@cache
def day_pattern(locale: Locale) -> str:
    """Weekday, day and month as a language writes them: its whole date without the year at the end."""
    return re.sub(r"[\s,]*('[^']*'\s*)?y$", "", locale.date_formats["full"].pattern)


def zone_words(due: datetime, zone: ZoneInfo) -> str:
    """Which clock the hour is on: families write from other zones."""
    return _("Times are in %(zone)s.", zone=format_datetime(due.astimezone(zone), "zzzz", rebase=False))
