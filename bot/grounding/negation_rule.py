"""Negation: what a quote denies is not said to be so, what it says is not denied, and nothing turns into its opposite.

A "not" reaches as far as its part of the sentence; "denied that" reaches to the end. What looks like a negation and is
none ("not only", "no fewer than") is read over. "failed to", "refused", "without" may stand for a "not" of the other
language.
"""

from __future__ import annotations

import re
from collections.abc import Iterator, Sequence
from functools import cache, lru_cache
from typing import TYPE_CHECKING, Final, NamedTuple

from bot.grounding.amounts import numbers_of
from bot.languages.lexicon import translations_of
from bot.languages.words import key_of
from bot.library.search_terms import separated_verbs

if TYPE_CHECKING:
    from bot.grounding.statement import Statement

_NO_NEGATION = re.compile(
    r"\bnot (?:only|just|merely|least)\b|\bno (?:fewer|less|more|later|earlier) than\b|\bnot (?:more|less|fewer) than\b"
    r"|\bno doubt\b|\bwhether or not\b|\bnicht (?:nur|allein|zuletzt|weniger als|mehr als|über)\b|\bohne zweifel\b|\bob oder ob nicht\b"
    r"|\b(?:wie|as|like) (?:nie|never|noch nie)\b|\b(?:nie|noch nie|niemals) zuvor\b|\bnever before\b"
    r"|\bwie seit [^,.;]{1,30} nicht(?: mehr)?\b|\bno-[a-z]{3,15}\b|\bnone other\b|\bno\. ?\d|\bnot to mention\b|\bkein geringerer\b|\bnichts anderes als\b|\bnothing (?:but|less than)\b"
)
_NEGATOR = re.compile(
    r"(?<![^\W_])(?:not|no|never|neither|nor|none|nobody|nothing|without|cannot|nowhere|hardly|nicht|nichts|nie|niemals"
    r"|niemand\w{0,2}|weder|ohne|kein(?:e[nmrs]?)?|kaum|nirgends|keinesfalls|keineswegs|mitnichten)(?![^\W_])|n['’]t(?![^\W_])"
)
_DENIAL = re.compile(
    r"\b(?:den(?:y|ies|ied|ying)|denials?|disput(?:es?|ed|ing)|refut(?:es?|ed|ing)|contradict(?:s|ed)?|reject(?:s|ed|ing)?"
    r"|rebuff(?:s|ed)?|dismiss(?:es|ed)?|fail(?:s|ed|ing)? to(?! (?:prevent|stop|avert|halt)\b)|refus(?:es|ed|ing) to|declin(?:es|ed|ing) to|unable to"
    r"|bestreite[nt]?|bestritt(?:en)?|bestreitet|dementier\w{1,3}|dementis?|leugne\w{0,3}|geleugnet|verneint\w{0,2}"
    r"|zurückgewiesen|zurückweis\w{1,3}|zurückwies\w{0,2}|widersprach(?:en)?|widerspricht|widersprochen|abgestritten|streitet)\b"
    r"|\b(?:wies|wiesen|weist|weisen)\b(?=[^.;]{1,120}\bzurück\b)"
)
# What a translator may put for a "not"; it saves an honest sentence and condemns none.
_IMPLICIT = re.compile(
    r"\b(?:fail\w{0,3}|refus\w{1,4}|reject\w{0,3}|lack\w{0,3}|miss\w{0,4}|prevent\w{0,3}|block\w{0,3}|cancel\w{0,5}|halt\w{0,3}"
    r"|stop\w{0,4}|ban(?:s|ned)?|absen\w{1,3}|unable|impossible|unlikely|unclear|unknown|unharmed|uninjured|unhurt|unsuccessful"
    r"|silent|silence|schwieg\w{0,2}|schweig\w{1,3}|geschwiegen|shortage\w?|vermisst\w{0,2}|suspend\w{0,3}|ausgesetzt|eingestellt"
    r"|unterbrochen|interrupt\w{0,3}|delay\w{0,3}|verzöger\w{1,4}|empty|leer\w{0,2}|vacant|withdr[ae]w\w{0,2}|zurückgezogen"
    r"|declin\w{1,3}|avoid\w{0,3}|abandon\w{0,3}|only|rul\w{1,3} out|wrong|false|end(?:s|ed)?|drop(?:s|ped)?|instead|far from|too"
    r"|lehn\w{1,4}|abgelehnt|ablehn\w{1,3}|verweiger\w{1,4}|scheiter\w{1,3}|gescheitert|fehl\w{1,3}|mangel\w{0,3}|verhinder\w{1,4}|abgesagt"
    r"|abges\w{1,8}|stopp\w{1,3}|gestoppt|verbo\w{1,4}|verbiet\w{1,3}|unmöglich|unwahrscheinlich|unklar|unbekannt|unverletzt|un(?:klar|bekannt|möglich|wahrscheinlich|verletzt|verändert|vollständig|zufrieden|gewiss|sicher|fähig|gültig|schuldig|passierbar|befahrbar|bewohnbar|erreichbar|bestätigt|versehrt|zugänglich|zulässig|begründet|wirksam|gelöst|beantwortet|entdeckt|geklärt|geöffnet|wahr|brauchbar|benutzbar|zureichend|genügend|beschädigt)\w{0,2}"
    r"|erfolglos\w{0,2}|verzicht\w{1,4}|ausgeblieben|ausgefallen|entf\w{2,5}|ausgeschlossen|schließt|falsch\w{0,2}|lediglich|nur|statt|weniger"
    r"|verfehl\w{1,4}|verpass\w{1,4}|free|frei|\w{3,20}los(?:e[nmrs]?)?|\w{3,20}less|un(?:clear|known|able|likely|harmed|hurt|injured|changed|safe|certain|resolved|confirmed|affected|available|aware|founded|true|successful|passable|usable|inhabitable|damaged|answered|solved|happy|scathed))\b"
)
# With these a German clause is no denial, though it has a "nicht".
_SHARE, _SHARE_DENIED = 0.6, 0.5
_LONG_ENOUGH = 2  # words of a scope
# Only words that hardly mean anything else: "left", "come", "old" and "long" turn up wherever nothing was turned round.
_OPPOSITES: Final = (
    ("rise increase raise climb higher grow growth gain surge jump", "fall drop decrease lower sink reduce cut decline plunge slump"),
    ("more", "fewer"),
    ("confirm acknowledge admit", "deny dispute"),
    ("accept approve adopt agree back support pass endorse favour favor", "reject refuse oppose disapprove"),
    ("open reopen", "close shut closure"),
    ("convict guilty", "acquit innocent acquittal"),
    ("arrest detain capture imprison", "release free"),
    ("allow permit legalise legalize", "ban forbid prohibit outlaw"),
    ("alive survive survivor", "dead die kill death"),
    ("begin start launch", "end stop finish halt cease"),
    ("win winner victory victor beat", "lose loser defeat loss"),
    ("north northern", "south southern"),
    ("east eastern", "west western"),
    ("best", "worst"),
    ("success succeed successful", "fail failure"),
    ("buy purchase acquire", "sell sale"),
    ("majority most", "minority"),
    ("man men male", "woman women female"),
    ("boy", "girl"),
    ("son", "daughter"),
    ("father", "mother"),
    ("employer", "employee"),
    ("export", "import"),
    ("profit", "loss"),
    ("summer", "winter"),
    ("maximum", "minimum"),
    ("public", "private"),
    ("hot warm", "cold"),
    ("first", "last"),
    ("strong strengthen", "weak weaken"),
    ("cheap", "expensive"),
    ("rich", "poor"),
    ("safe", "dangerous"),
    ("clear known", "unclear unknown"),
)  # fmt: skip
# Verbs whose two sides may change places: who wins against somebody is whom the other loses to.
_MUTUAL: Final = frozenset({"win", "buy", "export"})
_OWN_WORDS: Final = {
    "mehr": "more", "weniger": "fewer", "more": "more", "less": "fewer", "fewer": "fewer", "teurer": "expensive",
    "billiger": "cheap", "höher": "higher", "niedriger": "lower",
    "most": "most", "meisten": "most", "erste": "first", "ersten": "first",
    "letzte": "last", "letzten": "last", "erster": "first", "letzter": "last", "first": "first", "last": "last",
    "nördlich": "north", "südlich": "south", "östlich": "east", "westlich": "west", "norden": "north",
    "süden": "south", "osten": "east", "westen": "west", "minderheit": "minority",
    "mehrheit": "majority", "gekauft": "buy", "verkauft": "sell", "kaufte": "buy", "verkaufte": "sell",
}  # fmt: skip


_TIMES: Final = frozenset(
    "year month week weekend night quarter season summer winter spring autumn monday tuesday wednesday thursday friday "
    "saturday sunday jahr jahres monat monats woche wochenende nacht quartal saison sommer winter frühjahr herbst tagen "
    "montag dienstag mittwoch donnerstag freitag samstag sonntag".split()
)


class Scope(NamedTuple):
    """What a negation reaches: the senses of each of its words. `kind` is "not", "deny" or "attribute"."""

    kind: str
    clause: int
    words: tuple[frozenset[str], ...]


def wrong_negation(said: Statement, quotes: Sequence[Statement]) -> str:
    """What a sentence turns round; "" when it keeps what its quotes deny and what they say."""
    mine = scopes_of(said)
    theirs = [(quote, scopes_of(quote)) for quote in quotes]
    if mine and not any(scopes or _IMPLICIT.search(quote.lowered) for quote, scopes in theirs):
        return "a negation that no quote has"
    for scope in mine:
        plain = any(scopes and quote.clauses == 1 and quote.language != said.language for quote, scopes in theirs)
        if scope.kind == "not" and not plain and not _is_denied_there(scope, theirs):
            return "another thing is denied"
    for quote, scopes in theirs:
        others = [other for other in quotes if other is not quote]
        for scope in scopes:
            if _is_said(scope, said, mine) and not any(_says(scope, other) for other in others):
                return "a denial left out"
    return _opposite(said, quotes)


@lru_cache(maxsize=4096)
def scopes_of(said: Statement) -> tuple[Scope, ...]:
    """The negations of a sentence and what they reach."""
    return (*_scopes(said), *_attributes(said))


def _scopes(said: Statement) -> Iterator[Scope]:
    lowered = _NO_NEGATION.sub(lambda m: "·" * len(m.group()), said.lowered)
    places = [(m.start(), "not") for m in _NEGATOR.finditer(lowered)] + [
        (m.start(), "deny") for m in _DENIAL.finditer(lowered)
    ]
    for place, kind in sorted(places):
        at = next((i for i, w in enumerate(said.words) if w.end > place), len(said.words) - 1)
        if at < 0:
            continue
        clause = said.clause_of[at]
        names = _no_part(said)
        reached = []
        for i in said.content:
            if i in names:
                continue
            same = said.clause_of[i] == clause
            if (kind == "not" and same and said.words[i].start != place) or (kind == "deny" and i > at):
                reached.append(said.senses[i])
        yield Scope(kind, clause, tuple(reached))


_LIGHT: Final = frozenset("handelt gehandelt handele handelte involve involved concern".split())
_ATTRIBUTE = re.compile(r"\bnicht ([^\W\d_]{4,30}(?:e|en|er|es|em)) (?=[A-ZÄÖÜ])|\bnon-([^\W\d_]{3,30})")


def _no_part(said: Statement) -> frozenset[int]:
    """Words that a negation or a hedge does not reach for our purpose: names, amounts, light verbs."""
    spans = [(one.mention.start, one.mention.end) for one in numbers_of(said).stated]
    return frozenset(
        [name.place for name in said.names if not name.is_word]
        + [i for i, w in enumerate(said.words) if w.text.lower() in _LIGHT or any(a <= w.start < b for a, b in spans)]
    )


def _attributes(said: Statement) -> Iterator[Scope]:
    """ "nicht dringende Operationen", "non-urgent operations": the adjective alone is denied."""
    for match in _ATTRIBUTE.finditer(said.text):
        start = match.start(1) if match[1] else match.start(2)
        at = next((i for i, w in enumerate(said.words) if w.start == start), -1)
        if at >= 0 and said.senses[at]:
            yield Scope("attribute", said.clause_of[at], (said.senses[at],))


def _is_denied_there(scope: Scope, theirs: Sequence[tuple[Statement, tuple[Scope, ...]]]) -> bool:
    """Whether some quote denies, or puts in a denying word, any of what this negation reaches."""
    if not scope.words:
        return True
    reached = frozenset().union(*scope.words)
    for quote, scopes in theirs:
        if _IMPLICIT.search(quote.lowered):
            return True
        for other in scopes:
            if not other.words or not reached.isdisjoint(frozenset().union(*other.words)):
                return True
            if len(other.words) < _LONG_ENOUGH and quote.language != "de":
                return True
    return False


def _is_said(scope: Scope, said: Statement, mine: Sequence[Scope]) -> bool:
    """Whether the sentence says, undenied, what a quote denies."""
    if not scope.words:
        return False
    if any(other.kind == "deny" for other in mine):
        return False
    denied = {other.clause for other in mine}
    if mine and scope.words:
        reached = frozenset().union(*(frozenset().union(*other.words) for other in mine))
        if any(not reached.isdisjoint(senses) for senses in scope.words):
            return False
    if scope.kind != "attribute" and _IMPLICIT_STRONG.search(said.lowered):
        return False
    open_ = [said.senses[i] for i in said.content if said.clause_of[i] not in denied]
    bag = frozenset().union(*open_)
    hits = sum(not bag.isdisjoint(senses) for senses in scope.words)
    return hits >= max(1, (_SHARE_DENIED if scope.kind == "deny" else _SHARE) * len(scope.words))


_IMPLICIT_STRONG = re.compile(
    r"\b(?:fail(?:s|ed|ing)?|refus\w{1,4}|reject\w{0,3}|unable|impossible|rul\w{1,3} out|declin\w{1,3}|lack\w{0,3}|unclear|unknown|cancel\w{0,5}"
    r"|abgelehnt|lehn\w{1,4}|verweiger\w{1,4}|scheiter\w{1,3}|gescheitert|unmöglich|unklar|unbekannt|ausgeschlossen|abgesagt|fehl\w{1,3}"
    r"|verzicht\w{1,4}|un(?:klar|bekannt|möglich|wahrscheinlich|verletzt|verändert|vollständig|zufrieden|gewiss|sicher|fähig|gültig|schuldig|passierbar|befahrbar|bewohnbar|erreichbar|bestätigt|versehrt|zugänglich|zulässig|begründet|wirksam|gelöst|beantwortet|entdeckt|geklärt|geöffnet|wahr|brauchbar|benutzbar|zureichend|genügend|beschädigt)\w{0,2}|un\w{3,12}(?:able|ible|ed)|false|falsch)\b"
)


def _says(scope: Scope, other: Statement) -> bool:
    """Whether another of the quotes says undenied what this one denies: then the sentence may have it from there."""
    return _is_said(scope, other, scopes_of(other))


# --- opposites ----------------------------------------------------------------------------------------------------


@cache
def _opposite_keys() -> tuple[tuple[str, frozenset[str], frozenset[str]], ...]:
    return tuple((up.split()[0], _keys(up), _keys(down)) for up, down in _OPPOSITES)


def _keys(words: str) -> frozenset[str]:
    return frozenset({key_of(word, "en") for word in words.split()} | {f"!{word}" for word in words.split()})


@lru_cache(maxsize=4096)
def _concepts(said: Statement) -> frozenset[str]:
    """The nearest meanings of the words, few for each: an opposite must not be found by a far one."""
    found: set[str] = set()
    divided = {verb for verb, _, _ in separated_verbs(said.words)} if said.language == "de" else set()
    for i, word in enumerate(said.words):
        own = _OWN_WORDS.get(word.text.lower())
        following = said.words[i + 1].text.lower() if i + 1 < len(said.words) else ""
        if (
            own and following not in ("than", "als") and not (own == "last" and following in _TIMES)
        ):  # "more than 500" is the number rule's
            found.add(f"!{own}")
        if word.kind != "word" or not said.senses[i]:
            continue
        if said.language == "de":
            keys = {word.key}
            if i in divided:
                keys |= {sense.removeprefix("de:") for sense in said.senses[i] if sense.startswith("de:")}
            for key in keys:
                found.update(key_of(m.split()[0], "en") for m in translations_of(key, "de", "en")[:2] if m)
        elif said.language == "en":
            found.add(word.key)
    return frozenset(found)


def _opposite(said: Statement, quotes: Sequence[Statement]) -> str:
    mine = _concepts(said)
    theirs = frozenset().union(*(_concepts(quote) for quote in quotes))
    if any(scope.kind == "not" for one in (said, *quotes) for scope in scopes_of(one)):
        return ""  # "not closed" is open
    for name, up, down in _opposite_keys():
        for this, that in ((up, down), (down, up)):
            if not (mine & this) or mine & that or not theirs & that or theirs & this:
                continue
            bag = frozenset().union(*(quote.bag for quote in quotes))
            if any(not bag.isdisjoint(said.senses[i]) and _concepts_of_word(said, i) & this for i in said.content):
                continue  # the quotes have that very word in another sense
            if name in _MUTUAL and _first_name(said) != _first_name_in(quotes, said):
                continue
            return f"the opposite of {min(theirs & that).lstrip('!')}"
    return ""


def _concepts_of_word(said: Statement, i: int) -> frozenset[str]:
    return said.senses[i]


def _first_name(said: Statement) -> frozenset[str]:
    return min(said.names, key=lambda n: n.place).forms if said.names else frozenset()


def _first_name_in(quotes: Sequence[Statement], said: Statement) -> frozenset[str]:
    """The sentence's first name where it is the first of a quote, too."""
    mine = _first_name(said)
    return (
        mine
        if any(not mine.isdisjoint(_first_name(quote)) or (not mine and not quote.names) for quote in quotes)
        else frozenset("?")
    )
