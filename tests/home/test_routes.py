"""The public pages: emergency first, two doors, all the parts of the page; the phone on each; plain English."""

from __future__ import annotations

import re
from html import unescape

import pytest
from flask import Flask

from app.cases.domain import Kind
from app.programs.service import own_texts
from tests.doors import PAGES, begin, fill, fill_and_send
from tests.pages import Browser, words
from tests.stories.ways import INQUIRY

pytestmark = pytest.mark.parametrize("make_app", ["sqlite"], indirect=True)
GRADE = 8.0
# Names that a page must say, each counted as one easy word: a reader is not slowed by them twice.
NAMES = re.compile(
    r"CAR T-cell|CAR T|Wrenfield Children’s|Wrenfield|lymphoblastic|non-Hodgkin|coordinators?|immunotherapy"
)


def test_emergency_stands_first_and_then_two_doors(app: Flask) -> None:
    shown = words(Browser(app.test_client()).get("/"))
    order = ["very sick right now", "911", "I am a parent or caregiver", "I refer a patient"]
    places = [shown.index(one) for one in order]
    assert places == sorted(places)
    assert shown.index("911") < 200


def test_the_home_page_has_all_its_parts(app: Flask) -> None:
    page = Browser(app.test_client()).get("/")
    shown = words(page)
    for part in (
        "coordinator", "treatment", "becoming a patient", "immunotherapy", "T cells", "acute lymphoblastic leukemia",
        "non-Hodgkin lymphoma", "trial", "gene therapy", "transplant", "side effect", "age", "came back", "Learn more",
        "Not sure where to start?", "irector of",
    ):  # fmt: skip
        assert part.casefold() in shown.casefold(), part
    for door in ("/inquiry", "/referral"):
        assert page.text.count(f'href="{door}"') == 1
    with app.app_context():
        readings = own_texts().readings
    assert {one.kind for one in readings} >= {"video", "story"}
    for one in readings:
        assert f'href="/learn/{one.slug}"' in page.text
        assert one.title in shown
    director = shown.split("Not sure where to start?")[1]
    assert re.search(r"\(\d{3}\) 555-01\d\d", director)


def test_each_reading_is_hosted_here_and_leads_back(app: Flask) -> None:
    browser = Browser(app.test_client())
    for address in re.findall(r'href="(/learn/[^"]+)"', browser.get("/").text):
        page = browser.get(address)
        assert page.status_code == 200
        assert 'href="/#learn"' in page.text


def test_the_privacy_notice_is_linked_before_the_first_question(app: Flask) -> None:
    browser = Browser(app.test_client())
    assert 'href="/privacy"' in browser.get("/inquiry").text
    form = begin(browser, Kind.REFERRAL)
    assert 'href="/privacy"' in browser.get(f"{form}/patient").text
    assert re.search(r"Version of \d{4}-\d\d-\d\d", words(browser.get("/privacy")))


def test_the_phone_number_is_on_every_page(staffed: Flask) -> None:
    browser, kind = Browser(staffed.test_client()), Kind.INQUIRY
    pages = ["/", "/privacy", "/accessibility", "/inquiry", "/nothing", "/sign-in", "/referral/codes"]
    for one in Kind:
        form = begin(browser, one)
        pages += [f"{form}/{slug}" for slug in (*PAGES[one], "check")]
    form = fill_and_send(browser, kind)
    pages += [f"{form}/sent", browser.post(f"{form}/check", {"consent_contact_me": "yes"}).location]
    for path in pages:
        answer = browser.get(path)
        if answer.status_code == 303:  # a form without an answer has nothing to check
            continue
        assert re.search(r'href="tel:\+1-?\d{3}-?555-?01\d\d"', answer.text), path


def test_a_demonstration_says_so_on_every_page(make_app: object, app: Flask) -> None:
    assert "Demonstration" not in Browser(app.test_client()).get("/").text
    demo = make_app(DEMO="1")  # type: ignore[operator]
    browser = Browser(demo.test_client())
    for path in ("/", "/inquiry", "/nothing", "/sign-in", "/privacy"):
        assert "Demonstration: no real patients" in browser.get(path).text


def syllables(word: str) -> int:
    """Groups of vowels, without a silent e at the end: near enough for an average."""
    found = len(re.findall(r"[aeiouy]+", word.casefold()))
    silent = re.search(r"[^aeiouyl]e$|[^td]ed$", word.casefold()) is not None
    return max(1, found - (1 if silent and found > 1 else 0))


def grade(page: str) -> float:
    """The school grade of Flesch and Kincaid of a page's sentences; labels of a word or two are none."""
    main = page[page.find("<main") : page.find("</main>")]
    for tag in ("svg", "select", "script", "strong"):
        main = re.sub(rf"<{tag}.*?</{tag}>", " ", main, flags=re.DOTALL)
    blocks = re.split(r"</?(?:p|li|h[1-6]|legend|label|dt|dd|div|summary|section|button|b|small)[^>]*>", main)
    texts = [NAMES.sub("name", unescape(re.sub(r"<[^>]+>", "", block))) for block in blocks]
    sentences = [re.findall(r"[A-Za-z’]+", one) for text in texts for one in re.split(r"[.!?:]\s", text)]
    sentences = [one for one in sentences if len(one) > 3]
    count = sum(len(one) for one in sentences)
    sounds = sum(syllables(word) for one in sentences for word in one)
    return 0.39 * count / len(sentences) + 11.8 * sounds / count - 15.59


def test_the_measure_of_reading_knows_hard_from_easy(app: Flask) -> None:
    easy = "<main><p>We call you soon. The child is not well. You can ask us all you want.</p></main>"
    hard = "<main><p>Immunological investigations necessitate interdisciplinary deliberation preceding authorization.</p></main>"
    assert grade(easy) < 3
    assert grade(hard) > 15


def test_a_parent_reads_every_page_with_eight_years_of_school(app: Flask) -> None:
    browser = Browser(app.test_client())
    form = begin(browser, Kind.INQUIRY)
    measured = {"home": grade(browser.get("/").text), "start": grade(browser.get("/inquiry").text)}
    for slug in PAGES[Kind.INQUIRY]:
        measured[slug] = grade(browser.get(f"{form}/{slug}").text)
    measured["with errors"] = grade(browser.follow(browser.post(f"{form}/you", {"contact_given_name": ""})).text)
    measured["check"] = grade(fill(browser, form, INQUIRY).text)
    measured["receipt"] = grade(browser.follow(browser.post(f"{form}/check", {"consent_contact_me": "yes"})).text)
    measured["sent"] = grade(browser.get(f"{form}/sent").text)
    measured["not found"] = grade(browser.get("/nothing").text)
    measured["privacy"] = grade(browser.get("/privacy").text)
    assert {name: round(found, 1) for name, found in measured.items() if found > GRADE} == {}
