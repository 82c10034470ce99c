"""Which outlets are one voice: by name, by address, by the house that owns them; who is unknown speaks alone."""

from __future__ import annotations

import pytest
from hypothesis import given
from hypothesis import strategies as st

from bot.stories.publishers import family_keys, largest_first, voices


def one_voice(*outlets: tuple[str, str]) -> bool:
    return len(voices(family_keys(*outlet) for outlet in outlets)) == 1


@pytest.mark.parametrize(
    ("one", "other"),
    [
        (("BBC News - World", ""), ("", "https://www.bbc.co.uk/sport/1")),
        (("DER SPIEGEL", ""), ("SPIEGEL ONLINE - Politik", "https://www.spiegel.de/a")),
        (("tagesschau.de", ""), ("NDR", "https://www.ndr.de/nachrichten/1")),
        (("Velmark Post | Sport", ""), ("The Velmark Post", "")),
        (("", "https://velmark-post.example.com/a"), ("", "http://sport.example.com/b")),
    ],
)
def test_sections_and_sisters_are_one_voice(one: tuple[str, str], other: tuple[str, str]) -> None:
    assert one_voice(one, other)


@pytest.mark.parametrize(
    ("one", "other"),
    [
        (("Velmark Post", ""), ("Velmark Gazette", "")),
        (("", "https://ann.substack.com/p/1"), ("", "https://bo.substack.com/p/1")),
        (("", "https://a.co.uk/1"), ("", "https://b.co.uk/1")),
        (("", ""), ("", "")),
        (("", "https://news.google.com/x"), ("", "https://news.google.com/y")),
    ],
)
def test_others_speak_for_themselves(one: tuple[str, str], other: tuple[str, str]) -> None:
    assert not one_voice(one, other)


def test_who_is_known_by_name_and_address_joins_both() -> None:
    assert one_voice(("Velmark Post", ""), ("", "https://vp.example/1"), ("Velmark Post", "https://vp.example/2"))


@given(st.text(max_size=60), st.text(max_size=60))
def test_anything_may_call_itself_an_outlet(outlet: str, address: str) -> None:
    assert family_keys(outlet, address) == family_keys(outlet, address)
    family_keys(outlet, f"https://{address}")


def test_a_family_is_called_by_its_commonest_name() -> None:
    assert largest_first(["a", "b", "", "b"]) == ["b", "a"]
