"""Discord's Markdown, written so that words stay words: escaped on the way out, read back for the last check.

Backslashes stop emphasis, masked links, mentions, emoji and headings; an address that is not ours is put between
backticks, where no client makes it a link. What a reader sees is the same characters in every case.
"""

from __future__ import annotations

import re
from typing import Final

from bot.chat.foreign_words import LIVE

_SPECIAL: Final = re.compile(r"[\\*_~|<>\[\]()#@`]|(?<![\w:]):(?=\w{2,32}:)")
_LINE_START: Final = re.compile(r"^(\s*)([-+]|\d{1,9}(?=[.)]))", re.M)
# What `escaped`, `link` and bold type write, read from left to right as a client does.
_WRITTEN: Final = re.compile(
    r"\\(?P<letter>[^a-zA-Z0-9\s])|`(?P<code>[^`\n]+)`|\[(?P<label>(?:[^\]\[\\\n]|\\.)*)\]\(<(?P<address>[^<>\s]+)>\)|\*\*"
)


def escaped(text: str) -> str:
    """The text as Markdown that shows exactly these characters, nothing of it alive."""
    parts: list[str] = []
    at = 0
    for live in LIVE.finditer(text):
        parts += [_escaped_words(text[at : live.start()]), f"`{live[0]}`"]
        at = live.end()
    parts.append(_escaped_words(text[at:]))
    return "".join(parts)


def _escaped_words(text: str) -> str:
    text = _SPECIAL.sub(r"\\\g<0>", text)
    # A list needs its mark at the start of a line; "1." keeps its digit and loses its power over the dot.
    return _LINE_START.sub(lambda m: f"{m[1]}{m[2]}\\" if m[2].isdigit() else f"{m[1]}\\{m[2]}", text)


def quoted(text: str) -> str:
    """Markdown lines as a block quotation."""
    return "\n".join(f"> {line}" for line in text.split("\n"))


def link(label: str, address: str) -> str:
    """A link under words of ours; the address may hold no angle bracket or blank, which `link_safe` sees to."""
    return f"[{escaped(label)}](<{link_safe(address)}>)"


def link_safe(address: str) -> str:
    """The address with the few characters encoded that would end a masked link early."""
    for letter in " <>\\\"'`":
        address = address.replace(letter, f"%{ord(letter):02X}")
    return address


def links_in(markdown: str) -> list[str]:
    """The addresses that can be pressed: those of masked links, and any that stands bare."""
    found: list[str] = []

    def without(written: re.Match[str]) -> str:
        if written["address"]:
            found.append(written["address"])
        return written["letter"] or " "

    bare = _WRITTEN.sub(without, markdown)
    return found + [live[0] for live in LIVE.finditer(bare)]


def visible(markdown: str) -> str:
    """What a reader sees of Markdown that `escaped`, `quoted` and `link` made: the words alone."""
    text = "\n".join(line.removeprefix("> ") for line in markdown.split("\n"))
    return _WRITTEN.sub(_words_of, text)


def _words_of(written: re.Match[str]) -> str:
    label = written["label"]
    return visible(label) if label else written["letter"] or written["code"] or ""
