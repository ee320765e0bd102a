"""Urgent cases page the on-call list through a real mail server: every step under a moved clock, and what stops them."""

from __future__ import annotations

from collections.abc import Callable
from datetime import timedelta
from pathlib import Path
from typing import Any

import pytest
from flask import Flask
from sqlalchemy import delete, select, update
from sqlalchemy.orm import Session

from app.accounts.models import User
from app.cases import acts
from app.cases.domain import Receipt, Status
from app.cases.models import Case
from app.cases.models_paging import Page
from app.cases.models_work import Event
from app.cases.paging import find_page, unanswered
from app.cases.stops import stop_contact
from app.core.actor import Actor, ActorKind, Role
from app.core.clock import now
from app.core.database import db, transaction
from app.core.jobs import LEASE, Job, JobState
from tests.cases.test_letters import mailing, rows, text_of
from tests.conftest import add_people
from tests.paging import ATTENDING, ATTENDING_MAIL, FELLOW, FELLOW_MAIL, body, link_in, page_by_mail, reach
from tests.sending import send, set_rows, work
from tests.services import Mailbox, webhook_sink

Sink = tuple[Mailbox, int]
PAGERS = {FELLOW_MAIL: FELLOW, ATTENDING_MAIL: ATTENDING, "mina.dalgaard@example.org": "Mina Dalgaard"}
TEN = timedelta(minutes=10)


@pytest.fixture
def paging(make_app: Callable[..., Flask], mailbox: Sink, folder: Path, clock: Any) -> Flask:
    """An app with people whose CAR T program pages two by mail."""
    app = mailing(make_app, mailbox[1])
    page_by_mail(app, folder)
    add_people(app)
    return app


def urgent(app: Flask, **more: Any) -> Receipt:
    """A child in the hospital."""
    return send(app, in_hospital_now="yes", contact_email="", **more)


def paged(box: Mailbox) -> list[str]:
    """Who got a page, in order; clears the mailbox."""
    found = [PAGERS[letter["To"]] for letter in box.letters if letter["Subject"].startswith("Page for")]
    box.letters.clear()
    return found


def lines(app: Flask) -> list[tuple[str, str | None]]:
    """What the timeline says of pages."""
    found = rows(app, Event.kind, Event.new_value, Event.at, Event.id)
    return [(kind, new) for kind, new, _at, _id in sorted(found, key=lambda row: row[2:]) if kind.startswith("page_")]


def press(app: Flask, link: str) -> None:
    """The button behind a link."""
    assert app.test_client().post(link).status_code == 303


def ana(session: Session) -> Actor:
    """A coordinator who acts."""
    found = session.execute(select(User.id).where(User.email == "ana.ribeiro@example.org")).scalar_one()
    return Actor(ActorKind.STAFF, found, "Ana Ribeiro", {"cart": frozenset({Role.COORDINATOR})})


def test_a_page_carries_the_reference_and_a_link_and_nothing_of_the_child(paging: Flask, mailbox: Sink) -> None:
    receipt = urgent(paging, child_given_name="Zzitzel", contact_given_name="Zzodalys", message="zzplease")
    work(paging)
    letter = next(one for one in mailbox[0].letters if one["To"] == FELLOW_MAIL)
    assert letter["Subject"] == f"Page for {receipt.reference}"
    assert (
        body(letter).strip()
        == f"Page for {receipt.reference}. Acknowledge: http://127.0.0.1:8000{link_in(body(letter))}"
    )
    rest = text_of(letter).replace(link_in(body(letter)), "").lower()
    assert [word for word in ("zz", "leuk", "cancer", "cell", "gene", "transplant", "child") if word in rest] == []


def test_what_is_not_urgent_pages_nobody(paging: Flask, mailbox: Sink) -> None:
    send(paging)
    work(paging)
    assert paged(mailbox[0]) == []
    assert rows(paging, Page.id) == []


def test_without_a_channel_nobody_is_paged_and_no_step_waits(app: Flask) -> None:
    urgent(app)
    assert rows(app, Page.id) == []
    assert set(rows(app, Job.kind)) == {"mail_staff"}


def test_a_form_sent_twice_pages_once(paging: Flask, mailbox: Sink) -> None:
    for _time in range(2):
        send(paging, in_hospital_now="yes", contact_email="", handle="one-and-the-same-form")
    work(paging)
    assert paged(mailbox[0]) == [FELLOW]


def test_each_step_under_a_moved_clock(paging: Flask, mailbox: Sink, clock: Any) -> None:
    box, _port = mailbox
    receipt = urgent(paging)
    work(paging)
    assert paged(box) == [FELLOW]
    clock.shift(TEN - timedelta(seconds=1))
    work(paging)
    assert paged(box) == [], "not before its time"
    clock.shift(timedelta(seconds=1))
    work(paging)
    assert paged(box) == [FELLOW]
    clock.shift(TEN)
    work(paging)
    assert sorted(paged(box)) == [ATTENDING, FELLOW]
    assert alarms(paging) == []
    clock.shift(TEN)
    work(paging)
    assert sorted(paged(box)) == [ATTENDING, "Mina Dalgaard", FELLOW]
    assert alarms(paging) == [receipt.reference]
    clock.shift(3 * TEN)
    work(paging)
    assert sorted(paged(box)) == [ATTENDING, FELLOW], "a manager is told once"
    said = lines(paging)
    assert [new for kind, new in said if kind == "page_unanswered"] == ["10", "20", "30", "60"]
    assert [new for kind, new in said if kind == "page_sent"].count(FELLOW) == 5
    clock.shift(timedelta(hours=24))
    work(paging)
    paged(box)
    assert "pending" not in rows(paging, Job.state), "it ends after half a day; the alarm is left"
    assert alarms(paging) == [receipt.reference]


def alarms(app: Flask) -> list[str]:
    """What the desk is told."""
    with app.app_context():
        found = [row.reference for row in unanswered(db.session(), ("cart",), now())]
        db.session.remove()
    return found


def test_an_acknowledged_page_is_not_repeated_and_the_timeline_says_by_whom(
    paging: Flask, mailbox: Sink, clock: Any
) -> None:
    box, _port = mailbox
    urgent(paging)
    work(paging)
    link = link_in(body(next(one for one in box.letters if one["To"] == FELLOW_MAIL)))
    box.letters.clear()
    clock.shift(timedelta(minutes=4))
    press(paging, link)
    press(paging, link)
    clock.shift(timedelta(hours=2))
    work(paging)
    assert paged(box) == []
    assert lines(paging) == [("page_sent", FELLOW), ("page_acknowledged", FELLOW)]
    assert alarms(paging) == []


def test_one_answer_ends_the_links_of_all(paging: Flask, mailbox: Sink, clock: Any) -> None:
    box, _port = mailbox
    urgent(paging)
    work(paging)
    clock.shift(2 * TEN)
    work(paging)
    links = {one["To"]: link_in(body(one)) for one in box.letters if one["To"] in PAGERS}
    press(paging, links[ATTENDING_MAIL])
    press(paging, links[FELLOW_MAIL])
    assert [line for line in lines(paging) if line[0] == "page_acknowledged"] == [("page_acknowledged", ATTENDING)]


@pytest.mark.parametrize("why", ["claimed", "reached", "ended", "handed_over", "not_urgent"])
def test_a_page_that_nobody_needs_any_more_stops(paging: Flask, mailbox: Sink, clock: Any, why: str) -> None:
    box, _port = mailbox
    receipt = urgent(paging)
    work(paging)
    assert paged(box) == [FELLOW]
    with paging.app_context():
        anas_id = ana(db.session()).id
        db.session.remove()
    changes: dict[str, dict[str, Any]] = {
        "claimed": {"assignee_id": anas_id}, "reached": {"first_contact_at": now()},
        "ended": {"status": str(Status.DECEASED), "is_open": False, "contact_stop": True},
        "handed_over": {"program": "gene_therapy"}, "not_urgent": {"urgency": "routine"},
    }  # fmt: skip
    set_rows(paging, update(Case).where(Case.id == receipt.case_id).values(**changes[why]))
    clock.shift(TEN)
    work(paging)
    clock.shift(TEN)
    work(paging)
    assert paged(box) == []
    assert lines(paging) == [("page_sent", FELLOW), ("page_stopped", why)]
    assert alarms(paging) == []


def test_a_contact_stop_silences_letters_and_not_the_staff(paging: Flask, mailbox: Sink, clock: Any) -> None:
    receipt = urgent(paging)
    set_rows(paging, update(Case).where(Case.id == receipt.case_id).values(contact_stop=True))
    work(paging)
    clock.shift(TEN)
    work(paging)
    assert paged(mailbox[0]) == [FELLOW, FELLOW]


def test_a_case_that_somebody_has_already_is_not_paged_about(paging: Flask, mailbox: Sink) -> None:
    receipt = urgent(paging)
    with paging.app_context(), transaction() as session:
        acts.claim(session, receipt.case_id, ana(session), now())
    work(paging)
    assert paged(mailbox[0]) == []


def test_a_correction_that_makes_a_case_urgent_pages(paging: Flask, mailbox: Sink, clock: Any) -> None:
    send(paging, contact_email="", handle="a-form-that-comes-again")
    work(paging)
    assert paged(mailbox[0]) == []
    for _time in range(2):
        send(paging, contact_email="", handle="a-form-that-comes-again", in_hospital_now="yes")
    work(paging)
    assert paged(mailbox[0]) == [FELLOW]
    assert len(rows(paging, Page.id)) == 1


def test_a_refusal_is_on_the_timeline_tried_again_and_given_up_before_the_next_step(
    paging: Flask, mailbox: Sink, clock: Any
) -> None:
    box, _port = mailbox
    box.refuse, box.only = "451 try later", FELLOW_MAIL
    urgent(paging)
    for _minute in range(10):
        work(paging)
        clock.shift(timedelta(minutes=1))
    assert lines(paging) == [("page_failed", FELLOW), ("page_failed", FELLOW)]
    assert rows(paging, Page.fault, Page.sent_at) == [("smtp_451", None)]
    box.refuse = ""
    work(paging)
    assert paged(box) == [FELLOW]
    assert rows(paging, Page.fault) == [None]


def test_a_worker_killed_after_sending_repeats_once_and_one_killed_before_skips_nothing(
    paging: Flask, mailbox: Sink, clock: Any
) -> None:
    box, _port = mailbox
    urgent(paging)
    work(paging)
    first = {one["Message-ID"] for one in box.letters if one["To"] == FELLOW_MAIL}
    assert paged(box) == [FELLOW]
    # As a kill between handing over and writing it down leaves it, and every job of the page with it.
    set_rows(paging, delete(Event).where(Event.kind == "page_sent"))
    leased = {"state": JobState.LEASED, "lease_until": now() + LEASE}
    set_rows(paging, update(Job).where(Job.kind == "page_out").values(**leased))
    clock.shift(LEASE + timedelta(seconds=1))
    work(paging)
    again = {one["Message-ID"] for one in box.letters if one["To"] == FELLOW_MAIL}
    assert (paged(box), again) == ([FELLOW], first)
    # A kill after it was written down, before the job was settled: nothing is sent, no step is doubled.
    clock.shift(LEASE)
    work(paging)
    box.letters.clear()
    said = lines(paging)
    leased = {"state": JobState.LEASED, "lease_until": now() + LEASE}
    set_rows(
        paging, update(Job).where(Job.state == JobState.DONE, Job.kind.in_(["page_out", "page_step"])).values(**leased)
    )
    clock.shift(LEASE - timedelta(seconds=1))
    set_rows(paging, update(Job).where(Job.state == JobState.LEASED).values(lease_until=now() - timedelta(seconds=1)))
    work(paging)
    assert paged(box) == []
    assert lines(paging) == said


def test_a_worker_that_was_away_goes_on_where_it_should_be_and_the_desk_knew(
    paging: Flask, mailbox: Sink, clock: Any
) -> None:
    box, _port = mailbox
    receipt = urgent(paging)
    clock.shift(timedelta(minutes=35))
    assert alarms(paging) == [receipt.reference], "without any worker"
    work(paging)
    assert sorted(paged(box)) == [ATTENDING, "Mina Dalgaard", FELLOW, FELLOW]
    assert [line for line in lines(paging) if line[0] == "page_unanswered"] == [("page_unanswered", "30")]


def test_a_webhook_is_paged_beside_the_mail_and_its_failure_holds_up_nobody(
    make_app: Callable[..., Flask], mailbox: Sink, folder: Path, clock: Any
) -> None:
    box, port = mailbox
    app = mailing(make_app, port, PAGE_WEBHOOK_TOKEN="s3cret")
    with webhook_sink() as hook:
        reach(folder, FELLOW, "webhook", f"{hook.address}/pages")
        page_by_mail(app, folder)
        receipt = urgent(app)
        work(app)
        (page,) = hook.pages
        assert page["reference"] == receipt.reference
        assert paged(box) == [FELLOW]
        assert lines(app) == [("page_sent", FELLOW), ("page_sent", FELLOW)]
        hook.status = 500
        clock.shift(TEN)
        work(app)
        assert paged(box) == [FELLOW]
        assert ("page_failed", FELLOW) in lines(app)
        clock.shift(timedelta(seconds=1))
        press(app, link_in(page["link"]))
    assert lines(app)[-1] == ("page_acknowledged", FELLOW)


def test_a_link_is_no_secret_that_is_stored_and_ends_after_a_day(paging: Flask, mailbox: Sink, clock: Any) -> None:
    urgent(paging)
    work(paging)
    link = link_in(body(next(one for one in mailbox[0].letters if one["To"] == FELLOW_MAIL)))
    secret = link.removeprefix("/page/")
    with paging.app_context():
        assert find_page(db.session(), secret, now()) is not None
        for wrong in ("", "x", secret[:-1], secret + "A", secret[:22] + "A" * 21):
            assert find_page(db.session(), wrong, now()) is None
        stored = [str(value) for row in db.session.execute(select(Page.__table__)) for value in row]
        assert not any(secret[22:] in value for value in stored)
        assert find_page(db.session(), secret, now() + timedelta(hours=24)) is None
        db.session.remove()


def test_half_an_hour_without_an_answer_through_a_restart_and_a_contact_stop(
    paging: Flask, make_app: Callable[..., Flask], mailbox: Sink, clock: Any
) -> None:
    box, port = mailbox
    receipt = urgent(paging)
    work(paging)
    clock.shift(TEN)
    after = mailing(make_app, port)  # the worker begins anew: nothing of it but what is stored
    work(after)
    assert paged(box) == [FELLOW, FELLOW]
    with after.test_request_context(), transaction() as session:
        stop_contact(session, receipt.case_id, ana(session), now(), reason="they asked")
    for _step in range(2):
        clock.shift(TEN)
        work(after)
    assert sorted(paged(box)) == sorted([FELLOW, ATTENDING, FELLOW, ATTENDING, "Mina Dalgaard"])
    said = [(at, kind, new) for kind, new, at in rows(after, Event.kind, Event.new_value, Event.at)]
    began = min(at for at, _kind, _new in said)
    steps = sorted((int((at - began).total_seconds() // 60), kind, new) for at, kind, new in said if "page_" in kind)
    sent = "page_sent"
    assert steps == [
        (0, sent, FELLOW), (10, sent, FELLOW), (10, "page_unanswered", "10"), (20, sent, ATTENDING), (20, sent, FELLOW),
        (20, "page_unanswered", "20"), (30, sent, ATTENDING), (30, sent, "Mina Dalgaard"), (30, sent, FELLOW),
        (30, "page_unanswered", "30"),
    ]  # fmt: skip
