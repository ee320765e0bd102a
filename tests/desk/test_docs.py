"""docs/desk.md says what the code decides."""

from __future__ import annotations

from tests.desk.transitions_table import PAGE, aside, table


def test_the_page_shows_the_table_of_transitions() -> None:
    page = PAGE.read_text(encoding="utf-8")
    assert table() in page, "run `.venv/bin/python -m tests.desk.transitions_table`"
    assert f"**Aside** is: {aside()}." in page.replace("\n", " ")
