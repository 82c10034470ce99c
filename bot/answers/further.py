"""Further help with a question: its vector, and its words in the language of the documents, from models that may fail.

All of it only widens what is searched; what answers is still decided by words. Nothing here raises, none takes longer
than its time, and what failed is left alone for a while: a question never waits for a model that is down.
"""

from __future__ import annotations

import asyncio
import logging
import time
from collections import OrderedDict
from dataclasses import replace
from datetime import date, timedelta
from typing import TYPE_CHECKING, Any, Final, Protocol, TypeVar

from bot.answers.question import LONGEST_QUESTION, Alternative, analyse_question
from bot.errors import VerbatimError
from bot.language_model.port import OURSELVES
from bot.languages.lexicon import LANGUAGES
from bot.languages.words import is_stop_word, words_in
from bot.library.search_index import Nearby
from bot.library.search_terms import name_term, term

if TYPE_CHECKING:
    from array import array
    from collections.abc import Callable, Coroutine, Iterable, Mapping

    from bot.answers.question import Key, Question
    from bot.domain import Scope
    from bot.grounding.numbered import PromptRow
    from bot.language_model.port import Embedder, LanguageModel, ModelRequest, Payer
    from bot.library.vector_store import VectorStore

log = logging.getLogger(__name__)

T = TypeVar("T")

NEAREST: Final = 24  # passages
EMBEDDING_S: Final = 1.0
TRANSLATING_S: Final = 5.0
LEFT_ALONE_S: Final = 20.0
LEAST_SHARE: Final = 0.1  # of all passages that a language has to have for a question to be translated into it
_REMEMBERED: Final = 512
_MOST_KEYS, _MOST_WORDS = 12, 4
WHOLE: Final = -1  # the question itself, beside the places of its keys
_NO_DAY: Final = date.min + timedelta(days=400)
_TOKENS: Final = 400
_WEIGHT: Final = 0.85  # of a model's translation, beside 0.95 of a word list's and 1 of the question's own word


class Waiter(Protocol):
    """Who waits for a coroutine in a thread that may."""

    def __call__(self, work: Coroutine[Any, Any, T], /, *, most_s: float) -> T:
        """Its result. Raises TimeoutError, RuntimeError where nobody may wait, and what it raises."""
        ...


class LoopWaiter:
    """Waits in a worker thread for what a running loop does."""

    def __init__(self, loop: asyncio.AbstractEventLoop) -> None:
        self._loop = loop

    def __call__(self, work: Coroutine[Any, Any, T], /, *, most_s: float) -> T:
        try:
            asyncio.get_running_loop()
        except RuntimeError:
            waiting = asyncio.run_coroutine_threadsafe(asyncio.wait_for(work, most_s), self._loop)
            try:
                return waiting.result(most_s + 1)
            except BaseException:  # interrupted, too: nobody is left who wants what the loop would go on making
                waiting.cancel()
                raise
        work.close()
        raise RuntimeError("a loop cannot wait for itself")


class Prompts(Protocol):
    """Who makes a request of a task and its values."""

    def request(
        self,
        task: str,
        values: Mapping[str, Any],
        *,
        schema: Mapping[str, Any] | None,
        time_limit_s: float,
        payer: Payer = ...,
        max_tokens: int | None = None,
    ) -> ModelRequest: ...


class ByMeaning:
    """`Meaning` over an embedder and the vectors of its passages."""

    def __init__(
        self,
        vectors: VectorStore,
        embedder: Embedder,
        wait: Waiter,
        *,
        clock: Callable[[], float] = time.monotonic,
        time_limit_s: float = EMBEDDING_S,
    ) -> None:
        self._vectors, self._embedder, self._wait, self._clock = vectors, embedder, wait, clock
        self._time_limit_s = time_limit_s
        self._known: OrderedDict[str, array[float]] = OrderedDict()
        self._left_alone_until = -1.0

    def nearest(self, question: Question, scope: Scope, also: Iterable[tuple[int, int]]) -> Nearby:
        """See `Meaning`."""
        vector = self._vector(question.text)
        if vector is None:
            return Nearby()
        return self._vectors.nearest(
            vector, scope, limit=NEAREST, since=question.since, until=question.until, also=also
        )

    async def prepare(self, text: str) -> None:
        """Have the vector of a question ready, so that the thread that searches need not wait. Never raises but for
        being cancelled."""
        text = " ".join(text.split())[:LONGEST_QUESTION]
        if text in self._known or self._clock() < self._left_alone_until:
            return
        try:
            self._keep(text, await asyncio.wait_for(self._asked(text), self._time_limit_s))
        except (VerbatimError, TimeoutError) as error:
            self._failed(error)

    def _vector(self, text: str) -> array[float] | None:
        vector = self._known.get(text)
        if vector is not None:
            return vector
        if self._clock() < self._left_alone_until:
            return None
        try:
            return self._keep(text, self._wait(self._asked(text), most_s=self._time_limit_s))
        except (VerbatimError, TimeoutError, RuntimeError) as error:
            self._failed(error)
            return None

    async def _asked(self, text: str) -> array[float]:
        return (await self._embedder.embed([text], kind="query")).vector(0)

    def _keep(self, text: str, vector: array[float]) -> array[float]:
        self._known[text] = vector
        while len(self._known) > _REMEMBERED:
            self._known.popitem(last=False)
        return vector

    def _failed(self, error: Exception) -> None:
        self._left_alone_until = self._clock() + LEFT_ALONE_S
        log.info("question not embedded", extra={"why": getattr(error, "code", type(error).__name__)})


class Translating:
    """Asks a model how the documents' language says those words of a question that no list of ours knows there.

    What it says is looked for beside the words themselves, never instead of them, and shown to nobody.
    """

    def __init__(
        self,
        model: LanguageModel,
        prompts: Prompts,
        languages: Callable[[], Mapping[str, int]],
        wait: Waiter,
        *,
        whose: Callable[[Payer], str] = lambda _: "",
        clock: Callable[[], float] = time.monotonic,
    ) -> None:
        """`languages`: how many passages there are in each. `whose`: for whom alone something is remembered, where
        workspaces have models of their own."""
        self._model, self._prompts, self._languages, self._wait = model, prompts, languages, wait
        self._whose, self._clock = whose, clock
        self._known: OrderedDict[tuple[str, str, str], dict[int, str]] = OrderedDict()
        self._left_alone: OrderedDict[str, float] = OrderedDict()

    def widened(self, question: Question, payer: Payer | None, *, may_wait: bool) -> Question:
        """The question with further ways to say its keys; itself where there are none. One call, remembered; none if it
        may not wait."""
        payer = payer or OURSELVES
        whose, (target, keys) = self._whose(payer), self._wanted(question)
        said = self._known.get((whose, question.text, target))
        if said is None:
            if not keys or not may_wait or self._is_left_alone(whose):
                return question
            try:
                said = self._wait(self._asked(question, keys, target, payer), most_s=TRANSLATING_S)
            except (VerbatimError, TimeoutError, RuntimeError) as error:
                self._failed(whose, error)
                return question
            self._keep(whose, question.text, target, said)
        return widened(question, said, target)

    async def prepare(self, question: Question, payer: Payer) -> bool:
        """Have these ready, so that the thread that searches need not wait; whether there are any. Never raises but for
        being cancelled."""
        whose, (target, keys) = self._whose(payer), self._wanted(question)
        if keys and (whose, question.text, target) not in self._known and not self._is_left_alone(whose):
            try:
                said = await asyncio.wait_for(self._asked(question, keys, target, payer), TRANSLATING_S)
                self._keep(whose, question.text, target, said)
            except (VerbatimError, TimeoutError) as error:
                self._failed(whose, error)
        return bool(self._known.get((whose, question.text, target)))

    def _wanted(self, question: Question) -> tuple[str, list[int]]:
        """Into which language to translate, and the places of the keys that no list knows there."""
        target = self._target(question.language)
        return target, [i for i, key in enumerate(question.keys) if target and _is_unknown_abroad(key)][:_MOST_KEYS]

    def _keep(self, whose: str, text: str, target: str, said: dict[int, str]) -> None:
        self._known[whose, text, target] = said
        while len(self._known) > _REMEMBERED:
            self._known.popitem(last=False)

    def _is_left_alone(self, whose: str) -> bool:
        return self._clock() < self._left_alone.get(whose, -1.0)

    def _failed(self, whose: str, error: Exception) -> None:
        self._left_alone[whose] = self._clock() + LEFT_ALONE_S
        while len(self._left_alone) > _REMEMBERED:
            self._left_alone.popitem(last=False)
        log.info("question not translated", extra={"why": getattr(error, "code", type(error).__name__)})

    def _target(self, language: str) -> str:
        """The language that most documents of another language than the question's are in; "" when these are few."""
        known = self._languages()
        most, target = max(((count, one) for one, count in known.items() if one != language), default=(0, ""))
        return target if target != "und" and most >= LEAST_SHARE * sum(known.values()) else ""

    async def _asked(self, question: Question, keys: list[int], target: str, payer: Payer) -> dict[int, str]:
        """What the model says for the question and these of its keys, by their place. Raises ModelFailed."""
        from bot.grounding.numbered import PromptRow, visible_text
        from bot.grounding.reply import parse_reply, schema_of

        def row(number: int, text: str) -> PromptRow:
            return PromptRow(number, visible_text(text).text, "", "", "", question.language, "", ())

        # The question itself comes first: a word alone may mean many things.
        rows = [row(1, question.text), *(row(n, question.keys[i].words) for n, i in enumerate(keys, 2))]
        request = self._prompts.request(
            "translate",
            {"language": target, "rows": rows},
            schema=schema_of("translate"),
            time_limit_s=TRANSLATING_S,
            payer=payer,
            max_tokens=_TOKENS,
        )
        reply = await self._model.complete(request)
        said: dict[int, str] = {}
        places = [WHOLE, *keys]
        for sentence in parse_reply(reply.text, "translate").sentences:
            number = sentence.supports[0] if len(sentence.supports) == 1 else 0
            if 1 <= number <= len(places):
                said.setdefault(places[number - 1], sentence.text)
        return said


def _is_unknown_abroad(key: Key) -> bool:
    return not (key.crosses or key.is_number or key.is_name)


def widened(question: Question, said: Mapping[int, str], language: str) -> Question:
    """The question with these ways to say its keys in a language, by their places. A word is taken for one key only:
    what is said to mean everything means nothing.

    A question in a language of which we know no grammar is looked for by its translation, as long as that keeps what
    can be checked: its numbers, and a name.
    """
    if question.language not in LANGUAGES and (whole := _as_a_whole(question, said.get(WHOLE, ""), language)):
        return whole
    said = {place: text for place, text in said.items() if place != WHOLE}
    keys = list(question.keys)
    taken: set[str] = set()
    for place, text in said.items():
        words = [word for word in words_in(text[:200], language) if word.kind in ("word", "acronym", "unspaced")]
        words = [word for word in words if word.kind == "acronym" or not is_stop_word(word.text.lower(), language)]
        terms = tuple(dict.fromkeys(term(word.key, language) for word in words))
        if not terms or len(words) > _MOST_WORDS or taken.intersection(terms):
            continue
        taken.update(terms)
        ways = [Alternative(terms, _WEIGHT)]
        if all(word.text[0].isupper() and len(word.text) > 2 for word in words):
            ways.append(Alternative(tuple(name_term(word.text) for word in words), _WEIGHT))
        key = keys[place]
        known = {one.terms for one in key.alternatives}
        ranked = sorted(
            [*key.alternatives, *(one for one in ways if one.terms not in known)], key=lambda one: -one.weight
        )
        keys[place] = replace(key, alternatives=tuple(ranked), crosses=True)
    return replace(question, keys=tuple(keys)) if taken else question


def _as_a_whole(question: Question, text: str, language: str) -> Question | None:
    """The translated question in the place of the question; None where it is another one."""
    text = text[: 3 * len(question.text)]
    other = analyse_question(text, today=_NO_DAY, language=language)
    held = {one for key in other.keys for way in key.alternatives for one in way.terms}
    numbers = [key for key in question.keys if key.is_number]
    names = [key for key in question.keys if key.is_name]
    if not other.keys or not all(key.match(held) for key in numbers):
        return None
    if names and not any(key.match(held) for key in names):
        return None
    # What was asked is what is shown; only what it is looked for by comes from the model.
    return replace(
        question, wanted=other.wanted, keys=other.keys, unit=other.unit, names=other.names, denies=other.denies
    )
