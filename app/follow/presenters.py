"""What the private page says: a reference, a promise with day and hour, what comes next; no name and no answer."""

from __future__ import annotations

import re
from dataclasses import dataclass
from datetime import datetime
from functools import cache
from zoneinfo import ZoneInfo

from babel import Locale
from flask_babel import format_date, format_datetime
from flask_babel import gettext as _

from app.cases.domain import Kind, Urgency
from app.cases.models import Case, Submission
from app.programs.clocks import is_open
from app.programs.domain import Calendar
from app.programs.hours import hour_words
from app.web.i18n import page_language


@dataclass(frozen=True, slots=True)
class ReceiptView:
    """Everything the receipt prints."""

    reference: str
    for_referrer: bool
    urgent: bool
    promise: str | None
    broken: str | None
    paging: str | None
    phone_open: bool
    called: bool
    by: str
    decision_days: int
    leaf_month: str
    leaf_day: str
    zone_note: str | None
    received_on: str
    changed: bool
    ended: bool
    missing: tuple[str, ...]


def receipt_view(
    calendar: Calendar, submission: Submission, case: Case, at: datetime, *, has_phone: bool, changed: bool, decision_days: int,
    missing: tuple[str, ...], paging: str | None,
) -> ReceiptView:  # fmt: skip
    """Word a receipt. An urgent one promises no hour: it says to phone. A promise that has passed is owned up to."""
    zone = ZoneInfo(calendar.time_zone)
    urgent = case.urgency == Urgency.URGENT and case.first_contact_at is None
    due = None if urgent else case.first_contact_due_at
    promised = due is not None and case.is_open and not case.first_contact_at
    late = promised and due is not None and due < at
    when = day_and_hour(due.astimezone(zone)) if promised and due else {}
    return ReceiptView(
        reference=submission.reference or "",
        for_referrer=submission.kind == Kind.REFERRAL,
        urgent=urgent and case.is_open,
        promise=promise_words(when, has_phone=has_phone) if promised and not late else None,
        broken=_(
            "We said that you would hear from us by %(day)s, at %(hour)s. If you have not, that is our mistake.", **when
        )
        if late
        else None,
        paging=paging,
        phone_open=is_open(calendar, at),
        called=case.first_contact_at is not None,
        by=_("By %(day)s, %(hour)s", **when) if promised and not late else "",
        decision_days=decision_days,
        leaf_month=format_date(due.astimezone(zone), "MMM", rebase=False) if due else "",
        leaf_day=format_date(due.astimezone(zone), "d", rebase=False) if due else "",
        zone_note=zone_words(due, zone) if due else None,
        received_on=format_date(submission.received_at.astimezone(zone), "full", rebase=False),
        changed=changed,
        ended=not case.is_open,
        missing=missing,
    )


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
