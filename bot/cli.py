"""The command line. Commands import what they need when they run, so that `--version` and `--help` cost nothing.

Exit codes: 0 done; 1 it failed, the reason is printed; 2 wrong usage; 3 an honest no (the sources do not say, the text
is no quote, a proof failed).
"""

from __future__ import annotations

import sys
from pathlib import Path
from typing import TYPE_CHECKING

import click

from bot import __version__
from bot.cli_brief import brief
from bot.cli_check import check
from bot.cli_eval import evaluate
from bot.cli_model import model
from bot.cli_setup import setup
from bot.cli_sources import sources, why
from bot.cli_when import when
from bot.console import echo, failures_in_words, language_option, renderer_for, settings_of, show_json

if TYPE_CHECKING:
    from collections.abc import Iterator
    from datetime import datetime

    from bot.app import ReadingRoom
    from bot.domain import Answer
    from bot.front_desk.asking import Found
    from bot.settings import Settings

NO = 3
HELP = {"help_option_names": ["-h", "--help"], "max_content_width": 100}


@click.group(context_settings=HELP)
@click.version_option(__version__, prog_name="verbatim", message="%(prog)s %(version)s")
@click.option("--config", type=click.Path(dir_okay=False, path_type=Path), help="A verbatim.toml to read.")
@click.option("--data-dir", type=click.Path(file_okay=False, path_type=Path), help="Folder of the library.")
@click.option("--seeds-dir", type=click.Path(file_okay=False, path_type=Path), help="Folder whose files are read.")
@click.pass_context
def main(context: click.Context, config: Path | None, data_dir: Path | None, seeds_dir: Path | None) -> None:
    """Verbatim reads news documents and answers questions with quotes that stand, character for character, in them.

    \b
    verbatim run                     read seeds/, print the brief, wait for questions and new files
    verbatim ask "Who said what?"    answer from what has been read
    verbatim brief                   what is new since the last brief
    verbatim sources add ADDRESS     follow a feed or a page
    """
    context.obj = {"config": config, "overrides": {"data_dir": data_dir, "seeds_dir": seeds_dir}}


# -- run ---------------------------------------------------------------------------------------------------------------


@main.command(short_help="Read, brief, answer, announce.")
@click.option("--once", is_flag=True, help="Read what is new, print its cards and the brief, and end.")
@click.pass_context
def run(context: click.Context, *, once: bool) -> None:
    """Read the seeds folder, print a brief, then answer questions and announce new files until Ctrl-C.

    \b
    verbatim run
    verbatim run --once > brief.txt
    VERBATIM_SEEDS_DIR=~/news verbatim run
    """
    import asyncio

    with failures_in_words():
        settings = settings_of(context)
        from bot.logs import set_up_logging
        from bot.session.running import run_session

        set_up_logging(settings.log_level)
        sys.exit(asyncio.run(run_session(settings, renderer_for(settings), once=once)))


# -- ask ---------------------------------------------------------------------------------------------------------------


@main.command(short_help="Answer a question from the library.")
@click.argument("question", nargs=-1)
@click.option("--json", "as_json", is_flag=True, help="Print the answer as JSON.")
@click.option(
    "--batch",
    type=click.Path(exists=True, dir_okay=False, path_type=Path),
    help='Answer every line of a file: JSON with "question", or the question itself.',
)
@language_option("Language of our own words; default: the question's.")
@click.option("--no-model", is_flag=True, help="Quotes alone, also where a language model is set up.")
@click.pass_context
def ask(
    context: click.Context, question: tuple[str, ...], *, as_json: bool, batch: Path | None, lang: str, no_model: bool
) -> None:
    """Answer a question from the library, with quotes; works without a running bot.

    Where a language model is set up, the quotes come first and its sentences follow, those that the quotes bear out.

    \b
    verbatim ask "How many people were evacuated?"
    verbatim ask --json "Wer hat das bestritten?"
    verbatim ask --batch questions.jsonl > answers.jsonl
    """
    if bool(question) == (batch is not None):
        raise click.UsageError("Give either a question or --batch FILE.")
    with failures_in_words():
        settings = settings_of(context)
        from bot.app import open_reading_room
        from bot.commands import answer_and_keep, catch_up, is_model_set

        with open_reading_room(settings) as room:
            catch_up(room, settings)
            if batch is not None:
                with_model = is_model_set(settings) and not no_model
                _answer_batch(room, batch, lang, settings if with_model else None)
                return
            if is_model_set(settings) and not no_model:
                sys.exit(0 if _ask_with_model(room, settings, " ".join(question), lang, as_json=as_json) else NO)
            answer = answer_and_keep(room, " ".join(question), lang)
            if as_json:
                from bot.chat.plain_data import answer_data

                show_json(answer_data(answer))
            else:
                echo(renderer_for(settings).answer(answer, lang or settings.language or answer.language), settings)
            sys.exit(0 if answer.quotes else NO)


def _ask_with_model(room: ReadingRoom, settings: Settings, question: str, language: str, *, as_json: bool) -> bool:
    """Print the quotes at once and what a model makes of them after; as JSON both together. Whether it was answered."""
    import asyncio

    from bot.chat.plain_data import answer_data
    from bot.commands import find_and_keep_answer, write_answers

    found = find_and_keep_answer(room, question, language)
    renderer, words = renderer_for(settings), language or settings.language or found.answer.language
    if not as_json:
        echo(renderer.answer(found.answer, words), settings)

    async def worded() -> list[Answer]:
        return [one async for one in write_answers(settings, room.desk, [found])]

    [answer] = asyncio.run(worded()) if found.answer.quotes else [found.answer]
    if as_json:
        show_json(answer_data(answer))
    elif told := renderer.written(answer, words, after=len(found.answer.quotes)):
        echo(f"\n{told}", settings)
    return bool(answer.quotes)


def _answer_batch(room: ReadingRoom, batch: Path, language: str, with_model: Settings | None) -> None:
    """Print an answer for each line of a file, in their order; with the model of these settings, worded by it."""
    import asyncio
    import json

    from bot.chat.plain_data import answer_data
    from bot.commands import answer_and_keep, find_and_keep_answer, write_answers

    def show(extra: dict[str, object], answer: Answer | None) -> None:
        told = {"status": "error", "reason": "no-question"} if answer is None else answer_data(answer)
        click.echo(json.dumps({**extra, **told}, ensure_ascii=False))

    async def worded(settings: Settings) -> None:
        waiting: list[tuple[str, dict[str, object]]] = []

        def found() -> Iterator[Found]:
            for asked, extra in _questions_in(batch):
                waiting.append((asked, extra))
                if asked:
                    yield find_and_keep_answer(room, asked, language or str(extra.get("lang") or ""))

        def show_unasked() -> None:
            while waiting and not waiting[0][0]:
                show(waiting.pop(0)[1], None)

        async for answer in write_answers(settings, room.desk, found()):
            show_unasked()
            show(waiting.pop(0)[1], answer)
        show_unasked()

    if with_model is not None:
        asyncio.run(worded(with_model))
        return
    for asked, extra in _questions_in(batch):
        words = language or str(extra.get("lang") or "")
        show(extra, answer_and_keep(room, asked, words) if asked else None)


def _questions_in(batch: Path) -> Iterator[tuple[str, dict[str, object]]]:
    """The questions of a file, line by line, each with the id and language it came with; "" where a line has none."""
    with batch.open(encoding="utf-8", errors="replace") as lines:
        for number, line in enumerate(lines, 1):
            if line.strip():
                asked, extra = _question_of(line)
                if not asked:
                    click.echo(f"line {number}: no question in it", err=True)
                yield asked, extra


def _question_of(line: str) -> tuple[str, dict[str, object]]:
    """A batch line's question, and the id and language it came with."""
    import json

    try:
        value = json.loads(line)
    except ValueError:
        return line.strip(), {}
    if isinstance(value, str):
        return value.strip(), {}
    if not isinstance(value, dict):
        return "", {}
    return str(value.get("question") or "").strip(), {k: value[k] for k in ("id", "lang") if k in value}


# -- documents ---------------------------------------------------------------------------------------------------------


@main.command()
@click.argument("files", nargs=-1, required=True, type=click.Path(exists=True, dir_okay=False, path_type=Path))
@click.option("--json", "as_json", is_flag=True, help="Print what was read as JSON, one document a line.")
@click.pass_context
def read(context: click.Context, files: tuple[Path, ...], *, as_json: bool) -> None:
    """Show what the reader makes of files. Nothing is kept.

    \b
    verbatim read report.html
    verbatim read --json seeds/*.txt
    """
    import asyncio

    with failures_in_words():
        settings = settings_of(context)
        from bot.commands import read_files

        failed = asyncio.run(read_files(settings, files, as_json=as_json, show=lambda text: echo(text, settings)))
    sys.exit(1 if failed else 0)


@main.command(short_help="Keep files as documents.")
@click.argument("files", nargs=-1, required=True, type=click.Path(exists=True, dir_okay=False, path_type=Path))
@click.option("--title", default="", help="Its title, when the file does not say it.")
@click.option("--lang", default="", help="Its language (de, en, …), when it cannot be told.")
@click.option("--date", "day", type=click.DateTime(["%Y-%m-%d"]), help="The day it was published.")
@click.pass_context
def add(context: click.Context, files: tuple[Path, ...], *, title: str, lang: str, day: datetime | None) -> None:
    """Keep files as documents; they may be moved or deleted afterwards.

    \b
    verbatim add report.pdf --date 2026-11-03
    """
    import asyncio

    if len(files) > 1 and (title or day):
        raise click.UsageError("--title and --date are for one file.")
    with failures_in_words():
        settings = settings_of(context)
        from bot.commands import add_files

        failed = asyncio.run(
            add_files(
                settings, files, title=title, language=lang, day=day.date() if day else None,
                show=lambda text: echo(text, settings), renderer=renderer_for(settings),
            )
        )  # fmt: skip
    sys.exit(1 if failed else 0)


@main.command(short_help="What was read, and what could not be.")
@click.option("--json", "as_json", is_flag=True, help="Print them as JSON.")
@click.option("--state", type=click.Choice(["all", "kept", "failed", "removed"]), default="all", show_default=True)
@click.option("--suspicious", is_flag=True, help="Only those of the last 2,000 that hide text, or speak to a model.")
@click.option("--limit", type=click.IntRange(1, 100_000), default=50, show_default=True)
@click.pass_context
def documents(context: click.Context, *, as_json: bool, state: str, suspicious: bool, limit: int) -> None:
    """List the documents with their state; what could not be read with the reason."""
    with failures_in_words():
        settings = settings_of(context)
        from bot.app import open_reading_room
        from bot.commands import list_documents, list_suspicious

        with open_reading_room(settings) as room:
            if suspicious:
                list_suspicious(room, limit, as_json=as_json, show=lambda text: echo(text, settings))
            else:
                list_documents(room, state, limit, as_json=as_json, show=lambda text: echo(text, settings))


@main.command(short_help="Show a stored document.")
@click.argument("document")
@click.option("--quote", default="", help="Light up this text, when it stands in the document.")
@click.option("--raw", is_flag=True, help="Only the text of record.")
@click.pass_context
def show(context: click.Context, document: str, *, quote: str, raw: bool) -> None:
    """Show a stored document: DOCUMENT is its number (#3), its name or the end of its name."""
    with failures_in_words():
        settings = settings_of(context)
        from bot.app import open_reading_room
        from bot.commands import document_text

        with open_reading_room(settings) as room:
            text = document_text(room, document, quote, raw=raw, renderer=renderer_for(settings))
        echo(text, settings)


@main.command(short_help="Does this text stand in a document?")
@click.argument("document")
@click.argument("text")
@click.option("--json", "as_json", is_flag=True, help="Print the proof as JSON.")
@click.pass_context
def quote(context: click.Context, document: str, text: str, *, as_json: bool) -> None:
    """Find TEXT in a stored document, letter for letter, and prove it.

    \b
    verbatim quote harbour.txt "the dam held"
    """
    with failures_in_words():
        settings = settings_of(context)
        from bot.app import open_reading_room
        from bot.commands import find_and_keep

        with open_reading_room(settings) as room:
            found = find_and_keep(room, document, text)
        if as_json:
            show_json(found)
        elif found["verdict"] == "accept":
            place = f"{found['document']} v{found['version']} [{found['start']}:{found['end']}]"
            echo(f"{place}\n{found['text']}", settings)
        else:
            click.echo(f"No quote: {found['explanation']}", err=True)
        sys.exit(0 if found["verdict"] == "accept" else NO)


@main.command()
@click.option("--json", "as_json", is_flag=True, help="Print the outcome as JSON.")
@click.pass_context
def verify(context: click.Context, *, as_json: bool) -> None:
    """Prove again every quote that was ever shown."""
    with failures_in_words():
        settings = settings_of(context)
        from bot.app import open_reading_room
        from bot.commands import verify_receipts

        with open_reading_room(settings) as room:
            outcome = verify_receipts(room)
        if as_json:
            show_json(outcome)
        else:
            for broken in outcome["broken"]:
                click.echo(f"receipt {broken['receipt']}: version {broken['version']}: {broken['reason']}", err=True)
            proved = f"{outcome['proved']} of {outcome['quotes']} quotes in {outcome['receipts']} receipts proved"
            echo(proved, settings)
        sys.exit(NO if outcome["broken"] else 0)


@main.group(short_help="The search index: throw it away, make it anew.")
def index() -> None:
    """The search index: derived from the documents, safe to throw away."""


@index.command()
@click.pass_context
def rebuild(context: click.Context) -> None:
    """Make the search index, the reports and the stories anew from the stored documents."""
    import asyncio

    with failures_in_words():
        settings = settings_of(context)
        from bot.commands import rebuild_index

        passages = asyncio.run(rebuild_index(settings))
        echo(f"{passages} passages indexed", settings)


@main.command(short_help="Which word lists are in use.")
@click.option("--json", "as_json", is_flag=True, help="Print it as JSON.")
@click.pass_context
def dictionary(context: click.Context, *, as_json: bool) -> None:
    """Which German–English word lists questions and stories use: ours, and a larger one that is installed."""
    with failures_in_words():
        loaded = settings_of(context)
        from bot.commands import dictionary_state

        found = dictionary_state(loaded)
    if as_json:
        show_json(found)
        return
    told = {
        "used": f"{found['entries']} words and phrases, asked for what our own list lacks",
        "not packed": "there, but not used yet: the next `verbatim run` packs it",
        "unusable": "there, but nothing in it can be used",
        "absent": "not there, nor needed; Debian has one: apt install trans-de-en",
    }
    echo(f"our own list: {found['own_entries']} entries", loaded)
    echo(f"{found['file']}: {told[found['state']]}", loaded)


@main.command()
@click.option("--json", "as_json", is_flag=True, help="Print them as JSON.")
@click.pass_context
def settings(context: click.Context, *, as_json: bool) -> None:
    """Every setting, its value and where that came from. Secrets are hidden."""
    with failures_in_words():
        loaded = settings_of(context)
        from bot.settings import settings_rows

        rows = settings_rows(loaded)
        if as_json:
            show_json([row._asdict() for row in rows])
            return
        width = max(len(row.key) for row in rows)
        for row in rows:
            value = f"{row.value or '(empty)'} {row.unit}".rstrip()
            echo(f"{click.style(row.key.ljust(width), bold=True)}  {value}  ({row.origin})", loaded)
            echo(f"{' ' * width}  {click.style(row.help, dim=True)}", loaded)


@main.command(short_help="Whether a running bot lives.")
@click.option("--max-age", type=click.FloatRange(1), default=90.0, show_default=True, help="Seconds without a sign.")
@click.pass_context
def health(context: click.Context, *, max_age: float) -> None:
    """Exit 0 when a running bot gave a sign of life lately; for containers and monitors."""
    with failures_in_words():
        loaded = settings_of(context)
        from bot.heartbeat import age_s

        age = age_s(loaded.data_dir)
        if age is None or age > max_age:
            seen = "no sign of life" if age is None else f"last sign of life {age:.0f} s ago"
            click.echo(f"not running: {seen}", err=True)
            sys.exit(1)
        click.echo(f"running: last sign of life {age:.0f} s ago{_embedded(loaded)}")


def _embedded(settings: Settings) -> str:
    """How far the library is embedded, in words; "" where there is no embedder, or that cannot be told just now."""
    if not (settings.embedding_url or settings.embedding_path):
        return ""
    from bot.app import database_url
    from bot.errors import VerbatimError
    from bot.meaning import progress

    try:
        found = progress(settings, database_url(settings))
    except VerbatimError as error:
        return f"; not embedded: {error.code}"  # that words alone are searched makes nobody unhealthy
    return f"; embedded: {found.percent} %, {found.passages:,} passages" if found else ""


main.add_command(brief)
main.add_command(check)
main.add_command(evaluate)
main.add_command(model)
main.add_command(sources)
main.add_command(setup)
main.add_command(when)
main.add_command(why)


if __name__ == "__main__":
    main()
