"""How well a stretch says a question's keys: looked up at once, it is what each key says by itself."""

from __future__ import annotations

from datetime import date

import pytest
from hypothesis import given, settings
from hypothesis import strategies as st

from bot.answers.coverage import Lookup
from bot.answers.question import Question, analyse_question
from bot.answers.units import Unit

QUESTIONS = [
    analyse_question(text, today=date(2031, 5, 14))
    for text in (
        "How many soldiers of the defense ministry left Velmark in 2030?",
        "Wie viele Panzerabwehrraketen der zehnten Armee kamen 2030 in Velmark an?",
    )
]
WORDS = "soldiers Soldaten defense ministry Verteidigungsministerium Velmark 2030 10 zehnte tenth army Armee Rakete kam an".split()


@settings(max_examples=60, deadline=None)
@given(
    st.lists(st.sampled_from(WORDS), max_size=9).map(" ".join), st.sampled_from(["de", "en"]), st.sampled_from([0, 1])
)
def test_all_keys_at_once_are_matched_as_each_by_itself(text: str, language: str, n: int) -> None:
    question = QUESTIONS[n]
    lookup, unit = Lookup(question), Unit(text, language)
    assert lookup.match(unit.terms) == tuple(key.match(unit.terms) for key in question.keys)
    assert lookup.match(lookup.said_in(unit)) == lookup.match(unit.terms), "what matters to the question is all it takes"


def test_a_verb_in_two_parts_matters_to_a_question() -> None:
    question = analyse_question("Wann räumte die Armee das Lager ein?", today=date(2031, 5, 14))
    lookup = Lookup(question)
    assert "de:einraum" in lookup.said_in(Unit("Die Armee räumte es gestern ein.", "de"))
    assert "de:einraum" not in lookup.said_in(Unit("Die Armee räumte ein Lager.", "de"))


def places_of(question: Question, words: str, text: str, language: str) -> list[str]:
    unit = Unit(text, language)
    at = next(i for i, key in enumerate(question.keys) if key.words == words)
    return [unit.words[i].text for i in Lookup(question).places(unit)[at]]


def test_it_says_which_words_match() -> None:
    assert places_of(QUESTIONS[0], "soldiers", "In Velmark, Soldaten waited for soldiers.", "en") == ["soldiers"]
    assert places_of(QUESTIONS[0], "soldiers", "In Velmark warteten Soldaten.", "de") == ["Soldaten"]


def test_words_of_one_family_are_alike_and_strangers_are_not() -> None:
    question = analyse_question("Was forderte die hugenottische Gemeinde?", today=date(2031, 5, 14))
    at = next(i for i, key in enumerate(question.keys) if key.words == "hugenottische")

    def alike(text: str) -> float:
        unit = Unit(text, "de")
        return Lookup(question).with_alike(unit, (0.0,) * len(question.keys), "de")[at]

    assert 0.35 < alike("Dort lebten Hugenotten.") < 1.0
    assert alike("Dort lebten Protestanten.") == 0.0


@pytest.mark.parametrize("text", ["", "\ud800" * 500, "a" * 100_000, "soldiers " * 20_000])
def test_hostile_stretches_are_matched_like_any_other(text: str) -> None:
    lookup, unit = Lookup(QUESTIONS[0]), Unit(text, "en")
    inside = lookup.match(unit.terms)
    assert all(0.0 <= value <= 1.0 for value in lookup.with_alike(unit, inside, "en"))
