"""A document's card: title, outlet, date, and two or three sentences that carry its news, quoted, figures first."""

from __future__ import annotations

from dataclasses import dataclass
from typing import TYPE_CHECKING

from bot.briefs.news_value import pick_sentences
from bot.domain import DocumentDate, ShownQuote, Translated, WrittenLine
from bot.quotes.showing import show_sentence
from bot.stories.figures import figures_in

if TYPE_CHECKING:
    from bot.domain import StoredVersion
    from bot.library.store import Membership

MOST_SENTENCES = 3
LONGEST_CARD = 700  # code points of all quotes together


@dataclass(frozen=True, slots=True)
class Card:
    """What a channel sees of one document."""

    document_id: int
    document: str
    title: str
    outlet: str
    byline: str
    agency: str
    language: str
    published: DocumentDate
    machine_translated: bool
    quotes: tuple[ShownQuote, ...]
    copy_of: str = ""  # why it is a copy of another document, empty when it is not
    written: tuple[WrittenLine, ...] = ()  # shown above the quotes; marks count these from 1
    translations: tuple[Translated, ...] = ()  # shown below quotes in another language than the channel's


def make_card(version: StoredVersion, membership: Membership | None = None) -> Card:
    """The card of a version, made of nothing else; it has at least one quote unless nothing is quotable."""
    facts = version.facts
    copies = membership.copies if membership else 1
    report = membership.report_id if membership else facts.document_id
    quotes: list[ShownQuote] = []
    length = 0
    for i in pick_sentences(version, MOST_SENTENCES + 2):
        shown = show_sentence(version, i, report_id=report, copies=copies)
        if shown is None or (quotes and length + len(shown.text) > LONGEST_CARD):
            continue
        quotes.append(shown)
        length += len(shown.text)
        if len(quotes) == MOST_SENTENCES:
            break
    quotes.sort(key=lambda q: (not figures_in(q.text, q.language), q.quote.start))
    return Card(
        document_id=facts.document_id,
        document=version.document_name,
        title=facts.title,
        outlet=facts.outlet,
        byline=facts.byline,
        agency=facts.agency,
        language=facts.language,
        published=facts.published,
        machine_translated=facts.translation is not None,
        quotes=tuple(quotes),
        copy_of=membership.reason if membership and membership.report_id != facts.document_id else "",
    )
