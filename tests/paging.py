"""An on-call list with channels, put in force; and the link of a page, read from what arrived."""

from __future__ import annotations

import re
from pathlib import Path
from typing import Any

from flask import Flask

from tests.folders import edit, put_in_force

FELLOW, ATTENDING = "Oncology fellow on call", "Attending on call"
FELLOW_MAIL, ATTENDING_MAIL = "fellow@pager.example.org", "attending@pager.example.org"
PHONES = {FELLOW: "uri: tel:+16175550151}", ATTENDING: "uri: tel:+16175550152}"}
LINK = re.compile(r"http://127\.0\.0\.1:8000(/page/[\w-]+)")


def reach(folder: Path, name: str, channel: str, address: str) -> None:
    """Give somebody on the list a channel."""
    edit(folder, "programs/cart.yaml", PHONES[name], f"{PHONES[name]}\n  {channel}: {address}")


def page_by_mail(app: Flask, folder: Path) -> None:
    """Both on call for CAR T by mail, for a year in which the tests' clock stands."""
    edit(folder, "hospital.yaml", "holidays_until: 2028-01-31", "holidays_until: 2032-01-31")
    reach(folder, FELLOW, "mail", FELLOW_MAIL)
    reach(folder, ATTENDING, "mail", ATTENDING_MAIL)
    put_in_force(app, folder)


def body(letter: Any) -> str:
    """A letter's text."""
    return str(letter.get_payload(decode=True).decode())


def link_in(text: str) -> str:
    """The path of the acknowledging link."""
    found = LINK.search(text)
    assert found, text
    return found.group(1)
