"""Slack's events as requests in our words. Pure: it takes the raw JSON and asks nobody.

A message is named by its channel and its time, so the same words are one request however they come: as `app_mention`,
as `message`, delivered again, or read back later. Whatever else happens is named by its trigger.
"""

from __future__ import annotations

import html
import re
from dataclasses import dataclass
from datetime import UTC, datetime
from typing import Any, Final

import msgspec

from bot.chat.commands import BY_KEY, MESSAGE_MENUS
from bot.chat.foreign_words import LIVE, without_stops
from bot.chat.requests import IncomingFile, MessageSeen, Person, Place, Request, RequestKind
from bot.chat.slack.face import ANSWER_AT, ASKED_AT
from bot.chat.typed_commands import typed_command

FORM_OF_COMMAND: Final = "command:"  # a form, a button or a shortcut that stands for a command of the table
_SHORTCUTS: Final = {f"{FORM_OF_COMMAND}news now": "brief-me"}  # it asks for the channel first
_VERSION: Final = "v1:"
_ANGLE: Final = re.compile(r"<([^<>]{1,4000})>")
_MENUS: Final = frozenset(key for key, _, _, _ in MESSAGE_MENUS)
_SPOKEN: Final = (None, "file_share", "thread_broadcast")  # kinds of messages that a person wrote
_HELP: Final = "news help"
_OUTER: Final = ("event", "user", "team", "channel", "view", "message", "container")

Json = dict[str, Any]


@dataclass(frozen=True, slots=True)
class Came:
    """Who did something where, as far as the event itself says."""

    kind: RequestKind
    user: str
    channel: str = ""
    thread: str = ""
    message: str = ""  # the time of the message, which is its name in its channel
    direct: bool = False
    private: bool | None = None  # None: the event does not say
    trigger: str = ""
    answer_at: str = ""
    home: bool = False  # it was done on our own page


def instant_of(ts: str) -> datetime | None:
    """When a message was written: "1712345678.000100"."""
    try:
        return datetime.fromtimestamp(float(ts), UTC)
    except (ValueError, OverflowError, OSError):
        return None


def delivery_id(body: Json) -> str:
    """The name of one delivery, the same when Slack repeats it; "" when the event brings none."""
    for key in ("event_id", "trigger_id"):
        if isinstance(body.get(key), str) and body[key]:
            return str(body[key])
    return ""


def team_of(body: Json) -> str:
    """The workspace that an event comes from, "" when it does not say."""
    named = body.get("team_id")
    if isinstance(named, str) and named:
        return named
    for key in ("team", "user"):
        inner = body.get(key)
        if isinstance(inner, dict):
            found = inner.get("id") if key == "team" else inner.get("team_id")
            if isinstance(found, str) and found:
                return found
    return ""


def is_readable(body: Any) -> bool:
    """Whether a body has the shape that everything here relies on."""
    if not isinstance(body, dict):
        return False
    if any(key in body and not isinstance(body[key], dict | str | None) for key in _OUTER):
        return False
    if body.get("type") == "event_callback":
        event = body.get("event")
        return isinstance(event, dict) and isinstance(event.get("type"), str)
    kind = body.get("type")
    if kind == "block_actions":
        actions = body.get("actions")
        first = actions[0] if isinstance(actions, list) and actions else None
        return isinstance(first, dict) and isinstance(first.get("action_id"), str)
    if kind in ("view_submission", "shortcut", "message_action"):
        named = body.get("view") if kind == "view_submission" else body
        return isinstance(named, dict) and isinstance(named.get("callback_id"), str)
    return isinstance(body.get("command"), str) or isinstance(body.get("type"), str)


def came(body: Json) -> Came | None:
    """What of an event concerns us; None when nothing does."""
    kind = body.get("type")
    if kind == "event_callback":
        return _event(body["event"])
    if isinstance(body.get("command"), str):
        name, channel = body.get("channel_name"), _text(body.get("channel_id"))
        direct = name == "directmessage" or channel.startswith("D")
        return Came(
            RequestKind.COMMAND, _text(body.get("user_id")), channel, direct=direct,
            private=direct or name == "privategroup", trigger=_text(body.get("trigger_id")),
            answer_at=_text(body.get("response_url")),
        )  # fmt: skip
    if kind in ("block_actions", "message_action", "shortcut", "view_submission", "block_suggestion"):
        return _interaction(body, str(kind))
    return None


def _event(event: Json) -> Came | None:
    kind, channel = event["type"], _text(event.get("channel"))
    user = _text(event.get("user"))
    if kind == "app_home_opened" and event.get("tab", "home") == "home":
        return Came(RequestKind.HOME, user, user, direct=True, private=True, home=True)
    direct = channel.startswith("D") or event.get("channel_type") == "im"
    if kind not in ("app_mention", "message") or direct is not (kind == "message"):
        return None  # in a channel the mention counts, in a direct message the message
    if event.get("bot_id") or event.get("subtype") not in _SPOKEN:
        return None
    private = True if direct or event.get("channel_type") in ("group", "mpim") else None
    thread = _text(event.get("thread_ts"))
    return Came(RequestKind.QUESTION, user, channel, thread, _text(event.get("ts")), direct=direct, private=private)


def _interaction(body: Json, kind: str) -> Came:
    view, container = _object(body, "view"), _object(body, "container")
    channel, message = _object(body, "channel"), _object(body, "message")
    where = place_in(view)
    name = _text(channel.get("name"))
    channel_id = _text(channel.get("id")) or where.get("c", "")
    direct = channel_id.startswith("D") or name == "directmessage" or where.get("d") == "1" or not channel_id
    user = _text(_object(body, "user").get("id"))
    private = None
    if direct or name == "privategroup" or where.get("p") == "1":
        private = True
    elif "c" in where:
        private = False
    kinds = {
        "block_actions": RequestKind.BUTTON, "message_action": RequestKind.MESSAGE_MENU,
        "shortcut": RequestKind.COMMAND, "view_submission": RequestKind.FORM, "block_suggestion": RequestKind.FORM,
    }  # fmt: skip
    return Came(
        kinds[kind], user, channel_id or user,
        _text(container.get("thread_ts")) or _text(message.get("thread_ts")) or where.get("t", ""),
        _text(message.get("ts")), direct=direct, private=private, trigger=_text(body.get("trigger_id")),
        answer_at=_text(body.get("response_url")) or where.get("r", ""),
        home=container.get("type") == "view" and view.get("type") == "home",
    )  # fmt: skip


def request_of(
    body: Json, what: Came, place: Place, person: Person, *, own_id: str, delivery: str, now: datetime
) -> Request | None:
    """The event as a request; None for a press that asks for nothing (a button that only opens a link).

    `delivery` names whatever is no message.
    """
    at = instant_of(what.message) if what.kind is RequestKind.QUESTION else None
    base: Json = {
        "id": f"{place.workspace}-{delivery}", "kind": what.kind, "place": place,
        "person": person, "at": at or now, "arguments": {ANSWER_AT: what.answer_at} if what.answer_at else {},
    }  # fmt: skip
    if what.kind is RequestKind.QUESTION:
        event = body["event"]
        base |= {"id": message_id(place.workspace, what.channel, what.message), "name": ""}
        base["arguments"] = {ASKED_AT: what.message}
        # A thread is named by the message it hangs on; what is said in a direct message itself is one conversation.
        thread = place.thread or ("" if place.direct else what.message)
        base["conversation"] = f"{place.workspace}/{what.channel}/{thread}"
        return Request(**base, text=words_of(_text(event.get("text")), own_id), files=_files(event.get("files")))
    if what.kind is RequestKind.HOME:
        return Request(**base, name="home")
    if "command" in body:
        return _command(base, _text(body.get("text")))
    if body["type"] == "block_actions":
        return _press(base, body, own_id)
    if body["type"] == "view_submission":
        return _submission(base, _object(body, "view"))
    name = _text(body.get("callback_id"))
    if body["type"] == "shortcut":
        return Request(**{**base, "name": _SHORTCUTS.get(name, name.removeprefix(FORM_OF_COMMAND))})
    message = _object(body, "message")
    known = name if name in _MENUS else name.replace("_", " ")
    return Request(**base, name=known, about=message_seen(message, own_id))


def message_id(workspace: str, channel: str, ts: str) -> str:
    """The name of a message, wherever it comes from. It holds no colon: names of buttons end with it."""
    return f"{workspace}-{channel}-{ts}"


def _command(base: Json, text: str) -> Request:
    """`/news …`: the verb and its arguments. What is no verb stays the name, so that it can be said to be unknown."""
    typed = typed_command(words_of(text, "", ids=True), slash=True)
    if typed is not None:
        arguments = {**base["arguments"], **typed.arguments}
        return Request(**{**base, "name": typed.command.key, "arguments": arguments}, text=typed.problem)
    first = text.split(maxsplit=1)
    return Request(**base, name=first[0][:40].replace(":", " ") if first else _HELP)


def _press(base: Json, body: Json, own_id: str) -> Request | None:
    actions = body.get("actions") or [{}]
    action = actions[0] if isinstance(actions, list) and isinstance(actions[0], dict) else {}
    name = _text(action.get("action_id")).removeprefix(_VERSION).partition(":")[2]
    if not name:
        return None
    value = _text(_object(action, "selected_option").get("value"))
    message = _object(body, "message")
    arguments = {**base["arguments"], **({"value": value} if value else {})}
    about = message_seen(message, own_id) if message else None
    return Request(**{**base, "name": name, "arguments": arguments}, about=about)


def _submission(base: Json, view: Json) -> Request:
    name = _text(view.get("callback_id")).removeprefix(_VERSION)
    values = _object(_object(view, "state"), "values")
    arguments: dict[str, str] = dict(base["arguments"])
    files: list[IncomingFile] = []
    for block, inputs in values.items():
        for one in inputs.values() if isinstance(inputs, dict) else ():
            files += _files(one.get("files"))
            arguments[block] = _value(one)
    kind = RequestKind.FORM
    if name.startswith(FORM_OF_COMMAND):
        name, kind = name.removeprefix(FORM_OF_COMMAND), RequestKind.COMMAND
        known = BY_KEY[name].arguments if name in BY_KEY else ()
        arguments = {key: value for key, value in arguments.items() if value or key not in {a.name for a in known}}
    return Request(**{**base, "name": name, "kind": kind, "arguments": arguments}, files=tuple(files))


def _value(one: Json) -> str:
    """What was typed or chosen in one field of a form."""
    if several := one.get("selected_options"):
        return "\n".join(_text(_object({"o": option}, "o").get("value")) for option in several)
    for key in ("selected_conversation", "selected_channel", "selected_date", "value"):
        if isinstance(one.get(key), str):
            return str(one[key])
    return _text(_object(one, "selected_option").get("value"))


def typed_so_far(body: Json) -> tuple[str, str, str]:
    """For suggestions: the command, the argument that is being typed, and what stands there."""
    _, command, argument = [*_text(body.get("action_id")).split(":", 2), "", ""][:3]
    return command, argument, _text(body.get("value"))


def place_in(view: Json) -> dict[str, str]:
    """Where a form was opened, as it was written into it."""
    try:
        return msgspec.json.decode(_text(view.get("private_metadata")).encode(), type=dict[str, str])
    except (msgspec.MsgspecError, UnicodeError):
        return {}


def message_seen(message: Json, own_id: str) -> MessageSeen:
    """A message that a request is about, with every address that stands in it."""
    words = [words_of(_text(message.get("text")), "")]
    links = [found[1].partition("|")[0] for found in _ANGLE.finditer(_text(message.get("text")))]
    waiting: list[Any] = [message.get("blocks"), message.get("attachments")]
    while waiting:
        one = waiting.pop()
        if isinstance(one, dict):
            links += [_text(one.get(key)) for key in ("url", "title_link", "from_url", "original_url")]
            waiting += list(one.values())[::-1]
        elif isinstance(one, list):
            waiting += one[::-1]
    links += [without_stops(found[0]) for found in LIVE.finditer(words[0])]
    links = [html.unescape(one) for one in links if one.startswith(("http://", "https://"))]
    ours = _text(message.get("user")) == own_id
    return MessageSeen(_text(message.get("ts")), words[0], tuple(dict.fromkeys(links)), ours)


def words_of(text: str, own_id: str, *, ids: bool = False) -> str:
    """What a person typed: our own name taken away, Slack's signs for people, channels and addresses as words.

    `ids`: people and channels by their ids, as a command wants them, instead of their names.
    """

    def plain(found: re.Match[str]) -> str:
        what, _, label = found[1].partition("|")
        if own_id and what == f"@{own_id}":
            return " "
        if what.startswith(("@", "#", "!")):
            return what[1:] if ids else f"{what[0].replace('!', '@')}{label or what[1:]}"
        return label if what.startswith("mailto:") and label else what

    return " ".join(html.unescape(_ANGLE.sub(plain, text)).split())


def _files(listed: Any) -> tuple[IncomingFile, ...]:
    return tuple(
        IncomingFile(
            _text(one.get("name")), _text(one.get("url_private_download")) or _text(one.get("url_private")),
            int(one.get("size") or 0), _text(one.get("mimetype")),
        )
        for one in (listed if isinstance(listed, list) else ())
        if isinstance(one, dict)
    )  # fmt: skip


def _object(body: Json, key: str) -> Json:
    found = body.get(key)
    return found if isinstance(found, dict) else {}


def _text(value: Any) -> str:
    """A text as it may be kept: halves of letters, which JSON can name, become the sign for what is missing."""
    if not isinstance(value, str):
        return ""
    return value if value.isascii() else value.encode("utf-16-le", "surrogatepass").decode("utf-16-le", "replace")
