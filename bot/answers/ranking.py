"""Ranking: one number from the signals. The weights are a reviewed data file, learned by `python -m tests.eval.train_ranker`.

The score is linear in the signals, so every weight can be read: what it is for stands beside it in `ranking.json`.
"""

from __future__ import annotations

import json
from functools import cache
from pathlib import Path
from typing import TYPE_CHECKING, NamedTuple

from bot.answers.signals import NAMES

if TYPE_CHECKING:
    from collections.abc import Sequence

DATA = Path(__file__).with_name("ranking.json")


class Weights(NamedTuple):
    """A weight for each signal."""

    weights: tuple[float, ...]


@cache
def _weights() -> Weights:
    stated = json.loads(DATA.read_text(encoding="utf-8"))["weights"]
    return Weights(tuple(float(stated[name]) for name in NAMES))


def score_of(signals: Sequence[float]) -> float:
    """How good a sentence is beside others for the same question; larger is better, the scale means nothing."""
    return sum(w * s for w, s in zip(_weights().weights, signals, strict=True))
