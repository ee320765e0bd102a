"""What becomes of the words of somebody whose session ended while writing."""

from __future__ import annotations

import base64
from datetime import timedelta
from typing import Any

import pytest
from flask import Flask

from app.accounts.queries import find_user
from app.core.database import transaction

ANA = "ana.ribeiro@example.org"


def minutes(count: int) -> timedelta:
    return timedelta(minutes=count)


NOTE = 'Mother called.\r\nShe asks for "Thursday" <b>& an interpreter</b> \u202eabc'


def ended_while_writing(browser: Any, clock: Any) -> Any:
    """Ana writes for too long and sends; the answer is the sign-in form."""
    browser.sign_in()
    browser.get("/pretended/queue")
    clock.shift(minutes(16))
    return browser.write(NOTE, to=["parent", "referrer"])


def test_what_was_typed_comes_back_and_is_sent_only_by_a_second_press(browser: Any, clock: Any, desk: Any) -> None:
    answer = ended_while_writing(browser, clock)
    assert answer.status_code == 401
    assert "is kept for 30 minutes" in answer.text
    assert "Mother called" not in answer.text
    assert browser.sign_in(password="wrong wrong wrong 12", typed=browser.hidden("typed")).status_code == 401
    again = browser.sign_in(typed=browser.hidden("typed"))
    assert again.status_code == 200
    assert again.headers["Cache-Control"] == "no-store"
    assert desk.written == []
    assert browser.hidden("note") == NOTE
    assert 'action="/pretended/cases/7KQ4-M2XH-9/note"' in again.text
    token = browser.hidden("csrf_token")
    assert browser.write(browser.hidden("note"), to=["parent", "referrer"]).text == "Kept on 7KQ4-M2XH-9"
    assert desk.written == [{"csrf_token": [token], "note": [NOTE], "to": ["parent", "referrer"]}]


def test_another_person_sees_nothing_of_it(browser: Any, clock: Any) -> None:
    ended_while_writing(browser, clock)
    answer = browser.sign_in("ben.okafor", typed=browser.hidden("typed"))
    assert answer.status_code == 200
    assert "belonged to somebody else" in answer.text
    assert "Mother called" not in answer.text


def test_after_thirty_minutes_it_is_gone(browser: Any, clock: Any) -> None:
    ended_while_writing(browser, clock)
    clock.shift(minutes(30) + timedelta(seconds=1))
    assert "Mother called" not in browser.sign_in(typed=browser.hidden("typed")).text


def test_an_edited_seal_opens_nothing(browser: Any, clock: Any) -> None:
    ended_while_writing(browser, clock)
    raw = bytearray(base64.urlsafe_b64decode(browser.hidden("typed")))
    raw[-1] ^= 1
    for edited in (base64.urlsafe_b64encode(bytes(raw)).decode(), "not base64 é", "AAAA"):
        browser.client.delete_cookie("session")
        browser.page = ""
        answer = browser.sign_in(typed=edited)
        assert answer.status_code == 200
        assert "Mother called" not in answer.text


def test_words_left_overnight_still_find_their_writer(browser: Any, clock: Any) -> None:
    browser.sign_in()
    browser.get("/pretended/queue")
    clock.shift(timedelta(hours=15))
    browser.write(NOTE)
    browser.sign_in(typed=browser.hidden("typed"))
    assert browser.hidden("note") == NOTE


def test_a_long_text_travels_under_the_same_limit(browser: Any, clock: Any) -> None:
    browser.sign_in()
    browser.get("/pretended/queue")
    clock.shift(minutes(16))
    long_note = "The family asks again about the visit. " * 20_000
    browser.write(long_note)
    browser.sign_in(typed=browser.hidden("typed"))
    assert browser.hidden("note") == long_note


@pytest.mark.parametrize("site", ["same-site", "cross-site"])
@pytest.mark.parametrize("pause", [0, 16])
def test_a_form_of_another_site_plants_no_words(browser: Any, clock: Any, site: str, pause: int) -> None:
    browser.sign_in()
    browser.get("/pretended/queue")
    clock.shift(minutes(pause))
    answer = browser.post(
        "/pretended/cases/7KQ4-M2XH-9/note", {"note": "planted", "csrf_token": "x"}, headers={"Sec-Fetch-Site": site}
    )
    assert answer.status_code in {400, 401}
    assert browser.hidden("typed") == ""
    assert "planted" not in answer.text


def test_words_of_a_tab_from_before_signing_in_again_are_kept(browser: Any, desk: Any) -> None:
    browser.sign_in()
    browser.get("/pretended/queue")
    stale = browser.hidden("csrf_token")
    browser.post("/sign-out", {})
    browser.page = ""
    browser.sign_in()
    answer = browser.post("/pretended/cases/7KQ4-M2XH-9/note", {"csrf_token": stale, "note": NOTE})
    assert answer.status_code == 400
    assert desk.written == []
    assert browser.write(browser.hidden("note")).status_code == 200
    assert desk.written[0]["note"] == [NOTE]


def test_words_for_a_page_that_is_not_open_any_more_are_shown_without_a_button(
    staffed: Flask, browser: Any, clock: Any
) -> None:
    ended_while_writing(browser, clock)
    with staffed.app_context(), transaction() as session:
        user = find_user(session, ANA)
        assert user is not None
        user.grants.clear()
    answer = browser.sign_in(typed=browser.hidden("typed"))
    assert "Mother called" in answer.text
    assert "/note" not in answer.text
