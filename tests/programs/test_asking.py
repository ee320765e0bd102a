"""What a folder leaves out or requires, over all disease groups; at both doors, also when it changes in mid-form."""

from __future__ import annotations

import re
from pathlib import Path

import pytest
from flask import Flask
from hypothesis import HealthCheck, given, settings
from hypothesis import strategies as st
from werkzeug.test import TestResponse

from app.cases.domain import Kind
from app.inquiries.domain import CANCERS
from app.programs.domain import FormRule, asked_by
from app.samples.load import FORMS, questions_asked
from app.web.fields import Asking
from tests.doors import begin, fill, fill_and_send
from tests.folders import add, put_in_force
from tests.pages import Browser, faults, words
from tests.programs.test_docs import SHIPPED
from tests.stories.ways import INQUIRY, REFERRAL, Answers, answers_on

SQLITE = pytest.mark.parametrize("make_app", ["sqlite"], indirect=True)
FEW = settings(max_examples=30, deadline=None, suppress_health_check=[HealthCheck.function_scoped_fixture])
GROUPS = sorted({one.group for one in SHIPPED.folder.diseases})
SOME = (
    "how_heard",
    "insurance_type",
    "treating_hospital",
    "interests",
    "child_sex",
    "disease_situation",
    "contact_email",
)
RULES = """
forms:
- {door: inquiry, hidden: [how_heard, child_preferred_name, child_sex, child_name_latin]}
- {door: inquiry, groups: [leukemia], hidden: [treating_doctor_name], required: [treating_hospital]}
- {door: referral, hidden: [npi, npi_reason]}
- {door: referral, groups: [leukemia], hidden: [cd19, record_flow_cytometry, cns_status], required: [requested_service, record_echo]}
"""
rules = st.lists(
    st.builds(
        FormRule,
        door=st.sampled_from(["inquiry", "referral"]),
        groups=st.lists(st.sampled_from(GROUPS), max_size=3).map(tuple),
        hidden=st.lists(st.sampled_from(SOME), max_size=3).map(tuple),
        required=st.lists(st.sampled_from(SOME), max_size=3).map(tuple),
    ),
    max_size=5,
).map(tuple)


@SQLITE
@FEW
@given(rules)
def test_of_an_empty_form_exactly_what_is_asked_and_must_be_answered_is_at_fault(
    app: Flask, rules: tuple[FormRule, ...]
) -> None:
    with app.test_request_context():
        always = {name for name, needed in questions_asked()["inquiry"].items() if needed} - {"diagnosis"}
        for disease in SHIPPED.folder.diseases:
            if not disease.asked:
                continue
            hidden, required = asked_by(rules, "inquiry", disease.group)
            mine = [one for one in rules if one.door == "inquiry" and (not one.groups or disease.group in one.groups)]
            assert hidden == {name for one in mine for name in one.hidden}
            assert required == {name for one in mine for name in one.required} - hidden
            answers = {"diagnosis": [disease.code]}
            forms = [form(answers, answers, Asking(hidden, required)) for form in FORMS[Kind.INQUIRY]]
            wrong = {one.name for form in forms if not form.validate() for one in form if one.errors}
            of_cancers = {"disease_situation"} if disease.group in CANCERS else set()
            assert wrong == always | required | (of_cancers - hidden)


@pytest.fixture
def ruled(app: Flask, folder: Path) -> Flask:
    """A hospital that leaves out and requires."""
    add(folder, "hospital.yaml", RULES)
    put_in_force(app, folder)
    return app


@SQLITE
def test_what_is_left_out_is_on_no_page_and_what_is_required_is_asked_for_in_words(ruled: Flask) -> None:
    browser = Browser(ruled.test_client())
    form = begin(browser, Kind.INQUIRY)
    refused = browser.follow(fill_until(browser, form, INQUIRY))
    assert faults(refused) == ["Please answer: Which hospital or clinic?"]
    assert "Which hospital or clinic? (optional)" not in words(refused)
    assert "Which doctor?" not in words(refused)
    assert "More details" not in words(browser.get(f"{form}/child")), "nothing is left in that part"
    assert "How did you hear" not in words(browser.get(f"{form}/question"))
    for name in ("how_heard", "child_sex", "treating_doctor_name"):
        assert f'name="{name}"' not in "".join(browser.get(f"{form}/{one}").text for one in ("child", "treatment"))
    check = browser.get(f"{form}/check")
    assert "Which doctor?" not in words(check)
    sickle = {**INQUIRY, "diagnosis": ["sickle_cell"]}
    other = begin(browser, Kind.INQUIRY)
    assert fill(browser, other, sickle).status_code == 200
    assert "Which hospital or clinic? (optional)" in words(browser.get(f"{other}/treatment"))


def fill_until(browser: Browser, form: str, answers: Answers) -> TestResponse:
    """Post the pages up to the first that is refused."""
    for slug in ("you", "child", "treatment", "question"):
        answer = browser.post(f"{form}/{slug}", {**answers, "issued": browser.hidden("issued")})
        if "wrong=yes" in answer.location:
            return answer
    raise AssertionError


@SQLITE
def test_what_was_typed_before_the_disease_changed_stays_in_sight_and_reaches_the_desk(
    ruled: Flask, desk: Browser
) -> None:
    browser = Browser(ruled.test_client())
    form = begin(browser, Kind.INQUIRY)
    answers = {**INQUIRY, "treating_hospital": ["Harrow Bay"], "treating_doctor_name": ["Dr. Ottilie Brandt"]}
    for slug in ("you", "child", "treatment", "question"):
        browser.post(f"{form}/{slug}", {**answers, "diagnosis": ["sickle_cell"], "issued": browser.hidden("issued")})
    browser.post(f"{form}/child?back=check", answers)
    assert "Dr. Ottilie Brandt" in words(browser.get(f"{form}/check"))
    assert 'value="Dr. Ottilie Brandt"' in browser.get(f"{form}/treatment").text
    browser.get(f"{form}/check")
    browser.follow(browser.post(f"{form}/check", answers))
    desk.get(f"/desk/cases/{re.findall(r'<strong>([0-9A-Z-]{11})</strong>', browser.page)[0]}")
    assert answers_on(desk.page)["treating_doctor_name"] == ["Dr. Ottilie Brandt"]


def test_nothing_that_a_folder_requires_holds_a_referral_up_but_it_is_listed(ruled: Flask) -> None:
    browser = Browser(ruled.test_client())
    form = begin(browser, Kind.REFERRAL)
    assert 'name="npi"' not in browser.page
    answers = {**REFERRAL, "then": ["send"]}
    receipt = browser.follow(browser.post(f"{form}/patient", {**answers, "issued": browser.hidden("issued")}))
    missed = words(receipt).split("Still missing for review")[1].split("Nothing waits")[0]
    for listed in ("What you ask for", "Echocardiogram", "Pathology report"):
        assert listed in missed
    for left_out in ("CNS status", "Flow cytometry"):
        assert left_out not in missed
    other = begin(browser, Kind.REFERRAL)
    browser.post(f"{other}/patient", {**REFERRAL, "icd10cm": ["D57.1"], "issued": browser.hidden("issued")})
    assert "What you ask for" not in words(browser.get(f"{other}/check")).split("Patient, urgency, you")[0]
    assert 'name="cd19"' not in browser.get(f"{other}/clinical").text
    page = browser.get(f"{begin(browser, Kind.REFERRAL)}/clinical").text
    assert 'name="record_echo"' in page


@SQLITE
def test_a_form_is_checked_by_the_folder_in_force_when_it_is_sent(app: Flask, folder: Path) -> None:
    browser = Browser(app.test_client())
    form = begin(browser, Kind.INQUIRY)
    assert fill(browser, form, INQUIRY).status_code == 200
    add(folder, "hospital.yaml", RULES)
    put_in_force(app, folder)
    refused = browser.follow(browser.post(f"{form}/check", INQUIRY))
    assert faults(refused) == ["Please answer: Which hospital or clinic?"]
    assert "Odalys" in words(refused)
    browser.post(f"{form}/treatment?back=check", {**INQUIRY, "treating_hospital": "Harrow Bay"})
    browser.get(f"{form}/check")
    assert "/follow/" in browser.post(f"{form}/check", INQUIRY).location
    fill_and_send(browser, Kind.REFERRAL)
