"""One try to sign in: examined outside any transaction (a hash takes long), settled and audited in one.

Flask-Security's own sign-in view is not used: it commits by itself, answers a disabled account differently,
knows no lockout, and cannot carry what somebody was writing. Its hashing, login_user and
fs_uniquifier are.
"""

from __future__ import annotations

from collections.abc import Mapping
from dataclasses import dataclass
from datetime import datetime
from enum import StrEnum

from flask import current_app
from flask_security.utils import hash_password, verify_password
from sqlalchemy.orm import Session

from app.accounts.devices import counter_of
from app.accounts.domain import LONGEST_PASSWORD, normalise_email
from app.accounts.lockout import count_failure, forgive, is_locked
from app.accounts.models import User
from app.accounts.queries import Credentials, find_credentials
from app.audit.domain import Action
from app.audit.service import record
from app.core.actor import PUBLIC, Actor, ActorKind

NOBODYS_HASH = "accounts_nobodys_hash"
# What stands in for a password that cannot be one: the hash is computed all the same.
IMPOSSIBLE = "no password of anybody"


class Verdict(StrEnum):
    """How a try ended; for the trail only, the answer never differs."""

    RIGHT = "right"
    UNKNOWN = "unknown"
    WRONG = "wrong_password"
    DISABLED = "disabled"
    LOCKED = "locked"


@dataclass(frozen=True, slots=True)
class Try:
    """What was examined; `new_hash` when the kept one is of an older make."""

    counter: str  # under which name a failure counts
    found: Credentials | None
    verdict: Verdict
    new_hash: str | None = None


def examine(session: Session, typed_email: str, password: str, cookies: Mapping[str, str]) -> Try:
    """Read and verify; the work is the same for every verdict, so that the time tells nothing."""
    email = normalise_email(typed_email)
    found = find_credentials(session, email)
    nobodys: str = current_app.extensions[NOBODYS_HASH]
    security = current_app.extensions["security"]
    possible = len(password) <= LONGEST_PASSWORD and "\0" not in password
    normal = security.password_util.normalize(password) if possible else IMPOSSIBLE
    kept = nobodys if found is None else found.password
    right = verify_password(normal, kept) and possible
    counter = counter_of(email, found, cookies)
    if found is None:
        return Try(counter, None, Verdict.UNKNOWN)
    if not right:
        return Try(counter, found, Verdict.WRONG)
    if not found.active:
        return Try(counter, found, Verdict.DISABLED)
    older = security.pwd_context.needs_update(kept)
    return Try(counter, found, Verdict.RIGHT, hash_password(normal) if older else None)


def settle(session: Session, tried: Try, at: datetime) -> User | None:
    """Let in, or count: the lock and the account are looked at again under the write lock."""
    verdict, user = tried.verdict, None
    if is_locked(session, tried.counter, at):
        verdict = Verdict.LOCKED
    elif verdict is Verdict.RIGHT and tried.found is not None:
        user = session.get(User, tried.found.id, populate_existing=True)
        if user is None or not user.active or user.password != tried.found.password:
            verdict, user = Verdict.DISABLED, None
    if user is None:
        refuse(session, tried, verdict, at)
        return None
    if tried.new_hash is not None:
        user.password = tried.new_hash
    user.last_sign_in_at = at
    forgive(session, tried.counter)
    actor = Actor(ActorKind.STAFF, user.id, user.name)
    record(session, actor, Action.SIGNED_IN, subject_kind="user", subject_id=user.id, at=at)
    return user


def refuse(session: Session, tried: Try, verdict: Verdict, at: datetime) -> None:
    """Count and write the trail. What was typed as the address is not kept: it may be a password."""
    subject = None if tried.found is None else tried.found.id
    locks = count_failure(session, tried.counter, at)
    record(
        session, PUBLIC, Action.SIGN_IN_FAILED, subject_kind="user", subject_id=subject, outcome="refused",
        detail={"verdict": str(verdict)}, at=at,
    )  # fmt: skip
    if locks:
        record(
            session,
            PUBLIC,
            Action.LOCKED_OUT,
            subject_kind="user",
            subject_id=subject,
            outcome="locked",
            at=at,
        )
