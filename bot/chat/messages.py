"""What we say in a channel, before any platform: messages as frozen data, made of blocks.

No string in here holds markup: a platform folder escapes each one for its platform, cuts none inside a quote, a word or
a link, and leaves out whole blocks from the end when the whole is too long, saying how many. Foreign words (titles,
quotes, names of outlets) stand in the same fields as ours, so everything is escaped alike.
"""

from __future__ import annotations

from dataclasses import dataclass
from enum import StrEnum

from bot.domain import ShownQuote


class Tone(StrEnum):
    """How a message looks as a whole."""

    PLAIN = "plain"
    GOOD = "good"  # done, added, healthy
    WARNING = "warning"  # the answer stands, something wants attention
    TROUBLE = "trouble"  # refused or failed: cause and cure are in the text
    GREY = "grey"  # the sources do not say; nothing new


@dataclass(frozen=True, slots=True)
class Heading:
    """A line that names what follows. At most one a message is its title: the first block, if it is a heading."""

    text: str
    link: str = ""  # an address that the store holds
    mark: str = ""  # NEW, UPDATE … already in the reader's language


@dataclass(frozen=True, slots=True)
class Paragraph:
    """Words of ours. `marks` are the numbers of the quotes that support them: "… [1][2]"."""

    text: str
    strong: bool = False
    small: bool = False  # context: sources, times, counts
    marks: tuple[int, ...] = ()
    channel: str = ""  # one that is named behind the words, as the platform names channels


@dataclass(frozen=True, slots=True)
class Points:
    """Short lines, each with a bullet. `links`: where each leads, an address that the store holds; "" for nowhere."""

    items: tuple[str, ...]
    links: tuple[str, ...] = ()  # as many as items, or none at all


@dataclass(frozen=True, slots=True)
class QuoteBlock:
    """A quote and the line that says whose it is. `source_line` is ours, in the reader's language."""

    shown: ShownQuote
    source_line: str
    mark: int = 0  # 0: not numbered
    link: str = ""  # to the passage: an address that the store holds, perhaps with a text fragment
    translation: str = ""  # below the quote, marked, never between quotation marks


@dataclass(frozen=True, slots=True)
class SourceLinks:
    """The documents behind the quotes: number, title, address (empty when the store holds none) and a note."""

    rows: tuple[tuple[int, str, str, str], ...]


@dataclass(frozen=True, slots=True)
class Facts:
    """Names and values side by side."""

    rows: tuple[tuple[str, str], ...]


@dataclass(frozen=True, slots=True)
class Picture:
    """An image of ours (a chart), with the words for those who do not see it."""

    png: bytes
    name: str
    alt: str


Block = Heading | Paragraph | Points | QuoteBlock | SourceLinks | Facts | Picture


class ButtonStyle(StrEnum):
    PLAIN = "plain"
    MAIN = "main"
    DANGER = "danger"


@dataclass(frozen=True, slots=True)
class Button:
    """Either an `action` (our name for what a press does, with its argument, at most 90 ASCII characters: "undo:12") or
    a `link` that the store holds."""

    label: str
    action: str = ""
    link: str = ""
    style: ButtonStyle = ButtonStyle.PLAIN


@dataclass(frozen=True, slots=True)
class Choice:
    value: str
    label: str


@dataclass(frozen=True, slots=True)
class Menu:
    """A choice of one among a few, below a message; `action` gets the value."""

    action: str
    placeholder: str
    choices: tuple[Choice, ...]


@dataclass(frozen=True, slots=True)
class Attachment:
    """A file that we hand out: an export, an audit."""

    name: str
    content: bytes
    media_type: str
    alt: str = ""  # of a picture: the words for those who do not see it


@dataclass(frozen=True, slots=True)
class Message:
    """One thing that we say. `summary` is what a notification and a screen reader get; it is never empty."""

    summary: str
    blocks: tuple[Block, ...]
    language: str  # of our own words
    tone: Tone = Tone.PLAIN
    buttons: tuple[Button | Menu, ...] = ()
    attachments: tuple[Attachment, ...] = ()
    silent: bool = False  # notifies nobody (the stories below a brief)
    leads_to: tuple[int, ...] = ()  # versions that are not quoted here, to whose addresses it may link

    def quotes(self) -> tuple[ShownQuote, ...]:
        """Everything that stands between quotation marks, for the last check and for the receipt."""
        return tuple(block.shown for block in self.blocks if isinstance(block, QuoteBlock))

    def links(self) -> frozenset[str]:
        """Every address that may be live in the outgoing payload."""
        found = {button.link for button in self.buttons if isinstance(button, Button)}
        for block in self.blocks:
            if isinstance(block, Heading | QuoteBlock):
                found.add(block.link)
            elif isinstance(block, SourceLinks):
                found |= {address for _, _, address, _ in block.rows}
            elif isinstance(block, Points):
                found |= set(block.links)
        return frozenset(found - {""})


class FieldKind(StrEnum):
    TEXT = "text"
    LONG_TEXT = "long text"
    CHOICE = "choice"
    CHOICES = "choices"
    FILE = "file"
    CHANNEL = "channel"


@dataclass(frozen=True, slots=True)
class Field:
    """One question of a form. `choices` are for CHOICE and CHOICES, `value` is what stands there already."""

    name: str
    label: str
    kind: FieldKind = FieldKind.TEXT
    required: bool = True
    value: str = ""
    hint: str = ""
    choices: tuple[Choice, ...] = ()


@dataclass(frozen=True, slots=True)
class Form:
    """A dialogue (modal). What is typed comes back as a request named `action`."""

    action: str
    title: str
    submit: str
    fields: tuple[Field, ...]
