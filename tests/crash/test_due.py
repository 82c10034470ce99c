"""A few kills of two tickers at random moments; the command of the same module does hundreds."""

from __future__ import annotations

import pytest

from tests.crash import due


@pytest.mark.slow
def test_no_slot_is_missing_or_double_after_kills_and_clock_changes() -> None:
    outcome = due.run(kills=6, channels=5, seed=3)
    assert outcome.failures == []
    assert outcome.owed == outcome.slots * 5 > 0
