"""A log line holds known keys only."""

from __future__ import annotations

import json
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
