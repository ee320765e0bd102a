"""A snoozed case on the desk: out of the list, in a line that opens to it, with who, until when and why on its page."""

from __future__ import annotations

from datetime import timedelta
from typing import Any

import pytest
from flask import Flask

from tests.cases.test_snooze import Aside
from tests.conftest import MONDAY
from tests.pages import Browser, words
from tests.sending import send, work


@pytest.fixture
def snoozed(staffed: Flask, clock: Any) -> tuple[Browser, str]:
    """A case that was snoozed by its form."""
    del clock
    aside, desk = Aside(staffed), Browser(staffed.test_client())
    desk.sign_in()
    case = f"/desk/cases/{aside.case().reference}"
    desk.get(case)
    assert "They answer, or Jan 14" in words(desk.get(case))
    answer = desk.post(f"{case}/snooze", {"seen": "", "until": "2030-01-09", "reason": "Waits for the lab"})
    assert answer.status_code == 303
    return desk, case


def test_the_queue_says_how_many_are_snoozed_and_opens_to_them(snoozed: tuple[Browser, str]) -> None:
    desk, case = snoozed
    page = words(desk.get("/desk?view=mine"))
    assert "1 snoozed" in page
    assert case not in desk.page
    assert "/desk?snoozed=y&amp;view=mine" in desk.page
    page = words(desk.get("/desk?snoozed=y&view=mine"))
    assert "Snoozed: Mine and unassigned 1" in page
    assert "Snoozed until Wed" in page
    assert case in desk.page
    assert "1 snoozed" not in page


def test_the_case_says_who_until_when_and_why_and_is_taken_back(snoozed: tuple[Browser, str]) -> None:
    desk, case = snoozed
    page = words(desk.get(case))
    assert "Snoozed until Wed" in page
    assert "Snoozed until Jan 9, 2030" in page
    assert "by Ana Ribeiro Waits for the lab" in page
    assert desk.post(f"{case}/wake", {}).status_code == 303
    assert "Not snoozed any more" in words(desk.get(case))
    assert case in desk.get("/desk?view=mine").text


def test_a_refused_snooze_keeps_the_reason(snoozed: tuple[Browser, str]) -> None:
    desk, case = snoozed
    desk.post(f"{case}/wake", {})
    answer = desk.post(f"{case}/snooze", {"seen": "", "until": "2030-02-09", "reason": "Much later"})
    assert answer.status_code == 422
    assert "Choose a day from the list" in words(answer)
    assert "Much later" in words(answer)
    stale = desk.post(f"{case}/snooze", {"seen": "2030-01-09T14:00:00+00:00", "until": "2030-01-09", "reason": "Again"})
    assert stale.status_code == 409
    assert "Not snoozed any more" in words(stale)


def test_nothing_that_cannot_wait_offers_to(staffed: Flask, clock: Any) -> None:
    urgent, desk = send(staffed, in_hospital_now="yes", hospital_name="Saint Brendan"), Browser(staffed.test_client())
    desk.sign_in()
    assert 'popovertarget="act-snooze"' not in desk.get(f"/desk/cases/{urgent.reference}").text
    case = f"/desk/cases/{send(staffed).reference}"
    assert 'popovertarget="act-snooze"' in desk.get(case).text
    clock.move_to(MONDAY + timedelta(days=1, hours=5))
    work(staffed)
    desk.sign_in()
    assert "Promise about to be missed" in words(desk.get(case))
    assert 'popovertarget="act-snooze"' not in desk.page
