"""Being away: each person says it for themselves, with who covers."""

from __future__ import annotations

from flask import redirect, render_template, request, url_for
from flask_wtf import FlaskForm
from werkzeug.wrappers import Response
from wtforms import StringField

from app.accounts.absence import absence_of, come_back, go_away
from app.accounts.queries import workers_of
from app.core.actor import Permission
from app.core.clock import now
from app.core.database import db, transaction
from app.core.errors import Refused
from app.desk.case_view import away_words
from app.desk.routes import rail_view
from app.desk.snooze_routes import bp as bp  # noqa: PLC0414  joined by the factory from here
from app.desk.typed_words import id_of
from app.programs.service import hospital
from app.web.access import current_actor, requires


class AwayForm(FlaskForm):
    """The first and the last day, and who covers."""

    first = StringField()
    last = StringField()
    cover = StringField()


@bp.get("/away")
@requires(Permission.WORK_CASES)
def away() -> str:
    """What is said of the reader, and the form of it."""
    return away_page(AwayForm(), None)


def away_page(form: AwayForm, fault: Refused | None) -> str:
    """The page, with what was typed."""
    actor, at, zone, session = current_actor(), now(), hospital().zone, db.session()
    said = absence_of(session, actor.id, at)
    lines, _total = rail_view(session, actor, at, zone, None, None)
    people = workers_of(session, actor.programs_with(Permission.WORK_CASES))
    return render_template(
        "desk/away.html", rail=lines, form=form, fault=fault, said=away_words(actor.name, said, zone) if said else "",
        people=[(str(one.id), one.name) for one in people if one.id != actor.id],
        today=at.astimezone(zone).date().isoformat(),
    )  # fmt: skip


@bp.post("/away")
@requires(Permission.WORK_CASES)
def be_away() -> Response | tuple[str, int]:
    """Be away, or be back."""
    actor, at, form = current_actor(), now(), AwayForm()
    try:
        with transaction() as session:
            if request.form.get("back"):
                come_back(session, actor)
            else:
                go_away(
                    session, actor, at, hospital().zone, first=form.first.data or "", last=form.last.data or "",
                    cover_id=id_of(form.cover.data or ""),
                )  # fmt: skip
    except Refused as fault:
        return away_page(form, fault), 422
    return redirect(url_for("desk.away"), 303)
