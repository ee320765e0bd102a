"""Handing a case over on the desk: the form, its refusals beside the cause, and what its giver sees afterwards."""

from __future__ import annotations

import re

import pytest
from flask import Flask

from tests.pages import Browser, search, words
from tests.sending import send

TO_GENES = {"seen": "cart", "to": "gene_therapy", "reason": "Sickle cell, as the referrer says."}


def test_a_case_handed_over_stands_in_the_other_programs_queue_with_its_history(desk: Browser, staffed: Flask) -> None:
    receipt = send(staffed)
    case = f"/desk/cases/{receipt.reference}"
    assert re.search(r'<option value="gene_therapy">Gene therapy', desk.get(case).text)
    assert desk.post(f"{case}/handover", TO_GENES).location == case, "Ana works in both: she stays with it"
    page = words(desk.get(case))
    assert re.search(
        r"Handed over: CAR T-cell therapy → Gene therapy · by Ana Ribeiro Sickle cell, as the referrer", page
    )
    for program, there in (("gene_therapy", True), ("cart", False), ("transplant", False)):
        assert (receipt.reference in desk.get(f"/desk?view=open&program={program}").text) == there, program
    back = {**TO_GENES, "seen": "gene_therapy", "to": "cart", "reason": "It was thalassemia."}
    assert desk.post(f"{case}/handover", back).status_code == 303
    assert "Gene therapy → CAR T-cell therapy" in words(desk.get(case))


def test_who_has_no_role_there_is_led_to_the_queue_and_told_so_once(staffed: Flask) -> None:
    receipt = send(staffed)
    case = f"/desk/cases/{receipt.reference}"
    ben = Browser(staffed.test_client())
    ben.sign_in("ben.okafor")
    ben.get(case)
    ben.post(f"{case}/claim", {})
    page = ben.follow(ben.post(f"{case}/handover", TO_GENES))
    told = f"Case {receipt.reference} is handed over to Gene therapy, where you have no role: it has left your desk."
    assert told in words(page)
    assert "has left your desk" not in words(ben.get("/desk"))
    for path in (case, f"{case}/handover"):
        assert ben.client.get(path, follow_redirects=True).status_code == 404
    assert receipt.reference not in ben.get("/desk?view=open").text
    assert f"/desk/cases/{receipt.reference}" not in search(ben, receipt.reference).text
    ana = Browser(staffed.test_client())
    ana.sign_in()
    assert receipt.reference in ana.get("/desk?view=mine&program=gene_therapy").text, "unassigned, not lost"
    assert "Back in the queue, from Ben Okafor" in words(ana.get(case))


def test_a_refusal_stands_beside_its_cause_with_what_was_typed(desk: Browser, staffed: Flask) -> None:
    receipt = send(staffed)
    case = f"/desk/cases/{receipt.reference}"
    desk.get(case)
    for wrong, name, said in (
        ({"to": ""}, "to", "Choose another program."), ({"reason": " "}, "reason", "Write the reason."),
        ({"reason": "a\0b"}, "reason", "a character here that we cannot read"),
    ):  # fmt: skip
        answer = desk.post(f"{case}/handover", {**TO_GENES, **wrong})
        assert answer.status_code == 422
        assert said in words(answer)
        assert re.search(rf'name="{name}"[^>]* aria-invalid="true" aria-describedby="fault"', answer.text)
        assert answer.text.count("aria-invalid") == 1
        assert '<option value="gene_therapy" selected>' in answer.text or name == "to"
        assert name == "reason" or TO_GENES["reason"] in answer.text
    desk.post(f"{case}/handover", TO_GENES)
    late = desk.post(f"{case}/handover", {**TO_GENES, "to": "transplant"})
    assert late.status_code == 409
    assert re.search(r"Ana Ribeiro, Today .*: Handed over: CAR T.* You chose: Transplant", words(late))


@pytest.mark.parametrize("make_app", ["sqlite"], indirect=True)
def test_a_case_that_ended_offers_no_handover_and_takes_none(desk: Browser, staffed: Flask) -> None:
    receipt = send(staffed)
    case = f"/desk/cases/{receipt.reference}"
    desk.get(case)
    desk.post(f"{case}/status", {"seen": "new", "to": "withdrawn", "reason": "r"})
    assert "act-handover" not in desk.get(case).text
    answer = desk.post(f"{case}/handover", TO_GENES)
    assert answer.status_code == 422
    assert "This case has ended. Open it again first." in words(answer)
