"""The records checklist on the desk: where each record stands, marking it in two clicks, asking a party for it."""

from __future__ import annotations

from dataclasses import dataclass

from flask import redirect, render_template, request, url_for
from flask_babel import gettext as _
from werkzeug.wrappers import Response

from app.audit.domain import Action
from app.audit.service import record as audit
from app.cases.checklist import items_of, mark
from app.cases.checklist_domain import ItemState
from app.cases.models import Case
from app.cases.story import story
from app.core.actor import Permission
from app.core.clock import now
from app.core.database import db, transaction
from app.core.errors import Conflict, Refused
from app.desk.case_routes import find
from app.desk.checklist_rows import RowView, row_views
from app.desk.forms import RecordsForm, first_fault
from app.desk.presenters import full_name
from app.desk.records_words import card_view
from app.desk.routes import bp as bp  # noqa: PLC0414  joined by the factory through the files
from app.desk.routes import rail_view
from app.programs.service import hospital
from app.web.access import current_actor, requires


@dataclass(frozen=True, slots=True)
class Typed:
    """A refused act: its fault, and what was ticked and typed."""

    fault: str
    ticked: frozenset[str]
    reason: str
    line: str
    theirs: str = ""  # the record that somebody else marked meanwhile


NOTHING = Typed("", frozenset(), "", "")


@bp.get("/cases/<reference>/records")
@requires(Permission.READ_CASES)
def records(reference: str) -> str:
    """The list; the view itself is put on the trail first."""
    return records_page(find(db.session(), reference, Permission.READ_CASES), NOTHING)


def records_page(case: Case, typed: Typed) -> str:
    """The list, with what was refused just now."""
    actor, at, zone = current_actor(), now(), hospital().zone
    with transaction() as writing:
        audit(writing, actor, Action.RECORDS_VIEWED, subject_kind="case", subject_id=case.id, program=case.program)
    session = db.session()
    lines, _total = rail_view(session, actor, at, zone, None, None)
    opened = story(session, session.get_one(Case, case.id))
    rows = items_of(session, case.id)
    shown: tuple[RowView, ...] = row_views(rows, opened, at, zone)
    return render_template(
        "desk/records.html", reference=case.reference, child=full_name(opened.child), rail=lines, rows=shown,
        list=card_view(rows), typed=typed, works=actor.may(Permission.WORK_CASES, case.program),
        theirs=next((one for one in shown if one.item == typed.theirs), None),
    )  # fmt: skip


@bp.post("/cases/<reference>/records")
@requires(Permission.WORK_CASES)
def mark_records(reference: str) -> Response | tuple[str, int]:
    """Say where the ticked records stand."""
    case, form = find(db.session(), reference, Permission.WORK_CASES), RecordsForm()
    ticked = request.form.getlist("item")
    typed = Typed("", frozenset(ticked), form.reason.data or "", form.line.data or "")
    if not form.validate_on_submit():
        return refused(case, typed, first_fault(form) or _("Try once more."), 422)
    try:
        to = ItemState(form.to.data or "")
    except ValueError:
        return refused(case, typed, _("Choose where the records stand."), 422)
    try:
        with transaction() as session:
            seen = {item: request.form.get(f"seen-{item}", "") for item in ticked}
            mark(session, case.id, current_actor(), now(), seen=seen, to=to, reason=typed.reason)
    except Conflict as conflict:
        return refused(case, typed, conflict.message, 409, conflict.theirs)
    except Refused as fault:
        return refused(case, typed, fault.message, 422)
    return redirect(url_for("desk.records", reference=reference), 303)


def refused(case: Case, typed: Typed, fault: str, status: int, theirs: str = "") -> tuple[str, int]:
    """The page once more, with what was ticked and typed."""
    again = Typed(fault, typed.ticked, typed.reason, typed.line, theirs)
    return records_page(db.session().get_one(Case, case.id), again), status
