"""Copies: 0 false merges over pairs that were written to be hard, and most of the true copies found."""

from __future__ import annotations

import json
from dataclasses import dataclass
from functools import cache
from pathlib import Path

import pytest
from hypothesis import given, settings
from hypothesis import strategies as st

from bot.domain import StoredVersion
from bot.stories.copies import compare, copy_reason
from bot.stories.fingerprints import fingerprint
from tests.versions import version_of

HARD_PAIRS = Path(__file__).with_name("data") / "hard_pairs.jsonl"


@dataclass(frozen=True)
class Pair:
    id: str
    copy: bool
    story: bool | None  # None: people would disagree
    one: StoredVersion
    other: StoredVersion


@cache
def hard_pairs() -> tuple[Pair, ...]:
    lines = map(json.loads, HARD_PAIRS.read_text(encoding="utf-8").splitlines())
    return tuple(
        Pair(line["id"], line["copy"], line["story"], *(stored(n, **line[k]) for n, k in ((1, "a"), (2, "b"))))
        for line in lines
    )


def stored(number: int, lang: str, title: str, text: str) -> StoredVersion:
    return version_of(text, id=number, language=lang, title=title)


def reason(pair: Pair) -> str:
    return copy_reason(fingerprint(pair.one), fingerprint(pair.other))


@pytest.mark.parametrize("pair", [p for p in hard_pairs() if not p.copy], ids=lambda p: p.id)
def test_other_reports_on_the_same_thing_are_no_copies(pair: Pair) -> None:
    assert reason(pair) == ""


def test_nine_of_ten_copies_are_found() -> None:
    copies = [pair for pair in hard_pairs() if pair.copy]
    missed = [pair.id for pair in copies if not reason(pair)]
    assert len(missed) <= len(copies) * 0.1, missed
    assert len(hard_pairs()) >= 60


def test_the_order_of_two_documents_does_not_matter() -> None:
    for pair in hard_pairs():
        one, other = fingerprint(pair.one), fingerprint(pair.other)
        assert compare(one, other) == compare(other, one), pair.id


def test_a_contradiction_is_named() -> None:
    against = {p.id: compare(fingerprint(p.one), fingerprint(p.other)).against for p in hard_pairs()}
    assert against["ferry-other-figures-x"] == "other figures"
    assert against["deny-denied"] == "the opposite"
    assert against["plant-stays-de"] == "a negation"


def test_a_headline_is_a_copy_only_of_the_same_words() -> None:
    one, same, other = (fingerprint(version_of(text)) for text in ("Rain in Moor", "Rain in Moor", "Rain in Lind"))
    assert copy_reason(one, same)
    assert not copy_reason(one, other)


TEXTS = st.text(alphabet=st.sampled_from("ab Ä1.,:\n„“\x00"), max_size=200) | st.text(max_size=80)


@settings(max_examples=60)
@given(TEXTS, TEXTS, st.sampled_from(["de", "en", "und", "zh"]), st.sampled_from(["de", "en", "und"]))
def test_any_two_texts_can_be_compared(one: str, other: str, language: str, language_there: str) -> None:
    prints = fingerprint(version_of(one, language=language)), fingerprint(version_of(other, language=language_there))
    assert isinstance(copy_reason(*prints), str)
    assert copy_reason(prints[0], prints[0]) or not prints[0].size
