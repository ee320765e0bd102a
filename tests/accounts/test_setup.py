"""What Flask-Security is allowed to do here, and what it is not."""

from __future__ import annotations

from typing import Any

import pytest
from flask import Flask

from app.accounts.queries import find_user
from app.core.database import db, transaction


def test_none_of_the_library_s_pages_exists(staffed: Flask, browser: Any) -> None:
    assert not [rule for rule in staffed.url_map.iter_rules() if rule.endpoint.startswith("security.")]
    for path in ("/login", "/logout", "/register", "/reset", "/change", "/confirm", "/verify"):
        assert browser.get(path).status_code == 404


def test_the_library_s_store_flushes_and_leaves_the_commit_to_the_transaction(staffed: Flask) -> None:
    with staffed.app_context():
        store = staffed.extensions["security"].datastore
        with pytest.raises(ZeroDivisionError), transaction() as session:
            user = find_user(session, "ana.ribeiro@example.org")
            assert user is not None
            user.name = "Somebody else"
            store.commit()
            raise ZeroDivisionError
        user = find_user(db.session(), "ana.ribeiro@example.org")
        assert user is not None
        assert user.name == "Ana Ribeiro"


def test_no_token_and_no_other_cookie_signs_anybody_in(staffed: Flask, browser: Any) -> None:
    with staffed.app_context():
        user = find_user(db.session(), "ana.ribeiro@example.org")
        assert user is not None
        token = str(user.get_auth_token())
    browser.client.set_cookie("remember_token", token)
    answer = browser.get(f"/pretended/queue?auth_token={token}", headers={"Authentication-Token": token})
    assert answer.status_code == 303


def test_a_cookie_without_instants_is_no_session(browser: Any) -> None:
    browser.sign_in()
    with browser.client.session_transaction() as cookie:
        del cookie["seen_at"]
    assert browser.get("/pretended/queue").status_code == 303
