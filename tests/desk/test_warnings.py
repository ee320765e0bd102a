"""What a case page warns of: before a call, of corrections, of a change nobody looked at, of who is not to be contacted."""

from __future__ import annotations

import re
from datetime import timedelta
from typing import Any

import pytest
from flask import Flask

from app.cases.domain import Kind, Status
from tests.desk.test_case import set_status
from tests.pages import Browser, words
from tests.sending import send


def test_what_must_be_read_before_a_call_stands_there(desk: Browser, staffed: Flask) -> None:
    family = send(staffed, phone_or_mailbox_shared="yes", ok_voicemail="no")
    page = words(desk.get(f"/desk/cases/{family.reference}"))
    assert "Others answer this phone: do not say why you call." in page
    assert "Voicemail do not name the hospital" in page
    assert "Speaks Spanish, with an interpreter" in page
    practice = send(staffed, Kind.REFERRAL, family_aware="no", guardian_name="Mo", guardian_phone="(413) 555-0117")
    page = words(desk.get(f"/desk/cases/{practice.reference}"))
    assert "Does not know of the referral yet: ask the referrer first." in page


@pytest.mark.parametrize("make_app", ["sqlite"], indirect=True)
def test_a_correction_is_what_the_caller_reads_and_what_it_was_stands_beside(desk: Browser, staffed: Flask) -> None:
    handle = "abcdefghijklmnopqrstuv"
    receipt = send(staffed, handle=handle, contact_phone="(617) 555-0177")
    send(
        staffed, handle=handle, contact_phone="(617) 555-0199", child_given_name="Ixchel", phone_or_mailbox_shared="yes"
    )
    page = words(desk.get(f"/desk/cases/{receipt.reference}"))
    assert "Ixchel Quiñones Corrected: was Itzel" in page
    assert "(617) 555-0199 Corrected: was (617) 555-0177" in page
    assert "Others answer this phone" in page


@pytest.mark.parametrize("make_app", ["sqlite"], indirect=True)
def test_a_correction_about_a_child_who_died_is_seen_by_the_manager(desk: Browser, staffed: Flask) -> None:
    handle = "abcdefghijklmnopqrstuv"
    receipt = send(staffed, handle=handle)
    set_status(staffed, receipt.reference, Status.DECEASED, Status.NEW)
    send(staffed, handle=handle, child_given_name="Ixchel")
    assert "view=deceased" not in desk.get("/desk").text
    manager = Browser(staffed.test_client())
    manager.sign_in("mina.dalgaard")
    assert "view=deceased" in manager.get("/desk").text
    page = words(manager.get("/desk?view=deceased"))
    assert "Ixchel Quiñones" in page
    assert "Answers or files came after sending; Ended" in page
    case = f"/desk/cases/{receipt.reference}"
    assert f'action="{case}/looked"' not in desk.get(case).text
    manager.get(case)
    looked = {"seen": manager.hidden_of("looked", "seen")}
    assert desk.post(f"{case}/looked", looked).status_code == 403
    assert manager.post(f"{case}/looked", looked).status_code == 303
    assert "Ixchel" in words(manager.get("/desk?view=deceased"))
    assert "Answers changed" not in words(manager.get("/desk?view=deceased"))


def test_a_change_stays_marked_until_somebody_says_that_they_looked(clock: Any, desk: Browser, staffed: Flask) -> None:
    handle = "abcdefghijklmnopqrstuv"
    receipt = send(staffed, handle=handle)
    case = f"/desk/cases/{receipt.reference}"
    assert "what changed" not in words(desk.get(case))
    clock.shift(timedelta(minutes=1))
    send(staffed, handle=handle, child_given_name="Ixchel")
    first = desk.get(case)
    anchor = re.search(r'href="(#h-sent-[0-9a-f-]+)">what changed', first.text)
    assert anchor
    looked = {"seen": desk.hidden_of("looked", "seen")}
    clock.shift(timedelta(minutes=1))
    send(staffed, handle=handle, child_given_name="Itzamara")
    late = desk.post(f"{case}/looked", looked)
    assert late.status_code == 409, "what came meanwhile was not looked at"
    assert "The sender changed answers once more." in words(late)
    assert "Answers or files came after sending" in words(desk.get("/desk?view=open"))
    desk.get(case)
    looked = {"seen": desk.hidden_of("looked", "seen")}
    assert desk.post(f"{case}/looked", looked).location == case
    page = words(desk.get(case))
    assert "what changed" not in page
    assert "The changed answers were looked at · by Ana Ribeiro" in page
    assert "Answers or files came after sending" not in words(desk.get("/desk?view=open"))
    assert "Somebody has looked at this change already." in words(desk.post(f"{case}/looked", looked))


@pytest.mark.parametrize("make_app", ["sqlite"], indirect=True)
def test_the_timeline_says_who_tried_whom_and_how(desk: Browser, staffed: Flask) -> None:
    receipt = send(staffed)
    case = f"/desk/cases/{receipt.reference}"
    party = re.search(r'<option value="([0-9a-f-]{36})">Odalys', desk.get(case).text)
    assert party
    for outcome in ("wrong_number", "left_message", "refused", "no_answer"):
        fields = {"party": party.group(1), "channel": "phone", "outcome": outcome, "interpreter": "y"}
        desk.post(f"{case}/contact", fields)
    page = words(desk.get(case))
    name = re.search(r">(Odalys[^<]*), mother<", desk.get(case).text)
    assert name
    assert f"Call to {name.group(1)}, with an interpreter: left a message · by Ana Ribeiro" in page
    card = page[page.index("Before you call") :]
    assert re.search(r"wrong number, Today [\d:]+ [ap]m .*did not want to talk, Today", card), (
        "not forgotten by a later try"
    )


@pytest.mark.parametrize("make_app", ["sqlite"], indirect=True)
def test_every_warning_is_shown(desk: Browser, staffed: Flask) -> None:
    family = send(staffed, phone_or_mailbox_shared="yes", address_confidential="yes")
    page = words(desk.get(f"/desk/cases/{family.reference}"))
    assert "Others answer this phone: do not say why you call. Where they live must stay secret." in page
    practice = send(staffed, Kind.REFERRAL, family_aware="no", guardian_name="", guardian_phone="")
    page = words(desk.get(f"/desk/cases/{practice.reference}"))
    assert "The family does not know of this referral yet" in page


@pytest.mark.parametrize("make_app", ["sqlite"], indirect=True)
def test_nobody_is_led_to_call_about_a_child_who_died(desk: Browser, staffed: Flask) -> None:
    receipt = send(staffed)
    primary = 'class="btn go" type="button" data-key="c" popovertarget="act-contact"'
    assert primary in desk.get(f"/desk/cases/{receipt.reference}").text
    set_status(staffed, receipt.reference, Status.DECEASED, Status.NEW)
    page = desk.get(f"/desk/cases/{receipt.reference}")
    assert "The child has died: no call or letter without a manager" in words(page)
    assert "Before you call" not in page.text
    assert primary not in page.text
    assert "act-stop" not in page.text


def test_who_asks_not_to_be_contacted_is_marked_everywhere_until_somebody_says_otherwise(
    clock: Any, desk: Browser, staffed: Flask
) -> None:
    receipt = send(staffed, in_hospital_now="yes")
    case, marked = f"/desk/cases/{receipt.reference}", "Do not contact: they asked us not to call or write."
    desk.get(case)
    empty = desk.post(f"{case}/stop", {"reason": " "})
    assert empty.status_code == 422
    assert re.search(r'name="reason"[^>]* aria-invalid="true"', empty.text)
    assert desk.post(f"{case}/stop", {"reason": "The mother asked, by phone."}).location == case
    page = desk.get(case)
    assert marked in words(page)
    assert "Before you call" not in page.text
    assert 'class="btn go" type="button" popovertarget="act-contact"' not in page.text
    assert "Do not contact: no letter goes out · by Ana Ribeiro The mother asked, by phone." in words(page)
    assert re.search(r'mk l".*?Do not contact.*In the hospital', desk.get("/desk?view=open").text, re.DOTALL)
    clock.shift(timedelta(minutes=1))
    late = desk.post(f"{case}/stop", {"reason": "again"})
    assert late.status_code == 409
    assert re.search(r"Ana Ribeiro, Today .*: Do not contact: no letter goes out\.", words(late))
    lifted = {"seen": "new", "reason": "She called us herself."}
    assert "act-lift" not in desk.get(case).text
    assert desk.post(f"{case}/lift", lifted).status_code == 403
    manager = Browser(staffed.test_client())
    manager.sign_in("mina.dalgaard")
    manager.get(case)
    assert manager.post(f"{case}/lift", lifted).status_code == 303
    assert marked not in words(desk.get(case))
    assert "Do not contact" not in words(desk.get("/desk?view=open"))


@pytest.mark.parametrize("make_app", ["sqlite"], indirect=True)
def test_a_call_without_consent_asks_why_loses_nothing_and_keeps_the_reason(desk: Browser, staffed: Flask) -> None:
    doctor: dict[str, Any] = {"treating_doctor_name": "Dr. Oyelaran", "treating_doctor_phone": "(617) 555-0140"}
    receipt = send(staffed, consent_contact_doctor="no", **doctor)
    case = f"/desk/cases/{receipt.reference}"
    page = desk.get(case)
    assert "The family has not said that we may contact the doctor." in words(page)
    assert page.text.count('<a class="tel') == 1, "no number to press where nobody may call"
    assert "(617) 555-0140" in words(page)
    party = re.search(r'<option value="([0-9a-f-]{36})">Dr. Oyelaran', page.text)
    assert party
    fields = {"party": party.group(1), "channel": "phone", "outcome": "left_message", "detail": "On her machine."}
    answer = desk.post(f"{case}/contact", fields)
    assert answer.status_code == 422
    assert "To go on all the same, write the reason." in words(answer)
    assert re.search(r'name="despite"[^>]* aria-invalid="true"', answer.text)
    assert "On her machine." in answer.text
    assert desk.post(f"{case}/contact", {**fields, "despite": "The mother said yes by phone."}).status_code == 303
    page = desk.get(case)
    said = "Reached all the same, though the family has not said that we may contact the doctor"
    assert f"{said} · by Ana Ribeiro The mother said yes by phone." in words(page)
