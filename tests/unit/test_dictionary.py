"""What the word lists promise: their format, look-ups in both directions, and a packed ding dictionary that agrees."""

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
    Dictionaries,
    WordList,
    entries,
    installed_dictionary,
    name_variants,
    synonyms,
    translations,
)
from bot.languages.ding import DingDictionary


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


def test_stems_find_synonyms_and_other_spellings() -> None:
    words = WordList(crude_stem)
    assert "buy" in words.stem_synonyms(crude_stem("purchases", "en"), "en")
    assert "purchase" not in words.stem_synonyms(crude_stem("purchases", "en"), "en")
    assert "Kyiv" in words.stem_name_variants(crude_stem("Kiew", "de"), "de")


# Ding


DING_LINES = """\
# a comment :: is no entry
Hafenmeister {m} [naut.]; Hafenkapitän {m} | Hafenmeister {pl} :: harbour master; harbor master /HM/ | harbour masters
abtakeln {vt} (Schiff) | abtakelnd | abgetakelt :: to unrig (a ship) | unrigging | unrigged
sich etw. ausborgen {vr} :: to borrow sth.
Er hat es uns nie gesagt, und wir haben nie gefragt. :: He never told us, and we never asked him either.
no entry at all
Hafen {m} :: port
Hafen {m}; Anlegestelle {f} :: harbour; port
"""


@pytest.fixture
def ding(tmp_path: Path) -> DingDictionary:
    path = tmp_path / "de-en"
    path.write_text(DING_LINES, encoding="utf-8")
    return DingDictionary(path, tmp_path / "cache", crude_stem)


def test_a_ding_entry_is_found_from_both_sides_without_its_notes(ding: DingDictionary) -> None:
    assert ding.translations("hafenkapitän", "de", "en") == ("harbour master", "harbor master")
    assert ding.translations("harbor master", "en", "de") == ("Hafenmeister", "Hafenkapitän")
    assert ding.translations("abtakeln", "de", "en") == ("unrig",)
    assert ding.translations("borrow", "en", "de") == ("ausborgen",)


def test_the_forms_of_a_ding_entry_belong_together_in_order(ding: DingDictionary) -> None:
    assert ding.translations("abgetakelt", "de", "en") == ("unrigged",)
    assert "harbour masters" in ding.translations("Hafenmeister", "de", "en")


def test_ding_entries_of_one_word_are_united_and_examples_left_out(ding: DingDictionary) -> None:
    assert ding.translations("Hafen", "de", "en") == ("port", "harbour")
    assert ding.translations("Er hat es uns nie gesagt, und wir haben nie gefragt", "de", "en") == ()
    assert ding.translations("is no entry", "en", "de") == ()
    assert ding.translations("Hafen", "de", "fr") == ()
    assert ding.translations("\ud800", "de", "en") == ()


def test_ding_is_found_by_stem(ding: DingDictionary) -> None:
    assert "port" in ding.stem_translations(crude_stem("Hafens", "de"), "de", "en")
    assert "Hafenmeister" in ding.stem_translations("harbour mast" + "er", "en", "de")


def test_ding_is_packed_once_and_anew_when_it_changed(ding: DingDictionary, tmp_path: Path) -> None:
    first = ding.pack()
    written = first.stat().st_mtime_ns
    assert ding.pack() == first
    assert first.stat().st_mtime_ns == written
    (tmp_path / "de-en").write_text(DING_LINES + "Boje {f} :: buoy\n", encoding="utf-8")
    changed = DingDictionary(tmp_path / "de-en", tmp_path / "cache", crude_stem)
    assert changed.pack() != first
    assert changed.translations("Boje", "de", "en") == ("buoy",)
    assert not list((tmp_path / "cache").glob("*.tmp"))


def test_ding_opens_again_after_it_was_closed(ding: DingDictionary) -> None:
    assert ding.translations("Hafen", "de", "en")
    ding.close()
    assert ding.translations("Hafen", "de", "en")
    ding.close()


def test_the_installed_dictionary_asks_our_list_first_and_then_ding(tmp_path: Path) -> None:
    path = tmp_path / "de-en"
    path.write_text("Krankenhaus {n} :: infirmary; hospital\nQuirl {m} :: whisk\n", encoding="utf-8")
    both = installed_dictionary(crude_stem, tmp_path, path)
    assert isinstance(both, Dictionaries)
    assert both.translations("Krankenhaus", "de", "en")[0] == "hospital"
    assert "infirmary" in both.translations("Krankenhaus", "de", "en")
    assert both.stem_translations(crude_stem("Quirle", "de"), "de", "en") == ("whisk",)


def test_an_unpacked_ding_is_left_out_where_nothing_may_be_packed(tmp_path: Path) -> None:
    path = tmp_path / "de-en"
    path.write_text("Quirl {m} :: whisk\n", encoding="utf-8")
    assert installed_dictionary(crude_stem, tmp_path, path, may_pack=False).translations("Quirl", "de", "en") == ()
    DingDictionary(path, tmp_path, crude_stem).pack()
    packed = installed_dictionary(crude_stem, tmp_path, path, may_pack=False)
    assert packed.translations("Quirl", "de", "en") == ("whisk",)


def test_without_ding_the_installed_dictionary_is_our_list(tmp_path: Path) -> None:
    assert isinstance(installed_dictionary(crude_stem, tmp_path, tmp_path / "absent"), WordList)
    assert list(tmp_path.iterdir()) == []


def test_importing_reads_no_list() -> None:
    program = "from bot.languages import dictionary as d; print(d._lines.cache_info().currsize)"
    done = subprocess.run([sys.executable, "-c", program], capture_output=True, text=True, check=True)
    assert done.stdout.strip() == "0"
