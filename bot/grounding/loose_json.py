"""JSON as models write it: in fences, with text around it, trailing commas, single quotes, cut off in the middle.

A small reader in one pass. What it cannot read is left out and never raises; of a reply that breaks off, what was
closed before is whole, and what was still open is marked as cut.
"""

from __future__ import annotations

import json
import re
from contextlib import suppress
from dataclasses import dataclass, field
from typing import Final

LONGEST: Final = 65_536  # code points; a longer reply is read as if it broke off there
_DEEPEST: Final = 12
_BLANK = re.compile(r"(?:\s|//[^\n]{0,500}(?:\n|\Z))*+")
_NUMBER = re.compile(r"-?\d{1,18}(?:\.\d{1,18})?(?:[eE][+-]?\d{1,3})?")
_WORD = re.compile(r"[A-Za-z_][A-Za-z_0-9-]{0,40}")
_WORDS: Final[dict[str, object]] = {"true": True, "false": False, "null": None, "none": None, "undefined": None}
_ESCAPES: Final = {"n": "\n", "t": "\t", "r": "\r", "b": "", "f": " "}
_HEX = re.compile(r"[0-9a-fA-F]{4}")
_CLOSING: Final = {'"': '"', "'": "'", "“": "”", "„": "“"}


@dataclass(slots=True)
class Members:
    """An object as it was read. `cut`: it was still open where the reply ended."""

    items: dict[str, object] = field(default_factory=dict)
    cut: bool = False


class _Ended(Exception):
    """The reply is over, or goes on in no way that can be read."""


def read_loosely(text: str) -> object:
    """The first object or array of a text: `Members`, a list, or None when there is none."""
    text = text[:LONGEST]
    starts = [place for place in (text.find("{"), text.find("[{"), text.find("[\n")) if place >= 0]
    if not starts:
        return None
    start = min(starts)
    try:
        return _plain(json.JSONDecoder(strict=False).raw_decode(text, start)[0], 0)
    except (ValueError, RecursionError):
        return _Reader(text, start).read()


def _plain(value: object, depth: int) -> object:
    if depth > _DEEPEST:
        return None
    if isinstance(value, dict):
        return Members({str(key): _plain(one, depth + 1) for key, one in value.items()})
    if isinstance(value, list):
        return [_plain(one, depth + 1) for one in value]
    return value


class _Reader:
    """Reads from one place on. For one use."""

    def __init__(self, text: str, at: int) -> None:
        self._text = text
        self._at = at

    def read(self) -> object:
        out: list[object] = []
        with suppress(_Ended):
            self._value(out, 0)
        return out[0] if out else None

    def _peek(self) -> str:
        match = _BLANK.match(self._text, self._at)
        self._at = match.end() if match else self._at
        if self._at >= len(self._text):
            raise _Ended
        return self._text[self._at]

    def _value(self, out: list[object], depth: int) -> None:
        """Read one value and put it into `out`; what is open stands there already while it is read."""
        mark = self._peek()
        if depth > _DEEPEST:
            raise _Ended
        if mark == "{":
            self._object(out, depth)
        elif mark == "[":
            self._array(out, depth)
        elif mark in _CLOSING:
            out.append(self._string(mark))
        elif match := _NUMBER.match(self._text, self._at):
            self._at = match.end()
            number = match.group()
            out.append(int(number) if number.lstrip("-").isdecimal() else float(number))
        elif match := _WORD.match(self._text, self._at):
            self._at = match.end()
            out.append(_WORDS.get(match.group().lower(), match.group()))
        else:
            raise _Ended

    def _object(self, out: list[object], depth: int) -> None:
        members = Members(cut=True)
        out.append(members)
        self._at += 1
        while True:
            mark = self._peek()
            if mark == "}":
                self._at += 1
                members.cut = False
                return
            if mark == ",":
                self._at += 1
                continue
            key = self._key(mark)
            if self._peek() not in ":=":
                raise _Ended
            self._at += 1
            held: list[object] = []
            try:
                self._value(held, depth + 1)
            finally:
                if held:
                    members.items[key] = held[0]

    def _key(self, mark: str) -> str:
        if mark in _CLOSING:
            return self._string(mark)
        match = _WORD.match(self._text, self._at)
        if match is None:
            raise _Ended
        self._at = match.end()
        return match.group()

    def _array(self, out: list[object], depth: int) -> None:
        values: list[object] = []
        out.append(values)
        self._at += 1
        while True:
            mark = self._peek()
            if mark == "]":
                self._at += 1
                return
            if mark == ",":
                self._at += 1
                continue
            if mark == "}":  # one bracket was forgotten
                return
            self._value(values, depth + 1)

    def _string(self, mark: str) -> str:
        """A string; raises _Ended when it is not closed, so that half a sentence is never taken for a whole one."""
        closing = _CLOSING[mark]
        parts: list[str] = []
        at = self._at + 1
        text = self._text
        while at < len(text):
            stop = at
            while stop < len(text) and text[stop] != closing and text[stop] != "\\":
                stop += 1
            parts.append(text[at:stop])
            if stop >= len(text):
                break
            if text[stop] == closing:
                self._at = stop + 1
                return _joined("".join(parts))
            escape = text[stop + 1 : stop + 2]
            if escape == "u" and (match := _HEX.match(text, stop + 2)):
                parts.append(chr(int(match.group(), 16)))
                at = match.end()
            else:
                parts.append(_ESCAPES.get(escape, escape))
                at = stop + 2
        self._at = len(text)
        raise _Ended


def _joined(text: str) -> str:
    """Surrogates that were written as two escapes are one character again."""
    if any("\ud800" <= c <= "\udfff" for c in text):
        return text.encode("utf-16-le", "surrogatepass").decode("utf-16-le", "replace")
    return text
