"""The words of the news desk, as frozen data. Imports nothing of ours but `errors`; everything else may import it.

Offsets are code points into the cleaned text of one document version, half open. Instants are aware and in UTC.
Languages are ISO 639-1 codes, `"und"` where the language is not known.
"""

from __future__ import annotations

import hashlib
from dataclasses import dataclass, field
from datetime import date, datetime
from enum import StrEnum

from bot.errors import QuoteRefused

UNKNOWN_LANGUAGE = "und"


class DateBasis(StrEnum):
    """How a document's date is known, best first."""

    STATED = "stated"  # the text or its metadata says so: a dateline, "Aktualisiert 28. April 2025", <time datetime>
    PAGE_SAYS = "page says"  # printed beside the text by the page: may be the day of copying, not of writing
    FILE_TIME = "file time"  # only the file's own modification time
    UNKNOWN = "unknown"


@dataclass(frozen=True, slots=True)
class DocumentDate:
    """When a document was published, how that is known, and what speaks against it."""

    day: date | None = None
    at: datetime | None = None  # only when a time of day is known; aware, UTC
    basis: DateBasis = DateBasis.UNKNOWN
    warning: str = ""  # plain English, empty when nothing contradicts the date
    edited: bool = False  # the document calls this the day of its last update

    @property
    def known_day(self) -> date | None:
        """The day that the document states or its page prints; a file's own time is when it was copied, and is none."""
        return self.day if self.basis in (DateBasis.STATED, DateBasis.PAGE_SAYS) else None


@dataclass(frozen=True, slots=True)
class Sentence:
    """One sentence of a version's text. `paragraph` counts from 0."""

    start: int
    end: int
    paragraph: int


@dataclass(frozen=True, slots=True)
class MachineTranslation:
    """What shows that a text was machine-translated. `source_language` is `"und"` when only the fact is known."""

    confidence: float  # 0..1
    reasons: tuple[str, ...]
    source_language: str = UNKNOWN_LANGUAGE


@dataclass(frozen=True, slots=True)
class DocumentDraft:
    """What a reader made of some bytes. `text` is the text of record: quotes will be offsets into it."""

    text: str
    sentences: tuple[Sentence, ...]
    title: str = ""
    outlet: str = ""  # who published it: "Radio Free Asia"
    byline: str = ""  # the people who wrote it
    agency: str = ""  # the agency the outlet took it from: "Reuters"
    language: str = UNKNOWN_LANGUAGE
    published: DocumentDate = DocumentDate()
    translation: MachineTranslation | None = None
    media_type: str = "text/plain"
    encoding: str = ""
    address: str = ""  # canonical link, empty when none was found
    dropped: tuple[str, ...] = ()  # boilerplate that was removed, one short label per kind
    suspicious: tuple[str, ...] = ()  # hidden or control characters, invisible text: what was seen


@dataclass(frozen=True, slots=True)
class Scope:
    """Who asks: every read of the library names one, and sees what this workspace (and channel) may see, no more."""

    workspace: str
    channel: str = ""

    def audiences(self) -> tuple[str, ...]:
        """The audience keys whose documents this scope sees: the installation's, its workspace's, its channel's."""
        keys = [EVERYONE, f"w:{self.workspace}"]
        if self.channel:
            keys.append(f"w:{self.workspace}/c:{self.channel}")
        return tuple(keys)

    @classmethod
    def of_audience(cls, audience: str) -> Scope:
        """The scope that sees what a document of this audience may be compared with: its own and wider audiences."""
        workspace, _, channel = audience.removeprefix("w:").partition("/c:")
        return cls("" if audience == EVERYONE else workspace, channel)


EVERYONE = "*"  # the audience of the installation's own sources
TERMINAL = Scope("terminal")


class SourceKind(StrEnum):
    FOLDER = "folder"
    FILE = "file"
    FEED = "feed"
    PAGE = "page"  # without a feed: watched, a changed text is a new version


@dataclass(frozen=True, slots=True)
class Source:
    """Where documents come from, and which audience may see them (`"*"`, `"w:…"` or `"w:…/c:…"`)."""

    id: int
    kind: SourceKind
    address: str
    audience: str


class DocumentState(StrEnum):
    """Every document is in exactly one of these."""

    KEPT = "kept"  # read, stored, quotable
    FAILED = "failed"  # kept with the reason; no version could be read
    REMOVED = "removed"  # its file is gone; posted quotes stay provable, it is no longer searched
    ERASED = "erased"  # with its source, by a person: no longer found or listed; posted quotes stay provable


@dataclass(frozen=True, slots=True)
class Document:
    """One published item as we keep it, described by its current version (absent when it failed)."""

    id: int
    source_id: int
    name: str  # file name relative to its folder, or address
    audience: str
    state: DocumentState
    reason: str  # why it failed, in plain words; empty otherwise
    first_seen: datetime
    version: VersionFacts | None
    baseline: bool = False  # its source held it already when it was added: answers use it, nothing announces it


@dataclass(frozen=True, slots=True)
class VersionFacts:
    """What is known of one immutable version, without its text."""

    id: int
    document_id: int
    number: int  # 1, 2, 3 … within its document
    raw_sha256: str
    text_sha256: str
    stored_at: datetime
    title: str
    outlet: str
    byline: str
    agency: str
    language: str
    published: DocumentDate
    translation: MachineTranslation | None
    media_type: str
    address: str
    length: int  # code points


@dataclass(frozen=True, slots=True)
class StoredVersion:
    """A version as it was read back from the store: the only thing a quote can be cut from."""

    facts: VersionFacts
    document_name: str
    audience: str
    text: str
    sentences: tuple[Sentence, ...]


def sha256_hex(text: str) -> str:
    """The SHA-256 of a text's UTF-8 bytes, in hexadecimal."""
    return hashlib.sha256(text.encode("utf-8")).hexdigest()


@dataclass(frozen=True, slots=True)
class Quote:
    """A span of a stored version. It holds no text of its own: ask `text_in` with the version read from the store."""

    document_id: int
    version_id: int
    start: int
    end: int
    start_byte: int
    end_byte: int
    sha256: str

    def text_in(self, version: StoredVersion) -> str:
        """The quoted characters. Raises QuoteRefused when `version` is another one or its characters changed."""
        if version.facts.id != self.version_id:
            raise QuoteRefused("wrong-version", f"quote of version {self.version_id}, text of {version.facts.id}")
        text = version.text[self.start : self.end]
        if sha256_hex(text) != self.sha256:
            raise QuoteRefused("changed", f"version {self.version_id} no longer holds this quote at {self.start}")
        return text


@dataclass(frozen=True, slots=True)
class ShownQuote:
    """A quote with all that a reader needs beside it. `text` was cut from the store while composing, never typed."""

    quote: Quote
    text: str
    document: str  # file name or address
    version: int
    title: str
    outlet: str
    published: DocumentDate
    language: str
    said_by: str = ""  # who says it, as far as the sentence tells; empty: the document itself
    caveats: tuple[str, ...] = ()  # "machine-translated", "not independently verified", …
    report_id: int = 0  # copies of one report share it
    copies: int = 1  # how many copies of this report the library holds
    paragraph: int = 0  # counts from 1 in display


@dataclass(frozen=True, slots=True)
class Receipt:
    """What was shown, where and when; `verbatim verify` proves every one again."""

    shown_at: datetime
    place: str  # "answer", "card", "brief", "quote"
    scope: Scope
    quotes: tuple[Quote, ...]
    id: int = 0
    prompt: str = ""  # by which a model worded what stood above them: name, version and hash; empty: none did
    model: str = ""
    dropped: int = 0  # sentences of the model that the quotes did not bear out


@dataclass(frozen=True, slots=True)
class Change:
    """One line of the store's change log: what the search index and the stories still have to take in."""

    seq: int
    document_id: int
    version_id: int | None  # None: the document is no longer to be found


@dataclass(frozen=True, slots=True)
class Figure:
    """A number with what it counts, who says it, as of when, and how exactly it is meant."""

    value: float
    upper: float | None  # the other end of "between 4 and 6 million"
    bound: str  # "", "up to", "more than", "about", "at least", "less than"
    things: frozenset[str]  # what is counted ("soldier", "USD", "%"), under all keys by which both languages know it
    start: int
    end: int


@dataclass(frozen=True, slots=True)
class Side:
    """One side of a conflict: the value in words of the source, who says it, and the quotes that do."""

    value: str
    said_by: str
    quotes: tuple[ShownQuote, ...]
    reports: int
    bound: str = ""  # how exactly a figure is meant: "up to", "more than", "about", …


@dataclass(frozen=True, slots=True)
class Conflict:
    """Sources that disagree, or a statement that was reversed later. `kind` is "contradiction" or "update"."""

    kind: str
    about: str
    sides: tuple[Side, ...]


@dataclass(frozen=True, slots=True)
class Translated:
    """A model's translation of a quote, which says the same numbers, names and days."""

    quote: Quote
    text: str


class AnswerStatus(StrEnum):
    ANSWERED = "answered"
    NOT_IN_SOURCES = "not_in_sources"


@dataclass(frozen=True, slots=True)
class WrittenLine:
    """A sentence of a model that its quotes bear out. `marks`: which of the answer's quotes these are, from 1."""

    text: str
    marks: tuple[int, ...]


@dataclass(frozen=True, slots=True)
class Answer:
    """An answer that is its quotes, or an honest refusal with the nearest passages."""

    question: str
    language: str
    status: AnswerStatus
    reason: str  # a code: "", "no-documents", "nothing-about", "kind-missing", "before-period", …
    explanation: str  # the reason in the asker's language
    quotes: tuple[ShownQuote, ...]
    conflicts: tuple[Conflict, ...] = ()
    nearest: tuple[ShownQuote, ...] = ()
    confidence: float = 0.0  # 0..1, comparable between questions
    missing: tuple[str, ...] = field(default=())  # the question's words that no source covers
    written: tuple[WrittenLine, ...] = ()  # shown above the quotes; empty: the quotes are the answer
    translations: tuple[Translated, ...] = ()  # shown below their quotes, and marked
    note: str = ""  # of ours, in the answer's language: why nothing was written, where that is worth a line
