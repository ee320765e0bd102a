"""Failed sign-ins: counted in the database, so that a restart forgives nothing; unknown addresses alike."""

from __future__ import annotations

from datetime import datetime, timedelta

from sqlalchemy.orm import Session

from app.core.limits import count_up, forget, read_count
from app.core.settings import settings

FAILURES = "sign_in_failures"
LOCKED = "sign_in_locked"
WHILE_LOCKED = "sign_in_while_locked"


def is_locked(session: Session, email: str, at: datetime) -> bool:
    """Whether the address is locked at this instant."""
    return read_count(session, LOCKED, email, at) > 0


def count_failure(session: Session, email: str, at: datetime) -> bool:
    """Count one more; True when this one locks. Tries while locked are counted apart and prolong nothing."""
    window = timedelta(minutes=settings().lockout_minutes)
    if is_locked(session, email, at):
        count_up(session, WHILE_LOCKED, email, at, window)
        return False
    if count_up(session, FAILURES, email, at, window) < settings().lockout_failures:
        return False
    forget(session, FAILURES, email)
    count_up(session, LOCKED, email, at, window)
    return True


def forgive(session: Session, email: str) -> None:
    """Start again from nothing: a right password, or a new one."""
    for scope in (FAILURES, LOCKED, WHILE_LOCKED):
        forget(session, scope, email)
