"""Embeddings over the wire, and what an endpoint is found to be able to do."""

from __future__ import annotations

import base64
import math
import struct
from collections.abc import AsyncIterator, Callable
from datetime import UTC, datetime
from typing import Any

import pytest

from bot.language_model.budget import Limit, Limits
from bot.language_model.capabilities import EndpointFinding, endpoint_report
from bot.language_model.costs import read_prices
from bot.language_model.embeddings import Embeddings, read_vectors
from bot.language_model.endpoints import Endpoint
from bot.language_model.metering import Meter
from bot.language_model.port import ModelFailed, ModelOutcome
from bot.language_model.wire import Trouble, Wire
from bot.library.model_store import MemoryModelStore
from tests.protocol.conftest import Clock
from tests.protocol.model_server import ModelServer

NOON = datetime(2026, 3, 2, 12, tzinfo=UTC)
KEY = "sk-canary-77aa01"
Made = Callable[..., Embeddings]


@pytest.fixture
async def server() -> AsyncIterator[ModelServer]:
    async with ModelServer() as running:
        yield running


@pytest.fixture
async def made(server: ModelServer) -> AsyncIterator[Made]:
    opened: list[Embeddings] = []

    def make(limits: Limits | None = None, store: MemoryModelStore | None = None, **options: Any) -> Embeddings:
        meter = Meter(store or MemoryModelStore(), limits or Limits(), {}, now=lambda: NOON)
        wire = Wire(Endpoint(server.url, server.model, KEY))
        clock = Clock()
        opened.append(
            Embeddings(wire, meter, clock=clock.now, sleep=clock.sleep, jitter=lambda: 1.0, **options)
        )
        return opened[-1]

    yield make
    for one in opened:
        await one.close()


def near(one: Any, other: Any) -> float:
    return math.fsum(a * b for a, b in zip(one, other, strict=True))


async def test_texts_come_back_in_order_in_batches_each_of_length_one(server: ModelServer, made: Made) -> None:
    store = MemoryModelStore()
    embedder = made(batch_texts=3, store=store)
    texts = [f"boat number {n} {'harbour ' * n}" for n in range(8)]
    vectors = await embedder.embed(texts, kind="passage")
    assert (len(vectors), vectors.dimension, embedder.dimension) == (8, 8, 8)
    assert sorted(len(asked.body["input"]) for asked in server.asked) == [2, 3, 3]
    for number in range(8):
        vector = vectors.vector(number)
        assert math.hypot(*vector) == pytest.approx(1, abs=1e-6)
        alone = (await embedder.embed([texts[number]], kind="passage")).vector(0)
        assert near(vector, alone) == pytest.approx(1, abs=1e-6)
    assert len(await embedder.embed([], kind="query")) == 0
    [row, *_] = await store.calls()
    assert (row.call.task, row.call.prompt) == ("embed", "embed@1")
    assert row.end is not None
    assert row.end.tokens_in < row.call.tokens


async def test_questions_and_passages_get_what_their_model_wants_before_them(server: ModelServer, made: Made) -> None:
    embedder = made(query_prefix="query: ", passage_prefix="passage: ")
    await embedder.embed(["boats\ud800"], kind="query")
    await embedder.embed(["boats"], kind="passage")
    assert [asked.body["input"] for asked in server.asked] == [["query: boats?"], ["passage: boats"]]
    assert embedder.model != made().model, "other vectors are another model's"


async def test_a_batch_that_is_too_large_is_halved_and_what_passes_is_tried_again(server: ModelServer, made: Made) -> None:
    server.most_inputs = 2
    server.next_moods = ["503"]
    vectors = await made().embed(["a boat", "a ship", "a ferry", "a raft", "a canoe"], kind="passage")
    assert len(vectors) == 5
    server.most_inputs = 0
    with pytest.raises(ModelFailed) as failed:
        await made().embed(["a boat"], kind="passage")
    assert failed.value.code == "model-too-long"


@pytest.mark.parametrize(
    "vectors",
    [
        [[1.0, 0.0]],
        [[1.0, 0.0], [1.0]],
        [[0.0, 0.0], [1.0, 0.0]],
        [[[1.0, 0.0], [0.0, 1.0]], [[1.0, 0.0], [0.0, 1.0]]],
        [["1.0", 0.0], [1.0, 0.0]],
        [[True, False], [1.0, 0.0]],
        [[1e308, 1e308, 1e308, 1e308], [1.0, 0.0, 0.0, 0.0]],
        ["no base64!", [1.0, 0.0]],
        [None, [1.0, 0.0]],
    ],
)  # fmt: skip
async def test_what_is_not_one_vector_a_text_is_refused(server: ModelServer, made: Made, vectors: list[Any]) -> None:
    server.vectors = lambda _: vectors
    with pytest.raises(ModelFailed) as failed:
        await made().embed(["a", "b"], kind="passage")
    assert failed.value.outcome is ModelOutcome.CUT


def test_vectors_are_put_in_order_and_read_from_base64() -> None:
    packed = base64.b64encode(struct.pack("<2f", 0.0, 2.0)).decode()
    rows = [{"index": 1, "embedding": packed}, {"index": 0, "embedding": [[3.0, 4.0]]}]
    first, second = read_vectors({"data": rows}, 2, 2)
    assert list(first) == pytest.approx([0.6, 0.8])
    assert list(second) == [0.0, 1.0]
    unusable: list[Any] = [{"data": rows[:1] * 2}, {"data": [{"index": "x"}, rows[0]]}, [], {"data": [1, 2]}]
    for wrong in unusable:
        with pytest.raises(Trouble):
            read_vectors(wrong, 2, 0)


async def test_vectors_have_a_budget_too(server: ModelServer, made: Made) -> None:
    embedder = made(limits=Limits(day=Limit(tokens=40)))
    await embedder.embed(["a boat"], kind="query")
    with pytest.raises(ModelFailed) as failed:
        await embedder.embed(["a boat " * 10], kind="query")
    assert failed.value.outcome is ModelOutcome.BUDGET
    assert len(server.asked) == 1


# --- what an endpoint can do ---


def findings(report: tuple[EndpointFinding, ...]) -> dict[str, str]:
    return {found.check: found.verdict for found in report}


async def test_a_good_endpoint_is_reported_as_one(server: ModelServer) -> None:
    server.says = lambda asked: '{"colour": "red", "number": 4}' if asked.wanted != "none" else "hello"
    endpoint = Endpoint(server.url, server.model, KEY)
    report = await endpoint_report([endpoint], [endpoint], prices=read_prices("*=1/2"))
    assert findings(report) == dict.fromkeys(("price", "model", "reply", "limit", "stream", "form", "vectors"), "ok")
    assert all(found.endpoint == f"{server.url} small" and found.detail for found in report)
    assert not any(KEY in repr(found) for found in report)


@pytest.mark.parametrize(
    ("quirks", "expected"),
    [
        ({"schema": "400", "streams": False, "counts": False}, {"form": "note", "stream": "note", "limit": "note"}),
        ({"schema": "ignores", "knows_usage": False}, {"form": "note", "reply": "ok"}),
        ({"key": "another"}, {"reach": "failed"}),
        ({"mood": "404"}, {"reply": "failed"}),
    ],
)
async def test_what_an_endpoint_lacks_is_noted(quirks: dict[str, Any], expected: dict[str, str]) -> None:
    async with ModelServer(**quirks) as server:
        report = await endpoint_report([Endpoint(server.url, "another", KEY)], limit_s=60)
        found = findings(report)
        assert expected.items() <= found.items()
        assert not any(KEY in repr(one) for one in report), "though the server repeats it"


async def test_an_endpoint_that_is_not_there_is_reported_in_one_line() -> None:
    async with ModelServer() as server:
        url = server.url
    report = await endpoint_report([Endpoint(url, "m")], [Endpoint(url, "m")], limit_s=60)
    assert [(one.check, one.verdict) for one in report if one.check != "price"] == [("reach", "failed")] * 2
