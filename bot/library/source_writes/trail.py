"""The trail: what happened to an address and to each of its items, a line each."""

from __future__ import annotations

from collections.abc import Sequence
from datetime import datetime

from sqlalchemy import Connection, insert

from bot.library import source_rows, tables
from bot.library.source_store import Note


def note_items(
    connection: Connection, watched_id: int, notes: Sequence[tuple[int, Note]], now: datetime
) -> None:
    columns = [source_rows.note_columns(note, watched_id, item_id, now) for item_id, note in notes]
    if columns:
        connection.execute(insert(tables.trail), columns)


def note_address(connection: Connection, watched_id: int, note: Note, now: datetime) -> None:
    connection.execute(insert(tables.trail), [source_rows.note_columns(note, watched_id, None, now)])
