"""What another site's page sends changes nothing here, not even a cookie."""

from __future__ import annotations

import re

import pytest
from flask import Flask

from app.cases.domain import Kind
from tests.doors import begin
from tests.pages import Browser, words

pytestmark = pytest.mark.parametrize("make_app", ["sqlite"], indirect=True)


def test_what_another_site_posts_signs_nobody_out_and_gets_no_token(app: Flask) -> None:
    stranger = app.test_client(use_cookies=False)  # a cross-site post carries no Lax cookie
    for rule in app.url_map.iter_rules():
        if "POST" not in (rule.methods or set()):
            continue
        path = re.sub(r"<[^>]+>", "x" * 22, rule.rule)
        answer = stranger.post(path, data={"q": "words"}, headers={"Sec-Fetch-Site": "cross-site"})
        assert answer.status_code == 400, path
        assert "Set-Cookie" not in answer.headers, path
        assert "csrf_token" not in answer.text, path
        assert "Another site sent this" in words(answer), path


@pytest.mark.parametrize("site", ["same-origin", "same-site", "none"])
def test_what_our_own_pages_post_is_taken(app: Flask, site: str) -> None:
    browser = Browser(app.test_client())
    form = begin(browser, Kind.INQUIRY)
    browser.get(f"{form}/question")
    headers = {"Sec-Fetch-Site": site}
    assert browser.post(f"{form}/question", {"message": "x"}, headers=headers).status_code == 303


def test_a_link_on_another_site_leads_here(app: Flask) -> None:
    assert app.test_client().get("/inquiry", headers={"Sec-Fetch-Site": "cross-site"}).status_code == 200
