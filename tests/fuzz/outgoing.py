"""Hostile answers, cards and lists through both platforms' rendering: nothing rejected, broken, live or pinging.

Run as `python -m tests.fuzz.outgoing --count 10000 [--seed 1]`: it prints what failed and ends with 1 when anything did.
The judge is each platform's `inspecting` and the last check, with every quote read back from the version it came from.
"""

from __future__ import annotations

import argparse
import random
import sys
from dataclasses import replace
from typing import TYPE_CHECKING, Any

from bot.briefs.card import make_card
from bot.chat.composing import answer_message, card_message
from bot.chat.discord import inspecting as discord_inspecting
from bot.chat.discord import rendering as discord_rendering
from bot.chat.last_check import problems
from bot.chat.messages import Button, ButtonStyle, Facts, Heading, Message, Paragraph, Points, Tone
from bot.chat.slack import inspecting as slack_inspecting
from bot.chat.slack import rendering as slack_rendering
from bot.domain import Answer, AnswerStatus, Conflict, Side
from bot.quotes.showing import show_sentence
from tests.versions import version_of

if TYPE_CHECKING:
    from collections.abc import Iterator

    from bot.briefs.card import Card
    from bot.chat.messages import Block
    from bot.chat.outgoing import Outgoing
    from bot.domain import ShownQuote, StoredVersion

PLATFORMS = {
    "discord": (discord_rendering.render, discord_inspecting.inspect),
    "slack": (slack_rendering.render, slack_inspecting.inspect),
}
_TOKENS = (
    "@everyone @here <!channel> <!here> <@U012AB3CD> <@123456789012345678> <@&99> <#C024BE7LR> <#1234567890123> :smile: "
    "<:blob:123456789012345678> <t:1700000000:R> </ask:123456789012345678> <id:home> **bold** *it* __under__ ~~gone~~ "
    "||spoiler|| `code` ```block``` > quoted # head -# small - item 1. first [label](https://evil.example/x) "
    "<https://evil.example|click> https://evil.example/a_b?c=d&e=f#g HTTP://EVIL.EXAMPLE javascript:alert(1) "
    "mailto:a@evil.example www.evil.example discord.gg/abcdef \\ \\* & &amp; &lt;b&gt; “inner” „innen“ « dedans » "
    "שלום عليكم 日本語 👩‍👩‍👧‍👦 🇩🇪 e\u0301\u0301\u0301\u0301\u0301 a\u200bb soft\u00adhyphen \u202eturned\u202c \x07bell \x1b[31mred "
    "\U000e0041tag |pipe| {json} $money 1,250 12.000 % — – … 'single' \u2028 \u00a0"
).split(" ")
_SHELF = 300  # versions that messages quote; reading one of 50,000 characters takes longer than a hundred messages
_WORDS = "the a report says that on Monday der Bericht sagt dass am Montag forty people vierzig Menschen river Fluss".split()


def hostile_text(rng: random.Random, words: int) -> str:
    """Ordinary words with hostile ones among them, now and then one endless word."""
    parts = [rng.choice(_TOKENS) if rng.random() < 0.4 else rng.choice(_WORDS) for _ in range(words)]
    if rng.random() < 0.1:
        parts.insert(rng.randrange(len(parts) + 1), rng.choice("xé漢😀") * 200)
    return rng.choice((" ", " ", " ", "\n", "  ")).join(parts)


def hostile_version(rng: random.Random, key: int) -> StoredVersion:
    """A version of one to fifty thousand characters, in German or English."""
    size = rng.choice((5, 20, 20, 60, 60, 60, 400, 400, 400, 8_000))
    sentences = [f"The {hostile_text(rng, rng.randint(1, 30))} end." for _ in range(max(1, size // 15))]
    made = version_of(
        " ".join(sentences)[:50_000],
        id=key,
        language=rng.choice(("de", "en", "fr")),
        title=hostile_text(rng, rng.choice((0, 1, 8, 60))),
        outlet=hostile_text(rng, rng.choice((0, 1, 3))),
    )
    return replace(made, document_name=hostile_text(rng, 3))


def messages(rng: random.Random, count: int) -> Iterator[tuple[Message, dict[int, StoredVersion], set[str]]]:
    """Hostile messages with the versions they quote and the addresses that the store would hold."""
    shelf = {key: hostile_version(rng, key) for key in range(1, min(count, _SHELF) + 1)}
    cards: dict[int, Card] = {}
    for n in range(count):
        versions = {key: shelf[key] for key in rng.sample(sorted(shelf), min(len(shelf), rng.randint(1, 6)))}
        addresses = {key: f"https://news.example/{key}/a_(b)?q='{key}'&x=<y>" for key in versions if rng.random() < 0.7}
        language = rng.choice(("de", "en"))
        kind = n % 4
        if kind == 0:
            key, version = next(iter(versions.items()))
            cards.setdefault(key, make_card(version))
            card = card_message(cards[key], language, addresses.get(key, ""), _buttons(rng))
            yield card, versions, set(addresses.values())
        elif kind == 3:
            yield _list(rng, language, addresses), versions, set(addresses.values())
        else:
            yield answer_message(_answer(rng, versions), language, addresses, _buttons(rng)), versions, set(addresses.values())


def _answer(rng: random.Random, versions: dict[int, StoredVersion]) -> Answer:
    quotes: list[ShownQuote] = []
    for version in versions.values():
        for index in rng.sample(range(len(version.sentences)), min(3, len(version.sentences))):
            one = show_sentence(version, index)
            quotes += [one] if one else []
    if not quotes or rng.random() < 0.2:
        explanation = hostile_text(rng, 12)
        return Answer("?", "en", AnswerStatus.NOT_IN_SOURCES, "nothing-about", explanation, (), nearest=tuple(quotes[:3]))
    conflicts: tuple[Conflict, ...] = ()
    if len(quotes) > 2:
        sides = tuple(Side(hostile_text(rng, 2), hostile_text(rng, 2), (one,), rng.randint(1, 5)) for one in quotes[-3:])
        conflicts = (Conflict(rng.choice(("contradiction", "update")), hostile_text(rng, 2), sides),)
    return Answer("?", "en", AnswerStatus.ANSWERED, "", "", tuple(quotes[:8]), conflicts)


def _list(rng: random.Random, language: str, addresses: dict[int, str]) -> Message:
    """What lists look like: many headings with links, points and facts."""
    links = list(addresses.values()) or [""]
    blocks: list[Block] = [Heading(hostile_text(rng, 5), link=rng.choice(links))]
    blocks += [Heading(hostile_text(rng, 9), link=rng.choice(links), mark="NEW") for _ in range(rng.randint(0, 120))]
    rows = tuple((hostile_text(rng, 2), hostile_text(rng, rng.choice((0, 3, 300)))) for _ in range(rng.randint(0, 9)))
    points = Points(tuple(hostile_text(rng, rng.randint(0, 40)) for _ in range(rng.randint(0, 500))))
    paragraph = Paragraph(hostile_text(rng, rng.choice((0, 5, 2_000))), strong=rng.random() < 0.5, small=rng.random() < 0.5)
    everything = (*blocks, paragraph, Facts(rows), points)
    return Message(hostile_text(rng, 10), everything, language, rng.choice(list(Tone)), tuple(_buttons(rng)))


def _buttons(rng: random.Random) -> list[Button]:
    return [
        Button(hostile_text(rng, rng.randint(1, 20)), action=f"do:{n}", style=rng.choice(list(ButtonStyle)))
        for n in range(rng.randint(0, 7))
    ]


def judged(platform: str, message: Message, versions: dict[int, StoredVersion], stored: set[str]) -> list[str]:
    """What is wrong with a message as this platform would get it."""
    render, inspect = PLATFORMS[platform]
    outgoing: Outgoing = render(message)
    body: dict[str, Any] = outgoing.body
    pages = {link.partition("#")[0] for link in outgoing.links if _known(link, stored)}
    return problems(outgoing, inspect(body), versions, pages)


def _known(link: str, stored: set[str]) -> bool:
    from urllib.parse import unquote

    return any(unquote(link.partition("#")[0]) == unquote(address) for address in stored)


def main() -> int:
    parser = argparse.ArgumentParser(description=__doc__)
    parser.add_argument("--count", type=int, default=10_000)
    parser.add_argument("--seed", type=int, default=1)
    options = parser.parse_args()
    failed = quotes = 0
    for n, (message, versions, stored) in enumerate(messages(random.Random(options.seed), options.count)):
        for platform in PLATFORMS:
            quotes += len(PLATFORMS[platform][0](message).quotes)
            if found := judged(platform, message, versions, stored):
                failed += 1
                print(f"{platform} {n}: {'; '.join(sorted(set(found)))}")
    print(f"{options.count} messages on {len(PLATFORMS)} platforms, {quotes} quotes shown, {failed} bodies with a problem")
    return 1 if failed else 0


if __name__ == "__main__":
    sys.exit(main())
