"""The Discord client: events in, requests out, each once; no privileged intent, nothing read that is not for us."""

from __future__ import annotations

import asyncio
import contextlib
import logging
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
from bot.errors import what_and_where

if TYPE_CHECKING:
    from collections.abc import Awaitable, Callable, Coroutine

    from bot.chat.last_check import StoreFacts
    from bot.chat.requests import Request, Responder, Suggesting
    from bot.library.delivery_store import DeliveryStore

log = logging.getLogger(__name__)

MISSED: Final = 100  # messages of a channel that are looked through after a gap
_TEXT_CHANNELS: Final = (discord.ChannelType.text, discord.ChannelType.news)


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
        self._spawn(self._look_for_missed())

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
        await self._handle(request, MentionResponder(self.line, str(message.channel.id), person.id))
        if guild:
            await self._store.put_cursor(PLATFORM, str(message.channel.id), str(message.id))

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
        """Mentions that came while no session was there: the platform does not send them again."""
        known = await self._store.cursors(PLATFORM)
        for guild in list(self.guilds):
            for channel in list(guild.channels):
                if channel.type not in _TEXT_CHANNELS or not isinstance(channel, discord.TextChannel):
                    continue
                last = str(channel.last_message_id or "")
                seen = known.get(str(channel.id))
                if seen is not None and last and int(last) > int(seen):
                    await self._read_back(channel, seen)
                if last:
                    await self._store.put_cursor(PLATFORM, str(channel.id), last)

    async def _read_back(self, channel: discord.TextChannel, after: str) -> None:
        assert self.user is not None  # noqa: S101 - we are ready
        route = Route("GET", "/channels/{channel_id}/messages", channel_id=channel.id)
        try:
            found: list[dict[str, Any]] = await self.http.request(route, params={"after": after, "limit": MISSED})
        except (HTTPException, aiohttp.ClientError, OSError) as error:
            log.warning("messages missed in a channel could not be read", extra={"error": type(error).__name__})
            return
        own = str(self.user.id)
        for raw in sorted(found, key=lambda one: int(one["id"])):
            if raw["author"].get("bot") or own not in {str(one["id"]) for one in raw.get("mentions", [])}:
                continue
            author, locale = raw["author"], str(channel.guild.preferred_locale)
            person = Person(str(author["id"]), author.get("username") or "", language=locale)
            place = place_of(str(channel.guild.id), {"id": channel.id}, private=_is_private(channel))
            responder = MentionResponder(self.line, str(channel.id), person.id)
            await self._handle(question_of(raw, own, place, person), responder)

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

    async def finish(self, patience_s: float) -> None:
        """Let what is under way end, within a time; then leave, so that the session can be resumed."""
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
