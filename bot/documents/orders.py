"""Words that are meant for a language model, not for readers: told to the owner, never acted on, never taken out.

A sentence that says "ignore all previous instructions" may be news. It is quotable like every other; whether a model
obeys it is a matter of what the model is shown and of the gate. This only says that it stands there.
"""

from __future__ import annotations

import re
from typing import Final

SIGN: Final = "orders to a language model"

# One of these stands in all that is looked for, in folded letters: nearly every document is done with them.
_HINTS: Final = (
    "instruct", "prompt", "anweisung", "vorgaben", "<|", "[inst]", "[/inst]", "<<sys", "<</sys", "language model",
    "sprachmodell",
)  # fmt: skip
_MACHINE: Final = re.compile(r"(?:[ak]i|llms?)\b")  # what stands before it is looked at after: that is far quicker
_ORDERS: Final = re.compile(
    r"\b(?:ignore|disregard|forget|override|bypass)\b[^.\n]{0,40}?\b(?:instructions?|prompts?|guidelines)\b"
    r"|\b(?:new|hidden|secret|reveal|print|repeat|show|output)\b[^.\n]{0,30}?\bsystem (?:prompt|message)\b"
    r"|\b(?:ignorier\w{0,4}|vergiss|vergessen|missacht\w{0,3})\b[^.\n]{0,40}?\b(?:Anweisung\w{0,2}|Vorgaben|Prompts?)\b"
    r"|\byou are (?:now )?(?:an AI|a language model|an? assistant|ChatGPT)\b"
    r"|\b(?:note|attention|instructions?|message) (?:to|for) (?:the |any |all )?(?:AI|LLMs?|language models?)\b"
    r"|\b(?:Hinweis|Anweisung\w{0,2}|Nachricht) (?:an|für) (?:die |das |alle )?(?:KI|Sprachmodelle?|Assistenten)\b"
    r"|<\|(?:im_start|im_end|system|user|assistant|eot_id|start_header_id)\|>|\[/?INST\]|<</?SYS>>"
    r"|^\s{0,4}#{2,4} (?:System|Instruction|Assistant)s?:?\s{0,4}$",
    re.IGNORECASE | re.MULTILINE,
)


def orders_in(text: str) -> tuple[str, ...]:
    """The sign, where a text holds such words; nothing where it does not. Linear, for any text."""
    folded = text.casefold()
    if not any(hint in folded for hint in _HINTS) and not any(
        _is_border(folded, one.start()) for one in _MACHINE.finditer(folded)
    ):
        return ()
    return (SIGN,) if _ORDERS.search(text) else ()


def _is_border(text: str, at: int) -> bool:
    """Whether a word may begin here."""
    return not at or not (text[at - 1].isalnum() or text[at - 1] == "_")
