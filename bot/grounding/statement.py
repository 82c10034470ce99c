"""A statement: one sentence taken apart once into what the rules compare: words with their senses, clauses, names.

A word's *senses* are keys that German and English share, so that "Überschwemmung" and "flooding" meet; a name's *forms*
are the spellings under which two languages know it.
"""

from __future__ import annotations

import re
from bisect import bisect_left, bisect_right
from dataclasses import dataclass
from functools import cached_property, lru_cache
from typing import TYPE_CHECKING, Final, NamedTuple

from bot.grounding.nations import nation_of, nation_with_capital, nation_within, nations_in_phrases
from bot.languages.dates import DateMention, dates_in
from bot.languages.dictionary import name_variants
from bot.languages.lexicon import (
    german_compounds,
    is_german_noun,
    is_known,
    made_of_translations,
    may_be,
    synonyms_of,
    translations_of,
)
from bot.languages.names import name_key
from bot.languages.words import Word, fold, is_stop_word, key_of, words_in
from bot.library.search_terms import separated_verbs

if TYPE_CHECKING:
    from datetime import date

LONGEST_READ: Final = 2_000  # code points of one sentence
_MOST_MEANINGS = 12
_COGNATE = 5  # letters that two languages' forms of one word begin with: "Parlament", "parliament" share fewer
_CALENDAR = frozenset(
    "january february march april may june july august september october november december jan feb mar apr jun jul aug "
    "sep sept oct nov dec januar jänner februar märz mai juni juli oktober dezember monday tuesday wednesday thursday "
    "friday saturday sunday montag dienstag mittwoch donnerstag freitag samstag sonnabend sonntag easter christmas "
    "ostern weihnachten pfingsten".split()
)
_FEW_CLAUSES = 2
_EDGES_OF_TIME = frozenset("ende anfang mitte beginn".split())  # "tritt Renner Ende Oktober zurück"
_WEEKDAY_PARTS = re.compile(r"(?:montag|dienstag|mittwoch|donnerstag|freitag|samstag|sonntag)[a-zäöü]{1,12}\Z")
# Where one thing that is said ends and another begins.
_BORDER = re.compile(
    r"[,:](?!\d)|[;()–—]|\s-\s"
    r"|\b(?:and|but|while|whereas|although|though|because|that|which|who|as|when|after|before|or|und|während|wobei"
    r"|obwohl|weil|dass|daß|sowie|oder|(?<!mehr )(?<!weniger )(?<!so )als|nachdem|bevor|sondern|wie)\b",
    re.IGNORECASE,
)
_DETERMINERS: Final = frozenset(
    "der die das dem den des ein eine einen einem einer eines im am zum zur vom beim ins ans kein keine keinen keinem "
    "keiner ihr ihre ihren ihrem ihrer sein seine seinen seinem seiner dieser diese dieses diesem diesen jeder jede "
    "jedes alle allen mehrere mehreren viele vielen einige einigen beide beiden zwei drei vier fünf sechs sieben acht "
    "neun zehn elf zwölf".split()
)
_PREPOSITIONS: Final = frozenset(
    "in an auf aus bei mit nach seit von vor zu durch für gegen ohne um über unter neben zwischen wegen während nahe "
    "laut binnen samt trotz statt unweit".split()
)
# Compounds that end like this are names of people and places as often as nouns.
_NAME_END = re.compile(
    r"(?:mann|berg|burg|bach|stein|feld|hausen|dorf|heim|hoff|brunn|thal|furt|kirchen|werk|meier|meyer|au|ried)\Z"
)
_SURNAME_END = re.compile(r"(?:mann|meier|meyer|hoff|hausen)\Z")
_ADJECTIVE_END = re.compile(r".{2,40}(?:e|en|er|es|em)\Z")
# English words that are written with a capital before or within names and say what somebody or something is.
TITLES: Final = frozenset(
    "mr mrs ms dr prof sir president chancellor minister prime foreign interior defence defense finance secretary "
    "general governor mayor senator judge justice king queen prince princess pope bishop archbishop captain colonel "
    "commissioner chairman chairwoman director chief professor doctor former vice deputy acting state federal national "
    "ministry department office agency authority court supreme parliament government congress senate house party union "
    "council committee commission police army navy force forces air bank central university institute company group "
    "association club city county district region province island islands river lake mountain valley north south east "
    "west northern southern eastern western central street road bridge airport station port stadium hospital church "
    "cathedral museum theatre theater school society foundation fund organization organisation service centre center "
    "the internet web god earth republic kingdom democrats republicans conservatives labour greens social christian "
    "herr frau präsident präsidentin kanzler kanzlerin minister ministerin".split()
)


class Named(NamedTuple):
    """A word that names somebody or something: which word it is, and the keys under which others may know it."""

    place: int  # of the word
    text: str
    forms: frozenset[str]
    is_word: bool = False  # also a word of the language: then its senses may stand for it, translated


@dataclass(frozen=True, eq=False)
class Statement:
    """A sentence in a language (ISO 639-1 or "und"), written on a day, if that is known.

    Made by `statement`, so that equal ones are one object: the rules remember what they read in it.
    """

    text: str
    language: str
    day: date | None = None

    @cached_property
    def words(self) -> tuple[Word, ...]:
        return tuple(words_in(self.text, self.language))

    @cached_property
    def lowered(self) -> str:
        low = self.text.lower()
        return (
            low if len(low) == len(self.text) else "".join(c if len(c.lower()) != 1 else c.lower() for c in self.text)
        )

    @cached_property
    def senses(self) -> tuple[frozenset[str], ...]:
        """Of each word; empty for words that carry no news. A verb in two parts has those of the whole."""
        found = [_senses(w.text, w.key, w.kind, self.language) for w in self.words]
        if self.language == "de":
            for verb, particle, key in separated_verbs(self.words):
                found[verb] = found[verb] | _senses_of_key(key)
                found[particle] = frozenset()
        return tuple(found)

    @cached_property
    def bag(self) -> frozenset[str]:
        """All senses of all words."""
        return frozenset().union(*self.senses, *self.clue_senses)

    @cached_property
    def clue_senses(self) -> tuple[frozenset[str], ...]:
        """Looser keys: beginnings of words, which mostly survive translation when a word list lacks the word."""
        return tuple(
            frozenset({f"~{fold(w.text)[:_COGNATE]}"}) if s and len(w.text) > _COGNATE and w.kind == "word" else s
            for w, s in zip(self.words, self.senses, strict=True)
        )

    @cached_property
    def clause_of(self) -> tuple[int, ...]:
        """The number of the clause that each word stands in."""
        starts = [m.start() for m in _BORDER.finditer(self.text)]
        return tuple(bisect_right(starts, w.start) for w in self.words)

    @cached_property
    def clauses(self) -> int:
        return max(self.clause_of, default=-1) + 1

    @cached_property
    def content(self) -> tuple[int, ...]:
        """Which words carry news and are no numbers."""
        return tuple(i for i, s in enumerate(self.senses) if s and self.words[i].kind != "number")

    @cached_property
    def _starts(self) -> list[int]:
        return [word.start for word in self.words]

    def number_of_words(self, start: int, end: int) -> int:
        """How many words begin between two offsets."""
        return max(0, bisect_left(self._starts, end) - bisect_left(self._starts, start))

    @cached_property
    def _phrases(self) -> tuple[frozenset[int], frozenset[str]]:
        """Which words belong to a nation or body of several words, and the forms of these."""
        folded = [fold(w.text) if w.kind != "acronym" else w.key for w in self.words]
        joined = " ".join(folded)
        places: list[int] = []
        at = 0
        for word in folded:
            places.append(at)
            at += len(word) + 1
        inside: set[int] = set()
        forms: set[str] = set()
        for start, end, nation in nations_in_phrases(joined):
            inside.update(range(bisect_right(places, start) - 1, bisect_right(places, end - 1)))
            forms.add(f"%{nation}")
        return frozenset(inside), frozenset(forms)

    @cached_property
    def forms(self) -> frozenset[str]:
        """All forms of all words: under these a name of another sentence may be found here."""
        own: set[str] = set(self._phrases[1])
        for word in self.words:
            own |= name_forms(word, self.language)
        own.update(f"%{nation}" for word in self.words if (nation := nation_with_capital(word.text)))
        own.update(f"%{nation}" for word in self.words if (nation := nation_within(word.text)))
        own.update(self._initials)
        if self.language == "de" and any(
            word.text.lower().startswith("bundes") and len(word.text) > 8 for word in self.words
        ):
            own.add("%germany")  # who is a Bundeskanzler is German
        return frozenset(own)

    @cached_property
    def _initials(self) -> frozenset[str]:
        """The initials of runs of capitalised words: "International Monetary Fund" is the IMF."""
        runs: list[str] = [""]
        for word in self.words:
            if word.text[0].isupper() and word.kind == "word":
                runs[-1] += word.text[0].lower()
            elif not is_stop_word(word.text, self.language):
                runs.append("")
        return frozenset(
            f"&{r[i:j]}" for r in runs for i in range(len(r)) for j in range(i + 2, min(i + 7, len(r) + 1))
        )

    @cached_property
    def names(self) -> tuple[Named, ...]:
        """The words that name somebody or something, as far as their writing tells."""
        found: list[Named] = []
        inside, forms = self._phrases
        if inside:
            first = min(inside)
            found += [Named(first, self.words[first].text, frozenset({form})) for form in sorted(forms)]
        last = -2
        for i, word in enumerate(self.words):
            if i in inside:
                continue
            after_name = last == i - 1 and self._touches(i)
            bare = self._is_bare_compound(i)
            if bare or self._is_name(i, word, after_name=after_name):
                is_word = self.language == "en" and not after_name and not nation_of(word.text)
                is_word = is_word and word.kind == "word" and _is_common(word.key, "en")
                is_word = is_word or (bare and not _NAME_END.search(word.text))
                if not is_word and not (nation_of(word.text) and not word.text.isupper()):
                    last = i
                found.append(Named(i, word.text, name_forms(word, self.language), is_word))
        return tuple(found)

    @cached_property
    def own_names(self) -> tuple[Named, ...]:
        """The names that are no words of the language."""
        return tuple(name for name in self.names if not name.is_word)

    def names_near(self, offset: int) -> tuple[Named, ...]:
        """The names in the clause at an offset, else in the nearest one before it that has any."""
        place = max(0, bisect_right([word.start for word in self.words], offset) - 1)
        clause = self.clause_of[place] if self.words else 0
        names = self.names if self.language == "de" else self.own_names
        for number in range(clause, -1, -1):
            found = tuple(name for name in names if self.clause_of[name.place] == number)
            if found:
                return found
        return names if self.clauses <= _FEW_CLAUSES else ()

    def _touches(self, i: int) -> bool:
        return bool(i) and self.text[self.words[i - 1].end : self.words[i].start] in (" ", "-", "\u00a0")

    def _is_name(self, i: int, word: Word, *, after_name: bool) -> bool:
        text = word.text
        if word.kind == "acronym":
            return not is_stop_word(text, self.language) or nation_of(text) != ""
        if word.kind != "word" or len(text) < 2:
            return False
        if nation_of(text):
            return True
        if not text[0].isupper():
            return False
        lowered = text.lower()
        if (
            lowered in _CALENDAR
            or lowered in _EDGES_OF_TIME
            or _WEEKDAY_PARTS.match(lowered)
            or is_stop_word(lowered, self.language)
        ):
            return False
        if self.language == "de":
            if is_german_noun(word) or may_be(word.key, "de", "n"):
                joined = self.text[word.start - 1 : word.start] == "-"  # "EU-Staaten"
                return after_name and not (joined or self.words[i - 1].text.endswith("s") or self._is_countable(i))
            if _is_common(word.key, "de"):
                return False
            if _is_plural(text):
                return False
            return not (i == 0 and _is_small_word(text, "de"))
        if self.language == "en":
            if lowered in TITLES:
                return False
            known = _is_common(word.key, "en") or _is_compared(lowered)
            if (known or _WORD_END.search(text) or _is_prefixed(lowered)) and (i == 0 or self._begins(i)):
                return False
            if known:
                return True
            if i == 0 and self._is_attributive(i):
                return False  # "Bulk wine prices"
            return not (i == 0 and _is_small_word(text, "en"))
        return i > 0 and not self._begins(i)

    def _is_bare_compound(self, i: int) -> bool:
        """Whether a German word that only its parts make a noun stands without article: "Volkswagen", "Nordwerk"."""
        word = self.words[i]
        if self.language != "de" or word.kind != "word" or not word.text[0].isupper() or len(word.text) < 6:
            return False
        if (
            is_known(word.key, "de")
            or is_stop_word(word.text, "de")
            or word.text.lower() in _CALENDAR
            or _is_plural(word.text)
        ):
            return False
        if not is_german_noun(word) or _WEEKDAY_PARTS.match(word.text.lower()):
            return False
        before = self.words[i - 1] if i else None
        if before is None:
            return True
        lowered = before.text.lower()
        return lowered not in _DETERMINERS and before.kind != "number" and not _is_adjective(before)

    def _is_attributive(self, i: int) -> bool:
        """Whether a noun that is no verb follows an English word in small letters, as behind an adjective."""
        behind = self.words[i + 1 : i + 2]
        if not behind or behind[0].kind != "word" or not behind[0].text[0].islower():
            return False
        return may_be(behind[0].key, "en", "n") and not may_be(behind[0].key, "en", "v")

    def _begins(self, i: int) -> bool:
        """Whether a sentence or a speech begins with this word."""
        return self.text[max(0, self.words[i].start - 2) : self.words[i].start].strip()[-1:] in set('.:!?„“”"«»')

    def _is_countable(self, i: int) -> bool:
        """Whether what follows a name is a noun of its own: "Anna Koch" is one name, "Merz Regierung" is none."""
        text = self.words[i].text
        return len(text) > 9 or text.lower() in TITLES or bool(german_compounds().parts(text))

    def is_noun_by_form(self, i: int) -> bool:
        """Whether a German word has a noun's ending or a plural's, as names hardly do: "Studentendarlehen"."""
        return _is_noun_by_form(self.words[i].text) or _is_plural_by_form(self.words[i].text)

    def is_rather_a_compound(self, i: int) -> bool:
        """Whether a German word ends in a known noun: "Speiseöl". So do some names."""
        text = self.words[i].text
        return self.language == "de" and any(
            may_be(key_of(text[at:].capitalize(), "de"), "de", "n") for at in range(3, len(text) - 1)
        )

    def row_of_capitals(self, i: int) -> range:
        """The places of the words around one that are written with a capital, too, and touch each other."""
        first = last = i
        while first and self._touches(first) and self.words[first - 1].text[0].isupper():
            first -= 1
        while last + 1 < len(self.words) and self._touches(last + 1) and self.words[last + 1].text[0].isupper():
            last += 1
        return range(first, last + 1)

    def is_loose_noun(self, name: Named, *, nobody_missing: bool) -> bool:
        """Whether a German word that no list knows is rather a noun than a name: it has an article and a noun's end.

        `nobody_missing`: every name of the quotes is in the sentence, so that this one stands in nobody's place.
        """
        i, text = name.place, name.text
        if self.language != "de" or len(text) < 4 or not text[1:].islower() or nation_of(text):
            return False
        if any(form.startswith("%") for form in name.forms):
            return False
        if may_be(key_of(text, "de"), "de", "name") or name_variants(text):
            return False
        before = self.words[i - 1] if i else None
        if before is None:
            return False
        if before.text in ("je", "pro"):
            return True
        if nobody_missing and _is_noun_by_form(text) and not before.text[0].isupper():
            return True
        counted = i > 1 and (self.words[i - 2].kind == "number" or self.words[i - 2].text.lower() in _DETERMINERS)
        measured = counted and before.text[0].isupper()  # "fünf Punkte Vorsprung"
        determined = before.text.lower() in _DETERMINERS or before.kind == "number" or _is_adjective(before)
        if not (determined or measured):
            return False
        return (nobody_missing and not _SURNAME_END.search(text)) or (
            not _NAME_END.search(text)
            and any(may_be(key_of(text[at:].capitalize(), "de"), "de", "n") for at in range(3, len(text) - 2))
        )


_SINGULAR = re.compile(
    r"(?:wagen|garten|hafen|laden|boden|graben|bogen|kasten|ofen|faden|magen|westen|osten|norden|süden|eisen|leben)\Z"
)
_NOUN_END = re.compile(r".{3,40}(?:heit|keit|schaft|ung|tion|ität|ismus)(?:en)?\Z")


@lru_cache(maxsize=8192)
def _is_noun_by_form(text: str) -> bool:
    """Whether a German word has a noun's ending, or ends in the plural of a known noun, as names hardly do."""
    if _NAME_END.search(text) or _SINGULAR.search(text):
        return False
    if _NOUN_END.match(text):
        return True
    return any(
        _is_plural(tail) and tail.endswith(("s", "en"))
        for tail in (text[at:].capitalize() for at in range(3, len(text) - 4))
    )


@lru_cache(maxsize=8192)
def _is_plural_by_form(text: str) -> bool:
    """Whether a German compound ends in the plural of a known noun: "Anstellungsverhältnisse", "Barrierenarten"."""
    tails = (text[at:].capitalize() for at in range(3, len(text) - 4))
    return not (_NAME_END.search(text) or _SINGULAR.search(text)) and any(
        _is_plural(tail) and not may_be(key_of(tail, "de") if tail.endswith("e") else tail.lower(), "de", "name")
        for tail in tails
        if tail.endswith(("e", "en", "er", "n", "s"))
    )


def is_calendar(text: str) -> bool:
    """Whether a word is the name of a day or a month."""
    return text.lower() in _CALENDAR or bool(_WEEKDAY_PARTS.match(text.lower()))


def _is_adjective(word: Word) -> bool:
    """Whether a German word before a noun is rather its adjective than a verb or a preposition."""
    lowered = word.text.lower()
    if not word.text[0].islower() or lowered in _PREPOSITIONS or not _ADJECTIVE_END.match(lowered):
        return False
    return may_be(word.key, "de", "adj") or not may_be(word.key, "de", "v")


# What ends like this at the head of an English sentence is a word, though no list has it.
_WORD_END = re.compile(
    r"(?:al|ed|ing|tions?|ly|ments?|ness|ous|ive|able|ible|ers|ists?|ies|ity|ful|less|ism|ships?|ants|ents|ors|ves|men)\Z"
)


def _is_compared(lowered: str) -> bool:
    """Whether an English word is an adjective's "poorer" or "poorest"."""
    return any(
        lowered.endswith(ending)
        and len(lowered) > len(ending) + 2
        and may_be(key_of(lowered.removesuffix(ending), "en"), "en", "adj")
        for ending in ("er", "r", "est", "st")
    )


_PREFIX = re.compile(r"(?:over|under|out|non|anti|multi|mid|re)(?=[a-z]{4})")


def _is_prefixed(lowered: str) -> bool:
    """Whether an English word that no list has is a known one with something before it: "overnight", "reopened"."""
    prefix = _PREFIX.match(lowered)
    return prefix is not None and _is_common(key_of(lowered[prefix.end() :], "en"), "en")


def _is_common(key: str, language: str) -> bool:
    """Whether the word list has a word with this stem that is neither a name nor an abbreviation."""
    return not may_be(key, language, "name") and any(may_be(key, language, pos) for pos in _WORD_CLASSES)


_WORD_CLASSES: Final = ("n", "v", "adj", "adv", "prep", "num", "phrase")


@lru_cache(maxsize=8192)
def _is_plural(text: str) -> bool:
    """Whether a German word is the plural or genitive of a known noun that stemming does not lead to: "Autos"."""
    return any(
        text.endswith(ending)
        and len(text) > len(ending) + 2
        and may_be(key_of(text.removesuffix(ending), "de"), "de", "n")
        for ending in ("s", "es", "n", "en", "nen", "er", "e")
    )


def _is_small_word(text: str, language: str) -> bool:
    other, key = "en" if language == "de" else "de", key_of(text.lower(), language)
    return _is_common(key, language) or is_stop_word(text.lower(), other)


@lru_cache(maxsize=4096)
def dates_on(said: Statement, day: date | None) -> tuple[DateMention, ...]:
    """The dates of a sentence as they are understood on a day."""
    return dates_in(said.text, said.language, day)


@lru_cache(maxsize=4096)
def statement(text: str, language: str, day: date | None = None) -> Statement:
    """The statement of a sentence; what was taken apart once is remembered."""
    return Statement(text[:LONGEST_READ], language, day)


# --- senses -------------------------------------------------------------------------------------------------------


@made_of_translations
@lru_cache(maxsize=65536)
def _senses(text: str, key: str, kind: str, language: str) -> frozenset[str]:
    if kind == "number":
        return frozenset({f"#{key}"})
    if kind == "acronym":
        nation = nation_of(text)
        return frozenset({f"@{key}", *([f"%{nation}"] if nation else [])})
    if kind == "unspaced":
        return frozenset({key})
    if is_stop_word(text, language) or (len(text) < 3 and kind == "word"):
        return frozenset()
    found = {f"@{name_key(text)}"} if text[0].isupper() else set()
    if nation := nation_of(text):
        found.add(f"%{nation}")
    if language == "de":
        return frozenset(found) | _german_senses(text, key)
    if language == "en":
        return frozenset(found) | _english_senses(key)
    return frozenset({*found, f"{language}:{key}"})


@made_of_translations
@lru_cache(maxsize=65536)
def _german_senses(text: str, key: str) -> frozenset[str]:
    found = {f"de:{key}", *_senses_of_key(key)}
    if text[0].isupper() and text.endswith("s") and len(found) < 2 and may_be(key_of(text[:-1], "de"), "de", "n"):
        found |= _senses_of_key(key_of(text[:-1], "de"))  # "Autos", which its stem does not lead to
    parts = german_compounds().parts(text) if len(text) > 7 else ()
    for part in parts:
        found |= _senses_of_key(part)
        found.add(f"de:{part}")
    if len(found) < 2 and text[0].isupper():  # a compound whose last part alone is known
        for at in range(3, len(text) - 2):
            tail = key_of(text[at:].capitalize(), "de")
            if may_be(tail, "de", "n"):
                found |= _senses_of_key(tail)
                break
    return frozenset(found)


@made_of_translations
@lru_cache(maxsize=65536)
def _senses_of_key(key: str) -> frozenset[str]:
    """The English keys of what a German stem may mean, or one of its near synonyms."""
    found: set[str] = {f"de:{key}"}
    meanings = list(translations_of(key, "de", "en"))[:_MOST_MEANINGS]
    for other in synonyms_of(key, "de")[:6]:
        stem = key_of(other, "de") if " " not in other else ""
        if stem:
            found.add(f"de:{stem}")
            meanings += translations_of(stem, "de", "en")[:3]
    for meaning in meanings:
        if meaning.startswith("not "):
            continue  # "unclear" is not "clear"
        for word in meaning.split():
            if not is_stop_word(word, "en"):
                found.add(key_of(word, "en"))
    return frozenset(found)


@made_of_translations
@lru_cache(maxsize=65536)
def _english_senses(key: str) -> frozenset[str]:
    found = {key}
    for other in synonyms_of(key, "en")[:8]:
        found.update(key_of(word, "en") for word in other.split() if not is_stop_word(word, "en"))
    return frozenset(found)


# --- names --------------------------------------------------------------------------------------------------------

_POSSESSIVE = re.compile(r"(?:innen|erin|ern|ers|er|s|n|en)\Z")


def name_forms(word: Word, language: str) -> frozenset[str]:
    """The keys under which a word may be met as a name."""
    if word.kind == "acronym":
        nation = nation_of(word.text)
        return frozenset({f"@{word.key}", f"&{word.key}", *([f"%{nation}"] if nation else [])})
    if word.kind != "word":
        return frozenset()
    return _name_forms(word.text, language)


@made_of_translations
@lru_cache(maxsize=65536)
def _name_forms(text: str, language: str) -> frozenset[str]:
    found = {f"@{name_key(text)}", f"@{fold(text)}"}
    if nation := nation_of(text) or nation_within(text):
        found.add(f"%{nation}")
    if text.lower().startswith(("european", "europäisch")):
        found.add("%eu")  # "the European Commission" is the EU's
    if text[0].isupper():
        spellings = {text}
        for form in (text, text[:-1] if text.endswith("s") else ""):
            if not form:
                continue
            spellings.update(v for v in name_variants(form) if " " not in v)
            other = "en" if language == "de" else "de"
            if language in ("de", "en"):
                meanings = translations_of(key_of(form, language), language, other)[:8]
                spellings.update(part for m in meanings for part in m.split() if part[:1].isupper() and len(part) > 2)
        found.update(f"@{name_key(spelling)}" for spelling in spellings)
        if (match := _POSSESSIVE.search(text)) and match.start() >= 4:
            found.add(f"@{name_key(text[: match.start()])}")
    return frozenset(found)
