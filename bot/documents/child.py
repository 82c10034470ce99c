"""The reader child: documents read in a process of its own, with limits on memory, time and output.

Run as `python -m bot.documents.child` it is that process: frames on its standard input, frames on its standard
output, no network, no files to write. `ReaderChild` is the other end. What goes wrong in a child (a crash, a hang, a
memory bomb) ends that child only and is the one document's reason; the next document gets a fresh one.

A frame is its length (four bytes, big-endian) and that many bytes of MessagePack. The first frame from a child is
empty and says that its libraries are loaded. Nothing that comes back is trusted with more than its declared types: a
child has read hostile bytes, so no pickle.
"""

from __future__ import annotations

import asyncio
import contextlib
import os
import signal
import struct
import sys
import traceback
from dataclasses import replace
from datetime import datetime
from pathlib import Path
from typing import TYPE_CHECKING, BinaryIO, Final, Self

import msgspec

from bot.documents.feed_items import ArticlePage, ItemDraft, NewsItem, draft_of_item
from bot.documents.reading import MAX_BYTES, read_document
from bot.documents.refusals import unreadable
from bot.domain import DocumentDraft
from bot.errors import Unreadable
from bot.sources.feed import Feed
from bot.sources.feed_finding import FoundFeed, find_feeds
from bot.sources.feed_reading import MAX_BYTES as MAX_FEED_BYTES
from bot.sources.feed_reading import read_feed

if TYPE_CHECKING:
    from types import TracebackType

WALL_SECONDS: Final = 20.0
CPU_SECONDS: Final = 15
MEMORY_BYTES: Final = 600 * 2**20  # of address space; about 180 MB of it are the libraries
OUTPUT_BYTES: Final = 64 * 2**20
START_SECONDS: Final = 60.0
CLOSE_SECONDS: Final = 5.0
DOCUMENTS_PER_CHILD: Final = 500  # then a fresh one: libraries keep caches

_ROOT: Final = str(Path(__file__).resolve().parents[2])  # where `bot` is imported from
_LENGTH: Final = struct.Struct(">I")


class _Task(msgspec.Struct, frozen=True, tag="read"):
    raw: bytes
    name: bytes  # file names need not be UTF-8
    modified_at: datetime | None
    max_bytes: int


class _ItemTask(msgspec.Struct, frozen=True, tag="read item"):
    item: NewsItem
    page: ArticlePage | None


class _FeedTask(msgspec.Struct, frozen=True, tag="read feed"):
    raw: bytes
    media_type: str
    address: str
    now: datetime | None


class _FindTask(msgspec.Struct, frozen=True, tag="find feeds"):
    raw: bytes
    media_type: str
    address: str


class _Read(msgspec.Struct, frozen=True, tag="draft"):
    draft: DocumentDraft


class _ItemRead(msgspec.Struct, frozen=True, tag="item"):
    item: ItemDraft


class _FeedRead(msgspec.Struct, frozen=True, tag="feed"):
    feed: Feed


class _Found(msgspec.Struct, frozen=True, tag="found"):
    feeds: tuple[FoundFeed, ...]


class _Refused(msgspec.Struct, frozen=True, tag="refused"):
    code: str
    log: str
    person: str


_AnyTask = _Task | _ItemTask | _FeedTask | _FindTask
_AnyReply = _Read | _ItemRead | _FeedRead | _Found | _Refused
_encode = msgspec.msgpack.Encoder().encode
_decode_task = msgspec.msgpack.Decoder(_AnyTask).decode
_decode_reply = msgspec.msgpack.Decoder(_AnyReply).decode


class ReaderChild:
    """Reads documents in one or a few child processes. Use as an async context manager, or call `close`.

    The children are started on entry and load their libraries meanwhile (about a second); one that died is replaced at
    once.
    """

    def __init__(
        self,
        *,
        children: int = 1,
        wall_s: float = WALL_SECONDS,
        cpu_s: int = CPU_SECONDS,
        memory_bytes: int = MEMORY_BYTES,
        documents_per_child: int = DOCUMENTS_PER_CHILD,
    ) -> None:
        self._wall_s = wall_s
        self._limits = (cpu_s, memory_bytes)
        self._most = documents_per_child
        self._idle: asyncio.Queue[_Child | None] = asyncio.Queue()
        self._all: set[_Child] = set()
        self._closed = False
        for _ in range(children):
            self._idle.put_nowait(None)

    async def __aenter__(self) -> Self:
        await self.start()
        return self

    async def __aexit__(
        self, kind: type[BaseException] | None, error: BaseException | None, trace: TracebackType | None
    ) -> None:
        await self.close()

    async def start(self) -> None:
        """Start the children that are not there yet. Returns before they are warm; `read` waits for that itself."""
        for _ in range(self._idle.qsize()):
            if self._idle.empty():  # a read took it meanwhile, and starts it
                return
            child = self._idle.get_nowait()
            try:
                child = child or await self._new()
            finally:
                self._idle.put_nowait(child)

    async def close(self) -> None:
        """End all children; a second call does nothing. A document that is just being read ends as "reader-crashed"."""
        self._closed = True
        children, self._all = self._all, set()
        for child in children:
            child.kill()
        for child in children:
            # Dead it is in any case; asyncio now and then waits for a pipe's end that nobody tells it of.
            with contextlib.suppress(TimeoutError):
                async with asyncio.timeout(CLOSE_SECONDS):
                    await child.end()

    async def read(
        self, raw: bytes, *, name: str, modified_at: datetime | None = None, max_bytes: int = MAX_BYTES
    ) -> DocumentDraft:
        """Read one file. Raises Unreadable as `read_document` does, and "reader-crashed", "-timeout" or "-memory"."""
        if len(raw) > max_bytes:
            return read_document(raw, name=name, max_bytes=max_bytes)  # refuses it without looking
        reply = await self._run(_Task(raw, name.encode("utf-8", "surrogatepass"), modified_at, max_bytes))
        if not isinstance(reply, _Read):
            raise _strange(reply)
        return reply.draft

    async def read_item(self, item: NewsItem, page: ArticlePage | None = None) -> ItemDraft:
        """Read one item of a feed as `draft_of_item` does. Raises Unreadable as `read` does."""
        reply = await self._run(_ItemTask(_encodable(item), page))
        if not isinstance(reply, _ItemRead):
            raise _strange(reply)
        return reply.item

    async def read_feed(
        self, raw: bytes, *, media_type: str = "", address: str = "", now: datetime | None = None
    ) -> Feed:
        """Read one feed as `bot.sources.feed_reading.read_feed` does. Raises Unreadable, also as `read` does."""
        if len(raw) > MAX_FEED_BYTES:
            return read_feed(raw)  # refuses it without looking
        reply = await self._run(_FeedTask(raw, _sound(media_type), _sound(address), now))
        if not isinstance(reply, _FeedRead):
            raise _strange(reply)
        return reply.feed

    async def find_feeds(self, raw: bytes, *, media_type: str = "", address: str) -> tuple[FoundFeed, ...]:
        """The feeds that a page names, best first. Raises Unreadable as `read` does."""
        reply = await self._run(_FindTask(raw, _sound(media_type), _sound(address)))
        if not isinstance(reply, _Found):
            raise _strange(reply)
        return reply.feeds

    async def _run(self, task: _AnyTask) -> _AnyReply:
        """Have an idle child do the task. Raises Unreadable: what the child says, or what became of it."""
        frame = _encode(task)
        child = await self._idle.get()
        try:
            if child is None or not child.is_alive():
                child = await self._new()
            reply = await self._ask(child, frame)
        except BaseException as error:
            # A cancellation too: a child whose answer was not taken must never be asked again.
            self._retire(child)
            if isinstance(error, Unreadable):
                await self.start()
            raise
        if child.documents >= self._most or (isinstance(reply, _Refused) and reply.code == "reader-memory"):
            self._retire(child)
            await self.start()
        else:
            self._idle.put_nowait(child)
        if isinstance(reply, _Refused):
            raise Unreadable(reply.code, reply.log, reply.person)
        return reply

    def _retire(self, child: _Child | None) -> None:
        """End a child and leave its place to a new one."""
        if child is not None:
            child.kill()
        self._idle.put_nowait(None)

    async def _new(self) -> _Child:
        if self._closed:
            raise RuntimeError("the reader child was closed")
        child = await _Child.start(*self._limits)
        self._all = {other for other in self._all if other.is_alive()} | {child}
        return child

    async def _ask(self, child: _Child, task: bytes) -> _AnyReply:
        try:
            async with asyncio.timeout(START_SECONDS):
                await child.warm()
            async with asyncio.timeout(self._wall_s):
                frame = await child.ask(task)
        except TimeoutError:
            raise unreadable("reader-timeout", f"no answer in {self._wall_s} s") from None
        except (asyncio.IncompleteReadError, OSError):
            status = await child.end()
            if status == -signal.SIGXCPU:
                raise unreadable("reader-timeout", f"more than {self._limits[0]} s of CPU") from None
            when = "reading" if child.documents else "starting"
            raise unreadable("reader-crashed", f"child ended with status {status} while {when}") from None
        try:
            reply: _AnyReply = _decode_reply(frame)
        except msgspec.MsgspecError as error:
            raise unreadable("reader-crashed", f"answer of no known form: {type(error).__name__}") from error
        return reply


def _strange(reply: _AnyReply) -> Unreadable:
    return unreadable("reader-crashed", f"answer to another task: {type(reply).__name__}")


def _sound(text: str) -> str:
    """The same without lone surrogates, which no frame can hold."""
    return text.encode("utf-8", "replace").decode()


def _encodable(item: NewsItem) -> NewsItem:
    """The same without lone surrogates, which JSON can hold and no frame."""
    texts = (item.title, item.link, item.content, item.author, item.outlet, item.language)
    title, link, content, author, outlet, language = map(_sound, texts)
    return replace(
        item, title=title, link=link, content=content, author=author, outlet=outlet, language=language
    )  # fmt: skip


class _Child:
    """One child process and its pipes."""

    def __init__(
        self, process: asyncio.subprocess.Process, to: asyncio.StreamWriter, answers: asyncio.StreamReader
    ) -> None:
        self._process, self._input, self._output = process, to, answers
        self._warm = False
        self.documents = 0

    @classmethod
    async def start(cls, cpu_s: int, memory_bytes: int) -> _Child:
        # -P: the folder that Verbatim was started in may be anybody's; modules must not be imported from there.
        process = await asyncio.create_subprocess_exec(
            sys.executable, "-P", "-m", "bot.documents.child", str(cpu_s), str(memory_bytes),
            stdin=asyncio.subprocess.PIPE, stdout=asyncio.subprocess.PIPE, stderr=asyncio.subprocess.DEVNULL,
            cwd="/",
            env=_environment(),
            start_new_session=True,  # Ctrl-C at the terminal is for the parent, which ends its children in order
        )  # fmt: skip
        if process.stdin is None or process.stdout is None:
            raise RuntimeError("asyncio opened no pipes")
        return cls(process, process.stdin, process.stdout)

    def is_alive(self) -> bool:
        return self._process.returncode is None

    async def warm(self) -> None:
        """Wait until its libraries are loaded."""
        if not self._warm:
            await self._frame()
            self._warm = True

    async def ask(self, task: bytes) -> bytes:
        self.documents += 1
        self._input.write(_LENGTH.pack(len(task)))
        self._input.write(task)
        await self._input.drain()
        return await self._frame()

    async def _frame(self) -> bytes:
        (length,) = _LENGTH.unpack(await self._output.readexactly(_LENGTH.size))
        if length > OUTPUT_BYTES:
            raise OSError(f"frame of {length} bytes")
        return await self._output.readexactly(length)

    def kill(self) -> None:
        with contextlib.suppress(ProcessLookupError):
            self._process.kill()

    async def end(self) -> int:
        """Wait for its end, which is brought about if need be; the exit status (negative: the signal that ended it)."""
        self._input.close()
        with contextlib.suppress(OSError, TimeoutError):  # what it did not take any more is of no interest
            async with asyncio.timeout(1.0):
                await self._input.wait_closed()
        with contextlib.suppress(TimeoutError):
            async with asyncio.timeout(1.0 if self._output.at_eof() else 0.0):
                return await self._process.wait()
        self.kill()
        return await self._process.wait()


def _environment() -> dict[str, str]:
    """What a child needs of the environment: no secret is among it."""
    kept = {key: os.environ[key] for key in ("PATH", "LANG", "LC_ALL", "TMPDIR", "VIRTUAL_ENV") if key in os.environ}
    # One arena and one thread: else glibc and OpenBLAS reserve more address space than a document needs.
    return {**kept, "PYTHONPATH": _ROOT, "MALLOC_ARENA_MAX": "1", "OPENBLAS_NUM_THREADS": "1", "OMP_NUM_THREADS": "1"}


# ---- the child's side ---------------------------------------------------------------------------------------------


def main() -> None:
    """Answer tasks from standard input until it ends."""
    signal.signal(signal.SIGINT, signal.SIG_IGN)
    tasks = os.fdopen(os.dup(0), "rb")
    answers = os.fdopen(os.dup(1), "wb")
    # A library that prints must not get into the frames, nor one that reads steal from them.
    nothing = os.open(os.devnull, os.O_RDWR)
    for standard in (0, 1, 2):
        os.dup2(nothing, standard)
    cpu_s, memory_bytes = int(sys.argv[1]), int(sys.argv[2])
    _forbid_network()
    _load_libraries()
    _limit(memory_bytes)
    _send(answers, b"")
    while (task := _receive(tasks)) is not None:
        _limit_cpu(cpu_s)
        _send(answers, _answer(task))


def _answer(frame: bytes) -> bytes:
    try:
        reply = _encode(_done(_decode_task(frame)))
        if len(reply) > OUTPUT_BYTES:
            raise unreadable("too-long", f"{len(reply)} bytes of answer", limit=f"{OUTPUT_BYTES:,}")
        return reply
    except Unreadable as refusal:
        return _encode(_Refused(refusal.code, refusal.log, refusal.person))
    except MemoryError:
        failure = unreadable("reader-memory", "memory limit reached")
    except Exception as error:  # noqa: BLE001 - a mistake of ours in one document: its reason must name the place
        failure = unreadable("reader-crashed", f"{type(error).__name__} at {_place(error)}")
    return _encode(_Refused(failure.code, failure.log, failure.person))


def _done(task: _AnyTask) -> _AnyReply:
    """Do one task. Raises Unreadable, and whatever a mistake of ours raises."""
    if isinstance(task, _ItemTask):
        return _ItemRead(draft_of_item(task.item, task.page))
    if isinstance(task, _FeedTask):
        return _FeedRead(read_feed(task.raw, media_type=task.media_type, address=task.address, now=task.now))
    if isinstance(task, _FindTask):
        return _Found(find_feeds(task.raw, task.address, media_type=task.media_type))
    name = task.name.decode("utf-8", "surrogatepass")
    return _Read(read_document(task.raw, name=name, modified_at=task.modified_at, max_bytes=task.max_bytes))


def _place(error: Exception) -> str:
    """File and line where it was raised; never the message, which may quote the document."""
    *_, frame = traceback.extract_tb(error.__traceback__) or [None]
    return f"{Path(frame.filename).name}:{frame.lineno}" if frame else "?"


def _send(answers: BinaryIO, frame: bytes) -> None:
    answers.write(_LENGTH.pack(len(frame)) + frame)
    answers.flush()


def _receive(tasks: BinaryIO) -> bytes | None:
    head = tasks.read(_LENGTH.size)
    if len(head) < _LENGTH.size:
        return None
    (length,) = _LENGTH.unpack(head)
    frame = tasks.read(length)
    return frame if len(frame) == length else None


def _load_libraries() -> None:
    """Read one small document of every kind, so that all is imported before the limits and before the first task."""
    import docx  # noqa: F401 - imported to be there
    import pypdf  # noqa: F401

    page = b"<html><head><title>t</title></head><body><article><p>A page to warm up with.</p></article></body></html>"
    for name, raw in (
        ("a.html", page),
        ("a.md", b"# A\n\nB.\n"),
        ("a.xml", b"<a><p>A page.</p></a>"),
        ("a.json", b'{"text": "A page."}'),
    ):
        with contextlib.suppress(Exception):  # what fails here will fail with a document, and be told as its reason
            read_document(raw, name=name)
    with contextlib.suppress(Exception):
        read_feed(b'<rss version="2.0"><channel><item><description>&lt;p>A feed.</description></item></channel></rss>')


def _limit(memory_bytes: int) -> None:
    import resource

    sys.dont_write_bytecode = True
    resource.setrlimit(resource.RLIMIT_AS, (memory_bytes, memory_bytes))
    resource.setrlimit(resource.RLIMIT_FSIZE, (0, 0))
    resource.setrlimit(resource.RLIMIT_CORE, (0, 0))


def _limit_cpu(cpu_s: int) -> None:
    """Let the process live `cpu_s` more seconds of CPU; then the kernel ends it (SIGXCPU)."""
    import resource

    used = resource.getrusage(resource.RUSAGE_SELF)
    hard = resource.getrlimit(resource.RLIMIT_CPU)[1]
    resource.setrlimit(resource.RLIMIT_CPU, (int(used.ru_utime + used.ru_stime) + cpu_s + 1, hard))


def _forbid_network() -> None:
    """Make sockets impossible for Python code in this process. What C libraries do is kept out by their settings."""
    import socket

    class NoSocket(socket.socket):
        def __init__(self, *_args: object, **_options: object) -> None:
            raise OSError("the reader has no network")

    def nothing(*_args: object, **_options: object) -> None:
        raise OSError("the reader has no network")

    socket.socket = NoSocket  # type: ignore[misc]
    for function in ("create_connection", "create_server", "getaddrinfo", "gethostbyname", "fromfd", "socketpair"):
        setattr(socket, function, nothing)


if __name__ == "__main__":
    main()
