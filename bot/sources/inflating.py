"""Bounded decompression of an answer's body: what comes out never exceeds the limit, not even for a moment.

httpx inflates whole chunks at once: 1,829 bytes with two layers of gzip became 1 GiB in memory. So the bytes are taken
raw and inflated here, and more than one layer is refused: only traps have them.
"""

from __future__ import annotations

import zlib
from typing import Final, Protocol

from bot.sources.fetched import Trouble

ACCEPTED: Final = "gzip, deflate"

_GZIP_OR_ZLIB: Final = 32 + zlib.MAX_WBITS
_BARE: Final = -zlib.MAX_WBITS
_GZIP_MAGIC: Final = b"\x1f\x8b"
_MOST_MEMBERS: Final = 1000  # of one gzip file; each may be empty, and costs time all the same
# What servers write there though it is no compression: charsets and transfer encodings.
_MEANINGLESS: Final = frozenset({"", "identity", "none", "utf-8", "binary", "8bit", "7bit"})
_STEP: Final = 262_144


class Inflating(Protocol):
    """Takes the body piece by piece. Raises Trouble: body-too-large, encoding-broken, cut-short."""

    def take(self, piece: bytes) -> None: ...
    def so_far(self) -> bytes: ...
    def whole(self) -> bytes: ...


def inflater(content_encoding: str, most_bytes: int) -> Inflating:
    """What turns a body with this Content-Encoding into what was meant. Raises Trouble where that is not done."""
    words = (word.strip().lower() for word in content_encoding.split(","))
    layers = [layer for layer in words if layer not in _MEANINGLESS]
    if not layers:
        return _Plain(most_bytes)
    if len(layers) > 1:
        raise Trouble("encoding-stacked", f"{len(layers)} layers")
    if layers[0] not in ("gzip", "x-gzip", "deflate"):
        raise Trouble("encoding-unknown", ascii(layers[0][:20])[1:-1])
    return _Zlib(most_bytes, gzip=layers[0] != "deflate")


class _Plain:
    def __init__(self, most_bytes: int) -> None:
        self._most = most_bytes
        self._out = bytearray()

    def take(self, piece: bytes) -> None:
        if len(self._out) + len(piece) > self._most:
            raise Trouble("body-too-large", f"more than {self._most} bytes")
        self._out += piece

    def so_far(self) -> bytes:
        return bytes(self._out)

    def whole(self) -> bytes:
        return bytes(self._out)


class _Zlib(_Plain):
    def __init__(self, most_bytes: int, *, gzip: bool) -> None:
        super().__init__(most_bytes)
        self._gzip = gzip
        self._engine = zlib.decompressobj(_GZIP_OR_ZLIB)
        self._members = 1
        self._begun = self._done = False

    def take(self, piece: bytes) -> None:
        while piece and not self._done:
            if not self._begun and not self._gzip and piece[0] & 15 != 8:
                self._engine = zlib.decompressobj(_BARE)  # without the two bytes of zlib, as some servers do
            self._begun = True
            piece = self._inflate(piece)
            if self._engine.eof:
                piece = self._engine.unused_data
                self._next_member(piece)

    def _inflate(self, piece: bytes) -> bytes:
        try:
            super().take(self._engine.decompress(piece, _STEP))
            while not self._engine.eof and self._engine.unconsumed_tail:
                super().take(self._engine.decompress(self._engine.unconsumed_tail, _STEP))
        except zlib.error as error:
            raise Trouble("encoding-broken", str(error)) from error
        return b""

    def _next_member(self, rest: bytes) -> None:
        """A gzip file may have several members; what follows the last one is padding."""
        if not self._gzip or not _GZIP_MAGIC.startswith(rest[:2]):
            self._done = True
        elif rest:
            self._members += 1
            if self._members > _MOST_MEMBERS:
                raise Trouble("encoding-broken", f"more than {_MOST_MEMBERS} gzip members")
            self._engine = zlib.decompressobj(_GZIP_OR_ZLIB)

    def whole(self) -> bytes:
        if self._begun and not self._engine.eof:
            raise Trouble("cut-short", "the compressed body ends too early")
        return super().whole()
