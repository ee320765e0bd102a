"""`flask demo` and `flask generate`."""

from __future__ import annotations

import socket
import sys
import tempfile
from collections.abc import Callable
from dataclasses import replace
from pathlib import Path

import click
from flask import Flask, current_app
from flask.cli import with_appcontext
from rich.progress import BarColumn, MofNCompleteColumn, Progress, TextColumn, TimeRemainingColumn

from app.accounts.queries import workers_of
from app.core.clock import now
from app.core.database import db
from app.core.sealing import write_master_key
from app.core.worker import start_in_process
from app.programs.service import hospital
from app.samples.check import CheckFailed, check
from app.samples.demo import Account, forget, prepare
from app.samples.load import generate
from app.web.server import serve_app, server_for
from config import Settings

PORT = 8000


def init_samples(app: Flask, create_app: Callable[[Settings], Flask]) -> None:
    """Offer the commands. `create_app` makes the demonstration's own app: the command's app has other settings."""
    app.cli.add_command(demo_command)
    app.cli.add_command(generate_command)
    app.extensions["create_app"] = create_app


@click.command("demo")
@with_appcontext
@click.option("--port", default=PORT, show_default=True, help="Port on loopback.")
@click.option("--check", "checking", is_flag=True, help="Try the whole way in a folder of its own, then end.")
def demo_command(port: int, *, checking: bool) -> None:
    """Load a synthetic week and serve it on this machine only."""
    if checking:
        with tempfile.TemporaryDirectory(prefix="wicket-check-") as folder:
            sys.exit(run_check(Path(folder)))
    app, accounts = build(Path(current_app.extensions["settings"].instance_dir), port)
    click.echo(f"\n  http://127.0.0.1:{port}/          for families and referrers")
    click.echo(f"  http://127.0.0.1:{port}/desk      for staff:\n")
    for account in accounts:
        click.echo(f"  {account.role:20} {account.email:36} {account.password}")
    click.echo("\n  Demonstration: no real patients. Stop with Ctrl-C; what was entered is kept.\n")
    stop = start_in_process(app)
    try:
        serve_app(app, "127.0.0.1", port)
    finally:
        stop()


def build(folder: Path, port: int) -> tuple[Flask, list[Account]]:
    """The demonstration's app over its folder, ready to serve."""
    given: Settings = current_app.extensions["settings"]
    settings = replace(
        Settings.from_environment(
            {"DEMO": "1", "INSTANCE_DIR": str(folder), "PROGRAM_DIR": str(given.program_dir), "CLAMD": given.clamd}
        ),
        public_url=f"http://127.0.0.1:{port}", worker_in_process=True, log_level="WARNING",
    )  # fmt: skip
    write_master_key(settings.master_key_file)
    app: Flask = current_app.extensions["create_app"](settings)
    return app, prepare(app, folder)


def run_check(folder: Path) -> int:
    """Serve on a free port, send, read back; 0 when all of it was found."""
    with socket.socket() as listener:
        listener.bind(("127.0.0.1", 0))
        port = listener.getsockname()[1]
    app, accounts = build(folder, port)
    server, stop = server_for(app, "127.0.0.1", port), start_in_process(app)
    try:
        with server.running():
            lines = check(f"http://127.0.0.1:{port}", accounts[0].email, accounts[0].password)
    except CheckFailed as failed:
        click.echo(f"check failed: {failed}", err=True)
        return 1
    finally:
        stop()
        forget(app)
    for line in lines:
        click.echo(f"check: {line}")
    return 0


@click.command("generate")
@with_appcontext
@click.option("--cases", type=click.IntRange(1), required=True, help="How many cases.")
@click.option(
    "--seed", default="1", show_default=True, help="The same seed makes the same cases and goes on where it stopped."
)
def generate_command(cases: int, seed: str) -> None:
    """Load believable synthetic cases of every kind, status and age. For measuring, never beside real ones."""
    settings = current_app.extensions["settings"]
    if not settings.demo and settings.https:
        message = "This address serves real families. Generate on a loopback address."
        raise click.ClickException(message)
    found = hospital()
    staff = {program.code: [one.id for one in workers_of(db.session(), (program.code,))] for program in found.programs}
    columns = (TextColumn("cases"), BarColumn(), MofNCompleteColumn(), TimeRemainingColumn())
    with Progress(*columns, disable=not sys.stderr.isatty()) as progress:
        task = progress.add_task("cases", total=cases)
        for done in generate(found, cases, seed, now(), staff):
            progress.update(task, completed=done)
    click.echo(f"{cases} cases are there (seed {seed}).")
