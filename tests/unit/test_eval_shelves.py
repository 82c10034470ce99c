"""Texts of a pack become documents as the bot would keep them."""

from __future__ import annotations

from bot.documents.cleaning import lay_out
from tests.eval.shelves import Text, draft_of


def test_a_line_is_a_paragraph_as_it_is_where_the_bot_reads_a_text_without_wrapping() -> None:
    text = "The gas is O\n2 and it burns. It is cold.\nThe end is near."
    draft = draft_of(Text("a", text, "en"))
    assert [text[s.start : s.end] for s in draft.sentences] == [
        "The gas is O", "2 and it burns.", "It is cold.", "The end is near."
    ]  # fmt: skip
    paragraphs = {s.paragraph for s in draft.sentences}
    assert len(paragraphs) == len(lay_out(text, "text/html")) == 3
