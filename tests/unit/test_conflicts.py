"""Conflicts: figures that disagree between independent reports, denials of what others state."""

from __future__ import annotations

from collections.abc import Mapping
from datetime import date

import pytest

from bot.answers.conflicts import Stated, figure_sides, reversal_sides
from bot.answers.question import analyse_question
from bot.domain import TERMINAL, Answer, StoredVersion
from tests.shelf import shelf_of
from tests.versions import version_of

ASKED = "How many soldiers did Karsow send to Velmark?"
DAY = date(2031, 5, 14)
NO_COPIES: Mapping[int, int] = {}


def sides(kind: str, text: str, *versions: StoredVersion, copies: Mapping[int, int] = NO_COPIES) -> tuple[Stated, ...]:
    find = figure_sides if kind == "figures" else reversal_sides
    with shelf_of(*versions) as shelf:
        evidence = shelf.evidence.gather(analyse_question(text, today=DAY), TERMINAL)
        return find(evidence, lambda c: copies.get(c.version.facts.id, c.version.facts.id))


def answered(text: str, *versions: StoredVersion, copies: Mapping[int, int] = NO_COPIES) -> Answer:
    with shelf_of(*versions, copies=copies) as shelf:
        return shelf.answerer.answer(text, TERMINAL, today=DAY)


TWELVE = version_of("Karsow sent 12,000 soldiers to Velmark, minister Jana Brandt said.", id=1, outlet="Velmark Post")
NINE = version_of("Karsow schickte 9.000 Soldaten nach Velmark, sagte ein General.", id=2, language="de")
TWELVE_TOO = version_of("Karsow schickte 12.000 Soldaten nach Velmark.", id=3, language="de")
DENIAL = version_of("Karsow denied that it sent soldiers to Velmark.", id=4)


def test_two_reports_with_different_figures_are_two_sides() -> None:
    found = sides("figures", ASKED, TWELVE, NINE)
    assert {side.value for side in found} == {"12,000", "9.000"}


def test_the_same_figure_in_two_languages_is_one_side() -> None:
    assert sides("figures", ASKED, TWELVE, TWELVE_TOO) == ()
    found = sides("figures", ASKED, TWELVE, NINE, TWELVE_TOO)
    assert {c.version.facts.id for side in found if side.value != "9.000" for c in side.candidates} == {1, 3}


def test_one_report_does_not_contradict_itself_and_neither_do_its_copies() -> None:
    two = version_of("Karsow sent 12,000 soldiers to Velmark. Later Karsow sent 9,000 soldiers to Velmark.", id=1)
    assert sides("figures", ASKED, two) == ()
    assert sides("figures", ASKED, TWELVE, NINE, copies={2: 1}) == ()


@pytest.mark.parametrize(
    "other",
    [
        "Karsow sent 9,000 letters to Velmark.",
        "Karsow sent soldiers to Velmark in 2019.",
        "Karsow sent soldiers to Velmark, and 300 soldiers were wounded.",
        "Karsow could send 90,000 soldiers to Velmark.",
    ],
)
def test_what_counts_something_else_is_no_side(other: str) -> None:
    assert sides("figures", ASKED, TWELVE, version_of(other, id=2)) == ()


def test_only_questions_of_how_many_have_figures_for_sides() -> None:
    assert sides("figures", "Why did Karsow send soldiers to Velmark?", TWELVE, NINE) == ()


def test_a_denial_and_a_statement_are_two_sides_the_denial_first() -> None:
    found = sides("reversal", "Did Karsow send soldiers to Velmark?", DENIAL, TWELVE)
    assert [side.value for side in found] == ["denied", "affirmed"]
    assert [side.candidates[0].version.facts.id for side in found] == [4, 1]


def test_without_a_denial_or_without_a_statement_nothing_is_reversed() -> None:
    question = "Did Karsow send soldiers to Velmark?"
    assert sides("reversal", question, TWELVE, NINE) == ()
    assert sides("reversal", question, DENIAL) == ()
    assert sides("reversal", "How many soldiers did Karsow send to Velmark?", DENIAL, TWELVE) == ()


def test_an_answer_shows_both_sides_with_who_says_so_and_a_quote_each() -> None:
    answer = answered(ASKED, TWELVE, NINE)
    (conflict,) = answer.conflicts
    assert conflict.kind == "contradiction"
    assert conflict.about == "soldiers"
    assert {(side.value, side.said_by) for side in conflict.sides} == {
        ("12,000", "minister Jana Brandt"), ("9.000", "ein General")
    }  # fmt: skip
    shown = {quote.quote for quote in answer.quotes}
    assert all(shown.intersection(quote.quote for quote in side.quotes) for side in conflict.sides)


def test_a_side_counts_reports_and_not_copies() -> None:
    copy = version_of(TWELVE.text, id=5)
    answer = answered(ASKED, TWELVE, NINE, TWELVE_TOO, copy, copies={5: 1})
    (conflict,) = answer.conflicts
    assert sorted(side.reports for side in conflict.sides) == [1, 2]


def test_a_side_that_nobody_is_named_for_is_said_by_its_document() -> None:
    answer = answered(ASKED, version_of("Karsow sent 12,000 soldiers to Velmark.", id=1), NINE)
    (conflict,) = answer.conflicts
    assert {side.said_by for side in conflict.sides} == {"document-1.txt", "ein General"}
