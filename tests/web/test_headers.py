"""What every answer tells the browser: only our own files, no frame, nothing personal kept."""

from __future__ import annotations

import re

import pytest
from flask import Flask

from app.cases.domain import Kind
from app.core.logs import init_logs
from tests.doors import begin, fill_and_send
from tests.pages import Browser

pytestmark = pytest.mark.parametrize("make_app", ["sqlite"], indirect=True)


def test_the_policy_allows_own_files_only(app: Flask) -> None:
    client = app.test_client()
    for path in ("/", "/inquiry", "/nothing", "/healthz", "/static/site.css", "/desk"):
        headers = client.get(path, buffered=True).headers
        policy = headers["Content-Security-Policy"]
        rules = dict(rule.strip().split(" ", 1) for rule in policy.split(";"))
        assert rules["default-src"] == "'none'"
        assert rules["frame-ancestors"] == "'none'"
        assert rules["base-uri"] == "'none'"
        assert rules["form-action"] == "'self'"
        assert set(re.sub(r"'(self|none)'", "", " ".join(rules.values())).split()) == set()
        assert headers["X-Frame-Options"] == "DENY"
        assert headers["X-Content-Type-Options"] == "nosniff"


def test_nothing_personal_is_kept_by_a_browser_or_found_by_a_search_engine(staffed: Flask) -> None:
    browser = Browser(staffed.test_client())
    form = begin(browser, Kind.INQUIRY)
    sent = fill_and_send(browser, Kind.INQUIRY)
    browser.sign_in()
    for path in (f"{form}/you", f"{form}/check", f"{sent}/sent", "/desk", "/sign-in", "/inquiry", f"{form}/nothing"):
        headers = browser.get(path).headers
        assert headers["Cache-Control"] == "no-store", path
        assert headers["X-Robots-Tag"] == "noindex, nofollow", path
    for path in ("/", "/privacy", "/accessibility"):
        assert browser.get(path).headers["Cache-Control"] == "no-cache"


def test_a_log_line_holds_the_pattern_of_a_path_and_nothing_of_the_path(
    app: Flask, capsys: pytest.CaptureFixture[str]
) -> None:
    init_logs(app.extensions["settings"])  # to the standard error of this very test
    client = app.test_client()
    paths = ("/inquiry/{}/you", "/inquiry/{}", "/follow/{}", "/follow/{}/more", "/desk/cases/{}", "/{}", "/desk/{}")
    for path in paths:
        client.get(path.format("Itzel.Quill@example.org"))
        client.get(path.format("zqx-0123456789"))
    lines = capsys.readouterr().err
    assert lines.count('"request"') >= 2 * len(paths)
    assert '"path": "/inquiry/<handle>/<slug>"' in lines
    assert "Itzel" not in lines
    assert "zqx" not in lines


def test_plain_http_on_loopback_promises_no_https(app: Flask) -> None:
    answer = app.test_client().get("/inquiry")
    assert "Strict-Transport-Security" not in answer.headers
    assert answer.headers["Set-Cookie"].startswith("session=")
    assert "SameSite=Lax" in answer.headers["Set-Cookie"]
