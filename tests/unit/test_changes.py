"""New facts of a story: changed figures, what is denied and acknowledged, names; and what is no new fact."""

from __future__ import annotations

from dataclasses import replace
from datetime import date

import pytest

from bot.briefs.brief import FactKind, NewFact
from bot.briefs.changes import chart_of, conflicts, new_facts
from bot.chat.brief_words import fact_words
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


@pytest.mark.parametrize(
    ("text", "language"),
    [
        ("In 2022 the ministry of Karsow had reported 1,500 people without a home in Velmark.", "en"),
        ("Im Jahr 2022 hatte das Ministerium in Karsow 1.500 Menschen ohne Wohnung in Velmark gemeldet.", "de"),
        ("After the flood of 2013, when 27 people died in Velmark, Karsow had promised a wall.", "en"),
        ("The yard in Karsow employs 1,800 people.", "en"),
    ],
)
def test_background_is_no_new_fact_and_changes_nothing(text: str, language: str) -> None:
    before = told("The flood in Velmark drove 340 people in Karsow from their homes, the mayor said.", day=5)
    news = {"en": "Rain fell in Karsow and Velmark.", "de": "In Karsow und Velmark fiel Regen."}[language]
    after = told(f"{news} {text}", 2, language=language, day=6)
    assert of_kind(new_facts([before], [after]), FactKind.FIGURE) == []
    assert of_kind(new_facts([before], [after]), FactKind.CHANGED) == []


def test_nothing_has_changed_from_a_figure_of_another_time() -> None:
    before = told("Rain fell in Karsow. In 2013 a flood of the Lind killed 27 people in Karsow.", day=5)
    after = told("The flood of the Lind killed 9 people in Karsow, police said.", 2, day=6)
    assert of_kind(new_facts([before], [after]), FactKind.CHANGED) == []


def test_to_have_denied_it_once_is_no_new_denial() -> None:
    after = ADMITTED_EN + " Karsow Power had denied a leak in the reactor of Velmark on Friday."
    facts = new_facts([told(DENIED_EN)], [told(after, 2)])
    assert of_kind(facts, FactKind.CONFIRMED)
    assert of_kind(facts, FactKind.DENIED) == []


TOLL = "The death toll of the flood in the Lind valley has risen to nine, police in Halvard said."


def test_a_toll_has_changed_whatever_the_dead_were_called() -> None:
    first = told("At least three people died in the village of Norden, police said.", day=5)
    [fact] = of_kind(new_facts([first], [told(TOLL, 2, day=6)]), FactKind.CHANGED)
    assert (fact.what, fact.before, fact.after, fact.total) == ("death toll", "three", "nine", True)
    german = told("Die Zahl der Toten im Tal der Lind stieg auf 14, teilte die Polizei mit.", 3, language="de", day=7)
    [fact] = of_kind(new_facts([told(TOLL, day=6)], [german]), FactKind.CHANGED)
    assert (fact.what, fact.before, fact.after) == ("Zahl der Toten", "nine", "14")
    part = told("Two people died in the village of Osten, police said.", 4, day=7)
    assert of_kind(new_facts([told(TOLL, day=6)], [part]), FactKind.CHANGED) == [], "they are some of them"


def test_two_tolls_of_one_day_stand_side_by_side() -> None:
    other = told("Bei der Flut kamen nach Angaben der Feuerwehr mindestens elf Menschen ums Leben.", 2, language="de", day=6)
    [conflict] = conflicts([told(TOLL, day=6), other], [], lambda version: version.facts.document_id)
    assert (conflict.about, {side.value for side in conflict.sides}) == ("death toll", {"nine", "elf"})


def test_a_number_does_not_count_what_stands_behind_a_comma() -> None:
    before = told("Rain fell in Karsow.")
    after = told("The number of boats in Karsow rose to 14, police said.", 2)
    [fact] = of_kind(new_facts([before], [after]), FactKind.FIGURE)
    assert fact.after == "The number of boats in Karsow rose to 14"


def test_sums_of_one_thing_have_changed_though_no_name_says_so() -> None:
    before = told("The damage is about 1.2 million euros, according to the fire brigade.", day=5)
    after = told("Der Schaden beläuft sich auf 1,9 Millionen Euro, teilte die Feuerwehr mit.", 2, language="de", day=6)
    [fact] = of_kind(new_facts([before], [after]), FactKind.CHANGED)
    assert (fact.before, fact.after) == ("1.2 million euros", "1,9 Millionen Euro")
    other = told("The fine is 3.4 million euros, according to the fire brigade.", 3, day=6)
    assert of_kind(new_facts([before], [other]), FactKind.CHANGED) == []


def test_what_changed_from_one_day_to_the_next_is_no_conflict() -> None:
    one = told("Velmark Rail cancelled 1,100 trains in Karsow on Monday.", 1, day=5)
    next_day = told("Velmark Rail cancelled 1,400 trains in Karsow on Tuesday.", 2, day=6)
    facts = new_facts([one], [next_day])
    assert of_kind(facts, FactKind.CHANGED)
    assert conflicts([next_day], [one], lambda version: version.facts.document_id, facts) == []


def test_a_chart_has_no_figure_on_a_day_that_is_not_its_own_and_names_those_without_one() -> None:
    words = "Karsow {verb} 1,{n}00 Velmark soldiers {when}to the river, the ministry said."
    one = told(words.format(n=2, verb="sent", when=""), 1, day=3)
    two = told(words.format(n=5, verb="sent", when=""), 2, day=5)
    undated = told(words.format(n=4, verb="sent", when=""), 3)
    past = told("Rain fell. " + words.format(n=1, verb="sent", when="in 2019 "), 4, day=5)
    dated = told("Rain fell. " + words.format(n=3, verb="sent", when="on 2 February 2031 "), 5, day=5)
    facts = new_facts([one], [two])
    chart = chart_of(facts, [one, two, undated, past, dated])
    assert chart is not None
    assert [(point.day, point.value) for point in chart.points] == [
        (date(2031, 2, 2), 1300), (date(2031, 5, 3), 1200), (date(2031, 5, 5), 1500),
    ]  # fmt: skip
    assert {(one.text, "2019" in one.when) for one in chart.undated} == {("1,400", False), ("1,100", True)}


def test_an_old_figure_that_is_told_as_past_does_not_hide_the_change() -> None:
    before = told("Velmark Rail raised its offer to the train drivers to 5 percent, the company said.", day=5)
    after = told(
        "Train drivers of Velmark Rail will get 5.8 percent more pay from July, the company said. "
        "Velmark Rail had offered the train drivers 5 percent on Monday.", 2, day=7,
    )  # fmt: skip
    [fact] = of_kind(new_facts([before], [after]), FactKind.CHANGED)
    assert (fact.before, fact.after) == ("5 percent", "5.8 percent")


def test_more_dead_than_before_are_a_change_whoever_counts_them() -> None:
    first = told("Bei dem Erdbeben im Norden von Marv sind mindestens 40 Menschen ums Leben gekommen.", language="de", day=5)
    more = told("Nach Angaben des Roten Halbmonds starben mindestens 130 Menschen.", 2, language="de", day=6)
    [fact] = of_kind(new_facts([first], [more]), FactKind.CHANGED)
    assert (fact.before, fact.after, fact.fate) == ("40", "130", "killed")
    assert fact_words(fact, "en") == "40 → 130 Menschen (dead)"
    fewer = told("In einem Dorf starben drei Menschen.", 3, language="de", day=6)
    assert of_kind(new_facts([first], [fewer]), FactKind.CHANGED) == []
    assert conflicts([more, fewer], [], lambda version: version.facts.document_id) == [], "three of them died there"


def test_what_a_report_names_as_the_figure_of_before_is_what_changed() -> None:
    before = told("Die Nordbank streicht 3.500 Stellen, wie das Institut mitteilte.", language="de", day=5)
    after = told("Nordbank will cut 4,100 jobs, the union said. The bank had spoken of 3,500 jobs on Tuesday.", 2, day=6)
    [fact] = of_kind(new_facts([before], [after]), FactKind.CHANGED)
    assert (fact.before, fact.after) == ("3.500", "4,100")
