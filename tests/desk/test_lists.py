"""After a decision the next case of the list opens, the position kept; an address never carries more than a list's filters."""

from __future__ import annotations

import re
from html import unescape

import pytest
from flask import Flask

from tests.desk.test_queue import references
from tests.pages import Browser, words
from tests.sending import send

MOVED = {"seen": "new", "to": "acknowledged", "then": "next"}


def opened(browser: Browser, page: str, which: int) -> str:
    """The address behind a row."""
    browser.get(page)
    return unescape(re.findall(r'<a href="(/desk/cases/[^"]+)"', browser.page)[which])


def without_done(address: str) -> str:
    """An address that must name the step that was done, without it."""
    rest, found = re.subn(r"&done=[0-9a-f-]{36}$", "", address)
    assert found, address
    return rest


@pytest.mark.parametrize("page", ["/desk", "/desk?view=new", "/desk?view=open&kind=inquiry"])
def test_a_decision_leads_to_the_case_that_stood_next(desk: Browser, staffed: Flask, page: str) -> None:
    for _child in range(4):
        send(staffed)
    order = references(desk.get(page).text)
    case = opened(desk, page, 1)
    assert f"/cases/{order[1]}?list=" in case
    act = case.replace("?", "/status?")
    desk.get(case)
    assert act in unescape(desk.page)
    following = desk.post(act, MOVED)
    assert following.location.partition("?")[0] == f"/desk/cases/{order[2]}"
    assert desk.follow(following).status_code == 200
    skipped = desk.get(unescape(re.findall(r'data-key="j" href="([^"]+)"', desk.page)[0]))
    assert skipped.location.partition("?")[0] == f"/desk/cases/{order[3]}"
    desk.follow(skipped)
    end = desk.post(skipped.location.replace("?", "/status?"), MOVED)
    assert without_done(end.location) == ("/desk?view=mine" if page == "/desk" else page)
    assert "That was the last case of this list." in words(desk.follow(end))


def test_other_acts_stay_on_the_case_and_keep_the_list(desk: Browser, staffed: Flask) -> None:
    send(staffed)
    case = opened(desk, "/desk?view=open", 0)
    desk.get(case)
    assert desk.post(case.replace("?", "/note?"), {"body": "n"}).location == case
    assert without_done(desk.post(case.replace("?", "/claim?"), {}).location) == case
    assert without_done(desk.post(case.replace("?", "/status?"), {**MOVED, "then": ""}).location) == case
    refused = desk.post(case.replace("?", "/status?"), {**MOVED, "seen": "new"})
    assert refused.status_code == 409
    assert f'action="{case.replace("?", "/status?")}"' in unescape(refused.text)
    back = re.findall(r'data-key="u" href="([^"]+)"', refused.text)
    assert len(back) == 1
    assert re.fullmatch(r"/desk\?view=open#c-[0-9A-Z-]+", unescape(back[0]))


def test_a_list_in_the_address_is_a_list_and_nothing_else(desk: Browser, staffed: Flask) -> None:
    case = f"/desk/cases/{send(staffed).reference}"
    for text in (
        "",
        "x",
        "name%3DItzel",
        "%2F%2Fevil.example.com",
        "next%3Dhttps%3A%2F%2Fevil.example.com",
        "after%3Drubbish",
    ):
        page = desk.get(f"{case}?list={text}")
        assert 'data-key="u"' not in page.text, text
        assert "evil" not in page.text
    page = desk.get(f"{case}?list=view%3Dopen%26name%3DItzel%26_external%3D1%26_anchor%3Dx%26after%3Dy")
    assert f'href="/desk?view=open#c-{case[-11:]}"' in page.text


def test_twins_next_to_each_other_are_acted_on_each_by_its_own(desk: Browser, staffed: Flask) -> None:
    for name in ("Ixchel", "Itzel"):
        send(staffed, child_given_name=name)
    order = references(desk.get("/desk?view=new").text)
    first = opened(desk, "/desk?view=new", 0)
    desk.get(first)
    second = desk.post(first.replace("?", "/status?"), MOVED)
    assert second.location.partition("?")[0].endswith(order[1])
    again = desk.post(first.replace("?", "/status?"), MOVED)
    assert again.status_code == 409, "a second press meets the first child again, not its twin"
    assert references(desk.get("/desk?view=new").text) == [order[1]]
