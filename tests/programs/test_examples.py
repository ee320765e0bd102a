"""Each example is a whole hospital: its folder is all that it needs."""

from __future__ import annotations

from datetime import datetime
from pathlib import Path
from zoneinfo import ZoneInfo

import pytest
from flask import Flask

from app.programs.clocks import add_business_days
from app.programs.domain import Hospital
from app.programs.folder import built, files_of
from app.samples.load import questions_asked
from config import ROOT
from tests.programs.test_folder import TODAY

EXAMPLES = sorted(path for path in (ROOT / "examples").iterdir() if path.is_dir())


def read(app: Flask, folder: Path) -> Hospital:
    """The folder, checked with what the doors ask."""
    with app.test_request_context():
        return built(files_of(folder), questions_asked(), TODAY)


@pytest.mark.parametrize("folder", EXAMPLES, ids=lambda folder: folder.name)
def test_an_example_can_be_put_in_force(app: Flask, folder: Path) -> None:
    found = read(app, folder)
    assert found.folder.code == folder.name
    assert set(found.texts) == set(found.folder.languages)


def test_valle_sereno_keeps_its_own_hours(app: Flask) -> None:
    found = read(app, ROOT / "examples" / "valle_sereno")
    zone = ZoneInfo("America/Santo_Domingo")
    promises = found.programs[0].promises
    friday_evening = datetime(2026, 11, 27, 15, 30, tzinfo=zone)  # closed since 15:00: counts as Monday's opening
    due = add_business_days(found.calendars["trasplante"], friday_evening, promises.routine.first_contact or 0)
    assert due == datetime(2026, 12, 2, 17, 30, tzinfo=zone)
    holy_week = datetime(2027, 3, 24, 10, 0, tzinfo=zone)  # Thursday ends at noon, Good Friday is a holiday
    assert add_business_days(found.calendars["trasplante"], holy_week, 1) == datetime(2027, 3, 25, 12, 0, tzinfo=zone)
