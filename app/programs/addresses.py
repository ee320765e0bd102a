"""A program's own address, /p/<program>/…: links stay within it, its forms stay with the program if it treats the disease.

Its pages show the program's phone, hours and name; a private page shows the phone of the program that has the case.
"""

from __future__ import annotations

from dataclasses import replace
from functools import partial
from typing import Any

from flask import Blueprint, current_app, g, request
from flask_babel import gettext as _

from app.core.clock import now
from app.programs.clocks import local_day
from app.programs.domain import Calendar, DoorName, Folder, Program
from app.programs.hours import hours_words
from app.programs.service import hospital
from app.web.errors import friendly


def at_own_address(bp: Blueprint, door: DoorName | None = None) -> None:
    """Let a room's pages stand at each program's own address too, a door's where the program has that door."""
    bp.url_value_preprocessor(take)
    bp.url_defaults(stay_within)
    bp.before_request(partial(enter, door))


def take(_endpoint: str | None, values: dict[str, Any] | None) -> None:
    """The program of the address is no argument of a view: every page has it or has it not."""
    g.address = values.pop("program", None) if values else None


def enter(door: DoorName | None) -> tuple[str, int] | None:
    """Go in by a program's own address; a program that is not there, or lacks this door, has a page that says whom to call."""
    if g.address is None:
        return None
    program = hospital().program(g.address)
    if program is None:
        # A form that was begun here goes on at the hospital's own door: what was typed stays.
        return None if "handle" in (request.view_args or {}) else friendly(404)
    g.shown = program
    if door is not None and door not in program.doors:
        return friendly(
            404, _("This program does not take this form here. Please call us, and we help you find the way.")
        )
    g.entered = program
    return None


def stay_within(endpoint: str, values: dict[str, Any]) -> None:
    """A link of a page at a program's own address leads to the same address."""
    program = entered()
    if program is not None and current_app.url_map.is_endpoint_expecting(endpoint, "program"):
        values.setdefault("program", program.code)


def entered() -> Program | None:
    """The program through whose own address this request came."""
    found: Program | None = g.get("entered")
    return found


def begun_at() -> str:
    """What a form that is begun here keeps: the program's code, or the hospital's for its common doors."""
    program = entered()
    return program.code if program else hospital().folder.code


def show_phone_of(program: str) -> None:
    """A page about a case shows the phone and the hours of the case's program."""
    g.shown = hospital().program(program)


def shown() -> Folder:
    """The hospital as this page shows it."""
    folder, program = hospital().folder, entered()
    if program is not None:
        folder = replace(folder, unit=program.name)
    return with_phone(folder, g.get("shown"))


def with_phone(folder: Folder, program: Program | None) -> Folder:
    """A program without a phone of its own is reached at the hospital's."""
    return replace(folder, phone=program.phone) if program and program.phone else folder


def calendar_shown() -> Calendar:
    """The hours of whoever answers the phone that this page shows."""
    found, program = hospital(), g.get("shown")
    return found.calendars[program.code if program else found.folder.code]


def phone_hours() -> str:
    """When somebody answers that phone."""
    return hours_words(calendar_shown(), now())


def edition() -> str:
    """Changes with every version and, as hours do, with the day; differs from program to program: for what is kept of a page."""
    program, inside = g.get("shown"), "own" if entered() else ""
    return f"{hospital().version} {program.code if program else ''} {inside} {local_day(calendar_shown(), now())}"
