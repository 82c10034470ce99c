"""Search by meaning, where an embedding model is set up: its vectors, who fills them, and words from other languages.

Where the settings name neither an embedder nor a language model, nothing of it is loaded and nothing changes.
"""

from __future__ import annotations

import asyncio
import contextlib
import logging
import threading
from concurrent.futures import Future
from contextlib import AsyncExitStack, asynccontextmanager, contextmanager
from dataclasses import dataclass
from typing import TYPE_CHECKING, Final, NamedTuple

from bot.errors import NotFound, SettingsError, VerbatimError

if TYPE_CHECKING:
    from collections.abc import AsyncIterator, Iterator
    from pathlib import Path

    from bot.answers.further import ByMeaning, Translating, Waiter
    from bot.language_model.metering import WorkspaceTokens
    from bot.language_model.own_models import OwnModelStore
    from bot.language_model.port import BudgetStore, Embedder
    from bot.library.desk import Desk
    from bot.library.search_index import SearchIndex
    from bot.library.vector_feed import VectorFeed
    from bot.library.vector_store import VectorStore
    from bot.settings import Settings

log = logging.getLogger(__name__)

FOLDER: Final = "vectors"
_NO_NUMPY: Final = "only words are searched; meaning needs the extra “vectors”: pip install 'verbatim-bot[vectors]'"


def has_embedder(settings: Settings) -> bool:
    return bool(settings.embedding_url or settings.embedding_path)


def vectors_root(settings: Settings) -> Path:
    return settings.data_dir / FOLDER


class Progress(NamedTuple):
    """How far the library is embedded."""

    passages: int  # that have a vector
    followed: int  # changes of the library
    changes: int  # all of them

    @property
    def percent(self) -> int:
        return 100 if self.followed >= self.changes else 100 * self.followed // self.changes


def progress(settings: Settings, database_url: str) -> Progress | None:
    """How far the library is embedded by the embedder of the settings; None where there is no embedder, or no library
    yet. Changes nothing. Raises SettingsError for an embedder that cannot be used, IndexUnusable, LibraryError."""
    if not has_embedder(settings):
        return None
    from bot.language_model.opening import embedding_model, setup_of
    from bot.library.opening import open_desk
    from bot.library.vector_store import VectorStore, folder_of

    require_numpy()
    model = embedding_model(setup_of(settings))
    try:
        desk = open_desk(database_url)
    except NotFound:
        return None
    try:
        newest = desk.newest_seq()
    finally:
        desk.close()
    if not folder_of(vectors_root(settings), model).exists():
        return Progress(0, 0, newest)
    vectors = VectorStore(vectors_root(settings), model)
    try:
        return Progress(vectors.passage_count(), min(newest, vectors.watermark()), newest)
    finally:
        vectors.close()


def require_numpy() -> None:
    """Raise SettingsError where the library for vectors is not installed."""
    from importlib.util import find_spec

    if find_spec("numpy") is None:
        raise SettingsError("no-numpy", _NO_NUMPY, f"{_NO_NUMPY[0].upper()}{_NO_NUMPY[1:]}.")


@dataclass(frozen=True, slots=True)
class Beyond:
    """What answers are given beside the words of a question; each is None where nothing for it is set up."""

    meaning: ByMeaning | None = None
    widening: Translating | None = None
    feed: VectorFeed | None = None


@asynccontextmanager
async def open_beyond(
    settings: Settings,
    calls: BudgetStore,
    desk: Desk,
    index: SearchIndex,
    *,
    workspace_tokens: WorkspaceTokens | None = None,
    own_models: OwnModelStore | None = None,
    wait: Waiter | None = None,
    filling: bool = True,
) -> AsyncIterator[Beyond]:
    """Open what the settings name, for one event loop, and, if `filling`, embed in the background what is not yet.

    What cannot be opened is said in the log and left out: words are searched in any case.
    """
    from bot.answers.further import ByMeaning, LoopWaiter, Translating
    from bot.language_model.opening import open_model_room, setup_of
    from bot.language_model.own_models import whose_writing
    from bot.library.vector_feed import VectorFeed

    wait = wait or LoopWaiter(asyncio.get_running_loop())
    async with AsyncExitStack() as stack:
        try:
            setup = setup_of(settings)
            room = await stack.enter_async_context(
                open_model_room(setup, calls, workspace_tokens=workspace_tokens, own_models=own_models)
            )
        except SettingsError as error:  # whoever writes answers with the model says so; what is asked is answered
            log.error("models not used", extra={"code": error.code, "facts": error.log})
            yield Beyond()
            return
        meaning: ByMeaning | None = None
        feed: VectorFeed | None = None
        if room.embedder is not None and (vectors := await asyncio.to_thread(_vectors, settings, room.embedder)):
            stack.callback(vectors.close)
            meaning = ByMeaning(vectors, room.embedder, wait)
            feed = VectorFeed(vectors, desk, room.embedder)
            if filling:
                stack.push_async_callback(_ended, asyncio.ensure_future(feed.run()))
        widening: Translating | None = None
        if room.model is not None:
            whose = whose_writing(own_models)
            widening = Translating(room.model, room.prompts, index.languages, wait, whose=whose)
        yield Beyond(meaning, widening, feed)


@contextmanager
def open_beyond_apart(settings: Settings, database_url: str, desk: Desk, index: SearchIndex) -> Iterator[Beyond]:
    """`open_beyond` for whoever has no event loop: with one in a thread. Nothing is embedded but questions."""
    opened: Future[Beyond] = Future()
    loop = asyncio.new_event_loop()
    done = asyncio.Event()

    async def hold() -> None:
        from bot.library.model_store import MemoryModelStore

        async with AsyncExitStack() as stack:
            calls: BudgetStore = MemoryModelStore()
            if settings.model_url or settings.embedding_url:  # what is asked there is counted
                from bot.library.opening import open_store
                from bot.library.sql_model_store import SqlModelStore

                store = await stack.enter_async_context(await open_store(database_url))
                calls = SqlModelStore(store.transactions)
            opened.set_result(await stack.enter_async_context(open_beyond(settings, calls, desk, index, filling=False)))
            await done.wait()

    def live() -> None:
        try:
            loop.run_until_complete(hold())
        except Exception as error:  # noqa: BLE001 - whoever waits for it hears of it, whatever it is
            if not opened.done():
                opened.set_exception(error)
        finally:
            loop.close()

    thread = threading.Thread(target=live, name="meaning")
    thread.start()
    try:
        yield opened.result()
    finally:
        if not loop.is_closed():
            with contextlib.suppress(RuntimeError):  # it has just been closed
                loop.call_soon_threadsafe(done.set)
        thread.join()


def _vectors(settings: Settings, embedder: Embedder) -> VectorStore | None:
    from bot.library.vector_store import VectorStore

    try:
        require_numpy()
        return VectorStore(vectors_root(settings), embedder.model)
    except VerbatimError as error:
        log.error("vectors not used", extra={"code": error.code, "facts": error.log})
        return None


async def _ended(task: asyncio.Future[None]) -> None:
    task.cancel()
    await asyncio.wait((task,))
