"""Which part of the change log a channel's next brief has to tell, by what its earlier briefs told or failed to."""

from __future__ import annotations

from collections.abc import Iterable, Sequence
from dataclasses import dataclass
from typing import TYPE_CHECKING

if TYPE_CHECKING:
    from bot.library.brief_store import BriefWindow

Span = tuple[int, int]  # from < seq <= to


@dataclass(frozen=True, slots=True)
class Owing:
    """What the next brief tells: all after `after_seq`, but what lies in `skipped`, which others tell."""

    after_seq: int
    skipped: tuple[Span, ...] = ()
    lost: BriefWindow | None = None  # the first brief whose news is owed; None: all that was made was told


def owing(told: Sequence[BriefWindow], lost: Sequence[BriefWindow]) -> Owing | None:
    """What is owed after the windows that were told, or will be, and those that were lost; None: there were none.

    A brief that was made while an earlier one was on its way counted on that one. If that one fails later, its window
    is a gap, and the next brief tells it with what came since.
    """
    known = _merged(span for one in told for span in covered(one))
    gaps = _without(_merged(span for one in lost for span in covered(one)), known)
    end = known[-1][1] if known else None
    if end is not None:
        gaps = [gap for gap in gaps if gap[0] < end]
    if not gaps:
        return None if end is None else Owing(end)
    after = gaps[0][0]
    first = next(one for one in sorted(lost, key=lambda one: one.record_id) if one.from_seq <= after < one.to_seq)
    return Owing(after, () if end is None else tuple(_without([(after, end)], gaps)), first)


def covered(window: BriefWindow) -> list[Span]:
    """What a brief tells itself, in order."""
    return _without([(window.from_seq, window.to_seq)], _merged(window.skipped))


def _merged(spans: Iterable[Span]) -> list[Span]:
    found: list[Span] = []
    for start, end in sorted(span for span in spans if span[0] < span[1]):
        if found and start <= found[-1][1]:
            found[-1] = (found[-1][0], max(end, found[-1][1]))
        else:
            found.append((start, end))
    return found


def _without(spans: Sequence[Span], away: Sequence[Span]) -> list[Span]:
    """The spans, less those that are taken away; both in order and apart from each other."""
    found: list[Span] = []
    for start, end in spans:
        at = start
        for first, last in away:
            if last <= at or first >= end:
                continue
            if first > at:
                found.append((at, first))
            at = max(at, last)
        if at < end:
            found.append((at, end))
    return found
