"""A few kills of the poller at random moments; the command of the same module does hundreds."""

from __future__ import annotations

import pytest

from tests.crash import polling


@pytest.mark.slow
def test_no_item_is_lost_or_doubled_by_kills_at_random_moments() -> None:
    outcome = polling.run(kills=5, items=40, feeds=4, seed=7)
    assert outcome.failures == []
    assert outcome.dropped == 44
