"""An app with the accounts room and a desk of one page to write on; people; a browser that fills forms in."""

from __future__ import annotations

import os
import re
from collections.abc import Callable, Iterator
from datetime import UTC, datetime
from html import unescape
from pathlib import Path
from typing import Any

import pytest
import time_machine
from flask import Blueprint, Flask, render_template_string, request
from flask.testing import FlaskClient
from flask_wtf.csrf import CSRFError
from jinja2 import ChoiceLoader, DictLoader
from sqlalchemy import select
from werkzeug.test import TestResponse

from app import create_app
from app.accounts.routes import keep_what_was_typed
from app.accounts.service import add_user
from app.accounts.sessions import does_not_extend
from app.audit.models import AuditRecord
from app.core.actor import Permission, Role
from app.core.database import Base, db, transaction
from app.core.keys import ensure_house_key
from app.core.sealing import write_master_key
from app.web.access import current_actor, requires
from config import Settings

MONDAY = datetime(2030, 1, 7, 15, 0, tzinfo=UTC)
PROGRAM = "cart"
PASSWORD = "violet tandem marmalade 77"
PEOPLE = (
    ("ana.ribeiro@example.org", "Ana Ribeiro", Role.COORDINATOR),
    ("ben.okafor@example.org", "Ben Okafor", Role.COORDINATOR),
    ("ada.lindqvist@example.org", "Ada Lindqvist", Role.ADMINISTRATOR),
)


class Browser:
    """One person's browser: keeps cookies, sends the hidden fields of the last page back."""

    def __init__(self, client: FlaskClient) -> None:
        self.client = client
        self.page = ""

    def get(self, path: str, **more: Any) -> TestResponse:
        """Open a page."""
        return self._seen(self.client.get(path, **more))

    def post(self, path: str, fields: dict[str, Any], **more: Any) -> TestResponse:
        """Send fields with the last page's token."""
        return self._seen(
            self.client.post(path, data={"csrf_token": self.hidden("csrf_token"), **fields}, **more)
        )

    def hidden(self, name: str) -> str:
        """The value of a field of the last page."""
        found = re.search(rf'name="{name}" value="([^"]*)"', self.page)
        return unescape(found.group(1)) if found else ""

    def sign_in(self, person: str = "ana.ribeiro", password: str = PASSWORD, **fields: str) -> TestResponse:
        """Sign in with the form."""
        if not self.hidden("csrf_token"):
            self.get("/sign-in")
        email = person if "@" in person else f"{person}@example.org"
        return self.post("/sign-in", {"email": email, "password": password, **fields})

    def write(self, note: str, **fields: Any) -> TestResponse:
        """Write a note on the pretended desk."""
        return self.post("/pretended/cases/7KQ4-M2XH-9/note", {"note": note, **fields})

    def _seen(self, response: TestResponse) -> TestResponse:
        self.page = response.get_data(as_text=True)
        return response


class Desk:
    """A pretended desk: what reached it, in order."""

    def __init__(self) -> None:
        self.written: list[dict[str, list[str]]] = []
        self.room = Blueprint("pretended", __name__, url_prefix="/pretended")
        self.room.add_url_rule("/queue", "queue", requires(Permission.READ_CASES)(queue))
        self.room.add_url_rule("/pulse", "pulse", does_not_extend(requires(Permission.READ_CASES)(pulse)))
        self.room.add_url_rule("/people", "people", requires(Permission.MANAGE_USERS)(queue_of_nobody))
        self.room.add_url_rule("/cases/<reference>/note", "note", self.view_of_note(), methods=["POST"])
        self.room.register_error_handler(CSRFError, keep_what_was_typed)

    def view_of_note(self) -> Any:
        """Something that changes when it is executed."""

        @requires(Permission.WORK_CASES)
        def note(reference: str) -> str:
            self.written.append(request.form.to_dict(flat=False))
            return f"Kept on {reference}"

        return note


def queue() -> str:
    """A page to read, with the token for a note."""
    token = render_template_string('<input name="csrf_token" value="{{ csrf_token() }}">')
    return f"{token} Queue of {current_actor().name}"


def pulse() -> str:
    """What a page would ask by itself."""
    return "1"


def queue_of_nobody() -> str:
    """A page for administrators."""
    return "People"


@pytest.fixture
def desk() -> Desk:
    """The pretended desk, its notes empty."""
    return Desk()


@pytest.fixture
def staffed(app: Flask, desk: Desk) -> Flask:
    """The app with that desk and three people."""
    app.register_blueprint(desk.room)
    with app.app_context(), transaction() as session:
        for email, name, role in PEOPLE:
            add_user(session, email=email, name=name, password=PASSWORD, grants={PROGRAM: [role]})
    return app


@pytest.fixture
def browser(staffed: Flask) -> Browser:
    """A browser that nobody signed in with."""
    return Browser(staffed.test_client())


@pytest.fixture
def other_browser(staffed: Flask) -> Browser:
    """Another one."""
    return Browser(staffed.test_client())


@pytest.fixture
def trail(staffed: Flask) -> Any:
    """The actions in the trail, oldest first."""

    def read() -> list[str]:
        with staffed.app_context():
            rows = db.session.execute(select(AuditRecord.action).order_by(AuditRecord.at, AuditRecord.id))
            return [str(action) for action in rows.scalars()]

    return read


# Stands in for the desk's frame only while this room is tested without the desk.
FRAME = "<!doctype html><title>{% block title %}{% endblock %}</title>{% block main %}{% endblock %}"


def build(settings: Settings) -> Flask:
    """The app, in tests."""
    app = create_app(settings)
    app.testing = True
    loaders = [app.jinja_loader] if app.jinja_loader else []
    app.jinja_loader = ChoiceLoader([*loaders, DictLoader({"desk_layout.html": FRAME})])
    return app


@pytest.fixture(params=["sqlite", "postgresql"])
def app(request: pytest.FixtureRequest, tmp_path: Path) -> Iterator[Flask]:
    """An app over an empty database of each kind."""
    url = os.environ.get("TEST_DATABASE_URL", "") if request.param == "postgresql" else ""
    if request.param == "postgresql" and not url:
        pytest.skip("TEST_DATABASE_URL names no PostgreSQL database")
    write_master_key(tmp_path / "master.key")
    app = build(Settings.from_environment({"INSTANCE_DIR": str(tmp_path), "DATABASE_URL": url}))
    with app.app_context():
        Base.metadata.drop_all(db.engine)
        Base.metadata.create_all(db.engine)
        ensure_house_key()
    yield app
    close(app)


@pytest.fixture
def restart(staffed: Flask) -> Iterator[Callable[[], Browser]]:
    """A new process over the same database, with a fresh browser before it."""
    made: list[Flask] = []

    def again() -> Browser:
        made.append(build(staffed.extensions["settings"]))
        return Browser(made[-1].test_client())

    yield again
    for app in made:
        close(app)


def close(app: Flask) -> None:
    """Let go of the database."""
    with app.app_context():
        db.session.remove()
        db.engine.dispose()


@pytest.fixture
def clock() -> Any:
    """Monday, 15:00 UTC; moved by hand."""
    with time_machine.travel(MONDAY, tick=False) as traveller:
        yield traveller
