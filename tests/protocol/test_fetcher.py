"""The fetcher against a real server that says whatever a test wants."""

from __future__ import annotations

import asyncio
import gzip
import logging
import zlib
from pathlib import Path

import pytest
from hypothesis import given, settings
from hypothesis import strategies as st

from bot.sources import fetcher as fetcher_module
from bot.sources.fetched import Fetched, FetchOutcome, Hop, Purpose
from bot.sources.fetcher import FetchRules, user_agent
from tests.protocol.conftest import Clock, Desk, Names, fetcher_for
from tests.protocol.web_server import Talk, WebServer, answer

FEED = b"<rss><channel><title>News</title></channel></rss>"


def raw(text: str) -> bytes:
    return text.replace("\n", "\r\n").encode("latin-1")


# What comes back


async def test_it_brings_a_body_and_what_its_head_says(desk: Desk) -> None:
    desk.server.pages["/feed"] = answer(
        FEED,
        Content_Type="Application/RSS+XML; charset=UTF-8",
        ETag='W/"7"',
        Last_Modified="Tue, 06 May 2031 12:00:00 GMT",
        Cache_Control="max-age=900",
        Content_Disposition='attachment; filename="news.xml"',
    )
    fetched = await desk.get("/feed?a=1#part")
    assert fetched == Fetched(
        address=desk.server.at("/feed?a=1"),
        outcome=FetchOutcome.OK,
        code="ok",
        log=desk.server.at("/feed?a=…"),
        final_address=desk.server.at("/feed?a=1"),
        status=200,
        media_type="application/rss+xml",
        charset="utf-8",
        body=FEED,
        etag='W/"7"',
        last_modified="Tue, 06 May 2031 12:00:00 GMT",
        max_age_s=900,
        bytes_received=fetched.bytes_received,
        elapsed_s=fetched.elapsed_s,
        filename="news.xml",
    )
    assert fetched.bytes_received > len(FEED)
    assert fetched.elapsed_s > 0


async def test_it_asks_like_a_stranger_without_cookies_passwords_or_proxies(
    desk: Desk, monkeypatch: pytest.MonkeyPatch, tmp_path: Path
) -> None:
    (tmp_path / "netrc").write_text("machine news.example login me password s3cret\n")
    monkeypatch.setenv("NETRC", str(tmp_path / "netrc"))
    for name in ("HTTP_PROXY", "http_proxy", "ALL_PROXY"):
        monkeypatch.setenv(name, "http://127.0.0.1:9")
    desk.names.here("news.example", "other.example")
    desk.renew(user_agent=user_agent("https://desk.example/bot\r\nX: (y)"))
    onward = answer(b"", "302 Found", Location=desk.server.at("/b", "other.example"), Set_Cookie="a=b; Path=/")
    desk.server.pages |= {"/a": onward, "/b": answer(FEED, Set_Cookie=["c=d", "e=f; Domain=.example"])}
    for _ in range(2):
        assert (await desk.get("/a", "news.example")).body == FEED
    for request in desk.server.seen:
        assert request.method == "GET"
        assert set(request.fields) == {"host", "accept", "accept-encoding", "user-agent", "connection"}
        assert request.fields["accept-encoding"] == "gzip, deflate"
        assert "https://desk.example/botX: y" in request.fields["user-agent"]
    hosts = [f"news.example:{desk.server.port}", f"other.example:{desk.server.port}"]
    assert [request.host for request in desk.server.seen] == hosts * 2


async def test_path_and_query_are_sent_as_they_stand(desk: Desk) -> None:
    desk.server.pages["/a/../b/./%7e//x"] = answer(b"x")
    assert (await desk.get("/a/../b/./%7e//x?q=%2f&é=[1]&&z")).status == 200
    assert desk.server.targets == ["/a/../b/./%7e//x?q=%2f&%C3%A9=[1]&&z"]


async def test_validators_are_sent_back_unchanged_and_nothing_new_is_no_body(desk: Desk) -> None:
    desk.server.pages["/feed"] = answer(b"", "304 Not Modified", ETag='"8"', Cache_Control="max-age=60")
    fetched = await desk.get("/feed", etag='W/"a  b"', last_modified="yesterday, about noon")
    assert (fetched.outcome, fetched.code, fetched.etag, fetched.max_age_s) == (
        "not-modified",
        "not-modified",
        '"8"',
        60,
    )
    assert desk.server.seen[0].fields["if-none-match"] == 'W/"a  b"'
    assert desk.server.seen[0].fields["if-modified-since"] == "yesterday, about noon"


async def test_a_validator_that_no_head_can_hold_is_left_out(desk: Desk) -> None:
    desk.server.pages["/feed"] = answer(FEED)
    assert (await desk.get("/feed", etag="a\r\nX: y", last_modified="ж")).body == FEED
    assert not {"if-none-match", "if-modified-since", "x"} & set(desk.server.seen[0].fields)


async def test_not_modified_without_having_been_asked_is_a_failure(desk: Desk) -> None:
    desk.server.pages["/feed"] = raw("HTTP/1.1 304 Not Modified\n\n")
    fetched = await desk.get("/feed")
    assert (fetched.outcome, fetched.code) == ("failed", "http-304")


@pytest.mark.parametrize(
    ("status", "fields", "outcome", "retry_after_s"),
    [
        (410, {}, "gone", None),
        (429, {"Retry_After": "120"}, "retry", 120),
        (429, {}, "retry", 600),
        (429, {"Retry_After": "soon"}, "retry", 600),
        (503, {"Retry_After": "99999999999999"}, "retry", 86_400),
        (503, {"Retry_After": "-7"}, "retry", 60),
        (503, {"Retry_After": "Tue, 06 May 2031 12:05:00 GMT", "Date": "Tue, 06 May 2031 12:00:00 GMT"}, "retry", 300),
        (500, {"Retry_After": "300"}, "failed", 300),
        (500, {}, "failed", None),
        (404, {}, "failed", None),
        (401, {}, "failed", None),
        (403, {}, "failed", None),
        (418, {}, "failed", None),
        (451, {}, "failed", None),
        (204, {}, "failed", None),
        (202, {}, "failed", None),
        (300, {"Location": "/"}, "failed", None),
        (599, {}, "failed", None),
        (999, {}, "failed", None),
    ],
)
async def test_each_status_has_its_meaning(
    desk: Desk, status: int, fields: dict[str, str], outcome: str, retry_after_s: int | None
) -> None:
    desk.server.pages["/feed"] = answer(b"" if status == 204 else b"<h1>?</h1>", f"{status} X", length=None, **fields)
    fetched = await desk.get("/feed")
    assert (fetched.outcome, fetched.code, fetched.status) == (outcome, f"http-{status}", status)
    assert fetched.retry_after_s == retry_after_s
    assert fetched.body == b""
    assert fetched.person
    assert "{" not in fetched.person


# Redirects


@pytest.mark.parametrize("status", [301, 302, 303, 307, 308])
async def test_it_follows_redirects(desk: Desk, status: int) -> None:
    desk.server.pages |= {"/a": answer(b"", f"{status} X", Location="b/../c?x=1#y"), "/c": answer(FEED)}
    fetched = await desk.get("/a", etag='"1"')
    assert (fetched.outcome, fetched.final_address) == ("ok", desk.server.at("/c?x=1"))


async def test_only_a_wholly_permanent_way_is_a_move(desk: Desk) -> None:
    desk.server.pages |= {
        "/a": answer(b"", "301 X", Location="/b"),
        "/b": answer(b"", "308 X", Location="/new"),
        "/c": answer(b"", "301 X", Location="/d"),
        "/d": answer(b"", "302 X", Location="/new"),
        "/e": answer(b"", "301 X", Location="/nothing"),
        "/new": answer(FEED),
    }
    moved = await desk.get("/a")
    assert moved.moved_to == desk.server.at("/new")
    assert moved.hops == (Hop(desk.server.at("/a"), 301), Hop(desk.server.at("/b"), 308))
    assert (await desk.get("/c")).moved_to == ""
    assert (await desk.get("/e")).moved_to == ""
    assert (await desk.get("/new")).moved_to == ""


async def test_a_move_is_told_with_not_modified_too(desk: Desk) -> None:
    desk.server.pages |= {"/a": answer(b"", "301 X", Location="/b"), "/b": raw("HTTP/1.1 304 X\n\n")}
    fetched = await desk.get("/a", etag='"1"')
    assert (fetched.outcome, fetched.moved_to) == ("not-modified", desk.server.at("/b"))


async def test_redirects_end(desk: Desk) -> None:
    async def onward(talk: Talk) -> None:
        number = int(talk.request.target.rpartition("/")[2])
        await talk.send(answer(b"", "302 X", Location=f"/n/{number + 1}"))

    desk.server.pages |= {f"/n/{number}": onward for number in range(20)}
    desk.server.pages["/n/5"] = answer(FEED)
    assert (await desk.get("/n/0")).body == FEED
    desk.server.pages["/n/5"] = onward
    fetched = await desk.get("/n/0")
    assert (fetched.outcome, fetched.code, len(fetched.hops)) == ("failed", "too-many-redirects", 6)
    assert len(desk.server.seen) == 12


@pytest.mark.parametrize(
    ("location", "outcome", "code"),
    [
        ("/a", "failed", "redirect-loop"),
        ("", "failed", "redirect-nowhere"),
        ("http://[", "failed", "redirect-nowhere"),
        ("http://10.0.0.1/", "refused", "address-not-public"),
        ("http://[::1]/", "refused", "address-not-public"),
        ("http://0x7f.1/", "refused", "address-odd-number"),
        ("file:///etc/passwd", "refused", "address-not-web"),
        ("http://me:word@127.0.0.1/", "refused", "address-has-password"),
        ("http://127.0.0.1:22/", "refused", "address-port"),
        ("http://nowhere.example/", "failed", "name-unknown"),
        ("http://inner.example/", "refused", "address-not-public"),
        ("http://half.example/", "refused", "address-not-public"),
        ("//inner.example/", "refused", "address-not-public"),
        ("\\\\inner.example\\x", "failed", "http-404"),  # no host for us: a path
    ],
)
async def test_each_redirect_is_checked_like_a_first_address(
    desk: Desk, location: str, outcome: str, code: str
) -> None:
    desk.names.answers |= {"inner.example": [["10.0.0.1"]], "half.example": [["127.0.0.1", "192.168.0.1"]]}
    desk.server.pages["/a"] = answer(b"", "302 X", Location=location)
    fetched = await desk.get("/a?token=s3cret")
    if code == "redirect-loop":
        desk.server.pages["/a"] = answer(b"", "302 X", Location="/a?token=s3cret")
        fetched = await desk.get("/a?token=s3cret")
    assert (fetched.outcome, fetched.code) == (outcome, code)
    assert fetched.person
    assert "s3cret" not in fetched.log + fetched.person


# Bodies and heads


async def chunks(talk: Talk, *pieces: bytes) -> None:
    await talk.send(raw("HTTP/1.1 200 OK\nTransfer-Encoding: chunked\n\n"))
    for piece in pieces:
        await talk.send(b"%x\r\n%b\r\n" % (len(piece), piece))


@pytest.mark.parametrize(
    "said",
    [
        answer(FEED),
        answer(gzip.compress(FEED), Content_Encoding="gzip"),
        answer(zlib.compress(FEED), Content_Encoding="deflate"),
        answer(FEED, Content_Encoding="identity"),
        raw("HTTP/1.0 200 OK\n\n") + FEED,
        raw("HTTP/1.1 200 OK\n\n") + FEED,
        raw("HTTP/1.1 100 Continue\n\nHTTP/1.1 103 Early Hints\nLink: </x>\n\n") + answer(FEED),
        raw("HTTP/1.1 200 OK\nTransfer-Encoding: chunked\n\n31;x=y\n") + FEED + raw("\n0\nTrailer: x\n\n"),
        answer(FEED + b"and more", length=len(FEED)),
        b"HTTP/1.1 200\nContent-Length: %d\n\n" % len(FEED) + FEED,
    ],
)
async def test_it_reads_whatever_a_server_may_say(desk: Desk, said: bytes) -> None:
    desk.server.pages["/"] = said
    fetched = await desk.get("/")
    assert (fetched.code, fetched.body) == ("ok", FEED)


async def endless_body(talk: Talk) -> None:
    await talk.send(raw("HTTP/1.1 200 OK\n\n"))
    while True:
        await talk.send(b"x" * 65_536)


async def endless_larger_chunks(talk: Talk) -> None:
    await chunks(talk)
    while True:
        await talk.send(b"20;some=extension\r\n" + b"x" * 32 + b"\r\n")


async def endless_chunks(talk: Talk) -> None:
    await chunks(talk)
    while True:
        await talk.send(b"1\r\nx\r\n" * 5000)


async def endless_head(talk: Talk) -> None:
    await talk.send(raw("HTTP/1.1 200 OK\n"))
    while True:
        await talk.send(b"X-More: " + b"a" * 1000 + b"\r\n")


async def endless_field(talk: Talk) -> None:
    await talk.send(raw("HTTP/1.1 200 OK\nX: "))
    while True:
        await talk.send(b"a" * 10_000)


async def endless_promises(talk: Talk) -> None:
    while True:
        await talk.send(raw("HTTP/1.1 100 Continue\n\n") * 100)


async def endless_chunk_head(talk: Talk) -> None:
    await talk.send(raw("HTTP/1.1 200 OK\nTransfer-Encoding: chunked\n\n5;"))
    while True:
        await talk.send(b"a" * 10_000)


async def endless_bomb(talk: Talk) -> None:
    await talk.send(raw("HTTP/1.1 200 OK\nContent-Encoding: gzip\n\n"))
    engine = zlib.compressobj(9, wbits=31)
    while True:
        await talk.send(engine.compress(b"\0" * 1_000_000))


async def silent(talk: Talk) -> None:
    await talk.until_the_other_side_is_gone()


async def half_a_head(talk: Talk) -> None:
    await talk.send(b"HTTP/1.1 200 OK\r\nContent-Le")
    await talk.until_the_other_side_is_gone()


async def half_a_body(talk: Talk) -> None:
    await talk.send(answer(FEED, length=1000))
    await talk.until_the_other_side_is_gone()


async def reset(talk: Talk) -> None:
    talk.reset()


async def reset_in_the_body(talk: Talk) -> None:
    await talk.send(answer(FEED, length=1000))
    talk.reset()


@pytest.mark.parametrize(
    ("said", "code"),
    [
        (answer(b"x" * 100_001), "body-too-large"),
        (answer(b"", length=10**18), "body-too-large"),
        (endless_body, "body-too-large"),
        (endless_chunks, "body-in-crumbs"),
        (endless_larger_chunks, "body-too-large"),
        (endless_bomb, "body-too-large"),
        (answer(gzip.compress(b"\0" * 10_000_000), Content_Encoding="gzip"), "body-too-large"),
        (answer(gzip.compress(gzip.compress(FEED)), Content_Encoding="gzip, gzip"), "encoding-stacked"),
        (answer(FEED, Content_Encoding=["gzip", "gzip"]), "encoding-stacked"),
        (answer(FEED, Content_Encoding="br"), "encoding-unknown"),
        (answer(FEED, Content_Encoding="gzip"), "encoding-broken"),
        (answer(gzip.compress(FEED)[:-4], Content_Encoding="gzip"), "cut-short"),
        (answer(FEED, length=1000), "cut-short"),
        (raw("HTTP/1.1 200 OK\nTransfer-Encoding: chunked\n\n31\n") + FEED, "cut-short"),
        (endless_head, "head-too-large"),
        (endless_field, "head-too-large"),
        (endless_promises, "head-too-large"),
        (endless_chunk_head, "not-http"),
        (b"<html>no head at all</html>\r\n\r\n", "not-http"),
        (b"\x16\x03\x01\x02\x00\x01\x00", "not-http"),
        (b"SSH-2.0-OpenSSH_9.6\r\n\r\n", "not-http"),
        (b"220 mail.example ESMTP\r\n502 what?\r\n", "not-http"),
        (b"HTTP/1.1 200 OK\r\nContent-Ty", "reset"),
        (raw("HTTP/1.1 abc OK\n\n"), "not-http"),
        (raw("HTTP/1.1 200 OK\nContent-Length: -5\n\n") + FEED, "not-http"),
        (raw("HTTP/1.1 200 OK\nContent-Length: 5\nContent-Length: 6\n\n") + FEED, "not-http"),
        (raw("HTTP/1.1 200 OK\nTransfer-Encoding: chunked\n\nzz\n"), "not-http"),
        (raw("HTTP/1.1 200 OK\nTransfer-Encoding: gzip\n\n") + FEED, "not-http"),
        (raw("HTTP/1.1 200 OK\nBad Header Name: x\n\n"), "not-http"),
        (b"", "no-answer"),
        (reset, "reset"),
        (reset_in_the_body, "reset"),
    ],
)
async def test_what_no_server_should_say_ends_as_a_value(desk: Desk, said: object, code: str) -> None:
    desk.server.pages["/"] = said  # type: ignore[assignment]
    fetched = await desk.get("/")
    assert (fetched.outcome, fetched.code) == ("failed", code)
    assert fetched.person
    assert fetched.body == b""
    assert fetched.bytes_received < 800_000


@pytest.mark.parametrize("script", [silent, half_a_head, half_a_body])
async def test_who_falls_silent_is_left(desk: Desk, script: object) -> None:
    desk.renew(idle_s=0.05)
    desk.server.pages["/"] = script  # type: ignore[assignment]
    fetched = await desk.get("/")
    assert (fetched.outcome, fetched.code) == ("failed", "silent")
    assert "0.05 seconds" in fetched.person


async def test_who_drips_is_left_when_the_whole_time_is_over(desk: Desk) -> None:
    async def drip(talk: Talk) -> None:
        await talk.send(answer(b"", length=90_000))
        while True:
            await talk.send(b"x")
            await asyncio.sleep(0.01)  # a quick machine would send crumbs enough to be told by them

    desk.renew(total_s=0.2, idle_s=5.0)
    desk.server.pages["/"] = drip
    fetched = await desk.get("/")
    assert (fetched.outcome, fetched.code) == ("failed", "too-slow")


async def test_the_whole_time_covers_all_redirects(desk: Desk) -> None:
    async def onward(talk: Talk) -> None:
        number = int(talk.request.target.rpartition("?")[2])
        desk.clock.now_s += 100
        await talk.send(answer(b"", "302 X", Location=f"/a?{number + 1}"))

    desk.renew(total_s=250, max_redirects=3000, stopwatch=desk.clock.now)
    desk.server.pages["/a"] = onward
    fetched = await desk.get("/a?0")
    assert fetched.code == "too-slow"
    assert len(fetched.hops) == 3
    assert fetched.elapsed_s == 300


async def test_nobody_there_is_a_value(desk: Desk) -> None:
    free = desk.server.port
    await desk.server.__aexit__(None, None, None)
    fetched = await desk.fetcher.fetch(f"http://127.0.0.1:{free}/")
    assert (fetched.outcome, fetched.code, fetched.status) == ("failed", "connect-refused", 0)
    await desk.server.__aenter__()


async def test_a_name_that_leads_nowhere_is_a_value(desk: Desk) -> None:
    assert (await desk.get("/", "nowhere.example")).code == "name-unknown"
    desk.names.answers["empty.example"] = [[]]
    assert (await desk.get("/", "empty.example")).code == "name-unknown"
    desk.names.answers["garbage.example"] = [["not a number"]]
    assert (await desk.get("/", "garbage.example")).code == "name-failed"


@given(st.binary(max_size=200))
@settings(max_examples=60)
def test_any_bytes_from_a_server_are_a_value(said: bytes) -> None:
    async def ask() -> None:
        async with WebServer() as server:
            beginnings = [
                "",
                "HTTP/1.1 200 OK\n",
                "HTTP/1.1 200 OK\nTransfer-Encoding: chunked\n\n",
                "HTTP/1.1 302 X\nLocation: ",
            ]
            server.pages |= {f"/{number}": raw(text) + said for number, text in enumerate(beginnings)}
            fetcher = fetcher_for(server, Names(), Clock(), idle_s=1.0)
            for number in range(len(beginnings)):
                fetched = await fetcher.fetch(server.at(f"/{number}"))
                assert isinstance(fetched, Fetched)
                assert (fetched.person == "") == (fetched.outcome is FetchOutcome.OK)
            await fetcher.close()

    asyncio.run(ask())


# Politeness


async def test_a_host_is_asked_by_one_at_a_time_and_at_a_distance_also_across_redirects(desk: Desk) -> None:
    desk.names.here("a.example", "b.example")
    desk.server.pages |= {f"/{number}": answer(b"", "302 X", Location="/end") for number in range(5)}
    desk.server.pages["/end"] = answer(FEED)
    asked = [desk.get(f"/{number}", host) for number in range(5) for host in ("a.example", "b.example")]
    assert all(fetched.body == FEED for fetched in await asyncio.gather(*asked))
    assert desk.server.most_at_once == {"a.example": 1, "b.example": 1}
    assert len(desk.server.seen) == 20
    assert len(desk.clock.slept) >= 9  # ten requests to each host; both wait at the same time


async def test_the_same_question_at_the_same_time_is_one_request(desk: Desk) -> None:
    desk.server.pages["/feed"] = answer(FEED)
    fetched = await asyncio.gather(*(desk.get("/feed" + tail) for tail in ["", "#a", "#b"] * 5))
    assert [one.body for one in fetched] == [FEED] * 15
    assert len(desk.server.seen) == 1
    await desk.get("/feed")
    await asyncio.gather(desk.get("/feed", etag='"1"'), desk.get("/feed", etag='"2"'))
    assert len(desk.server.seen) == 4


async def test_who_is_cancelled_takes_nobody_with_him_and_leaves_nothing_open(desk: Desk) -> None:
    talks: list[Talk] = []
    came = asyncio.Event()
    gone = asyncio.Event()

    async def first_silent(talk: Talk) -> None:
        talks.append(talk)
        if len(talks) > 1:
            await talk.send(answer(FEED))
            return
        came.set()
        await talk.until_the_other_side_is_gone()
        gone.set()

    desk.server.pages["/feed"] = first_silent
    one = asyncio.create_task(desk.get("/feed"))
    await came.wait()
    others = [asyncio.create_task(desk.get("/feed")) for _ in range(3)]
    await asyncio.sleep(0)
    one.cancel()
    with pytest.raises(asyncio.CancelledError):
        await one
    await gone.wait()
    assert [(await other).body for other in others] == [FEED] * 3
    assert len(talks) == 2


async def test_a_follower_that_is_cancelled_disturbs_nobody(desk: Desk) -> None:
    came, go_on = asyncio.Event(), asyncio.Event()

    async def waiting(talk: Talk) -> None:
        came.set()
        await go_on.wait()
        await talk.send(answer(FEED))

    desk.server.pages["/feed"] = waiting
    one = asyncio.create_task(desk.get("/feed"))
    await came.wait()
    other = asyncio.create_task(desk.get("/feed"))
    await asyncio.sleep(0)
    other.cancel()
    with pytest.raises(asyncio.CancelledError):
        await other
    go_on.set()
    assert (await one).body == FEED


# robots.txt


async def test_pages_ask_the_rules_of_their_site_and_feeds_do_not(desk: Desk) -> None:
    rules = b"User-agent: Verbatim\nDisallow: /private\n"
    desk.server.pages |= {"/robots.txt": answer(rules), "/private/a": answer(b"a"), "/b": answer(b"b")}
    refused = await desk.page("/private/a")
    assert (refused.outcome, refused.code, refused.body) == ("refused", "robots-refuses", b"")
    assert (await desk.page("/b")).body == b"b"
    assert (await desk.get("/private/a")).body == b"a"
    assert desk.server.targets == ["/robots.txt", "/b", "/private/a"]


async def test_rules_are_kept_for_a_day(desk: Desk) -> None:
    desk.server.pages |= {"/robots.txt": answer(b""), "/a": answer(b"a")}
    await asyncio.gather(*(desk.page(f"/a?{number}") for number in range(4)))
    desk.clock.now_s += 86_000
    await desk.page("/a")
    assert desk.server.targets.count("/robots.txt") == 1
    desk.clock.now_s += 1000
    await desk.page("/a")
    assert desk.server.targets.count("/robots.txt") == 2


@pytest.mark.parametrize(
    "said",
    [
        answer(b"", "404 X"),
        answer(b"", "403 X"),
        answer(b"", "410 X"),
        answer(b"", "302 X", Location="/robots.txt"),
        answer(b"", "302 X", Location="http://10.0.0.1/robots.txt"),
        answer(b"<html>Not found</html>"),
    ],
)
async def test_a_site_without_rules_may_be_read(desk: Desk, said: bytes) -> None:
    desk.server.pages |= {"/robots.txt": said, "/a": answer(b"a")}
    assert (await desk.page("/a")).body == b"a"


@pytest.mark.parametrize(
    "said", [answer(b"", "500 X"), answer(b"", "429 X", Retry_After="7200"), answer(b"x", length=9), reset]
)
async def test_rules_that_cannot_be_read_keep_everyone_out_for_a_while(desk: Desk, said: object) -> None:
    desk.server.pages |= {"/robots.txt": said, "/a": answer(b"a")}  # type: ignore[dict-item]
    fetched = await desk.page("/a")
    if said is reset:
        assert (fetched.outcome, fetched.code) == ("failed", "reset")
    else:
        assert (fetched.outcome, fetched.code) == ("retry", "robots-unreachable")
        assert fetched.retry_after_s in (600, 7200)
        assert (await desk.page("/a")).code == "robots-unreachable"
        assert desk.server.targets == ["/robots.txt"]
    desk.clock.now_s += 7300
    desk.server.pages["/robots.txt"] = answer(b"")
    assert (await desk.page("/a")).body == b"a"


async def test_old_rules_are_better_than_none(desk: Desk) -> None:
    desk.server.pages |= {"/robots.txt": answer(b"User-agent: *\nDisallow: /x"), "/a": answer(b"a")}
    assert (await desk.page("/a")).body == b"a"
    desk.server.pages["/robots.txt"] = answer(b"", "500 X")
    desk.clock.now_s += 10 * 86_400
    assert (await desk.page("/a")).body == b"a"
    assert (await desk.page("/x")).code == "robots-refuses"
    desk.clock.now_s += 30 * 86_400
    assert (await desk.page("/a")).code == "robots-unreachable"


async def test_a_redirect_asks_the_rules_of_where_it_leads(desk: Desk) -> None:
    desk.names.here("a.example", "b.example")

    async def rules(talk: Talk) -> None:
        forbidden = talk.request.host.startswith("b.")
        await talk.send(answer(b"User-agent: *\nDisallow: /x" if forbidden else b""))

    desk.server.pages |= {"/robots.txt": rules, "/a": answer(b"", "302 X", Location=desk.server.at("/x", "b.example"))}
    fetched = await desk.page("/a", "a.example")
    assert (fetched.code, fetched.final_address) == ("robots-refuses", desk.server.at("/x", "b.example"))
    assert "/x" not in desk.server.targets


async def test_a_crawl_delay_is_kept(desk: Desk) -> None:
    desk.server.pages |= {"/robots.txt": answer(b"User-agent: *\nCrawl-delay: 12"), "/a": answer(b"a")}
    await desk.page("/a")
    await desk.page("/a?2")
    assert desk.clock.slept == [12.0, 12.0]


async def test_a_site_that_is_not_there_is_the_news_and_not_its_rules(desk: Desk) -> None:
    assert (await desk.page("/a", "nowhere.example")).code == "name-unknown"
    desk.names.answers["inner.example"] = [["10.0.0.1"]]
    assert (await desk.page("/a", "inner.example")).code == "address-not-public"


async def test_huge_rules_are_read_to_their_bound(desk: Desk) -> None:
    desk.renew(max_body_bytes=3_000_000)
    desk.server.pages |= {
        "/robots.txt": answer(b"User-agent: *\nDisallow: /x\n" + b"#" * 2_000_000),
        "/a": answer(b"a"),
    }
    assert (await desk.page("/x")).code == "robots-refuses"
    assert (await desk.page("/a")).body == b"a"


async def test_the_rules_of_many_sites_take_bounded_memory(desk: Desk, monkeypatch: pytest.MonkeyPatch) -> None:
    monkeypatch.setattr(fetcher_module, "_MOST_ROBOTS", 3)
    desk.server.pages |= {"/robots.txt": answer(b""), "/a": answer(b"a")}
    hosts = [f"{number}.example" for number in range(8)]
    desk.names.here(*hosts)
    for host in hosts:
        await desk.page("/a", host)
    await desk.page("/a", hosts[-1])
    assert desk.server.targets.count("/robots.txt") == 8
    await desk.page("/a", hosts[0])
    assert desk.server.targets.count("/robots.txt") == 9


# Secrets


async def test_no_log_line_holds_what_may_be_a_secret(desk: Desk, caplog: pytest.LogCaptureFixture) -> None:
    caplog.set_level(logging.INFO)
    caplog.set_level(logging.DEBUG, "bot")
    desk.server.pages["/a"] = answer(b"", "302 X", Location="/b?token=s3cret2")
    fetched = await desk.get("/a?token=s3cret1")
    assert fetched.final_address.endswith("s3cret2")
    assert caplog.records
    told = " ".join(str(vars(record)) for record in caplog.records) + fetched.log + fetched.person
    assert "s3cret" not in told


def test_rules_have_sound_defaults() -> None:
    rules = FetchRules()
    assert rules.allowed_networks == ()
    assert rules.max_redirects == 5
    assert rules.user_agent.startswith("Verbatim/")
    assert set(Purpose) == {Purpose.FEED, Purpose.PAGE, Purpose.FILE}
