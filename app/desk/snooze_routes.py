"""Snoozing a case from its page, and taking it back."""

from __future__ import annotations

from flask_wtf import FlaskForm
from werkzeug.wrappers import Response
from wtforms import StringField, TextAreaField
from wtforms.validators import Length

from app.cases import snooze as snoozing
from app.core.actor import Permission
from app.core.clock import now
from app.desk.case_routes import act_on
from app.desk.forms import readable
from app.desk.task_routes import bp as bp  # noqa: PLC0414  joined by the factory from here
from app.web.access import current_actor, requires


class SnoozeForm(FlaskForm):
    """Until when, and why; `seen` is what the page knew of an earlier snooze."""

    seen = StringField()
    until = StringField()
    reason = TextAreaField(validators=[readable, Length(max=1000)])


@bp.post("/cases/<reference>/snooze")
@requires(Permission.WORK_CASES)
def snooze(reference: str) -> Response | tuple[str, int]:
    """Put a case aside."""
    actor, at, form = current_actor(), now(), SnoozeForm()
    return act_on(
        reference, "snooze", form,
        lambda session, found: snoozing.snooze(
            session, found, actor, at, seen=form.seen.data or "", until=form.until.data or "", reason=form.reason.data or ""
        ),
    )  # fmt: skip


@bp.post("/cases/<reference>/wake")
@requires(Permission.WORK_CASES)
def wake(reference: str) -> Response | tuple[str, int]:
    """Take a case back before its day."""
    actor, at = current_actor(), now()
    return act_on(reference, "wake", FlaskForm(), lambda session, found: snoozing.wake(session, found, actor, at))
