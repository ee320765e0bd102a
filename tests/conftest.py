"""An app over an empty migrated database of each kind, people of each role, and a browser that checks every page."""

from __future__ import annotations

import shutil
from collections.abc import Callable, Iterator
from contextlib import ExitStack
from datetime import UTC, datetime
from pathlib import Path
from typing import Any

import flask_migrate
import pytest
import time_machine
from flask import Flask

from app import create_app
from app.accounts.service import add_user
from app.core.actor import Role
from app.core.database import db, transaction
from app.core.keys import ensure_house_key
from app.core.sealing import write_master_key
from app.programs.service import apply_first
from config import Settings
from tests.pages import PASSWORD, Browser
from tests.services import Mailbox, PostgreSQL, postgresql_server, served, smtp_sink

MONDAY = datetime(2030, 1, 7, 15, 0, tzinfo=UTC)  # 10 am in Boston
DESKS = ("cart", "gene_therapy", "transplant")
PEOPLE = (
    ("ana.ribeiro", "Ana Ribeiro", Role.COORDINATOR, DESKS),
    ("ben.okafor", "Ben Okafor", Role.COORDINATOR, ("cart",)),
    ("ruth.amsel", "Ruth Amsel", Role.CLINICIAN_REVIEWER, DESKS),
    ("otis.varga", "Otis Varga", Role.ON_CALL_CLINICIAN, ("cart",)),
    ("mina.dalgaard", "Mina Dalgaard", Role.MANAGER, DESKS),
    ("petra.quist", "Petra Quist", Role.PRIVACY_OFFICER, DESKS),
    ("ada.lindqvist", "Ada Lindqvist", Role.ADMINISTRATOR, DESKS),
)


def settings_for(folder: Path, url: str = "", **more: str) -> Settings:
    """Settings over a folder, with a master key in it. Limits are off unless a test sets them."""
    write_master_key(folder / "master.key")
    return Settings.from_environment(
        {
            "INSTANCE_DIR": str(folder), "DATABASE_URL": url, "LIMIT_DRAFT_POSTS": "0", "LIMIT_ADDRESS_POSTS": "0",
            "LIMIT_ADDRESS_STARTS": "0", "MINIMUM_FILL_SECONDS": "0", **more,
        }
    )  # fmt: skip


def build(settings: Settings) -> Flask:
    """The app, in tests."""
    app = create_app(settings)
    app.testing = True
    return app


def migrate(app: Flask) -> None:
    """Every table, the house's key, and the shipped program in force."""
    with app.app_context():
        flask_migrate.upgrade()
        ensure_house_key()
        apply_first()


def close(app: Flask) -> None:
    """Let go of the database."""
    with app.app_context():
        db.session.remove()
        db.engine.dispose()


@pytest.fixture(scope="session")
def postgresql() -> Iterator[PostgreSQL]:
    """A server for the whole run."""
    with postgresql_server() as server:
        yield server


@pytest.fixture(scope="session")
def sqlite_template(tmp_path_factory: pytest.TempPathFactory) -> Path:
    """A migrated SQLite database with its key, to be copied."""
    folder = tmp_path_factory.mktemp("template")
    app = build(settings_for(folder))
    migrate(app)
    close(app)
    return folder


@pytest.fixture(scope="session")
def postgresql_template(postgresql: PostgreSQL, sqlite_template: Path) -> str:
    """A migrated PostgreSQL database, under the same master key."""
    name = postgresql.create()
    app = build(settings_for(sqlite_template, postgresql.url(name)))
    migrate(app)
    close(app)
    return name


@pytest.fixture(params=["sqlite", "postgresql"])
def make_app(request: pytest.FixtureRequest, tmp_path: Path, sqlite_template: Path) -> Iterator[Callable[..., Flask]]:
    """Makes apps ("processes") over one empty database of each kind; settings by keyword."""
    shutil.copytree(sqlite_template, tmp_path, dirs_exist_ok=True)
    with ExitStack() as stack:
        url = ""
        if request.param == "postgresql":
            server: PostgreSQL = request.getfixturevalue("postgresql")
            name = server.create(request.getfixturevalue("postgresql_template"))
            stack.callback(server.drop, name)
            url = server.url(name)

        def make(**more: str) -> Flask:
            app = build(settings_for(tmp_path, url, **more))
            stack.callback(close, app)
            return app

        yield make


@pytest.fixture
def app(make_app: Callable[..., Flask]) -> Flask:
    """An app over an empty database."""
    return make_app()


@pytest.fixture
def staffed(app: Flask) -> Flask:
    """The same, with a person of each role."""
    add_people(app)
    return app


def add_people(app: Flask) -> None:
    """One person of each role; a second coordinator of one program only."""
    with app.app_context(), transaction() as session:
        for login, name, role, desks in PEOPLE:
            add_user(
                session, email=f"{login}@example.org", name=name, password=PASSWORD,
                grants={desk: [role] for desk in desks},
            )  # fmt: skip


@pytest.fixture
def folder(tmp_path: Path) -> Path:
    """A copy of the shipped program folder, to be edited."""
    return Path(shutil.copytree(Settings().program_dir, tmp_path / "edited"))


@pytest.fixture
def browser(app: Flask) -> Browser:
    """A family's or a referrer's browser."""
    return Browser(app.test_client())


@pytest.fixture
def desk(staffed: Flask) -> Browser:
    """A coordinator's browser, signed in."""
    browser = Browser(staffed.test_client())
    assert browser.sign_in().status_code == 303
    return browser


@pytest.fixture
def live(app: Flask) -> Iterator[str]:
    """The app under waitress; its address."""
    with served(app) as address:
        yield address


@pytest.fixture
def mailbox() -> Iterator[tuple[Mailbox, int]]:
    """A mail server that keeps what arrives, and its port."""
    with smtp_sink() as sink:
        yield sink


@pytest.fixture
def clock() -> Iterator[Any]:
    """Monday, 15:00 UTC; moved by hand."""
    with time_machine.travel(MONDAY, tick=False) as traveller:
        yield traveller
