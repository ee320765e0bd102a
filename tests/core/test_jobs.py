"""Jobs: exactly once by several workers, again after a lease that ran out, given up at last, never another's."""

from __future__ import annotations

import os
import signal
import subprocess
import sys
import threading
from collections import Counter
from collections.abc import Callable, Iterator
from concurrent.futures import ThreadPoolExecutor
from datetime import timedelta
from typing import Any

import pytest
from flask import Flask
from sqlalchemy import select, update

from app.accounts.models import User
from app.core.clock import now
from app.core.database import db, transaction
from app.core.ids import new_id
from app.core.jobs import LEASE, MOST_ATTEMPTS, ClaimedJob, Job, Later, claim, enqueue, job_row, run_one
from app.core.worker import step, tidy
from config import ROOT


@pytest.fixture
def inside(app: Flask) -> Iterator[Flask]:
    """The app, to be asked."""
    with app.app_context():
        yield app
        db.session.remove()


def put(*kinds: str, **more: Any) -> None:
    """Write jobs that are due."""
    with transaction() as session:
        enqueue(session, [job_row(session, kind, dedupe_key=f"{kind}:{new_id()}", at=now(), **more) for kind in kinds])


def job(*columns: Any) -> Any:
    """Columns of the only job."""
    db.session.rollback()
    return db.session.execute(select(*columns)).one()


def test_several_workers_do_each_job_exactly_once(app: Flask) -> None:
    done: Counter[Any] = Counter()
    lock = threading.Lock()

    def handler(one: ClaimedJob) -> None:
        with lock:
            done[one.id] += 1

    def drain(_number: int) -> None:
        while step(app, {"k": handler}):
            pass

    with app.app_context():
        put(*["k"] * 60)
    with ThreadPoolExecutor(4) as pool:
        list(pool.map(drain, range(4)))
    assert len(done) == 60
    assert set(done.values()) == {1}
    with app.app_context():
        assert set(db.session.execute(select(Job.state)).scalars()) == {"done"}


def test_a_handler_is_given_what_was_written(inside: Flask) -> None:
    seen: list[Any] = []
    subject = new_id()
    put("k", subject_id=subject, payload={"word": "ü"})
    assert b"word" not in job(Job.payload)[0]
    assert run_one({"k": lambda one: seen.append((one.subject_id, one.opened(), one.attempts))}, now)
    assert seen == [(subject, {"word": "ü"}, 1)]
    put("k")
    run_one({"k": lambda one: seen.append(one.opened())}, now)
    assert seen[1] == {}


def test_a_known_dedupe_key_is_left_alone(inside: Flask) -> None:
    for _time in range(2):
        with transaction() as session:
            enqueue(session, [job_row(session, "k", dedupe_key="same", at=now())])
    assert len(db.session.execute(select(Job.id)).all()) == 1


def test_what_is_not_due_or_has_no_handler_waits(inside: Flask) -> None:
    put("k", due_at=now() + timedelta(hours=1))
    put("unknown")
    assert not run_one({"k": lambda _one: None}, now)


def test_a_lease_that_ran_out_is_taken_again_and_no_sooner(inside: Flask) -> None:
    put("k")
    at = now()
    with transaction() as session:
        first = claim(session, at, ("k",))
    for moment, found in ((at, False), (at + LEASE, False), (at + LEASE + timedelta(seconds=1), True)):
        with transaction() as session:
            second = claim(session, moment, ("k",))
        assert (second is not None) == found, moment
    assert first is not None
    assert second is not None
    assert (first.id, first.attempts, second.attempts) == (second.id, 1, 2)


def test_a_failing_job_backs_off_and_is_given_up_after_twelve_tries(inside: Flask) -> None:
    def fail(_one: ClaimedJob) -> None:
        message = "busy"
        raise Later(message)

    put("k")
    at, waits = now() + timedelta(seconds=1), []
    for _try in range(MOST_ATTEMPTS):
        assert run_one({"k": fail}, lambda at=at: at)  # type: ignore[misc]
        state, due_at, fault = job(Job.state, Job.due_at, Job.fault)
        waits.append(int((due_at - at).total_seconds() // 60))
        assert fault == "busy"
        assert not run_one({"k": fail}, lambda at=at: at), "not before its time"  # type: ignore[misc]
        at = due_at
    assert waits == [1, 2, 4, 8, 16, 32, 64, 128, 256, 360, 360, 360]
    assert state == "failed"
    assert not run_one({"k": fail}, lambda: at + timedelta(days=30))


DIES = """
import os, signal
from app import create_app
from app.core.clock import now
from app.core.jobs import run_one
with create_app().app_context():
    run_one({"k": lambda _job: os.kill(os.getpid(), signal.SIGKILL)}, now)
"""


def test_a_job_that_kills_its_worker_is_given_up_too(
    make_app: Callable[..., Flask], capsys: pytest.CaptureFixture[str]
) -> None:
    app = make_app()

    def die() -> None:
        settings = app.extensions["settings"]
        where = {"INSTANCE_DIR": str(settings.instance_dir), "DATABASE_URL": settings.database_url}
        ended = subprocess.run([sys.executable, "-c", DIES], cwd=ROOT, env={**os.environ, **where}, check=False)
        assert ended.returncode == -signal.SIGKILL

    with app.app_context():
        put("k")
        die()
        assert job(Job.state, Job.attempts) == ("leased", 1)
        with transaction() as session:  # ten more have died since
            session.execute(update(Job).values(attempts=MOST_ATTEMPTS - 1, lease_until=now() - LEASE))
        die()
        assert job(Job.state, Job.attempts) == ("leased", MOST_ATTEMPTS)
        done: list[Any] = []
        put("good")
        later = now() + 2 * LEASE
        while run_one({"k": done.append, "good": done.append}, lambda: later):
            pass
        assert [one.kind for one in done] == ["good"], "never once more"
        db.session.rollback()
        states = dict(db.session.execute(select(Job.kind, Job.state)).all())
        assert states == {"k": "failed", "good": "done"}
        assert db.session.execute(select(Job.fault).where(Job.kind == "k")).scalar_one() == "NeverReturned"
        assert '"fault": "NeverReturned"' in capsys.readouterr().err
        db.session.remove()


def test_a_job_of_another_instance_is_never_run(make_app: Callable[..., Flask]) -> None:
    mine, copy = make_app(), make_app(INSTANCE_ID=str(new_id()))
    with mine.app_context():
        put("k")
    assert not step(copy, {"k": lambda _one: None})
    assert step(mine, {"k": lambda _one: None})


def test_a_copy_says_how_many_jobs_it_leaves_alone(
    make_app: Callable[..., Flask], capsys: pytest.CaptureFixture[str]
) -> None:
    mine, copy = make_app(), make_app(INSTANCE_ID=str(new_id()))
    with mine.app_context():
        put("k", "k")
    tidy(mine)
    assert "jobs_of_another_instance_refused" not in capsys.readouterr().err
    tidy(copy)
    assert '"count": 2, "event": "jobs_of_another_instance_refused"' in capsys.readouterr().err


def test_a_handler_that_raises_or_leaves_things_undone_stops_no_other(inside: Flask) -> None:
    done = []

    def untidy(_one: ClaimedJob) -> None:
        db.session.add(User(id=new_id(), email="left.behind@example.org"))
        message = "secret words"
        raise ValueError(message)

    put("bad")
    put("good")
    while run_one({"bad": untidy, "good": lambda one: done.append(one.id)}, now):
        pass
    assert len(done) == 1
    db.session.rollback()
    assert db.session.execute(select(Job.state, Job.fault).order_by(Job.kind)).all() == [
        ("pending", "ValueError"), ("done", None),
    ]  # fmt: skip
    assert db.session.execute(select(User.id)).all() == []


def test_a_payload_that_was_edited_stops_no_other_job(inside: Flask) -> None:
    done = []
    put("k", payload={"a": 1})
    with transaction() as session:
        session.execute(update(Job).values(payload=b"x" * 60))
    put("good")
    handlers = {"k": lambda one: one.opened(), "good": lambda one: done.append(one.id)}
    while run_one(handlers, now):
        pass
    assert len(done) == 1
    assert db.session.execute(select(Job.fault).where(Job.kind == "k")).scalar_one() == "SealBroken"


def test_a_chore_that_raises_stops_neither_the_next_one_nor_the_worker(app: Flask) -> None:
    done = []

    def bad() -> None:
        raise RuntimeError

    app.extensions["chores"] = (bad, lambda: done.append(1))
    tidy(app)
    assert done == [1]


def test_a_database_that_is_away_is_tried_again(
    make_app: Callable[..., Flask], capsys: pytest.CaptureFixture[str]
) -> None:
    app = make_app()
    with app.app_context(), transaction() as session:
        session.connection().exec_driver_sql("alter table job rename to gone")
    assert not step(app, {"k": lambda _one: None})
    assert "worker_database" in capsys.readouterr().err
