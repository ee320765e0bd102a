"""How often one form, and one network address, may post: per form first, because a hospital is one address."""

from __future__ import annotations

from typing import cast

from flask import Flask, current_app, request
from limits import parse
from limits.storage import MemoryStorage
from limits.strategies import MovingWindowRateLimiter

from app.core.limits import hashed
from app.core.settings import settings


def init_limits(app: Flask) -> None:
    """One window per process: behind several processes each counts its own share."""
    app.extensions["rate_limiter"] = MovingWindowRateLimiter(MemoryStorage())


def within(limit: str, scope: str, key: str) -> bool:
    """Count one more; False when the limit is reached. A limit of 0 is off (load runs on loopback)."""
    if limit.strip().startswith("0"):
        return True
    limiter = cast("MovingWindowRateLimiter", current_app.extensions["rate_limiter"])
    return limiter.hit(parse(limit), scope, hashed(key).hex())


def may_post(handle: str) -> bool:
    """Whether this form, and then this address, may post once more."""
    return within(settings().limit_draft_posts, "draft", handle) and within(
        settings().limit_address_posts, "address", address()
    )


def may_start() -> bool:
    """Whether this address may begin one more form."""
    return within(settings().limit_address_starts, "start", address())


def address() -> str:
    """The sender's network address, as trusted proxies report it; kept only hashed."""
    return request.remote_addr or "unknown"
