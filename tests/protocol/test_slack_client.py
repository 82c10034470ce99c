"""A whole Slack on this machine: people write and press, slack-bolt listens, the front desk answers, once."""

from __future__ import annotations

import asyncio
from collections.abc import AsyncIterator
from contextlib import AsyncExitStack
from pathlib import Path
from typing import Any

import pytest

from bot.chat.composing import note_message
from bot.chat.messages import Attachment, Button, Choice, Field, FieldKind, Form, Message, Paragraph
from bot.chat.outgoing import Outgoing
from bot.chat.requests import Person, Place, Request, RequestKind, Responder, Right
from bot.chat.slack.app import Slack, SlackAccess, open_slack
from bot.chat.slack.face import SlackFace
from bot.chat.slack.people import Trusted
from bot.domain import StoredVersion
from bot.errors import VerbatimError
from bot.front_desk.asking import Asking
from bot.front_desk.desk import FrontDesk
from bot.library.sql_delivery_store import SqlDeliveryStore
from bot.library.sql_store import SqlStore
from bot.outbox.courier import Courier
from tests.protocol.slack_server import Channel, Interaction, Json, SlackServer
from tests.shelf import Shelf, shelf_of
from tests.unit.test_front_desk import FERRY, PRICE, SECRET, ShelfDesk

RESCUED = "“All 48 passengers were rescued by fishermen.”"
READER, MANAGER, GERMAN = "U0077", "U0088", "U0099"
PATIENT, HASTY = (10.0, 30.0), (1.0, 2.0)  # seconds until a lost socket is noticed, and until a connection is given up


class Bot:
    """Everything between the socket and the outbox, as the program wires it."""

    def __init__(self, server: SlackServer, store: SqlStore, shelf: Shelf) -> None:
        self.server, self.store, self._shelf = server, SqlDeliveryStore(store.transactions), shelf
        self.requests: list[Request] = []
        self.files: list[bytes] = []
        self.trusted = Trusted()
        self.patience = PATIENT
        self.slack: Slack
        self.courier: Courier
        self._stack = AsyncExitStack()
        self._stop = asyncio.Event()

    async def start(self) -> None:
        self._stop.clear()
        asking = Asking(self._shelf.answerer, ShelfDesk(self._shelf))  # type: ignore[arg-type]
        self._stack.callback(asking.close)
        handlers = dict.fromkeys(("source add", "news why", "news list", "source file", "add as source", "check quotes", "good", "pick", "brief-me", "news now"), self._note)
        handlers |= {"source edit": self._form, "edit": self._note, "undo": self._replace, "news status": self._status, "source export": self._export}
        handlers |= {"news help": self._help, "page": self._replace, "source import": self._read}
        front = FrontDesk(asking, self.store, {"slack": SlackFace()}, handlers, wake=lambda _: self.courier.wake())
        ping_s, connect_s = self.patience
        access = SlackAccess(
            self.server.bot_token, self.server.app_token, api=self.server.api, trusted=self.trusted, ping_s=ping_s, connect_s=connect_s
        )
        self.slack = await self._stack.enter_async_context(open_slack(access, front.handle, self, self.store, self._facts, self._no_file))
        self.courier = Courier(self.store, self.slack.sender)
        running = asyncio.create_task(self.courier.run(self._stop))

        async def stop() -> None:
            self._stop.set()
            await running

        self._stack.push_async_callback(stop)
        async with asyncio.timeout(60):
            await self.slack.connected.wait()

    async def close(self) -> None:
        await self._stack.aclose()

    async def suggest(self, command: str, argument: str, typed: str, place: Place, person: Person) -> list[Choice]:
        return [Choice("7", f"{command}/{argument}/{typed}/{place.channel}")]

    async def _facts(self, outgoing: Outgoing) -> tuple[dict[int, StoredVersion], set[str]]:
        return {1: FERRY, 2: SECRET, 3: PRICE}, set(outgoing.links)

    async def _no_file(self, sha256: str) -> bytes | None:
        return None

    async def _note(self, request: Request, responder: Responder) -> None:
        self.requests.append(request)
        await responder.only_you(note_message("done", "en", buttons=[Button("Undo", "undo:12")]))

    async def _replace(self, request: Request, responder: Responder) -> None:
        self.requests.append(request)
        await responder.replace(note_message("undone", "en"))

    async def _status(self, request: Request, responder: Responder) -> None:
        await responder.only_you(note_message("all is well", "en"))

    async def _help(self, request: Request, responder: Responder) -> None:
        told = "so wird es gemacht" if request.person.language.startswith("de") else "how to use me"
        await responder.only_you(note_message(told, "en", buttons=[Button("Next", "page:all:10")]))

    async def _read(self, request: Request, responder: Responder) -> None:
        self.requests.append(request)
        self.files.append(await responder.read_file(request.files[0], 1_000))
        await responder.only_you(note_message("read", "en"))

    async def _export(self, request: Request, responder: Responder) -> None:
        made = Message("here", (Paragraph("here"),), "en", attachments=(Attachment("sources.txt", b"https://example.org", "text/plain"),))
        await responder.only_you(made)

    async def _form(self, request: Request, responder: Responder) -> None:
        choices = (Choice("a", "A"), Choice("b", "B"))
        fields = tuple(Field(f"f{n}", f"Field {n}", kind, choices=choices) for n, kind in enumerate(FieldKind))
        await responder.open_form(Form("edit:7", "How this source is followed", "Save", fields))


@pytest.fixture
async def server() -> AsyncIterator[SlackServer]:
    async with SlackServer(ack_s=20.0) as running:  # a busy machine is no reason to deliver again
        running.add_user(READER, name="Reader")
        running.add_user(MANAGER, name="Manager", is_admin=True)
        running.add_user(GERMAN, name="Leserin", locale="de-DE")
        yield running


@pytest.fixture
async def channel(server: SlackServer) -> Channel:
    return server.add_channel()


@pytest.fixture
async def bot(server: SlackServer, channel: Channel, tmp_path: Path, request: pytest.FixtureRequest) -> AsyncIterator[Bot]:
    async with await SqlStore.open(f"sqlite:///{tmp_path / 'library.db'}") as store:
        with shelf_of(FERRY, SECRET, PRICE) as shelf:
            made = Bot(server, store, shelf)
            made.patience = getattr(request, "param", PATIENT)
            await made.start()
            yield made
            await made.close()


sockets_are_lost = pytest.mark.parametrize("bot", [pytest.param(HASTY, id="hasty")], indirect=True)


async def answered(server: SlackServer, channel: Channel, asked: Json) -> list[Json]:
    thread = asked.get("thread_ts") or asked["ts"]
    await server.until(lambda: bool(server.replies(channel.id, thread)))
    return server.replies(channel.id, thread)


async def told(server: SlackServer, used: Interaction) -> str:
    await server.until(lambda: bool(used.answers))
    return str(used.answers)


async def opened(server: SlackServer, used: Interaction) -> Json:
    await server.until(lambda: bool(used.views))
    return used.views[0]


# --- questions ---


async def test_a_mention_is_answered_in_a_thread_with_a_quote(bot: Bot, server: SlackServer, channel: Channel) -> None:
    asked = await server.say(channel.id, "How many passengers were rescued?")
    [standing] = await answered(server, channel, asked)
    assert RESCUED in str(standing["blocks"])
    assert server.messages(channel.id) == []
    assert server.statuses[0]["thread_ts"] == asked["ts"]


async def test_a_mention_in_a_thread_is_answered_in_that_thread(bot: Bot, server: SlackServer, channel: Channel) -> None:
    root = await server.say(channel.id, "What a day", mention=False)
    asked = await server.say(channel.id, "How many passengers were rescued?", thread=root["ts"])
    assert RESCUED in str(await answered(server, channel, asked))


async def test_a_follow_up_is_understood_from_its_thread(bot: Bot, server: SlackServer, channel: Channel) -> None:
    asked = await server.say(channel.id, "What do tickets of the harbour line cost?")
    await server.until(lambda: bool(server.replies(channel.id, asked["ts"])))
    await server.say(channel.id, "Since when?", thread=asked["ts"])
    await server.until(lambda: len(server.replies(channel.id, asked["ts"])) > 1)
    assert "14 euros since January" in str(server.replies(channel.id, asked["ts"])[1])


async def test_what_does_not_name_us_is_not_answered(bot: Bot, server: SlackServer, channel: Channel) -> None:
    server.also_as_message = True
    quiet = await server.say(channel.id, "How many passengers were rescued?", mention=False)
    await answered(server, channel, await server.say(channel.id, "What do tickets cost?"))
    assert server.replies(channel.id, quiet["ts"]) == []


async def test_a_direct_message_needs_no_mention_and_no_thread(bot: Bot, server: SlackServer) -> None:
    direct = server.direct(READER)
    await server.say(direct.id, "How many passengers were rescued?", mention=False)
    await server.until(lambda: bool(server.messages(direct.id)))
    assert RESCUED in str(server.messages(direct.id))


async def test_halves_of_letters_break_nothing(bot: Bot, server: SlackServer, channel: Channel) -> None:
    asked = await server.say(channel.id, "How many \ud800 passengers were rescued? \udfff\x00")
    assert RESCUED in str(await answered(server, channel, asked))


async def test_other_bots_get_no_answer(bot: Bot, server: SlackServer, channel: Channel) -> None:
    asked = await server.say(channel.id, "How many passengers were rescued?", deliver=False)
    await server.deliver_message(channel.id, {**asked, "bot_id": "B7"})
    await answered(server, channel, await server.say(channel.id, "What do tickets cost?"))
    assert server.replies(channel.id, asked["ts"]) == []


# --- commands ---


async def test_a_question_by_command_is_shown_and_answered_for_all(bot: Bot, server: SlackServer, channel: Channel) -> None:
    used = await server.command(channel.id, "ask What do tickets of the harbour line cost?")
    await server.until(lambda: bool(server.messages(channel.id)))
    assert "14 euros" in str(server.messages(channel.id))
    await server.until(lambda: bool(used.acks) and used.acks[0]["response_type"] == "in_channel")


async def test_a_private_question_is_seen_by_nobody_else(bot: Bot, server: SlackServer, channel: Channel) -> None:
    used = await server.command(channel.id, "ask What do tickets of the harbour line cost? private:true")
    assert "14 euros" in await told(server, used)
    assert used.answers[0]["response_type"] == "ephemeral"
    await server.until(lambda: used.acks == [{}])
    assert server.messages(channel.id) == []
    shown = used.answers[0]
    share = next(one["action_id"] for block in shown["blocks"] for one in block.get("elements", ()) if "share:" in str(one.get("action_id")))
    await server.press(channel.id, shown, share, ephemeral=True)
    await server.until(lambda: bool(server.messages(channel.id)))
    assert "asked: What do tickets of the harbour line cost?" in str(server.messages(channel.id))


@pytest.mark.parametrize(
    ("typed", "name", "arguments"),
    [
        ("why #12", "news why", {"item": "#12"}),
        ("warum #12", "news why", {"item": "#12"}),
        ('add https://example.org/feed?a=1&b=2 name:"Our feed" lang:de', "source add", {"url": "https://example.org/feed?a=1&b=2", "name": "Our feed", "lang": "de"}),
        ("hinzufügen https://example.org/feed sprache:de", "source add", {"url": "https://example.org/feed", "lang": "de"}),
        ("sub https://example.org/feed channel:<#C0042|news>", "source add", {"url": "https://example.org/feed", "channel": "#C0042"}),
        ("liste zustand:failing", "news list", {"state": "failing"}),
        ("ls", "news list", {}),
        ("jetzt", "news now", {}),
    ],
)
async def test_commands_are_understood_in_both_languages(
    bot: Bot, server: SlackServer, channel: Channel, typed: str, name: str, arguments: dict[str, str]
) -> None:
    used = await server.command(channel.id, typed, user=MANAGER)
    assert "done" in await told(server, used)
    [request] = bot.requests
    given = {key: value.lstrip("#") if key == "channel" else value for key, value in request.arguments.items() if key != "answer at"}
    expected = {key: value.lstrip("#") if key == "channel" else value for key, value in arguments.items()}
    assert (request.kind, request.name, given) == (RequestKind.COMMAND, name, expected)


async def test_help_is_what_an_empty_command_gets_in_the_persons_language(bot: Bot, server: SlackServer, channel: Channel) -> None:
    assert "how to use me" in await told(server, await server.command(channel.id, ""))
    assert "so wird es gemacht" in await told(server, await server.command(channel.id, "", user=GERMAN))


@pytest.mark.parametrize(("typed", "code"), [("frobnicate all", "unknown-command"), ("list state:broken", "argument-unknown"), ("status now", "too-many-words")])
async def test_what_is_typed_wrongly_is_told(bot: Bot, server: SlackServer, channel: Channel, typed: str, code: str) -> None:
    used = await server.command(channel.id, typed, user=GERMAN)
    said = await told(server, used)
    assert code in said
    assert "Code fürs Protokoll" in said


async def test_rights_are_those_of_the_workspace_and_of_whoever_is_listed(bot: Bot, server: SlackServer, channel: Channel) -> None:
    server.groups["S1"] = ["U0044"]
    bot.slack._people._trusted = Trusted(managers=frozenset(("S1", "U0055")), admins=frozenset(("U0066",)))
    for user in (READER, "U0044", "U0055", "U0066", MANAGER):
        await told(server, await server.command(channel.id, "add https://example.org/feed", user=user))
    rights = {one.person.id: one.person.right for one in bot.requests}
    assert rights == {"U0044": Right.MANAGER, "U0055": Right.MANAGER, "U0066": Right.ADMIN, MANAGER: Right.MANAGER}


async def test_guests_and_strangers_manage_nothing(bot: Bot, server: SlackServer, channel: Channel) -> None:
    server.add_user("U0001", is_admin=True, is_restricted=True)
    server.add_user("U0002", is_owner=True, team_id="T9999")
    for user in ("U0001", "U0002"):
        assert "no-right" in await told(server, await server.command(channel.id, "add https://example.org/feed", user=user))
    assert bot.requests == []


async def test_a_private_channel_is_known_to_be_one(bot: Bot, server: SlackServer, channel: Channel) -> None:
    hidden = server.add_channel("secret", private=True)
    for place in (channel, hidden):
        await told(server, await server.command(place.id, "why #1"))
    mention = await server.say(hidden.id, "why #2")
    await server.until(lambda: len(bot.requests) == 3)
    assert [one.place.private for one in bot.requests] == [False, True, True]
    assert bot.requests[-1].place.channel == hidden.id
    assert mention["ts"] in bot.requests[-1].id


# --- forms ---


async def test_a_command_that_lacks_an_argument_opens_a_form_for_it(bot: Bot, server: SlackServer, channel: Channel) -> None:
    used = await server.command(channel.id, "hinzufügen", user=MANAGER)
    view = await opened(server, used)
    sent = await server.submit(view, {"url": "https://example.org/feed", "name": "", "post": "each"}, user=MANAGER)
    assert "done" in await told(server, used)
    [request] = bot.requests
    assert (request.kind, request.name, request.place.channel) == (RequestKind.COMMAND, "source add", channel.id)
    assert {key: request.arguments[key] for key in ("url", "post")} == {"url": "https://example.org/feed", "post": "each"}
    assert "name" not in request.arguments
    await server.until(lambda: sent.acks == [{}])


async def test_a_form_is_for_those_who_may(bot: Bot, server: SlackServer, channel: Channel) -> None:
    used = await server.command(channel.id, "file")
    assert "no-right" in await told(server, used)
    assert used.views == []


async def test_files_come_by_a_form_and_are_read_with_our_token(bot: Bot, server: SlackServer, channel: Channel) -> None:
    used = await server.command(channel.id, "import", user=MANAGER)
    view = await opened(server, used)
    await server.submit(view, {"file": [server.add_file("list.txt", b"https://example.org/feed")]}, user=MANAGER)
    await told(server, used)
    assert bot.files == [b"https://example.org/feed"]


async def test_a_file_that_slack_does_not_hand_over_or_that_is_too_large_is_told(bot: Bot, server: SlackServer, channel: Channel) -> None:
    for file, code in (
        (server.add_file("large.txt", b"x" * 2_000), "too-large"),
        ({**server.add_file("lies.txt", b"x" * 2_000), "size": 5}, "too-large"),
        ({**server.add_file("far.txt", b"x"), "url_private_download": "https://example.org/far.txt"}, "file-elsewhere"),
    ):
        used = await server.command(channel.id, "import", user=MANAGER)
        await server.submit(await opened(server, used), {"file": [file]}, user=MANAGER)
        assert code in await told(server, used)
    server.scopes -= {"files:read"}
    used = await server.command(channel.id, "import", user=MANAGER)
    await server.submit(await opened(server, used), {"file": [server.add_file("a.txt", b"x")]}, user=MANAGER)
    assert "files:read" in await told(server, used)
    assert bot.files == []


async def test_forms_of_every_kind_of_field_open_and_come_back(bot: Bot, server: SlackServer, channel: Channel) -> None:
    used = await server.command(channel.id, "edit 7", user=MANAGER)
    view = await opened(server, used)
    assert len(view["blocks"]) == len(FieldKind)
    await server.submit(view, {"f0": "words", "f2": "b", "f3": ["a", "b"], "f5": channel.id}, user=MANAGER)
    await told(server, used)
    [request] = bot.requests
    assert (request.kind, request.name) == (RequestKind.FORM, "edit:7")
    assert [request.arguments[f"f{n}"] for n in (0, 2, 3, 5)] == ["words", "b", "a\nb", channel.id]


async def test_menus_suggest_while_somebody_types(bot: Bot, server: SlackServer, channel: Channel) -> None:
    view = await opened(server, await server.command(channel.id, "pause", user=MANAGER))
    element = next(block["element"] for block in view["blocks"] if block["block_id"] == "source")
    used = await server.suggest(view, element["action_id"], "tag", user=MANAGER)
    await server.until(lambda: bool(used.acks))
    assert used.acks[0]["options"][0]["text"]["text"] == f"source pause/source/tag/{channel.id}"


# --- buttons, menus, shortcuts, home ---


async def test_a_press_changes_the_message_it_was_pressed_on(bot: Bot, server: SlackServer, channel: Channel) -> None:
    asked = await server.say(channel.id, "How many passengers were rescued?")
    [standing] = await answered(server, channel, asked)
    pressed = await server.press(channel.id, standing, "v1:0:undo:12")
    await told(server, pressed)
    assert "undone" in standing["text"]
    request = bot.requests[-1]
    assert (request.name, request.place.thread) == ("undo:12", asked["ts"])
    assert request.about is not None
    assert request.about.ours


async def test_a_pick_from_a_menu_brings_its_value(bot: Bot, server: SlackServer, channel: Channel) -> None:
    pressed = await server.press(channel.id, {}, "v1:0:pick:12", value="3", user=MANAGER, ephemeral=True)
    await told(server, pressed)
    assert (bot.requests[-1].name, bot.requests[-1].arguments["value"]) == ("pick:12", "3")


async def test_a_button_that_only_opens_a_link_is_acknowledged_and_nothing_more(bot: Bot, server: SlackServer, channel: Channel) -> None:
    pressed = await server.press(channel.id, {"ts": "1.0"}, "v1:0:")
    await server.until(lambda: bool(pressed.acks))
    await told(server, await server.command(channel.id, "why #1"))
    assert pressed.answers == []


async def test_when_an_address_takes_no_more_the_person_is_told_in_the_channel(bot: Bot, server: SlackServer, channel: Channel) -> None:
    for _ in range(5):
        server._answers.clear()
    await server.press(channel.id, {"ts": "1.0"}, "v1:0:good:12")
    server._answers.clear()
    await server.until(lambda: bool(server.ephemerals))
    assert server.ephemerals[-1]["user"] == READER


async def test_message_shortcuts_carry_the_message_and_its_links(bot: Bot, server: SlackServer, channel: Channel) -> None:
    seen = await server.say(channel.id, "see https://example.org/a?b=1&c=2 now", mention=False)
    used = await server.shortcut("check_quotes", channel=channel.id, message=seen)
    await told(server, used)
    request = bot.requests[-1]
    assert (request.kind, request.name) == (RequestKind.MESSAGE_MENU, "check quotes")
    assert request.about is not None
    assert request.about.links == ("https://example.org/a?b=1&c=2",)


async def test_global_shortcuts_open_a_form_or_answer_in_the_direct_message(bot: Bot, server: SlackServer) -> None:
    used = await server.shortcut("command:source add", user=MANAGER)
    view = await opened(server, used)
    await server.submit(view, {"url": "https://example.org/feed", "channel": "C0000"}, user=MANAGER)
    await server.until(lambda: len(server.messages(server.direct(MANAGER).id)) == 1)
    await server.shortcut("command:news now", user=MANAGER)
    await server.until(lambda: len(server.messages(server.direct(MANAGER).id)) == 2)
    assert [one.name for one in bot.requests] == ["source add", "brief-me"]


async def test_the_home_shows_how_things_stand_and_its_buttons_work(bot: Bot, server: SlackServer) -> None:
    await server.open_home(READER)
    await server.until(lambda: READER in server.homes)
    shown = str(server.homes[READER])
    assert "all is well" in shown
    assert "how to use me" in shown
    assert "command:source add" not in shown
    await server.press_at_home(READER, "v1:0:page:all:10")
    await server.until(lambda: "undone" in str(server.homes[READER]))


async def test_managers_add_sources_from_their_home(bot: Bot, server: SlackServer) -> None:
    await server.open_home(MANAGER)
    await server.until(lambda: MANAGER in server.homes)
    assert "command:source add" in str(server.homes[MANAGER])
    view = await opened(server, await server.press_at_home(MANAGER, "v1:0:command:source add"))
    await server.submit(view, {"url": "https://example.org/feed"}, user=MANAGER)
    await server.until(lambda: bool(server.messages(server.direct(MANAGER).id)))


async def test_an_export_goes_to_the_person_alone(bot: Bot, server: SlackServer, channel: Channel) -> None:
    await told(server, await server.command(channel.id, "export", user=MANAGER))
    [kept] = server.files.values()
    assert (kept["content"], kept["shared"]) == (b"https://example.org", [(server.direct(MANAGER).id, "")])


# --- once, and never lost ---


async def test_an_event_that_comes_three_times_and_in_two_kinds_is_answered_once(bot: Bot, server: SlackServer, channel: Channel) -> None:
    server.also_as_message = True
    asked = await server.say(channel.id, "How many passengers were rescued?", event_id="Ev1")
    for _ in range(2):
        await server.deliver_message(channel.id, asked, event_id="Ev1")
    await server.deliver_message(channel.id, asked, event_id="Ev2")
    await answered(server, channel, asked)
    await answered(server, channel, await server.say(channel.id, "What do tickets cost?"))
    assert len(server.replies(channel.id, asked["ts"])) == 1
    assert server.repeats == 0


async def test_a_press_that_comes_twice_acts_once(bot: Bot, server: SlackServer, channel: Channel) -> None:
    pressed = await server.press(channel.id, {"ts": "1.0"}, "v1:0:undo:12")
    await server.repeat(server.envelopes[-1])
    await told(server, pressed)
    await told(server, await server.command(channel.id, "why #1"))
    assert [one.name for one in bot.requests] == ["undo:12", "news why"]


@sockets_are_lost
async def test_what_slack_repeats_after_a_lost_connection_is_answered_once(bot: Bot, server: SlackServer, channel: Channel) -> None:
    await server.drop_sockets(abruptly=True)
    asked = await server.say(channel.id, "How many passengers were rescued?")
    assert len(await answered(server, channel, asked)) == 1
    assert server.connections >= 2


async def test_a_refresh_is_followed_without_losing_anything(bot: Bot, server: SlackServer, channel: Channel) -> None:
    await server.refresh_sockets()
    asked = await server.say(channel.id, "How many passengers were rescued?")
    assert len(await answered(server, channel, asked)) == 1


async def test_a_question_asked_while_the_bot_was_away_is_answered_at_its_return(bot: Bot, server: SlackServer, channel: Channel) -> None:
    first = await server.say(channel.id, "What do tickets cost?")
    await answered(server, channel, first)
    await bot.close()
    asked = await server.say(channel.id, "How many passengers were rescued?", deliver=False)
    within = await server.say(channel.id, "How many passengers were rescued?", thread=first["ts"], deliver=False)
    noise = await server.say(channel.id, "How many passengers were rescued?", mention=False, deliver=False)
    direct = server.direct(READER)
    await bot.start()
    assert len(await answered(server, channel, asked)) == 1
    await server.until(lambda: len(server.replies(channel.id, first["ts"])) == 2)
    assert within["thread_ts"] == first["ts"]
    assert server.replies(channel.id, noise["ts"]) == server.messages(direct.id) == []


async def test_what_was_delivered_before_a_crash_is_answered_after_it(bot: Bot, server: SlackServer, channel: Channel) -> None:
    asked = await server.say(channel.id, "How many passengers were rescued?", deliver=False)
    await bot.close()
    event = {**asked, "type": "app_mention", "channel": channel.id}
    body: Json = {"type": "event_callback", "event_id": "Ev9", "event": event}
    assert await bot.slack._arrivals.take("Ev9", body)
    await bot.start()
    assert len(await answered(server, channel, asked)) == 1
    await bot.close()
    assert await bot.store.open_events("slack-delivery", before=bot.slack._now()) == []


async def test_posts_lost_on_the_way_stand_once(bot: Bot, server: SlackServer, channel: Channel) -> None:
    faults = ["drop after"]
    server.faults = lambda method: faults.pop() if faults and method == "chat.postMessage" else ""
    asked = await server.say(channel.id, "How many passengers were rescued?")
    await answered(server, channel, asked)
    again = await server.say(channel.id, "What do tickets cost?")
    await answered(server, channel, again)
    assert len(server.replies(channel.id, asked["ts"])) == 1


async def test_a_channel_that_rests_is_woken_when_we_are_invited(bot: Bot, server: SlackServer, channel: Channel) -> None:
    channel.member = False
    asked = await server.say(channel.id, "How many passengers were rescued?")
    async with asyncio.timeout(60):
        while not await bot.store.resting_channels("slack"):  # noqa: ASYNC110 - the library tells nobody of a new row
            await asyncio.sleep(0.01)
    channel.member = True
    await server.event({"type": "member_joined_channel", "user": server.me, "channel": channel.id, "channel_type": "C", "team": server.team})
    bot.courier.wake()
    assert len(await answered(server, channel, asked)) == 1


async def test_a_refused_token_is_said_and_nothing_is_tried_for_ever(server: SlackServer, tmp_path: Path) -> None:
    async def nobody(request: Request, responder: Responder) -> None:
        raise AssertionError

    async def facts(outgoing: Outgoing) -> tuple[dict[int, StoredVersion], set[str]]:
        return {}, set()

    async def no_file(sha256: str) -> bytes | None:
        return None

    async with await SqlStore.open(f"sqlite:///{tmp_path / 'library.db'}") as store:
        deliveries = SqlDeliveryStore(store.transactions)
        for bot_token, app_token, why in (("wrong", server.app_token, "invalid_auth"), (server.bot_token, "wrong", "invalid_auth"), (server.bot_token, "", "SLACK_APP_TOKEN")):
            access = SlackAccess(bot_token, app_token, api=server.api)
            async with open_slack(access, nobody, None, deliveries, facts, no_file) as slack:
                await slack.decided.wait()
                assert why in slack.stopped_because
                assert not slack.connected.is_set()


async def test_what_cannot_be_shown_is_not_said(bot: Bot, server: SlackServer, channel: Channel) -> None:
    request = Request("x", RequestKind.COMMAND, "x", Place("slack", "T0001", channel.id), Person(READER, ""), bot.slack._now())
    live = Message("see", (Paragraph("see"),), "en", buttons=(Button("open", link="https://example.org/a"),))

    async def nothing_stored(outgoing: Outgoing) -> tuple[dict[int, StoredVersion], set[str]]:
        return {}, set()

    responder: Any = bot.slack.responder_for(request)
    object.__setattr__(responder._line, "facts", nothing_stored)
    with pytest.raises(VerbatimError, match="last-check"):
        await responder.only_you(live)
    assert server.ephemerals == []


async def test_missed_questions_are_looked_for_until_they_could_be_seen(bot: Bot, server: SlackServer, channel: Channel) -> None:
    await answered(server, channel, await server.say(channel.id, "What do tickets cost?"))
    await bot.close()
    asked = await server.say(channel.id, "How many passengers were rescued?", deliver=False)
    faults = ["503", "drop before"]
    server.faults = lambda method: faults.pop() if faults and method == "conversations.history" else ""
    await bot.start()
    later = await server.say(channel.id, "What do tickets cost?")
    await answered(server, channel, later)
    assert len(await answered(server, channel, asked)) == 1
    assert faults == []


@sockets_are_lost
async def test_no_log_line_holds_a_secret_or_what_people_said(
    bot: Bot, server: SlackServer, channel: Channel, caplog: pytest.LogCaptureFixture
) -> None:
    caplog.set_level("DEBUG")
    faults = ["drop after", "503", "drop before", "500 after"]
    server.faults = lambda method: faults.pop() if faults and method.startswith(("chat", "apps", "users")) else ""
    asked = await server.say(channel.id, "How many passengers were rescued, says Wintermoor?")
    await answered(server, channel, asked)
    await server.drop_sockets(abruptly=True)
    used = await server.command(channel.id, "why Wintermoor")
    await told(server, used)
    await server.press(channel.id, {"ts": "1.0", "text": "Wintermoor"}, "v1:0:good:12")
    await server.until(lambda: bool(bot.requests) and bot.requests[-1].name == "good:12")
    lines = [f"{record.getMessage()} {record.__dict__}" for record in caplog.records if not record.name.startswith(("asyncio", "aiosqlite", "sqlalchemy"))]
    assert lines
    for secret in (server.bot_token, server.app_token, "ticket=", "Wintermoor", "fishermen", used.address):
        assert not [line for line in lines if secret in line], secret


@sockets_are_lost
async def test_an_address_for_sockets_that_leads_nowhere_is_not_tried_for_ever(bot: Bot, server: SlackServer, channel: Channel) -> None:
    await bot.close()
    server.spoilt_tickets = 1
    await bot.start()
    asked = await server.say(channel.id, "How many passengers were rescued?")
    assert len(await answered(server, channel, asked)) == 1


@sockets_are_lost
async def test_nor_is_one_when_a_connection_was_lost(bot: Bot, server: SlackServer, channel: Channel) -> None:
    server.spoilt_tickets = 1
    await server.drop_sockets(abruptly=True)
    asked = await server.say(channel.id, "How many passengers were rescued?")
    assert len(await answered(server, channel, asked)) == 1
