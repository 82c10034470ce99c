"""Words that are numbers: "zwölf", "einundzwanzigtausend", "twenty-one", "Mrd.", "bn", "siebte", "third".

A German word is taken apart, an English number is put together from its words (`numbers` does that). "erste" and
"first" are left out on purpose: they mostly say that something is new, not which one of several it is.
"""

from __future__ import annotations

from functools import cache
from typing import NamedTuple

_EN_SMALL = (
    "zero one two three four five six seven eight nine ten eleven twelve thirteen fourteen fifteen sixteen seventeen "
    "eighteen nineteen"
).split()
_EN_TENS = {word: n for n, word in enumerate("twenty thirty forty fifty sixty seventy eighty ninety".split(), start=2)}
_EN_ORDINALS = (
    "second third fourth fifth sixth seventh eighth ninth tenth eleventh twelfth thirteenth fourteenth fifteenth "
    "sixteenth seventeenth eighteenth nineteenth"
).split()
_DE_SMALL = (
    "null eins zwei drei vier fünf sechs sieben acht neun zehn elf zwölf dreizehn vierzehn fünfzehn sechzehn siebzehn "
    "achtzehn neunzehn"
).split()
_DE_TENS = {
    word: n
    for n, word in enumerate("zwanzig dreißig vierzig fünfzig sechzig siebzig achtzig neunzig".split(), start=2)
}
_DE_ORDINALS = {2: "zweit", 3: "dritt", 7: "siebt", 8: "acht"}

# By the language of the word. "Billion" is the trap: 10¹² in German, 10⁹ in English.
_EN_MULTIPLIERS = {
    "hundred": 100, "thousand": 1000, "dozen": 12, "million": 10**6, "millions": 10**6, "billion": 10**9,
    "billions": 10**9, "trillion": 10**12, "trillions": 10**12, "quadrillion": 10**15, "lakh": 10**5, "lakhs": 10**5,
    "crore": 10**7, "crores": 10**7, "mn": 10**6, "mln": 10**6, "bn": 10**9, "bln": 10**9, "tn": 10**12, "trn": 10**12,
}  # fmt: skip
_DE_MULTIPLIERS = {
    "hundert": 100, "tausend": 1000, "tsd": 1000, "dutzend": 12, "million": 10**6, "millionen": 10**6, "mio": 10**6,
    "mill": 10**6, "milliarde": 10**9, "milliarden": 10**9, "mrd": 10**9, "mia": 10**9, "billion": 10**12,
    "billionen": 10**12, "bio": 10**12, "billiarde": 10**15, "billiarden": 10**15, "trillion": 10**18,
    "trillionen": 10**18,
}  # fmt: skip
_OTHER_MULTIPLIERS = {
    "milliard": 10**9, "milliards": 10**9, "millones": 10**6, "milioni": 10**6, "miliardi": 10**9, "miljoen": 10**6,
    "miljard": 10**9, "milhões": 10**6,
}  # fmt: skip
# These take their full stop with them: "1,2 Mrd. Euro".
ABBREVIATED = frozenset({"mio", "mrd", "mia", "tsd", "bio", "mill", "mn", "mln", "bn", "bln", "tn", "trn"})

FRACTIONS = {
    "half": 2, "third": 3, "thirds": 3, "quarter": 4, "quarters": 4, "fifth": 5, "fifths": 5, "sixth": 6, "sixths": 6,
    "eighth": 8, "eighths": 8, "tenth": 10, "tenths": 10, "drittel": 3, "dritteln": 3, "drittels": 3, "viertel": 4,
    "vierteln": 4, "fünftel": 5, "fünfteln": 5, "sechstel": 6, "achtel": 8, "zehntel": 10, "zehnteln": 10,
}  # fmt: skip

# Before a multiplier these say that nobody counted: "mehrere tausend", "several hundred".
VAGUE = frozenset(
    "mehrere mehreren mehrerer einige einigen einiger paar paare viele vielen vieler zig etliche etlichen wenige "
    "wenigen several few many couple various".split()
)


class NumberWord(NamedTuple):
    """`kind`: "cardinal", "ordinal", "times" ("dreimal"), "article" ("eine", "one"), "half". Value is num / den."""

    kind: str
    num: int
    den: int = 1
    unit: str = ""  # of "dreijährig", "zehnprozentig"


def _spellings(word: str) -> set[str]:
    """German words as they are also written without umlauts and ß."""
    flat = word.replace("ä", "ae").replace("ö", "oe").replace("ü", "ue")
    return {form for w in (word, flat) for form in (w, w.replace("ß", "ss"))}


@cache
def _german_below_hundred() -> dict[str, int]:
    """Forms that stand at the end of a word: "ein", "eins", "zwei", … "neunundneunzig"."""
    table = {word: n for n, word in enumerate(_DE_SMALL)} | {"ein": 1, "zwo": 2}
    for tens, tenth in _DE_TENS.items():
        ten = tenth * 10
        table[tens] = ten
        for n, one in enumerate(["ein", *_DE_SMALL[2:10]], start=1):
            table[f"{one}und{tens}"] = ten + n
    return {form: n for word, n in table.items() for form in _spellings(word)}


def _german_below_thousand(word: str) -> int | None:
    head, hundert, tail = word.partition("hundert")
    small = _german_below_hundred()
    if not hundert:
        return small.get(word)
    hundreds = small.get(head) if head else 1
    rest = small.get(tail.removeprefix("und")) if tail else 0
    if hundreds is None or rest is None or not 1 <= hundreds <= 19:
        return None
    return hundreds * 100 + rest


def german_cardinal(word: str) -> int | None:
    """The value of one lower-case German word, up to 999,999: "zweihundertfünfzigtausend"."""
    if len(word) > 80:
        return None
    head, tausend, tail = word.partition("tausend")
    if not tausend:
        return _german_below_thousand(word)
    thousands = _german_below_thousand(head) if head else 1
    rest = _german_below_thousand(tail.removeprefix("und")) if tail else 0
    if not thousands or rest is None:
        return None
    return thousands * 1000 + rest


# "dreijährig", "zehnprozentig": what is counted is part of the word. "einfach" and "einmal" count nothing.
_GERMAN_TAILS = {
    "prozentig": "%", "jährig": "year", "tägig": "day", "stündig": "h", "wöchig": "week", "monatig": "month",
    "minütig": "min", "köpfig": "", "mal": "", "fach": "", "fache": "", "fachen": "",
}  # fmt: skip
_GERMAN_ENDINGS = ("", "e", "en", "er", "es", "em")


@cache
def _german() -> dict[str, NumberWord]:
    small = _german_below_hundred()
    words = {word: NumberWord("cardinal", n) for word, n in small.items() if n != 1 or word not in ("ein", "eins")}
    for word in ("hundert", "tausend"):
        words[word] = NumberWord("cardinal", 100 if word == "hundert" else 1000)
    words |= {"zweier": NumberWord("cardinal", 2), "dreier": NumberWord("cardinal", 3)}
    words |= {f"ein{ending}": NumberWord("article", 1) for ending in _GERMAN_ENDINGS}
    words |= {f"halb{ending}": NumberWord("half", 1, 2) for ending in _GERMAN_ENDINGS}
    words |= {f"anderthalb{ending}": NumberWord("cardinal", 3, 2) for ending in _GERMAN_ENDINGS}
    words["viertelmillion"] = NumberWord("cardinal", 250_000)
    words["dreiviertelmillion"] = NumberWord("cardinal", 750_000)
    for word, n in small.items():
        if 1 <= n <= 99 and word != "eins":
            words[f"{word}einhalb"] = NumberWord("cardinal", 2 * n + 1, 2)
        if n < 2:
            continue
        stem = _DE_ORDINALS.get(n) or (word + "t" if n < 20 else word + "st")
        for ending in _GERMAN_ENDINGS[1:]:
            words[stem + ending] = NumberWord("ordinal", n)
    return words


@cache
def _english() -> dict[str, NumberWord]:
    words = {word: NumberWord("cardinal", n) for n, word in enumerate(_EN_SMALL)}
    words |= {word: NumberWord("cardinal", 10 * n) for word, n in _EN_TENS.items()}
    words |= {word: NumberWord("ordinal", n) for n, word in enumerate(_EN_ORDINALS, start=2)}
    words |= {word[:-1] + "ieth": NumberWord("ordinal", 10 * n) for word, n in _EN_TENS.items()}
    words |= {"twice": NumberWord("times", 2), "thrice": NumberWord("times", 3), "half": NumberWord("half", 1, 2)}
    words |= {f"{word}fold": NumberWord("times", n) for n, word in enumerate(_EN_SMALL) if 2 <= n <= 10}
    words |= {word: NumberWord("article", 1) for word in ("a", "an", "one")}
    return words


@cache
def lexicon(language: str) -> dict[str, NumberWord]:
    """The number words that are looked up as they stand. Other languages than German and English have none."""
    if language == "de":
        return _german()
    if language == "en":
        return _english()
    if language == "und":
        return {word: entry for word, entry in _german().items() if word not in ("elf", "achten")} | _english()
    return {}


@cache
def multipliers(language: str) -> dict[str, int]:
    """The multiplier words that may follow a number, with the language's own meaning of "Billion"."""
    if language == "de":
        # Machine translations leave English plurals standing; none of those is a German word.
        return _OTHER_MULTIPLIERS | _EN_MULTIPLIERS | _DE_MULTIPLIERS
    return _OTHER_MULTIPLIERS | _DE_MULTIPLIERS | _EN_MULTIPLIERS


def number_word(word: str, language: str) -> NumberWord | None:
    """What number one lower-case word is, if it is one. German compounds are taken apart."""
    entry = lexicon(language).get(word)
    if entry is not None or language not in ("de", "und") or len(word) < 6:
        return entry
    if "hundert" in word or "tausend" in word:
        value = german_cardinal(word)
        if value is not None:
            return NumberWord("cardinal", value)
    return _with_tail(word) if word.endswith(_TAIL_ENDS) else None


_TAIL_ENDS = ("mal", "ig", "ige", "igen", "iger", "iges", "igem", "fach", "fache", "fachen")


def _with_tail(word: str) -> NumberWord | None:
    for tail, unit in _GERMAN_TAILS.items():
        for ending in _GERMAN_ENDINGS if tail.endswith("ig") else ("",):
            if not word.endswith(tail + ending):
                continue
            head = word.removesuffix(tail + ending)
            if head.endswith("einhalb") and (half := _german().get(head)):
                return NumberWord("times", half.num, half.den, unit)
            value = german_cardinal(head)
            if value is None or (value == 1 and not unit):
                return None
            return NumberWord("times", value, 1, unit)
    return None
