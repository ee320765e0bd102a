"""The two doors filled in by staff, for who phoned, faxed or wrote an email: the same forms, sent the same way.

Nothing is required beyond what a case cannot do without: whom it is about, and a way to reach who told it.
"""

from __future__ import annotations

import hmac
import secrets
from base64 import urlsafe_b64decode, urlsafe_b64encode
from collections.abc import Callable, Mapping
from dataclasses import replace
from datetime import datetime
from functools import partial, wraps
from typing import Any

from flask import Blueprint, current_app, redirect, render_template, url_for
from itsdangerous.encoding import want_bytes
from sqlalchemy.orm import Session
from werkzeug.wrappers import Response

from app.audit.domain import Action
from app.cases.domain import Channel, Receipt
from app.cases.models import Case
from app.cases.sent import sent_by
from app.cases.story import find_case
from app.core.actor import Permission
from app.core.clock import now
from app.core.database import db, transaction
from app.core.errors import NotFound
from app.desk.entry_view import entered_view
from app.desk.routes import bp as desk
from app.desk.routes import rail_view
from app.drafts.after import trail
from app.drafts.door import Door, FormPage
from app.drafts.journey import readable
from app.drafts.routes import add
from app.drafts.service import Draft
from app.drafts.told import TOLD, ToldForm
from app.inquiries.forms import SaidPermissionForm
from app.inquiries.routes import DOOR as INQUIRY
from app.inquiries.service import submit_inquiry
from app.programs.service import hospital
from app.referrals.routes import DOOR as REFERRAL
from app.referrals.service import submit_referral
from app.web.access import current_actor, requires
from app.web.fields import Answers, Asking

Submit = Callable[..., tuple[Receipt, bool]]
FIRST = FormPage("told", TOLD, ToldForm)
# What the public forms ask for and nobody may have said. What stays: the patient's name, a way to reach who told it,
# and of a referral a second identifier.
SPARED = frozenset(
    {
        "relationship", "contact_given_name", "preferred_language", "interpreter_needed", "child_dob", "diagnosis",
        "in_hospital_now", "disease_situation", "consent_contact_doctor", "icd10cm", "urgency", "family_aware",
        "referrer_given_name",
    }
)  # fmt: skip
HALF = 8  # bytes of a handle: drawn, then bound to whoever began the form


def bound(drawn: bytes) -> str:
    """The handle of a form of the person who is signed in: to anybody else there is no such form."""
    mark = f"staff form {current_actor().id} ".encode() + drawn
    tag = hmac.digest(want_bytes(current_app.secret_key or ""), mark, "sha256")
    return urlsafe_b64encode(drawn + tag[:HALF]).rstrip(b"=").decode()


def fresh() -> str:
    """A handle for a new form."""
    return bound(secrets.token_bytes(HALF))


def own(view: Callable[..., Any]) -> Callable[..., Any]:
    """A view of one's own forms."""

    @wraps(view)
    def checked(*, handle: str, **rest: str) -> Any:  # noqa: ANN401  whatever the view answers
        if not hmac.compare_digest(bound(urlsafe_b64decode(readable(handle) + "==")[:HALF]), handle):
            raise NotFound
        return view(handle=handle, **rest)

    return requires(Permission.WORK_CASES)(checked)


def spared(asking: Callable[[Answers], Asking], answers: Answers) -> Asking:
    """What the folder leaves out stays out; what it requires, a caller need not know."""
    return replace(asking(answers), required=frozenset(), spared=SPARED)


def send(submit: Submit, at: str, session: Session, draft: Draft, cleaned: Mapping[str, Any], when: datetime) -> str:
    """Receive it as any other, with how it came, who told it and who typed it."""
    submit(
        session, draft, cleaned, when, actor=current_actor(), channel=Channel(cleaned["channel"]),
        told_by=cleaned["told_by"],
    )  # fmt: skip
    return url_for(f"{at}.sent", handle=draft.handle)


def by_staff(door: Door, submit: Submit, **rest: Any) -> Door:  # noqa: ANN401  fields of a door
    """A door as staff fill it in. Its forms are others than the public's: no public address opens one."""
    at, kind = f"entry_{door.kind}", f"desk_{door.kind}"
    return replace(
        door, at=at, kind=kind, by_staff=True, pages=(FIRST, *door.pages), sent=partial(sent_by, kind=kind), fresh=fresh,
        send=partial(send, submit, at), asking=partial(spared, door.asking), program=lambda: hospital().folder.code,
        about_sender=door.about_sender | {"channel", "told_by", "told_by_name"}, **rest,
    )  # fmt: skip


def start(door: Door) -> Response:
    """Straight to the first page; nothing is stored until something is typed."""
    return redirect(url_for(f"{door.at}.page", handle=fresh(), slug=FIRST.slug), 303)


def sent(door: Door, handle: str) -> str | Response:
    """What they should hear, and the way to the case."""
    actor, at = current_actor(), now()
    with transaction() as session:
        found = door.sent(session.connection(), readable(handle))
        if found is None:
            return redirect(url_for(f"{door.at}.start"), 303)
        trail(session, Action.SENT_FORM_VIEWED, found)
        case = session.get_one(Case, found.case_id)
        view = entered_view(case, found, at)
    session = db.session()
    mine = find_case(session, actor.programs_with(Permission.READ_CASES), view.case)
    lines, _total = rail_view(session, actor, at, hospital().zone, None, None)
    return render_template(
        "desk/entered.html", view=view, sent=found, door=door, handle=handle, mine=mine is not None, rail=lines
    )


ENTRIES = (
    by_staff(INQUIRY, submit_inquiry, check_form=SaidPermissionForm),
    by_staff(REFERRAL, submit_referral),
)
blueprints = tuple(Blueprint(door.at, __name__, url_prefix="/desk/new") for door in ENTRIES)
for blueprint, entry in zip(blueprints, ENTRIES, strict=True):
    path = f"/{entry.kind.removeprefix('desk_')}"
    blueprint.add_url_rule(path, "start", requires(Permission.WORK_CASES)(partial(start, entry)))
    add(blueprint, entry, [path], own, sent=sent)


@desk.get("/new")
@requires(Permission.WORK_CASES)
def new() -> str:
    """Which of the two forms."""
    session, actor = db.session(), current_actor()
    lines, _total = rail_view(session, actor, now(), hospital().zone, None, None)
    return render_template("desk/new.html", rail=lines, entries=ENTRIES)
