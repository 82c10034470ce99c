"""What the reading of an item came to: documents, outcomes and the trail; or that it is read later."""

from __future__ import annotations

from collections.abc import Mapping
from datetime import datetime

from sqlalchemy import Connection

from bot.domain import Source
from bot.library import rows, writes
from bot.library.rows import instant_column
from bot.library.source_store import Following, ItemClaim, KeptFor, Note, OutcomeState, Reading
from bot.library.source_writes.claims import is_ours
from bot.library.source_writes.items import forget_content
from bot.library.source_writes.statements import change
from bot.library.source_writes.trail import note_items
from bot.library.store import Arrival
from bot.library.writes import run_on


def save_reading(connection: Connection, claim: ItemClaim, reading: Reading, now: datetime) -> list[KeptFor] | None:
    if not is_ours(connection, "item", claim.item_id, claim.holder):
        return None
    wanted = run_on(connection)(
        "SELECT o.source_id, o.baseline FROM item_outcome o JOIN source_choice c ON c.source_id = o.source_id "
        "WHERE o.item_id = :item AND o.state = 'waiting' AND c.removed_at IS NULL",
        {"item": claim.item_id},
    )
    still = {source_id: bool(baseline) for source_id, baseline in wanted if source_id in reading.by_source}
    sources = {one.following.id: one.following for one in claim.wanted.values()}
    kept = keep(connection, claim.watched.id, claim.item_id, claim.name, reading, still, sources, now)
    _finish(connection, claim.item_id, now)
    return kept


def keep(
    connection: Connection,
    watched_id: int,
    item_id: int,
    name: str,
    reading: Reading,
    baselines: Mapping[int, bool],
    sources: Mapping[int, Following],
    now: datetime,
) -> list[KeptFor]:
    """Keep what an item became for each source that wants it: documents, outcomes and the trail."""
    results = {key: reading.by_source[key] for key in baselines}
    arrivals = {
        key: Arrival(
            _source(sources[key]),
            name,
            one.draft,
            reading.raw if one.raw is None else one.raw,
            now,
            baseline=baselines[key],
        )
        for key, one in results.items()
        if one.draft is not None and one.state is OutcomeState.KEPT
    }
    saved = dict(zip(arrivals, writes.save_drafts(connection, list(arrivals.values())), strict=True))
    kept = [KeptFor(key, one, one.document) for key, one in saved.items()]
    documents = {key: one.document for key, one in saved.items()}
    for key, one in results.items():
        if one.state is OutcomeState.FAILED:
            source = _source(sources[key])
            failed = writes.save_failure(
                connection, source, name, one.code, one.reason, reading.raw, now, None, baseline=baselines[key]
            )
            documents[key] = failed
            kept.append(KeptFor(key, None, failed))
    notes: list[tuple[int, Note]] = [(item_id, note) for note in reading.notes]
    for key, one in results.items():
        state = {
            "item": item_id,
            "source": key,
            "state": str(one.state),
            "code": rows.to_column(one.code),
            "reason": rows.to_column(one.reason),
            "at": instant_column(now),
        }
        if key in documents:
            change(
                connection,
                "UPDATE item_outcome SET state = :state, code = :code, reason = :reason, at = :at, "
                "document_id = :document WHERE item_id = :item AND source_id = :source",
                state | {"document": documents[key].id},
            )
        else:  # what was kept before and is filtered now keeps its document
            change(
                connection,
                "UPDATE item_outcome SET state = :state, code = :code, reason = :reason, at = :at "
                "WHERE item_id = :item AND source_id = :source",
                state,
            )
        code = str(saved[key].outcome) if key in saved else one.code
        detail = f"#{documents[key].id}" if key in saved else one.reason
        notes.append((item_id, Note(str(one.state), code or str(one.state), detail, key)))
    note_items(connection, watched_id, notes, now)
    return kept


def _source(one: Following) -> Source:
    return Source(one.id, one.kind, one.address, one.audience)


def _finish(connection: Connection, item_id: int, now: datetime) -> None:
    """Give the claim on an item back; it is due again only when somebody still waits for it."""
    waiting = run_on(connection)(
        "SELECT 1 FROM item_outcome WHERE item_id = :item AND state = 'waiting' LIMIT 1", {"item": item_id}
    )
    change(
        connection,
        "UPDATE item SET due_at = :due, lease_holder = '', lease_until = NULL, claims = 0, tries = 0 WHERE id = :item",
        {"item": item_id, "due": instant_column(now) if waiting else None},
    )
    if not waiting:
        forget_content(connection, [item_id])


def postpone(connection: Connection, claim: ItemClaim, due_at: datetime, note: Note, now: datetime) -> bool:
    if not is_ours(connection, "item", claim.item_id, claim.holder):
        return False
    change(
        connection,
        "UPDATE item SET due_at = :due, claims = 0, tries = tries + 1, lease_holder = '', lease_until = NULL "
        "WHERE id = :key",
        {"key": claim.item_id, "due": instant_column(due_at)},
    )
    note_items(connection, claim.watched.id, [(claim.item_id, note)], now)
    return True
