"""What each format reader makes of an honest document, and what it leaves out."""

from __future__ import annotations

import email
import json
from email.mime.application import MIMEApplication
from email.mime.base import MIMEBase
from email.mime.message import MIMEMessage
from email.mime.multipart import MIMEMultipart
from email.mime.text import MIMEText

import pytest

from bot.documents.reading import extract
from bot.errors import Unreadable
from tests.fuzz import samples
from tests.fuzz.samples import PARAGRAPHS, TITLE


@pytest.mark.parametrize(("name", "raw"), samples.all_formats().items())
def test_every_format_keeps_every_letter_of_its_paragraphs(name: str, raw: bytes) -> None:
    text = " ".join(extract(raw, name=name).text.split())
    wanted = ["Text der Meldung 1.", "Text der Meldung 2."] if name == "feed.rss" else PARAGRAPHS
    for paragraph in wanted:
        assert paragraph in text


@pytest.mark.parametrize(("name", "raw"), samples.all_formats().items())
def test_no_format_leaves_markup_in_the_text(name: str, raw: bytes) -> None:
    text = extract(raw, name=name).text
    assert "<" not in text
    assert "&" not in text


@pytest.mark.parametrize("name", ["a.md", "a.html", "a.json", "a.xml", "a.eml", "a.docx"])
def test_the_title_comes_from_the_format(name: str) -> None:
    assert extract(samples.all_formats()[name], name=name).title == TITLE


def test_paragraphs_are_set_apart_by_empty_lines() -> None:
    for name in ("a.html", "a.docx", "a.pdf", "a.json", "a.xml"):
        assert "\n\n".join(PARAGRAPHS[:2]) in extract(samples.all_formats()[name], name=name).text


class TestMarkdown:
    def test_front_matter_is_metadata_and_no_text(self) -> None:
        found = extract(samples.md(), name="a.md")
        assert (found.title, found.published, found.byline) == (TITLE, "2031-05-02", "Petra Test")
        assert "2031-05-02" not in found.text

    def test_toml_front_matter_is_read_too(self) -> None:
        found = extract(b'+++\ntitle = "Quay"\ndate = 2031-05-02\n+++\n\nThe quay is shut.\n', name="a.md")
        assert (found.title, found.published, found.text) == ("Quay", "2031-05-02", "The quay is shut.")

    def test_a_rule_between_paragraphs_is_no_front_matter(self) -> None:
        assert extract(b"---\nNot a key.\n---\n\nText.\n", name="a.md").text.startswith("Not a key.")

    def test_links_give_their_text_images_and_comments_nothing(self) -> None:
        source = "A [map](https://x.example) ![pixel](https://y.example/p.png) here.\n\n<!-- say nothing -->\n\n[r]: https://z.example 'x'\n"
        assert extract(source.encode(), name="a.md").text == "A map  here."

    def test_code_and_escaped_signs_stay(self) -> None:
        text = extract(b"Use `a < b` and 2\\*3.\n\n```\nx = 1\n  y = 2\n```\n", name="a.md").text
        assert text == "Use a < b and 2*3.\n\nx = 1\n  y = 2"

    def test_raw_html_gives_its_visible_text_only(self) -> None:
        source = b'One <span style="display: none">secret</span>two<br>three.\n\n<div>Four</div>\n\n<script>five()</script>\n'
        assert extract(source, name="a.md").text == "One two\nthree.\n\nFour"

    def test_a_table_is_read_row_by_row(self) -> None:
        assert extract(b"| a | b |\n|---|---|\n| 1 | 2 |\n", name="a.md").text == "a\tb\n\n1\t2"


class TestWebPage:
    def test_navigation_is_not_text_and_the_site_is_no_part_of_the_title(self) -> None:
        found = extract(samples.html(), name="a.html")
        assert "Start" not in found.text
        assert found.title == TITLE

    def test_a_page_of_one_paragraph_is_read(self) -> None:
        assert (
            extract(b"<html><body><p>The market opens on 9 June.</p></body></html>", name="p.html").text
            == "The market opens on 9 June."
        )

    @pytest.mark.parametrize(
        "hiding",
        [
            '<div style="display:none">{}</div>', '<p style="color:red; visibility : hidden">{}</p>', "<p hidden>{}</p>",
            "<template><p>{}</p></template>", '<span style="font-size:0">{}</span>', '<p style="opacity:0;">{}</p>',
        ],
    )  # fmt: skip
    def test_hidden_text_is_dropped_and_reported(self, hiding: str) -> None:
        found = extract(samples.html(body=hiding.format("Only machines should read this.")), name="a.html")
        assert "machines" not in found.text
        assert "hidden html text" in found.suspicious
        assert PARAGRAPHS[2] in found.text

    @pytest.mark.parametrize(
        "unseen", ["<!-- {} -->", "<script>'{}'</script>", "<style>{}</style>", '<input type="hidden" value="{}">']
    )
    def test_what_no_browser_shows_is_neither_text_nor_suspicious(self, unseen: str) -> None:
        found = extract(samples.html(body=unseen.format("Only machines should read this.")), name="a.html")
        assert "machines" not in found.text
        assert found.suspicious == ()

    def test_opacity_and_size_that_only_begin_with_zero_hide_nothing(self) -> None:
        body = '<p style="opacity:0.9">Shown once, at Treva.</p><p style="font-size:0.8em">Shown twice, at Treva.</p>'
        found = extract(samples.html(body=body), name="a.html")
        assert "Shown once, at Treva.\n\nShown twice, at Treva." in found.text
        assert found.suspicious == ()

    def test_json_ld_says_title_author_outlet_and_date(self) -> None:
        facts = {
            "@context": "https://schema.org",
            "@graph": [
                {"@type": "WebSite", "name": "x"},
                {
                    "@type": ["NewsArticle"], "headline": TITLE, "datePublished": "2031-05-02T07:30:00+02:00", "inLanguage": "de",
                    "author": [{"@type": "Person", "name": "Petra Test"}, {"name": "Ida Probe"}], "publisher": {"name": "Lohner Bote"},
                },
            ],
        }  # fmt: skip
        head = f'<script type="application/ld+json">{json.dumps(facts)}</script>'
        found = extract(samples.html(head=head), name="a.html")
        assert (found.published, found.byline, found.outlet) == (
            "2031-05-02T07:30:00+02:00",
            "Petra Test, Ida Probe",
            "Lohner Bote",
        )

    def test_opengraph_and_canonical_link_are_read(self) -> None:
        head = (
            '<meta property="og:site_name" content="Lohner Bote"><meta property="article:published_time" content="2031-05-02T05:30:00Z">'
            '<meta property="og:url" content="https://bote.example/x"><link rel="canonical" href="/lokales/bruecke">'
        )
        found = extract(samples.html(head=head), name="a.html")
        assert (found.outlet, found.published) == ("Lohner Bote", "2031-05-02T05:30:00Z")
        assert found.address == "https://bote.example/lokales/bruecke"

    @pytest.mark.parametrize(
        "link", ["javascript:alert(1)", "ftp://x.example/a", "https://user:pass@x.example/", "https:///a", "//["]
    )
    def test_only_plain_web_addresses_become_the_address(self, link: str) -> None:
        assert extract(samples.html(head=f'<link rel="canonical" href="{link}">'), name="a.html").address == ""

    def test_the_day_in_the_address_settles_a_date_in_utc(self) -> None:
        head = (
            '<meta property="article:published_time" content="2031-05-03T02:10:00Z">'
            '<link rel="canonical" href="https://bote.example/2031/05/02/bruecke">'
        )
        assert extract(samples.html(head=head), name="a.html").published == "2031-05-02T23:10:00-03:00"

    def test_dates_of_several_comments_are_not_the_date_of_the_page(self) -> None:
        body = "".join(
            f'<div class="c"><time itemprop="datePublished" datetime="2031-05-0{n}">x</time></div>' for n in (3, 4)
        )
        assert extract(samples.html(body=body), name="a.html").published == ""

    def test_the_lead_in_the_header_is_found_by_the_description(self) -> None:
        lead = "Drei Pfeiler haben Risse, der Verkehr in Hagenau muss wochenlang weite Wege fahren."
        page = (
            f'<html><head><title>{TITLE}</title><meta name="description" content="{lead[:60]} …"></head><body>'
            f'<header><h1>{TITLE}</h1><div class="vorspann">{lead}</div></header><main><article>'
            + "".join(f"<p>{p} {p}</p>" for p in PARAGRAPHS)
            + "</article></main></body></html>"
        )
        assert extract(page.encode(), name="a.html").text.count(lead) == 1

    def test_a_description_that_nobody_sees_is_not_taken_for_a_lead(self) -> None:
        head = '<meta name="description" content="Was Sie über die Sperrung der Brücke jetzt alles wissen müssen.">'
        assert "wissen müssen" not in extract(samples.html(head=head), name="a.html").text

    def test_an_article_in_several_stretches_is_put_together(self) -> None:
        long = [f"Absatz {n}: " + " ".join(PARAGRAPHS) for n in range(6)]
        stretches = "".join(
            f'<div><div class="body"><p>{a}</p><p>{b}</p></div><aside>Anzeige</aside></div>'
            for a, b in zip(long[::2], long[1::2], strict=True)
        )
        page = f"<html><head><title>{TITLE}</title></head><body><article><h1>{TITLE}</h1>{stretches}</article></body></html>"
        text = extract(page.encode(), name="a.html").text
        assert [text.count(f"Absatz {n}:") for n in range(6)] == [1] * 6
        assert "Anzeige" not in text

    def test_character_references_are_resolved_once(self) -> None:
        text = extract(samples.html(body="<p>Schreibe &amp;lt;b&amp;gt; &amp; 3 &lt; 4.</p>"), name="a.html").text
        assert "Schreibe &lt;b&gt; & 3 < 4." in text


class TestPdf:
    def test_wrapped_lines_become_one_paragraph(self) -> None:
        lines = (
            "Die Stadt Hagenau sperrt die Brücke über die Lohne für den",
            "gesamten Verkehr und rechnet mit Staus auf den Zufahrten,",
            "wie sie am Montag sagte.",
        )
        assert extract(samples.pdf((lines,)), name="a.pdf").text == " ".join(lines)

    def test_a_broken_word_keeps_its_break_for_the_rules_of_quoting(self) -> None:
        lines = (
            "Die Reparatur der Brücke bezahlt nach Auskunft der Bundesregie-",
            "rung zum größten Teil der Bund aus einem eigenen Haushalt,",
            "der Rest kommt vom Land.",
        )
        assert "Bundesregie-\nrung" in extract(samples.pdf((lines,)), name="a.pdf").text

    def test_running_heads_and_page_numbers_go(self) -> None:
        pages = tuple(
            ("Lohner Bote intern", f"Der Absatz Nummer {word} steht hier.", str(n))
            for n, word in enumerate(("eins", "zwei", "drei"), 7)
        )
        text = extract(samples.pdf(pages), name="a.pdf").text
        assert text == "\n\n".join(f"Der Absatz Nummer {word} steht hier." for word in ("eins", "zwei", "drei"))

    def test_a_sentence_goes_on_over_the_page_break(self) -> None:
        pages = (("Die Prüfer fanden an drei von elf Pfeilern der Brücke über",), ("die Lohne tiefe Risse im Beton.",))
        assert (
            extract(samples.pdf(pages), name="a.pdf").text
            == "Die Prüfer fanden an drei von elf Pfeilern der Brücke über die Lohne tiefe Risse im Beton."
        )

    def test_a_damaged_page_does_not_cost_the_sound_ones(self) -> None:
        raw = samples.pdf((("Die erste Seite ist heil.",), ("Die zweite nicht.",)))
        first, _, second = raw.rpartition(b"/FlateDecode")
        found = extract(first + b"/NoSuchThing" + second, name="a.pdf")
        assert (found.text, found.suspicious) == ("Die erste Seite ist heil.", ("unreadable pages",))

    def test_pages_without_text_are_called_a_scan(self) -> None:
        with pytest.raises(Unreadable) as refused:
            extract(samples.pdf(((), ())), name="a.pdf")
        assert refused.value.code == "scan"

    @pytest.mark.parametrize("cipher", ["RC4-128", "AES-256"])
    def test_only_a_password_that_is_asked_for_keeps_it_closed(self, cipher: str) -> None:
        with pytest.raises(Unreadable) as refused:
            extract(locked("secret", cipher), name="a.pdf")
        assert refused.value.code == "encrypted"
        assert PARAGRAPHS[0] in extract(locked("", cipher), name="a.pdf").text


def locked(password: str, cipher: str) -> bytes:
    """The sample PDF encrypted; with an empty password anybody may read but not change it."""
    import io

    from pypdf import PdfReader, PdfWriter

    writer = PdfWriter(clone_from=PdfReader(io.BytesIO(samples.pdf())))
    writer.encrypt(password, owner_password="owner", algorithm=cipher)
    written = io.BytesIO()
    writer.write(written)
    return written.getvalue()


class TestWord:
    def test_hidden_and_deleted_text_is_left_out(self) -> None:
        found = extract(samples.docx(hidden="Only machines should read this."), name="a.docx")
        assert "machines" not in found.text
        assert found.suspicious == ("hidden text",)

    def test_a_table_is_read_row_by_row(self) -> None:
        assert extract(samples.docx(), name="a.docx").text.endswith("Pfeiler\t11")

    @pytest.mark.parametrize(("part", "size"), [("word/document.xml", 60 << 20), ("word/media/a.bin", 120 << 20)])
    def test_a_bomb_is_refused_before_it_is_unpacked(self, part: str, size: int) -> None:
        with pytest.raises(Unreadable) as refused:
            extract(samples.docx(parts={part: b"\0" * size}), name="a.docx")
        assert refused.value.code == "bomb"


class TestMail:
    def test_plain_text_is_preferred_and_attachments_are_only_named(self) -> None:
        found = extract(samples.eml(attachment=True), name="a.eml")
        assert "Nur in HTML" not in found.text
        assert "geheim" not in found.text
        assert found.text.endswith("Attachments: anhang.txt")
        assert (found.byline, found.published) == ("Redaktion Lohner Bote", "2031-05-02T07:30:00+02:00")

    def test_html_mail_goes_through_the_page_reader(self) -> None:
        assert PARAGRAPHS[1] in extract(samples.eml(html_only=True), name="a.eml").text

    def test_encoded_headers_are_decoded(self) -> None:
        mail = b"From: =?iso-8859-1?q?J=F6rg_M=FCller?= <j@x.example>\nSubject: =?utf-8?b?w5ZsYWxhcm0=?=\nMIME-Version: 1.0\n\nText.\n"
        found = extract(mail, name="a.eml")
        assert (found.byline, found.title) == ("Jörg Müller", "Ölalarm")

    def test_headers_that_lie_do_not_stop_it(self) -> None:
        mail = b"From: a@b\nSubject: =?nocharset?q?x?= =?utf-8?b?!!?=\nDate: yesterday\nContent-Type: text/plain; charset=nothing\n\nText here.\n"
        found = extract(mail, name="a.eml")
        assert (found.text, found.published) == ("Text here.", "")

    def test_text_in_several_pieces_is_read_whole(self) -> None:
        mail = MIMEMultipart()
        for part in (MIMEText("First half."), MIMEApplication(b"x", Name="plan.pdf"), MIMEText("Second half.")):
            mail.attach(part)
        text = extract(mail.as_bytes(), name="a.eml").text
        assert text == "First half.\n\nSecond half.\n\nAttachments: plan.pdf"

    def test_plain_text_that_only_hints_at_html_is_not_the_mail(self) -> None:
        mail = MIMEMultipart("alternative")
        mail.attach(MIMEText("Please view this mail in HTML."))
        mail.attach(MIMEText(samples.html().decode(), "html"))
        assert PARAGRAPHS[1] in extract(mail.as_bytes(), name="a.eml").text

    def test_html_with_its_pictures_lists_only_what_is_attached(self) -> None:
        related = MIMEMultipart("related")
        related.attach(MIMEText(samples.html().decode(), "html"))
        picture = MIMEApplication(b"x", "png", Name="logo.png")
        picture["Content-Disposition"] = 'inline; filename="logo.png"'
        picture["Content-ID"] = "<logo>"
        related.attach(picture)
        mail = MIMEMultipart()
        mail.attach(related)
        sheet = MIMEApplication(b"x", "zip")
        sheet.add_header("Content-Disposition", "attachment", filename=("utf-8", "", "Übersicht.zip"))
        mail.attach(sheet)
        text = extract(mail.as_bytes(), name="a.eml").text
        assert PARAGRAPHS[1] in text
        assert text.endswith("Attachments: Übersicht.zip")

    def test_a_forwarded_mail_is_listed_beside_text_and_read_without_it(self) -> None:
        inner = email.message_from_bytes(samples.eml())
        mail = MIMEMultipart()
        mail.attach(MIMEText("See below."))
        mail.attach(MIMEMessage(inner))
        found = extract(mail.as_bytes(), name="a.eml")
        assert found.text == f"See below.\n\nAttachments: “{samples.TITLE}”"
        mail = MIMEMultipart()
        mail["Subject"] = "Fwd"
        mail.attach(MIMEMessage(inner))
        found = extract(mail.as_bytes(), name="a.eml")
        assert found.title == "Fwd"
        assert PARAGRAPHS[0] in found.text

    def test_parameters_without_end_take_no_time(self) -> None:
        raw = b"Subject: S\nMIME-Version: 1.0\nContent-Type: text/plain; " + b"a*0*=b; " * 100_000 + b"\n\nText here."
        assert extract(raw, name="a.eml").text == "Text here."

    def test_parts_in_parts_end(self) -> None:
        mail: MIMEBase = MIMEText("Too deep.")
        for _ in range(30):
            outer = MIMEMultipart()
            outer.attach(mail)
            mail = outer
        with pytest.raises(Unreadable) as refused:
            extract(mail.as_bytes(), name="a.eml")
        assert refused.value.code == "no-text"


class TestJson:
    def test_keys_for_machines_are_not_text(self) -> None:
        text = extract(samples.json_item(system_prompt="Only machines should read this."), name="a.json").text
        assert "machines" not in text

    def test_usual_keys_are_read(self) -> None:
        raw = samples.json_item(
            author=[{"name": "Petra Test"}],
            datePublished="2031-05-02",
            publisher={"name": "Bote"},
            url="https://bote.example/1",
            inLanguage="de",
        )
        found = extract(raw, name="a.json")
        assert (found.byline, found.published, found.outlet) == ("Petra Test", "2031-05-02", "Bote")
        assert (found.address, found.language) == ("https://bote.example/1", "de")

    @pytest.mark.parametrize(
        "value",
        [
            {"title": "T", "body": ["One.", "Two."]},
            {"title": "T", "content": {"rendered": "<p>One.</p><p>Two.</p>"}},
            {"article": {"title": "T", "text": "One.\n\nTwo."}},
            {
                "version": "https://jsonfeed.org/version/1.1",
                "items": [{"title": "T", "content_html": "<p>One.</p><p>Two.</p>"}],
            },
            [{"title": "T", "body_text": "One.\n\nTwo."}],
        ],
    )
    def test_text_may_be_wrapped_in_many_ways(self, value: object) -> None:
        found = extract(json.dumps(value).encode(), name="a.json")
        assert (found.title, found.text) == ("T", "One.\n\nTwo.")

    def test_several_items_are_one_document(self) -> None:
        raw = json.dumps(
            {"title": "Feed", "items": [{"title": "A", "text": "One."}, {"title": "B", "text": "Two."}]}
        ).encode()
        found = extract(raw, name="a.json")
        assert (found.title, found.text) == ("Feed", "A\n\nOne.\n\nB\n\nTwo.")

    def test_lines_of_json_are_items(self) -> None:
        assert extract(b'{"text": "One."}\n{"text": "Two."}\n', name="a.jsonl").text == "One.\n\nTwo."

    def test_an_escaped_lone_surrogate_does_not_reach_the_text(self) -> None:
        found = extract(b'{"text": "a\\ud800b", "title": "\\udfffT"}', name="a.json")
        assert found.text == "a\ufffdb"
        assert found.title == "T"
        assert "broken characters" in found.suspicious


class TestXml:
    def test_nitf_fields_are_read(self) -> None:
        found = extract(samples.xml(), name="a.xml")
        assert found.byline == "Petra Test"
        assert "Petra Test" not in found.text

    def test_comments_and_processing_instructions_are_not_text(self) -> None:
        raw = b"<a><title>T</title><p>One.</p><!-- two --><?three four?><p>Five<!-- six -->.</p></a>"
        assert extract(raw, name="a.xml").text == "One.\n\nFive."

    def test_a_feed_of_one_item_is_that_item(self) -> None:
        found = extract(samples.rss(1), name="f.xml")
        assert (found.title, found.text) == ("Meldung 1", "Text der Meldung 1.")

    def test_a_doctype_is_allowed_entities_are_not(self) -> None:
        nitf = b'<!DOCTYPE nitf SYSTEM "nitf.dtd"><nitf><body><p>One.</p></body></nitf>'
        assert extract(nitf, name="a.xml").text == "One."
        with pytest.raises(Unreadable) as refused:
            extract(b'<!DOCTYPE a [<!ENTITY x SYSTEM "file:///etc/passwd">]><a><p>&x;</p></a>', name="a.xml")
        assert refused.value.code == "entities"

    @pytest.mark.parametrize("encoding", ["iso-8859-1", "utf-16", "windows-1252"])
    def test_the_declared_encoding_counts(self, encoding: str) -> None:
        assert PARAGRAPHS[0] in extract(samples.xml(encoding=encoding), name="a.xml").text


def test_a_date_at_the_start_of_a_markdown_line_keeps_its_day() -> None:
    drawn = extract(b"# Dam\n\n16. November 2026, 06:45 Uhr\n\n3. first\n4. second\n", name="dam.md")
    assert "16. November 2026, 06:45 Uhr" in drawn.text
    assert "3. first" in drawn.text
    assert "4. second" in drawn.text
