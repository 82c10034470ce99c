"""What the reading of numbers promises: one amount in any notation, exact spans, nothing taken for a number that is none."""

from __future__ import annotations

import math

import pytest
from hypothesis import given, settings
from hypothesis import strategies as st

from bot.languages.number_words import german_cardinal
from bot.languages.numbers import NumberMention, numbers_in, same_amount


def only(text: str, language: str) -> NumberMention:
    found = numbers_in(text, language)
    assert len(found) == 1, [text[m.start : m.end] for m in found]
    return found[0]


def words(text: str, language: str) -> list[str]:
    return [text[m.start : m.end] for m in numbers_in(text, language)]


def values(text: str, language: str) -> list[float]:
    return [m.value for m in numbers_in(text, language)]


# One amount, many notations


@pytest.mark.parametrize(
    ("german", "english"),
    [
        ("1,2 Mrd. Euro", "1.2 billion euros"),
        ("1,2 Milliarden €", "€1.2bn"),
        ("zwölf", "12"),
        ("12.000", "12,000"),
        ("2.000 US-Dollar", "US$2,000"),
        ("2.000 US -Dollar", "$2,000"),
        ("50 Prozent", "50%"),
        ("50 %", "50 per cent"),
        ("50-prozentige", "fifty percent"),
        ("zehnprozentige", "10 percent"),
        ("3 Billionen", "3 trillion"),
        ("800 Mio. Pfund", "£800m"),
        ("eine halbe Million", "half a million"),
        ("ein Dutzend", "a dozen"),
        ("zweieinhalb Millionen", "two and a half million"),
        ("eine Viertelmillion", "a quarter of a million"),
        ("zwei Drittel", "two-thirds"),
        ("ein Drittel", "one third"),
        ("zweihundertfünfzigtausend", "two hundred and fifty thousand"),
        ("einundzwanzig", "twenty-one"),
        ("1'000 Franken", "CHF 1,000"),
        ("25 000 Rubel", "25,000 rubles"),
        ("25\u00a0000 Rubel", "25,000 roubles"),
        ("5 Millionen Pfund", "5 million pounds"),
        ("drei Komma fünf Prozent", "three point five percent"),
        ("minus fünf Grad Celsius", "−5 °C"),
        ("-5 °C", "minus 5 degrees Celsius"),
        ("300 Quadratkilometer", "300 km²"),
        ("zwei Tonnen", "2,000 kg"),
        ("90 Minuten", "1.5 hours"),
        ("dreijährige", "three-year"),
        ("dreimal", "three"),
        ("zweimal", "twice"),
        ("zwischen 4 und 6 Millionen", "between 4 million and 6 million"),
        ("4 bis 6 Millionen Euro", "€4-6 million"),
        ("zwischen 50% und 100%", "between 50 and 100 percent"),
        ("18 bis 25 Jahre", "aged 18-25"),
        ("18- bis 25-Jährige", "18- to 25-year-olds"),
        ("3\u00bd Jahre", "three and a half years"),
        ("das 17. Regiment", "the 17th regiment"),
        ("der dritte Versuch", "the third attempt"),
        ("die einundzwanzigste Sitzung", "the twenty-first session"),
    ],
)
def test_it_reads_one_amount_in_both_languages(german: str, english: str) -> None:
    assert same_amount(only(german, "de"), only(english, "en"))


@pytest.mark.parametrize(
    ("one", "other"),
    [
        ("1,2 Mio. Euro", "1,2 Mrd. Euro"),
        ("12.000", "12.001"),
        ("5 Euro", "5 Dollar"),
        ("5 Prozent", "5"),
        ("50 Prozent", "-50 Prozent"),
        ("4 bis 6 Millionen", "4 Millionen"),
        ("4 bis 6 Millionen", "4 bis 7 Millionen"),
        ("Artikel 5", "5"),
        ("3 Tage", "3 Stunden"),
        ("20 °C", "20 °F"),
    ],
)
def test_it_tells_amounts_apart(one: str, other: str) -> None:
    assert not same_amount(only(one, "de"), only(other, "de"))


@pytest.mark.parametrize(
    ("text", "language", "value"),
    [
        ("12.000 Menschen", "de", 12_000),
        ("12.000 Punkte", "en", 12),
        ("12,000 people", "en", 12_000),
        ("12,000 Sekunden", "de", 12),
        ("1.234,5", "en", 1234.5),
        ("1,234.5", "de", 1234.5),
        ("1.234.567", "en", 1_234_567),
        ("1,234,567.89", "de", 1_234_567.89),
        ("2.3 million Granaten", "de", 2_300_000),
        ("2,3 Millionen shells", "en", 2_300_000),
        ("0.125", "de", 0.125),
        ("1,00,000 rupees", "en", 100_000),
        (".5 percent", "en", 0.5),
        ("12.000 hommes", "fr", 12_000),
        ("3 milliards", "fr", 3e9),
        ("12.000 Menschen", "und", 12),
    ],
)
def test_the_language_decides_only_what_the_notation_leaves_open(text: str, language: str, value: float) -> None:
    assert only(text, language).value == value


def test_billion_is_a_thousand_times_more_in_german() -> None:
    assert only("2 Billionen Euro", "de").value == 2e12
    assert only("2 billion euros", "en").value == 2e9
    assert only("2 billion Euro", "de").value == 2e9  # left standing by a translation
    assert only("2 Milliarden euros", "en").value == 2e9


def test_decimal_multiples_are_exact() -> None:
    assert only("2.3 million", "en").value == 2_300_000
    assert only("1,28 Millionen", "de").value == 1_280_000


@given(st.integers(2, 999_999))
def test_every_german_number_word_has_its_value(number: int) -> None:
    ones = "null ein zwei drei vier fünf sechs sieben acht neun zehn elf zwölf dreizehn vierzehn fünfzehn sechzehn siebzehn".split()
    ones += ["achtzehn", "neunzehn"]
    tens = "x x zwanzig dreißig vierzig fünfzig sechzig siebzig achtzig neunzig".split()

    def below_hundred(n: int) -> str:
        return ones[n] if n < 20 else (ones[n % 10] + "und" if n % 10 else "") + tens[n // 10]

    def below_thousand(n: int) -> str:
        return (ones[n // 100] + "hundert" if n >= 100 else "") + (below_hundred(n % 100) if n % 100 else "")

    word = (below_thousand(number // 1000) + "tausend" if number >= 1000 else "") + (
        below_thousand(number % 1000) if number % 1000 else ""
    )
    assert german_cardinal(word) == number


@settings(max_examples=60)
@given(st.integers(2, 10**9), st.sampled_from(["de", "en"]))
def test_every_grouped_number_is_read(number: int, language: str) -> None:
    text = f"es sind {number:,} da"
    if language == "de":
        text = text.replace(",", ".")
    assert values(text, language) == [number]


# What the span covers


@pytest.mark.parametrize(
    ("text", "language", "span"),
    [
        ("Es kostet mehr als 1,2 Mrd. Euro.", "de", "1,2 Mrd. Euro"),
        ("It costs about US$2,000 per month.", "en", "US$2,000"),
        ("Es kostet 2.000 US -Dollar pro Monat.", "de", "2.000 US -Dollar"),
        ("Bei -5 Grad war es kalt.", "de", "-5 Grad"),
        ("Rund 50 % stimmten zu.", "de", "50 %"),
        ("zwischen 4 und 6 Millionen Granaten", "de", "4 und 6 Millionen"),
        ("a $2-billion deal", "en", "$2-billion"),
        ("ein 500-Millionen-Euro-Paket", "de", "500-Millionen-Euro"),
        ("for half a million people", "en", "half a million"),
        ("für eine halbe Million Menschen", "de", "eine halbe Million"),
        ("Es waren 5 Mio.", "de", "5 Mio."),
        ("Es waren 300. Die Polizei kam.", "de", "300"),
    ],
)
def test_it_covers_sign_multiplier_and_unit_but_not_the_bound(text: str, language: str, span: str) -> None:
    assert words(text, language) == [span]


def test_offsets_are_those_of_the_text_as_it_is() -> None:
    soft = "rund zwei Mil\u00adlio\u00adnen Euro"
    apart = "genau zwo\u0308lf\u200b Leute"
    assert words(soft, "de") == ["zwei Mil\u00adlio\u00adnen Euro"]
    assert words(apart, "de") == ["zwo\u0308lf"]
    assert values(soft + apart, "de") == [2_000_000, 12]


# How exactly it is meant


@pytest.mark.parametrize(
    ("text", "language", "bound"),
    [
        ("bis zu 300 Boote", "de", "up to"),
        ("nicht mehr als 300 Boote", "de", "up to"),
        ("as many as 300 boats", "en", "up to"),
        ("no more than 300 boats", "en", "up to"),
        ("mehr als 300 Boote", "de", "more than"),
        ("over 300 boats", "en", "more than"),
        ("300+ boats", "en", "more than"),
        ("etwa 300 Boote", "de", "about"),
        ("ca. 300 Boote", "de", "about"),
        ("an estimated 300 boats", "en", "about"),
        ("mindestens 300 Boote", "de", "at least"),
        ("300 boats", "en", ""),
        ("300 or more boats", "en", "at least"),
        ("weniger als 300 Boote", "de", "less than"),
        ("fewer than 300 boats", "en", "less than"),
        ("fast 300 Boote", "de", "nearly"),
        ("a fast 300 boats", "en", ""),
        ("nearly 300 boats", "en", "nearly"),
        ("more than $300", "en", "more than"),
    ],
)
def test_it_knows_how_exactly_a_number_is_meant(text: str, language: str, bound: str) -> None:
    assert only(text, language).bound == bound


# Ranges


@pytest.mark.parametrize(
    ("text", "language", "low", "high", "unit"),
    [
        ("between 4 and 6 million", "en", 4e6, 6e6, ""),
        ("4-6 million", "en", 4e6, 6e6, ""),
        ("$4 to $6 million", "en", 4e6, 6e6, "USD"),
        ("two to three million", "en", 2e6, 3e6, ""),
        ("zwischen 900.000 und 1,2 Millionen", "de", 900_000, 1.2e6, ""),
        ("zwischen 50% und 100%", "de", 50, 100, "%"),
        ("10 bis 20 Euro", "de", 10, 20, "EUR"),
        ("zwei oder drei", "de", 2, 3, ""),
        ("ein bis zwei Tage", "de", 1, 2, "day"),
        ("fünf- bis sechshundert", "de", 500, 600, ""),
        ("18-25", "en", 18, 25, ""),
    ],
)
def test_a_range_has_two_ends_and_one_unit(text: str, language: str, low: float, high: float, unit: str) -> None:
    found = only(text, language)
    assert (found.value, found.upper, found.unit) == (low, high, unit)


def test_a_change_is_no_range_but_shares_its_unit() -> None:
    for text, language in (("von 5 auf 10 Prozent", "de"), ("from 5 to 10 percent", "en")):
        assert [(m.value, m.upper, m.unit) for m in numbers_in(text, language)] == [(5, None, "%"), (10, None, "%")]


def test_a_score_and_a_telephone_number_are_no_ranges() -> None:
    assert all(m.upper is None for m in numbers_in("They won 3-1; call 555-123-4567.", "en"))


# Years, ordinals, dates


@pytest.mark.parametrize(
    ("text", "language"),
    [
        ("in 2024", "en"),
        ("the 2024 election", "en"),
        ("Olympia 2024", "de"),
        ("seit 2015 in Kraft", "de"),
        ("im Jahr 2000", "de"),
        ("im Oktober 2024", "de"),
        ("am 3. Mai 2024 um 13:39 Uhr", "de"),
        ("wurde 1777 von ihr beschrieben", "de"),
        ("In 1852 he left.", "en"),
        ("mid-2024", "en"),
        ("bis 2030", "de"),
    ],
)
def test_it_knows_a_year(text: str, language: str) -> None:
    assert only(text, language).kind == "year"


@pytest.mark.parametrize(
    ("text", "language"),
    [
        ("2000 Soldaten", "de"),
        ("bis zu 2000", "de"),
        ("1850 Haushalte", "de"),
        ("2000 soldiers", "en"),
        ("more than 2010", "en"),
        ("2024 Euro", "de"),
        ("2,024", "en"),
        ("1999 km", "en"),
    ],
)
def test_it_knows_an_amount_that_looks_like_a_year(text: str, language: str) -> None:
    assert only(text, language).kind != "year"


def test_years_stay_apart_and_decades_have_an_end() -> None:
    assert [(m.value, m.kind) for m in numbers_in("2019–2023", "de")] == [(2019, "year"), (2023, "year")]
    decade = only("in the 1990s", "en")
    assert (decade.value, decade.upper, decade.kind) == (1990, 1999, "year")
    assert only("die 1990er Jahre", "de").upper == 1999


@pytest.mark.parametrize(
    "text",
    ["vom 8. bis 13. Mai", "am 3. Juni", "um 13:39 Uhr", "um 8 Uhr", "um acht Uhr", "3:45.86"],
)
def test_days_and_times_are_no_numbers(text: str) -> None:
    assert numbers_in(text, "de") == ()


@pytest.mark.parametrize(
    "text", ["Artikel 5", "§ 5", "Nr. 7", "Resolution 1701", "Platz sieben", "das 5. Bataillon", "am 17. und"]
)
def test_what_only_names_or_orders_is_an_ordinal(text: str) -> None:
    assert only(text, "de").kind == "ordinal"


def test_a_full_stop_makes_an_ordinal_or_ends_the_sentence() -> None:
    assert [m.kind for m in numbers_in("im 17. Jahrhundert", "de")] == ["ordinal"]
    assert [m.kind for m in numbers_in("Es waren 17. Die Polizei kam.", "de")] == ["cardinal"]
    assert [m.kind for m in numbers_in("There were 17. The police came.", "en")] == ["cardinal"]


# What is no number


@pytest.mark.parametrize(
    "text",
    [
        "T-72", "COVID-19", "COVID -19", "F-16", "G7", "A380", "v2.3.1", "192.168.0.1", "10²", "9/11", "[5]", "#7",
        "https://example.org/a5b", "ein Mann", "eine Frau", "einmal", "einfach", "Tausende Menschen", "Zehntausende",
        "mehrere tausend", "einige hundert", "Millionen Menschen", "in einem Viertel", "außer Acht lassen", "hundertfach9",
    ],
)  # fmt: skip
def test_it_leaves_out_names_articles_and_vague_amounts_in_german(text: str) -> None:
    assert numbers_in(text, "de") == ()


@pytest.mark.parametrize(
    "text",
    [
        "thousands of people", "several hundred", "a few thousand", "no one", "one of them", "one day he left", "a man",
        "a second later", "the second-largest", "MiG-29", "first", "Second, it rained.", "eight o'clock", "5 p.m.",
    ],
)  # fmt: skip
def test_it_leaves_out_names_articles_and_vague_amounts_in_english(text: str) -> None:
    assert numbers_in(text, "en") == ()


@pytest.mark.parametrize("text", ["at least one", "one dead", "one percent", "one in a million", "one or two", "only one"])
def test_one_is_a_number_where_it_counts(text: str) -> None:
    assert 1 in values(text, "en") or 1e6 in values(text, "en")


def test_short_multipliers_need_a_reason() -> None:
    assert only("£5m", "en").value == 5e6
    assert only("5m people", "en").value == 5e6
    assert (only("5m deep", "en").value, only("5m deep", "en").unit) == (5, "m")
    assert only("5m Australian dollars", "en").value == 5e6
    assert only("10k", "en").value == 10_000


def test_a_currency_word_that_is_also_a_verb_needs_a_sum() -> None:
    assert only("5 billion won", "en").unit == "KRW"
    assert only("of them 5 won", "en").unit == ""


# Any text


ALPHABET = st.sampled_from(
    "1 12 000 2024 1. 5. , . - – / : ' % € $ US$ ° ½ ² § ( ) [ ] Mio. Mrd. million billion bn m k Euro Dollar -Dollar Prozent "
    "zwei drei zwölf hundert tausend eine halbe ein a one two hundred thousand and und half third Drittel bis to zwischen "
    "between von from auf or minus mehr als Oktober Oct. May am 18. Uhr GMT p.m. Jahr in year-old Artikel T- x \u00ad \u0308 "
    "\u200b \u00a0 \u202f İ ß \ud800 \x00 ９ ٣ \U0001f600".split(" ")
)
TEXTS = st.lists(st.tuples(ALPHABET, st.sampled_from(["", " ", "\n", "  "])), max_size=30).map(
    lambda parts: "".join(piece + gap for piece, gap in parts)
)


@settings(max_examples=300, deadline=None)
@given(TEXTS | st.text(max_size=60), st.sampled_from(["de", "en", "und", "fr", ""]))
def test_spans_are_ordered_and_hold_what_was_read(text: str, language: str) -> None:
    end = 0
    for mention in numbers_in(text, language):
        assert end <= mention.start < mention.end <= len(text)
        assert math.isfinite(mention.value)
        assert mention.upper is None or mention.upper > mention.value
        assert mention.kind in ("cardinal", "ordinal", "year", "percent", "money", "measure")
        assert (mention.kind in ("percent", "money", "measure")) == bool(mention.unit)
        assert same_amount(mention, mention)
        assert not text[mention.start].isspace()
        end = mention.end


@pytest.mark.parametrize("piece", ["9", "1.", "1 ", "a ", "hundert", "½", "two hundred and ", "$", "1-", "\u00ad"])
def test_a_long_run_of_one_thing_is_only_long(piece: str) -> None:
    text = piece * (20_000 // len(piece))
    assert all(0 <= m.start < m.end <= len(text) for m in numbers_in(text, "en"))
