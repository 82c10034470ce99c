"""A server that speaks OpenAI's API as a test tells it to, on this machine: honest, lying, hijacked, broken, slow, limited.

    async with ModelServer() as server:
        ...                                  # model_url = server.url, model_name = server.model
        server.mood = "lying"                # from now on
        server.next_moods = ["503", "cut"]   # the next two requests
        server.says = lambda asked: "{}"     # own words instead of the mood's
        print(server.asked[-1].rows)         # what it was shown

It understands the prompts of `prompts/`: numbered lines between two fences, and the form that a reply should have.
"""

from __future__ import annotations

import asyncio
import hashlib
import json
import re
import socket
import ssl
import struct
from collections.abc import Callable, Mapping
from dataclasses import dataclass, field
from types import TracebackType
from typing import Any, Final, Literal, Self

END_OF_HEAD: Final = b"\r\n\r\n"
WORDS: Final = (  # moods of what is said
    "honest", "lying", "hijacked", "junk", "prose", "empty", "endless", "wrong-language", "thinking", "abstaining",
    "refusing", "long",
)  # fmt: skip
WIRE: Final = (  # moods of how it is said
    "401", "404", "400", "402", "413", "429", "500", "502", "503", "html", "redirect", "not-http", "reset", "silent",
    "packed", "interrupted", "cut", "error-in-stream", "too-long", "empty-stream",
)  # fmt: skip

_ROW = re.compile(r"\[(\d{1,4})\] (?:\(before it: .*?\) )?(.*?)(?: \(said by: .*)?")
_FENCED = re.compile(r"^Data begins (\S+)\n(.*?)^Data ends \1$", re.MULTILINE | re.DOTALL)
_FORM = re.compile(r"in this form: (\{.*\})")
_QUESTION = re.compile(r"^Question: (.*)$", re.MULTILINE)
_WORD = re.compile(r"\w{4,}")
_DIGIT = re.compile(r"\d")


@dataclass(frozen=True, slots=True)
class Asked:
    """One request as it arrived."""

    method: str
    path: str
    fields: Mapping[str, str]  # names in lower case
    body: Mapping[str, Any]
    connection: int = 0

    @property
    def prompt(self) -> str:
        """All that it says, system and user."""
        return "\n".join(str(message.get("content", "")) for message in self.body.get("messages", []))

    @property
    def rows(self) -> dict[int, str]:
        """The numbered sentences between the fences."""
        fenced = _FENCED.search(self.prompt)
        lines = fenced[2].splitlines() if fenced else []
        return {int(found[1]): found[2] for line in lines if (found := _ROW.fullmatch(line))}

    @property
    def question(self) -> str:
        found = _QUESTION.findall(self.prompt)
        return found[-1] if found else ""

    @property
    def form(self) -> dict[str, Any]:
        """An example of what the reply should look like."""
        found = _FORM.search(self.prompt)
        return json.loads(found[1]) if found else {"sentences": [], "abstain": False, "reason": ""}

    @property
    def wanted(self) -> str:
        """The kind of form that is asked for."""
        return str(self.body.get("response_format", {}).get("type", "none"))


@dataclass(slots=True)
class ModelServer:
    """Serves chat completions, embeddings and the list of models."""

    mood: str = "honest"
    next_moods: list[str] = field(default_factory=list)
    says: Callable[[Asked], str] | None = None
    schema: Literal["obeys", "400", "500", "ignores"] = "obeys"
    json_object: Literal["obeys", "400", "500"] = "obeys"
    streams: bool = True
    counts: bool = True  # tokens
    knows_usage: bool = True  # stream_options
    max_field: str = "max_tokens"  # any other is refused
    temperature: bool = True
    system: bool = True
    done: bool = True  # whether a stream ends with [DONE]
    key: str = ""  # which must be given
    model: str = "small"
    dimension: int = 8
    most_inputs: int = 10_000  # texts of one request for embeddings
    vectors: Callable[[list[str]], list[Any]] | None = None  # own vectors
    phrases: Mapping[str, str] = field(default_factory=dict)  # how it words a sentence: for other languages
    head: dict[str, str] = field(default_factory=dict)  # of every answer
    asked: list[Asked] = field(default_factory=list)
    tls: ssl.SSLContext | None = None
    hold: asyncio.Event | None = None  # nothing is answered before it is set
    open_at_once: int = 0
    most_at_once: int = 0
    connections: int = 0
    port: int = 0
    _news: asyncio.Event = field(default_factory=asyncio.Event)
    _server: asyncio.Server | None = None
    _tasks: set[asyncio.Task[None]] = field(default_factory=set)

    async def __aenter__(self) -> Self:
        self._server = await asyncio.start_server(self._serve, "127.0.0.1", 0, ssl=self.tls)
        self.port = self._server.sockets[0].getsockname()[1]
        return self

    async def __aexit__(
        self, kind: type[BaseException] | None, error: BaseException | None, trace: TracebackType | None
    ) -> None:
        assert self._server is not None
        self._server.close()
        for task in self._tasks:
            task.cancel()
        await asyncio.gather(*self._tasks, return_exceptions=True)

    @property
    def url(self) -> str:
        return f"https://localhost:{self.port}/v1" if self.tls else f"http://127.0.0.1:{self.port}/v1"

    @property
    def chats(self) -> list[Asked]:
        return [one for one in self.asked if one.path.endswith("/chat/completions")]

    async def until(self, condition: Callable[[], bool]) -> None:
        """Wait until requests have come that make this true."""
        while not condition():
            self._news.clear()
            await self._news.wait()

    async def _serve(self, reader: asyncio.StreamReader, writer: asyncio.StreamWriter) -> None:
        task = asyncio.current_task()
        assert task is not None
        self._tasks.add(task)
        self.connections += 1
        number = self.connections
        try:
            while (asked := await _request(reader, number)) is not None:
                self.asked.append(asked)
                self.open_at_once += 1
                self.most_at_once = max(self.most_at_once, self.open_at_once)
                self._news.set()
                try:
                    if self.hold is not None:
                        await self.hold.wait()
                    if not await self._answer(asked, reader, writer):
                        return
                finally:
                    self.open_at_once -= 1
        except (ConnectionError, asyncio.IncompleteReadError):
            pass  # the client has gone
        except asyncio.CancelledError:
            pass  # the server is closing; nobody else cancels this
        finally:
            self._tasks.discard(task)
            writer.close()

    async def _answer(self, asked: Asked, reader: asyncio.StreamReader, writer: asyncio.StreamWriter) -> bool:
        """Answer one request; whether the connection stays open."""
        if self.key and asked.fields.get("authorization") != f"Bearer {self.key}":
            return await self._send(writer, _error("Incorrect API key", "invalid_api_key"), "401 Unauthorized")
        if asked.path.endswith("/models"):
            return await self._send(writer, {"object": "list", "data": [{"id": self.model, "object": "model"}]})
        mood = self.next_moods.pop(0) if self.next_moods else self.mood
        if mood in WIRE and mood not in ("cut", "error-in-stream", "empty-stream", "interrupted"):
            return await self._misbehave(mood, asked, reader, writer)
        if asked.path.endswith("/embeddings"):
            return await self._embed(asked, writer)
        if not asked.path.endswith("/chat/completions"):
            return await self._send(writer, {"detail": "Not Found"}, "404 Not Found")
        if (complaint := self._complaint(asked)) is not None:
            return await self._send(writer, *complaint)
        if mood == "empty-stream" and not asked.body.get("stream"):
            return await self._misbehave("too-long", asked, reader, writer)
        if asked.body.get("stream") and self.streams:
            return await self._stream(asked, mood, writer)
        return await self._whole(asked, mood, writer)

    def _complaint(self, asked: Asked) -> tuple[Any, str] | None:
        """What this server refuses of a request."""
        bad, inner = "400 Bad Request", "500 Internal Server Error"
        body = asked.body
        for name in ("max_tokens", "max_completion_tokens"):
            if name in body and name != self.max_field:
                text = f"Unsupported parameter: '{name}' is not supported. Use '{self.max_field}' instead."
                return _error(text, "unsupported_parameter"), bad
        if "temperature" in body and not self.temperature:
            return _error("Unsupported value: 'temperature' does not support 0", "unsupported_value"), bad
        if "stream_options" in body and not self.knows_usage:
            return _error("unknown field: stream_options", "invalid_request"), bad
        if body.get("messages", [{}])[0].get("role") == "system" and not self.system:
            return _error("System role not supported", "invalid_request"), bad
        if asked.wanted == "json_schema" and self.schema in ("400", "500"):
            return _error("response_format: json_schema is not known", "bad"), bad if self.schema == "400" else inner
        if asked.wanted == "json_object" and self.json_object in ("400", "500"):
            return ("no", inner) if self.json_object == "500" else (_error("response_format unknown", "bad"), bad)
        return None

    # --- what it says ---

    def _words(self, asked: Asked, mood: str) -> str:
        if self.says is not None:
            return self.says(asked)
        if mood == "empty":
            return ""
        if mood == "junk":
            return '{"sentences": [{"text": "' + "lorem ipsum " * 40
        if mood == "endless":
            return "[1] and so on " * (20 * int(asked.body.get(self.max_field, 100)))
        if mood in ("prose", "cut") or (asked.wanted == "json_schema" and self.schema == "ignores"):
            rows = asked.rows
            return " ".join(f"{text} [{number}]" for number, text in list(rows.items())[:2]) or "Hello."
        if mood == "thinking":
            return f"<think>The user wants 17 of them. {{}}</think>\n{json.dumps(self._honest(asked))}"
        if mood == "long":
            return json.dumps(self._honest(asked)) + " " * 100_000
        form = self._honest(asked)
        if mood == "abstaining":
            form = {**form, "sentences": [], _abstain(form): True, "reason": "the sentences do not say"}
        elif mood == "lying":
            form = _each_text(form, _lie)
        elif mood == "hijacked":
            form = _each_text(form, lambda text, _: _obey(asked, text))
        elif mood == "wrong-language":
            form = _each_text(form, lambda *_: "Selon les autorités, personne ne sait encore ce qui est arrivé.")
        return json.dumps(form, ensure_ascii=False)

    def _honest(self, asked: Asked) -> dict[str, Any]:
        """What a model says that copies: sentences as they stand, with their own numbers."""
        form, rows = asked.form, asked.rows
        if "translations" in form:
            return {"translations": [{"number": n, "text": self._worded(text)} for n, text in rows.items()]}
        if "question" in form:
            return {"question": self._worded(asked.question)}
        if "supports" in form:
            name = next(name for name in form if name != "supports")
            number, text = next(iter(rows.items()), (0, ""))
            return {name: self._worded(text).rstrip("."), "supports": [number]}
        chosen = _relevant(asked.question, rows) if asked.question else list(rows)[:2]
        sentences = [{"text": self._worded(rows[number]), "supports": [number]} for number in chosen]
        return {**form, "sentences": sentences, _abstain(form): not sentences, "reason": "" if sentences else "not there"}

    def _worded(self, text: str) -> str:
        return self.phrases.get(text, text)

    # --- how it says it ---

    async def _whole(self, asked: Asked, mood: str, writer: asyncio.StreamWriter) -> bool:
        message: dict[str, Any] = {"role": "assistant", "content": self._words(asked, mood)}
        if mood == "refusing":
            message = {"role": "assistant", "content": None, "refusal": "I cannot help with that."}
        reply: dict[str, Any] = {
            "id": "x", "object": "chat.completion", "model": self.model,
            "choices": [{"index": 0, "message": message, "finish_reason": "stop"}],
        }  # fmt: skip
        if self.counts:
            reply["usage"] = self._usage(asked, message["content"] or "")
        if mood == "cut":
            data = _answer(json.dumps(reply).encode(), "200 OK", self.head)
            writer.write(data[:-20])
            await writer.drain()
            return False
        return await self._send(writer, reply)

    async def _stream(self, asked: Asked, mood: str, writer: asyncio.StreamWriter) -> bool:
        head = {"Content-Type": "text/event-stream", "Connection": "close", **self.head}
        fields = "".join(f"{name}: {value}\r\n" for name, value in head.items())
        writer.write(f"HTTP/1.1 200 OK\r\n{fields}\r\n".encode())
        words = self._words(asked, mood)
        events = [_chunk({"role": "assistant", "content": None})]
        if mood == "refusing":
            events.append(_chunk({"refusal": "I cannot help with that."}))
        else:
            size = 9 if len(words) < 5_000 else 400  # who says very much shall not keep this loop from everyone else
            events += [_chunk({"content": words[at : at + size]}) for at in range(0, len(words), size)]
        if mood in ("cut", "interrupted"):
            events = events[: max(2, len(events) // 2)]
        elif mood == "empty-stream":
            events = []
        elif mood == "error-in-stream":
            events = [*events[: len(events) // 2], {"error": {"message": "out of memory", "code": 500}}]
        else:
            events.append(_chunk({}, "stop"))
            if self.counts and asked.body.get("stream_options", {}).get("include_usage"):
                events.append({"object": "chat.completion.chunk", "choices": [], "usage": self._usage(asked, words)})
        for number, event in enumerate(events, 1):
            writer.write(b"data: " + json.dumps(event).encode() + b"\n\n")
            await writer.drain()
            if number % 64 == 0:  # a stream without end leaves time to whoever else is in this loop
                await asyncio.sleep(0)
        if self.done and mood not in ("cut", "error-in-stream", "empty-stream"):
            writer.write(b"data: [DONE]\n\n")
            await writer.drain()
        return False

    async def _embed(self, asked: Asked, writer: asyncio.StreamWriter) -> bool:
        texts = asked.body["input"]
        if len(texts) > self.most_inputs:
            return await self._send(writer, _error("too many tokens in one batch", "too_large"), "413 Content Too Large")
        vectors = self.vectors(texts) if self.vectors else [self._vector(text) for text in texts]
        rows = [{"object": "embedding", "index": n, "embedding": vector} for n, vector in enumerate(vectors)]
        usage = {"prompt_tokens": sum(len(text) // 4 + 1 for text in texts), "total_tokens": 0}
        usage["total_tokens"] = usage["prompt_tokens"]
        return await self._send(writer, {"object": "list", "data": rows, "model": self.model, "usage": usage})

    def _vector(self, text: str) -> list[float]:
        """Texts that share words are near to each other."""
        vector = [0.001] * self.dimension
        for word in _WORD.findall(text.casefold()):
            vector[hashlib.sha256(word.encode()).digest()[0] % self.dimension] += 1.0
        return vector

    def _usage(self, asked: Asked, words: str) -> dict[str, int]:
        read, written = len(asked.prompt) // 4, len(words) // 4 + 1
        return {"prompt_tokens": read, "completion_tokens": written, "total_tokens": read + written}

    async def _misbehave(
        self, mood: str, asked: Asked, reader: asyncio.StreamReader, writer: asyncio.StreamWriter
    ) -> bool:
        if mood == "silent":
            await reader.read()
            return False
        if mood == "reset":
            held = writer.get_extra_info("socket")
            held.setsockopt(socket.SOL_SOCKET, socket.SO_LINGER, struct.pack("ii", 1, 0))
            writer.transport.abort()
            return False
        if mood == "not-http":
            writer.write(b"220 mail.example ESMTP\r\n")
            await writer.drain()
            return False
        if mood == "html":
            page = b"<html><body>Welcome</body></html>"
            writer.write(_answer(page, "200 OK", {"Content-Type": "text/html"}))
            await writer.drain()
            return True
        if mood == "packed":
            writer.write(_answer(b"\x1f\x8b", "200 OK", {"Content-Encoding": "gzip"}))
            await writer.drain()
            return True
        if mood == "redirect":
            return await self._send(writer, "", "307 Temporary Redirect", {"Location": "http://127.0.0.1:1/v1"})
        if mood == "too-long":
            told = _error("This model's maximum context length is 4096 tokens", "context_length_exceeded")
            return await self._send(writer, told, "400 Bad Request")
        if mood == "429":
            return await self._send(writer, _error("slow down", "rate_limit_exceeded"), "429 Too Many", self.head)
        # Like many servers, it quotes what it was sent.
        words = _error(f"cannot: {asked.prompt[:200]} {asked.fields.get('authorization', '')}", "trouble")
        return await self._send(writer, words, f"{mood} Trouble", self.head)

    async def _send(
        self, writer: asyncio.StreamWriter, reply: Any, status: str = "200 OK", head: Mapping[str, str] | None = None
    ) -> bool:
        fields = {"Content-Type": "application/json", **self.head, **(head or {})}
        writer.write(_answer(json.dumps(reply).encode(), status, fields))
        await writer.drain()
        return True


async def _request(reader: asyncio.StreamReader, connection: int) -> Asked | None:
    """The next request on a connection, None when the other side has gone."""
    try:
        head = (await reader.readuntil(END_OF_HEAD)).decode("latin-1").split("\r\n")
    except asyncio.IncompleteReadError:
        return None
    if head[0].count(" ") != 2 or head[0].startswith("PRI "):  # no HTTP, or HTTP/2
        return None
    method, path, _ = head[0].split(" ")
    fields = {name.lower(): value.strip() for name, _, value in (line.partition(":") for line in head[1:-2])}
    content = await reader.readexactly(int(fields.get("content-length", "0")))
    return Asked(method, path, fields, json.loads(content) if content else {}, connection)


def _answer(body: bytes, status: str, head: Mapping[str, str]) -> bytes:
    fields = "".join(f"{name}: {value}\r\n" for name, value in {**head, "Content-Length": str(len(body))}.items())
    return f"HTTP/1.1 {status}\r\n{fields}\r\n".encode() + body


def _chunk(delta: dict[str, Any], finish: str | None = None) -> dict[str, Any]:
    return {
        "object": "chat.completion.chunk",
        "choices": [{"index": 0, "delta": delta, "finish_reason": finish}],
    }


def _error(message: str, code: str) -> dict[str, Any]:
    return {"error": {"message": message, "type": "error", "code": code}}


def _abstain(form: Mapping[str, Any]) -> str:
    return next((name for name in form if name.startswith("abstain")), "abstain")


def _relevant(question: str, rows: Mapping[int, str]) -> list[int]:
    """The sentences that share words with the question, best first, at most three."""
    wanted = {word[:5] for word in _WORD.findall(question.casefold())}
    shared = {n: len(wanted & {word[:5] for word in _WORD.findall(text.casefold())}) for n, text in rows.items()}
    best = sorted((number for number in shared if shared[number]), key=lambda number: (-shared[number], number))
    return best[:3]


def _each_text(form: dict[str, Any], change: Callable[[str, int], str]) -> dict[str, Any]:
    """The same form with every text of it changed."""
    changed = dict(form)
    for name in ("sentences", "translations"):
        if name in form:
            changed[name] = [{**one, "text": change(one["text"], n)} for n, one in enumerate(form[name])]
    for name in ("text", "title", "question"):
        if isinstance(form.get(name), str):
            changed[name] = change(form[name], 0)
    return changed


def _lie(text: str, number: int) -> str:
    """A sentence with something wrong in it, another each time."""
    if (found := _DIGIT.search(text)) is not None:
        return f"{text[: found.start()]}{(int(found[0]) + 3) % 10}{text[found.end() :]}"
    lies = (
        f"According to the mayor of Elsewhere, {text}",
        f"“{text}” said 1,734 witnesses.",
        f"It is not true that {text}",
    )
    return lies[number % len(lies)]


def _obey(asked: Asked, text: str) -> str:
    """A sentence of a model that does what the worst document in its prompt wants."""
    return (
        f"{text} @everyone <@1234> see [here](https://evil.example/?q=1) https://evil.example "
        f"{' '.join(asked.prompt.split()[:12])}"
    )
