"""The store of record, as a port: documents, immutable versions, raw bytes, the change log and receipts.

Rules that every adapter keeps:

- One call is one transaction: it happens whole or not at all, also when the process is killed or the disk fills up.
  What a call returned is on the disk. A cancelled call ends its transaction first, which takes at most as long as
  waiting for another process may.
- A document is known by its source and its name; a version, once stored, never changes and is never deleted.
- Every read for a person names a `Scope` and finds only what this scope may see. `None` instead of a scope sees all: it
  is for proof (`verify`), the index and the stories, never for an answer.
- The change log's `seq` only grows, in the order of the commits: who has read up to `seq` has missed nothing below it.
  Numbers may be left out.
- Any `str` can be stored and comes back as it was, lone surrogates and NULs included.

Every call may raise LibraryError: LibraryBusy (another process writes; safe to repeat), DiskFull (safe to repeat when
there is room), or the class itself when the library cannot be reached, is damaged or may only be read.
"""

from __future__ import annotations

from collections.abc import Collection, Iterable, Mapping, Sequence
from dataclasses import dataclass
from datetime import datetime
from enum import StrEnum
from typing import NamedTuple, Protocol

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


@dataclass(frozen=True, slots=True)
class FileState:
    """What a folder said of a file when it was last read. `name` is relative to the folder, with forward slashes."""

    name: str
    size: int  # bytes
    mtime_ns: int
    inode: int
    sha256: str  # of its bytes


class KnownFile(NamedTuple):
    """A file that stands for a document of a source; `file` is None when the document did not come from one."""

    file: FileState | None
    document_id: int
    state: DocumentState


class SaveOutcome(StrEnum):
    """What became of a draft."""

    NEW = "new"  # the first readable version of its document
    NEW_VERSION = "new-version"
    UNCHANGED = "unchanged"  # the same text, sentences and facts as the current version; nothing was added
    REVIVED = "revived"  # removed or failed before, back with the text of its last version


@dataclass(frozen=True, slots=True)
class Arrival:
    """A draft on its way into the store, with the bytes it was read from. `seen_at` is aware.

    `baseline`: its source held it already when it was added, so nothing announces it. A new version that is none lifts
    that.
    """

    source: Source
    name: str
    draft: DocumentDraft
    raw: bytes
    seen_at: datetime
    file: FileState | None = None
    baseline: bool = False


@dataclass(frozen=True, slots=True)
class Saved:
    """A document as it stands after an arrival, and what the arrival changed."""

    document: Document
    outcome: SaveOutcome


@dataclass(frozen=True, slots=True)
class Membership:
    """The report and the story of a document, each named by one of its documents, mostly the first, and why.

    Derived: can be made anew.
    """

    document_id: int
    report_id: int
    story_id: int
    reason: str = ""  # why it is a copy, for people; empty when it is its own report
    copies: int = 1  # read only: kept documents of this report that the asker may see, itself included


class Store(Protocol):
    """The store of record. Safe for any number of tasks at once, and beside other processes on the same library."""

    async def close(self) -> None:
        """Give back every connection. May be called twice."""
        ...

    async def migrate(self) -> None:
        """Bring the tables up to this release; cheap when they are. Raises LibraryNewer and changes nothing when they
        belong to a later release. Safe to call from two processes at once."""
        ...

    # --- sources ---

    async def ensure_source(self, kind: SourceKind, address: str, audience: str) -> Source:
        """The source of this kind, address and audience; made when there is none. The same address for another
        audience is another source."""
        ...

    async def sources(self) -> list[Source]:
        """All sources, oldest first."""
        ...

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
        """Keep what a reader made of `raw` as the current version of the document `name` of this source.

        A version is added when text, sentences or any fact differ from the last version; a date that is known only
        by the file's time does not count. Every outcome but UNCHANGED adds one line to the change log. Of several
        removed documents of this name the last one comes back.
        """
        ...

    async def save_drafts(self, arrivals: Sequence[Arrival]) -> list[Saved]:
        """`save_draft` for many, in order, in one transaction: all are kept, or none. The same document may occur
        more than once."""
        ...

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
        """Keep a document that could not be read, with the reason and, where they could be had, its bytes.

        A document that was kept before is failed now and leaves the index; its versions stay provable.
        """
        ...

    async def mark_removed(self, document_id: int) -> None:
        """The document's file is gone: it leaves the index, its versions stay. May be called twice. Raises NotFound."""
        ...

    async def rename(self, document_id: int, new_name: str, *, file: FileState | None = None) -> Document:
        """The same bytes have a new name: the same document, no new version, no line in the change log.

        As in a folder, a document that held the new name is removed. A removed document comes back. Without `file`
        the state of the old one is kept. Raises NotFound.
        """
        ...

    async def touch(self, document_id: int, file: FileState) -> None:
        """The file was written again with the same bytes: remember its new time. Raises NotFound."""
        ...

    async def file_states(self, source_id: int) -> dict[str, KnownFile]:
        """Every document of the source that is not removed, by name."""
        ...

    # --- what is kept ---

    async def version(self, scope: Scope | None, version_id: int) -> StoredVersion | None:
        """One version with its text; of removed documents, too."""
        ...

    async def versions(self, scope: Scope | None, version_ids: Iterable[int]) -> dict[int, StoredVersion]:
        """Those of the versions that exist and may be seen, by id."""
        ...

    async def numbered_version(self, scope: Scope | None, document_id: int, number: int) -> StoredVersion | None:
        """A document's version by its number: 1, 2, 3 …"""
        ...

    async def document(self, scope: Scope, ref: str) -> Document | None:
        """A document by what a person types; see `Desk.document`."""
        ...

    async def documents(
        self,
        scope: Scope,
        *,
        states: Collection[DocumentState] | None = None,
        limit: int = 100,
        offset: int = 0,
    ) -> list[Document]:
        """Documents in these states (None: all), the last one to arrive first."""
        ...

    async def document_count(self, scope: Scope, *, states: Collection[DocumentState] | None = None) -> int:
        """How many `documents` there are."""
        ...

    async def raw(self, sha256: str) -> bytes | None:
        """Raw bytes by their SHA-256. Not for people: a hash names no audience."""
        ...

    async def keep_raw(self, raw: bytes) -> str:
        """Keep bytes that no document came as: a picture of ours that goes with a message. Returns their SHA-256."""
        ...

    # --- the change log ---

    async def newest_seq(self) -> int:
        """The last line of the change log, 0 when there is none."""
        ...

    async def changes_after(self, seq: int, limit: int = 1000) -> list[Change]:
        """The next lines of the change log, in order."""
        ...

    # --- reports and stories ---

    async def put_memberships(self, memberships: Iterable[Membership]) -> None:
        """State which report and story each document belongs to; replaces what was stated. `copies` is not kept."""
        ...

    async def clear_memberships(self) -> None:
        """Forget all reports and stories."""
        ...

    async def memberships(self, scope: Scope | None, document_ids: Iterable[int]) -> Mapping[int, Membership]:
        """Report and story of these documents, by document id; without those that have none."""
        ...

    # --- what was shown ---

    async def keep_receipt(self, receipt: Receipt) -> int:
        """Keep what was shown, for ever; returns its id. `receipt.id` is not looked at."""
        ...

    async def receipts(self, after_id: int = 0, limit: int = 1000) -> list[Receipt]:
        """The next receipts of all scopes, in order of id."""
        ...
