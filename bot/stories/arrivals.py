"""Arrivals: where each newly indexed document belongs among those before it."""

from __future__ import annotations

import math
from collections import OrderedDict
from typing import TYPE_CHECKING, Protocol

from bot.domain import Scope
from bot.library.search_index import Asked
from bot.library.store import Membership
from bot.stories.fingerprints import Fingerprint, fingerprint
from bot.stories.grouping import Neighbour, place_of

if TYPE_CHECKING:
    from collections.abc import Iterable, Mapping, Sequence

    from bot.domain import StoredVersion
    from bot.library.search_index import SearchIndex

_ASKED_ANCHORS = 24  # the rarest names and numbers of a document find its neighbours
_NEIGHBOURS = 40
_FEWEST_SHARED = 3  # names and numbers; less makes neither a copy nor a story
_CACHED = 2048


class Memberships(Protocol):
    """What grouping needs of the library."""

    def versions(self, scope: Scope | None, version_ids: Iterable[int]) -> Mapping[int, StoredVersion]: ...

    def memberships(self, scope: Scope | None, document_ids: Iterable[int]) -> Mapping[int, Membership]: ...


class Arrivals:
    """Places documents into reports and stories, one after the other. Blocks on the disk."""

    def __init__(self, index: SearchIndex, library: Memberships) -> None:
        self._index = index
        self._library = library
        self._prints: OrderedDict[int, tuple[Fingerprint, StoredVersion]] = OrderedDict()

    def place(self, versions: Sequence[StoredVersion]) -> list[Membership]:
        """The memberships of versions that arrive together, in order: each is compared with those before it, too."""
        placed: list[Membership] = []
        together: list[Neighbour] = []
        for version in versions:
            new = self._print(version)
            neighbours = [*self._neighbours(version, new), *(n for n in together if self._may_meet(version, new, n))]
            place = place_of(new, version.facts.published.day, neighbours, self._rarity)
            placed.append(Membership(new.document_id, place.report_id, place.story_id, place.reason))
            together.append(Neighbour(new, version.facts.published.day, place.report_id, place.story_id))
        return placed

    def _neighbours(self, version: StoredVersion, new: Fingerprint) -> list[Neighbour]:
        rarest = sorted(dict.fromkeys(new.anchors), key=self._rarity, reverse=True)[:_ASKED_ANCHORS]
        asked = [Asked(((anchor, 1.0),)) for anchor in rarest]
        scope = Scope.of_audience(version.audience)
        hits = self._index.search(asked, scope, limit=_NEIGHBOURS)
        found = self._library.versions(scope, {hit.version_id for hit in hits})
        earlier = [v for v in found.values() if v.facts.document_id != version.facts.document_id]
        known = self._library.memberships(None, {v.facts.document_id for v in earlier})
        neighbours = []
        for other in earlier:
            membership = known.get(other.facts.document_id)
            if membership is not None:
                print_ = self._print(other)
                neighbours.append(
                    Neighbour(print_, other.facts.published.day, membership.report_id, membership.story_id)
                )
        return neighbours

    def _may_meet(self, version: StoredVersion, new: Fingerprint, neighbour: Neighbour) -> bool:
        """Whether two documents that arrive together see each other and share enough to be worth comparing."""
        other = neighbour.print
        shared = len(new.names & other.names) + len(new.numbers & other.numbers)
        if other.document_id == new.document_id or (shared < _FEWEST_SHARED and not new.runs & other.runs):
            return False
        audience = self._prints[other.version_id][1].audience
        return audience in Scope.of_audience(version.audience).audiences()

    def _print(self, version: StoredVersion) -> Fingerprint:
        known = self._prints.get(version.facts.id)
        if known is None:
            known = self._prints[version.facts.id] = (fingerprint(version), version)
            if len(self._prints) > _CACHED:
                self._prints.popitem(last=False)
        return known[0]

    def _rarity(self, anchor: str) -> float:
        total = self._index.passage_count() + 10
        return math.log(total / (1 + min(total - 1, self._index.document_frequency(anchor))))
