"""What the word list says by stem: the table of stems is that of the list, and a word may be several things."""

from __future__ import annotations

import pytest

from bot.languages.lexicon import STEMS, is_known, may_be, stem_table
from bot.languages.words import key_of


def test_the_table_of_stems_is_made_from_the_list_as_it_is() -> None:
    assert STEMS.read_text("utf-8") == stem_table(), "the list or the stemmer changed: python -m tools.write_stems"


@pytest.mark.parametrize(
    ("word", "language", "parts"),
    [
        ("Häuser", "de", "n"),
        ("angegriffen", "de", "v"),
        ("reports", "en", "n v"),
        ("allegedly", "en", "adv v"),
        ("Ukraine", "en", "name"),
    ],
)
def test_a_word_may_be_every_part_of_speech_that_the_list_gives_its_stem(word: str, language: str, parts: str) -> None:
    for part in parts.split():
        assert may_be(key_of(word, language), language, part)
    assert is_known(key_of(word, language), language)


def test_unknown_words_languages_and_parts_of_speech_are_nothing() -> None:
    assert not is_known("qwrtz", "de")
    assert not is_known("haus", "xx")
    assert not may_be("haus", "xx", "n")
    assert not may_be("haus", "de", "")
    assert not may_be("haus", "de", "no such part")
