"""Speech: what stands within quotation marks, who says it, and what nobody could check.

Only what the sentence itself says: a speaker is a stretch of it, as it stands there ("der Deutsche Wetterdienst", "the
mayor and the port authority"). Pronouns name nobody, and where the sentence cannot be read the answer is "". German and
English; other languages are tried by both.
"""

from __future__ import annotations

import re
from functools import cache, lru_cache
from typing import TYPE_CHECKING, Final

from bot.quotes.mouths import who_speaks
from bot.quotes.normalising import Span
from bot.quotes.noun_phrases import Token, phrase_after, phrase_before, tokens_of
from bot.quotes.speech_words import (
    ACCOUNTS_DE,
    ADVERBIALS_DE,
    BE_EN,
    DATA,
    DATIVES_DE,
    DETERMINERS_DE,
    DOUBTFUL_DE,
    FILLERS_DE,
    FINITE_DE,
    GENITIVES_DE,
    HAVE_DE,
    HAVE_EN,
    NOBODY,
    NOT_ADVERBS_EN,
    OPENERS_DE,
    OPENERS_EN,
    PARTICIPLES_DE,
    PARTICIPLES_EN,
    PEOPLE_EN,
    PRONOUNS_DE,
    RULES_EN,
    SAID_DE,
    SAID_EN,
    SAID_EN_UNSURE,
    TRANSITIVE_DE,
)

if TYPE_CHECKING:
    from collections.abc import Iterator

_LONGEST_SPEECH = 3_000
_LONGEST_SENTENCE = 2_000
_LONGEST_SPEAKER = 160
_LONGEST_MARKED = 12_000  # no sentence that is shown is longer
# An opening mark and its partners. A blank line ends a paragraph, and with it what was left open.
_BODY = r"(?:[^{}\n]|\n(?!\s{{0,9}}\n)){{1,3000}}"
_SPOKEN = re.compile(
    "|".join(
        (
            "„" + _BODY.format('„“”"') + '[“”"]',
            "“" + _BODY.format("“”„") + "”",
            "«" + _BODY.format("«»") + "»",
            "»" + _BODY.format("»«") + "«",
            "‚" + _BODY.format("‚‘„“”") + "‘",
            '"[^"\n]{1,3000}"',
        )
    )
)
_LEFT_OPEN = re.compile('[„«][^“”"»]{0,3000}\\Z|^[^„“”«»"]{1,3000}[“”»]')

_NOT_VERIFIED = (
    r"\b(?:not|n['’]t|no|cannot|neither|unable|never)\b[^.!?]{0,70}?\bindependent(?:ly)?\b[^.!?]{0,50}?(?:verif|confirm|check|corrobor)",
    r"\bnot (?:immediately |yet |been ){0,3}(?:possible to |able to )?(?:be )?(?:immediately )?(?:verif|corroborat)",
    r"\bunverified\b|\bunconfirmed\b",
    r"\b(?:nicht|kein\w{0,2}|kaum|weder|noch)\b[^.!?]{0,70}?unabhängig\w{0,3}\b[^.!?]{0,50}?(?:prüf|verifizier|bestätig)",
    r"unabhängig\w{0,3}\b[^.!?]{0,40}?\b(?:nicht|kaum)\b[^.!?]{0,40}?(?:prüf|verifizier|bestätig)",
    r"\bnicht (?:zunächst |sofort |unmittelbar )?(?:verifizier|überprüfbar|nachprüfbar|unabhängig)",
    r"\bunbestätigt\w{0,2}\b|\bunverifiziert",
)
# Small letters only: "zwölf Stationen haben" is no perfect.
_PARTICIPLE = r"(?-i:[a-zäöüß]{2,30}(?:t|en))"
_MOVED = (
    r"(?:\w{0,12}ge(?:flohen|flüchtet|kommen|gangen|fahren|reist|flogen|stürzt|fallen|storben|laufen|stiegen|sunken|rannt"
    r"|taucht|troffen)|entkommen|verschwunden|verstorben|ertrunken|umgekommen|explodiert|entstanden|passiert|geschehen)"
)
_TO_COME = (
    r"\b(?:bis (?:spätestens |voraussichtlich |etwa |zum |zur |zu )?(?:jahres|anfang|mitte|ende|herbst|sommer|winter"
    r"|frühjahr|frühling|\d|januar|februar|märz|april|mai|juni|juli|august|september|oktober|november|dezember|dahin"
    r"|nächst|kommend|\w{2,9}tag\b|mittwoch)|ab (?:\d|dem|der|mitte|ende|anfang|herbst|sommer|winter|frühjahr|januar"
    r"|februar|märz|april|mai|juni|juli|august|september|oktober|november|dezember|sofort|nächst|kommend)|künftig"
    r"|zukünftig|spätestens|voraussichtlich|nächste[nmrs]?|kommende[nmrs]?|bald|morgen|jederzeit|stets|dauerhaft|dann"
    r"|in (?:einem|zwei|drei|vier|fünf|zehn|\d{1,2}) (?:jahr|monat|woche))"
)
# What a rule or a plan asks for.
_KEPT = (
    r"(?:ab|ge|\w{0,12}ge)?(?:abgeschlossen|fertiggestellt|sichergestellt|gewährleistet|gesichert|geschützt|gewappnet"
    r"|vorbereitet|ausgestattet|ausgerüstet|geregelt|begrenzt|beschränkt|erledigt|beendet|saniert|gebaut|eingerichtet"
    r"|umgesetzt|erreicht|vollendet|barrierefrei|offen|verboten|erlaubt|gestattet|vorbehalten|enthalten|möglich"
    r"|vertreten|gewahrt|vermieden|ausgeschlossen|ausgelegt|\w{0,12}bereit|vernetzt|angebunden|errichtet|installiert)\b"
)
_REPORTEDLY = (
    r"\breportedly\b|\b(?:is|are|was|were) (?:reported|said|believed|thought|understood|rumou?red) to\b",
    r"\baccording to (?:some |media |press |news |unconfirmed )?(?:reports|rumou?rs)\b|\brumou?red\b",
    r"\b(?:\w{0,20}berichte|gerüchte)n zufolge\b|\blaut (?:\w{0,12}berichten|gerüchten)\b|\bdem vernehmen nach\b",
    rf"\b(?:soll|sollen)\b[^.!?;]{{0,160}}\b(?<!zu ){_PARTICIPLE} (?:haben|(?:worden|gewesen|geblieben) sein)\b",
    r"\b(?:soll|sollen)\b[^.!?;]{0,160}\bgewesen sein\b",
    rf"\b(?:soll|sollen)\b[^.!?;]{{0,160}}\b{_MOVED} sein\b",
)
_STATE = rf"\b(?:soll|sollen)\b[^.!?;]{{0,160}}\b(?!{_KEPT}){_PARTICIPLE} sein\b"
_ALLEGEDLY = (
    r"\ballegedly\b|\balleged\b|\bpurported(?:ly)?\b|\bsupposedly\b",
    # "eine mutmaßliche Drohne" doubts what it was, not that it is told at first hand.
    r"\bangeblich\w{0,2}\b|\bmutmaßlich\b|\bvermeintlich\w{0,2}\b|\bvorgeblich\w{0,2}\b",
)
_MARKS: Final = {"not-verified": _NOT_VERIFIED, "reportedly": _REPORTEDLY, "allegedly": _ALLEGEDLY}


def direct_speech(text: str) -> tuple[Span, ...]:
    """What stands within quotation marks, without the marks, in order. A single word there is a name or a mockery."""
    return tuple(
        Span(m.start() + 1, m.end() - 1) for m in _SPOKEN.finditer(text) if " " in m.group()[1:-1].strip()
    )


def unverified_marks(text: str, language: str) -> tuple[str, ...]:
    """How a sentence says that it is not known for sure.

    "not-verified" ("has not independently verified"), "reportedly" ("Berichten zufolge", "is believed to"), "allegedly"
    ("angeblich", "mutmaßlich"). Both languages are always looked for: a wrong guess of the language must not hide a
    warning.
    """
    del language
    text = text[:_LONGEST_MARKED]
    found = {mark for mark, pattern in _mark_patterns().items() if pattern.search(text)}
    if "reportedly" not in found and "soll" in text.lower() and _is_told_to_be(text):
        found.add("reportedly")
    return tuple(mark for mark in _MARKS if mark in found)


def _is_told_to_be(text: str) -> bool:
    """Whether "soll verletzt sein" tells what somebody heard: what is to be some day or by some rule is no hearsay
    ("soll bis Mitte 2027 abgeschlossen sein", "soll jederzeit gesichert sein")."""
    state, to_come = _state_patterns()
    return any(not to_come.search(text, max(0, m.start() - 80), m.end()) for m in state.finditer(text))


@cache
def _state_patterns() -> tuple[re.Pattern[str], re.Pattern[str]]:
    return re.compile(_STATE, re.IGNORECASE), re.compile(_TO_COME, re.IGNORECASE)


@cache
def _mark_patterns() -> dict[str, re.Pattern[str]]:  # compiled when first needed: they cost 10 ms
    return {mark: re.compile("|".join(patterns), re.IGNORECASE) for mark, patterns in _MARKS.items()}


def speaker_of(sentence: str, language: str) -> str:
    """Who says what a sentence says, in its own words; "" when it names nobody.

    Whoever speaks the quoted words comes first, then "according to …", then the subject of a verb of saying.
    """
    return _speaker_of(sentence[:_LONGEST_SENTENCE], language)


@lru_cache(maxsize=1024)
def _speaker_of(sentence: str, language: str) -> str:
    masked = _mask(sentence)
    tokens = tokens_of(masked)
    nobody = _SUBORDINATE + 1  # the best rank of what cannot speak
    best: tuple[int, int, int] | None = None  # rank (lower is better), first token, end token
    for code in ("de", "en") if language not in ("de", "en") else (language,):
        for rank, begin, end in _german(tokens) if code == "de" else _english(tokens):
            first = who_speaks(tokens, begin, end, code, account=rank == _ACCOUNT)
            if first == end:
                nobody = min(nobody, rank)
                continue
            if rank > nobody or (rank == nobody and begin < len(tokens) - _LAST_WORDS):
                continue  # "Although the Kremlin denied it, six reports stated …": the sentence is the reports'
            named = masked[tokens[first].start : tokens[end - 1].end]
            if len(named) > _LONGEST_SPEAKER or "\x01" in named or tokens[first].text in NOBODY:
                continue
            if any(token.text.lower() in _NOT_THEM for token in tokens[max(0, first - 1) : end]):
                continue
            if first and tokens[first - 1].text in _RELATIVE and tokens[first].text.islower():
                continue  # "the company that runs the port denied": what follows "that" is a verb
            if best is None or rank < best[0]:
                best = (rank, first, end)
    if best is None or best[0] > nobody:
        return ""
    return sentence[tokens[best[1]].start : tokens[best[2] - 1].end].strip(" ,;:")


_LAST_WORDS = 10  # of a sentence, where who says all of it is named: "…, the minister said on Monday."
_NOT_THEM = frozenset({"neither", "nor", "weder", "noch"})
_RELATIVE = frozenset({"that", "which", "who"})


def _mask(sentence: str) -> str:
    """The sentence with what is quoted hidden, length for length: nobody speaks in there for the sentence."""
    masked = list(sentence)
    spans = [(start - 1, end + 1) for start, end in direct_speech(sentence)]  # with their marks
    rest = _SPOKEN.sub(lambda m: "\x01" * len(m.group()), sentence)
    spans += [m.span() for m in _LEFT_OPEN.finditer(rest)]
    lone = rest.find('"')
    if lone >= 0:  # the speech began before this sentence, or goes on after it
        opens = sentence[lone + 1 : lone + 2].strip() and not sentence[max(0, lone - 1) : lone].strip(" (:")
        spans.append((lone, len(sentence)) if opens else (0, lone + 1))
    for start, end in spans:
        masked[start:end] = "\x01" * (end - start)
    return "".join(masked)


_SPOKEN_CUE, _ACCOUNT, _MAIN, _SUBORDINATE = 0, 1, 2, 3


def _word(tokens: list[Token], at: int) -> str:
    return tokens[at].text if 0 <= at < len(tokens) else ""


def _after_quote(tokens: list[Token], at: int) -> bool:
    """Whether quoted words end right before the token, but for punctuation."""
    return any(token.text == "\x01" for token in tokens[max(0, at - 2) : at])


def _before_quote(tokens: list[Token], at: int) -> bool:
    return any(token.text == "\x01" for token in tokens[at : at + 3])


def _clause_start(tokens: list[Token], at: int) -> int:
    """The first token after the last comma, dash, quotation or colon before `at`."""
    start = at
    while start > 0 and (tokens[start - 1].is_word or tokens[start - 1].text in "()"):
        start -= 1
    return start


def _german(tokens: list[Token]) -> Iterator[tuple[int, int, int]]:
    for at, token in enumerate(tokens):
        word = token.text
        lowered = word.lower()
        if lowered == "laut" and _word(tokens, at + 1)[:1].isalpha():
            if _word(tokens, at + 1) in _NOT_BEHIND_LAUT or _word(tokens, at - 1).lower() in _HOW:
                continue  # loud: "wie laut die Musik war"
            if _word(tokens, at + 1) in ACCOUNTS_DE:  # "laut Angaben des Ministeriums"
                yield from _named(tokens, at + 2 + (_word(tokens, at + 2) in {"von", "vom"}), _ACCOUNT)
                continue
            yield from _named(tokens, at + 1, _ACCOUNT)
        elif lowered in {"nach", "unter"}:
            yield from _german_account(tokens, at)
        elif lowered == "zufolge":
            yield from _german_zufolge(tokens, at)
        elif lowered == "so" and _word(tokens, at - 1) in {",", "\x01"} and _word(tokens, at + 1) not in SAID_DE:
            end = phrase_after(tokens, at + 1, "de")
            if end > at + 1 and _word(tokens, end) in {",", ".", "", ";", ":", "am", "in", "im", "gegenüber", "weiter"}:
                yield _ACCOUNT, at + 1, end
        elif lowered == "hieß" and _word(tokens, at + 1) == "es":
            if _word(tokens, at + 2) in {"aus", "von", "vom", "beim", "bei", "seitens"}:
                yield from _named(tokens, at + 3, _ACCOUNT)
        elif lowered in {"zitierte", "zitiert"}:
            end = phrase_after(tokens, at + 1, "de", told=True)
            if end > at + 1 and _word(tokens, end) == "mit":
                yield _SPOKEN_CUE, at + 1, end
        elif lowered in SAID_DE and _is_closed(tokens, at, SAID_DE[lowered]):
            yield from _german_subject(tokens, at)
        elif lowered in HAVE_DE and any(t.text in PARTICIPLES_DE for t in tokens[at + 1 : at + 25]):
            yield from _german_have(tokens, at)


_NOT_BEHIND_LAUT = frozenset("die das ein eine wird wurde und oder ist war".split())
_HOW = frozenset("wie so zu sehr ganz recht ziemlich besonders".split())


def _named(tokens: list[Token], at: int, rank: int, language: str = "de") -> Iterator[tuple[int, int, int]]:
    end = phrase_after(tokens, at, language)
    if end > at:
        yield rank, at, _with_makers(tokens, at, end)


def _with_makers(tokens: list[Token], at: int, end: int) -> int:
    """Data name nobody by themselves: "Daten, die vom Institut analysiert wurden" goes on to the verb."""
    if not any(token.text in DATA for token in tokens[at:end]):
        return end
    if _word(tokens, end) in {"from", "by"}:
        return max(end, phrase_after(tokens, end + 1, "en"))
    if _word(tokens, end) in GENITIVES_DE | {"von", "vom"}:
        return max(end, phrase_after(tokens, end + (_word(tokens, end) in {"von", "vom"}), "de"))
    relative = _word(tokens, end) == "," and _word(tokens, end + 1) in {"die", "das", "der"}
    if relative and _word(tokens, end + 2) in {"von", "vom"}:
        for further in range(end + 3, min(end + 18, len(tokens))):
            if tokens[further].text in {",", ".", ";"}:
                return end
            if tokens[further].text in {"wurde", "wurden", "wird", "werden"}:
                return further + 1
    return end


def _german_account(tokens: list[Token], at: int) -> Iterator[tuple[int, int, int]]:
    """ "nach Angaben der Polizei", "nach eigenen Angaben", "nach neuesten Daten des Amtes", "unter Berufung auf X"."""
    for noun in range(at + 1, min(at + 4, len(tokens))):
        word = tokens[noun].text
        if word in ACCOUNTS_DE:
            start = noun + 1 + (_word(tokens, noun + 1) in {"von", "vom", "auf", "aus"})
            yield from _named(tokens, start, _ACCOUNT)
            return
        if word in DATA and noun <= at + 2:
            yield from _named(tokens, at + 1, _ACCOUNT)
            return
        if word[:1].isupper():
            return


def _german_zufolge(tokens: list[Token], at: int) -> Iterator[tuple[int, int, int]]:
    start = _clause_start(tokens, at)
    last = _word(tokens, at - 1)
    if at == start or last in NOBODY | ACCOUNTS_DE or last.lower().endswith("berichten"):
        return
    finite = any(token.text in FINITE_DE for token in tokens[start:at])
    if at - start <= 12 and tokens[start].text.lower() in DATIVES_DE and not finite:
        first = start  # it is the whole of its clause: "Den im Hafen gemessenen Werten zufolge"
    else:
        first = next((i for i in range(max(start, at - 12), at) if phrase_after(tokens, i, "de") == at), at)
    first += _word(tokens, first) in ACCOUNTS_DE
    if first < at and tokens[at - 1].is_capital:
        yield _ACCOUNT, first, at


def _is_closed(tokens: list[Token], at: int, closings: frozenset[str]) -> bool:
    """Whether the second part of a divided verb follows in the same clause or its neighbours."""
    if not closings:
        return True
    for index in range(at + 1, min(at + 40, len(tokens))):
        after = _word(tokens, index + 1)
        if tokens[index].text in closings and (not after[:1].isalnum() or after in {"und", "oder"}):
            return True
    return False


def _german_subject(tokens: list[Token], at: int) -> Iterator[tuple[int, int, int]]:
    """The subject of the verb at `at`: what stands before it if that is a noun phrase, else what follows it."""
    spoken = _after_quote(tokens, at) or _before_quote(tokens, at + 1)
    start = _clause_start(tokens, at)
    opener = _word(tokens, start).lower()
    if opener == "wie" and start < at:  # "…, wie das Ministerium am Montag mitteilte"
        yield from _named(tokens, start + 1, _ACCOUNT)
        return
    subordinate = opener in OPENERS_DE
    first = start + (subordinate and start < at - 1)
    if tokens[at].text in DOUBTFUL_DE and not spoken and not _something_follows(tokens, at):
        return
    also = opener == "auch" and start + 1 < at and _word(tokens, start + 1).lower() not in _OBJECTS_DE
    if also and phrase_after(tokens, start + 1, "de") == at:  # "Auch die Stadt bestätigte"
        yield _SPOKEN_CUE if spoken else _MAIN, start + 1, at
        return
    if first < at:
        adverbial = opener in ADVERBIALS_DE and (opener not in DETERMINERS_DE or at == first + 1)
        whole = phrase_after(tokens, first, "de") == at and not adverbial
        is_object = whole and _word(tokens, first).lower() in _OBJECTS_DE  # "Den Schaden schätzt die Polizei auf …"
        if whole and not is_object:
            rank = _MAIN if opener in {"und", "aber", "denn"} or not subordinate else _SUBORDINATE
            yield _SPOKEN_CUE if spoken else rank, first, at
            return
        # Only after an adverbial at the head of the sentence does the subject follow: "Am Montag sagte der Minister"
        dateline = start <= 4 and _word(tokens, start - 1) == "."
        head = start == 0 or dateline or _word(tokens, start - 1) in {"–", "-", ":"}
        before = tokens[at - 1].text
        attributive = before[0].islower() and (before in DETERMINERS_DE or before.endswith(("en", "e", "er")))
        rest = tokens[start + (opener in {"das", "dies"}) : at]
        finite = any(token.text in FINITE_DE or token.text.lower() in PRONOUNS_DE for token in rest)
        if not head or (subordinate and is_object):
            return
        if not is_object and (opener not in ADVERBIALS_DE or attributive or finite or before in {"und", "oder"}):
            return
    elif _word(tokens, at - 1) == ",":  # "Ina Kolb, Leiterin des Amtes, bestätigte"
        before_comma = _clause_start(tokens, at - 1)
        named = _clause_start(tokens, before_comma - 1) if _word(tokens, before_comma - 1) == "," else before_comma
        end = phrase_after(tokens, named, "de")
        if named < before_comma and end == before_comma - 1 and phrase_after(tokens, before_comma, "de") > before_comma:
            yield _SPOKEN_CUE if spoken else _MAIN, named, end
            return
        if tokens[at].text in TRANSITIVE_DE and not spoken:
            return
    follow = at + 1
    while _word(tokens, follow) in FILLERS_DE or (_word(tokens, follow - 1) in {"am", "im"} and follow > at + 1):
        follow += 1
    end = phrase_after(tokens, follow, "de", told=True)
    if end > follow:
        yield _SPOKEN_CUE if spoken else _MAIN, follow, end


_OBJECTS_DE = frozenset("den dem einen einem diesen diesem jeden jedem keinen seinen seinem ihren ihrem".split())


def _something_follows(tokens: list[Token], at: int) -> bool:
    """Whether what is said may follow the verb: after a comma, a colon or in quotation marks."""
    return any(token.text in {",", ":", "\x01", "dass"} for token in tokens[at + 1 : at + 16])


def _german_have(tokens: list[Token], at: int) -> Iterator[tuple[int, int, int]]:
    """ "Die Stadt hat am Montag eingeräumt, dass …": the subject before "hat", when it is all that stands there."""
    start = _clause_start(tokens, at)
    for token in tokens[at + 1 : at + 25]:
        if token.text in {".", ";", "\x01"}:
            return
        if token.text in PARTICIPLES_DE:
            break
    after = _word(tokens, tokens.index(token) + 1)
    if token.text == "anerkannt" and (after != "," or "dass" not in {t.text for t in tokens[at:]}):
        return  # states are recognised, too
    adverbial = _word(tokens, start).lower() in ADVERBIALS_DE and at == start + 1
    if start < at and not adverbial and phrase_after(tokens, start, "de") == at:
        yield _MAIN, start, at


def _english(tokens: list[Token]) -> Iterator[tuple[int, int, int]]:
    for at, token in enumerate(tokens):
        lowered = token.text.lower()
        if lowered == "according" and _word(tokens, at + 1) == "to":
            if not RULES_EN.intersection(t.text.lower() for t in tokens[at + 2 : at + 5]):
                yield from _named(tokens, at + 2, _ACCOUNT, "en")
        elif lowered == "by" and _is_told(tokens, at):
            yield from _named(tokens, at + 1, _ACCOUNT, "en")
        elif lowered == "quoted" and "saying" in {t.text for t in tokens[at + 1 : at + 14]}:
            yield from _named(tokens, at + 1, _SPOKEN_CUE, "en")
        elif token.is_capital and at and tokens[at - 1].is_capital:
            continue  # a name: "Abu Said"
        elif lowered in SAID_EN or (lowered in SAID_EN_UNSURE and _is_verb(tokens, at)):
            yield from _english_subject(tokens, at)


def _is_verb(tokens: list[Token], at: int) -> bool:
    """Whether a word like "estimates" is the verb here: a name before it, and what is said after it."""
    before, after = _word(tokens, at - 1), _word(tokens, at + 1)
    named = before[:1].isupper() or before.lower() in PEOPLE_EN
    return named and (after[:1].isdigit() or after in _BEGINS_WHAT_IS_SAID)


_BEGINS_WHAT_IS_SAID = frozenset("that the up as at more about around some it its there".split())


def _is_told(tokens: list[Token], at: int) -> bool:
    """Whether "by" names who said it: "This was reported on Sunday by the embassy"."""
    verb = next((i for i in range(at - 1, max(-1, at - 5), -1) if tokens[i].text in PARTICIPLES_EN), -1)
    return verb > 0 and tokens[verb - 1].text in BE_EN and all(token.is_word for token in tokens[verb:at])


def _english_subject(tokens: list[Token], at: int) -> Iterator[tuple[int, int, int]]:
    spoken = _after_quote(tokens, at) or _before_quote(tokens, at + 1)
    said = tokens[at].text.lower()
    counted = _word(tokens, at + 1)[:1].isdigit() or _word(tokens, at + 2) in {"lives", "than", "least"}
    if said == "claimed" and counted:
        return  # a disaster that "claimed 12 lives" says nothing
    before = at
    while before > 0 and _is_between(tokens[before - 1].text):
        before -= 1
    if _word(tokens, before - 1).lower() in BE_EN or _word(tokens, at + 1) == "by":
        return
    if before == 0 or _word(tokens, before - 1) in {",", "\x01"}:  # "…," said Ina Kolb
        end = phrase_after(tokens, at + 1, "en", told=True)
        closes = _word(tokens, end) in _AFTER_A_SPEAKER
        if end > at + 1 and closes and (spoken or said in {"said", "says", "writes"}):
            yield _SPOKEN_CUE if spoken else _MAIN, at + 1, end
            return
    end = before
    if _word(tokens, before - 1) == ",":  # "Kolb, head of the port authority, confirmed"
        comma = next((i for i in range(before - 2, max(-1, before - 18), -1) if tokens[i].text == ","), -1)
        if comma <= 0 or any(token.text == "\x01" for token in tokens[comma:before]):
            return
        end = comma
    first = phrase_before(tokens, end)
    before_it = _word(tokens, first - 1)
    passive = _word(tokens, at + 1) in {".", ""} and before_it not in {"", ",", "\x01", ":", "–", "-"}
    listed = before_it == "and" and _word(tokens, first - 2) == ","
    if first < end and not passive and not listed:
        clause = tokens[_clause_start(tokens, first) : first]
        subordinate = any(token.text.lower() in OPENERS_EN - {"and", "but"} for token in clause)
        yield _SPOKEN_CUE if spoken else _SUBORDINATE if subordinate else _MAIN, first, end


_AFTER_A_SPEAKER = frozenset(
    ", . ; : ) – — - in on at to of who after during when as from while about with adding".split()
) | {"", "\x01"}


def _is_between(word: str) -> bool:
    """Whether a word may stand between an English subject and its verb of saying."""
    lowered = word.lower()
    adverb = word.islower() and word.endswith("ly") and word not in NOT_ADVERBS_EN
    return adverb or lowered in HAVE_EN or lowered in {"also", "earlier", "later", "then", "again", "already"}
