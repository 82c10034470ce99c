"""Slack as a whole: listens by Socket Mode or HTTP, acknowledges at once, hands requests on, closes without losing any.

    async with open_slack(access, front.handle, suggesting, deliveries, facts, files) as slack:
        courier = Courier(deliveries, slack.sender)
        await front.resume(started, PLATFORM, slack.responder_for)
        ...
"""

from __future__ import annotations

import asyncio
import contextlib
import logging
import re
from collections import deque
from collections.abc import AsyncIterator, Awaitable, Callable, Coroutine, Sequence
from contextlib import asynccontextmanager
from dataclasses import dataclass, field
from datetime import UTC, datetime
from typing import TYPE_CHECKING, Any, Final
from urllib.parse import urlsplit

import aiohttp
from slack_bolt.app.async_app import AsyncApp
from slack_bolt.authorization import AuthorizeResult
from slack_bolt.response import BoltResponse
from slack_sdk.http_retry.async_handler import AsyncRetryHandler
from slack_sdk.http_retry.builtin_async_handlers import AsyncRateLimitErrorRetryHandler
from slack_sdk.web.async_client import AsyncWebClient

from bot.chat.commands import BY_KEY, ArgumentKind
from bot.chat.composing import error_message
from bot.chat.requests import Place, Request, RequestKind
from bot.chat.slack.arrivals import Arrivals
from bot.chat.slack.events import FORM_OF_COMMAND, came, delivery_id, message_id, request_of, team_of, typed_so_far
from bot.chat.slack.face import ANSWER_AT, ASKED_AT, PLATFORM
from bot.chat.slack.home import SHOWN, HomePage
from bot.chat.slack.http_mode import FALLBACK, HttpDoor
from bot.chat.slack.line import Line
from bot.chat.slack.manifest import SCOPES
from bot.chat.slack.people import People, Trusted
from bot.chat.slack.responding import SlackResponder
from bot.chat.slack.sender import CALL_ERRORS, MAY_NOT_READ, REFUSED_TOKENS, SlackSender, code_of
from bot.chat.slack.views import command_modal, options_of
from bot.chat.texts import say
from bot.chat.typed_commands import typed_command
from bot.errors import VerbatimError, what_and_where

if TYPE_CHECKING:
    from aiohttp import web
    from slack_bolt.adapter.socket_mode.aiohttp import AsyncSocketModeHandler

    from bot.chat.last_check import StoreFacts
    from bot.chat.requests import Responder, Suggesting
    from bot.chat.slack.events import Came
    from bot.chat.slack.sender import Files
    from bot.library.delivery_store import DeliveryStore

log = logging.getLogger(__name__)

API: Final = "https://slack.com/api/"
FILE_HOSTS: Final = frozenset(("files.slack.com", "slack.com"))
SUGGEST_S: Final = 2.0
QUESTIONS_AT_ONCE: Final = 8
OTHERS_AT_ONCE: Final = 16
SHUTDOWN_S: Final = 10.0
MISSED: Final = 100  # messages of a channel that are looked through after a gap
OVERLAP_S: Final = 600.0  # so long Slack may try to deliver again; what comes later may have been answered before it
_MOST_THREADS: Final = 10
_MOST_NOTICED: Final = 1_000
_MOST_CHANNELS: Final = 200
_SESSION_S: Final = 30.0
_AGAIN_S: Final = (1.0, 60.0)  # the shortest and the longest pause between tries to connect
_ANY: Final = re.compile(".*", re.DOTALL)
_WAKING: Final = frozenset(("channel_unarchive", "group_unarchive", "channel_rename", "group_open"))
_OWN_FORM: Final = "brief set"
_READING_BACK: Final = "public_channel,private_channel,im"

Json = dict[str, Any]
Handle = Callable[[Request, "Responder"], Awaitable[None]]
Prompting = Callable[["Place", str], Awaitable[Sequence[tuple[str, str]]]]  # (title, question) for a place and language


@dataclass(frozen=True, slots=True)
class SlackAccess:
    """How Slack is reached. Socket Mode needs the app token; with `http_port`, HTTP mode needs the signing secret."""

    bot_token: str
    app_token: str = ""
    signing_secret: str = ""
    http_host: str = "127.0.0.1"
    http_port: int = 0
    trusted: Trusted = field(default_factory=Trusted)
    api: str = API
    file_hosts: frozenset[str] = FILE_HOSTS
    ping_s: float = 10.0  # how soon a cut cable is noticed
    connect_s: float = 30.0

    @property
    def is_set(self) -> bool:
        """Whether somebody wants Slack at all."""
        return bool(self.bot_token)


@dataclass(frozen=True, slots=True)
class _Me:
    workspace: str
    user: str
    bot: str


def utc_now() -> datetime:
    return datetime.now(UTC)


@asynccontextmanager
async def open_slack(
    access: SlackAccess,
    handle: Handle,
    suggesting: Suggesting | None,
    store: DeliveryStore,
    facts: StoreFacts,
    files: Files,
    *,
    prompting: Prompting | None = None,
    now: Callable[[], datetime] = utc_now,
) -> AsyncIterator[Slack]:
    """Connect to Slack, in the background and for as long as it takes; in the end let what is under way finish.

    `handle` answers a request, `facts` and `files` are those of the sender. A refused token ends the trying:
    `stopped_because` says so.
    """
    timeout = aiohttp.ClientTimeout(total=_SESSION_S)
    async with aiohttp.ClientSession(timeout=timeout) as session:
        slack = Slack(access, handle, suggesting, store, facts, files, session, now, prompting)
        connecting = asyncio.create_task(slack.connect())
        try:
            yield slack
        finally:
            connecting.cancel()
            with contextlib.suppress(asyncio.CancelledError):
                await connecting
            await slack.finish(SHUTDOWN_S)


class Slack:
    """One workspace. `connected` is set once events arrive, `decided` then, too, or when a token was refused;
    `handled` counts the deliveries that were not repeats."""

    def __init__(
        self,
        access: SlackAccess,
        handle: Handle,
        suggesting: Suggesting | None,
        store: DeliveryStore,
        facts: StoreFacts,
        files: Files,
        session: aiohttp.ClientSession,
        now: Callable[[], datetime] = utc_now,
        prompting: Prompting | None = None,
    ) -> None:
        self._prompting = prompting
        self._access, self._handle, self._suggesting, self._store = access, handle, suggesting, store
        self._facts, self._session, self._now = facts, session, now
        self._me: _Me | None = None
        self._arrivals = Arrivals(store, now)
        # Slack's library repeats a call whose answer was lost, unless it is told not to: a post would stand twice.
        self.client = self._new_client(access.bot_token)
        self.patient = patient = self._new_client(access.bot_token, AsyncRateLimitErrorRetryHandler(max_retry_count=2))
        hosts = access.file_hosts | {urlsplit(access.api).netloc}
        self._line = Line(patient, session, access.bot_token, facts, hosts)
        self._people = People(patient, "", access.trusted)
        self.sender = SlackSender(self.client, facts, files, session)
        self.app = self._new_app()
        self.connected, self.decided = asyncio.Event(), asyncio.Event()
        self._noticed: deque[str] = deque(maxlen=_MOST_NOTICED)
        self.stopped_because = ""
        self.home = ""  # the workspace's address, once we are connected
        self.handled = 0
        self._under_way: set[asyncio.Task[None]] = set()
        # What was acknowledged may wait; what comes in must not wait for it.
        self._questions, self._others = asyncio.Semaphore(QUESTIONS_AT_ONCE), asyncio.Semaphore(OTHERS_AT_ONCE)
        self._socket: AsyncSocketModeHandler | None = None
        self._runner: web.AppRunner | None = None
        self._behind: set[asyncio.Task[None]] = set()  # what nobody waits for in the end
        self._looked, self._caught_up = False, set[str]()

    def _new_client(self, token: str | None, *handlers: AsyncRetryHandler) -> AsyncWebClient:
        return AsyncWebClient(
            token, self._access.api, session=self._session, retry_handlers=list(handlers), logger=quiet()
        )

    def _new_app(self) -> AsyncApp:
        async def authorize(**_: Any) -> AuthorizeResult:
            me = self._me or _Me("", "", "")
            return AuthorizeResult(
                enterprise_id=None, team_id=me.workspace, bot_user_id=me.user, bot_id=me.bot,
                bot_token=self._access.bot_token,
            )  # fmt: skip

        # Requests over HTTP were looked at before they come here, which is why that is not done again.
        app = AsyncApp(
            client=self._new_client(None), authorize=authorize, logger=quiet(), name="verbatim",
            request_verification_enabled=False, signing_secret=self._access.signing_secret or "-",
        )  # fmt: skip
        app.use(self._take)
        for listen in (app.event, app.command, app.action, app.shortcut, app.view):
            listen(_ANY)(self._listen)
        app.options(_ANY)(self._suggest)
        return app

    # --- connecting ---

    async def connect(self) -> None:
        """Connect, however long it takes. Ends when connected, or when a token is refused or missing."""
        access = self._access
        if access.http_port and not access.signing_secret:
            self._give_up("HTTP mode needs the app's signing secret: set SLACK_SIGNING_SECRET.", "no-signing-secret")
            return
        if not access.http_port and not access.app_token:
            self._give_up("Socket Mode needs an app-level token: set SLACK_APP_TOKEN.", "no-app-token")
            return
        pause, longest = _AGAIN_S
        while True:
            try:
                await self._try_to_connect()
                return
            except CALL_ERRORS as error:
                code = code_of(error)
                if code in REFUSED_TOKENS:
                    self._give_up(f"Slack refuses a token: {code}. Put a new one into the settings.", code)
                    return
                log.warning("slack cannot be reached", extra={"code": code or type(error).__name__})
            await asyncio.sleep(pause)
            pause = min(longest, pause * 2)

    def _give_up(self, why: str, code: str) -> None:
        self.stopped_because = why
        self.decided.set()
        log.error("slack cannot be used: %s", why, extra={"code": code})

    async def _try_to_connect(self) -> None:
        mode = "http" if self._access.http_port else "socket"
        me: Any = await self.client.auth_test()
        self.home = str(me.get("url") or "")
        self.know_me(str(me["team_id"]), str(me["user_id"]), str(me.get("bot_id") or ""))
        granted = {one.strip() for one in str(me.headers.get("x-oauth-scopes") or "").split(",") if one.strip()}
        if granted and (missing := sorted(set(SCOPES) - granted)):
            log.warning("slack has not granted every right", extra={"missing": " ".join(missing)})
        if self._access.http_port:
            await self._serve()
        elif self._access.app_token:
            await self._listen_to_socket()
        else:
            mode = "shared"  # somebody else listens, for all workspaces
        self.connected.set()
        self.decided.set()
        log.info("slack is connected", extra={"mode": mode})
        for name, body in await self._arrivals.left_open():
            if team_of(body) in ("", self._me.workspace if self._me else ""):
                self._spawn(self._work(name, body))
        self._background(self._look_for_missed())

    @property
    def homes(self) -> dict[str, str]:
        """The workspace's address, once it is known."""
        return {self._me.workspace: self.home} if self._me and self.home else {}

    async def join(self) -> bool:
        """Know this workspace without listening to it; False when its token is refused. Raises what the calls raise."""
        try:
            await self._try_to_connect()
        except CALL_ERRORS as error:
            if code_of(error) not in REFUSED_TOKENS:
                raise
            self._give_up("Slack refuses the token of a workspace; it has to install anew.", code_of(error))
            return False
        return True

    def know_me(self, workspace: str, user: str, bot: str) -> None:
        """Who we are on Slack."""
        self._me = _Me(workspace, user, bot)
        self._people = People(self._line.client, workspace, self._access.trusted)

    async def _listen_to_socket(self) -> None:
        from slack_bolt.adapter.socket_mode.aiohttp import AsyncSocketModeHandler

        # Asked for here: the library tries a refused token for ever.
        opened: Any = await self.client.apps_connections_open(app_token=self._access.app_token)
        listening = AsyncSocketModeHandler(
            self.app, self._access.app_token, logger=quiet(), ping_interval=self._access.ping_s
        )
        listening.client.wss_uri = str(opened["url"])
        self._socket = listening
        try:
            async with asyncio.timeout(self._access.connect_s):
                await listening.connect_async()  # type: ignore[no-untyped-call]
        except TimeoutError:  # by itself it would try the same address for ever, which is good for one use
            self._socket = None
            await listening.close_async()  # type: ignore[no-untyped-call]
            raise
        self._background(self._watch_socket(listening))

    async def _watch_socket(self, listening: AsyncSocketModeHandler) -> None:
        """Let the library ask for a new address when the one it has leads nowhere: by itself it tries that for ever."""
        lost_for = 0.0
        while True:
            await asyncio.sleep(self._access.ping_s)
            lost_for = 0.0 if await listening.client.is_connected() else lost_for + self._access.ping_s
            if lost_for >= self._access.connect_s:
                log.warning("slack's socket is lost; a new address is asked for")
                listening.client.wss_uri, lost_for = None, 0.0

    async def _serve(self) -> None:
        from aiohttp import web

        served = web.Application()
        served.add_routes(self.door().routes())
        self._runner = web.AppRunner(served, handle_signals=False, access_log=None)
        await self._runner.setup()
        await web.TCPSite(self._runner, self._access.http_host, self._access.http_port).start()

    def door(self) -> HttpDoor:
        """What takes requests over HTTP."""
        return HttpDoor(self._access.signing_secret, self.app, lambda: self._now().timestamp())

    # --- what comes in ---

    async def _take(self, body: Json, context: Any, next: Callable[[], Awaitable[Any]]) -> Any:  # noqa: A002 - bolt's name
        """Before anything is acknowledged: write it down. What came before, and what is not for us, ends here."""
        if body.get("type") == "block_suggestion":
            return await next()
        name = delivery_id(body) or context.get(FALLBACK) or ""
        if came(body) is None:
            if name not in self._noticed:  # not worth a place in the library: nothing is answered
                self._noticed.append(name)
                self.handled += 1
                self._spawn(self._notice(body))
            return BoltResponse(status=200, body="")
        if name and not await self._arrivals.take(name, body):
            return BoltResponse(status=200, body="")
        self.handled += 1
        context["verbatim_name"] = name
        return await next()

    async def _listen(self, ack: Any, body: Json, context: Any) -> None:
        shown = isinstance(body.get("command"), str) and _is_public(body)
        await (ack(response_type="in_channel") if shown else ack())
        self._spawn(self._work(context.get("verbatim_name") or "", body))

    async def _work(self, name: str, body: Json) -> None:
        """Answer one delivery. A mistake of ours ends it, too, or every start would make it anew; being stopped does
        not."""
        what = came(body)
        if what is None:
            return
        try:
            async with self._questions if what.kind is RequestKind.QUESTION else self._others:
                await self._answer(what, name, body)
        except Exception:  # whatever it is, it would come again at every start; it is raised all the same
            await self._arrivals.end(name)
            raise
        await self._arrivals.end(name)

    async def _answer(self, what: Came, name: str, body: Json) -> None:
        me = self._me or _Me("", "", "")
        person, place = await asyncio.gather(self._people.person(what.user), self._people.place(what))
        if what.kind is RequestKind.HOME:
            await self._open_home(what, name, place, person.id, body)
            return
        request = request_of(body, what, place, person, own_id=me.user, delivery=name, now=self._now())
        if request is None:
            return
        home = HomePage(self._line, what.user) if what.home else None
        responder = SlackResponder(
            self._line, place, what.user, asked_at=request.arguments.get(ASKED_AT, ""), answer_at=what.answer_at,
            trigger=what.trigger, home=home,
        )  # fmt: skip
        if await self._asked_for_form(request, responder, body):
            return
        await self._handle(request, responder)
        if request.kind is RequestKind.QUESTION and (self._looked or what.channel in self._caught_up):
            await self._seen(what.channel, what.message)

    async def _asked_for_form(self, request: Request, responder: SlackResponder, body: Json) -> bool:
        """Open a form where a command lacks what it needs, and for buttons and shortcuts that stand for commands."""
        language = "de" if request.person.language.lower().startswith("de") else "en"
        named = request.name.startswith(FORM_OF_COMMAND)
        command = BY_KEY.get(request.name.removeprefix(FORM_OF_COMMAND))
        if command is None or (request.kind is not RequestKind.COMMAND and not named):
            return False
        if command.key == _OWN_FORM and request.text in ("", "argument-missing"):
            return False  # its form shows what is set already
        problem = request.text if "command" in body else ""
        file = any(one.kind is ArgumentKind.FILE and one.required for one in command.arguments) and not request.files
        lacking = problem == "argument-missing" or body.get("type") == "shortcut"
        import_file = request.arguments.get("action") == "import" and not request.files
        try:
            if problem and not lacking:
                raise VerbatimError(problem, request.name, say(problem, language))
            if not (named or lacking or file or import_file):
                return False
            if request.person.right < command.right:
                raise VerbatimError("no-right", request.name, say("no-right", language))
            given = {key: value for key, value in request.arguments.items() if key != ANSWER_AT}
            view = command_modal(command, given, request.place, request.arguments.get(ANSWER_AT, ""), language)
            await responder.open_view(view)
        except VerbatimError as error:
            with contextlib.suppress(*CALL_ERRORS, VerbatimError):
                await responder.only_you(error_message(error, language))
        return True

    async def _suggest(self, ack: Any, body: Json) -> None:
        """Answer a menu that asks while somebody types; nothing is better than an error."""
        what = came(body)
        if what is None or self._suggesting is None:
            await ack(options=[])
            return
        command, argument, typed = typed_so_far(body)
        found = []
        try:
            async with asyncio.timeout(SUGGEST_S):
                person, place = await asyncio.gather(self._people.person(what.user), self._people.place(what))
                found = await self._suggesting.suggest(command, argument, typed, place, person)
        except TimeoutError:
            log.info("suggestions took too long", extra={"request": command})
        except VerbatimError as error:
            log.info("no suggestions", extra={"code": error.code, "request": command})
        await ack(options=options_of(found))

    async def _open_home(self, what: Came, name: str, place: Place, user: str, body: Json) -> None:
        """Make our own page of what commands would answer."""
        del body
        person = await self._people.person(user)
        page = HomePage(self._line, what.user)
        page.gather()
        responder = SlackResponder(self._line, place, what.user, home=page)
        for n, command in enumerate(SHOWN):
            made = Request(
                id=f"{place.workspace}-{name}-{n}", kind=RequestKind.COMMAND, name=command, place=place, person=person,
                at=self._now(),
            )  # fmt: skip
            await self._handle(made, responder)
        await page.show(person, "de" if person.language.lower().startswith("de") else "en")

    async def _notice(self, body: Json) -> None:
        """Events that ask nothing of us, but tell that a channel may take our messages again."""
        event = body.get("event")
        if body.get("type") != "event_callback" or not isinstance(event, dict):
            return
        channel = event.get("channel")
        channel = channel.get("id") if isinstance(channel, dict) else channel
        if event["type"] == "app_home_opened" and event.get("tab") == "messages" and isinstance(channel, str):
            await self._prompt(channel, str(event.get("user") or ""))
            return
        mine = event["type"] == "member_joined_channel" and self._me is not None and event.get("user") == self._me.user
        if isinstance(channel, str) and self._me is not None and (mine or event["type"] in _WAKING):
            self._people.forget_channel(channel)
            await self._store.wake_channel(PLATFORM, self._me.workspace, channel)

    async def _prompt(self, channel: str, user: str) -> None:
        """Offer questions to who opened the Messages tab: cosmetic, so that nothing hangs on it."""
        if self._prompting is None or self._me is None:
            return
        person = await self._people.person(user)
        language = "de" if person.language.lower().startswith("de") else "en"
        place = Place(PLATFORM, self._me.workspace, channel, direct=True, private=True)
        offered = [{"title": title, "message": message} for title, message in await self._prompting(place, language)]
        # No thread is named: an app with an agent's view takes that silently for nothing.
        body = {"channel_id": channel, "title": say("prompts-head", language), "prompts": offered}
        try:
            await self.client.api_call("assistant.threads.setSuggestedPrompts", json=body)
        except CALL_ERRORS as error:
            log.info("no prompts are offered", extra={"code": code_of(error) or type(error).__name__})

    # --- after a gap ---

    async def _look_for_missed(self) -> None:
        """Questions that came while nobody listened: Slack tries again for some minutes only. Looked for until it could
        be seen; how far a channel was read is noted only after that."""
        now = f"{self._now().timestamp():.6f}"
        pause, longest = _AGAIN_S
        while not await self._has_looked(now):
            await asyncio.sleep(pause)
            pause = min(longest, pause * 2)
        self._looked = True

    async def _has_looked(self, now: str) -> bool:
        try:
            known = await self._store.cursors(PLATFORM)
            found: Any = await self._line.client.users_conversations(
                types=_READING_BACK, exclude_archived=True, limit=_MOST_CHANNELS
            )
            channels = [str(one["id"]) for one in found.get("channels") or ()]
            for channel in channels:
                if channel not in self._caught_up:
                    if channel in known:
                        await self._read_back(channel, float(known[channel]) - OVERLAP_S)
                    self._caught_up.add(channel)
                    await self._seen(channel, now)
        except CALL_ERRORS as error:
            code = code_of(error)
            log.warning("missed questions could not be looked for", extra={"code": code or type(error).__name__})
            return code in MAY_NOT_READ
        except VerbatimError as error:
            log.warning("missed questions could not be looked for", extra={"code": error.code})
            return False
        return True

    async def _read_back(self, channel: str, after: float) -> None:
        """Answer what was asked in a channel and in its latest threads. What was answered before is not again."""
        client = self._line.client
        try:
            found: Any = await client.conversations_history(channel=channel, limit=MISSED)
        except CALL_ERRORS as error:
            if code_of(error) not in MAY_NOT_READ:
                raise
            return  # without that right nothing can be read back, now or later
        messages = [*(found.get("messages") or ())]
        threads = [one["ts"] for one in messages if _after(one.get("latest_reply"), after)]
        for thread in threads[:_MOST_THREADS]:
            page: Any = await client.conversations_replies(
                channel=channel, ts=thread, oldest=f"{after:.6f}", limit=MISSED
            )
            messages += [one for one in page.get("messages") or () if one.get("ts") != thread]
        for message in sorted(messages, key=lambda one: str(one.get("ts"))):
            if _after(message.get("ts"), after):
                await self._answer_missed(channel, message)

    async def _answer_missed(self, channel: str, message: Json) -> None:
        me = self._me or _Me("", "", "")
        direct = channel.startswith("D")
        if not direct and f"<@{me.user}>" not in str(message.get("text") or ""):
            return
        event = {**message, "type": "message" if direct else "app_mention", "channel": channel}
        body = {"type": "event_callback", "event": event}
        what = came(body)
        if what is None or what.user == me.user:
            return
        # Only what was never taken: asking who somebody is takes a call.
        if await self._store.event(PLATFORM, message_id(me.workspace, channel, what.message)) is None:
            async with self._questions:
                await self._answer(what, "", body)

    async def _seen(self, channel: str, ts: str) -> None:
        with contextlib.suppress(VerbatimError):  # a full disk: it will be looked at again
            await self._store.put_cursor(PLATFORM, channel, ts)

    # --- small things ---

    def responder_for(self, request: Request) -> SlackResponder:
        """For a request of before a crash: by the ways that still stand."""
        arguments = request.arguments
        return SlackResponder(
            self._line, request.place, request.person.id, asked_at=arguments.get(ASKED_AT, ""),
            answer_at=arguments.get(ANSWER_AT, ""),
        )  # fmt: skip

    def _spawn(self, work: Coroutine[Any, Any, None]) -> None:
        task = asyncio.create_task(work)
        self._under_way.add(task)
        task.add_done_callback(self._ended)

    def _background(self, work: Coroutine[Any, Any, None]) -> None:
        task = asyncio.create_task(work)
        self._behind.add(task)
        task.add_done_callback(self._ended)

    def _ended(self, task: asyncio.Task[None]) -> None:
        self._under_way.discard(task)
        if not task.cancelled() and (error := task.exception()) is not None:
            code = code_of(error)
            log.error("a slack event failed", extra={"error": code or what_and_where(error)})

    async def finish(self, patience_s: float) -> None:
        """Take nothing more, let what is under way end, within a time. What does not is taken up at the next start."""
        for task in self._behind:
            task.cancel()
        if self._behind:
            await asyncio.wait(self._behind)
        if self._socket is not None:
            await self._socket.close_async()  # type: ignore[no-untyped-call]
        if self._runner is not None:
            await self._runner.cleanup()
        if self._under_way:
            await asyncio.wait(self._under_way, timeout=patience_s)
        for task in list(self._under_way):
            task.cancel()
        if self._under_way:
            await asyncio.wait(self._under_way, timeout=1.0)


def _after(ts: object, instant: float) -> bool:
    """Whether a message's time is after an instant."""
    try:
        return float(str(ts)) > instant
    except ValueError:
        return False


def _is_public(body: Json) -> bool:
    """Whether a command's answer is for all to see, and so the command itself."""
    what = came(body)
    if what is None or what.direct:
        return False
    typed = typed_command(str(body.get("text") or ""), slash=True)
    if typed is None or typed.problem:
        return False
    return not typed.command.private and typed.arguments.get("private") != "true"


def quiet() -> logging.Logger:
    """For Slack's libraries, which write whole bodies, tickets and what people said into their own words."""
    logger = logging.getLogger("bot.chat.slack.library")
    logger.setLevel(logging.WARNING)  # looked at by them as such, not as what is effective
    if not logger.filters:
        logger.addFilter(_without_words)
    return logger


def _without_words(record: logging.LogRecord) -> bool:
    """That something happened, where and of what kind: nothing of what was said."""
    if record.levelno < logging.ERROR and record.funcName == "__init__":
        return False  # advice on how the library's parts are put together: nothing happened
    kind = record.exc_info[0] if record.exc_info else None
    record.msg, record.args, record.exc_info, record.exc_text = "slack's library reports trouble", (), None, None
    record.__dict__ |= {"at": record.funcName, "error": kind.__name__ if kind else ""}
    return True
