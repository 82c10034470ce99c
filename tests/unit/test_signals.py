"""Signals have names, and the ranking weighs exactly those."""

from __future__ import annotations

import json
from datetime import date

import pytest
from hypothesis import given, settings
from hypothesis import strategies as st

from bot.answers.coverage import Lookup
from bot.answers.question import Question, analyse_question
from bot.answers.ranking import DATA, score_of
from bot.answers.signals import NAMES, Matches, Standing, signals
from bot.answers.units import Unit

QUESTION = analyse_question("How many soldiers did Karsow send to Velmark?", today=date(2031, 5, 14))


def told(text: str, language: str = "en", question: Question = QUESTION) -> dict[str, float]:
    unit = Unit(text, language)
    lookup = Lookup(question)
    inside = lookup.match(unit.terms)
    nothing = (0.0,) * len(inside)
    weights = (1 / len(inside),) * len(inside)
    standing = Standing(1.0, sum(inside) / len(inside), 3)
    matches = Matches(inside, nothing, nothing, nothing, inside)
    values = signals(question, weights, (2.0,) * len(inside), unit, matches, standing, 1.0, 0, lookup)
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
    apart = told(
        "Soldiers in the far north of the cold country and all of their many old friends there sent for Karsow."
    )
    assert together["window"] > apart["window"] > 0


def test_words_side_by_side_as_in_the_question_are_adjacent() -> None:
    assert told("Karsow sent them.")["adjacent"] > told("Sent by Karsow.")["adjacent"] == 0


def test_a_word_that_looks_like_one_of_the_question_counts_something() -> None:
    question = analyse_question("Wer restaurierte die Velmarkbrücke?", today=date(2031, 5, 14))
    alike = told("Die Restaurierung begann.", "de", question)
    assert alike["alike"] > told("Die Verhandlung begann.", "de", question)["alike"] == 0


def test_a_figure_beside_what_is_counted_is_bound_to_it() -> None:
    near = told("Karsow sent 40 soldiers on a cold and stormy night.")
    far = told("Karsow sent soldiers on a very cold and stormy old night in 40.")
    assert near["bound"] > far["bound"] > 0


def test_a_sentence_that_refers_back_borrows_from_the_one_before() -> None:
    assert Unit("It was sent there.", "en").refers_back
    assert Unit("Dabei wurde es gesandt.", "de").refers_back
    assert not Unit("Soldiers sent it.", "en").refers_back
    assert not Unit("Det sendte de.", "da").refers_back


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
