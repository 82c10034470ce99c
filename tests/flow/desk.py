"""A folder to work in, with documents of our own, and the real program started in it."""

from __future__ import annotations

import contextlib
import os
import sys
from dataclasses import dataclass
from pathlib import Path

from click.testing import CliRunner

from bot.cli import main

HARBOUR_EN = """Storm closes the harbour of Treva

TREVA (Coast News) – As many as 12,000 people were told to leave the harbour district of Treva on Monday, the
coast guard said. The order came after the old sea wall had cracked in two places.

“We did not wait for the second crack,” said harbour master Ilva Brandt. Neither the city nor the region had
acknowledged problems with the wall before.

Coast News has not independently verified her claims.

The wall was built in 1931. Repairs will cost 4.5 million euros, according to the regional government.
"""
HARBOUR_DE = """Sturm schließt den Hafen von Treva

TREVA (Coast News) – Bis zu 12.000 Menschen wurden am Montag aufgefordert, das Hafenviertel von Treva zu verlassen,
sagte die Küstenwache. Die Anordnung kam, nachdem die alte Ufermauer an zwei Stellen gerissen war.

„Wir haben nicht auf den zweiten Riss gewartet“, sagte Hafenmeisterin Ilva Brandt. Weder die Stadt noch die Region
hatten zuvor Probleme mit der Mauer eingeräumt.

Coast News hat ihre Angaben nicht unabhängig überprüft.

Die Mauer wurde 1931 gebaut. Die Reparatur wird nach Angaben der Regionalregierung 4,5 Millionen Euro kosten.
"""
HARBOUR_LATER = """Zahl der Evakuierten in Treva steigt

LINDHOLM, 14. November 2026 – Die Stadt Treva spricht inzwischen von 14.000 Menschen, die das Hafenviertel verlassen mussten.
Bürgermeister Jon Reuk räumte am Mittwoch erstmals ein, dass die Mauer seit Jahren beschädigt war.
"""
LIBRARY = """New library opens in Lindholm

LINDHOLM, 10 November 2026 – Lindholm opened its new library on Tuesday. The building holds 80,000 books, and the
architect Mira Solen designed it as a row of five glass houses. Admission is free.
"""


@dataclass(frozen=True)
class Desk:
    """One person's folder."""

    root: Path
    dictionary: Path = Path(os.devnull)  # whether the machine has one must not matter

    @property
    def seeds(self) -> Path:
        return self.root / "seeds"

    def drop(self, name: str, text: str | bytes) -> Path:
        """Put a complete file into the folder, as a careful program does: under another name first."""
        path = self.seeds / name
        path.parent.mkdir(parents=True, exist_ok=True)
        waiting = path.with_name(f".{path.name}")
        waiting.write_bytes(text if isinstance(text, bytes) else text.encode())
        waiting.rename(path)
        return path

    def environment(self) -> dict[str, str]:
        kept = {k: v for k, v in os.environ.items() if not k.startswith("VERBATIM_")}
        return {
            **kept,
            "VERBATIM_DATA_DIR": str(self.root / "data"),
            "VERBATIM_SEEDS_DIR": str(self.seeds),
            "VERBATIM_TIMEZONE": "Europe/Berlin",
            "VERBATIM_DICTIONARY_FILE": str(self.dictionary),
            "PYTHONPATH": str(Path(__file__).parents[2]),
            "COLUMNS": "100",
        }

    def command(self, *arguments: str) -> list[str]:
        return [sys.executable, "-m", "bot", *arguments]

    def run(self, *arguments: str, exits: int = 0) -> str:
        """Run one command to its end, in this process; returns all it printed. The exit code must be `exits`."""
        with contextlib.chdir(self.root):
            done = CliRunner().invoke(main, list(arguments), env=self.environment(), catch_exceptions=False)
        assert done.exit_code == exits, f"{arguments} exits {done.exit_code}\n{done.output}"
        return done.output


def desk_in(root: Path) -> Desk:
    """A desk whose folder holds one report in two languages, a later one, and something else."""
    desk = Desk(root)
    desk.seeds.mkdir(parents=True)
    desk.drop("harbour-en.txt", HARBOUR_EN)
    desk.drop("harbour-de.txt", HARBOUR_DE)
    desk.drop("later.txt", HARBOUR_LATER)
    desk.drop("deep/library.md", LIBRARY)
    return desk
