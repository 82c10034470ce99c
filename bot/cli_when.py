"""The command `verbatim when`."""

from __future__ import annotations

from datetime import UTC, datetime
from typing import TYPE_CHECKING, Any

import click

from bot.console import echo, failures_in_words, language_option, settings_of, show_json

if TYPE_CHECKING:
    from bot.schedule.calendar import Intent, Occurrence
    from bot.settings import Settings


@click.command(short_help="When a brief would come, and why then.")
@click.argument("time", nargs=-1, required=True)
@click.option("-n", "--count", type=click.IntRange(1, 1000), default=5, show_default=True, help="How many.")
@click.option("--zone", default="", help="Zone of a time that names none; default: the settings', or the machine's.")
@click.option("--skip", multiple=True, help="A day without one: 2026-12-24, or 2026-12-24=holiday.")
@click.option("--quiet", help="Quiet hours, such as 22:00-07:00.")
@click.option("--quiet-mode", type=click.Choice(["hold", "drop"]), default="hold", show_default=True)
@click.option("--after", type=click.DateTime(["%Y-%m-%d", "%Y-%m-%dT%H:%M"]), help="Look from this UTC time, not now.")
@language_option()
@click.option("--json", "as_json", is_flag=True, help="Print them as JSON.")
@click.pass_context
def when(
    context: click.Context,
    time: tuple[str, ...],
    count: int,
    zone: str,
    skip: tuple[str, ...],
    quiet: str | None,
    quiet_mode: str,
    after: datetime | None,
    lang: str,
    *,
    as_json: bool,
) -> None:
    """When a brief at TIME would come: the next times with their UTC offsets, and why each is when it is.

    \b
    verbatim when "07:30 Mon-Fri Europe/Berlin"
    verbatim when werktags 7.30 Wien --quiet 22:00-07:00
    verbatim when daily 02:30 -n 200 --json
    """
    with failures_in_words():
        settings = settings_of(context)
        from bot.schedule.calendar import QuietMode, SkippedDay, outlook
        from bot.schedule.wording import read_day, read_quiet, read_time

        days = [one.partition("=") for one in skip]
        intent = read_time(
            " ".join(time),
            zone=zone or _own_zone(settings),
            skip=tuple(SkippedDay(read_day(day), why) for day, _, why in days),
            quiet=read_quiet(quiet, QuietMode(quiet_mode)) if quiet else None,
        )
        told = outlook(intent, after.replace(tzinfo=UTC) if after else datetime.now(UTC), count)
        language = lang or settings.language or "en"
        if as_json:
            show_json(_data(intent, told, language))
            return
        echo("\n".join(_lines(intent, told, language)), settings)


def _lines(intent: Intent, told: list[Occurrence], language: str) -> list[str]:
    from bot.schedule.telling import in_words, local_time, why

    lines = [in_words(intent, language)]
    for one in told:
        time = local_time(one, language)
        reason = why(one, language)
        lines.append(f"  {time:<27}" + (f"  {reason}" if reason else ""))
    if not any(one.fires for one in told):
        german = language == "de"
        lines.append("  In den nächsten zwei Jahren nie." if german else "  Never in the next two years.")
    return [line.rstrip() for line in lines]


def _data(intent: Intent, told: list[Occurrence], language: str) -> dict[str, Any]:
    from bot.schedule.telling import in_words, offset, why

    return {
        "time": in_words(intent, language),
        "zone": intent.zone,
        "next": [
            {
                "fires": one.fires,
                "at": f"{one.at:%Y-%m-%dT%H:%M:%SZ}" if one.fires else None,
                "local": one.local.strftime("%Y-%m-%dT%H:%M") if one.fires else None,
                "offset": offset(one.local.utcoffset()) if one.fires else None,
                "day": one.day.isoformat(),
                "wanted": f"{one.wanted:%H:%M}",
                "reason": str(one.reason),
                "why": why(one, language),
            }
            for one in told
        ],
    }


def _own_zone(settings: Settings) -> str:
    """The settings' time zone, or the machine's as far as its name is known, or UTC."""
    import os
    from pathlib import Path

    named = settings.timezone or os.environ.get("TZ", "").lstrip(":")
    if not named:
        _, found, named = str(Path("/etc/localtime").resolve()).partition("/zoneinfo/")
        named = named if found else ""
    from zoneinfo import available_timezones

    return named if named in available_timezones() else "UTC"
