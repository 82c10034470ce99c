"""What a terminal shows: quotes as they stand, our words in the reader's language, nothing that a terminal obeys."""

from __future__ import annotations

import string
from dataclasses import replace
from datetime import UTC, date, datetime

import pytest
from hypothesis import given, settings
from hypothesis import strategies as st

from bot.briefs.brief import AlsoNew, Brief
from bot.briefs.card import Card, make_card
from bot.briefs.making import StoryMaterial, make_brief
from bot.chat import texts
from bot.chat.terminal.printing import printable
from bot.chat.terminal.rendering import Renderer, all_quotes
from bot.chat.texts import say, say_day, say_source
from bot.domain import (
    Answer,
    AnswerStatus,
    Conflict,
    DateBasis,
    DocumentDate,
    ShownQuote,
    Side,
    StoredVersion,
)
from bot.languages.bounds import bound_phrases
from bot.quotes.showing import show_sentence
from tests.versions import version_of

NOW = datetime(2031, 5, 14, 8, 0, tzinfo=UTC)
EVIL = "\x1b[2J\x1b]0;title\x07\u202e\x9b31m\x00\ud800evil"
PLAIN = "Karsow closed the harbour of Velmark on Monday."


def shown(version: StoredVersion) -> ShownQuote:
    quote = show_sentence(version, 0)
    assert quote is not None
    return quote


def answer_of(*quotes: ShownQuote, conflicts: tuple[Conflict, ...] = ()) -> Answer:
    return Answer("?", "en", AnswerStatus.ANSWERED, "", "", quotes, conflicts)


def refusal_of(explanation: str, *nearest: ShownQuote) -> Answer:
    return Answer("?", "en", AnswerStatus.NOT_IN_SOURCES, "nothing-about", explanation, (), (), nearest)


def harmless(text: str) -> bool:
    return all(c.isprintable() or c == "\n" for c in text)


def evil_version() -> StoredVersion:
    """A harmless text under a title, an outlet and a file name that would take over a terminal."""
    version = version_of(PLAIN, title=EVIL, outlet=EVIL)
    return replace(version, document_name=f"{EVIL}.txt")


def evil_card() -> Card:
    card = make_card(evil_version())
    published = DocumentDate(warning=EVIL)
    return replace(card, byline=EVIL, agency=EVIL, copy_of=EVIL, published=published)


def brief_of(*versions: StoredVersion, since: datetime | None = None, failed: tuple[str, ...] = ()) -> Brief:
    stories = [StoryMaterial(v.facts.id, (v,), ()) for v in versions]
    return make_brief(stories, {}, made_at=NOW, since=since, window=(0, 9), failed=failed)


@pytest.mark.parametrize("language", ["de", "en"])
def test_nothing_foreign_steers_the_terminal(language: str) -> None:
    render = Renderer()
    evil = replace(shown(evil_version()), said_by=EVIL)
    conflict = Conflict("contradiction", EVIL, (Side(EVIL, EVIL, (evil,), 2),))
    brief = brief_of(evil_version(), failed=(f"{EVIL}: {EVIL}",))
    many = replace(brief, also_new=(AlsoNew(1, EVIL, (), (EVIL,)),))
    for text in (
        render.answer(answer_of(evil, conflicts=(conflict,)), language),
        render.answer(refusal_of(EVIL, evil), language),
        render.card(evil_card(), language),
        render.brief(many, language, when="now"),
        render.document(f"one\n{EVIL}\nthree", [(4, 8)]),
    ):
        assert harmless(text)
        assert "evil" in text


@given(st.text(max_size=80))
@settings(max_examples=80, deadline=None)
def test_printable_keeps_the_length_and_whatever_can_be_seen(text: str) -> None:
    kept = printable(text)
    assert len(kept) == len(text)
    assert all(k == c for k, c in zip(kept, text, strict=True) if c.isprintable())
    assert "\x1b" not in kept


@pytest.mark.parametrize(("language", "opening", "closing"), [("de", "„", "“"), ("en", "“", "”"), ("fr", "“", "”")])
def test_a_quote_stands_as_it_is_between_the_marks_of_its_own_language(
    language: str, opening: str, closing: str
) -> None:
    quote = shown(version_of("Karsow  schloss den »Hafen« – am Montag.", language=language))
    for reader in ("de", "en"):
        assert f"{opening}{quote.text}{closing}" in Renderer().answer(answer_of(quote), reader)


def test_a_long_quote_is_wrapped_between_words_only() -> None:
    quote = shown(version_of("The mayor " + "of the harbour-town " * 14 + "went home."))
    lines = Renderer(width=60).answer(answer_of(quote), "en").split("\n")
    said = " ".join(line.strip() for line in lines if "—" not in line and "·" not in line)
    assert f"“{quote.text}”" in said
    assert all(len(line) <= 60 for line in lines)


def test_the_tables_of_both_languages_have_the_same_keys_and_blanks() -> None:
    assert texts._ENGLISH.keys() == texts._GERMAN.keys()
    for key, english in texts._ENGLISH.items():
        blanks, others = (sorted(f for _, f, _, _ in string.Formatter().parse(t) if f)
                          for t in (english, texts._GERMAN[key]))  # fmt: skip
        assert blanks == others, key


def test_every_bound_of_a_number_has_words() -> None:
    bounds = {*bound_phrases("de").values(), *bound_phrases("en").values()}
    assert bounds
    for bound in bounds:
        for language in ("de", "en"):
            assert "12" in say(bound, language, value="12")


def test_an_unknown_date_is_said_to_be_unknown() -> None:
    quote = shown(version_of(PLAIN))
    assert "date unknown" in Renderer().answer(answer_of(quote), "en")
    assert "Datum unbekannt" in Renderer().answer(answer_of(quote), "de")
    assert "date unknown" in Renderer().card(make_card(version_of(PLAIN)), "en")


@pytest.mark.parametrize(
    ("published", "english", "german"),
    [
        (DocumentDate(date(2031, 3, 1), basis=DateBasis.STATED), "1 March 2031", "1. März 2031"),
        (DocumentDate(date(2031, 3, 1), basis=DateBasis.STATED, edited=True),
         "updated 1 March 2031", "aktualisiert 1. März 2031"),
        (DocumentDate(date(2031, 3, 1), basis=DateBasis.PAGE_SAYS), "the page says 1 March 2031", "laut Seite 1. März 2031"),
        (DocumentDate(date(2031, 3, 1), basis=DateBasis.FILE_TIME), "file of 1 March 2031", "Datei vom 1. März 2031"),
    ],
)  # fmt: skip
def test_a_date_says_how_it_is_known(published: DocumentDate, english: str, german: str) -> None:
    assert (say_day(published, "en"), say_day(published, "de"), say_day(published, "fr")) == (english, german, english)


def test_a_source_line_names_outlet_document_place_speaker_copies_and_caveats() -> None:
    quote = replace(
        shown(version_of(PLAIN, outlet="Velmark Post", translated=True)), said_by="Jana Brandt", copies=3
    )
    line = say_source(quote, "en")
    for part in ("Velmark Post", "document-1.txt", "¶1", "said by Jana Brandt", "3 copies of one report",
                 "machine-translated"):  # fmt: skip
        assert part in line


def test_every_caveat_has_words_in_both_languages() -> None:
    for caveat in ("machine-translated", "date-doubtful", "not-independently-verified", "hearsay"):
        assert say(caveat, "de") != say(caveat, "en")


def test_sides_point_at_their_quotes_and_say_how_exactly_a_figure_is_meant() -> None:
    one = shown(version_of("Karsow has up to 40 ships.", id=1))
    other = shown(version_of("Karsow hat 30 Schiffe.", id=2, language="de"))
    conflict = Conflict(
        "contradiction", "ships", (Side("40", "Karsow", (one,), 2, "up to"), Side("30", "Velmark", (other,), 1))
    )
    text = Renderer().answer(answer_of(one, other, conflicts=(conflict,)), "en")
    assert "• up to 40 — Karsow (2 independent reports) [1]" in text
    assert "• 30 — Velmark (1 report) [2]" in text


def test_a_refusal_gives_its_reason_and_the_nearest_passages() -> None:
    text = Renderer().answer(refusal_of("The sources say nothing about “Halvard”.", shown(version_of(PLAIN))), "en")
    assert text.startswith("The sources do not say. The sources say nothing about “Halvard”.")
    assert "Nearest passages:" in text
    assert PLAIN in text


def test_a_card_without_a_title_says_so() -> None:
    assert Renderer().card(make_card(version_of(PLAIN)), "en").startswith("(no title)")
    assert Renderer().card(make_card(version_of(PLAIN)), "de").startswith("(ohne Titel)")


def test_a_brief_shows_mark_voices_and_every_quote_of_its_receipt() -> None:
    brief = brief_of(version_of(PLAIN, title="Harbour closed"), since=NOW)
    text = Renderer().brief(brief, "en", when="today", since="yesterday")
    assert "1 Harbour closed  NEW · one report only" in text
    assert "since yesterday" in text
    assert all_quotes(brief)
    assert all(quote.text in text for quote in all_quotes(brief))


def test_a_brief_with_nothing_new_says_so_and_the_first_says_what_to_do() -> None:
    assert "Nothing new" in Renderer().brief(brief_of(since=NOW), "en", when="today")
    first = Renderer().brief(brief_of(failed=("x.pdf: no text",)), "en", when="today", folder="inbox")
    assert "Drop a document into inbox." in first
    assert "x.pdf: no text" in first


def test_what_is_lit_up_is_marked_where_there_are_no_colours() -> None:
    assert Renderer().document("one two three", [(4, 7)]) == "one →two← three"
    assert Renderer(lambda text, style: f"<{style}>{text}").document("one two", [(4, 7)]) == "one <lit>two"
