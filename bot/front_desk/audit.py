"""Who changed what: what only managers and admins may do, as it was asked for, and what came of it. Pure."""

from __future__ import annotations

import csv
import io
from typing import TYPE_CHECKING, Final

from bot.chat.commands import BY_KEY, ArgumentKind
from bot.errors import AddressRefused
from bot.library.workspace_store import AuditEntry
from bot.sources.web_address import read_address

if TYPE_CHECKING:
    from collections.abc import Sequence
    from datetime import datetime

    from bot.chat.requests import Request

_LONGEST: Final = 200  # characters of one value
_COLUMNS: Final = ("at", "person", "name", "channel", "action", "outcome", "facts")
_FORMULA: Final = ("=", "+", "-", "@", "\t", "\r")  # a table program would calculate with it


def entry_of(request: Request, outcome: str, at: datetime) -> AuditEntry:
    """A request as an entry: the arguments of its command, the fields of its form, no ticket of the platform's and no
    key in an address."""
    place, person = request.place, request.person
    command = BY_KEY.get(request.name)
    action, _, subject = request.name.partition(":")
    facts: dict[str, str] = {"subject": subject} if subject else {}
    kinds = {one.name: one.kind for one in command.arguments} if command else {}
    for name, value in request.arguments.items():
        if (not command or name in kinds) and " at" not in name and name != "interaction" and value:
            facts[name] = shown_address(value) if "://" in value or kinds.get(name) is ArgumentKind.URL else value
            facts[name] = facts[name][:_LONGEST]
    if request.files:
        facts["files"] = ", ".join(one.name for one in request.files)[:_LONGEST]
    return AuditEntry(
        place.platform, place.workspace, at, person.id, person.name, place.channel, action, outcome, facts
    )


def shown_address(text: str) -> str:
    """An address without the values of its query, or what is no address as it is."""
    try:
        return read_address(text.strip()).shown
    except AddressRefused:
        return text.partition("?")[0]


def audit_table(entries: Sequence[AuditEntry]) -> bytes:
    """Entries as a CSV file."""
    written = io.StringIO()
    table = csv.writer(written)
    table.writerow(_COLUMNS)
    for one in entries:
        facts = "; ".join(f"{name}={value}" for name, value in sorted(one.facts.items()))
        row = (one.at.isoformat(timespec="seconds"), one.person, one.name, one.channel, one.action, one.outcome, facts)
        table.writerow([f"'{cell}" if cell.startswith(_FORMULA) else cell for cell in row])
    return written.getvalue().encode("utf-8", "replace")
