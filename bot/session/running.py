"""A session at the terminal: what was read, the brief, then questions and new files until the person leaves.

Without a person behind it (a service, a container, a pipe that has ended) it runs on and announces what arrives. What
fails on the way (a full disk, a folder that is not there) is said once, tried again, and said when it is over.
"""

from __future__ import annotations

import asyncio
import contextlib
import logging
import sys
import time
from typing import TYPE_CHECKING

from bot.app import make_folder, open_app, open_poller, open_sourcing, open_writing_room
from bot.chat.terminal.rendering import Renderer
from bot.commands import (
    PATIENCE_S,
    now,
)
from bot.errors import VerbatimError
from bot.heartbeat import alive, beat
from bot.session.keyboard import somebody_types
from bot.session.questions import Questions
from bot.session.screen import Screen
from bot.session.stopping import INTERRUPTED, signals, until
from bot.session.telling import Telling
from bot.sources import folder

if TYPE_CHECKING:
    from bot.app import App, WritingRoom
    from bot.intake import Look
    from bot.polling.steps import Step
    from bot.settings import Settings

log = logging.getLogger(__name__)

_AGAIN_S = (1.0, 30.0)  # how soon, and how late, what failed is tried again
_KEEPING_UP_S = 1.0  # how often other processes' work on the library is looked for
_SOURCES_LOOKED_FOR_S = 5.0  # how often it is looked whether somebody has added the first source
_CHATS_WAIT_S = 10.0  # for the folder: until it is read, who asks is told that nothing is known of it
_MOST_CARDS_ONCE = 200
_MOST_CARDS = 10  # after one look; the rest get a line each ...


async def run_session(settings: Settings, renderer: Renderer, *, once: bool) -> int:
    """Run until the person leaves or a signal comes; returns the exit code. Raises VerbatimError at the start only."""
    stop = asyncio.Event()
    make_folder(settings.data_dir)
    with signals(stop):
        if once:
            async with open_app(settings) as app, open_writing_room(settings, app.store) as writing:
                done = await until(stop, Session(app, renderer, stop, writing).once())
            return 0 if done else INTERRUPTED
        with alive(settings.data_dir):
            async with open_app(settings) as app, open_writing_room(settings, app.store) as writing:
                session = Session(app, renderer, stop, writing)
                await until(stop, session.stay())
                session.say_goodbye()
    return 0


class Session:
    """One run in one terminal."""

    def __init__(self, app: App, renderer: Renderer, stop: asyncio.Event, writing: WritingRoom | None = None) -> None:
        self._app, self._writing = app, writing
        self._stop = stop
        self._screen = Screen(stop, interactive=somebody_types())
        writer = writing.writer if writing is not None else None
        self._telling = Telling(app, renderer, self._screen, writer)
        self._questions = Questions(app, renderer, self._screen, self._telling, writer, stop)
        self._looked = asyncio.Event()  # at the folder, for the first time

    async def once(self) -> None:
        """Read what is new, say what was read, show the cards and the brief. Raises VerbatimError."""
        self._telling.say_looked(await self._first_look())
        await self._poll_once()
        await self._telling.tell(_MOST_CARDS_ONCE)
        await self._telling.brief()

    async def stay(self) -> None:
        """Do that without the cards, then answer questions and announce files until cancelled or left."""
        async with asyncio.TaskGroup() as tasks:
            tasks.create_task(beat(self._app.settings.data_dir))
            changed = asyncio.Event()
            # A folder may take long to read: nobody who asks, and no brief that is due, waits for it for long.
            tasks.create_task(self._serve_platforms())
            tasks.create_task(self._poll())
            try:
                self._telling.say_looked(await self._first_look())
                self._looked.set()
                self._telling.know()
                await self._telling.brief()
            except VerbatimError as error:
                self._looked.set()
                self._telling.say_trouble(error)
                changed.set()
            if self._screen.interactive:
                where = self._app.settings.seeds_dir
                self._screen.print(f"\nAsk a question, or drop a file into {where}. “help” tells more, Ctrl-C ends.")
            with contextlib.suppress(OSError):  # whoever needs it tries again, and says why it does not start
                await self._app.reader.start()  # now, so that the first page or PDF need not wait for it
            poll_s = self._app.settings.poll_interval_s
            tasks.create_task(folder.watch(self._app.settings.seeds_dir, changed, rescan_s=poll_s))
            tasks.create_task(self._announce(changed))
            await self._questions.answer()
            await self._stop.wait()  # whoever waits for us too, and ends all of this

    def say_goodbye(self) -> None:
        """The last line."""
        if self._screen.interactive:
            self._screen.left_prompt()
            self._screen.print("\nStopped. Everything read is kept.")

    # -- files ---------------------------------------------------------------------------------------------------------

    async def _first_look(self) -> Look:
        if not self._screen.interactive or not sys.stderr.isatty():
            look = await self._app.look(patience_s=PATIENCE_S)
        else:
            from rich.console import Console
            from rich.progress import BarColumn, MofNCompleteColumn, Progress, TextColumn

            columns = (TextColumn("reading"), BarColumn(), MofNCompleteColumn())
            with Progress(*columns, console=Console(stderr=True), transient=True) as bar:
                task = bar.add_task("reading", total=None)
                look = await self._app.look(
                    progress=lambda done, total: bar.update(task, completed=done, total=total), patience_s=PATIENCE_S
                )
        self._telling.hear(look.events)
        return look

    async def _announce(self, changed: asyncio.Event) -> None:
        """Tell of every change in the folder, and index what other processes put into the library."""
        again_s, longest_s = _AGAIN_S
        while True:
            with contextlib.suppress(TimeoutError):
                async with asyncio.timeout(_KEEPING_UP_S):
                    await changed.wait()
            try:
                if changed.is_set():
                    changed.clear()
                    await self._look_until_complete()
                else:
                    await self._app.intake.keep_up()
            except VerbatimError as error:
                self._telling.say_trouble(error)
                changed.set()  # what was not taken in is found by the next look
                await asyncio.sleep(again_s)
                again_s = min(2 * again_s, longest_s)
            else:
                self._telling.say_trouble(None)
                again_s, _ = _AGAIN_S

    async def _look_until_complete(self) -> None:
        """Look and tell, again and again while files are being written. Raises VerbatimError."""
        while True:
            began = time.monotonic()
            look = await self._app.look()
            self._telling.hear(look.events)
            self._telling.say_folder(look)
            await self._telling.tell(_MOST_CARDS)
            if not look.unsettled:
                return
            # Never busy for more than half of the time, however long a look takes.
            await asyncio.sleep(max(look.settles_in_s, time.monotonic() - began))

    # -- chat platforms ------------------------------------------------------------------------------------------------

    async def _serve_platforms(self) -> None:
        """Listen and post on every chat platform that has a token; without one nothing of it is loaded."""
        settings = self._app.settings
        if not (settings.discord_token or settings.slack_bot_token or settings.slack_client_id):
            return
        from bot.platforms.opening import open_platforms  # the clients' libraries: half a second

        with contextlib.suppress(TimeoutError):
            async with asyncio.timeout(_CHATS_WAIT_S):
                await self._looked.wait()
        while True:
            try:
                async with (
                    open_sourcing(settings) as sourcing,
                    open_platforms(self._app, sourcing, self._writing) as platforms,
                ):
                    self._telling.say_trouble(None, "chat")
                    await platforms.run(self._stop)
                return
            except VerbatimError as error:  # a busy or full library: what is asked meanwhile is read back later
                self._telling.say_trouble(error, "chat")
                await asyncio.sleep(_AGAIN_S[1])

    # -- sources on the web --------------------------------------------------------------------------------------------

    async def _poll(self) -> None:
        """Ask the sources on the web, now or as soon as somebody has added one; until then nothing of it is loaded."""
        while not await self._is_anything_followed():  # noqa: ASYNC110 - another process may be the one that adds it
            await asyncio.sleep(_SOURCES_LOOKED_FOR_S)
        async with open_poller(self._app) as poller:
            await poller.run(self._polled)

    async def _poll_once(self) -> None:
        """Ask the sources that are due, and read what they bring. Raises VerbatimError."""
        if not await self._app.sources.is_anything_followed():
            return
        async with open_poller(self._app) as poller:
            await poller.take_over()
            while True:
                step = await poller.step()
                self._telling.take_in(step)
                if step.next_due is None or step.next_due > now() or not (step.checks or step.readings):
                    return

    async def _is_anything_followed(self) -> bool:
        try:
            return await self._app.sources.is_anything_followed()
        except VerbatimError:  # whoever looks at the folder says so
            return False

    async def _polled(self, what: Step | VerbatimError | None) -> None:
        """Tell what a round of polling brought, or that it cannot be done just now."""
        if what is None or isinstance(what, VerbatimError):
            self._telling.say_trouble(what, "web")
            return
        self._telling.take_in(what)
        try:
            await self._telling.tell(_MOST_CARDS)
        except VerbatimError as error:  # told by the next call
            log.error("news not told", extra={"code": error.code, "facts": error.log})
