"""Signs that a text was translated by a machine, noticed where they show.

Each sign is something that people who write German or English hardly ever do and that translating machines leave
behind: compounds torn before the hyphen ("US -Dollar"), capitals from the middle of another sentence ("sagte Er"), a
name repeated around a preposition ("Region Kursk in Kursk"), words and number formats of the other language. One sign may
be a slip; only several, for the length of the text, make a finding. A good translation shows none and is not found.
"""

from __future__ import annotations

import re
from collections.abc import Callable
from dataclasses import dataclass
from functools import cache
from typing import Final

from bot.domain import UNKNOWN_LANGUAGE, MachineTranslation

# On 1,300 German and 1,700 English texts written or translated by people the highest score lay below this.
_THRESHOLD: Final = 0.8
_WORDS: Final = 700  # up to this length the signs are simply added up; longer texts collect slips, so they need more
_LENGTH: Final = 100_000  # characters that are looked at
_SOURCE_WEIGHT: Final = 0.6  # of the signs that tell the source language


@dataclass(frozen=True, slots=True)
class _Sign:
    reason: str
    weight: float  # of one occurrence
    most: float  # of all together
    pattern: str
    languages: tuple[str, ...]  # in which texts it is a sign; empty: in all
    source: str = UNKNOWN_LANGUAGE  # the language that it comes from
    flags: int = 0
    needs: tuple[str, ...] = ()  # no match without one of these strings: most texts are spared the search
    hint: str = ""  # nor without one of this pattern, which begins with a blank and is found far sooner
    accept: Callable[[re.Match[str]], bool] | None = None


_COUNTRY: Final = (
    r"(?:Russland|China|Deutschland|Amerika|Nordkorea|Südkorea|Korea|Japan|Israel|Syrien|Polen|England|Frankreich|Indien|"
    r"Europa|Italien|Großbritannien|Spanien|Österreich|Ungarn|Griechenland|Ägypten|Afghanistan|Pakistan|Mexiko|Kanada|"
    r"Brasilien|Venezuela|Taiwan|Vietnam|Belarus|Georgien|Armenien|Moskau|Peking|Washington|Kiew|London|Seoul)"
)
_CAPITALISED: Final = (
    r"(?:Er|Ihn|Ihm|Bis|Die|Der|Das|Dem|Den|Des|Eine?[nmrs]?|Seine?[nmrs]?|In|Im|Es|Mit|Von|Vom|Und|Oder|Aber|Nach|Bei|Zu|"
    r"Zur|Zum|Für|Gegen|Durch|Als|Wie|Wenn|Dass|Nicht|Auch|Noch|Aus|An|Am|Auf|Wird|Wurden?|Hat|Ist|Sind|Haben|Kann|Können|"
    r"Diese?[nrs]?|Über|Unter|Zwischen|Etwa|Wir|Dort|Weil|Während|Seit|Vor)"
)
_NOUN: Final = r"[A-ZÄÖÜ][a-zäöüß]\w{0,40}"
_FEMININE: Final = r"[A-ZÄÖÜ]\w{1,40}(?:(?<!schw)(?<!spr)ung|heit|keit|schaft|tion|ität)\b(?!-)"
_MONTH: Final = r"(?:Januar|Februar|März|April|Mai|Juni|Juli|August|September|Oktober|November|Dezember)"
# Behind these a capital may begin a title or a name: "das Aus", "namens Die …", "wie Der Spiegel".
_OPENING_WORDS: Final = frozenset(
    "das dem vom wie namens und oder für zeigt heißt im ins mit von zu in an auf aus der die den des ein eine als bei titel "
    "film serie".split()
)
_CONJUNCTIONS: Final = frozenset("und oder bzw bzw. sowie noch wie statt auch beziehungsweise and or als".split())
_OF_COUNTRY: Final = ("ische", "ischen", "ischer", "isches", "ischem")


def _is_torn(match: re.Match[str]) -> bool:
    """True for "US -Dollar", but not for "Groß- und -kleinhandel"."""
    if match[1].casefold() in _CONJUNCTIONS:
        return False
    return match[2][0].isupper() or match[2].endswith(_OF_COUNTRY)


def _is_misplaced(match: re.Match[str]) -> bool:
    return match[1] not in _OPENING_WORDS


_CAPITAL: Final = "a capital stands in the middle of a sentence"
_REPEATED: Final = "words are repeated"
_FOR_VERSION: Final = "it names the version that it was made for"
_SIGNS: Final = (
    _Sign(
        "a compound is torn before its hyphen",
        0.6,
        3.0,
        r"(?<![\w-])([^\W\d_][\w.]{0,30}) -(?=[^\W\d_])([^\W\d_][\w-]{1,40})",
        ("de", "en"),
        accept=_is_torn,
        needs=(" -",),
    ),
    _Sign("a dash hangs on a comma", 0.25, 0.5, r"\w{2,30} -,", ("de", "en"), needs=(" -,",)),
    _Sign("a space stands before the full stop", 0.15, 0.45, r"[^\W\d_]{2,30} \.(?=\s|$)", ("de", "en"), needs=(" .",)),
    _Sign(
        _CAPITAL,
        0.35,
        2.0,
        # Not before a row of capitals, which is a title.
        rf"(?<![\w-])([a-zäöüß]{{3,30}}) {_CAPITALISED}(?= [\w„“])(?! [A-ZÄÖÜ]\w{{0,30}} [A-ZÄÖÜ]\w{{0,30}} [A-ZÄÖÜ])",
        ("de",),
        accept=_is_misplaced,
        hint=rf" (?<=[a-zäöüß]{{3}} ){_CAPITALISED} ",
    ),
    _Sign(
        _CAPITAL,
        0.25,  # in addition: these words begin no title
        1.0,
        r"(?<![\w-])[a-zäöüß]{3,30} (?:Er|Ihn|Ihm|Bis|Seine?[nmr]?)(?= [a-zäöü])",
        ("de",),
        hint=r" (?<=[a-zäöüß]{3} )(?:Er|Ihn|Ihm|Bis|Seine?[nmr]?) ",
    ),
    _Sign(
        "an adjective is written like a name",
        0.3,
        0.6,
        rf"\b(?:Süden|Norden|Osten|Westen|Seite|Land|{_COUNTRY}s?) [A-ZÄÖÜ][a-zäöü]{{3,12}}ische[rnsm] {_NOUN}",
        ("de",),
        needs=("ische",),
    ),
    _Sign("a name is repeated around a preposition", 0.6, 1.2, r"\b([A-ZÄÖÜ][a-zäöüß]{3,30}) in \1\b", ("de", "en")),
    _Sign(
        _REPEATED,
        0.5,
        1.0,
        r"\b((?:im|in|am|an|zum|zur|vom|von|auf|in der|in den|aus der|mit der) [A-ZÄÖÜ]\w{2,30}) \1\b",
        ("de",),
    ),
    _Sign(
        _REPEATED,
        0.3,
        0.9,
        r"\b((?:in|aus|an|von|auf) der [A-ZÄÖÜ]\w{3,30}) [a-zäöüß]{3,20}en [A-ZÄÖÜ]\w{2,30} \1\b",
        ("de",),
    ),
    _Sign(_REPEATED, 0.3, 0.9, r"\b(the|of the|in the|to the|and the|a|of|to) \1\b", ("en",)),
    _Sign(
        "an article stands before a genitive",
        0.6,
        1.2,
        rf"(?<!, )\b(?:in|von|aus|mit|bei|nach|zu|gegen|durch|für) (?:der|dem|den|die|das) {_COUNTRY}s {_NOUN}",
        ("de",),
        hint=rf" {_COUNTRY}s [A-ZÄÖÜ]",
    ),
    _Sign(
        "an article stands before a country's name",
        0.4,
        0.8,
        r"\bdes (?:Nordkoreas|Südkoreas|Russlands|Chinas|Japans|Polens|Israels|Deutschlands|Frankreichs|Indiens)\b",
        ("de",),
        needs=("des ",),
    ),
    _Sign(
        "article and noun do not agree",
        0.5,
        1.5,
        rf"(?<!, )(?<![\w-])(?:dem|des|eines|einem|keinem|diesem|dieses|unserem|seinem|ihrem|einen|seinen) {_FEMININE}",
        ("de",),
        hint=rf" (?<=(?:dem|des|nes|nem|sem|ses|rem|nen) ){_FEMININE}",
    ),
    _Sign(
        "a month stands without its preposition",
        0.4,
        0.8,
        rf"\b[a-zäöü]{{4,30}}(?:iert|tet|cht|gt|nen|gen) {_MONTH} \d{{4}}",
        ("de",),
        hint=rf" (?<=[nt] ){_MONTH} \d{{4}}",
    ),
    _Sign(
        "French words are left over",
        0.6,
        1.2,
        rf"(?:\b(?:[Pp]ar|Paar) )?\b{_NOUN}(?: {_NOUN}|-\w{{1,20}}){{0,3}} et {_NOUN}",
        ("de", "en"),
        "fr",
        needs=(" et ",),
    ),
    _Sign(
        _FOR_VERSION,
        0.7,
        0.7,
        r"für die französische (?:Version|Fassung)|for the French version",
        ("de", "en"),
        "fr",
        re.IGNORECASE,
        needs=("ersion", "assung"),
    ),
    _Sign(
        _FOR_VERSION,
        0.7,
        0.7,
        r"für die (?:spanische|italienische|russische|türkische|arabische) (?:Version|Fassung)"
        r"|for the (?:Spanish|Italian|Russian|Turkish|Arabic) version",
        ("de", "en"),
        flags=re.IGNORECASE,
        needs=("ersion", "assung"),
    ),
    _Sign(
        "English words of the page are left over",
        0.4,
        0.8,
        r"^(?:Related (?:News|Articles|Posts)|Leave a Reply|Source link|Read (?:more|also)|Share this|Advertisement|"
        r"Recommended|You may also like)\b.{0,20}$",
        ("de",),
        "en",
        re.MULTILINE | re.IGNORECASE,
    ),
    _Sign("numbers are written as in German", 0.4, 0.8, r"(?<![\d.,])\d{1,3}\.\d00(?:\.000)? (?=[a-z]{4})", ("en",), "de", needs=("00 ",)),
    _Sign("quotation marks are those of German", 0.3, 0.6, r"„[^„“”\n]{1,40}", ("en",), "de"),
    _Sign(
        "it says so itself",
        2.0,
        2.0,
        r"^.{0,20}(?:diese[rs]?|der|die|das) (?:artikel|text|beitrag|meldung|seite|inhalt|bericht|übersetzung) "
        r"(?:wurde|ist|wird) .{0,60}(?:maschinell|automatisch|automatisiert|KI|DeepL|Google Translate)\b.{0,60}"
        r"(?:übersetzt|erstellt)"
        r"|^.{0,20}(?:maschinell|automatisch|mit (?:hilfe von )?(?:KI|DeepL|Google Translate)) "
        r"(?:aus dem \w{4,20}en )?(?:ins deutsche )?übersetzt.{0,20}$"
        r"|^.{0,20}(?:this|the) (?:article|text|story|page|post|translation) (?:was|has been|is) .{0,20}"
        r"(?:machine|automatically|auto|AI)[ -]?(?:translated|generated)"
        r"|^.{0,20}(?:machine|automatically|auto|AI)[ -]translated\b.{0,40}$"
        r"|^.{0,20}translated (?:by|with|using) (?:AI|DeepL|Google Translate)\b.{0,20}$",
        (),
        flags=re.IGNORECASE | re.MULTILINE,
    ),
    _Sign(
        "words are translated in the wrong sense",  # shells, strikes, third countries
        0.5,
        1.0,
        r"\b(?:Artillerieschalen|Mörserschalen|Luftstreiks?|Drohnenstreiks?|Raketenstreiks?"
        r"|(?:Länder|Staaten)n? von Drittanbietern|Drittanbieter-?(?:[Ll]änder|[Ss]taaten)n?)\b",
        ("de",),
        needs=("schalen", "streik", "rittanbieter"),
    ),
)


@cache
def _signs_in(language: str) -> tuple[tuple[_Sign, re.Pattern[str], re.Pattern[str] | None], ...]:
    """The signs that count in texts of a language, compiled when the first such text comes."""
    return tuple(
        (sign, re.compile(sign.pattern, sign.flags), re.compile(sign.hint) if sign.hint else None)
        for sign in _SIGNS
        if not sign.languages or language in sign.languages
    )


def machine_translation_signs(text: str, language: str) -> MachineTranslation | None:
    """What shows that `text` was translated by a machine, None when that is not more than a slip or two.

    The text may hold the lines that cleaning drops, which tell much. The confidence is 1 - ½^score: 0.5 for a score of
    1, which two torn compounds reach.
    """
    text = text[:_LENGTH]
    score = 0.0
    examples: dict[str, str] = {}
    sources: dict[str, float] = {}
    for sign, pattern, hint in _signs_in(language):
        weight = 0.0
        if sign.needs and not any(part in text for part in sign.needs):
            continue
        if hint is not None and not hint.search(text):
            continue
        for match in pattern.finditer(text):
            if sign.accept and not sign.accept(match):
                continue
            weight = min(weight + sign.weight, sign.most)
            examples.setdefault(sign.reason, " ".join(match[0].split())[:60])
            if weight >= sign.most:
                break
        score += weight
        if weight and sign.source != UNKNOWN_LANGUAGE:
            sources[sign.source] = sources.get(sign.source, 0.0) + weight
    if score * min(1.0, _WORDS / (text.count(" ") + 1)) < _THRESHOLD:
        return None
    source = max(sources, key=lambda name: sources[name], default=UNKNOWN_LANGUAGE)
    if sources.get(source, 0.0) < _SOURCE_WEIGHT:
        source = UNKNOWN_LANGUAGE
    reasons = tuple(f"{reason}: “{example}”" for reason, example in examples.items())
    return MachineTranslation(round(1 - 0.5**score, 2), reasons, source)
