"""A changed email address: letters and codes go where they went before, until staff have looked at the change."""

from __future__ import annotations

from collections.abc import Callable
from typing import Any

import pytest
from flask import Flask

from app.cases.links import secret_of
from app.core.database import db
from tests.conftest import add_people
from tests.pages import Browser, words
from tests.sending import send, work
from tests.services import Mailbox

HANDLE = "H" * 22
BEFORE, AFTER = "odalys@example.org", "other@example.com"


class Mails:
    """An app whose mails arrive somewhere; a form sent, and one that changes it; and a coordinator's desk."""

    def __init__(self, make_app: Callable[..., Flask], mailbox: tuple[Mailbox, int], clock: Any) -> None:
        (self.box, port), self.clock = mailbox, clock
        self.app = make_app(MAIL_HOST="127.0.0.1", MAIL_PORT=str(port), MAIL_TLS="no")
        add_people(self.app)
        self.family, self.desk = Browser(self.app.test_client()), Browser(self.app.test_client())
        self.desk.sign_in()

    def send(self, email: str) -> None:
        """Send the form, or change it."""
        self.clock.shift(60)
        self.receipt = send(self.app, handle=HANDLE, contact_email=email)
        work(self.app)

    def ask(self) -> set[str]:
        """Ask for a code; where mail to the family went."""
        before = len(self.box.letters)
        with self.app.app_context():
            page = "/follow/" + secret_of(db.session(), self.receipt.link_id, self.receipt.link_issue)
            db.session.remove()
        self.family.get(page)
        self.family.post(f"{page}/code", {})
        work(self.app)
        return {str(letter["To"]) for letter in self.box.letters[before:]} & {BEFORE, AFTER}

    def look(self) -> None:
        """Press "Seen" on the case."""
        case = f"/desk/cases/{self.receipt.reference}"
        self.desk.get(case)
        assert self.desk.post(f"{case}/looked", {"seen": self.desk.hidden("seen")}).status_code == 303


@pytest.fixture
def mails(make_app: Callable[..., Flask], mailbox: tuple[Mailbox, int], clock: Any) -> Mails:
    """The above, on a Monday."""
    return Mails(make_app, mailbox, clock)


def test_a_changed_email_address_gets_nothing_until_staff_have_looked(mails: Mails) -> None:
    mails.send(BEFORE)
    mails.send(AFTER)
    assert mails.ask() == {BEFORE}
    shown = words(mails.desk.get(f"/desk/cases/{mails.receipt.reference}"))
    assert BEFORE in shown
    assert f"New email, not used until the change was looked at {AFTER}" in shown
    mails.look()
    assert mails.ask() == {AFTER}


def test_an_address_where_there_was_none_waits_too(mails: Mails) -> None:
    mails.send("")
    mails.send(AFTER)
    assert mails.ask() == set()
    mails.look()
    assert mails.ask() == {AFTER}
