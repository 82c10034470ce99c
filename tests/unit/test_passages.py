"""Passages hold every sentence of a version exactly once, in order."""

from __future__ import annotations

from hypothesis import given
from hypothesis import strategies as st

from bot.domain import Sentence
from bot.library.passages import passage_key, passages_of, version_and_number


@st.composite
def sentences(draw: st.DrawFn) -> list[Sentence]:
    found = []
    at = paragraph = 0
    for length in draw(st.lists(st.integers(1, 1500), max_size=40)):
        paragraph += draw(st.booleans())
        found.append(Sentence(at, at + length, paragraph))
        at += length + 1
    return found


@given(sentences())
def test_every_sentence_is_in_exactly_one_passage(given_sentences: list[Sentence]) -> None:
    passages = passages_of(given_sentences)
    covered = [i for passage in passages for i in range(passage.first, passage.last)]
    assert covered == list(range(len(given_sentences)))
    assert [passage.number for passage in passages] == list(range(len(passages)))


def test_a_long_document_is_cut_near_the_limit() -> None:
    text = [Sentence(i * 100, i * 100 + 99, i // 3) for i in range(60)]
    lengths = [text[p.last - 1].end - text[p.first].start for p in passages_of(text)]
    assert max(lengths) <= 1000
    assert min(lengths[:-1]) >= 500


@given(st.integers(1, 2**40), st.integers(0, 4095))
def test_a_key_leads_back_to_its_passage(version: int, number: int) -> None:
    assert version_and_number(passage_key(version, number)) == (version, number)
