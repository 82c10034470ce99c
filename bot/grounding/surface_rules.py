"""Surface: what no sentence of a model may hold whatever it says: links, mentions, markup, typed quotes, our own prompt."""

from __future__ import annotations

import re
from collections.abc import Iterable, Sequence
from functools import lru_cache
from typing import Final

from bot.grounding.numbered import visible_text
from bot.languages.detection import detect
from bot.languages.lexicon import is_known
from bot.languages.words import UNSPACED, key_of
from bot.quotes.matching import locate

LONGEST: Final = 420  # code points of one sentence
SHORTEST: Final = 2  # words
ECHO: Final = 8  # words in a row that a sentence and a prompt may not share
_LINK = re.compile(
    r"(?i)\b[a-z][a-z0-9+.-]{1,20}://|\b(?:mailto|tel|sms|javascript|data|file|vbscript|steam|slack|discord):\S"
    r"|\bwww\d?\.|\bdiscord\.gg\b|\bt\.me/|\b(?:\d{1,3}\.){3}\d{1,3}(?::\d|/)|hxxps?|\b[a-z0-9-]+\[?\.\]\S"
    r"|[\w.+-]{1,64}@[\w-]{1,64}\.\w"
)
_DOMAIN = re.compile(
    r"(?i)\b(?:[a-z0-9-]{1,63}\.){1,6}(?:com|org|net|info|biz|io|co|gg|me|ly|ru|cn|xyz|top|site|online|link|click|app|dev|gov|edu|mil"
    r"|example|test|de|at|ch|uk|eu|fr|us|tk|zip|shop|live|news|tv|ai|to|cc)\b(?:/\S*)?"
)
_MENTION = re.compile(
    r"@(?:everyone|here|channel|group)\b|(?<![\w.])@\w|<[@#!&]|<a?:\w+:\d|<t:-?\d|<id:|</\w|(?<![\w&])#[^\W\d]\w+|[＠﹫﹟＃]",
    re.IGNORECASE,
)
_MARKUP = re.compile(r"\*\*|__|~~|\|\||`|\]\(|!\[|^\s{0,3}(?:>|#{1,6}\s|-#\s|[-*+]\s)|</?[a-zA-Z!][^<>]{0,200}>|&(?:#\d+|#x[0-9a-f]+|[a-z]+);|[<>{}\\|~^\[\]]|(?<!\w)[*_](?=\S)|(?<=\S)[*_](?!\w)|:[a-z_]{2,30}:")  # fmt: skip
_COMMAND = re.compile(r"(?<![\w.])/[a-z]{2,20}(?![\w/])")
_QUOTED = re.compile(
    '„([^„“”"\n]{1,400})[“”"]|“([^“”\n]{1,400})”|"([^"\n]{1,400})"|«([^«»\n]{1,400})»|»([^«»\n]{1,400})«'
    "|‚([^‚‘\n]{1,400})[‘’]|(?<!\\w)‘([^‘’\n]{2,400})’(?!\\w)|(?<!\\w)'([^'\n]{2,400})'(?!\\w)|‹([^‹›\n]{1,400})›|›([^‹›\n]{1,400})‹|『([^』\n]{1,400})』|「([^」\n]{1,400})」"
)
_STRAY_MARK = re.compile("[„“”\"«»‹›「」『』‟〝〞＂]|''|``")
_WORD = re.compile(r"\w+")
_LETTER = re.compile(r"[^\W\d_]")
_UNSPACED = re.compile(f"[{UNSPACED}]")
_FOREIGN_LETTERS = re.compile("[\u0370-\u1fff\u2c00-\ud7ff\uf900-\ufaff\U00010000-\U0001ffff]")
_SURE = 0.9
_ENOUGH_WORDS = 5


def forbidden_surface(text: str, quotes: Sequence[str]) -> tuple[str, str] | None:
    """(rule, detail): "invisible", "mention", "link" or "markup"; None when nothing of it is there."""
    seen = visible_text(text)
    if seen.dropped:
        return "invisible", f"{seen.dropped} characters"
    if match := _LINK.search(text):
        return "link", match.group()[:40]
    if match := _MENTION.search(text):
        return "mention", match.group()[:40]
    for domain in _DOMAIN.finditer(text):
        if "/" in domain.group() or not any(domain.group() in quote for quote in quotes):
            return "link", domain.group()[:40]
    for mark in _MARKUP.finditer(text):
        if not _stands_there(text, mark.start(), mark.end(), quotes) or mark.group()[0] in "`<>|~\\":
            return "markup", mark.group()[:20]
    command = _COMMAND.search(text)
    if command and not any(command.group() in quote for quote in quotes):
        return "markup", command.group()
    return None


def _stands_there(text: str, start: int, end: int, quotes: Sequence[str]) -> bool:
    """Whether the word around a sign stands in a quote as it is: "Bürger*innen", "[sic]"."""
    while start > 0 and not text[start - 1].isspace():
        start -= 1
    while end < len(text) and not text[end].isspace():
        end += 1
    word = text[start:end].strip(".,;:!?“”„'" + '"')
    return any(word in quote for quote in quotes)


def typed_quotes(text: str, quotes: Sequence[str]) -> tuple[str, str]:
    """(the sentence, what is wrong): whatever stands within quotation marks has to be a slice of a quote.

    Where it is one but for its typography, the sentence is given the quote's own characters.
    """
    parts: list[str] = []
    last = 0
    for match in _QUOTED.finditer(text):
        group = match.lastindex or 0
        inner = match.group(group)
        start, end = match.span(group)
        slice_ = _slice(inner, quotes)
        if slice_ is None:
            return text, inner[:60]
        parts += [text[last:start], slice_]
        last = end
    parts.append(text[last:])
    rest = _QUOTED.sub(" ", text)
    if stray := _STRAY_MARK.search(rest):
        return text, stray.group()
    return "".join(parts), ""


def _slice(inner: str, quotes: Sequence[str]) -> str | None:
    """The characters of a quote that the typed words are; None when they are none's."""
    for quote in quotes:
        found = locate(inner, {"": quote}, "")
        if found.verdict == "accept":
            return quote[found.start : found.end].strip('„“”"«»')
    stripped = inner.rstrip(".,;:!?…")
    if stripped != inner and stripped:
        slice_ = _slice(stripped, quotes)
        return None if slice_ is None else slice_ + inner[len(stripped) :]
    return None


def wrong_length(text: str, longest: int = LONGEST) -> str:
    """Why a text is no sentence: too long, or hardly any letters in it."""
    if len(text) > longest:
        return f"{len(text)} characters"
    letters = len(_LETTER.findall(text))
    if letters < 4 and not _UNSPACED.search(text):
        return "no words"
    if len(_WORD.findall(text)) < SHORTEST and not _UNSPACED.search(text):
        return "one word"
    if any(len(word) > 60 for word in text.split()):
        return "an endless word"
    return ""


def wrong_language(text: str, language: str, names: frozenset[str] = frozenset()) -> str:
    """The language that a sentence is in where another was wanted; "" when it is the wanted one or nothing tells.

    `names` are left out of the look: they are written alike in many languages.
    """
    if language not in ("de", "en"):
        return _other_than(text, language)
    foreign = sum(1 for _ in _FOREIGN_LETTERS.finditer(text))
    if foreign > 0.3 * max(1, len(_LETTER.findall(text))):
        return "und"
    words = [word for word in _WORD.findall(text) if word not in names and not word[0].isdecimal()]
    if len(words) < 3:
        return ""
    found = detect(" ".join(words))
    if found.language in (language, "und"):
        return ""
    own, other = _own_words(words, language), _own_words(words, "de" if language == "en" else "en")
    if found.language not in ("de", "en"):
        other = 0
    sure = found.confidence >= _SURE and len(words) >= _ENOUGH_WORDS
    if sure and own * 2 < len(words) and own <= other + 1:
        return found.language
    return found.language if other > own + 1 and found.confidence >= 0.7 else ""


def _other_than(text: str, language: str) -> str:
    if language in ("", "und"):
        return ""
    found = detect(text)
    return (
        found.language
        if found.language not in (language, "und")
        and found.confidence >= 0.95
        and len(_WORD.findall(text)) >= _ENOUGH_WORDS
        else ""
    )


_SMALL: Final = {
    "de": frozenset("der die das den dem des ein eine einen einem einer und ist sind war wurde wurden hat haben mit von für auf im am zum zur nicht sich auch bei nach aus über vor seit werden wird als dass es sie er".split()),
    "en": frozenset("the a an of and is are was were has have had with from for on in at to not by after over since will be as that it they he she said their its".split()),
}  # fmt: skip


_OF_BOTH: Final = frozenset("in will was an am so die hat man war bei on as by arm her must all also".split())


def _own_words(words: Sequence[str], language: str) -> int:
    """How many of the words are the language's: its small words, and those that its word list has."""
    return sum(
        word.lower() not in _OF_BOTH
        and (word.lower() in _SMALL[language] or is_known(key_of(word, language), language))
        for word in words
    )


# --- our own words ------------------------------------------------------------------------------------------------


@lru_cache(maxsize=64)
def _runs(text: str, length: int) -> frozenset[tuple[str, ...]]:
    words = _WORD.findall(text.lower())
    return frozenset(zip(*(words[i:] for i in range(length)), strict=False))


def echoes_prompt(text: str, prompts: Iterable[str], known: Iterable[str], length: int = ECHO) -> str:
    """The words that a text shares with a prompt in a row, but for those that the quotes themselves have."""
    mine = _runs(text, length)
    if not mine:
        return ""
    there: set[tuple[str, ...]] = set()
    for one in known:
        there |= _runs(one, length)
    for prompt in prompts:
        shared = (mine & _runs(prompt, length)) - there
        if shared:
            return " ".join(min(shared))
    return ""
