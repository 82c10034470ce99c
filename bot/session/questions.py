"""What the person types: questions, the wish for a brief, for help, or to leave."""

from __future__ import annotations

import asyncio
import logging
from typing import TYPE_CHECKING

from bot.app import ReadingRoom
from bot.chat.typed_commands import asks_what_is_new
from bot.commands import answer_and_keep, find_and_keep_answer, write_and_keep
from bot.errors import VerbatimError
from bot.intake import thread_to_its_end
from bot.session.keyboard import typed_lines
from bot.session.screen import Screen
from bot.session.telling import Telling

if TYPE_CHECKING:
    from bot.app import App
    from bot.chat.terminal.rendering import Renderer
    from bot.front_desk.asking import Found
    from bot.writing import Writer

log = logging.getLogger(__name__)

_HELP_WORDS = {"help", "/help", "?", "hilfe", "/hilfe"}
_HELP = """
  Ask in English or German: “How many people were evacuated?”, „Wer hat das bestritten?“
  “quit” ends; everything read is kept. In another terminal:
    verbatim brief                  what is new since the last brief
    verbatim documents              what was read, and what could not be
    verbatim sources add ADDRESS    follow a feed or a page
    verbatim --help                 everything else
"""


class Questions:
    """Answers what is typed. Sets `stop` when the person is done."""

    def __init__(
        self, app: App, renderer: Renderer, screen: Screen, telling: Telling, writer: Writer | None, stop: asyncio.Event
    ) -> None:
        self._app, self._renderer, self._screen = app, renderer, screen
        self._telling, self._writer, self._stop = telling, writer, stop

    async def answer(self) -> None:
        """Answer what is typed until there is no more input; a person who is done is taken at their word."""
        room = ReadingRoom(self._app.desk, self._app.index, self._app.answerer)
        async with asyncio.TaskGroup() as wordings:
            await self._answer_lines(room, wordings)

    async def _answer_lines(self, room: ReadingRoom, wordings: asyncio.TaskGroup) -> None:
        with typed_lines() as lines:
            while True:
                self._screen.prompt()
                line = await lines.get()
                self._screen.left_prompt()
                if line is None or line.strip() in ("/quit", "/exit", "quit", "exit"):
                    if self._screen.interactive or line is not None:
                        self._stop.set()
                    return
                question = line.strip()
                if question.casefold() in _HELP_WORDS:
                    self._screen.print(_HELP)
                elif asks_what_is_new(question):
                    try:
                        await self._telling.brief()
                    except VerbatimError as error:
                        log.error("no brief", extra={"code": error.code, "facts": error.log})
                        self._screen.print(error.person)
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
                        self._screen.print(error.person)
                        continue
                    self._screen.print(f"\n{self._renderer.answer(answer, self._language(answer.language))}\n")

    async def _word(self, writer: Writer, found: Found) -> None:
        """Say what the model makes of an answer whose quotes are shown already."""
        try:
            answer = (await write_and_keep(self._app.desk, writer, found, self._app.settings.model_timeout_s)).answer
        except VerbatimError as error:
            log.error("an answer was not worded", extra={"code": error.code, "facts": error.log})
            return
        told = self._renderer.written(answer, self._language(answer.language), after=len(found.answer.quotes))
        if told:
            self._screen.print(f"{told}\n")

    def _language(self, language: str) -> str:
        return self._app.settings.language or language
