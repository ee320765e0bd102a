"""What is read about people of the staff: one statement for each question."""

from __future__ import annotations

import uuid
from collections.abc import Collection, Sequence
from dataclasses import dataclass
from datetime import datetime

from sqlalchemy import Row, select
from sqlalchemy.orm import Session

from app.accounts.models import Absence, Grant, User
from app.core.actor import GRANTED, Actor, ActorKind, Permission, Role

MOST_PEOPLE = 500


@dataclass(frozen=True, slots=True)
class Person:
    """Somebody whom a case can be given to."""

    id: uuid.UUID
    name: str


@dataclass(frozen=True, slots=True)
class Credentials:
    """What a try to sign in is checked against."""

    id: uuid.UUID
    password: str
    active: bool


def find_credentials(session: Session, email: str) -> Credentials | None:
    """By the address as it is kept (`normalise_email`)."""
    row = session.execute(select(User.id, User.password, User.active).where(User.email == email)).one_or_none()
    return None if row is None else Credentials(row.id, row.password, row.active)


def find_user(session: Session, email: str) -> User | None:
    """The account with this address as it is kept."""
    return session.execute(select(User).where(User.email == email)).scalar_one_or_none()


def find_actor(session: Session, user_id: uuid.UUID, uniquifier: str, at: datetime) -> Actor | None:
    """The active person behind a session, with every grant, and whom they cover for, in one statement.

    None: disabled or revoked.
    """
    covering = (Absence.cover_id == User.id) & (Absence.begins <= at) & (Absence.ends > at)
    rows = session.execute(
        select(User.id, User.name, User.single_keys, Grant.program, Grant.role, Absence.user_id.label("covered"))
        .outerjoin(Grant, Grant.user_id == User.id)
        .outerjoin(Absence, covering)
        .where(User.fs_uniquifier == uniquifier, User.id == user_id, User.active.is_(True))
    ).all()
    return actor_of(rows) if rows else None


def actor_of(rows: Sequence[Row[uuid.UUID, str, bool, str, str, uuid.UUID]]) -> Actor:
    """Fold one person's rows, a row for each grant and each person covered; what there is none of is empty."""
    grants: dict[str, set[Role]] = {}
    for row in rows:
        if row.program is not None:
            grants.setdefault(row.program, set()).add(Role(row.role))
    return Actor(
        kind=ActorKind.STAFF, id=rows[0].id, name=rows[0].name, single_keys=rows[0].single_keys,
        covers=frozenset(row.covered for row in rows if row.covered is not None),
        grants={program: frozenset(roles) for program, roles in grants.items()},
    )  # fmt: skip


def workers_of(session: Session, programs: Collection[str]) -> list[Person]:
    """Active people who work cases in any of these programs, by name."""
    roles = [str(role) for role, permissions in GRANTED.items() if Permission.WORK_CASES in permissions]
    granted = select(Grant.user_id).where(Grant.program.in_(programs), Grant.role.in_(roles))
    rows = session.execute(
        select(User.id, User.name)
        .where(User.id.in_(granted), User.active.is_(True))
        .order_by(User.name, User.id)
        .limit(MOST_PEOPLE)
    )
    return [Person(row.id, row.name) for row in rows]


def list_users(session: Session, *, after: str = "", limit: int = 100) -> list[User]:
    """People in order of their address, from the one after `after`."""
    return list(session.execute(select(User).where(User.email > after).order_by(User.email).limit(limit)).scalars())


def may_work(session: Session, user_id: uuid.UUID, program: str) -> bool:
    """Whether a person is active and holds a role that works on cases of the program."""
    roles = session.execute(
        select(Grant.role)
        .join(User, User.id == Grant.user_id)
        .where(Grant.user_id == user_id, Grant.program == program, User.active)
    ).scalars()
    return any(Permission.WORK_CASES in GRANTED[Role(role)] for role in roles)
