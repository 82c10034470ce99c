"""What a source's filter leaves of an item, by what its feed says and by what was read."""

from __future__ import annotations

from bot.domain import DocumentDraft
from bot.library.source_store import Following, OutcomeState, SourceReading
from bot.polling.items import Said
from bot.sources.item_identity import words_of
from bot.sources.word_filter import WordFilter, judge


def dropped_early(one: Following, said: Said) -> SourceReading | None:
    """The end of an item that its source drops by what the feed itself says: its article need not be fetched."""
    verdict = judge(WordFilter(drop=one.choices.drop), _texts(said))
    return None if verdict.passes else SourceReading(OutcomeState.FILTERED, verdict.code, verdict.rule)


def _texts(said: Said) -> tuple[str, ...]:
    return words_of(said.item.title, said.item.content), *said.categories


def judged(
    one: Following, draft: DocumentDraft, raw: bytes, categories: tuple[str, ...] = ()
) -> SourceReading:
    """What a draft comes to after the source's filter; `categories` are those of the feed's item."""
    choices = one.choices
    chosen = WordFilter(choices.keep, choices.drop, choices.languages)
    verdict = judge(chosen, (draft.title, draft.text, *categories), draft.language)
    if not verdict.passes:
        return SourceReading(OutcomeState.FILTERED, verdict.code, verdict.rule)
    return SourceReading(OutcomeState.KEPT, draft=draft, raw=raw)
