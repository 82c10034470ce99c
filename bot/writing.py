"""Writing: a model is shown numbered quotes and asked for sentences; what these bear out is kept, the rest counted.

Whatever the model does, this ends within its time with fewer sentences, never with a wrong one: being down, slow,
silent, unreadable, hijacked or in the wrong language are reasons in the result, and nothing is raised. A reply that
cannot be read, or is in the wrong language, is asked for once more.
"""

from __future__ import annotations

import asyncio
import hashlib
import json
import logging
import math
import time
from collections import OrderedDict
from collections.abc import Awaitable, Callable, Coroutine, Mapping, Sequence
from dataclasses import dataclass, field, replace
from datetime import UTC, date, datetime
from types import MappingProxyType
from typing import TYPE_CHECKING, Any, Final, Protocol, TypeVar

from bot.errors import LibraryError, what_and_where
from bot.grounding.gate import Grounded, GroundedSentence, Rule, check
from bot.grounding.numbered import prompt_rows, visible_text
from bot.grounding.reply import Written, WrittenSentence, parse_reply, schema_of
from bot.grounding.rewriting import wrong_rewriting
from bot.grounding.surface_rules import LONGEST
from bot.grounding.translation import wrong_translation
from bot.language_model.port import OURSELVES, ModelFailed, ModelOutcome

if TYPE_CHECKING:
    from bot.domain import ShownQuote
    from bot.grounding.numbered import NumberedSentence
    from bot.language_model.port import LanguageModel, ModelReply, ModelRequest, Payer, WritingStore

log = logging.getLogger(__name__)

_T = TypeVar("_T")
_BROKEN: Final = "broken"  # a mistake of ours
MOST_TRIES: Final = 2
LEAST_TIME_S: Final = 1.5  # less is not worth asking with
LONGEST_TITLE: Final = 160  # code points
MOST_CHARACTERS: Final = 6_000  # of the sentences that a prompt shows: some 1,500 tokens
MOST_KEPT: Final = 20_000  # writings
MOMENT_S: Final = 0.25
_MISSED_FOR_S: Final = 60.0
FAILED_FOR_S: Final = 900.0  # so long the same is not asked for again that came to nothing
LONG_S: Final = 60.0  # so long a request goes on for those who come later, when nobody waits for it any more
_NOTHING: Final[Mapping[str, int]] = MappingProxyType({})
_AGAIN: Final = {
    "unreadable": "it was not the JSON object that was asked for",
    "language": "it was not in the language that was asked for",
}


class Prompts(Protocol):
    """Who makes a request of a task and its values."""

    def request(
        self,
        task: str,
        values: Mapping[str, Any],
        *,
        schema: Mapping[str, Any] | None,
        time_limit_s: float,
        payer: Payer = OURSELVES,
    ) -> ModelRequest:
        """Raises ModelFailed when the task has no prompt that can be used."""
        ...


@dataclass(frozen=True, slots=True)
class Writing:
    """What came of it. `reason`: why there is no sentence: "" when there is one, else "nothing-to-show", "abstained",
    "dropped" (the gate let nothing through), "unreadable", "language", "broken" (our mistake), or a `ModelOutcome`.
    """

    sentences: tuple[GroundedSentence, ...] = ()
    reason: str = ""
    dropped: Mapping[str, int] = field(default_factory=lambda: _NOTHING)  # by rule, all tries together
    calls: int = 0
    prompt: str = ""  # name, version and hash
    model: str = ""
    unseen: int = 0  # characters of the quotes that no reader sees, and the model did not
    failure: ModelFailed | None = field(default=None, compare=False)  # why the model gave nothing, for whom it concerns


@dataclass(frozen=True, slots=True)
class Translations:
    """Translations by the number of their sentence; those that the gate refused are counted."""

    texts: Mapping[int, str] = field(default_factory=dict)
    reason: str = ""
    dropped: Mapping[str, int] = field(default_factory=lambda: _NOTHING)
    calls: int = 0
    prompt: str = ""
    model: str = ""


@dataclass(frozen=True, slots=True)
class Rewriting:
    """A question that can be understood alone, "" where there is none that may be asked, and why not."""

    question: str = ""
    reason: str = ""
    calls: int = 0


class Writer:
    """Asks one model by one set of prompts. Safe for any number of tasks at once."""

    def __init__(self, model: LanguageModel, prompts: Prompts) -> None:
        self._model = model
        self._prompts = prompts

    async def write(
        self,
        task: str,
        numbered: Sequence[NumberedSentence],
        *,
        language: str,
        time_limit_s: float,
        today: date | None = None,
        most_sentences: int = 4,
        payer: Payer = OURSELVES,
        values: Mapping[str, Any] = _NOTHING,
    ) -> Writing:
        """Sentences of a task ("answer", "card", "brief", "story_title") in a language. `values`: what else its prompt
        needs, as the question. Never raises but for being cancelled."""
        given = {"language": language, "most_sentences": most_sentences, **values}
        work = self._write(task, numbered, given, time_limit_s, today, payer)
        return await _in_time(work, time_limit_s, Writing(reason=ModelOutcome.SLOW.value), Writing(reason=_BROKEN))

    async def _write(
        self,
        task: str,
        numbered: Sequence[NumberedSentence],
        given: dict[str, Any],
        time_limit_s: float,
        today: date | None,
        payer: Payer,
    ) -> Writing:
        shown = _within(numbered)
        rows, unseen = prompt_rows(shown)
        if not rows:
            return Writing(reason="nothing-to-show")
        if unseen:
            hidden = {one.quote.quote.document_id for one in shown if visible_text(one.quote.text).dropped}
            facts = {"task": task, "characters": unseen, "documents": " ".join(map(str, sorted(hidden)))}
            log.warning("characters that no reader sees are kept from a model", extra=facts)
        given["rows"], language, most_sentences = rows, given["language"], given["most_sentences"]
        ends = asyncio.get_running_loop().time() + time_limit_s
        dropped: dict[str, int] = {}
        reason, prompt, model, calls = "", "", "", 0
        failure: ModelFailed | None = None
        for _ in range(MOST_TRIES):
            left = ends - asyncio.get_running_loop().time()
            if left <= 0 or (calls and left < LEAST_TIME_S):
                reason = reason or ModelOutcome.SLOW.value
                break
            asked = await self._asked(task, given, left, payer)
            calls += 1
            if isinstance(asked, ModelFailed):
                reason, failure = asked.outcome.value, asked
                break
            request, reply = asked
            prompt, model = request.prompt, reply.model
            written, grounded = await asyncio.to_thread(_judged, reply.text, task, shown, language, today, request)
            for rule, count in grounded.counts().items():
                dropped[rule] = dropped.get(rule, 0) + count
            if grounded.sentences and not written.abstains:
                kept = grounded.sentences[:most_sentences]
                return Writing(kept, "", dropped, calls, prompt, model, unseen)
            reason = _reason(written, grounded)
            if reason not in _AGAIN:
                break
            given["again"] = _AGAIN[reason]
        return Writing((), reason, dropped, calls, prompt, model, unseen, failure)

    async def rewrite(
        self,
        question: str,
        turns: Sequence[str],
        *,
        language: str,
        time_limit_s: float,
        payer: Payer = OURSELVES,
    ) -> Rewriting:
        """A question made understandable without those before it, in their words. Never raises but when cancelled."""
        work = self._rewrite(question, turns, language, time_limit_s, payer)
        late = Rewriting(reason=ModelOutcome.SLOW.value, calls=1)
        return await _in_time(work, time_limit_s, late, Rewriting(reason=_BROKEN))

    async def _rewrite(
        self, question: str, turns: Sequence[str], language: str, time_limit_s: float, payer: Payer
    ) -> Rewriting:
        values = {"language": language, "question": question, "turns": list(turns)}
        asked = await self._asked("rewrite_question", values, time_limit_s, payer)
        if isinstance(asked, ModelFailed):
            return Rewriting(reason=asked.outcome.value, calls=1)
        _, reply = asked
        sentences = parse_reply(reply.text, "rewrite_question").sentences
        if not sentences:
            return Rewriting(reason="unreadable", calls=1)
        text = " ".join(sentences[0].text.split())
        wrong = wrong_rewriting(question, turns, text, language)
        return Rewriting("" if wrong else text, wrong, 1)

    async def translate(
        self,
        numbered: Sequence[NumberedSentence],
        *,
        language: str,
        time_limit_s: float,
        payer: Payer = OURSELVES,
    ) -> Translations:
        """Those of the quotes that are in another language, each translated alone. Never raises but when cancelled."""
        work = self._translate(numbered, language, time_limit_s, payer)
        late = Translations(reason=ModelOutcome.SLOW.value, calls=1)
        return await _in_time(work, time_limit_s, late, Translations(reason=_BROKEN))

    async def _translate(
        self, numbered: Sequence[NumberedSentence], language: str, time_limit_s: float, payer: Payer
    ) -> Translations:
        foreign = _within([one for one in numbered if one.quote.language != language])
        rows, _ = prompt_rows(foreign)
        if not rows:
            return Translations(reason="nothing-to-show")
        asked = await self._asked("translate", {"language": language, "rows": rows}, time_limit_s, payer)
        if isinstance(asked, ModelFailed):
            return Translations(reason=asked.outcome.value, calls=1)
        request, reply = asked
        by_number = {one.number: one.quote for one in foreign}
        texts, dropped = await asyncio.to_thread(_translated, reply.text, by_number, language, request)
        reason = "" if texts else "dropped" if dropped else "unreadable"
        return Translations(texts, reason, dropped, 1, request.prompt, reply.model)

    async def _asked(
        self, task: str, values: Mapping[str, Any], time_limit_s: float, payer: Payer
    ) -> tuple[ModelRequest, ModelReply] | ModelFailed:
        """The request and what came back, or why nothing did."""
        try:
            request = self._prompts.request(
                task, values, schema=schema_of(task), time_limit_s=time_limit_s, payer=payer
            )
            return request, await self._model.complete(request)
        except ModelFailed as failure:
            return failure


def _judged(
    text: str,
    task: str,
    shown: Sequence[NumberedSentence],
    language: str,
    today: date | None,
    request: ModelRequest,
) -> tuple[Written, Grounded]:
    """What a reply says, and what of it may be said. In a thread: a long one takes a while, and clocks go on."""
    written = parse_reply(text, task)
    prompts = (request.system,)
    return written, check(written, shown, language=language, today=today, prompts=prompts, longest=_longest(task))


def _translated(
    text: str, by_number: Mapping[int, ShownQuote], language: str, request: ModelRequest
) -> tuple[dict[int, str], dict[str, int]]:
    """The translations of a reply that may be shown, by their numbers, and how many may not, by rule."""
    texts: dict[int, str] = {}
    dropped: dict[str, int] = {}
    for sentence in parse_reply(text, "translate").sentences:
        number = sentence.supports[0] if len(sentence.supports) == 1 else 0
        quote = by_number.get(number)
        wrong: str = Rule.FOREIGN_NUMBER
        if quote is not None and number not in texts:
            refused = _wrong_translation(quote, sentence.text, language, (request.system,))
            if refused is None:
                texts[number] = sentence.text
                continue
            wrong = refused[0]
        dropped[str(wrong)] = dropped.get(str(wrong), 0) + 1
    return texts, dropped


async def _in_time(work: Awaitable[_T], time_limit_s: float, late: _T, broken: _T) -> _T:
    """What comes of the work, ended a moment behind its time at the latest: each step of it has that time, too, and may
    say better what became of it."""
    try:
        async with asyncio.timeout(max(0.0, time_limit_s) + MOMENT_S):
            return await _safely(work, broken)
    except TimeoutError:
        return late


async def _safely(work: Awaitable[_T], nothing: _T) -> _T:
    """What comes of the work, or nothing."""
    try:
        return await work
    except Exception as error:  # noqa: BLE001 - a mistake of ours around a model costs style, never an answer or a brief
        log.error("what a model said could not be used", extra={"error": what_and_where(error)})
        return nothing


def make_ready() -> None:
    """Load what the first reply needs to be judged, so that it costs that one, and who waits beside it, no time."""
    import jinja2  # noqa: F401 - first, and whole: another thread that is importing it would be overtaken by what follows
    from jinja2.sandbox import ImmutableSandboxedEnvironment  # noqa: F401

    german = "Zwölf Menschen sollen am 3. Mai in Wien gewesen sein."
    english = "Twelve people may have been in Vienna on 3 May."
    wrong_translation(german, english, source="de", target="en")
    wrong_translation(english, german, source="en", target="de")


class KeptWriter(Writer):
    """A writer that remembers: the same task over the same quotes by the same prompt is asked for once, and so is the
    translation of a quote.

    Who has no time gets what is remembered. Who waits no longer leaves the request running, for those who come later.
    What came to nothing is tried again after `FAILED_FOR_S`; what came to something is kept in `store`, where others
    find it, and passes the gate once more when it is taken from there. `by` names the models: what another one wrote
    does not count. `whose` says for whom alone a writing is kept:
    workspaces with models of their own do not pay for others. Made for one event loop; `close` it in the end.
    """

    def __init__(
        self,
        model: LanguageModel,
        prompts: KnownPrompts,
        *,
        store: WritingStore | None = None,
        whose: Callable[[Payer], str] = lambda _: "",
        by: str = "",
        most: int = MOST_KEPT,
        clock: Callable[[], float] = time.monotonic,
    ) -> None:
        super().__init__(model, prompts)
        self._known, self._store, self._whose, self._most, self._clock = prompts, store, whose, most, clock
        self._by = by
        self._missed: OrderedDict[str, float] = OrderedDict()  # until when the store need not be asked
        self._kept: OrderedDict[str, tuple[float, Writing]] = OrderedDict()  # until when, and what
        self._translated: OrderedDict[str, tuple[float, str]] = OrderedDict()  # "": refused
        self._under_way: dict[str, asyncio.Task[Writing]] = {}

    async def close(self) -> None:
        """Give up what is under way."""
        tasks = list(self._under_way.values())
        for task in tasks:
            task.cancel()
        await asyncio.gather(*tasks, return_exceptions=True)

    async def write(
        self,
        task: str,
        numbered: Sequence[NumberedSentence],
        *,
        language: str,
        time_limit_s: float,
        today: date | None = None,
        most_sentences: int = 4,
        payer: Payer = OURSELVES,
        values: Mapping[str, Any] = _NOTHING,
    ) -> Writing:
        """See `Writer.write`. `calls` is 0 where nothing was asked for this."""
        try:
            prompt = f"{self._known.current(task).id} {self._by}"
        except ModelFailed as failure:
            return Writing(reason=failure.outcome.value, failure=failure)
        key = _key(task, prompt, self._whose(payer), language, today, most_sentences, values, numbered)
        until, kept = self._kept.get(key, (0.0, None))
        if kept is not None and self._clock() < until:
            self._kept.move_to_end(key)
            return replace(kept, calls=0)

        async def stored() -> Writing | None:
            written = (await self._stored([key])).get(key)
            return None if written is None else _again(written, _within(numbered), task, language, today)

        under_way = self._under_way.get(key)
        first = under_way is None
        if under_way is None:
            if time_limit_s <= 0:
                return await self._looked_up(key, stored) or Writing(reason=ModelOutcome.SLOW.value)
            work = super().write(
                task, numbered, language=language, time_limit_s=max(time_limit_s, LONG_S), today=today,
                most_sentences=most_sentences, payer=payer, values=values,
            )  # fmt: skip
            under_way = self._under_way[key] = asyncio.create_task(self._made(key, stored, work))
            under_way.add_done_callback(lambda done: self._ended(key, done))
        try:
            async with asyncio.timeout(max(0.0, time_limit_s)):
                made = await asyncio.shield(under_way)
        except TimeoutError:
            return Writing(reason=ModelOutcome.SLOW.value, calls=int(first))
        return made if first else replace(made, calls=0)

    async def _looked_up(self, key: str, stored: Callable[[], Awaitable[Writing | None]]) -> Writing | None:
        """What the store has; not again within a minute of looking in vain: many briefs of one hour tell one story."""
        if self._clock() < self._missed.get(key, 0.0):
            return None
        found = await _safely(stored(), None)
        if found is None:
            self._missed[key] = self._clock() + _MISSED_FOR_S
            while len(self._missed) > self._most:
                self._missed.popitem(last=False)
        else:
            self._kept[key] = math.inf, found
        return found

    async def _made(
        self, key: str, stored: Callable[[], Awaitable[Writing | None]], work: Coroutine[Any, Any, Writing]
    ) -> Writing:
        """What the store has, else what the model says now."""
        try:
            if (found := await _safely(stored(), None)) is not None:
                return found
            made = await work
        finally:
            work.close()
        if made.sentences or made.reason == "abstained":
            await self._keep({key: _written_down(made)})
        return made

    def _ended(self, key: str, done: asyncio.Task[Writing]) -> None:
        self._under_way.pop(key, None)
        self._missed.pop(key, None)
        if done.cancelled() or done.exception() is not None:
            return
        made = done.result()
        if made.failure is None and made.reason not in (ModelOutcome.SLOW.value, _BROKEN):
            lasts = made.sentences or made.reason == "abstained"
            self._kept[key] = (math.inf if lasts else self._clock() + FAILED_FOR_S), made
            while len(self._kept) > self._most:
                self._kept.popitem(last=False)

    async def translate(
        self,
        numbered: Sequence[NumberedSentence],
        *,
        language: str,
        time_limit_s: float,
        payer: Payer = OURSELVES,
    ) -> Translations:
        """See `Writer.translate`; only what is not remembered is asked for."""
        work = self._known_or_translated(numbered, language, time_limit_s, payer)
        return await _safely(work, Translations(reason=_BROKEN))

    async def _known_or_translated(
        self, numbered: Sequence[NumberedSentence], language: str, time_limit_s: float, payer: Payer
    ) -> Translations:
        foreign = [one for one in numbered if one.quote.language != language]
        try:
            prompt = f"{self._known.current('translate').id} {self._by}"
        except ModelFailed as failure:
            return Translations(reason=failure.outcome.value)
        whose = self._whose(payer)
        keys = {one.number: _translation_key(prompt, whose, language, one) for one in foreign}
        now_s = self._clock()
        known = {n: kept[1] for n, key in keys.items() if (kept := self._translated.get(key)) and now_s < kept[0]}
        stored = await self._stored([key for n, key in keys.items() if n not in known])
        for one in foreign:
            text = stored.get(keys[one.number], "")
            if text and _wrong_translation(one.quote, text, language) is None:
                known[one.number] = text
                self._remember(keys[one.number], text)
        missing = [one for one in foreign if one.number not in known]
        texts = {n: text for n, text in known.items() if text}
        if not missing or time_limit_s <= 0:
            nothing = ModelOutcome.SLOW.value if missing else "dropped" if foreign else "nothing-to-show"
            return Translations(texts, "" if texts else nothing)
        made = await super().translate(missing, language=language, time_limit_s=time_limit_s, payer=payer)
        for number, text in made.texts.items():
            self._remember(keys[number], text)
        await self._keep({keys[number]: text for number, text in made.texts.items()})
        if made.reason in ("", "dropped", "unreadable"):
            for one in _within(missing):
                if one.number not in made.texts:
                    self._remember(keys[one.number], "")
        return replace(made, texts={**texts, **made.texts}, reason="" if texts else made.reason)

    def _remember(self, key: str, text: str) -> None:
        self._translated[key] = (math.inf if text else self._clock() + FAILED_FOR_S), text
        while len(self._translated) > self._most:
            self._translated.popitem(last=False)

    async def _stored(self, keys: Sequence[str]) -> Mapping[str, str]:
        if self._store is None or not keys:
            return {}
        try:
            return await self._store.writings(keys)
        except LibraryError as error:  # then it is asked for once more
            log.warning("what a model wrote cannot be looked up", extra={"code": error.code})
            return {}

    async def _keep(self, written: Mapping[str, str]) -> None:
        if self._store is None or not written:
            return
        try:
            await self._store.keep_writings(written, now=datetime.now(UTC))
        except LibraryError as error:
            log.warning("what a model wrote is not kept", extra={"code": error.code})


def _written_down(made: Writing) -> str:
    sentences = [[one.text, list(one.supports)] for one in made.sentences]
    told = {"sentences": sentences, "reason": made.reason, "dropped": dict(made.dropped), "prompt": made.prompt,
            "model": made.model, "unseen": made.unseen}  # fmt: skip
    return json.dumps(told)


def _again(
    written: str, shown: Sequence[NumberedSentence], task: str, language: str, today: date | None
) -> Writing | None:
    """A writing that was kept, held to the gate as it is now; None where that leaves nothing."""
    told = json.loads(written)
    kept = Written(tuple(WrittenSentence(text, tuple(supports)) for text, supports in told["sentences"]))
    grounded = check(kept, shown, language=language, today=today, longest=_longest(task))
    if kept.sentences and not grounded.sentences:
        return None
    return Writing(
        grounded.sentences, told["reason"], told["dropped"], 0, told["prompt"], told["model"], told["unseen"]
    )


class KnownPrompts(Prompts, Protocol):
    """Prompts of which it is known which one is in use."""

    def current(self, task: str) -> Named:
        """Raises ModelFailed when there is none."""
        ...


class Named(Protocol):
    @property
    def id(self) -> str: ...


def _key(
    task: str,
    prompt: str,
    whose: str,
    language: str,
    today: date | None,
    most_sentences: int,
    values: Mapping[str, Any],
    numbered: Sequence[NumberedSentence],
) -> str:
    """By what a writing is known: everything that the request and the gate see."""
    rows = [
        [one.number, one.quote.quote.sha256, one.quote.quote.version_id, one.quote.quote.start, one.before,
         one.quote.outlet, one.quote.said_by, str(one.quote.published.known_day), one.quote.caveats]
        for one in numbered
    ]  # fmt: skip
    told = [task, prompt, whose, language, str(today), most_sentences, sorted(values.items()), rows]
    return hashlib.sha256(json.dumps(told, default=str).encode()).hexdigest()


def _translation_key(prompt: str, whose: str, language: str, one: NumberedSentence) -> str:
    return _key("translate", prompt, whose, language, None, 1, _NOTHING, [replace(one, number=1, before="")])


def _longest(task: str) -> int:
    return LONGEST_TITLE if task == "story_title" else LONGEST


def _wrong_translation(
    quote: ShownQuote, text: str, language: str, prompts: tuple[str, ...] = ()
) -> tuple[Rule, str] | None:
    day = quote.published.known_day
    return wrong_translation(quote.text, text, source=quote.language, target=language, day=day, prompts=prompts)


def by_report(numbered: Sequence[NumberedSentence]) -> tuple[NumberedSentence, ...]:
    """As many of these as a prompt has room for, numbered anew: each report's together and as it tells them, the
    reports in the order in which they came. What stood before a sentence is left out where it stands there itself."""
    reports: dict[int, list[NumberedSentence]] = {}
    for one in _within(numbered):
        reports.setdefault(one.quote.quote.version_id, []).append(one)
    ordered: list[NumberedSentence] = []
    for sentences in reports.values():
        last = ""
        for one in sorted(sentences, key=lambda each: each.quote.quote.start):
            before = "" if last and " ".join(one.before.split()) == last else one.before
            ordered.append(replace(one, number=len(ordered) + 1, before=before))
            last = " ".join(one.quote.text.split())
    return tuple(ordered)


def _within(numbered: Sequence[NumberedSentence]) -> tuple[NumberedSentence, ...]:
    """As many of the sentences, from the first, as a prompt has room for; always one."""
    room = MOST_CHARACTERS
    kept: list[NumberedSentence] = []
    for one in numbered:
        room -= min(600, len(one.quote.text)) + min(300, len(one.before)) + 60
        if room < 0 and kept:
            break
        kept.append(one)
    return tuple(kept)


def _reason(written: Written, grounded: Grounded) -> str:
    """Why a reply holds no sentence that may be said."""
    if written.abstains:
        return "abstained"
    if not written.sentences:
        return "unreadable"
    rules = {one.rule for one in grounded.dropped}
    if rules <= {Rule.LANGUAGE}:
        return "language"
    return "unreadable" if rules <= {Rule.NO_SUPPORT} else "dropped"
