"""Chromium for the stories: Debian's own, or the one that CHROMIUM names; keys pressed as a person does."""

from __future__ import annotations

import os
import shutil
from collections.abc import Collection, Iterator
from contextlib import contextmanager

from axe_playwright_python.sync_playwright import Axe
from playwright.sync_api import Browser, Page, sync_playwright

from tests.pages import PASSWORD
from tests.services import missing

WCAG = ["wcag2a", "wcag2aa", "wcag21a", "wcag21aa", "wcag22aa"]
MOST_TABS = 150


@contextmanager
def chromium() -> Iterator[Browser]:
    """A browser without a window."""
    program = os.environ.get("CHROMIUM") or shutil.which("chromium") or shutil.which("chromium-browser")
    if program is None:
        missing("Chromium is not here: apt-get install chromium, or set CHROMIUM")
    with sync_playwright() as playwright:
        browser = playwright.chromium.launch(executable_path=program, args=["--no-sandbox"])
        yield browser
        browser.close()


def violations(page: Page) -> list[str]:
    """What axe finds against WCAG 2.2 A and AA."""
    found = Axe().run(page, options={"runOnly": {"type": "tag", "values": WCAG}, "resultTypes": ["violations"]})
    return [
        f"{one['id']}: {node['html'][:160]} {node['failureSummary'][:200]}"
        for one in found.response["violations"]
        for node in one["nodes"]
    ]


def at(page: Page) -> dict[str, str]:
    """Where the focus is."""
    return dict(
        page.evaluate(
            "() => { const e = document.activeElement; return {id: e.id || '', name: e.name || '', value: e.value || '',"
            " text: (e.textContent || '').trim(), tag: e.tagName} }"
        )
    )


def tab_to(page: Page, name: str, tags: Collection[str] = ("BUTTON", "SUMMARY", "A")) -> None:
    """Press Tab until a control of this name, or a button, summary or link with this text, has the focus."""
    for _press in range(MOST_TABS):
        here = at(page)
        if here["name"] == name or (here["tag"] in tags and here["text"].startswith(name)):
            return
        page.keyboard.press("Tab")
    message = f"the keyboard does not reach {name}"
    raise AssertionError(message)


def write(page: Page, name: str, text: str) -> None:
    """Type into a control, or into a list what one of its lines begins with."""
    tab_to(page, name)
    page.keyboard.type(text)


def choose(page: Page, name: str, value: str) -> None:
    """Choose a radio button with the arrow keys."""
    tab_to(page, name)
    page.keyboard.press("Space")
    for _press in range(MOST_TABS):
        if at(page)["value"] == value:
            return
        page.keyboard.press("ArrowDown")
    message = f"the arrow keys do not reach {value} of {name}"
    raise AssertionError(message)


def press(page: Page, text: str) -> None:
    """Press a button or link by keyboard and wait for the next page."""
    tab_to(page, text)
    with page.expect_navigation():
        page.keyboard.press("Enter")


def sign_in(page: Page, site: str, person: str = "ana.ribeiro") -> None:
    """To the desk, by keyboard."""
    page.goto(f"{site}/sign-in")
    write(page, "email", f"{person}@example.org")
    write(page, "password", PASSWORD)
    press(page, "Sign in")
    assert page.url.endswith("/desk")
