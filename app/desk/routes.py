"""The queue and search. Every view is audited; every list is bounded and ends in the stored order."""

from __future__ import annotations

from collections.abc import Mapping, Sequence
from dataclasses import replace
from datetime import datetime
from typing import Any
from uuid import UUID
from zoneinfo import ZoneInfo

from flask import Blueprint, redirect, render_template, request, url_for
from flask_babel import gettext as _
from flask_wtf.csrf import CSRFError
from sqlalchemy.orm import Session
from werkzeug.wrappers import Response

from app.accounts.absence import away_now
from app.accounts.queries import workers_of
from app.accounts.routes import keep_what_was_typed
from app.audit.domain import Action
from app.audit.service import record as audit
from app.cases.paging import unanswered
from app.cases.queue import Cursor, Filters, counts, page
from app.cases.search import found
from app.cases.tasks import count_of_person
from app.core.actor import Actor, Permission
from app.core.blind import phone_digits, query_terms
from app.core.clock import now
from app.core.database import AnyRow, db, transaction
from app.core.errors import NotAllowed
from app.core.reference import is_mistyped
from app.desk.at_work import row_others
from app.desk.filters import asked_for, contradicts, end_of_day, filter_views, read_filters, standard_view
from app.desk.forms import SearchForm, first_fault
from app.desk.lists import list_text
from app.desk.presenters import alarm_views, hour, rows_view
from app.desk.search_link import open_phrase, seal_phrase
from app.desk.undo_view import undo_view
from app.desk.views import VIEWS, RailView, count_words, rail
from app.programs.service import hospital
from app.web.access import current_actor, requires

bp = Blueprint("desk", __name__, url_prefix="/desk")
bp.register_error_handler(CSRFError, keep_what_was_typed)
TOTAL = "total"
LOCAL_NUMBER = 7  # digits of a number without its area code


@bp.get("")
@requires(Permission.READ_CASES)
def queue() -> str:
    """One page of the queue."""
    actor, at, session = current_actor(), now(), db.session()
    programs = actor.programs_with(Permission.READ_CASES)
    zone = hospital().zone
    asked = asked_for(request.args)
    view = standard_view(asked)
    filters = read_filters(asked, view, actor, at, zone)
    after = Cursor.read(request.args.get("after", ""))
    shown = page(session, programs, filters, after)
    people = {person.id: person.name for person in workers_of(session, programs)}
    lines, total = rail_view(session, actor, at, zone, view, filters)
    rows = rows_view(shown.rows, people, at, zone, away_now(session, at))
    trail(actor, Action.LIST_VIEWED, {"query": asked, "cases": [str(row.id) for row in shown.rows]})
    return render_template(
        "desk/queue.html",
        rows=rows,
        asked=asked,
        listed=list_text(asked or {"view": view}, after),
        rail=lines,
        alarms=alarm_views(unanswered(session, programs, at), at),
        total=total,
        snoozed=snoozed_words(session, programs, filters),
        filters=filter_views(asked, people, programs),
        view=view,
        title=_("All cases")
        if contradicts(filters, VIEWS[view].filters(actor, at, end_of_day(at, zone)))
        else VIEWS[view].title,
        next_page=address(asked, after=shown.after.text()) if shown.after else None,
        first_page=address(asked) if request.args.get("after") else None,
        as_of=hour(at, zone),
        undo=undo_view(db.session(), actor, at),
        calling=row_others(db.session(), actor, [row.reference for row in shown.rows], at),
        live=address(
            asked,
            "desk.queue_news",
            since=at.isoformat(),
            shown=",".join(f"{row.reference}.{row.version}" for row in shown.rows),
        ),
    )


@bp.post("/search")
@requires(Permission.READ_CASES)
def search() -> Response | str:
    """Take what was typed. A POST, so that a name never stands readable in an address, a log or a history."""
    actor, form = current_actor(), SearchForm()
    typed = form.q.data or ""
    if not form.validate_on_submit() or not typed.strip():
        return search_page((), typed, first_fault(form))
    session = db.session()
    return redirect(url_for("desk.results", phrase=seal_phrase(session, staff_id(actor), typed, now())), 303)


@bp.get("/search/<phrase>")
@requires(Permission.READ_CASES)
def results(phrase: str) -> str:
    """The cases found: an address of its own, to come back to from a case."""
    actor, session = current_actor(), db.session()
    typed = open_phrase(session, staff_id(actor), phrase, now())
    if typed is None:
        return search_page((), "", _("This search is over. Type it once more."))
    rows = found(session, actor.programs_with(Permission.READ_CASES), query_terms(typed))
    trail(actor, Action.SEARCHED, {"typed": typed, "cases": [str(row.id) for row in rows]})
    return search_page(rows, typed, None if rows else nothing_words(typed))


def nothing_words(typed: str) -> str | None:
    """Why a phrase could not find anything, where its shape says so."""
    if is_mistyped(typed):
        return _("This reference has a typing mistake: look again.")
    if len(phone_digits(typed)) == LOCAL_NUMBER and not any(letter.isalpha() for letter in typed):
        return _("No case found. Type a phone number with its area code.")
    return None


@bp.get("/search")
@requires(Permission.READ_CASES)
def no_search() -> Response:
    """The address of the form alone says nothing."""
    return redirect(url_for("desk.queue"), 303)


def search_page(rows: Sequence[AnyRow], typed: str, fault: str | None) -> str:
    """What was found, or what is wrong."""
    actor, at, session, zone = current_actor(), now(), db.session(), hospital().zone
    people = {person.id: person.name for person in workers_of(session, actor.programs_with(Permission.READ_CASES))}
    lines, _total = rail_view(session, actor, at, zone, None, None)
    return render_template(
        "desk/search.html", rows=rows_view(rows, people, at, zone), rail=lines, typed=typed, fault=fault
    )


def staff_id(actor: Actor) -> UUID:
    """Who is signed in."""
    if actor.id is None:
        raise NotAllowed
    return actor.id


def snoozed_words(session: Session, programs: Sequence[str], filters: Filters) -> str:
    """How many of a list are put aside, for the line that opens to them; empty for none, and on that page itself."""
    if filters.snoozed:
        return ""
    count = counts(session, programs, {TOTAL: replace(filters, snoozed=True)}).get(TOTAL, 0)
    return _("%(count)s snoozed", count=count_words(count)) if count else ""


def address(asked: Mapping[str, str], endpoint: str = "desk.queue", **more: str) -> str:
    """The queue, or what belongs to it, with these filters."""
    values: dict[str, Any] = {**asked, **more}
    return url_for(endpoint, **values)


def trail(actor: Actor, action: Action, detail: Mapping[str, Any]) -> None:
    """One durable row for a list, with the sealed ids that it showed."""
    with transaction() as session:
        audit(session, actor, action, subject_kind="list", detail=detail)


def rail_view(
    session: Session, actor: Actor, at: datetime, zone: ZoneInfo, current: str | None, filters: Filters | None
) -> tuple[tuple[RailView, ...], str]:
    """The views at the left with their counts, and the count of the list that is shown."""
    programs = actor.programs_with(Permission.READ_CASES)
    wanted = {
        name: view.filters(actor, at, end_of_day(at, zone))
        for name, view in VIEWS.items()
        if actor.may(view.permission)
    }
    if filters is not None:
        wanted[TOTAL] = filters
    counted = counts(session, programs, wanted)
    tasks = count_of_person(session, actor) if actor.may(Permission.WORK_CASES) else None
    return rail(counted, tasks, current), count_words(counted.get(TOTAL, 0))
