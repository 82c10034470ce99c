"""Read documents that were made to do harm, one after the other, through the reader child; nothing of them is stored.

    python -m tests.fuzz.bombs [--only NAME]

Small files that unpack to gigabytes, name themselves, nest without end or multiply: gzip, ZIP, XML, JSON, PDF, Word,
mail, Markdown, HTML and items of feeds. Each must end, as read or as refused with a known reason, within the limits of a
document on time and memory, and an honest document is read right after it. A line states what became of the bomb, how
long it took and the highest memory of the child meanwhile; the last lines the highest of all, and that of this process.
The command fails when a promise was broken.
"""

from __future__ import annotations

import argparse
import asyncio
import base64
import contextlib
import gzip
import io
import json
import resource
import sys
import time
import zipfile
import zlib
from collections.abc import Awaitable, Callable
from dataclasses import dataclass
from pathlib import Path
from typing import Final

from bot.documents.child import MEMORY_BYTES, WALL_SECONDS, ReaderChild
from bot.documents.feed_items import ArticlePage, NewsItem
from bot.documents.reading import MAX_BYTES
from bot.documents.refusals import REASONS
from bot.errors import Unreadable
from tests.fuzz import samples

MILLION: Final = 1_000_000
SLACK_SECONDS: Final = 3.0  # beyond the limit of a document: to kill the child and start a new one
_WORD: Final = b' xmlns:w="http://schemas.openxmlformats.org/wordprocessingml/2006/main"'


def zeros(megabytes: int) -> bytes:
    """That much of nothing, packed by gzip."""
    packed = io.BytesIO()
    with gzip.GzipFile(fileobj=packed, mode="wb", compresslevel=9, mtime=0) as file:
        for _ in range(megabytes):
            file.write(bytes(2**20))
    return packed.getvalue()


def archive(parts: dict[str, bytes]) -> bytes:
    packed = io.BytesIO()
    with zipfile.ZipFile(packed, "w", zipfile.ZIP_DEFLATED, compresslevel=9) as file:
        for name, content in parts.items():
            file.writestr(name, content)
    return packed.getvalue()


def word(body: bytes, before: bytes = b"", **parts: bytes) -> bytes:
    """A Word document with this body."""
    document = b'<?xml version="1.0"?>' + before + b"<w:document" + _WORD + b"><w:body>" + body + b"</w:body></w:document>"
    return samples.docx(parts={"word/document.xml": document, **parts})


def lying_zip() -> bytes:
    """A Word document whose directory says that the main part is small."""
    raw = word(b"<w:p><w:r><w:t>" + b"A" * (40 * MILLION) + b"</w:t></w:r></w:p>")
    at = raw.rindex(b"PK\x01\x02", 0, raw.rindex(b"word/document.xml"))
    return raw[: at + 24] + (1000).to_bytes(4, "little") + raw[at + 28 :]


def overlapping_zip() -> bytes:
    """A ZIP file of ten thousand names for one and the same content."""
    once = archive({"word/document.xml": bytes(8 * MILLION)})
    at = once.index(b"PK\x01\x02")
    entry = once[at : once.index(b"PK\x05\x06")]
    entries = b"".join(entry.replace(b"document", b"%08d" % n) for n in range(10_000))
    end = b"PK\x05\x06" + bytes(4) + (10_000).to_bytes(2, "little") * 2
    return once[:at] + entries + end + len(entries).to_bytes(4, "little") + at.to_bytes(4, "little") + bytes(2)


def laughs(levels: int = 10, root: bytes = b"&x9;") -> bytes:
    entities = b'<!ENTITY x0 "ha">' + b"".join(
        b'<!ENTITY x%d "%s">' % (level, b"&x%d;" % (level - 1) * 10) for level in range(1, levels)
    )
    return b'<?xml version="1.0"?><!DOCTYPE a [' + entities + b"]><a><p>" + root + b"</p></a>"


def pdf(*objects: bytes, root: int = 1) -> bytes:
    """A PDF of these objects, numbered from 1, with a sound table of contents."""
    out = b"%PDF-1.7\n"
    places = []
    for number, body in enumerate(objects, 1):
        places.append(len(out))
        out += b"%d 0 obj\n%s\nendobj\n" % (number, body)
    table = b"".join(b"%010d 00000 n \n" % place for place in places)
    head = b"xref\n0 %d\n0000000000 65535 f \n" % (len(objects) + 1)
    return out + head + table + b"trailer\n<</Size %d/Root %d 0 R>>\nstartxref\n%d\n%%%%EOF\n" % (
        len(objects) + 1, root, len(out),
    )  # fmt: skip


def stream(content: bytes, more: bytes = b"") -> bytes:
    return b"<</Length %d%s>>stream\n%s\nendstream" % (len(content), more, content)


def page_pdf(content: bytes, more: bytes = b"", *further: bytes, resources: bytes = b"<</Font<</F1 5 0 R>>>>") -> bytes:
    """A PDF of one page with this content; `further` objects begin at 6."""
    return pdf(
        b"<</Type/Catalog/Pages 2 0 R>>",
        b"<</Type/Pages/Kids[3 0 R]/Count 1>>",
        b"<</Type/Page/Parent 2 0 R/MediaBox[0 0 595 842]/Contents 4 0 R/Resources " + resources + b">>",
        stream(content, more),
        b"<</Type/Font/Subtype/Type1/BaseFont/Helvetica>>",
        *further,
    )


def flate_zeros(megabytes: int) -> bytes:
    packer = zlib.compressobj(9)
    return b"".join((*(packer.compress(bytes(2**20)) for _ in range(megabytes)), packer.flush()))


def flate(content: bytes, times: int) -> bytes:
    for _ in range(times):
        content = zlib.compress(content, 9)
    return content


def text_show(count: int) -> bytes:
    return b"BT /F1 11 Tf 50 800 Td 14 TL " + b"(A line of text.) Tj T* " * count + b"ET"


def mail(body: bytes, content_type: bytes = b"text/plain", headers: bytes = b"") -> bytes:
    head = b"From: a@b.example\nSubject: S\nMIME-Version: 1.0\nMessage-ID: <1@b>\n" + headers
    return head + b"Content-Type: " + content_type + b"\n\n" + body


def nested_mail(levels: int) -> bytes:
    """A mail in a mail in a mail."""
    return b"".join(mail(b"", b"message/rfc822") for _ in range(levels)) + mail(b"The end.")


def nested_multiparts(levels: int) -> bytes:
    out = mail(b"", b'multipart/mixed; boundary="0"')
    for level in range(levels):
        out += b'--%d\nContent-Type: multipart/mixed; boundary="%d"\n\n' % (level, level + 1)
    return out + b"--%d\n\nThe end.\n" % levels


def html(body: bytes, head: bytes = b"") -> bytes:
    return b"<!doctype html><html><head><title>A title</title>" + head + b"</head><body>" + body + b"</body></html>"


PARAGRAPH: Final = b"<p>" + b"The quay stays closed until the cranes have been looked at, he said. " * 3 + b"</p>"
LD: Final = b'<script type="application/ld+json">'

# Name with its file's ending: what makes the bytes. All are below the limit on a file's size.
BOMBS: Final[dict[str, Callable[[], bytes]]] = {
    "gzip of 2 GB.html": lambda: zeros(2048),
    "gzip in gzip.txt": lambda: gzip.compress(zeros(100)),
    "ZIP of 1 GB.zip": lambda: archive({"a": bytes(1000 * MILLION)}),
    "ZIP of 1 GB called Word.docx": lambda: archive({"word/document.xml": bytes(1000 * MILLION)}),
    "Word: a text of 90 MB.docx": lambda: word(b"<w:p><w:r><w:t>" + b"A" * (90 * MILLION) + b"</w:t></w:r></w:p>"),
    "Word: 3 million empty paragraphs.docx": lambda: word(b"<w:p/>" * (3 * MILLION)),
    "Word: a million runs.docx": lambda: word(b"<w:p>" + b"<w:r><w:t>a</w:t></w:r>" * 800_000 + b"</w:p>"),
    "Word: 700,000 different paragraphs.docx": lambda: word(
        b"".join(b'<w:p w:rsidR="%08x"/>' % (n * 2654435761 % 2**32) for n in range(700_000))
    ),
    "Word: 100,000 tables in tables.docx": lambda: word(b"<w:tbl><w:tr><w:tc>" * 100_000),
    "Word: 250 tables in tables.docx": lambda: word(
        b"<w:tbl><w:tr><w:tc>" * 80 + b"<w:p/>" + b"</w:tc></w:tr></w:tbl>" * 80
    ),
    "Word: entities.docx": lambda: word(
        b"<w:p><w:r><w:t>&x9;</w:t></w:r></w:p>", laughs().partition(b"?>")[2].partition(b"<a>")[0]
    ),
    "Word: a directory that lies.docx": lying_zip,
    "Word: 10,000 names for one part.docx": overlapping_zip,
    "Word: 60,000 parts.docx": lambda: samples.docx(parts={f"word/x{n}": b"" for n in range(60_000)}),
    "XML: billion laughs.xml": laughs,
    "XML: entities of 50 kB, 10,000 times.xml": lambda: (
        b'<!DOCTYPE a [<!ENTITY x "' + b"h" * 50_000 + b'">]><a><p>' + b"&x;" * 10_000 + b"</p></a>"
    ),
    "XML: an entity from outside.xml": lambda: (
        b'<?xml version="1.0"?><!DOCTYPE a [<!ENTITY x SYSTEM "file:///etc/passwd">]><a><p>&x;</p></a>'
    ),
    "XML: parameter entities.xml": lambda: (
        b'<?xml version="1.0"?><!DOCTYPE a [<!ENTITY % x "<!ENTITY y \'ha\'>">%x;]><a><p>&y;</p></a>'
    ),
    "XML: attributes by default.xml": lambda: (
        b'<?xml version="1.0"?><!DOCTYPE a [<!ATTLIST b c CDATA "' + b"h" * 50_000 + b'">]><a>' + b"<b/>" * 200_000 + b"</a>"
    ),
    "XML: a million levels.xml": lambda: b'<?xml version="1.0"?>' + b"<a>" * MILLION + b"x" + b"</a>" * MILLION,
    "XML: 4 million elements.xml": lambda: b"<?xml version='1.0'?><a>" + b"<b/>" * (4 * MILLION) + b"</a>",
    "XML: 100,000 attributes.xml": lambda: (
        b"<?xml version='1.0'?><a " + b" ".join(b'x%d="1"' % n for n in range(100_000)) + b"><p>x</p></a>"
    ),
    "XML: 100,000 items.rss": lambda: samples.rss(100_000),
    "JSON: a million brackets.json": lambda: b"[" * MILLION,
    "JSON: a million objects in objects.json": lambda: b'{"data":' * MILLION + b"1" + b"}" * MILLION,
    "JSON: 6 million objects.json": lambda: b"[" + b"{}," * (6 * MILLION) + b"{}]",
    "JSON: a number of a million digits.json": lambda: b'{"text": ' + b"9" * MILLION + b"}",
    "JSON: a text of 19 MB.json": lambda: b'{"text": "' + b"word " * (19 * MILLION // 5) + b'"}',
    "JSON: a million tags.json": lambda: json.dumps({"text": "<b>" * MILLION}).encode(),
    "JSON: lines of lists.jsonl": lambda: b'{"items": [{"text": "a"}]}\n' * 500_000,
    "PDF: Flate in Flate.pdf": lambda: page_pdf(
        flate(flate_zeros(400), 2), b"/Filter[/FlateDecode/FlateDecode/FlateDecode]"
    ),
    "PDF: 2 GB of Flate.pdf": lambda: page_pdf(flate_zeros(2048), b"/Filter/FlateDecode"),
    "PDF: hexadecimal and run lengths.pdf": lambda: page_pdf(
        b"8141" * 2 * MILLION + b">", b"/Filter[/ASCIIHexDecode/RunLengthDecode]"
    ),
    "PDF: LZW.pdf": lambda: page_pdf(b"\x80\x0b\x60\x50\x22\x0c\x0c\x85\x01" * MILLION, b"/Filter/LZWDecode"),
    "PDF: a predictor of 2 billion columns.pdf": lambda: page_pdf(
        flate(text_show(100), 1), b"/Filter/FlateDecode/DecodeParms<</Predictor 12/Columns 2000000000>>"
    ),
    "PDF: pages that are their own parent.pdf": lambda: pdf(
        b"<</Type/Catalog/Pages 2 0 R>>", b"<</Type/Pages/Kids[2 0 R 2 0 R]/Count 2/Parent 2 0 R>>"
    ),
    "PDF: 2 to the 30 pages.pdf": lambda: pdf(
        b"<</Type/Catalog/Pages 2 0 R>>",
        *(b"<</Type/Pages/Kids[%d 0 R %d 0 R]/Count 1073741824>>" % (n + 1, n + 1) for n in range(2, 32)),
        b"<</Type/Page/MediaBox[0 0 9 9]>>",
    ),
    "PDF: 10,000 pages.pdf": lambda: pdf(
        b"<</Type/Catalog/Pages 2 0 R>>",
        b"<</Type/Pages/Kids[" + b"3 0 R " * 10_000 + b"]/Count 10000>>",
        b"<</Type/Page/Parent 2 0 R/MediaBox[0 0 9 9]/Contents 4 0 R/Resources<</Font<</F1 5 0 R>>>>>>",
        stream(text_show(500)),
        b"<</Type/Font/Subtype/Type1/BaseFont/Helvetica>>",
    ),
    "PDF: a form that draws itself.pdf": lambda: page_pdf(
        b"/X Do " * 50, b"",
        stream(b"/X Do /X Do", b"/Type/XObject/Subtype/Form/BBox[0 0 9 9]/Resources<</XObject<</X 6 0 R>>>>"),
        resources=b"<</XObject<</X 6 0 R>>>>",
    ),
    "PDF: forms that draw forms, twice each.pdf": lambda: page_pdf(
        b"/X Do", b"",
        *(
            stream(
                b"/X Do /X Do" if n < 36 else text_show(9),
                b"/Type/XObject/Subtype/Form/BBox[0 0 9 9]/Resources<</XObject<</X %d 0 R>>/Font<</F1 5 0 R>>>>" % (n + 1),
            )
            for n in range(6, 37)
        ),
        resources=b"<</XObject<</X 6 0 R>>>>",
    ),
    "PDF: a million lines.pdf": lambda: page_pdf(flate(text_show(MILLION), 1), b"/Filter/FlateDecode"),
    "PDF: a font of 4 billion letters.pdf": lambda: pdf(
        b"<</Type/Catalog/Pages 2 0 R>>",
        b"<</Type/Pages/Kids[3 0 R]/Count 1>>",
        b"<</Type/Page/Parent 2 0 R/MediaBox[0 0 9 9]/Contents 4 0 R/Resources<</Font<</F1 5 0 R>>>>>>",
        stream(text_show(5)),
        b"<</Type/Font/Subtype/Type0/BaseFont/X/Encoding/Identity-H/ToUnicode 6 0 R>>",
        stream(b"1 begincodespacerange <00000000> <ffffffff> endcodespacerange "
               b"1 beginbfrange <00000000> <ffffffff> <0041> endbfrange"),
    ),
    "PDF: arrays in arrays.pdf": lambda: page_pdf(b"[" * MILLION),
    "PDF: dictionaries in dictionaries.pdf": lambda: pdf(b"<</A" * 100_000 + b" 1 " + b">>" * 100_000),
    "PDF: brackets in a text.pdf": lambda: page_pdf(b"BT " + b"(" * (2 * MILLION)),
    "PDF: tables of contents in a circle.pdf": lambda: (
        b"%PDF-1.7\nxref\n0 1\n0000000000 65535 f \ntrailer\n<</Size 1/Root 1 0 R/Prev 9>>\nstartxref\n9\n%%EOF"
    ),
    "PDF: a table of 2 billion rows.pdf": lambda: (
        b"%PDF-1.7\nxref\n0 2000000000\n0000000000 65535 f \ntrailer\n<</Size 2000000000>>\nstartxref\n9\n%%EOF"
    ),
    "PDF: 19 MB of rubbish.pdf": lambda: b"%PDF-1.7\n" + b"1 0 obj <<>> endobj\n" * (19 * MILLION // 20),
    "mail: 3,000 mails in a mail.eml": lambda: nested_mail(3_000),
    "mail: 20,000 parts in parts.eml": lambda: nested_multiparts(20_000),
    "mail: 200,000 parts.eml": lambda: mail(
        b"--b\n\nA part.\n" * 200_000 + b"--b--", b'multipart/mixed; boundary="b"'
    ),
    "mail: a subject of 5 MB.eml": lambda: mail(b"Text.", headers=b"Subject: " + b"=?utf-8?q?=C3=BC?= " * 260_000 + b"\n"),
    "mail: 300,000 headers.eml": lambda: mail(b"Text.", headers=b"".join(b"X-%d: y\n" % n for n in range(300_000))),
    "mail: a page that bombs.eml": lambda: mail(
        base64.encodebytes(html(b"<div>" * MILLION)), b"text/html", b"Content-Transfer-Encoding: base64\n"
    ),
    "mail: parameters without end.eml": lambda: mail(b"Text.", b"text/plain; " + b"a*0*=b; " * 200_000),
    "Markdown: quotes in quotes.md": lambda: b">" * 100_000 + b" a",
    "Markdown: lists in lists.md": lambda: b"\n".join(b" " * (2 * n) + b"- a" for n in range(3_000)),
    "Markdown: brackets.md": lambda: b"[" * 200_000,
    "Markdown: emphasis.md": lambda: b"*a **a " * 100_000,
    "Markdown: links.md": lambda: b"[a](<b" * 100_000,
    "text of one letter.txt": lambda: b"a" * (4 * MILLION),
    "text of full stops.txt": lambda: b". " * (2 * MILLION),
    "text of digits.txt": lambda: b"1" * (4 * MILLION),
    "text of line ends.txt": lambda: b"\n" * (8 * MILLION) + b"a",
    "text of short sentences.txt": lambda: b"Er ging. Am 3. Mai 2031. " * 150_000,
    "text of accents.txt": lambda: b"a" + "\u0301".encode() * 2 * MILLION,
    "text of quotation marks.txt": lambda: "„“»«".encode() * 500_000,
    "text of 20 MB.txt": lambda: b"word " * (4 * MILLION - 10),
    "text of all bytes.txt": lambda: bytes(range(128, 256)) * 20_000,
    "page: a million levels.html": lambda: html(b"<div>" * MILLION + b"x"),
    "page: 250 levels with much in them.html": lambda: html(b"<div><h1>" * 120 + PARAGRAPH * 5_000),
    "page: headlines in headlines.html": lambda: html(b"<h1>" * 200 + b"A title " * MILLION),
    "page: 200,000 headlines.html": lambda: html(b"<h1>Head</h1><h2>Line</h2>" * 200_000 + PARAGRAPH),
    "page: 300,000 paragraphs.html": lambda: html(b"<p>A short paragraph to be read, no more.</p>" * 200_000),
    "page: a paragraph of 4 MB.html": lambda: html(b"<p>" + b"The quay stays closed. " * 180_000 + b"</p>"),
    "page: tables in tables.html": lambda: html(b"<table><tr><td>" * 200_000 + b"x"),
    "page: open formatting.html": lambda: html(b"<b><i><a href=x>" * 200_000 + b"x"),
    "page: open paragraphs of open formatting.html": lambda: html(b"<p><b><i><u><s>text " * 200_000),
    "page: 100,000 lists.html": lambda: html(b"<ul><li>a<ul><li>b" * 100_000),
    "page: a million attributes.html": lambda: html(
        b"<p " + b" ".join(b"a%d=1" % n for n in range(300_000)) + b">x</p>" + PARAGRAPH
    ),
    "page: an attribute of 10 MB.html": lambda: html(b"<p style='" + b"a:b;" * 2_500_000 + b"'>x</p>" + PARAGRAPH),
    "page: styles without end.html": lambda: html(b"<p style='display :              x'>y</p>" * 200_000),
    "page: 300,000 hidden.html": lambda: html(b"<p hidden>Hidden words of some length.</p>" * 300_000 + PARAGRAPH),
    "page: hidden in hidden.html": lambda: html(b"<div><p>a</p><div hidden>" * 200 + PARAGRAPH * 9_000),
    "page: dates without end.html": lambda: html(b"<h1>A title</h1>" + b"<time datetime=2031-05-02>2.5.31</time>" * 200_000),
    "page: dates in a link around it all.html": lambda: html(b"<a href=x>" + b"<p>2. Mai 2031</p>" * 300_000 + b"</a>"),
    "page: times in times.html": lambda: html(b"<time datetime=2031-05-02>" * 200 + b"<i>2. Mai 2031 x</i>" * 200_000),
    "page: digits for dates.html": lambda: html(b"<p>1.1.1.1.1.1 1/1/1 2031-1-1-1 12:12:12 am</p>" * 200_000),
    "page: signs of less.html": lambda: b"<html><body>" + b"<" * (8 * MILLION),
    "page: an open comment.html": lambda: b"<html><body><p>x</p>" + b"<!--" * (2 * MILLION),
    "page: references.html": lambda: html(b"<p>" + b"&lt;&amp;&#x41;&nbsp;" * 500_000 + b"</p>"),
    "page: data of a million brackets.html": lambda: html(PARAGRAPH, LD + b"[" * MILLION + b"</script>"),
    "page: 30 data of 500 kB.html": lambda: html(
        PARAGRAPH, (LD + b"[" + b'{"@type":"x"},' * 34_000 + b"{}]</script>") * 30
    ),
    "page: 300,000 data.html": lambda: html(PARAGRAPH, (LD + b"{}</script>") * 300_000),
    "page: scripts of dates.html": lambda: html(
        PARAGRAPH, b"<script>" + b'"datePublished":    "2031-05-0x' * 500_000 + b"</script>"
    ),
    "page: 300,000 meta.html": lambda: html(PARAGRAPH, b"<meta name=date content=x>" * 300_000),
    "page: a lead again and again.html": lambda: html(
        b"<div>The quay stays closed until the cranes have</div>" * 200_000,
        b"<meta name=description content='The quay stays closed until the cranes have been looked at'>",
    ),
    "page: UTF-16.html": lambda: html(PARAGRAPH * 20_000).decode().encode("utf-16"),
    "page: frames of stretches.html": lambda: html(
        b"<article>" + (b"<div class=a>" + PARAGRAPH + b"</div><div class=b>" + PARAGRAPH + b"</div>") * 10_000 + b"</article>"
    ),
}


def _item(content: str) -> NewsItem:
    return NewsItem(title="A title of some words", link="https://a.example/1", content=content)


# Bombs that a feed brings: in the item itself, and behind its link.
ITEMS: Final[dict[str, Callable[[], tuple[NewsItem, ArticlePage | None]]]] = {
    "item: a million levels": lambda: (_item("<div>" * MILLION), None),
    "item: 19 MB": lambda: (_item("<p>word</p>" * (19 * MILLION // 11)), None),
    "item: a title of 5 MB": lambda: (NewsItem(title="<b>word " * 600_000, content="Text."), None),
    "item: an article of a million levels": lambda: (_item("<p>Text.</p>"), ArticlePage(html(b"<div>" * MILLION + b"x"))),
    "item: an article that is gzip": lambda: (_item("<p>Text.</p>"), ArticlePage(zeros(100))),
    "item: an article of entities": lambda: (_item("<p>Text.</p>"), ArticlePage(laughs(), "application/xml")),
}  # fmt: skip


@dataclass(frozen=True, slots=True)
class Ended:
    """What became of one bomb."""

    name: str
    outcome: str  # "read" or the code of the refusal
    seconds: float
    peak_mib: int  # the highest memory of the child meanwhile
    broken: str  # the promise that it broke, empty when it broke none


def all_names() -> tuple[str, ...]:
    return (*BOMBS, *ITEMS)


async def set_off(reader: ReaderChild, name: str) -> Ended:
    """Read one bomb, and an honest document after it."""
    ask: Callable[[], Awaitable[object]]
    if name in BOMBS:
        raw = BOMBS[name]()
        assert len(raw) <= MAX_BYTES, f"{name}: {len(raw)} bytes"
        ask = lambda: reader.read(raw, name=name)  # noqa: E731 - one of two ways to ask
    else:
        item, page = ITEMS[name]()
        ask = lambda: reader.read_item(item, page)  # noqa: E731
    await reader.read(samples.txt(), name="warm.txt")
    watch = asyncio.create_task(_peak(reader))
    began = time.monotonic()
    log = ""
    try:
        await ask()
        outcome = "read"
    except Unreadable as refusal:
        outcome, log = refusal.code, refusal.log
    seconds = time.monotonic() - began
    watch.cancel()
    peak = await watch
    broken = ""
    if outcome not in REASONS and outcome != "read":
        broken = f"no known reason: {outcome}"
    elif outcome == "reader-crashed":
        broken = f"the reader crashed: {log}"
    elif seconds > WALL_SECONDS + SLACK_SECONDS:
        broken = f"took {seconds:.1f} s"
    elif peak > MEMORY_BYTES:
        broken = f"took {peak // 2**20} MiB"
    after = await reader.read(samples.html(), name="after.html")
    if samples.PARAGRAPHS[0] not in after.text:
        broken = "the next document was not read"
    return Ended(name, outcome, seconds, peak // 2**20, broken)


async def _peak(reader: ReaderChild) -> int:
    """The highest memory of the child in bytes from now on, until this is cancelled."""
    peak = 0
    children = [child._process.pid for child in reader._all if child.is_alive()]
    for process in children:
        _reset(process)
    try:
        while True:
            peak = max(peak, *map(_high_water, children), 0)
            await asyncio.sleep(0.01)
    except asyncio.CancelledError:
        return max(peak, *map(_high_water, children), 0)


def _reset(process: int) -> None:
    """Let the mark of the highest memory begin anew."""
    with contextlib.suppress(OSError):
        Path(f"/proc/{process}/clear_refs").write_text("5", encoding="ascii")


def _high_water(process: int) -> int:
    try:
        status = Path(f"/proc/{process}/status").read_text(encoding="ascii", errors="replace")
    except OSError:
        return 0
    line = next((line for line in status.splitlines() if line.startswith("VmHWM")), "VmHWM: 0 kB")
    return int(line.split()[1]) * 1024


async def run(names: tuple[str, ...]) -> list[Ended]:
    ended: list[Ended] = []
    async with ReaderChild() as reader:
        for name in names:
            one = await set_off(reader, name)
            ended.append(one)
            print(f"{one.name:52} {one.outcome:16} {one.seconds:6.1f} s {one.peak_mib:5} MiB  {one.broken}", flush=True)
    return ended


def main() -> int:
    parser = argparse.ArgumentParser(description=__doc__, formatter_class=argparse.RawDescriptionHelpFormatter)
    parser.add_argument("--only", default="", help="those whose name holds these words")
    only = parser.parse_args().only.casefold()
    ended = asyncio.run(run(tuple(name for name in all_names() if only in name.casefold())))
    broken = [one for one in ended if one.broken]
    own = resource.getrusage(resource.RUSAGE_SELF).ru_maxrss // 1024
    slowest = max(ended, key=lambda one: one.seconds)
    highest = max(ended, key=lambda one: one.peak_mib)
    print(f"{len(ended)} bombs; slowest {slowest.seconds:.1f} s ({slowest.name}); "
          f"highest memory of a child {highest.peak_mib} MiB ({highest.name}), of this process {own} MiB, "
          "which made them")  # fmt: skip
    print(f"{len(broken)} broke a promise" if broken else "every promise held")
    return 1 if broken else 0


if __name__ == "__main__":
    sys.exit(main())
