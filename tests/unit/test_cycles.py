"""How often Python looks for rings of garbage: seldom while the bot runs, as before when it ends."""

from __future__ import annotations

import gc

from bot.app import rare_searches_for_cycles


def test_a_running_bot_does_not_walk_through_all_it_remembers() -> None:
    before = gc.get_threshold()
    with rare_searches_for_cycles():
        assert gc.get_threshold() > before
        assert gc.get_freeze_count() > 0
    assert gc.get_threshold() == before
    assert gc.get_freeze_count() == 0
