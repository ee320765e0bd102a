"""Read a program's folder; say which is in force. What cannot be used is refused with file and field."""

from __future__ import annotations

import hashlib
import tomllib
from collections.abc import Mapping
from datetime import date, time
from pathlib import Path
from typing import Any, cast

import holidays
from flask import Flask, current_app

from app.programs.domain import (
    Calendar,
    CodeRule,
    Desk,
    Director,
    Disease,
    Emergency,
    Phone,
    Program,
    Reading,
    Section,
    Wording,
)

YEARS = 10  # a folder that nobody renews must not promise a call on a holiday


class ProgramFault(ValueError):
    """The folder cannot be used: which file, which field, what to do."""


def init_programs(app: Flask, folder: Path) -> None:
    """Load the program in force at start-up."""
    app.extensions["program"] = load(folder)


def current_program() -> Program:
    """The program in force."""
    return cast("Program", current_app.extensions["program"])


def load(folder: Path) -> Program:
    """Read `program.toml` and `texts.en.toml`. Raises ProgramFault."""
    data, texts = read(folder / "program.toml"), read(folder / "texts.en.toml")
    try:
        return build(data, texts, version_of(folder, data))
    except KeyError as missing:
        message = f"{folder.name}: the field {missing} is missing; add it as in the shipped program"
        raise ProgramFault(message) from missing
    except (TypeError, ValueError) as wrong:
        message = f"{folder.name}: {wrong}"
        raise ProgramFault(message) from wrong


def read(path: Path) -> dict[str, Any]:
    """One TOML file; its own parser names the line of a fault."""
    try:
        return tomllib.loads(path.read_text(encoding="utf-8"))
    except (OSError, tomllib.TOMLDecodeError) as fault:
        message = f"{path.name}: {fault}"
        raise ProgramFault(message) from fault


def version_of(folder: Path, data: Mapping[str, Any]) -> str:
    """The edition's date and twelve digits of the digest over the folder's bytes."""
    digest = hashlib.sha256()
    for path in sorted(folder.glob("*.toml")):
        digest.update(path.name.encode() + b"\0" + path.read_bytes())
    return f"{data['edition']}+{digest.hexdigest()[:12]}"


def build(data: Mapping[str, Any], texts: Mapping[str, Any], version: str) -> Program:
    """Every part as its frozen type: an unknown or missing field raises."""
    names = texts["diseases"]
    return Program(
        code=data["code"], version=version, name=data["name"], unit=data["unit"],
        sender_name=data["sender_name"], mail_from=data["mail_from"], time_zone=data["calendar"]["time_zone"],
        phone=Phone(**data["phone"], hours_text=texts["phone_hours"]),
        physician_line=Phone(**data["physician_line"], hours_text=texts["physician_line_hours"]),
        emergency=Emergency(number=data["emergency_number"], **texts["emergency"]),
        director=Director(**data["director"], about=texts["director_about"]),
        calendar=calendar(data["calendar"]),
        first_contact_days=dict(data["first_contact_days"]),
        desks=tuple(Desk(**desk) for desk in data["desks"]), default_desk=data["default_desk"],
        diseases=tuple(
            Disease(**one, label=names[one["code"]]["label"], hint=names[one["code"]].get("hint", ""))
            for one in data["diseases"]
        ),
        code_rules=tuple(CodeRule(**rule) for rule in data["code_rules"]),
        wordings={name: Wording(**one) for name, one in texts["wordings"].items()},
        texts=dict(texts["home"]),
        sections={
            name: Section(
                one["title"], tuple(one["paragraphs"]), tuple(one.get("points", ())), one.get("note", "")
            )
            for name, one in texts["sections"].items()
        },
        readings=tuple(Reading(**{**one, "paragraphs": tuple(one["paragraphs"])}) for one in texts["readings"]),
        invented=texts.get("invented", ""),
    )  # fmt: skip


def calendar(data: Mapping[str, Any]) -> Calendar:
    """Hours, weekdays and closed days: the country's holidays of this and the next years, and the program's own."""
    first: date = data["holidays_from"]
    years = range(first.year, first.year + YEARS)
    closed = dict(holidays.country_holidays(data["holidays_country"], years=years))
    closed.update({date.fromisoformat(day): name for day, name in data.get("closed", {}).items()})
    return Calendar(
        time_zone=data["time_zone"], weekdays=frozenset(data["weekdays"]),
        opens=time.fromisoformat(data["opens"]), closes=time.fromisoformat(data["closes"]), closed=closed,
    )  # fmt: skip
