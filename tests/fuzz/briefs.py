"""Hostile briefs through both platforms' rendering: a preview is what is posted, and all places tell the same stories.

Run as `python -m tests.fuzz.briefs --count 1000 [--seed 1]`: it prints what failed and ends with 1 when anything did.
Each brief is frozen and thawed as in the library. Beside what `tests.fuzz.outgoing` judges: the bytes that a preview
shows are those that are owed, overview, thread and archive list the same stories, and both keep to our own limits.
"""

from __future__ import annotations

import argparse
import hashlib
import random
import sys
from datetime import UTC, date, datetime, timedelta
from typing import TYPE_CHECKING, Any

import msgspec

from bot.briefs.brief import (
    AlsoNew,
    Brief,
    BriefEntry,
    Chart,
    ChartPoint,
    FactKind,
    Further,
    LeftOut,
    NewFact,
    QuietStory,
    Why,
    frozen_brief,
    quotes_of,
    thawed_brief,
)
from bot.chat.brief_messages import Look, full_list, messages_of, with_look
from bot.chat.discord.face import DiscordFace
from bot.chat.messages import Heading
from bot.chat.outgoing import frozen, thawed
from bot.chat.slack.face import SlackFace
from bot.domain import Conflict, Side
from bot.quotes.showing import show_sentence
from tests.fuzz.outgoing import PLATFORMS, hostile_text, hostile_version, judged

if TYPE_CHECKING:
    from collections.abc import Iterator

    from bot.chat.messages import Message
    from bot.domain import ShownQuote, StoredVersion

NOON = datetime(2031, 5, 14, 12, tzinfo=UTC)
_SHELF = 60
_ZONES = ("Europe/Berlin", "America/New_York", "Asia/Kolkata", "UTC")
MOST_BLOCKS, MOST_DESCRIPTION = 22, 3_600


def hostile_brief(rng: random.Random, shelf: dict[int, StoredVersion]) -> Brief:
    """A brief of anything that a brief may hold, its words from documents of strangers."""
    entries = tuple(_entry(rng, n, shelf) for n in range(1, rng.randint(0, 7) + 1))
    also = tuple(AlsoNew(n, hostile_text(rng, rng.choice((0, 3, 40))), (n,), (hostile_text(rng, 2),)) for n in range(rng.randint(0, 12)))
    reasons = rng.sample(["filtered", "each-only", "copies", "below", "publisher", "unreadable", "of a later release"], 3)
    return Brief(
        NOON, rng.choice((None, NOON - timedelta(days=1), NOON - timedelta(days=4))), 0, 9, entries, also, rng.randint(0, 99),
        0, tuple(hostile_text(rng, 5) for _ in range(rng.randint(0, 3))), at=rng.choice((None, NOON)), sources=rng.randint(0, 9),
        failing=tuple(hostile_text(rng, 2) for _ in range(rng.randint(0, 3))),
        left_out=tuple(LeftOut(reason, rng.randint(0, 5)) for reason in reasons),
        further=tuple(Further(n, hostile_text(rng, 9), (n,)) for n in range(rng.randint(0, 5))),
        quiet=tuple(QuietStory(n, hostile_text(rng, 9)) for n in range(rng.randint(0, 3))), catch_up=rng.random() < 0.2,
        topics=tuple(hostile_text(rng, 2) for _ in range(rng.randint(0, 2))),
    )  # fmt: skip


def _entry(rng: random.Random, story: int, shelf: dict[int, StoredVersion]) -> BriefEntry:
    quotes: list[ShownQuote] = []
    for version in rng.sample(list(shelf.values()), rng.randint(1, 3)):
        shown = show_sentence(version, rng.randrange(len(version.sentences)))
        quotes += [shown] if shown is not None else []
    facts: list[NewFact] = []
    sides: tuple[Side, ...] = ()
    chart = None
    for quote in quotes[: rng.randint(0, 3)]:
        kind, before = rng.choice(list(FactKind)), rng.choice(("", hostile_text(rng, 1)))
        facts.append(NewFact(kind, before, hostile_text(rng, rng.choice((1, 30))), rng.choice((None, quotes[0])), quote, "people"))
    if quotes and rng.random() < 0.3:
        sides = tuple(Side(hostile_text(rng, 2), hostile_text(rng, 2), (one,), 1) for one in quotes)
        if rng.random() < 0.05:  # drawing one takes longer than all the rest
            chart = Chart("people", tuple(ChartPoint(date(2031, 5, n), n, None, f"{n},000", "", hostile_text(rng, 2), quotes[0]) for n in (1, 2)))
    names = tuple(hostile_text(rng, 3) for _ in range(rng.randint(1, 5)))
    return BriefEntry(
        story, rng.choice(("NEW", "UPDATE", "MORE")), hostile_text(rng, rng.choice((0, 6, 60))), tuple(quotes), rng.randint(1, 9),
        names, 0, new_facts=tuple(facts), document_ids=tuple(range(len(names))),
        publishers=tuple(hostile_text(rng, 2) for _ in range(rng.randint(0, 4))), voices=rng.randint(1, 5),
        conflicts=(Conflict("contradiction", hostile_text(rng, 2), sides),) if sides else (), chart=chart,
        unverified=rng.random() < 0.2, why=(Why("publishers", 2), Why("of a later release", 1)),
    )  # fmt: skip


def hostile_look(rng: random.Random) -> Look:
    return Look(
        "discord", "1234567890123456789", "9876543210987654321", rng.choice(("de", "en")),
        rng.choice(("bullets", "prose", "headlines")), rng.choice(("off", "one", "per story")), rng.choice(_ZONES),
        rng.choice((None, NOON.date())), rng.random() < 0.1, rng.random() < 0.1, NOON + timedelta(days=1),
        rng.choice((None, NOON)),
    )  # fmt: skip


def bodies(rng: random.Random, count: int) -> Iterator[tuple[bytes, Brief, Look, dict[int, StoredVersion]]]:
    """Frozen briefs with the versions that they quote."""
    shelf = {key: hostile_version(rng, key) for key in range(1, min(count, _SHELF) + 1)}
    for _ in range(count):
        brief, look = hostile_brief(rng, shelf), hostile_look(rng)
        yield with_look(frozen_brief(brief), look), brief, look, shelf


def stories_in(message: Message) -> list[str]:
    """The headings of a message below its title: one for each story of an overview or an archive."""
    return [block.text for block in message.blocks[1:] if isinstance(block, Heading)]


def faults(body: bytes, brief: Brief, look: Look, shelf: dict[int, StoredVersion]) -> list[str]:
    """What is wrong with one brief on either platform."""
    sha256 = hashlib.sha256(body).hexdigest()
    quoted = {one.quote.version_id for entry in brief.entries for one in quotes_of(entry)}
    addresses = {key: f"https://news.example/{key}/a_(b)?q='{key}'" for key in quoted if key % 3}
    messages = messages_of(body, sha256, addresses)
    again = messages_of(body, sha256, addresses)
    found = [] if messages == again else ["rendered twice, it differs"]
    everything = (messages.overview, *messages.stories)
    if brief.entries:
        listed, archived = stories_in(messages.overview), stories_in(full_list(thawed_brief(body), look.language))
        told = [one.blocks[0].text for one in messages.stories if isinstance(one.blocks[0], Heading)]
        if listed != archived[: len(listed)] or len(listed) != len(brief.entries):
            found.append(f"overview {listed}, archive {archived}")
        if look.threads != "off" and told != listed:
            found.append(f"overview {listed}, thread {told}")
    for platform, face in (("discord", DiscordFace()), ("slack", SlackFace())):
        for message in everything:
            found += judged(platform, message, shelf, set(addresses.values()))
        overview, *stories = (face.render(one) for one in everything)
        owed = face.post_brief("w", "c", "brief:1", overview, stories, look.threads)
        posts = [thawed(one.payload).body for one in owed if str(one.kind) == "post"]
        previewed = [PLATFORMS[platform][0](one).body for one in everything]
        if _bytes(posts) != _bytes(previewed):
            found.append(f"on {platform} the preview is not what is posted")
        if thawed(frozen(overview)) != overview:
            found.append("what is owed is not what was rendered")
        found += _limits(platform, overview.body, brief)
    return found


def _limits(platform: str, body: dict[str, Any], brief: Brief) -> list[str]:
    if platform == "slack":
        return [f"{len(body['blocks'])} blocks"] if len(body["blocks"]) > MOST_BLOCKS else []
    [embed] = body["embeds"]
    size = len(embed.get("description", "").encode("utf-16-le")) // 2
    shown = sum(line.find(f"**{n} ") >= 0 for n in range(1, len(brief.entries) + 1) for line in embed.get("description", "").split("\n"))
    found = [f"a description of {size}"] if size > MOST_DESCRIPTION else []
    return found + ([f"{shown} of {len(brief.entries)} stories stand in the overview"] if shown < len(brief.entries) else [])


def _bytes(posted: list[dict[str, Any]]) -> bytes:
    return msgspec.json.encode(posted, order="sorted")


def main() -> int:
    parser = argparse.ArgumentParser(description=__doc__)
    parser.add_argument("--count", type=int, default=1_000)
    parser.add_argument("--seed", type=int, default=1)
    options = parser.parse_args()
    failed = 0
    for n, (body, brief, look, shelf) in enumerate(bodies(random.Random(options.seed), options.count)):
        if wrong := faults(body, brief, look, shelf):
            failed += 1
            print(f"brief {n}: {'; '.join(wrong)}")
    print(f"{options.count - failed} of {options.count} briefs: the preview is what is posted, all places list the same stories")
    return 1 if failed else 0


if __name__ == "__main__":
    sys.exit(main())
