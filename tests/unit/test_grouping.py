"""Stories: follow-ups and contradicting reports join theirs, other events stay out, contradictions never share a report."""

from __future__ import annotations

import json
import re
from datetime import UTC, date, datetime

import pytest
from hypothesis import given, settings
from hypothesis import strategies as st

from bot.domain import DateBasis, DocumentDate, StoredVersion
from bot.stories.fingerprints import fingerprint
from bot.stories.grouping import (
    LONGEST_STORY_DAYS,
    SMALL,
    Neighbour,
    Place,
    is_short,
    led_along,
    place_of,
    story_chance,
)
from bot.stories.headlines import DATA, NAMES, likelihood, signals
from tests.eval.newsroom import Newsroom, Text
from tests.unit.test_copies import Pair, hard_pairs
from tests.versions import version_of


def placed(*versions: StoredVersion, days: tuple[date | None, ...] = ()) -> list[Place]:
    """Where documents go that arrive one after the other."""
    neighbours: list[Neighbour] = []
    places = []
    for number, version in enumerate(versions):
        print_ = fingerprint(version)
        day = days[number] if days else None
        place = place_of(Neighbour(print_, day, 0, 0), neighbours, lambda _: 1.0, {})
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


def headline(number: int, text: str, language: str = "en") -> StoredVersion:
    return version_of(text, id=number, language=language)


def test_headlines_of_one_event_join_across_outlets_and_languages() -> None:
    places = placed(
        headline(1, "Judge halts sale of Nordlinie ferries"),
        headline(2, "Court in Skagby stops Nordlinie from selling ferries"),
        headline(3, "Gericht in Skagby stoppt Verkauf der Nordlinie-Fähren", "de"),
        headline(4, "Halvik dockyard hires two hundred welders"),
        headline(5, "Who will win the cup? The favourites at a glance"),
    )
    assert [place.story_id for place in places] == [1, 1, 1, 4, 5]
    assert places[1].reason.endswith("likely by words, names and time")


def test_hours_part_headlines_that_words_do_not() -> None:
    first, second = headline(1, "Ferry to Maravel delayed by fog"), headline(2, "Fog delays Maravel ferry again")
    now = datetime(2026, 1, 1, 12, tzinfo=UTC)
    chances = [likelihood(fingerprint(first), fingerprint(second), hours, lambda _: 0.5) for hours in (1, 24, 24 * 20)]
    assert chances[0] > chances[1] > chances[2]
    near = Neighbour(fingerprint(first), now.date(), 1, 1, now)
    new = Neighbour(fingerprint(second), now.date(), 0, 0, now.replace(hour=13))
    assert place_of(new, [near], lambda _: 0.5, {}).story_id == 1


def test_a_headline_like_one_of_many_in_a_story_is_less_likely_its_own() -> None:
    assert story_chance([0.7], 1) == pytest.approx(0.7)
    assert story_chance([0.7], 4) < 0.5 < story_chance([0.7, 0.6, 0.6, 0.5], 40)


FERRY = (
    "Ferry with 200 people on board runs aground off Skarvik",
    "Passengers rescued by helicopter after Norwegian ship hits rocks",
    "Passengers rescued by helicopter as ferry with 200 on board runs aground off Skarvik rocks",
)


def _led(others: int) -> list[tuple[int, str]]:
    """What the last of three headlines leads along, when the second one's story has so many documents besides."""
    first, second, third = (fingerprint(version_of(title, id=n)) for n, title in enumerate(FERRY, 1))
    day = date(2026, 3, 1)
    new = Neighbour(third, day, 3, 1)
    neighbours = [Neighbour(first, day, 1, 1), Neighbour(second, day, 2, 2)]
    led = led_along(new, neighbours, lambda _: 1.0, {1: 2, 2: 1 + others})
    return [(one.print.document_id, why) for one, why in led]


def test_a_headline_that_links_two_leads_the_earlier_into_its_story() -> None:
    assert placed(*(version_of(title, id=n) for n, title in enumerate(FERRY[:2], 1)))[1].story_id == 2
    [(document_id, why)] = _led(0)
    assert document_id == 2
    assert why.startswith("same story as #3, which came later and links them: ")


def test_a_story_of_which_not_all_was_looked_at_is_not_led_along() -> None:
    assert not _led(1)
    assert not _led(SMALL)


def test_where_a_headline_was_led_is_remembered() -> None:
    with Newsroom() as room:
        room.place([Text(str(n), f"Report {n} on fish, cheese and bread", "en") for n in range(12)])
        at = datetime(2026, 3, 1, 8, tzinfo=UTC)
        placed = room.place([Text(title, title, "en", day="2026-03-01", at=at) for title in FERRY])
        assert len({one.story_id for one in placed}) == 1
        assert sum("links them" in one.reason for one in placed) == 1
        [further] = room.place([Text("again", FERRY[1], "en", day="2026-03-01", at=at)])
        assert further.story_id == placed[0].story_id


def test_the_signals_are_those_that_have_weights_and_do_not_depend_on_the_order() -> None:
    learned = json.loads(DATA.read_text(encoding="utf-8"))
    assert tuple(learned["weights"]) == NAMES
    one, other = (
        fingerprint(headline(1, "Two injured in Moor")),
        fingerprint(headline(2, "Zwei Verletzte in Moor", "de")),
    )
    found = signals(one, other, 3.0, lambda _: 0.5)
    assert len(found) == len(NAMES)
    assert found == signals(other, one, 3.0, lambda _: 0.5)


@settings(max_examples=40)
@given(st.text(max_size=60), st.text(max_size=60), st.floats(0, 1e6), st.sampled_from(["de", "en", "und", "zh"]))
def test_any_two_headlines_can_be_compared(one: str, other: str, hours: float, language: str) -> None:
    prints = fingerprint(headline(1, one, language)), fingerprint(headline(2, other))
    assert 0 <= likelihood(*prints, hours, lambda _: 0.3) <= 1


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


def test_words_that_arrive_in_many_headlines_at_once_are_not_rare() -> None:
    subjects = ("bakery wins a prize", "mayor resigns", "museum shows old maps", "school gets a new roof", "bus strike ends",
                "choir sings for sailors", "library closes early", "dentist retires")  # fmt: skip
    at = datetime(2026, 3, 1, 8, tzinfo=UTC)
    headlines = [f"{subject} in Quenbury" for subject in subjects]
    with Newsroom() as room:
        placed = room.place([Text(title, title, "en", day="2026-03-01", at=at) for title in headlines])
    assert [one.document_id for one in placed[4:]] == [one.story_id for one in placed[4:]]


def test_a_long_headline_is_compared_as_a_headline() -> None:
    words = " ".join(f"word{n}" for n in range(20))
    assert is_short(fingerprint(version_of(words)))
    assert is_short(fingerprint(version_of(words, title=words)))
    assert not is_short(fingerprint(version_of(words, title="A report")))


def test_members_in_a_language_that_is_not_joined_do_not_speak_against_a_story() -> None:
    titles = ("Judge halts sale of Nordlinie ferries", "Court in Skagby stops Nordlinie from selling ferries")
    first, second = (fingerprint(version_of(title, id=n)) for n, title in enumerate(titles, 1))
    day = date(2026, 3, 1)
    others = [
        Neighbour(fingerprint(version_of("Une pêche record au large de Brest", language="fr", id=n)), day, n, 1)
        for n in range(3, 6)
    ]
    near = [Neighbour(first, day, 1, 1), *others]
    chances = []
    for size in (4, 7):
        place = place_of(Neighbour(second, day, 0, 0), near, lambda _: 1.0, {1: size})
        chances.append(int(re.search(r"(\d+)% likely", place.reason)[1]))  # type: ignore[index]
    assert chances[0] > chances[1]
