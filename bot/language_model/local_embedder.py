"""Embedders without a server, from a folder with a model: a table of model2vec's, or a sentence transformer as ONNX.
Nothing is ever downloaded.

A table holds a vector for each piece of a word, and a text's vector is the mean of its pieces', so a processor embeds
thousands of passages in a second; a transformer understands more and is slower by far. The libraries and the model are
loaded by the first text.
"""

from __future__ import annotations

import asyncio
import hashlib
import json
import logging
import threading
from array import array
from collections.abc import Iterable, Sequence
from pathlib import Path
from typing import TYPE_CHECKING, Final, Literal, Protocol

from bot.errors import SettingsError
from bot.language_model.embeddings import with_prefixes
from bot.language_model.port import OURSELVES, ModelFailed, ModelOutcome, Payer, Vectors

if TYPE_CHECKING:
    import numpy as np
    from numpy.typing import NDArray

    Rows = NDArray[np.float32]

log = logging.getLogger(__name__)

_TABLE: Final = "model.safetensors"
_TABLE_FILES: Final = ("tokenizer.json", "config.json", _TABLE)
_LONGEST: Final = 4_000  # code points of one text
_SAMPLED: Final = (64, 65_536)  # stretches of a large file that tell it from others, and their bytes
_LARGE: Final = 8_000_000  # bytes
MISSING: Final = "this needs the extra “embedder”: pip install 'verbatim-bot[embedder]'"
MISSING_ONNX: Final = "this needs the extra “onnx”: pip install 'verbatim-bot[onnx]'"


class Encoder(Protocol):
    """A model as its library opened it. Used by one thread at a time."""

    dimension: int

    def encode(self, texts: Sequence[str]) -> Rows:
        """A vector of any length for each text, in their order."""
        ...


class LocalEmbedder:
    """`Embedder` over the model in a folder."""

    def __init__(self, folder: Path, *, query_prefix: str = "", passage_prefix: str = "") -> None:
        """Raises SettingsError when the folder does not hold such a model, or the library for it is not installed."""
        self._graph = _graph_in(folder)
        what = _wrong_graph(folder) if self._graph else _wrong_table(folder)
        if what:
            raise SettingsError("embedding-path", what, f"The embedding model cannot be used: {what}.")
        self._folder = folder
        self._prefixes = {"query": query_prefix, "passage": passage_prefix}
        self._turn = threading.Lock()
        self._encoder: Encoder | None = None
        files = _graph_files(folder, self._graph) if self._graph else [folder / name for name in _TABLE_FILES]
        self._name = with_prefixes(f"{folder.name}+{_fingerprint(files)}", **self._prefixes)

    @property
    def model(self) -> str:
        """The folder's name and what its files hold, as far as that tells models from each other."""
        return self._name

    @property
    def dimension(self) -> int:
        return self._encoder.dimension if self._encoder is not None else 0

    async def embed(
        self,
        texts: Sequence[str],
        *,
        kind: Literal["query", "passage"],
        payer: Payer = OURSELVES,  # noqa: ARG002 - it costs nothing
    ) -> Vectors:
        """See `Embedder`. A text without any word that the model knows is refused."""
        prefix = self._prefixes[kind]
        shown = [(prefix + text[:_LONGEST]).encode("utf-8", "replace").decode() for text in texts]
        values = await asyncio.to_thread(self._values, shown)
        return Vectors(self.model, self.dimension, values)

    def _values(self, texts: Sequence[str]) -> array[float]:
        import numpy as np

        with self._turn:
            encoder = self._loaded()
            if not texts:
                return array("f")
            try:
                found = encoder.encode(texts)
            except Exception as error:  # the graph is whatever somebody exported, and its libraries fail in many ways
                log.warning("embedding model failed", extra={"why": type(error).__name__})
                raise ModelFailed(ModelOutcome.DOWN, f"{self._folder}: {error}", code="model-broken") from error
        lengths = np.linalg.norm(found, axis=1, keepdims=True)
        if not np.isfinite(found).all() or not lengths.all():
            raise ModelFailed(ModelOutcome.REFUSED, "a text of no known word", code="model-no-words")
        return array("f", np.ascontiguousarray(found / lengths, dtype=np.float32).tobytes())

    def _loaded(self) -> Encoder:
        if self._encoder is None:
            try:
                if self._graph:
                    from bot.language_model.onnx_encoder import OnnxEncoder

                    self._encoder = OnnxEncoder(self._folder.resolve(strict=True), self._graph)
                else:
                    self._encoder = _Table(self._folder.resolve(strict=True))
            except Exception as error:  # three libraries read these files, and each fails in its own words
                log.warning("embedding model not loaded", extra={"why": str(error)})
                raise ModelFailed(ModelOutcome.DOWN, f"{self._folder}: {error}", code="model-not-loaded") from error
        return self._encoder


class _Table:
    """`Encoder` over a table of model2vec's."""

    def __init__(self, folder: Path) -> None:
        from model2vec import StaticModel

        # What is not a folder's name would be looked for on the web.
        self._model = StaticModel.from_pretrained(folder, force_download=False)
        self.dimension = int(self._model.dim)

    def encode(self, texts: Sequence[str]) -> Rows:
        import numpy as np

        vectors = self._model.encode(texts, show_progress_bar=False, use_multiprocessing=False)
        return np.asarray(vectors, dtype=np.float32)


def _graph_in(folder: Path) -> str:
    """Where in a folder the model lies as ONNX; "" where it does not, or where a table is quicker."""
    found = next((name for name in ("model.onnx", "onnx/model.onnx") if (folder / name).is_file()), "")
    if found and (folder / _TABLE).is_file():
        try:
            about = json.loads((folder / "config.json").read_bytes())
        except (OSError, ValueError):
            about = None
        if isinstance(about, dict) and about.get("model_type") == "model2vec":
            return ""
    return found


def _wrong_table(folder: Path) -> str:
    from importlib.util import find_spec

    lacking = [name for name in _TABLE_FILES if not (folder / name).is_file()]
    if lacking:
        return f"{folder} holds no model of ONNX (model.onnx missing) or model2vec ({', '.join(lacking)} missing)"
    return "" if find_spec("model2vec") is not None else f"embedding_path: {MISSING}"


def _wrong_graph(folder: Path) -> str:
    from importlib.util import find_spec

    if not (folder / "tokenizer.json").is_file():
        return f"{folder} holds a model of ONNX without its tokenizer.json"
    lacking = [name for name in ("numpy", "onnxruntime", "tokenizers") if find_spec(name) is None]
    return f"embedding_path: {MISSING_ONNX}" if lacking else ""


def _graph_files(folder: Path, graph: str) -> list[Path]:
    """What makes the vectors what they are: the graph with its weights, the tokenizer, and how it is put together."""
    place = (folder / graph).parent
    weights = sorted(path for path in place.iterdir() if path.name.startswith("model.onnx") and path.is_file())
    more = ("tokenizer_config.json", "sentence_bert_config.json", "1_Pooling/config.json")
    return [*weights, folder / "tokenizer.json", *(folder / name for name in more if (folder / name).is_file())]


def _fingerprint(files: Iterable[Path]) -> str:
    """Of what files hold; of large ones, of stretches of it."""
    digest = hashlib.sha256()
    for path in files:
        size = path.stat().st_size
        if size <= _LARGE and path.name != _TABLE:
            digest.update(path.read_bytes())
            continue
        count, length = _SAMPLED
        with path.open("rb") as table:
            digest.update(size.to_bytes(8, "big"))
            for number in range(count):
                table.seek(size * number // count)
                digest.update(table.read(length))
    return digest.hexdigest()[:8]
