"""Reaching somebody, and not reaching anybody any more: what staff log of calls, and what silences a case."""

from __future__ import annotations

import uuid

from flask_babel import gettext as _
from sqlalchemy.orm import Session
from werkzeug.wrappers import Response

from app.cases import acts, stops
from app.core.actor import Permission
from app.core.clock import now
from app.core.errors import Refused
from app.desk.case_routes import act_on, id_or_none
from app.desk.case_routes import bp as bp  # noqa: PLC0414  joined by the factory from here
from app.desk.forms import ContactForm, DiedForm, LiftForm, StopForm
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


@bp.post("/cases/<reference>/stop")
@requires(Permission.WORK_CASES)
def stop(reference: str) -> Response | tuple[str, int]:
    """They want no call and no letter; or somebody says that the child has died, and everything waits."""
    actor, at, form = current_actor(), now(), StopForm()
    do = stops.told_died if form.kind.data == "told" else stops.stop_contact
    return act_on(
        reference, "stop", form, lambda session, found: do(session, found, actor, at, reason=form.reason.data or "")
    )


@bp.post("/cases/<reference>/died")
@requires(Permission.WORK_CASES)
def died(reference: str) -> Response | tuple[str, int]:
    """The child has died."""
    actor, at, form = current_actor(), now(), DiedForm()
    return act_on(
        reference, "died", form,
        lambda session, found: stops.has_died(
            session, found, actor, at, name=form.name.data or "", birth_date=form.birth_date.data or "",
            reason=form.reason.data or "",
        ),
    )  # fmt: skip


@bp.post("/cases/<reference>/lift")
@requires(Permission.LIFT_STOP)
def lift(reference: str) -> Response | tuple[str, int]:
    """A manager takes back a stop, or that the child has died."""
    actor, at, form = current_actor(), now(), LiftForm()
    return act_on(
        reference, "lift", form,
        lambda session, found: stops.lift(
            session, found, actor, at, seen=form.seen.data or "", reason=form.reason.data or ""
        ),
    )  # fmt: skip


@bp.post("/cases/<reference>/release")
@requires(Permission.WORK_CASES)
def release(reference: str) -> Response | tuple[str, int]:
    """Somebody looked: what waited leaves."""
    actor, at, form = current_actor(), now(), LiftForm()
    return act_on(
        reference, "release", form,
        lambda session, found: stops.end_hold(
            session, found, actor, at, seen=form.seen.data or "", reason=form.reason.data or ""
        ),
    )  # fmt: skip
