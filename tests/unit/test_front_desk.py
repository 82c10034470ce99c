"""Every request is taken once, judged by rights and ends in a reply; questions see only what their place may see."""

from __future__ import annotations

import asyncio
from collections.abc import AsyncIterator, Iterable, Mapping
from dataclasses import replace
from datetime import UTC, datetime, timedelta
from decimal import Decimal
from pathlib import Path
from typing import Any

import pytest

from bot.chat.discord import rendering
from bot.chat.discord.face import DiscordFace
from bot.chat.messages import Button, Facts, Form, Message
from bot.chat.outgoing import Outgoing, thawed
from bot.chat.requests import IncomingFile, Person, Place, Request, RequestKind, Responder, Right
from bot.chat.typed_commands import typed_command
from bot.domain import Receipt, Scope, StoredVersion
from bot.errors import NotFound
from bot.front_desk.asking import Asking
from bot.front_desk.desk import FrontDesk, answer_key, meant_as_command
from bot.front_desk.news_commands import NewsCommands
from bot.language_model.port import ModelFailed, ModelOutcome, ModelReply, ModelRequest
from bot.language_model.prompt_files import PromptFiles, prompt_folders
from bot.library.delivery_store import DeliveryKind, DeliveryState, Owed
from bot.library.sql_delivery_store import SqlDeliveryStore
from bot.library.sql_store import SqlStore
from bot.writing import Writer
from tests.shelf import Shelf, shelf_of
from tests.versions import version_of

NOW = datetime(2026, 3, 2, 12, tzinfo=UTC)
HERE = Place("discord", "w1", "c1")
FERRY = version_of("The ferry to Elm Island sank on Sunday night. All 48 passengers were rescued by fishermen.", id=1)
SECRET = version_of("The ferry to Elm Island had been sold for 9 million euros in secret.", id=2, audience="w:discord-w2")
PRICE = version_of("Tickets of the harbour line cost 14 euros since January.", id=3)


class ShelfDesk:
    """The shelf as a desk: reads, and receipts that are remembered."""

    def __init__(self, shelf: Shelf) -> None:
        self._shelf = shelf
        self.receipts: list[Receipt] = []

    def versions(self, scope: Scope | None, version_ids: Iterable[int]) -> Mapping[int, StoredVersion]:
        return self._shelf.versions(scope, version_ids)

    def keep_receipt(self, receipt: Receipt) -> int:
        self.receipts.append(receipt)
        return len(self.receipts)


class Face(DiscordFace):
    platform = "discord"

    def render(self, message: Message) -> Outgoing:
        return rendering.render(message)

    def reply(self, request: Request, key: str, outgoing: Outgoing) -> list[Owed]:
        return self.post(request.place.workspace, request.place.channel, key, outgoing)

    def post(self, workspace: str, channel: str, key: str, outgoing: Outgoing) -> list[Owed]:
        from bot.chat.outgoing import frozen

        return [Owed(f"{key}:0", self.platform, workspace, channel, DeliveryKind.POST, frozen(outgoing))]


class Heard:
    """A responder that remembers what the person was told."""

    def __init__(self) -> None:
        self.told: list[Message] = []
        self.busy: list[str] = []

    async def working(self, text: str) -> None:
        self.busy.append(text)

    async def only_you(self, message: Message) -> None:
        self.told.append(message)

    async def replace(self, message: Message) -> None:
        self.told.append(message)

    async def open_form(self, form: Form) -> None:
        raise AssertionError

    async def read_file(self, file: IncomingFile, max_bytes: int) -> bytes:
        raise AssertionError


class Model:
    """A model that says what a test tells it to, by task."""

    def __init__(self) -> None:
        self.says: dict[str, str | ModelOutcome] = {}
        self.asked: list[ModelRequest] = []

    async def complete(self, request: ModelRequest) -> ModelReply:
        self.asked.append(request)
        said = self.says.get(request.task, ModelOutcome.DOWN)
        if isinstance(said, ModelOutcome):
            raise ModelFailed(said)
        return ModelReply(said, "small", "http://model.example/v1", 9, 9, 0.1, Decimal(0), "stop")


class Office:
    """A front desk over three documents and a real store."""

    def __init__(self, store: SqlStore, shelf: Shelf) -> None:
        self.deliveries = SqlDeliveryStore(store.transactions)
        self.desk = ShelfDesk(shelf)
        self.model = Model()
        self.plain = Asking(shelf.answerer, self.desk)  # type: ignore[arg-type]
        writer = Writer(self.model, PromptFiles(prompt_folders()))
        self.writing = Asking(shelf.answerer, self.desk, writer)  # type: ignore[arg-type]
        self.asking = self.plain
        self.calls: list[Request] = []
        self.front = self.new_front()

    def new_front(self, patience_s: float = 60.0) -> FrontDesk:
        async def listed(request: Request, responder: Responder) -> None:
            self.calls.append(request)

        async def refused(request: Request, responder: Responder) -> None:
            raise NotFound("no-such-source", "source 9", "There is no such source. `list` names them all.")

        async def broken(request: Request, responder: Responder) -> None:
            raise KeyError("words of a document")

        async def endless(request: Request, responder: Responder) -> None:
            await asyncio.Event().wait()

        handlers = {
            "news list": listed, "news help": listed, "source add": listed, "undo": listed, "source resume": refused,
            "news status": broken, "news me": endless,
        }  # fmt: skip
        return FrontDesk(
            self.asking, self.deliveries, {"discord": Face()}, handlers,
            rights={"undo": Right.MANAGER}, now=lambda: NOW, patience_s=patience_s,
        )  # fmt: skip

    async def ask(self, text: str, **more: object) -> Heard:
        return await self.request(replace(QUESTION, text=text, **more))  # type: ignore[arg-type]

    async def request(self, request: Request) -> Heard:
        heard = Heard()
        await self.front.handle(request, heard)
        return heard

    async def worded(self, request: Request) -> str:
        """The words of the edit that follows the reply to a question, asked with a model; "" when there is none."""
        self.asking = self.writing
        self.front = self.new_front()
        await self.request(request)
        await self.front.settle()
        found = await self.deliveries.delivery(f"{answer_key(request)}:written")
        assert found is None or (found.owed.kind, found.owed.parent_key) == (DeliveryKind.EDIT, f"{answer_key(request)}:0")
        return str(thawed(found.owed.payload).body) if found else ""

    async def posted(self, request: Request | None = None) -> str:
        """The words of the reply that is owed to everyone."""
        found = await self.deliveries.delivery(f"{answer_key(QUESTION if request is None else request)}:0")
        return str(thawed(found.owed.payload).body) if found else ""


QUESTION = Request("e1", RequestKind.QUESTION, "", HERE, Person("u1", "Reader"), NOW, text="How many passengers were rescued?")


@pytest.fixture
async def office(tmp_path: Path) -> AsyncIterator[Office]:
    async with await SqlStore.open(f"sqlite:///{tmp_path / 'library.db'}") as store:
        with shelf_of(FERRY, SECRET, PRICE) as shelf:
            made = Office(store, shelf)
            yield made
            await made.front.close()
            made.plain.close()
            made.writing.close()


async def test_a_question_is_answered_for_all_to_see_with_a_receipt(office: Office) -> None:
    heard = await office.request(QUESTION)
    assert "All 48 passengers were rescued by fishermen." in await office.posted()
    assert heard.told == []
    assert heard.busy
    assert [quote.version_id for receipt in office.desk.receipts for quote in receipt.quotes] == [1]
    assert await office.deliveries.open_events("discord", before=NOW + timedelta(days=1)) == []


async def test_the_same_event_is_answered_once(office: Office) -> None:
    await asyncio.gather(*(office.request(QUESTION) for _ in range(3)))
    assert len(await office.deliveries.unsettled("discord")) == 1
    assert len(office.desk.receipts) == 1


async def test_another_workspaces_documents_are_neither_quoted_nor_near(office: Office) -> None:
    await office.ask("For how much was the ferry sold?")
    assert "9 million" not in await office.posted()
    other = replace(QUESTION, id="e2", place=Place("discord", "w2", "c9"), text="For how much was the ferry sold?")
    await office.request(other)
    assert "9 million" in await office.posted(other)


async def test_a_private_answer_may_be_shared_as_it_is_by_who_asked(office: Office) -> None:
    private = replace(QUESTION, kind=RequestKind.COMMAND, name="ask", text="", arguments={"question": QUESTION.text, "private": "true"})
    heard = await office.request(private)
    assert heard.told[0].buttons[-1] == Button("Share here", "share:e1")
    press = replace(private, id="p1", kind=RequestKind.BUTTON, name="share:e1", arguments={})
    other = await office.request(replace(press, id="p2", person=Person("u2", "Other")))
    assert "Only who asked" in other.told[0].summary
    elsewhere = await office.request(replace(press, id="p3", place=Place("discord", "w1", "c2")))
    assert "not kept any more" in elsewhere.told[0].summary
    assert "Everyone here" in (await office.request(press)).told[0].summary
    await office.request(replace(press, id="p4"))
    [shared] = await office.deliveries.unsettled("discord")
    told = str(thawed(shared.owed.payload).body)
    assert "All 48 passengers were rescued by fishermen." in told
    assert "Reader asked: How many passengers were rescued?" in told


async def test_a_follow_up_is_understood_from_what_was_asked_before_it_in_its_thread(office: Office) -> None:
    await office.ask("What do tickets of the harbour line cost?", conversation="w1/t1")
    await office.ask("Since when?", id="e2", conversation="w1/t1")
    assert "14 euros since January" in await office.posted(replace(QUESTION, id="e2"))
    await office.ask("Since when?", id="e3", conversation="w1/t2")
    assert "14 euros since January" not in (await office.posted(replace(QUESTION, id="e3"))).partition("Nearest")[0]


async def test_a_direct_message_forgets_what_was_asked_long_ago(office: Office) -> None:
    place = replace(HERE, workspace="dm-7", channel="7", direct=True)
    await office.ask("What do tickets of the harbour line cost?", id="e4", place=place, conversation="dm", at=NOW - timedelta(hours=1))
    request = replace(QUESTION, id="e5", place=place, conversation="dm", text="Since when?")
    assert await office.front._asked_before(request) == []
    assert await office.front._asked_before(replace(request, at=NOW - timedelta(minutes=40))) == ["What do tickets of the harbour line cost?"]


async def test_a_channel_is_handed_on_as_the_platform_names_it(office: Office) -> None:
    manager = Person("u1", "Reader", Right.MANAGER)
    for n, typed in enumerate(("<#C42|news>", "#C42", "C42")):
        await office.request(
            replace(QUESTION, id=f"c{n}", kind=RequestKind.COMMAND, name="source add", person=manager, arguments={"channel": typed})
        )
    assert [one.arguments["channel"] for one in office.calls] == ["C42"] * 3


async def test_what_only_some_may_do_is_noted_with_what_came_of_it(office: Office) -> None:
    noted: list[tuple[str, str]] = []

    async def audited(request: Request, outcome: str) -> None:
        noted.append((request.name, outcome))

    office.front._audited = audited
    manager = Person("u1", "Reader", Right.MANAGER)
    for n, (name, person) in enumerate(
        (("source add", manager), ("source add", QUESTION.person), ("source resume", manager), ("news list", manager))
    ):
        await office.request(replace(QUESTION, id=f"m{n}", kind=RequestKind.COMMAND, name=name, person=person))
    assert noted == [("source add", "done"), ("source add", "no-right"), ("source resume", "no-such-source")]


async def test_a_private_question_is_answered_to_the_person_alone(office: Office) -> None:
    private = replace(QUESTION, kind=RequestKind.COMMAND, name="ask", text="", arguments={"question": QUESTION.text, "private": "true"})
    heard = await office.request(private)
    assert [one.text for message in heard.told for one in message.quotes()] == ["All 48 passengers were rescued by fishermen."]
    assert await office.deliveries.unsettled("discord") == []


async def test_a_follow_up_is_understood_from_its_thread(office: Office) -> None:
    await office.ask("And how many were rescued?", thread_before=("Which ferry sank at Elm Island?",))
    assert "All 48 passengers" in await office.posted()


async def test_the_sources_say_nothing_about_what_they_do_not_hold(office: Office) -> None:
    await office.ask("Who won the chess tournament in Oslo?")
    assert "The sources do not say." in await office.posted()


async def test_a_command_typed_in_a_mention_is_a_command(office: Office) -> None:
    await office.ask("list state:failing")
    assert [(call.name, dict(call.arguments)) for call in office.calls] == [("news list", {"state": "failing"})]


async def test_a_mention_without_words_is_helped(office: Office) -> None:
    await office.ask("  ")
    assert [call.name for call in office.calls] == ["news help"]


@pytest.mark.parametrize("name", ["source add", "undo:12"])
async def test_who_has_no_right_is_told_so_and_nothing_happens(office: Office, name: str) -> None:
    command = replace(QUESTION, kind=RequestKind.COMMAND, name=name, text="")
    heard = await office.request(command)
    assert "no-right" in str(heard.told)
    assert office.calls == []
    manager = replace(command, id="e2", person=Person("u2", "Editor", Right.MANAGER))
    assert (await office.request(manager)).told == []
    assert len(office.calls) == 1


async def test_a_refusal_gives_the_cause_and_the_cure(office: Office) -> None:
    request = replace(QUESTION, kind=RequestKind.COMMAND, name="source resume", person=Person("u", "E", Right.ADMIN))
    heard = await office.request(request)
    assert "There is no such source." in str(heard.told)
    assert "`list` names them all." in str(heard.told)


@pytest.mark.parametrize(("name", "words"), [("news status", "Something went wrong"), ("nobody knows this", "not known here")])
async def test_whatever_fails_ends_in_a_reply(
    office: Office, name: str, words: str, caplog: pytest.LogCaptureFixture
) -> None:
    heard = await office.request(replace(QUESTION, kind=RequestKind.COMMAND, name=name))
    assert words in str(heard.told)
    assert "words of a document" not in caplog.text
    assert await office.deliveries.open_events("discord", before=NOW + timedelta(days=1)) == []


async def test_what_takes_too_long_is_apologised_for(office: Office) -> None:
    office.front = office.new_front(patience_s=0.0)
    heard = await office.request(replace(QUESTION, kind=RequestKind.COMMAND, name="news me"))
    assert "took too long" in str(heard.told)
    await office.ask("How many passengers were rescued?", id="e2")
    [owed] = await office.deliveries.unsettled("discord")
    assert "took too long" in str(thawed(owed.owed.payload).body)


async def test_a_question_that_a_crash_left_open_is_answered_at_the_next_start(office: Office) -> None:
    import msgspec

    kept = msgspec.json.encode(QUESTION).decode()
    await office.deliveries.take_event("discord", QUESTION.id, request_json=kept, now=NOW)
    await office.deliveries.take_event("discord", "old", request_json="{}", now=NOW)
    assert await office.front.resume(NOW + timedelta(minutes=1), "discord", lambda _: Heard()) == 2
    assert "All 48 passengers" in await office.posted()
    assert await office.deliveries.open_events("discord", before=NOW + timedelta(days=1)) == []
    assert [one.state for one in await office.deliveries.unsettled("discord")] == [DeliveryState.DUE]


@pytest.mark.parametrize(
    ("text", "is_command"),
    [
        ("list", True), ("liste", True), ("list the casualties", False), ("status", True), ("status of the dam", False),
        ("add https://example.org/feed", True), ("add the figures together", False), ("why #12", True),
        ("why did the dam break?", False), ("find out who did it", False), ("remove #3", True), ("help", True),
        ("pause the war?", False), ("now", True), ("warum https://example.org/a", True),
        ("What’s new?", True), ("Was gibt es  Neues?", True), ("What is new about the dam?", False), ("News", True),
        ("was ist neu am Damm?", False),
    ],
)  # fmt: skip
def test_a_question_that_begins_like_a_command_is_a_question(text: str, *, is_command: bool) -> None:
    typed = typed_command(text)
    assert (typed is not None and meant_as_command(typed, text)) == is_command


SAID = '{"sentences": [{"text": "All 48 passengers were rescued.", "supports": [2]}], "abstain": false}'


async def test_the_quotes_stand_at_once_and_are_edited_once_when_a_model_has_worded_them(office: Office) -> None:
    office.model.says = {"answer": SAID}
    edited = await office.worded(QUESTION)
    first = await office.posted()
    assert "rescued by fishermen" in first
    assert "All 48 passengers were rescued." not in first
    assert edited.index("All 48 passengers were rescued.") < edited.index("rescued by fishermen")
    plain, worded = office.desk.receipts
    assert (plain.prompt, plain.model) == ("", "")
    assert worded.prompt.startswith("answer@2+")
    assert (worded.model, worded.quotes) == ("small", plain.quotes)
    assert [one.payer.question for one in office.model.asked] == ["discord:e1"]


async def test_a_false_sentence_edits_nothing(office: Office) -> None:
    office.model.says = {"answer": SAID.replace("48", "84")}
    assert await office.worded(QUESTION) == ""
    assert "rescued by fishermen" in await office.posted()


async def test_that_a_budget_is_reached_is_said_once_below_the_quotes(office: Office) -> None:
    office.model.says = {"answer": ModelOutcome.BUDGET}
    edited = await office.worded(QUESTION)
    assert edited.index("rescued by fishermen") < edited.index("budget for the language model")
    office.desk.receipts.clear()
    front = office.front
    again = replace(QUESTION, id="e2")
    await front.handle(again, Heard())
    await front.settle()
    assert "rescued by fishermen" in await office.posted(again)
    assert await office.deliveries.delivery(f"{answer_key(again)}:written") is None


async def test_a_follow_up_is_understood_by_the_model_in_words_of_its_thread_alone(office: Office) -> None:
    before = ("Who rescued the passengers of the ferry to Elm Island?",)
    question = replace(QUESTION, text="And how many were there?", thread_before=before)
    asked = "And how many passengers of the ferry were there?"
    office.model.says = {"answer": SAID, "rewrite_question": f'{{"question": "{asked}"}}'}
    assert "All 48 passengers were rescued." in await office.worded(question)
    assert office.model.asked[1].user.count(asked) == 1
    office.model.asked.clear()
    invented = replace(question, id="e2")
    office.model.says["rewrite_question"] = '{"question": "How many tickets of the harbour line were there?"}'
    await office.worded(invented)
    assert all("harbour line were" not in one.user for one in office.model.asked)


async def test_an_answer_for_one_person_is_put_in_the_place_of_its_quotes(office: Office) -> None:
    office.model.says = {"answer": SAID}
    asked = Request("e1", RequestKind.COMMAND, "ask", HERE, Person("u1", "R"), NOW, arguments={"question": QUESTION.text, "private": "true"})
    office.asking = office.writing
    office.front = office.new_front()
    heard = await office.request(asked)
    await office.front.settle()
    first, worded = heard.told
    assert worded.summary == "All 48 passengers were rescued."
    assert set(first.buttons) == set(worded.buttons)


async def test_the_status_counts_only_what_waits_in_its_workspace(office: Office) -> None:
    class Empty:
        async def list(self, scope: Scope) -> list[object]:
            return []

        def document_count(self, scope: Scope) -> int:
            return 0

    empty: Any = Empty()
    owed = [Owed(f"k{n}", "discord", workspace, "c", DeliveryKind.POST, b"{}") for n, workspace in enumerate(("1", "2", "2"))]
    await office.deliveries.owe(owed, now=NOW)
    commands = NewsCommands(office.asking, empty, empty, office.deliveries, judged=empty, now=lambda: NOW)
    heard = Heard()
    await commands.status(Request("e", RequestKind.COMMAND, "news status", Place("discord", "1", "c"), Person("u", "Ida"), NOW), heard)
    facts = heard.told[0].blocks[1]
    assert isinstance(facts, Facts)
    assert ("Messages waiting to be posted", "1") in facts.rows


async def test_the_buttons_of_an_answer_lead_to_it_in_its_own_channel_alone(office: Office) -> None:
    await office.ask(QUESTION.text)
    unused: Any = None
    commands = NewsCommands(office.asking, office.desk, unused, office.deliveries, judged=unused, now=lambda: NOW)  # type: ignore[arg-type]
    for channel, found in ((HERE.channel, True), ("c2", False)):
        press = Request("p1", RequestKind.BUTTON, "changed:e1", replace(HERE, channel=channel), Person("u2", "Other"), NOW)
        assert (await commands._question_of(press) == QUESTION.text) is found
        assert bool(await commands._quotes_of(press)) is found
