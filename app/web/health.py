"""Whether this process can take a form: /healthz says so in one word, for a proxy or an orchestrator."""

from __future__ import annotations

from flask import Blueprint, Response
from sqlalchemy import text

from app.core.database import db
from app.core.sealing import ring
from app.web.access import public

bp = Blueprint("health", __name__)


@bp.get("/healthz")
@public
def healthz() -> Response:
    """200 when the database answers and the house's key opens; 503 otherwise."""
    db.session.execute(text("select 1"))
    ring().house(db.session())
    return Response("ok\n", mimetype="text/plain")
