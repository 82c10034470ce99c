"""What the word lists promise: their format, and look-ups in both directions."""

from __future__ import annotations

import subprocess
import sys
from collections import Counter
from pathlib import Path

import pytest
from hypothesis import given, settings
from hypothesis import strategies as st

from bot.languages.dictionary import (
    DATA,
    LONGEST_PHRASE,
    PARTS_OF_SPEECH,
    WordList,
    entries,
    name_variants,
    synonyms,
    translations,
)


def crude_stem(word: str, language: str) -> str:
    """Enough of a stemmer for a test: the endings of the words below."""
    word = word.casefold()
    for ending in ("en", "er", "es", "s", "e") if language == "de" else ("es", "ed", "s", "e"):
        if len(word) > len(ending) + 3 and word.endswith(ending):
            return word.removesuffix(ending)
    return word


# The lists themselves


def test_the_german_english_list_has_at_least_6500_headwords() -> None:
    assert len({entry.lemma for entry in entries("de", "en")}) >= 6500


def test_every_entry_has_a_lemma_a_known_part_of_speech_and_one_or_more_translations() -> None:
    for entry in entries("de", "en"):
        assert entry.pos in PARTS_OF_SPEECH, entry
        assert 0 < len(entry.lemma.split()) <= LONGEST_PHRASE, entry
        assert entry.translations, entry
        for text in (entry.lemma, *entry.translations):
            assert text == " ".join(text.split()) != "", entry
            assert len(text.split()) <= LONGEST_PHRASE, entry
            assert not set(text) & set('();=\t"/'), entry
        assert len(set(entry.translations)) == len(entry.translations), entry


def test_german_nouns_are_capitalised_and_english_infinitives_stand_without_to() -> None:
    for entry in entries("de", "en"):
        if entry.pos == "n":
            assert not entry.lemma[0].islower(), entry
        if entry.pos == "v":
            assert entry.lemma.split()[-1][0].islower(), entry
            assert not [t for t in entry.translations if t.startswith("to ")], entry


def test_no_headword_stands_twice_with_the_same_part_of_speech() -> None:
    counted = Counter((entry.lemma, entry.pos) for entry in entries("de", "en"))
    assert [key for key, n in counted.items() if n > 1] == []


def test_the_list_is_sorted_by_lemma() -> None:
    keys = [entry.lemma.casefold() for entry in entries("de", "en")]
    assert keys == sorted(keys)


@pytest.mark.parametrize(
    ("file", "least"), [("synonyms_de.tsv", 400), ("synonyms_en.tsv", 400), ("name_variants.tsv", 250)]
)
def test_every_group_of_words_holds_two_or_more_different_ones(file: str, least: int) -> None:
    lines = (DATA / file).read_text(encoding="utf-8").splitlines()
    groups = [line.split(";") for line in lines if not line.startswith("#")]
    assert len(groups) >= least
    for group in groups:
        assert len(group) >= 2, group
        assert len(set(group)) == len(group), group
        assert all(word == " ".join(word.split()) != "" for word in group), group
    assert len({frozenset(group) for group in groups}) == len(groups)


@pytest.mark.parametrize("path", sorted(DATA.glob("*.tsv")), ids=lambda path: path.name)
def test_every_list_names_its_licence(path: Path) -> None:
    head = [line for line in path.read_text(encoding="utf-8").splitlines() if line.startswith("# ")]
    assert "# SPDX-License-Identifier: MIT" in head


# Looking up


@pytest.mark.parametrize(
    ("german", "english"),
    [
        ("Waffenstillstand", "ceasefire"),
        ("Geheimdienst", "intelligence service"),
        ("Artilleriegranate", "artillery shell"),
        ("bestreiten", "deny"),
        ("nordkoreanisch", "North Korean"),
        ("Vereinigte Staaten", "United States"),
        ("Sauerstoff", "oxygen"),
        ("EZB", "ECB"),
    ],
)
def test_it_translates_in_both_directions(german: str, english: str) -> None:
    assert english in translations(german, "de", "en")
    assert german in translations(english, "en", "de")


def test_case_of_letters_does_not_matter() -> None:
    assert translations("KÖLN", "de", "en") == translations("köln", "de", "en")
    assert "Cologne" in translations("köln", "de", "en")


def test_an_abbreviation_is_not_the_word_it_folds_into() -> None:
    assert "Vereinigte Staaten" in translations("US", "en", "de") or "USA" in translations("US", "en", "de")
    assert "USA" not in translations("us", "en", "de")
    assert "Nizza" in name_variants("Nice")
    assert name_variants("nice") == ()


def test_every_headword_of_the_english_list_has_a_known_german_one() -> None:
    german = {entry.lemma for entry in entries("de", "en")}
    for entry in entries("en", "de"):
        assert entry.pos in PARTS_OF_SPEECH, entry
        assert set(entry.translations) <= german, entry


def test_the_best_translation_comes_first() -> None:
    assert translations("company", "en", "de")[:2] == ("Unternehmen", "Firma")
    assert translations("attack", "en", "de")[:2] == ("Angriff", "angreifen")
    assert translations("hospital", "en", "de")[0] == "Krankenhaus"
    assert translations("Krankenhaus", "de", "en")[0] == "hospital"


def test_unknown_words_and_languages_have_no_translations() -> None:
    assert translations("Qwrtzpl", "de", "en") == ()
    assert translations("Haus", "de", "ja") == ()
    assert translations("Haus", "../de", "en") == ()
    assert synonyms("buy", "../../secret") == ()


def test_synonyms_leave_out_the_word_itself() -> None:
    assert "purchase" in synonyms("Buy", "en")
    assert "buy" not in synonyms("buy", "en")
    assert "Konzern" in synonyms("Unternehmen", "de")


def test_a_name_is_found_in_its_other_spellings() -> None:
    assert "Kyiv" in name_variants("Kiew")
    assert "Kiew" in name_variants("kyiv")
    assert name_variants("Nobody") == ()


@given(st.text(), st.sampled_from(["de", "en", "und", ""]), st.sampled_from(["de", "en", "x"]))
@settings(max_examples=60, deadline=None)
def test_any_text_can_be_looked_up(word: str, source: str, target: str) -> None:
    for found in translations(word, source, target), synonyms(word, source), name_variants(word):
        assert all(found)


def test_stems_find_inflected_forms_and_phrases() -> None:
    words = WordList(crude_stem)
    assert "soldier" in words.stem_translations(crude_stem("Soldaten", "de"), "de", "en")
    assert "Soldat" in words.stem_translations(crude_stem("soldiers", "en"), "en", "de")
    phrase = " ".join(crude_stem(word, "en") for word in ("intelligence", "services"))
    assert "Geheimdienst" in words.stem_translations(phrase, "en", "de")
    assert words.stem_translations("qwrtzpl", "de", "en") == ()


def test_a_phrase_is_found_by_the_stems_of_its_parts() -> None:
    words = WordList(crude_stem)
    assert "Saudi-Arabien" in words.stem_translations("saudi arabia", "en", "de")
    assert "Saudi Arabia" in words.stem_translations("saudi arabi", "de", "en")


def test_a_stem_may_be_the_verb_of_a_participle_or_depend_on_capitals() -> None:
    def stem(word: str, language: str) -> str:
        return {"gefälscht": "falsch", "Gesellschaft": "gesellschaft"}.get(word, word.casefold())

    assert "forged" in WordList(stem).stem_translations("falsch", "de", "en")
    assert "society" in WordList(stem).stem_translations("gesellschaft", "de", "en")


def test_stems_find_synonyms() -> None:
    words = WordList(crude_stem)
    assert "buy" in words.stem_synonyms(crude_stem("purchases", "en"), "en")
    assert "purchase" not in words.stem_synonyms(crude_stem("purchases", "en"), "en")


def test_importing_reads_no_list() -> None:
    program = "from bot.languages import dictionary as d; print(d._lines.cache_info().currsize)"
    done = subprocess.run([sys.executable, "-c", program], capture_output=True, text=True, check=True)
    assert done.stdout.strip() == "0"
