"""The commands `verbatim eval …`: how good the configured model is at what is asked of it here."""

from __future__ import annotations

import asyncio
import sys
from typing import TYPE_CHECKING

import click

from bot.console import echo, failures_in_words, settings_of, show_json

if TYPE_CHECKING:
    from bot.evaluation.answers import Asked


@click.group("eval")
def evaluate() -> None:
    """Measure the language model that is set up, to compare it with others."""


@evaluate.command("answers")
@click.option("--only", default="", help="Only questions whose name begins so: de, en, en-none.")
@click.option("--json", "as_json", is_flag=True, help="Print everything as JSON.")
@click.pass_context
def answers(context: click.Context, only: str, *, as_json: bool) -> None:
    """Ask the model eighteen questions on eight invented reports, and score what it says.

    \b
    verbatim eval answers
    VERBATIM_MODEL_NAME=another-model verbatim eval answers --json > another.json

    Citations: do sentences rest on the quotes that hold the answer. Refusal: is nothing said where the reports say
    nothing. Language and numbers: how many of its sentences were in the asker's language and had the reports' numbers
    before the gate dropped the others.
    """
    with failures_in_words():
        settings = settings_of(context)
        from bot.evaluation.answers import evaluate as run

        def told(one: Asked) -> None:
            if not as_json:
                said = " ".join(one.written) or f"({one.reason or 'nothing'})"
                echo(f"{one.id:<12} {said}", settings)

        score, asked = asyncio.run(run(settings, only=only, told=told))
        if not asked:
            click.echo("No language model is set up. docs/models.md says how.", err=True)
            sys.exit(2)
        if as_json:
            from dataclasses import asdict

            show_json({**score.data(), "asked": [asdict(one) for one in asked]})
            return
        for name in ("citation_precision", "citation_recall", "refusal", "language", "numbers", "borne_out"):
            share = getattr(score, name)
            echo(f"{name.replace('_', ' '):<20} {'–' if share is None else f'{share:.0%}'}", settings)
        worded = f"{score.worded} of {score.answerable} answerable questions worded, {score.calls} calls"
        echo(f"{worded}{'; not worded: ' + str(score.failures) if score.failures else ''}", settings)
