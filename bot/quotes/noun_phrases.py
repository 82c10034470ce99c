"""Noun phrases: how far the name of a person or body reaches, before or after a word, in German and English news.

No grammar: a few lists and what capitals tell. A phrase that cannot be read is no phrase; nobody is named by guess.
"""

from __future__ import annotations

import re
from typing import Final, NamedTuple

from bot.quotes.speech_words import (
    DATA,
    DETERMINERS_DE,
    GENITIVES_DE,
    LINKS_EN,
    MEDIA,
    NOT_ADVERBS_EN,
    NOT_SPEAKERS,
    OFFICES_EN,
    PARTICLES,
    PEOPLE_EN,
    PRONOUNS_DE,
    PRONOUNS_EN,
    STOPS_EN,
)

_TOKEN = re.compile(
    r"(?:[^\W\d_]\.){2,5}(?:-\w{1,40})?|\b(?:Dr|Mr|Mrs|Ms|Prof|Gen|Lt|Col|Sgt|St|Sen|Rep|Gov|Jr|Sr|Nr|ca)\."
    r"|\d+(?:[.,]\d+){1,6}|(?:(?<=\s)-(?=[^\W\d_]))?\w+(?:[-'’.&/]\w+){0,8}(?:['’](?=\s))?|[^\w\s]"
)
MOST_TOKENS: Final = 18  # in one phrase
_ADJECTIVE_DE = re.compile(r"[^\W\d_]{2,40}(?:e|er|en|em|es)\Z")
_ADVERB_DE = re.compile(r"[^\W\d_]{2,40}(?:lich|isch|ig|weise|weit|nah|fest|bislang|mals)\Z")
_DETERMINERS_EN = frozenset(
    "the a an its his her their our several some many two three four five six both all no".split()
)
_WORDS_OF_BODIES_EN = PEOPLE_EN | OFFICES_EN | DATA


class Token(NamedTuple):
    """A word or a sign, with where it stands."""

    text: str
    start: int
    end: int

    @property
    def is_word(self) -> bool:
        return self.text[0].isalnum() or len(self.text) > 1

    @property
    def is_capital(self) -> bool:
        return self.text.lstrip("-")[:1].isupper()


def tokens_of(text: str) -> list[Token]:
    """The words and signs of a sentence in order."""
    return [Token(m.group(), m.start(), m.end()) for m in _TOKEN.finditer(text)]


def phrase_after(tokens: list[Token], at: int, language: str, *, told: bool = False) -> int:
    """Where the noun phrase that begins at `at` ends; `at` itself when none begins there.

    `told`: it follows a verb of saying, so that whoever is told may stand right behind it.
    """
    return _german(tokens, at, told=told) if language == "de" else _english(tokens, at)


def phrase_before(tokens: list[Token], end: int) -> int:
    """Where the English noun phrase that ends before `end` begins; `end` itself when none ends there."""
    first = end
    while first > 0 and end - first < MOST_TOKENS:
        token = tokens[first - 1]
        word = token.text.lower()
        if token.text in "()" and _in_brackets(tokens, first - 1, end):
            first -= 1
            continue
        if not token.is_word or word in PRONOUNS_EN or (token.text in NOT_SPEAKERS and first < end):
            break
        if word in _HOURS:
            break
        if word in LINKS_EN or word == "and":
            linked = first >= 2 and tokens[first - 2].is_word and first < end
            if not linked or (word == "and" and not _joins(tokens, first - 1)):
                break
        elif word in _PASSIVE and first >= 2 and tokens[first - 2].text.lower().endswith(("ed", "en")):
            pass  # "reports reviewed by Reuters"
        elif word in STOPS_EN and not (word in {"reported", "alleged"} and first < end):
            break
        first -= 1
        if word in _DETERMINERS_EN and not (first >= 2 and _leads_on(tokens[first - 1].text.lower())):
            break
    while first < end and (tokens[first].text.lower() in LINKS_EN | {"and", "by"} or _is_adverb(tokens[first].text)):
        first += 1
    return first if _names_somebody(tokens, first, end) else end


def _leads_on(word: str) -> bool:
    """Whether a phrase goes on before an article: "the expert leading the programme", "the chief of the agency"."""
    return word in _INNER or (word.endswith("ing") and len(word) > 5)


_HOURS = frozenset({"a.m.", "p.m.", "a.m", "p.m"})
_PASSIVE = frozenset({"by"})
_INNER = frozenset({"of", "for", "by", "and"})


def _in_brackets(tokens: list[Token], at: int, end: int) -> bool:
    """Whether a bracket belongs to a short "(FWK)" before `end`."""
    window = [token.text for token in tokens[max(0, at - 3) : min(end, at + 4)]]
    return "(" in window and ")" in window


def _joins(tokens: list[Token], at: int) -> bool:
    """Whether "and" at `at` joins two names: both sides look like one."""
    before, after = tokens[at - 1], tokens[at + 1] if at + 1 < len(tokens) else None
    if after is None or not before.is_word:
        return False
    names = after.is_capital or after.text.lower() in _DETERMINERS_EN or after.text.lower() in PEOPLE_EN
    return names and (before.is_capital or before.text.lower() in PEOPLE_EN or before.text.lower().endswith("s"))


def _names_somebody(tokens: list[Token], first: int, end: int) -> bool:
    words = [token.text for token in tokens[first:end]]
    if not words or end - first > MOST_TOKENS:
        return False
    alone = words[0].lower() if len(words) == 1 else ""
    if alone in PRONOUNS_EN | STOPS_EN or (alone and words[0] in NOT_SPEAKERS):
        return False
    lowered = [word.lower() for word in words]
    if lowered[0] in _DETERMINERS_EN:
        return end - first > 1
    return any(token.is_capital for token in tokens[first:end]) or not _WORDS_OF_BODIES_EN.isdisjoint(lowered)


def _english(tokens: list[Token], at: int) -> int:
    end = at
    while end < len(tokens) and end - at < MOST_TOKENS:
        token = tokens[end]
        word = token.text.lower()
        if token.text == "(" and end > at:
            behind = _behind_bracket(tokens, end)
            if behind == end:
                break
            end = behind
            continue
        if not token.is_word or (token.text in NOT_SPEAKERS and end > at):
            break
        if word == "and":
            adjectives = end == at + 1 and not tokens[at].is_capital  # "local and foreign volunteers"
            if end == at or not (adjectives or _goes_on_english(tokens, end)):
                break
        elif word == "by":
            if end == at or not tokens[end - 1].text.lower().endswith(("ed", "en")):
                break
        elif word == "for":
            if end == at or tokens[end - 1].text.lower() not in OFFICES_EN:
                break
        elif word in STOPS_EN or _is_adverb(token.text):
            break
        end += 1
    while end > at and (tokens[end - 1].text in _LOOSE_ENDS_EN or _is_participle(tokens[end - 1].text)):
        end -= 1
    return end if _names_somebody(tokens, at, end) else at


def _is_adverb(word: str) -> bool:
    return word.islower() and word.endswith("ly") and word not in NOT_ADVERBS_EN


_LOOSE_ENDS_EN = frozenset({"and", "by", "of", "for", "the", "a", "an"})


def _is_participle(word: str) -> bool:
    return word.islower() and word.endswith("ed") and len(word) > 4


def _goes_on_english(tokens: list[Token], at: int) -> bool:
    """Whether "and" at `at` is followed by another name and not by the next clause."""
    if at + 1 >= len(tokens):
        return False
    after = tokens[at + 1]
    if after.is_capital or after.text.lower() in PEOPLE_EN:
        beyond = tokens[at + 2].text.lower() if at + 2 < len(tokens) else "."
        return beyond not in SAYING_OR_BEING
    return after.text.lower() in {"the", "its", "his", "her", "their", "other"}


SAYING_OR_BEING: Final = frozenset("is are was were has have had will would said says told added".split())


def _german(tokens: list[Token], at: int, *, told: bool) -> int:
    end = _german_core(tokens, at)
    if end == at:
        return at
    bare = tokens[at].is_capital and tokens[at].text.lower() not in DETERMINERS_DE  # a name without an article
    end = _behind_bracket(tokens, end)
    if not bare and _text(tokens, end) in GENITIVES_DE:  # "die Agentur des Nordens"
        further = _german_core(tokens, end)
        if further > end and not (told and any(token.text in MEDIA for token in tokens[end:further])):
            end = _behind_bracket(tokens, further)
    for _ in range(3):
        link = _text(tokens, end)
        if link not in {"und", "sowie", "bzw", ","}:
            break
        further = _german_core(tokens, end + 1)
        if further == end + 1 or _text(tokens, end + 1).lower() in PRONOUNS_DE - DETERMINERS_DE:
            break
        verb_like = not tokens[end + 1].is_capital and _text(tokens, end + 1) not in DETERMINERS_DE
        if verb_like and (bare or not _ADJECTIVE_DE.match(tokens[at].text)):
            break
        if link == "," and _text(tokens, further) not in {"und", "sowie"}:
            break  # an apposition, not a list
        end = further
    return end


def _behind_bracket(tokens: list[Token], at: int) -> int:
    """Where a short "(FWK)" at `at` ends; `at` when there is none."""
    if _text(tokens, at) != "(":
        return at
    return next((i + 1 for i in range(at + 1, min(at + 5, len(tokens))) if tokens[i].text == ")"), at)


def _german_core(tokens: list[Token], at: int) -> int:
    """One German noun phrase without what follows it: article, adjectives, nouns and names."""
    end = at
    if _text(tokens, end) in {"mindestens", "allein", "auch"}:
        end += 1
    if _text(tokens, end).lower() in DETERMINERS_DE:
        end += 1
    for _ in range(6):  # adjectives, also "staatlich geführte", "ukrainischen und westlichen"
        word = _text(tokens, end)
        following = _text(tokens, end + 1)
        if _is_adjective(tokens, end) or (_ADVERB_DE.match(word) and _is_adjective(tokens, end + 1)):
            end += 1
        elif word in {"und", "sowie", ","} and _is_adjective(tokens, end - 1) and _is_adjective(tokens, end + 1):
            end += 2
        elif word == "in" and following[:1].isupper() and _is_adjective(tokens, end + 2):
            end += 3  # "der in London ansässige Dienst"
        else:
            break
    nouns = end
    while end < len(tokens) and end - at < MOST_TOKENS:
        token = tokens[end]
        if token.text in NOT_SPEAKERS or (token.text in MEDIA and end > nouns and tokens[end - 1].text not in MEDIA):
            break
        noun = token.is_word and token.is_capital and token.text not in _CAPITAL_OPENERS
        inside = end > nouns and (
            (token.text[0] == "-" and token.is_word)  # "US -Dollar", as translation machines write
            or (token.text in PARTICLES and _name_goes_on(tokens, end))
        )
        if not noun and not inside:
            break
        end += 1
    return end if end > nouns else at


_CAPITAL_OPENERS = frozenset(
    "Er Sie Es Wir Ich Man Was Wer Wo Wann Wie Warum Dass Wenn Als Aber Und Doch Denn Dies Das Im Am In Bei Auf"
    " Auch".split()
)


def _name_goes_on(tokens: list[Token], at: int) -> bool:
    """Whether a small word at `at` is a part of a name: "Ursula von der Leyen"."""
    word, following = tokens[at].text, _text(tokens, at + 1)
    if following[:1].isupper():
        return word not in {"der", "den", "auf", "zu", "zum", "zur", "vom"} or _text(tokens, at - 1) in {"von", "van"}
    return word in {"von", "van", "de"} and following in {"der", "den", "la"} and _text(tokens, at + 2)[:1].isupper()


def _is_adjective(tokens: list[Token], at: int) -> bool:
    word = _text(tokens, at)
    if not word or not word[0].islower() or word in DETERMINERS_DE or word in PRONOUNS_DE or word in _NO_ADJECTIVES:
        return False
    return bool(_ADJECTIVE_DE.match(word)) and not word.endswith(("ierten", "ierte", "sagte", "sagten", "te an"))


_NO_ADJECTIVES = frozenset(
    "über unter oder aber wegen gegen neben hinter zwischen später gestern heute morgen unterdessen indessen hatte"
    " hatten wurde wurden habe haben werde werden seine wäre waren sei seien könne können wolle wollen müsse müssen"
    " solle sollen dürfe bereits daher ohne nahe beide keine alle weder jedoch besonders immer wieder einander außer"
    " sowie eine einer".split()
)


def _text(tokens: list[Token], at: int) -> str:
    return tokens[at].text if 0 <= at < len(tokens) else ""
