"""Briefing: collects what is new for a scope since its last brief, and makes the brief of it."""

from __future__ import annotations

from bisect import bisect_right
from collections import OrderedDict, defaultdict
from dataclasses import dataclass, replace
from threading import Lock
from typing import TYPE_CHECKING, Generic, TypeVar

from bot.briefs.brief import LENGTHS, Brief, BriefEntry, LeftOut
from bot.briefs.making import (
    MOST_ALSO_NEW,
    Looked,
    Sketch,
    StoryMaterial,
    Wanted,
    finished,
    make_brief,
    sketched,
)
from bot.domain import DocumentState, SourceKind
from bot.library.store import Membership
from bot.stories.publishers import family_keys, voices

if TYPE_CHECKING:
    from collections.abc import Iterable, Mapping, Sequence
    from datetime import datetime

    from bot.domain import Document, Scope, Source, StoredVersion
    from bot.library.brief_store import Mute
    from bot.library.desk import Desk

_PAGE = 5_000
_MOST_EARLIER = 12  # earlier documents of a story that a new one is compared with
_MOST_NEW = 60  # documents of one story that are read
_MORE_CANDIDATES = 2  # times as many stories are read as may be shown
_KEPT_DOCUMENTS = 60_000
_KEPT_VERSIONS = 3_000
_KEPT_ENTRIES = 4_000
_KEPT_LINES = 400_000
_HANDED_OVER = frozenset((SourceKind.FOLDER, SourceKind.FILE))

KeyT = TypeVar("KeyT")
ValueT = TypeVar("ValueT")


@dataclass(frozen=True, slots=True)
class BriefAsk:
    """Which brief is wanted: whose, over which changes, and how."""

    scope: Scope
    after_seq: int  # where the last one that was told ends; 0: from the beginning
    since: datetime | None  # its instant; None for the first
    now: datetime
    at: datetime | None = None  # the slot's instant, when it is made ahead
    language: str = ""  # of the headlines, where there is a choice
    length: str = "normal"  # short, normal, long
    topics: tuple[str, ...] = ()  # only what is about one of them
    sources: frozenset[int] | None = None  # ids that are followed with brief or both; None: all that may be seen
    seen: frozenset[int] = frozenset()  # ids that may be seen, where all of them count: those that fail are told
    each_only: frozenset[int] = frozenset()  # ids that are followed for cards alone: left out, and counted
    muted: tuple[Mute, ...] = ()
    told: frozenset[int] | None = None  # `BriefStore.told`; None: all that came before `since`
    before: Brief | None = None  # the last one that was told: its stories may be quiet now
    mark_quiet: bool = False
    catch_up: bool = False
    skipped: tuple[tuple[int, int], ...] = ()  # parts of the log after `after_seq` that other briefs tell
    until_seq: int | None = None  # where the window ends, of a brief that is made anew; None: now


class Briefing:
    """Makes briefs over a desk. Built once; safe from any thread.

    What many channels share is read once: the change log, documents, versions, and what is new in a story.
    """

    def __init__(self, desk: Desk) -> None:
        self._desk = desk
        self._lock = Lock()
        self._log = _Log()
        self._versions: _Recent[int, StoredVersion] = _Recent(_KEPT_VERSIONS)
        self._sketches: _Recent[tuple[object, ...], Sketch | None] = _Recent(_KEPT_ENTRIES)
        self._entries: _Recent[tuple[object, ...], BriefEntry | None] = _Recent(_KEPT_ENTRIES)

    def make(self, ask: BriefAsk) -> Brief:
        """The brief that is asked for. Blocks on the disk, changes nothing; the same library gives the same brief.

        What a source held already when it was added is not news; a new document of its story is compared with it.
        """
        with self._lock:  # the shared reading is short; what takes long is shared by it
            newest = self._log.catch_up(self._desk, ask.after_seq)
            newest = newest if ask.until_seq is None else min(newest, ask.until_seq)
            window = self._log.window(self._desk, ask)
        return self._made(ask, newest, window)

    def seq_before(self, instant: datetime) -> int:
        """Where a window begins that shall begin at an instant, for `BriefAsk.after_seq`."""
        return self._desk.seq_before(instant)

    def _made(self, ask: BriefAsk, newest: int, window: _Window) -> Brief:
        desk = self._desk
        places = desk.places(window.new)
        by_story: dict[int, list[int]] = defaultdict(list)
        for id_ in window.new:
            by_story[places[id_][1] if id_ in places else id_].append(id_)
        members = desk.story_members(by_story)
        report_of = {id_: report for id_, (report, _) in places.items()}
        report_of |= {id_: report for some in members.values() for id_, report in some}
        others = {id_ for some in members.values() for id_, _ in some} - window.new.keys()
        seen = {**window.new} | {
            id_: d for id_, d in self._documents(ask.scope, others).items()
            if d.state is DocumentState.KEPT and d.version is not None and d.source_id in window.followed
            and id_ not in window.changed
        }  # fmt: skip
        candidates = [
            _Candidate.of(story, dict.fromkeys([*new, *(id_ for id_, _ in members.get(story, ()))]), window, seen, ask)
            for story, new in by_story.items()
        ]
        candidates.sort(key=lambda one: one.order(seen, report_of))
        wants_all = bool(ask.topics) or any(mute.topic for mute in ask.muted)
        most = _MORE_CANDIDATES * (LENGTHS.get(ask.length, LENGTHS["normal"]) + MOST_ALSO_NEW)
        read, unread = (candidates, []) if wants_all else (candidates[:most], candidates[most:])
        material = self._material(read, window, seen)
        copies = self._copies(report_of, seen)
        memberships = {
            id_: Membership(id_, report, report, "", copies.get(report, 1)) for id_, report in report_of.items()
        }
        below = [id_ for one in unread for id_ in (*one.new, *one.more)]
        left_out = [*window.left_out, *([LeftOut("below", len(below), tuple(sorted(below)))] if below else [])]
        filtered = desk.filtered_since(ask.sources, ask.since) if ask.sources and ask.since else 0
        if filtered:
            left_out.append(LeftOut("filtered", filtered))
        failing = desk.failing_sources(ask.sources if ask.sources is not None else window.sources | ask.seen)
        brief = make_brief(
            material, memberships,
            made_at=ask.now, since=ask.since, window=(ask.after_seq, newest),
            wanted=Wanted(ask.length, ask.language, ask.topics, ask.muted, ask.before, ask.mark_quiet),
            looked=Looked(
                documents=window.looked_at,
                sources=len(ask.sources) if ask.sources is not None else len(window.sources | failing.keys()),
                failing=tuple(failing.values()),
                failed=window.failed,
                left_out=tuple(left_out),
            ),
            sketch=lambda story: self._sketched(story, memberships, ask.language),
            finish=lambda one: self._finished(one, memberships),
        )  # fmt: skip
        return replace(_with_left_out_once(brief), at=ask.at, catch_up=ask.catch_up, made_good=bool(ask.skipped))

    def _sketched(
        self, story: StoryMaterial, memberships: Mapping[int, Membership], language: str
    ) -> Sketch | None:
        """What a story brings: for all channels to which the same of it is new and old, the same."""
        key = (language, *_key(story, memberships))
        known, one = self._sketches.find(key)
        if not known:
            one = sketched(story, memberships, language)
            self._sketches.put(key, one)
        return one

    def _finished(self, one: Sketch, memberships: Mapping[int, Membership]) -> BriefEntry | None:
        key = (one.headline, *_key(one.story, memberships))
        known, entry = self._entries.find(key)
        if not known:
            entry = finished(one, memberships)
            self._entries.put(key, entry)
        return entry

    def _documents(self, scope: Scope, document_ids: Iterable[int]) -> Mapping[int, Document]:
        """Those that the scope may see: many channels ask for the same ones, and all are checked for each."""
        with self._lock:
            found = self._log.documents(self._desk, document_ids)
        audiences = frozenset(scope.audiences())
        return {id_: d for id_, d in found.items() if d.audience in audiences and d.state is not DocumentState.ERASED}

    def _material(
        self, candidates: Sequence[_Candidate], window: _Window, seen: Mapping[int, Document]
    ) -> list[StoryMaterial]:
        wanted: set[int] = set()
        for one in candidates:
            wanted |= {v.id for id_ in (*one.new, *one.earlier) if (v := seen[id_].version) is not None}
        versions = self._read(wanted)
        found = []
        for one in candidates:
            new = [versions[v.id] for id_ in one.new if (v := seen[id_].version) is not None and v.id in versions]
            earlier = [
                versions[v.id] for id_ in one.earlier if (v := seen[id_].version) is not None and v.id in versions
            ]
            was = [
                version
                for id_ in one.new
                if id_ in window.was and (version := self._desk.numbered_version(None, id_, window.was[id_]))
            ]
            found.append(StoryMaterial(one.story_id, tuple(new), (*earlier, *was), one.known or bool(was), one.more))
        return found

    def _read(self, version_ids: Iterable[int]) -> dict[int, StoredVersion]:
        """Versions by id, whoever may see them: they were chosen among documents that may be seen."""
        found: dict[int, StoredVersion] = {}
        missing = []
        for id_ in version_ids:
            known, version = self._versions.find(id_)
            if known and version is not None:
                found[id_] = version
            else:
                missing.append(id_)
        for id_, version in self._desk.versions(None, missing).items() if missing else ():
            found[id_] = version
            self._versions.put(id_, version)
        return found

    @staticmethod
    def _copies(report_of: Mapping[int, int], seen: Mapping[int, Document]) -> dict[int, int]:
        """How many documents of each report may be seen."""
        copies: dict[int, int] = defaultdict(int)
        for id_ in seen:
            if id_ in report_of:
                copies[report_of[id_]] += 1
        return copies


def _key(story: StoryMaterial, memberships: Mapping[int, Membership]) -> tuple[object, ...]:
    ids = [v.facts.document_id for v in (*story.new, *story.earlier)]
    return (
        story.story_id, story.known, story.more, tuple(v.facts.id for v in story.new),
        tuple(v.facts.id for v in story.earlier),
        tuple((m.report_id, m.copies) if (m := memberships.get(id_)) else None for id_ in ids),
    )  # fmt: skip


def _with_left_out_once(brief: Brief) -> Brief:
    """One line a reason."""
    merged: dict[str, LeftOut] = {}
    for one in brief.left_out:
        before = merged.get(one.reason, LeftOut(one.reason, 0))
        ids = tuple(sorted({*before.document_ids, *one.document_ids}))
        merged[one.reason] = LeftOut(one.reason, before.count + one.count, ids)
    return replace(brief, left_out=tuple(merged[reason] for reason in sorted(merged)))


@dataclass(frozen=True, slots=True)
class _Candidate:
    """A story with something new: its documents by whether the channel knows them."""

    story_id: int
    new: tuple[int, ...]
    earlier: tuple[int, ...]
    known: bool
    more: tuple[int, ...]  # new ones that are too many to be read

    @classmethod
    def of(
        cls, story_id: int, members: Iterable[int], window: _Window, seen: Mapping[int, Document], ask: BriefAsk
    ) -> _Candidate:
        members = sorted(members)
        new = [id_ for id_ in members if id_ in window.new]
        earlier = [id_ for id_ in members if id_ not in window.new and id_ in seen]
        known = ask.since is not None if ask.told is None else any(id_ in ask.told for id_ in members)
        # What a source held when it was added was told by nobody, and is known all the same.
        known = known or any(seen[id_].baseline for id_ in earlier)
        return cls(story_id, tuple(new[-_MOST_NEW:]), tuple(earlier[-_MOST_EARLIER:]), known, tuple(new[:-_MOST_NEW]))

    def order(self, seen: Mapping[int, Document], report_of: Mapping[int, int]) -> tuple[float, int]:
        """What is likely worth telling comes first: by its independent voices, then the newest."""
        reports = {report_of.get(id_, id_): id_ for id_ in (*self.more, *self.new)}
        facts = [v for id_ in reports.values() if (v := seen[id_].version) is not None]
        many = len(voices(family_keys(f.outlet, f.address) for f in facts))
        return (-(many + (0.5 if not self.known or not self.earlier else 0.0)), -self.story_id)


@dataclass(frozen=True, slots=True)
class _Window:
    """What changed for a channel since its last brief."""

    new: Mapping[int, Document]  # kept documents that are news, by id
    was: Mapping[int, int]  # of those that were known before: the number of the version that stood then
    changed: frozenset[int]  # all that changed there, news or not, and what came after it
    followed: frozenset[int]  # sources
    sources: frozenset[int]  # those of the new documents
    looked_at: int
    failed: tuple[str, ...]
    left_out: tuple[LeftOut, ...]


class _Log:
    """The change log as far as it was read, by source. Not safe from several threads at once: its owner takes turns."""

    def __init__(self) -> None:
        self._from, self._to = -1, -1  # what was read: `from < seq <= to`
        self._lines: dict[int, list[tuple[int, int, int]]] = {}  # by source: seq, document, version (0: none)
        self._count = 0
        self._sources: dict[int, Source] = {}
        self._by_audience: dict[str, set[int]] = defaultdict(set)
        self._known: dict[int, Document] = {}

    def catch_up(self, desk: Desk, after_seq: int) -> int:
        """Read the log to its end; returns its last line."""
        if self._from < 0 or after_seq < self._from or self._count > _KEPT_LINES:
            self._from = self._to = after_seq
            self._lines, self._count = {}, 0
        if len(self._known) > _KEPT_DOCUMENTS:
            self._known = {}
        while lines := desk.changes_after(self._to, _PAGE):
            changed = {line.document_id for line in lines}
            documents = desk.documents_with(None, changed)
            self._known |= documents
            self._meet(desk, {document.source_id for document in documents.values()})
            for line in lines:
                document = documents.get(line.document_id)
                if document is not None:
                    here = self._lines.setdefault(document.source_id, [])
                    here.append((line.seq, line.document_id, line.version_id or 0))
            self._to, self._count = lines[-1].seq, self._count + len(lines)
        return self._to

    def _meet(self, desk: Desk, source_ids: Iterable[int]) -> None:
        unknown = [id_ for id_ in source_ids if id_ not in self._sources]
        for source in desk.sources_with(unknown).values() if unknown else ():
            self._sources[source.id] = source
            self._by_audience[source.audience].add(source.id)

    def documents(self, desk: Desk, document_ids: Iterable[int]) -> dict[int, Document]:
        wanted = list(document_ids)
        missing = [id_ for id_ in wanted if id_ not in self._known]
        if missing:
            self._known |= desk.documents_with(None, missing)
        return {id_: self._known[id_] for id_ in wanted if id_ in self._known}

    def window(self, desk: Desk, ask: BriefAsk) -> _Window:
        """What of the log is news to a channel, by what it follows."""
        audiences = ask.scope.audiences()
        seen = [id_ for audience in audiences for id_ in self._by_audience.get(audience, ())]
        followed = [
            id_
            for id_ in sorted(seen)
            if ask.sources is None
            or id_ in ask.sources
            or id_ in ask.each_only
            or self._sources[id_].kind in _HANDED_OVER
        ]
        versions: dict[int, set[int]] = {}  # of each document since its first line here
        later: dict[int, set[int]] = {}  # of those that have none here, but one after the window
        retold: set[int] = set()  # of those that others told after that line
        for source_id in followed:
            lines = self._lines.get(source_id, [])
            for seq, document_id, version_id in lines[bisect_right(lines, ask.after_seq, key=_seq) :]:
                skipped = any(start < seq <= end for start, end in ask.skipped)
                if document_id in versions:
                    versions[document_id].add(version_id)
                    if skipped:
                        retold.add(document_id)
                elif ask.until_seq is not None and seq > ask.until_seq:
                    later.setdefault(document_id, set()).add(version_id)
                elif not skipped:
                    versions[document_id] = {version_id}
        # A brief that told a newer version looked at the whole document.
        retold &= ask.told or frozenset()
        new: dict[int, Document] = {}
        was: dict[int, int] = {}
        failed: list[Document] = []
        cards: list[int] = []
        for id_, document in sorted(self.documents(desk, versions).items()):
            if document.audience not in audiences or document.baseline or id_ in retold:
                continue
            if document.source_id in ask.each_only:
                cards.append(id_)
            elif document.state is DocumentState.FAILED:
                failed.append(document)
            elif document.state is DocumentState.KEPT and document.version is not None:
                new[id_] = document
                before = document.version.number - len(versions[id_] - {0})
                if before > 0:
                    was[id_] = before
        unborn = {
            id_ for id_, document in self.documents(desk, later).items()
            if document.version is not None and document.version.number <= len(later[id_] - {0})
        }  # fmt: skip
        left_out = []
        if cards:
            left_out.append(LeftOut("each-only", len(cards), tuple(cards)))
        if failed:
            left_out.append(LeftOut("unreadable", len(failed), tuple(document.id for document in failed)))
        return _Window(
            new, was, frozenset({*cards, *new, *unborn}), frozenset(followed),
            frozenset(document.source_id for document in new.values()), len(new) + len(cards) + len(failed),
            tuple(f"{document.name}: {document.reason}" for document in failed), tuple(left_out),
        )  # fmt: skip


def _seq(line: tuple[int, int, int]) -> int:
    return line[0]


class _Recent(Generic[KeyT, ValueT]):
    """The last values that were used, by key. Safe from any thread."""

    def __init__(self, most: int) -> None:
        self._most, self._lock = most, Lock()
        self._values: OrderedDict[KeyT, ValueT] = OrderedDict()

    def find(self, key: KeyT) -> tuple[bool, ValueT | None]:
        with self._lock:
            if key not in self._values:
                return False, None
            self._values.move_to_end(key)
            return True, self._values[key]

    def put(self, key: KeyT, value: ValueT) -> None:
        with self._lock:
            self._values[key] = value
            if len(self._values) > self._most:
                self._values.popitem(last=False)
