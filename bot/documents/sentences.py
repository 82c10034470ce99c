"""Splits a text into sentences with exact offsets, by rules.

The rules, in the order in which they are asked:

1. A blank line ends a paragraph and with it a sentence, whatever stands before it: a heading is a sentence of its own.
   Inside a paragraph a line that begins with a bullet begins a sentence.
2. Only a sentence mark (`. ! ? …` and their kin in other scripts) followed by white space can end a sentence; quotation
   marks, brackets and footnote numbers that close right behind it belong to it. The marks of scripts without spaces
   need no white space.
3. A lower-case letter never begins a sentence: "„Nett?“ fragte er" is one.
4. Nothing ends inside a bracket that was opened in the middle of a sentence.
5. A full stop does not end a sentence behind a title ("Dr."), an initial, an ordinal number ("18. Dezember") or an
   abbreviation; behind those that may end one ("U.S.", "Mio.", "usw.") only when the next word is one that begins
   sentences ("The", "Der"). Behind "a.m." any capital begins one that goes on about no time ("9 a.m. Monday"). In doubt
   two sentences stay together: a quote that is too long is complete, one that is too short is torn.
6. The dateline at the head of a paragraph ("OSNABRÜCK. Ein Kran …") belongs to the sentence behind it.

Every step looks at a bounded stretch of the text, so the time is linear in its length.
"""

from __future__ import annotations

import re
from collections.abc import Iterator

from bot.domain import Sentence

_MARK = re.compile(r"[.!?…‽⁇⁈⁉؟۔।॥։።።፧]+|[。！？｡．]+")
_SPACELESS = frozenset("。！？｡．")
_CLOSERS = frozenset("\"'”“’‘»«›‹″)]}」』）】》〉＂＇")
_QUOTES = frozenset("\"'”“’‘»«›‹″„‚」』")
_OPENERS = frozenset("\"'„“”‚‘’»«›‹([{「『（【《〈¿¡*_-–—•#>")
_FOOTNOTE = re.compile(r"(?:\[\d{1,3}\])+")
_LATE_CLOSER = re.compile(r"[ \u00a0\u202f][»”“\"](?=\s|$)")
_BULLET = re.compile(r"[^\S\n]*(?:[•‣▪▸►◦·●*+–—-]|\d{1,2}[.)]|[a-zA-Z]\))[^\S\n]+")
_LAST_TOKEN = re.compile(r"[^\s(\[{„“”\"»«›‹‚‘’/–—…,;:!?]*$")
_NEXT_WORD = re.compile(r"[^\W\d_]+")
_ROMAN = re.compile(r"[IVXLC]{2,6}$")
_LETTERS_WITH_DOTS = re.compile(r"[^\W\d_](?:\.[^\W\d_]{1,3})+$")
_SHORT_DATE = re.compile(r"\d{1,2}\.\d{1,2}$")
_JAPANESE_PARTICLES = frozenset("とっなのをはがにでも")
_SPEECH = re.compile(
    r"(?:[^\W\d_][\w.'’-]{0,24} ){1,4}(?:said|says|say|asked|asks|told|tells|added|adds|replied|wrote|writes|shouted"
    r"|cried|wondered|answered|exclaimed|quipped|joked|warned|insisted|recalled|tweeted|declared)\b"
)
_LOOK_BACK = 40  # no abbreviation or number that matters is longer


def _words(text: str) -> frozenset[str]:
    return frozenset(text.split())


# Behind these a sentence goes on (as they are written, without the last full stop).
_TITLES = _words(
    """
    Sra Sr Dra Dr dr Prof prof Mr Mrs Ms Mx Messrs Mme Mlle Gen Col Lt lt Sgt Capt Cpt Maj Adm Cmdr Sen Rep Gov Rev
    Hon Pres Fr
    Hr Hrn Frl Dipl Ing Bakk Univ Doz Präs Abg Msgr Hl hl h.c hc jur phil rer nat theol oec habil bzw bezw vgl Vgl
    ggf ggfs evtl sog bspw z.B Z.B z.b zB zb z.T z.Zt z.Hd zzgl inkl exkl einschl abzgl ca Ca circa d.h D.h i.d.R
    i.d v.a V.a u.z i.e I.e ie e.g E.g eg cf viz approx gem bes insb insbes allg dt engl franz frz russ ukr amerik
    österr schweizer chin jap röm kath evang ev prot isl arab türk gegr geb gest verh vs resp betr jew zw ehem Mt Ft
    pt incl excl esp
    """
)
# These may end a sentence: only when the next word is one that begins sentences.
_MAYBE = _words(
    """
    lit inc ltd corp co bros plc jr sr esq dept est assn univ ave blvd rd st str pl sq
    u.s u.k u.n e.u u.s.a d.c l.a n.y a.m p.m ph.d m.d b.a m.a
    usw etc usf u.a u.ä o.ä u.v.m u.dgl dgl mio mrd mill bio tsd mia std min sek jh jhd jhdt chr a.d i.r e.v n.chr v.chr
    al ff f eds ed hrsg tel hbf kfz kg km cm qm gmbh hz
    jan feb mar apr jun jul aug sep sept oct okt nov dec dez
    ala ariz calif colo conn del fla ga ill ind kan ky la mass md mich minn miss mo mont neb nev okla ore pa tenn tex va
    vt wash wis wyo
    """
)
# These are abbreviations only in front of a number (as they are written).
_BEFORE_NUMBER = _words(
    "No no Nos nos Nr nr Nrn mind max Max min p pp P S Art art Abs abs Kap Bd Bde Vol vol Fig fig Figs figs Abb Tab "
    "Ziff Lit Par par Sec sec Sect Ch ch Chap § §§ Anm Aufl Ausg Rn Rz Eq eq Az Tz lfd Pos Bl Sp Op op Kl Sat Sun Mon "
    "Tue Tues Wed Thu Thur Thurs Fri Mo Di Mi Do So Sa Fr rd Rd est Est avg Avg insg Insg durchschn tägl Tägl mtl "
    "monatl jährl wöchentl ungef vorauss voraussichtl vsl Jg Fn Apt Rte Rt Hwy"
)
# What an English or German sentence likes to begin with.
_STARTERS = _words(
    """
    The A An This That These Those There Here He She It They We You I His Her Its Their Our My Your In On At By For
    From With Without Within After Before Since Until During While When Where Who What Why How Which Whether If As
    But And Or So Yet Nor However Although Though Because Despite Also Then Thus Still Now Not No Some Many Most
    Several Two Three Four Five Both All Each Every Under Over Between Among According Earlier Later Last Next
    Meanwhile Moreover Furthermore Instead Such Other Another Only Even Just To One Once Der Die Das Den Dem Des Ein
    Eine Einen Einem Einer Eines Kein Keine Er Sie Es Wir Ihr Ich Man Sein Seine Seinen Seiner Ihre Ihren Ihrem
    Ihrer Unser Unsere Dieser Diese Dieses Diesen Diesem Jener Jene Jedes Jeder Jede In Im An Am Auf Aus Bei Beim
    Bis Für Mit Nach Von Vom Vor Zu Zum Zur Zudem Über Um Unter Ohne Gegen Durch Seit Während Wegen Trotz Laut Und
    Oder Aber Doch Denn Sondern Auch Noch Nur Schon So Da Dann Damit Daher Deshalb Dabei Dafür Dagegen Danach Davor
    Daraufhin Darüber Dazu Dennoch Trotzdem Hier Hierzu Dort Jetzt Nun Heute Gestern Morgen Zuvor Zuletzt Zunächst
    Insgesamt Außerdem Allerdings Wenn Weil Als Ob Obwohl Nachdem Bevor Wie Was Wer Wo Warum Wann Wann Welche
    Welcher Mehr Viele Alle Beide Einige Zwei Drei Vier Fünf Nicht Nichts Weiter Weitere Inzwischen Mittlerweile
    Derzeit Zwischen Manche Anders Andere Angesichts Anfang Ende Mitte Es Gemeinsam Zugleich Gleichzeitig Immer
    Ebenso Ebenfalls Vielmehr Le La Les Un Une Il Elle Ils Elles Ce Cette Mais Et El Los Las Una Pero Y En Lo Gli
    Uno Ma E O Os As Um Uma Mas De
    """
)
# What stands behind an ordinal number, besides the months.
_ORDINAL_NOUNS = _words(
    """
    Januar Jänner Februar Feber März April Mai Juni Juli August September Oktober November Dezember
    Jan Feb Mär Mrz Apr Jun Jul Aug Sep Sept Okt Nov Dez
    Jahrhundert Jahrhunderts Jahrhunderte Jahrtausend Jahrtausends Weltkrieg Weltkriegs Weltkrieges Auflage Ausgabe Mal
    Geburtstag Geburtstags Todestag Jahrestag Lebensjahr Tag Woche Monat Jahr Stock Klasse Liga Bundesliga Minute Runde
    Platz Rang Etage Bezirk Wiener Armee Division Brigade Regiment Infanterie Panzerdivision Kongress Parteitag Spieltag
    Legislaturperiode Amtszeit Sanktionspaket Verfassungszusatz Stockwerk Teil Kapitel Artikel Staffel Etappe Saison
    Halbzeit Quartal Semester Hälfte FC SC SV
    """
)
_MONTHS_ANY = _words(
    """
    January February March April May June July August September October November December
    janvier février mars avril mai juin juillet août septembre octobre novembre décembre
    """
) | frozenset(word for word in _ORDINAL_NOUNS if word[:3] in "Jan Jän Feb Mär Mrz Apr Mai Jun Jul Aug Sep Okt Nov Dez")
# Lower-case words in front of an ordinal number.
_BEFORE_ORDINAL = _words(
    "am vom zum im der die das den dem des beim ab bis seit und oder – - jeder jeden jedem ihr ihre ihren ihrem ihrer "
    "sein seine seinen seinem seiner unser unsere ein eine einen einem einer dieser diesem dieses diesen diese ins ans "
    "zur kommenden vergangenen morgigen heutigen gestrigen sowie auf mit nach vor bei als in"
)
# What goes on telling the time behind "a.m.": "9 a.m. Monday", "6 p.m. GMT", "8 a.m. Eastern time".
_TIME_GOES_ON = _words(
    """
    Monday Tuesday Wednesday Thursday Friday Saturday Sunday Mondays Tuesdays Wednesdays Thursdays Fridays Saturdays
    Sundays Mon Tue Tues Wed Thu Thur Thurs Fri Sat Sun January February March April May June July August September
    October November December Jan Feb Mar Apr Jun Jul Aug Sep Sept Oct Nov Dec GMT UTC BST IST CET CEST EET EEST WET
    WEST MSK ET EST EDT CT CST CDT MT MST MDT PT PST PDT AKST AKDT HST AEST AEDT ACST AWST NZST NZDT JST KST HKT SGT
    SAST Z Eastern Central Pacific Mountain Atlantic Greenwich Coordinated Christmas Easter Thanksgiving
    """
)
_OWN_TIME = re.compile(
    r"[^\W\d_]{2,20}(?:['’]s)?(?: [A-Z][^\W\d_]{1,20}){0,3} (?:[Tt]ime|Day|Eve|Sunday|Friday|Monday)\b"
)
# What a statement of time is made of, in front of "a.m.".
_TIME_WORDS = _words(
    """
    at on by from to until till since before after around about between and shortly just only not as late early soon
    exactly almost nearly every each the morning evening afternoon night today yesterday tomorrow a.m p.m a.m. p.m. next
    last monday tuesday wednesday thursday friday saturday sunday january february march april may june july august
    september october november december
    """
)
_SUBORDINATE = _words("when while because although though if as after before since until where")
_CLAUSE_OPENERS = _SUBORDINATE | _words("that whether which and but")
_MERIDIEM = re.compile(r"(?:\d{1,2}(?:[:.]\d\d)?)?[ap]\.m$", re.IGNORECASE)
_ARTICLES = _words("the a an this that each every his her its their our my no")
# A place in capitals at the head of a paragraph, in the first two of a text also as names are written.
_PLACES = re.compile(r"[^\W\d_]{3,30}(?:[ /-][^\W\d_]{2,30}){0,3}\Z")
_PLACE = re.compile(
    r"(?:(?:Bad|Sankt|New|San|Los|Den|Neu|Alt|Groß|Klein) )?[^\W\d_]{4,30}(?:[/-][^\W\d_]{2,30}){0,3}\Z"
)
_SOURCE_IN_BRACKETS = re.compile(r" ?\([^()]{2,24}\)\Z")
_NO_PLACES = _words(
    """
    nein doch stille schluss ende fertig genau richtig falsch endlich vorbei danke hilfe gewiss sicher klar gut eben
    leider natürlich vielleicht punkt ruhe chaos angst hoffnung wahnsinn geschafft silence enough done right wrong
    perhaps maybe sure never always sorry thanks yes well indeed finally gone over good true false exactly nothing
    """
)
_ORDINAL_LANGUAGES = _words("de da no nb nn fi cs sk sl hr sr bs hu et lv pl")


def split_sentences(text: str, language: str) -> tuple[Sentence, ...]:
    """The sentences of `text` in order. They never overlap, begin and end with a visible character, and leave out
    nothing but white space. `language` is an ISO 639-1 code or "und"; it decides only whether "18." may be an ordinal.
    """
    found: list[Sentence] = []
    for number, (start, end) in enumerate(paragraphs_of(text)):
        for first, last in _split_paragraph(text, start, end, language, early=number < 2):
            found.append(Sentence(first, last, number))
    return tuple(found)


def paragraphs_of(text: str) -> Iterator[tuple[int, int]]:
    """The paragraphs of `text`, [start, end) each without the white space around it: what blank lines separate."""
    start = -1  # of the paragraph that is being read, -1 between paragraphs
    end = 0
    at = 0
    for line in text.split("\n"):
        stripped = line.strip()
        if stripped:
            if start < 0:
                start = at + len(line) - len(line.lstrip())
            end = at + len(line.rstrip())
        elif start >= 0:
            yield start, end
            start = -1
        at += len(line) + 1
    if start >= 0:
        yield start, end


def _split_paragraph(text: str, start: int, end: int, language: str, *, early: bool) -> Iterator[tuple[int, int]]:
    """[start, end) of each sentence of the trimmed paragraph text[start:end]. `early`: a dateline may stand here."""
    bullets = _bullets(text, start, end)
    brackets = _brackets(text, start, end)
    opened = 0  # index into `brackets`
    begin = start
    for mark in _MARK.finditer(text, start, end):
        while bullets and bullets[-1] <= mark.start():
            cut = bullets.pop()
            if cut > begin:
                yield begin, _trim_right(text, begin, cut)
                begin = cut
        after = _behind_closers(text, mark.end(), end)
        if after >= end:
            break
        while opened < len(brackets) and brackets[opened][1] < mark.start():
            opened += 1
        if opened < len(brackets) and begin < brackets[opened][0] < mark.start() and after <= brackets[opened][1]:
            continue
        following = _next_visible(text, after, end)
        if begin == start and mark[0] == "." and _is_dateline(text[start : mark.start()], early=early):
            continue
        if _ends_here(text, begin, mark, after, following, end, language):
            yield begin, after
            begin = following
    while bullets:
        cut = bullets.pop()
        if cut > begin:
            yield begin, _trim_right(text, begin, cut)
            begin = cut
    if begin < end:
        yield begin, end


def _is_dateline(words: str, *, early: bool) -> bool:
    """Whether all that stands before the first full stop of a paragraph is a place: "OSNABRÜCK", "Velmark (dpa)"."""
    if len(words) > 90 or not words:
        return False
    words = _SOURCE_IN_BRACKETS.sub("", words)
    if not words:
        return False
    if words.isupper() and _PLACES.match(words):
        return words not in _CAPITAL_SENTENCES
    known = words in _STARTERS or words.lower() in _NO_PLACES or words in _TITLES or words.lower() in _MAYBE
    return early and words[0].isupper() and not known and bool(_PLACE.match(words))


_CAPITAL_SENTENCES = frozenset({"NEIN", "YES", "STOP", "STOPP", "ENDE", "DANKE"})


def _bullets(text: str, start: int, end: int) -> list[int]:
    """Where lines of this paragraph begin with a bullet, last first, without the paragraph's own beginning."""
    found: list[int] = []
    at = text.find("\n", start, end)
    while at >= 0:
        match = _BULLET.match(text, at + 1, end)
        if match:
            found.append(_next_visible(text, at + 1, end))
        at = text.find("\n", at + 1, end)
    found.reverse()
    return found


def _brackets(text: str, start: int, end: int) -> list[tuple[int, int]]:
    """The outermost round and square brackets that open and close within 300 characters, in order."""
    if text.find("(", start, end) < 0 and text.find("[", start, end) < 0:
        return []
    found: list[tuple[int, int]] = []
    open_at: list[int] = []
    for match in _BRACKET.finditer(text, start, end):
        if match[0] in "([":
            open_at.append(match.start())
        elif open_at:
            first = open_at.pop()
            if not open_at and match.start() - first <= 300:
                found.append((first, match.start()))
    return found


_BRACKET = re.compile(r"[()\[\]]")


def _behind_closers(text: str, at: int, end: int) -> int:
    """Behind the quotation marks, brackets and footnote numbers that close right after a sentence mark at `at`."""
    limit = min(end, at + 12)
    while at < limit:
        if text[at] in _CLOSERS:
            at += 1
            continue
        match = _FOOTNOTE.match(text, at, end) or _LATE_CLOSER.match(text, at, end)
        if match is None:
            break
        at = match.end()
    return at


def _next_visible(text: str, at: int, end: int) -> int:
    while at < end and text[at].isspace():
        at += 1
    return at


def _trim_right(text: str, start: int, at: int) -> int:
    while at > start and text[at - 1].isspace():
        at -= 1
    return at


def _ends_here(text: str, begin: int, mark: re.Match[str], after: int, following: int, end: int, language: str) -> bool:
    """Whether the sentence that began at `begin` ends at `after`, the next visible character being at `following`."""
    marks = mark[0]
    closed = text[mark.end() : after]
    if marks[0] in _SPACELESS:
        return not (closed and following == after and text[following] in _JAPANESE_PARTICLES)
    if following == after:
        return marks[-1] in ".!?" and _lacks_space(text, begin, mark.start(), after, end)
    before_mark = text[mark.start() - 1] if mark.start() > begin else ""
    if before_mark in "([" and closed[:1] in (")", "]") and before_mark:
        return False  # "(…)", "(?)": something left out or doubted, not an end
    at = following
    limit = min(end, following + 6)
    while at < limit and (text[at] in _OPENERS or text[at].isspace()):
        at += 1
    if at >= end:
        return False
    first = text[at]
    match = _NEXT_WORD.match(text, at, min(end, at + _LOOK_BACK))
    word = match[0] if match else ""
    if len(word) == 1 and text[at + 1 : at + 2] == ".":
        word = ""  # an initial, even where it is spelled like a word that begins sentences
    if first.islower() and not (len(word) > 1 and word[1].isupper()):
        return False
    if not (first.isalnum() or at > following or first in "$€£¥§&@+"):
        return False
    if set(marks) != {"."}:
        if closed and closed[0] in _QUOTES and _SPEECH.match(text, at, min(end, at + 130)):
            return False  # "Really?" Ms Lane asked.
        return "…" not in marks or _after_dots(before_mark, word)
    if len(marks) > 1:
        return _after_dots(before_mark, word) or _stand_behind_an_end(text, begin, mark.start())
    if closed:
        return closed[0] not in ")]}" or not _is_abbreviation_before(text, begin, mark.start(), word, first, language)
    return not _is_abbreviation_before(text, begin, mark.start(), word, first, language)


def _lacks_space(text: str, begin: int, at: int, after: int, end: int) -> bool:
    """Whether a white space is missing behind the mark at `at`: "…zu Ende.Die Regierung…", but not "Beispiel.De", nor
    in an address ("…/Seite?Nummer=3", "max.Muster@…")."""
    before = text[max(begin, at - _LOOK_BACK) : at].rpartition(" ")[2]
    behind = text[after : min(end, after + _LOOK_BACK)].partition(" ")[0]
    if not _ADDRESS_MARKS.isdisjoint(before + behind):
        return False
    token = _LAST_TOKEN.search(text[max(begin, at - _LOOK_BACK) : at])
    match = _NEXT_WORD.match(text, after, min(end, after + _LOOK_BACK))
    if token is None or match is None or not _PLAIN_WORD.match(token[0]) or text[match.end() : match.end() + 1] == ".":
        return False
    word = match[0]
    return word[0].isupper() and (word in _STARTERS or len(word) > 4) and not word.isupper()


_ADDRESS_MARKS = frozenset("/@=&%_")
_PLAIN_WORD = re.compile(r"[^\W\d_]{0,39}[a-zà-ÿ]{2}$")


def _after_dots(before: str, word: str) -> bool:
    """Dots that stand alone leave something out; dots that hang on a word end a sentence when a capital follows."""
    return bool(before.strip()) or word in _STARTERS


def _stand_behind_an_end(text: str, begin: int, at: int) -> bool:
    """Whether dots that leave something out stand behind a whole sentence: "… worden. ... Der Grund …"."""
    before = text[max(begin, at - _LOOK_BACK) : at].rstrip()
    return before[-1:] in (".", "!", "?") and before[-3:-1].isalpha() and before[-2:-1].islower()


def _is_abbreviation_before(text: str, begin: int, at: int, word: str, first: str, language: str) -> bool:
    """Whether the full stop at `at` belongs to what stands before it, so that the sentence goes on with `word`."""
    low = max(begin, at - _LOOK_BACK)
    match = _LAST_TOKEN.search(text[low:at])
    token = match[0] if match else ""
    if not token:
        return False
    token_at = at - len(token)
    starts = word in _STARTERS
    if token[-1].isdigit():
        return _is_ordinal(text, begin, token_at, token, word, starts, language)
    core = token.rpartition("-")[2] if "-" in token else token
    key = core.lower()
    if core in _TITLES:
        return True
    if len(core) == 1 and _has_initials(core):
        if core in "mgltsh" and text[max(begin, token_at - 2) : token_at - 1].isdigit():
            return False  # a unit: "1,80 m"
        return not starts or _follows_initial(text, begin, token_at) or (language == "fr" and core == "M")
    if (first.isdigit() or first in "$€£") and (core in _BEFORE_NUMBER or key.endswith("str")):
        return True
    if _MERIDIEM.match(token) and word and not starts:
        return _goes_on_behind_the_hour(text, begin, at, word)
    if key in _MAYBE:
        # A short word that is also an ordinary one ("die Ill. Das …") is told by the next word alone.
        return not starts and (core[0].isupper() or key in _UNITS or "." in core)
    if _LETTERS_WITH_DOTS.match(core):
        return not starts
    if language == "de" and _ROMAN.match(core):
        return not starts
    # "Mai. 5", "Okt.-Dez. 2024" are in _MAYBE already; what is left is a word like any other.
    return False


def _goes_on_behind_the_hour(text: str, begin: int, at: int, word: str) -> bool:
    """Whether the sentence goes on with the capital of `word` behind "9 a.m.": with the rest of the time, or because
    the hour stands at the head of its clause ("At 9 a.m. Orm Rail …") or in front of a noun ("the 9 a.m. Mass")."""
    behind = text[at + 1 : at + 90].lstrip()
    if behind[:1] == "(" or word in _TIME_GOES_ON or _OWN_TIME.match(behind):
        return True
    before = text[max(begin, at - 160) : at].split()
    if before and not before[-1][0].isdigit():
        before.pop()  # "a.m"
    if before:
        before.pop()  # the hour
    if before and before[-1].lower() in _ARTICLES:
        return True
    while before and (before[-1].lower().strip(",") in _TIME_WORDS or before[-1][0].isdigit()):
        before.pop()
    if at - begin <= 160 and (not before or (before[0].lower() in _SUBORDINATE and "," not in "".join(before))):
        return True
    return bool(before) and (before[-1].endswith(",") or before[-1].lower() in _CLAUSE_OPENERS)


_UNITS = _words(
    "lit usw etc usf dgl ff f al ed eds min std sek mio mrd tsd jh jhd co inc ltd str chr mill kg km cm qm bros tel st"
)


def _has_initials(letter: str) -> bool:
    """Whether single letters are abbreviations in this script: in those with case, in Hebrew and Arabic."""
    return letter.isupper() or letter.islower() or "\u0590" <= letter <= "\u06ff"


def _follows_initial(text: str, begin: int, at: int) -> bool:
    """Whether another abbreviated letter stands before `at`: "J. A. Baker", "z. B. Die", but not "Vitamin C. Die …"."""
    return text[max(begin, at - 4) : at].rstrip().endswith(".")


def _is_ordinal(text: str, begin: int, at: int, token: str, word: str, starts: bool, language: str) -> bool:
    """Whether the number `token` at `at` with its full stop is an ordinal: "18. Dezember", "im 19. Jahrhundert"."""
    if at > begin and text[at - 1] in ":/":
        return False  # a score or a fraction: "gewann 3:2. Torschütze …"
    if _SHORT_DATE.match(token):
        return not starts and language in _ORDINAL_LANGUAGES
    digits = token.lstrip("-–(").rpartition("-")[2]
    if not digits.isdigit() or len(digits) > 3:
        return False
    if at - begin < 8 and not text[begin:at].strip("\"'„“”»«([*#- \u00a0"):
        return True  # an enumeration: "1. The talks", "2. Die Gespräche"
    if word in _MONTHS_ANY:
        return True
    if language not in _ORDINAL_LANGUAGES:
        return False
    if word in _ORDINAL_NOUNS:
        return True
    if starts:
        return False
    before = text[max(begin, at - _LOOK_BACK) : at].split()
    last = before[-1] if before else ""
    if last.endswith(":") or last in _BEFORE_ORDINAL:
        return True
    if word and last.islower() and last.endswith(("en", "er", "te", "em")):
        return True  # an adjective: "ihren dritten 100. Sieg"
    return last[-1:] == "." and last[:-1].isdigit()
