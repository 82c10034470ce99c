"""Asking language models over the wire: forms, streams, failures, several endpoints, the budget, and what stays secret."""

from __future__ import annotations

import asyncio
import contextlib
import json
import logging
from collections.abc import AsyncIterator, Callable, Mapping
from dataclasses import dataclass, field, replace
from datetime import UTC, datetime
from types import SimpleNamespace
from typing import Any

import pytest

from bot.language_model.budget import Limit, Limits, charges, most_tokens
from bot.language_model.chat_completions import ChatCompletions
from bot.language_model.costs import Price, read_prices
from bot.language_model.endpoints import Endpoint
from bot.language_model.metering import Meter
from bot.language_model.models import list_models
from bot.language_model.port import ModelFailed, ModelOutcome, ModelReply, ModelRequest, Payer, Verdict
from bot.language_model.prompt_files import PromptFiles, prompt_folders
from bot.language_model.switchboard import TRIES, Line, Switchboard
from bot.language_model.wire import Wire
from bot.library.model_store import MemoryModelStore
from tests.protocol.conftest import Clock
from tests.protocol.model_server import ModelServer

NOON = datetime(2026, 3, 2, 12, tzinfo=UTC)
KEY = "sk-canary-5d1c77"
SCHEMA: Mapping[str, Any] = {
    "type": "object",
    "properties": {
        "sentences": {
            "type": "array",
            "items": {
                "type": "object",
                "properties": {"text": {"type": "string"}, "supports": {"type": "array", "items": {"type": "integer"}}},
                "required": ["text", "supports"],
                "additionalProperties": False,
            },
        },
        "abstain": {"type": "boolean"},
        "reason": {"type": "string"},
    },
    "required": ["sentences", "abstain", "reason"],
    "additionalProperties": False,
}
FERRY = "The ferry ran aground with 94 people on board."
DIVERS = "Divers searched the hull until midnight."
ROWS = [
    SimpleNamespace(number=n, text=text, before="", outlet="The Harbour Post", day="", said_by="", caveats=())
    for n, text in ((1, FERRY), (2, DIVERS))
]
VALUES = {"language": "en", "question": "How many people were on the ferry?", "most_sentences": 3, "rows": ROWS}


PROMPTS = PromptFiles(prompt_folders())


def asking(**changes: Any) -> ModelRequest:
    request = PROMPTS.request("answer", VALUES, schema=SCHEMA, time_limit_s=60)
    return replace(request, **changes)


@dataclass
class Exchange:
    """A switchboard over servers, with a clock that obeys."""

    servers: list[ModelServer]
    limits: Limits = field(default_factory=Limits)
    prices: Mapping[str, Price] = field(default_factory=dict)
    timeout_s: float = 30.0
    clock: Clock = field(default_factory=Clock)
    store: MemoryModelStore = field(default_factory=MemoryModelStore)
    board: Switchboard | None = None
    lines: list[Line] = field(default_factory=list)

    def ready(self) -> Switchboard:
        if self.board is None:
            endpoints = [Endpoint(server.url, server.model, KEY) for server in self.servers]
            self.lines = [Line(ChatCompletions(Wire(endpoint))) for endpoint in endpoints]
            meter = Meter(self.store, self.limits, self.prices, now=lambda: NOON)
            self.board = Switchboard(
                self.lines, meter, self.store, timeout_s=self.timeout_s, clock=self.clock.now, sleep=self.clock.sleep,
                jitter=lambda: 1.0,
            )  # fmt: skip
        return self.board

    async def ask(self, **changes: Any) -> ModelReply:
        return await self.ready().complete(asking(**changes))

    async def fails(self, **changes: Any) -> ModelFailed:
        with pytest.raises(ModelFailed) as caught:
            await self.ask(**changes)
        return caught.value

    async def verdicts(self) -> list[str]:
        return [str(row.end.verdict) for row in reversed(await self.store.calls()) if row.end is not None]


Open = Callable[..., Any]


@pytest.fixture
async def opened() -> AsyncIterator[Open]:
    """Opens servers and a switchboard over them, in their order of preference."""
    async with contextlib.AsyncExitStack() as stack:

        async def open_with(*servers: ModelServer, **options: Any) -> Exchange:
            for server in servers:
                await stack.enter_async_context(server)
            exchange = Exchange(list(servers), **options)
            stack.push_async_callback(exchange.ready().close)
            return exchange

        yield open_with


def sentences(reply: ModelReply) -> list[dict[str, Any]]:
    found: list[dict[str, Any]] = json.loads(reply.text)["sentences"]
    return found


# --- one reply ---


@pytest.mark.parametrize("streams", [True, False])
async def test_a_reply_comes_whole_or_as_a_stream_with_its_price(opened: Open, streams: bool) -> None:
    server = ModelServer(streams=streams, key=KEY)
    at = await opened(server, prices=read_prices("*=1000/2000"))
    reply = await at.ask(payer=Payer("w", "c", "p", "q"))
    assert sentences(reply) == [{"text": FERRY, "supports": [1]}]
    [asked] = server.asked
    assert asked.body["max_tokens"] == 700
    assert asked.body["temperature"] == 0
    assert asked.body["response_format"]["json_schema"]["schema"] == SCHEMA
    assert (reply.model, reply.endpoint, reply.finish) == ("small", server.url, "stop")
    assert reply.tokens_in == len(asked.prompt) // 4
    assert float(reply.cost) == pytest.approx((reply.tokens_in * 1000 + reply.tokens_out * 2000) / 1e6)
    [row] = await at.store.calls()
    assert row.call.prompt.startswith("answer@2+")
    assert row.call.payer == Payer("w", "c", "p", "q")
    assert row.end is not None
    assert (row.end.verdict, row.end.tokens_in, row.end.said) == (Verdict.ANSWERED, reply.tokens_in, "")
    assert "======== user" in str(await at.store.prompt_template(row.call.prompt))


@pytest.mark.parametrize(
    ("quirks", "form", "requests"),
    [
        ({"schema": "400"}, "json_object", 2),
        ({"schema": "500"}, "json_object", 2),
        ({"schema": "400", "json_object": "400"}, "none", 3),
        ({"max_field": "max_completion_tokens", "temperature": False}, "json_schema", 3),
        ({"knows_usage": False}, "json_schema", 2),
        ({"system": False}, "json_schema", 2),
        ({"done": False, "counts": True}, "json_schema", 1),
    ],
)
async def test_what_a_server_complains_of_is_left_out_and_remembered(
    opened: Open, quirks: dict[str, Any], form: str, requests: int
) -> None:
    server = ModelServer(**quirks)
    at = await opened(server)
    assert sentences(await at.ask()) == [{"text": FERRY, "supports": [1]}]
    assert len(server.asked) == requests
    assert server.asked[-1].wanted == form
    assert '"additionalProperties"' in server.asked[-1].prompt or form == "json_schema", "then the schema is told in words"
    await at.ask()
    assert len(server.asked) == requests + 1, "asked rightly at once"
    [row, _] = await at.store.calls()
    assert row.end is not None
    assert row.end.tokens_in > 0
    assert at.clock.slept == []
    # Another process knows it from the first.
    other = Exchange([server], store=at.store)
    try:
        await other.ask()
        assert len(server.asked) == requests + 2
    finally:
        await other.ready().close()


async def test_an_inner_error_that_says_nothing_is_asked_again_then_in_a_weaker_form(opened: Open) -> None:
    server = ModelServer(schema="obeys", json_object="500")
    server.next_moods = ["500", "500"]
    at = await opened(server)
    at.ready()
    assert sentences(await at.ask())[0]["supports"] == [1]
    assert [asked.wanted for asked in server.asked] == ["json_schema", "json_schema", "json_object", "none"]
    assert await at.verdicts() == ["down", "down", "down", "answered"]


async def test_a_server_that_counts_no_tokens_is_charged_the_most_it_can_have_been(opened: Open) -> None:
    at = await opened(ModelServer(counts=False))
    reply = await at.ask()
    request = asking()
    assert reply.tokens_out == request.max_tokens
    assert reply.tokens_in > len((request.system + request.user).encode())


async def test_thoughts_before_a_reply_are_no_part_of_it(opened: Open) -> None:
    at = await opened(ModelServer(mood="thinking"))
    assert sentences(await at.ask()) == [{"text": FERRY, "supports": [1]}]


async def test_connections_are_used_again_and_never_more_than_four(opened: Open) -> None:
    server = ModelServer(streams=False)
    at = await opened(server)
    server.hold = asyncio.Event()
    asked = [asyncio.create_task(at.ask()) for _ in range(12)]
    await server.until(lambda: server.open_at_once == 4)
    server.hold.set()
    await asyncio.gather(*asked)
    assert server.most_at_once == 4
    assert server.connections == 4


# --- what goes wrong ---


@pytest.mark.parametrize(
    ("mood", "outcome", "requests"),
    [
        ("401", ModelOutcome.REFUSED, 1),
        ("402", ModelOutcome.LIMITED, 1),
        ("404", ModelOutcome.REFUSED, 1),
        ("too-long", ModelOutcome.REFUSED, 1),
        ("502", ModelOutcome.DOWN, TRIES),
        ("reset", ModelOutcome.DOWN, TRIES),
        ("not-http", ModelOutcome.DOWN, TRIES),
        ("redirect", ModelOutcome.REFUSED, 1),
        ("html", ModelOutcome.CUT, 1),
        ("packed", ModelOutcome.CUT, 1),
        ("empty", ModelOutcome.EMPTY, 1),
        ("refusing", ModelOutcome.REFUSED, 1),
    ],
)
async def test_each_failure_has_its_reason_and_its_row(
    opened: Open, mood: str, outcome: ModelOutcome, requests: int
) -> None:
    server = ModelServer(mood=mood)
    at = await opened(server)
    failed = await at.fails()
    assert failed.outcome is outcome
    assert "quotes themselves" in failed.person
    assert len(server.asked) == requests
    assert await at.verdicts() == [str(outcome)] * requests


async def test_a_server_that_is_not_there_costs_nothing(opened: Open) -> None:
    server = ModelServer()
    at = await opened(server)
    await server.__aexit__(None, None, None)
    assert (await at.fails()).outcome is ModelOutcome.DOWN
    assert all(row.end is not None and row.end.tokens_in == 0 for row in await at.store.calls())


async def test_who_answers_too_late_is_charged_the_most_it_can_have_been(opened: Open) -> None:
    at = await opened(ModelServer(mood="silent"), timeout_s=0.1)
    assert (await at.fails()).outcome is ModelOutcome.SLOW
    [row] = await at.store.calls()
    assert row.end is not None
    assert row.end.tokens_in + row.end.tokens_out == row.call.tokens


async def test_a_stream_that_breaks_off_gives_what_had_come(opened: Open) -> None:
    server = ModelServer(mood="cut")
    at = await opened(server)
    reply = await at.ask()
    assert reply.finish == "cut"
    assert reply.text
    assert FERRY.startswith(reply.text)
    assert await at.verdicts() == ["cut", "cut"], "asked again once"
    server.next_moods = ["cut", "reset"]
    assert (await at.ask()).text == reply.text, "what came of the first is not lost"


async def test_a_stream_that_ends_without_a_reason_was_broken_off(opened: Open) -> None:
    """Some servers do that when the next request comes."""
    at = await opened(ModelServer(next_moods=["interrupted"]))
    reply = await at.ask()
    assert reply.finish == "cut"
    assert len(await at.verdicts()) == 1


async def test_a_stream_without_a_word_is_asked_for_whole_to_hear_why(opened: Open) -> None:
    server = ModelServer(next_moods=["empty-stream", "empty-stream", "honest"])
    at = await opened(server)
    assert (await at.fails()).code == "model-too-long"
    assert [asked.body.get("stream", False) for asked in server.asked] == [True, False]
    server.asked.clear()
    server.next_moods = ["empty-stream", "reset", "too-long", "honest"]
    assert (await at.fails()).code == "model-too-long", "though the server closed the connection meanwhile"
    assert sentences(await at.ask()), "and nothing is learned from it"
    assert server.asked[-1].body["stream"]


async def test_an_endless_reply_is_cut(opened: Open) -> None:
    server = ModelServer(mood="endless")
    at = await opened(server)
    reply = await at.ask(max_tokens=20)
    assert reply.finish == "cut"
    assert len(reply.text) < 20 * 32 + 300
    server.streams = False
    assert len((await at.ask(max_tokens=20)).text) < 20 * 32 + 300


async def test_a_limit_is_waited_for_as_the_server_says(opened: Open) -> None:
    server = ModelServer(next_moods=["429", "429"], head={"Retry-After": "7"})
    at = await opened(server)
    assert sentences(await at.ask())
    assert at.clock.slept == [7.0, 7.0]
    assert await at.verdicts() == ["limited", "limited", "answered"]


async def test_a_limit_that_outlasts_the_question_is_not_waited_for(opened: Open) -> None:
    at = await opened(ModelServer(mood="429", head={"x-ratelimit-reset-tokens": "6m0s", "x-ratelimit-remaining-tokens": "0"}))
    assert (await at.fails()).outcome is ModelOutcome.LIMITED
    assert at.clock.slept == []
    assert (await at.fails()).outcome is ModelOutcome.LIMITED
    assert len(at.servers[0].asked) == 1, "and nobody asks meanwhile"
    at.clock.now_s += 361
    at.servers[0].mood = "honest"
    assert sentences(await at.ask())


# --- several endpoints ---


async def test_the_next_endpoint_is_asked_where_the_first_fails(opened: Open) -> None:
    first, second = ModelServer(mood="404"), ModelServer()
    at = await opened(first, second)
    assert (await at.ask()).endpoint == second.url
    first.mood = "honest"
    assert (await at.ask()).endpoint == second.url, "the first rests: somebody has to change something there"
    at.clock.now_s += 601
    assert (await at.ask()).endpoint == first.url, "then it is tried, and preferred again"


async def test_an_endpoint_that_fails_often_is_left_alone_then_tried_by_one(opened: Open) -> None:
    first, second = ModelServer(mood="503"), ModelServer()
    at = await opened(first, second)
    for _ in range(6):
        assert (await at.ask()).endpoint == second.url
    tried = len(first.asked)
    assert tried == 4 * TRIES
    at.clock.now_s += 21
    first.mood = "honest"
    replies = await asyncio.gather(*(at.ask() for _ in range(3)))
    assert sorted(reply.endpoint for reply in replies) == sorted([first.url, second.url, second.url])
    assert (await at.ask()).endpoint == first.url


async def test_half_a_reply_of_the_first_is_worth_less_than_a_whole_of_the_second(opened: Open) -> None:
    first, second = ModelServer(mood="cut"), ModelServer()
    at = await opened(first, second)
    assert (await at.ask()).endpoint == second.url
    second.mood = "503"
    assert (await at.ask()).finish == "cut"


# --- the budget ---


def most_of(request: ModelRequest) -> int:
    return sum(most_tokens(request))


async def test_what_may_not_be_spent_is_not_asked(opened: Open) -> None:
    request = asking()
    most = most_of(request) + 2000
    server = ModelServer()
    at = await opened(server, limits=Limits(user=Limit(tokens=most)))
    anna = Payer("w", "c", "anna", "q1")
    assert await at.ask(payer=anna)
    while (spent := (await at.store.spent([next(c for c in charges(anna, Limits(), NOON) if c.scope == "user")]))[0].tokens) + most_of(request) <= most:
        await at.ask(payer=anna)
    told = len(server.asked)
    failed = await at.fails(payer=anna)
    assert failed.outcome is ModelOutcome.BUDGET
    assert failed.shortage is not None
    assert (failed.shortage.scope, failed.shortage.unit) == ("user", "tokens")
    assert failed.shortage.until is not None
    assert len(server.asked) == told > 1
    assert spent <= most
    assert await at.ask(payer=replace(anna, person="ben")), "another person has a budget of their own"


async def test_ten_times_too_many_questions_at_once_stay_within_the_budget(opened: Open) -> None:
    server = ModelServer(streams=False)
    at = await opened(server, limits=Limits(day=Limit(tokens=40_000)))
    replies = await asyncio.gather(*(at.ask() for _ in range(60)), return_exceptions=True)
    told = [reply for reply in replies if isinstance(reply, ModelReply)]
    assert 0 < sum(reply.tokens_in + reply.tokens_out for reply in told) <= 40_000
    assert len(server.asked) == len(told) < 60
    assert all(isinstance(reply, ModelReply) or getattr(reply, "code", "") == "budget-day" for reply in replies)


async def test_without_a_price_no_budget_of_money_is_spent(opened: Open) -> None:
    at = await opened(ModelServer(), limits=Limits(day=Limit(money=10)))
    assert sentences(await at.ask()), "a server in our own network costs nothing"
    at.lines[0].chat.wire.endpoint = replace(at.lines[0].chat.wire.endpoint, url="https://models.example/v1")
    assert (await at.fails()).code == "budget-no-price"


async def test_whoever_stops_waiting_is_charged_the_most_it_can_have_been(opened: Open) -> None:
    server = ModelServer(mood="silent")
    at = await opened(server)
    task = asyncio.create_task(at.ask())
    await server.until(lambda: bool(server.asked))
    task.cancel()
    with pytest.raises(asyncio.CancelledError):
        await task
    assert await at.verdicts() == ["cancelled"]


# --- secrets ---


@pytest.mark.parametrize("mood", ["honest", "400", "401", "reset", "error-in-stream"])
async def test_neither_key_nor_words_reach_a_log_an_error_or_a_repr(
    opened: Open, mood: str, caplog: pytest.LogCaptureFixture
) -> None:
    caplog.set_level(logging.DEBUG)
    server = ModelServer(mood=mood)
    at = await opened(server)
    request = asking()
    told = [repr(request), repr(at.lines[0].chat.wire.endpoint), repr(at.lines[0])]
    try:
        told.append(repr(await at.ready().complete(request)))
    except ModelFailed as failed:
        told += [repr(failed), failed.log, failed.person]
    assert server.asked[-1].fields["authorization"] == f"Bearer {KEY}"
    told += [f"{record.getMessage()} {vars(record)}" for record in caplog.records]
    assert not [line for line in told if KEY in line or "ferry" in line or "numbered sentences" in line]


async def test_cookies_are_not_kept_and_nothing_packed_is_asked_for(opened: Open) -> None:
    server = ModelServer(head={"Set-Cookie": "who=you; Path=/"})
    at = await opened(server)
    await at.ask()
    await at.ask()
    assert "cookie" not in server.asked[-1].fields
    assert server.asked[-1].fields["accept-encoding"] == "identity"


async def test_the_models_of_a_server_are_listed() -> None:
    async with ModelServer(model="tiny") as server:
        wire = Wire(Endpoint(server.url, "tiny"))
        assert await list_models(wire, limit_s=30) == ("tiny",)
        await wire.close()
