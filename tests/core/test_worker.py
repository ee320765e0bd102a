"""The worker's thread: does jobs as they come, and stops when told."""

from __future__ import annotations

from flask import Flask
from sqlalchemy import select

from app.core.database import db
from app.core.jobs import Job
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
