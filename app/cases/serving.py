"""The next case that nobody has, given to one person: two who ask at once never get the same."""

from __future__ import annotations

from collections.abc import Sequence
from dataclasses import replace
from datetime import datetime

from sqlalchemy.orm import Session

from app.cases.acts import claim
from app.cases.presence import held_by_others
from app.cases.queue import NOBODY, Filters, page
from app.core.actor import Actor
from app.core.errors import Conflict

TRIES = 20


def take_next(session: Session, programs: Sequence[str], filters: Filters, actor: Actor, at: datetime) -> str | None:
    """Claim the first case of a list that is nobody's and that nobody else writes on or calls about; its reference."""
    unclaimed = replace(filters, assignees=(NOBODY,))
    for _try in range(TRIES):
        rows = page(session, programs, unclaimed, None).rows
        held = held_by_others(session, [row.id for row in rows], actor.id, at)
        first = next((row for row in rows if row.id not in held), None)
        if first is None:
            return None
        try:
            claim(session, first.id, actor, at)
        except Conflict:
            continue  # somebody was quicker by a moment: the list is read anew
        return str(first.reference)
    return None
