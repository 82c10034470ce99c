"""Embeddings: texts in batches, vectors of length 1, every one checked before it is used.

Measured: a server whose model pools nothing answers with a list per token; some send base64 though floats were asked
for; some leave the order to `index`. What does not have the shape of one vector a text is refused, because a wrong
vector would be found by nobody.
"""

from __future__ import annotations

import asyncio
import base64
import math
import random
import sys
import time
from array import array
from collections.abc import Awaitable, Callable, Iterator, Mapping, Sequence
from typing import Any, Final, Literal

from bot.language_model import budget
from bot.language_model.breaker import Breaker
from bot.language_model.endpoints import Endpoint
from bot.language_model.metering import Meter
from bot.language_model.port import OURSELVES, ModelFailed, ModelOutcome, Payer, Vectors, Verdict
from bot.language_model.waits import pause_s
from bot.language_model.wire import TooMuch, Trouble, Wire, read_json, utc_now

PATH: Final = "/embeddings"
BATCH_TEXTS: Final = 64
BATCH_BYTES: Final = 200_000
AT_ONCE: Final = 2  # batches
TRIES: Final = 3
PROMPT: Final = "embed@1"
_NUMBER_BYTES: Final = 32  # of one number written out
_MOST_DIMENSION: Final = 16_384
_FRAME_BYTES: Final = 65_536


class Embeddings:
    """`Embedder` over one endpoint: vectors of another would not be comparable. `close` it in the end."""

    def __init__(
        self,
        wire: Wire,
        meter: Meter,
        *,
        query_prefix: str = "",
        passage_prefix: str = "",
        timeout_s: float = 30.0,
        batch_texts: int = BATCH_TEXTS,
        clock: Callable[[], float] = time.monotonic,
        sleep: Callable[[float], Awaitable[None]] = asyncio.sleep,
        jitter: Callable[[], float] = random.random,
    ) -> None:
        self._wire, self._meter = wire, meter
        self._prefixes = {"query": query_prefix, "passage": passage_prefix}
        self._timeout_s, self._batch_texts = timeout_s, batch_texts
        self._clock, self._sleep, self._jitter = clock, sleep, jitter
        self._dimension = 0
        self._turns = asyncio.Semaphore(AT_ONCE)
        self._breaker = Breaker()

    async def close(self) -> None:
        await self._wire.close()

    @property
    def endpoint(self) -> Endpoint:
        return self._wire.endpoint

    @property
    def model(self) -> str:
        """The model's name and what is put before texts."""
        return with_prefixes(self.endpoint.model, **self._prefixes)

    @property
    def dimension(self) -> int:
        return self._dimension

    async def embed(
        self, texts: Sequence[str], *, kind: Literal["query", "passage"], payer: Payer = OURSELVES
    ) -> Vectors:
        """See `Embedder`."""
        prefix = self._prefixes[kind]
        batches = list(_batches([prefix + text for text in texts], self._batch_texts))
        failed: ModelFailed | None = None
        try:
            async with asyncio.TaskGroup() as group:
                tasks = [group.create_task(self._batch(batch, payer)) for batch in batches]
        except* ModelFailed as failures:
            failed = _first(failures)  # raised here it would come as a group on Python 3.11.0 to 3.11.3
        if failed is not None:
            raise failed
        values = array("f")
        for task in tasks:
            for vector in task.result():
                values.extend(vector)
        return Vectors(self.model, self._dimension, values)

    async def _batch(self, texts: Sequence[str], payer: Payer) -> list[array[float]]:
        """The vectors of one batch, halved when it is too large for the server. Raises ModelFailed."""
        try:
            return await self._once(texts, payer)
        except _TooLarge as error:
            if len(texts) == 1:
                raise ModelFailed(ModelOutcome.REFUSED, "a text is too long to embed", code="model-too-long") from error
            half = len(texts) // 2
            return await self._batch(texts[:half], payer) + await self._batch(texts[half:], payer)

    async def _once(self, texts: Sequence[str], payer: Payer) -> list[array[float]]:
        async with self._turns:
            if not self._breaker.may_ask(self._clock()):
                raise ModelFailed(ModelOutcome.DOWN, "the embedder failed often and rests", code="model-rests")
            try:
                return await self._tries(texts, payer)
            finally:
                self._breaker.abandoned()

    async def _tries(self, texts: Sequence[str], payer: Payer) -> list[array[float]]:
        waited_s = 0.0
        for number in range(1, TRIES + 1):
            try:
                return await self._asked(texts, payer)
            except _Passing as passing:
                wait_s = passing.trouble.wait_s
                wait_s = pause_s(number, self._jitter()) if wait_s is None else wait_s
                if number == TRIES or waited_s + wait_s > self._timeout_s:
                    raise passing.failed from passing.trouble
                waited_s += wait_s
                await self._sleep(wait_s)
        raise AssertionError

    async def _asked(self, texts: Sequence[str], payer: Payer) -> list[array[float]]:
        most = budget.most_tokens_of(texts)
        reservation = await self._meter.reserve(
            self.endpoint, task="embed", prompt=PROMPT, tokens_in=most, tokens_out=0, payer=payer
        )
        began_s = self._clock()
        try:
            vectors, tokens = await self._vectors(texts)
        except Trouble as trouble:
            await self._meter.failed(reservation, trouble, seconds=self._clock() - began_s)
            if trouble.of_the_endpoint:
                self._breaker.failed(self._clock(), for_good=trouble.for_good)
            if trouble.code == "too-long" or trouble.status == 413:
                raise _TooLarge from trouble
            what = f"{self.endpoint.url}: {trouble.code}"
            failed = ModelFailed(trouble.outcome, what, code=f"model-{trouble.code}")
            if trouble.retry:
                raise _Passing(trouble, failed) from trouble
            raise failed from trouble
        except asyncio.CancelledError:
            await self._meter.cancelled(reservation, seconds=self._clock() - began_s)
            raise
        seconds = self._clock() - began_s
        await self._meter.settle(reservation, Verdict.ANSWERED, tokens_in=tokens, tokens_out=0, seconds=seconds)
        self._breaker.succeeded()
        return vectors

    async def _vectors(self, texts: Sequence[str]) -> tuple[list[array[float]], int | None]:
        """What the server gives for these texts, and the tokens it counts. Raises Trouble."""
        shown = [text.encode("utf-8", "replace").decode() for text in texts]
        body = {"model": self.endpoint.model, "input": shown, "encoding_format": "float"}
        most_bytes = _FRAME_BYTES + len(texts) * _NUMBER_BYTES * (self._dimension or _MOST_DIMENSION)
        async with self._wire.exchange(PATH, body, limit_s=self._timeout_s) as answer:
            if answer.status != 200:
                raise await answer.trouble(now=utc_now())
            try:
                reply = read_json(await answer.body(most_bytes))
            except TooMuch:
                raise _wrong("endless") from None
            except ValueError as error:
                raise _wrong("not-json") from error
        vectors = read_vectors(reply, len(texts), self._dimension)
        self._dimension = len(vectors[0])
        usage = reply.get("usage")
        tokens = usage.get("total_tokens", usage.get("prompt_tokens")) if isinstance(usage, Mapping) else None
        return vectors, tokens if isinstance(tokens, int) and 0 <= tokens < 10**9 else None


def with_prefixes(model: str, query: str, passage: str) -> str:
    """What vectors are known by: another prefix gives other vectors."""
    return f"{model} {query}|{passage}".strip() if query or passage else model


def read_vectors(reply: Any, count: int, dimension: int) -> list[array[float]]:
    """One vector a text, in their order, each of length 1. `dimension` 0: whichever it is. Raises Trouble."""
    rows = reply.get("data") if isinstance(reply, Mapping) else None
    if not isinstance(rows, list) or len(rows) != count or not all(isinstance(row, Mapping) for row in rows):
        raise _wrong("wrong-count")
    indices = [row.get("index", number) for number, row in enumerate(rows)]
    if set(map(str, indices)) != set(map(str, range(count))):
        raise _wrong("wrong-count")
    ordered = sorted(rows, key=lambda row: int(row.get("index", 0))) if any("index" in row for row in rows) else rows
    vectors = [_unit(row.get("embedding")) for row in ordered]
    wanted = dimension or len(vectors[0])
    if any(len(vector) != wanted for vector in vectors):
        raise _wrong("wrong-dimension")
    return vectors


def _unit(embedding: Any) -> array[float]:
    """One vector, of length 1. Raises Trouble for what is none."""
    if isinstance(embedding, str):
        try:
            values = array("f", base64.b64decode(embedding, validate=True))
        except ValueError as error:
            raise _wrong("no-vector") from error
        if sys.byteorder == "big":
            values.byteswap()
        embedding = list(values)
    if isinstance(embedding, list) and len(embedding) == 1 and isinstance(embedding[0], list):
        embedding = embedding[0]
    if not isinstance(embedding, list) or not 1 < len(embedding) <= _MOST_DIMENSION:
        raise _wrong("no-vector")
    if not all(isinstance(number, (int, float)) and not isinstance(number, bool) for number in embedding):
        raise _wrong("no-vector")
    try:
        length = math.hypot(*embedding)
    except OverflowError as error:
        raise _wrong("no-vector") from error
    if not math.isfinite(length) or length == 0:
        raise _wrong("no-vector")
    return array("f", [number / length for number in embedding])


def _batches(texts: Sequence[str], most_texts: int) -> Iterator[list[str]]:
    """The texts in order, as many together as a request may hold."""
    batch: list[str] = []
    size = 0
    for text in texts:
        length = len(text.encode("utf-8", "replace"))
        if batch and (len(batch) == most_texts or size + length > BATCH_BYTES):
            yield batch
            batch, size = [], 0
        batch.append(text)
        size += length
    if batch:
        yield batch


def _wrong(code: str) -> Trouble:
    return Trouble(ModelOutcome.CUT, code, status=200, may_have_cost=True)


def _first(failures: BaseExceptionGroup[ModelFailed]) -> ModelFailed:
    first = failures.exceptions[0]
    return first if isinstance(first, ModelFailed) else _first(first)


class _Passing(Exception):
    """A failure that may pass by itself."""

    def __init__(self, trouble: Trouble, failed: ModelFailed) -> None:
        self.trouble, self.failed = trouble, failed
        super().__init__(trouble.code)


class _TooLarge(Exception):
    """The server takes less at once."""
