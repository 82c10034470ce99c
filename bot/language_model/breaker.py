"""The circuit breaker: an endpoint that fails again and again is left alone for a while, then tried by one.

Closed: everyone may ask. After `failures` in a row it opens, for a pause that doubles each time up to `longest_s`. When
the pause is over one caller may try; what comes of it closes the breaker or opens it anew.
"""

from __future__ import annotations

from dataclasses import dataclass


@dataclass(slots=True)
class Breaker:
    """Of one endpoint. Knows no clock: instants are seconds of any clock that only goes forward."""

    failures: int = 4
    pause_s: float = 20.0
    longest_s: float = 600.0
    _in_a_row: int = 0
    _pauses: int = 0
    _open_until: float | None = None
    _trying: bool = False

    def may_ask(self, now_s: float) -> bool:
        """Whether a caller may ask now. Who may says what came of it: `succeeded`, `failed` or `abandoned`."""
        if self._open_until is None:
            return True
        if self._trying or now_s < self._open_until:
            return False
        self._trying = True
        return True

    def succeeded(self) -> None:
        self._in_a_row = self._pauses = 0
        self._open_until, self._trying = None, False

    def failed(self, now_s: float, *, for_good: bool = False) -> None:
        """One more failure. `for_good`: asking again is of no use before a person changes something."""
        self._in_a_row += 1
        # What was still under way when the breaker opened says nothing new.
        if self._open_until is not None and not self._trying:
            return
        if for_good or self._trying or self._in_a_row >= self.failures:
            pause_s = self.longest_s if for_good else min(self.longest_s, self.pause_s * 2.0**self._pauses)
            self._pauses = min(self._pauses + 1, 30)
            self._open_until, self._trying = now_s + pause_s, False

    def abandoned(self) -> None:
        """Nobody knows what would have come of it: the caller went, or the endpoint was not at fault."""
        self._trying = False
