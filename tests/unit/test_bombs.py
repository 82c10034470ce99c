"""Documents made to do harm: each ends within its limits, and the next one is read. `tests.fuzz.bombs` has all of them."""

from __future__ import annotations

from collections.abc import AsyncIterator

import pytest
import pytest_asyncio

from bot.documents.child import ReaderChild
from tests.fuzz import bombs

QUICK = {
    "gzip in gzip.txt": "unsupported",
    "Word: a text of 90 MB.docx": "bomb",
    "Word: a directory that lies.docx": "broken-docx",
    "Word: 10,000 names for one part.docx": "bomb",
    "XML: billion laughs.xml": "entities",
    "XML: an entity from outside.xml": "entities",
    "XML: attributes by default.xml": "reader-memory",
    "JSON: a million brackets.json": "too-deep",
    "PDF: a predictor of 2 billion columns.pdf": "broken-pdf",
    "PDF: pages that are their own parent.pdf": "broken-pdf",
    "PDF: a form that draws itself.pdf": "scan",
    "PDF: tables of contents in a circle.pdf": "broken-pdf",
    "mail: 3,000 mails in a mail.eml": "too-deep",
    "page: a million levels.html": "no-text",
    "item: an article that is gzip": "read",
}
# One loop for the file, so that all bombs share a child: what one breaks, the next would show.
pytestmark = pytest.mark.asyncio(loop_scope="module")


@pytest_asyncio.fixture(scope="module", loop_scope="module")
async def reader() -> AsyncIterator[ReaderChild]:
    async with ReaderChild(wall_s=300.0, cpu_s=300) as shared:  # these end by what they are, however slow the machine
        yield shared


@pytest_asyncio.fixture(scope="module", loop_scope="module")
async def hasty() -> AsyncIterator[ReaderChild]:
    """One that gives up early: what matters here is that all goes on."""
    async with ReaderChild(wall_s=4.0) as shared:
        yield shared


@pytest.mark.parametrize("name", QUICK)
async def test_a_bomb_ends_with_its_reason_and_the_next_document_is_read(reader: ReaderChild, name: str) -> None:
    ended = await bombs.set_off(reader, name)
    assert (ended.outcome, ended.broken) == (QUICK[name], "")


@pytest.mark.slow
@pytest.mark.parametrize("name", [name for name in bombs.all_names() if name not in QUICK])
async def test_every_bomb_ends_within_its_limits(hasty: ReaderChild, name: str) -> None:
    assert (await bombs.set_off(hasty, name)).broken == ""
