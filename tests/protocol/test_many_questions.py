"""A few questions across workspaces, and a few events delivered three times; the command of `many_questions` does many."""

from __future__ import annotations

import random
from pathlib import Path

import pytest

from tests.protocol.many_questions import isolation, repeats


@pytest.mark.parametrize("platform", ["discord", "slack"])
async def test_no_workspace_is_told_what_only_another_knows(platform: str, tmp_path: Path) -> None:
    found = await isolation(platform, 20, tmp_path, random.Random(7))
    assert found.failures == []
    assert found.answers == 20
    assert 0 < found.told < 20


@pytest.mark.parametrize("platform", ["discord", "slack"])
async def test_every_event_that_comes_three_times_in_any_order_is_answered_once(platform: str, tmp_path: Path) -> None:
    found = await repeats(platform, 8, tmp_path, random.Random(7))
    assert found.failures == []
    assert (found.deliveries, found.answers) == (24, 8)
