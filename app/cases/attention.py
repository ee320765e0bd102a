"""The one place that orders the queue: a band, an instant within it, and why, as coded reasons, highest first."""

from __future__ import annotations

from dataclasses import dataclass, replace
from datetime import datetime
from enum import IntEnum, StrEnum

from app.cases.domain import Attention, Status, Urgency, WaitingOn
from app.cases.promises import Pressing, Stage
from app.cases.transitions import ENDED


class Band(IntEnum):
    """From what cannot wait to what is over."""

    URGENT = 10
    ANSWER = 20
    PROMISE = 30
    BACK = 35
    WORK = 40
    SNOOZED = 50
    ENDED = 90


class Reason(StrEnum):
    """Why a row stands where it does; the desk words them."""

    ICU_OR_HOSPITAL = "in_hospital"
    TIME_CRITICAL = "time_critical"
    URGENT = "urgent"
    NOBODY_REACHED = "nobody_reached"
    UNANSWERED_MESSAGE = "unanswered_message"
    ANSWERED_REQUEST = "answered_request"
    CHANGED_AFTER_SENDING = "changed_after_sending"
    NEW_INQUIRY = "new_inquiry"
    NEW_REFERRAL = "new_referral"
    FIRST_CONTACT_DUE = "first_contact_due"
    REVIEW_DUE = "review_due"
    FAMILY_TO_BE_TOLD = "family_to_be_told"
    NEXT_STEP_DUE = "next_step_due"
    WAITING_ON_FAMILY = "waiting_on_family"
    WAITING_ON_REFERRER = "waiting_on_referrer"
    ON_HOLD = "on_hold"
    SNOOZED = "snoozed"
    SNOOZE_OVER = "snooze_over"
    MAY_HAVE_DIED = "may_have_died"
    POSSIBLY_AUTOMATIC = "possibly_automatic"
    PROMISE_NEAR = "promise_near"
    PROMISE_MISSED = "promise_missed"
    ENDED = "ended"


PROMISES = {Stage.NEAR: Reason.PROMISE_NEAR, Stage.MISSED: Reason.PROMISE_MISSED}
PAUSED = {WaitingOn.FAMILY: Reason.WAITING_ON_FAMILY, WaitingOn.REFERRER: Reason.WAITING_ON_REFERRER}


@dataclass(frozen=True, slots=True)
class Standing:
    """The facts that decide; all of them open columns of a case."""

    kind: str
    status: Status
    urgency: Urgency
    waiting_on: WaitingOn
    received_at: datetime
    status_at: datetime
    due_at: datetime | None
    first_contact_at: datetime | None
    changed_after_sending_at: datetime | None
    in_hospital: bool
    time_critical: bool
    possibly_automatic: bool
    pressing: Pressing | None = None  # the promise that is near or missed
    asked_at: datetime | None = None
    decision_due_at: datetime | None = None
    unanswered_at: datetime | None = None
    contact_held_at: datetime | None = None
    snoozed_until: datetime | None = None
    snoozing: bool = False  # that instant is still to come
    to_tell: bool = False  # a decision against, which the family does not know yet


def attention(case: Standing) -> Attention:
    """Total and deterministic: every case has a place, and at least one reason for it.

    A paused case stands in the work by its date, so that it rises by itself when the date comes. No pause hides a promise,
    and neither does a snooze.
    """
    place = snoozed(case, usual(case))
    if case.pressing is None or case.status in ENDED:
        return place
    reason = PROMISES[case.pressing.stage]
    if place.band < Band.PROMISE:
        return replace(place, reasons=(*place.reasons, reason))
    return Attention(Band.PROMISE, min(case.pressing.due_at, place.at), (reason, *place.reasons))


def snoozed(case: Standing, place: Attention) -> Attention:
    """Aside until its date, then above the work. What cannot wait, and what came in, is not put aside."""
    if case.snoozed_until is None or case.to_tell or place.band not in {Band.PROMISE, Band.WORK}:
        return place
    if case.snoozing:
        return Attention(Band.SNOOZED, case.snoozed_until, (Reason.SNOOZED, *place.reasons))
    reasons = (Reason.SNOOZE_OVER, *place.reasons)
    return (
        replace(place, reasons=reasons)
        if place.band == Band.PROMISE
        else Attention(Band.BACK, case.snoozed_until, reasons)
    )


def usual(case: Standing) -> Attention:
    """The place of a case whose promises are far or kept."""
    reasons: list[str] = [Reason.MAY_HAVE_DIED] if case.contact_held_at else []
    reasons += [Reason.UNANSWERED_MESSAGE] if case.unanswered_at else []
    reasons += why_changed(case)
    waits = (case.contact_held_at, case.unanswered_at, case.changed_after_sending_at)
    since = min((one for one in waits if one), default=None)
    if case.to_tell:
        place = since or case.due_at or case.status_at
        return Attention(Band.ANSWER if since else Band.PROMISE, place, (*reasons, Reason.FAMILY_TO_BE_TOLD))
    if case.status in ENDED:
        return Attention(Band.ANSWER if since else Band.ENDED, since or case.status_at, (*reasons, Reason.ENDED))
    unreached = case.first_contact_at is None
    if case.urgency is Urgency.URGENT and unreached:
        reasons += [*why_urgent(case), Reason.NOBODY_REACHED]
        return Attention(Band.URGENT, case.received_at, tuple(reasons))
    if since:
        return Attention(Band.ANSWER, since, tuple(reasons))
    at = case.due_at or case.received_at
    if case.status is Status.ON_HOLD:
        return Attention(Band.WORK, at, (Reason.ON_HOLD,))
    if case.waiting_on in PAUSED:
        return Attention(Band.WORK, at, (PAUSED[case.waiting_on],))
    if unreached:
        first = Reason.NEW_REFERRAL if case.kind == "referral" else Reason.NEW_INQUIRY
        reasons = [first if case.status is Status.NEW else Reason.FIRST_CONTACT_DUE]
        if case.possibly_automatic:
            reasons.append(Reason.POSSIBLY_AUTOMATIC)
        return Attention(Band.PROMISE, min(at, case.decision_due_at or at), tuple(reasons))
    if case.status in {Status.READY_FOR_REVIEW, Status.IN_REVIEW} or case.decision_due_at:
        return Attention(Band.PROMISE, at, (Reason.REVIEW_DUE,))
    return Attention(Band.WORK, at, (*why_urgent(case), Reason.NEXT_STEP_DUE))


def why_changed(case: Standing) -> list[str]:
    """What came after sending; an answer to a request of ours says so."""
    if case.changed_after_sending_at is None:
        return []
    asked = case.asked_at is not None and case.asked_at <= case.changed_after_sending_at
    return [Reason.ANSWERED_REQUEST if asked else Reason.CHANGED_AFTER_SENDING]


def why_urgent(case: Standing) -> list[str]:
    """The reasons that make a case urgent, the strongest first."""
    reasons: list[str] = []
    if case.in_hospital:
        reasons.append(Reason.ICU_OR_HOSPITAL)
    if case.time_critical:
        reasons.append(Reason.TIME_CRITICAL)
    if not reasons and case.urgency is Urgency.URGENT:
        reasons.append(Reason.URGENT)
    return reasons
