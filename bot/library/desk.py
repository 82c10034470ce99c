"""The desk: the small part of the library that an answer needs, as a port without `await`.

It exists for speed. `verbatim ask` starts, answers and ends; loading a database toolkit for that would take longer than
the answer. So this port and its SQLite adapter load nothing but the standard library and msgspec. The rules of `store`
hold here, too: a scope on every read for a person, one call is one transaction, the same errors.
"""

from __future__ import annotations

from collections.abc import Collection, Iterable, Mapping
from typing import Protocol

from bot.domain import Change, Document, DocumentState, Receipt, Scope, StoredVersion
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

    def keep_receipt(self, receipt: Receipt) -> int:
        """Keep what was shown, for ever; returns its id. `receipt.id` is not looked at."""
        ...

    def receipts(self, after_id: int = 0, limit: int = 1000) -> list[Receipt]:
        """The next receipts of all scopes, in order of id."""
        ...
