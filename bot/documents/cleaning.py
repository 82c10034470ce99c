"""The text of record from the text that a format reader found: paragraphs, without what the page put around the report.

What is kept is kept letter for letter: a line loses only the white space at its ends, hard-wrapped lines are joined by
one space, paragraphs are separated by one blank line. A hyphen at a wrapped line's end before a lower-case letter keeps
its line break, because only the rules of quoting know whether the hyphen belongs to the word. So each paragraph stands
in the source, up to white space. What is left out is left out by whole paragraphs.
"""

from __future__ import annotations

import re
from collections.abc import Mapping, Sequence
from itertools import pairwise
from typing import Final

_BREAKS: Final = re.compile("\r\n|[\r\x0b\x0c\x85\u2028\u2029]")
_WRAPPED_TYPES: Final = frozenset({"text/plain", "message/rfc822", "application/pdf", "text/markdown", ""})
_NARROWEST_WRAP: Final = 40
_WIDEST_WRAP: Final = 132  # columns; no editor or mailer wraps later
_SENTENCE_END: Final = re.compile(r"[.!?…:。！？।؟۔][\"'”“’‘»«›‹)\]」』]{0,4}$")
_DATED_LINE: Final = re.compile(
    r"[^\W_][^.!?]{1,50}[,|·–—-] ?[^.!?,]{0,20}"
    r"(?:\d{1,2}\.? [^\W\d_]{3,12} \d{4}|[^\W\d_]{3,12} \d{1,2}, \d{4}|\d{1,2}\.\d{1,2}\.\d{4}|\d{4}-\d\d-\d\d)\Z"
)
_LIST_ITEM: Final = re.compile(r"(?:[•‣▪▸►◦·●*+–—-]|\d{1,3}[.)]|[a-zA-Z]\))[^\S\n]")


def lay_out(text: str, media_type: str) -> tuple[str, ...]:
    """The paragraphs of a text as its format gave it, trimmed, none empty. They may hold a line break behind a hyphen.

    Whether single line breaks end a paragraph or only a line is told by the lengths of the lines.
    """
    blocks = _blocks(_BREAKS.sub("\n", text))
    width = _wrap_width(blocks, media_type)
    slack = width // 6 if media_type == "application/pdf" else 2
    paragraphs: list[str] = []
    for number, block in enumerate(blocks):
        parts = [block[0][1]]
        for at, ((_, line), (indent, following)) in enumerate(pairwise(block)):
            # Below a long title that has no room for its first word: "Velmark Post, 5 November 2026".
            after = block[at + 2][1] if at + 2 < len(block) else ""
            short = number == 0 and at < 2 and not (after and _is_full(following, after, width, slack))
            imprint = short and bool(_DATED_LINE.match(following))
            if not imprint and _goes_on(line, following, indent, width, slack):
                hyphenated = line[-1] in "-\u00ad‐" and following[0].islower()
                parts.append("\n" if hyphenated else " ")
            else:
                paragraphs.append("".join(parts))
                parts = []
            parts.append(following)
        paragraphs.append("".join(parts))
    return tuple(paragraphs)


def _blocks(text: str) -> list[list[tuple[int, str]]]:
    """The lines between blank lines, each as (indent, trimmed line)."""
    blocks: list[list[tuple[int, str]]] = [[]]
    for line in text.split("\n"):
        trimmed = line.strip()
        if trimmed:
            blocks[-1].append((len(line) - len(line.lstrip()), trimmed))
        elif blocks[-1]:
            blocks.append([])
    if not blocks[-1]:
        blocks.pop()
    return blocks


def _wrap_width(blocks: Sequence[Sequence[tuple[int, str]]], media_type: str) -> int:
    """The column at which the lines were wrapped, 0 when each line is a paragraph.

    Wrapped lines that do not end a sentence have no room for the first word of the next line; paragraphs have. Lists
    of names or headlines may look alike, but there no line begins with a small letter.
    """
    if media_type not in _WRAPPED_TYPES:
        return 0
    lengths = sorted(len(line) for block in blocks if len(block) > 1 for _, line in block if " " in line)
    if not lengths:
        return 0
    width = lengths[(len(lengths) - 1) * 95 // 100]
    if not _NARROWEST_WRAP <= width <= _WIDEST_WRAP:
        return 0
    slack = width // 6 if media_type == "application/pdf" else 2
    full = room = small = 0
    for block in blocks:
        for (_, line), (_, following) in pairwise(block):
            if not _SENTENCE_END.search(line[-8:]) and not _LIST_ITEM.match(following):
                if _is_full(line, following, width, slack):
                    full += 1
                    small += not following[0].isupper()
                else:
                    room += 1
    return width if full >= 2 and full >= 3 * room and small * 4 >= full else 0


def _is_full(line: str, following: str, width: int, slack: int) -> bool:
    word = following[: width + 1].split(None, 1)[0]
    return len(line) + 1 + len(word) > width - slack


def _goes_on(line: str, following: str, indent: int, width: int, slack: int) -> bool:
    """Whether `following` continues the paragraph of `line`."""
    if _LIST_ITEM.match(following):
        return False
    if width and indent < 8 and _is_full(line, following, width, slack):
        return True
    unfinished = not _SENTENCE_END.search(line[-8:])
    return unfinished and following[0].islower() and (bool(width) or len(line) >= 40 or line[-1] in ",-\u00ad")


def text_of_record(paragraphs: Sequence[str], dropped: Mapping[int, str]) -> str:
    """What is left, one blank line between paragraphs."""
    return "\n\n".join(paragraph for index, paragraph in enumerate(paragraphs) if index not in dropped)


def labels_of(dropped: Mapping[int, str]) -> tuple[str, ...]:
    """Each label once, in the order of the text."""
    return tuple(dict.fromkeys(label for _, label in sorted(dropped.items())))
