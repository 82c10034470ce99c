"""A small web through a simulated day; the command of the same folder does a thousand feeds and three days."""

from __future__ import annotations

import pytest

from bot.sources.source_health import SourceState
from tests.simulation.fake_web import FAULTS, Plan
from tests.simulation.polling import Outcome, run


def judged(outcome: Outcome) -> None:
    assert outcome.failures == []
    assert outcome.documents >= outcome.shown > 0
    assert outcome.totals["lost"] == 0
    assert set(outcome.states) <= set(SourceState)


async def test_a_few_feeds_through_half_a_day() -> None:
    outcome = await run(Plan(feeds=8, days=0.5, seed=3))
    judged(outcome)
    assert outcome.web["faults"]


@pytest.mark.slow
async def test_no_item_is_lost_or_doubled_where_a_fifth_of_all_answers_fails() -> None:
    outcome = await run(Plan(feeds=40, days=1.0, seed=2))
    judged(outcome)
    assert len(outcome.web["faults"]) > len(FAULTS) / 2
    assert outcome.web["unchanged"] > 100


@pytest.mark.slow
async def test_it_is_the_same_with_index_and_stories() -> None:
    judged(await run(Plan(feeds=12, days=0.5, seed=5), whole=True))
