"""What a brief is made of, on each kind of database: what a channel follows, may see, was told, and does not want."""

from __future__ import annotations

from dataclasses import replace
from datetime import timedelta
from types import SimpleNamespace
from zlib import crc32

import pytest
from sqlalchemy import text

from bot.briefs.brief import Brief, frozen_brief, told_documents, versions_of
from bot.briefs.briefing import BriefAsk, Briefing
from bot.chat.brief_messages import Look, messages_of, with_look
from bot.chat.discord.face import DiscordFace
from bot.chat.discord.inspecting import inspect as inspect_discord
from bot.chat.last_check import problems_of
from bot.chat.slack.face import SlackFace
from bot.chat.slack.inspecting import inspect as inspect_slack
from bot.domain import EVERYONE, Scope, Source, SourceKind
from bot.library.brief_store import Mute
from bot.library.desk import Desk
from bot.library.sql_store import SqlStore
from bot.library.store import Membership
from bot.platforms.opening import _facts_of
from tests.contract.papers import HOUSE, LATER, NOON, bytes_of, folder, paper

SENT = "Karsow sent 12,000 soldiers to the harbour of Velmark, minister Jana Brandt said."
RAISED = "Karsow now has 15,000 soldiers in the harbour of Velmark, minister Jana Brandt said."
MILL = "The old mill of Lindholm was sold to a baker for its wood on Monday."


class Newsroom:
    """Publishes papers into sources, and briefs a channel."""

    def __init__(self, store: SqlStore, desk: Desk) -> None:
        self.store, self.briefing = store, Briefing(desk)
        self.told: frozenset[int] = frozenset()
        self.last: Brief | None = None

    async def feed(self, name: str, audience: str = "w:house") -> Source:
        return await self.store.ensure_source(SourceKind.FEED, f"https://{name}.example/feed", audience)

    async def publish(self, source: Source, name: str, words: str, *, story: int = 0, outlet: str = "") -> int:
        host = outlet.lower().replace(" ", "-") or f"paper{crc32(name.encode())}"
        address = f"https://{host}.example/{name.replace(' ', '-').replace('/', '')}"
        draft = replace(paper(words, title=f"Title of {name}"), outlet=outlet, address=address)
        saved = await self.store.save_draft(source, name, draft, bytes_of(draft), seen_at=NOON)
        number = saved.document.id
        await self.store.put_memberships([Membership(number, number, story or number)])
        return number

    def ask(self, **more: object) -> BriefAsk:
        last = self.last
        told = self.told if last else None
        asked = BriefAsk(HOUSE, last.to_seq if last else 0, last.made_at if last else None, LATER, told=told, before=last)
        return replace(asked, **more)  # type: ignore[arg-type]

    def brief(self, **more: object) -> Brief:
        """The next brief, which counts as told."""
        self.last = self.briefing.make(self.ask(**more))
        self.told |= set(told_documents(self.last))
        return self.last


@pytest.fixture
def room(store: SqlStore, desk: Desk) -> Newsroom:
    return Newsroom(store, desk)


def titles(brief: Brief) -> list[str]:
    return [entry.headline for entry in brief.entries]


def left_out(brief: Brief) -> dict[str, int]:
    return {one.reason: one.count for one in brief.left_out}


async def test_a_channel_gets_what_it_follows_and_may_see_and_nothing_of_others(room: Newsroom) -> None:
    mine, cards, other = await room.feed("mine"), await room.feed("cards"), await room.feed("other")
    elsewhere, channels = await room.feed("elsewhere", "w:attic"), await room.feed("channel", "w:house/c:cellar")
    for source in (mine, cards, other, elsewhere, channels, await folder(room.store, EVERYONE)):
        await room.publish(source, source.address, MILL)
    followed = {"sources": frozenset({mine.id, elsewhere.id}), "each_only": frozenset({cards.id})}
    brief = room.briefing.make(room.ask(**followed))
    assert sorted(titles(brief)) == sorted([f"Title of {mine.address}", "Title of seeds"])
    assert (left_out(brief), brief.sources, brief.documents) == ({"each-only": 1}, 2, 3)
    everything = room.briefing.make(room.ask(length="long"))
    seen = "".join([*titles(everything), *(one.headline for one in everything.also_new)])
    assert "other" in seen
    assert "elsewhere" not in seen
    assert "channel" not in seen
    inside = room.briefing.make(room.ask(scope=Scope("house", "cellar"), length="long"))
    assert f"Title of {channels.address}" in titles(inside)


async def test_the_same_library_gives_the_same_bytes_and_a_new_change_another_window(room: Newsroom) -> None:
    source = await room.feed("mine")
    await room.publish(source, "sent", SENT)
    first = room.brief()
    assert frozen_brief(Briefing(room.briefing._desk).make(replace(room.ask(), after_seq=0, since=None, told=None,
                                                                   before=None))) == frozen_brief(first)  # fmt: skip
    assert room.brief().is_empty
    await room.publish(source, "mill", MILL)
    assert titles(room.brief()) == ["Title of mill"]


async def test_a_story_comes_again_with_a_named_new_fact_only(room: Newsroom) -> None:
    source = await room.feed("mine")
    story = await room.publish(source, "sent", SENT)
    assert [entry.mark for entry in room.brief().entries] == ["NEW"]
    await room.publish(source, "same", "Karsow has 12,000 soldiers in Velmark.", story=story)
    again = room.brief(mark_quiet=True)
    assert (again.entries, left_out(again)) == ((), {"no-new-fact": 1})
    assert [one.story_id for one in again.quiet] == [story]
    await room.publish(source, "more", RAISED, story=story)
    [entry] = room.brief().entries
    assert (entry.mark, [(c.before, c.after) for c in entry.changed]) == ("UPDATE", [("12,000", "15,000")])


async def test_a_changed_document_speaks_by_what_changed_in_it(room: Newsroom) -> None:
    source = await room.feed("mine")
    await room.publish(source, "sent", SENT)
    room.brief()
    await room.publish(source, "sent", SENT.replace("soldiers", "troops").replace("said", "says"))
    assert room.brief().entries == ()
    await room.publish(source, "sent", RAISED)
    [entry] = room.brief().entries
    assert (entry.mark, [(c.before, c.after) for c in entry.changed]) == ("UPDATE", [("12,000", "15,000")])


async def test_a_story_that_fell_below_the_number_is_new_when_it_grows(room: Newsroom) -> None:
    source = await room.feed("mine")
    for n in range(12):
        await room.publish(source, f"mill {n}", MILL.replace("Lindholm", f"Lindholm{n}"), outlet=f"Paper {n}")
    first = room.brief(length="short")
    assert (len(first.entries), len(first.also_new), left_out(first)) == (3, 8, {"below": 1})
    told = {*told_documents(first), *(id_ for one in first.also_new for id_ in one.document_ids)}
    [small] = [id_ for one in first.left_out for id_ in one.document_ids]
    assert small not in told
    await room.publish(source, "grown", MILL.replace("sold", "given"), story=small, outlet="Another Paper")
    [entry] = room.brief().entries
    assert (entry.mark, entry.reports, entry.voices) == ("NEW", 2, 2)


async def test_news_of_a_brief_that_failed_comes_with_the_next_one_and_nothing_twice(room: Newsroom) -> None:
    source = await room.feed("mine")
    await room.publish(source, "mill", MILL)
    first = room.brief()
    story = await room.publish(source, "sent", SENT)
    changing = await room.publish(source, "roof", "The roof of the school of Oster fell in on Sunday night.")
    lost = room.briefing.make(room.ask())  # on its way
    assert titles(lost) == ["Title of roof", "Title of sent"]
    room.told |= set(told_documents(lost))
    room.last = lost
    await room.publish(source, "raised", RAISED, story=story)
    await room.publish(source, "roof", "The roof of the school of Oster fell in on Sunday night. 14 children were hurt.")
    counted = room.brief()
    assert sorted(titles(counted)) == ["Title of raised", "Title of roof"]
    await room.publish(source, "bridge", MILL.replace("mill", "bridge"))
    room.told = frozenset({*told_documents(first), *told_documents(counted)})  # the one on its way was refused
    gap = {"after_seq": lost.from_seq, "since": lost.since, "skipped": ((lost.to_seq, counted.to_seq),)}
    owed = room.brief(**gap)
    assert owed.made_good
    told = [id_ for brief in (first, counted, owed) for id_ in told_documents(brief)]
    assert len(told) == len(set(told)), "each document once"
    assert changing in told_documents(counted)
    out = {id_ for one in owed.left_out for id_ in one.document_ids}
    assert {story} <= {*told_documents(owed), *out}, "told, or said why not"
    assert "Title of bridge" in titles(owed)
    assert room.brief().is_empty


async def test_a_brief_that_is_made_anew_over_its_own_window_knows_nothing_of_what_came_later(room: Newsroom) -> None:
    source = await room.feed("mine")
    story = await room.publish(source, "sent", SENT)
    first = room.brief()
    await room.publish(source, "raised", RAISED, story=story)
    await room.publish(source, "mill", MILL)
    again = room.briefing.make(BriefAsk(HOUSE, 0, None, LATER, told=None, until_seq=first.to_seq))
    assert frozen_brief(again) == frozen_brief(first)


async def test_topics_and_mutes_keep_stories_out_and_say_so(room: Newsroom) -> None:
    source = await room.feed("mine")
    sent, mill = await room.publish(source, "sent", SENT), await room.publish(source, "mill", MILL)
    by_topic = room.briefing.make(room.ask(topics=("Hafen Velmark",)))
    assert (titles(by_topic), left_out(by_topic)) == (["Title of sent"], {"off-topic": 1})
    for mute in (Mute("mill"), Mute(story_id=mill)):
        muted = room.briefing.make(room.ask(muted=(mute,)))
        assert (titles(muted), left_out(muted)) == (["Title of sent"], {"muted": 1})
    assert {entry.story_id for entry in room.briefing.make(room.ask()).entries} == {sent, mill}


async def test_one_publisher_has_two_stories_at_most(room: Newsroom) -> None:
    source = await room.feed("mine")
    for n, outlet in enumerate(["BBC News", "BBC Sport", "BBC World", "Velmark Post"]):
        await room.publish(source, f"mill {n}", MILL.replace("Lindholm", f"Lindholm{n}"), outlet=outlet)
    brief = room.brief()
    shown = [entry.publishers[0] for entry in brief.entries]
    assert len([one for one in shown if one.startswith("BBC")]) == 2
    assert "Velmark Post" in shown
    assert len(brief.also_new) == 1


@pytest.mark.parametrize("style", ["bullets", "prose", "headlines"])
async def test_what_a_brief_links_to_passes_the_last_check_of_both_platforms(
    room: Newsroom, store: SqlStore, style: str
) -> None:
    source = await room.feed("mine")
    for n in range(9):
        story = await room.publish(source, f"mill {n}", MILL.replace("Lindholm", f"Lindholm{n}"), outlet=f"Paper {n}")
    for n in range(3):  # more reports than are quoted
        words = MILL.replace("Lindholm", "Lindholm8") + f" Neighbour {n} of the mill wept for {20 + n} hours."
        await room.publish(source, f"mill 8 {n}", words, story=story, outlet=f"Herald {n}")
    brief = room.brief(length="short")
    assert brief.also_new
    versions = await store.versions(None, versions_of(brief))
    body = with_look(frozen_brief(brief), Look("discord", "w", "c", style=style))
    addresses = {id_: one.facts.address for id_, one in versions.items()}
    made = messages_of(body, "ab" * 32, addresses)
    linked = set().union(*(message.links() for message in (made.overview, *made.stories)))
    assert len(linked) >= 9, "every document of it"
    facts = _facts_of(SimpleNamespace(store=store), {})  # type: ignore[arg-type]
    for face, inspect in ((DiscordFace(), inspect_discord), (SlackFace(), inspect_slack)):
        for message in (made.overview, *made.stories):
            outgoing = face.render(message)
            assert await problems_of(outgoing, inspect(outgoing.body), facts) == []


async def test_a_window_may_begin_at_an_instant(room: Newsroom, store: SqlStore, desk: Desk) -> None:
    source = await room.feed("mine")
    for n in range(5):
        await room.publish(source, f"mill {n}", MILL)

        def dated(connection, n: int = n):  # type: ignore[no-untyped-def]
            at = (NOON + timedelta(hours=n)).isoformat(timespec="microseconds")
            return connection.execute(text("UPDATE version SET stored_at = :at WHERE id = (SELECT max(id) FROM version)"), {"at": at})

        await store.transactions.alone(dated)
    seqs = [line.seq for line in desk.changes_after(0)]
    assert desk.seq_before(NOON) == 0
    assert desk.seq_before(NOON + timedelta(hours=2, minutes=30)) == seqs[2]
    assert desk.seq_before(NOON + timedelta(days=1)) == seqs[-1]
