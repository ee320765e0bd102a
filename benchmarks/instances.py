"""Instance folders for measuring: keys, tables, one coordinator, and as many drawn cases as asked for."""

from __future__ import annotations

import sys
from pathlib import Path

import flask_migrate
from rich.progress import Progress
from sqlalchemy import create_engine, text

from app import create_app
from app.accounts.queries import find_user, workers_of
from app.accounts.service import add_user
from app.core.actor import Role
from app.core.clock import now
from app.core.database import db, transaction
from app.core.keys import ensure_house_key
from app.core.sealing import write_master_key
from app.programs.service import hospital
from app.samples.load import OPEN_SHARE, generate
from benchmarks.harness import Target, token
from config import Settings

EMAIL, PASSWORD = "bench@example.org", "violet tandem marmalade 77"
COLLEAGUES = tuple(f"colleague-{number}@example.org" for number in range(1, 10))


def instance(folder: Path, cases: int = 0, url: str = "", open_share: float = OPEN_SHARE) -> Path:
    """Make what is not there yet; the cases are shared out among ten coordinators."""
    settings = Settings.from_environment({"INSTANCE_DIR": str(folder), "DATABASE_URL": url, "LOG_LEVEL": "ERROR"})
    write_master_key(settings.master_key_file)
    app = create_app(settings)
    with app.app_context():
        flask_migrate.upgrade()
        ensure_house_key()
        codes = [program.code for program in hospital().programs]
        with transaction() as session:
            for email in () if find_user(session, EMAIL) else (EMAIL, *COLLEAGUES):
                grants = {code: [Role.COORDINATOR] for code in codes}
                add_user(session, email=email, name="Bench", password=PASSWORD, grants=grants)
        staff = {code: [one.id for one in workers_of(db.session(), (code,))] for code in codes}
        with Progress(disable=not sys.stderr.isatty()) as progress:
            task = progress.add_task(f"{cases} cases", total=cases)
            for done in generate(hospital(), cases, "v", now(), staff, open_share=open_share):
                progress.update(task, completed=done)
        db.session.remove()
        db.engine.dispose()
    return folder


def database(server: str, name: str, *, keep: bool = False) -> str:
    """The address of a PostgreSQL database that is made here, empty unless it is kept; nothing for SQLite."""
    if not server:
        return ""
    with create_engine(f"{server}postgres", isolation_level="AUTOCOMMIT").connect() as connection:
        known = connection.execute(text("select 1 from pg_database where datname = :name"), {"name": name}).first()
        if known and not keep:
            connection.execute(text(f"drop database {name} with (force)"))
        if not (known and keep):
            connection.execute(text(f"create database {name}"))
    return server + name


def sign_in(target: Target) -> None:
    """To the desk."""
    _status, _where, page = target.ask("GET", "/sign-in")
    status, where, _page = target.ask(
        "POST", "/sign-in", {"csrf_token": token(page), "email": EMAIL, "password": PASSWORD}
    )
    if (status, where) != (303, "/desk"):
        message = f"the bench could not sign in: {status}"
        raise RuntimeError(message)
