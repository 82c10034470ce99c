"""The composition root: builds every part from the settings, hands them to each other, closes them in reverse."""

from __future__ import annotations

import asyncio
import gc
import logging
import time
from contextlib import AsyncExitStack, ExitStack, asynccontextmanager, closing, contextmanager
from dataclasses import dataclass
from typing import TYPE_CHECKING

from bot.domain import EVERYONE

if TYPE_CHECKING:
    from collections.abc import AsyncIterator, Callable, Iterator
    from pathlib import Path

    from bot.answers.answering import Answerer
    from bot.documents.child import ReaderChild
    from bot.intake import Intake, Look
    from bot.language_model.metering import WorkspaceTokens
    from bot.language_model.opening import ModelSetup
    from bot.language_model.port import Payer
    from bot.language_model.standing import Standing
    from bot.languages.ding import DingDictionary
    from bot.library.brief_store import BriefStore
    from bot.library.desk import Desk
    from bot.library.sealing import Seal
    from bot.library.search_index import SearchIndex
    from bot.library.source_store import SourceStore
    from bot.library.sql_model_store import SqlModelStore, SqlOwnModelStore
    from bot.library.sql_store import SqlStore
    from bot.library.sql_writing_store import SqlWritingStore
    from bot.library.store import Store
    from bot.polling.poller import Poller
    from bot.settings import Settings
    from bot.sources.fetcher import Fetcher
    from bot.sources.host_pace import HostPace
    from bot.sourcing.use_cases import Sourcing
    from bot.writing import KeptWriter

log = logging.getLogger(__name__)

CACHE_FOLDER = "cache"
INDEX_FOLDER = "index"
LIBRARY_FILE = "library.sqlite3"
SEAL_FILE = "seal.key"
_SEARCH_FOR_CYCLES = 20_000, 20, 50


def database_url(settings: Settings) -> str:
    """The library's address: as set, else a SQLite file in the data folder."""
    return settings.database_url.reveal() or f"sqlite:///{settings.data_dir / LIBRARY_FILE}"


def seal_of(settings: Settings) -> Seal:
    """What seals the secrets of workspaces: with the key of the settings, else with one of its own. SettingsError."""
    from bot.library.sealing import Seal, seal_of_file

    given = settings.seal_key.reveal()
    return Seal(given) if given else seal_of_file(settings.data_dir / SEAL_FILE)


def index_root(settings: Settings) -> Path:
    return settings.data_dir / INDEX_FOLDER


def installed_dictionary(settings: Settings) -> DingDictionary:
    """The larger dictionary of the settings, which knows nothing where it is not there or was not packed yet."""
    from bot.languages.ding import DingDictionary
    from bot.languages.words import key_of

    return DingDictionary(settings.dictionary_file, settings.data_dir / CACHE_FOLDER, key_of)


def _miss_dictionary(settings: Settings) -> None:
    """Say it when a dictionary that somebody named is not there; that the usual one is not is no news."""
    if settings.origins.get("dictionary_file", "default") != "default" and not settings.dictionary_file.exists():
        log.warning("no dictionary there", extra={"dictionary": str(settings.dictionary_file)})


@dataclass(frozen=True, slots=True)
class ReadingRoom:
    """What answering a question needs of an existing library, and nothing that takes long to load."""

    desk: Desk
    index: SearchIndex
    answerer: Answerer


@contextmanager
def open_reading_room(settings: Settings) -> Iterator[ReadingRoom]:
    """Open an existing library for reading. Raises NotFound when nothing was read yet, LibraryError, IndexUnusable."""
    from bot.answers.answering import Answerer
    from bot.languages.lexicon import asking_also
    from bot.library.opening import open_desk
    from bot.library.search_index import SearchIndex

    with ExitStack() as stack:
        require_writable(settings.data_dir)
        desk = open_desk(database_url(settings))
        stack.callback(desk.close)
        dictionary = stack.enter_context(closing(installed_dictionary(settings)))
        stack.enter_context(asking_also(dictionary))
        index = SearchIndex(index_root(settings))
        stack.callback(index.close)
        meaning, widening = None, None
        if settings.embedding_url or settings.embedding_path or settings.model_url:
            from bot.meaning import open_beyond_apart

            beyond = stack.enter_context(open_beyond_apart(settings, database_url(settings), desk, index))
            meaning, widening = beyond.meaning, beyond.widening
        stack.enter_context(rare_searches_for_cycles())
        yield ReadingRoom(desk, index, Answerer(index, desk, meaning=meaning, widening=widening))


@dataclass(frozen=True, slots=True)
class App:
    """The whole bot, ready to take in documents."""

    settings: Settings
    store: Store
    sources: SourceStore
    briefs: BriefStore
    desk: Desk
    index: SearchIndex
    reader: ReaderChild
    intake: Intake
    answerer: Answerer

    async def look(self, *, progress: Callable[[int, int], None] | None = None, patience_s: float = 0.0) -> Look:
        """Take in what changed in the seeds folder; wait up to `patience_s` for files that are still being written."""
        until = time.monotonic() + patience_s
        look = await self.intake.look(self.settings.seeds_dir, EVERYONE, progress=progress)
        while look.unsettled and time.monotonic() < until:
            await asyncio.sleep(look.settles_in_s)
            later = await self.intake.look(self.settings.seeds_dir, EVERYONE)
            look.events += later.events
            look.unsettled, look.settles_in_s = later.unsettled, later.settles_in_s
        return look


@asynccontextmanager
async def open_app(settings: Settings, *, may_pack: bool = True) -> AsyncIterator[App]:
    """Open everything, making what is missing. Raises VerbatimError, with nothing left open.

    `may_pack`: whether a dictionary that was installed or changed is packed first, which takes some seconds.
    """
    from bot.answers.answering import Answerer
    from bot.intake import Intake
    from bot.languages.lexicon import asking_also
    from bot.library.opening import open_desk, open_store
    from bot.library.search_index import SearchIndex
    from bot.library.sql_brief_store import SqlBriefStore
    from bot.library.sql_source_store import SqlSourceStore

    url = database_url(settings)
    make_folder(settings.data_dir)
    async with AsyncExitStack() as stack:
        store = await open_store(url)
        stack.push_async_callback(store.close)
        sources = SqlSourceStore(store.transactions)
        desk = open_desk(url)
        stack.callback(desk.close)
        dictionary = stack.enter_context(closing(installed_dictionary(settings)))
        if may_pack:
            _miss_dictionary(settings)
            await asyncio.to_thread(dictionary.pack_apart)
        stack.enter_context(asking_also(dictionary))
        index = SearchIndex(index_root(settings))
        stack.callback(index.close)
        reader = reader_child(settings)
        stack.push_async_callback(reader.close)
        intake = Intake(settings, store, desk, index, reader)
        briefs = SqlBriefStore(store.transactions)
        meaning, widening = None, None
        named = settings.embedding_url or settings.embedding_path or settings.model_url
        if named or settings.model_workspace_hosts:
            from bot.library.sql_model_store import SqlModelStore
            from bot.meaning import open_beyond

            calls, allowed = SqlModelStore(store.transactions), _tokens_allowed(store)
            own = _own_models(settings, store)
            beyond = await stack.enter_async_context(
                open_beyond(settings, calls, desk, index, workspace_tokens=allowed, own_models=own)
            )
            meaning, widening = beyond.meaning, beyond.widening
        answerer = Answerer(index, desk, meaning=meaning, widening=widening)
        stack.enter_context(rare_searches_for_cycles())
        yield App(settings, store, sources, briefs, desk, index, reader, intake, answerer)


@dataclass(frozen=True, slots=True)
class WritingRoom:
    """What a language model words, remembered; `writer` is None where the settings name no model."""

    setup: ModelSetup
    writer: KeptWriter | None
    calls: SqlModelStore
    own_models: SqlOwnModelStore | None
    writings: SqlWritingStore

    async def standing(self, workspace: str, channel: str = "") -> Standing:
        """Which model a workspace has, and whether it answers. Asks its server, if nobody has just now."""
        from bot.language_model.standing import standing_of

        return await standing_of(self.setup, self.calls, self.own_models, workspace, channel)


@asynccontextmanager
async def open_writing_room(settings: Settings, store: Store) -> AsyncIterator[WritingRoom]:
    """Open the language model of the settings, for one event loop; nothing is asked yet. Raises SettingsError."""
    from bot.language_model.opening import open_model_room, setup_of
    from bot.language_model.own_models import whose_writing
    from bot.library.sql_model_store import SqlModelStore
    from bot.library.sql_store import SqlStore
    from bot.library.sql_writing_store import SqlWritingStore
    from bot.writing import KeptWriter

    if not isinstance(store, SqlStore):
        raise TypeError("calls of a model are kept in an SQL store")
    setup = setup_of(settings)
    calls, writings = SqlModelStore(store.transactions), SqlWritingStore(store.transactions)
    own = _own_models(settings, store)

    async with AsyncExitStack() as stack:
        room = await stack.enter_async_context(
            open_model_room(setup, calls, workspace_tokens=_tokens_allowed(store), own_models=own)
        )
        writer: KeptWriter | None = None
        if room.model is not None:
            ready = asyncio.to_thread(_make_ready_to_write, setup)
            stack.push_async_callback(_ended, asyncio.create_task(ready))
            by = " ".join(endpoint.model for endpoint in setup.endpoints)
            writer = KeptWriter(room.model, room.prompts, store=writings, whose=whose_writing(own), by=by)
            stack.push_async_callback(writer.close)
        yield WritingRoom(setup, writer, calls, own, writings)


def _make_ready_to_write(setup: ModelSetup) -> None:
    """Load what words an answer: done by the first answer it would hold up everything else for half a second."""
    from bot.language_model.wire import make_ready
    from bot.writing import make_ready as make_ready_to_judge

    make_ready(setup.endpoints)
    make_ready_to_judge()


async def _ended(task: asyncio.Task[None]) -> None:
    await asyncio.wait((task,))


def _own_models(settings: Settings, store: SqlStore) -> SqlOwnModelStore | None:
    """The models of workspaces, where the settings allow them any. Raises SettingsError."""
    from bot.library.sql_model_store import SqlOwnModelStore

    if not settings.model_workspace_hosts.strip(" ,"):
        return None
    return SqlOwnModelStore(store.transactions, seal_of(settings))


def _tokens_allowed(store: SqlStore) -> WorkspaceTokens:
    """What a workspace's own admin allows it a day, beside what the settings allow."""
    from bot.front_desk.permits import tokens_allowed
    from bot.library.sql_workspace_store import SqlWorkspaceStore

    workspaces = SqlWorkspaceStore(store.transactions)

    async def allowed(payer: Payer) -> int | None:
        return await tokens_allowed(workspaces, payer.workspace)

    return allowed


@contextmanager
def rare_searches_for_cycles() -> Iterator[None]:
    """Make Python look for rings of garbage less often, and not in what is there already: there are few of them here.

    What is remembered of words and documents is hundreds of thousands of objects. Going through them took a sixth of
    the time that taking in a document takes, and a fifth of a second at once, in which nobody was acknowledged.
    """
    before = gc.get_threshold()
    gc.set_threshold(*_SEARCH_FOR_CYCLES)
    gc.freeze()  # also the caches of words, which belong to modules: they are full later, and walked through no more
    try:
        yield
    finally:
        gc.unfreeze()
        gc.set_threshold(*before)


@asynccontextmanager
async def open_poller(app: App) -> AsyncIterator[Poller]:
    """What asks the sources on the web. Nothing of it is loaded before, nothing is asked yet."""
    from bot.polling.poller import Poller

    fetcher = web_fetcher(app.settings)
    try:
        yield Poller(app.sources, fetcher, app.reader, app.intake)
    finally:
        await fetcher.close()


@asynccontextmanager
async def open_sourcing(settings: Settings) -> AsyncIterator[Sourcing]:
    """What people do with sources, beside a running bot or without one: the library and the web, but no index.

    Raises VerbatimError, with nothing left open.
    """
    from bot.library.opening import open_store
    from bot.library.sql_source_store import SqlSourceStore
    from bot.sources.public_networks import read_networks, read_ports
    from bot.sourcing.use_cases import Sourcing

    make_folder(settings.data_dir)
    async with AsyncExitStack() as stack:
        store = await open_store(database_url(settings))
        stack.push_async_callback(store.close)
        reader = reader_child(settings)
        stack.push_async_callback(reader.close)
        fetcher = web_fetcher(settings)
        stack.push_async_callback(fetcher.close)
        yield Sourcing(
            SqlSourceStore(store.transactions),
            store,
            fetcher,
            reader,
            networks=read_networks(settings.fetch_allowed_networks),
            ports=read_ports(settings.fetch_extra_ports),
        )


def reader_child(settings: Settings) -> ReaderChild:
    """The child process that reads hostile formats, within the limits of the settings. Its first document starts it."""
    from bot.documents.child import ReaderChild

    memory = settings.reader_memory_mb * 1_000_000
    return ReaderChild(wall_s=settings.reader_timeout_s, cpu_s=int(settings.reader_timeout_s) + 1, memory_bytes=memory)


def web_fetcher(settings: Settings, *, pace: HostPace | None = None) -> Fetcher:
    """The only way out to the web, within the limits of the settings. Nothing is asked yet; close it in the end.

    `pace` brings another clock with it.
    """
    from bot.sources.fetcher import Fetcher, FetchRules, user_agent
    from bot.sources.host_pace import HostPace
    from bot.sources.public_networks import read_networks, read_ports

    rules = FetchRules(
        allowed_networks=read_networks(settings.fetch_allowed_networks),
        allowed_ports=read_ports(settings.fetch_extra_ports),
        max_body_bytes=settings.fetch_max_bytes,
        total_s=settings.fetch_timeout_s,
        idle_s=settings.fetch_idle_s,
        connect_s=min(settings.fetch_idle_s, settings.fetch_timeout_s),
        user_agent=user_agent(settings.fetch_contact),
    )
    return Fetcher(rules, pace or HostPace(distance_s=settings.fetch_host_distance_s))


def make_folder(path: Path) -> None:
    """Make a folder of ours, readable by us alone. Raises LibraryError when that cannot be done."""
    from bot.errors import DiskFull, LibraryError

    try:
        path.mkdir(parents=True, exist_ok=True, mode=0o700)
    except OSError as error:
        import errno

        if error.errno in (errno.ENOSPC, errno.EDQUOT):
            raise DiskFull("disk-full", f"{path}: {error}") from error
        person = f"The folder {path} cannot be made: {error.strerror}. Set data_dir to a folder that can be written."
        raise LibraryError("data-dir", f"{path}: {error}", person) from error
    require_writable(path)


def require_writable(path: Path) -> None:
    """Raise LibraryError when a folder of ours is there but may not be written: SQLite needs that even for reading."""
    import os

    from bot.errors import LibraryError

    if path.exists() and not os.access(path, os.W_OK | os.X_OK):
        person = f"The folder {path} cannot be written, and the library needs that. What it holds is kept."
        raise LibraryError("data-dir", f"{path}: not writable", person)

