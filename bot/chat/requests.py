"""What people ask of us in a chat, in our words: a mention, a command, a press of a button, a filled-in form.

A platform folder makes a `Request` of each event and a `Responder` to answer it; `front_desk` does the rest. Nothing in
here knows a platform. Everything a person typed is hostile until read.
"""

from __future__ import annotations

from collections.abc import Mapping
from dataclasses import dataclass, field
from datetime import datetime
from enum import IntEnum, StrEnum
from typing import Protocol

from bot.chat.messages import Choice, Form, Message
from bot.domain import Scope


class Right(IntEnum):
    """What someone may do; each includes those before it."""

    EVERYONE = 0
    MANAGER = 1
    ADMIN = 2


@dataclass(frozen=True, slots=True)
class Place:
    """Where something was said. `thread` is empty outside threads; in a direct message `direct` is true."""

    platform: str  # "discord", "slack", "terminal"
    workspace: str  # the platform's own id, never with "/" or ":"
    channel: str
    thread: str = ""
    direct: bool = False
    private: bool = False  # a private channel: what is uploaded here stays here

    @property
    def scope(self) -> Scope:
        """What may be seen from here: the workspace's documents and this channel's own."""
        return Scope(f"{self.platform}-{self.workspace}", self.channel)


@dataclass(frozen=True, slots=True)
class Person:
    """Who asks. `language` is what the platform says of the person or the channel, "" when it says nothing."""

    id: str
    name: str
    right: Right = Right.EVERYONE
    language: str = ""
    time_zone: str = ""  # IANA, "" when unknown


class RequestKind(StrEnum):
    QUESTION = "question"  # a mention, a direct message, or a reply to a message of ours
    COMMAND = "command"
    BUTTON = "button"
    FORM = "form"
    MESSAGE_MENU = "message menu"
    HOME = "home"  # someone opened our own page (Slack)


@dataclass(frozen=True, slots=True)
class IncomingFile:
    """A file that was handed over: where the platform keeps it, and what it says of it. Bytes are fetched on demand."""

    name: str
    address: str
    size: int  # bytes
    media_type: str


@dataclass(frozen=True, slots=True)
class MessageSeen:
    """The message that a menu, a button or a reply is about."""

    id: str
    text: str
    links: tuple[str, ...]
    ours: bool


@dataclass(frozen=True, slots=True)
class Request:
    """One event. `id` is the platform's own, the same however often the event is delivered."""

    id: str
    kind: RequestKind
    name: str  # "ask", "source add", "undo"; empty for a question
    place: Place
    person: Person
    at: datetime
    text: str = ""
    arguments: Mapping[str, str] = field(default_factory=dict)
    files: tuple[IncomingFile, ...] = ()
    about: MessageSeen | None = None
    thread_before: tuple[str, ...] = ()  # questions asked earlier in this thread, oldest first
    conversation: str = ""  # names the thread in which a question and its answer stand; "" when there is none


class Responder(Protocol):
    """How one request is answered. The platform was told at once that we are at work."""

    async def working(self, text: str) -> None:
        """Say what is being done ("reading 6 documents…"); cosmetic, never raises."""
        ...

    async def only_you(self, message: Message) -> None:
        """Answer so that nobody but the person sees it."""
        ...

    async def replace(self, message: Message) -> None:
        """Put this in the place of the message whose button was pressed (confirm, undo, next page)."""
        ...

    async def open_form(self, form: Form) -> None:
        """Open a dialogue; only as the first answer."""
        ...

    async def read_file(self, file: IncomingFile, max_bytes: int) -> bytes:
        """The bytes of a file that was handed over. Raises VerbatimError."""
        ...


class Suggesting(Protocol):
    """What autocomplete asks: at most 25 choices, quickly."""

    async def suggest(self, command: str, argument: str, typed: str, place: Place, person: Person) -> list[Choice]: ...
