"""The referrer's questions: the floor alone is enough, a missing value holds nothing up, a warning passes with a reason."""

from __future__ import annotations

import re

import pytest
from flask import Flask
from hypothesis import HealthCheck, example, given, settings
from hypothesis import strategies as st
from sqlalchemy import select

from app.cases.domain import Kind
from app.cases.models import Case, Submission
from app.core.database import db
from app.samples.load import FORMS
from app.web.fields import cleaned_of, fields_of, notes_of
from tests.doors import begin, fill
from tests.inquiries.test_forms import refused
from tests.pages import Browser, faults, words
from tests.stories.test_bad_input import ANY
from tests.stories.ways import REFERRAL, answers_on

SQLITE = pytest.mark.parametrize("make_app", ["sqlite"], indirect=True)
FLOOR = {name: values for name, values in REFERRAL.items() if name not in {"clinical_question", "referrer_email", "patient_family_name"}}  # fmt: skip
UNREADABLE = ("dad’s cell", "mid 2024", "3-15-24", "~2023", ">90", "1/0", "∞", "x" * 700)
REQUIRED = {
    "patient_given_name",
    "patient_dob",
    "icd10cm",
    "urgency",
    "family_aware",
    "referrer_given_name",
    "back_line_phone",
}


@SQLITE
def test_only_the_floor_must_be_answered(app: Flask) -> None:
    assert refused(app, Kind.REFERRAL, FLOOR) == set()
    assert refused(app, Kind.REFERRAL, {}) == REQUIRED
    for name in REQUIRED:
        left = {key: values for key, values in FLOOR.items() if key.partition("-")[0] != name}
        assert refused(app, Kind.REFERRAL, left) == {name}


@SQLITE
@pytest.mark.parametrize(
    ("changed", "wrong"),
    [
        ({"patient_dob-month": "", "patient_dob-day": "", "patient_dob-year": "", "patient_mrn": "X-1"}, set()),
        ({"back_line_phone": "", "referrer_phone": "(413) 555-0113"}, set()), ({"npi": "1234567893"}, set()),
        ({"npi": "1234567890"}, {"npi"}), ({"npi": "123"}, {"npi"}), ({"npi": "3234567893"}, {"npi"}),
        ({"npi": "1234567890", "npi_reason": "Applied for"}, set()), ({"patient_dob-month": "13", "patient_mrn": "X-1"}, set()), ({"patient_dob-month": "13"}, {"patient_dob"}),
        ({"patient_dob-year": "2099"}, {"patient_dob"}), ({"back_line_phone": "ask for Pam"}, {"back_line_phone"}),
        ({"back_line_phone": "ask for Pam", "referrer_phone": "(413) 555-0113"}, set()),
        ({"back_line_phone": "", "referrer_phone": "ask for Pam"}, {"back_line_phone"}), ({"weight_kg": "4\x005"}, {"weight_kg"}),
        ({"icd10cm": "relapsed B-ALL"}, set()), ({"icd10cm": "something nobody has a code for"}, set()),
        ({"referrer_phone": "01 70 18 55 50", "referrer_country": "FR"}, set()),
    ],
)  # fmt: skip
def test_what_depends_on_another_answer(app: Flask, changed: dict[str, str], wrong: set[str]) -> None:
    assert refused(app, Kind.REFERRAL, FLOOR | {name: [value] for name, value in changed.items()}) == wrong


@SQLITE
@pytest.mark.parametrize(
    ("changed", "unread"),
    [
        ({"weight_kg": "400"}, {"weight_kg"}), ({"weight_kg": "27,4 kg"}, set()), ({"blast_percent_marrow": ">90"}, set()),
        ({"date_of_diagnosis": "03/15/2024"}, set()), ({"date_of_diagnosis": "3/2024"}, set()), ({"date_of_diagnosis": "03/04/2024"}, {"date_of_diagnosis"}),
        ({"ferritin_ng_ml": "~ 2000"}, set()), ({"date_of_diagnosis": "2099"}, {"date_of_diagnosis"}), ({"date_of_diagnosis": "mid 2024"}, {"date_of_diagnosis"}),
        ({"date_of_diagnosis": "2024-05", "date_of_last_relapse": "2024-04-30"}, {"date_of_last_relapse"}),
        ({"date_of_diagnosis": "2024-05", "date_of_last_relapse": "2024"}, set()), ({"blast_percent_marrow": "101"}, {"blast_percent_marrow"}),
        ({"referrer_email": "x"}, {"referrer_email"}), ({"guardian_phone": "dad’s cell"}, {"guardian_phone"}), ({"platelets": "x" * 201}, {"platelets"}),
        ({"patient_dob-month": "13", "patient_mrn": "X-1"}, {"patient_dob"}), ({"cd19": "bright"}, {"cd19"}),
    ],
)  # fmt: skip
def test_what_could_not_be_read_is_noted_and_holds_nothing_up(
    app: Flask, changed: dict[str, str], unread: set[str]
) -> None:
    answers = FLOOR | {name: [value] for name, value in changed.items()}
    assert refused(app, Kind.REFERRAL, answers) == set()
    with app.test_request_context():
        forms = [form(answers, answers) for form in FORMS[Kind.REFERRAL]]
        assert all([form.validate() for form in forms])  # noqa: C419
        assert {name for form in forms for name in notes_of(form)} == unread
        cleaned = cleaned_of(forms)
    assert {name for name in unread if cleaned[name] is not None} == set()


@SQLITE
def test_it_is_named_before_sending_on_the_receipt_and_on_the_desk(staffed: Flask) -> None:
    browser, desk = Browser(staffed.test_client()), Browser(staffed.test_client())
    form = begin(browser, Kind.REFERRAL)
    browser.post(f"{form}/patient", FLOOR)
    typed = {"date_of_diagnosis": "mid 2024", "guardian_phone": "dad’s cell", "guardian_name": "Tom Quill"}
    check = browser.follow(browser.post(f"{form}/clinical", typed))
    assert "mid 2024 We send this as you typed it. Write the date as 2026-11-02" in words(check)
    assert "Date of diagnosis (could not be read)" in words(check)
    assert faults(check) == []
    receipt = browser.follow(browser.post(f"{form}/check", {}))
    for label in ("Date of diagnosis", "Guardian’s phone"):
        assert words(receipt).count(f"{label} (could not be read)") == 1
    assert "mid 2024" not in receipt.text
    desk.sign_in()
    shown = words(desk.get(f"/desk/cases/{re.findall(r'<strong>([0-9A-Z-]{11})</strong>', receipt.text)[0]}"))
    assert "mid 2024 (could not be read)" in shown
    assert "Phone, could not be read dad’s cell" in shown


@SQLITE
@pytest.mark.parametrize("then", [{"then": "send"}, {}], ids=["sent at once", "after a look"])
@settings(max_examples=12, deadline=None, suppress_health_check=[HealthCheck.function_scoped_fixture])
@given(st.lists(ANY | st.sampled_from(UNREADABLE), min_size=4, max_size=9))
@example(list(UNREADABLE))
def test_whatever_stands_in_the_optional_answers_is_sent_and_found_on_the_desk(
    staffed: Flask, then: dict[str, str], typed: list[str]
) -> None:
    with staffed.test_request_context():
        fields = [field for form in FORMS[Kind.REFERRAL] for field in fields_of(form) if field.name not in REQUIRED]
    names = [name for field in fields for name in field.control_names()]
    answers = {**FLOOR, **{name: [typed[place % len(typed)].strip() or "x"] for place, name in enumerate(names)}}
    browser, desk = Browser(staffed.test_client()), Browser(staffed.test_client())
    form = begin(browser, Kind.REFERRAL)
    browser.post(f"{form}/patient", answers)
    receipt = browser.follow(browser.post(f"{form}/clinical", {**answers, **then}))
    if not then:
        receipt = browser.follow(browser.post(f"{form}/check", {}))
    assert "We have your referral" in words(receipt)
    desk.sign_in()
    desk.get(f"/desk/cases/{re.findall(r'<strong>([0-9A-Z-]{11})</strong>', receipt.text)[0]}")
    found = answers_on(desk.page)
    assert {name: found.get(name) for name in names} == {name: answers[name] for name in names}


def test_the_floor_alone_is_sent_with_one_press_and_the_rest_added_later(app: Flask) -> None:
    browser = Browser(app.test_client())
    form = begin(browser, Kind.REFERRAL)
    assert "Send now, add the rest later" in browser.get(f"{form}/patient").text
    receipt = browser.follow(browser.post(f"{form}/patient", {**FLOOR, "then": "send"}))
    assert "We have your referral" in words(receipt)
    assert "Still missing for review" in words(receipt)
    browser.get(f"{form}/sent")
    browser.follow(browser.post(f"{form}/change", {}))
    browser.post(f"{form}/clinical", {"weight_kg": "18", "immunophenotype": "B"})
    browser.get(f"{form}/check")
    assert "We have your change too" in words(browser.follow(browser.post(f"{form}/check", {})))
    with app.app_context():
        kept = db.session.execute(select(Submission).order_by(Submission.received_at)).scalars().all()
    assert [one.amends is None for one in kept] == [True, False]


@SQLITE
def test_a_floor_with_a_gap_is_not_sent_and_says_what_is_missing(app: Flask) -> None:
    browser = Browser(app.test_client())
    form = begin(browser, Kind.REFERRAL)
    answer = browser.post(f"{form}/patient", {**FLOOR, "family_aware": "", "then": "send"})
    answer = browser.follow(answer)
    assert faults(answer) == ["Say whether the family knows: we call them only if they do"]


@SQLITE
def test_an_npi_that_does_not_fit_warns_and_a_reason_passes_it(app: Flask) -> None:
    browser = Browser(app.test_client())
    form = begin(browser, Kind.REFERRAL)
    answer = browser.post(f"{form}/patient", {**FLOOR, "npi": "1234567890"})
    answer = browser.follow(answer)
    assert faults(answer) == [
        "The last digit of this NPI does not fit the others. Mend it, or write below why it stays."
    ]
    assert 'name="npi_reason"' in answer.text
    assert (
        browser.post(f"{form}/patient", {**FLOOR, "npi": "1234567890", "npi_reason": "As on file"}).status_code == 303
    )


@SQLITE
@pytest.mark.parametrize(
    ("code", "asked", "spared"),
    [
        ("C91.02", ("immunophenotype", "cns_status", "cd19", "record_flow_cytometry"), ("loes_score", "smn2_copies", "genotype")),
        ("D57.1", ("genotype", "severe_voc_last_24_months"), ("cd19", "cns_status", "record_flow_cytometry")),
        ("D56.1", ("ferritin_ng_ml", "transfusions_per_year"), ("cd19", "severe_voc_last_24_months")),
        ("E71.520", ("loes_score", "mri_date"), ("cd19",)), ("E75.25", ("arsa_activity",), ("cd19",)),
        ("G12.0", ("smn2_copies", "aav9_antibody"), ("cd19",)), ("D81.0", ("infections",), ("cd19", "cns_status")),
    ],
)  # fmt: skip
def test_page_two_asks_what_the_diagnosis_needs(
    app: Flask, code: str, asked: tuple[str, ...], spared: tuple[str, ...]
) -> None:
    browser = Browser(app.test_client())
    form = begin(browser, Kind.REFERRAL)
    page = browser.follow(browser.post(f"{form}/patient", {**FLOOR, "icd10cm": code})).text
    for name in (*asked, "weight_kg", "guardian_phone", "clinical_question", "insurance_type"):
        assert f'name="{name}"' in page, name
    for name in spared:
        assert f'name="{name}"' not in page, name


@SQLITE
def test_what_was_answered_is_never_hidden_by_another_diagnosis(app: Flask) -> None:
    browser = Browser(app.test_client())
    form = begin(browser, Kind.REFERRAL)
    fill(browser, form, {**REFERRAL, "cd19": ["dim"]})
    browser.get(f"{form}/patient")
    page = browser.follow(browser.post(f"{form}/patient", {**FLOOR, "icd10cm": "D57.1"})).text
    assert '<option value="dim" selected>' in page
    assert 'name="cns_status"' not in page


@SQLITE
@pytest.mark.parametrize(
    ("typed", "read", "asked", "urgent"),
    [
        ("ALL, not relapsed", "ALL", "cns_status", False), ("cALD", "Adrenoleukodystrophy", "loes_score", True),
        ("suspected SCID", "Immune deficiency", "infections", True), ("thalassemia major", "Thalassemia", "ferritin_ng_ml", False),
        ("C91.02", "C91.02 Acute lymphoblastic leukemia, in relapse", "cns_status", False),
    ],
)  # fmt: skip
def test_a_diagnosis_in_words_is_shown_as_it_was_read_on_page_two_and_before_sending(
    app: Flask, typed: str, read: str, asked: str, *, urgent: bool
) -> None:
    browser = Browser(app.test_client())
    form = begin(browser, Kind.REFERRAL)
    page = browser.follow(browser.post(f"{form}/patient", {**FLOOR, "icd10cm": typed, "urgency": "routine"}))
    assert f"We read the diagnosis as: {read}." in words(page)
    assert f'name="{asked}"' in page.text
    assert f"We read the diagnosis as: {read}." in words(browser.get(f"{form}/check"))
    browser.follow(browser.post(f"{form}/check", {}))
    with app.app_context():
        case = db.session.execute(select(Case)).scalar_one()
    assert (case.urgency == "urgent") is urgent


@SQLITE
def test_words_that_we_do_not_know_say_so(app: Flask) -> None:
    browser = Browser(app.test_client())
    form = begin(browser, Kind.REFERRAL)
    page = browser.follow(browser.post(f"{form}/patient", {**FLOOR, "icd10cm": "a thing without a name"}))
    assert "We do not know the diagnosis by these words" in words(page)
