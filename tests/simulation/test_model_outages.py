"""Whatever a model's server says, briefs and answers are there, and what they say is their quotes' own."""

from __future__ import annotations

import pytest

from tests.simulation import model_outages


async def test_nonsense_costs_neither_briefs_nor_answers(monkeypatch: pytest.MonkeyPatch) -> None:
    monkeypatch.setattr(model_outages, "MOODS", ("honest", "lying", "hijacked", "prose", "401"))
    seen = await model_outages.run(5, seed=2, limit_s=10.0)
    assert seen.wrong == []
    assert (seen.briefs, seen.answers) == (5, 5)
    assert seen.reasons["written"]
    assert seen.reasons["refused"]
