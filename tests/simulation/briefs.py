"""Drop documents one after the other in the order of their days, and print the brief after each.

    python -m tests.simulation.briefs FOLDER [--date NAME=2031-05-01 …] [--language de] [--json]

The days come from `--date`, else from a date at the head of a file's name, else from the document itself. Files of one
day come together. What has no day comes first, and is said to have none.
"""

from __future__ import annotations

import asyncio
import re
import tempfile
from collections import defaultdict
from collections.abc import AsyncIterator, Mapping, Sequence
from datetime import UTC, date, datetime, time
from pathlib import Path

import click

from bot.app import App, open_app
from bot.briefs.brief import Brief, told_documents
from bot.briefs.briefing import BriefAsk, Briefing
from bot.chat.terminal.rendering import Renderer
from bot.documents.reading import read_document
from bot.domain import EVERYONE, TERMINAL
from bot.errors import Unreadable
from bot.session.telling import brief_text
from bot.settings import load_settings

_IN_ITS_NAME = re.compile(r"(\d{4}-\d\d-\d\d)")


def day_of(file: Path) -> date | None:
    """When a document was published: as its name says, else as it says itself."""
    named = _IN_ITS_NAME.match(file.name)
    if named:
        return date.fromisoformat(named.group(1))
    try:
        draft = read_document(file.read_bytes(), name=file.name, modified_at=None, max_bytes=20_000_000)
    except Unreadable:
        return None
    return draft.published.known_day


async def briefs_of(
    batches: Sequence[tuple[datetime, Sequence[tuple[str, bytes]]]], folder: Path, *, language: str = "en"
) -> AsyncIterator[tuple[App, datetime, Sequence[str], Brief]]:
    """Hand over each batch of (name, bytes) and make the brief after it, as a terminal would be told."""
    settings = load_settings({"data_dir": folder / "data", "seeds_dir": folder / "seeds", "language": language}, env={})
    async with open_app(settings, may_pack=False) as app:
        briefing = Briefing(app.desk)
        after, since = 0, None
        told: frozenset[int] = frozenset()
        for at, files in batches:
            for name, raw in files:
                await app.intake.hand_over(raw, name, EVERYONE)
            ask = BriefAsk(
                TERMINAL, after_seq=after, since=since, now=at, language=language, length="long", told=told
            )
            brief = await asyncio.to_thread(briefing.make, ask)
            yield app, at, [name for name, _ in files], brief
            after, since, told = brief.to_seq, at, told | set(told_documents(brief))


def batches_of(folder: Path, days: Mapping[str, date]) -> list[tuple[datetime, list[tuple[str, bytes]]]]:
    """The files of a folder by their days; those without a day first."""
    by_day: dict[date, list[tuple[str, bytes]]] = defaultdict(list)
    for file in sorted(path for path in folder.iterdir() if path.is_file()):
        day = next((one for name, one in days.items() if file.name.startswith(name)), None) or day_of(file)
        by_day[day or date(1970, 1, 1)].append((file.name, file.read_bytes()))
    return [(datetime.combine(day, time(9), UTC), by_day[day]) for day in sorted(by_day)]


async def _print(folder: Path, days: Mapping[str, date], language: str, as_json: bool) -> None:
    from bot.chat.plain_data import brief_data

    with tempfile.TemporaryDirectory(prefix="verbatim-briefs-", ignore_cleanup_errors=True) as made:
        async for app, at, names, brief in briefs_of(batches_of(folder, days), Path(made), language=language):
            when = at.date().isoformat() if at.year > 1970 else "without a day"
            click.echo(f"\n=== {when}: {', '.join(names)}\n")
            if as_json:
                import json

                click.echo(json.dumps(brief_data(brief), ensure_ascii=False, indent=1))
            else:
                click.echo(brief_text(brief, app.settings, Renderer(), language))


@click.command(help=__doc__)
@click.argument("folder", type=click.Path(exists=True, file_okay=False, path_type=Path))
@click.option("--date", "dates", multiple=True, help="NAME=2031-05-01: the day of the files whose names begin so.")
@click.option("--language", default="en", show_default=True)
@click.option("--json", "as_json", is_flag=True)
def main(folder: Path, dates: Sequence[str], language: str, as_json: bool) -> None:
    days = {name: date.fromisoformat(day) for name, _, day in (one.partition("=") for one in dates)}
    asyncio.run(_print(folder, days, language, as_json))


if __name__ == "__main__":
    main()
