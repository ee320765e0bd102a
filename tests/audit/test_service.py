"""The trail's rows: sealed words, and a MAC that no edit of any column survives."""

from __future__ import annotations

from collections.abc import Iterator
from datetime import timedelta
from typing import Any

import pytest
from flask import Flask
from sqlalchemy import select, text

from app.audit.domain import Action
from app.audit.models import AuditRecord
from app.audit.service import MAC_COLUMNS, broken_rows, mac_of, record
from app.core.actor import SYSTEM, Actor, ActorKind
from app.core.database import db, transaction
from app.core.ids import new_id
from app.core.sealing import ring


@pytest.fixture
def inside(app: Flask) -> Iterator[Flask]:
    """The app with two rows in the trail: one with everything, one with as little as may be."""
    with app.app_context():
        with transaction() as session:
            record(
                session, Actor(ActorKind.STAFF, new_id()), Action.SEARCHED, subject_kind="list", subject_id=new_id(),
                program="cart", detail={"words": "secret"}, reason="because",
            )  # fmt: skip
            record(session, SYSTEM, Action.SIGNED_OUT, subject_kind="user")
        yield app
        db.session.remove()


def edited(value: Any) -> list[Any]:
    """What somebody might put in its place."""
    if value is None:
        return ["", b"", "x", new_id()]
    if isinstance(value, bytes):
        return [value[:-1] + bytes([value[-1] ^ 1]), b"", None]
    if isinstance(value, str):
        return [value + "x", "", None]
    if hasattr(value, "microsecond"):
        return [value + timedelta(microseconds=1), value - timedelta(days=1)]
    return [new_id()]


def test_an_edit_of_any_column_is_found(inside: Flask) -> None:
    session = db.session()
    house = ring().house(session)
    for item in session.execute(select(AuditRecord)).scalars():
        row = {name: getattr(item, name) for name in MAC_COLUMNS}
        assert mac_of(row, house) == item.mac
        for name in MAC_COLUMNS:
            for value in edited(row[name]):
                assert mac_of({**row, name: value}, house) != item.mac, (name, value)
    assert set(MAC_COLUMNS) | {"mac"} == set(AuditRecord.__table__.columns.keys())


def test_a_moved_border_between_two_columns_is_found(inside: Flask) -> None:
    house = ring().house(db.session())
    row: dict[str, Any] = dict.fromkeys(MAC_COLUMNS)
    assert mac_of({**row, "action": "ab", "outcome": "c"}, house) != mac_of(
        {**row, "action": "a", "outcome": "bc"}, house
    )
    assert mac_of({**row, "action": "a", "subject_kind": None}, house) != mac_of({**row, "action": None, "subject_kind": "a"}, house)  # fmt: skip


def test_a_row_that_was_edited_past_the_trigger_is_named(inside: Flask) -> None:
    session = db.session()
    assert broken_rows(session) == []
    ids = session.execute(select(AuditRecord.id, AuditRecord.program)).all()
    session.rollback()
    with transaction() as writing:
        connection = writing.connection()
        if db.engine.dialect.name == "sqlite":
            connection.execute(text("drop trigger audit_no_update"))
        else:
            connection.execute(text("drop trigger audit_insert_only on audit"))
        connection.execute(text("update audit set program = 'transplant' where program = 'cart'"))
    assert broken_rows(db.session()) == [row.id for row in ids if row.program == "cart"]


def test_words_are_sealed_and_open_again(inside: Flask) -> None:
    session = db.session()
    item = session.execute(select(AuditRecord).where(AuditRecord.action == "searched")).scalar_one()
    assert item.detail is not None
    assert item.reason is not None
    assert b"secret" not in item.detail
    house = ring().house(session)
    assert house.unseal_json(item.detail, ("audit", "detail", item.id)) == {"words": "secret"}
    assert house.unseal_json(item.reason, ("audit", "reason", item.id)) == "because"
