"""Pack `seeds_qa`: questions on a folder of real files, read, stored and answered as `verbatim` does it.

The files are those of the folder `seeds` two levels up, or of `seeds` in the pack itself.
"""

from __future__ import annotations

import asyncio
import json
import shutil
import tempfile
from pathlib import Path

from bot.app import open_app, open_reading_room
from bot.chat.plain_data import answer_data
from bot.commands import answer_and_keep
from bot.settings import Settings, load_settings


def run(pack: Path, out: Path) -> None:
    """Read the files, then answer every question of `questions.jsonl`."""
    inside = pack / "seeds"
    files = inside if inside.is_dir() else pack.resolve().parent.parent / "seeds"
    with tempfile.TemporaryDirectory(prefix="verbatim-eval-") as folder:
        seeds = Path(folder) / "seeds"
        shutil.copytree(files, seeds)
        settings = load_settings({"data_dir": Path(folder) / "data", "seeds_dir": seeds}, env={}, cwd=Path(folder))
        asyncio.run(_read(settings))
        with open_reading_room(settings) as room, out.open("w", encoding="utf-8") as lines:
            for line in (pack / "questions.jsonl").read_text(encoding="utf-8").splitlines():
                if line.strip():
                    question = json.loads(line)
                    answer = answer_and_keep(room, question["question"])
                    lines.write(json.dumps({"id": question["id"], **answer_data(answer)}, ensure_ascii=False) + "\n")


async def _read(settings: Settings) -> None:
    async with open_app(settings) as app:
        await app.look()
