"""A stored sentence is shown with all that a reader needs beside it, or not at all."""

from __future__ import annotations

from dataclasses import replace
from datetime import date

import pytest

from bot.domain import DocumentDate, ShownQuote, StoredVersion
from bot.quotes.proving import prove
from bot.quotes.showing import show_part, show_sentence
from tests.versions import version_of

PLAIN = "Karsow closed the harbour of Velmark."


def shown(version: StoredVersion, index: int = 0) -> ShownQuote:
    found = show_sentence(version, index)
    assert found is not None
    return found


def test_a_quote_is_cut_from_its_version_and_proves() -> None:
    version = version_of(f"{PLAIN} It was a Monday.", outlet="Velmark Post", title="Harbour", day=date(2031, 5, 1))
    for i, text in enumerate((PLAIN, "It was a Monday.")):
        quote = shown(version, i)
        assert quote.text == text
        assert prove(quote.quote, version).ok
        assert (quote.outlet, quote.title, quote.published.day) == ("Velmark Post", "Harbour", date(2031, 5, 1))


def test_paragraphs_are_counted_from_one() -> None:
    version = version_of(f"{PLAIN}\n\nIt was a Monday.")
    assert [shown(version, i).paragraph for i in (0, 1)] == [1, 2]


def test_a_document_that_nobody_grouped_is_a_report_of_its_own() -> None:
    assert (shown(version_of(PLAIN, id=7)).report_id, shown(version_of(PLAIN, id=7)).copies) == (7, 1)


def test_who_says_it_stands_beside_it() -> None:
    assert shown(version_of("Karsow closed the harbour, minister Jana Brandt said.")).said_by == "minister Jana Brandt"
    assert shown(version_of(PLAIN)).said_by == ""


@pytest.mark.parametrize(
    "warning",
    [
        "The claims could not be independently verified.",
        "Die Angaben ließen sich nicht unabhängig überprüfen.",
    ],
)
def test_a_warning_soon_after_a_claim_belongs_to_it(warning: str) -> None:
    version = version_of(f"{PLAIN} It was a Monday. {warning} {PLAIN}")
    caveats = [shown(version, i).caveats for i in range(4)]
    assert caveats == [("not-independently-verified",)] * 3 + [()]


def test_a_warning_far_behind_a_claim_does_not_reach_it() -> None:
    filler = "It was a Monday. " * 6
    assert shown(version_of(f"{PLAIN} {filler}The claims could not be independently verified.")).caveats == ()


def test_hearsay_is_called_hearsay() -> None:
    assert shown(version_of("Karsow has allegedly closed the harbour of Velmark.")).caveats == ("hearsay",)


def test_a_machine_translation_and_a_doubtful_date_are_said() -> None:
    version = version_of(PLAIN, translated=True)
    doubtful = replace(version, facts=replace(version.facts, published=DocumentDate(warning="the page says otherwise")))
    assert shown(doubtful).caveats == ("machine-translated", "date-doubtful")
    assert shown(version_of(PLAIN)).caveats == ()


@pytest.mark.parametrize("hidden", ["\u202e", "\u2066", "\x1b[31m", "\x00", "\x07", "\U000e0041"])
def test_a_sentence_with_what_cannot_be_seen_is_not_shown(hidden: str) -> None:
    assert show_sentence(version_of(f"Karsow closed {hidden}the harbour of Velmark."), 0) is None


def test_the_sentence_beside_a_hidden_character_is_shown() -> None:
    version = version_of(f"The \u202emayor spoke. {PLAIN}")
    assert show_sentence(version, 0) is None
    assert shown(version, 1).text == PLAIN


def test_a_part_has_the_paragraph_and_caveats_of_its_sentence() -> None:
    version = version_of("First.\n\nKarsow closed the harbour, and it opened the dam. The claims are unverified.")
    part = show_part(version, 1, 8, 34)
    assert part is not None
    assert part.text == "Karsow closed the harbour,"
    assert (part.paragraph, part.caveats) == (2, ("not-independently-verified",))


def test_a_part_that_cuts_a_word_or_lies_nowhere_is_not_shown() -> None:
    version = version_of(PLAIN)
    assert show_part(version, 0, 0, 4) is None
    assert show_part(version, 0, 0, 4_000) is None
    assert show_part(version, 0, 3, 3) is None


def test_of_an_endless_sentence_the_beginning_is_shown() -> None:
    version = version_of("and so it went on " * 10_000)
    quote = shown(version)
    assert version.text.startswith(quote.text)
    assert 100 < len(quote.text) < 500
    assert quote.text.endswith(("and", "so", "it", "went", "on"))
