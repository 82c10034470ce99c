"""Answers, cards and refusals as messages, in the reader's language, for every platform alike."""

from __future__ import annotations

from typing import TYPE_CHECKING

from bot.chat.messages import Heading, Message, Paragraph, Points, QuoteBlock, SourceLinks, Tone
from bot.chat.passage_links import passage_link
from bot.chat.refusals import reason_in
from bot.chat.texts import count, say, say_day, say_source
from bot.domain import AnswerStatus

if TYPE_CHECKING:
    from collections.abc import Mapping, Sequence

    from bot.briefs.card import Card
    from bot.chat.messages import Block, Button, Menu
    from bot.domain import Answer, Conflict, Quote, ShownQuote
    from bot.errors import VerbatimError

MOST_QUOTES = 5
MOST_NEAREST = 3


def answer_message(
    answer: Answer, language: str, addresses: Mapping[int, str], buttons: Sequence[Button | Menu] = ()
) -> Message:
    """An answer: what was written of its quotes, these, numbered, what contradicts them, where they stand; or the
    refusal with what is nearest."""
    if answer.status is AnswerStatus.NOT_IN_SOURCES:
        return _refusal(answer, language, addresses, buttons)
    quotes = answer.quotes[:MOST_QUOTES]
    numbers = {one.quote: n for n, one in enumerate(quotes, 1)}
    blocks: list[Block] = [Paragraph(line.text, marks=line.marks) for line in answer.written]
    translated = {one.quote: one.text for one in answer.translations}
    blocks += [
        quote_block(one, language, addresses, numbers[one.quote], translated.get(one.quote, "")) for one in quotes
    ]
    for conflict in answer.conflicts:
        blocks += conflict_blocks(conflict, numbers, language, addresses)
    blocks.append(_source_links(quotes, addresses, language))
    blocks.append(Paragraph(_reach(quotes, language), small=True))
    if answer.note:
        blocks.append(Paragraph(answer.note, small=True))
    first = quotes[0]
    summary = f"{first.text} — {first.outlet or first.document}"
    if answer.written:
        summary = answer.written[0].text
    tone = Tone.WARNING if answer.conflicts else Tone.PLAIN
    return Message(summary, tuple(blocks), language, tone, tuple(buttons))


def _refusal(
    answer: Answer, language: str, addresses: Mapping[int, str], buttons: Sequence[Button | Menu]
) -> Message:
    head = say("no-answer", language)
    blocks: list[Block] = [Paragraph(f"{head} {answer.explanation}".strip(), strong=True)]
    if nearest := answer.nearest[:MOST_NEAREST]:
        blocks.append(Paragraph(say("nearest", language), small=True))
        blocks += [quote_block(one, language, addresses) for one in nearest]
    return Message(head, tuple(blocks), language, Tone.GREY, tuple(buttons))


def card_message(card: Card, language: str, address: str, buttons: Sequence[Button | Menu] = ()) -> Message:
    """A document's card: title, where and when it was published, its two or three sentences that carry the news."""
    title = card.title or say("untitled", language)
    head = [card.outlet or card.document, say_day(card.published, language), card.language]
    if card.machine_translated:
        head.append(say("machine-translated", language))
    blocks: list[Block] = [Heading(title, link=passage_link(address, "")), Paragraph(" · ".join(head), small=True)]
    if card.published.warning:
        blocks.append(Paragraph(card.published.warning, small=True))
    if card.copy_of:
        blocks.append(Paragraph(f"{say('copy-note', language)} ({card.copy_of})", small=True))
    blocks += [Paragraph(line.text, marks=line.marks) for line in card.written]
    translated = {one.quote: one.text for one in card.translations}
    for n, one in enumerate(card.quotes, 1):
        line = say("paragraph", language, n=one.paragraph)
        mark = n if card.written else 0
        blocks.append(QuoteBlock(one, line, mark, passage_link(address, one.text), translated.get(one.quote, "")))
    tone = Tone.WARNING if card.published.warning else Tone.PLAIN
    return Message(f"{title} — {head[0]}", tuple(blocks), language, tone, tuple(buttons))


def error_message(error: VerbatimError, language: str) -> Message:
    """One line of cause and cure, and the code that stands in the log."""
    person = reason_in(language, error.code, error.person)
    cause, _, cure = person.partition(". ")
    blocks: list[Block] = [Paragraph(cause + ("." if cure else ""), strong=True)]
    if cure:
        blocks.append(Paragraph(cure))
    blocks.append(Paragraph(say("code", language, code=error.code), small=True))
    return Message(person, tuple(blocks), language, Tone.TROUBLE)


def note_message(text: str, language: str, tone: Tone = Tone.PLAIN, buttons: Sequence[Button | Menu] = ()) -> Message:
    """One sentence of ours."""
    return Message(text, (Paragraph(text),), language, tone, tuple(buttons))


def points_message(head: str, lines: Sequence[str], language: str, buttons: Sequence[Button | Menu] = ()) -> Message:
    """A headed list of short lines."""
    return Message(head, (Heading(head), Points(tuple(lines))), language, Tone.PLAIN, tuple(buttons))


def quote_block(
    one: ShownQuote, language: str, addresses: Mapping[int, str], mark: int = 0, translation: str = ""
) -> QuoteBlock:
    """A quote with who published it, where it stands and when, and the way to its passage."""
    link = passage_link(addresses.get(one.quote.version_id, ""), one.text)
    return QuoteBlock(one, say_source(one, language), mark, link, translation)


def conflict_blocks(
    conflict: Conflict, numbers: Mapping[Quote, int], language: str, addresses: Mapping[int, str]
) -> list[Block]:
    """What disagrees: each side, who says so, in how many reports; then the quotes that the answer did not show."""
    if conflict.kind == "reversal":
        head = say("reversed", language)
    elif conflict.about:
        head = say("disagree", language, about=conflict.about)
    else:
        head = say("disagree-plain", language)
    lines: list[str] = []
    more: list[Block] = []
    for side in conflict.sides:
        value = say(side.value, language) if conflict.kind == "reversal" else side.value
        value = say(side.bound, language, value=value) if side.bound else value
        marks = "".join(f"[{numbers[one.quote]}]" for one in side.quotes if one.quote in numbers)
        day = next((say_day(one.published, language) for one in side.quotes if one.published.known_day), "")
        by = f" — {side.said_by}" if side.said_by else ""
        by += f", {day}" if day else ""
        lines.append(f"{value}{by} ({count('report', 'reports', side.reports, language)}) {marks}".rstrip())
        if not marks:
            more += [quote_block(one, language, addresses) for one in side.quotes[:1]]
    return [Paragraph(head, strong=True), Points(tuple(lines)), *more]


def _source_links(quotes: Sequence[ShownQuote], addresses: Mapping[int, str], language: str) -> SourceLinks:
    rows: list[tuple[int, str, str, str]] = []
    for n, one in enumerate(quotes, 1):
        title = one.title or one.document
        address = passage_link(addresses.get(one.quote.version_id, ""), "")
        rows.append((n, title, address, say("paragraph", language, n=one.paragraph)))
    return SourceLinks(tuple(rows))


def _reach(quotes: Sequence[ShownQuote], language: str) -> str:
    """How many independent reports the shown quotes come from, and how new the newest is."""
    reports = count("report", "reports", len({one.report_id for one in quotes}), language)
    dated = {day: one.published for one in quotes if (day := one.published.known_day)}
    if not dated:
        return reports
    return f"{reports} · {say('newest', language, day=say_day(dated[max(dated)], language))}"
