"""Small honest documents of every format, built here and in our own words: test material to read, cut and damage."""

from __future__ import annotations

import io
import json
import zipfile
import zlib
from email.message import EmailMessage
from html import escape

TITLE = "Brücke über die Lohne gesperrt"
PARAGRAPHS = (
    "Die Brücke über die Lohne bleibt bis zum 14. Mai gesperrt, teilte die Stadt Hagenau am Montag mit.",
    "Prüfer fanden an drei von elf Pfeilern Risse. Die Reparatur kostet 2,4 Millionen Euro.",
    "„Sicherheit geht vor“, sagte Baudezernentin Petra Lindqvist – der Verkehr wird über die B 12 geführt.",
)


def txt() -> bytes:
    return "\n\n".join((TITLE, *PARAGRAPHS)).encode()


def md() -> bytes:
    front = f"---\ntitle: {TITLE}\ndate: 2031-05-02\nauthor: Petra Test\n---\n"
    return (
        front + f"# {TITLE}\n\n" + "\n\n".join(PARAGRAPHS) + "\n\n- eins\n- zwei\n\n[Karte](https://x.example/k)"
    ).encode()


def html(*, head: str = "", body: str = "", charset: str = "utf-8") -> bytes:
    paragraphs = "".join(f"<p>{escape(p)}</p>" for p in PARAGRAPHS)
    page = (
        f'<!doctype html><html lang="de"><head><meta charset="{charset}"><title>{TITLE} | Lohner Bote</title>{head}</head>'
        f"<body><nav><a href='/'>Start</a></nav><article><h1>{TITLE}</h1>{paragraphs}{body}</article></body></html>"
    )
    return page.encode(charset, "xmlcharrefreplace")


def json_item(**fields: object) -> bytes:
    return json.dumps(
        {"headline": TITLE, "articleBody": "\n\n".join(PARAGRAPHS), **fields}, ensure_ascii=False
    ).encode()


def xml(*, encoding: str = "utf-8") -> bytes:
    paragraphs = "".join(f"<p>{escape(p)}</p>" for p in PARAGRAPHS)
    text = (
        f'<?xml version="1.0" encoding="{encoding}"?><nitf><head><title>{TITLE}</title></head><body><body.head>'
        f"<hedline><hl1>{TITLE}</hl1></hedline><byline>Petra Test</byline></body.head>"
        f"<body.content>{paragraphs}</body.content></body></nitf>"
    )
    return text.encode(encoding, "xmlcharrefreplace")


def rss(items: int = 2) -> bytes:
    entries = "".join(
        f"<item><title>Meldung {n}</title><description>&lt;p&gt;Text der Meldung {n}.&lt;/p&gt;</description></item>"
        for n in range(1, items + 1)
    )
    return f'<rss version="2.0"><channel><title>Lohner Bote</title>{entries}</channel></rss>'.encode()


def eml(*, html_only: bool = False, attachment: bool = False) -> bytes:
    mail = EmailMessage()
    mail["From"] = "Redaktion Lohner Bote <redaktion@bote.example>"
    mail["To"] = "desk@verbatim.example"
    mail["Subject"] = TITLE
    mail["Date"] = "Fri, 02 May 2031 07:30:00 +0200"
    mail["Message-ID"] = "<1@bote.example>"
    if html_only:
        mail.set_content(html().decode(), subtype="html")
    else:
        mail.set_content("\n\n".join(PARAGRAPHS))
        mail.add_alternative("<p>Nur in HTML.</p>", subtype="html")
    if attachment:
        mail.add_attachment(b"geheim", maintype="text", subtype="plain", filename="anhang.txt")
    return mail.as_bytes()


def docx(*, hidden: str = "", parts: dict[str, bytes] | None = None) -> bytes:
    """A Word document as python-docx writes it, with one hidden run if asked for, and parts added or replaced."""
    import docx as word

    document = word.Document()
    document.core_properties.title = TITLE
    for text in PARAGRAPHS:
        document.add_paragraph(text)
    if hidden:
        document.paragraphs[-1].add_run(hidden).font.hidden = True
    table = document.add_table(rows=1, cols=2)
    table.rows[0].cells[0].text, table.rows[0].cells[1].text = "Pfeiler", "11"
    written = io.BytesIO()
    document.save(written)
    if not parts:
        return written.getvalue()
    changed = io.BytesIO()
    with zipfile.ZipFile(written) as old, zipfile.ZipFile(changed, "w", zipfile.ZIP_DEFLATED) as new:
        for name in old.namelist():
            if name not in parts:
                new.writestr(name, old.read(name))
        for name, content in parts.items():
            new.writestr(name, content)
    return changed.getvalue()


def pdf(
    pages: tuple[tuple[str, ...], ...] = ((TITLE, "", PARAGRAPHS[0], "", PARAGRAPHS[1], "", PARAGRAPHS[2]),),
) -> bytes:
    """A PDF with one line per string and an empty line for an empty one."""
    objects: list[bytes] = [
        b"<</Type/Catalog/Pages 2 0 R>>",
        b"",
        b"<</Type/Font/Subtype/Type1/BaseFont/Helvetica/Encoding/WinAnsiEncoding>>",
    ]
    kids = []
    for lines in pages:
        shown = b"".join(b"(" + _pdf_string(line) + b") Tj T*\n" for line in lines)
        content = zlib.compress(b"BT /F1 11 Tf 50 800 Td 14 TL\n" + shown + b"ET")
        objects.append(b"<</Length %d/Filter/FlateDecode>>stream\n%s\nendstream" % (len(content), content))
        objects.append(
            b"<</Type/Page/Parent 2 0 R/MediaBox[0 0 595 842]/Contents %d 0 R/Resources<</Font<</F1 3 0 R>>>>>>"
            % len(objects)
        )
        kids.append(b"%d 0 R" % len(objects))
    objects[1] = b"<</Type/Pages/Kids[%s]/Count %d>>" % (b" ".join(kids), len(kids))
    out = b"%PDF-1.4\n"
    places = []
    for number, body in enumerate(objects, 1):
        places.append(len(out))
        out += b"%d 0 obj\n%s\nendobj\n" % (number, body)
    table = b"".join(b"%010d 00000 n \n" % place for place in places)
    return out + b"xref\n0 %d\n0000000000 65535 f \n%strailer\n<</Size %d/Root 1 0 R>>\nstartxref\n%d\n%%%%EOF\n" % (
        len(objects) + 1, table, len(objects) + 1, len(out),
    )  # fmt: skip


def _pdf_string(line: str) -> bytes:
    return line.encode("cp1252", "replace").replace(b"\\", rb"\\").replace(b"(", rb"\(").replace(b")", rb"\)")


def all_formats() -> dict[str, bytes]:
    """One document of each format, by a file name with its usual ending."""
    return {
        "a.txt": txt(), "a.md": md(), "a.html": html(), "a.json": json_item(), "a.xml": xml(), "feed.rss": rss(),
        "a.eml": eml(attachment=True), "page.eml": eml(html_only=True), "a.docx": docx(), "a.pdf": pdf(),
        "wide.txt": txt().decode().encode("utf-16"), "old.txt": txt().decode().encode("cp1252"),
    }  # fmt: skip
