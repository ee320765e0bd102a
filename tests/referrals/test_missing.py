"""What a referral lacks: a grown-up's own number, and the records on the checklist of its disease in its program."""

from __future__ import annotations

from datetime import date

import pytest

from app.referrals.domain import missing_items
from app.referrals.routing import missing, routed
from tests.programs.test_docs import SHIPPED

TODAY = date(2026, 11, 25)


@pytest.mark.parametrize(
    ("cleaned", "asked", "not_asked"),
    [
        ({"patient_dob": "2018-04-03"}, "guardian_phone", "patient_phone"),
        ({"patient_dob": "2008-11-26"}, "guardian_phone", "patient_phone"),
        ({"patient_dob": "2008-11-25"}, "patient_phone", "guardian_phone"),
        ({"patient_dob": "2003-04-03"}, "patient_phone", "guardian_phone"),
        ({}, "guardian_phone", "patient_phone"),
    ],
)
def test_from_the_eighteenth_birthday_the_patients_own_number_is_asked_for(
    cleaned: dict[str, str], asked: str, not_asked: str
) -> None:
    found = missing_items({**cleaned, "icd10cm": "C91.02"}, (), TODAY)
    assert asked in found
    assert not_asked not in found
    assert "patient_phone" not in missing_items(
        {**cleaned, "icd10cm": "C91.02", "patient_phone": "(617) 555-0119"}, (), TODAY
    )


@pytest.mark.parametrize(
    ("typed", "entered", "records"),
    [
        ("C91.02", "", ("pathology_report", "flow_cytometry", "bone_marrow_report", "treatment_summary")),
        ("C92.00", "transplant", ("recent_labs",)), ("D57.1", "", ("recent_labs",)), ("D81.9", "", ("recent_labs",)),
        ("C71.7", "", ("treatment_summary",)), ("words that nobody knows", "", ("treatment_summary",)),
    ],
)  # fmt: skip
def test_records_are_missed_by_the_checklist_of_the_disease_group_in_its_program(
    typed: str, entered: str, records: tuple[str, ...]
) -> None:
    cleaned = {"icd10cm": typed}
    way = routed(SHIPPED, cleaned, entered)
    found = missing(SHIPPED, way, cleaned, TODAY)
    assert found[: len(records)] == records == way.program.needed_records(way.group, "referrer")
    all_came = {**cleaned, **{f"record_{name}": "sent" for name in records}}
    assert missing(SHIPPED, way, all_came, TODAY) == found[len(records) :]
