"""Private links: the secret is made from the row's id and issue number, so nothing secret is stored."""

from __future__ import annotations

import base64
import binascii
import hashlib
import hmac
import uuid
from datetime import datetime

from sqlalchemy import Row, select
from sqlalchemy.orm import Session

from app.cases.models import Link, Party, Submission
from app.core.sealing import ring

LABEL = "private links v1"


def secret_of(session: Session, link_id: uuid.UUID, issue: int) -> str:
    """43 characters: the row's id, then 128 bits that only the house's key can make."""
    return base64.urlsafe_b64encode(link_id.bytes + mac_of(session, link_id, issue)).decode().rstrip("=")


def mac_of(session: Session, link_id: uuid.UUID, issue: int) -> bytes:
    """The part that cannot be guessed."""
    key = ring().house(session).derive(LABEL)
    return hmac.new(key, link_id.bytes + issue.to_bytes(4, "big"), hashlib.sha256).digest()[:16]


def find_link(session: Session, secret: str, at: datetime) -> Row[Link, Submission, Party] | None:
    """The link, its submission and party; None for a wrong, revoked or expired secret, without saying which."""
    try:
        raw = base64.urlsafe_b64decode(secret.encode("ascii") + b"=" * (-len(secret) % 4))
    except (ValueError, binascii.Error):
        return None
    if len(raw) != 32:
        return None
    row = session.execute(
        select(Link, Submission, Party)
        .join(Submission, Submission.id == Link.submission_id)
        .join(Party, Party.id == Link.party_id)
        .where(Link.id == uuid.UUID(bytes=raw[:16]))
    ).one_or_none()
    issue = row.Link.issue if row else 0
    right = hmac.compare_digest(raw[16:], mac_of(session, uuid.UUID(bytes=raw[:16]), issue))
    if row is None or not right or row.Link.revoked_at:
        return None
    if row.Link.expires_at and row.Link.expires_at <= at:
        return None
    return row
