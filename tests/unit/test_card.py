"""A card: title, outlet, date, and up to three quotes that carry the news, figures first."""

from __future__ import annotations

from datetime import date

from bot.briefs.card import LONGEST_CARD, MOST_SENTENCES, make_card
from bot.library.store import Membership
from bot.quotes.proving import prove
from bot.stories.figures import figures_in
from tests.versions import version_of

PARAGRAPHS = (
    "The mayor of Velmark closed the harbour of the town on Monday for the winter.",
    "Karsow sent 12,000 soldiers to the harbour of Velmark, minister Jana Brandt said.",
    "Fishermen protested against the closed harbour in front of the old town hall.",
    "A bakery in Lindholm gave bread away to whoever came in from the cold.",
)
NEWS = version_of("\n\n".join(PARAGRAPHS), title="Harbour of Velmark", outlet="Velmark Post", day=date(2031, 5, 1))


def test_a_card_tells_where_it_is_from_and_quotes_what_stands_there() -> None:
    card = make_card(NEWS)
    assert (card.title, card.outlet, card.published.day) == ("Harbour of Velmark", "Velmark Post", date(2031, 5, 1))
    assert 1 <= len(card.quotes) <= MOST_SENTENCES
    for shown in card.quotes:
        assert shown.text in PARAGRAPHS
        assert prove(shown.quote, NEWS).ok


def test_figures_come_first_then_the_order_of_the_text() -> None:
    quotes = make_card(NEWS).quotes
    assert quotes[0].text == PARAGRAPHS[1]
    rest = [q.quote.start for q in quotes if not figures_in(q.text, "en")]
    assert rest == sorted(rest)
    assert rest


def test_a_card_does_not_grow_with_its_document() -> None:
    long = [f"In the village number {n} of the valley, {'many ' * 60}people {word}." for n, word in
            enumerate("sang danced slept cooked painted".split(), 2)]  # fmt: skip
    card = make_card(version_of("\n\n".join(long)))
    assert card.quotes
    assert sum(len(q.text) for q in card.quotes) <= LONGEST_CARD


def test_credits_do_not_stand_on_a_card() -> None:
    card = make_card(version_of(f"{PARAGRAPHS[0]}\n\nEdited by Tove Lund and Peer Holt."))
    assert [q.text for q in card.quotes] == [PARAGRAPHS[0]]


def test_a_copy_says_of_what_and_how_many_there_are() -> None:
    card = make_card(NEWS, Membership(1, 7, 7, "same text as another document", 3))
    assert card.copy_of == "same text as another document"
    assert {(q.report_id, q.copies) for q in card.quotes} == {(7, 3)}
    assert make_card(NEWS, Membership(1, 1, 1, "", 3)).copy_of == ""


def test_a_translated_document_is_said_to_be() -> None:
    card = make_card(version_of(PARAGRAPHS[0], translated=True))
    assert card.machine_translated
    assert "machine-translated" in card.quotes[0].caveats


def test_a_document_without_a_sentence_has_a_card_without_quotes() -> None:
    assert make_card(version_of("")).quotes == ()
    assert make_card(version_of("…")).quotes == ()
    assert make_card(version_of("The \u202emayor closed the harbour of the town on Monday.")).quotes == ()


def test_of_a_text_without_full_stops_the_beginning_is_shown() -> None:
    (shown,) = make_card(version_of("so we went on and on " * 5_000)).quotes
    assert shown.text.startswith("so we went on")
    assert len(shown.text) <= LONGEST_CARD
    assert make_card(version_of("a" * 100_000)).quotes == ()
