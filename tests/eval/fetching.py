"""The operations `url`, `fetch` and `fetch_feed`: the guarded fetcher, as the bot uses it."""

from __future__ import annotations

import asyncio
import socket
from collections.abc import Sequence
from ipaddress import ip_address
from typing import Any

from bot.documents.child import ReaderChild
from bot.errors import AddressRefused, Unreadable
from bot.sources.fetched import Fetched, FetchOutcome, Trouble
from bot.sources.fetcher import Fetcher, FetchRules
from bot.sources.guarded_network import Resolver, checked_addresses
from bot.sources.host_pace import HostPace
from bot.sources.web_address import check_address

Reply = dict[str, Any]
Answers = dict[str, list[list[str]]]

_STATUS = {
    FetchOutcome.OK: "ok",
    FetchOutcome.NOT_MODIFIED: "not_modified",
    FetchOutcome.GONE: "gone",
    FetchOutcome.RETRY: "retry",
}


def url(text: str, answers: Answers) -> Reply:
    """Whether an address would be asked for, if names led where `answers` says."""
    try:
        address = check_address(text)
        asked = checked_addresses(
            address.host, address.port, resolver=_resolver_of(answers), networks=(), timeout_s=10.0
        )
        asyncio.run(asked)
    except (AddressRefused, Trouble) as error:
        return {"verdict": "block", "code": error.code}
    return {"verdict": "allow", "code": "ok"}


def fetch(text: str) -> Reply:
    """Really ask for an address."""
    fetched = asyncio.run(_fetch(text))
    verdict = "allow" if fetched.outcome is FetchOutcome.OK else "block"
    return {"verdict": verdict, "code": fetched.code, "body": fetched.body.decode("utf-8", "replace")}


def fetch_feed(text: str) -> Reply:
    """Really ask for a feed, and have it read by the child."""
    return asyncio.run(_fetch_feed(text))


async def _fetch_feed(text: str) -> Reply:
    fetched = await _fetch(text)
    reply: Reply = {"status": _STATUS.get(fetched.outcome, "error"), "code": fetched.code, "entries": []}
    if fetched.status == 304:
        reply["status"] = "not_modified"  # what the server says; to us, who did not ask for it, that is a failure
    if fetched.retry_after_s is not None:
        reply["retry_after_s"] = fetched.retry_after_s
    if fetched.outcome is FetchOutcome.OK:
        try:
            async with ReaderChild() as reader:
                feed = await reader.read_feed(
                    fetched.body, media_type=fetched.media_type, address=fetched.final_address
                )
        except Unreadable as error:
            return reply | {"status": "error", "code": error.code}
        reply["entries"] = [{"id": item.guid, "title": item.title, "link": item.link} for item in feed.items]
    return reply


async def _fetch(text: str) -> Fetched:
    fetcher = Fetcher(FetchRules(), HostPace())
    try:
        return await fetcher.fetch(text)
    finally:
        await fetcher.close()


def _resolver_of(answers: Answers) -> Resolver:
    """Name → the first of its answers; an entry may be another name, and `*.` stands for any first label."""

    async def resolve(host: str, _port: int) -> Sequence[str]:
        return list(_looked_up(host, answers, 8))

    return resolve


def _looked_up(host: str, answers: Answers, depth: int) -> Sequence[str]:
    host = host.lower().rstrip(".")
    rounds = answers.get(host) or next(
        (found for name, found in answers.items() if name.startswith("*.") and host.endswith(name[1:])), None
    )
    if not rounds or not depth:
        raise socket.gaierror(socket.EAI_NONAME, "no such name")
    addresses: list[str] = []
    for entry in rounds[0]:
        try:
            addresses.append(str(ip_address(entry)))
        except ValueError:
            addresses += _looked_up(entry, answers, depth - 1)
    return addresses
