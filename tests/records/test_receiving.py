"""Files that come with a plain form: kept whole and sealed, or refused in words; one takes no other with it."""

from __future__ import annotations

from collections.abc import Callable

import pytest
from flask import Flask
from sqlalchemy import func, select

from app.cases.models import Case
from app.cases.models_work import Event
from app.core.database import db
from app.core.jobs import Job
from app.records.models import File, Upload
from app.records.pieces import PIECE
from app.records.receiving import AT_ONCE, MOST_AT_ONCE, places
from app.records.stores import store
from tests.filing import Sender, kept_files, said, shelf
from tests.papers import BAD, GOOD, pdf

SQLITE = pytest.mark.parametrize("make_app", ["sqlite"], indirect=True)
LARGE = b"%PDF-1.7\n" + b"A known line of a known report. " * (PIECE // 12)


def test_every_kind_arrives_as_it_was_sent(filing: Flask) -> None:
    sender = Sender(filing)
    assert sender.send(*GOOD.items()).status_code == 303
    kept = kept_files(filing)
    assert {name: content for name, (_row, content) in kept.items()} == GOOD
    assert {row.scan_state for row, _content in kept.values()} == {"pending"}
    page = sender.page()
    for name in GOOD:
        assert name in page
    assert "We have it. It is being checked for viruses." in page
    assert shelf(filing) == {"pieces": len(GOOD), "known": len(GOOD), "orphans": 0, "missing": 0}


def test_a_file_brings_its_line_its_scan_and_the_case_up_the_queue(filing: Flask) -> None:
    sender = Sender(filing)
    sender.send(("flow.pdf", pdf()))
    with filing.app_context():
        case = db.session.get_one(Case, sender.receipt.case_id)
        assert "changed_after_sending" in case.attention_reasons
        assert db.session.execute(select(func.count()).where(Event.kind == "file_added")).scalar() == 1
        job = db.session.execute(select(Job).where(Job.kind == "scan_file")).scalar_one()
        assert job.subject_id == kept_files(filing)["flow.pdf"][0].id


def test_a_large_file_lies_in_pieces_that_hold_nothing_readable(filing: Flask) -> None:
    sender = Sender(filing)
    assert sender.send(("large.pdf", LARGE)).status_code == 303
    row, content = kept_files(filing)["large.pdf"]
    assert content == LARGE
    with filing.app_context():
        raw = [store().get(file_id, token) for file_id, tokens in store().kept() for token in tokens]
    assert len(raw) == len(row.pieces.split()) >= 3
    assert not any(b"known" in one or b"large.pdf" in one for one in raw)


def test_one_that_is_refused_takes_no_other_with_it(filing: Flask) -> None:
    sender = Sender(filing)
    answer = sender.send(("good.pdf", pdf()), ("page.pdf", BAD["page.pdf"]), ("empty.txt", b""), ("also.txt", b"Hello"))
    assert answer.status_code == 422
    assert "page.pdf : We cannot take this kind of file" in said(answer).replace("page.pdf:", "page.pdf :")
    assert "empty.txt" in said(answer)
    assert set(kept_files(filing)) == {"good.pdf", "also.txt"}
    assert shelf(filing) == {"pieces": 2, "known": 2, "orphans": 0, "missing": 0}
    with filing.app_context():
        assert db.session.execute(select(func.count()).select_from(Upload)).scalar() == 0


@SQLITE
@pytest.mark.parametrize("name", list(BAD))
def test_no_file_that_lies_is_kept_or_breaks_the_page(app: Flask, name: str) -> None:
    sender = Sender(app)
    answer = sender.send((name, BAD[name]))
    assert answer.status_code == 422
    assert f"{name}:" in said(answer)
    assert kept_files(app) == {}
    assert shelf(app)["pieces"] == 0


def test_the_same_file_sent_twice_is_kept_once(filing: Flask) -> None:
    sender = Sender(filing)
    for _press in range(2):
        assert sender.send(("flow.pdf", pdf())).status_code == 303
    assert shelf(filing) == {"pieces": 1, "known": 1, "orphans": 0, "missing": 0}


@SQLITE
def test_two_files_of_one_name_are_two(app: Flask) -> None:
    sender = Sender(app)
    sender.send(("flow.pdf", pdf(b"marrow")), ("flow.pdf", pdf(b"blood")))
    assert sender.client.get(sender.address).text.count("<bdi>flow.pdf</bdi>,") == 2
    assert shelf(app)["pieces"] == 2


@SQLITE
def test_names_that_are_long_turned_or_paths_are_shown_as_data(app: Flask) -> None:
    sender = Sender(app)
    hostile = ["x" * 400 + ".pdf", "ann\u202efdp.exe", "../../../etc/passwd", "<b>bold.pdf"]
    for number, name in enumerate(hostile):
        assert sender.send((name, pdf(str(number).encode()))).status_code == 303
    page = sender.client.get(sender.address).text
    assert "<bdi>ann\u202efdp.exe</bdi>" in page
    assert "&lt;b&gt;bold.pdf" in page
    assert "<b>bold" not in page
    assert set(kept_files(app)) == {"x" * 296 + ".pdf", "ann\u202efdp.exe", "passwd", "<b>bold.pdf"}


def test_what_is_too_large_is_refused_in_words(make_app: Callable[..., Flask], storing: dict[str, str]) -> None:
    app = make_app(MAX_FILE_BYTES="3000000", MAX_CASE_BYTES="4000000", **storing)
    sender = Sender(app)
    answer = sender.send(("large.pdf", b"%PDF-1.7\n" + bytes(3_000_001)), ("small.pdf", pdf()))
    assert answer.status_code == 422
    assert "large.pdf: This file is too large: one file may have up to 3 MB." in said(answer)
    assert set(kept_files(app)) == {"small.pdf"}
    assert sender.send(("a.pdf", b"%PDF-1.7\n" + bytes(2_900_000))).status_code == 303
    answer = sender.send(("b.pdf", b"%PDF-1.7\n" + bytes(2_900_001)))
    assert "There is no room for more files here" in said(answer)
    answer = sender.send(("c.pdf", bytes(5_500_000)))
    assert answer.status_code == 413
    assert "Send up to 3 MB and twenty files at once: nothing of this was kept." in said(answer)
    assert shelf(app)["orphans"] == 0


@SQLITE
def test_more_files_than_twenty_at_once_are_refused_in_words_and_leave_nothing(app: Flask) -> None:
    sender = Sender(app)
    files = [(f"{number}.pdf", pdf(str(number).encode())) for number in range(MOST_AT_ONCE + 1)]
    answer = sender.send(*files)
    assert answer.status_code == 413
    assert "twenty files at once: nothing of this was kept." in said(answer)
    assert "twenty files at once" in sender.page()
    assert (kept_files(app), shelf(app)["pieces"]) == ({}, 0)
    with app.app_context():
        assert db.session.execute(select(func.count()).select_from(Upload)).scalar() == 0
    assert sender.send(*files[:MOST_AT_ONCE]).status_code == 303
    assert len(kept_files(app)) == MOST_AT_ONCE == 20


@SQLITE
def test_forms_full_of_files_leave_room_for_everybody_else_and_say_so(app: Flask) -> None:
    sender = Sender(app)
    for _sender in range(AT_ONCE):
        places.acquire()
    try:
        answer = sender.send(("flow.pdf", pdf()))
    finally:
        for _sender in range(AT_ONCE):
            places.release()
    assert answer.status_code == 503
    assert "Many files come just now" in said(answer)
    assert sender.send(("flow.pdf", pdf())).status_code == 303


@SQLITE
def test_nothing_chosen_is_said(app: Flask) -> None:
    sender = Sender(app)
    answer = sender.send(("", b""))
    assert answer.status_code == 422
    assert "Choose at least one file." in said(answer)


@SQLITE
def test_a_body_that_breaks_off_leaves_nothing_half_there(app: Flask) -> None:
    sender = Sender(app)
    begun = (
        b'--x\r\nContent-Disposition: form-data; name="files"; filename="whole.pdf"\r\n\r\n' + pdf() + b"\r\n"
        b'--x\r\nContent-Disposition: form-data; name="files"; filename="half.pdf"\r\n\r\n%PDF-1.7 half of it'
    )
    answer = sender.client.post(f"{sender.address}/files", data=begun, content_type="multipart/form-data; boundary=x")
    assert answer.status_code == 422
    assert "half.pdf: It did not arrive whole. Please send it again." in said(answer)
    assert set(kept_files(app)) == {"whole.pdf"}
    assert shelf(app) == {"pieces": 1, "known": 1, "orphans": 0, "missing": 0}


@SQLITE
def test_a_store_that_is_full_is_our_mistake_and_nothing_is_half_there(make_app: Callable[..., Flask]) -> None:
    app = make_app(FILES_DIR="/dev/null/files")
    sender = Sender(app)
    answer = sender.send(("flow.pdf", pdf()))
    assert answer.status_code == 422
    assert "That is our mistake" in said(answer)
    with app.app_context():
        assert db.session.execute(select(func.count()).select_from(File)).scalar() == 0


def test_one_sender_sees_and_fills_nothing_of_another(filing: Flask) -> None:
    mother, other = Sender(filing), Sender(filing)
    mother.send(("flow.pdf", pdf()))
    assert "flow.pdf" not in other.page()
    assert other.send(("x.pdf", pdf()), address="/follow/" + "A" * 43 + "/files").status_code == 404
