"""A case goes from one program to another: with a reason, a line of history, and its clocks as they stand."""

from __future__ import annotations

import uuid
from datetime import datetime

from flask_babel import gettext as _
from sqlalchemy.orm import Session

from app.accounts.queries import may_work
from app.cases.change import change
from app.core.actor import Actor, Permission
from app.core.errors import Conflict, Refused
from app.programs.service import hospital


def hand_over(
    session: Session, case_id: uuid.UUID, actor: Actor, at: datetime, *, seen: str, to: str, reason: str
) -> None:
    """Give an open case to another program. Who had it keeps it only if they work there too.

    `seen` is the program on the page. Raises Conflict, Refused. Due dates stay: a promise that was given is kept.
    """
    with change(session, [case_id], actor, Permission.WORK_CASES, at) as act:
        case = act.case
        if case.program != seen:
            raise Conflict(
                _("Somebody else handed this case over while you looked at it."), mine=to, theirs=case.program
            )
        if not case.is_open:
            raise Refused(_("This case has ended. Reopen it first."), "program")
        if hospital().program(to) is None or to == case.program:
            raise Refused(_("Choose another program."), "program")
        if not reason.strip():
            raise Refused(_("Write the reason. It stays with the case."), "reason")
        case.program = to
        if case.assignee_id is not None and not may_work(session, case.assignee_id, to):
            case.assignee_id = None
        act.record("handed_over", old=seen, new=to, detail={"reason": reason.strip()})
