"""Messages as Discord's "create message" bodies: one classic embed and rows of buttons, within limits of our own.

Why embeds, not components: more text, a plain fallback, and editable without a flag that cannot be taken back. Lengths
are counted in UTF-16 units, which is never less than what Discord counts. What does not fit is left out by whole
blocks, from the end, and counted in words.
"""

from __future__ import annotations

import re
from itertools import zip_longest
from typing import TYPE_CHECKING, Any, Final

from bot.chat.discord.markdown import escaped, link, link_safe, quoted
from bot.chat.foreign_words import seen, shortened, utf16
from bot.chat.messages import (
    Button,
    ButtonStyle,
    Facts,
    Heading,
    Menu,
    Paragraph,
    Picture,
    Points,
    QuoteBlock,
    SourceLinks,
    Tone,
)
from bot.chat.outgoing import Outgoing
from bot.chat.texts import in_marks, say

if TYPE_CHECKING:
    from collections.abc import Sequence

    from bot.chat.messages import Block, Message
    from bot.domain import Quote

TITLE: Final = 200  # Discord takes 256
DESCRIPTION: Final = 3_600  # 4,096
ALL_TEXT: Final = 5_400  # 6,000 over all parts of all embeds
FIELD: Final = 1_000  # 1,024
FIELD_NAME: Final = 250  # 256
FIELDS: Final = 24  # 25
LABEL: Final = 80
CUSTOM_ID: Final = 100
ROWS, BUTTONS_IN_A_ROW, CHOICES = 5, 5, 25

_COLOURS: Final = {Tone.GOOD: 0x2E8B57, Tone.WARNING: 0xE0A800, Tone.TROUBLE: 0xC0392B, Tone.GREY: 0x808080}
_CHANNEL: Final = re.compile(r"[0-9]{1,20}")
_STYLES: Final = {ButtonStyle.PLAIN: 2, ButtonStyle.MAIN: 1, ButtonStyle.DANGER: 4}
_LINK_STYLE: Final = 5
_BUTTON, _SELECT, _ROW = 2, 3, 1
_SILENT: Final = 1 << 12

NOBODY: Final = {"parse": [], "users": [], "roles": [], "replied_user": False}


class _Unit:
    """A piece of the description that is kept or left out as a whole."""

    __slots__ = ("links", "quotes", "text", "weight")

    def __init__(self, text: str, *, weight: int = 0, quotes: Sequence[Quote] = (), links: Sequence[str] = ()) -> None:
        self.text, self.weight, self.quotes, self.links = text, weight, tuple(quotes), tuple(links)


def render(message: Message) -> Outgoing:
    """The body of the message, without the key of its delivery."""
    blocks = list(message.blocks)
    embed: dict[str, Any] = {}
    links: list[str] = []
    used = 0
    title = blocks[0] if blocks else None
    if isinstance(title, Heading):
        blocks.pop(0)
        marked = f"{title.mark} · {title.text}" if title.mark else title.text
        embed["title"] = _fitting(marked, TITLE)
        used += utf16(embed["title"])
        if title.link:
            embed["url"] = link_safe(title.link)
            links.append(embed["url"])
    fields, field_links = _fields(blocks, message.language)
    used += sum(utf16(field["name"]) + utf16(field["value"]) for field in fields)
    units = [unit for block in blocks for unit in _units(block, message.language)]
    kept, omitted = _within(units, min(DESCRIPTION, ALL_TEXT - used), message.language)
    if kept:
        embed["description"] = "\n".join(unit.text for unit in kept)
    elif not embed.get("title"):
        embed["description"] = escaped(shortened(seen(message.summary), TITLE))
    if fields:
        embed["fields"] = fields
    if message.tone in _COLOURS:
        embed["color"] = _COLOURS[message.tone]
    body: dict[str, Any] = {"embeds": [embed], "allowed_mentions": NOBODY}
    rows = _rows(message.buttons)
    if rows:
        body["components"] = rows
    if message.silent:
        body["flags"] = _SILENT
    pressed = [button.link for button in message.buttons if isinstance(button, Button) and button.link]
    return Outgoing(
        body,
        quotes=tuple(quote for unit in kept for quote in unit.quotes),
        links=tuple(dict.fromkeys([*links, *field_links, *(one for unit in kept for one in unit.links), *pressed])),
        omitted=omitted,
        leads_to=message.leads_to,
    )


def _fitting(text: str, limit: int) -> str:
    """Foreign words, escaped, within a limit that counts the escapes."""
    words = seen(text)
    room = limit
    while utf16(out := escaped(shortened(words, room))) > limit:
        room -= max(1, utf16(out) - limit)
    return out


def _units(block: Block, language: str) -> list[_Unit]:
    match block:
        case Heading():
            mark = f"{escaped(block.mark)} · " if block.mark else ""
            way = f" {link(say('open', language), block.link)}" if block.link else ""
            text = f"\n{mark}**{_fitting(block.text, TITLE)}**{way}"
            return [_Unit(text, weight=1, links=[link_safe(block.link)] if block.link else [])]
        case Paragraph():
            marks = "".join(f" \\[{n}\\]" for n in block.marks)
            words = "\n".join(escaped(seen(line)) for line in block.text.split("\n"))
            if _CHANNEL.fullmatch(block.channel):
                marks += f" <#{block.channel}>"
            if block.small:
                return [_Unit("\n".join(f"-# {line}" for line in words.split("\n")) + marks)]
            return [_Unit(f"**{words}**{marks}" if block.strong and words else words + marks)]
        case Points():
            return [
                _Unit(
                    f"- {escaped(seen(item))}" + (f" {link(say('open', language), address)}" if address else ""),
                    weight=1,
                    links=[link_safe(address)] if address else [],
                )
                for item, address in zip_longest(block.items, block.links, fillvalue="")
            ]
        case QuoteBlock():
            return [_quote(block, language)]
        case Picture():
            return [_Unit(escaped(seen(block.alt)))]
        case Facts() | SourceLinks():
            return []


def _quote(block: QuoteBlock, language: str) -> _Unit:
    number = f" \\[{block.mark}\\]" if block.mark else ""
    lines = [quoted(escaped(in_marks(block.shown.text, block.shown.language))) + number]
    way = f" {link(say('passage', language), block.link)}" if block.link else ""
    lines.append(f"-# — {escaped(seen(block.source_line))}{way}")
    if block.translation:
        lines.append(f"-# {escaped(say('translated', language))} {escaped(seen(block.translation))}")
    links = [link_safe(block.link)] if block.link else []
    return _Unit("\n".join(lines), weight=1, quotes=[block.shown.quote], links=links)


def _fields(blocks: Sequence[Block], language: str) -> tuple[list[dict[str, Any]], list[str]]:
    """Facts and the list of sources, which have a place of their own below the description."""
    fields: list[dict[str, Any]] = []
    links: list[str] = []
    room = ALL_TEXT - DESCRIPTION - TITLE - FIELD
    for block in blocks:
        if isinstance(block, Facts):
            for name, value in block.rows[: FIELDS - len(fields) - 1]:
                field = {"name": _fitting(name, FIELD_NAME) or "–", "value": _fitting(value, FIELD) or "–"}
                room -= utf16(field["name"]) + utf16(field["value"])
                if room >= 0:
                    fields.append({**field, "inline": True})
        elif isinstance(block, SourceLinks):
            units = []
            for n, title, address, note in block.rows:
                way = f" → {link(say('open', language), address)}" if address else ""
                ending = f" ({escaped(seen(note))})" if note else ""
                text = f"\\[{n}\\] {_fitting(title, TITLE // 2)}{way}{ending}"
                units.append(_Unit(text, weight=1, links=[link_safe(address)] if address else []))
            kept, _ = _within(units, FIELD, language)
            if kept:
                fields.append({"name": say("sources", language), "value": "\n".join(unit.text for unit in kept)})
                links += [one for unit in kept for one in unit.links]
    return fields, links


def _within(units: Sequence[_Unit], limit: int, language: str) -> tuple[list[_Unit], int]:
    """The units that fit, whole ones left out from the end but for the lines of ours, and how many were left out."""
    room = limit - sum(utf16(unit.text) + 1 for unit in units)
    if room >= -1:
        return list(units), 0
    room -= utf16(_more(len(units), language)) + 1
    left_out: set[int] = set()
    # Items first, from the end; then our own lines, which alone are hardly ever too long.
    for i in sorted(range(len(units)), key=lambda i: (units[i].weight > 0, i), reverse=True):
        if room >= -1:
            break
        left_out.add(i)
        room += utf16(units[i].text) + 1
    omitted = sum(max(1, units[i].weight) for i in left_out)
    kept = [unit for i, unit in enumerate(units) if i not in left_out]
    return [*kept, _Unit(_more(omitted, language))], omitted


def _more(n: int, language: str) -> str:
    return escaped(say("more-left-out", language, n=n))


def _rows(buttons: Sequence[Button | Menu]) -> list[dict[str, Any]]:
    rows: list[dict[str, Any]] = []
    row: list[dict[str, Any]] = []
    for one in buttons:
        if isinstance(one, Menu):
            options = [
                {"label": shortened(seen(choice.label) or "…", LABEL), "value": choice.value[:CUSTOM_ID]}
                for choice in one.choices[:CHOICES]
            ]
            select = {
                "type": _SELECT, "custom_id": custom_id(one.action), "options": options,
                "placeholder": shortened(one.placeholder, LABEL),
            }  # fmt: skip
            rows.append({"type": _ROW, "components": [select]})
            continue
        row.append(_button(one))
        if len(row) == BUTTONS_IN_A_ROW:
            rows.append({"type": _ROW, "components": row})
            row = []
    if row:
        rows.append({"type": _ROW, "components": row})
    return rows[:ROWS]


def _button(button: Button) -> dict[str, Any]:
    label = shortened(seen(button.label) or "…", LABEL)
    if button.link:
        return {"type": _BUTTON, "style": _LINK_STYLE, "label": label, "url": button.link}
    return {"type": _BUTTON, "style": _STYLES[button.style], "label": label, "custom_id": custom_id(button.action)}


def custom_id(action: str) -> str:
    """What comes back when a button is pressed. Raises ValueError when an action is longer than Discord can carry."""
    made = f"v1:{action}"
    if len(made) > CUSTOM_ID:
        raise ValueError(f"an action of {len(action)} characters")
    return made
