"""Whether this process can take a form: /healthz says so in one word, for a proxy or an orchestrator."""

from __future__ import annotations

from flask import Blueprint, Response
from sqlalchemy import text
from sqlalchemy.exc import SQLAlchemyError

from app.core.database import db
from app.core.sealing import SealBroken, ring
from app.web.access import public

bp = Blueprint("health", __name__)


@bp.get("/healthz")
@public
def healthz() -> Response:
    """200 when the database answers and the house's key opens; 503 otherwise."""
    try:
        db.session.execute(text("select 1"))
        ring().house(db.session())
    except (SQLAlchemyError, SealBroken, RuntimeError):
        return Response("not ready\n", 503, mimetype="text/plain")
    return Response("ok\n", mimetype="text/plain")
