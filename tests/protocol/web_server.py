"""A web server that says exactly what a test tells it to, well-formed or not, on this machine."""

from __future__ import annotations

import asyncio
import socket
import ssl
import struct
from collections.abc import Awaitable, Callable, Mapping
from dataclasses import dataclass, field
from types import TracebackType
from typing import Self

END_OF_HEAD = b"\r\n\r\n"


def answer(
    body: bytes = b"", status: str = "200 OK", /, *, length: int | None = None, **fields: str | list[str]
) -> bytes:
    """A whole answer. A field's name is written with `_` for `-`; a list makes it stand there several times."""
    lines = [f"HTTP/1.1 {status}", f"Content-Length: {len(body) if length is None else length}"]
    for name, values in fields.items():
        lines += [f"{name.replace('_', '-')}: {value}" for value in ([values] if isinstance(values, str) else values)]
    return "\r\n".join(lines).encode("utf-8") + END_OF_HEAD + body


@dataclass(frozen=True, slots=True)
class Seen:
    """One request as it arrived."""

    method: str
    target: str
    fields: Mapping[str, str]  # names in lower case

    @property
    def host(self) -> str:
        return self.fields["host"]


@dataclass(slots=True)
class Talk:
    """One connection, from the server's side."""

    request: Seen
    reader: asyncio.StreamReader
    writer: asyncio.StreamWriter
    open_at_once: int = 1  # connections that were open when this one came

    async def send(self, data: bytes) -> None:
        self.writer.write(data)
        await self.writer.drain()
        await asyncio.sleep(0)  # whoever sends for ever must not keep the client from reading

    async def until_the_other_side_is_gone(self) -> None:
        """Say nothing, but stay."""
        await self.reader.read()

    def reset(self) -> None:
        """Break the connection off, without a farewell."""
        held = self.writer.get_extra_info("socket")
        held.setsockopt(socket.SOL_SOCKET, socket.SO_LINGER, struct.pack("ii", 1, 0))
        self.writer.transport.abort()


Script = bytes | Callable[[Talk], Awaitable[None]]


@dataclass(slots=True)
class WebServer:
    """Serves `pages`: the path of a request → the bytes of its answer, or who talks instead. Anything else is a 404."""

    pages: dict[str, Script] = field(default_factory=dict)
    seen: list[Seen] = field(default_factory=list)
    tls: ssl.SSLContext | None = None
    greeting: bytes = b""  # said to everyone at once, instead of listening
    port: int = 0
    most_at_once: dict[str, int] = field(default_factory=dict)  # host → open connections
    _open: dict[str, int] = field(default_factory=dict)
    _server: asyncio.Server | None = None
    _tasks: set[asyncio.Task[None]] = field(default_factory=set)

    async def __aenter__(self) -> Self:
        self._server = await asyncio.start_server(self._serve, "127.0.0.1", 0, ssl=self.tls)
        self.port = self._server.sockets[0].getsockname()[1]
        return self

    async def __aexit__(
        self, kind: type[BaseException] | None, error: BaseException | None, trace: TracebackType | None
    ) -> None:
        assert self._server is not None
        self._server.close()
        for task in self._tasks:
            task.cancel()
        await asyncio.gather(*self._tasks, return_exceptions=True)

    def at(self, path: str, host: str = "127.0.0.1") -> str:
        """The address of a page here; any host that leads to this machine will do."""
        return f"{'https' if self.tls else 'http'}://{host}:{self.port}{path}"

    @property
    def targets(self) -> list[str]:
        return [request.target for request in self.seen]

    async def _serve(self, reader: asyncio.StreamReader, writer: asyncio.StreamWriter) -> None:
        task = asyncio.current_task()
        assert task is not None
        self._tasks.add(task)
        host = ""
        try:
            if self.greeting:
                writer.write(self.greeting)
                return
            lines = (await reader.readuntil(END_OF_HEAD)).decode("latin-1").split("\r\n")
            method, target, _ = lines[0].split(" ")
            fields = {name.lower(): value.strip() for name, _, value in (line.partition(":") for line in lines[1:-2])}
            request = Seen(method, target, fields)
            self.seen.append(request)
            host = fields.get("host", "").rpartition(":")[0]
            self._open[host] = self._open.get(host, 0) + 1
            self.most_at_once[host] = max(self.most_at_once.get(host, 0), self._open[host])
            script = self.pages.get(target.partition("?")[0], answer(b"nothing here", "404 Not Found"))
            talk = Talk(request, reader, writer)
            if isinstance(script, bytes):
                await talk.send(script)
            else:
                await script(talk)
        except (ConnectionError, asyncio.IncompleteReadError, ssl.SSLError):
            pass  # the client has gone: that is what some tests are about
        except asyncio.CancelledError:
            pass  # the server is closing, nobody else cancels this; asyncio would log a cancelled connection
        finally:
            self._tasks.discard(task)
            if host:
                self._open[host] -= 1
            writer.close()
