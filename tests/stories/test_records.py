"""From a referral with gaps to a decision's date: asked for on the desk, sent without an account, sorted, complete."""

from __future__ import annotations

import os
from collections.abc import Callable, Iterator
from pathlib import Path
from typing import Any

import pytest
from flask import Flask
from playwright.sync_api import Browser, Page

from app.cases.domain import Kind
from tests.conftest import add_people
from tests.filing import Sender
from tests.pages import PASSWORD
from tests.papers import pdf
from tests.sending import send
from tests.services import served
from tests.stories.browsers import chromium, violations

pytestmark = pytest.mark.parametrize("make_app", ["sqlite"], indirect=True)
SHOTS = os.environ.get("SHOTS")


@pytest.fixture(scope="module")
def browser() -> Iterator[Browser]:
    """One Chromium for this file."""
    with chromium() as found:
        yield found


@pytest.fixture
def practice(make_app: Callable[..., Flask]) -> Sender:
    """A practice whose referral lacks records."""
    app = make_app()
    add_people(app)
    gaps: dict[str, Any] = {f"record_{one}": "not_applicable" for one in ("pathology_report", "bone_marrow_report")}
    return Sender(app, send(app, Kind.REFERRAL, **gaps, record_treatment_summary="pending"))


@pytest.fixture
def site(practice: Sender) -> Iterator[str]:
    """The app under waitress; its address."""
    with served(practice.app) as address:
        yield address


def shoot(page: Page, name: str) -> None:
    """A picture of the page on a wide and on a narrow screen, where SHOTS names a folder."""
    assert violations(page) == []
    if SHOTS:
        for width in (1280, 320):
            page.set_viewport_size({"width": width, "height": 900})
            for scheme in ("light", "dark"):
                page.emulate_media(color_scheme="dark" if scheme == "dark" else "light")
                page.screenshot(path=f"{SHOTS}/{name}_{width}_{scheme}.png", full_page=True)
        page.emulate_media(color_scheme="light")
        page.set_viewport_size({"width": 1280, "height": 900})


def sign_in(page: Page, site: str) -> None:
    """A coordinator."""
    page.goto(f"{site}/sign-in")
    page.fill("#email", "ana.ribeiro@example.org")
    page.fill("#password", PASSWORD)
    page.press("#password", "Enter")
    page.wait_for_url("**/desk")


def act(page: Page, name: str, fill: Callable[[], object]) -> None:
    """One act of the case page."""
    page.click(f'button[popovertarget="act-{name}"]')
    fill()
    page.click(f"#act-{name} button.go")
    page.wait_for_load_state()


def test_what_is_asked_for_comes_back_and_completes_the_records(
    browser: Browser, practice: Sender, site: str, tmp_path: Path
) -> None:
    desk, theirs = browser.new_page(), browser.new_page()
    case = f"{site}/desk/cases/{practice.receipt.reference}"
    sign_in(desk, site)
    desk.goto(case)
    act(desk, "status", lambda: desk.select_option("#status-to", "acknowledged"))
    act(desk, "contact", lambda: desk.select_option("#contact-outcome", "reached"))
    assert "2 of 4, missing: Flow cytometry, Treatment summary with dates (on its way)" in desk.inner_text("main")
    shoot(desk, "case_gaps")

    desk.click("text=Mark or ask")
    desk.check('input[value="flow_cytometry"]')
    desk.check('input[value="treatment_summary"]')
    desk.fill("#line", "The flow report after the last antigen-directed drug, please.")
    shoot(desk, "records_asking")
    desk.click('button[value="ask"]')
    desk.goto(case)
    assert "Awaiting information" in desk.inner_text(".child")

    theirs.goto(site + practice.address)
    asked = theirs.inner_text("main")
    assert asked.index("We asked you for this") < asked.index("Flow cytometry") < asked.index("What happens next")
    shoot(theirs, "page_asked")
    (tmp_path / "flow.pdf").write_bytes(pdf(b"flow"))
    (tmp_path / "summary.pdf").write_bytes(pdf(b"summary"))
    theirs.set_input_files("#files", [str(tmp_path / "flow.pdf"), str(tmp_path / "summary.pdf")])
    theirs.click("text=Send the files")
    theirs.wait_for_selector("text=summary.pdf")

    desk.goto(f"{site}/desk?view=open")
    assert "Answered our request" in desk.inner_text("main")
    for name, item in (("flow.pdf", "flow_cytometry"), ("summary.pdf", "treatment_summary")):
        desk.goto(f"{case}/files")
        desk.check(f'label:has-text("{name}") input')
        desk.click(f'button[name=item][value="{item}"]')
    desk.goto(case)
    words = desk.inner_text("main")
    assert "Ready for review" in desk.inner_text(".child")
    assert "4 of 4" in words
    assert "Hand to clinical review" in words
    assert "Records complete: the decision is due" in words
    assert "records complete for 0 days" in words
    shoot(desk, "case_complete")
    desk.goto(f"{case}/records")
    shoot(desk, "records_complete")

    theirs.goto(site + practice.address)
    after = theirs.inner_text("main")
    assert "We have all the records." in after
    assert "We asked you for this" not in after
    shoot(theirs, "page_complete")
    for page in (desk, theirs):
        page.close()
