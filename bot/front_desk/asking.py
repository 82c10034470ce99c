"""Questions: answered from what the place may see, in the asker's language, follow-ups understood from their thread."""

from __future__ import annotations

import asyncio
from concurrent.futures import ThreadPoolExecutor
from dataclasses import replace
from typing import TYPE_CHECKING, Final

from bot.chat.composing import answer_message
from bot.chat.messages import Button
from bot.chat.texts import say
from bot.domain import AnswerStatus, Receipt

if TYPE_CHECKING:
    from collections.abc import Sequence
    from datetime import datetime

    from bot.answers.answering import Answerer
    from bot.chat.messages import Message
    from bot.domain import Answer, Scope, ShownQuote
    from bot.library.desk import Desk

LONGEST_QUESTION: Final = 2_000  # code points; nobody asks more in one message, and what is longer is a document
_SENTENCES_A_DOCUMENT: Final = 4  # so many of one document may stand before the next document's first
_FOLLOW_UP_WORDS: Final = 6  # "And in Odessa?", "Und wann war das?": such a question may lean on the one before


class Asking:
    """Answers questions one after the other in a thread of its own: the event loop stays free to acknowledge others."""

    def __init__(self, answerer: Answerer, desk: Desk) -> None:
        self._answerer, self._desk = answerer, desk
        self._thread = ThreadPoolExecutor(1, thread_name_prefix="answers")

    def close(self) -> None:
        """Wait for the answer that is being found; those that wait for their turn are given up."""
        self._thread.shutdown(wait=True, cancel_futures=True)

    async def answer(
        self, question: str, scope: Scope, *, earlier: Sequence[str] = (), language: str = "", now: datetime
    ) -> Answer:
        """Answer a question. `earlier` are those that were asked before it in its thread, oldest first."""
        text, today = question[:LONGEST_QUESTION].strip(), now.date()

        def work() -> Answer:
            alone = self._answerer.answer(text, scope, today=today, language=language)
            leans = len(text.split()) <= _FOLLOW_UP_WORDS or alone.status is AnswerStatus.NOT_IN_SOURCES
            if not earlier or not leans:
                return alone
            together = self._answerer.answer(f"{text} {_leant_on(earlier)}", scope, today=today, language=language)
            if together.status is AnswerStatus.NOT_IN_SOURCES:
                return alone
            return replace(together, question=text)

        return await asyncio.get_running_loop().run_in_executor(self._thread, work)

    async def find(self, words: str, scope: Scope, *, most: int, now: datetime) -> list[ShownQuote]:
        """The best sentence of each of the documents that say something like these words, best first."""

        def work() -> list[ShownQuote]:
            text = words[:LONGEST_QUESTION]
            _, ranked = self._answerer.ranked(text, scope, today=now.date(), most=_SENTENCES_A_DOCUMENT * most)
            best = {one.quote.document_id: one for one in reversed(ranked)}
            return sorted(best.values(), key=ranked.index)[:most]

        return await asyncio.get_running_loop().run_in_executor(self._thread, work)

    async def message(self, answer: Answer, scope: Scope, *, key: str, now: datetime) -> Message:
        """The answer as a message; a receipt is kept of every quote in it. `key` names the answer to its buttons."""

        def work() -> Message:
            shown = _all_quotes(answer)
            versions = self._desk.versions(scope, {one.quote.version_id for one in shown})
            addresses = {i: version.facts.address for i, version in versions.items() if version.facts.address}
            made = answer_message(answer, answer.language, addresses, _buttons(answer, key))
            if quotes := tuple(dict.fromkeys(one.quote for one in made.quotes())):
                self._desk.keep_receipt(Receipt(now, "answer", scope, quotes))
            return made

        return await asyncio.get_running_loop().run_in_executor(self._thread, work)


def _leant_on(earlier: Sequence[str]) -> str:
    """What a follow-up leans on: the question before it, and, while that leans itself, the one before that."""
    taken: list[str] = []
    for question in reversed(earlier):
        taken.append(question)
        if len(question.split()) > _FOLLOW_UP_WORDS:
            break
    return " ".join(taken)


def _all_quotes(answer: Answer) -> list[ShownQuote]:
    sides = [one for conflict in answer.conflicts for side in conflict.sides for one in side.quotes]
    return [*answer.quotes, *answer.nearest, *sides]


def _buttons(answer: Answer, key: str) -> list[Button]:
    if answer.status is AnswerStatus.NOT_IN_SOURCES:
        return []
    language = answer.language
    return [
        Button(say("button-sources", language), f"sources:{key}"),
        Button(say("button-changed", language), f"changed:{key}"),
        Button("👍", f"good:{key}"),
        Button("👎", f"bad:{key}"),
    ]
