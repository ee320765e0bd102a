"""The schema: up, down and up with rows in every table; the models equal it; the trail takes inserts only."""

from __future__ import annotations

import uuid
from collections.abc import Callable
from typing import Any

import flask_migrate
import pytest
from alembic.autogenerate import compare_metadata
from alembic.migration import MigrationContext
from alembic.script import ScriptDirectory
from flask import Flask
from sqlalchemy import Boolean, Column, Integer, LargeBinary, String, inspect, text
from sqlalchemy.engine import Connection
from sqlalchemy.exc import DatabaseError

from app.audit.models import AuditRecord
from app.cases.guard import Exempt, writing
from app.core.clock import now
from app.core.database import Base, UtcTime, db
from app.core.ids import new_id
from config import ROOT

# Columns whose words are checked, and those that rule each other out.
WORDS = {
    "status": "new", "urgency": "routine", "waiting_on": "us", "kind": "inquiry", "marker": "real", "channel": "web",
    "state": "pending", "scan_state": "clean", "role": "coordinator", "doing": "calling", "amends": None,
    "draft_id": None, "for_draft_id": None,
}  # fmt: skip


def value_of(column: Column[Any], made: dict[str, uuid.UUID]) -> Any:
    """Something that the column takes."""
    if column.name in WORDS:
        return WORDS[column.name]
    for key in column.foreign_keys:
        return made[key.column.table.name]
    kinds: tuple[tuple[type, Any], ...] = (
        (UtcTime, now()), (Boolean, True), (Integer, 1), (LargeBinary, uuid.uuid4().bytes), (String, uuid.uuid4().hex[: min(12, getattr(column.type, "length", None) or 12)]),
    )  # fmt: skip
    wanted = getattr(column.type, "impl", column.type) if column.type.__class__.__name__ == "Sealed" else column.type
    return next((value for kind, value in kinds if isinstance(wanted, kind)), None) or new_id()


def fill(connection: Connection) -> None:
    """A row in every table, each pointing at the others."""
    made: dict[str, uuid.UUID] = {}
    for table in Base.metadata.sorted_tables:
        row = {column.name: value_of(column, made) for column in table.columns}
        if table.name == "data_key":
            row["purpose"] = "case"  # the house has its key already
        with writing(Exempt.DRAWN):
            connection.execute(table.insert(), row)
        if "id" in row:
            made[table.name] = row["id"]


def rows(connection: Connection) -> dict[str, int]:
    """How many rows each table holds."""
    return {
        name: connection.execute(text(f'select count(*) from "{name}"')).scalar_one() for name in Base.metadata.tables
    }


def test_up_down_and_up_again_with_rows_in_every_table(app: Flask) -> None:
    with app.app_context():
        with db.engine.begin() as connection:
            fill(connection)
            assert min(rows(connection).values()) == 1
        flask_migrate.downgrade(revision="base")
        left = set(inspect(db.engine).get_table_names()) - {"alembic_version"}
        assert left == set()
        flask_migrate.upgrade()
        with db.engine.begin() as connection:
            assert set(rows(connection).values()) == {0}
            fill(connection)
            with pytest.raises(DatabaseError, match="insert-only"):
                connection.execute(text("update audit set action = 'x'"))


def test_the_models_equal_the_migrated_schema(app: Flask) -> None:
    with app.app_context(), db.engine.connect() as connection:
        context = MigrationContext.configure(connection, opts={"compare_type": True, "render_as_batch": True})
        assert compare_metadata(context, Base.metadata) == []


def test_constraints_have_the_names_of_the_models(app: Flask) -> None:
    with app.app_context():
        inspector = inspect(db.engine)
        for name, table in Base.metadata.tables.items():
            named = {one.name for one in table.constraints if one.name}
            found = {inspector.get_pk_constraint(name)["name"]}
            for read in (inspector.get_foreign_keys, inspector.get_unique_constraints, inspector.get_check_constraints):
                found |= {one["name"] for one in read(name)}
            assert found == named, name


def test_there_is_one_head() -> None:
    scripts = ScriptDirectory(str(ROOT / "migrations"))
    assert len(scripts.get_heads()) == 1
    assert len(scripts.get_bases()) == 1


@pytest.mark.parametrize("verb", ["update audit set outcome = 'edited'", "delete from audit", "truncate audit"])
def test_the_trail_refuses_what_is_no_insert(app: Flask, verb: str) -> None:
    with app.app_context():
        if verb.startswith("truncate") and db.engine.dialect.name == "sqlite":
            return  # SQLite has no such statement
        with db.engine.begin() as connection:
            fill(connection)
        with pytest.raises(DatabaseError, match="insert-only"), db.engine.begin() as connection:
            connection.execute(text(verb))
        with db.engine.connect() as connection:
            assert connection.execute(text("select count(*) from audit where outcome <> 'edited'")).scalar() == 1


def test_two_processes_share_one_house_key(make_app: Callable[..., Flask]) -> None:
    for one in (make_app(), make_app()):
        with one.app_context(), db.engine.connect() as connection:
            keys = connection.execute(text("select count(*) from data_key where purpose = 'house'")).scalar()
            assert keys == 1
    assert AuditRecord.__tablename__ == "audit"
