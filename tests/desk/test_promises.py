"""What the desk shows of a promise: the reason on its row, a line for each step, and word of it on an open page."""

from __future__ import annotations

import re
from collections.abc import Callable
from datetime import timedelta
from html import unescape
from typing import Any

import pytest
from flask import Flask

from tests.cases.test_letters import mailing
from tests.conftest import add_people
from tests.pages import Browser, words
from tests.sending import send, work
from tests.services import Mailbox


@pytest.fixture
def mailed(make_app: Callable[..., Flask], mailbox: tuple[Mailbox, int], clock: Any) -> Flask:
    """An app with people, which mails through a sink."""
    app = mailing(make_app, mailbox[1])
    add_people(app)
    return app


def test_the_row_the_timeline_and_an_open_page_say_how_a_promise_stands(
    mailed: Flask, mailbox: tuple[Mailbox, int], clock: Any
) -> None:
    reference = send(mailed).reference
    work(mailed)
    clock.shift(timedelta(hours=28, minutes=59))
    browser = Browser(mailed.test_client())
    browser.sign_in()
    assert "Promise" not in words(browser.get("/desk"))
    case = browser.get(f"/desk/cases/{reference}").text
    news = unescape(re.search(r'data-live="([^"]+)"', case).group(1))  # type: ignore[union-attr]  # or it fails here
    clock.shift(timedelta(minutes=1))
    work(mailed)
    due = "a first call by Jan 8, 2030, 5:00 PM EST"
    assert f"Promise about to be missed: {due}, at 3:00 pm." in browser.client.get(news).get_json()["says"]
    assert "Promise about to be missed; New inquiry, first call due" in words(browser.get("/desk"))
    shown = words(browser.get(f"/desk/cases/{reference}"))
    assert f"Promise about to be missed: {due}" in shown
    assert "Told Mina Dalgaard, manager, by mail" in shown
    clock.shift(timedelta(hours=2))
    work(mailed)
    browser.sign_in()
    assert "Promise missed; New inquiry, first call due" in words(browser.get("/desk"))
    assert f"Promise missed: {due}" in words(browser.get(f"/desk/cases/{reference}"))


def test_a_manager_who_could_not_be_told_is_named(mailed: Flask, mailbox: tuple[Mailbox, int], clock: Any) -> None:
    reference = send(mailed).reference
    work(mailed)
    mailbox[0].refuse, mailbox[0].only = "550 no such user", "mina.dalgaard@example.org"
    clock.shift(timedelta(hours=30))
    work(mailed)
    browser = Browser(mailed.test_client())
    browser.sign_in()
    shown = words(browser.get(f"/desk/cases/{reference}"))
    assert "Telling Mina Dalgaard, manager, failed (smtp_550)" in shown
