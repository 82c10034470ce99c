"""What a call costs: a table of prices by host and model, and what the settings say instead.

A price is for a million tokens, read and written. A model on this machine or in its own network costs nothing unless
the settings say so. A model without a price cannot be asked under a budget of money: what nobody can count, nobody can
limit.
"""

from __future__ import annotations

import json
import re
from collections.abc import Mapping
from dataclasses import dataclass
from decimal import ROUND_CEILING, Decimal, InvalidOperation
from functools import cache
from pathlib import Path
from typing import Any, Final

from bot.language_model.endpoints import Endpoint, split_list
from bot.language_model.port import NANO

ANY_MODEL: Final = "*"
_TABLE: Final = Path(__file__).parent / "data" / "prices.json"
_MILLION: Final = 1_000_000
_DEAREST: Final = Decimal(1_000_000)
_SAME_MODEL: Final = re.compile(r"(-latest|-\d{4}-\d{2}-\d{2}|-\d{8}|-\d{4})?")  # what may follow its name


@dataclass(frozen=True, slots=True)
class Price:
    """For a million tokens."""

    read: Decimal
    written: Decimal

    def of(self, tokens_in: int, tokens_out: int) -> int:
        """In billionths, rounded up."""
        exact = (self.read * tokens_in + self.written * tokens_out) * NANO / _MILLION
        return int(exact.to_integral_value(ROUND_CEILING))


FREE: Final = Price(Decimal(0), Decimal(0))


def read_prices(text: str) -> dict[str, Price]:
    """Prices as the settings write them: "gpt-4o-mini=0.15/0.60, *=1/3". Raises ValueError."""
    prices: dict[str, Price] = {}
    for part in split_list(text):
        model, found, price = part.rpartition("=")
        read, slash, written = price.partition("/")
        if not (found and model.strip() and slash):
            raise ValueError(f"{part[:80]!r} is no price; one looks like gpt-4o-mini=0.15/0.60")
        prices[model.strip()] = Price(_amount(read), _amount(written))
    return prices


def are_prices(text: str) -> bool:
    """Whether `read_prices` can read this. Raises ValueError."""
    return read_prices(text) is not None


def price_of(endpoint: Endpoint, own: Mapping[str, Price]) -> Price | None:
    """What the settings say, else what is known; None when nobody knows."""
    if (stated := own.get(endpoint.model)) or (stated := own.get(ANY_MODEL)):
        return stated
    if endpoint.is_ours:
        return FREE
    known = _known_prices().get(endpoint.host, {})
    for model in sorted(known, key=len, reverse=True):
        if endpoint.model.startswith(model) and _SAME_MODEL.fullmatch(endpoint.model, len(model)):
            return known[model]
    return None


def money(billionths: int) -> Decimal:
    return Decimal(billionths) / NANO


def currency() -> str:
    """In which the known prices are."""
    return str(_table()["currency"])


def _amount(text: str) -> Decimal:
    try:
        amount = Decimal(text.strip())
    except InvalidOperation as error:
        raise ValueError(f"{text[:40]!r} is no price") from error
    if not amount.is_finite() or not 0 <= amount <= _DEAREST:
        raise ValueError(f"{text[:40]!r} is no price")
    return amount


@cache
def _table() -> Mapping[str, Any]:
    table: Mapping[str, Any] = json.loads(_TABLE.read_text("utf-8"), parse_float=Decimal, parse_int=Decimal)
    return table


@cache
def _known_prices() -> dict[str, dict[str, Price]]:
    hosts = _table()["hosts"]
    return {host: {model: Price(*both) for model, both in models.items()} for host, models in hosts.items()}
