"""Base forms: leads "bestritten" to "bestreiten", "sent" to "send", "angekündigt" to "ankündigen", "zahlte" to "zahlen".

Stemmers cut endings; they do not know that "flog" is "fliegen", and the German one leaves the verbs' "t" in place. The base
form found here is what they are given instead.
"""

from __future__ import annotations

from functools import cache
from pathlib import Path

_DATA = Path(__file__).with_name("data")

# Longest first, so that "zurück" is not taken for "zu".
_SEPARABLE = (
    "zusammen", "entgegen", "gegenüber", "auseinander", "herunter", "hinunter", "wieder", "zurück", "heraus", "hinaus",
    "herbei", "herein", "hinein", "voraus", "vorbei", "weiter", "durch", "nieder", "statt", "unter", "teil", "fest", "fort",
    "frei", "heim", "hoch", "klar", "nach", "über", "auf", "aus", "bei", "ein", "her", "hin", "los", "mit", "vor", "weg",
    "ab", "an", "da", "um", "zu",
)  # fmt: skip
_INSEPARABLE = ("hinter", "wider", "unter", "über", "miss", "voll", "emp", "ent", "ver", "zer", "be", "er", "ge", "um")
_ENDINGS = ("", "e", "en", "st", "t", "et", "er", "em", "es", "ene", "enen", "ener", "enem", "enes")
_SHORTEST_PARTICIPLE = 6
_SHORTEST_NOUN_IN_EM = 5


@cache
def _forms(language: str) -> dict[str, str]:
    """Irregular form → base form, as the file of the language lists them."""
    path = _DATA / f"irregular_{language}.txt"
    found: dict[str, str] = {}
    for line in path.read_text(encoding="utf-8").splitlines():
        if line and not line.startswith("#") and line[0].islower():
            base, *forms = line.replace("ß", "ss").split()
            for form in forms:
                found.setdefault(form, base)
    return found


@cache
def _german_forms() -> dict[str, str]:
    """As `_forms`, with endings ("bestrittene", "flogen") and participles without "ge", as they stand after a prefix."""
    found: dict[str, str] = {}
    for form, base in _forms("de").items():
        # "gegangen" without "ge" stands in "vergangen"; the "ge" of "gewann" belongs to "gewinnen" and stays.
        own_ge = base.startswith("ge") and not form.startswith("gege") and form != "gegangen"
        bare = form[2:] if form.startswith("ge") and not own_ge and len(form) > 5 else ""
        for stem in (form, bare):
            for ending in _ENDINGS:
                if stem and len(stem + ending) > 2:
                    found.setdefault(stem + ending, base)
    return found


@cache
def _noun_plurals() -> dict[str, str]:
    lines = (_DATA / "irregular_de.txt").read_text(encoding="utf-8").splitlines()
    pairs = (line.lower().split() for line in lines if line[:1].isupper())
    return {plural: singular for singular, *plurals in pairs for plural in plurals}


def noun_base(noun: str) -> str:
    """What the stemmer is given for a German noun (in lower case): its singular, as far as the stemmer needs that."""
    noun = _noun_plurals().get(noun, noun)
    # The stemmer takes the end of "Problem" for a dative's.
    return f"{noun}e" if noun.endswith("em") and len(noun) > _SHORTEST_NOUN_IN_EM else noun


def base_form(word: str, language: str) -> str:
    """The base form of a lower-case word, or the word itself when it is regular (German: "ß" written "ss")."""
    if language == "en":
        return _forms("en").get(word, word)
    if language == "de" and len(word) < 40:
        return _german_base(word)
    return word


def _german_base(word: str) -> str:
    forms = _forms("de")
    if word in forms:
        return forms[word]
    all_forms = _german_forms()
    if word.startswith("ge") and word in all_forms:
        return all_forms[word]  # before "ge-" is taken for a prefix: "gefangener" is of "fangen"
    for prefix in (*_SEPARABLE, *_INSEPARABLE):
        if word.startswith(prefix) and len(word) >= len(prefix) + 3:
            rest = word[len(prefix) :]
            base = all_forms.get(rest) or _after_second_prefix(rest)
            if base:
                return prefix + base
    if word in all_forms and not word.endswith(("er", "em", "es")):
        return all_forms[word]
    participle = _without_ge(word)
    return participle if participle != word else _without_t(word)


def _after_second_prefix(rest: str) -> str:
    """ "an|er|kannt": the base of what stands after a first prefix, when a second one follows."""
    for prefix in _INSEPARABLE:
        base = _german_forms().get(rest[len(prefix) :]) if rest.startswith(prefix) else None
        if base:
            return prefix + base
    return ""


def _without_t(word: str) -> str:
    """Regular forms and participles of verbs with their "t": "zahlte" → "zahlen", "verletzter" → "verletzen"."""
    for ending in ("teten", "tete", "tet", "ten", "ter", "tem", "tes", "te", "t"):
        if word.endswith(ending):
            stem = word[: -len(ending)]
            if ending.startswith("tet"):
                stem += "t"  # "arbeitete": the stem itself ends in "t"
            elif (stem + "t").endswith(_STEMS_IN_T):
                return stem + "ten"  # "arbeiten", "arbeite": an infinitive already
            if len(stem) < 3 or stem + "t" in _NO_VERBS or stem.endswith(_NO_VERB_STEMS):
                return word
            return (stem[:-1] if stem.endswith("e") and len(stem) > 4 else stem) + "en"
    return word


# Verbs whose stem ends in "t", without their prefixes.
_STEMS_IN_T = (
    "obacht", "tracht", "schlacht", "pacht", "beacht", "veracht", "missacht", "antwort", "arbeit", "bereit", "bericht", "biet", "bitt", "breit", "duft", "fecht", "flecht", "frist",
    "fürcht", "gelt", "gestalt", "gestatt", "gleit", "halt", "haft", "heft", "heirat", "hust", "kost", "last", "läut", "leist", "leit", "luft", "lüft",
    "miet", "mut", "pflicht", "rast", "rat", "reit", "rett", "richt", "rüst", "schalt", "schicht",
    "schlicht", "schreit", "schult", "schütt", "spalt", "spott", "start", "statt", "stift", "streit", "tast", "test", "tot",
    "töt", "tret", "tröst", "wart", "walt", "wert", "wett", "wirt", "zücht",
)  # fmt: skip


# Adjectives and little words that end in "t" as verbs do.
_NO_VERBS = frozenset(
    "weit leicht recht dicht schlecht echt fett glatt hart kalt laut matt nett satt spät zart breit bereit bunt fest feucht schlicht "
    "sanft wert nicht jetzt selbst erst letzt sonst meist längst oft fast acht samt statt mit seit damit somit selbst privat "
    "direkt korrekt perfekt exakt abstrakt konkret diskret komplett absolut violett robust bewusst gesamt bekannt verwandt "
    "berühmt gewohnt weltweit stadt zweit dritt viert fünft sechst siebt neunt zehnt hundert tausend rechts äusserst mindest "
    "zuletzt zuerst höchst best größt grösst kleinst jüngst nächst neust neuest ältest".split()
)
_NO_VERB_STEMS = ("haf", "lich", "evan", "ifikan", "minan", "stan", "gen", "zien", "quen", "nen", "ten", "ven", "alen")
# Verbs whose own stem begins with "ge".
_VERBS_IN_GE = (
    "gebrauch", "gebühr", "gedenk", "gefährd", "gehorch", "gehör", "gelang", "geleit", "gelt", "genehmig", "genüg", "gesell",
    "gestalt", "gestatt", "gewähr", "gewinn", "gewöhn", "geschieh", "gesteh", "gerät",
)  # fmt: skip


def _without_ge(word: str) -> str:
    """Regular participles and infinitives with "zu": "gekauft" → "kaufen", "angekündigt" → "ankündigen"."""
    if len(word) < _SHORTEST_PARTICIPLE:
        return word
    for prefix in ("", *_SEPARABLE):
        if not word.startswith(prefix):
            continue
        rest = word[len(prefix) :]
        stem = _participle_stem(rest)
        if stem:
            return prefix + stem + "en"
        if prefix and rest.startswith("zu") and rest.endswith("en") and len(rest) > 6:
            return prefix + rest[2:]
    return word


def _participle_stem(rest: str) -> str:
    if not rest.startswith("ge") or rest.startswith(_VERBS_IN_GE):
        return ""
    for ending in ("t", "te", "ten", "ter", "tem", "tes"):
        if rest.endswith(ending):
            stem = rest[2 : -len(ending)]
            if stem.endswith("e") and len(stem) > 3:  # "gearbeitet"
                stem = stem[:-1]
            return stem if len(stem) >= 3 else ""
    return ""
