"""Managers hear of a promise before it breaks, once: each step under a moved clock, and everything that makes it needless."""

from __future__ import annotations

from collections.abc import Callable
from dataclasses import replace
from datetime import timedelta
from typing import Any

import pytest
from flask import Flask
from sqlalchemy import select, update

from app.accounts.models import User
from app.cases import acts, stops
from app.cases.change import change
from app.cases.domain import Receipt, Status
from app.cases.models import Case, Party
from app.cases.models_work import Event
from app.core.actor import Actor, ActorKind, Role
from app.core.clock import now
from app.core.database import transaction
from app.core.jobs import Job, JobState
from tests.cases.test_letters import mailing, rows, text_of
from tests.conftest import MONDAY, add_people
from tests.sending import send, set_rows, work
from tests.services import Mailbox

Sink = tuple[Mailbox, int]
MANAGER = "mina.dalgaard@example.org"
DUE = MONDAY + timedelta(hours=31)  # Tuesday, 5 pm in Boston
SECOND = timedelta(seconds=1)
NEAR, MISSED = ("promise_near", "first_contact"), ("promise_missed", "first_contact")
TOLD = ("promise_told", None)


@pytest.fixture
def mailed(make_app: Callable[..., Flask], mailbox: Sink, clock: Any) -> Flask:
    """An app with people, which mails through a sink."""
    app = mailing(make_app, mailbox[1])
    add_people(app)
    return app


def told(box: Mailbox) -> list[str]:
    """What managers got; clears the mailbox."""
    found = [letter["Subject"] for letter in box.letters if letter["To"] == MANAGER]
    box.letters.clear()
    return found


def lines(app: Flask) -> list[tuple[str, str | None]]:
    """What the timeline says of promises."""
    found = sorted(
        (at, kind, old)
        for at, kind, old in rows(app, Event.at, Event.kind, Event.old_value)
        if kind.startswith("promise_")
    )
    return [(kind, old) for _at, kind, old in found]


def reasons(app: Flask) -> str:
    """Why the only row stands where it does."""
    return str(rows(app, Case.attention_reasons)[0])


def go_to(clock: Any, instant: Any) -> None:
    """Move the clock there."""
    clock.move_to(instant)


def act(app: Flask, do: Callable[..., object]) -> None:
    """Something that Ana does."""
    with app.test_request_context(), transaction() as session:
        found = session.execute(select(User.id).where(User.email == "ana.ribeiro@example.org")).scalar_one()
        do(session, Actor(ActorKind.STAFF, found, "Ana Ribeiro", {"cart": frozenset({Role.COORDINATOR})}))


def stop(app: Flask, receipt: Receipt, *, seen: bool) -> None:
    """Do not contact, or contact again."""
    if seen:
        mina = {"cart": frozenset({Role.MANAGER})}
        act(app, lambda session, ana: stops.lift(session, receipt.case_id, replace(ana, grants=mina), now(), seen="new",
                                                 reason="r"))  # fmt: skip
    else:
        act(app, lambda session, ana: stops.stop_contact(session, receipt.case_id, ana, now(), reason="r"))


def die(app: Flask, receipt: Receipt) -> None:
    """The child has died."""
    act(app, lambda session, ana: stops.has_died(session, receipt.case_id, ana, now(), name="Itzel Quiñones",
                                                 birth_date="2019-03-27", reason="r"))  # fmt: skip


def move(app: Flask, receipt: Receipt, seen: Status, to: Status) -> None:
    """A status."""
    act(
        app, lambda session, ana: acts.change_status(session, receipt.case_id, ana, now(), seen=seen, to=to, reason="r")
    )


def reach(app: Flask, receipt: Receipt) -> None:
    """Somebody speaks with them."""
    party = rows(app, Party.id)[0]
    act(app, lambda session, ana: acts.log_contact(
        session, receipt.case_id, ana, now(), party_id=party, channel="phone", outcome="reached", interpreter=False, detail="",
    ))  # fmt: skip


def test_each_step_under_a_moved_clock(mailed: Flask, mailbox: Sink, clock: Any) -> None:
    send(mailed)
    go_to(clock, DUE - timedelta(hours=2) - SECOND)
    work(mailed)
    assert (told(mailbox[0]), lines(mailed)) == ([], []), "never before"
    assert "promise" not in reasons(mailed)
    clock.shift(SECOND)
    work(mailed)
    assert told(mailbox[0]) == ["A promise is about to be missed"]
    assert lines(mailed) == [NEAR, TOLD]
    assert reasons(mailed) == "promise_near,new_inquiry"
    go_to(clock, DUE - SECOND)
    work(mailed)
    assert lines(mailed) == [NEAR, TOLD]
    clock.shift(SECOND)
    work(mailed)
    assert told(mailbox[0]) == [], "once for a promise"
    assert lines(mailed) == [NEAR, TOLD, MISSED]
    assert reasons(mailed) == "promise_missed,new_inquiry"
    clock.shift(timedelta(days=10))
    work(mailed)
    assert lines(mailed) == [NEAR, TOLD, MISSED]
    assert JobState.PENDING not in rows(mailed, Job.state)


def test_the_mail_holds_a_reference_and_a_link_and_nothing_else(mailed: Flask, mailbox: Sink, clock: Any) -> None:
    receipt = send(mailed, child_given_name="Zzitzel", message="zzplease", contact_given_name="Zzodalys")
    go_to(clock, DUE - SECOND)
    work(mailed)
    letter = next(one for one in mailbox[0].letters if one["To"] == MANAGER)
    assert (
        text_of(letter).split()
        == (
            f"A promise is about to be missed A promise is about to be missed: {receipt.reference}"
            f" http://127.0.0.1:8000/desk/cases/{receipt.reference}"
        ).split()
    )


def test_a_kept_promise_is_nobodys_news_and_its_reason_goes(mailed: Flask, mailbox: Sink, clock: Any) -> None:
    receipt = send(mailed)
    go_to(clock, DUE - timedelta(hours=1))
    work(mailed)
    reach(mailed, receipt)
    assert "promise" not in reasons(mailed)
    clock.shift(timedelta(days=2))
    work(mailed)
    assert lines(mailed) == [NEAR, TOLD]
    other = send(mailed, child_given_name="Second")
    assert other.case_id != receipt.case_id


@pytest.mark.parametrize("why", ["reached", "stopped", "ended", "died"])
def test_nothing_is_said_of_what_nobody_waits_for(mailed: Flask, mailbox: Sink, clock: Any, why: str) -> None:
    receipt = send(mailed)
    clock.shift(timedelta(hours=1))
    if why == "reached":
        reach(mailed, receipt)
    elif why == "stopped":
        stop(mailed, receipt, seen=False)
    elif why == "died":
        die(mailed, receipt)
    else:
        move(mailed, receipt, Status.NEW, Status.WITHDRAWN)
    clock.shift(timedelta(days=3))
    work(mailed)
    assert (told(mailbox[0]), lines(mailed)) == ([], [])


@pytest.mark.parametrize("why", ["reached", "stopped", "ended"])
def test_between_the_line_and_the_mail_it_is_asked_again(mailed: Flask, mailbox: Sink, clock: Any, why: str) -> None:
    receipt = send(mailed)
    work(mailed)
    go_to(clock, DUE - timedelta(hours=1))
    mailbox[0].refuse, mailbox[0].only = "451 try later", MANAGER
    work(mailed)
    mailbox[0].refuse = ""
    mailbox[0].letters.clear()
    assert lines(mailed) == [NEAR]
    if why == "reached":
        reach(mailed, receipt)
    elif why == "stopped":
        stop(mailed, receipt, seen=False)
    else:
        move(mailed, receipt, Status.NEW, Status.WITHDRAWN)
    clock.shift(timedelta(days=1))
    work(mailed)
    assert (told(mailbox[0]), lines(mailed)) == ([], [NEAR])


def test_a_stop_that_is_lifted_and_an_end_that_is_undone_let_the_clock_go_on(
    mailed: Flask, mailbox: Sink, clock: Any
) -> None:
    receipt = send(mailed)
    stop(mailed, receipt, seen=False)
    go_to(clock, DUE - timedelta(hours=1))
    work(mailed)
    assert lines(mailed) == []
    stop(mailed, receipt, seen=True)
    work(mailed)
    assert (told(mailbox[0]), lines(mailed)) == (["A promise is about to be missed"], [NEAR, TOLD])
    move(mailed, receipt, Status.NEW, Status.WITHDRAWN)
    assert "promise" not in reasons(mailed)
    go_to(clock, DUE + timedelta(hours=1))
    work(mailed)
    move(mailed, receipt, Status.WITHDRAWN, Status.NEW)
    work(mailed)
    assert (told(mailbox[0]), lines(mailed)) == ([], [NEAR, TOLD, MISSED])


def test_a_pause_hides_no_promise(mailed: Flask, mailbox: Sink, clock: Any) -> None:
    receipt = send(mailed)
    move(mailed, receipt, Status.NEW, Status.ON_HOLD)
    go_to(clock, DUE)
    work(mailed)
    assert told(mailbox[0]) == ["A promise was missed"]
    assert reasons(mailed) == "promise_missed,on_hold"
    assert rows(mailed, Case.attention_band) == [30]


def test_a_worker_that_was_away_says_what_was_missed_and_tells_at_once(
    mailed: Flask, mailbox: Sink, clock: Any
) -> None:
    send(mailed)
    go_to(clock, DUE + timedelta(days=1))
    work(mailed)
    assert told(mailbox[0]) == ["A promise was missed"]
    assert lines(mailed) == [MISSED, TOLD]


def test_a_worker_that_was_killed_says_and_tells_once(mailed: Flask, mailbox: Sink, clock: Any) -> None:
    send(mailed)
    go_to(clock, DUE - timedelta(hours=1))
    work(mailed)
    box = mailbox[0]
    assert len(told(box)) == 1
    # As a kill before the jobs were settled leaves them.
    leased = {"state": JobState.LEASED, "lease_until": now() - SECOND}
    set_rows(mailed, update(Job).where(Job.kind.in_(["look_at_promises", "mail_manager"]), Job.state == JobState.DONE).values(**leased))  # fmt: skip
    work(mailed)
    assert told(box) == []
    assert lines(mailed) == [NEAR, TOLD]
    assert sorted(rows(mailed, Job.kind)).count("look_at_promises") == 2


def test_a_mailbox_that_is_refused_is_on_the_timeline(mailed: Flask, mailbox: Sink, clock: Any) -> None:
    send(mailed)
    work(mailed)
    mailbox[0].refuse, mailbox[0].only = "550 no such user", MANAGER
    go_to(clock, DUE - timedelta(hours=1))
    work(mailed)
    assert lines(mailed) == [NEAR, ("promise_untold", "smtp_550")]


def test_the_decision_is_watched_from_when_it_is_due(mailed: Flask, mailbox: Sink, clock: Any) -> None:
    receipt = send(mailed)
    reach(mailed, receipt)

    def records_are_complete(session: Any, ana: Actor) -> None:
        with change(session, [receipt.case_id], ana, None, now()) as done:
            done.case.decision_due_at = DUE
            done.record("note_added")

    act(mailed, records_are_complete)
    go_to(clock, DUE - timedelta(hours=2))
    work(mailed)
    assert told(mailbox[0]) == ["A promise is about to be missed"]
    assert lines(mailed) == [("promise_near", "decision"), TOLD]
    assert reasons(mailed).startswith("promise_near,")
    go_to(clock, DUE)
    work(mailed)
    assert lines(mailed)[-1] == ("promise_missed", "decision")


def test_an_urgent_case_promises_no_hour_so_none_is_missed(mailed: Flask, mailbox: Sink, clock: Any) -> None:
    send(mailed, in_hospital_now="yes")
    clock.shift(timedelta(days=3))
    work(mailed)
    assert (told(mailbox[0]), lines(mailed)) == ([], [])
