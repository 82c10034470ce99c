"""What an endpoint can do, found out by asking it: the rows that `verbatim check` prints.

A few requests of a few tokens each, with words of our own: no document is shown, no budget asked. A key is never shown.
"""

from __future__ import annotations

import asyncio
import json
import time
from collections.abc import Awaitable, Callable, Mapping, Sequence
from dataclasses import dataclass
from functools import partial
from typing import Any, Final, Literal

from bot.language_model import costs
from bot.language_model.abilities import Abilities
from bot.language_model.chat_completions import BrokenOff, ChatCompletions, Said
from bot.language_model.costs import Price
from bot.language_model.cures import kind_of
from bot.language_model.embeddings import PATH as EMBEDDINGS_PATH
from bot.language_model.embeddings import read_vectors
from bot.language_model.endpoints import Endpoint
from bot.language_model.models import list_models
from bot.language_model.port import ModelRequest
from bot.language_model.wire import TooMuch, Trouble, Wire, read_json, utc_now

LIMIT_S: Final = 20.0
_NOBODY_THERE: Final = frozenset({"down", "host", "certificate", "tls", "key"})  # then nothing further is asked
_SCHEMA: Final[Mapping[str, Any]] = {
    "type": "object",
    "properties": {"colour": {"type": "string", "enum": ["red", "blue"]}, "number": {"type": "integer"}},
    "required": ["colour", "number"],
    "additionalProperties": False,
}
_PLAIN_TOKENS: Final = 16  # and what the settings give for thinking
_FORM_TOKENS: Final = 64


@dataclass(frozen=True, slots=True)
class EndpointFinding:
    """One thing that was found out about an endpoint."""

    endpoint: str  # its address and model
    check: str  # "reach", "model", "reply", "limit", "form", "stream", "price", "key", "vectors": short and stable
    verdict: Literal["ok", "note", "failed"]  # note: it works, but less well
    detail: str  # one line for the owner
    mend: str = ""  # which of `cures.CURES` helps


async def endpoint_report(
    endpoints: Sequence[Endpoint],
    embedders: Sequence[Endpoint] = (),
    *,
    prices: Mapping[str, Price] | None = None,
    thinking_tokens: int = 0,
    limit_s: float = LIMIT_S,
) -> tuple[EndpointFinding, ...]:
    """What each of them can do, in their order. Raises nothing. A host is asked one thing at a time, each within
    `limit_s`."""
    known = prices or {}
    jobs = [(endpoint, partial(_of_chat, endpoint, known, limit_s, thinking_tokens)) for endpoint in endpoints]
    jobs += [(endpoint, partial(_of_embedder, endpoint, known, limit_s)) for endpoint in embedders]
    turns = {endpoint.host: asyncio.Lock() for endpoint, _ in jobs}  # one thing at a time for a host: some drop others

    async def in_turn(endpoint: Endpoint, job: Callable[[], Awaitable[list[EndpointFinding]]]) -> list[EndpointFinding]:
        async with turns[endpoint.host]:
            return await job()

    reports = await asyncio.gather(*(in_turn(endpoint, job) for endpoint, job in jobs))
    return tuple(finding for report in reports for finding in report)


class _Report:
    def __init__(self, endpoint: Endpoint, thinking_tokens: int = 0) -> None:
        self.endpoint = endpoint
        self.thinking_tokens = thinking_tokens
        self.findings: list[EndpointFinding] = []

    def add(self, check: str, verdict: Literal["ok", "note", "failed"], detail: str, mend: str = "") -> None:
        self.findings.append(EndpointFinding(self.endpoint.name, check, verdict, self._clean(detail), mend))

    def failed(self, check: str, trouble: Trouble) -> None:
        """The server's own words may be shown here: it was asked nothing that is anybody's secret."""
        words = " ".join(trouble.complaint.split())[:200]
        status = f" (HTTP {trouble.status})" if trouble.status else ""
        self.add(check, "failed", f"{trouble.code}{status}{': ' + words if words else ''}", kind_of(trouble.code))

    def _clean(self, text: str) -> str:
        text = "".join(character if character.isprintable() else " " for character in text)
        return text.replace(self.endpoint.key, "••••••") if self.endpoint.key else text

    def price(self, prices: Mapping[str, Price]) -> None:
        price = costs.price_of(self.endpoint, prices)
        if price is None:
            self.add("price", "note", "not known: a budget of money cannot be kept; set model_prices")
        elif price == costs.FREE:
            self.add("price", "ok", "costs nothing")
        else:
            self.add("price", "ok", f"{price.read} in, {price.written} out, for a million tokens")
        if self.endpoint.sends_key_in_the_open:
            self.add("key", "note", "the key goes over the network unencrypted: use https")

    async def listed(self, wire: Wire, limit_s: float) -> bool:
        """Whether it can be reached at all. Not every server lists its models."""
        try:
            names = await list_models(wire, limit_s=limit_s)
        except Trouble as trouble:
            if kind_of(trouble.code) in _NOBODY_THERE:
                self.failed("reach", trouble)
                return False
            self.add("model", "note", f"does not list its models ({trouble.code})")
            return True
        if self.endpoint.model in names:
            self.add("model", "ok", f"listed, one of {len(names)}")
        else:
            shown = ", ".join(names[:5]) or "none"
            self.add("model", "note", f"not listed; there are: {shown}{' …' if len(names) > 5 else ''}")
        return True


async def _of_chat(
    endpoint: Endpoint, prices: Mapping[str, Price], limit_s: float, thinking_tokens: int
) -> list[EndpointFinding]:
    report, wire = _Report(endpoint, thinking_tokens), Wire(endpoint)
    try:
        report.price(prices)
        if await report.listed(wire, limit_s):
            await _replies(report, wire, limit_s)
    finally:
        await wire.close()
    return report.findings


async def _replies(report: _Report, wire: Wire, limit_s: float) -> None:
    chat = ChatCompletions(wire)
    began_s, most = time.monotonic(), _PLAIN_TOKENS + report.thinking_tokens
    try:
        said = await _ask(chat, "Say one word: hello.", None, most, limit_s)
    except Trouble as trouble:
        report.failed("reply", trouble)
        return
    seconds = time.monotonic() - began_s
    report.add("reply", "ok", f"answers after {seconds:.1f} s")
    if said.tokens_out is None:
        report.add("limit", "note", "counts no tokens: the most that a call can be counts against the budget")
    elif said.tokens_out > most or said.finish == "cut":
        report.add("limit", "note", f"says more than max_tokens allows: {said.tokens_out} for {most}")
    else:
        report.add("limit", "ok", f"{said.tokens_in or 0} tokens in, {said.tokens_out} out")
    abilities = chat.abilities
    if not said.streamed:
        report.add("stream", "note", "does not stream: a reply that comes too late is lost as a whole")
    else:
        report.add("stream", "ok", "streams" if abilities.usage_in_stream else "streams, without counting tokens")
    await _forms(report, wire, abilities, limit_s)


async def _forms(report: _Report, wire: Wire, abilities: Abilities, limit_s: float) -> None:
    """Whether it keeps to a form. A small model may not, whatever its server can do."""
    chat = ChatCompletions(wire, abilities)
    question = 'Reply with a JSON object: {"colour": "red" or "blue", "number": a whole number}. Nothing else.'
    try:
        said = await _ask(chat, question, _SCHEMA, _FORM_TOKENS + report.thinking_tokens, limit_s)
    except Trouble as trouble:
        report.failed("form", trouble)
        return
    form = chat.abilities.form
    kept = _keeps_form(said.text)
    if form == "json_schema" and kept:
        report.add("form", "ok", "keeps to a JSON schema")
    elif kept:
        report.add("form", "note", f"knows no JSON schema ({form}), but kept to one in words")
    else:
        report.add("form", "note", f"does not keep to a form ({form}): many of its replies will not be used")


async def _ask(
    chat: ChatCompletions, question: str, schema: Mapping[str, Any] | None, tokens: int, limit_s: float
) -> Said:
    request = ModelRequest(
        task="check", prompt="check@1", system="You answer briefly.", user=question, schema=schema, max_tokens=tokens,
        time_limit_s=limit_s,
    )  # fmt: skip
    try:
        try:
            return await chat.ask(request, limit_s=limit_s)
        except Trouble as trouble:
            if trouble.status != 500 or schema is None:
                raise
            said = await chat.ask(request, limit_s=limit_s, doubts=1)  # some answer so to a form they do not know
    except BrokenOff as broken:
        return broken.said
    return said


def _keeps_form(text: str) -> bool:
    try:
        said = json.loads(text)
    except (ValueError, RecursionError):
        return False
    return (
        isinstance(said, dict)
        and said.keys() == {"colour", "number"}
        and said["colour"] in ("red", "blue")
        and isinstance(said["number"], int)
    )


async def _of_embedder(endpoint: Endpoint, prices: Mapping[str, Price], limit_s: float) -> list[EndpointFinding]:
    report, wire = _Report(endpoint), Wire(endpoint)
    try:
        report.price(prices)
        if await report.listed(wire, limit_s):
            body = {"model": endpoint.model, "input": ["a boat", "ein Boot"], "encoding_format": "float"}
            async with wire.exchange(EMBEDDINGS_PATH, body, limit_s=limit_s) as answer:
                if answer.status != 200:
                    raise await answer.trouble(now=utc_now())
                vectors = read_vectors(read_json(await answer.body(4_000_000)), 2, 0)
            report.add("vectors", "ok", f"{len(vectors[0])} dimensions")
    except Trouble as trouble:
        report.failed("vectors", trouble)
    except (ValueError, TooMuch):
        report.add("vectors", "failed", "its answer holds no vectors")
    finally:
        await wire.close()
    return report.findings
