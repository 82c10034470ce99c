"""The desk straight on an SQLite file: what `ask` loads, so the standard library and msgspec only."""

from __future__ import annotations

import sqlite3
import threading
from collections.abc import Mapping, Sequence
from pathlib import Path
from typing import Any

from bot.domain import Receipt
from bot.library import revisions, rows
from bot.library.faults import in_our_words
from bot.library.reads import DeskReads

BUSY_TIMEOUT_S = 10.0
# the twin of `engines.PRAGMAS`, which would load SQLAlchemy; a file with tables is in WAL mode already
PRAGMAS = ("PRAGMA synchronous = FULL", "PRAGMA foreign_keys = ON")


class SqliteDesk(DeskReads):
    """`Desk` on one connection; calls from several threads take turns."""

    def __init__(self, path: Path, *, busy_timeout_s: float = BUSY_TIMEOUT_S) -> None:
        """Open an existing library. Raises what `revisions.require_head` raises, and LibraryError."""
        if not path.exists():
            revisions.require_head(None)
        self._turn = threading.Lock()
        with in_our_words():
            self._connection = sqlite3.connect(
                path.absolute().as_uri() + "?mode=rw",  # never makes a file
                uri=True,
                timeout=busy_timeout_s,
                isolation_level=None,
                check_same_thread=False,
            )
        try:
            self._check()
        except BaseException:  # whatever it was, the file is given back
            self.close()
            raise

    def _check(self) -> None:
        with in_our_words():
            for pragma in PRAGMAS:
                self._connection.execute(pragma)
        known = self._run(
            "SELECT 1 FROM sqlite_master WHERE type = 'table' AND name = :name", {"name": revisions.TABLE}
        )
        found = self._run(f"SELECT version_num FROM {revisions.TABLE}", {}) if known else []
        revisions.require_head(found[0][0] if found else None)

    def close(self) -> None:
        self._connection.close()

    def _run(self, sql: str, parameters: Mapping[str, Any], /) -> Sequence[rows.Row]:
        with self._turn, in_our_words():
            return self._connection.execute(sql, parameters).fetchall()

    def keep_receipt(self, receipt: Receipt) -> int:
        columns = rows.receipt_columns(receipt)
        with self._turn, in_our_words():
            kept = self._connection.execute(  # a single statement is a transaction of its own
                f"INSERT INTO receipt ({', '.join(columns)}) VALUES ({', '.join(f':{name}' for name in columns)})",
                columns,
            )
        if kept.lastrowid is None:
            raise AssertionError("an insert has a row")
        return kept.lastrowid
