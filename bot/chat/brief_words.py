"""What briefs say in words everywhere: a named new fact, a figure over time, what is left out."""

from __future__ import annotations

from typing import TYPE_CHECKING

from bot.briefs.brief import FactKind
from bot.chat.brief_texts import day_in_words, is_told, tell
from bot.chat.texts import say

if TYPE_CHECKING:
    from collections.abc import Collection

    from bot.briefs.brief import Brief, Chart, ChartPoint, NewFact, Undated


def fact_words(fact: NewFact, language: str) -> str:
    """A named new fact in our words, its values in the source's."""
    if fact.kind not in (FactKind.CHANGED, FactKind.FIGURE):
        return tell(str(fact.kind), language, before=fact.before, after=fact.after)
    if fact.kind is FactKind.FIGURE or not fact.before:
        return tell("figure", language, after=fact.after if fact.total else f"{fact.after} {fact.what}".strip())
    if fact.total and fact.what:
        return f"{fact.what}: {tell('changed', language, before=fact.before, after=fact.after)}"
    key = f"fate-{fact.fate}"
    fate = f" ({tell(key, language)})" if fact.fate and is_told(key) else ""
    return tell("changed", language, before=fact.before, after=f"{fact.after} {fact.what}".strip() + fate)


def left_out_words(brief: Brief, language: str, *, but: Collection[str] = ()) -> str:
    """What a brief leaves out, counted by its reasons, but some that are told elsewhere."""
    counted: dict[str, int] = {}
    for one in brief.left_out:
        if one.reason not in but:
            counted[one.reason] = counted.get(one.reason, 0) + one.count
    return ", ".join(reason_words(reason, n, language) for reason, n in counted.items() if n)


def reason_words(reason: str, n: int, language: str) -> str:
    """ "3 copies", "1 without a new fact"."""
    if n == 1 and is_told(f"out-{reason}-one"):
        return tell(f"out-{reason}-one", language)
    return tell(f"out-{reason}" if is_told(f"out-{reason}") else "out-other", language, n=n)


def chart_title(chart: Chart, language: str) -> str:
    return tell("chart", language, what=chart.what) if chart.what.strip() else tell("chart-plain", language)


def chart_lines(chart: Chart, language: str) -> list[str]:
    """Every figure of a chart with its day and who gives it; then those that it cannot show, and why."""
    return [*(point_words(point, language) for point in chart.points), *left_out_lines(chart, language)]


def left_out_lines(chart: Chart, language: str) -> list[str]:
    """What stands in no chart: figures without a day of their own, and how many are older than the first one."""
    lines = [_undated(one, language) for one in chart.undated]
    if chart.earlier:
        lines.append(tell("chart-earlier", language, n=chart.earlier))
    return lines


def point_words(point: ChartPoint, language: str) -> str:
    """One point: "Wed 14 May 2031: about 1,500 (the mayor)"."""
    day = f"{day_in_words(point.day, language)} {point.day.year}"
    value = _bounded(point.text, point.bound, language)
    return tell("chart-point", language, day=day, value=value, who=point.said_by or "–")


def _undated(one: Undated, language: str) -> str:
    value = _bounded(one.text, one.bound, language)
    key = "chart-undated" if not one.when else "chart-background"
    return tell(key, language, value=value, who=one.said_by or "–", when=one.when)


def _bounded(value: str, bound: str, language: str) -> str:
    return say(bound, language, value=value) if bound else value
