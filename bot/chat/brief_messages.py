"""A frozen brief as messages: the overview, which alone notifies anybody, and one message for each story.

Pure: the same frozen bytes give the same messages. All that decides how a brief looks is frozen with it (`Look`), so
that a preview, the post, its thread, a redo and the archive show the same, whatever was changed since.
"""

from __future__ import annotations

from collections.abc import Mapping, Sequence
from dataclasses import dataclass
from datetime import date, datetime  # at run time, too: a look is read back by its types
from itertools import zip_longest
from typing import TYPE_CHECKING, Final

import msgspec

from bot.briefs.brief import FactKind, quotes_of, thawed_brief, versions_of
from bot.chat.brief_texts import day_in_words, is_told, moment, moment_with_offset, tell
from bot.chat.brief_words import chart_lines, chart_title, fact_words, left_out_words, reason_words
from bot.chat.charts import chart_picture
from bot.chat.composing import conflict_blocks, quote_block
from bot.chat.foreign_words import seen, shortened, utf16
from bot.chat.messages import Attachment, Button, Heading, Message, Paragraph, Picture, Points, SourceLinks, Tone
from bot.chat.passage_links import passage_link
from bot.schedule.calendar import zone_of
from bot.schedule.telling import offset

if TYPE_CHECKING:
    from bot.briefs.brief import Brief, BriefEntry, Chart, NewFact
    from bot.chat.messages import Block
    from bot.domain import ShownQuote

MOST_STORIES: Final = 7  # beyond, the overview would not fit
_HEADLINE: Final = 120  # of an overview: UTF-16 units, a letter that has to be escaped counts twice
_LINE: Final = 170
_WRITTEN: Final = 260
_ALSO: Final = 90
_MOST_ALSO: Final = 8
_NAMES: Final = 300  # of stories or topics in one line
_ROOM: Final = 3_000  # of an overview with quotes; what a platform takes is more
_LINK_ROOM: Final = 60  # around a link: its label, its brackets
_STORY_QUOTES: Final = {"bullets": 2, "prose": 3, "headlines": 1}
_MOST_FACTS: Final = 3
_STANDS: Final = frozenset({FactKind.DENIED, FactKind.CONFIRMED})
_MOST_ARTICLES: Final = 12
_MOST_LISTED: Final = 10
_MOST_NAMED: Final = 5  # of what is left out for one reason
_REFERENCE: Final = 12  # of a body's hash, in the names of buttons
_SPECIAL: Final = frozenset("\\*_~|<>[]()#@`:-+.")
_PARTS_OF_THE_DAY: Final = (
    (5, "night"), (11, "morning"), (14, "midday"), (17, "afternoon"), (23, "evening"), (24, "night"),
)  # fmt: skip


@dataclass(frozen=True, slots=True)
class Look:
    """How a brief looks. It is frozen within the brief's body.

    `day` is the chosen local day of its slot, which a gap may have moved: the title shows it. `next_at`: when the next
    one comes, for a brief that has nothing else to say.
    """

    platform: str
    workspace: str
    channel: str
    language: str = "en"
    style: str = "bullets"  # bullets, prose, headlines
    threads: str = "one"  # off, one, per story
    zone: str = "UTC"
    day: date | None = None
    weekly: bool = False
    private: bool = False  # one person asked for it
    next_at: datetime | None = None
    updated_at: datetime | None = None  # when it was made anew


@dataclass(frozen=True, slots=True)
class BriefMessages:
    """What is posted. `title` names the thread, or the post in a forum; `topics` its tags."""

    overview: Message
    stories: tuple[Message, ...]
    title: str
    topics: tuple[str, ...] = ()

    def quotes(self) -> tuple[ShownQuote, ...]:
        """Everything between quotation marks, for the receipt."""
        return tuple(one for message in (self.overview, *self.stories) for one in message.quotes())


def with_look(body: bytes, look: Look) -> bytes:
    """A frozen brief with its look in it; `thawed_brief` reads it as before. The same two give the same bytes."""
    raw = msgspec.json.decode(body)
    return msgspec.json.encode({**raw, "look": msgspec.to_builtins(look)}, order="deterministic")


def look_of(body: bytes) -> Look | None:
    """The look that was frozen with a brief; None when it was frozen without one."""
    raw = msgspec.json.decode(body)
    found = raw.get("look") if isinstance(raw, dict) else None
    return msgspec.convert(found, Look) if found is not None else None


def reference(look: Look, sha256: str) -> str:
    """How a button names the brief below which it stands: its channel and the beginning of its hash."""
    return f"{look.channel}/{sha256[:_REFERENCE]}"


def messages_of(body: bytes, sha256: str, addresses: Mapping[int, str]) -> BriefMessages:
    """The messages of a frozen body. `addresses` are those of the quoted versions, by their ids."""
    look = look_of(body) or Look("", "", "")
    return brief_messages(thawed_brief(body), look, addresses, reference(look, sha256))


def brief_messages(brief: Brief, look: Look, addresses: Mapping[int, str], ref: str) -> BriefMessages:
    """Overview and stories of a brief. The overview names every story that has a message, in the same order."""
    title = brief_title(brief, look)
    topics = brief.topics
    if brief.is_empty:
        return BriefMessages(_nothing(brief, look, title), (), title, topics)
    stories = tuple(
        story_message(brief, n, look, addresses, ref) for n in range(1, len(brief.entries[:MOST_STORIES]) + 1)
    )
    shown = stories if look.threads != "off" else ()
    return BriefMessages(_overview(brief, look, addresses, title, ref), shown, title, topics)


def brief_title(brief: Brief, look: Look) -> str:
    """ "Morning brief · Wed 14 May, 07:30 (Berlin, +02:00)"."""
    local = (brief.at or brief.made_at).astimezone(zone_of(look.zone))
    part = next(name for until, name in _PARTS_OF_THE_DAY if local.hour < until)
    kind = "private" if look.private else "weekly" if look.weekly else part
    place = look.zone.rpartition("/")[2].replace("_", " ")
    shift = offset(local.utcoffset())
    day = day_in_words(look.day or local.date(), look.language)
    where = f"{place}, {shift}" if place != "UTC" else "UTC"
    return f"{tell(f'title-{kind}', look.language)} · {day}, {local:%H:%M} ({where})"


# --- the overview ---


def _overview(brief: Brief, look: Look, addresses: Mapping[int, str], title: str, ref: str) -> Message:
    language = look.language
    mark = tell("CATCH-UP", language) if brief.catch_up else ""
    entries = brief.entries[:MOST_STORIES]
    head: list[Block] = [Heading(title, mark=mark), Paragraph(_reach(brief, look), small=True)]
    told: list[list[Block]] = []
    for n, entry in enumerate(entries, 1):
        lines: list[Block] = [Heading(f"{n} {_name(entry, _HEADLINE)}", mark=_mark(entry, language))]
        if look.style == "headlines":
            first = next((one.quote for one in entry.quotes if addresses.get(one.quote.version_id)), None)
            way = passage_link(addresses[first.version_id], "") if first is not None else ""
            lines = [Heading(f"{n} {_name(entry, _HEADLINE)}", link=way, mark=_mark(entry, language))]
            if warned := _warnings(entry, language):
                lines.append(Paragraph(" · ".join(warned), small=True))
        else:
            lines.append(Paragraph(_fitting(_line_of(entry, language), _LINE), small=True))
            if entry.lines:
                lines.append(Paragraph(_fitting(entry.lines[0].text, _WRITTEN)))
        told.append(lines)
    rest = _rest(brief, look, addresses)
    if look.style != "headlines":
        taken = sum(_cost_of(block) for blocks in (head, rest, *told) for block in blocks)
        _put_quotes(told, entries, addresses, language, _ROOM - taken)
    all_blocks = [*head, *(block for lines in told for block in lines), *rest]
    summary = f"{title}: " + " · ".join(_name(entry, _HEADLINE) for entry in entries) if entries else title
    leads_to = tuple(versions_of(brief))
    buttons = _overview_buttons(look, ref)
    return Message(summary, tuple(all_blocks), language, Tone.PLAIN, buttons, leads_to=leads_to)


def _reach(brief: Brief, look: Look) -> str:
    """Since when, over how much, made how."""
    language = look.language
    until = brief.at or brief.made_at
    if brief.since is None:
        parts = [tell("first", language)]
    elif brief.catch_up:
        window = {"since": moment(brief.since, look.zone, language), "until": moment(until, look.zone, language)}
        parts = [tell("covers", language, **window)]
    else:
        parts = [tell("since", language, when=moment(brief.since, look.zone, language))]
    counts = [_count("document", "documents", brief.documents, language)]
    if brief.sources:
        counts.append(_count("source", "sources", brief.sources, language))
    if brief.failing:
        counts.append(tell("failing", language, n=len(brief.failing)))
    parts.append(", ".join(counts))
    if brief.topics:
        parts.append(tell("on-topics", language, topics=_fitting(", ".join(brief.topics), _LINE)))
    if brief.made_good:
        parts.append(tell("made-good", language))
    if brief.extract_only:
        parts.append(tell("extract-only", language))
    if look.updated_at is not None:
        parts.append(tell("updated-at", language, time=f"{look.updated_at.astimezone(zone_of(look.zone)):%H:%M}"))
    return " · ".join(parts)


def _line_of(entry: BriefEntry, language: str) -> str:
    """One line: how many say so, and what is new."""
    return " · ".join(_line_parts(entry, language))


def _line_parts(entry: BriefEntry, language: str) -> list[str]:
    parts = [_voices(entry, language)]
    if entry.reports > 1:
        parts.append(_count("report", "reports", entry.reports, language))
    facts = _facts(entry, language)
    if entry.mark == "UPDATE" and facts:  # it names its new fact, before all else
        parts.insert(0, facts[0])
    elif facts:
        parts.append(facts[0])
    return [*parts, *_warnings(entry, language)[int(entry.is_single) :]]


def _warnings(entry: BriefEntry, language: str) -> list[str]:
    """What a reader has to bear in mind of a story: that one publisher alone tells it comes first."""
    found = [_voices(entry, language)] if entry.is_single else []
    if entry.conflicts:
        found.append(tell("disagree", language))
    return [*found, tell("unverified", language)] if entry.unverified else found


def _voices(entry: BriefEntry, language: str) -> str:
    if not entry.is_single:
        return _count("publishers", "publishers", entry.voices, language)
    if entry.publishers:
        return tell("single-named", language, who=_fitting(entry.publishers[0], 60))
    return tell("single", language)


def _put_quotes(
    told: list[list[Block]], entries: Sequence[BriefEntry], addresses: Mapping[int, str], language: str, room: int
) -> None:
    """A sentence that tells what is new stands below each story's line, as long as there is room for all headlines."""
    for lines, entry in zip(told, entries, strict=True):
        for quote in _telling_first(entry):
            block = quote_block(quote, language, addresses)
            if (cost := _cost_of(block)) <= room:
                room -= cost
                lines.append(block)
                _say_it_once(lines, entry, quote, language)
                break


def _say_it_once(lines: list[Block], entry: BriefEntry, quote: ShownQuote, language: str) -> None:
    """Where the quote below a story's line is the statement that the line names, the line only says what it turns."""
    fact = next(iter(_by_weight(entry)), None)
    if entry.mark != "UPDATE" or fact is None or fact.quote_after != quote or fact.kind not in _STANDS:
        return
    for n, line in enumerate(lines):
        if isinstance(line, Paragraph) and line.small:
            short = tell(f"{fact.kind}-before" if fact.quote_before is not None else f"{fact.kind}-short", language)
            parts = _line_parts(entry, language)
            lines[n] = Paragraph(_fitting(" · ".join([short, *parts[1:]]), _LINE), small=True)
            return


def _telling_first(entry: BriefEntry) -> list[ShownQuote]:
    """The quotes of a story, the one first that tells its weightiest news."""
    if entry.lines:
        return list(entry.lines[0].quotes) or list(entry.quotes)
    facts = _by_weight(entry) if entry.mark == "UPDATE" else []
    return [*(fact.quote_after for fact in facts[:1]), *entry.quotes]


def _rest(brief: Brief, look: Look, addresses: Mapping[int, str]) -> list[Block]:
    """Other news by its headlines, what has nothing new, and what is left out."""
    language = look.language
    blocks: list[Block] = []
    names = [_fitting(one.headline or next(iter(one.documents), "–"), _ALSO) for one in brief.also_new]
    if names:
        more = len(names) - _MOST_ALSO
        lines = names[:_MOST_ALSO] + ([tell("more-new", language, n=more)] if more > 0 else [])
        ways = [passage_link(addresses.get(one.version_id, ""), "") for one in brief.also_new[:_MOST_ALSO]]
        ways += [""] * (len(lines) - len(ways))
        blocks += [Paragraph(tell("also-new", language), strong=True), Points(tuple(lines), tuple(ways))]
    if brief.further:
        further = " · ".join(_fitting(one.headline or "–", _ALSO) for one in brief.further)
        blocks.append(Paragraph(tell("further", language, stories=_fitting(further, _NAMES)), small=True))
    if brief.quiet:
        quiet = " · ".join(_fitting(one.headline, _ALSO) for one in brief.quiet)
        blocks.append(Paragraph(tell("quiet", language, stories=_fitting(quiet, _NAMES)), small=True))
    if reasons := left_out_words(brief, language):
        blocks.append(Paragraph(_fitting(tell("left-out", language, reasons=reasons), _NAMES + 100), small=True))
    return blocks


def _overview_buttons(look: Look, ref: str) -> tuple[Button, ...]:
    language = look.language
    if look.private:
        return (Button(tell("button-full", language), f"full:{ref}"),)
    return (
        Button(tell("button-full", language), f"full:{ref}"),
        Button(tell("button-me-on", language), f"brief-on:{ref}"),
        Button(tell("button-settings", language), f"brief-settings:{look.channel}"),
    )


def _nothing(brief: Brief, look: Look, title: str) -> Message:
    """One short line for a brief that has nothing to tell, with what was left out."""
    language = look.language
    if look.private:
        text = tell("nothing-now-first", language)
        if brief.since is not None:
            text = tell("nothing-now", language, when=moment(brief.since, look.zone, language))
    elif brief.since is None:
        text = tell("empty-first", language)
    else:
        text = tell("empty", language, when=moment(brief.since, look.zone, language))
    if look.next_at is not None:
        text += " " + tell("next", language, when=moment_with_offset(look.next_at, look.zone, language))
    blocks: list[Block] = [Paragraph(text)]
    if brief.failing:  # then nobody knows whether there is something new
        key = "not-answering" if len(brief.failing) > 1 else "one-not-answering"
        names = _fitting(", ".join(brief.failing), _LINE)
        blocks.append(Paragraph(tell(key, language, n=len(brief.failing), names=names), small=True))
    if reasons := left_out_words(brief, language):
        blocks.append(Paragraph(tell("left-out", language, reasons=reasons), small=True))
    return Message(f"{title}: {text}", tuple(blocks), language, Tone.GREY, silent=not look.private)


# --- a story ---


def story_message(brief: Brief, number: int, look: Look, addresses: Mapping[int, str], ref: str) -> Message:
    """The story with this number, from 1: what is new, its quotes, where sources disagree, and every article."""
    entry = brief.entries[number - 1]
    language = look.language
    links = [addresses.get(one.quote.version_id, "") for one in entry.quotes]
    first = next((passage_link(link, "") for link in links if link), "")
    headline = _name(entry, _HEADLINE)
    blocks: list[Block] = [
        Heading(f"{number} {headline}", link=first, mark=_mark(entry, language)),
        Paragraph(_story_reach(entry, language), small=True),
    ]
    shown = [one for line in entry.lines for one in line.quotes]
    shown += entry.quotes[: _STORY_QUOTES.get(look.style, 2)]
    if look.style != "headlines":
        blocks += _news(brief, entry, look)
        for fact in entry.new_facts[:_MOST_FACTS]:
            shown += [one for one in (fact.quote_before, fact.quote_after) if one is not None]
    shown = list({one.quote: one for one in shown}.values())
    numbers = {one.quote: n for n, one in enumerate(shown, 1)}
    for line in entry.lines:
        blocks.append(Paragraph(line.text, marks=tuple(sorted({numbers[one.quote] for one in line.quotes}))))
    blocks += [quote_block(one, language, addresses, numbers[one.quote]) for one in shown]
    for conflict in entry.conflicts:
        blocks += conflict_blocks(conflict, numbers, language, addresses)
    if entry.chart is not None and entry.chart.points:
        blocks += _chart(entry.chart, language)
    blocks += _articles(entry, addresses)
    if reasons := _reasons(entry, language):
        blocks.append(Paragraph(tell("why", language, reasons=reasons), small=True))
    picture = chart_picture(entry.chart, language, f"chart-{number}.png") if entry.chart is not None else None
    attached = (Attachment(picture.name, picture.png, "image/png", picture.alt),) if picture is not None else ()
    buttons = (
        Button(tell("button-ask", language), f"about:{ref}:{number}"),
        Button(tell("button-mute", language), f"mute:{ref}:{number}"),
        Button("👍", f"good:brief/{ref}/{number}"),
        Button("👎", f"bad:brief/{ref}/{number}"),
    )
    leads_to = dict.fromkeys([*(one.quote.version_id for one in quotes_of(entry)), *entry.version_ids])
    return Message(
        headline, tuple(blocks), language, Tone.PLAIN, buttons, attached, silent=True, leads_to=tuple(leads_to)
    )


def full_list(brief: Brief, language: str, titles: Mapping[int, str] | None = None) -> Message:
    """Everything on one page, without quotes: all stories, what else is new, what was left out and why. `titles` are
    those of documents that are left out, by their ids."""
    head = tell("full-title", language)
    blocks: list[Block] = [Heading(head)]
    for n, entry in enumerate(brief.entries, 1):
        blocks.append(Heading(f"{n} {_name(entry, _HEADLINE)}", mark=_mark(entry, language)))
        blocks.append(Paragraph(_fitting(_line_of(entry, language), _LINE), small=True))
    if also := [_fitting(one.headline or next(iter(one.documents), "–"), _HEADLINE) for one in brief.also_new]:
        blocks += [Paragraph(tell("also-new", language), strong=True), Points(tuple(also))]
    if reasons := left_out_words(brief, language):
        blocks.append(Paragraph(tell("left-out", language, reasons=reasons), small=True))
    for one in brief.left_out:
        named = [title for id_ in one.document_ids if (title := (titles or {}).get(id_, "").strip())]
        if named:
            lines = [_fitting(title, _ALSO) for title in named[:_MOST_NAMED]]
            more = [tell("more-new", language, n=len(named) - len(lines))] if len(named) > len(lines) else []
            head_of_them = f"{reason_words(one.reason, one.count, language)}:"
            blocks += [Paragraph(head_of_them, small=True), Points((*lines, *more))]
    if brief.failed:
        blocks += [Paragraph(tell("unread", language), strong=True), Points(_first(brief.failed))]
    if brief.failing:
        blocks += [Paragraph(tell("do-not-answer", language), strong=True), Points(_first(brief.failing))]
    return Message(head, tuple(blocks), language)


def _first(names: Sequence[str]) -> tuple[str, ...]:
    return tuple(_fitting(one, _LINE) for one in names[:_MOST_LISTED])


def gone_message(look: Look) -> Message:
    """What stands in the place of a story that a brief lost when it was made anew."""
    text = tell("gone-story", look.language)
    return Message(text, (Paragraph(text),), look.language, Tone.GREY, silent=True)


def _story_reach(entry: BriefEntry, language: str) -> str:
    parts = [_voices(entry, language)]
    if entry.publishers and not entry.is_single:
        parts.append(_fitting(", ".join(entry.publishers), _LINE))
    parts.append(_count("report", "reports", max(1, entry.reports), language))
    if entry.unverified:
        parts.append(tell("unverified", language))
    return " · ".join(parts)


def _news(brief: Brief, entry: BriefEntry, look: Look) -> list[Block]:
    """What is new, in points or in one sentence of ours."""
    facts = _facts(entry, look.language)[:_MOST_FACTS]
    if not facts:
        return []
    if entry.mark != "UPDATE":
        head = tell("what-is-new", look.language)
        if look.style == "prose":
            return [Paragraph(f"{head}: {'; '.join(facts)}.")]
        return [Paragraph(head, strong=True), Points(tuple(facts))]
    key = "since-yesterday" if _was_yesterday(brief, look) else "since-last"
    if look.style == "prose":
        return [Paragraph(tell(key, look.language, facts="; ".join(facts)) + ".")]
    return [Paragraph(tell(key, look.language, facts="").strip(), strong=True), Points(tuple(facts))]


def _was_yesterday(brief: Brief, look: Look) -> bool:
    if brief.since is None:
        return False
    zone = zone_of(look.zone)
    day = (brief.at or brief.made_at).astimezone(zone).date()
    return (day - brief.since.astimezone(zone).date()).days == 1


def _facts(entry: BriefEntry, language: str) -> list[str]:
    """The named new facts, those that replace something first: what was denied or stated before, an earlier figure."""
    return [_fitting(fact_words(fact, language), _LINE) for fact in _by_weight(entry)]


def _by_weight(entry: BriefEntry) -> list[NewFact]:
    return sorted(entry.new_facts, key=lambda fact: fact.quote_before is None and fact.kind is not FactKind.CHANGED)


def _chart(chart: Chart, language: str) -> list[Block]:
    """The figures of a chart in text, and those that it cannot show; its picture goes with the message."""
    head = _fitting(chart_title(chart, language), _ALSO)
    lines = tuple(_fitting(line, _LINE) for line in chart_lines(chart, language))
    return [Paragraph(head, strong=True), Points(lines)]


def _articles(entry: BriefEntry, addresses: Mapping[int, str]) -> list[Block]:
    """Every article of the story, the new ones first, with the way to it where the store holds one."""
    new = zip_longest(entry.document_ids, entry.documents, entry.titles, entry.version_ids)
    quoted = {one.quote.document_id: one.title for one in quotes_of(entry)}
    known = {
        id_: (title or quoted.get(id_) or name or "", addresses.get(version or 0, ""))
        for id_, name, title, version in new if id_
    }  # fmt: skip
    for one in quotes_of(entry):
        known.setdefault(one.quote.document_id, (one.title or one.document, addresses.get(one.quote.version_id, "")))
    rows = [
        (n, title or "–", passage_link(address, ""), "")
        for n, (title, address) in enumerate(list(known.values())[:_MOST_ARTICLES], 1)
    ]
    return [SourceLinks(tuple(rows))] if rows else []


def _reasons(entry: BriefEntry, language: str) -> str:
    told = []
    for one in entry.why:
        single = f"why-{one.code}-one"
        key = single if one.n == 1 and is_told(single) else f"why-{one.code}"
        if is_told(key):  # else a reason of a later release
            told.append(tell(key, language, n=one.n))
    return ", ".join(one for one in told if one)


# --- small things ---


def _name(entry: BriefEntry, room: int) -> str:
    return _fitting(entry.headline or next(iter(entry.documents), ""), room) or "–"


def _mark(entry: BriefEntry, language: str) -> str:
    try:
        return tell(entry.mark, language)
    except KeyError:
        return entry.mark


def _count(one: str, many: str, n: int, language: str) -> str:
    return tell(one if n == 1 else many, language, n=n)


def _cost(text: str) -> int:
    """What a text may come to when it is escaped."""
    return utf16(text) + sum(letter in _SPECIAL for letter in text)


def _fitting(text: str, room: int) -> str:
    """Foreign words within a room that counts their escapes, cut after a word."""
    words = shortened(seen(text), room)
    while (over := _cost(words) - room) > 0:
        words = shortened(words, max(1, utf16(words) - over))
    return words


def _cost_of(block: Block) -> int:
    """What a block may come to on any platform."""
    match block:
        case Heading():
            return _cost(block.text) + utf16(block.mark) + len(block.link) + _LINK_ROOM
        case Paragraph():
            return _cost(block.text) + 8
        case Points():
            ways = sum(len(address) + _LINK_ROOM for address in block.links if address)
            return sum(_cost(item) + 4 for item in block.items) + ways
        case Picture():
            return _cost(block.alt)
        case SourceLinks():
            return sum(_cost(title) + len(address) + _LINK_ROOM for _, title, address, _ in block.rows)
        case _:
            shown = getattr(block, "shown", None)
            words = shown.text if shown is not None else ""
            ours = _cost(getattr(block, "source_line", "")) + len(getattr(block, "link", "")) + _LINK_ROOM
            return _cost(words) + 3 * (words.count("\n") + 1) + ours
