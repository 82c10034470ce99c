"""Which item of a feed is which."""

from __future__ import annotations

from dataclasses import dataclass, replace

from hypothesis import given
from hypothesis import strategies as st

from bot.sources.feed import FeedItem
from bot.sources.item_identity import ItemKeys, Listed, list_items, recognise

LONG = "The council met on Monday and spoke at length about the docks and the quay, as it does every year. " * 3


@dataclass(frozen=True)
class Seen:
    """An item as the store would know it."""

    id: int
    keys: ItemKeys
    name: str


def item(name: str, **more: object) -> FeedItem:
    stated: dict[str, object] = {
        "guid": f"urn:{name}",
        "link": f"https://paper.example/{name}",
        "title": f"On {name}",
        "html": f"<p>{LONG} {name}</p>",
        **more,
    }
    return FeedItem(**stated)  # type: ignore[arg-type]


def remembered(listed: list[Listed]) -> list[Seen]:
    return [Seen(n, one.keys, one.name) for n, one in enumerate(listed)]


def known_by(before: list[FeedItem], after: list[FeedItem]) -> list[tuple[int | None, str]]:
    """Which of the items before each of those after is, and by what."""
    found = recognise(list_items(after), remembered(list_items(before)))
    return [(one.known.id if one.known else None, one.by) for one in found]


def test_guid_goes_before_link_and_link_before_text() -> None:
    before = [item("a"), item("b")]
    assert known_by(before, [item("a", link="https://other.example/")]) == [(0, "guid")]
    assert known_by(before, [item("b", guid="")]) == [(1, "link")]
    assert known_by(before, [item("a", guid="urn:x", link="https://new.example/a")]) == [(0, "text")]
    assert known_by(before, [item("c")]) == [(None, "")]


def test_a_known_item_stands_for_one_only() -> None:
    swapped = [item("a", guid="urn:b"), item("b", guid="urn:a")]
    assert known_by([item("a"), item("b")], swapped) == [(1, "guid"), (0, "guid")]
    assert known_by([item("a")], [item("a"), item("a", guid="urn:x", link="https://x.example/")]) == [
        (0, "guid"),
        (None, ""),
    ]


def test_short_texts_that_are_alike_are_different_items() -> None:
    short = {"title": "Weather warning", "html": "<p>Storm.</p>"}
    assert known_by([item("a", **short)], [item("b", **short)]) == [(None, "")]


def test_a_guid_that_is_always_the_same_is_none() -> None:
    listed = list_items([item(name, guid="1") for name in "abc"])
    assert [one.keys.guid for one in listed] == ["", "", ""]
    assert len({one.name for one in listed}) == 3


def test_an_item_that_is_listed_twice_is_one() -> None:
    assert len(list_items([item("a"), item("a"), item("a", title="Other")])) == 1


def test_links_that_all_lead_to_the_front_page_are_none() -> None:
    front = "https://paper.example/"
    listed = list_items([item("a", link=front), item("b", link=front)])
    assert [one.keys.link for one in listed] == ["", ""]
    assert [one.name for one in listed] == ["urn:a", "urn:b"]


def test_an_item_with_nothing_is_known_by_its_few_words() -> None:
    bare = FeedItem(title="Note")
    assert known_by([bare], [bare]) == [(0, "text")]


def test_a_tracker_makes_no_new_item() -> None:
    assert known_by([item("a", guid="")], [item("a", guid="", link="https://paper.example/a?utm_source=rss#x")]) == [
        (0, "link")
    ]


def test_a_long_guid_makes_a_name_that_an_index_takes() -> None:
    [one] = list_items([item("a", guid="g" * 9_000, link="")])
    assert len(one.name.encode()) < 1_000


texts = st.sampled_from(["", "a", "b", "c", "\ud800", "ä\0"])
items = st.builds(
    FeedItem,
    guid=texts,
    link=st.sampled_from(["", "https://paper.example/", "https://paper.example/x", "https://paper.example/y"]),
    title=texts,
    html=st.sampled_from(["", "<p>x</p>", f"<p>{LONG}</p>"]),
)


@given(st.lists(items, max_size=12))
def test_the_same_feed_again_brings_nothing_new(feed: list[FeedItem]) -> None:
    listed = list_items(feed)
    again = recognise(list_items(feed), remembered(listed))
    assert [one.known.id if one.known else None for one in again] == list(range(len(listed)))


@given(st.lists(items, max_size=12), st.lists(items, max_size=12))
def test_no_two_items_are_the_same_known_one_and_names_are_unique(before: list[FeedItem], after: list[FeedItem]) -> None:
    listed = list_items(before)
    assert len({one.name for one in listed}) == len(listed)
    found = [one.known.id for one in recognise(list_items(after), remembered(listed)) if one.known]
    assert len(found) == len(set(found))


@given(st.lists(items, max_size=8), st.randoms())
def test_order_does_not_matter(feed: list[FeedItem], rng: object) -> None:
    shuffled = list(feed)
    rng.shuffle(shuffled)  # type: ignore[attr-defined]
    again = recognise(list_items(shuffled), remembered(list_items(feed)))
    assert all(one.known for one in again)


def test_words_and_dates_are_told_apart() -> None:
    from datetime import UTC, datetime

    [one] = list_items([item("a")])
    [redated] = list_items([item("a", published=datetime(2031, 5, 6, tzinfo=UTC))])
    [reworded] = list_items([item("a", title="Other")])
    assert one.words_sha256 == redated.words_sha256 != reworded.words_sha256
    assert len({one.said_sha256, redated.said_sha256, reworded.said_sha256}) == 3
    assert replace(one.item, html="<b>On a</b>") != one.item
