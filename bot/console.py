"""Where commands meet the terminal: their settings, colours, JSON, and errors as sentences."""

from __future__ import annotations

import errno
import logging
import sys
from contextlib import contextmanager
from typing import TYPE_CHECKING, Any, TypeVar

import click

from bot.errors import VerbatimError

if TYPE_CHECKING:
    from collections.abc import Callable, Iterator

    from bot.chat.terminal.rendering import Renderer
    from bot.settings import Settings

_Command = TypeVar("_Command", bound="Callable[..., Any] | click.Command")


def settings_of(context: click.Context) -> Settings:
    """The settings; and log lines only where somebody asked for them: a command speaks in sentences."""
    from bot.logs import set_up_logging
    from bot.settings import load_settings

    given: dict[str, Any] = context.find_root().obj
    settings = load_settings(given["overrides"], config=given["config"])
    if settings.origins.get("log_level", "default") != "default":
        set_up_logging(settings.log_level)
    if not (ours := logging.getLogger("bot")).handlers:
        ours.addHandler(logging.NullHandler())  # else Python prints warnings bare
    return settings


def language_option(said: str = "Language of our own words.") -> Callable[[_Command], _Command]:
    """The option --lang, which is "" when it is not given."""
    return click.option("--lang", type=click.Choice(["de", "en"]), callback=lambda *given: given[-1] or "", help=said)


@contextmanager
def failures_in_words() -> Iterator[None]:
    """An error of ours or of a file becomes a sentence for the person and exit code 1; a bug stays a traceback."""
    try:
        yield
    except VerbatimError as error:
        click.echo(f"{click.style('error', fg='red', bold=True)}: {error.person} ({error.code})", err=True)
        sys.exit(1)
    except BrokenPipeError:
        # The reader of our output went away (`| head`): not an error of ours, nothing more to say to it.
        sys.stderr.close()
        sys.exit(0)
    except OSError as error:
        # A file or folder that a person named, or the disk: not ours to mend.
        where = f"{error.filename}: " if error.filename else ""
        name = errno.errorcode.get(error.errno or 0, type(error).__name__)
        what = f"{where}{error.strerror or type(error).__name__}. What was kept before is safe. ({name})"
        click.echo(f"{click.style('error', fg='red', bold=True)}: {what}", err=True)
        sys.exit(1)


def _environment() -> Any:
    import os

    return os.environ


def is_colored(settings: Settings) -> bool:
    if settings.color != "auto":
        return settings.color == "always"
    return sys.stdout.isatty() and "NO_COLOR" not in _environment()


def renderer_for(settings: Settings) -> Renderer:
    import shutil

    from bot.chat.terminal.rendering import Renderer

    colored = is_colored(settings)
    styles: dict[str, dict[str, Any]] = {
        "bold": {"bold": True}, "dim": {"dim": True}, "yellow": {"fg": "yellow"}, "green": {"fg": "green"},
        "lit": {"reverse": True}, "": {}
    }  # fmt: skip

    def paint(text: str, style: str) -> str:
        return click.style(text, **styles[style]) if colored else text

    return Renderer(paint, shutil.get_terminal_size((100, 24)).columns)


def echo(text: str, settings: Settings) -> None:
    click.echo(text, color=is_colored(settings))


def show_json(value: object) -> None:
    import json

    click.echo(json.dumps(value, ensure_ascii=False, indent=2))
