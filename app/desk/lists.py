"""The list that a case was opened from: it travels in the address, names filters only, and says which case comes next."""

from __future__ import annotations

import uuid
from collections.abc import Mapping
from datetime import datetime
from urllib.parse import parse_qsl, urlencode

from flask import flash, request, url_for
from flask_babel import gettext as _
from sqlalchemy.orm import Session

from app.cases.models import Case
from app.cases.queue import Cursor, Filters, cursor_of, page
from app.core.actor import Actor, Permission
from app.desk.filters import asked_for, read_filters, standard_view
from app.programs.service import hospital

LONGEST = 600


def list_text(asked: Mapping[str, str], after: Cursor | None) -> str:
    """A view, its filters and its page, as one parameter of another address."""
    return urlencode({**asked, **({"after": after.text()} if after else {})})


def carried() -> str:
    """The list that this request's address names, with nothing in it that no list has; empty for none."""
    given = dict(parse_qsl(request.args.get("list", "")[:LONGEST]))
    return list_text(asked_for(given), Cursor.read(given.get("after", "")))


def back_to(listed: str, reference: str = "", done: uuid.UUID | None = None) -> str:
    """The list, at the row that was opened, or with the step that was done."""
    return url_for("desk.queue", **dict(parse_qsl(listed)), done=done, _anchor=f"c-{reference}" if reference else None)  # type: ignore[arg-type]


def filters_of(listed: str, actor: Actor, at: datetime) -> Filters:
    """What the list is narrowed to."""
    asked = dict(parse_qsl(listed))
    return read_filters(asked, standard_view(asked), actor, at, hospital().zone)


def place_of(case: Case, filters: Filters) -> Cursor | None:
    """Where a case stands in a list: to be asked before an act moves it."""
    return cursor_of(case, filters) if filters.due_before is None or case.due_at else None


def after_place(
    session: Session, listed: str, place: Cursor | None, actor: Actor, at: datetime, done: uuid.UUID | None = None
) -> str:
    """The address of the case after a place in a list; at its end, of the list."""
    programs = actor.programs_with(Permission.READ_CASES)
    rows = page(session, programs, filters_of(listed, actor, at), place, size=1).rows
    if rows:
        return url_for("desk.case", reference=rows[0].reference, list=listed, done=done)
    flash(_("That was the last case of this list."))
    return back_to(listed, done=done)
