"""Briefs as pages and feeds: every quote as it stands, nothing foreign becomes markup, the same brief the same bytes."""

from __future__ import annotations

import xml.etree.ElementTree as ET
from dataclasses import replace
from datetime import UTC, datetime
from html.parser import HTMLParser
from pathlib import Path
from typing import Any, cast

import pytest
from markdown_it import MarkdownIt

from bot.brief_files import BriefFiles, folder_of
from bot.chat.composing import quote_block
from bot.chat.messages import Block, Facts, Heading, Message, Paragraph, Picture, Points, SourceLinks
from bot.chat.pages import BriefPage, atom, html, index_html, markdown
from bot.library.brief_store import BriefKind, BriefRecord, BriefState
from bot.quotes.showing import show_sentence
from tests.versions import version_of

NOON = datetime(2031, 5, 14, 12, tzinfo=UTC)
SENTENCE = "The ferry *Astrid* of <Velmark> sank & “nobody” [was] on board."
EVIL = "<script>alert(1)</script> **x** [a](javascript:alert(1)) ](https://evil.example) \x00\ud800 # `y`"


def page(*more: Block) -> BriefPage:
    shown = show_sentence(version_of(SENTENCE), 0)
    assert shown is not None
    blocks: tuple[Block, ...] = (
        Heading("Morning brief", mark="NEW"), Paragraph("one", small=True), Points(("a", "b")),
        quote_block(shown, "en", {1: "https://velmark.example/a?b=1&c=2"}), *more,
    )  # fmt: skip
    return BriefPage("urn:verbatim:brief:x:1", "Morning brief", NOON, NOON, (Message("m", blocks, "en"),), "en", "a.html")


class _Seen(HTMLParser):
    def __init__(self, text: str) -> None:
        super().__init__()
        self.tags: list[tuple[str, dict[str, str | None]]] = []
        self.text = ""
        self.feed(text)

    def handle_starttag(self, tag: str, attrs: list[tuple[str, str | None]]) -> None:
        self.tags.append((tag, dict(attrs)))

    def handle_data(self, data: str) -> None:
        self.text += data


EVIL_BLOCKS: tuple[Block, ...] = (
    Heading(EVIL, link="javascript:alert(1)", mark=EVIL), Paragraph(EVIL, strong=True), Points((EVIL,)),
    SourceLinks(((1, EVIL, "javascript:alert(1)", EVIL), (2, "fine", "https://velmark.example/1", ""))),
    Facts(((EVIL, EVIL),)), Picture(b"", "a.png", EVIL),
)  # fmt: skip


def test_a_quote_stands_in_every_format_as_it_is() -> None:
    said = f"“{SENTENCE}”"
    assert said in _Seen(html(page())).text
    assert said in _Seen(MarkdownIt().render(markdown(page()))).text
    entry = ET.fromstring(atom("urn:x", "t", [page()])).find("{*}entry")
    assert entry is not None
    assert said in _Seen(entry.findtext("{*}content") or "").text


@pytest.mark.parametrize("form", ["html", "markdown", "atom"])
def test_nothing_foreign_becomes_markup_or_a_link_that_is_none(form: str) -> None:
    evil = page(*EVIL_BLOCKS)
    if form == "html":
        made = html(evil)
    elif form == "markdown":
        made = MarkdownIt().render(markdown(evil))
    else:
        feed = ET.fromstring(atom("urn:x", EVIL, [replace(evil, title=EVIL)]))
        made = feed.findtext("{*}entry/{*}content") or ""
    seen = _Seen(made)
    assert not {tag for tag, _ in seen.tags} & {"script", "iframe", "object"}
    links = {attributes["href"] for tag, attributes in seen.tags if tag == "a"}
    assert links <= {"https://velmark.example/a?b=1&c=2", "https://velmark.example/1"} | {
        link for link in links if link and link.startswith("https://velmark.example/a?b=1&c=2#")
    }
    assert "https://velmark.example/1" in links


def test_a_feed_knows_its_entries_by_ids_that_stay() -> None:
    feed = ET.fromstring(atom("urn:feed", "Briefs", [page(), replace(page(), id="urn:2", file_name="")]))
    assert [e.findtext("{*}id") for e in feed.findall("{*}entry")] == ["urn:verbatim:brief:x:1", "urn:2"]
    assert feed.findtext("{*}updated") == "2031-05-14T12:00:00Z"
    assert atom("urn:feed", "Briefs", [page()]) == atom("urn:feed", "Briefs", [page()])
    assert 'href="a.html"' in index_html("Briefs", [("Morning", "a.html")], "en")


def test_every_channel_has_a_folder_of_its_own_that_any_file_system_takes() -> None:
    keys = ["brief:discord:1:2", "brief:discord:1/../..:2", "brief:discord:1-2", "brief:::", "brief:ä\ud800", "brief:" + "x" * 500]
    names = [folder_of(key) for key in keys]
    assert names[0] == "discord-1-2"
    assert len(set(names)) == len(keys)
    assert all(name.isascii() and "/" not in name and name.strip(".") and len(name) < 100 for name in names)


async def test_a_brief_that_was_made_anew_is_written_anew(tmp_path: Path) -> None:
    at = datetime(2031, 5, 14, 10, tzinfo=UTC)
    first = BriefRecord(7, "brief:discord:1:2", "post:1", BriefKind.POSTED, BriefState.DELIVERED, at, None, 0, 2, b"", "ab", 0, at)
    delivered: list[BriefRecord] = [first]
    written: list[str] = []

    class Briefs:
        async def delivered_since(self, after: datetime, *, limit: int) -> list[BriefRecord]:
            return [one for one in delivered if one.delivered_at is not None and one.delivered_at > after]

    class Files(BriefFiles):
        async def publish(self, key: str, *, limit: int = 30) -> int:
            written.append(key)
            return limit

    files = Files(tmp_path, cast("Any", Briefs()), cast("Any", None))
    assert [await files.publish_new() for _ in range(2)] == [1, 0]
    delivered[0] = replace(first, revision=1)
    assert [await files.publish_new() for _ in range(2)] == [1, 0]
    assert written == [first.key] * 2


def test_not_even_the_language_of_a_page_becomes_markup() -> None:
    odd = '"><script>'
    for made in (html(replace(page(), language=odd)), index_html("Elm", [], odd)):
        assert "script" not in {tag for tag, _ in _Seen(made).tags}
