"""The lead paragraph of a web page, which extractors lose when it stands in the page's header beside title and picture.

Newsrooms give the lead again as the page's description. So it is found by it: the shown element that begins with the
words of the description. It is the page's own element that is taken, never the description itself, which nobody sees.
"""

from __future__ import annotations

import re
from typing import TYPE_CHECKING, Final

from bot.documents.formats.fragments import text_of_tree

if TYPE_CHECKING:
    from lxml.etree import _Element

_INLINE: Final = frozenset("a abbr b bdi cite em font i mark q s small span strong sub sup time u".split())
_ELSEWHERE: Final = frozenset(
    "a aside figcaption figure footer head li nav noscript script select style table title".split()
)
_WORDS: Final = re.compile(r"\w+")
_LEAST_WORDS: Final = 6
_LONGEST: Final = 1_500  # characters; more is not a lead but a container of many paragraphs
_MOST_TRIED: Final = 30
_COMPARED: Final = 60  # characters of bare words that must agree


def find_lead(tree: _Element, description: str, text: str) -> str:
    """The shown paragraph that the description repeats, empty when there is none or `text` has it already."""
    wanted = _bare(description)
    words = wanted.split()
    if len(words) < _LEAST_WORDS:
        return ""
    opening = " ".join(words[:_LEAST_WORDS])
    first = _WORDS.search(description)
    if first is None or opening in _bare(text):
        return ""
    tried = 0
    for element in tree.iter():
        if not isinstance(element.tag, str):
            continue
        for piece, holder in ((element.text, element), (element.tail, element.getparent())):
            if not piece or first[0] not in piece or not _bare(piece[:400]).startswith(words[0]):
                continue
            lead = _lead_at(holder, wanted)
            tried += 1
            if lead or tried == _MOST_TRIED:
                return lead
    return ""


def _lead_at(element: _Element | None, wanted: str) -> str:
    while element is not None and element.tag in _INLINE and element.tag != "a":
        element = element.getparent()
    if (
        element is None
        or element.tag in _ELSEWHERE
        or any(above.tag in _ELSEWHERE for above in element.iterancestors())
    ):
        return ""
    if sum(map(len, element.itertext())) > 2 * _LONGEST:
        return ""
    lead = text_of_tree(element)
    bare = _bare(lead)
    if len(lead) > _LONGEST or len(bare.split()) < _LEAST_WORDS:
        return ""
    # The description may be cut off, or go on with the paragraph after the lead.
    shared = min(len(bare), len(wanted), _COMPARED)
    return lead if bare[:shared] == wanted[:shared] else ""


def _bare(text: str) -> str:
    return " ".join(_WORDS.findall(text.casefold()))
