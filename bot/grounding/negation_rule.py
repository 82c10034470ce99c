"""Negation: what a quote denies is not said to be so, what it says is not denied, and nothing turns into its opposite.

A "not" reaches as far as its part of the sentence; "denied that" reaches to the end. What looks like a negation and is
none ("not only", "no fewer than") is read over. "failed to", "refused", "without" may stand for a "not" of the other
language.
"""

from __future__ import annotations

import re
from collections.abc import Sequence
from functools import cache, lru_cache
from typing import TYPE_CHECKING, Final, NamedTuple

from bot.grounding.amounts import numbers_of
from bot.grounding.statement import statement
from bot.languages.lexicon import translations_of
from bot.languages.words import key_of
from bot.library.search_terms import separated_verbs

if TYPE_CHECKING:
    from bot.grounding.statement import Statement

_NO_NEGATION = re.compile(
    r"\bnot (?:only|just|merely|least)\b|\bno (?:fewer|less|more|later|earlier) than\b|\bnot (?:more|less|fewer) than\b"
    r"|\bno doubt\b|\bwhether or not\b|\bnicht (?:nur|allein|zuletzt|weniger als|mehr als|über)\b|\bohne zweifel\b|\bob oder ob nicht\b"
    r"|\b(?:wie|as|like) (?:nie|never|noch nie)\b|\b(?:nie|noch nie|niemals) zuvor\b|\bnever before\b"
    r"|\bkeine? (?=\d)|\b(?:not|n['’]t) (?:[a-z]+ ){0,6}?(?:until|before)\b|\bnicht (?:[a-zäöüß]+ ){0,3}?(?:vor|bis) (?=\w)|\bso [a-zäöüß]{3,15} wie (?:[a-zäöüß]{2,6} ){0,2}(?:kein\w{0,2}|nie|niemals|niemand|nirgends)\b|\bwie seit [^,.;]{1,30} nicht(?: mehr)?\b|\bno-[a-z]{3,15}\b|\bno confidence\b|^\W{0,2}(?:no|nein)(?=[,.:;–-])|\bnone other\b|\bno\. ?\d|\bnot to mention\b|\bkein geringerer\b|\bnichts anderes als\b|\bnothing (?:but|less than)\b"
)
_NEGATOR = re.compile(
    r"(?<![^\W_])(?:not|no|never|neither|none|nobody|nothing|without|cannot|nowhere|hardly|nicht|nichts|nie|niemals"
    r"|niemand\w{0,2}|weder|ohne|kein(?:e[nmrs]?)?|kaum|non(?=-)|nirgends|keinesfalls|keineswegs|mitnichten)(?![^\W_])|n['’]t(?![^\W_])"
)
# What denies a statement ("denied that", "refused to"), and what turns something down ("rejected the claim that").
_DENIAL = re.compile(
    r"\b(?:den(?:y|ies|ied|ying)|denials?|(?<!of )(?<!the )(?<!a )(?<!in )(?<!under )disput(?:es?|ed|ing)|fail(?:s|ed|ing)? to(?! (?:prevent|stop|avert|halt)\b)|lack(?:s|ed)?"
    r"|refus(?:es|ed|ing) to|declin(?:es|ed|ing) to|unable to|bestreite[nt]?|bestritt(?:en)?|bestreitet|dementier\w{1,3}|dementis?"
    r"|leugne\w{0,3}|geleugnet|verneint\w{0,2}|abgestritten|streitet)\b"
)
_REJECTION = re.compile(
    r"\b(?:(?:refut(?:es?|ed|ing)|contradict(?:s|ed)?|reject(?:s|ed|ing)?|rebuff(?:s|ed)?|dismiss(?:es|ed)?|zurückgewiesen|zurückweis\w{1,3}"
    r"|zurückwies\w{0,2}|widersprach(?:en)?|widerspricht|widersprochen)\b|(?:wies|wiesen|weist|weisen)\b(?=[^.;]{1,120}\bzurück\b))"
)
_COMPLEMENT = re.compile(r"(?<!before )(?<!after )(?<!of )(?<!in )(?<!like )\b(?:that|dass|daß)\b|,")
# What a translator may put for a "not"; it saves an honest sentence and condemns none.
_IMPLICIT = re.compile(
    r"\b(?:cut(?:s|ting)?|lahm\w{0,6}|gibt(?=[^.;]{1,90}\bauf\b)|g[ia]ves? up|given up|(?:in|im|ir|il)(?:suff|adeq|poss|compl|valid|elig|effect|accur|approp|regul|legal|act|consist|visib|secur|stab|cap)\w{1,8}|escap\w{1,3}|entk\w{2,5}|entg(?:ing|ingen|angen|eht|ehen)|glimpflich|fail\w{0,3}|refus\w{1,4}|reject\w{0,3}|lack\w{0,3}|miss\w{0,4}|prevent\w{0,3}|block\w{0,3}|cancel\w{0,5}|halt\w{0,3}"
    r"|stop\w{0,4}|ban(?:s|ned)?|absen\w{1,3}|unable|impossible|unlikely|unclear|unknown|unharmed|uninjured|unhurt|unsuccessful"
    r"|silent|silence|schwieg\w{0,2}|schweig\w{1,3}|geschwiegen|shortage\w?|vermisst\w{0,2}|suspend\w{0,3}|ausgesetzt|eingestellt"
    r"|unterbrochen|interrupt\w{0,3}|delay\w{0,3}|verzöger\w{1,4}|empty|leer\w{0,2}|vacant|withdr[ae]w\w{0,2}|zurückgezogen"
    r"|declin\w{1,3}|avoid\w{0,3}|abandon\w{0,3}|only|rul\w{1,3} out|wrong|false|drop(?:s|ped)?|instead|far from|too|less"
    r"|lehn\w{1,4}|abgelehnt|ablehn\w{1,3}|verweiger\w{1,4}|scheiter\w{1,3}|gescheitert|fehl\w{1,3}|mangel\w{0,3}|verhinder\w{1,4}|abgesagt"
    r"|abges\w{1,8}|stopp\w{1,3}|gestoppt|verbo\w{1,4}|verbiet\w{1,3}|unmöglich|unwahrscheinlich|unklar|unbekannt|unverletzt|un(?:klar|bekannt|möglich|wahrscheinlich|verletzt|verändert|vollständig|zufrieden|gewiss|sicher|fähig|gültig|schuldig|passierbar|befahrbar|bewohnbar|erreichbar|bestätigt|versehrt|zugänglich|zulässig|begründet|wirksam|gelöst|beantwortet|entdeckt|geklärt|geöffnet|wahr|brauchbar|benutzbar|zureichend|genügend|beschädigt)\w{0,2}"
    r"|erfolglos\w{0,2}|verzicht\w{1,4}|ausgeblieben|ausgefallen|entf\w{2,5}|ausgeschlossen|schließt|falsch\w{0,2}|lediglich|nur|statt|weniger"
    r"|verfehl\w{1,4}|verpass\w{1,4}|free|frei|\w{3,20}los(?:e[nmrs]?)?|\w{3,20}less|miss(?:trau|erf|brauch)\w{1,12}|un(?:ge|be|ver|er)\w{3,16}|un\w{3,12}ed|waits?|waiting|wart\w{1,3}|un(?:clear|known|able|likely|harmed|hurt|injured|changed|safe|certain|resolved|confirmed|affected|available|aware|founded|true|successful|passable|usable|inhabitable|damaged|answered|solved|happy|scathed))\b"
)
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
    "known": "known", "bekannt": "known", "unbekannt": "unknown", "unclear": "unclear", "unklar": "unclear",
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


class Denied(NamedTuple):
    """A negation: which words of its sentence it denies, and which it reaches, by their places.

    `kind` is "not", "no", "deny" or "attribute" ("nicht dringende Operationen"); `at` is the negating word.
    """

    kind: str
    at: int
    target: tuple[int, ...]
    reach: tuple[int, ...]


def wrong_negation(said: Statement, quotes: Sequence[Statement], *, doubted: bool = False) -> str:
    """What a sentence turns round; "" when it keeps what its quotes deny and what they say.

    `doubted`: the quotes are marked as unverified, so that the sentence may say that nobody verified them.
    """
    if doubted:
        said = _without_doubt(said)
    for denied in denials_of(said):
        if denied.kind != "deny" and _is_said_plainly(said, denied, quotes):
            return "another thing is denied"
    if any(denied.kind == "deny" and denied.target for denied in denials_of(said)) and not any(
        _has_negation(quote) for quote in quotes
    ):
        return "a denial that no quote has"
    for quote in quotes:
        lost = [
            denied
            for denied in denials_of(quote)
            if _is_repeated(quote, denied, said) and not _is_said_elsewhere(quote, denied, quotes)
        ]
        if lost and len(lost) > len(denials_of(said)) + _stand_ins(said, quotes):
            return "a denial left out"
        if any(denied.kind == "attribute" for denied in lost) and not denials_of(said):
            return "a denial left out"
    return _opposite(said, quotes)


_UNVERIFIED = re.compile(
    r"[^,;.]{0,80}\b(?:independently|unabhängig\w{0,2}|unverified|verified|verifi\w{1,6}|überprüf\w{1,4}|bestätigt)\b[^,;.]{0,40}",
    re.IGNORECASE,
)


def _without_doubt(said: Statement) -> Statement:
    text = _UNVERIFIED.sub(lambda m: " " if _NEGATOR.search(m.group().lower()) else m.group(), said.text)
    return statement(text, said.language, said.day)


@lru_cache(maxsize=4096)
def denials_of(said: Statement) -> tuple[Denied, ...]:
    """The negations of a sentence and what they reach."""
    lowered = _NO_NEGATION.sub(lambda m: "·" * len(m.group()), said.lowered)
    places = [(m.start(), m.group()) for m in _NEGATOR.finditer(lowered)]
    places += [(m.start(), "") for m in _DENIAL.finditer(lowered)]
    places += [(m.start(), "that") for m in _REJECTION.finditer(lowered)]
    return tuple(_denied(said, place, word) for place, word in sorted(places) if said.words)


def _denied(said: Statement, place: int, negator: str) -> Denied:
    at = next((i for i, word in enumerate(said.words) if word.end > place), len(said.words) - 1)
    skipped = _no_part(said)
    content = [i for i in said.content if i not in skipped and i != at]
    if negator in ("", "that"):
        begin = said.words[at].start
        if negator:  # what is turned down is a thing, unless it is told what somebody says
            complement = _COMPLEMENT.search(said.lowered, said.words[at].end)
            begin = complement.start() if complement else len(said.text)
        denied = tuple(i for i in content if i > at and said.words[i].start > begin)
        return Denied("deny", at, denied, denied)
    clause = said.clause_of[at]
    if not any(said.clause_of[i] == clause for i in content):
        clause += 1  # "…, nicht aber unter Drohungen"
    reach = [i for i in content if said.clause_of[i] == clause]
    after = [i for i in reach if i > at]
    before = [i for i in reach if i < at]
    if _OF_NOUNS.fullmatch(negator):
        if not after and negator.startswith("kein"):
            return Denied("no", at, (), ())  # "…, hier gab es keinen": whatever was spoken of
        return Denied("no", at, tuple(_up_to_noun(said, after) or after[:1] or before[-1:]), tuple(reach))
    if attribute := _ATTRIBUTE.match(said.text, said.words[at].start):
        start = attribute.start(1) if attribute[1] else attribute.start(2)
        denied = tuple(i for i in after if said.words[i].start == start)
        return Denied("attribute", at, denied, denied)
    if said.language == "de":
        target = [i for i in after if said.words[i].text[0].islower()][:2]
        target = target or [i for i in before if said.words[i].text[0].islower()][-1:]
    else:
        target = after[:2] if after and said.words[after[0]].text.endswith("ly") else after[:1]
        target = target or before[-1:]
    return Denied("not", at, tuple(target or reach), tuple(reach))


_ATTRIBUTE = re.compile(r"nicht ([^\W\d_]{4,30}(?:e|en|er|es|em)) (?=[A-ZÄÖÜ])|non-([^\W\d_]{3,30})")
_OF_NOUNS = re.compile(r"no|without|ohne|kein(?:e[nmrs]?)?")


def _up_to_noun(said: Statement, after: Sequence[int]) -> list[int]:
    """The words of "no immediate reports", "keine neuen Züge" up to the noun."""
    found: list[int] = []
    for i in after:
        if found and i != found[-1] + 1:
            break
        found.append(i)
        if said.language == "de" and said.words[i].text[0].isupper():
            break
    return found


def _no_part(said: Statement) -> frozenset[int]:
    """Words that a negation or a hedge does not reach for our purpose: names, amounts, light verbs."""
    spans = [(one.mention.start, one.mention.end) for one in numbers_of(said).stated]
    return frozenset(
        [name.place for name in said.names if not name.is_word]
        + [i for i, w in enumerate(said.words) if w.text.lower() in _LIGHT or any(a <= w.start < b for a, b in spans)]
    )


_LIGHT: Final = frozenset(
    "handelt gehandelt handele handelte involve involved concern have had has been being haben hatte hatten hat".split()
)


def _senses(said: Statement, place: int) -> frozenset[str]:
    return said.senses[place] | said.clue_senses[place]


def _has_negation(said: Statement) -> bool:
    return bool(denials_of(said)) or _IMPLICIT.search(said.lowered) is not None


def _is_said_plainly(said: Statement, denied: Denied, quotes: Sequence[Statement]) -> bool:
    """Whether quotes say what a sentence denies, and nothing of theirs denies it or anything that belongs to it."""
    if not denied.target:
        return False
    targets = [_senses(said, i) for i in denied.target]
    reached = frozenset().union(*(_senses(said, i) for i in (*denied.reach, *denied.target)))
    found = False
    for quote in quotes:
        for other in denials_of(quote):
            theirs = frozenset().union(*(_senses(quote, i) for i in (*other.reach, *other.target)))
            if not theirs or not theirs.isdisjoint(reached):
                return False
            if quote.clauses == 1 and quote.language != said.language:
                return False  # what its one negation denies, no word list may have told
        bag = _plain_bag(quote)
        found = found or all(not bag.isdisjoint(senses) for senses in targets)
    if not found and all(quote.bag.isdisjoint(reached) for quote in quotes):
        return not any(_has_negation(quote) for quote in quotes)  # nothing of it is theirs
    return found and not _stand_ins_there(said, quotes)


@lru_cache(maxsize=4096)
def _plain_bag(said: Statement) -> frozenset[str]:
    """The senses of all words but those that deny something themselves: "undefeated"."""
    hidden = [(match.start(), match.end()) for match in _IMPLICIT.finditer(said.lowered)]
    return frozenset().union(
        *(_senses(said, i) for i, w in enumerate(said.words) if not any(a <= w.start < b for a, b in hidden))
    )


def _is_repeated(quote: Statement, denied: Denied, said: Statement) -> bool:
    """Whether a sentence speaks of what a quote denies."""
    bag = said.bag
    places = dict.fromkeys((*denied.reach, *denied.target))
    hits = sum(not bag.isdisjoint(_senses(quote, i)) for i in places)
    if not places or not hits:
        return False
    if denied.kind == "deny":
        return hits > _SHARE_DENIED * len(places) and bag.isdisjoint(_senses(quote, denied.at))
    last = denied.target[-1] if denied.target else -1
    if last >= 0 and bag.isdisjoint(_senses(quote, last)):
        bare = not denials_of(said) and not _stand_ins(said, [quote])
        if quote.language == said.language:
            return denied.kind == "no" and bare and len(places) > 1 and hits >= _SHARE * len(places)
        if len(_senses(quote, last)) <= _UNKNOWN:
            return hits >= _SHARE * len(places)
        # No word list has all words for a thing: who tells of it without any denying word denies it no more.
        return hits >= _SHARE_DENIED * len(places) and bare
    return hits >= _SHARE_REPEATED * len(places)


_SHARE, _SHARE_DENIED, _SHARE_REPEATED = 0.6, 0.5, 0.4
_UNKNOWN = 2  # senses of a word that no list translates


def _is_said_elsewhere(quote: Statement, denied: Denied, quotes: Sequence[Statement]) -> bool:
    """Whether the quotes say undenied, too, what one of them denies: then the sentence may have it from there."""
    reached = {i for other in denials_of(quote) for i in (*other.reach, *other.target)}
    wanted = [_senses(quote, i) for i in denied.target]
    for other in quotes:
        if other is quote:
            free = [i for i in other.content if i not in reached]
        else:
            denied_there = {i for one in denials_of(other) for i in (*one.reach, *one.target)}
            free = [i for i in other.content if i not in denied_there]
        bag = frozenset().union(*(_senses(other, i) for i in free))
        if wanted and all(not bag.isdisjoint(senses) for senses in wanted):
            return True
    return False


def _stand_ins(said: Statement, quotes: Sequence[Statement]) -> int:
    """How many words of a sentence may stand for a "not" that a quote has: "failed to", "unhurt"."""
    bag = frozenset().union(*(quote.bag for quote in quotes))
    texts = {match.group() for quote in quotes for match in _IMPLICIT.finditer(quote.lowered)}
    found = 0
    for match in _IMPLICIT.finditer(said.lowered):
        at = next((i for i, word in enumerate(said.words) if word.end > match.start()), -1)
        found += match.group() not in texts and (at < 0 or not said.senses[at] or bag.isdisjoint(said.senses[at]))
    return found


def _stand_ins_there(said: Statement, quotes: Sequence[Statement]) -> bool:
    return any(_stand_ins(quote, [said]) for quote in quotes)


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
    if any(denied.kind != "deny" for one in (said, *quotes) for denied in denials_of(one)):
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
