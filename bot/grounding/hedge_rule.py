"""Hedges: what a quote says to be possible, reported, planned or claimed is not said to be so.

"may", "soll", "reportedly", "wants to", "if": each reaches its part of the quote. A sentence that repeats this part has
to have a word of the same care, or name who says it. A sentence may be more careful than its quotes, never less.
"""

from __future__ import annotations

import re
from collections.abc import Iterable, Iterator, Sequence
from functools import cache, lru_cache
from typing import TYPE_CHECKING, Final, NamedTuple

from bot.grounding.amounts import numbers_of
from bot.quotes.speech import speaker_of, unverified_marks

if TYPE_CHECKING:
    from bot.grounding.statement import Statement

_WORDS: Final = {
    # The German "mag", "wohl" and the English "can" say too little to be missed.
    "possible": r"might|could(?! not)(?!n)|possibl[ey]|perhaps|probabl[ey]|likely|apparently|presumably|seem(?:s|ed|ingly)?"
    r"|appear(?:s|ed)? to|potential(?:ly)?|suspect(?:s|ed)?|believe[sd]?|think|thought|estimate[sd]? that|könnten?|möglich(?:erweise)?"
    r"|vielleicht|womöglich|eventuell|wahrscheinlich|vermutlich|voraussichtlich|dürften?|offenbar|anscheinend|scheint|scheinen|wohl"
    r"|vermute[nt]\w{0,2}|vermutet|schätzungsweise|glaubt|glauben|denkbar|mögliche[nrms]?|assum\w{1,3}|may|can|können?|(?:geht|gehen|ging|gingen|geh[te]) (?:[^.;]{1,50} )?von|ausgeh\w{1,3}|davon aus",
    "reported": r"reportedly|rumou?red|according to (?:some |media |press |unconfirmed )?(?:reports|rumou?rs)|said to"
    r"|(?:is|are|was|were) reported to|soll(?:en)?|\w{0,12}berichten zufolge|gerüchten zufolge|dem vernehmen nach"
    r"|laut (?:\w{0,12}berichten|gerüchten)|es heißt|unconfirmed|unbestätigt\w{0,2}|hearsay",
    "alleged": r"alleged(?:ly)?|purported(?:ly)?|supposed(?:ly)?|claim(?:s|ed|ing)?|accus\w{1,4}|angeblich\w{0,2}|mutmaßlich\w{0,2}"
    r"|vermeintlich\w{0,2}|behaupt\w{1,4}|beschuldig\w{1,3}|vorgeworfen|angeklagt\w{0,2}|anklage|charged|charges|denie[sd]|bestreitet|bestritt|vorwurf|vorwürfe|wirft|warf|werfen|suspected|so-called|verdacht\w{0,3}|verdächtig\w{0,3}|insist(?:s|ed)?",
    "planned": r"soll(?:en)?|plan(?:s|ned|ning)? (?:to|for)|planned|plans|want(?:s|ed)? to|intend(?:s|ed)?|hop(?:e[sd]?|ing)|aim(?:s|ed)? (?:to|for|at)|propos\w{1,4}|consider(?:s|ed|ing)?"
    r"|threaten(?:s|ed|ing)?|expected|due to|scheduled|set to|call(?:s|ed)? (?:for|on)|demand\w{0,3}|urg\w{1,3}|ask(?:s|ed)? (?:for|to)|seek(?:s|ing)?|sought"
    r"|offer(?:s|ed)? to|promise[sd]?|pledge[sd]?|vow(?:s|ed)?|(?:is|are|was|were) to(?= )|should|must|supposed to|agree[ds]? to"
    r"|wollen|wollte[nst]?|plan(?:t|en|te|ten)|geplant\w{0,2}|beabsichtig\w{1,3}|erwäg\w{1,3}|erwog\w{0,2}|droht\w{0,2}|drohen|gedroht|forecast\w{0,3}|predict\w{0,3}|prognosti\w{2,8}|anticipat\w{1,3}|assum\w{1,3}|fordert\w{0,2}|fordern|gefordert\w{0,2}"
    r"|verlang\w{1,4}|vorschl\w{2,5}|vorgeschlag\w{2,4}|rechne\w{0,3}|erwart\w{1,4}|expect(?:s|ing)?|schl(?:ug|ugen|ägt|agen)|angekündigt\w{0,2}|kündigt\w{0,2}|verspr\w{2,6}|hofft\w{0,2}|hoffen|sollten?|erwartet\w{0,2}|vorgesehen|absicht\w{0,2}"
    r"|würden?|would|prepar\w{1,4}|bereitet\w{0,2}|intention|bid to|weigh(?:s|ed|ing)?|mulls?|eye[sd]",
    "future": r"will|wird|werden|going to",
    "conditional": r"if|unless|provided|in case|falls|sofern|wenn|unter der bedingung|would|würden?|otherwise|sonst",
    "attempted": r"attempt(?:s|ed|ing)?|tr(?:y|ies|ied|ying) to|versuch\w{0,4}|bemüh\w{1,3}|effort(?:s)? to",
}
# What condemns where it is left out: the words above that say plainly that something is not so yet, or not for sure.
_PLAINLY: Final = {
    "possible": r"(?<=[\w,] )(?<!of )(?<!in )(?<!since )(?<!last )may(?= [a-z])|might|could(?! not)(?!n['’]t)|possibly|perhaps|probably|likely|apparently|presumably"
    r"|könnten?(?! nicht)|möglicherweise|vielleicht|womöglich|wahrscheinlich|vermutlich|voraussichtlich|dürften?|offenbar|anscheinend|suspected|können?(?! nicht| nur| sich)|(?<!so)wohl(?= )|believes?|believed(?= to)|vermute[nt]|geht (?:[^.,;]{1,40} )?von|gehen (?:[^.,;]{1,40} )?von",
    "reported": r"reportedly|rumou?red|soll(?:en)?(?= )|\w{0,12}berichten zufolge|gerüchten zufolge|dem vernehmen nach|according to (?:some |media |press |unconfirmed )?(?:reports|rumou?rs)",
    "alleged": r"alleged(?:ly)?|purportedly|supposedly|claim(?:s|ed)?(?= (?:that|to|the|it|he|she|they|its|his|her))|angeblich\w{0,2}|mutmaßlich\w{0,2}|vermeintlich\w{0,2}|behaupt(?:et|ete|eten)\b|accuse[sd]?",
    "planned": r"plan(?:s|ned)? to|expect(?:s|ed)? to|expects?(?= )|erwarte[nt](?= )|want(?:s|ed)? to|intend(?:s|ed)? to|hope[sd]? to|aim(?:s|ed)? to|propose[sd]?|(?:is|are) considering|threaten(?:s|ed) to|call(?:s|ed) for|demand(?:s|ed)(?= )|demand(?= (?:that|an?|the|more|better|higher|to)\b)"
    r"|wollen|wollte[n]?|(?<=[a-zäöüß]{2} )will(?= )|plant|planen|planten?|beabsichtig\w{1,3}|erwäg\w{1,3}|droht\w{0,2}|forder(?:t|te|ten|n)\b|schlug|schlägt|verlangt\w{0,2}(?![^;.]{0,80}(?:prozent|%|euro|€))",
    "conditional": r"if|unless|falls|sofern|wenn",
    "attempted": r"attempt(?:s|ed)? to|tried to|tries to|trying to|versuch(?:t|te|ten|en)|attempted",
}
_INSTEAD: Final = {
    "possible": {"possible", "reported", "alleged", "conditional", "planned"},
    "reported": {"reported", "possible", "alleged", "planned", "said"},
    "alleged": {"alleged", "reported", "possible", "said"},
    "planned": {"planned", "possible", "conditional", "attempted", "future"},
    "conditional": {"conditional", "possible", "planned", "future"},
    "attempted": {"attempted", "planned", "possible", "conditional", "future"},
}
_SAID = re.compile(
    r"\b(?:according to|laut|zufolge|nach angaben|angaben|said|says?|saying|told|state[sd]?|report(?:s|ed)?|announce[sd]?|declare[sd]?|warn(?:s|ed)?"
    r"|sagte[n]?|sagt|erklärt\w{0,2}|teilte[n]?|mitgeteilt|berichte[nt]\w{0,2}|meldet\w{0,2}|hieß|heißt|betont\w{0,2}|sei(?:en)?|habe|hätten?|warnt\w{0,2}"
    r"|spr(?:ach|icht|achen)|spoke|accus\w{1,4}|view|accounts?|statement|words|sicht|aussage\w{0,2}|behaupt\w{1,4}|claim\w{0,3})\b"
)
_ALL = re.compile(
    r"\b(?:all|every(?:one|body|thing)?|each|always|entire(?:ly)?|completely|totally|alle[nmrs]?|jede[nmrs]?(?! (?:dritte|vierte|fünfte|sechste|siebte|achte|neunte|zehnte|zweite))|sämtliche[nmrs]?|immer|völlig|komplett\w{0,2}|ganze[nmrs]?|gesamte[nmrs]?)\b"
)
_SOME = re.compile(
    r"\b(?:some|several|many|most|few|partly|partially|part of|parts of|half|a third|often|sometimes|mostly|einige[nmrs]?|mehrere[nmrs]?|manche[nmrs]?|viele[nmrs]?"
    r"|die meisten|teilweise|teils|ein teil|teile|die hälfte|oft|manchmal|meist|wenige[nmrs]?)\b"
)
_CERTAIN = re.compile(
    r"\b(?:definitely|certainly|undoubtedly|beyond doubt|indisputabl[ey]|indeed|zweifellos|zweifelsfrei|nachweislich|erwiesenermaßen|sicher ist|fest steht|tatsächlich)\b"
)
# Of what was said to be possible, these make a fact; of a judgment they tell that it stands.
_PROVEN = re.compile(r"\b(?:proven|proves?|proof|confirmed|erwiesen|bewiesen|bestätigt)\b")
_SURE_THERE = re.compile(r"\b(?:definitely|certainly|undoubtedly|prov(?:e|es|ed|en)|proof|doubt|confirm\w{0,6}|zweifel\w{0,4}|nachweis\w{0,4}|erwiesen\w{0,6}|beweis\w{0,3}|bewies\w{0,2}|bewiesen|sicher|fest|tatsächlich|indeed|actually|ob|whether|bestätig\w{0,4}|verif\w{2,8}|indisput\w{0,5})\b")  # fmt: skip
_SHARE = 0.5
_PLANT = re.compile(r"\bplant\b")  # in German a plan, in English none


class Hedge(NamedTuple):
    """A hedge and the clauses that it reaches, each as the senses of its words."""

    kind: str
    clauses: tuple[tuple[frozenset[str], ...], ...]


@cache
def _kinds() -> dict[str, re.Pattern[str]]:
    return {kind: re.compile(rf"(?<![^\W_])(?:{words})(?![^\W_])") for kind, words in _WORDS.items()}


@cache
def _plain() -> dict[str, re.Pattern[str]]:
    return {kind: re.compile(rf"(?<![^\W_])(?:{words})(?![^\W_])") for kind, words in _PLAINLY.items()}


@lru_cache(maxsize=4096)
def care_of(said: Statement) -> frozenset[str]:
    """The kinds of care that a sentence takes; "said" when it names or tells that somebody says it."""
    lowered = _PLANT.sub("factory", said.lowered) if said.language == "en" else said.lowered
    found = {kind for kind, pattern in _kinds().items() if pattern.search(lowered)}
    if _SAID.search(said.lowered) or speaker_of(said.text, said.language):
        found.add("said")
    found |= {"reported" for _ in unverified_marks(said.text, said.language)[:1]}
    return frozenset(found)


@lru_cache(maxsize=4096)
def hedges_of(said: Statement) -> tuple[Hedge, ...]:
    """The hedges of a quote that a sentence made of it must not lose."""
    return tuple(_hedges(said))


def _hedges(said: Statement) -> Iterator[Hedge]:
    lowered = said.lowered
    amounts = [(one.mention.start, one.mention.end) for one in numbers_of(said).stated]
    names = {name.place for name in said.names if not name.is_word}
    names |= {i for i, w in enumerate(said.words) if any(a <= w.start < b for a, b in amounts)}
    for kind, pattern in _plain().items():
        for match in pattern.finditer(lowered):
            if kind == "possible" and match.group() == "may" and said.text[match.start()] == "M":
                continue
            if kind == "planned" and match.group() == "will" and said.language != "de":
                continue
            if (
                kind in ("reported", "planned")
                and said.language == "en"
                and match.group() in ("soll", "sollen", "wollen")
            ):
                continue
            at = next((i for i, w in enumerate(said.words) if w.end > match.start()), 0)
            clause = said.clause_of[at] if said.words else 0
            reach: Iterable[int] = (clause,)
            if kind in ("conditional", "reported", "alleged") and not match.group().startswith("soll"):
                reach = range(said.clauses)
            elif kind == "planned" or not any(said.clause_of[i] == clause and i != at for i in said.content):
                reach = (clause, clause + 1)
            spans = []
            for number in reach:
                words = tuple(
                    said.senses[i]
                    for i in said.content
                    if said.clause_of[i] == number
                    and i not in names
                    and not match.start() <= said.words[i].start < match.end()
                )
                if words:
                    spans.append(words)
            if spans:
                yield Hedge(kind, tuple(spans))


def lost_hedge(said: Statement, quotes: Sequence[Statement]) -> str:
    """The care that a sentence leaves out; "" when it is as careful as its quotes."""
    care = care_of(said)
    bag = frozenset().union(*(said.senses[i] for i in said.content))
    for quote in quotes:
        for hedge in hedges_of(quote):
            if care & _INSTEAD[hedge.kind]:
                continue
            # Where a quote is one clause, there is nothing in it that its hedge does not reach.
            repeated = quote.clauses == 1 or any(
                _is_repeated(words, bag, 2 if hedge.kind == "conditional" else 1) for words in hedge.clauses
            )
            if repeated and not any(_says_plainly(said, other) for other in quotes if other is not quote):
                return hedge.kind
    some = any(_SOME.search(quote.lowered) for quote in quotes)
    every = any(_ALL.search(quote.lowered) for quote in quotes)
    if (match := _ALL.search(said.lowered)) and some and not every:
        return f"all: {match.group()}"
    hedged = any(hedges_of(quote) for quote in quotes)
    match = _CERTAIN.search(said.lowered) or (_PROVEN.search(said.lowered) if hedged else None)
    if match and not any(_SURE_THERE.search(quote.lowered) for quote in quotes):
        return f"certain: {match.group()}"
    return ""


def _is_repeated(words: Sequence[frozenset[str]], bag: frozenset[str], least: int) -> bool:
    hits = sum(not bag.isdisjoint(senses) for senses in words)
    return hits >= max(least, _SHARE * len(words))


def _says_plainly(said: Statement, other: Statement) -> bool:
    """Whether another quote bears the sentence out without a hedge."""
    if hedges_of(other):
        return False
    content = [said.senses[i] for i in said.content]
    return sum(not other.bag.isdisjoint(senses) for senses in content) >= _SHARE * max(1, len(content))


_DOUBT = re.compile(r"\b(?:independently|unabhängig|unverified|unconfirmed|unbestätigt\w{0,2})\b")


def lost_warning(said: Statement, quotes: Sequence[Statement], caveats: Sequence[Sequence[str]]) -> bool:
    """Whether a sentence states as a fact what its quotes are marked as unverified; `caveats` are those of each quote."""
    marked = [bool({"not-independently-verified", "hearsay"} & set(one)) for one in caveats]
    enough = {"said", "reported", "alleged", "possible"}
    if all("planned" in care_of(quote) for quote in quotes):
        enough.add("planned")  # "er soll 2027 fertig sein" is a plan as well as a rumour
    if _DOUBT.search(said.lowered):
        return False
    return bool(marked) and all(marked) and not care_of(said) & enough
