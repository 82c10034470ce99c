"""A session at the terminal: what was read, the brief, then questions and new files until the person leaves.

Without a person behind it (a service, a container, a pipe that has ended) it runs on and announces what arrives.
"""

from __future__ import annotations

import asyncio
import contextlib
import logging
import os
import signal
import sys
import threading
from typing import TYPE_CHECKING

import click

from bot.app import ReadingRoom, open_app
from bot.briefs.card import make_card
from bot.chat.terminal.rendering import Renderer, printable
from bot.commands import PATIENCE_S, answer_and_keep, keep_receipt, local_zone, make_and_keep_brief
from bot.domain import TERMINAL
from bot.errors import VerbatimError
from bot.heartbeat import beat
from bot.intake import Happened
from bot.sources import folder

if TYPE_CHECKING:
    from bot.app import App
    from bot.briefs.brief import Brief
    from bot.intake import Event, Look
    from bot.settings import Settings

log = logging.getLogger(__name__)

PROMPT = "› "
_SETTLING_S = 0.06  # how soon a file that is still being written is looked at again


def brief_text(made: Brief, settings: Settings, renderer: Renderer, language: str = "") -> str:
    """A brief as it stands in the terminal."""
    zone = local_zone(settings)
    written = made.made_at.astimezone(zone).strftime("%Y-%m-%d %H:%M")
    since = made.since.astimezone(zone).strftime("%Y-%m-%d %H:%M") if made.since else ""
    return renderer.brief(
        made, language or settings.language or "en", when=written, since=since, folder=str(settings.seeds_dir)
    )


async def run_session(settings: Settings, renderer: Renderer, *, once: bool) -> int:
    """Run until the person leaves or a signal comes; returns the exit code. Raises VerbatimError at the start only."""
    async with open_app(settings) as app:
        session = Session(app, renderer)
        await session.begin(cards=once)
        if not once:
            await session.stay()
    return 0


class Session:
    """One run in one terminal."""

    def __init__(self, app: App, renderer: Renderer) -> None:
        self._app = app
        self._renderer = renderer
        self._stop = asyncio.Event()
        self._interactive = _somebody_types()
        self._waiting = False  # for input: the prompt stands on the line

    async def begin(self, *, cards: bool) -> None:
        """Read what is new, say what was read, and brief about it."""
        look = await self._first_look()
        self._say_looked(look)
        if cards:
            await self._announce(look.events)
        made = await make_and_keep_brief(self._app, keep=True)
        self._print("")
        self._print(brief_text(made, self._app.settings, self._renderer))

    async def stay(self) -> None:
        """Answer questions and announce files until told to stop."""
        loop = asyncio.get_running_loop()
        for number in (signal.SIGINT, signal.SIGTERM, signal.SIGHUP):
            with contextlib.suppress(NotImplementedError, ValueError):  # not in the main thread, or not on this system
                loop.add_signal_handler(number, self._stop.set)
        if self._interactive:
            hint = f"Ask a question, or drop a file into {self._app.settings.seeds_dir}. Ctrl-C ends."
            self._print(f"\n{hint}")
        questions: asyncio.Queue[str | None] = asyncio.Queue()
        _read_lines(loop, questions)
        async with asyncio.TaskGroup() as tasks:
            tasks.create_task(beat(self._app.settings.data_dir, self._stop))
            watching = tasks.create_task(self._watch())
            asking = tasks.create_task(self._answer(questions))
            await self._stop.wait()
            watching.cancel()
            asking.cancel()
        if self._interactive:
            click.echo("\nStopped. Everything read is kept.")

    # -- files ---------------------------------------------------------------------------------------------------------

    async def _first_look(self) -> Look:
        if not self._interactive or not sys.stderr.isatty():
            return await self._app.look(patience_s=PATIENCE_S)
        from rich.console import Console
        from rich.progress import BarColumn, MofNCompleteColumn, Progress, TextColumn

        columns = (TextColumn("reading"), BarColumn(), MofNCompleteColumn())
        with Progress(*columns, console=Console(stderr=True), transient=True) as bar:
            task = bar.add_task("reading", total=None)
            return await self._app.look(
                progress=lambda done, total: bar.update(task, completed=done, total=total), patience_s=PATIENCE_S
            )

    async def _watch(self) -> None:
        settings = self._app.settings
        async for _ in folder.changes(settings.seeds_dir, stop=self._stop, rescan_s=settings.poll_interval_s):
            while True:
                try:
                    look = await self._app.look()
                except VerbatimError as error:
                    # A full disk or a busy library passes; what was not taken in is found by the next look.
                    log.error("look failed", extra={"code": error.code, "facts": error.log})
                    self._print(f"\n{error.person}")
                    await asyncio.sleep(2.0)
                    break
                await self._announce(look.events)
                if not look.unsettled:
                    break
                await asyncio.sleep(_SETTLING_S)

    def _say_looked(self, look: Look) -> None:
        for event in look.events:
            document = event.document
            version = document.version
            if event.happened is Happened.FAILED or version is None:
                self._print(f"  {event.happened.value:<8} {printable(document.name)}: {printable(document.reason)}")
                continue
            day = version.published.day.isoformat() if version.published.day else "undated"
            title = printable(version.title) or "(no title)"
            facts = " · ".join((printable(document.name), version.language, day, title))
            self._print(f"  {event.happened.value:<8} {facts}")
        for name, reason in list(look.passed_over.items())[:20]:
            self._print(f"  {'ignored':<8} {printable(folder.display_name(name))}: {printable(reason)}")
        for name, reason in look.errors.items():
            where = self._app.settings.seeds_dir / name if name != "." else self._app.settings.seeds_dir
            self._print(f"  cannot list {printable(str(where))}: {printable(reason)}")
        if not look.events:
            total = self._app.desk.document_count(TERMINAL)
            self._print(f"  nothing new in {self._app.settings.seeds_dir} ({total} documents known)")

    async def _announce(self, events: list[Event]) -> None:
        for event in events:
            document = event.document
            if event.happened is Happened.FAILED:
                self._print(f"\nCould not read {printable(document.name)}: {printable(document.reason)}")
            elif event.happened in (Happened.NEW, Happened.CHANGED, Happened.BACK) and document.version is not None:
                version = self._app.desk.version(TERMINAL, document.version.id)
                if version is None:
                    continue
                memberships = self._app.desk.memberships(TERMINAL, [document.id])
                card = await asyncio.to_thread(make_card, version, memberships.get(document.id))
                keep_receipt(self._app.desk, "card", [quote.quote for quote in card.quotes])
                self._print(f"\n{self._renderer.card(card, self._language(version.facts.language))}")
            else:
                self._print(f"\n{event.happened.value}: {printable(document.name)}")

    # -- questions -----------------------------------------------------------------------------------------------------

    async def _answer(self, questions: asyncio.Queue[str | None]) -> None:
        room = ReadingRoom(self._app.desk, self._app.index, self._app.answerer)
        while True:
            self._prompt()
            line = await questions.get()
            self._waiting = False
            if line is None:
                if self._interactive:
                    self._stop.set()
                return
            question = line.strip()
            if question in ("/quit", "/exit", "quit", "exit"):
                self._stop.set()
                return
            if not question:
                continue
            try:
                answer = await asyncio.to_thread(answer_and_keep, room, question)
            except VerbatimError as error:
                log.error("answer failed", extra={"code": error.code, "facts": error.log})
                self._print(error.person)
                continue
            self._print(f"\n{self._renderer.answer(answer, self._language(answer.language))}\n")

    def _language(self, language: str) -> str:
        return self._app.settings.language or language

    def _prompt(self) -> None:
        if self._interactive:
            click.echo(PROMPT, nl=False)
            self._waiting = True

    def _print(self, text: str) -> None:
        if self._waiting:
            click.echo("\r", nl=False)
        click.echo(text)
        if self._waiting:
            click.echo(PROMPT, nl=False)


def _somebody_types() -> bool:
    """Whether a person sits at the terminal: it is one, and we are not in its background (reading would stop us)."""
    try:
        return sys.stdin.isatty() and os.tcgetpgrp(sys.stdin.fileno()) == os.getpgrp()
    except (OSError, ValueError, AttributeError):  # closed, or no terminal of ours
        return False


def _read_lines(loop: asyncio.AbstractEventLoop, lines: asyncio.Queue[str | None]) -> None:
    """Hand on what is typed, line by line, then None. A thread of its own: reading a terminal cannot be cancelled."""
    if sys.stdin is None or (sys.stdin.isatty() and not _somebody_types()):
        return

    def read() -> None:
        with contextlib.suppress(RuntimeError, OSError, ValueError):  # the loop or the input was closed while we waited
            for line in sys.stdin:
                loop.call_soon_threadsafe(lines.put_nowait, line)
            loop.call_soon_threadsafe(lines.put_nowait, None)

    threading.Thread(target=read, name="stdin", daemon=True).start()
