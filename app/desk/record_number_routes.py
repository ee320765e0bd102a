"""Linking our record number: typed, then read back with name and birth date on a page of its own, then saved."""

from __future__ import annotations

from flask import redirect, render_template, url_for
from flask_babel import gettext as _
from flask_wtf import FlaskForm
from werkzeug.wrappers import Response
from wtforms import StringField
from wtforms.validators import Length

from app.audit.domain import Action
from app.audit.service import record as audit
from app.cases.models import Case
from app.cases.record_number import LONGEST, link_record_number, whom
from app.cases.story import story
from app.core.actor import Permission
from app.core.clock import now
from app.core.database import db, transaction
from app.core.errors import Conflict, Refused
from app.desk.case_routes import find
from app.desk.case_view import case_view
from app.desk.decision_routes import bp as bp  # noqa: PLC0414  joined by the factory from here
from app.desk.forms import first_fault, readable
from app.desk.routes import rail_view
from app.programs.service import hospital
from app.web.access import current_actor, requires


class RecordNumberForm(FlaskForm):
    """The number; `seen` is the one that was linked, `whom` the child that it was read back for."""

    number = StringField(validators=[readable, Length(max=LONGEST)])
    seen = StringField()
    whom = StringField()
    confirmed = StringField()


@bp.get("/cases/<reference>/record-number")
@requires(Permission.WORK_CASES)
def record_number(reference: str) -> str:
    """Type it."""
    return page(find(db.session(), reference, Permission.WORK_CASES), "")


def page(case: Case, number: str, fault: str = "", *, reading_back: bool = False) -> str:
    """The field, or what is to be read back; the view itself is put on the trail first."""
    actor, at, zone = current_actor(), now(), hospital().zone
    with transaction() as writing:
        audit(writing, actor, Action.CASE_VIEWED, subject_kind="case", subject_id=case.id, program=case.program)
    session = db.session()
    opened = story(session, session.get_one(Case, case.id))
    lines, _total = rail_view(session, actor, at, zone, None, None)
    return render_template(
        "desk/record_number.html", view=case_view(opened, at, zone), rail=lines, number=number, fault=fault,
        reading_back=reading_back, linked=opened.child.our_mrn or "", whom=whom(opened.child),
    )  # fmt: skip


@bp.post("/cases/<reference>/record-number")
@requires(Permission.WORK_CASES)
def link_number(reference: str) -> Response | tuple[str, int] | str:
    """Read it back, or save what was read back."""
    case, form = find(db.session(), reference, Permission.WORK_CASES), RecordNumberForm()
    number = " ".join((form.number.data or "").split())
    if not form.validate_on_submit():
        return page(case, number, first_fault(form) or _("Try once more.")), 422
    if not number and not form.seen.data:
        return page(case, number, _("Type the number.")), 422
    if not form.confirmed.data:
        return page(case, number, reading_back=True)
    try:
        with transaction() as session:
            link_record_number(
                session, case.id, current_actor(), now(), seen=form.seen.data or "", number=number,
                read_back=form.whom.data or "",
            )  # fmt: skip
    except Conflict as fault:
        return page(db.session().get_one(Case, case.id), number, fault.message), 409
    except Refused as fault:
        return page(db.session().get_one(Case, case.id), number, fault.message), 422
    return redirect(url_for("desk.case", reference=case.reference), 303)
