"""Words of strangers on their way into a channel: what of them is shown, and what in them a platform would make live.

A quote is shown as it stands. Titles, names and reasons lose what nobody sees (control, direction, tag and zero-width
characters, piles of combining marks), because outside of a quote nothing depends on them.
"""

from __future__ import annotations

import re
from typing import Final

_UNSEEN: Final = re.compile(
    "[\x00-\x08\x0b\x0c\x0e-\x1f\x7f-\x9f\u00ad\u115f\u1160\u180e\u200b\u200e\u200f\u2028-\u202e\u2060-\u206f\u3164"
    "\ud800-\udfff\ufeff\ufff9-\ufffb\U000e0000-\U000e007f]"
)
_PILE: Final = re.compile("([\u0300-\u036f]{3})[\u0300-\u036f]+")

_STOPS: Final = ".,:;!?'\"*~“”„‚‘’»«…"

# What chat clients turn into something that can be pressed: addresses of any scheme, invitations.
LIVE: Final = re.compile(
    r"\b[a-z][a-z0-9+.-]{1,20}://[^\s<>`|]+"
    r"|\b(?:mailto|tel|sms|javascript|data|file):[^\s<>`|]+"
    r"|\b(?:discord\.gg|discord(?:app)?\.com/invite|join\.slack\.com)/[^\s<>`|]+"
    r"|\bwww\.[a-z0-9-]+\.[a-z]{2,}[^\s<>`|]*",
    re.IGNORECASE,
)


def seen(text: str) -> str:
    """The text without what nobody sees; line ends and tabs become spaces."""
    return _PILE.sub(r"\1", " ".join(_UNSEEN.sub(" ", text).split()))


def shortened(text: str, limit: int) -> str:
    """At most `limit` UTF-16 units of a text that is no quote, cut after a word and marked with "…"."""
    if utf16(text) <= limit:
        return text
    cut = text.encode("utf-16-le", "surrogatepass")[: 2 * (limit - 1)].decode("utf-16-le", "ignore")
    words = cut.rpartition(" ")[0]
    return (words if len(words) > len(cut) // 2 else cut).rstrip(" ,;:–—-") + "…"


def utf16(text: str) -> int:
    """The length of a text as the platforms' own clients count it: an emoji is two."""
    return len(text) if text.isascii() else len(text.encode("utf-16-le", "surrogatepass")) // 2


def without_stops(address: str) -> str:
    """An address as clients link it: what ends the sentence around it is no part of it."""
    bare = address.rstrip(_STOPS)
    return bare.rstrip(f"){_STOPS}") if "(" not in bare else bare
