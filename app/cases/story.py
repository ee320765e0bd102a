"""Who and what a case is, opened for a reader who may see it: what each party sent, tries to reach them, what lasts.

The timeline stands apart, in parts: `app/cases/events.py`.
"""

from __future__ import annotations

import uuid
from collections.abc import Iterable, Sequence
from dataclasses import dataclass
from typing import Any

from sqlalchemy import ColumnElement, func, select
from sqlalchemy.orm import Session

from app.accounts.models import User
from app.cases.domain import ChildIdentity
from app.cases.models import Case, Consent, Party, Submission
from app.cases.models_work import ContactAttempt, Event
from app.core.sealing import DataKey, ring

NEWEST, CORRECTIONS, TRIES = 200, 50, 20
# Lines of the timeline that other parts of a page are read from, however long ago they were written.
LASTING = ("changed_after_sending", "clock_paused", "record_marked", "records_asked", "records_chased")
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
class EventView:
    """A line of the timeline; `detail` opened. Of a note or a try, what was said; of a try, whether one interpreted."""

    row: Event
    detail: Any
    said: str = ""
    interpreter: bool = False


@dataclass(frozen=True, slots=True)
class AttemptView:
    """A try to reach somebody; `detail` opened."""

    row: ContactAttempt
    detail: Any


@dataclass(frozen=True, slots=True)
class Story:
    """A case, opened. `events` are the lasting lines; `untold` counts corrections that are older than those in `sent`."""

    case: Case
    child: ChildIdentity
    sent: tuple[SentView, ...]
    untold: int
    parties: tuple[PartyView, ...]
    events: tuple[EventView, ...]
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
    """Open a case: eight statements, however much is in it."""
    sent = latest(session, Submission, case.id, Submission.received_at, CORRECTIONS, Submission.amends)
    parties = sorted(newest(session, Party, case.id, Party.made_at), key=lambda row: row.submission_id is None)
    consents = newest(session, Consent, case.id, Consent.at)
    events = latest(session, Event, case.id, Event.at, NEWEST, Event.kind, only=Event.kind.in_(LASTING))
    tries = (ContactAttempt.party_id, ContactAttempt.outcome)
    attempts = latest(session, ContactAttempt, case.id, ContactAttempt.at, TRIES, *tries)
    keys = ring().load_many(
        session, {row.key_id for row in (*sent, *parties, *events, *attempts) if row.key_id} | {case.key_id}
    )
    people = {row.actor_id for row in (*sent, *events, *attempts)}
    count = select(func.count()).where(Submission.case_id == case.id)
    return Story(
        case=case,
        child=identity_of(keys[case.key_id], case.id, case.identity),
        sent=tuple(SentView(row, opened(keys, row, "document")) for row in sent),
        untold=session.execute(count).scalar_one() - len(sent),
        parties=tuple(
            PartyView(row, opened(keys, row, "details"), tuple(c for c in consents if c.party_id == row.id))
            for row in parties
        ),
        events=tuple(EventView(row, opened(keys, row, "detail")) for row in events),
        attempts=tuple(AttemptView(row, opened(keys, row, "detail")) for row in attempts),
        people=names_of(session, people | {case.assignee_id}),
    )


def named_in(events: Iterable[Event]) -> set[uuid.UUID | None]:
    """Whom lines speak of that they gave something to, or took it from."""
    values = (value for event in events if event.kind in TO_PEOPLE for value in (event.old_value, event.new_value))
    return {uuid.UUID(value) for value in values if value}


def newest(session: Session, table: Any, case_id: uuid.UUID, at: Any) -> list[Any]:  # noqa: ANN401  any mapped class
    """The newest rows of a case, oldest first."""
    rows = session.execute(
        select(table).where(table.case_id == case_id).order_by(at.desc(), table.id.desc()).limit(NEWEST)
    ).scalars()
    return list(reversed(rows.all()))


def latest(
    session: Session, table: Any, case_id: uuid.UUID, at: Any, most: int, *per: Any, only: ColumnElement[bool] | None = None  # noqa: ANN401
) -> list[Any]:  # fmt: skip
    """The newest rows of each kind, so that many of one kind never hide another; oldest first."""
    place = func.row_number().over(partition_by=per, order_by=(at.desc(), table.id.desc())).label("place")
    ranked = select(table.id, place).where(table.case_id == case_id)
    ranks = (ranked if only is None else ranked.where(only)).subquery()
    rows = select(table).join(ranks, ranks.c.id == table.id).where(ranks.c.place <= most).order_by(at, table.id)
    return list(session.execute(rows).scalars())


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
