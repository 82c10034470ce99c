"""The commands `verbatim model …`: what the language model was asked and did cost, and who brings a model."""

from __future__ import annotations

import asyncio
import sys
from contextlib import asynccontextmanager, closing
from datetime import UTC, datetime
from pathlib import Path
from typing import TYPE_CHECKING, Any

import click

from bot.console import echo, failures_in_words, settings_of, show_json

if TYPE_CHECKING:
    from collections.abc import AsyncIterator

    from bot.language_model.port import CallRow
    from bot.library.sql_model_store import SqlOwnModelStore
    from bot.library.sql_store import SqlStore
    from bot.settings import Settings

_FILE = click.Path(exists=True, dir_okay=False, path_type=Path)
_JSON = click.option("--json", "as_json", is_flag=True, help="Print it as JSON.")


@click.group(short_help="What the language model did and cost.")
def model() -> None:
    """What the language model was asked and did cost; models that workspaces bring. `verbatim check` tests the servers.

    \b
    verbatim model calls -n 20
    verbatim model budget
    verbatim model embed
    verbatim model own set slack-T0123 --url https://api.openai.com/v1 --name gpt-4.1-mini
    """


@model.command("calls")
@click.option("-n", "--count", type=click.IntRange(1, 10_000), default=20, show_default=True, help="How many.")
@click.option("--workspace", help="Only those for this workspace, such as discord-123.")
@click.option("--text", is_flag=True, help="With their words, where debug_model_text kept them.")
@_JSON
@click.pass_context
def calls(context: click.Context, count: int, workspace: str | None, *, text: bool, as_json: bool) -> None:
    """The last requests, newest first."""
    with failures_in_words():
        settings = settings_of(context)

        async def read() -> list[CallRow]:
            from bot.library.sql_model_store import SqlModelStore

            async with _library(settings) as store:
                return await SqlModelStore(store.transactions).calls(workspace=workspace, limit=count)

        rows = [_shown(row, text=text) for row in asyncio.run(read())]
        if as_json:
            show_json(rows)
            return
        if not rows:
            echo("No model has been asked yet.", settings)
        for row in rows:
            tokens = f"{row['tokens_in']:>6} in {row['tokens_out']:>5} out"
            told = f"{row['at'][:19]}  {row['task']:<16} {row['verdict']:<9} {tokens}"
            cost = f"  {row['cost']}" if row["cost"] != "0" else ""
            echo(f"{told}  {row['seconds']:>5.1f} s{cost}  {row['model']}  {row['prompt']}", settings)
            if row.get("said"):
                echo(f"    {row['said']}", settings)


def _shown(row: CallRow, *, text: bool) -> dict[str, Any]:
    from bot.language_model.costs import money

    call, end = row.call, row.end
    shown: dict[str, Any] = {
        "at": call.at.isoformat(), "task": call.task, "prompt": call.prompt, "model": call.model,
        "endpoint": call.endpoint, "workspace": call.payer.workspace, "channel": call.payer.channel,
        "person": call.payer.person, "verdict": str(end.verdict) if end else "asked", "code": end.code if end else "",
        "tokens_in": end.tokens_in if end else 0, "tokens_out": end.tokens_out if end else 0,
        "cost": f"{money(end.money).normalize():f}" if end else "0", "seconds": round(end.seconds, 3) if end else 0.0,
    }  # fmt: skip
    if text and end is not None and end.said:
        shown["said"] = end.said
    return shown


@model.command("budget")
@click.option("--workspace", default="", help="That of this workspace too, such as discord-123.")
@_JSON
@click.pass_context
def show_budget(context: click.Context, workspace: str, *, as_json: bool) -> None:
    """What of today's budget is used, and what the limits are."""
    with failures_in_words():
        settings = settings_of(context)
        from bot.language_model.budget import charges
        from bot.language_model.costs import money
        from bot.language_model.opening import setup_of
        from bot.language_model.port import Payer

        limits = setup_of(settings).limits
        counted = charges(Payer(workspace), limits, datetime.now(UTC))

        async def read() -> list[dict[str, Any]]:
            from bot.library.sql_model_store import SqlModelStore

            async with _library(settings) as store:
                spent = await SqlModelStore(store.transactions).spent(counted)
            return [
                {
                    "scope": charge.scope, "day": charge.day, "tokens": one.tokens, "most_tokens": charge.most_tokens,
                    "money": f"{money(one.money).normalize():f}",
                    "most_money": None if charge.most_money is None else f"{money(charge.most_money).normalize():f}",
                }
                for charge, one in zip(counted, spent, strict=True)
            ]  # fmt: skip

        rows = asyncio.run(read())
        if as_json:
            show_json(rows)
            return
        for row in rows:
            most = f" of {row['most_tokens']:,}" if row["most_tokens"] is not None else ", no limit"
            cost = f"; {row['money']}{' of ' + row['most_money'] if row['most_money'] else ''} spent"
            echo(f"{row['scope']:<10} {row['day']}  {row['tokens']:,} tokens{most}{cost}", settings)


@model.command("prompt")
@click.argument("prompt", default="")
@click.pass_context
def show_prompt(context: click.Context, prompt: str) -> None:
    """What models are told: the prompts in use now, or the one that goes by PROMPT, as receipts and calls name it.

    \b
    verbatim model prompt                      the prompts in use
    verbatim model prompt answer@1+3bfe523a    what was told then, whatever became of the file
    """
    with failures_in_words():
        settings = settings_of(context)
        from bot.language_model.prompt_files import TASKS, PromptFiles, prompt_folders

        files = PromptFiles(prompt_folders(settings.prompts_dir))
        in_use = {one.id: one.source for one in (files.current(task) for task in TASKS)}
        if not prompt:
            for name in in_use:
                echo(name, settings)
            return

        async def read() -> str | None:
            from bot.library.sql_model_store import SqlModelStore

            async with _library(settings) as store:
                return await SqlModelStore(store.transactions).prompt_template(prompt)

        template = in_use.get(prompt) or asyncio.run(read())
        if template is None:
            echo(f"No prompt that goes by {prompt[:80]} was ever used here.", settings)
            sys.exit(1)
        echo(template.rstrip(), settings)


@model.command("embed")
@click.pass_context
def embed(context: click.Context) -> None:
    """Embed now what was read and has no vector yet; a running bot does that by itself."""
    with failures_in_words():
        settings = settings_of(context)
        from bot.app import database_url
        from bot.meaning import has_embedder, progress

        if not has_embedder(settings):
            echo("No embedding model is set up: embedding_url or embedding_path names one.", settings)
            sys.exit(1)
        url = database_url(settings)
        progress(settings, url)  # raises for what cannot be used

        asyncio.run(_embed(settings))
        found = progress(settings, url)
        percent, passages = (found.percent, found.passages) if found else (100, 0)
        beside = "" if percent == 100 else "; a running bot embeds the rest"
        echo(f"embedded: {percent} %, {passages:,} passages{beside}", settings)


async def _embed(settings: Settings) -> None:
    from bot.app import database_url, index_root
    from bot.library.opening import open_desk
    from bot.library.search_index import SearchIndex
    from bot.library.sql_model_store import SqlModelStore
    from bot.meaning import open_beyond

    async with _library(settings) as store:
        with closing(open_desk(database_url(settings))) as desk, closing(SearchIndex(index_root(settings))) as index:
            calls = SqlModelStore(store.transactions)
            async with open_beyond(settings, calls, desk, index, filling=False) as beyond:
                while beyond.feed is not None and await beyond.feed.step():
                    pass


@model.group("own")
def own_models() -> None:
    """Models that workspaces bring, at the hosts that model_workspace_hosts names."""


@own_models.command("list")
@_JSON
@click.pass_context
def list_own(context: click.Context, *, as_json: bool) -> None:
    """Who brings which. Keys are not shown."""
    with failures_in_words():
        settings = settings_of(context)

        async def read() -> list[dict[str, str]]:
            async with _library(settings) as store:
                found = await _own_store(settings, store).own_models()
            return [{"workspace": one.workspace, "url": one.url, "model": one.model} for one in found]

        rows = asyncio.run(read())
        if as_json:
            show_json(rows)
            return
        if not rows:
            echo("No workspace has brought a model.", settings)
        for row in rows:
            echo(f"{row['workspace']}  {row['model']}  {row['url']}", settings)


@own_models.command("set")
@click.argument("workspace")
@click.option("--url", required=True, help="Root of the server's API.")
@click.option("--name", required=True, help="The model.")
@click.option("--key-file", type=_FILE, help="File that holds the key.")
@click.pass_context
def set_own(context: click.Context, workspace: str, url: str, name: str, key_file: Path | None) -> None:
    """Let WORKSPACE (such as slack-T0123) be answered by its own model. The key is asked for, or read from a file."""
    with failures_in_words():
        settings = settings_of(context)
        from bot.language_model.opening import setup_of
        from bot.language_model.own_models import OwnModel, checked

        hosts = setup_of(settings).workspace_hosts
        checked(OwnModel(workspace, url, name), hosts)
        key = key_file.read_text("utf-8").strip() if key_file else _asked_key()
        own = OwnModel(workspace, url, name, key)
        checked(own, hosts)

        async def write() -> None:
            async with _library(settings) as store:
                await _own_store(settings, store).put_own_model(own, by="terminal", now=datetime.now(UTC))

        asyncio.run(write())
        echo(f"{workspace} is answered by {name} at {url}. A running bot notices within half a minute.", settings)


@own_models.command("remove")
@click.argument("workspace")
@click.pass_context
def remove_own(context: click.Context, workspace: str) -> None:
    """Let WORKSPACE be answered by the house's model again. Its key is deleted."""
    with failures_in_words():
        settings = settings_of(context)

        async def write() -> bool:
            async with _library(settings) as store:
                return await _own_store(settings, store).remove_own_model(workspace)

        if not asyncio.run(write()):
            echo(f"{workspace} brings no model of its own.", settings)
            sys.exit(1)
        echo(f"{workspace} is answered by the house's model again.", settings)


def _asked_key() -> str:
    """The key as somebody types it, unseen, or as it comes through a pipe."""
    if sys.stdin.isatty():
        key: str = click.prompt("Key", hide_input=True)
        return key.strip()
    return sys.stdin.readline().strip()


@asynccontextmanager
async def _library(settings: Settings) -> AsyncIterator[SqlStore]:
    from bot.app import database_url, require_writable
    from bot.library.opening import open_store

    require_writable(settings.data_dir)
    async with await open_store(database_url(settings)) as store:
        yield store


def _own_store(settings: Settings, store: SqlStore) -> SqlOwnModelStore:
    from bot.app import seal_of
    from bot.library.sql_model_store import SqlOwnModelStore

    return SqlOwnModelStore(store.transactions, seal_of(settings))
