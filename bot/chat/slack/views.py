"""Forms as Slack's modals, filled in from the table of commands where a command lacks what it needs."""

from __future__ import annotations

from typing import Any, Final

import msgspec

from bot.chat.commands import Argument, ArgumentKind, Command
from bot.chat.foreign_words import seen, shortened
from bot.chat.messages import Choice, Field, FieldKind, Form
from bot.chat.requests import Place
from bot.chat.slack.events import FORM_OF_COMMAND
from bot.chat.texts import say

TITLE: Final = 24  # also of the buttons
LABEL: Final = 150  # Slack takes 2,000; nobody reads that
CHOICE: Final = 75
VALUE: Final = 150
CALLBACK: Final = 255
CHOICES: Final = 100
SUGGEST: Final = "suggest"
_TEXT: Final = 3_000
_FILES: Final = 1

Json = dict[str, Any]


def modal(form: Form, place: Place, answer_at: str) -> Json:
    """A form as a view; it carries where it was opened, because nothing else tells when it comes back."""
    return _view(form.action, form.title, form.submit, [_block(one) for one in form.fields], place, answer_at)


def command_modal(command: Command, given: dict[str, str], place: Place, answer_at: str, language: str) -> Json:
    """A form for a command that was called without what it needs, with what was given already."""
    german = language == "de"
    title = command.german if german else command.name
    submit = say("submit", language)
    blocks = [_argument(command, one, given.get(one.name, ""), german=german) for one in command.arguments]
    return _view(f"{FORM_OF_COMMAND}{command.key}", title.capitalize(), submit, blocks, place, answer_at)


def options_of(choices: list[Choice]) -> list[Json]:
    """Choices for a menu that asks while somebody types."""
    return [_option(one.value, one.label) for one in choices[:CHOICES] if one.value]


def _view(action: str, title: str, submit: str, blocks: list[Json], place: Place, answer_at: str) -> Json:
    where = {"c": place.channel, "t": place.thread, "d": "1" if place.direct else "", "r": answer_at}
    where["p"] = "1" if place.private else ""
    return {
        "type": "modal", "callback_id": f"v1:{action}"[:CALLBACK], "title": _plain(title, TITLE),
        "submit": _plain(submit, TITLE), "blocks": blocks,
        "private_metadata": msgspec.json.encode(where).decode(),
    }  # fmt: skip


def _plain(text: str, most: int) -> Json:
    return {"type": "plain_text", "text": shortened(seen(text), most) or "–", "emoji": False}


def _option(value: str, label: str) -> Json:
    return {"text": _plain(label, CHOICE), "value": value[:VALUE]}


def _input(name: str, label: str, element: Json, hint: str, *, required: bool) -> Json:
    block: Json = {
        "type": "input", "block_id": name, "label": _plain(label, LABEL), "optional": not required, "element": element,
    }  # fmt: skip
    return {**block, "hint": _plain(hint, LABEL)} if hint else block


def _block(field: Field) -> Json:
    """One question of a form."""
    element: Json = {"action_id": field.name}
    options = [_option(one.value, one.label) for one in field.choices[:CHOICES]]
    chosen = [one for one in options if one["value"] in field.value.split("\n")]
    if field.kind in (FieldKind.TEXT, FieldKind.LONG_TEXT):
        element |= {"type": "plain_text_input", "multiline": field.kind is FieldKind.LONG_TEXT, "max_length": _TEXT}
        if field.value:
            element["initial_value"] = field.value[:_TEXT]
    elif field.kind is FieldKind.FILE:
        element |= {"type": "file_input", "max_files": _FILES}
    elif field.kind is FieldKind.CHANNEL:
        element |= _channels(field.value)
    elif field.kind is FieldKind.CHOICES:
        element |= {"type": "multi_static_select", "options": options}
        if chosen:
            element["initial_options"] = chosen
    else:
        element |= {"type": "static_select", "options": options}
        if chosen:
            element["initial_option"] = chosen[0]
    return _input(field.name, field.label, element, field.hint, required=field.required)


def _channels(value: str) -> Json:
    element: Json = {
        "type": "conversations_select", "filter": {"include": ["public", "private"], "exclude_bot_users": True},
    }  # fmt: skip
    return {**element, "initial_conversation": value} if value else element


def _argument(command: Command, argument: Argument, given: str, *, german: bool) -> Json:
    """One argument of a command as a question."""
    language = "de" if german else "en"
    label = (argument.german if german else "") or argument.name
    hint = argument.german_about if german else argument.about
    element: Json = {"action_id": argument.name}
    if argument.kind is ArgumentKind.FILE:
        element |= {"type": "file_input", "max_files": _FILES}
    elif argument.kind is ArgumentKind.CHANNEL:
        element |= _channels(given)
    elif argument.choices:
        options = [_option(one, say(f"choice-{one}", language)) for one in argument.choices]
        element |= {"type": "static_select", "options": options}
        if chosen := [one for one in options if one["value"] == given]:
            element["initial_option"] = chosen[0]
    elif argument.kind is ArgumentKind.FLAG:
        element |= {"type": "checkboxes", "options": [_option("true", hint)]}
    elif argument.kind is ArgumentKind.NUMBER:
        element |= {"type": "number_input", "is_decimal_allowed": False}
    elif _is_suggested(argument):
        asked = f"{SUGGEST}:{command.key}:{argument.name}"
        element = {"action_id": asked, "type": "external_select", "min_query_length": 0}
    else:
        element |= {"type": "plain_text_input", "max_length": _TEXT}
        if given:
            element["initial_value"] = given[:_TEXT]
    return _input(argument.name, label.capitalize(), element, hint, required=argument.required)


def _is_suggested(argument: Argument) -> bool:
    """Whether it is one of what is there; an address may be any."""
    suggested = (ArgumentKind.TOPIC, ArgumentKind.ZONE, ArgumentKind.BRIEF)
    return argument.kind in suggested or (argument.kind is ArgumentKind.SOURCE and argument.name == "source")
