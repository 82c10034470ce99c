"""Names: which words of a sentence look like one, and a key under which spellings of one name meet.

Across languages a name is written by other letters: Selenskyj/Zelenskyy, Donezk/Donetsk, Kowalenko/Kovalenko. The key
maps the letters that transliterations swap onto one each; it is for names only, since it makes other words meet that
have nothing in common.
"""

from __future__ import annotations

import re
from functools import lru_cache

from bot.languages.words import fold

# Longest first; each line is one sound that German and English (and French) spell differently.
_SOUNDS = (
    ("schtsch", "s"), ("shch", "s"), ("zhzh", "s"), ("tsch", "c"), ("tch", "c"), ("sch", "s"), ("dsch", "c"),
    ("dzh", "c"), ("sh", "s"), ("zh", "s"), ("ch", "c"), ("kh", "c"), ("ts", "s"), ("tz", "s"), ("cz", "c"),
    ("ck", "k"), ("ph", "f"), ("th", "t"), ("gh", "g"), ("dh", "d"), ("ou", "u"), ("oo", "u"), ("ee", "i"),
    ("qu", "k"),
)  # fmt: skip
_SOUND = re.compile("|".join(a for a, _ in _SOUNDS))
_SOUND_MAP = dict(_SOUNDS)
_LETTER = str.maketrans({"w": "v", "y": "i", "j": "i", "z": "s", "q": "k", "x": "s"})
_DOUBLED = re.compile(r"(.)(?=\1)")
_ENDING = re.compile(r"(?:s|es|'s)\Z")


@lru_cache(maxsize=65536)
def name_key(word: str) -> str:
    """The key under which the spellings of one name meet: Selenskyj, Selenskij and Zelenskyy → "selenski"."""
    key = fold(word)
    key = _SOUND.sub(lambda m: _SOUND_MAP[m.group()], key).translate(_LETTER)
    key = _DOUBLED.sub("", key)
    if len(key) > 4 and key.endswith("s"):  # the genitive: Russlands, Kovalenkos
        key = key[:-1]
    return key
