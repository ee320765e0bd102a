"""Writes the table of transitions into docs/desk.md: `.venv/bin/python -m tests.desk.transitions_table`."""

from __future__ import annotations

import re
from collections.abc import Iterable

from app.cases.domain import Kind, Status
from app.cases.steps import NEXT
from app.cases.transitions import ASIDE, ENDED, FORWARD, permission_for, waiting_on
from app.core.actor import Permission
from app.desk.words import STATUS_WORDS, STEP_WORDS, WAITING_WORDS
from config import ROOT

PAGE = ROOT / "docs" / "desk.md"
HEAD = "| Status | May go on to | Next step | Waits on |"
WHO = {Permission.REVIEW_CASES: " (clinician reviewer only)", Permission.REOPEN_DECEASED: " (manager only)"}


def table() -> str:
    """One row for each status, from the code."""
    rows = [f"| {words(one)} | {following(one)} | {step(one)} | {waits(one)} |" for one in Status]
    return "\n".join((HEAD, "|---|---|---|---|", *rows))


def words(status: Status) -> str:
    """As the desk says it."""
    return str(STATUS_WORDS[status])


def following(status: Status) -> str:
    """The way on; an ended or held case goes back to where it stood."""
    if status in ENDED:
        return f"back to the status before{WHO.get(permission_for(status, Status.NEW), '')}"
    if status is Status.ON_HOLD:
        return "back to the status before; aside"
    return named(status, FORWARD[status]) + "; aside"


def named(status: Status, targets: Iterable[Status]) -> str:
    """Statuses in the order of the path, with who may where not everybody may."""
    return ", ".join(words(one) + WHO.get(permission_for(status, one), "") for one in Status if one in set(targets))


def step(status: Status) -> str:
    """What is due, and within how many business days."""
    if status not in NEXT:
        return ""
    code, days = NEXT[status]
    return f"{STEP_WORDS[code]}, {days} business {'day' if days == 1 else 'days'}"


def waits(status: Status) -> str:
    """Whose turn it is."""
    found = [str(WAITING_WORDS[waiting_on(status, kind)]) for kind in (Kind.INQUIRY, Kind.REFERRAL)]
    return " or ".join(dict.fromkeys(found))


def aside() -> str:
    """Where every open case may go."""
    return ", ".join(words(one) for one in Status if one in ASIDE)


if __name__ == "__main__":
    page = PAGE.read_text(encoding="utf-8")
    PAGE.write_text(re.sub(re.escape(HEAD) + r"(\n\|[^\n]*)+", lambda _found: table(), page), encoding="utf-8")
