"""The language model and the embedder as ports, what is asked of them and what comes back, in our words.

What every adapter keeps:

- `complete` ends within the request's time limit, with a reply or with `ModelFailed`, whatever the other side does.
- A reply's text is what the model said, and nothing about it is certain: its form, its language, its truth.
- Before anything is sent, a budget has room for the most that it can cost; afterwards only what it did cost counts.
- No key and no text of a prompt or a reply stands in an error, a log line or a `repr`.
"""

from __future__ import annotations

from array import array
from collections.abc import Mapping, Sequence
from dataclasses import dataclass, field
from datetime import datetime
from decimal import Decimal
from enum import StrEnum
from typing import Any, Final, Literal, Protocol

from bot.errors import VerbatimError

NANO: Final = 1_000_000_000  # money is counted in billionths of the currency in which the prices are


class ModelOutcome(StrEnum):
    """Why there is no reply."""

    DOWN = "down"  # it cannot be reached, or answers that it cannot
    SLOW = "slow"  # it did not answer in time
    LIMITED = "limited"  # it has had too many requests, or its own account is empty
    REFUSED = "refused"  # it will not take this request: a wrong key, an unknown model, a text too long or unwanted
    EMPTY = "empty"  # it said nothing
    CUT = "cut"  # its answer broke off before there was anything to use, or cannot be read
    BUDGET = "budget"  # ours has no room for it
    NOT_CONFIGURED = "not-configured"


_PERSON: Final = {
    ModelOutcome.DOWN: "The language model cannot be reached just now. You get the quotes themselves.",
    ModelOutcome.SLOW: "The language model took too long. You get the quotes themselves.",
    ModelOutcome.LIMITED: "The language model takes no more requests just now. You get the quotes themselves.",
    ModelOutcome.REFUSED: "The language model did not take this request. You get the quotes themselves.",
    ModelOutcome.EMPTY: "The language model said nothing. You get the quotes themselves.",
    ModelOutcome.CUT: "What the language model said could not be read. You get the quotes themselves.",
    ModelOutcome.BUDGET: "The budget for the language model is used up. You get the quotes themselves.",
    ModelOutcome.NOT_CONFIGURED: "No language model is set up. You get the quotes themselves.",
}


@dataclass(frozen=True, slots=True)
class Shortage:
    """Which budget has no room, and when it has again."""

    scope: str  # one of `budget.SCOPES`
    unit: Literal["tokens", "money"]
    most: int  # tokens, or money in billionths
    until: datetime | None  # None: no time helps, only another question or another setting


class ModelFailed(VerbatimError):
    """The language model gave no answer. What the sources say is shown as it stands."""

    def __init__(
        self,
        outcome: ModelOutcome,
        log: str = "",
        *,
        code: str = "",
        person: str = "",
        shortage: Shortage | None = None,
    ) -> None:
        super().__init__(code or f"model-{outcome}", log, person or _PERSON[outcome])
        self.outcome = outcome
        self.shortage = shortage


@dataclass(frozen=True, slots=True)
class Payer:
    """For whom a model is asked. All empty: for the installation itself, as when it indexes."""

    workspace: str = ""
    channel: str = ""
    person: str = ""  # `budget.person_key`, never the platform's own id
    question: str = ""  # what was asked, by the id of its event: one question may take several calls


OURSELVES: Final = Payer()


@dataclass(frozen=True, slots=True, kw_only=True)
class ModelRequest:
    """One thing to ask. `time_limit_s` is for all of it: every endpoint, every try, every wait."""

    task: str
    prompt: str  # name@version, as `prompt_files` gives it
    system: str = field(repr=False)
    user: str = field(repr=False)
    schema: Mapping[str, Any] | None = field(default=None, repr=False)  # JSON schema of the reply; None: plain text
    max_tokens: int
    temperature: float = 0.0
    time_limit_s: float
    payer: Payer = OURSELVES
    template: str = field(default="", repr=False)  # the file behind `prompt`, kept so that receipts can show it


@dataclass(frozen=True, slots=True)
class ModelReply:
    """What a model said. `tokens_in` and `tokens_out` are its server's, or the most it can have been."""

    text: str = field(repr=False)
    model: str
    endpoint: str  # its address, which holds no secret
    tokens_in: int
    tokens_out: int
    seconds: float
    cost: Decimal
    finish: str  # "stop"; "length": at `max_tokens`; "cut": it broke off, or we did, and the text ends anywhere


class LanguageModel(Protocol):
    """Whoever writes."""

    async def complete(self, request: ModelRequest) -> ModelReply:
        """Ask once; tries again by itself where that may help. Raises ModelFailed."""
        ...


@dataclass(frozen=True, slots=True)
class Vectors:
    """One vector of length 1 for each text, in their order, one behind the other: numpy reads `values` as it is."""

    model: str
    dimension: int
    values: array[float] = field(repr=False)  # of type "f"

    def __len__(self) -> int:
        return len(self.values) // self.dimension if self.dimension else 0

    def vector(self, number: int) -> array[float]:
        return self.values[number * self.dimension : (number + 1) * self.dimension]


class Embedder(Protocol):
    """Whoever turns texts into vectors. Vectors of different models cannot be compared."""

    @property
    def model(self) -> str:
        """By which its vectors are told from those of others."""
        ...

    @property
    def dimension(self) -> int:
        """0 until the first vectors came."""
        ...

    async def embed(
        self, texts: Sequence[str], *, kind: Literal["query", "passage"], payer: Payer = OURSELVES
    ) -> Vectors:
        """The vectors of these texts, all or none. Raises ModelFailed."""
        ...


# --- what is remembered of calls, and the budget ---


@dataclass(frozen=True, slots=True)
class Charge:
    """One budget that a call counts against. None: no limit, but it is counted."""

    scope: str
    key: str
    day: str  # ISO; empty where days do not count
    most_tokens: int | None = None
    most_money: int | None = None  # in billionths


@dataclass(frozen=True, slots=True)
class NewCall:
    """A call that is about to be made, with the most that it can cost."""

    at: datetime
    task: str
    prompt: str
    model: str
    endpoint: str
    payer: Payer
    tokens: int
    money: int  # in billionths


class Verdict(StrEnum):
    """What became of a call, as the wire saw it. Whether its words could be used is in what was made of them."""

    ASKED = "asked"  # under way; after a crash for ever
    ANSWERED = "answered"
    CUT = "cut"
    EMPTY = "empty"
    DOWN = "down"
    SLOW = "slow"
    LIMITED = "limited"
    REFUSED = "refused"
    CANCELLED = "cancelled"  # whoever asked has gone


@dataclass(frozen=True, slots=True)
class CallEnd:
    """How a call ended, and what it did cost."""

    at: datetime
    verdict: Verdict
    code: str
    tokens_in: int
    tokens_out: int
    money: int  # in billionths
    seconds: float
    said: str = field(default="", repr=False)  # question and reply, only where the settings ask for it


@dataclass(frozen=True, slots=True)
class CallRow:
    """A call as it is remembered."""

    id: int
    call: NewCall
    end: CallEnd | None  # None: it has not ended


@dataclass(frozen=True, slots=True)
class Spent:
    """What counts against one budget by now, what is reserved included."""

    scope: str
    key: str
    day: str
    tokens: int
    money: int  # in billionths


class BudgetStore(Protocol):
    """Calls and what they cost. Safe for any number of tasks and processes; raises LibraryError and its kinds.

    A call is written before it is made and ended after, once. What it may cost counts against all its budgets from the
    first, or, where one of them has no room, against none; what it did cost takes that place at its end. So a budget is
    never exceeded, and after a crash a call that was under way counts with the most that it can have cost.
    """

    async def reserve(self, call: NewCall, charges: Sequence[Charge]) -> int | Charge:
        """Write the call and count it against every budget: its id. Or the first budget that has no room, and nothing
        has happened."""
        ...

    async def settle(self, call_id: int, end: CallEnd) -> bool:
        """The call has ended. False, and nothing happens, when it had ended before."""
        ...

    async def spent(self, charges: Sequence[Charge]) -> list[Spent]:
        """What counts against these budgets, in their order."""
        ...

    async def calls(self, *, workspace: str | None = None, limit: int = 50) -> list[CallRow]:
        """The last calls, newest first."""
        ...

    async def keep_prompt(self, prompt: str, template: str, *, now: datetime) -> None:
        """Remember the file behind a prompt's name and version. The first one stays."""
        ...

    async def prompt_template(self, prompt: str) -> str | None:
        """The file behind a prompt that was used once, whatever became of it since."""
        ...

    async def keep_abilities(self, endpoint: str, abilities: str, *, now: datetime) -> None:
        """Remember, as JSON, what an endpoint was found to be able to do."""
        ...

    async def abilities(self) -> dict[str, tuple[str, datetime]]:
        """Every endpoint of which something is remembered: what, and since when."""
        ...

    async def forget_calls(self, *, before: datetime) -> int:
        """Drop calls and budgets older than an instant; how many calls these were. Prompts stay."""
        ...


class WritingStore(Protocol):
    """What models wrote, by a hash of everything that it was made of: asked for once, whatever the process. Raises
    LibraryError and its kinds."""

    async def writings(self, keys: Sequence[str]) -> dict[str, str]:
        """Those of these that are kept."""
        ...

    async def keep_writings(self, written: Mapping[str, str], *, now: datetime) -> None:
        """Keep these by their keys; what is kept already stays as it is."""
        ...

    async def forget_writings(self, *, before: datetime) -> int:
        """Drop those that were kept before an instant; how many these were."""
        ...
