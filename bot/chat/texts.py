"""What we say around the quotes, in German and English, once for every platform. Other readers get English."""

from __future__ import annotations

from typing import TYPE_CHECKING

from bot.domain import DateBasis

if TYPE_CHECKING:
    from bot.domain import DocumentDate, ShownQuote

_ENGLISH = {
    "no-answer": "The sources do not say.",
    "nearest": "Nearest passages:",
    "disagree": "The sources disagree ({about}):",
    "disagree-plain": "The sources disagree:",
    "reversed": "Denied in one report, stated in another:",
    "denied": "denied",
    "affirmed": "stated",
    "up to": "up to {value}",
    "more than": "more than {value}",
    "about": "about {value}",
    "at least": "at least {value}",
    "less than": "less than {value}",
    "nearly": "nearly {value}",
    "vague": "{value}",
    "report": "{n} report",
    "reports": "{n} independent reports",
    "copies": "{n} copies of one report",
    "undated": "date unknown",
    "page says": "the page says {day}",
    "file time": "file of {day}",
    "stated": "{day}",
    "edited": "updated {day}",
    "machine-translated": "machine-translated",
    "not-independently-verified": "not independently verified",
    "hearsay": "hearsay",
    "date-doubtful": "date doubtful",
    "said-by": "said by {who}",
    "NEW": "NEW",
    "UPDATE": "UPDATE",
    "MORE": "MORE",
    "brief": "Brief",
    "since": "since {when}",
    "first-brief": "everything so far",
    "looked-at": "{documents} in {stories}",
    "document": "{n} document",
    "documents": "{n} documents",
    "story": "{n} story",
    "stories": "{n} stories",
    "single": "one report only",
    "nothing-new": "Nothing new since the last brief.",
    "nothing-at-all": "There is nothing to brief about yet. Drop a document into {folder}.",
    "copy-of-told": "{n} more copy of a report that an earlier brief told.",
    "copies-of-told": "{n} more copies of reports that an earlier brief told.",
    "also-new": "Also new:",
    "failed": "Could not be read:",
    "before-after": "{before} → {after}",
    "copy-note": "copy of a report that is already here",
    "paragraph": "¶{n}",
    "untitled": "(no title)",
    "more-left-out": "+ {n} more",
    "group-news": "What the sources say, and how things stand",
    "group-source": "The sources that this server follows",
    "group-brief": "The scheduled briefs of a channel",
    "group-newsadmin": "For admins of this server",
    "choice-24h": "24 hours",
    "choice-7d": "7 days",
    "choice-30d": "30 days",
    "choice-all": "all",
    "choice-last": "since the last brief",
    "choice-failing": "failing",
    "choice-paused": "paused",
    "choice-brief": "the brief only",
    "choice-each": "a card for each",
    "choice-both": "both",
    "choice-opml": "OPML",
    "choice-csv": "CSV",
    "choice-txt": "one address a line",
    "choice-1d": "a day",
    "choice-1w": "a week",
    "choice-until resumed": "until resumed",
    "choice-keep": "keep them",
    "choice-erase": "erase them",
    "choice-export": "export",
    "choice-import": "import",
    "choice-pause": "pause",
    "choice-resume": "go on",
    "took-too-long": "Finding an answer took too long, so there is none. Please ask again in a moment.",
    "our-mistake": "Something went wrong here, and it is not your fault. The log says more; please try again.",
    "no-right": "You may not do this here. Ask somebody who manages this channel, or an admin.",
    "unknown-command": "That command is not known here. The command help lists all of them.",
    "reading": "reading …",
    "button-sources": "Sources and quotes",
    "button-changed": "What changed",
    "sources": "Sources",
    "passage": "passage ↗",
    "open": "open ↗",
    "translated": "Translation:",
    "code": "Code for the log: {code}",
    "newest": "newest {day}",
}
_GERMAN = {
    "no-answer": "Die Quellen sagen dazu nichts.",
    "nearest": "Am nächsten kommen:",
    "disagree": "Die Quellen widersprechen sich ({about}):",
    "disagree-plain": "Die Quellen widersprechen sich:",
    "reversed": "In einem Bericht verneint, in einem anderen festgestellt:",
    "denied": "verneint",
    "affirmed": "festgestellt",
    "up to": "bis zu {value}",
    "more than": "mehr als {value}",
    "about": "etwa {value}",
    "at least": "mindestens {value}",
    "less than": "weniger als {value}",
    "nearly": "fast {value}",
    "vague": "{value}",
    "report": "{n} Bericht",
    "reports": "{n} unabhängige Berichte",
    "copies": "{n} Kopien eines Berichts",
    "undated": "Datum unbekannt",
    "page says": "laut Seite {day}",
    "file time": "Datei vom {day}",
    "stated": "{day}",
    "edited": "aktualisiert {day}",
    "machine-translated": "maschinell übersetzt",
    "not-independently-verified": "nicht unabhängig überprüft",
    "hearsay": "nur berichtet",
    "date-doubtful": "Datum zweifelhaft",
    "said-by": "laut {who}",
    "NEW": "NEU",
    "UPDATE": "AKTUALISIERT",
    "MORE": "WEITERER BERICHT",
    "brief": "Überblick",
    "since": "seit {when}",
    "first-brief": "alles bisher",
    "looked-at": "{documents} in {stories}",
    "document": "{n} Dokument",
    "documents": "{n} Dokumente",
    "story": "{n} Geschichte",
    "stories": "{n} Geschichten",
    "single": "nur ein Bericht",
    "nothing-new": "Nichts Neues seit dem letzten Überblick.",
    "nothing-at-all": "Noch gibt es nichts zu berichten. Legen Sie ein Dokument in {folder}.",
    "copy-of-told": "{n} weitere Kopie eines Berichts aus einem früheren Überblick.",
    "copies-of-told": "{n} weitere Kopien von Berichten aus einem früheren Überblick.",
    "also-new": "Außerdem neu:",
    "failed": "Nicht lesbar:",
    "before-after": "{before} → {after}",
    "copy-note": "Kopie eines Berichts, der schon da ist",
    "paragraph": "Abs. {n}",
    "untitled": "(ohne Titel)",
    "more-left-out": "+ {n} weitere",
    "group-news": "Was die Quellen sagen und wie es steht",
    "group-source": "Die Quellen, denen dieser Server folgt",
    "group-brief": "Die geplanten Überblicke eines Kanals",
    "group-newsadmin": "Für Admins dieses Servers",
    "choice-24h": "24 Stunden",
    "choice-7d": "7 Tage",
    "choice-30d": "30 Tage",
    "choice-all": "alles",
    "choice-last": "seit dem letzten Überblick",
    "choice-failing": "gestört",
    "choice-paused": "pausiert",
    "choice-brief": "nur der Überblick",
    "choice-each": "eine Karte je Dokument",
    "choice-both": "beides",
    "choice-opml": "OPML",
    "choice-csv": "CSV",
    "choice-txt": "eine Adresse je Zeile",
    "choice-1d": "einen Tag",
    "choice-1w": "eine Woche",
    "choice-until resumed": "bis auf Weiteres",
    "choice-keep": "behalten",
    "choice-erase": "löschen",
    "choice-export": "ausgeben",
    "choice-import": "einlesen",
    "choice-pause": "anhalten",
    "choice-resume": "fortsetzen",
    "took-too-long": "Die Suche hat zu lange gedauert, es gibt keine Antwort. Bitte gleich noch einmal fragen.",
    "our-mistake": "Hier ging etwas schief, nicht durch dich. Mehr steht im Protokoll; bitte noch einmal versuchen.",
    "no-right": "Das darfst du hier nicht. Frag jemanden, der diesen Kanal verwaltet, oder einen Admin.",
    "unknown-command": "Diesen Befehl gibt es hier nicht. Der Befehl hilfe nennt alle.",
    "reading": "lese …",
    "button-sources": "Quellen und Zitate",
    "button-changed": "Was sich geändert hat",
    "sources": "Quellen",
    "passage": "Stelle ↗",
    "open": "öffnen ↗",
    "translated": "Übersetzung:",
    "code": "Code fürs Protokoll: {code}",
    "newest": "neuester {day}",
}
_MONTHS = {
    "en": "January February March April May June July August September October November December".split(),
    "de": "Januar Februar März April Mai Juni Juli August September Oktober November Dezember".split(),
}


_MARKS = {"de": ("„", "“"), "fr": ("« ", " »"), "en": ("“", "”")}


def in_marks(text: str, language: str) -> str:
    """A quote between the quotation marks of its language."""
    opening, closing = _MARKS.get(language, _MARKS["en"])
    return f"{opening}{text}{closing}"


def say(key: str, language: str, **facts: object) -> str:
    """One of our texts in the reader's language."""
    return (_GERMAN if language == "de" else _ENGLISH)[key].format(**facts)


def count(key: str, plural: str, n: int, language: str) -> str:
    """A counted text: "1 report", "3 independent reports"."""
    return say(key if n == 1 else plural, language, n=n)


def say_day(published: DocumentDate, language: str) -> str:
    """A document's date with how it is known; an unknown date is said to be unknown."""
    if published.day is None:
        return say("undated", language)
    day = published.day
    if language == "de":
        written = f"{day.day}. {_MONTHS['de'][day.month - 1]} {day.year}"
    else:
        written = f"{day.day} {_MONTHS['en'][day.month - 1]} {day.year}"
    key = "edited" if published.edited and published.basis is DateBasis.STATED else published.basis.value
    return say(key, language, day=written)


def say_source(quote: ShownQuote, language: str) -> str:
    """Who published a quote, where it stands, when, and what to bear in mind: one line."""
    parts = [quote.outlet or quote.document]
    if quote.outlet:
        parts.append(quote.document)
    parts.append(say("paragraph", language, n=quote.paragraph))
    parts.append(say_day(quote.published, language))
    if quote.said_by:
        parts.append(say("said-by", language, who=quote.said_by))
    if quote.copies > 1:
        parts.append(say("copies", language, n=quote.copies))
    parts += [say(caveat, language) for caveat in quote.caveats]
    return " · ".join(parts)
