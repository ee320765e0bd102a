"""Start, load, save and end a draft. Its key becomes its case's key; its handle becomes the submission's key."""

from __future__ import annotations

import hashlib
import re
import secrets
import uuid
from collections.abc import Mapping
from dataclasses import dataclass, replace
from datetime import datetime, timedelta

from sqlalchemy import Connection, bindparam, delete, select, update
from sqlalchemy.orm import Session

from app.core.clock import now
from app.core.database import insert_unless_there, is_sqlite, transaction
from app.core.ids import new_id
from app.core.sealing import DataKey, DataKeyRow, ring
from app.drafts.models import DraftRow

Answers = Mapping[str, list[str]]
drafts, keys = DraftRow.__table__, DataKeyRow.__table__
# What every page asks for and every press writes: statements made once.
BY_HANDLE = (
    select(drafts, keys.c.master, keys.c.wrapped)
    .join(keys, keys.c.id == drafts.c.key_id)
    .where(
        drafts.c.handle_hash == bindparam("hash"),
        drafts.c.expires_at > bindparam("at"),
    )
)  # fmt: skip
SAVE = (
    update(drafts).where(drafts.c.id == bindparam("draft"))
    .values(answers=bindparam("sealed"), locale=bindparam("language"), saved_at=bindparam("at"), expires_at=bindparam("until"))
)  # fmt: skip
END = delete(drafts).where(drafts.c.id == bindparam("draft"))
DESTROY = delete(keys).where(keys.c.id == bindparam("key"), keys.c.purpose == "draft")
HANDLE = re.compile(r"^[A-Za-z0-9_-]{22}$")


@dataclass(frozen=True, slots=True)
class Draft:
    """A form that was begun, opened."""

    id: uuid.UUID
    handle: str
    program: str
    kind: str
    locale: str
    answers: dict[str, list[str]]
    started_at: datetime
    saved_at: datetime
    expires_at: datetime
    key: DataKey


def new_handle() -> str:
    """128 random bits: knowing it is what opens the draft."""
    return secrets.token_urlsafe(16)


def handle_hash(kind: str, handle: str) -> bytes:
    """How a draft is found: the same handle at the other door is another form."""
    return hashlib.sha256(f"draft {kind} {handle}".encode()).digest()


def submission_key(kind: str, handle: str) -> bytes:
    """The submission's key: what makes twenty sends of one form one submission."""
    return hashlib.sha256(f"submission {kind} {handle}".encode()).digest()


def start(
    session: Session, *, program: str, kind: str, locale: str, answers: Answers, at: datetime, days: int,
    handle: str | None = None, shown_at: datetime | None = None,
) -> Draft:  # fmt: skip
    """Begin a draft; a given handle begins one again after its form was sent. `shown_at`: when its page was made."""
    key = ring().new_key(session, "draft")
    draft = Draft(
        id=new_id(), handle=handle or new_handle(), program=program, kind=kind, locale=locale,
        answers={name: list(values) for name, values in answers.items()},
        started_at=shown_at or at, saved_at=at, expires_at=at + timedelta(days=days), key=key,
    )  # fmt: skip
    made = session.connection().execute(
        insert_unless_there(drafts, sqlite=is_sqlite(session), returning="id"),
        {
            "id": draft.id, "handle_hash": handle_hash(kind, draft.handle), "key_id": key.id, "program": program,
            "kind": kind, "locale": locale, "answers": seal(draft), "started_at": draft.started_at, "saved_at": at,
            "expires_at": draft.expires_at,
        },
    ).scalar_one_or_none()  # fmt: skip
    if made is None:  # the same form was begun in another window at the same moment, or its days are over
        session.execute(
            delete(drafts).where(drafts.c.handle_hash == handle_hash(kind, draft.handle), drafts.c.expires_at <= at)
        )
        destroy_key(session, key.id)
        known = load(session.connection(), draft.handle, kind, at)
        return known or start(
            session,
            program=program,
            kind=kind,
            locale=locale,
            answers=answers,
            at=at,
            days=days,
            handle=draft.handle,
            shown_at=shown_at,
        )
    return draft


def seal(draft: Draft) -> bytes:
    """The answers, bound to their row."""
    return draft.key.seal_json(draft.answers, ("draft", "answers", draft.id))


def load(connection: Connection, handle: str, kind: str, at: datetime) -> Draft | None:
    """Open the draft with this handle and kind; None when there is none or its days are over."""
    if not HANDLE.match(handle):
        return None
    row = connection.execute(BY_HANDLE, {"hash": handle_hash(kind, handle), "at": at}).one_or_none()
    if row is None:
        return None
    key = ring().open(row.key_id, row.master, row.wrapped)
    return Draft(
        id=row.id, handle=handle, program=row.program, kind=row.kind, locale=row.locale,
        answers=key.unseal_json(row.answers, ("draft", "answers", row.id)),
        started_at=row.started_at, saved_at=row.saved_at, expires_at=row.expires_at, key=key,
    )  # fmt: skip


def changed(draft: Draft, answers: Answers, at: datetime, days: int, locale: str) -> Draft:
    """One page's answers laid over what is kept, its language, and the end put off; not yet saved."""
    return replace(
        draft, answers={**draft.answers, **{name: list(values) for name, values in answers.items()}},
        saved_at=at, expires_at=at + timedelta(days=days), locale=locale,
    )  # fmt: skip


def save(session: Session, draft: Draft) -> None:
    """Keep what was changed."""
    session.connection().execute(
        SAVE,
        {
            "draft": draft.id,
            "sealed": seal(draft),
            "language": draft.locale,
            "at": draft.saved_at,
            "until": draft.expires_at,
        },
    )


def end(session: Session, draft: Draft) -> None:
    """The draft dies; its key dies too, unless it has become a case's key."""
    session.connection().execute(END, {"draft": draft.id})
    destroy_key(session, draft.key.id)


def destroy_key(session: Session, key_id: uuid.UUID) -> None:
    """Destroy a draft's key; one that a case has inherited stays."""
    session.connection().execute(DESTROY, {"key": key_id})


def purge_drafts() -> None:
    """Remove what is over, in a transaction of its own: the worker's chore."""
    with transaction() as session:
        purge_expired(session, now())


def purge_expired(session: Session, at: datetime) -> int:
    """Remove drafts whose days are over, keys and all; returns how many."""
    gone = session.execute(
        delete(drafts).where(drafts.c.expires_at <= at).returning(drafts.c.key_id)
    ).scalars().all()  # fmt: skip
    if gone:
        session.execute(delete(keys).where(keys.c.id.in_(gone)))
    return len(gone)
