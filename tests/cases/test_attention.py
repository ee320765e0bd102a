"""The order of the queue: every case has one place and a reason; urgent and unreached stands first."""

from __future__ import annotations

from dataclasses import replace
from datetime import UTC, datetime, timedelta

from hypothesis import given
from hypothesis import strategies as st

from app.cases.attention import PROMISES, Band, Reason, Standing, attention
from app.cases.domain import Kind, Status, Urgency, WaitingOn
from app.cases.promises import Pressing, Promised, Stage
from app.cases.transitions import ENDED

AT = datetime(2030, 1, 7, 15, tzinfo=UTC)
times = st.integers(-10_000, 10_000).map(lambda minutes: AT + timedelta(minutes=minutes))
standings = st.builds(
    Standing, kind=st.sampled_from([str(one) for one in Kind]), status=st.sampled_from(Status),
    urgency=st.sampled_from(Urgency), waiting_on=st.sampled_from(WaitingOn), received_at=times, status_at=times,
    due_at=st.none() | times, first_contact_at=st.none() | times, changed_after_sending_at=st.none() | times,
    in_hospital=st.booleans(), time_critical=st.booleans(), possibly_automatic=st.booleans(),
    pressing=st.none() | st.builds(Pressing, st.sampled_from(Promised), st.sampled_from(Stage), times),
    unanswered_at=st.none() | times, snoozed_until=st.none() | times, snoozing=st.booleans(),
)  # fmt: skip


@given(standings)
def test_every_case_has_one_place_and_at_least_one_reason(case: Standing) -> None:
    place = attention(case)
    assert place == attention(replace(case))
    assert place.band in set(Band)
    assert place.reasons
    assert set(place.reasons) <= set(Reason)
    assert len(set(place.reasons)) == len(place.reasons)
    assert len(",".join(place.reasons)) <= 200, "fits its column"
    promise = case.pressing.due_at if case.pressing else None
    assert place.at in {
        case.received_at,
        case.status_at,
        case.due_at,
        case.changed_after_sending_at,
        case.unanswered_at,
        case.snoozed_until,
        promise,
    }


@given(standings, standings)
def test_what_cannot_wait_stands_before_what_can(one: Standing, other: Standing) -> None:
    ended = one.status in ENDED
    assert (attention(one).band == Band.ENDED) == (ended and heard_at(one) is None)
    urgent = one.urgency is Urgency.URGENT and one.first_contact_at is None and not ended
    assert (attention(one).band == Band.URGENT) == urgent
    if urgent:
        assert attention(one).band <= attention(other).band
        assert Reason.NOBODY_REACHED in attention(one).reasons
    if heard_at(one) is not None:
        assert attention(one).band <= Band.ANSWER
        assert attention(one).at == (one.received_at if urgent else heard_at(one))
        first = Reason.UNANSWERED_MESSAGE if one.unanswered_at else Reason.CHANGED_AFTER_SENDING
        assert attention(one).reasons[0] == first


def heard_at(case: Standing) -> datetime | None:
    """Since when the sender waits to be heard."""
    return min((one for one in (case.changed_after_sending_at, case.unanswered_at) if one), default=None)


@given(standings)
def test_a_promise_that_presses_is_said_and_no_pause_keeps_it_down(case: Standing) -> None:
    place, usual = attention(case), attention(replace(case, pressing=None))
    if case.pressing is None or case.status in ENDED:
        assert place == usual
        return
    reason = PROMISES[case.pressing.stage]
    assert reason in place.reasons
    assert set(usual.reasons) == set(place.reasons) - {reason}
    assert place.band == min(usual.band, Band.PROMISE)
    if usual.band >= Band.PROMISE:
        assert place.reasons[0] == reason
        assert place.at <= case.pressing.due_at


@given(standings)
def test_a_paused_case_stands_in_the_work_by_its_date(case: Standing) -> None:
    case = replace(
        case,
        pressing=None,
        unanswered_at=None,
        changed_after_sending_at=None,
        first_contact_at=AT,
        due_at=AT,
        waiting_on=WaitingOn.FAMILY,
        snoozed_until=None,
    )
    if case.status not in ENDED:
        assert (attention(case).band, attention(case).at) == (Band.WORK, AT)


@given(standings)
def test_a_snooze_puts_aside_only_what_can_wait_and_comes_back_above_the_work(case: Standing) -> None:
    place, usual = attention(case), attention(replace(case, snoozed_until=None))
    if case.snoozed_until is None or usual.band < Band.PROMISE or case.status in ENDED:
        assert place == usual
    elif case.pressing:
        assert place.band == Band.PROMISE
        assert place.reasons[0] == PROMISES[case.pressing.stage]
    elif case.snoozing:
        assert (place.band, place.at) == (Band.SNOOZED, case.snoozed_until)
        assert place.reasons == (Reason.SNOOZED, *usual.reasons)
    else:
        assert place.reasons == (Reason.SNOOZE_OVER, *usual.reasons)
        assert place.band == (Band.PROMISE if usual.band == Band.PROMISE else Band.BACK) < Band.WORK
