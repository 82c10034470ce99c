"""The day that a page prints beside its article, where its metadata states none or only the day of Greenwich.

Dates stand all over a page: today's in its head, those of other reports in its lists, those of readers in the
comments, the year in its foot. So every date that stands alone in its line is weighed: by what is printed before it
("Veröffentlicht am"), by how near the headline it stands, by what its element is called, and by how many others look
the same. None is taken when none is convincing.
"""

from __future__ import annotations

import contextlib
import re
from collections import defaultdict
from dataclasses import dataclass
from datetime import date, timedelta, timezone
from itertools import islice
from typing import TYPE_CHECKING, Final

from bot.documents.dating import Printed, day_alone, kind_of, metadata_date
from bot.documents.formats.fragments import opening_of

if TYPE_CHECKING:
    from lxml.etree import _Element

_ELSEWHERE: Final = frozenset({"footer", "nav", "aside", "form", "blockquote"})
_CALLED_ELSEWHERE: Final = re.compile(
    r"comment|kommentar|respond|disqus|related|recommend|empfehl|similar|teaser|side-?bar|rail|foot|copyright|widget"
    r"|ticker|popular|trending|most-?(?:read|view)|latest|recent|list|archiv|calend[ae]r|kalender|weather|wetter"
    r"|termin|newsletter|promo|outbrain|taboola|carousel|slider|swiper|\bnext|prev|\bnav|menu|advert|card|today|heute"
    r"|clock|issue|embed|tweet|twitter|instagram|facebook"
)
_CALLED_DATE: Final = re.compile(
    r"date|datum|time|zeit|publi|posted|post-?on|created|byline|meta|author|autor|stamp|fecha|\bdata\b|info"
)
_PIECES: Final = (
    "//body//text()[normalize-space() and not(parent::script or parent::style or parent::noscript or parent::option"
    " or parent::textarea or parent::title or parent::template)]"
)
_DIGIT: Final = re.compile(r"\d")
_LEAST: Final = 6  # characters of a date
_LONGEST_LABEL: Final = 40
_LONGEST: Final = 160  # characters of a line that may be a date's
_LONGEST_LINK: Final = 60  # characters; a longer one leads to another report, whose date stands in it
_PROSE: Final = 100  # characters; such a piece belongs to the story
_LONGEST_TITLE: Final = 400
_MOST_HEADINGS: Final = 200
_NEAR: Final = 12  # pieces of text between a headline and its date
_CONVINCING: Final = 4
_SAME_LOOK: Final = 3  # dates of different days that look the same are those of a list
_MOST_PIECES: Final = 20_000  # of text; a page with more is no article
_MOST_DATES: Final = 400
_MOST_LOOKED_AT: Final = 4_000  # lines
_MOST_ABOVE: Final = 100  # levels that are looked at
_CLOSE: Final = 4  # levels
_LEFT_OVER: Final = frozenset({"body", "html", "main", "article"})


@dataclass(frozen=True, slots=True)
class PrintedDay:
    """A day that the page prints, what it is called there, and the other days outside of lists and feet."""

    day: date
    kind: Printed
    others: frozenset[date] = frozenset()


@dataclass(slots=True)
class _Found:
    """One date on the page, and how likely it is the article's."""

    day: date
    kind: Printed
    place: int  # counts the pieces of text before it
    score: int
    look: tuple[str, str, str]
    elsewhere: int  # how much speaks against it that it stands in a list, the foot or the like


def printed_day(tree: _Element, title: str, language: str) -> PrintedDay | None:
    """The day of the article as far as the page prints one. `title` is the article's, `language` as it is declared."""
    heading = _heading(tree, title)
    found, begin, prose = _dates(tree, heading, language)
    if not found:
        return None
    days: dict[tuple[str, str, str], set[date]] = defaultdict(set)
    for one in found:
        days[one.look].add(one.day)
    named = {one.day for one in found if one.kind is Printed.PUBLISHED}
    is_title = heading is not None and _bare(opening_of(heading, _LONGEST_TITLE)) == _bare(title)
    own = next((one for one in found if 0 < one.place - begin <= _NEAR), None) if is_title else None
    for one in found:
        if is_title and begin < one.place < prose:
            one.elsewhere = min(one.elsewhere, 2)  # between headline and story, whatever its element is called
        if one.elsewhere:
            # The only day that anything on the page calls that of publication may as well stand in its foot.
            only = one.kind is Printed.PUBLISHED and len(named) == 1
            one.score -= min(2, one.elsewhere) if only else one.elsewhere
        if begin >= 0:
            one.score += _nearness(one.place - begin)
        if len(days[one.look]) >= _SAME_LOOK:
            one.score -= 3 if one is own else 5
    best = max(found, key=lambda one: (one.score, -abs(one.place - max(begin, 0))))
    if best.score < _CONVINCING:
        return None
    others = frozenset(one.day for one in found if not one.elsewhere and one.day != best.day)
    return PrintedDay(best.day, best.kind, others)


_SCRIPTED: Final = re.compile(
    r"[\"'](?:date_?published|published_?(?:date|at|on|time)|publish(?:ed)?_?(?:date|time)|publication_?date|pub_?date"
    r"|first_?published?(?:_?(?:date|at|time))?|date_?posted|created_?(?:at|date|on)|date_?created)\\?[\"']\s{0,4}:\s{0,4}"
    r"\\?[\"']((?:19|20)\d\d-\d\d-\d\d)",
    re.IGNORECASE,
)
_MOST_SCRIPT: Final = 500_000


def scripted_day(tree: _Element) -> str:
    """The day of publication in the page's own data, when all that it holds agree; those of other reports would not."""
    days: set[str] = set()
    for script in tree.iter("script"):
        days.update(match[1] for match in _SCRIPTED.finditer((script.text or "")[:_MOST_SCRIPT]))
    return days.pop() if len(days) == 1 else ""


_IN_ADDRESS: Final = re.compile(
    r"(?<!\d)(?:((?:19|20)\d\d)([-/._]?)(0[1-9]|1[0-2])\2(0[1-9]|[12]\d|3[01])"
    r"|(0?[1-9]|[12]\d|3[01])([-._])(0?[1-9]|1[0-2])\6((?:19|20)\d\d))(?!\d)"
)


def address_day(address: str) -> str:
    """The day that is written in an address, "/2031/05/02/" or "-02-05-2031"; empty when there is none or several."""
    days: set[str] = set()
    for match in _IN_ADDRESS.finditer(address[:2_000]):
        year, month, number = (match[1], match[3], match[4]) if match[1] else (match[8], match[7], match[5])
        with contextlib.suppress(ValueError):
            days.add(date(int(year), int(month), int(number)).isoformat())
    return days.pop() if len(days) == 1 else ""


_IN_UTC: Final = re.compile(r"(?:Z|[+-]00:?00|GMT|UTC)\Z")


def is_in_utc(stated: str) -> bool:
    """Whether a date-time is given in UTC, as servers do that do not say where they are."""
    return bool(_IN_UTC.search(stated))


def neighbour_day(stated: str) -> date | None:
    """The day that a moment stated in UTC may have been where it was written down: the one before until nine in the
    morning, the one after from three in the afternoon. None for other moments, and for those with an offset."""
    known = metadata_date(stated) if is_in_utc(stated) else None
    if known is None or known[1] is None:
        return None
    day, moment = known[0], known[1]
    if moment.hour < _WEST_UNTIL:
        return day - timedelta(days=1)
    return day + timedelta(days=1) if moment.hour >= _EAST_FROM else None


_WEST_UNTIL: Final = 9
_EAST_FROM: Final = 15
_WIDEST_OFFSET: Final = 14  # hours


def on_day(stated: str, day: date) -> str:
    """The same moment with the least offset that makes it this day; the bare day where no place on earth has it."""
    known = metadata_date(stated)
    if known is None or known[1] is None:
        return day.isoformat()
    moment = known[1]
    hours = -(moment.hour + 1) if day < moment.date() else 24 - moment.hour
    if abs(hours) > _WIDEST_OFFSET:
        return day.isoformat()
    return moment.astimezone(timezone(timedelta(hours=hours))).isoformat()


def _nearness(distance: int) -> int:
    """What the way from the headline is worth: a date stands right behind it, or in the line above it."""
    if 0 < distance <= _NEAR:
        return 4
    if -4 <= distance < 0:
        return 3
    if -_NEAR <= distance < 0:
        return 1
    return 1 if 0 < distance <= 4 * _NEAR else 0


def _heading(tree: _Element, title: str) -> _Element | None:
    """The heading that is the title, else the first one that says anything."""
    wanted = _bare(title)
    first = None
    for tag in ("h1", "h2", "h3"):
        for element in islice(tree.iter(tag), _MOST_HEADINGS):
            words = _bare(opening_of(element, _LONGEST_TITLE))
            if words and words == wanted:
                return element
            if first is None and tag == "h1" and words:
                first = element
    return first


def _bare(text: str) -> str:
    return "".join(character for character in text.casefold() if character.isalnum())


def _dates(tree: _Element, heading: _Element | None, language: str) -> tuple[list[_Found], int, int]:
    """The dates on the page, the place of the headline (-1: there is none) and that of the first prose behind it."""
    inside = set(heading.iter()) if heading is not None else set()
    around = set(heading.iterancestors()) if heading is not None else set()
    marked = {element for element in tree.iter("time", "abbr") if element.get("datetime") or element.tag == "abbr"}
    found: list[_Found] = []
    begin = prose = -1
    looked_at = 0
    before = ""
    for place, piece in enumerate(tree.xpath(_PIECES)[:_MOST_PIECES]):
        if begin < 0 and inside and not piece.is_tail and piece.getparent() in inside:
            begin = place
        elif begin >= 0 > prose and len(piece) >= _PROSE:
            prose = place
        if marked or _DIGIT.search(piece, 0, 2 * _LONGEST):
            element = piece.getparent()
            if piece.is_tail:
                element = element.getparent()
            known = None
            holder = element if element in marked else element.getparent()
            if holder in marked:
                known = _marked(holder, _label(before), language)
                marked.remove(holder)
                looked_at += 1
            elif len(piece) <= 4 * _LONGEST and _LEAST <= len(line := " ".join(piece.split())) <= _LONGEST:
                alone = day_alone(line, language, before=_label(before)) if _DIGIT.search(line) else None
                known = (alone[0].day, alone[1], alone[2]) if alone else None
                looked_at += 1
            if known:
                found.append(_weighed(known, element, place, around))
            if len(found) == _MOST_DATES or looked_at == _MOST_LOOKED_AT:
                break
        before = piece
    return found, begin, prose


def _label(piece: str) -> str:
    """A piece of text as the label of what follows it; empty when it is too long for one."""
    line = " ".join(piece.split()) if len(piece) <= _LONGEST else ""
    return line if len(line) <= _LONGEST_LABEL else ""


def _marked(element: _Element, before: str, language: str) -> tuple[date, Printed, bool] | None:
    """The day in an attribute. The one that is printed counts where it is hardly another: attributes are in UTC."""
    stated = metadata_date(element.get("datetime") or element.get("title") or "")
    line = opening_of(element, _LONGEST)
    printed = day_alone(line, language, before=before)
    if stated is None:
        return (printed[0].day, printed[1], printed[2]) if printed else None
    if printed and abs(printed[0].day - stated[0]) <= timedelta(days=1):
        return printed[0].day, printed[1], True
    return stated[0], printed[1] if printed else kind_of(before), True


def _weighed(known: tuple[date, Printed, bool], element: _Element, place: int, around: set[_Element]) -> _Found:
    day, kind, exact = known
    score = {Printed.PUBLISHED: 5, Printed.BARE: 1, Printed.UPDATED: 0}[kind] + (1 if exact else -1)
    names = [_called(element)]
    elsewhere = 0
    above: _Element | None = element
    for level in range(_MOST_ABOVE):
        if above is None or above in around or above.tag in ("body", "main", "html"):
            break
        if 0 < level < 3 and above.tag not in _LEFT_OVER:
            names.append(_called(above))
        if above.tag in _ELSEWHERE or _CALLED_ELSEWHERE.search(_called(above)):
            # What is far above holds much else, and is often named by one part of it.
            elsewhere = elsewhere or (6 if level < _CLOSE else 4)
        if above.tag == "a" and len(opening_of(above, _LONGEST_LINK)) > _LONGEST_LINK:
            score -= 4
        above = above.getparent()
    if element.tag == "time" or any(_CALLED_DATE.search(name) for name in names):
        score += 2
    look = (str(element.tag), names[0], names[1] if len(names) > 1 else "")
    return _Found(day, kind, place, score, look, elsewhere)


def _called(element: _Element) -> str:
    return f"{element.get('class', '')} {element.get('id', '')} {element.get('itemprop', '')}".lower()
