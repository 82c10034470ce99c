"""Drafts: whole documents as they come from files, and what a desk editor would expect of them."""

from __future__ import annotations

from dataclasses import replace
from datetime import UTC, date, datetime
from typing import Any

import pytest
from hypothesis import given, settings
from hypothesis import strategies as st

from bot.documents.drafting import draft_document
from bot.documents.extracted import Extracted
from bot.domain import DateBasis, DocumentDraft
from bot.errors import Unreadable

SAVED = datetime(2025, 6, 1, 12, 0, tzinfo=UTC)
COPIED_PAGE = """\
Startseite > Politik > Ausland

Hafenkran stürzt in Rostock um - drei Verletzte | Küstenpost

Von Jana Brehm und Piet Olsen, Rostock
03.03.2025, 14:05 Uhr | Lesezeit: 3 Min.

Teilen
Facebook

Rostock (dpa/mv) - Im Überseehafen ist am Montag ein Kran umgestürzt. Drei Menschen wurden verletzt, wie die Polizei mitteilte.

Foto: Jana Muster/dpa

„Das war Glück im Unglück“, sagte Hafenchef Dr. K. Lüders. Der Schaden liegt bei 1,2 Mio. Euro.

Lesen Sie auch
Neuer Terminal für Rostock

Die Ursache ist unklar.

Offene Fragen

Die Staatsanwaltschaft ermittelt.

© 2025 Küstenpost. Alle Rechte vorbehalten.

Kommentare (3)

Hans sagt: Das war abzusehen.
"""
WRAPPED_WIRE = """\
Ferry runs aground off Skye, 40 passengers taken off

LONDON, March 3, 2025 (Reuters) - A ferry with 40 people on board ran
aground off the Isle of Skye on Monday, the coastguard said, and all
passengers were taken off by lifeboats within two hours of the first
distress call.

"No one was hurt," coastguard spokesman J. R. Hale said.

(Reporting by Moira Kell; Editing by Tom Rudd)
"""


def draft(text: str, media_type: str = "text/plain", **stated: Any) -> DocumentDraft:
    return draft_document(replace(Extracted(text, media_type, file_time=SAVED), **stated))


def test_a_copied_page_becomes_a_report() -> None:
    found = draft(COPIED_PAGE)
    assert found.title == "Hafenkran stürzt in Rostock um - drei Verletzte"
    assert (found.outlet, found.byline, found.agency, found.language) == ("Küstenpost", "Jana Brehm, Piet Olsen", "dpa", "de")
    assert found.published.day == date(2025, 3, 3)
    assert found.published.at == datetime(2025, 3, 3, 13, 5, tzinfo=UTC)
    assert found.published.basis is DateBasis.PAGE_SAYS
    assert found.published.warning == ""
    assert found.translation is None
    assert [found.text[sentence.start : sentence.end] for sentence in found.sentences] == [
        "Rostock (dpa/mv) - Im Überseehafen ist am Montag ein Kran umgestürzt.",
        "Drei Menschen wurden verletzt, wie die Polizei mitteilte.",
        "„Das war Glück im Unglück“, sagte Hafenchef Dr. K. Lüders.",
        "Der Schaden liegt bei 1,2 Mio. Euro.",
        "Die Ursache ist unklar.",
        "Offene Fragen",
        "Die Staatsanwaltschaft ermittelt.",
    ]
    assert found.dropped == (
        "navigation", "byline", "date", "share links", "picture credit", "related links", "copyright", "comments",
    )  # fmt: skip


def test_a_wrapped_wire_report_becomes_paragraphs() -> None:
    found = draft(WRAPPED_WIRE)
    assert found.title == "Ferry runs aground off Skye, 40 passengers taken off"
    assert (found.agency, found.language) == ("Reuters", "en")
    assert (found.published.day, found.published.basis) == (date(2025, 3, 3), DateBasis.STATED)
    assert "Editing by Tom Rudd" in found.text  # people ask who edited it
    first = found.sentences[0]
    assert found.text[first.start : first.end].endswith("within two hours of the first distress call.")


def test_metadata_of_the_format_win_over_the_lines() -> None:
    found = draft(COPIED_PAGE, "text/html", title="Kran umgestürzt | Küstenpost", byline="Lea Au", published="2025-03-04T08:00:00Z")
    assert (found.title, found.byline) == ("Kran umgestürzt", "Lea Au")
    assert (found.published.day, found.published.basis) == (date(2025, 3, 4), DateBasis.STATED)


def test_signs_of_translation_are_seen_in_dropped_lines_too() -> None:
    page = (
        "Drei Boote kommen nach Kiel, sagt der Kreis\n\nPaar Anna Kell et Tom Rudd\n\n"
        "Drei Boote sind am Montag im Hafen angekommen, sagte der Kreis. Sie kosten 300 US -Dollar und bleiben bis Mai.\n"
    )
    found = draft(page)
    assert found.byline == "Anna Kell, Tom Rudd"
    assert found.translation is not None
    assert found.translation.source_language == "fr"


def test_a_headline_alone_is_the_text() -> None:
    found = draft("Kein Strom in Musterstadt")
    assert (found.title, found.text) == ("", "Kein Strom in Musterstadt")


def test_a_title_and_its_repetition_alone_stay_text() -> None:
    assert draft("Kein Strom in Musterstadt\n\nKein Strom in Musterstadt").text


@pytest.mark.parametrize("text", ["", " \n\u00a0\n", "---\n\n…\n", "\x00\x00", "\ufeff"])
def test_a_document_without_a_letter_is_unreadable(text: str) -> None:
    with pytest.raises(Unreadable) as caught:
        draft(text)
    assert caught.value.code == "no-text"


PIECES = st.sampled_from(
    [
        "Leave a Reply", "\n", "\n\n", " ", "Der Rat tagte am Montag. Er schwieg.", "Von Jana Brehm", "18.12.2024", "-", "(dpa)", "Home / News / X",
        "a-\n", "Ende", "\u200b", "\u202e", "\x00", "\ud800", "\r\n", "Kommentare", "US -Dollar", "Neue Brücke kommt doch", "„", "“", "₁", "½",
    ]
)  # fmt: skip


@settings(max_examples=120, deadline=None)
@given(
    st.one_of(st.lists(PIECES, max_size=25).map("".join), st.text(max_size=120)),
    st.sampled_from(["text/plain", "text/html", "application/pdf"]),
    st.text(max_size=30),
)
def test_every_kept_paragraph_stands_in_the_source(text: str, media_type: str, stated: str) -> None:
    extracted = Extracted(text, media_type, title=stated, outlet=stated, byline=stated, address=stated, language=stated, published=stated)
    try:
        found = draft_document(extracted)
    except Unreadable:
        return
    found.text.encode()  # it can be stored
    source = " ".join(text.replace("\x00", "").split())
    for paragraph in found.text.split("\n\n"):
        if "\ufffd" not in paragraph:
            assert " ".join(paragraph.split()) in source
    assert found.sentences
    assert all(found.text[sentence.start : sentence.end].strip() for sentence in found.sentences)
