"""From what a format reader found to a document draft: layout, cleaning, metadata, language, date, sentences."""

from __future__ import annotations

import re
from typing import Final

from bot.documents import boilerplate, cleaning, dating, metadata
from bot.documents.characters import keepable
from bot.documents.extracted import Extracted
from bot.documents.orders import orders_in
from bot.documents.refusals import unreadable
from bot.documents.sentences import split_sentences
from bot.documents.translation import machine_translation_signs
from bot.domain import UNKNOWN_LANGUAGE, DocumentDraft

_ALNUM: Final = re.compile(r"[^\W_]")
_DETECTION_LENGTH: Final = 4_000  # characters; more does not make a language clearer


def draft_document(extracted: Extracted) -> DocumentDraft:
    """The draft of one document. Raises Unreadable ("no-text") when it has no letter and no digit."""
    raw, seen = keepable(extracted.text)
    paragraphs = cleaning.lay_out(raw.lstrip("\ufeff"), extracted.media_type)
    if not any(_ALNUM.search(paragraph) for paragraph in paragraphs):
        raise unreadable("no-text", f"{len(extracted.text)} characters, none of them a letter or digit")
    dropped = boilerplate.boilerplate(paragraphs)
    language = _language(paragraphs, dropped, extracted)
    facts = metadata.read_metadata(paragraphs, dropped, extracted, language)
    without = {**facts.taken, **dropped}
    if len(without) == len(paragraphs) or not any(
        _ALNUM.search(paragraph) for index, paragraph in enumerate(paragraphs) if index not in without
    ):
        # Nothing but a headline and its like: then this is the text.
        without = {index: label for index, label in without.items() if label in ("punctuation", "navigation")}
        if not any(_ALNUM.search(paragraph) for index, paragraph in enumerate(paragraphs) if index not in without):
            without = {}
    text = cleaning.text_of_record(paragraphs, without)
    return DocumentDraft(
        text=text,
        sentences=split_sentences(text, language),
        title=facts.title,
        outlet=facts.outlet,
        byline=facts.byline,
        agency=facts.agency,
        language=language,
        published=dating.date_document(extracted, facts.page_dates, facts.dateline, text, language),
        translation=machine_translation_signs("\n".join(paragraphs), language),
        media_type=extracted.media_type,
        encoding=extracted.encoding,
        address=extracted.address,
        dropped=cleaning.labels_of({index: label for index, label in without.items() if label != "title"}),
        suspicious=tuple(dict.fromkeys((*extracted.suspicious, *seen, *orders_in(text)))),
    )


def _language(paragraphs: tuple[str, ...], dropped: dict[int, str], extracted: Extracted) -> str:
    """The language of the prose; the declared one only where detection finds none."""
    from bot.languages.detection import detect

    prose = [paragraph for index, paragraph in enumerate(paragraphs) if index not in dropped]
    sample = "\n".join(sorted(prose[:60], key=boilerplate.is_prose, reverse=True))[:_DETECTION_LENGTH]
    detected = detect(sample)
    if detected.language != UNKNOWN_LANGUAGE:
        return detected.language
    declared = re.match(r"([A-Za-z]{2})(?:[-_]|$)", extracted.language.strip())
    return declared[1].lower() if declared else UNKNOWN_LANGUAGE
