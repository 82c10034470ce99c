"""The Discord client: events in, requests out, each once; no privileged intent, nothing read that is not for us."""

from __future__ import annotations

import asyncio
import contextlib
import logging
from dataclasses import dataclass
from typing import TYPE_CHECKING, Any, Final

import aiohttp
import discord
from discord import HTTPException
from discord.http import Route

from bot.chat.commands import BY_KEY
from bot.chat.discord.events import AUTOCOMPLETE, place_of, question_of, request_of, right_of, typed_so_far
from bot.chat.discord.face import PLATFORM
from bot.chat.discord.registration import registration
from bot.chat.discord.responding import DiscordResponder, Line, MentionResponder
from bot.chat.requests import Person
from bot.errors import VerbatimError, what_and_where

if TYPE_CHECKING:
    from collections.abc import Awaitable, Callable, Coroutine, Mapping

    from bot.chat.last_check import StoreFacts
    from bot.chat.requests import Place, Request, Responder, Suggesting
    from bot.library.delivery_store import DeliveryStore

log = logging.getLogger(__name__)

MISSED: Final = 100  # messages of a page; Discord's limit
_MOST_PAGES: Final = 10  # of a channel, looked through after a gap
_MOST_DIRECT: Final = 100  # direct messages that are looked at
_DIRECT: Final = "dm-"  # before a direct message's channel, where it is noted how far one was read
_AGAIN_S: Final = (1.0, 60.0)  # the shortest and the longest pause between looks that failed


@dataclass(frozen=True, slots=True)
class _Gap:
    """A channel, thread or direct message in which something may have been missed since `seen`, "" if it is new to us.
    `last` is the last message of which Discord told us, "" if it tells us of none."""

    channel: str
    seen: str
    place: Place
    locale: str = ""
    last: str = ""


def intents() -> discord.Intents:
    """What we hear: servers and messages that are for us. None of it is privileged."""
    return discord.Intents(guilds=True, guild_messages=True, dm_messages=True)


class DiscordClient(discord.AutoShardedClient):
    """Listens to Discord. `handle` answers a request; `store` remembers how far each channel was read.

    `guild_ready_s`: how long after the last server was told of the next is waited for.
    """

    def __init__(
        self,
        handle: Callable[[Request, Responder], Awaitable[None]],
        suggesting: Suggesting | None,
        store: DeliveryStore,
        facts: StoreFacts,
        *,
        shard_count: int | None = None,
        guild_ready_s: float = 2.0,
    ) -> None:
        super().__init__(
            intents=intents(), shard_count=shard_count, max_messages=None, chunk_guilds_at_startup=False,
            member_cache_flags=discord.MemberCacheFlags.none(), allowed_mentions=discord.AllowedMentions.none(),
            max_ratelimit_timeout=30.0, guild_ready_timeout=guild_ready_s,
        )  # fmt: skip
        self._handle, self._suggesting, self._store = handle, suggesting, store
        self.line = Line(self.http, facts)
        self._under_way: set[asyncio.Task[None]] = set()
        self._registered = False
        self._looking: asyncio.Task[None] | None = None
        self._looked, self._caught_up = False, set[str]()  # since this session began
        self._in_hand: set[int] = set()  # messages that are being answered
        self.connected = asyncio.Event()  # there has been a session

    # --- what discord.py calls ---

    async def on_ready(self) -> None:
        """After each new session: register the commands once, then look for what was missed."""
        log.info("discord is connected", extra={"servers": len(self.guilds)})
        self.connected.set()
        if not self._registered:
            try:
                await self.http.bulk_upsert_global_commands(int(self.application_id or 0), registration())
                self._registered = True
            except (HTTPException, aiohttp.ClientError, OSError) as error:
                log.error("commands could not be registered", extra={"error": str(error)})
        if self._looking is not None:
            self._looking.cancel()
        self._looked, self._caught_up = False, set()
        self._looking = asyncio.create_task(self._look_for_missed())
        self._looking.add_done_callback(self._ended)

    async def on_message(self, message: discord.Message) -> None:
        """A message that names us, answers us, or is for us alone."""
        if self.user is None or message.author.bot or message.author.id == self.user.id:
            return
        direct = message.guild is None
        if not direct and not any(one.id == self.user.id for one in message.mentions):
            return
        self._spawn(self._answer_message(message))

    async def on_interaction(self, interaction: discord.Interaction) -> None:
        """A command, a press, a form, or something half typed."""
        self._spawn(self._answer_interaction(_raw(interaction)))

    async def on_guild_channel_update(self, _: object, after: discord.abc.GuildChannel) -> None:
        await self._store.wake_channel(PLATFORM, str(after.guild.id), str(after.id))

    async def on_guild_role_update(self, _: object, after: discord.Role) -> None:
        await self._wake_server(after.guild)

    async def on_guild_join(self, guild: discord.Guild) -> None:
        await self._wake_server(guild)

    # --- answering ---

    async def _answer_message(self, message: discord.Message) -> None:
        assert self.user is not None  # noqa: S101 - looked at before
        own = str(self.user.id)
        channel: dict[str, Any] = {"id": message.channel.id}
        if isinstance(message.channel, discord.Thread):
            channel |= {"type": message.channel.type.value, "parent_id": message.channel.parent_id}
        right = right_of(0)
        if isinstance(message.author, discord.Member):
            with contextlib.suppress(discord.ClientException):
                right = right_of(message.channel.permissions_for(message.author).value)
        guild = str(message.guild.id) if message.guild else ""
        locale = str(message.guild.preferred_locale) if message.guild else ""
        person = Person(str(message.author.id), message.author.display_name, right, locale)
        raw: dict[str, Any] = {
            "id": str(message.id), "content": message.content,
            "attachments": [one.to_dict() for one in message.attachments],
        }  # fmt: skip
        if isinstance(message.reference, discord.MessageReference) and isinstance(
            message.reference.resolved, discord.Message
        ):
            replied = message.reference.resolved
            raw["referenced_message"] = {
                "id": str(replied.id), "content": replied.content, "author": {"id": str(replied.author.id)},
                "embeds": [one.to_dict() for one in replied.embeds],
            }  # fmt: skip
        place = place_of(guild, channel, private=_is_private(message.channel))
        request = question_of(raw, own, place, person)
        self._in_hand.add(message.id)
        try:
            await self._handle(request, MentionResponder(self.line, str(message.channel.id), person.id))
        finally:
            self._in_hand.discard(message.id)
        key = str(message.channel.id) if guild else f"{_DIRECT}{message.channel.id}"
        if self._looked or key in self._caught_up:
            await self._note(key, message.id)

    async def _answer_interaction(self, event: dict[str, Any]) -> None:
        assert self.user is not None  # noqa: S101 - interactions come after "ready"
        if event["type"] == AUTOCOMPLETE:
            await self._suggest(event)
            return
        request = request_of(event, str(self.user.id))
        command = BY_KEY.get(request.name)
        public = command is not None and not command.private and request.arguments.get("private") != "true"
        responder = DiscordResponder(self.line, event, public=public)
        await responder.acknowledge()
        try:
            await self._handle(request, responder)
        finally:
            await responder.finish()

    async def _suggest(self, event: dict[str, Any]) -> None:
        name, argument, typed = typed_so_far(event["data"])
        request = request_of({**event, "type": 2}, "")
        found = []
        if self._suggesting is not None:
            found = await self._suggesting.suggest(name, argument, typed, request.place, request.person)
        await DiscordResponder(self.line, event, public=False).suggest(found)

    # --- after a gap ---

    async def _look_for_missed(self) -> None:
        """Questions that came while no session was there: the platform does not send them again. Looked for until it
        could be seen; how far a channel was read is noted only after that."""
        pause, longest = _AGAIN_S
        while not await self._has_looked():
            await asyncio.sleep(pause)
            pause = min(longest, pause * 2)
        self._looked = True

    async def _has_looked(self) -> bool:
        """Whether everything that may be read was."""
        try:
            known = await self._store.cursors(PLATFORM)
            for one in [*self._places(known), *self._direct_messages(known)]:
                if one.channel in self._caught_up:
                    continue
                last = one.last
                if one.seen and (not last or int(last) > int(one.seen)):
                    last = await self._read_back(one)
                await self._note(one.channel, int(last or one.seen or one.channel))
                self._caught_up.add(one.channel)
        except (HTTPException, aiohttp.ClientError, OSError) as error:
            log.warning("missed questions could not be looked for", extra={"error": type(error).__name__})
            return False
        except VerbatimError as error:
            log.warning("missed questions could not be looked for", extra={"code": error.code})
            return False
        return True

    def _places(self, known: Mapping[str, str]) -> list[_Gap]:
        """The channels of every server and the threads that we opened there."""
        found: list[_Gap] = []
        for guild in list(self.guilds):
            for channel in [*guild.channels, *guild.threads]:
                key, parent = str(channel.id), ""
                if isinstance(channel, discord.Thread):
                    parent, ours = str(channel.parent_id), self.user is not None and channel.owner_id == self.user.id
                    seen = known.get(key, key if ours and parent in known else "")
                    if not seen:
                        continue
                elif isinstance(channel, discord.TextChannel):
                    seen = known.get(key, "")
                else:
                    continue
                place = {"id": key, **({"type": channel.type.value, "parent_id": parent} if parent else {})}
                locale, private = str(guild.preferred_locale), _is_private(channel)
                last = str(channel.last_message_id or "")
                found.append(_Gap(key, seen, place_of(str(guild.id), place, private=private), locale, last))
        return found

    def _direct_messages(self, known: Mapping[str, str]) -> list[_Gap]:
        """The latest of those in which something was asked; nobody tells us of them at the start."""
        direct = [key.removeprefix(_DIRECT) for key in known if key.startswith(_DIRECT)]
        latest = sorted(direct, key=lambda one: int(known[_DIRECT + one]), reverse=True)[:_MOST_DIRECT]
        return [_Gap(_DIRECT + one, known[_DIRECT + one], place_of("", {"id": one})) for one in latest]

    async def _read_back(self, gap: _Gap) -> str:
        """Answer what was asked since; the last message that stands there. What was answered before is not again."""
        assert self.user is not None  # noqa: S101 - we are ready
        own, after = str(self.user.id), gap.seen
        channel = gap.channel.removeprefix(_DIRECT)
        for _ in range(_MOST_PAGES):
            route = Route("GET", "/channels/{channel_id}/messages", channel_id=channel)
            try:
                page: list[dict[str, Any]] = await self.http.request(route, params={"after": after, "limit": MISSED})
            except (discord.Forbidden, discord.NotFound) as error:
                log.info("a channel may not be read back", extra={"channel": channel, "code": error.code})
                break
            page = sorted(page, key=lambda one: int(one["id"]))
            for raw in page:
                author, named = raw["author"], {str(one["id"]) for one in raw.get("mentions", [])}
                if author.get("bot") or (not gap.place.direct and own not in named):
                    continue
                name = author.get("global_name") or author.get("username") or ""
                person = Person(str(author["id"]), name, language=gap.locale)
                responder = MentionResponder(self.line, channel, person.id)
                await self._handle(question_of(raw, own, gap.place, person), responder)
            after = str(page[-1]["id"]) if page else after
            if len(page) < MISSED:
                break
        return after

    async def _note(self, channel: str, last: int) -> None:
        """How far a channel was read: never past a message that is in hand, and may not be written down yet."""
        until = min([last, *(one - 1 for one in self._in_hand)])
        with contextlib.suppress(VerbatimError):  # a full disk: it will be looked at again
            await self._store.put_cursor(PLATFORM, channel, str(until))

    # --- small things ---

    async def _wake_server(self, guild: discord.Guild) -> None:
        for rest in await self._store.resting_channels(PLATFORM):
            if rest.workspace == str(guild.id):
                await self._store.wake_channel(PLATFORM, rest.workspace, rest.channel)

    def _spawn(self, work: Coroutine[Any, Any, None]) -> None:
        """Work beside the gateway, which must go on being read; its errors are logged, never lost."""
        task = asyncio.create_task(work)
        self._under_way.add(task)
        task.add_done_callback(self._ended)

    def _ended(self, task: asyncio.Task[None]) -> None:
        self._under_way.discard(task)
        if not task.cancelled() and (error := task.exception()) is not None:
            log.error("a discord event failed", extra={"error": what_and_where(error)})

    def reopen(self) -> None:
        """Make a client that discord.py gave up and closed one that can connect again: by itself it never would."""
        self.clear()
        self.http.connector = discord.utils.MISSING  # the one it has is closed with its session

    async def finish(self, patience_s: float) -> None:
        """Let what is under way end, within a time; then leave, so that the session can be resumed."""
        if self._looking is not None:
            self._looking.cancel()
        if self._under_way:
            await asyncio.wait(self._under_way, timeout=patience_s)
        for task in self._under_way:
            task.cancel()
        await self.close()


def _is_private(channel: object) -> bool:
    """Whether not everyone of the server may see a channel."""
    if not isinstance(channel, discord.abc.GuildChannel):
        return isinstance(channel, discord.Thread) and channel.is_private()
    return not channel.permissions_for(channel.guild.default_role).view_channel


def _raw(interaction: discord.Interaction) -> dict[str, Any]:
    """What came over the wire, as far as a request needs it: discord.py keeps the data, not the event."""
    event: dict[str, Any] = {
        "id": str(interaction.id), "application_id": str(interaction.application_id), "token": interaction.token,
        "type": interaction.type.value, "data": interaction.data or {}, "locale": str(interaction.locale),
        "channel": {"id": str(interaction.channel_id or "")},
    }  # fmt: skip
    who = interaction.user
    user = {"id": str(who.id), "username": who.name, "global_name": who.global_name}
    if interaction.guild_id is not None:
        event |= {"guild_id": str(interaction.guild_id)}
        event["member"] = {"user": user, "permissions": str(interaction.permissions.value)}
    else:
        event["user"] = user
    if isinstance(interaction.channel, discord.Thread):
        event["channel"] |= {"type": interaction.channel.type.value, "parent_id": str(interaction.channel.parent_id)}
    if interaction.message is not None:
        message = interaction.message
        event["message"] = {
            "id": str(message.id), "content": message.content, "author": {"id": str(message.author.id)},
            "embeds": [one.to_dict() for one in message.embeds],
        }  # fmt: skip
    return event
