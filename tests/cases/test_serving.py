"""The next case that nobody has: in the queue's order, never given to two, never one that somebody is at."""

from __future__ import annotations

from concurrent.futures import ThreadPoolExecutor
from datetime import timedelta
from typing import Any

from flask import Flask
from sqlalchemy import select

from app.accounts.models import User
from app.accounts.queries import find_actor
from app.cases.domain import Kind
from app.cases.models import Case
from app.cases.presence import Doing, hold
from app.cases.queue import Filters
from app.cases.serving import take_next
from app.core.actor import Actor
from app.core.clock import now
from app.core.database import db, transaction
from tests.sending import send

ANYTHING = Filters()


def person(app: Flask, login: str) -> Actor:
    """Somebody of the staff."""
    with app.app_context():
        row = db.session.execute(select(User).where(User.email == f"{login}@example.org")).scalar_one()
        found = find_actor(db.session(), row.id, row.fs_uniquifier, now())
        db.session.remove()
    assert found
    return found


def take(app: Flask, actor: Actor, filters: Filters = ANYTHING) -> str | None:
    """Ask for the next one."""
    with app.app_context():
        with transaction() as session:
            found = take_next(session, ("cart",), filters, actor, now())
        db.session.remove()
    return found


def test_the_first_of_the_list_is_claimed_and_then_the_next(staffed: Flask) -> None:
    ana, ben = person(staffed, "ana.ribeiro"), person(staffed, "ben.okafor")
    later, first = send(staffed), send(staffed, at=now() - timedelta(days=4))
    referral = send(staffed, Kind.REFERRAL)
    assert take(staffed, ana, Filters(kind="referral", assignees=(str(ana.id),))) == referral.reference
    assert take(staffed, ana) == first.reference
    assert take(staffed, ben) == later.reference
    assert take(staffed, ben) is None
    with staffed.app_context():
        held = dict(db.session.execute(select(Case.reference, Case.assignee_id)).all())
        db.session.remove()
    assert held == {first.reference: ana.id, referral.reference: ana.id, later.reference: ben.id}


def test_a_case_that_somebody_else_is_at_is_passed_over_while_they_are(staffed: Flask, clock: Any) -> None:
    ana, ben = person(staffed, "ana.ribeiro"), person(staffed, "ben.okafor")
    first = send(staffed, at=now() - timedelta(days=4))
    second = send(staffed)
    with staffed.app_context(), transaction() as session:
        assert ana.id
        hold(session, first.case_id, ana.id, Doing.CALLING, now())
    assert take(staffed, ben) == second.reference
    assert take(staffed, ben) is None
    clock.shift(timedelta(minutes=6))
    assert take(staffed, ben) == first.reference


def test_many_who_ask_at_once_never_get_the_same(staffed: Flask) -> None:
    actors = [person(staffed, login) for login in ("ana.ribeiro", "ben.okafor", "mina.dalgaard", "ruth.amsel")]
    sent = {send(staffed).reference for _case in range(6)}
    with ThreadPoolExecutor(8) as pool:
        found = list(pool.map(lambda place: take(staffed, actors[place % 4]), range(8)))
    given = [one for one in found if one]
    assert sorted(given) == sorted(sent)
    assert found.count(None) == 2
