"""From one case to the next: who asks for work is given the next case that nobody has."""

from __future__ import annotations

from flask import flash, redirect, request, url_for
from flask_babel import gettext as _
from werkzeug.wrappers import Response

from app.cases.serving import take_next
from app.core.actor import Permission
from app.core.clock import now
from app.core.database import transaction
from app.desk.filters import asked_for, read_filters, standard_view
from app.desk.live import bp as bp  # noqa: PLC0414  joined by the factory from here
from app.desk.routes import address
from app.programs.service import hospital
from app.web.access import current_actor, requires


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
    return redirect(url_for("desk.case", reference=reference), 303)
