"""How urgent a case is, said by a coordinator with a reason."""

from __future__ import annotations

from flask_wtf import FlaskForm
from werkzeug.wrappers import Response
from wtforms import StringField, TextAreaField
from wtforms.validators import Length

from app.cases.urgency import set_urgency
from app.core.actor import Permission
from app.core.clock import now
from app.desk.case_routes import act_on
from app.desk.forms import readable
from app.desk.record_number_routes import bp as bp  # noqa: PLC0414  joined by the factory from here
from app.web.access import current_actor, requires


class UrgencyForm(FlaskForm):
    """How urgent from now on, and why; `seen` is what the page showed."""

    seen = StringField()
    to = StringField()
    reason = TextAreaField(validators=[readable, Length(max=4000)])


@bp.post("/cases/<reference>/urgency")
@requires(Permission.WORK_CASES)
def urgency(reference: str) -> Response | tuple[str, int]:
    """Up, and it pages; down, and no date comes later."""
    actor, at, form = current_actor(), now(), UrgencyForm()
    return act_on(
        reference, "urgency", form,
        lambda session, found: set_urgency(
            session, found, actor, at, seen=form.seen.data or "", to=form.to.data or "", reason=form.reason.data or ""
        ),
    )  # fmt: skip
