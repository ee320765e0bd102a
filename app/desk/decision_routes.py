"""A decision against, by a clinician; and that the family was told of it, after which the referrer may know."""

from __future__ import annotations

import uuid
from datetime import date

from flask_wtf import FlaskForm
from sqlalchemy.orm import Session
from werkzeug.wrappers import Response
from wtforms import StringField, TextAreaField
from wtforms.validators import Length

from app.cases import decision
from app.core.actor import Permission
from app.core.clock import now
from app.desk.case_routes import act_on
from app.desk.contact_routes import bp as bp  # noqa: PLC0414  joined by the factory from here
from app.desk.forms import readable
from app.web.access import current_actor, requires


class DeclineForm(FlaskForm):
    """Why, and what may help instead; `seen` is where the case stood on the page."""

    seen = StringField()
    reason = TextAreaField(validators=[readable, Length(max=3000)])
    alternative = TextAreaField(validators=[readable, Length(max=3000)])


class ToldForm(FlaskForm):
    """Whether the family was told or will be, who does it, and on which day."""

    how = StringField()
    by = StringField(validators=[readable, Length(max=100)])
    on = StringField()


@bp.post("/cases/<reference>/decline")
@requires(Permission.REVIEW_CASES)
def decline(reference: str) -> Response | tuple[str, int]:
    """Decide against."""
    actor, at, form = current_actor(), now(), DeclineForm()

    def do(session: Session, found: uuid.UUID) -> uuid.UUID:
        return decision.decline(
            session, found, actor, at, seen=form.seen.data or "", reason=form.reason.data or "",
            alternative=form.alternative.data or "",
        )  # fmt: skip

    return act_on(reference, "decline", form, do)


@bp.post("/cases/<reference>/told")
@requires(Permission.WORK_CASES)
def told(reference: str) -> Response | tuple[str, int]:
    """Say that the family was told, or who will tell them."""
    actor, at, form = current_actor(), now(), ToldForm()

    def do(session: Session, found: uuid.UUID) -> None:
        decision.note_told(
            session, found, actor, at, how=form.how.data or "", by=form.by.data or "", on=day_of(form.on.data)
        )

    return act_on(reference, "told", form, do)


def day_of(text: str | None) -> date | None:
    """As the browser's date field sends it; None for anything else."""
    try:
        return date.fromisoformat((text or "").strip())
    except ValueError:
        return None
