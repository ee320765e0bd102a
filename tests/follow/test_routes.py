"""The receipt: a reference and one promise, no name and no answer; a GET that can be reloaded and kept."""

from __future__ import annotations

import base64
import re
from collections.abc import Callable
from datetime import timedelta
from typing import Any

import pytest
from flask import Flask
from sqlalchemy import select

from app.cases.domain import Kind
from app.cases.models import Case, Link
from app.core.clock import now
from app.core.database import db
from tests.cases.test_letters import mailing
from tests.conftest import add_people
from tests.doors import USUAL, fill_and_send
from tests.pages import Browser, words
from tests.sending import set_rows, work
from tests.services import Mailbox
from tests.stories.ways import INQUIRY

DOORS = pytest.mark.parametrize("kind", list(Kind))
SQLITE = pytest.mark.parametrize("make_app", ["sqlite"], indirect=True)


def receipt_of(app: Flask, kind: Kind, **changed: str) -> tuple[Browser, str]:
    """Send a form; the browser stands on its receipt, whose address this is."""
    browser = Browser(app.test_client())
    form = fill_and_send(browser, kind, {**USUAL[kind], **{name: [value] for name, value in changed.items()}})
    return browser, browser.post(f"{form}/check", {"consent_contact_me": "yes"}).location


@DOORS
def test_it_shows_reference_and_promise_and_nothing_that_was_typed(app: Flask, clock: Any, kind: Kind) -> None:
    browser, address = receipt_of(app, kind)
    page = browser.get(address)
    assert re.search(r"<strong>[0-9A-Z]{4}-[0-9A-Z]{4}-[0-9A-Z]</strong>", page.text)
    assert "We will call you by Tuesday, January 8, at 5 pm." in words(page)
    typed = {value for values in USUAL[kind].values() for value in values if len(value) > 4}
    assert [value for value in typed - {"March"} if value in page.text] == []
    assert page.headers["Cache-Control"] == "no-store"
    assert page.headers["Referrer-Policy"] == "no-referrer"
    assert "noindex" in page.headers["X-Robots-Tag"]


@DOORS
def test_it_can_be_reloaded_and_kept_for_later(app: Flask, clock: Any, kind: Kind) -> None:
    browser, address = receipt_of(app, kind)
    first = words(browser.get(address))
    clock.shift(timedelta(hours=5))
    stranger = Browser(app.test_client())
    assert words(stranger.get(address)) == first
    assert browser.client.post(address).status_code == 405


@pytest.mark.parametrize(
    ("kind", "changed"),
    [(Kind.INQUIRY, {"in_hospital_now": "yes"}), (Kind.INQUIRY, {"diagnosis": "mld"}), (Kind.REFERRAL, {"urgency": "urgent"}),
     (Kind.REFERRAL, {"current_location": "icu"}), (Kind.REFERRAL, {"icd10cm": "E75.25"})],
)  # fmt: skip
def test_an_urgent_one_says_that_nobody_has_been_called_and_promises_no_hour(
    app: Flask, clock: Any, kind: Kind, changed: dict[str, str]
) -> None:
    browser, address = receipt_of(app, kind, **changed)
    shown = words(browser.get(address))
    reference = re.findall(r"<strong>([0-9A-Z-]{11})</strong>", browser.page)[0]
    assert re.search(rf"Nobody has been called\. Phone \(\d{{3}}\) 555-01\d\d now and quote {reference} ?\.", shown)
    assert "We will call you by" not in shown
    assert not re.search(r"\d+(:\d\d)? [ap]m", shown.split("What happens next")[0])


@SQLITE
def test_an_urgent_family_at_night_is_not_sent_to_a_closed_phone(app: Flask, clock: Any) -> None:
    clock.shift(timedelta(hours=12))
    browser, address = receipt_of(app, Kind.INQUIRY, in_hospital_now="yes")
    shown = words(browser.get(address))
    assert "Ask the nurse or doctor in charge to phone (617) 555-0150 now, day or night" in shown
    assert "Phone (617) 555-0142 now" not in shown
    assert "(617) 555-0142 : Weekdays, 8 am to 5 pm." in shown


@SQLITE
def test_who_left_no_number_is_promised_a_letter_and_no_call(app: Flask, clock: Any) -> None:
    browser, address = receipt_of(app, Kind.INQUIRY, contact_phone="", contact_email="odalys@example.org")
    shown = words(browser.get(address))
    assert "We will write to you by Tuesday, January 8, at 5 pm." in shown
    assert "We will call you" not in shown


@DOORS
def test_a_promise_that_has_passed_is_owned_up_to(app: Flask, clock: Any, kind: Kind) -> None:
    browser, address = receipt_of(app, kind)
    clock.shift(timedelta(days=3))
    shown = words(browser.get(address))
    assert (
        "We said that you would hear from us by Tuesday, January 8, at 5 pm. If you have not, that is our mistake."
        in shown
    )
    assert "We will call you by" not in shown
    assert "By Tuesday" not in shown
    assert "A manager" not in shown, "nobody was told: no worker ran"
    set_rows(app, Case.__table__.update().values(first_contact_at=now()))
    shown = words(browser.get(address))
    assert "We have spoken with you." in shown
    assert "our mistake" not in shown
    assert "coordinator calls" not in shown


@DOORS
def test_once_it_was_missed_the_page_says_that_a_manager_was_told_if_one_was_and_never_before(
    make_app: Callable[..., Flask], mailbox: tuple[Mailbox, int], clock: Any, kind: Kind
) -> None:
    app = mailing(make_app, mailbox[1])
    add_people(app)
    _browser, address = receipt_of(app, kind)
    stranger, told = Browser(app.test_client()), "A manager here has been told."
    clock.shift(timedelta(hours=30))
    work(app)
    assert [one["Subject"] for one in mailbox[0].letters].count("A promise is about to be missed") == 1
    shown = words(stranger.get(address))
    assert "by Tuesday, January 8, at 5 pm." in shown
    assert "our mistake" not in shown
    assert told not in shown
    clock.shift(timedelta(hours=1, seconds=1))
    shown = words(stranger.get(address))
    assert f"that is our mistake. {told} Please call us at (617) 555-0142" in shown
    set_rows(app, Case.__table__.update().values(contact_stop=True))
    shown = words(stranger.get(address))
    assert "our mistake" not in shown
    assert "You do not need to do anything." in shown


@SQLITE
def test_a_late_decision_is_owned_up_to_too(app: Flask, clock: Any) -> None:
    _browser, address = receipt_of(app, Kind.REFERRAL)
    set_rows(app, Case.__table__.update().values(first_contact_at=now(), decision_due_at=now() + timedelta(hours=7)))
    stranger = Browser(app.test_client())
    clock.shift(timedelta(hours=7))
    assert "We are late" not in words(stranger.get(address))
    clock.shift(timedelta(seconds=1))
    late = "our doctors would decide by Monday, January 7, at 5 pm. We are late"
    assert late in words(stranger.get(address))
    set_rows(app, Case.__table__.update().values(decided_at=now()))
    assert "We are late" not in words(stranger.get(address))


@SQLITE
def test_the_referrers_lists_what_is_missing_and_the_familys_never(app: Flask) -> None:
    browser, address = receipt_of(app, Kind.REFERRAL)
    shown = words(browser.get(address))
    missing = shown.split("Still missing for review")[1].split("Nothing waits for these")[0]
    for item in ("Pathology report", "Flow cytometry", "Weight, kg", "Immunophenotype", "Guardian’s phone"):
        assert item in missing
    browser, address = receipt_of(app, Kind.INQUIRY)
    assert "missing" not in words(browser.get(address))


@DOORS
def test_a_wrong_or_revoked_or_expired_link_is_not_found(app: Flask, kind: Kind) -> None:
    browser, address = receipt_of(app, kind)
    secret = address.rsplit("/", 1)[1]
    raw = base64.urlsafe_b64decode(secret + "=")
    near = base64.urlsafe_b64encode(raw[:-1] + bytes([raw[-1] ^ 1])).decode().rstrip("=")
    other = base64.urlsafe_b64encode(bytes(16) + raw[16:]).decode().rstrip("=")
    for wrong in (near, other, secret[:-1], secret + "A", "x" * 43, "ÿ", "%00", secret.swapcase()):
        assert browser.get(f"/follow/{wrong}").status_code == 404
    for column, value in (("revoked_at", now()), ("expires_at", now())):
        change(app, **{"revoked_at": None, "expires_at": None, column: value})
        assert browser.get(address).status_code == 404
    change(app, revoked_at=None, expires_at=None)
    assert browser.get(address).status_code == 200


def change(app: Flask, **values: Any) -> None:
    """Set columns of the only link."""
    set_rows(app, Link.__table__.update().values(**values))


def test_the_secret_is_in_no_row(app: Flask) -> None:
    _browser, address = receipt_of(app, Kind.INQUIRY)
    raw = base64.urlsafe_b64decode(address.rsplit("/", 1)[1] + "=")
    with app.app_context():
        row = db.session.execute(select(Link.__table__)).one()
    assert all(raw[16:] not in value for value in row if isinstance(value, bytes))


def test_a_changed_form_says_so(app: Flask) -> None:
    browser = Browser(app.test_client())
    form = fill_and_send(browser, Kind.INQUIRY)
    address = browser.post(f"{form}/check", {"consent_contact_me": "yes"}).location
    browser.get(f"{form}/sent")
    browser.post(f"{form}/question", {**INQUIRY, "message": "Something else"})
    browser.get(f"{form}/check")
    browser.post(f"{form}/check", {"consent_contact_me": "yes"})
    assert "You changed answers after sending. We kept both." in words(browser.get(address))
