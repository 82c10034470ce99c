"""`python -m bot` is `verbatim`."""

from __future__ import annotations

import sys

from bot import __version__


def main() -> None:
    """Run the command line. The version is told without it: loading a command line takes most of the time for that."""
    if sys.argv[1:] == ["--version"]:
        sys.stdout.write(f"verbatim {__version__}\n")
        return
    from bot.cli import main as command_line

    command_line(prog_name="verbatim")


if __name__ == "__main__":
    main()
