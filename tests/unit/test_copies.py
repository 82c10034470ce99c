"""Copies: 0 false merges over pairs that were written to be hard, and most of the true copies found."""

from __future__ import annotations

import json
from dataclasses import dataclass
from functools import cache
from pathlib import Path

import pytest
from hypothesis import given, settings
from hypothesis import strategies as st

from bot.domain import StoredVersion
from bot.stories.copies import compare, copy_reason
from bot.stories.fingerprints import fingerprint
from tests.versions import version_of

HARD_PAIRS = Path(__file__).with_name("data") / "hard_pairs.jsonl"


@dataclass(frozen=True)
class Pair:
    id: str
    copy: bool
    story: bool | None  # None: people would disagree
    one: StoredVersion
    other: StoredVersion


@cache
def hard_pairs() -> tuple[Pair, ...]:
    lines = map(json.loads, HARD_PAIRS.read_text(encoding="utf-8").splitlines())
    return tuple(
        Pair(line["id"], line["copy"], line["story"], *(stored(n, **line[k]) for n, k in ((1, "a"), (2, "b"))))
        for line in lines
    )


def stored(number: int, lang: str, title: str, text: str) -> StoredVersion:
    return version_of(text, id=number, language=lang, title=title)


def reason(pair: Pair) -> str:
    return copy_reason(fingerprint(pair.one), fingerprint(pair.other))


@pytest.mark.parametrize("pair", [p for p in hard_pairs() if not p.copy], ids=lambda p: p.id)
def test_other_reports_on_the_same_thing_are_no_copies(pair: Pair) -> None:
    assert reason(pair) == ""


def test_nine_of_ten_copies_are_found() -> None:
    copies = [pair for pair in hard_pairs() if pair.copy]
    missed = [pair.id for pair in copies if not reason(pair)]
    assert len(missed) <= len(copies) * 0.1, missed
    assert len(hard_pairs()) >= 60


def test_the_order_of_two_documents_does_not_matter() -> None:
    for pair in hard_pairs():
        one, other = fingerprint(pair.one), fingerprint(pair.other)
        assert compare(one, other) == compare(other, one), pair.id


def test_a_contradiction_is_named() -> None:
    against = {p.id: compare(fingerprint(p.one), fingerprint(p.other)).against for p in hard_pairs()}
    assert against["ferry-other-figures-x"] == "other figures"
    assert against["deny-denied"] == "the opposite"
    assert against["plant-stays-de"] == "a negation"


def test_a_headline_is_a_copy_only_of_the_same_words() -> None:
    one, same, other = (fingerprint(version_of(text)) for text in ("Rain in Moor", "Rain in Moor", "Rain in Lind"))
    assert copy_reason(one, same)
    assert not copy_reason(one, other)


REVERSED = (
    ("en", "Minister Kress dismissed reports that he had taken money from the Nordlinie ferry company, calling them baseless.",
     "en", "Minister Kress confirmed reports that he had taken money from the Nordlinie ferry company, calling them regrettable."),
    ("de", "Minister Kress dementiert, Geld von der Reederei Nordlinie angenommen zu haben. Es war nichts, sagte er in Skagby.",
     "de", "Minister Kress gibt zu, Geld von der Reederei Nordlinie angenommen zu haben. Es war wenig, sagte er in Skagby."),
    ("de", "Ardan weist Berichte über die Entsendung von Soldaten nach Lisk zurück, meldet seine Agentur am Freitag.",
     "de", "Ardan bestätigt Berichte über die Entsendung von Soldaten nach Lisk, meldet seine Agentur am Freitag."),
    ("en", "Ardan denied on Friday that it had sent thousands of soldiers to Lisk to fight in the war.",
     "de", "Ardan gab am Freitag zu, Tausende Soldaten nach Lisk geschickt zu haben, damit sie im Krieg kämpfen."),
    ("en", "Police in Skagby say the missing sailor Per Holm is dead after a storm off the coast.",
     "en", "Police in Skagby say the missing sailor Per Holm is alive after a storm off the coast."),
    ("en", "The Halvik council voted to close the old swimming pool on Brunn Street after a debate until midnight.",
     "en", "The Halvik council voted to keep the old swimming pool on Brunn Street after a debate until midnight."),
    ("de", "Der Konzern widerspricht Berichten, wonach er sein Werk in Halvik mit 400 Beschäftigten im Herbst schließt.",
     "de", "Der Konzern bestätigt Berichte, wonach er sein Werk in Halvik mit 400 Beschäftigten im Herbst schließt."),
)  # fmt: skip
AFTERWARDS = {
    "en": "Several newspapers had written about the matter since the beginning of the month, and two committees look into it.",
    "de": "Über die Sache hatten seit Monatsbeginn mehrere Zeitungen geschrieben, zwei Ausschüsse befassen sich damit.",
}


@pytest.mark.parametrize("pair", REVERSED, ids=lambda pair: pair[3][:24])
def test_a_short_report_that_says_the_reverse_is_no_copy(pair: tuple[str, str, str, str]) -> None:
    language, said, other_language, reversed_ = pair
    for form in ("{news}", "{news} {matter}", "{matter} {news}"):
        one, other = (
            fingerprint(version_of(form.format(news=text, matter=AFTERWARDS[lang]), language=lang, id=n))
            for n, (lang, text) in enumerate(((language, said), (other_language, reversed_)), 1)
        )
        assert not copy_reason(one, other)
        assert not copy_reason(other, one)


def test_a_short_report_with_words_of_the_same_meaning_is_a_copy() -> None:
    one, other = (
        fingerprint(
            version_of(
                f"The council of Halvik wants to sell the old {word} that lies at Brunn Street. {AFTERWARDS['en']}"
            )
        )
        for word in ("ship", "vessel")
    )
    assert copy_reason(one, other)


def test_who_prints_a_headline_does_not_matter() -> None:
    one, other = (
        fingerprint(
            version_of(
                f"Captain of the ferry Maravel tells court in Skagby how the ship hit the rocks off Halvik {who}"
            )
        )
        for who in ("| The Orlo Post, Lisk", "- Brunn Broadcasting")
    )
    assert copy_reason(one, other)


def test_an_older_figure_further_down_does_not_make_a_copy() -> None:
    one = version_of(
        "Rail drivers in Velm will get 5.8 percent more pay from July, the union Gleis and the company said on Friday. The union had "
        "demanded 7.5 percent. The company had offered 5 percent on Wednesday."
    )  # fmt: skip
    other = version_of(
        "The company in Velm raised its offer to the rail drivers to 5 percent on Wednesday. The union Gleis demands 7.5 percent more "
        "pay from July, it said.",
        id=2,
    )  # fmt: skip
    assert compare(fingerprint(one), fingerprint(other)).against or not copy_reason(
        fingerprint(one), fingerprint(other)
    )


TEXTS = st.text(alphabet=st.sampled_from("ab Ä1.,:\n„“\x00"), max_size=200) | st.text(max_size=80)


@settings(max_examples=60)
@given(TEXTS, TEXTS, st.sampled_from(["de", "en", "und", "zh"]), st.sampled_from(["de", "en", "und"]))
def test_any_two_texts_can_be_compared(one: str, other: str, language: str, language_there: str) -> None:
    prints = fingerprint(version_of(one, language=language)), fingerprint(version_of(other, language=language_there))
    assert isinstance(copy_reason(*prints), str)
    assert copy_reason(prints[0], prints[0]) or not prints[0].size
