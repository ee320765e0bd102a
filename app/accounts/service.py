"""People come, get a new password, and go: the rules, the trail, and the job that frees their cases."""

from __future__ import annotations

import secrets
from collections.abc import Iterable, Mapping
from datetime import datetime
from urllib.parse import urlsplit

from email_validator import EmailNotValidError, validate_email
from flask import current_app
from flask_babel import gettext as _
from flask_security.utils import hash_password
from sqlalchemy import select
from sqlalchemy.orm import Session

from app.accounts.domain import (
    LONGEST_PASSWORD,
    SHORTEST_PASSWORD,
    PasswordFault,
    normalise_email,
    password_fault,
)
from app.accounts.lockout import forgive
from app.accounts.models import Grant, User
from app.accounts.queries import find_user
from app.audit.domain import Action
from app.audit.service import record
from app.core.actor import SYSTEM, Actor, Role
from app.core.clock import now
from app.core.errors import NotFound, Refused
from app.core.ids import new_id
from app.core.jobs import enqueue, job_row
from config import Settings, is_loopback

LONGEST_EMAIL, LONGEST_NAME = 254, 100
LETTERS = "abcdefghjkmnpqrstuvwxyz23456789"  # none that is mistaken for another when read aloud


def add_user(
    session: Session, *, email: str, name: str, password: str, grants: Mapping[str, Iterable[Role]],
    demo: bool = False, languages_read: str = "", actor: Actor = SYSTEM, at: datetime | None = None,
) -> User:  # fmt: skip
    """Make an account. Raises Refused when the address, name or password will not do."""
    at = at or now()
    kept = check_email(email)
    if not name.strip() or len(name.strip()) > LONGEST_NAME or not name.isprintable():
        raise Refused(_("Write a name of 1 to %(most)d letters.", most=LONGEST_NAME), "name")
    if find_user(session, kept) is not None:
        raise Refused(_("There is an account with this address already."), "email")
    user = User(
        id=new_id(), email=kept, name=name.strip(), active=True, demo=demo, fs_uniquifier=new_uniquifier(),
        password=hash_of(password, kept, name, *grants), languages_read=languages_read,
        made_at=at, password_at=at,
    )  # fmt: skip
    user.grants = [
        Grant(user_id=user.id, program=program, role=str(role))
        for program, roles in grants.items() for role in sorted({Role(role) for role in roles})
    ]  # fmt: skip
    session.add(user)
    session.flush()
    held = [f"{grant.program}:{grant.role}" for grant in user.grants]
    record(
        session,
        actor,
        Action.USER_ADDED,
        subject_kind="user",
        subject_id=user.id,
        detail={"grants": held},
        at=at,
    )
    return user


def disable_user(session: Session, *, email: str, actor: Actor = SYSTEM, at: datetime | None = None) -> User:
    """Close an account: its sessions end at the next request, its cases and tasks go back to the queue."""
    at = at or now()
    user = the_user(session, email)
    if not user.active:
        raise Refused(_("This account is disabled already."), "email")
    user.active, user.disabled_at, user.fs_uniquifier = False, at, new_uniquifier()
    # The cases room stands above this one: it is told by a job, which commits with the account or not at all.
    enqueue(
        session,
        [
            job_row(
                session, "release_cases", dedupe_key=f"release_cases:{user.id}:{int(at.timestamp())}", at=at,
                subject_id=user.id,
            )
        ],
    )  # fmt: skip
    session.flush()
    record(session, actor, Action.USER_DISABLED, subject_kind="user", subject_id=user.id, at=at)
    return user


def reset_password(
    session: Session, *, email: str, password: str, actor: Actor = SYSTEM, at: datetime | None = None
) -> User:
    """Give a new password: every session ends and a lock is lifted."""
    at = at or now()
    user = the_user(session, email)
    if not user.active:
        raise Refused(_("This account is disabled."), "email")
    user.password = hash_of(password, user.email, user.name, *(grant.program for grant in user.grants))
    user.password_at, user.fs_uniquifier = at, new_uniquifier()
    forgive(session, user.email)
    session.flush()
    record(session, actor, Action.USER_RESET, subject_kind="user", subject_id=user.id, at=at)
    return user


def switch_keys(session: Session, actor: Actor, *, on: bool) -> None:
    """Whether single keys work the desk for somebody: remembered for the person, wherever they sign in."""
    user = session.get(User, actor.id)
    if user is not None:
        user.single_keys = on


def end_sessions(session: Session, actor: Actor, at: datetime) -> None:
    """Sign out: every cookie that was ever given to this person is worth nothing from now on."""
    user = session.get(User, actor.id)
    if user is not None:
        user.fs_uniquifier = new_uniquifier()
        session.flush()
    record(session, actor, Action.SIGNED_OUT, subject_kind="user", subject_id=actor.id, at=at)


def refuse_demo_accounts(session: Session, settings: Settings) -> None:
    """Raise when an account of the demonstration, whose password is printed, could be used from outside."""
    if settings.demo or is_loopback(urlsplit(settings.public_url).hostname or ""):
        return
    found = session.execute(select(User.id).where(User.demo.is_(True)).limit(1)).first()
    if found is not None:
        message = "This database holds accounts of a demonstration. Start with a new database."
        raise RuntimeError(message)


def check_email(typed: str) -> str:
    """The address as it is kept. Raises Refused."""
    kept = normalise_email(typed)
    try:
        validate_email(kept, check_deliverability=False)
        readable = "\ufffd" not in kept
    except EmailNotValidError:
        readable = False
    if not readable:
        raise Refused(_("Write a whole email address, such as name@example.org."), "email")
    if len(kept) > LONGEST_EMAIL:
        raise Refused(_("This email address is too long."), "email")
    return kept


def the_user(session: Session, email: str) -> User:
    """The account with an address. Raises NotFound."""
    user = find_user(session, normalise_email(email))
    if user is None:
        raise NotFound
    return user


def hash_of(password: str, *own_words: str) -> str:
    """Check a new password and hash it (argon2id). Raises Refused."""
    normal = current_app.extensions["security"].password_util.normalize(password)
    fault = password_fault(normal, own_words)
    if fault is PasswordFault.SHORT:
        raise Refused(_("Use at least %(least)d characters.", least=SHORTEST_PASSWORD), "password")
    if fault is PasswordFault.LONG:
        raise Refused(_("Use at most %(most)d characters.", most=LONGEST_PASSWORD), "password")
    if fault is PasswordFault.GUESSABLE or "\0" in normal:
        raise Refused(
            _("This password is easy to guess. Use several words that belong together for nobody else."),
            "password",
        )
    return hash_password(normal)


def new_uniquifier() -> str:
    """What a session's cookie names the account by; changed to end every session."""
    return secrets.token_hex(32)


def generate_password() -> str:
    """99 random bits that can be read aloud."""
    return "-".join("".join(secrets.choice(LETTERS) for _place in range(4)) for _group in range(5))
