"""The views that every door has: its pages, check, send, and what one may do after sending."""

from __future__ import annotations

from functools import partial

from flask import Blueprint

from app.drafts import journey
from app.drafts.door import Door
from app.web.access import public

# Every door stands at the hospital's own address and at each program's.
ADDRESSES = ("", "/p/<program>")
VIEWS = (
    ("page", "GET", "<slug>", journey.show),
    ("keep", "POST", "<slug>", journey.keep),
    ("check", "GET", "check", journey.check),
    ("send", "POST", "check", journey.send),
    ("elsewhere", "GET", "elsewhere", journey.elsewhere),
    ("sent", "GET", "sent", journey.sent),
    ("another", "POST", "another", journey.another),
    ("change", "POST", "change", journey.change),
)


def add_views(bp: Blueprint, door: Door) -> None:
    """Give a door its views, open to everybody."""
    for name, method, path, act in VIEWS:
        view = public(partial(act, door))
        for address in ADDRESSES:
            bp.add_url_rule(f"{address}/{door.kind}/<handle>/{path}", name, view, methods=[method])
