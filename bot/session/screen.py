"""What the person sees: lines above the prompt, for as long as somebody reads them."""

from __future__ import annotations

import asyncio
import contextlib
import os
import sys

import click

PROMPT = "› "


class Screen:
    """The terminal's output. `interactive`: somebody types, and sees a prompt. Sets `stop` when nobody reads us."""

    def __init__(self, stop: asyncio.Event, *, interactive: bool) -> None:
        self.interactive = interactive
        self._stop = stop
        self._prompted = False  # the prompt stands on the line

    def prompt(self) -> None:
        """Ask for the next line."""
        if self.interactive:
            self.print(PROMPT, new_line=False)
            self._prompted = True

    def left_prompt(self) -> None:
        """The line of the prompt is over: something was typed, or nothing will be any more."""
        self._prompted = False

    def print(self, text: str, *, new_line: bool = True) -> None:
        """Show a text; a prompt that stands there is put below it."""
        if self._prompted:
            text = f"\r{' ' * len(PROMPT)}\r{text}\n{PROMPT}"
            new_line = False
        try:
            click.echo(text, nl=new_line, color=True)  # the renderer has decided about colours
        except OSError:
            # Nobody reads us any more (`| head`, a terminal that was closed): like any program we end then.
            with contextlib.suppress(OSError, ValueError):
                os.dup2(os.open(os.devnull, os.O_WRONLY), sys.stdout.fileno())
            self._stop.set()
