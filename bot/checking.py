"""Tests what the bot needs, now: this machine, library, index, model, and each platform's tokens and rights.

Nothing is changed by it: an older library is told of, not brought up to date. Every test ends within a time of its own.
"""

from __future__ import annotations

import asyncio
import os
import shutil
import tempfile
from dataclasses import replace
from typing import TYPE_CHECKING, Final

from bot.app import database_url, index_root, seal_of
from bot.chat.findings import Finding, Verdict, suspicious_finding
from bot.domain import TERMINAL
from bot.errors import VerbatimError

if TYPE_CHECKING:
    from collections.abc import Sequence
    from pathlib import Path

    from bot.settings import Settings

LEAST_FREE: Final = 200_000_000  # bytes; a day of news is a few million
_PROBE: Final = 4_096  # bytes that are written to see whether writing works
_SIGN_OF_LIFE_S: Final = 90.0


async def examine(settings: Settings) -> list[Finding]:
    """Everything, as it stands before a bot runs or beside it."""
    from bot.heartbeat import age_s

    age = age_s(settings.data_dir)
    runs = Finding("running", Verdict.OPEN if age is None else _good(age <= _SIGN_OF_LIFE_S), _ago(age))
    return [runs, *await examine_machine(settings), *await examine_platforms(settings)]


async def examine_machine(settings: Settings) -> list[Finding]:
    """Disk, folders, library, index and model."""
    found = await asyncio.to_thread(_machine, settings)
    return [*found, *await examine_model(settings)]


async def examine_for_chat(settings: Settings) -> list[Finding]:
    """The same for admins of a workspace, who need not be the owners of this machine: no path, no address of it."""
    found = await examine_machine(settings)
    found = [one for one in found if one.key != "suspicious"]  # who asks is told of what may be seen there
    return [replace(one, facts=one.facts if one.key in _OUTSIDE else "", where="") for one in _once_a_key(found)]


_OUTSIDE: Final = frozenset(("disk-space", "library", "index", "embedding"))  # their facts name nothing of the machine


def _once_a_key(findings: Sequence[Finding]) -> list[Finding]:
    """The worst of each key: several servers of models are one model to who asks."""
    order = (Verdict.BAD, Verdict.GOOD, Verdict.OPEN)
    worst: dict[str, Finding] = {}
    for one in findings:
        known = worst.get(one.key)
        if known is None or order.index(one.verdict) < order.index(known.verdict):
            worst[one.key] = one
    return list(worst.values())


def _machine(settings: Settings) -> list[Finding]:
    return [*_disk(settings.data_dir), _seeds(settings.seeds_dir), *_library(settings)]


def _disk(folder: Path) -> list[Finding]:
    there = folder
    while not there.exists() and there != there.parent:  # before the first start it is not there yet
        there = there.parent
    try:
        free = shutil.disk_usage(there).free
    except OSError as error:
        return [Finding("disk-space", Verdict.BAD, error.strerror or "")]
    space = Finding("disk-space", _good(free >= LEAST_FREE), f"{free / 1e9:.1f} GB")
    return [space, _writes(there)]


def _writes(folder: Path) -> Finding:
    """Writes a file to the end and takes it away again: a right that is there may still meet a full disk."""
    try:
        descriptor, name = tempfile.mkstemp(prefix=".check-", dir=folder)
        try:
            os.write(descriptor, bytes(_PROBE))
            os.fsync(descriptor)
        finally:
            os.close(descriptor)
            os.unlink(name)  # noqa: PTH108 - beside os.open's kin
    except OSError as error:
        return Finding("disk-write", Verdict.BAD, error.strerror or "")
    return Finding("disk-write", Verdict.GOOD)


def _seeds(folder: Path) -> Finding:
    readable = folder.is_dir() and os.access(folder, os.R_OK | os.X_OK)
    return Finding("seeds", _good(readable), "" if readable else str(folder))


def _library(settings: Settings) -> list[Finding]:
    """The tables' revision, and how far the index is behind them."""
    from bot.library import engines, revisions
    from bot.library.addresses import sqlite_path
    from bot.library.faults import in_our_words

    url = database_url(settings)
    path = sqlite_path(url)
    if path is not None and not path.exists():
        return [Finding("library", Verdict.OPEN), Finding("index", Verdict.OPEN)]
    try:
        with in_our_words():
            engine = engines.open_sync(url)
            try:
                with engine.connect() as connection:
                    stored = engines.stored_revision(connection)
            finally:
                engine.dispose()
        if stored is None:
            return [Finding("library", Verdict.OPEN), Finding("index", Verdict.OPEN)]
        if revisions.needs_upgrade(stored):
            facts = f"{stored} < {revisions.HEAD}"
            return [Finding("library", Verdict.BAD, facts), Finding("index", Verdict.OPEN)]
    except VerbatimError as error:
        key = error.code if error.code in ("library-newer", "library-damaged") else "library-unread"
        return [Finding(key, Verdict.BAD, error.code), Finding("index", Verdict.OPEN)]
    found = [Finding("library", Verdict.GOOD, stored), _index(settings, url), *_embedding(settings, url)]
    return [*found, *_suspicious(url)]


def _embedding(settings: Settings, url: str) -> list[Finding]:
    """How far the library is embedded; nothing where there is no embedder."""
    from bot.meaning import progress

    try:
        found = progress(settings, url)
    except VerbatimError as error:
        return [Finding("embedding", Verdict.BAD, error.code)]
    if found is None:
        return []
    facts = f"{found.passages:,} / -{found.changes - found.followed:,} = {found.percent} %"
    return [Finding("embedding", Verdict.GOOD, facts)]


def _suspicious(url: str) -> list[Finding]:
    from bot.library.opening import open_desk

    try:
        desk = open_desk(url)
        try:
            return [suspicious_finding(desk, TERMINAL)]
        finally:
            desk.close()
    except VerbatimError:  # what is wrong with the library is said already
        return []


def _index(settings: Settings, url: str) -> Finding:
    from bot.library.opening import open_desk
    from bot.library.search_index import SearchIndex

    root = index_root(settings)
    if not root.exists():
        return Finding("index", Verdict.OPEN)
    try:
        desk = open_desk(url)
        try:
            newest = desk.newest_seq()
        finally:
            desk.close()
        index = SearchIndex(root)
        try:
            known, passages = index.watermark(), index.passage_count()
        finally:
            index.close()
    except VerbatimError as error:
        return Finding("index", Verdict.BAD, error.code)
    return Finding("index", _good(known <= newest), f"{passages:,}, {max(0, newest - known):,}")


async def embedded_percent(settings: Settings) -> int | None:
    """How much of the library is embedded; None where there is no embedder, or that cannot be told."""
    from bot.meaning import progress

    try:
        found = await asyncio.to_thread(progress, settings, database_url(settings))
    except VerbatimError:  # the check says what is wrong
        return None
    return found.percent if found else None


async def examine_model(settings: Settings) -> list[Finding]:
    """What the model's servers can do, when there are any."""
    if not (settings.model_url or settings.embedding_url):
        return [Finding("model", Verdict.OPEN)]
    from bot.language_model.capabilities import endpoint_report
    from bot.language_model.opening import setup_of

    try:
        setup = setup_of(settings)
    except VerbatimError as error:
        return [Finding("model", Verdict.BAD, error.person, mend="model-settings")]
    embedders = [setup.embedder] if setup.embedder else []
    report = await endpoint_report(
        setup.endpoints, embedders, prices=setup.prices, thinking_tokens=setup.thinking_tokens
    )
    verdicts = {"ok": Verdict.GOOD, "note": Verdict.OPEN, "failed": Verdict.BAD}
    return [
        Finding("model", verdicts[one.verdict], f"{one.check}: {one.detail}", one.endpoint, _mending(one.mend))
        for one in report
    ]


def _mending(kind: str) -> str:
    return f"model-{kind}" if kind else ""


async def examine_platforms(settings: Settings) -> list[Finding]:
    """Tokens, scopes, rights and connections, by clients of their own: no bot need run."""
    found: list[Finding] = []
    if settings.discord_token:
        found += await _discord(settings)
    if settings.slack_client_id:
        found += await _several_slacks(settings)
    elif settings.slack_bot_token:
        found += await _slack(settings)
    if not found:
        found.append(Finding("chat", Verdict.OPEN))  # the terminal is enough for who wants no more
    return found


async def _discord(settings: Settings) -> list[Finding]:
    import aiohttp
    from discord import HTTPException, LoginFailure
    from discord.http import HTTPClient, Route

    from bot.chat.discord.insight import DiscordInsight

    Route.BASE = settings.discord_api  # discord.py knows no other way
    http = HTTPClient(asyncio.get_running_loop(), max_ratelimit_timeout=30.0)
    try:
        me = await http.static_login(settings.discord_token.reveal())
    except (LoginFailure, ValueError):
        return [Finding("discord-token", Verdict.BAD)]
    except (HTTPException, aiohttp.ClientError, OSError, TimeoutError) as error:
        return [Finding("discord-reach", Verdict.BAD, type(error).__name__)]
    else:
        return await DiscordInsight(http, lambda: int(me["id"])).findings("")
    finally:
        await http.close()


async def _several_slacks(settings: Settings) -> list[Finding]:
    """What the app needs, then each workspace that has installed it, by its own token."""
    from bot.chat.slack.installations import Installations
    from bot.library.opening import open_store
    from bot.library.sql_installation_store import SqlInstallationStore

    needed = ("slack_client_secret", "slack_signing_secret", "slack_http_port", "slack_address")
    missing = ", ".join(key for key in needed if not getattr(settings, key))
    if missing:
        return [Finding("slack-several", Verdict.BAD, missing)]
    library, *_ = await asyncio.to_thread(_library, settings)
    if library.verdict is not Verdict.GOOD:  # opening it would bring it up to date
        return [Finding("slack-several", Verdict.OPEN)]
    try:
        seal = seal_of(settings)
        store = await open_store(database_url(settings))
    except VerbatimError as error:
        return [Finding("slack-several", Verdict.BAD, error.code)]
    async with store:
        kept = SqlInstallationStore(store.transactions)
        every = len(await kept.everywhere())
        read = await Installations(kept, seal).everywhere()
    found = [Finding("slack-several", _good(len(read) == every), f"{len(read)}/{every}")]
    for one in read:
        found += await _slack(settings, one.bot_token or "", one.team_name or one.team_id or "")
    return found


async def _slack(settings: Settings, token: str = "", team: str = "") -> list[Finding]:
    import aiohttp
    from slack_sdk.web.async_client import AsyncWebClient

    from bot.chat.slack.insight import SlackInsight

    async with aiohttp.ClientSession(timeout=aiohttp.ClientTimeout(total=30)) as session:
        client = AsyncWebClient(token or settings.slack_bot_token.reveal(), settings.slack_api, session=session)
        insight = SlackInsight(
            client, app_token=settings.slack_app_token.reveal(), signed=bool(settings.slack_signing_secret),
            by_http=bool(settings.slack_http_port),
        )  # fmt: skip
        found = await insight.findings("")
    return [replace(one, where=" ".join(part for part in (team, one.where) if part)) for one in found]


def all_well(findings: Sequence[Finding]) -> bool:
    return all(one.verdict is not Verdict.BAD for one in findings)


def _good(well: bool) -> Verdict:
    return Verdict.GOOD if well else Verdict.BAD


def _ago(age_s: float | None) -> str:
    return "" if age_s is None else f"{age_s:.0f} s"
