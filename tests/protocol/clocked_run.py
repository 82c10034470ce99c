"""`verbatim run` by a clock of a test's own: the time is the machine's and so many seconds more, which a file names.

    python -m tests.protocol.clocked_run OFFSET_FILE

Nothing of the program is changed but where it asks for the time, and that it looks at the due-table many times a second.
"""

from __future__ import annotations

import inspect
import sys
from datetime import UTC, datetime, timedelta
from pathlib import Path
from typing import Any


def main(offset_file: Path) -> None:
    """Give the clock to all that asks for the time of a brief or a delivery, and run."""

    def now() -> datetime:
        return datetime.now(UTC) + timedelta(seconds=float(offset_file.read_text()))

    import bot.chat.slack.app
    import bot.front_desk.desk
    import bot.outbox.courier
    import bot.platforms.opening
    import bot.schedule.ticker

    def often(_self: Any, _previous: datetime | None, at: datetime) -> datetime:
        return at + timedelta(seconds=0.2)

    bot.platforms.opening.utc_now = now
    bot.platforms.opening._GATHER_S = 1.0
    bot.schedule.ticker._EveryMinute.get_next_fire_time = often  # type: ignore[method-assign, assignment]
    for asks in (bot.outbox.courier.Courier.__init__, bot.front_desk.desk.FrontDesk.__init__):
        assert asks.__kwdefaults__ is not None
        asks.__kwdefaults__["now"] = now
    opening = inspect.unwrap(bot.chat.slack.app.open_slack)
    assert opening.__kwdefaults__ is not None
    opening.__kwdefaults__["now"] = now
    sys.argv = ["verbatim", "run"]
    from bot.__main__ import main as run

    run()


if __name__ == "__main__":
    main(Path(sys.argv[1]))
