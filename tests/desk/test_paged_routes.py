"""The on-call clinician: what was paged to their program lately, on a phone, and nothing else of the desk."""

from __future__ import annotations

from datetime import timedelta
from pathlib import Path
from typing import Any

import pytest
from flask import Flask
from sqlalchemy import update

from app.audit.models import AuditRecord
from app.cases.models import Case
from app.core.clock import now
from tests.cases.test_letters import rows
from tests.conftest import add_people
from tests.pages import Browser, words
from tests.paging import page_by_mail
from tests.sending import send, set_rows


@pytest.fixture
def paging(app: Flask, folder: Path, clock: Any) -> Flask:
    """An app whose CAR T program pages somebody."""
    page_by_mail(app, folder)
    add_people(app)
    return app


def on_call(app: Flask) -> Browser:
    """The clinician's phone, signed in."""
    browser = Browser(app.test_client())
    assert browser.sign_in("otis.varga").location == "/desk/paged"
    return browser


def test_an_on_call_clinician_reads_what_was_paged_and_no_other_address_of_the_desk(paging: Flask) -> None:
    urgent = send(paging, in_hospital_now="yes", child_given_name="Itzel").reference
    calm = send(paging, child_given_name="Barnaby").reference
    elsewhere = send(paging, diagnosis="mld").reference
    browser = on_call(paging)
    listed = words(browser.get("/desk/paged"))
    assert urgent in listed
    assert "not acknowledged" in listed
    assert "Itzel" not in listed
    page = browser.get(f"/desk/paged/{urgent}")
    assert "Itzel" in words(page)
    assert "As of 10:00 am" in words(page)
    assert not any(link in page.text for link in ('action="/desk', 'href="/desk"', 'href="/desk/cases', 'href="/desk?'))
    for other in (calm, elsewhere, "7KQ4-M2XH-9", "x"):
        assert browser.get(f"/desk/paged/{other}").status_code == 404
    for rule in paging.url_map.iter_rules():
        if rule.rule.startswith(("/desk", "/admin")) and not rule.endpoint.startswith("desk.paged"):
            path = rule.rule.replace("<reference>", urgent).replace("<act>", "x").replace("<phrase>", "x")
            methods = rule.methods or set()
            answer = browser.client.post(path) if "POST" in methods else browser.client.get(path)
            assert answer.status_code in {400, 403, 404}, rule.rule
            assert "Itzel" not in answer.text
    assert rows(paging, AuditRecord.action).count("case_viewed") == 1


def test_after_three_days_or_in_another_program_it_is_closed_to_them(paging: Flask, clock: Any) -> None:
    urgent = send(paging, in_hospital_now="yes")
    clock.shift(timedelta(hours=71))
    assert on_call(paging).get(f"/desk/paged/{urgent.reference}").status_code == 200
    set_rows(paging, update(Case).where(Case.id == urgent.case_id).values(program="transplant"))
    assert on_call(paging).get(f"/desk/paged/{urgent.reference}").status_code == 404
    set_rows(paging, update(Case).where(Case.id == urgent.case_id).values(program="cart"))
    clock.shift(timedelta(hours=1))
    browser = on_call(paging)
    assert browser.get(f"/desk/paged/{urgent.reference}").status_code == 404
    assert urgent.reference not in words(browser.get("/desk/paged"))
    assert rows(paging, Case.received_at)[0] < now()


def test_a_coordinator_without_the_role_has_the_desk_instead(paging: Flask) -> None:
    urgent = send(paging, in_hospital_now="yes").reference
    browser = Browser(paging.test_client())
    browser.sign_in()
    assert browser.get(f"/desk/paged/{urgent}").status_code == 403
    assert browser.get(f"/desk/cases/{urgent}").status_code == 200
