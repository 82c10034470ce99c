"""What goes wrong on our side of the wire: a bug, whose place may be told, and a reader that cannot be started."""

from __future__ import annotations

import traceback
from pathlib import PurePosixPath

from bot.errors import VerbatimError


def reader_missing(error: OSError) -> VerbatimError:
    person = f"The reader cannot be started: {error.strerror}. What is to be read waits until it can."
    return VerbatimError("reader-not-started", str(error), person)


def place_of(error: Exception) -> str:
    """Where it was raised; never the message, which may quote what was read."""
    *_, frame = traceback.extract_tb(error.__traceback__)
    return f"{type(error).__name__} at {PurePosixPath(frame.filename).name}:{frame.lineno}"
