"""Bytes to text: byte order marks, UTF-8, UTF-16, the declared encoding, then the likeliest one.

The order is that of trust. A mark is a statement; UTF-8 that decodes is UTF-8 (chance does not produce it), whatever
a page declares; a declaration counts when it decodes to something that looks like text. What remains is guessed:
Western European encodings by where their letters stand (short German texts are decided by a single "ö", on which
statistics fail), all others by charset-normalizer.
"""

from __future__ import annotations

import codecs
import re
import unicodedata
from dataclasses import dataclass
from itertools import islice
from typing import Final

from bot.documents.refusals import unreadable

_MARKS: Final = (
    (codecs.BOM_UTF8, "utf-8"),
    (codecs.BOM_UTF32_LE, "utf-32-le"),  # before UTF-16, whose mark is its beginning
    (codecs.BOM_UTF32_BE, "utf-32-be"),
    (codecs.BOM_UTF16_LE, "utf-16-le"),
    (codecs.BOM_UTF16_BE, "utf-16-be"),
)
# Python also has codecs that are no character encodings (zlib, base64, idna, unicode_escape …); none may be declared.
_CHARACTER_ENCODING: Final = re.compile(
    r"(utf|iso8859|cp|koi8|mac|gb|big5|hz|shift|euc|iso2022|johab|tis|ptcp|kz|ascii|latin)[a-z0-9_-]*\Z"
)
_GUESSABLE: Final = (
    "cp1250 cp1251 cp1252 cp1253 cp1254 cp1255 cp1256 cp1257 cp1258 iso8859_2 iso8859_5 iso8859_7 iso8859_9"
    " koi8_r koi8_u cp866 cp852 mac_cyrillic gb18030 big5 cp932 euc_jp cp949 cp874"
).split()
_WESTERN: Final = ("cp1252", "iso8859-15", "cp850", "mac_roman")
_LETTERS: Final = frozenset("äöüÄÖÜßéèêëáàâãåæçñóòôõøœíìîïúùûýÿšžÉÈÊÁÀÂÃÅÆÇÑÓÒÔÕØŒÍÌÎÚÙÛŠŽ")
_SIGNS: Final = frozenset("„“”‚‘’–—…•·«»‹›€£§°©®™½¼¾²³´¿¡ªº×±µ\u00a0\u00ad†‰¢¥¶÷ˆ˜")
_WORD_INNER: Final = frozenset("’´\u00ad·")
_HIGH: Final = re.compile(r"[^\x00-\x7f]")
_LATIN: Final = re.compile(r"[A-Za-z]")
_GUESS_BYTES: Final = 200_000  # enough to know an encoding by; the cost of guessing stays bounded
_LEAST_COUNTABLE: Final = 24  # bytes; statistics on less are a lottery
_SAMPLE: Final = 20_000


@dataclass(frozen=True, slots=True)
class Decoded:
    """The text, with line ends as "\\n" and no byte order mark, and the Python name of its encoding."""

    text: str
    encoding: str


def decode(raw: bytes, declared: str = "") -> Decoded:
    """Decode a text file. Raises Unreadable ("binary") when no encoding makes text of it."""
    for mark, encoding in _MARKS:
        if raw.startswith(mark):
            text = raw[len(mark) :].decode(encoding, "replace")
            return _accepted(text, encoding, slack=0.02)
    if raw.find(b"\0", 0, _SAMPLE) >= 0:
        wide = _wide(raw)
        if wide:
            return _accepted(raw.decode(wide, "replace"), wide, slack=0.02)
    try:
        return _accepted(raw.decode("utf-8"), "utf-8", slack=0.05)
    except UnicodeDecodeError:
        pass
    named = encoding_named(declared)
    as_declared = _strictly(raw, named) if named else None
    if as_declared is not None and looks_like_text(as_declared):
        return _accepted(as_declared, named)
    mended = _nearly_utf8(raw)
    if mended is not None:
        return _accepted(mended, "utf-8")
    return _guessed(raw)


def encoding_named(label: str) -> str:
    """The Python name of a declared charset, empty when there is none by that name or it is not a character encoding.

    As browsers do (WHATWG Encoding Standard), Latin-1 and ASCII are read as the Windows code page that contains them.
    """
    try:
        name = codecs.lookup(label.strip().strip("\"'")[:40]).name if label else ""
    except (LookupError, ValueError, UnicodeError):
        return ""
    if not _CHARACTER_ENCODING.match(name) or name in {"utf-7", "utf-16", "utf-32"}:
        return ""
    return {"iso8859-1": "cp1252", "ascii": "cp1252", "gb2312": "gb18030", "gbk": "gb18030", "shift_jis": "cp932"}.get(
        name, name
    )


def looks_like_text(text: str, slack: float = 0.02) -> bool:
    """Whether hardly any characters are controls, unassigned or private (`slack`: the share that is still forgiven)."""
    sample = text if len(text) <= _SAMPLE else text[: _SAMPLE // 2] + text[-_SAMPLE // 2 :]
    if sample.isascii() and sample.isprintable():
        return True
    odd = [c for c in set(sample) if c not in "\n\r\t\f\x85" and unicodedata.category(c) in {"Cc", "Cn", "Co", "Cs"}]
    return sum(map(sample.count, odd)) <= 1 + slack * len(sample)


def _accepted(text: str, encoding: str, slack: float = 0.02) -> Decoded:
    if not looks_like_text(text, slack):
        raise unreadable("binary", f"read as {encoding}, too many control or unassigned characters")
    if "\r" in text:
        text = text.replace("\r\n", "\n").replace("\r", "\n")
    return Decoded(text, encoding)


def _strictly(raw: bytes, encoding: str) -> str | None:
    try:
        return raw.decode(encoding)
    except (UnicodeDecodeError, UnicodeError):
        return None


def _wide(raw: bytes) -> str:
    """UTF-16 without a mark, known by its NULs: nearly all in the high bytes of ASCII characters."""
    sample = raw[:_SAMPLE]
    even, odd = sample[0::2].count(0), sample[1::2].count(0)
    if max(even, odd) < 0.2 * len(sample) / 2 or min(even, odd) > 0.1 * max(even, odd):
        return ""
    return "utf-16-be" if even > odd else "utf-16-le"


def _nearly_utf8(raw: bytes) -> str | None:
    """UTF-8 with a few broken bytes (cut off, or a stray Latin-1 letter): these become U+FFFD."""
    text = raw.decode("utf-8", "replace")
    broken = text.count("\ufffd")
    whole = sum(1 for c in text[:_GUESS_BYTES] if c > "\x7f") - broken
    return text if whole > 0 and broken <= max(1, whole // 10) else None


def _guessed(raw: bytes) -> Decoded:
    sample = raw[:_GUESS_BYTES]
    best, score = max(((name, _western_score(sample, name)) for name in _WESTERN), key=lambda pair: pair[1])
    if score < 0.9:
        counted = _by_statistics(sample) if len(sample) >= _LEAST_COUNTABLE else ""
        best = counted or (best if score > 0.5 else "")
    if not best:
        raise unreadable("binary", "no encoding makes text of these bytes")
    text = raw.decode(best, "replace")
    if not looks_like_text(text):
        raise unreadable("binary", f"the likeliest encoding, {best}, gives too many control characters")
    return _accepted(text, best)


def _western_score(raw: bytes, encoding: str) -> float:
    """The share of non-ASCII characters that stand where German, French, Spanish … put them, 0 when undecodable."""
    text = _strictly(raw, encoding)
    if text is None:
        return 0.0
    good = high = 0
    for found in islice(_HIGH.finditer(text), 5_000):
        at, c = found.start(), found.group()
        before, after = text[at - 1 : at], text[at + 1 : at + 2]
        high += 1
        if c in _LETTERS:
            # "größte" has it beside other letters; a capital after a small letter is a sign of the wrong table.
            good += (before.isalpha() or after.isalpha()) and not (c.isupper() and before.islower())
        elif c in _SIGNS:
            good += not (before.isalpha() and after.isalpha()) or c in _WORD_INNER
    if not high or high > len(_LATIN.findall(text[: found.end() + 1_000])):
        return 0.0  # half of all letters or more: another script
    return good / high


def _by_statistics(raw: bytes) -> str:
    from charset_normalizer import from_bytes

    best = from_bytes(raw, cp_isolation=list(_GUESSABLE), threshold=0.3).best()
    return best.encoding if best else ""
