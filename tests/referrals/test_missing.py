"""Who is asked for whose number: a grown-up speaks for herself, whatever else is known."""

from __future__ import annotations

from datetime import date

import pytest

from app.referrals.domain import missing_items

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
    found = missing_items({**cleaned, "icd10cm": "C91.02"}, TODAY)
    assert asked in found
    assert not_asked not in found
    assert "patient_phone" not in missing_items(
        {**cleaned, "icd10cm": "C91.02", "patient_phone": "(617) 555-0119"}, TODAY
    )
