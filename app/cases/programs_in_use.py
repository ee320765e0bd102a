"""Which programs have open cases or people: what a new version of the program folder has to keep."""

from __future__ import annotations

from sqlalchemy import select
from sqlalchemy.orm import Session

from app.accounts.models import Grant
from app.cases.models import Case
from app.programs.succession import InUse


def programs_in_use(session: Session) -> InUse:
    """By code."""
    cases = session.execute(select(Case.program).where(Case.is_open).distinct()).scalars()
    return InUse(set(cases), set(session.execute(select(Grant.program).distinct()).scalars()))
