"""What a page puts around a report: share bars, comment forms, links to other reports, cookie notices, navigation.

Three kinds of evidence, all of them about whole paragraphs: phrases that stand alone in a line, beginnings that no
report has, and marks without a letter or digit. Every one has a reach: the line itself, the links below it, or all that
follows. A line that only *may* be such a thing ("Facebook", "Kommentare") counts before or after all prose or beside
another one; between paragraphs it may be a heading and stays. Prose goes only behind a comment form.
"""

from __future__ import annotations

import re
from collections.abc import Sequence
from enum import StrEnum
from functools import cache
from typing import Final

from bot.documents.sentences import split_sentences

_FULL_STOP: Final = re.compile(r"[.…。।۔][\"'”“’‘»«›‹)\]」』]{0,4}$")
_ASKED: Final = re.compile(r"[?!؟！？][\"'”“’‘»«›‹)\]」』]{0,4}$")
_ALNUM: Final = re.compile(r"[^\W_]")
_LONG: Final = 200  # characters: what is longer is prose even without a full stop


def is_prose(paragraph: str) -> bool:
    """Whether this is text that somebody wrote to be read: a sentence with its full stop, several, or a long one.

    A lone question or exclamation is not: headlines have these marks too.
    """
    if len(paragraph) >= _LONG:
        return len(_CRUMB.findall(paragraph)) < 4
    ending = paragraph[-8:]
    if not _FULL_STOP.search(ending):
        return bool(_ASKED.search(ending)) and (len(paragraph) > 110 or len(split_sentences(paragraph, "de")) > 1)
    if len(paragraph) < 20 or paragraph.count(" ") < 2:
        return len(paragraph) >= 8 and _is_spaceless(paragraph)
    # "03.03.2025, 14:05 Uhr | 3 Min." has a full stop, too.
    return sum(map(str.isalpha, paragraph)) * 9 >= len(paragraph) * 4


def _is_spaceless(paragraph: str) -> bool:
    return any("\u2e80" <= character <= "\u9fff" for character in paragraph[:40])


class _Reach(StrEnum):
    LINE = "this line"
    WEAK = "this line, where no prose stands on both sides"
    BLOCK = "this line and the links below it"
    END = "this line and all that follows"
    COMMENTS = "this line and all that follows, when most prose stands before"


def _phrases(label: str, reach: _Reach, lines: str) -> dict[str, tuple[str, _Reach]]:
    return {line.strip(): (label, reach) for line in lines.split("|")}


# Lines as `_key` folds them: lower case, without marks at either end.
_KNOWN: Final[dict[str, tuple[str, _Reach]]] = {
    **_phrases(
        "share links",
        _Reach.LINE,
        """
        share this | share this article | share this story | share this post | share this page | share this with |
        share on facebook | share on twitter | share on x | share on whatsapp | share on linkedin | share on telegram
        | share on reddit | share on pinterest | share on bluesky | share via email | share by email |
        email this article | email this | print this | print this article | print this page | copy link |
        copy this link | link copied | click to share | send to a friend | like this | loading | like loading |
        follow us | artikel teilen | beitrag teilen | seite teilen | diesen artikel teilen | diesen beitrag teilen |
        auf facebook teilen | auf twitter teilen | auf x teilen | auf whatsapp teilen | auf linkedin teilen |
        bei facebook teilen | per e-mail teilen | per mail teilen | per whatsapp teilen | per e-mail versenden |
        artikel versenden | artikel drucken | artikel merken | seite drucken | link kopieren | link kopiert |
        in zwischenablage kopieren | auf die merkliste | zur merkliste hinzufügen | folgen sie uns | folge uns |
        gefällt mir | wird geladen
        """,
    ),
    **_phrases(
        "share links",
        _Reach.WEAK,
        """
        share | tweet | facebook | twitter | x | whatsapp | telegram | linkedin | pinterest | reddit | tumblr |
        instagram | youtube | bluesky | mastodon | threads | flipboard | messenger | xing | email | e-mail | mail |
        print | save | bookmark | pin it | more | teilen | twittern | drucken | merken | speichern | versenden |
        feedback
        """,
    ),
    **_phrases(
        "subscription",
        _Reach.LINE,
        """
        subscribe now | subscribe today | subscribe to our newsletter | sign up for our newsletter |
        sign up to our newsletter | sign up now | sign in to continue | log in to continue | already a subscriber |
        create a free account | become a member | become a subscriber | support our journalism | support us |
        get the newsletter | get our newsletter | newsletter abonnieren | newsletter anmelden | newsletter bestellen |
        zum newsletter anmelden | jetzt newsletter abonnieren | jetzt abonnieren | jetzt anmelden | jetzt registrieren
        | jetzt abo abschließen | kostenlos registrieren | bereits abonnent | jetzt testen | unser newsletter |
        unsere newsletter | e-paper | zum e-paper | push-nachrichten aktivieren
        """,
    ),
    **_phrases(
        "subscription",
        _Reach.WEAK,
        """
        subscribe | sign up | sign in | log in | login | register | newsletter | newsletters | abonnieren | anmelden |
        einloggen | registrieren | abo | donate | spenden
        """,
    ),
    **_phrases(
        "comment form",
        _Reach.END,
        """
        leave a reply | leave a comment | leave your comment | leave us a comment | post a comment | post your comment
        | write a comment | add a comment | add your comment | submit a comment | join the conversation |
        join the discussion | leave a reply cancel reply | kommentar schreiben | kommentar verfassen |
        kommentar hinterlassen | kommentar abgeben | kommentar hinzufügen | schreibe einen kommentar |
        schreib einen kommentar | schreiben sie einen kommentar | schreiben sie den ersten kommentar |
        einen kommentar schreiben | einen kommentar hinterlassen | hinterlasse einen kommentar |
        hinterlasse eine antwort | hinterlassen sie einen kommentar | antwort hinterlassen | antwort verfassen |
        diskutieren sie mit | jetzt mitdiskutieren | jetzt kommentieren | ihr kommentar | ihr kommentar zum thema |
        dein kommentar
        """,
    ),
    **_phrases(
        "comment form",
        _Reach.LINE,
        """
        cancel reply | antworten abbrechen | antwort abbrechen | comment |
        website | post comment | kommentar abschicken | kommentar absenden |
        comments are closed | comments are off | comments off | no comments | no comments yet |
        be the first to comment | view comments | show comments | view all comments | keine kommentare |
        noch keine kommentare | kommentare anzeigen | kommentare lesen | kommentare ausblenden | zu den kommentaren |
        zu den leserkommentaren | die kommentare sind geschlossen | kommentare sind geschlossen |
        kommentare geschlossen
        """,
    ),
    **_phrases(
        "related links",
        _Reach.BLOCK,
        """
        related | related news | related article | related articles | related story | related stories | related post |
        related posts | related content | related coverage | related topics | related links | related reading |
        related items | read more | read next | read also | also read | also on | see also | see more |
        more on this story | more on this topic | more on this | more stories | more news | more like this |
        more from this author | most read | most popular | most viewed | most shared | popular stories | popular posts
        | popular news | trending | trending now | trending stories | trending news | recommended |
        recommended for you | recommended stories | recommended reading | recommended articles | suggested reading |
        latest news | latest stories | latest posts | latest articles | recent posts | recent news | other news |
        top stories | top news | up next | next up | don't miss | don’t miss | editors' picks | editors’ picks |
        editor's picks | editor’s picks | editor's pick | what to read next | you may also like | you might also like
        | you may like | you might like | you may also be interested in | you might also be interested in |
        further reading | continue reading | around the web | from around the web | from our partners |
        from our network | in this story | explore more | keep reading | lesen sie auch | lesen sie dazu auch |
        lesen sie hier mehr | lesen sie mehr | lesen sie mehr zum thema | lesen sie mehr dazu | lies auch | lies mehr
        | auch interessant | auch lesenswert | das könnte sie auch interessieren | das könnte dich auch interessieren
        | das könnte sie interessieren | das könnte ihnen auch gefallen | könnte sie auch interessieren |
        mehr zum thema | mehr zu diesem thema | mehr zu dem thema | mehr dazu | mehr lesen | mehr nachrichten |
        mehr artikel | mehr von diesem autor | zum thema | weitere artikel | weitere meldungen | weitere nachrichten |
        weitere themen | weitere beiträge | weitere informationen | weiterführende links | weiterführende artikel |
        weiterführende informationen | weiterlesen | hier weiterlesen | ähnliche artikel | ähnliche beiträge |
        ähnliche themen | ähnliche nachrichten | verwandte artikel | verwandte themen | verwandte beiträge |
        verwandte nachrichten | meistgelesen | meistgelesene artikel | meist gelesen | am meisten gelesen |
        beliebteste artikel | beliebte artikel | empfohlene artikel | empfehlungen der redaktion |
        empfehlung der redaktion | unsere empfehlungen | redaktionstipp | neueste artikel | neueste beiträge |
        neueste nachrichten | neueste meldungen | letzte beiträge | aktuelle nachrichten | aktuelle meldungen |
        aktuelle themen | aktuelles zum thema | top-themen | top-nachrichten | passend dazu | siehe auch | auch auf |
        aus dem netz | anzeigen aus dem netz | im video | nicht verpassen
        """,
    ),
    **_phrases(
        "related links",
        _Reach.WEAK,
        """
        tags | topics | tag | themen | schlagwörter | schlagworte | stichworte | kategorien | kategorie | categories |
        category | filed under | archiv | archive | videos | video | audio | bilder | fotostrecke | galerie | gallery
        | photos
        """,
    ),
    **_phrases(
        "source link",
        _Reach.LINE,
        """
        source link | link to source | link source | original source | original article | original link |
        original post | source article | view source | view original | view original article | read original article |
        read the original article | read the full article | read full article | read full story | read the full story
        | click here to see original | click here to read more | click here for more | click here |
        zum originalartikel | originalartikel | zum original | quell-link | quellenlink | link zur quelle | zur quelle
        | hier klicken
        """,
    ),
    **_phrases(
        "source link",
        _Reach.WEAK,
        """
        source | sources | quelle | quellen | via
        """,
    ),
    **_phrases(
        "advertisement",
        _Reach.LINE,
        """
        advertisement | advertisements | advertising | advertisement - scroll to continue |
        advertisement · scroll to continue | scroll to continue | scroll down to continue |
        story continues below advertisement | story continues below this ad | story continues below |
        article continues below | article continues below advertisement | article continues after advertisement |
        continue reading the main story | sponsored | sponsored content | sponsored by | paid content |
        promoted content | remove ads | skip ad | skip advertisement | ad feedback | anzeige | werbung | werbeanzeige
        | nach der anzeige weiterlesen | nach der anzeige geht es weiter |
        dieser artikel wird nach der anzeige fortgesetzt | weiterlesen nach der anzeige | ende der anzeige |
        gesponsert
        """,
    ),
    **_phrases(
        "cookie notice",
        _Reach.LINE,
        """
        accept | accept all | accept cookies | accept all cookies | reject all | reject all cookies | manage cookies |
        manage preferences | cookie settings | cookie preferences | cookie policy | cookie notice | cookies |
        alle akzeptieren | alle cookies akzeptieren | cookies akzeptieren | cookies zulassen | alle ablehnen |
        nur notwendige cookies | cookie-einstellungen | cookie-richtlinie | cookie-hinweis | datenschutzeinstellungen
        | externen inhalt laden | externe inhalte anzeigen
        """,
    ),
    **_phrases(
        "navigation",
        _Reach.LINE,
        """
        skip to content | skip to main content | skip to navigation | jump to content | toggle navigation |
        toggle menu | open menu | close menu | main menu | back to top | go to top | back to home | back to homepage |
        load more | show more | view all | see all | next article | previous article | next post | previous post |
        next story | post navigation | you are here | zum inhalt | zum inhalt springen | zum hauptinhalt springen |
        direkt zum inhalt | zur navigation | zur navigation springen | zur startseite | zurück zur startseite |
        menü öffnen | menü schließen | hauptmenü | nach oben | seitenanfang | mehr laden | mehr anzeigen |
        alle anzeigen | nächster artikel | vorheriger artikel | nächster beitrag | vorheriger beitrag |
        beitragsnavigation | sie sind hier | listen to this article | listen to article | listen to the article |
        artikel anhören | diesen artikel anhören | beitrag anhören | artikel vorlesen lassen | text vorlesen |
        view in app | open in app | in der app öffnen
        """,
    ),
    **_phrases(
        "navigation",
        _Reach.WEAK,
        """
        home | homepage | menu | search | close | next | previous | prev | back | news | listen | play | watch |
        watch live | live | world | politics | business | sport | sports | opinion | culture | tech | technology |
        science | health | entertainment | lifestyle | about | about us | contact | contact us | privacy |
        privacy policy | terms | terms of use | terms of service | terms and conditions | sitemap | imprint | help |
        faq | careers | english | deutsch | français | español | startseite | suche | suchen | menü | schließen |
        zurück | weiter | nachrichten | politik | wirtschaft | kultur | panorama | wissen | gesellschaft | regional |
        ausland | inland | meinung | wetter | anhören | vorlesen | über uns | kontakt | impressum | datenschutz |
        datenschutzerklärung | nutzungsbedingungen | agb | hilfe | karriere | mediadaten | barrierefreiheit
        """,
    ),
}

# Lines with a variable part, in lower case with single spaces. Each begins with words that no report begins with.
_PATTERNS: Final[tuple[tuple[str, _Reach, str], ...]] = (
    (
        "comment form",
        _Reach.END,
        r"""
        (?:your|deine|ihre) e-?mail[- ]ad(?:dress|resse) (?:will not be|wird nicht)\b
        (?:required fields are marked|erforderliche felder sind)\b
        """,
    ),
    (
        "comment form",
        _Reach.LINE,
        r"""
        save my name, e-?mail
        (?:view all posts|published|posted) by \S{1,30}$
        meinen namen, (?:meine )?e-mail
        (?:this site|diese (?:web)?site) (?:uses|verwendet) akismet
        (?:learn how|erfahre,? wie) (?:your comment data|deine kommentardaten)
        (?:you must be|sie müssen|du musst) .{0,30}(?:logged in|angemeldet|eingeloggt).{0,60}(?:comment|kommentar)
        """,
    ),
    (
        "comments",
        _Reach.COMMENTS,
        r"""
        (?:\d{1,5} )?(?:comments?|kommentare?|leserkommentare|responses?|replies|antworten)(?: ?\(?\d{1,5}\)?)?\s?:?$
        (?:\d{1,5}|one) (?:thoughts?|responses?|repl(?:y|ies)) (?:on|to) .
        (?:\d{1,5}|ein|eine) (?:kommentare?|gedanken?|antwort(?:en)?) (?:zu|auf|über) .
        """,
    ),
    (
        "share links",
        _Reach.LINE,
        r"""
        click to (?:share|e-?mail|print|copy)\b.{0,60}$
        """,
    ),
    (
        "subscription",
        _Reach.LINE,
        r"""
        (?:sign up|subscribe|register) .{0,80}(?:newsletter|(?:e-?mail|news) alerts|e-?mail updates|inbox)\b.{0,120}$
        (?:sign up|subscribe|register) .{0,80}(?:mailing list|daily briefing)\b.{0,120}$
        (?:get|receive|join) .{0,80}(?:newsletter|inbox|e-?mail updates|(?:whatsapp|telegram) channel)\b.{0,120}$
        (?:by (?:signing up|subscribing),? you|you can unsubscribe|unsubscribe at any time)\b
        (?:follow|like) (?:us|our (?:page|channel))\b.{0,100}$
        (?:folgen sie|folge|folgt) uns\b.{0,100}$
        (?:download|get) (?:our|the) .{0,30}app\b.{0,60}$
        (?:melden sie sich|melde? dich|abonnieren sie|abonniere) .{0,80}(?:newsletter|whatsapp-kanal|push)\b.{0,120}$
        (?:bestellen sie|jetzt) .{0,80}(?:newsletter|whatsapp-kanal|push)\b.{0,120}$
        mit (?:der|ihrer|deiner) (?:anmeldung|registrierung) (?:akzeptier|stimm|erklär|best)
        sie können sich jederzeit (?:wieder )?abmelden
        .{0,60}newsletter.{0,20}(?:abonnieren|anmelden|bestellen)$
        """,
    ),
    (
        "cookie notice",
        _Reach.LINE,
        r"""
        (?:we|we and our partners) (?:use|value|store) (?:cookies|your privacy)\b
        (?:this|our) (?:web)?site uses cookies
        by (?:continuing|using|clicking|closing|visiting)\b.{0,80}\byou (?:agree|accept|consent|acknowledge)\b
        wir (?:verwenden|nutzen|setzen) .{0,30}cookies
        diese (?:web)?(?:seite|site) (?:verwendet|nutzt|benutzt) cookies
        (?:an dieser stelle finden sie|zur anzeige|um diesen inhalt).{0,80}(?:externe[rn]?|inhalt|cookies|zustimmung)
        """,
    ),
    (
        "related links",
        _Reach.LINE,
        r"""
        (?:read more|read also|also read|see also|read next|related|recommended|don['’]t miss)\s?[:»>|].{1,160}$
        (?:read more|read also|also read|see also|read next|related|recommended) ?(?:[-–—]|about|on) .{1,160}$
        lesen sie(?: hier| dazu)?(?: auch| mehr)?\s?[:»>|].{1,160}$
        (?:lies auch|mehr zum thema|auch interessant|siehe auch|mehr dazu|passend dazu|weiterlesen)\s?[:»>|].{1,160}$
        (?:tags?|topics?|filed under|posted in|categories|keywords)\s?[:|].{1,200}$
        (?:themen|schlagw[öo]rter?|stichworte|kategorien?)\s?[:|].{1,200}$
        """,
    ),
    (
        "related links",
        _Reach.WEAK,
        r"""
        more (?:from|about|on) .{1,40}$
        mehr (?:aus|von|über|zu) .{1,40}$
        weitere (?:artikel|nachrichten|beiträge) \w{2,4} .{1,40}$
        """,
    ),
    (
        "source link",
        _Reach.LINE,
        r"""
        (?:the post|der beitrag) .{1,200}(?:(?:first )?appeared (?:first )?on|erschien zuerst (?:auf|bei)) .{1,80}
        (?:source|quelle|original)\s?:?\s{0,2}https?://\S{1,300}$
        (?:originally published (?:at|on|by|in)|zuerst erschienen (?:auf|bei|in))\s?:?\s{0,2}https?://\S{1,300}$
        """,
    ),
    (
        "copyright",
        _Reach.LINE,
        r"""
        (?:©|\(c\) ?(?:by )?\w|copyright\b|& ?copy;).{0,300}$
        (?:all rights reserved|alle rechte vorbehalten|all content ©)\b.{0,300}$
        .{0,80}(?:all rights reserved|alle rechte vorbehalten)\.?$
        this material may not be (?:published|reproduced)\b
        our standards: the thomson reuters trust principles
        """,
    ),
    (
        "picture credit",
        _Reach.LINE,
        r"""
        (?:fotos?|photos?|bildquelle|bildnachweis|(?:photo|image|foto)[ -]?credit)(?: by| von)?\s?[:/|©].{1,90}$
        (?:bild|bilder|images?|picture|grafik|credit)(?: by| von)?\s?[:/|©].{0,60}(?:/|©|\b(?:dpa|afp|apa|ap|epa)\b).{0,40}$
        (?:bild|bilder|images?|picture|grafik|credit)\s?[:/|©].{0,60}(?:reuters|getty|imago|shutterstock|privat\b).{0,40}$
        """,
    ),
    (
        "navigation",
        _Reach.LINE,
        r"""
        (?:lesezeit|lesedauer)\s?:? ?(?:ca\. ?)?(?:\d{1,3}|<) ?(?:min|minuten?)\b.{0,12}$
        (?:(?:estimated )?reading time|read time|read)\s?:? ?(?:about )?(?:\d{1,3}|<) ?(?:min|minutes?|mins)\b.{0,12}$
        \d{1,3} ?-?(?:min|mins|minuten?|minutes?)\.? (?:read|lesezeit|lesedauer|to read)$
        (?:you are here|sie sind hier|you're reading|breadcrumb)\s?:
        \d{1,7} (?:views?|shares?|likes?|aufrufe|klicks)$
        """,
    ),
)
_LONGEST_PHRASE: Final = 500  # characters; no such line is longer
_CRUMB: Final = re.compile(r"\s(?:/|>|»|›|→|\||::|•|·)\s")
_FIRST_CRUMBS: Final = frozenset("home startseite start homepage news nachrichten index main accueil".split())
_EDGES: Final = " \t\u00a0.,:;!?…*#|/\\<>»«›‹→←↑↓▶►▸•·–—-_=+~()[]{}'\"“”„’"


@cache
def _compiled() -> tuple[tuple[str, _Reach, re.Pattern[str]], ...]:
    return tuple(
        (label, reach, re.compile("|".join(line.strip() for line in lines.strip().split("\n"))))
        for label, reach, lines in _PATTERNS
    )


def _key(paragraph: str) -> str:
    return " ".join(paragraph.casefold().split()).strip(_EDGES)


def boilerplate(paragraphs: Sequence[str]) -> dict[int, str]:
    """Which paragraphs are not the report's own: index → label of the kind."""
    prose = [is_prose(paragraph) for paragraph in paragraphs]
    found: dict[int, str] = {}
    reaches: dict[int, _Reach] = {}
    for index, paragraph in enumerate(paragraphs):
        match = _known(paragraph)
        if match:
            found[index], reaches[index] = match
            prose[index] = False
    weights = [len(paragraph) if written else 0 for paragraph, written in zip(paragraphs, prose, strict=True)]
    total = sum(weights)
    first = next((index for index, written in enumerate(prose) if written), len(paragraphs))
    before = 0
    for index, weight in enumerate(weights):
        reach = reaches.get(index)
        ends = (reach is _Reach.END and before * 10 >= total * 3) or (reach is _Reach.COMMENTS and before * 5 >= total * 3)
        if ends and before:
            for rest in range(index + 1, len(paragraphs)):
                found[rest] = found[index]
                reaches[rest] = _Reach.LINE
                prose[rest] = False
            break
        if reach is _Reach.BLOCK:
            _drop_links(paragraphs, prose, index, found)
        before += weight
    last = max((index for index, written in enumerate(prose) if written), default=-1)
    # What may be a heading between paragraphs is part of a bar when its neighbour is one.
    weak = [index for index, reach in reaches.items() if reach in (_Reach.WEAK, _Reach.COMMENTS)]
    sure = {index for index in found if reaches.get(index) not in (_Reach.WEAK, _Reach.COMMENTS)}
    for index in _with_neighbours(weak, sure):
        if first <= index <= last:
            del found[index]
    return dict(sorted(found.items())) if len(found) < len(paragraphs) else {}


def _with_neighbours(weak: Sequence[int], sure: set[int]) -> list[int]:
    """Of the indexes `weak` those that stand in no run with one in `sure` and in no run of three."""
    lonely: list[int] = []
    run: list[int] = []
    for index in [*weak, -2]:
        if run and index != run[-1] + 1:
            if len(run) < 3 and run[0] - 1 not in sure and run[-1] + 1 not in sure:
                lonely += run
            run = []
        run.append(index)
    return lonely


def _drop_links(paragraphs: Sequence[str], prose: Sequence[bool], index: int, found: dict[int, str]) -> None:
    """Label what follows a "Read more" line: headlines, up to the next prose."""
    for following in range(index + 1, min(index + 16, len(paragraphs))):
        if prose[following] or len(paragraphs[following]) > 160:
            break
        found.setdefault(following, "related links")


def _known(paragraph: str) -> tuple[str, _Reach] | None:
    if not _ALNUM.search(paragraph):
        return "punctuation", _Reach.LINE
    if len(paragraph) > _LONGEST_PHRASE:
        return None
    key = _key(paragraph)
    known = _KNOWN.get(key)
    if known:
        return known
    if is_breadcrumb(paragraph):
        return "navigation", _Reach.LINE
    # Copyright marks and colons are at the edges that the key loses.
    folded = " ".join(paragraph.casefold().split()).lstrip("*#|>»›→▶►▸•·–—-_=+~([ ")
    for label, reach, pattern in _compiled():
        if pattern.match(folded):
            return label, reach
    return None


def is_breadcrumb(paragraph: str) -> bool:
    """Whether this is a path ("Home / News / A title") or a bar ("Politik | Sport | Kultur") of links."""
    if paragraph[0] == "|":
        return False  # a row of a table
    parts = _CRUMB.split(paragraph)
    if len(parts) < 2 or len(paragraph) > 300:
        return False
    words = [len(part.split()) for part in parts]
    if parts[0].strip(_EDGES).casefold() in _FIRST_CRUMBS:
        return True
    if len(parts) < 3 or max(words) > 3 or _FULL_STOP.search(paragraph[-8:]):
        return False
    return not any(character.isdigit() for character in paragraph)
