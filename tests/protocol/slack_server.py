"""Slack on this machine: Web API, Socket Mode and signed HTTP requests, with the platform's limits, errors and faults.

For any bot's tests: start a `SlackServer`, point the bot's client at `api`, let people write with `say`, `command`,
`press`, `submit`, and look at `messages`, `replies`, `ephemerals` and `views`: what stands there is what a user of Slack
would see. What is modelled, and from where:

- `chat.postMessage`, `chat.update`, `chat.postEphemeral`: Block Kit's lengths, counts and unique ids (`invalid_blocks`
  with Slack's pointers), `no_text`, `msg_too_long`, metadata, threads; nothing keeps a repeated post from standing twice;
- `conversations.history` and `.replies` with pages and metadata only when asked for; `info`, `open`, `users.*`;
- rights: scopes (`missing_scope` with what is needed), channels one is not in, archived ones, refused tokens; all of
  them with HTTP 200, as Slack does;
- rate limits: posts per channel, 429 with `Retry-After`;
- `views.open` (three seconds for a trigger, once), `views.publish`, addresses for answers (five uses, half an hour);
- files in three steps, and private files that only a token reads;
- Socket Mode: tickets that open one socket, hello, envelopes, repeats of what was not acknowledged in time, refreshes;
- HTTP mode: `deliver_to` an address instead, signed, repeated with `X-Slack-Retry-Num`;
- faults: `faults` gets each method and may name one: "drop before", "drop after", "500 before", "500 after", "503",
  "429", "slow", or an error such as "fatal_error". "Before" and "after" say whether the call had its effect.

Slack's documentation is the source of each rule; see the README beside this file for what is not modelled.
"""

from __future__ import annotations

import asyncio
import base64
import contextlib
import hashlib
import hmac
import json
import re
import secrets
import time
from collections import Counter, defaultdict
from collections.abc import Callable, Iterator, Mapping
from dataclasses import dataclass, field
from types import TracebackType
from typing import Any, Self
from urllib.parse import parse_qs, urlencode

import aiohttp
from aiohttp import WSMsgType, web

TEXT, UPDATE_TEXT, ALL_BLOCKS, BLOCKS, HOME_BLOCKS = 40_000, 4_000, 13_200, 50, 100
HEADER, SECTION, SECTION_FIELD, FIELDS, CONTEXT, ACTIONS, BUTTON = 150, 3_000, 2_000, 10, 10, 25, 75
ID, OPTION, OPTION_VALUE, OPTIONS, TITLE, METADATA, URL = 255, 75, 150, 100, 24, 3_000, 3_000
ANSWERS, ANSWERS_S, TRIGGER_S = 5, 1_800.0, 3.0

Json = dict[str, Any]


@dataclass
class Channel:
    """A channel or direct message. `shut` is an error that every call to it gets."""

    id: str
    name: str
    private: bool = False
    user: str = ""  # the other one, in a direct message
    member: bool = True  # whether the bot is in it
    shut: str = ""
    people: list[str] = field(default_factory=list)  # its members, as far as it is asked for them
    messages: list[Json] = field(default_factory=list)  # replies too, in the order of their times

    @property
    def direct(self) -> bool:
        return bool(self.user)


@dataclass
class Interaction:
    """A command, a press, a shortcut or a form sent off, and what became of it."""

    trigger: str
    channel: str
    user: str
    made_at: float
    acks: list[Json] = field(default_factory=list)  # one for each time it was acknowledged
    answers: list[Json] = field(default_factory=list)  # to its address, in order
    views: list[Json] = field(default_factory=list)  # opened with its trigger
    address: str = ""
    original: Json | None = None  # the message whose button was pressed, as it stands


@dataclass
class Envelope:
    """A delivery until it is acknowledged."""

    id: str
    kind: str
    payload: Json
    form: bool = False  # over HTTP: a form instead of JSON
    tries: int = 0
    acked: asyncio.Event = field(default_factory=asyncio.Event)
    made: Interaction | None = None

    def acknowledge(self, answer: Json) -> None:
        if not self.acked.is_set() and self.made is not None:
            self.made.acks.append(answer)
        self.acked.set()


class Refused(Exception):
    """An answer with `ok: false`."""

    def __init__(self, error: str, **more: Any) -> None:
        self.body = {"ok": False, "error": error, **more}
        super().__init__(error)


_SCOPES = {
    "chat.postMessage": "chat:write", "chat.update": "chat:write", "chat.postEphemeral": "chat:write",
    "users.info": "users:read", "users.list": "users:read", "usergroups.users.list": "usergroups:read", "conversations.open": "im:write",
    "files.getUploadURLExternal": "files:write", "files.completeUploadExternal": "files:write",
    "assistant.threads.setStatus": "assistant:write", "assistant.threads.setSuggestedPrompts": "assistant:write",
}  # fmt: skip
ALL_SCOPES = frozenset(_SCOPES.values()) | {
    "app_mentions:read", "commands", "channels:history", "groups:history", "im:history", "channels:read", "groups:read", "files:read",
}  # fmt: skip


class SlackServer:
    """A Slack of one's own, with one workspace or several. `async with` starts and stops it."""

    def __init__(
        self,
        *,
        bot_token: str = "xoxb-test",
        app_token: str = "xapp-test",
        signing_secret: str = "signing-test",
        faults: Callable[[str], str] = lambda _method: "",
        posts: tuple[int, float] | None = None,
        ack_s: float = 3.0,
        retry_pauses_s: tuple[float, ...] = (0.05, 60.0, 300.0),
        now: Callable[[], float] = time.time,
    ) -> None:
        self.bot_token, self.app_token, self.signing_secret = bot_token, app_token, signing_secret
        self.faults, self.posts, self.ack_s, self.retry_pauses_s, self._now = faults, posts, ack_s, retry_pauses_s, now
        self.team, self.me, self.bot_id, self.app_id = "T0001", "U0BOT", "B0BOT", "A0001"
        self.scopes = set(ALL_SCOPES)
        self.deliver_to = ""  # an address for HTTP mode; empty: Socket Mode
        self.spoilt_tickets = 0  # so many of the next addresses for sockets lead nowhere
        self.also_as_message = False  # mentions come as `message`, too, as for apps that subscribe to it
        self.users: dict[str, Json] = {}
        self.groups: dict[str, list[str]] = {}
        self.channels: dict[str, Channel] = {}
        self.prompts: dict[str, list[str]] = {}  # offered in the Messages tab, by its channel
        self.ephemerals: list[Json] = []
        self.homes: dict[str, Json] = {}
        self.views: dict[str, Json] = {}
        self.statuses: list[Json] = []
        self.files: dict[str, Json] = {}
        self.calls: Counter[str] = Counter()
        self.bodies: list[tuple[str, Json]] = []
        self.limited: Counter[str] = Counter()
        self.connections = 0
        self.envelopes: list[Envelope] = []
        self.repeats = 0
        self._interactions: dict[str, Interaction] = {}
        self._answers: dict[str, Interaction] = {}
        self._tickets: set[str] = set()
        self._sockets: list[web.WebSocketResponse] = []
        self._last_ts = 0.0
        self._used: dict[str, list[float]] = defaultdict(list)
        self._runner: web.AppRunner | None = None
        self._tasks: set[asyncio.Task[None]] = set()
        self._session: aiohttp.ClientSession | None = None
        self._changed = asyncio.Condition()
        self.port = 0
        self.others: dict[str, SlackServer] = {}  # further workspaces of the same Slack, by their tokens
        self.client = ("client-test", "secret-test")  # the app's id and secret
        self.installer = ""
        self.codes: dict[str, SlackServer] = {}  # what somebody who installs the app brings back, each good once
        self.add_user(self.me, name="verbatim", is_bot=True)

    # --- running ---

    async def __aenter__(self) -> Self:
        await self.start()
        return self

    async def __aexit__(
        self, kind: type[BaseException] | None, error: BaseException | None, trace: TracebackType | None
    ) -> None:
        await self.stop()

    async def start(self, port: int = 0) -> None:
        app = web.Application(client_max_size=30_000_000)
        app.router.add_get("/socket", self._socket)
        app.router.add_route("*", "/api/{method}", self._api)
        app.router.add_post("/answer/{key}", self._answer)
        app.router.add_post("/upload/{file}", self._upload)
        app.router.add_get("/files-pri/{file}/{name}", self._private_file)
        self._runner = web.AppRunner(app, handle_signals=False, access_log=None, shutdown_timeout=0.5)
        await self._runner.setup()
        site = web.TCPSite(self._runner, "127.0.0.1", port)
        await site.start()
        assert site._server is not None
        self.port = site._server.sockets[0].getsockname()[1]  # type: ignore[attr-defined]
        self._session = aiohttp.ClientSession()

    async def stop(self) -> None:
        for task in self._tasks:
            task.cancel()
        await asyncio.gather(*self._tasks, return_exceptions=True)
        await self.drop_sockets()
        if self._session is not None:
            await self._session.close()
        if self._runner is not None:
            await self._runner.cleanup()

    def add_workspace(self, team: str) -> SlackServer:
        """Another workspace, reached at the same address, with a token of its own."""
        other = SlackServer(bot_token=f"xoxb-{team}", signing_secret=self.signing_secret, ack_s=self.ack_s)
        other.team, other.me, other.port, other.deliver_to = team, f"U{team}BOT", self.port, self.deliver_to
        other._session, other._changed = self._session, self._changed
        other.add_user(other.me, name="verbatim", is_bot=True)
        self.others[other.bot_token] = other
        return other

    def grant(self, workspace: SlackServer, installer: str) -> str:
        """A person lets the app in: the code that their browser brings to it."""
        code = secrets.token_hex(8)
        self.codes[code] = workspace
        workspace.installer = installer
        return code

    @property
    def api(self) -> str:
        """What stands in the place of https://slack.com/api/."""
        return f"http://127.0.0.1:{self.port}/api/"

    @property
    def host(self) -> str:
        """Where files are kept."""
        return f"127.0.0.1:{self.port}"

    @property
    def sockets(self) -> list[web.WebSocketResponse]:
        """Those that are open."""
        return [one for one in self._sockets if not one.closed]

    async def until(self, condition: Callable[[], bool], timeout_s: float = 60.0) -> None:
        """Wait until something holds that a call or a delivery brings about. Raises TimeoutError."""
        async with asyncio.timeout(timeout_s), self._changed:
            await self._changed.wait_for(condition)

    async def _happened(self) -> None:
        async with self._changed:
            self._changed.notify_all()

    # --- the world ---

    def timestamp(self) -> str:
        """A time that no message has yet; later ones are greater."""
        self._last_ts = max(self._last_ts + 1e-6, round(self._now(), 6))
        return f"{self._last_ts:.6f}"

    def add_user(self, user: str, *, name: str = "", locale: str = "en-US", **flags: Any) -> str:
        """A person; `flags` such as is_admin, is_owner, is_restricted."""
        self.users[user] = {
            "id": user, "team_id": self.team, "name": name or user.lower(), "real_name": name or user, "locale": locale,
            "tz": "Europe/Berlin", "profile": {"display_name": name}, "is_admin": False, "is_owner": False,
            "is_bot": False, **flags,
        }  # fmt: skip
        return user

    def add_channel(self, name: str = "news", *, private: bool = False, member: bool = True) -> Channel:
        channel = Channel(f"C{len(self.channels):04}", name, private, member=member)
        self.channels[channel.id] = channel
        return channel

    def direct(self, user: str) -> Channel:
        """The direct message between the bot and a person."""
        for channel in self.channels.values():
            if channel.user == user:
                return channel
        channel = Channel(f"D{len(self.channels):04}", "directmessage", private=True, user=user)
        self.channels[channel.id] = channel
        return channel

    def add_file(self, name: str, content: bytes, mimetype: str = "text/plain") -> Json:
        """A file that somebody attaches."""
        key = f"F{len(self.files):04}"
        address = f"http://{self.host}/files-pri/{key}/{name}"
        self.files[key] = {
            "id": key, "name": name, "mimetype": mimetype, "size": len(content), "url_private": address,
            "url_private_download": address, "content": content,
        }  # fmt: skip
        return {name: value for name, value in self.files[key].items() if name != "content"}

    def messages(self, channel: str) -> list[Json]:
        """What of the bot's stands in a channel itself, oldest first."""
        return [one for one in self._own(channel) if one.get("thread_ts", one["ts"]) == one["ts"]]

    def replies(self, channel: str, thread: str) -> list[Json]:
        """What of the bot's stands in a thread, oldest first."""
        return [one for one in self._own(channel) if one.get("thread_ts") == thread and one["ts"] != thread]

    def _own(self, channel: str) -> list[Json]:
        return [one for one in self.channels[channel].messages if one.get("user") == self.me]

    # --- what people do ---

    async def say(
        self, channel: str, text: str, *, user: str = "U0077", mention: bool = True, thread: str = "", files: list[Json] | None = None,
        deliver: bool = True, event_id: str = "",
    ) -> Json:  # fmt: skip
        """A person writes; with `mention` the bot is named. Without `deliver` the event never comes."""
        place = self.channels[channel]
        message: Json = {"type": "message", "user": user, "ts": self.timestamp(), "team": self.team}
        message["text"] = f"<@{self.me}> {_typed(text)}" if mention else _typed(text)
        if thread:
            message["thread_ts"] = thread
        if files:
            message |= {"files": files, "subtype": "file_share"}
        place.messages.append(message)
        if deliver:
            await self.deliver_message(channel, message, mention=mention, event_id=event_id)
        return message

    async def deliver_message(self, channel: str, message: Json, *, mention: bool = True, event_id: str = "") -> None:
        """The events of a message that stands."""
        place = self.channels[channel]
        kind = "im" if place.direct else "group" if place.private else "channel"
        as_message = {**message, "channel": channel, "channel_type": kind, "event_ts": message["ts"]}
        if place.direct or self.also_as_message:
            await self.event(as_message, event_id=event_id if place.direct else "")
        if mention and not place.direct:
            named = {key: value for key, value in as_message.items() if key not in ("channel_type", "subtype")}
            await self.event({**named, "type": "app_mention"}, event_id=event_id)

    async def event(self, event: Json, *, event_id: str = "") -> Envelope:
        """Any event of the Events API."""
        payload = {
            "token": "verification", "team_id": self.team, "api_app_id": self.app_id, "event": event,
            "type": "event_callback", "event_id": event_id or f"Ev{secrets.token_hex(5).upper()}",
            "event_time": int(self._now()), "authorizations": [{"team_id": self.team, "user_id": self.me, "is_bot": True}],
        }  # fmt: skip
        return self._post("events_api", payload)

    async def open_home(self, user: str = "U0077", tab: str = "home") -> None:
        """A person opens the bot's own page."""
        await self.event({"type": "app_home_opened", "user": user, "channel": self.direct(user).id, "tab": tab, "event_ts": self.timestamp()})

    async def command(self, channel: str, text: str, *, user: str = "U0077", command: str = "/news") -> Interaction:
        """A person types a slash command."""
        place = self.channels[channel]
        made = self._interaction(channel, user)
        name = "directmessage" if place.direct else "privategroup" if place.private else place.name
        payload = {
            "token": "verification", "team_id": self.team, "team_domain": "example", "channel_id": channel, "channel_name": name,
            "user_id": user, "user_name": self._user(user)["name"], "command": command, "text": _typed(text), "api_app_id": self.app_id,
            "is_enterprise_install": "false", "response_url": made.address, "trigger_id": made.trigger,
        }  # fmt: skip
        self._follow(made, self._post("slash_commands", payload, form=True))
        return made

    async def press(
        self, channel: str, message: Json, action_id: str, *, user: str = "U0077", value: str = "", ephemeral: bool = False
    ) -> Interaction:
        """A person presses a button of a message, or picks from its menu."""
        made = self._interaction(channel, user)
        made.original = message
        container = {"type": "message", "message_ts": message.get("ts", ""), "channel_id": channel, "is_ephemeral": ephemeral}
        if "thread_ts" in message:
            container["thread_ts"] = message["thread_ts"]
        payload = self._body("block_actions", made) | {
            "container": container, "response_url": made.address, "actions": [_action(action_id, value)],
            "channel": self._short(channel),
        }  # fmt: skip
        if not ephemeral:
            payload["message"] = message
        self._follow(made, self._post("interactive", payload, form=True))
        return made

    async def press_at_home(self, user: str, action_id: str, *, value: str = "") -> Interaction:
        """A person presses a button on the bot's own page."""
        made = self._interaction(self.direct(user).id, user)
        view = self.homes[user]
        payload = self._body("block_actions", made) | {
            "container": {"type": "view", "view_id": view["id"]}, "view": view, "actions": [_action(action_id, value)],
        }  # fmt: skip
        self._follow(made, self._post("interactive", payload, form=True))
        return made

    async def shortcut(self, callback_id: str, *, user: str = "U0077", channel: str = "", message: Json | None = None) -> Interaction:
        """A person uses a global shortcut, or with a message that message's."""
        made = self._interaction(channel or self.direct(user).id, user)
        kind = "message_action" if message is not None else "shortcut"
        payload = self._body(kind, made) | {"callback_id": callback_id, "action_ts": self.timestamp()}
        if message is not None:
            payload |= {"message": message, "message_ts": message["ts"], "channel": self._short(channel), "response_url": made.address}
        self._follow(made, self._post("interactive", payload, form=True))
        return made

    async def submit(self, view: Json, values: Mapping[str, Any], *, user: str = "U0077") -> Interaction:
        """A person sends a form off. A value is text, an option's value, or a list of files."""
        made = self._interaction("", user)
        state: Json = {}
        for block in view["blocks"]:
            if block.get("block_id") in values:
                element = block["element"]
                state[block["block_id"]] = {element["action_id"]: _filled(element, values[block["block_id"]])}
        payload = self._body("view_submission", made) | {"view": {**view, "state": {"values": state}}, "response_urls": []}
        self._follow(made, self._post("interactive", payload, form=True))
        return made

    async def suggest(self, view: Json, action_id: str, typed: str, *, user: str = "U0077") -> Interaction:
        """A person types into a menu that asks for its choices; they are the acknowledgement."""
        made = self._interaction("", user)
        payload = self._body("block_suggestion", made) | {"view": view, "action_id": action_id, "value": typed}
        del payload["trigger_id"]
        self._follow(made, self._post("interactive", payload, form=True))
        return made

    def _body(self, kind: str, made: Interaction) -> Json:
        user = self._user(made.user)
        return {
            "type": kind, "token": "verification", "team": {"id": self.team, "domain": "example"}, "api_app_id": self.app_id,
            "user": {"id": made.user, "username": user["name"], "name": user["name"], "team_id": self.team},
            "trigger_id": made.trigger, "is_enterprise_install": False, "enterprise": None,
        }  # fmt: skip

    def _short(self, channel: str) -> Json:
        place = self.channels[channel]
        return {"id": channel, "name": "directmessage" if place.direct else "privategroup" if place.private else place.name}

    def _user(self, user: str) -> Json:
        if user not in self.users:
            self.add_user(user)
        return self.users[user]

    def _interaction(self, channel: str, user: str) -> Interaction:
        key = secrets.token_hex(8)
        made = Interaction(f"{len(self._interactions)}.{key}", channel, user, self._now())
        made.address = f"http://{self.host}/answer/{key}"
        self._interactions[made.trigger] = self._answers[key] = made
        return made

    # --- deliveries ---

    def _post(self, kind: str, payload: Json, *, form: bool = False) -> Envelope:
        envelope = Envelope(secrets.token_hex(8), kind, payload, form)
        self.envelopes.append(envelope)
        self._spawn(self._deliver(envelope))
        return envelope

    async def repeat(self, envelope: Envelope) -> Envelope:
        """The same delivery once more, whether it was acknowledged or not."""
        again = Envelope(secrets.token_hex(8), envelope.kind, envelope.payload, envelope.form, tries=1)
        self._spawn(self._deliver(again))
        return again

    def _follow(self, made: Interaction, envelope: Envelope) -> None:
        envelope.made = made

    def _spawn(self, work: Any) -> None:
        task = asyncio.ensure_future(work)
        self._tasks.add(task)
        task.add_done_callback(self._tasks.discard)

    async def _deliver(self, envelope: Envelope) -> None:
        """Until acknowledged, at most four times; what people do in the client is delivered once."""
        pauses = self.retry_pauses_s if envelope.kind == "events_api" else ()
        for pause in (*pauses, None):
            if self.deliver_to:
                await self._knock(envelope)
            else:
                await self._send(envelope)
            with contextlib.suppress(TimeoutError):
                async with asyncio.timeout(self.ack_s):
                    await envelope.acked.wait()
            if envelope.acked.is_set() or pause is None:
                break
            await asyncio.sleep(pause)
            envelope.tries += 1
            self.repeats += 1
        await self._happened()

    async def _send(self, envelope: Envelope) -> None:
        """Through the newest socket, waiting for one as long as it takes."""
        async with self._changed:
            await self._changed.wait_for(lambda: bool(self.sockets))
        living = self.sockets
        said: Json = {
            "envelope_id": envelope.id, "type": envelope.kind, "accepts_response_payload": envelope.kind != "events_api",
            "payload": envelope.payload,
        }  # fmt: skip
        if envelope.kind == "events_api":
            said |= {"retry_attempt": envelope.tries, "retry_reason": "timeout" if envelope.tries else ""}
        with contextlib.suppress(ConnectionError, RuntimeError):
            await living[-1].send_str(json.dumps(said))

    async def _knock(self, envelope: Envelope) -> None:
        """Over HTTP, signed."""
        assert self._session is not None
        if not envelope.form:
            raw, kind = json.dumps(envelope.payload).encode(), "application/json"
        else:
            fields = envelope.payload if envelope.kind == "slash_commands" else {"payload": json.dumps(envelope.payload)}
            raw, kind = urlencode(fields).encode(), "application/x-www-form-urlencoded"
        headers = {"Content-Type": kind, **self.signed(raw)}
        if envelope.tries:
            headers |= {"X-Slack-Retry-Num": str(envelope.tries), "X-Slack-Retry-Reason": "http_timeout"}
        try:
            async with asyncio.timeout(self.ack_s), self._session.post(self.deliver_to, data=raw, headers=headers) as answer:
                text = await answer.text()
                if answer.status == 200:
                    envelope.acknowledge(json.loads(text) if text.startswith("{") else {"text": text} if text else {})
        except (aiohttp.ClientError, TimeoutError):
            return

    def signed(self, raw: bytes, at: int | None = None) -> dict[str, str]:
        """The headers that prove a request to be Slack's."""
        stamp = str(int(self._now()) if at is None else at)
        digest = hmac.new(self.signing_secret.encode(), b"v0:" + stamp.encode() + b":" + raw, hashlib.sha256).hexdigest()
        return {"X-Slack-Request-Timestamp": stamp, "X-Slack-Signature": f"v0={digest}"}

    async def _socket(self, request: web.Request) -> web.StreamResponse:
        ticket = request.query.get("ticket", "")
        if ticket not in self._tickets:
            return web.Response(status=403)
        self._tickets.discard(ticket)
        socket = web.WebSocketResponse(max_msg_size=0)
        await socket.prepare(request)
        self.connections += 1
        await socket.send_str(json.dumps({
            "type": "hello", "num_connections": 1 + len(self.sockets),
            "connection_info": {"app_id": self.app_id}, "debug_info": {"host": "applink", "approximate_connection_time": 18_060},
        }))  # fmt: skip
        self._sockets.append(socket)
        await self._happened()
        async for message in socket:
            if message.type is not WSMsgType.TEXT:
                break
            said = json.loads(message.data)
            for envelope in self.envelopes:
                if envelope.id == said.get("envelope_id"):
                    envelope.acknowledge(said.get("payload") or {})
            await self._happened()
        return socket

    async def refresh_sockets(self, reason: str = "refresh_requested") -> None:
        """Ask every client to connect anew, as Slack does every few hours."""
        for socket in self.sockets:
            self._sockets.remove(socket)
            await socket.send_str(json.dumps({"type": "disconnect", "reason": reason, "debug_info": {"host": "applink"}}))

    async def drop_sockets(self, *, abruptly: bool = False) -> None:
        """Close every socket, with or without a word."""
        sockets, self._sockets = self._sockets, []
        for socket in sockets:
            if abruptly and socket._req is not None and socket._req.transport is not None:
                socket._req.transport.abort()
            elif not socket.closed:
                await socket.close(code=1001)

    # --- Web API ---

    async def _api(self, request: web.Request) -> web.StreamResponse:
        method = request.match_info["method"]
        fault = self.faults(method)
        if fault == "slow":
            await asyncio.sleep(0.3)
        if fault in ("drop before", "500 before", "503", "429"):
            return self._faulty(request, method, fault)
        body = await _body_of(request)
        self.calls[method] += 1
        self.bodies.append((method, body))
        headers = {"x-oauth-scopes": ",".join(sorted(self.scopes))}
        try:
            token = request.headers.get("Authorization", "").removeprefix("Bearer ") or str(body.get("token") or "")
            there = self.others.get(token, self)
            if method != "oauth.v2.access":
                there._check_token(method, token)
            else:
                body["client"] = request.headers.get("Authorization", "")
            if (wait := there._wait_for(method, body)) > 0:
                return self._too_many(method, wait)
            answer: Json = {"ok": True, **there._called(method, body)}
        except Refused as refusal:
            answer = refusal.body
        await self._happened()
        if fault in ("drop after", "500 after"):
            return self._faulty(request, method, fault)
        if fault and fault != "slow":
            answer = {"ok": False, "error": fault}
        return web.json_response(answer, headers=headers)

    def _faulty(self, request: web.Request, method: str, fault: str) -> web.StreamResponse:
        if fault.startswith("drop"):
            assert request.transport is not None
            request.transport.abort()
            return web.Response()
        if fault == "429":
            return self._too_many(method, 1)
        page = "<html><body>upstream connect error</body></html>"
        return web.Response(status=503 if fault == "503" else 500, text=page, content_type="text/html")

    def _too_many(self, method: str, wait: float) -> web.Response:
        self.limited[method] += 1
        headers = {"Retry-After": str(max(1, round(wait)))}
        return web.json_response({"ok": False, "error": "ratelimited"}, status=429, headers=headers)

    def _check_token(self, method: str, token: str) -> None:
        if method == "apps.connections.open":
            if token != self.app_token:
                raise Refused("invalid_auth")
            return
        if not token:
            raise Refused("not_authed")
        if token != self.bot_token:
            raise Refused("invalid_auth")
        needed = _SCOPES.get(method, "")
        if needed and needed not in self.scopes:
            raise Refused("missing_scope", needed=needed, provided=",".join(sorted(self.scopes)))

    def _wait_for(self, method: str, body: Json) -> float:
        """How long a call has to wait, 0 when it may pass."""
        if self.posts is None or method != "chat.postMessage":
            return 0.0
        most, per_s = self.posts
        now, channel = self._now(), str(body.get("channel"))
        used = self._used[channel] = [at for at in self._used[channel] if now - at < per_s]
        if len(used) >= most:
            return per_s - (now - used[0])
        used.append(now)
        return 0.0

    def _called(self, method: str, body: Json) -> Json:
        handle = getattr(self, "_" + re.sub(r"[.]", "_", method), None)
        if handle is None or "." not in method:
            raise Refused("unknown_method", req_method=method)
        answer: Json = handle(body) or {}
        return answer

    def _auth_test(self, _: Json) -> Json:
        return {"url": "https://example.slack.com/", "team": "Example", "user": "verbatim", "team_id": self.team,
                "user_id": self.me, "bot_id": self.bot_id, "is_enterprise_install": False}  # fmt: skip

    def _oauth_v2_access(self, body: Json) -> Json:
        if body.pop("client") != f"Basic {base64.b64encode(':'.join(self.client).encode()).decode()}":
            raise Refused("bad_client_secret")
        there = self.codes.pop(str(body.get("code")), None)
        if there is None:
            raise Refused("invalid_code")
        return {
            "app_id": self.app_id, "access_token": there.bot_token, "token_type": "bot", "bot_user_id": there.me,
            "scope": ",".join(sorted(there.scopes)), "team": {"id": there.team, "name": there.team}, "enterprise": None,
            "authed_user": {"id": there.installer}, "is_enterprise_install": False,
        }  # fmt: skip

    def _apps_connections_open(self, _: Json) -> Json:
        ticket = secrets.token_hex(8)
        if self.spoilt_tickets:
            self.spoilt_tickets -= 1
        else:
            self._tickets.add(ticket)
        return {"url": f"ws://127.0.0.1:{self.port}/socket?ticket={ticket}"}

    def _place(self, body: Json, *, write: bool = False) -> Channel:
        key = str(body.get("channel") or body.get("channel_id") or "")
        if key in self.users and write:
            return self.direct(key)
        place = self.channels.get(key)
        if place is None or (place.private and not place.member):
            raise Refused("channel_not_found")
        if place.shut:
            raise Refused(place.shut)
        if not place.member:
            raise Refused("not_in_channel")
        return place

    def _chat_postMessage(self, body: Json) -> Json:  # noqa: N802 - Slack's name
        place = self._place(body, write=True)
        check_message(body)
        thread = str(body.get("thread_ts") or "")
        if thread and not any(one["ts"] == thread for one in place.messages):
            raise Refused("thread_not_found")
        message = self._message(body)
        if thread:
            message["thread_ts"] = thread
        place.messages.append(message)
        return {"channel": place.id, "ts": message["ts"], "message": _without_metadata(message)}

    def _message(self, body: Json) -> Json:
        message: Json = {
            "type": "message", "user": self.me, "bot_id": self.bot_id, "app_id": self.app_id, "team": self.team, "ts": self.timestamp(),
            "text": body.get("text") or "", "blocks": body.get("blocks") or [],
        }  # fmt: skip
        if body.get("metadata"):
            message["metadata"] = body["metadata"]
        return message

    def _chat_update(self, body: Json) -> Json:
        place = self._place(body, write=True)
        message = next((one for one in place.messages if one["ts"] == body.get("ts")), None)
        if message is None:
            raise Refused("message_not_found")
        if message.get("user") != self.me:
            raise Refused("cant_update_message")
        check_message(body)
        if len(str(body.get("text") or "").encode()) > UPDATE_TEXT:
            raise Refused("msg_too_long")
        message |= {key: body[key] for key in ("text", "blocks", "metadata") if key in body}
        message["edited"] = {"user": self.me, "ts": self.timestamp()}
        return {"channel": place.id, "ts": message["ts"], "text": message["text"]}

    def _chat_postEphemeral(self, body: Json) -> Json:  # noqa: N802 - Slack's name
        place = self._place(body)
        check_message(body)
        self.ephemerals.append({**body, "channel": place.id})
        return {"message_ts": self.timestamp()}

    def _history(self, body: Json, found: list[Json]) -> Json:
        oldest, limit = float(body.get("oldest") or 0), min(int(body.get("limit") or 100), 999)
        start = int(str(body.get("cursor") or "0").removeprefix("next:") or 0)
        found = [one for one in found if float(one["ts"]) > oldest]
        page = found[start : start + limit]
        more = start + limit < len(found)
        with_metadata = str(body.get("include_all_metadata")).lower() in ("1", "true")
        return {
            "messages": page if with_metadata else [_without_metadata(one) for one in page], "has_more": more,
            "response_metadata": {"next_cursor": f"next:{start + limit}" if more else ""},
        }  # fmt: skip

    def _readable(self, body: Json) -> Channel:
        place = self._place(body)
        needed = "im:history" if place.direct else "groups:history" if place.private else "channels:history"
        if needed not in self.scopes:
            raise Refused("missing_scope", needed=needed, provided=",".join(sorted(self.scopes)))
        return place

    def _conversations_history(self, body: Json) -> Json:
        messages = self._readable(body).messages
        latest = {one["thread_ts"]: one["ts"] for one in messages if "thread_ts" in one}
        roots = [
            {**one, **({"thread_ts": one["ts"], "latest_reply": latest[one["ts"]]} if one["ts"] in latest else {})}
            for one in messages
            if one.get("thread_ts", one["ts"]) == one["ts"]
        ]
        return self._history(body, sorted(roots, key=lambda one: -float(one["ts"])))

    def _conversations_replies(self, body: Json) -> Json:
        thread = str(body.get("ts"))
        messages = self._readable(body).messages
        if not any(one["ts"] == thread for one in messages):
            raise Refused("thread_not_found")
        return self._history(body, [one for one in messages if one["ts"] == thread or one.get("thread_ts") == thread])

    def _conversations_info(self, body: Json) -> Json:
        place = self.channels.get(str(body.get("channel")))
        if place is None:
            raise Refused("channel_not_found")
        return {"channel": self._channel(place)}

    def _channel(self, place: Channel) -> Json:
        return {
            "id": place.id, "name": place.name, "is_channel": not place.direct, "is_im": place.direct, "is_private": place.private,
            "is_mpim": False, "is_archived": place.shut == "is_archived", "is_member": place.member, "user": place.user,
        }  # fmt: skip

    def _conversations_open(self, body: Json) -> Json:
        return {"channel": {"id": self.direct(str(body.get("users"))).id}}

    def _users_conversations(self, body: Json) -> Json:
        kinds = str(body.get("types") or "public_channel").split(",")
        found = []
        for place in self.channels.values():
            kind = "im" if place.direct else "private_channel" if place.private else "public_channel"
            if place.member and kind in kinds:
                found.append(self._channel(place))
        return {"channels": found, "response_metadata": {"next_cursor": ""}}

    def _users_info(self, body: Json) -> Json:
        user = self.users.get(str(body.get("user")))
        if user is None:
            raise Refused("user_not_found")
        hidden = () if str(body.get("include_locale")).lower() in ("1", "true") else ("locale",)
        return {"user": {key: value for key, value in user.items() if key not in hidden}}

    def _users_list(self, _: Json) -> Json:
        return {"members": list(self.users.values()), "response_metadata": {"next_cursor": ""}}

    def _conversations_members(self, body: Json) -> Json:
        place = self.channels.get(str(body.get("channel")))
        if place is None or (place.private and not place.member):
            raise Refused("channel_not_found")
        return {"members": [self.me, *place.people], "response_metadata": {"next_cursor": ""}}

    def _usergroups_users_list(self, body: Json) -> Json:
        group = self.groups.get(str(body.get("usergroup")))
        if group is None:
            raise Refused("no_such_subteam")
        return {"users": group}

    def _bots_info(self, _: Json) -> Json:
        return {"bot": {"id": self.bot_id, "name": "verbatim", "app_id": self.app_id, "user_id": self.me}}

    def _views_open(self, body: Json) -> Json:
        made = self._interactions.get(str(body.get("trigger_id")))
        if made is None:
            raise Refused("invalid_trigger_id")
        if self._now() - made.made_at > max(TRIGGER_S, self.ack_s):  # who is patient is so with both
            raise Refused("expired_trigger_id")
        if made.views:
            raise Refused("exchanged_trigger_id")
        view = self._view(body["view"], "modal")
        made.views.append(view)
        return {"view": view}

    def _views_publish(self, body: Json) -> Json:
        view = self._view(body["view"], "home")
        self.homes[str(body["user_id"])] = view
        return {"view": view}

    def _view(self, view: Any, kind: str) -> Json:
        view = json.loads(view) if isinstance(view, str) else view
        if view.get("type") != kind:
            raise Refused("invalid_arguments", response_metadata={"messages": ["[ERROR] must be a valid enum value [json-pointer:/view/type]"]})
        check_view(view)
        made = {**view, "id": f"V{secrets.token_hex(4).upper()}", "hash": secrets.token_hex(4), "app_id": self.app_id}
        self.views[made["id"]] = made
        return made

    def _assistant_threads_setSuggestedPrompts(self, body: Json) -> Json:  # noqa: N802 - Slack's name
        self._place({"channel": body.get("channel_id")})
        prompts = body.get("prompts") or []
        if not 1 <= len(prompts) <= 4 or any(set(one) != {"title", "message"} or not all(one.values()) for one in prompts):
            raise Refused("invalid_arguments")
        if "thread_ts" not in body:  # with one, an app with an agent's view gets nothing, and no error
            self.prompts[str(body["channel_id"])] = [str(one["message"]) for one in prompts]
        return {}

    def _assistant_threads_setStatus(self, body: Json) -> Json:  # noqa: N802 - Slack's name
        self._place(body)
        self.statuses.append(body)
        return {}

    # --- answers by address, files ---

    async def _answer(self, request: web.Request) -> web.Response:
        for other in self.others.values():
            if request.match_info["key"] in other._answers:
                return await other._answer(request)
        made = self._answers.get(request.match_info["key"])
        if made is None or self._now() - made.made_at > ANSWERS_S:
            return web.json_response({"ok": False, "error": "expired_url"}, status=404)
        if len(made.answers) >= ANSWERS:
            return web.json_response({"ok": False, "error": "used_url"}, status=404)
        body = await request.json()
        try:
            check_message(body)
        except Refused as refusal:
            return web.json_response(refusal.body, status=400)
        made.answers.append(body)
        if body.get("replace_original") and made.original is not None:
            made.original |= {"text": body.get("text") or "", "blocks": body.get("blocks") or []}
        elif body.get("response_type") == "in_channel":
            self.channels[made.channel].messages.append(self._message(body))
        else:
            self.ephemerals.append({**body, "channel": made.channel, "user": made.user})
        await self._happened()
        return web.Response(text="ok")

    def _files_getUploadURLExternal(self, body: Json) -> Json:  # noqa: N802 - Slack's name
        key = f"F{len(self.files):04}"
        alt = str(body.get("alt_txt") or "")
        self.files[key] = {"id": key, "name": str(body["filename"]), "length": int(body["length"]), "shared": [], "alt": alt}
        return {"upload_url": f"http://{self.host}/upload/{key}", "file_id": key}

    def _files_completeUploadExternal(self, body: Json) -> Json:  # noqa: N802 - Slack's name
        files = json.loads(body["files"]) if isinstance(body["files"], str) else body["files"]
        place = self._place({"channel": body["channel_id"]})
        for one in files:
            kept = self.files.get(one["id"])
            if kept is None or "content" not in kept:
                raise Refused("file_not_found")
            kept["shared"].append((place.id, body.get("thread_ts") or ""))
        return {"files": [{"id": one["id"], "title": one.get("title", "")} for one in files]}

    async def _upload(self, request: web.Request) -> web.Response:
        kept = self.files[request.match_info["file"]]
        kept["content"] = await request.read()
        return web.Response(text=f"OK - {len(kept['content'])}")

    async def _private_file(self, request: web.Request) -> web.Response:
        if request.headers.get("Authorization") != f"Bearer {self.bot_token}" or "files:read" not in self.scopes:
            return web.Response(text="<!DOCTYPE html><html>Sign in to Slack</html>", content_type="text/html")
        kept = self.files[request.match_info["file"]]
        return web.Response(body=kept["content"], content_type=kept.get("mimetype") or "application/octet-stream")


# --- what Slack refuses ---


def check_message(body: Json) -> None:
    """Raises Refused for what Slack refuses to post."""
    text, blocks = body.get("text") or "", _read(body.get("blocks") or [])
    if not text.strip() and not blocks and not body.get("attachments"):
        raise Refused("no_text")
    if len(text) > TEXT:
        raise Refused("msg_too_long")
    check_blocks(blocks, BLOCKS, "/blocks")
    if sum(_size(block) for block in blocks) > ALL_BLOCKS:
        raise Refused("msg_blocks_too_long")
    metadata = body.get("metadata")
    if metadata is not None and not (isinstance(metadata.get("event_type"), str) and isinstance(metadata.get("event_payload"), dict)):
        raise Refused("invalid_metadata_format")


def check_view(view: Json) -> None:
    """Raises Refused for what Slack refuses to show as a modal or a home."""
    home = view["type"] == "home"
    if not home:
        _plain(view.get("title"), TITLE, "/view/title")
        for part in ("submit", "close"):
            if part in view:
                _plain(view[part], TITLE, f"/view/{part}")
    if len(view.get("callback_id") or "") > ID or len(view.get("private_metadata") or "") > METADATA:
        raise _invalid("must be less than 3001 characters", "/view/private_metadata", "invalid_arguments")
    blocks = _read(view.get("blocks") or [])
    if not blocks:
        raise _invalid("no more than 100 items allowed", "/view/blocks", "invalid_arguments")
    check_blocks(blocks, HOME_BLOCKS, "/view/blocks", inputs=True)
    if not home and any(block["type"] == "input" for block in blocks) and "submit" not in view:
        raise _invalid("must define `submit` to use an `input` block in modals", "/view", "invalid_arguments")


def check_blocks(blocks: list[Json], most: int, path: str, *, inputs: bool = False) -> None:
    if len(blocks) > most:
        raise _invalid(f"no more than {most} items allowed", path)
    ids = [block["block_id"] for block in blocks if block.get("block_id")]
    if len(ids) != len(set(ids)):
        raise _invalid("block_id already exists", path)
    for n, block in enumerate(blocks):
        at, kind = f"{path}/{n}", block.get("type")
        if len(block.get("block_id") or "") > ID:
            raise _invalid("must be less than 256 characters", f"{at}/block_id")
        check = _CHECKS.get(str(kind))
        if check is None or (kind == "input" and not inputs):
            raise _invalid(f"unsupported type: {kind}", at)
        check(block, at)


def _invalid(what: str, path: str, error: str = "invalid_blocks") -> Refused:
    message = f"[ERROR] {what} [json-pointer:{path}]"
    return Refused(error, response_metadata={"messages": [message]}, errors=[f"{what} [json-pointer:{path}]"])


def _plain(text: Any, most: int, path: str, *, only_plain: bool = True) -> None:
    if not isinstance(text, dict) or text.get("type") not in (("plain_text",) if only_plain else ("plain_text", "mrkdwn")):
        raise _invalid("missing required field: text", path)
    words = text.get("text")
    if not isinstance(words, str) or not 1 <= _length(words) <= most:
        raise _invalid(f"must be more than 0 and less than {most + 1} characters", f"{path}/text")


def _header(block: Json, at: str) -> None:
    _plain(block.get("text"), HEADER, f"{at}/text")


def _section(block: Json, at: str) -> None:
    fields = block.get("fields") or []
    if "text" not in block and not fields:
        raise _invalid("missing required field: text", at)
    if "text" in block:
        _plain(block["text"], SECTION, f"{at}/text", only_plain=False)
    if len(fields) > FIELDS:
        raise _invalid("no more than 10 items allowed", f"{at}/fields")
    for n, one in enumerate(fields):
        _plain(one, SECTION_FIELD, f"{at}/fields/{n}", only_plain=False)
    if "accessory" in block:
        _element(block["accessory"], f"{at}/accessory")


def _context(block: Json, at: str) -> None:
    elements = block.get("elements") or []
    if not 1 <= len(elements) <= CONTEXT:
        raise _invalid("no more than 10 items allowed", f"{at}/elements")
    for n, one in enumerate(elements):
        if one.get("type") != "image":
            _plain(one, SECTION, f"{at}/elements/{n}", only_plain=False)


def _actions(block: Json, at: str) -> None:
    elements = block.get("elements") or []
    if not 1 <= len(elements) <= ACTIONS:
        raise _invalid("no more than 25 items allowed", f"{at}/elements")
    ids = [one.get("action_id") for one in elements if one.get("action_id")]
    if len(ids) != len(set(ids)):
        raise _invalid("action_id already exists in block", f"{at}/elements")
    for n, one in enumerate(elements):
        _element(one, f"{at}/elements/{n}")


def _input(block: Json, at: str) -> None:
    _plain(block.get("label"), 2_000, f"{at}/label")
    if "hint" in block:
        _plain(block["hint"], 2_000, f"{at}/hint")
    _element(block.get("element") or {}, f"{at}/element")


_SELECTS = ("static_select", "multi_static_select", "external_select", "conversations_select", "channels_select", "users_select")


def _element(one: Json, at: str) -> None:
    kind = one.get("type")
    if len(one.get("action_id") or "") > ID:
        raise _invalid("must be less than 256 characters", f"{at}/action_id")
    if kind == "button":
        _plain(one.get("text"), BUTTON, f"{at}/text")
        if "url" in one and (len(one["url"]) > URL or not re.match(r"[a-z][a-z0-9+.-]*:\S+$", one["url"])):
            raise _invalid("invalid url", f"{at}/url")
        if one.get("style") not in (None, "primary", "danger"):
            raise _invalid("must be a valid enum value", f"{at}/style")
        if len(one.get("value") or "") > 2_000:
            raise _invalid("must be less than 2001 characters", f"{at}/value")
    elif kind in _SELECTS or kind in ("checkboxes", "radio_buttons"):
        if "placeholder" in one:
            _plain(one["placeholder"], 150, f"{at}/placeholder")
        if kind in ("static_select", "multi_static_select", "checkboxes", "radio_buttons"):
            _options(one, at, 10 if kind in ("checkboxes", "radio_buttons") else OPTIONS)
    elif kind == "plain_text_input":
        if len(one.get("initial_value") or "") > int(one.get("max_length") or 3_000) or int(one.get("max_length") or 1) > 3_000:
            raise _invalid("must be less than 3001 characters", f"{at}/initial_value")
    elif kind not in ("file_input", "number_input", "datepicker", "email_text_input", "url_text_input", "overflow"):
        raise _invalid(f"unsupported type: {kind}", at)


def _options(one: Json, at: str, most: int) -> None:
    options = one.get("options") or []
    if not 1 <= len(options) <= most:
        raise _invalid(f"no more than {most} items allowed", f"{at}/options")
    for n, option in enumerate(options):
        _plain(option.get("text"), OPTION, f"{at}/options/{n}/text", only_plain=False)
        if not 1 <= len(option.get("value") or "") <= OPTION_VALUE:
            raise _invalid("must be less than 151 characters", f"{at}/options/{n}/value")
    chosen = [one["initial_option"]] if "initial_option" in one else one.get("initial_options", [])
    if any(option not in options for option in chosen) or ("initial_options" in one and not chosen):
        raise _invalid("failed to match all allowed schemas", f"{at}/initial_option")


def _rich_text(block: Json, at: str) -> None:
    parts = block.get("elements")
    if not isinstance(parts, list):
        raise _invalid("missing required field: elements", at)
    for n, part in enumerate(parts):
        _rich_part(part, f"{at}/elements/{n}")


def _rich_part(part: Json, at: str) -> None:
    kind, inside = part.get("type"), part.get("elements")
    if kind not in ("rich_text_section", "rich_text_list", "rich_text_quote", "rich_text_preformatted") or not isinstance(inside, list):
        raise _invalid("failed to match all allowed schemas", at)
    for n, one in enumerate(inside):
        here = f"{at}/elements/{n}"
        if kind == "rich_text_list":
            _rich_part(one, here)
        elif one.get("type") in ("text", "link"):
            if one["type"] == "text" and not one.get("text"):
                raise _invalid("must be more than 0 characters", f"{here}/text")
            if one["type"] == "link" and not (one.get("url") and len(one["url"]) <= URL):
                raise _invalid("missing required field: url", here)
        elif one.get("type") not in ("emoji", "user", "usergroup", "channel", "broadcast", "date"):
            raise _invalid("failed to match all allowed schemas", here)


_CHECKS: dict[str, Callable[[Json, str], None]] = {
    "header": _header, "section": _section, "context": _context, "actions": _actions, "input": _input, "rich_text": _rich_text,
    "divider": lambda _block, _at: None, "image": lambda _block, _at: None, "context_actions": _actions,
}  # fmt: skip


def _length(text: str) -> int:
    return len(text.encode("utf-16-le", "surrogatepass")) // 2


def _size(block: Any) -> int:
    return sum(_length(text) for text in _texts(block))


def _texts(value: Any) -> Iterator[str]:
    if isinstance(value, dict):
        for key, one in value.items():
            if key in ("text", "url") and isinstance(one, str):
                yield one
            else:
                yield from _texts(one)
    elif isinstance(value, list):
        for one in value:
            yield from _texts(one)


def _read(value: Any) -> Any:
    return json.loads(value) if isinstance(value, str) else value


def _typed(text: str) -> str:
    """What a person types, as Slack passes it on: three signs escaped, addresses in angle brackets."""
    escaped = text.replace("&", "&amp;")
    if "<" not in escaped:
        escaped = escaped.replace(">", "&gt;")
    return re.sub(r"(?<![<|])\bhttps?://[^\s<>|]+", lambda found: f"<{found[0]}>", escaped)


def _action(action_id: str, value: str) -> Json:
    if not value:
        return {"type": "button", "action_id": action_id, "block_id": "b", "action_ts": "1"}
    chosen = {"text": {"type": "plain_text", "text": value}, "value": value}
    return {"type": "static_select", "action_id": action_id, "block_id": "b", "action_ts": "1", "selected_option": chosen}


def _filled(element: Json, value: Any) -> Json:
    kind = element["type"]
    chosen = {"text": {"type": "plain_text", "text": str(value)}, "value": value}
    if kind == "file_input":
        return {"type": kind, "files": value}
    if kind in ("static_select", "external_select", "radio_buttons"):
        return {"type": kind, "selected_option": chosen if value else None}
    if kind in ("multi_static_select", "checkboxes"):
        return {"type": kind, "selected_options": [{**chosen, "value": one} for one in value]}
    if kind == "conversations_select":
        return {"type": kind, "selected_conversation": value}
    return {"type": kind, "value": value or None}


def _without_metadata(message: Json) -> Json:
    return {key: value for key, value in message.items() if key != "metadata"}


async def _body_of(request: web.Request) -> Json:
    query = dict(request.query)
    if request.content_type == "application/json":
        return {**query, **(await request.json())}
    text = await request.text()
    return {**query, **{key: value[0] for key, value in parse_qs(text, keep_blank_values=True).items()}}
