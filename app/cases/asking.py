"""Asking a party for records: who may be written to, what the request does to the case, and what an answer does.

What forbids a letter is looked at when it is asked for, when it is due again, and once more at the moment of sending.
"""

from __future__ import annotations

import uuid
from collections.abc import Sequence
from datetime import datetime

from flask_babel import gettext as _
from sqlalchemy import exists, select
from sqlalchemy.orm import Session

from app.cases.change import Change, change
from app.cases.checklist import REFERRER, chase_at, items_of, put, settle
from app.cases.checklist_domain import CHASE_DAYS, OWED, ItemState
from app.cases.domain import Status, WaitingOn
from app.cases.models import Case, Consent, Link, Party
from app.cases.models_work import Event
from app.cases.moves import move, take_step
from app.cases.reach import may_reach
from app.cases.transitions import allowed
from app.core.actor import Actor, Permission
from app.core.errors import Refused
from app.core.sealing import ring
from app.programs.service import calendar_of

BY_LETTER = ("mail", "text")
CALL = "call_for_records"
OWN_LANGUAGE = "en"  # what the desk writes in


def refusal(session: Session, case: Case, party: Party) -> str | None:
    """Why nothing may be sent to this party about records; None where it may."""
    if not case.is_open and case.status != Status.DECEASED:
        return _("This case has ended. Open it again first.")
    reach = may_reach(session, case, party)
    if not reach.allowed:
        return reach.why
    newest = session.execute(
        select(Consent.answer).where(Consent.party_id == party.id, Consent.wording == "contact_me")
        .order_by(Consent.at.desc(), Consent.id.desc()).limit(1)
    ).scalar_one_or_none()  # fmt: skip
    if newest is False:
        return _("They did not agree to be contacted.")
    if not session.execute(select(exists().where(Link.party_id == party.id, Link.revoked_at.is_(None)))).scalar_one():
        return _("They have no private page: call them.")
    return None


def ask(
    session: Session, case_id: uuid.UUID, actor: Actor, at: datetime, *, party_id: uuid.UUID | None,
    items: Sequence[str], line: str,
) -> None:  # fmt: skip
    """Ask one party for records: their private page shows them on top, and a letter without content says to look."""
    with change(session, [case_id], actor, Permission.WORK_CASES, at) as act:
        case, party = act.case, session.get(Party, party_id) if party_id else None
        if party is None or party.case_id != case_id:
            raise Refused(_("Choose whom to ask."), "party")
        forbidden = refusal(session, case, party)
        if forbidden:
            raise Refused(forbidden, "party")
        rows = [row for row in items_of(session, case_id) if row.item in items]
        if not rows:
            raise Refused(_("Tick at least one record."), "item")
        if line.strip() and (party.language_read or OWN_LANGUAGE) != OWN_LANGUAGE:
            raise Refused(_("They read another language: leave the line empty, the records are named in theirs."), "line")  # fmt: skip
        for row in rows:
            if row.state not in OWED:
                put(act, row, ItemState.MISSING, "staff")
            row.asked_at, row.party_id, row.due_at = at, party.id, chase_at(case.program, at, CHASE_DAYS)
        case.asked_at = at
        asked = [row.item for row in rows]
        said = act.record("records_asked", party_id=party.id, detail={"items": asked} | ({"line": line.strip()} if line.strip() else {}))  # fmt: skip
        settle(act)
        wait_for(act, party)
        if party.reply_by in BY_LETTER:
            act.job("ask_records", dedupe_key=f"ask_records:{said}", subject_id=party.id)
        elif case.first_contact_at is not None:
            case.next_step = CALL


def wait_for(act: Change, party: Party) -> None:
    """It is their turn now, where the table has a way there and nobody's first call is still due."""
    case = act.case
    if case.first_contact_at is None:
        return
    if case.status == Status.NEW:
        go(act, Status.ACKNOWLEDGED)
    if case.status != Status.AWAITING_INFORMATION:
        before = Status(case.status_before) if case.status_before else None
        if Status.AWAITING_INFORMATION not in allowed(Status(case.status), before):
            return
        go(act, Status.AWAITING_INFORMATION)
    take_step(case, act.at, calendar_of(case.program))
    case.waiting_on = side_of(party.role)


def go(act: Change, to: Status) -> None:
    """One step along the table."""
    old = act.case.status
    move(act.case, to, act.at, calendar_of(act.case.program))
    act.record("status", old=old, new=to)


def side_of(role: str) -> WaitingOn:
    """Whose turn it is while this party is waited for."""
    return WaitingOn.REFERRER if role == REFERRER else WaitingOn.FAMILY


def answered(act: Change, party_id: uuid.UUID | None) -> None:
    """Something came from a party that was waited for: it is our turn, and a clock that stood still goes on."""
    party = act.session.get(Party, party_id) if party_id else None
    if party is not None and act.case.waiting_on == side_of(party.role):
        act.case.waiting_on = WaitingOn.US


def asked_line(session: Session, case_id: uuid.UUID, party_id: uuid.UUID) -> str:
    """What a coordinator wrote with the newest request to this party."""
    event = session.execute(
        select(Event).where(Event.case_id == case_id, Event.party_id == party_id, Event.kind == "records_asked")
        .order_by(Event.at.desc(), Event.id.desc()).limit(1)
    ).scalar_one_or_none()  # fmt: skip
    if event is None or event.key_id is None or event.detail is None:
        return ""
    detail = ring().load(session, event.key_id).unseal_json(event.detail, ("event", "detail", event.id))
    return str(detail.get("line", ""))
