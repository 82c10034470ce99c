"""Links to the passage of a page that a quote stands in: text fragments, as browsers read them.

The syntax is that of the "URL Fragment Text Directives" draft: `#:~:text=start,end`, where "-", "," and "&" within the
words are percent-encoded. A browser that cannot find the words opens the page at its top.
"""

from __future__ import annotations

from urllib.parse import quote, urlsplit

_WORDS_AT_EACH_END = 5
_LONGEST_WHOLE = 80  # code points: a short quote is given whole


def passage_link(address: str, words: str) -> str:
    """The address with a text fragment for these words; "" unless the address is one of the web."""
    if urlsplit(address).scheme not in ("http", "https"):
        return ""
    page = address.partition("#")[0]
    parts = words.split()
    if not parts:
        return page
    if len(words) <= _LONGEST_WHOLE or len(parts) <= 2 * _WORDS_AT_EACH_END:
        return f"{page}#:~:text={_encoded(' '.join(parts))}"
    beginning, end = parts[:_WORDS_AT_EACH_END], parts[-_WORDS_AT_EACH_END:]
    return f"{page}#:~:text={_encoded(' '.join(beginning))},{_encoded(' '.join(end))}"


def _encoded(words: str) -> str:
    return quote(words.encode("utf-8", "replace"), safe="").replace("-", "%2D")
