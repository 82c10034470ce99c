"""What a text is indexed under is the same, looked up or worked out."""

from __future__ import annotations

import pytest
from hypothesis import example, given, settings
from hypothesis import strategies as st

from bot.languages.words import words_in
from bot.library.search_terms import terms_of, terms_of_text

PIECES = st.sampled_from(
    "Die Feuerwehr räumte das Lager ein. Der U.S. Senator U.N. 12.000 3,5% 東京 ไทย an auf ab, nahm … zu! stellte fest "
    "Straßenbahn-Haltestelle COVID-19 (los) »vor« x\u00adan \ud800 \0 _an an_ a\u0301n 5an an5 ² İ ß".split()
)


@settings(max_examples=150, deadline=None)
@given(st.lists(PIECES, max_size=30).map(" ".join) | st.text(max_size=60))
@example("Sie " + "Wort " * 80 + "nahm im Rat " + "sehr " * 3 + "zu.")
@example("x" * 400 + " stellte fest.")
@example("東an. räumte 東ein")
def test_a_text_has_the_terms_of_its_words(text: str) -> None:
    for language in ("de", "en", "ja"):
        assert terms_of_text(text, language) == terms_of(words_in(text, language), language)


@pytest.mark.parametrize("particles", [3, 40])
def test_separated_verbs_are_found_however_many_there_are(particles: int) -> None:
    text = "Er räumte das Lager ein. " * particles
    assert terms_of_text(text, "de").count("de:einraum") == terms_of(words_in(text, "de"), "de").count("de:einraum")
    assert "de:einraum" in terms_of_text(text, "de")
