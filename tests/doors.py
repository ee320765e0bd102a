"""Both doors walked page by page in a test's own browser, every answer of a page posted as a person would."""

from __future__ import annotations

from werkzeug.test import TestResponse

from app.cases.domain import Kind
from tests.pages import Browser
from tests.stories.ways import INQUIRY, REFERRAL, Answers

PAGES = {Kind.INQUIRY: ("you", "child", "treatment", "question"), Kind.REFERRAL: ("patient", "clinical")}
SAID = {Kind.INQUIRY: ("message", "question"), Kind.REFERRAL: ("clinical_question", "clinical")}
USUAL = {Kind.INQUIRY: INQUIRY, Kind.REFERRAL: REFERRAL}


def begin(browser: Browser, kind: Kind, at: str = "") -> str:
    """Begin a form, `at` a program's own address where one is given; returns its address up to and with the handle."""
    first = browser.get(f"{at}/{kind}")
    if kind is Kind.INQUIRY:
        first = browser.post(f"{at}/inquiry", {})
    browser.follow(first)
    return str(first.location).rsplit("/", 1)[0]


def fill(browser: Browser, form: str, answers: Answers) -> TestResponse:
    """Post each page in its turn, with every answer, up to the one that is refused; else the check page."""
    for slug in PAGES[Kind(form.split("/")[-2])]:
        answer = browser.post(f"{form}/{slug}", {**answers, "issued": browser.hidden("issued")})
        if answer.status_code != 303:
            return answer
    return browser.get(f"{form}/check")


def fill_and_send(browser: Browser, kind: Kind, answers: Answers | None = None, at: str = "") -> str:
    """The whole way; returns the form's address. The browser stands on what came after sending."""
    form = begin(browser, kind, at)
    answers = USUAL[kind] if answers is None else answers
    assert fill(browser, form, answers).status_code == 200
    browser.follow(browser.post(f"{form}/check", answers))
    return form
