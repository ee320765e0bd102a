"""A program's folder: the shipped one loads whole, and a faulty one is refused with file and field."""

from __future__ import annotations

import re
import shutil
from pathlib import Path

import pytest

from app.programs.service import ProgramFault, load
from config import Settings

SHIPPED = Settings().program_dir


@pytest.fixture
def folder(tmp_path: Path) -> Path:
    """A copy of the shipped folder."""
    return Path(shutil.copytree(SHIPPED, tmp_path / "program"))


def edit(folder: Path, pattern: str, by: str) -> None:
    """Change one place of program.toml."""
    path = folder / "program.toml"
    text, changed = re.subn(pattern, by, path.read_text(encoding="utf-8"), count=1, flags=re.MULTILINE)
    assert changed == 1
    path.write_text(text, encoding="utf-8")


def test_the_shipped_program_is_whole() -> None:
    program = load(SHIPPED)
    desks = {desk.code for desk in program.desks}
    assert program.default_desk in desks
    assert {one.desk for one in program.diseases} | {rule.desk for rule in program.code_rules} <= desks
    assert {"privacy", "not_emergency", "contact_me", "contact_doctor"} <= set(program.wordings)
    assert all(re.match(r"^[A-Z][0-9A-Z]+$", rule.prefix) for rule in program.code_rules)
    assert re.fullmatch(r"\d{4}-\d\d-\d\d\+[0-9a-f]{12}", program.version)
    assert len(program.version) <= 40
    assert program.rule_for("C91.02") != program.rule_for(None)
    assert program.disease("nothing") is None


def test_a_changed_word_is_another_version(folder: Path) -> None:
    before = load(folder).version
    edit(folder, r'^name = "Wrenfield', 'name = "Larkfield')
    assert load(folder).version != before


@pytest.mark.parametrize(
    ("pattern", "by", "said"),
    [
        (r"^name = .*$", "", "name"),
        (r"^opens = .*$", "", "opens"),
        (r"^opens = .*$", 'opens = "eight"', "eight"),
        (r"^uri = .*$", "", "uri"),
        (r"^uri = .*$", 'uri = "tel:+1"\nhours = "x"', "hours"),
        (r"^weekdays = .*$", "weekdays = 5", "int"),
        (r"^code = .*$", "code = ", "line 2"),
    ],
)
def test_what_is_missing_or_wrong_is_refused_with_a_sentence(folder: Path, pattern: str, by: str, said: str) -> None:
    edit(folder, pattern, by)
    with pytest.raises(ProgramFault, match=said):
        load(folder)


def test_a_folder_that_is_not_there_is_refused(tmp_path: Path) -> None:
    with pytest.raises(ProgramFault, match=r"program\.toml"):
        load(tmp_path / "nowhere")
