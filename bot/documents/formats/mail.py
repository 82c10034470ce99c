"""Mail: subject, sender, date and the text that a mail program would show; attachments are named, not read."""

from __future__ import annotations

import email
import email.errors
import email.header
import email.utils
from email.message import Message
from typing import Final

from bot.documents.encodings import Decoded, decode
from bot.documents.extracted import Extracted
from bot.documents.refusals import unreadable

_LONGEST_HEADER: Final = 2_000  # decoding a header is quadratic in its length
_MOST_PARTS: Final = 500


def read(raw: bytes) -> Extracted:
    """The mail's own text, plain before HTML. Raises Unreadable ("no-text", "broken-eml", "too-deep")."""
    # The old policy: the new one parses headers by a grammar that takes seconds for a hostile one.
    mail = email.message_from_bytes(raw)
    parts = _parts(mail)
    plain = next((part for part in parts if part.get_content_type() == "text/plain" and not _is_attached(part)), None)
    rich = next((part for part in parts if part.get_content_type() == "text/html" and not _is_attached(part)), None)
    text = encoding = address = ""
    suspicious: tuple[str, ...] = ()
    if plain is not None:
        decoded = _decoded(plain)
        text, encoding = decoded.text.strip(), decoded.encoding
    if not text and rich is not None:
        from bot.documents.formats.webpage import read_page

        page = read_page(_decoded(rich))
        text, encoding, suspicious, address = page.text, page.encoding, page.suspicious, page.address
    if not text:
        raise unreadable("no-text", "no text part")
    attached = [name for part in parts if _is_attached(part) and (name := header_text(part.get_filename()))]
    if attached:
        text = f"{text}\n\nAttachments: {', '.join(attached)}"
    sender, mailbox = email.utils.parseaddr(header_text(mail.get("From")))
    return Extracted(
        text=text,
        media_type="message/rfc822",
        encoding=encoding,
        title=header_text(mail.get("Subject")),
        byline=sender or mailbox,
        address=address,
        language=header_text(mail.get("Content-Language")),
        published=_date(mail.get("Date")),
        suspicious=suspicious,
    )


def header_text(value: object) -> str:
    """A header's words (RFC 2047), as far as they can be decoded."""
    if value is None:
        return ""
    source = str(value)[:_LONGEST_HEADER]
    try:
        text = str(email.header.make_header(email.header.decode_header(source)))
    except (email.errors.HeaderParseError, LookupError, ValueError):
        text = source
    # Bytes beyond ASCII that stand in a header against the rules come as surrogates (RFC 6532 mail is UTF-8).
    text = text.encode("utf-8", "surrogateescape").decode("utf-8", "replace")
    return " ".join(text.split())


def _parts(mail: Message) -> list[Message]:
    """All parts that hold something, in order, those of forwarded mails left out."""
    found: list[Message] = []
    waiting = [mail]
    while waiting and len(found) < _MOST_PARTS:
        part = waiting.pop(0)
        if part.get_content_maintype() == "multipart" and isinstance(part.get_payload(), list):
            waiting[:0] = [child for child in part.get_payload() if isinstance(child, Message)]
        elif part.get_content_type() != "message/rfc822":
            found.append(part)
    return found


def _is_attached(part: Message) -> bool:
    return part.get_content_disposition() == "attachment" or (
        part.get_filename() is not None and part.get_content_maintype() != "text"
    )


def _decoded(part: Message) -> Decoded:
    payload = part.get_payload(decode=True)
    raw = payload if isinstance(payload, bytes) else b""
    return decode(raw, header_text(part.get_content_charset()))


def _date(value: object) -> str:
    try:
        return email.utils.parsedate_to_datetime(str(value)[:100]).isoformat() if value else ""
    except (TypeError, ValueError, IndexError):
        return ""
