"""The last look at a body before it leaves: limits, quotes, links, pings, previews. What fails is not sent.

It trusts nothing that composing and rendering did: it reads the body as a reader's client would (`Inspection`, made by
each platform's own `inspecting`), and the quotes anew from the store.
"""

from __future__ import annotations

from collections.abc import Awaitable, Callable, Collection, Mapping
from dataclasses import dataclass
from typing import TYPE_CHECKING, Any

import msgspec

from bot.chat.outgoing import Outgoing, thawed
from bot.chat.texts import in_marks
from bot.errors import QuoteRefused, VerbatimError
from bot.outbox.sender import SendOutcome, SendResult

if TYPE_CHECKING:
    from bot.domain import StoredVersion

# For a body: the stored versions that it quotes, and those of its links (without fragments) that the store holds.
StoreFacts = Callable[[Outgoing], Awaitable[tuple[dict[int, "StoredVersion"], set[str]]]]

_PERSON = "The reply did not pass our own last check, so it was not sent. An admin finds the reason in the log."


@dataclass(frozen=True, slots=True)
class Inspection:
    """What a client would make of a body."""

    quotations: tuple[str, ...]  # the visible text of every block quotation
    live: tuple[str, ...]  # every address that can be pressed or is loaded
    pings: tuple[str, ...]  # whatever would notify somebody
    faults: tuple[str, ...]  # limits of the platform, switches that stand wrong


def problems(
    outgoing: Outgoing,
    inspection: Inspection,
    versions: Mapping[int, StoredVersion],
    stored_addresses: Collection[str],
) -> list[str]:
    """Why the body may not be sent; empty when it may.

    `versions` are those that the quotes name, as the store holds them now; `stored_addresses` all of `outgoing.links`,
    without their fragments, that the store holds or the settings name. No problem's text holds foreign words.
    """
    found = [*inspection.faults, *(f"a ping: {kind}" for kind in inspection.pings)]
    expected: list[str] = []
    for quote in outgoing.quotes:
        version = versions.get(quote.version_id)
        if version is None:
            found.append(f"version {quote.version_id} of a quote is not in the store")
            continue
        try:
            expected.append(in_marks(quote.text_in(version), version.facts.language))
        except QuoteRefused as refusal:
            found.append(f"quote of version {quote.version_id}: {refusal.code}")
    shown = list(inspection.quotations)
    for text, quote in zip(expected, outgoing.quotes, strict=False):
        place = next((i for i, quotation in enumerate(shown) if quotation.startswith(text)), None)
        if place is None:
            found.append(f"quote {quote.start}–{quote.end} of version {quote.version_id} is not shown as it stands")
            continue
        rest = shown.pop(place)[len(text) :].strip()
        if rest and not (rest.startswith("[") and rest.endswith("]") and rest[1:-1].isdigit()):
            found.append("words that are no quote stand within a quotation")
    if shown:
        found.append(f"{len(shown)} quotations that are no quote of ours")
    allowed = set(outgoing.links)
    for address in inspection.live:
        if address not in allowed:
            found.append("a link that was not meant to be there")
        elif address.partition("#")[0] not in stored_addresses:
            found.append("a link that the store does not hold")
    return found


async def problems_of(outgoing: Outgoing, inspection: Inspection, facts: StoreFacts) -> list[str]:
    """`problems`, with what the store holds now; each is named once."""
    versions, stored = await facts(outgoing)
    return list(dict.fromkeys(problems(outgoing, inspection, versions, stored)))


async def opened(
    payload: bytes, inspect: Callable[[dict[str, Any]], Inspection], facts: StoreFacts
) -> Outgoing | SendResult:
    """The message that a delivery holds, when it may be sent; else the refusal of it. The one way to a platform."""
    try:
        outgoing = thawed(payload)
    except msgspec.MsgspecError as error:
        return SendResult(SendOutcome.REFUSED, code="payload", reason=f"The stored message cannot be read: {error}")
    if wrong := await problems_of(outgoing, inspect(outgoing.body), facts):
        reason = "The message did not pass the last check: " + "; ".join(wrong)
        return SendResult(SendOutcome.REFUSED, code="last-check", reason=reason)
    return outgoing


async def require_sound(outgoing: Outgoing, inspection: Inspection, facts: StoreFacts) -> None:
    """Raise VerbatimError "last-check" when the body may not be sent."""
    if wrong := await problems_of(outgoing, inspection, facts):
        raise VerbatimError("last-check", "; ".join(wrong), _PERSON)
