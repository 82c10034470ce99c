"""Answers, cards and refusals become messages whose quotes are the store's and whose links the store holds."""

from __future__ import annotations

from dataclasses import replace
from datetime import date

from bot.briefs.card import make_card
from bot.chat.composing import answer_message, card_message, error_message
from bot.chat.messages import Message, Paragraph, Points, QuoteBlock, SourceLinks, Tone
from bot.chat.passage_links import passage_link
from bot.domain import Answer, AnswerStatus, Conflict, ShownQuote, Side
from bot.errors import Unreadable
from bot.quotes.showing import show_sentence
from tests.versions import version_of

BRIDGE = version_of(
    "The bridge over the Elm was closed on Monday. Forty people were led to safety.",
    id=3, title="Bridge closed", outlet="Elm Courier", day=date(2026, 3, 2),
)  # fmt: skip
LATER = version_of("The mayor said 52 people were led to safety.", id=4, outlet="Valley Radio", day=date(2026, 3, 4))


def shown(version: object, index: int = 0) -> ShownQuote:
    quote = show_sentence(version, index)  # type: ignore[arg-type]
    assert quote is not None
    return quote


def answered(*quotes: ShownQuote, conflicts: tuple[Conflict, ...] = ()) -> Answer:
    return Answer("?", "en", AnswerStatus.ANSWERED, "", "", quotes, conflicts)


def blocks(message: Message, kind: type) -> list[object]:
    return [block for block in message.blocks if isinstance(block, kind)]


def test_an_answer_numbers_its_quotes_and_links_only_what_the_store_holds() -> None:
    message = answer_message(answered(shown(BRIDGE), shown(LATER)), "en", {3: "https://elm.example/bridge?id=1#top"})
    first, second = blocks(message, QuoteBlock)
    assert isinstance(first, QuoteBlock)
    assert isinstance(second, QuoteBlock)
    assert (first.mark, second.mark) == (1, 2)
    assert first.link.startswith("https://elm.example/bridge?id=1#:~:text=The%20bridge")
    assert second.link == ""
    assert message.links() == {first.link, "https://elm.example/bridge?id=1"}
    assert [one.text for one in message.quotes()] == [shown(BRIDGE).text, shown(LATER).text]


def test_an_answer_says_how_many_reports_and_how_new_they_are() -> None:
    message = answer_message(answered(shown(BRIDGE), shown(LATER)), "de", {})
    last = message.blocks[-1]
    assert isinstance(last, Paragraph)
    assert last.text == "2 unabhängige Berichte · neuester 4. März 2026"


def test_both_sides_of_a_conflict_have_a_quote_in_the_message() -> None:
    sides = (Side("40", "", (shown(BRIDGE, 1),), 1), Side("52", "the mayor", (shown(LATER),), 2, "at least"))
    message = answer_message(answered(shown(BRIDGE, 1), conflicts=(Conflict("contradiction", "people", sides),)), "en", {})
    (points,) = blocks(message, Points)
    assert points == Points(
        ("40, 2 March 2026 (1 report) [1]", "at least 52 — the mayor, 4 March 2026 (2 independent reports)")
    )
    assert {one.text for one in message.quotes()} == {shown(BRIDGE, 1).text, shown(LATER).text}
    assert message.tone is Tone.WARNING


def test_a_refusal_says_so_first_and_quotes_what_is_nearest() -> None:
    refusal = Answer("?", "en", AnswerStatus.NOT_IN_SOURCES, "nothing-about", "Nothing about ferries.", (), nearest=(shown(BRIDGE),))
    message = answer_message(refusal, "en", {})
    assert message.blocks[0] == Paragraph("The sources do not say. Nothing about ferries.", strong=True)
    assert message.tone is Tone.GREY
    assert len(message.quotes()) == 1
    assert not blocks(message, SourceLinks)


def test_a_card_without_a_title_says_so() -> None:
    message = card_message(make_card(LATER), "de", "")
    assert message.summary == "(ohne Titel) — Valley Radio"
    assert message.links() == frozenset()


def test_an_error_gives_cause_cure_and_code() -> None:
    message = error_message(Unreadable("too-large", "52 MB", "The file has 52 MB. The limit is 25 MB."), "en")
    assert [b.text for b in message.blocks if isinstance(b, Paragraph)] == [
        "The file has 52 MB.", "The limit is 25 MB.", "Code for the log: too-large",
    ]  # fmt: skip


def test_a_passage_link_encodes_what_the_syntax_uses() -> None:
    assert passage_link("https://a.example/x", "well-known, so-called") == "https://a.example/x#:~:text=well%2Dknown%2C%20so%2Dcalled"
    assert passage_link("https://a.example/x", "\ud800 odd") == "https://a.example/x#:~:text=%3F%20odd"
    assert passage_link("javascript:alert(1)", "words") == ""
    assert passage_link("", "words") == ""


def test_a_long_quote_is_named_by_its_ends() -> None:
    words = " ".join(f"word{n}" for n in range(40))
    assert passage_link("https://a.example/", words).endswith("text=word0%20word1%20word2%20word3%20word4,word35%20word36%20word37%20word38%20word39")


def test_every_quote_of_a_message_is_the_stores_slice() -> None:
    message = answer_message(answered(shown(BRIDGE)), "en", {})
    (one,) = message.quotes()
    assert one.quote.text_in(BRIDGE) == one.text
    assert replace(one, text="x") not in message.quotes()
