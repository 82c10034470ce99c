"""The store on SQLAlchemy, for SQLite and PostgreSQL. See `store.Store` for the contract, `reads` and `writes` for the
statements; `transactions` for how they are run."""

from __future__ import annotations

from collections.abc import Collection, Iterable, Mapping, Sequence
from datetime import datetime
from typing import Self

from sqlalchemy import Engine
from sqlalchemy.ext.asyncio import AsyncEngine

from bot.domain import (
    Change,
    Document,
    DocumentDraft,
    DocumentState,
    Receipt,
    Scope,
    Source,
    SourceKind,
    StoredVersion,
)
from bot.library import engines, reads, revisions, writes
from bot.library.addresses import sqlite_path
from bot.library.store import Arrival, FileState, KnownFile, Membership, Saved
from bot.library.transactions import Transactions


class SqlStore:
    """`Store` over one engine. `async with` closes it."""

    def __init__(self, engine: Engine | AsyncEngine) -> None:
        self.transactions = Transactions(engine)  # shared with who keeps more in the same database

    @classmethod
    async def open(cls, url: str, *, busy_timeout_s: float = engines.BUSY_TIMEOUT_S) -> Self:
        """Open the library at `url` and bring its tables up to date. Raises SettingsError, LibraryError."""
        open_engine = engines.open_sync if sqlite_path(url) is not None else engines.open_async
        store = cls(open_engine(url, busy_timeout_s=busy_timeout_s))
        try:
            await store.migrate()
        except BaseException:  # cancellation, too, gives the connections back
            await store.close()
            raise
        return store

    async def __aenter__(self) -> Self:
        return self

    async def __aexit__(self, *_: object) -> None:
        await self.close()

    async def close(self) -> None:
        await self.transactions.close()

    async def migrate(self) -> None:
        if revisions.needs_upgrade(await self.transactions.inside(engines.stored_revision)):
            from bot.library import migrations  # Alembic: half a second that only an upgrade has to pay

            await self.transactions.alone(migrations.upgrade)

    # --- sources ---

    async def ensure_source(self, kind: SourceKind, address: str, audience: str) -> Source:
        return await self.transactions.alone(lambda c: writes.ensure_source(c, kind, address, audience))

    async def sources(self) -> list[Source]:
        return await self.transactions.ask(reads.sources)

    # --- what arrives ---

    async def save_draft(
        self,
        source: Source,
        name: str,
        draft: DocumentDraft,
        raw: bytes,
        *,
        seen_at: datetime,
        file: FileState | None = None,
    ) -> Saved:
        [saved] = await self.save_drafts([Arrival(source, name, draft, raw, seen_at, file)])
        return saved

    async def save_drafts(self, arrivals: Sequence[Arrival]) -> list[Saved]:
        return await self.transactions.alone(lambda c: writes.save_drafts(c, arrivals)) if arrivals else []

    async def save_failure(
        self,
        source: Source,
        name: str,
        code: str,
        person_reason: str,
        raw: bytes | None,
        *,
        seen_at: datetime,
        file: FileState | None = None,
    ) -> Document:
        return await self.transactions.alone(
            lambda c: writes.save_failure(c, source, name, code, person_reason, raw, seen_at, file)
        )

    async def mark_removed(self, document_id: int) -> None:
        await self.transactions.alone(lambda c: writes.mark_removed(c, document_id))

    async def rename(self, document_id: int, new_name: str, *, file: FileState | None = None) -> Document:
        return await self.transactions.alone(lambda c: writes.rename(c, document_id, new_name, file))

    async def touch(self, document_id: int, file: FileState) -> None:
        await self.transactions.alone(lambda c: writes.touch(c, document_id, file))

    async def file_states(self, source_id: int) -> dict[str, KnownFile]:
        return await self.transactions.ask(lambda run: reads.file_states(run, source_id))

    # --- what is kept ---

    async def version(self, scope: Scope | None, version_id: int) -> StoredVersion | None:
        return await self.transactions.ask(lambda run: reads.version(run, scope, version_id))

    async def versions(self, scope: Scope | None, version_ids: Iterable[int]) -> dict[int, StoredVersion]:
        return await self.transactions.ask(lambda run: reads.versions(run, scope, version_ids))

    async def numbered_version(self, scope: Scope | None, document_id: int, number: int) -> StoredVersion | None:
        return await self.transactions.ask(lambda run: reads.numbered_version(run, scope, document_id, number))

    async def document(self, scope: Scope, ref: str) -> Document | None:
        return await self.transactions.ask(lambda run: reads.document(run, scope, ref))

    async def documents(
        self,
        scope: Scope,
        *,
        states: Collection[DocumentState] | None = None,
        limit: int = 100,
        offset: int = 0,
    ) -> list[Document]:
        return await self.transactions.ask(
            lambda run: reads.documents(run, scope, states=states, limit=limit, offset=offset)
        )

    async def document_count(self, scope: Scope, *, states: Collection[DocumentState] | None = None) -> int:
        return await self.transactions.ask(lambda run: reads.document_count(run, scope, states=states))

    async def raw(self, sha256: str) -> bytes | None:
        return await self.transactions.ask(lambda run: reads.raw(run, sha256))

    async def keep_raw(self, raw: bytes) -> str:
        return await self.transactions.alone(lambda c: writes.keep_raw(c, raw))

    # --- the change log ---

    async def newest_seq(self) -> int:
        return await self.transactions.ask(reads.newest_seq)

    async def changes_after(self, seq: int, limit: int = 1000) -> list[Change]:
        return await self.transactions.ask(lambda run: reads.changes_after(run, seq, limit))

    # --- reports and stories ---

    async def put_memberships(self, memberships: Iterable[Membership]) -> None:
        await self.transactions.alone(lambda c: writes.put_memberships(c, memberships))

    async def clear_memberships(self) -> None:
        await self.transactions.alone(writes.clear_memberships)

    async def memberships(self, scope: Scope | None, document_ids: Iterable[int]) -> Mapping[int, Membership]:
        return await self.transactions.ask(lambda run: reads.memberships(run, scope, document_ids))

    # --- what was shown ---

    async def keep_receipt(self, receipt: Receipt) -> int:
        return await self.transactions.alone(lambda c: writes.keep_receipt(c, receipt))

    async def receipts(self, after_id: int = 0, limit: int = 1000) -> list[Receipt]:
        return await self.transactions.ask(lambda run: reads.receipts(run, after_id, limit))
