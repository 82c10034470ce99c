"""Who published a document, who wrote it, which agency it came from, what it is called: from its own lines.

The lines before the first prose are the head. Its first line that reads like a headline is the title; what stands above
it belongs to the site, what stands below may be a byline, a date, a note. Names are taken only from places where only
names stand (a byline, a credit, a suffix of the title), never from prose: "according to the news agency X" does not
make X the agency of the document.
"""

from __future__ import annotations

import re
from collections.abc import Mapping, Sequence
from dataclasses import dataclass, field
from typing import Final
from urllib.parse import urlsplit

from bot.documents import dating, outlets, titles
from bot.documents.boilerplate import is_prose
from bot.documents.characters import one_line
from bot.documents.dating import PageDate, Printed, Stamp
from bot.documents.extracted import Extracted
from bot.documents.imprint import Imprint, read_imprint

_CAPITAL: Final = r"[A-ZÀ-ÖØ-ÞĀ-ŽΑ-ΩА-Я]"
_PARTICLE: Final = r"(?:von|van|vom|zu|zur|de|der|den|del|della|di|da|dos|du|la|le|el|al|bin|ibn|ter|ten|af|av)\b"
_NAME: Final = rf"{_CAPITAL}[\w'’.-]{{0,30}}(?: (?:{_CAPITAL}[\w'’.-]{{0,30}}|{_PARTICLE})){{0,4}}"
_NAMES: Final = rf"{_NAME}(?:(?:,| and| und| et| y| e|,? &|, and| sowie| /) {_NAME}){{0,9}}"
_BY: Final = (
    r"(?:By|BY|by|Von(?! unsere)|VON|von|Par|Paar|Por|Di|Door|Text|Text von|Autor(?:in|en)?|Authors?|Written by|"
    r"Words by|Story by|"
    r"Reported by|Reporting by|Eine? (?:Artikel|Beitrag|Bericht|Kommentar|Gastbeitrag|Analyse|Reportage|Interview|"
    r"Essay|Kolumne) von|(?:Analyse|Kommentar|Reportage|Bericht|Kolumne|Analysis|Opinion) (?:von|by)|An? \w{3,12} by|"
    r"Es berichtet|Verfasst von|Geschrieben von|"
    r"Von unsere[mrn] (?:Korrespondent|Reporter|Redakteur|Mitarbeiter)(?:in|en)?)"
)
_BYLINE: Final = re.compile(
    rf"(?:{_BY}):? (?P<names>{_NAMES})"
    r"(?P<rest>(?:,| in| aus| \||\s?[-–—/•·]| for the| für (?:die|den|das)| from| at|\().{0,80})?[.,]?$"
)
_BYLINE_INSIDE: Final = re.compile(rf"\b(?:By|by|Von|von) (?P<names>{_NAMES})")  # "Posted on May 5, 2024 by Jane Doe"
_AUTHOR_LABEL: Final = re.compile(
    r"(?:Autor(?:in|en)?|Authors?|Reporter|Byline|Verfasser(?:in)?)\s?[:|]\s?(?P<names>.{2,120})$", re.IGNORECASE
)
_EDITORS: Final = re.compile(
    r"\(?(?:edited by|editing by|herausgegeben von|redigiert von|bearbeitet von|lektoriert von|redaktion:|editors?:|"
    r"verantwortlich(?:er redakteur)?:|édité par)\s?.{2,160}$",
    re.IGNORECASE,
)
_EDITED_INSIDE: Final = re.compile(
    r"\(.{0,200}\b(?:edited by|editing by|herausgegeben von|redigiert von|bearbeitet von|reporting by|übersetzt von|"
    r"translated by)\b.{0,200}\)?$",
    re.IGNORECASE,
)
_REPORTING: Final = re.compile(
    r"\(?(?:(?:additional |mit )?reporting by|with reporting (?:by|from)|additional reporting|writing by|mitarbeit:|"
    r"unter mitarbeit von|zusätzliche berichterstattung|berichterstattung (?:von|durch)|translated by|translation:|"
    r"übersetz(?:t|ung) (?:von|aus|durch)|aus dem \w{4,20} (?:übersetzt )?von|geschrieben von|compiled by|produced by|"
    r"produziert von|fact-checked by)\b.{0,300}$",
    re.IGNORECASE,
)
_UPDATE_NOTE: Final = re.compile(
    r"[(\[]?(?:(?:aktualisiert|updated|updates|update|adds|corrects|recasts|korrigiert|ergänzt)"
    r"(?:[:,]? (?:mit|with|to|um|durchgehend|throughout|am|on|at|von|from|details|headline|paragraph|in|der|die|das|"
    r"the|quote)\b|[:)]|$)"
    r"|(?:this|the) (?:story|article|post|report|headline) (?:has been|was|is being)"
    r" (?:updated|corrected|amended|first published|originally published)"
    r"|(?:diese[rs]?|der|die) (?:artikel|beitrag|text|meldung|bericht|version)"
    r" (?:wurde|ist|wird) .{0,60}(?:aktualisiert|korrigiert|geändert|ergänzt|veröffentlicht)"
    r"|korrektur:|corrections?:|clarification:|editor['’]s note|anmerkung der redaktion|anm\. d\. red|"
    r"hinweis der redaktion|transparenzhinweis)",
    re.IGNORECASE,
)
_LONGEST_NOTE: Final = 400
_LONGEST_HEAD: Final = 60  # paragraphs


@dataclass(frozen=True, slots=True)
class Metadata:
    """What the lines of a document say about it. `taken`: index → label of the paragraphs that are no text."""

    title: str = ""
    outlet: str = ""
    byline: str = ""
    agency: str = ""
    page_dates: tuple[PageDate, ...] = ()
    dateline: Stamp | None = None
    taken: Mapping[int, str] = field(default_factory=dict)


def service_line(paragraph: str) -> str:
    """What a paragraph of a text of record is when it is no news: "editor credit", "reporting credit", "update note",
    "agency credit"; "" for text. Such lines stay in the text, where people look for them; no card should quote them."""
    if len(paragraph) > _LONGEST_NOTE:
        return ""
    if _EDITORS.match(paragraph) or _EDITED_INSIDE.match(paragraph):
        return "editor credit"
    if _REPORTING.match(paragraph):
        return "reporting credit"
    if _UPDATE_NOTE.match(paragraph):
        return "update note"
    return "agency credit" if outlets.agencies_of_credit(paragraph) else ""


def read_metadata(
    paragraphs: Sequence[str], dropped: Mapping[int, str], extracted: Extracted, language: str
) -> Metadata:
    """The metadata of a document whose `dropped` paragraphs are boilerplate (they may still name the outlet)."""
    taken: dict[int, str] = {}
    fields = _take_fields(paragraphs, taken)
    head = _head(paragraphs, {**dropped, **taken}, language)
    hints = outlets.names_given_away(paragraphs, dropped)
    imprint = _take_imprint(paragraphs, {**dropped, **taken}, taken, extracted, language)
    page_dates = _take_dates(paragraphs, head, {**dropped, **taken}, taken, language)
    page_dates += [imprint.date] if imprint else []
    stated = dating.stamps_in(fields.get("date", ""), language, limit=1)
    page_dates += [PageDate(stamp, Printed.PUBLISHED) for stamp in stated]
    _take_notes(paragraphs, head, dropped, taken)
    bylines, credited = _take_bylines(paragraphs, head, taken, page_dates, language)
    title = titles.find_title(
        paragraphs,
        head,
        extracted.title or fields.get("title", ""),
        extracted.outlet or fields.get("outlet", "") or (imprint.outlet if imprint else "") or hints.outlet,
        language,
        skip={**dropped, **taken},
    )
    site = _take_title(paragraphs, head, title, dropped, taken, language)
    printed = imprint.outlet if imprint else ""
    named = extracted.outlet.strip() or fields.get("outlet", "") or printed or title.outlet or hints.outlet
    outlet = named or site or _host(extracted.address)
    byline, byline_agency = _people(extracted.byline or fields.get("byline", ""), outlet)
    rest = [index for index in range(len(paragraphs)) if index not in taken]
    at = next((index for index in rest if index not in dropped and is_prose(paragraphs[index])), len(paragraphs))
    lead = paragraphs[at] if at < len(paragraphs) else ""
    openings = [paragraphs[index] for index in rest if index < at and index not in dropped][-2:]
    datelines = (dating.dateline_date(line, language) for line in (lead, *openings))
    agency = outlets.agencies_of(lead, [paragraphs[index] for index in rest])
    return Metadata(
        title=one_line(title.text, 300),
        outlet=one_line(outlet, 120),
        byline=one_line(byline or (bylines[0] if bylines else ""), 200),
        agency=agency or credited or byline_agency or (imprint.agency if imprint else "") or hints.agency,
        page_dates=(*title.dates, *page_dates),
        dateline=next(filter(None, datelines), None),
        taken=taken,
    )


_FIELD: Final = re.compile(r"(?P<name>[A-Za-zÄÖÜäöü]{3,14})\s?:\s{1,9}(?P<value>\S.{0,300})$")
_FIELDS: Final = {
    **dict.fromkeys(("title", "titel", "headline", "überschrift", "schlagzeile"), "title"),
    **dict.fromkeys(("date", "datum", "published", "veröffentlicht"), "date"),
    **dict.fromkeys(("source", "quelle", "outlet", "publisher", "medium", "zeitung"), "outlet"),
    **dict.fromkeys(("author", "autor", "autorin", "autoren", "authors", "byline", "verfasser"), "byline"),
    **dict.fromkeys(("url", "link", "address", "language", "sprache", "section", "ressort", "category"), ""),
}


def _take_fields(paragraphs: Sequence[str], taken: dict[int, str]) -> dict[str, str]:
    """A head of "Title: …", "Date: …" lines, as archives and exports write it; one such line alone is no head."""
    found: dict[str, str] = {}
    indexes: list[int] = []
    for index, paragraph in enumerate(paragraphs[:12]):
        match = _FIELD.match(paragraph)
        field_name = _FIELDS.get(match["name"].casefold()) if match else None
        if match is None or field_name is None:
            break
        found.setdefault(field_name, match["value"].strip())
        indexes.append(index)
    if len(indexes) < 2 or len(indexes) == len(paragraphs):
        return {}
    taken.update(dict.fromkeys(indexes, "header fields"))
    return found


_TEXT_TYPES: Final = frozenset({"text/plain", "text/markdown", "message/rfc822", "application/pdf"})
_IMPRINT_REACH: Final = 4  # lines


def _take_imprint(
    paragraphs: Sequence[str], skip: Mapping[int, str], taken: dict[int, str], extracted: Extracted, language: str
) -> Imprint | None:
    """The line of outlet and date near the top of a text that has no markup to say so: below the first line, or above
    the title where the name is surely an outlet's."""
    if extracted.media_type not in _TEXT_TYPES and not extracted.media_type.endswith("wordprocessingml.document"):
        return None
    lines = [index for index in range(len(paragraphs)) if index not in skip][: _IMPRINT_REACH + 1]
    for at, index in enumerate(lines[:-1]):  # the last line is text
        if at and is_prose(paragraphs[lines[at - 1]]) and at > 1:
            return None
        found = read_imprint(paragraphs[index], paragraphs[index + 1 :], language)
        above = found and found.is_sure and len(lines) > 2 and not is_prose(paragraphs[lines[1]])
        if found and (at or above or extracted.title):
            taken[index] = "date"
            return found
    return None


def _head(paragraphs: Sequence[str], dropped: Mapping[int, str], language: str) -> range:
    """The indexes before the first prose; without any prose, the first paragraph of several."""
    for index, paragraph in enumerate(paragraphs[:_LONGEST_HEAD]):
        if index in dropped or not is_prose(paragraph) or titles.is_headline_with_stamp(paragraph):
            continue
        if not dating.page_dates_of(paragraph, language):
            return range(index)
    return range(1 if len(paragraphs) > 1 else 0)


def _take_dates(
    paragraphs: Sequence[str], head: range, dropped: Mapping[int, str], taken: dict[int, str], language: str
) -> list[PageDate]:
    """The lines of nothing but a date: any in the head, at the foot such as say what they are ("Stand: …")."""
    found: list[PageDate] = []
    foot = max(len(head), len(paragraphs) - 6)
    for index in (*head, *range(foot, len(paragraphs))):
        dates = () if index in dropped else dating.page_dates_of(paragraphs[index], language)
        if dates and (index in head or dates[0].kind is not Printed.BARE):
            found += dates
            taken[index] = "date"
    return found


def _take_notes(
    paragraphs: Sequence[str], head: range, dropped: Mapping[int, str], taken: dict[int, str]
) -> None:
    for index in head:
        if index in taken or index in dropped or len(paragraphs[index]) > 80:
            continue
        if service_line(paragraphs[index]) == "update note":
            taken[index] = "update note"


def _take_bylines(
    paragraphs: Sequence[str], head: range, taken: dict[int, str], page_dates: list[PageDate], language: str
) -> tuple[list[str], str]:
    """The people of each byline in the head or right below the lead, and the agency that one names."""
    found: list[str] = []
    credited = ""
    for index, paragraph in enumerate(paragraphs[: len(head) + 4]):
        if len(paragraph) > 160 or (index in taken and taken[index] != "date") or is_prose(paragraph):
            continue
        match = _BYLINE.match(paragraph) or _AUTHOR_LABEL.match(paragraph)
        if index in taken:
            match = _BYLINE_INSIDE.search(paragraph)
        if not match:
            continue
        people, agency = _people(match["names"])
        people = _without_place(people)
        if " " in people or agency:
            taken.setdefault(index, "byline")
            found += [people] if people else []
            credited = credited or agency
            rest = "" if index in taken and taken[index] == "date" else match.groupdict().get("rest") or ""
            stamps = dating.stamps_in(rest, language, limit=1)
            page_dates += [PageDate(stamp, Printed.BARE) for stamp in stamps]
    return found, credited


def _take_title(
    paragraphs: Sequence[str],
    head: range,
    title: titles.Title,
    dropped: Mapping[int, str],
    taken: dict[int, str],
    language: str,
) -> str:
    """Take the title's line, its repetitions and the short lines above it; returns the one that names the site."""
    site = ""
    if title.index >= 0:
        taken[title.index] = "title"
        for index in head[: title.index]:
            line = paragraphs[index].strip(" :|-–")
            if index not in taken and index not in dropped and titles.weight(line) <= 4 and len(line) <= 40:
                taken[index] = "site header"
                site = site or (line if outlets.looks_like_site(line) else "")
    if title.text:
        for index, paragraph in enumerate(paragraphs):
            if index not in taken and index not in dropped and titles.repeats(paragraph, title.text, language):
                taken[index] = "repeated title"
    return site


_NAME_SEPARATOR: Final = re.compile(r"\s?(?:;|,|\||/|&|\band\b|\bund\b|\bet\b|\bsowie\b)\s?")
_BY_START: Final = re.compile(rf"(?:{_BY}):?\s{{1,3}}(?=\S)")
_NO_PERSON: Final = frozenset(
    "staff redaktion newsroom editorial team desk correspondent korrespondent korrespondentin contributor admin "
    "administrator webmaster agencies agenturen online-redaktion reporter staff-writer news office guest gast writer "
    "writers reports reporters bureau red published author gmbh unknown".split()
)


def _people(byline: str, outlet: str = "") -> tuple[str, str]:
    """(names, agency) of a byline: "By Jane Doe and Reuters" is Jane Doe, with the agency Reuters."""
    byline = one_line(byline)
    begin = _BY_START.match(byline)
    if begin:
        byline = byline[begin.end() :]
    names: list[str] = []
    agencies: list[str] = []
    for part in _NAME_SEPARATOR.split(byline):
        name = part.strip(" .:()")
        words = name.casefold().split()
        if not any(character.isalpha() for character in name):
            continue
        agency = outlets.agency_called(" ".join(words[:-1] if words[-1] in ("staff", "newsroom") else words))
        if not agency and words[-1] in _NO_PERSON:
            agency = outlets.agency_called(words[0])
        nobody = (words[-1] in _NO_PERSON and len(words) < 4) or name.startswith(("http", "@"))
        if agency:
            agencies.append(agency)
        elif not nobody and titles.folded(name) != titles.folded(outlet):
            names.append(name)
    return ", ".join(dict.fromkeys(names)), "/".join(dict.fromkeys(agencies))


def _without_place(people: str) -> str:
    """The names without the single word behind them: "Jane Doe, John Roe, Rostock"."""
    names = people.split(", ")
    while len(names) > 1 and " " not in names[-1]:
        names.pop()
    return ", ".join(names)


def _host(address: str) -> str:
    """The host of the document's address, which says who published it when nothing else does."""
    try:
        host = urlsplit(address).hostname if address.startswith(("http://", "https://")) else ""
    except ValueError:  # an address like "http://[": printed by a page, so anything is possible
        return ""
    return (host or "").removeprefix("www.")
