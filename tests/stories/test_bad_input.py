"""Anything may be typed or sent: no fault of ours, nothing stored by half, nothing unescaped, all of it shown back."""

from __future__ import annotations

import re
import tracemalloc
from collections.abc import Callable, Iterator
from typing import Any
from urllib.parse import quote

import pytest
from flask import Flask
from hypothesis import HealthCheck, example, given, settings
from hypothesis import strategies as st
from sqlalchemy import func, select
from werkzeug.datastructures import MultiDict
from werkzeug.routing import Rule

from app.cases.domain import Kind
from app.cases.models import Case
from app.core.database import db
from app.drafts.models import DraftRow
from app.samples.load import FORMS
from app.web.fields import Area, Text, fields_of
from tests.doors import PAGES, USUAL, begin, fill, fill_and_send
from tests.pages import Browser, faults
from tests.stories.ways import INQUIRY, answers_on, expected_on

SQLITE = pytest.mark.parametrize("make_app", ["sqlite"], indirect=True)
DOORS = pytest.mark.parametrize("kind", list(Kind))
FEW = settings(max_examples=12, deadline=None, suppress_health_check=[HealthCheck.function_scoped_fixture])
HOSTILE = (
    '=HYPERLINK("x")', "<script>alert(1)</script>", "\"' onmouseover='x", "{{ 7*7 }}{% x %}", "\u202eabc\u202c", "%s%n%00",
    "👩‍👧 ❤️ 🏥", "e\u0301", "../../etc/passwd", "'; drop table \"case\"; --", "</textarea><img src=x>", "&lt;b&gt; &amp;",
    "\u2066عائشة\u2069", "ﷺ 漢字 שלום", "null", "-1", "a" * 90,
)  # fmt: skip
ANY = st.text(st.characters(exclude_categories=["Cc", "Cs"], exclude_characters="\ufffd"), min_size=1, max_size=60)


def count(app: Flask, table: type) -> int:
    """Rows of a table."""
    with app.app_context():
        return db.session.execute(select(func.count()).select_from(table)).scalar_one()


def free_text(app: Flask, kind: Kind) -> dict[str, int]:
    """The questions of a door that take any words, and how many letters of them."""
    with app.test_request_context():
        fields = [field for form in FORMS[kind] for field in fields_of(form)]
    return {
        one.name: one.maximum
        for one in fields
        if isinstance(one, Text | Area) and one.name not in {"postal_code", "npi"}
    }


@SQLITE
@DOORS
@FEW
@given(st.lists(ANY | st.sampled_from(HOSTILE), min_size=4, max_size=8))
@example(list(HOSTILE))
def test_any_words_in_any_field_are_shown_unchanged_and_never_as_markup(
    staffed: Flask, kind: Kind, words: list[str]
) -> None:
    names = free_text(staffed, kind)
    typed = {name: [words[place % len(words)][: names[name]].strip() or "x"] for place, name in enumerate(names)}
    browser, desk = Browser(staffed.test_client()), Browser(staffed.test_client())
    answers = {**USUAL[kind], **typed}
    form = begin(browser, kind)
    check = fill(browser, form, answers)
    assert check.status_code == 200, faults(check)
    receipt = browser.follow(browser.post(f"{form}/check", answers))
    reference = re.findall(r"<strong>([0-9A-Z-]{11})</strong>", receipt.text)[0]
    desk.sign_in()
    for page in (browser.get(f"{form}/sent"), desk.get("/desk"), desk.get(f"/desk/cases/{reference}")):
        assert "<script>alert" not in page.text
        assert "<img src=x" not in page.text
        assert "onmouseover='x\"" not in page.text
    begun = {"not_emergency_ack": ["yes"]} if kind is Kind.INQUIRY else {}
    assert answers_on(desk.page) == expected_on(answers) | begun


@SQLITE
@DOORS
def test_a_million_letters_in_any_field_are_refused_beside_it_and_given_back(app: Flask, kind: Kind) -> None:
    browser, long = Browser(app.test_client()), "é" * 500_000
    form = begin(browser, kind)
    for name, slug in (("message", "question"), ("contact_given_name", "you")) if kind is Kind.INQUIRY else (
        ("clinical_question", "clinical"), ("patient_given_name", "patient"),
    ):  # fmt: skip
        answer = browser.post(f"{form}/{slug}", {**USUAL[kind], name: long}, content_type="multipart/form-data")
        answer.request.environ["wsgi.input"].close()  # the test client puts so large a body into a file
        assert answer.status_code == 422
        assert any("characters too long" in one for one in faults(answer))
        assert long in answer.text
        again = browser.get(f"{form}/{slug}").text
        assert "é" * 99 not in again, "the page has it; the disk does not"


@SQLITE
@DOORS
@pytest.mark.parametrize("wrong", [b"%00", b"%07", b"%1B%5B31m", b"%FF%FE", b"%ED%A0%80", b"%C0%AF"])
def test_what_cannot_be_read_gets_its_error_beside_the_field_and_the_rest_is_kept(
    app: Flask, kind: Kind, wrong: bytes
) -> None:
    browser = Browser(app.test_client())
    form = begin(browser, kind)
    slug, wanted, other = ("you", b"contact_given_name", "contact_family_name") if kind is Kind.INQUIRY else (
        "patient", b"patient_given_name", "patient_family_name")  # fmt: skip
    body = wanted + b"=Ma" + wrong + b"ria&" + f"{other}=Kept&csrf_token={quote(browser.hidden('csrf_token'))}".encode()
    answer = browser.seen(
        browser.client.post(f"{form}/{slug}", data=body, content_type="application/x-www-form-urlencoded")
    )
    answer = browser.follow(answer)
    assert re.search(rf'id="{wanted.decode()}-error".*a character here that we cannot read', answer.text)
    assert 'value="Kept"' in answer.text
    assert 'value="Kept"' in browser.get(f"{form}/{slug}").text


@SQLITE
@pytest.mark.parametrize(
    ("parts", "sentence"),
    [
        (("2", "30", "2019"), "That day is not in that month"), (("13", "1", "2019"), "Write the month"),
        (("2", "1", "2150"), "This date is in the future"), (("", "", ""), "date of birth"), (("2", "1", "1890"), "Write the year"),
    ],
)  # fmt: skip
@DOORS
def test_each_wrong_birthday_has_a_sentence_of_its_own(
    app: Flask, kind: Kind, parts: tuple[str, ...], sentence: str
) -> None:
    browser = Browser(app.test_client())
    born, slug = ("child_dob", "child") if kind is Kind.INQUIRY else ("patient_dob", "patient")
    form = begin(browser, kind)
    dated = {f"{born}-{part}": value for part, value in zip(("month", "day", "year"), parts, strict=True)}
    answer = browser.post(f"{form}/{slug}", {**USUAL[kind], **dated})
    answer = browser.follow(answer)
    assert [one for one in faults(answer) if sentence in one] == faults(answer)
    for value in parts:
        assert not value or f'value="{value}"' in answer.text


@SQLITE
@DOORS
def test_unknown_fields_are_left_out_and_repeated_ones_asked_again(app: Flask, kind: Kind) -> None:
    browser = Browser(app.test_client())
    form = begin(browser, kind)
    slug = PAGES[kind][0]
    name = "contact_given_name" if kind is Kind.INQUIRY else "patient_given_name"
    more = MultiDict([*((key, value) for key, values in USUAL[kind].items() for value in values)])
    more.add(name, "Another")
    answer = browser.post(f"{form}/{slug}", {"unknown": "zqx", **more.to_dict(flat=False)})
    answer = browser.follow(answer)
    assert "This answer came twice and differs. Choose one." in faults(answer)
    with app.app_context():
        assert count(app, DraftRow) == 1
    assert "zqx" not in browser.get(f"{form}/{slug}").text


@SQLITE
@pytest.mark.parametrize("kind_of_body", ["application/x-www-form-urlencoded", "multipart/form-data"])
def test_hundreds_of_fields_are_no_form_of_ours(app: Flask, kind_of_body: str) -> None:
    browser = Browser(app.test_client())
    form = begin(browser, Kind.INQUIRY)
    many = {f"field{number}": "x" for number in range(500)}
    answer = browser.post(f"{form}/you", {**INQUIRY, **many}, content_type=kind_of_body)
    assert answer.status_code == 413
    assert "Odalys" not in browser.get(f"{form}/you").text


@SQLITE
@pytest.mark.parametrize("path", ["{form}/you", "/sign-in", "/desk/search", "/nowhere"])
@pytest.mark.parametrize("size", [1, 2], ids=["within the bound of bytes", "over it"])
def test_a_crowd_of_tiny_fields_is_refused_before_any_is_made(
    make_app: Callable[..., Flask], path: str, size: int
) -> None:
    browser = Browser(make_app(MAX_FORM_BYTES="400000").test_client())
    form = begin(browser, Kind.INQUIRY)
    body = b"a=&" * (size * 100_000)
    tracemalloc.start()
    answer = browser.client.post(
        path.format(form=form), data=body, content_type="application/x-www-form-urlencoded"
    )  # fmt: skip
    _now, most = tracemalloc.get_traced_memory()
    tracemalloc.stop()
    assert answer.status_code == (404 if path == "/nowhere" else 413)
    assert most < len(body) + 12_000_000  # a page of templates; the fields would be thirty million more


def rules(app: Flask) -> Iterator[Rule]:
    """Every route but the files."""
    return (rule for rule in app.url_map.iter_rules() if rule.endpoint != "static")


WRONG = (
    "x",
    "%00",
    "%0d%0aSet-Cookie:x=1",
    "..%2f..",
    "%FF",
    "x" * 22,
    "-" * 43,
    "7KQ4-M2XH-9",
    "😀",
    "a" * 5000,
    "'\"<",
)


def test_any_address_and_any_method_get_an_answer(staffed: Flask) -> None:
    desk = Browser(staffed.test_client())
    desk.sign_in()
    for rule in rules(staffed):
        for wrong in WRONG:
            path = re.sub(r"<[^>]+>", wrong, rule.rule)
            if path == rule.rule and wrong != "x":
                continue
            if rule.endpoint == "accounts.sign_out":
                continue
            for method in ("GET", "HEAD", "OPTIONS", "POST", "PUT", "DELETE", "PATCH", "TRACE", "BREW"):
                answer = desk.client.open(path, method=method, data={"csrf_token": "x"} if method == "POST" else None)
                assert answer.status_code < 500, (method, path, answer.status_code)
                assert "Set-Cookie:x" not in str(answer.headers)
                if method == "HEAD":
                    assert answer.get_data() == b""
                if answer.status_code == 405:
                    assert answer.headers["Allow"]
                    assert method == "HEAD" or "555-01" in answer.text, (method, path)


BYTES = st.sampled_from(
    ["", "\0", "a\0b", "x" * 3000, "😀", "\u202e", "=1", "9" * 40, "2019-02-30", "-1", "null", "'", "ÿ", "²"]
)


@settings(max_examples=25, deadline=None, suppress_health_check=[HealthCheck.function_scoped_fixture])
@given(st.lists(BYTES, min_size=9, max_size=9))
@example(["\0"] * 9)
@example(["²"] * 9)
def test_any_words_in_the_filters_the_search_and_the_acts_of_the_desk(desk_on_a_case: Any, typed: list[str]) -> None:
    desk, case = desk_on_a_case
    names = ("view", "status", "program", "urgency", "kind", "assignee", "language", "disease_group", "after")
    for answer in (
        desk.client.get("/desk", query_string=dict(zip(names, typed, strict=True))),
        desk.client.get("/admin", query_string={"after": typed[0]}),
        desk.client.get("/sign-in", query_string={"next": typed[0], "ended": typed[1]}),
        *(
            desk.client.post(path, data={"csrf_token": desk.hidden("csrf_token"), **fields})
            for path, fields in (
                ("/desk/search", {"q": typed[0]}),
                (f"{case}/note", {"body": typed[1]}),
                (f"{case}/assign", {"seen": typed[2], "assignee": typed[3]}),
                (f"{case}/status", {"seen": typed[4], "to": typed[5], "reason": typed[6]}),
                (f"{case}/contact", {"party": typed[7], "channel": typed[8], "outcome": typed[0], "detail": typed[1]}),
            )
        ),
    ):
        assert answer.status_code < 500, (answer.request.path, answer.request.method, answer.status_code)
    assert desk.get(case).status_code == 200


@pytest.fixture
def desk_on_a_case(staffed: Flask) -> tuple[Browser, str]:
    """A coordinator with a case before her."""
    browser = Browser(staffed.test_client())
    fill_and_send(browser, Kind.INQUIRY)
    reference = re.findall(r"<strong>([0-9A-Z-]{11})</strong>", browser.page)[0]
    desk = Browser(staffed.test_client())
    desk.sign_in()
    desk.get(f"/desk/cases/{reference}")
    return desk, f"/desk/cases/{reference}"


@pytest.mark.parametrize("typed", ["\0", "a\0@example.org", "x" * 100_000, "😀@example.org", "'; --"])
def test_any_words_at_the_sign_in(staffed: Flask, typed: str) -> None:
    browser = Browser(staffed.test_client())
    browser.get("/sign-in")
    for fields in ({"email": typed, "password": "x"}, {"email": "ana.ribeiro@example.org", "password": typed}):
        assert browser.post("/sign-in", fields).status_code == 401
    assert browser.post("/sign-in", {"email": "x", "typed": typed, "next": typed}).status_code == 401


@SQLITE
def test_any_words_in_the_table_of_codes(app: Flask) -> None:
    client = app.test_client()
    for typed in (*HOSTILE, "\0", "C91\0", "²", "x" * 100_000):
        for accept in ("text/html", "application/json"):
            answer = client.post("/referral/codes", data={"words": typed}, headers={"Accept": accept})
            assert answer.status_code == 200
            assert "<script>alert" not in answer.text


@SQLITE
@DOORS
def test_nothing_is_stored_by_half(app: Flask, kind: Kind) -> None:
    browser = Browser(app.test_client())
    form = begin(browser, kind)
    refused: dict[str, list[str]] = {**USUAL[kind], "contact_phone": ["call me"], "back_line_phone": ["call me"]}
    for slug in PAGES[kind]:
        browser.post(f"{form}/{slug}", refused)
    answer = browser.post(f"{form}/check", {"consent_contact_me": "yes"})
    answer = browser.follow(answer)
    assert count(app, Case) == 0
    assert "call me" in browser.get(f"{form}/check").text


@SQLITE
def test_marks_that_turn_the_writing_direction_stay_inside_their_name(staffed: Flask) -> None:
    turned = "\u202eleztI\u2067"
    browser, desk = Browser(staffed.test_client()), Browser(staffed.test_client())
    form = begin(browser, Kind.INQUIRY)
    fill(browser, form, {**INQUIRY, "child_given_name": [turned], "message": [turned]})
    browser.post(f"{form}/check", {"consent_contact_me": "yes"})
    desk.sign_in()
    queue = desk.get("/desk").text
    case = desk.get(re.findall(r'href="(/desk/cases/[^"]+)"', queue)[0]).text
    for page in (queue, case):
        for place in re.finditer(turned, page):
            opened = page[: place.start()]
            isolated = max(opened.rfind("<bdi"), opened.rfind('dir="auto"'), opened.rfind('value="'))
            assert isolated > max(opened.rfind("</bdi>"), opened.rfind("</blockquote>"), opened.rfind("</data>")), page[
                place.start() - 80 : place.end() + 20
            ]
