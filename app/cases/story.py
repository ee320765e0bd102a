"""Everything about one case, opened for a reader who may see it: what each party sent, and what was done since."""

from __future__ import annotations

import uuid
from collections.abc import Sequence
from dataclasses import dataclass
from datetime import datetime
from typing import Any

from sqlalchemy import select
from sqlalchemy.orm import Session

from app.accounts.models import User
from app.cases.domain import ChildIdentity
from app.cases.models import Case, Consent, Party, Submission
from app.cases.models_work import ContactAttempt, Event, Note
from app.core.sealing import DataKey, ring

NEWEST = 200
TO_PEOPLE = frozenset({"assigned", "task_added"})


@dataclass(frozen=True, slots=True)
class SentView:
    """One submission or amendment, its document opened."""

    row: Submission
    document: dict[str, Any]


@dataclass(frozen=True, slots=True)
class PartyView:
    """One party, its details opened."""

    row: Party
    details: dict[str, Any]
    consents: tuple[Consent, ...]


@dataclass(frozen=True, slots=True)
class NoteView:
    """An internal note, opened."""

    id: uuid.UUID
    at: datetime
    author_id: uuid.UUID | None
    body: str


@dataclass(frozen=True, slots=True)
class EventView:
    """A line of the timeline; `detail` opened."""

    row: Event
    detail: Any


@dataclass(frozen=True, slots=True)
class AttemptView:
    """A try to reach somebody; `detail` opened."""

    row: ContactAttempt
    detail: Any


@dataclass(frozen=True, slots=True)
class Story:
    """A case, opened. Lists are the newest 200."""

    case: Case
    child: ChildIdentity
    sent: tuple[SentView, ...]
    parties: tuple[PartyView, ...]
    events: tuple[EventView, ...]
    notes: tuple[NoteView, ...]
    attempts: tuple[AttemptView, ...]
    people: dict[uuid.UUID, str]


def find_case(session: Session, programs: Sequence[str], reference: str) -> Case | None:
    """The case that a reference names, if it is in one of the reader's programs."""
    return session.execute(
        select(Case)
        .join(Submission, Submission.case_id == Case.id)
        .where(Submission.reference == reference, Case.program.in_(programs))
    ).scalar_one_or_none()


def identity_of(key: DataKey, case_id: uuid.UUID, sealed: bytes) -> ChildIdentity:
    """Open the small document that identifies the child."""
    return ChildIdentity(**key.unseal_json(sealed, ("case", "identity", case_id)))


def story(session: Session, case: Case) -> Story:
    """Open a whole case: eight statements, however much is in it."""
    sent = newest(session, Submission, case.id, Submission.received_at)
    parties = sorted(newest(session, Party, case.id, Party.made_at), key=lambda row: row.submission_id is None)
    consents = newest(session, Consent, case.id, Consent.at)
    events = newest(session, Event, case.id, Event.at)
    notes = newest(session, Note, case.id, Note.at)
    attempts = newest(session, ContactAttempt, case.id, ContactAttempt.at)
    sealed = [*sent, *parties, *events, *notes, *attempts]
    keys = ring().load_many(session, {row.key_id for row in sealed if row.key_id} | {case.key_id})
    people = {row.actor_id for row in (*events, *attempts)} | {note.author_id for note in notes} | named_in(events)
    return Story(
        case=case,
        child=identity_of(keys[case.key_id], case.id, case.identity),
        sent=tuple(SentView(row, opened(keys, row, "document")) for row in sent),
        parties=tuple(
            PartyView(row, opened(keys, row, "details"), tuple(c for c in consents if c.party_id == row.id))
            for row in parties
        ),
        events=tuple(EventView(row, opened(keys, row, "detail")) for row in events),
        notes=tuple(NoteView(row.id, row.at, row.author_id, opened(keys, row, "body")) for row in notes),
        attempts=tuple(AttemptView(row, opened(keys, row, "detail")) for row in attempts),
        people=names_of(session, people | {case.assignee_id}),
    )


def named_in(events: Sequence[Event]) -> set[uuid.UUID | None]:
    """Whom lines speak of that they gave something to, or took it from."""
    values = (value for event in events if event.kind in TO_PEOPLE for value in (event.old_value, event.new_value))
    return {uuid.UUID(value) for value in values if value}


def newest(session: Session, table: Any, case_id: uuid.UUID, at: Any) -> list[Any]:  # noqa: ANN401  any mapped class
    """The newest rows of a case, oldest first."""
    rows = session.execute(
        select(table).where(table.case_id == case_id).order_by(at.desc(), table.id.desc()).limit(NEWEST)
    ).scalars()
    return list(reversed(rows.all()))


def opened(keys: dict[uuid.UUID, DataKey], row: Any, column: str) -> Any:  # noqa: ANN401  a document of plain values
    """Unseal one column of a row; None where there is nothing."""
    sealed = getattr(row, column)
    if sealed is None:
        return None
    return keys[row.key_id].unseal_json(sealed, (row.__tablename__, column, row.id))


def names_of(session: Session, ids: set[uuid.UUID | None]) -> dict[uuid.UUID, str]:
    """Names of staff by id."""
    wanted = {one for one in ids if one is not None}
    if not wanted:
        return {}
    return {row.id: row.name for row in session.execute(select(User.id, User.name).where(User.id.in_(wanted)))}
