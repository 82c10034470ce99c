"""Intake: from a folder to searchable, grouped documents. Files are read one by one, kept, then taken into the index.

Every step can be repeated: what a crash interrupts, the next look takes up where the store says it stopped.
"""

from __future__ import annotations

import asyncio
import hashlib
import itertools
import logging
import time
from dataclasses import dataclass, field, replace
from datetime import UTC, date, datetime
from enum import StrEnum
from pathlib import PurePosixPath
from typing import TYPE_CHECKING, NamedTuple, ParamSpec, TypeVar

from bot.documents.reading import needs_child, read_document
from bot.domain import DateBasis, DocumentDate, DocumentState, Scope, SourceKind
from bot.errors import Unreadable, VerbatimError, what_and_where
from bot.library.index_feed import fill_next_batch, is_behind, put_next_batch
from bot.library.store import Arrival, FileState, Saved, SaveOutcome
from bot.sources import folder
from bot.stories.arrivals import Arrivals

if TYPE_CHECKING:
    from collections.abc import Callable, Container, Iterator, Mapping, Sequence
    from pathlib import Path

    from bot.documents.child import ReaderChild
    from bot.domain import Document, DocumentDraft, Source
    from bot.library.desk import Desk
    from bot.library.search_index import SearchIndex
    from bot.library.store import KnownFile, Store
    from bot.settings import Settings

log = logging.getLogger(__name__)

T = TypeVar("T")
P = ParamSpec("P")

_BATCH = 50  # documents kept in one transaction
_BATCH_S = 0.25  # and no document waits longer than this for the others of its batch
_BATCH_BYTES = 8_000_000  # nor do more bytes wait in memory
_PILE, _BATCH_OF_PILE_S = 200, 5.0  # nobody waits for one document of a pile: large batches are less work for each
_FOLLOWER_PATIENCE_S = 5.0
_HANDFUL, _HANDFUL_BYTES = 8, 500_000  # files read in one go: handing work to a thread costs as much as a short file
# What was refused by its first bytes will never be a document, and may be a film: it is not worth the library's room.
_NOT_KEPT = frozenset(("binary", "unsupported", "empty", "bomb"))


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
    unsettled: int = 0  # files still being written: look again ...
    settles_in_s: float = 0.0  # ... after this time, when the first of them may be complete


    def still_written(self, settles_in_s: float) -> None:
        """Count a file that may be complete after this time."""
        self.settles_in_s = min(settles_in_s, self.settles_in_s) if self.unsettled else settles_in_s
        self.unsettled += 1


@dataclass(frozen=True, slots=True)
class _Waiting:
    found: folder.FoundFile
    known: KnownFile | None


class _Loaded(NamedTuple):
    """What a file holds, as far as that was found out in one go; `draft` when it has been read already."""

    seen_at: datetime
    raw: bytes = b""
    sha256: str = ""  # when it could be opened
    draft: DocumentDraft | None = None
    error: Unreadable | None = None


class _BeingWritten(NamedTuple):
    """A file that changed a moment ago; `grows` when it was seen to change from one look to the next."""

    found: folder.FoundFile
    grows: bool


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
        self._being_written: dict[str, _BeingWritten] = {}
        self._untold: list[Event] = []  # of a look that ended early
        self._filled = False  # whether the index keeps all that it may

    async def look(self, root: Path, audience: str, *, progress: Callable[[int, int], None] | None = None) -> Look:
        """Take in all that changed below `root` since the last look. `progress(done, all)` is told after every file.

        Raises LibraryError; what had been taken in until then is kept, and told by the next look.
        """
        async with self._one_at_a_time:
            source = await self._source(root, audience)
            scan = await asyncio.to_thread(folder.scan, root)
            known = await self._store.file_states(source.id)
            look = Look(events=self._untold, passed_over=scan.passed_over, errors=scan.errors)
            waiting = self._complete(scan, known, look)
            present = {folder.display_name(found.name) for found in scan.files}
            gone = {name: file for name, file in known.items() if name not in present and not _unlisted(name, scan)}
            await self._take_in(root, source, waiting, gone, look, progress)
            for file in gone.values():
                await self._remove(file, audience, look)
            await self.follow(patience_s=_FOLLOWER_PATIENCE_S)
            self._untold = []
            return look

    def _complete(self, scan: folder.Scan, known: dict[str, KnownFile], look: Look) -> list[_Waiting]:
        """The new and changed files that nobody is writing any more."""
        now_ns = time.time_ns()
        complete: list[_Waiting] = []
        being_written: dict[str, _BeingWritten] = {}
        for found in scan.files:
            file = known.get(folder.display_name(found.name))
            if not _has_changed(found, file):
                continue
            before = self._being_written.get(found.name)
            grows = before is not None and (before.grows or before.found != found)
            rest_s = folder.GROWN_S if grows else folder.SETTLED_S
            age_s = (now_ns - found.mtime_ns) / 1e9
            # A time in the future (another machine's clock) counts as settled: nothing will make it past.
            if 0 <= age_s < rest_s:
                being_written[found.name] = _BeingWritten(found, grows)
                look.still_written(rest_s - age_s)
            else:
                complete.append(_Waiting(found, file))
        self._being_written = being_written
        return complete

    async def follow(self, *, patience_s: float = 0.0) -> None:
        """Take the store's change log into the index and the stories.

        When another process does that, wait until it has done it, `patience_s` at most.
        """
        if not await thread_to_its_end(self._index.begin):
            await self._wait_for_follower(patience_s)
            return
        while batch := await thread_to_its_end(put_next_batch, self._index, self._desk):
            versions = sorted(batch.versions, key=lambda v: v.facts.document_id)
            places = await thread_to_its_end(self._arrivals.place, versions)
            await self._store.put_memberships(places)
            # Only now: a crash before this repeats the batch, a crash after it has nothing to repeat.
            await thread_to_its_end(self._index.commit, batch.up_to)

    async def _wait_for_follower(self, patience_s: float) -> None:
        until = time.monotonic() + patience_s
        # Nobody tells us of another process's work but the index itself.
        while is_behind(self._index, self._desk) and time.monotonic() < until:  # noqa: ASYNC110
            await asyncio.sleep(0.1)

    async def keep_up(self) -> None:
        """Follow what another process put into the library; costs next to nothing when there is nothing."""
        if await thread_to_its_end(is_behind, self._index, self._desk):
            async with self._one_at_a_time:
                await self.follow()
        elif not self._filled:
            async with self._one_at_a_time:
                self._filled = not await thread_to_its_end(fill_next_batch, self._index, self._desk)

    async def hand_over(
        self, raw: bytes, name: str, audience: str, *, title: str = "", language: str = "", day: date | None = None
    ) -> Saved:
        """Keep one file that a person handed over, as a document of its own; what they say of it wins over the reader.

        The same bytes again are the same document; other bytes by the same name get a number: "report (2).pdf". Raises
        Unreadable (the file is kept as failed, with the reason), LibraryError.
        """
        name = folder.display_name(PurePosixPath(name.replace("\\", "/")).name) or "file"
        async with self._one_at_a_time:
            source = await self._store.ensure_source(SourceKind.FILE, "handed over", audience)
            known = await self._store.file_states(source.id)
            sha256, now = hashlib.sha256(raw).hexdigest(), datetime.now(UTC)
            name = _free_name(name, sha256, known)
            if (there := known.get(name)) and there.state is DocumentState.KEPT and not (title or language or day):
                document = await self._store.document(Scope.of_audience(audience), f"#{there.document_id}")
                if document is not None:
                    return Saved(document, SaveOutcome.UNCHANGED)
            state = FileState(name, len(raw), 0, 0, sha256)
            try:
                draft = await self.read(raw, name, time.time_ns())
            except Unreadable as error:
                kept = None if error.code in _NOT_KEPT else raw
                await self._store.save_failure(
                    source, name, error.code, error.person, kept, seen_at=now, file=state
                )
                raise
            published = DocumentDate(day, basis=DateBasis.STATED) if day else draft.published
            if published.basis is DateBasis.FILE_TIME:  # it says when we got the file, which is nothing
                published = DocumentDate()
            said = replace(
                draft, title=title or draft.title, language=language or draft.language, published=published
            )
            [saved] = await self._store.save_drafts([Arrival(source, name, said, raw, now, state)])
            await self.follow()
            return saved

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
        by_hash = {(file.file.sha256, _ending(name)): name for name, file in gone.items() if file.file is not None}
        batch: list[Arrival] = []
        most, longest_s = (_BATCH, _BATCH_S) if len(waiting) < _PILE else (_PILE, _BATCH_OF_PILE_S)
        since = time.monotonic()
        done = 0
        for some in _handfuls(waiting):
            loaded = await asyncio.to_thread(self._load, root, some, frozenset(by_hash))
            for one, file in zip(some, loaded, strict=True):
                arrival = await self._read(source, one, file, gone, by_hash, look)
                if arrival is not None:
                    batch.append(arrival)
                late = batch and (time.monotonic() - since > longest_s or sum(len(a.raw) for a in batch) > _BATCH_BYTES)
                if len(batch) >= most or late:
                    await self._save(batch, look)
                    await self.follow()
                    batch, since = [], time.monotonic()
                done += 1
                if progress is not None:
                    progress(done, len(waiting))
        await self._save(batch, look)

    def _load(self, root: Path, some: Sequence[_Waiting], moved: Container[tuple[str, str]]) -> list[_Loaded]:
        """Read some files. Blocks. Those that `moved`, did not change or need the child are left without a draft."""
        loaded = []
        limit = self._settings.max_document_bytes
        for one in some:
            seen_at, raw, sha256, draft, error = datetime.now(UTC), b"", "", None, None
            try:
                raw = folder.read_bytes(root, one.found, max_bytes=limit)
                sha256 = hashlib.sha256(raw).hexdigest()
                name = folder.display_name(one.found.name)
                is_new = (sha256, _ending(name)) not in moved if one.known is None else not _is_same(one.known, sha256)
                if is_new and not needs_child(raw, name):
                    draft = self._read_here(raw, name, one.found.mtime_ns)
            except Unreadable as met:
                error = met
            loaded.append(_Loaded(seen_at, raw, sha256, draft, error))
        return loaded

    async def _read(
        self,
        source: Source,
        one: _Waiting,
        file: _Loaded,
        gone: dict[str, KnownFile],
        by_hash: dict[tuple[str, str], str],
        look: Look,
    ) -> Arrival | None:
        """The arrival that a file makes; None when it made none (renamed, unchanged, failed, not complete)."""
        name = folder.display_name(one.found.name)
        seen_at, raw, sha256, draft, error = file
        state = FileState(name, one.found.size, one.found.mtime_ns, one.found.inode, sha256)
        try:
            if error is not None:
                raise error
            if one.known is not None and _is_same(one.known, sha256):
                await self._store.touch(one.known.document_id, state)
                return None
            if one.known is None and (old := by_hash.pop((sha256, _ending(name)), None)) is not None:
                document = await self._store.rename(gone.pop(old).document_id, name, file=state)
                look.events.append(Event(Happened.RENAMED, document))
                return None
            draft = draft or await self.read(raw, name, one.found.mtime_ns)
        except Unreadable as why:
            opened = bool(sha256)
            await self._fail(source, one, why, raw if opened else None, state if opened else None, seen_at, look)
            return None
        return Arrival(source, name, draft, raw, seen_at, state)

    async def read(self, raw: bytes, name: str, mtime_ns: int) -> DocumentDraft:
        """A draft of some bytes, read in a child process where the format asks for it. Raises VerbatimError."""
        modified_at = folder.instant(mtime_ns)
        limit = self._settings.max_document_bytes
        if needs_child(raw, name):
            try:
                return await self._reader.read(raw, name=name, modified_at=modified_at, max_bytes=limit)
            except OSError as error:  # no memory, no processes, no file descriptors left: none of the document's doing
                person = f"The reader cannot be started: {error.strerror}. The file waits until it can."
                raise VerbatimError("reader-not-started", str(error), person) from error
        return await asyncio.to_thread(self._read_here, raw, name, mtime_ns)

    def _read_here(self, raw: bytes, name: str, mtime_ns: int) -> DocumentDraft:
        limit = self._settings.max_document_bytes
        try:
            return read_document(raw, name=name, modified_at=folder.instant(mtime_ns), max_bytes=limit)
        except Unreadable:
            raise
        except Exception as error:  # a bug met by one document must not keep the others out
            person = "Reading it failed for a reason of ours. It is kept; the log says more."
            raise Unreadable("reader-bug", what_and_where(error), person) from error

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
        if error.code == "gone":
            return
        if error.code == "unfinished":
            look.still_written(folder.SETTLED_S)
            return
        if state is None and one.known is not None and one.known.state is DocumentState.FAILED:
            return  # still no permission: said once, tried again at every look
        name = folder.display_name(one.found.name)
        log.warning("document failed", extra={"document": name, "code": error.code, "facts": error.log})
        if error.code == "too-large":
            state = FileState(name, one.found.size, one.found.mtime_ns, one.found.inode, "")
        kept = None if error.code in _NOT_KEPT else raw
        document = await self._store.save_failure(
            source, name, error.code, error.person, kept, seen_at=seen_at, file=state
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
        document = await self._store.document(Scope.of_audience(audience), f"#{file.document_id}")
        await self._store.mark_removed(file.document_id)
        if document is not None:
            look.events.append(Event(Happened.REMOVED, document))


async def thread_to_its_end(work: Callable[P, T], *args: P.args, **kwargs: P.kwargs) -> T:
    """Run blocking work in a thread. Who is cancelled meanwhile is cancelled when it has ended.

    A thread cannot be stopped, and must not be left behind with an index or a connection that is then closed.
    """
    working = asyncio.ensure_future(asyncio.to_thread(work, *args, **kwargs))
    try:
        return await asyncio.shield(working)
    except asyncio.CancelledError:
        await asyncio.wait((working,))
        if not working.cancelled():
            working.exception()  # has been seen, is not to be reported as lost
        raise


def _handfuls(waiting: Sequence[_Waiting]) -> Iterator[list[_Waiting]]:
    """A few files at a time, a large one alone."""
    some: list[_Waiting] = []
    size = 0
    for one in waiting:
        if some and (len(some) == _HANDFUL or size + one.found.size > _HANDFUL_BYTES):
            yield some
            some, size = [], 0
        some.append(one)
        size += one.found.size
    if some:
        yield some


def _is_same(known: KnownFile, sha256: str) -> bool:
    return known.file is not None and known.file.sha256 == sha256


def _has_changed(found: folder.FoundFile, known: KnownFile | None) -> bool:
    if known is None or known.file is None:
        return True
    return (known.file.size, known.file.mtime_ns, known.file.inode) != (found.size, found.mtime_ns, found.inode)


def _free_name(name: str, sha256: str, known: Mapping[str, KnownFile]) -> str:
    """The name by which a file is kept: its own, or a numbered one when another file has that already."""
    path = PurePosixPath(name)
    for number in itertools.count(2):
        taken = known.get(name)
        if taken is None or (taken.file is not None and taken.file.sha256 == sha256):
            return name
        name = f"{path.stem} ({number}){path.suffix}"
    raise AssertionError


def _ending(name: str) -> str:
    """What a name says of the format: the same bytes under another ending are read anew."""
    return PurePosixPath(name).suffix.lower()


def _unlisted(name: str, scan: folder.Scan) -> bool:
    """Whether a file may well be there still, in a folder that could not be listed: a lost mount removes nothing."""
    return any(where == "." or name.startswith(f"{where}/") for where in scan.errors)
