"""Subscriptions on each kind of database, and the cards that channels get by them: each once, where it may be seen."""

from __future__ import annotations

from dataclasses import replace
from typing import Any, ClassVar

import pytest

from bot.briefs.card import Card, make_card
from bot.chat.discord.face import DiscordFace
from bot.chat.discord.rendering import render
from bot.chat.messages import Message
from bot.chat.outgoing import Outgoing, frozen, thawed
from bot.chat.requests import Request
from bot.domain import Source, SourceKind, StoredVersion
from bot.front_desk.cards import Cards
from bot.grounding.gate import GroundedSentence
from bot.language_model.port import OURSELVES, Payer
from bot.library.delivery_store import Delivery, DeliveryKind, Owed
from bot.library.desk import Desk
from bot.library.source_store import Choices
from bot.library.sql_delivery_store import SqlDeliveryStore
from bot.library.sql_source_store import SqlSourceStore
from bot.library.sql_store import SqlStore
from bot.library.sql_subscription_store import SqlSubscriptionStore
from bot.library.store import Membership
from bot.library.subscription_store import Posts, Subscription
from bot.writing import Translations, Writer, Writing
from tests.contract.papers import NOON, bytes_of, paper

AUDIENCE = "w:discord-w1"


class Face(DiscordFace):
    platform = "discord"

    def render(self, message: Message) -> Outgoing:
        return render(message)

    def reply(self, request: Request, key: str, outgoing: Outgoing) -> list[Owed]:
        raise AssertionError

    def post(self, workspace: str, channel: str, key: str, outgoing: Outgoing) -> list[Owed]:
        return [Owed(f"{key}:0", self.platform, workspace, channel, DeliveryKind.POST, frozen(outgoing))]


class Office:
    """Cards over a real store."""

    def __init__(self, store: SqlStore, desk: Desk) -> None:
        self.store = store
        self.subscriptions = SqlSubscriptionStore(store.transactions)
        self.deliveries = SqlDeliveryStore(store.transactions)
        self.woken: list[str] = []
        self.cards = Cards(
            store, desk, self.subscriptions, self.deliveries, {"discord": Face()}, wake=self.woken.append, now=lambda: NOON
        )

    async def source(self, audience: str = AUDIENCE) -> Source:
        return await self.store.ensure_source(SourceKind.FILE, "handed over", audience)

    async def publish(self, source: Source, name: str, text: str, *, report: int = 0, grouped: bool = True) -> int:
        draft = paper(text, title=name)
        saved = await self.store.save_draft(source, name, draft, bytes_of(draft), seen_at=NOON)
        number = saved.document.id
        if grouped:
            await self.store.put_memberships([Membership(number, report or number, report or number)])
        return number

    async def wish(self, source: Source, posts: Posts = Posts.EACH, channel: str = "c1", workspace: str = "w1") -> None:
        await self.subscriptions.subscribe(Subscription("discord", workspace, channel, source.id, posts))

    async def owed(self) -> list[Delivery]:
        return await self.deliveries.unsettled("discord")


@pytest.fixture
def office(store: SqlStore, desk: Desk) -> Office:
    return Office(store, desk)


def words(delivery: Delivery) -> str:
    return str(thawed(delivery.owed.payload).body)


async def test_a_wish_is_kept_replaced_and_taken_back(office: Office) -> None:
    source = await office.source()
    await office.wish(source, Posts.EACH)
    await office.wish(source, Posts.BRIEF)
    await office.wish(source, Posts.BOTH, channel="c2")
    [first] = await office.subscriptions.of_channel("discord", "c1")
    assert (first.posts, first.wants_cards) == (Posts.BRIEF, False)
    assert {one.channel for one in await office.subscriptions.of_sources([source.id])} == {"c1", "c2"}
    assert await office.subscriptions.forget_channel("discord", "c1") == 1
    assert await office.subscriptions.forget_channel("discord", "c1") == 0
    assert [one.channel for one in await office.subscriptions.of_sources([source.id])] == ["c2"]


async def test_a_channel_does_not_follow_what_was_removed_until_that_is_undone(office: Office) -> None:
    sources = SqlSourceStore(office.store.transactions)
    feed, _ = await sources.add(SourceKind.FEED, "https://paper.example/feed", AUDIENCE, Choices(), now=NOON)
    await office.subscriptions.subscribe(Subscription("discord", "w1", "c1", feed.id, Posts.BRIEF))
    await sources.remove(feed.id, erase=False, now=NOON)
    assert await office.subscriptions.of_channel("discord", "c1") == []
    await sources.undo_remove(feed.id, now=NOON)
    assert [one.source_id for one in await office.subscriptions.of_channel("discord", "c1")] == [feed.id]


async def test_what_is_there_at_the_start_is_not_posted_and_what_comes_later_is_once(office: Office) -> None:
    source = await office.source()
    await office.wish(source)
    await office.publish(source, "old.txt", "The old mill stands still.")
    assert await office.cards.post_new() == 0
    await office.publish(source, "new.txt", "The new mill grinds 40 sacks a day.")
    assert await office.cards.post_new() == 1
    assert await office.cards.post_new() == 0
    [card] = await office.owed()
    assert "“The new mill grinds 40 sacks a day.”" in words(card)
    assert office.woken == ["discord"]


async def test_who_wants_briefs_only_gets_no_card(office: Office) -> None:
    source = await office.source()
    await office.wish(source, Posts.BRIEF)
    await office.cards.post_new()
    await office.publish(source, "new.txt", "The new mill grinds 40 sacks a day.")
    assert await office.cards.post_new() == 0


async def test_a_copy_of_a_report_gets_no_card(office: Office) -> None:
    source = await office.source()
    await office.wish(source)
    await office.cards.post_new()
    first = await office.publish(source, "new.txt", "The new mill grinds 40 sacks a day.")
    await office.publish(source, "again.txt", "The new mill grinds 40 sacks each day.", report=first)
    assert await office.cards.post_new() == 1


async def test_a_document_without_a_story_waits_for_one(office: Office) -> None:
    source = await office.source()
    await office.wish(source)
    await office.cards.post_new()
    number = await office.publish(source, "new.txt", "The new mill grinds 40 sacks a day.", grouped=False)
    assert await office.cards.post_new() == 0
    await office.store.put_memberships([Membership(number, number, number)])
    assert await office.cards.post_new() == 1


async def test_a_card_is_edited_when_a_figure_changed_and_only_then(office: Office) -> None:
    source = await office.source()
    await office.wish(source)
    await office.cards.post_new()
    await office.publish(source, "new.txt", "The new mill grinds 40 sacks a day.")
    await office.cards.post_new()
    await office.publish(source, "new.txt", "The new mill still grinds 40 sacks a day.")
    assert await office.cards.post_new() == 0
    await office.publish(source, "new.txt", "The new mill now grinds 55 sacks a day.")
    assert await office.cards.post_new() == 1
    card, edit = await office.owed()
    assert (edit.owed.kind, edit.owed.parent_key) == (DeliveryKind.EDIT, card.owed.key)
    assert "a figure changed" in words(edit)
    assert "55 sacks" in words(edit)


async def test_what_came_privately_is_posted_nowhere_else(office: Office) -> None:
    source = await office.source(f"{AUDIENCE}/c:secret")
    await office.wish(source, channel="secret")
    await office.wish(source, channel="c1")
    await office.wish(source, channel="c9", workspace="w2")
    await office.cards.post_new()
    await office.publish(source, "new.txt", "The new mill grinds 40 sacks a day.")
    assert await office.cards.post_new() == 1
    assert [one.owed.channel for one in await office.owed()] == ["secret"]


async def test_two_that_post_at_once_owe_one_card(office: Office, desk: Desk) -> None:
    source = await office.source()
    await office.wish(source)
    await office.cards.post_new()
    await office.publish(source, "new.txt", "The new mill grinds 40 sacks a day.")
    other = Cards(
        office.store, desk, office.subscriptions, office.deliveries, {"discord": Face()}, wake=lambda _: None, now=lambda: NOON
    )
    await office.cards.post_new()
    await office.deliveries.put_cursor("cards", "cards", "0")
    await other.post_new()
    assert len(await office.owed()) == 1


async def test_one_card_that_cannot_be_made_keeps_no_other_back(
    office: Office, monkeypatch: pytest.MonkeyPatch, caplog: pytest.LogCaptureFixture
) -> None:
    def breaks(version: StoredVersion, membership: Membership) -> Card:
        if "mill" in version.text:
            raise KeyError("words of the document")
        return make_card(version, membership)

    monkeypatch.setattr("bot.front_desk.cards.make_card", breaks)
    source = await office.source()
    await office.wish(source)
    await office.cards.post_new()
    await office.publish(source, "mill.txt", "The new mill grinds 40 sacks a day.")
    await office.publish(source, "ferry.txt", "The ferry carried 40 sheep.")
    assert await office.cards.post_new() == 1
    assert "40 sheep" in words((await office.owed())[0])
    assert "left out" in caplog.text
    assert "words of the document" not in caplog.text


def test_a_wish_says_whether_it_is_for_cards() -> None:
    wish = Subscription("discord", "w", "c", 1, Posts.BOTH)
    assert [replace(wish, posts=posts).wants_cards for posts in Posts] == [False, True, True]


async def test_over_the_cap_one_line_says_how_many_more_there_are(office: Office) -> None:
    async def withheld(platform: str, workspace: str, channel: str) -> str:
        posted = await office.deliveries.owed_since(platform, workspace, "card:", NOON, channel=channel)
        return "cap" if posted >= 1 else ""

    office.cards._withheld, office.cards._window_start = withheld, lambda: NOON
    source = await office.source()
    await office.wish(source)
    await office.cards.post_new()
    for name, sacks in (("one", 40), ("two", 50), ("three", 60)):
        await office.publish(source, name, f"Mill {name} grinds {sacks} sacks a day.")
    assert await office.cards.post_new() == 1
    assert ["+ 2 more, in the next brief" in words(one) for one in await office.owed()] == [False, True]
    await office.publish(source, "four", "Mill four grinds 70 sacks a day.")
    assert await office.cards.post_new() == 0
    *_, edit = await office.owed()
    assert (edit.owed.kind, "+ 3 more" in words(edit)) == (DeliveryKind.EDIT, True)
    await office.publish(source, "two", "Mill two grinds 55 sacks a day.")
    assert await office.cards.post_new() == 0


async def test_no_model_is_asked_for_a_card_that_is_withheld(office: Office) -> None:
    class Asked(Writer):
        payers: ClassVar[list[str]] = []

        def __init__(self) -> None: ...

        async def write(self, *given: Any, payer: Payer = OURSELVES, **more: Any) -> Writing:
            self.payers.append(payer.workspace)
            return Writing()

    async def withheld(platform: str, workspace: str, channel: str) -> str:
        return "paused" if workspace == "w1" else ""

    office.cards._withheld, office.cards._writer = withheld, Asked()
    source = await office.source("*")
    await office.wish(source)
    await office.cards.post_new()
    await office.publish(source, "one", "Mill one grinds 40 sacks a day.")
    assert await office.cards.post_new() == 0
    assert Asked.payers == []
    await office.wish(source, channel="c2", workspace="w2")
    await office.publish(source, "two", "Mill two grinds 50 sacks a day.")
    assert await office.cards.post_new() == 1
    assert set(Asked.payers) == {"discord-w2"}


async def test_a_card_is_worded_in_the_language_that_its_channel_has_chosen(office: Office) -> None:
    asked: set[tuple[str, str]] = set()

    class Asked(Writer):
        def __init__(self) -> None: ...

        async def write(self, *given: Any, language: str, payer: Payer = OURSELVES, **more: Any) -> Writing:
            asked.add((payer.channel, language))
            return Writing()

        async def translate(self, numbered: Any, **more: Any) -> Translations:
            return Translations({1: "Die neue Mühle mahlt 40 Säcke am Tag."})

    async def chosen(platform: str, workspace: str, channel: str) -> str:
        return {"c2": "de"}.get(channel, "")

    office.cards._writer, office.cards._chosen = Asked(), chosen
    source = await office.source()
    await office.wish(source)
    await office.wish(source, channel="c2")
    await office.cards.post_new()
    await office.publish(source, "one", "The new mill grinds 40 sacks a day.")
    assert await office.cards.post_new() == 2
    told = {one.owed.channel: words(one) for one in await office.owed()}
    assert asked == {("c1", "en"), ("c2", "de")}
    assert "Übersetzung: Die neue Mühle mahlt 40 Säcke am Tag." in told["c2"]
    assert "Mühle" not in told["c1"]
    assert all("“The new mill grinds 40 sacks a day.”" in one for one in told.values())


async def test_a_card_whose_model_was_slow_is_edited_once_when_it_has_said_something(office: Office) -> None:
    said = [Writing(reason="slow"), Writing(reason="slow"), *[Writing((GroundedSentence("A mill grinds.", (1,)),))] * 9]

    class Slow(Writer):
        def __init__(self) -> None: ...

        async def write(self, *given: Any, **more: Any) -> Writing:
            return said.pop(0) if len(said) > 1 else said[0]

    office.cards._writer = Slow()
    source = await office.source()
    await office.wish(source)
    await office.cards.post_new()
    await office.publish(source, "one", "The new mill grinds 40 sacks a day.")
    assert await office.cards.post_new() == 1
    assert "A mill grinds." not in words((await office.owed())[0])
    for _ in range(3):
        assert await office.cards.post_new() == 0
    card, edit = await office.owed()
    assert (edit.owed.kind, edit.owed.parent_key) == (DeliveryKind.EDIT, card.owed.key)
    assert "A mill grinds." in words(edit)
    assert "“The new mill grinds 40 sacks a day.”" in words(edit)
