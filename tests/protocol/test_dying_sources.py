"""Every way in which a source fails is told within three checks, in plain words, and ends when the source works again."""

from __future__ import annotations

from pathlib import Path

import pytest

from bot.polling.steps import AddressChange
from bot.sources.source_health import SourceState
from tests.protocol.dying_sources import CHECKS, WAYS, Way, play

_CHANGES = {SourceState.FAILING: AddressChange.FAILING, SourceState.RESTING: AddressChange.RESTING}


def test_there_are_many_ways_and_each_is_its_own() -> None:
    assert len({way.name for way in WAYS}) == len(WAYS) >= 40


@pytest.mark.parametrize("way", WAYS, ids=lambda way: way.name)
async def test_it_is_told_within_three_checks_and_recovers(way: Way, tmp_path: Path) -> None:
    report = await play(way, tmp_path)
    assert report.news is not None
    assert 1 <= report.checks <= CHECKS
    assert (report.news.code, report.news.change) == (way.code, way.change or _CHANGES[way.state])
    assert report.news.reason.endswith((".", "?"))
    seen = report.seen
    assert seen.state is way.state
    assert seen.next.endswith(".")
    assert (seen.next_at is None) == (way.state is SourceState.RESTING)
    if way.change is AddressChange.MOVED:
        assert seen.asked_at != seen.address
        assert way.code in report.trail
    else:
        assert seen.code in way.code
        assert seen.reason
        assert seen.help
    assert (seen.held > 0) == (way.change is AddressChange.HELD)
    assert report.recovered
