"""One commit, durable: what the guard raises on, and what a real connection promises."""

from __future__ import annotations

import sqlite3
import uuid
from collections.abc import Iterator
from datetime import UTC, datetime, timedelta, timezone
from typing import Any

import pytest
from flask import Flask
from sqlalchemy import create_engine, insert, select, text

from app.core import database
from app.core.clock import now
from app.core.database import (
    db,
    durability_report,
    is_sqlite,
    reading,
    refuse_careless_database,
    sqlite_journal,
    transaction,
)
from app.core.limits import LimitCounter, count_up, forget, read_count
from tests.services import PostgreSQL


@pytest.fixture
def inside(app: Flask) -> Iterator[Flask]:
    """The app, to be asked."""
    with app.app_context():
        yield app
        db.session.remove()


def counter(**more: Any) -> LimitCounter:
    """Some row."""
    return LimitCounter(**{"scope": "s", "key": uuid.uuid4().bytes, "window_until": now(), "count": 1, **more})


def test_a_commit_outside_transaction_raises_and_writes_nothing(inside: Flask) -> None:
    db.session.add(counter())
    with pytest.raises(RuntimeError, match="outside transaction"):
        db.session.commit()
    db.session.rollback()
    assert db.session.execute(select(LimitCounter)).all() == []


def test_a_transaction_in_a_transaction_raises(inside: Flask) -> None:
    with pytest.raises(RuntimeError, match="never open one"), transaction(), transaction():
        pass
    with transaction() as session:
        session.add(counter())


def test_a_fault_inside_leaves_nothing_and_the_next_one_works(inside: Flask) -> None:
    with pytest.raises(ZeroDivisionError), transaction() as session:
        session.add(counter())
        session.flush()
        raise ZeroDivisionError
    with pytest.raises(RuntimeError, match="outside transaction"):
        db.session.commit()
    db.session.rollback()
    with transaction() as session:
        assert session.execute(select(LimitCounter)).all() == []


def test_what_was_changed_before_is_not_swept_along(inside: Flask) -> None:
    db.session.execute(text("select 1"))
    db.session.add(counter())
    with pytest.raises(RuntimeError, match="changed outside"), transaction():
        pass
    db.session.rollback()


def test_nothing_is_written_where_rows_are_only_read(inside: Flask) -> None:
    row = {"scope": "s", "key": b"k", "window_until": now(), "count": 1}
    with pytest.raises(RuntimeError, match="inside reading"), reading() as connection:
        connection.execute(insert(LimitCounter.__table__), row)
    with transaction() as session:
        session.connection().execute(insert(LimitCounter.__table__), row)
    with reading() as connection:
        assert connection.execute(select(LimitCounter.__table__.c.count)).scalar_one() == 1


def test_an_instant_without_a_zone_is_refused_and_any_zone_comes_back_as_utc(inside: Flask) -> None:
    with pytest.raises(Exception, match="without a time zone"), transaction() as session:
        session.add(counter(window_until=datetime(2030, 1, 7, 10)))  # noqa: DTZ001  the point
        session.flush()
    at = datetime(2030, 1, 7, 10, 0, 0, 123456, tzinfo=timezone(timedelta(hours=-5)))
    with transaction() as session:
        session.add(counter(window_until=at))
    db.session.expire_all()
    found = db.session.execute(select(LimitCounter.window_until)).scalar_one()
    assert (found, found.tzinfo) == (at, UTC)


def test_the_promises_of_durability_are_in_force_on_a_real_connection(inside: Flask) -> None:
    report = durability_report(db.engine)
    refuse_careless_database(db.engine)
    if not is_sqlite(db.session()):
        assert {report[name] for name in ("fsync", "synchronous_commit", "full_page_writes")} == {"on"}
        return
    assert (report["journal_mode"].upper(), report["synchronous"]) in {("WAL", "2"), ("DELETE", "3")}
    assert report["journal_mode"].upper() == sqlite_journal()
    with db.engine.connect() as connection:
        for name, value in (("foreign_keys", 1), ("secure_delete", 1), ("trusted_schema", 0), ("busy_timeout", 15000)):
            assert connection.exec_driver_sql(f"pragma {name}").scalar() == value, name


@pytest.mark.parametrize(
    ("version", "journal"),
    [
        ((3, 40, 1), "DELETE"), ((3, 44, 5), "DELETE"), ((3, 44, 6), "WAL"), ((3, 45, 1), "DELETE"), ((3, 50, 6), "DELETE"),
        ((3, 50, 7), "WAL"), ((3, 51, 2), "DELETE"), ((3, 51, 3), "WAL"), ((3, 52, 0), "WAL"),
    ],
)  # fmt: skip
def test_the_journal_is_wal_only_where_the_library_is_safe(
    monkeypatch: pytest.MonkeyPatch, version: tuple[int, int, int], journal: str
) -> None:
    monkeypatch.setattr(sqlite3, "sqlite_version_info", version)
    assert database.sqlite_journal() == journal


def test_a_postgresql_that_acknowledges_early_is_refused(postgresql: PostgreSQL) -> None:
    name = postgresql.create()
    postgresql.run(f"alter database {name} set synchronous_commit = off")
    engine = create_engine(postgresql.url(name))
    try:
        with pytest.raises(RuntimeError, match="synchronous_commit off"):
            refuse_careless_database(engine)
    finally:
        engine.dispose()
        postgresql.drop(name)


def test_a_counter_counts_in_its_window_and_keeps_only_a_hash(inside: Flask) -> None:
    at, window = now(), timedelta(minutes=10)
    for moment, counted in ((0, 1), (5, 2), (9, 3), (10, 1), (12, 2)):
        with transaction() as session:
            assert count_up(session, "s", "a@example.org", at + timedelta(minutes=moment), window) == counted
            assert count_up(session, "s", str(moment), at, window) == 1
    session = db.session()
    assert read_count(session, "s", "a@example.org", at + timedelta(minutes=12)) == 2
    assert read_count(session, "s", "a@example.org", at + timedelta(minutes=20)) == 0
    assert read_count(session, "t", "a@example.org", at) == 0
    assert b"example" not in b"".join(session.execute(select(LimitCounter.key)).scalars())
    with transaction() as session:
        forget(session, "s", "a@example.org")
    assert read_count(db.session(), "s", "a@example.org", at + timedelta(minutes=12)) == 0
