"""Deliveries to a Discord on this machine, through discord.py as it is: what stands in the channel is what counts."""

from __future__ import annotations

import random
from collections.abc import AsyncIterator
from dataclasses import dataclass, replace
from datetime import UTC, datetime, timedelta
from pathlib import Path

import discord
import pytest

from bot.chat.composing import answer_message
from bot.chat.discord.face import DiscordFace
from bot.chat.discord.rendering import render
from bot.chat.discord.sender import DiscordSender
from bot.chat.messages import Button, Heading, Message, Paragraph
from bot.chat.outgoing import Outgoing, frozen
from bot.chat.requests import Person, Place, Request, RequestKind
from bot.domain import Answer, AnswerStatus, StoredVersion
from bot.library.delivery_store import DeliveryKind, DeliveryState, Owed
from bot.library.sql_delivery_store import SqlDeliveryStore
from bot.library.sql_store import SqlStore
from bot.outbox.courier import Courier, Notice
from bot.quotes.showing import show_sentence
from tests.protocol.discord_server import Channel, DiscordServer
from tests.versions import version_of

FERRY = version_of("All 48 passengers of the ferry were rescued.", id=1)
NOW = datetime(2026, 3, 2, 12, tzinfo=UTC)


@dataclass
class Post:
    """A sender and a courier over a real client, a real store and the server."""

    server: DiscordServer
    channel: Channel
    store: SqlDeliveryStore
    sender: DiscordSender
    now: datetime = NOW
    notices: tuple[Notice, ...] = ()

    def courier(self) -> Courier:
        async def notify(notice: Notice) -> None:
            self.notices = (*self.notices, notice)

        return Courier(self.store, self.sender, notify=notify, now=lambda: self.now, jitter=lambda: 0.0)

    async def owe(self, *owed: Owed) -> None:
        await self.store.owe(owed, now=self.now)

    async def settle(self) -> None:
        """Deliver until nothing is owed, letting as much time pass as is asked for."""
        for _ in range(60):
            await self.courier().deliver_due()
            due = await self.store.next_due_at("discord")
            if due is None:
                return
            self.now = max(due, self.now + timedelta(seconds=1))

    def titles(self, channel: str = "") -> list[str]:
        return [one["embeds"][0]["description"] for one in self.server.messages(channel or self.channel.id)]


@pytest.fixture
async def post(tmp_path: Path, monkeypatch: pytest.MonkeyPatch) -> AsyncIterator[Post]:
    async with DiscordServer() as server, await SqlStore.open(f"sqlite:///{tmp_path / 'library.db'}") as store:
        channel = server.add_channel(server.add_guild())
        monkeypatch.setattr(discord.http.Route, "BASE", server.api)
        client = discord.Client(intents=discord.Intents.none())
        await client.login(server.token)

        async def facts(outgoing: Outgoing) -> tuple[dict[int, StoredVersion], set[str]]:
            return {1: FERRY}, set(outgoing.links)

        async def no_file(sha256: str) -> bytes | None:
            return b"\x89PNG" if sha256 == "ab" else None

        sender = DiscordSender(client.http, facts, no_file, lambda: int(server.me["id"]))
        yield Post(server, channel, SqlDeliveryStore(store.transactions), sender)
        await client.close()


def words(text: str) -> bytes:
    return frozen(render(Message(text, (Paragraph(text),), "en")))


def note(post: Post, key: str, text: str, **more: object) -> Owed:
    return Owed(key, "discord", "w", post.channel.id, DeliveryKind.POST, words(text), **more)  # type: ignore[arg-type]


async def test_an_answer_stands_in_a_thread_on_the_question(post: Post) -> None:
    asked = await post.server.say(post.channel.id, "how many were rescued?")
    quote = show_sentence(FERRY, 0)
    assert quote is not None
    message = answer_message(Answer("?", "en", AnswerStatus.ANSWERED, "", "", (quote,)), "en", {}, [Button("Sources", "sources:1")])
    place = Place("discord", "w", post.channel.id)
    request = Request(asked["id"], RequestKind.QUESTION, "", place, Person("77", "R"), NOW, text="how many were rescued?")
    face = DiscordFace()
    await post.owe(*face.reply(request, "answer:1", face.render(message)))
    await post.settle()
    [thread] = post.server.threads(post.channel.id)
    assert thread.id == asked["id"]
    assert thread.name == "how many were rescued?"
    [standing] = post.server.messages(thread.id)
    assert "“All 48 passengers of the ferry were rescued.”" in standing["embeds"][0]["description"]
    assert standing["allowed_mentions_sent"]["parse"] == []
    assert post.server.messages(post.channel.id) == []
    edit = note(post, "answer:1:written", "All were rescued.", parent_key="answer:1:0")
    await post.owe(replace(edit, kind=DeliveryKind.EDIT))
    await post.settle()
    [edited] = post.server.messages(thread.id)
    assert (edited["id"], edited["embeds"][0]["description"]) == (standing["id"], "All were rescued.")


async def test_where_no_thread_may_be_opened_the_answer_stands_below_the_question(post: Post) -> None:
    asked = await post.server.say(post.channel.id, "how many?")
    post.server.channels[asked["id"]] = Channel(asked["id"], "", "taken", shut=50_013)
    opened = Owed("k:thread", "discord", "w", "404", DeliveryKind.THREAD, b'{"name":"x"}', reply_to=asked["id"])
    await post.owe(opened, note(post, "k:0", "words", reply_to=asked["id"], parent_key="k:thread"))
    await post.settle()
    [standing] = post.server.messages(post.channel.id)
    assert standing["message_reference"]["message_id"] == asked["id"]


async def test_a_thread_that_is_there_already_is_used(post: Post) -> None:
    asked = await post.server.say(post.channel.id, "how many?")
    for key in ("a", "b"):
        opened = Owed(f"{key}:thread", "discord", "w", post.channel.id, DeliveryKind.THREAD, b'{"name":"x"}', reply_to=asked["id"])
        await post.owe(opened, note(post, f"{key}:0", key, parent_key=f"{key}:thread"))
    await post.settle()
    assert post.titles(asked["id"]) == ["a", "b"]


@pytest.mark.parametrize("fault", ["drop before", "drop after", "503", "500 after", "429"])
async def test_a_fault_neither_loses_nor_doubles_nor_reorders(
    post: Post, fault: str, monkeypatch: pytest.MonkeyPatch
) -> None:
    faults = [fault]
    post.server.faults = lambda method, path: faults.pop() if faults and method == "POST" and path.endswith("/messages") else ""
    monkeypatch.setattr("discord.http.asyncio.sleep", _no_sleep)
    await post.owe(note(post, "1", "one"), note(post, "2", "two"))
    await post.settle()
    assert post.titles() == ["one", "two"]


async def _no_sleep(_: float) -> None:
    """discord.py waits between its own tries; the tests do not."""


@pytest.mark.parametrize("seed", range(3))
async def test_random_faults_lose_and_double_nothing_even_without_nonces(
    post: Post, seed: int, monkeypatch: pytest.MonkeyPatch
) -> None:
    monkeypatch.setattr("discord.http.asyncio.sleep", _no_sleep)
    rng = random.Random(seed)
    post.server.nonce_window_s = 0.0  # as some minutes after a crash: only the channel itself can tell
    kinds = ["", "", "drop before", "drop after", "503", "429"]
    post.server.faults = lambda method, path: rng.choice(kinds) if path.endswith("/messages") else ""
    await post.owe(*(note(post, str(n), f"message {n}") for n in range(12)))
    await post.settle()
    assert post.titles() == [f"message {n}" for n in range(12)]


async def test_a_doubtful_message_is_found_by_its_words(post: Post) -> None:
    post.server.nonce_window_s = 0.0
    faults = ["drop after"]
    post.server.faults = lambda method, path: faults.pop() if faults and method == "POST" else ""
    await post.owe(note(post, "1", "one * two"))
    await post.settle()
    assert len(post.server.messages(post.channel.id)) == 1
    found = await post.store.delivery("1")
    assert found is not None
    assert (found.state, found.message_id) == (DeliveryState.SENT, post.server.messages(post.channel.id)[0]["id"])


@pytest.mark.parametrize("code", [50_001, 10_003])
async def test_a_closed_channel_rests_and_is_told_once(post: Post, code: int) -> None:
    post.channel.shut = code
    await post.owe(note(post, "1", "one"), note(post, "2", "two"))
    await post.courier().deliver_due()
    await post.courier().deliver_due()
    [resting] = await post.store.resting_channels("discord")
    assert resting.code == str(code)
    assert [notice.code for notice in post.notices] == ["resting"]
    assert sum(post.server.invalid.values()) <= 1
    post.channel.shut = 0
    await post.store.wake_channel("discord", "w", post.channel.id)
    await post.settle()
    assert post.titles() == ["one", "two"]


async def test_a_refused_token_stops_everything(post: Post) -> None:
    post.server.token = "another-token"
    courier = post.courier()
    await post.owe(note(post, "1", "one"))
    await courier.deliver_due()
    assert courier.stopped_because == "Discord refuses the bot's token."
    assert await courier.deliver_due() == 0
    assert post.server.invalid[401] == 1


async def test_what_fails_the_last_check_is_never_sent(post: Post) -> None:
    quote = show_sentence(FERRY, 0)
    assert quote is not None
    message = answer_message(Answer("?", "en", AnswerStatus.ANSWERED, "", "", (quote,)), "en", {})
    payload = frozen(render(message)).replace(b"48 passengers", b"49 passengers")
    await post.owe(replace(note(post, "1", ""), payload=payload))
    await post.settle()
    assert post.server.messages(post.channel.id) == []
    [notice] = post.notices
    assert "last check" in notice.reason
    assert "49" not in notice.reason


async def test_an_edit_changes_what_its_parent_posted(post: Post) -> None:
    edit = replace(note(post, "2", "after", parent_key="1"), kind=DeliveryKind.EDIT)
    await post.owe(note(post, "1", "before"), edit)
    await post.settle()
    assert post.titles() == ["after"]


async def test_the_picture_of_an_edit_takes_the_place_of_the_one_before(post: Post) -> None:
    message = render(Message("chart", (Paragraph("chart"),), "en"))
    first, anew = (replace(message, files=((name, "ab"),), alts=(name,)) for name in ("old.png", "new.png"))
    edit = replace(note(post, "2", "", parent_key="1"), kind=DeliveryKind.EDIT, payload=frozen(anew))
    await post.owe(replace(note(post, "1", ""), payload=frozen(first)), edit)
    await post.settle()
    [standing] = post.server.messages(post.channel.id)
    assert [(one["filename"], one["description"]) for one in standing["attachments"]] == [("new.png", "new.png")]


async def test_files_go_with_their_message(post: Post) -> None:
    outgoing = replace(render(Message("chart", (Paragraph("chart"),), "en")), files=(("gone.png", "cd"), ("chart.png", "ab")), alts=("gone", "Chart. 3 ships"))
    await post.owe(replace(note(post, "1", ""), payload=frozen(outgoing)))
    await post.settle()
    [standing] = post.server.messages(post.channel.id)
    assert [(one["filename"], one["description"]) for one in standing["attachments"]] == [("chart.png", "Chart. 3 ships")]


def a_brief(post: Post, channel: Channel, threads: str, topics: tuple[str, ...] = ()) -> list[Owed]:
    overview, *stories = (
        render(Message(text, (Heading(text), Paragraph(text)), "en", silent=text != "overview"))
        for text in ("overview", "bridge", "ferry")
    )
    named = replace(overview, title="Morning brief · Wed 14 May, 07:30", topics=topics)
    return DiscordFace().post_brief(channel.guild_id, channel.id, "brief:1", named, stories, threads)


async def test_a_brief_stands_in_its_channel_and_its_stories_silently_in_one_thread(post: Post) -> None:
    await post.owe(*a_brief(post, post.channel, "one"))
    await post.settle()
    [overview] = post.server.messages(post.channel.id)
    [thread] = post.server.threads(post.channel.id)
    assert thread.id == overview["id"]
    assert thread.name == "Morning brief · Wed 14 May, 07:30"
    assert post.titles(thread.id) == ["bridge", "ferry"]
    assert overview["flags"] == 0
    assert {one["flags"] for one in post.server.messages(thread.id)} == {1 << 12}


async def test_a_thread_for_each_story_or_none(post: Post) -> None:
    await post.owe(*a_brief(post, post.channel, "per story"))
    await post.settle()
    assert post.titles() == ["overview", "bridge", "ferry"]
    assert [thread.name for thread in post.server.threads(post.channel.id)] == ["bridge", "ferry"]
    other = post.server.add_channel(post.channel.guild_id)
    await post.owe(*(replace(one, key=f"off-{one.key}") for one in a_brief(post, other, "off")))
    await post.settle()
    assert post.titles(other.id) == ["overview"]
    assert post.server.threads(other.id) == []


async def test_in_a_forum_a_brief_is_one_post_with_the_tags_of_its_topics(post: Post) -> None:
    forum = post.server.add_forum(post.channel.guild_id, tags=("Harbour", "sports"), tag_asked=True)
    await post.owe(*a_brief(post, forum, "one", ("harbour",)))
    await post.settle()
    [thread] = post.server.threads(forum.id)
    assert thread.name == "Morning brief · Wed 14 May, 07:30"
    assert thread.carries == [forum.tags[0]["id"]]
    assert post.titles(thread.id) == ["overview", "bridge", "ferry"]


async def test_a_forum_post_whose_answer_was_lost_is_not_made_twice(post: Post) -> None:
    forum = post.server.add_forum(post.channel.guild_id, tags=("news",), tag_asked=True)
    faults = ["drop after"]
    post.server.faults = lambda method, path: faults.pop() if faults and method == "POST" and path.endswith("/threads") else ""
    await post.owe(*a_brief(post, forum, "one"))
    await post.settle()
    assert faults == []
    [thread] = post.server.threads(forum.id)
    assert thread.carries == [forum.tags[0]["id"]]
    assert post.titles(thread.id) == ["overview", "bridge", "ferry"]
