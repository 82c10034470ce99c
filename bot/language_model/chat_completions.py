"""Chat completions: one request in the words of OpenAI's API, whole or as a stream, and the text that comes back.

A form is asked for as well as the endpoint can: by a JSON schema, by "some JSON object", or in words alone; what it can
is learned from its complaints, and only from requests that then worked. A reply ends at its finish reason or at the end
of the stream, whichever comes first: some servers send no `[DONE]`, some no usage, some chunks without choices.
"""

from __future__ import annotations

import asyncio
import json
import re
from collections.abc import AsyncGenerator, AsyncIterator, Callable, Mapping
from contextlib import aclosing
from dataclasses import dataclass, field, replace
from datetime import datetime
from typing import Any, Final

from bot.language_model.abilities import USUAL, Abilities
from bot.language_model.port import ModelOutcome, ModelRequest
from bot.language_model.wire import NO_ANSWER, Answer, TooMuch, Trouble, Wire, read_json, utc_now

PATH: Final = "/chat/completions"
STEPS_DOWN: Final = 8
EMPTY_STREAM: Final = "empty-stream"  # how `llama_cpp.server` refuses a request; asked for it whole, it says why
USAGE_WAIT_S: Final = 2.0  # after the last word, for the chunk that says what it cost

# A token is rarely more than a dozen characters; the JSON around one in a stream is up to some hundred bytes.
_TEXT_PER_TOKEN: Final = 32
_STREAM_PER_TOKEN: Final = 1024
_FRAME_BYTES: Final = 65_536

_LONE: Final = re.compile("[\ud800-\udfff]")
_NAME: Final = re.compile(r"[^A-Za-z0-9_-]")
_REFUSALS: Final = frozenset({"content_filter", "refusal"})
_COMPLAINING: Final = frozenset({400, 404, 415, 422, 500, 501})


@dataclass(frozen=True, slots=True)
class Said:
    """A reply as it came. Tokens are None when the server counts none."""

    text: str = field(repr=False)
    finish: str  # as in ModelReply
    tokens_in: int | None = None
    tokens_out: int | None = None
    rests_s: float | None = None  # the endpoint takes nothing more for so long
    streamed: bool = False


class BrokenOff(Exception):
    """It broke off, but what had come is there."""

    def __init__(self, said: Said, trouble: Trouble) -> None:
        self.said, self.trouble = said, trouble
        super().__init__(trouble.code)


class ChatCompletions:
    """Asks one endpoint. `abilities` is what it is known to be able to do; it changes as that is learned."""

    def __init__(
        self, wire: Wire, abilities: Abilities = USUAL, *, now: Callable[[], datetime] = utc_now
    ) -> None:
        self.wire = wire
        self.abilities = abilities
        self._now = now

    async def ask(self, request: ModelRequest, *, limit_s: float, doubts: int = 0) -> Said:
        """One reply within `limit_s`. Raises Trouble, and BrokenOff when there is a part of one.

        `doubts`: how often the endpoint failed in a way that may be its answer to a form it does not know; the form is
        asked for so many steps weaker.
        """
        abilities = self.abilities
        for _ in range(doubts):
            abilities = abilities.lower_form()
        tried = {abilities}
        again = True
        end_s = asyncio.get_running_loop().time() + limit_s
        while True:
            try:
                said = await self._asked(request, abilities, max(0.01, end_s - asyncio.get_running_loop().time()))
            except Trouble as trouble:
                if again and trouble.code == NO_ANSWER and len(tried) > 1:
                    again = False  # the server closed the connection behind what it refused
                    continue
                weaker = _weaker(abilities, trouble)
                if weaker is None or weaker in tried or len(tried) > STEPS_DOWN:
                    raise
                abilities = weaker
                tried.add(abilities)
            except BrokenOff:
                self._learn(request, abilities)
                raise
            else:
                self._learn(request, abilities)
                return said

    def _learn(self, request: ModelRequest, abilities: Abilities) -> None:
        if request.schema is not None or abilities.form == self.abilities.form:
            self.abilities = abilities

    async def _asked(self, request: ModelRequest, abilities: Abilities, limit_s: float) -> Said:
        body = body_of(request, abilities, self.wire.endpoint.model)
        reading = Reading(request.max_tokens * _TEXT_PER_TOKEN + 256)
        try:
            async with self.wire.exchange(PATH, body, limit_s=limit_s) as answer:
                if answer.status != 200:
                    raise await answer.trouble(now=self._now())
                reading.rests_s = answer.rests_s
                if answer.media_type == "text/event-stream":
                    await reading.stream(answer, request.max_tokens * _STREAM_PER_TOKEN + _FRAME_BYTES)
                else:
                    await reading.whole(answer, request.max_tokens * 2 * _TEXT_PER_TOKEN + _FRAME_BYTES)
        except Trouble as trouble:
            if reading.text and trouble.outcome in (ModelOutcome.SLOW, ModelOutcome.DOWN, ModelOutcome.CUT):
                raise BrokenOff(reading.said("cut"), trouble) from trouble
            raise
        return reading.end()


def body_of(request: ModelRequest, abilities: Abilities, model: str) -> dict[str, Any]:
    """A request as this endpoint understands it."""
    system, user = _LONE.sub("\ufffd", request.system), _LONE.sub("\ufffd", request.user)
    if request.schema is not None and abilities.form != "json_schema":
        form = json.dumps(request.schema, ensure_ascii=False, separators=(",", ":"))
        system = f"{system}\n\nThe JSON schema of your reply: {form}".strip()
    if abilities.system and system:
        messages = [{"role": "system", "content": system}, {"role": "user", "content": user}]
    else:
        messages = [{"role": "user", "content": f"{system}\n\n{user}".strip()}]
    body: dict[str, Any] = {"model": model, "messages": messages, abilities.max_field: request.max_tokens}
    if abilities.temperature:
        body["temperature"] = request.temperature
    if abilities.stream:
        body["stream"] = True
        if abilities.usage_in_stream:
            body["stream_options"] = {"include_usage": True}
    if request.schema is not None and abilities.form == "json_schema":
        name = _NAME.sub("_", request.task)[:64] or "reply"
        schema = {"name": name, "strict": True, "schema": request.schema}
        body["response_format"] = {"type": "json_schema", "json_schema": schema}
    elif request.schema is not None and abilities.form == "json_object":
        body["response_format"] = {"type": "json_object"}
    return body


def _weaker(abilities: Abilities, trouble: Trouble) -> Abilities | None:
    """How to ask instead, when the trouble may be the way that was asked."""
    if trouble.code == EMPTY_STREAM and abilities.stream:
        return replace(abilities, stream=False)
    if trouble.status not in _COMPLAINING or trouble.code in ("too-long", "unwanted"):
        return None
    weaker = abilities.after(trouble.complaint)
    if trouble.status in (400, 415, 422, 501):
        return weaker
    # Of an inner error and of a path that is not there only what the words say is believed: servers have bad moments.
    named = weaker is not None and abilities.after("") != weaker
    return weaker if named else None


class Reading:
    """Puts a reply together from what comes."""

    def __init__(self, most_characters: int) -> None:
        self.text = ""
        self.rests_s: float | None = None
        self.streamed = False
        self._events = 0
        self._most = most_characters
        self._parts: list[str] = []
        self._length = 0
        self._finish = ""
        self._refused = False
        self._usage: tuple[int | None, int | None] = (None, None)
        self._complete = False  # the body was read to an end that is one

    def said(self, finish: str) -> Said:
        return Said(without_thoughts(self.text), finish, *self._usage, self.rests_s, self.streamed)

    def end(self) -> Said:
        """The reply. Raises Trouble when there is none, BrokenOff when it is not whole."""
        if self._refused or self._finish in _REFUSALS:
            raise Trouble(ModelOutcome.REFUSED, "unwanted", status=200, may_have_cost=True)
        if not without_thoughts(self.text).strip():
            if not self._finish and (self.streamed or not self._complete):
                if self.streamed and not self._events:
                    raise Trouble(ModelOutcome.CUT, EMPTY_STREAM, status=200)
                raise Trouble(ModelOutcome.CUT, "broken-off", status=200, retry=True, may_have_cost=True)
            raise Trouble(ModelOutcome.EMPTY, "empty", status=200, may_have_cost=True)
        if not self._complete and not self._finish:
            trouble = Trouble(ModelOutcome.CUT, "broken-off", status=200, retry=True, may_have_cost=True)
            raise BrokenOff(self.said("cut"), trouble)
        # `llama_cpp.server` breaks a stream off for the next request, with a [DONE] but no reason.
        if self._finish == "too-much" or (self.streamed and not self._finish):
            return self.said("cut")
        return self.said("length" if self._finish == "length" else "stop")

    async def whole(self, answer: Answer, most_bytes: int) -> None:
        try:
            content = await answer.body(most_bytes)
        except TooMuch:
            raise Trouble(ModelOutcome.CUT, "endless", status=200, may_have_cost=True) from None
        try:
            reply = read_json(content)
        except ValueError as error:
            codes = {"application/json": "broken-off", "text/html": "a-page"}
            code = codes.get(answer.media_type, "not-json")
            raise Trouble(ModelOutcome.CUT, code, status=200, may_have_cost=True) from error
        self._take(reply, "message")
        self._complete = True

    async def stream(self, answer: Answer, most_bytes: int) -> None:
        self.streamed = True
        try:
            async with aclosing(answer.pieces(most_bytes)) as pieces, aclosing(_events(pieces)) as events:
                await self._listen(events)
        except TooMuch:
            self._finish = "too-much"
        finally:
            self.text = "".join(self._parts)[: self._most]

    async def _listen(self, events: AsyncIterator[bytes]) -> None:
        while True:
            # The last chunk, which tells the price, may follow the last word, or never come.
            try:
                async with asyncio.timeout(USAGE_WAIT_S if self._finish else None):
                    event = await anext(events, None)
            except TimeoutError:
                return
            self._events += event is not None
            if event is None or event == b"[DONE]":
                self._complete = event is not None
                return
            try:
                chunk = read_json(event)
            except ValueError:
                continue  # some proxy's remark; whether the whole makes sense is seen in the end
            self._take(chunk, "delta")
            if self._length > self._most:
                self._finish = "too-much"
                return
            if self._finish and self._usage != (None, None):
                return

    def _take(self, reply: Any, part: str) -> None:
        """What one JSON object of the server says. Raises Trouble for an error that it holds."""
        if not isinstance(reply, Mapping):
            raise Trouble(ModelOutcome.CUT, "not-a-reply", status=200, may_have_cost=True)
        if reply.get("error"):
            complaint = json.dumps(reply["error"])[:2000]
            raise Trouble(
                ModelOutcome.DOWN, "error-in-reply", status=200, retry=True, may_have_cost=True, complaint=complaint
            )
        if isinstance(usage := reply.get("usage"), Mapping):
            self._usage = (_count(usage.get("prompt_tokens")), _count(usage.get("completion_tokens")))
        choices = reply.get("choices")
        choice = choices[0] if isinstance(choices, list) and choices else None
        if not isinstance(choice, Mapping):
            if part == "message":
                raise Trouble(ModelOutcome.CUT, "not-a-reply", status=200, may_have_cost=True)
            return
        message = choice.get(part) or choice.get("message")
        if isinstance(message, Mapping):
            self._refused = self._refused or bool(message.get("refusal"))
            text = _text(message.get("content"))
            self._parts.append(text)
            self._length += len(text)
            if part == "message":
                self.text = text[: self._most]
                if len(text) > self._most:
                    self._finish = "too-much"
                    return
        if isinstance(finish := choice.get("finish_reason"), str) and finish:
            self._finish = finish


async def _events(pieces: AsyncIterator[bytes]) -> AsyncGenerator[bytes]:
    """The data of a stream of events, one by one. https://html.spec.whatwg.org/multipage/server-sent-events.html"""
    waiting = bytearray()
    async for piece in pieces:
        looked = len(waiting)
        waiting += piece
        if b"\n" not in waiting[looked:] and b"\r" not in waiting[looked:]:
            continue
        *lines, rest = re.split(rb"\r\n|\n|\r", bytes(waiting))
        waiting = bytearray(rest)
        for line in lines:
            if line.startswith(b"data:"):
                yield line[5:].strip()
    if waiting.startswith(b"data:"):
        yield bytes(waiting[5:]).strip()


def without_thoughts(text: str) -> str:
    """A reply without what a reasoning model thinks aloud before it."""
    begun = text.lstrip()
    if not begun.startswith(("<think>", "<thinking>")):
        return text
    for end in ("</think>", "</thinking>"):
        if (at := begun.find(end)) >= 0:
            return begun[at + len(end) :].lstrip()
    return ""


def _text(content: Any) -> str:
    """The words of a message: a text, or a list of parts of which some are text."""
    if isinstance(content, list):
        content = "".join(_text(part.get("text")) for part in content if isinstance(part, Mapping))
    return _LONE.sub("\ufffd", content) if isinstance(content, str) else ""


def _count(number: Any) -> int | None:
    return number if isinstance(number, int) and not isinstance(number, bool) and 0 <= number < 10**9 else None
