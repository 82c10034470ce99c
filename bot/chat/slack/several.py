"""One app in many workspaces: each has a line of its own, all are heard through one door, anyone may install it there.

A workspace is joined at the start, when it is installed, and when something comes from it that another process knew.
"""

from __future__ import annotations

import asyncio
import contextlib
import logging
from collections.abc import AsyncIterator, Awaitable, Callable
from contextlib import asynccontextmanager
from dataclasses import dataclass, replace
from typing import TYPE_CHECKING, Any, Final
from urllib.parse import urlsplit

import aiohttp
from slack_bolt.oauth.async_oauth_flow import AsyncOAuthFlow
from slack_bolt.oauth.async_oauth_settings import AsyncOAuthSettings
from slack_sdk.web.async_client import AsyncWebClient

from bot.chat.insight import Access
from bot.chat.slack.app import SHUTDOWN_S, SlackAccess, quiet
from bot.chat.slack.events import team_of
from bot.chat.slack.face import PLATFORM
from bot.chat.slack.http_mode import HttpDoor
from bot.chat.slack.insight import SlackInsight
from bot.chat.slack.manifest import LEAVING, SCOPES
from bot.chat.slack.responding import SlackResponder
from bot.chat.slack.sender import CALL_ERRORS, code_of
from bot.outbox.sender import SendOutcome, SendResult

if TYPE_CHECKING:
    from datetime import datetime

    from aiohttp import web
    from slack_bolt.app.async_app import AsyncApp

    from bot.chat.findings import Finding
    from bot.chat.requests import Request
    from bot.chat.slack.app import Slack
    from bot.chat.slack.installations import Installations, States
    from bot.library.delivery_store import Delivery

log = logging.getLogger(__name__)

INSTALL: Final = "/slack/install"
REDIRECT: Final = "/slack/oauth_redirect"
AUTHORISE: Final = "/oauth/v2/authorize"
_AGAIN_S: Final = (1.0, 60.0)
_GONE: Final = "That workspace has not installed me, or no more. Its admin finds the link at /slack/install."

Make = Callable[[SlackAccess, aiohttp.ClientSession], "Slack"]


@dataclass(frozen=True, slots=True)
class App:
    """What the app itself is known by, beside any workspace. `address`: where browsers reach us, https://…"""

    client_id: str
    client_secret: str
    address: str


@asynccontextmanager
async def open_several(
    access: SlackAccess, app: App, installations: Installations, states: States, make: Make, now: Callable[[], datetime]
) -> AsyncIterator[SeveralSlacks]:
    """Open the door and join every workspace, in the background; in the end let what is under way finish."""
    async with aiohttp.ClientSession(timeout=aiohttp.ClientTimeout(total=30)) as session:
        slacks = SeveralSlacks(access, app, installations, states, make, session, now)
        opening = asyncio.create_task(slacks.open())
        try:
            yield slacks
        finally:
            opening.cancel()
            with contextlib.suppress(asyncio.CancelledError):
                await opening
            await slacks.close()


class SeveralSlacks:
    """All workspaces. It sends, as one sender, each delivery over its workspace's own line, and knows what they know.

    `connected` is set once the door is open and every workspace was tried.
    """

    platform = PLATFORM

    def __init__(
        self,
        access: SlackAccess,
        app: App,
        installations: Installations,
        states: States,
        make: Make,
        session: aiohttp.ClientSession,
        now: Callable[[], datetime],
    ) -> None:
        self._access, self._installations, self._make, self._session = access, installations, make, session
        self._now = now
        self._joined: dict[str, Slack] = {}
        self._joining: dict[str, asyncio.Lock] = {}
        self._runner: web.AppRunner | None = None
        self.connected = asyncio.Event()
        base = urlsplit(access.api)
        self._flow = AsyncOAuthFlow(
            client=AsyncWebClient(base_url=access.api, session=session, retry_handlers=[], logger=quiet()),
            logger=quiet(),
            settings=AsyncOAuthSettings(
                client_id=app.client_id, client_secret=app.client_secret, scopes=sorted(SCOPES),
                redirect_uri=app.address.rstrip("/") + REDIRECT, install_path=INSTALL, redirect_uri_path=REDIRECT,
                authorization_url=f"{base.scheme}://{base.netloc}{AUTHORISE}", installation_store=installations,
                installation_store_bot_only=True, state_store=states, logger=quiet(),
            ),
        )  # fmt: skip

    # --- opening ---

    async def open(self) -> None:
        """Open the door, join every workspace; who cannot be reached is joined when something comes from it."""
        pause, longest = _AGAIN_S
        while True:
            try:
                await self._serve()
                break
            except OSError as error:
                log.warning("slack's door cannot be opened", extra={"error": type(error).__name__})
            await asyncio.sleep(pause)
            pause = min(longest, 2 * pause)
        found = await self._installations.everywhere()
        await asyncio.gather(*(self.slack_of(one.team_id or "") for one in found))
        log.info("slack is connected", extra={"mode": "several", "workspaces": len(self._joined)})
        self.connected.set()

    async def _serve(self) -> None:
        from aiohttp import web

        served = web.Application()
        served.add_routes(self.door().routes())
        served.add_routes([web.get(INSTALL, self._install), web.get(REDIRECT, self._installed)])
        self._runner = web.AppRunner(served, handle_signals=False, access_log=None)
        await self._runner.setup()
        await web.TCPSite(self._runner, self._access.http_host, self._access.http_port).start()

    def door(self) -> HttpDoor:
        return HttpDoor(self._access.signing_secret, self._app_of, lambda: self._now().timestamp())

    async def close(self) -> None:
        if self._runner is not None:
            await self._runner.cleanup()
        await asyncio.gather(*(one.finish(SHUTDOWN_S) for one in self._joined.values()))

    # --- workspaces ---

    async def slack_of(self, team: str) -> Slack | None:
        """A workspace's line, opened when it is not yet; None where we are not installed or cannot get to now."""
        if not team:
            return None
        async with self._joining.setdefault(team, asyncio.Lock()):
            if (known := self._joined.get(team)) is not None:
                return known
            found = await self._installations.of_team(team)
            if found is None or not found.bot_token:
                self._joining.pop(team, None)  # names that strangers make up are not remembered
                return None
            access = replace(self._access, bot_token=found.bot_token, app_token="", http_port=0)
            slack = self._make(access, self._session)
            try:
                if not await slack.join():
                    return None
            except CALL_ERRORS as error:
                log.warning("a workspace cannot be reached", extra={"error": code_of(error) or type(error).__name__})
                return None
            self._joined[team] = slack
            return slack

    async def _app_of(self, body: dict[str, Any]) -> AsyncApp | None:
        team = team_of(body)
        event = body.get("event")
        if isinstance(event, dict) and event.get("type") in LEAVING:
            if _is_about_us(event):
                await self._leave(team, body.get("event_time"))
            return None
        slack = await self.slack_of(team)
        return slack.app if slack is not None else None

    async def _leave(self, team: str, at: object) -> None:
        """A workspace took its token back: nothing of it is kept. Its sources and documents stay, as anywhere."""
        told_at = float(at) if isinstance(at, int) else float("inf")
        if not await self._installations.forget(team, unless_after=told_at):
            return
        if (slack := self._joined.pop(team, None)) is not None:
            await slack.finish(0.0)
        log.info("slack: uninstalled", extra={"workspace": team})

    # --- installing ---

    async def _install(self, request: web.Request) -> web.Response:
        from slack_bolt.adapter.aiohttp import to_aiohttp_response, to_bolt_request

        return await to_aiohttp_response(await self._flow.handle_installation(await to_bolt_request(request)))

    async def _installed(self, request: web.Request) -> web.Response:
        from slack_bolt.adapter.aiohttp import to_aiohttp_response, to_bolt_request

        return await to_aiohttp_response(await self._flow.handle_callback(await to_bolt_request(request)))

    async def renew(self, team: str) -> None:
        """A workspace installed us, perhaps anew: the old line is closed, the next call opens one by the new token."""
        async with self._joining.setdefault(team, asyncio.Lock()):  # who is joining just now has the old token
            slack = self._joined.pop(team, None)
        if slack is not None:
            await slack.finish(SHUTDOWN_S)

    # --- sending ---

    async def send(self, delivery: Delivery) -> SendResult:
        return await self._over_its_line(delivery, lambda slack: slack.sender.send(delivery))

    async def find(self, delivery: Delivery) -> SendResult:
        return await self._over_its_line(delivery, lambda slack: slack.sender.find(delivery))

    async def _over_its_line(
        self, delivery: Delivery, call: Callable[[Slack], Awaitable[SendResult]]
    ) -> SendResult:
        slack = await self.slack_of(delivery.owed.workspace)
        if slack is None:
            return SendResult(SendOutcome.NO_ACCESS, code="not-installed", reason=_GONE)
        result = await call(slack)
        if result.outcome is SendOutcome.UNAUTHORISED:  # of this workspace alone: the others are posted to
            return SendResult(SendOutcome.NO_ACCESS, code=result.code, reason=result.reason)
        return result

    def responder_for(self, request: Request) -> SlackResponder:
        """For a request of before a crash; its workspace was joined before this is asked, or is joined no more."""
        slack = self._joined.get(request.place.workspace) or self._make(self._access, self._session)
        return slack.responder_for(request)

    @property
    def homes(self) -> dict[str, str]:
        """The workspaces' addresses."""
        return {team: slack.home for team, slack in self._joined.items()}

    # --- insight ---

    @property
    def is_ready(self) -> bool:
        return self.connected.is_set()

    async def _insight(self, workspace: str) -> SlackInsight | None:
        slack = await self.slack_of(workspace)
        if slack is None:
            return None
        signed = bool(self._access.signing_secret)
        return SlackInsight(slack.patient, admins=self._access.trusted.admins, signed=signed, by_http=True)

    async def owner(self, workspace: str) -> str:
        found = await self._installations.of_team(workspace)
        if found is not None and found.user_id:
            return str(found.user_id)
        insight = await self._insight(workspace)
        return await insight.owner(workspace) if insight else ""

    async def language(self, workspace: str, person: str) -> str:
        insight = await self._insight(workspace)
        return await insight.language(workspace, person) if insight else ""

    async def direct_channel(self, workspace: str, person: str) -> str:
        insight = await self._insight(workspace)
        return await insight.direct_channel(workspace, person) if insight else ""

    async def access(self, workspace: str, channel: str, person: str = "") -> Access:
        insight = await self._insight(workspace)
        return await insight.access(workspace, channel, person) if insight else Access(there=False)

    async def findings(self, workspace: str, channel: str = "") -> list[Finding]:
        """Of one workspace; of all there are: ""."""
        found: list[Finding] = []
        for one in [workspace] if workspace else list(self._joined):
            if (insight := await self._insight(one)) is not None:
                found += await insight.findings(one, channel)
        return found


def _is_about_us(event: dict[str, Any]) -> bool:
    """Whether it is our token that was taken back: people's own tokens we never had."""
    tokens = event.get("tokens")
    return event.get("type") != "tokens_revoked" or not isinstance(tokens, dict) or bool(tokens.get("bot"))
