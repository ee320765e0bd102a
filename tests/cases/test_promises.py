"""When a promise is near and when it was missed, at every instant, and that the worker looks at each of these instants."""

from __future__ import annotations

from datetime import UTC, datetime, timedelta

from hypothesis import given
from hypothesis import strategies as st

from app.cases.promises import Open, Promised, Stage, look_at, pressing

START = datetime(2030, 1, 7, 15, 0, tzinfo=UTC)
INSTANTS = st.integers(0, 500).map(lambda hours: START + timedelta(hours=hours))
OPEN = st.builds(
    Open,
    st.lists(st.tuples(st.sampled_from(Promised), INSTANTS), max_size=2, unique_by=lambda one: one[0]).map(tuple),
    st.integers(1, 48).map(lambda hours: timedelta(hours=hours)),
)


@given(OPEN, INSTANTS)
def test_a_promise_is_near_from_the_lead_on_missed_from_its_instant_on_and_never_before(
    case: Open, at: datetime
) -> None:
    found = {one.promised: one for one in pressing(case, at)}
    for promise, due in case.due:
        if at < due - case.lead:
            assert promise not in found
        else:
            assert found[promise].stage == (Stage.NEAR if at < due else Stage.MISSED)
            assert found[promise].due_at == due
    assert [one.due_at for one in pressing(case, at)] == sorted(one.due_at for one in found.values())


@given(OPEN, INSTANTS)
def test_whoever_looks_at_the_instants_it_names_misses_none(case: Open, at: datetime) -> None:
    looked, moment = [], look_at(case, at)
    while moment is not None:
        looked.append(moment)
        moment = look_at(case, moment)
    wanted = {instant for _promise, due in case.due for instant in (due - case.lead, due) if instant > at}
    assert looked == sorted(wanted)
