"""`verbatim brief …`: what is new; the briefs of every channel, listed, shown, and written as pages and feeds."""

from __future__ import annotations

from pathlib import Path
from typing import TYPE_CHECKING

import click

from bot.console import echo, failures_in_words, language_option, renderer_for, settings_of, show_json

if TYPE_CHECKING:
    from bot.library.brief_store import BriefRecord
    from bot.settings import Settings


@click.group(invoke_without_command=True, short_help="What is new; earlier briefs.")
@click.option("--json", "as_json", is_flag=True, help="Print the brief as JSON.")
@click.option("--preview", is_flag=True, help="Show it without counting it as delivered.")
@click.option("--last", is_flag=True, help="Show the last brief again.")
@language_option()
@click.pass_context
def brief(context: click.Context, *, as_json: bool, preview: bool, last: bool, lang: str) -> None:
    """What is new since the last brief, one entry a story, newest facts first.

    \b
    verbatim brief
    verbatim brief --preview --json
    verbatim brief list --channel discord:81:42
    verbatim brief show 17
    verbatim brief export pages/
    """
    if context.invoked_subcommand is not None:
        return
    with failures_in_words():
        settings = settings_of(context)
        import asyncio

        from bot.commands import brief_command

        made = asyncio.run(brief_command(settings, keep=not preview and not last, last=last))
        if as_json:
            from bot.chat.plain_data import brief_data

            show_json(brief_data(made))
            return
        from bot.session.telling import brief_text

        echo(brief_text(made, settings, renderer_for(settings), lang), settings)


_CHANNEL = click.option("--channel", default="", help="Only channels whose key holds this: terminal, discord:81:42.")


@brief.command("list")
@_CHANNEL
@click.option("-n", "--count", type=click.IntRange(1, 1000), default=10, show_default=True, help="How many of each.")
@click.option("--json", "as_json", is_flag=True, help="Print them as JSON.")
@click.pass_context
def list_briefs(context: click.Context, channel: str, count: int, *, as_json: bool) -> None:
    """The briefs that were told, the last one first, channel by channel."""
    with failures_in_words():
        settings = settings_of(context)
        import asyncio

        from bot.commands import briefs_told, record_data, record_line

        found = asyncio.run(briefs_told(settings, channel, count))
        if as_json:
            show_json([record_data(record) for record in found])
            return
        shown = ""
        for record in found:
            if record.key != shown:
                shown = record.key
                echo(record.key.removeprefix("brief:"), settings)
            echo(f"  {record_line(record, settings)}", settings)
        if not found:
            whose = f" of “{channel}”" if channel else ""
            echo(f"No brief{whose} has been told yet.", settings)


@brief.command("show")
@click.argument("number", type=int, required=False)
@_CHANNEL
@click.option("--markdown", "as_markdown", is_flag=True, help="Print it as Markdown.")
@click.option("--html", "as_html", is_flag=True, help="Print it as an HTML page.")
@click.option("--json", "as_json", is_flag=True, help="Print it as JSON.")
@language_option()
@click.pass_context
def show(
    context: click.Context,
    number: int | None,
    channel: str,
    *,
    as_markdown: bool,
    as_html: bool,
    as_json: bool,
    lang: str,
) -> None:
    """A brief as it was frozen: by its NUMBER from `verbatim brief list`, else the last one of a channel."""
    with failures_in_words():
        settings = settings_of(context)
        import asyncio

        from bot.commands import brief_record, brief_written

        if as_markdown or as_html:
            echo(asyncio.run(brief_written(settings, number, channel, as_html=as_html)), settings)
            return
        record = asyncio.run(brief_record(settings, number, channel))
        _print(record, settings, lang, as_json=as_json)


@brief.command("export")
@click.argument("folder", type=click.Path(file_okay=False, path_type=Path))
@_CHANNEL
@click.option("-n", "--count", type=click.IntRange(1, 100_000), default=1000, show_default=True, help="Of each.")
@click.pass_context
def export(context: click.Context, folder: Path, channel: str, count: int) -> None:
    """Write briefs into FOLDER: for each channel its pages in HTML and Markdown, a list, and an Atom feed."""
    with failures_in_words():
        settings = settings_of(context)
        import asyncio

        from bot.commands import export_briefs

        channels, pages = asyncio.run(export_briefs(settings, folder, channel, count))
        echo(f"{pages} briefs of {channels} channels written to {folder}", settings)


def _print(record: BriefRecord, settings: Settings, lang: str, *, as_json: bool) -> None:
    from bot.briefs.brief import thawed_brief

    made = thawed_brief(record.body)
    if as_json:
        from bot.chat.plain_data import brief_data

        show_json(brief_data(made))
        return
    from bot.session.telling import brief_text

    echo(brief_text(made, settings, renderer_for(settings), lang), settings)
