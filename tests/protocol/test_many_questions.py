"""A few questions across workspaces, and a few events delivered three times; the command of `many_questions` does many."""

from __future__ import annotations

import random
from pathlib import Path

import pytest

from tests.leaks import leaks, listened
from tests.protocol.many_questions import ASKED, isolation, opposite_secrets, repeats

TOKENS = ("discord-test-token", "xoxb-test", "xapp-test")
READERS = ("Reader", "reader77")


@pytest.mark.parametrize("platform", ["discord", "slack"])
async def test_no_workspace_is_told_what_only_another_knows(platform: str, tmp_path: Path) -> None:
    with listened() as log:
        found = await isolation(platform, 20, tmp_path, random.Random(7))
    assert found.failures == []
    assert found.answers == 20
    assert 0 < found.told < 20
    texts = [*ASKED, *(one.text for one in opposite_secrets(["1", "T2"]))]
    assert leaks(log.getvalue(), secrets=TOKENS, texts=texts, names=READERS) == []
    assert f"{platform} is connected" in log.getvalue()


@pytest.mark.parametrize("platform", ["discord", "slack"])
async def test_every_event_that_comes_three_times_in_any_order_is_answered_once(platform: str, tmp_path: Path) -> None:
    found = await repeats(platform, 8, tmp_path, random.Random(7))
    assert found.failures == []
    assert (found.deliveries, found.answers) == (24, 8)


def test_what_leaks_into_a_log_is_found() -> None:
    log = "INFO bot.x: a question token='xoxb-test' text='How will the new harbour be painted?' by='reader77'"
    found = leaks(log, secrets=TOKENS, texts=["How will the new harbour of Elm be painted?"], names=READERS)
    assert found == ["a secret of 9 characters", "the name reader77", "the words “how will the new”", "the words “will the new harbour”"]
