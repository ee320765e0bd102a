"""Papers added before a form is sent: they outlast everything that happens to it, go to its case with it, or end with it."""

from __future__ import annotations

import threading
from collections.abc import Callable
from datetime import timedelta
from typing import Any

import pytest
from flask import Flask
from sqlalchemy import func, select

from app.cases.domain import Kind
from app.cases.models import Case
from app.cases.models_work import Event
from app.core.clock import now
from app.core.database import db
from app.core.jobs import Job
from app.drafts.service import purge_drafts
from app.records.listing import scanner_alarm
from app.records.models import File, Upload
from app.records.sweep import sweep
from tests.doors import USUAL, begin, fill
from tests.filing import BOUNDARY, TUS, announced, form_body, kept_files, said, shelf
from tests.pages import Browser, words
from tests.papers import BAD, pdf

SQLITE = pytest.mark.parametrize("make_app", ["sqlite"], indirect=True)
DOORS = pytest.mark.parametrize("kind", list(Kind))


def add(browser: Browser, form: str, *files: tuple[str, bytes]) -> Any:
    """The plain form of the page of papers."""
    kind = f"multipart/form-data; boundary={BOUNDARY}"
    return browser.seen(browser.client.post(f"{form}/files", data=form_body({}, files), content_type=kind))


def filled(app: Flask, kind: Kind = Kind.INQUIRY) -> tuple[Browser, str]:
    """A form whose pages are all filled in."""
    browser = Browser(app.test_client())
    form = begin(browser, kind)
    assert fill(browser, form, USUAL[kind]).status_code == 200
    return browser, form


def send(browser: Browser, form: str, kind: Kind = Kind.INQUIRY) -> Any:
    """Press the button of the check page, and go where it leads."""
    browser.get(f"{form}/check")
    return browser.follow(browser.post(f"{form}/check", USUAL[kind]))


def count(app: Flask, what: Any) -> int:
    with app.app_context():
        return db.session.execute(select(func.count()).select_from(what)).scalar_one()


@DOORS
def test_papers_go_with_the_form_and_are_scanned_from_then_on(filing: Flask, kind: Kind) -> None:
    browser, form = filled(filing, kind)
    browser.follow(add(browser, form, ("flow.pdf", pdf()), ("letter.txt", b"Dear colleague")))
    assert browser.page.count("flow.pdf") == 1
    assert count(filing, Job) == 0
    before = kept_files(filing)
    assert {row.case_id for row, _content in before.values()} == {None}
    assert "flow.pdf" in words(send(browser, form, kind))
    after = kept_files(filing)
    assert {name: content for name, (_row, content) in after.items()} == {
        "flow.pdf": pdf(), "letter.txt": b"Dear colleague",
    }  # fmt: skip
    with filing.app_context():
        case = db.session.execute(select(Case)).scalar_one()
        assert {(row.case_id, row.draft_id, row.key_id) for row, _content in after.values()} == {
            (case.id, None, case.key_id)
        }
        assert all(row.pieces == before[name][0].pieces for name, (row, _content) in after.items())
        assert case.changed_after_sending_at is None
        lines = select(func.count()).where(Event.kind == "file_added", Event.party_id.is_not(None))
        assert db.session.execute(lines).scalar() == 2
        assert db.session.execute(select(func.count()).where(Job.kind == "scan_file")).scalar() == 2


@SQLITE
@DOORS
def test_papers_outlast_a_fault_back_a_reload_another_language_and_a_refused_sending(app: Flask, kind: Kind) -> None:
    browser, form = filled(app, kind)
    add(browser, form, ("flow.pdf", pdf()))
    slug = {Kind.INQUIRY: "you", Kind.REFERRAL: "patient"}[kind]
    browser.get(f"{form}/{slug}")
    assert browser.post(f"{form}/{slug}", {"contact_given_name": "", "patient_given_name": ""}).status_code == 303
    refused = send(browser, form, kind)
    assert "There is a problem" in words(refused)
    for address in (f"{form}/check", f"{form}/files", f"{form}/files?lang=es"):
        assert "flow.pdf" in words(browser.get(address))
    browser.get(f"{form}/{slug}")
    browser.post(f"{form}/{slug}", USUAL[kind])
    assert "flow.pdf" in words(send(browser, form, kind))


@SQLITE
def test_a_form_without_papers_is_sent_as_before(app: Flask) -> None:
    browser, form = filled(app)
    assert "None yet You can also send them later." in words(browser.get(f"{form}/check"))
    assert "Send papers or photos" in words(send(browser, form))
    assert count(app, File) == 0


def test_one_that_was_removed_is_gone_from_form_and_store(filing: Flask) -> None:
    browser, form = filled(filing)
    add(browser, form, ("wrong.pdf", pdf(b"wrong")), ("right.pdf", pdf()))
    wrong = kept_files(filing)["wrong.pdf"][0].id
    other, other_form = filled(filing)
    assert other.post(f"{other_form}/files/{wrong}/remove", {}).status_code == 303  # of another form: nothing happens
    assert len(kept_files(filing)) == 2
    page = browser.follow(browser.post(f"{form}/files/{wrong}/remove", {}))
    assert "wrong.pdf" not in words(page)
    assert set(kept_files(filing)) == {"right.pdf"}
    assert shelf(filing) == {"pieces": 1, "known": 1, "orphans": 0, "missing": 0}
    assert browser.post(f"{form}/files/{wrong}/remove", {}).status_code == 303
    send(browser, form)
    assert browser.post(f"{form}/files/{kept_files(filing)['right.pdf'][0].id}/remove", {}).status_code == 404
    assert set(kept_files(filing)) == {"right.pdf"}


def test_a_form_whose_days_are_over_takes_its_papers_with_it(filing: Flask, clock: Any) -> None:
    browser, form = filled(filing)
    add(browser, form, ("flow.pdf", pdf()))
    browser.client.post(f"{form}/uploads", headers=announced("half.pdf", 1000))
    clock.shift(timedelta(days=31))
    assert browser.get(f"{form}/files").status_code == 303
    with filing.app_context():
        purge_drafts()
    assert (count(filing, File), count(filing, Upload)) == (0, 0)
    clock.shift(timedelta(days=1))
    with filing.app_context():
        swept = sweep(now())
    assert swept.incomplete == 0
    assert shelf(filing)["missing"] == 0


@SQLITE
def test_begun_again_after_its_days_a_form_is_empty(app: Flask, clock: Any) -> None:
    browser, form = filled(app)
    add(browser, form, ("flow.pdf", pdf()))
    clock.shift(timedelta(days=31))
    browser.get(f"{form}/you")
    assert browser.post(f"{form}/you", USUAL[Kind.INQUIRY]).status_code == 303
    assert "flow.pdf" not in words(browser.get(f"{form}/files"))
    assert count(app, File) == 0


def test_one_that_is_still_coming_when_the_form_is_sent_is_gone_on_with_on_the_private_page(filing: Flask) -> None:
    browser, form = filled(filing)
    begun = browser.client.post(f"{form}/uploads", headers=announced("half.pdf", len(pdf())))
    where = begun.headers["Location"]
    sent = {**TUS, "Upload-Offset": "0"}
    octets = "application/offset+octet-stream"
    assert browser.client.patch(where, data=pdf()[:20], headers=sent, content_type=octets).status_code == 204
    page = send(browser, form)
    assert f"half.pdf : {2000 // len(pdf())} % is here" in words(page)
    where = page.text.split('data-upload="')[1].split('"')[0]
    rest = {**TUS, "Upload-Offset": "20"}
    assert browser.client.patch(where, data=pdf()[20:], headers=rest, content_type=octets).status_code == 204
    row, content = kept_files(filing)["half.pdf"]
    assert content == pdf()
    assert row.case_id is not None
    assert row.party_id is not None


def test_papers_added_to_a_form_that_was_sent_before_reach_the_same_case(filing: Flask) -> None:
    browser, form = filled(filing)
    add(browser, form, ("first.pdf", pdf()))
    send(browser, form)
    browser.post(f"{form}/change", {})
    browser.follow(add(browser, form, ("second.pdf", pdf(b"second"))))
    browser.follow(browser.post(f"{form}/check", USUAL[Kind.INQUIRY]))
    found = kept_files(filing)
    assert set(found) == {"first.pdf", "second.pdf"}
    assert len({row.case_id for row, _content in found.values()}) == 1
    with filing.app_context():
        assert db.session.execute(select(Case)).scalar_one().changed_after_sending_at is not None


def test_sending_while_the_last_byte_comes_loses_no_file(app: Flask) -> None:
    for number in range(6):
        browser, form = filled(app)
        content = pdf(f"race {number}".encode())
        where = browser.client.post(f"{form}/uploads", headers=announced("race.pdf", len(content))).headers["Location"]
        sent, status = {**TUS, "Upload-Offset": "0"}, list[int]()

        def finish(where: str = where, content: bytes = content, sent: Any = sent, status: Any = status) -> None:
            client = app.test_client()
            status.append(
                client.patch(
                    where, data=content, headers=sent, content_type="application/offset+octet-stream"
                ).status_code
            )

        browser.get(f"{form}/check")
        last = threading.Thread(target=finish)
        last.start()
        answer = browser.post(f"{form}/check", USUAL[Kind.INQUIRY])
        last.join()
        assert answer.status_code == 303
        assert status[0] in {204, 404, 409}
        with app.app_context():
            kept = db.session.execute(select(func.count()).where(File.case_id.is_not(None))).scalar_one()
            coming = db.session.execute(select(func.count()).where(Upload.for_case_id.is_not(None))).scalar_one()
            assert kept + coming == number + 1
            if status[0] == 204:
                assert shelf(app)["missing"] == 0


@SQLITE
def test_what_is_refused_is_said_and_holds_nothing_up(make_app: Callable[..., Flask]) -> None:
    app = make_app(MAX_FILE_BYTES="3000000", MAX_CASE_BYTES="4000000")
    browser, form = filled(app)
    answer = add(browser, form, ("page.pdf", BAD["page.pdf"]), ("good.pdf", pdf()))
    assert answer.status_code == 422
    assert "page.pdf: We cannot take this kind of file" in said(answer)
    assert add(browser, form, ("a.pdf", b"%PDF-1.7\n" + bytes(2_900_000))).status_code == 303
    assert "There is no room" in said(add(browser, form, ("b.pdf", b"%PDF-1.7\n" + bytes(2_900_001))))
    assert "good.pdf" in words(send(browser, form))
    assert set(kept_files(app)) == {"good.pdf", "a.pdf"}


def test_a_form_that_was_sent_before_has_the_room_that_its_case_still_has(
    make_app: Callable[..., Flask], storing: dict[str, str]
) -> None:
    app = make_app(MAX_FILE_BYTES="100000", MAX_CASE_BYTES="150000", **storing)
    browser, form = filled(app)
    assert add(browser, form, ("a.pdf", b"%PDF-1.7\n" + bytes(90_000))).status_code == 303
    send(browser, form)
    browser.get(f"{form}/sent")
    browser.follow(browser.post(f"{form}/change", {}))
    more = ("b.pdf", b"%PDF-1.7\n" + bytes(90_001))
    assert "There is no room" in said(add(browser, form, more))
    begun = browser.client.post(f"{form}/uploads", headers=announced("b.pdf", len(more[1])))
    assert (begun.status_code, begun.text[:16]) == (413, "There is no room")
    assert add(browser, form, ("c.pdf", pdf())).status_code == 303
    send(browser, form)
    assert set(kept_files(app)) == {"a.pdf", "c.pdf"}


@SQLITE
def test_papers_of_a_form_alarm_nobody_about_the_scanner(make_app: Callable[..., Flask], clock: Any) -> None:
    app = make_app(CLAMD="/nowhere/clamd")
    browser, form = filled(app)
    add(browser, form, ("flow.pdf", pdf()))
    clock.shift(timedelta(hours=5))
    with app.test_request_context():
        assert scanner_alarm(db.session(), now()) is None
    send(browser, form)
    with app.test_request_context():
        assert scanner_alarm(db.session(), now()) is None
    clock.shift(timedelta(hours=1))
    with app.test_request_context():
        assert "files wait" in (scanner_alarm(db.session(), now()) or "")


@SQLITE
@pytest.mark.parametrize("name", ["drawing.svg", "page.pdf", "two-in-one.pdf"])
@DOORS
def test_content_that_lies_is_refused_in_words_and_nothing_of_the_form_is_lost(
    app: Flask, kind: Kind, name: str
) -> None:
    browser, form = filled(app, kind)
    add(browser, form, ("good.pdf", pdf()))
    before = words(browser.get(f"{form}/check"))
    answer = add(browser, form, (name, BAD[name]))
    assert answer.status_code == 422
    assert f"{name}: " in said(answer)
    assert said(answer).strip().endswith(".")
    assert shelf(app) == {"pieces": 1, "known": 1, "orphans": 0, "missing": 0}
    assert words(browser.get(f"{form}/check")) == before
    assert name not in words(send(browser, form, kind))
    assert set(kept_files(app)) == {"good.pdf"}
