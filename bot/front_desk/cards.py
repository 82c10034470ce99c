"""Cards: what is new in a source, posted once to each channel that wants it, and edited when a figure changed."""

from __future__ import annotations

import asyncio
import logging
import time
from collections.abc import Awaitable, Callable, Mapping
from dataclasses import dataclass, replace
from datetime import datetime
from typing import TYPE_CHECKING, Final

from bot.briefs.card import make_card
from bot.briefs.written import write_card
from bot.chat.composing import card_message, note_message
from bot.chat.messages import Paragraph
from bot.chat.texts import say
from bot.domain import DocumentState, Receipt, Scope
from bot.errors import VerbatimError, what_and_where
from bot.language_model.port import ModelOutcome, Payer
from bot.library.delivery_store import DeliveryKind, DeliveryState
from bot.stories.figures import figures_in

if TYPE_CHECKING:
    from bot.briefs.card import Card
    from bot.chat.messages import Message
    from bot.domain import Change, Document, StoredVersion
    from bot.front_desk.face import Face
    from bot.library.delivery_store import DeliveryStore
    from bot.library.desk import Desk
    from bot.library.store import Membership, Store
    from bot.library.subscription_store import Subscription, SubscriptionStore
    from bot.writing import Writer, Writing

log = logging.getLogger(__name__)

_CURSOR: Final = "cards"  # how far the change log was posted from; kept beside the platforms' cursors
_BATCH: Final = 100
_TOLD: Final = ("cap", "limit")  # what was withheld for these reasons is counted out to the channel
_AT_ONCE: Final = 3  # cards that a model words
_WRITING_S: Final = 10.0  # a model has so long for the cards of one round: then the quotes go out alone
_MOST_LATE: Final = 30
_LATE_S: Final = 120.0  # so long a card waits to be edited for a model that was too slow


@dataclass(frozen=True, slots=True)
class _News:
    """One line of the change log, with what a card needs of it."""

    document: Document
    version: StoredVersion
    membership: Membership


@dataclass(frozen=True, slots=True)
class _Late:
    """A card that went out as its quotes because a model was slow, and how long what it says is waited for."""

    wish: Subscription
    news: _News
    language: str
    until_s: float


class Cards:
    """Posts cards. Several processes may do so at once: every card has a key and is owed once."""

    def __init__(
        self,
        store: Store,
        desk: Desk,
        subscriptions: SubscriptionStore,
        deliveries: DeliveryStore,
        faces: Mapping[str, Face],
        *,
        wake: Callable[[str], None],
        now: Callable[[], datetime],
        withheld: Callable[[str, str, str], Awaitable[str]] | None = None,
        window_start: Callable[[], datetime] | None = None,
        writer: Writer | None = None,
        language: Callable[[str, str, str], Awaitable[str]] | None = None,
    ) -> None:
        """`language` knows in which language a channel is told things, "" where it has not said: then a card is told in
        its document's."""
        self._store, self._desk, self._subscriptions = store, desk, subscriptions
        self._deliveries, self._faces, self._wake, self._now = deliveries, faces, wake, now
        self._withheld, self._window_start = withheld, window_start or now
        self._writer, self._writes_until = writer, float("-inf")
        self._chosen = language
        self._late: dict[str, _Late] = {}  # by their keys
        self._more: dict[tuple[str, str, str], str] = {}  # channels that got less, and in which language

    async def post_new(self) -> int:
        """Owe the cards of what came since the last call; how many. The first call ever owes none: all that is there is
        known."""
        cursor = (await self._deliveries.cursors(_CURSOR)).get(_CURSOR)
        if cursor is None:
            await self._put_cursor(await self._store.newest_seq())
            return 0
        await self._edit_late()
        owed = 0
        while changes := await self._store.changes_after(int(cursor), _BATCH):
            done, count = await self._post(changes)
            owed += count
            if done is None:  # the next one has no story yet: it is taken up when it has
                break
            cursor = str(done)
            await self._put_cursor(done)
            if done != changes[-1].seq:
                break
        for (platform, workspace, channel), language in self._more.items():
            await self._say_more(platform, workspace, channel, language)
        self._more.clear()
        return owed

    async def _say_more(self, platform: str, workspace: str, channel: str, language: str) -> None:
        """One line for all cards that were withheld in this window: posted once, then edited with their number."""
        since = self._window_start()
        n = 0
        for why in _TOLD:
            n += await self._deliveries.owed_since(platform, workspace, "card:", since, channel=channel, withheld=why)
        if not n:
            return
        face = self._faces[platform]
        key = f"more:{platform}:{channel}:{since:%Y%m%dT%H%M%S}"
        line = face.render(note_message(say("more-cards", language, n=n), language))
        if await self._deliveries.delivery(f"{key}:0") is None:
            await self._deliveries.owe(face.post(workspace, channel, key, line), now=self._now())
        else:
            [edit] = face.post(workspace, channel, f"{key}:{n}", line)
            await self._deliveries.owe(
                [replace(edit, kind=DeliveryKind.EDIT, parent_key=f"{key}:0")], now=self._now()
            )
        self._wake(platform)

    async def _put_cursor(self, seq: int) -> None:
        await self._deliveries.put_cursor(_CURSOR, _CURSOR, str(seq))

    async def _post(self, changes: list[Change]) -> tuple[int | None, int]:
        """Owe the cards of these changes; how far it got, and how many cards that were."""
        documents = {change.document_id for change in changes if change.version_id is not None}
        self._writes_until = time.monotonic() + _WRITING_S
        memberships = await self._store.memberships(None, documents)
        done, owed = None, 0
        if self._writer is not None:
            await self._ask_ahead(changes, memberships)
        for change in changes:
            if change.version_id is not None:
                membership = memberships.get(change.document_id)
                if membership is None:
                    break
                try:
                    owed += await self._post_one(change, membership)
                except VerbatimError:
                    raise
                except Exception as error:  # noqa: BLE001 - a mistake of ours in one card must not keep the others back
                    facts = {"document": change.document_id, "error": what_and_where(error)}
                    log.error("a card could not be made and is left out", extra=facts)
            done = change.seq
        return done, owed

    async def _ask_ahead(self, changes: list[Change], memberships: Mapping[int, Membership]) -> None:
        """Have the model word several cards at once: when their turn comes, the writer knows what it said."""
        gate = asyncio.Semaphore(_AT_ONCE)

        async def ask(change: Change) -> None:
            membership = memberships.get(change.document_id)
            if change.version_id is None or membership is None:
                return
            async with gate:
                news, wishes = await self._news_of(change, membership)
                let = [wish for wish in wishes if not await self._why_withheld(wish)]
                if news is not None and let:
                    card = await asyncio.to_thread(make_card, news.version, membership)
                    for language, wish in {await self._language_of(wish, news): wish for wish in reversed(let)}.items():
                        await self._written(card, wish, language)

        for one in await asyncio.gather(*(ask(change) for change in changes), return_exceptions=True):
            if isinstance(one, Exception):
                log.warning("a card was not asked for ahead", extra={"error": what_and_where(one)})

    async def _post_one(self, change: Change, membership: Membership) -> int:
        news, wishes = await self._news_of(change, membership)
        return sum([await self._owe(wish, news) for wish in wishes]) if news is not None else 0

    async def _news_of(self, change: Change, membership: Membership) -> tuple[_News | None, list[Subscription]]:
        """What a change brings, and who wants a card of it."""
        assert change.version_id is not None  # noqa: S101 - the caller looked
        version = await self._store.version(None, change.version_id)
        if version is None or membership.report_id != change.document_id:
            return None, []  # a copy of a report is no news
        document = await self._store.document(_scope_of(version), f"#{change.document_id}")
        if document is None or document.baseline or document.state is not DocumentState.KEPT:
            return None, []
        if document.version is None or document.version.id != change.version_id:
            return None, []  # a later version is in the log, too
        found = await self._subscriptions.of_sources([document.source_id])
        wishes = [one for one in found if one.wants_cards and one.platform in self._faces and _may_see(one, version)]
        return _News(document, version, membership), wishes

    async def _owe(self, wish: Subscription, news: _News) -> int:
        face = self._faces[wish.platform]
        key = f"card:{news.document.id}:{wish.platform}:{wish.channel}"
        posted = await self._deliveries.delivery(f"{key}:0")
        if posted is not None and posted.state in (DeliveryState.DROPPED, DeliveryState.REFUSED):
            return 0  # it never stood there, so there is nothing to bring up to date
        number = news.version.facts.number
        if posted is not None and (number <= 1 or not await self._figures_changed(news)):
            return 0
        language = await self._language_of(wish, news)
        card, writing = await asyncio.to_thread(make_card, news.version, news.membership), None
        why = "" if posted is not None else await self._why_withheld(wish)
        if not why:  # a model is not paid for what nobody gets
            card, writing = await self._written(card, wish, language)
        message = card_message(card, language, news.version.facts.address)
        if posted is not None:
            message = _marked(message, language, self._now())
            edit = replace(
                face.post(wish.workspace, wish.channel, f"{key}:v{number}", face.render(message))[0],
                kind=DeliveryKind.EDIT, parent_key=f"{key}:0",
            )  # fmt: skip
            await self._deliveries.owe([edit], now=self._now())
            self._late.pop(key, None)
        else:
            owed = face.post(wish.workspace, wish.channel, key, face.render(message))
            if why:
                await self._deliveries.owe([replace(one, withheld=why) for one in owed], now=self._now())
                if why in _TOLD:
                    self._more[wish.platform, wish.workspace, wish.channel] = language
                return 0
            await self._deliveries.owe(owed, now=self._now())
            if writing is not None and writing.reason == ModelOutcome.SLOW and len(self._late) < _MOST_LATE:
                self._late[key] = _Late(wish, news, language, time.monotonic() + _LATE_S)
        await self._keep_receipt(message, news, writing)
        self._wake(wish.platform)
        return 1

    async def _keep_receipt(self, message: Message, news: _News, writing: Writing | None) -> None:
        quotes = tuple(dict.fromkeys(one.quote for one in message.quotes()))
        if not quotes:
            return
        receipt = Receipt(self._now(), "card", _scope_of(news.version), quotes)
        if writing is not None:
            dropped = sum(writing.dropped.values())
            receipt = replace(receipt, prompt=writing.prompt, model=writing.model, dropped=dropped)
        await asyncio.to_thread(self._desk.keep_receipt, receipt)

    async def _edit_late(self) -> None:
        """Put what a slow model has said by now above the quotes that stand already. It is asked for nothing anew."""
        waiting, self._late = self._late, {}
        for key, late in waiting.items():
            try:
                if await self._still_slow(key, late) and time.monotonic() < late.until_s:
                    self._late[key] = late
            except VerbatimError:
                raise
            except Exception as error:  # noqa: BLE001 - a mistake of ours costs this card its sentences; it stands
                facts = {"document": late.news.document.id, "error": what_and_where(error)}
                log.error("a card could not be worded and stays as it is", extra=facts)

    async def _still_slow(self, key: str, late: _Late) -> bool:
        """Owe the edit of a card if the model has said something; whether it may yet."""
        wish, news = late.wish, late.news
        plain = await asyncio.to_thread(make_card, news.version, news.membership)
        self._writes_until = float("-inf")
        card, writing = await self._written(plain, wish, late.language)
        if writing is None or not writing.sentences:
            return writing is not None and writing.reason == ModelOutcome.SLOW
        self._writes_until = time.monotonic() + _WRITING_S  # for translations below the quotes
        card, writing = await self._written(plain, wish, late.language)
        message = card_message(card, late.language, news.version.facts.address)
        face = self._faces[wish.platform]
        edit = replace(
            face.post(wish.workspace, wish.channel, f"{key}:worded", face.render(message))[0],
            kind=DeliveryKind.EDIT, parent_key=f"{key}:0",
        )  # fmt: skip
        await self._deliveries.owe([edit], now=self._now())
        await self._keep_receipt(message, news, writing)
        self._wake(wish.platform)
        return False

    async def _why_withheld(self, wish: Subscription) -> str:
        return await self._withheld(wish.platform, wish.workspace, wish.channel) if self._withheld else ""

    async def _written(self, card: Card, wish: Subscription, language: str) -> tuple[Card, Writing | None]:
        """The card worded by the model, if there is one and it has time."""
        if self._writer is None or not card.quotes:
            return card, None
        return await write_card(
            card, self._writer, language=language, today=self._now().date(),
            time_limit_s=max(0.0, self._writes_until - time.monotonic()),
            payer=Payer(f"{wish.platform}-{wish.workspace}", wish.channel),
        )  # fmt: skip

    async def _language_of(self, wish: Subscription, news: _News) -> str:
        """The language of what is ours on a card."""
        chosen = await self._chosen(wish.platform, wish.workspace, wish.channel) if self._chosen else ""
        return chosen or ("de" if news.version.facts.language == "de" else "en")

    async def _figures_changed(self, news: _News) -> bool:
        """Whether a figure stands in this version that the one before did not state."""
        earlier = news.version.facts.number - 1
        before = await self._store.numbered_version(_scope_of(news.version), news.document.id, earlier)
        if before is None:
            return True
        return _figures(news.version) != _figures(before)


def _may_see(wish: Subscription, version: StoredVersion) -> bool:
    """Whether a document may be shown in the channel at all: what came privately stays where it came."""
    return version.audience in Scope(f"{wish.platform}-{wish.workspace}", wish.channel).audiences()


def _figures(version: StoredVersion) -> set[tuple[float, str, frozenset[str]]]:
    return {(one.value, one.bound, one.things) for one in figures_in(version.text, version.facts.language)}


def _scope_of(version: StoredVersion) -> Scope:
    return Scope.of_audience(version.audience)


def _marked(message: Message, language: str, now: datetime) -> Message:
    """The card with "Updated hh:mm" below its title."""
    note = Paragraph(say("updated-at", language, time=f"{now:%H:%M} UTC"), small=True)
    return replace(message, blocks=(*message.blocks[:1], note, *message.blocks[1:]))
