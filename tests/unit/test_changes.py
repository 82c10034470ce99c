"""New facts of a story: changed figures, what is denied and acknowledged, names; and what is no new fact."""

from __future__ import annotations

from dataclasses import replace
from datetime import date

import pytest

from bot.briefs.brief import FactKind, NewFact
from bot.briefs.changes import chart_of, conflicts, new_facts
from bot.domain import StoredVersion
from tests.versions import version_of


def told(text: str, number: int = 1, *, language: str = "en", day: int = 0) -> StoredVersion:
    return version_of(text, id=number, language=language, day=date(2031, 5, day) if day else None)


def of_kind(facts: list[NewFact], kind: FactKind) -> list[NewFact]:
    return [fact for fact in facts if fact.kind is kind]


DENIED_EN = "The operator Karsow Power has not acknowledged a leak in the reactor of Velmark."
DENIED_DE = "Der Betreiber Karsow Power hat ein Leck im Reaktor von Velmark bestritten."
ADMITTED_EN = "The operator Karsow Power admitted on Monday a leak in the reactor of Velmark."
ADMITTED_DE = "Der Betreiber Karsow Power hat am Montag ein Leck im Reaktor von Velmark eingeräumt."


@pytest.mark.parametrize("before", [(DENIED_EN, "en"), (DENIED_DE, "de")])
@pytest.mark.parametrize("after", [(ADMITTED_EN, "en"), (ADMITTED_DE, "de")])
def test_a_denial_that_is_given_up_names_both_sides(before: tuple[str, str], after: tuple[str, str]) -> None:
    facts = new_facts([told(before[0], language=before[1])], [told(after[0], 2, language=after[1])])
    [fact] = of_kind(facts, FactKind.CONFIRMED)
    assert fact.quote_before is not None
    assert (fact.quote_before.text, fact.quote_after.text) == (before[0], after[0])
    assert fact.after in after[0]
    assert of_kind(new_facts([told(after[0], language=after[1])], [told(before[0], 2, language=before[1])]),
                   FactKind.DENIED)  # fmt: skip


def test_a_denial_of_what_was_stated_shows_the_statement() -> None:
    claim = "Karsow sent soldiers with guns to the border of Velmark in spring."
    denial = "Karsow denied on Friday that it sent soldiers to the border of Velmark."
    [fact] = of_kind(new_facts([told(claim)], [told(denial, 2)]), FactKind.DENIED)
    assert fact.quote_before is not None
    assert fact.quote_before.text == claim


@pytest.mark.parametrize(
    "other",
    [
        "The grocer Lindholm Foods admitted on Monday a mistake in the prices of bread.",
        "The judge Jana Brandt confirmed on Monday the contract of the harbour of Halvard.",
        DENIED_EN.replace("a leak", "any leak"),
    ],
)
def test_another_one_or_another_matter_or_the_same_again_turns_nothing(other: str) -> None:
    facts = new_facts([told(DENIED_EN)], [told(other, 2)])
    assert of_kind(facts, FactKind.CONFIRMED) == []
    assert [fact for fact in facts if fact.quote_before is not None] == []


def test_whoever_admits_it_for_the_first_time_turns_what_nobody_had_admitted() -> None:
    denial = "Neither the city nor the region had acknowledged flaws in the wall before."
    admitted = "Bürgermeister Jon Reuk räumte am Mittwoch erstmals ein, dass die Mauer beschädigt war."
    assert of_kind(new_facts([told(denial)], [told(admitted, 2, language="de")]), FactKind.CONFIRMED)
    before = admitted.replace("erstmals ", "")
    assert not of_kind(new_facts([told(denial)], [told(before, 2, language="de")]), FactKind.CONFIRMED)


def test_not_to_deny_is_neither() -> None:
    neither = "The operator Karsow Power did not deny a leak in the reactor of Velmark."
    assert of_kind(new_facts([told(DENIED_EN)], [told(neither, 2)]), FactKind.CONFIRMED) == []


def test_what_befell_people_is_counted_apart() -> None:
    sent = told("Karsow sent 12,000 Velmark soldiers to the river, the ministry said.")
    hurt = told("Of the soldiers from Karsow 300 Velmark soldiers were killed at the river, the ministry said.", 2)
    facts = new_facts([sent], [hurt])
    assert of_kind(facts, FactKind.CHANGED) == []
    [figure] = of_kind(facts, FactKind.FIGURE)
    assert figure.after.startswith("300 ")
    assert "killed" in figure.after


def test_a_forecast_changes_nothing() -> None:
    sent = told("Karsow sent 12,000 Velmark soldiers to the river, the ministry said.")
    forecast = told("Karsow could send 20,000 Velmark soldiers to the river, the ministry said.", 2)
    assert of_kind(new_facts([sent], [forecast]), FactKind.CHANGED) == []


def test_a_name_is_new_only_where_it_is_somebody() -> None:
    before = told("A boat sank off the coast of Velmark on Monday.")
    after = told("The boat off the coast of Velmark belonged to Tove Lund, the mayor said.", 2)
    [fact] = of_kind(new_facts([before], [after]), FactKind.NAME)
    assert fact.after == "Tove Lund"
    headline = told("Boat sinks off the coast of Velmark - Halvard Herald Online", 2)
    assert new_facts([before], [headline]) == []
    assert new_facts([after], [replace(after, facts=replace(after.facts, id=3, document_id=3))]) == []


def test_figures_of_one_day_stand_side_by_side_and_those_of_days_in_a_row() -> None:
    one = told("The flood in Velmark killed 14 people, the mayor of Karsow said.", 1, day=3)
    other = told("The flood in Velmark killed 19 people, the police of Karsow said.", 2, day=3)
    later = told("The flood in Velmark killed 23 people, the mayor of Karsow said.", 3, day=5)
    [conflict] = conflicts([one, other], [], lambda version: version.facts.document_id)
    assert {side.value for side in conflict.sides} == {"14", "19"}
    assert all(side.quotes and side.said_by for side in conflict.sides)
    assert conflicts([later], [one], lambda version: version.facts.document_id) == []
    facts = new_facts([], [one, later], known_story=False)
    chart = chart_of(facts, [one, later])
    assert chart is not None
    assert [(point.day.day, point.value) for point in chart.points] == [(3, 14), (5, 23)]
