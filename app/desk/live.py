"""What an open page asks by itself every few seconds: what changed since it was read.

The answers hold nothing about a family, since asking is not put on the trail: who changed what kind of thing, and when.
"""

from __future__ import annotations

import uuid
from collections.abc import Sequence
from datetime import datetime
from zoneinfo import ZoneInfo

from flask import jsonify, request
from flask_babel import gettext as _
from flask_babel import ngettext
from sqlalchemy.orm import Session
from werkzeug.wrappers import Response

from app.accounts.sessions import does_not_extend
from app.cases.domain import Status
from app.cases.models import Case
from app.cases.models_work import Event
from app.cases.news import changed_rows, events_since
from app.cases.presence import Doing, hold, let_go
from app.cases.queue import PAGE
from app.cases.story import names_of
from app.core.actor import Permission
from app.core.clock import now
from app.core.database import db, transaction
from app.core.reference import parse_reference
from app.core.sealing import ring
from app.desk.at_work import case_others, row_others
from app.desk.case_routes import find
from app.desk.filters import asked_for, read_filters, standard_view
from app.desk.presenters import hour
from app.desk.routes import staff_id
from app.desk.timeline import page_words, promise_words
from app.desk.urgency_routes import bp as bp  # noqa: PLC0414  joined by the factory from here
from app.desk.views import count_words
from app.desk.words import STATUS_WORDS
from app.programs.service import hospital
from app.web.access import current_actor, requires

MOST_LINES, MOST_ROWS = 3, PAGE
FIRST = uuid.UUID(int=0)


@bp.get("/cases/<reference>/news")
@does_not_extend
@requires(Permission.READ_CASES)
def case_news(reference: str) -> Response:
    """What was done to a case since the version on a page. 304 while that stays the same."""
    return case_answer(find(db.session(), reference, Permission.READ_CASES))


@bp.post("/cases/<reference>/presence")
@does_not_extend
@requires(Permission.WORK_CASES)
def presence(reference: str) -> Response:
    """Begin or go on writing or calling, or (nothing named) end it; answers what is new, so that nobody acts on old news."""
    found = find(db.session(), reference, Permission.WORK_CASES)
    staff, doing = staff_id(current_actor()), request.form.get("doing", "")
    with transaction() as session:
        if doing in set(Doing):
            hold(session, found.id, staff, Doing(doing), now())
        else:
            let_go(session, found.id, staff, tuple(Doing))
    return case_answer(find(db.session(), reference, Permission.WORK_CASES))


@bp.get("/news")
@does_not_extend
@requires(Permission.READ_CASES)
def queue_news() -> Response:
    """How many rows came to a list or changed in it since the instant of a page."""
    actor, at, zone = current_actor(), now(), hospital().zone
    asked = asked_for(request.args)
    filters = read_filters(asked, standard_view(asked), actor, at, zone)
    since = instant_of(request.args.get("since", "")) or at
    programs = actor.programs_with(Permission.READ_CASES)
    shown = shown_rows(request.args.get("shown", ""))
    count = changed_rows(db.session(), programs, filters, since, shown)
    says = _("%(count)s new or changed.", count=count_words(count)) if count else ""
    return answer(says=says, rows=row_others(db.session(), actor, shown, at))


def case_answer(case: Case) -> Response:
    """What changed since the version on the page, and who else is at the case."""
    session, given = db.session(), request.args
    return answer(
        says=case_words(session, case, given.get("seen", 0, int), line_id(given.get("after", "")), hospital().zone),
        others=case_others(session, current_actor(), case.reference, now()),
    )


def answer(**said: object) -> Response:
    """As JSON with an ETag of its content."""
    response = jsonify(said)
    response.add_etag()
    return response.make_conditional(request)


def case_words(session: Session, case: Case, seen: int, after: uuid.UUID, zone: ZoneInfo) -> str:
    """What changed, one sentence each, nothing while the version is the one on the page."""
    if case.version == seen:
        return ""
    events = events_since(session, case.id, after)
    people = names_of(session, {event.actor_id for event in events})
    newest = events[-MOST_LINES:]
    said = [sentence(session, event, people.get(event.actor_id or FIRST), hour(event.at, zone)) for event in newest]
    more = len(events) - len(newest)
    if more:
        said.append(ngettext("%(num)s more change.", "%(num)s more changes.", more))
    return " ".join(said) or _("This case changed.")


def sentence(session: Session, event: Event, who: str | None, when: str) -> str:
    """One change in words."""
    words = {"who": who or _("Somebody"), "when": when}
    if event.kind.startswith(("page_", "promise_")):
        worded = page_words if event.kind.startswith("page_") else promise_words
        said = worded(event.kind, event.old_value or "", event.new_value or "")
        return _("%(said)s, at %(when)s.", said=said, when=when)
    if event.kind in {"status", "undone", "reopened"}:
        words |= {"old": str(STATUS_WORDS[Status(event.old_value or "")]), "new": str(STATUS_WORDS[Status(event.new_value or "")])}  # fmt: skip
    if event.kind == "reopened":
        return _("Something came from the sender at %(when)s: open again, %(old)s → %(new)s.", **words)
    if event.kind == "changed_after_sending":
        which = corrected_words(session, event)
        if which:
            return _("The sender changed answers at %(when)s: %(which)s.", which=", ".join(which), **words)
        return _("The sender changed answers at %(when)s.", **words)
    plain = {
        "status": _("%(who)s changed the status at %(when)s: %(old)s → %(new)s."),
        "undone": _("%(who)s took a step back at %(when)s: %(old)s → %(new)s."),
        "assigned": _("%(who)s changed who has the case at %(when)s."),
        "contact_logged": _("%(who)s logged a call or a message at %(when)s."),
        "handed_over": _("%(who)s handed the case over to another program at %(when)s."),
        "message_received": _("A new message came at %(when)s."),
        "message_sent": _("%(who)s sent a message at %(when)s."),
        "message_failed": _("A message could not be delivered at %(when)s."),
        "message_translated": _("%(who)s translated a message at %(when)s."),
        "messages_read": _("Messages were opened at %(when)s."),
        "no_answer_needed": _("%(who)s said at %(when)s that no answer is needed."),
        "contact_stopped": _("Do not contact any more, says %(who)s at %(when)s."),
        "death_told": _("The child may have died, says %(who)s at %(when)s: do not call before that is sure."),
        "contact_held": _("Letters wait since %(when)s: the child may have died."),
        "snoozed": _("%(who)s snoozed the case at %(when)s."),
        "snooze_ended": _("The case is not snoozed any more, since %(when)s."),
        "snooze_over": _("The case came back from a snooze at %(when)s."),
        "task_added": _("%(who)s gave somebody a task at %(when)s."),
        "task_done": _("%(who)s did a task at %(when)s."),
        "note_added": _("%(who)s wrote a note at %(when)s."),
        "inquiry_received": _("A new inquiry came at %(when)s."),
        "referral_received": _("A new referral came at %(when)s."),
    }
    return str(plain.get(event.kind, _("%(who)s changed this case at %(when)s."))) % words


def corrected_words(session: Session, event: Event) -> Sequence[str]:
    """Which kinds of answers a correction replaced, without the answers themselves."""
    if event.key_id is None or event.detail is None:
        return ()
    detail = ring().load(session, event.key_id).unseal_json(event.detail, ("event", "detail", event.id))
    names = {name for place in detail.get("was", {}).values() for name in place}
    kinds = (
        (_("name"), {"given_name", "family_name", "preferred_name"}),
        (_("birth date"), {"birth_date"}),
        (_("phone"), {"phone", "back_line_phone"}),
        (_("email"), {"email"}),
        (_("language"), {"language_spoken", "language_read", "interpreter"}),
        (_("what to mind before a call"), {"best_time", "time_zone", "ok_voicemail", "phone_or_mailbox_shared", "knows_of_referral", "reply_by", "address_confidential"}),
    )  # fmt: skip
    return [str(words) for words, which in kinds if names & which]


def line_id(text: str) -> uuid.UUID:
    """The newest line of a page; rubbish means none."""
    try:
        return uuid.UUID(text)
    except ValueError:
        return FIRST


def instant_of(text: str) -> datetime | None:
    """When a page was read; None for what is no instant of our time."""
    try:
        found = datetime.fromisoformat(text)
    except ValueError:
        return None
    return found if found.tzinfo and 2000 <= found.year < 9999 else None


def shown_rows(text: str) -> dict[str, int]:
    """References and versions of the rows of a page, as its template joined them."""
    found = {}
    for one in text.split(",")[:MOST_ROWS]:
        reference, _dot, version = one.partition(".")
        canonical = parse_reference(reference)
        if canonical and version.isdecimal() and len(version) < 10:
            found[canonical] = int(version)
    return found
