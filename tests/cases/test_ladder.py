"""The steps of an unanswered page: every instant has one, they only ever reach further, and each reason stops them."""

from __future__ import annotations

from datetime import UTC, datetime, timedelta

import pytest
from hypothesis import given
from hypothesis import strategies as st

from app.cases.ladder import ALARM, MANAGERS, MINUTES, Paged, reach, step_after, why_over

WAITING = Paged("cart", "urgent", is_open=True, assigned=False, first_contact_at=None)
WAITED = st.timedeltas(timedelta(0), timedelta(days=3))


@pytest.mark.parametrize(
    ("minutes", "step"), [(0, 0), (9.9, 0), (10, 1), (19, 1), (20, 2), (29, 2), (30, 3), (59, 3), (60, 4), (5000, 26)]
)
def test_each_step_begins_at_its_minute(minutes: float, step: int) -> None:
    assert step_after(timedelta(minutes=minutes)) == step


@given(WAITED, WAITED, st.integers(0, 6))
def test_later_never_reaches_fewer_people(one: timedelta, other: timedelta, listed: int) -> None:
    early, late = sorted((one, other))
    assert reach(step_after(early), listed) <= reach(step_after(late), listed) <= listed
    assert reach(step_after(ALARM), listed) == listed


def test_the_alarm_comes_with_the_managers_after_half_an_hour() -> None:
    assert (ALARM, MINUTES[MANAGERS], step_after(ALARM)) == (timedelta(minutes=30), 30, MANAGERS)


@pytest.mark.parametrize(
    ("case", "why"),
    [
        (WAITING, None),
        (Paged("cart", "urgent", is_open=False, assigned=False, first_contact_at=None), "ended"),
        (Paged("gene_therapy", "urgent", is_open=True, assigned=False, first_contact_at=None), "handed_over"),
        (Paged("cart", "urgent", is_open=True, assigned=True, first_contact_at=None), "claimed"),
        (Paged("cart", "urgent", is_open=True, assigned=False, first_contact_at=datetime(2030, 1, 7, tzinfo=UTC)), "reached"),
        (Paged("cart", "routine", is_open=True, assigned=False, first_contact_at=None), "not_urgent"),
    ],
)  # fmt: skip
def test_a_page_stops_for_a_reason_and_for_none_goes_on(case: Paged, why: str | None) -> None:
    assert why_over(case, "cart") == why
