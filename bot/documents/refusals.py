"""Why a file cannot be read: one code and one plain sentence for every reason there is."""

from __future__ import annotations

from bot.errors import Unreadable

REASONS = {
    "empty": "The file is empty.",
    "too-large": "The file is larger than {limit}, the most that is read of one document.",
    "too-long": "The document holds more text than is kept of one document ({limit} characters).",
    "binary": "The file holds binary data, not text.",
    "unsupported": "The file is {what}, which cannot be read; text, Markdown, HTML, PDF, docx, mail, JSON, XML can.",
    "no-text": "No text was found in the file.",
    "scan": "No text was found in this PDF; it may be a scan.",
    "encrypted": "The document is protected by a password.",
    "bomb": "The file unpacks to far more than its size promises, so it was not opened.",
    "too-deep": "The document is nested too deeply to be read.",
    "entities": "The XML file defines entities of its own, which are not read because they can do harm.",
    "broken-html": "The web page is damaged and could not be read.",
    "broken-pdf": "The PDF is damaged or cut off and could not be read.",
    "broken-docx": "The Word document is damaged or cut off and could not be read.",
    "broken-eml": "The mail is damaged and could not be read.",
    "broken-json": "The JSON file is damaged or cut off and could not be read.",
    "broken-xml": "The XML file is damaged or cut off and could not be read.",
    "broken-md": "The Markdown file could not be read.",
    "reader-crashed": "Reading the document failed so badly that the reader had to be started anew.",
    "reader-timeout": "Reading the document took too long and was given up.",
    "reader-memory": "Reading the document needed more memory than one document may take.",
}

GERMAN = {
    "empty": "Die Datei ist leer.",
    "too-large": "Die Datei ist größer als {limit}; mehr wird von einem Dokument nicht gelesen.",
    "too-long": "Das Dokument hat mehr Text, als von einem Dokument behalten wird ({limit} Zeichen).",
    "binary": "Die Datei enthält Binärdaten, keinen Text.",
    "unsupported": (
        "Die Datei ist nicht lesbar ({what}); lesbar sind Text, Markdown, HTML, PDF, docx, E-Mail, JSON und XML."
    ),
    "no-text": "In der Datei wurde kein Text gefunden.",
    "scan": "In diesem PDF wurde kein Text gefunden; vielleicht ist es eingescannt.",
    "encrypted": "Das Dokument ist durch ein Passwort geschützt.",
    "bomb": "Entpackt wäre die Datei weit größer, als sie vorgibt; darum wurde sie nicht geöffnet.",
    "too-deep": "Das Dokument ist zu tief verschachtelt, um es zu lesen.",
    "entities": "Die XML-Datei erklärt eigene Entitäten; sie werden nicht gelesen, weil sie schaden können.",
    "broken-html": "Die Webseite ist beschädigt und nicht lesbar.",
    "broken-pdf": "Das PDF ist beschädigt oder abgeschnitten und nicht lesbar.",
    "broken-docx": "Das Word-Dokument ist beschädigt oder abgeschnitten und nicht lesbar.",
    "broken-eml": "Die E-Mail ist beschädigt und nicht lesbar.",
    "broken-json": "Die JSON-Datei ist beschädigt oder abgeschnitten und nicht lesbar.",
    "broken-xml": "Die XML-Datei ist beschädigt oder abgeschnitten und nicht lesbar.",
    "broken-md": "Die Markdown-Datei ist nicht lesbar.",
    "reader-crashed": "Das Dokument ließ sich so schlecht lesen, dass das Leseprogramm neu gestartet werden musste.",
    "reader-timeout": "Das Dokument zu lesen dauerte zu lange und wurde aufgegeben.",
    "reader-memory": "Das Dokument zu lesen brauchte mehr Speicher, als ein Dokument bekommt.",
}


def unreadable(code: str, log: str = "", **facts: str) -> Unreadable:
    """The error for one of `REASONS`; `facts` fill its placeholders. `log` must not hold words of the document."""
    return Unreadable(code, log, REASONS[code].format(**facts))


def reason_in(language: str, code: str, reason: str) -> str:
    """A reason of a file, a page or a source, as English made it for this code, in the reader's language: German where
    it stands beside it, else as it is."""
    if language != "de":
        return reason
    from bot.sources import german

    if code in REASONS and (facts := german.facts_of(REASONS[code], reason)) is not None:
        return GERMAN[code].format(**facts)
    return german.reason_in(language, code, reason)
