"""Quotes are cut from stored versions, nowhere else, and proved on them."""

from __future__ import annotations

import ast
from dataclasses import replace
from datetime import UTC, datetime
from pathlib import Path

import pytest

import bot
from bot.domain import DocumentDate, Sentence, StoredVersion, VersionFacts, sha256_hex
from bot.errors import QuoteRefused
from bot.quotes.cutting import cut, quotable
from bot.quotes.proving import prove

TEXT = "Grüße 🙂 aus Ahrbach. Der Steg kostet 1.250 €. \x07Ende"


def stored(text: str = TEXT, version: int = 7) -> StoredVersion:
    facts = VersionFacts(
        id=version, document_id=3, number=1, raw_sha256="", text_sha256=sha256_hex(text), title="", outlet="", byline="",
        agency="", language="de", published=DocumentDate(), translation=None, media_type="text/plain", address="",
        stored_at=datetime(2025, 1, 2, tzinfo=UTC), length=len(text),
    )  # fmt: skip
    return StoredVersion(facts, "steg.txt", "*", text, (Sentence(0, 20, 0), Sentence(21, 45, 0)))


def test_a_quote_knows_its_place_in_characters_and_bytes() -> None:
    version = stored()
    quote = cut(version, 21, 45)
    assert quote.text_in(version) == "Der Steg kostet 1.250 €."
    assert (quote.document_id, quote.version_id, quote.start, quote.end) == (3, 7, 21, 45)
    assert TEXT.encode()[quote.start_byte : quote.end_byte].decode() == "Der Steg kostet 1.250 €."
    assert quote.sha256 == sha256_hex("Der Steg kostet 1.250 €.")


@pytest.mark.parametrize(
    ("start", "end", "code"),
    [
        (-1, 5, "out-of-bounds"),
        (0, len(TEXT) + 1, "out-of-bounds"),
        (9, 3, "out-of-bounds"),
        (3, 3, "empty"),
        (5, 8, "no-words"),
        (21, 51, "controls"),
        (1, 20, "mid-word"),
        (0, 14, "mid-word"),
        (21, 39, "inside-number"),
        (21, 42, "inside-number"),
    ],
)
def test_what_may_not_be_quoted_is_refused(start: int, end: int, code: str) -> None:
    assert quotable(TEXT, start, end) == code
    with pytest.raises(QuoteRefused) as refused:
        cut(stored(), start, end)
    assert refused.value.code == code


def test_a_text_that_is_no_unicode_is_not_quoted() -> None:
    text = "Der Steg \ud800 ist zu."
    with pytest.raises(QuoteRefused):
        cut(replace(stored(), text=text), 11, 18)


def test_a_quote_is_proved_on_its_version() -> None:
    version = stored()
    assert prove(cut(version, 21, 45), version).ok


def test_a_broken_quote_says_what_is_broken() -> None:
    version = stored()
    quote = cut(version, 21, 45)
    changed = TEXT.replace("1.250", "1.260")
    resealed = replace(version, text=changed, facts=replace(version.facts, text_sha256=sha256_hex(changed)))
    reasons = {
        "version-missing": prove(quote, None),
        "wrong-version": prove(quote, stored(version=8)),
        "out-of-bounds": prove(replace(quote, end=999), version),
        "text-changed": prove(quote, replace(version, text=changed)),
        "changed": prove(quote, resealed),
        "bytes-moved": prove(replace(quote, start_byte=quote.start_byte + 1), version),
    }
    assert {reason: proof.reason for reason, proof in reasons.items()} == {reason: reason for reason in reasons}
    assert not any(proof.ok for proof in reasons.values())
    assert prove(quote, replace(version, text="\ud800" + TEXT)).reason == "text-changed"


def test_only_cutting_makes_quotes() -> None:
    """… and the library, which reads them back from receipts."""
    house = Path(bot.__file__).parent
    makers = set()
    for path in house.rglob("*.py"):
        written = path.read_text("utf-8")
        for node in ast.walk(ast.parse(written)) if "Quote" in written else ():
            if isinstance(node, ast.Call):
                name = node.func
                called = name.id if isinstance(name, ast.Name) else name.attr if isinstance(name, ast.Attribute) else ""
                if called == "Quote":
                    makers.add(path.relative_to(house).as_posix())
    makers = {maker for maker in makers if not maker.startswith("library/")}
    assert makers == {"quotes/cutting.py"}
