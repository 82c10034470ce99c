"""`verbatim ask` with a language model: each answer of a batch is worded, in order, and none with `--no-model`."""

from __future__ import annotations

import asyncio
import json
from pathlib import Path

import pytest

from tests.flow.desk import HARBOUR_EN, LIBRARY, Desk
from tests.protocol.model_server import ModelServer

QUESTIONS = ("When was the wall built?", "", "Who is the king of Lindholm?", "How many books does the library hold?")


async def test_a_batch_is_worded_line_by_line_unless_it_is_not_wished(
    tmp_path: Path, monkeypatch: pytest.MonkeyPatch
) -> None:
    desk = Desk(tmp_path)
    desk.seeds.mkdir()
    (desk.seeds / "harbour.txt").write_text(HARBOUR_EN)
    (desk.seeds / "library.txt").write_text(LIBRARY)
    await asyncio.to_thread(desk.run, "run", "--once")
    batch = tmp_path / "batch.jsonl"
    batch.write_text("".join(json.dumps({"id": n, "question": one}) + "\n" for n, one in enumerate(QUESTIONS)))
    async with ModelServer() as server:
        monkeypatch.setenv("VERBATIM_MODEL_URL", server.url)
        monkeypatch.setenv("VERBATIM_MODEL_NAME", server.model)

        async def asked(*more: str) -> list[dict[str, object]]:
            printed = await asyncio.to_thread(desk.run, "ask", *more, "--batch", str(batch))
            return [json.loads(line) for line in printed.splitlines() if line.startswith("{")]

        plain = await asked("--no-model")
        assert server.asked == []
        worded = await asked()
    assert [one["id"] for one in plain] == [one["id"] for one in worded] == [0, 1, 2, 3]
    assert [one["status"] for one in worded] == ["answered", "error", "not_in_sources", "answered"]
    assert [len(str(one.get("written") or "")) > 0 for one in worded] == [True, False, False, True]
    assert not any(one.get("written") for one in plain)
