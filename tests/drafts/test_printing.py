"""What is kept of a page belongs to nobody: two people's forms share its frame and not a word of what they typed."""

from __future__ import annotations

import pytest
from flask import Flask

from app.cases.domain import Kind
from app.drafts import printing
from app.web.questions import line_around
from tests.doors import PAGES, USUAL, begin, fill
from tests.pages import Browser

pytestmark = pytest.mark.parametrize("make_app", ["sqlite"], indirect=True)
NAMES = {Kind.INQUIRY: "child_given_name", Kind.REFERRAL: "patient_given_name"}


@pytest.mark.parametrize("kind", list(Kind))
def test_the_frame_of_a_page_is_shared_and_holds_nothing_of_a_form(app: Flask, kind: Kind) -> None:
    pages: dict[str, list[str]] = {}
    for name in ("Zofia", "Itzel"):
        browser = Browser(app.test_client())
        form = begin(browser, kind)
        fill(browser, form, {**USUAL[kind], NAMES[kind]: [name], "then": [""]})
        pages[name] = [browser.get(f"{form}/{slug}").get_data(as_text=True) for slug in PAGES[kind]]
        kept = str(app.extensions["frames"])
        assert not [said for said in (name, form, browser.hidden("csrf_token")) if said in kept]
    assert any("Zofia" in page for page in pages["Zofia"])
    assert any("Itzel" in page for page in pages["Itzel"])
    assert not any("Zofia" in page for page in pages["Itzel"])


@pytest.mark.parametrize("kind", list(Kind))
def test_what_is_kept_of_a_check_page_does_not_grow_with_what_is_typed(app: Flask, kind: Kind) -> None:
    kept, pages = [], []
    for name in ("Zofia <b>", "Itzel <i>"):
        browser = Browser(app.test_client())
        form = begin(browser, kind)
        fill(browser, form, {**USUAL[kind], NAMES[kind]: [name], "then": [""]})
        pages.append(browser.get(f"{form}/check").get_data(as_text=True))
        kept.append(line_around.cache_info().currsize)
    assert kept[0] == kept[1] > 0
    assert [("Zofia &lt;b&gt;" in page, "Itzel &lt;i&gt;" in page) for page in pages] == [(True, False), (False, True)]


def test_what_is_kept_of_pages_does_not_grow_without_end(app: Flask, monkeypatch: pytest.MonkeyPatch) -> None:
    monkeypatch.setattr(printing, "MOST_FRAMES", 2)
    browser = Browser(app.test_client())
    form = begin(browser, Kind.INQUIRY)
    fill(browser, form, USUAL[Kind.INQUIRY])
    for slug in PAGES[Kind.INQUIRY]:
        browser.get(f"{form}/{slug}")
        assert 1 <= len(app.extensions["frames"]) <= 2
