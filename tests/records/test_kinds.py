"""What a file is, is what is in it. Every file that lies is refused with a sentence that says what to do."""

from __future__ import annotations

import pytest
from flask import Flask
from hypothesis import HealthCheck, given, settings
from hypothesis import strategies as st

from app.core.errors import Refused
from app.records.kinds import KINDS, Kind, kind_of
from app.records.pieces import SealedReader, SealedWriter
from tests.papers import BAD, GOOD
from tests.records.test_pieces import FILE, KEY, Shelf

SQLITE = pytest.mark.parametrize("make_app", ["sqlite"], indirect=True)
EXPECTED = {
    "report.pdf": "application/pdf", "photo.jpg": "image/jpeg", "screen.png": "image/png", "IMG_0001.HEIC": "image/heic",
    "fax.tiff": "image/tiff", "notes.txt": "text/plain", "old.txt": "text/plain", "wide.txt": "text/plain",
    "summary.docx": "application/vnd.openxmlformats-officedocument.wordprocessingml.document",
}  # fmt: skip


def judged(content: bytes) -> Kind:
    """The kind of these bytes, sealed and read back."""
    shelf = Shelf()
    writer = SealedWriter(shelf, KEY, FILE, most=4096)
    writer.write(content)
    return kind_of(SealedReader(shelf, KEY, FILE, writer.end(last=True)))


@SQLITE
def test_what_we_take_is_known_by_its_content(app: Flask) -> None:
    with app.test_request_context():
        assert {name: judged(content).media_type for name, content in GOOD.items()} == EXPECTED


@SQLITE
@pytest.mark.parametrize("name", list(BAD))
def test_what_lies_is_refused_with_what_to_do(app: Flask, name: str) -> None:
    with app.test_request_context(), pytest.raises(Refused) as refused:
        judged(BAD[name])
    assert refused.value.message.endswith(".")
    assert len(refused.value.message) < 160


@SQLITE
@pytest.mark.parametrize(
    ("name", "says"),
    [
        ("huge.png", "larger than we can open"), ("bomb.docx", "unpacks to more"), ("half.heic", "damaged or not whole"),
        ("locked.docx", "password"), ("nothing.pdf", "empty"), ("two-in-one.pdf", "two kinds"), ("drawing.svg", "Send a PDF"),
        ("page.pdf", "Send a PDF"), ("macro.docx", "Send a PDF"),
    ],
)  # fmt: skip
def test_the_sentence_fits_the_fault(app: Flask, name: str, says: str) -> None:
    with app.test_request_context(), pytest.raises(Refused) as refused:
        judged(BAD[name])
    assert says in refused.value.message


starts = st.sampled_from([b"", *(content[:40] for content in (*GOOD.values(), *BAD.values()))])


@SQLITE
@settings(suppress_health_check=[HealthCheck.function_scoped_fixture], max_examples=300, deadline=None)
@given(start=starts, rest=st.binary(max_size=300), good=st.sampled_from([*GOOD.values()]), cut=st.integers(0, 400))
def test_any_bytes_are_taken_or_refused_and_nothing_else(
    app: Flask, start: bytes, rest: bytes, good: bytes, cut: int
) -> None:
    with app.test_request_context():
        for content in (start + rest, good[:cut] + rest, good[:cut]):
            try:
                assert judged(content).media_type in KINDS
            except Refused:
                continue
