"""A frozen brief as messages: always the same, the same stories everywhere, within the platforms' limits and ours."""

from __future__ import annotations

import random
from dataclasses import replace
from datetime import UTC, datetime, timedelta

import pytest

from bot.briefs.brief import AlsoNew, Brief, BriefEntry, FactKind, LeftOut, NewFact, Why, frozen_brief, thawed_brief
from bot.chat import brief_texts
from bot.chat.brief_messages import Look, brief_messages, brief_title, full_list, look_of, with_look
from bot.chat.brief_texts import refusal, tell
from bot.chat.messages import Button, Heading, Message, Paragraph, Points, QuoteBlock
from bot.domain import ShownQuote
from bot.quotes.showing import show_sentence
from tests.fuzz.briefs import bodies, faults
from tests.versions import version_of

NOON = datetime(2031, 5, 14, 10, tzinfo=UTC)  # a Wednesday, noon in Berlin


def told(text: str, id_: int, outlet: str) -> ShownQuote:
    shown = show_sentence(version_of(text, id=id_, outlet=outlet), 0)
    assert shown is not None
    return shown


OLD = told("The fire brigade of Elm counted 48 passengers on the ferry.", 1, "Elm Courier")
NEW = told("The harbour office of Elm now counts 52 passengers on the ferry.", 2, "Oster Post")
FERRY = BriefEntry(
    7, "UPDATE", "Ferry runs aground off Elm", (NEW,), 3, ("https://a.example/1", "b.txt"), 0,
    new_facts=(NewFact(FactKind.CHANGED, "48", "52", OLD, NEW, "passengers"),), document_ids=(2, 3),
    publishers=("Oster Post", "Elm Courier"), voices=2,
)  # fmt: skip
MARKET = BriefEntry(8, "NEW", "Market hall of Oster burns down", (OLD,), 1, ("c.txt",), 0, document_ids=(4,), publishers=("Elm Courier",))
BRIEF = Brief(
    NOON, NOON - timedelta(days=1), 3, 9, (FERRY, MARKET), (AlsoNew(9, "Road to Lindholm closed", (5,), ("d.txt",)),), 5, 0, (),
    at=NOON, sources=2, failing=("Elm Herald",), left_out=(LeftOut("filtered", 6), LeftOut("below", 3)),
)  # fmt: skip
LOOK = Look("discord", "w1", "c1", zone="Europe/Berlin")


def words(message: Message) -> str:
    return "\n".join(str(block) for block in message.blocks)


def rendered(brief: Brief = BRIEF, **look: object) -> tuple[Message, ...]:
    made = brief_messages(brief, replace(LOOK, **look), {2: "https://a.example/1"}, "c1/abc")  # type: ignore[arg-type]
    return (made.overview, *made.stories)


def test_both_languages_have_the_same_texts() -> None:
    assert brief_texts._ENGLISH.keys() == brief_texts._GERMAN.keys()
    for key, text in brief_texts._ENGLISH.items():
        assert _blanks(text) == _blanks(brief_texts._GERMAN[key]), key


def _blanks(text: str) -> set[str]:
    import string

    return {name for _, name, _, _ in string.Formatter().parse(text) if name}


def test_hostile_briefs_are_previewed_as_they_are_posted_and_tell_the_same_everywhere() -> None:
    for body, brief, look, shelf in bodies(random.Random(7), 20):
        assert faults(body, brief, look, shelf) == []


def test_the_look_is_frozen_with_the_brief() -> None:
    body = with_look(frozen_brief(BRIEF), LOOK)
    assert body == with_look(frozen_brief(thawed_brief(body)), look_of(body) or Look("", "", ""))
    assert (thawed_brief(body), look_of(body)) == (BRIEF, LOOK)
    assert look_of(frozen_brief(BRIEF)) is None


def test_the_overview_tells_when_since_when_what_and_what_not() -> None:
    [overview, *_] = rendered()
    assert overview.blocks[0] == Heading("Midday brief · Wed 14 May, 12:00 (Berlin, +02:00)")
    said = words(overview)
    assert "since Tue 13 May, 12:00 · 5 documents, 2 sources, 1 failing" in said
    assert [block.text for block in overview.blocks[1:] if isinstance(block, Heading)] == [
        "1 Ferry runs aground off Elm", "2 Market hall of Oster burns down",
    ]  # fmt: skip
    assert "48 → 52 passengers · 2 publishers · 3 independent reports" in said
    assert "only Elm Courier" in said
    assert "Road to Lindholm closed" in said
    assert "Not in this brief: 6 filtered by words, 3 ranked below these" in said
    assert not overview.silent


def test_an_update_names_its_fact_with_the_old_value_and_both_quotes() -> None:
    [_, story, _] = rendered()
    assert story.silent
    assert Paragraph("Since yesterday:", strong=True) in story.blocks
    assert Points(("48 → 52 passengers",)) in story.blocks
    assert [one.text for one in story.quotes()] == [NEW.text, OLD.text]
    passages = [block.link for block in story.blocks if isinstance(block, QuoteBlock)]
    assert [link.partition("#")[0] for link in passages] == ["https://a.example/1", ""]
    assert [one.label for one in story.buttons if isinstance(one, Button)] == ["Ask about this", "Mute story", "👍", "👎"]
    assert all(len(one.action) <= 90 for one in story.buttons if isinstance(one, Button))


@pytest.mark.parametrize(("style", "kind"), [("bullets", Points), ("prose", Paragraph)])
def test_a_story_is_told_as_the_channel_wishes(style: str, kind: type) -> None:
    [_, story, _] = rendered(style=style)
    assert any(isinstance(block, kind) and "48 → 52" in str(block) for block in story.blocks)
    [overview, plain, _] = rendered(style="headlines")
    assert "48 → 52" not in words(overview) + words(plain)


def test_without_threads_the_overview_quotes() -> None:
    [overview] = rendered(threads="off")
    assert [one.text for one in overview.quotes()] == [NEW.text, OLD.text]


def test_every_story_of_an_overview_has_a_sentence_that_tells_its_news_as_long_as_there_is_room() -> None:
    [overview, *_] = rendered()
    assert [one.text for one in overview.quotes()] == [NEW.text, OLD.text]
    long = told(" ".join(["The harbour office counts passengers and ships"] * 12) + ".", 3, "Elm Courier")
    many = tuple(replace(MARKET, story_id=n, quotes=(long,)) for n in range(7))
    [overview, *_] = rendered(replace(BRIEF, entries=many))
    headings = [block for block in overview.blocks if isinstance(block, Heading)]
    assert len(headings) == 8
    assert 0 < len(overview.quotes()) < 7


def test_a_statement_that_turns_another_one_stands_once_in_the_overview() -> None:
    denied = told("The yard of Elm denied a fault in the doors of the ferry.", 3, "Elm Courier")
    admitted = told("The yard of Elm admitted a fault in the doors of the ferry.", 4, "Oster Post")
    fact = NewFact(FactKind.CONFIRMED, "", admitted.text, denied, admitted)
    ferry = replace(FERRY, new_facts=(fact,), quotes=(admitted,))
    overview, story, _ = rendered(replace(BRIEF, entries=(ferry, MARKET)))
    assert "confirmed, after it was denied · 2 publishers" in words(overview)
    assert words(overview).count("admitted a fault") == 1
    assert {denied.text, admitted.text} <= {one.text for one in story.quotes()}


def test_headlines_alone_still_warn_and_lead_to_their_articles() -> None:
    brief = replace(BRIEF, entries=(replace(FERRY, unverified=True), MARKET))
    [overview, *_] = rendered(brief, style="headlines", threads="off")
    assert "only Elm Courier" in words(overview)
    assert "not independently verified" in words(overview)
    assert overview.links() == {"https://a.example/1"}
    assert 2 in overview.leads_to


def test_why_a_story_stands_there_is_said_in_plain_words() -> None:
    whys = (Why("publishers", 3), Why("reports", 1), Why("new-facts", 1), Why("a reason of a later release", 2))
    _, story, _ = rendered(replace(BRIEF, entries=(replace(FERRY, why=whys), MARKET)))
    assert "Why it stands here: 3 publishers, a new fact" in words(story)
    _, _, plain = rendered(replace(BRIEF, entries=(FERRY, replace(MARKET, why=(Why("publishers", 1),)))))
    assert "Why it stands here" not in words(plain)


def test_a_gap_is_said_with_its_ends() -> None:
    [overview, *_] = rendered(replace(BRIEF, catch_up=True, since=NOON - timedelta(days=4)))
    assert isinstance(overview.blocks[0], Heading)
    assert overview.blocks[0].mark == "CATCH-UP"
    assert "covers Sat 10 May, 12:00 – Wed 14 May, 12:00" in words(overview)


def test_a_title_has_the_day_that_was_chosen_though_a_gap_moved_the_hour_into_the_next() -> None:
    moved = datetime(2031, 5, 14, 22, 30, tzinfo=UTC)
    look = replace(LOOK, language="de", day=NOON.date())
    assert brief_title(replace(BRIEF, at=moved), look) == "Nachtüberblick · Mi., 14. Mai, 00:30 (Berlin, +02:00)"


@pytest.mark.parametrize(
    ("language", "text"),
    [
        ("en", "Nothing new since Tue 13 May, 12:00. Next brief: Thu 15 May, 07:30 (+02:00)."),
        ("de", "Nichts Neues seit Di., 13. Mai, 12:00. Nächster Überblick: Do., 15. Mai, 07:30 (+02:00)."),
    ],
)
def test_an_empty_brief_is_one_short_line(language: str, text: str) -> None:
    ahead = datetime(2031, 5, 15, 5, 30, tzinfo=UTC)
    [only] = rendered(replace(BRIEF, entries=(), also_new=()), language=language, next_at=ahead)
    assert only.blocks[0] == Paragraph(text)


def test_where_nothing_is_new_sources_that_do_not_answer_are_named() -> None:
    [message] = rendered(replace(BRIEF, entries=(), also_new=()))
    assert "One source does not answer: Elm Herald" in words(message)
    [german] = rendered(replace(BRIEF, entries=(), also_new=(), failing=("Elm Herald", "Oster Post")), language="de")
    assert "2 Quellen antworten nicht: Elm Herald, Oster Post" in words(german)


def test_the_full_list_leaves_nothing_out() -> None:
    listed = words(full_list(BRIEF, "en"))
    named = replace(BRIEF, left_out=(LeftOut("copies", 7, tuple(range(60, 67))), LeftOut("filtered", 6)))
    why = words(full_list(named, "en", {n: f"Ferry report {n}" for n in range(60, 67)}))
    assert "7 copies:" in why
    assert "Ferry report 64" in why
    assert "Ferry report 65" not in why
    assert "and 2 more" in why
    for name in ("Ferry runs aground", "Market hall", "Road to Lindholm", "6 filtered by words", "Elm Herald"):
        assert name in listed


def test_a_refused_time_is_explained_in_german_too() -> None:
    assert refusal("cron", "That looks like cron.", "en") == "That looks like cron."
    assert refusal("cron", "That looks like cron.", "de").startswith("Das sieht nach cron aus.")
    assert tell("no-brief", "de") != tell("no-brief", "en")


def test_every_refusal_of_a_time_has_german_words() -> None:
    import re
    from pathlib import Path

    import bot.schedule.calendar
    import bot.schedule.wording

    codes = set()
    for module in (bot.schedule.calendar, bot.schedule.wording):
        text = Path(str(module.__file__)).read_text("utf-8")
        codes |= set(re.findall(r'(?:_refused|_unclear|SettingsError)\(\s*"([a-z-]+)"', text))
    assert codes
    assert codes <= brief_texts._REFUSED_IN_GERMAN.keys()
