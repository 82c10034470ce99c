"""What a chat and the library refuse, in German: the German sentence beside each English one.

As in `sources.german`: a reason is made once, in English, and who reads German gets the sentence that stands beside it.
"""

from __future__ import annotations

from typing import Final

from bot.documents import refusals

GERMAN: Final[dict[str, tuple[tuple[str, str], ...]]] = {
    "form-too-late": (
        ("That took too long; please try again.", "Das hat zu lange gedauert; bitte noch einmal versuchen."),
    ),
    "form": (
        ("Slack did not open the form; please try again.", "Slack hat das Formular nicht geöffnet; bitte noch einmal."),
    ),
    "no-form-here": (
        (
            "Use the slash command for that: it opens a form.",
            "Nimm dafür den Schrägstrich-Befehl: er öffnet ein Formular.",
        ),
        ("Use the command for that: it opens a form.", "Nimm dafür den Befehl: er öffnet ein Formular."),
    ),
    "too-large": (
        (
            "The file has {size} bytes; the limit is {limit}. Nothing was stored.",
            "Die Datei hat {size} Bytes; die Grenze ist {limit}. Nichts wurde gespeichert.",
        ),
        (
            "The file is larger than {limit} bytes. Nothing was stored.",
            "Die Datei ist größer als {limit} Bytes. Nichts wurde gespeichert.",
        ),
        ("The file is larger than {limit} bytes.", "Die Datei ist größer als {limit} Bytes."),
    ),
    "last-check": (
        (
            "The reply did not pass our own last check, so it was not sent. An admin finds the reason in the log.",
            (
                "Die Antwort hat unsere letzte Prüfung nicht bestanden und wurde nicht gesendet. Ein Admin "
                "findet den Grund im Protokoll."
            ),
        ),
    ),
    "file-not-sent": (
        (
            "The file could not be sent to you. I need the rights `files:write` and `im:write` for that.",
            "Die Datei ließ sich nicht zustellen. Dafür brauche ich die Rechte `files:write` und `im:write`.",
        ),
    ),
    "file-elsewhere": (
        (
            "That file is not kept by Slack, so I do not read it.",
            "Diese Datei liegt nicht bei Slack, darum lese ich sie nicht.",
        ),
    ),
    "file-not-had": (
        (
            "Slack did not hand the file over. I need the right `files:read`, and to be in that channel.",
            "Slack hat die Datei nicht herausgegeben. Ich brauche das Recht `files:read` und muss in dem Kanal sein.",
        ),
        (
            "{platform} did not hand the file over. Please try again.",
            "{platform} hat die Datei nicht herausgegeben. Bitte noch einmal versuchen.",
        ),
    ),
    "no-file": (
        (
            "There was no file with that command. Attach one and use it again.",
            "Zu diesem Befehl gab es keine Datei. Hänge eine an und gib ihn noch einmal.",
        ),
    ),
    "no-date": (
        (
            "“{text}” is no date that can be read. Write it as 2026-11-03.",
            "„{text}“ lässt sich nicht als Datum lesen. Schreib es so: 2026-11-03.",
        ),
    ),
    "library-busy": (
        (
            "Another process is writing to the library. Nothing is lost; try again in a moment.",
            "Ein anderer Prozess schreibt gerade in die Bibliothek. Verloren ist nichts; bitte gleich noch einmal.",
        ),
    ),
    "disk-full": (
        (
            "The disk is full. What was stored is kept; nothing new is taken in until there is room.",
            "Die Platte ist voll. Was gespeichert ist, bleibt; Neues wird erst aufgenommen, wenn Platz ist.",
        ),
    ),
    "library-read-only": (
        (
            "The library can only be read, not written. What it holds is kept; make its folder writable and try again.",
            (
                "Die Bibliothek lässt sich nur lesen, nicht schreiben. Ihr Inhalt bleibt; mach ihren Ordner "
                "beschreibbar und versuch es noch einmal."
            ),
        ),
    ),
    "library-damaged": (
        (
            (
                "The library's file is damaged. It was left as it is: restore it from a backup, or move it away "
                "and let the documents be read again."
            ),
            (
                "Die Datei der Bibliothek ist beschädigt. Sie blieb, wie sie ist: stell sie aus einer Sicherung "
                "wieder her, oder leg sie beiseite und lass die Dokumente neu lesen."
            ),
        ),
    ),
    "library-unreachable": (
        (
            "The library cannot be opened. What it holds is kept; see the log for where it was looked for.",
            "Die Bibliothek lässt sich nicht öffnen. Ihr Inhalt bleibt; im Protokoll steht, wo sie gesucht wurde.",
        ),
    ),
    "library-disk": (
        (
            "The disk under the library does not answer as it should. Nothing more is written until it does.",
            "Die Platte unter der Bibliothek antwortet nicht, wie sie soll. Bis dahin wird nichts mehr geschrieben.",
        ),
    ),
}


def reason_in(language: str, code: str, reason: str) -> str:
    """Whatever was refused, in the reader's language: German where it stands beside the English, else as it is."""
    if language != "de":
        return reason
    from bot.sources import german

    for english, told in GERMAN.get(code, ()):
        if (facts := german.facts_of(english, reason)) is not None:
            return told.format(**facts)
    return refusals.reason_in(language, code, reason)
