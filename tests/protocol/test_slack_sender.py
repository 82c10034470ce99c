"""Deliveries to a Slack on this machine, through slack_sdk as it is: what stands in the channel is what counts."""

from __future__ import annotations

import random
from collections.abc import AsyncIterator
from dataclasses import dataclass, replace
from datetime import UTC, datetime, timedelta
from pathlib import Path

import aiohttp
import pytest
from slack_sdk.web.async_client import AsyncWebClient

from bot.chat.composing import answer_message
from bot.chat.messages import Button, Message, Paragraph
from bot.chat.outgoing import Outgoing, frozen
from bot.chat.requests import Person, Place, Request, RequestKind
from bot.chat.slack.face import ANSWER_AT, ASKED_AT, SlackFace
from bot.chat.slack.rendering import render
from bot.chat.slack.sender import SlackSender
from bot.domain import Answer, AnswerStatus, StoredVersion
from bot.library.delivery_store import DeliveryKind, DeliveryState, Owed
from bot.library.sql_delivery_store import SqlDeliveryStore
from bot.library.sql_store import SqlStore
from bot.outbox.courier import Courier, Notice
from bot.quotes.showing import show_sentence
from tests.protocol.slack_server import Channel, SlackServer
from tests.versions import version_of

FERRY = version_of("All 48 passengers of the ferry were rescued.", id=1)


@dataclass
class Post:
    """A sender and a courier over a real client, a real store and the server. Both clocks are one, and obey."""

    server: SlackServer
    channel: Channel
    store: SqlDeliveryStore
    sender: SlackSender
    now: datetime
    notices: tuple[Notice, ...] = ()

    def courier(self) -> Courier:
        async def notify(notice: Notice) -> None:
            self.notices = (*self.notices, notice)

        return Courier(self.store, self.sender, notify=notify, now=lambda: self.now, jitter=lambda: 0.0)

    async def owe(self, *owed: Owed) -> None:
        await self.store.owe(owed, now=self.now)

    async def settle(self) -> None:
        """Deliver until nothing is owed, letting as much time pass as is asked for."""
        for _ in range(80):
            await self.courier().deliver_due()
            due = await self.store.next_due_at("slack")
            if due is None:
                return
            self.now = max(due, self.now + timedelta(seconds=1))

    def texts(self, thread: str = "") -> list[str]:
        found = self.server.replies(self.channel.id, thread) if thread else self.server.messages(self.channel.id)
        return [one["text"] for one in found]


@pytest.fixture
async def post(tmp_path: Path) -> AsyncIterator[Post]:
    async with (
        SlackServer() as server,
        await SqlStore.open(f"sqlite:///{tmp_path / 'library.db'}") as store,
        aiohttp.ClientSession() as session,
    ):
        client = AsyncWebClient(server.bot_token, server.api, session=session, retry_handlers=[])

        async def facts(outgoing: Outgoing) -> tuple[dict[int, StoredVersion], set[str]]:
            return {1: FERRY}, set(outgoing.links)

        async def file(sha256: str) -> bytes | None:
            return b"\x89PNG" if sha256 == "ab" else None

        sender = SlackSender(client, facts, file, session)
        made = Post(server, server.add_channel(), SqlDeliveryStore(store.transactions), sender, datetime.now(UTC))

        def clock() -> float:
            return made.now.timestamp()

        server._now = clock
        yield made


def words(text: str) -> bytes:
    return frozen(render(Message(text, (Paragraph(text),), "en")))


def note(post: Post, key: str, text: str, **more: object) -> Owed:
    return Owed(key, "slack", "T0001", post.channel.id, DeliveryKind.POST, words(text), **more)  # type: ignore[arg-type]


def question(post: Post, asked: str, **place: str) -> Request:
    where = Place("slack", "T0001", post.channel.id, **place)  # type: ignore[arg-type]
    return Request(
        f"T0001-{post.channel.id}-{asked}", RequestKind.QUESTION, "", where, Person("U1", "R"), post.now,
        text="how many?", arguments={ASKED_AT: asked},
    )  # fmt: skip


async def test_an_answer_stands_in_the_thread_of_the_question(post: Post) -> None:
    asked = await post.server.say(post.channel.id, "how many were rescued?", deliver=False)
    quote = show_sentence(FERRY, 0)
    assert quote is not None
    message = answer_message(Answer("?", "en", AnswerStatus.ANSWERED, "", "", (quote,)), "en", {}, [Button("Sources", "sources:1")])
    face = SlackFace()
    await post.owe(*face.reply(question(post, asked["ts"]), "answer:1", face.render(message)))
    await post.settle()
    [standing] = post.server.replies(post.channel.id, asked["ts"])
    assert "“All 48 passengers of the ferry were rescued.”" in str(standing["blocks"])
    assert post.server.messages(post.channel.id) == []
    _, body = post.server.bodies[-1]
    assert (body["unfurl_links"], body["unfurl_media"], body["parse"], body["link_names"]) == (False, False, "none", False)


async def test_a_question_in_a_thread_is_answered_in_it_and_a_direct_one_below_itself(post: Post) -> None:
    face, shown = SlackFace(), render(Message("x", (Paragraph("x"),), "en"))
    [within] = face.reply(question(post, "2.0", thread="1.0"), "a", shown)
    direct = replace(question(post, "2.0"), place=Place("slack", "T0001", "D1", direct=True, private=True))
    [alone] = face.reply(direct, "b", shown)
    assert (within.thread, alone.thread) == ("1.0", "")


@pytest.mark.parametrize("fault", ["drop before", "drop after", "503", "500 after", "429", "fatal_error"])
async def test_a_fault_neither_loses_nor_doubles_nor_reorders(post: Post, fault: str) -> None:
    faults = [fault]
    post.server.faults = lambda method: faults.pop() if faults and method == "chat.postMessage" else ""
    await post.owe(note(post, "1", "one"), note(post, "2", "two"))
    await post.settle()
    assert post.texts() == ["one", "two"]


@pytest.mark.parametrize("seed", range(3))
async def test_random_faults_lose_and_double_nothing(post: Post, seed: int) -> None:
    rng = random.Random(seed)
    asked = await post.server.say(post.channel.id, "how many?", deliver=False)
    kinds = ["", "", "drop before", "drop after", "503", "429", "500 after", "fatal_error"]
    post.server.faults = lambda method: rng.choice(kinds)
    threads = ["", asked["ts"]]
    await post.owe(*(note(post, str(n), f"message {n}", thread=threads[n % 2]) for n in range(12)))
    await post.settle()
    assert post.texts() == [f"message {n}" for n in range(0, 12, 2)]
    assert post.texts(asked["ts"]) == [f"message {n}" for n in range(1, 12, 2)]


async def test_a_doubtful_message_is_found_among_many_pages(post: Post) -> None:
    faults = ["drop after"]
    post.server.faults = lambda method: faults.pop() if faults and method == "chat.postMessage" else ""
    await post.owe(note(post, "1", "one"))
    [claimed] = await post.store.claim("slack", owner="o", now=post.now, lease=timedelta(seconds=90), limit=1)
    assert (await post.sender.send(claimed)).outcome == "doubtful"
    for n in range(450):
        await post.server.say(post.channel.id, f"noise {n}", mention=False, deliver=False)
    found = await post.sender.find(claimed)
    assert (found.outcome, found.message_id) == ("sent", post.server.messages(post.channel.id)[0]["ts"])
    assert post.server.calls["conversations.history"] == 3


async def test_the_same_words_of_another_delivery_are_not_taken_for_it(post: Post) -> None:
    await post.owe(note(post, "1", "good morning"))
    await post.settle()
    faults = ["drop before"]
    post.server.faults = lambda method: faults.pop() if faults and method == "chat.postMessage" else ""
    await post.owe(note(post, "2", "good morning"))
    await post.settle()
    assert post.texts() == ["good morning", "good morning"]


async def test_where_we_may_not_look_a_doubtful_message_is_given_up_and_told(post: Post) -> None:
    post.server.scopes -= {"channels:history"}
    faults = ["drop after"]
    post.server.faults = lambda method: faults.pop() if faults and method == "chat.postMessage" else ""
    await post.owe(note(post, "1", "one"), note(post, "2", "two"))
    await post.settle()
    assert post.texts() == ["one", "two"]
    assert [notice.code for notice in post.notices] == ["refused"]
    found = await post.store.delivery("1")
    assert found is not None
    assert (found.state, found.code) == (DeliveryState.REFUSED, "cannot-look")


async def test_a_rate_limited_channel_waits_as_long_as_asked_and_keeps_its_order(post: Post) -> None:
    post.server.posts = (1, 30.0)
    began = post.now
    await post.owe(*(note(post, str(n), str(n)) for n in range(4)))
    await post.settle()
    assert post.texts() == ["0", "1", "2", "3"]
    assert (post.now - began).total_seconds() >= 90
    assert post.server.limited["chat.postMessage"] <= 6


@pytest.mark.parametrize("code", ["channel_not_found", "is_archived", "not_in_channel", "restricted_action"])
async def test_a_closed_channel_rests_and_is_told_once(post: Post, code: str) -> None:
    post.channel.shut = code
    await post.owe(note(post, "1", "one"), note(post, "2", "two"))
    await post.courier().deliver_due()
    await post.courier().deliver_due()
    [resting] = await post.store.resting_channels("slack")
    assert resting.code == code
    assert [notice.code for notice in post.notices] == ["resting"]
    post.channel.shut = ""
    await post.store.wake_channel("slack", "T0001", post.channel.id)
    await post.settle()
    assert post.texts() == ["one", "two"]


async def test_a_refused_token_stops_everything(post: Post) -> None:
    post.server.bot_token = "another-token"
    courier = post.courier()
    await post.owe(note(post, "1", "one"))
    await courier.deliver_due()
    assert courier.stopped_because == "Slack refuses the bot's token (invalid_auth)."
    assert await courier.deliver_due() == 0
    assert post.server.calls["chat.postMessage"] == 1


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


async def test_an_edit_changes_what_its_parent_posted_even_when_it_is_long(post: Post) -> None:
    long = "ä" * 2_900
    edit = replace(note(post, "2", long, parent_key="1"), kind=DeliveryKind.EDIT)
    await post.owe(note(post, "1", "before"), edit)
    await post.settle()
    [standing] = post.server.messages(post.channel.id)
    assert len(standing["text"].encode()) <= 4_000
    assert long in str(standing["blocks"])


async def test_the_picture_of_an_edit_goes_below_it(post: Post) -> None:
    anew = replace(render(Message("chart", (Paragraph("chart"),), "en")), files=(("new.png", "ab"),), alts=("9 ships",))
    edit = replace(note(post, "2", "", parent_key="1"), kind=DeliveryKind.EDIT, payload=frozen(anew))
    await post.owe(note(post, "1", "before"), edit)
    await post.settle()
    [standing] = post.server.messages(post.channel.id)
    [kept] = post.server.files.values()
    assert (kept["name"], kept["alt"], kept["shared"]) == ("new.png", "9 ships", [(post.channel.id, standing["ts"])])


async def test_a_story_goes_into_the_thread_of_its_brief(post: Post) -> None:
    opened = Owed("b:thread", "slack", "T0001", post.channel.id, DeliveryKind.THREAD, b"{}", parent_key="b:0")
    await post.owe(note(post, "b:0", "brief"), opened, note(post, "b:1", "story", parent_key="b:thread"))
    await post.settle()
    [brief] = post.server.messages(post.channel.id)
    assert post.texts(brief["ts"]) == ["story"]


async def test_a_command_where_we_are_no_member_is_answered_by_its_address(post: Post) -> None:
    post.channel.member = False
    used = await post.server.command(post.channel.id, "ask how many?")
    request = replace(question(post, ""), kind=RequestKind.COMMAND, name="ask", arguments={ANSWER_AT: used.address})
    face = SlackFace()
    await post.owe(*face.reply(request, "answer:2", render(Message("48", (Paragraph("48"),), "en"))))
    await post.settle()
    [answer] = used.answers
    assert (answer["response_type"], answer["text"]) == ("in_channel", "48")


async def test_files_go_below_their_message(post: Post) -> None:
    outgoing = replace(render(Message("chart", (Paragraph("chart"),), "en")), files=(("gone.png", "cd"), ("chart.png", "ab")), alts=("gone", "Chart. 3 ships"))
    await post.owe(replace(note(post, "1", ""), payload=frozen(outgoing)))
    await post.settle()
    [standing] = post.server.messages(post.channel.id)
    [kept] = post.server.files.values()
    assert (kept["name"], kept["content"], kept["shared"]) == ("chart.png", b"\x89PNG", [(post.channel.id, standing["ts"])])
    assert kept["alt"] == "Chart. 3 ships"


@pytest.mark.parametrize(("threads", "in_channel", "in_thread"), [("one", 1, 2), ("per story", 3, 0), ("off", 1, 0)])
async def test_a_brief_stands_in_its_channel_and_its_stories_below_it(
    post: Post, threads: str, in_channel: int, in_thread: int
) -> None:
    overview, *stories = (render(Message(text, (Paragraph(text),), "en")) for text in ("overview", "bridge", "ferry"))
    await post.owe(*SlackFace().post_brief("T0001", post.channel.id, "brief:1", overview, stories, threads))
    await post.settle()
    assert len(post.texts()) == in_channel
    first = post.server.messages(post.channel.id)[0]
    assert post.texts(first["ts"]) == ["bridge", "ferry"][:in_thread]
    assert "reply_broadcast" not in str(post.server.replies(post.channel.id, first["ts"]))
