"""How long grouping takes for one more document, the library growing: python -m tests.benchmarks.copies [DOCUMENTS] [headlines]

The documents are made up: words with the frequencies of a language, names and numbers, every twentieth an edited copy of
an earlier one. Headlines are a line of ten words, every twentieth about an earlier one in other words. Measured is the placing alone, in batches as intake takes them; putting into the index is not part of it.
"""

from __future__ import annotations

import itertools
import random
import sys
import time

from tests.eval.newsroom import BATCH, Newsroom, Text

_WORDS = 20_000
_NAMES = 30_000
_SENTENCES = 14
_COPY_EVERY = 20
_SYLLABLES = "ba de ri no ka lu me to si ver gal tor min pas hen dro fel kun wes tal".split()


def _word(number: int) -> str:
    parts = []
    while True:
        number, rest = divmod(number, len(_SYLLABLES))
        parts.append(_SYLLABLES[rest])
        if not number:
            return "".join(parts) + "en"


class _Press:
    """Makes up reports, the same ones every time."""

    def __init__(self) -> None:
        self._random = random.Random(1)
        self._words = [_word(i) for i in range(_WORDS)]
        self._weights = list(itertools.accumulate(1 / (i + 5) for i in range(_WORDS)))
        self._names = [_word(i + 400).capitalize() for i in range(_NAMES)]
        self._written: list[str] = []

    def report(self) -> str:
        number = len(self._written)
        if number % _COPY_EVERY == _COPY_EVERY - 1:
            sentences = self._random.choice(self._written).split("\n")
            text = "\n".join(sentences[: self._random.randint(8, _SENTENCES)])
        else:
            cast = self._random.sample(self._names, 8)
            text = "\n".join(self._sentence(cast) for _ in range(_SENTENCES))
        self._written.append(text)
        return text

    def headline(self) -> str:
        number = len(self._written)
        words = self._random.choices(self._words, cum_weights=self._weights, k=8)
        if number % _COPY_EVERY == _COPY_EVERY - 1:
            cast = [word for word in self._random.choice(self._written).split() if word[0].isupper()]
        else:
            cast = self._random.sample(self._names, 2)
        words[2:2], words[6:6] = cast[:1], cast[1:]
        self._written.append(" ".join(words))
        return self._written[-1]

    def _sentence(self, cast: list[str]) -> str:
        words = self._random.choices(self._words, cum_weights=self._weights, k=15)
        words[3] = self._random.choice(cast)
        words[9] = str(self._random.randint(2, 9000))
        return " ".join(["The", *words]) + "."


def main() -> None:
    """Print milliseconds a document at growing sizes of the library."""
    most = int(sys.argv[1]) if len(sys.argv) > 1 else 10_000
    press = _Press()
    write = press.headline if "headlines" in sys.argv else press.report
    print("documents  ms each  of them CPU  copies found")
    with Newsroom() as room:
        size, step = 0, max(BATCH, most // 5)
        while size < most:
            room.fill([Text("", write(), "en") for _ in range(step - 10 * BATCH)])
            taken, worked, copies = 0.0, 0.0, 0
            for _ in range(10):
                batch = room.versions_of([Text("", write(), "en") for _ in range(BATCH)])
                begun, begun_thread = time.perf_counter(), time.thread_time()
                placed = room.group(batch)
                taken += time.perf_counter() - begun
                worked += time.thread_time() - begun_thread
                copies += sum(1 for membership in placed if membership.report_id != membership.document_id)
                room.index(batch)
            size += step
            each, each_worked = (seconds / (10 * BATCH) * 1000 for seconds in (taken, worked))
            print(f"{size:9,}  {each:7.2f}  {each_worked:11.2f}  {copies} of {10 * BATCH // _COPY_EVERY}", flush=True)


if __name__ == "__main__":
    main()
