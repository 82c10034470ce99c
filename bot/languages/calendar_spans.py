"""Months, weeks and years as spans of days. Nothing here raises: what the calendar does not have is None."""

from __future__ import annotations

from calendar import monthrange
from datetime import date, timedelta

Span = tuple[date | None, date | None]
NOWHERE: Span = (None, None)


def day_of(year: int, month: int, day: int) -> date | None:
    """That day, if there is one."""
    try:
        return date(year, month, day)
    except (ValueError, OverflowError):
        return None


def shifted(day: date | None, days: int) -> date | None:
    """The day so many days later, or earlier when negative."""
    try:
        return None if day is None else day + timedelta(days=days)
    except OverflowError:
        return None


def months_from(year: int, month: int, months: int = 1) -> Span:
    """`months` whole months, the first of them the given one, which may lie outside 1..12."""
    year, month = year + (month - 1) // 12, (month - 1) % 12 + 1
    end_year, end_month = year + (month + months - 2) // 12, (month + months - 2) % 12 + 1
    if not 1 <= year <= end_year <= 9999:
        return NOWHERE
    return date(year, month, 1), date(end_year, end_month, monthrange(end_year, end_month)[1])


def years_from(year: int, years: int = 1) -> Span:
    """`years` whole years."""
    return months_from(year, 1, 12 * years)


def week_of(day: date, weeks: int = 0) -> Span:
    """Monday to Sunday of the week so many weeks after that of the day."""
    monday = shifted(day, 7 * weeks - day.weekday())
    return monday, shifted(monday, 6)


def away(day: date, unit: str, count: int) -> date | None:
    """The day so many days, weeks, months or years away; the last of the month where it has no such day."""
    if unit in ("day", "week"):
        return shifted(day, count * (7 if unit == "week" else 1))
    first, last = months_from(day.year, day.month + count * (12 if unit == "year" else 1))
    return first.replace(day=min(day.day, last.day)) if first and last else None
