"""Which noun phrases can say something: persons, bodies, offices, groups of people; studies only as an account.

"Data suggest", "the results of a trial confirmed" name nobody. Data and results stand as an account ("according to
…") only together with whoever made them, a study also alone. In doubt nobody speaks.
"""

from __future__ import annotations

import re
from typing import TYPE_CHECKING, Final

from bot.quotes.speech_words import DETERMINERS_DE, OFFICES_EN, PEOPLE_EN

if TYPE_CHECKING:
    from bot.quotes.noun_phrases import Token


def _words(text: str) -> frozenset[str]:
    return frozenset(text.split())


_ALSO: Final = _words("auch also even sogar selbst")
_NONE: Final = _words("no not kein keine keinen keinem keiner keines laut")
_POSSESSIVES: Final = _words(
    "ihr ihre ihrem ihrer ihren sein seine seinem seiner seinen unser unsere unserem unserer mein meine meinem meiner"
    " euer eure eurem her his their its our my your"
)
_LINKS: Final = _words(
    "of from by for on in into among with des der von vom aus zu zur zum über unter mit bei eines einer"
)
# As an account these name themselves: "according to a study".
_STUDIES_EN: Final = _words(
    "study studies survey surveys poll polls analysis analyses report reports review research paper inquiry audit"
)
_STUDIES_DE: Final = _words(
    "studie studien umfrage umfragen analyse analysen bericht berichten berichte untersuchung untersuchungen erhebung"
    " erhebungen auswertung auswertungen gutachten"
)
_THINGS_EN: Final = _STUDIES_EN - {"paper"} | _words(
    "data figures results result findings finding numbers number statistics estimates records record documents"
    " document evidence images image imagery footage video videos photos pictures trial trials test tests experiment"
    " experiments measurements measurement readings model models modelling calculations forecast forecasts chart charts"
    " statement statements letter letters email emails rise increase decline fall drop rate rates price prices index"
    " trend trends signs sign facts fact proof samples sample scans satellite files plan plans decision move case cases"
    " incident incidents event events change changes law rules ruling verdict indictment investigation examination"
)
_THINGS_DE: Final = _STUDIES_DE | _words(
    "daten zahl zahlen ergebnis ergebnisse ergebnissen erkenntnis erkenntnisse erkenntnissen werte werten"
    " statistik statistiken messung messungen hinweis hinweise hinweisen beweis beweise indizien bilder bildern"
    " aufnahmen video videos foto fotos dokument dokumente dokumenten unterlagen akten test tests versuch versuche"
    " experiment experimente modell modelle prognose prognosen schätzung schätzungen berechnung berechnungen befund"
    " befunde rückgang anstieg entwicklung trend erklärung mitteilung brief schreiben gesetz urteil grund gründe"
    " ursache folge folgen fall fälle vorfall plan pläne entscheidung kritik vorwürfe zweifel fragen frage antwort"
    " angaben maßnahmen maßnahme kosten preis preise uhr tatsache tatsachen umstand probe proben"
)
_COMPOUND_DE: Final = re.compile(
    r"(?:zahl|zahlen|ergebniss?e?n?|studien?|umfragen?|erkenntnisse?n?|berichte?n?|statistik|statistiken|messung|messungen"
    r"|messwerten?|prognosen?|analysen?|untersuchung|untersuchungen|auswertung|auswertungen|erhebung|erhebungen|aufnahmen"
    r"|(?:klima|mess|wetter|satelliten|gesundheits|wirtschafts|konjunktur|radar|handels|umwelt|markt|umfrage)daten)\Z"
)
_ABSTRACT_DE: Final = re.compile(r"[a-zäöüß]{3,40}(?:ungen|keiten|(?:erkennt|ergeb|verhält|kennt|ereig)nisse)\Z")
_BODIES_DE: Final = re.compile(
    r"(?:regier|verwalt|zeit|vertret|leit|stift|abteil|genossenschaft|siedl|redaktions?leit|versamml|vereinig)ungen\Z"
)
_PARTICIPLE_EN: Final = re.compile(r"[a-z]{3,30}ed\Z")


def who_speaks(tokens: list[Token], first: int, end: int, language: str, *, account: bool) -> int:
    """Where in tokens[first:end] the name of who speaks begins, without "auch" and "his" in front; `end` when the
    phrase names nobody who could. `account`: it follows "according to" or its like."""
    while first < end and tokens[first].text.lower() in _ALSO:
        first += 1
    if first == end or tokens[first].text.lower() in _NONE:
        return end
    named = end - first >= 3 and all(token.is_capital for token in tokens[first + 1 : end])
    if named and tokens[first].text.lower() in _POSSESSIVES:  # "Ihr Stadtrat Konrad Veitl"
        first += 1
    thing = (_thing_de if language == "de" else _thing_en)(tokens, first, end)
    if thing < 0:
        return first
    if not account:
        return end
    made = any(token.is_capital or token.text.lower() in OFFICES_EN | PEOPLE_EN for token in tokens[thing + 1 : end])
    return first if made or _is_study(tokens[thing].text.lower()) else end


def _is_study(word: str) -> bool:
    return word in _STUDIES_EN | _STUDIES_DE or word.endswith(("studie", "studien", "umfrage", "bericht", "analyse"))


def _head(tokens: list[Token], first: int, end: int) -> int:
    """Where the part of a phrase ends that says what it is: "Zahlen" of "Zahlen des Amtes"."""
    return next((at for at in range(first + 1, end) if tokens[at].text.lower() in _LINKS), end)


def _thing_de(tokens: list[Token], first: int, end: int) -> int:
    """The token of the noun that cannot speak, else -1."""
    head = _head(tokens, first, end)
    for at in range(first, head):
        word = tokens[at].text
        lowered = word.lower()
        if not tokens[at].is_capital or (at > first and _is_name(tokens[at - 1])):
            continue  # "Lars Grund" is somebody
        abstract = head - first <= 2 and _ABSTRACT_DE.match(lowered) and not _BODIES_DE.search(lowered)
        if lowered in _THINGS_DE or _COMPOUND_DE.search(lowered) or abstract:
            return at
    return -1


def _is_name(token: Token) -> bool:
    return (
        token.is_capital
        and token.text.lower() not in DETERMINERS_DE
        and not token.text.endswith(("e", "en", "er", "es", "em"))
    )


def _thing_en(tokens: list[Token], first: int, end: int) -> int:
    last = _head(tokens, first, end) - 1
    while last > first and _PARTICIPLE_EN.match(tokens[last].text):
        last -= 1
    word = tokens[last].text
    return last if word in _THINGS_EN or (last == first and word.lower() in _THINGS_EN) else -1
