"""The worker's thread: does jobs as they come, and stops when told."""

from __future__ import annotations

import threading
from collections.abc import Callable
from pathlib import Path
from typing import Any

from flask import Flask
from sqlalchemy import select

from app.cases.paging import on_call_of
from app.core.clock import now
from app.core.database import db, transaction
from app.core.jobs import ClaimedJob, Job, enqueue, job_row
from app.core.worker import start_in_process
from tests.cases.test_letters import due_states, mailing
from tests.folders import look_again
from tests.paging import FELLOW_MAIL, page_by_mail
from tests.sending import send, work
from tests.services import Mailbox, wait_for


def test_the_thread_does_what_comes_and_stops_when_told(app: Flask) -> None:
    stop = start_in_process(app)
    try:
        send(app)

        def all_done() -> None:
            assert due_states(app) == {"done"}

        wait_for(all_done)
    finally:
        stop()
    send(app, contact_email="")
    with app.app_context():
        assert db.session.execute(select(Job.id).where(Job.state == "pending", Job.due_at <= now())).all()


def test_a_letter_does_not_wait_behind_a_job_that_takes_minutes(app: Flask) -> None:
    begun, let = threading.Event(), threading.Event()

    def slow(_job: ClaimedJob) -> None:
        begun.set()
        assert let.wait(60)

    app.extensions["job_handlers"] = {**app.extensions["job_handlers"], "scan_file": slow}
    with app.app_context(), transaction() as session:
        enqueue(session, [job_row(session, "scan_file", dedupe_key="slow", at=now())])
    stop = start_in_process(app)
    try:
        assert begun.wait(30)
        send(app)

        def letters_done() -> None:
            with app.app_context():
                states = {
                    row.kind: row.state
                    for row in db.session.execute(select(Job.kind, Job.state).where(Job.due_at <= now()))
                }
                db.session.remove()
            assert states.pop("scan_file") == "leased"
            assert set(states.values()) == {"done"}

        wait_for(letters_done)
    finally:
        let.set()
        stop()


def test_the_worker_follows_a_list_that_another_process_put_in_force(
    make_app: Callable[..., Flask], mailbox: tuple[Mailbox, int], folder: Path, clock: Any
) -> None:
    web, worker = make_app(), mailing(make_app, mailbox[1])
    work(worker)
    with worker.app_context():
        assert on_call_of("cart") == ()
    page_by_mail(web, folder)
    send(web, in_hospital_now="yes", contact_email="")
    look_again(worker)
    work(worker)
    assert [letter["To"] for letter in mailbox[0].letters] == [FELLOW_MAIL]
