"""Both doors as a browser without scripts walks them: real HTTP, page by page, the pages' own hidden fields."""

from __future__ import annotations

import re
from collections.abc import Mapping
from html import unescape
from urllib.error import HTTPError
from urllib.parse import urlencode
from urllib.request import Request

import html5lib

from app.samples.check import Visitor
from tests.pages import PASSWORD, XHTML

Answers = Mapping[str, list[str]]
INQUIRY: Answers = {
    "relationship": ["mother"], "contact_given_name": ["Odalys"], "contact_phone": ["(617) 555-0119"],
    "contact_email": ["odalys@example.org"], "preferred_language": ["es"], "interpreter_needed": ["yes"],
    "child_given_name": ["Itzel"], "child_family_name": ["Quiñones"], "child_dob-month": ["March"],
    "child_dob-day": ["27"], "child_dob-year": ["2019"], "diagnosis": ["all"], "in_hospital_now": ["no"],
    "disease_situation": ["relapse_1"], "consent_contact_doctor": ["yes"], "message": ["What can be done?"],
    "consent_contact_me": ["yes"],
}  # fmt: skip
REFERRAL: Answers = {
    "patient_given_name": ["Barnaby"], "patient_family_name": ["Quill"], "patient_dob-month": ["4"],
    "patient_dob-day": ["3"], "patient_dob-year": ["2018"], "icd10cm": ["C91.02"], "urgency": ["expedited"],
    "family_aware": ["yes"], "referrer_given_name": ["Tamsin"], "back_line_phone": ["(413) 555-0112"],
    "clinical_question": ["CAR T?"], "referrer_email": ["tamsin@example.org"],
}  # fmt: skip


class Walker(Visitor):
    """A visitor that fills in each page's own controls."""

    def controls(self) -> set[str]:
        """The names of the controls on this page."""
        return set(re.findall(r'<(?:input|select|textarea)[^>]* name="([^"]+)"', self.page)) - {"csrf_token", "website"}

    def fill(self, answers: Answers) -> None:
        """Send this page with the answers that it asks for."""
        self.go(self.url, {name: answers[name] for name in self.controls() if name in answers})

    def walk(self, answers: Answers) -> str:
        """To the receipt; returns the address of the form's check page."""
        check = ""
        for _page in range(8):
            if "/follow/" in self.url or self.url.endswith("/sent"):
                return check
            if self.url.endswith("/check"):
                check = self.url
            self.fill(answers)
        message = f"no receipt: {self.url} {problems(self.page)}"
        raise AssertionError(message)

    def send_inquiry(self, answers: Answers = INQUIRY) -> str:
        """A family's form; returns the address of its check page."""
        self.go("/inquiry")
        self.go("/inquiry", {})
        return self.walk(answers)

    def send_referral(self, answers: Answers = REFERRAL) -> str:
        """A practice's form."""
        self.go("/referral")
        return self.walk(answers)

    def sign_in(self, person: str = "ana.ribeiro") -> None:
        """To the desk."""
        self.go("/sign-in")
        self.go("/sign-in", {"email": f"{person}@example.org", "password": PASSWORD})
        assert self.url.endswith("/desk"), self.url

    def status_of(self, url: str, fields: Answers) -> tuple[int, str]:
        """Post without following; the status and where it leads."""
        hidden = self.hidden()
        try:
            with self.opener.open(
                Request(url, urlencode({**hidden, **fields}, doseq=True).encode()), timeout=60
            ) as answer:
                return answer.status, answer.url
        except HTTPError as refused:
            return refused.code, ""


def problems(page: str) -> list[str]:
    """The sentences of the error summary."""
    return [unescape(one) for one in re.findall(r'<li><a href="[^"]*#[^"]*">([^<]*)</a>', page)]


def answers_on(page: str) -> dict[str, list[str]]:
    """Every answer on a case page: the name of its question and the values as they were sent."""
    root = html5lib.HTMLParser().parse(page)
    found: dict[str, list[str]] = {}
    for row in root.iter():
        name = row.get("data-answer")
        if name:
            found[name] = [node.get("value") for node in row.iter(f"{XHTML}data")]
    return found


def expected_on(answers: Answers) -> dict[str, list[str]]:
    """What the case page must show for typed answers: a date's three boxes are one ISO date."""
    months = {name: number for number, name in enumerate(
        ("January", "February", "March", "April", "May", "June", "July", "August", "September", "October", "November",
         "December"), 1)}  # fmt: skip
    wanted: dict[str, list[str]] = {}
    for name, values in answers.items():
        field, _dash, part = name.partition("-")
        if part == "year":
            month = answers[f"{field}-month"][0]
            wanted[field] = [f"{values[0]}-{months.get(month) or int(month):02d}-{int(answers[f'{field}-day'][0]):02d}"]
        elif part not in {"month", "day"}:
            wanted[name] = list(values)
    return wanted
