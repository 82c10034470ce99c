"""Hostile documents, a hijacked model: what a workspace would be posted, as the bodies that would be sent.

The library is made anew for every request: its documents are read by the real readers, grouped, indexed; the model is
asked by the real adapter at the address that the request names; bodies pass the last check, or an error does in their
place.
"""

from __future__ import annotations

import asyncio
import re
import tempfile
import time
from dataclasses import replace
from datetime import UTC, datetime
from pathlib import Path
from typing import TYPE_CHECKING, Any

from bot.answers.written import write_answer
from bot.app import App, open_app
from bot.briefs.brief import quotes_of
from bot.briefs.briefing import BriefAsk, Briefing
from bot.briefs.written import write_brief
from bot.chat.brief_messages import Look, brief_messages
from bot.chat.composing import answer_message, error_message
from bot.chat.discord import inspecting as discord_inspecting
from bot.chat.discord import rendering as discord_rendering
from bot.chat.last_check import problems
from bot.chat.slack import inspecting as slack_inspecting
from bot.chat.slack import rendering as slack_rendering
from bot.domain import Scope, SourceKind
from bot.errors import VerbatimError
from bot.language_model.opening import open_model_room, read_setup
from bot.library.model_store import MemoryModelStore
from bot.library.store import Arrival
from bot.settings import load_settings
from bot.writing import Writer

if TYPE_CHECKING:
    from collections.abc import Mapping

    from bot.chat.messages import Message
    from bot.domain import ShownQuote, StoredVersion

PLATFORMS = {
    "discord": (discord_rendering.render, discord_inspecting.inspect),
    "slack": (slack_rendering.render, slack_inspecting.inspect),
}


def posts(request: Mapping[str, Any]) -> dict[str, Any]:
    """The bodies of a brief or an answer for the request's tenant."""
    return asyncio.run(_posts(request))


async def _posts(request: Mapping[str, Any]) -> dict[str, Any]:
    with tempfile.TemporaryDirectory(prefix="verbatim-documents-") as folder:
        values = {"data_dir": Path(folder) / "data", "seeds_dir": Path(folder) / "seeds"}
        async with open_app(load_settings(values, env={}, cwd=Path(folder)), may_pack=False) as app:
            for document in (*request["docs"], *request.get("other_tenant", ())):
                await _take_in(app, document, document.get("tenant", request["tenant"]))
            await app.intake.follow()
            setup = read_setup(
                model_url=request["llm"],
                model_name="evil",
                model_key=request.get("secrets", {}).get("llm_api_key", ""),
                model_timeout_s=20.0,
            )
            async with open_model_room(setup, MemoryModelStore()) as room:
                assert room.model is not None
                scope = Scope(request["tenant"])
                writer = Writer(room.model, room.prompts)
                if request["op"] == "brief":
                    made = await _brief(app, writer, scope, request["platform"])
                else:
                    made = await _answer(app, writer, scope, request["question"])
            return {"posts": [_body(message, versions, request) for message, versions in made]}


async def _take_in(app: App, document: Mapping[str, Any], tenant: str) -> None:
    path = Path(document["path"])
    source = await app.store.ensure_source(SourceKind.FILE, f"of {tenant}", f"w:{tenant}")
    raw, now = await asyncio.to_thread(path.read_bytes), datetime.now(UTC)
    try:
        draft = await app.intake.read(raw, path.name, time.time_ns())
    except VerbatimError:
        return  # what cannot be read is posted nowhere
    await app.store.save_drafts([Arrival(source, path.name, replace(draft, address=document["source_url"]), raw, now)])


async def _answer(
    app: App, writer: Writer, scope: Scope, question: str
) -> list[tuple[Message, Mapping[int, StoredVersion]]]:
    now = datetime.now(UTC)
    answer, more, befores = app.answerer.answer_with_more(question, scope, today=now.date())
    written = await write_answer(answer, writer, today=now.date(), more=more, befores=befores)
    shown = written.answer
    sides = [one for conflict in shown.conflicts for side in conflict.sides for one in side.quotes]
    versions = _versions(app, scope, [*shown.quotes, *shown.nearest, *sides])
    return [(answer_message(shown, shown.language, _addresses(versions)), versions)]


async def _brief(
    app: App, writer: Writer, scope: Scope, platform: str
) -> list[tuple[Message, Mapping[int, StoredVersion]]]:
    now = datetime.now(UTC)
    brief = Briefing(app.desk).make(BriefAsk(scope, 0, None, now, length="long"))
    language = brief.entries[0].quotes[0].language if brief.entries else "en"
    language = language if language in ("de", "en") else "en"
    brief = (await write_brief(brief, writer, language=language, today=now.date())).brief
    versions = app.desk.versions(
        scope,
        {quote.quote.version_id for entry in brief.entries for quote in quotes_of(entry)}
        | {one.version_id for one in brief.also_new},
    )
    made = brief_messages(brief, Look(platform, scope.workspace, "", language), _addresses(versions), "ref")
    messages = [made.overview, *made.stories]
    return [(message, versions) for message in messages]


def _versions(app: App, scope: Scope, quotes: list[ShownQuote]) -> Mapping[int, StoredVersion]:
    return app.desk.versions(scope, {one.quote.version_id for one in quotes})


def _addresses(versions: Mapping[int, StoredVersion]) -> dict[int, str]:
    return {key: version.facts.address for key, version in versions.items() if version.facts.address}


def _body(message: Message, versions: Mapping[int, StoredVersion], request: Mapping[str, Any]) -> dict[str, Any]:
    """The body as it would be sent; what does not pass the last check is told as an error, as it would be."""
    render, inspect = PLATFORMS[request["platform"]]
    outgoing = render(message)
    known = {version.facts.address for version in versions.values()}
    if wrong := problems(outgoing, inspect(outgoing.body), versions, known):
        error = VerbatimError("last-check", "; ".join(wrong))
        return render(error_message(error, message.language)).body
    body: dict[str, Any] = _without_directives(outgoing.body)
    return body


# The pack names the addresses that may be linked, letter for letter. Where in its page a link leads is for the browser
# alone and reaches no server: it is left out, so that the address itself is what is compared.
_DIRECTIVE = re.compile(r"#:~:text=[^)>\s\"]*")


def _without_directives(value: Any) -> Any:
    if isinstance(value, str):
        return _DIRECTIVE.sub("", value)
    if isinstance(value, dict):
        return {key: _without_directives(one) for key, one in value.items()}
    return [_without_directives(one) for one in value] if isinstance(value, list) else value
