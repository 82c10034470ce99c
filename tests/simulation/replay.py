"""Replay headlines at their own times, as if it happened: one brief a day, and what every headline came to.

    python -m tests.simulation.replay HEADLINES.jsonl --days 30

A line has `id`, `lang`, `time`, `title` and, to count what was missed, the `cluster` that people put it in. Every
headline is grouped as it arrives, by the real index; briefs are made by the real code from an SQLite library. Counted:

- stories that are shown again without a named new fact (an UPDATE has to name one), and documents told twice;
- large clusters of which no brief says anything, each with the reason;
- documents that are neither told, nor named, nor left out with a reason;
- the time that each headline and each brief took.
"""

from __future__ import annotations

import asyncio
import json
import tempfile
import time
from collections import Counter, defaultdict
from collections.abc import Iterable, Iterator, Sequence
from dataclasses import dataclass, field
from datetime import UTC, date, datetime, timedelta
from itertools import groupby
from pathlib import Path
from typing import Any

import click

from bot.briefs.brief import Brief, told_documents
from bot.briefs.briefing import BriefAsk, Briefing
from bot.documents.sentences import split_sentences
from bot.domain import EVERYONE, TERMINAL, DateBasis, DocumentDate, DocumentDraft, SourceKind
from bot.library.opening import open_desk
from bot.library.search_index import SearchIndex
from bot.library.sql_store import SqlStore
from bot.library.store import Arrival
from bot.stories.arrivals import Arrivals

_BATCH = 50
_LARGE = 8  # headlines of a cluster within a day


@dataclass(frozen=True, slots=True)
class Headline:
    name: str
    language: str
    at: datetime
    title: str
    cluster: str = ""


@dataclass(frozen=True, slots=True)
class Missed:
    """A large cluster of which a brief says nothing."""

    day: date
    cluster: str
    headlines: int
    largest: int  # of these in one story
    reports: int  # of that story: what has the same words counts once
    least: int  # reports of the smallest story that was told or named
    left_out: str  # why the brief left them out

    @property
    def reason(self) -> str:
        if self.left_out != "below":
            return self.left_out
        if 2 * self.largest < self.headlines:
            return "in pieces"
        return "copies" if self.reports < self.least or 2 * self.reports <= self.largest else "busy day"

    def __str__(self) -> str:
        return (
            f"{self.day} {self.cluster}: {self.reason} ({self.headlines} headlines, {self.largest} of them in one story of "
            f"{self.reports} reports; the smallest named one has {self.least})"
        )


@dataclass
class Report:
    """What became of a replay."""

    headlines: int = 0
    briefs: int = 0
    stories: list[int] = field(default_factory=list)  # of each brief
    marks: Counter[str] = field(default_factory=Counter)
    also_new: int = 0
    left_out: Counter[str] = field(default_factory=Counter)
    again: int = 0  # entries of a story that was told before, without a named new fact
    unnamed_updates: int = 0
    told_twice: int = 0  # documents
    lost: int = 0  # documents of which nothing is said
    large: int = 0  # clusters of a day
    told_large: int = 0
    named_large: int = 0
    missed: list[Missed] = field(default_factory=list)
    arrival_s: float = 0.0
    brief_s: list[float] = field(default_factory=list)

    def summary(self) -> dict[str, Any]:
        entries = sum(self.stories)
        return {
            "headlines": self.headlines,
            "briefs": self.briefs,
            "stories_per_brief": round(entries / max(1, self.briefs), 2),
            "marks": dict(self.marks),
            "also_new": self.also_new,
            "left_out": dict(self.left_out),
            "again_without_a_new_fact": self.again,
            "again_share": round(self.again / max(1, entries), 4),
            "updates_that_name_none": self.unnamed_updates,
            "documents_told_twice": self.told_twice,
            "documents_unaccounted_for": self.lost,
            "large_clusters": self.large,
            "large_clusters_told": self.told_large,
            "large_clusters_named": self.named_large,
            "large_clusters_missed": len(self.missed),
            "missed_because": dict(Counter(one.reason for one in self.missed)),
            "missed": [str(one) for one in self.missed],
            "arrival_ms_mean": round(1000 * self.arrival_s / max(1, self.headlines), 2),
            "brief_ms_mean": round(1000 * sum(self.brief_s) / max(1, len(self.brief_s)), 1),
            "brief_ms_max": round(1000 * max(self.brief_s, default=0.0), 1),
        }


def read(lines: Iterable[str], days: int) -> list[Headline]:
    """The headlines of the first days, in order of their times."""
    found = []
    for line in lines:
        item = json.loads(line)
        at = datetime.fromisoformat(item["time"]).astimezone(UTC)
        found.append(Headline(item["id"], item["lang"], at, item["title"], item.get("cluster", "")))
    found.sort(key=lambda one: one.at)
    until = found[0].at.date() + timedelta(days=days) if found else date.min
    return [one for one in found if one.at.date() < until]


def _draft(headline: Headline) -> DocumentDraft:
    """A headline is all there is: it is the text."""
    published = DocumentDate(headline.at.date(), headline.at, DateBasis.STATED)
    sentences = split_sentences(headline.title, headline.language)
    return DocumentDraft(headline.title, sentences, headline.title, language=headline.language, published=published)


class Replay:
    """A library that lives through the headlines."""

    def __init__(self, folder: Path, *, hour: int = 7, length: str = "normal") -> None:
        self._folder, self._hour, self._length = folder, hour, length
        self.report = Report()
        self.briefs: list[Brief] = []

    async def run(self, headlines: Sequence[Headline]) -> Report:
        url = f"sqlite:///{self._folder / 'library.sqlite3'}"
        async with await SqlStore.open(url) as store:
            desk = open_desk(url)
            index = SearchIndex(self._folder / "index")
            assert index.begin()
            try:
                await self._live(headlines, store, desk, index)
            finally:
                index.close()
                desk.close()
        return self.report

    async def _live(self, headlines: Sequence[Headline], store: SqlStore, desk: Any, index: SearchIndex) -> None:
        source = await store.ensure_source(SourceKind.FEED, "https://headlines.example/feed", EVERYONE)
        arrivals, briefing = Arrivals(index, desk), Briefing(desk)
        clusters: dict[int, str] = {}
        after, since, told = 0, None, frozenset[int]()
        before: Brief | None = None
        for slot, some in _by_slot(headlines, self._hour):
            today: set[int] = set()
            for start in range(0, len(some), _BATCH):
                batch = some[start : start + _BATCH]
                started = time.perf_counter()
                saved = await store.save_drafts(
                    [Arrival(source, one.name, _draft(one), one.title.encode(), one.at) for one in batch]
                )
                ids = [one.document.version.id for one in saved if one.document.version is not None]
                versions = desk.versions(None, ids)
                placed = arrivals.place([versions[id_] for id_ in ids])
                await store.put_memberships(placed)
                for id_ in ids:
                    index.put(versions[id_])
                index.commit(desk.newest_seq())
                self.report.arrival_s += time.perf_counter() - started
                for headline, one in zip(batch, saved, strict=True):
                    clusters[one.document.id] = headline.cluster
                    today.add(one.document.id)
            self.report.headlines += len(some)
            started = time.perf_counter()
            ask = BriefAsk(
                TERMINAL, after_seq=after, since=since, now=slot, length=self._length, told=told, before=before
            )
            brief = briefing.make(ask)
            self.report.brief_s.append(time.perf_counter() - started)
            self._judge(brief, today, told, clusters, desk)
            self.briefs.append(brief)
            after, since, before = brief.to_seq, slot, brief
            told |= set(told_documents(brief))

    def _judge(self, brief: Brief, today: set[int], told: frozenset[int], clusters: dict[int, str], desk: Any) -> None:
        report = self.report
        report.briefs += 1
        report.stories.append(len(brief.entries))
        report.also_new += len(brief.also_new)
        members = desk.story_members([entry.story_id for entry in brief.entries])
        for entry in brief.entries:
            report.marks[entry.mark] += 1
            known = told & {id_ for id_, _ in members.get(entry.story_id, ())}
            report.again += bool(known) and not entry.new_facts
            report.unnamed_updates += entry.mark == "UPDATE" and not entry.new_facts
            report.told_twice += len(told & set(entry.document_ids))
        for one in brief.left_out:
            report.left_out[one.reason] += one.count
        told_now = set(told_documents(brief))
        named = {id_ for one in brief.also_new for id_ in one.document_ids}
        out = {id_ for one in brief.left_out for id_ in one.document_ids}
        report.lost += len(today - told_now - named - out)
        large = Counter(clusters[id_] for id_ in today if clusters[id_])
        for cluster in [cluster for cluster, size in large.items() if size >= _LARGE]:
            report.large += 1
            mine = {id_ for id_ in today if clusters[id_] == cluster}
            known_before = any(clusters.get(id_) == cluster for id_ in told)
            if mine & told_now or known_before:
                report.told_large += 1
            elif mine & named:
                report.named_large += 1
            else:
                report.missed.append(_missed(cluster, mine, today, brief, desk))


def _missed(cluster: str, mine: set[int], today: set[int], brief: Brief, desk: Any) -> Missed:
    """Why a brief says nothing of some headlines of that day."""
    places = desk.memberships(None, today)
    reports: defaultdict[int, set[int]] = defaultdict(set)
    for place in places.values():
        reports[place.story_id].add(place.report_id)
    [(story, largest)] = Counter(places[id_].story_id for id_ in mine).most_common(1)
    shown = [*(one.story_id for one in brief.entries), *(one.story_id for one in brief.also_new)]
    reasons = Counter(out.reason for out in brief.left_out for id_ in out.document_ids if id_ in mine)
    return Missed(
        day=brief.made_at.date(),
        cluster=cluster,
        headlines=len(mine),
        largest=largest,
        reports=len(reports[story]),
        least=min((len(reports[one]) for one in shown), default=0),
        left_out=reasons.most_common(1)[0][0] if reasons else "unaccounted for",
    )


def _by_slot(headlines: Sequence[Headline], hour: int) -> Iterator[tuple[datetime, list[Headline]]]:
    """The headlines of each brief: those since the one of the day before."""

    def slot(one: Headline) -> datetime:
        at = one.at.replace(hour=hour, minute=0, second=0, microsecond=0)
        return at if one.at <= at else at + timedelta(days=1)

    for at, some in groupby(headlines, key=slot):
        yield at, list(some)


def replay(headlines: Sequence[Headline], *, length: str = "normal") -> tuple[Report, list[Brief]]:
    """Live through headlines in a temporary folder."""
    with tempfile.TemporaryDirectory(prefix="verbatim-replay-", ignore_cleanup_errors=True) as folder:
        living = Replay(Path(folder), length=length)
        return asyncio.run(living.run(headlines)), living.briefs


@click.command(help=__doc__)
@click.argument("headlines", type=click.Path(exists=True, dir_okay=False, path_type=Path))
@click.option("--days", default=30, show_default=True)
@click.option("--length", default="normal", show_default=True, type=click.Choice(["short", "normal", "long"]))
@click.option("--languages", default="", help="Only these, with commas between them.")
@click.option("--show", is_flag=True, help="Print every brief, too.")
def main(headlines: Path, days: int, length: str, languages: str, show: bool) -> None:
    found = read(headlines.read_text(encoding="utf-8").splitlines(), days)
    wanted = frozenset(languages.split(",")) if languages else None
    started = time.perf_counter()
    report, briefs = replay([one for one in found if wanted is None or one.language in wanted], length=length)
    if show:
        from bot.chat.terminal.rendering import Renderer

        for brief in briefs:
            click.echo(Renderer().brief(brief, "en", when=brief.made_at.isoformat(timespec="minutes")) + "\n")
    facts = defaultdict(int, Counter(f.kind.value for b in briefs for e in b.entries for f in e.new_facts))
    summary = {**report.summary(), "facts": dict(facts), "seconds": round(time.perf_counter() - started, 1)}
    click.echo(json.dumps(summary, indent=1))


if __name__ == "__main__":
    main()
