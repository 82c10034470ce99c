"""Which names are those of agencies and outlets, and the places in a document where only such names stand.

An agency is what a dateline or a credit names; an outlet is known by its name (a list of the usual ones, and words that
names of outlets are made of) or by its place: "X has not independently verified", "first appeared on X", "© 2025 X".
"""

from __future__ import annotations

import re
from collections.abc import Mapping, Sequence
from dataclasses import dataclass
from functools import cache
from typing import Final, NamedTuple

# As credits print them (in any case) → as we call them.
AGENCIES: Final = {
    "reuters": "Reuters", "thomson reuters": "Reuters", "rtr": "Reuters", "ap": "AP", "associated press": "AP",
    "the associated press": "AP", "ap news": "AP", "afp": "AFP", "agence france-presse": "AFP",
    "agence france presse": "AFP", "dpa": "dpa", "dpa-afx": "dpa-AFX", "dpa/afx": "dpa-AFX",
    "deutsche presse-agentur": "dpa", "dpa-infocom": "dpa", "apa": "APA", "austria presse agentur": "APA",
    "sda": "Keystone-SDA", "keystone-sda": "Keystone-SDA", "kna": "KNA", "epd": "epd", "sid": "SID", "afx": "AFX",
    "dts": "dts", "dapd": "dapd", "ddp": "ddp", "interfax": "Interfax", "tass": "TASS", "itar-tass": "TASS",
    "ria novosti": "RIA Novosti", "ria nowosti": "RIA Novosti", "ukrinform": "Ukrinform", "xinhua": "Xinhua",
    "yonhap": "Yonhap", "kyodo": "Kyodo", "kyodo news": "Kyodo", "jiji": "Jiji", "ansa": "ANSA", "efe": "EFE",
    "europa press": "Europa Press", "lusa": "Lusa", "belga": "Belga", "anp": "ANP", "ntb": "NTB", "ritzau": "Ritzau",
    "stt": "STT", "pap": "PAP", "čtk": "ČTK", "ctk": "ČTK", "mti": "MTI", "anadolu": "Anadolu",
    "anadolu agency": "Anadolu", "pti": "PTI", "ani": "ANI", "ians": "IANS", "aap": "AAP", "upi": "UPI",
    "pa media": "PA", "press association": "PA", "canadian press": "The Canadian Press",
    "the canadian press": "The Canadian Press", "bloomberg": "Bloomberg", "kcna": "KCNA", "ots": "ots",
    "pr newswire": "PR Newswire", "prnewswire": "PR Newswire", "business wire": "Business Wire",
    "globe newswire": "GlobeNewswire", "globenewswire": "GlobeNewswire", "irna": "IRNA",
}  # fmt: skip
_SMALL_AGENCIES: Final = frozenset("dpa epd dts ots dapd ddp sda afp rtr afx sid kna apa".split())
_AGENCY: Final = "(?:" + "|".join(sorted((re.escape(name) for name in AGENCIES), key=len, reverse=True)) + ")"
_OUTLETS: Final = frozenset(
    name.strip().casefold()
    for name in """
    Radio Free Asia | RFA | Radio Free Europe | Radio Free Europe/Radio Liberty | RFE/RL | Voice of America | VOA |
    BBC | CNN | MSNBC | NPR | PBS | The Guardian | Guardian | The Times | WSJ | FT | The Economist | Economist |
    The Independent | The Telegraph | Daily Mail | MailOnline | Mirror | The Sun | Al Jazeera | Al Arabiya |
    Deutsche Welle | DW | Euronews | France 24 | RFI | Le Monde | Le Figaro | Politico | Axios | Business Insider |
    Newsweek | TIME | Forbes | USA Today | The Atlantic | Vox | Slate | HuffPost | The Hill | Ukrainska Pravda |
    Ukrajinska Prawda | Meduza | The Insider | Nikkei Asia | NK News | Daily NK | SCMP | The Diplomat | Haaretz |
    Der Spiegel | Spiegel | Spiegel Online | Die Zeit | ZEIT ONLINE | Süddeutsche | SZ | FAZ | FAZ.NET |
    Frankfurter Allgemeine | FR | taz | die tageszeitung | Die Welt | WELT | Bild | BILD.de | Stern | Focus |
    Focus Online | Tagesspiegel | Der Tagesspiegel | Handelsblatt | WirtschaftsWoche | manager magazin | n-tv | ntv
    | RTL | ProSieben | Sat.1 | ARD | ZDF | ZDFheute | Tagesschau | Deutschlandfunk | DLF | WDR | NDR | MDR | SWR |
    BR | BR24 | hessenschau | rbb | rbb24 | Radio Bremen | Phoenix | Arte | 3sat | t-online | GMX | watson | Merkur
    | Der Standard | derStandard | Die Presse | Kurier | Kronen Zeitung | Krone | ORF | Falter | oe24 | NZZ |
    Tages-Anzeiger | 20 Minuten | Blick | SRF | Rheinische Post | RP Online | Kölner Stadt-Anzeiger | WAZ |
    Correctiv | Augsburger Allgemeine | heise online | heise | Golem | Netzpolitik | RedaktionsNetzwerk Deutschland
    | RND | The Verge | Wired | TechCrunch | Ars Technica | Engadget | CNET | Wikinews | The Conversation |
    ProPublica | The Intercept | Bellingcat | Swissinfo | CBC | RTÉ | ABC | SBS | The Age | The Hindu | NDTV |
    Times of India | Yahoo | MSN
    """.split("|")
)
# What names of outlets are made of; the capital tells them from words of a headline.
_OUTLET_WORD: Final = re.compile(
    r"\b(?:News|Times|Post|Herald|Tribune|Gazette|Journal|Daily|Radio|TV|Television|Magazine|Press|Chronicle|Guardian|Mirror|"
    r"Observer|Telegraph|Independent|Weekly|Broadcasting|Network|Agency|Review|Examiner|Inquirer|Dispatch|Sentinel|"
    r"Courier|Standard|Globe|Monitor|Newsroom|Report|Wire|Zeitung|Nachrichten|Tagblatt|Tageblatt|Anzeiger|Kurier|Bote|"
    r"Allgemeine|Presse|Rundschau|Rundfunk|Echo|Spiegel|Tagesschau|Merkur|Abendblatt|Morgenpost|Volksstimme|Magazin|"
    r"Online|Portal|Blog|Podcast|Fernsehen)\b"
    r"|[A-ZÄÖÜ][a-zäöüß]{2,30}(?:zeitung|blatt|post|anzeiger|kurier|presse|funk|welle|news)\b|[A-Z]{2,8}-?(?:TV|News)\b"
)
_NOT_OUTLETS: Final = frozenset(
    """
    liveticker live-ticker ticker video videos politik wirtschaft sport kultur panorama analyse kommentar interview
    reportage meinung wissen ausland inland news nachrichten news-blog newsblog live live-blog liveblog update
    updates analysis opinion world politics business culture explainer review report photos fotos bilder eilmeldung
    breaking podcast exklusiv exclusive europe europa asia asien usa nato eu un uno uk us g7 g20 uefa fifa who iaea
    osze imf iwf ezb wto afd cdu csu spd fdp bsw fbi cia kgb fsb dna ceo covid-19 ki ai home blog
    """.split()
)
_DOMAIN: Final = re.compile(
    r"(?:www\.)?(?:[A-Za-z0-9-]{2,40}\.){1,3}"
    r"(?:com|org|net|de|at|ch|eu|uk|fr|info|news|tv|io|co|us|ru|ua|asia|press|media|online|int)$"
)
_SMALL_WORDS: Final = frozenset("of the and der die das und für am de la le du for &".split())
_CAMEL: Final = re.compile(r"[a-zäöü][A-ZÄÖÜ]|[A-Z]{2,}[a-z]")
_LANGUAGE_NAMES: Final = frozenset(
    "deutsch english französisch français español russian ukrainian german french italiano polski".split()
)


def looks_like_outlet(name: str) -> bool:
    """Whether a piece of a title or a header is the name of an outlet."""
    folded = name.casefold()
    if not name or len(name) > 60 or folded in _NOT_OUTLETS:
        return False
    if folded in _OUTLETS or _DOMAIN.match(name):
        return True
    words = name.split()
    if len(words) > 5 or not (words[0][0].isupper() or words[0][0].isdigit()):
        return False
    if len(words) == 1 and name.isupper() and 2 <= len(name) <= 6 and name.isalpha():
        return True
    return bool(_OUTLET_WORD.search(name)) and all(not word[0].islower() or word in _SMALL_WORDS for word in words)


def is_section(name: str) -> bool:
    """Whether this is a section of a site or a kind of report, which stands where names of outlets stand."""
    return name.casefold() in _NOT_OUTLETS


def looks_like_site(line: str) -> bool:
    """Whether a short line above the title is the name of the site: "AbcNews", "Beispiel English"."""
    words = line.split()
    if not words or line.casefold() in _NOT_OUTLETS:
        return False
    return looks_like_outlet(line) or bool(_CAMEL.search(words[0])) or (
        len(words) > 1 and words[-1].casefold() in _LANGUAGE_NAMES
    )


# --- agencies -----------------------------------------------------------------------------------------------------

_JOINED: Final = rf"{_AGENCY}(?:\s?[/,+]\s?{_AGENCY}){{0,3}}"
_SIGNATURE: Final = r"(?:\s?[/,]\s?(?:[a-zäöü]{2,5}|red\.?|dpa\w{0,8}|[\d.]{5,10})){0,3}"


class _Patterns(NamedTuple):
    dateline: re.Pattern[str]
    credit: re.Pattern[str]
    closing: re.Pattern[str]
    name: re.Pattern[str]


@cache
def _patterns() -> _Patterns:
    """Compiled when the first document is read: the list of agencies makes them long."""
    return _Patterns(
        dateline=re.compile(
            rf"[^()\n]{{0,70}}?\((?P<names>{_JOINED})(?:/[\w-]{{1,12}}){{0,2}}\)\s{{0,2}}(?:[-–—:]|\s|$)"
            rf"|[^()\n/]{{2,60}} /(?P<wire>{_AGENCY})/ ?[-–—]",
            re.IGNORECASE,
        ),
        credit=re.compile(
            r"[(\[–—-]?\s?(?:(?:quelle|source|agentur|agency|mit material (?:von|der)|with reporting by|"
            r"with material from|with|mit|von|by|via|text|©)\s?:?\s?)?"
            rf"(?P<names>(?:[\w.-]{{2,20}}\s?[/,]\s?){{0,2}}{_AGENCY}(?:\s?(?:[/,+&]|and|und)\s?{_AGENCY}){{0,3}})"
            rf"{_SIGNATURE}[)\]]?\.?$",
            re.IGNORECASE,
        ),
        closing=re.compile(rf"[.!?“”\"»] ?[(\[](?P<names>{_JOINED}){_SIGNATURE}[)\]]\.?$", re.IGNORECASE),
        name=re.compile(rf"(?<![^\W_]){_AGENCY}(?![^\W_])", re.IGNORECASE),
    )


def agency_called(name: str) -> str:
    """What we call the agency of that name, "" when it is none."""
    return AGENCIES.get(name.casefold(), "")


def agencies_of_credit(paragraph: str) -> str:
    """The agencies that a line of nothing but a credit names: "(dpa)", "Quelle: AFP", "APA/dpa"; "" for any other."""
    if len(paragraph) > 80:
        return ""
    match = _patterns().credit.match(paragraph)
    return _called(match["names"]) if match else ""


def agencies_of(lead: str, paragraphs: Sequence[str]) -> str:
    """The agencies of the lead's dateline, else of a credit line or of the brackets behind the last words."""
    match = _patterns().dateline.match(lead[:140])
    found = _called(match["names"] or match["wire"]) if match else ""
    if found:
        return found
    for paragraph in (*paragraphs[:4], *reversed(paragraphs[-6:])):
        found = agencies_of_credit(paragraph)
        if not found and (closing := _patterns().closing.search(paragraph[-60:])):
            found = _called(closing["names"])
        if found:
            return found
    return ""


def _called(text: str) -> str:
    """The agencies in `text`, joined by slashes. A name in small letters is a word, unless the agency writes it so."""
    names = [match[0] for match in _patterns().name.finditer(text)]
    good = [name for name in names if name[0].isupper() or name in _SMALL_AGENCIES]
    return "/".join(dict.fromkeys(AGENCIES[name.casefold()] for name in good))


# --- names that stand where only names stand ----------------------------------------------------------------------

_WORD: Final = r"[A-ZÀ-ÖØ-ÞĀ-ŽΑ-ΩА-Я][\w&.'’/-]{0,30}"
_NOT_VERIFIED_EN: Final = re.compile(
    rf"(?:The )?(?P<name>{_WORD}(?: (?:{_WORD}|of|the|and)){{0,4}}) (?:has|have|had|could|was|were|is|did)"
    r"(?: not|n['’]t)(?: yet)?(?: been able to| able to)?(?: immediately)?(?: yet)? independently "
    r"(?:verif|confirm|review|authenticat)"
)
_NOT_VERIFIED_DE: Final = re.compile(
    rf"(?P<article>(?:Die|Der|Das) )?(?P<name>{_WORD}(?: {_WORD}){{0,4}}) (?:hat|haben|konnte|konnten)\b"
    r"[^.!?]{0,90}\b(?:nicht|bislang nicht|zunächst nicht) unabhängig (?:überprüf|verifizier|bestätig|prüf)"
)
_FIRST_ON: Final = re.compile(
    r"(?:first )?appeared (?:first )?on (?P<name>[^.]{2,60})\.?$"
    r"|erschien zuerst (?:auf|bei) (?P<german>[^.]{2,60})\.?$",
    re.IGNORECASE,
)
_YEARS: Final = r"(?:19|20)\d\d(?:\s?[-–/]\s?(?:19|20)?\d\d)?"
_COPYRIGHT: Final = re.compile(
    rf"(?:©|\(c\)|copyright|&copy;)[\s©]{{0,4}}(?:\(c\) ?)?(?:by )?(?:{_YEARS},? )?(?:by )?"
    rf"(?P<name>[^.,|©]{{2,50}}?)(?: {_YEARS})?(?:$|[.,|–-] ?|\s?(?:all rights|alle rechte))",
    re.IGNORECASE,
)
_YEAR: Final = re.compile(r"(?:19|20)\d\d")
_SENTENCE_START: Final = re.compile(r"(?:^|(?<=[.!?] )|(?<=[.!?][“”\"] ))(?=[A-ZÄÖÜ])")
_PRONOUNS: Final = ("It ", "They ", "We ", "Es ", "Sie ", "Wir ", "Diese ", "These ", "This ")


@dataclass(frozen=True, slots=True)
class Hints:
    """The names that a document gives away in such places."""

    outlet: str = ""
    agency: str = ""


def names_given_away(paragraphs: Sequence[str], dropped: Mapping[int, str]) -> Hints:
    """The first outlet and agency so named. Copyright and source lines are looked for among the `dropped` ones."""
    outlet = agency = ""
    for index, paragraph in enumerate(paragraphs):
        names: list[str] = []
        if "ndependently" in paragraph or "nabhängig" in paragraph:
            names = [_checker(paragraph, start.end()) for start in _SENTENCE_START.finditer(paragraph)]
        elif dropped.get(index) in ("source link", "copyright"):
            names = [_owner(paragraph[:400], dropped[index])]
        for name in filter(None, names):
            called = agency_called(name)
            agency = agency or called
            outlet = outlet or ("" if called else name)
    return Hints(outlet, agency)


def _checker(paragraph: str, start: int) -> str:
    """Who has not verified something, by the sentence at `start`; "" when that may be a ministry."""
    match = _NOT_VERIFIED_EN.match(paragraph, start) or _NOT_VERIFIED_DE.match(paragraph, start)
    if not match:
        return ""
    name = str(match["name"])
    if looks_like_outlet(name) or agency_called(name):
        return name
    article = match.groupdict().get("article")
    return name if not article and " " in name and not name.startswith(_PRONOUNS) else ""


def _owner(paragraph: str, label: str) -> str:
    match = (_FIRST_ON if label == "source link" else _COPYRIGHT).search(paragraph)
    if not match:
        return ""
    name = (match["name"] or match.groupdict().get("german") or "").strip(" “”\"'")
    if not name or not name[0].isupper() or len(name.split()) > 6:
        return ""
    if name.casefold().startswith(("all rights", "alle rechte", "copyright")):
        return ""
    # "© Jane Doe" without a year is the credit of a picture.
    return name if label == "source link" or _YEAR.search(paragraph) or looks_like_outlet(name) else ""
