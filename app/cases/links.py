"""Private links: the secret is made from the row's id and issue number, so nothing secret is stored."""

from __future__ import annotations

import base64
import hashlib
import hmac
import uuid
from datetime import datetime

from sqlalchemy import Connection, Row, select
from sqlalchemy.orm import Session

from app.cases.models import Link, Party, Submission
from app.core.sealing import ring

LABEL = "private links v1"


def secret_of(session: Session | Connection, link_id: uuid.UUID, issue: int, label: str = LABEL) -> str:
    """43 characters: the row's id, then 128 bits that only the house's key can make."""
    key = ring().house(session).derive(label)
    mac = hmac.digest(key, link_id.bytes + issue.to_bytes(4, "big"), hashlib.sha256)[:16]
    return base64.urlsafe_b64encode(link_id.bytes + mac).decode().rstrip("=")


def id_in(secret: str) -> uuid.UUID | None:
    """The row that a secret speaks of, right or not."""
    try:
        return uuid.UUID(bytes=base64.urlsafe_b64decode(secret[:22].encode("ascii") + b"==")[:16])
    except ValueError:
        return None


def holds(secret: str, right: str) -> bool:
    """Whether it is the right one. The whole text is compared: base64 has several spellings of the same bytes."""
    return hmac.compare_digest(secret.encode(), right.encode())


def find_link(session: Session, secret: str, at: datetime) -> Row[Link, Submission, Party] | None:
    """The link, its submission and party; None for a wrong, revoked or expired secret, without saying which."""
    link_id = id_in(secret)
    if link_id is None:
        return None
    row = session.execute(
        select(Link, Submission, Party)
        .join(Submission, Submission.id == Link.submission_id)
        .join(Party, Party.id == Link.party_id)
        .where(Link.id == link_id)
    ).one_or_none()
    right = secret_of(session, link_id, row.Link.issue if row else 0)
    if not holds(secret, right) or row is None or row.Link.revoked_at:
        return None
    if row.Link.expires_at and row.Link.expires_at <= at:
        return None
    return row
