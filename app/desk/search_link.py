"""A search's address: what was typed stands in it sealed, for its reader and 15 minutes, so that Back finds it again."""

from __future__ import annotations

import base64
import binascii
from datetime import UTC, datetime, timedelta
from uuid import UUID

from sqlalchemy.orm import Session

from app.core.sealing import DataKey, SealBroken, ring

KEPT = timedelta(minutes=15)
LABEL = "search phrase in an address v1"


def search_key(session: Session) -> DataKey:
    """A key of its own, made from the house's."""
    return ring().house(session).for_use(LABEL)


def seal_phrase(session: Session, user_id: UUID, typed: str, at: datetime) -> str:
    """One text for an address."""
    sealed = search_key(session).seal_json([typed, int(at.timestamp())], ("search", "typed", user_id))
    return base64.urlsafe_b64encode(sealed).decode().rstrip("=")


def open_phrase(session: Session, user_id: UUID, sealed: str, at: datetime) -> str | None:
    """None when it was another person's, was edited, or is too old."""
    try:
        raw = base64.urlsafe_b64decode(sealed.encode("ascii") + b"=" * (-len(sealed) % 4))
        typed, typed_at = search_key(session).unseal_json(raw, ("search", "typed", user_id))
    except (SealBroken, binascii.Error, ValueError):
        return None
    return str(typed) if at - datetime.fromtimestamp(typed_at, UTC) <= KEPT else None
