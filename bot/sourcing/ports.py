"""What the use cases need of others, beyond the fetcher that polling has, too."""

from __future__ import annotations

from typing import TYPE_CHECKING, Protocol

from bot.domain import Document, Scope
from bot.polling import ports

if TYPE_CHECKING:
    from bot.sources.feed_finding import FoundFeed


class Reads(ports.Reads, Protocol):
    """What is needed of `documents.child.ReaderChild`."""

    async def find_feeds(self, raw: bytes, *, media_type: str = "", address: str) -> tuple[FoundFeed, ...]: ...


class FindsDocuments(Protocol):
    """What is needed of `library.store.Store`."""

    async def document(self, scope: Scope, ref: str) -> Document | None: ...
