"""German compounds are split where their parts are known, and nowhere else."""

from __future__ import annotations

import pytest

from bot.languages.compounds import CompoundSplitter
from bot.languages.lexicon import german_compounds
from bot.languages.words import key_of

KNOWN = {key_of(word, "de") for word in ("Waffe", "Handel", "Kraftwerk", "Gesetz", "Panzer", "Abwehr", "Rakete", "Regierung")}


@pytest.fixture
def splitter() -> CompoundSplitter:
    return CompoundSplitter(KNOWN)


@pytest.mark.parametrize(
    ("compound", "parts"),
    [
        ("Waffenhandel", ("Waffe", "Handel")),
        ("Kraftwerksgesetz", ("Kraftwerk", "Gesetz")),
        ("Panzerabwehrraketen", ("Panzer", "Abwehr", "Rakete")),
        ("Regierungsgesetze", ("Regierung", "Gesetz")),
    ],
)
def test_known_parts_are_found_through_the_linking_letters(
    splitter: CompoundSplitter, compound: str, parts: tuple[str, ...]
) -> None:
    assert splitter.parts(compound) == tuple(key_of(part, "de") for part in parts)


@pytest.mark.parametrize("word", ["Handel", "Regierung", "unwahrscheinlich", "Haus", "", "a" * 200, "12345678"])
def test_what_is_no_compound_of_known_words_stays_whole(splitter: CompoundSplitter, word: str) -> None:
    assert splitter.parts(word) == ()


def test_an_unknown_head_is_kept_when_it_is_long_enough(splitter: CompoundSplitter) -> None:
    assert splitter.parts("Zebrahandel")[-1] == key_of("Handel", "de")


def test_the_word_list_splits_common_compounds() -> None:
    assert german_compounds().parts("Geheimdienstchef")
