"""What the desk shows of a page: every step as a line of the timeline, and an alarm when nobody answers for half an hour."""

from __future__ import annotations

import re
from collections.abc import Callable
from datetime import timedelta
from html import unescape
from pathlib import Path
from typing import Any

import pytest
from flask import Flask

from app.cases.paging import unanswered
from app.core.clock import now
from app.core.database import db
from app.core.worker import tidy
from tests.cases.test_letters import mailing
from tests.conftest import add_people
from tests.pages import Browser, words
from tests.paging import ATTENDING, FELLOW, FELLOW_MAIL, body, link_in, page_by_mail
from tests.sending import send, work
from tests.services import Mailbox

Desk = tuple[Flask, Browser, str]


@pytest.fixture
def paged(make_app: Callable[..., Flask], mailbox: tuple[Mailbox, int], folder: Path, clock: Any) -> Desk:
    """An urgent case about which somebody is paged, and a coordinator."""
    app = mailing(make_app, mailbox[1])
    page_by_mail(app, folder)
    add_people(app)
    receipt = send(app, in_hospital_now="yes", contact_email="")
    work(app)
    return app, Browser(app.test_client()), receipt.reference


def step(desk: Desk, clock: Any, minutes: int) -> None:
    """Let time pass, and the worker work."""
    clock.shift(timedelta(minutes=minutes))
    work(desk[0])


def test_a_page_unanswered_for_half_an_hour_is_on_the_timeline_and_an_alarm_on_the_desk(
    paged: Desk, clock: Any
) -> None:
    _app, browser, reference = paged
    step(paged, clock, 10)
    step(paged, clock, 10)
    browser.sign_in()
    assert "Nobody has answered" not in words(browser.get("/desk"))
    assert "Nobody has answered" not in words(browser.get(f"/desk/cases/{reference}"))
    assert "Nobody answered the page for 20 minutes" in words(browser.get(f"/desk/cases/{reference}"))
    step(paged, clock, 10)
    assert f"Nobody has answered the page for {reference} (30 min)" in words(browser.get("/desk"))
    case = words(browser.get(f"/desk/cases/{reference}"))
    assert f"Nobody has answered the page for {reference} (30 min)" in case
    for line in (
        f"Paged {FELLOW} by mail", "Nobody answered the page for 10 minutes", "Nobody answered the page for 20 minutes",
        f"Paged {ATTENDING} by mail", "Nobody answered the page for 30 minutes: alarm on the desk",
        "Paged Mina Dalgaard by mail to their account",
    ):  # fmt: skip
        assert line in case, line


def test_the_alarm_ends_when_somebody_takes_the_case_and_the_timeline_says_why_pages_stopped(
    paged: Desk, clock: Any
) -> None:
    _app, browser, reference = paged
    step(paged, clock, 30)
    browser.sign_in()
    browser.get(f"/desk/cases/{reference}")
    assert browser.post(f"/desk/cases/{reference}/claim", {}).status_code == 303
    assert "Nobody has answered" not in words(browser.get("/desk"))
    step(paged, clock, 30)
    browser.sign_in()
    assert "No more pages: somebody has the case" in words(browser.get(f"/desk/cases/{reference}"))


def test_the_timeline_says_who_acknowledged_and_what_failed(
    paged: Desk, clock: Any, mailbox: tuple[Mailbox, int]
) -> None:
    app, browser, reference = paged
    browser.sign_in()
    case = browser.get(f"/desk/cases/{reference}").text
    news = unescape(re.search(r'data-live="([^"]+)"', case).group(1))  # type: ignore[union-attr]  # or it fails here
    mailbox[0].refuse, mailbox[0].only = "550 no such pager", FELLOW_MAIL
    step(paged, clock, 10)
    letter = next(one for one in mailbox[0].letters if one["To"] == FELLOW_MAIL)
    app.test_client().post(link_in(body(letter)))
    assert f"Page acknowledged by {FELLOW}, at" in browser.client.get(news).get_json()["says"]
    case = words(browser.get(f"/desk/cases/{reference}"))
    assert f"Paging {FELLOW} failed (smtp_550)" in case
    assert f"Page acknowledged by {FELLOW}" in case


def test_another_program_sees_no_alarm(paged: Desk, clock: Any) -> None:
    app, _browser, reference = paged
    step(paged, clock, 40)
    with app.app_context():
        assert unanswered(db.session(), ("gene_therapy",), now()) == []
        assert [row.reference for row in unanswered(db.session(), ("cart",), now())] == [reference]
        db.session.remove()


def test_the_desk_says_once_when_pages_may_reach_nobody_and_until_everybody_acknowledged_the_test(
    paged: Desk, clock: Any, mailbox: tuple[Mailbox, int]
) -> None:
    app, browser, reference = paged
    browser.sign_in()
    cart = f"may reach nobody: the last test page was not acknowledged by {FELLOW}, {ATTENDING}. Phone the doctor"
    for address in ("/desk", f"/desk/cases/{reference}"):
        said = words(browser.get(address))
        assert said.count("may reach nobody") == 1
        assert f"{FELLOW}, {ATTENDING}" in said
    only_cart = Browser(app.test_client())
    only_cart.sign_in("ben.okafor")
    assert cart in words(only_cart.get("/desk"))
    mailbox[0].letters.clear()
    tidy(app)
    work(app)
    for letter in [one for one in mailbox[0].letters if one["Subject"] == "Test page"]:
        assert cart.split(":", maxsplit=1)[0] in words(only_cart.get("/desk"))
        app.test_client().post(link_in(body(letter)))
    assert "may reach nobody" not in words(only_cart.get("/desk"))
    said = words(browser.get("/desk"))
    assert "may reach nobody (Gene therapy, Transplant): an on-call list has no channel." in said


def test_who_reads_no_case_and_a_demonstration_see_no_alarm_about_pages(make_app: Callable[..., Flask]) -> None:
    app = make_app(DEMO="yes")
    add_people(app)
    for login in ("ana.ribeiro", "otis.varga"):
        browser = Browser(app.test_client())
        browser.sign_in(login)
        assert "may reach nobody" not in words(browser.get("/desk" if login.startswith("ana") else "/desk/paged"))
