"""When a document was published, how that is known, and what in its own text speaks against it.

In this order: what the format's metadata states; what the text states of itself ("Aktualisiert 28. April 2025", a
dateline with its year); what the page prints beside the text, which may be the day of copying; the file's own time. No
date is ever concluded from the events that a text tells: these only give warnings.
"""

from __future__ import annotations

import re
from collections.abc import Sequence
from dataclasses import dataclass
from datetime import UTC, date, datetime, timedelta, timezone, tzinfo
from enum import StrEnum
from functools import cache
from typing import TYPE_CHECKING, Final

from bot.documents.extracted import Extracted
from bot.domain import DateBasis, DocumentDate

if TYPE_CHECKING:
    from bot.languages.dates import DateMention

_MONTH_NAMES: Final = {
    1: "january jan januar jänner jaenner janvier enero gennaio janeiro januari stycznia ocak января",
    2: "february feb februar feber février fevrier febrero febbraio fevereiro februari lutego şubat subat февраля",
    3: "march mar märz maerz mär mrz mars marzo março marco maart marts maret marca mart марта",
    4: "april apr avril abril aprile kwietnia nisan апреля",
    5: "may mai mayo maggio maio mei maj maja mayıs мая",
    6: "june jun juni juin junio giugno junho czerwca haziran июня",
    7: "july jul juli juillet julio luglio julho lipca temmuz июля",
    8: "august aug août aout agosto augustus augusti agustus sierpnia ağustos agustos августа",
    9: "september sep sept septembre septiembre settembre setembro września wrzesnia eylül eylul сентября",
    10: "october oct oktober okt octobre octubre ottobre outubro października pazdziernika ekim октября",
    11: "november nov novembre noviembre novembro listopada kasım ноября",
    12: "december dec dezember dez décembre decembre diciembre dicembre dezembro desember grudnia aralık декабря",
}
_MONTHS: Final = {name: number for number, names in _MONTH_NAMES.items() for name in names.replace("ı", "i").split()}
# Hours ahead of UTC of the abbreviations that newsrooms print. IST is left out: Ireland, Israel and India use it.
_HOURS: Final = {
    "utc": 0, "gmt": 0, "z": 0, "wet": 0, "bst": 1, "cet": 1, "mez": 1, "west": 1, "cest": 2, "mesz": 2, "eet": 2,
    "eest": 3, "msk": 3, "sgt": 8, "hkt": 8, "jst": 9, "kst": 9, "est": -5, "edt": -4, "cst": -6, "cdt": -5, "mst": -7,
    "mdt": -6, "pst": -8, "pdt": -7, "aest": 10, "aedt": 11,
}  # fmt: skip
_PLACES: Final = {
    "et": "America/New_York", "ct": "America/Chicago", "mt": "America/Denver", "pt": "America/Los_Angeles",
    "uhr": "Europe/Berlin", "eastern": "America/New_York", "pacific": "America/Los_Angeles",
}  # fmt: skip
_MONTH: Final = "(?:" + "|".join(sorted(_MONTHS, key=len, reverse=True)) + ")"
_ZONE: Final = (
    "(?:" + "|".join(sorted((*_HOURS, "et", "ct", "mt", "pt"), key=len, reverse=True)) + r"|[+-]\d{2}:?\d{2})(?![^\W_])"
)


def _time(side: str) -> str:
    """A time of day with its zone; `side` begins the names of the groups."""
    return (
        rf"(?P<{side}hour>[01]?\d|2[0-4])(?:\s?[:.h]\s?(?P<{side}minute>[0-5]\d)(?::[0-5]\d(?:[.,]\d{{1,9}})?)?(?!\d)"
        rf"|(?=\s?(?:uhr|[ap]\.?m\b)))(?:\s?(?P<{side}half>[ap])\.?\s?m\b\.?)?(?:\s?(?P<{side}uhr>uhr)\b)?"
        rf"(?:\s?\(?(?P<{side}zone>{_ZONE})\)?)?"
    )


def _day(form: str) -> str:
    return rf"(?P<{form}_day>\d{{1,2}})"


def _year(form: str) -> str:
    return rf"(?P<{form}_year>(?:19|20)\d{{2}})(?!\d)"


@cache
def _stamp() -> re.Pattern[str]:
    """A full date (with its year), and the time of day beside it. Compiled when the first text is read."""
    forms = (
        rf"{_day('a')}(?:st|nd|rd|th|er|\.|º)?[\s-]{{0,2}}(?:de |of )?(?P<a_month>{_MONTH})\.?,?[\s-]{{0,2}}(?:del? )?"
        + _year("a"),
        rf"(?P<b_month>{_MONTH})\.?[\s-]{{1,2}}{_day('b')}(?:st|nd|rd|th)?,?[\s-]{{1,2}}{_year('b')}",
        rf"{_year('c')}[-/.](?P<c_month>\d{{1,2}})[-/.]{_day('c')}(?!\d)",
        rf"{_day('d')}(?P<d_sep>[./-])\s?(?P<d_month>\d{{1,2}})(?P=d_sep)\s?(?P<d_year>(?:19|20)?\d{{2}})(?![.,/-]?\d)",
        rf"{_year('e')}\s?[年년]\s?(?P<e_month>\d{{1,2}})\s?[月월]\s?{_day('e')}\s?[日일]",
    )
    before = rf"(?:{_time('t_')}\s?[,;|·•–-]?\s{{0,2}}(?:am |on |den |of )?)?"
    after = rf"(?:(?:t|\s?[,;|·•–—/-]?\s{{0,2}}(?:um |at |gegen |à |- |– )?){_time('u_')})?"
    return re.compile(rf"(?<![\d.,:/-])(?<![^\W\d_]){before}(?:{'|'.join(forms)}){after}", re.IGNORECASE)


@dataclass(frozen=True, slots=True)
class Stamp:
    """A full date as it is printed, with its place in the text."""

    start: int
    end: int
    day: date
    at: datetime | None  # aware, UTC; None without a time of day or without a zone


def stamps_in(text: str, language: str, *, limit: int = 8) -> tuple[Stamp, ...]:
    """The full dates in a line, the first `limit` of them. "3/4/2025" is read only where the order is certain: from
    the language (day first in all but English, month first in "en-US") or from a number above 12."""
    found: list[Stamp] = []
    for match in _stamp().finditer(text):
        stamp = _read(match, language)
        if stamp:
            found.append(stamp)
            if len(found) == limit:
                break
    return tuple(found)


def _read(match: re.Match[str], language: str) -> Stamp | None:
    groups = match.groupdict()
    form = next(letter for letter in "abcde" if groups[f"{letter}_day"])
    year, month_text, number = groups[f"{form}_year"], groups[f"{form}_month"], int(groups[f"{form}_day"])
    month = int(month_text) if month_text.isdigit() else _month(month_text)
    if form == "d":
        if len(year) == 2:
            year = ("20" if int(year) < 70 else "19") + year
        tongue, _, region = language.replace("_", "-").casefold().partition("-")
        english = tongue == "en" and region in ("", "us") and groups["d_sep"] != "."
        if english and not region and number <= 12 and month <= 12 and number != month:
            return None
        if (english or month > 12) and number <= 12:
            number, month = month, number
    try:
        day = date(int(year), month, number)
    except ValueError:
        return None
    return Stamp(match.start(), match.end(), day, _instant(day, groups))


def _month(name: str) -> int:
    """The number of a month's name; 0, which is no month, for none. Expressions that disregard case take the Turkish
    letters İ and ı for an i."""
    return _MONTHS.get(name.replace("İ", "i").replace("ı", "i").casefold(), 0)


def _instant(day: date, groups: dict[str, str | None]) -> datetime | None:
    for side in ("u_", "t_"):
        hour_text = groups[f"{side}hour"]
        zone = _zone((groups[f"{side}zone"] or groups[f"{side}uhr"] or "").casefold())
        if hour_text and zone:
            hour = int(hour_text)
            half = (groups[f"{side}half"] or "").casefold()
            if half and 1 <= hour <= 12:
                hour = hour % 12 + (12 if half == "p" else 0)
            if hour == 24:
                hour = 0  # "24.00 Uhr" belongs to the day that it ends
            try:
                local = datetime(day.year, day.month, day.day, hour, int(groups[f"{side}minute"] or 0), tzinfo=zone)
                return local.astimezone(UTC)
            except (ValueError, OverflowError):
                return None
    return None


def _zone(name: str) -> tzinfo | None:
    if not name:
        return None
    if name[0] in "+-":
        hours, minutes = int(name[1:3]), int(name[-2:])
        offset = timedelta(hours=hours, minutes=minutes)
        return timezone(offset if name[0] == "+" else -offset) if offset < timedelta(hours=15) else None
    if name in _HOURS:
        return timezone(timedelta(hours=_HOURS[name]))
    return _place(_PLACES[name])


@cache
def _place(name: str) -> tzinfo | None:
    from zoneinfo import ZoneInfo, ZoneInfoNotFoundError

    try:
        return ZoneInfo(name)
    except ZoneInfoNotFoundError:  # a system without a time zone database: the day is still known
        return None


class Printed(StrEnum):
    """What a line of the page says a date is."""

    PUBLISHED = "published"
    UPDATED = "updated"
    BARE = "bare"  # only a date, nothing says of what


@dataclass(frozen=True, slots=True)
class PageDate:
    """A date that stands in a line of its own, or behind the title."""

    stamp: Stamp
    kind: Printed


_UPDATED: Final = re.compile(
    r"aktualisiert|updated?\b|zuletzt bearbeitet|geändert|modified|last (?:changed|edited)|\bstand\b|mis à jour|"
    r"actualizado|aggiornato|revised",
    re.IGNORECASE,
)
_PUBLISHED: Final = re.compile(
    r"published|veröffentlicht|erschienen|posted|publiziert|publié|publicado|pubblicato|issued|released|erstellt|"
    r"created|first aired|\bdatum\b|\bdate\b|\bdated\b",
    re.IGNORECASE,
)
_FILLERS: Final = re.compile(
    r"\b(?:am|on|at|um|vom|den|der|the|first|last|zuletzt|zuerst|by|on:|uhr|updated?|aktualisiert|geändert|bearbeitet|"
    r"modified|changed|edited|revised|stand|published|veröffentlicht|erschienen|posted|publiziert|publié|le|issued|"
    r"released|erstellt|created|datum|date|dated|online|since|seit|mis|à|jour|actualizado|publicado|aggiornato|pubblicato|el|il|"
    r"mon(?:day)?|tues?(?:day)?|wed(?:nesday)?|thu(?:rsday|rs|r)?|fri(?:day)?|sat(?:urday)?|sun(?:day)?|"
    r"montag|dienstag|mittwoch|donnerstag|freitag|samstag|sonnabend|sonntag|mo|di|mi|do|fr|sa|so|"
    r"lundi|mardi|mercredi|jeudi|vendredi|samedi|dimanche|lesezeit|min|minuten|minutes|read|ago|vor)\b",
    re.IGNORECASE,
)
_BY_SOMEONE: Final = re.compile(
    r"\b(?:by|von)\s[^\W\d_][\w.'’-]{1,30}(?:\s[A-ZÀ-Þ][\w.'’-]{0,30}){0,3}"
    r"|\bleave a (?:comment|reply)\b|\b\d{1,4} (?:comments?|kommentare?)\b",
    re.IGNORECASE,
)
_LETTERS: Final = re.compile(r"[^\W\d_]+")


def page_dates_of(line: str, language: str) -> tuple[PageDate, ...]:
    """The dates of a line that holds nothing else but perhaps a name: "Stand: 18.12.2024, 13:39 Uhr", "Posted on May 5,
    2024 by Jane Doe". Empty for any other line."""
    if not 6 <= len(line) <= 200 or not any(character.isdigit() for character in line):
        return ()
    stamps = stamps_in(line, language)
    if not stamps:
        return ()
    found: list[PageDate] = []
    rest: list[str] = []
    at = 0
    for stamp in stamps:
        before = line[at : stamp.start]
        rest.append(before)
        found.append(PageDate(stamp, kind_of(before)))
        at = stamp.end
    rest.append(line[at:])
    if _LETTERS.search(_FILLERS.sub(" ", _BY_SOMEONE.sub(" ", " ".join(rest)))):
        return ()
    return tuple(found)


_LONGEST_LABEL: Final = 40
_MOST_OTHER_LETTERS: Final = 24  # beside a date in its line: a place, a name, an abbreviation


def day_alone(line: str, language: str, *, before: str = "") -> tuple[Stamp, Printed, bool] | None:
    """The first date of publication in a line that holds little else, what it is called, and whether really nothing
    else stands there. `before` is the line above, which may say what the date is."""
    stamps = stamps_in(line, language)
    if not stamps:
        return None
    labels = [line[end:stamp.start] for end, stamp in zip((0, *(stamp.end for stamp in stamps)), stamps, strict=False)]
    rest = _FILLERS.sub(" ", _BY_SOMEONE.sub(" ", " ".join((*labels, line[stamps[-1].end :]))))
    others = sum(map(len, _LETTERS.findall(rest)))
    kinds = [kind_of(label[-_LONGEST_LABEL:]) for label in labels]
    if others > _MOST_OTHER_LETTERS and Printed.PUBLISHED not in kinds:
        return None
    if kinds[0] is Printed.BARE and not _LETTERS.search(labels[0]):
        kinds[0] = kind_of(before)
    trust = (Printed.PUBLISHED, Printed.BARE, Printed.UPDATED)
    at = min(range(len(stamps)), key=lambda index: trust.index(kinds[index]))
    return stamps[at], kinds[at], not others


def kind_of(label: str) -> Printed:
    """What the words before a date say that it is."""
    if _UPDATED.search(label):
        return Printed.UPDATED
    return Printed.PUBLISHED if _PUBLISHED.search(label) else Printed.BARE


_DATELINE: Final = re.compile(r"\s?(?:\([^()\n]{2,40}\)\s?)?(?:(?:[–—-]{1,2}|:)\s|\s{0,3}(?:\n|$))")


def dateline_date(lead: str, language: str) -> Stamp | None:
    """The date of a dateline with its year: "BERLIN, 3. März 2025 (Agency) – …", or "Berlin, 3. März 2025" alone."""
    head = lead[:120]
    for stamp in stamps_in(head, language, limit=1):
        before = head[: stamp.start].rstrip()
        place = before.rstrip(" ,(")
        named = before.endswith((",", "(")) and 2 <= len(place) <= 50 and _looks_like_place(place)
        if named and _DATELINE.match(head, stamp.end):
            return stamp
    return None


def _looks_like_place(text: str) -> bool:
    small = ("am", "an", "der", "the", "of", "de", "im")
    return all(word[:1].isupper() or word in small for word in text.replace(",", " ").split())


def metadata_date(value: str) -> tuple[date, datetime | None] | None:
    """A date or date-time as metadata states it: ISO 8601, RFC 5322 or printed. The day is the one that is written
    there; the instant is None where no zone is given. None when it cannot be read."""
    from email.utils import parsedate_to_datetime

    value = value.strip()
    if not value or len(value) > 200:
        return None
    for parse in (datetime.fromisoformat, parsedate_to_datetime):
        try:
            moment = parse(value)
        except (ValueError, TypeError, IndexError, OverflowError):
            continue
        if not 1600 <= moment.year <= 2200:
            return None
        timed = moment.tzinfo is not None and ":" in value
        try:
            return moment.date(), moment.astimezone(UTC) if timed else None
        except OverflowError:
            return moment.date(), None
    if value.isdigit() and len(value) in (10, 13):  # seconds or milliseconds since 1970
        moment = datetime.fromtimestamp(int(value[:10]), UTC)
        return moment.date(), moment
    stamps = stamps_in(value, "", limit=1)
    return (stamps[0].day, stamps[0].at) if stamps else None


def date_document(
    extracted: Extracted, page_dates: Sequence[PageDate], dateline: Stamp | None, text: str, language: str
) -> DocumentDate:
    """The best known date of a document whose cleaned text is `text`, with a warning where the text contradicts it."""
    found = _best(extracted, page_dates, dateline)
    warning = contradiction(found, text, language, extracted.file_time)
    return DocumentDate(found.day, found.at, found.basis, warning, found.edited) if warning else found


def _best(extracted: Extracted, page_dates: Sequence[PageDate], dateline: Stamp | None) -> DocumentDate:
    stated = metadata_date(extracted.published)
    if stated:
        return DocumentDate(stated[0], stated[1], DateBasis.STATED)
    by_kind: dict[Printed, Stamp] = {}
    for page_date in page_dates:
        by_kind.setdefault(page_date.kind, page_date.stamp)
    if Printed.PUBLISHED in by_kind:
        stamp = by_kind[Printed.PUBLISHED]
        return DocumentDate(stamp.day, stamp.at, DateBasis.STATED)
    if dateline:
        return DocumentDate(dateline.day, dateline.at, DateBasis.STATED)
    if Printed.UPDATED in by_kind:
        stamp = by_kind[Printed.UPDATED]
        return DocumentDate(stamp.day, stamp.at, DateBasis.STATED, edited=True)
    modified = metadata_date(extracted.modified)
    changed = DocumentDate(modified[0], modified[1], DateBasis.STATED, edited=True) if modified else None
    if Printed.BARE in by_kind:
        stamp = by_kind[Printed.BARE]
        if changed and changed.day == stamp.day:  # then it is known of what this is the day
            return changed
        return DocumentDate(stamp.day, stamp.at, DateBasis.PAGE_SAYS)
    printed = metadata_date(extracted.printed)
    if printed and not (changed and changed.day == printed[0]):
        return DocumentDate(printed[0], printed[1], DateBasis.PAGE_SAYS)
    if changed:
        return changed
    if extracted.file_time:
        moment = extracted.file_time.astimezone(UTC)
        return DocumentDate(moment.date(), moment, DateBasis.FILE_TIME)
    return DocumentDate()


_READ: Final = 12_000  # characters of the text that are searched for dates
_LEAD: Final = 1_500
_STALE_DAYS: Final = 30
_BACKGROUND_DAYS: Final = 200  # older dates are history, they say nothing about the day of writing
# In 336 dated pages a weekday that the lead tells of lay 0 to 2 days before the page's date in 27 of 31 cases.
_FRESH_DAYS: Final = 2
_LATE_DAYS: Final = 4
_AHEAD: Final = re.compile(
    r"\b(?:wird|werden|würden?|soll|sollen|sollten?|will|wollen|kommende[nmrs]?|nächste[nmrs]?|spätestens|jeden|jeweils|"
    r"geplant|können|könnten?|erwartet|voraussichtlich|next|coming|upcoming|to be|set to|due|plans?|planned|"
    r"scheduled|expected|expects?|"
    r"every|would|could|may|can|might|should|forecast|target|deadline)\b",
    re.IGNORECASE,
)
_LIMIT: Final = re.compile(
    r"\b(?:bis|bis zum|bis zu|ab|ab dem|spätestens|until|till|by|from|by the|starting|as of|zum)\s{1,2}"
    r"(?:the |end of |ende |anfang |mitte )?$",
    re.IGNORECASE,
)
_TOLD: Final = re.compile(
    r"\b(?:wurden?|war|waren|hat|haben|hatten?|gab|kam|kamen|starb|begann|fand|fanden|schrieb|was|were|has|have|had|did|said|told|"
    r"made|took|began|went|came|fell|rose|held|won|lost|met|left|sent|[a-z]{3,30}ed)\b"
    r"|(?<![^\W\d_])(?!heute|letzte|könnte|sollte|müsste|dürfte|heutige|rechte|zweite|dritte|vierte|weite|breite|erste)"
    r"[a-zäöüß]{3,30}ten?\b"
)
_SAME_DAY: Final = re.compile(
    r"\b(?:heute|gestern|today|yesterday|(?:mon|diens|donners|frei|sams|sonn)tag|mittwoch"
    r"|(?:mon|tues|wednes|thurs|fri|satur|sun)day)\b",
    re.IGNORECASE,
)


def contradiction(found: DocumentDate, text: str, language: str, file_time: datetime | None) -> str:
    """What in the text speaks against the date, in plain English; "" when nothing does.

    A weekday is taken as evidence only where the lead tells of it as past, a date only where its sentence does not
    speak of what is to come.
    """
    from bot.languages.dates import dates_in

    text = text[:_READ]
    day = found.day
    mentions = dates_in(text, language, day, bare_years=False)
    dated = [m for m in mentions if _is_short(m) and not _is_ahead(text, *_sentence(text, m.start, m.end), m.start)]
    if day is None or found.basis is DateBasis.FILE_TIME:
        return _newest([m for m in dated if not m.relative], text, day)
    warnings: list[str] = []
    if file_time and day > file_time.astimezone(UTC).date() + timedelta(days=1):
        warnings.append(f"the date, {_long(day)}, lies after the day on which the file was saved, {_long(file_time)}")
    later = [m for m in dated if not m.relative and m.first and m.first > day + timedelta(days=1)]
    told = [m for m in later if _TOLD.search(text, *_sentence(text, m.start, m.end))]
    if told:
        warnings.append(f"dated {_long(day)}, but the text tells of “{_said(text, told[0])}” as past")
    written = _written_earlier(day, text, mentions, dated, found.basis)
    if written:
        weekday = _WEEKDAYS[day.weekday()]
        warnings.append(f"dated {weekday}, {_long(day)}, but {written}: it was probably written earlier")
    return "; ".join(warnings)


def _written_earlier(
    day: date, text: str, mentions: Sequence[DateMention], dated: Sequence[DateMention], basis: DateBasis
) -> str:
    """What shows that a text is older than the day of its page, as the middle of a sentence."""
    lead = [m for m in mentions if m.precision == "weekday" and m.relative and m.first and m.start < _LEAD]
    told = [m for m in lead if _is_told_of(text, m)]
    lags = [(day - m.first).days for m in told if m.first]
    late = bool(lags) and min(lags) >= _LATE_DAYS
    newest = max((m for m in dated if m.last and m.last <= day), key=lambda m: m.last or date.min, default=None)
    stale = newest is not None and newest.last is not None and (day - newest.last).days > _STALE_DAYS
    # Without its year a day of the month is near the day of writing.
    near = (
        stale
        and newest is not None
        and newest.last is not None
        and newest.relative
        and newest.precision != "month"
        and (day - newest.last).days <= _BACKGROUND_DAYS
    )
    spoken = bool(_SAME_DAY.search(text)) and not any(lag <= _FRESH_DAYS for lag in lags)
    page = basis is DateBasis.PAGE_SAYS
    if not ((late and (page or near)) or (page and near and spoken)):
        return ""
    reasons: list[str] = []
    if late:
        reasons.append(f"its lead tells of “{_said(text, told[0])}” as just past")
    if near and newest is not None and newest.last is not None:
        reasons.append(f"the newest date in it is {_long(newest.last)}")
    return " and ".join(reasons)


_WEEKDAYS: Final = ("Monday", "Tuesday", "Wednesday", "Thursday", "Friday", "Saturday", "Sunday")
_MONTH_OF: Final = tuple(names.split()[0].capitalize() for names in _MONTH_NAMES.values())


def _long(day: date) -> str:
    return f"{day.day} {_MONTH_OF[day.month - 1]} {day.year}"


def _is_short(mention: DateMention) -> bool:
    """Whether a mention is a day, a month or a few days; seasons, decades and the time of day say nothing."""
    if mention.first is None or mention.last is None or mention.precision in ("weekday", "year"):
        return False
    return (mention.last - mention.first).days <= 31 and (not mention.relative or mention.month is not None)


_ENDS: Final = (". ", "\n", "! ", "? ")


def _sentence(text: str, start: int, end: int) -> tuple[int, int]:
    """Roughly the sentence around text[start:end]; at most 200 characters on either side."""
    low, high = max(0, start - 200), min(len(text), end + 200)
    first = max(text.rfind(mark, low, start) for mark in _ENDS)
    last = min((at for mark in _ENDS if (at := text.find(mark, end, high)) >= 0), default=high)
    return max(first, low), last


def _is_ahead(text: str, low: int, high: int, start: int) -> bool:
    return bool(_AHEAD.search(text, low, high) or _LIMIT.search(text, max(low, start - 24), start))


def _is_told_of(text: str, mention: DateMention) -> bool:
    """Whether the clause with this weekday tells of something that happened: "…, teilte die Polizei am Freitag mit"."""
    low, high = _sentence(text, mention.start, mention.end)
    first = max(low, *(text.rfind(mark, low, mention.start) for mark in (", ", "; ", " – ", "“")))
    last = min((at for mark in (", ", "; ", " – ") if (at := text.find(mark, mention.end, high)) >= 0), default=high)
    return bool(_TOLD.search(text, first, last)) and not _is_ahead(text, first, last, mention.start)


def _said(text: str, mention: DateMention) -> str:
    """The words of a mention with the preposition before it."""
    before = text[max(0, mention.start - 12) : mention.start].split()
    words = text[mention.start : mention.end]
    if before and before[-1].casefold() in ("am", "on", "im", "in", "vom", "seit", "since"):
        words = f"{before[-1]} {words}"
    return " ".join(words.split())[:60]


def _newest(dated: Sequence[DateMention], text: str, day: date | None) -> str:
    """For a document without a date of its own: the newest day that the text names with its year."""
    newest = max(dated, key=lambda mention: mention.first or date.min, default=None)
    if newest is None or newest.first is None or newest.last is None:
        return ""
    words = _said(text, newest)
    if day is not None and newest.first > day + timedelta(days=1):
        return f"the file is dated {_long(day)}, but the text speaks of “{words}”"
    if day is not None and (day - newest.last).days <= _STALE_DAYS:
        return ""
    return f"undated; the text speaks of “{words}”: written then or later"
