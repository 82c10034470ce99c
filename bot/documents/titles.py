"""The title of a document among the lines above its text, and what a page's template printed around it."""

from __future__ import annotations

import re
from collections.abc import Mapping, Sequence
from dataclasses import dataclass
from typing import Final

from bot.documents import dating
from bot.documents.boilerplate import is_breadcrumb, is_prose
from bot.documents.characters import one_line
from bot.documents.dating import PageDate
from bot.documents.outlets import is_section, looks_like_outlet

_SITE_PREFIX: Final = re.compile(r"\s?(?:\||–|—|-|::|•|·|»|:)\s(?=.{8})")
_SUFFIX: Final = re.compile(r"\s(\||–|—|-|::|•|·|»|:|›|/)\s")
_BARS: Final = frozenset({"|", "::", "»", "•", "›"})
_STAMP_CUTS: Final = (" – ", " — ", " | ", " - ", " · ", " • ", " (", ", ")
_NOT_WORD: Final = re.compile(r"[\W_]+")


@dataclass(frozen=True, slots=True)
class Title:
    """A title without what was printed behind it. `index` is its paragraph, -1 when the format stated it."""

    text: str = ""
    outlet: str = ""
    dates: tuple[PageDate, ...] = ()
    index: int = -1


def folded(text: str) -> str:
    """A text for comparing titles: case and marks do not count."""
    return _NOT_WORD.sub(" ", text.casefold()).strip()


def without_stamp(title: str, language: str) -> tuple[str, tuple[PageDate, ...]]:
    """A title without the date printed behind it, and that date."""
    for separator in _STAMP_CUTS:
        front, found, back = title.rpartition(separator)
        if found and len(front) >= 8:
            dates = dating.page_dates_of(back.rstrip(")"), language)
            if dates:
                return front.rstrip(), dates
    return title, ()


def split_title(printed: str, *, hint: str = "", language: str = "") -> Title:
    """A printed title with the outlet, section and date behind it taken off. `hint` is a name that is known to be the
    outlet's.

    Behind a dash only what looks like the name of an outlet goes, for dashes belong to headlines; behind a bar any
    short piece does.
    """
    title = printed.strip()
    outlet = ""
    dates: tuple[PageDate, ...] = ()
    for _ in range(4):
        title, found = without_stamp(title, language)
        dates = dates or found
        cuts = [cut for cut in _SUFFIX.finditer(title) if cut[1] != "»" or "«" not in title]
        if not cuts:
            break
        front, back = title[: cuts[-1].start()].rstrip(), title[cuts[-1].end() :].strip()
        sure = looks_like_outlet(back) or (bool(hint) and back.casefold() == hint.casefold())
        bar = cuts[-1][1] in _BARS and back[:1].isalpha() and len(back.split()) <= (2 if outlet else 4)
        if len(front) < 8 or " " not in front or not (sure or bar):
            break
        outlet = outlet or ("" if is_section(back) else back)
        title = front
    return Title(title.strip(), outlet, dates)


def find_title(
    paragraphs: Sequence[str], head: Sequence[int], stated: str, hint: str, language: str, *, skip: Mapping[int, str]
) -> Title:
    """The title that the format states, else the first line of the head that reads like a headline: of several words,
    or with an outlet or a date behind it; a shorter one only when nothing better comes."""
    if stated.strip():
        printed = one_line(stated)
        if hint and printed.casefold().startswith(hint.casefold()):
            prefix = _SITE_PREFIX.match(printed, len(hint))
            printed = printed[prefix.end() :] if prefix else printed
        return split_title(printed, hint=hint, language=language)
    second = Title()
    for index in head:
        if index in skip:
            continue
        found = split_title(paragraphs[index], hint=hint, language=language)
        if not _is_headline(found.text):
            continue
        found = Title(found.text, found.outlet, found.dates, index)
        words = weight(found.text)
        if words >= 4 or found.dates or found.outlet or (words == 3 and not _is_name(found.text)):
            return found
        if not second.text:
            second = found
    return second if second.text and (weight(second.text) >= 2 or second.index == 0) else Title()


def _is_headline(line: str) -> bool:
    if not 8 <= len(line) <= 220 or is_prose(line) or is_breadcrumb(line):
        return False
    return any(character.isalpha() for character in line) and not line.startswith(("http://", "https://", "("))


def _is_name(line: str) -> bool:
    """Whether every word has a capital, as in the name of a site; headlines mostly hold a small one."""
    return all(word[0].isupper() for word in line.split())


def is_headline_with_stamp(paragraph: str) -> bool:
    """Whether the full stop is that of a date behind a headline: "… – 18.12.2024 um 13:39 Uhr."."""
    return len(paragraph) <= 260 and bool(without_stamp(paragraph, "")[1])


def weight(line: str) -> int:
    """How many words a line has; in scripts without spaces, every two characters count as one."""
    return max(len(line.split()), sum(character >= "\u2e80" for character in line) // 2)


def repeats(paragraph: str, title: str, language: str) -> bool:
    """Whether a paragraph is the title again, with or without the outlet's name and the date."""
    if len(paragraph) > len(title) + 120:
        return False
    key = folded(title)
    again = folded(paragraph)
    if not key or not again.startswith(key):
        return False
    return again == key or folded(split_title(paragraph, language=language).text) == key
