"""What the store of model calls and their budgets promises: in memory and on each kind of database."""

from __future__ import annotations

import asyncio
from collections.abc import AsyncIterator
from dataclasses import replace
from datetime import UTC, datetime, timedelta

import pytest
from sqlalchemy import text

from bot.errors import SettingsError
from bot.language_model.budget import Limit, Limits, charges
from bot.language_model.own_models import OwnModel
from bot.language_model.port import BudgetStore, CallEnd, Charge, NewCall, Payer, Spent, Verdict
from bot.library.model_store import MemoryModelStore
from bot.library.sealing import Seal
from bot.library.sql_model_store import SqlModelStore, SqlOwnModelStore
from bot.library.sql_store import SqlStore
from bot.library.sql_writing_store import SqlWritingStore

NOON = datetime(2026, 3, 2, 12, tzinfo=UTC)
ANNA = Payer("w1", "c1", "anna", "q1")


@pytest.fixture(params=["memory", "sqlite", pytest.param("postgres", marks=pytest.mark.postgres)])
async def calls(request: pytest.FixtureRequest) -> AsyncIterator[BudgetStore]:
    if request.param == "memory":
        yield MemoryModelStore()
        return
    async with await SqlStore.open(request.getfixturevalue(f"{request.param}_url"), busy_timeout_s=30) as opened:
        yield SqlModelStore(opened.transactions)


def call(tokens: int = 100, money: int = 0, payer: Payer = ANNA, at: datetime = NOON) -> NewCall:
    return NewCall(at, "answer", "answer@1", "small", "http://localhost/v1", payer, tokens, money)


def end(tokens_in: int = 10, tokens_out: int = 5, money: int = 0, **more: object) -> CallEnd:
    verdict = Verdict.ANSWERED
    return CallEnd(NOON + timedelta(seconds=2), verdict, "", tokens_in, tokens_out, money, 2.0, **more)  # type: ignore[arg-type]


def day(most_tokens: int | None = None, most_money: int | None = None) -> Charge:
    return Charge("day", "", "2026-03-02", most_tokens, most_money)


async def test_a_call_counts_with_the_most_it_can_be_and_then_with_what_it_was(calls: BudgetStore) -> None:
    budget = [day(1000, 9_000_000_000_000)]
    number = await calls.reserve(call(400, 5_000_000_000_000), budget)
    assert isinstance(number, int)
    assert await calls.spent(budget) == [Spent("day", "", "2026-03-02", 400, 5_000_000_000_000)]
    assert await calls.settle(number, end(30, 12, 7))
    assert await calls.spent(budget) == [Spent("day", "", "2026-03-02", 42, 7)]
    assert not await calls.settle(number, end(500, 500, 500)), "a call ends once"
    assert await calls.spent(budget) == [Spent("day", "", "2026-03-02", 42, 7)]


async def test_what_finds_no_room_in_one_budget_counts_against_none(calls: BudgetStore) -> None:
    narrow, wide = Charge("user", "w1/anna", "2026-03-02", 250), day()
    assert isinstance(await calls.reserve(call(200), [wide, narrow]), int)
    assert await calls.reserve(call(51), [wide, narrow]) == narrow
    assert [one.tokens for one in await calls.spent([wide, narrow])] == [200, 200]
    assert isinstance(await calls.reserve(call(50), [wide, narrow]), int), "to the last token"
    assert len(await calls.calls()) == 2
    money = [Charge("day", "", "2026-03-03", None, 100)]
    assert isinstance(await calls.reserve(call(10**6, 60), money), int)
    assert await calls.reserve(call(1, 41), money) == money[0]
    assert isinstance(await calls.reserve(call(1, 40), money), int)


@pytest.mark.parametrize("asking", [30, pytest.param(1000, marks=pytest.mark.slow)])
async def test_ten_times_too_many_questions_at_once_never_exceed_a_budget(calls: BudgetStore, asking: int) -> None:
    """The most that a question can be is 100 tokens; what it was is less, and what is given back is given out anew."""
    most = 100 * (asking // 10)
    limits = Limits(day=Limit(tokens=most))
    at_once = asyncio.Semaphore(30)  # twice the connections: who waits for one longer than half a minute gives up
    seen: list[int] = []

    async def ask(number: int) -> int:
        counted = charges(Payer("w1", f"c{number % 7}", f"p{number % 31}", f"q{number}"), limits, NOON)
        async with at_once:
            reserved = await calls.reserve(call(100), counted)
        if isinstance(reserved, Charge):
            assert reserved.scope == "day"
            return 0
        async with at_once:
            seen.extend(one.tokens for one in await calls.spent(counted[-1:]))
            used = 40 + number % 60
            assert await calls.settle(reserved, end(used, 0))
            return used

    used = await asyncio.gather(*map(ask, range(asking)))
    [spent] = await calls.spent([day()])
    assert spent.tokens == sum(used) <= most
    assert max(seen) <= most
    assert sum(number > 0 for number in used) >= asking // 10


async def test_calls_are_remembered_newest_first_and_by_workspace(calls: BudgetStore) -> None:
    odd = Payer("w\x00\ud800", "c", "p", "q")
    first = await calls.reserve(call(), [day()])
    second = await calls.reserve(call(payer=odd, at=NOON + timedelta(seconds=1)), [day()])
    assert isinstance(first, int)
    assert isinstance(second, int)
    await calls.settle(first, end(said="Was?\ud800"))
    newest, oldest = await calls.calls()
    assert (newest.id, newest.call, newest.end) == (second, call(payer=odd, at=NOON + timedelta(seconds=1)), None)
    assert oldest.end == end(said="Was?\ud800")
    assert [row.id for row in await calls.calls(workspace=odd.workspace)] == [second]
    assert [row.id for row in await calls.calls(limit=1)] == [second]


async def test_old_calls_are_forgotten_and_prompts_and_what_was_learned_are_not(calls: BudgetStore) -> None:
    await calls.reserve(call(), [day()])
    await calls.reserve(call(at=NOON + timedelta(days=2)), [Charge("day", "", "2026-03-04")])
    await calls.keep_prompt("answer@1", "Answer.", now=NOON)
    await calls.keep_prompt("answer@1", "Another.", now=NOON)
    assert await calls.forget_calls(before=NOON + timedelta(days=1)) == 1
    assert (await calls.spent([day()]))[0].tokens == 0
    assert (await calls.spent([Charge("day", "", "2026-03-04")]))[0].tokens == 100
    assert await calls.prompt_template("answer@1") == "Answer."
    assert await calls.prompt_template("answer@2") is None
    await calls.keep_abilities("http://a/v1 m", '{"form":"none"}', now=NOON)
    await calls.keep_abilities("http://a/v1 m", '{"form":"json_object"}', now=NOON + timedelta(days=1))
    assert await calls.abilities() == {"http://a/v1 m": ('{"form":"json_object"}', NOON + timedelta(days=1))}


async def test_two_processes_share_one_budget(sqlite_url: str) -> None:
    """Two stores over one file are as two processes: they share no lock but the database's."""
    async with await SqlStore.open(sqlite_url) as one, await SqlStore.open(sqlite_url) as other:
        both = [SqlModelStore(store.transactions) for store in (one, other)]
        reserved = await asyncio.gather(*(both[n % 2].reserve(call(100), [day(1_500)]) for n in range(30)))
        assert sum(isinstance(number, int) for number in reserved) == 15


async def test_a_workspaces_own_model_is_kept_with_its_key_sealed(store: SqlStore) -> None:
    own = OwnModel("discord-1", "https://models.example/v1", "small", "sk-canary-90aa")
    models = SqlOwnModelStore(store.transactions, Seal("a long enough secret"))
    assert await models.own_model(own.workspace) is None
    await models.put_own_model(replace(own, model="older"), by="anna", now=NOON)
    await models.put_own_model(own, by="ben", now=NOON)
    assert await models.own_model(own.workspace) == own
    assert await models.own_models() == [replace(own, key="")]
    [[kept]] = await store.transactions.ask(lambda run: run("SELECT key FROM workspace_model", {}))
    assert own.key.encode() not in bytes(kept)
    with pytest.raises(SettingsError):
        await SqlOwnModelStore(store.transactions, Seal("another long secret")).own_model(own.workspace)
    await store.transactions.alone(
        lambda connection: connection.execute(text("UPDATE workspace_model SET workspace = 'discord-2'"))
    )
    with pytest.raises(SettingsError):
        await models.own_model("discord-2")  # nobody makes it another's by moving a row
    assert await models.remove_own_model("discord-2")
    assert not await models.remove_own_model("discord-2")


# --- what models wrote ---


async def test_what_was_written_is_kept_once_and_forgotten_when_it_is_old(store: SqlStore) -> None:
    writings = SqlWritingStore(store.transactions)
    await writings.keep_writings({"a": "ä\ud800\0", "b": "two"}, now=NOON)
    await writings.keep_writings({"a": "another", "c": "three"}, now=NOON + timedelta(days=1))
    await writings.keep_writings({}, now=NOON)
    assert await writings.writings(["a", "c", "nowhere"]) == {"a": "ä\ud800\0", "c": "three"}
    assert await writings.writings([]) == {}
    assert await writings.forget_writings(before=NOON + timedelta(hours=1)) == 2
    assert await writings.writings(["a", "b", "c"]) == {"c": "three"}
