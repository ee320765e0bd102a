"""Reaching somebody, and not reaching anybody any more: what staff log of calls, and what silences a case."""

from __future__ import annotations

import uuid

from flask_babel import gettext as _
from sqlalchemy.orm import Session
from werkzeug.wrappers import Response

from app.cases import acts
from app.core.actor import Permission
from app.core.clock import now
from app.core.errors import Refused
from app.desk.case_routes import act_on, id_or_none
from app.desk.case_routes import bp as bp  # noqa: PLC0414  joined by the factory from here
from app.desk.forms import ContactForm
from app.web.access import current_actor, requires


@bp.post("/cases/<reference>/contact")
@requires(Permission.WORK_CASES)
def contact(reference: str) -> Response | tuple[str, int]:
    """Log a try to reach somebody."""
    actor, at, form = current_actor(), now(), ContactForm()

    def do(session: Session, found: uuid.UUID) -> None:
        party = id_or_none(form.party.data)
        if party is None:
            raise Refused(_("Choose whom you tried to reach."), "party")
        acts.log_contact(
            session, found, actor, at, party_id=party, channel=form.channel.data or "",
            outcome=form.outcome.data or "", interpreter=bool(form.interpreter.data), detail=form.detail.data or "",
            despite=form.despite.data or "",
        )  # fmt: skip

    return act_on(reference, "contact", form, do)
