"""Machine translation: several signs make a finding, one slip makes none."""

from __future__ import annotations

import pytest
from hypothesis import given, settings
from hypothesis import strategies as st

from bot.documents.translation import _signs_in, machine_translation_signs

GOOD = (
    "Der Rat der Stadt hat am Montag den Bau der neuen Brücke beschlossen. Die Groß- und -kleinhändler der Stadt, in der "
    "Deutschlands größter Hafen liegt, hatten ihn gefordert. „Das Aus für die Fähre ist das Ende der Insel“, sagte der Wirt des "
    "Gasthofs. Der Aufschwung kam dem Ort zugute, der das Geld braucht. Zwischen März 2023 und Mai 2024 fuhren die Boote "
    "nicht. Der Fonds zahlt 3.000 US-Dollar, die Region Kiel bekommt nichts. Von Tür zu Tür sammelten sie Geld."
)


@pytest.mark.parametrize(
    ("text", "sign"),
    [
        ("Er zahlt 300 US -Dollar an die Hafen -Behörde.", "torn before its hyphen"),
        ("Der Mann sagte Er komme bald, und wollte schicken Bis zu zehn Boote.", "capital stands in the middle"),
        ("Der Kreis Kiel in Kiel zahlt im Ausland im Ausland nichts.", "repeated"),
        ("Sie leben in der Russlands Region und aus dem Chinas Norden.", "article stands before a genitive"),
        ("Er begann mit dem Regierung und dem Einheit zu reden.", "do not agree"),
        ("Par Anna Kell et Tom Rudd, für die französische Version: Lea Au", "French"),
        ("Dieser Artikel wurde maschinell aus dem Englischen übersetzt.", "says so itself"),
    ],
)
def test_signs_in_german_are_found(text: str, sign: str) -> None:
    found = machine_translation_signs(text, "de")
    assert found is not None
    assert any(sign in reason for reason in found.reasons)
    assert 0.4 < found.confidence < 1


@pytest.mark.parametrize(
    "text",
    [
        "The the council paid 12.500 workers of the the town „im Mai“ and left.",
        "It was paid in the US -Dollar and the EU -Euro.",
        "This article was automatically translated from German.",
    ],
)
def test_signs_in_english_are_found(text: str) -> None:
    assert machine_translation_signs(text, "en") is not None


def test_good_german_shows_none() -> None:
    assert machine_translation_signs(GOOD, "de") is None


@pytest.mark.parametrize("slip", ["Er zahlt 300 US -Dollar.", "Das war alles .", "Dann sagte Das Boot nichts mehr aus."])
def test_one_slip_is_no_finding(slip: str) -> None:
    assert machine_translation_signs(f"{GOOD} {slip}", "de") is None


def test_a_long_text_may_hold_more_slips() -> None:
    slips = "Er zahlt 300 US -Dollar an die Hafen -Behörde."
    assert machine_translation_signs(slips, "de") is not None
    assert machine_translation_signs(f"{GOOD} " * 20 + slips, "de") is None


def test_the_source_language_is_told_only_when_its_words_are_left_over() -> None:
    french = machine_translation_signs("Paar Anna Kell et Tom Rudd zahlen 300 US -Dollar.", "de")
    unknown = machine_translation_signs("Sie zahlen 300 US -Dollar an die Hafen -Behörde.", "de")
    assert french is not None
    assert unknown is not None
    assert (french.source_language, unknown.source_language) == ("fr", "und")


@settings(max_examples=100, deadline=None)
@given(st.one_of(st.text(max_size=200), st.lists(st.sampled_from([" -Ab", "US", " ", "Er", "et", "in", "Kiel", ".", "„"]), max_size=40).map("".join)), st.sampled_from(["de", "en", "und"]))
def test_any_text_will_do(text: str, language: str) -> None:
    found = machine_translation_signs(text, language)
    assert found is None or found.reasons


PIECES = st.sampled_from(
    "er sagte Er Ihn Seiner Bis Der Die Das komme bald dem des eines einem ihrem seinem einen Meinung Freiheit in aus der den "
    "Russlands Chinas Norden Region meldet bringen regnet März Mai 2024 . , -".split()
)


@settings(max_examples=200)
@given(st.lists(PIECES, max_size=9).map(" ".join))
def test_what_spares_a_search_never_misses_a_sign(text: str) -> None:
    for sign, pattern, hint in _signs_in("de"):
        if hint is not None and pattern.search(text):
            assert hint.search(text), sign.reason
