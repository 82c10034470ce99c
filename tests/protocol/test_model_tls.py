"""Language models over HTTPS: one connection of HTTP/2 for all requests, certificates that are checked, a key that no log
line holds, not those of the libraries either."""

from __future__ import annotations

import asyncio
import json
import logging
import ssl
from collections.abc import AsyncIterator
from dataclasses import dataclass, field
from pathlib import Path

import h2.config
import h2.connection
import h2.events
import pytest

from bot.language_model.chat_completions import ChatCompletions
from bot.language_model.endpoints import Endpoint
from bot.language_model.port import ModelOutcome, ModelRequest
from bot.language_model.wire import Trouble, Wire
from tests.protocol.model_server import ModelServer
from tests.protocol.test_tls import written

KEY = "sk-canary-2b9e44"
REPLY = json.dumps(
    {"choices": [{"message": {"content": "Yes."}, "finish_reason": "stop"}], "usage": {"prompt_tokens": 3, "completion_tokens": 1}}
).encode()


@dataclass
class SecureModel:
    """Answers every request over HTTP/2 with the same reply."""

    context: ssl.SSLContext
    connections: int = 0
    heads: list[dict[bytes, bytes]] = field(default_factory=list)
    port: int = 0
    tasks: set[asyncio.Task[None]] = field(default_factory=set)

    async def serve(self, reader: asyncio.StreamReader, writer: asyncio.StreamWriter) -> None:
        task = asyncio.current_task()
        assert task is not None
        self.tasks.add(task)
        self.connections += 1
        talk = h2.connection.H2Connection(h2.config.H2Configuration(client_side=False))
        talk.initiate_connection()
        try:
            while True:
                writer.write(talk.data_to_send())
                await writer.drain()
                data = await reader.read(65_536)
                if not data:
                    return
                for event in talk.receive_data(data):
                    if isinstance(event, h2.events.RequestReceived):
                        self.heads.append(dict(event.headers))
                    elif isinstance(event, h2.events.StreamEnded):
                        assert event.stream_id is not None
                        talk.send_headers(event.stream_id, [(":status", "200"), ("content-type", "application/json")])
                        talk.send_data(event.stream_id, REPLY, end_stream=True)
        except (ConnectionError, asyncio.CancelledError, ssl.SSLError):
            pass  # the client has gone, or the test is over
        finally:
            writer.close()


@pytest.fixture
async def secure(tmp_path: Path) -> AsyncIterator[tuple[SecureModel, ssl.SSLContext]]:
    context = written(tmp_path / "localhost", "localhost", days=30)
    context.set_alpn_protocols(["h2"])
    model = SecureModel(context)
    server = await asyncio.start_server(model.serve, "127.0.0.1", 0, ssl=context)
    model.port = server.sockets[0].getsockname()[1]
    yield model, ssl.create_default_context(cafile=str(tmp_path / "localhost.pem"))
    server.close()
    for task in model.tasks:
        task.cancel()
    await asyncio.gather(*model.tasks, return_exceptions=True)


def asking() -> ModelRequest:
    return ModelRequest(task="t", prompt="t@1", system="", user="Is it?", max_tokens=5, time_limit_s=30)


async def test_requests_share_one_connection_of_http_2_and_the_key_is_in_no_log(
    secure: tuple[SecureModel, ssl.SSLContext], caplog: pytest.LogCaptureFixture
) -> None:
    caplog.set_level(logging.DEBUG)
    for name in ("hpack", "h2", "httpcore", "httpx"):
        caplog.set_level(logging.DEBUG, logger=name)
    model, trusting = secure
    wire = Wire(Endpoint(f"https://localhost:{model.port}/v1", "m", KEY), ssl_context=trusting)
    chat = ChatCompletions(wire)
    first = await chat.ask(asking(), limit_s=30)
    await asyncio.gather(*(chat.ask(asking(), limit_s=30) for _ in range(5)))
    await wire.close()
    assert (first.text, first.tokens_in, first.tokens_out, first.streamed) == ("Yes.", 3, 1, False)
    assert model.connections == 1
    assert len(model.heads) == 6
    assert model.heads[0][b"authorization"] == f"Bearer {KEY}".encode()
    assert caplog.records, "the libraries do speak at this level"
    assert KEY not in caplog.text


async def test_a_certificate_that_nobody_knows_is_refused(secure: tuple[SecureModel, ssl.SSLContext]) -> None:
    model, _ = secure
    wire = Wire(Endpoint(f"https://localhost:{model.port}/v1", "m", KEY))
    with pytest.raises(Trouble) as trouble:
        await ChatCompletions(wire).ask(asking(), limit_s=30)
    await wire.close()
    assert (trouble.value.outcome, trouble.value.code, trouble.value.for_good) == (ModelOutcome.DOWN, "certificate", True)
    assert model.heads == []


async def test_who_offers_http_2_and_does_not_speak_it_is_asked_by_http_1(tmp_path: Path) -> None:
    context = written(tmp_path / "localhost", "localhost", days=30)
    context.set_alpn_protocols(["h2"])
    trusting = ssl.create_default_context(cafile=str(tmp_path / "localhost.pem"))
    async with ModelServer(tls=context) as server:
        chat = ChatCompletions(Wire(Endpoint(server.url, "m"), ssl_context=trusting))
        with pytest.raises(Trouble) as trouble:
            await chat.ask(asking(), limit_s=30)
        said = await chat.ask(asking(), limit_s=30)
        await chat.wire.close()
    assert (trouble.value.code, trouble.value.retry) == ("no-answer", True)
    assert said.text


async def test_each_way_in_which_a_server_is_not_there_has_a_word_of_its_own() -> None:
    async def hangs_up(_reader: asyncio.StreamReader, writer: asyncio.StreamWriter) -> None:
        writer.write(b"220 mail.example ESMTP\r\n")
        writer.close()

    mail = await asyncio.start_server(hangs_up, "127.0.0.1", 0)
    port = mail.sockets[0].getsockname()[1]
    found = {}
    for url in (f"https://127.0.0.1:{port}/v1", f"http://127.0.0.1:{port}/v1", "http://127.0.0.1:9/v1"):
        wire = Wire(Endpoint(url, "m"))
        with pytest.raises(Trouble) as trouble:
            await ChatCompletions(wire).ask(asking(), limit_s=30)
        await wire.close()
        found[url.partition(":")[0], url.endswith(":9/v1")] = trouble.value.code
    mail.close()
    assert found == {("https", False): "no-tls", ("http", False): "no-answer", ("http", True): "unreachable"}
