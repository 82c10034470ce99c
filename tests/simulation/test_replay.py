"""A few headlines of ours, replayed: each is told, named or left out with a reason, and no story comes twice."""

from __future__ import annotations

import json
from datetime import UTC, date, datetime, timedelta

from tests.simulation.replay import Missed, read, replay

STORIES = {
    "ferry": ("Ferry Astrid sinks off Velmark", "Velmark: ferry Astrid sinks in storm", "Ferry Astrid sinks near Velmark harbour",
              "Fähre Astrid sinkt vor Velmark"),
    "mine": ("Karsow closes the silver mine of Lindholm", "Silver mine of Lindholm closed by Karsow",
             "Lindholm silver mine is closed, Karsow says"),
    "race": ("Jana Brandt wins the Halvard ski race", "Ski race of Halvard won by Jana Brandt"),
}  # fmt: skip


def lines() -> list[str]:
    start = datetime(2031, 5, 1, 8, tzinfo=UTC)
    found: list[dict[str, str]] = []
    for day, names in enumerate((("ferry", "mine"), ("ferry", "race"), ("mine",))):
        for name in names:
            for n, title in enumerate(STORIES[name]):
                at = start + timedelta(days=day, minutes=len(found))
                language = "de" if title.startswith("Fähre") else "en"
                found.append({"id": f"{day}-{name}-{n}", "lang": language, "time": at.isoformat(), "title": title,
                              "cluster": name})  # fmt: skip
    late = {"id": "late", "lang": "en", "time": (start + timedelta(days=40)).isoformat(), "title": "Too late", "cluster": ""}
    return [json.dumps(one) for one in (*reversed(found), late)]


def test_nothing_is_told_twice_and_nothing_is_lost() -> None:
    headlines = read(lines(), days=30)
    report, briefs = replay(headlines)
    assert (report.headlines, report.briefs) == (len(headlines), 3)
    assert (report.lost, report.told_twice, report.again, report.unnamed_updates) == (0, 0, 0, 0)
    first, *later = briefs
    assert {entry.mark for entry in first.entries} == {"NEW"}
    assert [entry.headline for brief in later for entry in brief.entries if "Astrid" in entry.headline] == []
    assert all(fact.after for brief in briefs for entry in brief.entries for fact in entry.new_facts)


def test_a_missed_cluster_has_its_reason() -> None:
    def missed(largest: int, reports: int, left_out: str = "below") -> str:
        return Missed(date(2031, 5, 1), "ferry", 10, largest, reports, 4, left_out).reason

    assert missed(4, 4) == "in pieces"
    assert missed(9, 3) == "copies"
    assert missed(9, 8) == "busy day"
    assert missed(9, 8, "no-new-fact") == "no-new-fact"
