"""One look at a drop folder, as `verbatim run` takes it: the real scan, readers, store and index, in a library of its own.

Exact copies of one text are one item, as they are one card for a person; the names of the others stand beside it.
"""

from __future__ import annotations

import asyncio
import tempfile
from pathlib import Path
from typing import Any

from bot.app import App, open_app
from bot.domain import TERMINAL, DocumentState
from bot.settings import load_settings
from bot.sources.folder import display_name

PATIENCE_S = 10.0  # for files that are still being written
_PAGE = 500


def seed_scan(folder: Path) -> dict[str, Any]:
    """What was taken in and what was not, with the reason."""
    # A killed run leaves this folder behind; an index that still merges must not keep us from answering.
    with tempfile.TemporaryDirectory(prefix="verbatim-scan-", ignore_cleanup_errors=True) as own:
        settings = load_settings({"data_dir": Path(own) / "data", "seeds_dir": folder}, env={}, cwd=Path(own))
        return asyncio.run(_scan(settings))


async def _scan(settings: Any) -> dict[str, Any]:
    async with open_app(settings) as app:
        look = await app.look(patience_s=PATIENCE_S)
        passed_over = [{"name": display_name(n), "reason": reason} for n, reason in look.passed_over.items()]
        unlisted = [{"name": display_name(n), "reason": reason} for n, reason in look.errors.items()]
        items, failed = _kept_and_failed(app)
        return {"items": items, "rejected": [*failed, *passed_over, *unlisted]}


def _kept_and_failed(app: App) -> tuple[list[dict[str, Any]], list[dict[str, str]]]:
    items: dict[str, dict[str, Any]] = {}
    failed = []
    total = app.desk.document_count(TERMINAL)
    for offset in range(0, total, _PAGE):
        page = app.desk.documents(TERMINAL, limit=_PAGE, offset=offset)
        versions = app.desk.versions(TERMINAL, [d.version.id for d in page if d.version])
        for document in page:
            version = versions.get(document.version.id) if document.version else None
            if document.state is DocumentState.FAILED or version is None:
                failed.append({"name": document.name, "reason": document.reason})
                continue
            item = {"name": document.name, "title": version.facts.title, "text": version.text, "copies": []}
            first = items.setdefault(version.facts.text_sha256, item)
            if first is not item:
                first["copies"].append(document.name)
    return list(items.values()), failed
