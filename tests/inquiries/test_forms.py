"""The family's questions: what must be answered, what depends on another answer, and what never holds a family up."""

from __future__ import annotations

import re
from collections.abc import Mapping

import pytest
from flask import Flask

from app.cases.domain import Kind
from app.samples.load import FORMS
from app.web.answers import unread_of
from tests.doors import PAGES, begin
from tests.pages import Browser, words
from tests.stories.ways import INQUIRY

pytestmark = pytest.mark.parametrize("make_app", ["sqlite"], indirect=True)
LEAST: dict[str, list[str]] = {
    name: values for name, values in INQUIRY.items() if name not in {"contact_email", "child_family_name", "message"}
}
REQUIRED = {
    "relationship", "contact_given_name", "contact_phone", "preferred_language", "interpreter_needed", "child_given_name",
    "child_dob", "diagnosis", "in_hospital_now", "disease_situation", "consent_contact_doctor", "consent_contact_me",
}  # fmt: skip


def refused(app: Flask, kind: Kind, answers: Mapping[str, list[str]]) -> set[str]:
    """The questions that need another answer."""
    with app.test_request_context():
        forms = [form(answers, answers) for form in FORMS[kind]]
        return {name for form in forms if not form.validate() for name in form.errors}


def test_only_these_must_be_answered(app: Flask) -> None:
    assert refused(app, Kind.INQUIRY, LEAST) == set()
    assert refused(app, Kind.INQUIRY, {"diagnosis": ["all"]}) == REQUIRED - {"diagnosis"}
    for name in REQUIRED:
        left = {key: values for key, values in LEAST.items() if key.partition("-")[0] != name}
        assert refused(app, Kind.INQUIRY, left) == {name}


@pytest.mark.parametrize(
    ("changed", "wrong"),
    [
        ({"contact_phone": "", "contact_email": "odalys@example.org"}, set()), ({"contact_phone": "", "contact_email": " "}, {"contact_phone"}),
        ({"contact_email": "odalys"}, {"contact_email"}), ({"diagnosis": "not_sure", "disease_situation": ""}, set()),
        ({"diagnosis": "sickle_cell", "disease_situation": ""}, set()), ({"diagnosis": "nhl", "disease_situation": ""}, {"disease_situation"}),
        ({"consent_contact_doctor": "no"}, set()), ({"consent_contact_me": "no"}, {"consent_contact_me"}),
        ({"relationship": "self"}, {"child_dob"}), ({"relationship": "self", "child_dob-year": "2005"}, set()),
        ({"country": "US", "postal_code": "02120-1234"}, set()),
        ({"country": "MX", "postal_code": "anything"}, set()), ({"preferred_contact_method": "text"}, set()),
        ({"preferred_contact_method": "pigeon"}, {"preferred_contact_method"}),
        ({"contact_phone": "07 55 501 01", "country": "FR"}, set()),
    ],
)  # fmt: skip
def test_what_depends_on_another_answer(app: Flask, changed: dict[str, str], wrong: set[str]) -> None:
    answers = LEAST | {name: [value] for name, value in changed.items()}
    assert refused(app, Kind.INQUIRY, answers) == wrong


@pytest.mark.parametrize(
    ("changed", "unread"),
    [
        ({"country": "US", "postal_code": "0212"}, {"postal_code"}), ({"treating_doctor_phone": "not sure"}, {"treating_doctor_phone"}),
        ({"diagnosis_other": "x" * 201}, {"diagnosis_other"}), ({"treating_doctor_phone": "(617) 555-0119"}, set()),
    ],
)  # fmt: skip
def test_what_could_not_be_read_is_noted_and_holds_nothing_up(
    app: Flask, changed: dict[str, str], unread: set[str]
) -> None:
    answers = LEAST | {name: [value] for name, value in changed.items()}
    assert refused(app, Kind.INQUIRY, answers) == set()
    with app.test_request_context():
        assert {name for form in FORMS[Kind.INQUIRY] for name in unread_of(form, answers)} == unread


@pytest.mark.parametrize("who", ["self", "grandparent", "agency_caseworker"])
@pytest.mark.parametrize("urgent", ["yes", "no"])
def test_nobody_who_is_no_parent_reads_of_a_child_of_theirs(app: Flask, who: str, urgent: str) -> None:
    answers = {**INQUIRY, "relationship": [who], "child_dob-year": ["2005"], "in_hospital_now": [urgent]}
    browser = Browser(app.test_client())
    seen = [browser.get("/privacy"), browser.get("/inquiry")]
    form = begin(browser, Kind.INQUIRY)
    for slug in PAGES[Kind.INQUIRY]:
        seen += [
            browser.get(f"{form}/{slug}"),
            browser.follow(browser.post(f"{form}/{slug}", dict.fromkeys(answers, ""))),
        ]
        browser.post(f"{form}/{slug}", answers)
    seen += [browser.get(f"{form}/check"), browser.follow(browser.post(f"{form}/check", {}))]
    seen += [browser.follow(browser.post(f"{form}/check", answers)), browser.get(f"{form}/sent")]
    assert "Thank you." in words(seen[-2])
    assert [
        found
        for page in seen
        for found in re.findall(r"(?i)[^<>]*(?:your|my|the|another) child\b(?!ren)[^<>]*", page.text)
    ] == []
