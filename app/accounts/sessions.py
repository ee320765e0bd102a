"""A staff session: begun afresh at sign-in, read in one statement; idleness, age or a changed account end it.

The cookie is signed and holds ids and instants only. Signing out changes the account's fs_uniquifier, so
that a copied cookie is worth nothing afterwards; the price is that all sessions of that person end together.
"""

from __future__ import annotations

import uuid
from collections.abc import Callable
from datetime import UTC, datetime, timedelta
from typing import Any, TypeVar

from flask import current_app, g, request, session
from flask_security import login_user

from app.accounts.domain import Ended, SignedIn, session_end
from app.accounts.models import User
from app.accounts.queries import find_actor
from app.core.actor import PUBLIC, Actor
from app.core.clock import now
from app.core.database import db
from app.core.settings import settings

View = TypeVar("View", bound=Callable[..., Any])
QUIET = "_does_not_extend"
USER, SINCE, SEEN = "user_id", "signed_in_at", "seen_at"
UNIQUIFIER = "_user_id"  # Flask-Login's name: it holds the fs_uniquifier


def does_not_extend(view: View) -> View:
    """Mark a view that a page asks by itself (polling): it must not keep an abandoned desk signed in."""
    setattr(view, QUIET, True)
    return view


def begin_session(user: User, at: datetime) -> None:
    """Throw away all that the visitor's cookie held (session fixation) and sign in."""
    forget_session()
    login_user(user, remember=False)
    session[USER] = str(user.id)
    session[SINCE] = session[SEEN] = int(at.timestamp())


def forget_session() -> None:
    """Empty the cookie; the next token against forged requests is a new one."""
    session.clear()
    g.pop(str(current_app.config.get("WTF_CSRF_FIELD_NAME", "csrf_token")), None)


def read_session() -> SignedIn | None:
    """What the cookie says, be it over or not; None when nobody signed in with it."""
    try:
        return SignedIn(
            user_id=uuid.UUID(session[USER]), uniquifier=str(session[UNIQUIFIER]),
            since=instant(session[SINCE]), seen=instant(session[SEEN]),
        )  # fmt: skip
    except (KeyError, TypeError, ValueError):
        return None


def instant(seconds: int) -> datetime:
    """An instant from the cookie."""
    return datetime.fromtimestamp(seconds, UTC)


def load_actor() -> Actor:
    """Who makes this request. Why a session is over is left in `g.session_ended` for the sign-in page."""
    state = read_session()
    if state is None:
        return PUBLIC
    at, given = now(), settings()
    over = session_end(state, at, timedelta(minutes=given.idle_minutes), timedelta(hours=given.absolute_hours))
    if over is not None:
        g.session_ended = over
        return PUBLIC
    actor = find_actor(db.session(), state.user_id, state.uniquifier, at)
    if actor is None:
        g.session_ended = Ended.REVOKED
        return PUBLIC
    if not getattr(current_app.view_functions.get(request.endpoint or ""), QUIET, False):
        session[SEEN] = int(at.timestamp())
    return actor


def session_ended() -> Ended | None:
    """Why this request's session is over, if it had one."""
    ended: Ended | None = g.get("session_ended")
    return ended
