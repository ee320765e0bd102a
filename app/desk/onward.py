"""From one case to the next, by link or key: the list's next one, or the next that nobody has."""

from __future__ import annotations

from flask import flash, redirect, render_template, request, url_for
from flask_babel import gettext as _
from werkzeug.wrappers import Response

from app.accounts import service
from app.cases.serving import take_next
from app.core.actor import Permission
from app.core.clock import now
from app.core.database import db, transaction
from app.desk.case_routes import find
from app.desk.filters import asked_for, read_filters, standard_view
from app.desk.lists import after_place, carried, filters_of, list_text, place_of
from app.desk.live import bp as bp  # noqa: PLC0414  joined by the factory from here
from app.desk.routes import address, rail_view
from app.programs.service import hospital
from app.web.access import current_actor, requires


@bp.get("/keys")
@requires(Permission.READ_CASES)
def keys() -> str:
    """What each key does, and the switch."""
    actor, at = current_actor(), now()
    lines, _total = rail_view(db.session(), actor, at, hospital().zone, None, None)
    return render_template("desk/keys.html", rail=lines)


@bp.post("/keys")
@requires(Permission.READ_CASES)
def switch_keys() -> Response:
    """Single keys on or off, for the person who asks."""
    with transaction() as session:
        service.switch_keys(session, current_actor(), on=bool(request.form.get("on")))
    return redirect(url_for("desk.keys"), 303)


@bp.post("/next")
@requires(Permission.WORK_CASES)
def following_unclaimed() -> Response:
    """Take the first case of a list that is nobody's, and open it."""
    actor, at = current_actor(), now()
    asked = asked_for(request.form)
    filters = read_filters(asked, standard_view(asked), actor, at, hospital().zone)
    with transaction() as session:
        reference = take_next(session, actor.programs_with(Permission.WORK_CASES), filters, actor, at)
    if reference is None:
        flash(_("Every case of this list is somebody’s, or somebody is at it just now."))
        return redirect(address(asked), 303)
    return redirect(url_for("desk.case", reference=reference, list=list_text(asked, None) or None), 303)


@bp.get("/cases/<reference>/next")
@requires(Permission.READ_CASES)
def following(reference: str) -> Response:
    """The next case of the list that this one was opened from."""
    actor, at, listed = current_actor(), now(), carried()
    case = find(db.session(), reference, Permission.READ_CASES)
    place = place_of(case, filters_of(listed, actor, at))
    return redirect(after_place(db.session(), listed, place, actor, at), 303)
