"""Signing in: where it leads, the one answer to every failure, the lock."""

from __future__ import annotations

from collections import Counter
from dataclasses import replace
from datetime import timedelta
from typing import Any

import pytest
from flask import Flask
from flask_security import verify_password

from app.accounts import signing_in
from app.accounts.service import disable_user, reset_password
from app.accounts.signing_in import examine
from app.core.database import db, transaction
from tests.accounts.conftest import Browser

ANA, BEN = "ana.ribeiro@example.org", "ben.okafor@example.org"


def minutes(count: int) -> timedelta:
    return timedelta(minutes=count)


def test_a_page_for_staff_asks_to_sign_in_and_is_reached_afterwards(browser: Any) -> None:
    sent = browser.get("/pretended/queue?view=mine")
    assert (sent.status_code, sent.location) == (303, "/sign-in?next=/pretended/queue?view%3Dmine")
    browser.get(sent.location)
    reached = browser.sign_in(next=browser.hidden("next"))
    assert (reached.status_code, reached.location) == (303, "/pretended/queue?view=mine")
    assert "Queue of Ana Ribeiro" in browser.get(reached.location).text


@pytest.mark.parametrize(
    "target",
    [
        "https://evil.example/",
        "//evil.example",
        "/\\evil.example",
        "/sign-in",
        "/sign-out",
        "/nowhere",
        "/pretended/people",
    ],
)
def test_only_a_staff_page_that_one_may_open_is_gone_to(browser: Any, target: str) -> None:
    assert browser.sign_in(next=target).location == "/desk"


def test_an_administrator_lands_on_the_page_of_people(browser: Any) -> None:
    assert browser.sign_in("ada.lindqvist").location == "/admin"
    page = browser.get("/admin")
    assert page.status_code == 200
    assert "Coordinator, CAR T-cell therapy" in page.text
    assert "Wrenfield" in page.text


def test_the_address_may_be_written_in_capitals(browser: Any) -> None:
    assert browser.sign_in(" Ana.Ribeiro@Example.ORG ").status_code == 303


def test_every_failure_has_one_answer(staffed: Flask, browser: Any) -> None:
    with staffed.app_context(), transaction() as session:
        disable_user(session, email=BEN)
    answers = {
        (answer.status_code, blank(browser, answer.text, person))
        for person, password in (
            ("nobody", "violet tandem marmalade 77"),
            ("ana.ribeiro", "wrong wrong wrong 12"),
            ("ben.okafor", "violet tandem marmalade 77"),
            ("ana.ribeiro", ""),
            ("ana.ribeiro", "x" * 5000),
            ("ana.ribeiro", "nul \0 in the middle of it"),
        )
        for answer in [browser.sign_in(person, password)]
    }
    assert len(answers) == 1
    assert answers.pop()[0] == 401


def blank(browser: Any, page: str, person: str) -> str:
    """A page without what differs by design: the token, the nonce and what was typed as address."""
    for part in (browser.hidden("csrf_token"), f"{person}@example.org"):
        page = page.replace(part, "")
    return page


def test_every_failure_costs_one_hash(staffed: Flask, browser: Any, monkeypatch: pytest.MonkeyPatch) -> None:
    hashed: list[str] = []

    def counting(password: str, kept: str) -> bool:
        hashed.append(kept)
        return bool(verify_password(password, kept))

    monkeypatch.setattr(signing_in, "verify_password", counting)
    with staffed.app_context(), transaction() as session:
        disable_user(session, email=BEN)
    for person in ("nobody", "ana.ribeiro", "ben.okafor"):
        browser.sign_in(person, "wrong wrong wrong 12")
        assert len(hashed) == 1
        assert "$argon2id$" in hashed.pop()


def test_an_unknown_account_costs_the_same_work_as_a_known_one(staffed: Flask, monkeypatch: pytest.MonkeyPatch) -> None:
    hashed: list[str] = []

    def counted(password: str, kept: str) -> bool:
        hashed.append(kept.split("$")[1] + kept.split("$")[3])
        return verify_password(password, kept)

    monkeypatch.setattr(signing_in, "verify_password", counted)
    with staffed.app_context():
        for person in ("nobody@example.org", ANA):
            for password in ("wrong wrong wrong 12", "x" * 5000, "nul\0nul nul nul nul"):
                examine(db.session(), person, password, {})
    assert len(hashed) == 6, "one hash for each try, whoever is asked about and whatever is typed"
    assert len(set(hashed)) == 1, "of the same cost"


def test_hostile_addresses_are_only_wrong(browser: Any) -> None:
    for address in (
        "a\0b@example.org",
        "' or 1=1 --@example.org",
        "<script>@example.org",
        "\u202e@example.org",
        "x" * 50_000 + "@",
    ):
        answer = browser.sign_in(address)
        assert answer.status_code == 401
        assert "<script>@" not in answer.text


def test_an_old_sign_in_form_is_given_back_with_what_it_holds(browser: Any) -> None:
    answer = browser.client.post(
        "/sign-in", data={"email": ANA, "password": "x", "typed": "sealed", "csrf_token": "old"}
    )
    assert answer.status_code == 400
    assert ANA in answer.text
    assert 'name="typed" value="sealed"' in answer.text


def test_ten_failures_lock_the_account_and_a_restart_forgives_nothing(
    browser: Any, clock: Any, restart: Any, trail: Any
) -> None:
    for _try in range(10):
        assert browser.sign_in(password="wrong wrong wrong 12").status_code == 401
    assert browser.sign_in().status_code == 401
    assert restart().sign_in().status_code == 401
    clock.shift(minutes(14))
    assert restart().sign_in().status_code == 401
    clock.shift(minutes(1))
    assert browser.sign_in().status_code == 303
    written = Counter(trail())
    assert (written["sign_in_failed"], written["locked_out"], written["signed_in"]) == (13, 1, 1)


def test_tries_against_a_locked_account_do_not_prolong_the_lock(browser: Any, clock: Any) -> None:
    for _try in range(14):
        browser.sign_in(password="wrong wrong wrong 12")
        clock.shift(timedelta(seconds=30))
    clock.shift(minutes(13))
    assert browser.sign_in().status_code == 303


def fail_ten_times(browser: Any) -> None:
    browser.page = ""
    for _try in range(10):
        assert browser.sign_in(password="wrong wrong wrong 12").status_code == 401


def come_back(browser: Any, person: str = "ana.ribeiro") -> int:
    browser.client.delete_cookie("session")
    browser.page = ""
    return int(browser.sign_in(person).status_code)


def test_strangers_who_fail_lock_nobody_out_of_a_browser_that_signed_in_before(
    browser: Any, other_browser: Any, clock: Any
) -> None:
    for person in ("ana.ribeiro", "ben.okafor"):  # who share a desk
        assert come_back(browser, person) == 303
    clock.shift(timedelta(days=29))
    fail_ten_times(other_browser)
    assert come_back(other_browser) == 401
    assert come_back(browser) == 303
    assert come_back(browser) == 303
    assert come_back(other_browser) == 401, "a stranger stays locked out"
    clock.shift(timedelta(days=31))
    fail_ten_times(other_browser)
    assert come_back(browser) == 401, "known for thirty days"


def test_a_known_browser_is_locked_by_its_own_failures(browser: Any, other_browser: Any) -> None:
    assert come_back(browser) == 303
    browser.client.delete_cookie("session")
    fail_ten_times(browser)
    assert come_back(browser) == 401
    assert come_back(other_browser) == 303


def test_a_browser_is_known_for_its_own_person_and_password_only(
    staffed: Flask, browser: Any, other_browser: Any
) -> None:
    answer = browser.sign_in("ben.okafor")
    cookie = next(one for one in answer.headers.getlist("Set-Cookie") if one.startswith("device-"))
    assert {"HttpOnly", "SameSite=Lax", "Path=/"} <= set(cookie.split("; "))
    value = cookie.split(";")[0].partition("=")[2]
    name = next(one for one in other_browser.sign_in().headers.getlist("Set-Cookie") if one.startswith("device-"))
    browser.client.set_cookie(name.partition("=")[0], value)  # Ben's, put in the place of Ana's
    fail_ten_times(Browser(staffed.test_client()))
    assert come_back(browser) == 401
    with staffed.app_context(), transaction() as session:
        reset_password(session, email=ANA, password="maroon kettle sundial 31")
    fail_ten_times(Browser(staffed.test_client()))
    other_browser.client.delete_cookie("session")
    other_browser.page = ""
    assert other_browser.sign_in(password="maroon kettle sundial 31").status_code == 401


def test_a_right_password_clears_the_count(browser: Any) -> None:
    for _round in range(3):
        for _try in range(6):
            browser.sign_in(password="wrong wrong wrong 12")
        assert browser.sign_in().status_code == 303
        browser.client.delete_cookie("session")
        browser.page = ""


def test_unknown_addresses_are_counted_like_known_ones(browser: Any, trail: Any) -> None:
    for _try in range(10):
        browser.sign_in("nobody")
    assert Counter(trail())["locked_out"] == 1


def test_one_address_cannot_fail_for_ever_and_loses_nothing(staffed: Flask, browser: Any) -> None:
    given = staffed.extensions["settings"]
    staffed.extensions["settings"] = replace(
        given, limit_address_starts="1 per hour", limit_address_sign_ins="2 per hour"
    )
    for _try in range(4):
        assert browser.sign_in().status_code == 303
        browser.client.delete_cookie("session")
        browser.page = ""
    for _try in range(2):
        assert browser.sign_in("nobody", typed="sealed").status_code == 401
    answer = browser.sign_in("nobody", typed="sealed")
    assert answer.status_code == 429
    assert browser.hidden("typed") == "sealed"
