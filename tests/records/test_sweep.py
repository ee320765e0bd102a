"""What was begun and never finished ends; what lacks its other half is found, on either side."""

from __future__ import annotations

import uuid
from datetime import timedelta

import pytest
from flask import Flask
from sqlalchemy import func, select

from app.core.clock import now
from app.core.database import db
from app.records.models import Upload
from app.records.stores import store
from app.records.sweep import sweep
from tests.filing import Sender, kept_files, shelf
from tests.papers import pdf

LATER = timedelta(hours=25)


@pytest.fixture
def half(filing: Flask) -> Sender:
    """A case with a whole file, and one that stopped half-way."""
    sender = Sender(filing)
    sender.send(("whole.pdf", pdf()))
    where = sender.begin("half.pdf", 100).headers["Location"]
    sender.patch(where, 0, b"%PDF-1.7")
    return sender


def swept(app: Flask, after: timedelta) -> tuple[int, int, int]:
    """Ended, orphans, incomplete."""
    with app.app_context():
        found = sweep(now() + after)
        return found.ended, found.orphans, found.incomplete


def test_what_was_never_finished_ends_when_its_hours_are_over(half: Sender) -> None:
    assert swept(half.app, timedelta()) == (0, 0, 0)
    assert shelf(half.app)["pieces"] == 2
    assert swept(half.app, LATER) == (1, 0, 0)
    assert shelf(half.app) == {"pieces": 1, "known": 1, "orphans": 0, "missing": 0}
    with half.app.app_context():
        assert db.session.execute(select(func.count()).select_from(Upload)).scalar() == 0
    assert set(kept_files(half.app)) == {"whole.pdf"}


def test_pieces_that_no_row_knows_are_removed_once_they_are_old(half: Sender) -> None:
    with half.app.app_context():
        file_id = kept_files(half.app)["whole.pdf"][0].id
        store().put(file_id, "stray", b"x")
        store().put(uuid.uuid4(), "lost", b"x")
    assert swept(half.app, timedelta()) == (0, 0, 0)
    assert swept(half.app, LATER)[1] == 2
    assert shelf(half.app) == {"pieces": 1, "known": 1, "orphans": 0, "missing": 0}
    assert set(kept_files(half.app)) == {"whole.pdf"}


@pytest.mark.parametrize("tokens", [None, "one"])
def test_a_file_whose_pieces_are_gone_is_reported_and_stays(half: Sender, tokens: str | None) -> None:
    half.send(("second.pdf", pdf(b"second")))
    row = kept_files(half.app)["whole.pdf"][0]
    with half.app.app_context():
        store().remove(row.id, {row.pieces.partition(":")[0]} if tokens else None)
    assert swept(half.app, LATER) == (1, 0, 1)
    assert "whole.pdf" in half.page()
