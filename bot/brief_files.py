"""Briefs as files, for people without chat: each channel's as Markdown and HTML pages, a list and an Atom feed.

A folder a channel, named by its key. What stands in it can be made anew from the library at any time; a file is written
beside its place and then put there, so that no reader sees half of one.
"""

from __future__ import annotations

import asyncio
import hashlib
import logging
import os
import re
from collections.abc import Sequence
from dataclasses import replace
from datetime import UTC, datetime, timedelta
from pathlib import Path
from typing import TYPE_CHECKING, Final

from bot.briefs.brief import thawed_brief, versions_of
from bot.chat.brief_messages import look_of, messages_of
from bot.chat.charts import chart_picture
from bot.chat.pages import BriefPage, atom, html, index_html, markdown

if TYPE_CHECKING:
    from bot.chat.messages import Message, Picture
    from bot.library.brief_store import BriefRecord, BriefStore
    from bot.library.store import Store

log = logging.getLogger(__name__)

IN_A_FEED: Final = 30
_PAGE: Final = 1_000
_LATE: Final = timedelta(minutes=10)
_ODD = re.compile(r"[^A-Za-z0-9._-]+")
_PLAIN = re.compile(r"[a-z]+:[A-Za-z0-9]{1,30}:[A-Za-z0-9]{0,30}")


def folder_of(key: str) -> str:
    """The name of a channel's folder: its key as file systems take it, with a hash where two might look alike."""
    named = key.removeprefix("brief:")
    plain = _ODD.sub("-", named).strip("-.")[:80]
    return plain if _PLAIN.fullmatch(named) else f"{plain}-{_hash(key)[:8]}".lstrip("-")


def _hash(key: str) -> str:
    return hashlib.sha256(key.encode("utf-8", "surrogatepass")).hexdigest()[:16]


class BriefFiles:
    """Writes the briefs that were delivered into a folder."""

    def __init__(self, folder: Path, briefs: BriefStore, store: Store) -> None:
        self._folder, self._briefs, self._store = folder, briefs, store
        self._after = datetime(1970, 1, 2, tzinfo=UTC)
        self._seen: set[tuple[int, int]] = set()  # records and their revisions

    async def publish_new(self) -> int:
        """Write what was delivered since the last call, the first time everything; how many channels that changed.
        The last ones are looked at again: they may have been made anew since."""
        found: list[BriefRecord] = []
        after = self._after - _LATE  # when it was sent is written a little later
        while records := await self._briefs.delivered_since(after, limit=_PAGE):
            found += [record for record in records if (record.id, record.revision) not in self._seen]
            after = max(record.delivered_at or after for record in records)
        keys = list(dict.fromkeys(record.key for record in found))
        for key in keys:
            await self.publish(key)
        self._seen |= {(record.id, record.revision) for record in found}
        self._after = max([self._after, *(record.delivered_at or self._after for record in found)])
        return len(keys)

    async def publish(self, key: str, *, limit: int = IN_A_FEED) -> int:
        """Write the last briefs of a channel, its list and its feed; how many pages these are."""
        records = await self._briefs.of_channel(key, limit=limit)
        pages = [(await self.page_of(record), record) for record in records]
        await asyncio.to_thread(self._write, key, pages)
        return len(pages)

    async def page_of(self, record: BriefRecord) -> tuple[BriefPage, tuple[Picture, ...]]:
        """A frozen brief as a page, with its pictures."""
        brief = thawed_brief(record.body)
        versions = await self._store.versions(None, versions_of(brief))
        addresses = {id_: version.facts.address for id_, version in versions.items()}
        look = look_of(record.body)
        language = look.language if look is not None else "en"
        made = messages_of(record.body, record.sha256, addresses)
        stem = f"{(brief.at or brief.made_at).astimezone(UTC):%Y-%m-%d-%H%M}-{record.id}"
        stories: list[Message] = []
        pictures: list[Picture] = []
        for n, message in enumerate(made.stories, 1):
            chart = brief.entries[n - 1].chart
            picture = chart_picture(chart, language, f"{stem}-{n}.png") if chart is not None else None
            pictures += [picture] if picture else []
            stories.append(replace(message, blocks=(*message.blocks, picture)) if picture else message)
        page = BriefPage(
            f"urn:verbatim:brief:{_hash(record.key)}:{record.id}", made.title,
            record.delivered_at or record.made_at,
            (look.updated_at if look is not None else None) or record.delivered_at or record.made_at,
            (made.overview, *stories), language, f"{stem}.html",
        )  # fmt: skip
        return page, tuple(pictures)

    def _write(self, key: str, pages: Sequence[tuple[tuple[BriefPage, tuple[Picture, ...]], BriefRecord]]) -> None:
        folder = self._folder / folder_of(key)
        folder.mkdir(parents=True, exist_ok=True)
        for (page, pictures), _ in pages:
            _put(folder / page.file_name, html(page).encode())
            _put(folder / f"{page.file_name.removesuffix('.html')}.md", markdown(page).encode())
            for picture in pictures:
                _put(folder / picture.name, picture.png)
        made = [page for (page, _), _ in pages]
        title = "Verbatim · " + key.removeprefix("brief:")
        language = made[0].language if made else "en"
        listed = index_html(title, [(page.title, page.file_name) for page in made], language)
        _put(folder / "index.html", listed.encode())
        _put(folder / "feed.atom", atom(f"urn:verbatim:briefs:{_hash(key)}", title, made))


def _put(path: Path, content: bytes) -> None:
    """Write a file whole or not at all; one that says the same already stays as it is."""
    if path.exists() and path.read_bytes() == content:
        return
    beside = path.with_name(f".{path.name}.{os.getpid()}")
    beside.write_bytes(content)
    beside.replace(path)
