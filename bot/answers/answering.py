"""Answering without a model: the answer is its quotes, ordered and attributed, with what contradicts them."""

from __future__ import annotations

from typing import TYPE_CHECKING, Protocol

from bot.answers.conflicts import figure_sides, reversal_sides
from bot.answers.decision import decide
from bot.answers.evidence import Candidate, Evidence, EvidenceSearch
from bot.answers.question import Question, analyse_question
from bot.answers.wording import explanation
from bot.domain import Answer, AnswerStatus, Conflict, Scope, ShownQuote, Side
from bot.quotes.showing import show_part, show_sentence

if TYPE_CHECKING:
    from collections.abc import Iterable, Mapping, Sequence
    from datetime import date

    from bot.answers.conflicts import Stated
    from bot.answers.decision import Decision
    from bot.answers.evidence import Meaning
    from bot.domain import StoredVersion
    from bot.language_model.port import Payer
    from bot.library.search_index import SearchIndex
    from bot.library.store import Membership

MOST_QUOTES = 3
MOST_NEAREST = 3
MOST_SHOWN_TO_A_MODEL = 14  # sentences; over five reports a prompt stays below 2,500 tokens
_OF_ANOTHER_STORY = 0.55  # of the best score: what another story says a model is shown only where it fits so well
MOST_NEWS = 5  # reports that a question about nothing but a period is answered with
_PASSAGES_OF_A_PERIOD = 200
# A further quote has to be nearly as good as the first, or it dilutes the answer. Scores are logarithms of odds: this
# far behind, a sentence is a fifth as likely to be the right one.
NEARLY_AS_GOOD = 1.6
_CORRESPONDING = 2.5  # a copy's sentence may score this much less: it is said in another language


class Library(Protocol):
    """What answering needs of the library."""

    def versions(self, scope: Scope | None, version_ids: Iterable[int]) -> Mapping[int, StoredVersion]: ...

    def memberships(self, scope: Scope | None, document_ids: Iterable[int]) -> Mapping[int, Membership]: ...


class Widening(Protocol):
    """Who knows further ways to say what a question asks for."""

    def widened(self, question: Question, payer: Payer | None, *, may_wait: bool) -> Question:
        """The question with these; itself where there are none. Never raises."""
        ...

    async def prepare(self, question: Question, payer: Payer) -> bool:
        """Have these ready for who may not wait; whether there are any. Never raises but for being cancelled."""
        ...


class Answerer:
    """Answers questions from what a scope may see. Calls block on the disk; safe to call again.

    `meaning` and `widening` help to find what words alone do not; with a model behind them, a call waits for it, too.
    """

    def __init__(
        self, index: SearchIndex, library: Library, *, meaning: Meaning | None = None, widening: Widening | None = None
    ) -> None:
        self._index = index
        self._library = library
        self._meaning, self._widening = meaning, widening
        self._evidence = EvidenceSearch(index, library, meaning)

    async def prepare(self, *texts: str) -> None:
        """Have ready what an embedder says of questions, so that who answers them need not wait for it."""
        if self._meaning is not None:
            for text in texts:
                await self._meaning.prepare(text)

    async def prepare_words(self, text: str, *, today: date, language: str = "", payer: Payer) -> bool:
        """Ask a model for what a refused question's words are called elsewhere; whether to answer it again."""
        if self._widening is None:
            return False
        import asyncio  # which `verbatim ask` has no need of

        question = await asyncio.to_thread(analyse_question, text, today=today, language=language)
        return await self._widening.prepare(question, payer)

    def answer(
        self,
        text: str,
        scope: Scope,
        *,
        today: date,
        language: str = "",
        payer: Payer | None = None,
        may_wait: bool = True,
    ) -> Answer:
        """Answer a question, or say that the sources do not, with the nearest passages. Never raises for any text."""
        question = analyse_question(text, today=today, language=language)
        if not question.keys and question.since is not None:
            return self._news_of(question, scope)
        evidence, decision = self._found(question, scope, payer, may_wait=may_wait)
        reports = _Reports(evidence)
        if not decision.enough:
            return self._refusal(question, evidence, decision, reports, scope, today)
        return self._answer(evidence.question, evidence, decision, reports)

    def _found(
        self, question: Question, scope: Scope, payer: Payer | None, *, may_wait: bool
    ) -> tuple[Evidence, Decision]:
        """The evidence for a question; where it is not enough, with what the question's words mean elsewhere."""
        evidence = self._evidence.gather(question, scope)
        decision = decide(evidence)
        if decision.enough or self._widening is None:
            return evidence, decision
        wider = self._widening.widened(question, payer, may_wait=may_wait)
        if wider is question:
            return evidence, decision
        further = self._evidence.gather(wider, scope)
        decided = decide(further)
        return (further, decided) if decided.enough or not evidence.candidates else (evidence, decision)

    def _news_of(self, question: Question, scope: Scope) -> Answer:
        """What a period brought, for a question that names nothing else ("What happened since Monday?")."""
        hits = self._index.newest(scope, limit=_PASSAGES_OF_A_PERIOD, since=question.since, until=question.until)
        leads = [hit.version_id for hit in hits if hit.number == 0]
        versions = self._library.versions(scope, leads)
        memberships = self._library.memberships(scope, {v.facts.document_id for v in versions.values()})
        quotes: list[ShownQuote] = []
        told: set[int] = set()
        for version in (versions[i] for i in dict.fromkeys(leads) if i in versions):
            document = version.facts.document_id
            membership = memberships.get(document)
            report = membership.report_id if membership else document
            if report in told or not version.sentences or version.facts.published.known_day is None:
                continue  # when a file was written here says nothing of when its news was
            shown = show_sentence(version, 0, report_id=report, copies=membership.copies if membership else 1)
            if shown is not None:
                told.add(report)
                quotes.append(shown)
            if len(quotes) == MOST_NEWS:
                break
        reason = "" if quotes else "nothing-in-period"
        period = question.period_words
        return Answer(
            question=question.text,
            language=question.language,
            status=AnswerStatus.ANSWERED if quotes else AnswerStatus.NOT_IN_SOURCES,
            reason=reason,
            explanation=explanation(reason, question.language, wanted=question.wanted, about=(), period=period)
            if reason
            else "",
            quotes=tuple(quotes),
            confidence=1.0 if quotes else 0.0,
        )

    def gather(self, question: Question, scope: Scope) -> Evidence:
        """The evidence for an analysed question: for measuring and for teaching the ranking."""
        return self._evidence.gather(question, scope)

    def ranked(self, text: str, scope: Scope, *, today: date, most: int = 10) -> tuple[float, list[ShownQuote]]:
        """The confidence and the best sentences in order, answer or not: for measuring the engine."""
        question = analyse_question(text, today=today)
        evidence = self._evidence.gather(question, scope)
        decision = decide(evidence)
        reports = _Reports(evidence)
        quotes = (reports.show(candidate) for candidate in evidence.candidates[:most])
        return decision.confidence, [quote for quote in quotes if quote is not None]

    def answer_with_more(
        self,
        text: str,
        scope: Scope,
        *,
        today: date,
        language: str = "",
        most: int = MOST_SHOWN_TO_A_MODEL,
        payer: Payer | None = None,
        may_wait: bool = True,
    ) -> tuple[Answer, tuple[ShownQuote, ...], tuple[str, ...]]:
        """The answer, what else of the evidence speaks to the question, and the sentence before each of all these.

        That is what a model is shown: `most` sentences at the most, best first, no report's copies twice. Who may not
        wait prepares what models say before (`prepare`, `prepare_words`).
        """
        question = analyse_question(text, today=today, language=language)
        if not question.keys and question.since is not None:
            answer = self._news_of(question, scope)
            return answer, (), ("",) * len(answer.quotes)
        evidence, decision = self._found(question, scope, payer, may_wait=may_wait)
        reports = _Reports(evidence)
        if not decision.enough:
            return self._refusal(question, evidence, decision, reports, scope, today), (), ()
        answer = self._answer(evidence.question, evidence, decision, reports)
        held = {quote.quote for quote in answer.quotes}
        kept = [c for c in evidence.candidates if c.key in {(q.version_id, q.start) for q in held}]
        more: list[ShownQuote] = []
        before = {c.key: _before(c) for c in evidence.candidates}
        stories = {_story_of(candidate, evidence) for candidate in kept}
        for candidate in evidence.candidates:
            if len(held) >= most:
                break
            far = candidate.score < _OF_ANOTHER_STORY * evidence.candidates[0].score
            if far and _story_of(candidate, evidence) not in stories:
                continue
            if any(_says_the_same(candidate, other, reports) for other in kept):
                continue
            shown = reports.show(candidate)
            if shown is not None and shown.quote not in held:
                held.add(shown.quote)
                kept.append(candidate)
                more.append(shown)
        every = (*answer.quotes, *more)
        return answer, tuple(more), tuple(before.get((q.quote.version_id, q.quote.start), "") for q in every)

    def _answer(self, question: Question, evidence: Evidence, decision: Decision, reports: _Reports) -> Answer:
        chosen = choose(evidence, decision, reports)
        conflicts = []
        figures = figure_sides(evidence, reports.report_of)
        if figures:
            about = question.focus.words if question.focus else ""
            conflicts.append(_conflict("contradiction", about, figures, reports))
        reversal = reversal_sides(evidence, reports.report_of)
        if reversal:
            about = " ".join(key.words for key in question.keys if key.is_verb)
            conflicts.append(_conflict("reversal", about, reversal, reports))
        quotes = [shown for c in chosen if (shown := reports.show(c)) is not None]
        held = {quote.quote for quote in quotes}
        for conflict in conflicts:
            for side in conflict.sides:
                if not held.intersection(shown.quote for shown in side.quotes):
                    quotes.append(side.quotes[0])
                    held.add(side.quotes[0].quote)
        return Answer(
            question=question.text,
            language=question.language,
            status=AnswerStatus.ANSWERED,
            reason="",
            explanation="",
            quotes=tuple(quotes),
            conflicts=tuple(conflicts),
            confidence=decision.confidence,
            missing=tuple(key.words for key in decision.missing),
        )

    def _refusal(
        self, question: Question, evidence: Evidence, decision: Decision, reports: _Reports, scope: Scope, today: date
    ) -> Answer:
        reason = decision.reason
        if question.period_words and reason == "nothing-about":
            whenever = analyse_question(
                question.text.replace(question.period_words, " "), today=today, language=question.language
            )
            if decide(self._evidence.gather(whenever, scope)).enough:
                reason = "before-period"
        missing = [key.words for key in decision.missing]
        about = (
            missing
            if reason == "nothing-about"
            else [key.words for key in question.keys if key.is_focus or key.is_name]
        )
        about = about or [key.words for key in question.keys[:2]]
        nearest = choose_nearest(evidence, reports)
        return Answer(
            question=question.text,
            language=question.language,
            status=AnswerStatus.NOT_IN_SOURCES,
            reason=reason,
            explanation=explanation(
                reason, question.language, wanted=question.wanted, about=about, period=question.period_words
            ),
            quotes=(),
            nearest=tuple(shown for c in nearest if (shown := reports.show(c)) is not None),
            confidence=decision.confidence,
            missing=tuple(missing),
        )


class _Reports:
    """The reports that the candidates belong to."""

    def __init__(self, evidence: Evidence) -> None:
        self._of = evidence.memberships

    def report_of(self, candidate: Candidate) -> int:
        """The report of a candidate's document; a document that was not grouped yet is a report of its own."""
        document = candidate.version.facts.document_id
        membership = self._of.get(document)
        return membership.report_id if membership else document

    def copies_of(self, candidate: Candidate) -> int:
        membership = self._of.get(candidate.version.facts.document_id)
        return membership.copies if membership else 1

    def show(self, candidate: Candidate) -> ShownQuote | None:
        """The candidate as a quote; None when it may not be shown."""
        return show_part(
            candidate.version,
            candidate.index,
            candidate.start,
            candidate.end,
            report_id=self.report_of(candidate),
            copies=self.copies_of(candidate),
        )


def choose(evidence: Evidence, decision: Decision, reports: _Reports) -> list[Candidate]:
    """The quotes of the answer: the best sentence, then others nearly as good; a report's copies speak once."""
    chosen: list[Candidate] = []
    best = decision.answering[0]
    for candidate in decision.answering:
        if len(chosen) == MOST_QUOTES:
            break
        if candidate.score < best.score - NEARLY_AS_GOOD:
            continue
        if any(_says_the_same(candidate, other, reports) for other in chosen):
            continue
        chosen.append(_best_copy(candidate, evidence, reports))
    return chosen


def _before(candidate: Candidate) -> str:
    """The sentence before a candidate in its paragraph."""
    sentences = candidate.version.sentences
    if not candidate.index or sentences[candidate.index - 1].paragraph != candidate.sentence.paragraph:
        return ""
    before = sentences[candidate.index - 1]
    return candidate.version.text[before.start : before.end]


def choose_nearest(evidence: Evidence, reports: _Reports) -> list[Candidate]:
    """The passages that come nearest to a question without an answer, one a document."""
    nearest: list[Candidate] = []
    for candidate in evidence.candidates:
        if all(reports.report_of(candidate) != reports.report_of(other) for other in nearest):
            nearest.append(candidate)
        if len(nearest) == MOST_NEAREST:
            break
    return nearest


def _story_of(candidate: Candidate, evidence: Evidence) -> int:
    key = candidate.version.facts.document_id
    membership = evidence.memberships.get(key)
    return membership.story_id if membership else key


def _says_the_same(one: Candidate, other: Candidate, reports: _Reports) -> bool:
    """Whether two sentences are the same place of one report, or of its copies."""
    if one.version.facts.id == other.version.facts.id:
        return one.start == other.start
    if reports.report_of(one) != reports.report_of(other):
        return False
    return _alike(one, other)


def _alike(one: Candidate, other: Candidate) -> bool:
    """Whether two sentences of copies correspond: they match the question's keys alike and stand in like places."""
    place_one = one.index / max(1, len(one.version.sentences))
    place_other = other.index / max(1, len(other.version.sentences))
    return abs(place_one - place_other) < 0.12


def _best_copy(candidate: Candidate, evidence: Evidence, reports: _Reports) -> Candidate:
    """Of corresponding sentences in copies, the original's; then the one in the asker's language."""
    same = [
        c
        for c in evidence.candidates
        if reports.report_of(c) == reports.report_of(candidate)
        and c.version.facts.id != candidate.version.facts.id
        and _alike(c, candidate)
        and c.score >= candidate.score - _CORRESPONDING
    ]

    def preference(c: Candidate) -> tuple[bool, bool, float]:
        return (c.version.facts.translation is None, c.version.facts.language == evidence.question.language, c.score)

    return max([candidate, *same], key=preference)


def _conflict(kind: str, about: str, stated: Sequence[Stated], reports: _Reports) -> Conflict:
    sides = []
    for one in stated:
        by_report: dict[int, Candidate] = {}
        for candidate in one.candidates:
            known = by_report.get(reports.report_of(candidate))
            if known is None or (known.version.facts.translation and not candidate.version.facts.translation):
                by_report[reports.report_of(candidate)] = candidate
        quotes = tuple(shown for c in by_report.values() if (shown := reports.show(c)) is not None)
        if quotes:
            by = quotes[0].said_by or quotes[0].outlet or quotes[0].document
            sides.append(Side(one.value, by, quotes, len(by_report), one.bound))
    return Conflict(kind, about, tuple(sides))
