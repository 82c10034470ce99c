"""Evidence: sentences of what the scope may see, scored one by one, each of them quotable."""

from __future__ import annotations

from collections.abc import Iterable, Mapping, Sequence
from datetime import date
from itertools import pairwise

import pytest
from hypothesis import given, settings
from hypothesis import strategies as st

from bot.answers.evidence import LONGEST_QUOTE, LONGEST_UNCUT, Candidate, Evidence, EvidenceSearch, parts_of
from bot.answers.question import analyse_question
from bot.domain import TERMINAL, Scope, Sentence, StoredVersion, VersionFacts
from bot.library.said_terms import Said
from bot.library.search_index import Asked, Hit
from bot.library.store import Membership
from bot.quotes.cutting import quotable
from tests.shelf import Shelf, shelf_of
from tests.versions import version_of

WEDNESDAY = date(2031, 5, 14)


def gathered(shelf: Shelf, text: str, scope: Scope = TERMINAL) -> Evidence:
    return shelf.evidence.gather(analyse_question(text, today=WEDNESDAY), scope)


class LyingIndex:
    """An index that finds everything for everyone."""

    def __init__(self, versions: Sequence[StoredVersion]) -> None:
        self._ids = [version.facts.id for version in versions]

    def search(
        self, asked: Sequence[Asked], scope: Scope, *, limit: int, since: date | None = None, until: date | None = None
    ) -> list[Hit]:
        return [Hit(id_, 0, 5.0) for id_ in self._ids]

    def document_frequency(self, term: str) -> int:
        return 1

    def passage_count(self) -> int:
        return len(self._ids)

    def said(self, versions: Iterable[VersionFacts]) -> Mapping[int, Said]:
        return {}


class CarelessLibrary:
    """A library that hands out everything to everyone."""

    def __init__(self, versions: Sequence[StoredVersion]) -> None:
        self._versions = {version.facts.id: version for version in versions}

    def versions(self, scope: Scope | None, version_ids: Iterable[int]) -> Mapping[int, StoredVersion]:
        return {id_: self._versions[id_] for id_ in version_ids}

    def memberships(self, scope: Scope | None, document_ids: Iterable[int]) -> Mapping[int, Membership]:
        return {}


def test_a_scope_never_sees_what_is_not_its_own_even_if_index_and_library_say_so() -> None:
    text = "The harbour of Velmark is closed."
    audiences = ["*", "w:red", "w:red/c:one", "w:red/c:two", "w:blue", "w:terminal"]
    versions = [version_of(text, id=i, audience=audience) for i, audience in enumerate(audiences, 1)]
    search = EvidenceSearch(LyingIndex(versions), CarelessLibrary(versions))
    question = analyse_question("Is the harbour of Velmark closed?", today=WEDNESDAY)

    def seen(scope: Scope) -> set[str]:
        return {c.version.audience for c in search.gather(question, scope).candidates}

    assert seen(Scope("red")) == {"*", "w:red"}
    assert seen(Scope("red", "one")) == {"*", "w:red", "w:red/c:one"}
    assert seen(Scope("blue")) == {"*", "w:blue"}
    assert seen(Scope("green")) == {"*"}


def test_the_sentence_that_answers_comes_before_its_neighbours() -> None:
    text = "The harbour was quiet. Karsow sent 12,000 soldiers to Velmark. The weather was mild. Fishermen went home."
    with shelf_of(version_of(text), version_of("The bakery sells bread. Its owner likes rye.", id=2)) as shelf:
        best = gathered(shelf, "How many soldiers did Karsow send to Velmark?").candidates[0]
    assert best.text == "Karsow sent 12,000 soldiers to Velmark."


def test_a_sentence_that_says_all_that_is_asked_beats_one_that_says_half() -> None:
    half = version_of("Karsow sent a letter to the mayor of the town on the hill.", id=1)
    whole = version_of("Karsow sent a ship to Velmark with grain for the winter.", id=2)
    with shelf_of(half, whole) as shelf:
        candidates = gathered(shelf, "Which ship did Karsow send to Velmark?").candidates
    assert [c.version.facts.id for c in candidates] == [2, 1]
    assert candidates[0].coverage > candidates[1].coverage


def test_what_stands_around_a_sentence_lends_it_names() -> None:
    lent = version_of("Jana Brandt came to Velmark. She opened the new dam with a speech.", id=1)
    bare = version_of("Somebody came to the village. She opened the new dam with a speech.", id=2)
    with shelf_of(lent, bare) as shelf:
        candidates = gathered(shelf, "When did Jana Brandt open the dam?").candidates
    opened = {c.version.facts.id: c.coverage for c in candidates if c.text.startswith("She")}
    assert opened[1] > opened[2]


def test_a_german_question_finds_an_english_sentence() -> None:
    english = version_of("Karsow sent 12,000 soldiers to Velmark.")
    with shelf_of(english, version_of("Die Bäckerei verkauft Brot.", id=2, language="de")) as shelf:
        found = gathered(shelf, "Wie viele Soldaten schickte Karsow nach Velmark?").candidates
    assert found[0].text == "Karsow sent 12,000 soldiers to Velmark."


def test_a_period_leaves_older_documents_out() -> None:
    old = version_of("Velmark closed its harbour.", id=1, day=date(2031, 5, 1))
    new = version_of("Velmark opened its harbour.", id=2, day=date(2031, 5, 13))
    with shelf_of(old, new) as shelf:
        found = gathered(shelf, "What happened in the harbour of Velmark since Monday?").candidates
    assert {c.version.facts.id for c in found} == {2}


def test_the_weights_of_the_keys_sum_to_one_and_the_rare_weigh_more() -> None:
    texts = ["The harbour is open."] * 9 + ["The harbour has a lighthouse."]
    with shelf_of(*(version_of(text, id=i) for i, text in enumerate(texts, 1))) as shelf:
        evidence = gathered(shelf, "Where is the lighthouse of the harbour?")
    weights = dict(zip((key.words for key in evidence.question.keys), evidence.weights, strict=True))
    assert abs(sum(evidence.weights) - 1) < 1e-9
    assert weights["lighthouse"] > weights["harbour"]


def test_nothing_is_found_in_an_empty_library() -> None:
    with shelf_of() as shelf:
        assert gathered(shelf, "Who closed the harbour of Velmark?").candidates == ()


def test_copies_are_candidates_each_by_itself() -> None:
    text = "Karsow sent 12,000 soldiers to Velmark."
    with shelf_of(version_of(text, id=1), version_of(text, id=2), copies={2: 1}) as shelf:
        found = gathered(shelf, "How many soldiers did Karsow send?").candidates
    assert {c.version.facts.id for c in found} == {1, 2}


LONG = "The council of Velmark met, " + ", ".join(
    f"member number {n} spoke of the harbour and of the {n * 111} ships that had been seen there" for n in range(1, 15)
) + ", and went home."  # fmt: skip


def test_a_long_sentence_is_cut_between_clauses() -> None:
    parts = parts_of(LONG, Sentence(0, len(LONG), 0))
    assert len(parts) > 2
    assert (parts[0][0], parts[-1][1]) == (0, len(LONG))
    for start, end in parts:
        assert end - start <= LONGEST_QUOTE
        assert not quotable(LONG, start, end)
    for _, end in parts[:-1]:
        assert LONG[end - 1] in ",;:–—)"


def test_a_part_of_a_long_sentence_is_what_is_found() -> None:
    with shelf_of(version_of(LONG)) as shelf:
        best = gathered(shelf, "Which member spoke of the 1110 ships?").candidates[0]
    assert "member number 10 spoke" in best.text
    assert len(best.text) <= LONGEST_QUOTE


def test_a_sentence_without_clauses_stays_whole_until_it_is_endless() -> None:
    words = "word " * 100
    assert parts_of(words, Sentence(0, 499, 0)) == [(0, 499)]
    endless = "word " * 100_000
    parts = parts_of(endless, Sentence(0, len(endless) - 1, 0))
    assert max(end - start for start, end in parts) <= LONGEST_UNCUT
    assert sum(endless.count("word", start, end) for start, end in parts) > 99_000
    assert all(not quotable(endless, *part) for part in parts[:50])


def test_an_endless_word_is_no_candidate() -> None:
    word = "a" * 1_000_000
    assert parts_of(word, Sentence(0, len(word), 0)) == []
    with shelf_of(version_of(word)) as shelf:
        assert gathered(shelf, "Who closed the harbour?").candidates == ()


@settings(max_examples=60, deadline=None)
@given(st.text(alphabet="ab12,.;: )\u0301\u202e–\n", max_size=1_500))
def test_parts_of_any_text_are_in_order_and_apart(text: str) -> None:
    parts = parts_of(text, Sentence(0, len(text), 0))
    assert parts[0][0] == 0
    assert parts[-1][1] == len(text)
    for (_, end), (start, _) in pairwise(parts):
        assert end <= start
        assert not text[end:start].strip()


def test_a_copy_in_another_language_supports_the_sentence_in_the_same_place() -> None:
    english = version_of("The harbour was quiet. Ferries brought rye. Karsow closed the market of Velmark.", id=1)
    german = version_of(
        "Der Hafen war still. Fähren brachten Roggen. Karsow schloss den Markt von Velmark.", id=2, language="de"
    )
    asked = "Who closed the market of Velmark?"
    with shelf_of(english, german) as shelf:
        alone = gathered(shelf, asked).candidates
    with shelf_of(english, german, copies={2: 1}) as shelf:
        together = gathered(shelf, asked).candidates

    def lead(found: Sequence[Candidate]) -> float:
        return found[0].score - next(c.score for c in found if c.text == "Ferries brought rye.")

    assert [c.text for c in together[:2]] == [c.text for c in alone[:2]]
    assert together[0].text == "Karsow closed the market of Velmark."
    assert lead(together) > lead(alone)


def test_a_copy_in_the_same_words_supports_nothing() -> None:
    text = "The harbour was quiet. Karsow closed the market of Velmark."
    with shelf_of(version_of(text), version_of(text, id=2), copies={2: 1}) as shelf:
        copied = gathered(shelf, "Who closed the market of Velmark?").candidates[0].score
    with shelf_of(version_of(text), version_of(text, id=2)) as shelf:
        assert gathered(shelf, "Who closed the market of Velmark?").candidates[0].score == pytest.approx(copied)


def test_what_is_kept_of_sentences_is_what_would_be_worked_out(monkeypatch: pytest.MonkeyPatch) -> None:
    german = "Die Armee räumte am Montag das Lager in Velmark ein. Karsow schickte 12.000 Soldaten.\n\nEs regnete. " * 3
    texts = [("de", german, "Soldaten in Velmark"), ("en", LONG, "Council of Velmark"), ("en", "It rained in Velmark.", "")]
    versions = [version_of(text, id=i, language=language, title=title) for i, (language, text, title) in enumerate(texts, 1)]
    questions = ("Wann räumte die Armee das Lager ein?", "How many ships had been seen in Velmark?", "Soldiers of Karsow?")
    with shelf_of(*versions) as shelf:
        kept = [gathered(shelf, question).candidates for question in questions]
        assert set(shelf.index.said([one.facts for one in versions])) == {1, 2, 3}
        monkeypatch.setattr(shelf.index, "said", lambda _: {})
        again = EvidenceSearch(shelf.index, shelf)
        for question, candidates in zip(questions, kept, strict=True):
            assert again.gather(analyse_question(question, today=WEDNESDAY), TERMINAL).candidates == candidates
            assert candidates
