"""Handing a case over to another program: who works on it changes, and nothing that was promised."""

from __future__ import annotations

import uuid
from datetime import datetime

from flask_babel import gettext as _
from sqlalchemy import update
from sqlalchemy.orm import Session

from app.accounts.queries import workers_of
from app.audit.domain import Action
from app.audit.service import record as audit
from app.cases.change import change
from app.cases.checklist import remake
from app.cases.models_work import Task
from app.core.actor import Actor, Permission
from app.core.errors import Conflict, Refused
from app.programs.service import hospital


def hand_over(
    session: Session, case_id: uuid.UUID, actor: Actor, at: datetime, *, seen: str, to: str, reason: str
) -> None:
    """Give a case to another program. Its dates stay; who has it keeps it only if they work there too.

    `seen` is the program that the page showed. Raises Conflict, or Refused with the sentence.
    """
    with change(session, [case_id], actor, Permission.WORK_CASES, at) as act:
        case = act.case
        if case.program != seen:
            raise Conflict(
                _("Somebody else handed this case over while you looked at it."), mine=to, theirs=case.program
            )
        if not case.is_open:
            raise Refused(_("This case has ended. Open it again first."), "to")
        if to == case.program or hospital().program(to) is None:
            raise Refused(_("Choose another program."), "to")
        there = {person.id for person in workers_of(session, (to,))}
        if not there:
            raise Refused(_("Nobody works in that program yet: the case would stand where nobody looks."), "to")
        if not reason.strip():
            raise Refused(_("Write the reason. It stays with the case."), "reason")
        case.program, old = to, case.program
        line = act.record("handed_over", old=old, new=to, detail={"reason": reason.strip()})
        remake(act)
        if case.assignee_id is not None and case.assignee_id not in there:
            act.record("assigned", old=str(case.assignee_id))
            case.assignee_id = None
        left_behind = (Task.case_id == case_id, Task.done_at.is_(None), Task.assignee_id.not_in(there))
        session.execute(update(Task.__table__).where(*left_behind).values(assignee_id=None))
        act.job("mail_staff", dedupe_key=f"mail_staff:{line}", subject_id=line)
        # The trail of the program that it leaves says so too; `change` writes that of the program which has it now.
        audit(
            session, actor, Action.CASE_CHANGED, subject_kind="case", subject_id=case_id, program=old, at=at,
            detail={"kind": "handed_over", "old": old, "new": to},
        )  # fmt: skip
