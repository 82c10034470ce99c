"""Calls of a language model and their budgets, on SQLAlchemy, for SQLite and PostgreSQL. `BudgetStore` is the contract.

A budget is one row. A call is counted by an update that changes the row only where there is room, so that no two calls
can both take the last of it, whatever the processes; the rows of a call are taken in one order, so that none waits for
the other in a circle.
"""

from __future__ import annotations

import json
from collections.abc import Mapping, Sequence
from datetime import datetime
from typing import Any

from sqlalchemy import Connection, text

from bot.language_model.own_models import OwnModel
from bot.language_model.port import CallEnd, CallRow, Charge, NewCall, Payer, Spent, Verdict
from bot.library.rows import Row, bytes_text, from_column, instant_column, text_bytes, to_column
from bot.library.sealing import Seal
from bot.library.transactions import Transactions

_CALL = (
    "id, at, task, prompt, model, endpoint, workspace, channel, person, question, tokens, money, verdict, code, "
    "ended_at, tokens_in, tokens_out, cost, seconds, said"
)


class SqlModelStore:
    """`BudgetStore` in the database of a `SqlStore`, whose transactions it takes part in."""

    def __init__(self, transactions: Transactions) -> None:
        self._db = transactions

    async def reserve(self, call: NewCall, charges: Sequence[Charge]) -> int | Charge:
        try:
            return await self._db.alone(lambda c: _reserve(c, call, charges))
        except _NoRoom as full:  # which has undone what was counted before it
            return full.charge

    async def settle(self, call_id: int, end: CallEnd) -> bool:
        return await self._db.alone(lambda c: _settle(c, call_id, end))

    async def spent(self, charges: Sequence[Charge]) -> list[Spent]:
        sql = "SELECT tokens, money FROM model_budget WHERE scope = :scope AND key = :key AND day = :day"

        def read(connection: Connection) -> list[Spent]:
            found = []
            for charge in charges:
                row = connection.execute(text(sql), _place(charge.scope, charge.key, charge.day)).first()
                found.append(Spent(charge.scope, charge.key, charge.day, *(row or (0, 0))))
            return found

        return await self._db.inside(read)

    async def calls(self, *, workspace: str | None = None, limit: int = 50) -> list[CallRow]:
        where = "" if workspace is None else "WHERE workspace = :workspace "
        columns: dict[str, Any] = {"limit": limit}
        if workspace is not None:
            columns["workspace"] = to_column(workspace)
        sql = f"SELECT {_CALL} FROM model_call {where}ORDER BY id DESC LIMIT :limit"
        return [_row(row) for row in await self._db.ask(lambda run: run(sql, columns))]

    async def keep_prompt(self, prompt: str, template: str, *, now: datetime) -> None:
        sql = (
            "INSERT INTO model_prompt (prompt, first_used_at, template) VALUES (:prompt, :now, :template) "
            "ON CONFLICT (prompt) DO NOTHING"
        )
        columns = {"prompt": to_column(prompt), "now": instant_column(now), "template": text_bytes(template)}
        await self._db.alone(lambda c: _run(c, sql, columns))

    async def prompt_template(self, prompt: str) -> str | None:
        sql = "SELECT template FROM model_prompt WHERE prompt = :prompt"
        found = await self._db.ask(lambda run: run(sql, {"prompt": to_column(prompt)}))
        return bytes_text(found[0][0]) if found else None

    async def keep_abilities(self, endpoint: str, abilities: str, *, now: datetime) -> None:
        sql = (
            "INSERT INTO model_ability (endpoint, learned_at, abilities) VALUES (:endpoint, :now, :abilities) "
            "ON CONFLICT (endpoint) DO UPDATE SET learned_at = excluded.learned_at, abilities = excluded.abilities"
        )
        columns = {"endpoint": to_column(endpoint), "now": instant_column(now), "abilities": to_column(abilities)}
        await self._db.alone(lambda c: _run(c, sql, columns))

    async def abilities(self) -> dict[str, tuple[str, datetime]]:
        found = await self._db.ask(lambda run: run("SELECT endpoint, abilities, learned_at FROM model_ability", {}))
        return {
            from_column(endpoint): (from_column(written), datetime.fromisoformat(at)) for endpoint, written, at in found
        }

    async def forget_calls(self, *, before: datetime) -> int:
        def write(connection: Connection) -> int:
            at = {"before": instant_column(before)}
            _run(connection, "DELETE FROM model_budget WHERE touched_at < :before", at)
            return _run(connection, "DELETE FROM model_call WHERE at < :before", at)

        return await self._db.alone(write)


class SqlOwnModelStore:
    """`OwnModelStore` in the database of a `SqlStore`. A key is sealed, and bound to its workspace."""

    def __init__(self, transactions: Transactions, seal: Seal) -> None:
        self._db, self._seal = transactions, seal

    async def own_model(self, workspace: str) -> OwnModel | None:
        sql = "SELECT url, model, key FROM workspace_model WHERE workspace = :workspace"
        found = await self._db.ask(lambda run: run(sql, {"workspace": to_column(workspace)}))
        if not found:
            return None
        url, model, key = found[0]
        return OwnModel(workspace, from_column(url), from_column(model), self._seal.open(key, workspace))

    async def put_own_model(self, own: OwnModel, *, by: str, now: datetime) -> None:
        sql = (
            "INSERT INTO workspace_model (workspace, url, model, set_at, set_by, key) "
            "VALUES (:workspace, :url, :model, :now, :by, :key) ON CONFLICT (workspace) DO UPDATE SET "
            "url = excluded.url, model = excluded.model, key = excluded.key, "
            "set_at = excluded.set_at, set_by = excluded.set_by"
        )
        columns = {
            "workspace": to_column(own.workspace), "url": to_column(own.url), "model": to_column(own.model),
            "now": instant_column(now), "by": to_column(by), "key": self._seal.seal(own.key, own.workspace),
        }  # fmt: skip
        await self._db.alone(lambda c: _run(c, sql, columns))

    async def remove_own_model(self, workspace: str) -> bool:
        sql = "DELETE FROM workspace_model WHERE workspace = :workspace"
        return await self._db.alone(lambda c: _run(c, sql, {"workspace": to_column(workspace)}) > 0)

    async def own_models(self) -> list[OwnModel]:
        sql = "SELECT workspace, url, model FROM workspace_model ORDER BY workspace"
        return [OwnModel(*map(from_column, row)) for row in await self._db.ask(lambda run: run(sql, {}))]


class _NoRoom(Exception):
    def __init__(self, charge: Charge) -> None:
        self.charge = charge
        super().__init__(charge.scope)


def _reserve(connection: Connection, call: NewCall, charges: Sequence[Charge]) -> int:
    at = instant_column(call.at)
    for charge in charges:
        place = _place(charge.scope, charge.key, charge.day)
        _run(
            connection,
            "INSERT INTO model_budget (scope, key, day, tokens, money, touched_at) "
            "VALUES (:scope, :key, :day, 0, 0, :at) ON CONFLICT (scope, key, day) DO NOTHING",
            {**place, "at": at},
        )
        room, columns = "", {**place, "at": at, "tokens": call.tokens, "money": call.money}
        if charge.most_tokens is not None:
            room += " AND tokens + :tokens <= :most_tokens"
            columns["most_tokens"] = charge.most_tokens
        if charge.most_money is not None:
            room += " AND money + :money <= :most_money"
            columns["most_money"] = charge.most_money
        counted = _run(
            connection,
            "UPDATE model_budget SET tokens = tokens + :tokens, money = money + :money, touched_at = :at "
            f"WHERE scope = :scope AND key = :key AND day = :day{room}",
            columns,
        )
        if not counted:
            raise _NoRoom(charge)
    payer = call.payer
    return int(
        connection.execute(
            text(
                "INSERT INTO model_call (at, task, prompt, model, endpoint, workspace, channel, person, question, "
                "tokens, money, charges, verdict, code, tokens_in, tokens_out, cost, seconds) VALUES (:at, :task, "
                ":prompt, :model, :endpoint, :workspace, :channel, :person, :question, :tokens, :money, :charges, "
                ":verdict, '', 0, 0, 0, 0) RETURNING id"
            ),
            {
                "at": at, "task": to_column(call.task), "prompt": to_column(call.prompt),
                "model": to_column(call.model), "endpoint": to_column(call.endpoint),
                "workspace": to_column(payer.workspace), "channel": to_column(payer.channel),
                "person": to_column(payer.person), "question": to_column(payer.question), "tokens": call.tokens,
                "money": call.money, "verdict": str(Verdict.ASKED),
                "charges": json.dumps([[charge.scope, charge.key, charge.day] for charge in charges]),
            },
        ).scalar_one()
    )  # fmt: skip


def _settle(connection: Connection, call_id: int, end: CallEnd) -> bool:
    ended = _run(
        connection,
        "UPDATE model_call SET verdict = :verdict, code = :code, ended_at = :at, tokens_in = :tokens_in, "
        "tokens_out = :tokens_out, cost = :cost, seconds = :seconds, said = :said WHERE id = :id AND ended_at IS NULL",
        {
            "id": call_id, "verdict": str(end.verdict), "code": to_column(end.code), "at": instant_column(end.at),
            "tokens_in": end.tokens_in, "tokens_out": end.tokens_out, "cost": end.money, "seconds": end.seconds,
            "said": text_bytes(end.said) if end.said else None,
        },
    )  # fmt: skip
    if not ended:
        return False
    tokens, money, charges = connection.execute(
        text("SELECT tokens, money, charges FROM model_call WHERE id = :id"), {"id": call_id}
    ).one()
    for scope, key, day in json.loads(charges):
        _run(
            connection,
            "UPDATE model_budget SET tokens = tokens + :tokens, money = money + :money, touched_at = :at "
            "WHERE scope = :scope AND key = :key AND day = :day",
            {
                **_place(scope, key, day), "tokens": end.tokens_in + end.tokens_out - tokens,
                "money": end.money - money, "at": instant_column(end.at),
            },
        )  # fmt: skip
    return True


def _row(row: Row) -> CallRow:
    (key, at, task, prompt, model, endpoint, workspace, channel, person, question, tokens, money) = row[:12]
    (verdict, code, ended_at, tokens_in, tokens_out, cost, seconds, said) = row[12:]
    payer = Payer(from_column(workspace), from_column(channel), from_column(person), from_column(question))
    call = NewCall(
        datetime.fromisoformat(at), from_column(task), from_column(prompt), from_column(model), from_column(endpoint),
        payer, tokens, money,
    )  # fmt: skip
    if ended_at is None:
        return CallRow(key, call, None)
    end = CallEnd(
        datetime.fromisoformat(ended_at), Verdict(verdict), from_column(code), tokens_in, tokens_out, cost, seconds,
        bytes_text(said) if said is not None else "",
    )  # fmt: skip
    return CallRow(key, call, end)


def _place(scope: str, key: str, day: str) -> dict[str, Any]:
    return {"scope": scope, "key": to_column(key), "day": day}


def _run(connection: Connection, sql: str, columns: Mapping[str, Any]) -> int:
    """Run one statement that changes rows; how many it changed."""
    return connection.execute(text(sql), columns).rowcount
