"""In a real browser: both forms by keyboard alone and without scripts, nothing for axe to find, room at 320 pixels."""

from __future__ import annotations

import pytest
from playwright.sync_api import Browser, Page, Response

from tests.pages import PASSWORD
from tests.stories.browsers import at, choose, press, sign_in, tab_to, violations, write
from tests.stories.ways import INQUIRY, Walker

pytestmark = pytest.mark.parametrize("make_app", ["sqlite"], indirect=True)


def test_a_family_sends_its_form_by_keyboard_alone(page: Page, site: str) -> None:
    page.goto(f"{site}/")
    press(page, "Ask about my child")
    press(page, "This is not an emergency")
    write(page, "relationship", "grandp")
    write(page, "contact_given_name", "Odalys")
    write(page, "contact_phone", "(617) 555-0119")
    write(page, "preferred_language", "Espa")
    choose(page, "interpreter_needed", "yes")
    press(page, "Save and go on")
    write(page, "child_given_name", "Itzel")
    for part, text in (("month", "March"), ("day", "27"), ("year", "2019")):
        write(page, f"child_dob-{part}", text)
    choose(page, "diagnosis", "sickle_cell")
    choose(page, "in_hospital_now", "no")
    press(page, "Save and go on")
    assert "Itzel" in page.inner_text("h1")
    choose(page, "consent_contact_doctor", "no")
    press(page, "Save and go on")
    write(page, "message", "Line one")
    page.keyboard.press("Enter")
    page.keyboard.type("line two")
    press(page, "Save and go on")
    assert "March 27, 2019" in page.inner_text("main")
    write(page, "consent_contact_me", " ")
    press(page, "Send to")
    assert "/follow/" in page.url
    assert "We will call you by" in page.inner_text("main")


def test_a_practice_sends_a_referral_by_keyboard_alone(page: Page, site: str) -> None:
    page.goto(f"{site}/")
    press(page, "Refer a patient")
    write(page, "patient_given_name", "Barnaby")
    write(page, "patient_mrn", "EX-1")
    write(page, "icd10cm", "C91.02")
    choose(page, "urgency", "routine")
    choose(page, "family_aware", "yes")
    write(page, "referrer_given_name", "Tamsin")
    write(page, "back_line_phone", "(413) 555-0112")
    press(page, "Go on to clinical details")
    write(page, "immunophenotype", "B")
    write(page, "disease_status", "Second")
    write(page, "weight_kg", "27.4")
    press(page, "Review before sending")
    assert "27.4" in page.inner_text("main")
    press(page, "Send to")
    assert "/follow/" in page.url
    assert "Still missing for review" in page.inner_text("main")


def test_both_forms_are_sent_without_scripts(browser: Browser, site: str) -> None:
    context = browser.new_context(java_script_enabled=False)
    page = context.new_page()
    page.goto(f"{site}/inquiry")
    page.click("text=This is not an emergency: start")
    page.select_option("#relationship", "mother")
    page.fill("#contact_given_name", "Odalys")
    page.fill("#contact_email", "odalys@example.org")
    page.select_option("#preferred_language", "es")
    page.check("#interpreter_needed-yes")
    page.click("text=Save and go on")
    page.fill("#child_given_name", "Itzel")
    for part, text in (("month", "3"), ("day", "27"), ("year", "2019")):
        page.fill(f"#child_dob-{part}", text)
    page.check("#diagnosis-not_sure")
    page.check("#in_hospital_now-no")
    page.click("text=Save and go on")
    page.check("#consent_contact_doctor-yes")
    page.click("text=Save and go on")
    page.click("text=Save and go on")
    page.check("#consent_contact_me")
    page.click("text=Send to")
    assert "/follow/" in page.url
    page.goto(f"{site}/referral")
    page.fill("#patient_given_name", "Barnaby")
    page.fill("#patient_mrn", "EX-1")
    page.fill("#icd10cm", "relapsed B-ALL")
    page.check("#urgency-urgent")
    page.check("#family_aware-no")
    page.fill("#referrer_given_name", "Tamsin")
    page.fill("#back_line_phone", "(413) 555-0112")
    page.click("text=Send now, add the rest later")
    assert "/follow/" in page.url
    assert "Nobody has been called." in page.inner_text("main")
    context.close()


def test_an_error_moves_the_focus_to_the_summary_and_its_link_to_the_control(page: Page, site: str) -> None:
    page.goto(f"{site}/referral")
    press(page, "Go on to clinical details")
    assert at(page)["id"] == "summary"
    assert page.title().startswith("Error:")
    page.keyboard.press("Tab")
    page.keyboard.press("Enter")
    assert at(page)["id"] == "patient_given_name"
    assert page.get_attribute("#patient_given_name", "aria-describedby") == "patient_given_name-error"


def test_a_coordinator_works_a_case_by_keyboard_alone(page: Page, site: str) -> None:
    Walker(site).send_inquiry()
    sign_in(page, site)
    page.wait_for_timeout(600)  # keys live a moment after the page
    page.keyboard.press("/")
    page.keyboard.type("quinones")
    with page.expect_navigation():
        page.keyboard.press("Enter")
    press(page, "Itzel Quiñones")
    press(page, "Take it")
    assert "With Ana Ribeiro" in page.inner_text("main")
    for button, name, text in (("Note", "body", "Call after six"), ("Status", "to", "Acknow")):
        tab_to(page, button, {"BUTTON"})  # not the timeline's link of this name
        page.keyboard.press("Enter")
        write(page, name, text)
        press(page, "Save")
    shown = page.inner_text("main")
    assert "Call after six" in shown
    assert "Status: New → Acknowledged" in shown


@pytest.mark.parametrize("width", [1280, 320])
@pytest.mark.parametrize("scheme", ["light", "dark"])
def test_axe_finds_nothing_on_any_page(browser: Browser, site: str, scheme: str, width: int) -> None:
    family, practice = Walker(site), Walker(site)
    check = family.send_inquiry()
    practice.send_referral()
    context = browser.new_context(color_scheme=scheme, viewport={"width": width, "height": 900})  # type: ignore[arg-type]  # one of two literals
    page = context.new_page()
    found = {}
    page.goto(f"{site}/inquiry")
    page.click("text=This is not an emergency")
    begun = page.url
    for name, path in (
        ("home", "/"), ("privacy", "/privacy"), ("accessibility", "/accessibility"), ("start", "/inquiry"),
        ("you", begun), ("child", begun.replace("/you", "/child")), ("treatment", begun.replace("/you", "/treatment")),
        ("question", begun.replace("/you", "/question")), ("referral", "/referral"), ("codes", "/referral/codes"),
        ("family receipt", family.url), ("practice receipt", practice.url), ("sent", check), ("sign in", "/sign-in"),
        ("not found", "/nothing-here"), ("components", "/components"),
    ):  # fmt: skip
        page.goto(path if path.startswith("http") else site + path)
        found[name] = violations(page)
    for name, path, button in (
        ("you with errors", begun, "Save and go on"), ("child with errors", begun.replace("/you", "/child"), "Save and go on"),
        ("check", begun.replace("/you", "/check"), "Send to"), ("referral with errors", "/referral", "Go on to clinical details"),
    ):  # fmt: skip
        page.goto(path if path.startswith("http") else site + path)
        with page.expect_navigation():  # the page whole, its stylesheet too
            page.click(f"text={button}")
        found[name] = violations(page)
    floor_of_a_referral(page, site)
    found["clinical"] = violations(page)
    page.fill("#date_of_diagnosis", "3/4/2020")
    page.click("text=Review before sending")
    assert "We send this as you typed it." in page.inner_text("main")
    found["review with a note"] = violations(page)
    page.click("main >> text=Back")
    page.fill("#clinical_question", "x" * 9000)
    page.click("text=Review before sending")
    assert "characters too long" in page.inner_text("#summary")
    found["clinical with errors"] = violations(page)
    page.goto(f"{site}/sign-in")
    page.click("button:has-text('Sign in')")
    found["sign in with errors"] = violations(page)
    page.fill("#email", "ana.ribeiro@example.org")
    page.fill("#password", PASSWORD)
    with page.expect_navigation():
        page.click("button:has-text('Sign in')")
    found["queue"] = violations(page)
    with page.expect_navigation():
        page.click(".queue a")
    found["case"] = violations(page)
    page.click("text=Log a call")
    found["case with an act open"] = violations(page)
    with page.expect_navigation():
        page.click("[popover]:popover-open >> text=Save")
    found["case with a refused act"] = violations(page)
    page.fill("#q", "nobody")
    with page.expect_navigation():
        page.press("#q", "Enter")
    found["search"] = violations(page)
    context.close()
    assert {name: some for name, some in found.items() if some} == {}
    assert len(found) >= 25


def test_no_page_scrolls_sideways_at_320_pixels(browser: Browser, site: str) -> None:
    family, practice = Walker(site), Walker(site)
    family.send_inquiry({**INQUIRY, "message": ["x" * 300]})
    practice.send_referral()
    context = browser.new_context(viewport={"width": 320, "height": 700})
    page = context.new_page()
    wide = []
    long = {
        "child_given_name": ["Wilhelmina-Alexandra"],
        "diagnosis": ["adrenoleukodystrophy"],
        "disease_situation": [],
    }
    Walker(site).send_inquiry({**INQUIRY, **long})
    paths = ["/", "/inquiry", "/referral", "/referral/codes", "/privacy", "/sign-in", "/nothing", "/components"]
    paths += [family.url, practice.url]
    page.goto(f"{site}/inquiry")
    page.click("text=This is not an emergency")
    paths += [page.url, *(page.url.replace("/you", f"/{slug}") for slug in ("child", "treatment", "question", "check"))]
    for path in paths:
        page.goto(path if path.startswith("http") else site + path)
        if page.evaluate("document.documentElement.scrollWidth") > 320:
            wide.append(path)
    page.goto(f"{site}/sign-in")
    page.fill("#email", "ana.ribeiro@example.org")
    page.fill("#password", PASSWORD)
    page.click("button:has-text('Sign in')")
    for path in (
        "/desk?view=open",
        "/desk?view=open&status=deceased",
        page.locator(".queue a").first.get_attribute("href") or "",
    ):
        page.goto(site + path)
        if page.evaluate("document.documentElement.scrollWidth") > 320:
            wide.append(path)
    context.close()
    assert wide == []


# Every two pieces of text in the main part that are printed over each other, but for what scrolls or hovers by itself.
OVERLAPS = """() => {
  const walk = document.createTreeWalker(document.querySelector("main"), NodeFilter.SHOW_TEXT), boxes = [];
  while (walk.nextNode()) {
    const text = walk.currentNode.textContent.trim(), range = document.createRange();
    if (!text || walk.currentNode.parentElement.closest(".acts, .filters, [popover], .vh, option, details:not([open]) p")) continue;
    range.selectNodeContents(walk.currentNode);
    for (const box of range.getClientRects()) if (box.width > 1) boxes.push([text.slice(0, 30), box]);
  }
  return boxes.flatMap(([one, a], at) => boxes.slice(at + 1).filter(([, b]) =>
    Math.min(a.right, b.right) - Math.max(a.left, b.left) > 2 && Math.min(a.bottom, b.bottom) - Math.max(a.top, b.top) > 4
  ).map(([other]) => [one, other]));
}"""


@pytest.mark.parametrize("width", [1280, 320])
def test_names_of_a_hundred_characters_overlap_nothing_and_scroll_nothing(
    browser: Browser, site: str, width: int
) -> None:
    long = "Wilhelmina" * 10
    names = {"child_given_name": [long], "child_family_name": [long], "contact_given_name": [long]}
    Walker(site).send_inquiry({**INQUIRY, **names})
    Walker(site).send_inquiry({**INQUIRY, **names, "child_preferred_name": [long]})
    context = browser.new_context(viewport={"width": width, "height": 900})
    page = context.new_page()
    sign_in(page, site)
    for path in ("/desk?view=open", page.locator(".queue a").first.get_attribute("href") or ""):
        page.goto(site + path)
        assert page.inner_text("main").count(long) >= 2, path
        assert page.evaluate("document.documentElement.scrollWidth") <= width, path
        assert page.evaluate(OVERLAPS) == [], path
    page.evaluate("document.querySelector('.child').style.marginBottom = '-20rem'")
    assert page.evaluate(OVERLAPS), "the measure sees an overlap"
    context.close()


def test_the_focus_stands_on_the_fault_of_a_refused_act_and_the_next_press_of_tab_in_its_form(
    page: Page, site: str
) -> None:
    Walker(site).send_inquiry()
    sign_in(page, site)
    page.click(".queue a")
    page.click("text=Hand over")
    page.select_option("#handover-to", "transplant")
    with page.expect_navigation():
        page.click("[popover]:popover-open >> text=Save")
    assert (at(page)["id"], at(page)["text"]) == ("fault", "Write the reason. It stays with the case.")
    assert page.evaluate("document.activeElement.getBoundingClientRect().bottom < innerHeight")
    page.keyboard.press("Tab")
    assert (at(page)["name"], at(page)["value"]) == ("to", "transplant")


@pytest.mark.parametrize("width", [390, 320])
def test_text_at_twice_its_size_needs_no_sideways_scroll(browser: Browser, site: str, width: int) -> None:
    family, practice = Walker(site), Walker(site)
    family.send_inquiry()
    practice.send_referral()
    context = browser.new_context(viewport={"width": width, "height": 800})
    page = context.new_page()
    page.goto(f"{site}/inquiry")
    page.click("text=This is not an emergency")
    you = page.url
    page.select_option("#relationship", "hospital_social_worker")
    page.fill("#contact_given_name", "Wilhelmina-Alexandra")
    page.click("text=Save and go on")
    floor_of_a_referral(page, site)
    clinical = page.url
    page.fill("#date_of_diagnosis", "mid 2024")
    page.click("text=Review before sending")
    wide = []
    for path in (
        f"{site}/",
        f"{site}/inquiry",
        f"{site}/sign-in",
        f"{site}/referral",
        clinical,
        clinical.replace("/clinical", "/check"),
        you,
        f"{you}?wrong=yes",
        *(you.replace("/you", f"/{slug}") for slug in ("child", "treatment", "question", "check")),
        family.url,
        practice.url,
    ):
        page.goto(path)
        page.evaluate("document.documentElement.style.fontSize = '200%'")
        if page.evaluate("document.documentElement.scrollWidth") > width:
            wide.append(path)
    context.close()
    assert wide == []


def floor_of_a_referral(page: Page, site: str) -> None:
    """Page one answered, on to page two."""
    page.goto(f"{site}/referral")
    for control, text in (("patient_given_name", "Bo"), ("patient_mrn", "1"), ("icd10cm", "C91.02"), ("referrer_given_name", "T"), ("back_line_phone", "(413) 555-0112")):  # fmt: skip
        page.fill(f"#{control}", text)
    page.check("#urgency-routine")
    page.check("#family_aware-yes")
    page.click("text=Go on to clinical details")


def test_without_a_network_a_first_press_is_held_and_a_second_goes_through(browser: Browser, site: str) -> None:
    context = browser.new_context(viewport={"width": 390, "height": 800}, color_scheme="dark")
    page = context.new_page()
    page.goto(f"{site}/inquiry")
    page.click("text=This is not an emergency")
    page.fill("#contact_given_name", "Odalys")
    context.set_offline(True)
    page.click("text=Save and go on")
    assert page.is_visible("text=No network. Your words are still here.")
    assert page.input_value("#contact_given_name") == "Odalys"
    assert violations(page) == []
    with page.expect_request(lambda request: request.method == "POST"):
        page.click("text=Save and go on")
    context.set_offline(False)
    page.goto(f"{site}/inquiry")
    page.click("text=This is not an emergency")
    page.fill("#contact_given_name", "Zofia")
    context.set_offline(True)
    page.click("text=Save and go on")
    context.set_offline(False)
    page.wait_for_selector("#offline", state="hidden")
    page.click("text=Save and go on")
    page.wait_for_selector("#summary")
    assert page.input_value("#contact_given_name") == "Zofia"
    context.close()


def test_a_first_load_is_small_and_nothing_jumps(browser: Browser, site: str) -> None:
    context = browser.new_context()
    page = context.new_page()
    answers: list[Response] = []
    page.on("response", lambda answer: answers.append(answer))  # noqa: PLW0108  Playwright marks what it calls
    shifts = "new PerformanceObserver(l => l.getEntries().forEach(e => window.shift = (window.shift || 0) + e.value))"
    page.add_init_script(f"{shifts}.observe({{type: 'layout-shift', buffered: true}})")
    for path in ("/", "/inquiry", "/referral"):
        answers.clear()
        context.clear_cookies()
        page.goto(site + path, wait_until="networkidle")
        loaded = {answer.url: len(answer.body()) for answer in answers if answer.ok}
        assert len(answers) <= 10, loaded
        assert 10_000 < sum(loaded.values()) <= 150_000, loaded
        assert page.evaluate("window.shift || 0") <= 0.05, path
    context.close()


def test_a_filter_applies_as_it_is_chosen(page: Page, site: str) -> None:
    Walker(site).send_inquiry()
    sign_in(page, site)
    assert not page.is_visible("#apply")
    with page.expect_navigation():
        page.select_option("#filter-status", "deceased")
    assert "No case fits these filters" in page.inner_text("main")
