"""The reading of one item: its article when its feed holds only a teaser, its documents, or when to try again."""

from __future__ import annotations

import logging
from collections.abc import Callable
from dataclasses import dataclass, replace
from datetime import datetime, timedelta
from typing import Final

from bot.documents.feed_items import ArticlePage, ItemDraft
from bot.errors import Unreadable, VerbatimError
from bot.library.source_store import ItemClaim, Note, OutcomeState, Reading, SourceReading, SourceStore
from bot.polling.address_states import REFUSING
from bot.polling.faults import place_of, reader_missing
from bot.polling.filtering import dropped_early, judged
from bot.polling.items import Said, decode_said, page_of
from bot.polling.ports import Fetches, Reads
from bot.polling.steps import Step, events_of
from bot.sources.fetched import FetchOutcome, Purpose
from bot.sources.item_identity import host_of

log = logging.getLogger(__name__)

_TRIES: Final = 3  # of an item, before it is taken as it can be had, or parked
_POISON_CLAIMS: Final = 25  # in a row of an item, each of which our whole process did not survive
_TRY_AGAIN: Final = (timedelta(minutes=5), timedelta(minutes=30))
_PAGE_HOLDS: Final = timedelta(hours=24)  # an article that two feeds list is fetched once


@dataclass(frozen=True, slots=True)
class _Later:
    at: datetime
    note: Note


class Readings:
    """Reads items that were claimed. What it did is counted in the step that it is given."""

    def __init__(self, sources: SourceStore, fetcher: Fetches, reader: Reads) -> None:
        self._sources = sources
        self._fetcher = fetcher
        self._reader = reader

    async def read(self, claim: ItemClaim, step: Step, clock: Callable[[], datetime]) -> None:
        """Read one item and keep its documents. Raises VerbatimError when that cannot be kept."""
        try:
            reading = await self._read(claim, step, clock)
        except VerbatimError:
            raise
        except Exception as error:  # a bug met by one item must not end the reading of all others
            log.exception("reading failed", extra={"item": claim.item_id})
            note = Note("read", "our-fault", f"Reading it failed for a reason of ours ({place_of(error)}).")
            reading = _later(claim, note, clock()) or _parked(claim, note.code, note.detail)
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
        step.events += events_of(saved)

    async def _read(self, claim: ItemClaim, step: Step, clock: Callable[[], datetime]) -> Reading | _Later:
        """What the item comes to for everyone who waits for it, or when to try again. Raises VerbatimError when the
        reader cannot be started."""
        if claim.claims > _POISON_CLAIMS:
            return _parked(claim, "poison", f"Reading it ended the program {_POISON_CLAIMS} times; it is left alone.")
        said = decode_said(claim.content)
        notes: list[Note] = []
        # What is dropped by what the feed itself says need not be fetched.
        dropped = {key: dropped_early(one.following, said) for key, one in claim.wanted.items()}
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
                if error.code.startswith("reader-") and (later := _later(claim, _note_of(error), clock())):
                    return later
                results |= {key: SourceReading(OutcomeState.FAILED, error.code, error.person) for key in keys}
                notes.append(_note_of(error))
                continue
            if page is not None and with_page:
                notes.append(_note_of_page(read))
            else:
                notes.append(Note("read", "feed-text", "The text is the feed's own."))
            raw = page.raw if page is not None and read.from_page else claim.content
            results |= {key: judged(open_[key].following, read.draft, raw, said.categories) for key in keys}
        return Reading(claim.content, results, tuple(notes))

    async def _article(
        self, claim: ItemClaim, said: Said, step: Step, clock: Callable[[], datetime], notes: list[Note]
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
            fetched.outcome is FetchOutcome.FAILED and fetched.code not in REFUSING
        )
        again = Note("fetched", fetched.code, fetched.person)
        if passing and (later := _later(claim, again, clock(), fetched.retry_after_s)):
            return later
        notes.append(note)
        return None

    async def _known_page(
        self, claim: ItemClaim, said: Said, notes: list[Note], now: datetime, *, inner: bool
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

    async def _draft(self, said: Said, page: ArticlePage | None) -> ItemDraft:
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
            raise reader_missing(error) from error


def _later(claim: ItemClaim, note: Note, now: datetime, wait_s: float | None = None) -> _Later | None:
    """When to try again; None when it has been tried often enough."""
    if claim.tries + 1 >= _TRIES:
        return None
    wait = max(_TRY_AGAIN[min(claim.tries, len(_TRY_AGAIN) - 1)], timedelta(seconds=wait_s or 0))
    return _Later(now + wait, note)


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
