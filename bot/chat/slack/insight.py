"""What Slack knows of a workspace: its owner, its channels, who is in them; asked over the Web API, when needed."""

from __future__ import annotations

import asyncio
from datetime import UTC, datetime
from typing import TYPE_CHECKING, Any, Final

from bot.chat.findings import Finding, Verdict, clock_finding
from bot.chat.insight import Access
from bot.chat.slack.manifest import SCOPES
from bot.chat.slack.sender import CALL_ERRORS, REFUSED_TOKENS, code_of

if TYPE_CHECKING:
    from collections.abc import Callable, Collection

    from slack_sdk.web.async_client import AsyncWebClient

CALL_S: Final = 20.0
_WHERE: Final = "Slack"
_KINDS: Final = "public_channel,private_channel"
_PAGE: Final = 200
_PAGES: Final = 10
_NOT_THERE: Final = frozenset(("channel_not_found", "missing_scope", "no_permission"))
_MOST_NAMED: Final = 10


def utc_now() -> datetime:
    return datetime.now(UTC)


class SlackInsight:
    """`Insight` over slack_sdk's client. `admins` are those of the settings; with `app_token` Socket Mode is tested,
    else the signing secret must be there."""

    def __init__(
        self,
        client: AsyncWebClient,
        *,
        admins: Collection[str] = (),
        app_token: str = "",
        signed: bool = False,
        by_http: bool = False,
        ready: Callable[[], bool] = lambda: True,
        now: Callable[[], datetime] = utc_now,
    ) -> None:
        self._ready = ready
        self._client, self._admins, self._app_token = client, admins, app_token
        self._signed, self._by_http, self._now = signed, by_http, now

    @property
    def is_ready(self) -> bool:
        return self._ready()

    async def owner(self, workspace: str) -> str:
        """An admin of the settings, else the workspace's first owner."""
        if people := sorted(one for one in self._admins if not one.startswith("S")):
            return people[0]
        owners: list[str] = []
        cursor = ""
        try:
            for _ in range(_PAGES):
                page = await self._call("users.list", limit=_PAGE, cursor=cursor)
                for one in page.get("members") or ():
                    if one.get("is_primary_owner") and one.get("team_id", workspace) == workspace:
                        return str(one["id"])
                    if one.get("is_owner") and not one.get("deleted"):
                        owners.append(str(one["id"]))
                cursor = str((page.get("response_metadata") or {}).get("next_cursor") or "")
                if not cursor:
                    break
        except CALL_ERRORS:
            return ""
        return owners[0] if owners else ""

    async def language(self, workspace: str, person: str) -> str:  # noqa: ARG002 - the port's
        try:
            found = await self._call("users.info", user=person, include_locale="true")
        except CALL_ERRORS:
            return ""
        return str(found["user"].get("locale") or "")

    async def direct_channel(self, workspace: str, person: str) -> str:  # noqa: ARG002 - the port's
        try:
            async with asyncio.timeout(CALL_S):
                opened: Any = await self._client.api_call("conversations.open", json={"users": person})
        except CALL_ERRORS:
            return ""
        return str(opened["channel"]["id"])

    async def access(self, workspace: str, channel: str, person: str = "") -> Access:  # noqa: ARG002 - the port's
        try:
            found = (await self._call("conversations.info", channel=channel))["channel"]
        except CALL_ERRORS as error:
            return Access(there=code_of(error) not in _NOT_THERE, sure=False)
        name = f"#{found.get('name') or channel}"
        if found.get("is_im") or found.get("is_mpim"):
            return Access(name=name, there=False)
        missing = _missing(found)
        seen: bool | None = True
        if person and (found.get("is_private") or found.get("is_group")):
            seen = await self._is_in(channel, person)
        return Access(name=name, seen_by_person=seen is not False, sure=seen is not None, missing=missing)

    async def findings(self, workspace: str, channel: str = "") -> list[Finding]:  # noqa: ARG002 - one token, one workspace
        try:
            async with asyncio.timeout(CALL_S):
                me: Any = await self._client.auth_test()
        except CALL_ERRORS as error:
            code = code_of(error)
            key = "slack-token" if code in REFUSED_TOKENS else "slack-reach"
            return [Finding(key, Verdict.BAD, code or type(error).__name__)]
        headers = {str(name).lower(): str(value) for name, value in dict(me.headers).items()}
        found = [
            clock_finding(headers.get("date", ""), self._now(), _WHERE),
            Finding("slack-token", Verdict.GOOD, f"@{me.get('user')} · {me.get('team')}"),
            _scopes(headers.get("x-oauth-scopes", "")),
            await self._connection(),
        ]
        return [*found, *(await self._channel(channel) if channel else await self._channels())]

    async def _connection(self) -> Finding:
        """What brings events: a socket, or signed requests."""
        if self._by_http:
            return Finding("slack-signing", Verdict.GOOD if self._signed else Verdict.BAD)
        if not self._app_token:
            return Finding("slack-app-token", Verdict.BAD)
        try:
            async with asyncio.timeout(CALL_S):
                await self._client.apps_connections_open(app_token=self._app_token)
        except CALL_ERRORS as error:
            code = code_of(error)
            return Finding("slack-app-token", Verdict.BAD if code else Verdict.OPEN, code or type(error).__name__)
        return Finding("slack-app-token", Verdict.GOOD)

    async def _channel(self, channel: str) -> list[Finding]:
        access = await self.access("", channel)
        if not access.there:
            return [Finding("slack-rights", Verdict.BAD, "channel_not_found", channel)]
        facts = ", ".join(access.missing)
        return [Finding("slack-rights", Verdict.BAD if facts else Verdict.GOOD, facts, access.name)]

    async def _channels(self) -> list[Finding]:
        try:
            page = await self._call("users.conversations", types=_KINDS, limit=_PAGE)
        except CALL_ERRORS as error:
            return [Finding("slack-channels", Verdict.OPEN, code_of(error) or type(error).__name__)]
        channels = page.get("channels") or []
        lacking = [
            Finding("slack-rights", Verdict.BAD, ", ".join(missing), f"#{one.get('name')}")
            for one in channels
            if (missing := _missing({**one, "is_member": True}))
        ]
        number = Finding("slack-channels", Verdict.GOOD if channels else Verdict.BAD, str(len(channels)))
        return [number, *lacking[:_MOST_NAMED]]

    async def _is_in(self, channel: str, person: str) -> bool | None:
        """Whether a person is a member; None where that cannot be asked."""
        cursor = ""
        try:
            for _ in range(_PAGES):
                page = await self._call("conversations.members", channel=channel, limit=_PAGE, cursor=cursor)
                if person in (page.get("members") or ()):
                    return True
                cursor = str((page.get("response_metadata") or {}).get("next_cursor") or "")
                if not cursor:
                    return False
        except CALL_ERRORS as error:
            return None if code_of(error) in ("missing_scope", "ratelimited", "") else False
        return None

    async def _call(self, method: str, **arguments: Any) -> Any:
        given = {name: value for name, value in arguments.items() if value != ""}
        async with asyncio.timeout(CALL_S):
            return await self._client.api_call(method, http_verb="GET", params=given)


def _missing(channel: dict[str, Any]) -> tuple[str, ...]:
    """Why nothing can be posted there, by Slack's own names."""
    found = []
    if channel.get("is_archived"):
        found.append("is_archived")
    if channel.get("is_member") is False:
        found.append("not_in_channel")
    if channel.get("is_read_only") or channel.get("is_frozen"):
        found.append("restricted_action_read_only_channel")
    return tuple(found)


def _scopes(header: str) -> Finding:
    granted = {one.strip() for one in header.split(",") if one.strip()}
    if not granted:
        return Finding("slack-scopes", Verdict.OPEN)
    if missing := sorted(set(SCOPES) - granted):
        return Finding("slack-scopes", Verdict.BAD, ", ".join(missing))
    return Finding("slack-scopes", Verdict.GOOD, str(len(set(SCOPES) & granted)))
