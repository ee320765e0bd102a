"""A coordinator writes from a template in Spanish; the family opens the mailed link, asks for a code, reads, answers."""

from __future__ import annotations

import re
from collections.abc import Callable, Iterator
from typing import Any

import pytest
from flask import Flask
from playwright.sync_api import Browser, Page, expect

from tests.conftest import add_people
from tests.messaging import Family
from tests.sending import send, work
from tests.services import Mailbox, served
from tests.stories.browsers import sign_in, violations

pytestmark = pytest.mark.parametrize("make_app", ["sqlite"], indirect=True)


@pytest.fixture
def app(make_app: Callable[..., Flask], mailbox: tuple[Mailbox, int]) -> Flask:
    """An app that mails, with people and other cases than the family's."""
    app = make_app(MAIL_HOST="127.0.0.1", MAIL_PORT=str(mailbox[1]), MAIL_TLS="no")
    add_people(app)
    for _other in range(3):
        send(app)
    return app


@pytest.fixture
def site(app: Flask) -> Iterator[str]:
    """Its address."""
    with served(app) as address:
        yield address


@pytest.fixture
def phone(browser: Browser, site: str) -> Iterator[Page]:
    """The family’s phone."""
    del site
    context = browser.new_context(viewport={"width": 320, "height": 700})
    yield context.new_page()
    context.close()


def mailed(box: Mailbox, subject: str) -> str:
    """The text of the newest letter with this subject."""
    found: list[Any] = [one for one in box.letters if one["Subject"] == subject]
    return str(found[-1].get_payload(decode=True).decode())


def open_by_code(app: Flask, phone: Page, box: Mailbox) -> None:
    """Ask for a code, mistype it once, open the page with it."""
    phone.click("text=Send me a code")
    work(app)
    phone.fill("#code", "000000")
    phone.click("text=Open my messages")
    expect(phone.locator("#summary")).to_be_focused()
    assert violations(phone) == []
    code = re.search(r"\b\d{6}\b", mailed(box, "Your code"))
    assert code
    phone.fill("#code", code.group(0))
    phone.click("text=Open my messages")
    expect(phone.locator("main")).to_contain_text("lo intentaremos otra vez")
    assert violations(phone) == []


def test_a_message_goes_out_in_spanish_and_its_answer_brings_the_case_to_the_top(
    app: Flask, site: str, page: Page, phone: Page, mailbox: tuple[Mailbox, int]
) -> None:
    family, box = Family(app), mailbox[0]
    sign_in(page, site)
    case = f"{site}/desk/cases/{family.receipt.reference}"
    page.goto(case)
    page.click("text=Write to Odalys")
    expect(page.locator(".child")).to_contain_text("Itzel Quiñones")
    assert violations(page) == []
    page.select_option("#template", label="Intentamos llamarle")
    page.click("text=Preview")
    expect(page.locator(".preview")).to_contain_text("lo intentaremos otra vez")
    assert violations(page) == []
    page.click("text=Send to Odalys")
    work(app)
    page.goto(case)
    expect(page.locator(".letter")).to_contain_text("Sent: told that it is there")
    assert violations(page) == []

    link = re.search(r"https?://[^/]+(/follow/\S+)", mailed(box, "A message for you"))
    assert link
    phone.goto(site + link.group(1))
    expect(phone.locator("main")).not_to_contain_text("intentaremos")
    assert violations(phone) == []
    open_by_code(app, phone, box)
    phone.fill("#text", "Llámenos después de las cinco.")
    phone.locator("main form button").click()
    expect(phone.locator(".note")).to_contain_text("We have your message.")
    assert phone.evaluate("document.documentElement.scrollWidth") <= 320

    expect(page.locator(".acts .news")).to_contain_text("A new message came at", timeout=10_000)
    page.goto(f"{site}/desk")
    first = page.locator(".queue tbody tr").first
    expect(first).to_contain_text("Unanswered message")
    expect(first.locator("a")).to_have_attribute("href", re.compile(family.receipt.reference))
    page.goto(f"{site}{family.thread}")
    page.click("summary")
    assert violations(page) == []
    page.locator("details textarea").fill("Call us after five.")
    page.click("text=Save the translation")
    expect(page.locator(".said")).to_contain_text("Call us after five.")
    page.click("text=No answer needed")
    page.goto(f"{site}/desk")
    expect(page.locator("main")).not_to_contain_text("Unanswered message")


def test_four_words_read_over_the_phone_open_the_page(app: Flask, site: str, page: Page, phone: Page) -> None:
    family = Family(app)
    sign_in(page, site)
    page.goto(f"{site}{family.thread}")
    page.click("text=Return words")
    page.click("text=Show the words")
    read_out = page.inner_text(".callup .tel")
    assert violations(page) == []
    phone.goto(f"{site}/follow")
    assert violations(phone) == []
    phone.fill("#reference", family.receipt.reference)
    phone.fill("#words", "acorn acorn acorn acorn")
    phone.click("text=Open my page")
    assert violations(phone) == []
    phone.fill("#words", read_out)
    phone.click("text=Open my page")
    expect(phone.locator("main")).to_contain_text("There is no message yet.")
