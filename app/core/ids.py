"""Identifiers: UUID version 7 (RFC 9562), made before the insert, so that rows sort by their making."""

from __future__ import annotations

import secrets
import uuid

from app.core.clock import milliseconds

MARKS = 0xF << 76 | 0b11 << 62
VERSION_7 = 0x7 << 76 | 0b10 << 62


def new_id() -> uuid.UUID:
    """Make a UUIDv7: 48 bits of Unix milliseconds, then 74 random bits."""
    value = milliseconds() << 80 | int.from_bytes(secrets.token_bytes(10), "big")
    return uuid.UUID(int=value & ~MARKS | VERSION_7)
