"""Who may open what: every route of the app with its guard. A new public page is a visible line here."""

from __future__ import annotations

import re
from collections.abc import Callable, Mapping

import pytest
from flask import Flask
from werkzeug.routing import Rule
from werkzeug.test import TestResponse

from app.web.access import access_of
from tests.pages import Browser

ACCESS = {
    "static": "public",
    "health.healthz": "public",
    "pages.home": "public",
    "pages.privacy": "public",
    "pages.accessibility": "public",
    "pages.reading": "public",
    "pages.look": "public",
    "pages.mark": "public",
    "inquiries.start": "public",
    "inquiries.begin": "public",
    "inquiries.page": "public",
    "inquiries.keep": "public",
    "inquiries.check": "public",
    "inquiries.send": "public",
    "inquiries.elsewhere": "public",
    "inquiries.sent": "public",
    "inquiries.another": "public",
    "inquiries.change": "public",
    "inquiries.files": "public",
    "inquiries.add_files": "public",
    "inquiries.remove_file": "public",
    "inquiries.sort_files": "public",
    "inquiries.begin_upload": "public",
    "inquiries.upload": "public",
    "referrals.start": "public",
    "referrals.codes": "public",
    "referrals.page": "public",
    "referrals.keep": "public",
    "referrals.check": "public",
    "referrals.send": "public",
    "referrals.elsewhere": "public",
    "referrals.sent": "public",
    "referrals.another": "public",
    "referrals.change": "public",
    "referrals.files": "public",
    "referrals.add_files": "public",
    "referrals.remove_file": "public",
    "referrals.sort_files": "public",
    "referrals.begin_upload": "public",
    "referrals.upload": "public",
    "follow.receipt": "public",
    "page.show": "public",
    "page.answer": "public",
    "follow.add_files": "public",
    "follow.no_files": "public",
    "follow.sort_files": "public",
    "follow.begin_upload": "public",
    "follow.upload": "public",
    "follow.messages": "public",
    "follow.write": "public",
    "follow.ask_code": "public",
    "follow.open_by_code": "public",
    "follow.no_code": "public",
    "follow.enter": "public",
    "follow.enter_by_words": "public",
    "accounts.sign_in_page": "public",
    "accounts.sign_in": "public",
    "accounts.sign_out": "public",
    "admin.index": "manage_users",
    "desk.paged": "read_paged",
    "desk.paged_case": "read_paged",
    "desk.queue": "read_cases",
    "desk.search": "read_cases",
    "desk.results": "read_cases",
    "desk.records": "read_cases",
    "desk.mark_records": "work_cases",
    "desk.no_search": "read_cases",
    "desk.acted": "read_cases",
    "desk.case": "read_cases",
    "desk.case_news": "read_cases",
    "desk.keys": "read_cases",
    "desk.switch_keys": "read_cases",
    "desk.following": "read_cases",
    "desk.following_unclaimed": "work_cases",
    "desk.presence": "work_cases",
    "desk.queue_news": "read_cases",
    "desk.files": "read_cases",
    "desk.open_file": "read_cases",
    "desk.view_file": "read_cases",
    "desk.view_unscanned": "open_unscanned",
    "desk.add_files": "work_cases",
    "desk.sort": "work_cases",
    "desk.move": "work_cases",
    "desk.move_on": "work_cases",
    "desk.moved": "read_audit",
    "desk.moved_list": "read_audit",
    "desk.begin_upload": "work_cases",
    "desk.upload": "work_cases",
    "desk.new": "work_cases",
    **{
        f"entry_{door}.{view}": "work_cases"
        for door in ("inquiry", "referral")
        for view in ("start", "page", "keep", "check", "send", "elsewhere", "sent", "another", "change")
    },
    "desk.claim": "work_cases",
    "desk.assign": "work_cases",
    "desk.status": "work_cases",
    "desk.handover": "work_cases",
    "desk.undo": "work_cases",
    "desk.looked": "work_cases",
    "desk.stop": "work_cases",
    "desk.died": "work_cases",
    "desk.lift": "lift_stop",
    "desk.release": "work_cases",
    "desk.decline": "review_cases",
    "desk.told": "work_cases",
    "desk.urgency": "work_cases",
    "desk.record_number": "work_cases",
    "desk.link_number": "work_cases",
    "desk.note": "work_cases",
    "desk.contact": "work_cases",
    "desk.away": "work_cases",
    "desk.be_away": "work_cases",
    "desk.snooze": "work_cases",
    "desk.wake": "work_cases",
    "desk.tasks": "work_cases",
    "desk.task": "work_cases",
    "desk.task_done": "work_cases",
    "desk.thread_page": "read_cases",
    "desk.write": "work_cases",
}
SQLITE = pytest.mark.parametrize("make_app", ["sqlite"], indirect=True)


@SQLITE
def test_every_route_is_listed_with_its_guard(app: Flask) -> None:
    found = {rule.endpoint: access_of(app, rule.endpoint) for rule in app.url_map.iter_rules()}
    assert found == ACCESS, "a route was added, removed or opened: change ACCESS in the same commit, on purpose"


def asked(browser: Browser, rule: Rule, fields: Mapping[str, str]) -> TestResponse:
    """The answer to a route, asked in a way of its own about things that do not exist."""
    path = re.sub(r"<uuid:\w+>", "01a212c1-31f2-7e79-9f0b-090a90d15b50", rule.rule).replace(
        "<reference>", "7KQ4-M2XH-9"
    )
    if "POST" in (rule.methods or set()):
        return browser.post(path, fields)
    if "PATCH" in (rule.methods or set()):
        return browser.client.patch(path, headers={"X-CSRFToken": fields.get("csrf_token", "")})
    return browser.get(path)


@SQLITE
def test_a_stranger_opens_nothing_of_the_staff(app: Flask) -> None:
    browser = Browser(app.test_client())
    browser.get("/sign-in")
    for rule in app.url_map.iter_rules():
        if ACCESS[rule.endpoint] == "public":
            continue
        answer = asked(browser, rule, {})
        assert answer.status_code in {303, 401}, rule.endpoint


@SQLITE
@pytest.mark.parametrize(
    ("person", "opens"),
    [
        ("ana.ribeiro", {"read_cases", "work_cases"}),
        ("petra.quist", {"read_cases", "read_audit"}),
        ("otis.varga", {"read_paged"}),
        ("ada.lindqvist", {"manage_users"}),
    ],
)
def test_each_role_opens_what_it_was_granted_and_nothing_else(staffed: Flask, person: str, opens: set[str]) -> None:
    browser = Browser(staffed.test_client())
    browser.sign_in(person)
    browser.get("/desk" if "read_cases" in opens else "/desk/paged" if "read_paged" in opens else "/admin")
    token = browser.hidden("csrf_token")
    for rule in staffed.url_map.iter_rules():
        access = ACCESS[rule.endpoint]
        if access == "public":
            continue
        answer = asked(browser, rule, {"csrf_token": token})
        refused = answer.status_code == 403
        assert refused == (access not in opens), (rule.endpoint, answer.status_code)


@SQLITE
def test_every_page_forbids_other_hosts_framing_and_keeping(make_app: Callable[..., Flask]) -> None:
    browser = Browser(make_app().test_client())
    for path in ("/", "/inquiry", "/sign-in", "/nothing"):
        headers = browser.get(path).headers
        policy = headers["Content-Security-Policy"]
        assert "default-src 'none'" in policy or "default-src 'self'" in policy
        assert "frame-ancestors 'none'" in policy
        assert "http:" not in policy
        assert "https:" not in policy
        assert headers["X-Content-Type-Options"] == "nosniff"
        assert headers["Referrer-Policy"] in {"no-referrer", "same-origin"}
    begun = browser.post("/inquiry", {}).location
    assert "no-store" in browser.get(begun).headers["Cache-Control"]
    secure = make_app(PUBLIC_URL="https://intake.example.org", MAIL_HOST="mail.example.org", LIMIT_DRAFT_POSTS="9 per hour",
                      LIMIT_ADDRESS_POSTS="9 per hour", LIMIT_ADDRESS_STARTS="9 per hour", MINIMUM_FILL_SECONDS="1")  # fmt: skip
    answer = secure.test_client().get("/inquiry", base_url="https://intake.example.org")
    assert "max-age" in answer.headers["Strict-Transport-Security"]
    cookie = answer.headers["Set-Cookie"]
    assert cookie.startswith("__Host-")
    assert "Secure" in cookie
    assert "HttpOnly" in cookie
