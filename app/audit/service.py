"""Write to the trail, in the transaction of what it tells of; check that no row was edited."""

from __future__ import annotations

import hashlib
import hmac
import uuid
from datetime import UTC, datetime
from typing import Any

from flask import g, has_request_context
from sqlalchemy import select
from sqlalchemy.orm import Session

from app.audit.domain import Action
from app.audit.models import AuditRecord
from app.core.actor import Actor
from app.core.clock import now
from app.core.database import write_rows
from app.core.ids import new_id
from app.core.sealing import DataKey, ring

MAC_LABEL = "audit mac v1"
NOTHING = b"\xff" * 8
MAC_COLUMNS = (
    "id", "at", "actor_kind", "actor_id", "action", "subject_kind", "subject_id", "program", "request_id",
    "outcome", "detail", "reason",
)  # fmt: skip


def record(
    session: Session, actor: Actor, action: Action, *, subject_kind: str, subject_id: uuid.UUID | None = None,
    program: str | None = None, outcome: str = "ok", detail: object = None, reason: str | None = None,
    at: datetime | None = None,
) -> None:  # fmt: skip
    """Add one row. `detail` and `reason` are sealed by the house's key."""
    house = ring().house(session)
    audit_id = new_id()
    row: dict[str, Any] = {
        "id": audit_id, "at": at or now(), "actor_kind": str(actor.kind), "actor_id": actor.id,
        "action": str(action), "subject_kind": subject_kind, "subject_id": subject_id, "program": program,
        "request_id": g.get("request_id") if has_request_context() else None, "outcome": outcome,
        "detail": None if detail is None else house.seal_json(detail, ("audit", "detail", audit_id)),
        "reason": None if reason is None else house.seal_json(reason, ("audit", "reason", audit_id)),
    }  # fmt: skip
    row["mac"] = mac_of(row, house)
    write_rows(session, AuditRecord, [row])


def mac_of(row: dict[str, Any], house: DataKey) -> bytes:
    """HMAC-SHA256 over every column, each with its length before it, so that no two rows share a message.

    Nothing is told from an empty text by a length that no value has.
    """
    digest = hmac.new(house.derive(MAC_LABEL), digestmod=hashlib.sha256)
    for name in MAC_COLUMNS:
        value = row[name]
        if value is None:
            digest.update(NOTHING)
            continue
        if isinstance(value, bytes):
            part = value
        elif isinstance(value, datetime):
            part = value.astimezone(UTC).isoformat().encode()
        else:
            part = str(value).encode()
        digest.update(len(part).to_bytes(8, "big") + part)
    return digest.digest()


def broken_rows(session: Session) -> list[uuid.UUID]:
    """Ids of rows whose MAC does not fit: edited, or written by someone without the key."""
    house = ring().house(session)
    broken = []
    for item in session.execute(select(AuditRecord).order_by(AuditRecord.at)).scalars().yield_per(500):
        row = {name: getattr(item, name) for name in MAC_COLUMNS}
        if not hmac.compare_digest(mac_of(row, house), item.mac):
            broken.append(item.id)
    return broken
