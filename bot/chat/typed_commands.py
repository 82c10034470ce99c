"""Commands typed as words ("add https://… keep:Haushalt"), on Slack and in mentions, read by the table of commands."""

from __future__ import annotations

from dataclasses import dataclass
from functools import cache
from typing import Final

from bot.chat.commands import BY_KEY, COMMANDS, ArgumentKind, Command

_AROUND: Final = ' ,"„“”'
_SCHEDULES: Final = ("brief", "überblick")  # after a slash these set the schedule, in a mention they ask for news
_WHAT_IS_NEW: Final = frozenset(
    {
        "what's new", "what is new", "what's the news", "any news", "news", "was ist neu", "was gibt es neues",
        "was gibt's neues", "gibt es etwas neues", "gibt es was neues", "gibt's was neues", "neuigkeiten",
    }
)  # fmt: skip


def asks_what_is_new(text: str) -> bool:
    """Whether the whole of a question is "What's new?", which no passage answers: it asks for a brief."""
    return " ".join(text.replace("’", "'").split()).strip(" ?!.…").casefold() in _WHAT_IS_NEW


@dataclass(frozen=True, slots=True)
class Typed:
    """Words that were typed as a command: which one, with which arguments; `problem` says what does not fit."""

    command: Command
    arguments: dict[str, str]
    problem: str = ""  # a key of `texts`, empty when all is well


def _words_for(command: Command) -> tuple[str, ...]:
    if command.group == "newsadmin":  # its verbs are typed after "admin": some are another command's
        return command.on_slack, f"admin {command.german}"
    if command.group == "brief":
        return command.on_slack, *command.synonyms
    return command.on_slack, command.german, *command.synonyms


@cache
def _verbs() -> list[tuple[str, Command]]:
    """Every way of typing a command, the longest first."""
    typed = [
        (word.casefold(), command)
        for command in COMMANDS
        for word in _words_for(command)
    ]
    return sorted(typed, key=lambda pair: -len(pair[0]))


def typed_command(text: str, *, slash: bool = False) -> Typed | None:
    """The command that someone typed as words ("add https://… keep:Haushalt"), None when the text begins with none.

    `name:value` gives an argument by its name in either language, quotation marks around a value hold it together; what
    stands without a name is the first required argument. `slash`: it was typed after a slash, not in a mention.
    """
    folded = " ".join(text.split())
    if asks_what_is_new(text) and not slash:
        return Typed(BY_KEY["news now"], {})
    for verb, meant in _verbs():
        if folded.casefold() == verb or folded.casefold().startswith(verb + " "):
            command = BY_KEY["brief set"] if slash and verb in _SCHEDULES else meant
            return _with_arguments(command, folded[len(verb) :].strip())
    return None


def _with_arguments(command: Command, rest: str) -> Typed:
    names = {word.casefold(): one for one in command.arguments for word in (one.name, one.german) if word}
    given: dict[str, str] = {}
    free: list[str] = []
    for word in _words(rest):
        name, colon, value = word.partition(":")
        argument = names.get(name.casefold()) if colon and not value.startswith("//") else None
        if argument is None:
            free.append(word)
        else:
            given[argument.name] = value.strip(_AROUND)
    if free:
        first = next((one for one in command.arguments if one.required), None) or next(iter(command.arguments), None)
        if first is None:
            return Typed(command, given, "too-many-words")
        given.setdefault(first.name, " ".join(free).strip(_AROUND))
    for argument in command.arguments:
        value = given.get(argument.name, "")
        if argument.required and not value and argument.kind is not ArgumentKind.FILE:
            return Typed(command, given, "argument-missing")
        if value and argument.choices and value.casefold() not in argument.choices:
            return Typed(command, given, "argument-unknown")
    return Typed(command, given)


def _words(text: str) -> list[str]:
    """The words of a line; quotation marks hold words together, also after `name:`."""
    words: list[str] = []
    word, inside = "", False
    for letter in text:
        if letter in '"„“”':
            inside = not inside
            word += letter
        elif letter.isspace() and not inside:
            if word:
                words.append(word)
            word = ""
        else:
            word += letter
    return [*words, word] if word else words
