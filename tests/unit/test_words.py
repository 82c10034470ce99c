"""Words and their keys: what has to meet meets, offsets are exact, any string is survived."""

from __future__ import annotations

import re
from itertools import pairwise

import pytest
from hypothesis import example, given, settings
from hypothesis import strategies as st

from bot.languages.irregular import base_form
from bot.languages.names import name_key
from bot.languages.words import (
    UNSPACED,
    fold,
    is_one_word,
    key_of,
    number_key,
    tokens_in,
    words_in,
    words_of_token,
)

MEETING = [
    ("de", "Häuser", "Haus"),
    ("de", "größer", "groß"),
    ("de", "Straße", "Strasse"),
    ("de", "bestritten", "bestreiten"),
    ("de", "bestreitet", "bestreiten"),
    ("de", "anerkannt", "anerkennen"),
    ("de", "übernahm", "übernehmen"),
    ("de", "eingesetzt", "einsetzen"),
    ("de", "einzusetzen", "einsetzen"),
    ("de", "angekündigt", "ankündigen"),
    ("de", "zahlte", "zahlen"),
    ("de", "berichtete", "berichten"),
    ("de", "gefangener", "gefangen"),
    ("de", "dementierte", "dementieren"),
    ("de", "Probleme", "Problem"),
    ("de", "Firmen", "Firma"),
    ("de", "gewann", "gewinnen"),
    ("de", "gilt", "gelten"),
    ("de", "genehmigt", "genehmigen"),
    ("de", "gestattet", "gestatten"),
    ("de", "ergab", "ergeben"),
    ("de", "lacht", "lachen"),
    ("en", "sent", "send"),
    ("en", "fought", "fighting"),
    ("en", "children", "child"),
    ("en", "soldiers", "soldier"),
    ("fr", "élections", "élection"),
    ("ru", "солдаты", "солдат"),
]
APART = [
    ("de", "Gesellschaft", "Schaft"),
    ("de", "Geheimdienst", "heimdienst"),
    ("de", "weit", "weil"),
    ("de", "lang", "gelingen"),
    ("de", "wann", "gewinnen"),
    ("en", "news", "new"),
    ("de", "arbeiten", "arg"),
]


@pytest.mark.parametrize(("language", "one", "other"), MEETING)
def test_forms_of_one_word_have_one_key(language: str, one: str, other: str) -> None:
    assert key_of(one, language) == key_of(other, language)


@pytest.mark.parametrize(("language", "one", "other"), APART)
def test_different_words_keep_different_keys(language: str, one: str, other: str) -> None:
    assert key_of(one, language) != key_of(other, language)


def test_a_noun_is_not_taken_for_a_participle() -> None:
    assert key_of("Gebiet", "de") != key_of("biet", "de")


@pytest.mark.parametrize(
    ("written", "key"),
    [("12.000", "12000"), ("12,000", "12000"), ("1'000'000", "1000000"), ("2,3", "2.3"), ("2.3", "2.3"), ("25\u00a0000", "25000")],
)
def test_a_number_has_one_key_in_either_notation(written: str, key: str) -> None:
    assert number_key(written) == key
    assert [w.key for w in words_in(f"about {written} people", "en") if w.kind == "number"] == [key]


@pytest.mark.parametrize(
    ("one", "other"),
    [("Selenskyj", "Zelenskyy"), ("Donezk", "Donetsk"), ("Kowalenko", "Kovalenko"), ("Russlands", "Russland")],
)
def test_spellings_of_one_name_have_one_key(one: str, other: str) -> None:
    assert name_key(one) == name_key(other)


def test_an_abbreviation_in_capitals_is_no_stop_word() -> None:
    kinds = {w.text: w.kind for w in words_in("The US told us", "en")}
    assert kinds["US"] == "acronym"
    assert kinds["us"] == "word"


def test_scripts_without_spaces_are_cut_into_pairs() -> None:
    assert [w.text for w in words_in("大統領は", "ja")] == ["大統", "統領", "領は"]


def test_an_irregular_form_with_two_prefixes_is_led_back() -> None:
    assert base_form("anerkannt", "de") == "anerkennen"
    assert base_form("unterbrochen", "de") == "unterbrechen"


@given(st.text(max_size=300), st.sampled_from(["de", "en", "ja", "tr", "und", "xx"]))
def test_offsets_are_exact_and_in_order(text: str, language: str) -> None:
    words = words_in(text, language)
    assert all(text[w.start : w.end] == w.text and w.text for w in words)
    if language != "ja":
        assert all(a.end <= b.start or a.kind == "unspaced" for a, b in pairwise(words))


@given(st.text(max_size=60))
def test_folding_twice_changes_nothing(word: str) -> None:
    assert fold(fold(word)) == fold(word)


def test_a_lone_surrogate_is_survived() -> None:
    assert words_in("a\ud800b Stra\udc00ße", "de")


# What a token is, said plainly and read slowly.
PLAIN_TOKEN = re.compile(
    rf"\d+(?:[.,'’\u00a0\u202f]\d+){{0,8}}|(?:[A-Z]\.){{2,6}}(?!\w)|[{UNSPACED}]+"
    rf"|[^\W\d_{UNSPACED}](?:[^\W_{UNSPACED}]|[\u0300-\u036f\u00ad\u200b\u200c])*"
)
LETTERS = st.text(st.sampled_from("aZéß9._-, \u0301\u00ad\u200b東ไ\u2032²\ud800"), max_size=20)


@settings(max_examples=150)
@given(st.text(max_size=40) | LETTERS)
@example("U.S. U.S.A e\u0301x E\u0301.U. x\u00ad9_a 1.000,5 F-16 F16 東x京")
def test_tokens_are_what_they_are_said_to_be(text: str) -> None:
    assert tokens_in(text) == PLAIN_TOKEN.findall(text)


@given(LETTERS)
def test_a_token_of_letters_is_the_word_that_is_read_in_it(text: str) -> None:
    for token in filter(is_one_word, tokens_in(text)):
        assert words_of_token(token, "de") == tuple(words_in(token, "de"))
