"""Answers, briefs and quotes as plain data for JSON."""

from __future__ import annotations

from typing import TYPE_CHECKING, Any

if TYPE_CHECKING:
    from bot.briefs.brief import Brief
    from bot.domain import Answer, Conflict, DocumentDate, DocumentDraft, ShownQuote


def date_data(published: DocumentDate) -> dict[str, Any]:
    """A document's date with how it is known."""
    return {
        "date": published.day.isoformat() if published.day else None,
        "at": published.at.isoformat() if published.at else None,
        "date_basis": published.basis.value,
        "date_warning": published.warning,
    }


def quote_data(shown: ShownQuote) -> dict[str, Any]:
    """A shown quote. Offsets are code points into the text of that version; `start_byte` and `end_byte` are UTF-8."""
    return {
        "document": shown.document,
        "document_id": shown.quote.document_id,
        "version": shown.version,
        "version_id": shown.quote.version_id,
        "start": shown.quote.start,
        "end": shown.quote.end,
        "start_byte": shown.quote.start_byte,
        "end_byte": shown.quote.end_byte,
        "sha256": shown.quote.sha256,
        "text": shown.text,
        **date_data(shown.published),
        "outlet": shown.outlet,
        "title": shown.title,
        "said_by": shown.said_by,
        "language": shown.language,
        "paragraph": shown.paragraph,
        "caveats": list(shown.caveats),
        "report": shown.report_id,
        "copies": shown.copies,
    }


def conflict_data(conflict: Conflict) -> dict[str, Any]:
    """A conflict with all its sides."""
    return {
        "kind": conflict.kind,
        "about": conflict.about,
        "sides": [
            {
                "value": side.value,
                "bound": side.bound,
                "said_by": side.said_by,
                "reports": side.reports,
                "quotes": [quote_data(quote) for quote in side.quotes],
            }
            for side in conflict.sides
        ],
    }


def answer_data(answer: Answer) -> dict[str, Any]:
    """An answer or a refusal. What was written and translated names its quotes by their places, from 1."""
    numbers = {quote.quote: n for n, quote in enumerate(answer.quotes, 1)}
    return {
        "question": answer.question,
        "language": answer.language,
        "status": answer.status.value,
        "reason": answer.reason,
        "explanation": answer.explanation,
        "confidence": round(answer.confidence, 4),
        "quotes": [quote_data(quote) for quote in answer.quotes],
        "conflicts": [conflict_data(conflict) for conflict in answer.conflicts],
        "nearest": [quote_data(quote) for quote in answer.nearest],
        "missing": list(answer.missing),
        "written": [{"text": line.text, "quotes": list(line.marks)} for line in answer.written],
        "translations": [
            {"quote": numbers[one.quote], "text": one.text} for one in answer.translations if one.quote in numbers
        ],
        "note": answer.note,
    }


def brief_data(brief: Brief) -> dict[str, Any]:
    """A brief with all its entries."""
    return {
        "made_at": brief.made_at.isoformat(),
        "since": brief.since.isoformat() if brief.since else None,
        "from_seq": brief.from_seq,
        "to_seq": brief.to_seq,
        "documents": brief.documents,
        "copies": brief.copies,
        "entries": [
            {
                "story": entry.story_id,
                "mark": entry.mark,
                "headline": entry.headline,
                "reports": entry.reports,
                "copies": entry.copies,
                "documents": list(entry.documents),
                "quotes": [quote_data(quote) for quote in entry.quotes],
                "changed": [
                    {
                        "before": change.before,
                        "after": change.after,
                        "quote_before": quote_data(change.quote_before) if change.quote_before else None,
                        "quote_after": quote_data(change.quote_after),
                    }
                    for change in entry.changed
                ],
            }
            for entry in brief.entries
        ],
        "also_new": [one.headline for one in brief.also_new],
        "failed": list(brief.failed),
    }


def draft_data(name: str, draft: DocumentDraft, *, text: bool = True) -> dict[str, Any]:
    """What a reader made of a file."""
    return {
        "document": name,
        "title": draft.title,
        "outlet": draft.outlet,
        "byline": draft.byline,
        "agency": draft.agency,
        "language": draft.language,
        **date_data(draft.published),
        "machine_translated": draft.translation is not None,
        "translation_signs": list(draft.translation.reasons) if draft.translation else [],
        "media_type": draft.media_type,
        "encoding": draft.encoding,
        "address": draft.address,
        "dropped": list(draft.dropped),
        "suspicious": list(draft.suspicious),
        "sentences": [[s.start, s.end] for s in draft.sentences],
        **({"text": draft.text} if text else {}),
    }
