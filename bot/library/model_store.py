"""Calls of a language model and their budgets, in memory, for programs without a library."""

from __future__ import annotations

from collections.abc import Sequence
from dataclasses import replace
from datetime import datetime

from bot.language_model.port import CallEnd, CallRow, Charge, NewCall, Spent

_Key = tuple[str, str, str]


class MemoryModelStore:
    """`BudgetStore` of one process. Nothing in it waits, so no two callers meet in it."""

    def __init__(self) -> None:
        self._rows: dict[int, tuple[CallRow, tuple[_Key, ...]]] = {}
        self._spent: dict[_Key, tuple[int, int]] = {}
        self._touched: dict[_Key, datetime] = {}
        self._prompts: dict[str, str] = {}
        self._abilities: dict[str, tuple[str, datetime]] = {}
        self._next_id = 1

    async def reserve(self, call: NewCall, charges: Sequence[Charge]) -> int | Charge:
        for charge in charges:
            tokens, money = self._spent.get(_key(charge), (0, 0))
            if charge.most_tokens is not None and tokens + call.tokens > charge.most_tokens:
                return charge
            if charge.most_money is not None and money + call.money > charge.most_money:
                return charge
        keys = tuple(_key(charge) for charge in charges)
        for key in keys:
            self._add(key, call.tokens, call.money, call.at)
        number, self._next_id = self._next_id, self._next_id + 1
        self._rows[number] = CallRow(number, call, None), keys
        return number

    async def settle(self, call_id: int, end: CallEnd) -> bool:
        row, keys = self._rows.get(call_id, (None, ()))
        if row is None or row.end is not None:
            return False
        self._rows[call_id] = replace(row, end=end), keys
        for key in keys:
            tokens = end.tokens_in + end.tokens_out - row.call.tokens
            self._add(key, tokens, end.money - row.call.money, end.at)
        return True

    async def spent(self, charges: Sequence[Charge]) -> list[Spent]:
        return [Spent(*_key(charge), *self._spent.get(_key(charge), (0, 0))) for charge in charges]

    async def calls(self, *, workspace: str | None = None, limit: int = 50) -> list[CallRow]:
        rows = [row for row, _ in reversed(self._rows.values())]
        return [row for row in rows if workspace is None or row.call.payer.workspace == workspace][:limit]

    async def keep_prompt(self, prompt: str, template: str, *, now: datetime) -> None:  # noqa: ARG002 - of the port
        self._prompts.setdefault(prompt, template)

    async def prompt_template(self, prompt: str) -> str | None:
        return self._prompts.get(prompt)

    async def keep_abilities(self, endpoint: str, abilities: str, *, now: datetime) -> None:
        self._abilities[endpoint] = abilities, now

    async def abilities(self) -> dict[str, tuple[str, datetime]]:
        return dict(self._abilities)

    async def forget_calls(self, *, before: datetime) -> int:
        old = [number for number, (row, _) in self._rows.items() if row.call.at < before]
        for number in old:
            del self._rows[number]
        for key in [key for key, at in self._touched.items() if at < before]:
            del self._touched[key], self._spent[key]
        return len(old)

    def _add(self, key: _Key, tokens: int, money: int, at: datetime) -> None:
        before = self._spent.get(key, (0, 0))
        self._spent[key] = before[0] + tokens, before[1] + money
        self._touched[key] = at


def _key(charge: Charge) -> _Key:
    return charge.scope, charge.key, charge.day
