"""Sources on the web, as a port: what people chose, the addresses that are asked, items, their trail, and leases.

Rules that every adapter keeps, beside those of `store`:

- One row per address that is asked, however many sources follow it; a source is a kind, an address and an audience.
- All that a check brings is one transaction, all that the reading of an item brings is one: a kill anywhere loses
  nothing and doubles nothing. What was claimed and not saved is claimed again.
- A claim is a conditional update with a lease: no two hold the same address or item. Who saves after the lease has gone
  to somebody else changes nothing and is told so (`None`).
- What became of an item is kept for each source that follows its address (`OutcomeState`); reading it is done once.
- Nothing is forgotten: an item that was seen once is known for ever, and its trail tells what happened to it.
- Instants are aware. `now` is the caller's: no adapter asks a clock.

Every call may raise LibraryError, as the calls of `Store` may.
"""

from __future__ import annotations

from collections.abc import Collection, Iterable, Mapping, Sequence
from dataclasses import dataclass
from datetime import UTC, datetime, timedelta
from enum import StrEnum
from typing import Protocol

from bot.domain import Document, DocumentDraft, Scope, SourceKind
from bot.library.store import Saved
from bot.sources.item_identity import ItemKeys
from bot.sources.source_health import Health

LONGEST_ADDRESS = 2_000  # characters of one that is followed; the web allows more, indexes do not
FOR_EVER = datetime(9999, 12, 31, tzinfo=UTC)  # paused until somebody resumes it
UNDO_FOR = timedelta(minutes=10)
ON_THE_WEB = frozenset((SourceKind.FEED, SourceKind.PAGE))


@dataclass(frozen=True, slots=True)
class Choices:
    """What people chose for a source."""

    title: str = ""  # empty: what the feed calls itself
    full_articles: bool = True  # items of which the feed holds only a teaser are followed to their article
    keep: tuple[str, ...] = ()
    drop: tuple[str, ...] = ()
    languages: tuple[str, ...] = ()
    post: str = "brief"  # "brief", "each" or "both"


@dataclass(frozen=True, slots=True)
class Watched:
    """One address that is asked, and what is known of it."""

    id: int
    kind: SourceKind
    address: str
    host: str
    health: Health
    interval_s: float
    items_a_day: float
    added_at: datetime
    checked_at: datetime | None = None
    succeeded_at: datetime | None = None
    changed_at: datetime | None = None
    etag: str = ""
    last_modified: str = ""
    content_sha256: str = ""
    moved_to: str = ""
    moved_times: int = 0  # checks in a row that were led there for good
    title: str = ""
    link: str = ""
    format: str = ""  # "rss 2.0", "atom", …
    memory: bytes = b""  # what the poller remembers of it, in its own form


@dataclass(frozen=True, slots=True)
class Following:
    """A source on the web: what it follows, for whom, and what was chosen for it."""

    id: int  # of its `Source`
    kind: SourceKind
    address: str  # as it was added
    audience: str
    choices: Choices
    watched: Watched
    added_at: datetime
    added_by: str = ""
    paused_until: datetime | None = None  # FOR_EVER: until somebody resumes it
    paused_by: str = ""
    removed_at: datetime | None = None
    removed_by: str = ""
    erased: bool = False
    undo_until: datetime | None = None
    started_at: datetime | None = None  # None: its first check is still to come, and brings its baseline
    needs_body: bool = True

    @property
    def title(self) -> str:
        """What it is called: as somebody wished, as it calls itself, else its address."""
        return self.choices.title or self.watched.title or self.address

    def is_paused(self, now: datetime) -> bool:
        return self.paused_until is not None and self.paused_until > now


class OutcomeState(StrEnum):
    """What became of an item for one source."""

    WAITING = "waiting"  # to be read
    HELD = "held"  # "was this feed reset?": waits for a person
    KEPT = "kept"
    FILTERED = "filtered"
    FAILED = "failed"
    PASSED_OVER = "passed-over"  # a person said that held items are known


@dataclass(frozen=True, slots=True)
class CheckClaim:
    """An address that is to be asked, by whom it was claimed, and who follows it."""

    watched: Watched
    holder: str
    followers: tuple[Following, ...]  # not paused, not removed

    @property
    def needs_body(self) -> bool:
        """Whether "not modified" would not do: a follower has not seen what the address holds."""
        return any(one.needs_body for one in self.followers)


@dataclass(frozen=True, slots=True)
class KnownItem:
    """An item that the address showed before."""

    id: int
    keys: ItemKeys
    name: str
    said_sha256: str
    words_sha256: str
    redated: int


@dataclass(frozen=True, slots=True)
class ReadPage:
    """The page that another item was read from: its bytes, when, and for a feed of which host."""

    raw: bytes
    at: datetime
    asked_for: str


@dataclass(frozen=True, slots=True)
class ItemSaid:
    """An item as its feed shows it now. `content` is what the reader needs of it, in its own form."""

    keys: ItemKeys
    name: str  # of its documents: its link, else its guid
    host: str
    guid: str
    link: str
    title: str
    published: datetime | None
    said_sha256: str
    words_sha256: str
    content: bytes
    detail: str = ""  # for its trail


@dataclass(frozen=True, slots=True)
class Seen:
    """An item of this check that was known: as its feed shows it now, and whether it is to be read again."""

    item_id: int
    said: ItemSaid
    changed: bool = False
    redated: bool = False  # only its dates have changed
    rekeyed: bool = False  # it is known by other keys from now on, those of `said`


@dataclass(frozen=True, slots=True)
class Note:
    """A line of a trail to be written: `stage` is "found", "fetched", "read", "filtered", …; `source_id` when it holds
    for one source only."""

    stage: str
    code: str
    detail: str = ""
    source_id: int | None = None


@dataclass(frozen=True, slots=True)
class TrailLine:
    """A line of a trail as it was kept."""

    at: datetime
    stage: str
    code: str
    detail: str
    source_id: int | None


@dataclass(frozen=True, slots=True)
class CheckResult:
    """All that a check of an address brought."""

    watched: Watched  # as it is from now on; its id, kind and address are not looked at
    new: Sequence[ItemSaid] = ()
    seen: Sequence[Seen] = ()
    hold: str = ""  # the code, when new items are to be held …
    hold_reason: str = ""  # … and the question
    took_body: bool = False  # the whole of it was seen: followers have had their start
    notes: Sequence[Note] = ()  # for the trail of the address itself
    reading: PageReading | None = None  # of a watched page: read in the check itself


@dataclass(frozen=True, slots=True)
class CheckSaved:
    """What a check changed."""

    new: int = 0  # items to be read
    baseline: int = 0
    held: int = 0
    changed: int = 0
    documents: tuple[KeptFor, ...] = ()  # of a watched page


@dataclass(frozen=True, slots=True)
class ItemClaim:
    """An item that is to be read, and for which sources."""

    item_id: int
    watched: Watched
    holder: str
    keys: ItemKeys
    name: str
    guid: str
    link: str
    title: str
    content: bytes
    claims: int  # in a row that came to no end, this one included: their process died
    tries: int  # in a row that ended with "later"
    first_seen: datetime
    wanted: Mapping[int, Wanted]  # by source


@dataclass(frozen=True, slots=True)
class Wanted:
    """A source that waits for an item."""

    following: Following
    baseline: bool


@dataclass(frozen=True, slots=True)
class SourceReading:
    """What the reading of an item came to for one source: a draft (KEPT), or why there is none."""

    state: OutcomeState  # KEPT, FILTERED or FAILED
    code: str = ""
    reason: str = ""
    draft: DocumentDraft | None = None
    raw: bytes | None = None  # what the draft was read from, when that is not the reading's


@dataclass(frozen=True, slots=True)
class Reading:
    """All that the reading of an item brought. `raw` are the bytes that the drafts were read from."""

    raw: bytes
    by_source: Mapping[int, SourceReading]
    notes: Sequence[Note] = ()


@dataclass(frozen=True, slots=True)
class PageReading:
    """A watched page that says something new."""

    said: ItemSaid
    reading: Reading


@dataclass(frozen=True, slots=True)
class KeptFor:
    """A document that an item became for one source, or that could not be read."""

    source_id: int
    saved: Saved | None  # None: it failed
    document: Document


@dataclass(frozen=True, slots=True)
class ItemCounts:
    """How many items of a source are in which state."""

    by_state: Mapping[OutcomeState, int]
    newest: datetime | None  # when the last one was first seen


@dataclass(frozen=True, slots=True)
class ItemStory:
    """All that is known of one item, for people: `verbatim why`."""

    item_id: int
    watched: Watched
    title: str
    link: str
    guid: str
    published: datetime | None
    first_seen: datetime
    last_seen: datetime
    seen_times: int
    tries: int  # to read it that ended with "later"
    due_at: datetime | None
    outcomes: tuple[ItemOutcome, ...]
    trail: tuple[TrailLine, ...]


@dataclass(frozen=True, slots=True)
class ItemOutcome:
    """What became of an item for one source."""

    source_id: int
    source_title: str
    state: OutcomeState
    code: str
    reason: str
    baseline: bool
    document_id: int | None
    at: datetime


class SourceStore(Protocol):
    """Sources on the web. Safe for any number of tasks at once, and beside other processes on the same library."""

    # --- what people do ---

    async def add(
        self,
        kind: SourceKind,
        address: str,
        audience: str,
        choices: Choices,
        *,
        now: datetime,
        by: str = "",
        title: str = "",
    ) -> tuple[Following, bool]:
        """Follow an address; whether it is new. One that is followed already is given back as it is; one that was
        removed comes back with these choices, and what it holds then is its baseline. Due at once. `title` is what it
        calls itself, for as long as no check has said so."""
        ...

    async def edit(self, source_id: int, choices: Choices, *, now: datetime) -> Following:
        """Choose anew, for what comes from now on. Raises NotFound."""
        ...

    async def pause(self, source_id: int, *, until: datetime = FOR_EVER, now: datetime, by: str = "") -> Following:
        """Ask for nothing until then. What stood there meanwhile is taken in afterwards. Raises NotFound."""
        ...

    async def resume(self, source_id: int, *, now: datetime) -> Following:
        """End a pause, and wake an address that rests: it is due at once. Raises NotFound."""
        ...

    async def remove(
        self, source_id: int, *, erase: bool, now: datetime, by: str = "", undo_for: timedelta = UNDO_FOR
    ) -> Following:
        """Follow it no longer. Its documents stay, or are erased: no longer found or listed, while quotes that were
        shown stay provable. Raises NotFound."""
        ...

    async def undo_remove(self, source_id: int, *, now: datetime) -> Following:
        """As before the removal, its documents too. Raises NotFound: not removed, or not any more to be undone."""
        ...

    async def followings(self, scope: Scope | None = None, *, removed: bool = False) -> list[Following]:
        """The sources that the scope may see, oldest first; with `removed` those that were removed as well."""
        ...

    async def following(self, source_id: int, scope: Scope | None = None) -> Following | None:
        """One source, removed ones too; None when the scope may not see it."""
        ...

    async def counts(self, source_ids: Iterable[int]) -> Mapping[int, ItemCounts]:
        """How many items of each source are in which state; sources without items are left out."""
        ...

    async def newest_documents(self, source_id: int, limit: int) -> list[Document]:
        """The documents of a source, the newest items first: by the date they state, else by when they were seen."""
        ...

    async def release(self, source_id: int, *, now: datetime, as_known: bool = False) -> int:
        """Let the held items of a source go on: read as news, or (`as_known`) passed over. Returns how many."""
        ...

    async def lift_baseline(self, source_id: int, limit: int, *, now: datetime) -> list[Document]:
        """Announce the newest documents of a source's baseline after all ("post last 10"); returns them."""
        ...

    async def why(self, scope: Scope | None, refs: Sequence[str], *, limit: int = 20) -> list[ItemStory]:
        """All that is known of the items that any of `refs` names: a link, a guid, "#12" for a document or its name.

        The last seen first. Without items of sources that the scope may not see, nor lines that speak of such a source.
        """
        ...

    async def address_trail(self, watched_id: int, limit: int = 50) -> list[TrailLine]:
        """What happened to an address itself, the last line first."""
        ...

    # --- what the poller does ---

    async def is_anything_followed(self) -> bool:
        """Whether there is a source that is not removed; cheap."""
        ...

    async def next_due(self, now: datetime) -> datetime | None:
        """When the next check or reading is due, as far as it is known; may lie in the past. None: never. What somebody
        holds a claim on is due when the claim ends."""
        ...

    async def claim_checks(
        self, holder: str, *, now: datetime, limit: int, lease: timedelta, busy_hosts: Collection[str] = ()
    ) -> list[CheckClaim]:
        """Claim addresses that are due, the longest due first: one for a host, none of the busy ones."""
        ...

    async def claim_items(
        self, holder: str, *, now: datetime, limit: int, lease: timedelta, busy_hosts: Collection[str] = ()
    ) -> list[ItemClaim]:
        """Claim items that are to be read, news before baselines: one for a host, none of the busy ones. Claims that
        come to no end are counted, so that what ends the whole process is found out; after a few, an item waits longer
        each time."""
        ...

    async def known_items(self, watched_id: int, keys: Iterable[ItemKeys]) -> list[KnownItem]:
        """The items of this address that share a guid, a link or a text with any of these."""
        ...

    async def read_page(self, item_id: int, link_key: str, *, since: datetime) -> ReadPage | None:
        """The page behind a link, when another item that has it was read from it since then; None when this item has
        been read before, for who reads it again wants the page as it is now."""
        ...

    async def save_check(self, claim: CheckClaim, result: CheckResult, *, now: datetime) -> CheckSaved | None:
        """Keep all that a check brought and give the claim back. None: it was not ours any more, nothing is kept."""
        ...

    async def move(self, claim: CheckClaim, address: str, *, now: datetime) -> bool:
        """The address has moved for good: everyone who follows it follows the new one, with all items. When that is
        watched already, the two become one. Gives the claim back. False: it was not ours any more."""
        ...

    async def save_reading(self, claim: ItemClaim, reading: Reading, *, now: datetime) -> list[KeptFor] | None:
        """Keep the documents that an item became and end its reading. None: the claim was not ours any more."""
        ...

    async def postpone(self, claim: ItemClaim, due_at: datetime, note: Note, *, now: datetime) -> bool:
        """Read the item later. False: the claim was not ours any more."""
        ...

    async def give_back(self, holder: str, *, died: bool = False) -> int:
        """Give all claims of a holder back; they are counted only when it `died`. Returns how many."""
        ...

    async def holders(self) -> list[str]:
        """Who holds claims."""
        ...
