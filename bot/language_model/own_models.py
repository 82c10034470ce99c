"""Workspaces' own models: a workspace that brought an endpoint and a key is answered by it, all others by the house's.

Whoever manages a workspace is not the owner of this machine: only hosts that the owner allows may be named, so nobody
looks around in the owner's network with our hands. What such a model costs counts against its workspace, not against
the house; and where it fails, the house does not pay in its place.
"""

from __future__ import annotations

import asyncio
import time
from collections import OrderedDict
from collections.abc import Callable, Collection
from dataclasses import dataclass, field
from datetime import datetime
from typing import Final, Protocol

from bot.errors import LibraryError, SettingsError
from bot.language_model.endpoints import Endpoint, read_endpoints
from bot.language_model.port import LanguageModel, ModelFailed, ModelOutcome, ModelReply, ModelRequest, Payer

KNOWN_S: Final = 30.0  # so long a change may take to be noticed by another process
MOST_OPEN: Final = 32  # workspaces whose connections are kept


@dataclass(frozen=True, slots=True)
class OwnModel:
    """What a workspace brought."""

    workspace: str
    url: str
    model: str
    key: str = field(default="", repr=False)


class OwnModelStore(Protocol):
    """What workspaces brought; keys are kept encrypted. Raises LibraryError and its kinds."""

    async def own_model(self, workspace: str) -> OwnModel | None:
        """Raises SettingsError when its key cannot be read any more."""
        ...

    async def put_own_model(self, own: OwnModel, *, by: str, now: datetime) -> None:
        """Write it in the place of the one before."""
        ...

    async def remove_own_model(self, workspace: str) -> bool: ...

    async def own_models(self) -> list[OwnModel]:
        """All of them, without their keys."""
        ...


def checked(own: OwnModel, allowed_hosts: Collection[str]) -> Endpoint:
    """The endpoint that a workspace names. Raises SettingsError when it may not, or cannot be one."""
    endpoints = read_endpoints(own.url, own.model, own.key)
    if len(endpoints) != 1:
        raise SettingsError("own-model", "not one endpoint", "A workspace's model needs one address and one name.")
    [endpoint] = endpoints
    if endpoint.host not in allowed_hosts:
        hosts = ", ".join(sorted(allowed_hosts)) or "none"
        raise SettingsError(
            "own-model-host", "a host that is not allowed", f"Only these hosts may be named here: {hosts}."
        )
    if not endpoint.url.startswith("https://"):
        raise SettingsError("own-model-open", "no https", "A workspace's model is asked over https alone.")
    return endpoint


def whose_writing(own: OwnModelStore | None) -> Callable[[Payer], str]:
    """For whom alone something that a model said is remembered: where workspaces may bring models of their own, nobody
    reads what another one's said and paid for."""
    return (lambda payer: payer.workspace) if own is not None else (lambda _: "")


class Closing(LanguageModel, Protocol):
    """A language model that holds connections."""

    async def close(self) -> None: ...


class OwnModels:
    """`LanguageModel` for all workspaces. Made for one event loop; `close` it in the end."""

    def __init__(
        self,
        house: LanguageModel | None,
        store: OwnModelStore,
        make: Callable[[Endpoint], Closing],
        *,
        allowed_hosts: Collection[str],
        clock: Callable[[], float] = time.monotonic,
    ) -> None:
        self._house, self._store, self._make = house, store, make
        self._allowed_hosts, self._clock = frozenset(allowed_hosts), clock
        self._known: dict[str, tuple[float, Endpoint | None]] = {}
        self._open: OrderedDict[Endpoint, _Held] = OrderedDict()

    async def close(self) -> None:
        await asyncio.gather(*(held.model.close() for held in self._open.values()))
        self._open.clear()

    def forget(self, workspace: str) -> None:
        """Something changed there: look anew."""
        self._known.pop(workspace, None)

    async def complete(self, request: ModelRequest) -> ModelReply:
        """See `LanguageModel`."""
        endpoint = await self._endpoint(request.payer.workspace) if request.payer.workspace else None
        if endpoint is None:
            if self._house is None:
                raise ModelFailed(ModelOutcome.NOT_CONFIGURED)
            return await self._house.complete(request)
        held = self._held(endpoint)
        held.users += 1
        try:
            return await held.model.complete(request)
        finally:
            held.users -= 1
            await self._close_some()

    async def _endpoint(self, workspace: str) -> Endpoint | None:
        at, endpoint = self._known.get(workspace, (None, None))
        if at is not None and self._clock() - at < KNOWN_S:
            return endpoint
        try:
            own = await self._store.own_model(workspace)
            endpoint = checked(own, self._allowed_hosts) if own is not None else None
        except LibraryError as error:
            raise ModelFailed(ModelOutcome.DOWN, f"the library cannot be read: {error.code}") from error
        except SettingsError as error:
            what = f"the model of a workspace cannot be used: {error.code}"
            raise ModelFailed(ModelOutcome.NOT_CONFIGURED, what, code=error.code) from error
        self._known[workspace] = self._clock(), endpoint
        return endpoint

    def _held(self, endpoint: Endpoint) -> _Held:
        held = self._open.pop(endpoint, None) or _Held(self._make(endpoint))
        self._open[endpoint] = held  # the last one used
        return held

    async def _close_some(self) -> None:
        idle = [endpoint for endpoint, held in self._open.items() if not held.users]
        too_many = max(0, len(self._open) - MOST_OPEN)
        await asyncio.gather(*(self._open.pop(endpoint).model.close() for endpoint in idle[:too_many]))


@dataclass(slots=True)
class _Held:
    model: Closing
    users: int = 0
