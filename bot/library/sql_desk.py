"""The desk over SQLAlchemy, for PostgreSQL: its start is slow there, so a process that answers keeps it open."""

from __future__ import annotations

from collections.abc import Mapping, Sequence
from typing import Any

from bot.domain import Receipt
from bot.library import engines, revisions, rows, writes
from bot.library.faults import in_our_words
from bot.library.reads import DeskReads


class SqlDesk(DeskReads):
    """`Desk` over an engine of its own; every call takes a connection from its pool."""

    def __init__(self, url: str, *, busy_timeout_s: float = engines.BUSY_TIMEOUT_S) -> None:
        """Open an existing library. Raises what `revisions.require_head` raises, LibraryError."""
        self._engine = engines.open_sync(url, busy_timeout_s=busy_timeout_s)
        try:
            with in_our_words(), self._engine.connect() as connection:
                revisions.require_head(engines.stored_revision(connection))
        except BaseException:  # whatever it was, the connections are given back
            self.close()
            raise

    def close(self) -> None:
        self._engine.dispose()

    def _run(self, sql: str, parameters: Mapping[str, Any], /) -> Sequence[rows.Row]:
        with in_our_words(), self._engine.connect() as connection:
            return writes.run_on(connection)(sql, parameters)

    def keep_receipt(self, receipt: Receipt) -> int:
        with in_our_words(), self._engine.execution_options(**engines.WRITING).begin() as connection:
            return writes.keep_receipt(connection, receipt)
