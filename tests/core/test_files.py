"""A key or an id is whole or absent, whenever the process that writes it dies."""

from __future__ import annotations

import os
from concurrent.futures import ThreadPoolExecutor
from pathlib import Path

import pytest

from app.core.files import write_once


def test_what_is_written_is_read_by_its_owner_only_and_nothing_else_is_left(tmp_path: Path) -> None:
    path = tmp_path / "new" / "master.key"
    write_once(path, "secret\n")
    assert path.read_text() == "secret\n"
    assert path.stat().st_mode & 0o777 == 0o600
    assert list(path.parent.iterdir()) == [path]


def test_what_is_there_is_kept_also_when_twenty_begin_together(tmp_path: Path) -> None:
    path = tmp_path / "instance.id"
    with ThreadPoolExecutor(20) as pool:
        list(pool.map(lambda number: write_once(path, str(number)), range(20)))
    first = path.read_text()
    assert first.isdigit()
    write_once(path, "later")
    assert path.read_text() == first


def test_a_process_that_dies_while_writing_leaves_no_half_of_it(
    tmp_path: Path, monkeypatch: pytest.MonkeyPatch
) -> None:
    path = tmp_path / "master.key"

    def die(_descriptor: int) -> None:
        raise SystemExit

    monkeypatch.setattr(os, "fsync", die)
    with pytest.raises(SystemExit):
        write_once(path, "secret")
    assert not path.exists()
    monkeypatch.undo()
    write_once(path, "secret")
    assert path.read_text() == "secret"
