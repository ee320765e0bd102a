"""The code tables: what is found by code and by word, and what may pass as a number."""

from __future__ import annotations

import pytest
from hypothesis import given
from hypothesis import strategies as st

from app.codes import icd, languages, npi, phones, places
from app.codes.npi import NpiFault
from app.codes.specialties import SPECIALTIES
from app.web.i18n import DESK


@pytest.mark.parametrize("typed", ["C91.02", "c9102", " C91.02 ", "C91.02 Acute lymphoblastic leukemia, in relapse"])
def test_a_code_is_found_with_and_without_its_dot(typed: str) -> None:
    found = icd.find(typed)
    assert found is not None
    assert (found.code, found.header) == ("C91.02", False)


def test_a_header_counts_as_less_specific_and_remission_codes_end_in_a_letter() -> None:
    header = icd.find("C91.0")
    assert header is not None
    assert (header.code, header.header) == ("C91.0", True)
    for typed in ("C83.3A", "c833a"):
        found = icd.find(typed)
        assert found is not None
        assert not found.header
        assert "remission" in found.description


@pytest.mark.parametrize("typed", ["", " ", "leukemia", "X00.0", "C91.09", "91.02", "C9", "C91.02.1.2.3"])
def test_what_is_no_shipped_code_is_nothing(typed: str) -> None:
    assert icd.find(typed) is None


@pytest.mark.parametrize(
    ("typed", "code"),
    [
        ("acute lympho relapse", "C91.02"), ("relapse LYMPHOBLASTIC acute", "C91.02"), ("ALL relapsed", "C91.02"),
        ("sickle cell crisis", "D57"), ("cald", "E71.52"), ("dlbcl remission", "C83.3A"),
    ],
)  # fmt: skip
def test_words_in_any_order_and_synonyms_find_codes(typed: str, code: str) -> None:
    assert any(one.code.startswith(code) for one in icd.search(typed)), icd.search(typed)


@given(st.text())
def test_any_text_can_be_searched(text: str) -> None:
    assert len(icd.search(text)) <= icd.MOST
    begins = icd.beginning(text)
    assert any(code.code.startswith(begins) for code in icd.table().values())


@pytest.mark.parametrize(
    ("typed", "begins"),
    [
        ("cALD", "E71.52"), ("adrenoleukodystrophy", "E71.52"), ("X-linked ALD", "E71.52"), ("suspected SCID", "D81"),
        ("ADA-SCID", "D81.31"), ("ALL", "C91.0"), ("leukemia", "C9"), ("lymphoma", "C8"), ("HbSS", "D57"),
        ("B-ALL first relapse CD19+", "C91.0"), ("ALL relapse after CAR T", "C91.0"), ("Ph+ ALL", "C91.0"),
        ("refractory ALL", "C91.0"), ("ALL, not relapsed", "C91.0"), ("T-ALL in remission", "C91.0"),
        ("thalassemia major", "D56"), ("beta thalassemia", "D56"), ("CGD", "D71"), ("chronic granulomatous disease", "D71"),
        ("CML", "C92"), ("AML", "C92.0"), ("JMML", "C93.3"), ("MLD", "E75.25"), ("Hodgkin lymphoma", "C81"), ("DLBCL", "C83.3"),
        ("history of leukemia", "C9"), ("sickle cell disease", "D57"), ("SMA type 1", "G12"), ("drepanocitosis", "D57"),
        ("leucemia linfoblástica aguda", "C91.0"), ("c9102", "C91.02"), ("Z85.6", "Z85.6"),
        ("C71.7", "C71.7"), ("c64.1 Wilms tumor", "C64.1"), ("C719", "C719"),
    ],
)  # fmt: skip
def test_words_mean_how_codes_begin_and_never_a_leaf_that_they_do_not_name(typed: str, begins: str) -> None:
    assert icd.beginning(typed).startswith(begins), icd.beginning(typed)
    assert (
        icd.find(typed)
        or "relapse" not in icd.table().get(icd.normalise(icd.beginning(typed)), icd.IcdCode("", "")).description
    )


@pytest.mark.parametrize("typed", ["relapse", "severe pain", "brain tumor", "in remission", "stage IV", "", "?", "C1q"])
def test_words_that_name_no_disease_of_the_table_mean_none(typed: str) -> None:
    assert icd.beginning(typed) == ""


def test_the_table_is_as_shipped() -> None:
    assert len(icd.table()) == 855
    assert all(icd.SHAPE.match(bare) for bare in icd.table())


@pytest.mark.parametrize("number", ["1234567893", "1558598797", "1000000012", "1234-567-893", " 1234567893 "])
def test_an_npi_that_can_be_one_passes(number: str) -> None:
    assert npi.check(number) is None


@pytest.mark.parametrize(
    ("number", "fault"),
    [
        ("1234567890", NpiFault.CHECK_DIGIT), ("2000000001", NpiFault.CHECK_DIGIT), ("3234567893", NpiFault.FIRST_DIGIT),
        ("123456789", NpiFault.LENGTH), ("", NpiFault.LENGTH), ("123456789x", NpiFault.LENGTH), ("١٢٣٤٥٦٧٨٩٣", NpiFault.LENGTH),
    ],
)  # fmt: skip
def test_an_npi_that_cannot_is_told_why(number: str, fault: NpiFault) -> None:
    assert npi.check(number) is fault


@given(st.integers(10**8, 3 * 10**8 - 1), st.integers(0, 9), st.integers(1, 9))
def test_one_wrong_digit_of_an_npi_is_caught(body: int, place: int, more: int) -> None:
    right = next(f"{body}{check}" for check in range(10) if npi.luhn(f"{npi.PREFIX}{body}{check}"))
    wrong = right[:place] + str((int(right[place]) + more) % 10) + right[place + 1 :]
    assert not npi.luhn(npi.PREFIX + wrong)


@pytest.mark.parametrize(
    ("typed", "country", "possible"),
    [
        ("+1 617 555 0119", None, True), ("(617) 555-0119", "US", True), ("617-555-0119 ext. 4", "US", True),
        ("+44 7700 900123", None, True), ("+33 6 39 98 01 23", "US", True), ("07700 900123", "GB", True),
        ("12345", "US", False), ("", "US", False), ("call me", None, False), ("+1234567890123456789", None, False),
    ],
)  # fmt: skip
def test_a_number_that_could_be_dialed_is_taken(typed: str, country: str | None, *, possible: bool) -> None:
    assert phones.is_possible(typed, country, "US") is possible


@given(st.text(), st.none() | st.sampled_from(["US", "VN", "GB", "ZZ"]))
def test_any_number_can_be_shown_and_linked(typed: str, country: str | None) -> None:
    phones.shown(typed, country, "US")
    assert phones.uri(typed, country, "US").startswith("tel:")


def test_numbers_are_shown_as_people_read_them() -> None:
    assert phones.shown("+16175550119", None, "US") == "(617) 555-0119"
    assert phones.shown("+447700900123", None, "US") == "+44 7700 900123"
    assert phones.shown("ask for Ana", None, "US") == "ask for Ana"
    assert phones.uri("(617) 555-0119", None, "US") == "tel:+1-617-555-0119"


def test_lists_have_what_they_promise_and_nothing_twice() -> None:
    for choices in (languages.choices(), places.parts("US"), places.countries(DESK, "US"), SPECIALTIES):
        codes = [code for code, _name in choices]
        assert len(codes) == len(set(codes))
        assert all(str(name).strip() for _code, name in choices)
    assert len(languages.LANGUAGES) == 52
    assert len(places.parts("US")) == 59
    assert {language.direction for language in languages.LANGUAGES} == {"ltr", "rtl"}
    assert languages.name_of("ase") != "ase"
    assert languages.name_of("xx-none") == "xx-none"
    assert [code for code, _name in places.countries(DESK, "US")][:3] == ["US", "CA", "MX"]
