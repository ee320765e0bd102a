"""What one may do with a form that was sent: see that it was, change it, begin another about somebody else."""

from __future__ import annotations

from flask import redirect, render_template, url_for
from flask_babel import get_locale
from sqlalchemy.orm import Session
from werkzeug.wrappers import Response

from app.audit.domain import Action
from app.audit.service import record as audit
from app.core.clock import now
from app.core.database import transaction
from app.core.settings import settings
from app.drafts import service
from app.drafts.door import Door, Sent
from app.drafts.journey import may_begin, opened, readable
from app.web.access import current_actor
from app.web.errors import friendly


def sent(door: Door, handle: str) -> str | Response:
    """This form was sent: where its receipt is, and the two things one may want now."""
    with transaction() as session:
        found = door.sent(session.connection(), readable(handle))
        if found is None:
            return redirect(url_for(f"{door.at}.start"), 303)
        trail(session, Action.SENT_FORM_VIEWED, found)
    return render_template("journey/sent.html", sent=found, handle=handle, door=door)


def trail(session: Session, action: Action, found: Sent) -> None:
    """Who holds a form's address saw something of what was sent."""
    audit(
        session,
        current_actor(),
        action,
        subject_kind="submission",
        subject_id=found.submission_id,
        program=found.program,
    )


def another(door: Door, handle: str) -> Response | tuple[str, int]:
    """Another child: a new form with the sender's own answers carried over."""
    if not may_begin(door):
        return friendly(429)
    with transaction() as session:
        found = door.sent(session.connection(), readable(handle))
        if found is None:
            return redirect(url_for(f"{door.at}.start"), 303)
        kept = {name: values for name, values in (found.answers or {}).items() if name in door.about_sender}
        draft = service.start(
            session, program=door.program(), kind=door.kind, locale=str(get_locale()), answers=kept,
            at=now(), days=settings().draft_days, handle=door.fresh(),
        )  # fmt: skip
    slug = door.another_page if kept else door.pages[0].slug
    return redirect(url_for(f"{door.at}.page", handle=draft.handle, slug=slug), 303)


def change(door: Door, handle: str) -> Response:
    """Open a form that was sent once more, with its answers in it."""
    with transaction() as session:
        found = door.sent(session.connection(), readable(handle))
        if found is None:
            return redirect(url_for(f"{door.at}.start"), 303)
        if found.answers is None:
            return redirect(url_for(f"{door.at}.sent", handle=handle), 303)
        opened(session, door, handle, now())
        trail(session, Action.SENT_FORM_REOPENED, found)
    return redirect(url_for(f"{door.at}.check", handle=handle), 303)
