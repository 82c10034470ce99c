"""What the commands do, between the command line and the parts: each function is one command's work."""

from __future__ import annotations

import json
import logging
from dataclasses import replace
from datetime import UTC, datetime
from pathlib import Path
from typing import TYPE_CHECKING, Any, Final

from bot.domain import EVERYONE, TERMINAL, DocumentState, Receipt
from bot.errors import LibraryError, NotFound, Unreadable

if TYPE_CHECKING:
    from collections.abc import AsyncIterator, Callable, Iterable, Sequence
    from datetime import date

    from bot.answers.written import WrittenAnswer
    from bot.app import App, ReadingRoom
    from bot.briefs.brief import Brief
    from bot.chat.terminal.rendering import Renderer
    from bot.domain import Answer, Document, Quote, StoredVersion
    from bot.front_desk.asking import Found
    from bot.library.brief_store import BriefRecord, BriefStore
    from bot.library.desk import Desk
    from bot.settings import Settings
    from bot.writing import Writer

log = logging.getLogger(__name__)

PATIENCE_S = 5.0  # how long a command waits for files that are still being written


def now() -> datetime:
    return datetime.now(UTC)


def local_zone(settings: Settings) -> Any:
    """The time zone in which times are shown; None means the machine's."""
    if not settings.timezone:
        return None
    from zoneinfo import ZoneInfo

    return ZoneInfo(settings.timezone)


# -- questions ---------------------------------------------------------------------------------------------------------


def catch_up(room: ReadingRoom, settings: Settings) -> None:
    """Bring the index up to date when nobody else does: after a crash, a rebuild or a restored backup.

    Costs nothing when it is; a running bot holds the index's lock and does it by itself.
    """
    from bot.library.index_feed import is_behind

    if not is_behind(room.index, room.desk) or not room.index.begin():
        return
    room.index.close()
    import asyncio

    asyncio.run(_follow(settings))
    room.index.reload()


async def _follow(settings: Settings) -> None:
    from bot.app import open_app

    async with open_app(settings, may_pack=False) as app:
        await app.intake.follow()


def answer_and_keep(room: ReadingRoom, question: str, language: str = "") -> Answer:
    """Answer from what the terminal may see, and keep a receipt of what was shown."""
    answer = room.answerer.answer(question, TERMINAL, today=datetime.now().astimezone().date(), language=language)
    shown = [*answer.quotes, *answer.nearest, *(q for c in answer.conflicts for side in c.sides for q in side.quotes)]
    keep_receipt(room.desk, "answer", [one.quote for one in shown])
    return answer


def is_model_set(settings: Settings) -> bool:
    """Whether the settings name a language model, without loading what asks it."""
    return bool(settings.model_url or settings.model_name)


_WORDED_AT_ONCE: Final = 3


def find_and_keep_answer(room: ReadingRoom, question: str, language: str = "") -> Found:
    """The answer as its quotes, with what a model is shown beside them; a receipt is kept of what is shown at once."""
    from bot.front_desk.asking import Found

    today = datetime.now().astimezone().date()
    found = Found(*room.answerer.answer_with_more(question, TERMINAL, today=today, language=language))
    answer = found.answer
    shown = [*answer.quotes, *answer.nearest, *(q for c in answer.conflicts for side in c.sides for q in side.quotes)]
    keep_receipt(room.desk, "answer", [one.quote for one in shown])
    return found


async def write_and_keep(desk: Desk, writer: Writer, found: Found, writing_s: float) -> WrittenAnswer:
    """What the model makes, in so long, of an answer whose quotes are shown already; a receipt is kept of what that
    shows."""
    from bot.answers.written import TRANSLATING_S, write_answer
    from bot.language_model.budget import person_key
    from bot.language_model.port import Payer

    payer = Payer(TERMINAL.workspace, "", person_key("terminal", "", ""), f"terminal:{now().isoformat()}")
    written = await write_answer(
        found.answer, writer, today=datetime.now().astimezone().date(), more=found.more, befores=found.befores,
        time_limit_s=writing_s, total_s=writing_s + TRANSLATING_S, payer=payer, in_order=True,
    )  # fmt: skip
    if written.is_more:
        keep_receipt(desk, "answer", [one.quote for one in written.answer.quotes], written)
    return written


async def write_answers(settings: Settings, desk: Desk, found: Iterable[Found]) -> AsyncIterator[Answer]:
    """Answers worded by the model of the settings, in their order, a few at once. Raises VerbatimError when there is
    none."""
    import asyncio
    from itertools import islice

    from bot.app import database_url, open_writing_room
    from bot.library.opening import open_store

    async with await open_store(database_url(settings)) as store, open_writing_room(settings, store) as writing:
        remaining = iter(found)
        while some := list(islice(remaining, _WORDED_AT_ONCE)):
            if writing.writer is None:
                made = [one.answer for one in some]
            else:
                jobs = (write_and_keep(desk, writing.writer, one, settings.model_timeout_s) for one in some)
                made = [one.answer for one in await asyncio.gather(*jobs)]
            for answer in made:
                yield answer


def keep_receipt(desk: Desk, place: str, quotes: Sequence[Quote], written: WrittenAnswer | None = None) -> None:
    """Remember what was shown, so that `verify` can prove it again, and who worded what stood with it.

    Where that cannot be written (a full disk, a library that may only be read) the quotes are shown all the same, since
    they can be proved without it, and the log says so.
    """
    if not quotes:
        return
    receipt = Receipt(now(), place, TERMINAL, tuple(dict.fromkeys(quotes)))
    if written is not None:
        writing = written.writing
        receipt = replace(receipt, prompt=writing.prompt, model=writing.model, dropped=written.dropped)
    try:
        desk.keep_receipt(receipt)
    except LibraryError as error:
        log.warning("Not noted for `verbatim verify`: %s", error.person, extra={"code": error.code})


# -- briefs ------------------------------------------------------------------------------------------------------------


TERMINAL_BRIEFS = "brief:terminal:terminal:"  # the key of the terminal's briefs


async def brief_command(settings: Settings, *, keep: bool, last: bool) -> Brief:
    """The brief since the last one over the library and what is new in the seeds folder; `keep`: it counts as told."""
    from bot.app import open_app

    async with open_app(settings) as app:
        if last:
            return await last_brief(app.briefs)
        await app.look(patience_s=PATIENCE_S)
        if not is_model_set(settings):
            return await make_and_keep_brief(app, keep=keep)
        from bot.app import open_writing_room

        async with open_writing_room(settings, app.store) as writing:
            return await make_and_keep_brief(app, keep=keep, writer=writing.writer)


async def make_and_keep_brief(app: App, *, keep: bool, writer: Writer | None = None) -> Brief:
    """Make the brief for the terminal; when `keep`, freeze it: the next one begins where it ends. With a writer, its
    stories have sentences above their quotes."""
    import asyncio

    from bot.briefs.brief import frozen_brief, thawed_brief
    from bot.briefs.briefing import BriefAsk, Briefing
    from bot.chat.terminal.rendering import all_quotes
    from bot.library.brief_store import BriefKind

    before = await app.briefs.last_told(TERMINAL_BRIEFS)
    at = now()
    ask = BriefAsk(
        TERMINAL,
        after_seq=before.to_seq if before else 0,
        since=before.made_at if before else None,
        now=at,
        language=app.settings.language,
        length="long",
        before=thawed_brief(before.body) if before else None,
    )
    made = await asyncio.to_thread(Briefing(app.desk).make, ask)
    if writer is not None and made.entries:
        from bot.briefs.written import write_brief
        from bot.language_model.port import Payer

        language = app.settings.language or "en"
        payer = Payer(TERMINAL.workspace)
        made = (await write_brief(made, writer, language=language, today=at.date(), payer=payer)).brief
    if keep and (made.documents or made.failed):
        record = await app.briefs.keep(
            TERMINAL_BRIEFS, f"post:{at.isoformat()}", BriefKind.POSTED, frozen_brief(made),
            made_at=at, since=ask.since, from_seq=made.from_seq, to_seq=made.to_seq,
        )  # fmt: skip
        quotes = tuple(dict.fromkeys(one.quote for one in all_quotes(made)))
        told = Receipt(at, "brief", TERMINAL, quotes, prompt=made.prompt, model=made.model, dropped=made.dropped)
        receipt = told if quotes else None
        await app.briefs.owed(record.id, deliveries=(), now=at, receipt=receipt)
        if app.settings.briefs_dir:
            from bot.brief_files import BriefFiles

            await BriefFiles(Path(app.settings.briefs_dir), app.briefs, app.store).publish(TERMINAL_BRIEFS)
    return made


async def last_brief(briefs: BriefStore) -> Brief:
    """The last brief as it was frozen. Raises NotFound when there is none."""
    from bot.briefs.brief import thawed_brief

    record = await briefs.last_told(TERMINAL_BRIEFS)
    if record is None:
        raise NotFound("no-brief", "no brief was made", "No brief has been made yet. `verbatim brief` makes one.")
    return thawed_brief(record.body)


async def briefs_told(settings: Settings, channel: str, count: int) -> list[BriefRecord]:
    """The last briefs of every channel whose key holds some words, channel by channel."""
    from bot.app import open_app

    async with open_app(settings, may_pack=False) as app:
        keys = [key for key in await app.briefs.keys() if channel in key]
        return [record for key in keys for record in await app.briefs.of_channel(key, limit=count)]


async def brief_record(settings: Settings, number: int | None, channel: str) -> BriefRecord:
    """A brief by its number, else the last one of the channels whose key holds some words. Raises NotFound."""
    if number is None:
        found = sorted(await briefs_told(settings, channel, 1), key=lambda record: record.id)
        if found:
            return found[-1]
        raise NotFound("no-brief", channel[:200], "No brief has been told there yet. `verbatim brief list` lists them.")
    from bot.app import open_app

    async with open_app(settings, may_pack=False) as app:
        record = await app.briefs.by_id(number)
    if record is None:
        raise NotFound("no-brief", str(number), f"There is no brief {number}. `verbatim brief list` lists them.")
    return record


async def brief_written(settings: Settings, number: int | None, channel: str, *, as_html: bool) -> str:
    """A brief as a page. Raises NotFound."""
    from bot.app import open_app
    from bot.brief_files import BriefFiles
    from bot.chat.pages import html, markdown

    record = await brief_record(settings, number, channel)
    async with open_app(settings, may_pack=False) as app:
        page, _ = await BriefFiles(settings.data_dir, app.briefs, app.store).page_of(record)
    return html(page) if as_html else markdown(page)


async def export_briefs(settings: Settings, folder: Path, channel: str, count: int) -> tuple[int, int]:
    """Write the briefs of channels as pages and feeds; how many channels and pages that were."""
    from bot.app import open_app
    from bot.brief_files import BriefFiles

    async with open_app(settings, may_pack=False) as app:
        files = BriefFiles(folder, app.briefs, app.store)
        keys = [key for key in await app.briefs.keys() if channel in key]
        return len(keys), sum([await files.publish(key, limit=count) for key in keys])


def record_data(record: BriefRecord) -> dict[str, Any]:
    """A brief of the archive for JSON."""
    return {
        "id": record.id,
        "channel": record.key.removeprefix("brief:"),
        "slot": record.slot,
        "kind": str(record.kind),
        "state": str(record.state),
        "made_at": record.made_at.isoformat(),
        "delivered_at": record.delivered_at.isoformat() if record.delivered_at else None,
        "revision": record.revision,
        "sha256": record.sha256,
    }


def record_line(record: BriefRecord, settings: Settings) -> str:
    """A brief of the archive in one line."""
    from bot.briefs.brief import thawed_brief
    from bot.chat.terminal.printing import printable

    made = thawed_brief(record.body)
    when = (record.delivered_at or record.made_at).astimezone(local_zone(settings))
    first = printable(made.entries[0].headline)[:80] if made.entries else "nothing new"
    return f"#{record.id:<5} {when:%Y-%m-%d %H:%M} · {record.kind} · {len(made.entries)} stories · {first}"


# -- documents ---------------------------------------------------------------------------------------------------------


async def read_files(
    settings: Settings, files: Sequence[Path], *, as_json: bool, show: Callable[[str], None]
) -> int:
    """Print what the reader makes of each file; returns how many could not be read."""
    from bot.app import reader_child
    from bot.chat.plain_data import draft_data
    from bot.documents.reading import needs_child, read_document
    from bot.sources.folder import FoundFile, instant, read_bytes

    failed = 0
    reader = reader_child(settings)
    try:
        for path in files:
            file = path.resolve()  # a link that somebody names is followed
            facts = file.stat()
            found = FoundFile(file.name, facts.st_size, facts.st_mtime_ns, facts.st_ino)
            modified_at = instant(facts.st_mtime_ns)
            limit = settings.max_document_bytes
            try:
                raw = read_bytes(file.parent, found, max_bytes=limit)
                if needs_child(raw, path.name):
                    draft = await reader.read(raw, name=path.name, modified_at=modified_at, max_bytes=limit)
                else:
                    draft = read_document(raw, name=path.name, modified_at=modified_at, max_bytes=limit)
            except Unreadable as error:
                failed += 1
                data = {"document": path.name, "status": "failed", "reason": error.code, "explanation": error.person}
            else:
                data = {"status": "read", **draft_data(path.name, draft)}
            show(json.dumps(data, ensure_ascii=False) if as_json else _draft_text(data))
    finally:
        await reader.close()
    return failed


async def add_files(
    settings: Settings,
    files: Sequence[Path],
    *,
    title: str,
    language: str,
    day: date | None,
    show: Callable[[str], None],
    renderer: Renderer,
) -> int:
    """Keep files as documents, whether or not they lie in the seeds folder; returns how many could not be read."""
    from bot.app import open_app
    from bot.briefs.card import make_card
    from bot.chat.terminal.printing import printable
    from bot.library.store import SaveOutcome

    failed = 0
    async with open_app(settings) as app:
        for path in files:
            try:
                raw = path.read_bytes() if path.stat().st_size <= settings.max_document_bytes else b""
                if not raw and path.stat().st_size:
                    person = f"It is larger than {settings.max_document_bytes:,} bytes; max_document_bytes sets that."
                    raise Unreadable("too-large", path.name, person)
                saved = await app.intake.hand_over(raw, path.name, EVERYONE, title=title, language=language, day=day)
            except (Unreadable, OSError) as error:
                failed += 1
                reason = f"{error.person} ({error.code})" if isinstance(error, Unreadable) else error.strerror
                show(f"{printable(path.name)}: {reason}")
                continue
            if saved.outcome is SaveOutcome.UNCHANGED:
                show(f"Already here as #{saved.document.id} {printable(saved.document.name)}.")
                continue
            version = app.desk.version(TERMINAL, saved.document.version.id) if saved.document.version else None
            if version is not None:
                card = make_card(version, app.desk.memberships(TERMINAL, [saved.document.id]).get(saved.document.id))
                keep_receipt(app.desk, "card", [one.quote for one in card.quotes])
                show(renderer.card(card, settings.language or version.facts.language) + "\n")
    return failed


def _draft_text(data: dict[str, Any]) -> str:
    from bot.chat.terminal.printing import printable

    if data["status"] == "failed":
        return f"{printable(data['document'])}: {data['explanation']} ({data['reason']})"
    lines = [printable(data["document"])]
    keys = ("title", "outlet", "byline", "agency", "language", "date", "date_basis", "date_warning", "media_type")
    lines += [f"  {key.replace('_', ' ')}: {printable(str(data[key]))}" for key in keys if data[key]]
    if data["translation_signs"]:
        lines.append(f"  machine-translated: {printable('; '.join(data['translation_signs']))}")
    if data["dropped"]:
        lines.append(f"  left out: {printable(', '.join(data['dropped']))}")
    if data["suspicious"]:
        lines.append(f"  suspicious: {printable(', '.join(data['suspicious']))}")
    lines += ["", *(printable(text[start:end]) for text in (data["text"],) for start, end in data["sentences"])]
    return "\n".join(lines)


def list_suspicious(room: ReadingRoom, limit: int, *, as_json: bool, show: Callable[[str], None]) -> None:
    """Print the documents in which something was seen that is not for readers, newest first, one line each."""
    from bot.chat.terminal.printing import printable

    found = room.desk.suspicious(TERMINAL, limit=limit)
    if as_json:
        show(json.dumps([document_data(d) | {"suspicious": signs} for d, signs in found], ensure_ascii=False, indent=2))
        return
    for document, signs in found:
        show(f"#{document.id:<5} {printable(document.name)} · {printable(', '.join(signs))}")
    show("They can be quoted like any other; no model is shown what readers do not see." if found else "None.")


def list_documents(room: ReadingRoom, state: str, limit: int, *, as_json: bool, show: Callable[[str], None]) -> None:
    """Print the documents, newest first, one line each."""
    from bot.chat.terminal.printing import printable

    states = None if state == "all" else [DocumentState(state)]
    found = room.desk.documents(TERMINAL, states=states, limit=limit)
    if as_json:
        show(json.dumps([document_data(d) for d in found], ensure_ascii=False, indent=2))
        return
    for document in found:
        version = document.version
        about = document.reason
        if version is not None and document.state is not DocumentState.FAILED:
            day = version.published.day.isoformat() if version.published.day else "undated"
            about = f"{version.language} · {day} · {version.title or '(no title)'}"
        show(f"#{document.id:<5} {document.state.value:<8} {printable(document.name)} · {printable(about)}")
    total = room.desk.document_count(TERMINAL, states=states)
    if total > len(found):
        show(f"… and {total - len(found)} more (--limit)")
    if not total:
        show("No documents." if state == "all" else f"No {state} documents.")


def document_data(document: Document) -> dict[str, Any]:
    """A document for JSON."""
    from bot.chat.plain_data import date_data

    data: dict[str, Any] = {
        "id": document.id,
        "document": document.name,
        "state": document.state.value,
        "reason": document.reason,
        "first_seen": document.first_seen.isoformat(),
    }
    if document.version is not None:
        version = document.version
        data |= {
            "version": version.number,
            "title": version.title,
            "outlet": version.outlet,
            "language": version.language,
            **date_data(version.published),
            "raw_sha256": version.raw_sha256,
            "text_sha256": version.text_sha256,
        }
    return data


def stored_version(room: ReadingRoom, ref: str) -> tuple[Document, StoredVersion]:
    """A document and its current version by what a person typed. Raises NotFound."""
    document = room.desk.document(TERMINAL, ref)
    if document is None:
        person = f"No document is called “{ref[:200]}”. `verbatim documents` lists them."
        raise NotFound("no-document", ref[:200], person)
    version = room.desk.version(TERMINAL, document.version.id) if document.version else None
    if version is None:
        person = f"“{document.name}” could not be read: {document.reason}"
        raise NotFound("no-version", document.name, person)
    return document, version


def document_text(room: ReadingRoom, ref: str, quote: str, *, raw: bool, renderer: Renderer) -> str:
    """A document for the terminal, with a quote lit up where it stands. Raises NotFound, QuoteRefused."""
    from bot.chat.terminal.printing import printable
    from bot.chat.texts import say_day

    _, version = stored_version(room, ref)
    if raw:
        return version.text
    spans: list[tuple[int, int]] = []
    if quote:
        from bot.errors import QuoteRefused
        from bot.quotes.matching import explain_refusal, find_quote

        spans = [(span.start, span.end) for span in find_quote(quote, version.text)]
        if not spans:
            code = explain_refusal(quote, version.text)
            person = f"This does not stand in {version.document_name}, letter for letter ({code})."
            raise QuoteRefused(code, code, person)
    facts = version.facts
    about = [printable(facts.outlet), say_day(facts.published, "en"), facts.language]
    head = [printable(facts.title) or "(no title)", *about]
    lines = [renderer.bold(" · ".join(part for part in head if part)), ""]
    lines.append(renderer.document(version.text, spans))
    return "\n".join(lines)


def find_and_keep(room: ReadingRoom, ref: str, text: str) -> dict[str, Any]:
    """Find typed text in a document, prove it and keep the receipt, as plain data. Raises NotFound."""
    from bot.errors import QuoteRefused
    from bot.quotes.cutting import cut
    from bot.quotes.matching import explain_refusal, find_quote

    _, version = stored_version(room, ref)
    refused = {"verdict": "reject", "document": version.document_name, "version": version.facts.number}
    spans = find_quote(text, version.text)
    if not spans:
        code = explain_refusal(text, version.text)
        return {**refused, "reason": code, "explanation": f"it does not stand in {version.document_name} ({code})"}
    try:
        found = cut(version, spans[0].start, spans[0].end)
    except QuoteRefused as error:
        return {**refused, "reason": error.code, "explanation": error.person}
    keep_receipt(room.desk, "quote", [found])
    return {
        "verdict": "accept",
        "document": version.document_name,
        "version": version.facts.number,
        "start": found.start,
        "end": found.end,
        "start_byte": found.start_byte,
        "end_byte": found.end_byte,
        "sha256": found.sha256,
        "text": found.text_in(version),
        "places": [[span.start, span.end] for span in spans],
    }


# -- proof and upkeep --------------------------------------------------------------------------------------------------


def verify_receipts(room: ReadingRoom) -> dict[str, Any]:
    """Prove every quote of every receipt again, as plain data."""
    from bot.quotes.proving import prove

    receipts = quotes = proved = 0
    broken: list[dict[str, Any]] = []
    after = 0
    while page := room.desk.receipts(after, 500):
        versions = room.desk.versions(None, {quote.version_id for receipt in page for quote in receipt.quotes})
        for receipt in page:
            receipts += 1
            for quote in receipt.quotes:
                quotes += 1
                proof = prove(quote, versions.get(quote.version_id))
                proved += proof.ok
                if not proof.ok:
                    broken.append({"receipt": receipt.id, "version": quote.version_id, "reason": proof.reason})
        after = page[-1].id
    return {"receipts": receipts, "quotes": quotes, "proved": proved, "broken": broken}


async def rebuild_index(settings: Settings) -> int:
    """Make the index, reports and stories anew; returns the number of passages. Raises LibraryBusy."""
    from bot.app import open_app
    from bot.errors import LibraryBusy

    async with open_app(settings) as app:
        if not app.index.begin():
            person = "A running bot holds the search index. Stop it first, then rebuild; nothing was changed."
            raise LibraryBusy("index-busy", "the writer's lock is taken", person)
        app.index.clear()
        app.index.commit(0)
        await app.store.clear_memberships()
        await app.intake.follow()
        return app.index.passage_count()


def dictionary_state(settings: Settings) -> dict[str, Any]:
    """Which German–English lists are in use, as plain data: `state` is "used", "not packed", "unusable" or "absent"."""
    from bot.app import installed_dictionary
    from bot.languages.dictionary import entries

    larger = installed_dictionary(settings)
    packed = larger.is_packed()
    count = larger.entry_count()
    larger.close()
    there = settings.dictionary_file.is_file()
    state = "used" if count else "unusable" if packed else "not packed" if there else "absent"
    own = sum(1 for _ in entries("de", "en"))
    return {"own_entries": own, "file": str(settings.dictionary_file), "state": state, "entries": count}
