"""A draft's life: found by its handle alone, kept for its days, then gone with its key."""

from __future__ import annotations

from collections.abc import Callable
from datetime import timedelta
from typing import Any

from flask import Flask
from sqlalchemy import func, select

from app.cases.domain import Kind
from app.core.database import db
from app.core.sealing import DataKeyRow
from app.drafts.models import DraftRow
from app.drafts.service import purge_drafts
from tests.doors import begin, fill, fill_and_send
from tests.pages import Browser, words
from tests.stories.ways import REFERRAL


def kept(app: Flask) -> tuple[int, int]:
    """How many drafts there are, and how many keys beside the house's."""
    with app.app_context():
        keys = select(func.count()).select_from(DataKeyRow).where(DataKeyRow.purpose != "house")
        drafts = select(func.count()).select_from(DraftRow)
        return db.session.execute(drafts).scalar_one(), db.session.execute(keys).scalar_one()


def test_a_draft_is_kept_for_its_days_and_then_gone_with_its_key(app: Flask, clock: Any) -> None:
    browser = Browser(app.test_client())
    form = begin(browser, Kind.INQUIRY)
    browser.post(f"{form}/question", {"message": "Begun at night"})
    clock.shift(timedelta(days=29, hours=23))
    with app.app_context():
        purge_drafts()
    assert "Begun at night" in browser.get(f"{form}/question").text
    clock.shift(timedelta(hours=2))
    assert "Begun at night" not in browser.get(f"{form}/question").text
    assert kept(app) == (1, 1)
    with app.app_context():
        purge_drafts()
    assert kept(app) == (0, 0)


def test_saving_puts_the_end_off(app: Flask, clock: Any) -> None:
    browser = Browser(app.test_client())
    form = begin(browser, Kind.INQUIRY)
    for _week in range(3):
        clock.shift(timedelta(days=20))
        browser.get(f"{form}/question")
        browser.post(f"{form}/question", {"message": "Still writing"})
    with app.app_context():
        purge_drafts()
    assert "Still writing" in browser.get(f"{form}/question").text


def test_sending_ends_the_draft_and_its_key_becomes_the_cases(app: Flask) -> None:
    fill_and_send(Browser(app.test_client()), Kind.INQUIRY)
    assert kept(app) == (0, 1)


def test_the_handle_is_in_no_row(app: Flask) -> None:
    form = begin(Browser(app.test_client()), Kind.INQUIRY)
    handle = form.rsplit("/", 1)[1].encode()
    with app.app_context():
        row = db.session.execute(select(DraftRow.__table__)).one()
    assert all(handle not in value for value in row if isinstance(value, bytes))


def test_the_same_handle_at_the_other_door_is_another_form(make_app: Callable[..., Flask]) -> None:
    app = make_app()
    browser = Browser(app.test_client())
    form = begin(browser, Kind.INQUIRY)
    browser.post(f"{form}/child", {"child_given_name": "Itzel"})
    other = form.replace("inquiry", "referral")
    assert "Itzel" not in browser.get(f"{other}/patient").text
    assert fill(browser, other, REFERRAL).status_code == 200
    assert "We have your referral" in words(browser.follow(browser.post(f"{other}/check", {})))
    assert "Itzel" in browser.get(f"{form}/child").text
