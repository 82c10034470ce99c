"""One platform as it runs."""

from __future__ import annotations

from collections.abc import Awaitable, Callable
from dataclasses import dataclass
from typing import TYPE_CHECKING

if TYPE_CHECKING:
    from bot.chat.insight import Insight
    from bot.front_desk.face import Face
    from bot.outbox.courier import Courier, Notice
    from bot.platforms.rounds import Run

    Notify = Callable[[Notice], Awaitable[None]]


@dataclass(frozen=True, slots=True)
class Platform:
    """How it looks, what delivers, what it knows, and what has to run for it."""

    face: Face
    courier: Courier
    insight: Insight
    runs: tuple[Run, ...]
