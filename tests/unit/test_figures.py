"""Figures: a number with what it counts, under keys that both languages share."""

from __future__ import annotations

import pytest
from hypothesis import given, settings
from hypothesis import strategies as st

from bot.domain import Figure
from bot.stories.figures import figures_in


def only(text: str, language: str) -> Figure:
    (figure,) = figures_in(text, language)
    return figure


@pytest.mark.parametrize(
    ("german", "english"),
    [
        ("12.000 Soldaten kamen an.", "12,000 troops arrived."),
        ("Es waren 12.000 Soldaten.", "There were 12,000 heavily armed Velmark soldiers."),
        ("300 Menschen flohen.", "300 people fled."),
        ("Mehr als 500 Häuser brannten.", "More than 500 houses burned."),
        ("Die Brücke kostet 2,4 Millionen Euro.", "The bridge costs 2.4 million euros."),
        ("12 Prozent blieben daheim.", "12% stayed at home."),
    ],
)
def test_both_languages_know_what_is_counted_by_a_shared_key(german: str, english: str) -> None:
    one, other = only(german, "de"), only(english, "en")
    assert one.things & other.things
    assert (one.value, one.bound) == (other.value, other.bound)


@pytest.mark.parametrize(
    ("text", "other"),
    [
        ("12,000 troops arrived.", "12,000 ships arrived."),
        ("300 people fled.", "300 houses fled."),
        ("The bridge costs 12 euros.", "The bridge costs 12 percent."),
    ],
)
def test_different_things_share_no_key(text: str, other: str) -> None:
    assert not only(text, "en").things & only(other, "en").things


def test_the_verb_after_a_plural_is_not_what_is_counted() -> None:
    assert only("12,000 troops arrived.", "en").things == only("12,000 troops.", "en").things


def test_the_last_noun_of_a_group_is_what_is_counted() -> None:
    assert "soldier" in only("They sent 12,000 North Velmark soldiers there.", "en").things
    assert "fan" in only("Some 400 sports fans waited.", "en").things


def test_what_stands_behind_a_comma_is_not_what_is_counted() -> None:
    assert figures_in("The number stands at 14, police in Hallstein said.", "en") == ()
    assert only("The number stands at 14 police officers, Hallstein said.", "en").value == 14


def test_a_range_has_both_ends_and_a_bound_is_kept() -> None:
    between = only("Zwischen 4 und 6 Millionen Menschen flohen.", "de")
    assert (between.value, between.upper) == (4_000_000, 6_000_000)
    assert only("Up to 40 ships are missing.", "en").bound == "up to"


@pytest.mark.parametrize(
    ("text", "language"),
    [
        ("In 2024 the talks went on.", "en"),
        ("Am 3. Mai 2024 gingen sie weiter.", "de"),
        ("Der 2. Versuch scheiterte.", "de"),
        ("", "en"),
        ("No figure stands here.", "en"),
    ],
)
def test_years_days_and_ordinals_are_no_figures(text: str, language: str) -> None:
    assert figures_in(text, language) == ()


@settings(max_examples=60, deadline=None)
@given(st.text(alphabet="12.,% \n\x00\ud800aäSZ–-€$", max_size=60), st.sampled_from(["de", "en", "und"]))
def test_figures_of_any_text_stand_where_they_say_and_in_order(text: str, language: str) -> None:
    figures = figures_in(text, language)
    assert all(0 <= f.start < f.end <= len(text) and f.things for f in figures)
    assert [f.start for f in figures] == sorted(f.start for f in figures)
    assert all(any(c.isdigit() for c in text[f.start : f.end]) for f in figures)


@pytest.mark.parametrize("text", ["1" * 1_000_000, "1 " * 20_000, "12 troops " * 5_000])
def test_long_rows_of_figures_are_read(text: str) -> None:
    assert isinstance(figures_in(text, "en"), tuple)
