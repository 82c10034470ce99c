"""What must hold for every claim and every source: 10,000 edits, every typographic variant, any characters at all."""

from __future__ import annotations

import random
import re
import unicodedata
from collections.abc import Callable
from itertools import pairwise

import pytest
from hypothesis import example, given, settings
from hypothesis import strategies as st

from bot.quotes.borders import border_refusal, span_refusal
from bot.quotes.matching import explain_refusal, find_quote, locate
from bot.quotes.normalising import DROPPED, divisions, normalise, plain

ENGLISH = (
    "The harbour of Kelm handled 4,318 crates in March, 12.5% more than a year before. “We are not at the limit yet,” said "
    "port warden Ida Roon. Storms cost €2.7 million; the quay was closed for 3½ days at −4 °C. Nobody from the U.S. crew "
    "was hurt… The ferries don’t run on 24–26 December, and the non-binding plan covers 10² berths."
)
GERMAN = (
    "Der Hafen von Kelm schlug im März 4.318 Kisten um, 12,5 % mehr als im Vorjahr. „Wir sind noch nicht am Limit“, sagte "
    "Hafenwärterin Ida Roon. Stürme kosteten 2,7 Millionen Euro; der Kai war bei –4 °C 3½ Tage zu. Niemand von der "
    "US-Besatzung wurde verletzt … Vom 24. bis 26. Dezember fahren keine Fähren – trotz der Süß- und Salzwasserpläne."
)
FRENCH = (
    "Une brume épaisse couvre l’île : « rien ne bouge », dit Léa Müller. 25 000 lampes, 7/10 de l’aﬃche, 1’250 m². "
    "Ça va-t-il durer ? Peut-être."
)
SOURCES = (ENGLISH, GERMAN, FRENCH)
LETTERS = "abcdefghijklmnopqrstuvwxyzäöüßé"
WORDS = ("not", "nicht", "nearly", "Kelm", "7", "kein", "was", "Millionen", "Roon")
HOMOGLYPHS = str.maketrans("aeopcxAEOP", "аеорсхАЕОР")


def _words(text: str) -> list[tuple[int, int]]:
    """Stretches between spaces, as far as a quote may begin and end with them."""
    return [m.span() for m in re.finditer(r"\S+", text) if not span_refusal(text, 0, m.end())]


WORDS_OF = {text: _words(text) for text in SOURCES}


def span_of(text: str, rng: random.Random) -> tuple[int, int]:
    """A random stretch of whole words that may be quoted."""
    while True:
        first = rng.randrange(len(WORDS_OF[text]))
        last = min(first + rng.randint(2, 25), len(WORDS_OF[text]) - 1)
        start, end = WORDS_OF[text][first][0], WORDS_OF[text][last][1]
        if not border_refusal(text, start):
            return start, end


def _at(claim: str, pattern: str, rng: random.Random) -> re.Match[str] | None:
    hits = list(re.finditer(pattern, claim))
    return rng.choice(hits) if hits else None


def _replace(claim: str, hit: re.Match[str] | None, new: str) -> str:
    return claim if hit is None else claim[: hit.start()] + new + claim[hit.end() :]


def edit(claim: str, rng: random.Random) -> str:
    """The claim with one letter, digit, sign or word changed, lost, added or moved."""
    letter, digit, word = r"[^\W\d_]", r"\d", r"(?<=\s)\S+(?=\s)"
    edits: tuple[Callable[[], str], ...] = (
        lambda: _replace(claim, _at(claim, letter, rng), rng.choice(LETTERS)),
        lambda: _replace(claim, _at(claim, letter, rng), ""),
        lambda: _replace(claim, _at(claim, f"(?={letter})", rng), rng.choice(LETTERS)),
        lambda: _replace(claim, hit := _at(claim, rf"(?<=\w){letter}", rng), hit[0].swapcase() if hit else ""),
        lambda: _replace(claim, hit := _at(claim, "[aeopcxAEOP]", rng), hit[0].translate(HOMOGLYPHS) if hit else ""),
        lambda: _replace(claim, _at(claim, digit, rng), str(rng.randrange(10))),
        lambda: _replace(claim, _at(claim, digit, rng), ""),
        lambda: _replace(claim, _at(claim, f"(?={digit})", rng), str(rng.randrange(10))),
        lambda: _replace(claim, _at(claim, rf"(?<=\s)(?={digit})", rng), rng.choice("+-−–~<")),
        lambda: _replace(claim, _at(claim, r"[-−–](?=\d)", rng), rng.choice(("", "+"))),
        lambda: _replace(claim, hit := _at(claim, r"(?<=\d)[.,](?=\d)", rng), "," if hit and hit[0] == "." else "."),
        lambda: _replace(claim, _at(claim, r"(?<=\d)[.,’](?=\d)", rng), ""),
        lambda: _replace(claim, _at(claim, r"[%€½²]", rng), rng.choice(("$", "‰", "¾", "³", "2", ""))),
        lambda: _replace(claim, _at(claim, word, rng), rng.choice(WORDS)),
        lambda: _replace(claim, _at(claim, word + r"\s", rng), ""),
        lambda: _replace(claim, _at(claim, r"\s(?=\S)", rng), f" {rng.choice(WORDS)} "),
        lambda: _replace(claim, hit := _at(claim, r"(?<=\s)\S+ \S+(?=\s)", rng), " ".join(hit[0].split()[::-1]) if hit else ""),
        lambda: _replace(claim, _at(claim, r"[.,;!?](?=\s)", rng), rng.choice((".", "?", "!", ",", ""))),
        lambda: _replace(claim, _at(claim, word, rng), rng.choice(("…", "[…]", "(...)", "..."))),
        lambda: _replace(claim, hit := _at(claim, word, rng), f"**{hit[0]}**" if hit else ""),
    )  # fmt: skip
    return rng.choice(edits)()


NORMAL = {text: plain(text) for text in SOURCES}


def same_words(claim: str, text: str) -> bool:
    """Rule Q1 and Q2 written down once more, naively: one normal form lies within the other."""
    inner, outer = plain(claim).strip(), NORMAL[text]
    return any(form in outer for form in (inner, inner[:1].lower() + inner[1:], inner[:1].upper() + inner[1:]))


@pytest.mark.parametrize("count", [2_000, pytest.param(10_000, marks=pytest.mark.slow)])
def test_no_edit_of_thousands_is_accepted(count: int) -> None:
    rng = random.Random(20250102)
    tried = 0
    while tried < count:
        text = rng.choice(SOURCES)
        start, end = span_of(text, rng)
        claim = text[start:end]
        edited = edit(claim, rng)
        if same_words(edited, text):  # the edit changed nothing, or hit upon other words of the source
            continue
        tried += 1
        assert find_quote(edited, text) == (), (claim, edited)


def vary(claim: str, rng: random.Random) -> str:
    """The claim in other typography."""
    swaps = {
        "'": "'’‘‚‛′`´‹›＇", '"': '"“”„‟«»″＂', "-": "-‐‑‒–—―−﹣－", " ": (" ", "\u00a0", "\n", "\t ", "\u2009", "\u3000", "\r\n", " \u200b "),
        "ffi": ("ffi", "ﬃ"), "fi": ("fi", "ﬁ"), "...": ("...", "…"), "…": ("...", "…"), "ﬃ": ("ffi", "fﬁ"),
    }  # fmt: skip
    out = []
    for letters in re.findall(r"ffi|fi|\.\.\.|(?s:.)", claim):
        piece = letters
        key = {"’": "'", "“": '"', "”": '"', "„": '"', "«": '"', "»": '"', "–": "-", "−": "-"}.get(piece, piece)
        if key in swaps:
            piece = rng.choice(swaps[key]) if rng.random() < 0.5 else piece
        elif "!" <= piece <= "~" and rng.random() < 0.05:
            piece = chr(ord(piece) + 0xFEE0)
        out.append(piece)
        if rng.random() < 0.05:
            out.append(rng.choice(DROPPED))
    varied = "".join(out)
    if rng.random() < 0.3:
        varied = unicodedata.normalize("NFD", varied)
    if rng.random() < 0.3:
        varied = rng.choice(("“{}”", "'{}'", "„{}“", "« {} »", "\n{} ")).format(varied)
    return varied


@pytest.mark.parametrize("count", [1_000, pytest.param(3_000, marks=pytest.mark.slow)])
def test_every_typographic_variant_of_a_quote_is_found_where_it_stands(count: int) -> None:
    rng = random.Random(20250103)
    for _ in range(count):
        text = rng.choice(SOURCES)
        start, end = span_of(text, rng)
        claim = vary(text[start:end], rng)
        assert (start, end) in find_quote(claim, text), (text[start:end], claim, explain_refusal(claim, text))


def test_the_first_letter_may_change_its_case() -> None:
    rng = random.Random(20250104)
    for _ in range(300):
        text = rng.choice(SOURCES)
        start, end = span_of(text, rng)
        first = text[start]
        if first.isalpha() and len(first.swapcase()) == 1:
            assert (start, end) in find_quote(first.swapcase() + text[start + 1 : end], text)


# Characters that meet each other badly, and a few that are just letters.
awkward = st.text(
    st.sampled_from("abIiß5 0.,-–—−'’\"„“…ﬃﬁ½²%€\n\r\t\u00a0\u00ad\u200b\u200d\u2060\u0301\u0323\u0308éÅ\u212bＡ５\u1112\u1161\u11ab\U0001f44d\U0001f3fd\U0001f1e9\ud800\x00\u202e\u0958\u1fefo"),
    max_size=40,
)  # fmt: skip


@settings(max_examples=200)
@given(awkward)
@example("a\u200b\u0301")
@example("\ufb01\u0301\u0323")
@example("\uff21\u030a")
def test_the_normal_form_is_rule_q1_and_maps_onto_the_whole_source(text: str) -> None:
    normal = normalise(text)
    assert normal.text == plain(text)
    spans = [normal.source_of(i) for i in range(len(normal.text))]
    assert all(0 <= span.start < span.end <= len(text) for span in spans)
    assert all(before == after or before.end <= after.start for before, after in pairwise(spans))
    covered = {i for span in spans for i in range(*span)}
    assert all(text[i] in DROPPED for i in range(len(text)) if i not in covered)


@settings(max_examples=200)
@given(awkward, awkward)
@example("a", "a-\na")
def test_what_is_found_has_the_claims_normal_form(claim: str, text: str) -> None:
    for source in (text, f"{text} {claim}.", f"a-\nb {claim}"):
        for start, end in find_quote(claim, source):
            assert not span_refusal(source, start, end)
            if not any(True for _ in divisions(source, start, end)):
                shown, typed = plain(source[start:end]).strip(" "), plain(claim).strip(" ")
                bare = typed[1:-1].strip(" ")
                assert shown.lower() in {typed.lower(), bare.lower()}
                assert shown[1:] in {typed[1:], bare[1:]} or not shown[0].isalnum()


@settings(max_examples=200)
@given(awkward, st.integers(0, 40), st.integers(0, 40))
@example("so -\nb", 0, 6)
@example("x\u00ad\ny", 0, 4)
def test_what_may_be_quoted_is_found(text: str, start: int, end: int) -> None:
    start, end = sorted((min(start, len(text)), min(end, len(text))))
    claim = text[start:end]
    outer = claim[:1] + claim[-1:]  # what is trimmed off a claim may bare a mark that stood on a space
    if not span_refusal(text, start, end) and not any(c.isspace() or c in DROPPED for c in outer):
        assert any(a < end and start < b for a, b in find_quote(claim, text)), explain_refusal(claim, text)


@settings(max_examples=200)
@given(st.text(max_size=60), st.text(max_size=200))
def test_no_string_is_too_strange(claim: str, text: str) -> None:
    located = locate(claim, {"a": text, "b": claim}, "a", near=3)
    assert located.verdict in {"accept", "reject"}
    assert (located.code == "") == (located.verdict == "accept")
