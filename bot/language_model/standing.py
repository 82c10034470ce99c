"""How a model stands: which one a workspace is answered by, and whether it answers and may be asked."""

from __future__ import annotations

from dataclasses import dataclass
from datetime import datetime, timedelta
from typing import TYPE_CHECKING, Final, Literal

from bot.errors import SettingsError
from bot.language_model import budget
from bot.language_model.own_models import checked
from bot.language_model.port import CallRow, Payer, Verdict
from bot.language_model.wire import Trouble, Wire, utc_now

if TYPE_CHECKING:
    from bot.language_model.endpoints import Endpoint
    from bot.language_model.opening import ModelSetup
    from bot.language_model.own_models import OwnModelStore
    from bot.language_model.port import BudgetStore

PROBE_S: Final = 3.0
_FRESH: Final = timedelta(minutes=5)  # an answer so long ago needs no further one
_LOOKED_AT: Final = 50  # calls
_WORKED: Final = frozenset({Verdict.ANSWERED, Verdict.EMPTY, Verdict.CUT})


@dataclass(frozen=True, slots=True)
class Standing:
    """`model` is "" when there is none."""

    model: str = ""
    state: Literal["answers", "silent", "spent"] = "silent"


async def standing_of(
    setup: ModelSetup,
    calls: BudgetStore,
    own_models: OwnModelStore | None,
    workspace: str,
    channel: str = "",
    *,
    now: datetime | None = None,
) -> Standing:
    """The model of a workspace as it stands now. Raises LibraryError and its kinds."""
    now = now or utc_now()
    endpoints, is_own = setup.endpoints, False
    if own_models is not None:
        try:
            own = await own_models.own_model(workspace)
            if own is not None:
                endpoints, is_own = (checked(own, setup.workspace_hosts),), True
        except SettingsError:  # its key cannot be read any more, or its host is allowed no longer
            return Standing("?")
    if not endpoints:
        return Standing()
    limits = budget.charges(Payer(workspace, channel), setup.limits, now, own=is_own)
    for charge, one in zip(limits, await calls.spent(limits), strict=True):
        used_up = charge.most_tokens is not None and one.tokens >= charge.most_tokens
        if used_up or (charge.most_money is not None and one.money >= charge.most_money):
            return Standing(endpoints[0].model, "spent")
    rows = await calls.calls(limit=_LOOKED_AT)
    for endpoint in endpoints:
        if _answered(rows, endpoint, now) or await _answers(endpoint):
            return Standing(endpoint.model, "answers")
    return Standing(endpoints[0].model, "silent")


def _answered(rows: list[CallRow], endpoint: Endpoint, now: datetime) -> bool:
    """Whether the last call of an endpoint that ended was answered, a short while ago."""
    for row in rows:
        if row.end is not None and (row.call.endpoint, row.call.model) == (endpoint.url, endpoint.model):
            return row.end.verdict in _WORKED and now - row.end.at < _FRESH
    return False


async def _answers(endpoint: Endpoint) -> bool:
    from bot.language_model.models import list_models

    wire = Wire(endpoint, connections=1)
    try:
        await list_models(wire, limit_s=PROBE_S)
    except Trouble as trouble:
        return trouble.status in (404, 405)  # it is there, and knows no list of its models
    finally:
        await wire.close()
    return True
