"""Identifiers: UUID version 7 (RFC 9562), made before the insert, so that rows sort by their making."""

from __future__ import annotations

import secrets
import uuid

from app.core.clock import milliseconds


def new_id() -> uuid.UUID:
    """Make a UUIDv7: 48 bits of Unix milliseconds, then 74 random bits."""
    value = milliseconds() << 80 | 0x7 << 76 | secrets.randbits(12) << 64 | 0b10 << 62 | secrets.randbits(62)
    return uuid.UUID(int=value)
