"""What a family agrees to is kept with the version of the words that it read, and asked for again when they change."""

from __future__ import annotations

import re
from pathlib import Path

import pytest
from flask import Flask
from sqlalchemy import select

from app.cases.domain import Kind
from app.cases.models import Consent
from app.core.database import db
from tests.doors import begin, fill
from tests.folders import edit, put_in_force
from tests.pages import Browser, faults, words
from tests.stories.ways import INQUIRY

SQLITE = pytest.mark.parametrize("make_app", ["sqlite"], indirect=True)
VERSION = {
    "contact_doctor": "'2026-11-25'\n    text: May we call the doctor?",
    "contact_me": "'2026-11-25'\n    text: You may call or write to me about this.",
}
NEW = {
    "contact_doctor": "'2027-01-05'\n    text: May we phone the doctor, and ask for records?",
    "contact_me": "'2027-01-05'\n    text: You may reach me about this.",
}


def reword(app: Flask, folder: Path, *names: str) -> None:
    """New words of a permission, with a new version, in force."""
    for name in names:
        edit(folder, "texts/en.yaml", VERSION[name], NEW[name])
    put_in_force(app, folder)


def given(app: Flask) -> dict[str, tuple[str, bool]]:
    """What was agreed to, with the version of its words."""
    with app.app_context():
        return {one.wording: (one.wording_version, one.answer) for one in db.session.execute(select(Consent)).scalars()}


def test_a_permission_whose_words_changed_in_mid_form_is_asked_for_again(app: Flask, folder: Path) -> None:
    browser = Browser(app.test_client())
    form = begin(browser, Kind.INQUIRY)
    assert fill(browser, form, INQUIRY).status_code == 200
    ticked = {**INQUIRY, "consent_contact_me-wording": browser.hidden("consent_contact_me-wording")}
    reword(app, folder, "contact_doctor", "contact_me")
    again = browser.follow(browser.post(f"{form}/check", ticked))
    assert faults(again) == [
        "These words have changed. Please answer again: You may reach me about this.",
        "These words have changed. Please answer again: May we phone the doctor, and ask for records?",
    ]
    assert "You may reach me about this." in words(again)
    assert "What can be done?" in words(again), "what was typed is kept"
    assert 'value="yes" checked' not in again.text, "a tick under other words is none under these"
    treatment = browser.get(f"{form}/treatment")
    assert "May we phone the doctor, and ask for records?" in words(treatment)
    assert not re.search(r'name="consent_contact_doctor"[^>]* checked', treatment.text)
    refused = browser.post(f"{form}/check", {"consent_contact_me-wording": "2027-01-05"})
    assert "wrong=yes" in refused.location
    page = {**INQUIRY, "consent_contact_doctor": "no", "consent_contact_doctor-wording": "2027-01-05"}
    assert browser.post(f"{form}/treatment?back=check", page).location == f"{form}/check"
    check = browser.get(f"{form}/check")
    assert "have changed" not in words(check)
    assert given(app) == {}
    ticked["consent_contact_me-wording"] = browser.hidden("consent_contact_me-wording")
    assert "/follow/" in browser.post(f"{form}/check", ticked).location
    assert given(app) == {
        "privacy": ("2026-11-25", True), "not_emergency": ("2026-11-01", True), "contact_me": ("2027-01-05", True),
        "contact_doctor": ("2027-01-05", False),
    }  # fmt: skip


@SQLITE
def test_words_that_did_not_change_are_not_asked_for_again_and_the_start_keeps_its_version(
    app: Flask, folder: Path
) -> None:
    browser = Browser(app.test_client())
    form = begin(browser, Kind.INQUIRY)
    assert fill(browser, form, INQUIRY).status_code == 200
    edit(
        folder,
        "texts/en.yaml",
        "'2026-11-01'\n    text: This is not an emergency.",
        "'2027-01-05'\n    text: Not urgent.",
    )
    reword(app, folder, "contact_me")
    check = browser.get(f"{form}/check")
    assert "have changed" not in words(check)
    assert "/follow/" in browser.post(f"{form}/check", INQUIRY).location
    assert given(app)["not_emergency"] == ("2026-11-01", True)
    assert given(app)["contact_doctor"] == ("2026-11-25", True)
