"""Taking documents in: the real intake over a folder of made-up files, the same work part by part, and web pages.

Processor time of the whole process, with all its threads and its reader child: what one core can do.
"""

from __future__ import annotations

import asyncio
import itertools
import os
import tempfile
import time
from contextlib import contextmanager
from datetime import UTC, datetime
from html import escape
from pathlib import Path
from typing import TYPE_CHECKING, Any

from bot.app import open_app
from bot.documents.reading import read_document
from bot.domain import EVERYONE, SourceKind
from bot.intake import Happened
from bot.library.index_feed import put_next_batch
from bot.library.store import Arrival
from bot.stories.arrivals import Arrivals
from tests.benchmarks.ask_speed import settings_of
from tests.benchmarks.measuring import best_of_rounds
from tests.benchmarks.press import Story, stories

if TYPE_CHECKING:
    from collections.abc import Iterator

    from bot.settings import Settings

_BATCH = 50
_WARM_UP = 300  # documents: caches of words fill, as they have in a process that runs


def run(documents: int, pages: int) -> dict[str, Any]:
    """Documents per second through the intake, milliseconds a document of each part, and web pages."""
    made = list(itertools.islice(stories(400), documents + _WARM_UP))
    warm_up, made = made[:_WARM_UP], made[_WARM_UP:]
    result: dict[str, Any] = {"documents": documents}
    with _folder() as root:
        result |= asyncio.run(_through_the_intake(settings_of(root), root / "seeds", warm_up, made))
    with _folder() as root:
        result["parts_ms"] = asyncio.run(_parts(settings_of(root), made))
    return result | web_pages(made[:pages])


@contextmanager
def _folder() -> Iterator[Path]:
    with tempfile.TemporaryDirectory(prefix="verbatim-benchmark-") as folder:
        (Path(folder) / "seeds").mkdir()
        yield Path(folder)


def _text(story: Story) -> str:
    return f"{story.title}\n\n{story.text}\n"


def _drop(seeds: Path, made: list[Story], first: int) -> None:
    long_ago = time.time() - 3600  # nobody is writing them any more
    for number, story in enumerate(made, first):
        path = seeds / f"{number:06}.txt"
        path.write_text(_text(story), encoding="utf-8")
        os.utime(path, (long_ago, long_ago))


def _worked_s() -> float:
    used = os.times()
    return used.user + used.system + used.children_user + used.children_system


async def _through_the_intake(
    settings: Settings, seeds: Path, warm_up: list[Story], made: list[Story]
) -> dict[str, float]:
    async with open_app(settings) as app:
        _drop(seeds, warm_up, 0)
        await app.look()
        _drop(seeds, made, len(warm_up))
        began, began_worked = time.perf_counter(), _worked_s()
        look = await app.look()
        worked, took = _worked_s() - began_worked, time.perf_counter() - began
    new = sum(event.happened is Happened.NEW for event in look.events)
    assert new == len(made), f"{new} of {len(made)} documents were taken in"
    return {"per_s": new / worked, "per_s_wall": new / took}


async def _parts(settings: Settings, made: list[Story]) -> dict[str, float]:
    """What the intake does, one kind of work at a time, in milliseconds a document."""
    spent = dict.fromkeys(("read", "store", "index", "stories", "commit"), 0.0)
    source_of = SourceKind.FOLDER, "seeds", EVERYONE
    async with open_app(settings) as app:
        source = await app.store.ensure_source(*source_of)
        arrivals = Arrivals(app.index, app.desk)
        assert app.index.begin()
        names = itertools.count()
        for start in range(0, len(made), _BATCH):
            raws = [_text(story).encode() for story in made[start : start + _BATCH]]
            clock = _Clock(spent)
            drafts = [read_document(raw, name="a.txt", modified_at=datetime.now(UTC)) for raw in raws]
            clock.lap("read")
            batch = [
                Arrival(source, f"{next(names)}.txt", draft, raw, datetime.now(UTC))
                for draft, raw in zip(drafts, raws, strict=True)
            ]
            await app.store.save_drafts(batch)
            clock.lap("store")
            put = put_next_batch(app.index, app.desk)
            assert put is not None
            clock.lap("index")
            places = arrivals.place(put.versions)
            await app.store.put_memberships(places)
            clock.lap("stories")
            app.index.commit(put.up_to)
            clock.lap("commit")
    return {part: seconds / len(made) * 1000 for part, seconds in spent.items()}


class _Clock:
    """Books processor time under the names of parts."""

    def __init__(self, spent: dict[str, float]) -> None:
        self._spent = spent
        self._last = _worked_s()

    def lap(self, part: str) -> None:
        now = _worked_s()
        self._spent[part] += now - self._last
        self._last = now


def web_pages(made: list[Story]) -> dict[str, float]:
    """Milliseconds a page: our reading of it, whole, and trafilatura alone with its default and with our options."""
    from trafilatura import bare_extraction

    pages = [_page(story) for story in made]
    raws = [page.encode() for page in pages]
    read_document(raws[0], name="a.html")
    ours = best_of_rounds(raws, lambda raw: read_document(raw, name="a.html"))
    whole = best_of_rounds(pages, lambda page: bare_extraction(page, with_metadata=True))
    fast = best_of_rounds(pages, lambda page: bare_extraction(page, fast=True, with_metadata=True, include_comments=False))
    mean = {"ours": ours, "trafilatura": whole, "trafilatura_fast": fast}
    return {f"html_{name}_ms": sum(seconds) / len(pages) * 1000 for name, seconds in mean.items()}


def _page(story: Story) -> str:
    """A news page as they are: much around, little inside."""
    links = "".join(f'<li><a href="/section/{n}">Section {n}</a></li>' for n in range(25))
    teasers = "".join(
        f'<div class="teaser"><a href="/article/{n}"><img src="/{n}.jpg" alt=""><h3>Another report {n}</h3>'
        f"<p>A few words about it, and then some more.</p></a></div>"
        for n in range(30)
    )
    paragraphs = "".join(f"<p>{escape(part)}</p>" for part in story.text.split("\n\n"))
    script = "window.data = {" + ",".join(f'"key{n}": {n}' for n in range(200)) + "};"
    return (
        f'<!DOCTYPE html><html lang="{story.language}"><head><meta charset="utf-8"><title>{escape(story.title)} | Paper</title>'
        f'<meta property="og:title" content="{escape(story.title)}"><meta property="og:site_name" content="Paper">'
        f'<meta property="article:published_time" content="2025-03-0{1 + story.day % 9}T08:00:00Z"><script>{script}</script>'
        f"</head><body><header><nav><ul>{links}</ul></nav></header><main><article><h1>{escape(story.title)}</h1>"
        f'<p class="byline">By the newsroom</p>{paragraphs}</article><aside>{teasers}</aside></main>'
        f"<footer><ul>{links}</ul><p>All rights reserved.</p></footer></body></html>"
    )
