"""Looks through a log for what may never stand in one: secrets, words of documents, what people said, their names."""

from __future__ import annotations

import io
import logging
import re
from collections.abc import Iterable, Iterator
from contextlib import contextmanager

from bot.logs import _Line

_RUN = 4  # words one after the other that are no coincidence


def leaks(log: str, *, secrets: Iterable[str] = (), texts: Iterable[str] = (), names: Iterable[str] = ()) -> list[str]:
    """What of these stands in a log. A text leaks by any four of its words in a row; a secret, a name by itself."""
    plain = " ".join(_words(log))
    found = [f"a secret of {len(one)} characters" for one in secrets if one in log]
    found += [f"the name {one}" for one in names if re.search(rf"\b{re.escape(one)}\b", log)]
    for text in texts:
        words = _words(text)
        runs = (" ".join(words[n : n + _RUN]) for n in range(max(1, len(words) - _RUN + 1)))
        found += [f"the words “{run}”" for run in runs if f" {run} " in f" {plain} "]
    return found


def _words(text: str) -> list[str]:
    return re.findall(r"\w+", text.casefold())


@contextmanager
def listened() -> Iterator[io.StringIO]:
    """Everything that the project itself logs meanwhile, down to the least important line, as it would be written."""
    logger, heard = logging.getLogger("bot"), io.StringIO()
    handler = logging.StreamHandler(heard)
    handler.setFormatter(_Line("%(asctime)s %(levelname)s %(name)s: %(message)s"))
    level, quiet = logger.level, logging.root.manager.disable
    logging.disable(logging.NOTSET)
    logger.addHandler(handler)
    logger.setLevel(logging.DEBUG)
    try:
        yield heard
    finally:
        logger.removeHandler(handler)
        logger.setLevel(level)
        logging.disable(quiet)
