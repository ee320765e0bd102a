"""The offer to take back what was just done: it names the child and the reference, since another case may be open."""

from __future__ import annotations

import uuid
from dataclasses import dataclass
from datetime import datetime

from flask import request
from flask_babel import gettext as _
from sqlalchemy.orm import Session

from app.cases.domain import Status
from app.cases.story import identity_of, names_of
from app.cases.undo import undoable
from app.core.actor import Actor
from app.core.sealing import ring
from app.desk.presenters import full_name
from app.desk.typed_words import id_of
from app.desk.words import STATUS_WORDS


@dataclass(frozen=True, slots=True)
class UndoView:
    """One step, in words."""

    done: uuid.UUID
    reference: str
    name: str
    says: str


def undo_view(session: Session, actor: Actor, at: datetime) -> UndoView | None:
    """The step that this page's address names, while its maker may take it back."""
    done = id_of(request.args.get("done", ""))
    found = undoable(session, done, actor, at) if done else None
    if found is None:
        return None
    event, case = found
    child = identity_of(ring().load(session, case.key_id), case.id, case.identity)
    return UndoView(event.id, case.reference, full_name(child), words_of(session, event.kind, event.new_value))


def words_of(session: Session, kind: str, new: str | None) -> str:
    """Where the case went."""
    if kind == "status":
        return _("moved to %(status)s.", status=STATUS_WORDS[Status(new or "")])
    if not new:
        return _("back in the queue.")
    person = uuid.UUID(new)
    return _("given to %(name)s.", name=names_of(session, {person}).get(person, "?"))
