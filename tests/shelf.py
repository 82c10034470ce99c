"""A shelf: the real index over versions made by hand, with the library's rows in memory."""

from __future__ import annotations

from collections.abc import Iterable, Iterator, Mapping
from contextlib import contextmanager
from pathlib import Path
from tempfile import TemporaryDirectory

from bot.answers.answering import Answerer
from bot.answers.evidence import EvidenceSearch
from bot.domain import Scope, StoredVersion
from bot.library.search_index import SearchIndex
from bot.library.store import Membership


class Shelf:
    """Versions that can be searched and answered from. `copies` maps a document to the report that it repeats."""

    def __init__(self, folder: Path, versions: Iterable[StoredVersion], copies: Mapping[int, int]) -> None:
        self.index = SearchIndex(folder)
        assert self.index.begin()
        self._versions = {version.facts.id: version for version in versions}
        self._copies = copies
        for version in self._versions.values():
            self.index.put(version)
        self.index.commit(len(self._versions))
        self.evidence = EvidenceSearch(self.index, self)
        self.answerer = Answerer(self.index, self)

    def versions(self, scope: Scope | None, version_ids: Iterable[int]) -> Mapping[int, StoredVersion]:
        """As the store: what the scope may not see is not there."""
        return {
            id_: version
            for id_ in version_ids
            if (version := self._versions.get(id_)) and (scope is None or version.audience in scope.audiences())
        }

    def memberships(self, scope: Scope | None, document_ids: Iterable[int]) -> Mapping[int, Membership]:
        reports = {id_: self._copies.get(id_, id_) for id_ in self._versions}
        return {
            id_: Membership(id_, reports[id_], reports[id_], "", list(reports.values()).count(reports[id_]))
            for id_ in document_ids
        }


@contextmanager
def shelf_of(*versions: StoredVersion, copies: Mapping[int, int] | None = None) -> Iterator[Shelf]:
    """A shelf in a temporary folder."""
    with TemporaryDirectory(prefix="verbatim-shelf-", ignore_cleanup_errors=True) as folder:
        shelf = Shelf(Path(folder), versions, copies or {})
        try:
            yield shelf
        finally:
            shelf.index.close()
