"""What managers do with sources from a chat: add, try, pause, change, remove, hand files and lists in and out."""

from __future__ import annotations

from collections.abc import Awaitable, Callable, Mapping
from dataclasses import dataclass, replace
from datetime import date, datetime, timedelta
from typing import TYPE_CHECKING, Final

from bot.briefs.card import make_card
from bot.chat.commands import typed_as
from bot.chat.composing import card_message, note_message, points_message
from bot.chat.messages import (
    Attachment,
    Button,
    ButtonStyle,
    Choice,
    Facts,
    Field,
    FieldKind,
    Form,
    Heading,
    Menu,
    Message,
    Paragraph,
    Points,
    Tone,
)
from bot.chat.requests import Request, Responder, Right
from bot.chat.texts import say, say_day
from bot.documents.refusals import reason_in
from bot.domain import SourceKind
from bot.errors import Unreadable, VerbatimError
from bot.front_desk.language import language_of
from bot.front_desk.pending import Pending
from bot.library.source_store import Choices
from bot.library.store import SaveOutcome
from bot.library.subscription_store import Posts, Subscription
from bot.sources.german import help_in, next_in, problem_in
from bot.sources.source_health import SourceState
from bot.sourcing.adding import Added

if TYPE_CHECKING:
    from bot.chat.messages import Block
    from bot.chat.requests import Place
    from bot.intake import Intake
    from bot.library.desk import Desk
    from bot.library.subscription_store import SubscriptionStore
    from bot.sourcing.discovery import Offer
    from bot.sourcing.trying import Trial
    from bot.sourcing.use_cases import Sourcing
    from bot.sourcing.views import SourceView

PAGE: Final = 10
_PAUSES: Final = {"1d": timedelta(days=1), "1w": timedelta(days=7)}
_STATES: Final = {"failing": (SourceState.FAILING, SourceState.RESTING), "paused": (SourceState.PAUSED,)}

Handler = Callable[[Request, Responder], Awaitable[None]]
Announce = Callable[[Request, Message], Awaitable[None]]


@dataclass(frozen=True, slots=True)
class _Wish:
    """What somebody is about to add."""

    address: str
    kind: SourceKind | None
    choices: Choices
    offers: tuple[Offer, ...] = ()
    channel: str = ""  # another than the one where the command was given


def audience_of(place: Place) -> str:
    """Who sees what is added here: the workspace; in a private channel or direct message, that place alone."""
    workspace = f"w:{place.scope.workspace}"
    return f"{workspace}/c:{place.channel}" if place.private or place.direct else workspace


class SourceCommands:
    """The handlers of `/source …` and `/news list`. `announce` puts one public line into the channel."""

    def __init__(
        self,
        sourcing: Sourcing,
        intake: Intake,
        desk: Desk,
        announce: Announce,
        subscriptions: SubscriptionStore,
        *,
        now: Callable[[], datetime],
        max_file_bytes: int,
        room: Callable[[Place], Awaitable[int | None]] | None = None,
    ) -> None:
        self._room = room
        self._sourcing, self._intake, self._desk, self._announce = sourcing, intake, desk, announce
        self._subscriptions = subscriptions
        self._now, self._max_file_bytes = now, max_file_bytes
        self._wishes: Pending[_Wish] = Pending(now)

    def handlers(self) -> Mapping[str, Handler]:
        return {
            "source add": self.add, "source test": self.test, "source pause": self.pause, "source resume": self.resume,
            "source edit": self.edit, "source remove": self.remove, "source import": self.import_list,
            "source export": self.export_list, "source file": self.file, "news list": self.list,
            "add as source": self.add,
            "follow": self.follow, "cancel": self.cancel, "pick": self.pick, "remove": self.removed, "undo": self.undo,
            "save": self.saved, "page": self.list, "last": self.post_last,
        }  # fmt: skip

    RIGHTS: Final = dict.fromkeys(
        ("add as source", "follow", "cancel", "pick", "remove", "undo", "save", "last"), Right.MANAGER
    )

    async def add(self, request: Request, responder: Responder) -> None:
        """Look at what was pasted; it is stored when somebody confirms."""
        language = language_of(request)
        links = request.about.links if request.about else ()
        address = request.arguments.get("url") or (links[0] if links else "")
        if not address:
            await responder.only_you(note_message(say("no-link-there", language), language, Tone.TROUBLE))
            return
        channel = request.arguments.get("channel", "")
        await self._offer(request, responder, _Wish(address, None, _choices(request.arguments), channel=channel))

    async def _offer(self, request: Request, responder: Responder, wish: _Wish) -> None:
        language = language_of(request)
        watch = wish.kind is SourceKind.PAGE
        trial = await self._sourcing.test(wish.address, request.place.scope, watch=watch)
        if not trial.ok and not trial.offers:
            raise VerbatimError(trial.code, "not added", trial.reason)
        wish = replace(wish, address=trial.address or wish.address, offers=trial.offers)
        self._wishes.put(request.id, wish)
        await responder.only_you(_offered(trial, request.id, language))

    async def pick(self, request: Request, responder: Responder) -> None:
        """One of the offered feeds was chosen from the menu."""
        wish = self._wishes.take(_key(request))
        number = request.arguments.get("value", "")
        if wish is None or not number.isdigit() or int(number) >= len(wish.offers):
            await self._expired(request, responder)
            return
        offer = wish.offers[int(number)]
        await self._offer(request, responder, replace(wish, address=offer.address, kind=offer.kind, offers=()))

    async def follow(self, request: Request, responder: Responder) -> None:
        """Confirmed: it is stored, and everyone is told in one line."""
        language, wish = language_of(request), self._wishes.take(_key(request))
        if wish is None:
            await self._expired(request, responder)
            return
        added = await self._sourcing.add(
            wish.address, audience=audience_of(request.place), kind=wish.kind, choices=wish.choices,
            by=request.person.name,
        )  # fmt: skip
        if added.source is None:
            raise VerbatimError(added.code, "not added", added.reason)
        facts = {"title": added.source.title, "id": added.source.id}
        await self._subscribe(request, wish.channel, added.source.id, wish.choices.post)
        if added.outcome is Added.KNOWN:
            await responder.replace(note_message(say("source-known", language, **facts), language))
            return
        buttons = [Button(say("undo", language), f"remove:{added.source.id}:keep")]
        if added.items:
            buttons.insert(0, Button(say("post-last", language), f"last:{added.source.id}"))
        told = say("source-added-short", language, **facts)
        newest = tuple(one.title or one.link for one in added.newest)
        blocks = (Paragraph(told), *((Points(newest),) if newest else ()))
        await responder.replace(Message(told, blocks, language, Tone.GOOD, tuple(buttons)))
        told = say("source-added", language, person=request.person.name, **facts)
        await self._announce(request, note_message(told, language))

    async def cancel(self, request: Request, responder: Responder) -> None:
        self._wishes.take(_key(request))
        await responder.replace(note_message(say("cancelled", language_of(request)), language_of(request)))

    async def post_last(self, request: Request, responder: Responder) -> None:
        documents = await self._sourcing.post_last(_key(request), request.place.scope)
        told = say("posted-last", language_of(request), n=len(documents))
        await responder.replace(note_message(told, language_of(request), Tone.GOOD))

    async def test(self, request: Request, responder: Responder) -> None:
        trial = await self._sourcing.test(request.arguments["url"], request.place.scope)
        if not trial.ok and not trial.offers:
            raise VerbatimError(trial.code, "tested", trial.reason)
        await responder.only_you(_offered(trial, "", language_of(request)))

    async def list(self, request: Request, responder: Responder) -> None:
        """Pages of ten; a button turns the page in place."""
        language = language_of(request)
        parts = request.name.split(":")
        turned = parts[0] == "page"
        state = parts[1] if turned else request.arguments.get("state", "all")
        first = int(parts[2]) if turned and parts[2].isdigit() else 0
        views = await self._sourcing.list(request.place.scope, states=_STATES.get(state, ()))
        if not views:
            none = say("no-sources", language, add=typed_as("source add", request.place.platform))
            await responder.only_you(note_message(none, language, Tone.GREY))
            return
        shown = views[first : first + PAGE]
        head = say("sources-page", language, first=first + 1, last=first + len(shown), all=len(views))
        buttons = []
        if first:
            buttons.append(Button(say("back", language), f"page:{state}:{max(0, first - PAGE)}"))
        if first + PAGE < len(views):
            buttons.append(Button(say("more", language), f"page:{state}:{first + PAGE}"))
        message = points_message(head, [_line(view, language) for view in shown], language, buttons)
        await (responder.replace(message) if turned else responder.only_you(message))

    async def pause(self, request: Request, responder: Responder) -> None:
        how_long = _PAUSES.get(request.arguments.get("for", ""))
        until = self._now() + how_long if how_long else None
        view = await self._sourcing.pause(
            request.arguments["source"], request.place.scope, until=until, by=request.person.name
        )
        await self._done(request, responder, "paused-until", view)

    async def resume(self, request: Request, responder: Responder) -> None:
        view = await self._sourcing.resume(request.arguments["source"], request.place.scope)
        await self._done(request, responder, "resumed", view)

    async def edit(self, request: Request, responder: Responder) -> None:
        """A form with what stands there now."""
        language = language_of(request)
        shown = await self._sourcing.show(request.arguments["source"], request.place.scope)
        view, chosen = shown.source, shown.source.choices
        hint, languages = say("by-commas", language), ", ".join(chosen.languages)
        posts = tuple(Choice(one, say(f"choice-{one}", language)) for one in ("brief", "each", "both"))
        fields = (
            Field("name", say("edit-name", language), value=view.title, required=False),
            Field("keep", say("edit-keep", language), value=", ".join(chosen.keep), required=False, hint=hint),
            Field("drop", say("edit-drop", language), value=", ".join(chosen.drop), required=False, hint=hint),
            Field("lang", say("edit-languages", language), value=languages, required=False, hint=hint),
            Field("post", say("edit-post", language), FieldKind.CHOICE, value=chosen.post, choices=posts),
        )
        await responder.open_form(Form(f"save:{view.id}", say("edit-title", language), say("save", language), fields))

    async def saved(self, request: Request, responder: Responder) -> None:
        """The form came back."""
        ref = _key(request)
        before = (await self._sourcing.show(ref, request.place.scope)).source.choices
        view = await self._sourcing.edit(ref, _choices(request.arguments, before, clear=True), request.place.scope)
        await self._subscribe(request, request.place.channel, view.id, view.choices.post)
        await self._done(request, responder, "saved", view)

    async def remove(self, request: Request, responder: Responder) -> None:
        """Asks once more, with what becomes of the documents."""
        language = language_of(request)
        view = (await self._sourcing.show(request.arguments["source"], request.place.scope)).source
        documents = request.arguments.get("documents", "keep")
        sure = say(
            "remove-sure", language, title=view.title, id=view.id, documents=say(f"choice-{documents}", language)
        )
        buttons = [
            Button(say("remove", language), f"remove:{view.id}:{documents}", style=ButtonStyle.DANGER),
            Button(say("cancel", language), f"cancel:{request.id}"),
        ]
        await responder.only_you(note_message(sure, language, Tone.WARNING, buttons))

    async def removed(self, request: Request, responder: Responder) -> None:
        _, ref, documents = request.name.split(":")
        language = language_of(request)
        view = await self._sourcing.remove(
            ref, request.place.scope, erase=documents == "erase", by=request.person.name
        )
        told = say("removed-short", language, title=view.title, id=view.id)
        undo = [Button(say("undo", language), f"undo:{view.id}")]
        await responder.replace(note_message(told, language, Tone.GOOD, undo))

    async def undo(self, request: Request, responder: Responder) -> None:
        view = await self._sourcing.undo_remove(_key(request), request.place.scope)
        told = say("undone", language_of(request), title=view.title, id=view.id)
        await responder.replace(note_message(told, language_of(request), Tone.GOOD))

    async def import_list(self, request: Request, responder: Responder) -> None:
        language = language_of(request)
        name, raw = await self._file_of(request, responder)
        room = await self._room(request.place) if self._room else None
        lines = await self._sourcing.import_list(
            raw, name, audience=audience_of(request.place), by=request.person.name, room=room
        )
        counted = {outcome: sum(one.outcome is outcome for one in lines) for outcome in Added}
        head = say(
            "imported", language, added=counted[Added.ADDED], known=counted[Added.KNOWN], failed=counted[Added.FAILED]
        )
        failed = [one for one in lines if one.outcome is Added.FAILED]
        rows = [f"{one.address}: {reason_in(language, one.code, one.reason)}" for one in failed]
        rows += [f"#{one.source_id} {one.title}" for one in lines if one.outcome is Added.ADDED]
        await responder.only_you(points_message(head, rows, language))

    async def export_list(self, request: Request, responder: Responder) -> None:
        language, format_ = language_of(request), request.arguments.get("format", "opml")
        content = await self._sourcing.export_list(format_, request.place.scope)
        told = say("exported", language, n=f"{len(content):,}", format=format_.upper())
        kinds = {"opml": "text/x-opml", "csv": "text/csv", "txt": "text/plain"}
        message = note_message(told, language)
        attached = Attachment(f"sources.{format_}", content, kinds[format_])
        await responder.only_you(replace(message, attachments=(attached,)))

    async def file(self, request: Request, responder: Responder) -> None:
        """A file becomes a document of this place: its card for all to see, a note for who brought it."""
        language = language_of(request)
        name, raw = await self._file_of(request, responder)
        day = _day(request.arguments.get("date", ""))
        saved = await self._intake.hand_over(
            raw, name, audience_of(request.place), title=request.arguments.get("title", ""),
            language=request.arguments.get("lang", ""), day=day,
        )  # fmt: skip
        facts = saved.document.version
        if facts is None or saved.outcome is SaveOutcome.UNCHANGED:
            told = say("file-known", language, id=saved.document.id)
            await responder.only_you(note_message(told, language))
            return
        about = {"title": facts.title or name, "language": facts.language, "day": say_day(facts.published, language)}
        await responder.only_you(note_message(say("file-read", language, **about), language, Tone.GOOD))
        version = self._desk.version(request.place.scope, facts.id)
        if version is not None:
            await self._announce(request, card_message(make_card(version), language, facts.address))

    async def _subscribe(self, request: Request, channel: str, source_id: int, posts: str) -> None:
        place = request.place
        wish = Subscription(place.platform, place.workspace, channel or place.channel, source_id, Posts(posts))
        await self._subscriptions.subscribe(wish)

    async def _file_of(self, request: Request, responder: Responder) -> tuple[str, bytes]:
        if not request.files:
            person = "There was no file with that command. Attach one and use it again."
            raise Unreadable("no-file", request.name, person)
        file = request.files[0]
        return file.name, await responder.read_file(file, self._max_file_bytes)

    async def _done(self, request: Request, responder: Responder, text: str, view: SourceView) -> None:
        language = language_of(request)
        then = next_in(language, view.state, view.next_at, view.paused_until)
        told = say(text, language, title=view.title, id=view.id, next=then)
        await responder.only_you(note_message(told, language, Tone.GOOD))

    async def _expired(self, request: Request, responder: Responder) -> None:
        language = language_of(request)
        await responder.replace(note_message(say("expired", language), language, Tone.TROUBLE))


def _key(request: Request) -> str:
    """What stands after the verb of a button or form: "12" of "undo:12"."""
    return request.name.partition(":")[2].partition(":")[0]


def _choices(arguments: Mapping[str, str], before: Choices | None = None, *, clear: bool = False) -> Choices:
    """What was chosen, over what stood there; with `clear`, what is empty is taken away."""
    chosen = before or Choices()

    def listed(name: str, old: tuple[str, ...]) -> tuple[str, ...]:
        if name not in arguments or not (arguments[name] or clear):
            return old
        return tuple(word.strip() for word in arguments[name].split(",") if word.strip())

    return replace(
        chosen,
        title=arguments.get("name") or chosen.title,
        keep=listed("keep", chosen.keep),
        drop=listed("drop", chosen.drop),
        languages=listed("lang", chosen.languages),
        post=arguments.get("post") or chosen.post,
    )


def _offered(trial: Trial, key: str, language: str) -> Message:
    """What a test of an address showed, with a way to follow it when `key` is given."""
    if not trial.ok:
        rows = [f"{_offer_title(one, language)} ({one.format or one.kind.value})" for one in trial.offers]
        blocks = (Paragraph(say("source-pick", language), strong=True), Points(tuple(rows)))
        choices = tuple(Choice(str(n), row) for n, row in enumerate(rows))
        menu = (Menu(f"pick:{key}", say("pick-placeholder", language), choices),) if key else ()
        return Message(say("source-pick", language), blocks, language, Tone.WARNING, menu)
    title = trial.title or trial.address
    head = say("source-found", language, title=title)
    newest = tuple(f"{one.title or one.link}" for one in trial.items[:3])
    facts = [("HTTP", str(trial.status)), ("", f"{trial.reader} · {trial.media_type}")]
    small = say("source-items", language, n=trial.item_count)
    if trial.interval_s:
        small += " " + say("source-every", language, minutes=round(trial.interval_s / 60))
    blocks_ok: list[Block] = [Heading(title), Paragraph(head, strong=True)]
    if newest:
        blocks_ok.append(Points(newest))
    blocks_ok += [Paragraph(small, small=True), Facts(tuple(facts))]
    if trial.problems:
        blocks_ok.append(Points(tuple(problem_in(language, one) for one in trial.problems[:5])))
    buttons: tuple[Button, ...] = ()
    if key:
        buttons = (
            Button(say("confirm", language), f"follow:{key}", style=ButtonStyle.MAIN),
            Button(say("cancel", language), f"cancel:{key}"),
        )
    return Message(head, tuple(blocks_ok), language, Tone.GOOD, buttons)


def _offer_title(offer: Offer, language: str) -> str:
    if offer.kind is SourceKind.PAGE:
        return say("page-itself", language)
    return offer.title or offer.address


def _line(view: SourceView, language: str) -> str:
    """A source in one line of a list."""
    marks = {SourceState.ACTIVE: "●", SourceState.PAUSED: "‖", SourceState.FAILING: "!", SourceState.RESTING: "z"}
    reason, helps = reason_in(language, view.code, view.reason), help_in(language, view.state, view.code)
    why = f" — {reason} {helps}".rstrip() if view.code else ""
    return f"{marks[view.state]} #{view.id} {view.title}{why}"


def _day(text: str) -> date | None:
    """A day as somebody typed it. Raises VerbatimError."""
    if not text:
        return None
    try:
        return date.fromisoformat(text.strip())
    except ValueError as error:
        person = f"“{text[:40]}” is no date that can be read. Write it as 2026-11-03."
        raise VerbatimError("no-date", text[:40], person) from error
