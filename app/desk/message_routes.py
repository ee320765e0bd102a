"""Messages to one party: write, see exactly what they will see, send. Never on the page where notes are written."""

from __future__ import annotations

import hashlib
import uuid
from collections.abc import Callable, Mapping
from dataclasses import dataclass
from typing import Any, cast

from flask import Flask, redirect, render_template, request, url_for
from flask_babel import gettext as _
from flask_wtf import FlaskForm
from sqlalchemy.orm import Session
from werkzeug.wrappers import Response
from wtforms import BooleanField, StringField, TextAreaField
from wtforms.validators import Length

from app.accounts.presenters import TYPED_WORDS, TypedWords
from app.audit.domain import Action
from app.audit.service import record as audit
from app.cases import messages
from app.cases.codes import forgive, words_of
from app.cases.events import PART, newest_of
from app.cases.messages import STAFF_LANGUAGE, Translation, Words, language_of, staff_read, why_not
from app.cases.models import Case, Party, Submission
from app.cases.story import story
from app.codes.languages import name_of
from app.codes.return_words import spoken
from app.core.actor import Actor, Permission
from app.core.clock import now
from app.core.database import db, transaction
from app.core.errors import NotFound, Refused
from app.desk.at_work import live_view
from app.desk.case_routes import find, id_or_none
from app.desk.case_view import case_view
from app.desk.forms import first_fault, readable
from app.desk.message_view import authors, thread
from app.desk.paged_routes import bp as bp  # noqa: PLC0414  joined by the factory from here
from app.desk.routes import rail_view
from app.programs.service import hospital
from app.programs.templates import templates_in
from app.web.access import current_actor, requires

bp.record_once(lambda state: register(cast("Flask", state.app)))


class MessageForm(FlaskForm):
    """Everything that is typed about a party's messages; `act` says what is done with it."""

    act = StringField()
    template = StringField()
    text = TextAreaField(validators=[readable, Length(max=messages.LONGEST)])
    translation = TextAreaField(validators=[readable, Length(max=messages.LONGEST)])
    translated_by = StringField(validators=[Length(max=100)])
    qualified = BooleanField()
    message = StringField()
    seen = StringField()
    shown = StringField()


@dataclass(frozen=True, slots=True)
class Shown:
    """What the page shows beside the thread: a fault, a preview with its mark, or the return words."""

    fault: str = ""
    field: str | None = None
    preview: str = ""
    mark: str = ""
    words: tuple[str, ...] = ()


PLAIN = Shown()


def register(app: Flask) -> None:
    """Say how this form is worded where a session ends."""
    app.extensions[TYPED_WORDS]["desk.write"] = typed_words


def typed_words(_actor: Actor, arguments: Mapping[str, Any], _fields: Mapping[str, str]) -> TypedWords:
    """What was being written, for the page after the next sign-in."""
    labels = {
        "text": _("Message"), "translation": _("Translation"), "translated_by": _("Translated by"),
        "qualified": _("A qualified translator"),
    }  # fmt: skip
    title = _("message about case %(reference)s: it is sent by a second press", reference=arguments["reference"])
    return TypedWords(title, labels, {"qualified": _("Yes")})


def party_at(session: Session, case: Case, party_id: uuid.UUID) -> Party:
    """Whom the address names."""
    return messages.party_of(session, case.id, party_id)


@bp.get("/cases/<reference>/messages/<uuid:party_id>")
@requires(Permission.READ_CASES)
def thread_page(reference: str, party_id: uuid.UUID) -> str:
    """What one party and the staff wrote to each other; the view is put on the trail first."""
    case = find(db.session(), reference, Permission.READ_CASES)
    return page(case, party_id, MessageForm(formdata=None), PLAIN)


def page(case: Case, party_id: uuid.UUID, form: MessageForm, shown: Shown) -> str:
    """The thread with its composer."""
    actor, at, zone, session = current_actor(), now(), hospital().zone, db.session()
    party_at(session, case, party_id)
    with transaction() as writing:
        audit(writing, actor, Action.MESSAGES_VIEWED, subject_kind="case", subject_id=case.id, program=case.program)
    session = db.session()
    case = session.get_one(Case, case.id)
    opened = story(session, case)
    party = next(one for one in opened.parties if one.row.id == party_id)
    language = language_of(party.row)
    lines, _total = rail_view(session, actor, at, zone, None, None)
    works = actor.may(Permission.WORK_CASES, case.program)
    before = request.args.get("before", type=uuid.UUID)
    mine = messages.messages_of(session, party_id, before=before, most=PART + 1)
    counted = messages.tallies(session, case.id).get(party_id, (0, 0))
    live = live_view(session, actor, case, newest_of(session, case.id) or "", at) if not shown.preview else {}
    return render_template(
        "desk/thread.html", view=case_view(opened, at, zone), rail=lines, form=form, shown=shown, works=works,
        thread=thread(party, mine[-PART:], counted, authors(session, mine), at, zone), earlier=mine[1].row.id if len(mine) > PART else None, later=before is not None,
        why_not=why_not(session, case, party.row), reads=staff_read(session, actor.id, language),
        in_staff_language=language == STAFF_LANGUAGE,
        templates=templates_of(case, language), **live,
    )  # fmt: skip


def templates_of(case: Case, language: str) -> list[tuple[str, str]]:
    """To choose from."""
    known = templates_in(language, program=case.program, reference=case.reference)
    return [("", _("Own words")), *((code, one.title) for code, one in known.items())]


def composed(session: Session, case: Case, party: Party, form: MessageForm, actor: Actor) -> Words:
    """What the form says, as it would be sent. Raises Refused."""
    language = language_of(party)
    if form.template.data:
        known = templates_in(language, program=case.program, reference=case.reference).get(form.template.data)
        if (form.text.data or "").strip() or (form.translation.data or "").strip():
            raise Refused(_("Choose a template or write your own words, not both."), "template")
        if known is None:
            raise Refused(_("This template is not there in %(language)s.", language=name_of(language)), "template")
        words = Words(known.body, language, form.template.data)
    elif staff_read(session, actor.id, language):
        words = Words(form.text.data or "", language)
    else:
        made = Translation(
            form.translation.data or "", form.translated_by.data or "", qualified=bool(form.qualified.data)
        )
        words = Words(form.text.data or "", STAFF_LANGUAGE, translation=made)
    messages.checked(words, language)
    return words


def as_shown(words: Words) -> str:
    """What the party will see, to the letter."""
    return (words.translation.text if words.translation else words.text).strip()


def mark_of(text: str) -> str:
    """Tells whether what is sent is what was previewed."""
    return hashlib.sha256(text.encode()).hexdigest()[:16]


@bp.post("/cases/<reference>/messages/<uuid:party_id>")
@requires(Permission.WORK_CASES)
def write(reference: str, party_id: uuid.UUID) -> Response | tuple[str, int] | str:
    """Preview, send, or one of the other acts on a thread. What is refused is given back with what was typed."""
    case, form = find(db.session(), reference, Permission.WORK_CASES), MessageForm()
    if not form.validate_on_submit():
        return page(
            case, party_id, form, Shown(first_fault(form) or _("Try once more."), next(iter(form.errors), None))
        ), 422
    try:
        made = ACTS.get(form.act.data or "", preview)(case, party_at(db.session(), case, party_id), form)
    except Refused as fault:
        return page(db.session().get_one(Case, case.id), party_id, form, Shown(fault.message, fault.field)), 422
    if made is not None:
        return page(case, party_id, form, made)
    return redirect(url_for("desk.thread_page", reference=case.reference, party_id=party_id), 303)


def preview(case: Case, party: Party, form: MessageForm) -> Shown | None:
    """Show what they will see; nothing is sent."""
    refusal = why_not(db.session(), case, party)
    if refusal:
        raise Refused(refusal)
    messages.read_all(db.session(), party, id_or_none(form.seen.data))
    text = as_shown(composed(db.session(), case, party, form, current_actor()))
    return Shown(preview=text, mark=mark_of(text))


def edit(_case: Case, _party: Party, _form: MessageForm) -> Shown | None:
    """Back to the composer with what was typed."""
    return PLAIN


def send(case: Case, party: Party, form: MessageForm) -> Shown | None:
    """Send what was previewed; where the template changed meanwhile, show it once more."""
    actor = current_actor()
    words = composed(db.session(), case, party, form, actor)
    if mark_of(as_shown(words)) != form.shown.data:
        return preview(case, party, form)
    with transaction() as session:
        messages.send_message(
            session, case.id, actor, now(), party_id=party.id, words=words, seen=id_or_none(form.seen.data)
        )
    return None


def interpreter(case: Case, party: Party, form: MessageForm) -> Shown | None:
    """A task to say it by phone instead."""
    with transaction() as session:
        messages.ask_interpreter(session, case.id, current_actor(), now(), party_id=party.id, text=form.text.data or "")
    return None


def answered(case: Case, party: Party, form: MessageForm) -> Shown | None:
    """No answer is needed."""
    with transaction() as session:
        messages.need_no_answer(
            session, case.id, current_actor(), now(), party_id=party.id, seen=id_or_none(form.message.data)
        )
    return None


def translate(case: Case, _party: Party, form: MessageForm) -> Shown | None:
    """Lay a translation beside what they wrote."""
    message = id_or_none(form.message.data)
    if message is None:
        raise NotFound
    made = Translation(form.translation.data or "", form.translated_by.data or "", qualified=bool(form.qualified.data))
    with transaction() as session:
        messages.translate(session, case.id, current_actor(), now(), message_id=message, made=made)
    return None


def read_words(case: Case, party: Party, _form: MessageForm) -> Shown | None:
    """The four return words of the party's link, to be read out, on the trail; who guessed before locks nothing then."""
    session = db.session()
    link = messages.link_of(session, party.id)
    if link is None:
        raise Refused(_("They have not written to us and have no private page: call them."))
    with transaction() as writing:
        audit(
            writing, current_actor(), Action.WORDS_READ, subject_kind="link", subject_id=link.id, program=case.program
        )
        for what in (str(link.id), writing.get_one(Submission, link.submission_id).reference or ""):
            forgive(writing, what)
    return Shown(words=spoken(words_of(db.session(), link.id, link.issue), language_of(party)))


ACTS: Mapping[str, Callable[[Case, Party, MessageForm], Shown | None]] = {
    "preview": preview, "edit": edit, "send": send, "interpreter": interpreter, "answered": answered,
    "translate": translate, "words": read_words,
}  # fmt: skip
