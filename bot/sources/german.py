"""What is said of sources, in German: the German sentence beside each English one, and the way from one to the other.

A reason is made once, in English, where something went wrong, and is kept so; who reads German gets the sentence that
stands beside it here, by its code, with the same facts in it. What has none is said in English rather than not at all.
"""

from __future__ import annotations

import re
from collections.abc import Mapping
from datetime import datetime
from functools import cache
from typing import Final

from bot.sources import source_health
from bot.sources.fetched import PERSON, STATUS_CLASS
from bot.sources.source_health import SourceState

# --- answers of the web, by code; the English ones stand in `fetched` ---

FETCHED: Final = {
    "name-unknown": (
        "Eine Website namens {host} gibt es nicht. Bitte die Schreibweise der Adresse prüfen; vielleicht gibt es die "
        "Website auch nicht mehr."
    ),
    "name-failed": "Der Name {host} ließ sich gerade nicht auflösen. Es wird später von selbst noch einmal versucht.",
    "connect-refused": (
        "{host} nimmt keine Verbindung an: Dort antwortet kein Webserver. Es wird später von selbst noch einmal "
        "versucht."
    ),
    "connect-timeout": "{host} war nicht rechtzeitig zu erreichen. Es wird später von selbst noch einmal versucht.",
    "connect-failed": "{host} war nicht zu erreichen. Es wird später von selbst noch einmal versucht.",
    "tls-certificate": (
        "{host} kann nicht beweisen, {host} zu sein: {facts}. Nichts wurde gelesen. Wer die Website betreibt, muss "
        "das Zertifikat erneuern oder berichtigen. Es wird später von selbst noch einmal versucht."
    ),
    "tls-failed": (
        "Eine sichere Verbindung zu {host} kam nicht zustande. Es wird später von selbst noch einmal versucht."
    ),
    "reset": (
        "{host} hat die Verbindung abgebrochen, bevor die Antwort vollständig war. Es wird später von selbst noch "
        "einmal versucht."
    ),
    "no-answer": "{host} hat die Verbindung ohne Antwort geschlossen. Es wird später von selbst noch einmal versucht.",
    "silent": (
        "{host} blieb mitten in der Antwort oder davor {facts} Sekunden lang stumm. Es wird später von selbst noch "
        "einmal versucht."
    ),
    "too-slow": (
        "{host} hat die Antwort nicht innerhalb von {facts} Sekunden vollendet. Es wird später von selbst noch einmal "
        "versucht."
    ),
    "cut-short": (
        "Die Antwort von {host} ist kürzer, als sie angibt. Davon wurde nichts verwendet. Es wird später von selbst "
        "noch einmal versucht."
    ),
    "not-http": (
        "Was unter {host} antwortet, spricht nicht wie ein Webserver. Bitte die Adresse prüfen. Es wird später von "
        "selbst noch einmal versucht."
    ),
    "head-too-large": "Der Kopf der Antwort von {host} ist größer als {facts} Bytes. Nichts wurde gelesen.",
    "body-too-large": (
        "Die Antwort von {host} ist größer als {facts} Bytes. Davon wurde nichts verwendet. Ein Admin kann die Grenze "
        "anheben: fetch_max_bytes."
    ),
    "body-in-crumbs": "{host} schickt seine Antwort in Krümeln, wie es nur Fallen tun. Davon wurde nichts verwendet.",
    "encoding-stacked": "{host} packt seine Antwort mehr als einmal, wie es nur Fallen tun. Nichts wurde gelesen.",
    "encoding-unknown": (
        "{host} packt seine Antwort auf eine Weise, um die nicht gebeten wurde ({facts}). Nichts wurde gelesen."
    ),
    "encoding-broken": (
        "Die gepackte Antwort von {host} ist beschädigt. Davon wurde nichts verwendet. Es wird später von selbst noch "
        "einmal versucht."
    ),
    "too-many-redirects": (
        "{host} leitet mehr als {facts} Mal weiter. Bitte die Adresse in einem Browser öffnen und die nehmen, bei der "
        "er endet."
    ),
    "redirect-loop": (
        "{host} leitet im Kreis weiter. Bitte die Adresse in einem Browser öffnen und die nehmen, bei der er endet."
    ),
    "redirect-nowhere": "{host} leitet weiter, ohne zu sagen wohin.",
    "robots-refuses": (
        "Die Regeln von {host} (robots.txt) bitten Programme, diese Seite nicht zu lesen. Sie wurde nicht gelesen. "
        "Der Feed der Website, falls es einen gibt, darf vielleicht gelesen werden; oder man fragt, wer sie "
        "betreibt."
    ),
    "robots-unreachable": (
        "Die Regeln von {host} (robots.txt) sind gerade nicht lesbar, darum warten die Seiten. Es wird später von "
        "selbst noch einmal versucht."
    ),
    "http-304": "{host} sagt, nichts habe sich geändert, obwohl nicht danach gefragt wurde. Nichts wurde gelesen.",
    "http-400": "{host} versteht die Anfrage nicht. Bitte die Adresse prüfen.",
    "http-401": "{host} verlangt ein Passwort. Seiten hinter einer Anmeldung werden nicht gelesen.",
    "http-402": "{host} will für diese Seite bezahlt werden. Sie wurde nicht gelesen.",
    "http-403": (
        "{host} lässt dieses Programm die Adresse nicht lesen. Wer die Website betreibt, kann es erlauben; ein Feed "
        "der Website, falls es einen gibt, ist vielleicht offen."
    ),
    "http-404": (
        "Unter dieser Adresse von {host} steht nichts (404). Bitte die Adresse prüfen; vielleicht ist die Seite "
        "umgezogen."
    ),
    "http-410": (
        "{host} sagt, dass dies für immer weg ist (410). Es wird nicht mehr abgefragt. Bitte die neue Adresse suchen "
        "oder die Quelle entfernen."
    ),
    "http-429": (
        "{host} bittet um weniger Anfragen. Es wird {facts} in Ruhe gelassen und dann von selbst wieder versucht."
    ),
    "http-451": "{host} darf dies aus rechtlichen Gründen nicht zeigen (451).",
    "http-503": (
        "{host} ist überlastet oder wird gerade gewartet. Es wird {facts} in Ruhe gelassen und dann von selbst wieder "
        "versucht."
    ),
    "failed": "{host} ließ sich nicht lesen. Es wird später von selbst noch einmal versucht.",
}
FETCHED_CLASS: Final = {
    "": "{host} gab eine Antwort, die hier nichts besagt ({status}). Es wird später von selbst noch einmal versucht.",
    "4": "{host} verweigert diese Adresse ({status}). Bitte die Adresse prüfen.",
    "5": "{host} hat selbst eine Störung ({status}). Es wird später von selbst noch einmal versucht.",
}

# --- feeds and lists, by code; the English ones stand in `feed_reading` and `source_lists` ---

FEEDS: Final = {
    "feed-empty-body": "Die Antwort war leer: Sie enthält keinen Feed.",
    "feed-too-large": "Der Feed ist größer als {limit}; mehr wird von einem Feed nicht gelesen.",
    "feed-broken": "Der Feed ist beschädigt, kein Beitrag daraus war lesbar: {where}.",
    "feed-is-a-page": "Das ist eine Webseite, kein Feed.",
    "feed-is-a-list": "Das ist eine Liste von Feeds (OPML), kein Feed; sie kann importiert werden.",
    "feed-is-a-sitemap": "Das ist eine Sitemap, kein Feed.",
    "not-a-feed": "Das ist kein Feed: weder RSS noch Atom noch JSON Feed.",
}
LISTS: Final = {
    "list-empty": "In dieser Liste steht nichts.",
    "list-too-large": "Die Liste ist größer als {limit}; mehr wird von einer Liste nicht gelesen.",
    "list-is-a-page": "Das ist eine Webseite, keine Liste von Quellen.",
    "list-is-a-feed": "Das ist ein Feed, keine Liste von Feeds; er kann als Quelle hinzugefügt werden.",
    "list-not-understood": "Das ist keine Liste von Quellen: weder OPML noch CSV noch eine Adresse je Zeile.",
}

# --- what is said in one place only: English and German, by code ---

SAID: Final[Mapping[str, tuple[tuple[str, str], ...]]] = {
    "too-many": (
        ("Only the first {n} rows of a list are read.", "Nur die ersten {n} Zeilen einer Liste werden gelesen."),
    ),
    "no-address": (
        ("There is no address in this row.", "In dieser Zeile steht keine Adresse."),
    ),
    "listed-twice": (
        ("The same address stands in line {n}.", "Dieselbe Adresse steht in Zeile {n}."),
    ),
    "address-empty": (
        ("There is no address.", "Da ist keine Adresse."),
    ),
    "address-too-long": (
        ("The address is longer than {n} characters.", "Die Adresse ist länger als {n} Zeichen."),
    ),
    "address-has-password": (
        (
            (
                "The address holds a user name or a password before an @. Such addresses are not fetched: they would "
                "be stored and shown. Ask the site for an address without it."
            ),
            (
                "In der Adresse steht ein Benutzername oder Passwort vor einem @. Solche Adressen werden nicht "
                "abgefragt: Sie würden gespeichert und gezeigt. Bitte die Website um eine Adresse ohne beides "
                "bitten."
            ),
        ),
    ),
    "address-port": (
        (
            (
                "{host} is to be asked at port {port}, which is not a usual one for web pages ({usual}). An admin can "
                "allow it: fetch_extra_ports."
            ),
            (
                "{host} soll an Port {port} gefragt werden, der für Webseiten unüblich ist (üblich: {usual}). Ein "
                "Admin kann ihn erlauben: fetch_extra_ports."
            ),
        ),
    ),
    "address-not-web": (
        (
            "The address does not begin with http:// or https://. Only web addresses can be fetched.",
            "Die Adresse beginnt nicht mit http:// oder https://. Nur Webadressen können abgefragt werden.",
        ),
    ),
    "address-inner-name": (
        (
            (
                "{host} is a name of an inner network, not of the public web. Only public addresses are fetched. An "
                "admin can allow a network: fetch_allowed_networks."
            ),
            (
                "{host} ist ein Name eines inneren Netzes, nicht des öffentlichen Webs. Nur öffentliche Adressen "
                "werden abgefragt. Ein Admin kann ein Netz erlauben: fetch_allowed_networks."
            ),
        ),
    ),
    "address-not-public": (
        (
            (
                "{host} leads to {facts}, not to the public web. Only public addresses are fetched. An admin can "
                "allow a network: fetch_allowed_networks."
            ),
            (
                "{host} führt nicht ins öffentliche Web ({facts}). Nur öffentliche Adressen werden abgefragt. Ein "
                "Admin kann ein Netz erlauben: fetch_allowed_networks."
            ),
        ),
    ),
    "address-odd-number": (
        (
            "The address names the site by a number in an unusual spelling. Use its name, or four numbers with dots.",
            (
                "Die Adresse nennt die Website mit einer Zahl in unüblicher Schreibweise. Bitte den Namen oder vier "
                "Zahlen mit Punkten nehmen."
            ),
        ),
    ),
    "address-malformed": (
        (
            "This is not a web address that can be read: {facts}.",
            "Das ist keine Webadresse, die sich lesen lässt: {facts}.",
        ),
    ),
    "feed-cut": (
        (
            "The feed breaks at line {n}; what could be read of it was read.",
            "Der Feed bricht in Zeile {n}; was davon lesbar war, wurde gelesen.",
        ),
    ),
    "feed-quiet": (
        (
            "Nothing new has come since {day}; it used to come far more often.",
            "Seit dem {day} kam nichts Neues; früher kam weit öfter etwas.",
        ),
    ),
    "feed-empty": (
        (
            "The feed lists nothing any more; it listed {n} items before.",
            "Der Feed führt nichts mehr auf; vorher waren es {n} Beiträge.",
        ),
    ),
    "feed-reset-many": (
        (
            "Was this feed reset? It shows {n} items at once that it never showed.",
            "Wurde dieser Feed zurückgesetzt? Er zeigt {n} Beiträge auf einmal, die er noch nie gezeigt hat.",
        ),
    ),
    "feed-reset-old": (
        (
            "Was this feed reset? {old} of {n} items that it never showed are old.",
            "Wurde dieser Feed zurückgesetzt? {old} von {n} Beiträgen, die er noch nie gezeigt hat, sind alt.",
        ),
    ),
    "feed-reset": (
        (
            "Was this feed reset? {n} items wait to be released or taken as known.",
            (
                "Wurde dieser Feed zurückgesetzt? {n} Beiträge warten darauf, freigegeben oder als bekannt genommen "
                "zu werden."
            ),
        ),
    ),
    "feed-moved": (
        (
            "The feed says that it has moved to {address}, but that address does not show the same items.",
            "Der Feed sagt, er sei nach {address} umgezogen, doch dort stehen nicht dieselben Beiträge.",
        ),
    ),
    "moved-for-good": (
        ("It has moved for good, to {address}.", "Die Quelle ist für immer umgezogen, nach {address}."),
        ("The feed says that it has moved, to {address}.", "Der Feed sagt, dass er umgezogen ist, nach {address}."),
    ),
    "our-fault": (
        (
            "Checking it failed for a reason of ours; the log says more.",
            "Die Abfrage scheiterte an einem Fehler von uns; im Protokoll steht mehr.",
        ),
    ),
    "no-text": (
        ("No text was found on the page.", "Auf der Seite wurde kein Text gefunden."),
        ("No text was found on that page.", "Auf dieser Seite wurde kein Text gefunden."),
    ),
    "paused": (
        ("Paused by {who}.", "Pausiert von {who}."),
        ("Somebody paused it.", "Jemand hat die Quelle pausiert."),
    ),
    "reader-not-started": (
        (
            "The reader cannot be started: {facts}. What is to be read waits until it can.",
            "Das Leseprogramm startet nicht: {facts}. Was zu lesen ist, wartet, bis es geht.",
        ),
    ),
    "not-yours": (
        (
            "“{title}” belongs to the whole installation; whoever runs it can change it, at the terminal.",
            "„{title}“ gehört zur ganzen Installation; wer sie betreibt, kann das am Terminal ändern.",
        ),
    ),
    "ambiguous-source": (
        (
            "{n} sources fit “{ref}”: {shown}. Say the number.",
            "{n} Quellen passen auf „{ref}“: {shown}. Bitte die Nummer nennen.",
        ),
    ),
    "no-source": (
        (
            "No source is called “{ref}”. The list of sources names them.",
            "Keine Quelle heißt „{ref}“. Die Liste der Quellen nennt sie.",
        ),
    ),
    "no-such-source": (
        ("There is no such source.", "Diese Quelle gibt es nicht."),
    ),
    "source-removed": (
        ("That source was removed.", "Diese Quelle wurde entfernt."),
    ),
    "nothing-to-undo": (
        (
            "That source was not removed, or too long ago to be undone. Add it again to follow it.",
            "Diese Quelle wurde nicht entfernt, oder es ist zu lange her. Füge sie neu hinzu, um ihr zu folgen.",
        ),
    ),
    "sources-full": (
        (
            "There may be no more sources here. Remove one, or ask an admin to raise the limit.",
            "Mehr Quellen darf es hier nicht geben. Entferne eine, oder bitte einen Admin, die Grenze anzuheben.",
        ),
    ),
    "no-such-format": (
        ("Sources are written as {shown}.", "Quellen werden als {shown} geschrieben."),
    ),
    "language": (
        ("filtered: is in “{facts}”, not in {wanted}", "ausgefiltert: Sprache „{facts}“ statt {wanted}"),
    ),
    "drop": (
        ("filtered: has the word “{term}”", "ausgefiltert: enthält das Wort „{term}“"),
        ("filtered: has the words “{term}”", "ausgefiltert: enthält die Wörter „{term}“"),
    ),
    "keep": (
        ("filtered: does not have the word {terms}", "ausgefiltert: enthält das Wort {terms} nicht"),
        ("filtered: does not have the words {terms}", "ausgefiltert: enthält die Wörter {terms} nicht"),
        ("filtered: has none of the words {terms}", "ausgefiltert: enthält keines der Wörter {terms}"),
    ),
}
_OFFERED: Final = (
    (
        "No feed at that address. Watch the page itself, or pick one of its feeds.",
        "Dort ist kein Feed. Die Seite selbst kann beobachtet werden, oder einer ihrer Feeds.",
    ),
    (
        "No feed at that address, and the page names none. The page itself can be watched.",
        "Dort ist kein Feed, und die Seite nennt keinen. Die Seite selbst kann beobachtet werden.",
    ),
)

# What is odd about a feed that was read all the same; most of the English ones stand in `feed_reading`.
PROBLEMS: Final = (
    (
        "The feed is nested too deeply; what lies deeper was flattened.",
        "Der Feed ist zu tief verschachtelt; was tiefer liegt, wurde eingeebnet.",
    ),
    (
        "The feed has more elements than are read of one feed; the rest was left out.",
        "Der Feed hat mehr Elemente, als von einem Feed gelesen werden; der Rest fehlt.",
    ),
    (
        "A tag has more attributes than are read; the others were left out.",
        "Ein Tag hat mehr Attribute, als gelesen werden; die übrigen fehlen.",
    ),
    (
        "An element is repeated more often than is read; the others were left out.",
        "Ein Element wiederholt sich öfter, als gelesen wird; die übrigen fehlen.",
    ),
    ("The feed has more lines than are read as such.", "Der Feed hat mehr Zeilen, als einzeln gelesen werden."),
    ("The feed uses more vocabularies than are read.", "Der Feed benutzt mehr Vokabulare, als gelesen werden."),
    (
        "An author, date or address is far too long; it was cut.",
        "Ein Name, Datum oder eine Adresse ist viel zu lang und wurde gekürzt.",
    ),
    ("The XML breaks at line {n} ({error}); it was mended.", "Das XML bricht in Zeile {n}; es wurde geheilt."),
    (
        "The JSON breaks at line {n}; what could be read was read.",
        "Das JSON bricht in Zeile {n}; was lesbar war, wurde gelesen.",
    ),
    (
        "The feed has {n} items; the first and the last {most} are read.",
        "Der Feed hat {n} Beiträge; die ersten und die letzten {most} werden gelesen.",
    ),
    (
        "Only the first {n} items are read, {left} are not.",
        "Nur die ersten {n} Beiträge werden gelesen, {left} nicht.",
    ),
    (
        "The text of {items} was left out: all of it together is too long.",
        "Von {items} fehlt der Text: Alles zusammen ist zu lang.",
    ),
    ("The feed says that it has moved to {address}.", "Der Feed sagt, dass er nach {address} umgezogen ist."),
    ("The dates of {items} cannot be right.", "Die Daten von {items} können nicht stimmen."),
)

# Facts that are words: what stands inside a sentence.
_FACTS: Final = (
    ("The site", "Die Website"),
    ("1 item", "1 Beitrag"),
    ("{n} items", "{n} Beiträgen"),
    ("{n} minutes", "{n} Minuten"),
    ("{n} hours", "{n} Stunden"),
    ("{n} seconds", "{n} Sekunden"),
    ("its XML breaks at line {n}", "sein XML bricht in Zeile {n}"),
    ("it is built in a way that does harm", "er ist so gebaut, dass er Schaden anrichtet"),
    ("what it says contradicts itself", "er widerspricht sich selbst"),
    ("certificate has expired", "das Zertifikat ist abgelaufen"),
    ("self-signed certificate", "das Zertifikat ist selbst ausgestellt"),
    ("self-signed certificate in certificate chain", "in der Kette der Zertifikate ist ein selbst ausgestelltes"),
    ("unable to get local issuer certificate", "wer das Zertifikat ausgestellt hat, ist nicht bekannt"),
    ("certificate is not yet valid", "das Zertifikat gilt noch nicht"),
    ("certificate revoked", "das Zertifikat wurde widerrufen"),
    ("Hostname mismatch, certificate is not valid for '{name}'.", "das Zertifikat gilt nicht für {name}"),
    ("IP address mismatch, certificate is not valid for '{name}'.", "das Zertifikat gilt nicht für {name}"),
    ("this machine or network", "diese Maschine oder ihr Netz"),
    ("a private network", "ein privates Netz"),
    ("a provider's inner network", "das innere Netz eines Anbieters"),
    ("this machine itself", "diese Maschine selbst"),
    ("a cloud provider's own service", "ein eigener Dienst eines Cloud-Anbieters"),
    ("this network segment, or a cloud's metadata", "dieses Netzsegment oder die Metadaten einer Cloud"),
    ("this network segment", "dieses Netzsegment"),
    ("a reserved range", "ein reservierter Bereich"),
    ("a range for examples", "ein Bereich für Beispiele"),
    ("a range for 6to4 relays", "ein Bereich für 6to4-Vermittler"),
    ("a range for measurements", "ein Bereich für Messungen"),
    ("a multicast range", "ein Multicast-Bereich"),
    ("an IPv4 address inside an IPv6 one", "eine IPv4-Adresse in einer IPv6-Adresse"),
    ("an address with a zone", "eine Adresse mit einer Zone"),
    ("a range that is not in use", "ein Bereich, der nicht in Gebrauch ist"),
    ("it holds characters that cannot be seen", "sie enthält unsichtbare Zeichen"),
    ("{scheme}: is not followed by //", "auf {scheme}: folgt kein //"),
    ("it holds a \\ where the name of the site stands", "wo der Name der Website steht, enthält sie ein \\"),
    ("the brackets around its number do not match", "die Klammern um ihre Nummer passen nicht zueinander"),
    ("there is more than one colon where the site and its port stand", "vor dem Port stehen mehrere Doppelpunkte"),
    ("what stands after the colon is no port", "was nach dem Doppelpunkt steht, ist kein Port"),
    ("it names a zone of this machine (%)", "sie nennt eine Zone dieser Maschine (%)"),
    ("what stands in brackets is no IPv6 address", "was in Klammern steht, ist keine IPv6-Adresse"),
    ("it names no site", "sie nennt keine Website"),
    ("the name of the site is not written as such names are", "so wird der Name einer Website nicht geschrieben"),
    (
        "the name of the site holds characters that no name may have",
        "der Name enthält Zeichen, die kein Name haben darf",
    ),
)

# --- what happens next, and what a person can do; the English ones stand in `source_health` ---

NEXT: Final = (
    ("Paused until somebody resumes it.", "Pausiert, bis jemand sie fortsetzt."),
    ("Paused until {at}.", "Pausiert bis {at}."),
    (
        "It is not checked again until somebody resumes it.",
        "Sie wird erst wieder abgefragt, wenn jemand sie fortsetzt.",
    ),
    (
        "It rests; the next try is at {at}, then once a week for three months.",
        "Sie ruht; der nächste Versuch ist am {at}, dann drei Monate lang einmal die Woche.",
    ),
    ("Tried again at {at}.", "Nächster Versuch: {at}."),
    ("Checked again at {at}.", "Nächste Abfrage: {at}."),
)
HELP: Final = {
    "feed-reset": "Bitte die zurückgehaltenen Beiträge ansehen: freigeben oder als bekannt nehmen.",
    "feed-quiet": (
        "Bitte die Seite im Browser ansehen: Vielleicht wurde der Feed aufgegeben. Dann die Quelle entfernen."
    ),
    "feed-empty": (
        "Bitte die Seite im Browser ansehen: Vielleicht ist der Feed umgezogen. Dann die neue Adresse hinzufügen und "
        "diese entfernen."
    ),
    "feed-cut": "Es ist nichts zu tun; nur wer den Feed herausgibt, kann ihn heilen. Beiträge nach dem Bruch fehlen.",
    "feed-moved": (
        "Bitte die neue Adresse im Browser ansehen. Ist es dieselbe Quelle, sie hinzufügen und diese entfernen."
    ),
    "feed-": (
        "Bitte die Adresse mit einem Browser öffnen. Kommt eine Seite, diese hinzufügen: Sie nennt ihre Feeds, falls "
        "sie welche hat."
    ),
    "not-a-feed": (
        "Bitte die Adresse mit einem Browser öffnen. Kommt eine Seite, diese hinzufügen: Sie nennt ihre Feeds, falls "
        "sie welche hat."
    ),
    "address-inner": "Ist eine Adresse des eigenen Netzes gemeint, kann ein Admin sie in den Einstellungen erlauben.",
    "address-not-public": (
        "Ist eine Adresse des eigenen Netzes gemeint, kann ein Admin sie in den Einstellungen erlauben."
    ),
    "address": "Bitte die Adresse berichtigen: diese Quelle entfernen und die richtige hinzufügen.",
    "robots": (
        "Wer die Seite herausgibt, will nicht, dass Programme sie lesen. Nach einem Feed fragen oder die Quelle "
        "entfernen."
    ),
    "http-410": (
        "Die Website sagt, dass es für immer entfernt wurde. Die neue Adresse suchen oder die Quelle entfernen."
    ),
    "http-404": "Bitte die neue Adresse auf der Website suchen; diese führt ins Leere.",
    "http-40": "Die Website weist Programme ab oder verlangt ein Passwort. Um Zugang bitten oder die Quelle entfernen.",
    "http-429": "Es ist nichts zu tun: Sie wird jetzt seltener abgefragt.",
    "name-": "Bitte die Schreibweise der Adresse prüfen; stimmt sie, liegt es am Nameserver der Website.",
    "tls": "Dem Zertifikat der Website ist nicht zu trauen. Nur wer sie betreibt, kann das heilen.",
}
_RESUME: Final = "Wird sie fortgesetzt, wird sie sofort versucht."
_OTHER_HELP: Final = (
    (source_health.RESUME_IT, "Bitte fortsetzen, wenn sie wieder gebraucht wird."),
    (
        source_health.NOTHING_TO_DO,
        (
            "Es ist nichts zu tun: Sie wird von selbst wieder versucht. Wird sie nicht mehr gebraucht, kann man sie "
            "entfernen."
        ),
    ),
    (source_health.TRY_NOW, _RESUME),
)


def reason_in(language: str, code: str, reason: str) -> str:
    """A reason, as English made it for this code, in the reader's language."""
    if language != "de" or not reason:
        return reason
    for english, german in _by_code(code):
        facts = facts_of(english, reason)
        if facts is not None:
            return _filled(german, facts)
    return reason


def problem_in(language: str, problem: str) -> str:
    """What is odd about a feed, in the reader's language."""
    return problem if language != "de" else _first_of(PROBLEMS, problem)


def next_in(language: str, state: SourceState, next_check_at: datetime | None, paused_until: datetime | None) -> str:
    """What happens next, as `source_health.what_next` says it, in the reader's language."""
    said = source_health.what_next(state, next_check_at, paused_until)
    return said if language != "de" else _first_of(NEXT, said)


def help_in(language: str, state: SourceState, code: str) -> str:
    """What a person can do, as `source_health.what_helps` says it, in the reader's language."""
    said = source_health.what_helps(state, code)
    if language != "de" or not said:
        return said
    german = next((HELP[beginning] for beginning, _ in source_health.HELP if code.startswith(beginning)), "")
    if said in (english for english, _ in _OTHER_HELP) or not german:
        return _first_of(_OTHER_HELP, said)
    return f"{german} {_RESUME}" if said.endswith(source_health.TRY_NOW) else german


def _first_of(pairs: tuple[tuple[str, str], ...], said: str) -> str:
    for english, german in pairs:
        facts = facts_of(english, said)
        if facts is not None:
            return _filled(german, facts)
    return said


def _filled(german: str, facts: Mapping[str, str]) -> str:
    return german.format(**{name: _fact(value) for name, value in facts.items()})


def _fact(value: str) -> str:
    """A fact that is words, in German; numbers, names and addresses are the same in both."""
    for english, german in _FACTS:
        facts = facts_of(english, value)
        if facts is not None:
            return german.format(**facts)
    return value


@cache
def _by_code(code: str) -> tuple[tuple[str, str], ...]:
    """English and German of a code."""
    from bot.sources import feed_reading, source_lists

    pairs: list[tuple[str, str]] = [*SAID.get(code, ()), *_OFFERED]
    for english_of, german_of in ((PERSON, FETCHED), (feed_reading.REASONS, FEEDS), (source_lists.REASONS, LISTS)):
        if code in english_of:
            pairs.append((english_of[code], german_of[code]))
    if code.startswith("http-"):
        pairs += [(STATUS_CLASS[key], FETCHED_CLASS[key]) for key in STATUS_CLASS]
    pairs.append((PERSON["failed"], FETCHED["failed"]))
    return tuple(pairs)


_PLACE: Final = re.compile(r"\{(\w{1,20})\}")
_LONGEST: Final = 1_500  # characters of a reason that is looked into


def facts_of(template: str, text: str) -> dict[str, str] | None:
    """What fills the open places of a template in a text; None when the text was not made of it."""
    match = _pattern(template).fullmatch(text) if len(text) <= _LONGEST else None
    return match.groupdict() if match else None


@cache
def _pattern(template: str) -> re.Pattern[str]:
    parts, names = [], set[str]()
    for place, part in enumerate(_PLACE.split(template)):
        if place % 2 == 0:
            parts.append(re.escape(part))
        elif part in names:
            parts.append(f"(?P={part})")
        else:
            names.add(part)
            parts.append(f"(?P<{part}>.{{0,{_LONGEST}}}?)")
    return re.compile("".join(parts), re.S)
