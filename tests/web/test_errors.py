"""When something goes wrong: a friendly page with the phone number for each code, and a log line without a value."""

from __future__ import annotations

import json
import re
from collections.abc import Callable
from typing import Any

import pytest
from flask import Flask
from sqlalchemy.exc import OperationalError
from sqlalchemy.exc import TimeoutError as PoolTimeout
from werkzeug.exceptions import abort

from app.core.errors import Conflict, NotAllowed, NotFound, Refused
from app.web.access import public
from app.web.errors import WORDS
from tests.pages import Browser, check_page, words

pytestmark = pytest.mark.parametrize("make_app", ["sqlite"], indirect=True)
CANARY = "zqxvokwj"
RAISED: dict[str, tuple[int, Callable[[], Any]]] = {
    **{str(code): (code, lambda code=code: abort(code)) for code in sorted(WORDS)},  # type: ignore[misc]
    "teapot": (400, lambda: abort(418)), "gateway": (500, lambda: abort(502)),
    "fault": (500, lambda: int(CANARY)), "key": (500, lambda: dict[str, str]()[CANARY]),
    "database": (503, lambda: fail(OperationalError(f"select '{CANARY}'", {"name": CANARY}, Exception(CANARY)))),
    "pool": (503, lambda: fail(PoolTimeout(CANARY))), "missing": (404, lambda: fail(NotFound())),
    "forbidden": (403, lambda: fail(NotAllowed())), "refused": (400, lambda: fail(Refused("Say it another way."))),
    "conflict": (409, lambda: fail(Conflict("It was changed meanwhile.", mine="a", theirs="b"))),
}  # fmt: skip


def fail(error: Exception) -> None:
    """Raise it."""
    raise error


@pytest.fixture
def failing(app: Flask) -> Flask:
    """An app with a page that fails as it is told."""
    app.testing = False

    @public
    def broken(way: str) -> str:
        RAISED[way][1]()
        return ""

    app.add_url_rule("/broken/<way>", view_func=broken)
    return app


@pytest.mark.parametrize("way", list(RAISED))
def test_each_fault_ends_on_a_friendly_page(failing: Flask, way: str, capsys: pytest.CaptureFixture[str]) -> None:
    client = failing.test_client()
    answer = client.get(f"/broken/{way}")
    assert answer.status_code == RAISED[way][0]
    check_page(answer.text)
    title, advice = WORDS[answer.status_code]
    assert str(title) in words(answer)
    assert "555-01" in words(answer)
    assert "In an emergency, call 911" in words(answer)
    for leaked in (CANARY, "Traceback", ".py", "Error", "select"):
        assert leaked not in answer.text
    if way == "conflict":
        assert "It was changed meanwhile." in words(answer)
    elif way == "refused":
        assert "Say it another way." in words(answer)
    else:
        assert str(advice) in words(answer)
    assert answer.headers["Cache-Control"] == "no-store"


@pytest.mark.parametrize(("way", "kind"), [("fault", "ValueError at "), ("key", "KeyError at ")])
def test_a_fault_is_logged_by_type_and_place_without_what_was_typed(
    failing: Flask, way: str, kind: str, capfd: pytest.CaptureFixture[str], monkeypatch: pytest.MonkeyPatch
) -> None:
    lines: list[str] = []
    monkeypatch.setattr("app.web.errors.log", lambda: Lines(lines))
    failing.test_client().get(f"/broken/{way}")
    assert len(lines) == 1
    assert re.match(rf"{kind}.*tests/web/test_errors\.py:\d+$", json.loads(lines[0])["fault"])
    assert CANARY not in lines[0]
    out, err = capfd.readouterr()
    assert CANARY not in out + err
    assert "Traceback" not in out + err


class Lines:
    """Keeps log lines."""

    def __init__(self, lines: list[str]) -> None:
        self.lines = lines

    def error(self, event: str, **values: str) -> None:
        """One line."""
        self.lines.append(json.dumps({"event": event, **values}))


def test_a_redirect_is_no_error(failing: Flask) -> None:
    assert failing.test_client().get("/referral").status_code == 303


def test_a_page_that_is_not_there_says_how_to_go_on(failing: Flask) -> None:
    browser = Browser(failing.test_client())
    for path in ("/nothing", "/learn/nothing", "/inquiry/short/you", f"/inquiry/{'x' * 22}/nothing", "/follow/short"):
        answer = browser.get(path)
        assert answer.status_code == 404
        assert "Start again from the home page, or call us." in words(answer)
