"""A small chart of a figure over time, as PNG; everything that it shows stands in its words, too.

The picture is drawn by resvg (`pip install 'verbatim-bot[charts]'`) with a font of our own, since many machines have
none and text would vanish. Without resvg there is no picture, and the words are enough.
"""

from __future__ import annotations

import math
from functools import lru_cache
from pathlib import Path
from typing import TYPE_CHECKING
from xml.sax.saxutils import escape

from bot.chat.brief_texts import tell
from bot.chat.brief_words import chart_title, left_out_lines, point_words
from bot.chat.foreign_words import seen, shortened, utf16
from bot.chat.messages import Picture

if TYPE_CHECKING:
    from bot.briefs.brief import Chart, ChartPoint

_FONT = Path(__file__).with_name("data") / "DejaVuSans.ttf"
_WIDTH, _HEIGHT = 720, 400
_LEFT, _RIGHT, _TOP, _BOTTOM = 40.0, 40.0, 74.0, 96.0
_MOST_LABELS = 6
_ALT = 1_000  # what the platforms take, about
_LABEL, _SOURCE, _TITLE = 24, 46, 80
_INK, _FAINT, _LINE = "#1f2430", "#8a90a0", "#2f6fb3"


def chart_words(chart: Chart, language: str) -> str:
    """What a chart says: every point with its day, its value in the words of its source, and who says so; and what it
    cannot show. What is too much for a platform is counted; it stands in the text."""
    points = [seen(point_words(point, language)) for point in chart.points]
    missing = [seen(line) for line in left_out_lines(chart, language)]
    said = _all_words(points, missing, language)
    while utf16(said) > _ALT and len(points) > 1:
        points = points[1:]
        said = _all_words(points, [*missing, tell("chart-more", language, n=len(chart.points) - len(points))], language)
    return shortened(said, _ALT)


def _all_words(points: list[str], missing: list[str], language: str) -> str:
    said = tell("chart-alt", language, points="; ".join(points))
    return f"{said}. {tell('chart-missing', language, figures='; '.join(missing))}" if missing else said


def chart_picture(chart: Chart, language: str, name: str = "chart.png") -> Picture | None:
    """A chart as a picture with its words; None where no picture can be drawn, or there is nothing to see."""
    png = chart_png(chart, language)
    return Picture(png, name, chart_words(chart, language)) if png else None


@lru_cache(maxsize=64)
def chart_png(chart: Chart, language: str) -> bytes | None:
    """The PNG of a chart; None without resvg or with fewer than two days. The same chart gives the same bytes."""
    if len({point.day for point in chart.points}) < 2:
        return None
    try:
        import resvg_py
    except ImportError:
        return None
    return bytes(
        resvg_py.svg_to_bytes(
            svg_string=chart_svg(chart, language), font_files=[str(_FONT)], font_family="DejaVu Sans",
            sans_serif_family="DejaVu Sans", skip_system_fonts=True,
        )
    )  # fmt: skip


def chart_svg(chart: Chart, language: str) -> str:
    """The drawing: time from left to right in scale, values from zero up, each point with value, day and source."""
    points = chart.points
    first, last = points[0].day.toordinal(), points[-1].day.toordinal()
    top = max(max(point.value, point.upper or point.value) for point in points) or 1.0
    low = min(0.0, *(point.value for point in points))
    spread = (top - low) or 1.0
    width, height = _WIDTH - _LEFT - _RIGHT - 60, _HEIGHT - _TOP - _BOTTOM

    def place(point: ChartPoint) -> tuple[float, float]:
        x = _LEFT + 30 + width * (point.day.toordinal() - first) / max(1, last - first)
        return round(x, 1), round(_TOP + height * (1 - (point.value - low) / spread), 1)

    places = [place(point) for point in points]
    base = round(_TOP + height * (1 + low / spread), 1)
    size = f'width="{_WIDTH}" height="{_HEIGHT}"'
    parts = [
        f'<svg xmlns="http://www.w3.org/2000/svg" {size} font-family="DejaVu Sans" font-size="14" fill="{_INK}">',
        f'<rect width="{_WIDTH}" height="{_HEIGHT}" fill="#ffffff"/>',
        _text(_LEFT, 32, shortened(seen(chart_title(chart, language)), _TITLE), size=18),
        f'<line x1="{_LEFT}" y1="{base}" x2="{_WIDTH - _RIGHT}" y2="{base}" stroke="{_FAINT}"/>',
        f'<polyline fill="none" stroke="{_LINE}" stroke-width="2" points="{" ".join(f"{x},{y}" for x, y in places)}"/>',
    ]
    labelled = _labelled(len(points))
    for n, (point, (x, y)) in enumerate(zip(points, places, strict=True)):
        parts.append(f'<circle cx="{x}" cy="{y}" r="4.5" fill="{_LINE}"/>')
        if n in labelled:
            anchor = "start" if n == 0 else "end" if n == len(points) - 1 else "middle"
            parts += [
                _text(x, y - 12, shortened(seen(point.text), _LABEL), anchor=anchor, size=15),
                _text(x, _HEIGHT - 66, f"{point.day:%d.%m.%Y}" if language == "de" else f"{point.day:%Y-%m-%d}",
                      anchor=anchor, size=12),
            ]  # fmt: skip
    sources = list(dict.fromkeys(seen(point.said_by) for point in points if point.said_by))
    parts += [
        _text(_LEFT, _HEIGHT - 38 + 18 * row, shortened(line, 2 * _SOURCE), size=12, colour=_FAINT)
        for row, line in enumerate(_rows(sources))
    ]
    return "".join([*parts, "</svg>"])


def _labelled(many: int) -> set[int]:
    """Which points bear words: the first, the last, and some between them."""
    if many <= _MOST_LABELS:
        return set(range(many))
    return {math.floor(n * (many - 1) / (_MOST_LABELS - 1)) for n in range(_MOST_LABELS)}


def _rows(sources: list[str]) -> list[str]:
    """The sources in at most two lines."""
    rows, line = [], ""
    for one in sources:
        grown = f"{line} · {one}" if line else one
        if len(grown) > 2 * _SOURCE and line:
            rows.append(line)
            grown = one
        line = grown
    return [*rows, line][:2] if line else rows[:2]


def _text(x: float, y: float, words: str, *, anchor: str = "start", size: int = 14, colour: str = _INK) -> str:
    drawn = "".join(c if c.isprintable() else " " for c in words)
    said = escape(drawn.encode("utf-8", "replace").decode("utf-8"))
    return f'<text x="{x}" y="{y}" text-anchor="{anchor}" font-size="{size}" fill="{colour}">{said}</text>'
