"""A few kills of a bot on Discord at random moments; the command of the same module does hundreds."""

from __future__ import annotations

import pytest

from tests.crash import discord


@pytest.mark.slow
def test_no_answer_or_post_is_lost_doubled_or_out_of_order_by_kills_at_random_moments() -> None:
    outcome = discord.run(kills=5, questions=10, posts=10, seed=7)
    assert outcome.failures == []
    assert (outcome.answers, outcome.posts) == (10, 10)
