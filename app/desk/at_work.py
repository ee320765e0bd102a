"""Who else is at a case just now, in words; and what a page is given to follow that and what changes."""

from __future__ import annotations

import uuid
from collections.abc import Collection, Sequence
from datetime import datetime
from typing import Any

from flask import url_for
from flask_babel import gettext as _
from sqlalchemy.orm import Session

from app.cases.models import Case
from app.cases.presence import Doing, others_at
from app.core.actor import Actor, Permission
from app.core.database import AnyRow
from app.desk.presenters import hour
from app.programs.service import hospital


def live_view(session: Session, actor: Actor, case: Case, newest: uuid.UUID | str, at: datetime) -> dict[str, Any]:
    """What a case page knows of itself, so that it can ask what is new, and who else is at it already."""
    known: dict[str, Any] = {"reference": case.reference, "seen": case.version, "after": newest}
    works = actor.may(Permission.WORK_CASES, case.program)
    return {
        "as_of": hour(at, hospital().zone),
        "live": url_for("desk.case_news", **known),
        "hold": url_for("desk.presence", **known) if works else "",
        "others": case_others(session, actor, case.reference, at),
    }


def case_others(session: Session, actor: Actor, reference: str, at: datetime) -> str:
    """Everybody else at a case, and at those that may be the same child."""
    return " ".join(map(others_words, others(session, actor, [reference], at)))


def row_others(session: Session, actor: Actor, references: Collection[str], at: datetime) -> dict[str, str]:
    """For the rows of a list, in few words."""
    said = {
        (Doing.CALLING, True): _("%(who)s calls"), (Doing.EDITING, True): _("%(who)s writes"),
        (Doing.CALLING, False): _("%(who)s calls (same child?)"),
        (Doing.EDITING, False): _("%(who)s writes (same child?)"),
    }  # fmt: skip
    found: dict[str, list[str]] = {}
    for row in others(session, actor, references, at):
        words = said[Doing(row.doing), row.at == row.reference]
        found.setdefault(row.reference, []).append(str(words) % {"who": row.name})
    return {reference: ", ".join(words) for reference, words in found.items()}


def others(session: Session, actor: Actor, references: Collection[str], at: datetime) -> Sequence[AnyRow]:
    """As `others_at`, for a reader."""
    return others_at(session, actor.programs_with(Permission.READ_CASES), references, actor.id, at)


def others_words(row: AnyRow) -> str:
    """One of them in a sentence."""
    words = {"who": row.name, "when": hour(row.since, hospital().zone), "reference": row.at}
    if row.at == row.reference:
        if row.doing == Doing.CALLING:
            return _("%(who)s is calling now, since %(when)s.", **words)
        return _("%(who)s is writing here, since %(when)s.", **words)
    if row.doing == Doing.CALLING:
        return _("%(who)s is calling now about %(reference)s, perhaps the same child, since %(when)s.", **words)
    return _("%(who)s is writing on %(reference)s, perhaps the same child, since %(when)s.", **words)
