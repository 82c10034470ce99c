"""Words and phrases that people choose, and what they find."""

from __future__ import annotations

import unicodedata

import pytest
from hypothesis import given, settings
from hypothesis import strategies as st

from bot.sources.word_filter import PASSES, WordFilter, checked_terms, judge


def drops(term: str, text: str) -> bool:
    return not judge(WordFilter(drop=(term,)), [text]).passes


@pytest.mark.parametrize(
    ("term", "text"),
    [
        ("cricket", "All about CRICKET."),
        ("Zürich", "Neues aus ZÜRICH"),
        ("Zürich", "Neues aus Zuerich"),
        ("Zuerich", "Neues aus Zürich"),
        ("cafe", "Im Café"),
        ("Orbán", "Orban spricht"),
        ("Zürich", unicodedata.normalize("NFD", "in Zürich")),
        ("Straße", "Auf der STRASSE"),
        ("Strasse", "auf der Straße"),
        ("Groesse", "Die Größe zählt"),
        ("Smørrebrød", "smorrebrod"),
        ("interest rate", "the interest\n  rate rises"),
        ("Covid-19", "COVID 19 is back"),
        ("covid 19", "Covid‑19"),
        ("Trump", "Trump’s visit"),
        ("SPD", "Der SPD-Vorstand"),
        ("soft", "so\u00adft landing"),
        ("steuer*", "Die Steuererklärung"),
        ("東京", "今日は東京です"),
        ("Москва", "МОСКВА сегодня"),
        ("किताब", "यह किताब है"),
        ("مدرسة", "هذه مَدْرَسَة كبيرة"),
        ("한국", "오늘 한국 뉴스"),
    ],
)
def test_a_term_finds_its_spellings(term: str, text: str) -> None:
    assert drops(term, text)


@pytest.mark.parametrize(
    ("term", "text"),
    [
        ("cricket", "Cricketers rejoice"),
        ("ICE", "Twice the price"),
        ("steuer", "Die Steuererklärung"),
        ("interest rate", "the rate of interest"),
        ("interest rate", "interest rates"),
        ("Bär", "Die Bar hat offen"),
        ("schon", "Das ist schön"),
        ("कम", "किम"),
        ("하*", "한국"),
        ("a.*b", "axxb"),
    ],
)
def test_a_term_finds_nothing_else(term: str, text: str) -> None:
    assert not drops(term, text)


def test_a_phrase_does_not_begin_in_one_text_and_end_in_the_next() -> None:
    assert judge(WordFilter(drop=("harbour closed",)), ["News from the harbour", "Closed until May"]).passes


def test_the_verdict_names_its_rule() -> None:
    assert judge(WordFilter(drop=("Quiz",)), ["Das große Quiz"]).rule == "filtered: has the word “Quiz”"
    assert judge(WordFilter(drop=("daily quiz",)), ["The daily quiz"]).rule == "filtered: has the words “daily quiz”"
    assert judge(WordFilter(keep=("Hafen",)), ["Das Wetter"]).rule == "filtered: does not have the word “Hafen”"
    assert judge(WordFilter(keep=("Hafen", "Kran")), ["Wetter"]).rule == "filtered: has none of the words “Hafen”, “Kran”"
    assert judge(WordFilter(keep=("Hafen",)), ["Der Hafen"]) == judge(WordFilter(keep=("Hafen",)), ["hafen"])
    assert judge(WordFilter(keep=("Hafen",)), ["Der Hafen"]).rule == "kept: has the word “Hafen”"


def test_dropping_goes_before_keeping() -> None:
    verdict = judge(WordFilter(keep=("Hafen",), drop=("Quiz",)), ["Hafen-Quiz"])
    assert (verdict.passes, verdict.code, verdict.term) == (False, "drop", "Quiz")


def test_languages_are_a_condition_that_an_unknown_one_meets() -> None:
    german = WordFilter(languages=("de",))
    assert judge(german, ["Text"], "de-AT").passes
    assert judge(german, ["Text"], "und").passes
    refused = judge(german, ["Text"], "en")
    assert (refused.passes, refused.rule) == (False, "filtered: is in “en”, not in de")


def test_without_a_choice_everything_passes() -> None:
    assert judge(WordFilter(), ["anything"], "xx") is PASSES


def test_terms_that_can_find_nothing_are_told() -> None:
    assert checked_terms(["Quiz", " quiz ", "!!!", "", "x" * 300]) == (("Quiz",), ("!!!", "x" * 200))


@settings(max_examples=150)
@given(st.text(max_size=60), st.text(max_size=40), st.text(max_size=40))
def test_a_term_is_found_in_itself_and_nothing_fails(term: str, before: str, after: str) -> None:
    good, _ = checked_terms([term])
    for word in good:
        assert drops(word, f"{before} {word} {after}")


def test_a_long_text_is_searched_in_one_go() -> None:
    assert not drops("zz", "z" * 1_000_000)
    assert not drops("a b", "a " * 400_000)
