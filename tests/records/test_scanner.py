"""A real clamd: what it finds, what it cannot say, and that nothing but its word makes a file clean."""

from __future__ import annotations

import os
import signal
import tempfile
from collections.abc import Callable, Iterator
from datetime import timedelta
from pathlib import Path
from typing import Any

import pytest
from flask import Flask

from app.records.domain import Finding, ScanState
from app.records.scanner import ScannerAway, scan, verdict
from app.records.scanning import scan_waiting
from tests.filing import Sender, kept_files
from tests.pages import Browser, words
from tests.papers import archive, docx, pdf
from tests.sending import work
from tests.services import EICAR, Clamd, clamd_server

SQLITE = pytest.mark.parametrize("make_app", ["sqlite"], indirect=True)
FOUND = (ScanState.INFECTED, "Eicar-Test-Signature.UNOFFICIAL")


@pytest.fixture(scope="module")
def shared() -> Iterator[Clamd]:
    """One for all who only ask."""
    with tempfile.TemporaryDirectory() as folder, clamd_server(Path(folder)) as clamd:
        yield clamd


@pytest.fixture
def own(tmp_path_factory: pytest.TempPathFactory) -> Iterator[Clamd]:
    """One to be stopped."""
    with tempfile.TemporaryDirectory() as folder, clamd_server(Path(folder)) as clamd:
        yield clamd


@pytest.mark.parametrize("tcp", [False, True])
@pytest.mark.parametrize(
    ("content", "says"),
    [
        (pdf(), (ScanState.CLEAN, None)), (EICAR, FOUND), (archive({"a/b.txt": EICAR}), FOUND),
        (docx(**{"word/embeddings/thing.bin": EICAR}), FOUND), (b"%PDF-1.7\n" + bytes(3_500_000), (ScanState.FAILED, Finding.TOO_LARGE)),
    ],
    ids=["clean", "plain", "in a zip", "in a Word document", "too large"],
)  # fmt: skip
def test_it_says_what_it_found(shared: Clamd, content: bytes, says: tuple[ScanState, str | None], *, tcp: bool) -> None:
    pieces = [content[start : start + 200_000] for start in range(0, len(content), 200_000)]
    assert scan(shared.asked(tcp=tcp), pieces) == says


def test_a_locked_archive_is_not_infected(shared: Clamd) -> None:
    locked = bytearray(archive({"a.txt": b"words"}))
    locked[6] |= 1  # the flag of a password, in both places where a zip says it
    locked[locked.find(b"PK\x01\x02") + 8] |= 1
    assert scan(shared.asked(), [bytes(locked)]) == (ScanState.FAILED, Finding.ENCRYPTED)


@pytest.mark.parametrize(
    "reply", ["", "stream: ", "UNKNOWN COMMAND", "stream: lstat() failed. ERROR", "stream: OK and more"]
)
def test_an_answer_that_says_nothing_is_no_verdict(reply: str) -> None:
    with pytest.raises(ScannerAway):
        verdict(reply)


def test_nobody_there_is_no_verdict() -> None:
    for address in ("/nowhere/clamd", "127.0.0.1:9"):
        with pytest.raises(ScannerAway):
            scan(address, [b"x"])


def test_one_that_dies_in_the_middle_gives_no_verdict(own: Clamd) -> None:
    def pieces() -> Iterator[bytes]:
        yield pdf()
        own.process.kill()
        own.process.wait()
        for _ in range(20):
            yield bytes(60_000)

    with pytest.raises(ScannerAway):
        scan(own.asked(), pieces())


def test_one_that_hangs_gives_no_verdict_and_is_not_waited_for(own: Clamd) -> None:
    os.kill(own.process.pid, signal.SIGSTOP)
    try:
        with pytest.raises(ScannerAway):
            scan(own.asked(), [pdf()], patience=0.5)
    finally:
        os.kill(own.process.pid, signal.SIGCONT)
    assert scan(own.asked(), [pdf()]) == (ScanState.CLEAN, None)


def test_each_file_is_scanned_after_its_commit(
    make_app: Callable[..., Flask], storing: dict[str, str], shared: Clamd
) -> None:
    app = make_app(CLAMD=shared.asked(), **storing)
    sender = Sender(app)
    sender.send(
        ("flow.pdf", pdf()), ("bad.docx", docx(**{"word/x.bin": EICAR})), ("deep.pdf", b"%PDF-1.7\n" + bytes(3_500_000))
    )
    work(app)
    states = {name: (row.scan_state, row.finding) for name, (row, _content) in kept_files(app).items()}
    assert states == {"flow.pdf": ("clean", None), "bad.docx": FOUND, "deep.pdf": ("failed", "too_large")}
    page = sender.page()
    assert "a virus was found in it" in page
    assert "it is too large to check. Please send it in smaller parts." in page


@SQLITE
def test_while_it_is_down_files_wait_and_are_scanned_later(
    clock: Any, make_app: Callable[..., Flask], own: Clamd
) -> None:
    app = make_app(CLAMD=own.asked(tcp=True))
    sender = Sender(app)
    os.kill(own.process.pid, signal.SIGKILL)
    own.process.wait()
    sender.send(("flow.pdf", pdf()))
    work(app)
    assert kept_files(app)["flow.pdf"][0].scan_state == "pending"
    for _try in range(14):  # until its job has given up
        clock.shift(timedelta(hours=7))
        work(app)
    assert kept_files(app)["flow.pdf"][0].scan_state == "pending"
    with tempfile.TemporaryDirectory() as folder, clamd_server(Path(folder)) as again:
        app = make_app(CLAMD=again.asked())
        with app.app_context():
            scan_waiting()
            scan_waiting()
        work(app)
    assert kept_files(app)["flow.pdf"][0].scan_state == "clean"


@SQLITE
def test_a_find_is_on_the_timeline_and_a_clean_scan_is_not(
    staffed: Flask, make_app: Callable[..., Flask], shared: Clamd
) -> None:
    app = make_app(CLAMD=shared.asked())
    sender = Sender(app)
    sender.send(("flow.pdf", pdf()), ("bad.docx", docx(**{"word/x.bin": EICAR})))
    work(app)
    desk = Browser(app.test_client())
    desk.sign_in()
    page = words(desk.get(f"/desk/cases/{sender.receipt.reference}"))
    assert "Malware found in a file" in page
    assert "Eicar-Test-Signature" in page
    assert page.count("Malware found in a file") == 1
