"""What finds a case: names however they are written, numbers with and without their country, dates as staff type them."""

from __future__ import annotations

from datetime import date

import pytest
from hypothesis import given
from hypothesis import strategies as st

from app.core.blind import BlindKey, Term, fold, normalise_name, phone_digits, query_terms, read_date, tokens

KEY = BlindKey(b"k" * 32, 1)


def found(typed: str, stored: str) -> bool:
    """Whether every word that is typed is one of those stored."""
    return set(normalise_name(typed)) <= set(normalise_name(stored))


@pytest.mark.parametrize(
    ("typed", "stored"),
    [
        ("nguyen anh", "Anh Nguyễn"), ("Dang", "Đặng"), ("soren", "Søren"), ("STRAUSS", "Strauß"), ("lodz", "Łódź"),
        ("o'neil", "O’Neil"), ("oneil", "O'Neil"), ("neil", "O’Neil"), ("mary jane", "Mary-Jane"),
        ("maryjane", "Mary-Jane"), ("aeroe", "Ærøe"), ("thora", "Þóra"), ("isik", "Işık"), ("مريم", "مَرْيَم"),
        ("李小龍", "李小龍"), ("Ｍａｒｉａ", "maria"), ("e\u0301va", "\u00e9va"), ("x", "X"),
    ],
)  # fmt: skip
def test_a_name_is_found_however_it_is_written(typed: str, stored: str) -> None:
    assert found(typed, stored)


def test_other_names_are_not_found() -> None:
    for typed, stored in (("ann", "Anna"), ("Nguyen", "Nguyet"), ("李", "李小龍"), ("maria", "mario")):
        assert not found(typed, stored)


@given(st.lists(st.text(min_size=1), min_size=1, max_size=4))
def test_order_and_case_do_not_matter(words: list[str]) -> None:
    forward, backward = " ".join(words), " ".join(reversed(words))
    assert normalise_name(forward) == normalise_name(backward)
    assert fold(fold(forward)) == fold(forward)


@given(st.text())
def test_every_text_can_be_hashed(text: str) -> None:
    for kind in ("child_name", "phone", "email", "mrn", "birth_date"):
        for name, token in tokens(KEY, [Term(kind, text)]):
            assert (name, len(token)) == (kind, 16)
    query_terms(text)
    read_date(text)


@pytest.mark.parametrize("typed", ["+1 (617) 555-0119", "617-555-0119", "6175550119", "001 617 555 0119", "٦١٧٥٥٥٠١١٩"])
def test_a_phone_number_is_the_same_with_and_without_its_country(typed: str) -> None:
    assert phone_digits(typed) == "6175550119"


def test_tokens_depend_on_key_and_kind_and_say_nothing_of_the_word() -> None:
    (name,), (other,) = (
        tokens(KEY, [Term("child_name", "Ana")]),
        tokens(BlindKey(b"j" * 32, 1), [Term("child_name", "Ana")]),
    )
    (party,) = tokens(KEY, [Term("party_name", "Ana")])
    assert len({name[1], other[1], party[1]}) == 3
    assert tokens(KEY, [Term("child_name", "ana"), Term("child_name", "ANA")]) == [name]
    assert b"ana" not in name[1]


@pytest.mark.parametrize(
    ("typed", "read"),
    [
        ("2018-04-03", date(2018, 4, 3)), ("4/3/2018", date(2018, 4, 3)), ("04.03.2018", date(2018, 4, 3)),
        ("Apr 3 2018", date(2018, 4, 3)), ("april 3, 2018", date(2018, 4, 3)), ("3 April 2018", date(2018, 4, 3)),
        ("2018 apr 3", date(2018, 4, 3)), ("2/29/2020", date(2020, 2, 29)), ("2/29/2019", None), ("13/1/2018", date(2018, 1, 13)), ("13/13/2018", None),
        ("1/1/18", None), ("1899-01-01", None), ("3 4", None), ("", None), ("april", None), ("4/3/2018!", None),
        ("Mar Apr 2018", None),
    ],
)  # fmt: skip
def test_a_birth_date_is_read_as_staff_type_it(typed: str, read: date | None) -> None:
    assert read_date(typed) == read


@given(st.dates(date(1900, 1, 1), date(2200, 1, 1)))
def test_every_date_is_read_in_each_spelling(day: date) -> None:
    for spelling in (day.isoformat(), f"{day.month}/{day.day}/{day.year}", f"{day:%B} {day.day}, {day.year}", f"{day.day} {day:%b} {day.year}"):  # fmt: skip
        assert read_date(spelling) == day


def test_a_phrase_is_understood_by_its_shape() -> None:
    assert query_terms("itzel 2019-03-27").groups[1] == (Term("birth_date", "2019-03-27"),)
    (anybodys,) = query_terms("(617) 555-0119").groups
    assert anybodys == tuple(Term(kind, "(617) 555-0119") for kind in ("phone", "work_phone", "mrn", "our_mrn"))
    assert query_terms("a@example.org").groups == ((Term("email", "a@example.org"),),)
    assert len(query_terms("one two three four five six seven eight nine").groups) == 8
    assert query_terms("  ").groups == ()
