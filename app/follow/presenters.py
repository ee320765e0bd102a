"""What the private page says: a reference, a promise with day and hour, what comes next; no name and no answer."""

from __future__ import annotations

import uuid
from collections.abc import Collection, Mapping, Sequence
from dataclasses import dataclass
from datetime import datetime
from zoneinfo import ZoneInfo

from flask_babel import format_date, format_datetime
from flask_babel import gettext as _

from app.cases.decision import family_waits
from app.cases.domain import Kind, Urgency
from app.cases.messages import OUTGOING, MessageView
from app.cases.models import Case, Submission
from app.cases.promise_watch import promised
from app.cases.promises import Promised, pressing
from app.programs.clocks import is_open
from app.programs.domain import Calendar
from app.programs.promised import day_and_hour, promise_words, zone_words


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
    doctor_calls: bool
    decided: bool
    silent: bool
    missing: tuple[str, ...]
    decision: str
    waiting: bool


def receipt_view(
    calendar: Calendar, submission: Submission, case: Case, at: datetime, *, has_phone: bool, changed: bool, decision_days: int,
    missing: tuple[str, ...], paging: str | None, told: Collection[Promised], decided: bool,
) -> ReceiptView:  # fmt: skip
    """Word a receipt. An urgent one promises no hour: it says to phone. A promise that has passed is owned up to."""
    zone = ZoneInfo(calendar.time_zone)
    # A decision that they do not know yet: their page says who calls, and nothing that leads to it.
    doctor_calls = submission.kind != Kind.REFERRAL and family_waits(case) and not case.contact_stop
    urgent = case.urgency == Urgency.URGENT and case.first_contact_at is None and not doctor_calls
    due = None if urgent else case.first_contact_due_at
    awaited = (
        due is not None and case.is_open and not doctor_calls and not case.first_contact_at and not case.contact_stop
    )
    late = awaited and due is not None and due < at
    when = day_and_hour(due.astimezone(zone)) if awaited and due else {}
    return ReceiptView(
        reference=submission.reference or "",
        for_referrer=submission.kind == Kind.REFERRAL,
        urgent=urgent and case.is_open,
        promise=promise_words(when, has_phone=has_phone) if awaited and not late else None,
        broken=None if doctor_calls else broken_words(case, at, zone, told),
        paging=paging,
        phone_open=is_open(calendar, at),
        called=case.first_contact_at is not None,
        by=_("By %(day)s, %(hour)s", **when) if awaited and not late else "",
        decision_days=decision_days,
        leaf_month=format_date(due.astimezone(zone), "MMM", rebase=False) if due else "",
        leaf_day=format_date(due.astimezone(zone), "d", rebase=False) if due else "",
        zone_note=zone_words(due, zone) if due else None,
        received_on=format_date(submission.received_at.astimezone(zone), "full", rebase=False),
        changed=changed,
        ended=not case.is_open,
        doctor_calls=doctor_calls,
        decided=decided,
        silent=case.contact_stop,
        missing=missing,
        decision=decision_words(case, at, zone),
        waiting=bool(case.is_open and not case.decided_at and case.records_complete_at and not case.decision_due_at),
    )


def broken_words(case: Case, at: datetime, zone: ZoneInfo, told: Collection[Promised]) -> str | None:
    """A promise that has passed is owned up to, the earliest first; a manager knows of it only where one was told."""
    late = next((one for one in pressing(promised(case), at) if one.due_at < at), None)
    if late is None:
        return None
    when = day_and_hour(late.due_at.astimezone(zone))
    if late.promised is Promised.DECISION:
        words = _(
            "We said that our doctors would decide by %(day)s, at %(hour)s. We are late, and that is our mistake.",
            **when,
        )
    else:
        words = _(
            "We said that you would hear from us by %(day)s, at %(hour)s. If you have not, that is our mistake.", **when
        )
    manager = _("A manager here has been told.")
    return f"{words} {manager}" if late.promised in told else words


def decision_words(case: Case, at: datetime, zone: ZoneInfo) -> str:
    """The day and the hour that the second clock says; nothing while it has not started, stands still, or is missed."""
    if not case.is_open or case.decided_at or case.decision_due_at is None or case.decision_due_at < at:
        return ""
    return _("By %(day)s, %(hour)s", **day_and_hour(case.decision_due_at.astimezone(zone)))


@dataclass(frozen=True, slots=True)
class LineView:
    """One message as its party reads it."""

    ours: bool
    by: str
    at: str
    text: str


def line_views(shown: Sequence[MessageView], people: Mapping[uuid.UUID, str], zone: ZoneInfo) -> tuple[LineView, ...]:
    """Who wrote, when, what: oldest first."""
    return tuple(
        LineView(
            ours=one.row.direction == OUTGOING,
            by=(people.get(one.row.author_id) if one.row.author_id else None) or _("The coordinators"),
            at=format_datetime(one.row.at.astimezone(zone), "medium", rebase=False), text=one.for_party,
        )
        for one in shown
    )  # fmt: skip
