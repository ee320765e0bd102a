"""The views that every door has: its pages, check, send, and what one may do after sending."""

from __future__ import annotations

from collections.abc import Callable, Iterable
from functools import partial
from typing import Any

from flask import Blueprint

from app.drafts import after, journey
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
    ("sent", "GET", "sent", after.sent),
    ("another", "POST", "another", after.another),
    ("change", "POST", "change", after.change),
)


def add_views(bp: Blueprint, door: Door) -> None:
    """Give a door its views, open to everybody."""
    add(bp, door, [f"{address}/{door.kind}" for address in ADDRESSES], public)


def add(
    bp: Blueprint, door: Door, addresses: Iterable[str], guard: Callable[[Callable[..., Any]], Callable[..., Any]],
    **own: Callable[..., Any],
) -> None:  # fmt: skip
    """Give a door its views at these addresses; `own` are those that it has otherwise, by their name."""
    for name, method, path, act in VIEWS:
        view = guard(partial(own.get(name, act), door))
        for address in addresses:
            bp.add_url_rule(f"{address}/<handle>/{path}", name, view, methods=[method])
