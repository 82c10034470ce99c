"""What a model writes is let through when its quotes bear it out, in German, English and across the two."""

from __future__ import annotations

import random
from dataclasses import replace
from datetime import date

import pytest
from hypothesis import given, settings
from hypothesis import strategies as st

from bot.domain import Sentence, ShownQuote
from bot.grounding.gate import Rule, check
from bot.grounding.loose_json import read_loosely
from bot.grounding.numbered import number_sentences, prompt_rows, visible_text
from bot.grounding.reply import TASKS, Written, WrittenSentence, parse_reply, schema_of
from bot.grounding.translation import wrong_translation
from bot.quotes.showing import show_sentence
from tests.fuzz.model_replies import adversarial, honest_drawn, honest_pairs, is_number, verdict
from tests.versions import version_of

DAY = date(2024, 5, 8)  # a Wednesday


def quote(text: str, language: str, *, key: int = 1, day: date | None = DAY) -> ShownQuote:
    version = version_of(text, id=key, language=language, day=day, outlet="Kurier")
    shown = show_sentence(replace(version, sentences=(Sentence(0, len(text), 0),)), 0)
    assert shown is not None
    return shown


def rule_of(
    sentence: str,
    language: str,
    *quotes: tuple[str, str],
    supports: tuple[int, ...] | None = None,
    prompts: tuple[str, ...] = (),
    today: date | None = None,
) -> str:
    """The rule that drops a sentence made of these quotes, "" for none."""
    numbered = number_sentences(quote(text, lang, key=n) for n, (text, lang) in enumerate(quotes, 1))
    written = Written((WrittenSentence(sentence, tuple(range(1, len(quotes) + 1)) if supports is None else supports),))
    grounded = check(written, numbered, language=language, prompts=prompts, today=today)
    return grounded.dropped[0].rule.value if grounded.dropped else ""


FLOOD = ("Am Montag brach bei Altenried ein Damm, mehr als 1.200 Menschen mussten ihre Häuser verlassen.", "de")
DAMAGE = ("The damage amounts to 1.2 billion euros, Finance Minister Jonas Krell said.", "en")
TALKS = ("Die Armee bestritt, dass ihre Truppen die Grenze überschritten hätten.", "de")
TOLL = ("Twelve people were killed and 30 injured.", "en")
PLAN = ("Nordwerk may close its plant in Lund in 2026.", "en")


@pytest.mark.parametrize(
    ("sentence", "language", "source"),
    [
        ("A dam broke near Altenried on 6 May 2024, and over 1,200 people had to leave their homes.", "en", FLOOD),
        ("Der Schaden liegt laut Finanzminister Krell bei 1,2 Mrd. Euro.", "de", DAMAGE),
        ("The army denied that its troops had crossed the border.", "en", TALKS),
        ("12 Menschen wurden getötet und dreißig verletzt.", "de", TOLL),
        ("Nordwerk könnte sein Werk in Lund 2026 schließen.", "de", PLAN),
        ("The “plant in Lund” may be closed by Nordwerk in 2026.", "en", PLAN),
    ],
)
def test_it_lets_through_what_a_quote_says(sentence: str, language: str, source: tuple[str, str]) -> None:
    assert rule_of(sentence, language, source) == ""


@pytest.mark.parametrize(
    ("rule", "sentence", "language", "source"),
    [
        (
            "number",
            "A dam broke near Altenried on Monday, and over 1,300 people had to leave their homes.",
            "en",
            FLOOD,
        ),
        ("hedge", "A dam broke near Altenried on Monday, and 1,200 people had to leave their homes.", "en", FLOOD),
        ("hedge", "Fewer than 1,200 people had to leave their homes near Altenried.", "en", FLOOD),
        ("date", "A dam broke near Altenried on Tuesday.", "en", FLOOD),
        ("date", "A dam broke near Altenried on 6 May 2023.", "en", FLOOD),
        ("name", "A dam broke near Köln on Monday.", "en", FLOOD),
        ("currency", "Der Schaden liegt bei 1,2 Milliarden Dollar, sagte Krell.", "de", DAMAGE),
        ("number", "Der Schaden liegt bei 1,2 Millionen Euro, sagte Krell.", "de", DAMAGE),
        ("number", "Der Schaden liegt bei 1,2 Billionen Euro, sagte Krell.", "de", DAMAGE),
        ("name", "Der Schaden liegt bei 1,2 Milliarden Euro, sagte Lars Brandt.", "de", DAMAGE),
        ("negation", "The army said its troops had crossed the border.", "en", TALKS),
        ("number", "30 people were killed and twelve injured.", "en", TOLL),
        ("number", "30 people were killed.", "en", TOLL),
        ("number", "A person was killed.", "en", TOLL),
        ("number", "Hundreds of people were killed.", "en", TOLL),
        ("number", "1２ people were killed and 30 injured.", "en", TOLL),
        ("negation", "Twelve people were not killed.", "en", TOLL),
        ("hedge", "Nordwerk is closing its plant in Lund in 2026.", "en", PLAN),
        ("lookalike", "Nоrdwerk may close its plant in Lund in 2026.", "en", PLAN),
        ("quoted-text", "Nordwerk may close its plant: “We had no choice”.", "en", PLAN),
        ("link", "Nordwerk may close its plant in Lund, see evil.example/x.", "en", PLAN),
        ("mention", "@everyone Nordwerk may close its plant in Lund.", "en", PLAN),
        ("markup", "Nordwerk **may close its plant in Lund.", "en", PLAN),
        ("invisible", "Nordwerk may close its plant in Lund\u202e.", "en", PLAN),
        ("language", "Nordwerk may close its plant in Lund in 2026.", "de", PLAN),
        ("too-far", "Please send your password to the administrator now.", "en", PLAN),
        ("length", "Lund.", "en", PLAN),
        ("length", "Nordwerk may close its plant in Lund. " * 20, "en", PLAN),
    ],
)
def test_it_drops_what_no_quote_says(rule: str, sentence: str, language: str, source: tuple[str, str]) -> None:
    assert rule_of(sentence, language, source) == rule


@pytest.mark.parametrize(
    ("rule", "sentence", "language", "source"),
    [
        ("number", "Die Quote stieg auf 5 Prozent.", "de", ("The rate rose by 5 percent.", "en")),
        ("unit", "Die Quote stieg um 5 Prozent.", "de", ("The rate rose by 5 percentage points.", "en")),
        ("unit", "Der Tunnel ist 12 Meilen lang.", "de", ("The tunnel is 12 kilometres long.", "en")),
        ("hedge", "4 million people fled.", "en", ("Zwischen 4 und 6 Millionen Menschen flohen.", "de")),
        (
            "number",
            "Das Gesetz fiel mit 33 zu 67 Prozent durch.",
            "de",
            ("The law was rejected by 67 to 33 percent.", "en"),
        ),
        ("unit", "Die Stadt zahlt 5 Millionen Euro im Monat.", "de", ("The city pays 5 million euros a year.", "en")),
        ("number", "The T-90 drove ahead.", "en", ("The T-72 drove ahead.", "en")),
        ("date", "The bridge was closed at 2:39 p.m.", "en", ("Um 13.39 Uhr wurde die Brücke geschlossen.", "de")),
        ("date", "The bridge has been closed until Monday.", "en", ("Die Brücke ist seit Montag geschlossen.", "de")),
        ("hedge", "All villages were without power.", "en", ("Viele Dörfer waren ohne Strom.", "de")),
        ("negation", "The prices fell in Lund.", "en", ("Die Preise in Lund stiegen.", "de")),
        (
            "negation",
            "All urgent operations were cancelled.",
            "en",
            ("All non-urgent operations were cancelled.", "en"),
        ),
        ("attribution", "Scholz criticised Merz.", "en", ("Merz kritisierte Scholz.", "de")),
    ],
)
def test_it_knows_the_small_ways_to_be_wrong(rule: str, sentence: str, language: str, source: tuple[str, str]) -> None:
    assert rule_of(sentence, language, source) == rule


FILM = ("The film, which cost $200m to make, earned $35m on its opening weekend.", "en")
VOTE = ("Der Rat beschloss den Bau mit 27 zu 14 Stimmen.", "de")
GRANT = ("Der Bund zahlt 760 Millionen Euro, davon 90 Millionen Euro im kommenden Jahr.", "de")


@pytest.mark.parametrize(
    ("rule", "sentence", "language", "source"),
    [
        ("", "Der 200 Millionen Dollar teure Film spielte am ersten Wochenende 35 Millionen Dollar ein.", "de", FILM),
        (
            "number",
            "Der 35 Millionen Dollar teure Film spielte am ersten Wochenende 200 Millionen Dollar ein.",
            "de",
            FILM,
        ),
        ("number", "On its opening weekend the $35 million film took in $200 million.", "en", FILM),
        ("", "The council approved the building by 27 votes to 14.", "en", VOTE),
        ("number", "14 Ratsmitglieder stimmten für den Bau, 27 dagegen.", "de", VOTE),
        ("", "760 Millionen Euro zahlt der Bund, 90 Millionen davon im kommenden Jahr.", "de", GRANT),
        ("number", "90 Millionen Euro zahlt der Bund, 760 Millionen davon im kommenden Jahr.", "de", GRANT),
        ("", "Of 26 houses, 19 burned down.", "en", ("19 of the 26 houses burned down.", "en")),
        ("number", "Of 19 houses, 26 burned down.", "en", ("19 of the 26 houses burned down.", "en")),
    ],
)
def test_numbers_keep_their_order_or_stay_with_their_own(
    rule: str, sentence: str, language: str, source: tuple[str, str]
) -> None:
    assert rule_of(sentence, language, source) == rule


@pytest.mark.parametrize(
    ("sentence", "language", "source"),
    [
        ("Er muss viereinhalb Jahre in Haft.", "de", ("Er muss vier Jahre und sechs Monate in Haft.", "de")),
        ("Die Straße ist seit Montag gesperrt.", "de", ("The road was closed on Monday.", "en")),
        (
            "Houses built between 2019 and 2022 are damp.",
            "en",
            ("Häuser der Baujahre 2019 bis 2022 sind feucht.", "de"),
        ),
        (
            "Statt 3,1 kostete der Tunnel 5,4 Millionen Euro.",
            "de",
            ("The tunnel cost 5.4 million euros, not 3.1 million euros.", "en"),
        ),
        (
            "Das Land nimmt eine Anleihe über 5 Millionen Euro auf.",
            "de",
            ("The state issues a 5 million euro bond.", "en"),
        ),
        ("The government of Peru resigned.", "en", ("Die Regierung in Lima ist zurückgetreten.", "de")),
    ],
)
def test_another_wording_is_no_other_figure(sentence: str, language: str, source: tuple[str, str]) -> None:
    assert rule_of(sentence, language, source) == ""


TOLLS = ("Eleven passengers were injured, two of them seriously.", "en")
HOMES = (
    "Im vergangenen Jahr wurden in Lund 1.120 Wohnungen gebaut, 250 mehr als im Jahr davor, als es 870 waren.",
    "de",
)
SHARE = ("Approved were 12 of 87 applications, 53 percent of them from Lund.", "en")
TERMS = ("Prosecutors asked for six years for Kolb and nine for Brandt.", "en")


@pytest.mark.parametrize(
    ("sentence", "language", "source"),
    [
        ("More than half of the applications came from Lund.", "en", SHARE),
        ("Around 12,000 people came.", "en", ("11.950 Menschen kamen.", "de")),
        ("Ein Drittel der Schüler fehlte.", "de", ("33 percent of pupils were absent.", "en")),
        ("Both countries, Peru and Chile, agreed, so two countries did.", "en", ("Peru and Chile agreed.", "en")),
        ("Das sind 250 mehr als zuvor.", "de", ("Es waren 1.120, zuvor waren es 870.", "de")),
        ("Die 1987 gebaute Fähre sank.", "de", ("The ferry, built in 1987 for 210 people, sank.", "en")),
        ("The team lost 2-0.", "en", ("Die Mannschaft verlor mit 0:2.", "de")),
        ("Fast das Siebenfache wurde gezahlt.", "de", ("Almost seven times as much was paid.", "en")),
        ("The lowest number in almost half a century.", "en", ("Die niedrigste Zahl seit fast 50 Jahren.", "de")),
        (
            "In einer Umfrage unter 62 Ökonomen sagte das keiner.",
            "de",
            ("In a survey of 62 economists nobody said so.", "en"),
        ),
        ("Die Ausstellung schließt am 10. Januar.", "de", ("The exhibition runs until 10 January.", "en")),
        ("The low point will not be reached before 2028.", "en", ("Die Talsohle ist frühestens 2028 erreicht.", "de")),
        ("Die EU-Kommission verhängte eine Strafe.", "de", ("The European Commission imposed a fine.", "en")),
        ("Three people died in western France.", "en", ("Drei Menschen starben in Westfrankreich.", "de")),
    ],
)
def test_what_follows_from_a_quote_is_borne_out(sentence: str, language: str, source: tuple[str, str]) -> None:
    assert rule_of(sentence, language, source) == ""


@pytest.mark.parametrize(
    ("sentence", "language", "source"),
    [
        ("Eleven passengers were seriously injured.", "en", TOLLS),
        ("Approved were 87 applications.", "en", SHARE),
        ("Das sind 260 mehr als zuvor.", "de", ("Es waren 1.120, zuvor waren es 870.", "de")),
        ("Around 13,000 people came.", "en", ("11.950 Menschen kamen.", "de")),
        ("12,000 people came.", "en", ("11.950 Menschen kamen.", "de")),
        ("In Lund wurden 1.120 Wohnungen gebaut, 250 weniger als im Jahr davor.", "de", HOMES),
        ("The prosecutors asked for nine years for Kolb and six for Brandt.", "en", TERMS),
        (
            "The bridge was built in two years by 70 injured people.",
            "en",
            ("Two years 70 people built the bridge.", "en"),
        ),
        ("It was the highest alert.", "en", ("It was the second-highest alert.", "en")),
        ("A gallon of diesel cost 1.59 euros.", "en", ("Ein Liter Diesel kostete 1,59 Euro.", "de")),
        ("Each satellite weighs 210 kilograms.", "en", ("The satellites weigh a total of 210 kilograms.", "en")),
        ("The takings dropped to a third.", "en", ("The takings dropped by a third.", "en")),
        ("After four straight months of losses it closed.", "en", ("It lost money in four years and closed.", "en")),
    ],
)
def test_no_figure_is_moved(sentence: str, language: str, source: tuple[str, str]) -> None:
    assert rule_of(sentence, language, source) in ("number", "unit")


def test_what_stands_before_a_quote_tells_who_is_spoken_of() -> None:
    said = quote("If it stays mild, prices could fall by February, she said.", "en")
    before = ["“They bet on cold,” said analyst Rebecca Lund."]
    written = Written((WrittenSentence("Prices could fall by February, analyst Rebecca Lund said.", (1,)),))
    assert not check(written, number_sentences([said], before), language="en").dropped
    assert check(written, number_sentences([said]), language="en").dropped


def test_a_sentence_may_say_that_nobody_verified_a_marked_claim() -> None:
    claim = replace(quote("The army shot down 50 drones.", "en"), caveats=("not-independently-verified",))
    text = "The army says it shot down 50 drones, which could not be independently verified."
    assert not check(Written((WrittenSentence(text, (1,)),)), number_sentences([claim]), language="en").dropped


def test_it_does_not_put_words_into_another_mouth() -> None:
    kolb, brandt = ("Ina Kolb said the bridge was closed.", "en"), ("Lars Brandt said the school was open.", "en")
    assert rule_of("Lars Brandt said the bridge was closed.", "en", kolb, brandt) == "attribution"
    assert rule_of("Ina Kolb said the bridge was closed.", "en", kolb, brandt) == ""


def test_it_does_not_give_one_the_numbers_or_deeds_of_another() -> None:
    one, other = ("Thornfield cut 200 jobs in Lund.", "en"), ("Nordwerk cut 300 jobs in Oslo.", "en")
    assert rule_of("Thornfield cut 300 jobs.", "en", one, other) == "number"
    assert rule_of("Nordwerk strich in Oslo 300 Stellen.", "de", one, other) == ""
    assert rule_of("Thornfield cut 200 jobs, while Nordwerk cut 300.", "en", one, other) == ""
    mayor, arrest = ("Ina Kolb opened the bridge in Lund.", "en"), ("Lars Brandt was arrested for fraud in Oslo.", "en")
    assert rule_of("Ina Kolb was arrested for fraud.", "en", mayor, arrest) == "attribution"
    named, unnamed = ("Ina Kolb is the mayor of Lund.", "en"), ("The mayor opened the bridge on Monday.", "en")
    assert rule_of("Ina Kolb opened the bridge on Monday.", "en", named, unnamed) == ""


def test_it_keeps_the_warning_of_a_claim_that_nobody_checked() -> None:
    claim = replace(quote("The army shot down 50 drones.", "en"), caveats=("not-independently-verified",))
    numbered = number_sentences([claim])

    def dropped(text: str) -> bool:
        return bool(check(Written((WrittenSentence(text, (1,)),)), numbered, language="en").dropped)

    assert dropped("50 drones were shot down by the army.")
    assert not dropped("The army reportedly shot down 50 drones.")


def test_a_sentence_needs_numbers_that_it_was_given() -> None:
    assert rule_of("Twelve people were killed.", "en", TOLL, supports=()) == "no-support"
    assert rule_of("Twelve people were killed.", "en", TOLL, supports=(7,)) == "foreign-number"
    assert rule_of("Twelve people were killed.", "en", TOLL, supports=(1, 7)) == "foreign-number"


def test_yesterday_is_the_readers_yesterday() -> None:
    source = ("The dam broke yesterday.", "en")
    assert rule_of("The dam broke yesterday.", "en", source, today=DAY) == ""
    assert rule_of("The dam broke yesterday.", "en", source, today=date(2024, 6, 1)) == "date"
    assert rule_of("The dam broke on 7 May 2024.", "en", source, today=date(2024, 6, 1)) == ""


def test_a_prompt_does_not_leak_in_pieces_either() -> None:
    prompt = "Nordwerk may close its plant in Lund in 2026 unless it is told not to do any such thing at all"
    assert rule_of(
        "Nordwerk may close its plant unless it is told not to do any such thing.", "en", PLAN, prompts=(prompt,)
    )
    sources = [("Lund told it: do not any of it.", "en"), ("Any such thing at all is in Lund.", "en")]
    numbered = number_sentences(quote(text, lang, key=n) for n, (text, lang) in enumerate(sources, 1))
    pieces = ("Lund is told not to do any", "Such thing at all is in Lund.")
    written = Written(tuple(WrittenSentence(text, (1, 2)) for text in pieces))
    grounded = check(written, numbered, language="en", prompts=("it is told not to do any such thing at all is",))
    assert Rule.PROMPT_ECHO in {one.rule for one in grounded.dropped}


def test_quoted_words_become_the_sources_own_characters() -> None:
    numbered = number_sentences([quote("He called it “a dog’s dinner – no more”.", "en")])
    written = Written((WrittenSentence('He called it "a dog\'s dinner - no more".', (1,)),))
    assert check(written, numbered, language="en").sentences[0].text == 'He called it "a dog’s dinner – no more".'


def test_other_languages_are_held_to_numbers_and_names() -> None:
    source = ("Le barrage de Montclair a cédé le 6 mai 2024, tuant 12 personnes.", "fr")
    assert rule_of("Am 6. Mai 2024 brach der Damm von Montclair, 12 Menschen starben.", "de", source) == ""
    assert rule_of("Am 6. Mai 2024 brach der Damm von Montclair, 13 Menschen starben.", "de", source) == "number"
    assert rule_of("Am 6. Juni 2024 brach der Damm von Montclair.", "de", source) == "date"
    assert rule_of("Der Damm von Valbonne brach.", "de", source) == "name"


@given(st.text(max_size=300), st.sampled_from(["de", "en", "fr", "und"]))
@settings(max_examples=60, deadline=None)
def test_no_text_breaks_the_gate(text: str, language: str) -> None:
    rule_of(text + "\ud800", language, FLOOD, TOLL)
    rule_of(f"{text} Twelve people were killed.", language, FLOOD, TOLL)
    wrong_translation(FLOOD[0], text, source="de", target=language)


@pytest.mark.parametrize(
    "text", ["a" * 20_000, "1" * 20_000, "1,2 " * 8_000, "„" * 20_000, "not " * 8_000, "A b " * 8_000]
)
def test_an_endless_sentence_is_dropped(text: str) -> None:
    assert rule_of(text, "en", PLAN) == "length"


# --- replies ------------------------------------------------------------------------------------------------------


@pytest.mark.parametrize(
    "text",
    [
        '{"sentences": [{"text": "Rain fell.", "supports": [1, 2]}], "abstain": false, "reason": ""}',
        'Sure!\n```json\n{"sentences": [{"text": "Rain fell.", "supports": [1, 2],},]}\n```\nAnything else?',
        '[{"sentence": "Rain fell.", "ids": "1, 2"}]',
        "<think>{\"text\": \"no\"}</think>{'text': 'Rain fell.', supports: ['S1', '[2]']}",
        '{"answer": {"sentences": [{"text": "Rain fell. [1][2]", "supports": []}]}}',
        "Rain fell. [1][2]",
        '{"sentences": [{"text": "Rain fell.", "supports": [1, 2]}, {"text": "Then it st',
        '{"sentences": [{"text": "Rain fell.", "supports": [1, 2]}, {"text": "It stopped.", "supports": [1',
    ],
)
def test_a_reply_is_read_in_whatever_form_it_comes(text: str) -> None:
    assert parse_reply(text, "answer").sentences == (WrittenSentence("Rain fell.", (1, 2)),)


def test_a_reply_may_abstain() -> None:
    written = parse_reply('{"sentences": [], "abstain": true, "reason": "They do not say."}', "answer")
    assert written.abstains
    assert written.reason == "They do not say."


def test_translations_and_questions_are_read_by_their_own_schema() -> None:
    reply = parse_reply('{"translations": [{"number": 3, "text": "Es regnete."}]}', "translate")
    assert reply.sentences == (WrittenSentence("Es regnete.", (3,)),)
    assert (
        parse_reply('{"question": "Where did it rain?"}', "rewrite_question").sentences[0].text == "Where did it rain?"
    )


def test_every_task_has_a_closed_schema() -> None:
    for task in TASKS:
        schema = schema_of(task)
        assert schema["additionalProperties"] is False
        assert schema["required"] == list(schema["properties"])
        assert not {"url", "link", "quote"} & set(str(schema).split("'"))


@given(st.text(max_size=400) | st.text(alphabet='{}[]",:\\ab1 \n', max_size=400))
@settings(max_examples=150, deadline=None)
def test_no_reply_breaks_the_reading(text: str) -> None:
    for task in ("answer", "translate"):
        for sentence in parse_reply(text, task).sentences:
            assert sentence.text
    read_loosely(text)


@pytest.mark.parametrize("piece", ['{"a":', "[{", '"', "[1] ", "{'a", "//x\n{", "```json"])
def test_an_endless_reply_is_read_to_a_limit(piece: str) -> None:
    assert len(parse_reply(piece * 40_000, "answer").sentences) <= 40


# --- prompts ------------------------------------------------------------------------------------------------------


def test_what_nobody_sees_reaches_no_prompt_and_is_counted() -> None:
    seen = visible_text("Rain\u200b fell\U000e0041\u202e in\n Lund\x07.")
    assert seen == ("Rain fell in Lund.", 4)
    rows, dropped = prompt_rows(number_sentences([quote("Rain fell\u200b in Lund.", "en")], ["It was\u2063 cold."]))
    assert (rows[0].number, rows[0].text, rows[0].before, dropped) == (1, "Rain fell in Lund.", "It was cold.", 2)


def test_a_quote_has_one_number() -> None:
    one, two = quote("Rain fell.", "en"), quote("Snow fell.", "en", key=2)
    assert [(s.number, s.quote) for s in number_sentences([one, two, one])] == [(1, one), (2, two)]



# --- translations -------------------------------------------------------------------------------------------------


@pytest.mark.parametrize(
    ("rule", "text"),
    [
        ("", "On Monday a dam broke near Altenried; more than 1,200 people had to leave their homes."),
        ("number", "On Monday a dam broke near Altenried; more than 1,300 people had to leave their homes."),
        ("number", "On Monday a dam broke near Altenried; people had to leave their homes."),
        ("date", "A dam broke near Altenried; more than 1,200 people had to leave their homes."),
        ("name", "On Monday a dam broke; more than 1,200 people had to leave their homes in the area."),
        ("negation", "On Monday a dam broke near Altenried; more than 1,200 people did not have to leave their homes."),
        ("language", FLOOD[0]),
    ],
)
def test_a_translation_says_what_its_original_says(rule: str, text: str) -> None:
    wrong = wrong_translation(FLOOD[0], text, source="de", target="en", day=DAY)
    assert (wrong[0].value if wrong else "") == rule


# --- many ---------------------------------------------------------------------------------------------------------


def test_no_wrong_number_gets_past_the_gate() -> None:
    past = [case for case in adversarial(random.Random(11), 250) if is_number(case.wrong) and not verdict(case)]
    assert past == []


def test_honest_sentences_are_not_lost() -> None:
    rng = random.Random(12)
    cases = [*honest_pairs()[::4], *(honest_drawn(rng) for _ in range(40))]
    lost = [(case.sentence, verdict(case)) for case in cases if verdict(case)]
    assert len(lost) <= 0.02 * len(cases), lost
