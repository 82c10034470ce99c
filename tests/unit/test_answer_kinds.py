"""A sentence shows the wanted kind of answer, or it does not."""

from __future__ import annotations

from datetime import date

import pytest

from bot.answers.answer_kinds import counts_focus, new_names, shows_kind
from bot.answers.question import analyse_question
from bot.answers.units import Unit
from bot.languages.numbers import numbers_in
from bot.languages.words import words_in


def kind(question: str, text: str, language: str = "en") -> float:
    return shows_kind(analyse_question(question, today=date(2031, 5, 14)), Unit(text, language))


@pytest.mark.parametrize(
    ("question", "better", "worse", "language"),
    [
        ("How many soldiers came?", "Some 12,000 soldiers came.", "Some 12,000 ships came.", "en"),
        ("How many soldiers came?", "Some 12,000 ships came.", "Thousands of soldiers came.", "en"),
        ("How many soldiers came?", "Thousands of soldiers came.", "The soldiers came.", "en"),
        ("How many soldiers came?", "The 40 soldiers came.", "In 2024 the soldiers came.", "en"),
        ("How many soldiers came?", "Rund 12.000 Soldaten kamen.", "Die Soldaten kamen.", "de"),
        ("How much does the bridge cost?", "It costs 2 million euros.", "It is 400 metres long.", "en"),
        ("How much does the bridge cost?", "It is 400 metres long.", "It is long.", "en"),
        ("Wie hoch ist der Anteil der Frauen?", "12 Prozent sind Frauen.", "12 Frauen kamen.", "de"),
        ("When did the ferry sink?", "It sank on 3 May 2031.", "It sank off Velmark.", "en"),
        ("When did the ferry sink?", "Sie sank am Dienstag.", "Sie sank vor Velmark.", "de"),
        ("Who repaired the dam?", "Jana Brandt repaired it.", "It was repaired.", "en"),
        ("Who is the minister of trade?", "Jana Brandt, the minister of trade, left.", "In Velmark Jana Brandt left.", "en"),
        ("Who is Jana Brandt?", "Jana Brandt, a judge, left.", "Then Jana Brandt left.", "en"),
        ("Where is the dam?", "The dam lies near Velmark.", "The dam lies there.", "en"),
        ("Wo liegt der Damm?", "Der Damm liegt bei Velmark.", "Der Damm liegt da.", "de"),
        ("Why was the bridge closed?", "It was closed because pillars cracked.", "It was closed.", "en"),
        ("Warum wurde die Brücke gesperrt?", "Sie wurde gesperrt, weil Pfeiler rissen.", "Sie ist zu.", "de"),
        ("How did the thieves get in?", "They got in through a window.", "They got in.", "en"),
        ("What is a drone?", "A drone is an aircraft without a pilot.", "They bought one drone.", "en"),
    ],
)
def test_a_sentence_with_the_sign_of_an_answer_beats_one_without(
    question: str, better: str, worse: str, language: str
) -> None:
    assert kind(question, better, language) > kind(question, worse, language)


def test_a_figure_counts_what_follows_it_and_not_what_the_next_figure_counts() -> None:
    focus = analyse_question("How many soldiers came?", today=date(2031, 5, 14)).focus
    assert focus is not None
    text = "There were 40 and then 12 soldiers."
    counts = [counts_focus(number, focus, words_in(text, "en"), "en") for number in numbers_in(text, "en")]
    assert counts == [False, True]


def test_where_a_kind_leaves_no_sign_nothing_is_said_either_way() -> None:
    assert kind("What did the minister promise?", "Anything at all.") == 0.5
    assert kind("Did the minister resign?", "") == 0.5


def test_a_name_that_the_question_holds_is_not_new() -> None:
    question = analyse_question("Who met Jana Brandt in Velmark?", today=date(2031, 5, 14))
    text = "On Tuesday, Jana Brandt met Peer Holt in Velmark."
    names = [words_in(text, "en")[i].text for i in new_names(question, Unit(text, "en"))]
    assert {"Peer", "Holt"} <= set(names)
    assert not {"Jana", "Brandt", "Velmark"} & set(names)


def test_german_nouns_are_no_names() -> None:
    question = analyse_question("Wer reparierte den Damm?", today=date(2031, 5, 14))
    text = "Den Damm reparierte die Ministerin mit Arbeitern aus Velmark."
    assert [words_in(text, "de")[i].text for i in new_names(question, Unit(text, "de"))] == ["Velmark"]


@pytest.mark.parametrize("asked", ["How many men came?", "Wie viel kostet das Brot?", "When?", "Who is who?", "Wo?", "Why?",
                                   "What is a drone?"])  # fmt: skip
@pytest.mark.parametrize("text", ["", "\x00\ud800", "12 " * 2_000, "A" * 100_000, "(" * 100_000, "Jana " * 2_000])
def test_hostile_sentences_are_judged_like_any_other(asked: str, text: str) -> None:
    assert 0.0 <= kind(asked, text) <= 1.0
