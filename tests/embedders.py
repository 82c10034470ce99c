"""An embedder without a model: words are hashed into a vector, so texts that share words stand near each other."""

from __future__ import annotations

import hashlib
import math
from array import array
from collections.abc import Mapping, Sequence
from typing import Literal

from bot.language_model.port import OURSELVES, ModelFailed, ModelOutcome, Payer, Vectors


class ToyEmbedder:
    """`Embedder`. `meanings` names words that mean the same: {"Boot": "boat"}. `refuses` and `fails` are for tests."""

    def __init__(self, *, model: str = "toy", dimension: int = 96, meanings: Mapping[str, str] | None = None) -> None:
        self.model, self.dimension = model, dimension
        self.asked: list[str] = []
        self.refuses = ""  # a text that holds this is refused
        self.fails: ModelFailed | None = None
        self._meanings = {key.lower(): value.lower() for key, value in (meanings or {}).items()}

    async def embed(
        self, texts: Sequence[str], *, kind: Literal["query", "passage"], payer: Payer = OURSELVES
    ) -> Vectors:
        """See `Embedder`."""
        if self.fails is not None:
            raise self.fails
        for text in texts:
            if self.refuses and self.refuses in text:
                raise ModelFailed(ModelOutcome.REFUSED)
        self.asked += texts
        return Vectors(self.model, self.dimension, array("f", [n for text in texts for n in self.vector(text)]))

    def vector(self, text: str) -> list[float]:
        values = [0.0] * self.dimension
        for word in text.lower().replace(".", " ").replace(",", " ").replace("?", " ").split():
            meant = f"{self.model} {self._meanings.get(word, word)}"
            digest = hashlib.sha256(meant.encode("utf-8", "replace")).digest()
            for byte in digest[:8]:
                values[byte % self.dimension] += 1.0 if byte & 128 else -1.0
        length = math.hypot(*values)
        return [value / length for value in values] if length else [1.0] + [0.0] * (self.dimension - 1)
