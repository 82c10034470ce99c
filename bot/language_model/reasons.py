"""Why there is no reply of a model, for the person who asked, in German; the English words stand where it happens."""

from __future__ import annotations

from typing import Final

from bot.language_model.port import ModelFailed, ModelOutcome

_QUOTES: Final = "Hier stehen die Zitate selbst."
GERMAN: Final = {
    ModelOutcome.DOWN: "Das Sprachmodell ist gerade nicht zu erreichen.",
    ModelOutcome.SLOW: "Das Sprachmodell hat zu lange gebraucht.",
    ModelOutcome.LIMITED: "Das Sprachmodell nimmt gerade keine weiteren Anfragen an.",
    ModelOutcome.REFUSED: "Das Sprachmodell hat diese Anfrage nicht angenommen.",
    ModelOutcome.EMPTY: "Das Sprachmodell hat nichts gesagt.",
    ModelOutcome.CUT: "Was das Sprachmodell gesagt hat, ließ sich nicht lesen.",
    ModelOutcome.BUDGET: "Das Budget für das Sprachmodell ist aufgebraucht.",
    ModelOutcome.NOT_CONFIGURED: "Es ist kein Sprachmodell eingerichtet.",
}
GERMAN_BUDGETS: Final = {
    "question": "Diese Frage würde mehr kosten, als eine Frage darf.",
    "user": "Ihr Budget für das Sprachmodell ist für heute (UTC) aufgebraucht.",
    "channel": "Das Budget dieses Kanals für das Sprachmodell ist für heute (UTC) aufgebraucht.",
    "workspace": "Das Budget dieses Arbeitsbereichs für das Sprachmodell ist für heute (UTC) aufgebraucht.",
    "day": "Das Budget für das Sprachmodell ist für heute (UTC) aufgebraucht.",
}


def person_text(failed: ModelFailed, language: str) -> str:
    """What to say of a failure: in German for "de", else in English."""
    if language != "de":
        return failed.person
    if failed.shortage is not None:
        return f"{GERMAN_BUDGETS[failed.shortage.scope]} {_QUOTES}"
    return f"{GERMAN[failed.outcome]} {_QUOTES}"
