"""Messages as Slack's `chat.postMessage` bodies: Block Kit without mrkdwn, within limits of our own.

Foreign words stand only in `plain_text` and in text elements of `rich_text`, which Slack reads as words: no mention, no
link, no emphasis can come of them. The one exception is the top-level `text` for notifications and screen readers:
there `&`, `<` and `>` are escaped and addresses left out. Lengths are counted in UTF-16 units.
"""

from __future__ import annotations

import re
from itertools import zip_longest
from typing import TYPE_CHECKING, Any, Final

from bot.chat.foreign_words import LIVE, seen, shortened, utf16
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
)
from bot.chat.outgoing import Outgoing
from bot.chat.texts import in_marks, say

if TYPE_CHECKING:
    from collections.abc import Sequence

    from bot.chat.messages import Block, Message
    from bot.domain import Quote

HEADER: Final = 140  # Slack takes 150
SECTION: Final = 2_700  # 3,000
FIELD: Final = 1_800  # 2,000
ALL_TEXT: Final = 11_500  # posts break somewhat above 13,000 characters of all blocks together
BLOCKS: Final = 45  # 50
SUMMARY: Final = 3_000  # chat.update refuses more than 4,000 escaped bytes of text
LABEL: Final = 75
ADDRESS: Final = 3_000  # Slack refuses a whole message for a longer link
ACTION_ID: Final = 255
FIELDS_IN_A_SECTION, BUTTONS_IN_A_ROW, CHOICES = 10, 25, 100

_CHANNEL: Final = re.compile(r"[CG][A-Z0-9]{2,20}")
_STYLES: Final = {ButtonStyle.MAIN: "primary", ButtonStyle.DANGER: "danger"}


class _Unit:
    """A few blocks that are kept or left out together."""

    __slots__ = ("blocks", "links", "quotes", "size", "weight")

    def __init__(
        self, blocks: list[dict[str, Any]], *, weight: int = 0, quotes: Sequence[Quote] = (), links: Sequence[str] = ()
    ) -> None:
        self.blocks, self.weight, self.quotes, self.links = blocks, weight, tuple(quotes), tuple(links)
        self.size = sum(_text_size(block) for block in blocks)


def render(message: Message) -> Outgoing:
    """The body of the message, without its channel and the key of its delivery."""
    units = [unit for n, block in enumerate(message.blocks) for unit in _units(block, message.language, first=n == 0)]
    buttons = [one for one in message.buttons if isinstance(one, Menu) or not one.link or _pressable(one.link)]
    actions = _actions(buttons)
    kept, omitted = _within(units, BLOCKS - len(actions), message.language)
    blocks = _joined([block for unit in kept for block in unit.blocks]) + actions
    body: dict[str, Any] = {
        "text": _summary(message.summary),
        "blocks": blocks,
        "unfurl_links": False,
        "unfurl_media": False,
        "parse": "none",
        "link_names": False,
    }
    pressed = [button.link for button in buttons if isinstance(button, Button) and button.link]
    return Outgoing(
        body,
        quotes=tuple(quote for unit in kept for quote in unit.quotes),
        links=tuple(dict.fromkeys([*(link for unit in kept for link in unit.links), *pressed])),
        omitted=omitted,
        leads_to=message.leads_to,
    )


def _summary(text: str) -> str:
    words = LIVE.sub("…", seen(text)) or "…"
    for letter, code in (("&", "&amp;"), ("<", "&lt;"), (">", "&gt;")):
        words = words.replace(letter, code)
    # Only whole entities may be left by the cut.
    cut = shortened(words, SUMMARY)
    head, ampersand, tail = cut.rpartition("&")
    return f"{head.rstrip()}…" if ampersand and ";" not in tail else cut


def _plain(text: str) -> dict[str, Any]:
    return {"type": "plain_text", "text": text, "emoji": False}


def _text(text: str, *, bold: bool = False) -> dict[str, Any]:
    element: dict[str, Any] = {"type": "text", "text": text}
    return {**element, "style": {"bold": True}} if bold else element


def _link(label: str, address: str) -> dict[str, Any]:
    return {"type": "link", "url": address, "text": label}


def _pressable(address: str) -> list[str]:
    """The address, if there is one that Slack takes."""
    return [address] if address and utf16(address) <= ADDRESS else []


def _rich(*parts: dict[str, Any]) -> dict[str, Any]:
    return {"type": "rich_text", "elements": list(parts)}


def _line(*elements: dict[str, Any]) -> dict[str, Any]:
    return {"type": "rich_text_section", "elements": list(elements)}


def _bullet(text: str, *more: dict[str, Any]) -> dict[str, Any]:
    return {"type": "rich_text_list", "style": "bullet", "elements": [_line(_text(text), *more)]}


def _units(block: Block, language: str, *, first: bool) -> list[_Unit]:
    match block:
        case Heading():
            text = seen(f"{block.mark} · {block.text}" if block.mark else block.text) or "–"
            links = _pressable(block.link)
            way = [_text(" "), _link(say("open", language), links[0])] if links else []
            if first:
                blocks: list[dict[str, Any]] = [{"type": "header", "text": _plain(shortened(text, HEADER))}]
                return [_Unit([*blocks, _rich(_line(*way[1:]))] if way else blocks, links=links)]
            return [_Unit([_rich(_line(_text(shortened(text, HEADER), bold=True), *way))], weight=1, links=links)]
        case Paragraph():
            marks = "".join(f" [{n}]" for n in block.marks)
            words = "\n".join(seen(line) for line in block.text.split("\n"))
            if not words.strip():
                return []
            if block.small and utf16(words) <= FIELD:
                return [_Unit([{"type": "context", "elements": [_plain(words)]}])]
            is_named = _CHANNEL.fullmatch(block.channel)
            named = [_text(" "), {"type": "channel", "channel_id": block.channel}] if is_named else []
            return [_Unit([_rich(_line(_text(words + marks, bold=block.strong), *named))])]
        case Points():
            points = []
            for item, address in zip_longest(map(seen, block.items), block.links, fillvalue=""):
                links = _pressable(address)
                if item:
                    way = [_text(" "), _link(say("open", language), links[0])] if links else []
                    points.append(_Unit([_rich(_bullet(item, *way))], weight=1, links=links))
            return points
        case QuoteBlock():
            return [_quote(block, language)]
        case Facts():
            fields = [_plain(shortened(f"{seen(name)}: {seen(value) or '–'}", FIELD)) for name, value in block.rows]
            return [_Unit([{"type": "section", "fields": ten}]) for ten in _tens(fields)]
        case SourceLinks():
            lines = []
            for n, title, address, note in block.rows:
                links = _pressable(address)
                way = [_text(" → "), _link(say("open", language), links[0])] if links else []
                ending = [_text(f" ({seen(note)})")] if note else []
                head = _text(f"[{n}] {shortened(seen(title), HEADER)}")
                lines.append(_Unit([_rich(_line(head, *way, *ending))], weight=1, links=links))
            return lines
        case Picture():
            return [_Unit([{"type": "context", "elements": [_plain(shortened(seen(block.alt), FIELD))]}])]


def _quote(block: QuoteBlock, language: str) -> _Unit:
    number = [_text(f" [{block.mark}]")] if block.mark else []
    words = _text(in_marks(block.shown.text, block.shown.language))
    quotation = _rich({"type": "rich_text_quote", "elements": [words, *number]})
    links = _pressable(block.link) or _pressable(block.link.partition("#")[0])
    way = [_text(" "), _link(say("passage", language), links[0])] if links else []
    below = [_rich(_line(_text(f"— {seen(block.source_line)}"), *way))]
    if block.translation:
        translated = f"{say('translated', language)} {seen(block.translation)}"
        below.append({"type": "context", "elements": [_plain(shortened(translated, FIELD))]})
    return _Unit([quotation, *below], weight=1, quotes=[block.shown.quote], links=links)


def _tens(rows: list[dict[str, Any]]) -> list[list[dict[str, Any]]]:
    return [rows[i : i + FIELDS_IN_A_SECTION] for i in range(0, len(rows), FIELDS_IN_A_SECTION)]


def _within(units: list[_Unit], most_blocks: int, language: str) -> tuple[list[_Unit], int]:
    """The units that fit, whole ones left out from the end but for the lines of ours, and how many were left out."""
    room = ALL_TEXT - SUMMARY - sum(unit.size for unit in units)
    blocks = len(_joined([block for unit in units for block in unit.blocks]))
    if room >= 0 and blocks <= most_blocks:
        return units, 0
    room -= len(say("more-left-out", language, n=len(units)))
    left_out: set[int] = set()
    # Items first, from the end; then our own lines, which alone are hardly ever too long.
    for i in sorted(range(len(units)), key=lambda i: (units[i].weight > 0, i), reverse=True):
        if room >= 0 and blocks < most_blocks:
            break
        left_out.add(i)
        room += units[i].size
        if blocks >= most_blocks:
            kept = [block for j, unit in enumerate(units) if j not in left_out for block in unit.blocks]
            blocks = len(_joined(kept))
    omitted = sum(max(1, units[i].weight) for i in left_out)
    kept_units = [unit for i, unit in enumerate(units) if i not in left_out]
    more = _Unit([{"type": "context", "elements": [_plain(say("more-left-out", language, n=omitted))]}])
    return [*kept_units, more], omitted


def _joined(blocks: list[dict[str, Any]]) -> list[dict[str, Any]]:
    """Neighbouring rich_text blocks become one, which saves blocks; lists of bullets join, too."""
    joined: list[dict[str, Any]] = []
    for block in blocks:
        before = joined[-1] if joined else None
        if before is None or before["type"] != "rich_text" or block["type"] != "rich_text":
            joined.append({**block, "elements": list(block["elements"])} if block["type"] == "rich_text" else block)
            continue
        for element in block["elements"]:
            last = before["elements"][-1]
            if last["type"] == element["type"] == "rich_text_list":
                before["elements"][-1] = {**last, "elements": [*last["elements"], *element["elements"]]}
            elif last["type"] == element["type"] == "rich_text_section":
                before["elements"][-1] = {**last, "elements": [*last["elements"], _text("\n"), *element["elements"]]}
            else:
                before["elements"].append(element)
    return joined


def _actions(buttons: Sequence[Button | Menu]) -> list[dict[str, Any]]:
    elements: list[dict[str, Any]] = []
    for n, one in enumerate(buttons[:BUTTONS_IN_A_ROW]):
        if isinstance(one, Menu):
            elements.append(
                {
                    "type": "static_select", "action_id": action_id(one.action, n),
                    "placeholder": _plain(shortened(one.placeholder, LABEL)),
                    "options": [
                        {"text": _plain(shortened(seen(c.label) or "–", LABEL)), "value": c.value[:LABEL]}
                        for c in one.choices[:CHOICES]
                    ],
                }
            )  # fmt: skip
            continue
        label = shortened(seen(one.label) or "…", LABEL)
        button: dict[str, Any] = {"type": "button", "text": _plain(label), "action_id": action_id(one.action, n)}
        if one.link:
            button["url"] = one.link
        if one.style in _STYLES:
            button["style"] = _STYLES[one.style]
        elements.append(button)
    return [{"type": "actions", "elements": elements}] if elements else []


def action_id(action: str, place: int) -> str:
    """What comes back when a button is pressed; unique within its block. Raises ValueError when it is too long."""
    made = f"v1:{place}:{action}"
    if len(made) > ACTION_ID:
        raise ValueError(f"an action of {len(action)} characters")
    return made


def _text_size(block: dict[str, Any]) -> int:
    """All words of a block, however deep."""
    total = 0
    waiting: list[Any] = [block]
    while waiting:
        one = waiting.pop()
        if isinstance(one, dict):
            words = [value for key, value in one.items() if key in ("text", "url") and isinstance(value, str)]
            total += sum(utf16(word) for word in words)
            waiting += [value for value in one.values() if isinstance(value, dict | list)]
        else:
            waiting += one
    return total
