"""Lists of sources, in and out: OPML, CSV, or one address a line."""

from __future__ import annotations

from collections.abc import Callable
from dataclasses import dataclass, replace
from datetime import datetime
from typing import TYPE_CHECKING, Final

from bot.domain import Scope, SourceKind
from bot.errors import AddressRefused, NotFound
from bot.library.source_store import Following, SourceStore
from bot.sourcing.adding import Added, Wish
from bot.sourcing.addresses import AddressRules, check_length
from bot.sourcing.names import sight

if TYPE_CHECKING:
    from bot.sources.source_lists import ListedSource

_FORMATS: Final = ("opml", "csv", "txt")


@dataclass(frozen=True, slots=True)
class ImportedLine:
    """What came of one line of a list."""

    address: str
    title: str
    outcome: Added
    line: int = 0  # of the list, from 1
    source_id: int = 0
    code: str = ""
    reason: str = ""


class SourceLists:
    """Takes lists in and writes them."""

    def __init__(self, sources: SourceStore, rules: AddressRules, now: Callable[[], datetime]) -> None:
        self._sources = sources
        self._rules = rules
        self._now = now

    async def import_list(self, raw: bytes, name: str, wish: Wish, room: int | None) -> tuple[ImportedLine, ...]:
        """What came of each line, as `Sourcing.import_list` says. Raises Unreadable when it is no list."""
        from bot.sources.source_lists import RefusedRow, read_source_list

        known: dict[str, Following] = {}
        for one in await self._sources.followings(Scope.of_audience(wish.audience)):
            if one.audience == wish.audience:
                known |= {one.address: one, one.watched.address: one}
        lines: list[ImportedLine] = []
        for listed in read_source_list(raw, name, networks=self._rules.networks, ports=self._rules.ports):
            if isinstance(listed, RefusedRow):
                outcome = Added.KNOWN if listed.code == "listed-twice" else Added.FAILED
                refused = ImportedLine(listed.text, "", outcome, listed.line, code=listed.code, reason=listed.reason)
                lines.append(refused)
                continue
            is_full = room is not None and sum(one.outcome is Added.ADDED for one in lines) >= room
            lines.append(await self._line(listed, wish, known, is_full=is_full))
        return tuple(lines)

    async def _line(
        self, listed: ListedSource, wish: Wish, known: dict[str, Following], *, is_full: bool
    ) -> ImportedLine:
        """Add one that could be read; `known` are those that are followed, and gets it."""
        line = ImportedLine(listed.address, listed.title, Added.FAILED, listed.line)
        try:
            check_length(listed.address)
        except AddressRefused as error:
            return replace(line, code=error.code, reason=error.person)
        if (following := known.get(listed.address)) is not None:
            return replace(line, title=following.title, outcome=Added.KNOWN, source_id=following.id)
        if is_full:
            reason = "There may be no more sources here. Remove one, or ask an admin to raise the limit."
            return replace(line, code="sources-full", reason=reason)
        following, new = await self._sources.add(
            SourceKind.PAGE if listed.kind == "page" else SourceKind.FEED,
            listed.address,
            wish.audience,
            replace(wish.choices, title=listed.title or wish.choices.title),
            now=self._now(),
            by=wish.by,
        )
        known[listed.address] = following
        outcome = Added.ADDED if new else Added.KNOWN
        return replace(line, title=following.title, outcome=outcome, source_id=following.id)

    async def export_list(self, format_: str, scope: Scope) -> bytes:
        """What the scope may see, as `Sourcing.export_list` says. Raises NotFound for another format."""
        from bot.sources.source_lists import ListedSource, write_csv, write_opml

        if format_ not in _FORMATS:
            raise NotFound("no-such-format", format_[:40], f"Sources are written as {', '.join(_FORMATS)}.")
        by_address: dict[str, ListedSource] = {}
        for one in await self._sources.followings(sight(scope)):
            address = one.watched.address
            listed_as = ListedSource(address, one.title, kind=str(one.kind), home=one.watched.link)
            by_address.setdefault(address, listed_as)
        listed = list(by_address.values())
        if format_ == "opml":
            return write_opml(listed, title="Sources of Verbatim")
        if format_ == "csv":
            return write_csv(listed)
        return "".join(f"{one.address}\n" for one in listed).encode("utf-8", "replace")
