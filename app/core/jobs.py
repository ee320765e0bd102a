"""The one way out: work to be done after a commit, written in the act's own transaction, done by `flask worker`.

At least once: a lease that ran out is taken again, so each handler must bear a repetition. A try counts when it is
leased: a job that kills its worker each time fails like any other.
"""

from __future__ import annotations

import uuid
from collections.abc import Callable, Mapping
from dataclasses import dataclass
from datetime import datetime, timedelta
from enum import StrEnum
from typing import Any

from flask import current_app
from sqlalchemy import CheckConstraint, ForeignKey, Index, String, func, select, text, update
from sqlalchemy.orm import Mapped, Session, mapped_column

from app.core.database import Base, Sealed, db, insert_unless_there, is_sqlite, transaction
from app.core.ids import new_id
from app.core.logs import log
from app.core.sealing import ring

LEASE = timedelta(minutes=5)
MOST_ATTEMPTS = 12


class JobState(StrEnum):
    """A job's life; failed ones stay visible."""

    PENDING = "pending"
    LEASED = "leased"
    DONE = "done"
    FAILED = "failed"
    CANCELLED = "cancelled"


class Job(Base):
    """One piece of work. The payload is sealed by the house's key; a kind and ids are all that is open."""

    __tablename__ = "job"
    __table_args__ = (
        CheckConstraint(f"state in ({', '.join(repr(str(s)) for s in JobState)})", name="state"),
        Index("ix_job_due", "due_at", "id", sqlite_where=text("state in ('pending', 'leased')"),
              postgresql_where=text("state in ('pending', 'leased')")),
        Index("ix_job_case_id", "case_id"),
    )  # fmt: skip

    id: Mapped[uuid.UUID] = mapped_column(primary_key=True)
    kind: Mapped[str] = mapped_column(String(40))
    subject_id: Mapped[uuid.UUID | None]
    case_id: Mapped[uuid.UUID | None] = mapped_column(ForeignKey("case.id", deferrable=True, initially="DEFERRED"))
    dedupe_key: Mapped[str] = mapped_column(String(120), unique=True)
    instance_id: Mapped[uuid.UUID]
    state: Mapped[str] = mapped_column(String(12))
    due_at: Mapped[datetime]
    lease_until: Mapped[datetime | None]
    attempts: Mapped[int]
    fault: Mapped[str | None] = mapped_column(String(80))
    payload: Mapped[bytes | None] = mapped_column(Sealed)
    made_at: Mapped[datetime]
    done_at: Mapped[datetime | None]


@dataclass(frozen=True, slots=True)
class ClaimedJob:
    """What a handler is given."""

    id: uuid.UUID
    kind: str
    subject_id: uuid.UUID | None
    case_id: uuid.UUID | None
    attempts: int
    payload: bytes | None

    def opened(self) -> dict[str, Any]:
        """The payload, opened. Raises SealBroken."""
        if self.payload is None:
            return {}
        opened: dict[str, Any] = ring().house(db.session()).unseal_json(self.payload, ("job", "payload", self.id))
        return opened


class Later(Exception):
    """A handler asks to be called again; `fault` is a short code without anything personal."""

    def __init__(self, fault: str) -> None:
        super().__init__(fault)
        self.fault = fault[:80]


class NeverReturned(Exception):
    """A job was leased as often as it may be, and no worker lived to say how it went."""


Handler = Callable[[ClaimedJob], None]


def instance_id() -> uuid.UUID:
    """This installation: kept beside the database, so that a copied database mails nobody."""
    return uuid.UUID(str(current_app.extensions["instance_id"]))


def job_row(
    session: Session, kind: str, *, dedupe_key: str, at: datetime, due_at: datetime | None = None,
    subject_id: uuid.UUID | None = None, case_id: uuid.UUID | None = None, payload: dict[str, Any] | None = None,
) -> dict[str, Any]:  # fmt: skip
    """The row of one job, for an insert of several."""
    job_id = new_id()
    sealed = ring().house(session).seal_json(payload, ("job", "payload", job_id)) if payload else None
    return {
        "id": job_id, "kind": kind, "subject_id": subject_id, "case_id": case_id, "dedupe_key": dedupe_key,
        "instance_id": instance_id(), "state": str(JobState.PENDING), "due_at": due_at or at, "attempts": 0,
        "payload": sealed, "made_at": at,
    }  # fmt: skip


def enqueue(session: Session, rows: list[dict[str, Any]]) -> None:
    """Write jobs in the caller's transaction; a dedupe key that is known already is left alone."""
    if not rows:
        return
    session.connection().execute(insert_unless_there(Job.__table__, sqlite=is_sqlite(session)), rows)


def claim(session: Session, at: datetime, kinds: tuple[str, ...]) -> ClaimedJob | None:
    """Lease the job that is due first. PostgreSQL skips rows that others hold; SQLite has one writer anyway."""
    due = (
        select(Job.id)
        .where(
            Job.instance_id == instance_id(),
            Job.kind.in_(kinds),
            (Job.state == JobState.PENDING) & (Job.due_at <= at)
            | (Job.state == JobState.LEASED) & (Job.lease_until < at) & (Job.due_at <= at),
        )
        .order_by(Job.due_at, Job.id)
        .limit(1)
    )
    if not is_sqlite(session):
        due = due.with_for_update(skip_locked=True)
    row = session.execute(
        update(Job)
        .where(Job.id.in_(due.scalar_subquery() if is_sqlite(session) else due))
        .values(state=JobState.LEASED, lease_until=at + LEASE, attempts=Job.attempts + 1)
        .returning(Job.id, Job.kind, Job.subject_id, Job.case_id, Job.attempts, Job.payload)
        .execution_options(synchronize_session=False)
    ).one_or_none()
    return None if row is None else ClaimedJob(*row)


def settle(session: Session, job: ClaimedJob, at: datetime, fault: str | None) -> None:
    """Note how it went: done, again later (1 min, 2, 4 … at most 6 h apart), or failed for good."""
    values: dict[str, Any] = {"state": JobState.DONE, "done_at": at, "lease_until": None, "fault": None}
    if fault is not None:
        wait = timedelta(minutes=min(2 ** (job.attempts - 1), 360))
        state = JobState.FAILED if job.attempts >= MOST_ATTEMPTS else JobState.PENDING
        values = {"state": state, "due_at": at + wait, "lease_until": None, "fault": fault}
    session.execute(
        update(Job).where(Job.id == job.id, Job.state == JobState.LEASED).values(**values)
        .execution_options(synchronize_session=False)
    )  # fmt: skip


def never_returned(_job: ClaimedJob) -> None:
    """In place of the handler of a job that was leased too often. Raises NeverReturned."""
    raise NeverReturned


def run_one(handlers: Mapping[str, Handler], clock: Callable[[], datetime]) -> bool:
    """Do the next due job inside an app context; False when nothing is due."""
    with transaction() as session:
        job = claim(session, clock(), tuple(handlers))
    if job is None:
        return False
    fault: str | None = None
    try:
        (handlers[job.kind] if job.attempts <= MOST_ATTEMPTS else never_returned)(job)
    except Later as later:
        fault = later.fault
        if job.attempts >= MOST_ATTEMPTS:
            log().error("job_failed", job=str(job.id), kind=job.kind, fault=fault)
    except Exception as error:  # noqa: BLE001  one bad job must never stop the others
        fault = type(error).__name__
        log().error("job_failed", job=str(job.id), kind=job.kind, fault=fault)
    db.session.rollback()  # what a handler left undone is not this job's to write
    with transaction() as session:
        settle(session, job, clock(), fault)
    return True


def warn_of_foreign_jobs() -> None:
    """Say how many pending jobs belong to another instance (a copied database): they are never run here."""
    statement = select(func.count()).where(Job.state == JobState.PENDING, Job.instance_id != instance_id())
    foreign = db.session.execute(statement).scalar_one()
    if foreign:
        log().warning("jobs_of_another_instance_refused", count=foreign)
