"""The page of people and program: for administrators alone, a page at a time, nobody's patient on it."""

from __future__ import annotations

import re
from html import unescape

import pytest
from flask import Flask

from app.accounts.service import add_user
from app.core.actor import Role
from app.core.database import transaction
from tests.conftest import PEOPLE
from tests.pages import PASSWORD, Browser, words
from tests.sending import send


def signed_in(app: Flask, person: str) -> Browser:
    """A person's browser."""
    browser = Browser(app.test_client())
    assert browser.sign_in(person).status_code == 303
    return browser


def test_an_administrator_sees_everybody_with_their_roles_and_the_program(staffed: Flask) -> None:
    page = signed_in(staffed, "ada.lindqvist").get("/admin")
    shown = words(page)
    for login, name, _role, _desks in PEOPLE:
        assert name in shown
        assert f"{login}@example.org" in shown
    assert "Wrenfield" in shown
    assert page.headers["Cache-Control"] == "no-store"


@pytest.mark.parametrize("person", ["ana.ribeiro", "ruth.amsel", "mina.dalgaard", "petra.quist"])
def test_nobody_else_sees_it(staffed: Flask, person: str) -> None:
    answer = signed_in(staffed, person).get("/admin")
    assert answer.status_code == 403
    assert "ada.lindqvist@example.org" not in answer.text


def test_the_administrator_sees_no_patient(staffed: Flask) -> None:
    reference = send(staffed).reference
    browser = signed_in(staffed, "ada.lindqvist")
    assert "Itzel" not in browser.get("/admin").text
    for path in ("/desk", f"/desk/cases/{reference}"):
        answer = browser.get(path)
        assert answer.status_code == 403
        assert "Itzel" not in answer.text
    browser.get("/admin")
    assert browser.post("/desk/search", {"q": "Itzel"}).status_code == 403


def test_more_people_than_fit_stand_on_the_next_page(staffed: Flask) -> None:
    with staffed.app_context(), transaction() as session:
        for number in range(50):
            add_user(session, email=f"p{number:02}@example.org", name=f"Person {number}", password=PASSWORD,
                     grants={"cart": [Role.COORDINATOR]})  # fmt: skip
    browser = signed_in(staffed, "ada.lindqvist")
    first = browser.get("/admin")
    following = unescape(re.findall(r'href="(/admin\?after=[^"]+)"', first.text)[0])
    second = browser.get(following)
    shown = [set(re.findall(r"[\w.]+@example\.org", words(page))) for page in (first, second)]
    assert [len(one) for one in shown] == [50, len(PEOPLE)]
    assert not shown[0] & shown[1]
    assert "after=" not in second.text
