"""Exchanges: two people, days or opposites of a sentence keep what the quotes say of each, and who did it to whom.

A sentence that sets two things beside each other ("acquitted A but sentenced B") is divided between them, and so is the
quote. What stands with the one here and with the other there, and never the other way round, has been exchanged.
"""

from __future__ import annotations

import re
from bisect import bisect_right
from collections.abc import Sequence
from functools import cache, lru_cache
from itertools import combinations
from typing import TYPE_CHECKING, Final, NamedTuple

from bot.grounding.amounts import numbers_of
from bot.grounding.nations import nation_of
from bot.grounding.opposites import Hit, hits_of, opposed
from bot.grounding.statement import is_calendar
from bot.languages.words import key_of

if TYPE_CHECKING:
    from bot.grounding.statement import Named, Statement


class Group(NamedTuple):
    """A name of one or more words, by the places of the first and the last."""

    first: int
    last: int
    forms: frozenset[str]


class _Halves(NamedTuple):
    """A sentence divided between two of its words: the keys of the words in either half, each word's together."""

    one: tuple[frozenset[str], ...]
    other: tuple[frozenset[str], ...]
    turned: bool  # the other half stands first


# What parts two things that are set beside each other, the strongest first.
_PARTING: Final = tuple(
    re.compile(pattern, re.IGNORECASE)
    for pattern in (
        r";",
        r"\b(?:but|while|whereas|aber|während|hingegen|dagegen|sondern)\b",
        r"\b(?:and|und|or|oder)\b",
        r",(?!\d)",
    )
)


def exchanged(said: Statement, quotes: Sequence[Statement]) -> str:
    """Which two things of a sentence have changed places; "" when none have."""
    for quote in quotes:
        for changed in (_changed_ends, _changed_partners, _changed_sides, _has_others_side, _has_others_nation):
            if found := changed(said, quote):
                return found
    return ""


# --- two things and what stands with each -------------------------------------------------------------------------


@lru_cache(maxsize=4096)
def groups_of(said: Statement) -> tuple[Group, ...]:
    """The names of a sentence; a nation before a name ("Kenya's Ruth Mwangi") is none of its own."""
    found: list[Group] = []
    for name in sorted(said.names, key=lambda one: one.place):
        if found and name.place == found[-1].last + 1:
            between = said.text[said.words[found[-1].last].end : said.words[name.place].start]
            if between == " " and not any(form.startswith("%") for form in found[-1].forms):
                found[-1] = Group(found[-1].first, name.place, found[-1].forms | name.forms)
                continue
        found.append(Group(name.place, name.place, name.forms))
    groups: list[Group] = []
    nation: Group | None = None
    for group in found:
        is_nation = any(form.startswith("%") for form in group.forms)
        if nation is not None and (group.first - nation.last > _NATION_BEFORE or is_nation):
            groups.append(nation)
            nation = None
        if is_nation:
            nation = group
        else:
            groups.append(Group(nation.first if nation else group.first, group.last, group.forms))
            nation = None
    return tuple([*groups, nation] if nation else groups)


_NATION_BEFORE = 2


@lru_cache(maxsize=4096)
def _items(said: Statement) -> tuple[frozenset[str], ...]:
    """The keys of each word: its senses, the side it stands on, the value of a number."""
    keys = [set(senses) for senses in said.senses]
    for hit in hits_of(said):
        for place in hit.places:
            keys[place].add(f"§{hit.side}")
    starts = [word.start for word in said.words]
    for one in numbers_of(said).stated:
        first = max(0, bisect_right(starts, one.mention.start) - 1)
        last = max(first, bisect_right(starts, one.mention.end - 1) - 1)
        for place in range(first, last + 1):
            keys[place] = {f"#{one.mention.value:g}"} if place == first else set()
    for name in said.names:
        keys[name.place] |= name.forms | {f"!{form}" for form in name.forms}
    return tuple(frozenset(one) for one in keys)


def _parted(said: Statement, a: int, b: int, skipped: frozenset[int]) -> tuple[_Halves, ...]:
    """The sentence divided between the words at two places wherever that may be; the first half is that of `a`."""
    first, last = min(a, b), max(a, b)
    if last - first <= _LISTED:
        return ()  # "police and firefighters" are named together
    begin, end = said.words[first].end, said.words[last].start
    borders: list[int] = []
    for pattern in _PARTING:
        parts = list(pattern.finditer(said.text, begin, end))
        if parts and (not borders or pattern is _PARTING[-1]):
            borders.append(parts[-1 if borders else 0].start())
    items = _items(said)
    skipped |= _days(said)
    found = []
    for border in borders:
        halves = (
            tuple(items[i] for i, w in enumerate(said.words) if items[i] and i not in skipped and w.start < border),
            tuple(items[i] for i, w in enumerate(said.words) if items[i] and i not in skipped and w.start >= border),
        )
        found.append(_Halves(*halves, turned=False) if first == a else _Halves(*halves[::-1], turned=True))
    return tuple(found)


_LISTED = 2


@lru_cache(maxsize=4096)
def _days(said: Statement) -> frozenset[int]:
    """Days and months, which mostly hold for the whole sentence."""
    return frozenset(i for i, word in enumerate(said.words) if is_calendar(word.text))


class _Count(NamedTuple):
    """How many words of a half stand with the same half of the quote, and with the other: names and the like, others."""

    kept: int
    moved: int
    kept_strong: int
    moved_strong: int


def _counts(mine: _Halves, theirs: _Halves) -> tuple[_Count, _Count]:
    bags = [frozenset().union(*half) for half in (theirs.one, theirs.other)]
    own = [frozenset().union(*half) for half in (mine.one, mine.other)]
    found = []
    for n, half in enumerate((mine.one, mine.other)):
        kept = moved = kept_strong = moved_strong = 0
        for keys in half:
            if not keys.isdisjoint(own[1 - n]):
                continue
            here, there = keys & bags[n], keys & bags[1 - n]
            if here and not there:
                kept, kept_strong = kept + 1, kept_strong + any(key[0] in _STRONG for key in here)
            elif there and not here:
                moved, moved_strong = moved + 1, moved_strong + any(key[0] in _STRONG + "§" for key in there)
        found.append(_Count(kept, moved, kept_strong, moved_strong))
    return found[0], found[1]


_STRONG: Final = "#!"  # numbers and names


def _are_exchanged(mine: Sequence[_Halves], theirs: Sequence[_Halves]) -> bool:
    """Whether what stands with the one thing here stands with the other there, wherever the two are parted."""
    found = [_counts(one, other) for one in mine for other in theirs]
    if any(_is_kept(*counts) for counts in found):
        return False
    return any(_is_exchanged(one, other) for one in mine for other in theirs)


def _is_kept(one: _Count, other: _Count) -> bool:
    return one.moved == other.moved == 0 and one.kept > 0 and other.kept > 0


def _is_exchanged(mine: _Halves, theirs: _Halves) -> bool:
    """The same for one way to part them. The first half's verb may serve both."""
    one, other = _counts(mine, theirs)
    if not (one.kept or other.kept):
        return one.moved > 0 and other.moved > 0
    if one.kept_strong or other.kept_strong or mine.turned != theirs.turned:
        return False
    later = one if mine.turned else other
    return later.kept == 0 and min(one.moved, other.moved) > 0


def _changed_partners(said: Statement, quote: Statement) -> str:
    """Two names, days or months of which each has what the quote says of the other."""
    for a, b in _pairs(said):
        for p, q in _pairs(quote):
            straight = min(len(a.forms & p.forms), len(b.forms & q.forms))
            turned = min(len(a.forms & q.forms), len(b.forms & p.forms))
            if straight == turned:
                continue
            mine = _parted(said, a.first, b.first, _whole(said, a, b))
            one, other = (p, q) if straight > turned else (q, p)
            theirs = _parted(quote, one.first, other.first, _whole(quote, p, q))
            if _are_exchanged(mine, theirs):
                return f"{said.words[a.last].text} and {said.words[b.last].text} changed places"
    return ""


def _whole(said: Statement, *groups: Group) -> frozenset[int]:
    """The places of names, with what says right before them who it is: "the journalist Rasa Petkute"."""
    found = {place for group in groups for place in range(group.first, group.last + 1)}
    for group in groups:
        place = group.first - 1
        while place > max(0, group.first - 1 - _TITLES) and said.senses[place] and _touches(said, place):
            place -= 1
        if place >= 0 and said.words[place].text.lower() in _ARTICLES and _touches(said, place):
            found.update(range(place, group.first))
    return frozenset(found)


_TITLES = 3
_ARTICLES: Final = frozenset("the a an der die das dem den des ein eine einen einem einer".split())


def _touches(said: Statement, place: int) -> bool:
    return said.text[said.words[place].end : said.words[place + 1].start] == " "


_MOST = 6  # names of which pairs are looked at


@lru_cache(maxsize=4096)
def _pairs(said: Statement) -> tuple[tuple[Group, Group], ...]:
    names = groups_of(said)[:_MOST]
    days = [
        Group(i, i, frozenset({f"day:{key}"}))
        for i, word in enumerate(said.words)
        if is_calendar(word.text) and (key := _CALENDAR.get(word.text.lower()))
    ][:_MOST]
    actors = _actors(said)[:_MOST]
    apart = ((a, b) for a, b in combinations(actors, 2) if a.forms.isdisjoint(b.forms))
    return (*combinations(names, 2), *combinations(days, 2), *apart)


# Who acts in the news without a name, by the keys that German and English share.
_ACTOR_WORDS: Final = (
    "teacher parent pupil student union employer government opposition minister chancellor president governor senator "
    "mayor police hospital court judge company bank scientist researcher farmer resident operator buyer seller tenant "
    "landlord doctor nurse patient driver passenger pilot crew prosecutor prosecution defence lawyer victim witness army "
    "navy rebel soldier civilian child woman man boy girl mother father son daughter brother sister airline railway "
    "insurer regulator authority ministry parliament council city county state church school university museum fan critic "
    "supporter investor shareholder creditor customer guest visitor worker employee manager owner founder coach captain "
    "goalkeeper striker attacker suspect defendant plaintiff donor volunteer fisherman hunter tourist migrant refugee"
)


@cache
def _actor_keys() -> frozenset[str]:
    return frozenset(key_of(word, "en") for word in _ACTOR_WORDS.split())


@lru_cache(maxsize=4096)
def _actors(said: Statement) -> tuple[Group, ...]:
    """Words for people and bodies that have no name."""
    found = []
    actors = _actor_keys()
    for i in said.content:
        word = said.words[i]
        if said.language == "en":
            keys = actors & {word.key} if word.text[-2:] != "ed" else frozenset()
        else:
            keys = actors & said.senses[i] if word.text[0].isupper() else frozenset()
        if keys:
            found.append(Group(i, i, frozenset(f"actor:{key}" for key in keys)))
    return tuple(found)


_CALENDAR: Final = {
    word: str(n)
    for n, line in enumerate(
        (
            "january januar jänner jan", "february februar feb", "march märz", "april apr", "may mai", "june juni", "july juli",
            "august aug", "september sep sept", "october oktober", "november nov", "december dezember", "monday montag",
            "tuesday dienstag", "wednesday mittwoch", "thursday donnerstag", "friday freitag", "saturday samstag sonnabend",
            "sunday sonntag",
        )
    )
    for word in line.split()
}  # fmt: skip


def _changed_sides(said: Statement, quote: Statement) -> str:
    """Two opposites of which each has what the quote says of the other: "highest in A, lowest in B"."""
    mine = {_POSITIVE.get(hit.side, hit.side): hit for hit in hits_of(said)}
    theirs = {_POSITIVE.get(hit.side, hit.side): hit for hit in hits_of(quote)}
    for side, hit in mine.items():
        for other, _ in opposed().get(side, ()):
            if other < side or other not in mine or side not in theirs or other not in theirs:
                continue
            here, there = (hit, mine[other]), (theirs[side], theirs[other])
            if any(_is_twice(said, one.side) for one in here) or any(_is_twice(quote, one.side) for one in there):
                continue
            if any(one.damped for one in (*here, *there)):
                continue
            halves = _parted(said, here[0].first, here[1].first, _span(here))
            theirs_halves = _parted(quote, there[0].first, there[1].first, _span(there))
            if _are_exchanged(halves, theirs_halves):
                return f"{side} and {other} changed places"
    return ""


_POSITIVE: Final = {"highest": "high", "lowest": "low", "largest": "large", "smallest": "small"}


def _has_others_side(said: Statement, quote: Statement) -> str:
    """Somebody of whom a sentence says what the quote says of somebody else, and of them the opposite."""
    mine, theirs = hits_of(said), hits_of(quote)
    for hit in mine:
        for other, _ in opposed().get(hit.side, ()):
            same = [one for one in theirs if one.side == hit.side]
            against = [one for one in theirs if one.side == other]
            if len(same) != 1 or len(against) != 1 or any(one.side == other for one in mine):
                continue
            if hit.damped or same[0].damped or against[0].damped or _is_twice(said, hit.side):
                continue
            halves = _parted(quote, same[0].first, against[0].first, _span((same[0], against[0])))
            if not halves:
                continue
            of_same, of_other = (frozenset().union(*half) for half in (halves[0].one, halves[0].other))
            names = [group.forms for group in groups_of(said)]
            held = [group.forms for group in groups_of(quote)]
            own = [forms for forms in held if forms & of_same and not forms & of_other]
            if not any(forms & of_other for forms in names) or any(forms & of_same for forms in names):
                continue
            if own and not any(forms & said.forms for forms in own):
                return f"{hit.side} is said of another"
    return ""


# --- ways -----------------------------------------------------------------------------------------------------

_WAY = re.compile(
    r"\b(?:from|von|vom|aus)\s(?:(?:the|dem|der)\s)?([A-ZÄÖÜ][\w-]{1,30})\s(?:over\s|back\s)?(?:to|nach|into|zum|zur)\s(?:(?:the|dem|der)\s)?"
    r"([A-ZÄÖÜ][\w-]{1,30})"
)


def _changed_ends(said: Statement, quote: Statement) -> str:
    """A way that leads from where the quote's leads to: "from Lund to Visby"."""
    for mine in _WAY.finditer(said.text):
        for there in _WAY.finditer(quote.text):
            start, end = (_forms_at(said, mine.start(n)) for n in (1, 2))
            begin, until = (_forms_at(quote, there.start(n)) for n in (1, 2))
            if start & until and end & begin and not start & begin and not end & until:
                return f"from {mine[1]} to {mine[2]}"
    return ""


def _forms_at(said: Statement, offset: int) -> frozenset[str]:
    return frozenset().union(*(name.forms for name in said.names if said.words[name.place].start == offset))


# --- nations ------------------------------------------------------------------------------------------------------


def _has_others_nation(said: Statement, quote: Statement) -> str:
    """Somebody with the nation of somebody else of the quote: "the Czech Noah Tremblay"."""
    mine, theirs = _nations(said), _nations(quote)
    for group, nation in mine:
        own = [other for one, other in theirs if not one.forms.isdisjoint(group.forms)]
        if not own or any(not other.isdisjoint(nation) for other in own):
            continue
        if any(not other.isdisjoint(nation) for one, other in theirs if one.forms.isdisjoint(group.forms)):
            return f"{said.words[group.last].text} is of another country"
    return ""


def _nation(name: Named, language: str) -> frozenset[str]:
    """The nation that a word names, also as a woman of it: "Schwedin"."""
    found = frozenset(form for form in name.forms if form.startswith("%"))
    if not found and language == "de" and name.text.endswith("in"):
        stem = name.text.removesuffix("in")
        found = frozenset(f"%{nation}" for form in (stem, f"{stem}e", f"{stem}er") if (nation := nation_of(form)))
    return found


@lru_cache(maxsize=4096)
def _nations(said: Statement) -> tuple[tuple[Group, frozenset[str]], ...]:
    """Names with the nation that stands right before or, behind "of" or "aus", after them."""
    nations = {name.place: nation for name in said.names if (nation := _nation(name, said.language))}
    if not nations:
        return ()
    found = []
    for group in groups_of(said):
        if any(form.startswith("%") for form in group.forms):
            continue
        before = [nations[place] for place in range(group.first, group.last) if place in nations]
        behind = nations.get(group.last + 2)
        if behind and said.words[group.last + 1].text in ("of", "from", "aus"):
            before.append(behind)
        if len(before) == 1:
            found.append((group, before[0]))
    return tuple(found)


def _is_twice(said: Statement, side: str) -> bool:
    return sum(hit.side == side for hit in hits_of(said)) > 1


def _span(hits: Sequence[Hit]) -> frozenset[int]:
    return frozenset(place for hit in hits for place in hit.places)
