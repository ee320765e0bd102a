"""The banner of a case names what came since somebody looked: files by name and count, answers as answers."""

from __future__ import annotations

from html import unescape

import pytest
from flask import Flask

from tests.filing import Sender
from tests.pages import Browser
from tests.papers import pdf
from tests.sending import send

SQLITE = pytest.mark.parametrize("make_app", ["sqlite"], indirect=True)


def banner(desk: Browser, reference: str) -> str:
    """Its sentence; empty where there is none."""
    desk.get(f"/desk/cases/{reference}")
    before, looked, _after = desk.page.partition('/looked"')
    return unescape(before.rpartition("<b><bdi>")[2].partition("<")[0]) if looked else ""


@SQLITE
def test_the_banner_says_what_came(desk: Browser, staffed: Flask) -> None:
    sender = Sender(staffed, send(staffed, handle="h" * 43))
    reference = sender.receipt.reference
    assert banner(desk, reference) == ""
    sender.send(("flow.pdf", pdf()))
    assert banner(desk, reference) == "A file came: flow.pdf"
    sender.send(*((f"{number}.pdf", pdf(b"%d" % number)) for number in range(4)))
    assert banner(desk, reference) == "5 files came: flow.pdf, 0.pdf, 1.pdf …"
    send(staffed, handle="h" * 43, child_preferred_name="Bo")
    assert banner(desk, reference).startswith("The sender changed answers after sending. 5 files came: ")
    desk.post(f"/desk/cases/{reference}/looked", {"seen": desk.hidden("seen")})
    assert banner(desk, reference) == ""
    sender.send(("late.pdf", pdf(b"late")))
    assert banner(desk, reference) == "A file came: late.pdf"
