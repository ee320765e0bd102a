"""What a privacy officer opens from the mail about a moved file: who saw it before. Nobody else opens it; opening is on the trail."""

from __future__ import annotations

import uuid

from flask import Response, render_template
from flask_babel import gettext as _

from app.audit.domain import Action
from app.audit.service import record as audit
from app.cases.models import Case
from app.cases.models_work import Event
from app.core.actor import Permission
from app.core.clock import now
from app.core.database import db, transaction
from app.core.errors import NotFound
from app.core.sealing import ring
from app.desk.move_routes import bp as bp  # noqa: PLC0414  joined by the factory from here
from app.desk.moved_view import SHOWN, as_csv, came_at, line_of, seen_by
from app.desk.presenters import exact
from app.desk.routes import rail_view
from app.programs.service import hospital
from app.records.downloads import disposition
from app.web.access import current_actor, requires


def opened(event_id: uuid.UUID) -> Event:
    """The move, for an officer of one of the two programs; that it was opened is on the trail. Raises NotFound."""
    actor, line = current_actor(), line_of(db.session(), event_id)
    programs = [one for one in (line.old_value, line.new_value) if one] if line else []
    if line is None or not any(actor.may(Permission.READ_AUDIT, one) for one in programs):
        raise NotFound
    with transaction() as writing:
        audit(
            writing, actor, Action.TRAIL_VIEWED, subject_kind="file", subject_id=line.subject_id, program=line.old_value
        )
    return db.session().get_one(Event, event_id)


@bp.get("/moved/<uuid:event_id>")
@requires(Permission.READ_AUDIT)
def moved(event_id: uuid.UUID) -> str:
    """From where to where, why, and who saw it."""
    line, actor, at, zone, session = opened(event_id), current_actor(), now(), hospital().zone, db.session()
    seen = seen_by(session, line, zone, SHOWN + 1)
    said = ring().load(session, line.key_id).unseal_json(line.detail, ("event", "detail", line.id)) if line.key_id and line.detail else {}  # fmt: skip
    came = came_at(session, line)
    lines, _total = rail_view(session, actor, at, zone, None, None)
    return render_template(
        "desk/moved.html", rail=lines, line=line, seen=seen[:SHOWN], more=len(seen) > SHOWN, to=said.get("to", ""),
        reason=said.get("reason", ""), source=session.get_one(Case, line.case_id).reference,
        came=exact(came, zone) if came else "", went=exact(line.at, zone),
    )  # fmt: skip


@bp.get("/moved/<uuid:event_id>/list.csv")
@requires(Permission.READ_AUDIT)
def moved_list(event_id: uuid.UUID) -> Response:
    """All of it, to keep or hand on."""
    response = Response(as_csv(seen_by(db.session(), opened(event_id), hospital().zone)), mimetype="text/csv")
    response.headers["Content-Disposition"] = disposition(_("who-saw-the-file") + ".csv")
    return response
