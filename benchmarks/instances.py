"""Instance folders for measuring: keys, tables, one coordinator, and as many drawn cases as asked for."""

from __future__ import annotations

import sys
from pathlib import Path

import flask_migrate
from rich.progress import Progress

from app import create_app
from app.accounts.queries import find_user
from app.accounts.service import add_user
from app.core.actor import Role
from app.core.clock import now
from app.core.database import db, transaction
from app.core.keys import ensure_house_key
from app.core.sealing import write_master_key
from app.programs.service import current_program
from app.samples.load import generate
from benchmarks.harness import Target, token
from config import Settings

EMAIL, PASSWORD = "bench@example.org", "violet tandem marmalade 77"


def instance(folder: Path, cases: int = 0, url: str = "", seed: str = "v") -> Path:
    """Make what is not there yet."""
    settings = Settings.from_environment({"INSTANCE_DIR": str(folder), "DATABASE_URL": url, "LOG_LEVEL": "ERROR"})
    write_master_key(settings.master_key_file)
    app = create_app(settings)
    with app.app_context():
        flask_migrate.upgrade()
        ensure_house_key()
        with transaction() as session:
            if find_user(session, EMAIL) is None:
                desks = [desk.code for desk in current_program().desks]
                add_user(
                    session,
                    email=EMAIL,
                    name="Bench",
                    password=PASSWORD,
                    grants={desk: [Role.COORDINATOR] for desk in desks},
                )
        with Progress(disable=not sys.stderr.isatty()) as progress:
            task = progress.add_task(f"{cases} cases", total=cases)
            for done in generate(current_program(), cases, seed, now(), {}):
                progress.update(task, completed=done)
        db.session.remove()
        db.engine.dispose()
    return folder


def sign_in(target: Target) -> None:
    """To the desk."""
    _status, _where, page = target.ask("GET", "/sign-in")
    status, where, _page = target.ask(
        "POST", "/sign-in", {"csrf_token": token(page), "email": EMAIL, "password": PASSWORD}
    )
    if (status, where) != (303, "/desk"):
        message = f"the bench could not sign in: {status}"
        raise RuntimeError(message)
