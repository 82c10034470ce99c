"""The benchmarks' made-up news and their page."""

from __future__ import annotations

from itertools import islice
from pathlib import Path

from bot.library.passages import passages_of
from tests.benchmarks import page
from tests.benchmarks.press import read_passages, read_questions, read_stories, stories, versions_of, write_data


def test_the_made_up_news_is_the_same_every_time() -> None:
    assert list(islice(stories(80), 5)) == list(islice(stories(80), 5))


def test_its_sentences_stand_where_they_are_said_to() -> None:
    for story in islice(stories(120), 5):
        for start, end, _ in story.sentences:
            assert story.text[start:end].endswith(".")
            assert not story.text[start].islower()


def test_it_makes_as_many_passages_as_wanted_and_asks_about_them(tmp_path: Path) -> None:
    write_data(tmp_path, passages=23, questions=6)
    passages = list(read_passages(tmp_path))
    assert len(passages) == 23
    assert sum(len(passages_of(v.sentences)) for v in versions_of(read_stories(tmp_path))) == 23
    questions = read_questions(tmp_path)
    assert len(questions) == 6
    for question in questions:
        about = passages[question.passage]
        assert about.language == question.language
        assert any(word.strip("?.") in about.text for word in question.text.split()[2:])


def test_the_page_says_why_an_engine_has_no_figures() -> None:
    figures = {"p50_ms": 2.0, "p99_ms": 4.0, "found": 1.0, "rss_mb": 9.0, "disk_mb": 1.0, "build_s": 1.0}
    rows = [
        {"passages": 1000, "engine": "tantivy"} | figures,
        {"passages": 1000, "engine": "Verbatim"} | figures | {"p50_ms": 5.0},
        {"passages": 1000, "engine": "rank_bm25", "failed": "needs more than 12 GB of memory"},
    ]
    part = {"found": rows, "versions": ["tantivy 0.27"], "date": "2026-01-02", "command": "search", "machine": "a machine"}
    text = page.written({"search": part})
    assert "needs more than 12 GB of memory" in text
    assert "2.5 × / 1.0 ×" in text
    assert "python -m tests.benchmarks search" in text
