"""A few kills of two processes that post briefs; the command of the same module does hundreds."""

from __future__ import annotations

import pytest

from tests.crash import briefs


@pytest.mark.slow
def test_no_brief_is_missing_or_double_after_kills_and_clock_changes() -> None:
    outcome = briefs.run(kills=5, seed=3)
    assert outcome.failures == []
    assert outcome.told == outcome.slots * 2 * briefs.CHANNELS * briefs.DOCUMENTS > 0
