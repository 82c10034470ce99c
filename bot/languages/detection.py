"""Which language a text is written in.

The script decides first; it costs nothing and settles Greek, Korean, Japanese and their like. Languages that share a
script are told apart by tables (`data/detection_*.bin`, made by `tools/learn_languages.py`, which says from what, and
`data/NOTICE.txt` under which licences): a weight per language for frequent words and for runs of up to five letters.
The table of a script is read when it is first needed, about 0.1 s for the Latin one; nothing here needs a library.

* Any text may be given one of 17 languages: ar cs da de en es fr it ja nl pl pt ru sv tr uk zh.
* A text of `ENOUGH_WORDS` or more may also be given one of their neighbours (no fi hu ro ca sk hr sl et lt lv id, be bg
  mk sr, fa ur vi), so that a Norwegian page is not called Danish. In shorter texts they would do more harm than good.
* "und" means that there is nothing to go by: no letters, or a script that several languages share and no table knows.

Only the first `READ` characters are looked at, and of these at most about `SAMPLE` words, evenly spread. The frequent
words are tried first; the letters of the others only where those leave a doubt.
"""

from __future__ import annotations

import math
import re
import struct
import sys
import unicodedata
import zlib
from array import array
from dataclasses import dataclass
from functools import cache, lru_cache
from itertools import repeat
from pathlib import Path
from typing import TYPE_CHECKING, Final

if TYPE_CHECKING:
    from collections.abc import Callable, Iterable

READ: Final = 2_000
SAMPLE: Final = 48
ENOUGH_WORDS: Final = 8
LONGEST_WORD: Final = 24  # letters of one word that are looked at
LONGEST_RUN: Final = 5  # the tables know no longer run of letters

UNDETERMINED: Final = "und"

# Leads of one language over the next, in natural logarithms.
CLEAR_LEAD: Final = 20.0  # by the frequent words alone: the others would not turn it (measured: they never do above 12)
NEIGHBOUR_LEAD: Final = 25.0  # that a neighbour needs: in texts of the 17 languages it was never above 16

# Confidence that a question's language needs.
SURE_ENOUGH: Final = 0.8  # German, English and the fallback
SURE_OF_ANOTHER: Final = 0.95

_DATA: Final = Path(__file__).parent / "data"


@dataclass(frozen=True, slots=True)
class Detected:
    """`language` is an ISO 639-1 code or "und". `confidence`, 0 to 1, is how often such a verdict is right."""

    language: str
    confidence: float


NOTHING: Final = Detected(UNDETERMINED, 0.0)


def detect(text: str) -> Detected:
    """The language of a document, a sentence or a headline; single words are guessed as well as they can be."""
    head = text[:READ]
    if head.isascii():
        words = _ASCII_WORD.findall(head)
        return _by_table("latin", words) if words else NOTHING
    head = unicodedata.normalize("NFC", head)
    words = _LATIN_WORD.findall(head)
    if sum(map(len, words)) * 4 > len(head) * 3 and not _VIETNAMESE.search(head):
        return _by_table("latin", words)  # whatever the rest is, it weighs less
    return _by_script(head)


def detect_question(text: str, fallback: str = "en") -> str:
    """The language of a short question; `fallback` where its words could as well be another language's.

    A German or English question is nearly always known by its small words, without reading a table.
    """
    head = text[:READ].lower()
    words = _WORD.findall(head)
    german = sum(map(_GERMAN.get, words, repeat(0))) + 2 * ("ß" in head) + 2 * bool(_GERMAN_OPENING.match(head))
    english = sum(map(_ENGLISH.get, words, repeat(0)))
    if german >= 2 and german > 2 * english:
        return "de"
    if english >= 2 and english > 2 * german:
        return "en"
    found = detect(text)
    if found.language in (fallback, "de", "en"):
        return found.language if found.confidence >= SURE_ENOUGH else fallback
    # One or two words of another language are as often a name.
    known = found.confidence >= SURE_OF_ANOTHER and (len(words) > 2 or not _LATIN_WORD.search(head))
    return found.language if known else fallback


# ------------------------------------------------------------------------------------------------------------ scripts

_ASCII_WORD = re.compile(r"[A-Za-z]+")
_WORD = re.compile(r"[^\W\d_]+")
_LATIN_WORD = re.compile("[A-Za-zªºÀ-ÖØ-öø-ʯḀ-ỿ]+")
# The letters of each script, and what one weighs: a character that writes a whole syllable or word weighs more.
_SCRIPTS: Final = {
    "latin": ("A-Za-zªºÀ-ÖØ-öø-ʯḀ-ỿ", 1),
    "cyrillic": ("\u0400-\u052f", 1),
    "arabic": (
        "\u0620-\u065f\u066e-\u06d3\u06d5-\u06dc\u06ee\u06ef\u06fa-\u06ff\u0750-\u077f\ufb50-\ufdff\ufe70-\ufefc",
        1,
    ),
    "han": ("\u3005\u3007\u3400-\u4dbf\u4e00-\u9fff\uf900-\ufaff\U00020000-\U0003134f", 3),
    "kana": ("\u3041-\u3096\u309d\u309e\u30a1-\u30fa\u30fc-\u30fe\u31f0-\u31ff\uff66-\uff9d", 2),
    "ko": ("\u1100-\u11ff\u3131-\u318e\uac00-\ud7a3", 2),
    "el": ("\u0370-\u0373\u0376-\u03ff\u1f00-\u1fff", 1),
    "he": ("\u0591-\u05f4\ufb1d-\ufb4f", 1),
    "th": ("\u0e01-\u0e4e", 1),
    "ka": ("\u10a0-\u10ff\u1c90-\u1cbf", 1),
    "hy": ("\u0531-\u058a", 1),
    "bn": ("\u0981-\u09fe", 1),
    "ta": ("\u0b82-\u0bfa", 1),
    "te": ("\u0c00-\u0c7f", 1),
    "km": ("\u1780-\u17dd", 1),
    # Several languages write these, and no table tells them apart.
    UNDETERMINED: (
        "\u0700-\u074f\u0780-\u07ff\u0900-\u0963\u0a01-\u0b77\u0c80-\u0df4\u0e81-\u0fbc\u1000-\u109f\u1200-\u137f",
        1,
    ),
}
_SCRIPT_NAMES: Final = tuple(_SCRIPTS)


@cache
def _run_of_script() -> re.Pattern[str]:
    """One group per script. Compiled when first needed: most of what the command line is asked is ASCII."""
    return re.compile("|".join(f"([{letters}]+)" for letters, _ in _SCRIPTS.values()))


def _by_script(text: str) -> Detected:
    words: list[list[str]] = [[] for _ in _SCRIPT_NAMES]
    for found in _run_of_script().finditer(text):
        words[(found.lastindex or 1) - 1].append(found[0])
    weights = [sum(map(len, w)) * _SCRIPTS[name][1] for name, w in zip(_SCRIPT_NAMES, words, strict=True)]
    by_name = dict(zip(_SCRIPT_NAMES, weights, strict=True))
    if by_name["kana"] and by_name["han"]:  # they are one writing
        weights[_SCRIPT_NAMES.index("kana")] = 0
        weights[_SCRIPT_NAMES.index("han")] += by_name["kana"]
    heaviest = max(weights)
    if not heaviest:
        return NOTHING
    place = weights.index(heaviest)
    script = _SCRIPT_NAMES[place]
    if script == "latin" and len(_VIETNAMESE.findall(text)) * 12 >= weights[place]:
        return Detected("vi", 0.98)
    if script in ("latin", "cyrillic"):
        return _by_table(script, words[place])
    if script in ("han", "kana"):
        return _chinese_or_japanese("".join(words[_SCRIPT_NAMES.index("han")]), by_name["kana"] // 2)
    if script == "arabic":
        return _arabic_or_neighbour("".join(words[place]))
    return Detected(script, 0.0 if script == UNDETERMINED else _share(heaviest, weights))


def _share(part: int, parts: Iterable[int]) -> float:
    return part / (sum(parts) or 1)


# Letters with a horn, a dot below or two marks, as only Vietnamese has them: a tenth of its letters or more.
_VIETNAMESE = re.compile("[ơưƠƯ\u1ea0-\u1ef1]")

# Letters of Persian and Urdu that Arabic does not have, the last of them Urdu's alone.
_PERSIAN = frozenset("پچژگکی")
_URDU = frozenset("ٹڈڑںےہھ")


def _arabic_or_neighbour(letters: str) -> Detected:
    urdu = sum(letter in _URDU for letter in letters) / len(letters)
    persian = sum(letter in _PERSIAN for letter in letters) / len(letters)
    if len(letters) >= 12 and urdu >= 0.05:
        return Detected("ur", 0.95)
    if len(letters) >= 12 and persian >= 0.06:
        return Detected("fa", 0.9)
    return Detected("ar", 0.99)


_USUAL_HAN: Final = -1  # what a character speaks for Japanese that the table does not name


def _chinese_or_japanese(han: str, kana: int) -> Detected:
    """Japanese sentences are a third kana or more; Chinese ones have at most a の for decoration."""
    if kana * 8 >= len(han):
        return Detected("ja", 0.99)
    strengths = _han_strengths()
    lean = sum(map(strengths.get, han[:200], repeat(_USUAL_HAN))) + 2 * kana
    return Detected("ja" if lean > 0 else "zh", _confidence(abs(lean)))


# ------------------------------------------------------------------------------------------------------------- tables


@dataclass(frozen=True, slots=True)
class _Table:
    """Weights of all languages at once: each has a column of 32 bits in one integer, so that adding two of these
    integers adds all columns. No column overflows: a weight is at most 255, and at most 130 runs of each of twice
    `SAMPLE` words are added.
    """

    languages: tuple[str, ...]
    main: int  # as many of the languages may be given to any text; the columns of the others are above theirs
    words: dict[str, int]
    weight: Callable[[str], int]  # what the letters of a word add, for a word that `words` has not
    columns: Callable[[bytes], tuple[int, ...]]  # of such an integer's bytes
    unit: float  # natural logarithms per unit of a weight


def _by_table(script: str, words: list[str]) -> Detected:
    table = _table(script)
    if len(words) > SAMPLE:
        words = words[:: len(words) // SAMPLE]
    by_lower = {word.lower(): word for word in words}
    total = sum(filter(None, map(table.words.get, by_lower)))
    main, lead, neighbour, behind = _verdict(table, total)
    if behind >= NEIGHBOUR_LEAD and len(by_lower) >= ENOUGH_WORDS:
        return Detected(neighbour, _confidence(behind))
    if lead < CLEAR_LEAD:
        total += sum(map(table.weight, by_lower.values()))
        main, lead, _, _ = _verdict(table, total)
    return Detected(main, _confidence(lead))


def _verdict(table: _Table, total: int) -> tuple[str, float, str, float]:
    """The best main language and by how much it leads, the best neighbour and by how much it leads that one."""
    scores = table.columns(total.to_bytes(4 * len(table.languages), "little"))
    main, neighbours = list(scores[: table.main]), scores[table.main :]
    best, best_neighbour = max(main), max(neighbours)
    place = main.index(best)
    main[place] = 0
    neighbour = table.languages[table.main + neighbours.index(best_neighbour)]
    return table.languages[place], (best - max(main)) * table.unit, neighbour, (best_neighbour - best) * table.unit


def _confidence(lead: float) -> float:
    """How often a verdict is right that is ahead of the next by so many natural logarithms (fitted to such counts)."""
    return round(1.0 - 0.7 * math.exp(-lead / 8.0), 4)


@cache
def _table(script: str) -> _Table:
    lines = zlib.decompress((_DATA / f"detection_{script}.bin").read_bytes()).split(b"\n", 6)
    main, neighbours, (unit,), (n_rows,), runs, words = (line.decode().split("\t") for line in lines[:6])
    body = memoryview(lines[6])
    rows_end = int(n_rows) * len(main)
    runs_end = rows_end + 2 * len(runs)
    rows = _integers(body[:rows_end], int(n_rows))
    which = array("H", bytes(body[rows_end:runs_end]))
    if sys.byteorder == "big":
        which.byteswap()
    by_run = dict(zip(runs, map(rows.__getitem__, which), strict=True))
    by_word = dict(zip(words, _integers(body[runs_end:], len(words)), strict=True))
    languages = (*main, *neighbours)
    weight = lru_cache(maxsize=8192)(_weigher(by_run, by_word))
    return _Table(languages, len(main), by_word, weight, struct.Struct(f"<{len(languages)}I").unpack, float(unit))


def _integers(columns: memoryview, count: int) -> list[int]:
    """`count` integers with a column of 32 bits for each of the given columns of bytes."""
    size = 4 * (len(columns) // count)
    spread = bytearray(size * count)
    for at in range(0, size, 4):
        spread[at::size] = columns[at // 4 * count : (at // 4 + 1) * count]
    return [int.from_bytes(spread[at : at + size], "little") for at in range(0, len(spread), size)]


def _weigher(runs: dict[str, int], words: dict[str, int]) -> Callable[[str], int]:
    find = runs.get
    # The places of all runs in a word of each length, edges counted.
    places = [
        [slice(at, at + n) for n in range(1, LONGEST_RUN + 1) for at in range(max(0, length - n + 1))]
        for length in range(LONGEST_WORD + 3)
    ]

    def weigh(word: str) -> int:
        word = word[:LONGEST_WORD]
        low = word.lower()[:LONGEST_WORD]  # again: some capitals become two letters
        if low in words:
            weight = 0
        else:
            edged = f" {low} "
            weight = sum(filter(None, map(find, map(edged.__getitem__, places[len(edged)]))))
        if low != word and not (len(word) > 1 and word.isupper()):
            edged = f" {word} "  # what a capital tells is in the runs at the head of the word
            for end in range(2, LONGEST_RUN + 1):
                weight += find(edged[:end], 0)
        return weight

    return weigh


@cache
def _han_strengths() -> dict[str, int]:
    packed = (_DATA / "detection_han.bin").read_bytes()
    strengths = {}
    for line in zlib.decompress(packed).decode().split("\n"):
        strength, characters = line.split("\t")
        strengths.update(dict.fromkeys(characters, int(strength)))
    return strengths


# ---------------------------------------------------------------------------------------------------------- questions

# 2: a word of this language alone. 1: one that some other language than German or English has too ("wie" and "is" are
# Dutch, "der" and "i" Danish, "es" Spanish). Words of both are in neither: "die", "hat", "in", "man", "was", "will".
_GERMAN: Final = dict.fromkeys(
    """
    wer wem wen wessen wann warum wieso weshalb wofür womit wodurch worüber woran worauf woher wohin wieviel wieviele wo
    welche welcher welches welchen welchem ist sind sein seit wurde wurden worden wird werden haben hatte hatten habe
    kann können konnte konnten soll sollen sollte muss müssen darf dürfen möchte gibt gab geht ging kam kamen sagt sagte
    sagten das ein eine einer einen einem eines kein keine keinen und oder aber nicht auch noch schon nur mehr als wenn
    dass daß weil obwohl vom zum zur bei beim nach aus auf für über gegen ohne durch sie wir ihr ihn ihm ihnen ihre
    ihren ihrer seine seinen seiner mich mir dir dich uns euch viele vielen viel alle alles dort hier heute gestern
    morgen jetzt neue neuen neuer neues laut zwischen während sei waren wäre dieser diese dieses diesen diesem jemand
    etwas nichts passiert geschehen gestorben getötet verletzt erklärt bedeutet heißt wieder bisher bereits zuletzt
    """.split(),
    2,
) | dict.fromkeys(
    "wie der des dem den er es im um mit von vor zu unter bis du ich ja nein ob dann denn am an".split(), 1
)
_GERMAN_OPENING = re.compile(r"\W{0,9}(?:was (?:will|war|hat|die|man)|hat|die) ")
_ENGLISH: Final = dict.fromkeys(
    """
    who whom whose what when where why how which whether does did has have had been being are were could should would
    might can the this that these those there their they them it its his she from with about after before during
    between since against while because many much any more most latest says said say happened happen killed know known
    according and but not until through into isn doesn didn hasn tell explain
    """.split(),
    2,
) | dict.fromkeys("is a to of on at by for or be do we he you your my me as if no over under i".split(), 1)
