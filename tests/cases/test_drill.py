"""The daily test page: sent once a day to everybody by each channel, acknowledged one by one, and doubted by the clock alone."""

from __future__ import annotations

from collections.abc import Callable
from datetime import timedelta
from pathlib import Path
from typing import Any

import pytest
from flask import Flask

from app.audit.models import AuditRecord
from app.cases.drill import PATIENCE, doubts
from app.cases.models_paging import Page
from app.core.clock import now
from app.core.database import db
from app.core.worker import tidy
from tests.cases.test_letters import mailing, rows
from tests.conftest import MONDAY
from tests.folders import edit, put_in_force
from tests.paging import ATTENDING, ATTENDING_MAIL, FELLOW, FELLOW_MAIL, body, link_in, page_by_mail, reach
from tests.sending import work
from tests.services import Mailbox, webhook_sink

Sink = tuple[Mailbox, int]
SECOND = timedelta(seconds=1)
DAY = timedelta(days=1)
# The fixture's clock begins on Monday at 10 am in Boston, which is when the shipped programs test.


@pytest.fixture
def paging(make_app: Callable[..., Flask], mailbox: Sink, folder: Path, clock: Any) -> Flask:
    """An app whose CAR T program pages two by mail."""
    app = mailing(make_app, mailbox[1])
    page_by_mail(app, folder)
    return app


def hour(app: Flask) -> None:
    """What a worker does in an hour."""
    tidy(app)
    work(app)


def links(box: Mailbox) -> dict[str, str]:
    """The links of the test pages that came, by address; clears the mailbox."""
    found = {one["To"]: link_in(body(one)) for one in box.letters if one["Subject"] == "Test page"}
    assert len(found) == len(box.letters)
    box.letters.clear()
    return found


def doubted(app: Flask, program: str = "cart") -> list[tuple[str, ...]]:
    """Who did not answer, where the pages of a program cannot be relied on."""
    with app.app_context():
        found = [one.silent for one in doubts(db.session(), (program,), now())]
        db.session.remove()
    return found


def press(app: Flask, *pressed: str) -> None:
    """The buttons behind links."""
    for link in pressed:
        assert app.test_client().post(link).status_code == 303


def test_everybody_is_tested_once_a_day_at_the_hour_of_the_program(paging: Flask, mailbox: Sink, clock: Any) -> None:
    box, _port = mailbox
    hour(paging)
    assert set(links(box)) == {FELLOW_MAIL, ATTENDING_MAIL}
    for _hour in range(23):
        clock.shift(timedelta(hours=1))
        hour(paging)
    assert links(box) == {}
    clock.shift(timedelta(minutes=59))
    work(paging)
    assert links(box) == {}
    clock.shift(timedelta(minutes=1))
    work(paging)
    assert set(links(box)) == {FELLOW_MAIL, ATTENDING_MAIL}, "at its hour, not at the next of the chores"
    assert {row[0] for row in rows(paging, Page.case_id, Page.id)} == {None}


def test_a_folder_names_the_hour(paging: Flask, mailbox: Sink, folder: Path, clock: Any) -> None:
    edit(folder, "programs/cart.yaml", "name: CAR T-cell therapy", 'name: CAR T-cell therapy\ntest_page: "11:30"')
    clock.shift(SECOND)  # of two versions of one instant neither is the newer
    put_in_force(paging, folder)
    clock.shift(-timedelta(hours=1, seconds=1))
    hour(paging)
    assert rows(paging, Page.at) == [MONDAY - timedelta(hours=1)] * 2, "that of the day before, since none was sent"
    links(mailbox[0])
    clock.shift(timedelta(hours=2, minutes=29))
    work(paging)
    assert links(mailbox[0]) == {}
    clock.shift(timedelta(minutes=1))
    work(paging)
    assert len(links(mailbox[0])) == 2


def test_a_test_page_says_so_and_a_scanner_that_opens_it_acknowledges_nothing(paging: Flask, mailbox: Sink) -> None:
    hour(paging)
    letter = next(one for one in mailbox[0].letters if one["To"] == FELLOW_MAIL)
    link = link_in(body(letter))
    assert body(letter).strip() == f"Test page. Acknowledge: http://127.0.0.1:8000{link}"
    for _time in range(3):
        shown = paging.test_client().get(link).text
        paging.test_client().head(link)
    assert "<h1>Test page</h1>" in shown
    assert "<button" in shown
    assert rows(paging, Page.acknowledged_at) == [None, None]
    press(paging, link, link)
    assert rows(paging, AuditRecord.action).count("page_acknowledged") == 1
    assert "Acknowledged." in paging.test_client().get(link).text
    clock_now = now()
    assert sorted(rows(paging, Page.acknowledged_at), key=str) == [clock_now, None]


def test_pages_are_relied_on_when_everybody_acknowledged_and_for_two_hours_on_the_next_day(
    paging: Flask, mailbox: Sink, clock: Any
) -> None:
    box, _port = mailbox
    assert doubted(paging) == [(FELLOW, ATTENDING)], "never tested"
    hour(paging)
    sent = links(box)
    press(paging, sent[FELLOW_MAIL])
    assert doubted(paging) == [(ATTENDING,)]
    press(paging, sent[ATTENDING_MAIL])
    assert doubted(paging) == []
    clock.shift(DAY)
    hour(paging)
    sent = links(box)
    clock.shift(PATIENCE - SECOND)
    assert doubted(paging) == []
    clock.shift(SECOND)
    assert sorted(doubted(paging)[0]) == sorted((FELLOW, ATTENDING))
    press(paging, *sent.values())
    assert doubted(paging) == [], "late is better than never"


def test_a_worker_that_stopped_is_doubted_by_the_clock_alone(paging: Flask, mailbox: Sink, clock: Any) -> None:
    hour(paging)
    press(paging, *links(mailbox[0]).values())
    clock.shift(DAY + PATIENCE - SECOND)
    assert doubted(paging) == []
    clock.shift(SECOND)
    assert doubted(paging) == [(FELLOW, ATTENDING)]


def test_a_day_that_was_not_acknowledged_is_not_made_good_by_the_patience_of_the_next(
    paging: Flask, mailbox: Sink, clock: Any
) -> None:
    hour(paging)
    clock.shift(DAY)
    hour(paging)
    assert doubted(paging) != []


def test_a_list_that_was_changed_is_not_tested_yet(paging: Flask, mailbox: Sink, folder: Path, clock: Any) -> None:
    box, _port = mailbox
    hour(paging)
    press(paging, *links(box).values())
    edit(folder, "programs/cart.yaml", FELLOW_MAIL, "fellow2@pager.example.org")
    clock.shift(SECOND)
    put_in_force(paging, folder)
    work(paging)
    assert doubted(paging) == [(FELLOW, ATTENDING)]
    hour(paging)
    sent = links(box)
    assert set(sent) == {"fellow2@pager.example.org", ATTENDING_MAIL}, "within the hour"
    press(paging, *sent.values())
    assert doubted(paging) == []


def test_each_channel_has_a_link_of_its_own(
    make_app: Callable[..., Flask], mailbox: Sink, folder: Path, clock: Any
) -> None:
    app = mailing(make_app, mailbox[1])
    with webhook_sink() as hook:
        reach(folder, FELLOW, "webhook", f"{hook.address}/pages")
        page_by_mail(app, folder)
        hour(app)
    (page,) = hook.pages
    assert page["reference"] == ""
    sent = links(mailbox[0])
    press(app, *sent.values())
    assert doubted(app) == [(FELLOW,)], "by one of two channels"
    press(app, link_in(page["link"]))
    assert doubted(app) == []


def test_without_a_channel_nothing_is_sent_and_the_doubt_stays(app: Flask) -> None:
    hour(app)
    assert rows(app, Page.id) == []
    assert doubted(app) == [()]
    assert doubted(app, "nothing") == []


def test_a_test_that_is_done_twice_pages_once(paging: Flask, mailbox: Sink, clock: Any) -> None:
    clock.shift(DAY + timedelta(hours=1))
    tidy(paging)
    clock.shift(timedelta(minutes=5))
    tidy(paging)
    work(paging)
    assert len(links(mailbox[0])) == 2
    assert len(rows(paging, Page.id)) == 2
