"""The table of transitions, held against the written one; every open status has a next step and a date."""

from __future__ import annotations

from datetime import UTC, datetime

import pytest

from app.cases.domain import Kind, Status, WaitingOn
from app.cases.steps import NEXT, next_step
from app.cases.transitions import ASIDE, ENDED, allowed, needs_reason, permission_for, waiting_on
from app.core.actor import Permission
from app.programs.clocks import add_business_days
from tests.programs.test_docs import SHIPPED

S = Status
# As the coordinators wrote it down.
WRITTEN = """
new > acknowledged
acknowledged > contacting_family contacting_referrer awaiting_information ready_for_review
contacting_family > awaiting_information
contacting_referrer > awaiting_information
awaiting_information > contacting_family contacting_referrer ready_for_review
ready_for_review > in_review
in_review > accepted_consult not_a_candidate_now awaiting_information
accepted_consult > financial_clearance
financial_clearance > scheduling
scheduling > scheduled
scheduled > closed
"""
TABLE = {S(left): {S(to) for to in right.split()} for left, right in (line.split(" > ") for line in WRITTEN.split("\n") if line)}  # fmt: skip
BESIDE = {S.ON_HOLD, S.REDIRECTED, S.UNABLE_TO_REACH, S.WITHDRAWN, S.DECEASED, S.CLOSED}


@pytest.mark.parametrize("status", Status)
def test_nothing_but_the_written_table_is_allowed(status: Status) -> None:
    for before in (None, *Status):
        if status in ENDED:
            expected = {before} - {None}
        elif status is S.ON_HOLD:
            expected = ({before} - {None}) | (BESIDE - {S.ON_HOLD})
        else:
            expected = TABLE[status] | BESIDE
        assert allowed(status, before) == expected


def test_only_a_join_makes_a_duplicate_and_no_end_leads_to_another() -> None:
    assert not any(S.DUPLICATE_OF in allowed(status, None) for status in Status)
    assert not any(allowed(status, None) for status in ENDED)


def test_reasons_and_roles_are_asked_for_where_they_are_due() -> None:
    for status in Status:
        for to in Status:
            assert needs_reason(status, to) == (to in BESIDE or to is S.NOT_A_CANDIDATE_NOW or status in ENDED)
            wanted = Permission.WORK_CASES
            if to is S.NOT_A_CANDIDATE_NOW:
                wanted = Permission.REVIEW_CASES
            elif status is S.DECEASED:
                wanted = Permission.REOPEN_DECEASED
            assert permission_for(status, to) == wanted
    assert ASIDE == BESIDE


def test_every_open_status_has_a_next_step_and_a_date() -> None:
    calendar, at = SHIPPED.calendars["cart"], datetime(2030, 1, 7, 15, tzinfo=UTC)
    for status in Status:
        step, due = next_step(calendar, status, at)
        over = status in ENDED - {S.NOT_A_CANDIDATE_NOW}  # which a family is told of first
        assert over == (step == "none") == (due is None)
        assert due is None or due > at
    assert set(NEXT) == set(Status) - ENDED | {S.NOT_A_CANDIDATE_NOW}


def test_a_promised_conversation_is_not_put_off_by_moving_the_case() -> None:
    calendar, at = SHIPPED.calendars["cart"], datetime(2030, 1, 7, 15, tzinfo=UTC)
    promised = datetime(2030, 1, 6, 15, tzinfo=UTC)
    contacting = {S.NEW, S.ACKNOWLEDGED, S.CONTACTING_FAMILY, S.CONTACTING_REFERRER}
    for status in set(Status) - ENDED:
        routine = next_step(calendar, status, at, promised_at=promised)[1]
        urgent = next_step(calendar, status, at, promised_at=promised, urgent=True)[1]
        assert (routine == promised) == (status in contacting)
        assert (urgent == promised) == (status is not S.ON_HOLD)
        for spoken in (True, False):
            step, due = next_step(calendar, status, at, spoken=spoken)
            assert step != "first_contact"
            assert due is not None
            assert due > at
    assert next_step(calendar, S.ON_HOLD, at, urgent=True, promised_at=promised)[1] == add_business_days(
        calendar, at, 1
    )


def test_a_family_is_waited_for_by_its_inquiry_and_a_referrer_by_the_referral() -> None:
    for status in Status:
        for kind, sender in ((Kind.INQUIRY, WaitingOn.FAMILY), (Kind.REFERRAL, WaitingOn.REFERRER)):
            nobody = status is S.ON_HOLD or status in ENDED - {S.NOT_A_CANDIDATE_NOW}
            expected = sender if status is S.AWAITING_INFORMATION else WaitingOn.NOBODY if nobody else WaitingOn.US
            assert waiting_on(status, kind) == expected
