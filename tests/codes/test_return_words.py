"""Words to be read out: no two sound alike in how they begin, and what is typed carelessly is understood."""

from __future__ import annotations

import pytest
from hypothesis import given
from hypothesis import strategies as st

from app.codes.return_words import LANGUAGES, heard, spoken, start, words

codes = st.binary(min_size=4, max_size=4)


@pytest.mark.parametrize("language", LANGUAGES)
def test_there_is_a_word_for_every_byte_and_each_begins_in_its_own_way(language: str) -> None:
    assert len({start(word) for word in words(language)}) == 256


@given(codes, st.sampled_from(LANGUAGES), st.sampled_from([" ", "  ", ", ", "-", "\n", " 2. "]))
def test_what_was_read_out_is_understood_however_it_is_typed(code: bytes, language: str, between: str) -> None:
    typed = between.join(spoken(code, language))
    assert code in heard(typed)
    assert code in heard(typed.upper())


@given(st.text(max_size=60))
def test_any_text_is_at_most_one_code_in_each_language(typed: str) -> None:
    assert len(heard(typed)) <= len(LANGUAGES)


def test_a_wrong_ending_and_missing_accents_are_forgiven_and_other_words_are_not() -> None:
    assert heard("Raton") == heard("") == heard("zzzz acorn airport album") == frozenset()
    assert heard("guitarras, búho") == heard("GUITARRA buho") != frozenset()
