"""The commands about the language model, as a person types them."""

from __future__ import annotations

import asyncio
import json
from datetime import UTC, datetime
from pathlib import Path

import pytest

from bot.language_model.budget import Limits, charges
from bot.language_model.port import CallEnd, NewCall, Payer, Verdict
from bot.library.opening import open_store
from bot.library.sql_model_store import SqlModelStore
from tests.embedders import tiny_model
from tests.flow.desk import Desk

KEY = "sk-canary-31"


async def one_call(desk: Desk) -> None:
    """What a running bot would have written."""
    now, payer = datetime.now(UTC), Payer("slack-T1", "C1", "hash", "q1")
    async with await open_store(f"sqlite:///{desk.root / 'data' / 'library.sqlite3'}") as store:
        calls = SqlModelStore(store.transactions)
        call = NewCall(now, "answer", "answer@1+00000000", "small", "http://localhost/v1", payer, 5000, 10**9)
        number = await calls.reserve(call, charges(payer, Limits(), now))
        assert isinstance(number, int)
        await calls.keep_prompt("answer@1+00000000", "Say what was told then.", now=now)
        await calls.settle(number, CallEnd(now, Verdict.ANSWERED, "", 1200, 34, 250_000_000, 1.5, "every word"))


def test_calls_and_the_budget_are_shown(desk: Desk, monkeypatch: pytest.MonkeyPatch) -> None:
    asyncio.run(one_call(desk))
    shown = desk.run("model", "calls")
    assert "1200 in" in shown
    assert "0.25" in shown
    assert "every word" not in shown
    assert "every word" in desk.run("model", "calls", "--text", "--workspace", "slack-T1")
    assert "every word" not in desk.run("model", "calls", "--text", "--workspace", "slack-T2")
    [row] = json.loads(desk.run("model", "calls", "--json"))
    assert (row["verdict"], row["prompt"], row["person"]) == ("answered", "answer@1+00000000", "hash")
    assert desk.run("model", "prompt", "answer@1+00000000").strip() == "Say what was told then."
    assert "was ever used" in desk.run("model", "prompt", "answer@9+00000000", exits=1)
    [answer, *_] = desk.run("model", "prompt").split()
    assert "You are the editor at a news desk." in desk.run("model", "prompt", answer)
    monkeypatch.setenv("VERBATIM_BUDGET_DAY_TOKENS", "2000")
    workspace, day = desk.run("model", "budget", "--workspace", "slack-T1").splitlines()
    assert "1,234 tokens, no limit; 0.25 spent" in workspace
    assert "1,234 tokens of 2,000" in day


def test_a_workspace_brings_a_model_where_the_owner_lets_it(
    desk: Desk, tmp_path: Path, monkeypatch: pytest.MonkeyPatch
) -> None:
    key_file = tmp_path / "key"
    key_file.write_text(KEY + "\n")
    given = ["--url", "https://models.example/v1", "--name", "small", "--key-file", str(key_file)]
    assert "Only these hosts may be named here: none" in desk.run("model", "own", "set", "slack-T1", *given, exits=1)
    monkeypatch.setenv("VERBATIM_MODEL_WORKSPACE_HOSTS", "models.example")
    (desk.root / "data").mkdir(exist_ok=True)
    assert "is answered by small" in desk.run("model", "own", "set", "slack-T1", *given)
    assert desk.run("model", "own", "list").split() == ["slack-T1", "small", "https://models.example/v1"]
    assert not [path for path in (desk.root / "data").rglob("*") if path.is_file() and KEY.encode() in path.read_bytes()]
    assert desk.run("model", "own", "remove", "slack-T1")
    assert "brings no model" in desk.run("model", "own", "remove", "slack-T1", exits=1)


def test_what_was_read_is_embedded_without_a_running_bot(
    desk: Desk, tmp_path: Path, monkeypatch: pytest.MonkeyPatch
) -> None:
    pytest.importorskip("model2vec")
    (desk.seeds / "boats.txt").write_text("A boat came in.\n\nThe mayor was pleased.\n")
    desk.run("run", "--once")
    assert "No embedding model" in desk.run("model", "embed", exits=1)
    monkeypatch.setenv("VERBATIM_EMBEDDING_PATH", str(tmp_path))
    assert "holds no model" in desk.run("model", "embed", exits=1)
    monkeypatch.setenv("VERBATIM_EMBEDDING_PATH", str(tiny_model(tmp_path / "tiny")))
    assert desk.run("model", "embed").startswith("embedded: 100 %")
