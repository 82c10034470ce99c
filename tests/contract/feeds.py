"""Small made-up checks and items for the tests of sources on the web."""

from __future__ import annotations

import hashlib
from dataclasses import replace
from datetime import datetime, timedelta

from bot.domain import SourceKind
from bot.library.source_store import (
    CheckClaim,
    CheckResult,
    CheckSaved,
    Choices,
    Following,
    ItemClaim,
    ItemSaid,
    KeptFor,
    Note,
    OutcomeState,
    Reading,
    Seen,
    SourceReading,
    SourceStore,
)
from bot.sources.item_identity import ItemKeys, key_of, link_key_of
from bot.sources.source_health import succeeded
from tests.contract.papers import NOON, paper

ADDRESS = "https://press.example/feed"
LEASE = timedelta(minutes=5)
ME = "me"


def said(name: str, words: str = "", *, published: datetime | None = None, host: str = "") -> ItemSaid:
    """An item that a feed could show; its link ends with its name."""
    words = words or f"All about {name}."
    link = f"https://press.example/{name}"
    return ItemSaid(
        keys=ItemKeys(key_of(f"guid-{name}"), link_key_of(link), key_of(words)),
        name=link,
        host=host,
        guid=f"guid-{name}",
        link=link,
        title=f"Title of {name}",
        published=published,
        said_sha256=hashlib.sha256(f"{words}{published}".encode()).hexdigest(),
        words_sha256=hashlib.sha256(words.encode()).hexdigest(),
        content=words.encode(),
    )


async def follow(
    store: SourceStore, address: str = ADDRESS, audience: str = "*", *, now: datetime = NOON, **choices: object
) -> Following:
    one, _ = await store.add(SourceKind.FEED, address, audience, Choices(**choices), now=now)  # type: ignore[arg-type]
    return one


async def claim_check(store: SourceStore, now: datetime = NOON, holder: str = ME) -> CheckClaim:
    [claim] = await store.claim_checks(holder, now=now, limit=1, lease=LEASE)
    return claim


def well(claim: CheckClaim, now: datetime, *, every: timedelta = timedelta(minutes=30)) -> CheckResult:
    """A check that went well and brought nothing."""
    health = succeeded(claim.watched.health, now, now + every)
    return CheckResult(replace(claim.watched, health=health, checked_at=now, succeeded_at=now, etag='"e"'))


async def check(
    store: SourceStore,
    *,
    new: tuple[ItemSaid, ...] = (),
    seen: tuple[Seen, ...] = (),
    now: datetime = NOON,
    hold: str = "",
) -> CheckSaved:
    """Check the address that is due."""
    claim = await claim_check(store, now)
    result = replace(well(claim, now), new=new, seen=seen, hold=hold, hold_reason=hold and "Reset?", took_body=True)
    saved = await store.save_check(claim, result, now=now)
    assert saved is not None
    return saved


def reading(claim: ItemClaim, **by_source: SourceReading) -> Reading:
    """What the feed says is what is kept."""
    words = claim.content.decode()
    one = SourceReading(OutcomeState.KEPT, draft=paper(words, claim.title))
    notes = (Note("read", "feed-text", "the feed's own text"),)
    return Reading(claim.content, dict.fromkeys(claim.wanted, one), notes)


async def read_all(store: SourceStore, now: datetime = NOON, holder: str = ME) -> list[KeptFor]:
    """Read every item that is due."""
    kept: list[KeptFor] = []
    while claims := await store.claim_items(holder, now=now, limit=10, lease=LEASE):
        for claim in claims:
            saved = await store.save_reading(claim, reading(claim), now=now)
            assert saved is not None
            kept += saved
    return kept


async def known(store: SourceStore, watched_id: int, one: ItemSaid) -> int:
    """The id of an item that the store knows."""
    [item] = await store.known_items(watched_id, [one.keys])
    return item.id
