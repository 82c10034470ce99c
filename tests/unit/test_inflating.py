"""Bodies are inflated within their limit, whatever was compressed how often."""

from __future__ import annotations

import gzip
import tracemalloc
import zlib
from collections.abc import Callable

import pytest
from hypothesis import given
from hypothesis import strategies as st

from bot.sources.fetched import Trouble
from bot.sources.inflating import inflater

LIMIT = 100_000


def inflated(encoding: str, body: bytes, pieces: int = 7, most: int = LIMIT) -> bytes:
    inflating = inflater(encoding, most)
    for at in range(0, len(body), pieces):
        inflating.take(body[at : at + pieces])
    return inflating.whole()


def code_of(encoding: str, body: bytes, pieces: int = 65_536) -> str:
    with pytest.raises(Trouble) as caught:
        inflated(encoding, body, pieces)
    return caught.value.code


def bare(data: bytes) -> bytes:
    engine = zlib.compressobj(wbits=-zlib.MAX_WBITS)
    return engine.compress(data) + engine.flush()


@given(st.binary(max_size=3000), st.integers(1, 4000))
def test_it_gives_back_what_was_compressed(data: bytes, pieces: int) -> None:
    for encoding, body in [
        ("", data),
        ("identity", data),
        ("UTF-8", data),
        ("gzip", gzip.compress(data)),
        ("X-GZIP", gzip.compress(data)),
        ("gzip, identity", gzip.compress(data)),
        ("deflate", zlib.compress(data)),
        ("deflate", bare(data)),
    ]:
        assert inflated(encoding, body, pieces) == data


def test_several_members_of_a_gzip_file_follow_each_other_and_padding_is_ignored() -> None:
    body = gzip.compress(b"one ") + gzip.compress(b"two") + b"\0" * 9
    for pieces in range(1, len(body) + 1):
        assert inflated("gzip", body, pieces) == b"one two"


@given(st.binary(max_size=2000))
def test_garbage_is_an_error_and_nothing_else(data: bytes) -> None:
    for encoding in ("gzip", "deflate"):
        code = ""
        try:
            inflated(encoding, data)
        except Trouble as trouble:
            code = trouble.code
        assert code in ("", "encoding-broken", "cut-short")


def test_a_body_cut_short_is_not_taken_for_whole() -> None:
    assert code_of("gzip", gzip.compress(b"a long story " * 50)[:-9]) == "cut-short"
    assert code_of("deflate", zlib.compress(b"a long story " * 50)[:-1]) == "cut-short"


def test_what_is_no_layer_of_ours_is_refused() -> None:
    assert code_of("gzip, gzip", b"") == "encoding-stacked"
    assert code_of("deflate,gzip", b"") == "encoding-stacked"
    assert code_of("br", b"") == "encoding-unknown"
    assert code_of("gzip;q=1", b"") == "encoding-unknown"


@pytest.mark.parametrize("encoding", ["", "gzip", "deflate"])
def test_a_limit_holds_to_the_byte(encoding: str) -> None:
    packs: dict[str, Callable[[bytes], bytes]] = {"": bytes, "gzip": gzip.compress, "deflate": zlib.compress}
    pack = packs[encoding]
    assert len(inflated(encoding, pack(b"a" * LIMIT), 65_536)) == LIMIT
    assert code_of(encoding, pack(b"a" * (LIMIT + 1))) == "body-too-large"


def test_a_bomb_never_takes_more_memory_than_the_limit() -> None:
    bomb = gzip.compress(b"\0" * 50_000_000)
    tracemalloc.start()
    try:
        assert code_of("gzip", bomb) == "body-too-large"
        assert tracemalloc.get_traced_memory()[1] < 10 * LIMIT + 1_000_000
    finally:
        tracemalloc.stop()


def test_a_file_of_empty_members_ends() -> None:
    assert code_of("gzip", gzip.compress(b"") * 5000) == "encoding-broken"
