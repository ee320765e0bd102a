"""A day at the desk by keyboard alone: ten cases from the queue to a decision, twins side by side, never the wrong child."""

from __future__ import annotations

import re
import time
from collections.abc import Callable, Iterator

import pytest
from flask import Flask
from playwright.sync_api import Browser, Page, expect

from tests.conftest import add_people
from tests.sending import send
from tests.services import served
from tests.stories.browsers import sign_in, violations

pytestmark = pytest.mark.parametrize("make_app", ["sqlite"], indirect=True)
CHILDREN = ("Ixchel", "Itzel", "Anna", "Anne", "Noa", "Noah", "Mira", "Mina", "Ilse", "Elsi")


class Keys:
    """A keyboard that counts."""

    def __init__(self, page: Page) -> None:
        self.page, self.count = page, 0

    def press(self, *keys: str) -> None:
        """One after the other."""
        for key in keys:
            self.page.keyboard.press(key)
            self.count += 1

    def goes(self, *keys: str) -> None:
        """The last of these opens another page; wait until its keys live."""
        before = self.page.evaluate("performance.timeOrigin")
        self.press(*keys)
        self.arrive(before)

    def arrive(self, before: float) -> None:
        """Until a page that began later stands there, long enough for its keys to live."""
        self.page.wait_for_function(
            "before => performance.timeOrigin !== before && document.readyState === 'complete'", arg=before
        )
        self.page.wait_for_timeout(600)


@pytest.fixture
def desk(make_app: Callable[..., Flask], page: Page) -> Iterator[tuple[Page, Keys, str]]:
    """Ten new cases, each twin beside the other, and Ana before her queue."""
    app = make_app()
    add_people(app)
    for name in CHILDREN:
        send(app, child_given_name=name)
    with served(app) as site:
        sign_in(page, site)
        page.wait_for_timeout(600)
        yield page, Keys(page), site


def child(page: Page) -> str:
    """Whose page it is."""
    return page.inner_text("h1").split()[0]


def test_ten_cases_from_the_queue_to_a_decision_by_keyboard_alone(desk: tuple[Page, Keys, str]) -> None:
    page, keys, site = desk
    keys.goes("g", "n")
    assert page.inner_text("main h1") == "New"
    keys.press("j", "j", "k")
    keys.goes("Enter")
    decided, each = [], []
    for place in range(10):
        name, before = child(page), keys.count
        keys.press("s")
        dialog = page.locator("[popover]:popover-open")
        expect(dialog).to_contain_text(name)
        expect(dialog.locator(".mono")).to_have_text(page.inner_text(".child .mono"))
        if place % 5 == 4:
            page.keyboard.type("On h")
            keys.press("Tab")
            page.keyboard.type("They asked us to wait")
            keys.goes("Control+Enter")
            each.append(keys.count - before + len("On h"))
        else:
            keys.goes("Enter")
            each.append(keys.count - before)
        decided.append(name)
    assert sorted(decided) == sorted(CHILDREN), "each child once, twins too"
    assert each == [2, 2, 2, 2, 7, 2, 2, 2, 2, 7], "keystrokes a decision, without the words of a reason"
    assert "That was the last case of this list." in page.inner_text("main")
    page.goto(f"{site}/desk?view=open")
    page.wait_for_timeout(600)
    for name in CHILDREN:
        address = page.get_by_role("link", name=f"{name} Quiñones", exact=True).get_attribute("href")
        tab = page.context.new_page()
        tab.goto(f"{site}{address}")
        assert tab.locator(".tl").inner_text().count("Status: New →") == 1, name
        tab.close()


def test_a_key_pressed_while_the_next_case_loads_reaches_nobody(desk: tuple[Page, Keys, str]) -> None:
    page, keys, _site = desk
    keys.goes("g", "n")
    keys.press("j")
    keys.goes("Enter")
    first = child(page)

    def slow(route: object) -> None:
        time.sleep(1.5)
        route.continue_()  # type: ignore[attr-defined]

    page.route(re.compile(r"/status\?"), slow)
    keys.press("s")
    expect(page.locator("[popover]:popover-open")).to_be_visible()
    before = page.evaluate("performance.timeOrigin")
    keys.press("Enter", "Enter", "s", "Enter", "n", "i", "x", "Enter")
    keys.arrive(before)
    second = child(page)
    assert second != first
    expect(page.locator("[popover]:popover-open")).to_have_count(0)
    assert "New" in page.inner_text(".child")
    assert page.locator(".tl li").count() == 1, "nothing happened to the twin"
    keys.goes("u")
    assert page.evaluate("document.activeElement.textContent").startswith(second), "the position is kept"
    assert page.locator(".queue tbody tr").count() == 9


def test_the_sheet_opens_by_key_and_single_keys_are_switched_off_for_the_person(
    desk: tuple[Page, Keys, str], browser: Browser
) -> None:
    page, keys, site = desk
    keys.press("?")
    sheet = page.locator("#keys:popover-open")
    expect(sheet).to_contain_text("Take the next unclaimed")
    assert violations(page) == []
    keys.press("Escape")
    expect(sheet).to_have_count(0)
    keys.press("?")
    page.wait_for_timeout(100)
    keys.goes("Enter")
    assert page.inner_text("main h1") == "Keys"
    assert violations(page) == []
    page.click("text=Switch them off")
    expect(page.locator("main")).to_contain_text("Single keys are off for you")
    other = browser.new_context().new_page()
    sign_in(other, site)
    other.wait_for_timeout(600)
    for key in ("/", "j", "?", "x"):
        other.keyboard.press(key)
    assert other.evaluate("document.activeElement === document.body")
    expect(other.locator("[popover]:popover-open")).to_have_count(0)
    assert other.url.endswith("/desk")
    other.context.close()


def test_keys_typed_into_a_field_are_words(desk: tuple[Page, Keys, str]) -> None:
    page, keys, _site = desk
    keys.press("/")
    page.keyboard.type("jsx?ngu")
    assert page.input_value("#q") == "jsx?ngu"
    page.keyboard.press("Escape")
    page.evaluate("document.activeElement.blur()")
    keys.press("j")
    keys.goes("Enter")
    keys.press("n")
    page.keyboard.type("s u j ? g n")
    assert page.input_value("#note-body") == "s u j ? g n"
    keys.goes("Control+Enter")
    assert "s u j ? g n" in page.inner_text(".tl")


def test_undo_takes_back_the_case_that_was_decided_and_never_the_one_on_the_page(
    desk: tuple[Page, Keys, str],
) -> None:
    page, keys, site = desk
    keys.goes("g", "n")
    keys.press("j")
    keys.goes("Enter")
    first, reference = child(page), page.inner_text(".child .mono")
    keys.press("s")
    keys.goes("Enter")
    second, there = child(page), page.url
    assert second != first
    assert "done=" not in there, "a reload offers it no more"
    expect(page.locator("#undo")).to_contain_text(f"{first} Quiñones {reference}: moved to Acknowledged.")
    page.set_viewport_size({"width": 1280, "height": 2400})  # nothing lies half under the bar of acts
    assert violations(page) == []
    page.set_viewport_size({"width": 1280, "height": 900})
    keys.goes("z")
    assert child(page) == first
    assert "Undone: Acknowledged → New" in page.inner_text(".tl")
    expect(page.locator("#undo")).to_have_count(0)
    page.goto(there)
    page.wait_for_timeout(600)
    assert page.locator(".tl li").count() == 1, "nothing happened to the one that was on the page"
    keys.press("s")
    keys.goes("Enter")
    expect(page.locator("#undo")).to_contain_text(second)
    expect(page.locator("#undo")).to_have_count(0, timeout=12_000)
    keys.press("z")
    page.wait_for_timeout(300)
    page.goto(f"{site}/desk?view=new")
    assert page.locator(".queue tbody tr").count() == 9
