"""A row of a case is written only inside `change()` or `receive()`, or by an exception that is named here.

Watches flushes, and every statement on its way to the database; raw SQL text it cannot read.
"""

from __future__ import annotations

import uuid
from collections.abc import Iterator
from contextlib import contextmanager
from contextvars import ContextVar
from enum import StrEnum

from sqlalchemy import Connection, Engine, Executable, Table, UpdateBase, event
from sqlalchemy.orm import Session, UOWTransaction

# Jobs are the worker's: it leases and settles them on its own. Who is at a case just now is no part of it.
FREE = frozenset({"job", "presence"})


class Exempt(StrEnum):
    """Everything else that may write rows of cases."""

    DRAWN = "rows drawn for the demonstration, for measuring and for tests, loaded in bulk"
    TEST_PAGE = "test pages, which are of no case"
    MIGRATED = "rows that a migration copies as they are"
    UNSENT = "files of a form that is not sent yet, which are of no case"


class OutsideChange(RuntimeError):
    """A programming fault: somebody wrote to a case without `change()`."""


_cases: ContextVar[frozenset[uuid.UUID] | Exempt] = ContextVar("cases", default=frozenset())


@contextmanager
def writing(cases: frozenset[uuid.UUID] | Exempt) -> Iterator[None]:
    """Until this ends, rows of these cases may be written."""
    token = _cases.set(cases)
    try:
        yield
    finally:
        _cases.reset(token)


@event.listens_for(Session, "before_flush")
def only_rows_inside_change(session: Session, _context: UOWTransaction, _instances: object) -> None:
    """Compare what a flush is about to write with the cases that may be written."""
    cases = _cases.get()
    if isinstance(cases, Exempt):
        return
    for row in (*session.new, *session.dirty, *session.deleted):
        table = row.__tablename__
        case_id = row.id if table == "case" else getattr(row, "case_id", None)
        if case_id is not None and table not in FREE and case_id not in cases:
            message = f"{table} written outside change()"
            raise OutsideChange(message)


@event.listens_for(Engine, "before_execute")
def only_statements_inside_change(
    _connection: Connection, statement: Executable, _many: object, _one: object, _options: object
) -> None:
    """An insert, update or delete of rows of cases needs that some may be written now."""
    if not isinstance(statement, UpdateBase) or _cases.get():
        return
    table = statement.table
    if isinstance(table, Table) and table.name not in FREE and (table.name == "case" or "case_id" in table.columns):
        message = f"{table.name} written outside change()"
        raise OutsideChange(message)
