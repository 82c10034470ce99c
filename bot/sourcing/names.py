"""Which source a person means, and whether they may change it.

A source is named by what a person types: "#7" or "7", its address, its title, or the beginning of its title.
"""

from __future__ import annotations

from collections.abc import Callable, Sequence

from bot.domain import EVERYONE, TERMINAL, Scope
from bot.errors import NotFound, VerbatimError
from bot.library.source_store import Following
from bot.sources.web_address import clean_link


def sight(scope: Scope) -> Scope | None:
    """The terminal is the installation's own: whoever sits there sees every source."""
    return None if scope == TERMINAL else scope


def owned(one: Following, scope: Scope) -> Following:
    """The source, if the scope may change it. Raises VerbatimError "not-yours"."""
    if scope != TERMINAL and one.audience == EVERYONE:
        person = f"“{one.title}” belongs to the whole installation; whoever runs it can change it, at the terminal."
        raise VerbatimError("not-yours", f"source {one.id}", person)
    return one


def one_of(followings: Sequence[Following], ref: str) -> Following:
    """The one that `ref` names, by the first way in which any fits. Raises NotFound, naming some when several fit."""
    wanted = ref.strip()
    number = wanted.removeprefix("#")
    if number.isascii() and number.isdigit() and (found := [one for one in followings if str(one.id) == number]):
        return found[0]
    link, title = clean_link(wanted), wanted.casefold()
    ways: tuple[Callable[[Following], bool], ...] = (
        lambda one: bool(wanted) and wanted in (one.address, one.watched.address),
        lambda one: bool(link) and link in (clean_link(one.address), clean_link(one.watched.address)),
        lambda one: one.title.casefold() == title,
        lambda one: bool(title) and one.title.casefold().startswith(title),
    )
    for fits in ways:
        if found := [one for one in followings if fits(one)]:
            if len(found) == 1:
                return found[0]
            shown = ", ".join(f"#{one.id} {one.title}" for one in found[:3]) + (", …" if len(found) > 3 else "")
            person = f"{len(found)} sources fit “{wanted[:200]}”: {shown}. Say the number."
            raise NotFound("ambiguous-source", f"{len(found)} sources fit", person)
    raise NotFound("no-source", wanted[:200], f"No source is called “{wanted[:200]}”. The list of sources names them.")
