"""Which sentences of a document carry its news: near the top, with figures and names, about what the title is about."""

from __future__ import annotations

import math
import re
from collections import Counter, OrderedDict
from threading import Lock
from typing import TYPE_CHECKING

from bot.briefs.background import past_sentence
from bot.documents.metadata import service_line
from bot.library.search_terms import terms_of_text
from bot.quotes.speech import unverified_marks
from bot.stories.figures import figures_in

if TYPE_CHECKING:
    from collections.abc import Iterable

    from bot.domain import StoredVersion

_SHORTEST, _LONGEST = 40, 420  # code points of a sentence that stands by itself
# A sentence that leans on the one before it does not stand by itself.
_LEANS = re.compile(
    r"(?:„|“|\"|»|«)?(?:Er|Sie|Es|Dies\w*|Das|Damit|Dabei|Daher|Deshalb|Zudem|Auch|Außerdem|Allerdings|Doch|Aber|Dadurch|"
    r"He|She|It|They|This|That|These|Those|But|However|Also|Meanwhile|Therefore|His|Her|Their)\b"
)
_BRACKETED = re.compile(r"\(.{3,300}\)\Z", re.DOTALL)  # a paragraph in brackets is a note on the document
# Words to a machine or a crowd, or to get somebody to press something, tell no news.
_LURES = re.compile(
    r"@(?:everyone|here|channel)\b|<[!@#]|https?://|\bwww\.|\b(?:click|klick\w*)\b|"
    r"\b(?:ignore|disregard|forget|ignorier\w*|vergiss|missachte)\b.{0,40}\b(?:instructions?|prompts?|rules|anweisung\w*|regeln)\b",
    re.I,
)
MOST_FIGURES_COUNTED = 3
_LOOKED_AT = 80  # sentences
_MOST_REMEMBERED = 6_000  # versions


def news_values(version: StoredVersion) -> list[tuple[int, float]]:
    """Every sentence that could stand in a card with its value, best first; credits and fragments are left out.

    Of a long document only the beginning is looked at.
    """
    return _REMEMBERED.get(version)


class _Memory:
    """The values of the last versions: briefs of many channels rank the same ones."""

    def __init__(self) -> None:
        self._lock = Lock()
        self._known: OrderedDict[tuple[int, str, str, str, str], list[tuple[int, float]]] = OrderedDict()

    def get(self, version: StoredVersion) -> list[tuple[int, float]]:
        facts = version.facts
        key = (facts.id, facts.text_sha256, facts.title, facts.language, str(facts.published.known_day))
        with self._lock:
            known = self._known.get(key)
        if known is None:
            known = _news_values(version)
            with self._lock:
                self._known[key] = known
                if len(self._known) > _MOST_REMEMBERED:
                    self._known.popitem(last=False)
        return known


_REMEMBERED = _Memory()


def _news_values(version: StoredVersion) -> list[tuple[int, float]]:
    facts = version.facts
    texts = [version.text[s.start : s.end] for s in version.sentences[:_LOOKED_AT]]
    terms = [frozenset(terms_of_text(text, facts.language)) for text in texts]
    frequent = Counter(term for one in terms for term in one)
    title = frozenset(terms_of_text(facts.title, facts.language))
    values = []
    for i, text in enumerate(texts):
        if not _SHORTEST <= len(text) <= _LONGEST or _is_note(text) or text.rstrip().endswith("?"):
            continue
        value = _value(i, text, terms[i], frequent, title, facts.language)
        if past_sentence(version, i).past() is not None:
            value -= 0.9  # what was known before
        values.append((i, value))
    if not values:
        # A very short document: any sentence is better than none.
        values = [(i, 1.0 / (1 + i)) for i, text in enumerate(texts) if not _is_note(text)]
    return sorted(values, key=lambda pair: (-pair[1], pair[0]))


def _is_note(text: str) -> bool:
    """Whether a sentence is about the document, not about the news: a credit, a note on an update."""
    return bool(service_line(text)) or _BRACKETED.match(text) is not None


def _value(
    i: int, text: str, terms: frozenset[str], frequent: Counter[str], title: frozenset[str], language: str
) -> float:
    central = sum(math.log1p(frequent[term] - 1) for term in terms) / math.sqrt(len(terms) + 1)
    figures = min(MOST_FIGURES_COUNTED, len(figures_in(text, language)))
    about_title = len(terms & title) / (len(title) or 1)
    value = 2.2 / (1 + 0.6 * i) + 0.55 * figures + 1.2 * about_title + 0.55 * central
    if _LEANS.match(text):
        value -= 0.9
    if text[0] in '„“"»«':
        value -= 0.35  # direct speech says how, seldom what
    if "not-verified" in unverified_marks(text, language):
        value -= 0.8  # a caveat belongs beside a claim, not in its place
    if _LURES.search(text):
        value -= 4.0
    return value


def pick_sentences(version: StoredVersion, most: int, *, avoid: Iterable[frozenset[str]] = ()) -> list[int]:
    """The `most` sentences that carry the news, best first, none saying again what another (or one to avoid) says."""
    facts = version.facts
    chosen: list[int] = []
    said = list(avoid)
    for i, _ in news_values(version):
        s = version.sentences[i]
        terms = frozenset(terms_of_text(version.text[s.start : s.end], facts.language))
        if any(repeats(terms, other) for other in said):
            continue
        chosen.append(i)
        said.append(terms)
        if len(chosen) == most:
            break
    return chosen


def repeats(one: frozenset[str], other: frozenset[str]) -> bool:
    """Whether two sentences of one language say nearly the same."""
    shorter = min(len(one), len(other))
    return shorter > 0 and len(one & other) >= 0.65 * shorter
