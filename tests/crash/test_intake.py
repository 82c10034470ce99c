"""A few kills at random moments; the command of the same module does hundreds."""

from __future__ import annotations

import random

import pytest

from tests.crash import intake


@pytest.mark.slow
def test_nothing_is_lost_doubled_or_broken_by_kills_at_random_moments() -> None:
    outcome = intake.run(kills=6, documents=40, seed=7)
    assert outcome.failures == []
    assert outcome.dropped == 40


def test_every_document_of_a_run_has_a_name_and_a_word_of_its_own() -> None:
    names = [name for name, _ in (intake.document(n, random.Random(1)) for n in range(40))]
    assert len(set(names)) == 40
    assert len({intake.token(n) for n in range(5000)}) == 5000
