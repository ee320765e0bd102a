"""The records checklist on the desk: where each record stands, marking it in two clicks, asking a party for it."""

from __future__ import annotations

import uuid
from collections.abc import Sequence
from dataclasses import dataclass, replace

from flask import redirect, render_template, request, url_for
from flask_babel import gettext as _
from sqlalchemy.orm import Session
from werkzeug.wrappers import Response

from app.audit.domain import Action
from app.audit.service import record as audit
from app.cases.asking import ask
from app.cases.checklist import items_of, mark
from app.cases.checklist_domain import ItemState
from app.cases.models import Case
from app.cases.story import story
from app.core.actor import Permission
from app.core.clock import now
from app.core.database import db, transaction
from app.core.errors import Conflict, Refused
from app.desk.case_routes import find, id_or_none
from app.desk.checklist_rows import RowView, row_views
from app.desk.contacts import party_name, role_words
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
    party: str = ""
    theirs: str = ""  # the record that somebody else marked meanwhile


ASK = "ask"
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
        parties=[
            (str(one.row.id), f"{party_name(one)}, {role_words(one)}") for one in opened.parties if one.row.submission_id
        ],
        theirs=next((one for one in shown if one.item == typed.theirs), None),
    )  # fmt: skip


@bp.post("/cases/<reference>/records")
@requires(Permission.WORK_CASES)
def mark_records(reference: str) -> Response | tuple[str, int]:
    """Say where the ticked records stand, or ask somebody for them."""
    case, form = find(db.session(), reference, Permission.WORK_CASES), RecordsForm()
    ticked = request.form.getlist("item")
    typed = Typed("", frozenset(ticked), form.reason.data or "", form.line.data or "", form.party.data or "")
    if not form.validate_on_submit():
        return refused(case, typed, first_fault(form) or _("Try once more."), 422)
    try:
        with transaction() as session:
            act(session, case.id, form, ticked)
    except Conflict as conflict:
        return refused(case, typed, conflict.message, 409, conflict.theirs)
    except Refused as fault:
        return refused(case, typed, fault.message, 422)
    return redirect(url_for("desk.records", reference=reference), 303)


def act(session: Session, case_id: uuid.UUID, form: RecordsForm, ticked: Sequence[str]) -> None:
    """What the pressed button says. Raises Conflict or Refused."""
    actor, at, to = current_actor(), now(), form.to.data or ""
    if to == ASK:
        party_id = id_or_none(form.party.data)
        ask(session, case_id, actor, at, party_id=party_id, items=ticked, line=form.line.data or "")
        return
    if to not in set(ItemState):
        raise Refused(_("Choose where the records stand."), "to")
    seen = {item: request.form.get(f"seen-{item}", "") for item in ticked}
    mark(session, case_id, actor, at, seen=seen, to=ItemState(to), reason=form.reason.data or "")


def refused(case: Case, typed: Typed, fault: str, status: int, theirs: str = "") -> tuple[str, int]:
    """The page once more, with what was ticked and typed."""
    return records_page(db.session().get_one(Case, case.id), replace(typed, fault=fault, theirs=theirs)), status
