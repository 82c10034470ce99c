"""What the head of an answer says, read leniently: how long it holds, when to come again, what the body is."""

from __future__ import annotations

import re
from collections.abc import Iterable
from datetime import UTC, datetime
from email.message import Message
from email.utils import parsedate_to_datetime
from typing import Final

from bot.sources.fetched import LEAST_RETRY_S, MOST_RETRY_S, USUAL_RETRY_S

MOST_AGE_S: Final = 31 * 86_400

_NUMBER = re.compile(r"\s*([+-]?[0-9]{1,30})(?:\.[0-9]{0,30})?\s*")
_MAX_AGE = re.compile(r"\s*max-age\s*=\s*\"?([0-9]{1,20})\"?\s*", re.IGNORECASE)
_CHARSET = re.compile(r";\s*charset\s*=\s*[\"']?([A-Za-z0-9._:+-]{1,40})", re.IGNORECASE)
_MEDIA_TYPE = re.compile(r"\s*([A-Za-z0-9!#$&^_.+-]{1,80}/[A-Za-z0-9!#$&^_.+-]{1,80})\s*(?:$|[;,])")
_VALIDATOR = re.compile(r"[\x20-\x7e\x80-\xff]{1,1024}")
_NOT_IN_NAMES = re.compile(r"[\x00-\x1f\x7f-\x9f\u202a-\u202e\u2066-\u2069\ud800-\udfff]")


class Head:
    """The fields of one answer; a name may come several times and in any case."""

    def __init__(self, fields: Iterable[tuple[bytes, bytes]]) -> None:
        self._values: dict[str, list[bytes]] = {}
        for name, value in fields:
            self._values.setdefault(name.decode("latin-1").lower(), []).append(value)

    def get(self, name: str) -> str:
        """All values of a field, joined by commas; "" when there is none."""
        return ", ".join(value.decode("latin-1") for value in self._values.get(name, ()))

    def first(self, name: str) -> bytes:
        return self._values.get(name, [b""])[0]

    @property
    def location(self) -> str:
        """Where a redirect leads, as it stands there. Many servers write UTF-8, some Latin-1."""
        raw = self.first("location")
        try:
            return raw.decode("utf-8").strip()
        except UnicodeDecodeError:
            return raw.decode("latin-1").strip()

    @property
    def length(self) -> int:
        text = self.get("content-length").partition(",")[0].strip()
        return int(text) if text.isascii() and text.isdigit() and len(text) < 20 else 0

    @property
    def media_type(self) -> str:
        match = _MEDIA_TYPE.match(self.get("content-type")[:300])
        return match[1].lower() if match else ""

    @property
    def charset(self) -> str:
        match = _CHARSET.search(self.get("content-type")[:300])
        return match[1].lower() if match else ""

    @property
    def filename(self) -> str:
        """The name of a Content-Disposition (RFC 6266), without folders and without what could fool a reader."""
        value = self.get("content-disposition")[:1000]
        if not value:
            return ""
        message = Message()
        message["Content-Disposition"] = value.replace("\r", " ").replace("\n", " ")
        try:
            name = message.get_filename("") or ""
        except (LookupError, ValueError, TypeError):  # a charset that does not exist, or percent signs gone wrong
            return ""
        name = _NOT_IN_NAMES.sub("", name.replace("\\", "/").rpartition("/")[2]).strip().strip(".")
        return name[-150:]

    def validator(self, name: str) -> str:
        """An ETag or a Last-Modified, to be sent back unchanged; "" when that cannot be done."""
        value = self.first(name).decode("latin-1").strip()
        return value if sendable(value) else ""

    def max_age_s(self, now: datetime) -> int | None:
        """For how long the answer says that it holds (RFC 9111, section 4.2.1, for a private cache)."""
        directives = self.get("cache-control").lower().split(",")
        if any(directive.strip().partition("=")[0] in ("no-cache", "no-store") for directive in directives):
            return 0
        for directive in directives:
            match = _MAX_AGE.fullmatch(directive)
            if match:
                age = _NUMBER.fullmatch(self.get("age"))
                return max(0, min(int(match[1]) - max(0, int(age[1]) if age else 0), MOST_AGE_S))
        if "expires" not in self._values:
            return None
        expires = read_date(self.get("expires"))
        if expires is None:
            return 0  # "0" and "-1" mean: has expired
        seconds = (expires - (read_date(self.get("date")) or now)).total_seconds()
        return int(max(0, min(seconds, MOST_AGE_S)))

    def retry_after_s(self, now: datetime) -> int | None:
        """When to come again, within our bounds; None when the answer does not say."""
        text = self.first("retry-after").decode("latin-1")
        if not text.strip():
            return None
        number = _NUMBER.fullmatch(text)
        if number:
            seconds = float(number[1])
        else:
            date = read_date(text)
            if date is None:
                return USUAL_RETRY_S
            seconds = (date - (read_date(self.get("date")) or now)).total_seconds()
        return int(max(LEAST_RETRY_S, min(seconds, MOST_RETRY_S)))


def sendable(validator: str) -> bool:
    """Whether a validator can stand in a request's head."""
    return _VALIDATOR.fullmatch(validator) is not None


def read_date(text: str) -> datetime | None:
    """A date of HTTP or mail, in UTC."""
    if not text or len(text) > 100:
        return None
    try:
        date = parsedate_to_datetime(text)
        return date.replace(tzinfo=UTC) if date.tzinfo is None else date.astimezone(UTC)
    except (ValueError, TypeError, IndexError, OverflowError):
        return None
