"""Recognising formats, decoding, refusing: what holds for every file whatever its format."""

from __future__ import annotations

import re

import pytest
from hypothesis import given, settings
from hypothesis import strategies as st

from bot.documents.characters import keepable, one_line
from bot.documents.encodings import decode, encoding_named
from bot.documents.formats.kinds import Kind, recognise
from bot.documents.reading import extract, needs_child, read_document
from bot.documents.refusals import REASONS
from bot.domain import DocumentDraft
from bot.errors import Unreadable
from tests.fuzz import samples
from tests.fuzz.readers import damaged_files


def code_of(raw: bytes, name: str = "a.txt") -> str:
    with pytest.raises(Unreadable) as refused:
        extract(raw, name=name)
    return refused.value.code


class TestKinds:
    @pytest.mark.parametrize(("name", "raw"), [pair for pair in samples.all_formats().items() if pair[0] != "a.md"])
    def test_content_decides_where_it_is_telling(self, name: str, raw: bytes) -> None:
        assert recognise(raw, "strange.bin") is recognise(raw, name)

    @pytest.mark.parametrize(
        ("raw", "name", "kind"),
        [
            (b"%PDF-1.4 ...", "a.txt", Kind.PDF),
            (b"\n\n<!DOCTYPE html>\n<p>x", "a.txt", Kind.HTML),
            (b"<!-- saved --><html><p>x", "a.md", Kind.HTML),
            (b"<?xml version='1.0'?><!DOCTYPE html><html xmlns='x'><p>x", "a.xml", Kind.HTML),
            (b"<?xml version='1.0'?><rss><channel/></rss>", "a.html", Kind.XML),
            (b"A sentence that mentions %PDF-1.4 later.", "a.txt", Kind.TEXT),
            (b"{not json", "a.txt", Kind.TEXT),
            (b"[Ulm] The market opens.", "a.txt", Kind.TEXT),
            (b"From: the desk\n\nA note, not a mail.", "a.txt", Kind.TEXT),
            (b"*Ulm* - The market opens.", "NOTE.MD", Kind.MARKDOWN),
            ("<html><p>x".encode("utf-16"), "a.txt", Kind.HTML),
        ],
    )
    def test_content_comes_first_the_name_second(self, raw: bytes, name: str, kind: Kind) -> None:
        assert recognise(raw, name) is kind

    @pytest.mark.parametrize(
        ("raw", "what"),
        [
            (b"\x89PNG\r\n\x1a\n....", "an image"),
            (b"\x1f\x8b\x08\0....", "a packed archive"),
            (b"PK\x03\x04........xl/workbook.xml", "an Excel workbook"),
            (b"\xd0\xcf\x11\xe0\xa1\xb1\x1a\xe1....", "an old Office document"),
            (b"{\\rtf1 text}", "a rich-text (RTF) document"),
            (b"\0\0\0\x20ftypisom....", "a video or image"),
        ],
    )
    def test_what_has_no_reader_is_called_by_its_name(self, raw: bytes, what: str) -> None:
        with pytest.raises(Unreadable) as refused:
            recognise(raw, "a.txt")
        assert refused.value.code == "unsupported"
        assert what in refused.value.person


class TestEncodings:
    TEXT = "Die Größe der Straße überrascht: „Ärger“ für 5 € im Café.\nZweite Zeile."

    @pytest.mark.parametrize(
        "encoding", ["utf-8", "utf-8-sig", "utf-16", "utf-16-le", "utf-16-be", "utf-32", "cp1252", "mac_roman"]
    )
    def test_german_text_is_read_in_any_usual_encoding(self, encoding: str) -> None:
        assert decode(self.TEXT.encode(encoding)).text == self.TEXT

    @pytest.mark.parametrize("text", ["Öl", "Übung macht den Meister.", "Der Fluß", "50 Prozent für alle"])
    def test_one_umlaut_is_enough_to_know_latin_1(self, text: str) -> None:
        assert decode(text.encode("latin-1")) == decode(text.encode("cp1252"))
        assert decode(text.encode("latin-1")).text == text

    def test_the_euro_sign_tells_latin_9(self) -> None:
        assert decode("Größere Brötchen für 5 €".encode("iso8859-15")).encoding in ("iso8859-15", "cp1252")

    @pytest.mark.parametrize(
        ("text", "encoding"),
        [
            ("Президент заявил, что переговоры продолжатся на следующей неделе в Москве.", "cp1251"),
            ("Президент заявил, что переговоры продолжатся на следующей неделе в Москве.", "koi8_r"),
            ("日本政府は、来週にも新しい経済対策を発表する見通しです。", "shift_jis"),
            ("Η κυβέρνηση ανακοίνωσε νέα μέτρα για την οικονομία την επόμενη εβδομάδα.", "cp1253"),
        ],
    )
    def test_other_scripts_are_guessed_by_statistics(self, text: str, encoding: str) -> None:
        assert decode(text.encode(encoding)).text == text

    def test_utf8_wins_over_a_false_declaration(self) -> None:
        assert decode(self.TEXT.encode(), declared="iso-8859-1").text == self.TEXT

    def test_a_cut_or_stray_byte_does_not_turn_utf8_into_something_else(self) -> None:
        assert decode("Größe und Straße".encode()[:-1] + b"\xc3").text.startswith("Größe und Straß")
        assert decode("Größe, Straße, Müller, Köln, Übung ".encode() + b"caf\xe9 ").text.endswith("caf\ufffd ")

    @pytest.mark.parametrize(
        "label", ["base64", "zlib_codec", "rot13", "unicode_escape", "idna", "utf-7", "no-such", "x" * 100, "utf-16\0"]
    )
    def test_no_codec_but_character_encodings_may_be_declared(self, label: str) -> None:
        assert encoding_named(label) == ""

    def test_line_ends_become_one_kind(self) -> None:
        assert decode(b"a\r\nb\rc\nd").text == "a\nb\nc\nd"

    @given(st.binary(max_size=400))
    @settings(max_examples=150)
    def test_any_bytes_decode_or_are_called_binary(self, raw: bytes) -> None:
        try:
            decoded = decode(raw)
        except Unreadable as refused:
            assert refused.code == "binary"  # noqa: PT017 - both ends are right
        else:
            decoded.text.encode()


class TestCharacters:
    @given(st.text(st.characters(), max_size=200))
    @settings(max_examples=150)
    def test_kept_text_can_be_stored_and_loses_nothing_visible(self, text: str) -> None:
        kept, _ = keepable(text)
        assert not re.search("[\0\ud800-\udfff\U000e0000-\U000e007f]", kept)
        assert [c for c in text if c.isalnum()] == [c for c in kept if c.isalnum()]

    @pytest.mark.parametrize(
        ("text", "label"),
        [
            ("a\u202eb", "bidi override"),
            ("a\u2066b", "bidi override"),
            ("a\u200bb", "zero-width"),
            ("a\u200db", "zero-width"),
            ("a\U000e0041b", "tag characters"),
            ("a\x07b", "control characters"),
            ("a\x9bb", "control characters"),
        ],
    )
    def test_invisible_characters_are_reported(self, text: str, label: str) -> None:
        assert keepable(text)[1] == (label,)

    def test_joiners_of_other_scripts_and_emoji_are_not(self) -> None:
        assert keepable("می\u200cخواهم 👩\u200d🚒 a\tb\n")[1] == ()

    def test_a_bidi_override_stays_in_the_text_of_record(self) -> None:
        assert extract("Show \u202eabc\u202c as is.".encode(), name="a.txt").text == "Show \u202eabc\u202c as is."

    @given(st.text(st.characters(), max_size=200))
    @settings(max_examples=150)
    def test_a_line_for_display_has_nothing_invisible(self, text: str) -> None:
        line = one_line(text, 40)
        assert len(line) <= 40
        assert not re.search(
            "[\0-\x1f\x7f-\x9f\u200b\u202a-\u202e\u2066-\u2069\ud800-\udfff\ufeff\U000e0000-\U000e007f]", line
        )


class TestRefusals:
    def test_every_reason_is_one_plain_sentence(self) -> None:
        for reason in REASONS.values():
            assert re.fullmatch(r"[A-Z][^.!?]*\.", reason), reason
            assert not re.search(r"\b(exception|traceback|error|parse|codec|None)\b", reason, re.IGNORECASE), reason

    @pytest.mark.parametrize("raw", [b"", b"  \r\n\t ", b"\0\0\0"])
    def test_nothing_but_space_is_empty(self, raw: bytes) -> None:
        assert code_of(raw) == "empty"

    def test_the_size_limit_is_named(self) -> None:
        with pytest.raises(Unreadable) as refused:
            extract(b"word " * 1000, name="a.txt", max_bytes=2048)
        assert refused.value.code == "too-large"
        assert "2 kB" in refused.value.person

    @pytest.mark.parametrize(
        ("code", "raw", "name"),
        [
            ("binary", bytes(range(256)) * 8, "a.txt"),
            ("no-text", b"... --- !!!", "a.txt"),
            ("no-text", b'{"id": 7}', "a.json"),
            ("broken-json", b'{"body": "cut of', "a.json"),
            ("too-deep", b"[" * 200_000, "a.json"),
            ("broken-xml", b"<a><p>One.</a>", "a.xml"),
            ("too-deep", b"<a>" * 300 + b"x" + b"</a>" * 300, "a.xml"),
            ("broken-pdf", b"%PDF-1.7\nnothing of the kind", "a.pdf"),
            ("broken-docx", samples.docx()[:900], "a.docx"),
            ("no-text", b"<html><body><img src=x></body></html>", "a.html"),
        ],
    )
    def test_each_fault_has_its_own_code(self, code: str, raw: bytes, name: str) -> None:
        assert code_of(raw, name) == code

    def test_damaged_files_end_as_text_or_with_a_reason(self) -> None:
        """The quick version of `python -m tests.fuzz.readers`, in this process and without its last step."""
        ends = set()
        for _, name, raw in damaged_files(300, seed=3):
            try:
                ends.add(extract(raw, name=name).media_type)
            except Unreadable as refused:
                assert refused.code in REASONS  # noqa: PT017 - both ends are right
                ends.add(refused.code)
        assert {"text/plain", "text/html", "binary", "broken-pdf", "broken-docx"} <= ends


class TestReading:
    def test_a_dropped_text_becomes_a_draft(self) -> None:
        draft = read_document(samples.txt(), name="a.txt")
        assert isinstance(draft, DocumentDraft)
        assert all(paragraph in draft.text for paragraph in samples.PARAGRAPHS)
        assert draft.text[draft.sentences[-1].start : draft.sentences[-1].end].endswith("geführt.")

    def test_names_beside_the_text_hold_nothing_invisible(self) -> None:
        found = extract(samples.json_item(author="Eve\u202e\x00 Test\U000e0041"), name="a.json")
        assert found.byline == "Eve Test"

    @pytest.mark.parametrize(
        ("raw", "name", "child"),
        [
            (samples.txt(), "a.txt", False),
            (samples.md(), "a.md", False),
            (b"x " * 2**20, "a.txt", True),
            (b"x " * 2**15, "a.md", True),
            (samples.html(), "a.txt", True),
            (samples.pdf(), "a.txt", True),
            (b"", "a.pdf", False),
        ],
    )
    def test_strangers_formats_are_left_to_the_child(self, raw: bytes, name: str, child: bool) -> None:
        assert needs_child(raw, name) is child
