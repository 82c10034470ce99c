"""Answers, cards and briefs as lines of a terminal, which foreign words reach without control characters."""

from __future__ import annotations

import textwrap
from typing import TYPE_CHECKING

from bot.briefs.brief import quotes_of
from bot.chat.texts import count, say, say_day, say_source
from bot.domain import AnswerStatus

if TYPE_CHECKING:
    from collections.abc import Callable, Mapping, Sequence

    from bot.briefs.brief import Brief, BriefEntry
    from bot.briefs.card import Card
    from bot.domain import Answer, Conflict, Quote, ShownQuote

Style = str  # "bold", "dim", "yellow", …
_MARKS = {"de": ("„", "“"), "en": ("“", "”")}
WIDTH = 100


def printable(text: str) -> str:
    """Foreign words that may be printed: no control, direction or surrogate characters: some a terminal obeys."""
    return "".join(c if c.isprintable() or c in "\u00ad\u200b\u200c\u200d\ufeff" else " " for c in text)


def _printable_lines(text: str) -> str:
    return "\n".join(printable(line) for line in text.split("\n"))


class Renderer:
    """Turns our data into text. `paint(text, style)` colours it, or returns it as it is."""

    def __init__(self, paint: Callable[[str, Style], str] = lambda text, _: text, width: int = WIDTH) -> None:
        self._paint = paint
        self._width = max(40, min(width, 120))

    def bold(self, text: str) -> str:
        return self._paint(text, "bold")

    def styled(self, text: str, style: Style) -> str:
        return self._paint(text, style)

    def lit(self, text: str) -> str:
        """A quote lit up within its document; between arrows where there are no colours."""
        painted = self._paint(text, "lit")
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
            lines.append(self._paint(say("no-answer", language), "bold") + " " + printable(answer.explanation))
            if answer.nearest:
                lines += ["", self._paint(say("nearest", language), "dim")]
                for quote in answer.nearest:
                    lines += self._quote(quote, language, style="dim")
            return "\n".join(lines)
        numbers = {quote.quote: n for n, quote in enumerate(answer.quotes, 1)}
        for quote in answer.quotes:
            lines += [*self._quote(quote, language, number=numbers[quote.quote]), ""]
        for conflict in answer.conflicts:
            lines += [*self._conflict(conflict, numbers, language), ""]
        return "\n".join(lines).rstrip()

    def card(self, card: Card, language: str) -> str:
        """A document's card."""
        head = [printable(card.outlet) or printable(card.document), say_day(card.published, language), card.language]
        if card.machine_translated:
            head.append(say("machine-translated", language))
        lines = [
            self._paint(printable(card.title) or say("untitled", language), "bold"),
            self._paint(" · ".join(head), "dim"),
        ]
        if card.published.warning:
            lines.append(self._paint(f"! {printable(card.published.warning)}", "yellow"))
        if card.copy_of:
            lines.append(self._paint(f"{say('copy-note', language)} ({printable(card.copy_of)})", "dim"))
        for quote in card.quotes:
            lines += self._quote_lines(quote, f" {say('paragraph', language, n=quote.paragraph)}")
        lines.append(self._paint(printable(card.document), "dim"))
        return "\n".join(lines)

    def brief(self, brief: Brief, language: str, *, when: str, since: str = "", folder: str = "seeds") -> str:
        """A brief."""
        head = f"{say('brief', language)} · {when}"
        if not brief.entries:
            nothing = say("nothing-new", language) if brief.since else say("nothing-at-all", language, folder=folder)
            rest = [*self._copies(brief, language), *self._failed(brief, language)]
            return "\n".join([self._paint(head, "bold"), nothing, *rest])
        documents = count("document", "documents", brief.documents, language)
        stories = count("story", "stories", len(brief.entries) + len(brief.also_new), language)
        window = say("since", language, when=since) if brief.since else say("first-brief", language)
        lines = [
            self._paint(head, "bold"),
            self._paint(f"{window} · {say('looked-at', language, documents=documents, stories=stories)}", "dim"),
        ]
        for n, entry in enumerate(brief.entries, 1):
            lines += ["", *self._entry(n, entry, language)]
        if brief.also_new:
            lines += ["", self._paint(say("also-new", language), "bold")]
            lines += [f"  • {printable(one.headline)}" for one in brief.also_new]
        if brief.copies:
            lines.append("")
        return "\n".join([*lines, *self._copies(brief, language), *self._failed(brief, language)])

    def _copies(self, brief: Brief, language: str) -> list[str]:
        return [count("copy-of-told", "copies-of-told", brief.copies, language)] if brief.copies else []

    def _failed(self, brief: Brief, language: str) -> list[str]:
        if not brief.failed:
            return []
        lines = [f"  • {printable(line)}" for line in brief.failed[:10]]
        return ["", self._paint(say("failed", language), "yellow"), *lines]

    def _entry(self, n: int, entry: BriefEntry, language: str) -> list[str]:
        voices = count("report", "reports", entry.reports, language) if entry.reports > 1 else say("single", language)
        mark = self._paint(say(entry.mark, language), "green" if entry.mark == "NEW" else "yellow")
        title = printable(entry.headline) or printable(entry.documents[0])
        lines = [f"{n} {self._paint(title, 'bold')}  {mark} · {voices}"]
        for change in entry.changed:
            before, after = printable(change.before), printable(change.after)
            lines.append(f"  {self._paint(say('before-after', language, before=before, after=after), 'yellow')}")
        shown = set()
        for quote in quotes_of(entry):
            if quote.quote not in shown:
                shown.add(quote.quote)
                lines += self._quote(quote, language)
        return lines

    def _conflict(self, conflict: Conflict, numbers: Mapping[Quote, int], language: str) -> list[str]:
        if conflict.kind == "reversal":
            head = say("reversed", language)
        elif conflict.about:
            head = say("disagree", language, about=printable(conflict.about))
        else:
            head = say("disagree-plain", language)
        lines = [self._paint(head, "yellow")]
        for side in conflict.sides:
            value = say(side.value, language) if conflict.kind == "reversal" else printable(side.value)
            value = say(side.bound, language, value=value) if side.bound else value
            marks = "".join(f"[{numbers[q.quote]}]" for q in side.quotes if q.quote in numbers)
            by = f" — {printable(side.said_by)}" if side.said_by else ""
            lines.append(f"  • {value}{by} ({count('report', 'reports', side.reports, language)}) {marks}".rstrip())
        return lines

    def _quote(self, quote: ShownQuote, language: str, *, number: int = 0, style: Style = "") -> list[str]:
        source = printable(say_source(quote, language))
        return [
            *self._quote_lines(quote, f" [{number}]" if number else "", style=style),
            *(self._paint(line, "dim") for line in self._wrapped(f"— {source}", "      ")),
        ]

    def _quote_lines(self, quote: ShownQuote, after: str, *, style: Style = "") -> list[str]:
        opening, closing = _MARKS.get(quote.language, _MARKS["en"])
        lines = self._wrapped(f"{opening}{quote.text}{closing}{after}", "  ")
        return [self._paint(line, style) if style else line for line in lines]

    def _wrapped(self, text: str, indent: str) -> list[str]:
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
    return [quote for entry in brief.entries for quote in quotes_of(entry)]
