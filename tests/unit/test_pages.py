"""Briefs as pages and feeds: every quote as it stands, nothing foreign becomes markup, the same brief the same bytes."""

from __future__ import annotations

import xml.etree.ElementTree as ET
from dataclasses import replace
from datetime import UTC, datetime
from html.parser import HTMLParser

import pytest
from markdown_it import MarkdownIt

from bot.brief_files import folder_of
from bot.chat.composing import quote_block
from bot.chat.messages import Block, Facts, Heading, Message, Paragraph, Picture, Points, SourceLinks
from bot.chat.pages import BriefPage, atom, html, index_html, markdown
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
