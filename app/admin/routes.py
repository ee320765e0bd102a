"""One page for administrators: who has an account, with which roles, and which program is in force."""

from __future__ import annotations

from flask import Blueprint, render_template, request
from flask_wtf.csrf import CSRFError

from app.accounts.queries import list_users
from app.accounts.routes import keep_what_was_typed
from app.admin.presenters import hospital_view, person_row
from app.core.actor import Permission
from app.core.clock import now
from app.core.database import db
from app.programs.service import hospital, in_force, own_texts
from app.web.access import requires

PAGE = 50
bp = Blueprint("admin", __name__, url_prefix="/admin")
bp.register_error_handler(CSRFError, keep_what_was_typed)


@bp.get("")
@requires(Permission.MANAGE_USERS)
def index() -> str:
    """People by address, a page at a time."""
    found = hospital()
    programs = {program.code: program.name for program in found.programs}
    users = list_users(db.session(), after=request.args.get("after", "").replace("\0", ""), limit=PAGE + 1)
    shown = users[:PAGE]
    return render_template(
        "admin/index.html",
        people=[person_row(user, programs, found.zone) for user in shown],
        hospital_view=hospital_view(found, own_texts(), in_force().applied_at, now()),
        next_after=shown[-1].email if len(users) > PAGE else None,
    )
