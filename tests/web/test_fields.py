"""The form kit: what each question takes, refuses with its own sentence, and keeps as it was typed."""

from __future__ import annotations

import re
import unicodedata
from datetime import date
from decimal import Decimal
from typing import Any

import pytest
from flask import Flask
from hypothesis import HealthCheck, example, given, settings
from hypothesis import strategies as st

from app.programs.questions import Tel
from app.samples.load import FORMS
from app.web.dates import DateLine, DateParts
from app.web.fields import (
    Agree,
    Area,
    Checks,
    Choice,
    Email,
    Number,
    PageForm,
    Text,
    controls_of,
    fields_of,
    kept_of,
    typed_of,
)  # fmt: skip

FEW = settings(max_examples=60, deadline=None, suppress_health_check=[HealthCheck.function_scoped_fixture])
pytestmark = pytest.mark.parametrize("make_app", ["sqlite"], indirect=True)
MONTHS = ("January", "february", "MAR", "Apr.", "may", "June", "jul", "August", "Sept", "october", "Nov.", "dec")
CONTROL = st.characters(categories=["Cc"]).filter(lambda letter: letter not in "\t\r\n")
WORDS = st.text(st.characters(exclude_categories=["Cc", "Cs"], exclude_characters="\ufffd"), max_size=40)


class Page(PageForm):
    """One question of each kind."""

    text = Text("Text", maximum=40)
    area = Area("Area", maximum=100)
    email = Email("Email")
    tel = Tel("Phone")
    number = Number("Number", low=0.5, high=300)
    whole = Number("Whole", high=9, whole=True)
    born = DateParts("Born")
    about = DateParts("About", partial=True)
    day = DateLine("Day")
    choice = Choice("Choice", (("a", "A"), ("b", "B")))
    checks = Checks("Checks", (("a", "A"), ("b", "B")))
    agree = Agree("Agree", needed="Tick it")


@pytest.fixture
def ask(app: Flask) -> Any:
    """Answer one question; its value, or the sentence that refuses it."""

    def asked(name: str, *typed: str, **more: str) -> tuple[Any, str]:
        with app.test_request_context():
            form = Page({name: list(typed)} | {key: [value] for key, value in more.items()})
            form.validate()
            return form[name].data, next(iter(map(str, form[name].errors)), "")

    return asked


def parts(name: str, month: str, day: str, year: str) -> dict[str, str]:
    """The three boxes of a date."""
    return {f"{name}-month": month, f"{name}-day": day, f"{name}-year": year}


@FEW
@given(st.dates(date(1900, 1, 1), date(2200, 12, 31)), st.booleans(), st.sampled_from(["", " ", "\u200b"]))
def test_every_date_that_exists_is_read(ask: Any, day: date, word: bool, around: str) -> None:  # noqa: FBT001
    month = MONTHS[day.month - 1] if word else str(day.month)
    typed = parts("born", around + month, f"{day.day}{around}", str(day.year))
    assert ask("born", **typed) == (day.isoformat(), "")


@FEW
@given(st.text(max_size=6), st.text(max_size=6), st.text(max_size=6))
@example("2", "30", "2019")
@example("²", "１", "٢٠١٩")
@example("", "", "0")
def test_no_other_date_is_made_up(ask: Any, month: str, day: str, year: str) -> None:
    value, fault = ask("born", **parts("born", month, day, year))
    assert (value is None) or not fault
    if value is not None:
        assert date.fromisoformat(value).year >= 1900


@pytest.mark.parametrize(
    ("month", "day", "year", "sentence"),
    [
        ("13", "1", "2019", "Write the month"), ("Brumaire", "1", "2019", "Write the month"), ("", "1", "2019", "Write the month"),
        ("2", "30", "2019", "not in that month"), ("2", "29", "2019", "not in that month"), ("2", "32", "2019", "Write the day"),
        ("2", "", "2019", "Write the day"), ("2", "1", "19", "Write the year"), ("2", "1", "", "Write the year"),
        ("2", "1", "2019\0", "a character here that we cannot read"),
    ],
)  # fmt: skip
def test_each_impossible_date_has_its_own_sentence(ask: Any, month: str, day: str, year: str, sentence: str) -> None:
    value, fault = ask("born", **parts("born", month, day, year))
    assert value is None
    assert sentence in fault


@pytest.mark.parametrize(
    ("typed", "value"),
    [
        ("2026-11-02", "2026-11-02"), ("2026-11", "2026-11"), ("2026", "2026"), ("Nov 2026", "2026-11"),
        ("Nov 2, 2026", "2026-11-02"), ("2 November 2026", "2026-11-02"), ("nov. 2026", "2026-11"), ("2026-1-2", "2026-01-02"),
    ],
)  # fmt: skip
def test_a_date_on_one_line_is_as_exact_as_it_was_typed(ask: Any, typed: str, value: str) -> None:
    assert ask("day", typed) == (value, "")


@FEW
@given(st.dates(date(1900, 1, 1), date(2199, 12, 31)))
def test_each_spelling_of_a_date_on_one_line_means_the_same(ask: Any, day: date) -> None:
    spellings = (day.isoformat(), day.strftime("%b %d, %Y"), day.strftime("%d %B %Y"), day.strftime("%B %d %Y"))
    assert {ask("day", one) for one in spellings} == {(day.isoformat(), "")}


@pytest.mark.parametrize(
    "typed", ["03/04/2019", "3.4.2019", "2026-13", "2026-02-30", "Feb 30, 2026", "soon", "0000", "20266"]
)
def test_a_date_that_can_be_misread_or_is_none_is_refused(ask: Any, typed: str) -> None:
    value, fault = ask("day", typed)
    assert value is None
    assert fault


@FEW
@given(st.text(max_size=40))
@example("²⁰¹⁹")
@example("٢٠١٩-٠١")
def test_any_text_in_a_date_gives_a_value_or_a_sentence(ask: Any, typed: str) -> None:
    value, fault = ask("day", typed)
    assert value is None or re.match(r"^\d{4}(-\d\d){0,2}$", value)
    assert value is None or not fault


@FEW
@given(st.decimals(Decimal("0.5"), Decimal(300), places=2), st.sampled_from(["{}", " {} ", "{} kg", "{}%"]))
def test_a_number_in_bounds_is_read_in_every_spelling(ask: Any, number: Decimal, spelling: str) -> None:
    assert ask("number", spelling.format(number)) == (number, "")
    assert ask("number", spelling.format(number).replace(".", ",")) == (number, "")


@pytest.mark.parametrize(
    "typed", ["0.4", "301", "-1", "NaN", "sNaN", "Infinity", "1e999999", "ten", "1.2.3", "1,000.5", "0x10", "--"]
)
def test_no_other_number_is_made_up(ask: Any, typed: str) -> None:
    value, fault = ask("number", typed)
    assert value is None
    assert fault.startswith("Write a number")


@pytest.mark.parametrize(("typed", "sentence"), [("1.5", "whole"), ("10", "from 0 to 9")])
def test_a_whole_number_says_what_it_needs(ask: Any, typed: str, sentence: str) -> None:
    assert sentence in ask("whole", typed)[1]


@pytest.mark.parametrize(
    "typed", ["odalys@example.org", " odalys@example.org\u200b", "ödalys@example.org", "o'dalys+x@example.com"]
)
def test_an_email_address_is_taken_by_its_syntax(ask: Any, typed: str) -> None:
    assert ask("email", typed)[1] == ""


@pytest.mark.parametrize(
    "typed", ["odalys", "odalys@", "@example.org", "a b@example.org", "a@b@example.org", "a@example.org\0"]
)
def test_what_is_no_email_address_is_refused(ask: Any, typed: str) -> None:
    assert ask("email", typed)[0] is None


@pytest.mark.parametrize(
    ("typed", "country", "taken"),
    [
        ("(617) 555-0119", "", True), ("617.555.0119", "US", True), ("+44 20 7946 0958", "US", True), ("555-01", "", False),
        ("07 55 501 01", "FR", True), ("call me", "", False), ("020 7946 0958", "GB", True), ("6175550119 ext 5", "", True),
    ],
)  # fmt: skip
def test_a_phone_number_that_could_be_dialed_is_taken(ask: Any, typed: str, country: str, taken: bool) -> None:  # noqa: FBT001
    assert (ask("tel", typed, country=country)[0] is not None) is taken


@FEW
@given(WORDS)
def test_any_words_are_taken_as_they_are(ask: Any, words: str) -> None:
    value, fault = ask("text", words)
    assert fault == ""
    assert (value or "") == unicodedata.normalize("NFC", words.strip())


@FEW
@given(WORDS, CONTROL | st.just("\ufffd"), WORDS)
def test_a_character_that_cannot_be_read_is_named_wherever_it_stands(
    ask: Any, before: str, wrong: str, after: str
) -> None:
    for name in ("text", "area"):
        assert "a character here that we cannot read" in ask(name, before + wrong + after)[1], name


@FEW
@given(st.lists(st.sampled_from(["a", "é", "😀", "ﷺ", "\n", "𝔘", "漢"]), min_size=1, max_size=120).map("".join))
def test_an_area_counts_characters_and_each_line_end_once(ask: Any, text: str) -> None:
    counted = len(text.strip())
    for typed in (text, text.replace("\n", "\r\n"), text.replace("\n", "\r")):
        fault = ask("area", typed)[1]
        assert fault == (
            "" if counted <= 100 else f"This is {counted - 100} character{'s' * (counted > 101)} too long."
        )


def test_an_answer_that_came_twice_and_differs_is_asked_again(ask: Any) -> None:
    for name in ("text", "choice", "email"):
        assert "twice" in ask(name, "a", "b")[1]
        assert "twice" not in ask(name, "a", "a")[1]


def test_only_what_is_offered_is_taken(ask: Any) -> None:
    assert ask("choice", "a") == ("a", "")
    assert ask("choice", "c")[0] is None
    assert ask("checks", "b", "a", "b") == (("b", "a"), "")
    assert ask("checks", "a", "<b>")[1]
    assert ask("agree", "yes") == (True, "")
    assert not ask("agree", "on")[0]
    assert ask("agree", "")[1] == "Tick it"


@FEW
@given(st.text(max_size=60))
def test_what_was_typed_is_kept_as_it_is_but_for_line_ends(app: Flask, typed: str) -> None:
    with app.test_request_context(method="POST", data={"text": typed, "unknown": "x"}) as context:
        kept = typed_of(Page, context.request.form)
    expected = typed.replace("\r\n", "\n").replace("\r", "\n")
    assert kept["text"] == [expected]
    assert "unknown" not in kept


@pytest.mark.parametrize("pad", [" ", "\n", "\t"])
@pytest.mark.parametrize(
    ("name", "typed"),
    [("text", "x"), ("area", "x"), ("email", "a@example.org"), ("tel", "617-555-0142"), ("number", "2"), ("day", "2019"),
     ("choice", "a"), ("born-month", "2"), ("born-year", "2019")],
)  # fmt: skip
def test_what_is_not_kept_is_never_taken_in_silence(app: Flask, name: str, typed: str, pad: str) -> None:
    with app.test_request_context():
        most = controls_of(Page)[name]
        usual = {"agree": ["yes"], "born-month": ["2"], "born-day": ["1"], "born-year": ["2019"]}
        for length, kept in ((most, True), (most + 1, False), (20_000, False)):
            answers = {**usual, name: [typed.ljust(length, pad)]}
            assert (name in kept_of(Page, answers)) is kept
            assert kept or not Page(answers).validate()


def test_every_box_of_a_question_may_be_ticked(app: Flask) -> None:
    with app.test_request_context():
        for form in (form for forms in FORMS.values() for form in forms):
            for field in fields_of(form):
                if isinstance(field, Checks):
                    ticked = {field.name: [option[0] for option in field.options()]}
                    assert kept_of(form, ticked) == ticked
