"""A file sent in parts: it stands where it was acknowledged, goes on from there, and is a file when its last byte is here."""

from __future__ import annotations

import re
from collections.abc import Callable
from datetime import timedelta
from typing import Any
from uuid import uuid4

import pytest
from flask import Flask
from hypothesis import HealthCheck, given, settings
from hypothesis import strategies as st

from app.records.uploads import MOST_COMING
from tests.filing import TUS, Sender, kept_files, shelf
from tests.papers import BAD, pdf

SQLITE = pytest.mark.parametrize("make_app", ["sqlite"], indirect=True)
REPORT = pdf(b"a report that is sent in parts " * 40)


def test_parts_become_one_file_with_the_last_of_them(filing: Flask) -> None:
    sender = Sender(filing)
    begun = sender.begin("Befund größer.pdf", len(REPORT))
    assert begun.status_code == 201
    where = begun.headers["Location"]
    for start in range(0, len(REPORT), 500):
        assert sender.stands_at(where) == start
        assert kept_files(filing) == {}
        answer = sender.patch(where, start, REPORT[start : start + 500])
        assert (answer.status_code, answer.headers["Tus-Resumable"]) == (204, "1.0.0")
    assert kept_files(filing)["Befund größer.pdf"][1] == REPORT
    assert sender.stands_at(where) == len(REPORT)  # who lost the last answer is told that it is whole
    assert sender.patch(where, len(REPORT), b"").status_code == 204
    assert shelf(filing)["orphans"] == 0


@SQLITE
@settings(suppress_health_check=[HealthCheck.function_scoped_fixture], max_examples=15, deadline=None)
@given(sizes=st.lists(st.integers(1, 400), min_size=1, max_size=8), lost=st.sets(st.integers(0, 7)))
def test_any_portions_with_any_lost_answers_arrive_whole(app: Flask, sizes: list[int], lost: set[int]) -> None:
    sender = Sender(app)
    name = f"{uuid4()}.pdf"
    where = sender.begin(name, len(REPORT)).headers["Location"]
    offset, number = 0, 0
    while offset < len(REPORT):
        part = REPORT[offset : offset + sizes[number % len(sizes)]]
        sender.patch(where, offset, part)
        if number % 8 in lost:  # sent once more, as after an answer that was lost
            again = sender.patch(where, offset, part)
            assert again.status_code == 409
        offset, number = sender.stands_at(where), number + 1
    assert kept_files(app)[name][1] == REPORT


def test_a_part_from_the_wrong_place_changes_nothing(filing: Flask) -> None:
    sender = Sender(filing)
    where = sender.begin("a.pdf", len(REPORT)).headers["Location"]
    sender.patch(where, 0, REPORT[:100])
    for offset in (0, 50, 101, 10**9):
        answer = sender.patch(where, offset, b"x")
        assert (answer.status_code, answer.headers["Upload-Offset"]) == (409, "100")
    assert shelf(filing) == {"pieces": 1, "known": 1, "orphans": 0, "missing": 0}


@SQLITE
def test_more_than_was_announced_is_refused_and_forgotten(app: Flask) -> None:
    sender = Sender(app)
    where = sender.begin("a.pdf", 100).headers["Location"]
    answer = sender.patch(where, 0, REPORT[:101])
    assert (answer.status_code, sender.stands_at(where)) == (422, 0)
    assert shelf(app)["pieces"] == 0


def test_what_lies_is_refused_with_its_last_byte(filing: Flask) -> None:
    sender = Sender(filing)
    evil = BAD["page.pdf"]
    where = sender.begin("page.pdf", len(evil)).headers["Location"]
    assert sender.patch(where, 0, evil[:10]).status_code == 204
    answer = sender.patch(where, 10, evil[10:])
    assert answer.status_code == 422
    assert answer.text.startswith("We cannot take this kind of file.")
    assert answer.mimetype == "text/plain"
    assert sender.client.head(where, headers=TUS).status_code == 404
    assert shelf(filing)["pieces"] == 0
    assert kept_files(filing) == {}


@SQLITE
def test_it_is_too_large_before_a_byte_is_sent(make_app: Callable[..., Flask]) -> None:
    sender = Sender(make_app(MAX_FILE_BYTES="1000", MAX_CASE_BYTES="1500"))
    assert sender.begin("a.pdf", 1001).text == "This file is too large: one file may have up to 0 MB."
    coming = sender.begin("a.pdf", 900).headers["Location"]
    assert sender.patch(coming, 0, b"%PDF-1.7" + bytes(692)).status_code == 204
    full = sender.begin("b.pdf", 900)  # what is here of one that is on its way counts
    assert (full.status_code, full.text[:30]) == (413, "There is no room for more file")


def test_what_is_only_announced_takes_no_room_from_anybody(
    make_app: Callable[..., Flask], storing: dict[str, str]
) -> None:
    app = make_app(MAX_FILE_BYTES="1000000", MAX_CASE_BYTES="1500000", **storing)
    sender = Sender(app)
    for number in range(5):
        assert sender.begin(f"{number}.pdf", 1_000_000).status_code == 201
    assert sender.send(("flow.pdf", pdf())).status_code == 303
    assert set(kept_files(app)) == {"flow.pdf"}


def test_a_sender_goes_on_with_ten_begun_files_before_there_is_an_eleventh(filing: Flask) -> None:
    sender, other = Sender(filing), Sender(filing)
    begun = [sender.begin(f"{number}.pdf", len(REPORT)) for number in range(MOST_COMING + 1)]
    assert [one.status_code for one in begun] == [201] * MOST_COMING + [413]
    assert begun[-1].text.startswith("Ten files have come only in part.")
    assert MOST_COMING == 10
    assert other.begin("another.pdf", len(REPORT)).status_code == 201
    assert sender.patch(begun[0].headers["Location"], 0, REPORT).status_code == 204
    assert sender.begin("eleventh.pdf", len(REPORT)).status_code == 201


@SQLITE
def test_only_its_sender_goes_on_with_it(app: Flask) -> None:
    sender, other = Sender(app), Sender(app)
    where = sender.begin("a.pdf", 100).headers["Location"]
    elsewhere = where.replace(sender.address, other.address)
    assert elsewhere != where
    assert other.patch(elsewhere, 0, b"x").status_code == 404
    assert other.client.head(elsewhere, headers=TUS).status_code == 404
    assert other.client.delete(elsewhere, headers=TUS).status_code == 404
    assert sender.stands_at(where) == 0
    assert sender.client.delete(where, headers=TUS).status_code == 204
    assert sender.client.head(where, headers=TUS).status_code == 404


@SQLITE
def test_its_sender_sees_what_can_be_gone_on_with_until_its_hours_are_over(app: Flask, clock: Any) -> None:
    sender = Sender(app)
    where = sender.begin("half.pdf", len(REPORT)).headers["Location"]
    sender.patch(where, 0, REPORT[: len(REPORT) // 2])
    assert re.search(r"half.pdf ?: (49|50) % is here. Choose the same file again to go on.", sender.page())
    clock.shift(timedelta(hours=25))
    assert "half.pdf" not in sender.page()
    assert sender.patch(where, len(REPORT) // 2, b"x").status_code == 404


@SQLITE
@pytest.mark.parametrize(
    "headers",
    [{}, {"Upload-Length": "-1"}, {"Upload-Length": "x"}, {"Upload-Length": "٣"}, {"Upload-Length": "9" * 40}],
)
def test_a_beginning_without_a_length_is_no_beginning(app: Flask, headers: dict[str, str]) -> None:
    sender = Sender(app)
    assert sender.client.post(f"{sender.address}/uploads", headers=headers).status_code == 400


@SQLITE
@settings(suppress_health_check=[HealthCheck.function_scoped_fixture], max_examples=40, deadline=None)
@given(metadata=st.text(st.characters(min_codepoint=32, max_codepoint=126), max_size=80))
def test_any_metadata_is_a_name_or_none(app: Flask, metadata: str) -> None:
    sender = Sender(app)
    answer = sender.client.post(
        f"{sender.address}/uploads", headers={"Upload-Length": "5", "Upload-Metadata": metadata}
    )
    assert answer.status_code == 201


@SQLITE
def test_single_bytes_are_no_way_to_send_a_file(app: Flask) -> None:
    sender = Sender(app)
    where = sender.begin("a.pdf", 5000).headers["Location"]
    statuses = [sender.patch(where, offset, b"x").status_code for offset in range(2001)]
    assert statuses == [204] * 2000 + [422]
