"""The use cases. Each takes what a person typed and returns plain values; the command line and the chat only show them.

What the web does wrong is part of the value. Raised are only VerbatimErrors: NotFound for a name that fits nothing or
too much, "not-yours" for a source of the whole installation, LibraryError.
"""

from __future__ import annotations

from collections.abc import Callable, Collection
from datetime import UTC, datetime
from typing import TYPE_CHECKING, Final

from bot.domain import EVERYONE, TERMINAL, Document, Scope, SourceKind
from bot.errors import AddressRefused, NotFound
from bot.library.source_store import FOR_EVER, Choices, Following, ItemStory, SourceStore
from bot.polling.ports import Fetches
from bot.sources.source_health import SourceState
from bot.sources.web_address import clean_link
from bot.sourcing.adding import SHOWN_AT_START, Added, Adding, Addition, Wish
from bot.sourcing.addresses import AddressRules
from bot.sourcing.choices import tidy
from bot.sourcing.discovery import Discovery
from bot.sourcing.lists import ImportedLine, SourceLists
from bot.sourcing.names import one_of, owned, sight
from bot.sourcing.ports import FindsDocuments, Reads
from bot.sourcing.trying import Trial, Trying
from bot.sourcing.views import Shown, SourceView, look_up, view_of

if TYPE_CHECKING:
    from bot.sources.public_networks import Network

POSTED_LATER: Final = 10  # "post last 10"


class Sourcing:
    """The use cases, over the library and the web. `networks` and `ports`: what the settings allow beyond the usual."""

    def __init__(
        self,
        sources: SourceStore,
        store: FindsDocuments,
        fetcher: Fetches,
        reader: Reads,
        *,
        networks: Collection[Network] = (),
        ports: Collection[int] = (),
        now: Callable[[], datetime] = lambda: datetime.now(UTC),
    ) -> None:
        self._sources = sources
        self._store = store
        self._rules = AddressRules(networks, ports)
        self._now = now
        discovery = Discovery(fetcher, reader, now)
        self._adding = Adding(sources, discovery, reader, now)
        self._trying = Trying(discovery, fetcher, reader, now)
        self._lists = SourceLists(sources, self._rules, now)

    async def add(
        self,
        text: str,
        *,
        audience: str = EVERYONE,
        kind: SourceKind | None = None,
        choices: Choices | None = None,
        by: str = "",
        anyway: bool = False,
    ) -> Addition:
        """Add what a person pasted: a feed; or, with kind PAGE, a page to be watched.

        A page that is pasted without that is looked through for feeds, which are offered, beside watching the page. The
        address is asked first. What cannot be read is not stored, except a feed that is only damaged, and anything
        with `anyway`: it is then a source that fails until it works.
        """
        try:
            address = self._rules.read(text)
        except AddressRefused as error:
            return Addition(Added.FAILED, text.strip(), code=error.code, reason=error.person)
        return await self._adding.add(address, kind, Wish(audience, tidy(choices or Choices()), by), anyway=anyway)

    async def test(self, text: str, scope: Scope = TERMINAL, *, watch: bool = False) -> Trial:
        """Ask for an address, or for a source by its name, and say what would be read. Stores nothing."""
        try:
            known: Following | None = await self.find(scope, text)
        except NotFound:
            known = None
        try:
            address = known.watched.address if known else self._rules.read(text)
        except AddressRefused as error:
            return Trial(text.strip(), ok=False, code=error.code, reason=error.person)
        watch = watch or (known is not None and known.kind is SourceKind.PAGE)
        return await self._trying.test(address, watch=watch, full_articles=known is None or known.choices.full_articles)

    # -- looking -------------------------------------------------------------------------------------------------------

    async def list(self, scope: Scope = TERMINAL, *, states: Collection[SourceState] = ()) -> tuple[SourceView, ...]:
        """The sources that the scope may see, in these states (empty: all), oldest first."""
        followings = await self._sources.followings(sight(scope))
        counts = await self._sources.counts([one.id for one in followings])
        views = (view_of(one, counts.get(one.id), self._now()) for one in followings)
        return tuple(one for one in views if not states or one.state in states)

    async def show(self, ref: str, scope: Scope = TERMINAL) -> Shown:
        """One source, what happened to it, and its newest documents. Raises NotFound."""
        one = await self.find(scope, ref)
        trail = await self._sources.address_trail(one.watched.id)
        mine = tuple(line for line in trail if line.source_id in (None, one.id))
        return Shown(await self._view(one), mine, tuple(await self._sources.newest_documents(one.id, SHOWN_AT_START)))

    async def why(self, ref: str, scope: Scope = TERMINAL) -> tuple[ItemStory, ...]:
        """What happened to an item, stage by stage: by its link, its guid, or the number or name of its document. Empty
        when it was never seen by a source of this scope. Raises NotFound when a document's name fits several."""
        refs = [ref.strip(), clean_link(ref)]
        if (document := await self._store.document(scope, ref)) is not None:
            refs.append(f"#{document.id}")
        return tuple(await self._sources.why(sight(scope), refs))

    async def find(self, scope: Scope, ref: str) -> Following:
        """The source that a person means. Raises NotFound, naming some when several fit."""
        return one_of(await self._sources.followings(sight(scope)), ref)

    # -- changing ------------------------------------------------------------------------------------------------------

    async def pause(
        self, ref: str, scope: Scope = TERMINAL, *, until: datetime | None = None, by: str = ""
    ) -> SourceView:
        """Ask for nothing until then (None: until somebody resumes it). Raises NotFound, "not-yours"."""
        one = await self._own(scope, ref)
        return await self._view(await self._sources.pause(one.id, until=until or FOR_EVER, now=self._now(), by=by))

    async def resume(self, ref: str, scope: Scope = TERMINAL) -> SourceView:
        """End a pause or a rest; it is asked for at once. Raises NotFound, "not-yours"."""
        one = await self._own(scope, ref)
        return await self._view(await self._sources.resume(one.id, now=self._now()))

    async def edit(self, ref: str, choices: Choices, scope: Scope = TERMINAL) -> SourceView:
        """Choose anew; start from `SourceView.choices`. Raises NotFound, "not-yours"."""
        one = await self._own(scope, ref)
        return await self._view(await self._sources.edit(one.id, tidy(choices), now=self._now()))

    async def remove(self, ref: str, scope: Scope = TERMINAL, *, erase: bool, by: str = "") -> SourceView:
        """Follow it no longer; `undo_until` says how long that can be undone. With `erase` its documents are found and
        listed no longer, while quotes that were shown stay provable. Raises NotFound, "not-yours"."""
        one = await self._own(scope, ref)
        return await self._view(await self._sources.remove(one.id, erase=erase, now=self._now(), by=by))

    async def undo_remove(self, ref: str, scope: Scope = TERMINAL) -> SourceView:
        """As before the removal, documents too. Raises NotFound when nothing by that name can be undone."""
        removed = [one for one in await self._sources.followings(sight(scope), removed=True) if one.removed_at]
        one = owned(one_of(removed, ref), scope)
        return await self._view(await self._sources.undo_remove(one.id, now=self._now()))

    async def release(self, ref: str, scope: Scope = TERMINAL, *, as_known: bool = False) -> int:
        """Let held items go on: as news, or (`as_known`) passed over. How many. Raises NotFound, "not-yours"."""
        one = await self._own(scope, ref)
        return await self._sources.release(one.id, now=self._now(), as_known=as_known)

    async def post_last(self, ref: str, scope: Scope = TERMINAL, *, limit: int = POSTED_LATER) -> tuple[Document, ...]:
        """Announce the newest of what a source held at its start after all; returns them. They are in the next brief.
        Raises NotFound, "not-yours"."""
        one = await self._own(scope, ref)
        return tuple(await self._sources.lift_baseline(one.id, limit, now=self._now()))

    # -- lists ---------------------------------------------------------------------------------------------------------

    async def import_list(
        self,
        raw: bytes,
        name: str = "",
        *,
        audience: str = EVERYONE,
        choices: Choices | None = None,
        by: str = "",
        room: int | None = None,
    ) -> tuple[ImportedLine, ...]:
        """Add all of an OPML, a CSV or a list with one address a line, but no more than there is `room` for: what is
        over fails as "sources-full". The addresses are checked, not asked: each is asked when its turn comes, and fails
        or not like any other. Raises Unreadable when it is no list."""
        return await self._lists.import_list(raw, name, Wish(audience, tidy(choices or Choices()), by), room)

    async def export_list(self, format_: str = "opml", scope: Scope = TERMINAL) -> bytes:
        """The sources that the scope may see, as "opml", "csv" or "txt": one address a line. Raises NotFound else."""
        return await self._lists.export_list(format_, scope)

    # -- inside --------------------------------------------------------------------------------------------------------

    async def _own(self, scope: Scope, ref: str) -> Following:
        return owned(await self.find(scope, ref), scope)

    async def _view(self, one: Following) -> SourceView:
        return await look_up(self._sources, one, self._now())
