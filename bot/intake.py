"""Intake: from a folder to searchable, grouped documents. Files are read one by one, kept, then taken into the index.

Every step can be repeated: what a crash interrupts, the next look takes up where the store says it stopped.
"""

from __future__ import annotations

import asyncio
import hashlib
import logging
import time
from dataclasses import dataclass, field
from datetime import UTC, datetime
from enum import StrEnum
from typing import TYPE_CHECKING

from bot.documents.reading import needs_child, read_document
from bot.domain import DocumentState, SourceKind
from bot.errors import Unreadable
from bot.library.index_feed import put_next_batch
from bot.library.store import Arrival, FileState, SaveOutcome
from bot.sources import folder
from bot.stories.arrivals import Arrivals

if TYPE_CHECKING:
    from collections.abc import Callable
    from pathlib import Path

    from bot.documents.child import ReaderChild
    from bot.domain import Document, DocumentDraft, Source
    from bot.library.desk import Desk
    from bot.library.search_index import SearchIndex
    from bot.library.store import KnownFile, Store
    from bot.settings import Settings

log = logging.getLogger(__name__)

_BATCH = 50  # documents kept in one transaction
_BATCH_S = 0.25  # and no document waits longer than this for the others of its batch


class Happened(StrEnum):
    """What a look at the folder found of one document."""

    NEW = "new"
    CHANGED = "changed"
    BACK = "back"
    RENAMED = "renamed"
    REMOVED = "removed"
    FAILED = "failed"


@dataclass(frozen=True, slots=True)
class Event:
    """Something that happened to one document."""

    happened: Happened
    document: Document


@dataclass(slots=True)
class Look:
    """The outcome of one look at the folder."""

    events: list[Event] = field(default_factory=list)
    passed_over: dict[str, str] = field(default_factory=dict)
    errors: dict[str, str] = field(default_factory=dict)
    unsettled: int = 0  # files still being written: look again soon


@dataclass(frozen=True, slots=True)
class _Waiting:
    found: folder.FoundFile
    known: KnownFile | None


class Intake:
    """Takes one folder into the library. One look at a time."""

    def __init__(self, settings: Settings, store: Store, desk: Desk, index: SearchIndex, reader: ReaderChild) -> None:
        self._settings = settings
        self._store = store
        self._desk = desk
        self._index = index
        self._reader = reader
        self._arrivals = Arrivals(index, desk)
        self._one_at_a_time = asyncio.Lock()
        self._sources: dict[Path, Source] = {}

    async def look(self, root: Path, audience: str, *, progress: Callable[[int, int], None] | None = None) -> Look:
        """Take in all that changed below `root` since the last look. `progress(done, all)` is told after every file."""
        async with self._one_at_a_time:
            source = await self._source(root, audience)
            scan = await asyncio.to_thread(folder.scan, root)
            known = await self._store.file_states(source.id)
            look = Look(passed_over=scan.passed_over, errors=scan.errors)
            now_ns = time.time_ns()
            waiting = []
            for found in scan.files:
                shown = folder.display_name(found.name)
                if _is_settled(found, now_ns):
                    if _has_changed(found, known.get(shown)):
                        waiting.append(_Waiting(found, known.get(shown)))
                else:
                    look.unsettled += 1
            present = {folder.display_name(found.name) for found in scan.files}
            gone = {name: file for name, file in known.items() if name not in present and not _unlisted(name, scan)}
            await self._take_in(root, source, waiting, gone, look, progress)
            for file in gone.values():
                await self._remove(file, audience, look)
            await self.follow()
            return look

    async def follow(self) -> None:
        """Take the store's change log into the index and the stories; returns at once when another process does it."""
        if not await asyncio.to_thread(self._index.begin):
            return
        while batch := await asyncio.to_thread(put_next_batch, self._index, self._desk):
            versions = sorted(batch.versions, key=lambda v: v.facts.document_id)
            places = await asyncio.to_thread(self._arrivals.place, versions)
            await self._store.put_memberships(places)
            # Only now: a crash before this repeats the batch, a crash after it has nothing to repeat.
            await asyncio.to_thread(self._index.commit, batch.up_to)

    async def _source(self, root: Path, audience: str) -> Source:
        source = self._sources.get(root)
        if source is None:
            # The folder's place is the installation's affair; the same library may be mounted elsewhere tomorrow.
            source = await self._store.ensure_source(SourceKind.FOLDER, "seeds", audience)
            self._sources[root] = source
        return source

    async def _take_in(
        self,
        root: Path,
        source: Source,
        waiting: list[_Waiting],
        gone: dict[str, KnownFile],
        look: Look,
        progress: Callable[[int, int], None] | None,
    ) -> None:
        by_hash = {file.file.sha256: name for name, file in gone.items() if file.file is not None}
        batch: list[Arrival] = []
        since = time.monotonic()
        for done, one in enumerate(waiting, 1):
            arrival = await self._read(root, source, one, gone, by_hash, look)
            if arrival is not None:
                batch.append(arrival)
            if len(batch) >= _BATCH or (batch and time.monotonic() - since > _BATCH_S):
                await self._save(batch, look)
                await self.follow()
                batch, since = [], time.monotonic()
            if progress is not None:
                progress(done, len(waiting))
        await self._save(batch, look)

    async def _read(
        self,
        root: Path,
        source: Source,
        one: _Waiting,
        gone: dict[str, KnownFile],
        by_hash: dict[str, str],
        look: Look,
    ) -> Arrival | None:
        """The arrival that a file makes; None when it made none (renamed, unchanged, failed, not complete)."""
        name = folder.display_name(one.found.name)
        seen_at = datetime.now(UTC)
        raw: bytes | None = None
        state: FileState | None = None
        try:
            limit = self._settings.max_document_bytes
            raw = await asyncio.to_thread(folder.read_bytes, root, one.found, max_bytes=limit)
            sha256 = hashlib.sha256(raw).hexdigest()
            state = FileState(name, one.found.size, one.found.mtime_ns, one.found.inode, sha256)
            if one.known is not None and one.known.file is not None and one.known.file.sha256 == sha256:
                await self._store.touch(one.known.document_id, state)
                return None
            if one.known is None and sha256 in by_hash:
                old = by_hash.pop(sha256)
                document = await self._store.rename(gone.pop(old).document_id, name, file=state)
                look.events.append(Event(Happened.RENAMED, document))
                return None
            draft = await self.read(raw, name, one.found.mtime_ns)
        except Unreadable as error:
            await self._fail(source, one, error, raw, state, seen_at, look)
            return None
        return Arrival(source, name, draft, raw, seen_at, state)

    async def read(self, raw: bytes, name: str, mtime_ns: int) -> DocumentDraft:
        """A draft of some bytes, in a child process where the format calls for one. Raises Unreadable."""
        modified_at = datetime.fromtimestamp(mtime_ns / 1e9, UTC)
        if needs_child(raw, name):
            return await self._reader.read(
                raw, name=name, modified_at=modified_at, max_bytes=self._settings.max_document_bytes
            )
        try:
            return await asyncio.to_thread(
                read_document, raw, name=name, modified_at=modified_at, max_bytes=self._settings.max_document_bytes
            )
        except Unreadable:
            raise
        except Exception as error:  # a bug met by one document must not keep the others out; the log has it whole
            log.exception("reader failed", extra={"document": name})
            person = "Reading it failed for a reason of ours. It is kept; the log says more."
            raise Unreadable("reader-bug", f"{name}: {type(error).__name__}", person) from error

    async def _fail(
        self,
        source: Source,
        one: _Waiting,
        error: Unreadable,
        raw: bytes | None,
        state: FileState | None,
        seen_at: datetime,
        look: Look,
    ) -> None:
        if error.code in ("unfinished", "gone"):
            look.unsettled += error.code == "unfinished"
            return
        if state is None and one.known is not None and one.known.state is DocumentState.FAILED:
            return  # still no permission: said once, tried again at every look
        log.warning("document failed", extra={"code": error.code, "facts": error.log})
        if error.code == "too-large":
            state = FileState(
                folder.display_name(one.found.name), one.found.size, one.found.mtime_ns, one.found.inode, ""
            )
        document = await self._store.save_failure(
            source, folder.display_name(one.found.name), error.code, error.person, raw, seen_at=seen_at, file=state
        )
        look.events.append(Event(Happened.FAILED, document))

    async def _save(self, batch: list[Arrival], look: Look) -> None:
        happened = {
            SaveOutcome.NEW: Happened.NEW,
            SaveOutcome.NEW_VERSION: Happened.CHANGED,
            SaveOutcome.REVIVED: Happened.BACK,
        }
        for saved in await self._store.save_drafts(batch):
            if saved.outcome in happened:
                look.events.append(Event(happened[saved.outcome], saved.document))

    async def _remove(self, file: KnownFile, audience: str, look: Look) -> None:
        from bot.domain import Scope

        document = await self._store.document(Scope.of_audience(audience), f"#{file.document_id}")
        await self._store.mark_removed(file.document_id)
        if document is not None:
            look.events.append(Event(Happened.REMOVED, document))


def _is_settled(found: folder.FoundFile, now_ns: int) -> bool:
    """A time in the future (another machine's clock) counts as settled: nothing will make it past."""
    age = (now_ns - found.mtime_ns) / 1e9
    return age < 0 or age >= folder.SETTLED_S


def _has_changed(found: folder.FoundFile, known: KnownFile | None) -> bool:
    if known is None or known.file is None:
        return True
    return (known.file.size, known.file.mtime_ns, known.file.inode) != (found.size, found.mtime_ns, found.inode)


def _unlisted(name: str, scan: folder.Scan) -> bool:
    """Whether a file may well be there still, in a folder that could not be listed: a lost mount removes nothing."""
    return any(where == "." or name.startswith(f"{where}/") for where in scan.errors)
