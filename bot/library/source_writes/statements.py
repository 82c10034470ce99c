"""Statements that many of these writes are made of: a source and its address, by their keys."""

from __future__ import annotations

from collections.abc import Mapping, Sequence
from datetime import datetime
from typing import Any

from sqlalchemy import Connection, text

from bot.errors import NotFound
from bot.library import source_reads, source_rows
from bot.library.source_store import Following
from bot.library.writes import run_on
from bot.sources.source_health import woken


def change(connection: Connection, sql: str, parameters: Mapping[str, Any] | Sequence[Mapping[str, Any]]) -> int:
    """Run one statement that changes rows, for one or for many sets of parameters; how many rows it changed."""
    if not parameters:
        return 0
    return connection.execute(text(sql), parameters).rowcount


def following(connection: Connection, source_id: int) -> Following:
    """The source, removed or not. Raises NotFound."""
    if (one := source_reads.following(run_on(connection), None, source_id)) is None:
        raise NotFound("no-such-source", f"source {source_id}", "There is no such source.")
    return one


def living(connection: Connection, source_id: int) -> Following:
    """The source, if it is not removed. Raises NotFound."""
    one = following(connection, source_id)
    if one.removed_at is not None:
        raise NotFound("source-removed", f"source {source_id}", "That source was removed.")
    return one


def update_choice(connection: Connection, source_id: int, columns: Mapping[str, Any]) -> None:
    changes = ", ".join(f"{name} = :{name}" for name in columns)
    change(connection, f"UPDATE source_choice SET {changes} WHERE source_id = :key", {**columns, "key": source_id})


def update_watched(connection: Connection, watched_id: int, columns: Mapping[str, Any]) -> None:
    changes = ", ".join(f"{name} = :{name}" for name in columns)
    change(connection, f"UPDATE watched SET {changes} WHERE id = :key", {**columns, "key": watched_id})


def wake(connection: Connection, watched_id: int, now: datetime) -> None:
    """Make an address due, also one that rests."""
    run = run_on(connection)
    [row] = run(f"SELECT {source_rows.WATCHED} FROM watched w WHERE w.id = :key", {"key": watched_id})
    health = woken(source_rows.watched(row).health, now)
    update_watched(connection, watched_id, source_rows.health_columns(health))
