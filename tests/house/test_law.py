"""The law of the house, read from the source itself: one commit, no foreign host, file openings, docs that hold."""

from __future__ import annotations

import ast
import re
from dataclasses import fields
from pathlib import Path

import pytest

from app.codes import icd
from config import ROOT, Settings

SOURCES = sorted((ROOT / "app").rglob("*.py"))
TEMPLATES = sorted((ROOT / "templates").rglob("*.*"))
TEXTS = [*SOURCES, *TEMPLATES, *sorted((ROOT / "app" / "static").glob("*.*s")), ROOT / "config.py", ROOT / "wsgi.py"]


@pytest.mark.parametrize("path", SOURCES, ids=lambda path: str(path.relative_to(ROOT)))
def test_each_file_says_first_what_it_decides(path: Path) -> None:
    tree = ast.parse(path.read_text(encoding="utf-8"))
    opening = ast.get_docstring(tree)
    assert opening, "open with one to four lines that say what the file decides"
    assert len(opening.splitlines()) <= 5


def test_there_is_one_commit() -> None:
    calls = [
        str(path.relative_to(ROOT))
        for path in SOURCES
        for line in path.read_text(encoding="utf-8").splitlines()
        if re.search(r"\.commit\(\)", line) and not line.lstrip().startswith(("#", '"'))
    ]
    assert set(calls) == {"app/core/database.py"}


def test_nothing_is_imported_inside_a_function() -> None:
    inside = [
        f"{path.relative_to(ROOT)}:{node.lineno}"
        for path in SOURCES
        for function in ast.walk(ast.parse(path.read_text(encoding="utf-8")))
        if isinstance(function, ast.FunctionDef | ast.AsyncFunctionDef)
        for node in ast.walk(function)
        if isinstance(node, ast.Import | ast.ImportFrom)
    ]
    assert inside == []


def test_there_is_no_room_called_common() -> None:
    names = {path.stem for path in SOURCES} | {path.parent.name for path in SOURCES}
    assert not names & {"utils", "helpers", "common", "misc"}


def test_a_file_stays_readable_at_a_sitting() -> None:
    long = {str(path.relative_to(ROOT)): len(path.read_text().splitlines()) for path in SOURCES}
    assert {name: lines for name, lines in long.items() if lines > 450} == {}


def test_no_page_names_another_host() -> None:
    foreign = [
        f"{path.relative_to(ROOT)}: {found}"
        for path in TEXTS
        for found in re.findall(r"https?://[^\s\"'<)]+", path.read_text(encoding="utf-8"))
        if not re.search(r"127\.0\.0\.1|localhost|example\.org|w3\.org|^https?://\{", found)
    ]
    assert foreign == []


def test_templates_hold_no_inline_style_or_script() -> None:
    wrong = [
        str(path)
        for path in TEMPLATES
        if re.search(r"<style|<script(?! type=\"module\" src=)| style=| on\w+=", path.read_text(encoding="utf-8"))
    ]
    assert wrong == []


def test_every_visible_sentence_goes_through_the_catalog() -> None:
    bare = []
    for path in TEMPLATES:
        if path.suffix != ".html":
            continue
        text = re.sub(
            r"\{#.*?#\}|\{%.*?%\}|\{\{.*?\}\}|<svg.*?</svg>", " ", path.read_text(encoding="utf-8"), flags=re.DOTALL
        )
        bare += [f"{path.name}: {found.strip()}" for found in re.findall(r">([^<]*[A-Za-z]{3}[^<]*)<", text)]
    assert bare == []


def test_every_picture_that_a_document_names_is_there() -> None:
    pages = [ROOT / "README.md", *sorted((ROOT / "docs").rglob("*.md"))]
    named = {
        path.parent / found
        for path in pages
        for found in re.findall(r"!\[[^\]]*\]\(([^)]+)\)", path.read_text(encoding="utf-8"))
    }
    assert {picture.name for picture in named} >= {"home.png", "inquiry.png", "referral.png", "queue.png", "case.png"}
    missing = [str(picture) for picture in named if not picture.is_file()]
    assert missing == [], "run `.venv/bin/python -m tests.pictures`"
    assert {picture.name for picture in named if picture.stat().st_size > 150_000} == set()


def test_the_stylesheets_of_one_page_stay_under_twenty_two_kilobytes() -> None:
    sizes = {path.name: path.stat().st_size for path in (ROOT / "app" / "static").glob("*.css")}
    assert set(sizes) == {"tokens.css", "site.css", "desk.css"}
    assert sizes["tokens.css"] + max(sizes["site.css"], sizes["desk.css"]) < 22_000, sizes


def test_no_page_speaks_of_candidates_or_of_something_invalid_or_submitted() -> None:
    wrong = [
        f"{path.name}: {found}"
        for path in TEMPLATES
        for sentence in re.findall(r"_\(\"([^\"]+)\"", path.read_text(encoding="utf-8"))
        for found in re.findall(r"(?i)\b(?:submit\w*|invalid|candidate|rejected)\b", sentence)
    ]
    assert wrong == []


def test_lock_files_name_no_address() -> None:
    for name in ("requirements.lock", "requirements-dev.lock"):
        text = (ROOT / name).read_text(encoding="utf-8")
        assert "--hash=sha256:" in text
        assert "//" not in text


def test_the_settings_page_is_the_table_of_the_settings() -> None:
    page = (ROOT / "docs" / "settings.md").read_text(encoding="utf-8")
    for one in fields(Settings):
        assert f"| `{one.name.upper()}` |" in page, f"{one.name}: run `.venv/bin/python -m tests.house.settings_page`"
        assert one.metadata["doc"] in page, one.name


def test_every_control_in_the_table_of_threats_has_its_test() -> None:
    page = (ROOT / "docs" / "threats.md").read_text(encoding="utf-8")
    named = set(re.findall(r"\b(test_\w+)", page))
    written = {
        name
        for path in (ROOT / "tests").rglob("test_*.py")
        for name in re.findall(r"def (test_\w+)", path.read_text(encoding="utf-8"))
    }
    assert named
    assert named <= written, sorted(named - written)
    assert "TODO" not in page


def test_only_synthetic_people_are_in_the_sources() -> None:
    wrong = []
    for path in [*SOURCES, *sorted((ROOT / "tests").rglob("*.py")), *sorted((ROOT / "docs").rglob("*.md"))]:
        text = path.read_text(encoding="utf-8")
        wrong += [
            f"{path.name}: {one}"
            for one in re.findall(r"[\w.]+@[\w-]+\.[\w.]+\w", text)
            if not re.search(r"example\.(org|com)$", one.lower())
        ]
        wrong += [
            f"{path.name}: {one}"
            for one in re.findall(r"\(\d{3}\) \d{3}-\d{4}", text)
            if not re.search(r"555-01\d\d$", one)
        ]
    assert wrong == []


def test_the_edition_of_the_code_table_is_said() -> None:
    assert icd.EDITION == "FY2026"
    assert "FY2026" in (ROOT / "app" / "codes" / "data" / "NOTICE.md").read_text(encoding="utf-8")
