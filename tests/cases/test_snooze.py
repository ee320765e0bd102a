"""A snooze puts aside what can wait, for so long and no longer; what comes in ends it, and no promise waits for it."""

from __future__ import annotations

import uuid
from datetime import UTC, datetime, timedelta
from typing import Any

import pytest
from flask import Flask
from hypothesis import given
from hypothesis import strategies as st
from sqlalchemy import select

from app.cases import acts
from app.cases.attention import Band
from app.cases.domain import Status, Urgency
from app.cases.messages import receive_message
from app.cases.models import Case, Party
from app.cases.models_work import Event
from app.cases.queue import Filters, counts, page
from app.cases.snooze import ANSWER, instant_text, mornings, snooze, wake
from app.cases.stops import stop_contact
from app.core.actor import Actor
from app.core.clock import now
from app.core.database import db, transaction
from app.core.errors import Conflict, Refused
from app.programs.clocks import is_business_day, is_open, local_day
from app.programs.domain import Calendar
from tests.cases.test_acts import actor
from tests.programs.test_clocks import calendars, instants
from tests.sending import send, work

HANDLE = "abcdefghijklmnopqrstuv"
WEDNESDAY = datetime(2030, 1, 9, 14, tzinfo=UTC)  # 9 am in Boston, where the first door opens


@given(calendars, instants, st.sampled_from(Urgency))
def test_a_case_comes_back_on_a_morning_of_business_within_its_limit(
    calendar: Calendar, at: datetime, urgency: Urgency
) -> None:
    found = list(mornings(calendar, urgency, at))
    assert 1 <= len(found) <= (2 if urgency is Urgency.URGENT else 6)
    for day, opens in found:
        assert day > local_day(calendar, at)
        assert is_business_day(calendar, day)
        assert is_open(calendar, opens)
        assert not is_open(calendar, opens - timedelta(minutes=1))
        assert opens > at


class Aside:
    """A case whose sender was spoken with, and somebody who snoozes it."""

    def __init__(self, app: Flask) -> None:
        self.app, self.id = app, send(app, handle=HANDLE).case_id
        with app.test_request_context():
            self.ana, self.party = actor(app), db.session.execute(select(Party.id)).scalars().first()
        self.call("reached")

    def do(self, act: Any, *values: Any, who: Actor | None = None, **named: Any) -> None:
        """One act of hers."""
        with self.app.test_request_context(), transaction() as session:
            act(session, self.id, who or self.ana, now(), *values, **named)

    def call(self, outcome: str) -> None:
        """Log a call."""
        self.do(acts.log_contact, party_id=self.party, channel="phone", outcome=outcome, interpreter=False, detail="")

    def snooze(self, until: str = "2030-01-09", reason: str = "Waits for the lab", seen: str | None = None) -> None:
        """Put it aside."""
        self.do(
            snooze, until=until, reason=reason, seen=instant_text(self.case().snoozed_until) if seen is None else seen
        )

    def case(self) -> Case:
        """As it stands."""
        with self.app.app_context():
            case = db.session.get_one(Case, self.id)
            db.session.expunge(case)
            db.session.remove()
        return case

    def lists(self) -> tuple[int, int]:
        """In how many places it is: in the list of its program, among those put aside."""
        with self.app.app_context():
            views = {"list": Filters(), "aside": Filters(snoozed=True)}
            counted = counts(db.session(), ("cart", "gene_therapy", "transplant"), views)
            rows = [len(page(db.session(), (self.case().program,), one, None).rows) for one in views.values()]
            db.session.remove()
        assert rows == list(counted.values())
        return counted["list"], counted["aside"]

    def said(self) -> list[str]:
        """What the timeline says of snoozes."""
        with self.app.app_context():
            kinds = db.session.execute(select(Event.kind).order_by(Event.at, Event.id)).scalars()
            return [kind for kind in kinds if kind.startswith("snooze")]


@pytest.fixture
def aside(staffed: Flask, clock: Any) -> Aside:
    """On a Monday morning."""
    del clock
    return Aside(staffed)


def test_a_snoozed_case_is_counted_aside_and_comes_back_above_the_work_when_its_day_opens(
    aside: Aside, clock: Any
) -> None:
    assert aside.lists() == (1, 0)
    aside.snooze()
    case = aside.case()
    assert (case.attention_band, case.attention_reasons.split(",")[0]) == (Band.SNOOZED, "snoozed")
    assert case.snoozed_until == case.attention_at
    assert aside.lists() == (0, 1)
    opens = case.attention_at
    assert opens.date().isoformat() == "2030-01-09"
    clock.move_to(opens - timedelta(seconds=1))
    work(aside.app)
    assert aside.lists() == (0, 1)
    clock.move_to(opens)
    work(aside.app)
    case = aside.case()
    assert (case.attention_band, case.attention_reasons.split(",")[0]) == (Band.BACK, "snooze_over")
    assert aside.lists() == (1, 0)
    assert aside.said() == ["snoozed", "snooze_over"]
    clock.shift(timedelta(minutes=5))
    aside.call("no_answer")
    assert aside.case().attention_band == Band.WORK
    assert aside.said() == ["snoozed", "snooze_over"]


def incoming(aside: Aside, what: str) -> None:
    """Something that ends a snooze."""
    if what == "message":
        with aside.app.test_request_context(), transaction() as session:
            assert aside.party
            receive_message(session, aside.id, aside.party, "Any news?", "en", now())
    elif what == "amendment":
        send(aside.app, handle=HANDLE, child_given_name="Ixchel")
    elif what == "call":
        aside.call("no_answer")
    elif what == "status":
        aside.do(acts.change_status, seen="new", to=Status.ACKNOWLEDGED, reason="")
    else:
        aside.do(wake)


@pytest.mark.parametrize("what", ["message", "amendment", "call", "status", "hand"])
@pytest.mark.parametrize("until", [ANSWER, "2030-01-14"])
def test_whatever_comes_in_or_moves_it_on_brings_it_back(aside: Aside, clock: Any, what: str, until: str) -> None:
    aside.snooze(until)
    assert aside.case().attention_at.date().isoformat() == "2030-01-14", "five business days at the most"
    clock.shift(timedelta(hours=1))
    incoming(aside, what)
    assert aside.case().snoozed_until is None
    assert aside.lists() == (1, 0)
    assert aside.said() == ["snoozed", "snooze_ended"]
    band = {"message": Band.ANSWER, "amendment": Band.ANSWER}.get(what, Band.WORK)
    assert aside.case().attention_band == band
    clock.move_to(datetime(2030, 1, 15, 15, tzinfo=UTC))
    work(aside.app)
    assert aside.said() == ["snoozed", "snooze_ended"]


def test_a_note_leaves_it_aside_and_a_later_day_counts_alone(aside: Aside, clock: Any) -> None:
    aside.snooze("2030-01-08")
    aside.do(acts.add_note, "Still waiting")
    assert aside.lists() == (0, 1)
    aside.snooze("2030-01-10")
    clock.move_to(datetime(2030, 1, 9, 20, tzinfo=UTC))
    work(aside.app)
    assert aside.lists() == (0, 1)
    clock.move_to(datetime(2030, 1, 10, 20, tzinfo=UTC))
    work(aside.app)
    assert aside.said() == ["snoozed", "snoozed", "snooze_over"]


def test_a_stop_keeps_no_case_aside_for_ever(aside: Aside, clock: Any) -> None:
    aside.snooze()
    aside.do(stop_contact, reason="They asked")
    clock.move_to(WEDNESDAY + timedelta(hours=4))
    work(aside.app)
    assert aside.lists() == (1, 0)


def test_a_promise_that_is_near_rises_all_the_same(staffed: Flask, clock: Any) -> None:
    receipt = send(staffed)
    with staffed.test_request_context():
        ana = actor(staffed)
        with transaction() as session:
            snooze(session, receipt.case_id, ana, now(), seen="", until=ANSWER, reason="r")
        assert db.session.get_one(Case, receipt.case_id).attention_band == Band.SNOOZED
        db.session.remove()
    clock.move_to(datetime(2030, 1, 8, 21, 59, tzinfo=UTC))
    work(staffed)
    with staffed.app_context():
        case = db.session.get_one(Case, receipt.case_id)
        assert (case.attention_band, case.attention_reasons.split(",")[:2]) == (
            Band.PROMISE,
            ["promise_near", "snoozed"],
        )
        assert case.first_contact_due_at == datetime(2030, 1, 8, 22, tzinfo=UTC)
        db.session.remove()


@pytest.mark.parametrize(
    ("change", "field"),
    [({"reason": " "}, "reason"), ({"until": "2030-01-15"}, "until"), ({"until": "2030-01-07"}, "until"),
     ({"until": "2030-01-12"}, "until"), ({"until": ""}, "until")],
)  # fmt: skip
def test_no_snooze_without_reason_or_beyond_the_limit(aside: Aside, change: dict[str, str], field: str) -> None:
    with pytest.raises(Refused) as refused:
        aside.snooze(**change)
    assert refused.value.field == field
    assert aside.lists() == (1, 0)


@pytest.mark.parametrize("what", ["message", "ended"])
def test_what_cannot_wait_is_not_snoozed(aside: Aside, what: str) -> None:
    if what == "ended":
        aside.do(acts.change_status, seen="new", to=Status.CLOSED, reason="r")
    else:
        incoming(aside, what)
    with pytest.raises(Refused):
        aside.snooze()
    assert aside.said() == []


def test_an_urgent_first_call_is_not_snoozed(staffed: Flask, clock: Any) -> None:
    del clock
    receipt = send(staffed, in_hospital_now="yes", hospital_name="Saint Brendan")
    with staffed.test_request_context():
        ana = actor(staffed)
        with pytest.raises(Refused), transaction() as session:
            snooze(session, receipt.case_id, ana, now(), seen="", until=ANSWER, reason="r")


def test_two_who_snooze_at_once_are_told(aside: Aside) -> None:
    aside.snooze()
    with pytest.raises(Conflict):
        aside.snooze("2030-01-08", seen="")
    assert aside.case().attention_at.date().isoformat() == "2030-01-09"
    assert uuid.UUID(str(aside.id))
