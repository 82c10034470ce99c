"""The vector feed: embeds what the store's change log brings, batch by batch, in the background.

What a crash, a server that is down or a budget that is used up interrupts is taken up where the vectors say it stopped.
A model that gives other vectors under the same name is noticed at the start, and everything is embedded anew.
"""

from __future__ import annotations

import asyncio
import logging
from array import array
from operator import mul
from typing import TYPE_CHECKING, Final

from bot.errors import VerbatimError
from bot.language_model.port import ModelFailed, ModelOutcome
from bot.library.vector_store import Embedded, embedded_texts

if TYPE_CHECKING:
    from collections.abc import Awaitable, Callable, Sequence

    from bot.domain import StoredVersion
    from bot.language_model.port import Embedder
    from bot.library.index_feed import ChangeLog
    from bot.library.vector_store import VectorStore

log = logging.getLogger(__name__)

BATCH: Final = 16  # changes
EVERY_S: Final = 2.0  # how often new changes are looked for
_AGAIN_S: Final = (5.0, 600.0)  # how soon, and how late, what failed is tried again
_SAMPLE: Final = "The harbour of the old town was closed on Monday."
_SAME: Final = 0.99  # the cosine of two vectors of one text; servers round differently
_OF_THE_TEXT: Final = ("model-too-long", "model-no-words")  # codes of refusals that say nothing of other texts
_CUT_TO: Final = (600, 200)  # code points that are tried of a passage that is too long


class VectorFeed:
    """Fills the vectors of one model. One task at a time; another process may be the one that fills them."""

    def __init__(
        self,
        vectors: VectorStore,
        changes: ChangeLog,
        embedder: Embedder,
        *,
        sleep: Callable[[float], Awaitable[None]] = asyncio.sleep,
    ) -> None:
        self._vectors, self._changes, self._embedder, self._sleep = vectors, changes, embedder, sleep
        self._recognised = False

    async def run(self) -> None:
        """Keep up with the library until cancelled; never raises but for that."""
        again_s, longest_s = _AGAIN_S
        while True:
            try:
                await asyncio.to_thread(self._vectors.load)  # before somebody asks
                while await self.step():
                    again_s, _ = _AGAIN_S
            except VerbatimError as error:
                log.warning("not embedded", extra={"code": error.code, "facts": error.log, "again_s": again_s})
                await self._sleep(again_s)
                again_s = min(2 * again_s, longest_s)
            else:
                await self._sleep(EVERY_S)

    async def step(self) -> bool:
        """Embed the next changes; False when there are none, or another process embeds. Raises ModelFailed,
        IndexUnusable, LibraryError."""
        if not await asyncio.to_thread(self._vectors.begin):
            return False
        watermark = await asyncio.to_thread(self._vectors.watermark)
        newest = await asyncio.to_thread(self._changes.newest_seq)
        if watermark > newest:  # of another library: a restored backup
            await asyncio.to_thread(self._vectors.clear)
            watermark, self._recognised = 0, False
        found = await asyncio.to_thread(self._changes.changes_after, watermark, BATCH)
        if not found:
            return False
        if not self._recognised and await self._recognise():
            return True
        ids = [change.version_id for change in found if change.version_id is not None]
        versions = await asyncio.to_thread(self._changes.versions, None, ids)
        last = {change.document_id: change.version_id for change in found}
        kept = [versions[i] for i in last.values() if i is not None and i in versions]
        dropped = last.keys() - {version.facts.document_id for version in kept}
        embedded = await self._embedded(kept)
        await asyncio.to_thread(self._vectors.put, embedded, dropped, up_to=found[-1].seq)
        return True

    async def _recognise(self) -> bool:
        """Whether the model is another than the one that made what is there; then that is gone."""
        try:
            vectors = await self._embedder.embed([_SAMPLE], kind="passage")
        except ModelFailed as failure:
            self._recognised = failure.code in _OF_THE_TEXT
            if self._recognised:  # a model of another language
                return False
            raise
        sample, known = vectors.vector(0), array("f", await asyncio.to_thread(self._vectors.sample))
        other = bool(known) and (len(known) != len(sample) or sum(map(mul, known, sample)) < _SAME)
        if other:
            log.warning("the embedding model has changed", extra={"model": self._embedder.model})
            await asyncio.to_thread(self._vectors.clear)
        if other or not known:
            await asyncio.to_thread(self._vectors.keep_sample, sample)
        self._recognised = True
        return other

    async def _embedded(self, versions: Sequence[StoredVersion]) -> list[Embedded]:
        texts = {version.facts.id: embedded_texts(version) for version in versions}
        told = [(i, number, text) for i, of in texts.items() for number, text in enumerate(of) if text.strip()]
        made = await self._vectors_of([text for _, _, text in told])
        of_versions: dict[int, dict[int, array[float]]] = {}
        for (i, number, _), vector in zip(told, made, strict=True):
            if vector is not None:
                of_versions.setdefault(i, {})[number] = vector
        return [Embedded(version, of_versions.get(version.facts.id, {})) for version in versions]

    async def _vectors_of(self, texts: Sequence[str]) -> list[array[float] | None]:
        """The vectors of these texts. What the model refuses by itself alone has none; it refuses all: ModelFailed."""
        try:
            vectors = await self._embedder.embed(texts, kind="passage")
        except ModelFailed as failure:
            if failure.outcome is not ModelOutcome.REFUSED:
                raise
            if failure.code not in _OF_THE_TEXT:
                await self._embedder.embed([_SAMPLE], kind="passage")  # raises where it is not for the texts
            if len(texts) > 1:
                half = len(texts) // 2
                return [*await self._vectors_of(texts[:half]), *await self._vectors_of(texts[half:])]
            for length in _CUT_TO:
                if len(texts[0]) > length:
                    return await self._vectors_of([texts[0][:length]])
            log.warning("a passage is not embedded", extra={"code": failure.code})
            return [None]
        return [vectors.vector(number) for number in range(len(texts))]
