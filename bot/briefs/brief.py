"""The brief: what is new for one scope since its last brief, one entry a story, made once as a frozen record."""

from __future__ import annotations

from dataclasses import dataclass
from typing import TYPE_CHECKING

from bot.briefs.news_value import news_values, pick_sentences
from bot.domain import ShownQuote
from bot.library.search_terms import terms_of_text
from bot.quotes.showing import show_sentence
from bot.stories.figures import figures_in

if TYPE_CHECKING:
    from collections.abc import Mapping, Sequence
    from datetime import date, datetime

    from bot.domain import Figure, StoredVersion
    from bot.library.store import Membership

MOST_ENTRIES = 7
MOST_QUOTES = 3
MOST_ALSO_NEW = 12


@dataclass(frozen=True, slots=True)
class ChangedFigure:
    """A figure that changed within a story: the earlier value and the new one, each in the words of its source."""

    before: str
    after: str
    quote_before: ShownQuote
    quote_after: ShownQuote


@dataclass(frozen=True, slots=True)
class BriefEntry:
    """One story in a brief."""

    story_id: int
    mark: str  # "NEW", "UPDATE" (a named new fact), "MORE" (a further report without one)
    headline: str  # a document's title; empty when none has one
    quotes: tuple[ShownQuote, ...]  # newest documents first
    changed: tuple[ChangedFigure, ...]
    reports: int  # independent ones, over all the story
    documents: tuple[str, ...]  # the new ones, copies included
    copies: int  # how many of the new documents repeat another report


@dataclass(frozen=True, slots=True)
class Brief:
    """A brief as it is frozen."""

    made_at: datetime
    since: datetime | None  # the last brief; None for the first
    from_seq: int
    to_seq: int
    entries: tuple[BriefEntry, ...]
    also_new: tuple[str, ...]  # headlines of further stories
    documents: int  # new ones looked at
    failed: tuple[str, ...]  # "name: reason" of what could not be read


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
    entries = [make_entry(story, memberships) for story in stories if story.new]
    entries = [entry for entry in entries if entry.quotes]
    entries.sort(key=_rank)
    shown, rest = entries[:MOST_ENTRIES], entries[MOST_ENTRIES:]
    return Brief(
        made_at=made_at,
        since=since,
        from_seq=window[0],
        to_seq=window[1],
        entries=tuple(shown),
        also_new=tuple(entry.headline or entry.documents[0] for entry in rest[:MOST_ALSO_NEW]),
        documents=sum(len(story.new) for story in stories),
        failed=tuple(failed),
    )


def _rank(entry: BriefEntry) -> tuple[int, int, int]:
    """Named news before further reports, many voices before few, then the newer story."""
    order = {"UPDATE": 0, "NEW": 0, "MORE": 1}
    return (order[entry.mark], -entry.reports, -entry.story_id)


def make_entry(story: StoryMaterial, memberships: Mapping[int, Membership]) -> BriefEntry:
    """One story: its newest facts first, copies speaking once, changed figures with their old value beside them."""
    reports = _one_a_report(story.new, memberships)
    earlier = _one_a_report(story.earlier, memberships)
    ordered = sorted(reports, key=_newest_first)
    changed = tuple(changed_figures([*earlier, *reversed(ordered)], new={v.facts.id for v in ordered}))
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
    voices = {_report_of(v, memberships) for v in (*story.new, *story.earlier)}
    # Reports of one batch tell no update of one another; there have to be earlier ones that a reader has seen.
    news = [c for c in changed if c.quote_before.version or True] if story.earlier else []
    mark = "NEW" if not story.earlier else "UPDATE" if news else "MORE"
    return BriefEntry(
        story_id=story.story_id,
        mark=mark,
        headline=next((v.facts.title for v in ordered if v.facts.title), ""),
        quotes=tuple(quotes[:MOST_QUOTES]),
        changed=changed,
        reports=len(voices),
        documents=tuple(v.document_name for v in story.new),
        copies=len(story.new) - len(reports),
    )


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


def day_of(version: StoredVersion) -> date | None:
    return version.facts.published.day


def _newest_first(version: StoredVersion) -> tuple[int, int]:
    day = day_of(version)
    return (-day.toordinal() if day else 0, -version.facts.document_id)


def changed_figures(versions: Sequence[StoredVersion], *, new: set[int]) -> list[ChangedFigure]:
    """Figures for the same thing, about the same names, that a new report gives differently from an earlier one.

    `versions` are one a report, oldest first; only changes whose later side is in `new` count.
    """
    known: dict[str, tuple[Figure, frozenset[str], StoredVersion, int]] = {}
    found: list[ChangedFigure] = []
    for version in versions:
        for i, _ in news_values(version)[:8]:
            s = version.sentences[i]
            text = version.text[s.start : s.end]
            language = version.facts.language
            context = _context(text, language)
            for figure in figures_in(text, language):
                if figure.value < 2 or not context:
                    continue
                before = known.get(figure.unit)
                if before is not None and version.facts.id in new and before[2].facts.id != version.facts.id:
                    change = _change(before, (figure, context, version, i))
                    if change is not None:
                        found.append(change)
                known.setdefault(figure.unit, (figure, context, version, i))
                if version.facts.id in new or figure.unit not in known:
                    known[figure.unit] = (figure, context, version, i)
    return found[:3]


def _context(text: str, language: str) -> frozenset[str]:
    return frozenset(t for t in terms_of_text(text, language) if t.startswith("@"))


def _change(
    before: tuple[Figure, frozenset[str], StoredVersion, int], after: tuple[Figure, frozenset[str], StoredVersion, int]
) -> ChangedFigure | None:
    old, old_context, old_version, old_index = before
    figure, context, version, index = after
    if (old.value, old.upper) == (figure.value, figure.upper):
        return None
    # The same thing is counted only where the sentences speak of the same names.
    if len(old_context & context) < min(2, len(old_context), len(context)):
        return None
    quote_before, quote_after = show_sentence(old_version, old_index), show_sentence(version, index)
    if quote_before is None or quote_after is None:
        return None
    return ChangedFigure(
        before=quote_before.text[old.start : old.end],
        after=quote_after.text[figure.start : figure.end],
        quote_before=quote_before,
        quote_after=quote_after,
    )
