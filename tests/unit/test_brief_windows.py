"""What a channel's next brief has to tell: each part of the change log is told once, whatever failed on the way."""

from __future__ import annotations

from datetime import UTC, datetime

from hypothesis import given, settings
from hypothesis import strategies as st

from bot.briefs.windows import Owing, covered, owing
from bot.library.brief_store import BriefState, BriefWindow

NOON = datetime(2031, 5, 14, 12, tzinfo=UTC)


def window(id_: int, start: int, end: int, *skipped: tuple[int, int]) -> BriefWindow:
    return BriefWindow(id_, f"s{id_}", BriefState.OWED, None, NOON, start, end, skipped)


def test_after_briefs_that_were_told_the_next_one_begins_where_the_last_one_ends() -> None:
    assert owing([], []) is None
    assert owing([window(2, 5, 9), window(1, 0, 5)], []) == Owing(9)


def test_what_failed_is_owed_though_a_later_brief_counted_on_it() -> None:
    lost = window(1, 0, 5)
    assert owing([window(2, 5, 9)], [lost]) == Owing(0, ((5, 9),), lost)
    assert owing([window(3, 0, 12, (5, 9)), window(2, 5, 9)], [lost]) == Owing(12), "told by the one after"


def test_what_failed_last_is_told_with_what_came_since() -> None:
    lost = window(2, 5, 9)
    assert owing([window(1, 0, 5)], [lost]) == Owing(5)
    assert owing([], [window(2, 5, 9), window(1, 0, 5)]) == Owing(0, (), window(1, 0, 5))


@settings(max_examples=150)
@given(st.lists(st.tuples(st.integers(1, 4), st.integers(0, 3)), min_size=1, max_size=12), st.data())
def test_each_line_of_the_log_is_told_once_whatever_fails_and_whenever(steps: list[tuple[int, int]], data: st.DataObject) -> None:
    """Briefs are made while others are on their way; each of these fails or arrives after any number of further ones."""
    made: list[BriefWindow] = []
    lost: set[int] = set()
    ends = 0
    for grown, many in steps:
        ends += grown
        undecided = [one.record_id for one in made if one.record_id not in lost]
        lost |= set(data.draw(st.lists(st.sampled_from(undecided), max_size=many)) if undecided else [])
        owed = owing([one for one in made if one.record_id not in lost], [one for one in made if one.record_id in lost])
        start, skipped = (owed.after_seq, owed.skipped) if owed is not None else (0, ())
        made.append(window(len(made) + 1, start, ends, *skipped))
        told = [n for one in made if one.record_id not in lost for a, b in covered(one) for n in range(a + 1, b + 1)]
        assert sorted(told) == list(range(1, ends + 1))
