"""The index feed: takes the store's change log into the search index, batch by batch, from where it stopped."""

from __future__ import annotations

from typing import TYPE_CHECKING, NamedTuple, Protocol

if TYPE_CHECKING:
    from collections.abc import Iterable

    from bot.domain import Change, Scope, StoredVersion
    from bot.library.search_index import SearchIndex

BATCH = 250


class ChangeLog(Protocol):
    """What the feed needs of the library; `Desk` has it."""

    def newest_seq(self) -> int: ...

    def changes_after(self, seq: int, limit: int = 1000) -> list[Change]: ...

    def versions(self, scope: Scope | None, version_ids: Iterable[int]) -> dict[int, StoredVersion]: ...


class Batch(NamedTuple):
    """Changes put into the index but not committed yet, and the versions they brought, in order."""

    up_to: int
    changes: list[Change]
    versions: list[StoredVersion]


def is_behind(index: SearchIndex, log: ChangeLog) -> bool:
    """Whether the store holds changes that the index has not taken in, or the index is of another library."""
    return index.watermark() != log.newest_seq()


def fill_next_batch(index: SearchIndex, log: ChangeLog) -> bool:
    """Keep the terms of versions that were indexed by an older release, some at a time; whether there were any.

    Nothing waits for that: until then their terms are worked out when they are asked for.
    """
    since = index.said_up_to()
    if since >= index.watermark() or not index.begin():
        return False
    found = [change for change in log.changes_after(since, BATCH) if change.seq <= index.watermark()]
    if not found:
        return False
    last = {change.document_id: change.version_id for change in found}
    versions = log.versions(None, [id_ for id_ in last.values() if id_ is not None])
    index.fill(versions.values(), found[-1].seq, since)
    return True


def put_next_batch(index: SearchIndex, log: ChangeLog) -> Batch | None:
    """Put the next changes into the index; None when there are none. The caller commits `up_to` when done with them.

    None also where another process has the writer. Safe to repeat: a version takes the place of its document.
    """
    if not index.begin():  # again for each batch: somebody may have thrown the index away since the last
        return None
    watermark = index.watermark()
    if watermark > log.newest_seq():
        # The index has seen more than the store holds: it belongs to another library (a restored backup).
        index.clear()
        watermark = 0
    found = log.changes_after(watermark, BATCH)
    if not found:
        return None
    versions = log.versions(None, [change.version_id for change in found if change.version_id is not None])
    # Only a document's last change counts; an older one would be put and replaced at once.
    last = {change.document_id: change for change in found}
    taken: list[StoredVersion] = []
    for change in last.values():
        version = versions.get(change.version_id) if change.version_id is not None else None
        if version is None:
            index.drop(change.document_id)
        else:
            index.put(version)
            taken.append(version)
    return Batch(found[-1].seq, found, taken)
