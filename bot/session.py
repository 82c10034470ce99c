"""A session at the terminal: what was read, the brief, then questions and new files until the person leaves.

Without a person behind it (a service, a container, a pipe that has ended) it runs on and announces what arrives. What
fails on the way (a full disk, a folder that is not there) is said once, tried again, and said when it is over.
"""

from __future__ import annotations

import asyncio
import contextlib
import logging
import os
import signal
import sys
import time
from collections import deque
from typing import TYPE_CHECKING

import click

from bot.app import ReadingRoom, make_folder, open_app, open_poller, open_sourcing, open_writing_room
from bot.briefs.card import make_card
from bot.chat.terminal.printing import printable
from bot.chat.terminal.rendering import Renderer
from bot.chat.typed_commands import asks_what_is_new
from bot.commands import (
    PATIENCE_S,
    answer_and_keep,
    find_and_keep_answer,
    keep_receipt,
    local_zone,
    make_and_keep_brief,
    now,
    write_and_keep,
)
from bot.domain import TERMINAL
from bot.errors import VerbatimError
from bot.heartbeat import alive, beat
from bot.intake import Happened, thread_to_its_end
from bot.language_model.port import Payer
from bot.sources import folder
from bot.sources.source_health import what_next

if TYPE_CHECKING:
    from collections.abc import Coroutine, Iterator

    from bot.app import App, WritingRoom
    from bot.briefs.brief import Brief
    from bot.domain import Document
    from bot.front_desk.asking import Found
    from bot.intake import Event, Look
    from bot.polling.steps import Step
    from bot.settings import Settings
    from bot.writing import Writer

log = logging.getLogger(__name__)

PROMPT = "› "
_HELP_WORDS = {"help", "/help", "?", "hilfe", "/hilfe"}
_HELP = """
  Ask in English or German: “How many people were evacuated?”, „Wer hat das bestritten?“
  “quit” ends; everything read is kept. In another terminal:
    verbatim brief                  what is new since the last brief
    verbatim documents              what was read, and what could not be
    verbatim sources add ADDRESS    follow a feed or a page
    verbatim --help                 everything else
"""
INTERRUPTED = 130  # the exit code of what was stopped before it was done
_AGAIN_S = (1.0, 30.0)  # how soon, and how late, what failed is tried again
_KEEPING_UP_S = 1.0  # how often other processes' work on the library is looked for
_SOURCES_LOOKED_FOR_S = 5.0  # how often it is looked whether somebody has added the first source
_CHATS_WAIT_S = 10.0  # for the folder: until it is read, who asks is told that nothing is known of it
_CARD_S = 10.0  # so long a card waits for the model's sentences
_MOST_CARDS_ONCE = 200
_MOST_CARDS = 10  # after one look; the rest get a line each ...
_MOST_LINES = 40  # ... and the rest of that a number
_MOST_REMEMBERED = 1000  # texts: a copy of one of them gets a line, not a card
_MOST_READ = 200  # lines about what was there at the start


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
    stop = asyncio.Event()
    make_folder(settings.data_dir)
    with _signals(stop):
        if once:
            async with open_app(settings) as app, open_writing_room(settings, app.store) as writing:
                done = await _until(stop, Session(app, renderer, stop, writing).once())
            return 0 if done else INTERRUPTED
        with alive(settings.data_dir):
            async with open_app(settings) as app, open_writing_room(settings, app.store) as writing:
                session = Session(app, renderer, stop, writing)
                await _until(stop, session.stay())
                session.say_goodbye()
    return 0


@contextlib.contextmanager
def _signals(stop: asyncio.Event) -> Iterator[None]:
    """The first Ctrl-C, SIGTERM or closed terminal sets `stop`; the next one ends the process where it stands."""
    loop = asyncio.get_running_loop()

    def arrived() -> None:
        if stop.is_set():
            os._exit(INTERRUPTED)
        stop.set()

    handled = []
    for number in (signal.SIGINT, signal.SIGTERM, signal.SIGHUP):
        if signal.getsignal(number) is signal.SIG_IGN:
            continue  # whoever started us wants it so: nohup, or a shell that put us into its background
        with contextlib.suppress(NotImplementedError, ValueError, RuntimeError):  # we are not in the main thread
            loop.add_signal_handler(number, arrived)
            handled.append(number)
    try:
        yield
    finally:
        for number in handled:
            loop.remove_signal_handler(number)


async def _until(stop: asyncio.Event, work: Coroutine[None, None, None]) -> bool:
    """Do the work, but not beyond `stop`; returns whether it came to its own end. Raises what it raises."""
    working = asyncio.ensure_future(work)
    stopping = asyncio.ensure_future(stop.wait())
    try:
        await asyncio.wait((working, stopping), return_when=asyncio.FIRST_COMPLETED)
    finally:
        stopping.cancel()
        if not working.done():
            working.cancel()
            await asyncio.wait((working,))
    if working.cancelled():
        return False
    working.result()
    return True


class Session:
    """One run in one terminal."""

    def __init__(self, app: App, renderer: Renderer, stop: asyncio.Event, writing: WritingRoom | None = None) -> None:
        self._app, self._writing = app, writing
        self._writer = writing.writer if writing is not None else None
        self._renderer = renderer
        self._stop = stop
        self._interactive = _somebody_types()
        self._prompted = False  # the prompt stands on the line
        self._news: deque[Event] = deque()  # taken in, not told yet
        self._trouble = {"folder": "", "web": "", "chat": ""}  # the codes of what fails at the moment, and where
        self._telling = asyncio.Lock()
        self._looked = asyncio.Event()  # at the folder, for the first time
        self._errors: dict[str, str] = {}  # what could not be listed at the last look
        self._ignored: set[str] = set()  # what has been said to be passed over
        self._shown: dict[str, str] = {}  # the texts of the last cards → the document that each was shown of

    async def once(self) -> None:
        """Read what is new, say what was read, show the cards and the brief. Raises VerbatimError."""
        self._say_looked(await self._first_look())
        await self._poll_once()
        await self._tell(_MOST_CARDS_ONCE)
        await self._brief()

    async def stay(self) -> None:
        """Do that without the cards, then answer questions and announce files until cancelled or left."""
        async with asyncio.TaskGroup() as tasks:
            tasks.create_task(beat(self._app.settings.data_dir))
            changed = asyncio.Event()
            # A folder may take long to read: nobody who asks, and no brief that is due, waits for it for long.
            tasks.create_task(self._serve_platforms())
            tasks.create_task(self._poll())
            try:
                self._say_looked(await self._first_look())
                self._looked.set()
                self._news.clear()
                await self._brief()
            except VerbatimError as error:
                self._looked.set()
                self._say_trouble(error)
                changed.set()
            if self._interactive:
                where = self._app.settings.seeds_dir
                self._print(f"\nAsk a question, or drop a file into {where}. “help” tells more, Ctrl-C ends.")
            with contextlib.suppress(OSError):  # whoever needs it tries again, and says why it does not start
                await self._app.reader.start()  # now, so that the first page or PDF need not wait for it
            poll_s = self._app.settings.poll_interval_s
            tasks.create_task(folder.watch(self._app.settings.seeds_dir, changed, rescan_s=poll_s))
            tasks.create_task(self._announce(changed))
            await self._answer()
            await self._stop.wait()  # whoever waits for us too, and ends all of this

    def say_goodbye(self) -> None:
        """The last line."""
        if self._interactive:
            self._prompted = False
            self._print("\nStopped. Everything read is kept.")

    # -- files ---------------------------------------------------------------------------------------------------------

    async def _first_look(self) -> Look:
        if not self._interactive or not sys.stderr.isatty():
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
        self._news.extend(look.events)
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
                self._say_trouble(error)
                changed.set()  # what was not taken in is found by the next look
                await asyncio.sleep(again_s)
                again_s = min(2 * again_s, longest_s)
            else:
                self._say_trouble(None)
                again_s, _ = _AGAIN_S

    async def _look_until_complete(self) -> None:
        """Look and tell, again and again while files are being written. Raises VerbatimError."""
        while True:
            began = time.monotonic()
            look = await self._app.look()
            self._news.extend(look.events)
            self._say_folder(look)
            await self._tell(_MOST_CARDS)
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
                    self._say_trouble(None, "chat")
                    await platforms.run(self._stop)
                return
            except VerbatimError as error:  # a busy or full library: what is asked meanwhile is read back later
                self._say_trouble(error, "chat")
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
                self._take_in(step)
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
            self._say_trouble(what, "web")
            return
        self._take_in(what)
        try:
            await self._tell(_MOST_CARDS)
        except VerbatimError as error:  # told by the next call
            log.error("news not told", extra={"code": error.code, "facts": error.log})

    def _take_in(self, step: Step) -> None:
        """Say what became of addresses; what was read is news, except what a source held when it was added."""
        for news in step.addresses[:_MOST_LINES]:
            title = next((one.title for one in news.followers), news.watched.address)
            facts = what_next(news.watched.health.state, news.watched.health.next_check_at, None)
            about = f"{news.reason} {facts}".strip() if news.code else "It works again."
            self._print(f"{news.change.value:<8} {printable(title)}: {printable(about)}")
        if len(step.addresses) > _MOST_LINES:
            self._print(f"… and {len(step.addresses) - _MOST_LINES} more sources; `verbatim sources list` shows them")
        known = [event for event in step.events if event.document.baseline]
        if known:
            self._print(f"{'known':<8} {len(known)} documents that stood there already; answers use them")
        self._news.extend(event for event in step.events if not event.document.baseline)

    async def _tell(self, most_cards: int) -> None:
        """Announce what has been taken in. Raises VerbatimError; what was not told then is told by the next call."""
        async with self._telling:
            await self._tell_all(most_cards)

    async def _tell_all(self, most_cards: int) -> None:
        cards = lines = 0
        while self._news:
            event = self._news[0]
            version = event.document.version
            arrived = version if event.happened in (Happened.NEW, Happened.CHANGED, Happened.BACK) else None
            same = self._shown.get(arrived.text_sha256, "") if arrived else ""
            if arrived and same in ("", event.document.name) and cards < most_cards:
                await self._show_card(event.document)
                self._remember(arrived.text_sha256, event.document.name)
                cards += 1
            elif lines < _MOST_LINES:
                self._print(f"\n{_line(event)}{f' (the same text as {printable(same)})' if same else ''}")
                lines += 1
            elif lines == _MOST_LINES:
                self._print(f"\n… and {len(self._news)} more; `verbatim documents` lists them.")
                lines += 1
            self._news.popleft()

    def _remember(self, text_sha256: str, name: str) -> None:
        self._shown[text_sha256] = name
        if len(self._shown) > _MOST_REMEMBERED:
            del self._shown[next(iter(self._shown))]

    async def _show_card(self, document: Document) -> None:
        version = self._app.desk.version(TERMINAL, document.version.id) if document.version else None
        if version is None:
            return
        memberships = self._app.desk.memberships(TERMINAL, [document.id])
        card = await thread_to_its_end(make_card, version, memberships.get(document.id))
        language = self._language(version.facts.language)
        if self._writer is not None:
            from bot.briefs.written import write_card

            today, payer = now().date(), Payer(TERMINAL.workspace)
            card, _ = await write_card(
                card, self._writer, language=language, today=today, time_limit_s=_CARD_S, payer=payer
            )
        keep_receipt(self._app.desk, "card", [quote.quote for quote in card.quotes])
        self._print(f"\n{self._renderer.card(card, language)}")

    async def _brief(self) -> None:
        made = await make_and_keep_brief(self._app, keep=True, writer=self._writer)
        self._print("")
        self._print(brief_text(made, self._app.settings, self._renderer))

    def _say_looked(self, look: Look) -> None:
        for event in look.events[:_MOST_READ]:
            self._print(f"  {_line(event)}")
        if len(look.events) > _MOST_READ:
            self._print(f"  … and {len(look.events) - _MOST_READ} more; `verbatim documents` lists them")
        self._say_folder(look, indent="  ")
        if not look.events:
            total = self._app.desk.document_count(TERMINAL)
            self._print(f"  nothing new in {self._app.settings.seeds_dir} ({total} documents known)")

    def _say_folder(self, look: Look, *, indent: str = "\n") -> None:
        """Say what was passed over and what could not be listed, each once."""
        news = [name for name in look.passed_over if name not in self._ignored]
        self._ignored.update(news)
        for name in news[:_MOST_LINES]:
            shown = printable(folder.display_name(name))
            self._print(f"{indent}{'ignored':<8} {shown}: {printable(look.passed_over[name])}")
        if len(news) > _MOST_LINES:
            self._print(f"{indent}… and {len(news) - _MOST_LINES} more")
        for name, reason in look.errors.items():
            if self._errors.get(name) != reason:
                self._print(f"{indent}cannot list {self._path(name)}: {printable(reason)}; it is tried again and again")
        for name in self._errors.keys() - look.errors.keys():
            self._print(f"{indent}can list {self._path(name)} now")
        self._errors = look.errors

    def _path(self, name: str) -> str:
        root = self._app.settings.seeds_dir
        return printable(str(root) if name == "." else f"{root}/{folder.display_name(name)}")

    def _say_trouble(self, error: VerbatimError | None, where: str = "folder") -> None:
        """Say what fails when it begins to, and that it works again; not every time it is tried, nor for each place."""
        code = error.code if error else ""
        known = code in self._trouble.values()
        before, self._trouble[where] = self._trouble[where], code
        if error is not None and code != before:
            log.error("look failed", extra={"code": code, "facts": error.log, "where": where})
            if not known:
                self._print(f"\n{error.person}")
        elif error is None and before:
            log.info("look works again", extra={"after": before, "where": where})
            if not any(self._trouble.values()):
                self._print("\nIt works again.")

    # -- questions -----------------------------------------------------------------------------------------------------

    async def _answer(self) -> None:
        """Answer what is typed until there is no more input; a person who is done is taken at their word."""
        room = ReadingRoom(self._app.desk, self._app.index, self._app.answerer)
        async with asyncio.TaskGroup() as wordings:
            await self._answer_lines(room, wordings)

    async def _answer_lines(self, room: ReadingRoom, wordings: asyncio.TaskGroup) -> None:
        with _typed_lines() as lines:
            while True:
                self._prompt()
                line = await lines.get()
                self._prompted = False
                if line is None or line.strip() in ("/quit", "/exit", "quit", "exit"):
                    if self._interactive or line is not None:
                        self._stop.set()
                    return
                question = line.strip()
                if question.casefold() in _HELP_WORDS:
                    self._print(_HELP)
                elif asks_what_is_new(question):
                    try:
                        await self._brief()
                    except VerbatimError as error:
                        log.error("no brief", extra={"code": error.code, "facts": error.log})
                        self._print(error.person)
                elif question:
                    try:
                        if self._writer is None:
                            answer = await thread_to_its_end(answer_and_keep, room, question)
                        else:
                            found = await thread_to_its_end(find_and_keep_answer, room, question)
                            answer = found.answer
                            if answer.quotes:
                                wordings.create_task(self._word(self._writer, found))
                    except VerbatimError as error:
                        log.error("answer failed", extra={"code": error.code, "facts": error.log})
                        self._print(error.person)
                        continue
                    self._print(f"\n{self._renderer.answer(answer, self._language(answer.language))}\n")

    async def _word(self, writer: Writer, found: Found) -> None:
        """Say what the model makes of an answer whose quotes are shown already."""
        try:
            answer = (await write_and_keep(self._app.desk, writer, found, self._app.settings.model_timeout_s)).answer
        except VerbatimError as error:
            log.error("an answer was not worded", extra={"code": error.code, "facts": error.log})
            return
        told = self._renderer.written(answer, self._language(answer.language), after=len(found.answer.quotes))
        if told:
            self._print(f"{told}\n")

    def _language(self, language: str) -> str:
        return self._app.settings.language or language

    def _prompt(self) -> None:
        if self._interactive:
            self._print(PROMPT, new_line=False)
            self._prompted = True

    def _print(self, text: str, *, new_line: bool = True) -> None:
        if self._prompted:
            text = f"\r{' ' * len(PROMPT)}\r{text}\n{PROMPT}"
            new_line = False
        try:
            click.echo(text, nl=new_line, color=True)  # the renderer has decided about colours
        except OSError:
            # Nobody reads us any more (`| head`, a terminal that was closed): like any program we end then.
            with contextlib.suppress(OSError, ValueError):
                os.dup2(os.open(os.devnull, os.O_WRONLY), sys.stdout.fileno())
            self._stop.set()


def _line(event: Event) -> str:
    """What happened to a document, in one line."""
    document = event.document
    version = document.version
    if event.happened is Happened.FAILED or version is None:
        return f"{event.happened.value:<8} {printable(document.name)}: {printable(document.reason)}"
    if event.happened in (Happened.REMOVED, Happened.RENAMED):
        return f"{event.happened.value:<8} {printable(document.name)}"
    day = version.published.day.isoformat() if version.published.day else "undated"
    title = printable(version.title) or "(no title)"
    return f"{event.happened.value:<8} {' · '.join((printable(document.name), version.language, day, title))}"


# -- the keyboard ------------------------------------------------------------------------------------------------------

_LONGEST_LINE = 4096  # bytes; a terminal's own lines are no longer
_MOST_WAITING = 1000  # lines; from a file, not from a person
_IN_BACKGROUND_S = 1.0


def _somebody_types() -> bool:
    """Whether a person sits at the terminal: it is one, and we are not in its background (reading would stop us)."""
    try:
        return sys.stdin.isatty() and os.tcgetpgrp(sys.stdin.fileno()) == os.getpgrp()
    except (OSError, ValueError, AttributeError):  # closed, or no terminal of ours
        return False


@contextlib.contextmanager
def _typed_lines() -> Iterator[asyncio.Queue[str | None]]:
    """What is typed, line by line, then None.

    Read by the loop, not by a thread: a thread that waits for a key cannot be ended.
    """
    lines: asyncio.Queue[str | None] = asyncio.Queue()
    try:
        descriptor = sys.stdin.fileno()
        read = not sys.stdin.isatty() or _somebody_types()
    except (OSError, ValueError, AttributeError):  # closed
        read = False
    if not read:
        lines.put_nowait(None)
        yield lines
        return
    keyboard = _Keyboard(descriptor, lines)
    keyboard.begin()
    try:
        yield lines
    finally:
        keyboard.end()


class _Keyboard:
    """Cuts what arrives on a descriptor into lines."""

    def __init__(self, descriptor: int, lines: asyncio.Queue[str | None]) -> None:
        self._descriptor = descriptor
        self._lines = lines
        self._loop = asyncio.get_running_loop()
        self._rest = b""
        self._later: asyncio.TimerHandle | None = None

    def begin(self) -> None:
        with contextlib.suppress(AttributeError, ValueError):
            signal.signal(signal.SIGTTIN, signal.SIG_IGN)  # in the background reading fails, rather than stopping us
        try:
            self._loop.add_reader(self._descriptor, self._ready)
        except OSError:
            # A file or /dev/null, which cannot be waited for and need not be.
            while self._lines.qsize() < _MOST_WAITING and self._take():
                pass
            self._lines.put_nowait(None)

    def end(self) -> None:
        self._loop.remove_reader(self._descriptor)
        if self._later is not None:
            self._later.cancel()

    def _ready(self) -> None:
        try:
            more = self._take()
        except BlockingIOError:
            return
        except OSError:  # we were put into the background; or the terminal is gone, of which a signal tells
            self.end()
            self._later = self._loop.call_later(_IN_BACKGROUND_S, self.begin)
            return
        if not more:
            self.end()
            self._lines.put_nowait(None)

    def _take(self) -> bool:
        data = os.read(self._descriptor, 65_536)
        *lines, self._rest = (self._rest + data).split(b"\n")
        self._rest = self._rest[:_LONGEST_LINE]
        if not data and self._rest:
            lines, self._rest = [self._rest], b""
        for line in lines:
            self._lines.put_nowait(line[:_LONGEST_LINE].decode("utf-8", "replace"))
        return bool(data)
