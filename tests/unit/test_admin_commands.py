"""What admins decide holds: limits refuse with cause and cure, a pause holds posts back, settings travel as a file."""

from __future__ import annotations

from collections.abc import AsyncIterator
from dataclasses import replace
from datetime import UTC, datetime, time, timedelta
from pathlib import Path

import msgspec
import pytest

from bot.chat.commands import BY_KEY
from bot.chat.discord.face import DiscordFace
from bot.chat.findings import Finding, Verdict, clock_finding, findings_message
from bot.chat.insight import Access
from bot.chat.messages import Button, Message
from bot.chat.requests import IncomingFile, Person, Place, Request, RequestKind, Right
from bot.domain import SourceKind
from bot.errors import VerbatimError
from bot.front_desk import configuration
from bot.front_desk.admin_commands import AdminCommands, Stores
from bot.front_desk.audit import audit_table, entry_of
from bot.front_desk.configuration import holds_key
from bot.front_desk.permits import Permits
from bot.library.brief_store import BriefWish, brief_key
from bot.library.delivery_store import DeliveryKind, Owed
from bot.library.source_store import Choices
from bot.library.sql_brief_store import SqlBriefStore
from bot.library.sql_delivery_store import SqlDeliveryStore
from bot.library.sql_source_store import SqlSourceStore
from bot.library.sql_store import SqlStore
from bot.library.sql_subscription_store import SqlSubscriptionStore
from bot.library.sql_workspace_store import SqlWorkspaceStore
from bot.library.subscription_store import Posts, Subscription
from bot.library.workspace_store import AuditEntry, KeptNotice, Limits
from bot.schedule.calendar import Intent
from bot.schedule.due import Wish
from bot.schedule.sql_due_table import SqlDueTable
from bot.sources.german import reason_in
from bot.sourcing.adding import Added
from bot.sourcing.use_cases import Sourcing
from tests.unit.test_front_desk import Heard
from tests.unit.test_notices import Known

NOON = datetime(2026, 3, 2, 12, tzinfo=UTC)
HERE = Place("discord", "w1", "c1")
THERE = Place("discord", "w2", "c1")
ADMIN = Person("u1", "Ida", Right.ADMIN)
AUDIENCE = "w:discord-w1"


class Told(Heard):
    """Hears, and hands over one file."""

    def __init__(self, content: bytes = b"") -> None:
        super().__init__()
        self.content = content

    async def read_file(self, file: IncomingFile, max_bytes: int) -> bytes:
        return self.content


class Places(Known):
    """Every channel is there, but "404"; nobody sees "secret", and we may not write into "mute"; of "unsure" nobody knows."""

    async def access(self, workspace: str, channel: str, person: str = "") -> Access:
        seen, missing = channel != "secret" or not person, ("Send Messages",) if channel == "mute" else ()
        return Access(channel != "404", f"#{channel}", seen, sure=channel != "unsure", missing=missing)


class Office:
    def __init__(self, store: SqlStore) -> None:
        db = store.transactions
        self.noticed: list[KeptNotice] = []
        self.workspaces, self.deliveries = SqlWorkspaceStore(db), SqlDeliveryStore(db)
        self.sources, self.subscriptions = SqlSourceStore(db), SqlSubscriptionStore(db)
        self.briefs, self.due = SqlBriefStore(db), SqlDueTable(db)
        self.permits = Permits(
            self.workspaces, self.deliveries, self.sources, {"discord": Places()}, note=self._note, now=lambda: NOON,
            cards_at_most=2, window=timedelta(hours=1),
        )  # fmt: skip
        stores = Stores(self.workspaces, self.deliveries, self.sources, self.subscriptions, self.briefs, self.due)
        self.admin = AdminCommands(
            stores, self.permits, {"discord": DiscordFace()}, {"discord": Places()}, self._examine,
            wake=lambda _: None, now=lambda: NOON,
        )  # fmt: skip

    async def _note(self, notice: KeptNotice) -> bool:
        self.noticed.append(notice)
        return True

    async def _examine(self) -> list[Finding]:
        return [Finding("disk-space", Verdict.BAD, "0.1 GB"), Finding("seeds", Verdict.GOOD)]

    async def does(self, name: str, *, place: Place = HERE, language: str = "", content: bytes = b"", **arguments: str) -> Message:
        person = replace(ADMIN, language=language)
        files = (IncomingFile("config.json", "https://x.example", len(content), "application/json"),) if content else ()
        request = Request(
            f"r-{place.workspace}", RequestKind.COMMAND, name, place, person, NOON, arguments=arguments, files=files
        )
        heard = Told(content)
        verb = name if name in BY_KEY else name.partition(":")[0]
        await self.admin.handlers()[verb](request, heard)
        return heard.told[-1]

    async def card(self, key: str, channel: str = "c1") -> None:
        await self.deliveries.owe([Owed(key, "discord", "w1", channel, DeliveryKind.POST, b"{}")], now=NOON)


@pytest.fixture
async def office(tmp_path: Path) -> AsyncIterator[Office]:
    async with await SqlStore.open(f"sqlite:///{tmp_path / 'library.db'}") as store:
        yield Office(store)


async def test_the_cap_the_limit_and_the_pause_withhold_cards(office: Office) -> None:
    assert await office.permits.withheld("discord", "w1", "c1") == ""
    await office.card("card:1")
    await office.card("card:2")
    await office.card("card:3", "c2")
    assert await office.permits.withheld("discord", "w1", "c1") == "cap"
    assert await office.permits.withheld("discord", "w1", "c3") == ""
    await office.does("newsadmin limits", posts="3")
    assert await office.permits.withheld("discord", "w1", "c3") == "limit"
    assert [one.kind for one in office.noticed] == ["limit"]
    assert await office.permits.withheld("discord", "w2", "c1") == ""
    request = Request("r", RequestKind.BUTTON, "post-here", HERE, replace(ADMIN, language="de"), NOON)
    with pytest.raises(VerbatimError, match="posts-full") as full:
        await office.permits.require_posting(request)
    assert "darf am Tag 3 Karten melden" in full.value.person
    told = await office.does("newsadmin pause", all="pause")
    assert "for the brief, too: 3" in told.summary
    assert await office.permits.withheld("discord", "w1", "c3") == "paused"
    with pytest.raises(VerbatimError, match="all-paused"):
        await office.permits.require_posting(request)
    assert "since 2026-03-02 12:00 UTC by Ida" in (await office.does("newsadmin pause")).summary
    await office.does("newsadmin pause", all="resume")
    assert not await office.permits.is_paused("discord", "w1", "c1")


async def test_no_source_is_added_beyond_the_limit(office: Office) -> None:
    await office.does("newsadmin limits", sources="1")
    add = Request("r", RequestKind.COMMAND, "source add", HERE, ADMIN, NOON, arguments={"url": "https://a.example"})
    await office.permits.require(add, BY_KEY["source add"])
    await office.sources.add(SourceKind.FEED, "https://a.example/feed", f"{AUDIENCE}/c:c9", Choices(), now=NOON)
    for request in (add, replace(add, kind=RequestKind.BUTTON, name="follow:9")):
        with pytest.raises(VerbatimError, match="sources-full") as full:
            await office.permits.require(request, BY_KEY.get(request.name))
        assert "1 sources and has 1" in full.value.person
        assert "`/newsadmin limits`" in full.value.person
    await office.permits.require(replace(add, place=THERE), BY_KEY["source add"])
    await office.does("newsadmin limits", sources="0")
    await office.permits.require(add, BY_KEY["source add"])


async def test_of_a_list_no_more_are_taken_than_there_is_room_for(office: Office) -> None:
    await office.does("newsadmin limits", sources="2")
    sourcing = Sourcing(office.sources, None, None, None)  # type: ignore[arg-type]
    raw = b"https://a.example/feed\nhttps://b.example/feed\nhttps://c.example/feed\nhttps://a.example/feed\n"
    room = await office.permits.room_for_sources(HERE)
    lines = await sourcing.import_list(raw, "list.txt", audience=AUDIENCE, room=room)
    assert [(one.outcome, one.code) for one in lines] == [
        (Added.ADDED, ""), (Added.ADDED, ""), (Added.FAILED, "sources-full"), (Added.KNOWN, "listed-twice"),
    ]  # fmt: skip
    assert "Mehr Quellen darf es hier nicht geben" in reason_in("de", lines[2].code, lines[2].reason)


@pytest.mark.parametrize(("channel", "code"), [("404", "channel-unknown"), ("secret", "channel-not-yours"), ("mute", "channel-no-right")])
async def test_a_channel_that_is_named_must_be_the_persons_and_ours(office: Office, channel: str, code: str) -> None:
    add = Request("r", RequestKind.COMMAND, "source add", HERE, ADMIN, NOON, arguments={"channel": f"<#{channel}>"})
    with pytest.raises(VerbatimError, match=code):
        await office.permits.require(add, BY_KEY["source add"])
    lists = replace(add, name="news list")
    shows = replace(add, name="brief show", arguments={"channel": "unsure"})
    with pytest.raises(VerbatimError, match="channel-not-yours"):  # to read, it has to be sure
        await office.permits.require(shows, BY_KEY["brief show"])
    for name in ("source add", "newsadmin check"):
        await office.permits.require(replace(shows, name=name), BY_KEY[name])
    if code == "channel-no-right":
        await office.permits.require(lists, BY_KEY["news list"])  # to read about it needs no right to write there


@pytest.mark.parametrize("name", [
    "brief-preview:secret", "brief-form:secret", "brief-pause:secret", "full:secret/ab", "about:secret/ab:1", "asked:secret/ab:1",
    "mute:secret/ab:1", "brief-me-form", "brief-on-form:x", "news now", "full:unsure/ab", "full:404/ab",
])  # fmt: skip
async def test_a_button_or_a_form_leads_to_no_channel_that_the_person_does_not_see(office: Office, name: str) -> None:
    """Whatever a button says was typed by a program: by ours, as a rule."""
    arguments = {} if "/" in name or name.endswith("secret") else {"channel": "secret"}
    press = Request("r", RequestKind.BUTTON, name, HERE, ADMIN, NOON, arguments=arguments)
    with pytest.raises(VerbatimError, match=r"channel-(not-yours|unknown)"):
        await office.permits.require(press, BY_KEY.get(name))
    if "secret" in f"{name}{arguments}":
        await office.permits.require(replace(press, place=Place("discord", "w1", "secret")), BY_KEY.get(name))


@pytest.mark.parametrize("name", ["full:c1/ab", "brief-preview:mute", "brief-zone:r-1", "share:r-1", "again:7", "brief-form:", "full:"])
async def test_a_button_of_a_channel_that_is_seen_is_carried_out(office: Office, name: str) -> None:
    await office.permits.require(Request("r", RequestKind.BUTTON, name, HERE, ADMIN, NOON), None)


async def test_settings_travel_as_a_file_without_keys(office: Office) -> None:
    feed, _ = await office.sources.add(SourceKind.FEED, "https://a.example/feed", AUDIENCE, Choices("Elm", keep=("ferry",)), now=NOON)
    await office.sources.add(SourceKind.FEED, "https://b.example/feed?token=f00ba4s3cr37", AUDIENCE, Choices(), now=NOON)
    await office.sources.add(SourceKind.FEED, "https://c.example/private", f"{AUDIENCE}/c:c9", Choices(), now=NOON)
    await office.sources.add(SourceKind.FEED, "https://d.example/feed", "w:discord-w3", Choices(), now=NOON)
    await office.subscriptions.subscribe(Subscription("discord", "w1", "c1", feed.id, Posts.BOTH))
    await office.workspaces.set_limits("discord", "w1", Limits(9, None, 5))
    key, intent = brief_key("discord", "w1", "c1"), Intent("Europe/Berlin", (time(7, 30),), frozenset({0, 4}))
    await office.briefs.put_wish(BriefWish(key, "discord", "w1", "c1", "de", topics=("ships",)))
    await office.due.put(Wish(key, intent, "discord", "w1", "c1"), zone_data="", now=NOON)
    told = await office.does("newsadmin config", action="export")
    assert "Left out: 1" in told.summary
    raw = told.attachments[0].content
    assert b"s3cr37" not in raw
    assert b"private" not in raw
    assert b"d.example" not in raw

    offered = await office.does("newsadmin config", place=THERE, content=raw, action="import")
    assert "new sources: 1, briefs: 1" in offered.summary
    assert offered.buttons[0] == Button("Take them over", "config-take:r-w2", style=offered.buttons[0].style)  # type: ignore[union-attr]
    taken = await office.does("config-take:r-w2", place=THERE)
    assert "1 added, 0 known, 0 refused; briefs: 1" in taken.summary
    again = await office.does("newsadmin config", place=THERE, action="export")
    before, after = (configuration.read(one.attachments[0].content) for one in (told, again))
    assert (after.sources, after.limits) == (before.sources, before.limits)
    [brief] = after.briefs
    assert (brief.topics, brief.language) == (("ships",), "de")
    assert msgspec.json.decode(bytes(brief.intent), type=Intent) == replace(intent, created_at=NOON)
    assert "too long ago" in (await office.does("config-take:r-w2", place=THERE)).summary

    def one(**wrong: object) -> dict[str, object]:
        return {"channel": "c1", "intent": {"zone": "UTC", "times": ["07:30:00"]}, **wrong}

    many = {"zone": "UTC", "times": [f"{n // 60:02}:{n % 60:02}:00" for n in range(200)]}
    wrong = [
        one(language='"><script>'), one(length="endless"), one(style=""), one(topics=["x" * 61]), one(topics=["x"] * 21),
        one(intent=many), one(intent={"zone": "Moon/Base", "times": ["07:30:00"]}), one(channel="404"),
    ]  # fmt: skip
    await office.does("newsadmin config", place=THERE, content=msgspec.json.encode({"briefs": wrong}), action="import")
    assert "too long ago" in (await office.does("config-take:r-w2")).summary
    assert "briefs: 0" in (await office.does("config-take:r-w2", place=THERE)).summary
    [kept] = await office.briefs.wishes("discord", "w2")
    assert (kept.language, kept.length, kept.topics) == ("de", "normal", ("ships",))


@pytest.mark.parametrize("raw", [b"", b"{", b"[]", b'{"verbatim": 2}', b'{"verbatim":1,"evil":1}', b"\xff\xfe", b"[" * 100_000, b'{"sources":[{"address":7}]}', b'{"limits":{"posts_a_day":-1}}', b'{"limits":{"sources":99999999999999999999}}'])
async def test_a_file_that_is_no_export_changes_nothing(office: Office, raw: bytes) -> None:
    with pytest.raises(VerbatimError, match=r"config-broken|no-file") as refused:
        await office.does("newsadmin config", content=raw, action="import", language="de")
    assert "Nimm die Datei" in refused.value.person or "Hänge die Datei an" in refused.value.person


@pytest.mark.parametrize("value", ["-1", "viele", "1e9", "99999999999999", "²"])
async def test_what_is_no_limit_is_refused(office: Office, value: str) -> None:
    with pytest.raises(VerbatimError, match="limit-wrong"):
        await office.does("newsadmin limits", posts=value)


def test_an_address_with_a_key_is_known_as_one() -> None:
    for text in ("https://a.example/feed?token=1", "https://a.example/f/9f8e7d6c5b4a39281706abcd", "https://a.example/?a=9f8e7d6c5b4a39281706", "no address"):
        assert holds_key(text)
    for text in ("https://a.example/feed", "https://a.example/feed?page=2&lang=de", "https://a.example/a-long-headline-without-any-figures"):
        assert not holds_key(text)


def test_the_audit_holds_no_ticket_and_no_key() -> None:
    request = Request(
        "r", RequestKind.COMMAND, "source add", HERE, ADMIN, NOON,
        arguments={"url": "https://a.example/feed?token=s3cr37", "interaction": "1:ticket", "answer at": "https://hooks", "name": "=1+1"},
    )  # fmt: skip
    entry = entry_of(request, "done", NOON)
    assert entry.facts == {"url": "https://a.example/feed?token=…", "name": "=1+1"}
    press = entry_of(replace(request, name="remove:12:keep", kind=RequestKind.BUTTON, arguments={"interaction": "x"}), "done", NOON)
    assert (press.action, press.facts) == ("remove", {"subject": "12:keep"})
    table = audit_table([AuditEntry("discord", "w1", NOON, "u1", "=cmd()", "c1", "source add")]).decode()
    assert "'=cmd()" in table


async def test_a_check_says_what_fails_first_with_its_cure(office: Office) -> None:
    told = await office.does("newsadmin check", language="de")
    assert told.summary == "1 im Argen, 3 in Ordnung."
    first = str(told.blocks[2])
    assert "Freier Platz in data_dir: 0.1 GB → Platz schaffen" in first
    assert findings_message([Finding("seeds", Verdict.GOOD)], "en").summary == "0 wrong, 1 in order."


@pytest.mark.parametrize(("date", "verdict"), [
    ("Mon, 02 Mar 2026 12:00:10 GMT", Verdict.GOOD), ("Mon, 02 Mar 2026 12:01:00 GMT", Verdict.BAD),
    ("Mon, 02 Mar 2026 11:00:00 GMT", Verdict.BAD), ("", Verdict.OPEN), ("soon", Verdict.OPEN), ("Mon, 02 Mar 2026 12:00:10", Verdict.OPEN),
])  # fmt: skip
def test_the_clock_is_held_against_the_platforms(date: str, verdict: Verdict) -> None:
    assert clock_finding(date, NOON, "Slack").verdict is verdict
