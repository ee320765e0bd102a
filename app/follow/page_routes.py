"""The link in a page: a GET shows what was paged and acknowledges nothing, since scanners and previews fetch it."""

from __future__ import annotations

from flask import Blueprint, redirect, render_template, url_for
from sqlalchemy.orm import Session
from werkzeug.wrappers import Response

from app.cases.models import Case
from app.cases.models_paging import Page
from app.cases.paging import find_page
from app.cases.paging_steps import acknowledge
from app.core.clock import now
from app.core.database import db, transaction
from app.core.errors import NotFound
from app.web.access import public

bp = Blueprint("page", __name__, url_prefix="/page")


def page_of(session: Session, secret: str) -> Page:
    """The page of a link. Wrong and expired links look alike."""
    page = find_page(session, secret, now())
    if page is None:
        raise NotFound
    return page


@bp.get("/<secret>")
@public
def show(secret: str) -> str:
    """The reference and a button; nothing of the child."""
    session = db.session()
    page = page_of(session, secret)
    case = session.get(Case, page.case_id) if page.case_id else None
    return render_template("follow/page.html", page=page, secret=secret, reference=case.reference if case else None)


@bp.post("/<secret>")
@public
def answer(secret: str) -> Response:
    """Acknowledge, once; a second press changes nothing."""
    with transaction() as session:
        acknowledge(session, page_of(session, secret), now())
    return redirect(url_for("page.show", secret=secret), 303)
