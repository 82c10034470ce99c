"""The front desk: every request is taken once, judged by rights, handed to who knows, and ends in a reply."""

from __future__ import annotations

import asyncio
import logging
from collections import OrderedDict
from collections.abc import Awaitable, Callable, Mapping
from dataclasses import replace
from datetime import UTC, datetime, timedelta
from typing import TYPE_CHECKING, Final

import msgspec

from bot.chat.commands import BY_KEY, ArgumentKind
from bot.chat.composing import error_message, note_message
from bot.chat.messages import Button, Message, Paragraph, Tone
from bot.chat.requests import Request, RequestKind, Responder, Right
from bot.chat.texts import say
from bot.chat.typed_commands import asks_what_is_new, typed_command
from bot.errors import VerbatimError, what_and_where
from bot.front_desk.language import language_of
from bot.language_model.budget import person_key
from bot.language_model.port import Payer
from bot.library.delivery_store import DeliveryKind, EventState

if TYPE_CHECKING:
    from bot.chat.commands import Command
    from bot.chat.typed_commands import Typed
    from bot.front_desk.asking import Asking, Found
    from bot.front_desk.face import Face
    from bot.library.delivery_store import DeliveryStore

log = logging.getLogger(__name__)

PATIENCE_S: Final = 60.0  # a question that takes longer is apologised for
EARLIER: Final = 5  # questions of a thread that a new one may lean on
_ONE_SITTING: Final = timedelta(minutes=30)  # a direct message has no threads: what was asked before that is forgotten
_SHARED_QUESTION: Final = 300  # code points of a question that is shown with its answer
_HELP: Final = "news help"
_SPARE_S: Final = 7.0  # beyond the time that a model has, for looking up and rendering
_SAY_AGAIN: Final = timedelta(hours=1)
_MOST_SAID: Final = 10_000

Handler = Callable[[Request, Responder], Awaitable[None]]


def utc_now() -> datetime:
    return datetime.now(UTC)


def answer_key(request: Request) -> str:
    """The key of the reply to a request: the same for every delivery of the same event."""
    return f"answer:{request.place.platform}:{request.id}"


class FrontDesk:
    """Handles requests of every platform. `handlers` are by name: of commands, buttons, forms and message menus.

    `rights` are those of names that are no command; a name that is nowhere needs none. `permit` raises when a workspace
    does not allow what was asked for; `audited` hears of what only managers and admins may do, and what came of it.
    """

    def __init__(
        self,
        asking: Asking,
        deliveries: DeliveryStore,
        faces: Mapping[str, Face],
        handlers: Mapping[str, Handler],
        *,
        rights: Mapping[str, Right] | None = None,
        earlier: Callable[[Request], Awaitable[list[str]]] | None = None,
        asked: Callable[[Request, str], Awaitable[None]] | None = None,
        permit: Callable[[Request, Command | None], Awaitable[None]] | None = None,
        audited: Callable[[Request, str], Awaitable[None]] | None = None,
        wake: Callable[[str], None] = lambda _: None,
        now: Callable[[], datetime] = utc_now,
        patience_s: float = PATIENCE_S,
    ) -> None:
        self._asking, self._deliveries, self._faces = asking, deliveries, faces
        self._handlers = {**handlers, "ask": self.ask, "share": self.share}
        self._rights = dict(rights or {})
        self._earlier, self._asked, self._wake = earlier, asked, wake
        self._permit, self._audited = permit, audited
        self._now, self._patience_s = now, patience_s
        self._writing: set[asyncio.Task[None]] = set()
        self._said: OrderedDict[tuple[str, ...], datetime] = OrderedDict()  # why nothing was worded, to whom and when

    async def handle(self, request: Request, responder: Responder) -> None:
        """Answer one request; does nothing when it was taken before. Never raises, but for cancellation."""
        platform = request.place.platform
        kept = msgspec.json.encode(request).decode()
        try:
            if not await self._deliveries.take_event(
                platform, request.id, request_json=kept, now=self._now(), conversation=request.conversation
            ):
                return
        except VerbatimError as error:  # a full disk: nothing can be promised, but the cause can be told
            await self._apologise(request, responder, error_message(error, language_of(request)), keep=False)
            return
        await self._handle(request, responder)

    async def resume(self, before: datetime, platform: str, responder_for: Callable[[Request], Responder]) -> int:
        """Answer or apologise for what was taken before a crash and never ended; how many requests that were.

        Questions are answered, since their reply has a key and stands once. What only the person would have seen cannot
        be sent any more, and is ended.
        """
        found = await self._deliveries.open_events(platform, before=before)
        for event in found:
            try:
                request = msgspec.json.decode(event.request_json, type=Request)
            except msgspec.MsgspecError:  # of another release
                await self._deliveries.end_event(platform, event.id, EventState.APOLOGISED, now=self._now())
                continue
            if request.kind is RequestKind.QUESTION or request.name == "ask":
                await self._handle(request, responder_for(request))
            else:
                await self._deliveries.end_event(platform, event.id, EventState.APOLOGISED, now=self._now())
        return len(found)

    async def _handle(self, request: Request, responder: Responder) -> None:
        platform, language = request.place.platform, language_of(request)
        try:
            async with asyncio.timeout(self._patience_s):
                await self._dispatch(request, responder)
            await self._deliveries.end_event(platform, request.id, EventState.ANSWERED, now=self._now())
        except TimeoutError:
            log.warning("request timed out", extra={"platform": platform, "request": request.name})
            apology = note_message(say("took-too-long", language), language, Tone.TROUBLE)
            await self._apologise(request, responder, apology)
        except VerbatimError as error:
            log.info("request refused", extra={"code": error.code, "facts": error.log, "request": request.name})
            await self._apologise(request, responder, error_message(error, language))
        except Exception as error:  # noqa: BLE001 - a mistake of ours in one request: the others go on, the person hears
            log.error("request failed", extra={"request": request.name, "error": what_and_where(error)})
            apology = note_message(say("our-mistake", language), language, Tone.TROUBLE)
            await self._apologise(request, responder, apology)

    async def _dispatch(self, request: Request, responder: Responder) -> None:
        if request.kind is RequestKind.QUESTION:
            typed = typed_command(request.text)
            if typed is not None and meant_as_command(typed, request.text):
                request = _as_command(request, typed)
            elif not request.text.strip():
                request = replace(request, kind=RequestKind.COMMAND, name=_HELP)
            else:
                await self.ask(request, responder)
                return
        command = BY_KEY.get(request.name)
        right = command.right if command else self._rights.get(_verb(request.name), Right.EVERYONE)
        outcome = "failed"
        try:
            await self._carry_out(request, responder, command, right)
            outcome = "done"
        except VerbatimError as error:
            outcome = error.code
            raise
        finally:
            if right > Right.EVERYONE and self._audited is not None:
                await self._audited(request, outcome)

    async def _carry_out(self, request: Request, responder: Responder, command: Command | None, right: Right) -> None:
        language = language_of(request)
        if request.person.right < right:
            raise VerbatimError("no-right", f"{request.name} needs {right.name}", say("no-right", language))
        handler = self._handlers.get(request.name) or self._handlers.get(_verb(request.name))
        if handler is None:
            raise VerbatimError("unknown-command", request.name, say("unknown-command", language))
        request = _with_plain_channels(request, command)
        if self._permit is not None:
            await self._permit(request, command)
        await handler(request, responder)

    async def ask(self, request: Request, responder: Responder) -> None:
        """Answer a question, for all to see unless it was asked to be private."""
        question = request.arguments.get("question") or request.text
        language = language_of(request)
        await responder.working(say("reading", language))
        earlier = await (self._earlier or self._asked_before)(request)
        scope, now = request.place.scope, self._now()
        found = await self._asking.found(question, scope, earlier=earlier, now=now, payer=_payer(request))
        message = await self._asking.message(found.answer, scope, key=request.id, now=now)
        if self._asked is not None:
            await self._asked(request, question)
        private = request.arguments.get("private") == "true" and not request.place.direct
        if private:
            shareable = bool(found.answer.quotes)
            message = await self._answer_privately(request, responder, question, message, shareable=shareable)
        else:
            await self._owe(request, message, ends=True)
        if self._asking.can_write:
            work = self._write(request, found, earlier, message, responder if private else None)
            task = asyncio.create_task(work)
            self._writing.add(task)
            task.add_done_callback(self._writing.discard)

    async def settle(self) -> None:
        """Wait until every answer that a model is wording stands."""
        while self._writing:
            await asyncio.wait(set(self._writing))

    async def close(self) -> None:
        """Give up what models are wording: the quotes stand."""
        for task in self._writing:
            task.cancel()
        await self.settle()

    async def _write(
        self, request: Request, found: Found, earlier: list[str], before: Message, responder: Responder | None
    ) -> None:
        """Have a model word an answer that stands as its quotes, and put that in its place, once. Never raises."""
        place, now, payer = request.place, self._now(), _payer(request)
        try:
            async with asyncio.timeout(self._asking.altogether_s + _SPARE_S):
                written = await self._asking.written(found, place.scope, earlier=earlier, now=now, payer=payer)
            if written is None:
                return
            writing = written.writing
            facts = {"prompt": writing.prompt, "calls": written.calls, "dropped": written.dropped}
            log.info("an answer was %s", "worded" if written.is_more else f"not worded: {writing.reason}", extra=facts)
            if written.is_more or written.answer.status is not found.answer.status:
                message = await self._asking.message(
                    written.answer, place.scope, key=request.id, now=self._now(), written=written
                )
                more = [one for one in before.buttons if one not in message.buttons]
                message = replace(message, buttons=(*message.buttons, *more))
            elif written.answer.note and self._is_to_be_said(request, written.answer.note):
                note = Paragraph(written.answer.note, small=True)
                message = replace(before, blocks=(*before.blocks, note))
            else:
                return
            if responder is not None:
                await responder.replace(message)
            else:
                await self._edit(request, message)
        except TimeoutError:
            log.warning("an answer was not worded in time", extra={"platform": place.platform})
        except Exception as error:  # noqa: BLE001 - the quotes stand already; whatever goes wrong costs style alone
            log.error("an answer could not be worded", extra={"error": what_and_where(error)})

    async def _edit(self, request: Request, message: Message) -> None:
        """Put this in the place of the answer that is owed, or stands already."""
        face, key = self._faces[request.place.platform], answer_key(request)
        parent = f"{key}:0"
        answer = next(one for one in face.reply(request, key, face.render(message)) if one.key == parent)
        edit = replace(
            answer, key=f"{key}:written", kind=DeliveryKind.EDIT, parent_key=parent,
            reply_to=answer.reply_to if request.kind is not RequestKind.QUESTION else "",
        )  # fmt: skip
        await self._deliveries.owe([edit], now=self._now())
        self._wake(request.place.platform)

    def _is_to_be_said(self, request: Request, note: str) -> bool:
        """Whether a person was not told the same in this place within the last hour."""
        place, now = request.place, self._now()
        key = (place.platform, place.workspace, place.channel, request.person.id, note)
        last = self._said.pop(key, None)
        again = last is None or now - last >= _SAY_AGAIN
        self._said[key] = now if last is None or again else last
        while len(self._said) > _MOST_SAID:
            self._said.popitem(last=False)
        return again

    async def _asked_before(self, request: Request) -> list[str]:
        """The questions of the same thread, oldest first, from what was taken."""
        if not request.conversation:
            return list(request.thread_before)
        until = self._now() + timedelta(seconds=1)  # what was taken at this very instant, too
        found = await self._deliveries.conversation(
            request.place.platform, request.conversation, before=until, limit=EARLIER + 1
        )
        questions = list(request.thread_before)
        for event in found:
            if event.id == request.id:
                continue
            try:
                before = msgspec.json.decode(event.request_json, type=Request)
            except msgspec.MsgspecError:  # of another release
                continue
            recent = not request.place.direct or request.at - before.at <= _ONE_SITTING
            if before.kind is RequestKind.QUESTION and recent and before.at <= request.at and before.text.strip():
                questions.append(before.text)
        return questions[-EARLIER:]

    async def _answer_privately(
        self, request: Request, responder: Responder, question: str, message: Message, *, shareable: bool
    ) -> Message:
        """Answer the person alone; the message as it was shown. The answer is kept as one that was withheld: its
        buttons find it, and it may be shared as it is."""
        if shareable:
            language = language_of(request)
            asked = say("shared-by", language, person=request.person.name, question=question[:_SHARED_QUESTION])
            shown = replace(message, blocks=(Paragraph(asked, small=True), *message.blocks))
            place, face = request.place, self._faces[request.place.platform]
            owed = face.post(place.workspace, place.channel, answer_key(request), face.render(shown))
            kept = [replace(one, thread=place.thread, withheld="private") for one in owed]
            await self._deliveries.owe(kept, now=self._now())
            share = Button(say("share", language), f"share:{request.id}")
            message = replace(message, buttons=(*message.buttons, share))
        await responder.only_you(message)
        return message

    async def share(self, request: Request, responder: Responder) -> None:
        """Show everyone here an answer that was private: the one that was given, by whom it was given to."""
        platform, key, language = request.place.platform, request.name.partition(":")[2], language_of(request)
        kept = await self._deliveries.delivery(f"answer:{platform}:{key}:0")
        asked = await self._deliveries.event(platform, key)
        here = (request.place.workspace, request.place.channel)
        if kept is None or asked is None or (kept.owed.workspace, kept.owed.channel) != here:
            raise VerbatimError("share-gone", key, say("share-gone", language))
        if msgspec.json.decode(asked.request_json, type=Request).person.id != request.person.id:
            raise VerbatimError("share-not-yours", key, say("share-not-yours", language))
        await self._deliveries.owe([replace(kept.owed, key=f"shared:{platform}:{key}:0")], now=self._now())
        self._wake(platform)
        await responder.only_you(note_message(say("shared", language), language, Tone.GOOD))

    async def _owe(self, request: Request, message: Message, *, ends: bool) -> None:
        face = self._faces[request.place.platform]
        owed = face.reply(request, answer_key(request), face.render(message))
        event = (request.place.platform, request.id) if ends else None
        await self._deliveries.owe(owed, now=self._now(), answers=event)
        self._wake(request.place.platform)

    async def _apologise(
        self, request: Request, responder: Responder, message: Message, *, keep: bool = True
    ) -> None:
        """Say what went wrong, where the person looks for the answer."""
        platform = request.place.platform
        try:
            if keep and request.kind is RequestKind.QUESTION:
                await self._owe(request, message, ends=False)
            else:
                await responder.only_you(message)
            if keep:
                await self._deliveries.end_event(platform, request.id, EventState.APOLOGISED, now=self._now())
        except Exception as error:  # noqa: BLE001 - the last word there is; the event stays open for the next start
            log.error("an apology failed", extra={"request": request.name, "error": what_and_where(error)})


def meant_as_command(typed: Typed, text: str) -> bool:
    """Whether words in a mention that begin like a command are one: a bare verb, or one with what only it can take.

    "list the casualties" and "why did the dam break?" are questions.
    """
    if typed.problem:
        return False
    if asks_what_is_new(text):
        return True
    required = next((one for one in typed.command.arguments if one.required), None)
    if required is None:
        words = text.split()
        return all(":" in word for word in words[len(typed.command.on_slack.split()) :])
    value = typed.arguments.get(required.name, "")
    if required.kind is ArgumentKind.URL or required.name == "item":
        return value.startswith(("http://", "https://", "#")) or (" " not in value and "." in value.strip("."))
    if required.kind is ArgumentKind.SOURCE:
        return value.startswith(("#", "http://", "https://"))
    return False


def _payer(request: Request) -> Payer:
    """Who asks, for the budget."""
    place = request.place
    person = person_key(place.platform, place.workspace, request.person.id)
    return Payer(place.scope.workspace, place.channel, person, f"{place.platform}:{request.id}")


def _as_command(request: Request, typed: Typed) -> Request:
    return replace(request, kind=RequestKind.COMMAND, name=typed.command.key, arguments=typed.arguments)


def _with_plain_channels(request: Request, command: Command | None) -> Request:
    """The request with channels as the platform names them: "C42" of "<#C42|news>"."""
    named = [one.name for one in command.arguments if one.kind is ArgumentKind.CHANNEL] if command else []
    plain = {
        name: request.arguments[name].strip("<#> ").partition("|")[0] for name in named if name in request.arguments
    }
    return replace(request, arguments={**request.arguments, **plain}) if plain else request


def _verb(name: str) -> str:
    """The handler of a button: "undo" of "undo:12"."""
    return name.partition(":")[0]
