"""Page to page through a door: show, save, check, send. Nothing typed is ever lost, whatever goes wrong on the way.

A door (`door.py`) says which pages it has and how to send; this file knows neither families nor referrers.
"""

from __future__ import annotations

from collections.abc import Mapping
from dataclasses import replace
from datetime import datetime
from functools import partial
from typing import Any

from flask import current_app, redirect, render_template, request, url_for
from flask_babel import get_locale
from flask_babel import gettext as _
from flask_babel import lazy_gettext as _l
from flask_wtf.csrf import validate_csrf
from itsdangerous import BadSignature, TimestampSigner
from sqlalchemy.orm import Session
from werkzeug.datastructures import MultiDict
from werkzeug.exceptions import RequestEntityTooLarge, TooManyRequests
from werkzeug.wrappers import Response
from wtforms import ValidationError

from app.core.actor import Actor, ActorKind
from app.core.clock import now
from app.core.database import reading, transaction
from app.core.errors import NotFound, TooLate
from app.core.settings import settings
from app.drafts import service
from app.drafts.door import CHECK, ELSEWHERE, Door, FormPage, Sent
from app.drafts.printing import Fault, Frame, PageView, printed
from app.drafts.service import HANDLE, Draft
from app.web.errors import friendly
from app.web.fields import Asked, PageForm, cleaned_of, faults_of, kept_of, notes_of, typed_of
from app.web.i18n import ASKED
from app.web.limits import has_too_many_fields, may_post, may_start
from app.web.specs import specs_of

FORM_TYPES = frozenset({"application/x-www-form-urlencoded", "multipart/form-data"})
HONEYPOT = "website"
LANGUAGE = "language"  # the button that saves a page and shows it in another language
ASIDE = frozenset({"back", LANGUAGE})  # what is pressed before a page is done: its answers are kept and not looked at
WRONG = "wrong"  # in the address of a page that is shown once more: say what is wrong with it
A_LOT = _l("That was a lot at once. Your answers are still here; please wait a few minutes and try again.")
TOO_LATE = _l(
    "This form was sent more than a day ago and cannot be changed here any more. Nothing of this was sent: please call "
    "us with the reference number, or write on the private page."
)


def readable(handle: str) -> str:
    """A handle that could be one. Raises NotFound."""
    if not HANDLE.match(handle):
        raise NotFound
    return handle


def show(door: Door, handle: str, slug: str) -> str | Response:
    """A page with what is kept of it. No form is made for it."""
    page, draft = door.page(slug), kept(door, readable(handle))
    if draft is None and kept_and_sent(door, handle)[1] is not None:
        return redirect(url_for(f"{door.at}.sent", handle=handle), 303)
    answers = draft.answers if draft else {}
    faults = asked_of(page.form(answers, answers, door.asking(answers)), {}) if WRONG in request.args else {}
    return render_page(door, page, handle, answers, faults, None, draft)


def kept(door: Door, handle: str) -> Draft | None:
    """The draft of this handle, for a page that changes nothing."""
    with reading() as connection:
        return service.load(connection, handle, door.kind, now())


def kept_and_sent(door: Door, handle: str) -> tuple[Draft | None, Sent | None]:
    """The draft of this handle, and what the handle has sent before."""
    with reading() as connection:
        return service.load(connection, handle, door.kind, now()), door.sent(connection, handle)


def keep(door: Door, handle: str, slug: str) -> Response | tuple[str, int]:
    """Save a page and go on, or back without a look at it. A fault leads to the page again, which says what it is: by
    a redirect, so that the browser's own Back never asks to send once more. What cannot be kept is given back at once.
    """
    page = door.page(slug)
    trouble = unreadable(door, page, readable(handle))
    if trouble is not None:
        return trouble
    typed = typed_of(page.form, request.form)
    whole = kept_of(page.form, typed) == typed
    try:
        with transaction() as session:
            before = opened(session, door, handle, now())
            draft = service.changed(
                before, kept_of(page.form, typed) | pot(door), now(), settings().draft_days, str(get_locale())
            )
            then = LANGUAGE if whole and request.form.get(LANGUAGE) else request.form.get("then")
            form = page.form(typed, draft.answers, door.asking(draft.answers))
            faults = {} if then in ASIDE else asked_of(form, before.answers)
            aside = (
                not faults and then not in ASIDE and ELSEWHERE not in draft.answers and door.elsewhere(draft.answers)
            )
            if aside:
                draft = service.changed(draft, {ELSEWHERE: ["shown"]}, now(), settings().draft_days, draft.locale)
            elif not faults and then == "send":
                target = send_now(session, door, draft)
                if target is not None:
                    return redirect(target, 303)
            service.save(session, draft)
    except TooManyRequests:
        return given_back(door, page, handle, request.form, str(A_LOT), 429)
    except TooLate:
        return given_back(door, page, handle, request.form, str(TOO_LATE), 409)
    if faults and not whole:
        return render_page(door, page, handle, draft.answers | typed, faults, None, draft), 422
    to_check = request.args.get("back") == CHECK
    if then == LANGUAGE:
        return redirect(same_page(door, handle, slug), 303)
    if aside:
        onward = then if then == "send" else CHECK if to_check else None
        return redirect(url_for(f"{door.at}.elsewhere", handle=handle, after=slug, then=onward), 303)
    if faults:
        return redirect(address(door, handle, slug, back=CHECK if to_check else None, wrong="yes"), 303)
    if to_check or then == "send":
        return redirect(address(door, handle, CHECK), 303)
    return redirect(address(door, handle, door.before(slug) if then == "back" else door.following(slug)), 303)


def elsewhere(door: Door, handle: str) -> str:
    """Where to go with a disease that others treat; the one button goes on, to where the page before it would have led."""
    after, then = door.page(request.args.get("after", "")).slug, request.args.get("then")
    query = f"after={after}&" + (f"then={then}&" if then in {"send", CHECK} else "")
    return render_template(
        "journey/elsewhere.html", back=address(door, readable(handle), after), send=then == "send",
        onward=address(door, handle, CHECK if then else door.following(after)), query=query, by_staff=door.by_staff,
    )  # fmt: skip


def address(door: Door, handle: str, slug: str, **how: Any) -> str:  # noqa: ANN401  what an address may carry
    """Where a page stands."""
    if slug == CHECK:
        return url_for(f"{door.at}.check", handle=handle, **how)
    return url_for(f"{door.at}.page", handle=handle, slug=slug, **how)


def same_page(door: Door, handle: str, slug: str) -> str:
    """Where a page stands in the language that was pressed; what was said to be wrong is looked at anew."""
    same = {name: request.args[name] for name in ("back", WRONG) if name in request.args}
    return address(door, handle, slug, **same, **{ASKED: request.form[LANGUAGE]})


def pot(door: Door) -> dict[str, list[str]]:
    """What only a machine fills in; kept so that the sending can be flagged."""
    return {HONEYPOT: ["filled"]} if request.form.get(HONEYPOT) and not door.by_staff else {}


def may_begin(door: Door) -> bool:
    """Whether one more form may be begun here."""
    return door.by_staff or may_start()


def opened(session: Session, door: Door, handle: str, at: datetime) -> Draft:
    """The draft of this handle; a form that was sent is opened again with its answers, an unknown one begun.

    Raises TooManyRequests: anybody can make up handles. Raises TooLate: who finds one days later changes nothing.
    """
    draft = service.load(session.connection(), handle, door.kind, at)
    if draft is not None:
        return draft
    if not may_begin(door):
        raise TooManyRequests
    sent = door.sent(session.connection(), handle)
    if sent is not None and sent.answers is None:
        raise TooLate
    return service.start(
        session, program=door.program(), kind=door.kind, locale=str(get_locale()),
        answers=(sent and sent.answers) or {}, at=at, days=settings().draft_days, handle=handle,
        shown_at=shown_at(handle),
    )  # fmt: skip


def issued(handle: str) -> str:
    """A signed note in the page of when it was made: a form filled faster than a person can is flagged."""
    return TimestampSigner(current_app.secret_key or "", salt="page shown").sign(handle).decode()


def shown_at(handle: str) -> datetime | None:
    """When this form's first page was made; None when nobody can tell."""
    try:
        signer = TimestampSigner(current_app.secret_key or "", salt="page shown")
        name, at = signer.unsign(request.form.get("issued", ""), return_timestamp=True)
    except BadSignature:
        return None
    return at if name.decode() == handle else None


def unreadable(door: Door, page: FormPage, handle: str) -> tuple[str, int] | None:
    """Everything that can be wrong with a POST before its answers are looked at."""
    try:
        posted = request.form
    except RequestEntityTooLarge:
        message = _("That was more text than we can take at once. Shorten it and try again. The rest is still here.")
        return given_back(door, page, handle, too_much(), message, 413)
    known = any(name in posted for name in page.form.names())
    if request.mimetype not in FORM_TYPES or not known:
        message = _("We could not read what your browser sent. Nothing was changed; please try once more.")
        return given_back(door, page, handle, MultiDict(), message, 400)
    if not (door.by_staff or may_post(handle)):
        return given_back(door, page, handle, posted, str(A_LOT), 429)
    if not token_holds(posted):
        message = _(
            "This page was open for a long time. Your answers are still here: please press the button once more."
        )
        return given_back(door, page, handle, posted, message, 400)
    return None


def too_much() -> MultiDict[str, str]:
    """What was typed all the same, up to twice the bound: to be shortened, not typed again."""
    request.max_content_length = request.max_form_memory_size = 2 * settings().max_form_bytes
    try:
        return MultiDict() if has_too_many_fields() else request.form
    except RequestEntityTooLarge:
        return MultiDict()


def token_holds(posted: Any) -> bool:  # noqa: ANN401  a MultiDict
    """Whether the page was made for this browser's session."""
    try:
        validate_csrf(posted.get("csrf_token"))
    except ValidationError:
        return False
    return True


def given_back(
    door: Door,
    page: FormPage,
    handle: str,
    posted: Any,  # noqa: ANN401  a MultiDict
    message: str,
    status: int,
) -> tuple[str, int]:
    """The same page with what was just typed laid over what is kept; nothing is saved."""
    draft = kept(door, handle)
    answers = dict(draft.answers) if draft else {}
    answers |= {name: values for name, values in typed_of(page.form, posted).items() if name in posted}
    return render_page(door, page, handle, answers, {}, message, draft), status


def faults_by_name(form: PageForm) -> dict[str, Fault]:
    """Faults for the macros; none of a form that is right."""
    return {} if form.validate() else {name: Fault(control, message) for name, control, message in faults_of(form)}


def asked_of(form: PageForm, before: Mapping[str, list[str]]) -> dict[str, Fault]:
    """Faults, and doubts about what was not typed before: whoever sends the same once more means it."""
    return faults_by_name(form) | {
        field.name: Fault(field.first_control(), field.doubt)
        for field in form
        if isinstance(field, Asked) and field.doubt and form.answers.get(field.name) != before.get(field.name)
    }


def render_page(
    door: Door, page: FormPage, handle: str, answers: Mapping[str, list[str]], faults: Mapping[str, Fault],
    message: str | None, draft: Draft | None,
) -> str:  # fmt: skip
    """Print a page."""
    slugs = [one.slug for one in door.pages]
    place = slugs.index(page.slug)
    to_check, asking = request.args.get("back") == CHECK, door.asking(answers)
    frame = Frame(
        template=f"{door.room}/{page.slug}.html", title=page.title, number=place + 1, of=len(slugs),
        days=settings().draft_days, saved=draft is not None, context=(("hidden", asking.hidden), ("by_staff", door.by_staff), *door.context(answers).items()),
    )  # fmt: skip
    view = PageView(
        specs=specs_of(page.form, asking), answers=answers, faults=faults, message=message, child=first_name(answers),
        action=request.script_root + request.path + kept_query(to_check=to_check),
        back=bool(place) or to_check,
        first=partial(address, door, handle, slugs[0]), issued=None if draft else issued(handle),
    )  # fmt: skip
    return printed(frame, view)


def kept_query(*, to_check: bool) -> str:
    """What the address of a page goes on to say when it is sent."""
    kept = [f"back={CHECK}"] * to_check + [f"{WRONG}=yes"] * (WRONG in request.args)
    return "?" + "&".join(kept) if kept else ""


def first_name(answers: Mapping[str, list[str]]) -> str:
    """The child's first name as it was typed, from its question on."""
    for name in ("child_given_name", "patient_given_name"):
        if answers.get(name) and answers[name][0].strip():
            return answers[name][0].strip()[:60]
    return ""


def check(door: Door, handle: str) -> str | Response:
    """Every answer before it is sent."""
    draft, sent = kept_and_sent(door, readable(handle))
    if draft is None:
        target = "sent" if sent else "start"
        return redirect(url_for(f"{door.at}.{target}", handle=handle if target == "sent" else None), 303)
    own = (
        faults_by_name(door.check_form(draft.answers, draft.answers, door.asking(draft.answers)))
        if WRONG in request.args
        else {}
    )
    return render_check(door, draft, sent, own, None)


def render_check(door: Door, draft: Draft, sent: Sent | None, own: Mapping[str, Fault], message: str | None) -> str:
    """The check page: its own question, and what the pages still need (linked to where it is asked)."""
    faults, notes, asking = dict(own), dict[str, str](), door.asking(draft.answers)
    forms = [page.form(draft.answers, draft.answers, asking) for page in door.pages]
    for form in forms:
        faults |= faults_by_name(form)
        notes |= notes_of(form)
    pages = [(page, specs_of(page.form, asking)) for page in door.pages]
    where = {name: page.slug for page, specs in pages for name in specs}
    return render_template(
        f"{door.room}/check.html", door=door, draft=draft, answers=draft.answers, faults=faults, where=where,
        pages=pages, own=specs_of(door.check_form, asking), message=message, child=first_name(draft.answers),
        by_staff=door.by_staff, handle=draft.handle, sent=sent, files=door.files(draft),
        missing=door.missing(draft, cleaned_of(forms), notes), notes=notes,
        **door.context(draft.answers),
    )  # fmt: skip


def send(door: Door, handle: str) -> Response | tuple[str, int]:
    """Send the whole form, once. A repeat gets the receipt it got before."""
    refused = refused_sending(door, readable(handle))
    if refused is not None:
        return refused
    typed = typed_of(door.check_form, request.form)
    try:
        with transaction() as session:
            draft = service.load(session.connection(), handle, door.kind, now())
            if draft is None:
                sent = door.sent(session.connection(), handle)
                return redirect(after_sending(door, handle, sent), 303)
            draft = service.changed(
                draft, kept_of(door.check_form, typed) | pot(door), now(), settings().draft_days, str(get_locale())
            )
            other = request.form.get(LANGUAGE)
            target = None if other else send_now(session, door, draft)
            if target is None:
                service.save(session, draft)
    except TooLate:
        return check_again(door, handle, request.form, str(TOO_LATE), 409) or friendly(409)
    if target is not None:
        return redirect(target, 303)
    if other:
        return redirect(same_page(door, handle, CHECK), 303)
    return redirect(address(door, handle, CHECK, wrong="yes"), 303)


def after_sending(door: Door, handle: str, sent: Sent | None) -> str:
    """Where a repeat leads: its receipt, or the page that names the reference."""
    if sent is None:
        return url_for(f"{door.at}.start")
    own = None if door.by_staff else sent.receipt_url  # the private link is the sender's, and theirs alone
    return own or url_for(f"{door.at}.sent", handle=handle)


def refused_sending(door: Door, handle: str) -> tuple[str, int] | None:
    """A POST of the check page that cannot be taken: the page again, with the reason."""
    try:
        posted: Any = request.form
    except RequestEntityTooLarge:
        posted = MultiDict()
    if not (door.by_staff or may_post(handle)):
        message, status = _("Please wait a few minutes and press the button once more."), 429
    elif not token_holds(posted):
        message, status = _("Nothing was sent yet: please press the button once more."), 400
    else:
        return None
    return check_again(door, handle, posted, message, status)


def check_again(
    door: Door, handle: str, posted: Any, message: str, status: int,  # noqa: ANN401  a MultiDict
) -> tuple[str, int] | None:  # fmt: skip
    """The check page with what was just typed and what is wrong; None where there is no such form any more."""
    draft, sent = kept_and_sent(door, handle)
    if draft is None:
        return None
    typed = {name: values for name, values in typed_of(door.check_form, posted).items() if values}
    draft = replace(draft, answers={**draft.answers, **typed})
    return render_check(door, draft, sent, {}, message), status


def send_now(session: Session, door: Door, draft: Draft) -> str | None:
    """Validate every page under the program in force and hand over; None when something is still needed."""
    classes = [*(page.form for page in door.pages), door.check_form]
    forms = [one(draft.answers, draft.answers, door.asking(draft.answers)) for one in classes]
    if not all([form.validate() for form in forms]):  # noqa: C419  every page's faults are wanted
        return None
    target = door.send(session, draft, cleaned_of(forms), now())
    service.end(session, draft)
    return target


def possibly_automatic(draft: Draft, actor: Actor, at: datetime) -> bool:
    """Filled by a machine, perhaps: accepted all the same, and flagged. Staff have signed in, and may be quick."""
    if actor.kind is not ActorKind.PUBLIC:
        return False
    quick = (at - draft.started_at).total_seconds() < settings().minimum_fill_seconds
    return quick or HONEYPOT in draft.answers
