"""The case page and its acts: by role, refused with a sentence, nothing typed lost, everything on the trail."""

from __future__ import annotations

import re
from collections.abc import Callable
from datetime import timedelta
from typing import Any
from urllib.parse import quote

import pytest
from flask import Flask
from sqlalchemy import func, select

from app.accounts.service import disable_user
from app.audit.models import AuditRecord
from app.audit.service import broken_rows
from app.cases.domain import Kind, Status
from app.cases.models import Case
from app.cases.transitions import ENDED, allowed, needs_reason, permission_for
from app.core.actor import GRANTED, Permission, Role
from app.core.database import db, transaction
from app.core.sealing import ring
from tests.conftest import add_people
from tests.pages import Browser, search, words
from tests.sending import send, set_rows

PERSON = {Role.COORDINATOR: "ana.ribeiro", Role.CLINICIAN_REVIEWER: "ruth.amsel", Role.MANAGER: "mina.dalgaard"}


def set_status(app: Flask, reference: str, status: Status, before: Status | None) -> None:
    """Put a case somewhere, for a test of where it may go from there."""
    values = {"status": str(status), "status_before": before and str(before), "is_open": status not in ENDED}
    set_rows(app, Case.__table__.update().where(Case.reference == reference).values(values))


def status_of(app: Flask, reference: str) -> str:
    """Where it stands."""
    with app.app_context():
        found = db.session.execute(select(Case.status).where(Case.reference == reference)).scalar_one()
        db.session.remove()
    return str(found)


@pytest.mark.parametrize("role", PERSON)
def test_every_transition_that_the_table_lacks_is_refused_with_a_sentence(staffed: Flask, role: Role) -> None:
    receipt = send(staffed)
    browser = Browser(staffed.test_client())
    browser.sign_in(PERSON[role])
    browser.get(f"/desk/cases/{receipt.reference}")
    token, moved, refused = browser.hidden("csrf_token"), 0, 0
    for status in Status:
        before = Status.ACKNOWLEDGED if status in ENDED or status is Status.ON_HOLD else None
        for to in Status:
            set_status(staffed, receipt.reference, status, before)
            answer = browser.client.post(
                f"/desk/cases/{receipt.reference}/status",
                data={"csrf_token": token, "seen": str(status), "to": str(to), "reason": "A reason."},
            )  # fmt: skip
            own = Status.DECEASED in {status, to}  # an act of its own
            may = not own and to in allowed(status, before) and permission_for(status, to) in GRANTED[role]
            if may:
                assert answer.status_code == 303, (status, to)
                assert status_of(staffed, receipt.reference) == to
                moved += 1
            else:
                assert answer.status_code == 422, (status, to)
                assert re.search(
                    r'role="alert"[^>]*>(A case cannot go there|This step needs another role|That a child has died)',
                    answer.text,
                )
                assert "A reason." in answer.text
                assert status_of(staffed, receipt.reference) == status
                refused += 1
    assert moved > 70
    assert moved + refused == len(Status) ** 2


def test_a_step_off_the_path_needs_a_reason_and_keeps_what_was_chosen(desk: Browser, staffed: Flask) -> None:
    receipt = send(staffed)
    desk.get(f"/desk/cases/{receipt.reference}")
    answer = desk.post(f"/desk/cases/{receipt.reference}/status", {"seen": "new", "to": "on_hold", "reason": "  "})
    assert answer.status_code == 422
    assert "Write the reason." in words(answer)
    assert '<option value="on_hold" selected>' in answer.text
    assert needs_reason(Status.NEW, Status.ON_HOLD)


def test_a_status_that_somebody_else_changed_meanwhile_is_a_conflict_that_loses_nothing(
    desk: Browser, staffed: Flask
) -> None:
    receipt = send(staffed)
    desk.get(f"/desk/cases/{receipt.reference}")
    set_status(staffed, receipt.reference, Status.ACKNOWLEDGED, None)
    answer = desk.post(
        f"/desk/cases/{receipt.reference}/status", {"seen": "new", "to": "closed", "reason": "my long reason"}
    )
    assert answer.status_code == 409
    assert "my long reason" in answer.text
    assert "Somebody else moved this case" in words(answer)


def test_only_one_of_two_claims_wins(staffed: Flask) -> None:
    receipt = send(staffed)
    ana, ben = Browser(staffed.test_client()), Browser(staffed.test_client())
    for browser, person in ((ana, "ana.ribeiro"), (ben, "ben.okafor")):
        browser.sign_in(person)
        browser.get(f"/desk/cases/{receipt.reference}")
    assert ana.post(f"/desk/cases/{receipt.reference}/claim", {}).status_code == 303
    second = ben.post(f"/desk/cases/{receipt.reference}/claim", {})
    assert second.status_code == 409
    assert "With Ana Ribeiro" in words(second)
    assert re.search(r"Ana Ribeiro, Today [\d:]+ [ap]m: Given to Ana Ribeiro. You chose: Ben Okafor.", words(second))
    assert '<h2 id="fault" role="alert" tabindex="-1" autofocus>' in second.text
    moved = {"seen": "new", "to": "acknowledged", "reason": ""}
    assert ana.post(f"/desk/cases/{receipt.reference}/status", moved).status_code == 303
    late = ben.post(f"/desk/cases/{receipt.reference}/status", {**moved, "to": "withdrawn", "reason": "r"})
    assert re.search(r"Ana Ribeiro, Today [\d:]+ [ap]m: Status: New → Acknowledged. You chose: Withdrawn.", words(late))


def test_a_note_is_kept_exactly_and_shown_unharmed(desk: Browser, staffed: Flask) -> None:
    receipt = send(staffed)
    desk.get(f"/desk/cases/{receipt.reference}")
    assert desk.post(f"/desk/cases/{receipt.reference}/note", {"body": "<b>=1+1</b> 🙏\n\u202eline"}).status_code == 303
    page = desk.get(f"/desk/cases/{receipt.reference}")
    assert "&lt;b&gt;=1+1&lt;/b&gt; 🙏\n\u202eline" in page.text


@pytest.mark.parametrize("make_app", ["sqlite"], indirect=True)
@pytest.mark.parametrize("wrong", [b"%00", b"%1B", b"%C2%85", b"%FF"])
def test_what_cannot_be_read_is_named_and_the_words_are_kept(desk: Browser, staffed: Flask, wrong: bytes) -> None:
    case = f"/desk/cases/{send(staffed).reference}"
    desk.get(case)
    token = f"csrf_token={quote(desk.hidden('csrf_token'))}".encode()
    for act, name in (("note", b"body"), ("status", b"seen=new&to=on_hold&reason"), ("contact", b"detail")):
        body = token + b"&" + name + b"=Kept%0D%0A%09words" + wrong
        answer = desk.client.post(f"{case}/{act}", data=body, content_type="application/x-www-form-urlencoded")
        assert answer.status_code == 422, act
        assert "a character here that we cannot read" in words(answer), act
        assert "\twords" in answer.text, act
    body = token + b"&body=Kept%0D%0A%09words"
    assert (
        desk.client.post(f"{case}/note", data=body, content_type="application/x-www-form-urlencoded").status_code == 303
    )


def test_a_call_that_reached_them_keeps_the_promise(desk: Browser, staffed: Flask) -> None:
    receipt = send(staffed)
    page = desk.get(f"/desk/cases/{receipt.reference}")
    party = re.search(r'<option value="([0-9a-f-]{36})">Odalys', page.text)
    assert party
    for outcome, text in (("no_answer", "First call"), ("reached", "Reached Today")):
        fields = {"party": party.group(1), "channel": "phone", "outcome": outcome, "interpreter": "y", "detail": "x"}
        assert desk.post(f"/desk/cases/{receipt.reference}/contact", fields).status_code == 303
        assert text in words(desk.get(f"/desk/cases/{receipt.reference}"))
    for wrong in (
        {"party": ""},
        {"party": "rubbish"},
        {"party": str(receipt.case_id)},
        {"channel": "pigeon"},
        {"outcome": ""},
    ):
        fields = {"party": party.group(1), "channel": "phone", "outcome": "reached", "detail": "kept words", **wrong}
        answer = desk.post(f"/desk/cases/{receipt.reference}/contact", fields)
        assert answer.status_code == 422, wrong
        assert "kept words" in answer.text


def test_the_page_is_put_on_the_trail_and_the_trail_holds(desk: Browser, staffed: Flask) -> None:
    receipt = send(staffed)
    desk.get(f"/desk/cases/{receipt.reference}")
    desk.post(f"/desk/cases/{receipt.reference}/note", {"body": "n"})
    search(desk, "quinones")
    with staffed.app_context():
        counted = dict(db.session.execute(select(AuditRecord.action, func.count()).group_by(AuditRecord.action)).all())
        assert broken_rows(db.session()) == []
        db.session.remove()
    assert {"submission_received", "case_viewed", "case_changed", "searched", "signed_in"} <= set(counted)


def test_search_finds_by_reference_words_accents_birth_date_and_phone(desk: Browser, staffed: Flask) -> None:
    receipt = send(
        staffed, child_given_name="Ångström", child_family_name="O’Neill Nguyễn", contact_phone="+1 617 555 0119"
    )
    send(
        staffed,
        child_given_name="Other",
        child_family_name="Person",
        contact_phone="(212) 555-0101",
        dated={"child_dob-year": "2018"},
    )
    desk.get("/desk")
    for typed in (
        receipt.reference, receipt.reference.lower().replace("-", " "), "nguyen angstrom", "ANGSTROM", "oneill",
        "27/3/2019", "27.03.2019", "Angstrom B oneill", "March 27, 2019", "2019-03-27", "3/27/2019", "617-555-0119", "(617) 555 0119", "angstrom 2019-03-27",
    ):  # fmt: skip
        page = search(desk, typed)
        assert re.findall(r"/desk/cases/([0-9A-Z-]+)", page.text) == [receipt.reference], typed
    for typed in ("angst", "nobody here", "%", "' or 1=1", "\0", "x" * 300, ""):
        page = search(desk, typed)
        assert page.status_code == 200, typed
        assert "/desk/cases/" not in page.text, typed


@pytest.mark.parametrize("make_app", ["sqlite"], indirect=True)
def test_a_search_has_an_address_that_says_nothing_and_serves_its_reader_for_a_while(
    staffed: Flask, clock: Any
) -> None:
    receipt = send(staffed)
    ana, ben = Browser(staffed.test_client()), Browser(staffed.test_client())
    ana.sign_in()
    ben.sign_in("ben.okafor")
    ana.get("/desk")
    address = ana.post("/desk/search", {"q": "Quiñones"}).location
    assert "qui" not in address.lower()
    for _time in range(2):
        assert receipt.reference in ana.get(address).text
    for browser, path in ((ben, address), (ana, address[:-2]), (ana, "/desk/search/é"), (ana, "/desk/search/AAAA")):
        page = browser.get(path)
        assert page.status_code == 200
        assert receipt.reference not in page.text
        assert "Type it once more" in page.text
    assert ana.get("/desk/search").location == "/desk"
    for act in (
        "claim",
        "assign",
        "status",
        "handover",
        "looked",
        "stop",
        "died",
        "lift",
        "release",
        "note",
        "contact",
    ):
        case = f"/desk/cases/{receipt.reference}"
        assert ana.get(f"{case}/{act}").location == case
    clock.shift(timedelta(minutes=14))
    assert receipt.reference in ana.get(address).text
    clock.shift(timedelta(minutes=2))
    assert receipt.reference not in ana.get(address).text


@pytest.mark.parametrize("make_app", ["sqlite"], indirect=True)
def test_a_search_that_cannot_find_says_why(desk: Browser, staffed: Flask) -> None:
    receipt = send(staffed, child_family_name="D’Ávila-Jean")
    desk.get("/desk")
    for typed in ("DAvila", "D'Avila", "Jean", "davilajean"):
        assert receipt.reference in search(desk, typed).text, typed
    last = "0" if receipt.reference[-1] != "0" else "1"
    for typed, said in (
        (receipt.reference[:-1] + last, "This reference has a typing mistake: look again."),
        ("555-0119", "with its area code"),
        ("Nobody", "Whole words are compared"),
    ):
        assert said in words(search(desk, typed)), typed


def test_the_same_child_is_suggested_and_never_joined(desk: Browser, staffed: Flask) -> None:
    family = send(staffed, child_given_name="Minh Anh", child_family_name="Nguyễn")
    practice = send(staffed, Kind.REFERRAL, patient_given_name="Minhanh", patient_family_name="NGUYEN",
                    dated={"patient_dob-month": "3", "patient_dob-day": "27", "patient_dob-year": "2019"})  # fmt: skip
    stranger = send(staffed, child_given_name="Minh Anh", dated={"child_dob-year": "2018"})
    page = desk.get(f"/desk/cases/{practice.reference}")
    assert f"/desk/cases/{family.reference}" in page.text
    assert stranger.reference not in page.text
    assert re.search(
        rf"{family.reference} Minh Anh Nguyễn , \d+ y, New: same birth date, a name in common", words(page)
    )
    assert "brother or sister" not in words(page)
    with staffed.app_context():
        assert db.session.execute(select(func.count()).select_from(Case)).scalar_one() == 3
        db.session.remove()


def test_twins_are_called_so_and_another_programs_case_is_named_by_its_place_only(staffed: Flask) -> None:
    one, twin = send(staffed, child_given_name="Ada"), send(staffed, child_given_name="Ben")
    there = send(staffed, child_given_name="Ada", diagnosis="sickle_cell", disease_situation="")
    ben = Browser(staffed.test_client())
    ben.sign_in("ben.okafor")
    page = ben.get(f"/desk/cases/{one.reference}")
    assert re.search(
        rf"{twin.reference} Ben Quiñones , \d+ y, New: .*same phone, may be a brother or sister", words(page)
    )
    assert f"{there.reference} in Gene therapy" in words(page)
    assert f"/desk/cases/{there.reference}" not in page.text
    with staffed.app_context():
        row = db.session.execute(select(AuditRecord).where(AuditRecord.action == "case_viewed")).scalar_one()
        assert row.detail is not None
        detail = ring().house(db.session()).unseal_json(row.detail, ("audit", "detail", row.id))
        db.session.remove()
    assert set(detail["same"]) == {str(twin.case_id), str(there.case_id)}


def test_disabling_somebody_returns_their_open_cases_with_that_reason(desk: Browser, staffed: Flask) -> None:
    receipt = send(staffed)
    desk.get(f"/desk/cases/{receipt.reference}")
    desk.post(f"/desk/cases/{receipt.reference}/claim", {})
    with staffed.app_context():
        with transaction() as session:
            disable_user(session, email="ana.ribeiro@example.org")
        db.session.remove()
    assert desk.get("/desk").status_code == 303
    outcome = staffed.test_cli_runner().invoke(args=["worker", "--once"])
    assert outcome.exit_code == 0
    manager = Browser(staffed.test_client())
    manager.sign_in("mina.dalgaard")
    page = manager.get(f"/desk/cases/{receipt.reference}")
    assert "With nobody." in words(page)
    assert "the account of who had it was disabled" in words(page)


def test_the_administrator_sees_no_patient(staffed: Flask) -> None:
    receipt = send(staffed)
    browser = Browser(staffed.test_client())
    browser.sign_in("ada.lindqvist")
    for path in ("/desk", f"/desk/cases/{receipt.reference}"):
        assert browser.get(path).status_code == 403
    assert "Itzel" not in browser.get("/admin").text


def test_a_privacy_officer_reads_and_has_no_acts(staffed: Flask) -> None:
    receipt = send(staffed)
    browser = Browser(staffed.test_client())
    browser.sign_in("petra.quist")
    page = browser.get(f"/desk/cases/{receipt.reference}")
    assert "Itzel" in page.text
    assert "Log a call" not in page.text
    assert browser.post(f"/desk/cases/{receipt.reference}/note", {"body": "x"}).status_code == 403


def test_what_was_typed_when_the_session_ended_comes_back_before_it_is_sent(
    make_app: Callable[..., Flask], clock: Any
) -> None:
    app = make_app()
    add_people(app)
    receipt = send(app)
    browser = Browser(app.test_client())
    browser.sign_in()
    browser.get(f"/desk/cases/{receipt.reference}")
    clock.shift(timedelta(minutes=16))
    ended = browser.post(f"/desk/cases/{receipt.reference}/note", {"body": "half a night's thought"})
    assert ended.status_code == 401
    back = browser.sign_in(typed=browser.hidden("typed"))
    assert "half a night&#39;s thought" in back.text
    assert "Internal note" not in words(Browser(app.test_client()).get("/sign-in"))
    sent = browser.post(f"/desk/cases/{receipt.reference}/note", {"body": "half a night's thought"})
    assert sent.status_code == 303
    assert "half a night’s" not in sent.text
    page = browser.get(f"/desk/cases/{receipt.reference}")
    assert page.text.count("half a night&#39;s thought") == 1


@pytest.mark.parametrize("make_app", ["sqlite"], indirect=True)
def test_what_travels_over_a_sign_in_reads_as_its_form_did(staffed: Flask, clock: Any) -> None:
    receipt = send(staffed)
    case = f"/desk/cases/{receipt.reference}"
    browser = Browser(staffed.test_client())
    browser.sign_in()
    party = re.search(r'<option value="([0-9a-f-]{36})">(Odalys[^<]*)<', browser.get(case).text)
    assert party
    for act, fields, shown in (
        ("status", {"seen": "new", "to": "on_hold", "reason": "r"}, ("status of case", 'value="On hold"')),
        ("contact", {"party": party.group(1), "channel": "phone", "outcome": "left_message", "detail": ""},
         ("call about case", f'value="{party.group(2)}"', 'value="left a message"')),
        ("assign", {"seen": "", "assignee": ""}, ("giving case", "Nobody: back to the queue")),
        ("handover", {"seen": "cart", "to": "transplant", "reason": "r"}, ("handing over case", 'value="Transplant')),
        ("stop", {"kind": "told", "reason": "They asked."}, ("whether case", "They asked.", "not sure yet")),
        ("died", {"name": "Itzel Q", "birth_date": "2019-03-27", "reason": "r"}, ("has died", "Itzel Q", "2019-03-27")),
        ("claim", {"typed": "x"}, ("taking case",)),
    ):  # fmt: skip
        browser.get(case)
        clock.shift(timedelta(minutes=16))
        browser.post(f"{case}/{act}", fields)
        page = browser.sign_in(typed=browser.hidden("typed"))
        for text in (*shown, receipt.reference):
            assert text in page.text, (act, text)
        assert "Seen" not in words(page)
        if "seen" in fields:
            assert f'name="seen" value="{fields["seen"]}"' in page.text, "sent along all the same"


def test_the_acts_work_over_https(make_app: Callable[..., Flask]) -> None:
    app = make_app(PUBLIC_URL="https://localhost")
    app.config["PREFERRED_URL_SCHEME"] = "https"  # what the browser of the test asks by
    add_people(app)
    receipt = send(app)
    browser = Browser(app.test_client())
    browser.sign_in()
    browser.get(f"/desk/cases/{receipt.reference}")
    assert browser.post(f"/desk/cases/{receipt.reference}/note", {"body": "By TLS"}).status_code == 303
    assert "By TLS" in words(browser.get(f"/desk/cases/{receipt.reference}"))
    assert f"/desk/cases/{receipt.reference}" in search(browser, receipt.reference).text


@pytest.mark.parametrize("permission", list(Permission))
def test_every_permission_is_held_by_somebody(permission: Permission) -> None:
    assert any(permission in granted for granted in GRANTED.values())
