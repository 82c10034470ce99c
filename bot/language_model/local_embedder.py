"""An embedder without a server: a model2vec model in a folder. Nothing is ever downloaded.

Such a model is a table with a vector for each piece of a word; a text's vector is the mean of its pieces', so a
processor embeds thousands of passages in a second. The library and the table are loaded by the first text.
"""

from __future__ import annotations

import asyncio
import hashlib
import logging
import threading
from array import array
from collections.abc import Sequence
from pathlib import Path
from typing import Any, Final, Literal

from bot.errors import SettingsError
from bot.language_model.embeddings import with_prefixes
from bot.language_model.port import OURSELVES, ModelFailed, ModelOutcome, Payer, Vectors

log = logging.getLogger(__name__)

_TABLE: Final = "model.safetensors"
_FILES: Final = (_TABLE, "tokenizer.json", "config.json")
_LONGEST: Final = 4_000  # code points of one text
_SAMPLED: Final = (64, 65_536)  # stretches of the table that tell it from others, and their bytes
MISSING: Final = "this needs the extra “embedder”: pip install 'verbatim-bot[embedder]'"


class LocalEmbedder:
    """`Embedder` over the model in a folder."""

    def __init__(self, folder: Path, *, query_prefix: str = "", passage_prefix: str = "") -> None:
        """Raises SettingsError when the folder does not hold such a model, or the library for it is not installed."""
        from importlib.util import find_spec

        lacking = [name for name in _FILES if not (folder / name).is_file()]
        what = f"{folder} holds no model of model2vec: {', '.join(lacking)} missing" if lacking else ""
        if not what and find_spec("model2vec") is None:
            what = f"embedding_path: {MISSING}"
        if what:
            raise SettingsError("embedding-path", what, f"The embedding model cannot be used: {what}.")
        self._folder = folder
        self._prefixes = {"query": query_prefix, "passage": passage_prefix}
        self._turn = threading.Lock()
        self._model: Any = None
        self._dimension = 0
        self._name = with_prefixes(f"{folder.name}+{_fingerprint(folder)}", **self._prefixes)

    @property
    def model(self) -> str:
        """The folder's name and what its files hold, as far as that tells models from each other."""
        return self._name

    @property
    def dimension(self) -> int:
        return self._dimension

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
        return Vectors(self.model, self._dimension, values)

    def _values(self, texts: Sequence[str]) -> array[float]:
        import numpy as np

        with self._turn:
            model = self._loaded()
            if not texts:
                return array("f")
            found = np.asarray(
                model.encode(texts, show_progress_bar=False, use_multiprocessing=False), dtype=np.float32
            )
        lengths = np.linalg.norm(found, axis=1, keepdims=True)
        if not np.isfinite(found).all() or not lengths.all():
            raise ModelFailed(ModelOutcome.REFUSED, "a text of no known word", code="model-no-words")
        return array("f", np.ascontiguousarray(found / lengths, dtype=np.float32).tobytes())

    def _loaded(self) -> Any:
        if self._model is None:
            try:
                from model2vec import StaticModel

                # What is not a folder's name would be looked for on the web.
                self._model = StaticModel.from_pretrained(self._folder.resolve(strict=True), force_download=False)
                self._dimension = int(self._model.dim)
            except Exception as error:  # three libraries read these files, and each fails in its own words
                log.warning("embedding model not loaded", extra={"why": str(error)})
                raise ModelFailed(ModelOutcome.DOWN, f"{self._folder}: {error}", code="model-not-loaded") from error
        return self._model


def _fingerprint(folder: Path) -> str:
    digest = hashlib.sha256()
    for name in _FILES[1:]:
        digest.update((folder / name).read_bytes())
    count, length = _SAMPLED
    with (folder / _TABLE).open("rb") as table:
        size = table.seek(0, 2)
        digest.update(size.to_bytes(8, "big"))
        for number in range(count):
            table.seek(size * number // count)
            digest.update(table.read(length))
    return digest.hexdigest()[:8]
