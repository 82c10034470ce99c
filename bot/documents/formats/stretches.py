"""Articles that a page shows in several stretches, with advertisements between: put together before extraction.

Extractors take the first container that looks like an article. Some sites close it after every few paragraphs and
open the next one of the same class; then all but the first stretch would be lost.
"""

from __future__ import annotations

from typing import TYPE_CHECKING

if TYPE_CHECKING:
    from lxml.etree import _Element

_LEAST = 80  # characters of a paragraph that counts as prose
_MOST = 60  # containers of one class; more are cards or comments


def join_stretches(tree: _Element, text: str) -> bool:
    """Move the stretches that `text` lacks behind the one it has, in the tree. True when there were any.

    Only containers of one class within one <article> or <main> are stretches of each other: on a page that lists
    several documents each has its own.
    """
    groups: dict[tuple[_Element, str, str], list[_Element]] = {}
    for paragraph in tree.iter("p"):
        holder = paragraph.getparent()
        if holder is None or not holder.get("class"):
            continue
        frame = next(holder.iterancestors("article", "main"), None)
        if frame is not None:
            members = groups.setdefault((frame, holder.tag, holder.get("class", "")), [])
            if holder not in members[-1:]:
                members.append(holder)
    joined = False
    for members in groups.values():
        if not 1 < len(members) <= _MOST or _is_missing(members[0], text):
            continue
        around = set(members[0].iterancestors())  # what holds the first cannot be moved into it
        missing = [member for member in members[1:] if member not in around and _is_missing(member, text)]
        if missing:
            for member in missing:
                for child in list(member):
                    members[0].append(child)
            joined = True
    return joined


def _is_missing(holder: _Element, text: str) -> bool:
    """Whether the holder has prose, and none of it stands in the text."""
    lines = [" ".join("".join(p.itertext()).split()) for p in holder.iterchildren("p")]
    prose = [line for line in lines if len(line) >= _LEAST]
    return bool(prose) and holder.find(".//h1") is None and not any(line[:_LEAST] in text for line in prose)
