"""Changes: what later reports of a story tell differently from earlier ones, and where reports disagree."""

from __future__ import annotations

import math
import re
from typing import TYPE_CHECKING

from bot.briefs.brief import Chart, ChartPoint, FactKind, NewFact, Undated
from bot.briefs.telling import DEAD, shown, telling_of
from bot.domain import Conflict, Side
from bot.languages.units import common_size
from bot.stories.clauses import clause_around, clause_end

if TYPE_CHECKING:
    from collections.abc import Callable, Sequence
    from datetime import date

    from bot.briefs.telling import Stand, Telling, ToldFigure, Words
    from bot.domain import ShownQuote, StoredVersion

MOST_CHANGES = 3
MOST_STANDS = 2
MOST_FIGURES = 3
MOST_NAMES = 2
MOST_FACTS = 5
MOST_CONFLICTS = 2
MOST_SIDES = 4
MOST_POINTS = 12
MOST_UNDATED = 4
_LISTED = 3
_RANK_OF_A_FIGURE = 4  # a figure further down is background
_RANK_OF_A_DENIAL = 6  # likewise, of one that answers nothing that was told
_SURE_NAMES = 2  # so many shared names need one shared word, fewer need two
_CLOSE = 0.05
_ROUND = frozenset({"about", "nearly"})
_LONGEST_CLAUSE = 160  # code points
_LONGEST_PHRASE = 90
_CLAUSE_END = re.compile(r"[,;:–—.](?=\s|\Z)")
_DENIED_SHARE = 0.6
_ONE_DAY = 1
_NEARLY = 0.4
_MOST_FIGURES = 60  # of a story's news that are held against each other
_MOST_ALIKE = 30  # figures that one is compared with closely
_ENOUGH = 12  # changes: the weightiest of them are told
_FARTHEST = 50.0  # times as many are another count
_FEW_WORDS = 2
_MORE_WORDS = 2
_NEW_NAMES_OF_A_REPORT = 2


def comparable(old: ToldFigure, new: ToldFigure) -> bool:
    """Whether two figures count the same thing: of one kind, with one fate, in sentences that speak of the same."""
    if not old.figure.things & new.figure.things or old.fates != new.fates or old.forecast or new.forecast:
        return False
    small, large = sorted((abs(old.figure.value), abs(new.figure.value)))
    if large > _FARTHEST * small:
        return False
    if old.described & new.described:
        return True  # "1,500 Karsow soldiers", "12,000 Karsow troops"
    if DEAD in old.figure.things & new.figure.things and (old.total or new.total or _has_grown(old, new)):
        return not _is_part(old, new) and not _is_part(new, old)
    if not old.names & new.names:
        return _is_one_amount(old, new)
    shared = sum(1 for keys in new.words if keys & old.senses and not keys & new.figure.things)
    return shared >= 1 + (len(old.names & new.names) < _SURE_NAMES)


def _has_grown(old: ToldFigure, new: ToldFigure) -> bool:
    """Whether a later report has more dead among its news than an earlier one had: those of a story are summed up."""
    ranks = max(old.rank, new.rank)
    return ranks < _RANK_OF_A_FIGURE and new.figure.value > old.figure.value and _is_before(old.version, new.version)


def _is_part(one: ToldFigure, other: ToldFigure) -> bool:
    """Whether one figure may count some of those whom the other counts in all, and is no older state of it."""
    if one.total or not other.total or one.figure.value >= other.figure.value:
        return False
    return not _is_before(one.version, other.version)


def _is_one_amount(old: ToldFigure, new: ToldFigure) -> bool:
    """Whether two sums of money or shares are told of the same thing where no name says so: "the damage is about 1.2
    million euros", "der Schaden beläuft sich auf 1,9 Millionen Euro"."""
    if old.what or new.what or (old.names and new.names):
        return False
    few, many = sorted((old.near, new.near), key=len)
    return bool(few) and 2 * sum(any(keys & there for there in many) for keys in few) >= len(few)


def same_value(one: ToldFigure, other: ToldFigure) -> bool:
    """Whether two figures say the same amount; about the same, where one of them is only about right."""
    if one.value == other.value:
        return True
    if (one.figure.upper is None) != (other.figure.upper is None):
        return False
    loose = {one.figure.bound, other.figure.bound} & _ROUND
    return bool(loose) and math.isclose(one.figure.value, other.figure.value, rel_tol=_CLOSE)


def new_facts(
    earlier: Sequence[StoredVersion], new: Sequence[StoredVersion], *, known_story: bool | None = None
) -> list[NewFact]:
    """What the new reports of a story tell that the earlier ones did not, weightiest first.

    Of a story that nobody was told (`known_story`: whether earlier reports were) everything is new: only what changed
    while its reports arrived is named, in the order of their known days.
    """
    told = [telling_of(version) for version in earlier]
    fresh = [telling_of(version) for version in sorted(new, key=_by_day)]
    stands = _changed_stands(told, fresh)
    changes = _changed_figures(told, fresh)
    facts = [*stands[:MOST_STANDS], *changes[:MOST_CHANGES]]
    if known_story if known_story is not None else bool(earlier):
        shown = {fact.quote_after.quote for fact in facts}
        denials = [fact for fact in _denials(told, fresh) if fact.quote_after.quote not in shown]
        facts += denials[: max(0, MOST_STANDS - len(stands))]
        facts += _new_figures(told, fresh)[: min(MOST_FIGURES, max(1, MOST_FACTS - len(facts)))]
        names = _new_names(told, fresh)[:MOST_NAMES]
        facts += names if not facts else [n for n in names if n.quote_after.quote in shown]
    return facts


def _day(version: StoredVersion) -> date | None:
    return version.facts.published.known_day


def _by_day(version: StoredVersion) -> tuple[bool, int, int]:
    """Those of a known day first, in order; then the others as they arrived."""
    day = _day(version)
    return (day is None, day.toordinal() if day else 0, version.facts.document_id)


def _is_before(old: StoredVersion, new: StoredVersion) -> bool:
    """Whether one report is known to be older than another that arrived with it."""
    days = _day(old), _day(new)
    return days[0] is not None and days[1] is not None and days[0] < days[1]


def _is_after(old: StoredVersion, new: StoredVersion) -> bool:
    return _is_before(new, old)


# --- figures ----------------------------------------------------------------------------------------------------------


def _changed_figures(told: Sequence[Telling], fresh: Sequence[Telling]) -> list[NewFact]:
    known = [figure for telling in told for figure in telling.figures if not _is_old(figure)]
    found: list[tuple[int, NewFact]] = []
    said: list[ToldFigure] = []
    for position, telling in enumerate(fresh):
        older = [other for other in fresh[:position] if _is_before(other.version, telling.version)]
        together = [figure for other in older for figure in other.figures if not _is_old(figure)]
        for figure in telling.figures:
            if figure.past is not None:
                continue  # true of an earlier time
            alike = [old for old in (*known, *together) if comparable(old, figure)]
            alike = alike or _told_as_past(figure, telling, known)
            alike = [old for old in alike if not _is_after(old.version, figure.version)] if alike else []
            if not alike or any(same_value(old, figure) for old in (*alike, *said)):
                continue
            beside = [other for other in telling.figures if other is not figure and other.past is None]
            if any(same_value(old, other) for old in alike for other in beside):
                # It tells the old figure beside the new one, and not as past: a part of it, or another count.
                alike = [old for old in alike if not any(same_value(old, other) for other in beside)]
                if not alike:
                    continue
            fact = _change(_nearest(alike[-_MOST_ALIKE:], figure), figure)
            if fact is not None:
                said.append(figure)
                found.append((figure.rank, fact))
            if len(found) >= _ENOUGH:
                break
    found.sort(key=lambda pair: pair[0])
    return [fact for _, fact in found]


def _told_as_past(figure: ToldFigure, telling: Telling, known: Sequence[ToldFigure]) -> list[ToldFigure]:
    """The told figures that the report itself names as those of before: "the bank had spoken of 3,500 jobs"."""
    past = [
        one for one in telling.figures
        if one.past is not None and one.figure.things & figure.figure.things and one.fates == figure.fates
        and not same_value(one, figure)
    ]  # fmt: skip
    if not past or figure.forecast or figure.rank >= _RANK_OF_A_FIGURE:
        return []
    return [
        old for old in known
        if old.figure.things & figure.figure.things and any(same_value(old, one) for one in past)
    ]  # fmt: skip


def _is_old(figure: ToldFigure) -> bool:
    """Whether a figure of an earlier report is of a time that is not the story's: nothing has changed from it."""
    return figure.past is not None and figure.past.distant


def _nearest(alike: Sequence[ToldFigure], new: ToldFigure) -> ToldFigure:
    """Of those that say most of the same the last one told, which a reader has in mind; `alike` is in that order."""
    return _nearly_the_same(alike, new)[-1]


def _nearly_the_same(alike: Sequence[ToldFigure], new: ToldFigure) -> list[ToldFigure]:
    """Those whose clauses say most of the same as the clause of a figure, in their order; one of each report."""
    shared = [_shared(new.near, old.near) + len(old.described & new.described) for old in alike]
    best: dict[int, tuple[int, ToldFigure]] = {}
    for old, many in zip(alike, shared, strict=True):
        if many >= _NEARLY * max(shared) and many > best.get(old.version.facts.id, (-1, old))[0]:
            best[old.version.facts.id] = (many, old)
    return [old for _, old in best.values()]


def _change(old: ToldFigure, new: ToldFigure) -> NewFact | None:
    before, after = shown(old.version, old.sentence), shown(new.version, new.sentence)
    if before is None or after is None:
        return None
    if old.figure.end > len(before.text) or new.figure.end > len(after.text):
        return None  # behind the beginning of an endless sentence
    total = new.total or old.total
    what = (new if new.total or not old.total else old).what
    fate = next(iter(new.fates)) if len(new.fates) == 1 and not total else ""
    return NewFact(FactKind.CHANGED, _words(old, before), _words(new, after), before, after, what, total, fate)


def _words(figure: ToldFigure, quote: ShownQuote) -> str:
    return quote.text[figure.figure.start : figure.figure.end]


def _phrase(figure: ToldFigure, quote: ShownQuote) -> str:
    """The figure with what its clause goes on to say: "300 soldiers were killed"; of a total what it begins with."""
    start = figure.figure.start
    if figure.total:
        start = quote.text.find(clause_around(quote.text, start, figure.figure.end))
    end = figure.figure.end if figure.total else clause_end(quote.text, figure.figure.end)
    said = " ".join(quote.text[start:end].split())
    return said if len(said) <= _LONGEST_PHRASE else said[:_LONGEST_PHRASE].rpartition(" ")[0] + " …"


def _new_figures(told: Sequence[Telling], fresh: Sequence[Telling]) -> list[NewFact]:
    """Figures among the news of a report that no earlier one gives, for anything."""
    values = frozenset().union(*(telling.values for telling in told))
    known = [figure for telling in told for figure in telling.figures]
    found: list[NewFact] = []
    said: set[tuple[float, float | None]] = set()
    for telling in fresh:
        for figure in sorted(telling.figures, key=lambda f: f.rank):
            if figure.rank >= _RANK_OF_A_FIGURE or figure.forecast or not figure.counts or figure.value in said:
                continue
            if figure.past is not None:
                continue
            if figure.figure.value in values or any(comparable(old, figure) for old in known):
                continue
            after = shown(figure.version, figure.sentence)
            if after is None or figure.figure.end > len(after.text):
                continue
            said.add(figure.value)
            found.append(NewFact(FactKind.FIGURE, "", _phrase(figure, after), None, after))
    return found


# --- what is denied and acknowledged ----------------------------------------------------------------------------------


def _changed_stands(told: Sequence[Telling], fresh: Sequence[Telling]) -> list[NewFact]:
    """Denials of what was acknowledged or stated before, and acknowledgements of what was denied."""
    known = [stand for telling in told for stand in telling.stands]
    found: list[NewFact] = []
    for position, telling in enumerate(fresh):
        older = [other for other in fresh[:position] if _is_before(other.version, telling.version)]
        together = [stand for other in older for stand in other.stands]
        for stand in telling.stands:
            if stand.past is not None:
                continue
            alike = [old for old in (*known, *together) if _one_subject(old, stand)]
            if any(old.denies == stand.denies for old in alike):
                continue  # said before
            turned = [old for old in alike if not _is_after(old.version, stand.version)]
            kind = FactKind.DENIED if stand.denies else FactKind.CONFIRMED
            if turned:
                fits = [_fit(one, stand) for one in turned]
                old = next(one for one, fit in zip(reversed(turned), reversed(fits), strict=True) if fit == max(fits))
                fact = _stand_fact(kind, stand, shown(old.version, old.sentence))
            else:
                claim = _claimed(stand, told) if stand.denies else None
                fact = _stand_fact(kind, stand, claim) if claim is not None else None
            if fact is not None and all(fact.quote_after.quote != one.quote_after.quote for one in found):
                found.append(fact)
    return found


def _denials(told: Sequence[Telling], fresh: Sequence[Telling]) -> list[NewFact]:
    """Denials that no earlier report has."""
    known = [stand for telling in told for stand in telling.stands]
    found: list[NewFact] = []
    for telling in fresh:
        best = {number for number, _, _ in telling.claims[:_RANK_OF_A_DENIAL]}
        for stand in telling.stands:
            if stand.past is not None or stand.sentence not in best:
                continue
            if stand.denies and stand.names and not any(_one_subject(old, stand) for old in known):
                fact = _stand_fact(FactKind.DENIED, stand, None)
                found += [fact] if fact else []
    return found


def _one_subject(old: Stand, new: Stand) -> bool:
    """Whether the same one speaks of the same thing, or of what "it" stands for."""
    if old.who and new.who:
        if not old.who & new.who:
            return False
    elif not _shared(old.who_words, new.who_words):
        # "The city has not admitted flaws in the wall" – "Mayor Reuk admits for the first time that the wall had flaws"
        turned = new.first and old.denies and not new.denies
        return turned and not old.who and _shared(old.about, new.about) >= 1
    few = min(len(old.about), len(new.about))
    if _shared(old.about, new.about) >= min(2, max(1, few - 1)):
        return True
    # "Neither has acknowledged their presence": of what stands in the sentence before.
    leaning = [(one, other) for one, other in ((old, new), (new, old)) if one.leans and len(one.about) <= _FEW_WORDS]
    return any(_shared((*one.about, *one.before), other.about) >= _MORE_WORDS for one, other in leaning)


def _fit(old: Stand, new: Stand) -> int:
    """How much two statements have in common: who speaks, what of, and what stands before them."""
    about = _shared(old.about, new.about) + _shared(old.before, new.about)
    return 3 * len(old.who & new.who) + 2 * len(old.names & new.names) + about


def _shared(one: Words, other: Words) -> int:
    """How many words of the one may mean a word of the other: they share most of what the plainer of the two means."""
    return sum(1 for keys in one if any(2 * len(keys & there) > min(len(keys), len(there)) for there in other))


def _claimed(stand: Stand, told: Sequence[Telling]) -> ShownQuote | None:
    """The earlier sentence that states what is denied now."""
    size = len(stand.about) + len(stand.names)
    if size < _MORE_WORDS:
        return None
    best: tuple[float, StoredVersion, int] | None = None
    for telling in told:
        denying = {s.sentence for s in telling.stands}
        for number, keys, names in telling.claims:
            words = sum(1 for one in stand.about if one & keys)
            share = (words + len(stand.names & names)) / size
            states = share >= _DENIED_SHARE and words and number not in denying
            if states and (best is None or share > best[0]):
                best = (share, telling.version, number)
    return shown(best[1], best[2]) if best else None


def _stand_fact(kind: FactKind, stand: Stand, before: ShownQuote | None) -> NewFact | None:
    after = shown(stand.version, stand.sentence)
    if after is None or stand.end > len(after.text):
        return None
    end = stand.end
    if after.text[end : end + 1] == ",":  # "…, that soldiers were sent"
        further = _CLAUSE_END.search(after.text, end + 1)
        end = further.start() if further else len(after.text)
    said = after.text[stand.start : end].strip(" ,;:–—.")
    if len(said) > _LONGEST_CLAUSE:
        said = said[:_LONGEST_CLAUSE].rpartition(" ")[0] + " …"
    return NewFact(kind, "", said, before, after)


# --- names ------------------------------------------------------------------------------------------------------------


def _new_names(told: Sequence[Telling], fresh: Sequence[Telling]) -> list[NewFact]:
    """Names among the news of a report, no part of which any earlier one has."""
    known = set(frozenset().union(*(telling.name_keys for telling in told)))
    found: list[NewFact] = []
    for telling in fresh:
        facts = telling.version.facts
        outlet = f"{facts.outlet} {facts.byline} {facts.agency}".casefold()
        for name in telling.names[: 4 * _NEW_NAMES_OF_A_REPORT]:
            if name.keys & known or name.text.casefold() in outlet:
                continue
            after = shown(telling.version, name.sentence)
            if after is None or name.end > len(after.text):
                continue
            known |= name.keys
            found.append(NewFact(FactKind.NAME, "", name.text, None, after))
    return found


# --- side by side -----------------------------------------------------------------------------------------------------


def conflicts(
    new: Sequence[StoredVersion],
    earlier: Sequence[StoredVersion],
    report_of: Callable[[StoredVersion], int],
    told: Sequence[NewFact] = (),
) -> list[Conflict]:
    """Figures for the same thing that reports of about one day, or of unknown days, give differently.

    What is `told` as a change from one day to the next is none: the figure was right on its day.
    """
    fresh = [f for version in new for f in telling_of(version).figures if f.rank < _RANK_OF_A_FIGURE][:_MOST_FIGURES]
    others = [figure for version in earlier for figure in telling_of(version).figures]
    changes = [fact for fact in told if fact.kind is FactKind.CHANGED]
    changed = {fact.quote_before.quote for fact in changes if fact.quote_before is not None}
    found: list[Conflict] = []
    used: set[int] = set()
    for figure in fresh:
        if id(figure) in used or not figure.counts or figure.past is not None:
            continue
        group = [figure]
        near = [*fresh, *(other for other in others if _day(other.version) is not None)]
        group += [
            o for o in near
            if o is not figure and o.past is None and _one_time(o, figure) and comparable(o, figure)
        ]  # fmt: skip
        used |= {id(one) for one in group}
        sides = [
            side for side in _sides(group, report_of)
            if not (_is_before(side.figure.version, figure.version) and {q.quote for q in side.quotes} & changed)
        ]  # fmt: skip
        if len(sides) > 1 and not any(a.reports_held & b.reports_held for a, b in _pairs(sides)):
            what = next((side.figure.what for side in sides if side.figure.total), figure.what)
            found.append(Conflict("contradiction", what, tuple(side.shown() for side in sides[:MOST_SIDES])))
    return found[:MOST_CONFLICTS]


def _one_time(one: ToldFigure, other: ToldFigure) -> bool:
    days = _day(one.version), _day(other.version)
    if days[0] is None or days[1] is None:
        return days[0] is days[1]
    return abs((days[0] - days[1]).days) <= _ONE_DAY


class _Side:
    """One value of a conflict, and the figures that give it."""

    def __init__(self, figure: ToldFigure, quote: ShownQuote, report: int) -> None:
        self.figure, self.quotes, self.reports_held = figure, [quote], {report}

    def add(self, quote: ShownQuote, report: int) -> None:
        if report not in self.reports_held:
            self.reports_held.add(report)
            self.quotes.append(quote)

    def shown(self) -> Side:
        quote, figure = self.quotes[0], self.figure
        by = _who(figure, quote)
        return Side(_words(figure, quote), by, tuple(self.quotes[:2]), len(self.reports_held), figure.figure.bound)


def _sides(group: Sequence[ToldFigure], report_of: Callable[[StoredVersion], int]) -> list[_Side]:
    sides: list[_Side] = []
    for figure in group:
        quote = shown(figure.version, figure.sentence, report_id=report_of(figure.version))
        if quote is None or figure.figure.end > len(quote.text):
            continue
        same = next((side for side in sides if same_value(side.figure, figure)), None)
        if same is None:
            sides.append(_Side(figure, quote, report_of(figure.version)))
        else:
            same.add(quote, report_of(figure.version))
    return sorted(sides, key=lambda side: (-len(side.reports_held), side.figure.figure.value))


def _pairs(sides: Sequence[_Side]) -> list[tuple[_Side, _Side]]:
    return [(a, b) for i, a in enumerate(sides) for b in sides[i + 1 :]]


def chart_of(facts: Sequence[NewFact], versions: Sequence[StoredVersion]) -> Chart | None:
    """How a figure that changed went, when reports of at least two known days give it; of several the last one told."""
    figures = [figure for version in sorted(versions, key=_by_day) for figure in telling_of(version).figures]
    for fact in reversed(facts):
        if fact.kind is not FactKind.CHANGED or fact.quote_before is None:
            continue
        last = next((f for f in figures if _is_of(f, fact.quote_after, fact.after)), None)
        first = next((f for f in figures if _is_of(f, fact.quote_before, fact.before)), None)
        if last is None or first is None:
            continue
        ends = (last.version, first.version)
        alike = [f for f in figures if all(f.version is not one for one in ends) and comparable(f, last)]
        near = {id(f) for f in (last, first, *_nearly_the_same([*alike[-_MOST_ALIKE:], first], last))}
        chain = [f for f in figures if id(f) in near]
        drawn = _drawn(chain, _unit(last), fact.what)
        values = {point.value for point in drawn.points}
        if len({point.day for point in drawn.points}) > 1 and len(values) > 1:
            return drawn
        if len(drawn.points) + len(drawn.undated) >= _LISTED:
            return drawn  # nothing to draw, yet more to say than the change
    return None


def _drawn(chain: Sequence[ToldFigure], size: str, what: str) -> Chart:
    """The figures of one size by their days: a report's, or their own where they are background."""
    points: dict[tuple[date, float, float | None], ChartPoint] = {}
    undated: dict[tuple[str, float, float | None], Undated] = {}
    for figure in chain:
        quote = shown(figure.version, figure.sentence)
        if quote is None or figure.figure.end > len(quote.text) or _unit(figure) != size:
            continue
        past, words, bound, who = figure.past, _words(figure, quote), figure.figure.bound, _who(figure, quote)
        day = past.day if past is not None else _sure_day(figure.version)
        if day is None:
            when = past.when if past is not None else ""
            undated.setdefault((when, *figure.value), Undated(when, words, bound, who, quote))
        else:
            point = ChartPoint(day, *figure.value, words, bound, who, quote)
            points.setdefault((day, *figure.value), point)
    ordered = sorted(points.values(), key=lambda point: point.day)
    newest = ordered[-MOST_POINTS:]
    return Chart(what, tuple(newest), tuple(undated.values())[:MOST_UNDATED], len(ordered) - len(newest))


def _sure_day(version: StoredVersion) -> date | None:
    """The known day of a report, unless its own text speaks against it."""
    return None if version.facts.published.warning else _day(version)


def _who(figure: ToldFigure, quote: ShownQuote) -> str:
    """Who gives a figure: whom its sentence names, if it is no other clause that does, else who published it."""
    published = quote.outlet or quote.document
    if not quote.said_by:
        return published
    others = [f for f in telling_of(figure.version).figures if f.sentence == figure.sentence and f is not figure]
    alike = [f for f in others if f.figure.things & figure.figure.things and f.fates == figure.fates]
    clause = clause_around(quote.text, figure.figure.start, figure.figure.end)
    return published if alike and quote.said_by not in clause else quote.said_by


def _is_of(figure: ToldFigure, quote: ShownQuote, words: str) -> bool:
    s = figure.version.sentences[figure.sentence]
    if figure.version.facts.id != quote.quote.version_id or s.start != quote.quote.start:
        return False
    return figure.version.text[s.start + figure.figure.start : s.start + figure.figure.end] == words


def _unit(figure: ToldFigure) -> str:
    unit = next((thing for thing in sorted(figure.figure.things) if thing and not figure.what), "")
    return common_size(1.0, unit)[0:2][1] if unit else ""
