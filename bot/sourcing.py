"""What people do with sources: add, try, list, pause, change, remove, hand lists in and out, and ask why.

Each use case takes what a person typed and returns plain values; the command line and the chat only show them. What the
web does wrong is part of the value. Raised are only VerbatimErrors: NotFound for a name that fits nothing or too much,
"not-yours" for a source of the whole installation, LibraryError.

A source is named by what a person types: "#7" or "7", its address, its title, or the beginning of its title.
"""

from __future__ import annotations

from collections.abc import Callable, Collection, Sequence
from dataclasses import dataclass, replace
from datetime import UTC, datetime
from enum import StrEnum
from typing import TYPE_CHECKING, Final, Protocol

from bot.domain import EVERYONE, TERMINAL, Document, DocumentDraft, Scope, SourceKind
from bot.errors import AddressRefused, NotFound, Unreadable, VerbatimError
from bot.library.source_store import (
    FOR_EVER,
    Choices,
    Following,
    ItemCounts,
    ItemStory,
    OutcomeState,
    SourceStore,
    TrailLine,
)
from bot.polling import ports
from bot.polling.items import news_item, page_of
from bot.polling.moves import LONGEST_ADDRESS, moved_elsewhere
from bot.polling.ports import Fetches
from bot.sources.fetched import Fetched, FetchOutcome, Purpose
from bot.sources.item_identity import host_of, list_items
from bot.sources.source_health import SourceState, what_helps, what_next
from bot.sources.web_address import clean_link, pasted_address
from bot.sources.word_filter import checked_terms

if TYPE_CHECKING:
    from bot.sources.feed import Feed
    from bot.sources.feed_finding import FoundFeed
    from bot.sources.public_networks import Network

SHOWN_AT_START: Final = 3  # items of a source that was just added
POSTED_LATER: Final = 10  # "post last 10"
_MOST_PREVIEWS: Final = 50
_MOST_GUESSES: Final = 6  # usual paths that are tried when a page names no feed
_FORMATS: Final = ("opml", "csv", "txt")


class Reads(ports.Reads, Protocol):
    """What is needed of `documents.child.ReaderChild`."""

    async def find_feeds(self, raw: bytes, *, media_type: str = "", address: str) -> tuple[FoundFeed, ...]: ...


class FindsDocuments(Protocol):
    """What is needed of `library.store.Store`."""

    async def document(self, scope: Scope, ref: str) -> Document | None: ...


@dataclass(frozen=True, slots=True)
class SourceView:
    """A source as people see it."""

    id: int
    kind: SourceKind
    title: str
    address: str  # as it was added
    asked_at: str  # where it is asked for now: another one, when it has moved
    audience: str
    choices: Choices
    state: SourceState
    code: str
    reason: str
    since: datetime
    next_at: datetime | None
    next: str  # what happens next, in words
    help: str  # what a person can do, in words; empty when nothing needs doing
    failures: int  # checks in a row
    format: str  # "rss 2.0", …; empty before it was read
    interval_s: float
    items: ItemCounts | None
    held: int  # "was this feed reset?": items that wait for `release`
    checked_at: datetime | None
    succeeded_at: datetime | None
    changed_at: datetime | None
    added_at: datetime
    added_by: str
    paused_until: datetime | None  # None while active, and when it is paused until somebody resumes it
    paused_by: str
    removed_at: datetime | None
    undo_until: datetime | None


@dataclass(frozen=True, slots=True)
class ItemPreview:
    """An item as its feed shows it; nothing of it is stored."""

    title: str
    link: str
    published: datetime | None
    language: str
    teaser: bool


@dataclass(frozen=True, slots=True)
class Offer:
    """Something that could be added instead of what was typed: call `add` with its address and kind."""

    kind: SourceKind
    address: str
    title: str
    format: str = ""  # "rss", "atom", …


class Added(StrEnum):
    """What came of adding."""

    ADDED = "added"
    KNOWN = "known"  # it is followed already: `source` says as what
    OFFERED = "offered"  # no feed there, but `offers`
    FAILED = "failed"  # nothing was stored


@dataclass(frozen=True, slots=True)
class Addition:
    """What came of adding, with the three newest items; `code` and `reason` also when it was added as failing."""

    outcome: Added
    address: str
    source: SourceView | None = None
    offers: tuple[Offer, ...] = ()
    newest: tuple[ItemPreview, ...] = ()
    items: int = 0  # that it shows now: its baseline
    language: str = ""
    code: str = ""
    reason: str = ""


@dataclass(frozen=True, slots=True)
class Trial:
    """What an address gives today. Nothing of it is stored."""

    address: str
    ok: bool
    code: str
    reason: str
    status: int = 0
    final_address: str = ""
    redirects: int = 0
    media_type: str = ""
    size_bytes: int = 0
    elapsed_s: float = 0.0
    conditional: bool = False  # it can be asked whether it has changed
    reader: str = ""  # "rss 2.0", "page", …
    title: str = ""
    encoding: str = ""
    problems: tuple[str, ...] = ()
    items: tuple[ItemPreview, ...] = ()  # the newest, up to 50
    item_count: int = 0
    interval_s: float = 0.0  # how often it would be asked
    offers: tuple[Offer, ...] = ()
    sample: DocumentDraft | None = None  # the newest item as it would be read
    sample_note: str = ""  # where its text comes from


@dataclass(frozen=True, slots=True)
class Shown:
    """A source with what happened to it lately."""

    source: SourceView
    trail: tuple[TrailLine, ...]
    newest: tuple[Document, ...]


@dataclass(frozen=True, slots=True)
class ImportedLine:
    """What came of one line of a list."""

    address: str
    title: str
    outcome: Added
    line: int = 0  # of the list, from 1
    source_id: int = 0
    code: str = ""
    reason: str = ""


class Sourcing:
    """The use cases, over the library and the web. `networks` and `ports`: what the settings allow beyond the usual."""

    def __init__(
        self,
        sources: SourceStore,
        store: FindsDocuments,
        fetcher: Fetches,
        reader: Reads,
        *,
        networks: Collection[Network] = (),
        ports: Collection[int] = (),
        now: Callable[[], datetime] = lambda: datetime.now(UTC),
    ) -> None:
        self._sources = sources
        self._store = store
        self._fetcher = fetcher
        self._reader = reader
        self._networks = networks
        self._ports = ports
        self._now = now

    # -- adding --------------------------------------------------------------------------------------------------------

    async def add(
        self,
        text: str,
        *,
        audience: str = EVERYONE,
        kind: SourceKind | None = None,
        choices: Choices | None = None,
        by: str = "",
        anyway: bool = False,
    ) -> Addition:
        """Add what a person pasted: a feed; or, with kind PAGE, a page to be watched.

        A page that is pasted without that is looked through for feeds, which are offered, beside watching the page. The
        address is asked first. What cannot be read is not stored, except a feed that is only damaged, and anything
        with `anyway`: it is then a source that fails until it works.
        """
        choices = tidy(choices or Choices())
        try:
            address = self._address(text)
        except AddressRefused as error:
            return Addition(Added.FAILED, text.strip(), code=error.code, reason=error.person)
        if (known := await self._known(address, audience, kind)) is not None:
            return Addition(Added.KNOWN, address, source=await self._view(known))
        watches = kind is SourceKind.PAGE
        fetched = await self._fetcher.fetch(address, purpose=Purpose.PAGE if watches else Purpose.FEED)
        if fetched.outcome is not FetchOutcome.OK:
            if not anyway:
                return Addition(Added.FAILED, address, code=fetched.code, reason=fetched.person)
            kept = await self._keep(kind or SourceKind.FEED, address, audience, choices, by)
            return replace(kept, code=fetched.code, reason=fetched.person)
        address = fetched.moved_to or address
        if watches:
            return await self._add_page(address, fetched, audience, choices, by)
        try:
            feed = await self._feed(fetched)
        except Unreadable as error:
            return await self._not_a_feed(error, address, fetched, audience, choices, by, anyway=anyway)
        if (known := await self._known(address, audience, kind)) is not None:
            return Addition(Added.KNOWN, address, source=await self._view(known))
        added = await self._keep(SourceKind.FEED, address, audience, choices, by, feed.title)
        previews = _previews(feed)
        source = added.source and replace(added.source, format=feed.kind)
        return replace(
            added, source=source, newest=previews[:SHOWN_AT_START], items=len(previews), language=feed.language
        )

    async def _add_page(
        self, address: str, fetched: Fetched, audience: str, choices: Choices, by: str
    ) -> Addition:
        try:
            read = await self._reader.read_item(news_item(address), page_of(fetched))
            if not read.from_page:
                raise Unreadable(read.why_not_page or "no-text", "", "No text was found on that page.")
        except Unreadable as error:
            return Addition(Added.FAILED, address, code=error.code, reason=error.person)
        draft = read.draft
        added = await self._keep(SourceKind.PAGE, address, audience, choices, by, draft.title)
        source = added.source and replace(added.source, format="page")
        preview = ItemPreview(draft.title, address, draft.published.at, draft.language, teaser=False)
        return replace(added, source=source, newest=(preview,), items=1, language=draft.language)

    async def _not_a_feed(
        self,
        error: Unreadable,
        address: str,
        fetched: Fetched,
        audience: str,
        choices: Choices,
        by: str,
        *,
        anyway: bool,
    ) -> Addition:
        """What answered is no feed that can be read: a damaged one is kept as failing, a page is looked through."""
        if error.code == "feed-broken" or anyway:
            kept = await self._keep(SourceKind.FEED, address, audience, choices, by)
            return replace(kept, code=error.code, reason=error.person)
        offers = await self._offers(fetched, address)
        if not offers:
            return Addition(Added.FAILED, address, code=error.code, reason=error.person)
        feeds = sum(one.kind is SourceKind.FEED for one in offers)
        reason = (
            "No feed at that address. Watch the page itself, or pick one of its feeds."
            if feeds
            else "No feed at that address, and the page names none. The page itself can be watched."
        )
        return Addition(Added.OFFERED, address, offers=offers, code=error.code, reason=reason)

    async def _offers(self, fetched: Fetched, address: str) -> tuple[Offer, ...]:
        """The feeds that a page names; else those found where feeds usually lie; and the page itself."""
        if "html" not in fetched.media_type and b"<" not in fetched.body[:1_000]:
            return ()
        here = fetched.final_address or address
        try:
            found = await self._reader.find_feeds(fetched.body, media_type=fetched.content_type, address=here)
        except Unreadable:
            found = ()
        offers = [
            Offer(SourceKind.FEED, one.address, one.title, one.kind)
            for one in found
            if len(one.address) <= LONGEST_ADDRESS
        ]
        if not any(not one.is_comments for one in found):
            offers = [*await self._guessed(here), *offers]
        return (*offers, Offer(SourceKind.PAGE, address, "the page itself", "page"))

    async def _guessed(self, address: str) -> list[Offer]:
        from bot.sources.feed_finding import usual_paths

        for guess in usual_paths(address)[:_MOST_GUESSES]:
            fetched = await self._fetcher.fetch(guess, purpose=Purpose.FEED)
            if fetched.outcome is FetchOutcome.OK:
                try:
                    feed = await self._feed(fetched)
                except Unreadable:
                    continue
                return [Offer(SourceKind.FEED, fetched.moved_to or guess, feed.title, feed.kind)]
        return []

    async def _keep(
        self, kind: SourceKind, address: str, audience: str, choices: Choices, by: str, title: str = ""
    ) -> Addition:
        following, new = await self._sources.add(
            kind, address, audience, choices, now=self._now(), by=by, title=title
        )
        return Addition(Added.ADDED if new else Added.KNOWN, address, source=await self._view(following))

    def _address(self, text: str) -> str:
        """The address that a person meant, in one spelling. Raises AddressRefused."""
        address = pasted_address(text, networks=self._networks, ports=self._ports).text
        if len(address) > LONGEST_ADDRESS:
            raise _too_long(address)
        return address

    async def _known(self, address: str, audience: str, kind: SourceKind | None) -> Following | None:
        for one in await self._sources.followings(Scope.of_audience(audience)):
            if one.audience == audience and address in (one.address, one.watched.address) and kind in (None, one.kind):
                return one
        return None

    async def _feed(self, fetched: Fetched) -> Feed:
        """Raises Unreadable."""
        return await self._reader.read_feed(
            fetched.body,
            media_type=fetched.content_type,
            address=fetched.final_address or fetched.address,
            now=self._now(),
        )

    # -- trying --------------------------------------------------------------------------------------------------------

    async def test(self, text: str, scope: Scope = TERMINAL, *, watch: bool = False) -> Trial:
        """Ask for an address, or for a source by its name, and say what would be read. Stores nothing."""
        try:
            known: Following | None = await self.find(scope, text)
        except NotFound:
            known = None
        try:
            address = known.watched.address if known else self._address(text)
        except AddressRefused as error:
            return Trial(text.strip(), ok=False, code=error.code, reason=error.person)
        watch = watch or (known is not None and known.kind is SourceKind.PAGE)
        fetched = await self._fetcher.fetch(address, purpose=Purpose.PAGE if watch else Purpose.FEED)
        trial = Trial(
            address,
            ok=fetched.outcome is FetchOutcome.OK,
            code=fetched.code,
            reason=fetched.person,
            status=fetched.status,
            final_address=fetched.final_address or address,
            redirects=len(fetched.hops),
            media_type=fetched.media_type,
            size_bytes=len(fetched.body),
            elapsed_s=fetched.elapsed_s,
            conditional=bool(fetched.etag or fetched.last_modified),
        )
        if not trial.ok:
            return trial
        try:
            return await (self._try_page(trial, fetched) if watch else self._try_feed(trial, fetched, known))
        except Unreadable as error:
            offers = () if watch else await self._offers(fetched, address)
            return replace(trial, ok=False, code=error.code, reason=error.person, offers=offers)

    async def _try_feed(self, trial: Trial, fetched: Fetched, known: Following | None) -> Trial:
        from bot.sources.check_times import asked_interval_s, first_interval_s

        feed = await self._feed(fetched)
        previews = _previews(feed)
        dates = [one.published for one in previews if one.published is not None]
        trial = replace(
            trial,
            reader=feed.kind,
            title=feed.title,
            encoding=feed.encoding,
            problems=(*_moved(feed, trial.final_address), *feed.problems),
            items=previews[:_MOST_PREVIEWS],
            item_count=len(previews),
            interval_s=max(first_interval_s(dates, self._now()), asked_interval_s(feed.ttl_s, fetched.max_age_s)),
        )
        if feed.broken_at is not None:
            trial = replace(trial, code="feed-cut", reason=f"The feed breaks at line {feed.broken_at}.")
        if not previews:
            return trial
        newest = next(one for one in list_items(feed.items) if one.link == previews[0].link or not previews[0].link)
        page, note = None, "the feed's own text"
        if newest.item.teaser and newest.link and (known is None or known.choices.full_articles):
            inner = host_of(newest.link) == host_of(trial.final_address)  # as for the poller
            article = await self._fetcher.fetch(newest.link, purpose=Purpose.PAGE, inner=inner)
            if article.outcome is FetchOutcome.OK:
                page = page_of(article)
            else:
                note = f"the feed's own text, because its article could not be fetched: {article.person}"
        try:
            read = await self._reader.read_item(news_item(newest.link, newest.item, feed.title), page)
        except Unreadable as error:
            return replace(trial, sample_note=error.person)
        note = "the article's text" if read.from_page else note
        return replace(trial, sample=read.draft, sample_note=note)

    async def _try_page(self, trial: Trial, fetched: Fetched) -> Trial:
        read = await self._reader.read_item(news_item(trial.address), page_of(fetched))
        if not read.from_page:
            raise Unreadable(read.why_not_page or "no-text", "", "No text was found on that page.")
        return replace(trial, reader="page", title=read.draft.title, sample=read.draft, sample_note="the page's text")

    # -- looking -------------------------------------------------------------------------------------------------------

    async def list(self, scope: Scope = TERMINAL, *, states: Collection[SourceState] = ()) -> tuple[SourceView, ...]:
        """The sources that the scope may see, in these states (empty: all), oldest first."""
        followings = await self._sources.followings(_sight(scope))
        counts = await self._sources.counts([one.id for one in followings])
        views = (view_of(one, counts.get(one.id), self._now()) for one in followings)
        return tuple(one for one in views if not states or one.state in states)

    async def show(self, ref: str, scope: Scope = TERMINAL) -> Shown:
        """One source, what happened to it, and its newest documents. Raises NotFound."""
        one = await self.find(scope, ref)
        trail = await self._sources.address_trail(one.watched.id)
        mine = tuple(line for line in trail if line.source_id in (None, one.id))
        return Shown(await self._view(one), mine, tuple(await self._sources.newest_documents(one.id, SHOWN_AT_START)))

    async def why(self, ref: str, scope: Scope = TERMINAL) -> tuple[ItemStory, ...]:
        """What happened to an item, stage by stage: by its link, its guid, or the number or name of its document. Empty
        when it was never seen by a source of this scope. Raises NotFound when a document's name fits several."""
        refs = [ref.strip(), clean_link(ref)]
        if (document := await self._store.document(scope, ref)) is not None:
            refs.append(f"#{document.id}")
        return tuple(await self._sources.why(_sight(scope), refs))

    async def find(self, scope: Scope, ref: str) -> Following:
        """The source that a person means. Raises NotFound, naming some when several fit."""
        return _one_of(await self._sources.followings(_sight(scope)), ref)

    # -- changing ------------------------------------------------------------------------------------------------------

    async def pause(
        self, ref: str, scope: Scope = TERMINAL, *, until: datetime | None = None, by: str = ""
    ) -> SourceView:
        """Ask for nothing until then (None: until somebody resumes it). Raises NotFound, "not-yours"."""
        one = await self._own(scope, ref)
        return await self._view(await self._sources.pause(one.id, until=until or FOR_EVER, now=self._now(), by=by))

    async def resume(self, ref: str, scope: Scope = TERMINAL) -> SourceView:
        """End a pause or a rest; it is asked for at once. Raises NotFound, "not-yours"."""
        one = await self._own(scope, ref)
        return await self._view(await self._sources.resume(one.id, now=self._now()))

    async def edit(self, ref: str, choices: Choices, scope: Scope = TERMINAL) -> SourceView:
        """Choose anew; start from `SourceView.choices`. Raises NotFound, "not-yours"."""
        one = await self._own(scope, ref)
        return await self._view(await self._sources.edit(one.id, tidy(choices), now=self._now()))

    async def remove(self, ref: str, scope: Scope = TERMINAL, *, erase: bool, by: str = "") -> SourceView:
        """Follow it no longer; `undo_until` says how long that can be undone. With `erase` its documents are found and
        listed no longer, while quotes that were shown stay provable. Raises NotFound, "not-yours"."""
        one = await self._own(scope, ref)
        return await self._view(await self._sources.remove(one.id, erase=erase, now=self._now(), by=by))

    async def undo_remove(self, ref: str, scope: Scope = TERMINAL) -> SourceView:
        """As before the removal, documents too. Raises NotFound when nothing by that name can be undone."""
        removed = [one for one in await self._sources.followings(_sight(scope), removed=True) if one.removed_at]
        one = _owned(_one_of(removed, ref), scope)
        return await self._view(await self._sources.undo_remove(one.id, now=self._now()))

    async def release(self, ref: str, scope: Scope = TERMINAL, *, as_known: bool = False) -> int:
        """Let held items go on: as news, or (`as_known`) passed over. How many. Raises NotFound, "not-yours"."""
        one = await self._own(scope, ref)
        return await self._sources.release(one.id, now=self._now(), as_known=as_known)

    async def post_last(self, ref: str, scope: Scope = TERMINAL, *, limit: int = POSTED_LATER) -> tuple[Document, ...]:
        """Announce the newest of what a source held at its start after all; returns them. They are in the next brief.
        Raises NotFound, "not-yours"."""
        one = await self._own(scope, ref)
        return tuple(await self._sources.lift_baseline(one.id, limit, now=self._now()))

    # -- lists ---------------------------------------------------------------------------------------------------------

    async def import_list(
        self,
        raw: bytes,
        name: str = "",
        *,
        audience: str = EVERYONE,
        choices: Choices | None = None,
        by: str = "",
        room: int | None = None,
    ) -> tuple[ImportedLine, ...]:
        """Add all of an OPML, a CSV or a list with one address a line, but no more than there is `room` for: what is
        over fails as "sources-full". The addresses are checked, not asked: each is asked when its turn comes, and fails
        or not like any other. Raises Unreadable when it is no list."""
        from bot.sources.source_lists import RefusedRow, read_source_list

        choices = tidy(choices or Choices())
        known: dict[str, Following] = {}
        for one in await self._sources.followings(Scope.of_audience(audience)):
            if one.audience == audience:
                known |= {one.address: one, one.watched.address: one}
        lines: list[ImportedLine] = []
        for listed in read_source_list(raw, name, networks=self._networks, ports=self._ports):
            if isinstance(listed, RefusedRow):
                outcome = Added.KNOWN if listed.code == "listed-twice" else Added.FAILED
                row = ImportedLine(listed.text, "", outcome, listed.line, code=listed.code, reason=listed.reason)
                lines.append(row)
                continue
            address = listed.address
            if len(address) > LONGEST_ADDRESS:
                error = _too_long(address)
                row = ImportedLine(
                    address, listed.title, Added.FAILED, listed.line, code=error.code, reason=error.person
                )
                lines.append(row)
                continue
            kind = SourceKind.PAGE if listed.kind == "page" else SourceKind.FEED
            mine = replace(choices, title=listed.title or choices.title)
            following, new = known.get(address), False
            if following is None and room is not None and sum(one.outcome is Added.ADDED for one in lines) >= room:
                reason = "There may be no more sources here. Remove one, or ask an admin to raise the limit."
                lines.append(
                    ImportedLine(address, listed.title, Added.FAILED, listed.line, code="sources-full", reason=reason)
                )
                continue
            if following is None:
                following, new = await self._sources.add(kind, address, audience, mine, now=self._now(), by=by)
                known[address] = following
            lines.append(
                ImportedLine(address, following.title, Added.ADDED if new else Added.KNOWN, listed.line, following.id)
            )
        return tuple(lines)

    async def export_list(self, format_: str = "opml", scope: Scope = TERMINAL) -> bytes:
        """The sources that the scope may see, as "opml", "csv" or "txt": one address a line. Raises NotFound else."""
        from bot.sources.source_lists import ListedSource, write_csv, write_opml

        if format_ not in _FORMATS:
            raise NotFound("no-such-format", format_[:40], f"Sources are written as {', '.join(_FORMATS)}.")
        by_address: dict[str, ListedSource] = {}
        for one in await self._sources.followings(_sight(scope)):
            address = one.watched.address
            listed_as = ListedSource(address, one.title, kind=str(one.kind), home=one.watched.link)
            by_address.setdefault(address, listed_as)
        listed = list(by_address.values())
        if format_ == "opml":
            return write_opml(listed, title="Sources of Verbatim")
        if format_ == "csv":
            return write_csv(listed)
        return "".join(f"{one.address}\n" for one in listed).encode("utf-8", "replace")

    # -- inside --------------------------------------------------------------------------------------------------------

    async def _own(self, scope: Scope, ref: str) -> Following:
        return _owned(await self.find(scope, ref), scope)

    async def _view(self, one: Following) -> SourceView:
        counts = await self._sources.counts([one.id])
        return view_of(one, counts.get(one.id), self._now())


def view_of(one: Following, counts: ItemCounts | None, now: datetime) -> SourceView:
    """A source as people see it at this moment. A pause goes before what its address says."""
    health = one.watched.health
    state, code, reason, since = health.state, health.code, health.reason, health.since
    paused_until = one.paused_until if one.is_paused(now) else None
    if paused_until is not None:
        state, code = SourceState.PAUSED, "paused"
        reason = f"Paused by {one.paused_by}." if one.paused_by else "Somebody paused it."
        since = one.watched.checked_at or one.added_at
        paused_until = None if paused_until >= FOR_EVER else paused_until
    held = counts.by_state.get(OutcomeState.HELD, 0) if counts else 0
    if held and state is SourceState.ACTIVE:
        code, reason = "feed-reset", f"Was this feed reset? {held} items wait to be released or taken as known."
    next_at = paused_until if state is SourceState.PAUSED else health.next_check_at
    return SourceView(
        id=one.id,
        kind=one.kind,
        title=one.title,
        address=one.address,
        asked_at=one.watched.address,
        audience=one.audience,
        choices=one.choices,
        state=state,
        code=code,
        reason=reason,
        since=since,
        next_at=next_at,
        next=what_next(state, next_at, paused_until),
        help=what_helps(state, code),
        failures=health.failures,
        format=one.watched.format,
        interval_s=one.watched.interval_s,
        items=counts,
        held=held,
        checked_at=one.watched.checked_at,
        succeeded_at=one.watched.succeeded_at,
        changed_at=one.watched.changed_at,
        added_at=one.added_at,
        added_by=one.added_by,
        paused_until=paused_until,
        paused_by=one.paused_by if state is SourceState.PAUSED else "",
        removed_at=one.removed_at,
        undo_until=one.undo_until,
    )


def tidy(choices: Choices) -> Choices:
    """Choices as they are kept: words trimmed, languages as codes."""
    languages = tuple(dict.fromkeys(one.strip().lower() for one in choices.languages if one.strip()))
    title = " ".join(choices.title.split())[:200]
    (keep, _), (drop, _) = checked_terms(choices.keep), checked_terms(choices.drop)
    return replace(choices, title=title, keep=keep, drop=drop, languages=languages)


def _too_long(address: str) -> AddressRefused:
    person = f"The address is longer than {LONGEST_ADDRESS:,} characters."
    return AddressRefused("address-too-long", f"{len(address)} characters", person)


def _sight(scope: Scope) -> Scope | None:
    """The terminal is the installation's own: whoever sits there sees every source."""
    return None if scope == TERMINAL else scope


def _owned(one: Following, scope: Scope) -> Following:
    """The source, if the scope may change it. Raises VerbatimError "not-yours"."""
    if scope != TERMINAL and one.audience == EVERYONE:
        person = f"“{one.title}” belongs to the whole installation; whoever runs it can change it, at the terminal."
        raise VerbatimError("not-yours", f"source {one.id}", person)
    return one


def _one_of(followings: Sequence[Following], ref: str) -> Following:
    wanted = ref.strip()
    number = wanted.removeprefix("#")
    if number.isascii() and number.isdigit() and (found := [one for one in followings if str(one.id) == number]):
        return found[0]
    link, title = clean_link(wanted), wanted.casefold()
    ways: tuple[Callable[[Following], bool], ...] = (
        lambda one: bool(wanted) and wanted in (one.address, one.watched.address),
        lambda one: bool(link) and link in (clean_link(one.address), clean_link(one.watched.address)),
        lambda one: one.title.casefold() == title,
        lambda one: bool(title) and one.title.casefold().startswith(title),
    )
    for fits in ways:
        if found := [one for one in followings if fits(one)]:
            if len(found) == 1:
                return found[0]
            shown = ", ".join(f"#{one.id} {one.title}" for one in found[:3]) + (", …" if len(found) > 3 else "")
            person = f"{len(found)} sources fit “{wanted[:200]}”: {shown}. Say the number."
            raise NotFound("ambiguous-source", f"{len(found)} sources fit", person)
    raise NotFound("no-source", wanted[:200], f"No source is called “{wanted[:200]}”. The list of sources names them.")


def _previews(feed: Feed) -> tuple[ItemPreview, ...]:
    """A feed's items, the newest first; those without a date in the feed's order after the dated ones."""
    listed = list_items(feed.items)
    dated = [one for one in listed if one.item.published is not None and not one.item.date_doubt]
    undated = [one for one in listed if one not in dated]
    dated.sort(key=lambda one: one.item.published or datetime.min.replace(tzinfo=UTC), reverse=True)
    return tuple(
        ItemPreview(
            one.item.title,
            one.link,
            None if one.item.date_doubt else one.item.published,
            one.item.language,
            one.item.teaser,
        )
        for one in (*dated, *undated)
    )


def _moved(feed: Feed, address: str) -> tuple[str, ...]:
    elsewhere = moved_elsewhere(feed, address)
    return (f"The feed says that it has moved to {elsewhere}.",) if elsewhere else ()


def _media_type(fetched: Fetched) -> str:
    return f"{fetched.media_type}; charset={fetched.charset}" if fetched.charset else fetched.media_type
