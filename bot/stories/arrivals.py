"""Arrivals: where each newly indexed document belongs among those before it."""

from __future__ import annotations

import heapq
import math
from collections import Counter, OrderedDict
from dataclasses import replace
from functools import lru_cache
from typing import TYPE_CHECKING, Protocol

from bot.domain import Scope
from bot.languages.lexicon import made_of_translations, translations_of
from bot.languages.words import key_of
from bot.library.search_index import Asked
from bot.library.search_terms import term
from bot.library.store import Membership
from bot.stories.fingerprints import fingerprint
from bot.stories.grouping import Neighbour, is_short, led_along, place_of

if TYPE_CHECKING:
    from collections.abc import Iterable, Mapping, Sequence

    from bot.domain import StoredVersion
    from bot.library.search_index import SearchIndex
    from bot.stories.fingerprints import Fingerprint

# The rarest names, numbers and words of a document find its neighbours.
_ASKED_ANCHORS = 16
_ASKED_WORDS = 12
_TRANSLATIONS_ASKED = 3
_HITS = 40  # passages
_COMPARED = 8  # documents
_SHORT_COMPARED = 40  # headlines: each costs little, and many share a word
# What shares little of what was asked for is not worth reading again; of a copy's terms most are found.
_WORTH_COMPARING = 0.12
_WORTH_READING = 0.25
_READ_AGAIN = 3  # documents; of those read lately any number
_SHORT_READ_AGAIN = 8
_REMEMBERED_WORDS = 800_000  # of documents that need not be read again
_REMEMBERED_LEAST = 50  # words a document counts as at least
_MOST_RARITIES = 131072
_MOST_SIZES = 65536
_GROWN = 1.5  # times as large: then frequencies are asked for anew
_AT_LEAST = 10  # passages: before there are some, nothing is rare
_ONE = 1_000_000


class Memberships(Protocol):
    """What grouping needs of the library."""

    def versions(self, scope: Scope | None, version_ids: Iterable[int]) -> Mapping[int, StoredVersion]: ...

    def memberships(self, scope: Scope | None, document_ids: Iterable[int]) -> Mapping[int, Membership]: ...

    def story_sizes(self, story_ids: Iterable[int]) -> Mapping[int, int]: ...


class Arrivals:
    """Places documents into reports and stories, one after the other. Blocks on the disk."""

    def __init__(self, index: SearchIndex, library: Memberships) -> None:
        self._index = index
        self._library = library
        self._terms = _Terms(index)
        self._remembered = _Remembered()
        self._sizes: dict[int, int] = {}

    def place(self, versions: Sequence[StoredVersion]) -> list[Membership]:
        """The memberships of versions that arrive together: each is compared with those before it, too.

        In the order of the versions, followed by those of earlier documents that one of them has led into its story.
        """
        self._terms.look_again()
        if len(self._sizes) > _MOST_SIZES:
            self._sizes.clear()
        placed: dict[int, Membership] = {}
        together = _Together()
        for version in versions:
            new = _neighbour(version, 0, 0)
            keys = _keys(new.print)
            neighbours = [*self._neighbours(version, new.print), *together.near(new.print, keys, version.audience)]
            self._count({n.story_id for n in neighbours})
            place = place_of(new, neighbours, self._terms.rarity, self._sizes)
            placed[new.print.document_id] = Membership(
                new.print.document_id, place.report_id, place.story_id, place.reason
            )
            new = replace(new, report_id=place.report_id, story_id=place.story_id)
            together.add(new, keys)
            self._remembered.add(new)
            self._terms.add(new.print)
            self._sizes[place.story_id] = self._sizes.get(place.story_id, 0) + 1
            for led, why in led_along(new, neighbours, self._terms.rarity, self._sizes):
                moved = self._moved(led, new.story_id, why, placed)
                placed[moved.document_id] = moved
                now_there = replace(led, story_id=new.story_id)
                together.renew(now_there)
                self._remembered.add(now_there)
                self._sizes[new.story_id] += 1
        return list(placed.values())

    def _moved(self, led: Neighbour, story_id: int, why: str, placed: Mapping[int, Membership]) -> Membership:
        """The new membership of a document that was placed before; a copy keeps its reason."""
        document_id = led.print.document_id
        self._sizes[led.story_id] = self._sizes.get(led.story_id, 1) - 1
        before = placed.get(document_id) or self._library.memberships(None, [document_id]).get(document_id)
        is_copy = before is not None and before.report_id != document_id
        return Membership(document_id, led.report_id, story_id, before.reason if before and is_copy else why)

    def _count(self, stories: Iterable[int]) -> None:
        unknown = [story for story in stories if story not in self._sizes]
        if unknown:
            known = self._library.story_sizes(unknown)
            self._sizes |= {story: known.get(story, 1) for story in unknown}

    def _neighbours(self, version: StoredVersion, new: Fingerprint) -> list[Neighbour]:
        asked, worth = self._asked(new)
        if not asked:
            return []
        short = is_short(new)
        scope = Scope.of_audience(version.audience)
        scores: dict[int, float] = {}
        for hit in self._index.search(asked, scope, limit=_HITS, weights={"body": 1.0}):
            scores[hit.version_id] = scores.get(hit.version_id, 0.0) + hit.score
        least = 0.0 if short else _WORTH_COMPARING * worth
        alike = [(score, id_) for id_, score in scores.items() if score >= least]
        best = heapq.nlargest(_SHORT_COMPARED if short else _COMPARED, alike)
        found = [near for _, id_ in best if (near := self._remembered.get(id_)) is not None]
        unread = [id_ for score, id_ in best if id_ not in self._remembered and score >= _WORTH_READING * worth]
        found += self._read(scope, unread[: _SHORT_READ_AGAIN if short else _READ_AGAIN])
        return [near for near in found if near.print.document_id != new.document_id]

    def _read(self, scope: Scope, version_ids: Sequence[int]) -> list[Neighbour]:
        """Earlier versions, read anew; they are remembered from now on."""
        if not version_ids:
            return []
        versions = self._library.versions(scope, version_ids)
        places = self._library.memberships(None, [version.facts.document_id for version in versions.values()])
        found = []
        for version in versions.values():
            place = places.get(version.facts.document_id)
            if place is not None:
                found.append(_neighbour(version, place.report_id, place.story_id))
                self._remembered.add(found[-1])
        return found

    def _asked(self, new: Fingerprint) -> tuple[list[Asked], float]:
        """The rarest of its names, numbers and words that the index has at all, and the sum of their rarities."""
        words = {content.term for sentence in new.sentences for content in sentence if content.concept}
        chosen: list[tuple[float, str]] = []
        for terms, most in ((new.names | new.numbers, _ASKED_ANCHORS), (words, _ASKED_WORDS)):
            chosen += heapq.nlargest(most, self._terms.worths(terms))
        # The index scores by natural logarithms, too: what is found can be held against what was asked for.
        worth = sum(rarity for rarity, _ in chosen) * self._terms.scale
        return [Asked(self._terms.held(one)) for _, one in chosen], worth


def _neighbour(version: StoredVersion, report_id: int, story_id: int) -> Neighbour:
    published = version.facts.published
    day = published.known_day
    return Neighbour(fingerprint(version), day, report_id, story_id, published.at if day is not None else None)


class _Remembered:
    """The documents placed or read last, by version."""

    def __init__(self) -> None:
        self._neighbours: OrderedDict[int, Neighbour] = OrderedDict()
        self._words = 0

    def __contains__(self, version_id: int) -> bool:
        return version_id in self._neighbours

    def get(self, version_id: int) -> Neighbour | None:
        return self._neighbours.get(version_id)

    def add(self, neighbour: Neighbour) -> None:
        before = self._neighbours.pop(neighbour.print.version_id, None)
        if before is not None:
            self._words -= _size(before)
        self._neighbours[neighbour.print.version_id] = neighbour
        self._words += _size(neighbour)
        while self._words > _REMEMBERED_WORDS:
            _, oldest = self._neighbours.popitem(last=False)
            self._words -= _size(oldest)


def _size(neighbour: Neighbour) -> int:
    return max(_REMEMBERED_LEAST, neighbour.print.words)


class _Terms:
    """How rare terms are in the index, remembered for a while: a rarity is a logarithm and ages slowly."""

    def __init__(self, index: SearchIndex) -> None:
        self._index = index
        self._passages = 0  # now
        self._asked_at = -1  # passages, when the frequencies were asked for
        self._frequencies: dict[str, int] = {}
        self._rarities: dict[str, float] = {}
        self._worths: dict[str, float] = {}
        self._unknown: set[str] = set()  # not in the index when it was asked, nor in what was added until then
        self._added: Counter[str] = Counter()  # documents since the index was looked at, for what it did not have then
        self._documents = 0  # since the index was looked at
        self._worthless: set[str] = set()  # for now

    def look_again(self) -> None:
        """To be called after the index may have changed."""
        self._passages = self._index.passage_count()
        self._unknown.difference_update(self._added)
        self._added.clear()
        self._documents = 0
        remembered = max(len(self._frequencies), len(self._unknown))
        if not self._asked_at <= self._passages <= self._asked_at * _GROWN or remembered > _MOST_RARITIES:
            self._asked_at = self._passages
            self._frequencies.clear()
            self._worths.clear()
            self._unknown.clear()
        self._rarities.clear()
        self._worthless.clear()

    @property
    def scale(self) -> float:
        """The natural logarithm that a rarity of 1 stands for."""
        return math.log(self._total)

    @property
    def _total(self) -> int:
        return self._passages + self._documents + _AT_LEAST

    def add(self, print_: Fingerprint) -> None:
        """Count a document that the index will have after the next commit."""
        terms = {content.term for sentence in print_.sentences for content in sentence}
        self._documents += 1
        for term_ in terms | print_.names | print_.numbers:
            frequency = self._frequencies.get(term_)
            if frequency is None:
                self._added[term_] += 1
            else:
                self._frequencies[term_] = frequency + 1
            self._rarities.pop(term_, None)

    def rarity(self, term_: str) -> float:
        """A term's weight, 0..1, larger for rarer ones."""
        known = self._rarities.get(term_)
        if known is not None:
            return known
        frequency = self._frequencies[term_] if self._holds(term_) else self._added[term_]
        total = self._total
        rarity = self._rarities[term_] = math.log(total / (1 + min(total - 1, frequency))) / math.log(total)
        return rarity

    def held(self, term_: str) -> tuple[tuple[str, float], ...]:
        """Those of a term and its translations that the index has, with their weights."""
        return tuple([one for one in _alternatives(term_) if self._holds(one[0])])

    def worths(self, terms: Iterable[str]) -> list[tuple[float, str]]:
        """The terms that the index has, themselves or translated, each with the rarity of its rarest."""
        found = []
        known, worthless = self._worths.get, self._worthless
        for one in terms:
            worth = known(one)
            if worth is None:
                if one in worthless:
                    continue
                worth = self._worth(one)
                if not worth:
                    worthless.add(one)
                    continue
                self._worths[one] = worth
            found.append((worth, one))
        return found

    def _worth(self, term_: str) -> float:
        best = 0.0
        for one, _ in _alternatives(term_):
            if self._holds(one):
                best = max(best, self.rarity(one))
        return best

    def _holds(self, term_: str) -> bool:
        """Whether the index has a term."""
        if term_ in self._frequencies:
            return True
        if term_ in self._unknown:
            return False
        frequency = self._index.document_frequency(term_)
        if frequency:
            self._frequencies[term_] = frequency
        else:
            self._unknown.add(term_)
        return frequency > 0


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
        self._numbers: dict[int, int] = {}  # by document

    def add(self, neighbour: Neighbour, keys: Iterable[str]) -> None:
        """`keys` are its `_keys`."""
        number = len(self._neighbours)
        self._neighbours.append(neighbour)
        self._numbers[neighbour.print.document_id] = number
        for key in keys:
            self._where.setdefault(key, []).append(number)

    def renew(self, neighbour: Neighbour) -> None:
        """Take note that one of them, if it is one, was put elsewhere."""
        number = self._numbers.get(neighbour.print.document_id)
        if number is not None:
            self._neighbours[number] = neighbour

    def near(self, new: Fingerprint, keys: Iterable[str], audience: str) -> list[Neighbour]:
        """Those that share most with a document and may be seen by its audience, rare things counting more."""
        most = _SHORT_COMPARED if is_short(new) else _COMPARED
        shared: dict[int, int] = {}  # whole numbers, so that their sum does not depend on the order of a set
        for key in keys:
            where = self._where.get(key)
            if where is not None:
                worth = _ONE // len(where)
                for number in where[-most:]:
                    shared[number] = shared.get(number, 0) + worth
        seen = Scope.of_audience(audience).audiences()
        best = heapq.nlargest(most, [(share, -number) for number, share in shared.items()])
        near = [self._neighbours[-number] for _, number in best]
        return [n for n in near if n.print.version.audience in seen and n.print.document_id != new.document_id]


def _keys(print_: Fingerprint) -> frozenset[str]:
    return print_.concepts | print_.names | print_.numbers
