"""One pass over a text that recognises each expression of time at its first word.

`dates` says how they are understood and settles what one date says for its neighbour; this is how a single one is read.
"""

from __future__ import annotations

import re
from collections.abc import Iterator
from dataclasses import dataclass
from datetime import date
from functools import cache

from bot.languages.calendar_spans import NOWHERE, Span, away, day_of, months_from, shifted, week_of, years_from
from bot.languages.number_words import number_word
from bot.languages.reading import Reading, last_word, words_before
from bot.languages.written_dates import MONTH, MONTHS, SPACE, YEAR, WrittenDate, written_date_at


@dataclass(slots=True)
class Said:
    """What the words say, before all of it is settled. Offsets are those of the reading.

    `span` is set when the days are known already, or when they cannot be known without a reference; else they follow
    from year, month and day. `weekday` counts from Monday. `forward`: -1 before the reference, 0 up to it, 1 from it
    on, 2 after it. `precision` "" marks a date that the calendar does not have.
    """

    start: int
    end: int
    precision: str
    year: int | None = None
    month: int | None = None
    day: int | None = None
    last_day: int | None = None
    weekday: int | None = None
    relative: bool = False
    span: Span | None = None
    forward: int = 0


# --- words --------------------------------------------------------------------------------------------------------

_WEEKDAYS = {
    "montag": 0, "dienstag": 1, "mittwoch": 2, "donnerstag": 3, "freitag": 4, "samstag": 5, "sonnabend": 5,
    "sonntag": 6, "monday": 0, "tuesday": 1, "wednesday": 2, "thursday": 3, "friday": 4, "saturday": 5, "sunday": 6,
}  # fmt: skip
_PARTS_OF_DAY = ("früh", "morgen", "vormittag", "mittag", "nachmittag", "abend", "nacht")
_WEEKDAY_WORDS = _WEEKDAYS | {
    name + part: day for name, day in _WEEKDAYS.items() if not name.endswith("day") for part in _PARTS_OF_DAY
}
# What else is called by a day of the week.
_NO_WEEKDAY = frozenset("black good ash cyber bloody super palm easter schwarzer blutiger sheffield".split())
_FIXED_DAYS = {
    "heute": 0, "gestern": -1, "vorgestern": -2, "morgen": 1, "übermorgen": 2,
    "today": 0, "tonight": 0, "yesterday": -1, "tomorrow": 1,
}  # fmt: skip
_EVENINGS = frozenset({"night", "nacht", "evening", "abend"})
_DAYTIMES = frozenset({"morning", "afternoon", "morgen"})
_MORNING_LEADS = frozenset("am guten jeden diesen vom zum der den".split())
_UNITS = {
    word: unit
    for unit, words in (
        ("minute", "minute minuten minutes"),
        ("hour", "stunde stunden hour hours"),
        ("day", "tag tage tagen tages day days"),
        ("week", "woche wochen week weeks"),
        ("month", "monat monats monate monaten month months"),
        ("year", "jahr jahrs jahres jahre jahren year years"),
        ("quarter", "quartal quartals quarter"),
        ("weekend", "wochenende wochenendes weekend"),
    )
    for word in words.split()
}
# "in den letzten Tagen": the plural without a number counts nothing.
_PLURALS = frozenset(
    "stunden hours minuten minutes tage tagen days wochen weeks monate monaten months jahre jahren years".split()
)
_SEASONS = {
    "frühjahr": 3, "frühling": 3, "spring": 3, "sommer": 6, "sommers": 6, "summer": 6, "herbst": 9, "autumn": 9,
    "fall": 9, "winter": 12,
}  # fmt: skip
_OTHER_SENSES = frozenset({"fall", "spring"})  # "in diesem Fall": seasons only in English, and not alone
_COMPOUNDS = {
    "vorjahr": "year", "vorjahrs": "year", "vorjahres": "year", "vormonat": "month", "vormonats": "month",
    "vorwoche": "week",
}  # fmt: skip
_YEAR_ENDS = {"jahresende": 12, "jahresanfang": 1, "jahresbeginn": 1, "jahreswechsel": 12}
_PARTS = {
    "anfang": 0, "early": 0, "beginning": 0, "start": 0, "mitte": 1, "mid": 1, "middle": 1, "ende": 2, "late": 2,
    "end": 2,
}  # fmt: skip
_PARTS_OF_SOMETHING = frozenset({"beginning", "start", "middle", "end"})
_PARTS_OF_MONTH = ((1, 10), (11, 20), (21, 31))
_EN_SHIFTS = {"last": -1, "past": -1, "previous": -1, "this": 0, "current": 0, "next": 1, "coming": 1}
_DE_STEMS = {"letzt": -1, "vergangen": -1, "vorig": -1, "dies": 0, "laufend": 0, "nächst": 1, "kommend": 1}
_DE_SHIFTS = {stem + ending: shift for stem, shift in _DE_STEMS.items() for ending in ("e", "en", "er", "es", "em")}
_SHIFTS = _EN_SHIFTS | _DE_SHIFTS
_ORDINALS = {"first": 1, "second": 2, "third": 3, "fourth": 4} | {
    stem + ending: number
    for number, stem in enumerate(("erst", "zweit", "dritt", "viert"), start=1)
    for ending in ("e", "en", "er", "es")
}
_COUNTS = (
    "a an one two three four five six seven eight nine ten eleven twelve thirteen fourteen fifteen sixteen seventeen "
    "eighteen nineteen twenty thirty forty fifty sixty"
).split()

# Month names that are also names of people or other words: something before them must tell.
_DOUBTFUL_MONTHS = frozenset({"may", "march", "april", "june", "august", "mai"})
_VERBS = frozenset({"may", "march"})
_MONTH_LEADS = frozenset(
    "in im since seit until till bis last this next early late mid anfang mitte ende between zwischen vom ab before "
    "during".split()
)
_MAY_LEADS = _MONTH_LEADS - {"before", "between"}
_MONTH_ARTICLES = frozenset("the an a einer eine der die den dem des am".split())
_SHORT_MONTHS = frozenset(name for name in MONTHS if len(name) <= 4) - {
    "mai", "may", "juni", "juli", "june", "july", "märz",
}  # fmt: skip
_ONLY_GERMAN_MONTHS = frozenset("januar jänner februar feber märz maerz mai juni juli oktober dezember".split())
_ONLY_ENGLISH_MONTHS = frozenset("january february march may june july october december".split())

_WORD = r"[^\W\d_]{1,30}(?![^\W_])"
_COUNT = rf"(?P<count>\d{{1,4}}|{_WORD})"
_FIGURES, _LETTERS = re.compile(r"\d+"), re.compile(r"[^\W\d_]+")
_OF = re.compile(rf"-|{SPACE}of\b")


@cache
def _patterns() -> dict[str, re.Pattern[str]]:
    """What may follow the first word of an expression, in lower case."""
    german_shift = "|".join(sorted(_DE_SHIFTS, key=len, reverse=True))
    # "2024", "of 2024", "des Jahres 2024", "letzten Jahres", "of last year"
    of_year = (
        rf"(?:(?P<shift>{german_shift}){SPACE}jahre?s|(?:of{SPACE})?(?P<eshift>last|this|next){SPACE}year"
        rf"|(?:of{SPACE}|des{SPACE}jahres{SPACE}|im{SPACE}jahre?{SPACE})?(?P<year>{YEAR}))"
    )
    month_year = of_year.replace("(?P<", "(?P<m")
    the_year = rf"(?:the{SPACE}year{SPACE})?"
    sources = {
        "tail": rf",?{SPACE}(?:des{SPACE})?{of_year}",
        "shift": rf"(?:{SPACE}{_COUNT}(?={SPACE}))?{SPACE}(?P<what>{_WORD})",
        "ago_en": rf"{SPACE}(?P<what>{_WORD}){SPACE}ago\b",
        "ago_de": rf"{SPACE}(?:(?:mehr{SPACE}als|etwa|rund|fast|knapp|über|gut|ungefähr){SPACE})?"
        rf"{_COUNT}{SPACE}(?P<what>{_WORD})",
        "part": rf"(?:[-–]|{SPACE})(?:(?:of|in|on){SPACE})?(?:(?:the|des){SPACE})?"
        rf"(?:(?P<month>{MONTH})(?:\.?,?{SPACE}(?:of{SPACE})?{month_year})?"
        rf"|{of_year}|(?P<bare>year|month|jahres|jahrs|monats)(?![^\W_]))",
        "ordinal": rf"\.?(?:{SPACE}|-)(?P<what>quarter|quartals?|halbjahre?s?"
        rf"|half{SPACE}of(?={SPACE}{the_year}(?:\d|last|this|next)))"
        rf"(?:{SPACE}(?:of{SPACE})?{the_year}{of_year})?(?![^\W_])",
        "quarter_sign": rf"(?P<number>[1-4])(?![^\W_])(?:(?:{SPACE}|/)(?P<year>{YEAR}))?",
        "season": rf"{SPACE}(?:of{SPACE}|des{SPACE}jahres{SPACE})?{of_year}(?:/\d\d(?:\d\d)?(?!\d))?",
        "century": rf"(?:\.|st\b|nd\b|rd\b|th\b)(?:{SPACE}|-)(?:jahrhunderts?|century|centuries)(?![^\W_])",
        "part_of_day": rf"{SPACE}(?:{'|'.join(_PARTS_OF_DAY)}|morning|afternoon|evening|night)(?![^\W_])",
        "day_before": rf"{SPACE}(?P<what>before{SPACE}yesterday|after{SPACE}tomorrow)(?![^\W_])",
        "and_month": rf"{SPACE}(?:and|to|or|until|till|through|bis|und|oder){SPACE}{MONTH}",
        "comma": rf"{SPACE}?\(|,?{SPACE}(?:(?:den|dem|the){SPACE})?",
    }
    return {name: re.compile(source) for name, source in sources.items()}


class DateFinder:
    """Reads the expressions of time in one text, but for bare years. For one use."""

    def __init__(self, reading: Reading, language: str, reference: date | None) -> None:
        self.text = reading.text
        self.lowered = reading.lowered
        self.reading = reading
        self.language = language
        self.reference = reference
        self.patterns = _patterns()

    def run(self) -> Iterator[Said]:
        """What is said, in order, not overlapping; impossible dates among it."""
        done = 0
        for start, word in self._beginnings():
            if start < done:
                continue
            end = start + len(word)
            figures = word[0].isdecimal()
            said = self._figures(start, end, word) if figures else self._word(start, end, word)
            if said is not None:
                done = said.end
                yield said

    def _beginnings(self) -> list[tuple[int, str]]:
        """Where the first word of an expression may stand, in order. Nearly no word is one: those are looked for by
        themselves instead of going through all."""
        lowered = self.lowered
        found = [(match.start(), match.group()) for match in _FIGURES.finditer(lowered)]
        for word in _starters(self.language).intersection(_LETTERS.findall(lowered)):
            at = lowered.find(word)
            while at >= 0:
                end = at + len(word)
                if not (_LETTERS.match(lowered, end) or (at and _LETTERS.match(lowered, at - 1))):
                    found.append((at, word))
                at = lowered.find(word, end)
        found.sort()
        return found

    def _figures(self, start: int, end: int, figures: str) -> Said | None:
        written = written_date_at(self.reading, start, self.language)
        if written is not None:
            return self._written(written)
        if len(figures) > 4:
            return None
        number = int(figures)
        said = self._ago_en(start, end, number) if self.language != "de" else None
        suffix = 2 if self.lowered[end : end + 2] in ("st", "nd", "rd", "th") else 0
        return said or self._ordinal_part(start, end + suffix, number) or self._century(start, end, number)

    def _word(self, start: int, end: int, word: str) -> Said | None:
        if start and (self.lowered[start - 1].isalnum() or self.lowered[start - 1] in "_'’"):
            return None
        if word in MONTHS:
            return self._month(start, end, word)
        if word in _WEEKDAY_WORDS:
            return self._weekday(start, end, word)
        if word in _FIXED_DAYS:
            return self._fixed_day(start, end, word)
        if word in _SHIFTS:
            return self._shift(start, end, word)
        if word in _PARTS:
            return self._part(start, end, word)
        if word in _SEASONS:
            return self._season(start, end, word)
        if word in _ORDINALS:
            return self._ordinal_part(start, end, _ORDINALS[word])
        if word in _COMPOUNDS:
            return self._calendar_unit(start, end, _COMPOUNDS[word], -1)
        if word in _YEAR_ENDS:
            return self._year_end(start, end, word)
        if word == "vor":
            return self._ago_de(start, end)
        if word == "q":
            return self._quarter_sign(start, end)
        if word == "day":
            return self._day_before(start, end)
        if word in ("wochenende", "weekend"):
            return self._weekend(start, end)
        count = self._count(word)
        return None if count is None else self._ago_en(start, end, count)

    # -- days

    def _written(self, written: WrittenDate) -> Said | None:
        if not written.possible:
            return Said(written.start, written.end, "")
        if written.month is None:
            return Said(written.start, written.end, "time", relative=True, span=NOWHERE)
        precision = "time" if written.clock else "period" if written.last_day else "day" if written.day else "month"
        said = Said(
            written.start, written.end, precision, written.year, written.month, written.day, written.last_day
        )
        return self._with_year(said)

    def _with_year(self, said: Said) -> Said:
        """Take in "letzten Jahres" or "last year" behind a date that has no year."""
        if said.year is not None:
            return said
        match = self.patterns["tail"].match(self.lowered, said.end)
        if match is None:
            said.relative = True
            return said
        shift = match["shift"] or match["eshift"]
        said.end, said.relative = match.end(), shift is not None
        said.year = self._year_of(match["year"], shift)
        if said.year is None:
            said.span = NOWHERE
        return said

    def _weekday(self, start: int, end: int, word: str, forward: int = 0) -> Said | None:
        if last_word(self.lowered, start) in _NO_WEEKDAY or (self.text[start].islower() and word not in _WEEKDAYS):
            return None
        if match := self.patterns["part_of_day"].match(self.lowered, end):
            end = match.end()
        gap = self.patterns["comma"].match(self.lowered, end)
        if gap and gap.end() < len(self.lowered):
            written = written_date_at(self.reading, gap.end(), self.language)
            if written is not None and written.day is not None and written.possible:
                said = self._written(written)
                if said is not None:
                    said.start = start
                    # A bracket that was opened is closed.
                    said.end += self.lowered[gap.end() - 1] == "(" and self.lowered.startswith(")", said.end)
                return said
        return Said(start, end, "weekday", weekday=_WEEKDAY_WORDS[word], relative=True, forward=forward)

    def _fixed_day(self, start: int, end: int, word: str) -> Said | None:
        # "am Morgen" and "USA Today" are no day; at the beginning of a sentence the capital says nothing.
        before = self.text[max(0, start - 3) : start].rstrip(" ")
        capital = self.text[start].isupper() and not self.text[start:end].isupper()
        if capital and before and before[-1] not in '.!?:–\n„"“»«':
            return None
        if word == "morgen" and last_word(self.lowered, start) in _MORNING_LEADS:
            return None
        if match := self.patterns["part_of_day"].match(self.lowered, end):
            end = match.end()
        day = shifted(self.reference, _FIXED_DAYS[word])
        return Said(start, end, "day", relative=True, span=(day, day))

    def _day_before(self, start: int, end: int) -> Said | None:
        match = self.patterns["day_before"].match(self.lowered, end)
        if match is None:
            return None
        day = shifted(self.reference, -2 if match["what"].startswith("before") else 2)
        return Said(start, match.end(), "day", relative=True, span=(day, day))

    # -- months

    def _month(self, start: int, end: int, word: str) -> Said | None:
        written = written_date_at(self.reading, start, self.language)
        if written is not None:
            return self._written(written)
        if not self._is_bare_month(start, end, word):
            return None
        return self._with_year(Said(start, end, "month", month=MONTHS[word]))

    def _is_bare_month(self, start: int, end: int, word: str) -> bool:
        if word in _SHORT_MONTHS or not self._is_own_month(word):
            return False
        if word not in _DOUBTFUL_MONTHS:
            return True
        if self.text[start].islower() and word != "mai":
            return False
        if self.patterns["tail"].match(self.lowered, end) or self.patterns["and_month"].match(self.lowered, end):
            return True
        words = words_before(self.lowered, start)
        last = words[-1] if words else ""
        if word == "may":
            return last in _MAY_LEADS and not self.lowered.startswith(("'", "’"), end)
        if last in _MONTH_LEADS or (last in _MONTH_ARTICLES and word != "march"):
            return True
        return last in ("and", "und", "to", "bis", "or", "oder") and words[-2:-1] != () and words[-2] in MONTHS

    def _is_own_month(self, word: str) -> bool:
        """German names in German texts, English in English; all others read both."""
        if self.language == "de":
            return word not in _ONLY_ENGLISH_MONTHS
        return self.language != "en" or word not in _ONLY_GERMAN_MONTHS

    # -- "last", "letzte", "this", "nächste"

    def _shift(self, start: int, end: int, word: str) -> Said | None:
        """ "last week", "letzten Freitag", "in den vergangenen drei Tagen", "this October", "last night" """
        match = self.patterns["shift"].match(self.lowered, end)
        if match is None:
            return None
        shift, what, counted = _SHIFTS[word], match["what"], match["count"]
        if counted is not None and (count := self._count(counted)) is not None and what in _UNITS:
            return self._rolling(start, match.end(), _UNITS[what], count, shift)
        if counted is not None:
            return self._shifted_name(start, match.start("count"), counted, shift)
        if what in _EVENINGS or (shift == 0 and what in _DAYTIMES):
            day = shifted(self.reference, shift)
            return Said(start, match.end(), "day", relative=True, span=(day, day)) if shift <= 0 else None
        if what in _UNITS:
            if what in _PLURALS:
                return None
            if word == "past":
                return self._rolling(start, match.end(), _UNITS[what], 1, shift)
            return self._calendar_unit(start, match.end(), _UNITS[what], shift)
        return self._shifted_name(start, match.start("what"), what, shift)

    def _shifted_name(self, start: int, at: int, name: str, shift: int) -> Said | None:
        """ "last Friday", "this summer", "letzten Oktober" """
        said: Said | None = None
        if name in MONTHS:
            if not self._is_own_month(name) or (self.text[at].islower() and name in _VERBS):
                return None
            written = written_date_at(self.reading, at, self.language)
            if written is not None:
                said = self._written(written)
            elif name not in _SHORT_MONTHS:
                said = Said(at, at + len(name), "month", month=MONTHS[name], forward=(-1, 0, 2)[shift + 1])
        elif name in _WEEKDAY_WORDS:
            said = self._weekday(at, at + len(name), name, forward=(-1, 1, 2)[shift + 1])
        elif name in _SEASONS and (self.language != "de" or name not in _OTHER_SENSES):
            said = Said(at, at + len(name), "period", span=self._season_near(_SEASONS[name], shift))
        if said is not None:
            said.start = start
            said.relative = said.relative or said.year is None
        return said

    def _calendar_unit(self, start: int, end: int, unit: str, shift: int) -> Said | None:
        """The calendar's week, month, quarter or year, `shift` away from the reference's own.

        "The next day" is the one after what was just told, not after the day of writing: it is left out.
        """
        if unit in ("day", "hour", "minute"):
            return None
        said = Said(start, end, unit if unit in ("month", "year") else "period", relative=True, span=NOWHERE)
        if (today := self.reference) is None:
            return said
        if unit == "week":
            said.span = week_of(today, shift)
        elif unit == "weekend":
            monday = week_of(today, shift)[0]
            said.span = (shifted(monday, 5), shifted(monday, 6))
        elif unit == "month":
            said.span = months_from(today.year, today.month + shift)
        elif unit == "quarter":
            said.span = months_from(today.year, (today.month - 1) // 3 * 3 + 1 + 3 * shift, 3)
        else:
            said.span = years_from(today.year + shift)
        return said

    def _rolling(self, start: int, end: int, unit: str, count: int, shift: int) -> Said | None:
        """ "the last 24 hours", "die nächsten drei Wochen": counted from the reference, which is the other end."""
        if not shift or not count or unit in ("quarter", "weekend"):
            return None
        said = Said(start, end, "period", relative=True, span=NOWHERE)
        if (today := self.reference) is None:
            return said
        if unit == "minute":
            other: date | None = today
        elif unit == "hour":
            other = shifted(today, shift * -(-count // 24))
        else:
            other = away(today, unit, count * shift)
        said.span = (other, today) if shift < 0 else (today, other)
        return said

    # -- "ago", "vor"

    def _ago_de(self, start: int, end: int) -> Said | None:
        match = self.patterns["ago_de"].match(self.lowered, end)
        count = self._count(match["count"]) if match else None
        if match is None or count is None or match["what"] not in _UNITS:
            return None
        return self._ago(start, match.end(), _UNITS[match["what"]], count)

    def _ago_en(self, start: int, end: int, count: int) -> Said | None:
        match = self.patterns["ago_en"].match(self.lowered, end)
        if match is None or match["what"] not in _UNITS:
            return None
        return self._ago(start, match.end(), _UNITS[match["what"]], count)

    def _ago(self, start: int, end: int, unit: str, count: int) -> Said | None:
        """As exact as the words: "three days ago" is a day, "two weeks ago" a week, "a year ago" a year."""
        if unit in ("quarter", "weekend"):
            return None
        precision = {"month": "month", "year": "year", "week": "period"}.get(unit, "day")
        said = Said(start, end, precision, relative=True, span=NOWHERE)
        if (today := self.reference) is None:
            return said
        if unit == "month":
            said.span = months_from(today.year, today.month - count)
        elif unit == "year":
            said.span = years_from(today.year - count)
        elif unit == "week":
            middle = shifted(today, -7 * count)
            said.span = (shifted(middle, -3), shifted(middle, 3))
        else:
            day = shifted(today, -count if unit == "day" else -(count // 24) if unit == "hour" else 0)
            said.span = (day, day)
        return said

    # -- parts of a year

    def _part(self, start: int, end: int, word: str) -> Said | None:
        """ "Ende letzten Jahres", "early October", "mid-2024", "Mitte des Monats", "the end of 2023" """
        match = self.patterns["part"].match(self.lowered, end)
        if match is None or (word in _PARTS_OF_SOMETHING and not _OF.match(self.lowered, end)):
            return None
        if match["month"]:
            return self._part_of_month(start, match, _PARTS[word])
        said = Said(start, match.end(), "period", relative=match["year"] is None, span=NOWHERE)
        year = self._year_of(match["year"], match["shift"] or match["eshift"])
        if match["bare"] and (today := self.reference) is not None:
            if match["bare"].startswith("mon"):
                said.span = _tens_of_days(today.year, today.month, _PARTS[word])
                return said
            year = today.year
        if year is not None:
            said.year, said.span = year, months_from(year, 1 + 4 * _PARTS[word], 4)
        return said

    def _part_of_month(self, start: int, match: re.Match[str], part: int) -> Said | None:
        month = MONTHS[match["month"]]
        if self.text[match.start("month")].islower() and match["month"] in _VERBS:
            return None
        said = Said(start, match.end(), "period", None, month, relative=match["myear"] is None, span=NOWHERE)
        shift = match["mshift"] or match["meshift"]
        year = self._year_of(match["myear"], shift)
        if year is None and shift is None and (today := self.reference) is not None:
            year = today.year - (month > today.month)
        if year is not None:
            said.year, said.span = year, _tens_of_days(year, month, part)
        return said

    def _ordinal_part(self, start: int, end: int, number: int) -> Said | None:
        """ "third quarter of 2024", "2. Quartal", "first half of 2023", "im ersten Halbjahr" """
        match = self.patterns["ordinal"].match(self.lowered, end)
        if match is None:
            return None
        months = 3 if match["what"].startswith("quart") else 6
        if not 1 <= number <= 12 // months:
            return None
        shift = match["shift"] or match["eshift"]
        return self._part_of_year(start, match.end(), (number - 1) * months + 1, months, match["year"], shift)

    def _quarter_sign(self, start: int, end: int) -> Said | None:
        match = self.patterns["quarter_sign"].match(self.lowered, end)
        if match is None:
            return None
        return self._part_of_year(start, match.end(), 3 * int(match["number"]) - 2, 3, match["year"], None)

    def _part_of_year(
        self, start: int, end: int, month: int, months: int, figures: str | None, shift: str | None
    ) -> Said:
        said = Said(start, end, "period", relative=figures is None, span=NOWHERE)
        year = self._year_of(figures, shift)
        if year is None and shift is None and self.reference is not None:
            year = self.reference.year - (month > self.reference.month)
        if year is not None:
            said.year, said.span = year, months_from(year, month, months)
        return said

    def _season(self, start: int, end: int, word: str) -> Said | None:
        """A season with its year, or plainly meant as a time: "im Sommer", "in the autumn"."""
        match = self.patterns["season"].match(self.lowered, end)
        month = _SEASONS[word]
        if match is None:
            words = words_before(self.lowered, start)
            if words[-1:] != ("im",) and words[-2:] != ("in", "the"):
                return None
            if word in _OTHER_SENSES:
                return None
            return Said(start, end, "period", relative=True, span=self._season_near(month, None))
        said = Said(start, match.end(), "period", relative=match["year"] is None, span=NOWHERE)
        year = self._year_of(match["year"], match["shift"] or match["eshift"])
        if year is not None:
            said.year, said.span = year, months_from(year, month, 3)
        return said

    def _season_near(self, month: int, shift: int | None) -> Span:
        """The last such season that had begun; with "last" the last that was over, with "this" that of the year."""
        if (today := self.reference) is None:
            return NOWHERE
        year = today.year
        if shift == 1:
            year += month <= today.month
        elif shift != 0 or month == 12:
            year -= month > today.month
        if shift == -1:
            end = months_from(year, month, 3)[1]
            year -= end is None or end >= today
        return months_from(year, month, 3)

    def _year_end(self, start: int, end: int, word: str) -> Said | None:
        said = Said(start, end, "period", relative=True, span=NOWHERE)
        match = self.patterns["tail"].match(self.lowered, end)
        year = self.reference.year if self.reference is not None else None
        if match is not None:
            year = self._year_of(match["year"], match["shift"] or match["eshift"])
            said.end, said.relative = match.end(), match["year"] is None
        if year is not None:
            said.year, said.span = year, months_from(year, _YEAR_ENDS[word])
        return said

    def _weekend(self, start: int, end: int) -> Said | None:
        """The weekend that is, or the one that was."""
        said = Said(start, end, "period", relative=True, span=NOWHERE)
        if self.reference is not None:
            monday = week_of(self.reference, 0 if self.reference.weekday() >= 5 else -1)[0]
            said.span = (shifted(monday, 5), shifted(monday, 6))
        return said

    def _century(self, start: int, end: int, number: int) -> Said | None:
        match = self.patterns["century"].match(self.lowered, end)
        if match is None or not 1 <= number <= 21:
            return None
        return Said(start, match.end(), "period", span=years_from(100 * number - 99, 100))

    # -- numbers

    def _count(self, written: str) -> int | None:
        if written[0].isdecimal():
            return int(written)
        entry = number_word(written, self.language)
        return entry.num if entry is not None and entry.kind in ("cardinal", "article") and entry.den == 1 else None

    def _year_of(self, figures: str | None, shift: str | None) -> int | None:
        if figures is not None:
            return int(figures)
        if shift is None or self.reference is None:
            return None
        return self.reference.year + _SHIFTS[shift]


def _tens_of_days(year: int, month: int, part: int) -> Span:
    first, last = _PARTS_OF_MONTH[part]
    end = months_from(year, month)[1]
    return day_of(year, month, first), end if part == 2 else day_of(year, month, last)


_ENGLISH_ONLY = frozenset("today tonight yesterday tomorrow day fall spring late end start".split()) | set(_EN_SHIFTS)
_GERMAN_ONLY = frozenset("morgen heute gestern vor ende mitte anfang".split()) | set(_DE_SHIFTS)


@cache
def _starters(language: str) -> frozenset[str]:
    """The words at which an expression may begin. Words of the other language only where they mean nothing else."""
    words = frozenset({"vor", "q", "day", "wochenende", "weekend"}).union(
        MONTHS, _WEEKDAY_WORDS, _FIXED_DAYS, _SHIFTS, _PARTS, _SEASONS, _ORDINALS, _COMPOUNDS, _YEAR_ENDS
    )
    if language == "de":
        return words - _ENGLISH_ONLY
    if language == "en":
        return words - _GERMAN_ONLY | set(_COUNTS)
    return words | set(_COUNTS)
