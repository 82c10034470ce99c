"""One check of one address: ask for it, take what it answers with, and keep what came of it in one transaction."""

from __future__ import annotations

import hashlib
import logging
from collections.abc import Callable
from dataclasses import replace
from datetime import datetime

from bot.domain import SourceKind
from bot.errors import Unreadable, VerbatimError
from bot.library.source_store import CheckClaim, CheckResult, Note, SourceStore, Watched
from bot.polling.address_states import change_of, failed, failure_of, quiet, well
from bot.polling.faults import place_of, reader_missing
from bot.polling.feed_checks import FeedChecks
from bot.polling.memories import feed_memory
from bot.polling.moves import MOVED_TIMES, MovedTo, led_elsewhere
from bot.polling.page_checks import take_page
from bot.polling.ports import Fetches, Reads
from bot.polling.steps import AddressChange, AddressNews, Step, events_of
from bot.sources import check_times
from bot.sources.fetched import Fetched, FetchOutcome, Purpose
from bot.sources.source_health import Failure, SourceState

log = logging.getLogger(__name__)


class Checks:
    """Checks addresses that were claimed. What it did is counted in the step that it is given."""

    def __init__(self, sources: SourceStore, fetcher: Fetches, reader: Reads) -> None:
        self._sources = sources
        self._fetcher = fetcher
        self._reader = reader
        self._feeds = FeedChecks(sources, fetcher, reader)

    async def check(self, claim: CheckClaim, step: Step, clock: Callable[[], datetime]) -> None:
        """Check one address and keep what came of it. Raises VerbatimError when that cannot be kept."""
        step.checks += 1
        try:
            await self._check(claim, step, clock)
        except VerbatimError:
            raise
        except Exception as error:  # a bug met at one address must not end the polling of all others
            log.exception("check failed", extra={"watched": claim.watched.id})
            person = "Checking it failed for a reason of ours; the log says more."
            failure = Failure("our-fault", person, log=place_of(error))
            await self._keep(claim, failure, step, clock())

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
        if fetched.outcome in (FetchOutcome.OK, FetchOutcome.NOT_MODIFIED):
            claim = replace(claim, watched=led_elsewhere(watched, fetched))
        await self._keep(claim, await self._outcome(claim, fetched, step, now), step, now)

    async def _outcome(
        self, claim: CheckClaim, fetched: Fetched, step: Step, now: datetime
    ) -> CheckResult | Failure | MovedTo:
        """What an answer comes to. Raises VerbatimError when the reader cannot be started."""
        watched = claim.watched
        if fetched.outcome not in (FetchOutcome.OK, FetchOutcome.NOT_MODIFIED):
            return failure_of(fetched)
        if watched.moved_times >= MOVED_TIMES and watched.moved_to != watched.address:
            return MovedTo(watched.moved_to, f"It has moved for good, to {watched.moved_to}.")
        if fetched.outcome is FetchOutcome.NOT_MODIFIED:
            step.not_modified += 1
            return _unchanged(watched, fetched, now)
        sha256 = hashlib.sha256(fetched.body).hexdigest()
        if sha256 == watched.content_sha256 and not claim.needs_body and watched.health.state is SourceState.ACTIVE:
            step.unchanged += 1
            same = replace(watched, etag=fetched.etag, last_modified=fetched.last_modified)
            return _unchanged(same, fetched, now)
        try:
            if watched.kind is SourceKind.FEED:
                return await self._feeds.take(claim, fetched, sha256, step, now)
            return await take_page(self._reader, claim, fetched, sha256, step, now)
        except Unreadable as error:
            return Failure(error.code, error.person, log=error.log)
        except OSError as error:
            raise reader_missing(error) from error

    async def _keep(
        self, claim: CheckClaim, outcome: CheckResult | Failure | MovedTo, step: Step, now: datetime
    ) -> None:
        if isinstance(outcome, MovedTo):
            await self._move(claim, outcome, step, now)
            return
        if isinstance(outcome, Failure):
            step.failed += 1
            facts = {"watched": claim.watched.id, "code": outcome.code, "facts": outcome.log}
            log.info("source failed", extra=facts)
            outcome = CheckResult(failed(claim.watched, outcome, now))
        await self._save(claim, outcome, step, now)

    async def _move(self, claim: CheckClaim, to: MovedTo, step: Step, now: datetime) -> None:
        """From now on it is asked for there."""
        if not await self._sources.move(claim, to.address, now=now):
            step.lost += 1
            return
        moved = replace(claim.watched, address=to.address, moved_to="", moved_times=0)
        step.addresses.append(AddressNews(AddressChange.MOVED, moved, claim.followers, "moved-for-good", to.reason))

    async def _save(self, claim: CheckClaim, result: CheckResult, step: Step, now: datetime) -> None:
        """Keep a check's result, with a line in the address's trail when its state has changed."""
        before, after = claim.watched.health, result.watched.health
        news = change_of(before, after)
        if news is not None:
            note = Note(str(after.state), after.code or str(after.state), after.reason)
            result = replace(result, notes=(*result.notes, note))
        saved = await self._sources.save_check(claim, result, now=now)
        if saved is None:
            step.lost += 1
            return
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
        step.events += events_of(saved.documents)


def _unchanged(watched: Watched, fetched: Fetched, now: datetime) -> CheckResult:
    memory = feed_memory(watched)
    code, reason = (memory.code, memory.reason) if memory.code else quiet(watched, now)
    interval_s = check_times.next_interval_s(watched.interval_s, changed=False)
    return CheckResult(well(watched, fetched, memory, interval_s, now, code, reason))
