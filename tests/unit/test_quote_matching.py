"""Where a typed claim is found, and where it is refused: rules Q1 to Q6, clause by clause."""

from __future__ import annotations

import pytest

from bot.quotes.matching import MOST_SPANS, explain_refusal, find_quote, locate
from bot.quotes.normalising import normalise

LIGHTHOUSE = (
    "The lighthouse at Orm Head lost 1,250 slates in the storm. “We have never seen −5 °C in May,” said keeper Una Brandt. "
    "Repairs cost €3.4 million, or 12% of the budget. Visitors don’t climb it. Nobody was hurt."
)
MILL = (
    "Die Sägemühle in Ahrbach schließt am 17. Juni. „Wir hatten ‚keine andere Wahl‘“, sagte Meister Jörn Vogt. "
    "Der Betrieb schuldet 25 000 Euro – nicht 2,5 Millionen – und 3½ Monatslöhne."
)


def found(claim: str, text: str) -> list[str]:
    return [text[start:end] for start, end in find_quote(claim, text)]


@pytest.mark.parametrize(
    ("claim", "text", "shown"),
    [
        pytest.param("Nobody was hurt.", LIGHTHOUSE, "Nobody was hurt.", id="as it stands"),
        pytest.param("Nobody was hurt", LIGHTHOUSE, "Nobody was hurt", id="without the full stop"),
        pytest.param("nobody was hurt.", LIGHTHOUSE, "Nobody was hurt.", id="first letter in the other case"),
        pytest.param("“Nobody was hurt.”", LIGHTHOUSE, "Nobody was hurt.", id="in quotation marks of its own"),
        pytest.param("  «\u00a0Nobody was hurt.\u00a0»\n", LIGHTHOUSE, "Nobody was hurt.", id="French marks and spaces"),
        pytest.param("»nobody was hurt.«", LIGHTHOUSE, "Nobody was hurt.", id="marks and case"),
        pytest.param("Visitors don't climb it.", LIGHTHOUSE, "Visitors don’t climb it.", id="apostrophe"),
        pytest.param("Visitors don´t climb it.", LIGHTHOUSE, "Visitors don’t climb it.", id="accent for apostrophe"),
        pytest.param("-5 °C in May", LIGHTHOUSE, "−5 °C in May", id="minus"),
        pytest.param("Repairs\u202fcost\n\t€3.4\u00a0million", LIGHTHOUSE, "Repairs cost €3.4 million", id="white space"),
        pytest.param("No\u00adbody\u200b was\ufeff hurt.", LIGHTHOUSE, "Nobody was hurt.", id="invisible characters"),
        pytest.param("Ｎｏｂｏｄｙ was hurt．", LIGHTHOUSE, "Nobody was hurt.", id="full width"),
        pytest.param("Nobody was hurt. ", "Nobody\u00ad was hu\u200brt.", "Nobody\u00ad was hu\u200brt.", id="invisible in the source"),
        pytest.param("Die Sa\u0308gemu\u0308hle in Ahrbach", MILL, "Die Sägemühle in Ahrbach", id="decomposed claim"),
        pytest.param("Die Sägemühle", "Die Sa\u0308gemu\u0308hle", "Die Sa\u0308gemu\u0308hle", id="decomposed source"),
        pytest.param("ägemühle", "A\u0308gemühle", "A\u0308gemühle", id="first letter with a mark"),
        pytest.param("한국 소식", "\u1112\u1161\u11ab\u1100\u116e\u11a8 소식", "\u1112\u1161\u11ab\u1100\u116e\u11a8 소식", id="Korean letters"),
        pytest.param("\"Wir hatten 'keine andere Wahl'\"", MILL, "„Wir hatten ‚keine andere Wahl‘“", id="marks within marks"),
        pytest.param("25\u2009000 Euro - nicht 2,5 Millionen", MILL, "25 000 Euro – nicht 2,5 Millionen", id="dashes"),
        pytest.param("3½ Monatslöhne", MILL, "3½ Monatslöhne", id="fraction as it stands"),
        pytest.param("The office will file it", "The oﬃce will ﬁle it.", "The oﬃce will ﬁle it", id="ligatures in the source"),
        pytest.param("The oﬃce will ﬁle it", "The office will file it.", "The office will file it", id="ligatures in the claim"),
        pytest.param("Wait... there", "Wait… there", "Wait… there", id="ellipsis in the source"),
        pytest.param("Wait … there", "Wait ... there", "Wait ... there", id="ellipsis in the claim"),
        pytest.param("He [Vogt] left", "He [Vogt] left.", "He [Vogt] left", id="brackets of the source"),
        pytest.param("a\nline\r\nends here", "a line ends here", "a line ends here", id="line ends"),
        pytest.param("It rained. It rained", "So. It rained.\n\nIt rained.", "It rained.\n\nIt rained", id="two paragraphs"),
    ],
)  # fmt: skip
def test_it_finds_what_differs_in_typography_only(claim: str, text: str, shown: str) -> None:
    assert found(claim, text) == [shown]
    assert explain_refusal(claim, text) == ""


@pytest.mark.parametrize(
    ("claim", "text"),
    [
        pytest.param("Nobody is hurt.", LIGHTHOUSE, id="another word"),
        pytest.param("Nobody was ever hurt.", LIGHTHOUSE, id="a word more"),
        pytest.param("Visitors climb it.", LIGHTHOUSE, id="a word less"),
        pytest.param("NOBODY was hurt.", LIGHTHOUSE, id="case of another letter"),
        pytest.param("Nobody was hurt!", LIGHTHOUSE, id="another mark"),
        pytest.param("Nobody was hurt...", LIGHTHOUSE, id="ellipsis after"),
        pytest.param("…nobody was hurt.", LIGHTHOUSE, id="ellipsis before"),
        pytest.param("The lighthouse […] in the storm.", LIGHTHOUSE, id="elision"),
        pytest.param("Nobody [there] was hurt.", LIGHTHOUSE, id="brackets"),
        pytest.param("Nobody was **hurt**.", LIGHTHOUSE, id="markup"),
        pytest.param("_Nobody was hurt._", LIGHTHOUSE, id="underscores"),
        pytest.param("Nobody was hurt. Visitors don’t climb it.", LIGHTHOUSE, id="reordered"),
        pytest.param("Visitors don’t climb it. The lighthouse at Orm Head", LIGHTHOUSE, id="spliced"),
        pytest.param("“Nobody was hurt,” said keeper Una Brandt.", LIGHTHOUSE, id="put into a mouth"),
        pytest.param("\"'Nobody was hurt.'\"", LIGHTHOUSE, id="two pairs of marks"),
        pytest.param("1,520 slates", LIGHTHOUSE, id="digits swapped"),
        pytest.param("1.250 slates", LIGHTHOUSE, id="another separator"),
        pytest.param("1250 slates", LIGHTHOUSE, id="no separator"),
        pytest.param("€3.4 billion", LIGHTHOUSE, id="another magnitude"),
        pytest.param("$3.4 million", LIGHTHOUSE, id="another currency"),
        pytest.param("+5 °C in May", LIGHTHOUSE, id="another sign"),
        pytest.param("Nobody was hurt", LIGHTHOUSE.replace("was", "w\u0430s"), id="letters of another script"),
        pytest.param("Die Saegemuehle", MILL, id="transliterated"),
        pytest.param("Die Sagemühle", MILL, id="no umlaut"),
        pytest.param("31⁄2 Monatslöhne", MILL, id="compatibility fraction"),
        pytest.param("eine Flaeche von 102 Metern", "eine Flaeche von 10² Metern", id="compatibility power"),
        pytest.param("Die Strasse", "Die Straße", id="sharp s"),
        pytest.param("SSo ist es", "ßo ist es", id="a letter whose capital is two"),
        pytest.param("Istanbul schweigt", "İstanbul schweigt", id="dotted I"),
        pytest.param("istanbul schweigt", "Ιstanbul schweigt", id="Greek capital"),
        pytest.param("5 Men left", "5 men left", id="first letter after a digit"),
        pytest.param("Ostund Westküste", "Ost-\nund Westküste", id="suspended hyphen as nothing"),
        pytest.param("Ost-und Westküste", "Ost-\nund Westküste", id="suspended hyphen as a hyphen"),
        pytest.param("preand post-war years", "pre-\nand post-war years", id="suspended in English"),
        pytest.param("Die Küstenwache warnt", "Die Küsten-\n\nwache warnt", id="a paragraph between"),
        pytest.param("NordSee", "Nord-\nSee", id="a capital after the hyphen"),
        pytest.param("Küsten- wache", "Küstenwache", id="divided in the claim only"),
    ],
)
def test_it_refuses_whatever_says_something_else(claim: str, text: str) -> None:
    assert find_quote(claim, text) == ()
    assert explain_refusal(claim, text)


@pytest.mark.parametrize(
    ("claim", "text"),
    [
        pytest.param("slates", "1,250 tiles andslates", id="a word's end"),
        pytest.param("house at Orm", LIGHTHOUSE, id="a word's second half"),
        pytest.param("Visitors don", LIGHTHOUSE, id="before an apostrophe"),
        pytest.param("t climb it", LIGHTHOUSE, id="after an apostrophe"),
        pytest.param("binding vote", "a non-binding vote", id="after a hyphen"),
        pytest.param("Dollar fehlen", "Die US-Dollar fehlen", id="after a hyphen in German"),
        pytest.param("Gipfel tagt", "Der EU -Gipfel tagt", id="after a hyphen with a lost space"),
        pytest.param("Nord", "Nord- und Südkanal", id="before a suspended hyphen"),
        pytest.param("likely", "an (un)likely case", id="after a bracket in a word"),
        pytest.param("Leser", "Leser(innen) und", id="before a bracket in a word"),
        pytest.param("Leser", "Leser*innen und", id="before a star in a word"),
        pytest.param("in the U", "in the U.S. today", id="inside an abbreviation"),
        pytest.param("S. today", "in the U.S. today", id="after an abbreviation's first letter"),
        pytest.param("oder Regen", "Schnee und/oder Regen", id="after a slash"),
        pytest.param("AT", "AT&T closes", id="before an ampersand"),
        pytest.param("C", "C++ is old", id="before a plus"),
        pytest.param("We know.", "We know... little", id="inside an ellipsis of dots"),
        pytest.param("wache warnt", "Die Küsten-\nwache warnt", id="second half of a divided word"),
        pytest.param("Die Küsten", "Die Küsten-\nwache warnt", id="first half of a divided word"),
        pytest.param("Die Küsten-", "Die Küsten-\nwache warnt", id="first half with its hyphen"),
        pytest.param("lished today", "pub\u00adlished today", id="after a soft hyphen"),
        pytest.param("ce opens", "The oﬃce opens", id="inside a ligature"),
        pytest.param("東京", "東京都", id="inside a run without spaces"),
    ],
)
def test_it_never_cuts_a_word(claim: str, text: str) -> None:
    assert find_quote(claim, text) == ()
    assert explain_refusal(claim, text) == "mid-word"


@pytest.mark.parametrize(
    ("claim", "text"),
    [
        ("250 slates", "1,250 slates"),
        ("1", "1,250 slates"),
        ("250 slates", "1.250 slates"),
        ("250 slates", "1’250 slates"),
        ("000 slates", "25 000 slates"),
        ("25", "25\u202f000 slates"),
        ("5 °C fell", "−5 °C fell"),
        ("5 °C fell", "-5 °C fell"),
        ("5 °C fell", "At –5 °C fell"),
        ("5 °C fell", "about − 5 °C fell"),
        ("5 metres", "±5 metres"),
        ("5 metres", "<5 metres"),
        ("5 metres", ".5 metres"),
        ("rose 12", "rose 12% today"),
        ("rose 12", "rose 12 % today"),
        ("% today", "rose 12% today"),
        ("12 percent", "3.12 percent"),
        ("rose twelve", "rose twelve percent"),
        ("3.4 million", "€3.4 million"),
        ("3.4 million", "€ 3.4 million"),
        ("3.4 million", "EUR 3.4 million"),
        ("$3.4 million", "US$3.4 million"),
        ("cost 3.4", "cost 3.4 million"),
        ("cost 3.4 million", "cost 3.4 million euros"),
        ("million euros", "cost 3.4 million euros"),
        ("million people", "four million people"),
        ("Millionen Menschen", "Zweihundert Millionen Menschen"),
        ("kostet 2,5", "kostet 2,5 Mrd. Euro"),
        ("kostet 2,5 Mrd.", "kostet 2,5 Mrd. Euro"),
        ("about 3", "about 3 1/2 miles"),
        ("1/2 miles", "about 3 1/2 miles"),
        ("25 years", "18-25 years"),
        ("18", "18–25 years"),
        ("um 13", "um 13:39 Uhr"),
        ("um 13:39", "um 13:39 Uhr"),
        ("39 Uhr", "um 13:39 Uhr"),
        ("am 17", "am 17. Juni"),
        ("05.2024", "am 17.05.2024"),
        ("weighs 5", "weighs 5 kg"),
        ("aged 65", "aged 65+ only"),
        ("nur 5", "nur 5,– Euro"),
        ("nur 5 €", "nur 5 €/m² im Jahr"),
        ("-5", "lost €-5 today"),
        ("３", "１３ boats"),
        ("at least 13", "at least 130 boats"),
    ],
)
def test_it_never_cuts_a_number_from_what_belongs_to_it(claim: str, text: str) -> None:
    assert find_quote(claim, text) == ()
    assert explain_refusal(claim, text) in {"inside-number", "mid-word"}


@pytest.mark.parametrize(
    ("claim", "text"),
    [
        ("3½ pies", "3½ pies left"),
        ("12% of", "12% of it"),
        ("−5 °C", "at −5 °C in"),
        ("300 people left", "In 2024 300 people left"),
        ("In 2024", "In 2024 300 people left"),
        ("ended in 2024", "It ended in 2024. Then came rain"),
        ("12 boats sank", "Storm – 12 boats sank"),
        ("12 boats sank", "the storm—12 boats sank"),
        ("but it held", "the storm—but it held"),
        ("12 boats sank", "- 12 boats sank"),
        ("am 17.", "am 17. Juni"),
        ("Hours later it ended", "That was in 2024. Hours later it ended"),
        ("he won", "In 2024 he won"),
        ("word", "a word[3] with a note"),
        ("the farmers", "the farmers’ market"),
        ("Then rain", "It broke.Then rain"),
        ("12 boats", "He said ‘12 boats’ twice"),
    ],
)
def test_it_takes_words_and_numbers_that_are_whole(claim: str, text: str) -> None:
    assert found(claim, text) == [claim]


@pytest.mark.parametrize(
    ("claim", "text"),
    [
        ("e", "e\u0323 x"),
        ("x", "x\u0301 y"),
        ("go 👍", "go 👍🏽 now"),
        ("go 👨", "go 👨\u200d👩 now"),
        ("go 🇩", "go 🇩🇪 now"),
        ("go 5", "go 5\ufe0f\u20e3 now"),
    ],
)
def test_it_never_cuts_what_is_shown_as_one_character(claim: str, text: str) -> None:
    assert find_quote(claim, text) == ()


@pytest.mark.parametrize(
    "control",
    ["\x00", "\x07", "\x1b", "\x7f", "\x85", "\x0c", "\r", "\u202e", "\u202a", "\u2066", "\u2069", "\U000e0041", "\ud800"],
)
def test_it_shows_no_control_characters(control: str) -> None:
    text = f"The pier{control} is closed."
    assert find_quote(text, text) == ()
    assert find_quote("The pier is closed.", text) == ()
    assert found("is closed.", text) == ["is closed."]


@pytest.mark.parametrize("claim", ["", " \n", "“…”", "— – -", "\u200b", "' '", "🙂", "¿?", "\x00", "\ud800"])
def test_a_claim_without_letter_or_digit_is_empty(claim: str) -> None:
    assert find_quote(claim, claim + " … – - 🙂 \x00") == ()
    assert explain_refusal(claim, "anything") == "empty"
    assert locate(claim, {"a": claim}, "a").code == "empty"


@pytest.mark.parametrize("claim", ["Die Küstenwache warnt", "Die Küsten-wache warnt", "Die Küsten-\nwache warnt", "die Küsten- wache warnt"])
@pytest.mark.parametrize("line_end", ["-\n", "-\r\n", "\u2010\n", "- \n  ", "-\u200b\n"])
def test_a_word_divided_at_a_lines_end_is_read_in_every_way(claim: str, line_end: str) -> None:
    text = f"So. Die Küsten{line_end}wache warnt."
    assert found(claim, text) == [f"Die Küsten{line_end}wache warnt"]


@pytest.mark.parametrize("claim", ["Die Küstenwache warnt", "Die Küsten wache warnt"])
def test_a_soft_hyphen_at_a_lines_end_joins_or_is_dropped(claim: str) -> None:
    assert found(claim, "Die Küsten\u00ad\nwache warnt") == ["Die Küsten\u00ad\nwache warnt"]


def test_a_suspended_hyphen_stays_as_it_stands() -> None:
    assert found("Ost- und Westküste", "An Ost-\nund Westküste") == ["Ost-\nund Westküste"]
    assert found("Das Konto", "Das Kon-\nto ist leer") == ["Das Kon-\nto"]
    assert found("two- to three-year terms", "two-\nto three-year terms") == ["two-\nto three-year terms"]


def test_every_place_is_found_in_order() -> None:
    assert find_quote("no news", "No news. Still no news. “No news”") == ((0, 7), (15, 22), (25, 32))


def test_the_marks_of_the_source_belong_to_the_span() -> None:
    text = "“No news,” he said. No news, again."
    assert find_quote("“No news,”", text) == ((0, 10),)


def test_what_was_done_to_the_words_is_guessed_for_people() -> None:
    assert explain_refusal("The lighthouse … in the storm", LIGHTHOUSE) == "elision"
    assert explain_refusal("Nobody [at all] was hurt", LIGHTHOUSE) == "brackets"
    assert explain_refusal("Nobody was **hurt**", LIGHTHOUSE) == "markup"
    assert explain_refusal("Nobody was hurt. Visitors don't climb it.", LIGHTHOUSE) == "spliced"
    assert explain_refusal("Everybody was hurt", LIGHTHOUSE) == "not-found"


def test_a_quote_of_another_source_is_misattributed() -> None:
    located = locate("Nobody was hurt.", {"mill": MILL, "light": LIGHTHOUSE}, "mill")
    assert (located.verdict, located.code, located.source) == ("reject", "misattributed", "light")
    assert LIGHTHOUSE[located.start : located.end] == "Nobody was hurt."


def test_a_quote_of_no_source_is_fabricated() -> None:
    assert locate("Everybody was hurt.", {"mill": MILL}, "mill").code == "fabricated"
    assert locate("Nobody was hurt.", {"mill": MILL}, "gone").code == "fabricated"
    assert locate("250 slates", {"light": LIGHTHOUSE}, "light").code == "inside-number"


def test_of_several_places_the_nearest_is_taken() -> None:
    sources = {"a": "No news. Some news. No news. Other news. No news."}
    first = locate("No news.", sources, "a")
    assert (first.start, first.ambiguous) == (0, True)
    for near, start in ((0, 0), (19, 20), (22, 20), (30, 20), (48, 41), (999, 41)):
        located = locate("No news.", sources, "a", near)
        assert (located.start, located.ambiguous) == (start, False)


def test_a_claim_that_stands_everywhere_ends_with_the_most_places_we_keep() -> None:
    assert len(find_quote("ha", "ha " * (MOST_SPANS + 10))) == MOST_SPANS


def test_the_map_leads_back_to_the_characters() -> None:
    text = "a\u00ad\u00adb  ﬃ…e\u0301\u200b \n。"
    normal = normalise(text)
    assert normal.text == "ab ffi...é 。"
    assert [text[slice(*normal.source_of(i))] for i in range(len(normal.text))] == (
        ["a", "b", "  "] + ["ﬃ"] * 3 + ["…"] * 3 + ["e\u0301", "\u200b \n", "。"]
    )
    assert normal.source_span(0, 2) == (0, 4)
    assert normal.source_span(3, 6) == (6, 7)
    assert normal.source_span(4, 6) is None
    assert normal.source_span(3, 5) is None
