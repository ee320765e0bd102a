"""Who typed a right code on this browser: a signed cookie for one private page, for half an hour after its last use."""

from __future__ import annotations

from datetime import timedelta

from flask import current_app, request, url_for
from itsdangerous import BadData, URLSafeTimedSerializer
from werkzeug.wrappers import Response

from app.cases.models import Link
from app.core.settings import settings

LASTS = timedelta(minutes=30)


def signer() -> URLSafeTimedSerializer:
    """Signs for nothing else."""
    return URLSafeTimedSerializer(
        str(current_app.secret_key), salt="private page v1", signer_kwargs={"key_derivation": "hmac"}
    )


def name() -> str:
    """Its path is the page's own, so it cannot have the prefix that asks for the path of the whole site."""
    return f"{'__Secure-' if settings().https else ''}opened"


def is_open(link: Link) -> bool:
    """Whether this browser may read and write the messages behind this very link."""
    try:
        held = signer().loads(request.cookies.get(name(), ""), max_age=int(LASTS.total_seconds()))
    except BadData:
        return False
    return bool(held == marks(link))


def keep_open(response: Response, link: Link, secret: str) -> Response:
    """From now on for half an hour more; sent back to this page and what stands below it only."""
    response.set_cookie(
        name(), signer().dumps(marks(link)), max_age=int(LASTS.total_seconds()), secure=settings().https, httponly=True,
        samesite="Lax", path=url_for("follow.receipt", secret=secret),
    )  # fmt: skip
    return response


def marks(link: Link) -> list[str | int]:
    """A link that was made anew is another one."""
    return [link.id.hex, link.issue]
