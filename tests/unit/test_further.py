"""Further help: a vector and words from other languages widen what is searched, and never more than that."""

from __future__ import annotations

import asyncio
import json
import random
from array import array
from collections.abc import Coroutine, Iterable, Mapping
from datetime import date
from typing import Any, TypeVar

import pytest

from bot.answers.answering import Answerer
from bot.answers.further import LEFT_ALONE_S, ByMeaning, LoopWaiter, Translating
from bot.answers.question import Question, analyse_question
from bot.domain import TERMINAL, Answer, AnswerStatus, Scope, StoredVersion
from bot.language_model.port import OURSELVES, ModelFailed, ModelOutcome, ModelReply, ModelRequest, Payer
from bot.language_model.prompt_files import PromptFiles, prompt_folders
from bot.library.search_index import Nearby
from tests.embedders import ToyEmbedder
from tests.shelf import Shelf, shelf_of
from tests.versions import version_of

T = TypeVar("T")
TODAY = date(2031, 5, 14)


class Near:
    """A `Meaning` that says what it is told to, with no respect for scopes."""

    def __init__(self, *places: tuple[int, int], nearness: float = 1.0) -> None:
        self._places, self._nearness = places, nearness

    async def prepare(self, text: str) -> None:
        """Nothing has to be asked."""

    def nearest(self, question: Question, scope: Scope, also: Iterable[tuple[int, int]]) -> Nearby:
        return Nearby(self._places, dict.fromkeys((*self._places, *also), self._nearness))


def replaced(n: int) -> StoredVersion:
    return version_of(f"In Belmar stieg der Fluss um {n} Meter. Die Stadt sperrte die Brücke.", id=n, language="de")


def here(work: Coroutine[Any, Any, T], /, *, most_s: float) -> T:
    return asyncio.run(work)


def asked(shelf: Shelf, text: str, near: Near | None = None, scope: Scope = TERMINAL) -> Answer:
    return Answerer(shelf.index, shelf, meaning=near).answer(text, scope, today=TODAY)


def reports(count: int) -> list[StoredVersion]:
    town = ["Arden", "Belmar", "Corvo", "Dunmore", "Elva"]
    return [
        version_of(
            f"The council of {town[n % 5]} met on Monday. The dam near {town[n % 5]} lost {n + 20} metres of its wall. "
            f"Engineers closed the road for {n + 2} weeks. Nobody was hurt when the water rose.",
            id=n + 1,
            title=f"Dam of {town[n % 5]} damaged",
        )
        for n in range(count)
    ]


def test_what_stands_near_alone_makes_no_answer() -> None:
    with shelf_of(*reports(5), version_of("Bread prices fell. Bakers were pleased with flour.", id=9)) as shelf:
        for question in ("Who won the chess tournament?", "Wie hoch ist die Mehrwertsteuer?", "Which singer retired?"):
            refused = asked(shelf, question, Near((1, 0), (9, 0)))
            assert refused.status is AnswerStatus.NOT_IN_SOURCES
            assert refused.reason == asked(shelf, question).reason


def test_it_shows_what_no_word_led_to_as_near() -> None:
    with shelf_of(*reports(3), version_of("Bakers were pleased with cheap flour.", id=9)) as shelf:
        assert not asked(shelf, "Zxqv wvut?").nearest
        [near] = asked(shelf, "Zxqv wvut?", Near((9, 0))).nearest
        assert near.document == "document-9.txt"


def test_a_poor_embedder_changes_no_answer() -> None:
    draw = random.Random(3)
    questions = ["How many metres did the dam near Corvo lose?", "How many metres did the dam near Elva lose?"]
    with shelf_of(*reports(20)) as shelf:
        for question in questions:
            plain = asked(shelf, question)
            assert plain.status is AnswerStatus.ANSWERED
            for _ in range(5):
                noise = Near(*((draw.randint(1, 20), 0) for _ in range(12)), nearness=draw.random() * 0.5)
                assert asked(shelf, question, noise).quotes[0] == plain.quotes[0]


def test_what_stands_near_is_never_shown_beyond_the_scope() -> None:
    private = version_of("Bakers were pleased with flour.", id=9, audience="w:elsewhere")
    with shelf_of(*reports(3), private) as shelf:
        assert "document-9.txt" not in repr(asked(shelf, "Were bakers pleased with flour?", Near((9, 0))))
        answer = asked(shelf, "Were bakers pleased with flour?", Near((9, 0)), Scope("elsewhere"))
        assert answer.quotes[0].document == "document-9.txt"


class Vectors:
    """A `VectorStore` that remembers what it was asked."""

    def __init__(self) -> None:
        self.asked: list[array[float]] = []

    def nearest(self, vector: array[float], scope: Scope, **_: object) -> Nearby:
        self.asked.append(vector)
        return Nearby(((1, 0),), {(1, 0): 1.0})


def test_a_question_is_embedded_once_and_a_dead_embedder_left_alone() -> None:
    embedder, vectors, now = ToyEmbedder(), Vectors(), [0.0]
    meaning = ByMeaning(vectors, embedder, here, clock=lambda: now[0])  # type: ignore[arg-type]
    question = analyse_question("Where is the boat?", today=TODAY)
    assert meaning.nearest(question, TERMINAL, ()).best == meaning.nearest(question, TERMINAL, ()).best == ((1, 0),)
    assert len(embedder.asked) == 1
    asyncio.run(meaning.prepare("Who  has the boat?"))
    embedder.fails = ModelFailed(ModelOutcome.DOWN)
    assert meaning.nearest(analyse_question("Who has the boat?", today=TODAY), TERMINAL, ()).best
    other = analyse_question("Whose boat?", today=TODAY)
    assert meaning.nearest(other, TERMINAL, ()) == Nearby()
    embedder.fails = None
    assert meaning.nearest(other, TERMINAL, ()) == Nearby(), "it was asked again at once"
    now[0] += LEFT_ALONE_S
    assert meaning.nearest(other, TERMINAL, ()).best


async def test_a_thread_waits_for_the_loop_but_the_loop_never_for_itself() -> None:
    wait = LoopWaiter(asyncio.get_running_loop())

    async def work() -> int:
        return 7

    assert await asyncio.to_thread(wait, work(), most_s=30) == 7
    with pytest.raises(RuntimeError):
        wait(work(), most_s=30)
    with pytest.raises(TimeoutError):
        await asyncio.to_thread(wait, asyncio.sleep(3600), most_s=0.01)


class Translator:
    """A `LanguageModel` that translates by a list, and counts."""

    def __init__(self, words: Mapping[str, str]) -> None:
        self._words, self.requests = words, list[ModelRequest]()
        self.fails_for = set[str]()  # workspaces

    async def complete(self, request: ModelRequest) -> ModelReply:
        self.requests.append(request)
        if request.payer.workspace in self.fails_for:
            raise ModelFailed(ModelOutcome.DOWN)
        lines = [line for line in request.user.splitlines() if line.startswith("[")]
        rows = [(int(line[1 : line.index("]")]), line.partition("] ")[2]) for line in lines]
        said = [{"number": n, "text": self._words[text]} for n, text in rows if text in self._words]
        return ModelReply(json.dumps({"translations": said}), "m", "http://m", 1, 1, 0.1, 0, "stop")  # type: ignore[arg-type]


FRENCH = "Combien de mètres de mur le barrage de Corvo a-t-il perdus ?"


def translating(shelf: Shelf, words: Mapping[str, str]) -> tuple[Translator, Answerer]:
    model = Translator(words)
    helper = Translating(model, PromptFiles(prompt_folders(None)), shelf.index.languages, here)
    return model, Answerer(shelf.index, shelf, widening=helper)


def test_words_from_another_language_lead_to_the_answer_and_are_asked_for_once() -> None:
    words = {FRENCH: "How many metres of wall did the dam of Corvo lose?", "de": "of", "barrage": "dam"}
    with shelf_of(*reports(5)) as shelf:
        model, answerer = translating(shelf, words)
        assert asked(shelf, FRENCH).status is AnswerStatus.NOT_IN_SOURCES
        payer = Payer("home", "news", "somebody", "q1")
        for _ in range(2):
            answer = answerer.answer(FRENCH, TERMINAL, today=TODAY, payer=payer)
            assert answer.status is AnswerStatus.ANSWERED
            assert answer.quotes[0].text == "The dam near Corvo lost 22 metres of its wall."
        [request] = model.requests
        assert (request.task, request.payer) == ("translate", payer)
        assert "perdus" in request.user
        shown = repr((answer.question, answer.explanation, answer.missing, answer.language))
        assert not any(word in shown for word in ("dam", "wall", "lost"))


def test_where_workspaces_have_models_of_their_own_nobody_is_told_what_anothers_said() -> None:
    words = {FRENCH: "How many metres of wall did the dam of Corvo lose?", "de": "of", "barrage": "dam"}
    with shelf_of(*reports(5)) as shelf:
        model = Translator(words)
        prompts = PromptFiles(prompt_folders(None))
        helper = Translating(model, prompts, shelf.index.languages, here, whose=lambda payer: payer.workspace)
        answerer = Answerer(shelf.index, shelf, widening=helper)

        def status(workspace: str, *, may_wait: bool) -> AnswerStatus:
            payer = Payer(workspace)
            return answerer.answer(FRENCH, TERMINAL, today=TODAY, payer=payer, may_wait=may_wait).status

        assert status("a", may_wait=True) is status("a", may_wait=False) is AnswerStatus.ANSWERED
        assert status("b", may_wait=False) is AnswerStatus.NOT_IN_SOURCES
        model.fails_for = {"b"}
        assert status("b", may_wait=True) is AnswerStatus.NOT_IN_SOURCES
        assert status("c", may_wait=True) is AnswerStatus.ANSWERED
        assert [one.payer.workspace for one in model.requests] == ["a", "b", "c"]


def test_single_words_that_no_list_knows_are_said_by_the_model() -> None:
    text = "Der Zwiebelfisch verschluckte in Arden eine Armbanduhr. Am Montag war er krank."
    with shelf_of(version_of(text, id=1, language="de"), *(replaced(n) for n in range(2, 5))) as shelf:
        model, answerer = translating(shelf, {"onionfish": "Zwiebelfisch", "gulpified": "verschluckte"})
        question = "What was gulpified by the onionfish of Arden?"
        assert asked(shelf, question).status is AnswerStatus.NOT_IN_SOURCES
        answer = answerer.answer(question, TERMINAL, today=TODAY)
        assert answer.quotes[0].text == "Der Zwiebelfisch verschluckte in Arden eine Armbanduhr."
        assert "Zwiebelfisch" not in repr((answer.question, answer.missing))
        lines = [line.partition("] ")[2] for line in model.requests[0].user.splitlines()]
        assert "onionfish" in lines
        assert "Arden" not in lines, "names stay as they are"


def test_a_translation_that_asks_something_else_is_not_looked_for() -> None:
    with shelf_of(*reports(5)) as shelf:
        for other in ("Who closed the road?", "How many metres did the dam near Elva lose?", "", "?" * 9999):
            _, answerer = translating(shelf, {FRENCH: other})
            assert answerer.answer(FRENCH, TERMINAL, today=TODAY).status is AnswerStatus.NOT_IN_SOURCES


async def test_who_may_not_wait_has_it_asked_before_and_waits_for_nothing() -> None:
    with shelf_of(*reports(5)) as shelf:
        model, answerer = translating(shelf, {FRENCH: "How many metres of wall did the dam of Corvo lose?"})

        def answered() -> AnswerStatus:
            return answerer.answer_with_more(FRENCH, TERMINAL, today=TODAY, may_wait=False)[0].status

        assert answered() is AnswerStatus.NOT_IN_SOURCES
        assert not model.requests
        assert await answerer.prepare_words(FRENCH, today=TODAY, payer=OURSELVES)
        assert answered() is AnswerStatus.ANSWERED
        assert await answerer.prepare_words(FRENCH, today=TODAY, payer=OURSELVES)
        assert not await answerer.prepare_words("Who won the chess tournament?", today=TODAY, payer=OURSELVES)
        assert len(model.requests) == 1


def test_no_model_is_asked_where_words_were_enough_or_nothing_is_abroad() -> None:
    with shelf_of(*reports(5)) as shelf:
        model, answerer = translating(shelf, {})
        answerer.answer("How many metres did the dam near Corvo lose?", TERMINAL, today=TODAY)
        answerer.answer("Who won the chess tournament?", TERMINAL, today=TODAY)
        assert not model.requests


@pytest.mark.parametrize(
    "said", ["dam", "the dam near Corvo lost metres of its wall", "", "…\x00\ud800", "dam " * 5000]
)
def test_a_model_that_says_one_thing_for_everything_makes_no_answer(said: str) -> None:
    words = dict.fromkeys(("championnat", "échecs", "remporté", "année", "dernière", "Qui"), said)
    with shelf_of(*reports(5)) as shelf:
        model, answerer = translating(shelf, words)
        answer = answerer.answer("Qui a remporté le championnat des échecs ?", TERMINAL, today=TODAY)
        assert model.requests
        assert answer.status is AnswerStatus.NOT_IN_SOURCES
