"""Sources on the web, on SQLAlchemy, for SQLite and PostgreSQL. See `source_store.SourceStore` for the contract."""

from __future__ import annotations

from collections.abc import Collection, Iterable, Mapping, Sequence
from datetime import datetime, timedelta

from bot.domain import Document, Scope, SourceKind
from bot.library import source_reads
from bot.library.source_store import (
    FOR_EVER,
    UNDO_FOR,
    CheckClaim,
    CheckResult,
    CheckSaved,
    Choices,
    Following,
    ItemClaim,
    ItemCounts,
    ItemStory,
    KeptFor,
    KnownItem,
    Note,
    Reading,
    ReadPage,
    TrailLine,
)
from bot.library.source_writes import checks, choosing, claims, moves, readings
from bot.library.transactions import Transactions
from bot.sources.item_identity import ItemKeys, host_of


class SqlSourceStore:
    """`SourceStore` in the database of a `SqlStore`, whose transactions it takes part in."""

    def __init__(self, transactions: Transactions) -> None:
        self._db = transactions

    # --- what people do ---

    async def add(
        self,
        kind: SourceKind,
        address: str,
        audience: str,
        choices: Choices,
        *,
        now: datetime,
        by: str = "",
        title: str = "",
    ) -> tuple[Following, bool]:
        host = host_of(address)
        return await self._db.alone(
            lambda c: choosing.add(c, kind, address, host, audience, choices, now, by, title)
        )

    async def edit(self, source_id: int, choices: Choices, *, now: datetime) -> Following:  # noqa: ARG002 - the port's
        return await self._db.alone(lambda c: choosing.edit(c, source_id, choices))

    async def pause(self, source_id: int, *, until: datetime = FOR_EVER, now: datetime, by: str = "") -> Following:
        return await self._db.alone(lambda c: choosing.pause(c, source_id, until, now, by))

    async def resume(self, source_id: int, *, now: datetime) -> Following:
        return await self._db.alone(lambda c: choosing.resume(c, source_id, now))

    async def remove(
        self, source_id: int, *, erase: bool, now: datetime, by: str = "", undo_for: timedelta = UNDO_FOR
    ) -> Following:
        return await self._db.alone(
            lambda c: choosing.remove(c, source_id, erase=erase, now=now, by=by, undo_for=undo_for)
        )

    async def undo_remove(self, source_id: int, *, now: datetime) -> Following:
        return await self._db.alone(lambda c: choosing.undo_remove(c, source_id, now))

    async def followings(self, scope: Scope | None = None, *, removed: bool = False) -> list[Following]:
        return await self._db.ask(lambda run: source_reads.followings(run, scope, removed=removed))

    async def following(self, source_id: int, scope: Scope | None = None) -> Following | None:
        return await self._db.ask(lambda run: source_reads.following(run, scope, source_id))

    async def counts(self, source_ids: Iterable[int]) -> Mapping[int, ItemCounts]:
        return await self._db.ask(lambda run: source_reads.counts(run, source_ids))

    async def newest_documents(self, source_id: int, limit: int) -> list[Document]:
        return await self._db.ask(lambda run: source_reads.newest_documents(run, source_id, limit))

    async def release(self, source_id: int, *, now: datetime, as_known: bool = False) -> int:
        return await self._db.alone(lambda c: choosing.release(c, source_id, now, as_known=as_known))

    async def lift_baseline(self, source_id: int, limit: int, *, now: datetime) -> list[Document]:
        return await self._db.alone(lambda c: choosing.lift_baseline(c, source_id, limit, now))

    async def why(self, scope: Scope | None, refs: Sequence[str], *, limit: int = 20) -> list[ItemStory]:
        return await self._db.ask(lambda run: source_reads.why(run, scope, refs, limit))

    async def address_trail(self, watched_id: int, limit: int = 50) -> list[TrailLine]:
        return await self._db.ask(lambda run: source_reads.address_trail(run, watched_id, limit))

    # --- what the poller does ---

    async def is_anything_followed(self) -> bool:
        return await self._db.ask(source_reads.is_anything_followed)

    async def next_due(self, now: datetime) -> datetime | None:
        return await self._db.ask(lambda run: source_reads.next_due(run, now))

    async def claim_checks(
        self, holder: str, *, now: datetime, limit: int, lease: timedelta, busy_hosts: Collection[str] = ()
    ) -> list[CheckClaim]:
        return await self._db.alone(
            lambda c: claims.claim_checks(c, holder, now, limit, lease, busy_hosts)
        )

    async def claim_items(
        self, holder: str, *, now: datetime, limit: int, lease: timedelta, busy_hosts: Collection[str] = ()
    ) -> list[ItemClaim]:
        return await self._db.alone(
            lambda c: claims.claim_items(c, holder, now, limit, lease, busy_hosts)
        )

    async def known_items(self, watched_id: int, keys: Iterable[ItemKeys]) -> list[KnownItem]:
        return await self._db.ask(lambda run: source_reads.known_items(run, watched_id, keys))

    async def read_page(self, item_id: int, link_key: str, *, since: datetime) -> ReadPage | None:
        return await self._db.ask(lambda run: source_reads.read_page(run, item_id, link_key, since))

    async def save_check(self, claim: CheckClaim, result: CheckResult, *, now: datetime) -> CheckSaved | None:
        return await self._db.alone(lambda c: checks.save_check(c, claim, result, now))

    async def move(self, claim: CheckClaim, address: str, *, now: datetime) -> bool:
        return await self._db.alone(lambda c: moves.move(c, claim, address, host_of(address), now))

    async def save_reading(self, claim: ItemClaim, reading: Reading, *, now: datetime) -> list[KeptFor] | None:
        return await self._db.alone(lambda c: readings.save_reading(c, claim, reading, now))

    async def postpone(self, claim: ItemClaim, due_at: datetime, note: Note, *, now: datetime) -> bool:
        return await self._db.alone(lambda c: readings.postpone(c, claim, due_at, note, now))

    async def give_back(self, holder: str, *, died: bool = False) -> int:
        return await self._db.alone(lambda c: claims.give_back(c, holder, died=died))

    async def holders(self) -> list[str]:
        return await self._db.ask(claims.holders)
