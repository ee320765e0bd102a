"""Two coordinators in two real browsers: one case, one list, at the same time; nothing is lost and nobody is surprised."""

from __future__ import annotations

from collections.abc import Callable, Iterator

import pytest
from flask import Flask
from playwright.sync_api import Browser, Page, expect

from tests.conftest import add_people
from tests.messaging import Family
from tests.sending import send
from tests.services import served
from tests.stories.browsers import sign_in, violations
from tests.stories.ways import Walker

pytestmark = pytest.mark.parametrize("make_app", ["sqlite"], indirect=True)
SOON, HANDLE = 10_000, "h" * 43
# Numbers that are dialed are counted, and not dialed.
DIALED = "window.dialed = []; document.addEventListener('click', e => { if (e.target.closest('a.tel') && !e.defaultPrevented) { dialed.push(1); e.preventDefault() } })"  # fmt: skip


@pytest.fixture
def app(make_app: Callable[..., Flask]) -> Flask:
    """An app with people."""
    made = make_app()
    add_people(made)
    return made


@pytest.fixture
def site(app: Flask) -> Iterator[str]:
    """Its address."""
    with served(app) as address:
        yield address


@pytest.fixture
def family(app: Flask) -> Family:
    """Whoever sent the case that both have open."""
    return Family(app, answers={"preferred_language": "en"}, handle=HANDLE)


@pytest.fixture
def other(browser: Browser) -> Iterator[Page]:
    """A second person's browser."""
    context = browser.new_context(viewport={"width": 1280, "height": 900})
    yield context.new_page()
    context.close()


@pytest.fixture
def both(page: Page, other: Page, site: str, family: Family) -> tuple[Page, Page, str]:
    """Ana and Ben, each on the page of the same new case; and its address."""
    assert family.receipt
    sign_in(page, site)
    sign_in(other, site, "ben.okafor")
    page.click(".queue a")
    case = page.url.partition("?")[0]
    other.goto(case)
    return page, other, case


def act(page: Page, title: str, **fields: str) -> None:
    """Open an act's form, fill it in, save, stay."""
    page.click(f".acts button:text-is('{title}')")
    form = page.locator("[popover]:popover-open")
    for name, value in fields.items():
        control = form.locator(f"[name={name}]")
        if control.evaluate("e => e.tagName") == "SELECT":
            control.select_option(value)
        else:
            control.fill(value)
    form.locator("button:text-is('Save')").click()


def test_of_two_who_take_a_case_one_wins_and_the_other_is_told(both: tuple[Page, Page, str]) -> None:
    ana, ben, _case = both
    ana.click("text=Take it")
    ben.click("text=Take it")
    expect(ana.locator("main")).to_contain_text("With Ana Ribeiro")
    expect(ben.locator(".fault")).to_contain_text("Given to Ana Ribeiro.")
    expect(ben.locator(".fault")).to_contain_text("You chose: Ben Okafor.")
    expect(ben.locator("main")).to_contain_text("With Ana Ribeiro")


def test_of_two_who_press_in_the_same_instant_one_wins_whichever(both: tuple[Page, Page, str]) -> None:
    for page in both[:2]:
        page.evaluate("setTimeout(() => document.querySelector('[data-key=i]').click())")
    for page in both[:2]:
        expect(
            page.locator(".fault, .with:text('With Ana Ribeiro'), .with:text('With Ben Okafor')").first
        ).to_be_visible()
    told = [page for page in both[:2] if page.locator(".fault").count()]
    assert len(told) == 1
    winner, loser = ("Ben Okafor", "Ana Ribeiro") if told[0] is both[0] else ("Ana Ribeiro", "Ben Okafor")
    expect(told[0].locator(".fault")).to_contain_text(f"Given to {winner}.")
    expect(told[0].locator(".fault")).to_contain_text(f"You chose: {loser}.")


def test_of_two_who_move_a_case_both_are_shown_and_no_word_is_lost(both: tuple[Page, Page, str]) -> None:
    ana, ben, _case = both
    act(ana, "Status", to="acknowledged")
    act(ben, "Status", to="withdrawn", reason="The father called and said so")
    for words in ("Ana Ribeiro", "Status: New → Acknowledged.", "You chose: Withdrawn."):
        expect(ben.locator(".fault")).to_contain_text(words)
    expect(ben.locator(".fault textarea")).to_have_value("The father called and said so")


def test_what_is_added_by_two_at_once_is_all_kept(both: tuple[Page, Page, str]) -> None:
    ana, ben, _case = both
    act(ana, "Note", body="Of Ana")
    act(ana, "Log a call", outcome="no_answer")
    act(ben, "Note", body="Of Ben")
    act(ben, "Log a call", outcome="left_message")
    for words in ("Of Ana", "Of Ben", "no answer", "left a message"):
        expect(ben.locator(".tl")).to_contain_text(words)


def test_letters_of_two_and_what_the_family_writes_meanwhile_are_all_kept(
    family: Family, both: tuple[Page, Page, str], site: str
) -> None:
    ana, ben, _case = both
    for page, words in ((ana, "Of Ana"), (ben, "Of Ben")):
        page.goto(site + family.thread)
        page.fill("#text", words)
    expect(ben.locator(".acts .news")).to_contain_text("Ana Ribeiro is writing here", timeout=SOON)
    for page in (ana, ben):
        page.click("text=Preview")
    family.enter()
    family.write("Of the mother")
    ana.click("text=Send to Odalys")
    expect(ana.locator("main")).to_contain_text("They wrote again meanwhile. Nothing was sent")
    ana.click("text=Preview")
    for page in (ana, ben):
        page.click("text=Send to Odalys")
        expect(page.locator(".said")).to_be_visible()
    for words in ("Of Ana", "Of Ben", "Of the mother"):
        expect(ben.locator(".said")).to_contain_text(words)


@pytest.mark.parametrize("what", ["stop", "answers", "message"])
def test_what_came_meanwhile_is_told_while_somebody_writes_and_once_more_before_the_call(
    app: Flask, family: Family, both: tuple[Page, Page, str], what: str
) -> None:
    ana, ben, _case = both
    ben.click(".acts button:text-is('Note')")
    ben.keyboard.type("Half a senten")
    told = {
        "stop": "Do not contact any more, says Ana Ribeiro", "message": "A new message came at",
        "answers": "The sender changed answers at",
    }[what]  # fmt: skip
    if what == "stop":
        act(ana, "Stop contact", reason="The mother asked for it")
    elif what == "message":
        family.enter()
        family.write("Please do not call at night")
    else:
        send(app, handle=HANDLE, contact_phone="(617) 555-0133", preferred_language="vi")
    news = ben.locator("[popover]:popover-open .news")
    expect(news).to_contain_text(told, timeout=SOON)
    assert "at night" not in news.inner_text()
    if what == "answers":
        expect(news).to_contain_text("phone, language")
    ben.keyboard.type("ce")
    assert ben.input_value("#note-body") == "Half a sentence"
    ben.keyboard.press("Escape")
    ben.evaluate(DIALED)
    ben.click("a.tel")
    expect(ben.locator("#call-news")).to_contain_text(told, timeout=2000)
    assert ben.evaluate("dialed.length") == 0
    ben.locator("#call-news a").click()
    if what == "stop":
        expect(ben.locator("a.tel")).to_have_count(0)
    elif what == "answers":
        expect(ben.locator("a.tel").first).to_have_text("(617) 555-0133")
    else:
        expect(ben.locator("main")).to_contain_text("Please do not call at night")
    ben.click(".acts button:text-is('Note')")
    expect(ben.locator("#note-body")).to_have_value("Half a sentence")


def test_a_change_is_told_within_ten_seconds_and_what_is_typed_stays(both: tuple[Page, Page, str]) -> None:
    ana, ben, _case = both
    ben.click(".acts button:text-is('Note')")
    ben.keyboard.type("Half a senten")
    before = ben.locator(".tl li").count()
    act(ana, "Status", to="acknowledged")
    news = ben.locator("[popover]:popover-open .news")
    expect(news).to_contain_text("Ana Ribeiro changed the status at", timeout=SOON)
    ben.keyboard.type("ce")
    assert ben.locator("#note-body").input_value() == "Half a sentence"
    assert ben.locator(".tl li").count() == before, "nothing moves by itself"
    assert violations(ben) == []
    news.locator("a").click()
    expect(ben.locator(".tl")).to_contain_text("Status: New → Acknowledged")
    expect(ben.locator("[popover]:popover-open #note-body")).to_have_value("Half a sentence")
    expect(ben.locator("#note-body")).to_be_focused()
    expect(ben.locator("[popover]:popover-open .news")).to_be_empty()
    ben.locator("[popover]:popover-open button.go").click()
    expect(ben.locator(".tl")).to_contain_text("Half a sentence")


def test_show_keeps_the_words_of_an_act_that_was_refused(both: tuple[Page, Page, str]) -> None:
    ana, ben, case = both
    act(ana, "Status", to="acknowledged")
    act(ben, "Status", to="withdrawn", reason="The father called")
    act(ana, "Note", body="A note")
    ben.locator(".acts .news a").click(timeout=SOON)
    expect(ben.locator("[popover]:popover-open #status-reason")).to_have_value("The father called")
    expect(ben.locator("#status-to")).to_have_value("withdrawn")
    ben.locator("[popover]:popover-open button.go").click()
    expect(ben.locator(".tl")).to_contain_text("Status: Acknowledged → Withdrawn")
    assert ben.url == case


def test_a_list_tells_what_is_new_and_does_not_move(both: tuple[Page, Page, str], site: str) -> None:
    ana, ben, _case = both
    ben.goto(f"{site}/desk")
    Walker(site).send_referral()
    ana.click("text=Take it")
    news = ben.locator(".news")
    expect(news).to_contain_text("2 new or changed.", timeout=SOON)
    assert ben.locator(".queue tbody tr").count() == 1
    assert violations(ben) == []
    news.locator("a").click()
    expect(ben.locator(".queue")).to_contain_text("Barnaby Quill")
    expect(ben.locator(".queue tbody tr")).to_have_count(1)
    expect(ben.locator(".news")).to_be_empty()


def test_a_page_that_is_not_looked_at_asks_nothing(both: tuple[Page, Page, str]) -> None:
    _ana, ben, _case = both
    ben.evaluate("Object.defineProperty(document, 'visibilityState', {get: () => window.now || 'hidden'})")
    asked: list[str] = []
    ben.on("request", lambda request: asked.append(request.url))
    ben.wait_for_timeout(9000)
    assert asked == []
    ben.evaluate("window.now = 'visible'; document.dispatchEvent(new Event('visibilitychange'))")
    ben.wait_for_timeout(500)
    assert len(asked) == 1
    assert "/news?" in asked[0]


def test_a_page_of_somebody_signed_out_says_so_and_keeps_what_is_typed(both: tuple[Page, Page, str]) -> None:
    _ana, ben, case = both
    ben.click(".acts button:text-is('Note')")
    ben.keyboard.type("Half a senten")
    elsewhere = ben.context.new_page()
    elsewhere.goto(case)
    elsewhere.click("text=Sign out")
    expect(ben.locator("[popover]:popover-open .news")).to_contain_text("does not follow", timeout=SOON)
    assert ben.locator("#note-body").input_value() == "Half a senten"


def test_who_opens_the_call_form_on_a_stale_page_hears_it_before_the_call(both: tuple[Page, Page, str]) -> None:
    ana, ben, _case = both
    act(ana, "Status", to="acknowledged")
    ana.click(".acts button:text-is('Log a call')")
    ben.click(".acts button:text-is('Log a call')")
    news = ben.locator("[popover]:popover-open .news")
    expect(news).to_contain_text("Ana Ribeiro is calling now", timeout=2000)
    expect(news).to_contain_text("Ana Ribeiro changed the status", timeout=2000)
    ana.click("[popover]:popover-open >> text=Cancel")
    expect(news).not_to_contain_text("calling now", timeout=SOON)


def test_a_number_on_a_stale_page_is_held_back_once_and_dialed_when_pressed_again(both: tuple[Page, Page, str]) -> None:
    ana, ben, _case = both
    for page in (ana, ben):
        page.evaluate(DIALED)
    ana.click("a.tel")
    expect(ana.locator("#call-news")).to_be_empty()
    ana.wait_for_function("() => window.dialed.length === 1")
    ben.click("a.tel")
    expect(ben.locator("#call-news")).to_contain_text("Ana Ribeiro is calling now", timeout=2000)
    expect(ben.locator("#call-news")).to_contain_text("Press the number again to call all the same.")
    assert ben.evaluate("dialed.length") == 0
    assert violations(ben) == []
    ana.evaluate("dispatchEvent(new Event('visibilitychange'))")
    ben.click("a.tel")
    assert ben.evaluate("dialed.length") == 1
    expect(ana.locator(".acts .news")).to_contain_text("Ben Okafor is calling now", timeout=SOON)


def test_a_number_is_dialed_when_the_server_does_not_answer(both: tuple[Page, Page, str]) -> None:
    _ana, ben, _case = both
    ben.evaluate("document.addEventListener('click', e => { if (e.target.closest('a.tel') && !e.defaultPrevented) { window.dialed = 1; e.preventDefault() } })")  # fmt: skip
    ben.route("**/presence?*", lambda route: route.abort())
    ben.click("a.tel")
    ben.wait_for_function("() => window.dialed === 1")


def test_a_row_says_who_writes_or_calls_and_stays_in_its_place(both: tuple[Page, Page, str], site: str) -> None:
    ana, ben, case = both
    ben.goto(f"{site}/desk")
    row = ben.locator(".queue tbody tr").first
    before = row.bounding_box()
    ana.click(".acts button:text-is('Note')")
    expect(row).to_contain_text("Ana Ribeiro writes", timeout=SOON)
    assert row.bounding_box() == before
    assert violations(ben) == []
    ana.goto(f"{site}/desk")
    expect(row).not_to_contain_text("Ana Ribeiro writes", timeout=SOON)
    ben.set_viewport_size({"width": 320, "height": 700})
    before = row.bounding_box()
    ana.goto(case)
    ana.click(".acts button:text-is('Log a call')")
    expect(row).to_contain_text("Ana Ribeiro calls", timeout=SOON)
    assert row.bounding_box() == before
    assert violations(ben) == []
