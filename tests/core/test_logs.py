"""A log line holds known keys only, and no path that opens somebody's form."""

from __future__ import annotations

import json
from pathlib import Path

import pytest

from app.core.logs import init_logs, log, mask_path
from app.drafts.service import new_handle
from config import Settings


def test_unknown_keys_are_dropped_before_a_line_is_written(tmp_path: Path, capsys: pytest.CaptureFixture[str]) -> None:
    init_logs(Settings.from_environment({"INSTANCE_DIR": str(tmp_path)}))
    log().info("request", path="/", name="Itzel", message="words", exc_info=True, user="id")
    log().debug("quiet")
    line = json.loads(capsys.readouterr().err)
    assert set(line) == {"event", "level", "timestamp", "path", "user"}


def test_handles_and_secrets_are_cut_out_of_paths() -> None:
    for handle in (new_handle() for _ in range(200)):
        for path in (f"/inquiry/{handle}/check", f"/referral/{handle}", f"/follow/{handle}{handle[:21]}"):
            assert handle[:8] not in mask_path(path)
    assert mask_path("/desk/cases/7KQ4-M2XH-9") == "/desk/cases/7KQ4-M2XH-9"
