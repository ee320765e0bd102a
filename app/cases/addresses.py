"""An email address that a sender changes waits until staff have looked at the change.

Until then letters and codes go where they went before, and nowhere where there was no address: who found a form in a
shared computer takes nobody's place.
"""

from __future__ import annotations

import uuid
from collections.abc import Mapping
from typing import Any

from sqlalchemy import select
from sqlalchemy.orm import Session

from app.cases.domain import NewParty
from app.cases.models import Party
from app.core.sealing import ring

HELD = "held"  # within a party's details


def held_back(before: Mapping[str, Any], reply_by: str, said: NewParty) -> tuple[dict[str, Any], str]:
    """The details of a correction and how to reply, with the address in use before and the new one beside it."""
    used, new = before.get("email"), said.details.get("email")
    if not new or new == used:
        return dict(said.details), said.reply_by
    waits = {"email": new, "reply_by": said.reply_by}
    # Who takes back that we may write is heard at once.
    return {**said.details, "email": used, HELD: waits}, "phone" if said.reply_by == "phone" else reply_by


def take_up(session: Session, case_id: uuid.UUID) -> None:
    """Staff have looked: the addresses that wait on this case are used from now on."""
    for party in session.execute(select(Party).where(Party.case_id == case_id)).scalars():
        key, at = ring().load(session, party.key_id), ("party", "details", party.id)
        details = key.unseal_json(party.details, at)
        waits = details.pop(HELD, None)
        if waits:
            party.reply_by = waits["reply_by"]
            party.details = key.seal_json({**details, "email": waits["email"]}, at)
