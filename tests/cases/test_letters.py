"""The two letters of a submission, handed to a real mail server: what is in them, and what becomes of a refusal."""

from __future__ import annotations

import re
from collections.abc import Callable
from datetime import timedelta
from typing import Any

import pytest
from flask import Flask
from sqlalchemy import select

from app.audit.models import AuditRecord
from app.cases.domain import Kind
from app.cases.models import Case, Link, Party
from app.cases.models_work import Event, Task
from app.core.clock import now
from app.core.database import db
from app.core.jobs import MOST_ATTEMPTS, Job
from tests.conftest import add_people
from tests.sending import send, set_rows, work
from tests.services import Mailbox

Sink = tuple[Mailbox, int]
TYPED: dict[str, Any] = {
    "contact_given_name": "Zzodalys", "contact_email": "zzmail@example.org", "contact_phone": "(617) 555-0177",
    "child_given_name": "Zzitzel", "child_family_name": "Zzquill", "message": "zzplease zzhelp",
}  # fmt: skip


def mailing(make_app: Callable[..., Flask], port: int, **more: str) -> Flask:
    """An app that mails through the sink."""
    return make_app(MAIL_HOST="127.0.0.1", MAIL_PORT=str(port), **{"MAIL_TLS": "no", **more})


def text_of(letter: Any) -> str:
    """What a person reads: subject and body."""
    return f"{letter['Subject']}\n{letter.get_payload(decode=True).decode()}"


def rows(app: Flask, *columns: Any) -> list[Any]:
    """Some columns of a table."""
    with app.app_context():
        found = db.session.execute(select(*columns)).all()
        db.session.remove()
    return [row[0] if len(row) == 1 else tuple(row) for row in found]


def events(app: Flask) -> list[tuple[str, str]]:
    """What the timeline says beside the sending itself and of what was promised."""
    found = rows(app, Event.kind, Event.new_value)
    return [row for row in found if row[0] != "inquiry_received" and not row[0].startswith("promise_")]


def due_states(app: Flask) -> set[str]:
    """How the jobs stand that were due by now."""
    return {state for state, due_at in rows(app, Job.state, Job.due_at) if due_at <= now()}


def test_the_receipt_carries_reference_and_link_and_nothing_that_was_typed(
    make_app: Callable[..., Flask], mailbox: Sink
) -> None:
    box, port = mailbox
    app = mailing(make_app, port)
    receipt = send(app, **TYPED)
    work(app)
    (letter,) = box.letters
    assert letter["To"] == "zzmail@example.org"
    assert letter["Auto-Submitted"] == "auto-generated"
    text = text_of(letter)
    assert receipt.reference in text
    link = re.search(r"http://127\.0\.0\.1:8000(/follow/\S+)", text)
    assert link
    assert app.test_client().get(link.group(1)).status_code == 200
    rest = text.replace(link.group(1), "").replace(receipt.reference, "").lower()
    for word in ("leuk", "cancer", "cell", "gene", "transplant", "child", "zz", "0177"):
        assert word not in rest, word
    assert "zz" not in " ".join(value for name, value in letter.items() if name not in {"To", "X-RcptTo"}).lower()
    assert events(app) == [("receipt_sent", "mail")]
    assert "message_delivered" in rows(app, AuditRecord.action)


def test_a_letter_is_sent_once_though_the_worker_runs_again(make_app: Callable[..., Flask], mailbox: Sink) -> None:
    box, port = mailbox
    app = mailing(make_app, port)
    send(app)
    work(app)
    work(app)
    assert app.test_cli_runner().invoke(args=["worker", "--once"]).output == "0 jobs done\n"
    assert len(box.letters) == 1


def test_a_refusal_for_good_is_on_the_timeline_and_somebody_must_call(
    make_app: Callable[..., Flask], mailbox: Sink
) -> None:
    box, port = mailbox
    app = mailing(make_app, port)
    box.refuse = "550 no such person"
    receipt = send(app)
    work(app)
    assert box.letters == []
    assert events(app) == [("receipt_failed", "smtp_550")]
    assert rows(app, Case.next_step, Case.reference) == [("call_with_receipt", receipt.reference)]
    assert due_states(app) == {"done"}
    assert "message_failed" in rows(app, AuditRecord.action)


def test_a_refusal_for_now_is_tried_again_later(make_app: Callable[..., Flask], mailbox: Sink, clock: Any) -> None:
    box, port = mailbox
    app = mailing(make_app, port)
    box.refuse = "451 try later"
    send(app)
    work(app)
    assert (box.letters, events(app)) == ([], [])
    assert ("pending", "smtp_451", 1) in rows(app, Job.state, Job.fault, Job.attempts)
    box.refuse = ""
    work(app)
    assert box.letters == [], "not before its time"
    clock.shift(timedelta(minutes=1, seconds=1))
    work(app)
    assert len(box.letters) == 1
    assert events(app) == [("receipt_sent", "mail")]


def test_a_refusal_that_never_ends_is_given_up_and_somebody_must_call(
    make_app: Callable[..., Flask], mailbox: Sink, clock: Any
) -> None:
    box, port = mailbox
    app = mailing(make_app, port)
    box.refuse = "451 try later"
    send(app)
    for _try in range(MOST_ATTEMPTS):
        work(app)
        clock.shift(timedelta(hours=7))
    assert events(app) == [("receipt_failed", "smtp_451")]
    assert rows(app, Case.next_step) == ["call_with_receipt"]


def test_without_an_address_there_is_a_task_to_call_and_no_letter(app: Flask) -> None:
    receipt = send(app, contact_email="")
    assert rows(app, Task.kind, Task.case_id, Task.done_at) == [("call_with_receipt", receipt.case_id, None)]
    assert sorted(rows(app, Job.kind)) == ["look_at_promises", "mail_staff"]


def test_a_copied_database_mails_nobody(make_app: Callable[..., Flask], mailbox: Sink) -> None:
    box, port = mailbox
    app = mailing(make_app, port)
    send(app)
    copy = mailing(make_app, port, INSTANCE_ID="00000000-0000-4000-8000-000000000001")
    work(copy)
    assert copy.test_cli_runner().invoke(args=["worker", "--once"]).output == "0 jobs done\n"
    assert box.letters == []
    work(app)
    assert len(box.letters) == 1


@pytest.mark.parametrize(
    "stop", [Case.__table__.update().values(contact_stop=True), Party.__table__.update().values(silent=True)]
)
def test_a_stop_that_came_between_silences_the_letter(make_app: Callable[..., Flask], mailbox: Sink, stop: Any) -> None:
    box, port = mailbox
    app = mailing(make_app, port)
    send(app)
    set_rows(app, stop)
    work(app)
    assert (box.letters, events(app)) == ([], [])
    assert due_states(app) == {"done"}


def test_a_revoked_link_is_not_mailed(make_app: Callable[..., Flask], mailbox: Sink) -> None:
    box, port = mailbox
    app = mailing(make_app, port)
    receipt = send(app)
    set_rows(app, Link.__table__.update().values(revoked_at=Link.__table__.c.made_at))
    work(app)
    assert box.letters == []
    assert receipt.link_issue == 1


def test_where_tls_is_wanted_nothing_is_said_without_it(make_app: Callable[..., Flask], mailbox: Sink) -> None:
    box, port = mailbox
    app = mailing(make_app, port, MAIL_TLS="yes")
    send(app)
    work(app)
    assert box.letters == []
    assert ("pending", "SMTPNotSupportedError") in rows(app, Job.state, Job.fault)


def test_coordinators_of_the_program_are_told_with_reference_and_link_only(
    make_app: Callable[..., Flask], mailbox: Sink
) -> None:
    box, port = mailbox
    app = mailing(make_app, port)
    add_people(app)
    receipt = send(app, Kind.REFERRAL, referrer_email="", patient_given_name="Zzbarnaby")
    work(app)
    assert sorted(letter["To"] for letter in box.letters) == ["ana.ribeiro@example.org", "ben.okafor@example.org"]
    for letter in box.letters:
        assert f"http://127.0.0.1:8000/desk/cases/{receipt.reference}" in text_of(letter)
        assert "zz" not in letter.as_string().replace(receipt.reference, "").lower()


def test_one_dead_address_keeps_the_word_from_nobody_else(make_app: Callable[..., Flask], mailbox: Sink) -> None:
    box, port = mailbox
    app = mailing(make_app, port)
    add_people(app)
    box.refuse, box.only = "550 gone", "ana.ribeiro@example.org"
    send(app, contact_email="")
    work(app)
    assert [letter["To"] for letter in box.letters] == ["ben.okafor@example.org"]
    assert due_states(app) == {"done"}


def test_who_could_not_be_told_now_is_told_later_and_nobody_twice(
    make_app: Callable[..., Flask], mailbox: Sink, clock: Any
) -> None:
    box, port = mailbox
    app = mailing(make_app, port)
    add_people(app)
    box.refuse, box.only = "451 try later", "ana.ribeiro@example.org"
    send(app, contact_email="")
    work(app)
    assert [letter["To"] for letter in box.letters] == ["ben.okafor@example.org"]
    box.refuse = ""
    clock.shift(timedelta(minutes=1, seconds=1))
    work(app)
    assert [letter["To"] for letter in box.letters] == ["ben.okafor@example.org", "ana.ribeiro@example.org"]
    assert len({letter["Message-ID"] for letter in box.letters}) == 2


def test_where_nobody_could_be_told_the_jobs_stay(make_app: Callable[..., Flask], mailbox: Sink) -> None:
    box, port = mailbox
    app = mailing(make_app, port)
    add_people(app)
    box.refuse = "451 try later"
    send(app, contact_email="")
    work(app)
    waiting = [row for row in rows(app, Job.kind, Job.state, Job.fault) if row[0].startswith("mail_co")]
    assert waiting == [("mail_coordinator", "pending", "smtp_451")] * 2


def test_a_job_whose_rows_are_gone_is_done(app: Flask) -> None:
    send(app)
    with app.app_context():
        set_rows(app, Job.__table__.update().values(subject_id=None, case_id=None))
    work(app)
    assert due_states(app) == {"done"}
