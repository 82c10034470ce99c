"""Briefs from a chat: set, looked at, posted as previewed, paused, made anew; every refusal with cause and cure."""

from __future__ import annotations

from collections.abc import AsyncIterator, Iterable, Mapping
from dataclasses import replace
from datetime import UTC, datetime, timedelta
from itertools import count
from pathlib import Path
from typing import Any

import msgspec
import pytest

from bot.briefs.brief import Brief, BriefEntry, Chart, ChartPoint
from bot.briefs.briefing import BriefAsk
from bot.chat.discord import rendering
from bot.chat.discord.face import DiscordFace
from bot.chat.messages import Button, Form, Menu, Message, Picture
from bot.chat.outgoing import thawed
from bot.chat.requests import IncomingFile, Person, Place, Request, RequestKind, Right
from bot.domain import Change, Receipt, Scope, Source, StoredVersion
from bot.errors import VerbatimError
from bot.front_desk.brief_commands import BriefCommands
from bot.front_desk.brief_posting import BriefPosting, Redone, delivery_base
from bot.front_desk.brief_requests import Parts
from bot.front_desk.desk import FrontDesk
from bot.library.brief_store import BriefKind, BriefState, BriefWish, Mute, brief_key
from bot.library.delivery_store import Delivery, DeliveryKind
from bot.library.sql_brief_store import SqlBriefStore
from bot.library.sql_delivery_store import SqlDeliveryStore
from bot.library.sql_store import SqlStore
from bot.library.sql_subscription_store import SqlSubscriptionStore
from bot.quotes.showing import show_sentence
from bot.schedule.due import Action, Decision, decide, next_slot
from bot.schedule.sql_due_table import SqlDueTable
from tests.versions import version_of

NOW = datetime(2031, 5, 14, 10, tzinfo=UTC)  # a Wednesday, noon in Berlin
KEY = brief_key("discord", "1", "2")
MANAGER = Person("u1", "Editor", Right.MANAGER)
NEWS = {
    n: version_of(text, id=n)
    for n, text in enumerate(
        ("The ferry ran aground off Elm on Sunday.", "The market hall of Oster burnt down.", "The road to Lindholm is closed."), 1
    )
}


class Library:
    """A change log that grows, and the briefs that it makes: one entry for each document."""

    def __init__(self) -> None:
        self.seq = 2
        self.chart: Chart | None = None
        self.asked: list[BriefAsk] = []
        self.receipts: list[Receipt] = []

    def make(self, ask: BriefAsk) -> Brief:
        self.asked.append(ask)
        entries = []
        end = self.seq if ask.until_seq is None else ask.until_seq
        told_by_others = {n for start, last in ask.skipped for n in range(start + 1, last + 1)}
        for n in sorted({*range(ask.after_seq + 1, end + 1)} - told_by_others):
            quote = show_sentence(NEWS[n], 0)
            assert quote is not None
            if Mute(story_id=n) not in ask.muted:
                entries.append(BriefEntry(n, "NEW", f"Story {n}", (quote,), 1, (f"{n}.txt",), 0, document_ids=(n,), chart=self.chart))
        return Brief(
            ask.now, ask.since, ask.after_seq, end, tuple(entries), (), len(entries), 0, (), at=ask.at,
            catch_up=ask.catch_up, topics=ask.topics,
        )  # fmt: skip

    def newest_seq(self) -> int:
        return self.seq

    def changes_after(self, seq: int, limit: int = 1000) -> list[Change]:
        return [Change(n, n, n) for n in range(seq + 1, self.seq + 1)][:limit]

    def version(self, scope: Scope | None, version_id: int) -> StoredVersion | None:
        facts = replace(NEWS[version_id].facts, stored_at=NOW - timedelta(hours=1))
        return replace(NEWS[version_id], facts=facts)

    def versions(self, scope: Scope | None, version_ids: Iterable[int]) -> Mapping[int, StoredVersion]:
        return {n: NEWS[n] for n in version_ids}

    def keep_receipt(self, receipt: Receipt) -> int:
        self.receipts.append(receipt)
        return 1


class Store:
    def __init__(self, library: Library) -> None:
        self._library, self.kept = library, b""

    async def newest_seq(self) -> int:
        return self._library.seq

    async def sources(self) -> list[Source]:
        return []

    async def keep_raw(self, raw: bytes) -> str:
        self.kept = raw
        return "ab"


class Heard:
    def __init__(self) -> None:
        self.told: list[Message] = []
        self.forms: list[Form] = []

    async def working(self, text: str) -> None: ...

    async def only_you(self, message: Message) -> None:
        self.told.append(message)

    async def replace(self, message: Message) -> None:
        self.told.append(message)

    async def open_form(self, form: Form) -> None:
        self.forms.append(form)

    async def read_file(self, file: IncomingFile, max_bytes: int) -> bytes:
        raise AssertionError

    def __str__(self) -> str:
        return "\n".join(f"{one.summary} {one.blocks}" for one in self.told)

    def button(self, label: str) -> str:
        found = [one for message in self.told for one in message.buttons if isinstance(one, Button) and one.label == label]
        return found[-1].action


class Newsroom:
    """The front desk with the commands of briefs, over real tables."""

    def __init__(self, store: SqlStore) -> None:
        self.library, self.now, self.numbers = Library(), NOW, count(1)
        self.briefs, self.table = SqlBriefStore(store.transactions), SqlDueTable(store.transactions)
        self.deliveries = SqlDeliveryStore(store.transactions)
        self.announced: list[Message] = []
        self.is_paused = False
        desk: Any = self.library
        faces = {"discord": DiscordFace()}
        self.store = Store(self.library)
        self.posting = BriefPosting(
            self.briefs, desk, self.store, desk, SqlSubscriptionStore(store.transactions), self.deliveries, faces,  # type: ignore[arg-type]
            wake=lambda _: None, now=self.clock,
        )  # fmt: skip

        async def announce(request: Request, message: Message) -> None:
            self.announced.append(message)

        async def permit(request: Request) -> None:
            if self.is_paused:
                raise VerbatimError("all-paused", "posting is paused", "All posting is paused.")

        parts = Parts(
            self.posting, self.briefs, self.table, None, self.deliveries, desk, faces, announce,  # type: ignore[arg-type]
            now=self.clock, permit=permit,
        )  # fmt: skip
        commands = BriefCommands(parts)
        self.front = FrontDesk(
            None, self.deliveries, faces, commands.handlers(), rights=BriefCommands.RIGHTS, now=self.clock  # type: ignore[arg-type]
        )

    def clock(self) -> datetime:
        return self.now

    async def do(
        self, name: str, person: Person = MANAGER, kind: RequestKind = RequestKind.COMMAND, /, **arguments: str
    ) -> Heard:
        heard = Heard()
        place = Place("discord", "1", "2")
        made = Request(f"e{next(self.numbers)}", kind, name, place, person, self.now, arguments=arguments)
        await self.front.handle(made, heard)
        return heard

    async def press(self, action: str, person: Person = MANAGER, /, **values: str) -> Heard:
        return await self.do(action, person, RequestKind.BUTTON, **values)

    async def due(self) -> Decision:
        due = await self.table.get(KEY)
        assert due is not None
        return decide(due, self.now)

    async def send(self) -> list[Delivery]:
        """Let all that is owed be sent; what was."""
        sent = await self.deliveries.unsettled("discord")
        for n, one in enumerate(sent):
            await self.deliveries.sent(one.id, message_id=str(100 + n), thread_id="55" if one.owed.kind is DeliveryKind.THREAD else "", now=self.now)
        await self.posting.settle()
        return sent


@pytest.fixture
async def room(tmp_path: Path) -> AsyncIterator[Newsroom]:
    async with await SqlStore.open(f"sqlite:///{tmp_path / 'library.db'}") as store:
        made = Newsroom(store)
        yield made
        made.posting.close()


def body_of(one: Delivery) -> bytes:
    return msgspec.json.encode(thawed(one.owed.payload).body, order="sorted")


def seen(message: Message) -> bytes:
    return msgspec.json.encode(rendering.render(message).body, order="sorted")


async def test_setting_answers_with_the_sentence_and_the_next_three_dates(room: Newsroom) -> None:
    heard = await room.do("brief set", time="07:30", days="Mo–Fr", timezone="Berlin", length="short", topics="Hafen, Sport")
    assert "This channel gets its brief: 07:30, Mon–Fri, Europe/Berlin." in str(heard)
    assert "Thu 2031-05-15 07:30 +02:00 · Fri 2031-05-16 07:30 +02:00 · Mon 2031-05-19 07:30 +02:00" in str(heard)
    wish = await room.briefs.wish(KEY)
    assert wish is not None
    assert (wish.length, wish.style, wish.empty, wish.threads, wish.topics) == ("short", "bullets", "say so", "one", ("Hafen", "Sport"))
    german = await room.do("brief set", replace(MANAGER, language="de"), time="werktags 8 Uhr", topics="alle", style="prose")
    assert "Dieser Kanal bekommt seinen Überblick: 08:00, Mo–Fr, Europe/Berlin." in str(german)
    changed = await room.briefs.wish(KEY)
    assert changed == replace(wish, topics=(), style="prose")
    shown = await room.do("brief show", Person("u9", "Reader"))
    assert "08:00, Mon–Fri, Europe/Berlin" in str(shown)


async def test_stories_without_news_are_named_where_that_is_wished_and_the_language_is_one_that_we_have(room: Newsroom) -> None:
    set_so = await room.do("brief set", time="07:30", timezone="Berlin", unchanged="say so", lang="Deutsch")
    assert "says of which stories there is nothing new" in str(set_so)
    wish = await room.briefs.wish(KEY)
    assert wish is not None
    assert (wish.mark_quiet, wish.language) == (True, "de")
    await room.do("brief post")
    assert room.library.asked[-1].mark_quiet
    form = (await room.press("brief-settings:2")).forms[0]
    assert {field.name: field.value for field in form.fields}["unchanged"] == "say so"
    await room.do("brief-form:2", **{field.name: field.value for field in form.fields} | {"unchanged": "silent"})
    wish = await room.briefs.wish(KEY)
    assert wish is not None
    assert not wish.mark_quiet
    refused = await room.do("brief set", time="07:30", lang="fr")
    assert "My own words are English or German" in str(refused)
    assert "Quotes keep the language of their source" in str(refused)


async def test_the_zone_is_asked_for_once(room: Newsroom) -> None:
    heard = await room.do("brief set", time="07:30")
    assert "In which time zone?" in str(heard)
    assert await room.table.get(KEY) is None
    [menu] = heard.told[0].buttons
    assert isinstance(menu, Menu)
    chosen = await room.press(menu.action, value="Asia/Tokyo")
    assert "07:30, every day, Asia/Tokyo" in str(chosen)
    assert "07:45, every day, Asia/Tokyo" in str(await room.do("brief set", time="07:45"))
    paris = await room.do("brief set", replace(MANAGER, time_zone="Europe/Paris"), time="7:00", channel="3")
    assert "Europe/Paris" in str(paris)
    assert "not kept any more" in str(await room.press(menu.action, value="Asia/Tokyo"))


REFUSALS: list[tuple[str, dict[str, str], str, str]] = [
    ("brief set", {"time": "0 7 * * *", "timezone": "UTC"}, "looks like cron", "sieht nach cron aus"),
    ("brief set", {"time": "07:30", "timezone": "Berln"}, "I do not understand", "verstehe ich nicht"),
    ("brief set", {"time": "25:00", "timezone": "UTC"}, "no time of day", "Diese Uhrzeit gibt es nicht"),
    ("brief set", {"time": "07:30", "timezone": "UTC", "length": "huge"}, "none of these", "keines von diesen"),
    ("brief preview", {}, "no brief here", "keinen Überblick"),
    ("brief redo", {}, "no brief here", "keinen Überblick"),
    ("brief pause", {}, "no brief here", "keinen Überblick"),
    ("brief show", {}, "No brief is set", "kein Überblick eingerichtet"),
    ("news latest", {}, "No brief was posted here yet", "noch kein Überblick gepostet"),
    ("full:2/abc", {}, "not kept any more", "gibt es nicht mehr"),
    ("post-now:99", {}, "Use the command again", "Gib den Befehl noch einmal"),
]


async def test_every_refusal_has_cause_and_cure_in_both_languages(room: Newsroom) -> None:
    for name, arguments, english, german in REFUSALS:
        assert english in str(await room.do(name, **arguments)), name
        assert german in str(await room.do(name, replace(MANAGER, language="de"), **arguments)), name


async def test_who_manages_nothing_sets_nothing(room: Newsroom) -> None:
    reader = Person("u9", "Reader")
    for name in ("brief set", "brief post", "brief pause", "post-now:1", "brief-settings:2", "brief-form:2"):
        assert "no-right" in str(await room.do(name, reader, time="07:30", timezone="UTC")), name
    assert await room.table.get(KEY) is None


async def test_what_was_previewed_is_posted_to_the_letter_and_once(room: Newsroom) -> None:
    await room.do("brief set", time="07:30", timezone="Berlin")
    heard = await room.do("brief preview", at="07:30")
    *previewed, _ = heard.told
    assert "07:30 (Berlin, +02:00)" in previewed[0].summary
    room.library.seq = 3  # what came since is not in what was previewed
    await room.press(heard.button("Post now"))
    again = await room.press(heard.button("Post now"))
    assert "posted already" in str(again)
    number = heard.button("Post now").partition(":")[2]
    assert "button-too-old" in str(await room.press(f"post-here:{number}"))  # which is for what one person saw
    sent = await room.send()
    assert [body_of(one) for one in sent if one.owed.kind is DeliveryKind.POST] == [seen(one) for one in previewed]
    assert len(room.library.receipts) == 0  # it is kept with what is owed
    last = await room.briefs.last_told(KEY)
    assert last is not None
    assert (last.kind, last.state, last.to_seq) == (BriefKind.POSTED, BriefState.DELIVERED, 2)
    listed = await room.do("news latest")
    assert [seen(one) for one in listed.told[1:]] == [seen(previewed[0])]
    assert listed.told[0].links() == {"https://discord.com/channels/1/2/100"}


async def test_a_chart_goes_with_its_story_in_words_and_as_a_picture(
    room: Newsroom, monkeypatch: pytest.MonkeyPatch
) -> None:
    quote = show_sentence(NEWS[1], 0)
    assert quote is not None
    points = tuple(ChartPoint(NOW.date() - timedelta(days=n), 9.0 - n, None, f"{9 - n} ships", "", "Elm Courier", quote) for n in (1, 0))
    room.library.chart = Chart("ships", points)
    drawn = Picture(b"\x89PNG", "chart-1.png", "words")
    monkeypatch.setattr("bot.chat.brief_messages.chart_picture", lambda *_: drawn)
    await room.do("brief set", time="07:30", timezone="Berlin")
    await room.do("brief post")
    story = (await room.send())[2]
    assert "8 ships" in str(body_of(story))
    assert "9 ships" in str(body_of(story))
    assert thawed(story.owed.payload).files == (("chart-1.png", "ab"),)
    assert room.store.kept == drawn.png


async def test_a_slot_is_posted_once_from_where_the_last_one_ended(room: Newsroom) -> None:
    await room.do("brief set", time="07:30", timezone="Berlin")
    room.now = NOW + timedelta(days=1, hours=-4, minutes=-30)  # 07:30 in Berlin
    decision = await room.due()
    assert decision.action is Action.FIRE
    await room.posting.prepare(decision.due, decision.slot)  # type: ignore[arg-type]
    await room.posting.fire(decision)
    await room.posting.fire(decision)
    assert [one.owed.kind for one in await room.send()] == [DeliveryKind.POST, DeliveryKind.THREAD, DeliveryKind.POST, DeliveryKind.POST]
    room.library.seq = 3
    await room.do("brief post")
    overview = (await room.send())[0]
    assert "Story 3" in str(body_of(overview))
    assert "Story 2" not in str(body_of(overview))
    assert room.library.asked[-1].since == room.now


async def test_what_was_prepared_is_made_anew_when_news_came_or_another_look_is_wished(room: Newsroom) -> None:
    await room.do("brief set", time="07:30", timezone="Berlin")
    room.now = NOW + timedelta(days=1, hours=-5)
    ahead = await room.due()
    slot = next_slot(ahead.due, room.now)
    assert slot is not None
    await room.posting.prepare(ahead.due, slot)
    made = len(room.library.asked)
    room.now = slot.at
    await room.posting.fire(await room.due())
    assert len(room.library.asked) == made  # as it was prepared
    await room.send()
    for change in ("style", "news"):
        room.now += timedelta(hours=23, minutes=40)
        ahead = await room.due()
        slot = next_slot(ahead.due, room.now)
        assert slot is not None
        await room.posting.prepare(ahead.due, slot)
        made = len(room.library.asked)
        if change == "style":
            await room.do("brief set", time="07:30", style="prose")
        else:
            room.library.seq += 1
        room.now = slot.at
        await room.posting.fire(await room.due())
        assert len(room.library.asked) == made + 1, change
        await room.send()


async def test_a_model_has_time_until_two_minutes_before_a_slot_and_none_at_it(room: Newsroom, monkeypatch: pytest.MonkeyPatch) -> None:
    given: list[float] = []

    async def write(brief: Brief, language: str, wish: BriefWish, writing_s: float) -> Brief:
        given.append(writing_s)
        return brief

    monkeypatch.setattr(room.posting, "_write", write)
    await room.do("brief set", time="07:30", timezone="Berlin")
    room.now = NOW + timedelta(days=1, hours=-5)
    ahead = await room.due()
    slot = next_slot(ahead.due, room.now)
    assert slot is not None
    for before in (timedelta(minutes=20), timedelta(minutes=2, seconds=10), timedelta(minutes=1)):
        room.now = slot.at - before
        await room.posting.prepare(ahead.due, slot)
    room.library.seq += 1  # so that it is made anew
    room.now = slot.at
    await room.posting.fire(await room.due())
    assert given == [90.0, 10.0, 0.0, 0.0]


async def test_after_downtime_one_brief_covers_the_gap_and_quiet_hours_are_kept(room: Newsroom) -> None:
    await room.do("brief set", time="07:30", timezone="Berlin")
    room.now = NOW + timedelta(days=3)
    decision = await room.due()
    assert decision.action is Action.CATCH_UP
    await room.posting.fire(decision)
    [overview, *_] = await room.send()
    assert "CATCH" in str(body_of(overview))
    assert "17 May, 12:00" in str(body_of(overview))
    quiet = await room.do("brief quiet", **{"from": "06:00", "to": "09:00"})
    assert "06:00 to 09:00; a brief in these hours is held" in str(quiet)
    assert "09:00 +02:00" in str(quiet)
    assert "No quiet hours" in str(await room.do("brief quiet", **{"from": "off"}))


async def test_pause_skip_and_resume_change_what_comes_and_tell_all(room: Newsroom) -> None:
    await room.do("brief set", time="07:30", timezone="Berlin")
    skipped = await room.do("brief skip")
    assert "No brief on Thu 15 May. Next: Fri 2031-05-16" in str(skipped)
    assert "No brief comes on Thu 15 May" in str(await room.do("brief skip", date="15.5.2031"))
    assert "is over" in str(await room.do("brief skip", date="2031-05-01"))
    paused = await room.do("brief pause", until="2031-05-20")
    assert "Paused until Tue 20 May." in str(paused)
    assert "Paused until Tue 20 May, 00:00 (+02:00)" in str(await room.do("brief show"))
    room.now = NOW + timedelta(days=4)
    assert (await room.due()).action is Action.NOTHING
    resumed = await room.press(paused.button("Resume"))
    assert "Briefs come again. Next: Mon 2031-05-19" in str(resumed)
    assert (await room.due()).action is Action.NOTHING
    assert "not paused" in str(await room.do("brief resume"))
    assert [one.summary for one in room.announced] == [
        "Editor leaves out the brief of Thu 15 May.", "Editor paused the brief of this channel until Tue 20 May.",
        "Editor resumed the brief of this channel.",
    ]  # fmt: skip


async def test_redo_edits_what_stands_and_the_next_brief_begins_after_it(room: Newsroom) -> None:
    await room.do("brief set", time="07:30", timezone="Berlin")
    await room.do("brief post")
    assert "still being posted" in str(await room.do("brief redo"))
    await room.send()
    assert "Nothing changed" in str(await room.do("brief redo"))
    room.library.seq, room.now = 3, NOW + timedelta(minutes=5)
    await room.do("brief redo")
    edits = await room.send()
    assert [(one.owed.kind, one.owed.thread) for one in edits] == [
        (DeliveryKind.EDIT, ""), (DeliveryKind.EDIT, "55"), (DeliveryKind.EDIT, "55"), (DeliveryKind.POST, ""),
    ]  # fmt: skip
    assert "Updated 12:05" in str(body_of(edits[0]))
    record = await room.briefs.last_told(KEY)
    assert record is not None
    assert (record.revision, record.to_seq) == (1, 3)
    assert edits[0].owed.parent_key == f"{delivery_base(record)}:0"
    assert await room.briefs.told(KEY) == {1, 2, 3}


async def test_a_chart_is_handed_out_again_only_when_it_changed(room: Newsroom, monkeypatch: pytest.MonkeyPatch) -> None:
    quote = show_sentence(NEWS[1], 0)
    assert quote is not None

    def chart(*values: float) -> Chart:
        days = range(len(values))
        points = (ChartPoint(NOW.date() + timedelta(days=n), values[n], None, f"{values[n]} ships", "", "Elm", quote) for n in days)
        return Chart("ships", tuple(points))

    def drawn(one: Chart, *_: object) -> Picture:
        return Picture(f"PNG {one.points[-1].value}".encode(), "chart.png", "words")

    monkeypatch.setattr("bot.chat.brief_messages.chart_picture", drawn)
    room.library.chart = chart(8, 9)
    await room.do("brief set", time="07:30", timezone="Berlin")
    await room.do("brief post")
    await room.send()
    for style, anew, handed_out in (("prose", chart(8, 9), 0), ("prose", chart(8, 9, 12), 1)):
        room.library.chart, room.now = anew, room.now + timedelta(minutes=1)
        await room.do("brief set", time="07:30", style=style)
        await room.do("brief redo")
        edits = [one for one in await room.send() if one.owed.kind is DeliveryKind.EDIT]
        assert [len(thawed(one.owed.payload).files) for one in edits[1:]] == [handed_out] * 2


async def test_an_older_brief_is_made_anew_over_its_own_time(room: Newsroom) -> None:
    await room.do("brief set", time="07:30", timezone="Berlin")
    await room.do("brief post")
    await room.send()
    room.library.seq, room.now = 3, NOW + timedelta(minutes=5)
    await room.do("brief post")
    await room.send()
    first = (await room.briefs.of_channel(KEY))[-1]
    await room.do("brief redo", brief=f"#{first.id}")
    asked = room.library.asked[-1]
    assert (asked.after_seq, asked.until_seq, asked.told, asked.before) == (0, 2, None, None)
    last = await room.briefs.last_told(KEY)
    assert last is not None
    await room.do("brief redo")
    asked = room.library.asked[-1]
    assert (asked.after_seq, asked.until_seq, asked.told) == (2, None, frozenset({1, 2}))


async def test_what_only_a_refused_revision_told_is_told_by_the_next_brief(room: Newsroom) -> None:
    await room.do("brief set", time="07:30", timezone="Berlin")
    await room.do("brief post")
    await room.send()
    room.library.seq = 3
    await room.do("brief redo")
    [edit, *_] = await room.deliveries.claim("discord", owner="me", now=room.now, lease=timedelta(minutes=1), limit=1)
    await room.deliveries.refused(edit.id, "me", code="unknown-message", reason="it was deleted")
    await room.do("brief post")
    assert room.library.asked[-1].after_seq == 2


async def test_what_a_refused_brief_held_is_told_by_the_next_one_though_another_counted_on_it(room: Newsroom) -> None:
    await room.do("brief set", time="07:30", timezone="Berlin")
    room.library.seq = 1
    await room.do("brief post")
    room.library.seq, room.now = 2, NOW + timedelta(minutes=1)
    await room.do("brief post")  # while the first one is on its way
    [first, *_] = await room.deliveries.claim("discord", owner="me", now=room.now, lease=timedelta(minutes=1), limit=1)
    await room.deliveries.refused(first.id, "me", code="last-check", reason="a link that is not held")
    await room.send()
    room.library.seq, room.now = 3, NOW + timedelta(minutes=2)
    await room.do("brief post")
    asked = room.library.asked[-1]
    assert (asked.after_seq, asked.skipped, asked.since) == (0, ((1, 2),), None)
    assert asked.told == frozenset((2,))
    third = await room.briefs.last_told(KEY)
    assert third is not None
    assert (third.from_seq, third.to_seq, third.skipped) == (0, 3, ((1, 2),))
    await room.send()
    await room.do("brief post")
    assert (room.library.asked[-1].after_seq, room.library.asked[-1].skipped) == (3, ())


async def test_nothing_is_made_anew_while_all_posting_is_paused(room: Newsroom) -> None:
    await room.do("brief set", time="07:30", timezone="Berlin")
    await room.do("brief post")
    await room.send()
    room.library.seq, room.is_paused = 3, True
    assert "all-paused" in str(await room.do("brief redo"))
    assert await room.deliveries.unsettled("discord") == []


async def test_of_two_who_make_a_brief_anew_at_once_one_does(room: Newsroom) -> None:
    await room.do("brief set", time="07:30", timezone="Berlin")
    await room.do("brief post")
    await room.send()
    room.library.seq = 3
    first = await room.briefs.last_told(KEY)
    wish = await room.briefs.wish(KEY)
    assert first is not None
    assert wish is not None
    assert await room.posting.redo(first, wish, "UTC") is Redone.REDONE
    room.now += timedelta(minutes=1)
    assert await room.posting.redo(first, wish, "UTC") is Redone.STILL_POSTING
    record = await room.briefs.last_told(KEY)
    assert record is not None
    assert record.revision == 1


async def test_now_is_for_one_person_once_in_a_quarter_of_an_hour_and_may_be_posted(room: Newsroom) -> None:
    reader = Person("u9", "Reader")
    heard = await room.do("news now", reader)
    assert [len(one.quotes()) for one in heard.told] == [2]
    assert await room.deliveries.unsettled("discord") == []
    assert "next at 10:15" in str(await room.do("news now"))
    room.now = NOW + timedelta(minutes=16)
    await room.press(f"mute:{heard.button('Full list').partition(':')[2]}:1", reader)
    muted = await room.do("news now", reader, window="24h")
    assert [len(one.quotes()) for one in muted.told] == [1]
    room.now = NOW + timedelta(minutes=40)
    mine = await room.do("news now")
    await room.press(mine.button("Post here"))
    [posted] = await room.send()
    assert body_of(posted) == seen(mine.told[0])
    assert await room.briefs.last_told(KEY) is not None


async def test_what_one_person_muted_is_theirs_and_is_forgotten(room: Newsroom) -> None:
    reader = Person("u9", "Reader")
    assert "Muted: the topic “sport”" in str(await room.do("news me", reader, mute="sport"))
    about = await room.do("news me", reader)
    assert "the topic “sport”" in str(about)
    assert "Nothing is muted" in str(await room.do("news me", Person("u8", "Other")))
    assert "No longer muted" in str(await room.press(about.button("Unmute sport"), reader))
    await room.do("news me", reader, mute="sport")
    sure = await room.do("news me", reader, forget="true")
    assert "cannot be undone" in str(sure)
    assert "Erased: 1" in str(await room.press(sure.button("Forget me"), reader))
    assert await room.briefs.mutes("discord", "1", "u9") == []


async def test_home_shows_what_comes_next_and_what_came(room: Newsroom) -> None:
    assert "No brief is set in this workspace" in str(await room.do("home brief"))
    await room.do("brief set", time="07:30", timezone="Berlin")
    heard = await room.do("home brief")
    assert "Next brief: Thu 15 May, 07:30 (+02:00)" in str(heard)
    assert "<#2>" in str(seen(heard.told[0]))
    assert [one.label for one in heard.told[0].buttons if isinstance(one, Button)] == ["Preview", "Post now", "Pause"]
    assert (await room.do("home brief", Person("u9", "Reader"))).told[0].buttons == ()
    await room.press(heard.button("Post now"))
    await room.send()
    assert "Story 1 · Story 2" in str(await room.do("home briefs"))
    assert "Nothing is muted" in str(await room.do("home me"))


async def test_the_form_shows_what_is_set_and_sets_it(room: Newsroom) -> None:
    opened = await room.do("brief set")
    assert opened.forms[0].action == "brief-form:2"
    await room.do("brief-form:2", time="Mon-Fri 7:30 Vienna", length="long", topics="")
    again = await room.press("brief-settings:2")
    assert [field.value for field in again.forms[0].fields[:2]] == ["07:30, Mon–Fri, Europe/Vienna", "long"]
    returned = {field.name: field.value for field in again.forms[0].fields}
    assert "07:30, Mon–Fri, Europe/Vienna" in str(await room.do("brief-form:2", **returned))
