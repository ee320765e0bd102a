"""Sessions: begun afresh, read in one statement, and ended by idleness, age, sign-out and disabling."""

from __future__ import annotations

from datetime import UTC, datetime, timedelta
from typing import Any

import pytest
from flask import Flask
from sqlalchemy import event

from app.accounts.queries import find_user
from app.accounts.service import disable_user, end_sessions, reset_password
from app.core.actor import Actor, ActorKind
from app.core.database import db, transaction

ANA = "ana.ribeiro@example.org"


def minutes(count: int) -> timedelta:
    return timedelta(minutes=count)


def test_signing_in_throws_away_what_the_cookie_held(browser: Any) -> None:
    with browser.client.session_transaction() as before:
        before["planted"] = "by somebody else"
    browser.sign_in()
    with browser.client.session_transaction() as after:
        assert "planted" not in after
        assert {"user_id", "signed_in_at", "seen_at"} <= set(after)


def test_a_session_ends_when_it_is_not_used(browser: Any, clock: Any) -> None:
    browser.sign_in()
    for _request in range(4):
        clock.shift(minutes(14))
        assert browser.get("/pretended/queue").status_code == 200
    clock.shift(minutes(15))
    sent = browser.get("/pretended/queue")
    assert "after 15 minutes" in browser.get(sent.location).text


def test_a_page_that_asks_by_itself_keeps_nobody_signed_in(browser: Any, clock: Any) -> None:
    browser.sign_in()
    for _request in range(7):
        clock.shift(minutes(2))
        assert browser.get("/pretended/pulse").status_code == 200
    clock.shift(minutes(1))
    assert browser.get("/pretended/pulse", headers={"Sec-Fetch-Dest": "empty"}).status_code == 401


def test_a_session_ends_after_twelve_hours_whatever_happens(browser: Any, clock: Any) -> None:
    browser.sign_in()
    for _request in range(71):
        clock.shift(minutes(10))
        assert browser.get("/pretended/queue").status_code == 200
    clock.shift(minutes(10))
    sent = browser.get("/pretended/queue")
    assert "ended=absolute" in sent.location


@pytest.mark.parametrize("act", ["disable", "reset"])
def test_a_closed_account_or_a_new_password_ends_the_session_at_the_next_request(
    staffed: Flask, browser: Any, act: str
) -> None:
    browser.sign_in()
    with staffed.app_context(), transaction() as session:
        if act == "disable":
            disable_user(session, email=ANA)
        else:
            reset_password(session, email=ANA, password="another violet marmalade")
    assert "ended=revoked" in browser.get("/pretended/queue").location


def test_signing_out_ends_every_copy_of_the_session(browser: Any, other_browser: Any, trail: Any) -> None:
    browser.sign_in()
    stolen = browser.client.get_cookie("session").value
    browser.get("/pretended/queue")
    assert browser.get("/sign-out").status_code in {404, 405}
    assert browser.get("/pretended/queue").status_code == 200
    assert "signed-out" in browser.post("/sign-out", {}).location
    other_browser.client.set_cookie("session", stolen)
    assert other_browser.get("/pretended/queue").status_code == 303
    assert trail()[-1] == "signed_out"


def test_a_stale_page_asks_once_more_before_it_signs_out(browser: Any) -> None:
    browser.sign_in()
    asked = browser.client.post("/sign-out", data={"csrf_token": "old"})
    assert asked.status_code == 400
    browser.page = asked.text
    assert browser.post("/sign-out", {}).status_code == 303
    assert browser.get("/pretended/queue").status_code == 303


def test_the_actor_is_read_in_one_statement(staffed: Flask, browser: Any) -> None:
    browser.sign_in()
    seen: list[str] = []
    with staffed.app_context():
        engine = db.engine
    listen = lambda *arguments: seen.append(arguments[2])  # noqa: E731
    event.listen(engine, "before_cursor_execute", listen)
    try:
        assert browser.get("/pretended/queue").status_code == 200
    finally:
        event.remove(engine, "before_cursor_execute", listen)
    assert [statement.split()[0] for statement in seen if statement != "BEGIN"] == ["SELECT"]


def test_sessions_of_one_person_end_together_and_of_nobody_else(
    staffed: Flask, browser: Any, other_browser: Any
) -> None:
    browser.sign_in()
    other_browser.sign_in("ben.okafor")
    with staffed.app_context(), transaction() as session:
        user = find_user(session, ANA)
        assert user is not None
        end_sessions(session, Actor(ActorKind.STAFF, user.id, user.name), datetime.now(UTC))
    assert browser.get("/pretended/queue").status_code == 303
    assert other_browser.get("/pretended/queue").status_code == 200
