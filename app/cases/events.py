"""The timeline of a case in parts, newest first: which kinds of lines a part holds, and where the next one begins."""

from __future__ import annotations

import uuid
from collections.abc import Collection, Mapping
from dataclasses import dataclass
from typing import Any

from sqlalchemy import ColumnElement, and_, literal, not_, or_, select, tuple_
from sqlalchemy.orm import Session

from app.cases.models_work import ContactAttempt, Event, Note
from app.cases.story import EventView, named_in, names_of, opened
from app.core.sealing import ring

PART = 50
# Which lines each choice shows, by what their kind begins with; the last one shows every other kind.
SHOWN: Mapping[str, tuple[str, ...]] = {
    "sent": ("inquiry_received", "referral_received", "changed_after", "change_seen", "amendment_"),
    "calls": ("contact_logged", "reached_despite", "interpreter_asked", "page_"),
    "messages": ("message", "no_answer_needed", "codes_guessed", "receipt_"),
    "files": ("file_", "record", "request_"),
    "notes": ("note_added",),
    "status": (),
}
# Said beside the file or the message; a line for each would bury the rest.
UNSAID = or_(
    Event.kind.in_(("message_mailed", "message_repeated")),
    and_(Event.kind == "file_scanned", Event.new_value.is_not_distinct_from("clean")),
)


@dataclass(frozen=True, slots=True)
class Part:
    """A part of a timeline, newest line first; `earlier` is the last line where older ones follow it."""

    events: tuple[EventView, ...]
    people: Mapping[uuid.UUID, str]
    earlier: uuid.UUID | None


def part(
    session: Session, case_id: uuid.UUID, *, shown: str = "", before: uuid.UUID | None = None,
    kinds: Collection[str] = (), most: int = PART,
) -> Part:  # fmt: skip
    """The newest lines, or those before one: all, those of a choice, or those of certain kinds. Five statements at most."""
    wanted = select(Event).where(Event.case_id == case_id, not_(UNSAID))
    if shown in SHOWN:
        wanted = wanted.where(of_choice(shown))
    if kinds:
        wanted = wanted.where(Event.kind.in_(kinds))
    last = session.get(Event, before) if before else None
    if last is not None and last.case_id == case_id:
        wanted = wanted.where(tuple_(Event.at, Event.id) < tuple_(literal(last.at, Event.at.type), literal(last.id, Event.id.type)))  # fmt: skip
    rows = session.execute(wanted.order_by(Event.at.desc(), Event.id.desc()).limit(most + 1)).scalars().all()
    more, rows = len(rows) > most, rows[:most]
    subjects = {row.subject_id for row in rows}
    notes = by_id(session, Note, subjects if any(row.kind == "note_added" for row in rows) else ())
    tries = by_id(session, ContactAttempt, subjects if any(row.kind == "contact_logged" for row in rows) else ())
    keys = ring().load_many(session, {row.key_id for row in (*rows, *notes.values(), *tries.values()) if row.key_id})
    events = []
    for row in rows:
        note, tried = notes.get(row.subject_id), tries.get(row.subject_id)
        said = opened(keys, note, "body") if note else opened(keys, tried, "detail") if tried else None
        events.append(EventView(row, opened(keys, row, "detail"), said or "", bool(tried and tried.interpreter)))
    people = names_of(session, {row.actor_id for row in rows} | named_in(rows))
    return Part(tuple(events), people, rows[-1].id if more else None)


def by_id(session: Session, table: Any, ids: Collection[uuid.UUID | None]) -> dict[uuid.UUID | None, Any]:  # noqa: ANN401  a mapped class
    """Rows of a table."""
    return {row.id: row for row in session.execute(select(table).where(table.id.in_(ids))).scalars()} if ids else {}


def newest_of(session: Session, case_id: uuid.UUID) -> uuid.UUID | None:
    """The line that was written last: what comes after it is news."""
    return session.execute(
        select(Event.id).where(Event.case_id == case_id).order_by(Event.id.desc()).limit(1)
    ).scalar_one_or_none()


def of_choice(shown: str) -> ColumnElement[bool]:
    """The kinds of a choice; of the last one, what no other shows."""
    begins = SHOWN[shown]
    if begins:
        return begins_with(begins)
    return not_(begins_with([one for words in SHOWN.values() for one in words]))


def begins_with(words: Collection[str]) -> ColumnElement[bool]:
    """Whether a kind begins with one of these."""
    return or_(*(Event.kind.startswith(one, autoescape=True) for one in words))
