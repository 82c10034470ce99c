"""Briefs on their way into channels: what a slot is for is made, frozen, rendered and owed, once for each slot.

`BriefPosting.fire` and `.prepare` are what the ticker calls. Whatever a process had written down before it died is gone
on from there: a brief that is owed is left alone, one that was only made is made anew, since its news may be older.
"""

from __future__ import annotations

import asyncio
import hashlib
import logging
import time
from collections import OrderedDict
from collections.abc import Awaitable, Callable
from concurrent.futures import ThreadPoolExecutor
from dataclasses import dataclass, replace
from datetime import datetime, timedelta
from enum import Enum
from typing import TYPE_CHECKING, Any, Final, TypeVar

from bot.briefs.brief import frozen_brief, thawed_brief, told_documents, versions_of
from bot.briefs.briefing import BriefAsk
from bot.briefs.windows import Owing, owing
from bot.chat.brief_messages import Look, gone_message, look_of, messages_of, with_look
from bot.domain import Receipt, Scope, SourceKind
from bot.library.brief_store import BriefKind, BriefRecord, BriefState, BriefWish
from bot.library.delivery_store import DeliveryKind, DeliveryState, Owed
from bot.library.subscription_store import Posts
from bot.schedule import calendar
from bot.schedule.due import Action

if TYPE_CHECKING:
    from collections.abc import Collection, Mapping, Sequence

    from bot.briefs.brief import Brief
    from bot.briefs.briefing import Briefing
    from bot.briefs.windows import Span
    from bot.chat.brief_messages import BriefMessages
    from bot.chat.outgoing import Outgoing
    from bot.domain import ShownQuote, Source
    from bot.front_desk.face import Face
    from bot.library.brief_store import BriefStore, BriefWindow, Mute
    from bot.library.delivery_store import Delivery, DeliveryStore
    from bot.library.desk import Desk
    from bot.library.store import Store
    from bot.library.subscription_store import SubscriptionStore
    from bot.schedule.calendar import Intent, Occurrence
    from bot.schedule.due import Decision, Due

log = logging.getLogger(__name__)

FIRST_WINDOW: Final = timedelta(days=7)  # what a channel's first brief covers
_FRESH_UNTIL: Final = timedelta(seconds=20)  # so late, what was prepared goes out as it is: others wait for their turn
_MOST_TRIES: Final = 5
_SOURCES_S: Final = 30.0  # how long the list of sources is believed
_ADDRESSES: Final = 20_000
_WEEKLY_LENGTH: Final = "long"
WRITING_S: Final = 25.0
_AHEAD_S: Final = 90.0  # of a brief that is prepared: nobody waits for it, and models at home are slow
_WRITING_LATE_S: Final = 15.0  # of a brief over a gap, which is due within 90 seconds of a start
# So long before its slot a brief is asked of a model no more: what was not written by then is told by its quotes.
_WRITTEN_BEFORE: Final = timedelta(minutes=2)
_AHEAD: Final = 100  # lines of the change log that are looked through for one with a time

_T = TypeVar("_T")
# A brief, the language of our words, whose it is, and how many seconds there are: with none, what is remembered counts.
Write = Callable[["Brief", str, BriefWish, float], Awaitable["Brief"]]


@dataclass(frozen=True, slots=True)
class Wanted:
    """One brief that is to be made. `at`: what its title shows, None for now; `slot`: its name in the store."""

    wish: BriefWish
    slot: str
    kind: BriefKind
    zone: str = "UTC"
    intent: Intent | None = None
    occurrence: Occurrence | None = None
    at: datetime | None = None
    catch_up: bool = False
    window: timedelta | None = None  # None: since the last brief
    topics: tuple[str, ...] | None = None  # None: those of the wish
    muted: tuple[Mute, ...] = ()
    language: str = ""


class Redone(Enum):
    """What became of making a brief anew."""

    REDONE = "redone"
    SAME = "same"
    STILL_POSTING = "still posting"


class BriefPosting:
    """Makes briefs and owes them. Safe for any number of tasks and processes; close it in the end.

    `paused` says whether posting in a channel is: what comes meanwhile is told by the first brief after it.
    `write` puts sentences above the quotes before a brief is frozen, within the time it is given: none is left for a
    brief whose slot is near or here, which waits for no model. `gathered`
    comes back when sources were asked after a start: a brief over a gap has to tell what came in it.
    """

    def __init__(
        self,
        briefs: BriefStore,
        briefing: Briefing,
        store: Store,
        desk: Desk,
        subscriptions: SubscriptionStore,
        deliveries: DeliveryStore,
        faces: Mapping[str, Face],
        *,
        wake: Callable[[str], None],
        now: Callable[[], datetime],
        paused: Callable[[str, str, str], Awaitable[bool]] | None = None,
        write: Write | None = None,
        gathered: Callable[[], Awaitable[None]] | None = None,
    ) -> None:
        self._briefs, self._briefing, self._store, self._desk = briefs, briefing, store, desk
        self._subscriptions, self._deliveries, self._faces = subscriptions, deliveries, faces
        self._wake, self._now, self._paused, self._write = wake, now, paused, write
        self._gathered = gathered
        self._thread = ThreadPoolExecutor(1, thread_name_prefix="briefs")
        self._addresses: OrderedDict[int, str] = OrderedDict()  # of versions, which never change
        self._sources: tuple[float, list[Source]] = (float("-inf"), [])
        self._first: tuple[datetime | None, int] = (None, 0)

    def close(self) -> None:
        """Wait for the brief that is being made; those that wait for their turn are given up."""
        self._thread.shutdown(wait=True, cancel_futures=True)

    # --- what the ticker calls ---

    async def fire(self, decision: Decision) -> None:
        """Make and owe the brief of a slot. May be called again for one slot, by whomever."""
        slot = decision.slot
        if slot is None:
            return
        key = decision.due.wish.key
        wish = await self._briefs.wish(key)
        if wish is None or wish.platform not in self._faces:
            log.warning("a brief is due and cannot be posted", extra={"key": key, "slot": slot.key})
            return
        if await self._is_paused(wish):
            log.info("a brief is left out: nothing is posted there now", extra={"key": key, "slot": slot.key})
            return
        catch_up = decision.action is Action.CATCH_UP
        record = await self._briefs.record(key, slot.key)
        if record is None or record.state in (BriefState.MADE, BriefState.REPLACED):
            if catch_up and self._gathered is not None:
                await self._gathered()
            wanted = self._of_slot(wish, decision.due, slot, catch_up=catch_up)
            if record is None or catch_up or not await self._is_usable(record, slot, wanted):
                record = await self.make(wanted, writing_s=_WRITING_LATE_S if catch_up else 0.0)
            record = await self.owe(record, wish)
        log.info("a brief is %s", record.state, extra={"key": key, "slot": slot.key, "kind": str(record.kind)})

    async def prepare(self, due: Due, slot: Occurrence) -> None:
        """Make the brief of a coming slot, so that it only has to be owed when the slot is there."""
        wish = await self._briefs.wish(due.wish.key)
        if wish is None or wish.platform not in self._faces or await self._is_paused(wish):
            return
        record = await self._briefs.record(wish.key, slot.key)
        if record is None or record.state in (BriefState.MADE, BriefState.REPLACED):
            left = (slot.at - _WRITTEN_BEFORE - self._now()).total_seconds()
            await self.make(self._of_slot(wish, due, slot, catch_up=False), writing_s=max(0.0, min(_AHEAD_S, left)))

    async def _is_paused(self, wish: BriefWish) -> bool:
        return self._paused is not None and await self._paused(wish.platform, wish.workspace, wish.channel)

    def wake(self, platform: str) -> None:
        """Have what is owed sent at once."""
        self._wake(platform)

    async def settle(self) -> int:
        """Let records follow their deliveries; how many did."""
        return await self._briefs.settle()

    def _of_slot(self, wish: BriefWish, due: Due, slot: Occurrence, *, catch_up: bool) -> Wanted:
        kind = BriefKind.CATCH_UP if catch_up else BriefKind.SCHEDULED
        intent = due.wish.intent
        if catch_up:
            return Wanted(wish, slot.key, kind, intent.zone, intent, catch_up=True)
        return Wanted(wish, slot.key, kind, intent.zone, intent, slot, slot.at)

    async def _is_usable(self, record: BriefRecord, slot: Occurrence, wanted: Wanted) -> bool:
        """Whether what was prepared may be posted: it is as it is wished now, it begins where the last one ends, and
        nothing came since, or there is no time any more to look at what came."""
        owed = await self._owing(record.key)
        begins = (record.from_seq, record.skipped)
        if record.state is not BriefState.MADE or (owed is not None and (owed.after_seq, owed.skipped) != begins):
            return False
        prepared = await self._apart(thawed_brief, record.body)
        as_wished = (prepared.topics, prepared.length) == (wanted.wish.topics, _length(wanted))
        if not as_wished or look_of(record.body) != self._look(wanted):
            return False
        if self._now() - slot.at > _FRESH_UNTIL:
            return True
        return record.to_seq == await self._store.newest_seq()

    # --- making ---

    async def make(self, wanted: Wanted, *, writing_s: float = WRITING_S) -> BriefRecord:
        """Make and freeze a brief. One that is owed under this slot already is returned as it stands. A model has so
        long for its sentences."""
        ask = await self._ask(wanted)
        look = self._look(wanted)

        brief = await self._apart(self._briefing.make, ask)
        if self._write is not None and brief.entries:
            brief = await self._write(brief, look.language, wanted.wish, writing_s)
        body = await self._apart(_frozen, brief, look)
        return await self._briefs.keep(
            wanted.wish.key, wanted.slot, wanted.kind, body, made_at=brief.made_at, since=brief.since,
            from_seq=brief.from_seq, to_seq=brief.to_seq, told=told_documents(brief), skipped=ask.skipped,
        )  # fmt: skip

    async def _ask(self, wanted: Wanted) -> BriefAsk:
        wish, now = wanted.wish, self._now()
        scope = Scope(f"{wish.platform}-{wish.workspace}", wish.channel)
        owed = await self._owing(wish.key)
        last = await self._briefs.last_told(wish.key)
        before = None if last is None else await self._apart(thawed_brief, await self._standing_body(last))
        skipped: tuple[Span, ...] = ()
        if wanted.window is not None:
            since: datetime | None = now - wanted.window
            after = await self._seq_at(now - wanted.window)
        elif owed is None:
            since, after = None, await self._seq_at(now - FIRST_WINDOW)
        else:
            after, skipped = owed.after_seq, owed.skipped
            since = owed.lost.since if owed.lost is not None else (before.at or before.made_at) if before else None
        told = None if owed is None else await self._briefs.told(wish.key)
        followed, each_only = await self._followed(wish, scope)
        seen = await self._seen(scope) if followed is None else frozenset[int]()
        return BriefAsk(
            scope, after, since, now, at=wanted.at, language=wanted.language or wish.language,
            length=_length(wanted),
            topics=wish.topics if wanted.topics is None else wanted.topics, sources=followed, each_only=each_only,
            seen=seen,
            muted=wanted.muted, told=told, before=before, mark_quiet=wish.mark_quiet, catch_up=wanted.catch_up,
            skipped=skipped,
        )  # fmt: skip

    async def _owing(self, key: str) -> Owing | None:
        """What the next brief has to tell, by what stands in the channel. Where the edit of a revision was refused, the
        one before it stands, and what only the revision told was lost."""
        told: list[BriefWindow] = []
        lost: list[BriefWindow] = []
        for one in await self._briefs.windows(key):
            if one.state is BriefState.FAILED:
                lost.append(one)
                continue
            record = await self._briefs.by_id(one.record_id) if one.revision else None
            if record is not None and (stands := await self._standing(record)) < record.revision:
                ends = (await self._apart(thawed_brief, await self._body(record, stands))).to_seq
                lost.append(replace(one, from_seq=ends, since=one.made_at))
                told.append(replace(one, to_seq=ends))
            else:
                told.append(one)
        return owing(told, lost)

    async def _standing(self, record: BriefRecord) -> int:
        """The newest revision of a record whose edit was not refused."""
        stands = record.revision
        while stands and await self._is_lost(f"{delivery_base(record)}:0:r{stands}"):
            stands -= 1
        return stands

    async def _body(self, record: BriefRecord, revision: int) -> bytes:
        return dict(await self._briefs.revisions(record.id))[revision]

    async def _standing_body(self, record: BriefRecord) -> bytes:
        stands = await self._standing(record)
        return record.body if stands == record.revision else await self._body(record, stands)

    async def _is_lost(self, key: str) -> bool:
        delivery = await self._deliveries.delivery(key)
        return delivery is not None and delivery.state in (DeliveryState.REFUSED, DeliveryState.DROPPED)

    def _look(self, wanted: Wanted) -> Look:
        wish, slot = wanted.wish, wanted.occurrence
        private = wanted.kind is BriefKind.PRIVATE
        ahead = calendar.next_after(wanted.intent, slot.at if slot else self._now()) if wanted.intent else None
        return Look(
            wish.platform, wish.workspace, wish.channel, wanted.language or wish.language or "en", wish.style,
            "off" if private else wish.threads, wanted.zone, slot.day if slot else None,
            _is_weekly(wanted.intent) and not private, private, ahead.at if ahead else None,
        )  # fmt: skip

    async def _followed(self, wish: BriefWish, scope: Scope) -> tuple[frozenset[int] | None, frozenset[int]]:
        """The sources that count for a channel, None for all that it may see; and those that post cards alone."""
        found = await self._subscriptions.of_channel(wish.platform, wish.channel)
        mine = [one for one in found if one.workspace == wish.workspace]
        each_only = frozenset(one.source_id for one in mine if one.posts is Posts.EACH)
        briefed = frozenset(one.source_id for one in mine if one.posts is not Posts.EACH)
        if not briefed:
            return None, each_only
        ours = {one.id for one in await self._all_sources() if _is_handed_over(one, scope.audiences())}
        return briefed | ours, each_only

    async def _seen(self, scope: Scope) -> frozenset[int]:
        audiences = scope.audiences()
        return frozenset(one.id for one in await self._all_sources() if one.audience in audiences)

    async def _all_sources(self) -> list[Source]:
        asked_at, sources = self._sources
        if time.monotonic() - asked_at > _SOURCES_S:
            sources = await self._store.sources()
            self._sources = (time.monotonic(), sources)
        return sources

    async def _seq_at(self, at: datetime) -> int:
        """The last line of the change log at an instant, give or take a minute."""
        minute = at.replace(second=0, microsecond=0)
        if self._first[0] != minute:
            self._first = (minute, await self._apart(seq_at, self._desk, minute))
        return self._first[1]

    async def _apart(self, work: Callable[..., _T], *given: Any) -> _T:
        return await asyncio.get_running_loop().run_in_executor(self._thread, work, *given)

    # --- owing ---

    async def messages(self, record: BriefRecord) -> BriefMessages:
        """A frozen brief as messages: the same for whoever asks, whenever."""
        quoted = await self._apart(_versions_in, record.body)
        addresses = await self._addresses_of(quoted)
        return await self._apart(messages_of, record.body, record.sha256, addresses)

    async def owe(self, record: BriefRecord, wish: BriefWish) -> BriefRecord:
        """Owe a frozen brief as it is frozen; what comes back is owed, or was before, or was replaced by another."""
        for _ in range(_MOST_TRIES):
            if record.state is not BriefState.MADE:
                return record
            messages = await self.messages(record)
            face = self._faces[wish.platform]
            deliveries: list[Owed] = []
            if not await self._is_silent(record, wish):
                overview, stories, threads = await self._with_pictures(face, messages, record)
                base = delivery_base(record)
                deliveries = face.post_brief(wish.workspace, wish.channel, base, overview, stories, threads)
            record = await self._briefs.owed(
                record.id, deliveries=deliveries, now=self._now(), sha256=record.sha256,
                receipt=await self._receipt(wish, messages.quotes(), record.body) if deliveries else None,
            )  # fmt: skip
            if record.state is BriefState.OWED:
                self._wake(wish.platform)
        return record

    async def show_again(self, record: BriefRecord, wish: BriefWish, event: str) -> None:
        """Post a frozen brief that is not the channel's own (of one topic, of another window): it moves no window."""
        messages, face = await self.messages(record), self._faces[wish.platform]
        overview, stories, threads = await self._with_pictures(face, messages, record)
        owed = face.post_brief(wish.workspace, wish.channel, f"shown:{wish.key}:{event}", overview, stories, threads)
        await self._deliveries.owe(owed, now=self._now())
        if receipt := await self._receipt(wish, messages.quotes(), record.body):
            await asyncio.to_thread(self._desk.keep_receipt, receipt)
        self._wake(wish.platform)

    async def _with_pictures(
        self, face: Face, messages: BriefMessages, record: BriefRecord
    ) -> tuple[Outgoing, list[Outgoing], str]:
        """A brief as its platform takes it; the pictures that go with its stories are kept until they are sent."""
        overview, stories, threads = await self._apart(_rendered, face, messages, record)
        for n, message in enumerate(messages.stories):
            files = [(one.name, await self._store.keep_raw(one.content)) for one in message.attachments]
            if files:
                alts = tuple(one.alt for one in message.attachments)
                stories[n] = replace(stories[n], files=tuple(files), alts=alts)
        return overview, stories, threads

    async def _is_silent(self, record: BriefRecord, wish: BriefWish) -> bool:
        if wish.empty != "silent" or not record.kind.is_for_all or record.kind is BriefKind.POSTED:
            return False
        brief = await self._apart(thawed_brief, record.body)
        return brief.is_empty

    async def _receipt(self, wish: BriefWish, shown: Sequence[ShownQuote], body: bytes) -> Receipt | None:
        quotes = tuple(dict.fromkeys(one.quote for one in shown))
        if not quotes:
            return None
        scope = Scope(f"{wish.platform}-{wish.workspace}", wish.channel)
        receipt = Receipt(self._now(), "brief", scope, quotes)
        if self._write is None:
            return receipt
        brief = await self._apart(thawed_brief, body)
        return replace(receipt, prompt=brief.prompt, model=brief.model, dropped=brief.dropped)

    async def _addresses_of(self, version_ids: Collection[int]) -> dict[int, str]:
        missing = [one for one in version_ids if one not in self._addresses]
        if missing:
            found = await self._apart(self._desk.versions, None, missing)
            for one in missing:
                self._addresses[one] = found[one].facts.address if one in found else ""
            while len(self._addresses) > _ADDRESSES:
                self._addresses.popitem(last=False)
        return {one: address for one in version_ids if (address := self._addresses.get(one, ""))}

    # --- redoing ---

    async def redo(self, record: BriefRecord, wish: BriefWish, zone: str) -> Redone:
        """Make a posted brief anew, from the library and the settings as they are now, and edit it in its place: the
        newest over all that came since the one before it, an older one over its own window."""
        parts = await self._parts(record)
        if not parts or any(one.state in (DeliveryState.DUE, DeliveryState.SENDING) for one in parts):
            return Redone.STILL_POSTING
        brief, body = await self._made_anew(record, wish, zone)
        if body is None:
            return Redone.SAME
        anew = replace(record, body=body, sha256=hashlib.sha256(body).hexdigest())
        messages = _with_new_pictures(await self.messages(anew), await self.messages(record))
        face, revision = self._faces[wish.platform], record.revision + 1
        overview, stories, threads = await self._with_pictures(face, messages, anew)
        base = delivery_base(record)
        owed = face.post_brief(wish.workspace, wish.channel, base, overview, stories, threads)
        standing = {one.owed.key: one for one in parts}
        edits = [edit for one in owed if (edit := _edit_or_post(one, standing, base, revision)) is not None]
        look = look_of(body)
        kept = {one.key for one in owed}
        gone = [] if look is None else face.post("", "", "", face.render(gone_message(look)))
        for one in parts:
            if one.owed.key not in kept and one.owed.kind is DeliveryKind.POST and gone:
                lost = replace(one.owed, payload=gone[0].payload)
                edit = _edit_or_post(lost, standing, base, revision)
                edits += [edit] if edit is not None else []
        kept_as = await self._briefs.revise(
            record.id, body, deliveries=edits, now=self._now(), to_seq=brief.to_seq, told=told_documents(brief),
            receipt=await self._receipt(wish, messages.quotes(), body), sha256=record.sha256,
        )  # fmt: skip
        if kept_as.sha256 != anew.sha256:  # somebody else had it made anew at the same moment
            return Redone.STILL_POSTING
        self._wake(wish.platform)
        return Redone.REDONE

    async def _made_anew(self, record: BriefRecord, wish: BriefWish, zone: str) -> tuple[Brief, bytes | None]:
        old = await self._apart(thawed_brief, record.body)
        look = look_of(record.body) or Look(wish.platform, wish.workspace, wish.channel, zone=zone)
        wanted_look = replace(look, language=wish.language or look.language, style=wish.style)
        last = await self._briefs.last_told(wish.key)
        earlier = await self._briefs.last_told(wish.key, before_id=record.id)
        scope = Scope(f"{wish.platform}-{wish.workspace}", wish.channel)
        followed, each_only = await self._followed(wish, scope)
        seen = await self._seen(scope) if followed is None else frozenset[int]()
        ask = BriefAsk(
            scope, record.from_seq, old.since, self._now(), at=old.at or old.made_at, language=wanted_look.language,
            length=old.length if look.weekly else wish.length, topics=wish.topics, sources=followed, seen=seen,
            each_only=each_only, mark_quiet=wish.mark_quiet, catch_up=old.catch_up, skipped=record.skipped,
            told=None if earlier is None else await self._briefs.told(wish.key, before_id=record.id),
            before=None if earlier is None else await self._apart(thawed_brief, earlier.body),
            # What came after an older one was told by others.
            until_seq=None if last is not None and last.id == record.id else record.to_seq,
        )  # fmt: skip
        brief = await self._apart(self._briefing.make, ask)
        if self._write is not None and brief.entries:
            brief = await self._write(brief, wanted_look.language, wish, WRITING_S)
        same = replace(brief, made_at=old.made_at, at=old.at, to_seq=old.to_seq) == old
        if same and replace(wanted_look, updated_at=look.updated_at) == look:
            return brief, None
        return brief, with_look(frozen_brief(brief), replace(wanted_look, updated_at=self._now()))

    async def _parts(self, record: BriefRecord) -> list[Delivery]:
        """All deliveries of a posted brief, in order."""
        base = delivery_base(record)
        found: list[Delivery] = []
        for part in (f"{base}:0", f"{base}:thread"):
            one = await self._deliveries.delivery(part)
            found += [one] if one is not None else []
        number = 1
        while found and (one := await self._deliveries.delivery(f"{base}:{number}")) is not None:
            thread = await self._deliveries.delivery(f"{base}:{number}:thread")
            found += [one, *([thread] if thread is not None else [])]
            number += 1
        return found

    async def overview_of(self, record: BriefRecord) -> Delivery | None:
        """The delivery of a posted brief's overview."""
        return await self._deliveries.delivery(f"{delivery_base(record)}:0")


def delivery_base(record: BriefRecord) -> str:
    """What the keys of a brief's deliveries begin with: ":0" is the overview."""
    return f"{record.key}:{record.slot}"


def _frozen(brief: Brief, look: Look) -> bytes:
    return with_look(frozen_brief(brief), look)


def seq_at(desk: Desk, at: datetime) -> int:
    """The last line of the change log that was written by an instant. Some twenty reads, however long the log is."""
    low, high = 0, desk.newest_seq()
    while low < high:
        middle = (low + high) // 2
        change = next((one for one in desk.changes_after(middle, _AHEAD) if one.version_id is not None), None)
        version = None if change is None or change.version_id is None else desk.version(None, change.version_id)
        if change is not None and version is not None and change.seq <= high and version.facts.stored_at <= at:
            low = change.seq
        else:
            high = middle
    return low


def _is_weekly(intent: Intent | None) -> bool:
    return intent is not None and len(intent.weekdays) == 1 and len(intent.times) == 1


def _length(wanted: Wanted) -> str:
    return _WEEKLY_LENGTH if _is_weekly(wanted.intent) else wanted.wish.length


def _is_handed_over(source: Source, audiences: Collection[str]) -> bool:
    """Whether a source is not one that a channel follows: the folder of the installation, files that were handed in."""
    return source.kind in (SourceKind.FOLDER, SourceKind.FILE) and source.audience in audiences


def _versions_in(body: bytes) -> list[int]:
    """The versions that a frozen brief quotes or leads to."""
    return versions_of(thawed_brief(body))


def _rendered(face: Face, messages: BriefMessages, record: BriefRecord) -> tuple[Outgoing, list[Outgoing], str]:
    look = look_of(record.body)
    overview = replace(face.render(messages.overview), title=messages.title, topics=messages.topics)
    stories = [replace(face.render(one), title=one.summary) for one in messages.stories]
    return overview, stories, look.threads if look is not None else "one"


def _with_new_pictures(messages: BriefMessages, before: BriefMessages) -> BriefMessages:
    """The messages without the pictures that stand there already."""
    shown = [one.attachments for one in before.stories]
    stories = [
        replace(one, attachments=()) if n < len(shown) and one.attachments == shown[n] else one
        for n, one in enumerate(messages.stories)
    ]
    return replace(messages, stories=tuple(stories))


def _edit_or_post(one: Owed, standing: Mapping[str, Delivery], base: str, revision: int) -> Owed | None:
    """What puts a part in the place of the one that stands; a part that stands nowhere is posted."""
    before = standing.get(one.key)
    if before is None:
        return one
    if one.kind is not DeliveryKind.POST or before.state is not DeliveryState.SENT:
        return None
    opened = standing.get(one.parent_key)
    thread = opened.thread_id if opened is not None and one.parent_key == f"{base}:thread" else ""
    return replace(one, key=f"{one.key}:r{revision}", kind=DeliveryKind.EDIT, thread=thread, parent_key=one.key)
