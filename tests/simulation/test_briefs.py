"""Documents that are dropped one by one, by the days they bear: the briefs tell how the story went, each with its quote."""

from __future__ import annotations

from datetime import UTC, datetime
from pathlib import Path

from bot.briefs.brief import Brief, FactKind, quotes_of
from tests.simulation.briefs import batches_of, briefs_of

# Six reports on one event of ours, in two languages; two of them are one report.
REPORTS = {
    "2025-05-02-gazette.txt": (
        "Ferry sinks off Velmark\n\nVelmark Gazette\n\n"
        "The ferry Astrid sank off the coast of Velmark on Friday with 140 passengers on board, the Karsow coast guard "
        "said.\n\nRescue boats from Karsow brought 61 passengers of the ferry to the harbour of Velmark, the coast guard "
        "said.\n\nThe shipping company Lindholm Lines has not acknowledged any fault in the ferry Astrid.\n\n"
        "Witnesses on the pier of Velmark heard a bang before the ferry leaned over.\n"
    ),
    "2025-05-03-bote.txt": (
        "Fährunglück vor Velmark: Zahl der Geretteten steigt\n\nLindholmer Bote\n\n"
        "Rettungsboote aus Karsow haben nach dem Untergang der Fähre Astrid vor Velmark 98 Passagiere in den Hafen von "
        "Velmark gebracht, teilte die Küstenwache von Karsow am Samstag mit.\n\n"
        "Mindestens 12 Passagiere der Fähre Astrid wurden getötet, sagte die Küstenwache von Karsow.\n\n"
        "Die Fähre Astrid war am Freitag mit 140 Passagieren vor der Küste von Velmark gesunken.\n"
    ),
    "2025-05-05-herald.txt": (
        "More rescued from Velmark ferry\n\nHalvard Herald\n\n"
        "Rescue boats from Karsow have now brought 117 passengers of the ferry Astrid to the harbour of Velmark, the "
        "Karsow coast guard said on Monday.\n\nFishermen from Velmark helped to look for passengers of the ferry Astrid "
        "through the night.\n"
    ),
    "2025-05-05-post.txt": (
        "More rescued from Velmark ferry\n\nThe Ostmark Post\n\n"
        "Rescue boats from Karsow have now brought 117 passengers of the ferry Astrid to the harbour of Velmark, the "
        "Karsow coast guard said on Monday.\n\nFishermen from Velmark helped to look for passengers of the ferry Astrid "
        "through the night.\n"
    ),
    "2025-05-08-gazette.txt": (
        "Shipping company admits fault in Velmark ferry\n\nVelmark Gazette\n\n"
        "Lindholm Lines acknowledged on Thursday a fault in the doors of the ferry Astrid, which sank off Velmark last "
        "week.\n\nIts head, in tears, promised the widows a pension, and the mayor of Velmark asked judges to look into "
        "contracts with the yard that built the doors.\n\nA court in Karsow will hear engineers of the yard in summer, "
        "and the ferry Astrid will be lifted before the storms of autumn.\n"
    ),
    "2025-05-09-herald.txt": (
        "Velmark mourns for the ferry\n\nHalvard Herald\n\n"
        "Bells rang in the harbour of Velmark for the passengers of the ferry Astrid, which sank off the coast of Velmark "
        "with 140 passengers on board.\n\nThe Karsow coast guard took widows to where the ferry Astrid sank.\n"
    ),
}  # fmt: skip


async def told(folder: Path, files: dict[str, str], *, together: bool = False) -> list[Brief]:
    drop = folder / "drop"
    drop.mkdir()
    for name, text in files.items():
        (drop / name).write_text(text, encoding="utf-8")
    batches = batches_of(drop, {})
    if together:
        batches = [(datetime(2025, 5, 10, 9, tzinfo=UTC), [file for _, some in batches for file in some])]
    return [brief async for _, _, _, brief in briefs_of(batches, folder)]


def facts(brief: Brief, kind: FactKind) -> list[tuple[str, str]]:
    return [(fact.before, fact.after) for entry in brief.entries for fact in entry.new_facts if fact.kind is kind]


async def test_the_briefs_tell_how_a_story_went_and_nothing_twice(tmp_path: Path) -> None:
    first, second, third, fourth, last = await told(tmp_path, REPORTS)
    assert [entry.mark for entry in first.entries] == ["NEW"]
    assert facts(second, FactKind.CHANGED) == [("61", "98")]
    assert any(after.startswith("12 ") for _, after in facts(second, FactKind.FIGURE))
    assert facts(third, FactKind.CHANGED) == [("98", "117")]
    [entry] = third.entries
    assert (entry.mark, entry.copies, entry.reports) == ("UPDATE", 1, 3)
    [confirmed] = [fact for fact in fourth.entries[0].new_facts if fact.kind is FactKind.CONFIRMED]
    assert confirmed.quote_before is not None
    assert "has not acknowledged any fault" in confirmed.quote_before.text
    assert "acknowledged on Thursday a fault" in confirmed.quote_after.text
    assert last.entries == ()
    [left_out] = last.left_out
    assert (left_out.reason in ("no-new-fact", "copies"), left_out.count) == (True, 1)
    for brief in (first, second, third, fourth):
        for fact in brief.entries[0].new_facts:
            assert fact.after in fact.quote_after.text
            assert fact.quote_after in quotes_of(brief.entries[0])


async def test_what_arrives_at_once_tells_its_changes_in_the_order_of_the_days(tmp_path: Path) -> None:
    dated = {name: text.replace("\n\n", f"\n\n{name[8:10]}. Mai 2025\n\n", 1) if "bote" in name
             else text.replace("\n\n", f"\n\nMay {int(name[8:10])}, 2025\n\n", 1) for name, text in REPORTS.items()}  # fmt: skip
    [brief] = await told(tmp_path, dated, together=True)
    [entry] = brief.entries
    assert (entry.mark, entry.reports) == ("NEW", 4)
    assert [(c.before, c.after) for c in entry.changed][:2] == [("61", "98"), ("98", "117")]
    assert entry.chart is not None
    assert [point.value for point in entry.chart.points] == [61, 98, 117]
