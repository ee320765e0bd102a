"""Messages on a private page, behind a one-time code or four words. A GET shows, and uses nothing up."""

from __future__ import annotations

import uuid
from dataclasses import dataclass
from unicodedata import category

from flask import make_response, redirect, render_template, request, url_for
from flask_babel import gettext as _
from sqlalchemy import Row
from werkzeug.wrappers import Response

from app.audit.domain import Action
from app.audit.service import record as audit
from app.cases.codes import new_code, use_code, use_words
from app.cases.events import PART
from app.cases.links import secret_of
from app.cases.messages import LONGEST, messages_of, opened_by, receive_message
from app.cases.models import Case, Link, Party, Submission
from app.cases.story import names_of
from app.core.actor import PUBLIC
from app.core.clock import now
from app.core.database import db, transaction
from app.core.jobs import enqueue, job_row
from app.core.reference import parse_reference
from app.follow.opened import is_open, keep_open
from app.follow.presenters import line_views
from app.follow.routes import bp as bp  # noqa: PLC0414  joined by the factory from here
from app.follow.routes import is_mourned, is_quiet, link_of, quiet_page
from app.programs.addresses import show_phone_of
from app.programs.service import hospital
from app.web.access import public
from app.web.fields import BROKEN, UNREADABLE_LINES
from app.web.i18n import tag
from app.web.limits import address, may_post

Found = Row[Link, Submission, Party]
LONGEST_TYPED = 200


@dataclass(frozen=True, slots=True)
class Typed:
    """What was typed and is given back, and what was wrong with it."""

    text: str = ""
    fault: str = ""


NOTHING = Typed()


@bp.get("/<secret>/messages")
@public
def messages(secret: str) -> Response:
    """The messages where a code was typed; else the way to one."""
    return page(secret, link_of(secret), NOTHING)


def page(secret: str, found: Found, typed: Typed, status: int = 200, *, opened: bool | None = None) -> Response:
    """What this browser may see of it."""
    link, session, case = found.Link, db.session(), case_of(found)
    show_phone_of(case.program)
    opened = is_open(link) if opened is None else opened
    if is_mourned(case) or (is_quiet(case) and not opened):  # no code is mailed then: the phone is the way
        return make_response(quiet_page(found, case, sent="sent" in request.args, unsent=typed.text), status)
    if not opened:
        asked = "asked" in request.args or request.endpoint in {"follow.ask_code", "follow.open_by_code"}
        return make_response(render_template("follow/code.html", secret=secret, typed=typed, asked=asked), status)
    before = request.args.get("before", type=uuid.UUID)
    shown = messages_of(session, found.Party.id, before=before, most=PART + 1)
    earlier = shown[1].row.id if len(shown) > PART else None
    people = names_of(session, {one.row.author_id for one in shown})
    with transaction() as writing:
        audit(writing, PUBLIC, Action.MESSAGES_VIEWED, subject_kind="link", subject_id=link.id, program=case.program)
    lines = line_views(shown[-PART:], people, hospital().zone)
    answer = make_response(
        render_template(
            "follow/messages.html",
            secret=secret,
            typed=typed,
            lines=lines,
            earlier=earlier,
            later=before is not None,
            sent="sent" in request.args,
        ),
        status,
    )
    return keep_open(answer, link, secret)


def case_of(found: Found) -> Case:
    """The case of a link."""
    return db.session().get_one(Case, found.Link.case_id)


@bp.post("/<secret>/code")
@public
def ask_code(secret: str) -> Response:
    """Mail a code to the address that is known. The answer is the same whether there is one, or too many were asked for."""
    found, text = link_of(secret), request.form.get("text", "")
    if is_quiet(case_of(found)):
        return page(secret, found, Typed(text), opened=False)
    with transaction() as session:
        number = new_code(session, found.Link.id, now())
        if number is not None:
            enqueue(session, [job_row(
                session, "send_code", dedupe_key=f"send_code:{found.Link.id}:{found.Link.issue}:{number}", at=now(),
                subject_id=found.Link.id, case_id=found.Link.case_id,
            )])  # fmt: skip
        audit(session, PUBLIC, Action.CODE_ASKED, subject_kind="link", subject_id=found.Link.id)
    if text:  # what was written on a page that had closed meanwhile waits in the form
        return page(secret, found, Typed(text), opened=False)
    return redirect(url_for("follow.messages", secret=secret, asked=1), 303)


@bp.post("/<secret>/open")
@public
def open_by_code(secret: str) -> Response:
    """Open the page with the digits, once. Every other try has one answer."""
    found, at = link_of(secret), now()
    typed, text = request.form.get("code", "")[:LONGEST_TYPED], request.form.get("text", "")
    if is_mourned(case_of(found)):
        return page(secret, found, Typed(text))
    with transaction() as session:
        link = session.get_one(Link, found.Link.id)
        right = use_code(session, link, typed, address(), at)
        note_try(link, right=right)
    if not right:
        return page(secret, found, Typed(text, wrong_words()), 422, opened=False)
    if text:
        return page(secret, found, Typed(text), opened=True)
    return keep_open(redirect(url_for("follow.messages", secret=secret), 303), found.Link, secret)


def note_try(link: Link, *, right: bool) -> None:
    """On the trail; on the case, when it was opened."""
    session = db.session()
    audit(
        session, PUBLIC, Action.CODE_ACCEPTED if right else Action.CODE_REFUSED, subject_kind="link", subject_id=link.id,
        outcome="ok" if right else "refused",
    )  # fmt: skip
    if right and not is_mourned(session.get_one(Case, link.case_id)):  # who is shown nothing has read nothing
        opened_by(session, link.case_id, link.party_id, now())


@bp.post("/<secret>/messages")
@public
def write(secret: str) -> Response:
    """Send a message: kept whatever stands on the page. What was typed on one that has closed waits for a code."""
    found, text = link_of(secret), request.form.get("text", "")
    if not is_open(found.Link):
        return page(secret, found, Typed(text), 403)
    fault = fault_of(text)
    if not fault and not may_post(secret):
        fault = _("Many messages came just now. Wait a few minutes and try again, or call us.")
    if fault:
        return page(secret, found, Typed(text, fault), 422)
    with transaction() as session:
        receive_message(session, found.Link.case_id, found.Party.id, text, tag(), now())
    return keep_open(redirect(url_for("follow.messages", secret=secret, sent=1), 303), found.Link, secret)


def fault_of(text: str) -> str:
    """What must be mended before a message is kept."""
    if all(category(letter)[0] in "CZ" for letter in text):  # spaces, and marks that show nothing
        return _("Write something first.")
    if len(text) > LONGEST:
        return _("This is longer than %(most)s letters. Shorten it, or send it in two parts.", most=LONGEST)
    return str(BROKEN) if UNREADABLE_LINES.search(text) else ""


@bp.get("/<secret>/code")
@bp.get("/<secret>/open")
@public
def no_code(secret: str) -> Response:
    """The address of a form, opened anew: the page that it stands on."""
    link_of(secret)
    return redirect(url_for("follow.messages", secret=secret), 303)


@bp.get("")
@public
def enter() -> str:
    """For who has no link at hand: the reference, and the four words that we read out."""
    return render_template("follow/enter.html", reference="", fault="")


@bp.post("")
@public
def enter_by_words() -> Response:
    """Open a page with reference and words. Every try that fails has one answer."""
    reference, typed = request.form.get("reference", "")[:LONGEST_TYPED], request.form.get("words", "")[:LONGEST_TYPED]
    with transaction() as session:
        link = use_words(session, parse_reference(reference) or "", typed, address(), now())
        if link is None:
            audit(session, PUBLIC, Action.CODE_REFUSED, subject_kind="link", outcome="refused")
        else:
            note_try(link, right=True)
            secret = secret_of(session, link.id, link.issue)
    if link is None:
        return make_response(render_template("follow/enter.html", reference=reference, fault=wrong_entry_words()), 422)
    return keep_open(redirect(url_for("follow.messages", secret=secret), 303), link, secret)


def wrong_words() -> str:
    """The one answer to every try that does not open the page."""
    return _("That code did not fit, or it is too old. Ask for a new one, or call us.")


def wrong_entry_words() -> str:
    """The same for reference and words."""
    return _("Reference and words did not fit together. Look again, wait an hour after many tries, or call us.")
