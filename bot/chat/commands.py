"""The table of commands: what each is called on either platform, what it takes, who may use it. One row, one command.

Discord registers a top-level command a group (`/ask`, `/news …`, `/source …`, `/newsadmin …`): rights sit there.
Slack has one `/news` with the same verbs, typed as words. Names in German are Discord's localisations and Slack's
synonyms. Descriptions are at most 100 characters, names at most 32, lower case: Discord's limits.
"""

from __future__ import annotations

from dataclasses import dataclass
from enum import StrEnum
from typing import Final

from bot.chat.requests import Right


class ArgumentKind(StrEnum):
    TEXT = "text"
    URL = "url"
    CHOICE = "choice"  # one of `choices`
    SOURCE = "source"  # autocomplete over the sources that the person may see
    TOPIC = "topic"  # autocomplete over topics
    LANGUAGE = "language"
    CHANNEL = "channel"
    FILE = "file"
    FLAG = "flag"
    NUMBER = "number"
    ZONE = "zone"  # autocomplete over time zones
    BRIEF = "brief"  # autocomplete over the briefs of the channel


@dataclass(frozen=True, slots=True)
class Argument:
    """One argument. On Slack the first required one is what stands without a name; the others are `name:value`."""

    name: str
    about: str
    kind: ArgumentKind = ArgumentKind.TEXT
    required: bool = False
    choices: tuple[str, ...] = ()  # values; their labels are texts `choice.<value>`
    german: str = ""
    german_about: str = ""


@dataclass(frozen=True, slots=True)
class Command:
    """One command. `group` is Discord's top-level name, "" when the command is its own; `name` is the verb."""

    group: str
    name: str
    about: str
    german: str  # the verb in German
    german_about: str
    right: Right = Right.EVERYONE
    arguments: tuple[Argument, ...] = ()
    slack: str = ""  # the verb on Slack when it differs
    synonyms: tuple[str, ...] = ()  # on Slack and in mentions
    private: bool = True  # only the person sees the reply

    @property
    def key(self) -> str:
        """The name that a request carries: "ask", "source add"."""
        return f"{self.group} {self.name}".strip()

    @property
    def on_slack(self) -> str:
        return self.slack or self.name


_SINCE: Final = Argument(
    "since", "How far back to look", ArgumentKind.CHOICE, choices=("24h", "7d", "30d", "all"),
    german="seit", german_about="Wie weit zurück gesucht wird",
)  # fmt: skip
_SOURCE: Final = Argument(
    "source", "One source only", ArgumentKind.SOURCE, german="quelle", german_about="Nur diese Quelle"
)
_THE_SOURCE: Final = Argument(
    "source", "Which source", ArgumentKind.SOURCE, required=True, german="quelle", german_about="Welche Quelle"
)
_TOPIC: Final = Argument("topic", "One topic only", ArgumentKind.TOPIC, german="thema", german_about="Nur dieses Thema")
_CHANNEL: Final = Argument(
    "channel", "Another channel than this one", ArgumentKind.CHANNEL, german="kanal", german_about="Ein anderer Kanal"
)
_LANGUAGE: Final = Argument(
    "lang", "Language of the documents", ArgumentKind.LANGUAGE, german="sprache", german_about="Sprache der Dokumente"
)
_NAME: Final = Argument("name", "What to call it here", german="name", german_about="Wie sie hier heißen soll")
_KEEP: Final = Argument(
    "keep", "Only items with one of these words or phrases, separated by commas",
    german="behalten", german_about="Nur Beiträge mit einem dieser Wörter, durch Kommas getrennt",
)  # fmt: skip
_DROP: Final = Argument(
    "drop", "No items with any of these words or phrases, separated by commas",
    german="weglassen", german_about="Keine Beiträge mit diesen Wörtern, durch Kommas getrennt",
)  # fmt: skip
_POST: Final = Argument(
    "post", "A card for each document, the brief only, or both", ArgumentKind.CHOICE, choices=("brief", "each", "both"),
    german="melden", german_about="Eine Karte je Dokument, nur der Überblick, oder beides",
)  # fmt: skip

COMMANDS: Final = (
    Command(
        "", "ask", "Ask what the sources say", "frag", "Frag, was die Quellen sagen", private=False,
        arguments=(
            Argument("question", "Your question", required=True, german="frage", german_about="Deine Frage"),
            _SINCE, _SOURCE, _LANGUAGE,
            Argument("private", "Only you see the answer", ArgumentKind.FLAG, german="privat", german_about="Nur du siehst die Antwort"),
        ),
    ),
    Command("news", "latest", "The last brief of this channel", "letzter", "Der letzte Überblick dieses Kanals", arguments=(_TOPIC,)),
    Command(
        "news", "now", "What is new, now", "jetzt", "Was es Neues gibt, jetzt", synonyms=("brief", "überblick"),
        arguments=(
            Argument("window", "Since when", ArgumentKind.CHOICE, choices=("last", "24h", "7d"), german="zeitraum", german_about="Seit wann"),
            _TOPIC,
        ),
    ),
    Command(
        "news", "find", "Find documents and the exact passage", "suche", "Dokumente und die genaue Stelle finden",
        arguments=(
            Argument("words", "What to look for", required=True, german="wörter", german_about="Wonach gesucht wird"),
            _SINCE, _SOURCE,
        ),
    ),
    Command(
        "news", "why", "What became of an item, stage by stage", "warum", "Was aus einem Beitrag wurde, Schritt für Schritt",
        arguments=(Argument("item", "A link, a message link or a number such as #12", required=True, german="beitrag", german_about="Ein Link, ein Nachrichtenlink oder eine Nummer wie #12"),),
    ),
    Command(
        "news", "list", "The sources of this channel", "liste", "Die Quellen dieses Kanals", synonyms=("ls", "sources", "quellen"),
        arguments=(
            _CHANNEL,
            Argument("state", "In which state", ArgumentKind.CHOICE, choices=("all", "failing", "paused"), german="zustand", german_about="In welchem Zustand"),
        ),
    ),
    Command("news", "status", "How things stand here", "status", "Wie es hier steht"),
    Command(
        "news", "me", "What I keep about you, and topics you muted", "ich", "Was ich über dich weiß, und stumme Themen",
        arguments=(
            Argument("mute", "Show no more of this topic", ArgumentKind.TOPIC, german="stumm", german_about="Nichts mehr zu diesem Thema zeigen"),
            Argument("unmute", "Show this topic again", ArgumentKind.TOPIC, german="laut", german_about="Dieses Thema wieder zeigen"),
            Argument("forget", "Erase everything about you", ArgumentKind.FLAG, german="vergessen", german_about="Alles über dich löschen"),
        ),
    ),
    Command(
        "news", "help", "How to use me, on one screen", "hilfe", "Wie man mich benutzt, auf einer Seite", synonyms=("?",),
        arguments=(Argument("topic", "Help about what", german="thema", german_about="Hilfe wozu"),),
    ),
    Command(
        "source", "add", "Add a feed or a page", "hinzufügen", "Einen Feed oder eine Seite hinzufügen", Right.MANAGER,
        synonyms=("subscribe", "sub", "follow"),
        arguments=(
            Argument("url", "Address of a feed, a page or a site", ArgumentKind.URL, required=True, german="adresse", german_about="Adresse eines Feeds oder einer Seite"),
            _NAME, _CHANNEL, _LANGUAGE, _KEEP, _DROP, _POST,
        ),
    ),
    Command(
        "source", "file", "Hand over a file to read", "datei", "Eine Datei zum Lesen geben", Right.MANAGER, synonyms=("upload",),
        arguments=(
            Argument("file", "txt, md, html, pdf, docx, eml, json or xml", ArgumentKind.FILE, required=True, german="datei", german_about="txt, md, html, pdf, docx, eml, json oder xml"),
            Argument("title", "Its title", german="titel", german_about="Ihr Titel"),
            _LANGUAGE,
            Argument("date", "The day it was published", german="datum", german_about="Der Tag, an dem sie erschien"),
        ),
    ),
    Command(
        "source", "import", "Add many: OPML, CSV or one address a line", "import", "Viele hinzufügen: OPML, CSV oder eine Adresse je Zeile", Right.MANAGER,
        arguments=(Argument("file", "The list", ArgumentKind.FILE, required=True, german="datei", german_about="Die Liste"),),
    ),
    Command(
        "source", "export", "Hand out the list of sources", "export", "Die Liste der Quellen ausgeben", Right.MANAGER,
        arguments=(Argument("format", "In which format", ArgumentKind.CHOICE, choices=("opml", "csv", "txt"), german="format", german_about="In welchem Format"),),
    ),
    Command("source", "edit", "Change how a source is followed", "ändern", "Ändern, wie einer Quelle gefolgt wird", Right.MANAGER, arguments=(_THE_SOURCE,)),
    Command(
        "source", "pause", "Stop asking a source for a while", "pause", "Eine Quelle eine Weile nicht abfragen", Right.MANAGER,
        arguments=(
            _THE_SOURCE,
            Argument("for", "For how long", ArgumentKind.CHOICE, choices=("1d", "1w", "until resumed"), german="für", german_about="Wie lange"),
        ),
    ),
    Command("source", "resume", "Ask a source again", "fortsetzen", "Eine Quelle wieder abfragen", Right.MANAGER, arguments=(_THE_SOURCE,)),
    Command(
        "source", "remove", "Remove a source; ten minutes to undo", "entfernen", "Eine Quelle entfernen; zehn Minuten zum Rückgängigmachen", Right.MANAGER,
        synonyms=("unsubscribe", "unsub", "delete"),
        arguments=(
            _THE_SOURCE,
            Argument("documents", "What becomes of its documents", ArgumentKind.CHOICE, choices=("keep", "erase"), german="dokumente", german_about="Was aus ihren Dokumenten wird"),
        ),
    ),
    Command(
        "source", "test", "Try an address or a source; stores nothing", "testen", "Eine Adresse oder Quelle probieren; speichert nichts", Right.MANAGER,
        arguments=(Argument("url", "Address or source", ArgumentKind.SOURCE, required=True, german="adresse", german_about="Adresse oder Quelle"),),
    ),
    Command(
        "brief", "set", "When and how this channel gets its brief", "einrichten", "Wann und wie dieser Kanal seinen Überblick bekommt", Right.MANAGER,
        slack="brief set", synonyms=("überblick einrichten",),
        arguments=(
            Argument("time", "Such as 07:30, or Mon–Fri 07:30 and 17:00", required=True, german="zeit", german_about="Etwa 07:30, oder Mo–Fr 07:30 und 17:00"),
            Argument("days", "Such as Mon–Fri; every day if left out", german="tage", german_about="Etwa Mo–Fr; ohne Angabe jeden Tag"),
            Argument("timezone", "Such as Europe/Berlin, or a city", ArgumentKind.ZONE, german="zeitzone", german_about="Etwa Europe/Berlin, oder eine Stadt"),
            _CHANNEL,
            Argument("topics", "Only these topics, separated by commas; “all” for all", german="themen", german_about="Nur diese Themen, durch Kommas getrennt; „alle“ für alle"),
            Argument("lang", "Language of my own words", ArgumentKind.CHOICE, choices=("en", "de"), german="sprache", german_about="Sprache meiner eigenen Worte"),
            Argument("length", "How many stories", ArgumentKind.CHOICE, choices=("short", "normal", "long"), german="länge", german_about="Wie viele Geschichten"),
            Argument("style", "How a story is told", ArgumentKind.CHOICE, choices=("bullets", "prose", "headlines"), german="stil", german_about="Wie eine Geschichte erzählt wird"),
            Argument("empty", "When there is nothing new", ArgumentKind.CHOICE, choices=("say so", "silent"), german="leer", german_about="Wenn es nichts Neues gibt"),
            Argument("unchanged", "Stories of the last brief without anything new", ArgumentKind.CHOICE, choices=("silent", "say so"), german="unverändert", german_about="Geschichten des letzten Überblicks ohne Neues"),
            Argument("threads", "Where the stories stand in full", ArgumentKind.CHOICE, choices=("off", "one", "per story"), german="threads", german_about="Wo die Geschichten ganz stehen"),
        ),
    ),
    Command("brief", "show", "When the next briefs come, and how", "zeigen", "Wann die nächsten Überblicke kommen, und wie", slack="brief show", synonyms=("überblick zeigen",), arguments=(_CHANNEL,)),
    Command(
        "brief", "preview", "What would be posted now, to the letter; only you see it", "vorschau", "Was jetzt käme, Zeichen für Zeichen; nur du siehst es", Right.MANAGER,
        slack="brief preview", synonyms=("überblick vorschau",),
        arguments=(Argument("at", "The time in its title, such as 07:30", german="um", german_about="Die Uhrzeit im Titel, etwa 07:30"),),
    ),
    Command("brief", "post", "Post a brief now", "posten", "Jetzt einen Überblick posten", Right.MANAGER, slack="brief post", synonyms=("überblick posten",)),
    Command(
        "brief", "redo", "Make a posted brief anew, in its place", "erneuern", "Einen geposteten Überblick an seiner Stelle erneuern", Right.MANAGER,
        slack="brief redo", synonyms=("überblick erneuern",),
        arguments=(Argument("brief", "Which one; the last if left out", ArgumentKind.BRIEF, german="überblick", german_about="Welchen; ohne Angabe den letzten"),),
    ),
    Command(
        "brief", "pause", "No briefs for a while", "pause", "Eine Weile keine Überblicke", Right.MANAGER, slack="brief pause", synonyms=("überblick pause",),
        arguments=(Argument("until", "A day, such as 2026-12-24; until resumed if left out", german="bis", german_about="Ein Tag, etwa 24.12.2026; ohne Angabe bis auf Weiteres"),),
    ),
    Command("brief", "resume", "Briefs again", "fortsetzen", "Wieder Überblicke", Right.MANAGER, slack="brief resume", synonyms=("überblick fortsetzen",)),
    Command(
        "brief", "skip", "No brief on one day", "auslassen", "An einem Tag keinen Überblick", Right.MANAGER, slack="brief skip", synonyms=("überblick auslassen",),
        arguments=(Argument("date", "The day, such as 2026-12-24; the next one if left out", german="datum", german_about="Der Tag, etwa 24.12.2026; ohne Angabe der nächste"),),
    ),
    Command(
        "brief", "quiet", "Hours in which nothing is posted", "ruhe", "Stunden, in denen nichts gepostet wird", Right.MANAGER, slack="brief quiet", synonyms=("überblick ruhe",),
        arguments=(
            Argument("from", "From, such as 22:00; “off” for none", required=True, german="von", german_about="Von, etwa 22:00; „aus“ für keine"),
            Argument("to", "To, such as 07:00", german="bis", german_about="Bis, etwa 07:00"),
            Argument("mode", "What becomes of a brief in them", ArgumentKind.CHOICE, choices=("hold", "drop"), german="art", german_about="Was dann aus einem Überblick wird"),
        ),
    ),
    Command(
        "newsadmin", "check", "Test each right and limit, and how to mend it", "prüfen", "Jedes Recht und Limit prüfen, und wie man es behebt", Right.ADMIN,
        slack="admin check", arguments=(_CHANNEL,),
    ),
    Command(
        "newsadmin", "alerts", "Where notices about my health go", "meldungen", "Wohin Meldungen über meinen Zustand gehen", Right.ADMIN,
        slack="admin alerts",
        arguments=(Argument("channel", "The channel", ArgumentKind.CHANNEL, required=True, german="kanal", german_about="Der Kanal"),),
    ),
    Command(
        "newsadmin", "limits", "Limits of this workspace", "limits", "Grenzen dieses Arbeitsbereichs", Right.ADMIN, slack="admin limits",
        arguments=(
            Argument("posts", "Posts a day", ArgumentKind.NUMBER, german="beiträge", german_about="Beiträge am Tag"),
            Argument("tokens", "Tokens a day", ArgumentKind.NUMBER, german="token", german_about="Token am Tag"),
            Argument("sources", "Sources in all", ArgumentKind.NUMBER, german="quellen", german_about="Quellen insgesamt"),
        ),
    ),
    Command("newsadmin", "audit", "Who changed what", "protokoll", "Wer was geändert hat", Right.ADMIN, slack="admin audit", arguments=(_SINCE,)),
    Command(
        "newsadmin", "config", "Export or import the settings of this workspace", "konfiguration", "Einstellungen dieses Arbeitsbereichs aus- oder einlesen", Right.ADMIN,
        slack="admin config",
        arguments=(
            Argument("action", "What to do", ArgumentKind.CHOICE, choices=("export", "import"), required=True, german="aktion", german_about="Was zu tun ist"),
            Argument("file", "The settings to import", ArgumentKind.FILE, german="datei", german_about="Die einzulesenden Einstellungen"),
        ),
    ),
    Command(
        "newsadmin", "pause", "Stop or resume all posting here", "anhalten", "Alles Melden hier anhalten oder fortsetzen", Right.ADMIN, slack="admin pause",
        arguments=(Argument("all", "Pause everything, or go on", ArgumentKind.CHOICE, choices=("pause", "resume"), german="alles", german_about="Alles anhalten oder fortsetzen"),),
    ),
)  # fmt: skip

MESSAGE_MENUS: Final = (
    # key, English name, German name, right
    ("summarise link", "Summarise link", "Link zusammenfassen", Right.EVERYONE),
    ("check quotes", "Check quotes", "Zitate prüfen", Right.EVERYONE),
    ("add as source", "Add as source", "Als Quelle hinzufügen", Right.MANAGER),
)

BY_KEY: Final = {command.key: command for command in COMMANDS}


def typed_as(key: str, platform: str) -> str:
    """How a command is typed on a platform: "`/newsadmin check`", on Slack "`/news admin check`"."""
    command = BY_KEY[key]
    return f"`/news {command.on_slack}`" if platform == "slack" else f"`/{key}`"
