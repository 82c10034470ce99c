"""Everything that people can type and press, on each platform, in each language, with the reply that was seen.

    python -m tests.protocol.command_table [--platform discord] [--out FILE]

Starts the program as its owner would, with a Discord, a Slack and a news site on this machine, and uses every command of
the table as somebody who may and as somebody who may not, every form, every button that a reply brings, every menu, the
ways to ask, and what goes wrong. A line each; what brought no reply is told as MISSING, and is the exit code.
"""

from __future__ import annotations

import argparse
import asyncio
import contextlib
import os
import re
import sys
import tempfile
from collections.abc import Iterator
from dataclasses import dataclass, field
from pathlib import Path
from typing import Any

from bot.chat.commands import COMMANDS, MESSAGE_MENUS, ArgumentKind, Command
from bot.chat.requests import Right
from bot.chat.slack.manifest import manifest
from tests.leaks import leaks
from tests.protocol.discord_server import DiscordServer
from tests.protocol.discord_server import Interaction as DiscordUse
from tests.protocol.slack_server import Interaction as SlackUse
from tests.protocol.slack_server import SlackServer
from tests.protocol.web_server import WebServer, answer
from tests.web import entry, rss

ROOT = Path(__file__).parents[2]
TOKENS = ("discord-test-token", "xoxb-test", "xapp-test")
PATIENCE_S = 20.0
SETTLED_S = 0.5  # after which nothing more is taken to belong to a reply
DAM = "The dam at Lindholm broke on Monday. 340 people were brought to safety by boats, the fire brigade said.\n"
ASKED = "How many people were brought to safety at Lindholm?"
LOCALES = {"en": "en-US", "de": "de"}
EVERYTHING = str(1 << 3)
NOT_PRESSED = ("share",)  # asked for by itself
FILE = ("note.txt", b"The ferry to Elm Island runs again since Sunday, the harbour office of Elm said.\n")

Json = dict[str, Any]


@dataclass
class Table:
    """The lines, as they come."""

    lines: list[str] = field(default_factory=list)
    missing: int = 0

    def add(self, platform: str, language: str, what: str, reply: str) -> None:
        self.missing += not reply
        line = f"{platform:8}{language:3} {what:44.44} {reply[:150] or 'MISSING'}"
        self.lines.append(line)
        print(line, flush=True)


def words_of(thing: Any) -> Iterator[str]:
    """What can be read in a message, in order."""
    if isinstance(thing, list):
        for one in thing:
            yield from words_of(one)
    elif isinstance(thing, dict):
        for key in ("title", "content", "description", "text", "label", "name", "value", "filename"):
            if isinstance(thing.get(key), str) and thing.get("type") != "divider":
                yield thing[key]
        for key, value in thing.items():
            if isinstance(value, dict | list) and key not in ("author", "metadata", "url", "options"):
                yield from words_of(value)


def told(*messages: Any) -> str:
    seen = dict.fromkeys(" ".join(one.split()) for message in messages for one in words_of(message))
    return " · ".join(one for one in seen if one)


class OnDiscord:
    """People on Discord. `use` gives what the person sees, and the messages that carry buttons."""

    platform = "discord"

    def __init__(self, server: DiscordServer, site: WebServer) -> None:
        self.server, self.site = server, site
        guild = server.add_guild()
        self.channel = {"en": server.add_channel(guild, "news").id, "de": server.add_channel(guild, "nachrichten").id}

    def _seen(self, used: DiscordUse) -> list[Json]:
        forms = [one["data"] for one in used.answers if one["type"] == 9]
        answers = [one["data"] for one in used.answers if one["type"] in (4, 7) and one.get("data")]
        standing = [used.original] if used.original and (used.original.get("embeds") or used.original.get("content")) else []
        return [*forms, *(standing or answers), *used.followups]

    async def _wait(self, used: DiscordUse) -> list[Json]:
        try:
            await self.server.until(lambda: bool(self._seen(used)), PATIENCE_S)
        except TimeoutError:
            return []
        return self._seen(used)

    async def command(self, command: Command, given: dict[str, str], language: str, *, right: bool = True) -> list[Json]:
        options: list[Json] = []
        resolved: Json = {}
        for one in command.arguments:
            if one.name not in given:
                continue
            kind = {ArgumentKind.FLAG: 5, ArgumentKind.FILE: 11, ArgumentKind.NUMBER: 4, ArgumentKind.CHANNEL: 7}.get(one.kind, 3)
            value: Any = given[one.name]
            if one.kind is ArgumentKind.FILE:
                self.server.files[FILE[0]] = FILE
                url = self.server.api.replace("/api/v10", f"/files/{FILE[0]}")
                resolved = {"attachments": {"5": {"id": "5", "filename": FILE[0], "url": url, "proxy_url": url, "size": len(FILE[1]), "content_type": "text/plain"}}}
                value = "5"
            options.append({"name": one.name, "type": kind, "value": value})
        if command.group:
            options = [{"name": command.name, "type": 1, "options": options}]
        used = await self.server.command(
            self.channel[language], command.group or command.name, options, locale=LOCALES[language], resolved=resolved or None,
            permissions=EVERYTHING if right else "0", user="77" if right else "78",
        )  # fmt: skip
        return await self._wait(used)

    async def press(self, message: Json, action: str, language: str) -> list[Json]:
        whole = {**self.server._message(self.server.channels[self.channel[language]], message), **message}
        used = await self.server.press(self.channel[language], whole, action, permissions=EVERYTHING, locale=LOCALES[language])
        return await self._wait(used)

    async def submit(self, form: Json, values: dict[str, str], language: str) -> list[Json]:
        used = await self.server.submit(self.channel[language], form["custom_id"], values, permissions=EVERYTHING)
        return await self._wait(used)

    def fields(self, form: Json) -> dict[str, str]:
        inner = [row["component"] for row in form.get("components", []) if "component" in row]
        return {one["custom_id"]: str(one.get("value") or one.get("options", [{}])[0].get("value", "")) for one in inner}

    def is_form(self, message: Json) -> bool:
        return "custom_id" in message and "components" in message and "embeds" not in message

    async def menu(self, key: str, name: str, language: str, text: str) -> list[Json]:
        seen = await self.server.say(self.channel[language], text, mention=False)
        used = await self.server.command(
            self.channel[language], name, kind=3, target=seen["id"], permissions=EVERYTHING, locale=LOCALES[language]
        )
        return await self._wait(used)

    async def ask(self, how: str, language: str) -> list[Json]:
        server, channel = self.server, self.channel[language]
        if how == "in a direct message":
            place = server.direct("77").id
            before = len(server.messages(place))
            await server.say(place, ASKED, mention=False)
            return await self._new(place, before)
        if how == "as a reply to ours":
            ours = server.messages(channel)
            asked = await server.say(channel, ASKED, reply_to=ours[-1]["id"] if ours else "")
        else:
            asked = await server.say(channel, ASKED)
        found = await self._new(asked["id"], 0)
        if how == "as a follow-up in a thread" and found:
            before = len(server.messages(asked["id"]))
            await server.say(asked["id"], "And when?")
            return await self._new(asked["id"], before)
        return found

    async def _new(self, place: str, before: int) -> list[Json]:
        server = self.server
        try:
            await server.until(lambda: place in server.channels and len(server.messages(place)) > before, PATIENCE_S)
        except TimeoutError:
            return []
        return server.messages(place)[before:]

    def buttons(self, message: Json) -> dict[str, str]:
        rows = message.get("components", []) if not self.is_form(message) else []
        inner = [one for row in rows for one in row.get("components", [])]
        return {one["custom_id"].removeprefix("v1:").partition(":")[0]: one["custom_id"] for one in inner if "custom_id" in one and one.get("type") == 2}


class OnSlack:
    """People on Slack."""

    platform = "slack"

    def __init__(self, server: SlackServer, site: WebServer) -> None:
        self.server, self.site = server, site
        self.channel = {"en": server.add_channel("news").id, "de": server.add_channel("nachrichten").id}
        self.people = {("en", True): "U0001", ("de", True): "U0002", ("en", False): "U0003", ("de", False): "U0004"}
        for (language, right), user in self.people.items():
            server.add_user(user, name=user.lower(), locale=f"{language}-{'US' if language == 'en' else 'DE'}", is_admin=right, is_owner=right)

    def _all(self, used: SlackUse | None) -> list[Json]:
        server = self.server
        own = [one for channel in server.channels for one in server._own(channel)]
        mine = [*used.views, *used.answers, *(one for one in used.acks if one)] if used else []
        edited = [one for one in own if one.get("edited")]
        return [*mine, *server.ephemerals, *own, *edited]

    async def _news(self, before: list[Json], used: SlackUse | None) -> list[Json]:
        known = {id(one) for one in before}

        def news() -> list[Json]:
            return [one for one in self._all(used) if id(one) not in known and told(one)]

        try:
            await self.server.until(lambda: bool(news()), PATIENCE_S)
        except TimeoutError:
            return []
        seen = 0
        while len(news()) > seen:  # what else belongs to this reply
            seen = len(news())
            await asyncio.sleep(SETTLED_S)
        return news()

    async def command(self, command: Command, given: dict[str, str], language: str, *, right: bool = True) -> list[Json]:
        text = [command.on_slack]
        first = next((one.name for one in command.arguments if one.required), "")
        for one in command.arguments:
            if one.name in given and one.kind is not ArgumentKind.FILE:
                value = f"<#{given[one.name]}>" if one.kind is ArgumentKind.CHANNEL else given[one.name]
                text.append(value if one.name == first else f"{one.name}:{value}")
        before = self._all(None)
        used = await self.server.command(self.channel[language], " ".join(text), user=self.people[language, right])
        return await self._news(before, used)

    async def press(self, message: Json, action: str, language: str) -> list[Json]:
        before = self._all(None)
        used = await self.server.press(
            message.get("channel") or self.channel[language], message, action, user=self.people[language, True], ephemeral="ts" not in message
        )
        return await self._news(before, used)

    async def submit(self, form: Json, values: dict[str, Any], language: str) -> list[Json]:
        before = self._all(None)
        used = await self.server.submit(form, values, user=self.people[language, True])
        return await self._news(before, used)

    def fields(self, form: Json) -> dict[str, Any]:
        values: dict[str, Any] = {}
        for block in form["blocks"]:
            element = block.get("element") or {}
            if element.get("type") == "file_input":
                values[block["block_id"]] = [self.server.add_file(*FILE)]
            elif element.get("initial_value"):
                values[block["block_id"]] = element["initial_value"]
        return values

    def is_form(self, message: Json) -> bool:
        return message.get("type") == "modal"

    async def menu(self, key: str, name: str, language: str, text: str) -> list[Json]:
        seen = await self.server.say(self.channel[language], text, mention=False, deliver=False)
        before = self._all(None)
        used = await self.server.shortcut(
            key.replace(" ", "_"), user=self.people[language, True], channel=self.channel[language], message=seen
        )
        return await self._news(before, used)

    async def ask(self, how: str, language: str) -> list[Json]:
        user, channel = self.people[language, True], self.channel[language]
        before = self._all(None)
        if how == "in a direct message":
            await self.server.say(self.server.direct(user).id, ASKED, mention=False, user=user)
            return await self._news(before, None)
        thread = ""
        if how == "as a reply to ours":
            ours = self.server.messages(channel)
            thread = ours[-1]["ts"] if ours else ""
        asked = await self.server.say(channel, ASKED, user=user, thread=thread)
        found = await self._news(before, None)
        if how == "as a follow-up in a thread" and found:
            before = self._all(None)
            await self.server.say(channel, "And when?", user=user, thread=asked["ts"])
            return await self._news(before, None)
        return found

    def buttons(self, message: Json) -> dict[str, str]:
        if self.is_form(message):
            return {}
        inner = [one for block in message.get("blocks", []) if block["type"] == "actions" for one in block["elements"]]
        pressed = [one["action_id"] for one in inner if one["type"] == "button" and "url" not in one]
        return {re.sub(r"^(?:v1:)?(?:\d+:)?", "", one).partition(":")[0]: one for one in pressed}


async def fill(table: Table, on: OnDiscord | OnSlack, language: str) -> None:
    """Every line of one platform and language."""
    site, channel = on.site, on.channel[language]
    given = {
        "question": ASKED, "words": "dam Lindholm", "item": "#1", "url": site.at(f"/{on.platform}-{language}.xml"), "source": "#1",
        "time": "07:30", "timezone": "Europe/Berlin", "from": "22:00", "to": "07:00", "action": "export", "channel": channel,
        "file": "file", "forget": "true",
    }  # fmt: skip
    pressed: set[str] = set()

    async def press_all(messages: list[Json], depth: int = 0) -> None:
        for message in messages:
            if on.is_form(message):
                await send_off(message)
                continue
            for verb, action in on.buttons(message).items():
                if verb in pressed or verb in NOT_PRESSED or depth > 3:
                    continue
                pressed.add(verb)
                found = await on.press(message, action, language)
                table.add(on.platform, language, f"button {verb}", told(*found))
                if verb == "follow" and (number := re.search(r"#(\d+)", told(*found).replace("\\", ""))):
                    given["source"] = f"#{number[1]}"
                await press_all(found, depth + 1)

    async def send_off(form: Json) -> None:
        name = str(form.get("callback_id") or form.get("custom_id") or "").partition(":")[0]
        found = await on.submit(form, on.fields(form), language)
        table.add(on.platform, language, f"form {name}", told(*found))

    for how in ("as a mention", "as a follow-up in a thread", "as a reply to ours", "in a direct message"):
        found = await on.ask(how, language)
        table.add(on.platform, language, f"question {how}", told(*found))
        await press_all(found)
    for command in COMMANDS:
        wanted = {one.name: given.get(one.name, one.choices[0] if one.choices else "1") for one in command.arguments if one.required}
        if command.key == "news me":
            wanted["forget"] = "true"
        if command.key == "brief quiet":
            wanted["to"] = "07:00"
        if command.key == "brief set":
            wanted["timezone"] = "Europe/Berlin"
        if command.right > Right.EVERYONE:
            refused = await on.command(command, wanted, language, right=False)
            table.add(on.platform, language, f"{command.key}, without the right", told(*refused))
        found = await on.command(command, wanted, language)
        table.add(on.platform, language, command.key, told(*found))
        await press_all(found)
        if command.key == "newsadmin pause":
            await on.command(command, {"all": "resume"}, language)
    link = site.at("/article.html")
    for key, english, german, _ in MESSAGE_MENUS:
        text = f"See {link} where it says “340 people were brought to safety by boats”"
        found = await on.menu(key, english if language == "en" or on.platform == "discord" else german, language, text)
        table.add(on.platform, language, f"menu {english}", told(*found))
        await press_all(found)
    if isinstance(on, OnSlack):
        for shortcut in (one for one in manifest()["features"]["shortcuts"] if one["type"] == "global"):
            before = on._all(None)
            used = await on.server.shortcut(shortcut["callback_id"], user=on.people[language, True])
            table.add(on.platform, language, f"shortcut {shortcut['name']}", told(*await on._news(before, used)))
        user = on.people[language, True]
        await on.server.open_home(user)
        with contextlib.suppress(TimeoutError):
            await on.server.until(lambda: user in on.server.homes, PATIENCE_S)
        table.add(on.platform, language, "App Home", told(on.server.homes.get(user, {})))
    await errors(table, on, language)


async def errors(table: Table, on: OnDiscord | OnSlack, language: str) -> None:
    """What goes wrong, each with its cause and its cure."""
    by_key = {one.key: one for one in COMMANDS}
    site = on.site
    cases: list[tuple[str, str, dict[str, str]]] = [
        ("page, no feed", "source add", {"url": site.at("/article.html")}),
        ("feed broken", "source add", {"url": site.at("/broken.xml")}),
        ("refused by the server", "source add", {"url": site.at("/forbidden.xml")}),
        ("address gone", "source add", {"url": site.at("/nowhere.xml")}),
        ("private address", "source add", {"url": "http://10.0.0.7/feed.xml"}),
        ("no address", "source add", {"url": "not an address"}),
        ("known already", "source add", {"url": site.at(f"/{on.platform}-{language}.xml")}),
        ("no such source", "source pause", {"source": "#999"}),
        ("nothing found", "ask", {"question": "Who painted the ceiling of the opera house?"}),
        ("nothing found, words", "news find", {"words": "zeppelin"}),
        ("nothing known of it", "news why", {"item": "https://example.org/unknown"}),
        ("limit of one in a quarter of an hour", "news now", {}),
        ("no such time", "brief set", {"time": "sometimes"}),
        ("no such zone", "brief set", {"time": "07:30", "timezone": "Atlantis"}),
        ("no such day", "brief skip", {"date": "2026-02-30"}),
    ]
    for name, key, given in cases:
        if key in by_key:
            table.add(on.platform, language, f"error: {name}", told(*await on.command(by_key[key], given, language)))


async def run(platforms: list[str], folder: Path) -> Table:
    table = Table()
    (folder / "seeds").mkdir()
    (folder / "seeds" / "dam.txt").write_text(DAM)
    async with DiscordServer() as discord, SlackServer() as slack, WebServer() as site:
        site.pages["/article.html"] = answer(b"<html><title>Dam</title><body><p>The dam at Lindholm broke.</p></body></html>", Content_Type="text/html")
        site.pages["/broken.xml"] = answer(b"<rss><channel><title>Broken</title><item><title>x</oops>", Content_Type="application/rss+xml")
        site.pages["/forbidden.xml"] = answer(b"no", "403 Forbidden")
        for platform in ("discord", "slack"):
            for language in LOCALES:
                items = [entry(f"{name}-{platform}-{language}", link=f"https://paper.example/{name}-{platform}-{language}") for name in ("bridge", "ferry")]
                feed = rss(*items, title=f"Courier {platform} {language}")
                site.pages[f"/{platform}-{language}.xml"] = answer(feed, Content_Type="application/rss+xml")
        desks: list[OnDiscord | OnSlack] = [OnDiscord(discord, site), OnSlack(slack, site)]
        process = await started(folder, discord, slack, site)
        try:
            await discord.until(lambda: bool(discord.commands), 120)
            await slack.until(lambda: slack.connections > 0, 120)
            for on in desks:
                for language in LOCALES if on.platform in platforms else ():
                    await fill(table, on, language)
        finally:
            process.kill()
            await process.wait()
    return table


async def started(folder: Path, discord: DiscordServer, slack: SlackServer, site: WebServer) -> asyncio.subprocess.Process:
    """`verbatim run` in a folder of its own, with both platforms."""
    kept = {key: value for key, value in os.environ.items() if not key.startswith("VERBATIM_")}
    environment = {
        **kept, "VERBATIM_DATA_DIR": str(folder / "data"), "VERBATIM_SEEDS_DIR": str(folder / "seeds"),
        "VERBATIM_DISCORD_TOKEN": discord.token, "VERBATIM_DISCORD_API": discord.api,
        "VERBATIM_SLACK_BOT_TOKEN": slack.bot_token, "VERBATIM_SLACK_APP_TOKEN": slack.app_token, "VERBATIM_SLACK_API": slack.api,
        "VERBATIM_FETCH_ALLOWED_NETWORKS": "127.0.0.0/8", "VERBATIM_FETCH_EXTRA_PORTS": str(site.port),
        "VERBATIM_FETCH_HOST_DISTANCE_S": "0", "VERBATIM_DICTIONARY_FILE": os.devnull, "VERBATIM_LOG_LEVEL": "debug",
        "PYTHONPATH": str(ROOT),
    }  # fmt: skip
    with (folder / "log.txt").open("ab") as log:
        return await asyncio.create_subprocess_exec(
            sys.executable, "-P", "-m", "bot", "run", cwd=folder, env=environment,
            stdin=asyncio.subprocess.DEVNULL, stdout=asyncio.subprocess.DEVNULL, stderr=log,
        )  # fmt: skip


def main() -> None:
    parser = argparse.ArgumentParser(description=(__doc__ or "").splitlines()[0])
    parser.add_argument("--platform", action="append", choices=["discord", "slack"], help="Only this one.")
    parser.add_argument("--out", type=Path, help="Where the table is written, too.")
    parser.add_argument("--log", type=Path, help="Where the program's own log is kept.")
    chosen = parser.parse_args()
    with tempfile.TemporaryDirectory(prefix="table-", ignore_cleanup_errors=True) as folder:
        table = asyncio.run(run(chosen.platform or ["discord", "slack"], Path(folder)))
        log = (Path(folder) / "log.txt").read_text("utf-8", "replace")
        if chosen.log:
            chosen.log.write_text(log, "utf-8")
    if chosen.out:
        chosen.out.write_text("\n".join(table.lines) + "\n", "utf-8")
    told_in_log = leaks(log, secrets=TOKENS, texts=(DAM, ASKED, FILE[1].decode()), names=("reader77", "u0001"))
    print(f"{len(table.lines)} lines, {table.missing} of them without a reply")
    print(f"{len(log.splitlines())} lines in the log; " + ("; ".join(told_in_log) or "no secret, no words of anybody in them"))
    sys.exit(bool(table.missing or told_in_log))


if __name__ == "__main__":
    main()
