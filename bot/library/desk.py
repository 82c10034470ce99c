"""The desk: the small part of the library that an answer needs, as a port without `await`.

It exists for speed. `verbatim ask` starts, answers and ends; loading a database toolkit for that would take longer than
the answer. So this port and its SQLite adapter load nothing but the standard library and msgspec. The rules of `store`
hold here, too: a scope on every read for a person, one call is one transaction, the same errors.
"""

from __future__ import annotations

from collections.abc import Collection, Iterable, Mapping, Sequence
from datetime import datetime
from typing import Protocol

from bot.domain import Change, Document, DocumentState, Receipt, Scope, Source, StoredVersion
from bot.library.store import Membership


class Desk(Protocol):
    """Reads of the library, and receipts. Calls may come from any thread."""

    def close(self) -> None:
        """Give back every connection. May be called twice."""
        ...

    def version(self, scope: Scope | None, version_id: int) -> StoredVersion | None:
        """One version with its text; of removed documents, too."""
        ...

    def versions(self, scope: Scope | None, version_ids: Iterable[int]) -> dict[int, StoredVersion]:
        """Those of the versions that exist and may be seen, by id."""
        ...

    def document(self, scope: Scope, ref: str) -> Document | None:
        """A document by what a person types: "#12", its name, 12, or an end of its name that no other document has.

        In this order; documents that are not removed are looked at first, and an end that begins after a "/" before
        other ends. Raises NotFound, naming some of them, when several documents fit equally.
        """
        ...

    def documents(
        self,
        scope: Scope,
        *,
        states: Collection[DocumentState] | None = None,
        limit: int = 100,
        offset: int = 0,
    ) -> list[Document]:
        """Documents in these states (None: all), the last one to arrive first."""
        ...

    def suspicious(
        self, scope: Scope, *, looked_at: int = 2000, limit: int = 100
    ) -> list[tuple[Document, tuple[str, ...]]]:
        """Of the last documents that were kept those in which something was seen that readers do not see, or that is
        not meant for them, and what; the last one to arrive first."""
        ...

    def document_count(self, scope: Scope, *, states: Collection[DocumentState] | None = None) -> int:
        """How many `documents` there are."""
        ...

    def newest_seq(self) -> int:
        """The last line of the change log, 0 when there is none."""
        ...

    def changes_after(self, seq: int, limit: int = 1000) -> list[Change]:
        """The next lines of the change log, in order."""
        ...

    def memberships(self, scope: Scope | None, document_ids: Iterable[int]) -> Mapping[int, Membership]:
        """Report and story of these documents, by document id; without those that have none."""
        ...

    def story_sizes(self, story_ids: Iterable[int]) -> Mapping[int, int]:
        """How many documents these stories have, whoever may see them: for grouping, not to be shown."""
        ...

    # --- for briefs ---

    def numbered_version(self, scope: Scope | None, document_id: int, number: int) -> StoredVersion | None:
        """A document's version by its number: 1, 2, 3 …"""
        ...

    def documents_with(self, scope: Scope | None, document_ids: Iterable[int]) -> Mapping[int, Document]:
        """Those of the documents that exist and may be seen, by id."""
        ...

    def places(self, document_ids: Iterable[int]) -> Mapping[int, tuple[int, int]]:
        """(report, story) of these documents, whoever may see them; without those that have none."""
        ...

    def story_members(self, story_ids: Iterable[int]) -> Mapping[int, Sequence[tuple[int, int]]]:
        """All (document, report) of these stories in order of the documents, whoever may see them: ask
        `documents_with` what may be shown."""
        ...

    def sources_with(self, source_ids: Iterable[int]) -> Mapping[int, Source]:
        """Those of the sources that exist, by id."""
        ...

    def failing_sources(self, source_ids: Iterable[int]) -> Mapping[int, str]:
        """Those of the sources whose address does not answer, with their titles, by id."""
        ...

    def filtered_since(self, source_ids: Iterable[int], since: datetime) -> int:
        """How many items the words of these sources have kept out since an instant."""
        ...

    def seq_before(self, instant: datetime) -> int:
        """The line of the change log up to which all was stored before an instant; 0 when nothing was."""
        ...

    def keep_receipt(self, receipt: Receipt) -> int:
        """Keep what was shown, for ever; returns its id. `receipt.id` is not looked at."""
        ...

    def receipts(self, after_id: int = 0, limit: int = 1000) -> list[Receipt]:
        """The next receipts of all scopes, in order of id."""
        ...
