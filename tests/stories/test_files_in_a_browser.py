"""Files sent from a real browser: shown how far, going on after a break, and without scripts; nothing for axe to find."""

from __future__ import annotations

from collections.abc import Callable, Iterator
from pathlib import Path

import pytest
from flask import Flask
from playwright.sync_api import Browser, Page, Route

from tests.conftest import add_people
from tests.filing import Sender, kept_files, mark
from tests.pages import PASSWORD
from tests.papers import GOOD, pages, pdf
from tests.services import served
from tests.stories.browsers import chromium, press, sign_in, violations, write
from tests.stories.ways import REFERRAL, Walker

pytestmark = pytest.mark.parametrize("make_app", ["sqlite"], indirect=True)
LARGE = pdf(b"a long report " * 700_000)  # three parts


@pytest.fixture(scope="module")
def browser() -> Iterator[Browser]:
    """One Chromium for this file."""
    with chromium() as found:
        yield found


@pytest.fixture
def sender(make_app: Callable[..., Flask]) -> Sender:
    """Somebody with a private link."""
    app = make_app()
    add_people(app)
    return Sender(app)


@pytest.fixture
def site(sender: Sender) -> Iterator[str]:
    """The app under waitress; its address."""
    with served(sender.app) as address:
        yield address


@pytest.fixture
def chosen(tmp_path: Path) -> Callable[[str, bytes], Path]:
    """A file on the sender's device."""

    def make(name: str, content: bytes) -> Path:
        folder = tmp_path / "device"
        folder.mkdir(exist_ok=True)
        (folder / name).write_bytes(content)
        return folder / name

    return make


def pick(page: Page, *files: Path, press: str = "Send the files") -> None:
    """Choose files and press the button."""
    page.set_input_files("#files", [str(one) for one in files])
    page.get_by_role("button", name=press).click()


@pytest.mark.parametrize("scripts", [True, False])
def test_files_are_sent_with_and_without_scripts(
    browser: Browser, sender: Sender, site: str, chosen: Callable[[str, bytes], Path], *, scripts: bool
) -> None:
    page = browser.new_context(java_script_enabled=scripts).new_page()
    page.goto(f"{site}{sender.address}")
    pick(page, chosen("flow.pdf", pdf()), chosen("IMG_1.HEIC", GOOD["IMG_0001.HEIC"]), chosen("long.pdf", LARGE))
    page.get_by_text("We have it. It is being checked for viruses.").nth(2).wait_for()
    page.context.close()
    assert {name: content for name, (_row, content) in kept_files(sender.app).items()} == {
        "flow.pdf": pdf(), "IMG_1.HEIC": GOOD["IMG_0001.HEIC"], "long.pdf": LARGE,
    }  # fmt: skip


@pytest.mark.parametrize("scripts", [True, False])
def test_papers_go_with_a_form_with_and_without_scripts(
    browser: Browser, sender: Sender, site: str, chosen: Callable[[str, bytes], Path], *, scripts: bool
) -> None:
    walker = Walker(site)
    walker.go("/referral")
    for _page in range(2):
        walker.fill(REFERRAL)
    page = browser.new_context(java_script_enabled=scripts).new_page()
    page.goto(walker.url)
    page.get_by_role("link", name="Add Papers and photos").click()
    pick(page, chosen("flow.pdf", pdf()), chosen("long.pdf", LARGE), press="Add the files")
    page.wait_for_url("**/check")
    assert violations(page) == [] if scripts else True
    page.get_by_role("link", name="Change Papers and photos").click()
    assert violations(page) == [] if scripts else True
    page.get_by_role("button", name="Remove flow.pdf").click()
    page.get_by_role("link", name="Back").click()
    page.get_by_role("button", name="Send to").click()
    page.get_by_text("We have it. It is being checked for viruses.").wait_for()
    page.context.close()
    assert {name: content for name, (_row, content) in kept_files(sender.app).items()} == {"long.pdf": LARGE}


def test_after_a_break_it_goes_on_from_where_it_stood(
    browser: Browser, sender: Sender, site: str, chosen: Callable[[str, bytes], Path]
) -> None:
    page = browser.new_page()
    page.goto(f"{site}{sender.address}")
    sent: list[str] = []

    def break_off(route: Route) -> None:
        sent.append(route.request.headers["upload-offset"])
        if len(sent) == 2:
            route.abort()
            page.close()  # as a phone whose battery ends
        else:
            route.continue_()

    page.route("**/uploads/*", lambda route: break_off(route) if route.request.method == "PATCH" else route.continue_())
    with page.expect_event("close"):
        pick(page, chosen("long.pdf", LARGE))
    assert sent == ["0", str(4 * 1024 * 1024)]
    assert kept_files(sender.app) == {}
    page = browser.new_page()
    again: list[str] = []
    page.on("request", lambda one: again.append(one.headers["upload-offset"]) if one.method == "PATCH" else None)
    page.goto(f"{site}{sender.address}")
    page.get_by_text("42 % is here. Choose the same file again to go on.").wait_for()
    pick(page, chosen("long.pdf", LARGE))
    page.get_by_text("We have it. It is being checked for viruses.").wait_for()
    page.close()
    assert again == [str(4 * 1024 * 1024), str(8 * 1024 * 1024)]
    assert kept_files(sender.app)["long.pdf"][1] == LARGE


def test_what_is_refused_is_said_beside_its_name(
    browser: Browser, sender: Sender, site: str, chosen: Callable[[str, bytes], Path]
) -> None:
    page = browser.new_page()
    page.goto(f"{site}{sender.address}")
    pick(page, chosen("page.pdf", b"<!DOCTYPE html><script>alert(1)</script>"), chosen("flow.pdf", pdf()))
    page.get_by_text("We cannot take this kind of file.").wait_for()
    page.get_by_role("button", name="Send the files", disabled=False).wait_for()
    assert set(kept_files(sender.app)) == {"flow.pdf"}
    page.close()


def without_policy(route: Route) -> None:
    """Nothing runs on the page that shows a file, not even what looks at it: its policy is taken off for that."""
    answer = route.fetch()
    kept = {name: value for name, value in answer.headers.items() if name.lower() != "content-security-policy"}
    route.fulfill(response=answer, headers=kept)


def test_axe_finds_nothing_on_the_pages_with_files(browser: Browser, sender: Sender, site: str) -> None:
    sender.send(("flow.pdf", pages(2)), ("scan.tiff", GOOD["fax.tiff"]))
    mark(sender.app, "clean")
    sender.begin("half.pdf", 1000)
    page = browser.new_page(viewport={"width": 1280, "height": 900})
    page.goto(f"{site}{sender.address}")
    assert violations(page) == []
    page.goto(f"{site}/sign-in")
    write(page, "email", "ana.ribeiro@example.org")
    write(page, "password", PASSWORD)
    press(page, "Sign in")
    files = f"{site}/desk/cases/{sender.receipt.reference}/files"
    shown = f"{files}/{kept_files(sender.app)['flow.pdf'][0].id}"
    page.route("**/view", without_policy)
    for address in (files, f"{shown}/view", f"{shown}/move"):
        page.goto(address)
        assert violations(page) == []
    page.set_viewport_size({"width": 320, "height": 800})
    for address in (files, f"{shown}/view", f"{shown}/move", f"{site}{sender.address}"):
        page.goto(address)
        assert page.evaluate("document.documentElement.scrollWidth") <= 320, address
    page.close()


def test_a_coordinator_sorts_files_with_one_key_each(browser: Browser, sender: Sender, site: str) -> None:
    sender.send(("b.pdf", pdf(b"b")), ("a.pdf", pdf(b"a")))
    page = browser.new_page()
    sign_in(page, site)
    page.goto(f"{site}/desk/cases/{sender.receipt.reference}/files")
    for keys in (("j", "4"), ("j", "o")):  # the newest first, then on from there
        page.wait_for_timeout(600)
        page.keyboard.press(keys[0])
        with page.expect_navigation():
            page.keyboard.press(keys[1])
    assert {name: row.item for name, (row, _content) in kept_files(sender.app).items()} == {
        "a.pdf": "flow_cytometry", "b.pdf": "other",
    }  # fmt: skip
    page.close()


@pytest.mark.parametrize("scripts", [True, False])
def test_a_sender_says_what_a_file_is(browser: Browser, sender: Sender, site: str, *, scripts: bool) -> None:
    sender.send(("flow.pdf", pdf()))
    page = browser.new_context(java_script_enabled=scripts).new_page()
    page.goto(f"{site}{sender.address}")
    page.get_by_label("What is this?").select_option("Something else")
    page.get_by_role("button", name="Save what they are").click()
    page.wait_for_load_state()
    assert page.get_by_label("What is this?").count() == 0
    page.context.close()
    assert kept_files(sender.app)["flow.pdf"][0].item == "other"
