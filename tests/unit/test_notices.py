"""Admins hear of trouble once, grouped, in their language, where they chose to; what is urgent comes at once."""

from __future__ import annotations

from collections.abc import AsyncIterator
from dataclasses import dataclass, replace
from datetime import UTC, datetime, timedelta
from pathlib import Path

import pytest

from bot.chat.discord.face import DiscordFace
from bot.chat.findings import Finding
from bot.chat.insight import Access
from bot.chat.outgoing import thawed
from bot.chat.requests import Person, Place, Request, RequestKind, Right
from bot.front_desk.notices import Notices, due_now, notice_message
from bot.library.delivery_store import Delivery, DeliveryState, Owed
from bot.library.sql_delivery_store import SqlDeliveryStore
from bot.library.sql_store import SqlStore
from bot.library.sql_workspace_store import SqlWorkspaceStore
from bot.library.workspace_store import KeptNotice
from bot.outbox.courier import Notice
from bot.sources.source_health import SourceState
from tests.unit.test_front_desk import Heard

NOON = datetime(2026, 3, 2, 12, tzinfo=UTC)


def notice(kind: str, seconds: float = 0.0, *, workspace: str = "w1", number: int = 1) -> KeptNotice:
    at = NOON + timedelta(seconds=seconds)
    return KeptNotice("discord", workspace, kind, f"s{number}", at, "c1", "50013", number, number)


def kinds(groups: list[list[KeptNotice]]) -> list[list[str]]:
    return [[one.kind for one in group] for group in groups]


def test_what_is_urgent_is_told_soon_and_the_rest_when_it_has_gathered() -> None:
    waiting = [notice("resting"), notice("late", number=2), notice("refused", 50, number=3), notice("resting", 60, number=4)]
    assert due_now(waiting, {}, NOON + timedelta(seconds=4)) == []
    assert kinds(due_now(waiting, {}, NOON + timedelta(seconds=5))) == [["late"]]
    assert kinds(due_now(waiting, {}, NOON + timedelta(seconds=60))) == [["resting", "late", "resting"]]


def test_a_kind_is_told_once_a_day_and_each_workspace_hears_of_its_own() -> None:
    waiting = [notice("resting"), notice("resting", workspace="w2", number=2)]
    later = NOON + timedelta(hours=20)
    told = {("discord", "w1", "resting"): NOON - timedelta(hours=1)}
    assert [group[0].workspace for group in due_now(waiting, told, later)] == ["w2"]
    assert len(due_now(waiting, told, NOON + timedelta(hours=23))) == 2


@pytest.mark.parametrize(("language", "words"), [("en", "I may not post there any more"), ("de", "Ich darf dort nicht mehr schreiben")])
def test_a_notice_says_what_where_and_what_helps_in_either_language(language: str, words: str) -> None:
    many = [notice("resting", number=n) for n in range(10)]
    message = notice_message([*many, notice("cannot-look", number=77)], {"c1": "#news"}, language, "slack")
    told = str(message.blocks)
    assert words in told
    assert "#news · 2026-03-02 12:00 UTC · 50013" in told
    assert "`/news admin check`" in told
    assert "+ 2 " in told
    assert [one.action for one in message.buttons] == ["again:77"]


class Known:
    """A platform that knows an owner, and in which every person can be written to."""

    def __init__(self) -> None:
        self.who = "boss"
        self.direct = True

    is_ready = True

    async def owner(self, workspace: str) -> str:
        return self.who

    async def language(self, workspace: str, person: str) -> str:
        return "en-GB"

    async def direct_channel(self, workspace: str, person: str) -> str:
        return f"dm-{person}" if self.direct else ""

    async def access(self, workspace: str, channel: str, person: str = "") -> Access:
        return Access(name=f"#{channel}")

    async def findings(self, workspace: str, channel: str = "") -> list[Finding]:
        return []


class Office:
    def __init__(self, store: SqlStore) -> None:
        self.at = NOON
        self.known = Known()
        self.store, self.deliveries = SqlWorkspaceStore(store.transactions), SqlDeliveryStore(store.transactions)
        self.notices = Notices(
            self.store, self.deliveries, {"discord": DiscordFace()}, {"discord": self.known},
            wake=lambda _: None, now=lambda: self.at,
        )  # fmt: skip

    async def fails(self, key: str, code: str, cause: str = "", channel: str = "c1") -> Delivery:
        [delivery] = await self.deliveries.owe([Owed(key, "discord", "w1", channel, "post", b"{}")], now=self.at)  # type: ignore[arg-type]
        await self.notices.take(Notice(code, delivery, "English words of a platform", cause))
        return delivery

    async def told(self, seconds: float = 60.0) -> list[tuple[str, str]]:
        """What notices stand in the outbox by then: where, and in which words."""
        self.at += timedelta(seconds=seconds)
        await self.notices.tell()
        found = await self.deliveries.unsettled("discord")
        return [(one.owed.channel, str(thawed(one.owed.payload).body)) for one in found if one.owed.payload != b"{}"]


@pytest.fixture
async def office(tmp_path: Path) -> AsyncIterator[Office]:
    async with await SqlStore.open(f"sqlite:///{tmp_path / 'library.db'}") as store:
        yield Office(store)


async def test_trouble_is_told_once_in_the_chosen_channel_and_language(office: Office) -> None:
    await office.store.set_alerts("discord", "w1", "alerts", "de")
    for n in range(3):
        await office.fails(f"card:{n}", "refused", "50035")
    await office.fails("card:x", "refused", "last-check")
    [(channel, words)] = await office.told()
    assert channel == "alerts"
    assert words.count("50035") == 3
    assert "Von meiner eigenen letzten Prüfung zurückgehalten" in words
    assert "English words" not in words
    assert len(await office.told()) == 1
    await office.fails("card:9", "refused", "50035")
    assert len(await office.told()) == 1
    assert len(await office.told(86_400)) == 2


async def test_without_a_channel_an_admin_is_written_to_and_without_an_admin_the_log(office: Office, caplog: pytest.LogCaptureFixture) -> None:
    await office.fails("card:1", "late")
    assert [channel for channel, _ in await office.told()] == ["dm-boss"]
    await office.store.meet_admin("discord", "w1", "u7", "en")
    await office.fails("card:2", "late")
    assert [channel for channel, _ in await office.told()] == ["dm-boss", "dm-u7"]
    office.known.direct = False
    await office.fails("card:3", "late")
    assert len(await office.told()) == 2
    assert "nobody can be told of trouble" not in caplog.text
    assert len(await office.told(3_600)) == 2
    assert "nobody can be told of trouble" in caplog.text


async def test_nothing_is_told_before_the_platform_was_reached(office: Office) -> None:
    office.known.is_ready = False
    await office.fails("card:1", "late")
    assert await office.told() == []
    office.known.is_ready = True
    assert len(await office.told()) == 1


async def test_a_resting_channel_hears_nothing_and_its_own_notice_makes_no_other(office: Office) -> None:
    await office.store.set_alerts("discord", "w1", "alerts", "en")
    await office.deliveries.rest_channel("discord", "w1", "alerts", code="50001", reason="", now=NOON, next_try_at=NOON)
    await office.fails("notice:discord:w1:1", "resting", "50001", channel="alerts")
    await office.fails("card:1", "resting", "50001", channel="alerts")
    [(channel, words)] = await office.told()
    assert (channel, "#alerts" in words) == ("dm-boss", True)


async def test_an_admin_who_looked_has_it_posted_again_and_nobody_else(office: Office) -> None:
    delivery = await office.fails("card:1", "refused", "cannot-look")
    [claimed] = await office.deliveries.claim("discord", owner="me", now=office.at, lease=timedelta(60), limit=9)
    await office.deliveries.refused(claimed.id, "me", code="cannot-look", reason="")
    [(_, words)] = await office.told(5)
    assert f"again:{delivery.id}" in words
    press = Request(
        "b1", RequestKind.BUTTON, f"again:{delivery.id}", Place("discord", "dm-1", "1", direct=True),
        Person("boss", "Boss", Right.ADMIN), NOON,
    )  # fmt: skip

    async def pressed(request: Request) -> str:
        heard = Heard()
        await office.notices.again(request, heard)
        return heard.told[0].summary

    assert "already" in await pressed(replace(press, person=Person("u2", "Other", Right.ADMIN)))
    assert "already" in await pressed(replace(press, place=Place("discord", "w2", "c1")))
    manager = replace(press, place=Place("discord", "w1", "c1"), person=Person("u3", "Manager", Right.MANAGER))
    assert "already" in await pressed(manager)
    assert "posted again" in await pressed(press)
    kept = await office.deliveries.delivery("card:1")
    assert kept is not None
    assert kept.state is DeliveryState.DUE
    assert "already" in await pressed(press)


@dataclass
class Health:
    state: SourceState
    failures: int = 5
    since: datetime = NOON
    code: str = "http-500"


@dataclass
class Watching:
    """What of a source that is followed concerns its troubles."""

    id: int
    health: Health
    audience: str = "w:discord-w1"
    title: str = "Elm Courier"
    removed_at: datetime | None = None
    paused: bool = False

    @property
    def watched(self) -> Watching:
        return self

    def is_paused(self, now: datetime) -> bool:
        return self.paused


async def test_sources_that_fail_for_good_are_told_once_a_failure(office: Office) -> None:
    failing = Watching(1, Health(SourceState.FAILING))
    quiet = [
        Watching(2, Health(SourceState.FAILING, failures=1)), Watching(3, Health(SourceState.ACTIVE)),
        Watching(4, Health(SourceState.FAILING), paused=True), Watching(5, Health(SourceState.FAILING), removed_at=NOON),
        Watching(6, Health(SourceState.FAILING), audience="*"),
    ]  # fmt: skip
    for _ in range(2):
        await office.notices.look_at_sources([failing, *quiet])  # type: ignore[list-item]
    [(_, words)] = await office.told()
    assert "#1 Elm Courier" in words.replace("\\", "")
    assert words.count("Elm Courier") == 1
    private = Watching(7, Health(SourceState.FAILING), audience="w:discord-w1/c:c9", title="Between us")
    await office.notices.look_at_sources([private])  # type: ignore[list-item]
    [kept] = await office.store.waiting()
    assert kept.channel == "#7"  # what a closed channel follows is not told in another
    failing.health = Health(SourceState.RESTING, since=NOON + timedelta(days=7))
    await office.notices.look_at_sources([failing])  # type: ignore[list-item]
    assert len(await office.told(86_401)) == 2
