"""A browser that signed in before is known by a signed cookie: its failures are counted apart from those of strangers.

So nobody locks a person out of her own desk by failing elsewhere in her name.
"""

from __future__ import annotations

import secrets
import uuid
from collections.abc import Mapping
from datetime import timedelta

from flask import current_app
from itsdangerous import BadSignature, TimestampSigner
from werkzeug.wrappers import Response

from app.accounts.models import User
from app.accounts.queries import Credentials
from app.core.limits import hashed
from app.core.settings import settings

KNOWN = int(timedelta(days=30).total_seconds())


def cookie_name(user_id: uuid.UUID) -> str:
    """One for each person: several share a desk."""
    return f"{'__Host-' if settings().https else ''}device-{hashed(str(user_id)).hex()[:12]}"


def signer(found: Credentials | User) -> TimestampSigner:
    """For this account under its present password: a new one makes every browser a stranger."""
    return TimestampSigner(current_app.secret_key or "", salt=f"device {found.id} {found.password}")


def counter_of(email: str, found: Credentials | None, cookies: Mapping[str, str]) -> str:
    """Under which name a failure counts: the browser's own where the account knows it, else the address."""
    if found is None:
        return email
    try:
        device = signer(found).unsign(cookies.get(cookie_name(found.id), ""), max_age=KNOWN)
    except BadSignature:
        return email
    return f"device {device.decode()}"


def make_known(response: Response, user: User) -> Response:
    """After a right password. The cookie holds random letters and a signature."""
    response.set_cookie(
        cookie_name(user.id), signer(user).sign(secrets.token_urlsafe(12)).decode(), max_age=KNOWN,
        secure=settings().https, httponly=True, samesite="Lax",
    )  # fmt: skip
    return response
