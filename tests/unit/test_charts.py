"""A figure over time as a picture: the same numbers in its words, whatever its sources are called."""

from __future__ import annotations

import sys
import xml.etree.ElementTree as ET
from dataclasses import replace
from datetime import date

import pytest

from bot.briefs.brief import Chart, ChartPoint, Undated
from bot.chat.brief_words import chart_lines
from bot.chat.charts import chart_picture, chart_png, chart_svg, chart_words
from bot.quotes.showing import show_sentence
from tests.versions import version_of


def chart(*values: float, said_by: str = "the coast guard", what: str = "passengers") -> Chart:
    quote = show_sentence(version_of("The coast guard of Velmark brought them to the harbour."), 0)
    assert quote is not None
    return Chart(
        what, tuple(ChartPoint(date(2031, 5, 2 + n), v, None, f"{v:g}", "", said_by, quote) for n, v in enumerate(values))
    )


def test_the_words_say_every_value_with_its_day_and_who_says_so() -> None:
    words = chart_words(chart(61, 98, 117), "en")
    for said in ("61", "98", "117", "2 May 2031", "4 May 2031", "the coast guard"):
        assert said in words
    assert "2. Mai 2031" in chart_words(chart(61, 98), "de")


def test_what_cannot_be_drawn_is_said_with_its_reason() -> None:
    drawn = chart(61, 98)
    quote = drawn.points[0].quote
    undated = (Undated("", "70", "about", "the mayor", quote), Undated("In 2022", "40", "", "the port", quote))
    whole = replace(drawn, undated=undated, earlier=3)
    said = ("day unknown: about 70 (the mayor)", "background, In 2022: 40 (the port)", "3 earlier figures are not drawn")
    for line in said:
        assert line in chart_words(whole, "en")
        assert line in chart_lines(whole, "en")
    assert len(chart_lines(whole, "de")) == 5


def test_the_words_of_a_long_chart_fit_where_they_go_and_count_what_they_leave_to_the_text() -> None:
    long = chart(*range(100, 112), said_by="the coast guard of the district of Velmark and Lindholm, by the sea, on its way")
    words = chart_words(long, "en")
    assert len(words) <= 1_000
    assert "more stand in the text" in words
    assert "111" in words
    assert len(chart_lines(long, "en")) == 12


def test_the_picture_is_a_png_and_bears_its_words() -> None:
    picture = chart_picture(chart(61, 98, 117), "en")
    assert picture is not None
    assert picture.png.startswith(b"\x89PNG")
    assert len(picture.png) > 4_000, "a picture without its font would be smaller"
    assert picture.alt == chart_words(chart(61, 98, 117), "en")


@pytest.mark.parametrize("evil", ["<script>&\"'", "a\x00b\ud800\u202e", "x" * 5_000, ""])
def test_whatever_a_source_is_called_the_drawing_is_sound(evil: str) -> None:
    drawn = ET.fromstring(chart_svg(chart(5, -3, 0, 9, 9, 9, 9, 9, said_by=evil, what=evil), "de"))
    assert {one.tag.rpartition("}")[2] for one in drawn.iter()} == {"svg", "rect", "text", "line", "polyline", "circle"}
    assert chart_png(chart(5, -3, said_by=evil, what=evil), "de")


def test_one_day_is_no_chart_and_without_the_drawer_the_words_are_enough(monkeypatch: pytest.MonkeyPatch) -> None:
    assert chart_picture(chart(5), "en") is None
    monkeypatch.setitem(sys.modules, "resvg_py", None)
    assert chart_picture(chart(7, 8), "en") is None
