"""`verbatim check`: everything that has to be right, tested now, each with what mends it."""

from __future__ import annotations

import sys

import click

from bot.console import echo, failures_in_words, language_option, settings_of, show_json


@click.command(short_help="What is wrong, and what mends it.")
@click.option("--json", "as_json", is_flag=True, help="Print what was found as JSON.")
@language_option("Language of what is said.")
@click.pass_context
def check(context: click.Context, *, as_json: bool, lang: str) -> None:
    """Test tokens, scopes, rights in every channel, clock, disk, library, index and model; exit 1 when one is wrong.

    \b
    verbatim check                   before the first start, or beside a running bot
    verbatim check --json | jq '.[] | select(.verdict == "fail")'
    """
    import asyncio

    with failures_in_words():
        settings = settings_of(context)
        from bot.checking import all_well, examine

        found = asyncio.run(examine(settings))
        language = lang or settings.language or "en"
        if as_json:
            show_json([one.data(language) for one in found])
        else:
            for one in found:
                echo(one.line(language), settings)
    sys.exit(0 if all_well(found) else 1)
