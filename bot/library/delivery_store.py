"""What we owe to channels, and what was asked of us: the store of deliveries and of incoming events, as a port.

Rules that every adapter keeps, beside those of `store`:

- A delivery is written before anything is sent, in the transaction that owes it. Its key is given once: owing the same
  key again changes nothing and returns what is there.
- Its state only moves forward: due → sending → sent, or to refused (this payload will never be taken) or dropped; only
  a person may have a refused one tried again (`revive`). A delivery that is `sending` with a lease that ran out is
  doubtful: it must be looked for before it is sent again.
- A lease or a time that a clock set wrong wrote far into the future binds nobody once the clock is right.
- In one channel (a thread counts as its channel's) deliveries are claimed in the order in which they were owed, one at
  a time: none is claimed while an earlier one is not settled. What hangs on a parent waits for it, and shares its end
  when it is refused or dropped.
- An incoming event is taken once, by whoever comes first; it ends answered or apologised for.
"""

from __future__ import annotations

from collections.abc import Sequence
from dataclasses import dataclass
from datetime import datetime, timedelta
from enum import StrEnum
from typing import Protocol

DOUBTFUL = "doubtful"  # the code of a delivery that may have been sent


class DeliveryState(StrEnum):
    DUE = "due"
    SENDING = "sending"
    SENT = "sent"
    REFUSED = "refused"  # the platform or the last check will never take it; the payload is kept for an admin
    DROPPED = "dropped"  # its channel went, a person said so, or it was withheld when it was owed


class DeliveryKind(StrEnum):
    POST = "post"
    EDIT = "edit"  # of the message that `parent_key` posted
    THREAD = "thread"  # opens a thread on the message that `parent_key` posted, or on `reply_to`


@dataclass(frozen=True, slots=True)
class Owed:
    """One call that a platform's sender will make. `payload` is the JSON body as rendered, frozen.

    `key` is unique for ever ("answer:<event id>:0", "brief:<channel>:<slot>:2"): its hash is the platform's own key.
    """

    key: str
    platform: str
    workspace: str
    channel: str
    kind: DeliveryKind
    payload: bytes
    thread: str = ""  # the platform's id of a thread that exists
    reply_to: str = ""  # the platform's id of the message that this answers
    parent_key: str = ""  # posted into the thread of, or an edit of, what this key delivered
    files: tuple[tuple[str, str], ...] = ()  # (name, sha256 of stored bytes)
    not_before: datetime | None = None
    withheld: str = ""  # why it is never sent ("cap", "limit", "paused", "resting", "private"): it is born dropped


@dataclass(frozen=True, slots=True)
class Delivery:
    """A delivery as it stands. `message_id` and `thread_id` are the platform's, known once it was sent."""

    id: int
    owed: Owed
    state: DeliveryState
    attempts: int
    owed_at: datetime
    next_try_at: datetime
    lease_until: datetime | None
    message_id: str
    thread_id: str
    code: str  # of the last failure
    reason: str  # of the last failure, in plain words
    parent_message_id: str = ""  # of the delivery that `parent_key` names
    parent_thread_id: str = ""

    @property
    def is_doubtful(self) -> bool:
        """Whether it may stand in its channel already: look before sending."""
        return self.code == DOUBTFUL


class ChannelState(StrEnum):
    """Whether a channel takes what we send."""

    OPEN = "open"
    RESTING = "resting"  # no right, gone or archived: nothing is deleted; woken by permission events and every 6 h


@dataclass(frozen=True, slots=True)
class ChannelRest:
    platform: str
    workspace: str
    channel: str
    state: ChannelState
    code: str
    reason: str
    since: datetime
    next_try_at: datetime | None
    told: bool  # an admin was told


class EventState(StrEnum):
    TAKEN = "taken"
    ANSWERED = "answered"
    APOLOGISED = "apologised"


@dataclass(frozen=True, slots=True)
class TakenEvent:
    """An event that was taken and not yet ended: after a crash it is answered or apologised for."""

    platform: str
    id: str
    taken_at: datetime
    request_json: str  # enough to answer it again


class DeliveryStore(Protocol):
    """Deliveries and events. Safe for any number of tasks and processes."""

    # --- owing ---

    async def owe(
        self, deliveries: Sequence[Owed], *, now: datetime, answers: tuple[str, str] | None = None
    ) -> list[Delivery]:
        """Write what is owed, all or nothing, in order. `answers` = (platform, event id) ends that event in the same
        transaction. A key that is there already is left as it is."""
        ...

    # --- sending ---

    async def claim(self, platform: str, *, owner: str, now: datetime, lease: timedelta, limit: int) -> list[Delivery]:
        """Claim deliveries that are due, in channels that are open, at most one a channel. Doubtful ones
        (`is_doubtful`) were claimed before, and nobody knows whether they were sent."""
        ...

    async def release(self, delivery_id: int, owner: str, *, next_try_at: datetime, code: str, reason: str) -> bool:
        """Give a claimed delivery back as due. False when the claim was lost meanwhile."""
        ...

    async def sent(self, delivery_id: int, *, message_id: str, thread_id: str = "", now: datetime) -> bool:
        """It stands in the channel, which rests no longer. Also when the claim was lost meanwhile: what is sent is
        sent, whoever says so."""
        ...

    async def refused(self, delivery_id: int, owner: str, *, code: str, reason: str) -> bool:
        """It will never be taken, nor will what hangs on it. False when the claim was lost meanwhile."""
        ...

    async def revive(self, delivery_id: int, *, now: datetime) -> bool:
        """A person says that a refused one may be sent, with all that hung on it; False when it is not refused."""
        ...

    async def withhold(self, platform: str, workspace: str, prefix: str, *, code: str) -> int:
        """Drop what is owed there under keys that begin so, unless it may have been sent; how many those were."""
        ...

    async def owed_since(
        self, platform: str, workspace: str, prefix: str, since: datetime, *, channel: str = "", withheld: str = ""
    ) -> int:
        """How many posts were owed there under keys that begin so (in all channels, if none is named): those that are
        sent or will be; or those that were withheld for one reason."""
        ...

    async def drop_channel(self, platform: str, workspace: str, channel: str) -> int:
        """Owe nothing any more to this channel; how many deliveries that were."""
        ...

    async def postpone_channel(self, platform: str, workspace: str, channel: str, until: datetime) -> None:
        """Nothing is claimed for this channel before `until`; empty: all of its workspace or platform."""
        ...

    async def next_due_at(self, platform: str) -> datetime | None:
        """When the next delivery can be claimed, as far as is known."""
        ...

    async def delivery(self, key: str) -> Delivery | None: ...

    async def delivery_numbered(self, delivery_id: int) -> Delivery | None: ...

    async def unsettled(self, platform: str, *, limit: int = 1000) -> list[Delivery]:
        """What is due or being sent, in order."""
        ...

    # --- channels ---

    async def rest_channel(
        self,
        platform: str,
        workspace: str,
        channel: str,
        *,
        code: str,
        reason: str,
        now: datetime,
        next_try_at: datetime,
    ) -> bool:
        """Claim nothing for this channel until it is woken, or `next_try_at` is there; True when that is news (tell an
        admin once). `ChannelRest.since` stays what it was until the rest ends."""
        ...

    async def wake_channel(self, platform: str, workspace: str, channel: str) -> None: ...

    async def resting_channels(self, platform: str) -> list[ChannelRest]: ...

    # --- incoming events ---

    async def take_event(
        self, platform: str, event_id: str, *, request_json: str, now: datetime, conversation: str = ""
    ) -> bool:
        """True for the first who takes it, False ever after. `conversation`: the thread to which it belongs."""
        ...

    async def take_events(self, platform: str, events: Sequence[tuple[str, str]], *, now: datetime) -> list[bool]:
        """`take_event` for many (id, request) at once: they cost no more than one."""
        ...

    async def end_event(self, platform: str, event_id: str, state: EventState, *, now: datetime) -> None: ...

    async def event(self, platform: str, event_id: str) -> TakenEvent | None:
        """An event that was taken, ended or not, as long as it is not forgotten."""
        ...

    async def conversation(
        self, platform: str, conversation: str, *, before: datetime, limit: int
    ) -> list[TakenEvent]:
        """The latest events of a conversation that were taken before this instant, oldest first."""
        ...

    async def open_events(self, platform: str, *, before: datetime) -> list[TakenEvent]:
        """Events that were taken before this instant and never ended: a crash came between."""
        ...

    async def judge(
        self, platform: str, event_id: str, *, person: str, workspace: str, verdict: str, now: datetime
    ) -> None:
        """What a person says of the answer to an event; the last word counts."""
        ...

    async def verdicts(self, workspace: str) -> dict[str, int]:
        """How often which verdict was given in a workspace."""
        ...

    async def forget_person(self, platform: str, workspace: str, person: str) -> int:
        """Erase what a person said and asked here, as far as it was answered: verdicts, and the words of requests. That
        an event was taken stays known, or it would be answered again. How many rows that were."""
        ...

    async def forget_events(self, *, before: datetime) -> int:
        """Forget events that ended before this instant, when no platform delivers them again; how many."""
        ...

    async def put_cursor(self, platform: str, channel: str, message_id: str) -> None:
        """The last message of a channel that was looked at; only ever grows (by the platform's order of ids)."""
        ...

    async def cursors(self, platform: str) -> dict[str, str]: ...
