"""Private pages: a GET shows the receipt, changes nothing, and can be reloaded and kept; files come by the same link."""

from __future__ import annotations

import uuid
from collections.abc import Callable

from flask import Blueprint, redirect, render_template, request, url_for
from flask_babel import gettext as _
from sqlalchemy import Row, exists, select
from sqlalchemy.orm import Session
from werkzeug.wrappers import Response

from app.audit.domain import Action
from app.audit.service import record as audit
from app.cases.asking import asked_line
from app.cases.checklist import items_of
from app.cases.decision import is_told
from app.cases.domain import Kind, Status
from app.cases.drill import paging_state
from app.cases.links import find_link
from app.cases.messages import unread_by
from app.cases.models import Case, Link, Party, Submission
from app.cases.promise_steps import manager_knows
from app.cases.promise_watch import promised
from app.cases.promises import pressing
from app.core.actor import PUBLIC
from app.core.clock import now
from app.core.database import db, transaction
from app.core.errors import NotFound
from app.core.sealing import ring
from app.core.settings import settings
from app.follow.presenters import receipt_view
from app.programs.addresses import show_phone_of
from app.programs.service import calendar_of, hospital
from app.records import tus
from app.records.checklist_view import choices_on, list_view, needs_view
from app.records.kinds import SUFFIXES
from app.records.listing import files_from, unfinished_views
from app.records.receiving import NotReceived, receive_files, too_often, words_of
from app.records.sorting import items_said, sort_own
from app.records.uploads import Target
from app.referrals.domain import RECORDS
from app.referrals.presenters import missing_words, unread
from app.web.access import public
from app.web.limits import may_post

bp = Blueprint("follow", __name__, url_prefix="/follow")


@bp.get("/<secret>")
@public
def receipt(secret: str) -> str:
    """The receipt of one submission. Wrong, revoked and expired links look alike."""
    return receipt_page(secret, ())


def receipt_page(secret: str, faults: tuple[str, ...]) -> str:
    """The page, with what was wrong with files that were sent just now."""
    session, at = db.session(), now()
    found = link_of(secret)
    case = session.get_one(Case, found.Link.case_id)
    show_phone_of(case.program)
    if is_quiet(case):
        return quiet_page(found, case)
    changed = session.execute(select(exists().where(Submission.amends == found.Submission.id))).scalar_one()
    for_referrer = found.Submission.kind == Kind.REFERRAL
    view = receipt_view(
        calendar_of(case.program), found.Submission, case, at, has_phone=has_phone(session, found.Party), changed=changed,
        missing=missing(session, found.Submission), paging=paging_state(session, case, at),
        told=[one.promised for one in pressing(promised(case), at) if manager_knows(session, case, one)],
        decision_days=hospital().program_or_default(case.program).promises.of(case.urgency).decision,
        decided=for_referrer and is_told(session, case, found.Party),
    )  # fmt: skip
    listed = items_of(session, case.id)
    files = files_from(session, case.id, found.Party.id)
    needs = needs_view(case, () if view.doctor_calls else listed, found.Party.id, plain=not for_referrer)
    line = asked_line(session, case.id, found.Party.id) if needs.asked else ""
    note_view(found, case)
    return render_template(
        "follow/receipt.html", receipt=view, needs=needs, asked_line=line,
        listed=list_view(listed) if for_referrer else None, secret=secret, files=files, faults=faults, suffixes=SUFFIXES,
        choices=choices_on(case, listed, found.Party.id, plain=not for_referrer), unread=unread_by(session, found.Party.id),
        unfinished=unfinished_views(target(found), where(secret)), most=settings().max_file_bytes // 1_000_000,
    )  # fmt: skip


def is_quiet(case: Case) -> bool:
    """Whether this page asks and promises nothing: the child has died or may have, or they want no contact."""
    return case.contact_stop or is_mourned(case)


def is_mourned(case: Case) -> bool:
    """Whether nothing that was written is shown any more: the child has died or may have."""
    return case.status == Status.DECEASED or case.contact_held_at is not None


def quiet_page(found: Row[Link, Submission, Party], case: Case, *, sent: bool = False, unsent: str = "") -> str:
    """One sentence and the phone; whether a message came, or what was written and cannot be sent from here."""
    note_view(found, case)
    return render_template("follow/quiet.html", sent=sent, unsent=unsent)


def note_view(found: Row[Link, Submission, Party], case: Case) -> None:
    """Put the view on the trail."""
    with transaction() as writing:
        audit(
            writing, PUBLIC, Action.RECEIPT_VIEWED, subject_kind="link", subject_id=found.Link.id, program=case.program
        )


def link_of(secret: str) -> Row[Link, Submission, Party]:
    """The link that opens the page. Raises NotFound."""
    found = find_link(db.session(), secret, now())
    if found is None:
        raise NotFound
    return found


def target(found: Row[Link, Submission, Party]) -> Target:
    """Files come from the link's party, whoever holds it."""
    return Target(found.Link.case_id, found.Party.id, PUBLIC)


def where(secret: str) -> Callable[[uuid.UUID], str]:
    """Where an upload is gone on with."""
    return lambda upload_id: url_for("follow.upload", secret=secret, upload_id=upload_id)


@bp.post("/<secret>/files")
@public
def add_files(secret: str) -> Response | tuple[str, int]:
    """A plain form. The address is the secret that allows it, so it needs no token and cannot run out of one."""
    to = target(link_of(secret))
    if not may_post(secret):
        return receipt_page(secret, (too_often(),)), 429
    try:
        outcomes = receive_files(to)
    except NotReceived as why:
        return receipt_page(secret, (why.message,)), why.status
    faults = tuple(words_of(one) for one in outcomes if one.fault) if outcomes else (_("Choose at least one file."),)
    if faults:
        return receipt_page(secret, faults), 422
    return redirect(url_for("follow.receipt", secret=secret, _anchor="add-files"), 303)


@bp.post("/<secret>/files/sort")
@public
def sort_files(secret: str) -> Response | tuple[str, int]:
    """What the sender says that files are."""
    found = link_of(secret)
    if not may_post(secret):
        return receipt_page(secret, (too_often(),)), 429
    with transaction() as session:
        sort_own(session, found.Link.case_id, found.Party.id, now(), items_said(request.form))
    return redirect(url_for("follow.receipt", secret=secret, _anchor="add-files"), 303)


@bp.get("/<secret>/files")
@public
def no_files(secret: str) -> Response:
    """The address of the form, opened anew: the page that it stands on."""
    link_of(secret)
    return redirect(url_for("follow.receipt", secret=secret), 303)


@bp.post("/<secret>/uploads")
@public
def begin_upload(secret: str) -> Response:
    """A file that a script sends in parts."""
    to = target(link_of(secret))
    if not may_post(secret):
        return tus.answer(429, too_often())
    return tus.create(to, where(secret))


@bp.route("/<secret>/uploads/<uuid:upload_id>", methods=["HEAD", "PATCH", "DELETE"])
@public
def upload(secret: str, upload_id: uuid.UUID) -> Response:
    """Where it stands, more of it, or no more of it."""
    return tus.act(target(link_of(secret)), upload_id)


def missing(session: Session, sent: Submission) -> tuple[str, ...]:
    """The questions that a referral left open, and those whose answers could not be read; records stand apart."""
    if sent.kind != Kind.REFERRAL:
        return ()
    document = ring().load(session, sent.key_id).unseal_json(sent.document, ("submission", "document", sent.id))
    return missing_words((one for one in sent.missing.split(",") if one and one not in RECORDS), unread(document))


def has_phone(session: Session, party: Party) -> bool:
    """Whether the sender can be called; a practice always can."""
    details = ring().load(session, party.key_id).unseal_json(party.details, ("party", "details", party.id))
    return party.role == "referrer" or bool(details.get("phone"))
