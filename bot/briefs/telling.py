"""What a version tells that a later report may change: figures, names, and what somebody denies or acknowledges."""

from __future__ import annotations

import re
from collections import OrderedDict
from dataclasses import dataclass, replace
from threading import Lock
from typing import TYPE_CHECKING

from bot.briefs.background import Past, past_sentence
from bot.briefs.news_value import news_values
from bot.domain import Figure
from bot.languages.lexicon import is_german_noun, is_known
from bot.languages.names import name_key
from bot.languages.numbers import numbers_in
from bot.languages.units import DURATIONS
from bot.languages.words import is_stop_word, words_in
from bot.library.search_terms import name_term
from bot.quotes.showing import show_sentence
from bot.stories.clauses import FATES, HYPOTHETICAL, clause_around, fates_in
from bot.stories.figures import counted_word, figures_in, shared_keys
from bot.stories.fingerprints import NEGATIONS, anchors_of

if TYPE_CHECKING:
    from collections.abc import Sequence

    from bot.domain import ShownQuote, StoredVersion
    from bot.languages.numbers import NumberMention
    from bot.languages.words import Word

SENTENCES_WITH_FIGURES = 12  # a document's figures are looked for in so many of its best sentences
_SENTENCES_READ = 60  # for what is denied
_SENTENCES_WITH_NAMES = 4
_SMALLEST_COUNT = 2  # "one soldier" is mostly no count
_LONGEST_SENTENCE = 1_200  # code points
_FIGURES_OF_A_SENTENCE = 6  # more are a table
_FIGURES = 24  # of a document
_REMEMBERED = 3_000  # versions
_TITLE_CASE = 0.6  # share of capitals from which an English title says nothing about names
_NO_COUNT = DURATIONS | {"°", "°C", "°F"}  # ages, deadlines and weather are seldom what a story is about


Words = tuple[frozenset[str], ...]  # of each word the keys that both languages share


@dataclass(frozen=True, slots=True, eq=False)
class ToldFigure:
    """A figure where it was told, with what its sentence speaks of."""

    figure: Figure
    what: str  # the word for what is counted; empty for money and shares
    names: frozenset[str]
    described: frozenset[str]  # names that stand between the number and what it counts: "12,000 Karsow soldiers"
    words: Words  # of those that carry news
    senses: frozenset[str]  # all of their keys
    near: Words  # those of its own clause, without what is counted
    fates: frozenset[str]  # what befell the counted
    forecast: bool
    rank: int  # of its sentence among the document's best, from 0
    version: StoredVersion
    sentence: int
    past: Past | None = None  # it is background, of an earlier time
    total: bool = False  # it says how many there are in all: "the death toll rose to 14"

    @property
    def value(self) -> tuple[float, float | None]:
        return self.figure.value, self.figure.upper

    @property
    def counts(self) -> bool:
        """Whether it counts or measures something that a story may be about."""
        return not self.figure.things & _NO_COUNT


@dataclass(frozen=True, slots=True, eq=False)
class Stand:
    """A sentence in which somebody denies something, or acknowledges it."""

    denies: bool
    names: frozenset[str]  # of all the sentence
    who: frozenset[str]  # the names before the verb in its clause, in German those after it where none stands before
    who_words: Words  # the words there
    about: Words  # the words of the sentence but names, the verb and who
    first: bool  # it says so for the first time
    leans: bool  # it says "it" or "their": what it is about stands before it
    before: Words  # the words of the sentence before it
    start: int  # the clause that says so, within the sentence
    end: int
    version: StoredVersion
    sentence: int
    past: Past | None = None  # it tells of an earlier time: "Brenner had denied the talks"


@dataclass(frozen=True, slots=True, eq=False)
class Name:
    """A name of at least two words, or one that no dictionary knows, where it stands in a sentence."""

    text: str
    keys: frozenset[str]
    start: int
    end: int
    sentence: int


@dataclass(frozen=True, slots=True, eq=False)
class Telling:
    """All that a version tells."""

    version: StoredVersion
    figures: tuple[ToldFigure, ...]
    stands: tuple[Stand, ...]
    names: tuple[Name, ...]  # of its best sentences
    name_keys: frozenset[str]  # of every capitalised word of its title and text
    values: frozenset[float]  # every number of its text
    claims: tuple[tuple[int, frozenset[str], frozenset[str]], ...]  # its best sentences: keys of words, names


class _Memory:
    """The last tellings: many channels are told of the same documents."""

    def __init__(self) -> None:
        self._lock = Lock()
        self._known: OrderedDict[tuple[int, str], Telling] = OrderedDict()

    def get(self, version: StoredVersion) -> Telling:
        key = (version.facts.id, version.facts.text_sha256)
        with self._lock:
            known = self._known.get(key)
            if known is not None and known.version.facts == version.facts:
                self._known.move_to_end(key)
                return known
        made = _telling(version)
        with self._lock:
            self._known[key] = made
            if len(self._known) > _REMEMBERED:
                self._known.popitem(last=False)
        return made


_MEMORY = _Memory()


def shown(version: StoredVersion, sentence: int, *, report_id: int = 0, copies: int = 1) -> ShownQuote | None:
    """A sentence as a quote, marked where all of it is background; None where it may not be shown."""
    quote = show_sentence(version, sentence, report_id=report_id, copies=copies)
    if quote is None or past_sentence(version, sentence).past() is None:
        return quote
    return replace(quote, caveats=(*quote.caveats, "background"))


def telling_of(version: StoredVersion) -> Telling:
    """What a version tells; read once as long as it is remembered."""
    return _MEMORY.get(version)


def _telling(version: StoredVersion) -> Telling:
    language = version.facts.language
    best = [i for i, _ in news_values(version)[:SENTENCES_WITH_FIGURES]]
    read = {i: _Sentence(version, i) for i in best}
    figures: list[ToldFigure] = []
    for rank, i in enumerate(best):
        figures += _figures(read[i], rank)[: _FIGURES - len(figures)] if len(figures) < _FIGURES else []
    stands: list[Stand] = []
    for i in range(min(len(version.sentences), _SENTENCES_READ)):
        s = version.sentences[i]
        if _STAND.search(version.text, s.start, min(s.end, s.start + _LONGEST_SENTENCE)):
            before = read.get(i - 1) or (_Sentence(version, i - 1) if i else None)
            stand = _stand(read.get(i) or _Sentence(version, i), before)
            stands += [stand] if stand else []
    names = [name for i in best[:_SENTENCES_WITH_NAMES] for name in _names(read[i])]
    every = {name_key(w) for w in _CAPITALISED.findall(f"{version.facts.title}\n{version.text[:_MOST_TEXT]}")}
    values = {n.value for n in numbers_in(version.text[:_MOST_TEXT], language)}
    return Telling(
        version, tuple(figures), tuple(stands), tuple(names), frozenset(every), frozenset(values),
        tuple((i, frozenset().union(*read[i].about), read[i].names) for i in best),
    )  # fmt: skip


_MOST_TEXT = 24_000
_CAPITALISED = re.compile(r"\b[^\W\d_a-z][\w'’]{1,60}")


class _Sentence:
    """A sentence, its words and names."""

    def __init__(self, version: StoredVersion, number: int) -> None:
        s = version.sentences[number]
        self.version, self.number = version, number
        self.language = version.facts.language
        self.text = version.text[s.start : min(s.end, s.start + _LONGEST_SENTENCE)]
        self.words = words_in(self.text, self.language)
        self.told = [w for w in self.words if w.kind != "word" or not is_stop_word(w.text, self.language)]
        self.names = self.names_among(self.told)
        self.keys = tuple([shared_keys(w, self.language) for w in self.told if w.kind == "word"])
        self.senses = frozenset().union(*self.keys)
        self.named = {
            w.start for w in self.told if any(a[0] == "@" for a in anchors_of(w, self.language, at_start=w.start == 0))
        }

    def past_at(self, start: int, end: int) -> Past | None:
        """Whether what stands there is background."""
        return past_sentence(self.version, self.number).past_at(start, end)

    @property
    def about(self) -> Words:
        """The words that carry news, but names and verbs of denying."""
        return self.words_among(self.told)

    def words_among(self, words: Sequence[Word]) -> Words:
        return tuple([
            shared_keys(w, self.language)
            for w in words
            if w.kind == "word" and w.start not in self.named and not _STAND.fullmatch(w.text)
            and w.text.lower() not in NEGATIONS.get(self.language, ()) and name_key(w.text) not in _CALENDAR_KEYS
        ])  # fmt: skip

    def names_among(self, words: Sequence[Word]) -> frozenset[str]:
        anchors = {a for w in words for a in anchors_of(w, self.language, at_start=w.start == 0) if a[0] == "@"}
        return frozenset(anchors - _CALENDAR)


# Days and months are no names that two sentences could share by speaking of the same thing.
_CALENDAR_WORDS = (
    "Monday Tuesday Wednesday Thursday Friday Saturday Sunday January February March April May June July August "
    "September October November December Montag Dienstag Mittwoch Donnerstag Freitag Samstag Sonntag Januar "
    "Februar März Mai Juni Juli Oktober Dezember"
).split()
_CALENDAR = frozenset(name_term(day) for day in _CALENDAR_WORDS)
_CALENDAR_KEYS = frozenset(name_key(day) for day in _CALENDAR_WORDS)


DEAD = "†"  # the key of the dead, whatever they are called: "14 people died", "the death toll rose to 14"
_PEOPLE = frozenset({"peopl", "person", "human", "victim"})  # who are counted as nothing but people
_BETWEEN = re.compile(r"[,;:()–—]")  # a number does not count what stands behind it: "rose to 14, police said"
_ALL_OF = re.compile(
    r"\b(?:(?P<dead>(?:death )?toll\b|opferzahl\b)|(?:(?:total )?number of|(?:gesamt|an)?zahl (?:der|von)) )", re.I
)
_COMES_TO = re.compile(
    r"\b(?:to|at|is|was|are|reach(?:ed|es)|now|auf|bei|beträgt|betrug|erreichte?|mindestens|at least|rund|about|etwa|"
    r"über|more than|over|mehr als|nearly|fast|around)\s+\Z", re.I
)  # fmt: skip
_REACHES_BACK = 120  # code points between "the number of" and the number


def _figures(sentence: _Sentence, rank: int) -> list[ToldFigure]:
    told: list[ToldFigure] = []
    counting = figures_in(sentence.text, sentence.language)[:_FIGURES_OF_A_SENTENCE]
    totals = _totals(sentence)
    ends = {total.end for total, _ in totals}
    for figure in counting:
        counted = counted_word(figure.end, sentence.words, sentence.language)
        if counted is not None and not figure.things & shared_keys(counted, sentence.language):
            counted = None  # money and measures count by their unit
        torn = counted is not None and _BETWEEN.search(sentence.text, figure.end, counted.start)
        if figure.value >= _SMALLEST_COUNT and not torn and figure.end not in ends:
            told.append(_told(sentence, figure, counted, rank))
    told += [_told(sentence, figure, None, rank, total=what) for figure, what in totals]
    return sorted(told, key=lambda one: one.figure.start)


def _told(sentence: _Sentence, figure: Figure, counted: Word | None, rank: int, *, total: str = "") -> ToldFigure:
    clause = clause_around(sentence.text, figure.start, figure.end)
    first = sentence.text.find(clause)
    fates = fates_in(clause)
    if total and DEAD in figure.things:
        fates = frozenset({"killed"})
    if fates == {"killed"} and (figure.things & _PEOPLE or (counted and FATES["killed"].search(counted.text))):
        figure = Figure(
            figure.value, figure.upper, figure.bound, figure.things | {DEAD}, figure.start, figure.end
        )
    inside = [w for w in sentence.told if first <= w.start < first + len(clause)]
    inside = [w for w in inside if not figure.start <= w.start < figure.end]  # "million euros"
    near = tuple([keys for keys in sentence.words_among(inside) if not keys & figure.things])
    between = [w for w in sentence.words if counted and figure.end <= w.start < counted.start]
    return ToldFigure(
        figure=figure, what=counted.text if counted else total, names=sentence.names,
        described=sentence.names_among(between), words=sentence.keys, senses=sentence.senses, near=near,
        fates=fates, forecast=HYPOTHETICAL.search(clause) is not None, rank=rank, version=sentence.version,
        sentence=sentence.number, past=sentence.past_at(figure.start, figure.end), total=bool(total),
    )  # fmt: skip


def _totals(sentence: _Sentence) -> list[tuple[Figure, str]]:
    """Numbers that say how many there are in all, with the words for what they count, which stand before them."""
    found: list[tuple[Figure, str]] = []
    text, language = sentence.text, sentence.language
    for opening in _ALL_OF.finditer(text):
        number = next((n for n in numbers_in(text, language) if _is_total(n, opening.end(), text)), None)
        if number is None or number.value < _SMALLEST_COUNT:
            continue
        counted = None if opening["dead"] else counted_word(opening.end(), sentence.words, language)
        if counted is None and not opening["dead"]:
            continue
        if counted is None or FATES["killed"].search(counted.text):
            things = frozenset({DEAD})
        else:
            things = shared_keys(counted, language)
        figure = Figure(number.value, number.upper, number.bound, things, number.start, number.end)
        if all(one.start != figure.start for one, _ in found):
            found.append((figure, " ".join(text[opening.start() : counted.end if counted else opening.end()].split())))
    return found


def _is_total(number: NumberMention, after: int, text: str) -> bool:
    if number.kind in ("year", "ordinal") or number.unit or not after <= number.start <= after + _REACHES_BACK:
        return False
    between = text[after : number.start]
    return _COMES_TO.search(between) is not None and not re.search(r"[;:.](?=\s)", between)


_ACKNOWLEDGES = (
    r"acknowledg(?:e|es|ed|ing)|admit(?:s|ted|ting)?|conced(?:e|es|ed|ing)|confirm(?:s|ed|ing)?|recogni[sz](?:e|es|ed|ing)"
    r"|(?:an)?erkannt(?:e|en)?|anerkenn(?:t|en|e)|(?:ein)?geräumt|einräum(?:t|en|te|ten)|räum(?:t|te|ten|en)"
    r"|zugegeben|zugab(?:en)?|eingestanden|eingestand|gestand(?:en)?|bestätig(?:t|te|ten|en)"
)
_DENIES = (
    r"den(?:y|ies|ied|ying)|reject(?:s|ed|ing)?|dismiss(?:es|ed|ing)?|refut(?:e|es|ed|ing)|disput(?:e|es|ed|ing)"
    r"|bestr(?:eitet|eiten|itt|itten)|dementier(?:t|te|ten|en)|leugne(?:t|te|ten|n)|geleugnet|verneint(?:e|en)?"
    r"|zurückgewiesen|zurückwies(?:en)?|abgestritten"
)
_STAND = re.compile(rf"\b(?:(?P<yes>{_ACKNOWLEDGES})|(?P<no>{_DENIES}))\b", re.I)
# "räumte … ein", "erkannte … an", "wies … zurück": alone these verbs say something else.
_DIVIDED = {"räum": " ein", "erkannt": " an"}
_LEANS = re.compile(
    r"\b(?:ihre[nmrs]?|seine[nmrs]?|dies(?:e[nmrs]?)?|das|es|their|its|his|her|this|that|it|them|these|those)\b", re.I
)


_COMMA = re.compile(r"[,;:–—.](?=\s|\Z)")


_FIRST = re.compile(r"\b(?:erstmals|zum ersten Mal|for the first time)\b", re.I)


def _clause(text: str, start: int, end: int) -> tuple[int, int]:
    """Between commas: an "and" goes on with the same subject, or adds one."""
    first = max((m.end() for m in _COMMA.finditer(text, 0, start)), default=0)
    after = _COMMA.search(text, end)
    return first, after.start() if after else len(text)


def _stand(sentence: _Sentence, before: _Sentence | None) -> Stand | None:
    """The first verb of the sentence that denies or acknowledges something."""
    for found in _STAND.finditer(sentence.text):
        verb = found.group().lower()
        divided = next((part for stem, part in _DIVIDED.items() if verb.startswith(stem)), "")
        if divided and not re.search(rf"{divided}(?=[\s,.;:]|\Z)", sentence.text[found.end() :]):
            continue
        first, last = _clause(sentence.text, found.start(), found.end())
        words = [w for w in sentence.words if first <= w.start < last]
        negated = any(w.text.lower() in NEGATIONS.get(sentence.language, ()) for w in words)
        denies = found.group("no") is not None
        if denies and negated:
            continue  # "did not deny" says neither
        who = [w for w in sentence.told if first <= w.start < found.start()]
        if sentence.language == "de" and not sentence.names_among(who) and not sentence.words_among(who):
            who = [w for w in sentence.told if found.end() <= w.start < last]
        inside = {w.start for w in who}
        return Stand(
            denies=denies or negated, names=sentence.names, who=sentence.names_among(who),
            who_words=sentence.words_among(who),
            about=sentence.words_among(
                [w for w in sentence.told if w.start not in inside or sentence.language == "de"]
            ),
            first=_FIRST.search(sentence.text) is not None, leans=_LEANS.search(sentence.text) is not None,
            before=before.about if before else (),
            start=first, end=last, version=sentence.version, sentence=sentence.number,
            past=sentence.past_at(found.start(), found.end()),
        )  # fmt: skip
    return None


def _names(sentence: _Sentence) -> list[Name]:
    """Runs of capitalised words that no dictionary knows, in order."""
    language, text = sentence.language, sentence.text
    written = [w for w in sentence.words if w.kind == "word"]
    capitals = sum(1 for w in written if w.text[0].isupper())
    shouted = capitals > _TITLE_CASE * len(written) and len(written) > 3
    found: list[Name] = []
    run: list[Word] = []

    def close() -> None:
        unknown = [w for w in run if not is_known(w.key, language) and not (language == "de" and is_german_noun(w))]
        keys = frozenset(name_key(w.text) for w in run)
        named = len(run) >= 2 and unknown and not shouted
        if named and not keys & _CALENDAR_KEYS:
            start, end = run[0].start, run[-1].end
            found.append(Name(text[start:end], keys, start, end, sentence.number))
        run.clear()

    for w in written:
        touching = not run or text[run[-1].end : w.start] in (" ", "-")
        if run and not touching:
            close()
        first = w.start == 0 and is_known(w.key, language)
        if w.text[0].isupper() and not first and not is_stop_word(w.text, language):
            run.append(w)
        elif run:
            close()
    close()
    tail = _outlet_behind(text)
    return [name for name in found if name.end <= tail]


_BEHIND = re.compile(r"\s[-–—|·]\s")
_WORDS_OF_AN_OUTLET = 8


def _outlet_behind(text: str) -> int:
    """Where the outlet begins that many headlines end with: "Ferry sinks - Velmark Post | News"."""
    for found in _BEHIND.finditer(text):
        if len(text[found.end() :].split()) <= _WORDS_OF_AN_OUTLET and text[-1:] not in ".!?":
            return found.start()
    return len(text)
