"""Questions: answered from what the place may see, in the asker's language, follow-ups understood from their thread."""

from __future__ import annotations

import asyncio
from concurrent.futures import ThreadPoolExecutor
from dataclasses import dataclass, replace
from typing import TYPE_CHECKING, Any, Final, TypeVar

from bot.answers.written import TIME_LIMIT_S, TRANSLATING_S, WrittenAnswer, write_answer
from bot.chat.composing import answer_message
from bot.chat.messages import Button
from bot.chat.texts import say
from bot.domain import AnswerStatus, Receipt
from bot.language_model.port import OURSELVES

if TYPE_CHECKING:
    from collections.abc import Callable, Sequence
    from datetime import date, datetime

    from bot.answers.answering import Answerer
    from bot.chat.messages import Message
    from bot.domain import Answer, Quote, Scope, ShownQuote
    from bot.language_model.port import Payer
    from bot.library.desk import Desk
    from bot.writing import Writer

LONGEST_QUESTION: Final = 2_000  # code points; nobody asks more in one message, and what is longer is a document
_SENTENCES_A_DOCUMENT: Final = 4  # so many of one document may stand before the next document's first
_FOLLOW_UP_WORDS: Final = 6  # "And in Odessa?", "Und wann war das?": such a question may lean on the one before
_REWRITING_S: Final = 8.0
_T = TypeVar("_T")
_CALM_S: Final = 0.001
_LATE_S: Final = 0.005  # a loop that wakes up so much later than it was asked to is busy
_CALM_AT_MOST_S: Final = 0.25


@dataclass(frozen=True, slots=True)
class Found:
    """An answer as its quotes, and what a model is shown beside them to word it."""

    answer: Answer
    more: tuple[ShownQuote, ...] = ()
    befores: tuple[str, ...] = ()
    leans: bool = False  # whether the question may lean on those before it


class Asking:
    """Answers questions one after the other in a thread of its own: the event loop stays free to acknowledge others.

    With a writer, what was found can be worded afterwards; nothing waits for it.
    """

    def __init__(
        self, answerer: Answerer, desk: Desk, writer: Writer | None = None, *, writing_s: float = TIME_LIMIT_S
    ) -> None:
        """`writing_s`: a model has so long for the sentences of an answer, whose quotes stand meanwhile."""
        self._answerer, self._desk, self._writer, self._writing_s = answerer, desk, writer, writing_s
        self._thread = ThreadPoolExecutor(1, thread_name_prefix="answers")
        self._turn = asyncio.Lock()

    def close(self) -> None:
        """Wait for the answer that is being found; those that wait for their turn are given up."""
        self._thread.shutdown(wait=True, cancel_futures=True)

    @property
    def altogether_s(self) -> float:
        """What is worded by then is shown, with or without translations."""
        return _REWRITING_S + self._writing_s + TRANSLATING_S

    @property
    def can_write(self) -> bool:
        return self._writer is not None

    async def answer(
        self, question: str, scope: Scope, *, earlier: Sequence[str] = (), language: str = "", now: datetime
    ) -> Answer:
        """Answer a question. `earlier` are those that were asked before it in its thread, oldest first."""
        return (await self.found(question, scope, earlier=earlier, language=language, now=now)).answer

    async def found(
        self,
        question: str,
        scope: Scope,
        *,
        earlier: Sequence[str] = (),
        language: str = "",
        now: datetime,
        payer: Payer = OURSELVES,
    ) -> Found:
        """What is found without a model, at once. Where that is nothing, and a model can say what the question's words
        are called in the documents' language, what is found with these."""
        text, today = question[:LONGEST_QUESTION].strip(), now.date()
        together_text = f"{text} {_leant_on(earlier)}" if earlier else ""
        await self._answerer.prepare(text, *([together_text] if together_text else []))

        def work() -> Found:
            alone = self._looked_up(text, scope, today, language, payer)
            leans = len(text.split()) <= _FOLLOW_UP_WORDS or alone.answer.status is AnswerStatus.NOT_IN_SOURCES
            if not earlier or not leans:
                return alone
            together = self._looked_up(together_text, scope, today, language, payer)
            if together.answer.status is AnswerStatus.NOT_IN_SOURCES:
                return replace(alone, leans=True)
            return replace(together, answer=replace(together.answer, question=text), leans=True)

        found = await self._apart(work)
        if found.answer.status is AnswerStatus.NOT_IN_SOURCES and await self._answerer.prepare_words(
            text, today=today, language=language, payer=payer
        ):
            found = await self._apart(work)
        return found

    async def written(
        self, found: Found, scope: Scope, *, earlier: Sequence[str] = (), now: datetime, payer: Payer = OURSELVES
    ) -> WrittenAnswer | None:
        """The answer worded by the model, a follow-up understood by it; None without one. Never raises for what a
        model does; takes no longer than its time."""
        if self._writer is None:
            return None
        ends = asyncio.get_running_loop().time() + self.altogether_s
        question, rewriting_calls = found.answer.question, 0
        if earlier and found.leans:
            language = found.answer.language
            made = await self._writer.rewrite(
                question, earlier, language=language, time_limit_s=_REWRITING_S, payer=payer
            )
            rewriting_calls = made.calls
            if made.question and made.question != question:
                alone = await self._apart(self._looked_up, made.question, scope, now.date(), language, payer)
                if alone.answer.status is AnswerStatus.ANSWERED:
                    found = alone
        written = await write_answer(
            found.answer, self._writer, today=now.date(), more=found.more, befores=found.befores,
            time_limit_s=self._writing_s, total_s=max(0.0, ends - asyncio.get_running_loop().time()), payer=payer,
        )  # fmt: skip
        answer = replace(written.answer, question=question)
        return replace(written, answer=answer, calls=written.calls + rewriting_calls)

    def _looked_up(self, text: str, scope: Scope, today: date, language: str, payer: Payer) -> Found:
        answerer = self._answerer
        if self._writer is None:
            return Found(answerer.answer(text, scope, today=today, language=language, payer=payer, may_wait=False))
        return Found(
            *answerer.answer_with_more(text, scope, today=today, language=language, payer=payer, may_wait=False)
        )

    async def _apart(self, work: Callable[..., _T], *given: Any) -> _T:
        async with self._turn:
            await _calm()
            return await asyncio.get_running_loop().run_in_executor(self._thread, work, *given)

    async def find(self, words: str, scope: Scope, *, most: int, now: datetime) -> list[ShownQuote]:
        """The best sentence of each of the documents that say something like these words, best first."""

        def work() -> list[ShownQuote]:
            text = words[:LONGEST_QUESTION]
            _, ranked = self._answerer.ranked(text, scope, today=now.date(), most=_SENTENCES_A_DOCUMENT * most)
            best = {one.quote.document_id: one for one in reversed(ranked)}
            return sorted(best.values(), key=ranked.index)[:most]

        return await self._apart(work)

    async def message(
        self, answer: Answer, scope: Scope, *, key: str, now: datetime, written: WrittenAnswer | None = None
    ) -> Message:
        """The answer as a message; a receipt is kept of every quote in it. `key` names the answer to its buttons;
        `written` says who worded it."""

        def work() -> Message:
            shown = _all_quotes(answer)
            versions = self._desk.versions(scope, {one.quote.version_id for one in shown})
            addresses = {i: version.facts.address for i, version in versions.items() if version.facts.address}
            made = answer_message(answer, answer.language, addresses, _buttons(answer, key))
            if quotes := tuple(dict.fromkeys(one.quote for one in made.quotes())):
                self._desk.keep_receipt(_receipt(now, scope, quotes, written))
            return made

        return await self._apart(work)


def _receipt(now: datetime, scope: Scope, quotes: tuple[Quote, ...], written: WrittenAnswer | None) -> Receipt:
    receipt = Receipt(now, "answer", scope, quotes)
    if written is None:
        return receipt
    return replace(receipt, prompt=written.writing.prompt, model=written.writing.model, dropped=written.dropped)


async def _calm() -> None:
    """Let what came in be acknowledged before more is computed: a loop that is late has much to do. Not for long."""
    loop = asyncio.get_running_loop()
    until = loop.time() + _CALM_AT_MOST_S
    while (began := loop.time()) < until:
        await asyncio.sleep(_CALM_S)
        if loop.time() - began < _CALM_S + _LATE_S:
            return


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
