"""A brief as a page of the terminal: what is new with its quotes, what disagrees, what is left out and why."""

from __future__ import annotations

from typing import TYPE_CHECKING, Protocol

from bot.briefs.brief import quotes_of
from bot.chat.brief_texts import tell
from bot.chat.brief_words import chart_lines, chart_title, fact_words, left_out_words
from bot.chat.terminal.printing import printable
from bot.chat.texts import count, say

if TYPE_CHECKING:
    from collections.abc import Callable, Mapping

    from bot.briefs.brief import Brief, BriefEntry
    from bot.domain import Conflict, Quote, ShownQuote

_SAID = frozenset({"copies", "unreadable"})  # in lines of their own


class Page(Protocol):
    """What a page is drawn with."""

    @property
    def paint(self) -> Callable[[str, str], str]: ...

    def wrapped(self, text: str, indent: str) -> list[str]: ...

    def quote(self, quote: ShownQuote, language: str, *, number: int = 0) -> list[str]: ...

    def conflict(self, conflict: Conflict, numbers: Mapping[Quote, int], language: str) -> list[str]: ...


def brief_page(
    page: Page, brief: Brief, language: str, *, when: str, since: str = "", folder: str = "seeds"
) -> str:
    """A brief as a terminal shows it. `when` and `since` are written already."""
    head = f"{say('brief', language)} · {when}"
    if brief.catch_up:
        head += f" · {tell('CATCH-UP', language)}"
    if brief.is_empty:
        nothing = say("nothing-new", language) if brief.since else say("nothing-at-all", language, folder=folder)
        rest = [*_copies(brief, language), *_rest(page, brief, language), *_failed(page, brief, language)]
        return "\n".join([page.paint(head, "bold"), nothing, *rest])
    documents = count("document", "documents", brief.documents, language)
    stories = count("story", "stories", len(brief.entries) + len(brief.also_new), language)
    window = say("since", language, when=since) if brief.since else say("first-brief", language)
    lines = [
        page.paint(head, "bold"),
        page.paint(f"{window} · {say('looked-at', language, documents=documents, stories=stories)}", "dim"),
    ]
    for n, entry in enumerate(brief.entries, 1):
        lines += ["", *_entry(page, n, entry, language)]
    if brief.also_new:
        lines += ["", page.paint(say("also-new", language), "bold")]
        lines += [f"  • {printable(one.headline)}" for one in brief.also_new]
    rest = [*_copies(brief, language), *_rest(page, brief, language)]
    lines += ["", *rest] if rest else []
    return "\n".join([*lines, *_failed(page, brief, language)])


def _copies(brief: Brief, language: str) -> list[str]:
    return [count("copy-of-told", "copies-of-told", brief.copies, language)] if brief.copies else []


def _rest(page: Page, brief: Brief, language: str) -> list[str]:
    """Stories without a new fact, what has nothing new, and what is left out."""
    lines = []
    if brief.further:
        names = " · ".join(printable(one.headline) for one in brief.further)
        lines += page.wrapped(tell("further", language, stories=names), "")
    if brief.quiet:
        names = " · ".join(printable(one.headline) for one in brief.quiet)
        lines += page.wrapped(tell("quiet", language, stories=names), "")
    if reasons := left_out_words(brief, language, but=_SAID):
        lines += page.wrapped(tell("left-out", language, reasons=reasons), "")
    if brief.failing:
        names = ", ".join(printable(one) for one in brief.failing)
        lines += page.wrapped(f"{tell('do-not-answer', language)} {names}", "")
    return [page.paint(line, "dim") for line in lines]


def _failed(page: Page, brief: Brief, language: str) -> list[str]:
    if not brief.failed:
        return []
    lines = [f"  • {printable(line)}" for line in brief.failed[:10]]
    return ["", page.paint(say("failed", language), "yellow"), *lines]


def _entry(page: Page, n: int, entry: BriefEntry, language: str) -> list[str]:
    voices = count("report", "reports", entry.reports, language) if entry.reports > 1 else say("single", language)
    if entry.is_single and entry.reports > 1:
        voices += f" · {tell('single', language)}"
    if entry.unverified:
        voices += f" · {tell('unverified', language)}"
    mark = page.paint(say(entry.mark, language), "green" if entry.mark == "NEW" else "yellow")
    title = printable(entry.headline) or printable(entry.documents[0])
    lines = [f"{n} {page.paint(title, 'bold')}  {mark} · {voices}"]
    for fact in entry.new_facts:
        lines += [page.paint(line, "yellow") for line in page.wrapped(printable(fact_words(fact, language)), "  ")]
    shown = set()
    numbers = {quote.quote: 0 for quote in quotes_of(entry)}
    places = {quote: n for n, quote in enumerate(numbers, 1)}
    for told in entry.lines:
        marks = "".join(f"[{n}]" for n in sorted({places[quote.quote] for quote in told.quotes}))
        lines += page.wrapped(f"{printable(told.text)} {marks}", "  ")
    for quote in quotes_of(entry):
        if quote.quote not in shown:
            shown.add(quote.quote)
            numbers[quote.quote] = len(shown)
            number = len(shown) if entry.conflicts or entry.lines else 0
            lines += page.quote(quote, language, number=number)
    for conflict in entry.conflicts:
        lines += [f"  {line}" for line in page.conflict(conflict, numbers, language)]
    if entry.chart is not None:
        lines.append(page.paint(f"  {printable(chart_title(entry.chart, language))}", "yellow"))
        for line in chart_lines(entry.chart, language):
            lines += page.wrapped(f"• {printable(line)}", "  ")
    return lines
