"""What was just done can be taken back from the next page; the offer names the child that it is about."""

from __future__ import annotations

import re
from datetime import timedelta
from html import unescape
from typing import Any

import pytest
from flask import Flask

from tests.desk.test_lists import MOVED, opened
from tests.desk.test_queue import references
from tests.pages import Browser, words
from tests.sending import send


def offer(browser: Browser) -> tuple[str, str, str]:
    """Where the button posts, what it posts, and the words beside it."""
    found = re.search(r'id="undo".*?<span>(.*?)</span>\s*<form.*?action="([^"]+)".*?name="done" value="([^"]+)"', browser.page, re.DOTALL)  # fmt: skip
    if not found:
        return "", "", ""
    return unescape(found[2]), found[3], " ".join(unescape(re.sub(r"<[^>]+>", "", found[1])).split())


@pytest.mark.parametrize("last", [False, True])
def test_the_next_page_offers_to_take_the_last_case_back(desk: Browser, staffed: Flask, *, last: bool) -> None:
    for name in ("Ixchel", "Itzel"):
        send(staffed, child_given_name=name)
    order = references(desk.get("/desk?view=new").text)
    case = opened(desk, "/desk?view=new", 1 if last else 0)
    mine = case[12:23]
    child = re.search(r"<h1><bdi>([^<]+)", desk.get(case).text)
    assert child
    answer = desk.post(case.replace("?", "/status?"), MOVED)
    assert "Quiñones" not in answer.location
    page = desk.follow(answer)
    assert ("desk/cases" in answer.location) != last
    address, done, says = offer(desk)
    assert says == f"{unescape(child[1])} {mine}: moved to Acknowledged."
    assert mine in address
    assert desk.get("/desk/keys").text.count("<kbd>z</kbd>") > 0
    desk.seen(page)
    undone = desk.post(address, {"done": done})
    assert f"/cases/{mine}" in undone.location
    text = words(desk.follow(undone))
    assert "Undone: Acknowledged → New" in text
    assert offer(desk) == ("", "", "")
    assert set(references(desk.get("/desk?view=new").text)) == set(order)
    desk.get(case)
    again = desk.post(address, {"done": done})
    assert (again.status_code, "cannot be undone" in again.text or "Something else happened" in again.text) == (
        422,
        True,
    )


def test_taking_and_giving_are_undone_too(desk: Browser, staffed: Flask) -> None:
    case = f"/desk/cases/{send(staffed).reference}"
    desk.get(case)
    desk.follow(desk.post(f"{case}/claim", {}))
    address, done, says = offer(desk)
    assert says.endswith(": given to Ana Ribeiro.")
    assert "With nobody" in words(desk.follow(desk.post(address, {"done": done})))


def test_nothing_is_offered_to_others_or_too_late_or_for_rubbish(staffed: Flask, clock: Any, desk: Browser) -> None:
    case = f"/desk/cases/{send(staffed).reference}"
    desk.get(case)
    there = desk.post(f"{case}/status", {**MOVED, "reason": ""}).location
    mina = Browser(staffed.test_client())
    mina.sign_in("mina.dalgaard")
    for browser, address in ((mina, there), (desk, f"{case}?done=x"), (desk, f"{case}?done=")):
        assert browser.get(address).status_code == 200
        assert offer(browser) == ("", "", ""), address
    desk.get(there)
    address, done, _says = offer(desk)
    assert done
    refused = mina.post(address, {"done": done})
    assert refused.status_code == 422
    assert "cannot be undone any more" in words(refused)
    clock.shift(timedelta(seconds=61))
    desk.get(there)
    assert offer(desk) == ("", "", "")
    assert desk.post(address, {"done": done}).status_code == 422


def test_the_others_read_that_a_step_was_taken_back(staffed: Flask, desk: Browser) -> None:
    case = f"/desk/cases/{send(staffed).reference}"
    mina = Browser(staffed.test_client())
    mina.sign_in("mina.dalgaard")
    news = re.search(r'data-live="([^"]+)"', mina.get(case).text)
    assert news
    desk.get(case)
    desk.follow(desk.post(f"{case}/status", MOVED))
    address, done, _says = offer(desk)
    desk.post(address, {"done": done})
    says = mina.client.get(unescape(news[1])).get_json()["says"]
    assert "Ana Ribeiro took a step back at" in says
    assert "Acknowledged → New" in says
