"""What admins hear of trouble: each thing once, grouped, at most once a day of a kind, at once what cannot wait.

A notice is kept before it is told; it is told through the outbox, under a key of its own, so that it stands once. What
becomes of a notice's own delivery is only logged: nobody is told that they could not be told.
"""

from __future__ import annotations

import logging
from collections.abc import Awaitable, Callable, Iterable, Mapping, Sequence
from datetime import datetime, timedelta
from typing import TYPE_CHECKING, Final

from bot.chat.commands import typed_as
from bot.chat.composing import note_message
from bot.chat.messages import Block, Button, Heading, Message, Paragraph, Points, Tone
from bot.chat.requests import Request, Responder, Right
from bot.chat.texts import say
from bot.domain import Scope
from bot.errors import VerbatimError
from bot.front_desk.language import language_of
from bot.library.workspace_store import KeptNotice
from bot.sources.source_health import SourceState

if TYPE_CHECKING:
    from bot.chat.insight import Insight
    from bot.front_desk.face import Face
    from bot.library.delivery_store import DeliveryStore
    from bot.library.source_store import Following
    from bot.library.workspace_store import WorkspaceStore
    from bot.outbox.courier import Notice

log = logging.getLogger(__name__)

Handler = Callable[[Request, Responder], Awaitable[None]]

KEY: Final = "notice:"
A_DAY: Final = timedelta(days=1)
KEPT: Final = timedelta(days=30)
GATHERED: Final = timedelta(seconds=60)  # trouble rarely comes alone: so long it is waited for the rest of it
URGENT: Final = frozenset(("late", "cannot-look", "unauthorised"))
PATIENCE: Final = timedelta(hours=1)  # so long it is looked for somebody who can be told
_URGENT_GATHERED: Final = timedelta(seconds=5)
# In this order they are told; each is a text `notice-<kind>` with its cure, `advice-<kind>`.
KINDS: Final = ("unauthorised", "cannot-look", "late", "resting", "refused", "last-check", "failing", "limit")
_OWN: Final = frozenset(("cannot-look", "last-check"))  # causes of a refusal that are kinds of their own
_MOST_LINES: Final = 8
_MOST_BUTTONS: Final = 5
_FAILING_AFTER: Final = 3  # checks in a row: what is over by the next one is no news
_ADVISED: Final = {"check": "newsadmin check", "list": "news list", "limits": "newsadmin limits"}


def due_now(
    waiting: Sequence[KeptNotice], last_told: Mapping[tuple[str, str, str], datetime], now: datetime
) -> list[list[KeptNotice]]:
    """Which notices are told now, one list a workspace: what is urgent soon, another kind when a day has passed since
    it was last told. Pure."""
    oldest: dict[tuple[str, str, str], datetime] = {}
    for one in waiting:
        kind = (one.platform, one.workspace, one.kind)
        oldest[kind] = min(oldest.get(kind, one.at), one.at)
    told: dict[tuple[str, str], list[KeptNotice]] = {}
    for one in waiting:
        kind = (one.platform, one.workspace, one.kind)
        if one.kind in URGENT:
            due = now - oldest[kind] >= _URGENT_GATHERED
        else:
            last = last_told.get(kind)
            due = now - oldest[kind] >= GATHERED and (last is None or now - last >= A_DAY)
        if due:
            told.setdefault(kind[:2], []).append(one)
    return list(told.values())


def notice_message(notices: Sequence[KeptNotice], names: Mapping[str, str], language: str, platform: str) -> Message:
    """Notices as one message. `names` are those of channels by their ids; pure."""
    by_kind = {kind: [one for one in notices if one.kind == kind] for kind in KINDS}
    blocks: list[Block] = [Heading(say("notices-head", language))]
    first = ""
    advised = {name: typed_as(key, platform) for name, key in _ADVISED.items()}
    for kind, found in by_kind.items():
        if not found:
            continue
        told = say(f"notice-{kind}", language)
        first = first or told
        lines = [
            " · ".join(part for part in (names.get(one.channel) or one.channel, _when(one.at), one.code) if part)
            for one in found[:_MOST_LINES]
        ]
        if len(found) > _MOST_LINES:
            lines.append(say("notices-more", language, n=len(found) - _MOST_LINES))
        advice = say(f"advice-{kind}", language, **advised)
        blocks += [Paragraph(told, strong=True), Points(tuple(lines)), Paragraph(advice, small=True)]
    again = [one for one in by_kind["cannot-look"] if one.delivery_id is not None][:_MOST_BUTTONS]
    label = say("post-again", language)
    buttons = tuple(
        Button(f"{label}: {names.get(one.channel) or one.channel} {_when(one.at)}"[:75], f"again:{one.delivery_id}")
        for one in again
    )
    return Message(first or say("notices-head", language), tuple(blocks), language, Tone.WARNING, buttons)


class Notices:
    """Takes notices from couriers and whoever sees trouble, and tells admins of them."""

    def __init__(
        self,
        store: WorkspaceStore,
        deliveries: DeliveryStore,
        faces: Mapping[str, Face],
        insights: Mapping[str, Insight],
        *,
        wake: Callable[[str], None],
        now: Callable[[], datetime],
    ) -> None:
        self._store, self._deliveries, self._faces, self._insights = store, deliveries, faces, insights
        self._wake, self._now = wake, now

    RIGHTS: Final = {"again": Right.MANAGER}  # who exactly, is looked at when it is pressed

    def handlers(self) -> Mapping[str, Handler]:
        return {"again": self.again}

    async def take(self, notice: Notice) -> None:
        """From a courier. Never raises: what it says stands in the log already."""
        owed = notice.delivery.owed
        if owed.key.startswith(KEY):
            return
        kind = notice.cause if notice.code == "refused" and notice.cause in _OWN else notice.code
        at = self._now()
        # A channel rests anew, and a token is refused anew, when that was mended in between.
        subject = {"resting": f"{owed.channel} {at:%Y-%m-%dT%H}", "unauthorised": f"{at:%Y-%m-%d}"}.get(kind, owed.key)
        await self.note(
            KeptNotice(
                owed.platform, owed.workspace, kind, subject, at, owed.channel, notice.cause, notice.delivery.id
            )
        )

    async def note(self, notice: KeptNotice) -> bool:
        """Keep it to be told; False when it was kept before, or cannot be kept now."""
        try:
            return await self._store.notice(notice)
        except VerbatimError as error:  # a full disk: whoever is to hear of it hears of that first
            log.error("a notice could not be kept", extra={"kind": notice.kind, "code": error.code})
            return False

    async def look_at_sources(self, followings: Iterable[Following]) -> None:
        """Note those that fail for good, each once a failure."""
        for one in followings:
            health = one.watched.health
            fails = health.state is SourceState.FAILING and health.failures >= _FAILING_AFTER
            if one.removed_at is not None or not (fails or health.state is SourceState.RESTING):
                continue
            scope = Scope.of_audience(one.audience)
            platform, _, workspace = scope.workspace.partition("-")
            if platform not in self._faces or one.is_paused(self._now()):
                continue
            subject = f"#{one.id} {health.since:%Y-%m-%dT%H:%M}"
            title = f"#{one.id}" if scope.channel else f"#{one.id} {one.title}"  # others read the notice, too
            await self.note(KeptNotice(platform, workspace, "failing", subject, self._now(), title, health.code))

    async def tell(self) -> int:
        """Tell what is due; how many messages that were. Raises VerbatimError."""
        now = self._now()
        if waiting := await self._store.waiting():
            last = await self._store.last_told(now - A_DAY)
            for group in due_now(waiting, last, now):
                ids = [one.id for one in group]
                key = f"{KEY}{group[0].platform}:{group[0].workspace}:{ids[0]}-{ids[-1]}-{len(ids)}"
                await self._store.bundle(ids, key)
        told = 0
        for key, notices in (await self._store.untold_bundles()).items():
            if await self._tell(key, notices):
                await self._store.told(key, now=self._now())
                told += 1
        return told

    async def _tell(self, key: str, notices: Sequence[KeptNotice]) -> bool:
        """Owe one message; False when it is tried again. Who cannot be found for an hour is told by the log."""
        platform, workspace = notices[0].platform, notices[0].workspace
        face, insight = self._faces.get(platform), self._insights.get(platform)
        ready = insight is None or insight.is_ready
        target = await self._target(platform, workspace) if face and ready else None
        if face is None or target is None:
            if face is not None and self._now() - notices[-1].at < PATIENCE:
                return False
            log.warning("nobody can be told of trouble", extra={"key": key, "notices": len(notices)})
            return True
        channel, language = target
        names: dict[str, str] = {}
        for one in {one.channel for one in notices if one.channel and one.kind != "failing"}:
            names[one] = (await insight.access(workspace, one)).name if insight else ""
        message = notice_message(notices, names, language, platform)
        await self._deliveries.owe(face.post(workspace, channel, key, face.render(message)), now=self._now())
        self._wake(platform)
        return True

    async def _target(self, platform: str, workspace: str) -> tuple[str, str] | None:
        """The channel that hears of trouble, and its language: the one that was chosen unless it rests, else the direct
        message to an admin."""
        chosen = await self._store.workspace(platform, workspace)
        language = "de" if chosen.language.startswith("de") else "en"
        rests = await self._deliveries.resting_channels(platform)
        resting = {one.channel for one in rests if one.workspace == workspace}
        if chosen.alerts_channel and chosen.alerts_channel not in resting:
            return chosen.alerts_channel, language
        insight = self._insights.get(platform)
        if insight is None:
            return None
        person = chosen.admin or await insight.owner(workspace)
        if not chosen.language and person:
            language = "de" if (await insight.language(workspace, person)).startswith("de") else "en"
        direct = await insight.direct_channel(workspace, person) if person else ""
        return (direct, language) if direct and direct not in resting else None

    async def again(self, request: Request, responder: Responder) -> None:
        """*Post again*: a person looked, and it does not stand there."""
        language, number = language_of(request), request.name.partition(":")[2]
        delivery = await self._deliveries.delivery_numbered(int(number)) if number.isdigit() else None
        done = False
        if delivery is not None and await self._may_speak_for(request, delivery.owed.platform, delivery.owed.workspace):
            done = await self._deliveries.revive(delivery.id, now=self._now())
            self._wake(request.place.platform)
        told = say("posted-again" if done else "posted-already", language)
        await responder.only_you(note_message(told, language, Tone.GOOD if done else Tone.GREY))

    async def _may_speak_for(self, request: Request, platform: str, workspace: str) -> bool:
        """Whether a request comes from an admin of a workspace, or in a direct message from whom its notices are sent
        to."""
        place = request.place
        if place.platform != platform:
            return False
        if place.workspace == workspace:
            return request.person.right >= Right.ADMIN
        known = (await self._store.workspace(platform, workspace)).admin
        if not known and (insight := self._insights.get(platform)) is not None:
            known = await insight.owner(workspace)
        return place.direct and bool(known) and request.person.id == known


def _when(at: datetime) -> str:
    return f"{at:%Y-%m-%d %H:%M} UTC"
