"""A family at its private page and a coordinator at its thread, for tests of messages both ways."""

from __future__ import annotations

from dataclasses import dataclass, field
from uuid import UUID

from flask import Flask
from sqlalchemy import select
from werkzeug.test import TestResponse

from app.cases.codes import code_of, words_of
from app.cases.domain import Kind, Receipt
from app.cases.links import secret_of
from app.cases.models import Case, Link, OneTimeCode
from app.codes.return_words import spoken
from app.core.database import db
from tests.pages import Browser
from tests.sending import send


@dataclass
class Family:
    """Whoever sent a form, with the link of the receipt."""

    app: Flask
    kind: Kind = Kind.INQUIRY
    answers: dict[str, str] = field(default_factory=dict)
    handle: str | None = None
    receipt: Receipt = field(init=False)
    browser: Browser = field(init=False)
    page: str = field(init=False)
    party: UUID = field(init=False)

    def __post_init__(self) -> None:
        self.receipt, self.browser = (
            send(self.app, self.kind, dated=self.answers, handle=self.handle),
            Browser(self.app.test_client()),
        )
        with self.app.app_context():
            self.page = "/follow/" + secret_of(db.session(), self.receipt.link_id, self.receipt.link_issue)
            self.party = db.session.execute(select(Link.party_id).where(Link.id == self.receipt.link_id)).scalar_one()
            db.session.remove()

    @property
    def thread(self) -> str:
        """Its address on the desk."""
        return f"/desk/cases/{self.receipt.reference}/messages/{self.party}"

    def ask(self) -> TestResponse:
        """Ask for a code."""
        return self.browser.post(f"{self.page}/code", {})

    def code(self) -> str:
        """The newest code, as its mail says it."""
        with self.app.app_context():
            row = db.session.get_one(OneTimeCode, self.receipt.link_id)
            found = code_of(db.session(), self.receipt.link_id, self.receipt.link_issue, row.number)
            db.session.remove()
        return found

    def words(self, language: str = "en") -> str:
        """The four words of the link."""
        with self.app.app_context():
            code = words_of(db.session(), self.receipt.link_id, self.receipt.link_issue)
            db.session.remove()
        return " ".join(spoken(code, language))

    def open(self, code: str = "") -> TestResponse:
        """Type a code, the right one unless another is given."""
        return self.browser.post(f"{self.page}/open", {"code": code or self.code()})

    def enter(self) -> None:
        """All of it."""
        self.ask()
        assert self.open().status_code == 303

    def write(self, text: str) -> TestResponse:
        """Send a message."""
        return self.browser.post(f"{self.page}/messages", {"text": text})

    def read(self) -> str:
        """The page with the messages."""
        return self.browser.get(f"{self.page}/messages").text

    def case(self) -> Case:
        """How the case stands."""
        with self.app.app_context():
            found = db.session.get_one(Case, self.receipt.case_id)
            db.session.remove()
        return found


def sent_by_desk(desk: Browser, family: Family, **fields: str) -> TestResponse:
    """Preview and send, as a coordinator does."""
    desk.get(family.thread)
    shown = desk.post(family.thread, {"act": "preview", "seen": desk.hidden("seen"), **fields})
    assert shown.status_code == 200, shown.text
    return desk.post(
        family.thread, {"act": "send", **{name: desk.hidden(name) for name in ("seen", "shown")}, **fields}
    )
