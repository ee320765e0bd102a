"""Private links: the same one every time, and wrong, revoked and expired ones all alike."""

from __future__ import annotations

import string
from collections.abc import Iterator
from datetime import timedelta
from typing import Any

import pytest
from flask import Flask
from hypothesis import example, given
from hypothesis import strategies as st

from app.cases.links import find_link, secret_of
from app.cases.models import Link
from app.core.clock import now
from app.core.database import db
from app.core.ids import new_id
from tests.sending import send, set_rows

LETTERS = string.ascii_letters + string.digits + "-_"


@pytest.fixture
def inside(app: Flask) -> Iterator[Flask]:
    """The app, to be asked."""
    with app.app_context():
        yield app
        db.session.remove()


def test_a_link_opens_its_own_submission_and_stays_the_same(inside: Flask) -> None:
    first, second = send(inside), send(inside)
    secrets = {secret_of(db.session(), one.link_id, one.link_issue) for one in (first, second, first)}
    assert len(secrets) == 2
    assert {len(one) for one in secrets} == {43}
    for receipt in (first, second):
        found = find_link(db.session(), secret_of(db.session(), receipt.link_id, 1), now())
        assert found is not None
        assert (found.Submission.id, found.Party.submission_id) == (receipt.submission_id, receipt.submission_id)


def test_one_changed_letter_opens_nothing(inside: Flask) -> None:
    receipt = send(inside)
    session = db.session()
    secret = secret_of(session, receipt.link_id, 1)
    for place, right in enumerate(secret):
        for wrong in {LETTERS[(LETTERS.index(right) + 1) % 64], LETTERS[LETTERS.index(right) ^ 1], "=", "!", " "} - {
            right
        }:
            assert find_link(session, secret[:place] + wrong + secret[place + 1 :], now()) is None
    for other in (secret + "A", secret + "=", secret[:-1], "!" + secret, secret.swapcase(), secret[22:] + secret[:22]):
        assert find_link(session, other, now()) is None
    assert find_link(session, secret, now()) is not None


def test_any_text_is_answered_and_opens_nothing(inside: Flask) -> None:
    send(inside)

    @given(st.text() | st.text(LETTERS, min_size=40, max_size=46))
    @example("é" * 43)
    @example("")
    def asked(text: str) -> None:
        assert find_link(db.session(), text, now()) is None

    asked()


@pytest.mark.parametrize("values", [{"revoked_at": now()}, {"expires_at": now() - timedelta(days=1)}, {"issue": 2}])
def test_revoked_expired_replaced_and_invented_links_look_alike(inside: Flask, values: dict[str, Any]) -> None:
    receipt = send(inside)
    secret = secret_of(db.session(), receipt.link_id, 1)
    set_rows(inside, Link.__table__.update().values(**values))
    db.session.remove()
    assert find_link(db.session(), secret, now()) is None
    browser = inside.test_client()
    answers = [browser.get(f"/follow/{one}") for one in (secret, secret_of(db.session(), new_id(), 1), "A" * 43, "x")]
    assert {answer.status_code for answer in answers} == {404}
    assert len({answer.get_data(as_text=True).count("\n") for answer in answers}) == 1


def test_a_link_that_ends_later_opens_until_then(inside: Flask) -> None:
    receipt, end = send(inside), now() + timedelta(days=1)
    set_rows(inside, Link.__table__.update().values(expires_at=end))
    secret = secret_of(db.session(), receipt.link_id, 1)
    assert find_link(db.session(), secret, end - timedelta(seconds=1)) is not None
    assert find_link(db.session(), secret, end) is None
