"""The family's door: start, four pages, check, send; and what comes after sending again."""

from __future__ import annotations

from collections.abc import Mapping
from datetime import datetime
from functools import partial
from typing import Any

from flask import Blueprint, redirect, render_template, url_for
from flask_babel import get_locale
from flask_babel import lazy_gettext as _l
from sqlalchemy.orm import Session
from werkzeug.wrappers import Response

from app.cases.sent import receipt_url, sent_by
from app.core.clock import now
from app.core.database import transaction
from app.core.settings import settings
from app.drafts import service
from app.drafts.door import Door, FormPage
from app.drafts.routes import add_views
from app.drafts.service import Draft
from app.inquiries.forms import ChildForm, PermissionForm, QuestionForm, TreatmentForm, YouForm
from app.inquiries.presenters import disease_of, treated_elsewhere
from app.inquiries.service import submit_inquiry
from app.programs.addresses import at_own_address, begun_at
from app.programs.asking import asking
from app.programs.service import own_texts
from app.records.door_files import add_file_views, kept_files
from app.web.access import public
from app.web.errors import friendly
from app.web.fields import wording_of
from app.web.limits import may_start

bp = Blueprint("inquiries", __name__)
at_own_address(bp, "inquiry")

# Carried over when a family writes about another child.
ABOUT_SENDER = frozenset(
    {
        "relationship", "relationship_other", "legal_guardian", "guardian_proof_available", "contact_given_name",
        "contact_family_name", "contact_name_latin", "contact_phone", "contact_phone_type",
        "phone_or_mailbox_shared", "ok_voicemail", "ok_text", "contact_email", "preferred_contact_method",
        "best_time", "preferred_language", "language_other", "language_read", "interpreter_needed", "time_zone",
        "not_emergency_ack", "not_emergency_ack-wording",
    }
)  # fmt: skip


def send_inquiry(session: Session, draft: Draft, cleaned: Mapping[str, Any], at: datetime) -> str:
    """Receive it; a correction goes to the page that says so."""
    receipt, _created = submit_inquiry(session, draft, cleaned, at)
    if receipt.amended:
        return url_for("inquiries.sent", handle=draft.handle)
    return receipt_url(session, receipt.link_id, receipt.link_issue)


DOOR = Door(
    kind="inquiry",
    room="inquiries",
    at="inquiries",
    pages=(
        FormPage("you", _l("About you"), YouForm),
        FormPage("child", _l("Who it is about"), ChildForm),
        FormPage("treatment", _l("Treatment so far"), TreatmentForm),
        FormPage("question", _l("Your question"), QuestionForm),
    ),
    check_form=PermissionForm,
    program=begun_at,
    sent=partial(sent_by, kind="inquiry"),
    send=send_inquiry,
    asking=partial(asking, "inquiry", disease_of),
    elsewhere=treated_elsewhere,
    about_sender=ABOUT_SENDER,
    another_page="child",
    files=kept_files,
)


@bp.get("/inquiry")
@bp.get("/p/<program>/inquiry")
@public
def start() -> str:
    """What this is, what it needs, and that it is not for emergencies."""
    return render_template("inquiries/start.html")


@bp.post("/inquiry")
@bp.post("/p/<program>/inquiry")
@public
def begin() -> Response | tuple[str, int]:
    """Press of the start button, “This is not an emergency”: the press is the acknowledgement, kept with the answers."""
    if not may_start():
        return friendly(429)
    with transaction() as session:
        draft = service.start(
            session, program=begun_at(), kind=DOOR.kind, locale=str(get_locale()),
            answers={
                "not_emergency_ack": ["yes"],
                wording_of("not_emergency_ack"): [own_texts().wordings.not_emergency.version],
            }, at=now(), days=settings().draft_days,
        )  # fmt: skip
    return redirect(url_for("inquiries.page", handle=draft.handle, slug=DOOR.pages[0].slug), 303)


add_views(bp, DOOR)
add_file_views(bp, DOOR)
