"""The arithmetic of the budget: which limits a call counts against, and the most that it can cost. Pure.

A day begins at midnight UTC. What a call can cost at most is known before it is made: a tokenizer makes no more tokens
of a text than it has bytes, and of the reply no more come than were allowed.
"""

from __future__ import annotations

import hashlib
import json
from collections.abc import Sequence
from dataclasses import dataclass, replace
from datetime import UTC, datetime, time, timedelta
from decimal import ROUND_FLOOR, Decimal
from typing import Final

from bot.language_model.port import NANO, Charge, ModelFailed, ModelOutcome, ModelRequest, Payer, Shortage

SCOPES: Final = ("question", "user", "channel", "workspace", "day")  # from narrow to wide: the order they are asked in
FRAME_TOKENS: Final = 64  # what a server puts around two messages, at most

_PERSON: Final = {
    "question": "This question would cost more than one question may. You get the quotes themselves.",
    "user": "Your budget for the language model is used up for today (UTC). You get the quotes themselves.",
    "channel": "This channel's budget for the language model is used up for today (UTC). "
    "You get the quotes themselves.",
    "workspace": "This workspace's budget for the language model is used up for today (UTC). "
    "You get the quotes themselves.",
    "day": "The budget for the language model is used up for today (UTC). You get the quotes themselves.",
}


@dataclass(frozen=True, slots=True)
class Limit:
    """None: without limit. `money` is in billionths."""

    tokens: int | None = None
    money: int | None = None


def limit(tokens: int, money: float | Decimal) -> Limit:
    """A limit as the settings write it, where 0 is none. Money is in the currency of the prices."""
    billionths = int((Decimal(str(money)) * NANO).to_integral_value(ROUND_FLOOR))
    return Limit(tokens or None, billionths or None)


@dataclass(frozen=True, slots=True)
class Limits:
    """What may be spent: on a question, and in a day by one person, one channel, one workspace and by all."""

    question: Limit = Limit()
    user: Limit = Limit()
    channel: Limit = Limit()
    workspace: Limit = Limit()
    day: Limit = Limit()

    def of(self, scope: str) -> Limit:
        found: Limit = getattr(self, scope)
        return found

    @property
    def of_money(self) -> bool:
        """Whether any of them is one of money."""
        return any(self.of(scope).money is not None for scope in SCOPES)


def narrowed(limits: Limits, workspace_tokens: int | None) -> Limits:
    """The limits of a workspace whose admin allows it so many tokens a day; None: as many as there are."""
    if workspace_tokens is None:
        return limits
    most = limits.workspace.tokens
    tokens = workspace_tokens if most is None else min(most, workspace_tokens)
    return replace(limits, workspace=replace(limits.workspace, tokens=tokens))


def charges(payer: Payer, limits: Limits, now: datetime, *, own: bool = False) -> tuple[Charge, ...]:
    """The budgets that a call of this payer counts against, in the order of `SCOPES`.

    `own`: a workspace's own model, for which the house does not pay.
    """
    today = now.astimezone(UTC).date().isoformat()
    keys = {
        "question": (_key(payer.workspace, payer.question) if payer.question else "", ""),
        "user": (_key(payer.workspace, payer.person) if payer.person else "", today),
        "channel": (_key(payer.workspace, payer.channel) if payer.channel else "", today),
        "workspace": (payer.workspace, today),
    }
    found = [
        Charge(scope, key, day, limits.of(scope).tokens, limits.of(scope).money)
        for scope, (key, day) in keys.items()
        if key
    ]
    return tuple(found) if own else (*found, Charge("day", "", today, limits.day.tokens, limits.day.money))


def most_tokens(request: ModelRequest) -> tuple[int, int]:
    """The most tokens that this request can be and can bring: (in, out)."""
    schema = len(json.dumps(request.schema).encode()) if request.schema is not None else 0
    # A server may hold the schema as a grammar or put it into the prompt, and so may we.
    read = len(request.system.encode("utf-8", "replace")) + len(request.user.encode("utf-8", "replace"))
    return read + 2 * schema + FRAME_TOKENS, request.max_tokens


def most_tokens_of(texts: Sequence[str]) -> int:
    """The most tokens that these texts can be, for an embedder."""
    return sum(len(text.encode("utf-8", "replace")) + 8 for text in texts)


def no_room(charge: Charge, tokens: int, now: datetime) -> ModelFailed:
    """What is said when this budget has no room for so many tokens and their price."""
    of_tokens = charge.most_tokens is not None and (charge.most_money is None or tokens > charge.most_tokens)
    midnight = datetime.combine(now.astimezone(UTC).date() + timedelta(days=1), time(), UTC)
    shortage = Shortage(
        charge.scope,
        "tokens" if of_tokens else "money",
        (charge.most_tokens if of_tokens else charge.most_money) or 0,
        midnight if charge.day else None,
    )
    return ModelFailed(
        ModelOutcome.BUDGET,
        f"the budget of this {charge.scope} has no room for {tokens} tokens",
        code=f"budget-{charge.scope}",
        person=_PERSON[charge.scope],
        shortage=shortage,
    )


def person_key(platform: str, workspace: str, person: str) -> str:
    """A person as calls remember them: the same person in the same workspace, and no name that could be read back by
    looking."""
    told = json.dumps([platform, workspace, person]).encode()
    return hashlib.blake2b(told, digest_size=10, person=b"verbatim-payer").hexdigest()


def _key(workspace: str, inner: str) -> str:
    return f"{workspace}/{inner}"
