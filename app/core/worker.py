"""The worker: does due jobs until told to stop. `flask worker` beside the web processes, or a thread in the demo."""

from __future__ import annotations

import signal
import threading
import time
from collections.abc import Callable, Mapping, Sequence
from types import FrameType

import click
from flask import Flask, current_app
from flask.cli import with_appcontext
from sqlalchemy.exc import SQLAlchemyError

from app.core.clock import now
from app.core.jobs import Handler, run_one, warn_of_foreign_jobs
from app.core.logs import log

PAUSE = 1.0
HOUR = 3600
LAST_JOB = 20.0  # seconds for what takes minutes; cut off, it is done again


def init_worker(
    app: Flask,
    handlers: Mapping[str, Handler],
    slow: frozenset[str],
    chores: Sequence[Callable[[], None]],
    before_each: Callable[[], None],
) -> None:
    """Keep the handlers, the hourly chores and what comes before each of them where the worker finds them."""
    app.extensions["job_handlers"], app.extensions["chores"] = handlers, (warn_of_foreign_jobs, *chores)
    app.extensions["before_job"] = before_each
    app.extensions["slow_jobs"] = slow
    app.cli.add_command(worker_command)


def work(app: Flask, stopped: threading.Event, pause: float = PAUSE) -> None:
    """Do jobs until told to stop: chores and kinds that may take minutes apart, so that no letter waits behind one."""
    handlers, slow = app.extensions["job_handlers"], app.extensions["slow_jobs"]
    quick = {kind: handler for kind, handler in handlers.items() if kind not in slow}
    apart = threading.Thread(
        target=do_jobs, args=(app, {kind: handlers[kind] for kind in slow}, stopped, pause), name="slow jobs",
        kwargs={"chores": True}, daemon=True,
    )  # fmt: skip
    apart.start()
    do_jobs(app, quick, stopped, pause)
    apart.join(timeout=LAST_JOB)


def do_jobs(
    app: Flask, handlers: Mapping[str, Handler], stopped: threading.Event, pause: float, *, chores: bool = False
) -> None:
    """One after another; wait a little when none is due. A database that is away is tried again."""
    tidied = float("-inf")
    while not stopped.is_set():
        if chores and time.monotonic() - tidied > HOUR:
            tidied = time.monotonic()
            tidy(app)
        if not step(app, handlers):
            stopped.wait(pause)


def step(app: Flask, handlers: Mapping[str, Handler]) -> bool:
    """One job in a context of its own; False when there was none or the database did not answer."""
    with app.app_context():
        try:
            app.extensions["before_job"]()
            return run_one(handlers, now)
        except SQLAlchemyError as error:
            log().error("worker_database", fault=type(error).__name__)
            return False


def tidy(app: Flask) -> None:
    """Do every chore; one that fails is tried again in an hour."""
    for chore in app.extensions["chores"]:
        with app.app_context():
            try:
                app.extensions["before_job"]()
                chore()
            except Exception as error:  # noqa: BLE001  one bad chore must never stop the jobs
                log().error("chore_failed", fault=type(error).__name__)


def start_in_process(app: Flask) -> Callable[[], None]:
    """Run the worker in a thread; returns what stops it."""
    stopped = threading.Event()
    thread = threading.Thread(target=work, args=(app, stopped), name="worker", daemon=True)
    thread.start()

    def stop() -> None:
        stopped.set()
        thread.join(timeout=30)

    return stop


@click.command("worker")
@with_appcontext
@click.option("--once", is_flag=True, help="Do what is due and end.")
def worker_command(*, once: bool) -> None:
    """Do the work that commits left behind: receipts, mails."""
    app = current_app._get_current_object()  # type: ignore[attr-defined]  # noqa: SLF001  threads need the app itself
    if once:
        tidy(app)
        done = 0
        while step(app, app.extensions["job_handlers"]):
            done += 1
        click.echo(f"{done} jobs done")
        return
    stopped = threading.Event()

    def stop(_signal: int, _frame: FrameType | None) -> None:
        stopped.set()

    signal.signal(signal.SIGTERM, stop)
    signal.signal(signal.SIGINT, stop)
    work(app, stopped)
