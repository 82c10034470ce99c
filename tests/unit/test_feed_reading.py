"""Feeds as they are, and as they should not be."""

from __future__ import annotations

import base64
import contextlib
from datetime import UTC, datetime

import msgspec
import pytest
from hypothesis import given, settings
from hypothesis import strategies as st

from bot.errors import Unreadable
from bot.sources import feed_mending
from bot.sources.feed import Feed
from bot.sources.feed_links import Links
from bot.sources.feed_reading import MAX_BYTES, REASONS, read_feed

NOW = datetime(2031, 5, 2, 12, tzinfo=UTC)
RDF = """<rdf:RDF xmlns:rdf="http://www.w3.org/1999/02/22-rdf-syntax-ns#" xmlns="http://purl.org/rss/1.0/"><channel/>
<item><title>a</title></item></rdf:RDF>"""
RSS_11 = """<Channel xmlns="http://purl.org/net/rss1.1#" xmlns:r="http://www.w3.org/1999/02/22-rdf-syntax-ns#"><items
r:parseType="Collection"><item r:about="https://a.example.com/"><title>a</title></item></items></Channel>"""
HOME = "https://harbour.example.com/news/feed"


def read(text: str | bytes, *, media_type: str = "", address: str = HOME) -> Feed:
    raw = text.encode() if isinstance(text, str) else text
    return read_feed(raw, media_type=media_type, address=address, now=NOW)


def rss(items: str, channel: str = "") -> str:
    return f'<?xml version="1.0"?>\n<rss version="2.0"><channel><title>Harbour</title>{channel}{items}</channel></rss>'


def atom(entries: str, feed: str = "") -> str:
    return f'<feed xmlns="http://www.w3.org/2005/Atom"><title>Harbour</title>{feed}{entries}</feed>'


def titles(text: str | bytes) -> list[str]:
    return [item.title for item in read(text).items]


def code_of(raw: bytes) -> str:
    with pytest.raises(Unreadable) as refused:
        read_feed(raw, now=NOW)
    assert refused.value.person
    return refused.value.code


@pytest.mark.parametrize("damage", ["", "&<", "</rdf:RDF>&", "</channel></rdf:RDF><item><title>c</title>"])
def test_a_broken_feed_whose_items_follow_its_channel_keeps_what_they_say(damage: str) -> None:
    head = RDF.partition("<channel/>")[0] + '<channel rdf:about="https://a.example/"><title>Harbour</title></channel>'
    items = "".join(
        f'<item rdf:about="urn:{n}"><title>{n}</title><link>https://a.example/{n}</link><description>x</description></item>'
        for n in "ab"
    )
    found = read(head + items + damage)
    assert found.title == "Harbour"
    told = [(item.guid, item.title, item.link, item.html) for item in found.items[:2]]
    assert told == [(f"urn:{n}", n, f"https://a.example/{n}", "<p>x</p>") for n in "ab"]
    assert [item.title for item in found.items[2:]] == ["c"] * damage.count("<title>")


def test_a_feed_that_ends_within_an_item_says_so() -> None:
    whole = rss("<item><title>a</title><guid>1</guid></item><item><title>b</title><guid>2</guid></item>")
    assert not read(whole).half
    assert not read(whole.partition("</channel>")[0]).half
    assert read(whole[: whole.index("2</guid>")]).half
    assert read(whole[: whole.index("b</title>")]).half
    assert not read(whole.replace("</item>", "")).half


# ---- what a feed says ---------------------------------------------------------------------------------------------


def test_it_reads_what_rss_says() -> None:
    feed = read(
        rss(
            """<item><guid isPermaLink="false">q-7</guid><title>Quay &amp;amp; crane</title>
            <link>/news/7?utm_source=rss&amp;id=7#top</link><description>&lt;p&gt;The &lt;b&gt;quay&lt;/b&gt; opens.&lt;/p&gt;</description>
            <pubDate>Fri, 02 May 2031 08:30:00 +0200</pubDate><dc:creator>A. Writer</dc:creator>
            <category>Port</category><category>City</category>
            <enclosure url="https://harbour.example.com/7.mp3" length="1234" type="audio/mpeg"/></item>""",
            """<link>https://harbour.example.com/</link><description>All of it</description><language>de-DE</language><ttl>90</ttl>
            <skipHours><hour>0</hour><hour>3</hour></skipHours><skipDays><day>Sunday</day></skipDays>
            <atom:link rel="hub" href="https://hub.example.com/"/><atom:link rel="self" href="https://harbour.example.com/rss"/>""",
        ).replace(
            '<rss version="2.0">',
            '<rss version="2.0" xmlns:dc="http://purl.org/dc/elements/1.1/" xmlns:atom="http://www.w3.org/2005/Atom">',
        )
    )
    assert (feed.kind, feed.title, feed.link, feed.language) == ("rss 2.0", "Harbour", "https://harbour.example.com/", "de")
    assert (feed.ttl_s, feed.skip_hours, feed.skip_days) == (5400, (0, 3), (6,))
    assert (feed.hub, feed.self_address) == ("https://hub.example.com/", "https://harbour.example.com/rss")
    assert (feed.problems, feed.broken_at) == ((), None)
    (item,) = feed.items
    assert (item.guid, item.title) == ("q-7", "Quay & crane")
    assert item.link == "https://harbour.example.com/news/7?utm_source=rss&id=7#top"
    assert item.canonical == "https://harbour.example.com/news/7?id=7"
    assert item.html == "<p>The <b>quay</b> opens.</p>"
    assert item.published == datetime(2031, 5, 2, 6, 30, tzinfo=UTC)
    assert (item.author, item.language, item.categories) == ("A. Writer", "de", ("Port", "City"))
    assert [(file.address, file.media_type, file.size_bytes) for file in item.enclosures] == [
        ("https://harbour.example.com/7.mp3", "audio/mpeg", 1234)
    ]


def test_it_reads_what_atom_says() -> None:
    feed = read(
        atom(
            """<entry xml:lang="en"><id>tag:harbour.example.com,2031:1</id><title type="html">Tide &amp;lt;3 &lt;i&gt;high&lt;/i&gt;</title>
            <link rel="alternate" href="tide"/><updated>2031-05-02T06:00:00Z</updated><summary>Short.</summary>
            <content type="xhtml"><div xmlns="http://www.w3.org/1999/xhtml"><p>Much longer than short. <a href="../chart">Chart</a></p></div></content>
            </entry>""",
            '<link rel="alternate" href="https://harbour.example.com/"/>',
        )
    )
    (item,) = feed.items
    assert (feed.kind, item.guid, item.title) == ("atom 1.0", "tag:harbour.example.com,2031:1", "Tide <3 high")
    assert item.link == "https://harbour.example.com/news/tide"
    assert 'href="https://harbour.example.com/chart"' in item.html
    assert (item.summary, item.language, item.teaser) == ("Short.", "en", False)
    assert item.published == item.updated == datetime(2031, 5, 2, 6, tzinfo=UTC)


@pytest.mark.parametrize(
    ("text", "kind"),
    [
        ('<rss version="0.91"><channel><item><title>a</title></item></channel></rss>', "rss 0.91"),
        (RDF, "rss 1.0"),
        (RSS_11, "rss 1.0"),
        ('<feed version="0.3" xmlns="http://purl.org/atom/ns#"><entry><title>a</title></entry></feed>', "atom 0.3"),
        ('<a:feed xmlns:a="http://www.w3.org/2005/Atom"><a:entry><a:title>a</a:title></a:entry></a:feed>', "atom 1.0"),
        ('{"version": "https://jsonfeed.org/version/1.1", "items": [{"title": "a"}]}', "json feed 1.1"),
        ('{"version": "https://jsonfeed.org/version/1", "items": [{"title": "a"}]}', "json feed 1"),
    ],
)
def test_it_knows_the_kinds_of_feeds(text: str, kind: str) -> None:
    feed = read(text)
    assert (feed.kind, [item.title for item in feed.items]) == (kind, ["a"])


def test_an_entry_that_another_one_quotes_is_none_of_the_feed() -> None:
    text = atom("<entry><source><title>Other</title><entry><title>Theirs</title></entry></source><title>Ours</title></entry><entry><title>Next</title></entry>")
    assert titles(text) == ["Ours", "Next"]


def test_titles_are_words_not_markup() -> None:
    def title(written: str) -> str:
        return titles(rss(f"<item><title>{written}</title></item>"))[0]

    assert title("&lt;b&gt;Bold&lt;/b&gt; move") == "Bold move"
    assert title("5 &lt;6 and &lt;!channel&gt;") == "5 <6 and <!channel>"
    assert title("<![CDATA[Tom &amp; Jerry]]>") == "Tom & Jerry"
    assert title("a\n   b&amp;#27;&amp;#x0;c") == "a b\ufffdc"
    assert title("x" * 5000) == "x" * 999 + "…"
    assert title("&amp;#" + "9" * 6000 + ";") == "\ufffd"


def test_links_are_of_the_web_only() -> None:
    (item,) = read(rss("<item><title>a</title><link>javascript:alert(1)</link><guid>ftp://a.example.com/</guid></item>")).items
    assert (item.link, item.canonical, item.guid) == ("", "", "ftp://a.example.com/")
    (item,) = read(rss("<item><title>a</title><guid>https://a.example.com/1</guid></item>")).items
    assert item.link == "https://a.example.com/1"


def test_a_link_service_gives_way_to_the_real_link() -> None:
    text = rss(
        "<item><link>https://feedproxy.example.com/~r/1</link><f:origLink>https://a.example.com/1</f:origLink></item>"
    ).replace("<rss ", '<rss xmlns:f="http://rssnamespace.org/feedburner/ext/1.0" ')
    assert read(text).items[0].link == "https://a.example.com/1"


@pytest.mark.parametrize(
    ("written", "day"),
    [
        ("Fri, 2 May 2031 06:00:00 GMT", datetime(2031, 5, 2, 6, tzinfo=UTC)),
        ("2031-05-02T08:00:00+02:00", datetime(2031, 5, 2, 6, tzinfo=UTC)),
        ("2031-05-02", datetime(2031, 5, 2, tzinfo=UTC)),
        ("Fr, 02 Mai 2031 08:00:00 MESZ", datetime(2031, 5, 2, 6, tzinfo=UTC)),
        ("2. Mai 2031, 08:00 Uhr", datetime(2031, 5, 2, 8, tzinfo=UTC)),
        ("02.05.2031 08:00", datetime(2031, 5, 2, 8, tzinfo=UTC)),
        ("May 2, 2031 8:05 pm EDT", datetime(2031, 5, 3, 0, 5, tzinfo=UTC)),
        ("1935469800", datetime(2031, 5, 2, 6, 30, tzinfo=UTC)),
        ("soon", None),
        ("Fri, 02 May 2031 08:00:00 CEST", datetime(2031, 5, 2, 6, tzinfo=UTC)),
        ("2031/05/02 08:00", datetime(2031, 5, 2, 8, tzinfo=UTC)),
        ("20310502T080000Z", datetime(2031, 5, 2, 8, tzinfo=UTC)),
        ("Fri, 02 May 31 06:00:00 GMT", datetime(2031, 5, 2, 6, tzinfo=UTC)),
        ("31.02.2031", None),
    ],
)
def test_dates_are_instants_or_none(written: str, day: datetime | None) -> None:
    assert read(rss(f"<item><title>a</title><pubDate>{written}</pubDate></item>")).items[0].published == day


def test_dates_that_cannot_be_right_are_kept_and_said() -> None:
    feed = read(
        rss(
            "<item><pubDate>Fri, 02 May 2042 06:00:00 GMT</pubDate></item>"
            "<item><pubDate>Thu, 01 Jan 1970 00:00:00 GMT</pubDate></item>"
            "<item><pubDate>Fri, 02 May 2031 18:00:00 GMT</pubDate></item>"
        )
    )
    assert [item.date_doubt for item in feed.items] == ["in the future", "before the web", ""]
    assert feed.items[0].published == datetime(2042, 5, 2, 6, tzinfo=UTC)
    assert feed.problems == ("The dates of 2 items cannot be right.",)


@pytest.mark.parametrize(
    ("description", "content", "teaser"),
    [
        ("The quay opens today.", "", True),
        ("The quay opens. " * 60, "", False),
        ("The quay opens. " * 60 + "…", "", True),
        ("The quay opens. " * 60 + "<a href='https://a.example.com'>Weiterlesen</a>", "", True),
        ("The quay opens. " * 60 + "<p>The post Quay appeared first on Harbour.</p>", "", False),
        ("The quay opens.", "The quay opens. " * 60, False),
        ("The quay opens.", "The quay opens. It is a short piece, and all of it.", False),
        ("", "", True),
    ],
)
def test_it_knows_a_teaser(description: str, content: str, teaser: bool) -> None:
    text = f"<item><title>a</title><link>https://a.example.com/1</link><description><![CDATA[{description}]]></description>"
    text += f"<c:encoded><![CDATA[{content}]]></c:encoded></item>" if content else "</item>"
    feed = read(rss(text).replace("<rss ", '<rss xmlns:c="http://purl.org/rss/1.0/modules/content/" '))
    assert feed.items[0].teaser is teaser


def test_plain_text_becomes_paragraphs() -> None:
    (item,) = read(rss("<item><description>One.\nTwo &amp;lt; three.\n\nFour.</description></item>")).items
    assert (item.html, item.text_is_plain) == ("<p>One.<br>Two &lt; three.</p>\n<p>Four.</p>", True)


# ---- HTML of strangers ---------------------------------------------------------------------------------------------


@pytest.mark.parametrize(
    "evil",
    [
        "<script>alert(1)</script>", "<svg/onload=alert(1)>", "<img src=x onerror=alert(1)>", "<a href='javascript&colon;alert(1)'>x</a>",
        "<iframe src=https://a.example.com></iframe>", "<style>*{}</style>", "<a href=' java\nscript:alert(1)'>x</a>",
        "<object data=a></object>", "<form action=a><input></form>", "<p style='width:expression(alert(1))'>x</p>",
        "<math><mi xlink:href='javascript:alert(1)'>x</mi></math>", "<img alt='a onerror=x' src='data:text/html,x'>",
        "<base href=//a.example.com><meta http-equiv=refresh>", "<!--><script>alert(1)</script>-->", "<a href='vbscript:x'>x</a>",
    ],
)  # fmt: skip
@pytest.mark.parametrize("place", ["<item><description>{}</description></item>", "<description>{}</description>"])
def test_nothing_in_it_runs(evil: str, place: str) -> None:
    escaped = f"safe {evil} text".replace("&", "&amp;").replace("<", "&lt;")
    for written in (escaped, f"<![CDATA[safe {evil} text]]>", f"safe {evil} text"):
        feed = read(rss(place.format(written)))
        html = (feed.description_html + "".join(item.html for item in feed.items)).lower()
        for word in ("javascript", "<script", "onload", "onerror", "<iframe", "<style", "<object", "<form", "expression", "<base", "<meta", "<svg"):
            assert word not in html
        assert "safe" in html


# ---- broken feeds --------------------------------------------------------------------------------------------------


@pytest.mark.parametrize(
    "text",
    [
        rss("<item><title>Rope & Sons</title><link>https://a.example.com/?a=1&b=2</link></item>"),
        rss("<item><title>Rope &amp; Sons</title><link>https://a.example.com/?a=1&amp;b=2</link>")[:-16],
        rss("<item><title>Rope &amp; Sons</title><link>https://a.example.com/?a=1&amp;b=2</link></item>").replace("</channel></rss>", ""),
        rss("<item><title>Rope &amp; Sons</title><link>https://a.example.com/?a=1&b=2</link><dc:creator>x</dc:creator></item>"),
        rss("<item><description>a<br>b<p>c</description><title>Rope &amp; Sons</title><link>https://a.example.com/?a=1&b=2</link></item>"),
        rss("<item><title>Rope &amp; Sons<link>https://a.example.com/?a=1&b=2</link></item>"),
        rss("<item><title>Rope &amp; Sons</titel><link>https://a.example.com/?a=1&b=2</link></item>"),
        rss("<item><title><![CDATA[Rope & Sons</title><link>https://a.example.com/?a=1&b=2</link></item>"),
        rss("<item><title>Rope \x07&amp; Sons</title><link>https://a.example.com/?a=1&b=2</link></item>"),
        rss("<item><title>Rope &#2;&amp; Sons</title><link>https://a.example.com/?a=1&b=2</link></item>"),
        "<br />\n<b>Warning</b>: something & else\n" + rss("<item><title>Rope & Sons</title><link>https://a.example.com/?a=1&b=2</link></item>"),
        rss("<item><title>Rope & Sons</title><link>https://a.example.com/?a=1&b=2</link></item>") + "<script>stats()</script><img src=x>",
        rss("<ITEM><Title>Rope & Sons</TITLE><Link>https://a.example.com/?a=1&b=2</link></Item>"),
        rss("<item><title>Rope & Sons</title><guid isPermaLink=true>https://a.example.com/?a=1&b=2</guid></item>"),
        "<item><title>Rope & Sons</title><link>https://a.example.com/?a=1&b=2</link></item>",
        "<channel><title>x</title><item><title>Rope & Sons</title><link>https://a.example.com/?a=1&b=2</link></item></channel>",
        atom('<entry><title>Rope & Sons</title><link href="https://a.example.com/?a=1&b=2"></entry>'),
        atom('<entry><title type="xhtml"><div>Rope &amp; Sons</title><link href=https://a.example.com/?a=1&b=2 /></entry>'),
    ],
)  # fmt: skip
def test_a_broken_feed_is_read_all_the_same(text: str) -> None:
    feed = read(text)
    assert [(item.title, item.link) for item in feed.items] == [("Rope & Sons", "https://a.example.com/?a=1&b=2")]
    assert feed.broken_at is not None
    assert f"line {feed.broken_at} " in feed.problems[0]


def test_an_item_left_open_ends_where_the_next_begins() -> None:
    assert titles(rss("<item><title>One</title><item><title>Two</title></item><item><title>Three</title>")) == ["One", "Two", "Three"]


def test_named_entities_of_html_are_letters() -> None:
    assert titles(rss("<item><title>Gr&uuml;&szlig;e&nbsp;&mdash; &unknown; &#150;</title></item>")) == ["Grüße — &unknown; –"]


def test_entities_of_the_feed_stand_for_a_little_text_only() -> None:
    text = '<!DOCTYPE rss [<!ENTITY port "Harbour"><!ENTITY file SYSTEM "file:///etc/passwd">]>'
    assert titles(text + rss("<item><title>&port; &file;</title></item>")[21:]) == ["Harbour &file;"]
    bomb = '<!DOCTYPE rss [<!ENTITY a "' + "x" * 200 + '">]>' + rss(f"<item><description>{'&a;' * 100_000}</description></item>")[21:]
    assert len(read(bomb).items[0].html) < 500_000


def test_the_line_at_which_it_breaks_is_the_line_of_the_answer() -> None:
    assert read("\n\n" + rss("\n<item>\n<title>a & b</title></item>")).broken_at == 6


def test_without_an_item_a_broken_feed_is_broken() -> None:
    assert code_of(b"<rss version='2.0'><channel><title>Har") == "feed-broken"
    assert read(rss("", "<description>a & b</description>")).items == ()


@pytest.mark.parametrize(
    ("raw", "code"),
    [
        (b"", "feed-empty-body"),
        (b" \n\x00", "feed-empty-body"),
        (b"<!doctype html><html><body><p>Hello & welcome</body></html>", "feed-is-a-page"),
        (b"<html><body><p>Hello</p></body></html>", "feed-is-a-page"),
        (b'<opml version="2.0"><body><outline xmlUrl="https://a.example.com/"/></body></opml>', "feed-is-a-list"),
        (b"<urlset><url><loc>https://a.example.com/</loc></url></urlset>", "feed-is-a-sitemap"),
        (b"<note><to>You</to></note>", "not-a-feed"),
        (b"/etc/passwd", "not-a-feed"),
        (b"http://127.0.0.1/", "not-a-feed"),
        (b'{"error": "no such feed"}', "not-a-feed"),
        (b"[" * 100_000, "not-a-feed"),
        (b"x" * (MAX_BYTES + 1), "feed-too-large"),
    ],
)
def test_what_is_no_feed_is_said_to_be_none(raw: bytes, code: str) -> None:
    assert code_of(raw) == code
    assert code in REASONS


# ---- characters ----------------------------------------------------------------------------------------------------


@pytest.mark.parametrize("encoding", ["utf-8", "utf-8-sig", "utf-16", "utf-16-le", "utf-16-be", "utf-32", "cp1252", "latin-1"])
def test_it_reads_any_encoding(encoding: str) -> None:
    text = '<rss version="2.0"><channel><item><title>Grüße übers Öl</title></item></channel></rss>'
    assert titles(text.encode(encoding)) == ["Grüße übers Öl"]


def test_the_bytes_go_before_what_is_claimed() -> None:
    text = '<?xml version="1.0" encoding="{}"?>' + rss("<item><title>Grüße</title></item>")[21:]
    assert titles(text.format("iso-8859-1").encode()) == ["Grüße"]
    assert titles(text.format("utf-8").encode("cp1252")) == ["Grüße"]
    assert read(text.format("windows-1251").replace("Grüße", "Привет").encode("cp1251")).items[0].title == "Привет"
    japanese = text.format("iso-2022-jp").replace("Grüße", "こんにちは").encode("iso2022_jp")
    assert titles(japanese) == ["こんにちは"]
    raw = rss("<item><title>Привет</title></item>")[21:].encode("koi8-r")
    assert read(raw, media_type="text/xml; charset=koi8-r").items[0].title == "Привет"
    assert titles(text.format("no-such").encode()) == ["Grüße"]


# ---- JSON ----------------------------------------------------------------------------------------------------------


def test_it_reads_what_json_feed_says() -> None:
    feed = read(
        '{"version": "https://jsonfeed.org/version/1.1", "title": "Harbour", "home_page_url": "https://harbour.example.com/",'
        '"language": "de", "hubs": [{"type": "WebSub", "url": "https://hub.example.com/"}], "authors": [{"name": "A"}],'
        '"items": [{"id": 7, "url": "/7", "title": "Quay", "content_html": "<p>Open<script>x</script></p>", "summary": "Short",'
        '"date_published": "2031-05-02T08:00:00+02:00", "authors": [{"name": "B"}, {}], "tags": ["Port"],'
        '"attachments": [{"url": "https://harbour.example.com/a.mp3", "mime_type": "audio/mpeg", "size_in_bytes": 5}]}]}'
    )
    (item,) = feed.items
    assert (feed.title, feed.hub, feed.author, feed.language) == ("Harbour", "https://hub.example.com/", "A", "de")
    assert (item.guid, item.link, item.title) == ("7", "https://harbour.example.com/7", "Quay")
    assert (item.html, item.summary, item.author) == ("<p>Open</p>", "Short", "B")
    assert item.published == datetime(2031, 5, 2, 6, tzinfo=UTC)
    assert item.enclosures[0].size_bytes == 5


@pytest.mark.parametrize(
    "text",
    [
        '{"items": [{"id": "1", "title": "Quay",}, {"id": "2", "title": "Crane"},],}',
        '{"items": [{"id": "1", "title": "Quay"}, {"id": "2", "title": "Crane"}, {"id": "3", "titl',
        '\ufeff{"items": [{"id": "1", "title": "Quay"}, {"id": "2", "title": "Cra\tne"}]}'.replace("Cra\tne", "Crane"),
        '{"feed": {"title": "x"}, "items": [{"guid": "1", "title": "Quay"}, {"guid": "2", "title": "Crane"}]}',
        '{"rss": {"channel": {"item": [{"guid": {"#text": "1"}, "title": "Quay"}, {"guid": "2", "title": "Crane"}]}}}',
        '{"items": [{"id": 1, "title": "Quay", "authors": "none", "tags": {}}, 5, null, {"id": 2.0, "title": "Crane", "url": [1]}]}',
        '[{"id": "1", "url": "https://a.example.com/1", "title": "Quay"}, {"id": "2", "url": "https://a.example.com/2", "title": "Crane"}]',
    ],
)  # fmt: skip
def test_sloppy_json_is_read_all_the_same(text: str) -> None:
    assert titles(text) == ["Quay", "Crane"]


# ---- bounds --------------------------------------------------------------------------------------------------------


def test_of_too_many_items_the_first_and_the_last_are_read(monkeypatch: pytest.MonkeyPatch) -> None:
    monkeypatch.setattr("bot.sources.feed_reading.MAX_ITEMS", 4)
    monkeypatch.setattr(feed_mending.without_middle, "__defaults__", (4,))
    feed = read(rss("".join(f"<item><title>{number}</title></item>" for number in range(10))))
    assert [item.title for item in feed.items] == ["0", "1", "8", "9"]
    assert feed.problems == ("The feed has 10 items; the first and the last 2 are read.",)


@pytest.mark.parametrize(
    "item",
    [
        "<b>" * 2000,
        "<item>" * 2000,
        "<x " + " ".join(f'a{number}="1"' for number in range(500)) + "/>",
        "<author>b@" + "b." * 3000 + "?</author>",
        "".join(f"<category>{number}</category>" for number in range(500)),
        "".join(f"<a{number}:x xmlns:a{number}='u{number}'/>" for number in range(200)),
        "<description>" + "&lt;div>" * 3000 + "</description>",
        "<description>" + "<div>" * 3000 + "</description>",
        "<pubDate>" + "1" * 5000 + "</pubDate>",
        "<description>" + "<![CDATA[" * 3000,
        "<!--" * 3000,
        '<a b="' * 3000,
        "&" * 3000,
        "<" * 3000,
    ],
)
def test_what_is_excessive_costs_the_excess_only(item: str) -> None:
    assert titles(rss(f"<item><title>First</title></item><item><title>Second</title>{item}</item>"))[:2] == ["First", "Second"]


def test_texts_that_are_too_long_together_are_left_out(monkeypatch: pytest.MonkeyPatch) -> None:
    monkeypatch.setattr("bot.sources.feed_reading.MAX_HTML_IN_ALL", 100)
    feed = read(rss("".join(f"<item><title>{name}</title><description>{'x' * 60}</description></item>" for name in "ab")))
    assert [(item.title, bool(item.html)) for item in feed.items] == [("a", True), ("b", False)]
    assert feed.problems == ("The text of 1 item was left out: all of it together is too long.",)


def test_of_too_many_links_the_later_ones_go() -> None:
    links = Links(2)
    assert [links("/a", HOME), links("/b", HOME), links("/c", HOME)] == [
        "https://harbour.example.com/a", "https://harbour.example.com/b", "",
    ]  # fmt: skip


def test_mended_xml_is_well_formed_and_bounded() -> None:
    for text in (rss("<item><b>" * 500), '<rss a="1" a="2" :x="3"><channel><item><a:b:c>', "<rss><item>&#xFFFE;&#0;]]></item>"):
        seen = feed_mending.survey(feed_mending.mend(text).xml.encode())
        assert (seen.error, seen.excess) == ("", "")


pieces = st.sampled_from(
    ["<rss>", "<channel>", "<item>", "</item>", "<title>", "</title>", "<![CDATA[", "]]>", "<!--", "-->", "&", "&amp;", "&nbsp;", "<b>",
     "</b>", "<a href='", "x", "\x00", "\ud800", "<entry>", "<feed xmlns='http://www.w3.org/2005/Atom'>", "</feed>", "<link>", "?>", "<?",
     "<dc:date>", "2031-05-02", '"', "<description>", "</description>", "<content type='xhtml'>", "{", "[", '{"items":[', "}"]
)  # fmt: skip


@settings(max_examples=300, deadline=None)
@given(st.lists(pieces | st.text(max_size=5), max_size=40))
def test_nothing_makes_it_fail(parts: list[str]) -> None:
    raw = "".join(parts).encode("utf-8", "surrogatepass")
    feed = Feed("none")
    with contextlib.suppress(Unreadable):
        feed = read_feed(raw, address=HOME, now=NOW)
    assert msgspec.msgpack.decode(msgspec.msgpack.encode(feed), type=Feed) == feed


@settings(max_examples=100, deadline=None)
@given(st.lists(st.text(st.characters(codec="utf-8", exclude_categories=["Cc", "Cs", "Zs", "Zl", "Zp"]), min_size=1, max_size=30), max_size=5))
def test_titles_come_out_as_they_went_in(words: list[str]) -> None:
    words = [word for word in words if not {"<", "&", "\ufffe", "\uffff"} & set(word) and word.isprintable()]
    words = [word for word in words if not any("\x80" <= letter <= "\xff" for letter in word)]  # "Ã¼" is read as "ü"
    items = "".join(f"<entry><title type='text'>{word.replace('>', '&gt;')}</title></entry>" for word in words)
    assert titles(atom(items)) == words


def test_base64_text_is_read() -> None:
    content = base64.b64encode(b"<p>Quay</p>").decode()
    text = f'<feed version="0.3" xmlns="http://purl.org/atom/ns#"><entry><content type="text/html" mode="base64">{content}</content></entry></feed>'
    assert read(text).items[0].html == "<p>Quay</p>"
