"""Which status may follow which, who may set it, and where a reason is due. Nothing else is allowed."""

from __future__ import annotations

from collections.abc import Mapping

from app.cases.domain import Kind, Status, WaitingOn
from app.core.actor import Permission

S = Status

ENDED = frozenset(
    {S.REDIRECTED, S.NOT_A_CANDIDATE_NOW, S.UNABLE_TO_REACH, S.WITHDRAWN, S.DUPLICATE_OF, S.DECEASED, S.CLOSED}
)
# Any open case may leave the path this way, each with a reason.
ASIDE = frozenset({S.ON_HOLD, S.REDIRECTED, S.UNABLE_TO_REACH, S.WITHDRAWN, S.DECEASED, S.CLOSED})

FORWARD: Mapping[Status, frozenset[Status]] = {
    S.NEW: frozenset({S.ACKNOWLEDGED}),
    S.ACKNOWLEDGED: frozenset({S.CONTACTING_FAMILY, S.CONTACTING_REFERRER, S.AWAITING_INFORMATION, S.READY_FOR_REVIEW}),
    S.CONTACTING_FAMILY: frozenset({S.AWAITING_INFORMATION}),
    S.CONTACTING_REFERRER: frozenset({S.AWAITING_INFORMATION}),
    S.AWAITING_INFORMATION: frozenset({S.CONTACTING_FAMILY, S.CONTACTING_REFERRER, S.READY_FOR_REVIEW}),
    S.READY_FOR_REVIEW: frozenset({S.IN_REVIEW}),
    S.IN_REVIEW: frozenset({S.ACCEPTED_CONSULT, S.NOT_A_CANDIDATE_NOW, S.AWAITING_INFORMATION}),
    S.ACCEPTED_CONSULT: frozenset({S.FINANCIAL_CLEARANCE}),
    S.FINANCIAL_CLEARANCE: frozenset({S.SCHEDULING}),
    S.SCHEDULING: frozenset({S.SCHEDULED}),
    S.SCHEDULED: frozenset({S.CLOSED}),
}


def waiting_on(status: Status, kind: str) -> WaitingOn:
    """Whose turn it is: records come from who wrote to us, the family or the referrer."""
    if status is S.AWAITING_INFORMATION:
        return WaitingOn.REFERRER if kind == Kind.REFERRAL else WaitingOn.FAMILY
    if status is S.NOT_A_CANDIDATE_NOW:  # until the family was told
        return WaitingOn.US
    return WaitingOn.NOBODY if status is S.ON_HOLD or status in ENDED else WaitingOn.US


def allowed(status: Status, before: Status | None) -> frozenset[Status]:
    """Every status that may follow. `before` is where an ended or held case stood: it may go back there."""
    if status in ENDED or status is S.ON_HOLD:
        back = frozenset({before}) if before else frozenset()
        return back | (ASIDE - {S.ON_HOLD} if status is S.ON_HOLD else frozenset())
    return FORWARD.get(status, frozenset()) | ASIDE


def needs_reason(status: Status, to: Status) -> bool:
    """Leaving the path, ending and reopening say why; so does a decision against."""
    return to in ASIDE or to is S.NOT_A_CANDIDATE_NOW or status in ENDED


def permission_for(status: Status, to: Status) -> Permission:
    """A clinician says "not now"; a manager reopens a case whose child was said to have died."""
    if to is S.NOT_A_CANDIDATE_NOW:
        return Permission.REVIEW_CASES
    if status is S.DECEASED:
        return Permission.REOPEN_DECEASED
    return Permission.WORK_CASES
