"""No call and no letter any more: they asked for it, the child has died, or somebody says so and nobody knows yet.

Each act silences what has not left in its own transaction, and makes cases that may be the same child wait.
"""

from __future__ import annotations

import uuid
from collections.abc import Iterator, Sequence
from contextlib import contextmanager
from datetime import datetime

from flask_babel import gettext as _
from sqlalchemy import exists, select, update
from sqlalchemy.orm import Session, aliased

from app.cases.change import Change, change
from app.cases.domain import ChildIdentity, Status
from app.cases.models import Case
from app.cases.models_paging import Page
from app.cases.models_work import Event
from app.cases.moves import move, take_step
from app.cases.search import may_be_same_child, squashed, whole_names
from app.cases.silence import cancel, hold, let_go
from app.cases.story import identity_of
from app.core.actor import Actor, Permission
from app.core.errors import Conflict, NotAllowed, Refused
from app.programs.service import calendar_of, hospital

CONFIRM = "confirm_death"
STOPS = ("contact_stopped", "contact_allowed")
# Somebody said of this very case that the child has died, and nobody has found out.
Said = aliased(Event)
TOLD = exists(
    select(Said.id)
    .where(Said.case_id == Case.id, Said.kind == "death_told", Said.at >= Case.contact_held_at)
    .correlate(Case)
)


def stop_contact(session: Session, case_id: uuid.UUID, actor: Actor, at: datetime, *, reason: str) -> None:
    """They asked us not to call or write. Raises Conflict where that is said already."""
    with stopping(session, case_id, actor, at) as (act, case):
        if case.contact_stop:
            raise Conflict(_("Somebody else changed this while you looked at it."), mine="", theirs="")
        needed(reason)
        case.contact_stop, case.contact_held_at = True, None
        cancelled = cancel(session, case_id, at)
        act.record("contact_stopped", case=case, new=str(cancelled), detail={"reason": reason.strip()})
        hold_others(act, case)


def has_died(
    session: Session, case_id: uuid.UUID, actor: Actor, at: datetime, *, name: str, birth_date: str, reason: str
) -> None:  # fmt: skip
    """The child has died. Name and birth date are typed, so that it is never another child's case."""
    with stopping(session, case_id, actor, at) as (act, case):
        child = identity_of(act.key(case), case.id, case.identity)
        if not is_called(child, name) or birth_date.strip() != (child.birth_date or ""):
            raise Refused(_("That is not the name and the birth date of this child. Nothing was changed."), "name")
        needed(reason)
        old = case.status
        move(case, Status.DECEASED, at, calendar_of(case.program))
        case.contact_held_at = None
        cancelled = cancel(session, case_id, at, pages=True)
        session.execute(
            update(Page.__table__).where(Page.case_id == case_id, Page.ended_at.is_(None)).values(ended_at=at)
        )
        detail = {"reason": reason.strip(), "cancelled": cancelled}
        act.record("status", case=case, old=old, new=Status.DECEASED, detail=detail)
        hold_others(act, case)


def told_died(session: Session, case_id: uuid.UUID, actor: Actor, at: datetime, *, reason: str) -> None:
    """Somebody outside says that the child has died: everything waits at once, and somebody has to find out."""
    with stopping(session, case_id, actor, at) as (act, case):
        needed(reason)
        if case.contact_held_at is None:
            case.contact_held_at = at
        hold(session, case_id)
        find_out(case, at)
        act.record("death_told", case=case, detail={"reason": reason.strip()})
        hold_others(act, case)


def end_hold(session: Session, case_id: uuid.UUID, actor: Actor, at: datetime, *, seen: str, reason: str) -> None:
    """Somebody looked: this child lives, or it is another one. What waited leaves. `seen` is the hold that the page showed."""
    with change(session, [case_id], actor, Permission.WORK_CASES, at) as act:
        case = act.case
        if case.contact_held_at is None or case.contact_held_at.isoformat() != seen:
            raise Conflict(_("Somebody else changed this while you looked at it."), mine="", theirs="")
        needed(reason)
        let_on(act, case)
        act.record("hold_ended", detail={"reason": reason.strip()})


def lift(session: Session, case_id: uuid.UUID, actor: Actor, at: datetime, *, seen: str, reason: str) -> None:
    """A manager takes back a stop, or that the child has died; what was cancelled stays cancelled.

    `seen` is the status that the page showed. A wish for no contact that was there before outlives the mistake. What
    waited because of this case alone goes on.
    """
    others = held_by(session, case_id)
    with change(session, [case_id, *others], actor, None, at) as act:
        case, waiting = act.cases[case_id], set(held_by(session, case_id))  # asked once more, with the rows locked
        died = case.status == Status.DECEASED
        if not actor.may(Permission.LIFT_STOP, case.program):
            raise NotAllowed
        if case.status != seen or not (case.contact_stop or died):
            raise Conflict(_("Somebody else changed this while you looked at it."), mine="", theirs="")
        needed(reason)
        case.contact_stop = died and asked_before(session, case_id)
        if died:
            to = Status(case.status_before or Status.NEW)
            move(case, to, at, calendar_of(case.program))
            act.record("status", case=case, old=Status.DECEASED, new=to, detail={"reason": reason.strip()})
        else:
            act.record("contact_allowed", case=case, detail={"reason": reason.strip()})
        for other in act.cases.values():
            if not case.contact_stop and other.id in waiting:
                let_on(act, other)
                act.record("hold_ended", case=other, new=case.reference)


def held_by(session: Session, case_id: uuid.UUID) -> list[uuid.UUID]:
    """Cases that wait because of this one: nobody said so of themselves, and no other stopped case may be their child."""
    reference = session.execute(select(Case.reference).where(Case.id == case_id)).scalar_one()
    held = session.execute(
        select(Case.id).join(Event, Event.case_id == Case.id).where(
            Event.kind == "contact_held", Event.new_value == reference, Event.at == Case.contact_held_at, ~TOLD
        )
    ).scalars().all()  # fmt: skip
    return [
        one for one in held if not stopped(session, [other for other in same_child(session, one) if other != case_id])
    ]


def stopped(session: Session, cases: Sequence[uuid.UUID]) -> bool:
    """Whether one of these cases is stopped, or its child said to have died."""
    return session.execute(select(exists().where(Case.id.in_(cases), Case.contact_stop | TOLD))).scalar_one()


@contextmanager
def stopping(session: Session, case_id: uuid.UUID, actor: Actor, at: datetime) -> Iterator[tuple[Change, Case]]:
    """A change of this case and, in any program, of those that may be the same child. Raises Conflict, NotAllowed."""
    others = same_child(session, case_id)
    with change(session, [case_id, *others], actor, None, at) as act:
        case = act.cases[case_id]
        if not actor.may(Permission.WORK_CASES, case.program):
            raise NotAllowed
        if case.status == Status.DECEASED:
            raise Conflict(_("Somebody has said already that the child has died."), mine="", theirs="")
        yield act, case


def same_child(session: Session, case_id: uuid.UUID) -> list[uuid.UUID]:
    """Cases that may be about this child. A twin's is not among them: another given name is another child."""
    every = tuple(program.code for program in hospital().programs)
    return [one.case_id for one in may_be_same_child(session, every, case_id) if not one.sibling]


def find_out(case: Case, at: datetime) -> None:
    """Whether the child has died is what comes next."""
    if case.is_open:
        case.next_step, case.due_at = CONFIRM, at


def let_on(act: Change, case: Case) -> None:
    """What waited leaves, and what comes next is what stood before."""
    case.contact_held_at = None
    let_go(act.session, case.id, act.at)
    if case.next_step == CONFIRM:
        take_step(case, act.at, calendar_of(case.program))


def hold_others(act: Change, case: Case) -> None:
    """What may be the same child waits until somebody has looked."""
    for other in act.cases.values():
        if other is not case and not other.contact_stop and other.contact_held_at is None:
            other.contact_held_at = act.at
            hold(act.session, other.id)
            find_out(other, act.at)
            act.record("contact_held", case=other, new=case.reference)


def is_called(child: ChildIdentity, typed: str) -> bool:
    """Whether somebody typed the child's whole name, in either order, without minding case and accents."""
    return squashed(typed) in whole_names(child)


def asked_before(session: Session, case_id: uuid.UUID) -> bool:
    """Whether they had asked for no contact and nobody had lifted that."""
    newest = select(Event.kind).where(Event.case_id == case_id, Event.kind.in_(STOPS)).order_by(Event.id.desc())
    return session.execute(newest.limit(1)).scalar_one_or_none() == "contact_stopped"


def needed(reason: str) -> None:
    """Raises Refused for a missing reason."""
    if not reason.strip():
        raise Refused(_("Write the reason. It stays with the case."), "reason")
