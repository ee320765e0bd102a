"""Who else writes or calls just now: seen on the case, on its row and on what may be the same child; ended by itself."""

from __future__ import annotations

import json
import re
from datetime import timedelta
from html import unescape
from typing import Any

import pytest
from flask import Flask
from sqlalchemy import func, select

from app.audit.models import AuditRecord
from app.cases.presence import Presence
from app.core.database import db
from tests.desk.test_live import asked
from tests.pages import Browser
from tests.sending import send


@pytest.fixture
def pair(staffed: Flask, clock: Any) -> tuple[Browser, Browser]:
    """Two coordinators."""
    assert clock
    ana, ben = Browser(staffed.test_client()), Browser(staffed.test_client())
    ana.sign_in()
    ben.sign_in("ben.okafor")
    return ana, ben


def at_it(browser: Browser, case: str, doing: str) -> dict[str, str]:
    """What a page's script tells, and what it is answered."""
    page = browser.get(case)
    found = re.search(r'data-hold="([^"]+)"', page.text)
    assert found
    answer = browser.client.post(
        unescape(found.group(1)), data={"csrf_token": browser.hidden("csrf_token"), "doing": doing}
    )
    assert answer.status_code == 200
    return dict(json.loads(answer.text))


def seen(browser: Browser, address: str) -> Any:
    """Who is at it, for somebody who looks on."""
    said = json.loads(browser.client.get(address).text)
    return said["rows"] if "rows" in said else said["others"]


def test_a_call_is_seen_on_the_case_its_row_and_its_twin(staffed: Flask, pair: tuple[Browser, Browser]) -> None:
    ana, ben = pair
    receipt, twin = send(staffed), send(staffed, child_given_name="Ixchel")
    for unlike in (
        {"child_dob-year": "2018"},
        {"child_given_name": "Mo", "child_family_name": "Ash", "contact_phone": "(617) 555-0177"},
    ):
        send(staffed, dated=unlike)
    case, other = f"/desk/cases/{receipt.reference}", f"/desk/cases/{twin.reference}"
    addresses = [asked(ben.get(path)) for path in (case, other, "/desk?view=open")]
    assert [seen(ben, one) for one in addresses] == ["", "", {}]
    assert at_it(ana, case, "calling") == {"says": "", "others": ""}
    assert [seen(ben, one) for one in addresses] == [
        "Ana Ribeiro is calling now, since 10:00 am.",
        f"Ana Ribeiro is calling now about {receipt.reference}, perhaps the same child, since 10:00 am.",
        {receipt.reference: "Ana Ribeiro calls", twin.reference: "Ana Ribeiro calls (same child?)"},
    ]
    assert "Ana Ribeiro is calling now, since 10:00 am." in ben.get(case).text, "without scripts too"
    assert "Ana Ribeiro calls" in ben.get("/desk?view=open").text
    assert seen(ana, addresses[0]) == "", "nobody is told of oneself"
    assert at_it(ben, case, "calling")["others"] == "Ana Ribeiro is calling now, since 10:00 am."


def test_a_lease_ends_with_the_act_by_word_or_by_itself(
    staffed: Flask, clock: Any, pair: tuple[Browser, Browser]
) -> None:
    ana, ben = pair
    case = f"/desk/cases/{send(staffed).reference}"
    address = asked(ben.get(case))
    party = re.search(r'<option value="([0-9a-f-]{36})">Odalys', ben.page)
    assert party
    call = {"party": party.group(1), "channel": "phone", "outcome": "no_answer"}
    for doing, lasts in (("editing", timedelta(seconds=30)), ("calling", timedelta(minutes=5))):
        at_it(ana, case, doing)
        assert seen(ben, address)
        at_it(ana, case, "")
        assert seen(ben, address) == "", "ended by word"
        at_it(ana, case, doing)
        clock.shift(lasts - timedelta(seconds=1))
        assert seen(ben, address)
        clock.shift(timedelta(seconds=1))
        assert seen(ben, address) == "", "ended by itself"
    at_it(ana, case, "calling")
    at_it(ana, case, "editing")
    ana.post(f"{case}/note", {"body": "n"})
    assert seen(ben, address) == "Ana Ribeiro is calling now, since 10:05 am.", "a note ends no call"
    ana.post(f"{case}/contact", call)
    assert seen(ben, address) == ""


def test_a_lease_that_is_over_leaves_no_row_and_none_is_on_the_trail(
    staffed: Flask, clock: Any, pair: tuple[Browser, Browser]
) -> None:
    ana, ben = pair
    first, second = (f"/desk/cases/{send(staffed).reference}" for _one in range(2))
    at_it(ana, first, "calling")
    at_it(ana, first, "calling")
    clock.shift(timedelta(minutes=6))
    ben.get(second)
    with staffed.app_context():
        trail = db.session.execute(select(func.count()).select_from(AuditRecord)).scalar_one()
        db.session.remove()
    for doing in ("editing", "calling", "editing", "rubbish", "editing"):
        ben.client.post(f"{second}/presence", data={"csrf_token": ben.hidden("csrf_token"), "doing": doing})
    with staffed.app_context():
        assert db.session.execute(select(Presence.doing)).scalars().all() == ["editing"]
        assert db.session.execute(select(func.count()).select_from(AuditRecord)).scalar_one() == trail
        db.session.remove()


def test_who_may_not_work_a_case_holds_nothing_and_other_programs_are_not_told(
    staffed: Flask, pair: tuple[Browser, Browser]
) -> None:
    ana, ben = pair
    other = send(staffed, diagnosis="sickle_cell", disease_situation="")
    case = f"/desk/cases/{other.reference}"
    at_it(ana, case, "calling")
    mine = send(staffed)
    address = asked(ben.get(f"/desk/cases/{mine.reference}"))
    assert seen(ben, address) == "", "a case of another program, perhaps of the same child, says nothing here"
    assert seen(ben, f"/desk/news?shown={other.reference}.1,{mine.reference}.1") == {}
    token = {"csrf_token": ben.hidden("csrf_token"), "doing": "calling"}
    assert ben.client.post(f"{case}/presence", data=token).status_code == 404
    reader = Browser(staffed.test_client())
    reader.sign_in("petra.quist")
    page = reader.get(case)
    assert "data-hold" not in page.text
    assert "Ana Ribeiro is calling now" in page.text
    token = {"csrf_token": reader.hidden("csrf_token"), "doing": "calling"}
    assert reader.client.post(f"{case}/presence", data=token).status_code == 403
