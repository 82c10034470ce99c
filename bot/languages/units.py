"""What is counted beside people and things: currencies by their ISO 4217 code, percent, and measures.

A unit has one key for both languages ("Tonnen", "tonnes" → `t`; "Jahre", "-jährig", "years" → `year`). Conversions
are only those that need no knowledge of the day: kilometres and metres, never dollars and euros.
"""

from __future__ import annotations

import re
from functools import cache

DOLLARS = {
    "": "USD", "US": "USD", "U.S.": "USD", "USD": "USD", "A": "AUD", "AU": "AUD", "C": "CAD", "CA": "CAD", "HK": "HKD",
    "NT": "TWD", "NZ": "NZD", "S": "SGD", "SG": "SGD", "R": "BRL", "MX": "MXN",
}  # fmt: skip
SYMBOLS = {
    "$": "USD", "€": "EUR", "£": "GBP", "¥": "JPY", "₩": "KRW", "₽": "RUB", "₴": "UAH", "₹": "INR", "₪": "ILS",
    "₺": "TRY", "₫": "VND", "₦": "NGN", "฿": "THB", "₿": "BTC", "％": "%",
}  # fmt: skip
CODES = frozenset(
    "AED ARS AUD BGN BRL BTC CAD CHF CLP CNY COP CZK DKK EGP EUR GBP HKD HRK HUF IDR ILS INR IQD IRR ISK JPY KES KRW "
    "KZT MXN MYR NGN NOK NZD PEN PHP PKR PLN QAR RON RSD RUB SAR SEK SGD THB TND TRY TWD UAH USD VND ZAR DEM".split()
)
_NATIONS = {
    "us": "USD", "amerikanisch": "USD", "american": "USD", "australisch": "AUD", "australian": "AUD",
    "kanadisch": "CAD", "canadian": "CAD", "neuseeländisch": "NZD", "singapore": "SGD", "hong kong": "HKD",
    "hongkong": "HKD", "taiwan": "TWD", "new zealand": "NZD",
}  # fmt: skip
_CROWNS = {
    "schwedisch": "SEK", "swedish": "SEK", "norwegisch": "NOK", "norwegian": "NOK", "dänisch": "DKK", "danish": "DKK",
    "tschechisch": "CZK", "czech": "CZK", "isländisch": "ISK", "icelandic": "ISK",
}  # fmt: skip
_CURRENCY_WORDS = {
    "euro": "EUR", "euros": "EUR", "dollar": "USD", "dollars": "USD", "pfund sterling": "GBP", "pounds sterling": "GBP",
    "britische pfund": "GBP", "british pounds": "GBP", "franken": "CHF", "schweizer franken": "CHF",
    "swiss francs": "CHF", "swiss franc": "CHF", "rubel": "RUB", "rubeln": "RUB", "rubles": "RUB", "roubles": "RUB",
    "ruble": "RUB", "rouble": "RUB", "yen": "JPY", "yuan": "CNY", "renminbi": "CNY", "rupien": "INR", "rupees": "INR",
    "indische rupien": "INR", "indian rupees": "INR", "lira": "TRY", "türkische lira": "TRY", "turkish lira": "TRY",
    "hrywnja": "UAH", "hrywnia": "UAH", "griwna": "UAH", "hryvnia": "UAH", "hryvnias": "UAH", "hryvnya": "UAH",
    "schekel": "ILS", "shekel": "ILS", "shekels": "ILS", "zloty": "PLN", "złoty": "PLN", "forint": "HUF",
    "kronor": "SEK", "kronen": "KR", "kroner": "KR", "crowns": "KR", "baht": "THB", "rupiah": "IDR", "ringgit": "MYR",
    "mexikanische pesos": "MXN", "mexican pesos": "MXN", "d mark": "DEM", "deutsche mark": "DEM",
    "deutschmarks": "DEM", "deutsche marks": "DEM", "bitcoin": "BTC", "bitcoins": "BTC",
    "südkoreanische won": "KRW", "koreanische won": "KRW", "south korean won": "KRW", "korean won": "KRW",
    "rs": "INR", "cent": "cent", "cents": "cent", "pence": "pence",
}  # fmt: skip
_PERCENT_WORDS = (
    "prozent|prozents|prozente|prozenten|prozentpunkt|prozentpunkte|prozentpunkten|percent|per cent|percentage point|"
    "percentage points|percent points|pct|prozent punkte|prozent punkten|prozentig|prozentige|prozentigen|prozentiger|"
    "prozentiges|prozentigem"
).split("|")
_MEASURE_WORDS = {
    "km": "kilometer kilometern kilometers kilometre kilometres",
    "m": "meter metern meters metre metres",
    "cm": "zentimeter zentimetern centimeter centimeters centimetre centimetres",
    "mm": "millimeter millimetern millimeters millimetre millimetres",
    "mi": "meile meilen mile miles",
    "nmi": "seemeile seemeilen nautical_mile nautical_miles",
    "ft": "fuß foot feet",
    "in": "inch inches zoll",
    "yd": "yard yards",
    "km²": "quadratkilometer quadratkilometern square_kilometer square_kilometers square_kilometre square_kilometres",
    "mi²": "quadratmeile quadratmeilen square_mile square_miles",
    "m²": "quadratmeter quadratmetern square_meter square_meters square_metre square_metres",
    "ft²": "square_foot square_feet",
    "ha": "hektar hektare hektaren hectare hectares",
    "acre": "acre acres",
    "m³": "kubikmeter kubikmetern cubic_meter cubic_meters cubic_metre cubic_metres",
    "kg": "kilogramm kilo kilos kilogram kilograms kilogrammes",
    "g": "gramm gram grams grammes",
    "mg": "milligramm milligram milligrams",
    "t": "tonne tonnen tonnes ton tons metric_ton metric_tons metric_tonnes",
    "lb": "lbs",
    "oz": "unze unzen ounce ounces",
    "l": "liter litern liters litre litres",
    "gal": "gallone gallonen gallon gallons",
    "bbl": "barrel barrels",
    "°": "grad degree degrees",
    "°C": "grad_celsius celsius degrees_celsius degree_celsius",
    "°F": "grad_fahrenheit fahrenheit degrees_fahrenheit",
    "km/h": "stundenkilometern kilometers_per_hour kilometres_per_hour kilometer_pro_stunde stundenkilometer",
    "mph": "mph miles_per_hour meilen_pro_stunde",
    "W": "watt watts",
    "kW": "kilowatt kilowatts",
    "MW": "megawatt megawatts",
    "GW": "gigawatt gigawatts",
    "TW": "terawatt terawatts",
    "kWh": "kilowattstunde kilowattstunden kilowatt_hour kilowatt_hours",
    "MWh": "megawattstunde megawattstunden megawatt_hour megawatt_hours",
    "GWh": "gigawattstunde gigawattstunden gigawatt_hour gigawatt_hours",
    "TWh": "terawattstunde terawattstunden terawatt_hour terawatt_hours",
    "kB": "kilobyte kilobytes",
    "MB": "megabyte megabytes",
    "GB": "gigabyte gigabytes",
    "TB": "terabyte terabytes",
    "bp": "basispunkt basispunkte basispunkten basis_point basis_points",
    "s": "sekunde sekunden second seconds sek",
    "min": "minute minuten minutes minütig minütige minütigen minütiger minütiges",
    "h": "stunde stunden hour hours std stündig stündige stündigen stündiger stündiges",
    "day": "tag tage tagen tages day days tägig tägige tägigen tägiger tägiges",
    "week": "woche wochen week weeks wöchig wöchige wöchigen wöchiger wöchiges",
    "month": "monat monate monaten monats month months monatig monatige monatigen",
    "year": "jahr jahre jahren jahres year years yr yrs jährig jährige jährigen jähriger jähriges jährigem",
    "decade": "jahrzehnt jahrzehnte jahrzehnten decade decades",
    "century": "jahrhunderte jahrhunderten centuries",
}
_SIGNS = (
    "km/h km² km2 km³ m² m2 m³ m3 cm² km kg kW kWh kV MW MWh GW GWh TW TWh MB GB TB kB MHz GHz kHz Hz cm mm mg µg ml "
    "hl ha ft nm mph kn lb lbs oz mi bbl bpd sqm min"
).split()
_SIGN_KEYS = {"km2": "km²", "m2": "m²", "m3": "m³", "lbs": "lb", "sqm": "m²"}
# One letter is a unit only when it touches nothing else; "m" may also be a million (`numbers` decides).
_LETTER_SIGNS = ("m", "t", "g", "l", "h")

DURATIONS = frozenset({"s", "min", "h", "day", "week", "month", "year", "decade", "century"})
_SIZES = {
    "mm": ("m", 1, 1000), "cm": ("m", 1, 100), "m": ("m", 1, 1), "km": ("m", 1000, 1),
    "m²": ("m²", 1, 1), "ha": ("m²", 10_000, 1), "km²": ("m²", 10**6, 1),
    "mg": ("g", 1, 1000), "g": ("g", 1, 1), "kg": ("g", 1000, 1), "t": ("g", 10**6, 1),
    "ml": ("l", 1, 1000), "l": ("l", 1, 1), "hl": ("l", 100, 1),
    "W": ("W", 1, 1), "kW": ("W", 1000, 1), "MW": ("W", 10**6, 1), "GW": ("W", 10**9, 1), "TW": ("W", 10**12, 1),
    "kWh": ("Wh", 1000, 1), "MWh": ("Wh", 10**6, 1), "GWh": ("Wh", 10**9, 1), "TWh": ("Wh", 10**12, 1),
    "s": ("s", 1, 1), "min": ("s", 60, 1), "h": ("s", 3600, 1), "day": ("s", 86400, 1), "week": ("s", 604800, 1),
    "month": ("month", 1, 1), "year": ("month", 12, 1), "decade": ("month", 120, 1), "century": ("month", 1200, 1),
}  # fmt: skip


def common_size(value: float, unit: str) -> tuple[float, str]:
    """The value in the unit that its kind of measure is compared in: (2, "km") → (2000, "m")."""
    if unit not in _SIZES:
        return value, unit
    common, times, by = _SIZES[unit]
    return value * times / by, common


@cache
def unit_words() -> dict[str, tuple[str, str]]:
    """Lower-case words (up to three, single spaces, no hyphens) → (kind, unit)."""
    table: dict[str, tuple[str, str]] = dict.fromkeys(_PERCENT_WORDS, ("percent", "%"))
    table |= {"promille": ("percent", "‰"), "per mille": ("percent", "‰")}
    table |= {word: ("money", code) for word, code in _CURRENCY_WORDS.items()}
    for nation, code in _NATIONS.items():
        for form in (nation, *(nation + e for e in ("e", "en", "er"))):
            table |= {f"{form} dollar": ("money", code), f"{form} dollars": ("money", code)}
    for nation, code in _CROWNS.items():
        for form in (nation, *(nation + e for e in ("e", "en", "er"))):
            table |= {f"{form} {crown}": ("money", code) for crown in ("kronen", "kronor", "kroner", "crowns", "krona")}
    for unit, words in _MEASURE_WORDS.items():
        table |= {word.replace("_", " "): ("measure", unit) for word in words.split()}
    return table


@cache
def sign_pattern() -> re.Pattern[str]:
    """A unit sign directly at the position, in its own case: "%", "US$", "°C", "km/h", "EUR"."""
    letters = "|".join(re.escape(s) for s in sorted((*_SIGNS, *_LETTER_SIGNS, *CODES), key=len, reverse=True))
    marks = "".join(re.escape(s) for s in SYMBOLS)
    return re.compile(
        rf"(?P<percent>[%٪‰])|(?P<dollar>(?:US|U\.S\.|A|C|HK|NT|NZ|S)\$)(?!\d)|(?P<mark>[{marks}])(?!\d)"
        rf"|(?P<degree>°(?:[^\S\n]?[CF](?![^\W_]))?)|(?P<letters>{letters})(?![^\W_])(?!\.[^\W\d_])"
    )


def unit_of_sign(match: re.Match[str]) -> tuple[str, str]:
    """(kind, unit) of a match of `sign_pattern`."""
    sign = match.group()
    if match["percent"]:
        return "percent", "‰" if sign == "‰" else "%"
    if match["dollar"]:
        return "money", DOLLARS[sign[:-1]]
    if match["mark"]:
        return ("percent", "%") if sign == "％" else ("money", SYMBOLS[sign])
    if match["degree"]:
        return "measure", "°" + sign[-1] if len(sign) > 1 else "°"
    if sign in CODES:
        return "money", sign
    return "measure", _SIGN_KEYS.get(sign, sign)
