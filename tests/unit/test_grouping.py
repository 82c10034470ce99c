"""Stories: follow-ups and contradicting reports join theirs, other events stay out, contradictions never share a report."""

from __future__ import annotations

from datetime import date

import pytest

from bot.domain import DateBasis, DocumentDate, StoredVersion
from bot.stories.fingerprints import fingerprint
from bot.stories.grouping import LONGEST_STORY_DAYS, Neighbour, Place, place_of
from tests.unit.test_copies import Pair, hard_pairs
from tests.versions import version_of


def placed(*versions: StoredVersion, days: tuple[date | None, ...] = ()) -> list[Place]:
    """Where documents go that arrive one after the other."""
    neighbours: list[Neighbour] = []
    places = []
    for number, version in enumerate(versions):
        print_ = fingerprint(version)
        day = days[number] if days else None
        place = place_of(print_, day, neighbours, lambda _: 1.0)
        neighbours.append(Neighbour(print_, day, place.report_id, place.story_id))
        places.append(place)
    return places


def one_story(pair: Pair) -> bool:
    first, second = placed(pair.one, pair.other)
    return first.story_id == second.story_id


@pytest.mark.parametrize("pair", [p for p in hard_pairs() if p.copy], ids=lambda p: p.id)
def test_copies_are_one_report_and_one_story(pair: Pair) -> None:
    first, second = placed(pair.one, pair.other)
    assert (first.report_id, first.story_id) == (second.report_id, second.story_id)
    assert second.reason.startswith("copy of #1: ")


def test_what_follows_or_contradicts_a_report_joins_its_story() -> None:
    same = [pair for pair in hard_pairs() if pair.story and not pair.copy]
    missed = [pair.id for pair in same if not one_story(pair)]
    assert len(missed) <= len(same) * 0.1, missed


def test_other_events_do_not_join() -> None:
    joined = {pair.id for pair in hard_pairs() if pair.story is False and one_story(pair)}
    # The limit of what words can tell apart: templates with few names, one town's people at another occasion.
    assert joined <= {"share-other-company", "weather-other-region", "skagby-two-events", "werdau-two-events"}


def test_a_report_takes_in_nothing_that_contradicts_one_of_its_copies() -> None:
    pairs = {pair.id: pair for pair in hard_pairs()}
    first, translated, raised = placed(
        pairs["mine-translated"].one,
        renumbered(pairs["mine-translated"].other, 2),
        renumbered(pairs["mine-toll-rises"].other, 3),
    )
    assert first.report_id == translated.report_id == 1
    assert (raised.report_id, raised.story_id) == (3, 1)


def test_a_short_follow_up_in_the_other_language_joins() -> None:
    report = version_of(
        "The bridge over the Alm at Kessin was closed on Monday after inspectors found cracks in three pillars. Up to 9,000 "
        "cars cross it every day, the city said. Engineers will examine the pillars this week.",
        title="Bridge in Kessin closed", language="en",
    )  # fmt: skip
    later = version_of(
        "Die gesperrte Brücke in Kessin bleibt bis zum Frühjahr zu. Risse gibt es in fünf Pfeilern, sagten Ingenieure der Stadt.",
        title="Brücke in Kessin bleibt geschlossen", language="de", id=2,
    )  # fmt: skip
    assert [place.story_id for place in placed(report, later)] == [1, 1]


def test_a_story_ends_with_its_news_cycle() -> None:
    pair = next(pair for pair in hard_pairs() if pair.id == "mine-next-day")
    start = date(2026, 1, 1)
    near, far = start.replace(month=2), date.fromordinal(start.toordinal() + LONGEST_STORY_DAYS + 1)
    assert placed(pair.one, pair.other, days=(start, near))[1].story_id == 1
    assert placed(pair.one, pair.other, days=(start, far))[1].story_id == 2


def renumbered(version: StoredVersion, number: int) -> StoredVersion:
    return version_of(version.text, id=number, language=version.facts.language, title=version.facts.title)


def test_when_a_file_was_copied_here_is_no_day_of_its_news() -> None:
    assert DocumentDate(day=date(2026, 5, 1), basis=DateBasis.STATED).known_day == date(2026, 5, 1)
    assert DocumentDate(day=date(2026, 5, 1), basis=DateBasis.PAGE_SAYS).known_day == date(2026, 5, 1)
    assert DocumentDate(day=date(2031, 1, 1), basis=DateBasis.FILE_TIME).known_day is None
