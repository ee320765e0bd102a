"""What an on-call clinician may open: the cases that their program was paged about in the last three days, to read."""

from __future__ import annotations

import uuid
from collections.abc import Callable
from datetime import timedelta

from flask import render_template, request
from flask_babel import gettext as _

from app.audit.domain import Action
from app.audit.service import record as audit
from app.cases.checklist import items_of
from app.cases.drill import doubts
from app.cases.models import Case
from app.cases.paging import paged_since
from app.cases.story import find_case, story
from app.core.actor import Permission
from app.core.clock import now
from app.core.database import db, transaction
from app.core.errors import NotFound
from app.core.reference import parse_reference
from app.core.settings import settings
from app.desk.case_view import case_view
from app.desk.onward import bp as bp  # noqa: PLC0414  joined by the factory from here
from app.desk.presenters import hour, moment
from app.desk.records_words import card_view
from app.desk.timeline import timeline_view
from app.programs.service import hospital
from app.web.access import current_actor, requires

READABLE_FOR = timedelta(hours=72)


@bp.context_processor
def alarms() -> dict[str, Callable[[], str | None]]:
    """Every page of the desk says when pages may reach nobody."""
    return {"paging_alarm": paging_alarm}


def paging_alarm() -> str | None:
    """For which of a reader's programs, and who did not answer the test page. A demonstration says nothing."""
    actor, session, at = current_actor(), db.session(), now()
    programs = actor.programs_with(Permission.READ_CASES)
    found = doubts(session, programs, at) if programs and not settings().demo else ()
    if not found:
        return None
    silent = ", ".join(dict.fromkeys(name for one in found for name in one.silent))
    why = [_("the last test page was not acknowledged by %(names)s", names=silent)] if silent else []
    why += [_("an on-call list has no channel")] if not all(one.silent for one in found) else []
    where = "" if len(found) == len(programs) else f" ({', '.join(one.program.name for one in found)})"
    return _("Pages about urgent cases may reach nobody%(where)s: %(why)s. Phone the doctor on call yourself.",
             where=where, why="; ".join(why))  # fmt: skip


@bp.get("/paged")
@requires(Permission.READ_PAGED)
def paged() -> str:
    """References and hours; who the child is stands behind each link, which is put on the trail."""
    actor, at, zone = current_actor(), now(), hospital().zone
    rows = paged_since(db.session(), actor.programs_with(Permission.READ_PAGED), at - READABLE_FOR)
    with transaction() as session:
        audit(session, actor, Action.LIST_VIEWED, subject_kind="list", detail={"cases": [str(row.id) for row in rows]})
    return render_template(
        "desk/paged.html", rows=[(row.reference, moment(row.at, at, zone), row.answered is not None) for row in rows]
    )


@bp.get("/paged/<reference>")
@requires(Permission.READ_PAGED)
def paged_case(reference: str) -> str:
    """The case page without acts and without a way to any other case."""
    actor, at, session = current_actor(), now(), db.session()
    programs, canonical = actor.programs_with(Permission.READ_PAGED), parse_reference(reference)
    found = find_case(session, programs, canonical) if canonical else None
    if found is None or not paged_since(session, programs, at - READABLE_FOR, found.id):
        raise NotFound
    with transaction() as writing:
        audit(writing, actor, Action.CASE_VIEWED, subject_kind="case", subject_id=found.id, program=found.program)
    session = db.session()
    opened = story(session, session.get_one(Case, found.id))
    zone = hospital().zone
    listed = card_view(items_of(session, found.id))
    lines = timeline_view(
        session, opened, request.args.get("show", ""), request.args.get("before", type=uuid.UUID), at, zone
    )
    return render_template(
        "desk/case.html", view=case_view(opened, at, zone), timeline=lines, checklist=listed, as_of=hour(at, zone)
    )
