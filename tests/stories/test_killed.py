"""The serving process dies without warning, or is asked to end, while forms arrive; then it starts again on the same data."""

from __future__ import annotations

import signal
from collections.abc import Callable
from pathlib import Path

import pytest
from flask import Flask

from app.core.database import sqlite_journal
from benchmarks.durability.ledger import compare, whole
from benchmarks.durability.processes import Site, end
from benchmarks.durability.senders import Crowd
from benchmarks.durability.tracing import on_disk, read
from tests.services import served


@pytest.mark.parametrize(("how", "code"), [(signal.SIGKILL, -9), (signal.SIGTERM, 0)])
def test_an_end_in_the_middle_of_twenty_forms_loses_doubles_and_mixes_nothing(
    make_app: Callable[..., Flask], how: signal.Signals, code: int
) -> None:
    settings = make_app().extensions["settings"]
    site = Site(settings.instance_dir, settings.database_url)
    crowd = Crowd(site.address, threads=4, most=20)
    process, _seconds = site.serve()
    try:
        crowd.start()
        crowd.wait_for(6)
        assert end(process, how) == code
        assert whole(site)
        process, _seconds = site.serve()
        crowd.wait()
    finally:
        crowd.over.set()
        end(process, signal.SIGTERM)
    found = compare(crowd.forms, site)
    assert found.sound, found
    assert len(crowd.forms) == 20
    assert found.acknowledged + found.unknown == 20
    assert found.acknowledged >= 15


def test_the_comparison_sees_what_is_lost_doubled_and_mixed(app: Flask) -> None:
    settings = app.extensions["settings"]
    with served(app) as address:
        crowd = Crowd(address, threads=1, most=4)
        crowd.start()
        crowd.wait()
    site, (first, second, third, fourth) = Site(settings.instance_dir, settings.database_url), crowd.forms
    assert compare(crowd.forms, site).sound
    first.handle = "A" * 22
    second.receipts, third.receipts = third.receipts, second.receipts + third.receipts
    fourth.answers = {**fourth.answers, "urgency": ["routine"]}
    found = compare(crowd.forms, site)
    assert found.lost == [first.mark]
    assert found.doubled == [third.mark]
    assert found.mixed == [second.mark, third.mark, fourth.mark]


FOLDER = Path("/instance")
FORM = '7 recvfrom(9<socket:[1]>, "POST /inquiry/x/check HTTP/1.1", 8192, 0, NULL, NULL) = 900'
JOURNAL = [
    "7 pwrite64(5</instance/wicket.sqlite-journal>, 1, 0) = 1",
    "7 fdatasync(5</instance/wicket.sqlite-journal>) = 0",
]
DATABASE = ["7 pwrite64(4</instance/wicket.sqlite>, 1, 0) = 1", "7 fdatasync(4</instance/wicket.sqlite>) = 0"]
REMOVED = ['7 unlink("/instance/wicket.sqlite-journal") = 0', "7 fdatasync(6</instance>) = 0"]
RECEIPT = r'7 sendto(9<socket:[1]>, "HTTP/1.1 303 SEE OTHER\r\nLocation: /follow/x", 400, 0, NULL, 0) = 400'
COMMIT = [*JOURNAL, *DATABASE, *REMOVED]


@pytest.mark.skipif(sqlite_journal() != "DELETE", reason="the linked SQLite keeps another journal")
def test_a_trace_tells_synced_from_sent_too_early() -> None:
    assert [on_disk(one, FOLDER) for one in read([FORM, *COMMIT, RECEIPT], FOLDER)] == [True]
    assert [on_disk(one, FOLDER) for one in read([FORM, RECEIPT, *COMMIT], FOLDER)] == [False]
    for left_out in range(6):
        lines = [line for number, line in enumerate(COMMIT) if number != left_out or "sync" not in line]
        synced = [on_disk(one, FOLDER) for one in read([FORM, *lines, RECEIPT], FOLDER)]
        assert synced == ["sync" not in COMMIT[left_out]]
    begun, done = DATABASE[1].replace(") = 0", " <unfinished ...>"), "7 <... fdatasync resumed>) = 0"
    assert not on_disk(read([FORM, *JOURNAL, DATABASE[0], begun, RECEIPT, done, *REMOVED], FOLDER)[0], FOLDER)
