"""An app with the accounts room and a desk of one page to write on; people; a browser that fills forms in."""

from __future__ import annotations

from collections.abc import Callable
from typing import Any

import pytest
from flask import Blueprint, Flask, render_template_string, request
from flask_wtf.csrf import CSRFError
from sqlalchemy import select
from werkzeug.test import TestResponse

from app.accounts.routes import keep_what_was_typed
from app.accounts.service import add_user
from app.accounts.sessions import does_not_extend
from app.audit.models import AuditRecord
from app.core.actor import Permission, Role
from app.core.database import db, transaction
from app.web.access import current_actor, requires
from tests.pages import PASSWORD
from tests.pages import Browser as Plain

PROGRAM = "cart"
PEOPLE = (
    ("ana.ribeiro@example.org", "Ana Ribeiro", Role.COORDINATOR),
    ("ben.okafor@example.org", "Ben Okafor", Role.COORDINATOR),
    ("ada.lindqvist@example.org", "Ada Lindqvist", Role.ADMINISTRATOR),
)


class Browser(Plain):
    """A browser with the pretended desk's one act."""

    def write(self, note: str, **fields: Any) -> TestResponse:
        """Write a note on the pretended desk."""
        return self.post("/pretended/cases/7KQ4-M2XH-9/note", {"note": note, **fields})

    def seen(self, response: TestResponse) -> TestResponse:
        """The pretended pages are no whole pages."""
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


@pytest.fixture
def restart(staffed: Flask, make_app: Callable[..., Flask]) -> Callable[[], Browser]:
    """A new process over the same database, with a fresh browser before it."""
    return lambda: Browser(make_app().test_client())
