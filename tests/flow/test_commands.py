"""Every command, run as a person runs it, on documents that were really read."""

from __future__ import annotations

import json
import os
from dataclasses import replace
from pathlib import Path
from typing import Any

import pytest

from tests.flow.desk import HARBOUR_LATER, Desk


def ask(desk: Desk, question: str) -> dict[str, Any]:
    """The answer as data, whatever it is."""
    batch = desk.root / "question.jsonl"
    batch.write_text(json.dumps({"id": 1, "question": question}), encoding="utf-8")
    answer: dict[str, Any] = json.loads(desk.run("ask", "--batch", str(batch)))
    return answer


def quoted(answer: dict[str, Any]) -> str:
    return "\n".join(quote["text"] for quote in answer["quotes"])


def test_once_prints_what_was_read_its_cards_and_the_brief(desk: Desk) -> None:
    printed = desk.run("run", "--once")
    assert "new      harbour-en.txt · en" in printed
    assert "As many as 12,000 people were told to leave" in printed
    assert "Brief · " in printed
    assert "80,000 books" in printed


def test_a_second_run_has_nothing_new_and_repeats_nothing(desk: Desk) -> None:
    desk.run("run", "--once")
    printed = desk.run("run", "--once")
    assert "nothing new" in printed
    assert "Nothing new since the last brief." in printed
    assert "12,000" not in printed


@pytest.mark.parametrize(
    ("question", "expected"),
    [
        ("How much will the repairs of the wall cost?", "4.5 million euros"),
        ("Was kostet die Reparatur der Mauer?", "4,5 Millionen Euro"),
        ("When was the wall built?", "1931"),
        ("Wer entwarf die Bibliothek in Lindholm?", "Mira Solen"),
        ("Who is the harbour master?", "Ilva Brandt"),
    ],
)
def test_a_question_is_answered_by_a_quote_in_either_language(read_desk: Desk, question: str, expected: str) -> None:
    answer = ask(read_desk, question)
    assert answer["status"] == "answered"
    assert expected in quoted(answer) or expected.replace("4,5 Millionen Euro", "4.5 million euros") in quoted(answer)


def test_every_quote_is_the_slice_of_the_stored_document(read_desk: Desk) -> None:
    for question in ("How many people had to leave the harbour district?", "Wann wurde die Mauer gebaut?"):
        for quote in ask(read_desk, question)["quotes"]:
            text = read_desk.run("show", quote["document"], "--raw")
            assert text[quote["start"] : quote["end"]] == quote["text"]
            assert text.encode()[quote["start_byte"] : quote["end_byte"]].decode() == quote["text"]


def test_figures_that_disagree_stand_side_by_side(read_desk: Desk) -> None:
    answer = ask(read_desk, "How many people had to leave the harbour district of Treva?")
    [conflict] = answer["conflicts"]
    assert {"12,000", "14.000"} <= {side["value"] for side in conflict["sides"]}
    assert "12,000" in quoted(answer)
    assert "14.000" in quoted(answer)


def test_a_report_in_two_languages_counts_once(read_desk: Desk) -> None:
    answer = ask(read_desk, "How many people had to leave the harbour district of Treva?")
    reports = {quote["document"]: (quote["report"], quote["copies"]) for quote in answer["quotes"]}
    assert any(copies == 2 for _, copies in reports.values())
    assert not {"harbour-en.txt", "harbour-de.txt"} <= reports.keys()


def test_a_denial_that_was_reversed_is_shown_with_its_reversal(read_desk: Desk) -> None:
    answer = ask(read_desk, "Has the city acknowledged problems with the wall?")
    assert "Neither the city nor the region" in quoted(answer) or "Weder die Stadt" in quoted(answer)
    assert "räumte am Mittwoch erstmals ein" in quoted(answer)


def test_a_claim_that_nobody_verified_says_so(read_desk: Desk) -> None:
    answer = ask(read_desk, "What did Ilva Brandt say?")
    assert any("not-independently-verified" in quote["caveats"] for quote in answer["quotes"])


@pytest.mark.parametrize(
    "question",
    [
        "How many ships sank in Karsow?",
        "Wie heißt der Finanzminister von Treva?",
        "What is the capital of Australia?",
        "Wie viele Feuerwehrleute wurden verletzt?",
        "",
        "?",
    ],
)
def test_what_the_sources_do_not_say_is_refused_with_a_reason(read_desk: Desk, question: str) -> None:
    if not question:
        read_desk.run("ask", exits=2)
        return
    answer = ask(read_desk, question)
    assert answer["status"] == "not_in_sources"
    assert answer["reason"]
    assert answer["explanation"]
    assert not answer["quotes"]


def test_the_exit_code_tells_an_answer_from_an_honest_no(read_desk: Desk) -> None:
    assert "1931" in read_desk.run("ask", "When was the wall built?")
    assert "The sources do not say." in read_desk.run("ask", "What is the capital of Australia?", exits=3)


def test_the_answer_is_in_the_language_of_the_asker(read_desk: Desk) -> None:
    assert "Die Quellen sagen dazu nichts." in read_desk.run("ask", "Wie heißt der Finanzminister von Treva?", exits=3)


def test_a_batch_answers_every_line_and_keeps_its_id(read_desk: Desk) -> None:
    batch = read_desk.root / "batch.jsonl"
    batch.write_text('{"id": "a", "question": "When was the wall built?"}\n\nWhen was the wall built?\n{"id": "c"}\n', encoding="utf-8")
    lines = [line for line in read_desk.run("ask", "--batch", str(batch)).splitlines() if line.startswith("{")]
    answers = [json.loads(line) for line in lines]
    assert [answer.get("id") for answer in answers] == ["a", None, "c"]
    assert [answer["status"] for answer in answers] == ["answered", "answered", "error"]


def test_asking_an_empty_library_says_what_to_do(tmp_path: Path) -> None:
    desk = Desk(tmp_path)
    printed = desk.run("ask", "Anything?", exits=1)
    assert "verbatim run" in printed or "seeds" in printed


def test_a_brief_tells_what_is_new_since_the_last_one(desk: Desk) -> None:
    desk.run("run", "--once")
    desk.drop("swans.txt", "Swans return to Karsow\n\nKARSOW, 15 November 2026 – More than 300 swans were counted in Karsow on Sunday.\n")
    made = json.loads(desk.run("brief", "--json"))
    assert [entry["headline"] for entry in made["entries"]] == ["Swans return to Karsow"]
    assert made["entries"][0]["mark"] == "NEW"
    assert json.loads(desk.run("brief", "--json"))["entries"] == []
    assert "Swans return" in desk.run("brief", "--last")


def test_briefs_are_listed_shown_again_and_written_as_pages_and_a_feed(desk: Desk) -> None:
    made = json.loads(desk.run("brief", "--json"))
    [listed] = json.loads(desk.run("brief", "list", "--channel", "terminal", "--json"))
    assert (listed["state"], listed["kind"]) == ("delivered", "posted")
    assert json.loads(desk.run("brief", "show", str(listed["id"]), "--json")) == made
    assert made["entries"][0]["headline"] in desk.run("brief", "show", "--html")
    assert "no-brief" in desk.run("brief", "show", "99", exits=1)
    desk.run("brief", "export", str(desk.root / "pages"))
    written = {path.suffix or path.name for path in (desk.root / "pages" / "terminal-terminal").iterdir()}
    assert written == {".html", ".md", ".atom"}


def test_a_folder_that_cannot_be_written_is_told_in_a_sentence(desk: Desk) -> None:
    desk.run("run", "--once")
    said = desk.run("brief", "export", "/dev/null/pages", exits=1)
    assert said.startswith("error: /dev/null/pages")
    assert "(ENOTDIR)" in said


def test_a_preview_does_not_count_as_delivered(desk: Desk) -> None:
    first = json.loads(desk.run("brief", "--preview", "--json"))
    again = json.loads(desk.run("brief", "--preview", "--json"))
    assert first["entries"]
    assert len(first["entries"]) == len(again["entries"])


def test_a_raised_figure_is_an_update_with_the_old_value_beside_it(desk: Desk) -> None:
    (desk.seeds / "later.txt").unlink()
    desk.run("run", "--once")
    desk.drop("later.txt", HARBOUR_LATER)
    [entry] = json.loads(desk.run("brief", "--json"))["entries"]
    assert entry["mark"] == "UPDATE"
    assert any("12" in change["before"] and "14.000" in change["after"] for change in entry["changed"])
    assert entry["reports"] == 2


def test_documents_lists_what_failed_with_its_reason(desk: Desk) -> None:
    desk.drop("scan.txt", bytes(range(256)) * 8)
    desk.drop("empty.txt", b"")
    desk.run("run", "--once")
    listed = {one["document"]: one for one in json.loads(desk.run("documents", "--json"))}
    assert listed["scan.txt"]["state"] == "failed"
    assert listed["scan.txt"]["reason"]
    assert listed["empty.txt"]["state"] == "failed"
    assert listed["empty.txt"]["reason"]
    assert listed["deep/library.md"]["state"] == "kept"
    assert "scan.txt" in desk.run("documents", "--state", "failed")


def test_a_changed_file_is_a_new_version_and_its_old_quotes_stay_provable(desk: Desk) -> None:
    desk.run("run", "--once")
    desk.run("quote", "library.md", "The building holds 80,000 books")
    desk.drop("deep/library.md", "New library opens in Lindholm\n\nThe building holds 90,000 books, it is now said.\n")
    desk.run("run", "--once")
    assert "version" in desk.run("documents", "--json")
    assert "90,000" in desk.run("show", "library.md")
    desk.run("quote", "library.md", "The building holds 80,000 books", exits=3)
    outcome = json.loads(desk.run("verify", "--json"))
    assert outcome["quotes"]
    assert outcome["proved"] == outcome["quotes"]


def test_a_removed_file_is_found_no_more_but_stays_proved(desk: Desk) -> None:
    desk.run("run", "--once")
    (desk.seeds / "deep" / "library.md").unlink()
    assert "removed" in desk.run("run", "--once")
    assert ask(desk, "Who designed the library in Lindholm?")["status"] == "not_in_sources"
    assert json.loads(desk.run("verify", "--json"))["broken"] == []


def test_a_renamed_file_stays_the_same_document(desk: Desk) -> None:
    desk.run("run", "--once")
    before = {one["document"]: one["id"] for one in json.loads(desk.run("documents", "--json"))}
    (desk.seeds / "later.txt").rename(desk.seeds / "latest.txt")
    assert "renamed" in desk.run("run", "--once")
    after = {one["document"]: one["id"] for one in json.loads(desk.run("documents", "--json"))}
    assert after["latest.txt"] == before["later.txt"]
    assert "later.txt" not in after


def test_links_fifos_and_hidden_files_are_passed_over_with_a_reason(desk: Desk) -> None:
    (desk.root / "secret.txt").write_text("The secret plan of Treva stands here in full.", encoding="utf-8")
    (desk.seeds / "link.txt").symlink_to(desk.root / "secret.txt")
    os.mkfifo(desk.seeds / "pipe.txt")
    (desk.seeds / ".hidden.txt").write_text("hidden", encoding="utf-8")
    (desk.seeds / "upload.txt.part").write_text("unfinished", encoding="utf-8")
    printed = desk.run("run", "--once")
    for name in ("link.txt", "pipe.txt", ".hidden.txt", "upload.txt.part"):
        assert f"ignored  {name}: " in printed
    assert "secret plan" not in printed


def test_the_index_can_be_thrown_away(desk: Desk) -> None:
    import shutil

    desk.run("run", "--once")
    shutil.rmtree(desk.root / "data" / "index")
    assert "1931" in desk.run("ask", "When was the wall built?")
    assert "passages indexed" in desk.run("index", "rebuild")
    assert "1931" in desk.run("ask", "When was the wall built?")


def test_show_lights_up_a_quote_and_refuses_what_does_not_stand_there(read_desk: Desk) -> None:
    assert "→Admission is free.←" in read_desk.run("show", "library.md", "--quote", "Admission is free.")
    assert "does not stand" in read_desk.run("show", "library.md", "--quote", "Admission is paid.", exits=1)
    assert "No document is called" in read_desk.run("show", "nowhere.txt", exits=1)


def test_a_quote_with_one_digit_changed_is_refused(read_desk: Desk) -> None:
    proof = json.loads(read_desk.run("quote", "library.md", "the building holds 80,000 books", "--json"))
    assert proof["verdict"] == "accept"
    assert proof["text"] == "The building holds 80,000 books"
    refused = json.loads(read_desk.run("quote", "library.md", "The building holds 81,000 books", "--json", exits=3))
    assert refused["verdict"] == "reject"


def test_read_shows_what_the_reader_makes_of_a_file_and_keeps_nothing(desk: Desk) -> None:
    printed = desk.run("read", str(desk.seeds / "harbour-en.txt"))
    assert "title: Storm closes the harbour of Treva" in printed
    assert "language: en" in printed
    assert not (desk.root / "data").exists()
    data = json.loads(desk.run("read", "--json", str(desk.seeds / "later.txt")))
    assert data["date"] == "2026-11-14"
    assert data["language"] == "de"


def test_read_says_why_a_file_cannot_be_read(desk: Desk) -> None:
    path = desk.drop("scan.bin", bytes(range(256)) * 4)
    assert "scan.bin: " in desk.run("read", str(path), exits=1)


def test_settings_prints_every_setting_with_its_origin(read_desk: Desk) -> None:
    rows = {row["key"]: row for row in json.loads(read_desk.run("settings", "--json"))}
    assert rows["seeds_dir"]["origin"] != "default"
    assert rows["max_document_bytes"]["origin"] == "default"


def test_a_wrong_setting_names_its_key_and_value_before_anything_opens(tmp_path: Path) -> None:
    desk = Desk(tmp_path)
    (tmp_path / "verbatim.toml").write_text('max_document_bytes = "many"\n', encoding="utf-8")
    printed = desk.run("run", "--once", exits=1)
    assert "max_document_bytes" in printed
    assert "many" in printed
    assert not (tmp_path / "data").exists()


def test_health_tells_whether_the_bot_runs(read_desk: Desk) -> None:
    assert "not running" in read_desk.run("health", exits=1)


def test_help_shows_examples_for_every_command(read_desk: Desk) -> None:
    for command in ("run", "ask", "brief", "read", "documents", "show", "quote", "verify", "settings", "health"):
        assert "Usage: " in read_desk.run(command, "--help")
    assert "verbatim ask" in read_desk.run("ask", "--help")


def test_a_folder_that_cannot_be_written_is_said_plainly(tmp_path: Path) -> None:
    desk = Desk(tmp_path)
    (tmp_path / "data").write_text("a file, not a folder", encoding="utf-8")
    printed = desk.run("run", "--once", exits=1)
    assert "error" in printed
    assert "data" in printed
    assert "Traceback" not in printed


def test_a_copy_of_what_an_earlier_brief_told_is_counted_not_told_again(desk: Desk) -> None:
    german = (desk.seeds / "harbour-de.txt").read_text(encoding="utf-8")
    (desk.seeds / "harbour-de.txt").unlink()
    desk.run("run", "--once")
    desk.drop("harbour-de.txt", german)
    made = json.loads(desk.run("brief", "--json"))
    assert made["entries"] == []
    assert made["copies"] == 1
    assert json.loads(desk.run("brief", "--json"))["copies"] == 0


# -- a larger dictionary -----------------------------------------------------------------------------------------------

WINCH = """Divers find a winch off Treva

TREVA, 12 November 2026 – Divers found a capstan off Treva on Thursday. It had lain there since 1790.
"""


def test_an_installed_dictionary_is_packed_by_run_and_finds_what_our_list_cannot(desk: Desk, tmp_path: Path) -> None:
    desk.drop("winch.txt", WINCH)
    file = tmp_path / "de-en"
    file.write_text("Gangspill {n} [naut.] | Gangspille {pl} :: capstan | capstans\n", encoding="utf-8")
    question = "Wer fand das Gangspill?"
    desk.run("run", "--once")
    assert "capstan" not in quoted(ask(desk, question))
    assert json.loads(desk.run("dictionary", "--json"))["state"] == "absent"

    larger = replace(desk, dictionary=file)
    assert "not used yet" in larger.run("dictionary")
    assert "capstan" not in quoted(ask(larger, question)), "a question packs nothing"
    larger.run("run", "--once")
    assert "2 words and phrases" in larger.run("dictionary")
    assert "capstan" in quoted(ask(larger, question))


def test_a_dictionary_that_cannot_be_used_is_told_and_changes_nothing(desk: Desk, tmp_path: Path) -> None:
    file = tmp_path / "de-en"
    file.write_bytes(bytes(range(256)) * 20)
    broken = replace(desk, dictionary=file)
    broken.run("run", "--once")
    assert "nothing in it can be used" in broken.run("dictionary")
    assert "14.000" in quoted(ask(broken, "Wie viele Menschen mussten das Hafenviertel verlassen?"))


def test_a_file_is_handed_over_once_under_its_own_name(desk: Desk) -> None:
    (desk.root / "away").mkdir()
    vote = desk.root / "away" / "vote.txt"
    vote.write_text("The council of Lindholm voted on the bridge. Nineteen members voted for it, and four against.\n")
    assert "Council vote" in desk.run("add", str(vote), "--title", "Council vote", "--date", "2026-11-03")
    assert "Already here as #1 vote.txt." in desk.run("add", str(vote))
    vote.write_text("The council of Lindholm met again. It wants to build a tunnel of 900 metres instead.\n")
    assert "vote (2).txt" in desk.run("add", str(vote))
    vote.unlink()
    answer = desk.run("ask", "How many members of the council voted for the bridge?")
    assert "Nineteen members voted for it, and four against." in answer
    assert "3 November 2026" in answer


def test_a_file_that_cannot_be_read_is_kept_with_the_reason(desk: Desk) -> None:
    film = desk.root / "film.bin"
    film.write_bytes(bytes(range(256)) * 8)
    assert "film.bin: " in desk.run("add", str(film), exits=1)
    assert "film.bin" in desk.run("documents", "--state", "failed")
