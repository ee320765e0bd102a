"""References are heard and typed wrong: every single mistake is caught, and what only looks alike is forgiven."""

from __future__ import annotations

import re

from hypothesis import given
from hypothesis import strategies as st

from app.core.reference import ALPHABET, LENGTH, check_character, new_reference, parse_reference

references = st.text(ALPHABET, min_size=LENGTH, max_size=LENGTH).map(
    lambda body: f"{body[:4]}-{body[4:]}-{check_character(body)}"
)


@given(references)
def test_every_wrong_character_and_every_swap_of_neighbors_is_caught(reference: str) -> None:
    assert parse_reference(reference) == reference
    letters = list(reference.replace("-", ""))
    for place, right in enumerate(letters):
        for wrong in ALPHABET:
            if wrong != right:
                assert parse_reference("".join([*letters[:place], wrong, *letters[place + 1 :]])) is None
    for place in range(len(letters) - 1):
        left, right = letters[place : place + 2]
        if left != right:
            assert parse_reference("".join([*letters[:place], right, left, *letters[place + 2 :]])) is None


@given(references, st.data())
def test_case_spaces_dashes_and_look_alikes_are_forgiven(reference: str, data: st.DataObject) -> None:
    heard = {"0": "0Oo", "1": "1IiLl"}
    typed = "".join(
        data.draw(st.sampled_from(heard.get(letter, letter + letter.lower())))
        + data.draw(st.sampled_from(["", " ", "-", "–"]))
        for letter in reference.replace("-", "")
    )
    assert parse_reference(typed) == reference
    wide = "".join(chr(ord(one) + 0xFEE0) if one != "-" else one for one in reference)
    assert parse_reference(wide) == reference


@given(st.text())
def test_anything_else_is_nothing_and_no_crash(text: str) -> None:
    found = parse_reference(text)
    assert found is None or re.fullmatch(r"[0-9A-Z]{4}-[0-9A-Z]{4}-[0-9A-Z]", found)


def test_new_ones_hold_and_do_not_repeat() -> None:
    made = {new_reference() for _ in range(2000)}
    assert len(made) == 2000
    assert all(parse_reference(one) == one for one in made)
    assert not set("".join(made)) & set("ILOU")
