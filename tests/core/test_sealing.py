"""Sealed values open only whole, in their own place, under their own key; destroyed keys open nothing."""

from __future__ import annotations

import base64
import uuid
from datetime import timedelta
from pathlib import Path

import pytest
from flask import Flask
from hypothesis import given
from hypothesis import strategies as st
from sqlalchemy import delete, select

from app.core.clock import now
from app.core.database import db, transaction
from app.core.sealing import DataKeyRow, KeyRing, SealBroken, read_master_key, ring, write_master_key
from app.drafts import service as drafts
from app.drafts.models import DraftRow
from config import Settings

RING = KeyRing(b"m" * 32)
KEY, ROW = RING.make("case")
HERE = ("case", "identity", uuid.UUID(int=1))
plain = st.recursive(
    st.none() | st.booleans() | st.integers() | st.text(),
    lambda inner: st.lists(inner) | st.dictionaries(st.text(), inner),
)


@given(st.binary())
def test_what_was_sealed_opens_again_and_never_looks_the_same_twice(value: bytes) -> None:
    sealed = KEY.seal(value, HERE)
    assert KEY.unseal(sealed, HERE) == value
    assert KEY.seal(value, HERE) != sealed
    assert sealed[:16] == KEY.id.bytes
    assert len(value) < 8 or value not in sealed


@given(plain)
def test_documents_of_plain_values_come_back_equal(value: object) -> None:
    assert KEY.unseal_json(KEY.seal_json(value, HERE), HERE) == value


@given(st.tuples(st.text(), st.text(), st.uuids()))
def test_a_value_that_was_moved_does_not_open(there: tuple[str, str, uuid.UUID]) -> None:
    if there == HERE:
        return
    with pytest.raises(SealBroken):
        KEY.unseal(KEY.seal(b"value", HERE), there)


@given(st.binary(min_size=1), st.data())
def test_a_value_with_one_bit_changed_or_cut_does_not_open(value: bytes, data: st.DataObject) -> None:
    sealed = bytearray(KEY.seal(value, HERE))
    bit = data.draw(st.integers(0, len(sealed) * 8 - 1))
    cut = data.draw(st.integers(0, len(sealed) - 1))
    with pytest.raises(SealBroken):
        KEY.unseal(bytes(sealed[:cut]), HERE)
    sealed[bit // 8] ^= 1 << bit % 8
    with pytest.raises(SealBroken):
        KEY.unseal(bytes(sealed), HERE)


def test_another_key_opens_nothing_even_under_the_same_id() -> None:
    other, _row = RING.make("case")
    sealed = KEY.seal(b"value", HERE)
    with pytest.raises(SealBroken):
        other.unseal(sealed, HERE)
    with pytest.raises(SealBroken):
        other.unseal(other.id.bytes + sealed[16:], HERE)


def test_a_wrapped_key_opens_only_under_its_own_id_and_master() -> None:
    wrapped, master = bytes(ROW["wrapped"]), str(ROW["master"])  # type: ignore[call-overload]
    assert RING.open(KEY.id, master, wrapped).secret == KEY.secret
    for key_id, name, opener in (
        (uuid.UUID(int=7), master, RING), (KEY.id, "no such master", RING), (KEY.id, master, KeyRing(b"n" * 32)),
    ):  # fmt: skip
        with pytest.raises(SealBroken):
            opener.open(key_id, name, wrapped)
    rotated = KeyRing(b"n" * 32, {master: b"m" * 32})
    assert rotated.open(KEY.id, master, wrapped).secret == KEY.secret
    assert KEY.secret not in wrapped


def test_a_fault_says_nothing_of_the_value() -> None:
    with pytest.raises(SealBroken) as broken:
        KEY.unseal(KEY.seal(b"secret words", HERE)[:-1], HERE)
    assert str(broken.value) == "('case', 'identity')"


def test_keys_derived_for_two_uses_differ() -> None:
    assert len({KEY.derive("a"), KEY.derive("b"), KEY.secret}) == 3
    assert KEY.derive("a") == KEY.derive("a")


def test_keys_destroyed_by_a_purge_open_nothing(app: Flask) -> None:
    with app.app_context():
        with transaction() as session:
            draft = drafts.start(
                session, program="p", kind="inquiry", locale="en", answers={"a": ["b"]}, at=now(), days=1
            )
            row = session.execute(select(DraftRow)).scalar_one()
        assert ring().load(db.session(), draft.key.id).unseal(row.answers, ("draft", "answers", row.id))
        for days, gone in ((0, 0), (2, 1), (2, 0)):
            with transaction() as session:
                assert drafts.purge_expired(session, now() + timedelta(days=days)) == gone
        with pytest.raises(SealBroken):
            ring().load(db.session(), draft.key.id)
        assert ring().load_many(db.session(), {draft.key.id}) == {}
        db.session.remove()


def test_without_the_house_key_nothing_is_made_up(app: Flask) -> None:
    with app.app_context():
        with transaction() as session:
            session.execute(delete(DataKeyRow))
        with pytest.raises(SealBroken):
            KeyRing(b"m" * 32).house(db.session())
        db.session.remove()


@pytest.mark.parametrize("typed", ["", " \n", "not base64!", base64.b64encode(b"short").decode(), "ü"])
def test_a_master_key_that_will_not_do_is_refused_with_the_mend(tmp_path: Path, typed: str) -> None:
    (tmp_path / "master.key").write_text(typed, encoding="utf-8")
    with pytest.raises(RuntimeError, match="master key"):
        read_master_key(Settings.from_environment({"INSTANCE_DIR": str(tmp_path)}))


def test_a_master_key_is_made_once_and_for_its_owner_only(tmp_path: Path) -> None:
    path = tmp_path / "new" / "master.key"
    write_master_key(path)
    made = path.read_bytes()
    write_master_key(path)
    assert path.read_bytes() == made
    assert path.stat().st_mode & 0o777 == 0o600
    assert path.parent.stat().st_mode & 0o777 == 0o700
    assert len(read_master_key(Settings.from_environment({"INSTANCE_DIR": str(path.parent)}))) == 32
    other = base64.b64encode(b"e" * 32).decode()
    assert (
        read_master_key(Settings.from_environment({"INSTANCE_DIR": str(path.parent), "MASTER_KEY": other})) == b"e" * 32
    )
