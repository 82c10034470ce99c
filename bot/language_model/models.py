"""The models that an endpoint lists."""

from __future__ import annotations

from collections.abc import Mapping
from typing import Final

from bot.language_model.port import ModelOutcome
from bot.language_model.wire import TooMuch, Trouble, Wire, read_json, utc_now

PATH: Final = "/models"
_MOST_BYTES: Final = 4_000_000


async def list_models(wire: Wire, *, limit_s: float) -> tuple[str, ...]:
    """Their names, in the server's order. Raises Trouble."""
    async with wire.exchange(PATH, limit_s=limit_s) as answer:
        if answer.status != 200:
            raise await answer.trouble(now=utc_now())
        try:
            listed = read_json(await answer.body(_MOST_BYTES))
        except (ValueError, TooMuch) as error:
            raise Trouble(ModelOutcome.CUT, "not-a-list", status=200) from error
    rows = listed.get("data") or listed.get("models") if isinstance(listed, Mapping) else listed
    if not isinstance(rows, list):
        raise Trouble(ModelOutcome.CUT, "not-a-list", status=200)
    names = [row.get("id") or row.get("name") if isinstance(row, Mapping) else row for row in rows]
    return tuple(name for name in names if isinstance(name, str))
