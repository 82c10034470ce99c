"""Speakers and doers: words are not put into another mouth, and who did what to whom does not change places."""

from __future__ import annotations

import re
from bisect import bisect_right
from collections.abc import Sequence
from functools import lru_cache
from typing import TYPE_CHECKING, Final, NamedTuple

from bot.grounding.amounts import numbers_of
from bot.grounding.statement import is_calendar, statement
from bot.quotes.speech import speaker_of

if TYPE_CHECKING:
    from bot.grounding.statement import Statement

_OF_CARE: Final = frozenset(
    "reportedly allegedly berichten zufolge angeblich angaben reports sources said told says reported".split()
)
_MOSTLY, _CLEARLY = 0.6, 0.34
_ARTICLES: Final = frozenset("the a an his her its their der die das dem den des ein eine einen einem einer".split())
_PASSIVE_EN = re.compile(r"\b(?:was|were|is|are|been|being|be|got)\b")
_MUTUAL = re.compile(
    r"\A(?:meet|met|talk|spok|speak|negoti|agre|sign|marri|play|fight|fought|clash|border|cooper|discuss|join|trad|phone|exchang|compet)",
)
_SKIP: Final = frozenset("has have had also later again then already never not only just soon still and both did does do will would could may might can must should reportedly allegedly".split())  # fmt: skip
_BEFORE_OBJECT: Final = _ARTICLES | frozenset(
    "former president minister chancellor mayor mr mrs ms prime german french russian ukrainian us".split()
)


class Deed(NamedTuple):
    """Who does what to whom, as the senses of the words for each."""

    doer: frozenset[str]
    verb: frozenset[str]
    other: frozenset[str]


def moved_speech(
    said: Statement, quotes: Sequence[Statement], speakers: Sequence[str], befores: Sequence[str] = ()
) -> str:
    """Who is said to say what the quotes let another say; "" when nobody is.

    `speakers` are those of each quote, `befores` the sentences before each, which tell who "she" is.
    """
    speaker = speaker_of(said.text, said.language)
    if not speaker:
        return ""
    own = statement(speaker, said.language, None)
    begin, end = _part_with(said, speaker)
    inside = _span(said, speaker)
    content = [i for i in said.content if begin <= said.words[i].start < end and said.words[i].start not in inside]
    best = max(
        range(len(quotes)), key=lambda n: sum(not quotes[n].bag.isdisjoint(said.senses[i]) for i in content), default=-1
    )
    if best < 0:
        return ""
    named = [n for n in own.names if not n.is_word and not own.is_loose_noun(n, nobody_missing=True)]
    there = speakers[best] or speaker_of(quotes[best].text, quotes[best].language)
    if befores and befores[best] and (not there or _PRONOUN.fullmatch(there.lower())):
        before = statement(befores[best], quotes[best].language, None)
        known = before.bag | before.forms
        if any(not known.isdisjoint(own.senses[i] | own.clue_senses[i]) for i in own.content):
            return ""
        if any(not name.forms.isdisjoint(known) for name in own.names):
            return ""
    if there:
        other = statement(there, quotes[best].language, None)
        if _same_body(own, other, quotes[best]):
            return ""
        if not named and (not other.names or own.language != other.language):
            # Two bodies without a name: only a word list could tell, and it knows too few.
            return "" if not _contradicts(own, other) else speaker
        # Whom the sentence names says something in this quote, but somebody else says this.
        return speaker
    if named and not any(not n.forms.isdisjoint(q.forms) for n in named for q in quotes):
        return speaker
    if not named and own.content and not _is_unknown(own):
        bag = frozenset().union(*(q.bag for q in quotes))
        if all(bag.isdisjoint(own.senses[i] | own.clue_senses[i]) for i in own.content):
            return speaker if not _is_general(own) else ""
    return ""


_PRONOUN = re.compile(r"(?:he|she|it|they|er|sie|es|man|dieser|diese)")


def _part_with(said: Statement, speaker: str) -> tuple[int, int]:
    """The part of a sentence between semicolons in which somebody is named."""
    at = max(0, said.text.find(speaker))
    behind = said.text.find(";", at)
    return said.text.rfind(";", 0, at) + 1, behind if behind >= 0 else len(said.text)


def _is_unknown(own: Statement) -> bool:
    """Whether the word list has no word for the speaker: then nothing tells who it is in another language."""
    return own.language == "de" and all(
        sense.startswith(("de:", "@", "~")) for i in own.content for sense in own.senses[i]
    )


_GENERAL: Final = frozenset("report official source authority authorities police medium media document article statement agency news behörde bericht angabe".split())  # fmt: skip


def _is_general(own: Statement) -> bool:
    """Whether the speaker is whoever published it: "officials", "the report"."""
    return any(
        not own.senses[i].isdisjoint(_GENERAL | {"offici", "author", "polic", "media", "articl", "agenc"})
        for i in own.content
    )


def _span(said: Statement, speaker: str) -> frozenset[int]:
    at = said.text.find(speaker)
    return frozenset(w.start for w in said.words if at <= w.start < at + len(speaker)) if at >= 0 else frozenset()


def _same_body(own: Statement, other: Statement, quote: Statement) -> bool:
    """Whether two speakers may be one: a name or a word in common, or one is the other's office in the same quote."""
    if any(not n.forms.isdisjoint(other.forms) for n in own.names if not n.is_word):
        return True
    if own.names and other.names and any(not n.is_word for n in own.names) and any(not n.is_word for n in other.names):
        return False
    shared = [i for i in own.content if not other.bag.isdisjoint(own.senses[i] | own.clue_senses[i])]
    if shared:
        return not _contradicts(own, other)
    if not [n for n in own.names if not n.is_word]:
        # "the mayor" for "Ina Kolb", where the quote calls her that or nothing tells
        head = own.content[-1:] or ()
        return any(not quote.bag.isdisjoint(own.senses[i] | own.clue_senses[i]) for i in head) or not other.content
    return any(not n.forms.isdisjoint(quote.forms) and _beside(n.forms, other, quote) for n in own.names)


def _beside(forms: frozenset[str], other: Statement, quote: Statement) -> bool:
    """Whether a name stands right beside the quote's speaker: "the mayor, Ina Kolb, said"."""
    at = quote.text.find(other.text)
    if at < 0:
        return False
    end = at + len(other.text)
    near = quote.text[max(0, at - 40) : end + 40]
    return not forms.isdisjoint(statement(near, quote.language, None).forms)


_BODIES: Final = (
    "defend defenc defens", "interior inner", "foreign exterior", "financ", "justic", "health", "economi econom", "educ", "environ", "agricultur", "transport",
)  # fmt: skip


def _contradicts(own: Statement, other: Statement) -> bool:
    """Whether two bodies are of two departments: a ministry of the interior is no ministry of defence."""
    mine = {n for n, keys in enumerate(_BODIES) if own.bag & set(keys.split())}
    theirs = {n for n, keys in enumerate(_BODIES) if other.bag & set(keys.split())}
    if mine and theirs and not mine & theirs:
        return True
    return (
        not any(not other.bag.isdisjoint(own.senses[i] | own.clue_senses[i]) for i in own.content)
        and own.language == other.language
    )


def _clause_at(said: Statement, offset: int) -> int:
    place = max(0, bisect_right([word.start for word in said.words], offset) - 1)
    return said.clause_of[place]


def mixed_up(said: Statement, quotes: Sequence[Statement]) -> str:
    """Of whom a sentence says what a quote says of somebody else, where another of its quotes names them; "" of nobody.

    Where that quote names nobody at all ("the mayor", "it"), it may well speak of them.
    """
    if len(quotes) < 2 or not said.own_names:
        return ""
    amounts = [one.mention for one in numbers_of(said).stated]
    places = {name.place for name in said.own_names}
    places |= {i for i, w in enumerate(said.words) if any(one.start <= w.start < one.end for one in amounts)}
    places |= {i for i, w in enumerate(said.words) if is_calendar(w.text) or w.text.lower() in _OF_CARE}
    for clause in range(said.clauses):
        names = [name for name in said.own_names if said.clause_of[name.place] == clause]
        words = [said.senses[i] for i in said.content if said.clause_of[i] == clause and i not in places]
        if not names or len(words) < 2:
            continue
        covered = [sum(not quote.bag.isdisjoint(senses) for senses in words) / len(words) for quote in quotes]
        named = [any(not name.forms.isdisjoint(quote.forms) for name in names) for quote in quotes]
        best = max(range(len(quotes)), key=lambda n: (covered[n], named[n]))
        if named[best] or covered[best] < _MOSTLY or not quotes[best].own_names:
            continue
        values = {one.value for one in amounts if said.words and _clause_at(said, one.start) == clause}
        of_named = [quotes[n] for n in range(len(quotes)) if named[n]]
        if values and any(values <= {o.mention.value for o in numbers_of(quote).stated} for quote in of_named):
            continue  # its numbers are those of whom it names
        nearest = max((covered[n] for n in range(len(quotes)) if named[n]), default=0.0)
        if nearest < _MOSTLY and covered[best] - nearest >= _CLEARLY:
            return names[0].text
    return ""


# --- doers --------------------------------------------------------------------------------------------------------


@lru_cache(maxsize=4096)
def deeds_of(said: Statement) -> tuple[Deed, ...]:
    """Who does what to whom, where an English sentence says so plainly, and a German one in its usual order."""
    found = []
    words, content = said.words, set(said.content)
    nameds = _whole_names(said)

    def key(i: int) -> frozenset[str]:
        return nameds.get(i, frozenset()) | said.senses[i]

    for v in range(1, len(words) - 1):
        if v not in content or v in nameds or not words[v].text[0].islower() or words[v].kind != "word":
            continue
        before = v - 1
        passive = False
        while (
            before >= 0
            and before > v - 4
            and words[before].text.lower() in _SKIP | {"was", "were", "is", "are", "been", "wurde", "wurden", "wird"}
        ):
            passive = passive or words[before].text.lower() in (
                "was",
                "were",
                "is",
                "are",
                "been",
                "wurde",
                "wurden",
                "wird",
            )
            before -= 1
        if before < 0 or before not in content or not _beside_each_other(said, before, v):
            continue
        if before > 0 and words[before - 1].text.lower() in (
            "of",
            "in",
            "by",
            "von",
            "der",
            "des",
            "im",
            "from",
            "aus",
            "with",
            "mit",
        ):
            continue
        after = v + 1
        by = False
        while (
            after < len(words) and after < v + 4 and words[after].text.lower() in _BEFORE_OBJECT | {"by", "von", "vom"}
        ):
            by = by or words[after].text.lower() in ("by", "von", "vom")
            after += 1
        if after >= len(words) or after not in content or not _beside_each_other(said, v, after):
            continue
        if not (words[after].text[0].isupper() or after in nameds or said.language == "en"):
            continue
        if passive != by:
            continue
        if said.language == "de" and not (before in nameds and after in nameds):
            continue  # German puts first what it likes
        doer, other = (after, before) if passive else (before, after)
        if any(_MUTUAL.match(sense) for sense in said.senses[v]):
            continue
        found.append(Deed(key(doer), said.senses[v], key(other)))
    if said.language == "de":
        found += _german_passive(said, nameds)
    return tuple(found)


def _whole_names(said: Statement) -> dict[int, frozenset[str]]:
    """The forms of each word of a name, with those of the words beside it: "Viktor" and "Orban" are one."""
    found: dict[int, frozenset[str]] = {}
    run: list[int] = []
    for name in sorted(said.names, key=lambda one: one.place):
        apart = (
            not run
            or run[-1] != name.place - 1
            or said.text[said.words[run[-1]].end : said.words[name.place].start] != " "
        )
        run = [name.place] if apart else [*run, name.place]
        forms = name.forms | (found[run[-2]] if len(run) > 1 else frozenset())
        found |= dict.fromkeys(run, forms)
    return found


def _german_passive(said: Statement, nameds: dict[int, frozenset[str]]) -> list[Deed]:
    """ "A wurde von B getroffen" """
    match = re.search(r"\b(?:wurden?|wird|werden|worden)\b[^,;]{0,80}?\b(?:von|vom|durch)\b", said.lowered)
    if not match:
        return []
    words, content = said.words, set(said.content)
    patient = next((i for i in range(len(words) - 1, -1, -1) if words[i].end <= match.start() and i in content), -1)
    doer = next((i for i in range(len(words)) if words[i].start >= match.end() and i in content), -1)
    verb = next((i for i in range(len(words) - 1, doer, -1) if i in content and words[i].text[0].islower()), -1)
    if min(patient, doer, verb) < 0:
        return []

    def key(i: int) -> frozenset[str]:
        return nameds.get(i, frozenset()) | said.senses[i]

    return [Deed(key(doer), said.senses[verb], key(patient))]


def _beside_each_other(said: Statement, a: int, b: int) -> bool:
    return not re.search(r"[,;:()–—.]", said.text[said.words[a].end : said.words[b].start])


def changed_places(said: Statement, quotes: Sequence[Statement]) -> bool:
    """Whether a sentence lets somebody do what a quote lets be done to them."""
    mine = deeds_of(said)
    if not mine:
        return False
    there = [deed for quote in quotes for deed in deeds_of(quote)]
    for deed in mine:
        alike = [d for d in there if d.verb & deed.verb]
        if any(d.doer & deed.doer and d.other & deed.other for d in alike):
            continue
        if any(d.doer & deed.other and d.other & deed.doer and not d.doer & deed.doer for d in alike):
            return True
    return False
