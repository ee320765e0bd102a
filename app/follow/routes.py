"""Private pages: a GET shows the receipt, changes nothing, and can be reloaded and kept."""

from __future__ import annotations

from flask import Blueprint, render_template
from sqlalchemy import exists, select

from app.audit.domain import Action
from app.audit.service import record as audit
from app.cases.links import find_link
from app.cases.models import Case, Submission
from app.core.actor import PUBLIC
from app.core.clock import now
from app.core.database import db, transaction
from app.core.errors import NotFound
from app.follow.presenters import receipt_view
from app.programs.service import hospital
from app.referrals.presenters import missing_words
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
    view = receipt_view(
        hospital().zone, found.Submission, case, changed=changed,
        missing=missing_words(found.Submission.missing.split(",")) if found.Submission.missing else (),
    )  # fmt: skip
    with transaction() as writing:
        audit(
            writing, PUBLIC, Action.RECEIPT_VIEWED, subject_kind="link", subject_id=found.Link.id,
            program=case.program,
        )  # fmt: skip
    return render_template("follow/receipt.html", receipt=view)
