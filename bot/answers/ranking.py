"""Ranking: one number from the signals. `python -m tests.eval.train_ranker` learns the weights, a reviewed data file.

The score is linear in the signals, so every weight can be read beside the name of its signal in `ranking.json`.
"""

from __future__ import annotations

import json
from functools import cache
from pathlib import Path
from typing import TYPE_CHECKING

from bot.answers.signals import NAMES

if TYPE_CHECKING:
    from collections.abc import Sequence

DATA = Path(__file__).with_name("ranking.json")


@cache
def _weights() -> tuple[float, ...]:
    stated = json.loads(DATA.read_text(encoding="utf-8"))["weights"]
    return tuple(float(stated[name]) for name in NAMES)


def score_of(signals: Sequence[float]) -> float:
    """How good a sentence is beside others for the same question; larger is better, the scale means nothing."""
    return sum(w * s for w, s in zip(_weights(), signals, strict=True))
