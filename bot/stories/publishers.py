"""Publishers: which outlets are one voice, by their name, their address and the houses that own many of them."""

from __future__ import annotations

import re
from functools import cache, lru_cache
from typing import TYPE_CHECKING
from urllib.parse import urlsplit

from bot.languages.words import fold

if TYPE_CHECKING:
    from collections.abc import Iterable, Sequence

# What an outlet's name says beside who it is: "BBC News - World", "SPIEGEL ONLINE | Politik".
_SECTIONS = frozenset(
    "a an and das der die el la le les of the und "
    "aktuell am app breaking business com daily de deutsch deutschland digital edition english feed finance germany "
    "headlines heute home homepage international kultur latest live local magazin magazine meldungen mobile "
    "nachrichten national net "
    "news newsfeed online org panorama politics politik portal region regional rss schlagzeilen science sport sports "
    "sunday tech technology top tv uk unternehmen us usa video wetter wirtschaft wissen wissenschaft world www".split()
)
_PARTED = re.compile(r"\s[-–—|·:»]\s")
_WORD = re.compile(r"[^\W_]+")
# Second level domains under which anybody may have a name.
_OPEN_SECOND = frozenset("ac co com edu gob gov gouv ne net nom or org".split())
# Where many publish, each under a name of their own: the whole host says who; or nobody's own.
_MANY_WRITERS = frozenset(
    "blogspot github medium over-blog substack tumblr typepad weebly wixsite wordpress".split()
)
_NO_VOICE = frozenset("feedburner feedproxy google yahoo msn t youtube facebook twitter reddit bsky flipboard".split())
_LONGEST = 300

# House → its outlets, as `_name_key` and hosts know them. Public knowledge of 2025; who is missing counts by itself.
_HOUSES = {
    "axel springer": "bild welt bz businessinsider politico upday",
    "bertelsmann rtl": "ntv rtl stern geo vox capital brigitte",
    "spiegel": "spiegel managermagazin bento",
    "madsack rnd": "rnd haz neuepresse lvz maz ostseezeitung dnn goettingertageblatt paz kieler kn",
    "funke": "waz nrz derwesten morgenpost abendblatt braunschweigerzeitung thueringerallgemeine tlz wp ikz harzkurier",
    "ippen": "merkur tz fr hna kreiszeitung giessenerallgemeine wa op soester fnp ingame buzzfeed",
    "swmh": "sueddeutsche sz stuttgarterzeitung stuttgarternachrichten schwarzwaelderbote",
    "ard": "tagesschau ard ndr wdr br mdr swr rbb hr sr radiobremen sportschau daserste rbb24 br24",
    "zdf": "zdf zdfheute",
    "deutschlandradio": "deutschlandfunk dlf deutschlandfunkkultur deutschlandfunknova",
    "dvh": "handelsblatt wirtschaftswoche wiwo tagesspiegel zeit",
    "burda": "focus chip bunte huffingtonpost",
    "tx group": "tagesanzeiger 20minuten bernerzeitung bazonline derbund 24heures tdg",
    "ch media": "watson aargauerzeitung luzernerzeitung tagblatt bzbasel",
    "ringier": "blick cash beobachter",
    "srg": "srf rts rsi swissinfo",
    "bbc": "bbc bbci",
    "guardian": "guardian theguardian observer",
    "reach": "mirror express dailystar dailyrecord manchestereveningnews walesonline birminghammail liverpoolecho ok",
    "news corp": "wsj nypost sun thesun times thetimes sundaytimes marketwatch barrons dailytelegraph theaustralian "
    "heraldsun couriermail skynewsaustralia newscomau",
    "dmgt": "dailymail mail mailonline metro inews newscientist",
    "fox": "foxnews foxbusiness fox foxsports",
    "comcast": "nbc nbcnews cnbc msnbc sky skynews skysports telemundo today",
    "warner bros discovery": "cnn bleacherreport",
    "disney": "abcnews espn abc",
    "paramount": "cbs cbsnews cbssports",
    "new york times": "nytimes newyorktimes nyt theathletic wirecutter",
    "gannett": "usatoday azcentral freep indystar tennessean cincinnati democratandchronicle detroitnews northjersey",
    "hearst": "sfgate sfchronicle houstonchronicle chron seattlepi timesunion ctpost",
    "tribune": "chicagotribune nydailynews baltimoresun orlandosentinel sunsentinel mcall dailypress pilotonline",
    "mcclatchy": "miamiherald kansascity sacbee charlotteobserver newsobserver star-telegram startelegram thestate",
    "lee": "stltoday buffalonews omaha tucson richmond madison tulsaworld",
    "advance": "nj cleveland oregonlive mlive al silive pennlive syracuse masslive newyorker wired vogue vanityfair",
    "postmedia": "nationalpost vancouversun theprovince calgaryherald edmontonjournal ottawacitizen montrealgazette",
    "nine": "smh theage afr brisbanetimes watoday nine",
    "abc australia": "abcnetau",
    "usagm": "voanews voa voiceofamerica rfa radiofreeasia rferl radiofreeeuroperadioliberty",
    "deutsche welle": "dw deutschewelle",
    "vocento": "abces elcorreo diariovasco hoy laverdad ideal",
    "prisa": "elpais as cadenaser cincodias",
    "gedi": "repubblica lastampa huffingtonpostit",
    "times of india": "timesofindia economictimes indiatimes navbharattimes",
    "india today": "indiatoday aajtak",
    "hindustan times": "hindustantimes livemint livehindustan",
}  # fmt: skip


@cache
def _house_of() -> dict[str, str]:
    return {outlet: f"house {house}" for house, outlets in _HOUSES.items() for outlet in outlets.split()}


@lru_cache(maxsize=16384)
def family_keys(outlet: str, address: str) -> frozenset[str]:
    """Keys of a publisher's family: outlets that share one are one voice. Empty when nothing is known of it."""
    keys = {key for key in (_name_key(outlet), _host_key(address)) if key}
    houses = {house for key in keys if (house := _house_of().get(key))}
    return frozenset(keys | houses)


def _name_key(outlet: str) -> str:
    for part in (_PARTED.split(outlet[:_LONGEST], maxsplit=1)[0], outlet[:_LONGEST]):
        words = [fold(word) for word in _WORD.findall(part)]
        said = "".join(word for word in words if word not in _SECTIONS)
        if said:
            return said
    return fold("".join(_WORD.findall(outlet[:_LONGEST])))


def _host_key(address: str) -> str:
    try:
        host = (urlsplit(address[:2_000]).hostname or "").lower()
    except ValueError:
        return ""
    labels = [label for label in host.split(".") if label]
    if len(labels) < 2 or labels[-1].isdigit():
        return host
    if len(labels) > 2 and (labels[-2] in _OPEN_SECOND and len(labels[-1]) == 2):
        labels = labels[:-1]
    name = labels[-2]
    if name in _NO_VOICE:
        return ""
    return host if name in _MANY_WRITERS else name.replace("-", "")


def voices(publishers: Iterable[frozenset[str]]) -> list[frozenset[str]]:
    """The families among publishers that are given by their keys, in order; one without keys is a voice of its own."""
    found: list[frozenset[str]] = []
    for keys in publishers:
        merged = keys
        rest: list[frozenset[str]] = []
        place = len(found)
        for position, one in enumerate(found):
            if one & merged:
                merged |= one
                place = min(place, position)
            else:
                rest.append(one)
        rest.insert(min(place, len(rest)), merged)
        found = rest
    return found


def largest_first(names: Sequence[str]) -> list[str]:
    """Each name once, those that occur more often first, else as they came."""
    counted = {name: names.count(name) for name in dict.fromkeys(names) if name}
    return sorted(counted, key=lambda name: -counted[name])
