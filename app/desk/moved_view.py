"""Who saw a file while it lay on the wrong child, from the trail: for a privacy officer, on a page and as a table to keep."""

from __future__ import annotations

import csv
import io
import uuid
from collections.abc import Mapping, Sequence
from dataclasses import dataclass
from datetime import datetime
from zoneinfo import ZoneInfo

from flask_babel import LazyString
from flask_babel import gettext as _
from flask_babel import lazy_gettext as _l
from sqlalchemy import and_, func, or_, select
from sqlalchemy.orm import Session

from app.audit.domain import Action
from app.audit.models import AuditRecord
from app.cases.models_work import Event
from app.cases.story import names_of
from app.core.sealing import ring
from app.desk.presenters import exact
from app.records.moving import MOVED

SHOWN = 200
# A file of this case is named on each of these pages; on a case's own page only while it is among the newest.
LISTED: Mapping[str, LazyString] = {
    Action.FILES_VIEWED: _l("opened the list of files"),
    Action.CASE_VIEWED: _l("opened the case, which names its newest files"),
}
FORMULA = ("=", "+", "-", "@", "\t", "\r", "\n")


@dataclass(frozen=True, slots=True)
class SeenView:
    """One look: who, when, what they did."""

    at: str
    instant: str
    who: str
    did: str


def came_at(session: Session, line: Event) -> datetime | None:
    """When the file came to the case that it was moved away from: sent, or moved there before."""
    return session.execute(
        select(func.max(Event.at)).where(
            Event.case_id == line.case_id, Event.subject_id == line.subject_id,
            Event.kind.in_(("file_added", MOVED)), Event.id < line.id,
        )
    ).scalar_one()  # fmt: skip


def seen_by(session: Session, line: Event, zone: ZoneInfo, most: int | None = None) -> tuple[SeenView, ...]:
    """Every look between its coming and its going, newest first."""
    row, came = AuditRecord, came_at(session, line)
    rows = session.execute(
        select(row)
        .where(
            or_(
                and_(row.subject_kind == "file", row.subject_id == line.subject_id, row.action == Action.FILE_OPENED),
                and_(row.subject_kind == "case", row.subject_id == line.case_id, row.action.in_(list(LISTED))),
            ),
            row.at <= line.at, *((row.at >= came,) if came else ()),
        )
        .order_by(row.at.desc(), row.id.desc()).limit(most)
    ).scalars().all()  # fmt: skip
    people, house = names_of(session, {one.actor_id for one in rows}), ring().house(session)

    def did(one: AuditRecord) -> str:
        if one.action in LISTED:
            return str(LISTED[Action(one.action)])
        if one.reason is not None:
            return _("gave a reason to look at it though it could not be scanned")
        if one.detail is None:
            return _("saved the file")
        return _(
            "saw page %(page)s of the file", page=house.unseal_json(one.detail, ("audit", "detail", one.id))["page"]
        )

    return tuple(
        SeenView(exact(one.at, zone), one.at.isoformat(), people.get(one.actor_id, str(one.actor_id)) if one.actor_id else "", did(one))
        for one in rows
    )  # fmt: skip


def as_csv(seen: Sequence[SeenView]) -> str:
    """A table for a spreadsheet."""
    out = io.StringIO()
    writer = csv.writer(out)
    writer.writerow([_("When"), _("Who"), _("What they did")])
    writer.writerows([plain(cell) for cell in (one.instant, one.who, one.did)] for one in seen)
    return out.getvalue()


def plain(cell: str) -> str:
    """No spreadsheet computes it: what begins like a formula begins with a mark instead."""
    return f"'{cell}" if cell.startswith(FORMULA) else cell


def line_of(session: Session, event_id: uuid.UUID) -> Event | None:
    """The line of a move, on the case that the file left."""
    line = session.get(Event, event_id)
    return line if line is not None and line.kind == MOVED else None
