"""Nations and bodies: the words by which a country, its people, its language and a great institution are called.

"ukrainische Truppen", "Ukrainian troops" and "troops of Ukraine" name the same country. Stems cannot tell that: Niger is
not Nigeria, and Austria not Australia.
"""

from __future__ import annotations

import re
from functools import cache, lru_cache
from typing import Final

from bot.languages.words import fold

# One nation a line; German adjectives without their endings, phrases with "_".
_NATIONS: Final = """
us usa amerika america amerikanisch american amerikaner vereinigte_staaten united_states us-amerikanisch
un uno vereinte_nationen united_nations vereinten_nationen
eu europaische_union european_union europaischen_union
uk gb grossbritannien britannien britain great_britain united_kingdom vereinigtes_konigreich vereinigten_konigreich britisch british brite briten britons
nato nordatlantikpakt north_atlantic_treaty_organization north_atlantic_treaty_organisation
imf iwf international_monetary_fund internationaler_wahrungsfonds internationale_wahrungsfonds internationalen_wahrungsfonds
who weltgesundheitsorganisation world_health_organization world_health_organisation
wto welthandelsorganisation world_trade_organization world_trade_organisation
ecb ezb european_central_bank europaische_zentralbank europaischen_zentralbank
iaea iaeo internationale_atomenergiebehorde international_atomic_energy_agency internationalen_atomenergiebehorde
icc istgh internationaler_strafgerichtshof international_criminal_court internationale_strafgerichtshof internationalen_strafgerichtshof
osce osze organisation_fur_sicherheit_und_zusammenarbeit organization_for_security_and_co-operation
oecd
uae vae vereinigte_arabische_emirate united_arab_emirates vereinigten_arabischen_emirate emirati emiratisch
germany deutschland bundesrepublik german deutsch deutscher deutsche germans
france frankreich french franzosisch franzose franzosen
spain spanien spanish spanisch spanier spaniards
italy italien italian italienisch italiener
portugal portuguese portugiesisch portugiese portugiesen
austria osterreich austrian osterreichisch osterreicher
switzerland schweiz swiss schweizerisch schweizer
netherlands niederlande niederlanden dutch niederlandisch niederlander holland hollandisch hollander
belgium belgien belgian belgisch belgier
luxembourg luxemburg luxemburgisch luxembourgish luxemburger
ireland irland irish irisch ire iren
scotland schottland scottish schottisch schotte schotten scots
wales welsh walisisch waliser
england english englisch englander
denmark danemark danish danisch dane danen danes
sweden schweden swedish schwedisch schwede swedes
norway norwegen norwegian norwegisch norweger
finland finnland finnish finnisch finne finnen finns
iceland island icelandic islandisch islander
poland polen polish polnisch pole poles
czechia tschechien czech tschechisch tscheche tschechen czech_republic tschechische_republik
slovakia slowakei slovak slowakisch slowake slowaken slovaks
slovenia slowenien slovenian slowenisch slowene slowenen slovene
hungary ungarn hungarian ungarisch ungar
romania rumanien romanian rumanisch rumane rumanen
bulgaria bulgarien bulgarian bulgarisch bulgare bulgaren
greece griechenland greek griechisch grieche griechen greeks
croatia kroatien croatian kroatisch kroate kroaten croat
serbia serbien serbian serbisch serbe serben serb
bosnia bosnien bosnian bosnisch bosnier
kosovo kosovarisch kosovar kosovan
albania albanien albanian albanisch albaner
estonia estland estonian estnisch este esten
latvia lettland latvian lettisch lette letten
lithuania litauen lithuanian litauisch litauer
ukraine ukrainian ukrainisch ukrainer
russia russland russian russisch russe russen
belarus weissrussland belarusian belarussisch belarussian belarusse belarussen
moldova moldau moldawien moldovan moldauisch moldawisch
georgia georgien georgian georgisch georgier
armenia armenien armenian armenisch armenier
azerbaijan aserbaidschan azerbaijani aserbaidschanisch aserbaidschaner azeri
kazakhstan kasachstan kazakh kasachisch kasache kasachen
turkey turkei turkish turkisch turke turken turks turkiye
cyprus zypern cypriot zyprisch zyprer
israel israeli israelisch israelis
palestine palastina palestinian palastinensisch palastinenser
lebanon libanon lebanese libanesisch libanese libanesen
syria syrien syrian syrisch syrer
iraq irak iraqi irakisch iraker
iran iranian iranisch iraner
yemen jemen yemeni jemenitisch jemenit jemeniten
qatar katar qatari katarisch
kuwait kuwaiti kuwaitisch
saudi-arabien saudi_arabia saudi saudisch saudi-arabisch saudis saudi_arabian
jordan jordanien jordanian jordanisch jordanier
egypt agypten egyptian agyptisch agypter
libya libyen libyan libysch libyer
tunisia tunesien tunisian tunesisch tunesier
algeria algerien algerian algerisch algerier
morocco marokko moroccan marokkanisch marokkaner
sudan sudanese sudanesisch sudanesen
ethiopia athiopien ethiopian athiopisch athiopier
somalia somali somalisch somalier
kenya kenia kenyan kenianisch kenianer
uganda ugandan ugandisch
tanzania tansania tanzanian tansanisch
nigeria nigerian nigerianisch nigerianer
niger nigerien nigrisch
mali malian malisch
ghana ghanaian ghanaisch
senegal senegalese senegalesisch
congo kongo congolese kongolesisch kongolesen
south_africa sudafrika south_african sudafrikanisch sudafrikaner
india indien indian indisch inder
pakistan pakistani pakistanisch pakistaner pakistanis
bangladesh bangladesch bangladeshi bangladeschisch
afghanistan afghan afghanisch afghane afghanen
china chinese chinesisch chinesen volksrepublik_china
taiwan taiwanese taiwanisch taiwanesen
japan japanese japanisch japaner
north_korea nordkorea north_korean nordkoreanisch nordkoreaner dprk
south_korea sudkorea south_korean sudkoreanisch sudkoreaner
vietnam vietnamese vietnamesisch vietnamesen
thailand thai thailandisch thailander
indonesia indonesien indonesian indonesisch indonesier
malaysia malaysian malaysisch
philippines philippinen philippine philippinisch filipino
myanmar birma burma burmese birmanisch
australia australien australian australisch australier
new_zealand neuseeland neuseelandisch neuseelander
canada kanada canadian kanadisch kanadier
mexico mexiko mexican mexikanisch mexikaner
brazil brasilien brazilian brasilianisch brasilianer
argentina argentinien argentine argentinisch argentinier argentinian
chile chilean chilenisch chilene chilenen
colombia kolumbien colombian kolumbianisch kolumbianer
venezuela venezuelan venezolanisch venezolaner
peru peruvian peruanisch peruaner
cuba kuba cuban kubanisch kubaner
haiti haitian haitianisch
europe europa european europaisch europaer
africa afrika african afrikanisch afrikaner
asia asien asian asiatisch asiaten
kyiv kiew kiev kyjiw kiewer
moscow moskau moskwa moskauer
beijing peking pekinger
brussels brussel bruxelles brusseler
vienna wien wiener
prague prag prager
warsaw warschau warschauer
rome rom
geneva genf genfer
munich munchen munchner
cologne koln kolner
nuremberg nurnberg nurnberger
hanover hannover
bavaria bayern bayerisch bavarian bayrisch
saxony sachsen sachsisch saxon
lower_saxony niedersachsen niedersachsisch
hesse hessen hessisch hessian
thuringia thuringen thuringisch
north_rhine-westphalia nordrhein-westfalen nrw
rhine rhein
danube donau
moselle mosel
meuse maas
black_sea schwarzes_meer schwarzen_meer schwarze_meer
baltic_sea ostsee
north_sea nordsee
mediterranean mittelmeer
gaza gazastreifen gaza_strip
west_bank westjordanland
crimea krim crimean
""".strip().splitlines()
# Capitals in both languages, and whose: who reads of the government in Lima may say that it is that of Peru.
_CAPITALS: Final = """
russia moscow moskau|ukraine kyiv kiew|germany berlin|france paris|uk london|italy rome rom|spain madrid|portugal lisbon lissabon
austria vienna wien|switzerland bern|poland warsaw warschau|czechia prague prag|hungary budapest|slovakia bratislava
slovenia ljubljana|croatia zagreb|serbia belgrade belgrad|bosnia sarajevo|greece athens athen|bulgaria sofia
romania bucharest bukarest|norway oslo|sweden stockholm|finland helsinki|denmark copenhagen kopenhagen|iceland reykjavik
ireland dublin|estonia tallinn|latvia riga|lithuania vilnius|belarus minsk|turkey ankara|china beijing peking|japan tokyo tokio
india delhi|pakistan islamabad|afghanistan kabul|iran tehran teheran|iraq baghdad bagdad|syria damascus damaskus
lebanon beirut|egypt cairo kairo|tunisia tunis|algeria algiers algier|morocco rabat|kenya nairobi|peru lima|colombia bogota
venezuela caracas|australia canberra|canada ottawa|vietnam hanoi|thailand bangkok|indonesia jakarta
"""
_ADJECTIVE = re.compile(r"(.{2,30}isch|deutsch)(?:e|en|er|es|em)\Z")
_ENDINGS: Final = ("innen", "in", "s", "n", "es", "er", "ern", "ers")


@cache
def _words() -> dict[str, str]:
    return {word: line.split()[0] for line in _NATIONS for word in line.split() if "_" not in word and "-" not in word}


@cache
def _phrases() -> tuple[tuple[str, str], ...]:
    """Folded phrases between single blanks, and their nation; the longest first."""
    names = [(name, line.split()[0]) for line in _NATIONS for name in line.split() if "_" in name or "-" in name]
    found = [(name.replace("_", " ").replace("-", " "), nation) for name, nation in names]
    return tuple(sorted(found, key=lambda pair: -len(pair[0])))


# Words of the language that are no nation in small letters.
_SMALL_WORDS: Final = frozenset("us who turkey china pole poles este ire finne polish rom island wiener thai jordan chile turks dane danes brite".split())  # fmt: skip


@lru_cache(maxsize=16384)
def nation_of(word: str) -> str:
    """The nation that a word names or that it is an adjective of; "" when it does neither."""
    folded = fold(word)
    if word[:1].islower() and (folded in _SMALL_WORDS or len(folded) < 5):
        return ""
    words = _words()
    if folded in ("us", "who", "un", "eu", "uk", "gb", "uno") and not word[:2].isupper():
        return ""
    found = words.get(folded)
    if found:
        return found
    if adjective := _ADJECTIVE.match(folded):
        return words.get(adjective[1], "")
    for ending in _ENDINGS:
        if len(folded) > len(ending) + 3 and folded.endswith(ending):
            found = words.get(folded.removesuffix(ending))
            if found:
                return found
    return ""


_PARTS: Final = re.compile(
    r"(?:nord|süd|ost|west|zentral|mittel|nordost|nordwest|südost|südwest|gesamt|ex|inner)(?=[a-zäöü]{4})"
)


def nation_within(word: str) -> str:
    """The nation whose part a German word names: "Westfrankreich", "ostukrainisch"; "" of any other word."""
    part = _PARTS.match(word.lower())
    if part is None or nation_of(word):
        return ""
    rest = word[part.end() :]
    return nation_of(rest.capitalize() if word[0].isupper() else rest)


def nations_in_phrases(folded: str) -> tuple[tuple[int, int, str], ...]:
    """The nations and bodies that are named in several words: where, and which.

    `folded` is a text's words, folded, with single blanks between them; the last word of a phrase may be inflected.
    """
    nations = dict(_phrases())
    return tuple((m.start(1), m.end(1), nations[m[1]]) for m in _phrase_pattern().finditer(folded))


@cache
def _phrase_pattern() -> re.Pattern[str]:
    phrases = "|".join(re.escape(phrase) for phrase, _ in _phrases())
    return re.compile(rf"(?<![^ ])({phrases})(?:n|s|e|en|er|es|em)?(?= |\Z)")


@cache
def _capitals() -> dict[str, str]:
    rows = [row.split() for row in _CAPITALS.strip().replace("\n", "|").split("|")]
    return {capital: _words().get(row[0], "") for row in rows for capital in row[1:]}


def nation_with_capital(word: str) -> str:
    """The nation whose capital a word names; "" for none."""
    return _capitals().get(fold(word), "") if word[:1].isupper() else ""
