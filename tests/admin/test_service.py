"""Administrators are reminded of labels that nobody has read for half a year: once a month, by a mail without facts."""

from __future__ import annotations

from collections.abc import Callable
from datetime import UTC, datetime

import time_machine
from flask import Flask

from app.admin.service import remind, stale_labels
from app.programs.hints import STALE_AFTER
from app.programs.service import hospital
from tests.conftest import add_people
from tests.pages import Browser, words
from tests.sending import work
from tests.services import Mailbox


def test_a_stale_label_is_said_on_the_page_and_mailed_once_a_month(
    make_app: Callable[..., Flask], mailbox: tuple[Mailbox, int]
) -> None:
    box, port = mailbox
    app = make_app(MAIL_HOST="127.0.0.1", MAIL_PORT=str(port), MAIL_TLS="no")
    add_people(app)
    with app.app_context():
        fresh = max(fact.checked for fact in hospital().label_facts) + STALE_AFTER
    for day, mails in ((0, 0), (1, 1), (2, 1), (40, 2)):
        at = datetime(fresh.year, fresh.month, fresh.day, 16, tzinfo=UTC).timestamp() + day * 86_400
        with time_machine.travel(at, tick=False), app.app_context():
            assert (stale_labels() > 0) == (day > 0)
            remind()
            work(app)
            page = Browser(app.test_client())
            page.sign_in("ada.lindqvist")
            assert ("to read again" in words(page.get("/admin"))) == (day > 0)
        assert len(box.letters) == mails, day
    letter = box.letters[0]
    assert letter["To"] == "ada.lindqvist@example.org"
    text = letter.get_payload(decode=True).decode()  # type: ignore[union-attr]  # bytes of a plain mail
    assert "/admin" in text
    assert "Kymriah" not in text
