"""What a check found: one thing that was tested, how it stands, and what mends it; in German and English."""

from __future__ import annotations

from dataclasses import dataclass
from email.utils import parsedate_to_datetime
from enum import StrEnum
from typing import TYPE_CHECKING, Final

from bot.chat.foreign_words import seen
from bot.chat.messages import Block, Heading, Message, Paragraph, Points, Tone
from bot.chat.texts import say

if TYPE_CHECKING:
    from collections.abc import Sequence
    from datetime import datetime

    from bot.domain import Scope
    from bot.library.desk import Desk

_LINES: Final = 5
_LOOKED_AT: Final = 500  # documents
_NAMED: Final = 3
_SERIOUS: Final = ("hidden", "tag characters", "language model")  # a soft hyphen too many is no attack
CLOCK_S: Final = 30.0  # signatures are good for minutes, but a brief that is half a minute off is seen


class Verdict(StrEnum):
    GOOD = "pass"
    BAD = "fail"
    OPEN = "open"  # it could not be tested, or is not in use


_MARKS = {Verdict.GOOD: "✔", Verdict.BAD: "✘", Verdict.OPEN: "–"}


@dataclass(frozen=True, slots=True)
class Finding:
    """`key` names what was tested: its name is the text `check-<key>`, its cure `mend-<key>`. `facts` are the same in
    every language: numbers, names, codes; `where` is a channel or a platform."""

    key: str
    verdict: Verdict
    facts: str = ""
    where: str = ""
    mend: str = ""  # names the cure where the same thing may fail in several ways

    def name(self, language: str) -> str:
        told = say(f"check-{self.key}", language)
        return f"{told} ({self.where})" if self.where else told

    def cure(self, language: str) -> str:
        """What mends it; "" when nothing is wrong."""
        if self.verdict is not Verdict.BAD:
            return ""
        return say(f"mend-{self.mend or self.key}", language, facts=self.facts)

    def line(self, language: str) -> str:
        """One line: how it stands, and what mends it."""
        head = f"{_MARKS[self.verdict]} {self.name(language)}"
        head += f": {self.facts}" if self.facts else ""
        return f"{head} → {cure}" if (cure := self.cure(language)) else head

    def data(self, language: str) -> dict[str, str]:
        return {
            "check": self.key, "verdict": str(self.verdict), "where": self.where, "facts": self.facts,
            "name": say(f"check-{self.key}", language), "cure": self.cure(language),
        }  # fmt: skip


def clock_finding(date: str, now: datetime, where: str) -> Finding:
    """How far our clock is from a platform's, by the Date of its answer, which is good to a second."""
    try:
        off_s = (now - parsedate_to_datetime(date)).total_seconds()
    except (TypeError, ValueError):  # no date, or one without a zone
        return Finding("clock", Verdict.OPEN, where=where)
    facts = f"{off_s:+.0f} s"
    return Finding("clock", Verdict.GOOD if abs(off_s) <= CLOCK_S else Verdict.BAD, facts, where)


def suspicious_finding(desk: Desk, scope: Scope) -> Finding:
    """Which of the last documents that a place sees hide something from readers, or speak to a model."""
    found = [
        (document, ", ".join(serious))
        for document, signs in desk.suspicious(scope, limit=_LOOKED_AT)
        if (serious := [sign for sign in signs if any(word in sign for word in _SERIOUS)])
    ]
    named = "; ".join(f"#{document.id} {seen(document.name)[:60]} ({signs})" for document, signs in found[:_NAMED])
    facts = f"{len(found)}: {named}{' …' if len(found) > _NAMED else ''}" if found else "0"
    return Finding("suspicious", Verdict.OPEN if found else Verdict.GOOD, facts)


def findings_message(findings: Sequence[Finding], language: str) -> Message:
    """What fails first, each with its cure; then what is well."""
    failed = [one for one in findings if one.verdict is Verdict.BAD]
    well = [one for one in findings if one.verdict is not Verdict.BAD]
    passed = sum(one.verdict is Verdict.GOOD for one in findings)
    told = say("checks-told", language, failed=len(failed), passed=passed)
    blocks: list[Block] = [Heading(say("checks-head", language)), Paragraph(told, strong=bool(failed))]
    for found in (failed, well):  # in short lists: where a message gets too long, whole ones are left out at its end
        lines = [one.line(language) for one in found]
        blocks += [Points(tuple(lines[n : n + _LINES])) for n in range(0, len(lines), _LINES)]
    return Message(told, tuple(blocks), language, Tone.TROUBLE if failed else Tone.GOOD)
