"""How often one form, and one network address, may post: per form first, because a hospital is one address."""

from __future__ import annotations

from typing import cast

from flask import Flask, current_app, request
from limits import parse
from limits.storage import MemoryStorage
from limits.strategies import MovingWindowRateLimiter
from werkzeug.exceptions import RequestEntityTooLarge

from app.core.limits import hashed
from app.core.settings import settings


def init_limits(app: Flask) -> None:
    """One window per process: behind several processes each counts its own share."""
    app.extensions["rate_limiter"] = MovingWindowRateLimiter(MemoryStorage())
    app.before_request(bound_fields)


def bound_fields() -> None:
    """Refuse what has more fields than any form of ours: the parser counts those of multipart bodies only."""
    if request.endpoint is not None and has_too_many_fields():  # what has no page is not read at all
        raise RequestEntityTooLarge


def has_too_many_fields() -> bool:
    """Counted before anything is made of them: a parsed field costs hundreds of times its bytes."""
    if request.mimetype != "application/x-www-form-urlencoded":
        return False
    try:
        return request.get_data().count(b"&") >= settings().max_form_fields
    except RequestEntityTooLarge:
        return False  # its view answers, with the page that was filled in


def within(limit: str, scope: str, key: str) -> bool:
    """Count one more; False when the limit is reached. A limit of 0 is off (load runs on loopback)."""
    return off(limit) or limiter().hit(parse(limit), scope, hashed(key).hex())


def off(limit: str) -> bool:
    """Whether a limit is switched off."""
    return limit.strip().startswith("0")


def limiter() -> MovingWindowRateLimiter:
    """This process's counts."""
    return cast("MovingWindowRateLimiter", current_app.extensions["rate_limiter"])


def may_post(handle: str) -> bool:
    """Whether this form, and then this address, may post once more."""
    return within(settings().limit_draft_posts, "draft", handle) and within(
        settings().limit_address_posts, "address", address()
    )


def may_start() -> bool:
    """Whether this address may begin one more form."""
    return within(settings().limit_address_starts, "start", address())


def may_sign_in() -> bool:
    """Whether this address has failed seldom enough to try once more."""
    limit = settings().limit_address_sign_ins
    return off(limit) or limiter().test(parse(limit), "sign_in", hashed(address()).hex())


def count_failed_sign_in() -> None:
    """A right password uses nothing up: a hospital of many coordinators is one address."""
    within(settings().limit_address_sign_ins, "sign_in", address())


def address() -> str:
    """The sender's network address, as trusted proxies report it; kept only hashed."""
    return request.remote_addr or "unknown"
