"""Private pages: a GET shows the receipt, changes nothing, and can be reloaded and kept."""

from __future__ import annotations

from flask import Blueprint, render_template
from sqlalchemy import exists, select
from sqlalchemy.orm import Session

from app.audit.domain import Action
from app.audit.service import record as audit
from app.cases.domain import Kind
from app.cases.links import find_link
from app.cases.models import Case, Party, Submission
from app.core.actor import PUBLIC
from app.core.clock import now
from app.core.database import db, transaction
from app.core.errors import NotFound
from app.core.sealing import ring
from app.follow.presenters import receipt_view
from app.programs.addresses import show_phone_of
from app.programs.service import calendar_of, hospital
from app.referrals.presenters import missing_words, unread
from app.web.access import public

bp = Blueprint("follow", __name__, url_prefix="/follow")


@bp.get("/<secret>")
@public
def receipt(secret: str) -> str:
    """The receipt of one submission. Wrong, revoked and expired links look alike."""
    session = db.session()
    found = find_link(session, secret, now())
    if found is None:
        raise NotFound
    case = session.get_one(Case, found.Link.case_id)
    changed = session.execute(select(exists().where(Submission.amends == found.Submission.id))).scalar_one()
    show_phone_of(case.program)
    view = receipt_view(
        calendar_of(case.program), found.Submission, case, now(), has_phone=has_phone(session, found.Party), changed=changed,
        missing=missing(session, found.Submission),
        decision_days=hospital().program_or_default(case.program).promises.of(case.urgency).decision,
    )  # fmt: skip
    with transaction() as writing:
        audit(
            writing, PUBLIC, Action.RECEIPT_VIEWED, subject_kind="link", subject_id=found.Link.id,
            program=case.program,
        )  # fmt: skip
    return render_template("follow/receipt.html", receipt=view)


def missing(session: Session, sent: Submission) -> tuple[str, ...]:
    """What a referral lacks, and what of it could not be read: the questions only."""
    if sent.kind != Kind.REFERRAL:
        return ()
    document = ring().load(session, sent.key_id).unseal_json(sent.document, ("submission", "document", sent.id))
    return missing_words(filter(None, sent.missing.split(",")), unread(document))


def has_phone(session: Session, party: Party) -> bool:
    """Whether the sender can be called; a practice always can."""
    details = ring().load(session, party.key_id).unseal_json(party.details, ("party", "details", party.id))
    return party.role == "referrer" or bool(details.get("phone"))
