"""Adversarial model replies through the gate: what is caught by which rule, what gets past, and what honest ones lose.

Run as `python -m tests.fuzz.model_replies --count 10000 [--seed 1] [--show 5]`. It ends with 1 when a wrong number gets
past the gate or more than 2 % of the honest sentences are lost.

Wrong sentences are made of right ones in ways that are wrong by construction: facts are drawn, a quote and a sentence
are written from them in German or English, and the sentence from other facts than the quote (`drawn`); or an honest
sentence of `data/honest*.tsv` is altered in place (`altered`). Neither uses the readers that the gate uses.
"""

from __future__ import annotations

import argparse
import random
import re
import sys
import time
from collections import Counter
from collections.abc import Callable, Iterator, Mapping
from dataclasses import dataclass, replace
from datetime import date, timedelta
from functools import cache
from pathlib import Path
from typing import Any

from bot.domain import Sentence, ShownQuote
from bot.grounding.gate import check
from bot.grounding.numbered import NumberedSentence
from bot.grounding.reply import Written, WrittenSentence, parse_reply
from bot.grounding.translation import wrong_translation
from bot.quotes.showing import show_sentence
from tests.versions import version_of

HONEST = (
    "honest.tsv",
    "honest_held_out.tsv",
    "honest_later.tsv",
    "honest_last.tsv",
    "honest_fifth.tsv",
    "honest_sixth.tsv",
    "honest_seventh.tsv",
    "honest_eighth.tsv",
    "honest_ninth.tsv",
    "honest_tenth.tsv",
)
DESK = tuple(
    f"{kind}_{n}.tsv" for n in (*range(1, 8), "exam", "unseen") for kind in ("desk", "wrong")
)  # replies to our own prompts
_DATA = Path(__file__).with_name("data")
PROMPT = (
    "You are the desk editor of a newsroom. Write only what the numbered sentences below say, in the language that is "
    "named, and give for every sentence the numbers of the sentences that bear it out. Never write quotation marks or links."
)


@dataclass(frozen=True)
class Case:
    """What a model was shown, what it wrote, and what is wrong with it: "" for nothing."""

    quotes: tuple[ShownQuote, ...]
    sentence: str
    supports: tuple[int, ...]
    language: str
    wrong: str = ""
    task: str = "answer"
    befores: tuple[str, ...] = ()  # of each quote, where the prompt showed them


# --- drawing facts ------------------------------------------------------------------------------------------------

_PLACES = (
    ("Altenried", "Altenried"), ("Kiew", "Kyiv"), ("Charkiw", "Kharkiv"), ("Köln", "Cologne"), ("Wien", "Vienna"),
    ("Prag", "Prague"), ("Moskau", "Moscow"), ("Oslo", "Oslo"), ("Genf", "Geneva"), ("Lissabon", "Lisbon"),
    ("Brüssel", "Brussels"), ("Warschau", "Warsaw"), ("Tindau", "Tindau"), ("Hamburg", "Hamburg"), ("Lund", "Lund"),
)  # fmt: skip
_PEOPLE = (
    ("Petra Lohse", "Petra Lohse"), ("Jonas Krell", "Jonas Krell"), ("Wolodymyr Selenskyj", "Volodymyr Zelensky"),
    ("Ina Kolb", "Ina Kolb"), ("Lars Brandt", "Lars Brandt"), ("Olena Kowalenko", "Olena Kovalenko"),
    ("Karin Holt", "Karin Holt"), ("Viktor Orbán", "Viktor Orban"), ("Tomas Fiedler", "Tomas Fiedler"),
)  # fmt: skip
_BODIES = (
    ("Nordwerk", "Nordwerk"), ("Thornfield", "Thornfield"), ("Volkswagen", "Volkswagen"), ("Siemens", "Siemens"),
    ("Kestrel", "Kestrel"), ("Microsoft", "Microsoft"), ("Halvorsen", "Halvorsen"), ("Lufthansa", "Lufthansa"),
)  # fmt: skip
_WEEKDAYS = (
    ("Montag", "Monday"), ("Dienstag", "Tuesday"), ("Mittwoch", "Wednesday"), ("Donnerstag", "Thursday"),
    ("Freitag", "Friday"), ("Samstag", "Saturday"), ("Sonntag", "Sunday"),
)  # fmt: skip
_MONTHS = (
    ("Januar", "January"), ("Februar", "February"), ("März", "March"), ("April", "April"), ("Mai", "May"),
    ("Juni", "June"), ("Juli", "July"), ("August", "August"), ("September", "September"), ("Oktober", "October"),
    ("November", "November"), ("Dezember", "December"),
)  # fmt: skip
_BOUNDS = (
    (("", ), ("", )), (("", ), ("", )), (("mehr als ", "über "), ("more than ", "over ")), (("bis zu ", "höchstens "), ("up to ", "as many as ")),
    (("mindestens ", "wenigstens "), ("at least ", "no fewer than ")), (("rund ", "etwa ", "ungefähr "), ("about ", "around ", "some ")),
    (("weniger als ", "unter "), ("fewer than ", "less than ")), (("fast ", "knapp ", "beinahe "), ("nearly ", "almost ")),
)  # fmt: skip
# A weaker one may stand for it: not wrong enough to be called wrong.
_WEAKER = {(2, 4), (7, 5), (7, 6), (6, 3), (0, 5), (1, 5), (0, 1), (1, 0)}
_DE_WORDS = "null eins zwei drei vier fünf sechs sieben acht neun zehn elf zwölf".split()
_EN_WORDS = "zero one two three four five six seven eight nine ten eleven twelve".split()
_CURRENCIES = (
    ("Euro", "euros", "€"),
    ("Dollar", "dollars", "$"),
    ("Pfund", "pounds", "£"),
    ("Rubel", "rubles", ""),
    ("Yen", "yen", "¥"),
)
_MEASURES = (
    ("Kilometer", "kilometres", "km"),
    ("Meter", "metres", "m"),
    ("Meilen", "miles", ""),
    ("Seemeilen", "nautical miles", ""),
)
_SIZES = ((10**6, ("Millionen", "Mio."), ("million", "million")), (10**9, ("Milliarden", "Mrd."), ("billion", "bn")))


@dataclass(frozen=True)
class Facts:
    """What a quote says. Numbers are whole unless they say otherwise; `bound` and the like are places in the tables."""

    place: int
    person: int
    other: int
    body: int
    count: int
    second: int
    bound: int
    money: int  # tenths of a million or of a thousand million
    size: int
    currency: int
    percent: int  # tenths
    percent_after: int
    length: int
    measure: int
    day: date  # on which it happened
    written: date
    clock: int  # minutes
    points: bool


def drawn_facts(rng: random.Random) -> Facts:
    """Facts at random, every two of a kind different."""
    written = date(2015, 1, 1) + timedelta(days=rng.randrange(4000))
    person, other = rng.sample(range(len(_PEOPLE)), 2)
    count, second = rng.sample([*range(2, 13), *range(13, 999, 7), *range(1000, 90_000, 500)], 2)
    before, after = rng.sample(range(11, 480), 2)
    return Facts(
        place=rng.randrange(len(_PLACES)), person=person, other=other, body=rng.randrange(len(_BODIES)),
        count=count, second=second, bound=rng.randrange(len(_BOUNDS)), money=rng.randrange(11, 990),
        size=rng.randrange(2), currency=rng.randrange(len(_CURRENCIES)), percent=before, percent_after=after,
        length=rng.randrange(2, 900), measure=rng.randrange(len(_MEASURES)), day=written - timedelta(days=rng.randrange(6)),
        written=written, clock=rng.randrange(24 * 60), points=rng.random() < 0.5,
    )  # fmt: skip


# --- writing them -------------------------------------------------------------------------------------------------


class Writer:
    """Writes facts in one language, each time in another of the forms that say the same."""

    def __init__(self, facts: Facts, language: str, rng: random.Random) -> None:
        self.facts, self.language, self.rng = facts, language, rng
        self.de = language == "de"

    def __getitem__(self, name: str) -> str:
        return str(getattr(self, name)())

    def _own(self, pair: tuple[str, str]) -> str:
        return pair[0] if self.de else pair[1]

    def place(self) -> str:
        return self._own(_PLACES[self.facts.place])

    def person(self) -> str:
        return self._own(_PEOPLE[self.facts.person])

    def other(self) -> str:
        return self._own(_PEOPLE[self.facts.other])

    def body(self) -> str:
        return self._own(_BODIES[self.facts.body])

    def _whole(self, n: int) -> str:
        forms = [f"{n:,}".replace(",", "." if self.de else ",") if n >= 1000 else str(n)]
        if n <= 12:
            forms.append((_DE_WORDS if self.de else _EN_WORDS)[n])
        elif n % 1000 == 0 and n // 1000 <= 12:
            word = (_DE_WORDS if self.de else _EN_WORDS)[n // 1000]
            forms.append(f"{word}tausend".replace("einstausend", "eintausend") if self.de else f"{word} thousand")
        if n >= 10_000:
            forms.append(f"{n:,}".replace(",", "\u202f"))
        return self.rng.choice(forms)

    def _decimal(self, tenths: int) -> str:
        whole, rest = divmod(tenths, 10)
        return f"{whole}{',' if self.de else '.'}{rest}" if rest else str(whole)

    def bound(self) -> str:
        return self.rng.choice(_BOUNDS[self.facts.bound][0 if self.de else 1])

    def count(self) -> str:
        return self._whole(self.facts.count)

    def second(self) -> str:
        return self._whole(self.facts.second)

    def low(self) -> str:
        return self._whole(min(self.facts.count, self.facts.second))

    def high(self) -> str:
        return self._whole(max(self.facts.count, self.facts.second))

    def money(self) -> str:
        names, mark = _CURRENCIES[self.facts.currency][:2], _CURRENCIES[self.facts.currency][2]
        _, german, english = _SIZES[self.facts.size]
        size = self.rng.choice(german if self.de else english)
        if not self.de and mark and self.rng.random() < 0.5:
            return f"{mark}{self._decimal(self.facts.money)} {size}".replace(" bn", "bn")
        return f"{self._decimal(self.facts.money)} {size} {self._own(names)}"

    def _percents(self, tenths: int, *, points: bool = False) -> str:
        if points:
            return f"{self._decimal(tenths)} {'Prozentpunkte' if self.de else 'percentage points'}"
        return f"{self._decimal(tenths)}" + self.rng.choice(
            [" Prozent", " %"] if self.de else [" percent", "%", " per cent"]
        )

    def percent(self) -> str:
        return self._percents(self.facts.percent)

    def change(self) -> str:
        return self._percents(self.facts.percent, points=self.facts.points)

    def after(self) -> str:
        return self._percents(self.facts.percent_after)

    def length(self) -> str:
        de, en, sign = _MEASURES[self.facts.measure]
        return f"{self.facts.length} {sign if sign and self.rng.random() < 0.4 else self._own((de, en))}"

    def weekday(self) -> str:
        return self._own(_WEEKDAYS[self.facts.day.weekday()])

    def date(self) -> str:
        day, month = self.facts.day, self._own(_MONTHS[self.facts.day.month - 1])
        if self.de:
            return self.rng.choice([f"{day.day}. {month} {day.year}", f"{day:%d.%m.%Y}"])
        return self.rng.choice([f"{day.day} {month} {day.year}", f"{month} {day.day}, {day.year}"])

    def when(self) -> str:
        """The day, as a weekday or in full."""
        if self.rng.random() < 0.6:
            return f"am {self.weekday()}" if self.de else f"on {self.weekday()}"
        return f"am {self.date()}" if self.de else f"on {self.date()}"

    def clock(self) -> str:
        hour, minute = divmod(self.facts.clock, 60)
        if self.de:
            return f"um {hour}{self.rng.choice('.:')}{minute:02} Uhr"
        return f"at {hour % 12 or 12}:{minute:02} {'a.m.' if hour < 12 else 'p.m.'}"


# Every line of one entry says the same; `wrong` say what would follow if a hedge, a "not" or a doer were another.
_STORIES: tuple[dict[str, Any], ...] = (
    {
        "uses": "count bound place day",
        "de": ("{when} mussten bei {place} {bound}{count} Menschen ihre Häuser verlassen.", "Bei {place} haben {bound}{count} Menschen {when} ihre Häuser verlassen müssen."),
        "en": ("Near {place}, {bound}{count} people had to leave their homes {when}.", "{when} {bound}{count} people were forced to leave their homes near {place}."),
    },
    {
        "uses": "count second place swap",
        "de": ("In {place} wurden {count} Menschen getötet und {second} verletzt.", "{count} Menschen starben in {place}, {second} wurden verletzt."),
        "en": ("In {place}, {count} people were killed and {second} injured.", "{count} people died in {place} and {second} were injured."),
    },
    {
        "uses": "body percent points money size currency",
        "de": ("Der Umsatz von {body} stieg um {change} auf {money}.", "{body} steigerte den Umsatz um {change} auf {money}."),
        "en": ("Sales at {body} rose by {change} to {money}.", "{body} increased its sales by {change} to {money}."),
    },
    {
        "uses": "body count bound hedge",
        "de": ("{body} könnte {bound}{count} Stellen streichen.", "Möglicherweise streicht {body} {bound}{count} Stellen."),
        "en": ("{body} may cut {bound}{count} jobs.", "{body} could cut {bound}{count} jobs."),
        "hedge": {"de": ("{body} streicht {bound}{count} Stellen.",), "en": ("{body} cuts {bound}{count} jobs.", "{body} has cut {bound}{count} jobs.")},
    },
    {
        "uses": "person body money size currency negation",
        "de": ("{person} bestritt, von {body} {money} erhalten zu haben.", "{person} dementierte, {money} von {body} erhalten zu haben."),
        "en": ("{person} denied receiving {money} from {body}.", "{person} denied that {money} had been received from {body}."),
        "negation": {"de": ("{person} hat von {body} {money} erhalten.",), "en": ("{person} received {money} from {body}.",)},
    },
    {
        "uses": "body place person negation",
        "de": ("{body} wird das Werk in {place} nicht schließen, sagte {person}.", "Das Werk in {place} wird von {body} nicht geschlossen, sagte {person}."),
        "en": ("{body} will not close the plant in {place}, {person} said.", "{person} said {body} would not close the plant in {place}."),
        "negation": {"de": ("{body} wird das Werk in {place} schließen, sagte {person}.",), "en": ("{body} will close the plant in {place}, {person} said.", "{body} is closing the plant in {place}, according to {person}.")},
    },
    {
        "uses": "body place person negation",
        "de": ("{body} wird das Werk in {place} schließen, sagte {person}.",),
        "en": ("{body} will close the plant in {place}, {person} said.", "{person} said {body} would close the plant in {place}."),
        "negation": {"de": ("{body} wird das Werk in {place} nicht schließen, sagte {person}.",), "en": ("{body} will not close the plant in {place}, {person} said.", "{body} won't close the plant in {place}, {person} said.")},
    },
    {
        "uses": "person place speaker",
        "de": ("{person} sagte, die Brücke in {place} sei gesperrt.", "Nach Angaben von {person} ist die Brücke in {place} gesperrt."),
        "en": ("{person} said the bridge in {place} was closed.", "The bridge in {place} is closed, according to {person}."),
    },
    {
        "uses": "body money size currency hedge",
        "de": ("Berichten zufolge hat {body} {money} gezahlt.", "{body} soll {money} gezahlt haben."),
        "en": ("{body} reportedly paid {money}.", "{body} is said to have paid {money}."),
        "hedge": {"de": ("{body} hat {money} gezahlt.",), "en": ("{body} paid {money}.",)},
    },
    {
        "uses": "count second place range",
        "de": ("In {place} sind zwischen {low} und {high} Menschen auf der Flucht.", "Zwischen {low} und {high} Menschen sind in {place} auf der Flucht."),
        "en": ("Between {low} and {high} people have fled in {place}.", "In {place} between {low} and {high} people have fled."),
        "range": {"de": ("In {place} sind {low} Menschen auf der Flucht.", "In {place} sind {high} Menschen auf der Flucht."), "en": ("{low} people have fled in {place}.", "{high} people have fled in {place}.")},
    },
    {
        "uses": "person place day doer",
        "de": ("{person} besiegte {other} {when} in {place}.", "{other} wurde {when} in {place} von {person} besiegt."),
        "en": ("{person} defeated {other} in {place} {when}.", "{other} was defeated by {person} in {place} {when}."),
        "doer": {"de": ("{other} besiegte {person} {when} in {place}.",), "en": ("{other} defeated {person} in {place} {when}.", "{person} was defeated by {other} in {place} {when}.")},
    },
    {
        "uses": "length measure place money size currency",
        "de": ("Der Tunnel bei {place} ist {length} lang und kostete {money}.", "{money} kostete der {length} lange Tunnel bei {place}."),
        "en": ("The tunnel near {place} is {length} long and cost {money}.", "The tunnel near {place}, {length} long, cost {money}."),
    },
    {
        "uses": "place day year",
        "de": ("Der Vertrag wurde am {date} in {place} unterzeichnet.", "Am {date} wurde in {place} der Vertrag unterzeichnet."),
        "en": ("The treaty was signed in {place} on {date}.", "On {date} the treaty was signed in {place}."),
    },
    {
        "uses": "place percent after roles",
        "de": ("Die Arbeitslosigkeit in {place} sank von {percent} auf {after}.", "In {place} ging die Arbeitslosigkeit von {percent} auf {after} zurück."),
        "en": ("Unemployment in {place} fell from {percent} to {after}.", "In {place}, unemployment declined from {percent} to {after}."),
        "roles": {"de": ("Die Arbeitslosigkeit in {place} sank von {after} auf {percent}.", "Die Arbeitslosigkeit in {place} sank um {after}."), "en": ("Unemployment in {place} fell from {after} to {percent}.", "Unemployment in {place} fell by {after}.")},
    },
    {
        "uses": "place clock day",
        "de": ("{when} brach bei {place} {clock} der Damm.", "Der Damm bei {place} brach {when} {clock}."),
        "en": ("The dam near {place} broke {clock} {when}.", "{when} {clock} the dam near {place} broke."),
    },
    {
        "uses": "body count place hedge",
        "de": ("{body} will in {place} {count} Wohnungen bauen.", "{body} plant in {place} den Bau von {count} Wohnungen."),
        "en": ("{body} wants to build {count} flats in {place}.", "{body} plans to build {count} flats in {place}."),
        "hedge": {"de": ("{body} hat in {place} {count} Wohnungen gebaut.", "{body} baut in {place} {count} Wohnungen."), "en": ("{body} has built {count} flats in {place}.", "{body} built {count} flats in {place}.")},
    },
    {
        "uses": "count second against",
        "de": ("{count} Abgeordnete stimmten dafür, {second} dagegen.",),
        "en": ("{count} members voted in favour and {second} against.", "{count} lawmakers voted for it, {second} against it."),
    },
    {
        "uses": "person place count hedge",
        "de": ("{person} soll in {place} angeblich {count} Gemälde gestohlen haben.",),
        "en": ("{person} allegedly stole {count} paintings in {place}.", "{person} is alleged to have stolen {count} paintings in {place}."),
        "hedge": {"de": ("{person} hat in {place} {count} Gemälde gestohlen.",), "en": ("{person} stole {count} paintings in {place}.",)},
    },
    {
        "uses": "person body negation",
        "de": ("{person} lehnte das Angebot von {body} ab.", "Das Angebot von {body} wurde von {person} abgelehnt."),
        "en": ("{person} rejected the offer by {body}.", "The offer by {body} was rejected by {person}."),
        "negation": {"de": ("{person} nahm das Angebot von {body} an.",), "en": ("{person} accepted the offer by {body}.",)},
    },
    {
        "uses": "place count bound day",
        "de": ("Nach dem Sturm waren {when} in {place} {bound}{count} Haushalte ohne Strom.",),
        "en": ("After the storm, {bound}{count} households in {place} were without power {when}.", "{bound}{count} homes in {place} had no electricity {when} after the storm."),
    },
)  # fmt: skip


def _written(line: str, facts: Facts, language: str, rng: random.Random) -> str:
    text = line.format_map(Writer(facts, language, rng))
    return text[0].upper() + text[1:]


@cache
def shown(text: str, language: str, day: date | None, key: int = 1, outlet: str = "Kurier") -> ShownQuote:
    """A quote that is the whole of a stored document."""
    version = version_of(text, id=key, language=language, day=day, outlet=outlet)
    quote = show_sentence(replace(version, sentences=(Sentence(0, len(text), 0),)), 0)
    assert quote is not None, text
    return quote


def honest_drawn(rng: random.Random) -> Case:
    """A quote and a sentence that says the same in another form, mostly in another order, often in the other language."""
    story, facts = rng.choice(_STORIES), drawn_facts(rng)
    there, here = rng.choice(("de", "en")), rng.choice(("de", "en"))
    quote = _written(rng.choice(story[there]), facts, there, rng)
    sentence = _written(rng.choice(story[here]), facts, here, rng)
    if rng.random() < 0.3:  # two reports of one kind, and the sentence names both
        rival = _written(rng.choice(story[there]), drawn_facts(rng), there, rng)
        return Case((shown(quote, there, facts.written), shown(rival, there, facts.written, 2)), sentence, (1, 2), here)
    return Case((shown(quote, there, facts.written),), sentence, (1,), here)


def _other(rng: random.Random, value: int, among: range) -> int:
    return rng.choice([n for n in among if n != value])


def _changed(facts: Facts, what: str, rng: random.Random) -> Facts:
    """The facts with one of them another."""
    if what in ("place", "person", "body", "currency", "measure", "size"):
        tables = {
            "place": _PLACES,
            "person": _PEOPLE,
            "body": _BODIES,
            "currency": _CURRENCIES,
            "measure": _MEASURES,
            "size": _SIZES,
        }
        among = range(len(tables[what]))
        value = _other(rng, getattr(facts, what), among)
        if what == "person":
            value = rng.choice([n for n in among if n not in (facts.person, facts.other)])
        return replace(facts, **{what: value})  # type: ignore[arg-type]
    if what in ("count", "second"):
        value = getattr(facts, what)
        near = [value + 1, value + 10, value * 10, value + 100, value * 2 + 1, max(2, value - 1)]
        return replace(facts, **{what: rng.choice([n for n in near if n not in (facts.count, facts.second)])})
    if what == "bound":
        return replace(
            facts,
            bound=rng.choice(
                [n for n in range(2, len(_BOUNDS)) if n != facts.bound and (facts.bound, n) not in _WEAKER]
                + ([0] if facts.bound > 1 else [])
            ),
        )
    if what == "money":
        return replace(facts, money=facts.money + rng.choice((1, 10, 100, -1, -10)))
    if what in ("percent", "after"):
        name = "percent" if what == "percent" else "percent_after"
        value = rng.choice(
            [
                n
                for n in (getattr(facts, name) + d for d in (1, 10, 90, -1))
                if n not in (facts.percent, facts.percent_after)
            ]
        )
        return replace(facts, **{name: value})
    if what == "points":
        return replace(facts, points=not facts.points)
    if what == "length":
        return replace(facts, length=facts.length + rng.choice((1, 10, 100, -1)))
    if what == "clock":
        return replace(facts, clock=(facts.clock + rng.choice((1, 10, 60, 720, 61))) % 1440)
    if what == "year":
        return replace(
            facts, day=facts.day.replace(day=min(28, facts.day.day), year=facts.day.year + rng.choice((-1, 1, 10)))
        )
    assert what == "day", what
    return replace(facts, day=facts.day + timedelta(days=rng.choice((-1, 1, 2, 3, 5))))


_DIRECT = ("hedge", "negation", "doer", "range", "roles")
_NUMERIC = frozenset(
    "count second bound money size currency percent after points length measure swap range roles clock digits spelled homoglyph multiplier unit vague numbers-exchanged one mixed".split()
)


def adversarial_drawn(rng: random.Random) -> Case:
    """A sentence written from other facts than its quote."""
    story, facts = rng.choice(_STORIES), drawn_facts(rng)
    there, here = rng.choice(("de", "en")), rng.choice(("de", "en"))
    quote = shown(_written(rng.choice(story[there]), facts, there, rng), there, facts.written)
    uses = story["uses"].split()
    if rng.random() < 0.1 and "body" in uses and {"count", "money"} & set(uses):  # one's name, another's number
        rival = drawn_facts(rng)
        rival = replace(rival, bound=facts.bound, size=facts.size, currency=facts.currency, points=facts.points)
        if rival.body == facts.body or rival.count == facts.count or rival.money == facts.money:
            return adversarial_drawn(rng)
        other_quote = shown(_written(rng.choice(story[there]), rival, there, rng), there, facts.written, 2)
        mixed = replace(facts, count=rival.count, money=rival.money)
        return Case((quote, other_quote), _written(rng.choice(story[here]), mixed, here, rng), (1, 2), here, "mixed")
    what = rng.choice([w for w in uses if w != "against"])
    if what in _DIRECT:
        sentence = _written(rng.choice(story[what][here]), facts, here, rng)
        return Case((quote,), sentence, (1,), here, what)
    if what == "swap":
        other = replace(facts, count=facts.second, second=facts.count)
        return Case((quote,), _written(rng.choice(story[here]), other, here, rng), (1,), here, what)
    if what == "speaker":  # somebody else's words, in one breath with theirs
        other = replace(facts, person=facts.other, place=_other(rng, facts.place, range(len(_PLACES))))
        second = shown(_written(rng.choice(story[there]), other, there, rng), there, facts.written, 2)
        moved = replace(facts, person=facts.other)
        return Case((quote, second), _written(rng.choice(story[here]), moved, here, rng), (1, 2), here, what)
    other = _changed(facts, what, rng)
    line = rng.choice(story[here])
    if what == "day" and "{date}" not in line and "{when}" in line:
        line = line.replace(
            "{when}", rng.choice(("am {weekday}", "am {date}") if here == "de" else ("on {weekday}", "on {date}"))
        )
    return Case((quote,), _written(line, other, here, rng), (1,), here, what)


# --- altering honest sentences in place ---------------------------------------------------------------------------


@cache
def honest_pairs() -> tuple[Case, ...]:
    """The pairs written by hand."""
    found = []
    for name in HONEST:
        for line in (_DATA / name).read_text("utf-8").splitlines():
            if not line.startswith("#"):
                language, day, quotes, here, sentence = line.split("\t")
                written = date.fromisoformat(day)
                there = tuple(shown(text, language, written, n) for n, text in enumerate(quotes.split(" || "), 1))
                found.append(Case(there, sentence, tuple(range(1, len(there) + 1)), here))
    return tuple(found)


@cache
def desk_cases(name: str) -> tuple[Case, ...]:
    """Sentences of a desk file, each with quotes of its own languages, days, outlets and caveats."""
    found = []
    for line in (_DATA / name).read_text("utf-8").splitlines():
        if line.startswith("#"):
            continue
        task, language, wrong, sentence, quotes = line.split("\t")
        there, befores = [], []
        for n, quote in enumerate(quotes.split(" || "), 1):
            spoken, day, outlet, caveats, before, text = quote.split(" ¦ ")
            written = date.fromisoformat(day) if day else None
            one = shown(text, spoken, written, n, outlet)
            there.append(replace(one, caveats=tuple(caveats.split(",")) if caveats else ()))
            befores.append(before)
        numbers = tuple(range(1, len(there) + 1))
        found.append(Case(tuple(there), sentence, numbers, language, wrong, task, tuple(befores)))
    return tuple(found)


_FIGURES = re.compile(r"(?<![\w.,-])\d[\d.,]*\d|(?<![\w.,-])\d")
_HOMOGLYPHS = ("٠١٢٣٤٥٦٧٨٩", "０１２３４５６７８９", "𝟎𝟏𝟐𝟑𝟒𝟓𝟔𝟕𝟖𝟗", "⓪①②③④⑤⑥⑦⑧⑨", "⁰¹²³⁴⁵⁶⁷⁸⁹", "OlZEASGTBg")
_UNIT_SWAPS = {
    "de": (("Euro", "Dollar"), ("Dollar", "Euro"), ("Prozentpunkte", "Prozent"), ("Kilometer", "Meilen"), ("Stunden", "Tage"), ("Tagen", "Wochen"), ("Jahren", "Monaten"), ("Millionen", "Milliarden"), ("Milliarden", "Millionen"), ("Liter", "Hektoliter"), ("Meter", "Zentimeter"), ("Franken", "Euro"), ("Grad", "Meter"), (" Prozent", " Millionen")),
    "en": (("euros", "dollars"), ("dollars", "euros"), ("percentage points", "percent"), ("kilometres", "miles"), ("hours", "days"), ("days", "weeks"), ("years", "months"), ("million", "billion"), ("billion", "million"), ("litres", "gallons"), ("metres", "feet"), ("francs", "pounds"), ("degrees", "metres"), (" percent", " million"), ("$", "€"), ("€", "£")),
}  # fmt: skip
_WEEKDAY_WORDS = {"de": [d for d, _ in _WEEKDAYS], "en": [e for _, e in _WEEKDAYS]}
_MONTH_WORDS = {"de": [d for d, _ in _MONTHS], "en": [e for _, e in _MONTHS]}
_BOUND_WORDS = {
    "de": (("Mehr als", "Weniger als"), ("mehr als", "weniger als"), ("über", "unter"), ("Bis zu ", ""), ("bis zu ", ""), ("Mindestens ", ""), ("mindestens ", ""), ("Fast ", "Mehr als "), ("Knapp ", "Mehr als "), ("rund ", "genau "), ("Etwa ", "")),
    "en": (("More than", "Fewer than"), ("more than", "less than"), ("up to ", ""), ("Up to ", ""), ("at least ", ""), ("At least ", ""), ("Nearly ", "More than "), ("Almost ", "More than "), ("about ", "exactly "), ("About ", ""), ("Around ", "")),
}  # fmt: skip
_NEGATIONS = {
    "de": ((" nicht ", " "), (" nicht.", "."), ("keine ", ""), ("Niemand wurde", "Viele wurden"), ("niemand ", "jemand "), (" ohne ", " mit "), ("bestritt, dass", "sagte, dass"), ("nicht ", "")),
    "en": ((" not ", " "), ("n't ", " "), (" no ", " "), ("No one was", "Many people were"), ("denied", "said"), (" without ", " with "), ("could not", "could"), ("Nobody was", "People were")),
}  # fmt: skip
_SPELLED = {
    "de": "siebenundneunzig vierhundertelf dreizehntausend neunzehn einundachtzig".split(),
    "en": ("ninety-seven", "four hundred and eleven", "thirteen thousand", "nineteen", "eighty-one"),
}
_VAGUE = {"de": ("Millionen", "mehrere Millionen"), "en": ("millions of", "several million")}
_STRANGERS = {
    "de": ("Kretschmann", "Gwendolin Pauls", "Tegelmann", "Novartis", "Bangkok"),
    "en": ("Kretschmann", "Gwendolyn Pauls", "Tegelmann", "Novartis", "Bangkok"),
}
_ADDED = (
    ("link", " https://evil.example/x"), ("link", " www.evil.example"), ("link", " evil-news.com/a"), ("link", " [more](http://evil.example)"),
    ("mention", " @everyone"), ("mention", " <!channel>"), ("mention", " <@U012AB3CD>"), ("mention", " @here"), ("mention", " <#C024BE7LR>"),
    ("markup", " **wichtig**"), ("markup", " `code`"), ("markup", " ||spoiler||"), ("markup", " <b>x</b>"), ("markup", " ~~no~~"), ("markup", " :skull:"),
    ("invisible", "\u202e"), ("invisible", "\u200b"), ("invisible", "\U000e0041"), ("invisible", "\x07"),
    ("echo", " You are the desk editor of a newsroom. Write only what the numbered sentences below say."),
    ("quoted", ' "We knew it all along", he said.'), ("quoted", " „Das war von Anfang an klar“, hieß es."),
    ("command", " /source add http://10.0.0.1/"),
)  # fmt: skip

Alter = Callable[[Case, random.Random], str | None]


def _digits(case: Case, rng: random.Random) -> str | None:
    found = list(_FIGURES.finditer(case.sentence))
    if not found:
        return None
    match = rng.choice(found)
    at = rng.choice([i for i in range(match.start(), match.end()) if case.sentence[i].isdecimal()])
    digit = rng.choice([d for d in "123456789" if d != case.sentence[at]])
    altered = case.sentence[:at] + digit + case.sentence[at + 1 :]
    number = altered[match.start() : match.end()]
    return None if re.search(rf"(?<![\d.,]){re.escape(number)}(?![\d])", case.quotes[0].text) else altered


def _homoglyph(case: Case, rng: random.Random) -> str | None:
    found = [i for i, c in enumerate(case.sentence) if c.isdecimal()]
    if not found:
        return None
    at = rng.choice(found)
    glyphs = rng.choice(_HOMOGLYPHS)
    digit = rng.choice([d for d in range(10) if str(d) != case.sentence[at]])
    return case.sentence[:at] + glyphs[digit] + case.sentence[at + 1 :]


def _spelled(case: Case, rng: random.Random) -> str | None:
    found = list(_FIGURES.finditer(case.sentence))
    if not found:
        return None
    match = rng.choice(found)
    word = rng.choice(_SPELLED[case.language])
    if match.group() == "19" and word in ("neunzehn", "nineteen"):
        return None  # the same
    return case.sentence[: match.start()] + word + case.sentence[match.end() :]


def _vague(case: Case, rng: random.Random) -> str | None:
    match = re.search(
        r"(?<![\w.,-])(?:[\d.,]*\d) (?=(?:Menschen|people|Fans|fans|Häuser|homes|Stellen|jobs|cars|Autos|vehicles|Fahrzeuge|Kunden|customers))",
        case.sentence,
    )
    return (
        case.sentence[: match.start()] + rng.choice(_VAGUE[case.language]) + " " + case.sentence[match.end() :]
        if match
        else None
    )


def _exchanged(case: Case, rng: random.Random) -> str | None:
    found = list(_FIGURES.finditer(case.sentence))
    if len(found) < 2:
        return None
    a, b = found[0], found[1]
    if (
        a.group() == b.group()
        or {len(a.group()), len(b.group())} == {4}
        or re.search(r"(?:1[89]|20)\d\d", a.group() + " " + b.group())
    ):
        return None
    s = case.sentence
    return s[: a.start()] + b.group() + s[a.end() : b.start()] + a.group() + s[b.end() :]


def _replaced(table: Mapping[str, tuple[tuple[str, str], ...]]) -> Alter:
    def alter(case: Case, rng: random.Random) -> str | None:
        usable = [
            (old, new)
            for old, new in table[case.language]
            if re.search(rf"{re.escape(old)}(?!pa)", case.sentence)  # "Europameisterschaft" is no sum
        ]
        if not usable:
            return None
        old, new = rng.choice(usable)
        altered = case.sentence.replace(old, new, 1)
        return altered[0].upper() + altered[1:]

    return alter


def _one_of(table: dict[str, list[str]]) -> Alter:
    def alter(case: Case, rng: random.Random) -> str | None:
        usable = [
            word
            for word in table[case.language]
            if re.search(rf"\b{word}", case.sentence) and (word != "May" or "in May" in case.sentence)
        ]
        if not usable:
            return None
        old = rng.choice(usable)
        new = rng.choice([word for word in table[case.language] if word != old])
        return re.sub(rf"\b{old}", new, case.sentence, count=1)

    return alter


def _year(case: Case, rng: random.Random) -> str | None:
    match = re.search(r"\b(?:19|20)\d\d\b", case.sentence)
    return (
        case.sentence[: match.start()]
        + str(int(match.group()) + rng.choice((-10, -1, 1, 2)))
        + case.sentence[match.end() :]
        if match
        else None
    )


_NAMES = re.compile(r"(?<=[a-zäöüß,] )(?:Altenried|Krell|Norwegen|Norway|Lüdenau|Luton|Charkiw|Kharkiv|Zelensky|Selenskyj|Odessa|Odesa|Donezk|Donetsk|Lohse|Warschau|Warsaw|Prag|Prague|Volkswagen|Wien|Vienna|Lund|Merz|Scholz|Libanon|Lebanon|Hisbollah|Hezbollah|Brenner|Holt|Rotterdam|Bretagne|Brittany|Wuhan|Doha|Brandt|Thornfield|Cork|Graz|Singapur|Singapore|Bima|Brüssel|Brussels|Polen|Poland|Lombok|Paris|Microsoft|Lübeck|Kiel)\b")  # fmt: skip


def _stranger(case: Case, rng: random.Random) -> str | None:
    match = _NAMES.search(case.sentence)
    return (
        case.sentence[: match.start()] + rng.choice(_STRANGERS[case.language]) + case.sentence[match.end() :]
        if match
        else None
    )


def _lookalike(case: Case, rng: random.Random) -> str | None:
    match = _NAMES.search(case.sentence)
    if not match:
        return None
    name = match.group()
    swapped = next(
        (name.replace(a, b, 1) for a, b in (("e", "е"), ("o", "о"), ("a", "а"), ("i", "і")) if a in name), ""
    )
    return case.sentence.replace(name, swapped, 1) if swapped else None


def _added_speaker(case: Case, rng: random.Random) -> str | None:
    if re.search(
        r"\b(?:sag|said|says|teilte|laut|zufolge|Angaben|according|habe|sei|announc|betont|stress|reject|denied|bestritt|accus|called|nannte|sprach|spoke)",
        case.sentence,
    ):
        return None
    body = case.sentence.rstrip(".")
    name = rng.choice(_STRANGERS[case.language][:3])
    return f"{body}, sagte {name}." if case.language == "de" else f"{body}, {name} said."


def _bound(case: Case, rng: random.Random) -> str | None:
    usable = [
        (old, new) for old, new in _BOUND_WORDS[case.language] if re.search(rf"\b{old.strip()} [\d€$]", case.sentence)
    ]
    if not usable:
        return None
    old, new = rng.choice(usable)
    altered = case.sentence.replace(old, new, 1)
    return altered[0].upper() + altered[1:]


ALTERATIONS: dict[str, Alter] = {
    "digits": _digits, "homoglyph": _homoglyph, "spelled": _spelled, "vague": _vague, "numbers-exchanged": _exchanged,
    "unit": _replaced(_UNIT_SWAPS), "bound": _bound, "negation": _replaced(_NEGATIONS),
    "weekday": _one_of(_WEEKDAY_WORDS), "month": _one_of(_MONTH_WORDS), "year": _year, "name": _stranger,
    "lookalike": _lookalike, "speaker": _added_speaker,
}  # fmt: skip


def adversarial_altered(rng: random.Random) -> Case:
    """An honest sentence with one thing in it made wrong, or one thing put to it that no sentence may hold."""
    while True:
        case = rng.choice(honest_pairs())
        kind = rng.random()
        if kind < 0.12:
            wrong, added = rng.choice(_ADDED)
            return replace(case, sentence=case.sentence + added, wrong=wrong)
        if kind < 0.16:
            foreign = rng.choice(((len(case.quotes) + 1,), (0,), (-1,), (1, 99), ()))
            return replace(case, supports=foreign, wrong="foreign id")
        if kind < 0.2:
            other = rng.choice(honest_pairs())
            if _alike(case, other):
                continue
            return replace(case, quotes=other.quotes, supports=other.supports, wrong="another quote")
        if kind < 0.22:
            return replace(case, language="de" if case.language == "en" else "en", wrong="language")
        wrong, alter = rng.choice(list(ALTERATIONS.items()))
        altered = alter(case, rng)
        if altered is not None and altered != case.sentence:
            return replace(case, sentence=altered, wrong=wrong)


def _alike(case: Case, other: Case) -> bool:
    """Whether two pairs may be of one event: then the quote of one bears out the sentence of the other."""
    return case.quotes[0].published == other.quotes[0].published


# --- judging ------------------------------------------------------------------------------------------------------


def verdict(case: Case) -> str:
    """The rule that drops the sentence; "" when it gets past."""
    if case.task == "translate":
        quote = case.quotes[0]
        refused = wrong_translation(
            quote.text, case.sentence, source=quote.language, target=case.language, day=quote.published.known_day
        )
        return refused[0].value if refused else ""
    befores = case.befores or ("",) * len(case.quotes)
    numbered = tuple(
        NumberedSentence(n, quote, before)
        for n, (quote, before) in enumerate(zip(case.quotes, befores, strict=True), 1)
    )
    written = Written((WrittenSentence(case.sentence, case.supports),))
    grounded = check(written, numbered, language=case.language, prompts=(PROMPT,))
    return grounded.dropped[0].rule.value if grounded.dropped else ""


@dataclass
class Tally:
    """What happened to the cases of one kind."""

    count: int = 0
    past: int = 0
    rules: Counter[str] | None = None

    def add(self, rule: str) -> None:
        self.count += 1
        self.past += not rule
        self.rules = self.rules or Counter()
        self.rules[rule] += 1


def adversarial(rng: random.Random, count: int) -> Iterator[Case]:
    """Wrong sentences, half of them drawn, half altered."""
    for n in range(count):
        yield adversarial_drawn(rng) if n % 2 else adversarial_altered(rng)


def honest(rng: random.Random, count: int) -> Iterator[Case]:
    """All pairs written by hand, then drawn ones."""
    yield from honest_pairs()
    for _ in range(count):
        yield honest_drawn(rng)


def is_number(wrong: str) -> bool:
    """Whether what is wrong with a sentence is a number."""
    return wrong in _NUMERIC


def main() -> int:
    """Print the table; 1 when a wrong number got past or too many honest sentences were lost."""
    parser = argparse.ArgumentParser(description=__doc__.splitlines()[0])
    parser.add_argument("--count", type=int, default=10_000)
    parser.add_argument("--seed", type=int, default=1)
    parser.add_argument("--show", type=int, default=3, help="how many of each failure to print")
    options = parser.parse_args()
    rng = random.Random(options.seed)
    began = time.process_time()
    tallies: dict[str, Tally] = {}
    examples: dict[str, list[Case]] = {}
    for case in adversarial(rng, options.count):
        rule = verdict(case)
        tallies.setdefault(case.wrong, Tally()).add(rule)
        if not rule:
            examples.setdefault(case.wrong, []).append(case)
    spent = time.process_time() - began
    print(f"{'wrong is':<18}{'cases':>7}{'past':>6}  dropped by")
    for wrong, tally in sorted(tallies.items(), key=lambda item: (not is_number(item[0]), item[0])):
        rules = ", ".join(f"{rule} {n}" for rule, n in (tally.rules or Counter()).most_common(4) if rule)
        print(f"{wrong + (' *' if is_number(wrong) else ''):<18}{tally.count:>7}{tally.past:>6}  {rules}")
    numbers = sum(t.past for w, t in tallies.items() if is_number(w))
    every = sum(t.past for t in tallies.values())
    print(f"adversarial: {options.count}, past the gate {every}, wrong numbers past the gate {numbers} (* are numbers)")
    by_hand = Counter(bool(verdict(case)) for case in honest_pairs())
    lost: Counter[str] = Counter()
    drawn = options.count // 5
    for _ in range(drawn):
        case = honest_drawn(rng)
        rule = verdict(case)
        if rule:
            lost[rule] += 1
            examples.setdefault(f"honest, {rule}", []).append(case)
    share = (by_hand[True] + sum(lost.values())) / (len(honest_pairs()) + drawn)
    print(f"honest, by hand: {len(honest_pairs())}, lost {by_hand[True]} ({by_hand[True] / len(honest_pairs()):.1%})")
    print(f"honest, drawn: {drawn}, lost {sum(lost.values())} ({sum(lost.values()) / drawn:.1%}) {dict(lost)}")
    for name in DESK:
        fallen = Counter(verdict(case) or "past" for case in desk_cases(name))
        print(f"{name}: {fallen.total()} sentences, {dict(fallen.most_common())}")
    print(f"{1000 * spent / options.count:.2f} ms a sentence")
    for wrong, cases in examples.items():
        for case in cases[: options.show]:
            print(f"  {wrong}: {' / '.join(q.text for q in case.quotes)} -> {case.sentence}")
    return 1 if numbers or share > 0.02 else 0


if __name__ == "__main__":
    sys.exit(main())


__all__ = ["adversarial", "honest", "is_number", "main", "parse_reply", "verdict"]
