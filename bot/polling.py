"""Polling: asks the addresses that are due, recognises what is new there, and reads it into documents.

A check and the reading of an item are each one transaction (`SourceStore`); between them nothing is remembered here, so
a process may be killed anywhere. What the web or a document does wrong is a value: it becomes a state of the address or
the end of an item, with code and reason. What the library cannot do (a full disk) stops the claiming, is said once, and
is tried again until it works.

The clock and the waiting are handed in: simulated days run through the same code.
"""

from __future__ import annotations

import asyncio
import contextlib
import hashlib
import logging
import os
import socket
import traceback
from collections.abc import Awaitable, Callable, Coroutine, Sequence
from dataclasses import dataclass, field, replace
from datetime import UTC, datetime, timedelta
from enum import StrEnum
from pathlib import Path, PurePosixPath
from typing import TYPE_CHECKING, Any, Final, Protocol

import msgspec

from bot.documents.feed_items import ArticlePage, ItemDraft, NewsItem
from bot.domain import SourceKind
from bot.errors import Unreadable, VerbatimError
from bot.intake import Event, Happened
from bot.library.source_store import (
    CheckClaim,
    CheckResult,
    CheckSaved,
    Following,
    ItemClaim,
    ItemSaid,
    KeptFor,
    KnownItem,
    Note,
    OutcomeState,
    PageReading,
    Reading,
    Seen,
    SourceReading,
    SourceStore,
    Watched,
)
from bot.library.store import SaveOutcome
from bot.sources import change_guard, check_times, source_health
from bot.sources.fetched import Fetched, FetchOutcome, Purpose
from bot.sources.item_identity import (
    ItemKeys,
    Listed,
    host_of,
    keys_from_now_on,
    link_key_of,
    list_items,
    recognise,
    words_of,
)
from bot.sources.source_health import Failure, FailureKind, Health, SourceState
from bot.sources.word_filter import WordFilter, judge

if TYPE_CHECKING:
    from bot.domain import DocumentDraft
    from bot.sources.feed import Feed, FeedItem

log = logging.getLogger(__name__)

WIDTH: Final = 12  # checks and readings at a time; a body of each may be in memory
LEASE: Final = timedelta(minutes=10)
_MOST_IN_A_STEP: Final = 400  # checks and readings, then what happened is told
_LONGEST_STEP: Final = timedelta(seconds=30)  # then nothing more is begun: news do not wait for a slow host's last feed
_LOOK_AGAIN_S: Final = 5.0  # how soon what another process added is noticed
_AGAIN_S: Final = (2.0, 60.0)  # how soon, and how late, what the library could not do is tried again

_TRIES: Final = 3  # of an item, before it is taken as it can be had, or parked
_POISON_CLAIMS: Final = 25  # in a row of an item, each of which our whole process did not survive
_TRY_AGAIN: Final = (timedelta(minutes=5), timedelta(minutes=30))
_ARTICLES_OF_BASELINE: Final = 30  # of a new source, the newest; the others are kept as the feed tells them
_PAGE_HOLDS: Final = timedelta(hours=24)  # an article that two feeds list is fetched once
_MOVED_TIMES: Final = 3  # checks in a row that were led elsewhere for good, and looks to where a feed says it moved
_MOVED_AGAIN: Final = 20  # and once in so many bodies after that
LONGEST_ADDRESS: Final = 2_000  # characters; the web allows more, indexes do not
_MOST_REDATED: Final = 3  # a feed that renews its dates at every look makes this many versions, not one a look
_QUIET_LEAST: Final = timedelta(days=14)
_QUIET_GAPS: Final = 8.0  # times the usual distance between two items
_LISTED_BEFORE: Final = 3  # a feed that listed fewer (warnings, say) may well list none for a while
_REFUSING: Final = frozenset("http-401 http-402 http-403 http-404 http-405 http-406 http-451 tls-certificate".split())


class Fetches(Protocol):
    """What the poller needs of `sources.fetcher.Fetcher`."""

    async def fetch(
        self,
        address: str,
        *,
        etag: str = "",
        last_modified: str = "",
        purpose: Purpose = Purpose.FEED,
        inner: bool = True,
    ) -> Fetched: ...


class Reads(Protocol):
    """What the poller needs of `documents.child.ReaderChild`: foreign bytes are parsed there."""

    async def read_feed(
        self, raw: bytes, *, media_type: str = "", address: str = "", now: datetime | None = None
    ) -> Feed: ...

    async def read_item(self, item: NewsItem, page: ArticlePage | None = None) -> ItemDraft: ...


class Follows(Protocol):
    """What the poller needs of `intake.Intake`."""

    async def keep_up(self) -> None: ...


class AddressChange(StrEnum):
    """What of an address is worth telling somebody."""

    FAILING = "failing"
    RESTING = "resting"
    WELL = "well"  # it works again
    HELD = "held"  # "was this feed reset?"
    ODD = "odd"  # it works, with a remark
    MOVED = "moved"


@dataclass(frozen=True, slots=True)
class AddressNews:
    """Something that happened to an address, and who follows it. `failures` counts the failed checks in a row."""

    change: AddressChange
    watched: Watched  # as it is now
    followers: tuple[Following, ...]
    code: str
    reason: str
    held: int = 0

    @property
    def failures(self) -> int:
        return self.watched.health.failures


@dataclass(slots=True)
class Step:
    """What one round of polling did. Counts are of checks unless they say otherwise."""

    checks: int = 0
    not_modified: int = 0  # the server said so
    unchanged: int = 0  # the same bytes, or nothing new in them
    changed: int = 0
    failed: int = 0
    lost: int = 0  # claims that were somebody else's when they were done
    found: int = 0  # items, news
    baseline: int = 0  # items
    held: int = 0  # items
    readings: int = 0  # items read to their end
    postponed: int = 0  # items
    articles: int = 0  # requests for the articles behind items
    bytes_received: int = 0
    events: list[Event] = field(default_factory=list)  # documents, as a look at a folder tells them
    addresses: list[AddressNews] = field(default_factory=list)
    next_due: datetime | None = None  # None: nothing is due unless somebody adds something


class _Said(msgspec.Struct, frozen=True):
    """What is kept of a feed's item until it is read, as JSON: it is the raw form of a document made of it."""

    item: NewsItem
    teaser: bool = False  # and its article is to be fetched


class _FeedMemory(msgspec.Struct, frozen=True, omit_defaults=True):
    """What is remembered of a feed from one check to the next, for answers without a body."""

    ttl_s: int | None = None
    skip_hours: tuple[int, ...] = ()
    skip_days: tuple[int, ...] = ()
    items: int = 0  # that it listed when it was read last; of a cut one, and those before it, the most
    half: bool = False  # it ended within its last item
    code: str = ""  # of what was odd about it
    reason: str = ""
    moved_to: str = ""  # where it says that it will be from now on …
    moved_asked: int = 0  # … and how often that was looked at


_encode = msgspec.json.Encoder().encode
_decode_said = msgspec.json.Decoder(_Said).decode


class Poller:
    """Polls everything that is followed. Any number of them, in any number of processes, share the work."""

    def __init__(
        self,
        sources: SourceStore,
        fetcher: Fetches,
        reader: Reads,
        intake: Follows,
        *,
        now: Callable[[], datetime] = lambda: datetime.now(UTC),
        sleep: Callable[[float], Awaitable[object]] = asyncio.sleep,
        width: int = WIDTH,
        holder: str = "",
    ) -> None:
        self._sources = sources
        self._fetcher = fetcher
        self._reader = reader
        self._intake = intake
        self._now = now
        self._sleep = sleep
        self._width = width
        self._holder = holder or this_process()
        self._owes_claims = False  # claims that could not be given back
        self._untold: Step | None = None  # of a step that ended early

    async def run(self, tell: Callable[[Step | VerbatimError | None], Awaitable[None]]) -> None:
        """Poll until cancelled. `tell` gets every round in which something was done; the error when the library cannot
        be used, and None when it can again."""
        again_s, longest_s = _AGAIN_S
        failing = False
        await self.take_over()
        while True:
            try:
                step = await self.step()
            except VerbatimError as error:
                await tell(error)
                failing = True
                await self._sleep(again_s)
                again_s = min(2 * again_s, longest_s)
                continue
            if failing:
                await tell(None)
                failing, again_s = False, _AGAIN_S[0]
            if step.checks or step.readings or step.postponed:
                await tell(step)
            wait_s = _LOOK_AGAIN_S if step.next_due is None else (step.next_due - self._now()).total_seconds()
            if wait_s > 0:
                await self._sleep(min(wait_s, _LOOK_AGAIN_S))

    async def take_over(self) -> None:
        """Give back what processes on this machine had claimed when they were killed: nobody has to wait for that."""
        with contextlib.suppress(VerbatimError):  # then the leases end by themselves
            for holder in await self._sources.holders():
                if is_dead(holder):
                    await self._sources.give_back(holder, died=True)

    async def step(self, now: datetime | None = None, *, most: int = _MOST_IN_A_STEP) -> Step:
        """Check and read what is due, `most` at the most, and bring index and stories up to date.

        `now` stands for the clock during the whole step. Raises VerbatimError when the library cannot be used; what was
        done until then is kept, and told by the next step. Cancelled, it gives its claims back.
        """
        clock = self._now if now is None else lambda: now
        if self._owes_claims:
            await self._sources.give_back(self._holder)
            self._owes_claims = False
        step = self._untold or Step()
        step.next_due = await self._sources.next_due(clock())
        if step.next_due is None or step.next_due > clock():
            self._untold = None
            return step  # looking costs no turn as a writer
        self._untold = step
        done_all = False
        try:
            done_all = await self._work(step, clock, most)
        finally:
            if not done_all:
                self._owes_claims = True
                with contextlib.suppress(VerbatimError):  # then it is tried again before the next step
                    await self._sources.give_back(self._holder)
                    self._owes_claims = False
        if step.events or step.changed:
            try:
                await self._intake.keep_up()
            except VerbatimError as error:  # what was read is kept; the next one to keep up takes it in
                log.error("index not kept up", extra={"code": error.code, "facts": error.log})
        step.next_due = await self._sources.next_due(clock())
        self._untold = None
        return step

    async def _work(self, step: Step, clock: Callable[[], datetime], most: int) -> bool:
        """Claim and do, `width` at a time, until nothing is due. Raises what the library raised, after the rest."""
        running: dict[asyncio.Task[None], str] = {}
        begun = 0
        until = clock() + _LONGEST_STEP
        trouble: VerbatimError | None = None
        read_at = -1  # what had been done when no item was left to be read
        try:
            while True:
                free = min(self._width - len(running), most - begun) if clock() <= until else 0
                # Claiming a few at a time costs far fewer transactions than one for each that has ended.
                if (free >= self._width // 3 or (free > 0 and not running)) and trouble is None:
                    try:
                        busy = set(running.values()) - {""}
                        done_so_far = step.changed + step.unchanged + step.readings + step.postponed
                        work = await self._claim(step, clock, free, busy, items=done_so_far != read_at)
                        if not busy and not any(is_item for is_item, _, _ in work):
                            read_at = done_so_far
                        for _, host, one in work:
                            running[asyncio.ensure_future(one)] = host
                            begun += 1
                    except VerbatimError as error:
                        trouble = error
                if not running:
                    break
                done, _ = await asyncio.wait(running, return_when=asyncio.FIRST_COMPLETED)
                for task in done:
                    del running[task]
                    try:
                        task.result()
                    except VerbatimError as error:
                        trouble = trouble or error
        finally:
            for task in running:
                task.cancel()
            if running:
                await asyncio.wait(running)
        if trouble is not None:
            raise trouble
        return True

    async def _claim(
        self, step: Step, clock: Callable[[], datetime], free: int, busy: set[str], *, items: bool
    ) -> list[tuple[bool, str, Coroutine[Any, Any, None]]]:
        """What may be done now, each with the host that it asks: readings first, but checks always get a share."""
        to_read: list[ItemClaim] = []
        if items:
            to_read = await self._sources.claim_items(
                self._holder,
                now=clock(),
                limit=max(1, free - max(1, free // 3)),
                lease=LEASE,
                busy_hosts=sorted(busy),
            )
        hosts = {_host_of_reading(claim) for claim in to_read} - {""}
        left = free - len(to_read)
        checks: list[CheckClaim] = []
        if left:
            checks = await self._sources.claim_checks(
                self._holder, now=clock(), limit=left, lease=LEASE, busy_hosts=sorted(busy | hosts)
            )
        # made only now: a failed claim must not leave work behind that nobody awaits
        return [
            *((True, _host_of_reading(claim), self._reading(claim, step, clock)) for claim in to_read),
            *((False, claim.watched.host, self._checking(claim, step, clock)) for claim in checks),
        ]

    # -- checks --------------------------------------------------------------------------------------------------------

    async def _checking(self, claim: CheckClaim, step: Step, clock: Callable[[], datetime]) -> None:
        """Check one address and keep what came of it. Raises VerbatimError when that cannot be kept."""
        step.checks += 1
        try:
            await self._check(claim, step, clock)
        except VerbatimError:
            raise
        except Exception as error:  # a bug met at one address must not end the polling of all others
            log.exception("check failed", extra={"watched": claim.watched.id})
            person = "Checking it failed for a reason of ours; the log says more."
            failure = Failure("our-fault", person, log=_place(error))
            await self._fail(claim, failure, step, clock())

    async def _check(self, claim: CheckClaim, step: Step, clock: Callable[[], datetime]) -> None:
        watched = claim.watched
        fetched = await self._fetcher.fetch(
            watched.address,
            etag="" if claim.needs_body else watched.etag,
            last_modified="" if claim.needs_body else watched.last_modified,
            purpose=Purpose.FEED if watched.kind is SourceKind.FEED else Purpose.PAGE,
        )
        now = clock()
        step.bytes_received += fetched.bytes_received
        if fetched.outcome not in (FetchOutcome.OK, FetchOutcome.NOT_MODIFIED):
            await self._fail(claim, _failure(fetched), step, now)
            return
        watched = _led_elsewhere(watched, fetched)
        if watched.moved_times >= _MOVED_TIMES and watched.moved_to != watched.address:
            await self._move(claim, watched.moved_to, f"It has moved for good, to {watched.moved_to}.", step, now)
            return
        claim = replace(claim, watched=watched)
        if fetched.outcome is FetchOutcome.NOT_MODIFIED:
            step.not_modified += 1
            await self._unchanged(claim, fetched, step, now)
            return
        sha256 = hashlib.sha256(fetched.body).hexdigest()
        if sha256 == watched.content_sha256 and not claim.needs_body and watched.health.state is SourceState.ACTIVE:
            step.unchanged += 1
            same = replace(watched, etag=fetched.etag, last_modified=fetched.last_modified)
            await self._unchanged(replace(claim, watched=same), fetched, step, now)
            return
        try:
            if watched.kind is SourceKind.FEED:
                await self._take_feed(claim, fetched, sha256, step, now)
            else:
                await self._take_page(claim, fetched, sha256, step, now)
        except Unreadable as error:
            await self._fail(claim, Failure(error.code, error.person, log=error.log), step, now)
        except OSError as error:
            raise _reader_missing(error) from error

    async def _unchanged(self, claim: CheckClaim, fetched: Fetched, step: Step, now: datetime) -> None:
        watched = claim.watched
        memory = _feed_memory(watched)
        code, reason = (memory.code, memory.reason) if memory.code else _quiet(watched, now)
        interval_s = check_times.next_interval_s(watched.interval_s, changed=False)
        after = self._well(watched, fetched, memory, interval_s, now, code, reason)
        await self._save(claim, CheckResult(after), step, now)

    def _well(
        self,
        watched: Watched,
        fetched: Fetched,
        memory: _FeedMemory,
        interval_s: float,
        now: datetime,
        code: str,
        reason: str,
    ) -> Watched:
        """The address after a check that went well."""
        asked_s = check_times.asked_interval_s(memory.ttl_s, fetched.max_age_s)
        spread = check_times.spread_of(f"{watched.address} {now.timestamp()}")
        at = check_times.next_check(now, interval_s, asked_s=asked_s, spread=spread)
        at = check_times.after_skipped(at, memory.skip_hours, memory.skip_days)
        return replace(
            watched,
            health=source_health.succeeded(watched.health, now, at, code=code, reason=reason),
            interval_s=interval_s,
            checked_at=now,
            succeeded_at=now,
        )

    async def _fail(self, claim: CheckClaim, failure: Failure, step: Step, now: datetime) -> None:
        step.failed += 1
        watched = claim.watched
        spread = check_times.spread_of(f"{watched.address} {now.timestamp()}")
        health = source_health.failed(
            watched.health, failure, now, interval_s=watched.interval_s, spread=spread
        )
        log.info("source failed", extra={"watched": watched.id, "code": failure.code, "facts": failure.log})
        await self._save(claim, CheckResult(replace(watched, health=health, checked_at=now)), step, now)

    async def _move(self, claim: CheckClaim, address: str, reason: str, step: Step, now: datetime) -> None:
        """From now on it is asked for there."""
        if not await self._sources.move(claim, address, now=now):
            step.lost += 1
            return
        moved = replace(claim.watched, address=address, moved_to="", moved_times=0)
        step.addresses.append(AddressNews(AddressChange.MOVED, moved, claim.followers, "moved-for-good", reason))

    async def _save(self, claim: CheckClaim, result: CheckResult, step: Step, now: datetime) -> CheckSaved | None:
        """Keep a check's result, with a line in the address's trail when its state has changed."""
        before, after = claim.watched.health, result.watched.health
        news = _news_of(before, after)
        if news is not None:
            note = Note(str(after.state), after.code or str(after.state), after.reason)
            result = replace(result, notes=(*result.notes, note))
        saved = await self._sources.save_check(claim, result, now=now)
        if saved is None:
            step.lost += 1
            return None
        step.found += saved.new
        step.baseline += saved.baseline
        step.held += saved.held
        if saved.held:
            step.addresses.append(
                AddressNews(
                    AddressChange.HELD, result.watched, claim.followers, result.hold, result.hold_reason, saved.held
                )
            )
        elif news is not None:
            step.addresses.append(AddressNews(news, result.watched, claim.followers, after.code, after.reason))
        step.events += _events(saved.documents)
        return saved

    async def _take_feed(self, claim: CheckClaim, fetched: Fetched, sha256: str, step: Step, now: datetime) -> None:
        """A feed's body: recognise its items, hold what looks like a reset, keep all of it. Raises Unreadable."""
        watched = claim.watched
        feed = await self._reader.read_feed(
            fetched.body,
            media_type=_media_type(fetched),
            address=fetched.final_address or watched.address,
            now=now,
        )
        memory = _feed_memory(watched)
        # Half a link would be another item's, half a text another version: it waits for a check that shows it whole.
        # Only of a feed that has one item, and ends so at every look, that one is taken.
        single = memory.half and max(len(feed.items), memory.items) <= 1
        items = feed.items[:-1] if feed.half and not single else feed.items
        # Where a broken feed names an item and says nothing of it, the break is to blame.
        listed = list_items([one for one in items if feed.broken_at is None or one.link or _has_words(one)])
        listed = recognise(listed, await self._sources.known_items(watched.id, [one.keys for one in listed]))
        new = [one for one in listed if one.known is None]
        elsewhere = moved_elsewhere(feed, watched.address)
        asked = 1 + (memory.moved_asked if memory.moved_to == elsewhere else 0) if elsewhere else 0
        if 0 < asked <= _MOVED_TIMES or (asked and asked % _MOVED_AGAIN == 0):
            there = await self._same_feed(elsewhere, watched, listed, new, step, now)
            if there:
                await self._move(claim, there, f"The feed says that it has moved, to {there}.", step, now)
                return
        if not feed.items and memory.items >= _LISTED_BEFORE:
            reason = f"The feed lists nothing any more; it listed {memory.items} items before."
            await self._fail(claim, Failure("feed-empty", reason, FailureKind.ODD), step, now)
            return
        dates = [one.item.published for one in listed if one.item.published and not one.item.date_doubt]
        started = any(one.started_at is not None for one in claim.followers)
        held = change_guard.Reset()
        if started:
            held = change_guard.judge_news(
                [None if one.item.date_doubt else one.item.published for one in new],
                items_a_day=watched.items_a_day,
                since=watched.succeeded_at,
                now=now,
            )
        seen = [_seen(one, feed) for one in listed if one.known is not None]
        changed = bool(new) or any(one.changed for one in seen)
        if not started and (watched.succeeded_at is None or memory.half):
            interval_s = check_times.first_interval_s(dates, now)
            pace = change_guard.first_pace(dates, now)
        else:
            interval_s = check_times.next_interval_s(watched.interval_s, changed=changed)
            pace = _pace(watched, 0 if held.code else len(new), now)
        remark = _remark(feed)
        if not remark[0] and asked >= _MOVED_TIMES:
            said = f"The feed says that it has moved to {elsewhere}, but that address does not show the same items."
            remark = "feed-moved", said
        code, reason = remark if remark[0] else ("", "") if changed else _quiet(watched, now)
        cut = feed.half and not memory.half  # and not always so
        most = max(len(listed), memory.items) if feed.half else len(listed)
        memory = _FeedMemory(feed.ttl_s, feed.skip_hours, feed.skip_days, most, feed.half, *remark, elsewhere, asked)
        whole = feed.broken_at is None and not 0 < asked < _MOVED_TIMES
        after = replace(
            self._well(watched, fetched, memory, interval_s, now, code, reason),
            # What was cut on its way may bear the name of the whole: "not modified" will do when it comes so again.
            etag=fetched.etag if whole else "",
            last_modified=fetched.last_modified if whole else "",
            content_sha256="" if 0 < asked < _MOVED_TIMES else sha256,
            changed_at=now if changed else watched.changed_at,
            items_a_day=pace,
            title=feed.title or watched.title,
            link=feed.link or watched.link,
            format=feed.kind,
            memory=_encode(memory),
        )
        step.changed += changed
        step.unchanged += not changed
        result = CheckResult(
            after,
            # the last in the feed is the oldest, mostly: in the order of their ids items are told
            new=[
                _said_of(one, feed, old=not started and place >= _ARTICLES_OF_BASELINE)
                for place, one in reversed(list(enumerate(new)))
            ],
            seen=seen,
            hold=held.code,
            hold_reason=held.reason,
            # What a source holds at its start is told by a check that saw all of it.
            took_body=not (cut and any(one.started_at is None for one in claim.followers)),
        )
        await self._save(claim, result, step, now)

    async def _same_feed(
        self,
        elsewhere: str,
        watched: Watched,
        listed: Sequence[Listed],
        new: Sequence[Listed],
        step: Step,
        now: datetime,
    ) -> str:
        """The address to which a feed says that it has moved, when it shows there what it shows here; else ""."""
        # Nobody of ours chose that address: another host is no reason to enter a network of ours.
        inner = host_of(elsewhere) == watched.host
        fetched = await self._fetcher.fetch(elsewhere, purpose=Purpose.FEED, inner=inner)
        step.bytes_received += fetched.bytes_received
        address = fetched.moved_to or fetched.address
        if fetched.outcome is not FetchOutcome.OK or len(address) > LONGEST_ADDRESS:
            return ""
        try:
            there = await self._reader.read_feed(
                fetched.body, media_type=_media_type(fetched), address=fetched.final_address or elsewhere, now=now
            )
        except Unreadable:
            return ""
        if moved_elsewhere(there, address):  # it may well point back here
            return ""
        theirs = list_items(there.items)
        keys = {(place, key) for one in theirs for place, key in enumerate(one.keys) if key}
        shared = [one for one in listed if any(pair in keys for pair in enumerate(one.keys))]
        known = shared or await self._sources.known_items(watched.id, [one.keys for one in theirs])
        return address if known and all(one in shared for one in new) else ""

    async def _take_page(self, claim: CheckClaim, fetched: Fetched, sha256: str, step: Step, now: datetime) -> None:
        """A watched page: read it, and keep a version when it says something new. Raises Unreadable."""
        watched = claim.watched
        read = await self._reader.read_item(news_item(watched.address), page_of(fetched))
        if not read.from_page:
            raise Unreadable(read.why_not_page or "no-text", "", "No text was found on the page.")
        draft = read.draft
        verdict = change_guard.judge_page(_page_memory(watched), draft.text)
        interval_s = (
            check_times.next_interval_s(watched.interval_s, changed=verdict.changed)
            if watched.succeeded_at
            else check_times.first_interval_s((), now)
        )
        after = replace(
            self._well(watched, fetched, _FeedMemory(), interval_s, now, "", ""),
            etag=fetched.etag,
            last_modified=fetched.last_modified,
            content_sha256=sha256,
            changed_at=now if verdict.changed else watched.changed_at,
            title=draft.title or watched.title,
            link=watched.address,
            format="page",
            memory=_encode(verdict.memory),
        )
        served = claim.followers if verdict.changed else [one for one in claim.followers if one.needs_body]
        reading = None
        if served:
            words = hashlib.sha256(draft.text.encode("utf-8", "surrogatepass")).hexdigest()
            said = ItemSaid(
                keys=ItemKeys("", link_key_of(watched.address), ""),
                name=watched.address,
                host="",
                guid="",
                link=watched.address,
                title=draft.title,
                published=draft.published.at,
                said_sha256=words,
                words_sha256=words,
                content=b"",
            )
            by_source = {one.id: _judged(one, draft, fetched.body) for one in served}
            note = Note("read", "page-changed" if verdict.changed else "page", verdict.reason)
            reading = PageReading(said, Reading(fetched.body, by_source, (note,)))
        step.changed += verdict.changed
        step.unchanged += not verdict.changed
        await self._save(claim, CheckResult(after, reading=reading, took_body=True), step, now)

    # -- readings ------------------------------------------------------------------------------------------------------

    async def _reading(self, claim: ItemClaim, step: Step, clock: Callable[[], datetime]) -> None:
        """Read one item and keep its documents. Raises VerbatimError when that cannot be kept."""
        try:
            reading = await self._read(claim, step, clock)
        except VerbatimError:
            raise
        except Exception as error:  # a bug met by one item must not end the reading of all others
            log.exception("reading failed", extra={"item": claim.item_id})
            note = Note("read", "our-fault", f"Reading it failed for a reason of ours ({_place(error)}).")
            reading = self._later(claim, note, clock()) or _parked(claim, note.code, note.detail)
        now = clock()
        if isinstance(reading, _Later):
            kept = await self._sources.postpone(claim, reading.at, reading.note, now=now)
            step.postponed += kept
            step.lost += not kept
            return
        saved = await self._sources.save_reading(claim, reading, now=now)
        if saved is None:
            step.lost += 1
            return
        step.readings += 1
        step.events += _events(saved)

    async def _read(self, claim: ItemClaim, step: Step, clock: Callable[[], datetime]) -> Reading | _Later:
        """What the item comes to for everyone who waits for it, or when to try again. Raises VerbatimError when the
        reader cannot be started."""
        if claim.claims > _POISON_CLAIMS:
            return _parked(claim, "poison", f"Reading it ended the program {_POISON_CLAIMS} times; it is left alone.")
        said = _decode_said(claim.content)
        notes: list[Note] = []
        # What is dropped by what the feed itself says need not be fetched.
        dropped = {key: _dropped_early(one.following, said) for key, one in claim.wanted.items()}
        results = {key: one for key, one in dropped.items() if one is not None}
        open_ = {key: one for key, one in claim.wanted.items() if key not in results}
        followed = [key for key, one in open_.items() if one.following.choices.full_articles]
        page: ArticlePage | None = None
        if said.teaser and said.item.link and followed:
            page_or_later = await self._article(claim, said, step, clock, notes)
            if isinstance(page_or_later, _Later):
                return page_or_later
            page = page_or_later
        for with_page, keys in ((True, followed), (False, [key for key in open_ if key not in followed])):
            if not keys:
                continue
            try:
                read = await self._draft(said, page if with_page else None)
            except Unreadable as error:
                if error.code.startswith("reader-") and (later := self._later(claim, _note_of(error), clock())):
                    return later
                results |= {key: SourceReading(OutcomeState.FAILED, error.code, error.person) for key in keys}
                notes.append(_note_of(error))
                continue
            if page is not None and with_page:
                notes.append(_note_of_page(read))
            else:
                notes.append(Note("read", "feed-text", "The text is the feed's own."))
            raw = page.raw if page is not None and read.from_page else claim.content
            results |= {key: _judged(open_[key].following, read.draft, raw) for key in keys}
        return Reading(claim.content, results, tuple(notes))

    async def _article(
        self, claim: ItemClaim, said: _Said, step: Step, clock: Callable[[], datetime], notes: list[Note]
    ) -> ArticlePage | _Later | None:
        """The page that the item links to; None, with a note, when the feed's own text has to do."""
        # Nobody of ours chose where a feed's links lead: other hosts are no reason to enter a network of ours.
        inner = host_of(said.item.link) == claim.watched.host
        if (known := await self._known_page(claim, said, notes, clock(), inner=inner)) is not None:
            return known
        step.articles += 1
        fetched = await self._fetcher.fetch(said.item.link, purpose=Purpose.PAGE, inner=inner)
        step.bytes_received += fetched.bytes_received
        if fetched.outcome is FetchOutcome.OK:
            where = fetched.final_address or said.item.link
            notes.append(Note("fetched", fetched.code, f"{len(fetched.body)} bytes from {where}"))
            return page_of(fetched)
        note = Note("fetched", fetched.code, f"{fetched.person} The feed's own text is used.")
        passing = fetched.outcome is FetchOutcome.RETRY or (
            fetched.outcome is FetchOutcome.FAILED and fetched.code not in _REFUSING
        )
        again = Note("fetched", fetched.code, fetched.person)
        if passing and (later := self._later(claim, again, clock(), fetched.retry_after_s)):
            return later
        notes.append(note)
        return None

    async def _known_page(
        self, claim: ItemClaim, said: _Said, notes: list[Note], now: datetime, *, inner: bool
    ) -> ArticlePage | None:
        """The page when it was fetched for another feed a moment ago: one request serves both."""
        if claim.tries or not claim.keys.link:
            return None
        known = await self._sources.read_page(claim.item_id, claim.keys.link, since=now - _PAGE_HOLDS)
        if known is None or (not inner and known.asked_for == host_of(said.item.link)):
            return None  # what a site's own feed may reach, in a network of ours, another's may not
        try:
            known.raw.decode("utf-8")
        except UnicodeDecodeError:
            return None  # only the answer itself says what it is written in
        detail = f"The page was fetched for another feed at {known.at:%Y-%m-%d %H:%M} UTC; it is not asked for again."
        notes.append(Note("fetched", "known-page", detail))
        return ArticlePage(known.raw, charset="utf-8")

    def _later(self, claim: ItemClaim, note: Note, now: datetime, wait_s: float | None = None) -> _Later | None:
        """When to try again; None when it has been tried often enough."""
        if claim.tries + 1 >= _TRIES:
            return None
        wait = max(_TRY_AGAIN[min(claim.tries, len(_TRY_AGAIN) - 1)], timedelta(seconds=wait_s or 0))
        return _Later(now + wait, note)

    async def _draft(self, said: _Said, page: ArticlePage | None) -> ItemDraft:
        """Read an item, without its page when that cannot be read. Raises Unreadable, VerbatimError."""
        try:
            if page is not None:
                try:
                    return await self._reader.read_item(said.item, page)
                except Unreadable as error:  # the page has ended the reader: the feed's own text may still do
                    own = await self._reader.read_item(said.item)
                    return replace(own, why_not_page=error.code)
            return await self._reader.read_item(said.item)
        except OSError as error:
            raise _reader_missing(error) from error


@dataclass(frozen=True, slots=True)
class _Later:
    at: datetime
    note: Note


# -- words for what happened -----------------------------------------------------------------------------------------


def _failure(fetched: Fetched) -> Failure:
    """What an answer without what was asked for means for the next try."""
    if fetched.outcome is FetchOutcome.GONE:
        kind = FailureKind.GONE
    elif fetched.outcome is FetchOutcome.REFUSED or fetched.code in _REFUSING:
        kind = FailureKind.REFUSED
    else:
        kind = FailureKind.PASSING
    return Failure(fetched.code, fetched.person, kind, fetched.log, fetched.retry_after_s)


def _news_of(before: Health, after: Health) -> AddressChange | None:
    """What is worth telling of a change of health; a state that stays with the same code is told once."""
    if after.state is not before.state:
        return {
            SourceState.ACTIVE: AddressChange.WELL,
            SourceState.FAILING: AddressChange.FAILING,
            SourceState.RESTING: AddressChange.RESTING,
        }[after.state]
    if after.code == before.code:
        return None
    if after.state is SourceState.ACTIVE:
        return AddressChange.ODD if after.code else AddressChange.WELL
    return AddressChange.FAILING if after.state is SourceState.FAILING else AddressChange.RESTING


def _remark(feed: Feed) -> tuple[str, str]:
    if feed.broken_at is None:
        return "", ""
    return "feed-cut", f"The feed breaks at line {feed.broken_at}; what could be read of it was read."


def moved_elsewhere(feed: Feed, address: str) -> str:
    """Where a feed says that it has moved; "" when that is here."""
    return feed.moved_to if feed.moved_to and link_key_of(feed.moved_to) != link_key_of(address) else ""


def _quiet(watched: Watched, now: datetime) -> tuple[str, str]:
    """A remark on an address that works but has had nothing new for much longer than it used to."""
    if watched.kind is not SourceKind.FEED or watched.items_a_day <= 0:
        return "", ""
    since = watched.changed_at or watched.added_at
    silence = now - since
    usual = timedelta(days=min(_QUIET_GAPS / watched.items_a_day, 3_650))
    if silence < max(_QUIET_LEAST, usual):
        return "", ""
    return "feed-quiet", f"Nothing new has come since {since:%Y-%m-%d}; it used to come far more often."


def _pace(watched: Watched, new: int, now: datetime) -> float:
    """The usual number of items a day; measured over the time since something came, when something comes."""
    if not new or watched.succeeded_at is None:
        return watched.items_a_day
    since = watched.changed_at or watched.succeeded_at
    return change_guard.next_pace(watched.items_a_day, new, now - since)


def _led_elsewhere(watched: Watched, fetched: Fetched) -> Watched:
    """The address with one more, or no more, word of its having moved for good."""
    if not fetched.moved_to:
        return replace(watched, moved_to="", moved_times=0)
    times = watched.moved_times + 1 if fetched.moved_to == watched.moved_to else 1
    return replace(watched, moved_to=fetched.moved_to, moved_times=times)


def _feed_memory(watched: Watched) -> _FeedMemory:
    return _memory(watched, _FeedMemory, SourceKind.FEED) or _FeedMemory()


def _page_memory(watched: Watched) -> change_guard.PageMemory:
    return _memory(watched, change_guard.PageMemory, SourceKind.PAGE) or change_guard.PageMemory()


def _memory(watched: Watched, shape: type[Any], kind: SourceKind) -> Any:
    if not watched.memory or watched.kind is not kind:
        return None
    try:
        return msgspec.json.decode(watched.memory, type=shape)
    except msgspec.MsgspecError:  # of another release: it is learnt anew
        return None


def news_item(link: str, item: FeedItem | None = None, outlet: str = "") -> NewsItem:
    """What the reader needs of an item, or of a page that stands for itself."""
    if item is None:
        return NewsItem(link=link)
    return NewsItem(
        title=item.title,
        link=link,
        content=item.html or item.summary,
        is_plain=not item.html,  # `html` is markup also where the feed gave plain text
        published=None if item.date_doubt else item.published,
        updated=None if item.date_doubt else item.updated,
        author=item.author,
        outlet=outlet,
        language=item.language,
    )


def page_of(fetched: Fetched) -> ArticlePage:
    """A page as the reader takes it."""
    return ArticlePage(fetched.body, fetched.media_type or "text/html", fetched.charset)


def _said_of(one: Listed, feed: Feed, *, old: bool = False) -> ItemSaid:
    item = one.item
    follows = item.teaser and bool(one.link) and not old
    said = _Said(news_item(one.link, item, feed.title), follows)
    return ItemSaid(
        keys=one.keys,
        name=one.name,
        host=host_of(one.link) if follows else "",
        guid=item.guid,
        link=one.link,
        title=item.title,
        published=said.item.published,
        said_sha256=one.said_sha256,
        words_sha256=one.words_sha256,
        content=_encode(said),
        detail=f"known by {one.by}" if one.by else "",
    )


def _has_words(item: FeedItem) -> bool:
    return bool(item.title or item.html or item.summary)


def _seen(one: Listed, feed: Feed) -> Seen:
    known = one.known
    assert isinstance(known, KnownItem)  # noqa: S101 - the store made it; this tells the type checker
    same_words = known.words_sha256 == one.words_sha256
    changed = known.said_sha256 != one.said_sha256 and not (same_words and known.redated >= _MOST_REDATED)
    if not _has_words(one.item):
        changed = False  # it said something before: this is damage, not a correction
    keys = keys_from_now_on(known.keys, one)
    said = replace(_said_of(one, feed), keys=keys)
    return Seen(known.id, said, changed=changed, redated=changed and same_words, rekeyed=keys != known.keys)


def _dropped_early(one: Following, said: _Said) -> SourceReading | None:
    """The end of an item that its source drops by what the feed itself says: its article need not be fetched."""
    verdict = judge(WordFilter(drop=one.choices.drop), (words_of(said.item.title, said.item.content),))
    return None if verdict.passes else SourceReading(OutcomeState.FILTERED, verdict.code, verdict.rule)


def _judged(one: Following, draft: DocumentDraft, raw: bytes) -> SourceReading:
    """What a draft comes to after the source's filter."""
    choices = one.choices
    chosen = WordFilter(choices.keep, choices.drop, choices.languages)
    verdict = judge(chosen, (draft.title, draft.text), draft.language)
    if not verdict.passes:
        return SourceReading(OutcomeState.FILTERED, verdict.code, verdict.rule)
    return SourceReading(OutcomeState.KEPT, draft=draft, raw=raw)


def _parked(claim: ItemClaim, code: str, reason: str) -> Reading:
    failed = SourceReading(OutcomeState.FAILED, code, reason)
    return Reading(claim.content, dict.fromkeys(claim.wanted, failed), (Note("read", code, reason),))


def _note_of(error: Unreadable) -> Note:
    return Note("read", error.code, error.person)


def _note_of_page(read: ItemDraft) -> Note:
    if read.from_page:
        return Note("read", "article", "The text is the article's.")
    person = "The page does not show the article; the text is the feed's own."
    return Note("read", read.why_not_page or "feed-text", person)


def _events(kept: Sequence[KeptFor]) -> list[Event]:
    happened = {
        SaveOutcome.NEW: Happened.NEW,
        SaveOutcome.NEW_VERSION: Happened.CHANGED,
        SaveOutcome.REVIVED: Happened.BACK,
    }
    events = []
    for one in kept:
        if one.saved is None:
            events.append(Event(Happened.FAILED, one.document))
        elif one.saved.outcome in happened:
            events.append(Event(happened[one.saved.outcome], one.document))
    return events


def _host_of_reading(claim: ItemClaim) -> str:
    return host_of(claim.link) if claim.content and _decode_said(claim.content).teaser else ""


def _media_type(fetched: Fetched) -> str:
    return f"{fetched.media_type}; charset={fetched.charset}" if fetched.charset else fetched.media_type


def _reader_missing(error: OSError) -> VerbatimError:
    person = f"The reader cannot be started: {error.strerror}. What is to be read waits until it can."
    return VerbatimError("reader-not-started", str(error), person)


def _place(error: Exception) -> str:
    """Where it was raised; never the message, which may quote what was read."""
    *_, frame = traceback.extract_tb(error.__traceback__)
    return f"{type(error).__name__} at {PurePosixPath(frame.filename).name}:{frame.lineno}"


# -- who holds claims --------------------------------------------------------------------------------------------------


def this_process() -> str:
    """A name for this process that no other ever has, and that tells on which machine it runs."""
    pid = os.getpid()
    return f"{_machine()}/{pid}/{_started(pid)}/{os.urandom(4).hex()}"


def is_dead(holder: str) -> bool:
    """Whether this is a process of this machine that runs no more; False when that cannot be known."""
    machine, _, rest = holder.partition("/")
    pid, _, rest = rest.partition("/")
    started = rest.partition("/")[0]
    if machine != _machine() or not pid.isdigit() or not started:
        return False
    return _started(int(pid)) != started


def _machine() -> str:
    """This boot of this machine, and within it this container."""
    boot = ""
    with contextlib.suppress(OSError):
        boot = Path("/proc/sys/kernel/random/boot_id").read_text(encoding="ascii").strip()
        boot += "-" + str(os.stat("/proc/self/ns/pid").st_ino)  # noqa: PTH116 - follows the link, as Path.stat
    return f"{socket.gethostname()}-{boot}".replace("/", "_")


def _started(pid: int) -> str:
    """When a process began, in ticks since the boot; empty when there is none or it cannot be told."""
    try:
        stat = Path(f"/proc/{pid}/stat").read_text(encoding="ascii", errors="replace")
    except OSError:
        return ""
    fields = stat.rpartition(")")[2].split()
    return fields[19] if len(fields) > 19 and fields[0] != "Z" else ""
