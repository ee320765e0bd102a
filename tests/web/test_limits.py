"""How often one form and one address may post: a form is slowed before the hospital that it came from."""

from __future__ import annotations

from collections.abc import Callable

import pytest
from flask import Flask
from sqlalchemy import func, select

from app.cases.domain import Kind
from app.core.database import db
from app.drafts.models import DraftRow
from tests.doors import SAID, begin
from tests.pages import Browser, words

pytestmark = pytest.mark.parametrize("make_app", ["sqlite"], indirect=True)


def posts(browser: Browser, form: str, times: int) -> list[int]:
    """What so many posts of one page are answered with."""
    browser.get(f"{form}/question")
    token = browser.hidden("csrf_token")
    return [
        browser.client.post(f"{form}/question", data={"csrf_token": token, "message": "x"}).status_code
        for _time in range(times)
    ]


def test_one_form_is_slowed_and_the_next_from_the_same_address_is_not(make_app: Callable[..., Flask]) -> None:
    browser = Browser(make_app(LIMIT_DRAFT_POSTS="3 per hour", LIMIT_ADDRESS_POSTS="100 per hour").test_client())
    one, two = begin(browser, Kind.INQUIRY), begin(browser, Kind.INQUIRY)
    assert posts(browser, one, 5) == [303, 303, 303, 429, 429]
    assert posts(browser, two, 3) == [303, 303, 303]


def test_a_form_that_is_over_its_own_limit_uses_nothing_of_its_addresss(make_app: Callable[..., Flask]) -> None:
    browser = Browser(make_app(LIMIT_DRAFT_POSTS="1 per hour", LIMIT_ADDRESS_POSTS="2 per hour").test_client())
    forms = [begin(browser, Kind.INQUIRY) for _form in range(3)]
    assert posts(browser, forms[0], 9) == [303] + [429] * 8
    assert posts(browser, forms[1], 1) == [303]
    assert posts(browser, forms[2], 1) == [429]


def test_too_many_beginnings_are_told_to_wait_or_call(make_app: Callable[..., Flask]) -> None:
    browser = Browser(make_app(LIMIT_ADDRESS_STARTS="2 per hour").test_client())
    for _form in range(2):
        begin(browser, Kind.INQUIRY)
    browser.get("/inquiry")
    answer = browser.post("/inquiry", {})
    assert answer.status_code == 429
    assert "or call us" in words(answer)


@pytest.mark.parametrize("kind", list(Kind))
def test_made_up_forms_count_as_beginnings_and_lose_nothing(make_app: Callable[..., Flask], kind: Kind) -> None:
    app = make_app(LIMIT_ADDRESS_STARTS="3 per hour")
    browser, (name, slug) = Browser(app.test_client()), SAID[kind]
    browser.get(f"{begin(browser, Kind.INQUIRY)}/question")
    answers = [browser.post(f"/{kind}/{letter * 22}/{slug}", {name: "Typed"}) for letter in "abcd"]
    assert [answer.status_code for answer in answers] == [303, 303, 429, 429]
    assert "Typed" in answers[-1].text
    assert browser.post(f"/{kind}/{'a' * 22}/{slug}", {name: "One that was begun goes on"}).status_code == 303
    with app.app_context():
        assert db.session.execute(select(func.count()).select_from(DraftRow)).scalar_one() == 3


def test_a_claimed_address_counts_only_behind_a_proxy_that_is_trusted(make_app: Callable[..., Flask]) -> None:
    def starts(app: Flask) -> list[int]:
        client = app.test_client()
        return [client.post("/inquiry", headers={"X-Forwarded-For": f"192.0.2.{one}"}).status_code for one in range(3)]

    assert starts(make_app(LIMIT_ADDRESS_STARTS="1 per hour")) == [303, 429, 429]
    assert starts(make_app(LIMIT_ADDRESS_STARTS="1 per hour", TRUSTED_PROXIES="1")) == [303, 303, 303]
