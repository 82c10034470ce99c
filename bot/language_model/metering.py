"""The meter: nothing is asked before a budget has room for it, and every call leaves a row with what it did cost."""

from __future__ import annotations

import json
import logging
from collections.abc import Awaitable, Callable, Mapping
from dataclasses import dataclass
from datetime import datetime
from typing import Final

from bot.errors import LibraryError
from bot.language_model import budget, costs
from bot.language_model.budget import Limits
from bot.language_model.costs import Price
from bot.language_model.endpoints import Endpoint
from bot.language_model.port import (
    BudgetStore,
    CallEnd,
    Charge,
    ModelFailed,
    ModelOutcome,
    ModelRequest,
    NewCall,
    Payer,
    Verdict,
)
from bot.language_model.wire import Trouble, utc_now

log = logging.getLogger(__name__)

WorkspaceTokens = Callable[[Payer], Awaitable[int | None]]  # what a workspace's admin allows it a day

VERDICTS: Final = {
    ModelOutcome.DOWN: Verdict.DOWN,
    ModelOutcome.SLOW: Verdict.SLOW,
    ModelOutcome.LIMITED: Verdict.LIMITED,
    ModelOutcome.REFUSED: Verdict.REFUSED,
    ModelOutcome.EMPTY: Verdict.EMPTY,
    ModelOutcome.CUT: Verdict.CUT,
}


@dataclass(frozen=True, slots=True)
class Reservation:
    """A call that may now be made, and the most that it can be."""

    call_id: int
    price: Price | None
    tokens_in: int
    tokens_out: int


@dataclass(frozen=True, slots=True)
class Bill:
    """What a call did cost. Money in billionths."""

    tokens_in: int
    tokens_out: int
    money: int


class Meter:
    """Reserves before and settles after, in a store that other processes share."""

    def __init__(
        self,
        store: BudgetStore,
        limits: Limits,
        prices: Mapping[str, Price],
        *,
        keep_text: bool = False,
        workspace_tokens: WorkspaceTokens | None = None,
        own: bool = False,
        now: Callable[[], datetime] = utc_now,
    ) -> None:
        self._store, self._limits, self._prices = store, limits, prices
        self._keep_text, self._workspace_tokens, self._now = keep_text, workspace_tokens, now
        self._own = own
        self._kept: set[str] = set()  # prompts whose template is remembered

    async def reserve(
        self, endpoint: Endpoint, *, task: str, prompt: str, tokens_in: int, tokens_out: int, payer: Payer
    ) -> Reservation:
        """Count the most that a call can cost against every budget. Raises ModelFailed when one has no room."""
        price = costs.price_of(endpoint, self._prices)
        if price is None and self._limits.of_money:
            raise ModelFailed(
                ModelOutcome.BUDGET,
                f"no price is known for {endpoint.model}; set model_prices, or no budget of money",
                code="budget-no-price",
            )
        money = price.of(tokens_in, tokens_out) if price else 0
        now = self._now()
        tokens = tokens_in + tokens_out
        call = NewCall(now, task, prompt, endpoint.model, endpoint.url, payer, tokens, money)
        try:
            allowed = await self._workspace_tokens(payer) if self._workspace_tokens and payer.workspace else None
            charges = budget.charges(payer, budget.narrowed(self._limits, allowed), now, own=self._own)
            outcome = await self._store.reserve(call, charges)
        except LibraryError as error:  # what cannot be counted is not spent
            what = f"the budget cannot be read: {error.code}"
            raise ModelFailed(ModelOutcome.BUDGET, what, code="budget-unknown") from error
        if isinstance(outcome, Charge):
            log.info("no room in a budget", extra={"scope": outcome.scope, "task": task, "tokens": tokens})
            raise budget.no_room(outcome, tokens, now)
        return Reservation(outcome, price, tokens_in, tokens_out)

    async def settle(
        self,
        reservation: Reservation,
        verdict: Verdict,
        *,
        code: str = "",
        tokens_in: int | None = None,
        tokens_out: int | None = None,
        seconds: float,
        said: str = "",
    ) -> Bill:
        """The call has ended. Tokens that nobody counted are taken to be the most that they can have been."""
        read = reservation.tokens_in if tokens_in is None else tokens_in
        written = reservation.tokens_out if tokens_out is None else tokens_out
        money = reservation.price.of(read, written) if reservation.price else 0
        end = CallEnd(self._now(), verdict, code, read, written, money, seconds, said if self._keep_text else "")
        try:
            await self._store.settle(reservation.call_id, end)
        except LibraryError as error:  # it stays counted with the most that it can have cost
            log.warning("a call's end is not written down", extra={"call": reservation.call_id, "code": error.code})
        return Bill(read, written, money)

    async def failed(self, reservation: Reservation, trouble: Trouble, *, seconds: float) -> None:
        """The call brought nothing. It costs nothing when it cannot have been worked on."""
        tokens = None if trouble.may_have_cost else 0
        verdict = VERDICTS[trouble.outcome]
        await self.settle(
            reservation, verdict, code=trouble.code, tokens_in=tokens, tokens_out=tokens, seconds=seconds
        )

    async def cancelled(self, reservation: Reservation, *, seconds: float) -> None:
        """Whoever asked has gone; what was sent may have been worked on."""
        await self.settle(reservation, Verdict.CANCELLED, seconds=seconds)

    async def keep_prompt(self, request: ModelRequest) -> None:
        """Remember the file behind a prompt, once a process."""
        if not request.template or request.prompt in self._kept:
            return
        try:
            await self._store.keep_prompt(request.prompt, request.template, now=self._now())
        except LibraryError as error:
            log.warning("a prompt is not written down", extra={"prompt": request.prompt, "code": error.code})
        else:
            self._kept.add(request.prompt)


def said_text(request: ModelRequest, text: str) -> str:
    """Question and reply as one text, for those who switched that on."""
    return json.dumps({"system": request.system, "user": request.user, "reply": text}, ensure_ascii=False)
