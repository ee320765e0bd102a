"""Urgency by staff, up and down: it pages as a case that came so, dates come sooner, and none is ever put off."""

from __future__ import annotations

from datetime import timedelta
from itertools import permutations
from pathlib import Path
from typing import Any

import pytest
from flask import Flask
from sqlalchemy import func, select, update

from app.cases.domain import Kind, Receipt, Status, Urgency
from app.cases.models import Case
from app.cases.models_paging import Page
from app.core.clock import now
from app.core.database import db
from tests.pages import Browser, words
from tests.paging import page_by_mail
from tests.sending import send, set_rows

DATES = ("due_at", "first_contact_due_at", "decision_due_at")


def case_of(app: Flask, receipt: Receipt) -> Case:
    """How it stands."""
    with app.app_context():
        found = db.session.get_one(Case, receipt.case_id)
        db.session.remove()
    return found


def say(desk: Browser, receipt: Receipt, seen: str, to: str, reason: str = "White cells rise fast.") -> int:
    """Press Save in the dialog."""
    desk.get(f"/desk/cases/{receipt.reference}")
    return desk.post(f"/desk/cases/{receipt.reference}/urgency", {"seen": seen, "to": to, "reason": reason}).status_code


def pages(app: Flask) -> int:
    """How many were paged."""
    with app.app_context():
        return db.session.execute(select(func.count()).select_from(Page)).scalar_one()


def test_going_to_urgent_pages_once_and_says_why_on_the_timeline(
    staffed: Flask, clock: Any, desk: Browser, folder: Path
) -> None:
    page_by_mail(staffed, folder)
    receipt = send(staffed)
    assert pages(staffed) == 0
    assert say(desk, receipt, "routine", "urgent", " ") == 422
    assert say(desk, receipt, "expedited", "urgent") == 409
    assert say(desk, receipt, "routine", "routine") == 422
    assert pages(staffed) == 0
    assert say(desk, receipt, "routine", "urgent") == 303
    assert pages(staffed) == 1
    shown = words(desk.get(f"/desk/cases/{receipt.reference}"))
    assert "Urgency: Routine → Urgent" in shown
    assert "White cells rise fast." in shown
    assert case_of(staffed, receipt).attention_band == 10
    assert say(desk, receipt, "urgent", "routine", "Ferritin was a typing error.") == 303
    assert say(desk, receipt, "routine", "urgent") == 303
    assert pages(staffed) <= 2, "one that is paged already is not paged twice"


@pytest.mark.parametrize("status", [Status.NEW, Status.ON_HOLD, Status.READY_FOR_REVIEW])
@pytest.mark.parametrize("make_app", ["sqlite"], indirect=True)
def test_no_date_is_ever_put_off(staffed: Flask, clock: Any, desk: Browser, status: Status) -> None:
    for old, to in permutations(map(str, Urgency), 2):
        receipt, at = send(staffed, Kind.REFERRAL), now()
        set_rows(
            staffed,
            update(Case).where(Case.id == receipt.case_id).values(
                urgency=old, status=status, due_at=at + timedelta(days=4), records_complete_at=at,
                decision_due_at=at + timedelta(days=30), first_contact_due_at=None if old == "urgent" else at + timedelta(days=9),
            ),
        )  # fmt: skip
        before = case_of(staffed, receipt)
        clock.shift(timedelta(minutes=10))
        assert say(desk, receipt, old, to) == 303
        after = case_of(staffed, receipt)
        for name in DATES:
            stood, stands = getattr(before, name), getattr(after, name)
            assert stood is None or stands <= stood, (name, old, to)
        assert after.decision_due_at is not None
        assert before.decision_due_at is not None
        assert after.decision_due_at < before.decision_due_at, "the promise of a decision is shorter than thirty days"
        if to == "urgent":
            assert after.due_at is not None
            assert before.due_at is not None
            assert after.due_at < before.due_at


@pytest.mark.parametrize("make_app", ["sqlite"], indirect=True)
def test_an_ended_case_is_opened_first(staffed: Flask, clock: Any, desk: Browser) -> None:
    receipt = send(staffed)
    set_rows(staffed, update(Case).where(Case.id == receipt.case_id).values(status=Status.CLOSED, is_open=False))
    assert say(desk, receipt, "routine", "urgent") == 422
