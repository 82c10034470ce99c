"""What a packed ding dictionary promises: the usual translations first, packed once, and no harm from a bad file."""

from __future__ import annotations

import os
import subprocess
import time
from collections.abc import Iterator
from contextlib import closing
from pathlib import Path

import pytest
from hypothesis import given, settings
from hypothesis import strategies as st

from bot.languages import ding
from bot.languages.ding import DingDictionary
from bot.languages.lexicon import asking_also, translations_of
from bot.languages.words import key_of
from bot.stories.fingerprints import meant_by

LINES = """\
# a comment :: is no entry
Quirlmeister {m} [naut.]; Quirlwart {m} | Quirlmeister {pl} :: whisk master; whisk mister /WM/ | whisk masters
abtakeln {vt} (Schiff; Boot) | abtakelnd | abgetakelt :: to unrig (a ship; a boat) | unrigging | unrigged
sich etw. ausborgen {vr} :: to borrow sth.
Er hat es uns nie gesagt, und wir haben nie gefragt. :: He never told us, and we never asked him either.
no entry at all
Kai {m} [veraltet] :: moorage; quay
Kai {m}; Anlegestelle {f} | am Kai anlegen :: wharf; quay; dockside | to moor at the quay
Kai {m} (Mauer) :: quay
"""


@pytest.fixture
def file(tmp_path: Path) -> Path:
    path = tmp_path / "de-en"
    path.write_text(LINES, encoding="utf-8")
    return path


@pytest.fixture
def packed(file: Path) -> Iterator[DingDictionary]:
    with closing(DingDictionary(file, file.parent / "cache", key_of)) as dictionary:
        dictionary.pack()
        yield dictionary


def english(dictionary: DingDictionary, *german: str) -> tuple[str, ...]:
    return dictionary.stem_translations(" ".join(key_of(word, "de") for word in german), "de", "en")


def german(dictionary: DingDictionary, *words: str) -> tuple[str, ...]:
    return dictionary.stem_translations(" ".join(key_of(word, "en") for word in words), "en", "de")


def packed_files(folder: Path) -> list[Path]:
    return sorted(folder.glob("*"))


def test_an_entry_is_found_from_both_sides_without_its_notes(packed: DingDictionary) -> None:
    assert english(packed, "Quirlwart") == ("whisk master", "whisk mister")
    assert german(packed, "whisk", "mister") == ("Quirlmeister", "Quirlwart")
    assert english(packed, "abtakeln") == ("unrig",)
    assert german(packed, "borrow") == ("ausborgen",)


def test_inflected_words_find_their_entry_and_each_meaning_stands_once(packed: DingDictionary) -> None:
    assert english(packed, "Quirlmeisters")[0] == "whisk master"
    assert len({key_of(word.split()[-1], "en") for word in english(packed, "Quirlmeister")}) == 2
    assert german(packed, "unrigged")[0] == "abtakeln"


def test_the_translation_that_most_entries_give_comes_first_and_seldom_words_last(packed: DingDictionary) -> None:
    assert english(packed, "Kai") == ("quay", "wharf", "dockside", "moorage")


def test_a_phrase_is_found_by_the_stems_of_its_words(packed: DingDictionary) -> None:
    assert english(packed, "am", "Kai", "anlegen") == ("moor at quay",)


def test_a_bracket_that_nobody_closed_costs_its_own_part_only(file: Path) -> None:
    file.write_text("Spill (am Bug | Spille (Deck) {pl} | Spillkopf {m} :: capstan | capstans (deck) | drum head\n")
    with closing(DingDictionary(file, file.parent / "cache", key_of)) as dictionary:
        dictionary.pack()
        assert english(dictionary, "Spillkopf") == ("drum head",)


def test_comments_examples_and_other_languages_are_left_out(packed: DingDictionary) -> None:
    assert english(packed, "Er", "hat", "es", "uns", "nie", "gesagt") == ()
    assert german(packed, "is", "no", "entry") == ()
    assert packed.stem_translations("kai", "de", "fr") == ()
    assert packed.stem_translations("", "de", "en") == ()
    assert packed.stem_translations("\ud800\0", "de", "en") == ()


def test_nothing_is_known_before_the_file_was_packed(file: Path) -> None:
    cache = file.parent / "cache"
    with closing(DingDictionary(file, cache, key_of)) as dictionary:
        assert english(dictionary, "Kai") == ()
        assert dictionary.entry_count() == 0
        assert not dictionary.is_packed()
        assert not cache.exists()


def test_a_file_is_packed_once(file: Path, packed: DingDictionary, monkeypatch: pytest.MonkeyPatch) -> None:
    def refuse(*_: object, **__: object) -> None:
        pytest.fail("packed again")

    monkeypatch.setattr(subprocess, "run", refuse)
    again = DingDictionary(file, file.parent / "cache", key_of)
    again.pack_apart()
    assert again.is_packed()


def test_a_changed_file_is_packed_anew_and_the_old_form_removed(file: Path, packed: DingDictionary) -> None:
    before = packed_files(file.parent / "cache")
    file.write_text(LINES + "Boje {f} :: buoy\n", encoding="utf-8")
    with closing(DingDictionary(file, file.parent / "cache", key_of)) as changed:
        assert not changed.is_packed()
        changed.pack()
        assert english(changed, "Boje") == ("buoy",)
    after = packed_files(file.parent / "cache")
    assert len(after) == 1
    assert after != before


def test_another_stemmer_packs_anew(file: Path, packed: DingDictionary) -> None:
    assert packed.is_packed()
    assert not DingDictionary(file, file.parent / "cache", lambda word, _: word.lower()).is_packed()


def test_what_a_killed_process_left_is_removed(file: Path) -> None:
    cache = file.parent / "cache"
    old, young = cache / "packing-old", cache / "packing-young"
    for folder in (old, young):
        folder.mkdir(parents=True)
        (folder / "half.sqlite").write_bytes(b"SQLite")
    os.utime(old, (time.time() - 7200,) * 2)
    DingDictionary(file, cache, key_of).pack()
    assert not old.exists()
    assert young.exists()


def test_a_process_of_its_own_packs_the_same(file: Path) -> None:
    with closing(DingDictionary(file, file.parent / "cache", key_of)) as dictionary:
        dictionary.pack_apart()
        assert english(dictionary, "Kai")[0] == "quay"
        assert dictionary.entry_count() == 17


@pytest.mark.parametrize("damage", [b"", b"no database", b"SQLite format 3\0" + bytes(5000)])
def test_a_damaged_packed_form_is_told_removed_and_made_anew(
    file: Path, packed: DingDictionary, damage: bytes, caplog: pytest.LogCaptureFixture
) -> None:
    packed.close()
    (form,) = packed_files(file.parent / "cache")
    form.write_bytes(damage)
    assert english(packed, "Kai") == ()
    assert english(packed, "Kai") == ()
    assert [record.message for record in caplog.records] == ["packed dictionary unusable"]
    assert not form.exists()
    packed.pack()
    assert english(packed, "Kai")[0] == "quay"


def test_a_file_that_cannot_be_packed_is_told_and_does_no_harm(file: Path, caplog: pytest.LogCaptureFixture) -> None:
    cache = file.parent / "cache"
    cache.write_text("no folder")
    dictionary = DingDictionary(file, cache, key_of)
    dictionary.pack_apart()
    assert english(dictionary, "Kai") == ()
    assert "dictionary not packed" in {record.message for record in caplog.records}


def test_a_file_without_entries_is_told_once(tmp_path: Path, caplog: pytest.LogCaptureFixture) -> None:
    path = tmp_path / "de-en"
    path.write_bytes(bytes(range(256)) * 40)
    for _ in range(2):
        with closing(DingDictionary(path, tmp_path / "cache", key_of)) as dictionary:
            dictionary.pack_apart()
            assert dictionary.entry_count() == 0
    assert [record.message for record in caplog.records if record.levelname == "WARNING"] == [
        "dictionary without entries"
    ]


def test_what_is_no_file_or_too_large_is_never_packed(tmp_path: Path, monkeypatch: pytest.MonkeyPatch) -> None:
    monkeypatch.setattr(ding, "LARGEST_FILE", 100)
    large = tmp_path / "large"
    large.write_text(LINES, encoding="utf-8")
    for path in (large, tmp_path, tmp_path / "absent", Path(os.devnull), Path("\0")):
        dictionary = DingDictionary(path, tmp_path / "cache", key_of)
        dictionary.pack_apart()
        dictionary.pack()
        assert not dictionary.is_packed()
        assert english(dictionary, "Kai") == ()
    assert not (tmp_path / "cache").exists()


@pytest.mark.parametrize(
    "line",
    [
        "(" * 9000 + "::" + "[" * 9000,
        ";".join("abc") * 2000 + " :: " + ";".join("xyz") * 2000,
        "|".join(["a"] * 4000) + "::" + "|".join(["b"] * 4000),
        "a" * 1_000_000 + " :: b",
        "/a" * 5000 + "::" + " /" * 4000,
        "\ufeff\ud7ff\x00 :: \x00",
        "::" * 9000,
    ],
    ids=["open brackets", "synonyms", "parts", "long", "slashes", "controls", "separators"],
)
def test_a_hostile_line_costs_itself_only(line: str, tmp_path: Path) -> None:
    path = tmp_path / "de-en"
    path.write_text(f"{line}\n{LINES}", encoding="utf-8")
    with closing(DingDictionary(path, tmp_path / "cache", key_of)) as dictionary:
        dictionary.pack()
        assert english(dictionary, "Kai")[0] == "quay"


def test_there_is_a_limit_to_what_is_packed(file: Path, monkeypatch: pytest.MonkeyPatch) -> None:
    monkeypatch.setattr(ding, "_MOST_PAIRS", 1)
    with closing(DingDictionary(file, file.parent / "cache", key_of)) as dictionary:
        dictionary.pack()
        assert dictionary.entry_count() == 2


@given(st.lists(st.text(alphabet="ab :;|{}[]()/<>\0\u00e4", max_size=40), max_size=6))
@settings(max_examples=60, deadline=None)
def test_any_lines_give_words_or_nothing(lines: list[str]) -> None:
    words = ding._Words("de", key_of), ding._Words("en", key_of)
    for left, right, there, back in ding._pairs(lines, *words):
        assert words[0].forms[left].strip()
        assert words[1].forms[right].strip()
        assert 0 < there <= ding._WORTH
        assert 0 < back <= ding._WORTH


# In use


def test_our_own_list_is_asked_first_and_the_larger_for_what_it_lacks(file: Path) -> None:
    file.write_text("Krankenhaus {n} :: infirmary\nQuirl {m} :: whisk\n", encoding="utf-8")
    with closing(DingDictionary(file, file.parent / "cache", key_of)) as larger:
        larger.pack()
        assert translations_of(key_of("Quirl", "de"), "de", "en") == ()
        with asking_also(larger):
            assert translations_of(key_of("Quirl", "de"), "de", "en") == ("whisk",)
            assert "hospital" in translations_of(key_of("Krankenhaus", "de"), "de", "en")
            assert "infirmary" not in translations_of(key_of("Krankenhaus", "de"), "de", "en")
        assert translations_of(key_of("Quirl", "de"), "de", "en") == ()


def test_what_was_made_of_translations_is_forgotten_with_the_dictionary(packed: DingDictionary) -> None:
    key = key_of("Quirlwart", "de")
    assert meant_by("Quirlwart", key, "de")[0] == key_of("wait", "en")  # of its last part, as far as our list knows
    with asking_also(packed):
        assert meant_by("Quirlwart", key, "de")[0] == key_of("master", "en")
    assert meant_by("Quirlwart", key, "de")[0] == key_of("wait", "en")  # of its last part, as far as our list knows


def test_dictionaries_may_end_in_any_order(packed: DingDictionary, tmp_path: Path) -> None:
    nothing = DingDictionary(tmp_path / "absent", tmp_path, key_of)
    outer, inner = asking_also(nothing), asking_also(packed)
    outer.__enter__()
    inner.__enter__()
    outer.__exit__(None, None, None)
    assert translations_of(key_of("Quirlwart", "de"), "de", "en") != ()
    inner.__exit__(None, None, None)
    assert translations_of(key_of("Quirlwart", "de"), "de", "en") == ()
