"""Making a brief: what is new for one scope since its last one, one entry a story, out of stored versions alone."""

from __future__ import annotations

from dataclasses import dataclass
from typing import TYPE_CHECKING

from bot.briefs.brief import AlsoNew, Brief, BriefEntry, FactKind, NewFact
from bot.briefs.news_value import news_values, pick_sentences
from bot.languages.words import is_stop_word, words_in
from bot.library.search_terms import name_term, terms_of_text
from bot.quotes.showing import show_sentence
from bot.stories.figures import figures_in, shared_keys
from bot.stories.fingerprints import anchors_of

if TYPE_CHECKING:
    from collections.abc import Mapping, Sequence
    from datetime import datetime

    from bot.domain import Figure, ShownQuote, StoredVersion
    from bot.library.store import Membership

MOST_ENTRIES = 7
MOST_QUOTES = 3
MOST_ALSO_NEW = 12
MOST_CHANGES = 3
_SENTENCES_WITH_FIGURES = 8  # a document's figures are looked for in so many of its best sentences
_SURE_NAMES = 2  # so many shared names need one shared word, fewer need two
_SMALLEST_COUNT = 2  # "one soldier" is mostly no count


@dataclass(frozen=True, slots=True)
class StoryMaterial:
    """All that a brief needs of one story: its new documents and those of earlier briefs."""

    story_id: int
    new: tuple[StoredVersion, ...]
    earlier: tuple[StoredVersion, ...]


def make_brief(
    stories: Sequence[StoryMaterial],
    memberships: Mapping[int, Membership],
    *,
    made_at: datetime,
    since: datetime | None,
    window: tuple[int, int],
    failed: Sequence[str] = (),
) -> Brief:
    """The brief over these stories. Pure: the same material gives the same brief."""
    entries = [entry for story in stories if story.new and (entry := make_entry(story, memberships)) is not None]
    entries.sort(key=_rank)
    shown, rest = entries[:MOST_ENTRIES], entries[MOST_ENTRIES:]
    return Brief(
        made_at=made_at,
        since=since,
        from_seq=window[0],
        to_seq=window[1],
        entries=tuple(shown),
        also_new=tuple(
            AlsoNew(entry.story_id, entry.headline or entry.documents[0], (), entry.documents, entry.reports)
            for entry in rest[:MOST_ALSO_NEW]
        ),
        documents=sum(len(story.new) for story in stories),
        copies=sum(_copies_of_told(story, memberships) for story in stories),
        failed=tuple(failed),
    )


def _rank(entry: BriefEntry) -> tuple[int, int, int, int]:
    """Named news before further reports, many voices before few, then the newest; undated ones by their arrival."""
    order = {"UPDATE": 0, "NEW": 0, "MORE": 1}
    newest = max((day.toordinal() for q in entry.quotes if (day := q.published.known_day)), default=0)
    return (order[entry.mark], -entry.reports, -newest, -entry.story_id)


def make_entry(story: StoryMaterial, memberships: Mapping[int, Membership]) -> BriefEntry | None:
    """One story: its newest facts first, copies speaking once, changed figures with their old value beside them.

    None when there is nothing to tell: all that came is copies of reports that an earlier brief told, or not quotable.
    """
    earlier = _one_a_report(story.earlier, memberships)
    told = {_report_of(version, memberships) for version in earlier}
    reports = [v for v in _one_a_report(story.new, memberships) if _report_of(v, memberships) not in told]
    ordered = sorted(reports, key=_newest_first)
    # Reports of one batch tell no update of one another: only what a reader has been told before can change.
    changed = tuple(changed_figures(earlier, ordered))
    quotes: list[ShownQuote] = []
    said: list[frozenset[str]] = []
    each = 2 if len(ordered) == 1 else 1
    for version in ordered:
        membership = memberships.get(version.facts.document_id)
        for i in pick_sentences(version, each, avoid=said):
            shown = show_sentence(
                version,
                i,
                report_id=membership.report_id if membership else version.facts.document_id,
                copies=membership.copies if membership else 1,
            )
            if shown is not None:
                quotes.append(shown)
                said.append(frozenset(terms_of_text(shown.text, shown.language)))
    if not quotes:
        return None
    voices = {_report_of(v, memberships) for v in (*story.new, *story.earlier)}
    mark = "NEW" if not story.earlier else "UPDATE" if changed else "MORE"
    return BriefEntry(
        story_id=story.story_id,
        mark=mark,
        headline=next((v.facts.title for v in ordered if v.facts.title), ""),
        quotes=tuple(quotes[:MOST_QUOTES]),
        new_facts=changed,
        reports=len(voices),
        documents=tuple(v.document_name for v in story.new),
        copies=len(story.new) - len(reports),
    )


def _copies_of_told(story: StoryMaterial, memberships: Mapping[int, Membership]) -> int:
    told = {_report_of(version, memberships) for version in story.earlier}
    return sum(_report_of(version, memberships) in told for version in story.new)


def _report_of(version: StoredVersion, memberships: Mapping[int, Membership]) -> int:
    membership = memberships.get(version.facts.document_id)
    return membership.report_id if membership else version.facts.document_id


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


@dataclass(frozen=True, slots=True)
class _Told:
    """A figure where it was told, with the names that its sentence speaks of."""

    figure: Figure
    names: frozenset[str]
    words: tuple[frozenset[str], ...]  # of each word that carries news, the keys that both languages share
    version: StoredVersion
    sentence: int


def changed_figures(earlier: Sequence[StoredVersion], new: Sequence[StoredVersion]) -> list[NewFact]:
    """Figures that a new report gives differently from an earlier one: the same thing counted, about the same names.

    A value that an earlier report stated already is no change, whatever others stated.
    """
    known = [told for version in earlier for told in _figures_told(version)]
    found: list[NewFact] = []
    told_already: set[tuple[float, float | None]] = set()
    for version in new:
        for told in _figures_told(version):
            value = (told.figure.value, told.figure.upper)
            alike = [old for old in known if _comparable(old, told)]
            if not alike or value in told_already or any((o.figure.value, o.figure.upper) == value for o in alike):
                continue
            # The last one told is what a reader has in mind.
            change = _change(max(alike, key=lambda old: (len(old.names & told.names), old.version.facts.id)), told)
            if change is not None:
                told_already.add(value)
                found.append(change)
    return found[:MOST_CHANGES]


def _figures_told(version: StoredVersion) -> list[_Told]:
    told = []
    language = version.facts.language
    for i, _ in news_values(version)[:_SENTENCES_WITH_FIGURES]:
        s = version.sentences[i]
        text = version.text[s.start : s.end]
        figures = [figure for figure in figures_in(text, language) if figure.value >= _SMALLEST_COUNT]
        if figures:
            words = [w for w in words_in(text, language) if not is_stop_word(w.text, language)]
            names = {a for w in words for a in anchors_of(w, language, at_start=w.start == 0) if a[0] == "@"}
            keys = tuple(shared_keys(w, language) for w in words if w.kind == "word")
            told += [_Told(figure, frozenset(names - _CALENDAR), keys, version, i) for figure in figures]
    return told


# Days and months are no names that two sentences could share by speaking of the same thing.
_CALENDAR = frozenset(
    name_term(day)
    for day in (
        "Monday Tuesday Wednesday Thursday Friday Saturday Sunday January February March April May June July August "
        "September October November December Montag Dienstag Mittwoch Donnerstag Freitag Samstag Sonntag Januar "
        "Februar März Mai Juni Juli Oktober Dezember"
    ).split()
)


def _comparable(old: _Told, new: _Told) -> bool:
    """Whether two figures count the same thing in sentences that share a name, and a word beside what is counted."""
    if not old.figure.things & new.figure.things or not old.names & new.names:
        return False
    known = frozenset().union(*old.words)
    shared = sum(1 for keys in new.words if keys & known and not keys & new.figure.things)
    return shared >= 1 + (len(old.names & new.names) < _SURE_NAMES)


def _change(old: _Told, new: _Told) -> NewFact | None:
    before, after = show_sentence(old.version, old.sentence), show_sentence(new.version, new.sentence)
    if before is None or after is None:
        return None
    if old.figure.end > len(before.text) or new.figure.end > len(after.text):
        return None  # behind the beginning of an endless sentence
    return NewFact(
        FactKind.CHANGED,
        before=before.text[old.figure.start : old.figure.end],
        after=after.text[new.figure.start : new.figure.end],
        quote_before=before,
        quote_after=after,
    )
