"""Between our words and the columns of sources on the web, both ways. Pure; knows no database.

A row is a sequence in the order of the column list that stands above its function.
"""

from __future__ import annotations

import json
from datetime import datetime
from typing import Any

from bot.domain import SourceKind
from bot.library.rows import Row, from_column, instant_column, to_column
from bot.library.source_store import (
    Choices,
    Following,
    ItemOutcome,
    ItemSaid,
    Note,
    OutcomeState,
    TrailLine,
    Watched,
)
from bot.sources.item_identity import ItemKeys, key_of
from bot.sources.source_health import Health, SourceState

LONGEST_NAME = 1_000  # characters of a document's name; PostgreSQL's indexes take 2,700 bytes
_LONGEST_SHOWN = 2_000  # characters of a guid or a link as it is kept to be shown


def name_of(text: str) -> str:
    """A name that any index takes: a long one keeps its beginning and gets a hash."""
    encoded = len(text.encode("utf-8", "surrogatepass"))
    return text if encoded <= LONGEST_NAME else f"{text[: LONGEST_NAME // 4]}…{key_of(text)}"


def instant(column: str | None) -> datetime | None:
    return datetime.fromisoformat(column) if column else None


def instant_or_null(at: datetime | None) -> str | None:
    return None if at is None else instant_column(at)


WATCHED = (
    "w.id, w.kind, w.address, w.host, w.state, w.code, w.reason, w.since, w.failures, w.next_check_at, w.interval_s, "
    "w.items_a_day, w.added_at, w.checked_at, w.succeeded_at, w.changed_at, w.etag, w.last_modified, "
    "w.content_sha256, w.moved_to, w.moved_times, w.title, w.link, w.format, w.memory"
)


def watched(row: Row) -> Watched:
    """The address in a row of `WATCHED`."""
    (key, kind, address, host, state, code, reason, since, failures, next_check_at, interval_s, pace) = row[:12]
    (added_at, checked_at, succeeded_at, changed_at, etag, last_modified, sha256, moved_to, moved_times) = row[12:21]
    title, link, format_, memory = row[21:25]
    return Watched(
        id=key,
        kind=SourceKind(kind),
        address=from_column(address),
        host=from_column(host),
        health=Health(
            state=SourceState(state),
            since=datetime.fromisoformat(since),
            code=from_column(code),
            reason=from_column(reason),
            failures=failures,
            next_check_at=instant(next_check_at),
        ),
        interval_s=interval_s,
        items_a_day=pace,
        added_at=datetime.fromisoformat(added_at),
        checked_at=instant(checked_at),
        succeeded_at=instant(succeeded_at),
        changed_at=instant(changed_at),
        etag=from_column(etag),
        last_modified=from_column(last_modified),
        content_sha256=sha256,
        moved_to=from_column(moved_to),
        moved_times=moved_times,
        title=from_column(title),
        link=from_column(link),
        format=from_column(format_),
        memory=bytes(memory),
    )


def health_columns(health: Health) -> dict[str, Any]:
    return {
        "state": str(health.state),
        "code": to_column(health.code),
        "reason": to_column(health.reason),
        "since": instant_column(health.since),
        "failures": health.failures,
        "next_check_at": instant_or_null(health.next_check_at),
    }


def title_of(title: str) -> str:
    """What an address calls itself, as far as it is kept."""
    return title[:_LONGEST_SHOWN]


def watched_columns(one: Watched) -> dict[str, Any]:
    """What a check may change of an address."""
    return health_columns(one.health) | {
        "interval_s": one.interval_s,
        "items_a_day": one.items_a_day,
        "checked_at": instant_or_null(one.checked_at),
        "succeeded_at": instant_or_null(one.succeeded_at),
        "changed_at": instant_or_null(one.changed_at),
        "etag": to_column(one.etag),
        "last_modified": to_column(one.last_modified),
        "content_sha256": one.content_sha256,
        "moved_to": to_column(one.moved_to),
        "moved_times": one.moved_times,
        "title": to_column(title_of(one.title)),
        "link": to_column(one.link[:_LONGEST_SHOWN]),
        "format": to_column(one.format),
        "memory": one.memory,
    }


FOLLOWING = (
    "s.id, s.kind, s.address, s.audience, c.title, c.full_articles, c.filters, c.post, c.added_at, c.added_by, "
    "c.paused_until, c.paused_by, c.removed_at, c.removed_by, c.erased, c.undo_until, c.started_at, c.needs_body, "
    f"{WATCHED}"
)


def following(row: Row) -> Following:
    """The source in a row of `FOLLOWING`."""
    (key, kind, address, audience, title, full, filters, post, added_at, added_by, paused_until, paused_by) = row[:12]
    removed_at, removed_by, erased, undo_until, started_at, needs_body = row[12:18]
    keep, drop, languages = json.loads(filters)
    return Following(
        id=key,
        kind=SourceKind(kind),
        address=from_column(address),
        audience=from_column(audience),
        choices=Choices(from_column(title), bool(full), tuple(keep), tuple(drop), tuple(languages), post),
        watched=watched(row[18:]),
        added_at=datetime.fromisoformat(added_at),
        added_by=from_column(added_by),
        paused_until=instant(paused_until),
        paused_by=from_column(paused_by),
        removed_at=instant(removed_at),
        removed_by=from_column(removed_by),
        erased=bool(erased),
        undo_until=instant(undo_until),
        started_at=instant(started_at),
        needs_body=bool(needs_body),
    )


def choice_columns(choices: Choices) -> dict[str, Any]:
    return {
        "title": to_column(choices.title),
        "full_articles": choices.full_articles,
        "filters": json.dumps([choices.keep, choices.drop, choices.languages]),
        "post": choices.post,
    }


KEYS = "i.guid_key, i.link_key, i.text_key"


def said_columns(said: ItemSaid) -> dict[str, Any]:
    """What an item's columns take over from its feed; its name stays what it was first."""
    return key_columns(said) | {
        "host": to_column(said.host),
        "published": instant_or_null(said.published),
        "said_sha256": said.said_sha256,
        "words_sha256": said.words_sha256,
        "guid": to_column(said.guid[:_LONGEST_SHOWN]),
        "link": to_column(said.link[:_LONGEST_SHOWN]),
        "title": to_column(said.title[:_LONGEST_SHOWN]),
    }


def key_columns(said: ItemSaid) -> dict[str, Any]:
    return {"guid_key": said.keys.guid, "link_key": said.keys.link, "text_key": said.keys.text}


def keys(row: Row) -> ItemKeys:
    return ItemKeys(*row)


TRAIL = "t.at, t.stage, t.code, t.detail, t.source_id"


def trail_line(row: Row) -> TrailLine:
    at, stage, code, detail, source_id = row
    return TrailLine(datetime.fromisoformat(at), stage, from_column(code), from_column(detail), source_id)


def note_columns(note: Note, watched_id: int, item_id: int | None, now: datetime) -> dict[str, Any]:
    return {
        "watched_id": watched_id,
        "item_id": item_id,
        "source_id": note.source_id,
        "at": instant_column(now),
        "stage": note.stage,
        "code": to_column(note.code),
        "detail": to_column(note.detail[:_LONGEST_SHOWN]),
    }


OUTCOME = "o.source_id, c.title, w.title, s.address, o.state, o.code, o.reason, o.baseline, o.document_id, o.at"


def outcome(row: Row) -> ItemOutcome:
    source_id, chosen, own, address, state, code, reason, baseline, document_id, at = row
    return ItemOutcome(
        source_id=source_id,
        source_title=from_column(chosen or own or address),
        state=OutcomeState(state),
        code=from_column(code),
        reason=from_column(reason),
        baseline=bool(baseline),
        document_id=document_id,
        at=datetime.fromisoformat(at),
    )
