"""Addresses as feeds and pages write them, made absolute; only the web's own schemes pass."""

from __future__ import annotations

import re
from functools import lru_cache
from typing import Final
from urllib.parse import urljoin, urlsplit

MAX_LINK: Final = 4096
MAX_LINKS: Final = 150_000  # in the texts of one feed

_NOT_IN_ADDRESSES: Final = re.compile(r"[\x00-\x20\x7f-\xa0\u2028\u2029\ud800-\udfff\"<>\\^`{|}]")


class Links:
    """`web_link` for the texts of one feed: of a feed made of nothing but links, the later ones are dropped."""

    def __init__(self, most: int = MAX_LINKS) -> None:
        self.left = most

    def __call__(self, link: str, base: str = "") -> str:
        """The link as `web_link` gives it, "" when there were too many."""
        self.left -= 1
        return web_link(link, base) if self.left >= 0 else ""


@lru_cache(maxsize=1024)
def web_link(link: str, base: str = "") -> str:
    """The link as an absolute http or https address, "" when it is none. Neither resolved nor otherwise judged."""
    link = link.strip()
    if not link or len(link) > MAX_LINK:
        return ""
    link = link.replace("\n", "").replace("\r", "").replace("\t", "")  # as browsers do
    try:
        absolute = urljoin(base, link) if base and not link.startswith(("https://", "http://")) else link
        parts = urlsplit(absolute)
        if parts.scheme not in ("http", "https") or not parts.hostname:
            return ""
    except ValueError:  # brackets that hold no address
        return ""
    if len(absolute) > MAX_LINK:
        return ""
    return _NOT_IN_ADDRESSES.sub(
        lambda match: "".join(f"%{byte:02X}" for byte in match[0].encode("utf-8", "replace")), absolute
    )
