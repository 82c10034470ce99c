"""What a source lets through."""

from __future__ import annotations

import pytest
from hypothesis import given
from hypothesis import strategies as st

from bot.sources.word_filter import clean_rules, judge_language, judge_words

TITLE, TEXT = "Hafenamt öffnet wieder", "The Café at the north quay, closed since May, opens. 港口关闭了。"


@pytest.mark.parametrize("word", ["hafenamt", "cafe", "CAFÉ", "north quay", "north  QUAY,", "港口", "offnet", "since may"])
def test_whole_words_and_phrases_are_found_without_case_and_accents(word: str) -> None:
    verdict = judge_words(TITLE, TEXT, drop=[word])
    assert (verdict.passes, verdict.code) == (False, "dropped-word")
    assert word in verdict.rule
    assert judge_words(TITLE, TEXT, keep=["nothing", word]).passes


@pytest.mark.parametrize("word", ["hafen", "quay north", "caf", "", "...", "机场"])
def test_parts_of_words_are_not(word: str) -> None:
    assert judge_words(TITLE, TEXT, drop=[word]).passes
    assert judge_words(TITLE, TEXT, keep=[word]).code == "no-kept-word"


def test_a_word_to_drop_wins() -> None:
    assert judge_words(TITLE, TEXT, keep=["quay"], drop=["closed"]).code == "dropped-word"


def test_a_rule_is_no_expression() -> None:
    assert judge_words("aaa", "", drop=["a+", ".*", "(a"]).passes


def test_a_language_that_is_not_known_passes() -> None:
    assert judge_language("und", ["de"]).passes
    assert judge_language("de-AT", [" DE "]).passes
    assert judge_language("en", []).passes
    assert judge_language("en", ["de"]).code == "other-language"


def test_rules_are_kept_clean() -> None:
    assert clean_rules([" a  b ", "a b", "", "!!", "c"]) == ("a b", "c")


@given(st.text(), st.text(), st.lists(st.text(), max_size=4), st.lists(st.text(), max_size=4))
def test_any_text_gets_a_verdict_with_its_rule(title: str, text: str, keep: list[str], drop: list[str]) -> None:
    verdict = judge_words(title, text, keep=keep, drop=drop)
    assert verdict.passes != bool(verdict.rule)
    for rule in clean_rules([text]):
        assert not judge_words("", rule, drop=[rule]).passes
