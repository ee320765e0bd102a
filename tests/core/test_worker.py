"""The worker's thread: does jobs as they come, and stops when told."""

from __future__ import annotations

import threading

from flask import Flask
from sqlalchemy import select

from app.core.clock import now
from app.core.database import db, transaction
from app.core.jobs import ClaimedJob, Job, enqueue, job_row
from app.core.worker import start_in_process
from tests.sending import send
from tests.services import wait_for


def test_the_thread_does_what_comes_and_stops_when_told(app: Flask) -> None:
    stop = start_in_process(app)
    try:
        send(app)

        def all_done() -> None:
            with app.app_context():
                states = set(db.session.execute(select(Job.state)).scalars())
                db.session.remove()
            assert states == {"done"}

        wait_for(all_done)
    finally:
        stop()
    send(app, contact_email="")
    with app.app_context():
        assert db.session.execute(select(Job.id).where(Job.state == "pending")).all()


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
                states = {row.kind: row.state for row in db.session.execute(select(Job.kind, Job.state))}
                db.session.remove()
            assert states.pop("scan_file") == "leased"
            assert set(states.values()) == {"done"}

        wait_for(letters_done)
    finally:
        let.set()
        stop()
