"""What staff do to a case: claim, assign, change status, note, log a contact. Each inside `change()`, each recorded."""

from __future__ import annotations

import uuid
from collections.abc import Sequence
from datetime import UTC, datetime

from flask_babel import gettext as _
from sqlalchemy import select, update
from sqlalchemy.orm import Session

from app.accounts.queries import may_work
from app.cases.change import Change, change
from app.cases.domain import Status, Urgency
from app.cases.models import Case, Party
from app.cases.models_work import ContactAttempt, Note, Task
from app.cases.moves import move, take_step
from app.cases.reach import DOCTOR, pass_or_refuse
from app.cases.steps import answers
from app.cases.tasks import spoken_with
from app.cases.transitions import allowed, needs_reason, permission_for
from app.cases.unanswered import settle
from app.core.actor import SYSTEM, Actor, Permission
from app.core.clock import now
from app.core.database import transaction
from app.core.errors import Conflict, NotAllowed, Refused
from app.core.ids import new_id
from app.core.jobs import ClaimedJob
from app.core.sealing import ring
from app.programs.service import calendar_of

REACHED = "reached"
OUTCOMES = (REACHED, "no_answer", "left_message", "wrong_number", "refused")
FAMILY = frozenset({"family", "patient"})
CHANNELS = ("phone", "text", "email", "in_person")
# What a move sets, and what it decides by: a move is taken back only while all of it stands as the move left it.
MOVED = (
    "status",
    "status_before",
    "status_at",
    "is_open",
    "waiting_on",
    "next_step",
    "due_at",
    "changed_after_sending_at",
)
DECIDED = (*MOVED, "first_contact_at", "program", "urgency", "contact_stop", "contact_held_at")


def claim(session: Session, case_id: uuid.UUID, actor: Actor, at: datetime) -> uuid.UUID:
    """Take a case that nobody has; returns the line of the timeline. Raises Conflict when somebody was quicker."""
    return assign(session, case_id, actor, at, seen=None, assignee_id=actor.id)


def assign(
    session: Session, case_id: uuid.UUID, actor: Actor, at: datetime, *, seen: uuid.UUID | None,
    assignee_id: uuid.UUID | None,
) -> uuid.UUID:  # fmt: skip
    """Give a case to somebody who may work on it, or back to the queue; returns the line of the timeline.

    `seen` is who had it on the page.
    """
    with change(session, [case_id], actor, Permission.WORK_CASES, at) as act:
        case = act.case
        if case.assignee_id != seen:
            raise Conflict(
                _("Somebody else changed who has this case while you looked at it."),
                mine=str(assignee_id or ""), theirs=str(case.assignee_id or ""),
            )  # fmt: skip
        return give(session, act, assignee_id)


def give(session: Session, act: Change, assignee_id: uuid.UUID | None) -> uuid.UUID:
    """Put a case with somebody, or with nobody."""
    case = act.case
    if assignee_id is not None and not may_work(session, assignee_id, case.program):
        raise Refused(_("Choose somebody who works in this program."), "assignee")
    old = case.assignee_id
    case.assignee_id = assignee_id
    return act.record("assigned", old=str(old) if old else None, new=str(assignee_id) if assignee_id else None)


def change_status(
    session: Session, case_id: uuid.UUID, actor: Actor, at: datetime, *, seen: str, to: Status,
    reason: str, alternative: str = "",
) -> uuid.UUID:  # fmt: skip
    """Move a case along the table of transitions; returns the line of the timeline, which keeps the way back.

    Raises Refused for what the table lacks or for a missing reason.
    """
    with change(session, [case_id], actor, None, at) as act:
        case = act.case
        status = Status(case.status)
        if case.status != seen:
            raise Conflict(_("Somebody else moved this case while you looked at it."), mine=to, theirs=case.status)
        before = Status(case.status_before) if case.status_before else None
        if Status.DECEASED in {status, to}:
            raise Refused(_("That a child has died, and that it was a mistake, are acts of their own."), "to")
        if to not in allowed(status, before):
            raise Refused(_("A case cannot go there from where it stands now."), "to")
        if not actor.may(permission_for(status, to), case.program):
            raise Refused(_("This step needs another role: ask a clinician reviewer or a manager."), "to")
        if needs_reason(status, to) and not reason.strip():
            raise Refused(_("Write the reason. It stays with the case."), "reason")
        was = kept(case, MOVED)
        move(case, to, at, calendar_of(case.program))
        act.keep_clock(case)
        detail: dict[str, object] = {"reason": reason.strip(), "kept": {"was": was, "then": kept(case, DECIDED)}}
        detail |= {"alternative": alternative} if alternative else {}
        return act.record("status", old=status, new=to, detail=detail)


def kept(case: Case, names: Sequence[str]) -> dict[str, str | bool | None]:
    """Columns of a case as plain values, the same before and after they were stored."""
    values = {name: getattr(case, name) for name in names}
    return {
        name: value.astimezone(UTC).isoformat() if isinstance(value, datetime) else value
        for name, value in values.items()
    }


def look_at_change(session: Session, case_id: uuid.UUID, actor: Actor, at: datetime, *, seen: str) -> None:
    """Say that the sender's newest change was looked at. `seen` is the instant of the change that the page showed.

    That of a child who died is for who may reopen the case.
    """
    with change(session, [case_id], actor, None, at) as act:
        changed_at = act.case.changed_after_sending_at
        if not actor.may(change_permission(act.case), act.case.program):
            raise NotAllowed
        if changed_at is None:
            raise Conflict(_("Somebody has looked at this change already."), mine=seen, theirs="")
        if changed_at.isoformat() != seen:
            raise Conflict(_("The sender changed answers once more."), mine=seen, theirs=changed_at.isoformat())
        act.case.changed_after_sending_at = None
        act.record("change_seen")


def change_permission(case: Case) -> Permission:
    """Who says that a change was looked at."""
    return Permission.REOPEN_DECEASED if case.status == Status.DECEASED else Permission.WORK_CASES


def add_note(session: Session, case_id: uuid.UUID, actor: Actor, at: datetime, body: str) -> None:
    """Add an internal note. Adding never conflicts."""
    if not body.strip():
        raise Refused(_("Write something first."), "body")
    with change(session, [case_id], actor, Permission.WORK_CASES, at) as act:
        note_id, key = new_id(), act.key()
        session.add(
            Note(
                id=note_id, case_id=case_id, origin_case_id=case_id, at=at, author_id=actor.id, restricted=False,
                key_id=key.id, body=key.seal_json(body, ("note", "body", note_id)),
            )
        )  # fmt: skip
        act.record("note_added", subject_id=note_id)


def log_contact(
    session: Session, case_id: uuid.UUID, actor: Actor, at: datetime, *, party_id: uuid.UUID, channel: str,
    outcome: str, interpreter: bool, detail: str, despite: str = "",
) -> None:  # fmt: skip
    """Log a try to reach a party. Only a two-way conversation keeps the promise of a first contact.

    `despite` is the reason to reach somebody whom something stands against.
    """
    if channel not in CHANNELS or outcome not in OUTCOMES:
        raise Refused(_("Choose how you tried and what came of it."), "outcome")
    with change(session, [case_id], actor, Permission.WORK_CASES, at) as act:
        party = session.get(Party, party_id)
        if party is None or party.case_id != case_id:
            raise Refused(_("Choose whom you tried to reach."), "party")
        pass_or_refuse(act, party, despite)
        attempt_id, key = new_id(), act.key()
        text = detail.strip()
        session.add(
            ContactAttempt(
                id=attempt_id, case_id=case_id, origin_case_id=case_id, party_id=party_id, at=at, actor_id=actor.id,
                channel=channel, outcome=outcome, interpreter=interpreter, key_id=key.id if text else None,
                detail=key.seal_json(text, ("contact_attempt", "detail", attempt_id)) if text else None,
            )
        )  # fmt: skip
        if outcome == REACHED:
            note_conversation(session, act.case, party, at)
            spoken_with(act, party.id, interpreter=interpreter)
        act.record("contact_logged", new=outcome, old=channel, party_id=party_id, subject_id=attempt_id)


def note_conversation(session: Session, case: Case, party: Party, at: datetime) -> None:
    """What a conversation changes: the promise is kept, and the step that asked for it is done.

    An urgent case stays urgent until the family's side was spoken with, whoever else was. A word with the doctor whom a
    family named is no answer to the family. A sender who was spoken with has been heard, their changed answers and messages
    with them.
    """
    if case.is_open and party.submission_id is not None:
        case.changed_after_sending_at = None
    settle(session, case, party.id, at)
    first = (
        case.first_contact_at is None
        and party.role != DOCTOR
        and (case.urgency != Urgency.URGENT or party.id in family_side(session, case.id))
    )
    if first:
        case.first_contact_at = at
    answered = answers(case.next_step, party.role) and case.first_contact_at is not None
    # A pause stays as long as it was meant to be.
    if case.is_open and case.status != Status.ON_HOLD and (first or answered):
        take_step(case, at, calendar_of(case.program), spoken=answered)


def family_side(session: Session, case_id: uuid.UUID) -> set[uuid.UUID]:
    """The family and the patient, where they can be phoned; else who wrote."""
    parties = session.execute(select(Party).where(Party.case_id == case_id)).scalars().all()
    keys = ring().load_many(session, {one.key_id for one in parties})
    reachable = {
        one.id
        for one in parties
        if one.role in FAMILY and keys[one.key_id].unseal_json(one.details, ("party", "details", one.id)).get("phone")
    }
    return reachable or {one.id for one in parties if one.submission_id is not None}


def release_cases(job: ClaimedJob) -> None:
    """Return a leaver's open cases and tasks to the queue, a batch in a transaction, until none is left."""
    if job.subject_id is None:
        return
    released = True
    while released:
        with transaction() as session:
            released = release(session, job.subject_id, SYSTEM, now()) > 0


def release(session: Session, user_id: uuid.UUID, actor: Actor, at: datetime, size: int = 100) -> int:
    """Return a leaver's open cases, and their tasks of any case, a batch at a time; returns of how many cases."""
    tasks = (Task.assignee_id == user_id, Task.done_at.is_(None))
    theirs = (Case.assignee_id == user_id) & Case.is_open
    ids = session.execute(
        select(Case.id).where(theirs | Case.id.in_(select(Task.case_id).where(*tasks)))
        .order_by(Case.id).limit(size).with_for_update(of=Case)
    ).scalars().all()  # fmt: skip
    if not ids:
        return 0
    with change(session, ids, actor, None, at) as act:
        session.execute(update(Task.__table__).where(Task.case_id.in_(ids), *tasks).values(assignee_id=None))
        for case in act.cases.values():
            had_it = case.assignee_id == user_id and case.is_open
            if had_it:
                case.assignee_id = None
            act.record("released" if had_it else "tasks_released", case=case, old=str(user_id))
    return len(ids)
