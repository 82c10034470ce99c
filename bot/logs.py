"""Logging for a person at a terminal or a collector: one line an event, its facts as fields, on standard error."""

from __future__ import annotations

import logging
import sys

# What a LogRecord holds by itself; everything else was given as `extra`.
_OWN = frozenset(vars(logging.LogRecord("", 0, "", 0, "", (), None))) | {"message", "asctime", "taskName"}


class _Line(logging.Formatter):
    def format(self, record: logging.LogRecord) -> str:
        facts = " ".join(f"{k}={str(v)!r}" for k, v in vars(record).items() if k not in _OWN)
        return f"{super().format(record)} {facts}".rstrip()


def set_up_logging(level: str) -> None:
    """Log to standard error. Safe to call again."""
    handler = logging.StreamHandler(sys.stderr)
    handler.setFormatter(_Line("%(asctime)s %(levelname)s %(name)s: %(message)s"))
    root = logging.getLogger("bot")
    root.handlers[:] = [handler]
    root.setLevel(level.upper())
    root.propagate = False
