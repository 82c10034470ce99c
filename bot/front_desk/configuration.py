"""A workspace's settings as a file: sources, who follows them, briefs, limits. It holds no token and no key. Pure."""

from __future__ import annotations

import re
from typing import Annotated, Final

import msgspec

from bot.errors import AddressRefused, VerbatimError
from bot.library.source_store import Choices
from bot.sources.web_address import WebAddress, read_address

FORMAT: Final = 1
LARGEST: Final = 5_000_000  # bytes
MOST: Final = 10_000  # sources, and briefs
MOST_LIMIT: Final = 10_000_000
_KEY_NAMES: Final = re.compile(r"(?:key|token|auth|secret|sig|pass|pw|session|code|credential|access)", re.I)
_KEY_VALUE: Final = re.compile(r"(?=[^/]*[0-9])(?=[^/]*[A-Za-z])[A-Za-z0-9_~.%+=-]{20,}")


class FollowingIn(msgspec.Struct, frozen=True, forbid_unknown_fields=True):
    """A channel that follows a source."""

    channel: str
    posts: str = "brief"


class SourceIn(msgspec.Struct, frozen=True, forbid_unknown_fields=True):
    address: str
    kind: str = "feed"
    title: str = ""
    full_articles: bool = True
    keep: tuple[str, ...] = ()
    drop: tuple[str, ...] = ()
    languages: tuple[str, ...] = ()
    channels: tuple[FollowingIn, ...] = ()

    @property
    def choices(self) -> Choices:
        post = next((one.posts for one in self.channels), "brief")
        return Choices(self.title, self.full_articles, self.keep, self.drop, self.languages, post)


class BriefIn(msgspec.Struct, frozen=True, forbid_unknown_fields=True):
    """A channel's brief: when, as the calendar keeps it, and what."""

    channel: str
    intent: msgspec.Raw = msgspec.Raw(b"null")
    language: str = ""
    length: str = "normal"
    style: str = "bullets"
    empty: str = "say so"
    threads: str = "one"
    topics: tuple[str, ...] = ()
    mark_quiet: bool = False


Limit = Annotated[int, msgspec.Meta(ge=1, le=MOST_LIMIT)]


class LimitsIn(msgspec.Struct, frozen=True, forbid_unknown_fields=True):
    posts_a_day: Limit | None = None
    tokens_a_day: Limit | None = None
    sources: Limit | None = None


class Configuration(msgspec.Struct, frozen=True, forbid_unknown_fields=True):
    """Everything that a workspace can take with it."""

    verbatim: int = FORMAT
    exported_at: str = ""
    alerts_channel: str = ""
    limits: LimitsIn = LimitsIn()
    sources: tuple[SourceIn, ...] = ()
    left_out: tuple[str, ...] = ()  # addresses that hold a key, without it
    briefs: tuple[BriefIn, ...] = ()


def written(configuration: Configuration) -> bytes:
    return msgspec.json.format(msgspec.json.encode(configuration), indent=2) + b"\n"


def read(raw: bytes) -> Configuration:
    """What `written` made, perhaps edited by hand. Raises VerbatimError "config-broken" with the place, never with a
    value of the file."""
    if len(raw) > LARGEST:
        raise VerbatimError("config-broken", f"{len(raw)} bytes", f"{len(raw):,} bytes; {LARGEST:,} are the limit")
    try:
        found = msgspec.json.decode(raw, type=Configuration)
    except msgspec.MsgspecError as error:
        why = str(error)[:200]
        raise VerbatimError("config-broken", type(error).__name__, why) from error
    except (UnicodeDecodeError, RecursionError) as error:
        raise VerbatimError("config-broken", type(error).__name__, "no JSON in UTF-8") from error
    if found.verbatim != FORMAT:
        raise VerbatimError("config-broken", "another format", f"format {found.verbatim}, this release reads {FORMAT}")
    if len(found.sources) > MOST or len(found.briefs) > MOST:
        raise VerbatimError("config-broken", "too many", f"more than {MOST:,} sources or briefs")
    return found


def holds_key(text: str) -> bool:
    """Whether an address looks as if whoever knows it may read what others may not."""
    try:
        address = read_address(text)
    except AddressRefused:
        return True  # nothing is promised of what cannot be read
    return _hides(address)


def _hides(address: WebAddress) -> bool:
    path, _, query = address.target.partition("?")
    if any(_KEY_VALUE.fullmatch(part) for part in path.split("/")) and "…" in address.shown.partition("?")[0]:
        return True
    for pair in query.split("&") if query else ():
        name, equals, value = pair.partition("=")
        if (equals and value and _KEY_NAMES.search(name)) or _KEY_VALUE.fullmatch(value or name):
            return True
    return False
