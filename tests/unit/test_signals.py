"""Signals have names, and the ranking weighs exactly those."""

from __future__ import annotations

import json
from datetime import date

import pytest
from hypothesis import given, settings
from hypothesis import strategies as st

from bot.answers.question import analyse_question
from bot.answers.ranking import DATA, score_of
from bot.answers.signals import NAMES, Matches, Standing, signals, unit_of
from bot.languages.words import words_in

QUESTION = analyse_question("How many soldiers did Karsow send to Velmark?", today=date(2031, 5, 14))
WEIGHTS = (1 / len(QUESTION.keys),) * len(QUESTION.keys)


def told(text: str, language: str = "en") -> dict[str, float]:
    unit = unit_of(0, len(text), 0, words_in(text, language), language)
    inside = tuple(key.match(unit.terms) for key in QUESTION.keys)
    nothing = (0.0,) * len(inside)
    coverage = sum(w * v for w, v in zip(WEIGHTS, inside, strict=True))
    values = signals(
        QUESTION, WEIGHTS, unit, Matches(inside, nothing, inside), Standing(0, 1.0, coverage), 1.0, 0, language
    )
    return dict(zip(NAMES, values, strict=True))


def test_every_signal_is_named_once() -> None:
    assert len(set(NAMES)) == len(NAMES)


def test_the_weights_are_those_of_the_signals_and_no_others() -> None:
    assert set(json.loads(DATA.read_text("utf-8"))["weights"]) == set(NAMES)


def test_a_sentence_that_says_all_keys_beats_one_that_says_half() -> None:
    whole = told("Karsow sent 12,000 soldiers to Velmark.")
    half = told("Karsow sent 12,000 letters to Ostmark.")
    assert whole["inside"] > half["inside"] > 0
    assert score_of(list(whole.values())) > score_of(list(half.values()))


def test_keys_that_stand_together_are_nearer_than_keys_apart() -> None:
    together = told("Soldiers sent Karsow Velmark flowers.")
    apart = told("Soldiers in the far north of the cold country and their old friends sent for Karsow.")
    assert together["near"] > apart["near"] > 0


def test_a_word_of_the_same_family_counts_something() -> None:
    assert told("The sending of men to Velmark began.")["family"] >= told("The feeding of men to Velmark began.")["family"]
    assert told("A deploying soldier")["family"] > 0


def test_only_the_wanted_kind_has_its_own_signal() -> None:
    values = told("Karsow sent 12,000 soldiers.")
    assert values["kind*how many"] == 1.0
    assert all(not value for name, value in values.items() if name.startswith("kind*") and name != "kind*how many")


@settings(max_examples=50, deadline=None)
@given(st.text(max_size=200), st.sampled_from(["de", "en", "und"]))
def test_signals_of_any_text_are_small_numbers(text: str, language: str) -> None:
    assert all(-1.0 <= value <= 400.0 and value == value for value in told(text, language).values())


@pytest.mark.parametrize("text", ["", "soldiers Karsow " * 20_000, "\ud800" * 1_000])
def test_hostile_stretches_have_signals_too(text: str) -> None:
    assert set(told(text)) == set(NAMES)
