"""Sources, trials and trails as lines for the terminal. Foreign words reach it without control characters."""

from __future__ import annotations

from datetime import UTC, datetime
from typing import TYPE_CHECKING

from bot.briefs.card import make_card
from bot.chat.terminal.printing import printable
from bot.domain import EVERYONE, SourceKind, StoredVersion, VersionFacts, sha256_hex
from bot.sources.source_health import SourceState
from bot.sourcing.adding import Added, Addition
from bot.sourcing.discovery import ItemPreview
from bot.sourcing.lists import ImportedLine
from bot.sourcing.trying import Trial
from bot.sourcing.views import Shown, SourceView

if TYPE_CHECKING:
    from collections.abc import Sequence
    from datetime import tzinfo

    from bot.chat.terminal.rendering import Renderer
    from bot.domain import DocumentDraft
    from bot.library.source_store import ItemStory, TrailLine

_MARKS = {
    SourceState.ACTIVE: ("●", "green"),
    SourceState.PAUSED: ("‖", "dim"),
    SourceState.FAILING: ("!", "yellow"),
    SourceState.RESTING: ("z", "dim"),
}


class SourceLines:
    """Turns what `Sourcing` says into lines, coloured by the terminal's renderer, in one time zone."""

    def __init__(self, renderer: Renderer, zone: tzinfo | None) -> None:
        self._renderer, self._zone = renderer, zone

    def when(self, at: datetime | None) -> str:
        """An instant as people read it, with its offset."""
        return at.astimezone(self._zone).strftime("%Y-%m-%d %H:%M %z") if at else "never"

    def source(self, view: SourceView) -> list[str]:
        """One source: a line, and its reason when it is not simply well."""
        mark, style = _MARKS[view.state]
        title = self._renderer.bold(printable(view.title) or printable(view.address))
        painted = self._renderer.styled(f"{mark} {view.state.value:<7}", style)
        lines = [f"#{view.id:<4} {painted} {title}  {printable(view.address)}"]
        if view.code:
            lines.append(f"      {printable(view.reason)} ({view.code}) {view.next} {view.help}".rstrip())
        return lines

    def added(self, added: Addition) -> list[str]:
        """What came of adding, with what there is to know and to do."""
        if added.outcome is Added.OFFERED:
            how = "Add one of them by its address, or with --pick N."
            return [printable(added.reason), *self.offers(added), "", how]
        if added.source is None:
            return [f"Not added: {printable(added.reason)} ({added.code})"]
        view = added.source
        name = printable(view.title) or printable(view.address)
        if added.outcome is Added.KNOWN:
            return [f"Already here as “{name}” (#{view.id})."]
        about = " · ".join(word for word in (view.format, added.language) if word)
        lines = [f"Added #{view.id} {self._renderer.bold(name)}" + (f" ({about})" if about else "")]
        if added.reason:
            lines.append(f"  but it fails now: {printable(added.reason)} ({added.code}). It is tried again by itself.")
        lines += [f"  • {self._item(one)}" for one in added.newest]
        if added.items and view.kind is SourceKind.FEED:
            items = "1 item is" if added.items == 1 else f"{added.items} items are"
            lines.append(f"  {items} there already: you can ask about them, but they are not announced as new.")
            lines.append(f"  To announce the last ten after all: verbatim sources post-last {view.id}")
        lines.append("  `verbatim run` asks for it from now on.")
        return lines

    def offers(self, added: Addition | Trial) -> list[str]:
        """What could be added instead, numbered."""
        return [
            f"  {n}  {printable(one.title) or '(no title)'}  {printable(one.address)}  ({one.format or one.kind.value})"
            for n, one in enumerate(added.offers, 1)
        ]

    def trial(self, trial: Trial) -> list[str]:
        """The result over HTTP, what was read, the items and a sample card."""
        how = [f"HTTP {trial.status}" if trial.status else "no answer"]
        how += [f"{trial.redirects} redirects"] if trial.redirects else []
        how += [trial.media_type] if trial.media_type else []
        how += [f"{trial.size_bytes:,} bytes in {trial.elapsed_s:.2f} s"] if trial.status else []
        lines = [f"{self._renderer.bold(printable(trial.final_address or trial.address))}", f"  {' · '.join(how)}"]
        if trial.reason:
            lines.append(f"  {printable(trial.reason)} ({trial.code})")
        if not trial.ok:
            return lines + (["Could be added instead:", *self.offers(trial)] if trial.offers else [])
        read = [trial.reader, printable(trial.title), f"{trial.item_count} items", trial.encoding]
        lines.append(f"  read as {' · '.join(word for word in read if word)}")
        asks = "can be asked whether it changed" if trial.conditional else "cannot be asked whether it changed"
        if trial.interval_s:
            asks += f"; would be asked every {trial.interval_s / 60:.0f} minutes"
        lines.append(f"  {asks}")
        lines += [f"  ! {printable(problem)}" for problem in trial.problems]
        lines += [f"  • {self._item(one)}" for one in trial.items[:10]]
        if trial.sample is not None:
            lines += ["", f"As a card ({printable(trial.sample_note)}):", ""]
            lines.append(self._renderer.card(make_card(_unstored(trial.sample)), "en"))
        elif trial.sample_note:
            lines.append(f"  no sample: {printable(trial.sample_note)}")
        return [*lines, "", "Nothing was stored."]

    def shown(self, shown: Shown) -> list[str]:
        """One source with all that is known of it."""
        view = shown.source
        chosen = view.choices
        facts = [
            ("address", printable(view.address)),
            ("asked at", printable(view.asked_at) if view.asked_at != view.address else ""),
            ("kind", f"{view.kind.value} ({view.format})" if view.format else view.kind.value),
            ("state", f"{view.state.value} since {self.when(view.since)}"),
            ("reason", f"{printable(view.reason)} ({view.code})" if view.code else ""),
            ("next", view.next),
            ("to do", view.help),
            ("asked every", f"{view.interval_s / 60:.0f} minutes"),
            ("last asked", self.when(view.checked_at)),
            ("last worked", self.when(view.succeeded_at)),
            ("last changed", self.when(view.changed_at)),
            ("items", _counted(view)),
            ("keeps only", ", ".join(map(printable, chosen.keep))),
            ("drops", ", ".join(map(printable, chosen.drop))),
            ("languages", ", ".join(chosen.languages)),
            ("full articles", "yes" if chosen.full_articles else "no, the feed's own text"),
            ("added", f"{self.when(view.added_at)}{f' by {printable(view.added_by)}' if view.added_by else ''}"),
        ]
        lines = [f"#{view.id} {self._renderer.bold(printable(view.title) or printable(view.address))}"]
        lines += [f"  {name:<13} {value}" for name, value in facts if value]
        lines += [f"  • #{one.id} {printable(one.version.title if one.version else one.name)}" for one in shown.newest]
        if shown.trail:
            lines += ["", "Lately:", *(f"  {self._trail(line)}" for line in shown.trail[-12:])]
        return lines

    def imported(self, lines: Sequence[ImportedLine]) -> list[str]:
        """What came of each line of a list, and the sum."""
        counted = {outcome: sum(one.outcome is outcome for one in lines) for outcome in Added}
        said = []
        for one in lines:
            why = f"{printable(one.reason)} ({one.code})" if one.reason else f"#{one.source_id} {printable(one.title)}"
            said.append(f"{one.outcome.value:<7} {printable(one.address)}  {why}")
        told = f"{counted[Added.ADDED]} added, {counted[Added.KNOWN]} known, {counted[Added.FAILED]} refused."
        return [*said, told]

    def why(self, stories: Sequence[ItemStory]) -> list[str]:
        """What happened to an item, stage by stage."""
        lines: list[str] = []
        for story in stories:
            seen = f"first seen {self.when(story.first_seen)}, last seen {self.when(story.last_seen)}"
            lines += [
                self._renderer.bold(printable(story.title) or printable(story.link) or printable(story.guid)),
                f"  {printable(story.link)}",
                f"  from {printable(story.watched.address)}",
                f"  {seen}, {story.seen_times} times in all",
            ]
            for one in story.outcomes:
                document = f", document #{one.document_id}" if one.document_id else ""
                reason = f": {printable(one.reason)} ({one.code})" if one.reason else ""
                source = f"#{one.source_id} {printable(one.source_title)}"
                lines.append(f"  source {source}: {one.state.value}{document}{reason}")
            lines += [f"    {self._trail(line)}" for line in story.trail]
        return lines

    def _trail(self, line: TrailLine) -> str:
        return f"{self.when(line.at)}  {line.stage:<9} {line.code:<18} {printable(line.detail)}".rstrip()

    def _item(self, one: ItemPreview) -> str:
        day = one.published.astimezone(self._zone).strftime("%Y-%m-%d") if one.published else "no date"
        return f"{day}  {printable(one.title) or '(no title)'}  {printable(one.link)}"


def _counted(view: SourceView) -> str:
    if view.items is None:
        return ""
    return ", ".join(f"{count} {state.value}" for state, count in view.items.by_state.items() if count) or "none yet"


def _unstored(draft: DocumentDraft) -> StoredVersion:
    """A draft as if it had been stored, to see its card; nothing can be quoted from it."""
    facts = VersionFacts(
        id=0, document_id=0, number=1, raw_sha256="", text_sha256=sha256_hex(draft.text),
        stored_at=datetime.min.replace(tzinfo=UTC),
        title=draft.title, outlet=draft.outlet, byline=draft.byline, agency=draft.agency, language=draft.language,
        published=draft.published, translation=draft.translation, media_type=draft.media_type, address=draft.address,
        length=len(draft.text),
    )  # fmt: skip
    return StoredVersion(facts, draft.address, EVERYONE, draft.text, draft.sentences)
