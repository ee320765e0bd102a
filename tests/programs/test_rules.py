"""Rows of conditions, judged in three values."""

from __future__ import annotations

from hypothesis import given
from hypothesis import strategies as st

from app.programs.domain import Route
from app.programs.rules import UNKNOWN, Holds, first_that_holds, judge

NAMES, VALUES = st.sampled_from(["diagnosis", "group", "wish", "code"]), st.sampled_from(["C91.0", "C9", "all", "nhl"])
conditions = st.dictionaries(NAMES, st.lists(VALUES, min_size=1, max_size=3).map(tuple), max_size=4)
facts = st.dictionaries(NAMES, st.lists(VALUES | st.just(UNKNOWN), max_size=2).map(tuple), max_size=4)


@given(conditions, facts)
def test_every_row_has_one_verdict_that_says_why(
    when: dict[str, tuple[str, ...]], known: dict[str, tuple[str, ...]]
) -> None:
    judged = judge(when, known)
    assert judged == judge(when, known)
    assert (judged.holds is Holds.NO) == bool(judged.against)
    assert (judged.holds is Holds.UNKNOWN) == (not judged.against and bool(judged.unknown))
    assert {*judged.against, *judged.unknown} <= when.keys()


@given(conditions, facts, NAMES)
def test_what_is_not_known_never_counts_as_no(
    when: dict[str, tuple[str, ...]], known: dict[str, tuple[str, ...]], name: str
) -> None:
    less = {**known, name: (UNKNOWN,)}
    assert name not in judge(when, less).against
    if judge(when, known).holds is Holds.YES:
        assert judge(when, less).holds in {Holds.YES, Holds.UNKNOWN}


@given(conditions, facts, NAMES, VALUES)
def test_a_value_that_is_allowed_more_never_turns_yes_into_no(
    when: dict[str, tuple[str, ...]], known: dict[str, tuple[str, ...]], name: str, value: str
) -> None:
    if judge(when, known).holds is Holds.YES and name in when:
        assert judge({**when, name: (*when[name], value)}, known).holds is Holds.YES


@given(st.lists(conditions, max_size=5), facts)
def test_the_first_row_that_is_known_to_hold_decides(
    rows: list[dict[str, tuple[str, ...]]], known: dict[str, tuple[str, ...]]
) -> None:
    routes = [Route(str(index), "there", when) for index, when in enumerate([*rows, {}])]
    found = first_that_holds(routes, known)
    assert found is not None
    assert judge(found.when, known).holds is Holds.YES
    assert all(judge(one.when, known).holds is not Holds.YES for one in routes[: routes.index(found)])


def test_a_code_fits_by_its_beginning_with_or_without_the_dot() -> None:
    assert judge({"code": ("C91.0",)}, {"code": ("C9102",)}).holds is Holds.YES
    assert judge({"code": ("C910",)}, {"code": ("c91.02",)}).holds is Holds.YES
    assert judge({"code": ("C91.0",)}, {"code": ("C91.1",)}).holds is Holds.NO
