"""Guessing at a private page by script: codes and words hold, per link and per sender, and no answer tells why."""

from __future__ import annotations

from datetime import timedelta
from typing import Any

import pytest
from flask import Flask
from sqlalchemy import func, select

from app.audit.models import AuditRecord
from app.cases.codes import (
    CODE_LASTS,
    MONTH,
    MOST_ASKED,
    MOST_TRIES,
    MOST_TRIES_FROM_ONE_ADDRESS,
    MOST_TRIES_IN_A_MONTH,
    WINDOW,
)
from app.cases.models import Link
from app.cases.models_work import Event
from app.core.database import db
from app.core.jobs import Job
from tests.messaging import Family
from tests.pages import Browser, words
from tests.sending import set_rows

REFUSED = 422


def wrong(family: Family, step: int = 1) -> str:
    """Six digits that are not the code."""
    return f"{(int(family.code()) + step) % 1_000_000:06d}"


def counted(app: Flask, *conditions: Any) -> int:
    """How many rows."""
    with app.app_context():
        found = db.session.execute(select(func.count()).where(*conditions)).scalar_one()
        db.session.remove()
    return int(found)


def test_a_code_opens_once_for_ten_minutes_and_an_older_one_not_at_all(app: Flask, clock: Any) -> None:
    family = Family(app)
    family.ask()
    first = family.code()
    family.ask()
    assert family.open(first).status_code == REFUSED or first == family.code()
    assert family.open().status_code == 303
    assert family.open().status_code == REFUSED, "used"
    family.ask()
    clock.shift(CODE_LASTS)
    assert family.open().status_code == REFUSED, "old"
    family.ask()
    clock.shift(CODE_LASTS - timedelta(seconds=1))
    assert family.open().status_code == 303


def test_before_any_code_was_asked_for_none_opens(app: Flask, clock: Any) -> None:
    family = Family(app)
    with app.app_context():
        from_nothing = [f"{number:06d}" for number in range(3)]
    assert {family.open(code).status_code for code in from_nothing} == {REFUSED}


def test_the_right_code_after_too_many_wrong_ones_has_the_same_answer_until_an_hour_is_over(
    app: Flask, clock: Any
) -> None:
    family = Family(app)
    family.ask()
    answers = [family.open(wrong(family, step)) for step in range(1, MOST_TRIES + 1)]
    answers.append(family.open())
    assert {answer.status_code for answer in answers} == {REFUSED}
    assert len({words(answer) for answer in answers}) == 1, "wrong and locked read the same"
    clock.shift(WINDOW + timedelta(seconds=1))
    family.ask()
    assert family.open().status_code == 303


def test_who_guesses_for_weeks_is_locked_out_and_staff_are_told_once(app: Flask, clock: Any) -> None:
    family = Family(app)
    for _hour in range(MOST_TRIES_IN_A_MONTH // MOST_TRIES + 1):
        family.ask()
        for step in range(1, MOST_TRIES + 1):
            family.open(wrong(family, step))
        clock.shift(WINDOW + timedelta(seconds=1))
    family.ask()
    assert family.open().status_code == REFUSED
    assert counted(app, Event.kind == "codes_guessed") == 1
    clock.shift(MONTH)
    family.ask()
    assert family.open().status_code == 303


def test_a_script_locks_a_page_for_an_hour_and_not_for_a_month(app: Flask, clock: Any) -> None:
    family = Family(app)
    family.ask()
    for step in range(1, MOST_TRIES_IN_A_MONTH + 2):
        family.open(wrong(family, step))
    clock.shift(WINDOW + timedelta(seconds=1))
    family.ask()
    assert family.open().status_code == 303


def test_staff_are_told_once_of_guessed_words_and_reading_them_out_forgives(staffed: Flask, clock: Any) -> None:
    family, desk = Family(staffed), Browser(staffed.test_client())
    said = {"reference": family.receipt.reference, "words": family.words()}
    for _hour in range(MOST_TRIES_IN_A_MONTH // MOST_TRIES):
        for _try in range(MOST_TRIES + 2):
            family.browser.post("/follow", {**said, "words": "acorn acorn acorn acorn"})
        clock.shift(WINDOW + timedelta(seconds=1))
    assert counted(staffed, Event.kind == "codes_guessed") == 1
    assert family.browser.post("/follow", said).status_code == REFUSED
    desk.sign_in()
    desk.get(family.thread)
    desk.post(family.thread, {"act": "words"})
    assert family.browser.post("/follow", said).status_code == 303


def test_one_sender_cannot_try_many_links(app: Flask, clock: Any) -> None:
    families = [Family(app) for _one in range(MOST_TRIES_FROM_ONE_ADDRESS // MOST_TRIES + 1)]
    attacker = Browser(app.test_client())
    for family in families[:-1]:
        family.ask()
        for step in range(1, MOST_TRIES + 1):
            attacker.post(f"{family.page}/open", {"code": wrong(family, step)})
    families[-1].ask()
    right = families[-1].code()
    assert attacker.post(f"{families[-1].page}/open", {"code": right}).status_code == REFUSED
    elsewhere = attacker.client.post(
        f"{families[-1].page}/open", data={"code": right}, environ_base={"REMOTE_ADDR": "192.0.2.7"}
    )
    assert elsewhere.status_code == 303


def test_asking_is_answered_alike_and_mails_no_more_than_five_in_an_hour(app: Flask, clock: Any) -> None:
    family = Family(app)
    places = {family.ask().location for _one in range(MOST_ASKED + 3)}
    assert len(places) == 1
    assert counted(app, Job.kind == "send_code") == MOST_ASKED
    without = Family(app, answers={"contact_email": "", "reply_by": "phone"})
    assert words(without.browser.follow(without.ask())) == words(family.browser.get(places.pop()))


def test_digits_of_any_script_are_understood(app: Flask, clock: Any) -> None:
    family = Family(app)
    family.ask()
    arabic = family.code().translate(str.maketrans("0123456789", "٠١٢٣٤٥٦٧٨٩"))
    assert family.open(f" {arabic[:3]} {arabic[3:]} ").status_code == 303


@pytest.mark.parametrize("language", ["en", "es"])
def test_reference_and_words_open_the_page_without_any_mail(app: Flask, clock: Any, language: str) -> None:
    family = Family(app)
    answer = family.browser.post(
        "/follow", {"reference": family.receipt.reference.lower(), "words": family.words(language)}
    )
    assert answer.location == f"{family.page}/messages"
    assert "There is no message yet." in family.read()


def test_words_hold_under_guessing_and_every_try_has_one_answer(app: Flask, clock: Any) -> None:
    family, other = Family(app), Family(app)
    right, reference = family.words(), family.receipt.reference
    tries = [
        (reference, other.words()), (reference, right.rpartition(" ")[0]), (reference, ""), (reference, f"{right} acorn"),
        ("7KQ4-M2XH-9", right), ("nonsense", right), ("", ""),
    ]  # fmt: skip
    answers = [family.browser.post("/follow", {"reference": name, "words": said}) for name, said in tries]
    assert {answer.status_code for answer in answers} == {REFUSED}
    assert len({words(answer) for answer in answers}) == 1
    for _try in range(MOST_TRIES):
        family.browser.post("/follow", {"reference": reference, "words": "acorn acorn acorn acorn"})
    assert family.browser.post("/follow", {"reference": reference, "words": right}).status_code == REFUSED
    clock.shift(WINDOW + timedelta(seconds=1))
    assert family.browser.post("/follow", {"reference": reference, "words": right}).status_code == 303


def test_the_link_does_not_tell_the_words_and_a_revoked_one_opens_by_neither(app: Flask, clock: Any) -> None:
    family = Family(app)
    family.ask()
    code, said = family.code(), family.words()
    set_rows(app, Link.__table__.update().values(issue=2))
    assert family.words() == said, "made from the issue that is given"
    assert family.browser.post("/follow", {"reference": family.receipt.reference, "words": said}).status_code == REFUSED
    set_rows(app, Link.__table__.update().values(issue=1, revoked_at=clock_now(app)))
    assert family.open(code).status_code == 404
    assert family.browser.post("/follow", {"reference": family.receipt.reference, "words": said}).status_code == REFUSED


def clock_now(app: Flask) -> Any:
    """An instant of this app's clock."""
    with app.app_context():
        return db.session.execute(select(Link.made_at)).scalars().first()


def test_every_try_is_on_the_trail(app: Flask, clock: Any) -> None:
    family = Family(app)
    family.ask()
    family.open(wrong(family))
    family.open()
    for action in ("code_asked", "code_refused", "code_accepted"):
        assert counted(app, AuditRecord.action == action) == 1, action
