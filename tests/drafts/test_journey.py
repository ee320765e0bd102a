"""Through a door page by page: whatever goes wrong, the same page comes back with every answer in it."""

from __future__ import annotations

import re
from collections.abc import Callable
from datetime import timedelta
from html import escape, unescape
from itertools import pairwise
from typing import Any

import pytest
from flask import Flask
from sqlalchemy import func, select
from werkzeug.test import TestResponse

from app.audit.models import AuditRecord
from app.cases.domain import Kind
from app.cases.models import Case, Submission
from app.core.database import db
from app.drafts.models import DraftRow
from tests.doors import PAGES, SAID, USUAL, begin, fill, fill_and_send
from tests.pages import Browser, faults, words
from tests.stories.ways import INQUIRY

SQLITE = pytest.mark.parametrize("make_app", ["sqlite"], indirect=True)
DOORS = pytest.mark.parametrize("kind", list(Kind))
YOU = (
    "relationship", "contact_given_name", "contact_phone", "contact_email", "preferred_language", "interpreter_needed",
)  # fmt: skip
PRACTICE = ("referrer_given_name", "back_line_phone", "referrer_email")
ELSEWHERE = {
    Kind.INQUIRY: ("child", {**INQUIRY, "diagnosis": ["solid_tumor"]}),
    Kind.REFERRAL: ("patient", {**USUAL[Kind.REFERRAL], "icd10cm": ["C71.7"]}),
}
TYPED = {"contact_given_name": "Zofia", "contact_phone": "(617) 555-0142", "relationship": "father"}


def count(app: Flask, table: type) -> int:
    """Rows of a table."""
    with app.app_context():
        return db.session.execute(select(func.count()).select_from(table)).scalar_one()


def holds(response: TestResponse, name: str, value: str) -> bool:
    """Whether a control of the page has this value in it."""
    page = response.get_data(as_text=True)
    area = re.search(rf'<textarea[^>]* name="{name}"[^>]*>\n([^<]*)</textarea>', page)
    if area is not None:
        return unescape(area.group(1)) == value
    found = re.findall(
        rf'<(?:input|option)[^>]* (?:name="{name}"[^>]* )?value="{re.escape(escape(value))}"[^>]*>', page
    )
    return any("checked" in one or "selected" in one or ("radio" not in one and name in one) for one in found)


@SQLITE
@DOORS
@pytest.mark.parametrize("lost", ["token wrong", "token gone", "cookie gone", "another browser's token"])
def test_a_token_that_does_not_hold_gives_the_page_back_with_what_was_typed(app: Flask, kind: Kind, lost: str) -> None:
    browser, (name, slug) = Browser(app.test_client()), SAID[kind]
    form = begin(browser, kind)
    browser.get(f"{form}/{slug}")
    token = browser.hidden("csrf_token")
    if lost == "cookie gone":
        browser.client.delete_cookie("session")
    if lost == "another browser's token":
        other = Browser(app.test_client())
        begin(other, kind)
        token = other.hidden("csrf_token")
    token = {"token wrong": "wrong", "token gone": ""}.get(lost, token)
    answer = browser.post(f"{form}/{slug}", {name: "Typed for an hour", "csrf_token": token})
    assert answer.status_code == 400
    assert holds(answer, name, "Typed for an hour")
    assert "press the button once more" in words(answer)
    again = browser.post(f"{form}/{slug}", {name: "Typed for an hour"})
    assert again.status_code == 303
    assert holds(browser.get(f"{form}/{slug}"), name, "Typed for an hour")


@SQLITE
@DOORS
def test_too_many_posts_give_the_page_back_with_what_was_typed(make_app: Callable[..., Flask], kind: Kind) -> None:
    browser, (name, slug) = Browser(make_app(LIMIT_DRAFT_POSTS="2 per hour").test_client()), SAID[kind]
    form = begin(browser, kind)
    browser.get(f"{form}/{slug}")
    for _time in range(2):
        assert browser.post(f"{form}/{slug}", {name: "First"}).status_code == 303
    browser.get(f"{form}/{slug}")
    answer = browser.post(f"{form}/{slug}", {name: "Typed while it was busy"})
    assert answer.status_code == 429
    assert holds(answer, name, "Typed while it was busy")
    other = begin(browser, kind)
    assert browser.post(f"{other}/{slug}", {name: "Another form is not held up"}).status_code == 303


@SQLITE
@DOORS
def test_a_body_that_is_too_large_gives_the_page_back_with_what_was_typed(
    make_app: Callable[..., Flask], kind: Kind
) -> None:
    browser, (name, slug) = Browser(make_app(MAX_FORM_BYTES="5000").test_client()), SAID[kind]
    form = begin(browser, kind)
    browser.get(f"{form}/{slug}")
    assert browser.post(f"{form}/{slug}", {name: "Kept before"}).status_code == 303
    browser.get(f"{form}/{slug}")
    answer = browser.post(f"{form}/{slug}", {name: "long " * 1500})
    assert answer.status_code == 413
    assert holds(answer, name, "long " * 1500)
    assert holds(browser.get(f"{form}/{slug}"), name, "Kept before")
    endless = browser.post(f"{form}/{slug}", {name: "endless " * 5000})
    assert endless.status_code == 413
    assert holds(endless, name, "Kept before")


@SQLITE
@DOORS
@pytest.mark.parametrize("trouble", ["token", "limit"])
def test_the_check_page_comes_back_with_its_tick(make_app: Callable[..., Flask], kind: Kind, trouble: str) -> None:
    pages = len(PAGES[kind])
    limit = f"{pages} per hour" if trouble == "limit" else "0"
    app = make_app(LIMIT_DRAFT_POSTS=limit)
    browser = Browser(app.test_client())
    form = begin(browser, kind)
    assert fill(browser, form, USUAL[kind]).status_code == 200
    token = {"csrf_token": "wrong"} if trouble == "token" else {}
    answer = browser.post(f"{form}/check", {"consent_contact_me": "yes", **token})
    assert answer.status_code == (429 if trouble == "limit" else 400)
    assert "press the button once more" in words(answer)
    for shown in ("Odalys", "Itzel", "What can be done?") if kind is Kind.INQUIRY else ("Barnaby", "C91.02", "CAR T?"):
        assert shown in words(answer)
    if kind is Kind.INQUIRY:
        assert re.search(r'name="consent_contact_me" value="yes" checked', browser.page)
    assert count(app, Case) == 0


@SQLITE
def test_what_no_form_could_be_is_answered_with_the_page(app: Flask) -> None:
    browser = Browser(app.test_client())
    form = begin(browser, Kind.INQUIRY)
    browser.post(f"{form}/you", TYPED)
    for body, kind in (
        ("{}", "application/json"), ("x", "text/plain"), ("not a form at all", "application/x-www-form-urlencoded"),
        ("--x\r\nContent-Disposition: form-data; name=", "multipart/form-data; boundary=x"), ("", "multipart/form-data"),
    ):  # fmt: skip
        answer = browser.seen(browser.client.post(f"{form}/you", data=body, content_type=kind))
        assert answer.status_code == 400, kind
        assert holds(answer, "contact_given_name", "Zofia"), kind


def test_two_children_in_two_tabs_do_not_mix(app: Flask) -> None:
    browser = Browser(app.test_client())
    one, two = begin(browser, Kind.INQUIRY), begin(browser, Kind.INQUIRY)
    answers = {one: {**INQUIRY, "child_given_name": ["Itzel"]}, two: {**INQUIRY, "child_given_name": ["Bruno"]}}
    for slug in PAGES[Kind.INQUIRY]:
        for form in (one, two):
            assert browser.post(f"{form}/{slug}", answers[form]).status_code == 303
    for form, mine, other in ((one, "Itzel", "Bruno"), (two, "Bruno", "Itzel")):
        shown = words(browser.get(f"{form}/treatment"))
        assert mine in shown
        assert other not in shown
        checked = words(browser.get(f"{form}/check"))
        assert mine in checked
        assert other not in checked
        browser.follow(browser.post(f"{form}/check", {"consent_contact_me": "yes"}))
    assert count(app, Case) == 2


def flagged(app: Flask) -> bool:
    """Whether the only case is flagged as possibly automatic."""
    with app.app_context():
        return db.session.execute(select(Case.possibly_automatic)).scalar_one()


@DOORS
@pytest.mark.parametrize(
    ("seconds", "pot", "suspect"), [(1, "", True), (60, "http", True), (60, "", False)], ids=["fast", "pot", "person"]
)
def test_a_machine_is_taken_and_flagged_and_never_told(
    make_app: Callable[..., Flask],
    clock: Any,
    kind: Kind,
    seconds: int,
    pot: str,
    suspect: bool,  # noqa: FBT001
) -> None:
    app = make_app(MINIMUM_FILL_SECONDS="10")
    browser = Browser(app.test_client())
    form = begin(browser, kind)
    clock.shift(timedelta(seconds=seconds))
    fill(browser, form, {**USUAL[kind], "website": [pot]})
    receipt = browser.follow(browser.post(f"{form}/check", USUAL[kind]))
    assert flagged(app) is suspect
    assert receipt.request.path.startswith("/follow/")
    assert "automatic" not in browser.page


@DOORS
def test_another_child_carries_what_is_about_the_sender_only(app: Flask, kind: Kind) -> None:
    browser = Browser(app.test_client())
    form = fill_and_send(browser, kind)
    browser.get(f"{form}/sent")
    fresh = browser.post(f"{form}/another", {}).location.rsplit("/", 1)[0]
    assert fresh != form
    about = set(YOU if kind is Kind.INQUIRY else PRACTICE)
    for slug in PAGES[kind]:
        page = browser.get(f"{fresh}/{slug}")
        for name, values in USUAL[kind].items():
            if f'name="{name}"' in browser.page:
                assert holds(page, name, values[0]) is (name in about), name
    check = browser.get(f"{fresh}/check")
    assert "Itzel" not in words(check)
    assert "Barnaby" not in words(check)
    assert count(app, Case) == 1


@DOORS
def test_a_sent_form_shows_its_answers_within_a_day_and_not_later(app: Flask, clock: Any, kind: Kind) -> None:
    browser, child = Browser(app.test_client()), "Itzel" if kind is Kind.INQUIRY else "Barnaby"
    form = fill_and_send(browser, kind)
    clock.shift(timedelta(hours=23))
    page = browser.follow(browser.get(f"{form}/{PAGES[kind][0]}"))
    assert "You have sent this form" in words(page)
    assert "/follow/" in page.text
    browser.follow(browser.post(f"{form}/change", {}))
    assert child in browser.page
    token = browser.hidden("csrf_token")
    with app.app_context():
        seen = db.session.execute(select(AuditRecord.action).where(AuditRecord.subject_kind == "submission")).scalars()
        assert sorted(seen) == ["sent_form_reopened", "sent_form_viewed"]
        db.session.remove()
    clock.shift(timedelta(days=40))
    later = browser.get(f"{form}/sent")
    assert "You have sent this form" in words(later)
    assert "Change or add something" not in words(later)
    assert re.search(r"<strong>[0-9A-Z-]{11}</strong>", later.text)
    assert "/follow/" not in later.text
    browser.get(f"{form}/sent")
    assert "/follow/" not in browser.client.post(f"{form}/check", data={"csrf_token": token}).location
    browser.follow(browser.post(f"{form}/change", {"csrf_token": token}))
    assert child not in browser.page


@DOORS
def test_the_address_of_a_form_changes_nothing_a_day_later(app: Flask, clock: Any, kind: Kind) -> None:
    browser, (name, slug) = Browser(app.test_client()), SAID[kind]
    form = fill_and_send(browser, kind)
    clock.shift(timedelta(days=1, seconds=1))
    begin(browser, kind)  # for a page with a token
    before = count(app, Submission), count(app, DraftRow)
    answer = browser.post(f"{form}/{slug}", {name: "From somebody else"})
    assert answer.status_code == 409
    assert "cannot be changed here any more" in words(answer)
    assert holds(answer, name, "From somebody else")
    assert browser.post(f"{form}/change", {}).location == f"{form}/sent"
    assert "/follow/" not in browser.get(f"{form}/sent").text
    assert (count(app, Submission), count(app, DraftRow)) == before


@DOORS
def test_what_was_opened_within_the_day_and_is_sent_later_is_given_back_and_changes_nothing(
    app: Flask, clock: Any, kind: Kind
) -> None:
    browser, (name, slug) = Browser(app.test_client()), SAID[kind]
    form = fill_and_send(browser, kind)
    browser.get(f"{form}/sent")
    browser.follow(browser.post(f"{form}/change", {}))
    browser.post(f"{form}/{slug}", {**USUAL[kind], name: "Half an hour of typing"})
    clock.shift(timedelta(days=1, seconds=1))
    for _press in range(2):
        answer = browser.post(f"{form}/check", USUAL[kind])
        assert answer.status_code == 409
        assert "cannot be changed here any more" in words(answer)
        assert "Half an hour of typing" in words(answer)
    assert (count(app, Submission), count(app, DraftRow)) == (1, 1)


@SQLITE
def test_an_unknown_form_cannot_be_changed_and_leaves_nothing(app: Flask) -> None:
    browser = Browser(app.test_client())
    browser.get("/inquiry")
    for room in ("inquiry", "referral"):
        for act in ("change", "another"):
            browser.post(f"/{room}/{'x' * 22}/{act}", {})
    for slug in ("you", "sent", "check"):
        browser.get(f"/inquiry/{'x' * 22}/{slug}")
    assert count(app, DraftRow) == 0


@SQLITE
@DOORS
def test_the_check_page_links_each_gap_to_its_question(app: Flask, kind: Kind) -> None:
    browser = Browser(app.test_client())
    form = begin(browser, kind)
    browser.get(f"{form}/{PAGES[kind][-1]}")
    browser.post(f"{form}/{PAGES[kind][-1]}", {SAID[kind][0]: "Only the last page"})
    browser.get(f"{form}/check")
    answer = browser.post(f"{form}/check", {})
    answer = browser.follow(answer)
    gaps = re.findall(rf'<li><a href="({form}/\w+)\?back=check#([\w-]+)">', browser.page)
    assert len(gaps) == len(faults(answer)) - (1 if kind is Kind.INQUIRY else 0)
    for page, control in gaps:
        assert f'id="{control}"' in browser.get(page).get_data(as_text=True)
    assert count(app, Submission) == 0


@SQLITE
@DOORS
def test_a_fault_leads_to_a_page_that_can_be_reloaded_and_back_keeps_what_was_typed(app: Flask, kind: Kind) -> None:
    browser = Browser(app.test_client())
    form = begin(browser, kind)
    slug, before = PAGES[kind][1], PAGES[kind][0]
    assert 'value="back"' not in browser.get(f"{form}/{before}").text
    wrong = {"child_given_name": "Half", "guardian_name": "Half", "guardian_phone": "dad\x07"}
    answer = browser.post(f"{form}/{slug}", wrong)
    assert (answer.status_code, answer.location) == (303, f"{form}/{slug}?wrong=yes")
    assert faults(browser.follow(answer)) == faults(browser.get(answer.location)) != []
    assert "<title>Error:" in browser.page
    assert faults(browser.get(f"{form}/{slug}")) == []
    answer = browser.post(f"{form}/{slug}", {**wrong, "then": "back"})
    assert answer.location == f"{form}/{before}"
    assert 'value="Half"' in browser.get(f"{form}/{slug}").text


@SQLITE
@DOORS
def test_a_form_that_was_sent_and_opened_again_says_that_we_have_it(app: Flask, clock: Any, kind: Kind) -> None:
    browser = Browser(app.test_client())
    form = fill_and_send(browser, kind)
    browser.get(f"{form}/sent")
    page = browser.follow(browser.post(f"{form}/change", {}))
    assert re.search(r"We have your (form|referral) \([0-9A-Z-]{11}\)\. These changes are not sent yet", words(page))
    clock.shift(timedelta(days=2))
    sent = words(browser.get(f"{form}/sent"))
    assert "Change or add something" not in sent
    assert re.search("Refer another patient|Ask about somebody else", sent)


@SQLITE
def test_a_time_zone_that_the_browser_fills_in_opens_nothing_and_is_not_shown(app: Flask) -> None:
    browser = Browser(app.test_client())
    form = begin(browser, Kind.INQUIRY)
    browser.post(f"{form}/you", {"time_zone": "Pacific/Apia"})
    assert "<details open" not in browser.get(f"{form}/you").text.replace('class="more-q" ', "")
    assert "Pacific/Apia" not in browser.get(f"{form}/check").text


@SQLITE
def test_a_referral_of_page_one_alone_has_no_empty_part_on_the_review_page(app: Flask) -> None:
    browser = Browser(app.test_client())
    form = begin(browser, Kind.REFERRAL)
    browser.post(f"{form}/patient", USUAL[Kind.REFERRAL])
    assert "part-clinical" not in browser.get(f"{form}/check").text


def goes_on(browser: Browser, page: TestResponse) -> TestResponse:
    """Press the one button of the page that says where to go instead."""
    sends = 'method="post"' in page.text
    onward = re.findall(r'<form method="(?:get|post)" action="([^"]*)"', page.text)[0]
    return browser.post(onward, {}) if sends else browser.get(onward)


@DOORS
def test_a_disease_that_others_treat_gets_one_page_of_help_and_is_taken_all_the_same(app: Flask, kind: Kind) -> None:
    browser, (slug, answers) = Browser(app.test_client()), ELSEWHERE[kind]
    form = begin(browser, kind)
    after = dict(pairwise((*PAGES[kind], "check")))
    for one in PAGES[kind]:
        answer = browser.post(f"{form}/{one}", {**answers, "issued": browser.hidden("issued")})
        if one != slug:
            assert answer.location == f"{form}/{after[one]}"
            continue
        assert answer.location == f"{form}/elsewhere?after={slug}"
        page = browser.follow(answer)
        for said in ("information line", "A coordinator reads it", "(617) 555-0142"):
            assert said in words(page)
        assert "solid" not in page.text.split("</title>")[0]
        assert browser.get(answer.location).text == page.text
        assert goes_on(browser, page).request.path == f"{form}/{after[one]}"
        again = browser.post(f"{form}/{one}", answers)
        assert again.location == f"{form}/{after[one]}", "once for each form"
    browser.get(f"{form}/check")
    browser.follow(browser.post(f"{form}/check", answers))
    assert "We have your" in browser.page
    assert count(app, Case) == 1


@SQLITE
@DOORS
def test_the_page_of_help_comes_after_what_is_wrong_and_not_on_the_way_back(app: Flask, kind: Kind) -> None:
    browser, (slug, answers) = Browser(app.test_client()), ELSEWHERE[kind]
    form = begin(browser, kind)
    browser.get(f"{form}/{slug}")
    born = "child_dob-year" if kind is Kind.INQUIRY else "patient_dob-year"
    assert "wrong=yes" in browser.post(f"{form}/{slug}", {**answers, born: "2150"}).location
    assert "elsewhere" not in browser.post(f"{form}/{slug}", {**answers, "then": "back"}).location
    changed = browser.post(f"{form}/{slug}?back=check", answers)
    assert changed.location == f"{form}/elsewhere?after={slug}&then=check"
    assert goes_on(browser, browser.follow(changed)).request.path == f"{form}/check"


def test_send_now_passes_the_page_of_help_and_sends_from_there(app: Flask) -> None:
    browser, (slug, answers) = Browser(app.test_client()), ELSEWHERE[Kind.REFERRAL]
    form = begin(browser, Kind.REFERRAL)
    page = browser.follow(browser.post(f"{form}/{slug}", {**answers, "then": "send"}))
    assert count(app, Case) == 0
    assert "Send it all the same" in words(page)
    sent = goes_on(browser, page)
    assert "/follow/" in sent.location
    assert count(app, Case) == 1
    assert goes_on(browser, page).location == sent.location, "a repeat gets the same receipt"


@SQLITE
@pytest.mark.parametrize(
    ("kind", "name", "slug", "how"),
    [(Kind.INQUIRY, "contact_email", "you", {}), (Kind.REFERRAL, "referrer_email", "patient", {"then": "send"})],
)
def test_a_mistyped_domain_is_asked_about_once_and_never_refused(
    app: Flask, kind: Kind, name: str, slug: str, how: dict[str, str]
) -> None:
    browser = Browser(app.test_client())
    form = begin(browser, kind)
    typed: dict[str, Any] = {**USUAL[kind], name: [f"odalys@{'gmial.com'}"], **how}
    asked = browser.follow(browser.post(f"{form}/{slug}", typed))
    question = f"Did you mean odalys@{'gmail.com'}? If what you wrote is right, press the button once more."
    assert faults(asked) == [question]
    assert f'id="{name}-error"' in asked.text
    other = browser.follow(browser.post(f"{form}/{slug}", {**typed, name: [f"odalys@{'yaho.com'}"]}))
    assert faults(other) == [question.replace("gmail", "yahoo")]
    kept = browser.follow(browser.post(f"{form}/{slug}", {**typed, name: [f"odalys@{'yaho.com'}"]}))
    assert faults(kept) == []
    fill(browser, form, {**typed, name: [f"odalys@{'yaho.com'}"]})
    assert "Thank you." in words(browser.follow(browser.post(f"{form}/check", USUAL[kind])))
