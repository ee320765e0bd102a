"""A row with a case id is written only inside `change()`: a flush of any other raises."""

from __future__ import annotations

from sqlalchemy import event
from sqlalchemy.orm import Session, UOWTransaction

CHANGING = "cases_being_changed"


class OutsideChange(RuntimeError):
    """A programming fault: somebody wrote to a case without `change()`."""


@event.listens_for(Session, "before_flush")
def only_inside_change(session: Session, _context: UOWTransaction, _instances: object) -> None:
    """Compare what is about to be written with the cases that `change()` has locked."""
    changing = session.info.get(CHANGING, frozenset())
    for row in (*session.new, *session.dirty, *session.deleted):
        table = getattr(row, "__tablename__", "")
        case_id = row.id if table == "case" else getattr(row, "case_id", None)
        if case_id is not None and table != "job" and case_id not in changing:
            message = f"{table} written outside change()"
            raise OutsideChange(message)
