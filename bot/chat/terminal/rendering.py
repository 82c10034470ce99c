"""Answers, cards and briefs as lines of a terminal, which foreign words reach without control characters."""

from __future__ import annotations

import textwrap
from typing import TYPE_CHECKING

from bot.chat.terminal.printing import printable
from bot.chat.texts import count, say, say_day, say_source
from bot.domain import AnswerStatus

if TYPE_CHECKING:
    from collections.abc import Callable, Mapping, Sequence

    from bot.briefs.brief import Brief
    from bot.briefs.card import Card
    from bot.domain import Answer, Conflict, Quote, ShownQuote

Style = str  # "bold", "dim", "yellow", …
_MARKS = {"de": ("„", "“"), "en": ("“", "”")}
WIDTH = 100


def _printable_lines(text: str) -> str:
    return "\n".join(printable(line) for line in text.split("\n"))


class Renderer:
    """Turns our data into text. `paint(text, style)` colours it, or returns it as it is."""

    def __init__(self, paint: Callable[[str, Style], str] = lambda text, _: text, width: int = WIDTH) -> None:
        self.paint = paint
        self._width = max(40, min(width, 120))

    def bold(self, text: str) -> str:
        return self.paint(text, "bold")

    def styled(self, text: str, style: Style) -> str:
        return self.paint(text, style)

    def lit(self, text: str) -> str:
        """A quote lit up within its document; between arrows where there are no colours."""
        painted = self.paint(text, "lit")
        return painted if painted != text else f"→{text}←"

    def document(self, text: str, spans: Sequence[tuple[int, int]]) -> str:
        """A document's text with these spans lit up. Its own escape sequences never reach the terminal."""
        parts: list[str] = []
        at = 0
        for start, end in spans:
            parts += [_printable_lines(text[at:start]), self.lit(_printable_lines(text[start:end]))]
            at = end
        return "".join([*parts, _printable_lines(text[at:])])

    def answer(self, answer: Answer, language: str) -> str:
        """An answer: its quotes, what contradicts them, or the refusal with the nearest passages."""
        lines: list[str] = []
        if answer.status is AnswerStatus.NOT_IN_SOURCES:
            lines.append(self.paint(say("no-answer", language), "bold") + " " + printable(answer.explanation))
            if answer.nearest:
                lines += ["", self.paint(say("nearest", language), "dim")]
                for quote in answer.nearest:
                    lines += self.quote(quote, language, style="dim")
            return "\n".join(lines)
        numbers = {quote.quote: n for n, quote in enumerate(answer.quotes, 1)}
        for quote in answer.quotes:
            lines += [*self.quote(quote, language, number=numbers[quote.quote]), ""]
        for conflict in answer.conflicts:
            lines += [*self.conflict(conflict, numbers, language), ""]
        return "\n".join(lines).rstrip()

    def written(self, answer: Answer, language: str, *, after: int = 0) -> str:
        """What a model made of an answer whose first `after` quotes are shown already: its sentences, the quotes that
        these need beside them, translations; or why there is nothing; "" for nothing to say."""
        lines: list[str] = []
        for line in answer.written:
            marks = "".join(f"[{mark}]" for mark in line.marks)
            lines += self.wrapped(f"{printable(line.text)} {marks}", "  ")
        for n, quote in enumerate(answer.quotes[after:], after + 1):
            lines += ["", *self.quote(quote, language, number=n)]
        numbers = {quote.quote: n for n, quote in enumerate(answer.quotes, 1)}
        below: list[str] = []
        for one in answer.translations:
            below += self.wrapped(f"[{numbers[one.quote]}] {say('translated', language)} {printable(one.text)}", "  ")
        if below:
            lines += [*([""] if lines else []), *(self.paint(line, "dim") for line in below)]
        if answer.note:
            lines.append(self.paint(answer.note, "dim"))
        return "\n".join(lines)

    def card(self, card: Card, language: str) -> str:
        """A document's card."""
        head = [printable(card.outlet) or printable(card.document), say_day(card.published, language), card.language]
        if card.machine_translated:
            head.append(say("machine-translated", language))
        lines = [
            self.paint(printable(card.title) or say("untitled", language), "bold"),
            self.paint(" · ".join(head), "dim"),
        ]
        if card.published.warning:
            lines.append(self.paint(f"! {printable(card.published.warning)}", "yellow"))
        if card.copy_of:
            lines.append(self.paint(f"{say('copy-note', language)} ({printable(card.copy_of)})", "dim"))
        for line in card.written:
            lines += self.wrapped(f"{printable(line.text)} {''.join(f'[{mark}]' for mark in line.marks)}", "  ")
        for n, quote in enumerate(card.quotes, 1):
            mark = f" [{n}]" if card.written else ""
            lines += self._quote_lines(quote, f"{mark} {say('paragraph', language, n=quote.paragraph)}")
        lines.append(self.paint(printable(card.document), "dim"))
        return "\n".join(lines)

    def brief(self, brief: Brief, language: str, *, when: str, since: str = "", folder: str = "seeds") -> str:
        """A brief."""
        from bot.chat.terminal.brief_page import brief_page  # whoever only asks a question does not wait for it

        return brief_page(self, brief, language, when=when, since=since, folder=folder)

    def conflict(self, conflict: Conflict, numbers: Mapping[Quote, int], language: str) -> list[str]:
        if conflict.kind == "reversal":
            head = say("reversed", language)
        elif conflict.about:
            head = say("disagree", language, about=printable(conflict.about))
        else:
            head = say("disagree-plain", language)
        lines = [self.paint(head, "yellow")]
        for side in conflict.sides:
            value = say(side.value, language) if conflict.kind == "reversal" else printable(side.value)
            value = say(side.bound, language, value=value) if side.bound else value
            marks = "".join(f"[{numbers[q.quote]}]" for q in side.quotes if q.quote in numbers)
            by = f" — {printable(side.said_by)}" if side.said_by else ""
            lines.append(f"  • {value}{by} ({count('report', 'reports', side.reports, language)}) {marks}".rstrip())
        return lines

    def quote(self, quote: ShownQuote, language: str, *, number: int = 0, style: Style = "") -> list[str]:
        source = printable(say_source(quote, language))
        return [
            *self._quote_lines(quote, f" [{number}]" if number else "", style=style),
            *(self.paint(line, "dim") for line in self.wrapped(f"— {source}", "      ")),
        ]

    def _quote_lines(self, quote: ShownQuote, after: str, *, style: Style = "") -> list[str]:
        opening, closing = _MARKS.get(quote.language, _MARKS["en"])
        lines = self.wrapped(f"{opening}{quote.text}{closing}{after}", "  ")
        return [self.paint(line, style) if style else line for line in lines]

    def wrapped(self, text: str, indent: str) -> list[str]:
        return textwrap.wrap(
            text,
            self._width,
            initial_indent=indent,
            subsequent_indent=indent + " ",
            break_long_words=False,
            break_on_hyphens=False,
        ) or [indent]


def all_quotes(brief: Brief) -> Sequence[ShownQuote]:
    """Every quote that a rendered brief shows, for its receipt."""
    from bot.briefs.brief import quotes_of

    return [quote for entry in brief.entries for quote in quotes_of(entry)]
