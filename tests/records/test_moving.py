"""A file on the wrong child: moved whole or not at all, sealed for the other case, and out of the first one's sight."""

from __future__ import annotations

import threading
from collections.abc import Callable, Iterator
from contextlib import contextmanager
from datetime import timedelta
from typing import Any

import pytest
from flask import Flask
from sqlalchemy import event, select, update

from app.cases.checklist import items_of
from app.cases.domain import Kind
from app.cases.models import Case
from app.cases.models_work import Event
from app.core.actor import Permission
from app.core.clock import now
from app.core.database import db, transaction
from app.core.errors import Conflict, NotAllowed, Refused
from app.core.ids import new_id
from app.core.sealing import ring
from app.records.models import File
from app.records.moving import move_file
from app.records.pieces import SealedReader, SealedWriter, read_pieces, write_pieces
from app.records.sorting import sort_files
from app.records.stores import StoreAway, store
from app.records.sweep import sweep
from tests.cases.test_acts import actor
from tests.conftest import add_people
from tests.filing import Sender, kept_files
from tests.papers import pdf
from tests.sending import send, set_rows

SQLITE = pytest.mark.parametrize("make_app", ["sqlite"], indirect=True)
PAPER = pdf(b"flow of another child") + b"%" + bytes(5_000_000)  # of three pieces
COPY = b"a copy without place and device"


@pytest.fixture
def wrong(filing: Flask) -> tuple[Flask, Sender, str]:
    """A file of three pieces, with a copy, sorted, on a referral; and the right child's reference."""
    add_people(filing)
    sender = Sender(filing, send(filing, Kind.REFERRAL, record_flow_cytometry="sent"))
    sender.send(("flow.pdf", PAPER))
    row = kept_files(filing)["flow.pdf"][0]
    with filing.app_context():
        writer = SealedWriter(store(), ring().load(db.session(), row.key_id), new_id())
        writer.write(COPY)
        copied = {"copy_id": writer.file_id, "copy_pieces": write_pieces(writer.end(last=True))}
    set_rows(filing, update(File).values(scan_state="clean", **copied))
    with filing.test_request_context(), transaction() as session:
        sort_files(session, sender.receipt.case_id, actor(filing), now(), ids=[row.id], item="flow_cytometry")
    return filing, sender, send(filing, Kind.REFERRAL, record_flow_cytometry="sent").reference


class Store:
    """The store of an app, with something that happens before a piece is kept or removed."""

    def __init__(self, app: Flask, **before: Callable[[], object]) -> None:
        self.real, self.before = app.extensions["file_store"], before
        app.extensions["file_store"] = self

    def __getattr__(self, name: str) -> Any:
        self.before.get(name, lambda: None)()
        return getattr(self.real, name)


def away() -> None:
    """It cannot be reached any more."""
    raise StoreAway("killed")


def move(app: Flask, sender: Sender, target: str, person: str = "ana.ribeiro") -> None:
    """As the page does it."""
    with app.test_request_context():
        session = db.session()
        file = session.execute(select(File)).scalar_one()
        source = session.get_one(Case, sender.receipt.case_id)
        to = session.execute(select(Case).where(Case.reference == target)).scalar_one()
        move_file(source, file, to, actor(app, person), "Two children of one name")


def lies(app: Flask) -> tuple[str, bytes, bytes]:
    """The reference of the case that the file lies on, its bytes and its copy's, each opened by that case's key."""
    row, content = kept_files(app)["flow.pdf"]
    with app.app_context():
        case = db.session.execute(select(Case).where(Case.id == row.case_id)).scalar_one()
        assert row.key_id == case.key_id
        assert row.copy_id
        key, pieces = ring().load(db.session(), case.key_id), read_pieces(row.copy_pieces or "")
        copy = SealedReader(store(), key, row.copy_id, pieces)
        return case.reference, content, b"".join(copy.all())


def stray(app: Flask) -> int:
    """Pieces that no row knows."""
    with app.app_context():
        row = db.session.execute(select(File)).scalar_one()
        known = {one.token for text in (row.pieces, row.copy_pieces or "") for one in read_pieces(text)}
        kept = {token for _id, found in store().kept() for token in found}
        assert known <= kept
        return len(kept - known)


def state(app: Flask, reference: str) -> str:
    """Where the record stands on a case's list."""
    with app.app_context():
        case = db.session.execute(select(Case).where(Case.reference == reference)).scalar_one()
        return next(one.state for one in items_of(db.session(), case.id) if one.item == "flow_cytometry")


def lines(app: Flask) -> list[tuple[Any, ...]]:
    """What the timelines say of it."""
    with app.app_context():
        return [tuple(one) for one in db.session.execute(select(Event.case_id, Event.subject_id).where(Event.kind == "file_moved"))]  # fmt: skip


@contextmanager
def failing(app: Flask) -> Iterator[None]:
    """The commit of a move does not end well."""
    written = list[str]()

    def note(_connection: object, _cursor: object, statement: str, *_given: object) -> None:
        written.extend([statement] if statement.startswith("UPDATE file ") else [])

    def fail(_connection: object) -> None:
        if written:
            message = "the disk is full"
            raise OSError(message)

    with app.app_context():
        engine = db.engine
    event.listen(engine, "before_cursor_execute", note)
    event.listen(engine, "commit", fail)
    try:
        yield
    finally:
        event.remove(engine, "commit", fail)
        event.remove(engine, "before_cursor_execute", note)


def test_a_moved_file_is_the_other_childs_alone(wrong: tuple[Flask, Sender, str]) -> None:
    app, sender, target = wrong
    before = kept_files(app)["flow.pdf"][0]
    assert (state(app, sender.receipt.reference), state(app, target)) == ("received", "promised")
    assert "flow.pdf" in sender.page()
    move(app, sender, target)
    assert lies(app) == (target, PAPER, COPY)
    row = kept_files(app)["flow.pdf"][0]
    assert (row.party_id, row.item, row.origin_case_id, row.scan_state) == (None, None, row.case_id, "clean")
    assert row.digest != before.digest
    assert stray(app) == 0
    assert (state(app, sender.receipt.reference), state(app, target)) == ("missing", "promised")
    assert "flow.pdf" not in sender.page()
    assert set(lines(app)) == {(sender.receipt.case_id, row.id), (row.case_id, row.id)}
    with app.test_request_context(), pytest.raises(Refused):
        case = db.session.get_one(Case, row.case_id)
        move_file(case, db.session.get_one(File, row.id), case, actor(app), "To itself")


def test_a_commit_that_fails_leaves_both_sides_whole_and_the_sweep_takes_the_rest(
    wrong: tuple[Flask, Sender, str],
) -> None:
    app, sender, target = wrong
    source = sender.receipt.reference
    with failing(app), pytest.raises(OSError, match="full"):
        move(app, sender, target)
    assert lies(app) == (source, PAPER, COPY)
    assert (lines(app), stray(app), state(app, source)) == ([], 4, "received")
    with app.app_context():
        assert sweep(now()).orphans == 0  # young ones may be somebody's who moves it just now
        found = sweep(now() + timedelta(hours=25))
        assert (found.orphans, found.incomplete) == (4, 0)
    assert lies(app) == (source, PAPER, COPY)
    move(app, sender, target)
    assert lies(app) == (target, PAPER, COPY)


def test_an_end_right_after_the_commit_leaves_old_pieces_to_the_sweep(wrong: tuple[Flask, Sender, str]) -> None:
    app, sender, target = wrong
    down = Store(app, remove=away)
    move(app, sender, target)
    app.extensions["file_store"] = down.real
    assert lies(app) == (target, PAPER, COPY)
    assert stray(app) == 4
    with app.app_context():
        found = sweep(now() + timedelta(hours=25))
        assert (found.orphans, found.incomplete) == (4, 0)
    assert lies(app) == (target, PAPER, COPY)


def test_of_two_who_move_it_at_once_one_is_told(wrong: tuple[Flask, Sender, str]) -> None:
    app, sender, target = wrong
    third = send(app).reference
    both, told, once = threading.Barrier(2), list[str](), threading.local()

    def together() -> None:
        if not getattr(once, "met", False):
            once.met = True
            both.wait(timeout=60)

    def try_it(to: str) -> None:
        try:
            move(app, sender, to)
            told.append("moved")
        except Conflict as conflict:
            told.append(conflict.message)

    Store(app, put=together)  # both have read the row before one of them seals a byte
    tries = [threading.Thread(target=try_it, args=(to,)) for to in (target, third)]
    for one in tries:
        one.start()
    for one in tries:
        one.join()
    assert sorted(message[:12] for message in told) == ["This file ch", "moved"]
    assert lies(app)[1:] == (PAPER, COPY)
    assert stray(app) == 0
    assert len(lines(app)) == 2


@SQLITE
def test_who_works_one_of_the_cases_only_moves_nothing(wrong: tuple[Flask, Sender, str]) -> None:
    app, sender, target = wrong
    set_rows(app, update(Case).where(Case.reference == target).values(program="transplant"))
    with pytest.raises(NotAllowed):
        move(app, sender, target, "ben.okafor")
    with app.app_context():
        assert not actor(app, "ben.okafor").may(Permission.WORK_CASES, "transplant")
    assert lies(app) == (sender.receipt.reference, PAPER, COPY)
    assert stray(app) == 0


@SQLITE
def test_a_case_that_is_full_takes_no_more(make_app: Callable[..., Flask]) -> None:
    app = make_app(MAX_CASE_BYTES="3000000")
    add_people(app)
    sender, full = Sender(app), Sender(app)
    sender.send(("flow.pdf", b"%PDF-1.7\n" + bytes(2_000_000)))
    full.send(("other.pdf", b"%PDF-1.7\n" + bytes(2_000_001)))
    with app.test_request_context():
        row = kept_files(app)["flow.pdf"][0]
        cases = [db.session.get_one(Case, one.receipt.case_id) for one in (sender, full)]
        with pytest.raises(Refused, match="no room"):
            move_file(cases[0], db.session.get_one(File, row.id), cases[1], actor(app), "Wrong child")
    assert kept_files(app)["flow.pdf"][0].case_id == sender.receipt.case_id
