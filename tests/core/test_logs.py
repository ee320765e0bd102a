"""A log line holds known keys only."""

from __future__ import annotations

import json
import logging
from pathlib import Path

import pytest

from app.core.logs import init_logs, log
from config import Settings


def test_unknown_keys_are_dropped_before_a_line_is_written(tmp_path: Path, capsys: pytest.CaptureFixture[str]) -> None:
    init_logs(Settings.from_environment({"INSTANCE_DIR": str(tmp_path)}))
    log().info("request", path="/", name="Itzel", message="words", exc_info=True, user="id")
    log().debug("quiet")
    line = json.loads(capsys.readouterr().err)
    assert set(line) == {"event", "level", "timestamp", "path", "user"}


def test_a_librarys_line_is_json_without_its_words(
    tmp_path: Path, capsys: pytest.CaptureFixture[str], monkeypatch: pytest.MonkeyPatch
) -> None:
    monkeypatch.setattr(logging.getLogger(), "handlers", [])  # those of pytest
    init_logs(Settings.from_environment({"INSTANCE_DIR": str(tmp_path)}))
    logging.getLogger("waitress.queue").warning("Task queue depth is %d", 3)
    try:
        int("Itzel")
    except ValueError:
        logging.getLogger("waitress").exception("Exception while serving %s", "/follow/secret")
    written = capsys.readouterr().err
    lines = [json.loads(line) for line in written.splitlines()]
    assert [(line["event"], line["kind"], line["level"], line["fault"]) for line in lines] == [
        ("library", "waitress.queue", "warning", None), ("library", "waitress", "error", "ValueError"),
    ]  # fmt: skip
    assert "Itzel" not in written
    assert "secret" not in written
