"""Run the engine over a labelled pack and write what the pack's scorer reads.

    python -m tests.eval TASK PACK_DIR --out RUN.jsonl

    TASK: qa, seeds_qa, extract, feeds, langid, brief, newsdocs, stories

A pack is a folder of one of these kinds; several are in a folder beside the project on the machines where it is built,
any other of the same kinds will do.
"""

from __future__ import annotations

import importlib
import sys
from pathlib import Path

import click

from tests.eval.shelves import dictionary

TASKS = ("qa", "seeds_qa", "extract", "feeds", "langid", "brief", "newsdocs", "stories")


@click.command()
@click.argument("task", type=click.Choice(TASKS))
@click.argument("pack", type=click.Path(path_type=Path))
@click.option("--out", type=click.Path(path_type=Path, dir_okay=False), required=True, help="Where to write the run.")
@click.option("--setting", "settings", multiple=True, help="qa: only these settings (en, de, de>en, en>de, mix).")
@click.option(
    "--dictionary",
    "ding",
    type=click.Path(exists=True, dir_okay=False, path_type=Path),
    help="A dictionary in ding's format to be used beside our own word list, such as /usr/share/trans/de-en.",
)
def main(task: str, pack: Path, out: Path, settings: tuple[str, ...], ding: Path | None) -> None:
    """Run the engine over PACK."""
    if not pack.is_dir():
        click.echo(f"There is no pack at {pack}. A pack is a folder with the data of this kind; see docs/evaluation.md.", err=True)
        sys.exit(2)
    module = importlib.import_module(f"tests.eval.{task}")
    options = {"settings": settings} if task == "qa" and settings else {}
    with dictionary(ding):
        module.run(pack, out, **options)
    click.echo(f"{out} written", err=True)


main()
