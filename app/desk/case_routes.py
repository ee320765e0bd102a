"""The case page and the acts on it. A refused act gives the page back with what was typed in it."""

from __future__ import annotations

import uuid
from collections.abc import Callable, Mapping
from dataclasses import dataclass
from datetime import datetime
from typing import cast
from zoneinfo import ZoneInfo

from flask import Flask, flash, redirect, render_template, request, url_for
from flask_babel import gettext as _
from flask_wtf import FlaskForm
from sqlalchemy.orm import Session
from werkzeug.wrappers import Response

from app.accounts.absence import away_now
from app.accounts.queries import workers_of
from app.audit.domain import Action
from app.audit.service import record as audit
from app.cases import acts
from app.cases.checklist import items_of
from app.cases.decision import AGAINST
from app.cases.domain import Status
from app.cases.events import newest_of, part
from app.cases.handover import hand_over
from app.cases.models import Case
from app.cases.paging import unanswered
from app.cases.presence import Doing, let_go
from app.cases.record_number import same_number
from app.cases.search import may_be_same_child
from app.cases.story import Story, find_case, story
from app.cases.tasks import tasks_of_case
from app.cases.transitions import allowed, permission_for
from app.cases.undo import undo as take_back
from app.core.actor import Actor, Permission
from app.core.clock import now
from app.core.database import db, transaction
from app.core.errors import Conflict, NotFound, Refused
from app.core.reference import parse_reference
from app.desk.at_work import live_view
from app.desk.came_words import came_view
from app.desk.case_view import case_view, people_choices, same_view
from app.desk.forms import (
    AssignForm,
    HandOverForm,
    LookedForm,
    NoteForm,
    StatusForm,
    UndoForm,
    first_fault,
)
from app.desk.lists import after_place, back_to, carried, filters_of, place_of
from app.desk.message_view import threads
from app.desk.presenters import alarm_views
from app.desk.records_words import card_view
from app.desk.routes import bp as bp  # noqa: PLC0414  joined by the factory from here, acts and all
from app.desk.routes import rail_view
from app.desk.snooze_view import aside_view
from app.desk.stop_view import stop_view
from app.desk.task_view import task_card
from app.desk.timeline import Line, line_of, program_names, timeline_view
from app.desk.typed_words import id_of, register
from app.desk.undo_view import undo_view
from app.desk.words import STATUS_WORDS, URGENCY_WORDS
from app.programs.service import hospital
from app.records.listing import newest_files
from app.web.access import current_actor, requires

STOPPING = ("stop", "died", "lift", "release")  # the acts of `contact_routes`

bp.record_once(lambda state: register(cast("Flask", state.app)))


@dataclass(frozen=True, slots=True)
class Open:
    """An act that was refused: its form stays open with what was typed."""

    act: str
    message: str
    form: FlaskForm
    field: str | None = None
    conflict: Conflict | None = None


def find(session: Session, reference: str, permission: Permission) -> Case:
    """The case, if the reader may see it. Raises NotFound for every other reference alike."""
    canonical = parse_reference(reference)
    case = find_case(session, current_actor().programs_with(permission), canonical) if canonical else None
    if case is None:
        raise NotFound
    return case


@bp.get("/cases/<reference>")
@requires(Permission.READ_CASES)
def case(reference: str) -> str:
    """Everything about one case; the view itself is put on the trail first."""
    return case_page(reference, None)


def case_page(reference: str, opened: Open | None) -> str:
    """Print a case, with a refused act's form open."""
    actor, at, session = current_actor(), now(), db.session()
    found = find(session, reference, Permission.READ_CASES)
    same = may_be_same_child(session, actor.programs_with(Permission.READ_CASES), found.id)
    with transaction() as writing:
        audit(
            writing, actor, Action.CASE_VIEWED, subject_kind="case", subject_id=found.id, program=found.program,
            detail={"same": [str(one.case_id) for one in same]} if same else None,
        )  # fmt: skip
    session = db.session()
    found = session.get_one(Case, found.id)
    zone = hospital().zone
    people = {person.id: person.name for person in workers_of(session, (found.program,))}
    lines, _total = rail_view(session, actor, at, zone, None, None)
    opened_story = story(session, found)
    meanwhile = conflict_words(session, opened, opened_story, people, at, zone) if opened and opened.conflict else ()
    listed = carried()
    return render_template(
        "desk/case.html", listed=listed, back=back_to(listed, found.reference) if listed else "", view=case_view(opened_story, at, zone), meanwhile=meanwhile, rail=lines, opened=opened,
        same=[same_view(one, at.astimezone(zone).date()) for one in same],
        targets=targets(found, actor), people=people_choices(people, away_now(session, at), zone), works=actor.may(Permission.WORK_CASES, found.program),
        alarms=alarm_views(unanswered(session, (found.program,), at, found.id), at),
        **live_view(session, actor, found, newest_of(session, found.id) or "", at),
        same_number=same_number(session, actor, opened_story.case, opened_story.child),
        may_decline=found.status == Status.IN_REVIEW and actor.may(Permission.REVIEW_CASES, found.program),
        may_look=actor.may(acts.change_permission(found), found.program),
        stops=stop_view(session, actor, found, same, at.astimezone(zone).date()),
        files=newest_files(session, found.id), came=came_view(session, found), undo=undo_view(session, actor, at),
        checklist=card_view(items_of(session, found.id)),
        aside=aside_view(found, at, zone),
        tasks=task_card(tasks_of_case(session, found.id), opened_story, people, actor, at, zone),
        timeline=timeline_view(session, opened_story, request.args.get("show", ""), request.args.get("before", type=uuid.UUID), at, zone),
        threads=threads(session, opened_story, at, zone),
    )  # fmt: skip


def conflict_words(
    session: Session, opened: Open, case_story: Story, people: Mapping[uuid.UUID, str], at: datetime, zone: ZoneInfo
) -> tuple[str, ...]:
    """What somebody else did, who and when; and what this reader chose, which is not done."""
    mine = opened.conflict.mine if opened.conflict else ""
    stopping = {"contact_stopped", "contact_allowed", "hold_ended", "death_told", "status"}
    kinds = {"snooze": {"snoozed", "snooze_ended", "snooze_over"}, "status": {"status", "undone"}, "decline": {"status", "undone"}, "urgency": {"urgency", "changed_after_sending"}, "handover": {"handed_over"}, "looked": {"change_seen", "changed_after_sending"},
             **dict.fromkeys(STOPPING, stopping)}  # fmt: skip
    done = part(session, case_story.case.id, kinds=kinds.get(opened.act, {"assigned"}), most=1)
    found = [said_once(line_of(event, case_story, done.people, at, zone)) for event in done.events]
    if opened.act in {"snooze", "looked", *STOPPING}:
        return tuple(found)
    names = {str(key): name for key, name in people.items()} | {str(code): str(STATUS_WORDS[code]) for code in Status}
    names |= program_names() | {str(code): str(words) for code, words in URGENCY_WORDS.items()}
    return (*found, _("You chose: %(value)s.", value=names.get(mine) or _("Nobody: back to the queue")))


def said_once(line: Line) -> str:
    """A line of the timeline as one sentence."""
    by = _("%(name)s, %(when)s", name=line.by, when=line.at) if line.by else line.at
    return f"{by}: {line.text}."


def targets(found: Case, actor: Actor) -> list[tuple[str, str]]:
    """Where this reader may move the case."""
    status = Status(found.status)
    before = Status(found.status_before) if found.status_before else None
    possible = allowed(status, before)
    return [
        (str(to), str(STATUS_WORDS[to]))
        for to in Status
        if to in possible
        and Status.DECEASED not in {status, to}
        and to is not AGAINST
        and actor.may(permission_for(status, to), found.program)
    ]


def act_on(
    reference: str, name: str, form: FlaskForm, do: Callable[[Session, uuid.UUID], uuid.UUID | None],
    onward: Callable[[uuid.UUID | None], str] | None = None,
) -> Response | tuple[str, int]:  # fmt: skip
    """Do an act in one transaction, or give the page back with its form open.

    An act that can be undone returns its line of the timeline, which the next page offers to take back.
    """
    found_id = find(db.session(), reference, Permission.WORK_CASES).id
    if not form.validate_on_submit():
        words = first_fault(form) or _("Try once more.")
        return case_page(reference, Open(name, words, form, next(iter(form.errors), None))), 422
    try:
        with transaction() as session:
            done = do(session, found_id)
            let_go(session, found_id, current_actor().id, tuple(Doing) if name == "contact" else (Doing.EDITING,))
    except Conflict as fault:
        return case_page(reference, Open(name, fault.message, form, conflict=fault)), 409
    except Refused as fault:
        return case_page(reference, Open(name, fault.message, form, fault.field)), 422
    if onward:
        return redirect(onward(done), 303)
    return redirect(url_for("desk.case", reference=reference, list=carried() or None, done=done), 303)


@bp.post("/cases/<reference>/claim")
@requires(Permission.WORK_CASES)
def claim(reference: str) -> Response | tuple[str, int]:
    """Take a case that nobody has."""
    actor, at = current_actor(), now()
    return act_on(reference, "claim", FlaskForm(), lambda session, found: acts.claim(session, found, actor, at))


@bp.post("/cases/<reference>/assign")
@requires(Permission.WORK_CASES)
def assign(reference: str) -> Response | tuple[str, int]:
    """Give a case to somebody, or back to the queue."""
    actor, at, form = current_actor(), now(), AssignForm()
    return act_on(
        reference, "assign", form,
        lambda session, found: acts.assign(
            session, found, actor, at, seen=id_or_none(form.seen.data), assignee_id=id_or_none(form.assignee.data)
        ),
    )  # fmt: skip


@bp.post("/cases/<reference>/status")
@requires(Permission.WORK_CASES)
def status(reference: str) -> Response | tuple[str, int]:
    """Move a case along the table of transitions."""
    actor, at, form = current_actor(), now(), StatusForm()

    def do(session: Session, found: uuid.UUID) -> uuid.UUID:
        return acts.change_status(
            session, found, actor, at, seen=form.seen.data or "", to=status_of(form.to.data),
            reason=form.reason.data or "",
        )  # fmt: skip

    listed, found = carried(), find(db.session(), reference, Permission.WORK_CASES)
    place = place_of(found, filters_of(listed, actor, at))

    def following(done: uuid.UUID | None) -> str:
        return after_place(db.session(), listed, place, actor, at, done)

    return act_on(reference, "status", form, do, following if listed and form.then.data == "next" else None)


@bp.post("/cases/<reference>/undo")
@requires(Permission.WORK_CASES)
def undo(reference: str) -> Response | tuple[str, int]:
    """Take back a step that was just done on this case, whichever case is on the page."""
    actor, at, form = current_actor(), now(), UndoForm()
    return act_on(
        reference, "undo", form,
        lambda session, found: take_back(session, found, actor, at, event_id=id_of(form.done.data or "")),
    )  # fmt: skip


@bp.post("/cases/<reference>/handover")
@requires(Permission.WORK_CASES)
def handover(reference: str) -> Response | tuple[str, int]:
    """Give a case to another program; where its giver has no role, it is not theirs to read any more."""
    actor, at, form = current_actor(), now(), HandOverForm()
    to = form.to.data or ""
    answer = act_on(
        reference, "handover", form,
        lambda session, found: hand_over(
            session, found, actor, at, seen=form.seen.data or "", to=to, reason=form.reason.data or ""
        ),
    )  # fmt: skip
    if isinstance(answer, tuple) or actor.may(Permission.READ_CASES, to):
        return answer
    flash(
        _("Case %(reference)s is handed over to %(program)s, where you have no role: it has left your desk.",
          reference=parse_reference(reference), program=program_names()[to])
    )  # fmt: skip
    return redirect(url_for("desk.queue"), 303)


@bp.post("/cases/<reference>/looked")
@requires(Permission.WORK_CASES)
def looked(reference: str) -> Response | tuple[str, int]:
    """Say that the sender's change was looked at."""
    actor, at, form = current_actor(), now(), LookedForm()
    return act_on(
        reference, "looked", form,
        lambda session, found: acts.look_at_change(session, found, actor, at, seen=form.seen.data or ""),
    )  # fmt: skip


@bp.post("/cases/<reference>/note")
@requires(Permission.WORK_CASES)
def note(reference: str) -> Response | tuple[str, int]:
    """Add an internal note."""
    actor, at, form = current_actor(), now(), NoteForm()
    return act_on(
        reference, "note", form,
        lambda session, found: acts.add_note(session, found, actor, at, form.body.data or ""),
    )  # fmt: skip


@bp.get("/cases/<reference>/<act>")
@requires(Permission.READ_CASES)
def acted(reference: str, act: str) -> Response:
    """An act's address opened anew (a reload, a history): the case itself."""
    del act
    canonical = parse_reference(reference)
    if canonical is None:
        raise NotFound
    return redirect(url_for("desk.case", reference=canonical), 303)


def id_or_none(text: str | None) -> uuid.UUID | None:
    """A person's or party's id; nothing for nothing. Raises Refused for anything else."""
    if not text:
        return None
    try:
        return uuid.UUID(text)
    except ValueError:
        raise Refused(_("Choose from the list."), "assignee") from None


def status_of(text: str | None) -> Status:
    """A status by its code. Raises Refused."""
    try:
        return Status(text or "")
    except ValueError:
        raise Refused(_("Choose where the case goes."), "to") from None
