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


def unreadable(code: str, log: str = "", **facts: str) -> Unreadable:
    """The error for one of `REASONS`; `facts` fill its placeholders. `log` must not hold words of the document."""
    return Unreadable(code, log, REASONS[code].format(**facts))
