"""A sender says what each file is: on the private page of what is still missing, at a door before the form is sent."""

from __future__ import annotations

import re
from html import unescape

import pytest
from flask import Flask

from app.cases.asking import ask
from app.cases.checklist import items_of
from app.cases.domain import Kind
from app.cases.models import Case
from app.core.clock import now
from app.core.database import db, transaction
from tests.cases.test_acts import actor
from tests.conftest import add_people
from tests.filing import Sender, kept_files
from tests.pages import Browser, words
from tests.papers import pdf
from tests.records.test_drafted import add, filled
from tests.records.test_drafted import send as send_form
from tests.sending import send
from tests.web.test_i18n import bilingual  # noqa: F401  a fixture

SQLITE = pytest.mark.parametrize("make_app", ["sqlite"], indirect=True)


def offered(page: str) -> list[str]:
    """What the first select of a file offers, in words."""
    found = re.search(r'<select class="in" id="item-.*?</select>', page, re.DOTALL)
    return [unescape(one) for one in re.findall(r">([^<]+)</option>", found.group(0))] if found else []


def select_of(page: str) -> list[str]:
    """The names of the selects."""
    return re.findall(r'<select class="in" id="[^"]+" name="([^"]+)"', page)


def states(app: Flask, sender: Sender) -> dict[str, str]:
    """Where the records stand."""
    with app.app_context():
        return {one.item: one.state for one in items_of(db.session(), sender.receipt.case_id)}


def test_a_referrer_says_what_a_file_is_and_the_record_is_here(app: Flask) -> None:
    add_people(app)
    sender = Sender(app, send(app, Kind.REFERRAL, record_flow_cytometry="sent"))
    with app.test_request_context(), transaction() as session:
        case = session.get_one(Case, sender.receipt.case_id)
        parties = {one.party_id for one in items_of(session, case.id) if one.party_id}
        ask(session, case.id, actor(app), now(), party_id=next(iter(parties)), items=["bone_marrow_report"], line="")
    browser = Browser(app.test_client())
    sender.send(("flow.pdf", pdf()), ("marrow.pdf", pdf(b"marrow")))
    browser.get(sender.address)
    assert offered(browser.page)[:2] == ["I do not know", "Bone marrow report"]
    assert offered(browser.page)[-1] == "Something else"
    ids = {name: row.id for name, (row, _content) in kept_files(app).items()}
    answer = browser.post(
        f"{sender.address}/files/sort",
        {f"item-{ids['flow.pdf']}": "flow_cytometry", f"item-{ids['marrow.pdf']}": "", "item-x": "echo"},
    )
    browser.follow(answer)
    assert {name: row.item for name, (row, _content) in kept_files(app).items()} == {
        "flow.pdf": "flow_cytometry", "marrow.pdf": None,
    }  # fmt: skip
    assert states(app, sender)["flow_cytometry"] == "received"
    assert select_of(browser.page) == [f"item-{ids['marrow.pdf']}"]
    browser.post(f"{sender.address}/files/sort", {f"item-{ids['flow.pdf']}": "other"})  # sorted already: it stays
    assert kept_files(app)["flow.pdf"][0].item == "flow_cytometry"


@SQLITE
def test_nobody_sorts_what_another_sent(app: Flask) -> None:
    sender, other = Sender(app), Sender(app)
    other.send(("flow.pdf", pdf()))
    row = kept_files(app)["flow.pdf"][0]
    browser = Browser(app.test_client())
    for item in ("flow_cytometry", "made_up"):
        assert browser.post(f"{sender.address}/files/sort", {f"item-{row.id}": item}).status_code == 303
    assert kept_files(app)["flow.pdf"][0].item is None


@SQLITE
def test_a_family_reads_plain_words_in_its_own_language(bilingual: Flask) -> None:  # noqa: F811
    browser, form = filled(bilingual)
    add(browser, form, ("flow.pdf", pdf()))
    browser.get(f"{form}/files?lang=en")
    assert "The report of the cell test (flow cytometry)" in offered(browser.page)
    assert "Flow cytometry" not in offered(browser.page)
    browser.get(f"{form}/files?lang=es")
    assert offered(browser.page)[0] == "No lo sé"


@pytest.mark.parametrize("kind", list(Kind))
def test_what_was_said_at_a_door_stands_on_the_case(app: Flask, kind: Kind) -> None:
    browser, form = filled(app, kind)
    add(browser, form, ("flow.pdf", pdf()), ("other.pdf", pdf(b"other")))
    browser.get(f"{form}/files")
    row = kept_files(app)["flow.pdf"][0]
    browser.follow(browser.post(f"{form}/files/sort", {f"item-{row.id}": "flow_cytometry"}))
    assert 'value="flow_cytometry" selected' in browser.page
    assert "flow.pdf" in words(send_form(browser, form, kind))
    found = kept_files(app)
    assert (found["flow.pdf"][0].item, found["other.pdf"][0].item) == ("flow_cytometry", None)
    case_id = found["flow.pdf"][0].case_id
    assert case_id
    with app.app_context():
        listed = {one.item: one for one in items_of(db.session(), case_id)}
    if "flow_cytometry" in listed:
        assert (listed["flow_cytometry"].state, listed["flow_cytometry"].how) == ("received", "file")
    else:
        assert kind is Kind.INQUIRY
