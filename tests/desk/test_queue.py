"""The queue: order, filters with page two, counts, and what a row shows and what it does not."""

from __future__ import annotations

import re
from datetime import timedelta
from typing import Any

import pytest
from flask import Flask
from sqlalchemy import select

from app.accounts.models import User
from app.audit.models import AuditRecord
from app.cases.domain import Kind
from app.cases.models import Case
from app.core.clock import now
from app.core.database import db
from app.core.sealing import ring
from app.programs.service import hospital
from app.samples.load import generate
from tests.conftest import DESKS
from tests.pages import Browser, search, words
from tests.sending import send, set_rows

PAGE = 50


def references(page: str) -> list[str]:
    """The cases on a page, in order."""
    return re.findall(r'href="/desk/cases/([0-9A-Z-]+)["?]', page)


@pytest.fixture
def crowd(staffed: Flask) -> Flask:
    """Some thousand cases in which every filter's most frequent value fills more than a page."""
    with staffed.test_request_context():
        staff = {code: [user_id(staffed, "ana.ribeiro")] for code in DESKS}
        for seed in ("a", "b"):
            for _done in generate(hospital(), 1500, seed, now(), staff):
                pass
    # Most drawn cases have ended; a filter needs more than a page of open ones.
    set_rows(staffed, Case.__table__.update().where(Case.status == "closed").values(is_open=True, status="new"))
    return staffed


def user_id(app: Flask, login: str) -> Any:
    """Somebody's id."""
    with app.app_context():
        found = db.session.execute(select(User.id).where(User.email == f"{login}@example.org")).scalar_one()
        db.session.remove()
    return found


def test_each_filter_combined_with_page_two_shows_the_rest_in_order(crowd: Flask) -> None:
    browser = Browser(crowd.test_client())
    browser.sign_in()
    with crowd.app_context():
        rows = db.session.execute(select(Case).where(Case.is_open)).scalars().all()
        db.session.remove()
    ordered = sorted(rows, key=lambda row: (row.attention_band, row.attention_at, row.id.bytes))
    seen = 0
    for name, column in (
        ("status", "status"), ("program", "program"), ("urgency", "urgency"), ("kind", "kind"),
        ("assignee", "assignee_id"), ("language", "language"), ("disease_group", "disease_group"),
    ):  # fmt: skip
        values: dict[Any, int] = {}
        for row in rows:
            values[getattr(row, column)] = values.get(getattr(row, column), 0) + 1
        value = max(values, key=lambda one: values[one])
        wanted = [row.reference for row in ordered if getattr(row, column) == value]
        assert len(wanted) > PAGE, name
        typed = "nobody" if value is None else str(value)
        first = browser.get(f"/desk?view=open&{name}={typed}")
        assert references(first.text) == wanted[:PAGE], name
        following = re.search(r'rel="next" href="([^"]+)"', first.text)
        assert following, name
        second = browser.get(following.group(1).replace("&amp;", "&"))
        assert references(second.text) == wanted[PAGE : 2 * PAGE], name
        seen += 1
    assert seen == 7


def test_a_filter_that_nobody_knows_changes_nothing(desk: Browser, staffed: Flask) -> None:
    send(staffed)
    for query in (
        "status=garbage",
        "language=xx-nothing",
        "assignee=not-a-person",
        "after=rubbish",
        "view=none&kind=x",
    ):
        assert len(references(desk.get(f"/desk?{query}&view=open").text)) == 1, query


@pytest.mark.parametrize("make_app", ["sqlite"], indirect=True)
def test_a_view_that_a_filter_contradicts_is_not_called_by_its_name(desk: Browser) -> None:
    for query, title in (
        ("view=new", "New"), ("view=new&kind=referral", "New"), ("view=new&status=in_review", "All cases"),
        ("view=mine&assignee=nobody", "All cases"), ("view=open&status=closed", "All open"),
    ):  # fmt: skip
        assert f"<h1>{title}</h1>" in desk.get(f"/desk?{query}").text, query


def test_a_row_shows_name_age_disease_reason_due_and_assignee_and_nothing_else(staffed: Flask, clock: Any) -> None:
    assert clock
    browser = Browser(staffed.test_client())
    browser.sign_in()
    send(staffed, message="SECRET WORDS", child_preferred_name="Bee")
    page = browser.get("/desk?view=open")
    row = re.search(r"<tbody>(.*?)</tbody>", page.text, re.DOTALL)
    assert row
    text = re.sub(r"\s+", " ", re.sub(r"<[^>]+>", " ", row.group(1))).strip()
    assert text == "Itzel Quiñones 10 y ALL, came back once New inquiry, first call due Tomorrow 5:00 pm Nobody"


def test_urgent_and_unreached_stands_before_late_before_new(staffed: Flask, clock: Any) -> None:
    assert clock
    new = send(staffed)
    late = send(staffed, at=now() - timedelta(days=5))
    urgent = send(staffed, Kind.REFERRAL, current_location="icu")
    browser = Browser(staffed.test_client())
    browser.sign_in()
    page = browser.get("/desk?view=open")
    assert references(page.text) == [urgent.reference, late.reference, new.reference]
    assert "In the hospital; not reached yet" in words(page)


def test_the_order_is_stored_and_moves_with_the_act(staffed: Flask, clock: Any) -> None:
    assert clock
    urgent = send(staffed, in_hospital_now="yes")
    waiting = send(staffed)
    browser = Browser(staffed.test_client())
    browser.sign_in()
    case = browser.get(f"/desk/cases/{urgent.reference}")
    choice = re.search(r'<option value="([0-9a-f-]{36})">Odalys', case.text)
    assert choice
    browser.post(
        f"/desk/cases/{urgent.reference}/contact", {"party": choice.group(1), "channel": "phone", "outcome": "reached"}
    )
    assert references(browser.get("/desk?view=open").text) == [waiting.reference, urgent.reference]


def test_every_list_is_on_the_trail_with_the_cases_that_it_showed(desk: Browser, staffed: Flask) -> None:
    receipt = send(staffed)
    desk.get("/desk?view=open")
    with staffed.app_context():
        row = db.session.execute(
            select(AuditRecord).where(AuditRecord.action == "list_viewed").order_by(AuditRecord.at.desc()).limit(1)
        ).scalar_one()
        assert row.detail is not None
        detail = ring().house(db.session()).unseal_json(row.detail, ("audit", "detail", row.id))
        db.session.remove()
    assert detail["cases"] == [str(receipt.case_id)]


def test_a_coordinator_of_one_program_sees_that_program_only(staffed: Flask) -> None:
    mine = send(staffed)
    other = send(staffed, diagnosis="sickle_cell", disease_situation="")
    browser = Browser(staffed.test_client())
    browser.sign_in("ben.okafor")
    assert references(browser.get("/desk?view=open").text) == [mine.reference]
    assert browser.get(f"/desk/cases/{other.reference}").status_code == 404
    assert other.reference not in browser.get("/desk?view=open&program=gene_therapy").text
    found = search(browser, other.reference)
    assert references(found.text) == []


def test_counts_are_exact_to_99(crowd: Flask) -> None:
    browser = Browser(crowd.test_client())
    browser.sign_in()
    assert ">99+<" in browser.get("/desk?view=open").text


def test_who_asks_for_the_next_unclaimed_case_gets_it_from_this_list(desk: Browser, staffed: Flask) -> None:
    send(staffed)
    referral = send(staffed, Kind.REFERRAL)
    page = desk.get("/desk?view=open&kind=referral")
    assert '<input type="hidden" name="kind" value="referral">' in page.text
    taken = desk.post("/desk/next", {"view": "open", "kind": "referral"})
    assert taken.location.partition("?")[0] == f"/desk/cases/{referral.reference}"
    assert "With Ana Ribeiro" in words(desk.follow(taken))
    nothing = desk.post("/desk/next", {"view": "open", "kind": "referral"})
    assert nothing.location == "/desk?view=open&kind=referral"
    assert "Every case of this list is somebody’s" in words(desk.follow(nothing))
    reader = Browser(staffed.test_client())
    reader.sign_in("petra.quist")
    assert "Take the next" not in reader.get("/desk").text
