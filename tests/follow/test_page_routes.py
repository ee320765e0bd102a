"""The link of a page: scanners and previews may fetch it, only a press acknowledges, and it shows a reference alone."""

from __future__ import annotations

import re
from collections.abc import Callable
from datetime import timedelta
from pathlib import Path
from typing import Any

import pytest
from flask import Flask
from werkzeug.test import TestResponse

from app.audit.models import AuditRecord
from app.cases.models_paging import Page
from app.core.logs import init_logs
from app.core.worker import tidy
from tests.cases.test_letters import mailing, rows
from tests.pages import Browser, words
from tests.paging import FELLOW_MAIL, body, link_in, page_by_mail
from tests.sending import send, work
from tests.services import Mailbox


@pytest.fixture
def page(
    make_app: Callable[..., Flask], mailbox: tuple[Mailbox, int], folder: Path, clock: Any
) -> tuple[Flask, str, str]:
    """An app, the path of a page's link, and the reference of its case."""
    app = mailing(make_app, mailbox[1])
    page_by_mail(app, folder)
    receipt = send(app, in_hospital_now="yes", contact_email="", child_given_name="Zzitzel", message="zzplease")
    work(app)
    letter = next(one for one in mailbox[0].letters if one["To"] == FELLOW_MAIL)
    return app, link_in(body(letter)), receipt.reference


def shown(page: TestResponse) -> str:
    """What a person reads; what every page keeps for the moment without a network is hidden."""
    return words(page).strip().removesuffix("No network. Your words are still here.").strip()


def test_a_get_shows_the_reference_alone_and_acknowledges_nothing(page: tuple[Flask, str, str]) -> None:
    app, link, reference = page
    browser = Browser(app.test_client())
    for _time in range(3):
        seen = browser.get(link)
        assert shown(seen) == f"Page for {reference} Acknowledge"
    assert app.test_client().head(link).status_code == 200
    assert "zz" not in seen.text.lower()
    assert seen.headers["Cache-Control"] == "no-store"
    assert rows(app, Page.acknowledged_at) == [None]


def test_a_press_acknowledges_once_without_a_cookie(page: tuple[Flask, str, str]) -> None:
    app, link, reference = page
    for _time in range(2):
        assert app.test_client(use_cookies=False).post(link).status_code == 303
    assert shown(Browser(app.test_client()).get(link)) == (
        f"Page for {reference} Acknowledged. Nobody is paged about it again. Sign in and open the case"
    )
    assert rows(app, AuditRecord.action).count("page_acknowledged") == 1


def test_a_press_from_another_site_is_refused(page: tuple[Flask, str, str]) -> None:
    app, link, _reference = page
    assert app.test_client().post(link, headers={"Sec-Fetch-Site": "cross-site"}).status_code == 400
    assert rows(app, Page.acknowledged_at) == [None]


def test_a_wrong_link_is_no_page(page: tuple[Flask, str, str]) -> None:
    app, link, _reference = page
    for wrong in (link[:-1], link + "x", "/page/x"):
        assert Browser(app.test_client()).get(wrong).status_code == 404
        assert app.test_client().post(wrong).status_code == 404


def test_no_log_line_holds_the_secret(page: tuple[Flask, str, str], capsys: pytest.CaptureFixture[str]) -> None:
    app, link, _reference = page
    init_logs(app.extensions["settings"])
    app.test_client().get(link)
    app.test_client().post(link)
    printed = capsys.readouterr().err
    assert "/page/<secret>" in printed
    assert link.removeprefix("/page/") not in printed


def test_the_receipt_says_that_somebody_is_paged_only_while_the_test_page_is_answered(
    make_app: Callable[..., Flask], mailbox: tuple[Mailbox, int], folder: Path, clock: Any
) -> None:
    app, (box, _port) = mailing(make_app, mailbox[1]), mailbox
    page_by_mail(app, folder)

    def follow() -> str:
        link = re.search(
            r"/follow/[\w-]+", body(next(one for one in box.letters if one["Subject"] == "We have your form"))
        )
        assert link
        return words(Browser(app.test_client()).get(link.group()))

    def answer(subject: str) -> None:
        for letter in [one for one in box.letters if one["Subject"].startswith(subject)]:
            app.test_client().post(link_in(body(letter)))

    send(app, in_hospital_now="yes")
    tidy(app)
    work(app)
    assert "Nobody has been called. Phone (617) 555-0142 now" in follow()
    answer("Test page")
    assert "Our doctor on call is being paged. Phone (617) 555-0142 now" in follow()
    clock.shift(timedelta(hours=26))
    assert "Nobody has been called. Phone" in follow(), "the next test was not acknowledged"
    work(app)
    answer("Test page")
    assert "Our doctor on call is being paged." in follow()
    answer("Page for")
    assert "Our doctor on call knows of it. Phone" in follow()


def test_a_page_that_could_not_be_handed_over_is_no_promise(
    make_app: Callable[..., Flask], mailbox: tuple[Mailbox, int], folder: Path, clock: Any
) -> None:
    app, (box, _port) = mailing(make_app, mailbox[1]), mailbox
    page_by_mail(app, folder)
    tidy(app)
    work(app)
    for letter in box.letters:
        app.test_client().post(link_in(body(letter)))
    box.refuse, box.only = "550 no such pager", FELLOW_MAIL
    send(app, in_hospital_now="yes")
    work(app)
    link = re.search(r"/follow/[\w-]+", body(next(one for one in box.letters if one["Subject"] == "We have your form")))
    assert link
    assert "Nobody has been called." in words(Browser(app.test_client()).get(link.group()))
