"""Discord on this machine: REST v10 and the gateway, with the platform's own limits, error bodies and faults on demand.

For any bot's tests: start a `DiscordServer`, point the bot's client at `api` (the gateway's address is told by
`GET /gateway/bot`), let people write with `say`, `command`, `press`, `submit`, and look at `messages` and `replies`:
what stands there is what a user of Discord would see. What is modelled, and from where:

- messages: limits of content, embeds, components, nonces; 400 with code 50035 and the tree of errors; `enforce_nonce`
  gives back the first message for `nonce_window_s`; histories newest first, without nonces; message references;
- threads on messages (one each: code 160004), direct messages, typing, edits, deletions, attachments by multipart;
- rights: a channel can be closed (50001), mute (50013) or be gone (10003); a bad token is 401;
- rate limits: buckets with headers, 429 with `retry_after`, global ones too; every 401, 403 and 429 is counted;
- interactions: 3 s to the first answer (10062 afterwards), deferral, editing the original, follow-ups, modals;
- the gateway: hello, identify, ready, heartbeats, resume with replay, invalid session, reconnect, zlib-stream;
- faults: `faults` gets each request and may name one: "drop before", "drop after", "500 before", "500 after", "503",
  "429", "slow". "Before" and "after" say whether the message was made.

Discord's documentation is the source of each rule; see the README beside this file for what is not modelled.
"""

from __future__ import annotations

import asyncio
import json
import re
import secrets
import time
import zlib
from collections import Counter, defaultdict
from collections.abc import Callable, Iterable, Mapping
from dataclasses import dataclass, field
from types import TracebackType
from typing import Any, Self

from aiohttp import WSMsgType, web

EPOCH_MS = 1_420_070_400_000
CONTENT, TITLE, DESCRIPTION, FIELDS, FIELD_NAME, FIELD_VALUE, FOOTER, AUTHOR = 2_000, 256, 4_096, 25, 256, 1_024, 2_048, 256
EMBEDS, EMBED_TOTAL, NONCE, CUSTOM_ID, LABEL, ROWS, IN_A_ROW = 10, 6_000, 25, 100, 80, 5, 5
ADMINISTRATOR, VIEW, SEND = 1 << 3, 1 << 10, 1 << 11
ALL_RIGHTS = str(((1 << 50) - 1) & ~ADMINISTRATOR)

Json = dict[str, Any]
Fault = str


@dataclass
class Channel:
    """A channel, a thread or a direct message. `shut` is an error code that every call to it gets."""

    id: str
    guild_id: str
    name: str
    kind: int = 0  # 0 text, 1 direct message, 11 public thread, 15 forum
    parent_id: str = ""
    shut: int = 0
    mute: bool = False  # it may be read, not written
    tags: list[Json] = field(default_factory=list)  # of a forum: what its posts may carry
    tag_asked: bool = False
    carries: list[str] = field(default_factory=list)  # ids of the tags of a post
    messages: list[Json] = field(default_factory=list)


@dataclass
class Session:
    """A gateway session, which outlives its socket."""

    id: str
    intents: int
    seq: int = 0
    sent: list[tuple[int, str]] = field(default_factory=list)
    socket: web.WebSocketResponse | None = None
    compress: Any = None
    alive: bool = True
    shard: list[int] | None = None  # its number, and how many there are


@dataclass
class Interaction:
    """A command, a press or a filled-in form, and what became of it."""

    id: str
    token: str
    channel_id: str
    made_at: float
    answers: list[Json] = field(default_factory=list)  # callbacks, in order
    original: Json | None = None  # the reply as it stands
    followups: list[Json] = field(default_factory=list)
    ephemeral: bool = False
    done: asyncio.Event = field(default_factory=asyncio.Event)  # a reply with words stands


class Refused(Exception):
    """An answer other than 2xx, as Discord words it."""

    def __init__(self, status: int, code: int, message: str, errors: Json | None = None) -> None:
        self.status, self.body = status, {"code": code, "message": message, **({"errors": errors} if errors else {})}
        super().__init__(message)


_ERRORS = {
    10_003: (404, "Unknown Channel"), 10_008: (404, "Unknown Message"), 10_015: (404, "Unknown Webhook"),
    10_062: (404, "Unknown interaction"), 40_060: (400, "Interaction has already been acknowledged."),
    50_001: (403, "Missing Access"), 50_013: (403, "Missing Permissions"), 50_083: (400, "Thread is archived"),
    40_067: (400, "A tag is required to create a forum post in this channel"),
    50_008: (400, "Cannot send messages in a non-text channel"),
    50_024: (400, "Cannot execute action on this channel type"),
    160_004: (400, "A thread has already been created for this message"),
}  # fmt: skip


def refused(code: int) -> Refused:
    status, message = _ERRORS[code]
    return Refused(status, code, message)


class DiscordServer:
    """A Discord of one's own. `async with` starts and stops it."""

    def __init__(
        self,
        *,
        token: str = "discord-test-token",
        nonce_window_s: float = 120.0,
        bucket: tuple[int, float] | None = None,
        faults: Callable[[str, str], Fault] = lambda _method, _path: "",
        interaction_s: float = 3.0,
        heartbeat_ms: int = 41_250,
        now: Callable[[], float] = time.time,
    ) -> None:
        self.token, self.nonce_window_s, self.bucket, self.faults = token, nonce_window_s, bucket, faults
        self.interaction_s, self.heartbeat_ms, self._now = interaction_s, heartbeat_ms, now
        self.application_id = "900000000000000001"
        self.me: Json = {"id": self.application_id, "username": "verbatim", "discriminator": "0", "bot": True, "avatar": None}
        self.guilds: dict[str, Json] = {}
        self.channels: dict[str, Channel] = {}
        self.interactions: dict[str, Interaction] = {}
        self.commands: list[Json] = []
        self.requests: list[tuple[str, str, Json]] = []
        self.invalid: Counter[int] = Counter()  # 401, 403 and 429: ten thousand in ten minutes ban an address
        self.typing: Counter[str] = Counter()
        self.files: dict[str, tuple[str, bytes]] = {}
        self.sessions: dict[str, Session] = {}
        self.connections = 0
        self._n = int(now() * 1000)
        self._used: dict[str, list[float]] = defaultdict(list)
        self._nonces: dict[tuple[str, str], tuple[float, Json]] = {}
        self._runner: web.AppRunner | None = None
        self.port = 0
        self._changed = asyncio.Condition()

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
        app.router.add_get("/gateway", self._gateway)
        app.router.add_get("/gateway/", self._gateway)
        app.router.add_get("/files/{name}", self._file)
        app.router.add_route("*", "/api/v10/{path:.*}", self._rest)
        self._runner = web.AppRunner(app, handle_signals=False, access_log=None, shutdown_timeout=0.5)
        await self._runner.setup()
        site = web.TCPSite(self._runner, "127.0.0.1", port)
        await site.start()
        assert site._server is not None
        self.port = site._server.sockets[0].getsockname()[1]  # type: ignore[attr-defined]

    async def stop(self) -> None:
        for session in self.sessions.values():
            if session.socket is not None and not session.socket.closed:
                await session.socket.close(code=1001)
        if self._runner is not None:
            await self._runner.cleanup()

    @property
    def api(self) -> str:
        """What stands in the place of https://discord.com/api/v10."""
        return f"http://127.0.0.1:{self.port}/api/v10"

    # --- the world ---

    def snowflake(self) -> str:
        """An id as Discord makes them: later ones are greater."""
        self._n += 1
        return str((self._n - EPOCH_MS) << 22 | (self._n & 0xFFF))

    def add_guild(self, name: str = "Newsroom", locale: str = "en-US") -> str:
        guild = self.snowflake()
        self.guilds[guild] = {"id": guild, "name": name, "preferred_locale": locale, "owner_id": "1"}
        return guild

    def add_channel(self, guild: str, name: str = "news") -> Channel:
        channel = Channel(self.snowflake(), guild, name)
        self.channels[channel.id] = channel
        return channel

    def add_forum(self, guild: str, name: str = "briefs", *, tags: Iterable[str] = (), tag_asked: bool = False) -> Channel:
        """A channel in which every message is a post with a name."""
        made = [{"id": self.snowflake(), "name": tag, "moderated": False} for tag in tags]
        channel = Channel(self.snowflake(), guild, name, kind=15, tags=made, tag_asked=tag_asked)
        self.channels[channel.id] = channel
        return channel

    def direct(self, user: str) -> Channel:
        """The direct message between the bot and a person."""
        for channel in self.channels.values():
            if channel.kind == 1 and channel.name == user:
                return channel
        channel = Channel(self.snowflake(), "", user, kind=1)
        self.channels[channel.id] = channel
        return channel

    def messages(self, channel: str) -> list[Json]:
        """What of ours stands in a channel or thread, oldest first."""
        return [one for one in self.channels[channel].messages if one["author"]["id"] == self.me["id"]]

    def threads(self, channel: str) -> list[Channel]:
        return [one for one in self.channels.values() if one.parent_id == channel]

    async def until(self, condition: Callable[[], bool], timeout_s: float = 60.0) -> None:
        """Wait until something holds that a request or a dispatch brings about. Raises TimeoutError."""
        async with asyncio.timeout(timeout_s), self._changed:
            await self._changed.wait_for(condition)

    async def _happened(self) -> None:
        async with self._changed:
            self._changed.notify_all()

    # --- what people do ---

    async def say(self, channel: str, text: str, *, user: str = "77", mention: bool = True, reply_to: str = "") -> Json:
        """A person writes; with `mention` the bot is named. Content is blank where the platform leaves it blank."""
        place = self.channels[channel]
        content = f"<@{self.me['id']}> {text}" if mention else text
        message = self._message(place, {"content": content}, author=self._user(user))
        if mention:
            message["mentions"] = [{**self.me, "member": {"roles": []}}]
        if reply_to:
            referenced = next((one for one in place.messages if one["id"] == reply_to), None)
            message |= {"type": 19, "message_reference": {"message_id": reply_to, "channel_id": channel}}
            message["referenced_message"] = referenced
        place.messages.append(message)
        seen = dict(message)
        if not mention and place.kind != 1:
            seen |= {"content": "", "embeds": [], "attachments": [], "components": []}
        await self.dispatch("MESSAGE_CREATE", self._with_member(place, seen))
        return message

    async def command(
        self, channel: str, name: str, options: list[Json] | None = None, *, user: str = "77",
        permissions: str = "0", locale: str = "en-US", resolved: Json | None = None, kind: int = 1, target: str = "",
    ) -> Interaction:  # fmt: skip
        """A person uses a slash command, or with `kind` 3 a message menu on `target`."""
        data: Json = {"id": "1", "name": name, "type": kind, "options": options or []}
        if resolved:
            data["resolved"] = resolved
        if target:
            data["target_id"] = target
            found = next(one for one in self.channels[channel].messages if one["id"] == target)
            data["resolved"] = {"messages": {target: found}}
        return await self._interact(2, channel, data, user, permissions, locale)

    async def autocomplete(self, channel: str, name: str, options: list[Json], *, permissions: str = "0") -> Interaction:
        return await self._interact(4, channel, {"id": "1", "name": name, "type": 1, "options": options}, "77", permissions, "en-US")

    async def press(
        self, channel: str, message: Json, custom_id: str, *, user: str = "77", permissions: str = "0",
        locale: str = "en-US", values: list[str] | None = None,
    ) -> Interaction:  # fmt: skip
        """A person presses a button of a message of ours, or picks from its menu."""
        data: Json = {"custom_id": custom_id, "component_type": 3 if values else 2}
        if values:
            data["values"] = values
        return await self._interact(3, channel, data, user, permissions, locale, message=message)

    async def submit(self, channel: str, custom_id: str, values: Mapping[str, str], *, user: str = "77", permissions: str = "0") -> Interaction:
        """A person sends a form off."""
        rows = [
            {"type": 1, "components": [{"type": 4, "custom_id": name, "value": value}]} for name, value in values.items()
        ]
        return await self._interact(5, channel, {"custom_id": custom_id, "components": rows}, user, permissions, "en-US")

    async def _interact(
        self, kind: int, channel: str, data: Json, user: str, permissions: str, locale: str, message: Json | None = None
    ) -> Interaction:
        place = self.channels[channel]
        made = Interaction(self.snowflake(), secrets.token_urlsafe(24), channel, self._now())
        self.interactions[made.token] = made
        event: Json = {
            "id": made.id, "application_id": self.application_id, "type": kind, "token": made.token, "version": 1,
            "data": data, "channel_id": channel, "channel": self._channel_json(place), "locale": locale,
            "app_permissions": ALL_RIGHTS, "entitlements": [], "authorizing_integration_owners": {}, "context": 0,
            "attachment_size_limit": 10_000_000,
        }  # fmt: skip
        if place.guild_id:
            event |= {"guild_id": place.guild_id, "guild_locale": self.guilds[place.guild_id]["preferred_locale"]}
            event["member"] = {**self._member(user), "permissions": permissions}
        else:
            event["user"] = self._user(user)
        if message is not None:
            event["message"] = message
        await self.dispatch("INTERACTION_CREATE", event)
        return made

    # --- the gateway ---

    async def dispatch(self, name: str, data: Json) -> None:
        """An event for every living session; those without a socket get it when they resume."""
        for session in self.sessions.values():
            if not session.alive:
                continue
            session.seq += 1
            text = json.dumps({"op": 0, "t": name, "s": session.seq, "d": data})
            session.sent.append((session.seq, text))
            if session.socket is not None:
                await self._send_text(session, text)

    async def drop_sockets(self, *, invalidate: bool = False, code: int = 4_000) -> None:
        """Close every gateway socket; with `invalidate` the sessions cannot be resumed."""
        for session in self.sessions.values():
            session.alive = session.alive and not invalidate
            socket, session.socket = session.socket, None
            if socket is not None and not socket.closed:
                await socket.close(code=code)

    async def _send_text(self, session: Session, text: str) -> None:
        socket = session.socket
        if socket is None or socket.closed:
            return
        try:
            if session.compress is None:
                await socket.send_str(text)
            else:
                data = session.compress.compress(text.encode()) + session.compress.flush(zlib.Z_SYNC_FLUSH)
                await socket.send_bytes(data)
        except (ConnectionError, RuntimeError):  # it went while we spoke; the session keeps the event
            session.socket = None

    async def _gateway(self, request: web.Request) -> web.WebSocketResponse:
        socket = web.WebSocketResponse(max_msg_size=0)
        await socket.prepare(request)
        self.connections += 1
        compress = zlib.compressobj() if request.query.get("compress") == "zlib-stream" else None
        session = Session("", 0, socket=socket, compress=compress)
        await self._send_text(session, json.dumps({"op": 10, "s": None, "t": None, "d": {"heartbeat_interval": self.heartbeat_ms}}))
        async for message in socket:
            if message.type is not WSMsgType.TEXT:
                break
            said = json.loads(message.data)
            if said["op"] == 1:
                await self._send_text(session, json.dumps({"op": 11, "s": None, "t": None, "d": None}))
            elif said["op"] == 2:
                if said["d"]["token"] != self.token:
                    await socket.close(code=4_004)
                    break
                if said["d"]["intents"] & (1 << 15 | 1 << 8 | 1 << 1):  # message content, presences, members
                    await socket.close(code=4_014)
                    break
                session = Session(
                    secrets.token_hex(8), said["d"]["intents"], socket=socket, compress=compress, shard=said["d"].get("shard")
                )
                self.sessions[session.id] = session
                await self._welcome(session)
            elif said["op"] == 6:
                resumed = self.sessions.get(said["d"]["session_id"])
                if resumed is None or not resumed.alive:
                    await self._send_text(session, json.dumps({"op": 9, "s": None, "t": None, "d": False}))
                    continue
                session = resumed
                session.socket, session.compress = socket, compress
                for number, text in list(session.sent):
                    if number > said["d"]["seq"]:
                        await self._send_text(session, text)
                await self._event(session, "RESUMED", {})
            await self._happened()
        if session.socket is socket:
            session.socket = None
        return socket

    async def _event(self, session: Session, name: str, data: Json) -> None:
        session.seq += 1
        text = json.dumps({"op": 0, "t": name, "s": session.seq, "d": data})
        session.sent.append((session.seq, text))
        await self._send_text(session, text)

    async def _welcome(self, session: Session) -> None:
        ready = {
            "v": 10, "user": self.me, "guilds": [{"id": guild, "unavailable": True} for guild in self.guilds],
            "session_id": session.id, "resume_gateway_url": f"ws://127.0.0.1:{self.port}/gateway",
            "application": {"id": self.application_id, "flags": 0}, "private_channels": [],
        }  # fmt: skip
        if session.shard is not None:
            ready["shard"] = session.shard
        await self._event(session, "READY", ready)
        for guild in self.guilds.values():
            await self._event(session, "GUILD_CREATE", self._guild_json(guild))

    def _guild_json(self, guild: Json) -> Json:
        role = {"id": guild["id"], "name": "@everyone", "permissions": ALL_RIGHTS, "position": 0, "color": 0, "hoist": False,
                "managed": False, "mentionable": False, "flags": 0}  # fmt: skip
        channels = [self._channel_json(one) for one in self.channels.values() if one.guild_id == guild["id"] and one.kind == 0]
        threads = [self._channel_json(one) for one in self.channels.values() if one.guild_id == guild["id"] and one.kind == 11]
        return {
            **guild, "roles": [role], "channels": channels, "threads": threads, "members": [self._member(self.me["id"])],
            "emojis": [], "stickers": [], "features": [], "member_count": 2, "voice_states": [], "presences": [],
            "stage_instances": [], "guild_scheduled_events": [], "large": False, "unavailable": False,
            "verification_level": 0, "default_message_notifications": 0, "explicit_content_filter": 0, "mfa_level": 0,
            "premium_tier": 0, "nsfw_level": 0, "system_channel_flags": 0, "afk_timeout": 0, "premium_progress_bar_enabled": False,
            "icon": None, "splash": None, "banner": None, "description": None, "region": None, "joined_at": _iso(self._now()),
        }  # fmt: skip

    def _channel_json(self, channel: Channel) -> Json:
        last = channel.messages[-1]["id"] if channel.messages else None
        made: Json = {"id": channel.id, "type": channel.kind, "name": channel.name, "last_message_id": last, "flags": 0}
        if channel.kind == 1:
            return {**made, "recipients": [self._user(channel.name)]}
        made |= {"guild_id": channel.guild_id, "position": 0, "permission_overwrites": [], "nsfw": False, "topic": None,
                 "rate_limit_per_user": 0, "parent_id": channel.parent_id or None, "permissions": ALL_RIGHTS}  # fmt: skip
        denied = VIEW if channel.shut else SEND if channel.mute else 0
        if denied:
            made["permission_overwrites"] = [{"id": channel.guild_id, "type": 0, "allow": "0", "deny": str(denied)}]
        if channel.kind == 15:
            made |= {"available_tags": channel.tags, "flags": 16 if channel.tag_asked else 0}
        if channel.kind == 11:
            made |= {
                "applied_tags": channel.carries, "owner_id": self.me["id"], "message_count": 0, "member_count": 1, "total_message_sent": 0,
                "thread_metadata": {"archived": False, "auto_archive_duration": 1_440, "locked": False,
                                    "archive_timestamp": _iso(self._now()), "create_timestamp": _iso(self._now())},
            }  # fmt: skip
        return made

    def _user(self, user: str) -> Json:
        return self.me if user == self.me["id"] else {
            "id": user, "username": f"reader{user}", "discriminator": "0", "avatar": None, "global_name": None, "bot": False,
        }  # fmt: skip

    def _member(self, user: str) -> Json:
        return {
            "user": self._user(user), "nick": None, "roles": [], "joined_at": _iso(self._now()), "deaf": False, "mute": False,
            "flags": 0, "avatar": None, "pending": False, "permissions": "0",
        }  # fmt: skip

    def _with_member(self, place: Channel, message: Json) -> Json:
        if not place.guild_id:
            return message
        member = {key: value for key, value in self._member(message["author"]["id"]).items() if key != "user"}
        return {**message, "guild_id": place.guild_id, "member": member}

    # --- REST ---

    async def _file(self, request: web.Request) -> web.Response:
        found = self.files.get(request.match_info["name"])
        return web.Response(body=found[1]) if found else web.Response(status=404)

    async def _rest(self, request: web.Request) -> web.StreamResponse:
        path = "/" + request.match_info["path"]
        fault = self.faults(request.method, path)
        if fault == "slow":
            await asyncio.sleep(0.3)
        if fault in ("drop before", "503", "500 before", "429"):
            return await self._faulty(request, fault)
        try:
            body = await _body_of(request)
            self.requests.append((request.method, path, body))
            webhook = path.startswith(("/webhooks/", "/interactions/"))
            if not webhook and request.headers.get("Authorization") != f"Bot {self.token}":
                raise Refused(401, 0, "401: Unauthorized")
            if (wait := self._limited(request.method, path)) > 0:
                return self._too_many(wait, everywhere=False)
            answer = await self._answer(request.method, path, body, dict(request.query))
        except Refused as refusal:
            if refusal.status in (401, 403):
                self.invalid[refusal.status] += 1
            await self._happened()
            return _json_response(refusal.body, refusal.status, self._headers(request.method, path))
        await self._happened()
        if fault in ("drop after", "500 after"):
            return await self._faulty(request, fault)
        if answer is None:
            return web.Response(status=204, headers=self._headers(request.method, path))
        return _json_response(answer, 200, self._headers(request.method, path))

    async def _faulty(self, request: web.Request, fault: str) -> web.StreamResponse:
        if fault.startswith("drop"):
            assert request.transport is not None
            request.transport.abort()
            return web.Response()
        if fault == "429":
            return self._too_many(0.2, everywhere=True)
        return web.Response(status=503 if fault == "503" else 500, text="upstream connect error")

    def _too_many(self, wait: float, *, everywhere: bool) -> web.Response:
        self.invalid[429] += 1
        headers = {"Retry-After": str(wait), "Via": "1.1 google", "X-RateLimit-Scope": "global" if everywhere else "user"}
        if everywhere:
            headers["X-RateLimit-Global"] = "true"
        body = {"message": "You are being rate limited.", "retry_after": round(wait, 3), "global": everywhere}
        return _json_response(body, 429, headers)

    def _bucket_of(self, method: str, path: str) -> str:
        found = re.match(r"/channels/(\d+)/messages$", path)
        return f"{method}:{found[1]}" if found and method == "POST" else ""

    def _limited(self, method: str, path: str) -> float:
        """How long the request has to wait, 0 when it may pass."""
        key = self._bucket_of(method, path)
        if not self.bucket or not key:
            return 0.0
        most, per_s = self.bucket
        now = self._now()
        self._used[key] = [at for at in self._used[key] if now - at < per_s]
        if len(self._used[key]) >= most:
            return per_s - (now - self._used[key][0])
        self._used[key].append(now)
        return 0.0

    def _headers(self, method: str, path: str) -> dict[str, str]:
        key = self._bucket_of(method, path)
        if not self.bucket or not key:
            return {}
        most, per_s = self.bucket
        used = self._used[key]
        reset = used[0] + per_s - self._now() if used else per_s
        return {
            "X-RateLimit-Limit": str(most), "X-RateLimit-Remaining": str(max(0, most - len(used))),
            "X-RateLimit-Reset": f"{self._now() + reset:.3f}", "X-RateLimit-Reset-After": f"{max(reset, 0):.3f}",
            "X-RateLimit-Bucket": "messages",
        }  # fmt: skip

    async def _answer(self, method: str, path: str, body: Json, query: Mapping[str, str]) -> Any:
        for verb, pattern, handle in self._routes():
            found = re.fullmatch(pattern, path)
            if verb == method and found:
                answer = handle(*found.groups(), body, query)
                return await answer if asyncio.iscoroutine(answer) else answer
        raise Refused(404, 0, "404: Not Found")

    def _routes(self) -> list[tuple[str, str, Callable[..., Any]]]:
        message = r"/channels/(\d+)/messages/(\d+)"
        return [
            ("GET", "/gateway/bot", lambda *_: {
                "url": f"ws://127.0.0.1:{self.port}/gateway", "shards": 1,
                "session_start_limit": {"total": 1000, "remaining": 999, "reset_after": 1, "max_concurrency": 1}}),
            ("GET", "/gateway", lambda *_: {"url": f"ws://127.0.0.1:{self.port}/gateway"}),
            ("GET", "/users/@me", lambda *_: self.me),
            ("GET", r"/(?:oauth2/)?applications/@me", lambda *_: self._application()),
            ("GET", r"/users/@me/guilds", lambda *_: list(self.guilds.values())),
            ("POST", "/users/@me/channels", lambda body, _: self._channel_json(self.direct(str(body["recipient_id"])))),
            ("PUT", r"/applications/\d+(?:/guilds/\d+)?/commands", self._put_commands),
            ("GET", r"/applications/\d+(?:/guilds/\d+)?/commands", lambda *_: self.commands),
            ("GET", r"/channels/(\d+)", lambda channel, *_: self._channel_json(self._readable(channel))),
            ("GET", r"/guilds/(\d+)", lambda guild, *_: self._guild_json(self.guilds[guild])),
            ("GET", r"/guilds/(\d+)/channels", self._channels),
            ("GET", r"/guilds/(\d+)/members/(\d+)", lambda _guild, user, *_: self._member(user)),
            ("POST", r"/channels/(\d+)/messages", self._post),
            ("GET", r"/channels/(\d+)/messages", self._history),
            ("GET", message, lambda channel, key, *_: self._find(channel, key)),
            ("PATCH", message, self._edit),
            ("DELETE", message, self._delete),
            ("POST", message + "/threads", self._thread),
            ("POST", r"/channels/(\d+)/threads", self._forum_post),
            ("GET", r"/guilds/(\d+)/threads/active", self._active_threads),
            ("POST", r"/channels/(\d+)/typing", self._typing),
            ("POST", r"/interactions/(\d+)/([^/]+)/callback", self._callback),
            ("PATCH", r"/webhooks/\d+/([^/]+)/messages/@original", self._edit_original),
            ("GET", r"/webhooks/\d+/([^/]+)/messages/@original", lambda token, *_: self._promised(token).original),
            ("DELETE", r"/webhooks/\d+/([^/]+)/messages/@original", self._delete_original),
            ("POST", r"/webhooks/\d+/([^/]+)", self._follow_up),
        ]  # fmt: skip

    def _application(self) -> Json:
        return {
            "id": self.application_id, "name": "verbatim", "icon": None, "description": "", "bot_public": True,
            "bot_require_code_grant": False, "verify_key": "", "flags": 0, "team": None, "owner": self._user("1"),
            "rpc_origins": [], "summary": "", "bot": self.me,
        }  # fmt: skip

    def _put_commands(self, body: Any, _query: Any) -> list[Json]:
        for command in body:
            _check_command(command)
        self.commands = [
            {**one, "id": self.snowflake(), "application_id": self.application_id, "version": "1"} for one in body
        ]
        return self.commands

    def _channels(self, guild: str, _body: Any, _query: Any) -> list[Json]:
        return [self._channel_json(one) for one in self.channels.values() if one.guild_id == guild and one.kind in (0, 15)]

    def _readable(self, channel: str) -> Channel:
        place = self.channels.get(channel)
        if place is None:
            raise refused(10_003)
        if place.shut:
            raise refused(place.shut)
        return place

    def _writable(self, channel: str) -> Channel:
        place = self._readable(channel)
        if place.mute:
            raise refused(50_013)
        return place

    def _message(self, place: Channel, body: Json, *, author: Json | None = None) -> Json:
        return {
            "id": self.snowflake(), "channel_id": place.id, "author": author or self.me, "content": body.get("content") or "",
            "timestamp": _iso(self._now()), "edited_timestamp": None, "tts": False, "mention_everyone": False, "mentions": [],
            "mention_roles": [], "attachments": body.get("attachments", []), "embeds": body.get("embeds", []),
            "components": body.get("components", []), "pinned": False, "type": 0, "flags": body.get("flags", 0),
            "allowed_mentions_sent": body.get("allowed_mentions"),
        }  # fmt: skip

    async def _forum_post(self, channel: str, body: Json, _query: Any) -> Json:
        place = self._writable(channel)
        if place.kind != 15:
            raise refused(50_024)
        _at_most("name", body.get("name", ""), 100, least=1)
        _check_message(body.get("message") or {})
        carries = [str(one) for one in body.get("applied_tags") or []]
        if place.tag_asked and not carries:
            raise refused(40_067)
        if len(carries) > 5 or not set(carries) <= {one["id"] for one in place.tags}:
            raise _wrong("applied_tags", "BASE_TYPE_CHOICES", "Unknown tag")
        thread = Channel(self.snowflake(), place.guild_id, body["name"], kind=11, parent_id=channel, carries=carries)
        self.channels[thread.id] = thread
        message = {**self._message(thread, body["message"]), "id": thread.id}
        thread.messages.append(message)
        await self.dispatch("THREAD_CREATE", self._channel_json(thread))
        return {**self._channel_json(thread), "message": message}

    def _active_threads(self, guild: str, _body: Any, _query: Any) -> Json:
        found = [one for one in self.channels.values() if one.kind == 11 and one.guild_id == guild]
        return {"threads": [self._channel_json(one) for one in reversed(found)], "members": []}

    def _post(self, channel: str, body: Json, _query: Any) -> Json:
        place = self._writable(channel)
        if place.kind == 15:
            raise refused(50_008)
        _check_message(body)
        nonce = str(body.get("nonce") or "")
        if nonce and body.get("enforce_nonce"):
            before = self._nonces.get((channel, nonce))
            if before and self._now() - before[0] < self.nonce_window_s:
                return {**before[1], "nonce": nonce}
        message = self._message(place, body)
        reference = body.get("message_reference")
        if reference:
            there = any(one["id"] == str(reference["message_id"]) for one in place.messages)
            if not there and reference.get("fail_if_not_exists", True):
                raise Refused(400, 50_035, "Invalid Form Body", {"message_reference": {"_errors": [{"code": "MESSAGE_REFERENCE_UNKNOWN_MESSAGE", "message": "Unknown message"}]}})
            if there:
                message |= {"type": 19, "message_reference": {"message_id": str(reference["message_id"]), "channel_id": channel}}
        place.messages.append(message)
        if nonce:
            self._nonces[channel, nonce] = (self._now(), message)
        return {**message, **({"nonce": nonce} if nonce else {})}

    def _history(self, channel: str, _body: Any, query: Mapping[str, str]) -> list[Json]:
        limit = int(query.get("limit", "50"))
        if not 1 <= limit <= 100:
            raise Refused(400, 50_035, "Invalid Form Body", {"limit": {"_errors": [{"code": "NUMBER_TYPE_MAX", "message": "int value should be less than or equal to 100."}]}})
        place = self._readable(channel)
        if place.kind == 15:
            raise refused(50_008)
        found = place.messages
        if "after" in query:
            found = [one for one in found if int(one["id"]) > int(query["after"])][:limit]
        return list(reversed(found[-limit:]))

    def _find(self, channel: str, key: str) -> Json:
        for one in self._readable(channel).messages:
            if one["id"] == key:
                return one
        raise refused(10_008)

    def _edit(self, channel: str, key: str, body: Json, _query: Any) -> Json:
        self._writable(channel)
        message = self._find(channel, key)
        _check_message({**message, **body})
        message |= {name: body[name] for name in ("content", "embeds", "components", "flags", "attachments") if name in body}
        message["edited_timestamp"] = _iso(self._now())
        return message

    def _delete(self, channel: str, key: str, _body: Any, _query: Any) -> None:
        self.channels[channel].messages.remove(self._find(channel, key))

    async def _thread(self, channel: str, key: str, body: Json, _query: Any) -> Json:
        place = self._writable(channel)
        self._find(channel, key)
        if not 1 <= len(body.get("name", "")) <= 100:
            raise Refused(400, 50_035, "Invalid Form Body", {"name": {"_errors": [{"code": "BASE_TYPE_BAD_LENGTH", "message": "Must be between 1 and 100 in length."}]}})
        if key in self.channels:
            raise refused(160_004)
        thread = Channel(key, place.guild_id, body["name"], kind=11, parent_id=channel)
        self.channels[key] = thread
        await self.dispatch("THREAD_CREATE", self._channel_json(thread))
        return self._channel_json(thread)

    def _typing(self, channel: str, _body: Any, _query: Any) -> None:
        self._writable(channel)
        self.typing[channel] += 1

    def _promised(self, token: str) -> Interaction:
        found = self.interactions.get(token)
        if found is None or self._now() - found.made_at > 15 * 60:
            raise refused(10_015)
        return found

    def _callback(self, _key: str, token: str, body: Json, _query: Any) -> Any:
        found = self.interactions.get(token)
        if found is None or self._now() - found.made_at > self.interaction_s:
            raise refused(10_062)
        if found.answers:
            raise refused(40_060)
        found.answers.append(body)
        data = body.get("data") or {}
        if body["type"] in (4, 7):
            _check_message(data)
            found.original = self._message(self.channels[found.channel_id], data)
            found.done.set()
        elif body["type"] in (8, 9):
            found.done.set()
        if body["type"] in (4, 5):
            found.ephemeral = bool(data.get("flags", 0) & 64)
            if body["type"] == 5:
                found.original = self._message(self.channels[found.channel_id], {"flags": 64 if found.ephemeral else 0})
            if not found.ephemeral and found.original is not None:
                self.channels[found.channel_id].messages.append(found.original)
        return None

    def _edit_original(self, token: str, body: Json, _query: Any) -> Json:
        found = self._promised(token)
        if found.original is None:
            raise refused(10_008)
        _check_message(body)
        found.original |= {name: body[name] for name in ("content", "embeds", "components", "attachments") if name in body}
        found.done.set()
        return found.original

    def _delete_original(self, token: str, _body: Any, _query: Any) -> None:
        found = self._promised(token)
        if found.original in self.channels[found.channel_id].messages:
            self.channels[found.channel_id].messages.remove(found.original)
        found.original = None

    def _follow_up(self, token: str, body: Json, _query: Any) -> Json:
        found = self._promised(token)
        if not found.answers:
            raise refused(10_015)
        _check_message(body)
        message = self._message(self.channels[found.channel_id], body)
        found.followups.append(message)
        if not body.get("flags", 0) & 64:
            self.channels[found.channel_id].messages.append(message)
        found.done.set()
        return message


# --- what Discord refuses ---


def _wrong(path: str, code: str, message: str) -> Refused:
    tree: Json = {"_errors": [{"code": code, "message": message}]}
    for step in reversed(path.split(".")):
        tree = {step: tree}
    return Refused(400, 50_035, "Invalid Form Body", tree)


def _at_most(path: str, text: Any, most: int, *, least: int = 0) -> None:
    if not isinstance(text, str):
        raise _wrong(path, "BASE_TYPE_BAD_TYPE", "Must be a string.")
    if not least <= len(text) <= most:
        raise _wrong(path, "BASE_TYPE_MAX_LENGTH", f"Must be between {least} and {most} in length.")


def _check_message(body: Json) -> None:
    """Raises Refused for what Discord refuses."""
    content, embeds = body.get("content") or "", body.get("embeds") or []
    if not content.strip() and not embeds and not body.get("attachments") and not body.get("sticker_ids"):
        raise Refused(400, 50_006, "Cannot send an empty message")
    _at_most("content", content, CONTENT)
    if len(str(body.get("nonce") or "")) > NONCE:
        raise _wrong("nonce", "BASE_TYPE_MAX_LENGTH", f"Must be {NONCE} or fewer in length.")
    if len(embeds) > EMBEDS:
        raise _wrong("embeds", "BASE_TYPE_MAX_LENGTH", f"Must be {EMBEDS} or fewer in length.")
    total = sum(_check_embed(f"embeds.{n}", embed) for n, embed in enumerate(embeds))
    if total > EMBED_TOTAL:
        raise _wrong("embeds", "MAX_EMBED_SIZE_EXCEEDED", "Embed size exceeds maximum size of 6000")
    _check_components(body.get("components") or [])


def _check_embed(path: str, embed: Json) -> int:
    _at_most(f"{path}.title", embed.get("title") or "", TITLE)
    _at_most(f"{path}.description", embed.get("description") or "", DESCRIPTION)
    url = embed.get("url")
    if url is not None and not re.match(r"(?:https?|discord)://\S+$", url):
        raise _wrong(f"{path}.url", "URL_TYPE_INVALID_URL", "Not a well formed URL.")
    fields = embed.get("fields") or []
    if len(fields) > FIELDS:
        raise _wrong(f"{path}.fields", "BASE_TYPE_MAX_LENGTH", f"Must be {FIELDS} or fewer in length.")
    total = len(embed.get("title") or "") + len(embed.get("description") or "")
    for n, one in enumerate(fields):
        _at_most(f"{path}.fields.{n}.name", one.get("name"), FIELD_NAME, least=1)
        _at_most(f"{path}.fields.{n}.value", one.get("value"), FIELD_VALUE, least=1)
        total += len(one["name"]) + len(one["value"])
    for part, most, key in (("footer", FOOTER, "text"), ("author", AUTHOR, "name")):
        words = (embed.get(part) or {}).get(key) or ""
        _at_most(f"{path}.{part}.{key}", words, most)
        total += len(words)
    if not total and not embed.get("image") and not embed.get("thumbnail"):
        raise _wrong(path, "BASE_TYPE_REQUIRED", "This field is required")
    return total


def _check_components(rows: list[Json]) -> None:
    if len(rows) > ROWS:
        raise _wrong("components", "BASE_TYPE_BAD_LENGTH", f"Must be between 1 and {ROWS} in length.")
    ids: list[str] = []
    for n, row in enumerate(rows):
        inside = row.get("components") or []
        if not 1 <= len(inside) <= IN_A_ROW:
            raise _wrong(f"components.{n}.components", "BASE_TYPE_BAD_LENGTH", "Must be between 1 and 5 in length.")
        for m, one in enumerate(inside):
            path = f"components.{n}.components.{m}"
            if one.get("type") == 2:
                _at_most(f"{path}.label", one.get("label") or "", LABEL, least=0 if one.get("emoji") else 1)
                if one.get("style") == 5 and not re.match(r"(?:https?|discord)://\S+$", one.get("url") or ""):
                    raise _wrong(f"{path}.url", "URL_TYPE_INVALID_URL", "Not a well formed URL.")
            if one.get("type") == 3 and not 1 <= len(one.get("options") or []) <= 25:
                raise _wrong(f"{path}.options", "BASE_TYPE_BAD_LENGTH", "Must be between 1 and 25 in length.")
            if "url" not in one:
                _at_most(f"{path}.custom_id", one.get("custom_id"), CUSTOM_ID, least=1)
                ids.append(one["custom_id"])
    if len(ids) != len(set(ids)):
        raise _wrong("components", "COMPONENT_CUSTOM_ID_DUPLICATED", "Component custom id cannot be duplicated")


_COMMAND_NAME = re.compile(r"^[-_'\w]{1,32}$")


def _check_command(command: Json) -> None:
    """A command as Discord takes it: names, descriptions, the order of options, 8,000 characters in all."""
    chat_input = command.get("type", 1) == 1
    size = 0
    waiting = [("", command)]
    while waiting:
        path, one = waiting.pop()
        names = [one["name"], *(one.get("name_localizations") or {}).values()]
        abouts = [one.get("description", ""), *(one.get("description_localizations") or {}).values()]
        for name in names:
            if not (_COMMAND_NAME.match(name) and name == name.lower() if chat_input else 1 <= len(name) <= 32):
                raise _wrong(f"{path}name", "APPLICATION_COMMAND_INVALID_NAME", "Command name is invalid")
        for about in abouts:
            if chat_input and not 1 <= len(about) <= 100:
                raise _wrong(f"{path}description", "BASE_TYPE_BAD_LENGTH", "Must be between 1 and 100 in length.")
        size += max(map(len, names)) + max(map(len, abouts))
        options = one.get("options") or []
        required = [bool(option.get("required")) for option in options]
        if required != sorted(required, reverse=True):
            raise _wrong(f"{path}options", "APPLICATION_COMMAND_OPTIONS_REQUIRED_INVALID", "Required options must be placed before non-required options")
        if len(options) > 25 or len(one.get("choices") or []) > 25:
            raise _wrong(f"{path}options", "BASE_TYPE_MAX_LENGTH", "Must be 25 or fewer in length.")
        waiting += [(f"{path}options.{n}.", option) for n, option in enumerate(options)]
    if size > 8_000:
        raise _wrong("", "APPLICATION_COMMAND_TOO_LARGE", "Command exceeds maximum size (8000)")


async def _body_of(request: web.Request) -> Any:
    if request.content_type == "multipart/form-data":
        parts = await request.post()
        body = json.loads(str(parts.get("payload_json", "{}")))
        files = [part for name, part in parts.items() if name.startswith("files[")]
        words = {str(one["id"]): one.get("description", "") for one in body.get("attachments") or ()}
        attached = [
            {"id": str(n), "filename": file.filename, "description": words.get(str(n), ""), "content": file.file.read().decode("utf-8", "replace")}
            for n, file in enumerate(files)
            if isinstance(file, web.FileField)
        ]
        return {**body, "attachments": attached} if attached else body
    text = await request.text()
    return json.loads(text) if text else {}


def _json_response(body: Any, status: int, headers: Mapping[str, str]) -> web.Response:
    # Exactly this type: discord.py reads a body with a charset as text.
    return web.Response(body=json.dumps(body).encode(), status=status, headers={**headers, "Content-Type": "application/json"})


def _iso(at: float) -> str:
    return time.strftime("%Y-%m-%dT%H:%M:%S", time.gmtime(at)) + f".{int(at % 1 * 1e6):06d}+00:00"
