"""The written brief and card: what a model says of a story, or of one document, from its quotes. Where it says nothing
usable, the quotes tell it.

One call for a story, a second one for the headline of several reports, all of them within one time limit: a brief goes
out on time without a model.
"""

from __future__ import annotations

import asyncio
from dataclasses import dataclass, replace
from typing import TYPE_CHECKING, Final

from bot.briefs.brief import BriefLine
from bot.domain import Translated, WrittenLine
from bot.grounding.numbered import number_sentences
from bot.language_model.port import OURSELVES, ModelOutcome
from bot.writing import by_report

if TYPE_CHECKING:
    from collections.abc import Mapping, Sequence
    from datetime import date

    from bot.briefs.brief import Brief, BriefEntry
    from bot.briefs.card import Card
    from bot.domain import ShownQuote
    from bot.language_model.port import Payer
    from bot.writing import Writer, Writing

MOST_SENTENCES: Final = 3
MOST_OF_A_CARD: Final = 2
TIME_LIMIT_S: Final = 25.0
AT_ONCE: Final = 3  # calls
_FAILURES: Final = frozenset(outcome.value for outcome in ModelOutcome)


@dataclass(frozen=True, slots=True)
class WrittenBrief:
    """The brief, written where it could be, and what became of each of its stories."""

    brief: Brief
    writings: tuple[Writing, ...]


async def write_brief(
    brief: Brief,
    writer: Writer,
    *,
    language: str,
    today: date,
    time_limit_s: float = TIME_LIMIT_S,
    payer: Payer = OURSELVES,
) -> WrittenBrief:
    """The brief with sentences above the quotes of its stories, and one headline for the reports of each. `language` is
    that of our words in it.

    `extract_only` is set where the model failed all stories. To be called before the brief is frozen; the same brief
    twice may be written in other words. Never raises but when cancelled.
    """
    gate = asyncio.Semaphore(AT_ONCE)
    ends = asyncio.get_running_loop().time() + time_limit_s

    async def written(entry: BriefEntry) -> tuple[BriefEntry, Writing]:
        async with gate:
            return await _write_entry(entry, writer, language, today, ends, payer)

    async with asyncio.TaskGroup() as group:
        tasks = [group.create_task(written(entry)) for entry in brief.entries]
    made = [task.result() for task in tasks]
    writings = tuple(writing for _, writing in made)
    failed = bool(writings) and all(writing.reason in _FAILURES for writing in writings)
    entries = tuple(entry for entry, _ in made)
    told = next((writing for writing in writings if writing.sentences), None)
    made_of = replace(
        brief, entries=entries, extract_only=brief.extract_only or failed, prompt=told.prompt if told else "",
        model=told.model if told else "", dropped=sum(sum(writing.dropped.values()) for writing in writings),
    )  # fmt: skip
    return WrittenBrief(made_of, writings)


async def write_card(
    card: Card,
    writer: Writer,
    *,
    language: str,
    today: date,
    time_limit_s: float = TIME_LIMIT_S,
    payer: Payer = OURSELVES,
) -> tuple[Card, Writing]:
    """The card with sentences above its quotes and, where it is in another language, translations below them; itself
    where there are none. Never raises but when cancelled."""
    ends = asyncio.get_running_loop().time() + time_limit_s
    rows = by_report(number_sentences(card.quotes))
    writing = await writer.write(
        "card", rows, language=language, time_limit_s=time_limit_s, today=today, most_sentences=MOST_OF_A_CARD,
        payer=payer,
    )  # fmt: skip
    marks = {row.number: card.quotes.index(row.quote) + 1 for row in rows}
    lines = (WrittenLine(one.text, tuple(sorted(marks[n] for n in one.supports))) for one in writing.sentences)
    card = replace(card, written=tuple(lines))
    if writing.failure is None and any(one.language != language for one in card.quotes):
        left = ends - asyncio.get_running_loop().time()  # none left: what is remembered costs no time
        made = await writer.translate(rows, language=language, time_limit_s=max(0.0, left), payer=payer)
        quotes = {row.number: row.quote.quote for row in rows}
        below = tuple(Translated(quotes[number], text) for number, text in made.texts.items())
        card = replace(card, translations=below)
        writing = replace(
            writing, calls=writing.calls + made.calls, prompt=writing.prompt or (made.prompt if below else ""),
            model=writing.model or (made.model if below else ""), dropped=_together(writing.dropped, made.dropped),
        )  # fmt: skip
    return card, writing


def _together(one: Mapping[str, int], other: Mapping[str, int]) -> dict[str, int]:
    return {rule: one.get(rule, 0) + other.get(rule, 0) for rule in (*one, *other)}


async def _write_entry(
    entry: BriefEntry, writer: Writer, language: str, today: date, ends: float, payer: Payer
) -> tuple[BriefEntry, Writing]:
    left = max(0.0, ends - asyncio.get_running_loop().time())  # none left: what is remembered costs no time
    rows = by_report(number_sentences(_material(entry)))
    fresh = {fact.quote_after.quote for fact in entry.new_facts}
    news = ", ".join(str(row.number) for row in rows if row.quote.quote in fresh)
    writing = await writer.write(
        "brief",
        rows,
        language=language,
        time_limit_s=left,
        today=today,
        most_sentences=MOST_SENTENCES,
        payer=payer,
        values={"news": news},
    )
    by_number = {row.number: row.quote for row in rows}
    lines = tuple(BriefLine(one.text, tuple(by_number[number] for number in one.supports)) for one in writing.sentences)
    entry = replace(entry, lines=lines)
    if entry.reports > 1 and lines:  # a single report has the headline that its own desk gave it
        left = max(0.0, ends - asyncio.get_running_loop().time())
        titled = await writer.write(
            "story_title", rows, language=language, time_limit_s=left, today=today, most_sentences=1, payer=payer
        )
        if titled.sentences:
            entry = replace(entry, headline=titled.sentences[0].text.rstrip("."))
        dropped = _together(writing.dropped, titled.dropped)
        writing = replace(writing, calls=writing.calls + titled.calls, dropped=dropped)
    return entry, writing


def _material(entry: BriefEntry) -> Sequence[ShownQuote]:
    """The quotes of a story, of its new facts, and of what contradicts it."""
    facts = [quote for fact in entry.new_facts for quote in (fact.quote_after, fact.quote_before) if quote is not None]
    sides = [side.quotes[0] for conflict in entry.conflicts for side in conflict.sides if side.quotes]
    return [*entry.quotes, *facts, *sides]
