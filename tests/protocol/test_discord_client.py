"""A whole Discord on this machine: people write and press, discord.py listens, the front desk answers, once."""

from __future__ import annotations

import asyncio
from collections.abc import AsyncIterator
from contextlib import suppress
from pathlib import Path
from typing import Any

import discord
import pytest
from discord.gateway import DiscordWebSocket
from yarl import URL

from bot.chat.commands import BY_KEY
from bot.chat.composing import note_message
from bot.chat.discord.client import DiscordClient
from bot.chat.discord.face import DiscordFace
from bot.chat.discord.sender import DiscordSender
from bot.chat.messages import Choice, Field, FieldKind, Form
from bot.chat.outgoing import Outgoing
from bot.chat.requests import Person, Place, Request, Responder, Right
from bot.domain import StoredVersion
from bot.front_desk.asking import Asking
from bot.front_desk.desk import FrontDesk
from bot.library.sql_delivery_store import SqlDeliveryStore
from bot.library.sql_store import SqlStore
from bot.outbox.courier import Courier
from bot.platforms.discord import listen
from tests.protocol.discord_server import Channel, DiscordServer, Json
from tests.shelf import Shelf, shelf_of
from tests.unit.test_front_desk import FERRY, PRICE, SECRET, ShelfDesk

MANAGE_CHANNELS = str(1 << 4)


class Bot:
    """Everything between the gateway and the outbox, as the program wires it."""

    def __init__(self, server: DiscordServer, store: SqlStore, shelf: Shelf) -> None:
        self.server, self.store = server, SqlDeliveryStore(store.transactions)
        self.requests: list[Request] = []
        self.held: dict[int, StoredVersion] = {1: FERRY, 2: SECRET, 3: PRICE}
        self._stop = asyncio.Event()
        self._asking = Asking(shelf.answerer, ShelfDesk(shelf))  # type: ignore[arg-type]
        self._shelf = shelf
        self.client = self._new_client()
        self._tasks: list[asyncio.Task[None]] = []

    def _new_client(self) -> DiscordClient:
        handlers = {"source add": self._note, "source edit": self._form, "edit": self._note, "undo": self._replace, "check quotes": self._note, "good": self._note}
        front = FrontDesk(self._asking, self.store, {"discord": DiscordFace()}, handlers, wake=lambda _: self.courier.wake())
        client = DiscordClient(front.handle, self, self.store, self._facts, guild_ready_s=0.05)
        self.courier = Courier(self.store, DiscordSender(client.http, self._facts, self._no_file, lambda: client.user.id if client.user else None))
        return client

    async def start(self) -> None:
        self._tasks = [
            asyncio.create_task(self.client.start(self.server.token)),
            asyncio.create_task(self.courier.run(self._stop)),
        ]
        await self.server.until(lambda: bool(self.server.commands))

    async def close(self) -> None:
        self._stop.set()
        await self.client.finish(5)
        for task in self._tasks:
            with suppress(asyncio.CancelledError):
                await task
        self._asking.close()

    async def restart(self) -> None:
        """The process went and comes back."""
        await self.close()
        self._stop.clear()
        self._asking = Asking(self._shelf.answerer, ShelfDesk(self._shelf))  # type: ignore[arg-type]
        self.server.commands = []
        self.client = self._new_client()
        await self.start()

    async def suggest(self, command: str, argument: str, typed: str, place: Place, person: Person) -> list[Choice]:
        return [Choice("7", f"{command}/{argument}/{typed}")]

    async def _facts(self, outgoing: Outgoing) -> tuple[dict[int, StoredVersion], set[str]]:
        return self.held, set(outgoing.links)

    async def _no_file(self, sha256: str) -> bytes | None:
        return None

    async def _note(self, request: Request, responder: Responder) -> None:
        self.requests.append(request)
        await responder.only_you(note_message("done", "en"))

    async def _replace(self, request: Request, responder: Responder) -> None:
        self.requests.append(request)
        await responder.replace(note_message("undone", "en"))

    async def _form(self, request: Request, responder: Responder) -> None:
        kinds = (FieldKind.TEXT, FieldKind.LONG_TEXT, FieldKind.CHOICE, FieldKind.FILE, FieldKind.CHANNEL)
        choices = (Choice("a", "A"), Choice("b", "B"))
        fields = tuple(Field(f"f{n}", f"Field {n}", kind, choices=choices) for n, kind in enumerate(kinds))
        await responder.open_form(Form("edit:7", "Edit", "Save", fields))


@pytest.fixture
async def server(monkeypatch: pytest.MonkeyPatch) -> AsyncIterator[DiscordServer]:
    async with DiscordServer() as running:
        monkeypatch.setattr(discord.http.Route, "BASE", running.api)
        gateway = URL(running.api).with_scheme("ws").with_path("/gateway")
        monkeypatch.setattr(DiscordWebSocket, "DEFAULT_GATEWAY", gateway)  # after an invalid session
        yield running


@pytest.fixture
async def channel(server: DiscordServer) -> Channel:
    return server.add_channel(server.add_guild(locale="en-US"))


@pytest.fixture
async def bot(server: DiscordServer, channel: Channel, tmp_path: Path) -> AsyncIterator[Bot]:
    """A bot that knows the channel: of one that it never saw, nothing counts as missed."""
    async with await SqlStore.open(f"sqlite:///{tmp_path / 'library.db'}") as store:
        with shelf_of(FERRY, SECRET, PRICE) as shelf:
            made = Bot(server, store, shelf)
            await made.start()
            while channel.id not in await made.store.cursors("discord"):  # noqa: ASYNC110 - a table tells nobody of a new row
                await asyncio.sleep(0.01)
            yield made
            await made.close()


def said(messages: list[Json]) -> str:
    return str([one["embeds"] for one in messages])


async def test_a_mention_is_answered_in_a_thread_with_a_quote(bot: Bot, server: DiscordServer, channel: Channel) -> None:
    asked = await server.say(channel.id, "How many passengers were rescued?")
    await server.until(lambda: asked["id"] in server.channels and bool(server.messages(asked["id"])))
    assert "“All 48 passengers were rescued by fishermen.”" in said(server.messages(asked["id"]))
    assert server.typing[channel.id] == 1


async def test_a_message_that_is_not_for_us_is_not_answered(bot: Bot, server: DiscordServer, channel: Channel) -> None:
    await server.say(channel.id, "How many passengers were rescued?", mention=False)
    asked = await server.say(channel.id, "What do tickets cost?")
    await server.until(lambda: asked["id"] in server.channels and bool(server.messages(asked["id"])))
    assert [one.id for one in server.threads(channel.id)] == [asked["id"]]


async def test_a_direct_message_needs_no_mention(bot: Bot, server: DiscordServer) -> None:
    direct = server.direct("77")
    await server.say(direct.id, "How many passengers were rescued?", mention=False)
    await server.until(lambda: bool(server.messages(direct.id)))
    assert "All 48 passengers" in said(server.messages(direct.id))


async def test_a_slash_question_is_promised_at_once_and_answered_for_all(bot: Bot, server: DiscordServer, channel: Channel) -> None:
    options = [{"name": "question", "type": 3, "value": "What do tickets of the harbour line cost?"}]
    asked = await server.command(channel.id, "ask", options)
    await server.until(asked.done.is_set)
    assert [one["type"] for one in asked.answers] == [5]
    assert not asked.ephemeral
    assert "14 euros" in said(server.messages(channel.id))


async def test_a_private_question_is_seen_by_nobody_else(bot: Bot, server: DiscordServer, channel: Channel) -> None:
    options = [{"name": "question", "type": 3, "value": "What do tickets cost?"}, {"name": "private", "type": 5, "value": True}]
    asked = await server.command(channel.id, "ask", options)
    await server.until(asked.done.is_set)
    first = asked.answers[0]
    assert first.get("data", {}).get("flags", 0) & 64
    assert server.messages(channel.id) == []
    [share] = [one["custom_id"] for row in first["data"]["components"] for one in row["components"] if "share:" in one["custom_id"]]
    await server.press(channel.id, server._message(channel, first["data"]), share)
    await server.until(lambda: bool(server.messages(channel.id)))
    assert "14 euros since January" in said(server.messages(channel.id))


async def test_a_private_reply_that_fails_the_last_check_is_not_sent(
    bot: Bot, server: DiscordServer, channel: Channel, monkeypatch: pytest.MonkeyPatch
) -> None:
    monkeypatch.setattr(bot, "held", {})  # the store holds nothing of what will be quoted
    options = [{"name": "question", "type": 3, "value": "What do tickets cost?"}, {"name": "private", "type": 5, "value": True}]
    asked = await server.command(channel.id, "ask", options)
    await server.until(asked.done.is_set)
    told = str([asked.original, asked.answers, asked.followups])
    assert "14 euros" not in told
    assert "did not pass our own last check" in told


async def test_rights_are_those_of_the_member(bot: Bot, server: DiscordServer, channel: Channel) -> None:
    add = [{"name": "add", "type": 1, "options": [{"name": "url", "type": 3, "value": "https://example.org/feed"}]}]
    reader = await server.command(channel.id, "source", add)
    manager = await server.command(channel.id, "source", add, permissions=MANAGE_CHANNELS)
    await server.until(lambda: reader.done.is_set() and manager.done.is_set())
    assert "no-right" in str(reader.answers)
    [request] = bot.requests
    assert (request.name, request.arguments["url"], request.person.right) == ("source add", "https://example.org/feed", Right.MANAGER)


async def test_forms_open_and_come_back(bot: Bot, server: DiscordServer, channel: Channel) -> None:
    edit = [{"name": "edit", "type": 1, "options": [{"name": "source", "type": 3, "value": "7"}]}]
    opened = await server.command(channel.id, "source", edit, permissions=MANAGE_CHANNELS)
    await server.until(opened.done.is_set)
    [answer] = opened.answers
    assert answer["type"] == 9
    assert len(answer["data"]["components"]) == 5
    sent = await server.submit(channel.id, answer["data"]["custom_id"], {"f0": "words"}, permissions=MANAGE_CHANNELS)
    await server.until(sent.done.is_set)
    assert (bot.requests[-1].name, bot.requests[-1].arguments["f0"]) == ("edit:7", "words")


async def test_a_press_changes_the_message_it_was_pressed_on(bot: Bot, server: DiscordServer, channel: Channel) -> None:
    message: Json = {"id": server.snowflake(), "channel_id": channel.id, "author": server.me, "content": "", "embeds": [], "attachments": [],
                     "timestamp": "2026-03-02T12:00:00+00:00", "edited_timestamp": None, "tts": False, "mention_everyone": False, "mentions": [],
                     "mention_roles": [], "pinned": False, "type": 0, "components": []}  # fmt: skip
    pressed = await server.press(channel.id, message, "v1:undo:12")
    await server.until(pressed.done.is_set)
    assert [one["type"] for one in pressed.answers] == [7]
    assert bot.requests[-1].name == "undo:12"


async def test_autocomplete_and_message_menus_arrive(bot: Bot, server: DiscordServer, channel: Channel) -> None:
    typed = [{"name": "pause", "type": 1, "options": [{"name": "source", "type": 3, "value": "tag", "focused": True}]}]
    suggested = await server.autocomplete(channel.id, "source", typed)
    await server.until(suggested.done.is_set)
    assert suggested.answers[0]["data"]["choices"] == [{"name": "source pause/source/tag", "value": "7"}]
    seen = await server.say(channel.id, "see https://example.org/a", mention=False)
    menu = await server.command(channel.id, "Check quotes", kind=3, target=seen["id"])
    await server.until(menu.done.is_set)
    about = bot.requests[-1].about
    assert about is not None
    assert about.links == ("https://example.org/a",)


async def test_an_event_that_comes_three_times_is_answered_once(bot: Bot, server: DiscordServer, channel: Channel) -> None:
    asked = await server.say(channel.id, "How many passengers were rescued?")
    for _ in range(2):
        await server.dispatch("MESSAGE_CREATE", server._with_member(channel, asked))
    await server.until(lambda: asked["id"] in server.channels and bool(server.messages(asked["id"])))
    again = await server.say(channel.id, "What do tickets cost?")
    await server.until(lambda: again["id"] in server.channels and bool(server.messages(again["id"])))
    assert len(server.messages(asked["id"])) == 1


async def test_a_dropped_session_is_resumed_and_misses_nothing(bot: Bot, server: DiscordServer, channel: Channel) -> None:
    await server.drop_sockets()
    asked = await server.say(channel.id, "How many passengers were rescued?")
    await server.until(lambda: asked["id"] in server.channels and bool(server.messages(asked["id"])))
    assert len(server.messages(asked["id"])) == 1


async def test_a_question_asked_while_the_bot_was_away_is_answered_at_its_return(bot: Bot, server: DiscordServer, channel: Channel) -> None:
    first = await server.say(channel.id, "What do tickets cost?")
    await server.until(lambda: first["id"] in server.channels and bool(server.messages(first["id"])))
    await bot.close()
    for session in server.sessions.values():
        session.alive = False
    asked = await server.say(channel.id, "How many passengers were rescued?")
    await bot.restart()
    await server.until(lambda: asked["id"] in server.channels and bool(server.messages(asked["id"])))
    assert len(server.messages(asked["id"])) == 1
    assert len(server.messages(first["id"])) == 1


async def test_every_command_of_the_table_is_registered_in_both_languages(bot: Bot, server: DiscordServer) -> None:
    registered: dict[str, Any] = {}
    for top in server.commands:
        if top.get("type", 1) == 1:
            for sub in [one for one in top["options"] if one["type"] == 1] or [top]:
                name = top["name"] if sub is top else f"{top['name']} {sub['name']}"
                registered[name] = sub["name_localizations"]["de"]
    assert registered == {key: command.german for key, command in BY_KEY.items()}


async def test_what_was_asked_in_our_threads_and_directly_while_we_were_away_is_answered(
    bot: Bot, server: DiscordServer, channel: Channel
) -> None:
    asked = await server.say(channel.id, "How many passengers were rescued?")
    await server.until(lambda: asked["id"] in server.channels and bool(server.messages(asked["id"])))
    direct = server.direct("77")
    await server.say(direct.id, "How many passengers were rescued?", mention=False)
    await server.until(lambda: len(server.messages(direct.id)) == 1)
    await bot.close()
    await server.drop_sockets(invalidate=True)
    await server.say(asked["id"], "What do tickets cost?")
    await server.say(direct.id, "What do tickets cost?", mention=False)
    await bot.restart()
    await server.until(lambda: len(server.messages(asked["id"])) == 2 and len(server.messages(direct.id)) == 2)
    assert "14 euros" in said(server.messages(asked["id"])[1:])
    assert "14 euros" in said(server.messages(direct.id)[1:])


async def test_a_question_that_could_not_be_read_back_at_first_is_answered_later(
    bot: Bot, server: DiscordServer, channel: Channel, monkeypatch: pytest.MonkeyPatch
) -> None:
    monkeypatch.setattr("bot.chat.discord.client._AGAIN_S", (0.01, 0.01))
    await bot.close()
    await server.drop_sockets(invalidate=True)
    asked = await server.say(channel.id, "How many passengers were rescued?")
    tries = ["drop before"] * 2
    server.faults = lambda method, path: tries.pop() if tries and method == "GET" and path.endswith("/messages") else ""
    await bot.restart()
    await server.until(lambda: asked["id"] in server.channels and bool(server.messages(asked["id"])))
    assert not tries


async def test_a_client_that_was_closed_for_good_listens_again(bot: Bot, server: DiscordServer, channel: Channel, monkeypatch: pytest.MonkeyPatch) -> None:
    monkeypatch.setattr("bot.platforms.discord._AGAIN_S", (0.01, 0.01))
    await bot.client.close()
    stop = asyncio.Event()
    listening = asyncio.create_task(listen(bot.client, server.token, stop))
    asked = await server.say(channel.id, "How many passengers were rescued?")
    await server.until(lambda: asked["id"] in server.channels and bool(server.messages(asked["id"])))
    stop.set()
    await listening
