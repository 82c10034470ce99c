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
from bot.errors import Unreadable

_LONGEST_HEADER: Final = 2_000  # decoding a header is quadratic in its length
_MOST_PARTS: Final = 500
_MOST_NAMED: Final = 100  # attachments
_DEEPEST: Final = 20  # parts in parts
_HINT_SHARE: Final = 4  # plain text of less than a quarter of the HTML's is "This mail is best read in HTML"


def read(raw: bytes) -> Extracted:
    """The mail's own text, plain before HTML. Raises Unreadable ("no-text", "broken-eml", "too-deep")."""
    # The old policy: the new one parses headers by a grammar that takes seconds for a hostile one.
    mail = email.message_from_bytes(raw)
    _shorten(mail)
    shown = _shown(mail, 0)
    if not shown:  # nothing but a forwarded mail: then that is what there is to read
        forwarded = next((part for part in _leaves(mail) if part.get_content_type() == "message/rfc822"), None)
        inner = forwarded.get_payload(0) if forwarded is not None and forwarded.is_multipart() else None
        shown = _shown(inner, 1) if isinstance(inner, Message) else []
    if not shown:
        raise unreadable("no-text", "no text part")
    text = "\n\n".join(one.text for one in shown)
    attached = list(dict.fromkeys(name for part in _leaves(mail) if (name := _attachment(part))))
    if attached:
        text = f"{text}\n\nAttachments: {', '.join(attached[:_MOST_NAMED])}"
    sender, mailbox = email.utils.parseaddr(header_text(mail.get("From")))
    return Extracted(
        text=text,
        media_type="message/rfc822",
        encoding=shown[0].encoding,
        title=header_text(mail.get("Subject")),
        byline=sender or mailbox,
        address=shown[0].address,
        language=header_text(mail.get("Content-Language")),
        published=_date(mail.get("Date")),
        suspicious=tuple(dict.fromkeys(sign for one in shown for sign in one.suspicious)),
    )


def _shown(part: Message, depth: int) -> list[Extracted]:
    """What a mail program would show of a part: one of alternatives, the root of related parts, all of others."""
    if depth > _DEEPEST or _is_attached(part):
        return []
    kind = part.get_content_type()
    children = part.get_payload() if part.get_content_maintype() == "multipart" else None
    if isinstance(children, list):
        inner = [child for child in children[:_MOST_PARTS] if isinstance(child, Message)]
        if kind == "multipart/alternative":
            return _best([found for child in inner if (found := _shown(child, depth + 1))])
        if kind == "multipart/related":
            return next((found for child in inner if (found := _shown(child, depth + 1))), [])
        return [one for child in inner for one in _shown(child, depth + 1)][:_MOST_PARTS]
    if kind == "text/plain":
        decoded = _decoded(part)
        text = decoded.text.strip()
        return [Extracted(text, kind, decoded.encoding)] if text else []
    if kind == "text/html":
        from bot.documents.formats.webpage import read_page

        try:
            return [read_page(_decoded(part))]
        except Unreadable:
            return []
    return []


def _best(variants: list[list[Extracted]]) -> list[Extracted]:
    """The plain one of alternatives, unless it is a mere hint that there is HTML."""
    if not variants:
        return []
    lengths = [sum(len(one.text) for one in variant) for variant in variants]
    for variant, length in zip(variants, lengths, strict=True):
        if all(one.media_type == "text/plain" for one in variant) and _HINT_SHARE * length >= max(lengths):
            return variant
    return variants[lengths.index(max(lengths))]


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


def _leaves(mail: Message) -> list[Message]:
    """All parts that hold something, in order; a forwarded mail is one of them."""
    found: list[Message] = []
    waiting = [mail]
    while waiting and len(found) < _MOST_PARTS:
        part = waiting.pop()
        children = part.get_payload()
        if part.get_content_maintype() == "multipart" and isinstance(children, list):
            waiting.extend(child for child in reversed(children[:_MOST_PARTS]) if isinstance(child, Message))
        else:
            found.append(part)
    return found


def _shorten(mail: Message) -> None:
    """Cut the headers that are read for each part: taking their parameters apart is quadratic in their length."""
    waiting = [mail]
    for _ in range(_MOST_PARTS * 4):
        if not waiting:
            return
        part = waiting.pop()
        for name in ("Content-Type", "Content-Disposition"):
            if len(str(part.get(name, ""))) > _LONGEST_HEADER:
                part.replace_header(name, str(part.get(name))[:_LONGEST_HEADER])
        children = part.get_payload()
        if isinstance(children, list):
            waiting.extend(child for child in children[:_MOST_PARTS] if isinstance(child, Message))


def _is_attached(part: Message) -> bool:
    return part.get_content_disposition() == "attachment" or (
        part.get_filename() is not None and part.get_content_maintype() != "text"
    )


def _attachment(part: Message) -> str:
    """The name under which a part is listed: its file's, a forwarded mail's subject; empty for what is no attachment.

    Pictures that the text itself shows have an address within the mail (Content-ID) and are none.
    """
    name = header_text(part.get_filename())
    if part.get_content_type() == "message/rfc822":
        inner = part.get_payload(0) if part.is_multipart() else None
        subject = header_text(inner.get("Subject")) if isinstance(inner, Message) else ""
        return name or (f"“{subject}”" if subject else "")
    if part.get_content_disposition() == "inline" and part.get("Content-ID") and name:
        return ""
    return name if _is_attached(part) else ""


def _decoded(part: Message) -> Decoded:
    payload = part.get_payload(decode=True)
    raw = payload if isinstance(payload, bytes) else b""
    return decode(raw, header_text(part.get_content_charset()))


def _date(value: object) -> str:
    try:
        return email.utils.parsedate_to_datetime(str(value)[:100]).isoformat() if value else ""
    except (TypeError, ValueError, IndexError):
        return ""
