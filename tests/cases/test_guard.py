"""Nothing writes a row of a case outside `change()` and `receive()`: neither a flush nor a statement."""

from __future__ import annotations

from typing import Any

import pytest
from flask import Flask
from sqlalchemy import delete, insert, select, update

from app.cases.change import change
from app.cases.domain import Receipt
from app.cases.guard import FREE, Exempt, OutsideChange, writing
from app.cases.models import BlindToken, Case, Link, Party
from app.cases.models_checklist import ChecklistItem
from app.cases.models_work import Task
from app.core.actor import SYSTEM
from app.core.clock import now
from app.core.database import Base, transaction
from app.core.jobs import Job
from tests.sending import send

OF_CASES = [table for table in Base.metadata.sorted_tables if table.name == "case" or "case_id" in table.columns]


@pytest.fixture
def receipt(app: Flask) -> Receipt:
    """A case, to be written to."""
    return send(app)


@pytest.mark.parametrize("table", OF_CASES, ids=lambda table: table.name)
def test_a_statement_on_any_table_of_a_case_is_refused(app: Flask, table: Any) -> None:
    column = next(iter(table.columns))
    for statement in (insert(table), update(table).values({column: column}), delete(table)):
        with app.app_context(), transaction() as session:
            if table.name in FREE and not statement.is_insert:
                session.execute(statement)
            elif table.name not in FREE:
                with pytest.raises(OutsideChange, match=f"^{table.name} written"):
                    session.execute(statement)


def test_statements_of_mapped_classes_and_upserts_are_seen_too(app: Flask) -> None:
    from sqlalchemy.dialects import sqlite

    with app.app_context(), transaction() as session:
        for statement in (update(Case).values(version=9), delete(Link), sqlite.insert(BlindToken)):
            for way in (session.execute, session.connection().execute):
                with pytest.raises(OutsideChange):
                    way(statement)


def test_a_flush_of_a_case_that_is_not_being_changed_is_refused(app: Flask, receipt: Receipt) -> None:
    other = send(app)
    with app.app_context():
        with pytest.raises(OutsideChange, match="case written"), transaction() as session:
            session.get_one(Case, receipt.case_id).version += 1
        with (
            pytest.raises(OutsideChange, match="case written"),
            transaction() as session,
            change(session, [other.case_id], SYSTEM, None, now()) as act,
        ):
            session.get_one(Case, receipt.case_id).version += 1
            act.record("something")
        with pytest.raises(OutsideChange, match="party written"), transaction() as session:
            session.delete(session.execute(select(Party).limit(1)).scalar_one())
        with transaction() as session:
            assert set(session.execute(select(Case.version)).scalars()) == {1}


def test_a_change_that_ended_leaves_nothing_open(app: Flask, receipt: Receipt) -> None:
    with app.app_context(), transaction() as session:
        with change(session, [receipt.case_id], SYSTEM, None, now()) as act:
            act.record("something")
        with pytest.raises(OutsideChange):
            session.execute(update(Task).values(due_at=now()))


def test_a_named_exception_may_write_until_it_ends(app: Flask, receipt: Receipt) -> None:
    with app.app_context(), transaction() as session:
        with writing(Exempt.DRAWN):
            session.get_one(Case, receipt.case_id).version += 1
            session.flush()
        with pytest.raises(OutsideChange):
            session.execute(delete(ChecklistItem))


def test_jobs_are_the_workers_own(app: Flask, receipt: Receipt) -> None:
    with app.app_context(), transaction() as session:
        session.execute(update(Job).where(Job.case_id == receipt.case_id).values(fault="x"))


def test_the_exceptions_are_few() -> None:
    assert [one.name for one in Exempt] == ["DRAWN", "TEST_PAGE", "MIGRATED", "UNSENT"]
