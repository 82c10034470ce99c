"""What the person is told by itself: what was read, cards, the brief, and what fails; each once."""

from __future__ import annotations

import asyncio
import logging
from collections import deque
from collections.abc import Iterable
from typing import TYPE_CHECKING

from bot.briefs.card import make_card
from bot.chat.terminal.printing import printable
from bot.commands import keep_receipt, local_zone, make_and_keep_brief, now
from bot.domain import TERMINAL
from bot.intake import Happened, thread_to_its_end
from bot.language_model.port import Payer
from bot.session.screen import Screen
from bot.sources import folder
from bot.sources.source_health import what_next

if TYPE_CHECKING:
    from bot.app import App
    from bot.briefs.brief import Brief
    from bot.chat.terminal.rendering import Renderer
    from bot.domain import Document
    from bot.errors import VerbatimError
    from bot.intake import Event, Look
    from bot.polling.steps import Step
    from bot.settings import Settings
    from bot.writing import Writer

log = logging.getLogger(__name__)

_CARD_S = 10.0  # so long a card waits for the model's sentences
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


class Telling:
    """Tells one terminal. News that were taken in and not told yet are kept until they are."""

    def __init__(self, app: App, renderer: Renderer, screen: Screen, writer: Writer | None) -> None:
        self._app, self._renderer, self._screen, self._writer = app, renderer, screen, writer
        self._news: deque[Event] = deque()  # taken in, not told yet
        self._trouble = {"folder": "", "web": "", "chat": ""}  # the codes of what fails at the moment, and where
        self._telling = asyncio.Lock()
        self._errors: dict[str, str] = {}  # what could not be listed at the last look
        self._ignored: set[str] = set()  # what has been said to be passed over
        self._shown: dict[str, str] = {}  # the texts of the last cards → the document that each was shown of

    def hear(self, events: Iterable[Event]) -> None:
        """Take in what happened to documents: `tell` tells it."""
        self._news.extend(events)

    def know(self) -> None:
        """Leave untold what was taken in: the brief tells it."""
        self._news.clear()

    def take_in(self, step: Step) -> None:
        """Say what became of addresses; what was read is news, except what a source held when it was added."""
        for news in step.addresses[:_MOST_LINES]:
            title = next((one.title for one in news.followers), news.watched.address)
            facts = what_next(news.watched.health.state, news.watched.health.next_check_at, None)
            about = f"{news.reason} {facts}".strip() if news.code else "It works again."
            self._screen.print(f"{news.change.value:<8} {printable(title)}: {printable(about)}")
        if len(step.addresses) > _MOST_LINES:
            more = len(step.addresses) - _MOST_LINES
            self._screen.print(f"… and {more} more sources; `verbatim sources list` shows them")
        known = [event for event in step.events if event.document.baseline]
        if known:
            self._screen.print(f"{'known':<8} {len(known)} documents that stood there already; answers use them")
        self._news.extend(event for event in step.events if not event.document.baseline)

    async def tell(self, most_cards: int) -> None:
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
                self._screen.print(f"\n{_line(event)}{f' (the same text as {printable(same)})' if same else ''}")
                lines += 1
            elif lines == _MOST_LINES:
                self._screen.print(f"\n… and {len(self._news)} more; `verbatim documents` lists them.")
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
        language = self._app.settings.language or version.facts.language
        if self._writer is not None:
            from bot.briefs.written import write_card

            today, payer = now().date(), Payer(TERMINAL.workspace)
            card, _ = await write_card(
                card, self._writer, language=language, today=today, time_limit_s=_CARD_S, payer=payer
            )
        keep_receipt(self._app.desk, "card", [quote.quote for quote in card.quotes])
        self._screen.print(f"\n{self._renderer.card(card, language)}")

    async def brief(self) -> None:
        made = await make_and_keep_brief(self._app, keep=True, writer=self._writer)
        self._screen.print("")
        self._screen.print(brief_text(made, self._app.settings, self._renderer))

    def say_looked(self, look: Look) -> None:
        for event in look.events[:_MOST_READ]:
            self._screen.print(f"  {_line(event)}")
        if len(look.events) > _MOST_READ:
            self._screen.print(f"  … and {len(look.events) - _MOST_READ} more; `verbatim documents` lists them")
        self.say_folder(look, indent="  ")
        if not look.events:
            total = self._app.desk.document_count(TERMINAL)
            self._screen.print(f"  nothing new in {self._app.settings.seeds_dir} ({total} documents known)")

    def say_folder(self, look: Look, *, indent: str = "\n") -> None:
        """Say what was passed over and what could not be listed, each once."""
        news = [name for name in look.passed_over if name not in self._ignored]
        self._ignored.update(news)
        for name in news[:_MOST_LINES]:
            shown = printable(folder.display_name(name))
            self._screen.print(f"{indent}{'ignored':<8} {shown}: {printable(look.passed_over[name])}")
        if len(news) > _MOST_LINES:
            self._screen.print(f"{indent}… and {len(news) - _MOST_LINES} more")
        for name, reason in look.errors.items():
            if self._errors.get(name) != reason:
                why = f"{printable(reason)}; it is tried again and again"
                self._screen.print(f"{indent}cannot list {self._path(name)}: {why}")
        for name in self._errors.keys() - look.errors.keys():
            self._screen.print(f"{indent}can list {self._path(name)} now")
        self._errors = look.errors

    def _path(self, name: str) -> str:
        root = self._app.settings.seeds_dir
        return printable(str(root) if name == "." else f"{root}/{folder.display_name(name)}")

    def say_trouble(self, error: VerbatimError | None, where: str = "folder") -> None:
        """Say what fails when it begins to, and that it works again; not every time it is tried, nor for each place."""
        code = error.code if error else ""
        known = code in self._trouble.values()
        before, self._trouble[where] = self._trouble[where], code
        if error is not None and code != before:
            log.error("look failed", extra={"code": code, "facts": error.log, "where": where})
            if not known:
                self._screen.print(f"\n{error.person}")
        elif error is None and before:
            log.info("look works again", extra={"after": before, "where": where})
            if not any(self._trouble.values()):
                self._screen.print("\nIt works again.")


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
