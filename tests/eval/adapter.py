"""The adapter: one JSON request per line on stdin, one JSON answer per line on stdout, made by the project's real code.

    $ echo '{"op": "quote", "sources": {"a": "Rain is likely."}, "cited": "a", "claim": "rain is likely"}' \
        | python -m tests.eval.adapter
    {"verdict": "accept", "code": "", "source": "a", "start": 0, "end": 14, "text": "Rain is likely"}

From another folder, run this file by its path: `python /path/to/tests/eval/adapter.py`.

An operation is a function from the request to the answer, entered in OPERATIONS. What it is asked and cannot answer is
told as {"error": …}; the adapter goes on with the next line.
"""

from __future__ import annotations

import json
import sys
from collections.abc import Callable
from pathlib import Path
from typing import Any

if __name__ == "__main__" and not __package__:
    sys.path[0] = str(Path(__file__).resolve().parents[2])  # where `bot` and `tests` are

Request = dict[str, Any]
Reply = dict[str, Any]


def ping(_request: Request) -> Reply:
    """Show that somebody is there."""
    return {"ok": True}


def quote(request: Request) -> Reply:
    """Locate a typed claim in the cited one of several sources (rules Q1 to Q6)."""
    from bot.quotes.matching import locate

    sources: dict[str, str] = request["sources"]
    found = locate(request["claim"], sources, request["cited"], request.get("near"))
    reply: Reply = {"verdict": found.verdict, "code": found.code}
    if found.start >= 0:
        text = sources[found.source][found.start : found.end]
        reply |= {"source": found.source, "start": found.start, "end": found.end, "text": text}
    return reply


def seed_scan(request: Request) -> Reply:
    """Take in a drop folder until it has settled; what was kept, and what was not and why."""
    from tests.eval.seed_scan import seed_scan as scan

    return scan(Path(request["dir"]))


def url(request: Request) -> Reply:
    """Whether an address may be asked for, if names led where the request says."""
    from tests.eval.fetching import url as verdict

    return verdict(request["url"], request.get("dns") or {})


def fetch(request: Request) -> Reply:
    """Ask for an address."""
    from tests.eval.fetching import fetch as ask

    return ask(request["url"])


def fetch_feed(request: Request) -> Reply:
    """Ask for a feed and read it."""
    from tests.eval.fetching import fetch_feed as ask

    return ask(request["url"])


def parse(request: Request) -> Reply:
    """Read a feed from a file."""
    from tests.eval.feeds import parse as read

    return read(Path(request["path"]), request.get("content_type", ""))


def slack_request(request: Request) -> Reply:
    """Give a request over HTTP to the bot's door for Slack."""
    from tests.eval.slack_requests import slack_request as knock

    return dict(knock(request))


def schedule(request: Request) -> Reply:
    """All firings of a time that was chosen."""
    from tests.eval.schedules import schedule as fires

    return fires(request)


def catchup(request: Request) -> Reply:
    """What is posted by processes that live only at times."""
    from tests.eval.schedules import catchup as posts

    return posts(request)


def clock(request: Request) -> Reply:
    """What is posted by a process whose clock is set."""
    from tests.eval.schedules import clock as posts

    return posts(request)


def documents(request: Request) -> Reply:
    """The bodies that a brief of some documents, or an answer from them, would be posted as."""
    from tests.eval.documents import posts

    return posts(request)


OPERATIONS: dict[str, Callable[[Request], Reply]] = {
    "ping": ping,
    "quote": quote,
    "seed_scan": seed_scan,
    "parse": parse,
    "schedule": schedule,
    "catchup": catchup,
    "clock": clock,
    "url": url,
    "fetch": fetch,
    "fetch_feed": fetch_feed,
    "slack_request": slack_request,
    "brief": documents,
    "answer": documents,
}


def answer(line: bytes) -> Reply:
    """The answer to one line, whatever stands in it."""
    try:
        request = json.loads(line)
        operation = OPERATIONS.get(request["op"])
        if operation is None:
            return {"error": f"no such operation: {request['op']}"}
        return operation(request)
    except Exception as error:  # noqa: BLE001 - one broken request must cost one case, not the rest of the run
        return {"error": f"{type(error).__name__}: {error}"}


def main() -> None:
    """Answer until the input ends."""
    for line in sys.stdin.buffer:
        if line.strip():
            sys.stdout.write(json.dumps(answer(line)) + "\n")
            sys.stdout.flush()


if __name__ == "__main__":
    main()
