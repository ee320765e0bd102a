"""Moving a file that lies on the wrong child: the other case by its reference, its child's name read back, then done."""

from __future__ import annotations

import uuid
from dataclasses import dataclass
from datetime import date

from flask import flash, render_template, url_for
from flask_babel import gettext as _
from werkzeug.utils import redirect
from werkzeug.wrappers import Response

from app.audit.domain import Action
from app.audit.service import record as audit
from app.cases.models import Case
from app.cases.story import identity_of
from app.core.actor import Permission
from app.core.clock import now
from app.core.database import db, transaction
from app.core.errors import Conflict, NotFound, Refused
from app.core.sealing import ring
from app.desk.away_routes import bp as bp  # noqa: PLC0414  joined by the factory through what became of it
from app.desk.case_routes import find
from app.desk.file_routes import files_page
from app.desk.forms import MoveForm, first_fault
from app.desk.presenters import full_name
from app.desk.routes import rail_view
from app.programs.service import hospital
from app.records.downloads import file_of
from app.records.listing import views
from app.records.moving import move_file, refuse_move
from app.records.receiving import away_words
from app.records.stores import StoreAway
from app.web.access import current_actor, requires
from app.web.i18n import day_words


@dataclass(frozen=True, slots=True)
class ChildView:
    """Whose case it is, to be read before a file goes there."""

    reference: str
    name: str
    born: str


@bp.get("/cases/<reference>/files/<uuid:file_id>/move")
@requires(Permission.WORK_CASES)
def move(reference: str, file_id: uuid.UUID) -> str:
    """Ask where it belongs, and why."""
    return move_page(find(db.session(), reference, Permission.WORK_CASES), file_id, MoveForm())


@bp.post("/cases/<reference>/files/<uuid:file_id>/move")
@requires(Permission.WORK_CASES)
def move_on(reference: str, file_id: uuid.UUID) -> Response | str | tuple[str, int]:
    """Read the child's name back first; once that was seen, do it."""
    form, source = MoveForm(), find(db.session(), reference, Permission.WORK_CASES)
    if not form.validate_on_submit():
        fault = Refused(first_fault(form) or _("Try once more."), next(iter(form.errors), None))
        return move_page(source, file_id, form, fault=fault), 422
    try:
        file = file_of(db.session(), source.id, file_id)
        target = target_of(form.to.data or "")
        refuse_move(source, target, form.reason.data or "")
        if not form.sure.data:
            return move_page(source, file_id, form, target=target)
        move_file(source, file, target, current_actor(), form.reason.data or "")
    except Refused as refused:
        return move_page(source, file_id, form, fault=refused), 422
    except Conflict as conflict:
        return files_page(db.session().get_one(Case, source.id), (conflict.message,)), 409
    except NotFound:
        return files_page(source, (_("This file is not on this case any more."),)), 404
    except StoreAway:
        return move_page(source, file_id, form, fault=Refused(away_words())), 503
    flash(_("The file was moved to %(reference)s. The privacy officer is told.", reference=target.reference))
    return redirect(url_for("desk.files", reference=reference), 303)


def target_of(typed: str) -> Case:
    """A case of the reader's by its reference. Raises Refused."""
    try:
        return find(db.session(), typed, Permission.WORK_CASES)
    except NotFound:
        raise Refused(_("You work on no case with this reference. Check it letter by letter."), "to") from None


def move_page(
    source: Case, file_id: uuid.UUID, form: MoveForm, *, target: Case | None = None, fault: Refused | None = None
) -> str:
    """The form, or (with a target) whose child it would go to; that name was shown is on the trail."""
    actor, at = current_actor(), now()
    if target is not None:
        with transaction() as writing:
            audit(writing, actor, Action.CASE_VIEWED, subject_kind="case", subject_id=target.id, program=target.program,
                  detail={"for": "moving a file"})  # fmt: skip
    session = db.session()
    (file,) = views(session, [file_of(session, source.id, file_id)])
    lines, _total = rail_view(session, actor, at, hospital().zone, None, None)
    return render_template(
        "desk/move.html", rail=lines, file=file, source=child_view(source), target=child_view(target) if target else None,
        form=form, fault=fault,
    )  # fmt: skip


def child_view(case: Case) -> ChildView:
    """Open who the child is."""
    child = identity_of(ring().load(db.session(), case.key_id), case.id, case.identity)
    born = day_words(date.fromisoformat(child.birth_date)) if child.birth_date else ""
    return ChildView(case.reference, full_name(child), born)
