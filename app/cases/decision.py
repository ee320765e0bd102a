"""A decision against: a clinician says it with a reason, the family hears it from a person, and only then the referrer reads it.

Until the family was told the case stays open, with a date; every page but the desk says nothing of it.
"""

from __future__ import annotations

import uuid
from datetime import date, datetime

from flask_babel import gettext as _
from sqlalchemy import exists, select
from sqlalchemy.orm import Session

from app.cases.acts import change_status
from app.cases.change import Change, change
from app.cases.domain import Status
from app.cases.messages import OUTGOING, QUEUED, STAFF_LANGUAGE, row_of
from app.cases.models import Case, Link, Party
from app.cases.models_work import Event, Message
from app.cases.moves import end_told
from app.core.actor import Actor, Permission
from app.core.errors import Refused
from app.core.sealing import ring
from app.programs.clocks import add_business_days
from app.programs.service import calendar_of, hospital

AGAINST = Status.NOT_A_CANDIDATE_NOW
TEMPLATE = "decision"  # the message that brings it to a referrer
TOLD, AGREED = "family_told", "telling_agreed"
CHECK, CHECK_DAYS = "check_told", 2


def family_waits(case: Case) -> bool:
    """Whether a decision against was made and the family has not been told."""
    return case.status == AGAINST and case.is_open


def decline(
    session: Session, case_id: uuid.UUID, actor: Actor, at: datetime, *, seen: str, reason: str, alternative: str
) -> uuid.UUID:
    """Decide against. The reason and what may help instead are for the referrer, later."""
    return change_status(
        session, case_id, actor, at, seen=seen, to=AGAINST, reason=reason, alternative=alternative.strip()
    )


def note_told(
    session: Session, case_id: uuid.UUID, actor: Actor, at: datetime, *, how: str, by: str, on: date | None
) -> None:  # fmt: skip
    """Say that the family was told, by whom and when, or who will tell them. The referrer may know from now on."""
    with change(session, [case_id], actor, Permission.WORK_CASES, at) as act:
        case = act.case
        if not family_waits(case):
            raise Refused(_("Nobody waits to be told any more: look at the case as it is now."))
        if how not in {TOLD, AGREED}:
            raise Refused(_("Choose what is so."), "how")
        if not by.strip():
            raise Refused(_("Write who tells the family."), "by")
        first, last = (one.astimezone(hospital().zone).date() for one in (case.status_at, at))
        if how == TOLD and (on is None or not first <= on <= last):
            raise Refused(_("Write the day on which they were told: from the decision on, until today."), "on")
        told_on = on.isoformat() if on and how == TOLD else ""
        act.record(how, new=told_on or None, detail={"line": by.strip()})
        tell_referrers(act)
        if how == TOLD:
            end_told(case)
        else:
            case.next_step, case.due_at = CHECK, add_business_days(calendar_of(case.program), at, CHECK_DAYS)


def tell_referrers(act: Change) -> None:
    """Put decision and reason on each referrer's private page, once; a mail says that a message is there."""
    case = act.case
    parties = act.session.execute(
        select(Party).where(
            Party.case_id == case.id, Party.role == "referrer",
            Party.id.in_(select(Link.party_id).where(Link.case_id == case.id, Link.revoked_at.is_(None))),
        ).order_by(Party.id)
    ).scalars().all()  # fmt: skip
    for party in parties:
        if is_told(act.session, case, party):
            continue
        message = row_of(act, party, OUTGOING, words(act), STAFF_LANGUAGE)
        message.template, message.author_id, message.state = TEMPLATE, act.actor.id, QUEUED
        act.session.add(message)
        act.record("message_sent", party_id=party.id, subject_id=message.id)
        act.job("send_message", dedupe_key=f"send_message:{message.id}", subject_id=message.id)


def is_told(session: Session, case: Case, party: Party) -> bool:
    """Whether the decision that stands is on a party's private page."""
    brought = exists().where(Message.party_id == party.id, Message.template == TEMPLATE, Message.at >= case.status_at)
    return case.status == AGAINST and session.execute(select(brought)).scalar_one()


def words(act: Change) -> str:
    """What the referrer reads, after a code: the decision and what the clinician wrote for them."""
    event = act.session.execute(
        select(Event).where(Event.case_id == act.case.id, Event.kind == "status", Event.new_value == str(AGAINST))
        .order_by(Event.id.desc()).limit(1)
    ).scalar_one()  # fmt: skip
    detail = {}
    if event.key_id and event.detail:
        detail = ring().load(act.session, event.key_id).unseal_json(event.detail, ("event", "detail", event.id))
    parts = [
        _("Our doctors have decided that they cannot offer treatment now."),
        _("Why: %(reason)s", reason=detail.get("reason", "")),
    ]
    if detail.get("alternative"):
        parts.append(_("What may help instead: %(alternative)s", alternative=detail["alternative"]))
    parts.append(_("To speak with the doctor who decided, answer here or call us."))
    return "\n\n".join(parts)
