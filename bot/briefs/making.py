"""Making a brief: what is new for one scope since its last one, one entry a story, out of stored versions alone."""

from __future__ import annotations

import math
from collections import Counter
from collections.abc import Callable
from dataclasses import dataclass, field, replace
from typing import TYPE_CHECKING

from bot.briefs.brief import (
    LENGTHS,
    AlsoNew,
    Brief,
    BriefEntry,
    FactKind,
    Further,
    LeftOut,
    NewFact,
    QuietStory,
    Why,
    quotes_of,
)
from bot.briefs.changes import chart_of, conflicts, new_facts
from bot.briefs.news_value import news_values, pick_sentences
from bot.briefs.telling import shown as shown_quote
from bot.briefs.telling import telling_of
from bot.briefs.topics import about
from bot.library.search_terms import terms_of_text
from bot.quotes.showing import show_sentence
from bot.stories.publishers import family_keys, largest_first, voices

if TYPE_CHECKING:
    from collections.abc import Iterable, Mapping, Sequence
    from datetime import datetime

    from bot.domain import ShownQuote, StoredVersion
    from bot.library.brief_store import Mute
    from bot.library.store import Membership

MOST_QUOTES = 3
MOST_ALSO_NEW = 8
MOST_FURTHER = 5
MOST_OF_A_PUBLISHER = 2  # stories that one family alone tells
_MOST_COMPARED = 12  # reports of each side of an entry
_LONGEST_HEADLINE = 200
_SHORT_HEADLINE = 110  # of a document without a title
_TURNED = frozenset({FactKind.CHANGED, FactKind.DENIED, FactKind.CONFIRMED})
_MOST_DAYS = 7
_RANK_OF_NEWS = 4  # a figure in a sentence further down is background


@dataclass(frozen=True, slots=True)
class StoryMaterial:
    """All that a brief needs of one story: its new documents and those of before.

    A document that was changed is in both, as it is and as it was. `known`: whether the channel was told of the story;
    of one that it was not, all is new to it.
    """

    story_id: int
    new: tuple[StoredVersion, ...]
    earlier: tuple[StoredVersion, ...]
    known: bool = True
    more: tuple[int, ...] = ()  # further new documents, by their ids, that are too many to be read

    @property
    def document_ids(self) -> tuple[int, ...]:
        """All the new ones."""
        return (*(version.facts.document_id for version in self.new), *self.more)


@dataclass(frozen=True, slots=True)
class Wanted:
    """How a brief is wanted."""

    length: str = "long"
    language: str = ""
    topics: tuple[str, ...] = ()
    muted: tuple[Mute, ...] = ()
    before: Brief | None = None
    mark_quiet: bool = False


@dataclass(frozen=True, slots=True)
class Looked:
    """What was looked at beside the stories, to be said in the brief."""

    documents: int = 0
    sources: int = 0
    failing: tuple[str, ...] = ()
    failed: tuple[str, ...] = ()
    left_out: tuple[LeftOut, ...] = ()


@dataclass(slots=True)
class _Out:
    """Documents that are not told, by reason."""

    ids: dict[str, list[int]] = field(default_factory=dict)

    def add(self, reason: str, document_ids: Iterable[int]) -> None:
        self.ids.setdefault(reason, []).extend(document_ids)

    def found(self) -> tuple[LeftOut, ...]:
        return tuple(LeftOut(reason, len(ids), tuple(sorted(ids))) for reason, ids in sorted(self.ids.items()) if ids)


def make_brief(
    stories: Sequence[StoryMaterial],
    memberships: Mapping[int, Membership],
    *,
    made_at: datetime,
    since: datetime | None,
    window: tuple[int, int],
    failed: Sequence[str] = (),
    wanted: Wanted | None = None,
    looked: Looked | None = None,
    sketch: Sketching | None = None,
    finish: Finishing | None = None,
) -> Brief:
    """The brief over these stories. Pure: the same material gives the same brief.

    `sketch` and `finish` stand in for `sketched` and `finished` where somebody remembers what these made.
    """
    wanted = wanted or Wanted()
    language = wanted.language
    sketch = sketch or (lambda story: sketched(story, memberships, language))
    finish = finish or (lambda one: finished(one, memberships))
    looked = looked or Looked(documents=sum(len(story.new) for story in stories), failed=tuple(failed))
    out = _Out()
    ranked: list[tuple[float, Sketch, tuple[Why, ...]]] = []
    further: list[Further] = []
    copies = 0
    for story in stories:
        if not story.new:
            continue
        ids = story.document_ids
        fitting = [topic for topic in wanted.topics if about(topic, story.new)]
        if wanted.topics and not fitting:
            out.add("off-topic", ids)
            continue
        if _is_muted(story, wanted.muted):
            out.add("muted", ids)
            continue
        copied = _copies_of_told(story, memberships)
        copies += copied
        one = sketch(story) if copied < len(story.new) else None
        if one is None:
            out.add("copies" if copied else "not-quotable", ids)
        elif one.mark == "MORE":
            out.add("no-new-fact", ids)
            further.append(Further(story.story_id, one.headline, ids, len(ids) - one.copies))
        else:
            score, why = _rank(one, memberships, len(fitting), made_at)
            ranked.append((score, one, why))
    # What is worth the same goes by how often it was printed: copies are no further voices, but somebody chose them.
    ranked.sort(key=lambda one: (-one[0], -len(one[1].story.document_ids), -one[1].newest_day, -one[1].story.story_id))
    shown, also, rest = _chosen(ranked, LENGTHS.get(wanted.length, LENGTHS["normal"]), finish)
    for reason, ids in rest:
        out.add(reason, ids)
    further.sort(key=lambda one: (-one.reports, -one.story_id))
    told_now = {id_ for entry in shown for id_ in (entry.story_id, *entry.document_ids)}
    told_now |= {id_ for one in also for id_ in (one.story.story_id, *one.story.document_ids)}
    return Brief(
        made_at=made_at,
        since=since,
        from_seq=window[0],
        to_seq=window[1],
        entries=tuple(shown),
        also_new=tuple(
            AlsoNew(
                one.story.story_id,
                one.headline,
                one.story.document_ids,
                one.documents,
                one.reports,
                one.story.new[0].facts.id,
            )
            for one in also
        ),
        documents=looked.documents,
        copies=copies,
        failed=looked.failed,
        sources=looked.sources,
        failing=looked.failing,
        left_out=tuple(sorted((*looked.left_out, *out.found()), key=lambda one: one.reason)),
        further=tuple(further[:MOST_FURTHER]),
        quiet=_quiet(wanted.before, told_now) if wanted.mark_quiet and wanted.before is not None else (),
        topics=wanted.topics,
        length=wanted.length,
    )


def _is_muted(story: StoryMaterial, muted: Sequence[Mute]) -> bool:
    members = {story.story_id, *(v.facts.document_id for v in (*story.new, *story.earlier))}
    return any(
        (mute.story_id in members if mute.story_id is not None else about(mute.topic, story.new)) for mute in muted
    )


def _quiet(before: Brief, told: set[int]) -> tuple[QuietStory, ...]:
    return tuple(
        QuietStory(entry.story_id, entry.headline)
        for entry in before.entries
        if not told & {entry.story_id, *entry.document_ids}
    )


def _chosen(
    ranked: Sequence[tuple[float, Sketch, tuple[Why, ...]]], most: int, finish: Finishing
) -> tuple[list[BriefEntry], list[Sketch], list[tuple[str, tuple[int, ...]]]]:
    """The stories that are told, those that are named, and the others' documents with the reason."""
    shown: list[BriefEntry] = []
    also: list[Sketch] = []
    rest: list[tuple[str, tuple[int, ...]]] = []
    by_family: Counter[str] = Counter()
    for _, one, why in ranked:
        full = bool(one.family) and max(by_family[key] for key in one.family) >= MOST_OF_A_PUBLISHER
        if len(shown) < most and not full:
            entry = finish(one)
            if entry is None:
                rest.append(("not-quotable", one.story.document_ids))
                continue
            by_family.update(one.family)
            shown.append(replace(entry, why=why))
        elif len(also) < MOST_ALSO_NEW:
            also.append(one)
        else:
            rest.append(("publisher" if full and len(shown) < most else "below", one.story.document_ids))
    return shown, also, rest


def _keys(version: StoredVersion) -> frozenset[str]:
    return family_keys(version.facts.outlet, version.facts.address)


def _rank(
    one: Sketch, memberships: Mapping[int, Membership], fitting: int, made_at: datetime
) -> tuple[float, tuple[Why, ...]]:
    """How much a story is worth telling, and why: independent voices first, then what is new, what fits, how fresh."""
    now = len(voices(_keys(version) for version in _one_a_report(one.story.new, memberships)))
    turned = sum(fact.kind in _TURNED for fact in one.facts)
    days = min(_MOST_DAYS, max(0, made_at.toordinal() - one.newest_day)) if one.newest_day else 0
    parts = [
        (2.0 * math.log2(1 + now) + 0.5 * math.log2(1 + one.voices), Why("publishers", one.voices)),
        (0.4 * math.log2(one.reports), Why("reports", one.reports)),
        ((1.0 if turned else 0.0) + (0.0 if one.mark == "NEW" else 0.3), Why("new-facts", len(one.facts))),
        (0.7 if one.mark == "NEW" else 0.0, Why("new-story", int(one.mark == "NEW"))),
        (0.8 * fitting, Why("on-topic", fitting)),
        (-0.15 * days, Why("days-old", days)),
    ]
    said = [why for worth, why in sorted(parts, key=lambda part: -part[0]) if why.n]
    return sum(worth for worth, _ in parts), tuple(said)


@dataclass(frozen=True, slots=True)
class Sketch:
    """As much of a story as its rank needs; quotes, conflicts and charts are looked for only where it is told."""

    story: StoryMaterial
    mark: str
    headline: str
    ordered: tuple[StoredVersion, ...]  # what is told, one of each report, newest first
    earlier: tuple[StoredVersion, ...]
    facts: tuple[NewFact, ...]  # of a story that is known
    documents: tuple[str, ...]
    copies: int
    reports: int
    publishers: tuple[str, ...]
    voices: int
    family: frozenset[str]  # keys of the one family that tells it; empty when several do, or it is not known
    newest_day: int  # 0: unknown


Sketching = Callable[[StoryMaterial], "Sketch | None"]
Finishing = Callable[[Sketch], BriefEntry | None]


def make_entry(
    story: StoryMaterial, memberships: Mapping[int, Membership], language: str = ""
) -> BriefEntry | None:
    """One story: its newest facts first, copies speaking once, changed figures with their old value beside them.

    None when there is nothing to tell: all that came is copies of reports that an earlier brief told, or not quotable.
    """
    one = sketched(story, memberships, language)
    return finished(one, memberships) if one is not None else None


def sketched(story: StoryMaterial, memberships: Mapping[int, Membership], language: str = "") -> Sketch | None:
    """What a story brings; None when all of it is copies of what was told."""
    known = story.known and bool(story.earlier)
    fresh_ids = {version.facts.document_id for version in story.new}
    earlier = [v for v in _one_a_report(story.earlier, memberships) if known]
    told = {_report_of(v, memberships) for v in earlier if v.facts.document_id not in fresh_ids}
    material = story.new if known else (*story.earlier, *story.new)
    reports = [
        v for v in _one_a_report(material, memberships)
        if _report_of(v, memberships) not in told or _goes_on(v, story, memberships)
    ]  # fmt: skip
    if not reports:
        return None
    ordered = sorted(reports, key=_newest_first)[:_MOST_COMPARED]
    facts = new_facts(earlier[-_MOST_COMPARED:], ordered, known_story=True) if known else []
    every = [*story.new, *story.earlier]
    families = voices(_keys(version) for version in _one_a_report(every, memberships))
    counted = {_report_of(v, memberships) for v in every} | {_of(id_, memberships) for id_ in story.more}
    return Sketch(
        story=story,
        mark="NEW" if not known else "UPDATE" if facts else "MORE",
        headline=_headline(ordered, language),
        ordered=tuple(ordered),
        earlier=tuple(earlier[-_MOST_COMPARED:]),
        facts=tuple(facts),
        documents=tuple(v.document_name for v in story.new),
        copies=len(story.new) - sum(v.facts.document_id in fresh_ids for v in reports),
        reports=len(counted),
        publishers=tuple(_names(every)),
        voices=max(1, len(families)),
        family=families[0] if len(families) == 1 else frozenset(),
        newest_day=max((day.toordinal() for v in ordered if (day := v.facts.published.known_day)), default=0),
    )


def finished(one: Sketch, memberships: Mapping[int, Membership]) -> BriefEntry | None:
    """The whole entry; None when nothing of it is quotable."""
    story = one.story
    # What was changed in a document speaks through its facts: the rest of it was told.
    before = {version.facts.document_id for version in story.earlier}
    revised = before & {version.facts.document_id for version in story.new}
    quotes = _quotes([v for v in one.ordered if v.facts.document_id not in revised] or one.ordered, memberships)
    if not quotes:
        return None
    facts = one.facts if one.mark == "UPDATE" else tuple(new_facts([], one.ordered, known_story=False))
    entry = BriefEntry(
        story_id=story.story_id,
        mark=one.mark,
        headline=one.headline,
        quotes=tuple(quotes[:MOST_QUOTES]),
        reports=one.reports,
        documents=one.documents,
        copies=one.copies,
        new_facts=facts,
        document_ids=story.document_ids,
        publishers=one.publishers,
        voices=one.voices,
        conflicts=tuple(conflicts(one.ordered, one.earlier, lambda v: _report_of(v, memberships), facts)),
        chart=chart_of(facts, [*one.earlier, *one.ordered]),
        titles=tuple(" ".join(v.facts.title.split())[:_LONGEST_HEADLINE] for v in story.new),
        version_ids=tuple(v.facts.id for v in story.new),
    )
    doubted = any("not-independently-verified" in quote.caveats for quote in quotes_of(entry))
    return replace(entry, unverified=doubted)


def _quotes(ordered: Sequence[StoredVersion], memberships: Mapping[int, Membership]) -> list[ShownQuote]:
    """The sentences that carry the news, newest reports first, no two that say the same."""
    quotes: list[ShownQuote] = []
    said: list[frozenset[str]] = []
    each = 2 if len(ordered) == 1 else 1
    for version in ordered:
        membership = memberships.get(version.facts.document_id)
        for i in pick_sentences(version, each, avoid=said):
            shown = shown_quote(
                version,
                i,
                report_id=membership.report_id if membership else version.facts.document_id,
                copies=membership.copies if membership else 1,
            )
            if shown is not None:
                quotes.append(shown)
                said.append(frozenset(terms_of_text(shown.text, shown.language)))
        if len(quotes) >= MOST_QUOTES:
            break
    return quotes


def _headline(ordered: Sequence[StoredVersion], language: str) -> str:
    """The newest report's title, in the reader's language if there is one; without one its first sentence."""
    titled = [v for v in ordered if v.facts.title.strip()]
    best = next((v for v in titled if v.facts.language == language), titled[0] if titled else None)
    if best is not None:
        return " ".join(best.facts.title.split())[:_LONGEST_HEADLINE]
    ranked = [(v, i) for v in ordered for i, _ in news_values(v)[:1]]
    for version, i in ranked:
        shown = show_sentence(version, i)
        if shown is not None:
            return _of_a_sentence(shown.text)
    return ordered[0].document_name


def _of_a_sentence(text: str) -> str:
    """The beginning of a sentence, in place of a title."""
    text = " ".join(text.split())
    return text if len(text) <= _SHORT_HEADLINE else text[:_SHORT_HEADLINE].rpartition(" ")[0] + " …"


def _names(versions: Iterable[StoredVersion]) -> list[str]:
    """The known publishers, each family once by the name that it is called most often."""
    by_family: list[tuple[frozenset[str], list[str]]] = []
    for version in versions:
        keys, name = _keys(version), " ".join(version.facts.outlet.split())
        if not keys or not name:
            continue
        same = next((one for one in by_family if one[0] & keys), None)
        if same is None:
            by_family.append((keys, [name]))
        else:
            by_family[by_family.index(same)] = (same[0] | keys, [*same[1], name])
    by_family.sort(key=lambda one: -len(one[1]))
    return [largest_first(names)[0] for _, names in by_family]


def _copies_of_told(story: StoryMaterial, memberships: Mapping[int, Membership]) -> int:
    changed = {version.facts.document_id for version in story.new}
    told = {_report_of(v, memberships) for v in story.earlier if v.facts.document_id not in changed}
    if not story.known:
        return 0
    return sum(
        _report_of(version, memberships) in told and not _goes_on(version, story, memberships) for version in story.new
    )


def _goes_on(version: StoredVersion, story: StoryMaterial, memberships: Mapping[int, Membership]) -> bool:
    """Whether what counts as a copy of a told report gives a figure among its news that this one does not: then it was
    an old report that somebody took to write a new one."""
    report = _report_of(version, memberships)
    changed = {one.facts.document_id for one in story.new}
    same = [v for v in story.earlier if _report_of(v, memberships) == report and v.facts.document_id not in changed]
    known = frozenset().union(*(telling_of(one).values for one in same))
    return any(
        figure.rank < _RANK_OF_NEWS and figure.past is None and figure.counts and figure.figure.value not in known
        for figure in telling_of(version).figures
    )


def _report_of(version: StoredVersion, memberships: Mapping[int, Membership]) -> int:
    membership = memberships.get(version.facts.document_id)
    return membership.report_id if membership else version.facts.document_id


def _of(document_id: int, memberships: Mapping[int, Membership]) -> int:
    membership = memberships.get(document_id)
    return membership.report_id if membership else document_id


def _one_a_report(
    versions: Sequence[StoredVersion], memberships: Mapping[int, Membership]
) -> list[StoredVersion]:
    """One version of each report: an original before a machine translation, then the first to arrive."""
    best: dict[int, StoredVersion] = {}
    for version in sorted(versions, key=lambda v: (v.facts.translation is not None, v.facts.document_id)):
        best.setdefault(_report_of(version, memberships), version)
    return sorted(best.values(), key=lambda v: v.facts.document_id)


def _newest_first(version: StoredVersion) -> tuple[int, int]:
    day = version.facts.published.known_day
    return (-day.toordinal() if day else 0, -version.facts.document_id)
