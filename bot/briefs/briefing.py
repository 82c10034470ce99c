"""Briefing: collects what is new for a scope since its last brief, and makes the brief of it."""

from __future__ import annotations

from collections import defaultdict
from dataclasses import dataclass, replace
from typing import TYPE_CHECKING

from bot.briefs.brief import Brief
from bot.briefs.making import StoryMaterial, make_brief
from bot.domain import DocumentState

if TYPE_CHECKING:
    from datetime import datetime

    from bot.domain import Scope
    from bot.library.brief_store import Mute
    from bot.library.desk import Desk

_PAGE = 1_000
_MOST_EARLIER = 12  # earlier documents of a story that a new one is compared with


@dataclass(frozen=True, slots=True)
class BriefAsk:
    """Which brief is wanted: whose, over which changes, and how."""

    scope: Scope
    after_seq: int  # where the last one that was told ends; 0: from the beginning
    since: datetime | None  # its instant; None for the first
    now: datetime
    at: datetime | None = None  # the slot's instant, when it is made ahead
    language: str = ""  # of the headlines, where there is a choice
    length: str = "normal"  # short, normal, long
    topics: tuple[str, ...] = ()  # only what is about one of them
    sources: frozenset[int] | None = None  # ids that are followed with brief or both; None: all that may be seen
    each_only: frozenset[int] = frozenset()  # ids that are followed for cards alone: left out, and counted
    muted: tuple[Mute, ...] = ()
    told: frozenset[int] | None = None  # `BriefStore.told`; None: all that came before was told
    before: Brief | None = None  # the last one that was told: its stories may be quiet now
    mark_quiet: bool = False
    catch_up: bool = False


class Briefing:
    """Makes briefs over a desk. Built once; safe from any thread."""

    def __init__(self, desk: Desk) -> None:
        self._desk = desk

    def make(self, ask: BriefAsk) -> Brief:
        """The brief that is asked for. Blocks on the disk, changes nothing; the same library gives the same brief."""
        made = prepare_brief(self._desk, ask.scope, after_seq=ask.after_seq, since=ask.since, now=ask.now)
        return replace(made, at=ask.at, length=ask.length, topics=ask.topics, catch_up=ask.catch_up)


def prepare_brief(desk: Desk, scope: Scope, *, after_seq: int, since: datetime | None, now: datetime) -> Brief:
    """The brief over every change after `after_seq` that the scope may see. Blocks on the disk; changes nothing.

    What a source held already when it was added is not news; a new document of its story is compared with it.
    """
    newest = desk.newest_seq()
    changed = _changed_documents(desk, after_seq)
    documents = {}
    offset = 0
    while page := desk.documents(scope, limit=_PAGE, offset=offset):
        documents.update({d.id: d for d in page})
        offset += _PAGE
    kept = {i: d for i, d in documents.items() if d.state is DocumentState.KEPT and d.version is not None}
    memberships = desk.memberships(scope, kept)
    stories: dict[int, list[int]] = defaultdict(list)
    for i in sorted(kept):
        stories[memberships[i].story_id if i in memberships else i].append(i)
    wanted: dict[int, tuple[list[int], list[int]]] = {}
    for story, members in stories.items():
        new = [i for i in members if i in changed and not kept[i].baseline]
        if new:
            wanted[story] = (new, [i for i in members if i not in changed or kept[i].baseline][-_MOST_EARLIER:])
    ids = [v.id for new, earlier in wanted.values() for i in (*new, *earlier) if (v := kept[i].version) is not None]
    versions = {v.facts.document_id: v for v in desk.versions(scope, ids).values()}
    material = [
        StoryMaterial(
            story,
            tuple(versions[i] for i in new if i in versions),
            tuple(versions[i] for i in earlier if i in versions),
        )
        for story, (new, earlier) in wanted.items()
    ]
    fresh = [document for document in documents.values() if document.id in changed and not document.baseline]
    failed = [f"{d.name}: {d.reason}" for d in fresh if d.state is DocumentState.FAILED]
    return make_brief(material, memberships, made_at=now, since=since, window=(after_seq, newest), failed=failed)


def _changed_documents(desk: Desk, after_seq: int) -> set[int]:
    changed: set[int] = set()
    while found := desk.changes_after(after_seq, _PAGE):
        changed |= {change.document_id for change in found}
        after_seq = found[-1].seq
    return changed
