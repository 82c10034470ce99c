"""The gate: which sentences of a model may be said. Deterministic; it drops, says by which rule, and rewrites nothing.

Each rule is a question about one sentence and the quotes that it names. The order is that of cost and of harm: what
must never be in a channel first, then what the quotes have to bear out.
"""

from __future__ import annotations

import re
from collections.abc import Sequence
from dataclasses import dataclass
from datetime import date
from enum import StrEnum
from typing import TYPE_CHECKING, Final

from bot.grounding import (
    contrast_rule,
    date_rule,
    deed_rule,
    denied_rule,
    exchange_rule,
    hedge_rule,
    name_rule,
    negation_rule,
    number_rule,
    plan_rule,
    speaker_rule,
    surface_rules,
)
from bot.grounding.reply import Written, WrittenSentence
from bot.grounding.statement import Statement, statement

if TYPE_CHECKING:
    from collections.abc import Callable

    from bot.domain import ShownQuote
    from bot.grounding.numbered import NumberedSentence

    _Drop = Callable[..., "Dropped"]

MOST_SUPPORTS: Final = 8  # a sentence that names more quotes than these has none in particular
_NARROW_NO_BREAK: Final = str.maketrans({"\u00a0": " ", "\u202f": " ", "\u2009": " "})
_FEW = 3  # content words; of fewer, one that is there is enough
_COVERED = 0.35
_COVERED_ABROAD = 0.2  # our word list knows not every word


class Rule(StrEnum):
    """Why a sentence was dropped."""

    NO_SUPPORT = "no-support"
    FOREIGN_NUMBER = "foreign-number"
    LENGTH = "length"
    INVISIBLE = "invisible"
    LINK = "link"
    MENTION = "mention"
    MARKUP = "markup"
    PROMPT_ECHO = "prompt-echo"
    LANGUAGE = "language"
    LOOKALIKE = "lookalike"
    QUOTED_TEXT = "quoted-text"
    NUMBER = "number"
    UNIT = "unit"
    CURRENCY = "currency"
    DATE = "date"
    NAME = "name"
    TOO_FAR = "too-far"
    NEGATION = "negation"
    HEDGE = "hedge"
    ATTRIBUTION = "attribution"


@dataclass(frozen=True, slots=True)
class Grounds:
    """What the gate knows beside the sentence.

    `language`: the wanted one, ISO 639-1. `today`: the reader's day. `prompts`: what no sentence may repeat.
    """

    language: str
    today: date | None = None
    prompts: tuple[str, ...] = ()
    longest: int = surface_rules.LONGEST


@dataclass(frozen=True, slots=True)
class GroundedSentence:
    """A sentence that its quotes bear out; `text` has the quotes' own characters within quotation marks."""

    text: str
    supports: tuple[int, ...]


@dataclass(frozen=True, slots=True)
class Dropped:
    """A sentence that was not let through, and why. `detail` may hold foreign words: for debugging."""

    sentence: WrittenSentence
    rule: Rule
    detail: str = ""


@dataclass(frozen=True, slots=True)
class Grounded:
    """What is left of a reply, and what is not."""

    sentences: tuple[GroundedSentence, ...]
    dropped: tuple[Dropped, ...] = ()

    def counts(self) -> dict[str, int]:
        """How many sentences each rule dropped."""
        found: dict[str, int] = {}
        for one in self.dropped:
            found[one.rule.value] = found.get(one.rule.value, 0) + 1
        return found


def check(
    written: Written,
    numbered: Sequence[NumberedSentence],
    *,
    language: str,
    today: date | None = None,
    prompts: Sequence[str] = (),
    longest: int = surface_rules.LONGEST,
) -> Grounded:
    """What of a reply may be said. `numbered` is what the model was shown, `prompts` what else, our own words.

    Never raises for any text; a sentence twice is said once.
    """
    grounds = Grounds(language, today, tuple(prompts), longest)
    by_number = {sentence.number: sentence for sentence in numbered}
    kept: list[GroundedSentence] = []
    dropped: list[Dropped] = []
    seen: set[str] = set()
    for sentence in written.sentences:
        result = check_sentence(sentence, by_number, grounds)
        if isinstance(result, Dropped):
            dropped.append(result)
            continue
        if result.text in seen:
            continue
        joined = " ".join([*(one.text for one in kept[-2:]), result.text])
        known = [one.quote.text for one in numbered]
        if prompts and (echo := surface_rules.echoes_prompt(joined, prompts, [*known, *(k.text for k in kept)])):
            dropped.append(Dropped(sentence, Rule.PROMPT_ECHO, echo))
            continue
        seen.add(result.text)
        kept.append(result)
    return Grounded(tuple(kept), tuple(dropped))


def check_sentence(
    sentence: WrittenSentence, by_number: dict[int, NumberedSentence], grounds: Grounds
) -> GroundedSentence | Dropped:
    """One sentence against the quotes it names."""
    text = " ".join(sentence.text.translate(_NARROW_NO_BREAK).split())
    quotes: list[ShownQuote] = [by_number[n].quote for n in sentence.supports if n in by_number]
    texts = [quote.text for quote in quotes]

    def drop(rule: Rule | str, detail: str = "") -> Dropped:
        return Dropped(sentence, Rule(rule), detail)

    if not sentence.supports:
        return drop(Rule.NO_SUPPORT)
    if len(quotes) < len(sentence.supports):
        return drop(Rule.FOREIGN_NUMBER, str(next(n for n in sentence.supports if n not in by_number)))
    if len(quotes) > MOST_SUPPORTS:
        return drop(Rule.NO_SUPPORT, "too many")
    if wrong := surface_rules.wrong_length(text, grounds.longest):
        return drop(Rule.LENGTH, wrong)
    if surface := surface_rules.forbidden_surface(text, texts):
        return drop(*surface)
    if echo := surface_rules.echoes_prompt(text, grounds.prompts, texts):
        return drop(Rule.PROMPT_ECHO, echo)
    if word := name_rule.lookalike(text):
        return drop(Rule.LOOKALIKE, word)
    text, typed = surface_rules.typed_quotes(text, texts)
    if typed:
        return drop(Rule.QUOTED_TEXT, typed)
    said = statement(text, grounds.language)
    there = tuple(statement(quote.text, quote.language, quote.published.known_day) for quote in quotes)
    if other := surface_rules.wrong_language(_unquoted(text), grounds.language, frozenset(n.text for n in said.names)):
        return drop(Rule.LANGUAGE, other)
    befores = [by_number[n].before for n in sentence.supports]
    return _borne_out(said, there, quotes, grounds, befores, drop) or GroundedSentence(text, sentence.supports)


_DOUBTS: Final = frozenset({"not-independently-verified", "hearsay"})
_QUOTED = re.compile(r"[„“\"«][^„“”\"»]{0,400}[“”\"»]")


def _unquoted(text: str) -> str:
    """The sentence without what it quotes: that is in the source's language."""
    return _QUOTED.sub(" ", text)


# A whole statement denied from outside, which no single word of it shows: "It is not true that …".
_DENIAL = re.compile(
    r"\b(?:not (?:true|correct|right|the case)|untrue|incorrect|false|wrong) that\b"
    r"|\b(?:nicht (?:wahr|richtig|zutreffend|der Fall)|unwahr|falsch|gelogen), dass\b"
    r"|\b(?:stimmt|trifft) (?:es )?nicht(?: zu)?, dass\b|\bkeine Rede davon, dass\b",
    re.IGNORECASE,
)
_DENIED = re.compile(
    r"\b(?:not|untrue|incorrect|false|wrong|denie[ds]|deny|denying|reject\w*|refut\w*|disput\w*"
    r"|nicht|unwahr|falsch\w*|gelogen|keine Rede|bestr[ei]t\w*|bestritt\w*|dementier\w*|widersp\w*|zurückgewiesen)\b",
    re.IGNORECASE,
)


def _borne_out(
    said: Statement,
    there: Sequence[Statement],
    quotes: Sequence[ShownQuote],
    grounds: Grounds,
    befores: Sequence[str],
    drop: _Drop,
) -> Dropped | None:
    """What of the sentence its quotes do not bear out."""
    if number := number_rule.wrong_number(said, there):
        return drop(*number)
    if day := date_rule.wrong_date(said, there, grounds.today):
        return drop(Rule.DATE, day)
    beside = [*befores, *(text for quote in quotes for text in (quote.outlet, quote.title))]
    if name := name_rule.wrong_name(said, there, beside):
        return drop(Rule.NAME, name)
    if _too_far(said, there):
        return drop(Rule.TOO_FAR)
    if wrong := negation_rule.wrong_negation(
        said, there, doubted=any(_DOUBTS & set(quote.caveats) for quote in quotes)
    ):
        return drop(Rule.NEGATION, wrong)
    if opposite := contrast_rule.opposite(said, there) or denied_rule.denied_there(said, there):
        return drop(Rule.NEGATION, opposite)
    if (denial := _DENIAL.search(said.text)) and not any(_DENIED.search(quote.text) for quote in quotes):
        return drop(Rule.NEGATION, denial.group()[:40])
    if hedge := hedge_rule.lost_hedge(said, there):
        return drop(Rule.HEDGE, hedge)
    if early := plan_rule.told_too_early(said, there):
        return drop(Rule.HEDGE, early)
    if hedge_rule.lost_warning(said, there, [quote.caveats for quote in quotes]):
        return drop(Rule.HEDGE, "unverified")
    if speaker := speaker_rule.moved_speech(said, there, [quote.said_by for quote in quotes], befores):
        return drop(Rule.ATTRIBUTION, speaker)
    if somebody := speaker_rule.mixed_up(said, there):
        return drop(Rule.ATTRIBUTION, somebody)
    if places := exchange_rule.exchanged(said, there) or deed_rule.exchanged_deed(said, there):
        return drop(Rule.ATTRIBUTION, places)
    if speaker_rule.changed_places(said, there):
        return drop(Rule.ATTRIBUTION, "changed places")
    return None


def _too_far(said: Statement, there: Sequence[Statement]) -> bool:
    """Whether hardly a word of the sentence is one of its quotes'. Nothing tells where no word list joins them."""
    languages = {quote.language for quote in there}
    if not (said.language in languages or (said.language in ("de", "en") and languages & {"de", "en"})):
        return False
    bag = frozenset().union(*(quote.bag for quote in there))
    content = [said.senses[i] | said.clue_senses[i] for i in said.content]
    content += [frozenset(n.forms) for n in said.names if n.place not in said.content]
    hits = sum(not bag.isdisjoint(senses) for senses in content)
    hits += sum(1 for w in said.words if w.kind == "number")
    if hits == 0:  # also where no word says anything: "All is well"
        return True
    share = _COVERED if said.language in languages else _COVERED_ABROAD
    return len(content) > _FEW and hits < share * len(content)
