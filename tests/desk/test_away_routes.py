"""Whoever is away is said to be; what is theirs is on the cover's lists on those days, and on no other."""

from __future__ import annotations

import uuid
from datetime import timedelta
from typing import Any

import pytest
from flask import Flask
from sqlalchemy import select

from app.accounts.models import Absence, User
from app.cases import acts
from app.cases.tasks import add_task
from app.core.clock import now
from app.core.database import db, transaction
from tests.cases.test_acts import actor
from tests.conftest import MONDAY
from tests.pages import Browser, words
from tests.sending import send

DAYS = {"first": "2030-01-08", "last": "2030-01-09"}


def person(app: Flask, login: str) -> uuid.UUID:
    """Somebody's id."""
    with app.app_context():
        found = db.session.execute(select(User.id).where(User.email == f"{login}@example.org")).scalar_one()
        db.session.remove()
    return found


@pytest.fixture
def away(staffed: Flask, clock: Any) -> tuple[Browser, Browser, str]:
    """Ben, who has a case with a task, and Ana, who will cover for him."""
    del clock
    receipt = send(staffed)
    with staffed.test_request_context(), transaction() as session:
        ben = actor(staffed, "ben.okafor")
        acts.claim(session, receipt.case_id, ben, now())
        add_task(session, receipt.case_id, ben, now(), words="Ask for the scans", assignee_id=ben.id, day="2030-01-10")
    browsers = Browser(staffed.test_client()), Browser(staffed.test_client())
    browsers[0].sign_in("ben.okafor")
    browsers[1].sign_in()
    return *browsers, receipt.reference


def test_the_cover_has_the_cases_and_tasks_on_those_days_alone(
    away: tuple[Browser, Browser, str], staffed: Flask, clock: Any
) -> None:
    ben, ana, reference = away
    ben.get("/desk/away")
    assert ben.post("/desk/away", {**DAYS, "cover": str(person(staffed, "ana.ribeiro"))}).status_code == 303
    assert "Ben Okafor, away until Jan 9, 2030: Ana Ribeiro covers" in words(ben.get("/desk/away"))
    for days, there in ((0, False), (1, True), (2, True), (3, False)):
        clock.move_to(MONDAY + timedelta(days=days))
        ana.sign_in()
        assert (reference in ana.get("/desk?view=mine").text) is there, days
        assert ("Ben Okafor, away" in words(ana.get("/desk?view=open"))) is there
        assert ("Ask for the scans" in ana.get("/desk/tasks").text) is there
        case = words(ana.get(f"/desk/cases/{reference}"))
        assert ("Ben Okafor, away until Jan 9, 2030: Ana Ribeiro covers" in case) is there
    clock.move_to(MONDAY + timedelta(days=1))
    ben.sign_in("ben.okafor")
    ben.get("/desk/away")
    ben.post("/desk/away", {"back": "y"})
    assert "Who covers" in words(ben.get("/desk/away"))
    ana.sign_in()
    assert reference not in ana.get("/desk?view=mine").text


@pytest.mark.parametrize(
    ("change", "says"),
    [
        ({"first": "2030-01-10"}, "Choose days in their order"),
        ({"first": "2030-01-05", "last": "2030-01-06"}, "that are not over"),
        ({"last": "2032-01-09"}, "Choose days in their order"),
        ({"last": "soon"}, "Choose a day."),
        ({"cover": ""}, "Choose somebody else"),
        ({"cover": "petra.quist"}, "Choose somebody else"),
        ({"cover": "ben.okafor"}, "Choose somebody else"),
    ],
)
def test_days_and_cover_are_checked_and_what_was_typed_stays(
    away: tuple[Browser, Browser, str], staffed: Flask, change: dict[str, str], says: str
) -> None:
    ben, _ana, _reference = away
    ben.get("/desk/away")
    typed = {**DAYS, "cover": "ana.ribeiro", **change}
    cover = str(person(staffed, typed["cover"])) if typed["cover"] else ""
    answer = ben.post("/desk/away", {**typed, "cover": cover})
    assert answer.status_code == 422
    assert says in words(answer)
    assert f'name="first" required value="{typed["first"]}"' in ben.page
    with staffed.app_context():
        assert db.session.execute(select(Absence.user_id)).all() == []
        db.session.remove()


def test_who_works_in_more_programs_is_not_covered_by_who_works_in_one(
    away: tuple[Browser, Browser, str], staffed: Flask
) -> None:
    _ben, ana, _reference = away
    ana.get("/desk/away")
    assert ana.post("/desk/away", {**DAYS, "cover": str(person(staffed, "ben.okafor"))}).status_code == 422
    assert ana.post("/desk/away", {**DAYS, "cover": str(person(staffed, "ruth.amsel"))}).status_code == 303
