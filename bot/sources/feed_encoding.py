"""From a feed's bytes to its characters: which of the encodings that it claims it really has."""

from __future__ import annotations

import codecs
import re
from typing import Final

_MARKS: Final = (
    (codecs.BOM_UTF8, "utf-8"),
    (codecs.BOM_UTF32_LE, "utf-32-le"),
    (codecs.BOM_UTF32_BE, "utf-32-be"),
    (codecs.BOM_UTF16_LE, "utf-16-le"),
    (codecs.BOM_UTF16_BE, "utf-16-be"),
)
# How the first characters look in wide encodings that have no mark: "<?", "<r", "<f", '{"', …
_WIDE: Final = (
    (re.compile(rb"\s*[<{\[]\x00\x00\x00", re.S), "utf-32-le"),
    (re.compile(rb"\x00\x00\x00[<{\[]", re.S), "utf-32-be"),
    (re.compile(rb"[<{\[\s]\x00[^\x00]\x00", re.S), "utf-16-le"),
    (re.compile(rb"\x00[<{\[\s]\x00[^\x00]", re.S), "utf-16-be"),
)
_DECLARED: Final = re.compile(rb"<\?xml[^>]{0,200}?encoding\s{0,20}=\s{0,20}[\"']([A-Za-z0-9._:\-]{1,40})", re.I)
_IN_TYPE: Final = re.compile(r"charset\s{0,20}=\s{0,20}[\"']?([A-Za-z0-9._:\-]{1,40})", re.I)
# What people write when they mean more: the web reads these names so, too (WHATWG Encoding Standard).
_WIDER: Final = {
    "iso8859-1": "cp1252", "ascii": "cp1252", "latin-1": "cp1252", "iso8859-9": "cp1254", "tis-620": "cp874",
    "gb2312": "gb18030", "gbk": "gb18030", "big5": "big5hkscs", "euc_kr": "cp949", "shift_jis": "cp932",
}  # fmt: skip
_STATEFUL: Final = frozenset(("iso2022_jp", "iso2022_kr", "hz", "utf-7", "utf_7"))
_WIDE_NAMES: Final = frozenset(("utf-16", "utf-16-le", "utf-16-be", "utf-32", "utf-32-le", "utf-32-be"))
_AROUND: Final = re.compile(rb"[^<>\"'=]{0,60}[\x80-\xff][^<>\"'=]{0,60}")
_BEYOND_ASCII: Final = re.compile(rb"[\x80-\xff]")
_ASCII_LETTER: Final = re.compile(rb"[A-Za-z]")
_SURROGATES: Final = re.compile("[\ud800-\udfff]")


def decoded(raw: bytes, media_type: str = "") -> tuple[str, str]:
    """The characters and the encoding's name. Never fails; what cannot be read becomes U+FFFD.

    Order: byte order mark; bytes that are UTF-8 throughout; what the XML declares; what the server says; a guess.
    The bytes go before both claims, because no text in another encoding is UTF-8 by accident, and both claims are
    often the default of some software.
    """
    for mark, name in _MARKS:
        if raw.startswith(mark):
            return _SURROGATES.sub("\ufffd", raw[len(mark) :].decode(name, "replace")), name
    for look, name in _WIDE:
        if look.match(raw[:64]):
            return _SURROGATES.sub("\ufffd", raw.decode(name, "replace")), name
    claims = [name for name in (_claimed(_DECLARED.search(raw[:1024])), _claimed(_IN_TYPE.search(media_type))) if name]
    if raw.isascii() and b"\x1b" not in raw and b"~{" not in raw and b"+" not in raw:
        return raw.decode("ascii"), claims[0] if claims else "utf-8"
    for name in claims:
        if name in _STATEFUL and (text := _exactly(raw, name)) is not None:
            return text, name
    if (text := _exactly(raw, "utf-8")) is not None:
        return text, "utf-8"
    for name in claims:
        if name != "utf-8" and (text := _exactly(raw, _WIDER.get(name, name))) is not None:
            return text, name
    return _guessed(raw)


def _claimed(match: re.Match[bytes] | re.Match[str] | None) -> str:
    """The codec's own name of a claimed encoding; "" when there is none, or it cannot be (wide, but no zeros)."""
    if match is None:
        return ""
    name = match[1] if isinstance(match[1], str) else match[1].decode("ascii")
    try:
        found = codecs.lookup(name)
        b"a".decode(found.name)  # refuses codecs that are none of text
    except (LookupError, UnicodeError, ValueError):
        return ""
    return "" if found.name in _WIDE_NAMES else found.name


def _exactly(raw: bytes, name: str) -> str | None:
    try:
        text = raw.decode(name)
    except (UnicodeError, LookupError):
        return None
    return _SURROGATES.sub("\ufffd", text) if name in _STATEFUL else text


def _guessed(raw: bytes) -> tuple[str, str]:
    """Mostly UTF-8 with some damage; else what the letters look like; else Western European, as the old web is."""
    text = raw.decode("utf-8", "replace")
    damaged = text.count("\ufffd")
    whole = sum(len(run) for run in re.findall(r"[^\x00-\x7f\ufffd]+", text))
    if damaged and whole >= 2 * damaged:
        return text, "utf-8"
    # Only what is not ASCII speaks, and the marks of a feed would drown it.
    sample = b" ".join(_AROUND.findall(raw[:200_000])[:400])
    beyond, letters = len(_BEYOND_ASCII.findall(sample)), len(_ASCII_LETTER.findall(sample))
    if beyond <= 0.45 * (beyond + letters):
        # Single letters in Latin words. A detector would need far more of them than a headline has.
        return raw.decode("cp1252", "replace"), "cp1252"
    from charset_normalizer import from_bytes

    best = from_bytes(sample, explain=False).best()
    if best is not None and (text_ := _exactly(raw, best.encoding)) is not None:
        return text_, best.encoding
    return raw.decode("cp1252", "replace"), "cp1252"
