"""Hints over a domain: total, deterministic, explained; ages to the day."""

from __future__ import annotations

from datetime import date, timedelta

from hypothesis import given
from hypothesis import strategies as st

from app.programs.domain import Age
from app.programs.hints import Fit, age_fits, birthday, hint, hints, is_stale
from tests.programs.test_docs import SHIPPED
from tests.programs.test_folder import TODAY

days = st.dates(date(1990, 1, 1), date(2035, 12, 31))
ages = st.tuples(st.none() | st.integers(0, 300), st.none() | st.integers(1, 400)).filter(
    lambda pair: pair[0] is None or pair[1] is None or pair[0] < pair[1]
).map(lambda pair: Age(*pair))  # fmt: skip
known = st.fixed_dictionaries(
    {"diagnosis": st.sampled_from([one.code for one in SHIPPED.folder.diseases]).map(lambda one: (one,))},
    optional={
        "lineage": st.sampled_from(["B", "T", "mixed", "unknown"]).map(lambda one: (one,)),
        "status": st.sampled_from(["relapse_1", "relapse_2plus", "unknown"]).map(lambda one: (one,)),
        "code": st.sampled_from(["C91.02", "C83.30", "D82.0", "D57.1"]).map(lambda one: (one,)),
        "donor": st.sampled_from(["none_available", "sibling_match", "unknown"]).map(lambda one: (one,)),
        "sex": st.sampled_from(["F", "M"]).map(lambda one: (one,)),
    },
)


@given(known, st.none() | days, days)
def test_every_hint_explains_itself_and_is_the_same_again(
    facts: dict[str, tuple[str, ...]], born: date | None, today: date
) -> None:
    found = hints(SHIPPED.label_facts, facts, born, today)
    assert found == hints(SHIPPED.label_facts, facts, born, today)
    for one in found:
        assert (one.fit is Fit.OUTSIDE) == bool(one.against)
        assert (one.fit is Fit.FITS) == (not one.against and not one.unknown)
        assert one.fact.source
        assert one.fact.population
        assert facts["diagnosis"][0] in one.fact.when["diagnosis"]
    order = [SHIPPED.label_facts.index(one.fact) for one in found]
    assert order == sorted(order), "a hint is no ranking"


@given(ages, days, days)
def test_between_today_and_the_day_named_nothing_changes_and_on_it_it_does(age: Age, born: date, today: date) -> None:
    inside, changes = age_fits(age, born, today)
    if changes is None:
        later = today + timedelta(days=40_000)
        assert age_fits(age, born, later)[0] == inside
        return
    assert changes > today
    assert age_fits(age, born, changes - timedelta(days=1))[0] == inside
    assert age_fits(age, born, changes)[0] != inside


@given(days, st.integers(0, 500), st.integers(0, 500))
def test_birthdays_come_in_order(born: date, one: int, other: int) -> None:
    assert (birthday(born, one) <= birthday(born, other)) == (
        one <= other or birthday(born, one) == birthday(born, other)
    )
    assert birthday(born, 0) == born


def test_one_born_on_a_leap_day_is_a_year_older_on_the_first_of_march() -> None:
    assert birthday(date(2004, 2, 29), 26 * 12) == date(2030, 3, 1)
    assert birthday(date(2004, 2, 29), 28 * 12) == date(2032, 2, 29)
    assert birthday(date(2020, 1, 31), 1) == date(2020, 3, 1)


def test_without_a_diagnosis_there_is_no_hint() -> None:
    assert hints(SHIPPED.label_facts, {}, date(2018, 4, 3), TODAY) == ()
    assert hints(SHIPPED.label_facts, {"diagnosis": ("not_sure",)}, date(2018, 4, 3), TODAY) == ()


def test_a_label_that_nobody_read_for_180_days_says_so() -> None:
    fact = SHIPPED.label_facts[0]
    assert not is_stale(fact, fact.checked + timedelta(days=180))
    assert is_stale(fact, fact.checked + timedelta(days=181))
    assert hint(fact, {}, None, fact.checked + timedelta(days=200)).stale
