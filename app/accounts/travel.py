"""What was being typed when a session ended: in the sign-in form, sealed for that person, for 30 minutes.

Nothing is stored and nothing is done with it before a second press.
"""

from __future__ import annotations

import base64
import binascii
import json
import zlib
from dataclasses import dataclass
from datetime import UTC, datetime, timedelta
from uuid import UUID

from sqlalchemy.orm import Session

from app.core.sealing import DataKey, SealBroken, ring

KEPT = timedelta(minutes=30)
LABEL = "typed when the session ended v1"
CLOCK_SLACK = timedelta(minutes=1)


@dataclass(frozen=True, slots=True)
class Typed:
    """Where it was to go, every field in its order, and when."""

    path: str
    fields: tuple[tuple[str, str], ...]
    at: datetime


def travel_key(session: Session) -> DataKey:
    """A key of its own, made from the house's."""
    return ring().house(session).for_use(LABEL)


def seal_typed(session: Session, user_id: UUID, typed: Typed) -> str:
    """One text for a hidden field. Packed first, so that a long text comes back under the same limit."""
    document = {"path": typed.path, "fields": typed.fields, "at": int(typed.at.timestamp())}
    packed = zlib.compress(json.dumps(document, ensure_ascii=False).encode("utf-8", "surrogatepass"))
    sealed = travel_key(session).seal(packed, at=("sign_in", "typed", user_id))
    return base64.urlsafe_b64encode(sealed).decode()


def open_typed(session: Session, user_id: UUID, sealed: str, at: datetime) -> Typed | None:
    """None when it was another person's, was edited, or is too old."""
    try:
        packed = travel_key(session).unseal(base64.urlsafe_b64decode(sealed.encode()), at=("sign_in", "typed", user_id))
    except (SealBroken, binascii.Error, ValueError):
        return None
    document = json.loads(zlib.decompress(packed).decode("utf-8", "surrogatepass"))
    typed_at = datetime.fromtimestamp(document["at"], UTC)
    if not -CLOCK_SLACK <= at - typed_at <= KEPT:
        return None
    return Typed(document["path"], tuple((name, value) for name, value in document["fields"]), typed_at)
