"""Evidence: the sentences that may answer a question, each with what speaks for it.

Passages come from the index (BM25, copies and all), sentences are scored one by one: how much of what the question asks
for stands in the sentence (rare words count more), in the one before it (half), in the title and the passage (less);
whether it shows the wanted kind of answer; how well its passage matched.
"""

from __future__ import annotations

import heapq
import math
import re
from collections import OrderedDict
from dataclasses import dataclass, field, replace
from functools import cached_property
from operator import mul
from typing import TYPE_CHECKING, NamedTuple, Protocol

from bot.answers.answer_kinds import new_names, shows_kind
from bot.answers.coverage import Lookup
from bot.answers.ranking import score_of
from bot.answers.signals import Matches, Standing, signals
from bot.answers.units import Unit
from bot.languages.words import tokens_in
from bot.library.passages import passages_of
from bot.library.search_index import Hit, Nearby
from bot.quotes.cutting import quotable

if TYPE_CHECKING:
    from collections.abc import Iterable, Mapping, Sequence
    from datetime import date

    from bot.answers.question import Key, Question
    from bot.domain import Scope, Sentence, StoredVersion, VersionFacts
    from bot.library.said_terms import Said
    from bot.library.search_index import Asked
    from bot.library.store import Membership

Values = tuple[float, ...]  # one for each key of the question

_NOTHING: frozenset[str] = frozenset()
PASSAGES = 26  # how many passages are looked into
# … and how many more that no word led to; what stands near by its meaning moves a sentence a little, and only among
# those that share words with the question: an embedder may be a poor one, and near is not the same as answering.
NEAR_PASSAGES, NEAR_LOOKED_AT, NEAR_WEIGHT = 12, 8, 0.5
WHOLE_DOCUMENTS = 8  # … and in how many documents also what the rest of them says
# What a mention outside the sentence counts, beside one in it.
BEFORE, TITLE, PASSAGE, DOCUMENT = 0.5, 0.4, 0.35, 0.2
SAME_SENTENCE = 0.9  # in another part of a sentence that is too long to be quoted whole
NAME_BEFORE, NAME_TITLE, NAME_PASSAGE, NAME_DOCUMENT = 0.7, 0.6, 0.55, 0.4
NAME_WEIGHT, FOCUS_WEIGHT, VERB_WEIGHT = 1.25, 1.2, 0.85
_SAME_SENSE = 0.85  # alternatives of at least this weight mean the same
OWN_LANGUAGE = 0.5  # how much a passage is measured by the best of its own language
_CACHED_VERSIONS = 160
_SHORT_DOCUMENT = 60  # sentences; only what a short document says elsewhere lends its words to a sentence
LOOKED_AT_CLOSELY = 32
# A report told in another language supports a sentence in the same place of it, as far as it comes near the best score.
SUPPORT, SUPPORT_REACH, SAME_PLACE = 0.4, 6.0, 0.12


class Searching(Protocol):
    """What evidence needs of the search index."""

    def search(
        self, asked: Sequence[Asked], scope: Scope, *, limit: int, since: date | None = None, until: date | None = None
    ) -> list[Hit]: ...

    def document_frequency(self, term: str) -> int: ...

    def passage_count(self) -> int: ...

    def said(self, versions: Iterable[VersionFacts]) -> Mapping[int, Said]: ...


class Meaning(Protocol):
    """Who knows which passages say something like a question in other words."""

    def nearest(self, question: Question, scope: Scope, also: Iterable[tuple[int, int]]) -> Nearby:
        """The passages nearest to it among what the scope may see, and how near those of `also` are. Never raises."""
        ...

    async def prepare(self, text: str) -> None:
        """Have ready what this question needs, so that `nearest` need not wait. Never raises but when cancelled."""
        ...


class Reading(Protocol):
    """What evidence needs of the library."""

    def versions(self, scope: Scope | None, version_ids: Iterable[int]) -> Mapping[int, StoredVersion]: ...

    def memberships(self, scope: Scope | None, document_ids: Iterable[int]) -> Mapping[int, Membership]: ...


@dataclass(frozen=True, slots=True)
class Candidate:
    """A sentence (or a part of a very long one) with what speaks for it. `matched[i]`: how well it says key i."""

    version: StoredVersion
    index: int  # of the sentence in its version
    start: int
    end: int
    score: float
    coverage: float  # 0..1, with what stands around the sentence
    inside: float  # 0..1, in the sentence alone
    kind: float  # 0..1, whether it shows the wanted kind of answer
    matched: tuple[float, ...]
    around: tuple[float, ...]  # as matched, with what stands around
    signals: tuple[float, ...]

    @property
    def sentence(self) -> Sentence:
        return self.version.sentences[self.index]

    @property
    def text(self) -> str:
        return self.version.text[self.start : self.end]

    @property
    def key(self) -> tuple[int, int]:
        """Its version and where it begins there."""
        return self.version.facts.id, self.start


@dataclass(frozen=True, slots=True)
class Evidence:
    """All candidates, best first, with the weight of each of the question's keys (they sum to 1)."""

    question: Question
    weights: tuple[float, ...]
    candidates: tuple[Candidate, ...]
    best_passage: float  # the raw BM25 score
    memberships: Mapping[int, Membership] = field(default_factory=dict)  # of the candidates' documents


class VersionTerms:
    """The units of a version and their terms, analysed once, if they are not kept."""

    def __init__(self, version: StoredVersion, kept: Said | None = None) -> None:
        self.version = version
        self.passages = passages_of(version.sentences)
        self._title = Unit(version.facts.title, version.facts.language)
        self._kept = kept if kept is not None and kept.count == len(version.sentences) else None
        self._units: dict[int, tuple[Unit, ...]] = {}

    def units(self, i: int) -> tuple[Unit, ...]:
        """The units of sentence i: itself, or its parts when it is too long to be quoted whole."""
        found = self._units.get(i)
        if found is None:
            language = self.version.facts.language
            found = self._units[i] = tuple(
                Unit(self.version.text[start:end], language, start=start, sentence=i)
                for start, end in parts_of(self.version.text, self.version.sentences[i])
            )
        return found

    @cached_property
    def _tokens(self) -> tuple[str, ...]:
        """Those of all sentences, once each."""
        text = self.version.text
        return tuple({token for one in self.version.sentences for token in tokens_in(text[one.start : one.end])})

    def said(self, lookup: Lookup) -> frozenset[str]:
        """What all sentences say of what a question asks for, by its terms."""
        if self._kept is not None:
            return lookup.said_by(self._kept.sentences)
        return lookup.said(self._tokens, self.version.text, self.version.facts.language)

    def said_in_title(self, lookup: Lookup) -> frozenset[str]:
        """As `said`, of the title."""
        return lookup.said_in(self._title) if self._kept is None else lookup.said_by(self._kept.title)

    def said_at(self, i: int, lookup: Lookup) -> frozenset[str]:
        """As `said`, of sentence i."""
        if self._kept is not None:
            return lookup.said_by(self._kept.sentence(i))
        return _NOTHING.union(*map(lookup.said_in, self.units(i)))

    def said_by(self, unit: Unit, lookup: Lookup) -> frozenset[str]:
        """As `said`, of one of `units`."""
        if self._kept is not None and len(self.units(unit.sentence)) == 1:
            return lookup.said_by(self._kept.sentence(unit.sentence))
        return lookup.said_in(unit)


def parts_of(text: str, sentence: Sentence) -> list[tuple[int, int]]:
    """Where a sentence may be cut to be quoted: whole, or between clauses when it is longer than a quote should be.

    What is endless and has no clauses is cut between words; an endless word is left out.
    """
    if sentence.end - sentence.start <= LONGEST_QUOTE:
        return [(sentence.start, sentence.end)]
    parts = []
    start = sentence.start
    while sentence.end - start > LONGEST_QUOTE:
        window = text[start : start + LONGEST_QUOTE]
        cut = _last_cut(text, start, window, _CLAUSE_END)
        if not cut and sentence.end - start > LONGEST_UNCUT:
            cut = _last_cut(text, start, window, _BLANK)
        if not cut:
            break
        parts.append((start, start + len(window[:cut].rstrip())))
        start += cut
    return parts if sentence.end - start > LONGEST_UNCUT else [*parts, (start, sentence.end)]


def _last_cut(text: str, start: int, window: str, border: re.Pattern[str]) -> int:
    """The last border in a window at which what stands before it can be quoted; 0 when there is none."""
    cuts = [m.end() for m in border.finditer(window) if m.end() >= _SHORTEST_PART]
    return next((c for c in reversed(cuts) if not quotable(text, start, start + len(window[:c].rstrip()))), 0)


LONGEST_QUOTE = 380  # code points
LONGEST_UNCUT = 2_000  # of a sentence without a clause that ends
_SHORTEST_PART = 80
_CLAUSE_END = re.compile(r"[;:,–—]\s+|\)\s+")
_BLANK = re.compile(r"\s+")


class EvidenceSearch:
    """Finds the sentences for a question. Holds nothing but a cache of analysed versions (they never change)."""

    def __init__(self, index: Searching, library: Reading, meaning: Meaning | None = None) -> None:
        self._index = index
        self._library = library
        self._meaning = meaning
        self._terms: OrderedDict[int, VersionTerms] = OrderedDict()

    def gather(self, question: Question, scope: Scope) -> Evidence:
        """The candidates for a question among what the scope may see, best first."""
        rarities = self._rarities(question)
        weights = _key_weights(question, rarities)
        hits = self._index.search(
            [key.asked() for key in question.keys], scope, limit=PASSAGES, since=question.since, until=question.until
        )
        nearness: Mapping[tuple[int, int], float] = {}
        near: list[Hit] = []
        if self._meaning is not None and question.keys:
            places = dict.fromkeys((hit.version_id, hit.number) for hit in hits)
            nearby = self._meaning.nearest(question, scope, places)
            nearness = nearby.nearness
            others = [one for one in nearby.best if one not in places and nearness[one] > 0]
            near = [Hit(*one, 0.0) for one in others[:NEAR_PASSAGES]]
        if not hits and not near:
            return Evidence(question, weights, (), 0.0)
        versions = self._library.versions(scope, {hit.version_id for hit in (*hits, *near)})
        audiences = set(scope.audiences())
        # The index already filtered; it is derived data, so what it says of rights is checked against the store.
        found = [
            (hit, version)
            for hit in (*hits, *near)
            if (version := versions.get(hit.version_id)) is not None and version.audience in audiences
        ]
        best = (hits[0].score if hits else 0.0) or 1.0
        # A question meets its own language's words directly and the other's through a list; passages are therefore
        # measured by the best of their language, too.
        best_of: dict[str, float] = {}
        for hit, version in found:
            language = version.facts.language
            best_of[language] = max(hit.score, best_of.get(language, 0.0))
        drafts: list[_Draft] = []
        lookup = Lookup(question)
        documents: dict[int, Values] = {}
        known = self._terms_of(versions.values())
        best_documents = list(dict.fromkeys(version.facts.id for _, version in found))[:WHOLE_DOCUMENTS]
        for hit, version in found:
            whole = version.facts.id in best_documents
            beside_own = hit.score / (best_of[version.facts.language] or 1.0)
            relative = (1 - OWN_LANGUAGE) * hit.score / best + OWN_LANGUAGE * beside_own
            terms = known[version.facts.id]
            drafts += self._drafts(question, weights, lookup, terms, hit, relative, documents if whole else None)
        # Only the promising ones are looked at closely; the rest could not come first.
        closely = heapq.nlargest(LOOKED_AT_CLOSELY, [one for one in drafts if one.standing.passage > 0], key=_promise)
        if near:
            unled = [one for one in drafts if one.standing.passage <= 0]
            closely += heapq.nlargest(NEAR_LOOKED_AT, unled, key=_promise)
        candidates = [_candidate(question, weights, rarities, lookup, draft) for draft in closely]
        if nearness:
            candidates = [
                replace(one, score=one.score + NEAR_WEIGHT * nearness.get(draft.place, 0.0) * one.coverage)
                for one, draft in zip(candidates, closely, strict=True)
            ]
        memberships = self._library.memberships(scope, {c.version.facts.document_id for c in candidates})
        scores = supported([c.score for c in candidates], partners(candidates, memberships))
        candidates = [replace(c, score=score) for c, score in zip(candidates, scores, strict=True)]
        candidates.sort(key=lambda c: (-c.score, c.version.facts.id, c.start))
        return Evidence(question, weights, tuple(candidates), best if hits else 0.0, memberships)

    def _rarities(self, question: Question) -> tuple[float, ...]:
        """The inverse document frequency of each key."""
        total = max(1, self._index.passage_count())
        frequencies = [min(total, self._frequency(key)) for key in question.keys]
        return tuple(math.log(1 + (total - n + 0.5) / (n + 0.5)) for n in frequencies)

    def _frequency(self, key: Key) -> int:
        """In how many passages the key is said: by its own words, or by its translations where these stand nowhere."""
        frequencies: dict[bool, int] = {True: 0, False: 0}
        for alternative in key.alternatives:
            if alternative.weight >= _SAME_SENSE:
                own = alternative.weight >= 1.0
                rarest = min(self._index.document_frequency(one) for one in alternative.terms)
                frequencies[own] = max(rarest, frequencies[own])
        return frequencies[True] or frequencies[False]

    def _terms_of(self, versions: Iterable[StoredVersion]) -> dict[int, VersionTerms]:
        found: dict[int, VersionTerms] = {}
        new: list[StoredVersion] = []
        for version in versions:
            key = version.facts.id
            if (terms := self._terms.get(key)) is None:
                new.append(version)
            else:
                found[key] = terms
                self._terms.move_to_end(key)
        kept = self._index.said([version.facts for version in new])
        for version in new:
            key = version.facts.id
            found[key] = self._terms[key] = VersionTerms(version, kept.get(key))
            if len(self._terms) > _CACHED_VERSIONS:
                self._terms.popitem(last=False)
        return found

    def _drafts(
        self,
        question: Question,
        weights: tuple[float, ...],
        lookup: Lookup,
        terms: VersionTerms,
        hit: Hit,
        relative: float,
        documents: dict[int, Values] | None,
    ) -> list[_Draft]:
        """What the units of one passage say of the question's keys, by themselves and with what stands around them.

        `documents`: what whole documents say, as far as it is known; None where only the passage counts.
        """
        version = terms.version
        if hit.number >= len(terms.passages):
            return []  # the index is older than the way passages are cut; it is about to be rebuilt
        _, first, last = terms.passages[hit.number]
        count = len(version.sentences)
        units = [unit for i in range(first, last) for unit in terms.units(i)]
        said = [terms.said_by(unit, lookup) for unit in units]
        matched = [lookup.match(one) for one in said]
        alone = [_weighted(weights, inside) for inside in matched]
        best = max(alone, default=0.0)
        document = passage = lookup.match(_NOTHING.union(*said))
        if documents is not None and last - first < count <= _SHORT_DOCUMENT:
            known = documents.get(version.facts.id)
            if known is None:
                known = documents[version.facts.id] = lookup.match(terms.said(lookup))
            document = known
        title = lookup.match(terms.said_in_title(lookup))
        frame = [_around(*one) for one in zip(question.keys, title, passage, document, strict=True)]
        nothing = lookup.nothing
        earlier = lookup.match(terms.said_at(first - 1, lookup)) if first else nothing
        later = lookup.match(terms.said_at(last, lookup)) if last < count else nothing
        row = [nothing, earlier, *matched, later]
        in_parts = len(units) != last - first
        drafts = []
        for n, (unit, inside) in enumerate(zip(units, matched, strict=True)):
            before, behind = row[n + 1], row[n + 3]
            same = _same_sentence(units, matched, n) if in_parts else ()
            if before is nothing and not same:
                around = tuple(map(max, inside, frame))
            else:
                around = tuple(
                    [
                        max(own, one_before * (NAME_BEFORE if key.is_name else BEFORE), elsewhere, rest * SAME_SENTENCE)
                        for key, own, one_before, elsewhere, rest in zip(
                            question.keys, inside, before, frame, same or nothing, strict=True
                        )
                    ]
                )
            coverage = _weighted(weights, around)
            standing = Standing(relative, best, len(units))
            promise = coverage + 0.5 * alone[n] + 0.6 * relative
            matches = Matches(inside, before, row[n], behind, around)
            place = hit.version_id, hit.number
            drafts.append(_Draft(promise, version, unit, matches, standing, coverage, alone[n], place))
        return drafts


def partners(candidates: Sequence[Candidate], memberships: Mapping[int, Membership]) -> list[list[int]]:
    """For each candidate those that stand in the same place of the same report in another language, by their number."""
    of_reports: dict[int, list[int]] = {}
    for i, candidate in enumerate(candidates):
        membership = memberships.get(candidate.version.facts.document_id)
        if membership is not None and membership.copies > 1:
            of_reports.setdefault(membership.report_id, []).append(i)
    found: list[list[int]] = [[] for _ in candidates]
    for together in of_reports.values():
        places = {i: (candidates[i].start + candidates[i].end) / 2 / len(candidates[i].version.text) for i in together}
        for i in together:
            language = candidates[i].version.facts.language
            found[i] = [
                j
                for j in together
                if candidates[j].version.facts.language != language and abs(places[i] - places[j]) < SAME_PLACE
            ]
    return found


def supported(scores: Sequence[float], partners: Sequence[Sequence[int]]) -> list[float]:
    """The scores, each raised by the best of its partners: what two tellings in different words match is no chance."""
    floor = max(scores, default=0.0) - SUPPORT_REACH
    return [
        score + SUPPORT * max([0.0, *(scores[j] - floor for j in others)])
        for score, others in zip(scores, partners, strict=True)
    ]


def _same_sentence(units: Sequence[Unit], matched: Sequence[tuple[float, ...]], n: int) -> tuple[float, ...]:
    """How the other parts of the unit's sentence match, where it has parts that stand beside the unit."""
    found = [matched[i] for i in (n - 1, n + 1) if 0 <= i < len(units) and units[i].sentence == units[n].sentence]
    return tuple(map(max, *found)) if len(found) == 2 else found[0] if found else ()


class _Draft(NamedTuple):
    """A unit before it is looked at closely."""

    promise: float
    version: StoredVersion
    unit: Unit
    matches: Matches
    standing: Standing
    coverage: float
    inside: float
    place: tuple[int, int]  # its version and passage


def _promise(draft: _Draft) -> float:
    return draft.promise


def _candidate(
    question: Question, weights: tuple[float, ...], rarities: tuple[float, ...], lookup: Lookup, draft: _Draft
) -> Candidate:
    version, unit = draft.version, draft.unit
    kind = shows_kind(question, unit)
    names = len(new_names(question, unit))
    told = signals(question, weights, rarities, unit, draft.matches, draft.standing, kind, names, lookup)
    return Candidate(
        version=version,
        index=unit.sentence,
        start=unit.start,
        end=unit.end,
        score=score_of(told),
        coverage=draft.coverage,
        inside=draft.inside,
        kind=kind,
        matched=draft.matches.inside,
        around=draft.matches.around,
        signals=told,
    )


def _weighted(weights: Sequence[float], values: Sequence[float]) -> float:
    total: float = sum(map(mul, weights, values))
    return total


def _key_weights(question: Question, rarities: Sequence[float]) -> tuple[float, ...]:
    """How much each key counts, together 1: the rarer, the more."""
    raw = []
    for key, rarity in zip(question.keys, rarities, strict=True):
        weight = rarity + 0.15
        if key.is_name:
            weight *= NAME_WEIGHT
        if key.is_focus:
            weight *= FOCUS_WEIGHT
        if key.is_verb:
            weight *= VERB_WEIGHT
        raw.append(weight)
    whole = sum(raw) or 1.0
    return tuple(weight / whole for weight in raw)


def _around(key: Key, title: float, passage: float, document: float) -> float:
    if key.is_name:
        return max(title * NAME_TITLE, passage * NAME_PASSAGE, document * NAME_DOCUMENT)
    return max(title * TITLE, passage * PASSAGE, document * DOCUMENT)
