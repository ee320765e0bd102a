"""What the private page says: a reference, a promise with day and hour, what comes next; no name and no answer."""

from __future__ import annotations

from dataclasses import dataclass
from datetime import datetime
from zoneinfo import ZoneInfo

from flask_babel import format_date, format_datetime, format_time
from flask_babel import gettext as _

from app.cases.domain import Kind, Urgency
from app.cases.models import Case, Submission


@dataclass(frozen=True, slots=True)
class ReceiptView:
    """Everything the receipt prints."""

    reference: str
    for_referrer: bool
    urgent: bool
    promise: str | None
    by: str
    leaf_month: str
    leaf_day: str
    zone_note: str | None
    received_on: str
    changed: bool
    ended: bool
    missing: tuple[str, ...]


def receipt_view(
    zone: ZoneInfo, submission: Submission, case: Case, *, changed: bool, missing: tuple[str, ...]
) -> ReceiptView:
    """Word a receipt. An urgent one promises no hour: it says to phone."""
    urgent = case.urgency == Urgency.URGENT and case.first_contact_at is None
    due = None if urgent else case.first_contact_due_at
    promised = due is not None and case.is_open and not case.first_contact_at
    return ReceiptView(
        reference=submission.reference or "",
        for_referrer=submission.kind == Kind.REFERRAL,
        urgent=urgent and case.is_open,
        promise=_("We will call you by %(day)s, at %(hour)s.", **day_and_hour(due.astimezone(zone)))
        if promised and due
        else None,
        by=_("By %(day)s, %(hour)s", **day_and_hour(due.astimezone(zone))) if promised and due else "",
        leaf_month=format_date(due.astimezone(zone), "MMM", rebase=False) if due else "",
        leaf_day=format_date(due.astimezone(zone), "d", rebase=False) if due else "",
        zone_note=zone_words(due, zone) if due else None,
        received_on=format_date(submission.received_at.astimezone(zone), "full", rebase=False),
        changed=changed,
        ended=not case.is_open,
        missing=missing,
    )


def day_and_hour(due: datetime) -> dict[str, str]:
    """The day and the hour, as a person says them."""
    return {
        "day": format_date(due, "EEEE, MMMM d", rebase=False),
        "hour": format_time(due, "h:mm a", rebase=False).replace(":00", "").lower(),
    }


def zone_words(due: datetime, zone: ZoneInfo) -> str:
    """Which clock the hour is on: families write from other zones."""
    return _("Times are in %(zone)s.", zone=format_datetime(due.astimezone(zone), "zzzz", rebase=False))
