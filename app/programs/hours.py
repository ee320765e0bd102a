"""When somebody is there, in words made from the calendar, so that no sentence can say other hours than the clocks keep."""

from __future__ import annotations

from collections.abc import Sequence
from datetime import datetime, time
from itertools import groupby

from babel.dates import get_day_names
from flask_babel import format_time, get_locale
from flask_babel import gettext as _

from app.programs.clocks import local_day
from app.programs.domain import Calendar, Span

WEEK = range(7)
NAMED = {(0, 4): lambda: _("Weekdays"), (0, 6): lambda: _("Every day")}


def hours_words(calendar: Calendar, at: datetime) -> str:
    """Weekdays, 8 am to 5 pm; and what is different today."""
    runs = [list(run) for _spans, run in groupby(WEEK, lambda day: calendar.weekly.get(day, ()))]
    words = [days_words(run[0], run[-1], calendar.weekly[run[0]]) for run in runs if calendar.weekly.get(run[0])]
    today = local_day(calendar, at)
    if calendar.spans(today) != calendar.weekly.get(today.weekday(), ()):
        spans = calendar.spans(today)
        words.append(_("today %(hours)s", hours=spans_words(spans)) if spans else _("closed today"))
    said = "; ".join(words)
    return f"{said[:1].upper()}{said[1:]}"


def days_words(first: int, last: int, spans: Sequence[Span]) -> str:
    """Days one after another with the same hours."""
    names = get_day_names("wide", locale=get_locale() or "en")
    if (first, last) in NAMED:
        days = NAMED[first, last]()
    elif first == last:
        days = names[first]
    else:
        days = _("%(first)s to %(last)s", first=names[first], last=names[last])
    return f"{days}, {spans_words(spans)}"


def spans_words(spans: Sequence[Span]) -> str:
    """The hours of a day."""
    return ", ".join(
        _("%(first)s to %(last)s", first=hour_words(one.opens), last=hour_words(one.closes)) for one in spans
    )


def hour_words(at: time | datetime) -> str:
    """An hour as the language of the page writes it: 5 pm, 8:30 am, 17:00."""
    words = format_time(at, "short", rebase=False).replace("\u202f", " ")
    return words if words[-1].isdigit() else words.replace(":00", "").lower()
