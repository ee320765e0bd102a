"""Programs' own addresses: the links of a form stay within its own, its phone and name are the program's, its case too."""

from __future__ import annotations

import re
from pathlib import Path

import pytest
from flask import Flask
from sqlalchemy import select

from app.cases.domain import Kind
from app.cases.models import Case
from app.core.database import db
from tests.doors import PAGES, USUAL, begin, fill, fill_and_send
from tests.folders import add, edit, put_in_force
from tests.pages import Browser, words
from tests.sending import work

SQLITE = pytest.mark.parametrize("make_app", ["sqlite"], indirect=True)
DOORS = pytest.mark.parametrize("kind", list(Kind))
HOSPITALS, PROGRAMS = "(617) 555-0142", "(617) 555-0160"


@pytest.fixture
def own(app: Flask, folder: Path) -> Flask:
    """Transplant has a phone of its own; gene therapy takes no inquiries."""
    add(folder, "programs/transplant.yaml", "phone: {display: (617) 555-0160, uri: tel:+16175550160}\n")
    edit(folder, "programs/gene_therapy.yaml", "doors: [inquiry, referral]", "doors: [referral]")
    put_in_force(app, folder)
    return app


def leads_to(page: str) -> set[str]:
    """Where the links and buttons of a page lead, parts and notices apart."""
    found = set(re.findall(r'(?:href|action|data-from)="(/[^"#?]*)', page))
    return {one for one in found if not re.match(r"/(static|privacy|accessibility|look\.css|mark\.svg)", one)}


@SQLITE
@DOORS
def test_every_link_of_a_form_stays_within_its_address(own: Flask, kind: Kind) -> None:
    browser = Browser(own.test_client())
    form = begin(browser, kind, "/p/transplant")
    seen = [browser.get("/p/transplant").text]
    for slug in PAGES[kind]:
        seen.append(browser.get(f"{form}/{slug}").text)
        answer = browser.post(f"{form}/{slug}", {**USUAL[kind], "issued": browser.hidden("issued")})
        assert answer.location.startswith(form)
    seen.append(browser.get(f"{form}/check").text)
    browser.follow(browser.post(f"{form}/check", USUAL[kind]))
    seen.append(browser.get(f"{form}/sent").text)
    for page in seen:
        assert {one for one in leads_to(page) if not one.startswith(("/p/transplant", "/follow"))} == set()
        assert PROGRAMS in page
        assert HOSPITALS not in page
        assert "<small>Transplant</small>" in page
    for act in ("another", "change"):
        assert browser.post(f"{form}/{act}", {}).location.startswith(f"/p/transplant/{kind}/")


@SQLITE
@DOORS
def test_the_hospitals_own_doors_show_its_phone_also_after_a_programs(own: Flask, kind: Kind) -> None:
    browser = Browser(own.test_client())
    for path in ("/", f"/{kind}", f"/p/transplant/{kind}", f"/{kind}", "/"):
        page = browser.get(path)
        page = browser.follow(page) if page.status_code == 303 else page
        ours = path.startswith("/p/")
        assert ((PROGRAMS in page.text), (HOSPITALS in page.text)) == (ours, not ours), path
        assert ("<small>Transplant</small>" in page.text) is ours


@DOORS
def test_a_case_stays_in_the_program_whose_address_was_used_if_it_treats_the_disease(own: Flask, kind: Kind) -> None:
    browser, answers = Browser(own.test_client()), USUAL[kind]
    other_leukemia = {"diagnosis": ["other_leukemia"], "icd10cm": ["C92.00"]}
    for at, more in (("", other_leukemia), ("/p/transplant", other_leukemia), ("/p/transplant", {})):
        fill_and_send(browser, kind, {**answers, **more}, at)
    with own.app_context():
        taken = db.session.execute(select(Case.program, Case.routed_by).order_by(Case.received_at)).all()
    assert [tuple(one) for one in taken] == [
        ("cart", "cancer,as-asked"), ("transplant", "entered-here,as-asked"), ("cart", "cancer,as-asked"),
    ]  # fmt: skip


@DOORS
def test_the_receipt_and_its_mail_show_the_phone_of_the_program_that_has_the_case(
    own: Flask, kind: Kind, caplog: pytest.LogCaptureFixture, capsys: pytest.CaptureFixture[str]
) -> None:
    browser = Browser(own.test_client())
    answers = {**USUAL[kind], "diagnosis": ["immune_deficiency"], "icd10cm": ["D81.9"]}
    fill_and_send(browser, kind, answers)  # at the hospital's own door
    assert PROGRAMS in browser.page
    assert HOSPITALS not in browser.page
    assert "Transplant" not in browser.page, "a private page names no treatment"
    assert 'href="/p/' not in browser.page
    work(own)
    mailed = capsys.readouterr()
    assert PROGRAMS in mailed.out + mailed.err + caplog.text
    fill_and_send(browser, kind)
    assert HOSPITALS in browser.page


@SQLITE
def test_a_closed_door_and_an_unknown_program_say_whom_to_call(own: Flask) -> None:
    browser = Browser(own.test_client())
    for path in ("/p/gene_therapy/inquiry", f"/p/gene_therapy/inquiry/{'x' * 22}/you"):
        closed = browser.get(path)
        assert closed.status_code == 404
        assert "does not take this form here" in words(closed)
        assert HOSPITALS in words(closed)
    for path in ("/p/nobody", "/p/nobody/inquiry", "/p/nobody/referral", "/p/wrenfield/inquiry"):
        unknown = browser.get(path)
        assert unknown.status_code == 404
        assert HOSPITALS in words(unknown)
        assert "/p/nobody" not in unknown.text
    assert browser.get("/p/gene_therapy/referral").status_code == 303


@SQLITE
def test_a_programs_page_has_its_open_doors_only(own: Flask) -> None:
    browser = Browser(own.test_client())
    both, one = words(browser.get("/p/transplant")), words(browser.get("/p/gene_therapy"))
    for family, practice, page in ((True, True, both), (False, True, one)):
        assert ("I am a parent or caregiver" in page) is family
        assert ("I refer a patient" in page) is practice
        assert "very sick right now" in page


@SQLITE
def test_a_form_goes_on_at_the_hospitals_address_and_stays_with_its_program(own: Flask) -> None:
    browser = Browser(own.test_client())
    form = begin(browser, Kind.INQUIRY, "/p/transplant").removeprefix("/p/transplant")
    answers = {**USUAL[Kind.INQUIRY], "diagnosis": ["other_leukemia"]}
    assert fill(browser, form, answers).status_code == 200
    browser.follow(browser.post(f"{form}/check", answers))
    with own.app_context():
        assert db.session.execute(select(Case.program)).scalar_one() == "transplant"


@SQLITE
def test_a_program_with_hours_of_its_own_shows_them_on_its_pages_and_receipts(app: Flask, folder: Path) -> None:
    hours = 'weekly: {monday: [{opens: "09:00", closes: "12:30"}]}'
    zone = "time_zone: America/Chicago, holidays_country: US, holidays_until: 2032-01-31"
    add(folder, "programs/transplant.yaml", f"hours: {{{zone}, {hours}}}\n")
    put_in_force(app, folder)
    browser, own_hours, usual = Browser(app.test_client()), "Monday, 9 am to 12:30 pm", "Weekdays, 8 am to 5 pm"
    assert own_hours in browser.get("/p/transplant/inquiry").text
    assert usual in browser.get("/p/cart/inquiry").text
    fill_and_send(browser, Kind.INQUIRY, {**USUAL[Kind.INQUIRY], "diagnosis": ["immune_deficiency"]})
    assert own_hours in browser.page
    assert usual not in browser.page
