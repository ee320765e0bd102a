"""A new edition of the codes is read from the published list; anything else changes nothing."""

from __future__ import annotations

from pathlib import Path

import pytest

from app import create_app
from app.codes import cli, icd
from tests.conftest import settings_for


@pytest.fixture
def tables(tmp_path: Path, monkeypatch: pytest.MonkeyPatch) -> Path:
    """A copy of the tables, so that the shipped ones stay."""
    for path in icd.FOLDER.iterdir():
        (tmp_path / path.name).write_bytes(path.read_bytes())
    monkeypatch.setattr(icd, "FOLDER", tmp_path)
    monkeypatch.setattr(icd, "DATA", tmp_path / "icd10cm_subset.csv")
    return tmp_path


def update(tables: Path, published: str, edition: str = "FY2027") -> str:
    """Run the command."""
    path = tables / "icd10cm-codes-2027.txt"
    path.write_text(published, encoding="utf-8")
    app = create_app(settings_for(tables))
    result = app.test_cli_runner().invoke(args=["codes", "update", str(path), "--edition", edition])
    return f"{result.exit_code} {result.output}"


def lines() -> list[str]:
    """The shipped codes as the CDC would print them, among codes that are out of scope."""
    shipped = [f"{icd.normalise(one.code):8}{one.description}" for one in icd.table().values()]
    return [
        "A000    Cholera due to Vibrio cholerae 01, biovar cholerae",
        *shipped,
        "Z9989   Dependence on other machines",
    ]


def test_the_same_list_changes_no_byte(tables: Path) -> None:
    before = (tables / "icd10cm_subset.csv").read_bytes()
    said = update(tables, "\n".join(lines()))
    assert "New: 0" in said
    assert "No longer valid: 0" in said
    assert (tables / "icd10cm_subset.csv").read_bytes() == before
    assert (tables / "icd10cm_edition.txt").read_text() == "FY2027\n"


def test_new_gone_and_reworded_codes_are_said(tables: Path) -> None:
    published = [one for one in lines() if not one.startswith("C9102")]
    published = [one.replace("Wiskott-Aldrich syndrome", "Wiskott-Aldrich disease") for one in published]
    said = update(tables, "\n".join([*published, "C9103   Acute lymphoblastic leukemia, persistent"]))
    assert "New: 1: C91.03" in said
    assert "No longer valid: 1: C91.02" in said
    assert "Reworded: 1: D82.0" in said
    assert 'C91.03,"Acute lymphoblastic leukemia, persistent"' in (tables / "icd10cm_subset.csv").read_text()


@pytest.mark.parametrize(
    ("published", "edition", "sentence"),
    [("", "FY2027", "Nothing was changed"), ("C9100 ALL", "FY2027", "Only 1 codes"), ("", "2027", "Write the edition")],
)
def test_something_else_changes_nothing(tables: Path, published: str, edition: str, sentence: str) -> None:
    before = (tables / "icd10cm_subset.csv").read_bytes()
    assert sentence in update(tables, published, edition)
    assert (tables / "icd10cm_subset.csv").read_bytes() == before


def test_every_shipped_code_is_in_scope() -> None:
    assert all(cli.SCOPE.match(code) for code in icd.table())
