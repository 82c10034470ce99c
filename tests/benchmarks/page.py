"""The page docs/benchmarks.md, made from what was measured."""

from __future__ import annotations

from collections.abc import Callable, Iterable, Sequence
from typing import Any

_HEAD = """# Beside other engines

    .venv/bin/pip install -e '.[benchmarks]'            # bm25s, rank-bm25 and numpy: the bot needs none of them
    .venv/bin/python -m tests.benchmarks all --pack PACK

measures all of this anew and writes this page; without `--pack` the table of quality stays out, `--sizes 10000` is over in a
minute. Each part can be measured alone (`search`, `vectors`, `ask`, `intake`, `quality`); times mean little on a machine that does
something else meanwhile.
"""


def written(parts: dict[str, Any]) -> str:
    """Markdown for the parts that there are."""
    pieces = [_HEAD] if len(parts) != 1 else []
    made: dict[str, Callable[[Any], str]] = {"search": _search, "vectors": _vectors, "ask": _ask, "intake": _intake}
    made["quality"] = _quality
    for name, make in made.items():
        if name in parts:
            part = parts[name]
            pieces += [make(part["found"]), _origin(part)]
    return "\n".join(pieces)


def _origin(part: dict[str, Any]) -> str:
    versions = ", ".join(part["versions"])
    return f"Measured {part['date']} by `python -m tests.benchmarks {part['command']}` on {part['machine']}; {versions}.\n"


def _table(head: Sequence[str], rows: Iterable[Sequence[str]]) -> str:
    lines = [f"| {' | '.join(head)} |", "|" + " --- |" * len(head)]
    return "\n".join([*lines, *(f"| {' | '.join(row)} |" for row in rows)]) + "\n"


def _number(value: float | None) -> str:
    if value is None:
        return "–"
    return f"{value:,.0f}" if value >= 100 else f"{value:.1f}" if value >= 10 else f"{value:.2f}"


def _search(rows: list[dict[str, Any]]) -> str:
    plain = {row["passages"]: row for row in rows if row["engine"] == "tantivy" and "failed" not in row}
    lines = []
    for row in rows:
        first = [f"{row['passages']:,}", row["engine"]]
        if "failed" in row:
            lines.append([*first, row["failed"], "", "", "", "", "", ""])
            continue
        beside = plain.get(row["passages"])
        times = [f"{row[q] / beside[q]:.1f} ×" if beside else "" for q in ("p50_ms", "p99_ms")]
        lines.append(
            [*first, f"{_number(row['p50_ms'])} / {_number(row['p99_ms'])}", " / ".join(times),
             f"{row['found']:.1%}", _number(row["rss_mb"]), _number(row["disk_mb"] or None), _number(row["build_s"])]
        )  # fmt: skip
    head = ("passages", "engine", "search p50 / p99, ms", "beside tantivy", "passage found", "memory, MB", "disk, MB", "built in, s")
    return (
        "## Searching passages\n\n"
        "The best 50 passages for a question, over made-up news in German and English (60 : 40). Questions are made of words "
        "of one sentence; *passage found*: it is among the 50. The others look for the question's words, stemmed; ours looks "
        "for all that they may be called in both languages (synonyms, translations, parts of compounds, names), within what "
        "the asker may see. Processor time of one thread, the best of three rounds. Memory is what the asking process holds, "
        "mapped files included.\n\n" + _table(head, lines)
    )


def _vectors(rows: list[dict[str, Any]]) -> str:
    lines = []
    for row in rows:
        if "failed" in row:
            lines.append([f"{row['passages']:,}", row["failed"], "", "", "", ""])
            continue
        times = f"{_number(row['p50_ms'])} / {_number(row['p99_ms'])}"
        figures = (_number(row[key]) for key in ("rss_mb", "disk_mb", "load_s"))
        lines.append([f"{row['passages']:,}", times, f"{row['found']:.1%}", *figures])
    head = ("passages", "search p50 / p99, ms", "of the nearest 24", "memory, MB", "disk, MB", "loaded in, s")
    return (
        "## Searching by meaning\n\n"
        "The nearest 24 passages to a question's vector, of 384 numbers each, within what the asker may see: a tenth belongs to "
        "another workspace. *Of the nearest 24*: how many of those that exact comparison finds. Processor time of one thread, "
        "the best of three rounds; what the embedding itself takes is the model's affair.\n\n" + _table(head, lines)
    )


def _ask(rows: list[dict[str, Any]]) -> str:
    lines = []
    for row in rows:
        name = f"{row['passages']:,}" + (", documents from a file" if "rows" in row else "")
        name += "" if row.get("kept", True) else ", nothing kept of their sentences"
        times = f"{_number(row['p50_ms'])} / {_number(row['p99_ms'])}"
        lines.append([name, times, _number(row["rss_mb"]), _number(row["anonymous_mb"])])
    return (
        "## A whole question\n\n"
        "From its text to an answer with quotes, in a process that is running and warm. Most of it goes into weighing the "
        "sentences of the documents that were found; the search is the small part. What each sentence says, by its search terms, "
        "is kept beside the index when a document comes in (2.5 kB for a text of 3.6 kB, not counted in the first table): "
        "where it is not, it is worked out, and takes up to twice as long.\n\n"
        + _table(("passages", "p50 / p99, ms", "memory, MB", "without mapped files, MB"), lines)
    )


def _intake(found: dict[str, Any]) -> str:
    parts = found["parts_ms"]
    rows = [[part, _number(milliseconds), f"{milliseconds / sum(parts.values()):.0%}"] for part, milliseconds in parts.items()]
    ratio = found["html_ours_ms"] / found["html_trafilatura_ms"]
    return (
        "## Taking documents in\n\n"
        f"{found['documents']:,} text files of 400 words through the intake: **{_number(found['per_s'])} documents a second** "
        f"of one core's time ({_number(found['per_s_wall'])} by the clock). The same work part by part:\n\n"
        + _table(("part", "ms a document", "share"), rows)
        + f"\nA web page: {_number(found['html_ours_ms'])} ms, {ratio:.2f} × trafilatura alone "
        f"({_number(found['html_trafilatura_ms'])} ms; with its `fast` option, which ours uses, "
        f"{_number(found['html_trafilatura_fast_ms'])} ms).\n"
    )


def _quality(rows: list[dict[str, Any]]) -> str:
    lines = []
    for row in rows:
        if "failed" in row:
            lines.append([row["setting"], row["engine"], row["failed"], "", "", "", ""])
            continue
        shown = [f"{row[name]:.3f}" if row[name] is not None else "–" for name in ("hit1", "hit3", "doc1", "auroc_ooc", "auroc_adv")]
        lines.append([row["setting"], row["engine"], *shown])
    head = ("setting", "engine", "hit@1", "hit@3", "right document", "no such subject", "near miss")
    return (
        "## Finding the sentence\n\n"
        "A labelled pack of questions over paragraphs (see `docs/evaluation.md`), every engine over the same passages. *hit@k*: "
        "one of the first k sentences holds the answer. The last two columns: how often a question with an answer gets the "
        "higher score than one whose subject is nowhere, and than one that is nearly answered. The other engines find "
        "passages; of those, the sentence is taken that shares most of the question's words.\n\n" + _table(head, lines)
    )
