"""What is refused is refused in German, too, in a sentence that stands beside the English one."""

from __future__ import annotations

import re
from pathlib import Path

import pytest

from bot.chat.composing import error_message
from bot.chat.refusals import GERMAN, reason_in
from bot.errors import DiskFull, LibraryBusy, VerbatimError
from bot.library import faults

ROOT = Path(__file__).parents[2] / "bot"
PAIRS = [(code, english, german) for code, pairs in GERMAN.items() for english, german in pairs]


@pytest.fixture(scope="module")
def said() -> str:
    """Everything that our code says, but for the table itself; texts over several lines as one."""
    files = [path for path in ROOT.rglob("*.py") if path.name != "refusals.py"]
    return re.sub(r'"\s*\n\s*f?"', "", "\n".join(path.read_text("utf-8") for path in files))


def test_every_english_sentence_is_one_that_is_said(said: str) -> None:
    for _, english, _ in PAIRS:
        for part in re.split(r"\{\w+\}|; please try again\.", english):
            assert part in said, english


def test_every_fact_of_the_english_stands_in_the_german_too() -> None:
    for code, english, german in PAIRS:
        assert set(re.findall(r"\{\w+\}", german)) == set(re.findall(r"\{\w+\}", english)), code


def test_a_refusal_is_told_in_the_language_of_who_is_refused() -> None:
    refused = VerbatimError("too-large", "", f"The file has {5_000:,} bytes; the limit is {2_000:,}. Nothing was stored.")
    assert error_message(refused, "de").summary == "Die Datei hat 5,000 Bytes; die Grenze ist 2,000. Nichts wurde gespeichert."
    assert error_message(refused, "en").summary == refused.person
    for error in (LibraryBusy("library-busy"), DiskFull("disk-full"), faults.damaged("x")):
        told = error_message(error, "de").summary
        assert told != error.person
        assert "{" not in told
    assert reason_in("de", "of-another-release", "Something new.") == "Something new."
