"""Contrasts: the gate drops the opposite of what a quote says, and keeps what says the same with other words."""

from __future__ import annotations

from datetime import date
from itertools import product

import pytest

from bot.grounding import contrast_rule, deed_rule, denied_rule, exchange_rule, plan_rule
from bot.grounding.opposites import hits_of, opposed, rows
from bot.grounding.statement import statement

_DAY = date(2026, 11, 18)


def _opposite(quote: str, said: str) -> str:
    there, here = (text.split(": ", 1) for text in (quote, said))
    return contrast_rule.opposite(statement(here[1], here[0]), (statement(there[1], there[0], _DAY),))


def _too_early(quote: str, said: str) -> str:
    there, here = (text.split(": ", 1) for text in (quote, said))
    return plan_rule.told_too_early(statement(here[1], here[0]), (statement(there[1], there[0], _DAY),))


def _denied(quote: str, said: str) -> str:
    there, here = (text.split(": ", 1) for text in (quote, said))
    return denied_rule.denied_there(statement(here[1], here[0]), (statement(there[1], there[0], _DAY),))


def _exchanged(quote: str, said: str) -> str:
    there, here = (text.split(": ", 1) for text in (quote, said))
    one, quotes = statement(here[1], here[0]), (statement(there[1], there[0], _DAY),)
    return exchange_rule.exchanged(one, quotes) or deed_rule.exchanged_deed(one, quotes)


@pytest.mark.parametrize(
    ("quote", "said"),
    [
        ("de: Die Miete sank in Berstadt um 4 Prozent.", "en: Rents in Berstadt rose by 4 percent."),
        ("en: Shares in Talvik were up 3 percent.", "de: Die Talvik-Aktie gab um 3 Prozent nach."),
        (
            "de: In Hallig leben 40 Luchse, sechs mehr als vor zwei Jahren.",
            "de: In Hallig leben 40 Luchse, sechs weniger als vor zwei Jahren.",
        ),
        (
            "en: The price is 8 percent below the level of May and 2 percent above that of June.",
            "en: The price is 8 percent above the level of May.",
        ),
        (
            "de: Frühestens im Mai fährt die Bahn nach Orla wieder.",
            "en: The train to Orla will run in May at the latest.",
        ),
        ("en: The city lifted its curfew on Monday.", "de: Die Stadt hat am Montag eine Ausgangssperre verhängt."),
        ("de: Das Gericht sprach Edda Kroll frei.", "en: The court convicted Edda Kroll."),
        ("en: Sixteen people were wounded near Aden.", "de: Bei Aden wurden 16 Menschen getötet."),
        ("en: Five guests had minor burns.", "de: Fünf Gäste erlitten schwere Verbrennungen."),
        ("de: Der Verband begrüßte das Gesetz.", "en: The association criticised the law."),
        ("en: The road will be cleared before Easter.", "de: Die Straße wird nach Ostern geräumt."),
        ("en: It broke out late on Monday in Lund.", "de: In Lund brach es früh am Montag aus."),
        (
            "de: Verbindlichkeiten von 80 Millionen Euro stehen Vermögenswerte von 55 Millionen Euro gegenüber.",
            "en: Liabilities of 55 million euros compare with assets of 80 million euros.",
        ),
        ("de: Sie lag 400 Stimmen hinter ihr.", "en: She was 400 votes ahead of her."),
        ("de: Der Rat nahm den Plan an.", "en: The council rejected the plan."),
        ("de: Das Tor ist unbewacht, der unbeschrankte Übergang frei.", "de: Der beschrankte Übergang ist frei."),
        ("en: Only ducks were culled in Selm.", "de: In Selm wurden nur Gänse getötet."),
        ("de: Die Brücke ist teilweise in Betrieb.", "de: Die Brücke ist vollständig in Betrieb."),
    ],
)
def test_it_drops_the_opposite_of_a_quote(quote: str, said: str) -> None:
    assert _opposite(quote, said)


@pytest.mark.parametrize(
    ("quote", "said"),
    [
        ("de: Die Miete ist nicht gesunken.", "en: The rent has not fallen."),
        ("de: Die Miete ist nicht gesunken.", "en: The rent rose or stayed as it was."),
        ("en: Sales fell less than feared.", "de: Der Absatz ging weniger stark zurück als befürchtet."),
        ("en: The pass is no longer closed.", "de: Der Pass ist wieder geöffnet."),
        ("de: Die Stadt hat das Badeverbot aufgehoben.", "en: Swimming is allowed in the town again."),
        ("de: Die Mieten stiegen, während die Löhne sanken.", "en: Wages fell while rents rose."),
        (
            "en: Stocks were at 60 percent, 5 points below the level of last year.",
            "de: Die Lager waren zu 60 Prozent gefüllt, im Vorjahr waren es fünf Punkte mehr.",
        ),
        ("en: Lund beat Visby in the final.", "de: Visby verlor im Finale gegen Lund."),
        ("en: Norvik sells its mill to Orla.", "de: Orla kauft die Mühle von Norvik."),
        ("de: Die Anklage forderte Haft, die Verteidigung Freispruch.", "en: The defence asked for an acquittal."),
        ("en: The two missing sailors were found alive.", "de: Die beiden vermissten Segler leben."),
        ("en: The alert was raised to the second-highest level.", "de: Es gilt nun die zweithöchste Warnstufe."),
        ("de: Der Rat nahm den Plan nicht an.", "en: The council rejected the plan."),
        (
            "en: Orla shipped 520 tonnes, after 470 tonnes in 2024.",
            "de: Orla verschiffte 520 Tonnen, 2024 waren es 470 Tonnen.",
        ),
        (
            "de: Die Polizei sperrte die unbeleuchtete Straße.",
            "de: Die Polizei sperrte die Straße, die nicht beleuchtet ist.",
        ),
        ("de: Der Verlust schrumpfte auf 2 Millionen Euro.", "en: The loss fell to 2 million euros."),
    ],
)
def test_it_keeps_what_says_the_same(quote: str, said: str) -> None:
    assert not _opposite(quote, said)


@pytest.mark.parametrize(
    ("quote", "said"),
    [
        ("de: Die Miete steigt um 60 auf 820 Euro.", "en: The rent goes up by 820 euros."),
        ("en: Sales fell by a third.", "en: Sales fell to a third."),
        (
            "en: Orla shipped 520 tonnes last year, after 470 tonnes the year before.",
            "de: Orla verschiffte im vergangenen Jahr 470 Tonnen, nach 520 Tonnen im Jahr davor.",
        ),
        ("en: Orla made 900 tonnes more than allowed.", "de: Orla stellte 900 Tonnen her."),
        (
            "de: Die Brücke kostet 9 Millionen Euro, 2 Millionen mehr als geplant.",
            "en: The bridge will cost 2 million euros.",
        ),
    ],
)
def test_it_drops_a_difference_told_as_a_height(quote: str, said: str) -> None:
    assert _opposite(quote, said)


@pytest.mark.parametrize(
    ("quote", "said"),
    [
        (
            "en: A jury in Visby acquitted Ada Lindt but convicted Olaf Brehm.",
            "de: In Visby wurde Olaf Brehm freigesprochen und Ada Lindt verurteilt.",
        ),
        (
            "de: Am höchsten war der Pegel in Arnau, am niedrigsten in Selm.",
            "en: Levels were highest in Selm and lowest in Arnau.",
        ),
        ("en: In May 90 boats came, in June 70.", "de: Im Mai kamen 70 Boote, im Juni 90."),
        (
            "de: Die Anklage forderte fünf Jahre Haft, die Verteidigung einen Freispruch.",
            "en: The defence wanted five years in prison, the prosecution an acquittal.",
        ),
        (
            "en: The council rejected Sellberg's plan and approved Norvik's.",
            "de: Der Rat lehnte den Plan von Norvik ab und billigte den von Sellberg.",
        ),
        ("en: The council rejected Sellberg's plan and approved Norvik's.", "en: Sellberg's plan was approved."),
        ("en: Ada Lindt beat Eva Brehm in the final.", "en: Eva Brehm beat Ada Lindt in the final."),
        ("en: Ada Lindt beat Eva Brehm in the final.", "de: Ada Lindt verlor das Finale gegen Eva Brehm."),
        ("de: Norvik kauft die Mühle von Orla.", "en: Orla is buying the mill from Norvik."),
        (
            "en: The senator praised the raid, the governor criticised it.",
            "de: Der Gouverneur lobte die Razzia, die Senatorin kritisierte sie.",
        ),
        ("en: The boat sailed from Lund to Visby.", "de: Das Boot fuhr von Visby nach Lund."),
        ("en: Kenya's Ruth Obura won ahead of Italy's Ada Benzi.", "de: Die Italienerin Ruth Obura gewann."),
        ("en: Eva Brehm was accused of fraud by Ada Lindt.", "en: Eva Brehm accused Ada Lindt of fraud."),
    ],
)
def test_it_drops_two_that_changed_places(quote: str, said: str) -> None:
    assert _exchanged(quote, said) or _opposite(quote, said)


@pytest.mark.parametrize(
    ("quote", "said"),
    [
        (
            "en: A jury in Visby acquitted Ada Lindt but convicted Olaf Brehm.",
            "de: In Visby wurde Olaf Brehm verurteilt und Ada Lindt freigesprochen.",
        ),
        (
            "de: Am höchsten war der Pegel in Arnau, am niedrigsten in Selm.",
            "en: Selm had the lowest level, Arnau the highest.",
        ),
        ("en: In May 90 boats came, in June 70.", "de: Im Juni kamen 70 Boote, im Mai waren es 90."),
        ("en: The council rejected Sellberg's plan and approved Norvik's.", "de: Norviks Plan wurde gebilligt."),
        ("en: Ada Lindt beat Eva Brehm in the final.", "de: Eva Brehm unterlag im Finale Ada Lindt."),
        ("en: Ada Lindt beat Eva Brehm in the final.", "en: Eva Brehm was beaten by Ada Lindt in the final."),
        ("de: Norvik kauft die Mühle von Orla.", "en: Orla is selling the mill to Norvik."),
        ("en: Police and firefighters searched the wood.", "de: Feuerwehr und Polizei suchten den Wald ab."),
        ("de: Im Osten ist die Miete niedriger als im Westen.", "en: Rents are higher in the west than in the east."),
        ("de: Ada Lindt wirft Eva Brehm Betrug vor.", "en: Eva Brehm is accused of fraud by Ada Lindt."),
        ("de: Den Titelverteidiger Brehm schlug im Finale Ada Lindt.", "en: Ada Lindt beat Brehm in the final."),
        (
            "en: Kenya's Ruth Obura won ahead of Italy's Ada Benzi.",
            "de: Ada Benzi aus Italien kam hinter Ruth Obura ins Ziel.",
        ),
    ],
)
def test_it_keeps_two_in_another_order(quote: str, said: str) -> None:
    assert not _exchanged(quote, said)
    assert not _opposite(quote, said)


@pytest.mark.parametrize(
    ("quote", "said"),
    [
        ("en: The zoo is to open its aviary in May.", "de: Der Zoo hat im Mai seine Voliere eröffnet."),
        ("de: Der Zoo soll im Mai eine neue Voliere eröffnen.", "en: The zoo opened a new aviary in May."),
        ("en: Norvik can appeal to the supreme court.", "en: Norvik has appealed to the supreme court."),
        ("en: Either Lund or Visby will host the cup.", "de: Der Pokal wird in Visby ausgetragen."),
        ("de: Der Zuschuss wird erhöht, falls der Bund zustimmt.", "en: The subsidy will be increased."),
    ],
)
def test_it_drops_what_is_told_too_early(quote: str, said: str) -> None:
    assert _too_early(quote, said)


@pytest.mark.parametrize(
    ("quote", "said"),
    [
        ("en: The zoo is to open its aviary in May.", "de: Der Zoo soll im Mai seine Voliere eröffnen."),
        ("en: The zoo opened its aviary, which will hold 40 birds.", "de: Der Zoo hat seine Voliere eröffnet."),
        ("de: Norvik muss eine Strafe von 2 Millionen Euro zahlen.", "en: Norvik has been fined 2 million euros."),
        ("en: Either Lund or Visby will host the cup.", "de: Lund oder Visby richtet den Pokal aus."),
        ("de: Der Zuschuss wird erhöht, falls der Bund zustimmt.", "en: The subsidy could be increased."),
        ("en: The pass can no longer be used.", "de: Der Pass wurde gesperrt."),
    ],
)
def test_it_keeps_what_is_told_in_time(quote: str, said: str) -> None:
    assert not _too_early(quote, said)


@pytest.mark.parametrize(
    ("quote", "said"),
    [
        ("en: Olaf Brehm refused to accept the verdict.", "de: Olaf Brehm akzeptierte das Urteil."),
        ("de: Der Verein hat dem Trainer nicht gekündigt.", "en: The club has dismissed its coach."),
        ("en: The boat lost power in one of its two engines.", "de: Beide Maschinen des Boots fielen aus."),
        ("de: Neun Kinder waren krank, zwei von ihnen schwer.", "en: All nine children were seriously ill."),
    ],
)
def test_it_drops_what_a_quote_denies_in_so_many_words(quote: str, said: str) -> None:
    assert _denied(quote, said)


@pytest.mark.parametrize(
    ("quote", "said"),
    [
        ("en: Olaf Brehm refused to accept the verdict.", "de: Olaf Brehm lehnte es ab, das Urteil zu akzeptieren."),
        ("de: Die Klinik sagte nicht dringende Eingriffe ab.", "en: The clinic cancelled non-urgent procedures."),
        ("en: Not only Lund but also Visby voted.", "de: Lund und Visby stimmten ab."),
        ("de: Alle neun Kinder waren krank, zwei von ihnen schwer.", "en: All nine children were ill."),
        ("en: The pass was not closed until May, when it was closed by snow.", "de: Im Mai schloss Schnee den Pass."),
    ],
)
def test_it_keeps_what_a_quote_does_not_deny(quote: str, said: str) -> None:
    assert not _denied(quote, said)


def test_every_side_that_is_set_against_another_has_words_in_both_languages() -> None:
    sides = {row[0]: row for row in rows() if len(row) == 3}
    assert set(opposed()) <= set(sides)
    assert all(german.strip() and english.strip() for _, german, english in sides.values())


def test_no_word_stands_on_both_sides_of_a_pair() -> None:
    sides = {row[0]: row[1:] for row in rows() if len(row) == 3}
    for side, others in opposed().items():
        for (other, _), column in product(others, (0, 1)):
            assert not set(sides[side][column].split()) & set(sides[other][column].split()), (side, other)


@pytest.mark.parametrize(
    "text", ["", " ", "\x00", "\ud800 fell", "fell " * 5_000, "gab " * 5_000 + "nach", "9" * 5_000]
)
def test_it_survives_any_text(text: str) -> None:
    one = statement(text, "en")
    assert contrast_rule.opposite(one, (one, statement(text, "de"))) == ""
    assert hits_of(statement(text, "fr")) == ()
    assert denied_rule.denied_there(one, (one, statement(text, "de"))) == ""
    assert plan_rule.told_too_early(one, (one, statement(text, "de"))) == ""
    assert exchange_rule.exchanged(one, (one, statement(text, "de"))) == ""
    assert deed_rule.exchanged_deed(one, (one, statement(text, "de"))) == ""
