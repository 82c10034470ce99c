"""One pass over a text that recognises each number at its first figure or word and takes in what belongs to it.

`numbers` says what counts as a number and puts ranges together; this is how a single one is read.
"""

from __future__ import annotations

import math
import re
from collections import defaultdict
from collections.abc import Iterator
from dataclasses import dataclass

from bot.languages.bounds import bound_of, bound_phrases
from bot.languages.notation import FIGURES, literals
from bot.languages.number_words import ABBREVIATED, FRACTIONS, VAGUE, NumberWord, multipliers, number_word
from bot.languages.reading import BLANKS, Reading, last_word, words_before
from bot.languages.units import CODES, DOLLARS, DURATIONS, SYMBOLS, sign_pattern, unit_of_sign, unit_words
from bot.languages.written_dates import MONTHS, WrittenDate, written_date_at


@dataclass(slots=True)
class Core:
    """A number on its way to a mention. Offsets are those of the reading; the value is num × times / den."""

    start: int
    end: int
    num: int
    den: int = 1
    times: int = 1  # the multiplier word
    form: str = "figures"  # "figures", "words", "article" ("one", as long as nothing says that it counts)
    kind: str = "cardinal"
    unit: str = ""
    bound: str = ""
    upper: float | None = None
    negative: bool = False
    prefixed: bool = False  # a currency stands before it
    before: tuple[str, ...] = ()  # up to four words right before it

    @property
    def value(self) -> float:
        value = self.num * self.times / self.den
        return -value if self.negative else value

    @property
    def last(self) -> str:
        return self.before[-1] if self.before else ""


# --- words beside a number ----------------------------------------------------------------------------------------

# These make a number a name: "Artikel 5", "Resolution 1701".
_DESIGNATORS = frozenset(
    "artikel article art paragraf paragraph paragraphen absatz abs section abschnitt kapitel chapter resolution nr no "
    "nummer number seite page tabelle table abbildung figure abb fig version typ type formel formula phase stufe "
    "kategorie category kanal channel zimmer room flug flight highway route interstate bundesstraße linie gleis apollo "
    "boeing airbus leopard iphone windows protokoll protocol platz rang gruppe".split()
)
_SPELLED_DESIGNATORS = frozenset("platz rang artikel kapitel nummer article chapter".split())
# A hyphen before figures makes them a part of a name ("T-72"), but not behind these ("mid-2024").
_HYPHENED = frozenset("mid mitte pre post early late end ende anfang".split())
# A full stop behind figures makes an ordinal in German, or ends the sentence. These tell.
_DETERMINERS = frozenset(
    "der die das dem den des ein eine einen einem einer eines am im zum zur vom beim ins ihr ihre ihren ihrem sein "
    "seine seinen seinem seiner jeder jede jedes dieser diese dieses jeden mein unser unserem unseren und bis "
    "sowie".split()
)
_NUMBERED = frozenset(
    "jahrhundert jahrhunderts jahrhunderte mal platz rang stelle jahrestag geburtstag etage stock stockwerk klasse "
    "bundestag spieltag minute runde tag armee brigade division bataillon regiment quartal halbjahr woche monat "
    "auflage ausgabe amtszeit sitzung verfassungszusatz lebensjahr kapitel artikel zusatzartikel".split()
)
_SURE_YEAR = frozenset("jahr jahre jahres jahren jahrgang year years quartal quarter season saison anno".split())
_YEAR_LEADS = frozenset(
    "in seit since until till by before after vor nach from ab bis of ende anfang mitte frühjahr frühling sommer "
    "herbst winter spring summer autumn fall early late mid during between zwischen von vom im and und to circa um "
    "around born geboren wahl election wm em".split()
)
_LOOSE_LEADS = frozenset("and und to of von um around by bis wahl wm em".split())
# "one" is a number before these.
_CASUALTIES = frozenset(
    "dead killed injured wounded missing arrested detained soldier soldiers person civilian casualty death fatality "
    "victim child".split()
)
_SHARE_LEADS = frozenset("by about nearly almost over than roughly around".split())  # "by a third"
_NO_PLURALS = frozenset("several perhaps various always across previous besides whereas towards sometimes".split())
_NO_PEOPLE = frozenset("deep tall long high wide away below above race sprint hurdles".split())  # "5m race": metres
_TENS = frozenset(range(20, 100, 10))
_VULGAR = {"½": (1, 2), "¼": (1, 4), "¾": (3, 4), "⅓": (1, 3), "⅔": (2, 3)}
_SHORT_MULTIPLIERS = {"m": 10**6, "b": 10**9, "t": 10**12}

_TOKEN = re.compile(rf"(?P<figures>{FIGURES})|(?P<fraction>[½¼¾⅓⅔])|(?P<word>[^\W\d_]+)")
_GAP = rf"(?:[{BLANKS}\t]{{0,2}}|\n)[-‐‑]?[{BLANKS}]?"  # " ", "-", " -" (machine translation), "- "
_NEXT = re.compile(rf"{_GAP}([^\W\d_]{{1,30}})(?![^\W_])")
_NEXT_THREE = re.compile(rf"{_GAP}([^\W\d_]{{1,30}}(?:\.?[- ]{{1,2}}[^\W\d_]{{1,30}}){{0,2}})")
_SPACED = re.compile(rf"(?:[{BLANKS}]{{1,2}}|\n)([^\W\d_]+)")
_CONTINUED = re.compile(
    rf"(?:[{BLANKS}]{{1,2}}|\n|[-‐‑]|[{BLANKS}][-‐‑])(?:(?P<and>and|und)[{BLANKS}\n])?(?P<word>[^\W\d_]{{1,80}})(?![^\W_])"
)
_LETTERS = re.compile(r"[^\W\d_]+")
_GROUP = re.compile(r"\d+")
_US_DOLLAR = re.compile(rf"{_GAP}u\.?[ ]?s\.?[- ]{{0,2}}dollars?(?![^\W_])")
_SIGN_GAP = re.compile(rf"[{BLANKS}]?[-‐‑]?")
_DOLLAR_OF = re.compile(r"(?<![^\W_])([A-Z](?:[A-Z]|\.S\.)?D?) ?\Z")
_CODE_BEFORE = re.compile(r"(?:[A-Z]{3}|Rs\.?)\Z")
_ORDINAL_STOP = re.compile(r"\.[^\S\n]{1,2}([^\W\d_]+)")
_UPPER_BEFORE = re.compile(r"[^\W_]+\Z")
_CLOCK = re.compile(rf"[{BLANKS}\n](?:uhr|o['’]clock)(?![^\W_])")
_RUN_TIME = re.compile(r":\d\d(?::\d\d)?[.,]\d{1,3}(?!\d)")  # "3:45.86", a time that was run
_POINT = re.compile(rf"[{BLANKS}](?:komma|point)(?=[{BLANKS}])")
_OF = re.compile(r"[ \n]of ")
_OF_A = re.compile(rf"[{BLANKS}]of[{BLANKS}]a[{BLANKS}]([^\W\d_]{{1,20}})(?![^\W_])")
_HALF_OF = re.compile(rf"(?:[{BLANKS}\n]|-)(?:an?[{BLANKS}\n])?([^\W\d_]{{1,20}})(?![^\W_])")
_AND_A_HALF = re.compile(rf"[{BLANKS}\n]and[{BLANKS}\n]a[{BLANKS}\n-]half(?![^\W_])")
_NOUN_BEHIND = re.compile(rf"[{BLANKS}\n]([^\W\d_]+)")
_YEAR_PAIR = re.compile(r" ?[-–—] ?(?:1\d{3}|20\d\d)(?!\d)|/\d\d(?!\d)")
_YEAR_PAIR_BEFORE = re.compile(r"(?<!\d)(?:1\d{3}|20\d\d) ?[-–—] ?\Z")

_REMEMBERED = 50_000  # words, none longer than …
_LONGEST_REMEMBERED = 30  # characters


# By language, words that were seen to be no numbers. What it holds never changes a result.
_dull_words: defaultdict[str, set[str]] = defaultdict(set)


class NumberFinder:
    """Reads the numbers of one text. For one use."""

    def __init__(self, reading: Reading, language: str) -> None:
        self.reading = reading
        self.text = reading.text
        self.lowered = reading.lowered
        self.language = language
        self.multipliers = multipliers(language)
        self.done = 0  # nothing before this offset is looked at again

    def run(self) -> Iterator[Core]:
        """The numbers in order, not overlapping, ranges not yet put together."""
        # Nearly every word is neither number nor month: it must cost no more than one look.
        dull = _dull_words[self.language]
        for token in _TOKEN.finditer(self.lowered):
            word = token.group()
            if word in dull:
                continue
            start, end = token.span()
            if end <= self.done:
                continue
            kind = token.lastgroup
            if kind == "figures":
                yield from self._figures(word, start)
            elif kind == "fraction":
                yield from self._finished(Core(start, end, *_VULGAR[word]) if start >= self.done else None)
            elif word in MONTHS:
                yield from self._date(start)
            elif (entry := number_word(word, self.language)) is not None:
                yield from self._finished(self._spelled(start, end, word, entry))
            elif len(dull) < _REMEMBERED and len(word) <= _LONGEST_REMEMBERED:
                dull.add(word)

    def _date(self, start: int) -> Iterator[Core]:
        found = written_date_at(self.reading, start, self.language) if start >= self.done else None
        if found is not None:
            yield from self._year_of(found)

    def _year_of(self, found: WrittenDate) -> Iterator[Core]:
        """Step over a date. Its year is a number, its day and its time are none."""
        self.done = found.end
        if found.year_start is not None and found.year is not None:
            yield Core(found.year_start, found.year_start + 4, found.year, kind="year")

    # -- numbers in figures

    def _figures(self, figures: str, offset: int) -> Iterator[Core]:
        for start, end, num, den in (
            (offset, offset, 0, 1),  # the run as a whole may be a date, whatever its pieces are
            *literals(figures, offset, self.language),
        ):
            if start < self.done:
                continue
            if (start == end or start != offset) and (found := written_date_at(self.reading, start, self.language)):
                yield from self._year_of(found)
            elif start < end:
                yield from self._finished(self._literal(start, end, num, den))

    def _literal(self, start: int, end: int, num: int, den: int) -> Core | None:
        """A number in figures, unless what touches it says that it is none."""
        text = self.text
        core = Core(start, end, num, den)
        after = text[end : end + 1]
        if after == "_" or self._is_part_of_a_name(start, end):
            return None
        if after == ":" and (match := _RUN_TIME.match(text, end)):
            self.done = match.end()
            return None
        if start and text[start - 1] == "." and den == 1 and not (start > 1 and text[start - 2].isalnum()):
            core.start, core.den = start - 1, 10 ** (end - start)  # ".5 percent"
        if after in _VULGAR:
            over, under = _VULGAR[after]
            core.num, core.den, core.end = num * under + over * den, den * under, end + 1
            return core
        if after.isalpha():
            return self._with_letters(core)
        if after.isalnum():
            return None  # "10²"
        if after == "/" and text[end + 1 : end + 2].isdecimal():
            return self._slashed(core)
        if after == "." and den == 1 and end - start <= 3 and self._is_german_ordinal(start, end):
            core.end, core.kind = end + 1, "ordinal"
        return core

    def _is_part_of_a_name(self, start: int, end: int) -> bool:
        """ "T72", "COVID-19", "#5", "[5]"; but not "EUR5" and "mid-2024" """
        text = self.text
        if not start:
            return False
        before = text[start - 1]
        if before.isalpha() or before == "_":
            return self._currency_before(start) is None
        if before in "#@=&\\^":
            return True
        if before == "[":
            return text[end : end + 1] == "]"  # a footnote
        if before not in "-‐‑/" or start < 2:
            return False
        if text[start - 2].isalpha():
            word = last_word(self.lowered, start - 1)
            return word not in _HYPHENED and self._currency_before(start - 1) is None
        if text[start - 2].isspace() and before == "-":
            # "COVID -19", as machine translations put it
            name = _UPPER_BEFORE.search(text, max(0, start - 14), start - 2)
            return name is not None and name.group().isupper()
        return False

    def _with_letters(self, core: Core) -> Core | None:
        """Letters directly behind figures: an ordinal, a decade, a multiplier, a unit; else they are a name."""
        match = _LETTERS.match(self.lowered, core.end)
        if match is None or self.text[match.end() : match.end() + 1].isdecimal():
            return None
        letters, end = match.group(), match.end()
        if letters in ("st", "nd", "rd", "th") and core.den == 1:
            core.end, core.kind = end, "ordinal"
            return core
        if letters in ("s", "er", "ern") and core.den == 1:
            if core.end - core.start != 4 or core.num % 10 or not 1000 <= core.num <= 2100:
                return None
            core.end, core.kind, core.upper = end, "year", float(core.num + 9)
            return core
        if letters in ("mal", "fach", "fache", "fachen"):
            core.end = end
            return core
        return core if self._take_multiplier(core) or self._take_unit(core) else None

    def _slashed(self, core: Core) -> Core | None:
        """ "2/3" is a fraction, "2023/24" a year; anything else with a slash is a name or a score."""
        match = _GROUP.match(self.text, core.end + 1)
        if match is None:
            return None
        self.done = match.end()
        further = self.text[match.end() : match.end() + 1]
        under = match.group()
        if core.den != 1 or further.isalnum() or further == "/" or len(under) > 4:
            return None
        if 1000 <= core.num <= 2100 and core.end - core.start == 4 and len(under) in (2, 4):
            core.kind = "year"
            return core
        # "6/8" is a score, for nobody writes three quarters that way.
        if core.num < int(under) <= 10 and math.gcd(core.num, int(under)) == 1:
            core.den, core.end = int(under), match.end()
            return core
        return None

    def _is_german_ordinal(self, start: int, end: int) -> bool:
        if self.language != "de":
            return False
        if self.text[end + 1 : end + 2] in ("-", "–", ","):
            return True
        match = _ORDINAL_STOP.match(self.text, end)
        if match is None:
            return False
        if match[1][0].islower() or match[1].lower() in _NUMBERED:
            return True
        before = words_before(self.lowered, start)
        if not before or before[-1] in _DETERMINERS:
            return bool(before)
        # "der insgesamt 23. Sieg", but not "die Zahl 23. Sieger …": an adverb stands between, no noun.
        adverb = self.text[start - 1 - len(before[-1]) : start].islower() and before[-1] not in _YEAR_LEADS
        return adverb and len(before) > 1 and before[-2] in _DETERMINERS

    # -- numbers in words

    def _spelled(self, start: int, end: int, word: str, entry: NumberWord) -> Core | None:
        if start < self.done:
            return None
        before = self.text[start - 1] if start else " "
        if before.isdecimal() or self.text[end : end + 1].isdecimal():
            return None
        if before in "-‐‑'’_" and start > 1 and self.text[start - 2].isalnum():
            return None  # a part of another word
        if entry.kind == "article":
            return self._article(start, end, word)
        if entry.kind == "half":
            return self._half(start, end, start)
        if entry.kind == "ordinal":
            return self._ordinal_word(start, end, word, entry.num)
        core = Core(start, end, entry.num, entry.den, form="words", unit=entry.unit)
        if entry.unit:
            core.kind = "percent" if entry.unit == "%" else "measure"
        if entry.kind == "times":
            return core
        last = last_word(self.lowered, start)
        if word in ("acht", "elf") and self.language != "en" and self.text[start].isupper() and last:
            return None  # "außer Acht lassen", "die deutsche Elf"; a sentence has no word before its first
        if word.startswith(("hundert", "tausend", "zehntausend")) and last in VAGUE:
            return None
        self._put_together(core)
        return core

    def _put_together(self, core: Core) -> None:
        """Take in the words that go on with an English number, or with "zwei Millionen dreihunderttausend"."""
        if core.den != 1:
            return
        # As one adds in the head: `group` is below the next multiplier, `total` above it.
        total, group, last, lowest = 0, core.num, core.num, 10**24
        while match := _CONTINUED.match(self.lowered, core.end):
            word, linked = match["word"], match["and"] is not None
            size, step = self._size(word, match.start("word")), self._step(word)
            after_tens = last in _TENS and group % 100 == last and not linked
            if size == 100 and not linked and 1 <= group < 100:
                group, last = group * 100, 100
            elif size is not None and size >= 1000 and not linked and group and size < lowest:
                total, group, last, lowest = total + group * size, 0, size, size
                if word in ABBREVIATED:
                    core.end = match.end() + self.lowered.startswith(".", match.end())
                    break
            elif after_tens and (ordinal := self._ordinal_step(word)):
                core.num, core.end, core.kind = total + group + ordinal, match.end(), "ordinal"
                return
            elif step and ((after_tens and step < 10) or (last == 100 and step < 100)):
                group, last = group + step, step
            elif step and not group and step < lowest and (linked or step >= 100 or self._hundred_at(match.end())):
                group, last = step, step
            else:
                break
            core.end = match.end()
        # The last multiplier is kept apart: it is the one that "two to three million" says for both.
        if total and not group:
            core.num, core.times = total // lowest, lowest
        elif not total and last == 100:
            core.num, core.times = group // 100, 100
        else:
            core.num = total + group
        if not total and group < 100:
            self._decimals(core)

    def _size(self, word: str, start: int) -> int | None:
        """The value of a multiplier word. A German text that spells "billion" small was translated from English."""
        if self.language == "de" and word in ("billion", "trillion") and self.text[start].islower():
            return 10**9 if word == "billion" else 10**12
        return self.multipliers.get(word)

    def _step(self, word: str) -> int | None:
        if word == "one":
            return 1
        entry = number_word(word, self.language)
        return entry.num if entry is not None and entry.kind == "cardinal" and entry.den == 1 else None

    def _ordinal_step(self, word: str) -> int | None:
        if word == "first":
            return 1
        entry = number_word(word, self.language)
        return entry.num if entry is not None and entry.kind == "ordinal" and entry.num < 10 else None

    def _hundred_at(self, end: int) -> bool:
        match = _CONTINUED.match(self.lowered, end)
        return match is not None and match["and"] is None and match["word"] in ("hundred", "hundert")

    def _decimals(self, core: Core) -> None:
        """ "drei Komma fünf", "two point five" """
        match = _POINT.match(self.lowered, core.end)
        end = match.end() if match else 0
        while match and core.den < 10_000 and (digit := _CONTINUED.match(self.lowered, end)):
            step = 1 if digit["word"] == "eins" else self._step(digit["word"])
            if step is None or step > 9 or digit["and"]:
                return
            core.num, core.den, core.end = core.num * 10 + step, core.den * 10, digit.end()
            end = digit.end()

    def _article(self, start: int, end: int, word: str) -> Core | None:
        """What follows makes it a number: "eine Million", "a dozen", "ein Drittel", "one percent"."""
        core = Core(start, end, 1, form="article")
        german = word.startswith("ein")
        match = _SPACED.match(self.lowered, end) or _NEXT.match(self.lowered, end)
        if match is None:
            return core if word == "one" else None
        following = match[1]
        if following.startswith("halb") or (following == "half" and not german):
            return self._half(match.start(1), match.end(), start)
        size = self._size(following, match.start(1))
        if size and following not in ABBREVIATED and not following.endswith(("s", "nen", "den")):
            core.form = "words"
            self._put_together(core)
            if core.end == end:  # a dozen is no step of a number
                core.times, core.end = size, match.end()
            return core
        if following in FRACTIONS:
            return self._share(core, match, word)
        if german and following not in ("bis", "oder"):
            return core if unit_words().get(following, ("",))[0] in ("percent", "money") else None
        if german:
            return core
        return core if word == "one" else None

    def _share(self, core: Core, match: re.Match[str], word: str) -> Core | None:
        """ "ein Drittel", "one third", "a third of", "by a third", "a quarter of a million" """
        part = match[1]
        if part == "half" or (part.startswith("viertel") and word != "ein"):  # "in einem Viertel" is a part of a town
            return None
        lone = word in ("a", "an") and not _OF.match(self.lowered, match.end())
        if lone and last_word(self.lowered, core.start) not in _SHARE_LEADS:
            return None
        core.den, core.end, core.form = FRACTIONS[part], match.end(), "words"
        if (whole := _OF_A.match(self.lowered, match.end())) and (size := self.multipliers.get(whole[1])):
            core.times, core.end = size, whole.end()
        return core

    def _half(self, start: int, end: int, from_start: int) -> Core | None:
        """ "half a million", "a half-million", "eine halbe Million", "ein halbes Dutzend" """
        match = _HALF_OF.match(self.lowered, end)
        size = self.multipliers.get(match[1]) if match and match[1] not in ABBREVIATED else None
        if match is None or not size or start < self.done:
            return None
        return Core(from_start, match.end(), 1, 2, size, "words")

    def _ordinal_word(self, start: int, end: int, word: str, num: int) -> Core | None:
        behind = self.text[end : end + 2]
        if behind[:1] == "-" and behind[1:].isalpha():
            return None  # "third-largest", as little as "drittgrößte"
        if behind[:1] == "," and self.text[start].isupper():
            return None  # "Second, …" counts the writer's arguments
        last = last_word(self.lowered, start)
        if word == "second" and last in ("a", "per", "each", "every", "one", "split"):
            return None
        if word.startswith("acht") and last not in _DETERMINERS:
            return None  # "achten" is a verb
        return Core(start, end, num, form="words", kind="ordinal")

    # -- what belongs to a number

    def _finished(self, core: Core | None) -> Iterator[Core]:
        """The number with its multiplier, unit, sign and bound; nothing when its surroundings say that it is none."""
        if core is None:
            return
        core.before = words_before(self.lowered, core.start)
        if core.form == "words" and core.kind == "cardinal":
            if core.last in VAGUE:
                return  # "mehrere zehn Millionen"
            if core.last in _SPELLED_DESIGNATORS and core.times == 1:
                core.kind = "ordinal"
        bare_end = core.end
        if core.kind == "cardinal":
            self._take_fraction(core)
            self._take_currency_before(core)
            if core.times == 1:
                self._take_multiplier(core)
            self._take_unit(core)
        if core.kind == "cardinal" and core.form == "figures" and core.end == bare_end and core.den == 1:
            core.kind = self._kind_of_figures(core)
        if core.kind not in ("year", "ordinal"):
            self._take_sign(core)
            core.bound = bound_of(core.before, self.lowered, core.start, core.end, self.language)
            if core.form == "article" and not self._one_counts(core):
                return
            if _CLOCK.match(self.lowered, core.end):
                return
        self.done = core.end
        yield core

    def _kind_of_figures(self, core: Core) -> str:
        section = self.lowered[max(0, core.start - 2) : core.start].rstrip().endswith("§")
        if section or core.last in _DESIGNATORS:
            return "ordinal"
        if core.end - core.start == 4 and 1000 <= core.num <= 2100 and self._is_year(core):
            return "year"
        return "cardinal"

    def _take_fraction(self, core: Core) -> None:
        """ "zwei Drittel", "three-quarters", "two and a half" """
        if core.den != 1:
            return
        match = _NEXT.match(self.lowered, core.end)
        if match and match[1] in FRACTIONS and match[1] != "half" and 1 <= core.num < 20 and core.times == 1:
            if core.num < 4 or not match[1].startswith("quarter"):
                core.den, core.end = FRACTIONS[match[1]], match.end()
        elif match := _AND_A_HALF.match(self.lowered, core.end):
            core.num, core.den, core.end = core.num * 2 + 1, 2, match.end()

    def _take_currency_before(self, core: Core) -> None:
        found = self._currency_before(core.start)
        if found is not None and found[0] >= self.done:
            core.start, core.unit = found
            core.kind, core.prefixed = "money", True
            core.before = words_before(self.lowered, core.start)

    def _currency_before(self, start: int) -> tuple[int, str] | None:
        """Where the currency before a number begins, and its code: "US$", "€ ", "EUR "."""
        text = self.text
        at = start - 1 if start and text[start - 1] in BLANKS else start
        if not at:
            return None
        mark = text[at - 1]
        if mark == "$":
            match = _DOLLAR_OF.search(text, max(0, at - 6), at - 1)
            return (match.start(1), DOLLARS[match[1]]) if match and match[1] in DOLLARS else (at - 1, "USD")
        if mark in SYMBOLS and mark != "％":
            return at - 1, SYMBOLS[mark]
        match = _CODE_BEFORE.search(text, max(0, at - 6), at) if mark.isalpha() or mark == "." else None
        if match is None or (match.start() and text[match.start() - 1].isalnum()):
            return None
        if match[0] in CODES:
            return match.start(), match[0]
        return (match.start(), "INR") if match[0].startswith("Rs") else None

    def _take_multiplier(self, core: Core) -> bool:
        """Take in "Mio.", "billion", "bn", "k", "m", "hundred thousand" behind the number."""
        found = False
        for _ in range(2):
            match = _NEXT.match(self.lowered, core.end)
            if match is None:
                break
            word = match[1]
            size = self._size(word, match.start(1))
            if size is None and not found:
                size = self._short_multiplier(core, word, match.start(1), match.end())
            if size is None or (found and core.times > size):
                break
            # "Im Jahr 2024 Millionen Menschen …": a year, then a vague amount.
            year = core.end - core.start == 4 and 1900 <= core.num <= 2100 and core.last in _SURE_YEAR | _YEAR_LEADS
            if year and word.endswith(("nen", "den", "ns")):
                break
            core.times, core.end, found = core.times * size, match.end(), True
            if word in ABBREVIATED:
                core.end += self.lowered.startswith(".", core.end)
        return found

    def _short_multiplier(self, core: Core, word: str, at: int, end: int) -> int | None:
        """ "k" always; "m", "b", "t" beside a currency; "5m people" in English, but not "5m deep"."""
        attached = at == core.end
        if word == "k":
            return 1000 if attached else None
        size = _SHORT_MULTIPLIERS.get(word)
        if size is None or core.prefixed or self._currency_before(core.start) is not None:
            return size
        mark = self.text[end : end + 2].strip()[:1]
        unit = self._unit_in_words(core, end)
        if (unit and unit[1] == "money") or (mark and mark in SYMBOLS):
            return size
        following = _SPACED.match(self.lowered, end)
        name = following[1] if following else ""
        if self.language != "en" or word != "m" or not attached:
            return None
        counted = name == "people" or (name.endswith("s") and len(name) > 3 and name not in _NO_PEOPLE)
        return size if counted else None

    def _take_unit(self, core: Core) -> bool:
        """Take in the unit behind the number: a sign, or up to three words."""
        end = core.end
        if match := _US_DOLLAR.match(self.lowered, end):
            return self._set_unit(core, match.end(), "money", "USD")
        gap = _SIGN_GAP.match(self.text, end)
        match = sign_pattern().match(self.text, gap.end() if gap else end)
        if match is not None:
            kind, unit = unit_of_sign(match)
            hyphened = self.text[match.start() - 1] in "-‐‑" and len(match.group()) == 1 and match.group().isalpha()
            return not hyphened and self._set_unit(core, match.end(), kind, unit)
        found = self._unit_in_words(core, end)
        return found is not None and self._set_unit(core, *found)

    def _unit_in_words(self, core: Core, end: int) -> tuple[int, str, str] | None:
        """Where the unit ends that up to three words behind `end` name, its kind and its key."""
        following = _NEXT_THREE.match(self.lowered, end)
        if following is None:
            return None
        words = list(_LETTERS.finditer(self.lowered, following.start(1), following.end(1)))
        if self.lowered[following.end() : following.end() + 1].isalnum():
            words.pop()  # cut in the middle of a word
        for count in range(len(words), 0, -1):
            phrase = " ".join(word.group() for word in words[:count])
            found = unit_words().get(phrase) or (self._doubtful_unit(core, phrase) if count == 1 else None)
            if found is None:
                continue
            unit_end = words[count - 1].end()
            if phrase == "second" and self.text[unit_end : unit_end + 1] == "-":
                return None  # "5 second-hand cars"
            return unit_end, *found
        return None

    def _doubtful_unit(self, core: Core, word: str) -> tuple[str, str] | None:
        """Words that are a currency only by the size of the sum: "pounds" are also a weight, "won" is also a verb."""
        large = core.num * core.times >= 1000 * core.den
        if word in ("pfund", "pounds", "pound"):
            return ("money", "GBP") if large or self.language == "de" else ("measure", "lb")
        if word == "won" and ((large and core.times > 1) or self.language == "de"):
            return "money", "KRW"
        if word == "rand" and self.language == "en":
            return "money", "ZAR"
        if word == "pc" and self.language == "en":
            return "percent", "%"
        return None

    def _set_unit(self, core: Core, end: int, kind: str, unit: str) -> bool:
        # "$500 CAD" says its currency twice, the second time exactly; "$5 km" would be two things.
        if core.prefixed and (kind != "money" or core.unit not in (unit, "USD")):
            return False
        core.kind, core.unit, core.end = kind, unit, end
        return True

    def _take_sign(self, core: Core) -> None:
        text, start = self.text, core.start
        mark = text[start - 1] if start else " "
        ahead = text[start - 2] if start > 1 else " "
        if mark in "-−–+" and (core.form == "figures" or core.prefixed):
            if ahead.isalnum() or not (mark == "−" or ahead.isspace() or ahead in "([„“\"'»«|~<>≤≥"):
                return
            if text[max(0, start - 3) : max(0, start - 2)].isdecimal():  # "18 -25"
                return
            core.start, core.negative = start - 1, mark != "+"
        elif core.last == "minus":
            core.start, core.negative = self.lowered.rfind("minus", 0, start), True
        if core.negative:
            core.before = words_before(self.lowered, core.start)

    def _one_counts(self, core: Core) -> bool:
        """Whether "one" (or "ein", which came with its unit) is meant as a number."""
        if core.times > 1 or core.den > 1 or core.bound in ("at least", "more than", "less than", "up to"):
            return True
        if core.kind in ("percent", "money") or (core.kind == "measure" and core.unit not in DURATIONS):
            return True
        if core.last in ("only", "just", "exactly"):
            return True
        match = _SPACED.match(self.lowered, core.end)
        if match is None or match[1] not in ("or", "to", "oder", "bis"):
            return match is not None and match[1] in _CASUALTIES
        further = _SPACED.match(self.lowered, match.end())
        return further is not None and number_word(further[1], self.language) is not None

    # -- years

    def _is_year(self, core: Core) -> bool:
        """Whether four bare figures are a year. "2000 Soldaten" and "bis zu 2000" are not, "Olympia 2024" is."""
        text, num, words, last = self.text, core.num, core.before, core.last
        before, after = text[max(0, core.start - 1) : core.start], text[core.end : core.end + 1]
        if last in _SURE_YEAR or last in MONTHS:
            return True
        modern, is_round, leads = 1900 <= num <= 2100, num % 50 == 0, last in _YEAR_LEADS
        paired = _YEAR_PAIR.match(text, core.end) or _YEAR_PAIR_BEFORE.search(text, max(0, core.start - 12), core.start)
        if paired and (modern or leads or before in ("(", "-", "–")):
            return True
        if before == "(" and after in (")", ",", ";", "–", "-"):
            return modern or not is_round
        phrases = bound_phrases(self.language)
        if any(" ".join(words[-count:]) in phrases for count in range(2, len(words) + 1)):
            return False
        if last in phrases and not leads:
            return False
        if before in ("-", "‐", "‑"):
            return modern  # "mid-2024"
        if self._counts_noun(core):
            return modern and not is_round
        if is_round:
            return leads and (modern or last not in _LOOSE_LEADS)
        # "wurde 1777 von …": amounts of this size are written with a separator, or name what they count.
        return modern or leads or (num % 10 > 0 and not text[core.start - len(last) - 1 : core.start][:1].isupper())

    def _counts_noun(self, core: Core) -> bool:
        """Whether what follows looks like the thing that is counted."""
        match = _NOUN_BEHIND.match(self.text, core.end)
        if match is None:
            return False
        word = match[1]
        if self.language == "de":
            return word[0].isupper() and len(word) > 1
        return word == "people" or (
            word[0].islower() and word.endswith("s") and len(word) > 4 and word not in _NO_PLURALS
        )
