"""The wire, against a real server program: `llama_cpp.server` with a tiny model of random numbers, made here and now.

Its packages do not belong to ours: they compile llama.cpp for some minutes. Where they are not there the test is left
out. To have it, once:

    python -m venv elsewhere && elsewhere/bin/pip install 'llama-cpp-python[server]' gguf
    VERBATIM_TEST_MODEL_PYTHON=elsewhere/bin/python pytest tests/protocol/test_real_model_server.py
"""

from __future__ import annotations

import asyncio
import os
import subprocess
import sys
import time
from collections.abc import Iterator
from pathlib import Path

import pytest

from bot.language_model.budget import Limits
from bot.language_model.capabilities import endpoint_report
from bot.language_model.embeddings import Embeddings
from bot.language_model.endpoints import Endpoint
from bot.language_model.metering import Meter
from bot.language_model.models import list_models
from bot.language_model.opening import open_model_room, read_setup
from bot.language_model.port import ModelFailed, ModelOutcome, ModelRequest
from bot.language_model.wire import Trouble, Wire
from bot.library.model_store import MemoryModelStore
from tests.protocol.test_language_model import SCHEMA, asking

pytestmark = pytest.mark.slow

PYTHON = os.environ.get("VERBATIM_TEST_MODEL_PYTHON", sys.executable)
TINY_MODEL = Path(__file__).with_name("tiny_model.py")
START_S = 300.0
MODEL = "tiny"
KEY = "sk-real-1"


@pytest.fixture(scope="module")
def url(tmp_path_factory: pytest.TempPathFactory) -> Iterator[str]:
    """The address of the server's API."""
    probe = subprocess.run([PYTHON, "-c", "import gguf, llama_cpp.server"], capture_output=True, check=False)
    if probe.returncode != 0:
        pytest.skip("llama-cpp-python[server] and gguf are not there; see the head of this file")
    folder = tmp_path_factory.mktemp("model")
    made = folder / "tiny.gguf"
    subprocess.run([PYTHON, str(TINY_MODEL), str(made)], check=True, capture_output=True)
    port = free_port()
    command = [PYTHON, "-m", "llama_cpp.server", "--model", str(made), "--model_alias", MODEL, "--api_key", KEY]
    command += ["--host", "127.0.0.1", "--port", str(port), "--n_ctx", "4096", "--embedding", "true", "--n_threads", "1"]
    with (folder / "log").open("wb") as log, subprocess.Popen(command, stdout=log, stderr=log) as server:
        address = f"http://127.0.0.1:{port}/v1"
        try:
            asyncio.run(until_it_answers(address, server))
            assert server.poll() is None, (folder / "log").read_text("utf-8", "replace")[-2000:]
            yield address
        finally:
            server.terminate()


def free_port() -> int:
    import socket

    with socket.socket() as held:
        held.bind(("127.0.0.1", 0))
        port: int = held.getsockname()[1]
        return port


async def until_it_answers(address: str, server: subprocess.Popen[bytes]) -> None:
    give_up = time.monotonic() + START_S
    wire = Wire(Endpoint(address, MODEL, KEY))
    try:
        while server.poll() is None:
            try:
                assert await list_models(wire, limit_s=60) == (MODEL,)
            except Trouble:
                assert time.monotonic() < give_up, "it does not start"
                await asyncio.sleep(0.2)
            else:
                return
    finally:
        await wire.close()


def short(**changes: object) -> ModelRequest:
    usual = {"task": "t", "prompt": "t@1", "system": "Be brief.", "user": "Say hello.", "max_tokens": 24, "time_limit_s": 300}
    return ModelRequest(**{**usual, **changes})  # type: ignore[arg-type]


async def test_words_come_as_a_stream_and_are_counted(url: str) -> None:
    store = MemoryModelStore()
    async with open_model_room(read_setup(model_url=url, model_name=MODEL, model_key=KEY, model_timeout_s=300), store) as room:
        assert room.model is not None
        reply = await room.model.complete(short())
        assert reply.text
        assert reply.finish in ("stop", "length")
        assert 0 < reply.tokens_out <= 24
        [row] = await store.calls()
        assert row.end is not None
        assert row.end.tokens_in + row.end.tokens_out <= row.call.tokens, "never more than was reserved"


async def test_a_form_is_asked_for_as_this_server_understands_it(url: str) -> None:
    """It answers 500 to a JSON schema; it is asked for an object then, at once the next time."""
    store = MemoryModelStore()
    async with open_model_room(read_setup(model_url=url, model_name=MODEL, model_key=KEY, model_timeout_s=300), store) as room:
        assert room.model is not None
        reply = await room.model.complete(asking(max_tokens=48, time_limit_s=300))
        assert reply.text.lstrip().startswith("{"), "its grammar keeps even random numbers to an object"
        [(written, _)] = (await store.abilities()).values()
        assert "json_object" in written or "json_schema" in written
        asked = len(await store.calls())
        await room.model.complete(short(schema=SCHEMA))
        assert len(await store.calls()) == asked + 1


async def test_what_is_too_long_and_who_has_the_wrong_key_are_told_apart(url: str) -> None:
    for setup, request, code in (
        (read_setup(model_url=url, model_name=MODEL, model_key=KEY), short(user="boat " * 4000), "model-too-long"),
        (read_setup(model_url=url, model_name=MODEL, model_key="wrong"), short(), "model-no-access-401"),
    ):
        async with open_model_room(setup, MemoryModelStore()) as room:
            assert room.model is not None
            with pytest.raises(ModelFailed) as failed:
                await room.model.complete(request)
            assert (failed.value.outcome, failed.value.code) == (ModelOutcome.REFUSED, code)


async def test_vectors_come_one_a_text(url: str) -> None:
    embedder = Embeddings(Wire(Endpoint(url, MODEL, KEY)), Meter(MemoryModelStore(), Limits(), {}), timeout_s=300)
    vectors = await embedder.embed(["a boat", "ein Boot", "a harbour"], kind="passage")
    assert (len(vectors), vectors.dimension) == (3, 32)
    assert (await embedder.embed(["ein Boot"], kind="passage")).vector(0) == pytest.approx(vectors.vector(1), abs=1e-4)
    await embedder.close()


async def test_the_report_says_what_it_can_do(url: str) -> None:
    endpoint = Endpoint(url, MODEL, KEY)
    report = {found.check: found for found in await endpoint_report([endpoint], [endpoint], limit_s=300)}
    assert {check: found.verdict for check, found in report.items() if found.verdict == "failed"} == {}
    assert report["stream"].verdict == "ok"
    assert report["vectors"].detail == "32 dimensions"
