"""Borders: where a quote may begin and end (rules Q3 and Q4).

A border may not fall inside a word or a number. What is written without a space between counts as one word, since a
part of it can say the opposite of the whole: "non-binding", "(un)likely", "US-Dollar", "und/oder", "U.S.", "don't".
Dashes between words are the exception. A number is one with its sign, its groups of digits, its fraction, its
multiplier, its unit and its currency: "−5 °C", "25 000", "3 1/2", "2,3 Millionen Euro". Where a script puts no spaces
between words, only punctuation is a border: better no quote than half a word.
"""

from __future__ import annotations

import re
import unicodedata
from typing import Final

from bot.quotes.normalising import DROPPED, FULL_WIDTH, combines, divisions

_REACH = 60  # how far around a border we look; no number with its unit is longer

# Q4: what may not stand in a quote. A carriage return alone overwrites the line in a terminal; before \n it ends one.
UNSHOWABLE: Final = re.compile(
    "[\x00-\x08\x0b\x0c\x0e-\x1f\x7f-\x9f\u202a-\u202e\u2066-\u2069\ud800-\udfff\U000e0000-\U000e007f]|\r(?!\n)"
)

_APOSTROPHES = "'’‘´`′"
_HYPHENS = "-‐‑"
_DASHES_OF_WORDS = _HYPHENS + "–−"  # a dash as long as U+2014 stands between clauses, also without spaces
_ALL_DASHES = _DASHES_OF_WORDS + "‒—―﹘﹣"
_GLUE = frozenset(_APOSTROPHES + _DASHES_OF_WORDS + "/\\&@+=~·‧^%#*_$€£¥₽₩₴¢°")
_NO_SEPARATOR = frozenset('()[]{}"“”„‟«»')
_INVISIBLE = str.maketrans("", "", DROPPED)
_HAS_WORD = re.compile(r"[^\W_]")

_SPACE = r"(?:[^\S\n]{0,2}|\n)"  # a line may end between a number and its unit, a paragraph may not
_THIN = "\u00a0\u2007\u2009\u202f"
_NUMBER_WORDS = (
    r"(?:one|two|three|four|five|six|seven|eight|nine|ten|eleven|twelve|(?:thir|four|fif|six|seven|eigh|nine)teen"
    r"|(?:twen|thir|for|fif|six|seven|eigh|nine)ty(?:-\w{3,5})?|half|hundred|thousand|an?"
    r"|eine?[rnms]?|zwei|drei|vier|fünf|sechs|sieben|acht|neun|elf|zwölf|halbe|anderthalb"
    r"|[a-zäöüß]{0,24}(?:zehn|zig|ßig|hundert|tausend))"
)
_MULTIPLIERS = (
    r"(?:hundreds?|thousands?|millions?|billions?|trillions?|dozens?|[mbt]n|(?-i:k)"
    r"|hundert|tausend|million(?:en)?|milliarden?|billion(?:en)?|dutzend|(?:mio|mrd|tsd)(?:\.(?=\s?\w))?)"
)
_UNITS = (
    # shares and degrees
    r"(?:[%‰‱′″]|°(?:[ ]?[CFK])?|percent|per[ ]cent|pct|prozent(?:punkten?)?|percentage[ ]points?|promille|grad"
    r"|degrees?"
    # money; "won" is a verb after a year, and money after a multiplier
    r"|[$€£¥₽₩₴¢₹₺₪]|[a-z]{2}[ ]?-?dollar[sn]?|euros?|dollar[sn]?|cents?|pounds?|pfund|yen|yuan|(?<=(?:on|nd)[ ])won"
    r"|rubel|roubles?|rubles?|franken|francs?|kronen|crowns?|hrywnja|hryvnias?|rupees?|rupien|lira"
    r"|eur|usd|gbp|chf|jpy|cny|rub|uah|krw|pln|sek|nok|dkk"
    # measures
    r"|(?-i:[kcmµn]?m[²³]?|[kcm]?m/[hs]|[kmµ]?g|[hmc]?l|ha|ft|kn|[kMGT]?Wh?|[kMGT]?Hz|[kMGT]B|[kMGT]bit|[kMh]?Pa|k?V|t|h|s)"
    r"|mph|kmh|min|(?:kilo|zenti|centi|milli)?met(?:er|re)[sn]?|meilen?|miles?|feet|foot|fuß|inch(?:es)?|zoll|yards?"
    r"|seemeilen?|knots?|knoten|(?:kilo|mega|giga|tera)?watt(?:stunden?|-?hours?)?|volt|(?:kilo|mega|giga|tera)bytes?"
    r"|lit(?:er|re)[sn]?|barrels?|hektare?|hectares?|acres?|quadratkilometern?|quadratmetern?|square[ ]\w{3,12}"
    r"|kubikmetern?|cubic[ ]\w{3,12}|tonnen?|tonnes?|tons?|(?:kilo|milli)?gramm?s?|kilos?|ounces?|unzen?"
    # time
    r"|uhr|o['’]clock|[ap]\.?m\b|sekunden?|seconds|minuten?|minutes?|stunden?|hours?)"
)
_FRACTION = r"(?:[½⅓⅔¼¾⅕⅛⅜⅝⅞]|\d{1,2}[/⁄]\d{1,2})"
_CODES = r"(?:USD|EUR|GBP|CHF|JPY|CNY|RUB|UAH|KRW|PLN|SEK|NOK|DKK|INR|Rs\.?)"
_QUANTITY = re.compile(
    rf"""(?:(?<![\w\-–])(?:[+\-‐‑–—―‒](?=[\d.,$€£¥₽₩₴¢])|[−±∓~≈<>≤≥+]{_SPACE}))?  # a sign
    (?:(?<!\w)[A-Za-z]{{0,3}}[$€£¥₽₩₴¢₹₺₪]{_SPACE}[+\-−–]?|(?<!\w){_CODES}{_SPACE})?  # a currency before
    (?:(?:(?<![\d.,])\d{{1,3}}(?:[ {_THIN}]\d{{3}}(?!\d)){{1,6}}(?:[.,]\d+)?           # groups of three
        |\d+(?:[.,'’:/]\d+){{0,12}})(?:[ {_THIN}]?{_FRACTION})?
      |(?<!\w){_NUMBER_WORDS}(?=[\s\-]))
    (?:(?:{_SPACE}|-){_MULTIPLIERS}(?!\w)){{0,2}}
    (?:{_SPACE}-?{_UNITS}(?!\w)(?:/[^\W\d_]{{1,12}}[²³]?)?)?""",
    re.IGNORECASE | re.VERBOSE,
)
_MONTHS = frozenset(
    "Januar Jänner Februar März April Mai Juni Juli August September Oktober November Dezember Jan Feb Apr Aug Sep Sept"
    " Okt Nov Dez Jahrhundert".split()
)
_CLOSED = re.compile(r"(?:[!?;…)\]\"”“»]|(?<!mio)(?<!mrd)(?<!tsd)(?<!rs)\.)\s{0,2}\Z", re.IGNORECASE)
_AFTER_ORDINAL = re.compile(r"\.[^\S\n]{1,2}([^\W\d_]+)")


def span_refusal(text: str, start: int, end: int) -> str:
    """Why `text[start:end]` may not be shown as a quote, or "".

    "out-of-bounds", "empty", "no-words" (neither letter nor digit), "controls" (control, bidi or tag characters, lone
    surrogates), "mid-word", "inside-number" or "mid-character" (a combining sequence, an emoji made of several).
    """
    if not 0 <= start <= end <= len(text):
        return "out-of-bounds"
    if start == end:
        return "empty"
    if not _HAS_WORD.search(text, start, end):
        return "no-words"
    if UNSHOWABLE.search(text, start, end):
        return "controls"
    return border_refusal(text, start) or border_refusal(text, end)


def border_refusal(text: str, at: int) -> str:
    """What the border before `text[at]` would cut: "", "mid-word", "inside-number" or "mid-character"."""
    if any(span.start <= at <= span.end for span in divisions(text, max(0, at - _REACH), at + _REACH)):
        return "mid-word"
    left = text[max(0, at - _REACH) : at].translate(_INVISIBLE).translate(FULL_WIDTH)
    right = text[at : at + _REACH].translate(_INVISIBLE).translate(FULL_WIDTH)
    if not left or not right:
        return ""
    return _inside_character(left[-1], right[0]) or _inside_word(left, right) or _inside_quantity(left, right)


def _inside_character(before: str, after: str) -> str:
    joined = combines(after) or "\u200d" in {before, after} or "\U0001f3fb" <= after <= "\U0001f3ff"
    flag = "\U0001f1e6" <= before <= "\U0001f1ff" and "\U0001f1e6" <= after <= "\U0001f1ff"
    halved = "\ud800" <= before <= "\udbff" and "\udc00" <= after <= "\udfff"
    return "mid-character" if joined or flag or halved else ""


def _inside_word(left: str, right: str) -> str:
    """Whether the border falls within what is written without a space."""
    before, after = left[-1], right[0]
    if before.isspace() or after.isspace():
        return ""
    if _in_word(before) and _in_word(after):
        return "inside-number" if before.isdigit() and after.isdigit() else "mid-word"
    if before == after == ".":
        return "mid-word"  # an ellipsis
    if _in_word(before):
        return _glued(left, after, right[1:]) or _left_open(left, right)
    if _in_word(after):
        return _glued(left[:-1], before, right) or _left_open(left, right)
    return ""


def _glued(left: str, glue: str, right: str) -> str:
    """Whether a sign holds what stands before and after it together, and as what."""
    if not left or not right or not _in_word(left[-1]) or not _in_word(right[0]):
        return ""
    before, after = left[-1], right[0]
    if before.isdigit() and after.isdigit():
        return "" if glue in _NO_SEPARATOR else "inside-number"
    if glue in _GLUE:
        return "mid-word"
    if glue in "()[]":  # "(un)likely", "Leser(innen)"; but not "word[1]"
        return "mid-word" if before.isalpha() and after.isalpha() else ""
    if glue == ".":  # "U.S.", "example.com", "Nr.5"; but a full stop whose space was forgotten is a border
        alone = len(left) < 2 or not _in_word(left[-2])
        return "mid-word" if after.islower() or after.isdigit() or alone else ""
    if glue == ":":
        return "mid-word" if after.islower() else ""
    return "inside-number" if glue == "," and after.isdigit() else ""


def _left_open(left: str, right: str) -> str:
    """Whether a word goes on beyond a hyphen: "Ost-" of "Ost- und West…", "-Gipfel" of "EU -Gipfel", "C++"."""
    before, after = left[-1], right[0]
    if _in_word(before) and after in _HYPHENS:
        return "" if right[1:2] == after else "mid-word"  # two hyphens are a dash
    if before in _HYPHENS and after.isalpha():
        listed = len(left) == 1 or left[-2] in ("\n", before)  # a bullet at a line's start, or two hyphens
        return "" if listed else "mid-word"
    return "mid-word" if after in "+#" else ""


def _inside_quantity(left: str, right: str) -> str:
    """Whether the border falls within a number and what belongs to it, spaces included."""
    before, after = left[-1], right[0]
    if before in ".," and after.isdigit() and left[-2:-1] != ".":
        return "inside-number"  # ".5"
    if before.isdigit() and (_is_ordinal(right) or (after in ".," and right[1:2] and right[1] in _ALL_DASHES)):
        return "inside-number"  # "17. Juni", "5,–"
    if _CLOSED.search(left):
        return ""  # most borders stand after a sentence's end: no number goes on there
    around, at = left + right, len(left)
    for found in _QUANTITY.finditer(around):
        if found.start() >= at:
            break
        if at < found.end():
            return "inside-number"
    return ""


def _is_ordinal(right: str) -> bool:
    """Whether a full stop here makes the number before it an ordinal: what follows is no new sentence."""
    found = _AFTER_ORDINAL.match(right)
    return found is not None and (found[1][0].islower() or found[1] in _MONTHS)


def _in_word(char: str) -> bool:
    return char.isalnum() or char == "_" or unicodedata.category(char)[0] == "M"
