"""Installations in several workspaces, by the interfaces of Slack's library, over our store: tokens only sealed."""

from __future__ import annotations

import hashlib
import json
import logging
import secrets
from datetime import UTC, datetime, timedelta
from typing import TYPE_CHECKING, Any, Final

from slack_sdk.oauth.installation_store.async_installation_store import AsyncInstallationStore
from slack_sdk.oauth.installation_store.models.installation import Installation
from slack_sdk.oauth.state_store.async_state_store import AsyncOAuthStateStore

from bot.errors import SettingsError
from bot.library.installation_store import Installed

if TYPE_CHECKING:
    from collections.abc import Awaitable, Callable

    from slack_sdk.oauth.installation_store.models.bot import Bot

    from bot.library.installation_store import InstallationStore
    from bot.library.sealing import Seal

log = logging.getLogger(__name__)

STATE_S: Final = 600
_STATE_BYTES: Final = 32
_CLOCKS_DIFFER_S: Final = 60.0


def utc_now() -> datetime:
    return datetime.now(UTC)


class Installations(AsyncInstallationStore):
    """Slack's interface over our store. `installed` hears of every new one: its workspace and who installed it."""

    def __init__(
        self,
        store: InstallationStore,
        seal: Seal,
        *,
        installed: Callable[[str, str], Awaitable[None]] | None = None,
        now: Callable[[], datetime] = utc_now,
    ) -> None:
        self._store, self._seal, self._installed, self._now = store, seal, installed, now

    @property
    def logger(self) -> logging.Logger:
        return log

    async def async_save(self, installation: Installation) -> None:
        """One installation a workspace, the newest; what a person granted for themselves is not kept: we ask nobody for
        it."""
        kept: dict[str, Any] = {
            key: value for key, value in installation.to_dict().items() if value is not None and key in _KEPT
        }
        enterprise, team = installation.enterprise_id or "", installation.team_id or ""
        content = self._seal.seal(json.dumps(kept, default=str), _place(enterprise, team))
        await self._store.keep(Installed(enterprise, team, self._now(), content))
        if self._installed is not None:
            await self._installed(team, installation.user_id or "")

    async def async_save_bot(self, bot: Bot) -> None:
        """The installation holds the bot already."""

    async def async_find_bot(
        self, *, enterprise_id: str | None, team_id: str | None, is_enterprise_install: bool | None = False
    ) -> Bot | None:
        found = await self.async_find_installation(
            enterprise_id=enterprise_id, team_id=team_id, is_enterprise_install=is_enterprise_install
        )
        return found.to_bot() if found else None

    async def async_find_installation(
        self,
        *,
        enterprise_id: str | None,
        team_id: str | None,
        user_id: str | None = None,  # noqa: ARG002 - Slack's; there is one a workspace, whoever asks
        is_enterprise_install: bool | None = False,
    ) -> Installation | None:
        found = await self._store.find(enterprise_id or "", "" if is_enterprise_install else team_id or "")
        return self._opened(found) if found else None

    async def everywhere(self) -> list[Installation]:
        """Every installation that can be read with our keys."""
        found = [self._opened(one) for one in await self._store.everywhere()]
        return [one for one in found if one is not None]

    async def of_team(self, team: str) -> Installation | None:
        """The newest installation of one workspace: it may have been in another enterprise, or in none, before."""
        found = [one for one in await self._store.everywhere() if one.team == team]
        return self._opened(found[-1]) if found else None

    async def forget(self, team: str, *, unless_after: float = float("inf")) -> bool:
        """Keep nothing of a workspace, in whatever enterprise; False when it was installed anew after that time
        (seconds since 1970): what is told late is not true any more."""
        found = [one for one in await self._store.everywhere() if one.team == team]
        if any(one.installed_at.timestamp() > unless_after + _CLOCKS_DIFFER_S for one in found):
            return False
        for one in found:
            await self._store.remove(one.enterprise, one.team)
        return True

    async def async_delete_installation(
        self, *, enterprise_id: str | None, team_id: str | None, user_id: str | None = None  # noqa: ARG002 - Slack's
    ) -> None:
        await self._store.remove(enterprise_id or "", team_id or "")

    async def async_delete_bot(self, *, enterprise_id: str | None, team_id: str | None) -> None:
        await self._store.remove(enterprise_id or "", team_id or "")

    async def async_delete_all(self, *, enterprise_id: str | None, team_id: str | None) -> None:
        await self._store.remove(enterprise_id or "", team_id or "")

    def _opened(self, installed: Installed) -> Installation | None:
        """An installation in clear, None when no key of ours fits: it has to be installed anew."""
        try:
            kept = json.loads(self._seal.open(installed.content, _place(installed.enterprise, installed.team)))
        except (SettingsError, ValueError):
            log.error("an installation was sealed with another key", extra={"workspace": installed.team})
            return None
        return Installation(**{"user_id": "", **kept}, installed_at=installed.installed_at.timestamp())


_KEPT: Final = frozenset(
    (
        "app_id", "enterprise_id", "enterprise_name", "team_id", "team_name", "bot_token", "bot_id", "bot_user_id",
        "bot_scopes", "user_id", "is_enterprise_install", "token_type",
    )
)  # fmt: skip


class States(AsyncOAuthStateStore):
    """What ties the end of an installation to its beginning: good once, for ten minutes; kept as a hash."""

    def __init__(self, store: InstallationStore, now: Callable[[], datetime] = utc_now) -> None:
        self._store, self._now = store, now

    @property
    def logger(self) -> logging.Logger:
        return log

    async def async_issue(self, *args: Any, **options: Any) -> str:  # noqa: ARG002 - Slack's
        state = secrets.token_urlsafe(_STATE_BYTES)
        now = self._now()
        await self._store.issue_state(_sha256(state), until=now + timedelta(seconds=STATE_S), now=now)
        return state

    async def async_consume(self, state: str) -> bool:
        return await self._store.consume_state(_sha256(state), now=self._now())


def _place(enterprise: str, team: str) -> str:
    """What a sealed installation is bound to."""
    return f"slack/{enterprise}/{team}"


def _sha256(state: str) -> str:
    return hashlib.sha256(state.encode("utf-8", "replace")).hexdigest()
