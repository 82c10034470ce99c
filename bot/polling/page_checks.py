"""What a watched page comes to: read it, and keep a version when it says something new."""

from __future__ import annotations

import hashlib
from dataclasses import replace
from datetime import datetime

from bot.errors import Unreadable
from bot.library.source_store import CheckClaim, CheckResult, ItemSaid, Note, PageReading, Reading
from bot.polling.address_states import well
from bot.polling.filtering import judged
from bot.polling.items import news_item, page_of
from bot.polling.memories import FeedMemory, encode, page_memory
from bot.polling.ports import Reads
from bot.polling.steps import Step
from bot.sources import change_guard, check_times
from bot.sources.fetched import Fetched
from bot.sources.item_identity import ItemKeys, link_key_of


async def take_page(
    reader: Reads, claim: CheckClaim, fetched: Fetched, sha256: str, step: Step, now: datetime
) -> CheckResult:
    """What to keep of a page, the hash of whose bytes is `sha256`. Raises Unreadable, OSError when the reader cannot be
    started."""
    watched = claim.watched
    read = await reader.read_item(news_item(watched.address), page_of(fetched))
    if not read.from_page:
        raise Unreadable(read.why_not_page or "no-text", "", "No text was found on the page.")
    draft = read.draft
    verdict = change_guard.judge_page(page_memory(watched), draft.text)
    interval_s = (
        check_times.next_interval_s(watched.interval_s, changed=verdict.changed)
        if watched.succeeded_at
        else check_times.first_interval_s((), now)
    )
    after = replace(
        well(watched, fetched, FeedMemory(), interval_s, now, "", ""),
        etag=fetched.etag,
        last_modified=fetched.last_modified,
        content_sha256=sha256,
        changed_at=now if verdict.changed else watched.changed_at,
        title=draft.title or watched.title,
        link=watched.address,
        format="page",
        memory=encode(verdict.memory),
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
        by_source = {one.id: judged(one, draft, fetched.body) for one in served}
        note = Note("read", "page-changed" if verdict.changed else "page", verdict.reason)
        reading = PageReading(said, Reading(fetched.body, by_source, (note,)))
    step.changed += verdict.changed
    step.unchanged += not verdict.changed
    return CheckResult(after, reading=reading, took_body=True)
