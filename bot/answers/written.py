"""The written answer: what a model says of an answer's quotes, each sentence with the marks of those that bear it out.

It is the extractive answer with something above it: where the model gives nothing that may be said, the quotes are the
answer, as they are without a model.
"""

from __future__ import annotations

import asyncio
from collections.abc import Sequence
from dataclasses import dataclass, replace
from datetime import date
from typing import TYPE_CHECKING, Final

from bot.domain import AnswerStatus, Translated, WrittenLine
from bot.grounding.numbered import NumberedSentence, number_sentences
from bot.language_model.port import OURSELVES, ModelFailed, ModelOutcome
from bot.language_model.reasons import person_text
from bot.writing import Writer, Writing, by_report

if TYPE_CHECKING:
    from bot.domain import Answer, Quote, ShownQuote
    from bot.grounding.gate import GroundedSentence
    from bot.language_model.port import Payer

MOST_SENTENCES: Final = 4
MOST_MARKED: Final = 5  # quotes: as many as a message shows
TIME_LIMIT_S: Final = 20.0
TRANSLATING_S: Final = 15.0
TOTAL_S: Final = TIME_LIMIT_S + TRANSLATING_S
# What is worth a line of the reader's: that there could be more. That a model had nothing to add is not.
_WORTH_SAYING: Final = frozenset(
    {ModelOutcome.DOWN, ModelOutcome.SLOW, ModelOutcome.LIMITED, ModelOutcome.REFUSED, ModelOutcome.BUDGET}
)


@dataclass(frozen=True, slots=True)
class WrittenAnswer:
    """The answer, written if it could be, and what became of the attempt: for the log, the receipt and the admin.

    `dropped`: sentences and translations that the gate let not through.
    """

    answer: Answer
    writing: Writing
    calls: int = 0
    dropped: int = 0

    @property
    def is_more(self) -> bool:
        """Whether it says anything that the quotes alone do not."""
        return bool(self.answer.written or self.answer.translations)


async def write_answer(
    answer: Answer,
    writer: Writer,
    *,
    today: date,
    more: Sequence[ShownQuote] = (),
    befores: Sequence[str] = (),
    time_limit_s: float = TIME_LIMIT_S,
    total_s: float = TOTAL_S,
    payer: Payer = OURSELVES,
    in_order: bool = False,
) -> WrittenAnswer:
    """An extractive answer with sentences above its quotes, in its own language, and translations below those in
    another; itself where there are none.

    `more` are further sentences of the evidence, which are shown beside the answer's own quotes only where a sentence
    rests on them; `befores` what stands before each of the answer's quotes and of `more`, in their order. `in_order`:
    the answer's quotes were shown under their numbers already and keep them. A refusal stays one, and asks no model.
    Where the model gave nothing and might have, the answer's `note` says so. Sentences have `time_limit_s`, with the
    translations together `total_s`. Never raises but for being cancelled.
    """
    ends = asyncio.get_running_loop().time() + total_s
    if answer.status is not AnswerStatus.ANSWERED or not answer.quotes:
        return WrittenAnswer(answer, Writing(reason="nothing-to-show"))
    sides = [side.quotes[0] for conflict in answer.conflicts for side in conflict.sides if side.quotes]
    own = list(answer.quotes)
    rows = by_report(number_sentences([*own, *more, *sides], befores))
    writing = await writer.write(
        "answer",
        rows,
        language=answer.language,
        time_limit_s=min(time_limit_s, total_s),
        today=today,
        most_sentences=MOST_SENTENCES,
        payer=payer,
        values={"question": answer.question},
    )
    made = with_lines(answer, writing.sentences, rows, in_order=in_order)
    calls, dropped = writing.calls, sum(writing.dropped.values())
    if writing.failure is None and writing.reason != ModelOutcome.SLOW:
        left = max(0.0, ends - asyncio.get_running_loop().time())
        translations = await writer.translate(
            number_sentences(made.quotes[:MOST_MARKED]),
            language=answer.language, time_limit_s=min(TRANSLATING_S, time_limit_s, left), payer=payer,
        )  # fmt: skip
        quotes = {row.number: row.quote.quote for row in number_sentences(made.quotes[:MOST_MARKED])}
        texts = tuple(Translated(quotes[number], text) for number, text in translations.texts.items())
        made = replace(made, translations=texts)
        calls, dropped = calls + translations.calls, dropped + sum(translations.dropped.values())
    if not made.written and (note := note_of(writing, answer.language)):
        made = replace(made, note=note)
    return WrittenAnswer(made, writing, calls, dropped)


def note_of(writing: Writing, language: str) -> str:
    """What to say of a writing that came to nothing, "" where that is of no use to the reader."""
    if writing.failure is not None:
        return person_text(writing.failure, language) if writing.failure.outcome in _WORTH_SAYING else ""
    if writing.reason == ModelOutcome.SLOW:
        return person_text(ModelFailed(ModelOutcome.SLOW), language)
    return ""


def with_lines(
    answer: Answer,
    sentences: Sequence[GroundedSentence],
    rows: Sequence[NumberedSentence],
    *,
    in_order: bool = False,
) -> Answer:
    """The answer with these sentences above its quotes: those that they rest on first, in the order of their marks; or,
    `in_order`, all of its quotes in their places and further ones behind them."""
    by_number = {row.number: row.quote for row in rows}
    marks: dict[Quote, int] = {}
    shown: list[ShownQuote] = []
    if in_order:
        shown = list(answer.quotes)
        marks = {one.quote: n for n, one in enumerate(shown, 1)}
    lines: list[WrittenLine] = []
    for sentence in sentences:
        quotes = [by_number[number] for number in sentence.supports]
        new = [quote for quote in quotes if quote.quote not in marks]
        if new and len(marks) + len(new) > max(MOST_MARKED, len(answer.quotes) if in_order else 0):
            continue  # what a reader cannot see beside it, a sentence does not rest on
        for quote in new:
            marks[quote.quote] = len(marks) + 1
            shown.append(quote)
        lines.append(WrittenLine(sentence.text, tuple(sorted(marks[quote.quote] for quote in quotes))))
    if not lines:
        return answer
    rest = [quote for quote in answer.quotes if quote.quote not in marks]
    return replace(answer, quotes=(*shown, *rest), written=tuple(lines))
