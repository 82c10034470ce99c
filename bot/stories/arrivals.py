"""Arrivals: where each newly indexed document belongs among those before it."""

from __future__ import annotations

import heapq
import math
from collections import OrderedDict
from functools import lru_cache
from typing import TYPE_CHECKING, Protocol

from bot.domain import Scope
from bot.languages.lexicon import made_of_translations, translations_of
from bot.languages.words import key_of
from bot.library.search_index import Asked
from bot.library.search_terms import term
from bot.library.store import Membership
from bot.stories.fingerprints import Fingerprint, fingerprint
from bot.stories.grouping import Neighbour, place_of

if TYPE_CHECKING:
    from collections.abc import Iterable, Mapping, Sequence

    from bot.domain import StoredVersion
    from bot.library.search_index import SearchIndex

# The rarest names, numbers and words of a document find its neighbours.
_ASKED_ANCHORS = 16
_ASKED_WORDS = 12
_TRANSLATIONS_ASKED = 3
_HITS = 40  # passages
_COMPARED = 8  # documents
# What shares little of what was asked for is not worth reading again; of a copy's terms most are found.
_WORTH_COMPARING = 0.12
_WORTH_READING = 0.25
_READ_AGAIN = 3  # documents; of those read lately any number
_CACHED = 2048
_MOST_RARITIES = 131072
_GROWN = 1.25  # times as large: then rarities are asked for anew
_ONE = 1_000_000


class Memberships(Protocol):
    """What grouping needs of the library."""

    def versions(self, scope: Scope | None, version_ids: Iterable[int]) -> Mapping[int, StoredVersion]: ...

    def memberships(self, scope: Scope | None, document_ids: Iterable[int]) -> Mapping[int, Membership]: ...


class Arrivals:
    """Places documents into reports and stories, one after the other. Blocks on the disk."""

    def __init__(self, index: SearchIndex, library: Memberships) -> None:
        self._index = index
        self._library = library
        self._prints: OrderedDict[int, Fingerprint] = OrderedDict()
        self._terms = _Terms(index)

    def place(self, versions: Sequence[StoredVersion]) -> list[Membership]:
        """The memberships of versions that arrive together, in order: each is compared with those before it, too."""
        self._terms.look_again()
        placed: list[Membership] = []
        together = _Together()
        for version in versions:
            new = self._print(version)
            day = version.facts.published.known_day
            neighbours = [*self._neighbours(version, new), *together.near(new, version.audience)]
            place = place_of(new, day, neighbours, self._terms.rarity)
            placed.append(Membership(new.document_id, place.report_id, place.story_id, place.reason))
            together.add(Neighbour(new, day, place.report_id, place.story_id))
        return placed

    def _neighbours(self, version: StoredVersion, new: Fingerprint) -> list[Neighbour]:
        asked, worth = self._asked(new)
        if not asked:
            return []
        scope = Scope.of_audience(version.audience)
        scores: dict[int, float] = {}
        for hit in self._index.search(asked, scope, limit=_HITS, weights={"body": 1.0}):
            scores[hit.version_id] = scores.get(hit.version_id, 0.0) + hit.score
        alike = [(score, id_) for id_, score in scores.items() if score >= _WORTH_COMPARING * worth]
        best = heapq.nlargest(_COMPARED, alike)
        found = {id_: self._prints[id_] for _, id_ in best if id_ in self._prints}
        unread = [id_ for score, id_ in best if id_ not in found and score >= _WORTH_READING * worth][:_READ_AGAIN]
        if unread:
            found |= {id_: self._print(read) for id_, read in self._library.versions(scope, unread).items()}
        earlier = [p for p in found.values() if p.document_id != new.document_id]
        known = self._library.memberships(None, [p.document_id for p in earlier]) if earlier else {}
        return [
            Neighbour(p, p.version.facts.published.known_day, place.report_id, place.story_id)
            for p in earlier
            if (place := known.get(p.document_id)) is not None
        ]

    def _asked(self, new: Fingerprint) -> tuple[list[Asked], float]:
        """The rarest of its names, numbers and words that the index has at all, and the sum of their rarities."""
        words = {content.term for sentence in new.sentences for content in sentence if content.concept}
        chosen: list[tuple[float, str]] = []
        for terms, most in ((new.names | new.numbers, _ASKED_ANCHORS), (words, _ASKED_WORDS)):
            chosen += heapq.nlargest(most, self._terms.worths(terms))
        return [Asked(self._terms.held(one)) for _, one in chosen], sum(rarity for rarity, _ in chosen)

    def _print(self, version: StoredVersion) -> Fingerprint:
        known = self._prints.get(version.facts.id)
        if known is None:
            known = self._prints[version.facts.id] = fingerprint(version)
            if len(self._prints) > _CACHED:
                self._prints.popitem(last=False)
        return known


class _Terms:
    """How rare terms are in the index, remembered for a while: a rarity is a logarithm and ages slowly."""

    def __init__(self, index: SearchIndex) -> None:
        self._index = index
        self._passages = -1
        self._rarities: dict[str, float] = {}
        self._worths: dict[str, float] = {}
        self._unknown: set[str] = set()  # not in the index, and maybe there after the next commit
        self._worthless: set[str] = set()

    def look_again(self) -> None:
        """To be called after the index may have changed."""
        passages = self._index.passage_count()
        if not self._passages <= passages <= self._passages * _GROWN or len(self._rarities) > _MOST_RARITIES:
            self._passages = passages
            self._rarities.clear()
            self._worths.clear()
        self._unknown.clear()
        self._worthless.clear()

    def rarity(self, term_: str) -> float:
        """A term's weight, larger for rarer ones."""
        known = self._rarities.get(term_)
        if known is not None:
            return known
        frequency = 0 if term_ in self._unknown else self._index.document_frequency(term_)
        total = self._passages + 10
        rarity = math.log(total / (1 + min(total - 1, frequency)))
        if frequency:
            self._rarities[term_] = rarity
        else:
            self._unknown.add(term_)
        return rarity

    def held(self, term_: str) -> tuple[tuple[str, float], ...]:
        """Those of a term and its translations that the index has, with their weights."""
        return tuple([one for one in _alternatives(term_) if self._is_held(one[0])])

    def worths(self, terms: Iterable[str]) -> list[tuple[float, str]]:
        """The terms that the index has, themselves or translated, each with the rarity of its rarest."""
        known = [(self._worths.get(one), one) for one in terms]
        new = [one for worth, one in known if worth is None and one not in self._worthless]
        found = [(worth, one) for worth, one in known if worth is not None]
        for one in new:
            worth = max([self.rarity(held) for held, _ in self.held(one)], default=0.0)
            if worth:
                self._worths[one] = worth
                found.append((worth, one))
            else:
                self._worthless.add(one)
        return found

    def _is_held(self, term_: str) -> bool:
        if term_ in self._rarities:
            return True
        if term_ not in self._unknown:
            self.rarity(term_)
        return term_ in self._rarities


@made_of_translations
@lru_cache(maxsize=32768)
def _alternatives(word: str) -> tuple[tuple[str, float], ...]:
    """A word's term and those of its translations: a document in the other language is found by them."""
    language, _, key = word.partition(":")
    other = {"de": "en", "en": "de"}.get(language)
    if other is None:
        return ((word, 1.0),)
    meanings = [m for m in translations_of(key, language, other)[:_TRANSLATIONS_ASKED] if " " not in m]
    return ((word, 1.0), *((term(key_of(meaning, other), other), 0.8) for meaning in meanings))


class _Together:
    """Documents that arrived together, found by what they share; the index knows only those before them."""

    def __init__(self) -> None:
        self._neighbours: list[Neighbour] = []
        self._where: dict[str, list[int]] = {}

    def add(self, neighbour: Neighbour) -> None:
        number = len(self._neighbours)
        self._neighbours.append(neighbour)
        for key in _keys(neighbour.print):
            self._where.setdefault(key, []).append(number)

    def near(self, new: Fingerprint, audience: str) -> list[Neighbour]:
        """Those that share most with a document and may be seen by its audience, rare things counting more."""
        shared: dict[int, int] = {}  # whole numbers, so that their sum does not depend on the order of a set
        for key in _keys(new):
            where = self._where.get(key)
            if where is not None:
                worth = _ONE // len(where)
                for number in where[-_COMPARED:]:
                    shared[number] = shared.get(number, 0) + worth
        seen = Scope.of_audience(audience).audiences()
        best = heapq.nlargest(_COMPARED, [(share, -number) for number, share in shared.items()])
        near = [self._neighbours[-number] for _, number in best]
        return [n for n in near if n.print.version.audience in seen and n.print.document_id != new.document_id]


def _keys(print_: Fingerprint) -> frozenset[str]:
    return print_.concepts | print_.names | print_.numbers
