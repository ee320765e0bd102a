"""Stops on the desk: acts of their own that lose nothing typed, name who is not stopped, and leave the family in peace."""

from __future__ import annotations

import re
from typing import Any

import pytest
from flask import Flask

from app.cases.domain import Kind
from tests.conftest import add_people
from tests.follow.test_routes import receipt_of
from tests.pages import Browser, words
from tests.sending import send

pytestmark = pytest.mark.parametrize("make_app", ["sqlite"], indirect=True)
DIED = {"name": "Itzel Quiñones", "birth_date": "2019-03-27", "reason": "Her doctor phoned."}


def test_a_death_that_names_another_child_is_refused_with_everything_typed(desk: Browser, staffed: Flask) -> None:
    case = f"/desk/cases/{send(staffed).reference}"
    desk.get(case)
    answer = desk.post(f"{case}/died", {**DIED, "birth_date": "2019-03-26"})
    assert answer.status_code == 422
    assert "That is not the name and the birth date of this child. Nothing was changed." in words(answer)
    for typed in ("2019-03-26", "Itzel Quiñones", "Her doctor phoned."):
        assert typed in answer.text
    assert re.search(r'name="name" value="Itzel Quiñones"[^>]* aria-invalid="true"', answer.text)
    assert desk.post(f"{case}/died", DIED).status_code == 303
    page = words(desk.get(case))
    assert "The child has died: no call or letter without a manager" in page
    assert "Status: New → Deceased · by Ana Ribeiro Her doctor phoned." in page
    assert desk.post(f"{case}/died", DIED).status_code == 409


def test_brothers_and_sisters_are_named_and_not_stopped(desk: Browser, staffed: Flask) -> None:
    died = send(staffed)
    twin, brother = send(staffed, child_given_name="Ixchel"), send(staffed, child_given_name="Teo", dated={"child_dob-year": "2016"})  # fmt: skip
    undated = send(
        staffed, Kind.REFERRAL, patient_given_name="Itzel", patient_family_name="Quiñones", patient_mrn="7704",
        dated={"patient_dob-month": "", "patient_dob-day": "", "patient_dob-year": ""},
    )  # fmt: skip
    slip = send(staffed, dated={"child_dob-day": "28"})
    stranger = send(staffed, child_given_name="Ana", contact_phone="(617) 555-0188", contact_email="x@example.org", dated={"child_dob-year": "2016"})  # fmt: skip
    case = f"/desk/cases/{died.reference}"
    assert "Not stopped, another child:" in words(desk.get(case)), "before it is done"
    desk.post(f"{case}/died", DIED)
    said = words(desk.get(case)).partition("Not stopped, another child:")[2][:200]
    assert twin.reference in said
    assert brother.reference in said
    assert not any(one.reference in said for one in (stranger, undated, slip)), "of the same name, or no relation"
    assert "The child may have died: letters wait" in words(desk.get(f"/desk/cases/{undated.reference}"))
    assert "Do not contact" not in words(desk.get(f"/desk/cases/{twin.reference}"))


def test_what_waits_says_so_and_goes_on_when_somebody_has_looked(desk: Browser, staffed: Flask) -> None:
    died, same = send(staffed), send(staffed)
    desk.get(f"/desk/cases/{died.reference}")
    desk.post(f"/desk/cases/{died.reference}/died", DIED)
    case = f"/desk/cases/{same.reference}"
    page = desk.get(case)
    assert "The child may have died: letters wait until somebody has found out." in words(page)
    assert f"Letters wait: {died.reference} may be the same child, and is stopped" in words(page)
    assert '<a class="tel' not in page.text
    assert "The child may have died: find out" in words(desk.get("/desk?view=open"))
    desk.get(case)
    seen = {"seen": desk.hidden_of("release", "seen"), "reason": "Another child, the mother says."}
    assert desk.post(f"{case}/release", seen).status_code == 303
    assert "may have died" not in words(desk.get("/desk?view=open"))
    assert desk.post(f"{case}/release", seen).status_code == 409


def test_somebodys_word_that_the_child_has_died_makes_everything_wait(desk: Browser, staffed: Flask) -> None:
    case = f"/desk/cases/{send(staffed).reference}"
    desk.get(case)
    assert desk.post(f"{case}/stop", {"kind": "told", "reason": "The practice phoned."}).status_code == 303
    page = words(desk.get(case))
    assert "Find out whether the child has died" in page
    assert "Somebody says that the child has died: letters wait · by Ana Ribeiro The practice phoned." in page


def test_a_manager_takes_back_a_death(desk: Browser, staffed: Flask) -> None:
    case = f"/desk/cases/{send(staffed).reference}"
    desk.get(case)
    desk.post(f"{case}/died", DIED)
    assert "act-lift" not in desk.get(case).text
    manager = Browser(staffed.test_client())
    manager.sign_in("mina.dalgaard")
    assert "Has not died" in words(manager.get(case))
    assert manager.post(f"{case}/lift", {"seen": "deceased", "reason": "It was another child."}).status_code == 303
    assert "Status: Deceased → New · by Mina Dalgaard It was another child." in words(manager.get(case))


@pytest.mark.parametrize("act", ["died", "stop", "told"])
def test_the_familys_page_is_one_kind_sentence_and_the_phone(app: Flask, act: str, clock: Any) -> None:
    add_people(app)
    family, address = receipt_of(app, Kind.INQUIRY)
    before = family.get(address)
    reference = re.search(r"<strong>([0-9A-Z-]{11})</strong>", before.text)
    assert reference
    staff = Browser(app.test_client())
    staff.sign_in()
    case = f"/desk/cases/{reference.group(1)}"
    staff.get(case)
    fields = DIED if act == "died" else {"kind": act, "reason": "r"}
    assert staff.post(f"{case}/{'died' if act == 'died' else 'stop'}", fields).status_code == 303
    page = family.get(address)
    assert "You do not need to do anything. If you would like to talk with us, please call." in words(page)
    assert re.search(r'<a class="btn num" href="tel:', page.text)
    for gone in ("We will call", "What happens next", "<li", "<input", "business day"):
        assert gone not in page.text[page.text.index("<main") : page.text.index("</main>")]
