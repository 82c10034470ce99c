"""What Discord knows of a server: its owner, its channels, who may do what in them; asked over REST, when needed."""

from __future__ import annotations

import asyncio
from datetime import UTC, datetime
from typing import TYPE_CHECKING, Any, Final

import aiohttp
from discord import HTTPException, RateLimited
from discord.http import Route

from bot.chat.discord.permissions import FOR_POSTING, VIEW, missing_rights, permissions_in
from bot.chat.findings import Finding, Verdict, clock_finding
from bot.chat.insight import Access

if TYPE_CHECKING:
    from collections.abc import Callable

    from discord.http import HTTPClient

CALL_S: Final = 20.0
_WHERE: Final = "Discord"
_POSTED_TO: Final = (0, 5, 15)  # text, announcements, forum
_MOST_SERVERS: Final = 20  # of which every channel is looked at
_MOST_NAMED: Final = 10  # channels that lack something
_FEW_SESSIONS: Final = 10
_ERRORS: Final = (HTTPException, RateLimited, aiohttp.ClientError, OSError, TimeoutError)

Json = dict[str, Any]


def utc_now() -> datetime:
    return datetime.now(UTC)


class DiscordInsight:
    """`Insight` over discord.py's HTTP client, which is logged in by whoever owns it."""

    def __init__(
        self, http: HTTPClient, own_id: Callable[[], int | None], now: Callable[[], datetime] = utc_now
    ) -> None:
        self._http, self._own_id, self._now = http, own_id, now

    @property
    def is_ready(self) -> bool:
        return self._own_id() is not None

    async def owner(self, workspace: str) -> str:
        guild = await self._get("/guilds/{guild_id}", guild_id=workspace) if workspace.isdigit() else None
        return str(guild.get("owner_id") or "") if guild else ""

    async def language(self, workspace: str, person: str) -> str:  # noqa: ARG002 - Discord tells nobody what a person reads
        guild = await self._get("/guilds/{guild_id}", guild_id=workspace) if workspace.isdigit() else None
        return str(guild.get("preferred_locale") or "") if guild else ""

    async def direct_channel(self, workspace: str, person: str) -> str:  # noqa: ARG002 - the port's
        if not person.isdigit():
            return ""
        try:
            async with asyncio.timeout(CALL_S):
                made: Json = await self._http.start_private_message(int(person))  # type: ignore[assignment]  # its types are narrower than its answers
        except _ERRORS:
            return ""
        return str(made["id"])

    async def access(self, workspace: str, channel: str, person: str = "") -> Access:
        if not channel.isdigit():
            return Access(there=False)
        try:
            found = await self._call("/channels/{channel_id}", channel_id=channel)
        except HTTPException as error:
            return Access(there=error.status not in (403, 404), sure=False)
        except _ERRORS:
            return Access(sure=False)
        if str(found.get("guild_id") or "") != workspace:
            return Access(there=False)
        name = f"#{found.get('name') or channel}"
        guild = await self._get("/guilds/{guild_id}", guild_id=workspace)
        if guild is None:
            return Access(name=name, sure=False)
        if found.get("type") not in _POSTED_TO:
            return Access(name=name, there=False)
        theirs = await self._permissions(guild, found, person) if person else VIEW
        own = str(self._own_id() or "")
        mine = await self._permissions(guild, found, own) if own else None
        missing = missing_rights(mine, FOR_POSTING) if mine is not None else ()
        seen = theirs is None or bool(theirs & VIEW)
        return Access(name=name, seen_by_person=seen, sure=theirs is not None, missing=missing)

    async def findings(self, workspace: str, channel: str = "") -> list[Finding]:
        found: list[Finding] = [await self._clock()]
        try:
            me = await self._call("/users/@me")
        except HTTPException as error:
            key = "discord-token" if error.status == 401 else "discord-reach"
            return [*found, Finding(key, Verdict.BAD, str(error.status))]
        except _ERRORS as error:
            return [*found, Finding("discord-reach", Verdict.BAD, type(error).__name__)]
        found += [Finding("discord-token", Verdict.GOOD, f"@{me.get('username')}")]
        found += [Finding("discord-intents", Verdict.GOOD), *await self._sessions()]
        return [*found, *await self._servers(workspace, channel, str(me["id"]))]

    async def _clock(self) -> Finding:
        try:
            async with (
                asyncio.timeout(CALL_S),
                aiohttp.ClientSession() as session,
                session.get(f"{Route.BASE}/gateway", allow_redirects=False) as answer,
            ):
                return clock_finding(answer.headers.get("Date", ""), self._now(), _WHERE)
        except (aiohttp.ClientError, OSError, TimeoutError):
            return Finding("clock", Verdict.OPEN, where=_WHERE)

    async def _sessions(self) -> list[Finding]:
        limit = ((await self._get("/gateway/bot")) or {}).get("session_start_limit") or {}
        if "remaining" not in limit:
            return [Finding("discord-sessions", Verdict.OPEN)]
        few = int(limit["remaining"]) < min(_FEW_SESSIONS, int(limit.get("total") or _FEW_SESSIONS))
        facts = f"{limit['remaining']}/{limit.get('total', '?')}"
        return [Finding("discord-sessions", Verdict.BAD if few else Verdict.GOOD, facts)]

    async def _servers(self, workspace: str, channel: str, own: str) -> list[Finding]:
        guilds = [workspace] if workspace else [str(one["id"]) for one in await self._get("/users/@me/guilds") or ()]
        found: list[Finding] = []
        if not workspace:
            found.append(Finding("discord-servers", Verdict.GOOD if guilds else Verdict.BAD, str(len(guilds))))
        for guild_id in guilds[:_MOST_SERVERS]:
            if guild_id.isdigit():
                found += await self._rights(guild_id, channel, own)
        return found

    async def _rights(self, guild_id: str, channel: str, own: str) -> list[Finding]:
        """The rights in one channel; or in all that we can see, those that lack something by name."""
        guild = await self._get("/guilds/{guild_id}", guild_id=guild_id)
        channels = await self._get("/guilds/{guild_id}/channels", guild_id=guild_id)
        if guild is None or channels is None:
            return [Finding("discord-rights", Verdict.OPEN)]
        member = await self._get("/guilds/{guild_id}/members/{user_id}", guild_id=guild_id, user_id=own) or {}
        roles = [str(one) for one in member.get("roles") or ()]
        server = str(guild.get("name") or guild_id)
        whole, lacking = 0, []
        for one in channels:
            if one.get("type") not in _POSTED_TO or (channel and str(one["id"]) != channel):
                continue
            permissions = permissions_in(guild, one, roles, own)
            missing = missing_rights(permissions)
            if not missing:
                whole += 1
            elif channel or permissions & VIEW:  # what is hidden from us is so on purpose, unless it was asked about
                where = f"{server} #{one.get('name')}"
                lacking.append(Finding("discord-rights", Verdict.BAD, ", ".join(missing), where))
        if channel and not whole and not lacking:
            return [Finding("discord-rights", Verdict.BAD, "View Channels", server)]
        well = [Finding("discord-rights", Verdict.GOOD, f"{whole}/{whole + len(lacking)}", server)] if whole else []
        return [*well, *lacking[:_MOST_NAMED]]

    async def _permissions(self, guild: Json, channel: Json, user: str) -> int | None:
        """Of a member; None when that cannot be asked, 0 for who is no member."""
        try:
            member = await self._call(
                "/guilds/{guild_id}/members/{user_id}", guild_id=str(guild["id"]), user_id=user
            )
        except HTTPException as error:
            return 0 if error.status == 404 else None
        except _ERRORS:
            return None
        return permissions_in(guild, channel, [str(one) for one in member.get("roles") or ()], user)

    async def _get(self, path: str, **parts: str) -> Any:
        """What stands there, None when it cannot be had."""
        try:
            return await self._call(path, **parts)
        except _ERRORS:
            return None

    async def _call(self, path: str, **parts: str) -> Any:
        async with asyncio.timeout(CALL_S):
            return await self._http.request(Route("GET", path, **parts))


