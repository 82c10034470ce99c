"""The brief as it is frozen: plain data, made once, from which every preview, post, thread and archive is rendered.

It holds no words of ours, only codes; `bot.chat` says them in the reader's language.
"""

from __future__ import annotations

from dataclasses import dataclass
from datetime import date, datetime  # at run time, too: a frozen brief is read back by its types
from enum import StrEnum
from typing import Any

from bot.domain import Conflict, ShownQuote

LENGTHS = {"short": 3, "normal": 5, "long": 7}  # stories


class FactKind(StrEnum):
    """What is new in a story."""

    CHANGED = "changed"  # a figure, from `before` to `after`
    FIGURE = "figure"  # one that no earlier report gave
    NAME = "name"  # one that no earlier report gave
    DENIED = "denied"  # what an earlier report states
    CONFIRMED = "confirmed"  # what an earlier report denied
    STATED = "stated"  # a statement that no earlier report made


@dataclass(frozen=True, slots=True)
class NewFact:
    """A named new fact, in the words of its source; `before` is what it replaces, where there is such a thing."""

    kind: FactKind
    before: str  # "12,000"; empty when nothing like it was told
    after: str  # "14.000", a name, or what was denied
    quote_before: ShownQuote | None
    quote_after: ShownQuote
    what: str = ""  # what a figure counts, as the source calls it: "Soldaten"; of a total "the number of people"
    total: bool = False  # `what` goes before the figure: "death toll: 9"
    fate: str = ""  # what befell the counted: "killed", "hurt", "lost", "held", "moved", "replaced"


@dataclass(frozen=True, slots=True)
class ChartPoint:
    """A figure on a day, as one report gave it. `text` is the figure in the words of its source."""

    day: date
    value: float
    upper: float | None  # the other end of "between 4 and 6"
    text: str
    bound: str  # "", "up to", "more than", …
    said_by: str  # who says it: the speaker, else the outlet
    quote: ShownQuote


@dataclass(frozen=True, slots=True)
class Undated:
    """A figure that stands in no chart, since nobody knows its day. `when`: what its sentence says of its time."""

    when: str  # "In 2022"; empty: nothing
    text: str
    bound: str
    said_by: str
    quote: ShownQuote


@dataclass(frozen=True, slots=True)
class Chart:
    """How one figure of a story went over at least two days, oldest first."""

    what: str  # what is counted, as a source calls it
    points: tuple[ChartPoint, ...]
    undated: tuple[Undated, ...] = ()  # figures for the same thing that cannot be placed
    earlier: int = 0  # how many points before these are left out


@dataclass(frozen=True, slots=True)
class Why:
    """One reason for a story's rank: "publishers" 4, "reports" 5, "new-facts" 2, "on-topic" 1, "days-old" 0, …"""

    code: str
    n: int = 0


@dataclass(frozen=True, slots=True)
class BriefLine:
    """A sentence of a model, and the quotes that bear it out."""

    text: str
    quotes: tuple[ShownQuote, ...]


@dataclass(frozen=True, slots=True)
class BriefEntry:
    """One story in a brief."""

    story_id: int
    mark: str  # "NEW", "UPDATE" (a named new fact), "MORE" (a further report without one)
    headline: str  # a document's title; empty when none has one
    quotes: tuple[ShownQuote, ...]  # newest documents first
    reports: int  # independent ones, over all the story
    documents: tuple[str, ...]  # the new ones, copies included
    copies: int  # how many of the new documents repeat another report
    new_facts: tuple[NewFact, ...] = ()  # what UPDATE names; of a NEW story, what changed while it arrived
    document_ids: tuple[int, ...] = ()  # as `documents`
    publishers: tuple[str, ...] = ()  # over all the story, as far as they are known, each family once
    voices: int = 1  # independent publishers over all the story, nameless ones too
    conflicts: tuple[Conflict, ...] = ()  # figures that disagree, statements that are denied, side by side
    chart: Chart | None = None
    unverified: bool = False  # a quote of it says that it was not independently verified
    why: tuple[Why, ...] = ()  # why it stands here, weightiest reason first
    lines: tuple[BriefLine, ...] = ()  # shown above the quotes; empty: the quotes tell it
    titles: tuple[str, ...] = ()  # as `documents`
    version_ids: tuple[int, ...] = ()  # as `documents`

    @property
    def changed(self) -> tuple[NewFact, ...]:
        """The figures that changed, each with its value before."""
        return tuple(fact for fact in self.new_facts if fact.kind is FactKind.CHANGED)

    @property
    def is_single(self) -> bool:
        """Whether one publisher alone tells it."""
        return self.voices <= 1


@dataclass(frozen=True, slots=True)
class AlsoNew:
    """A story that is named by its headline alone."""

    story_id: int
    headline: str
    document_ids: tuple[int, ...]
    documents: tuple[str, ...]
    reports: int = 1
    version_id: int = 0  # of one of its documents, to which its headline may lead


@dataclass(frozen=True, slots=True)
class Further:
    """A story that an earlier brief told, of which there are further reports without a new fact."""

    story_id: int
    headline: str
    document_ids: tuple[int, ...]
    reports: int = 1  # further ones


@dataclass(frozen=True, slots=True)
class LeftOut:
    """Documents, or items, of the window that are not told, and why: `filtered` (by a source's words), `each-only` (its
    source posts cards), `copies` (of what was told), `no-new-fact` (further reports), `muted`, `off-topic`, `below`
    (the number of stories), `publisher` (two stories of it are told), `unreadable`, `not-quotable`, `not-followed`."""

    reason: str
    count: int
    document_ids: tuple[int, ...] = ()  # empty for `filtered`: what was filtered is no document


@dataclass(frozen=True, slots=True)
class QuietStory:
    """A story of the last brief that has nothing new."""

    story_id: int
    headline: str


@dataclass(frozen=True, slots=True)
class Brief:
    """A brief as it is frozen."""

    made_at: datetime
    since: datetime | None  # the last brief; None for the first
    from_seq: int
    to_seq: int
    entries: tuple[BriefEntry, ...]
    also_new: tuple[AlsoNew, ...]  # further stories
    documents: int  # new ones looked at
    copies: int  # of them, those that repeat a report of an earlier brief
    failed: tuple[str, ...]  # "name: reason" of what could not be read
    at: datetime | None = None  # the slot's instant, which its title shows; None: when it was made
    sources: int = 0  # looked at
    failing: tuple[str, ...] = ()  # titles of sources that do not answer
    left_out: tuple[LeftOut, ...] = ()
    further: tuple[Further, ...] = ()  # the largest of what `no-new-fact` leaves out
    quiet: tuple[QuietStory, ...] = ()
    catch_up: bool = False  # covers a gap: more than one slot was missed
    made_good: bool = False  # tells, too, what an earlier brief could not, since that one was never posted
    extract_only: bool = False  # made without the model that should have helped
    topics: tuple[str, ...] = ()
    length: str = "normal"
    prompt: str = ""  # by which a model worded lines of its entries; empty: none did
    model: str = ""
    dropped: int = 0  # sentences of the model that the quotes did not bear out

    @property
    def is_empty(self) -> bool:
        """Whether there is nothing to tell."""
        return not self.entries and not self.also_new


def told_documents(brief: Brief) -> tuple[int, ...]:
    """The documents that its entries tell: for `BriefStore.keep`, so that no later brief tells their stories as new."""
    return tuple(dict.fromkeys(id_ for entry in brief.entries for id_ in entry.document_ids))


def frozen_brief(brief: Brief) -> bytes:
    """The brief as canonical JSON: the same brief gives the same bytes."""
    import msgspec

    try:
        return msgspec.json.encode(brief, order="deterministic")
    except UnicodeEncodeError:  # a lone surrogate, in a file's name
        return msgspec.json.encode(_sayable(msgspec.to_builtins(brief)), order="deterministic")


def thawed_brief(body: bytes) -> Brief:
    """The brief that was frozen, also by an earlier release. Raises msgspec.ValidationError for anything else."""
    import msgspec

    return msgspec.json.decode(body, type=Brief)


def _sayable(value: Any) -> Any:
    if isinstance(value, str):
        return value.encode("utf-8", "replace").decode("utf-8")
    if isinstance(value, dict):
        return {key: _sayable(one) for key, one in value.items()}
    return [_sayable(one) for one in value] if isinstance(value, (list, tuple)) else value


def versions_of(brief: Brief) -> list[int]:
    """Every version that a brief quotes or leads to."""
    found: list[int] = []
    for entry in brief.entries:
        found += [*(quote.quote.version_id for quote in quotes_of(entry)), *entry.version_ids]
    return list(dict.fromkeys([*found, *(one.version_id for one in brief.also_new if one.version_id)]))


def quotes_of(entry: BriefEntry) -> list[ShownQuote]:
    """Every quote that an entry may show, once each, in the order of the entry: for receipts and the last check."""
    found = [*entry.quotes, *(quote for line in entry.lines for quote in line.quotes)]
    for fact in entry.new_facts:
        found += [quote for quote in (fact.quote_before, fact.quote_after) if quote is not None]
    found += [quote for conflict in entry.conflicts for side in conflict.sides for quote in side.quotes]
    if entry.chart is not None:
        found += [point.quote for point in entry.chart.points]
        found += [one.quote for one in entry.chart.undated]
    return list({quote.quote: quote for quote in found}.values())
