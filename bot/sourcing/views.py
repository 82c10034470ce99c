"""Sources as people see them at a moment."""

from __future__ import annotations

from dataclasses import dataclass
from datetime import datetime

from bot.domain import Document, SourceKind
from bot.library.source_store import (
    FOR_EVER,
    Choices,
    Following,
    ItemCounts,
    OutcomeState,
    SourceStore,
    TrailLine,
)
from bot.sources.source_health import SourceState, what_helps, what_next


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
class Shown:
    """A source with what happened to it lately."""

    source: SourceView
    trail: tuple[TrailLine, ...]
    newest: tuple[Document, ...]


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


async def look_up(sources: SourceStore, one: Following, now: datetime) -> SourceView:
    """`view_of`, with what its items have come to."""
    counts = await sources.counts([one.id])
    return view_of(one, counts.get(one.id), now)
