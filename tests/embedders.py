"""Embedders without a model: one hashes words, so texts that share words stand near each other; one has three words."""

from __future__ import annotations

import hashlib
import json
import math
import struct
from array import array
from collections.abc import Mapping, Sequence
from pathlib import Path
from typing import Literal

from bot.language_model.port import OURSELVES, ModelFailed, ModelOutcome, Payer, Vectors


class ToyEmbedder:
    """`Embedder`. `meanings` names words that mean the same: {"Boot": "boat"}. `refuses` and `fails` are for tests."""

    def __init__(self, *, model: str = "toy", dimension: int = 96, meanings: Mapping[str, str] | None = None) -> None:
        self.model, self.dimension = model, dimension
        self.asked: list[str] = []
        self.refuses, self.code = "", ""  # a text that holds this is refused, with this code
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
                raise ModelFailed(ModelOutcome.REFUSED, code=self.code)
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


WORDS = {"[UNK]": [0.0, 0.0, 0.0], "boat": [3.0, 0.0, 4.0], "boot": [3.0, 0.0, 4.1], "mayor": [0.0, 2.0, 0.0]}


def tiny_model(folder: Path) -> Path:
    """A model2vec model of three words, its files written by hand."""
    folder.mkdir()
    _write_tokenizer(folder)
    (folder / "config.json").write_text(json.dumps({"normalize": True}))
    table = _table()
    about = {"embeddings": {"dtype": "F32", "shape": [len(WORDS), 3], "data_offsets": [0, len(table)]}}
    head = json.dumps(about).encode()
    (folder / "model.safetensors").write_bytes(struct.pack("<Q", len(head)) + head + table)
    return folder


def tiny_graph(folder: Path, *, output: str = "last_hidden_state") -> Path:
    """The same three words as a graph of ONNX that looks each token up, written by hand."""
    folder.mkdir()
    _write_tokenizer(folder)
    rows = _field(1, len(WORDS)) + _field(1, 3) + _field(2, 1) + _field(8, b"table") + _field(9, _table())
    look_up = _field(1, b"table") + _field(1, b"input_ids") + _field(2, output.encode()) + _field(4, b"Gather")
    inputs = [_value(name, 7, "batch", "length") for name in ("input_ids", "attention_mask")]
    graph = _field(1, look_up) + _field(2, b"tiny") + _field(5, rows)
    graph += b"".join(_field(11, one) for one in inputs) + _field(12, _value(output, 1, "batch", "length", "width"))
    model = _field(1, 8) + _field(7, graph) + _field(8, _field(2, 17))
    (folder / "model.onnx").write_bytes(model)
    return folder


def _write_tokenizer(folder: Path) -> None:
    tokenizer: dict[str, object] = {
        "version": "1.0", "truncation": None, "padding": None, "added_tokens": [], "post_processor": None,
        "decoder": None, "normalizer": {"type": "Lowercase"}, "pre_tokenizer": {"type": "Whitespace"},
        "model": {"type": "WordLevel", "vocab": {word: n for n, word in enumerate(WORDS)}, "unk_token": "[UNK]"},
    }  # fmt: skip
    (folder / "tokenizer.json").write_text(json.dumps(tokenizer))


def _table() -> bytes:
    return array("f", [number for vector in WORDS.values() for number in vector]).tobytes()


def _value(name: str, kind: int, *sizes: str) -> bytes:
    """An input or output of a graph: whole numbers are of kind 7, floats of kind 1."""
    shape = b"".join(_field(1, _field(2, size.encode())) for size in sizes)
    return _field(1, name.encode()) + _field(2, _field(1, _field(1, kind) + _field(2, shape)))


def _field(number: int, value: int | bytes) -> bytes:
    """One field as protocol buffers write it."""
    if isinstance(value, int):
        return _varint(number << 3) + _varint(value)
    return _varint(number << 3 | 2) + _varint(len(value)) + value


def _varint(value: int) -> bytes:
    out = bytearray()
    while value > 127:
        out.append(value & 127 | 128)
        value >>= 7
    out.append(value)
    return bytes(out)
