"""Our own words around the quotes, in German and English. Readers of other languages get English."""

from __future__ import annotations

from typing import TYPE_CHECKING

from bot.answers.question_words import Wanted

if TYPE_CHECKING:
    from collections.abc import Sequence

_KIND_MISSING = {
    "en": {
        Wanted.HOW_MANY: "{about} is mentioned, but not how many.",
        Wanted.HOW_MUCH: "{about} is mentioned, but not how much.",
        Wanted.WHEN: "{about} is mentioned, but not when.",
        Wanted.WHO: "{about} is mentioned, but not who.",
        Wanted.WHERE: "{about} is mentioned, but not where.",
        Wanted.WHY: "{about} is mentioned, but not why.",
    },
    "de": {
        Wanted.HOW_MANY: "{about} kommt vor, aber nicht, wie viele.",
        Wanted.HOW_MUCH: "{about} kommt vor, aber nicht, wie viel.",
        Wanted.WHEN: "{about} kommt vor, aber nicht, wann.",
        Wanted.WHO: "{about} kommt vor, aber nicht, wer.",
        Wanted.WHERE: "{about} kommt vor, aber nicht, wo.",
        Wanted.WHY: "{about} kommt vor, aber nicht, warum.",
    },
}
_REASONS = {
    "en": {
        "no-question": "There is nothing to look for in this question. Name a person, a place or a thing.",
        "no-documents": "Nothing has been read yet. Drop a document into the seeds folder.",
        "nothing-about": "The sources say nothing about {about}.",
        "kind-missing": "{about} is mentioned, but not what is asked.",
        "not-together": "{about} is mentioned, but no sentence answers this question.",
        "nothing-in-period": "No document is dated within the period asked for ({period}).",
        "before-period": "Nothing on this in the period asked for ({period}); there are older documents.",
    },
    "de": {
        "no-question": "Diese Frage nennt nichts, wonach sich suchen lässt: keine Person, keinen Ort, keine Sache.",
        "no-documents": "Es wurde noch nichts gelesen. Legen Sie ein Dokument in den Ordner seeds.",
        "nothing-about": "Die Quellen sagen nichts über {about}.",
        "kind-missing": "{about} kommt vor, aber nicht das, wonach gefragt ist.",
        "not-together": "{about} kommt vor, aber kein Satz beantwortet diese Frage.",
        "nothing-in-period": "Kein Dokument stammt aus dem gefragten Zeitraum ({period}).",
        "before-period": "Nichts dazu im gefragten Zeitraum ({period}); es gibt ältere Dokumente.",
    },
}


def explanation(reason: str, language: str, *, wanted: Wanted, about: Sequence[str], period: str = "") -> str:
    """Why there is no answer, in one sentence of the asker's language."""
    texts = _REASONS.get(language, _REASONS["en"])
    kinds = _KIND_MISSING.get(language, _KIND_MISSING["en"])
    joined = (" and " if language != "de" else " und ").join(
        f"“{a}”" if language != "de" else f"„{a}“" for a in about[:3]
    )
    text = kinds.get(wanted, texts["kind-missing"]) if reason == "kind-missing" else texts[reason]
    if len(about) > 1:
        text = text.replace("is mentioned", "are mentioned").replace("kommt vor", "kommen vor")
    return text.format(about=joined or ("this" if language != "de" else "Das"), period=period)
