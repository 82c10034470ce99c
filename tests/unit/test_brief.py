"""The brief: one entry a story, copies once, changed figures with both quotes, frozen as it was made."""

from __future__ import annotations

from dataclasses import replace
from datetime import UTC, date, datetime, timedelta

from bot.briefs.brief import LENGTHS, Brief, BriefEntry, FactKind, frozen_brief, thawed_brief
from bot.briefs.changes import new_facts
from bot.briefs.making import (
    MOST_ALSO_NEW,
    MOST_QUOTES,
    StoryMaterial,
    make_brief,
    make_entry,
)
from bot.domain import DocumentDate, StoredVersion
from bot.library.store import Membership
from bot.quotes.proving import prove
from tests.versions import version_of

NOW = datetime(2031, 5, 14, 8, 0, tzinfo=UTC)
OLD = version_of(
    "Karsow sent 12,000 soldiers to the harbour of Velmark on Tuesday, minister Jana Brandt said.",
    id=1, title="Soldiers in Velmark", day=date(2031, 5, 1),
)  # fmt: skip
RAISED = version_of(
    "Karsow now has 15,000 soldiers in the harbour of Velmark, minister Jana Brandt said on Thursday.",
    id=2, title="More soldiers", day=date(2031, 5, 3),
)  # fmt: skip
GERMAN = version_of(
    "Karsow hat jetzt 15.000 Soldaten im Hafen von Velmark, sagte Ministerin Jana Brandt am Donnerstag.",
    id=3, language="de", title="Mehr Soldaten", day=date(2031, 5, 3),
)  # fmt: skip
PROTEST = version_of(
    "Fishermen from Velmark blocked the road to the harbour and asked the mayor to open it.",
    id=4, title="Fishermen block a road", day=date(2031, 5, 4),
)  # fmt: skip


def entry(new: tuple[StoredVersion, ...], earlier: tuple[StoredVersion, ...] = (), **reports: int) -> BriefEntry:
    """The entry of a story. `d5=1`: document 5 is a copy of report 1."""
    found = make_entry(StoryMaterial(1, new, earlier), members(**reports))
    assert found is not None
    return found


def members(**reports: int) -> dict[int, Membership]:
    return {int(name[1:]): Membership(int(name[1:]), report, 1, "same text") for name, report in reports.items()}


def brief_of(*stories: StoryMaterial) -> Brief:
    return make_brief(stories, {}, made_at=NOW, since=NOW - timedelta(days=1), window=(3, 9), failed=["x.pdf: no text"])


def story(number: int, new: int = 1) -> StoryMaterial:
    place = f"{'BCDFGHKLMN'[number % 10]}{'aeiou'[number // 10]}lmark"
    texts = [f"The mayor of {place} opened the {what} of the town on Monday." for what in ("bridge", "dam", "school")]
    versions = [version_of(texts[k], id=100 * number + k, title=f"{place} {k}") for k in range(new)]
    return StoryMaterial(100 * number, tuple(versions), ())


def test_the_mark_says_what_a_story_brings() -> None:
    assert entry((OLD,)).mark == "NEW"
    assert entry((RAISED,), (OLD,)).mark == "UPDATE"
    assert entry((PROTEST,), (OLD,)).mark == "MORE"


def test_a_changed_figure_names_old_and_new_each_with_its_quote() -> None:
    for new, after in ((RAISED, "15,000"), (GERMAN, "15.000")):
        (change,) = entry((new,), (OLD,)).changed
        assert (change.before, change.after) == ("12,000", after)
        assert change.after in change.quote_after.text
        assert change.quote_before is not None
        assert change.before in change.quote_before.text
        assert prove(change.quote_before.quote, OLD).ok
        assert prove(change.quote_after.quote, new).ok


def test_a_figure_that_was_told_already_is_no_change() -> None:
    assert new_facts([OLD, RAISED], [GERMAN]) == []
    assert new_facts([OLD], [version_of(OLD.text, id=9)]) == []


def test_reports_that_arrive_at_once_tell_their_changes_in_the_order_of_their_days() -> None:
    for batch in ((OLD, RAISED), (RAISED, OLD)):
        found = entry(batch)
        assert (found.mark, [(c.before, c.after) for c in found.changed]) == ("NEW", [("12,000", "15,000")])
    undated = [replace(v, facts=replace(v.facts, published=DocumentDate())) for v in (OLD, RAISED)]
    assert entry(tuple(undated)).changed == ()


def test_an_older_report_that_comes_late_changes_nothing() -> None:
    assert entry((OLD,), (RAISED,)).changed == ()


def test_a_figure_of_something_else_is_no_change() -> None:
    ships = version_of("Karsow now has 15,000 ships in the harbour of Velmark, minister Jana Brandt said.", id=2)
    elsewhere = version_of("Ostmark now has 15,000 soldiers in the port of Halvard, general Peer Holt said.", id=2)
    for other in (ships, elsewhere):
        assert [fact.kind for fact in new_facts([OLD], [other]) if fact.kind is FactKind.CHANGED] == []


def test_copies_speak_once_and_are_counted() -> None:
    copy = version_of(OLD.text, id=5)
    found = entry((OLD, copy), d5=1)
    assert len({q.quote.document_id for q in found.quotes}) == 1
    assert (found.reports, found.copies) == (1, 1)
    assert found.documents == ("document-1.txt", "document-5.txt")


def test_a_copy_of_what_was_told_is_counted_and_not_told_again() -> None:
    material = StoryMaterial(1, (version_of(OLD.text, id=5),), (OLD,))
    assert make_entry(material, members(d5=1)) is None
    brief = make_brief([material], members(d5=1), made_at=NOW, since=None, window=(0, 1))
    assert (brief.entries, brief.copies, brief.documents) == ((), 1, 1)


def test_a_copy_that_gives_another_figure_is_told() -> None:
    """Somebody took the old report to write a new one, and most of its words are the same."""
    anew = version_of(OLD.text.replace("12,000", "15,000"), id=5, day=date(2031, 5, 3))
    found = make_entry(StoryMaterial(1, (anew,), (OLD,)), members(d5=1))
    assert found is not None
    assert (found.mark, [(c.before, c.after) for c in found.changed]) == ("UPDATE", [("12,000", "15,000")])
    brief = make_brief([StoryMaterial(1, (anew,), (OLD,))], members(d5=1), made_at=NOW, since=None, window=(0, 1))
    assert (len(brief.entries), brief.copies) == (1, 0)


def test_an_original_speaks_before_its_machine_translation() -> None:
    translated = version_of(GERMAN.text, id=1, language="de", translated=True)
    found = entry((translated, RAISED), d2=1)
    assert {q.quote.document_id for q in found.quotes} == {2}


def test_the_newest_report_speaks_first_and_no_sentence_twice() -> None:
    same = version_of(OLD.text, id=6, day=date(2031, 5, 2))
    found = entry((OLD, same, PROTEST))
    assert found.quotes[0].quote.document_id == 4
    assert len({q.text for q in found.quotes}) == len(found.quotes) <= MOST_QUOTES
    assert found.headline == "Fishermen block a road"


def test_every_quote_of_an_entry_proves() -> None:
    versions = {v.facts.id: v for v in (OLD, RAISED, GERMAN, PROTEST)}
    for shown in entry((RAISED, GERMAN, PROTEST), (OLD,)).quotes:
        assert prove(shown.quote, versions[shown.quote.version_id]).ok


def test_many_voices_come_first_and_the_order_does_not_depend_on_how_stories_arrive() -> None:
    stories = [story(1), story(2, new=3), story(3), story(4, new=2)]
    brief = brief_of(*stories)
    assert [e.story_id for e in brief.entries] == [200, 400, 300, 100]
    assert brief_of(*reversed(stories)) == brief


def test_of_stories_that_are_worth_the_same_the_one_that_was_printed_more_often_comes_first() -> None:
    copied = story(3, 3)
    places = {id_: Membership(id_, 300, 300, "same text") for id_ in copied.document_ids}
    stories = (story(1), copied, story(5))
    brief = make_brief(stories, places, made_at=NOW, since=None, window=(3, 9))
    assert [one.story_id for one in brief.entries] == [300, 500, 100]


def test_further_reports_without_a_new_fact_are_counted_and_not_told() -> None:
    brief = brief_of(StoryMaterial(900, (PROTEST,), (OLD,)), story(1))
    assert [e.mark for e in brief.entries] == ["NEW"]
    assert [(one.story_id, one.reports) for one in brief.further] == [(900, 1)]
    assert [(one.reason, one.document_ids) for one in brief.left_out] == [("no-new-fact", (4,))]


def test_a_story_that_the_channel_was_not_told_is_new_to_it() -> None:
    found = make_entry(StoryMaterial(1, (PROTEST,), (OLD,), known=False), {})
    assert found is not None
    assert (found.mark, found.document_ids) == ("NEW", (4,))
    assert {q.quote.document_id for q in found.quotes} == {1, 4}


def test_what_is_too_much_is_named_by_its_headline_and_no_more() -> None:
    brief = brief_of(*(story(n) for n in range(1, LENGTHS["long"] + MOST_ALSO_NEW + 5)))
    assert len(brief.entries) == LENGTHS["long"]
    assert len(brief.also_new) == MOST_ALSO_NEW
    assert not {one.headline for one in brief.also_new} & {e.headline for e in brief.entries}


def test_a_frozen_brief_is_read_back_as_it_was() -> None:
    brief = brief_of(StoryMaterial(1, (RAISED, PROTEST), (OLD,)), story(2))
    assert brief.entries[0].changed
    assert thawed_brief(frozen_brief(brief)) == brief


def test_a_story_that_cannot_be_quoted_is_no_entry() -> None:
    hidden = version_of("The \u202emayor closed the harbour of the town on Monday.", id=8)
    assert make_entry(StoryMaterial(1, (hidden,), ()), {}) is None
    assert brief_of().entries == ()
