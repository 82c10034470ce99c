"""How the outbox reaches a platform: the port that each platform's sender implements, and what can come of a call."""

from __future__ import annotations

from dataclasses import dataclass
from enum import StrEnum
from typing import Protocol

from bot.library.delivery_store import Delivery


class SendOutcome(StrEnum):
    SENT = "sent"
    WAIT = "wait"  # rate-limited: wait `retry_after_s`, keep the order; `everywhere` when the limit is global
    DOUBTFUL = "doubtful"  # a time-out or a dropped connection after the request was sent: look before sending again
    FAILED = "failed"  # certainly not posted, may work later: 5xx before the body was taken, no connection
    REFUSED = "refused"  # this payload will never be taken (400, or our own last check)
    NO_ACCESS = "no-access"  # 403, 404, archived, left: the channel rests
    UNAUTHORISED = "unauthorised"  # 401: all sending of this platform stops at once


@dataclass(frozen=True, slots=True)
class SendResult:
    outcome: SendOutcome
    message_id: str = ""
    thread_id: str = ""
    retry_after_s: float = 0.0
    everywhere: bool = False
    code: str = ""  # the platform's own: "50013", "channel_not_found"
    reason: str = ""  # plain words, no secret


class Sender(Protocol):
    """One platform's API. Neither method raises for what the platform does."""

    platform: str

    async def send(self, delivery: Delivery) -> SendResult:
        """Make the call that a delivery is, with its key. Checks the outgoing payload last, and fails closed."""
        ...

    async def find(self, delivery: Delivery) -> SendResult:
        """Look whether a doubtful delivery stands in its channel: SENT with its ids, FAILED when it certainly does not,
        DOUBTFUL when that cannot be told now."""
        ...
