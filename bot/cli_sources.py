"""The commands `verbatim sources …` and `verbatim why`."""

from __future__ import annotations

import asyncio
import sys
from collections.abc import Awaitable, Callable
from datetime import UTC, datetime, timedelta
from pathlib import Path
from typing import TYPE_CHECKING, Any, Final, TypeVar

import click

from bot.console import echo, failures_in_words, renderer_for, settings_of, show_json

if TYPE_CHECKING:
    from bot.library.source_store import Choices
    from bot.settings import Settings
    from bot.source_lines import SourceLines
    from bot.sourcing.adding import Addition
    from bot.sourcing.use_cases import Sourcing
    from bot.sourcing.views import SourceView

T = TypeVar("T")

NO: Final = 3
_STATES = ("active", "paused", "failing", "resting")
_JSON = click.option("--json", "as_json", is_flag=True, help="Print the outcome as JSON.")
_FOR: Final = {"m": 60, "h": 3_600, "d": 86_400, "w": 604_800}


@click.group(short_help="Feeds and pages that are followed.")
def sources() -> None:
    """Feeds and pages that are followed: add, try, list, pause, remove them.

    \b
    verbatim sources add https://www.example.org
    verbatim sources list --state failing
    verbatim sources test https://www.example.org/feed
    A source is named by its number (#7), its address, or its title.
    """


def _choices(command: Callable[..., Any]) -> Callable[..., Any]:
    """The options by which people choose how a source is followed."""
    for option in (
        click.option("--name", help="What to call it here."),
        click.option("--keep", multiple=True, help="Only items with one of these words or phrases."),
        click.option("--drop", multiple=True, help="No items with any of these words or phrases."),
        click.option("--lang", multiple=True, help="Only items in these languages (de, en, …)."),
        click.option("--full/--teasers", default=None, help="Follow teasers to their articles, or do not."),
    ):
        command = option(command)
    return command


def _chosen(before: Choices, given: dict[str, Any]) -> Choices:
    """The choices with what was typed in their place; an empty word clears a list."""
    from dataclasses import replace

    changed: dict[str, Any] = {}
    if given["name"] is not None:
        changed["title"] = given["name"]
    if given["full"] is not None:
        changed["full_articles"] = given["full"]
    for option, field in (("keep", "keep"), ("drop", "drop"), ("lang", "languages")):
        if given[option]:
            words = [word for text in given[option] for word in text.split(",")]
            changed[field] = tuple(word.strip() for word in words if word.strip())
    return replace(before, **changed)


@sources.command("add")
@click.argument("address")
@_choices
@click.option("--page", "kind", flag_value="page", help="Watch the page itself.")
@click.option("--feed", "kind", flag_value="feed", help="It is a feed; do not look for others.")
@click.option("--pick", type=click.IntRange(1), help="Of the feeds that the page offers, take this one.")
@click.option("--anyway", is_flag=True, help="Add it although it cannot be read now.")
@_JSON
@click.pass_context
def add_source(
    context: click.Context,
    /,
    address: str,
    kind: str | None,
    pick: int | None,
    *,
    anyway: bool,
    as_json: bool,
    **given: Any,
) -> None:
    """Add a feed, or a page to watch. The address of a site is looked through for its feeds, which are offered.

    \b
    verbatim sources add https://www.example.org --pick 1
    verbatim sources add https://www.example.org/press --page --keep budget --keep "city council"
    """

    async def work(sourcing: Sourcing) -> Addition:
        from bot.domain import SourceKind
        from bot.library.source_store import Choices

        choices = _chosen(Choices(), given)
        wanted = SourceKind(kind) if kind else None
        added = await sourcing.add(address, kind=wanted, choices=choices, anyway=anyway)
        number = pick
        if added.offers and number is None and not as_json and sys.stdin.isatty():
            lines = _lines(settings_of(context))
            click.echo("\n".join([added.reason, *lines.offers(added)]))
            number = click.prompt("Which one (0: none)", type=click.IntRange(0, len(added.offers)), default=1)
        if added.offers and number:
            if number > len(added.offers):
                raise click.UsageError(f"Only {len(added.offers)} are offered.")
            offer = added.offers[number - 1]
            added = await sourcing.add(offer.address, kind=offer.kind, choices=choices, anyway=anyway)
        return added

    from bot.sourcing.adding import Added

    added = _with_sourcing(context, work)
    _say(context, added, lambda lines: lines.added(added), as_json=as_json)
    sys.exit({Added.ADDED: 0, Added.KNOWN: 0, Added.OFFERED: NO, Added.FAILED: 1}[added.outcome])


@sources.command("list")
@click.option("--state", type=click.Choice(["all", *_STATES]), default="all", show_default=True)
@_JSON
@click.pass_context
def list_sources(context: click.Context, state: str, *, as_json: bool) -> None:
    """The sources with their states; what fails, with its reason and what to do."""

    async def work(sourcing: Sourcing) -> tuple[SourceView, ...]:
        from bot.sources.source_health import SourceState

        return await sourcing.list(states=() if state == "all" else (SourceState(state),))

    views = _with_sourcing(context, work)

    def told(lines: SourceLines) -> list[str]:
        if not views:
            none = "No sources yet. `verbatim sources add ADDRESS` adds one." if state == "all" else f"None is {state}."
            return [none]
        return [line for view in views for line in lines.source(view)]

    _say(context, views, told, as_json=as_json)


@sources.command("show")
@click.argument("source")
@_JSON
@click.pass_context
def show_source(context: click.Context, source: str, *, as_json: bool) -> None:
    """All that is known of one source, and what happened to it lately."""
    shown = _with_sourcing(context, lambda sourcing: sourcing.show(source))
    _say(context, shown, lambda lines: lines.shown(shown), as_json=as_json)


@sources.command("test")
@click.argument("address")
@click.option("--page", is_flag=True, help="As a page that is watched.")
@_JSON
@click.pass_context
def test_source(context: click.Context, address: str, *, page: bool, as_json: bool) -> None:
    """Ask an address or a source once: the HTTP result, the parser, the items, a sample card. Stores nothing."""
    trial = _with_sourcing(context, lambda sourcing: sourcing.test(address, watch=page))
    _say(context, trial, lambda lines: lines.trial(trial), as_json=as_json)
    sys.exit(0 if trial.ok else 1)


@sources.command("edit")
@click.argument("source")
@_choices
@_JSON
@click.pass_context
def edit_source(context: click.Context, /, source: str, *, as_json: bool, **given: Any) -> None:
    """Change how a source is followed. `--keep ""` clears a list."""

    async def work(sourcing: Sourcing) -> SourceView:
        shown = await sourcing.show(source)
        before = shown.source.choices
        cleared = {key: ("",) for key in ("keep", "drop", "lang") if given[key] == ("",)}
        return await sourcing.edit(source, _chosen(before, {**given, **cleared}))

    _say_view(context, _with_sourcing(context, work), as_json=as_json)


@sources.command("pause")
@click.argument("source")
@click.option("--for", "how_long", help="For how long: 90m, 12h, 1d, 1w; without, until it is resumed.")
@_JSON
@click.pass_context
def pause_source(context: click.Context, source: str, how_long: str | None, *, as_json: bool) -> None:
    """Ask a source for nothing, for a while or until it is resumed."""
    until = datetime.now(UTC) + _duration(how_long) if how_long else None
    view = _with_sourcing(context, lambda sourcing: sourcing.pause(source, until=until))
    _say_view(context, view, as_json=as_json)


@sources.command("resume")
@click.argument("source")
@_JSON
@click.pass_context
def resume_source(context: click.Context, source: str, *, as_json: bool) -> None:
    """End a pause or a rest: it is asked again at once."""
    _say_view(context, _with_sourcing(context, lambda sourcing: sourcing.resume(source)), as_json=as_json)


@sources.command("remove")
@click.argument("source")
@click.option("--documents", type=click.Choice(["keep", "erase"]), help="What becomes of its documents.")
@_JSON
@click.pass_context
def remove_source(context: click.Context, source: str, documents: str | None, *, as_json: bool) -> None:
    """Follow a source no longer. Quotes that were shown stay provable; ten minutes to undo."""
    if documents is None:
        if not sys.stdin.isatty():
            raise click.UsageError("Say what becomes of its documents: --documents keep or --documents erase.")
        documents = click.prompt("Its documents", type=click.Choice(["keep", "erase"]), default="keep")
    view = _with_sourcing(context, lambda sourcing: sourcing.remove(source, erase=documents == "erase"))

    def told(lines: SourceLines) -> list[str]:
        kept = "Its documents are kept." if documents == "keep" else "Its documents are found no longer."
        undo = f"verbatim sources undo {view.id}"
        return [f"Removed #{view.id}. {kept}", f"Until {lines.when(view.undo_until)} this brings it back: {undo}"]

    _say(context, view, told, as_json=as_json)


@sources.command("undo")
@click.argument("source")
@_JSON
@click.pass_context
def undo_remove(context: click.Context, source: str, *, as_json: bool) -> None:
    """Bring back a source that was just removed, its documents too."""
    _say_view(context, _with_sourcing(context, lambda sourcing: sourcing.undo_remove(source)), as_json=as_json)


@sources.command("release")
@click.argument("source")
@click.option("--as-known", is_flag=True, help="Pass the held items over instead of reading them as news.")
@_JSON
@click.pass_context
def release_held(context: click.Context, source: str, *, as_known: bool, as_json: bool) -> None:
    """Let go on what was held because the feed looked reset."""
    count = _with_sourcing(context, lambda sourcing: sourcing.release(source, as_known=as_known))
    became = "passed over as known" if as_known else "read as news from now on"
    _say(context, {"items": count}, lambda _: [f"{count} held items are {became}."], as_json=as_json)


@sources.command("post-last")
@click.argument("source")
@click.option("--count", type=click.IntRange(1, 100), default=10, show_default=True)
@_JSON
@click.pass_context
def post_last(context: click.Context, source: str, count: int, *, as_json: bool) -> None:
    """Announce the newest items that a source held when it was added: they are in the next brief."""
    documents = _with_sourcing(context, lambda sourcing: sourcing.post_last(source, limit=count))
    told = f"{len(documents)} documents are announced in the next brief."
    _say(context, {"documents": [one.id for one in documents]}, lambda _: [told], as_json=as_json)


@sources.command("import")
@click.argument("file", type=click.Path(exists=True, dir_okay=False, path_type=Path))
@_JSON
@click.pass_context
def import_sources(context: click.Context, file: Path, *, as_json: bool) -> None:
    """Add all of an OPML or CSV file, or of a list with one address a line."""
    from bot.sourcing.adding import Added

    raw = file.read_bytes()
    imported = _with_sourcing(context, lambda sourcing: sourcing.import_list(raw, file.name))
    _say(context, imported, lambda lines: lines.imported(imported), as_json=as_json)
    sys.exit(1 if all(one.outcome is Added.FAILED for one in imported) else 0)


@sources.command("export")
@click.option("--format", "format_", type=click.Choice(["opml", "csv", "txt"]), default="opml", show_default=True)
@click.option("-o", "--output", type=click.Path(dir_okay=False, path_type=Path), help="A file; else it is printed.")
@_JSON
@click.pass_context
def export_sources(context: click.Context, format_: str, output: Path | None, *, as_json: bool) -> None:
    """The list of sources, for another reader or another Verbatim."""
    content = _with_sourcing(context, lambda sourcing: sourcing.export_list(format_))
    if output is not None:
        output.write_bytes(content)
        _say(context, {"file": str(output)}, lambda _: [f"Written to {output}."], as_json=as_json)
    elif as_json:
        show_json({"format": format_, "content": content.decode("utf-8", "replace")})
    else:
        click.echo(content, nl=False)


@click.command(short_help="What became of an item, stage by stage.")
@click.argument("item")
@_JSON
@click.pass_context
def why(context: click.Context, item: str, *, as_json: bool) -> None:
    """What happened to an item of a source, stage by stage: ITEM is its link, or its document's number (#12) or name.

    \b
    verbatim why https://www.example.org/news/1
    """
    stories = _with_sourcing(context, lambda sourcing: sourcing.why(item))
    unseen = "No source has shown an item by that name yet."
    _say(context, stories, lambda lines: lines.why(stories) or [unseen], as_json=as_json)
    sys.exit(0 if stories else NO)


# -- inside ------------------------------------------------------------------------------------------------------------


def _with_sourcing(context: click.Context, work: Callable[[Sourcing], Awaitable[T]]) -> T:
    """Do work with an open library and a way to the web; an error of ours becomes a sentence and exit code 1."""

    async def done() -> T:
        from bot.app import open_sourcing

        async with open_sourcing(settings_of(context)) as sourcing:
            return await work(sourcing)

    with failures_in_words():
        return asyncio.run(done())


def _lines(settings: Settings) -> SourceLines:
    from bot.commands import local_zone
    from bot.source_lines import SourceLines

    return SourceLines(renderer_for(settings), local_zone(settings))


def _say(context: click.Context, value: object, told: Callable[[SourceLines], list[str]], *, as_json: bool) -> None:
    if as_json:
        import msgspec

        show_json(msgspec.to_builtins(value, str_keys=True))
        return
    settings = settings_of(context)
    echo("\n".join(told(_lines(settings))), settings)


def _say_view(context: click.Context, view: SourceView, *, as_json: bool) -> None:
    _say(context, view, lambda lines: lines.source(view), as_json=as_json)


def _duration(text: str) -> timedelta:
    """90m, 12h, 1d, 1w. Raises UsageError."""
    number, unit = text[:-1].strip(), text[-1:].lower()
    if not number.isascii() or not number.isdigit() or unit not in _FOR or int(number) * _FOR[unit] > 3_660 * 86_400:
        raise click.UsageError(f"“{text}” is no length of time; write 90m, 12h, 1d or 1w.")
    return timedelta(seconds=int(number) * _FOR[unit])
