"""What we say in and about briefs, in German and English: the frame, the marks, the replies of their commands."""

from __future__ import annotations

from datetime import date, datetime
from typing import Final

from bot.schedule.calendar import zone_of
from bot.schedule.telling import offset

_ENGLISH: Final = {
    # the frame
    "title-night": "Night brief", "title-morning": "Morning brief", "title-midday": "Midday brief",
    "title-afternoon": "Afternoon brief", "title-evening": "Evening brief", "title-weekly": "Weekly brief",
    "title-private": "What is new",
    "since": "since {when}", "first": "the last seven days", "covers": "covers {since} – {until}",
    "all-of-it": "all of {window}", "last": "the last brief", "24h": "24 hours", "7d": "7 days",
    "document": "{n} document", "documents": "{n} documents", "source": "{n} source", "sources": "{n} sources",
    "failing": "{n} failing", "extract-only": "extract only: the language model did not answer in time",
    "not-answering": "{n} sources do not answer: {names}", "one-not-answering": "One source does not answer: {names}",
    "made-good": "with the news of an earlier brief that could not be posted",
    "on-topics": "only about {topics}", "updated-at": "Updated {time}",
    "CATCH-UP": "CATCH-UP", "NEW": "NEW", "UPDATE": "UPDATE", "MORE": "MORE", "QUIET": "QUIET",
    "publishers": "{n} publishers", "single": "one publisher only", "single-named": "only {who}",
    "report": "{n} report", "reports": "{n} independent reports",
    "unverified": "not independently verified", "disagree": "the sources disagree",
    "changed": "{before} → {after}", "figure": "new figure: {after}", "name": "named for the first time: {after}",
    "denied": "now denied: {after}", "confirmed": "now confirmed: {after}",
    "fate-killed": "dead", "fate-hurt": "hurt", "fate-lost": "missing", "fate-held": "held", "fate-moved": "displaced",
    "denied-before": "denied, after it was stated", "denied-short": "denied",
    "confirmed-before": "confirmed, after it was denied", "confirmed-short": "confirmed", "stated": "now stated: {after}",
    "also-new": "Also new:", "more-new": "and {n} more", "quiet": "Nothing new about: {stories}",
    "further": "Further reports without a new fact: {stories}",
    "left-out": "Not in this brief: {reasons}",
    "out-filtered": "{n} filtered by words", "out-each-only": "{n} posted as cards", "out-copies": "{n} copies", "out-copies-one": "1 copy", "out-each-only-one": "1 posted as a card",
    "out-no-new-fact": "{n} without a new fact", "out-muted": "{n} muted", "out-off-topic": "{n} off topic",
    "out-below": "{n} ranked below these", "out-publisher": "{n} of a publisher that has two stories",
    "out-unreadable": "{n} unreadable", "out-not-quotable": "{n} without a quotable sentence",
    "out-not-followed": "{n} not followed here", "out-other": "{n} others",
    "empty": "Nothing new since {when}.", "empty-first": "Nothing new in the last seven days.",
    "next": "Next brief: {when}.", "gone-story": "This story is no longer in the brief.",
    "what-is-new": "What is new", "since-last": "Since the last brief: {facts}", "since-yesterday": "Since yesterday: {facts}",
    "chart": "{what} over time", "chart-point": "{day}: {value} ({who})", "chart-alt": "Chart. {points}",
    "chart-plain": "Over time", "chart-undated": "day unknown: {value} ({who})", "chart-background": "background, {when}: {value} ({who})", "chart-earlier": "{n} earlier figures are not drawn",
    "chart-missing": "Not drawn: {figures}", "chart-more": "{n} more stand in the text",
    "why": "Why it stands here: {reasons}",
    "why-publishers": "{n} publishers", "why-reports": "{n} reports", "why-new-facts": "{n} new facts",
    "why-publishers-one": "", "why-reports-one": "", "why-new-facts-one": "a new fact", "why-new-story": "a new story",
    "why-on-topic": "about one of your topics", "why-days-old": "{n} days old", "why-days-old-one": "a day old",
    "unread": "Could not be read:", "do-not-answer": "Sources that do not answer:",
    # buttons
    "button-full": "Full list", "button-me-on": "Brief me on…", "button-settings": "Settings", "button-ask": "Ask about this",
    "button-mute": "Mute story", "button-post-now": "Post now", "button-post-here": "Post here",
    "button-preview": "Preview", "button-pause": "Pause", "button-forget": "Forget me", "button-jump": "Go there ↗",
    "button-keep": "Keep it", "button-resume": "Resume", "button-unmute": "Unmute {what}",
    # replies
    "set": "This channel gets its brief: {words}.", "set-next": "Next: {dates}", "set-never": "By that it never comes. Check the days.",
    "set-more": "{length} · {style} · nothing new: {empty} · threads: {threads} · {words}", "set-unchanged": " · says of which stories there is nothing new", "set-topics": "Topics: {topics}",
    "set-public": "{person} set the brief of this channel: {words}.",
    "none-set": "No brief is set for this channel. /brief set time:07:30 sets one (on Slack: /news brief).",
    "zone-which": "In which time zone? Pick one, or name it in the command, such as timezone:Europe/Berlin. I ask this only once.",
    "zone-pick": "Time zone",
    "form-title": "Brief", "form-when": "When", "form-when-hint": "Such as: Mon–Fri 07:30 Europe/Berlin",
    "form-length": "Length", "form-style": "Style", "form-threads": "Threads", "form-topics": "Topics",
    "form-topics-hint": "Separated by commas; empty: all.", "form-empty": "When nothing is new", "form-unchanged": "Stories without anything new", "form-lang": "Language",
    "form-channel": "Channel", "form-ask": "Your question", "form-topic": "Topic", "form-window": "Since when",
    "paused": "Paused until {until}.", "paused-open": "Paused until resumed.", "resumed": "Briefs come again. Next: {dates}",
    "not-paused": "The brief is not paused. Next: {dates}",
    "paused-public": "{person} paused the brief of this channel until {until}.",
    "paused-open-public": "{person} paused the brief of this channel.", "resumed-public": "{person} resumed the brief of this channel.",
    "skipped": "No brief {day}. Next: {dates}", "skipped-public": "{person} leaves out the brief of {day}.",
    "quiet-set": "Nothing is posted from {start} to {end}; a brief in these hours is {mode}.", "quiet-off": "No quiet hours.",
    "mode-hold": "held until they end", "mode-drop": "dropped",
    "preview-note": "Preview: this is what would be posted now, to the letter. Only you see it.",
    "preview-empty": "Preview: there is nothing new, and this channel wants silence then. Nothing would be posted.",
    "posting": "It is being posted.", "posted-before": "That was posted already.",
    "redone": "Made anew; the posts are being edited.", "redo-same": "Nothing changed since: the brief stands as it is.",
    "full-title": "The full list", "no-brief-yet": "No brief was posted here yet.", "no-such-brief": "That brief is not kept any more.",
    "latest": "The last brief: {title}", "latest-topic": "On {topic}:", "latest-no-topic": "The last brief says nothing about {topic}.",
    "nothing-now": "Nothing new since {when}.", "nothing-now-first": "Nothing new in that time.",
    "now-note": "Only you see this. It can be posted here for all.",
    "me-head": "What I keep about you here", "me-mutes": "Muted: {what}", "me-none": "Nothing is muted.",
    "me-kept": "Beside that: your votes on answers, and for thirty days what you asked, so that nothing is answered twice.",
    "muted": "Muted: {what}. Your own briefs leave it out; the channel's brief stays as it is.",
    "unmuted": "No longer muted: {what}.", "was-not-muted": "That was not muted: {what}.", "story": "the story “{headline}”", "topic": "the topic “{topic}”",
    "forget-sure": "Erase everything that I keep about you here? This cannot be undone.", "forgotten": "Erased: {n} mutes and all that went with them.",
    "status-brief": "Next brief here", "status-no-brief": "none is set", "status-paused": "paused until {until}", "status-paused-open": "paused",
    "home-head": "Briefs", "home-next": "Next brief: {when} ({words})", "home-none": "No brief is set in this workspace yet. /news brief in a channel sets one.",
    "home-last": "The last briefs:", "on": "on {day}",
    # refusals
    "no-brief": "There is no brief here. Set one first: /brief set time:07:30, on Slack /news brief.",
    "no-brief-posted": "No brief was posted here that could be made anew. /brief post posts one.",
    "still-posting": "That brief is still being posted. Try again in a minute.",
    "limit-now": "1 of 1 briefs in a quarter of an hour used here; next at {time}. /news latest shows the last one.",
    "button-too-old": "That is not kept any more. Use the command again.",
    "unknown-length": "“{value}” is none of these: {choices}. Choose one of them.",
    "unknown-language": "My own words are English or German: en, de. “{value}” is neither. Quotes keep the language of their source, whatever it is.",
    "refused-zone": "“{value}” is no time zone. Name a place, such as Europe/Berlin.",
    "refused-when": "I do not understand the time “{value}”. Say it as in “07:30”, “Mon–Fri 7:30 Europe/Berlin”, “daily 9am”.",
    "channel-missing": "Which channel? Use the command in a channel.",
    "skip-past": "{day} is over. Name a day that is still to come.",
    "skip-no-day": "No brief comes on {day}, so there is none to leave out. The next ones: {dates}",
    "until-past": "{day} is over. Name a day that is still to come, or none.",
    "other-channel": "Only people who manage this channel may look at another one's brief. Use the command in that channel.",
}  # fmt: skip
_GERMAN: Final = {
    "title-night": "Nachtüberblick", "title-morning": "Morgenüberblick", "title-midday": "Mittagsüberblick",
    "title-afternoon": "Nachmittagsüberblick", "title-evening": "Abendüberblick", "title-weekly": "Wochenüberblick",
    "title-private": "Was es Neues gibt",
    "since": "seit {when}", "first": "die letzten sieben Tage", "covers": "umfasst {since} – {until}",
    "all-of-it": "alles aus {window}", "last": "dem letzten Überblick", "24h": "24 Stunden", "7d": "7 Tagen",
    "document": "{n} Dokument", "documents": "{n} Dokumente", "source": "{n} Quelle", "sources": "{n} Quellen",
    "failing": "{n} gestört", "extract-only": "nur Auszüge: das Sprachmodell hat nicht rechtzeitig geantwortet",
    "not-answering": "{n} Quellen antworten nicht: {names}", "one-not-answering": "Eine Quelle antwortet nicht: {names}",
    "made-good": "samt den Nachrichten eines früheren Überblicks, der nicht gepostet werden konnte",
    "on-topics": "nur zu {topics}", "updated-at": "Aktualisiert {time}",
    "CATCH-UP": "NACHGEHOLT", "NEW": "NEU", "UPDATE": "AKTUALISIERT", "MORE": "WEITERER BERICHT", "QUIET": "STILL",
    "publishers": "{n} Verlage", "single": "nur ein Verlag", "single-named": "nur {who}",
    "report": "{n} Bericht", "reports": "{n} unabhängige Berichte",
    "unverified": "nicht unabhängig überprüft", "disagree": "die Quellen widersprechen sich",
    "changed": "{before} → {after}", "figure": "neue Zahl: {after}", "name": "erstmals genannt: {after}",
    "denied": "jetzt verneint: {after}", "confirmed": "jetzt bestätigt: {after}",
    "fate-killed": "Tote", "fate-hurt": "Verletzte", "fate-lost": "Vermisste", "fate-held": "Gefangene",
    "fate-moved": "Vertriebene", "denied-before": "bestritten, nachdem es festgestellt war", "denied-short": "bestritten",
    "confirmed-before": "bestätigt, nachdem es bestritten war", "confirmed-short": "bestätigt", "stated": "jetzt festgestellt: {after}",
    "also-new": "Außerdem neu:", "more-new": "und {n} weitere", "quiet": "Nichts Neues zu: {stories}",
    "further": "Weitere Berichte ohne neue Tatsache: {stories}",
    "left-out": "Nicht in diesem Überblick: {reasons}",
    "out-filtered": "{n} nach Wörtern gefiltert", "out-each-only": "{n} als Karten gemeldet", "out-copies": "{n} Kopien",
    "out-copies-one": "1 Kopie", "out-each-only-one": "1 als Karte gemeldet",
    "out-no-new-fact": "{n} ohne neue Tatsache", "out-muted": "{n} stumm", "out-off-topic": "{n} zu anderen Themen",
    "out-below": "{n} in der Reihenfolge dahinter", "out-publisher": "{n} eines Verlags, der zwei Geschichten hat",
    "out-unreadable": "{n} unlesbar", "out-not-quotable": "{n} ohne zitierbaren Satz",
    "out-not-followed": "{n} hier nicht verfolgt", "out-other": "{n} andere",
    "empty": "Nichts Neues seit {when}.", "empty-first": "Nichts Neues in den letzten sieben Tagen.",
    "next": "Nächster Überblick: {when}.", "gone-story": "Diese Geschichte steht nicht mehr im Überblick.",
    "what-is-new": "Was neu ist", "since-last": "Seit dem letzten Überblick: {facts}", "since-yesterday": "Seit gestern: {facts}",
    "chart": "{what} im Lauf der Zeit", "chart-point": "{day}: {value} ({who})", "chart-alt": "Diagramm. {points}",
    "chart-plain": "Im Lauf der Zeit", "chart-undated": "Tag unbekannt: {value} ({who})",
    "chart-background": "Hintergrund, {when}: {value} ({who})",
    "chart-earlier": "{n} frühere Zahlen sind nicht gezeichnet", "chart-missing": "Nicht gezeichnet: {figures}",
    "chart-more": "{n} weitere stehen im Text",
    "why": "Warum es hier steht: {reasons}",
    "why-publishers": "{n} Verlage", "why-reports": "{n} Berichte", "why-new-facts": "{n} neue Tatsachen",
    "why-publishers-one": "", "why-reports-one": "", "why-new-facts-one": "eine neue Tatsache",
    "why-new-story": "eine neue Geschichte", "why-on-topic": "zu einem eurer Themen", "why-days-old": "{n} Tage alt",
    "why-days-old-one": "einen Tag alt",
    "unread": "Nicht lesbar:", "do-not-answer": "Quellen, die nicht antworten:",
    "button-full": "Ganze Liste", "button-me-on": "Überblick zu …", "button-settings": "Einstellungen", "button-ask": "Dazu fragen",
    "button-mute": "Stumm", "button-post-now": "Jetzt posten", "button-post-here": "Hier posten",
    "button-preview": "Vorschau", "button-pause": "Pause", "button-forget": "Vergiss mich", "button-jump": "Dorthin ↗",
    "button-keep": "Behalten", "button-resume": "Fortsetzen", "button-unmute": "Wieder zeigen: {what}",
    "set": "Dieser Kanal bekommt seinen Überblick: {words}.", "set-next": "Als Nächstes: {dates}", "set-never": "So kommt er nie. Prüf die Tage.",
    "set-more": "{length} · {style} · nichts Neues: {empty} · Threads: {threads} · {words}", "set-unchanged": " · sagt, zu welchen Geschichten es nichts Neues gibt",
    "set-topics": "Themen: {topics}",
    "set-public": "{person} hat den Überblick dieses Kanals eingerichtet: {words}.",
    "none-set": "Für diesen Kanal ist kein Überblick eingerichtet. /brief set time:07:30 richtet einen ein (auf Slack: /news brief).",
    "zone-which": "In welcher Zeitzone? Wähl eine, oder nenn sie im Befehl, etwa timezone:Europe/Berlin. Ich frage das nur einmal.",
    "zone-pick": "Zeitzone",
    "form-title": "Überblick", "form-when": "Wann", "form-when-hint": "Etwa: Mo–Fr 07:30 Europe/Berlin",
    "form-length": "Länge", "form-style": "Stil", "form-threads": "Threads", "form-topics": "Themen",
    "form-topics-hint": "Durch Kommas getrennt; leer: alle.", "form-empty": "Wenn es nichts Neues gibt",
    "form-unchanged": "Geschichten ohne Neues", "form-lang": "Sprache",
    "form-channel": "Kanal", "form-ask": "Deine Frage", "form-topic": "Thema", "form-window": "Seit wann",
    "paused": "Pausiert bis {until}.", "paused-open": "Pausiert bis auf Weiteres.", "resumed": "Überblicke kommen wieder. Als Nächstes: {dates}",
    "not-paused": "Der Überblick ist nicht pausiert. Als Nächstes: {dates}",
    "paused-public": "{person} hat den Überblick dieses Kanals bis {until} pausiert.",
    "paused-open-public": "{person} hat den Überblick dieses Kanals pausiert.", "resumed-public": "{person} setzt den Überblick dieses Kanals fort.",
    "skipped": "Kein Überblick {day}. Als Nächstes: {dates}", "skipped-public": "{person} lässt den Überblick vom {day} aus.",
    "quiet-set": "Von {start} bis {end} wird nichts gepostet; ein Überblick in dieser Zeit {mode}.", "quiet-off": "Keine Ruhezeit.",
    "mode-hold": "wird danach nachgeholt", "mode-drop": "entfällt",
    "preview-note": "Vorschau: das würde jetzt gepostet, Zeichen für Zeichen. Nur du siehst es.",
    "preview-empty": "Vorschau: es gibt nichts Neues, und dieser Kanal will dann nichts hören. Es würde nichts gepostet.",
    "posting": "Er wird gepostet.", "posted-before": "Das ist schon gepostet.",
    "redone": "Erneuert; die Nachrichten werden geändert.", "redo-same": "Seither hat sich nichts geändert: der Überblick bleibt, wie er ist.",
    "full-title": "Die ganze Liste", "no-brief-yet": "Hier wurde noch kein Überblick gepostet.", "no-such-brief": "Diesen Überblick gibt es nicht mehr.",
    "latest": "Der letzte Überblick: {title}", "latest-topic": "Zu {topic}:", "latest-no-topic": "Der letzte Überblick sagt nichts zu {topic}.",
    "nothing-now": "Nichts Neues seit {when}.", "nothing-now-first": "Nichts Neues in dieser Zeit.",
    "now-note": "Nur du siehst das. Es kann hier für alle gepostet werden.",
    "me-head": "Was ich hier über dich weiß", "me-mutes": "Stumm: {what}", "me-none": "Nichts ist stumm.",
    "me-kept": "Daneben: deine Urteile über Antworten, und dreißig Tage lang, was du gefragt hast, damit nichts zweimal beantwortet wird.",
    "muted": "Stumm: {what}. Deine eigenen Überblicke lassen es weg; der des Kanals bleibt, wie er ist.",
    "unmuted": "Nicht mehr stumm: {what}.", "was-not-muted": "Das war nicht stumm: {what}.", "story": "die Geschichte „{headline}“", "topic": "das Thema „{topic}“",
    "forget-sure": "Alles löschen, was ich hier über dich weiß? Das lässt sich nicht rückgängig machen.", "forgotten": "Gelöscht: {n} Stummschaltungen und alles, was dazugehört.",
    "status-brief": "Nächster Überblick hier", "status-no-brief": "keiner ist eingerichtet", "status-paused": "pausiert bis {until}", "status-paused-open": "pausiert",
    "home-head": "Überblicke", "home-next": "Nächster Überblick: {when} ({words})", "home-none": "In diesem Arbeitsbereich ist noch kein Überblick eingerichtet. /news brief richtet in einem Kanal einen ein.",
    "home-last": "Die letzten Überblicke:", "on": "am {day}",
    "no-brief": "Hier gibt es keinen Überblick. Richte erst einen ein: /brief set time:07:30, auf Slack /news brief.",
    "no-brief-posted": "Hier wurde kein Überblick gepostet, der sich erneuern ließe. /brief post postet einen.",
    "still-posting": "Dieser Überblick wird noch gepostet. Versuch es in einer Minute noch einmal.",
    "limit-now": "1 von 1 Überblick in einer Viertelstunde ist hier verbraucht; der nächste um {time}. /news latest zeigt den letzten.",
    "button-too-old": "Das gibt es nicht mehr. Gib den Befehl noch einmal.",
    "unknown-length": "„{value}“ ist keines von diesen: {choices}. Wähl eines davon.",
    "unknown-language": "Meine eigenen Worte sind deutsch oder englisch: de, en. „{value}“ ist keines von beiden. Zitate bleiben in der Sprache ihrer Quelle, welche es auch ist.",
    "refused-zone": "„{value}“ ist keine Zeitzone. Nenn einen Ort, etwa Europe/Berlin.",
    "refused-when": "Die Zeit „{value}“ verstehe ich nicht. Sag sie wie in „07:30“, „Mo–Fr 7:30 Europe/Berlin“, „werktags 8 Uhr“.",
    "channel-missing": "Welcher Kanal? Gib den Befehl in einem Kanal.",
    "skip-past": "{day} ist vorbei. Nenn einen Tag, der noch kommt.",
    "skip-no-day": "Am {day} kommt kein Überblick, also fällt auch keiner aus. Die nächsten: {dates}",
    "until-past": "{day} ist vorbei. Nenn einen Tag, der noch kommt, oder keinen.",
    "other-channel": "Nur wer diesen Kanal verwaltet, darf den Überblick eines anderen ansehen. Gib den Befehl in jenem Kanal.",
}  # fmt: skip
# Why a wish for a time was refused, by the code of the refusal; the English words come with the refusal itself.
_REFUSED_IN_GERMAN: Final = {
    "no-time": "Um welche Zeit? Sag sie wie in „07:30“ oder „Mo–Fr 7:30 Europe/Berlin“.",
    "too-long": "Das ist zu lang für eine Zeit. Sag sie wie in „Mo–Fr 7:30 Europe/Berlin“.",
    "cron": "Das sieht nach cron aus. Sag es in Worten: „Mo–Fr 07:30“.",
    "two-wishes": "Andere Zeiten an anderen Tagen sind zwei Wünsche. Sag erst alle Tage, dann alle Zeiten: „Mo Mi Fr 07:30 19:00“.",
    "time-and-interval": "Sag Uhrzeiten oder einen Abstand, nicht beides: „stündlich“, oder „07:30“.",
    "quiet-hours": "Diese Ruhezeit verstehe ich nicht. Sag von wann bis wann, etwa „22:00-07:00“.",
    "no-such-day": "Diesen Tag gibt es nicht. Schreib ihn als 2026-12-24 oder 24.12.2026.",
    "a-date": "Ein Überblick kommt immer wieder, nicht an einem Datum. Um einen Tag auszulassen: „außer 24.12.2026“.",
    "offset": "Ein Versatz kennt keine Sommerzeit. Nenn stattdessen einen Ort, etwa Europe/Berlin.",
    "no-such-time": "Diese Uhrzeit gibt es nicht. Schreib sie als 07:30 oder 19:30.",
    "interval": "Ein Abstand geht von einer Minute bis 24 Stunden, etwa „alle 30 Minuten“.",
    "every-other": "Nur jede zweite Woche oder alle paar Tage geht nicht. Wähl Wochentage oder Tage des Monats.",
    "weekday-of-month": "Ein bestimmter Wochentag im Monat geht nicht. Wähl einen Wochentag oder einen Tag des Monats.",
    "two-kinds-of-days": "Wähl Wochentage oder Tage des Monats; beides zusammen geht nicht.",
    "no-such-zone": "Diese Zeitzone gibt es nicht. Nenn einen Ort, etwa Europe/Berlin.",
    "abbreviation": "Diese Abkürzung gilt nur ein halbes Jahr oder an mehreren Orten. Nenn einen Ort, etwa Europe/Berlin.",
    "time-zone": "Sag eine Uhrzeit wie 07:30.",
    "not-understood": "Das verstehe ich nicht als Zeit. Sag sie wie in „07:30“, „Mo–Fr 7:30 Europe/Berlin“, „werktags 8 Uhr“.",
}  # fmt: skip
_DAYS: Final = {
    "en": "Mon Tue Wed Thu Fri Sat Sun".split(), "de": "Mo. Di. Mi. Do. Fr. Sa. So.".split(),
}  # fmt: skip
_MONTHS: Final = {
    "en": "Jan Feb Mar Apr May Jun Jul Aug Sep Oct Nov Dec".split(),
    "de": "Januar Februar März April Mai Juni Juli August September Oktober November Dezember".split(),
}


def tell(key: str, language: str, **facts: object) -> str:
    """One of our texts about briefs, in the reader's language."""
    return (_GERMAN if language == "de" else _ENGLISH)[key].format(**facts)


def is_told(key: str) -> bool:
    """Whether there are words for a key: a frozen brief may have one of a later release."""
    return key in _ENGLISH


def refusal(code: str, person: str, language: str) -> str:
    """Why a wish was refused, for the person: its own words in English, by its code in German."""
    return _REFUSED_IN_GERMAN.get(code, person) if language == "de" else person


def day_in_words(day: date, language: str) -> str:
    """ "Wed 14 May", "Mi., 14. Mai"."""
    if language == "de":
        return f"{_DAYS['de'][day.weekday()]}, {day.day}. {_MONTHS['de'][day.month - 1]}"
    return f"{_DAYS['en'][day.weekday()]} {day.day} {_MONTHS['en'][day.month - 1]}"


def moment(at: datetime, zone: str, language: str) -> str:
    """ "Wed 14 May, 07:30": an instant on the clock of a zone that was named before."""
    local = at.astimezone(zone_of(zone))
    return f"{day_in_words(local.date(), language)}, {local:%H:%M}"


def moment_with_offset(at: datetime, zone: str, language: str) -> str:
    """ "Wed 14 May, 07:30 (+02:00)"."""
    return f"{moment(at, zone, language)} ({offset(at.astimezone(zone_of(zone)).utcoffset())})"
