"""The written answer: what a model says of an answer's quotes, each sentence with the marks of those that bear it out.

It is the extractive answer with something above it: where the model gives nothing that may be said, the quotes are the
answer, as they are without a model.
"""

from __future__ import annotations

from collections.abc import Sequence
from dataclasses import dataclass, replace
from datetime import date
from typing import TYPE_CHECKING, Final

from bot.domain import AnswerStatus, WrittenLine
from bot.grounding.numbered import NumberedSentence, number_sentences
from bot.language_model.port import OURSELVES
from bot.writing import Writer, Writing

if TYPE_CHECKING:
    from bot.domain import Answer, Quote, ShownQuote
    from bot.grounding.gate import GroundedSentence
    from bot.language_model.port import Payer

MOST_SENTENCES: Final = 4
MOST_MARKED: Final = 5  # quotes: as many as a message shows
TIME_LIMIT_S: Final = 20.0


@dataclass(frozen=True, slots=True)
class WrittenAnswer:
    """The answer, written if it could be, and what became of the attempt: for the log, the receipt and the admin."""

    answer: Answer
    writing: Writing


async def write_answer(
    answer: Answer,
    writer: Writer,
    *,
    today: date,
    more: Sequence[ShownQuote] = (),
    befores: Sequence[str] = (),
    time_limit_s: float = TIME_LIMIT_S,
    payer: Payer = OURSELVES,
) -> WrittenAnswer:
    """An extractive answer with sentences above its quotes, in its own language; itself where there are none.

    `more` are further sentences of the evidence, which are shown beside the answer's own quotes only where a sentence
    rests on them; `befores` what stands before each of the answer's quotes and of `more`, in their order. A refusal
    stays one, and asks no model. Never raises but for being cancelled.
    """
    if answer.status is not AnswerStatus.ANSWERED or not answer.quotes:
        return WrittenAnswer(answer, Writing(reason="nothing-to-show"))
    sides = [side.quotes[0] for conflict in answer.conflicts for side in conflict.sides if side.quotes]
    own = list(answer.quotes)
    rows = number_sentences([*own, *more, *sides], befores)
    writing = await writer.write(
        "answer",
        rows,
        language=answer.language,
        time_limit_s=time_limit_s,
        today=today,
        most_sentences=MOST_SENTENCES,
        payer=payer,
        values={"question": answer.question},
    )
    return WrittenAnswer(with_lines(answer, writing.sentences, rows), writing)


def with_lines(answer: Answer, sentences: Sequence[GroundedSentence], rows: Sequence[NumberedSentence]) -> Answer:
    """The answer with these sentences above its quotes: those that they rest on first, in the order of their marks."""
    by_number = {row.number: row.quote for row in rows}
    marks: dict[Quote, int] = {}
    shown: list[ShownQuote] = []
    lines: list[WrittenLine] = []
    for sentence in sentences:
        quotes = [by_number[number] for number in sentence.supports]
        new = [quote for quote in quotes if quote.quote not in marks]
        if len(marks) + len(new) > MOST_MARKED:
            continue  # what a reader cannot see beside it, a sentence does not rest on
        for quote in new:
            marks[quote.quote] = len(marks) + 1
            shown.append(quote)
        lines.append(WrittenLine(sentence.text, tuple(sorted(marks[quote.quote] for quote in quotes))))
    if not lines:
        return answer
    rest = [quote for quote in answer.quotes if quote.quote not in marks]
    return replace(answer, quotes=(*shown, *rest), written=tuple(lines))
