"""What an open page asks by itself: what changed in words, nothing about a family, no row in the trail, no longer session."""

from __future__ import annotations

import json
import re
from datetime import timedelta
from html import unescape
from typing import Any

import pytest
from flask import Flask
from sqlalchemy import event, func, select, text
from werkzeug.test import TestResponse

from app.audit.models import AuditRecord
from app.cases.domain import Kind
from app.core.clock import now
from app.core.database import db
from tests.pages import Browser, words
from tests.sending import send

CALL = {"channel": "phone", "outcome": "no_answer", "detail": "x"}


def asked(page: TestResponse) -> str:
    """Where a page asks what is new."""
    found = re.search(r'data-live="([^"]+)"', page.text)
    assert found
    return unescape(found.group(1))


def says(browser: Browser, address: str) -> str:
    """What the answer says."""
    answer = browser.client.get(address)
    assert answer.status_code == 200, answer.status_code
    return str(json.loads(answer.text)["says"])


@pytest.fixture
def pair(staffed: Flask) -> tuple[Browser, Browser]:
    """Two coordinators of one program."""
    ana, ben = Browser(staffed.test_client()), Browser(staffed.test_client())
    ana.sign_in()
    ben.sign_in("ben.okafor")
    return ana, ben


def test_an_open_case_hears_who_did_what_and_when(staffed: Flask, clock: Any, pair: tuple[Browser, Browser]) -> None:
    ana, ben = pair
    handle = "h" * 43
    receipt = send(staffed, handle=handle)
    case = f"/desk/cases/{receipt.reference}"
    address = asked(ben.get(case))
    assert says(ben, address) == ""
    ana.get(case)
    party = re.search(r'<option value="([0-9a-f-]{36})">Odalys', ana.page)
    assert party
    clock.shift(timedelta(minutes=5))
    ana.post(f"{case}/status", {"seen": "new", "to": "acknowledged", "reason": "private words"})
    assert says(ben, address) == "Ana Ribeiro changed the status at 10:05 am: New → Acknowledged."
    clock.shift(timedelta(seconds=1))
    ana.post(f"{case}/claim", {})
    clock.shift(timedelta(seconds=1))
    ana.post(f"{case}/note", {"body": "private words"})
    assert says(ben, address).endswith(
        "Ana Ribeiro changed who has the case at 10:05 am. Ana Ribeiro wrote a note at 10:05 am."
    )
    clock.shift(timedelta(seconds=1))
    ana.post(f"{case}/contact", {"party": party.group(1), **CALL})
    assert says(ben, address).endswith("Ana Ribeiro logged a call or a message at 10:05 am. 1 more change.")
    address = asked(ben.get(case))
    assert says(ben, address) == ""
    clock.shift(timedelta(seconds=1))
    send(staffed, handle=handle, contact_phone="(617) 555-0188", preferred_language="vi")
    assert says(ben, address) == "The sender changed answers at 10:05 am: phone, language."


def test_what_is_said_holds_nothing_about_a_family(staffed: Flask, pair: tuple[Browser, Browser]) -> None:
    ana, ben = pair
    handle = "h" * 43
    receipt = send(staffed, handle=handle, message="SECRET")
    case = f"/desk/cases/{receipt.reference}"
    address = asked(ben.get(case))
    ana.get(case)
    ana.post(f"{case}/note", {"body": "SECRET"})
    send(staffed, handle=handle, message="SECRET", contact_given_name="Secret", contact_phone="(617) 555-0188")
    ana.post(f"{case}/status", {"seen": "new", "to": "withdrawn", "reason": "SECRET"})
    everything = ben.client.get(f"{case}/news").text + ben.client.get(asked(ben.get("/desk?view=open"))).text
    assert "withdrawn" in everything.lower()
    for name in ("SECRET", "Secret", "Itzel", "Qui", "Odalys", "555"):
        assert name not in everything
    assert says(ben, address)


def test_the_same_answer_comes_once_and_is_then_not_modified(staffed: Flask, pair: tuple[Browser, Browser]) -> None:
    ana, ben = pair
    receipt = send(staffed)
    case = f"/desk/cases/{receipt.reference}"
    for page in (case, "/desk?view=open"):
        address = asked(ben.get(page))
        tag = ben.client.get(address).headers["ETag"]
        again = ben.client.get(address, headers={"If-None-Match": tag})
        assert (again.status_code, again.data) == (304, b"")
        ana.get(case)
        ana.post(f"{case}/note", {"body": "n"})
        assert ben.client.get(address, headers={"If-None-Match": tag}).status_code == 200, page


@pytest.mark.parametrize("page", ["case", "queue"])
def test_asking_leaves_no_row_and_keeps_nobody_signed_in(staffed: Flask, clock: Any, page: str) -> None:
    receipt = send(staffed)
    browser = Browser(staffed.test_client())
    browser.sign_in()
    address = asked(browser.get(f"/desk/cases/{receipt.reference}" if page == "case" else "/desk"))
    with staffed.app_context():
        before = db.session.execute(select(func.count()).select_from(AuditRecord)).scalar_one()
        db.session.remove()
    for _minute in range(14):
        clock.shift(timedelta(minutes=1))
        answer = browser.client.get(address)
        assert answer.status_code == 200
        assert "Set-Cookie" not in answer.headers
    with staffed.app_context():
        assert db.session.execute(select(func.count()).select_from(AuditRecord)).scalar_one() == before
        db.session.remove()
    clock.shift(timedelta(minutes=2))
    assert browser.client.get(address, headers={"Sec-Fetch-Dest": "empty"}).status_code == 401


def test_other_programs_and_unknown_references_say_nothing(staffed: Flask, pair: tuple[Browser, Browser]) -> None:
    _ana, ben = pair
    other = send(staffed, diagnosis="sickle_cell", disease_situation="")
    address = asked(ben.get("/desk?view=open")).replace("since=", "since=2000-01-01T00:00:00%2B00:00&x=")
    for path in (f"/desk/cases/{other.reference}/news", "/desk/cases/7KQ4-M2XH-9/news", "/desk/cases/x/news"):
        assert ben.client.get(path).status_code == 404, path
    assert says(ben, address) == ""
    assert says(ben, f"/desk/news?view=open&since=2000-01-01T00:00:00Z&shown={other.reference}.0") == ""


@pytest.mark.parametrize("make_app", ["sqlite"], indirect=True)
def test_rubbish_in_the_address_is_no_fault(staffed: Flask, desk: Browser) -> None:
    receipt = send(staffed)
    for query in ("seen=x&after=y", "seen=-1&after=%00", "seen=99999999999999999999"):
        assert desk.client.get(f"/desk/cases/{receipt.reference}/news?{query}").status_code == 200, query
    for query in ("since=x", "since=2030-01-01", "since=9999-12-31T23:59:59Z&shown=,.,x.1,%00.2", "since=0001-01-01T00:00:00Z"):  # fmt: skip
        assert desk.client.get(f"/desk/news?{query}").status_code == 200, query
    for digits in ("9" * 5000, "9" * 20):
        answer = desk.client.get("/desk/news", query_string={"shown": f"{receipt.reference}.{digits}"})
        assert answer.status_code == 200, digits[:30]


def test_the_queue_counts_rows_that_came_or_changed(staffed: Flask, clock: Any, pair: tuple[Browser, Browser]) -> None:
    ana, ben = pair
    first, second = send(staffed), send(staffed)
    clock.shift(timedelta(minutes=5))
    mine, new = asked(ben.get("/desk")), asked(ben.get("/desk?view=new"))
    assert says(ben, mine) == says(ben, new) == ""
    clock.shift(timedelta(minutes=5))
    ana.get(f"/desk/cases/{first.reference}")
    ana.post(f"/desk/cases/{first.reference}/claim", {})
    assert says(ben, mine) == "1 new or changed.", "a row that left the list changed"
    ana.post(f"/desk/cases/{second.reference}/note", {"body": "n"})
    ana.post(f"/desk/cases/{second.reference}/note", {"body": "n"})
    send(staffed, Kind.REFERRAL)
    assert says(ben, mine) == says(ben, new) == "3 new or changed."
    assert says(ben, asked(ben.get("/desk?kind=inquiry"))) == ""
    clock.shift(timedelta(minutes=5))
    referrals = asked(ben.get("/desk?kind=referral"))
    send(staffed)
    assert says(ben, referrals) == "", "what does not belong to the list is not counted"


def test_a_change_that_began_before_the_page_and_was_kept_after_it_is_not_missed(
    staffed: Flask, clock: Any, pair: tuple[Browser, Browser]
) -> None:
    assert clock
    _ana, ben = pair
    address = asked(ben.get("/desk?view=open"))
    send(staffed, at=now() - timedelta(seconds=2))
    assert says(ben, address) == "1 new or changed."


def test_asking_costs_few_statements(staffed: Flask, pair: tuple[Browser, Browser]) -> None:
    ana, ben = pair
    receipt = send(staffed)
    case = f"/desk/cases/{receipt.reference}"
    addresses = [asked(ben.get(case)), asked(ben.get("/desk?view=open"))]
    ana.get(case)
    for _note in range(5):
        ana.post(f"{case}/note", {"body": "n"})
    counted: list[str] = []
    with staffed.app_context():
        event.listen(db.engine, "before_cursor_execute", lambda *given: counted.append(given[2]))
    for address in addresses:
        counted.clear()
        assert says(ben, address)
        assert len(counted) <= 5, counted


def test_a_list_is_asked_by_the_index_of_what_changed(staffed: Flask, desk: Browser) -> None:
    send(staffed)
    with staffed.app_context():
        if db.engine.dialect.name == "sqlite":
            plan = db.session.execute(
                text("explain query plan select id from \"case\" where program = 'cart' and changed_at > '2030' order by changed_at desc limit 200")
            ).all()  # fmt: skip
            assert "ix_case_changed" in str(plan)
        db.session.remove()


def test_a_page_without_scripts_says_when_it_was_read(staffed: Flask, clock: Any) -> None:
    assert clock
    receipt = send(staffed)
    browser = Browser(staffed.test_client())
    browser.sign_in("petra.quist")
    assert "As of 10:00 am" in words(browser.get("/desk"))
    assert "As of 10:00 am" in words(browser.get(f"/desk/cases/{receipt.reference}"))
