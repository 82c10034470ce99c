"""What everyone may ask beside a question: find, why, status, help; and the buttons and menus below messages."""

from __future__ import annotations

import asyncio
import re
from collections.abc import Awaitable, Callable, Mapping
from datetime import datetime
from typing import TYPE_CHECKING, Final

import msgspec

from bot.chat.commands import typed_as
from bot.chat.composing import answer_message, note_message, points_message
from bot.chat.messages import Facts, Heading, Message, Paragraph, QuoteBlock, Tone
from bot.chat.outgoing import thawed
from bot.chat.passage_links import passage_link
from bot.chat.requests import Request, Responder
from bot.chat.texts import say, say_source
from bot.documents.refusals import reason_in
from bot.domain import AnswerStatus, Receipt, ShownQuote
from bot.errors import VerbatimError
from bot.front_desk.language import language_of
from bot.quotes.matching import find_quote
from bot.quotes.showing import show_sentence
from bot.sources.source_health import SourceState

if TYPE_CHECKING:
    from bot.chat.messages import Block
    from bot.domain import Quote, Scope, StoredVersion
    from bot.front_desk.asking import Asking
    from bot.language_model.standing import Standing
    from bot.library.delivery_store import DeliveryStore
    from bot.library.desk import Desk
    from bot.sourcing.use_cases import Sourcing

Handler = Callable[[Request, Responder], Awaitable[None]]
Judge = Callable[[Request, str, str], Awaitable[None]]

MOST_FOUND: Final = 10
_MOST_CHECKED: Final = 10
_QUOTED: Final = re.compile(r"[“„«\"]([^“”„«»\"\n]{8,600})[”“»\"]")
_SHORTEST_WORDS: Final = 2
# Commands that the help names, each as its platform has it typed.
_HELPFUL: Final = {
    "ask": "ask", "now": "news now", "add": "source add", "file": "source file", "set": "brief set",
    "preview": "brief preview",
}  # fmt: skip


class NewsCommands:
    """The handlers of `/news …`, of the buttons below answers and of the message menus."""

    def __init__(
        self,
        asking: Asking,
        desk: Desk,
        sourcing: Sourcing,
        deliveries: DeliveryStore,
        *,
        judged: Judge,
        now: Callable[[], datetime],
        more_status: Callable[[Request], Awaitable[tuple[tuple[str, str], ...]]] | None = None,
        model_standing: Callable[[str, str], Awaitable[Standing]] | None = None,
        embedded: Callable[[], Awaitable[int | None]] | None = None,
    ) -> None:
        self._asking, self._desk, self._sourcing, self._deliveries = asking, desk, sourcing, deliveries
        self._judged, self._now, self._more_status = judged, now, more_status
        self._model_standing, self._embedded = model_standing, embedded

    def handlers(self) -> Mapping[str, Handler]:
        return {
            "news help": self.help, "news find": self.find, "news why": self.why, "news status": self.status,
            "sources": self.sources, "changed": self.changed, "good": self.feedback, "bad": self.feedback,
            "check quotes": self.check_quotes, "summarise link": self.summarise,
        }  # fmt: skip

    async def help(self, request: Request, responder: Responder) -> None:
        language = language_of(request)
        names = {name: typed_as(key, request.place.platform) for name, key in _HELPFUL.items()}
        parts = ("", "-follow", "-commands", "-manage", "-brief")
        lines = [say(f"help{part}", language, **names) for part in parts]
        blocks = tuple(Paragraph(line) for line in lines)
        await responder.only_you(Message(lines[0], blocks, language))

    async def find(self, request: Request, responder: Responder) -> None:
        """Documents that hold these words, each with the exact passage."""
        language, scope = language_of(request), request.place.scope
        words = request.arguments["words"]
        found = await self._asking.find(words, scope, most=MOST_FOUND, now=self._now())
        if not found:
            await responder.only_you(note_message(say("nothing-found", language), language, Tone.GREY))
            return
        head = say("found-documents", language, n=len(found))
        addresses = await self._addresses([one.quote.version_id for one in found], scope)
        blocks: list[Block] = [Heading(head), *(self._block(one, language, addresses) for one in found)]
        await self._keep_receipt("find", scope, found)
        await responder.only_you(Message(head, tuple(blocks), language))

    async def why(self, request: Request, responder: Responder) -> None:
        """What became of an item, stage by stage; of a link in a message, too."""
        language = language_of(request)
        stories = await self._sourcing.why(request.arguments["item"], request.place.scope)
        if not stories:
            await responder.only_you(note_message(say("never-seen", language), language, Tone.GREY))
            return
        lines: list[str] = []
        for story in stories:
            lines.append(story.title or story.link or story.guid)
            for one in story.outcomes:
                reason = reason_in(language, one.code, one.reason)
                lines.append(f"#{one.source_id} {one.source_title}: {one.state.value} {reason}".strip())
            lines += [f"{one.at:%Y-%m-%d %H:%M} UTC · {one.stage} · {one.code} {one.detail}" for one in story.trail]
        await responder.only_you(points_message(say("what-became", language), lines, language))

    async def status(self, request: Request, responder: Responder) -> None:
        language, scope = language_of(request), request.place.scope
        views = await self._sourcing.list(scope)
        troubled = [one for one in views if one.state in (SourceState.FAILING, SourceState.RESTING)]
        documents = await asyncio.to_thread(self._desk.document_count, scope)
        waiting = [
            one
            for one in await self._deliveries.unsettled(request.place.platform)
            if one.owed.workspace == request.place.workspace
        ]
        rows = (
            *(await self._more_status(request) if self._more_status else ()),
            (say("status-documents", language), f"{documents:,}"),
            (say("status-sources", language), str(len(views))),
            (say("status-failing", language), str(len(troubled))),
            (say("status-waiting", language), str(len(waiting))),
            (say("status-model", language), await self._model(scope, language)),
            *(await self._embedded_row(language)),
        )
        head = say("status-head", language)
        await responder.only_you(Message(head, (Heading(head), Facts(rows)), language))

    async def _embedded_row(self, language: str) -> tuple[tuple[str, str], ...]:
        """How much of the library is embedded, where there is an embedder."""
        percent = await self._embedded() if self._embedded else None
        return () if percent is None else ((say("status-embedded", language), f"{percent} %"),)

    async def _model(self, scope: Scope, language: str) -> str:
        """Which model words what is said here, and whether it can."""
        standing = await self._model_standing(scope.workspace, scope.channel) if self._model_standing else None
        if standing is None or not standing.model:
            return say("status-no-model", language)
        return say(f"status-model-{standing.state}", language, model=standing.model)

    # --- below an answer ---

    async def sources(self, request: Request, responder: Responder) -> None:
        """Every quote of an answer with the sentences before and after it."""
        language, scope = language_of(request), request.place.scope
        quotes = await self._quotes_of(request)
        versions = await asyncio.to_thread(self._desk.versions, scope, {one.version_id for one in quotes})
        head = say("quotes-in-full", language)
        blocks: list[Block] = [Heading(head), Paragraph(say("one-note", language), small=True)]
        shown: list[ShownQuote] = []
        for quote in quotes:
            version = versions.get(quote.version_id)
            shown += _around(version, quote) if version is not None else []
        if not shown:
            await responder.only_you(note_message(say("answer-gone", language), language, Tone.GREY))
            return
        addresses = {i: version.facts.address for i, version in versions.items() if version.facts.address}
        blocks += [self._block(one, language, addresses) for one in dict.fromkeys(shown)]
        await self._keep_receipt("sources", scope, shown)
        await responder.only_you(Message(head, tuple(blocks), language))

    async def changed(self, request: Request, responder: Responder) -> None:
        """The same question asked again: what the sources say now that they did not say then."""
        language, scope = language_of(request), request.place.scope
        before = await self._quotes_of(request)
        question = await self._question_of(request)
        if not question:
            await responder.only_you(note_message(say("answer-gone", language), language, Tone.GREY))
            return
        answer = await self._asking.answer(question, scope, now=self._now())
        known = {(one.document_id, one.sha256) for one in before}
        fresh = [one for one in answer.quotes if (one.quote.document_id, one.quote.sha256) not in known]
        if answer.status is AnswerStatus.NOT_IN_SOURCES or not fresh:
            await responder.only_you(note_message(say("nothing-changed", language), language, Tone.GREY))
            return
        addresses = await self._addresses([one.quote.version_id for one in answer.quotes], scope)
        made = answer_message(answer, language, addresses)
        await self._keep_receipt("changed", scope, list(made.quotes()))
        head: tuple[Block, ...] = (Paragraph(say("changed-since", language), strong=True),)
        await responder.only_you(Message(made.summary, (*head, *made.blocks), language, made.tone))

    async def feedback(self, request: Request, responder: Responder) -> None:
        verdict, _, key = request.name.partition(":")
        await self._judged(request, key, verdict)
        await responder.only_you(note_message(say("thanks", language_of(request)), language_of(request)))

    # --- message menus ---

    async def check_quotes(self, request: Request, responder: Responder) -> None:
        """Which of the quotes in a message stand, letter for letter, in a document that may be seen here."""
        language, scope = language_of(request), request.place.scope
        text = request.about.text if request.about else request.text
        claims = [found[1].strip() for found in _QUOTED.finditer(text)]
        claims = [one for one in dict.fromkeys(claims) if len(one.split()) >= _SHORTEST_WORDS][:_MOST_CHECKED]
        if not claims:
            await responder.only_you(note_message(say("no-quotes-there", language), language, Tone.GREY))
            return
        proved: list[ShownQuote] = []
        for claim in claims:
            near = await self._asking.find(claim, scope, most=MOST_FOUND, now=self._now())
            versions = await asyncio.to_thread(self._desk.versions, scope, {one.quote.version_id for one in near})
            proved += await asyncio.to_thread(_standing, claim, list(versions.values()))
        told = say("checked", language, good=len(proved), all=len(claims))
        addresses = await self._addresses([one.quote.version_id for one in proved], scope)
        blocks: list[Block] = [Paragraph(told, strong=True)]
        blocks += [self._block(one, language, addresses) for one in proved]
        await self._keep_receipt("check", scope, proved)
        tone = Tone.GOOD if len(proved) == len(claims) else Tone.WARNING
        await responder.only_you(Message(told, tuple(blocks), language, tone))

    async def summarise(self, request: Request, responder: Responder) -> None:
        """What stands behind a link, as a card; nothing is stored."""
        language = language_of(request)
        links = request.about.links if request.about else ()
        if not links:
            await responder.only_you(note_message(say("no-link-there", language), language, Tone.GREY))
            return
        trial = await self._sourcing.test(links[0], request.place.scope, watch=True)
        if not trial.ok or trial.sample is None:
            raise VerbatimError(trial.code or "no-text", "summarise", trial.reason or say("nothing-found", language))
        draft = trial.sample
        # Only what is stored can be quoted: these are the page's sentences, without quotation marks of ours.
        lines = [draft.text[s.start : s.end] for s in draft.sentences[:4]]
        await responder.only_you(points_message(draft.title or trial.address, lines, language))

    # --- inside ---

    def _block(self, one: ShownQuote, language: str, addresses: Mapping[int, str]) -> QuoteBlock:
        link = passage_link(addresses.get(one.quote.version_id, ""), one.text)
        return QuoteBlock(one, say_source(one, language), link=link)

    async def _addresses(self, version_ids: list[int], scope: Scope) -> dict[int, str]:
        versions = await asyncio.to_thread(self._desk.versions, scope, set(version_ids))
        return {i: version.facts.address for i, version in versions.items() if version.facts.address}

    async def _keep_receipt(self, place: str, scope: Scope, shown: list[ShownQuote]) -> None:
        quotes = tuple(dict.fromkeys(one.quote for one in shown))
        if quotes:
            await asyncio.to_thread(self._desk.keep_receipt, Receipt(self._now(), place, scope, quotes))

    async def _quotes_of(self, request: Request) -> tuple[Quote, ...]:
        """The quotes of the answer below which a button was pressed."""
        key = request.name.partition(":")[2]
        asked = f"answer:{request.place.platform}:{key}"
        delivery = await self._deliveries.delivery(f"{asked}:written") or await self._deliveries.delivery(f"{asked}:0")
        here = (request.place.workspace, request.place.channel)
        if delivery is None or (delivery.owed.workspace, delivery.owed.channel) != here:
            return ()
        return thawed(delivery.owed.payload).quotes

    async def _question_of(self, request: Request) -> str:
        key = request.name.partition(":")[2]
        asked = await self._deliveries.event(request.place.platform, key)
        if asked is None:
            return ""
        before = msgspec.json.decode(asked.request_json, type=Request)
        here = (request.place.workspace, request.place.channel)
        if (before.place.workspace, before.place.channel) != here:
            return ""
        return before.arguments.get("question") or before.text


def _around(version: StoredVersion, quote: Quote) -> list[ShownQuote]:
    """The quoted sentence with the one before and the one after it."""
    at = next((i for i, one in enumerate(version.sentences) if one.start <= quote.start < one.end), None)
    if at is None:
        return []
    places = range(max(0, at - 1), min(len(version.sentences), at + 2))
    return [shown for i in places if (shown := show_sentence(version, i)) is not None]


def _standing(claim: str, versions: list[StoredVersion]) -> list[ShownQuote]:
    """The first version in which these words stand, letter for letter, as a quote."""
    for version in versions:
        for start, _ in find_quote(claim, version.text):
            at = next((i for i, one in enumerate(version.sentences) if one.start <= start < one.end), None)
            shown = None if at is None else show_sentence(version, at)
            if shown is not None:
                return [shown]
    return []
