"""Chromium before the app under its own server; a page that fails the test when it asks another host or a script fails."""

from __future__ import annotations

import re
from collections.abc import Callable, Iterator

import pytest
from flask import Flask
from playwright.sync_api import Browser, Page

from tests.components import add_components
from tests.conftest import add_people
from tests.services import served
from tests.stories.browsers import chromium

# An answer that a story asks for; and an open desk that asks for news when its site has ended before it.
EXPECTED = re.compile("status of 4|ERR_CONNECTION_REFUSED")


@pytest.fixture(scope="module")
def browser() -> Iterator[Browser]:
    """One Chromium for a file of stories."""
    with chromium() as found:
        yield found


@pytest.fixture
def site(make_app: Callable[..., Flask]) -> Iterator[str]:
    """The app with people, under waitress; its address."""
    app = make_app()
    add_people(app)
    add_components(app)
    with served(app) as address:
        yield address


@pytest.fixture
def page(browser: Browser) -> Iterator[Page]:
    """A page of 1280 by 900; another host asked for, or a script that fails, fails the test."""
    context = browser.new_context(viewport={"width": 1280, "height": 900})
    made = context.new_page()
    wrong: list[str] = []
    made.on("pageerror", lambda error: wrong.append(str(error)))
    made.on(
        "console",
        lambda line: wrong.append(line.text) if line.type == "error" and not EXPECTED.search(line.text) else None,
    )
    made.on("request", lambda request: wrong.append(request.url) if "//127.0.0.1" not in request.url else None)
    yield made
    context.close()
    assert wrong == []
