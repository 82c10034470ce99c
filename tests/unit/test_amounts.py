"""Amounts: known again in other notations, and what tells a translator's slip from another figure."""

from __future__ import annotations

import pytest

from bot.documents.sentences import split_sentences
from bot.stories.amounts import Amount, Stated, amounts_in, comparable, may_be_a_slip


def amounts(text: str, language: str = "en") -> list[Amount]:
    return [amount for sentence in amounts_in(text, split_sentences(text, language), language) for amount in sentence]


def only(text: str, language: str = "en") -> Amount:
    found = amounts(text, language)
    assert len(found) == 1, found
    return found[0]


SAME = [
    (("2,06,737 cases", "en"), ("206.737 Fälle", "de")),
    (("2.06.737 Fälle", "de"), ("206,737 cases", "en")),
    (("They pay a third.", "en"), ("Sie zahlen ein Drittel der Kosten.", "de")),
    (("about 300 people", "en"), ("312 Menschen", "de")),
    (("2 km", "en"), ("2.000 Meter", "de")),
    (("at 23:30", "en"), ("um 11.30 Uhr", "de")),
]
OTHER = [
    (("2,06,737 cases", "en"), ("2,06,738 cases", "en")),
    (("12 people", "en"), ("14 people", "en")),
    (("2 km", "en"), ("3 km", "en")),
    (("$5 million", "en"), ("5 Millionen Euro", "de")),
]


@pytest.mark.parametrize(("one", "other"), SAME)
def test_one_amount_in_two_notations(one: tuple[str, str], other: tuple[str, str]) -> None:
    assert all(amount in Stated(amounts(*other)) for amount in amounts(*one))


@pytest.mark.parametrize(("one", "other"), OTHER)
def test_other_amounts_are_told_apart(one: tuple[str, str], other: tuple[str, str]) -> None:
    assert not all(amount in Stated(amounts(*other)) for amount in amounts(*one))


def test_a_kept_number_with_another_unit_may_be_a_slip() -> None:
    assert may_be_a_slip(only("100 metres"), only("30 Meter", "de"))
    assert may_be_a_slip(only("8,400 hectares"), only("84 Quadratkilometer", "de")) is False
    assert may_be_a_slip(only("21,000 hectares"), only("85 Quadratkilometer", "de"))
    assert may_be_a_slip(only("1 trillion dollars"), only("eine Milliarde Dollar", "de"))
    assert not may_be_a_slip(only("64 metres"), only("71 metres"))
    assert not may_be_a_slip(only("14 people"), only("140 people"))


def test_ranges_that_share_an_end_are_no_contradiction() -> None:
    (two, four), (three, _) = amounts("two to four weeks"), amounts("three to four weeks")
    assert four.other_end == two.value
    assert may_be_a_slip(two, three)
    assert not may_be_a_slip(two, only("three weeks"))


def test_only_amounts_of_one_kind_stand_in_for_each_other() -> None:
    assert comparable(only("2 km"), only("300 metres"))
    assert not comparable(only("2 km"), only("300 people"))
    assert comparable(only("5 million dollars"), only("5 million euros"))
    assert not comparable(only("5 million dollars"), only("4.6 million euros"))
