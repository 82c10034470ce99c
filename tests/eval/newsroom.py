"""A newsroom for measuring: the real index and grouping over texts, with the library's rows in memory."""

from __future__ import annotations

import tempfile
from collections import Counter
from collections.abc import Iterable, Mapping, Sequence
from dataclasses import dataclass
from datetime import UTC, date, datetime
from pathlib import Path
from typing import Self

from bot.documents.sentences import split_sentences
from bot.domain import EVERYONE, DateBasis, DocumentDate, Scope, StoredVersion, VersionFacts
from bot.library.search_index import SearchIndex
from bot.library.store import Membership
from bot.stories.arrivals import Arrivals

BATCH = 50  # documents that arrive together, as intake takes them


@dataclass(frozen=True, slots=True)
class Text:
    """A document that is known to be clean."""

    name: str
    text: str
    language: str
    title: str = ""
    day: str = ""
    at: datetime | None = None


class Newsroom:
    """Places texts as they arrive. A context manager: its index lies in a temporary folder."""

    def __init__(self) -> None:
        self._folder = tempfile.TemporaryDirectory(prefix="verbatim-eval-", ignore_cleanup_errors=True)
        self._index = SearchIndex(Path(self._folder.name))
        assert self._index.begin()
        self._versions: dict[int, StoredVersion] = {}
        self._memberships: dict[int, Membership] = {}
        self._sizes: Counter[int] = Counter()  # of stories, which a database counts by an index
        self._arrivals = Arrivals(self._index, self)

    def __enter__(self) -> Self:
        return self

    def __exit__(self, *_: object) -> None:
        self._index.close()
        self._folder.cleanup()

    def versions(self, _scope: Scope | None, version_ids: Iterable[int]) -> Mapping[int, StoredVersion]:
        return {id_: self._versions[id_] for id_ in version_ids if id_ in self._versions}

    def memberships(self, _scope: Scope | None, document_ids: Iterable[int]) -> Mapping[int, Membership]:
        return {id_: self._memberships[id_] for id_ in document_ids if id_ in self._memberships}

    def story_sizes(self, story_ids: Iterable[int]) -> Mapping[int, int]:
        return {id_: self._sizes[id_] for id_ in story_ids if self._sizes[id_]}

    def place(self, texts: Sequence[Text]) -> list[Membership]:
        """The memberships of these texts, which arrive one after the other, some at a time."""
        ids: list[int] = []
        for start in range(0, len(texts), BATCH):
            batch = self.versions_of(texts[start : start + BATCH])
            ids += [version.facts.document_id for version in batch]
            self.group(batch)
            self.index(batch)
        return [self._memberships[id_] for id_ in ids]  # as they are in the end: a document may have been led elsewhere

    def fill(self, texts: Sequence[Text]) -> None:
        """Take texts in as reports and stories of their own, without looking."""
        batch = self.versions_of(texts)
        ids = [version.facts.document_id for version in batch]
        self._keep([Membership(id_, id_, id_, "") for id_ in ids])
        self.index(batch)

    def versions_of(self, texts: Sequence[Text]) -> list[StoredVersion]:
        """The texts as the library would give them back."""
        return [self._version(text) for text in texts]

    def group(self, versions: Sequence[StoredVersion]) -> list[Membership]:
        """Only the grouping of versions, by an index that does not know them yet."""
        placed = self._arrivals.place(versions)
        self._keep(placed)
        return placed

    def index(self, versions: Sequence[StoredVersion]) -> None:
        """Make versions known to the index."""
        for version in versions:
            self._index.put(version)
        self._index.commit(len(self._versions))

    def _keep(self, memberships: Iterable[Membership]) -> None:
        for one in memberships:
            if (before := self._memberships.get(one.document_id)) is not None:
                self._sizes[before.story_id] -= 1
            self._sizes[one.story_id] += 1
            self._memberships[one.document_id] = one

    def _version(self, text: Text) -> StoredVersion:
        number = len(self._versions) + 1
        day = DocumentDate(date.fromisoformat(text.day), text.at, DateBasis.STATED) if text.day else DocumentDate()
        facts = VersionFacts(
            id=number, document_id=number, number=1, raw_sha256="", text_sha256="", stored_at=datetime.now(UTC),
            title=text.title, outlet="", byline="", agency="", language=text.language, published=day, translation=None,
            media_type="text/plain", address="", length=len(text.text),
        )  # fmt: skip
        version = StoredVersion(facts, text.name, EVERYONE, text.text, split_sentences(text.text, text.language))
        self._versions[number] = version
        return version
