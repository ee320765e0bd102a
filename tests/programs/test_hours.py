"""Hours in words are the calendar's own: runs of equal days, several spans, and what is different today."""

from __future__ import annotations

from datetime import UTC, date, datetime, time

import pytest
from flask import Flask
from flask_babel import force_locale

from app.programs.domain import Calendar, Span
from app.programs.hours import hours_words
from tests.pages import Browser
from tests.programs.test_docs import SHIPPED

pytestmark = pytest.mark.parametrize("make_app", ["sqlite"], indirect=True)
DAY, MORNING, LATE = Span(time(8), time(17)), Span(time(8, 30), time(12)), Span(time(13), time(18))
MONDAY = datetime(2026, 12, 7, 15, tzinfo=UTC)


@pytest.mark.parametrize(
    ("weekly", "days", "said"),
    [
        (dict.fromkeys(range(5), (DAY,)), {}, "Weekdays, 8 am to 5 pm"),
        (dict.fromkeys(range(7), (DAY,)), {}, "Every day, 8 am to 5 pm"),
        ({0: (MORNING, LATE), 3: (DAY,)}, {}, "Monday, 8:30 am to 12 pm, 1 pm to 6 pm; Thursday, 8 am to 5 pm"),
        (dict.fromkeys(range(4), (DAY,)) | {4: (MORNING,)}, {}, "Monday to Thursday, 8 am to 5 pm; Friday, 8:30 am to 12 pm"),
        (dict.fromkeys(range(5), (DAY,)), {date(2026, 12, 7): ()}, "Weekdays, 8 am to 5 pm; closed today"),
        (dict.fromkeys(range(5), (DAY,)), {date(2026, 12, 7): (LATE,)}, "Weekdays, 8 am to 5 pm; today 1 pm to 6 pm"),
        (dict.fromkeys(range(5), (DAY,)), {date(2026, 12, 8): ()}, "Weekdays, 8 am to 5 pm"),
    ],
)  # fmt: skip
def test_hours_read_as_people_say_them(
    app: Flask, weekly: dict[int, tuple[Span, ...]], days: dict[date, tuple[Span, ...]], said: str
) -> None:
    calendar = Calendar("America/New_York", weekly, days, date(2028, 1, 1))
    with app.test_request_context():
        assert hours_words(calendar, MONDAY) == said


def test_a_language_that_counts_to_24_keeps_its_minutes(app: Flask) -> None:
    with app.test_request_context(), force_locale("es"):
        assert "8:00" in hours_words(SHIPPED.calendars["wrenfield"], MONDAY)
        assert "17:00" in hours_words(SHIPPED.calendars["wrenfield"], MONDAY)


def test_a_page_says_today_that_it_is_closed_and_no_more_tomorrow(app: Flask, clock: object) -> None:
    browser = Browser(app.test_client())
    clock.move_to(datetime(2026, 11, 26, 16, tzinfo=UTC))  # type: ignore[attr-defined]  # Thanksgiving
    assert "Weekdays, 8 am to 5 pm; closed today" in browser.get("/").text
    clock.move_to(datetime(2026, 11, 30, 16, tzinfo=UTC))  # type: ignore[attr-defined]
    assert "closed today" not in browser.get("/").text
