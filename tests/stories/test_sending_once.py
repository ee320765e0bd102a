"""Once, whatever happens: double clicks, repeats, twenty at the same time, Back and change."""

from __future__ import annotations

from collections.abc import Callable
from concurrent.futures import ThreadPoolExecutor

from flask import Flask
from sqlalchemy import event, func, select

from app.cases.models import Case, Submission
from app.core.database import db
from tests.conftest import add_people
from tests.services import served
from tests.stories.ways import INQUIRY, REFERRAL, Walker, answers_on


def count(app: Flask, table: type) -> int:
    """Rows of a table."""
    with app.app_context():
        number = db.session.execute(select(func.count()).select_from(table)).scalar_one()
        db.session.remove()
    return int(number)


def almost(walker: Walker) -> str:
    """Fill a whole inquiry in up to the check page; returns its address."""
    walker.go("/inquiry")
    walker.go("/inquiry", {})
    while not walker.url.endswith("/check"):
        walker.fill(INQUIRY)
    return walker.url


def test_twenty_at_once_and_one_more_make_one_case_and_one_receipt(app: Flask) -> None:
    with served(app) as address:
        walker = Walker(address)
        check = almost(walker)
        with ThreadPoolExecutor(20) as pool:
            answers = list(pool.map(lambda _: walker.status_of(check, {"consent_contact_me": ["yes"]}), range(20)))
        answers.append(walker.status_of(check, {"consent_contact_me": ["yes"]}))
    assert {code for code, _url in answers} == {200}
    assert len(answers) == 21
    assert len({url for _code, url in answers}) == 1
    assert "/follow/" in answers[0][1]
    assert count(app, Case) == 1
    assert count(app, Submission) == 1


def test_twenty_floors_sent_at_once_make_one_case(app: Flask) -> None:
    with served(app) as address:
        walker = Walker(address)
        walker.go("/referral")
        floor = {**REFERRAL, "then": ["send"]}
        with ThreadPoolExecutor(20) as pool:
            answers = list(pool.map(lambda _: walker.status_of(walker.url, floor), range(20)))
    assert {code for code, _url in answers} <= {200}
    assert count(app, Case) == 1
    assert count(app, Submission) == 1


def test_back_change_and_send_twice_keeps_both_once_and_shows_both(make_app: Callable[..., Flask]) -> None:
    app = make_app()
    add_people(app)
    with served(app) as address:
        walker = Walker(address)
        check = almost(walker)
        walker.go(check, {"consent_contact_me": "yes"})
        reference = walker.reference()
        child = check.replace("/check", "/child")
        changed = {**INQUIRY, "child_given_name": ["Ixchel"]}
        for _time in range(2):
            walker.go(
                child, {name: value for name, value in changed.items() if name.startswith(("child", "diag", "in_h"))}
            )
            walker.go(check, {"consent_contact_me": "yes"})
            assert walker.url.endswith("/sent")
            assert "We have your change too" in walker.page
            assert reference in walker.page
        desk = Walker(address)
        desk.sign_in()
        desk.go(f"/desk/cases/{reference}")
        assert "Itzel" in desk.page
        assert desk.page.count("Changed after sending") == 1
        assert answers_on(desk.page)["child_given_name"] in (["Itzel"], ["Itzel", "Ixchel"])
        assert ">Ixchel<" in desk.page
    assert count(app, Case) == 1
    assert count(app, Submission) == 2


def test_a_commit_that_fails_yields_no_receipt(app: Flask) -> None:
    with served(app) as address:
        walker = Walker(address)
        check = almost(walker)
        with app.app_context():
            engine = db.engine

        def fail(_connection: object) -> None:
            message = "the disk is full"
            raise OSError(message)

        event.listen(engine, "commit", fail)
        try:
            code, url = walker.status_of(check, {"consent_contact_me": ["yes"]})
        finally:
            event.remove(engine, "commit", fail)
        assert code == 500
        assert "/follow/" not in url
        assert count(app, Case) == 0
        code, url = walker.status_of(check, {"consent_contact_me": ["yes"]})
        assert "/follow/" in url
    assert count(app, Case) == 1
