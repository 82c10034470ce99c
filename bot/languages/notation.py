"""Numbers written in figures, in every notation: "12.000", "1,234.5", "25 000", "1'000", "1,00,000"."""

from __future__ import annotations

import re
from collections.abc import Iterator

from bot.languages.reading import BLANKS

FIGURES = rf"\d+(?:[.,'’]\d+|[{BLANKS}]\d{{3}}(?!\d))*"
_GROUP = re.compile(r"\d+")
_LONGEST = 30  # figures; what is longer is a key or an account, no amount

# Languages that write the decimal mark as a point; every other writes it as a comma.
_POINT_LANGUAGES = frozenset("en und zh ja ko th he hi bn ta te ur ms sw tl fil my ne si ga cy mt".split())


def literals(figures: str, offset: int, language: str) -> Iterator[tuple[int, int, int, int]]:
    """The numbers in one run of `FIGURES` that begins at `offset`: (start, end, numerator, denominator).

    Where one mark with three figures behind it leaves the choice, the language decides: "12.000" is twelve thousand in
    German and twelve in English. What has several points and no groups of three (a version, a section) is no number.
    """
    groups = _GROUP.findall(figures)
    marks = _GROUP.sub("", figures)
    value = _value(groups, marks, language)
    if value is not None:
        yield offset, offset + len(figures), *value
        return
    for separators in (BLANKS, "'’", ","):
        if any(mark in separators for mark in marks):
            for piece in re.finditer(f"[^{separators}]+", figures):
                yield from literals(piece.group(), offset + piece.start(), language)
            return


def _value(groups: list[str], marks: str, language: str) -> tuple[int, int] | None:
    figures = "".join(groups)
    if len(figures) > _LONGEST:
        return None
    whole, decimal = (int(figures), 1), (int(figures), 10 ** len(groups[-1]))
    if not marks:
        return whole
    kinds = {" " if mark in BLANKS else "'" if mark == "’" else mark for mark in marks}
    last = marks[-1]
    if len(kinds) == 2:  # "1.234,5", "1,234.5", "1 234,5"
        return decimal if last in ".," and marks.count(last) == 1 and _grouped(groups[:-1]) else None
    if len(kinds) > 2:
        return None
    if last not in ".,":
        return whole if _grouped(groups) else None
    if len(marks) > 1:
        return whole if _grouped(groups) or (last == "," and _grouped_in_lakhs(groups)) else None
    if not _grouped(groups):
        return decimal
    return decimal if (last == ".") == (language in _POINT_LANGUAGES) else whole


def _grouped(groups: list[str]) -> bool:
    return 1 <= len(groups[0]) <= 3 and groups[0][0] != "0" and all(len(group) == 3 for group in groups[1:])


def _grouped_in_lakhs(groups: list[str]) -> bool:
    return len(groups[0]) <= 2 and len(groups[-1]) == 3 and all(len(group) == 2 for group in groups[1:-1])
