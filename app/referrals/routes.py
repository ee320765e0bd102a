"""The referrer's door: the floor, the clinical details, check, send; and the table of codes by word."""

from __future__ import annotations

from collections.abc import Mapping
from dataclasses import replace
from datetime import datetime
from functools import partial
from typing import Any

from flask import Blueprint, jsonify, redirect, render_template, request, url_for
from flask_babel import lazy_gettext as _l
from sqlalchemy.orm import Session
from werkzeug.wrappers import Response

from app.cases.sent import receipt_url, sent_by
from app.codes import icd
from app.drafts.door import Door, FormPage
from app.drafts.routes import add_views
from app.drafts.service import Draft, new_handle
from app.programs.addresses import at_own_address, begun_at
from app.programs.asking import asking
from app.records.door_files import add_file_views, kept_files
from app.referrals.forms import ClinicalForm, PatientForm, SendForm
from app.referrals.presenters import context, disease_of, still_missing, treated_elsewhere
from app.referrals.service import submit_referral
from app.web.access import public
from app.web.fields import Answers, Asking

bp = Blueprint("referrals", __name__)
at_own_address(bp, "referral")

# Carried over when a practice refers another patient.
ABOUT_SENDER = frozenset(
    {
        "referrer_given_name", "referrer_family_name", "credential", "back_line_phone", "referrer_email", "npi",
        "npi_reason", "referrer_phone", "referrer_fax", "direct_address", "practice_name", "specialty_taxonomy",
        "on_behalf_of", "referrer_country",
    }
)  # fmt: skip


def send_referral(session: Session, draft: Draft, cleaned: Mapping[str, Any], at: datetime) -> str:
    """Receive it; a correction goes to the page that says so."""
    receipt, _created = submit_referral(session, draft, cleaned, at)
    if receipt.amended:
        return url_for("referrals.sent", handle=draft.handle)
    return receipt_url(session, receipt.link_id, receipt.link_issue)


def asked_here(answers: Answers) -> Asking:
    """What the folder leaves out. What it requires is only listed as missing: nothing holds a referral up."""
    return replace(asking("referral", disease_of, answers), required=frozenset())


DOOR = Door(
    kind="referral",
    room="referrals",
    at="referrals",
    pages=(
        FormPage("patient", _l("Refer a patient"), PatientForm),
        FormPage("clinical", _l("Clinical details"), ClinicalForm),
    ),
    check_form=SendForm,
    program=begun_at,
    sent=partial(sent_by, kind="referral"),
    send=send_referral,
    asking=asked_here,
    elsewhere=treated_elsewhere,
    about_sender=ABOUT_SENDER,
    another_page="patient",
    context=context,
    missing=still_missing,
    files=kept_files,
)


@bp.get("/referral")
@bp.get("/p/<program>/referral")
@public
def start() -> Response:
    """Straight to page one: a referrer is in a hurry. Nothing is stored until something is typed."""
    return redirect(url_for("referrals.page", handle=new_handle(), slug="patient"), 303)


@bp.route("/referral/codes", methods=["GET", "POST"])
@bp.route("/p/<program>/referral/codes", methods=["GET", "POST"])
@public
def codes() -> str | Response:
    """Find a code by words. What was typed travels in the body, never in an address."""
    typed = request.form.get("words", "")[:200]
    found = icd.search(typed) if typed.strip() else []
    if request.accept_mimetypes.best == "application/json":
        return jsonify([{"code": one.code, "words": one.description} for one in found])
    return render_template("referrals/codes.html", typed=typed, found=found, edition=icd.EDITION)


add_views(bp, DOOR)
add_file_views(bp, DOOR)
