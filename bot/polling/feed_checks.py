"""What a feed's body comes to: recognise its items, hold what looks like a reset, keep all of it."""

from __future__ import annotations

from collections.abc import Sequence
from dataclasses import replace
from datetime import datetime
from typing import TYPE_CHECKING, Final

from bot.errors import Unreadable
from bot.library.source_store import LONGEST_ADDRESS, CheckClaim, CheckResult, SourceStore, Watched
from bot.polling.address_states import pace_after, quiet, remark_on, well
from bot.polling.items import has_words, said_of, seen_of
from bot.polling.memories import FeedMemory, encode, feed_memory
from bot.polling.moves import MovedTo, SaidMove, moved_elsewhere, said_move
from bot.polling.ports import Fetches, Reads
from bot.polling.steps import Step
from bot.sources import change_guard, check_times
from bot.sources.fetched import Fetched, FetchOutcome, Purpose
from bot.sources.item_identity import Listed, host_of, list_items, recognise
from bot.sources.source_health import Failure, FailureKind

if TYPE_CHECKING:
    from bot.sources.feed import Feed

_ARTICLES_OF_BASELINE: Final = 30  # of a new source, the newest; the others are kept as the feed tells them
_LISTED_BEFORE: Final = 3  # a feed that listed fewer (warnings, say) may well list none for a while


class FeedChecks:
    """Takes what a feed answered with. Keeps nothing: what came of it is handed back."""

    def __init__(self, sources: SourceStore, fetcher: Fetches, reader: Reads) -> None:
        self._sources = sources
        self._fetcher = fetcher
        self._reader = reader

    async def take(
        self, claim: CheckClaim, fetched: Fetched, sha256: str, step: Step, now: datetime
    ) -> CheckResult | Failure | MovedTo:
        """What to keep of a feed's body, whose hash is `sha256`; or why not, or where it has moved. Raises Unreadable,
        OSError when the reader cannot be started."""
        watched = claim.watched
        feed = await self._reader.read_feed(
            fetched.body,
            media_type=fetched.content_type,
            address=fetched.final_address or watched.address,
            now=now,
        )
        memory = feed_memory(watched)
        listed = _listed(feed, memory)
        listed = recognise(listed, await self._sources.known_items(watched.id, [one.keys for one in listed]))
        move = said_move(feed, watched)
        if move.is_looked_at and (there := await self._same_feed(move.address, watched, listed, step, now)):
            return MovedTo(there, f"The feed says that it has moved, to {there}.")
        if not feed.items and memory.items >= _LISTED_BEFORE:
            reason = f"The feed lists nothing any more; it listed {memory.items} items before."
            return Failure("feed-empty", reason, FailureKind.ODD)
        result = _result(claim, fetched, feed, listed, move, sha256, now)
        changed = _changed(result)
        step.changed += changed
        step.unchanged += not changed
        return result

    async def _same_feed(
        self, elsewhere: str, watched: Watched, listed: Sequence[Listed], step: Step, now: datetime
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
                fetched.body, media_type=fetched.content_type, address=fetched.final_address or elsewhere, now=now
            )
        except Unreadable:
            return ""
        if moved_elsewhere(there, address):  # it may well point back here
            return ""
        theirs = list_items(there.items)
        keys = {(place, key) for one in theirs for place, key in enumerate(one.keys) if key}
        shared = [one for one in listed if any(pair in keys for pair in enumerate(one.keys))]
        known = shared or await self._sources.known_items(watched.id, [one.keys for one in theirs])
        return address if known and all(one in shared for one in listed if one.known is None) else ""


def _listed(feed: Feed, memory: FeedMemory) -> list[Listed]:
    """The items of a feed that may be taken as it shows them."""
    # Half a link would be another item's, half a text another version: it waits for a check that shows it whole.
    # Only of a feed that has one item, and ends so at every look, that one is taken.
    single = memory.half and max(len(feed.items), memory.items) <= 1
    items = feed.items[:-1] if feed.half and not single else feed.items
    # Where a broken feed names an item and says nothing of it, the break is to blame.
    return list_items([one for one in items if feed.broken_at is None or one.link or has_words(one)])


def _result(
    claim: CheckClaim,
    fetched: Fetched,
    feed: Feed,
    listed: Sequence[Listed],
    move: SaidMove,
    sha256: str,
    now: datetime,
) -> CheckResult:
    """All that is to be kept of a feed's body: the address as it is now, its new items and those seen again."""
    watched = claim.watched
    memory = feed_memory(watched)
    new = [one for one in listed if one.known is None]
    seen = [seen_of(one, feed) for one in listed if one.known is not None]
    changed = bool(new) or any(one.changed for one in seen)
    started = any(one.started_at is not None for one in claim.followers)
    held = change_guard.Reset()
    if started:
        held = change_guard.judge_news(
            [None if one.item.date_doubt else one.item.published for one in new],
            items_a_day=watched.items_a_day,
            since=watched.succeeded_at,
            now=now,
        )
    if not started and (watched.succeeded_at is None or memory.half):
        dates = [one.item.published for one in listed if one.item.published and not one.item.date_doubt]
        interval_s = check_times.first_interval_s(dates, now)
        pace = change_guard.first_pace(dates, now)
    else:
        interval_s = check_times.next_interval_s(watched.interval_s, changed=changed)
        pace = pace_after(watched, 0 if held.code else len(new), now)
    remark = remark_on(feed)
    if not remark[0] and move.is_doubted:
        said = f"The feed says that it has moved to {move.address}, but that address does not show the same items."
        remark = "feed-moved", said
    code, reason = remark if remark[0] else ("", "") if changed else quiet(watched, now)
    cut = feed.half and not memory.half  # and not always so
    most = max(len(listed), memory.items) if feed.half else len(listed)
    memory = FeedMemory(
        feed.ttl_s, feed.skip_hours, feed.skip_days, most, feed.half, *remark, move.address, move.times
    )
    whole = feed.broken_at is None and not move.is_open
    after = replace(
        well(watched, fetched, memory, interval_s, now, code, reason),
        # What was cut on its way may bear the name of the whole: "not modified" will do when it comes so again.
        etag=fetched.etag if whole else "",
        last_modified=fetched.last_modified if whole else "",
        content_sha256="" if move.is_open else sha256,
        changed_at=now if changed else watched.changed_at,
        items_a_day=pace,
        title=feed.title or watched.title,
        link=feed.link or watched.link,
        format=feed.kind,
        memory=encode(memory),
    )
    return CheckResult(
        after,
        # the last in the feed is the oldest, mostly: in the order of their ids items are told
        new=[
            said_of(one, feed, old=not started and place >= _ARTICLES_OF_BASELINE)
            for place, one in reversed(list(enumerate(new)))
        ],
        seen=seen,
        hold=held.code,
        hold_reason=held.reason,
        # What a source holds at its start is told by a check that saw all of it.
        took_body=not (cut and any(one.started_at is None for one in claim.followers)),
    )


def _changed(result: CheckResult) -> bool:
    return bool(result.new) or any(one.changed for one in result.seen)
