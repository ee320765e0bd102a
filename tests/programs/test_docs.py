"""The worked examples in docs/programs.md are what the code computes."""

from __future__ import annotations

import re
from datetime import date, datetime
from zoneinfo import ZoneInfo

import pytest

from app.programs.clocks import add_business_days
from app.programs.folder import built
from app.programs.hints import hint
from config import ROOT
from tests.programs.test_folder import FILES, QUESTIONS, TODAY

PAGE = (ROOT / "docs" / "programs.md").read_text(encoding="utf-8")
SHIPPED = built(FILES, QUESTIONS, TODAY)
ZONE = ZoneInfo("America/New_York")


def table(head: str) -> list[list[str]]:
    """The rows of the table whose head begins so."""
    lines = PAGE[PAGE.index(f"| {head} |") :].split("\n\n")[0].splitlines()[2:]
    return [[cell.strip() for cell in line.strip().strip("|").split("|")] for line in lines]


def at(text: str) -> datetime:
    """Tue 2026-11-17 10:00, in New York."""
    found = datetime.strptime(text, "%a %Y-%m-%d %H:%M").replace(tzinfo=ZONE)
    assert found.strftime("%a") == text[:3], f"{text}: that is a {found:%a}"
    return found


@pytest.mark.parametrize("row", table("Came"), ids=" ".join)
def test_the_clocks_examples_hold(row: list[str]) -> None:
    came, days, due = row
    assert add_business_days(SHIPPED.calendars["cart"], at(came), int(days)) == at(due)


@pytest.mark.parametrize("row", table("Case"), ids=lambda row: f"{row[0]}: {row[3]}")
def test_the_labels_examples_hold(row: list[str]) -> None:
    _case, born, known, label, says, because, changes = row
    facts = {name: (value,) for name, value in re.findall(r"(\w+)=(\S+)", known)}
    fact = next(one for one in SHIPPED.label_facts if one.id == label)
    found = hint(fact, facts, date.fromisoformat(born) if born else None, TODAY)
    assert (str(found.fit), " ".join((*found.against, *found.unknown))) == (says, because)
    assert (found.changes_on.isoformat() if found.changes_on else "") == changes
    assert not found.stale


def test_every_label_has_an_example() -> None:
    assert {row[3] for row in table("Case")} | {"axicabtagene-lymphoma"} == {one.id for one in SHIPPED.label_facts}
