"""One database, one commit: SQLite embedded or PostgreSQL grown, durable before anything is acknowledged.

`transaction()` holds the only commit of the product; a guard raises on any other.
"""

from __future__ import annotations

import sqlite3
import threading
import uuid
from collections.abc import Iterator, Mapping, Sequence
from contextlib import AbstractContextManager, contextmanager, nullcontext
from contextvars import ContextVar
from datetime import UTC, datetime
from functools import cache
from typing import Any, ClassVar

from flask import Flask, current_app
from flask_sqlalchemy import SQLAlchemy
from sqlalchemy import (
    DateTime,
    Dialect,
    Engine,
    Executable,
    Insert,
    LargeBinary,
    MetaData,
    Row,
    Table,
    UpdateBase,
    Uuid,
    event,
    insert,
    text,
)
from sqlalchemy.dialects.postgresql import insert as postgresql_insert
from sqlalchemy.dialects.sqlite import insert as sqlite_insert
from sqlalchemy.engine import Connection, make_url
from sqlalchemy.orm import DeclarativeBase, Session
from sqlalchemy.types import TypeDecorator

from config import Settings

BUSY_MILLISECONDS = 15_000
# WAL lost or corrupted commits with two connections before these releases (sqlite.org, "WAL-reset bug").
SAFE_WAL = ((3, 51, 3), (3, 50, 7), (3, 44, 6))

NAMES = {
    "ix": "ix_%(table_name)s_%(column_0_N_name)s",
    "uq": "uq_%(table_name)s_%(column_0_N_name)s",
    "ck": "ck_%(table_name)s_%(constraint_name)s",
    "fk": "fk_%(table_name)s_%(column_0_N_name)s",
    "pk": "pk_%(table_name)s",
}


class UtcTime(TypeDecorator[datetime]):
    """An instant: aware in Python, UTC in both databases."""

    impl = DateTime(timezone=True)
    cache_ok = True

    def process_bind_param(self, value: datetime | None, dialect: Dialect) -> datetime | None:  # noqa: ARG002
        """Into the database."""
        if value is None:
            return None
        if value.tzinfo is None:
            message = "an instant without a time zone was handed to the database"
            raise ValueError(message)
        return value.astimezone(UTC)

    def process_result_value(self, value: datetime | None, dialect: Dialect) -> datetime | None:  # noqa: ARG002
        """Out of it."""
        if value is None:
            return None
        return value.replace(tzinfo=UTC) if value.tzinfo is None else value.astimezone(UTC)


class Sealed(TypeDecorator[bytes]):
    """Sealed bytes: the type only carries them, `core.sealing` makes and opens them."""

    impl = LargeBinary
    cache_ok = True


class Base(DeclarativeBase):
    """Every table: named constraints, so that a constraint's name maps to a message."""

    __table__: ClassVar[Table]
    metadata = MetaData(naming_convention=NAMES)
    type_annotation_map = {  # noqa: RUF012
        uuid.UUID: Uuid(as_uuid=True),
        datetime: UtcTime(),
        bytes: LargeBinary(),
    }


AnyRow = Row[*tuple[Any, ...]]  # of a statement whose columns are listed elsewhere

db = SQLAlchemy(metadata=Base.metadata, session_options={"expire_on_commit": False})

_writing: ContextVar[bool] = ContextVar("writing", default=False)


def init_database(app: Flask, settings: Settings) -> None:
    """Bind the app to its database and install what makes commits durable and single."""
    url = make_url(settings.database)
    app.config["SQLALCHEMY_DATABASE_URI"] = url
    sqlite = url.get_backend_name() == "sqlite"
    if sqlite:
        app.config["SQLALCHEMY_ENGINE_OPTIONS"] = {"connect_args": {"timeout": BUSY_MILLISECONDS / 1000}}
    else:
        app.config["SQLALCHEMY_ENGINE_OPTIONS"] = {"pool_size": 10, "max_overflow": 10, "pool_timeout": 15}
    app.extensions["writer_lock"] = threading.Lock() if sqlite else None
    db.init_app(app)
    with app.app_context():
        engine = db.engine
        if sqlite:
            event.listen(engine, "connect", prepare_sqlite)
            event.listen(engine, "begin", begin_sqlite)
        reader = engine.execution_options(**({} if sqlite else {"isolation_level": "AUTOCOMMIT"}))
        event.listen(reader, "before_execute", only_reads)
        app.extensions["reader"] = reader


def prepare_sqlite(connection: sqlite3.Connection, _record: object) -> None:
    """Set what SQLite needs on each connection; transactions are begun by `begin_sqlite`."""
    connection.isolation_level = None
    for pragma in (
        f"journal_mode = {sqlite_journal()}",
        f"synchronous = {'FULL' if sqlite_journal() == 'WAL' else 'EXTRA'}",
        f"busy_timeout = {BUSY_MILLISECONDS}",
        "foreign_keys = ON",
        "secure_delete = ON",
        "trusted_schema = OFF",
        "temp_store = MEMORY",
    ):
        connection.execute(f"PRAGMA {pragma}").close()


def sqlite_journal() -> str:
    """WAL where the linked library is safe, else the rollback journal (EXTRA then syncs its directory too)."""
    version = sqlite3.sqlite_version_info
    safe = version >= SAFE_WAL[0] or any(version[:2] == fixed[:2] and version >= fixed for fixed in SAFE_WAL[1:])
    return "WAL" if safe else "DELETE"


def begin_sqlite(connection: Connection) -> None:
    """Take the write lock at once when writing: a deferred one fails when two forms are sent together."""
    driver: sqlite3.Connection = connection.connection.driver_connection  # type: ignore[assignment]  # of any database
    driver.execute("BEGIN IMMEDIATE" if _writing.get() else "BEGIN").close()


@contextmanager
def transaction() -> Iterator[Session]:
    """Write: everything inside is on disk when this ends, or nothing of it. Never nested."""
    session = db.session()
    if _writing.get():
        message = "transaction() inside transaction(): services never open one"
        raise RuntimeError(message)
    end_reading(session)
    lock: AbstractContextManager[Any] = current_app.extensions["writer_lock"] or nullcontext()
    with lock:
        token = _writing.set(True)
        try:
            yield session
            session.info["may_commit"] = True
            session.commit()
        except BaseException:
            session.rollback()
            raise
        finally:
            session.info.pop("may_commit", None)
            _writing.reset(token)


@contextmanager
def reading() -> Iterator[Connection]:
    """Read a row or two, without a session. On PostgreSQL each statement stands for itself: no BEGIN and no ROLLBACK
    travel, which cost as much as the read.
    """
    with current_app.extensions["reader"].connect() as connection:
        yield connection


def only_reads(_connection: Connection, statement: Executable, *_given: object) -> None:
    """Guard: without a transaction a write would be final at once."""
    if isinstance(statement, UpdateBase):
        message = "write inside reading()"
        raise RuntimeError(message)  # noqa: TRY004  a programming fault


def end_reading(session: Session) -> None:
    """End an open read transaction without forgetting what was read."""
    if session.in_transaction():
        if session.new or session.dirty or session.deleted:
            message = "changed outside transaction()"
            raise RuntimeError(message)
        session.info["may_commit"] = True
        session.commit()
        session.info.pop("may_commit", None)


@event.listens_for(Session, "before_commit")
def only_transaction_commits(session: Session) -> None:
    """Guard: the commit inside `transaction()` is the only one."""
    if not session.info.get("may_commit"):
        message = "commit outside transaction()"
        raise RuntimeError(message)


def write_rows(session: Session, table: type[Base], rows: Sequence[Mapping[str, Any]]) -> None:
    """Insert plain rows in one statement, past the session: it has nothing to add to them."""
    if rows:
        session.connection().execute(insert_into(table.__table__), rows)


@cache
def insert_into(table: Table) -> Insert:
    """The statement of a table, made once."""
    return insert(table)


@cache
def insert_unless_there(table: Table, *, sqlite: bool, returning: str | None = None) -> Any:  # noqa: ANN401  of two dialects
    """An insert that leaves alone what a unique key knows already; `returning` names the column that tells which."""
    statement = (sqlite_insert if sqlite else postgresql_insert)(table).on_conflict_do_nothing()
    return statement.returning(table.c[returning]) if returning else statement


def is_sqlite(session: Session) -> bool:
    """Whether the session talks to SQLite (no SKIP LOCKED, no FOR UPDATE: one writer at a time instead)."""
    return session.get_bind().dialect.name == "sqlite"


def durability_report(engine: Engine) -> dict[str, str]:
    """What the database promises about a commit, for the start-up line and the health page."""
    with engine.connect() as connection:
        if engine.dialect.name == "sqlite":
            report = {
                name: str(connection.exec_driver_sql(f"PRAGMA {name}").scalar())
                for name in ("journal_mode", "synchronous")
            }
            return {"database": f"SQLite {sqlite3.sqlite_version}", **report}
        names = ("server_version", "fsync", "synchronous_commit", "full_page_writes")
        return {name: str(connection.execute(text(f"SHOW {name}")).scalar()) for name in names}


def refuse_careless_database(engine: Engine) -> None:
    """Raise when a commit would not be on disk when it returns."""
    report = durability_report(engine)
    careless = [name for name in ("fsync", "synchronous_commit", "full_page_writes") if report.get(name) == "off"]
    if careless:
        message = f"PostgreSQL runs with {', '.join(careless)} off: a commit could be lost. Switch on and restart."
        raise RuntimeError(message)
