"""Question analysis: which kind of answer is wanted, and which words, names and numbers the evidence has to cover.

Every content word of the question becomes a `Key`: the ways in which a text in any of our languages may say it. German
and English are analysed in full; a question in another language is searched by its words, names and numbers.
"""

from __future__ import annotations

import re
from dataclasses import dataclass
from functools import cache
from typing import TYPE_CHECKING

from bot.answers.question_words import (
    AUXILIARIES,
    DEFINITION_FRAME,
    DENIAL_ASKED,
    KIND_PATTERNS,
    QUESTION_FRAME,
    SHARE_WORDS,
    Wanted,
)
from bot.languages.dates import period_asked
from bot.languages.detection import detect, detect_question
from bot.languages.dictionary import name_variants
from bot.languages.lexicon import (
    LANGUAGES,
    german_compounds,
    is_german_noun,
    is_known,
    may_be,
    synonyms_of,
    translations_of,
)
from bot.languages.names import name_key
from bot.languages.number_words import lexicon, number_word
from bot.languages.words import Word, is_stop_word, key_of, words_in
from bot.library.search_index import Asked
from bot.library.search_terms import HEAD, PART, name_term, number_term, separated_verbs, term
from bot.stories.figures import ends_noun_group

if TYPE_CHECKING:
    from collections.abc import Callable
    from datetime import date

LONGEST_QUESTION = 1_000  # code points; what is longer is cut: it is a text, not a question
MOST_KEYS = 24
_LONGEST_PHRASE = 3

# How much an indirect match counts beside the word itself. Translations from a word list are right more often than
# synonyms, and the parts of a compound say less than the whole.
TRANSLATED, SYNONYM, TRANSLATED_SYNONYM, SPELLING, PARTS, ONE_PART = 0.95, 0.75, 0.65, 0.9, 0.9, 0.45
WORD_BY_WORD = 0.75
MODIFIER = 0.55  # a word of the question as the first part of a compound


@dataclass(frozen=True, slots=True)
class Alternative:
    """One way to say what is asked: all of `terms` have to stand there."""

    terms: tuple[str, ...]
    weight: float


@dataclass(frozen=True, slots=True)
class Key:
    """One thing that evidence should mention."""

    words: str  # as the question says it
    alternatives: tuple[Alternative, ...]  # weightiest first
    is_name: bool = False
    is_number: bool = False
    is_focus: bool = False  # what is counted or chosen: "how many *soldiers*", "which *regions*"
    is_verb: bool = False
    is_thing: bool = False  # a noun that names nobody
    crosses: bool = True  # whether we know how the other language says it

    def match(self, terms: frozenset[str] | set[str]) -> float:
        """How well a set of terms says what the key asks for: the weight of the best alternative there."""
        for alternative in self.alternatives:  # the weightiest come first
            if len(alternative.terms) == 1:
                if alternative.terms[0] in terms:
                    return alternative.weight
            elif terms.issuperset(alternative.terms):
                return alternative.weight
        return 0.0

    def asked(self) -> Asked:
        """The key as the index looks for it."""
        best: dict[str, float] = {}
        for alternative in self.alternatives:
            for one in alternative.terms:
                weight = alternative.weight / len(alternative.terms)
                best[one] = max(weight, best.get(one, 0.0))
        return Asked(tuple(best.items()))


@dataclass(frozen=True, slots=True)
class Question:
    """A question, taken apart."""

    text: str
    language: str
    wanted: Wanted
    keys: tuple[Key, ...]
    unit: str = ""  # "USD", "%", …: when the question says in what it wants to be answered
    since: date | None = None  # only for periods counted back from today
    until: date | None = None
    period_words: str = ""
    names: frozenset[str] = frozenset()  # the name keys of all that is named: who or where has to be somebody else
    denies: bool = False  # asks for what is not so: "Which ports were *not* reached?"

    @property
    def focus(self) -> Key | None:
        return next((key for key in self.keys if key.is_focus), None)


def analyse_question(text: str, *, today: date, language: str = "") -> Question:
    """Take a question apart. `language` is the asker's when known; relative periods count back from `today`."""
    text = " ".join(text.split())[:LONGEST_QUESTION]
    language = language or _asking_language(text)
    wanted = _wanted(text, language)
    since, until, period_words = _relative_period(text, language, today)
    words = [w for w in words_in(text, language) if not _within(w, text, period_words)]
    words = _whole_words(words, language)
    focus = _focus_word(words, wanted, language)
    keys = _keys(words, language, wanted, focus)
    names = _name_keys(keys, language)
    # "Didn't he leave?" asks whether he left.
    denies = wanted is not Wanted.YES_NO and bool(DENIAL_ASKED.search(text))
    return Question(text, language, wanted, keys, _unit_asked(text), since, until, period_words, names, denies)


def _asking_language(text: str) -> str:
    """The question's language. "Was sagte Rutte?" is too short for letters to tell; its first word asks in German."""
    language = detect_question(text)
    first = text.lower().lstrip("¿„“\"'»( ").partition(" ")[0].rstrip("?,.!")
    asking = [known for known, frame in QUESTION_FRAME.items() if first in frame]
    if not asking or language in asking:
        return language
    if language not in KIND_PATTERNS and detect(text).confidence >= SURELY_ANOTHER:
        return language
    return asking[-1]  # German where both ask so: an English question that begins with "was" shows itself as English


SURELY_ANOTHER = 0.95


def _wanted(text: str, language: str) -> Wanted:
    lowered = text.lower().lstrip("¿„“\"'»( ")
    patterns = KIND_PATTERNS.get(language)
    if patterns is None:
        return Wanted.WHAT
    # "According to Kyiv, how many …": the asking word may come after a preamble.
    starts = [
        0,
        *(m.end() for m in re.finditer(r"[,;:] |\b(?:und|and) (?=w)|(?<=\S) (?=(?:how many|wie viele)\b)", lowered)),
    ]
    for start in starts[:6]:
        for kind, pattern in patterns:
            if pattern.match(lowered, start) and not (start and kind in (Wanted.YES_NO, Wanted.WHAT)):
                return kind
    for kind, pattern in patterns:
        if kind is not Wanted.YES_NO and re.search(rf"\b(?:{pattern.pattern})", lowered):
            return kind
    return Wanted.WHAT


def _relative_period(text: str, language: str, today: date) -> tuple[date | None, date | None, str]:
    """Only periods counted from today filter by the documents' dates; a month has to stand in the evidence."""
    asked = period_asked(text, language, today)
    if asked is None:
        return None, None, ""
    since, until, words = asked
    if any(c.isdigit() for c in words) and not re.search(
        r"\b(?:last|past|letzte\w*|vergangene\w*|vor|ago)\b", words, re.IGNORECASE
    ):
        return None, None, ""
    if re.search(r"\b(?:letzte[rmns]?|last|vergangene[rmns]?) (?:jahr\w*|year)\b", words, re.IGNORECASE):
        return None, None, ""  # "last year" is as often part of what is told as of when it was
    if since is None or (today - since).days > 62:
        return None, None, ""
    return since, until, words


def _within(word: Word, text: str, period: str) -> bool:
    if not period:
        return False
    at = text.find(period)
    return at >= 0 and at <= word.start < at + len(period)


_LONGEST_ENDING = 3  # "1970ern", "19th": no word by itself


def _whole_words(words: list[Word], language: str) -> list[Word]:
    """The words without endings that hang on a number, and with verbs in two parts put together ("gab … heraus")."""
    kept = [
        word
        for before, word in zip([None, *words], words, strict=False)
        if not (
            before is not None
            and before.kind == "number"
            and before.end == word.start
            and word.kind == "word"
            and len(word.text) <= _LONGEST_ENDING
        )
    ]
    if language != "de":
        return kept
    for verb, particle, key in reversed(separated_verbs(kept)):
        joined = kept[particle].text + kept[verb].text
        kept[verb] = kept[verb]._replace(text=joined, key=key)
        del kept[particle]
    return kept


_UNITS = (
    ("%", r"\b(?:percent|per cent|percentage|share|proportion|fraction|prozent\w*|anteil)\b"),
    (
        "money",
        (r"\b(?:dollars?|euros?|pounds?|cost|costs|price|pay|paid|pays|spend|spent|kostet\w*|preis\w*|zahlt|zahlen"
        r"|bezahlt\w*|verdien\w*|salary|budget|geld|money|worth)\b"),
    ),
)  # fmt: skip


def _unit_asked(text: str) -> str:
    for unit, pattern in _UNITS:
        if re.search(pattern, text, re.IGNORECASE):
            return unit
    return ""


# -- what is counted or chosen ----------------------------------------------------------------------------------------


def _focus_word(words: list[Word], wanted: Wanted, language: str) -> Word | None:
    """The noun that the asking word belongs to: "how many foreign *soldiers* are …", "welche vier *Regionen* …"."""
    if wanted not in (Wanted.HOW_MANY, Wanted.WHICH, Wanted.HOW_MUCH, Wanted.WHO, Wanted.WHERE, Wanted.WHAT):
        return None
    asking = (
        {"many", "much", "which", "what", "number"}
        if language == "en"
        else {"viele", "vielen", "viel", "zahl", "anzahl"}
    )
    at = next(
        (
            i
            for i, w in enumerate(words)
            if w.text.lower() in asking or (language == "de" and w.text.lower().startswith("welche"))
        ),
        None,
    )
    if at is None:
        return None
    if language == "de":
        for word in words[at + 1 : at + 6]:
            if word.text[0].isupper() and not is_stop_word(word.text, "de"):
                return word
            if word.text.lower() in AUXILIARIES["de"]:
                return None
        return None
    return _english_head(words[at + 1 : at + 8], language)


def _english_head(words: list[Word], language: str) -> Word | None:
    head = None
    for word in words:
        lowered = word.text.lower()
        if lowered in AUXILIARIES["en"] or (is_stop_word(lowered, "en") and lowered not in ("the", "a", "an", "other")):
            break
        verb_only = may_be(word.key, language, "v") and not may_be(word.key, language, "n")
        if head is not None and (verb_only or ends_noun_group(head, word)):
            break
        if word.kind == "word" and not is_stop_word(lowered, "en"):
            head = word
    return head


# -- keys -------------------------------------------------------------------------------------------------------------


def _keys(words: list[Word], language: str, wanted: Wanted, focus: Word | None) -> tuple[Key, ...]:
    keys: list[Key] = []
    i = 0
    while i < len(words) and len(keys) < MOST_KEYS:
        size = _phrase_length(words, i, language)
        part = words[i : i + size]
        if all(_carries_nothing(word, language, wanted) for word in part):
            i += size
            continue
        keys.append(_key(part, language, is_focus=focus in part, first=i == 0))
        i += size
    return tuple(keys)


def _carries_nothing(word: Word, language: str, wanted: Wanted) -> bool:
    if word.kind in ("number", "acronym", "unspaced"):
        return False
    lowered = word.text.lower()
    if wanted is Wanted.DEFINITION and lowered in DEFINITION_FRAME:
        return True
    if wanted is Wanted.HOW_MUCH and lowered in SHARE_WORDS:
        return True  # "what percentage": a number with "%" says it
    if lowered in QUESTION_FRAME.get(language, ()) or lowered in AUXILIARIES.get(language, ()):
        return True
    return is_stop_word(lowered, language)


def _phrase_length(words: list[Word], at: int, language: str) -> int:
    """How many words from `at` on make one phrase of the word list ("spy agency", "North Korean")."""
    for size in range(_LONGEST_PHRASE, 1, -1):
        part = words[at : at + size]
        if (
            len(part) < size
            or any(w.kind not in ("word", "acronym") for w in part)
            or is_stop_word(part[0].text.lower(), language)
        ):
            continue
        phrase = _list_key(part, language)
        if any(translations_of(phrase, language, other) for other in LANGUAGES if other != language):
            return size
    return 1


def _key(part: list[Word], language: str, *, is_focus: bool, first: bool) -> Key:
    text = " ".join(w.text for w in part)
    word = part[0]
    if word.kind == "number":
        written = [Alternative((one,), SPELLING) for one in _number_words(word.key)]
        own_number = Alternative((number_term(word.key),), 1.0)
        return Key(text, (own_number, *written), is_number=True, is_focus=is_focus)
    ways: dict[tuple[str, ...], float] = {}

    def add(terms: tuple[str, ...], weight: float) -> None:
        if terms:
            ways[terms] = max(weight, ways.get(terms, 0.0))

    own = tuple(
        term(w.key, language) for w in part if w.kind == "acronym" or not is_stop_word(w.text.lower(), language)
    )
    add(own, 1.0)
    counted = number_word(word.text.lower(), language) if len(part) == 1 else None
    if counted is not None and counted.kind in ("cardinal", "ordinal") and counted.den == 1:
        for one in (number_term(str(counted.num)), *_number_words(str(counted.num))):
            add((one,), SPELLING)
    stem = _list_key(part, language)
    is_name = _is_name(part, language, first=first)
    crossed = False
    for other in LANGUAGES:
        meanings = translations_of(stem, language, other) if other != language else ()
        for rank, meaning in enumerate(meanings[:8]):
            crossed = True
            _add_meaning(add, meaning, other, TRANSLATED if rank < 3 else TRANSLATED * 0.85)
    for synonym in synonyms_of(stem, language)[:8]:
        _add_meaning(add, synonym, language, SYNONYM)
        synonym_stem = " ".join(w.key for w in words_in(synonym, language))
        for other in LANGUAGES:
            if other != language:
                for meaning in translations_of(synonym_stem, language, other)[:3]:
                    _add_meaning(add, meaning, other, TRANSLATED_SYNONYM)
    if language == "de" and len(part) == 1:
        crossed |= _add_compound(add, word)
    if len(part) > 1:
        _add_word_by_word(add, part, language)
    if word.kind == "acronym":
        add((f"@{word.key}",), 1.0)
    if is_name or (not first and language == "en" and all(w.text[0].isupper() for w in part)):
        crossed |= is_name
        add(tuple(name_term(w.text) for w in part if len(w.text) > 2), SPELLING)
        for variant in name_variants(text):
            add(tuple(name_term(w) for w in variant.split()), SPELLING)
    if not crossed and len(part) == 1 and word.kind == "word" and len(word.text) > 3:
        # Many words are the same in both languages ("Container", "Satellit"): let the other one's stemmer try.
        for other in LANGUAGES:
            if other != language:
                add((term(key_of(word.text, other), other),), SPELLING)
    is_verb = len(part) == 1 and may_be(word.key, language, "v") and not word.text[0].isupper() and not is_focus
    ranked = sorted(ways.items(), key=lambda way: -way[1])[:24]
    return Key(
        text,
        tuple(Alternative(terms, weight) for terms, weight in ranked),
        is_name=is_name,
        is_focus=is_focus,
        is_verb=is_verb,
        is_thing=not is_name and (word.text[0].isupper() if language == "de" else may_be(stem, language, "n")),
        crosses=crossed or is_name,
    )


@cache
def _words_of_numbers() -> dict[str, tuple[str, ...]]:
    """Number → the terms of the words that say it, as a count or in a row ("10": "ten", "tenth", "zehn", "zehnte")."""
    found: dict[str, dict[str, None]] = {}
    for language in LANGUAGES:
        for written, said in lexicon(language).items():
            if said.kind in ("cardinal", "ordinal") and said.den == 1 and 1 < said.num <= _MOST_SPELLED_OUT:
                found.setdefault(str(said.num), {})[term(key_of(written, language), language)] = None
    return {number: tuple(terms) for number, terms in found.items()}


def _number_words(number: str) -> tuple[str, ...]:
    return _words_of_numbers().get(number, ())


_MOST_SPELLED_OUT = 20  # larger numbers are written with digits


def _list_key(part: list[Word], language: str) -> str:
    """What the word list holds the words under; abbreviations that are also words ("US") stand there as written."""
    if len(part) == 1 and part[0].kind == "acronym":
        written = part[0].text.replace(".", "")
        others = [other for other in LANGUAGES if other != language]
        if synonyms_of(written, language) or any(translations_of(written, language, other) for other in others):
            return written
    return " ".join(w.key for w in part)


def _add_meaning(add: Callable[[tuple[str, ...], float], None], meaning: str, language: str, weight: float) -> None:
    words = [w for w in words_in(meaning, language) if not is_stop_word(w.text.lower(), language) or w.text.isupper()]
    if not words:
        return
    add(tuple(term(w.key, language) for w in words), weight)
    if language == "de" and len(words) == 1:
        # The German word may be part of a compound: "Waffe" in "Waffenhandel", "Handel" in it with all its sense.
        add((f"{HEAD}{words[0].key}",), weight * PARTS)
        add((f"{PART}{words[0].key}",), weight * ONE_PART)
    if words[0].text[0].isupper() and language == "en":
        add(tuple(name_term(w.text) for w in words if len(w.text) > 2), weight * SPELLING)


def _add_word_by_word(add: Callable[[tuple[str, ...], float], None], part: list[Word], language: str) -> None:
    """A phrase is also said by its words' own translations: "defense ministry" by "Ministerium der Verteidigung"."""
    for other in LANGUAGES:
        if other == language:
            continue
        ways: list[list[tuple[str, ...]]] = []
        for word in part:
            if is_stop_word(word.text.lower(), language):
                continue
            terms: list[tuple[str, ...]] = []
            for meaning in translations_of(word.key, language, other)[:3]:
                keys = tuple(term(w.key, other) for w in words_in(meaning, other) if not is_stop_word(w.text, other))
                terms += [keys] if keys else []
                terms += [(f"{PART}{keys[0][3:]}",)] if len(keys) == 1 and other == "de" else []
            ways.append(terms)
        if len(ways) == 2 and all(ways):
            for one in ways[0]:
                for two in ways[1]:
                    add(tuple(dict.fromkeys(one + two)), WORD_BY_WORD)


def _add_compound(add: Callable[[tuple[str, ...], float], None], word: Word) -> bool:
    """A German compound is also said by its parts, together or in part, and by their translations."""
    add((f"{HEAD}{word.key}",), PARTS)
    add((f"{PART}{word.key}",), MODIFIER)
    parts = german_compounds().parts(word.text)
    if not parts:
        return False
    add(tuple(f"{PART}{part}" for part in parts), PARTS * 0.9)
    crossed = True
    translated: list[str] = []
    for part in parts:
        add((term(part, "de"),), ONE_PART)
        add((f"{PART}{part}",), ONE_PART)
        meanings = translations_of(part, "de", "en")
        crossed &= bool(meanings)
        for meaning in meanings[:3]:
            keys = tuple(term(w.key, "en") for w in words_in(meaning, "en") if not is_stop_word(w.text, "en"))
            add(keys, ONE_PART)
        translated += [meanings[0]] if meanings else []
    if crossed:
        heads = translations_of(parts[-1], "de", "en")[:3]
        modifiers = translations_of(parts[0], "de", "en")[:3]
        for modifier in modifiers:
            for head in heads:
                both = [w for w in words_in(f"{modifier} {head}", "en") if not is_stop_word(w.text, "en")]
                add(tuple(dict.fromkeys(term(w.key, "en") for w in both)), PARTS)
    return crossed


def _is_name(part: list[Word], language: str, *, first: bool) -> bool:
    """Whether the words are a name, as far as capitals and the word list tell. "chinesische" names a country, too."""
    word = part[0]
    if word.kind == "acronym" or (word.text.isupper() and len(word.text) > 1):
        return True
    stem = _list_key(part, language)
    if may_be(stem, language, "name"):
        return True
    if language == "de" and word.text[0].islower():
        meanings = translations_of(stem, "de", "en")
        return bool(meanings) and meanings[0][0].isupper()
    if not all(w.text[0].isupper() for w in part):
        return False
    if language == "de":
        return not first and not is_german_noun(word)
    # "Secretary General" is a rank: an English word that the list knows as no name is none, capital or not.
    meanings = translations_of(stem, language, "de")
    if is_known(word.key, language) or meanings:
        return len(part) > 1 or any(
            translations_of(key_of(m, "de"), "de", language)[:1] == (word.text,) for m in meanings
        )
    return True


def _name_keys(keys: tuple[Key, ...], language: str) -> frozenset[str]:
    found = {name_key(w.text) for key in keys for w in words_in(key.words, language)}
    for key in keys:
        for alternative in key.alternatives:
            found |= {one[1:] for one in alternative.terms if one.startswith("@")}
    return frozenset(found)
