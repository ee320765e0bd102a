"""Hints on a case: the basis in view, unknown is not no, the day the age changes; and no family ever sees one."""

from __future__ import annotations

from datetime import UTC, datetime

import pytest
import time_machine
from flask import Flask

from app.cases.domain import Kind
from tests.pages import Browser, words
from tests.sending import send
from tests.stories.ways import INQUIRY, REFERRAL, Walker

NOVEMBER = datetime(2026, 11, 25, 16, tzinfo=UTC)
BORN = {"patient_dob-month": "12", "patient_dob-day": "16"}


@pytest.fixture
def today(staffed: Flask) -> Browser:
    """A coordinator on the day of the worked examples."""
    browser = Browser(staffed.test_client())
    browser.sign_in()
    return browser


def case_page(staffed: Flask, **answers: str) -> str:
    """The hints on a referral's case."""
    dated = {name: value for name, value in answers.items() if "-" in name}
    plain = {name: value for name, value in answers.items() if "-" not in name}
    with time_machine.travel(NOVEMBER, tick=False):
        sent = send(staffed, Kind.REFERRAL, NOVEMBER, dated=dated, **plain)
        browser = Browser(staffed.test_client())
        browser.sign_in()
        shown = words(browser.get(f"/desk/cases/{sent.reference}"))
    return shown[shown.index("Hint, not a decision") :] if "Hint, not a decision" in shown else ""


def test_a_patient_who_turns_26_in_three_weeks_shows_the_day(staffed: Flask) -> None:
    said = case_page(
        staffed, icd10cm="C91.02", immunophenotype="B", disease_status="relapse_2plus",
        **{**BORN, "patient_dob-year": "2000"},
    )  # fmt: skip
    assert "tisagenlecleucel (Kymriah) : Fits what is known." in said
    assert "The age changes this on Dec 16, 2026." in said
    assert "Label of Aug 30, 2017, read Nov 2, 2026: US prescribing information; well supported." in said


def test_t_cell_disease_under_the_b_cell_code_is_outside_by_its_lineage(staffed: Flask) -> None:
    said = case_page(
        staffed, icd10cm="C91.02", immunophenotype="T", disease_status="relapse_2plus",
        **{**BORN, "patient_dob-year": "2018"},
    )  # fmt: skip
    assert "Outside the label: B or T lineage" in said
    assert "Fits what is known" not in said


def test_what_is_not_known_is_said_and_is_never_a_no(staffed: Flask) -> None:
    said = case_page(staffed, icd10cm="C91.02", **{**BORN, "patient_dob-year": "2018"})
    assert "tisagenlecleucel (Kymriah) : Not known yet: B or T lineage, disease status." in said
    said = case_page(
        staffed,
        icd10cm="E71.520",
        patient_sex="UNK",
        donor_status="sibling_being_typed",
        **{**BORN, "patient_dob-year": "2019"},
    )
    assert "Not known yet: sex, donor." in said


def test_words_and_unknown_codes_give_no_hint(staffed: Flask) -> None:
    assert case_page(staffed, icd10cm="something in the blood") == ""


def test_no_family_and_no_referrer_sees_a_hint(live: str) -> None:
    for answers, way in (
        (INQUIRY, "send_inquiry"),
        ({**REFERRAL, "immunophenotype": ["B"], "disease_status": ["relapse_2plus"]}, "send_referral"),
    ):
        walker = Walker(live)
        getattr(walker, way)(answers)
        assert "/follow/" in walker.url
        for word in ("Hint, not", "Outside the label", "Kymriah", "tisagenlecleucel"):
            assert word not in walker.page
