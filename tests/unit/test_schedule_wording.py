"""Times as people type them: understood, or refused with a cause and a cure."""

from __future__ import annotations

import contextlib
from datetime import UTC, date, datetime, time

import pytest
from click.testing import CliRunner
from hypothesis import given, settings
from hypothesis import strategies as st

from bot.cli import main
from bot.errors import SettingsError
from bot.schedule.calendar import QuietHours, QuietMode, outlook
from bot.schedule.telling import in_words, local_time, why
from bot.schedule.wording import read_day, read_quiet, read_time

SAID = {
    "7:30": "07:30, every day, UTC",
    "7.30 Uhr": "07:30, every day, UTC",
    "07h30": "07:30, every day, UTC",
    "0730": "07:30, every day, UTC",
    "Mo–Fr 7:30": "07:30, Mon–Fri, UTC",
    "mon - fri 7:30 AM": "07:30, Mon–Fri, UTC",
    "Monday to Friday at 07:30": "07:30, Mon–Fri, UTC",
    "Montag bis Freitag, 7 Uhr 30": "07:30, Mon–Fri, UTC",
    "werktags 07:30": "07:30, Mon–Fri, UTC",
    "07:30 weekdays": "07:30, Mon–Fri, UTC",
    "am Wochenende um 10": "10:00, Sat Sun, UTC",
    "Sa und So 10:00": "10:00, Sat Sun, UTC",
    "Do, Di 10:00": "10:00, Tue Thu, UTC",
    "Fri-Mon 8:00": "08:00, Mon Fri Sat Sun, UTC",
    "daily 9am": "09:00, every day, UTC",
    "täglich 12 a.m.": "00:00, every day, UTC",
    "jeden Tag mittags": "12:00, every day, UTC",
    "every Monday 08:00": "08:00, Mon, UTC",
    "jede Woche dienstags um 18 Uhr": "18:00, Tue, UTC",
    "abends um 8": "20:00, every day, UTC",
    "half past 7": "07:30, every day, UTC",
    "halb 8": "07:30, every day, UTC",
    "7:30 and 19:30": "07:30 19:30, every day, UTC",
    "Mo Mi Fr 7:30 + 12.15": "07:30 12:15, Mon Wed Fri, UTC",
    "monthly on the 1st 09:00": "09:00, day 1 of the month, UTC",
    "am 15. jedes Monats 9 Uhr": "09:00, day 15 of the month, UTC",
    "last day of the month 18:00": "18:00, the last day of the month, UTC",
    "am Monatsletzten 18:00": "18:00, the last day of the month, UTC",
    "hourly": "every hour, UTC",
    "stündlich": "every hour, UTC",
    "hourly at :15": "every hour, at minute 15, UTC",
    "every 30 minutes": "every 30 minutes, UTC",
    "alle zwei Stunden": "every 2 hours, UTC",
    "07:30 Mon-Fri Europe/Berlin": "07:30, Mon–Fri, Europe/Berlin",
    "europe/berlin 07:30": "07:30, every day, Europe/Berlin",
    "9:15pm new york": "21:15, every day, America/New_York",
    "8:00 Zürich.": "08:00, every day, Europe/Zurich",
    "8 Uhr Wiener Zeit": "",
    "daily 7:30 except 2026-12-24, 25.12.2026": "07:30, every day, not on 2026-12-24 2026-12-25, UTC",
    "täglich 7:30 außer 24.12.2026": "07:30, every day, not on 2026-12-24, UTC",
}


@pytest.mark.parametrize("said", [said for said, meant in SAID.items() if meant])
def test_it_understands(said: str) -> None:
    assert in_words(read_time(said, zone="UTC"), "en") == SAID[said]


@pytest.mark.parametrize(
    ("said", "code", "cure"),
    [
        ("", "no-time", "07:30"),
        ("Mon-Fri", "no-time", "07:30"),
        ("tomorrow 8:00", "not-understood", "tomorrow"),
        ("8 Uhr Wiener Zeit", "not-understood", "wiener"),
        ("daily 7", "not-understood", "07:00"),
        ("25:00", "no-such-time", "19:30"),
        ("24:00", "no-such-time", "00:00"),
        ("13pm", "no-such-time", "21:00"),
        ("0 9 * * 1", "cron", "in words"),
        ("7:30 +02:00", "offset", "summer time"),
        ("7:30 UTC+2", "offset", "summer time"),
        ("7:30 CET", "abbreviation", "place"),
        ("7:30 Europe/Berln", "no-such-zone", "Europe/Berlin"),
        ("every other Monday 9am", "every-other", "weekdays"),
        ("every 3 days 9am", "every-other", "weekdays"),
        ("first Monday 9am", "weekday-of-month", "weekday"),
        ("32nd 9am", "no-such-day", "31"),
        ("2026-12-24 9am", "a-date", "except"),
        ("7:30 except Christmas", "no-such-day", "except 2026-12-24"),
        ("hourly 7:30", "time-and-interval", "not both"),
        ("every 2000 minutes", "interval", "24 hours"),
        ("Mon-Fri 7:30, Sat 9:00", "two-wishes", "all days, then all times"),
        ("Monday and the 1st, 9:00", "two-kinds-of-days", "weekdays or days"),
        ("x" * 400, "too-long", "too long"),
    ],
)
def test_what_it_does_not_understand_it_refuses_with_a_cure(said: str, code: str, cure: str) -> None:
    with pytest.raises(SettingsError) as refused:
        read_time(said, zone="UTC")
    assert refused.value.code == code
    assert cure in refused.value.person


@settings(max_examples=300, deadline=None)
@given(st.one_of(st.text(), st.lists(st.sampled_from([*" ".join(SAID).split(), "-", "jeden", "bis", "²", "\0", "\ud800"]), max_size=9).map(" ".join)))
def test_whatever_is_typed_is_a_time_or_a_refusal(said: str) -> None:
    with contextlib.suppress(SettingsError):
        intent = read_time(said, zone="Europe/Vienna")
        assert intent.times or intent.every_minutes
        assert in_words(intent, "de").endswith(intent.zone)


def test_quiet_hours_and_days() -> None:
    assert read_quiet("22:00–07:00") == QuietHours(time(22), time(7))
    assert read_quiet("22 bis 7 Uhr", QuietMode.DROP) == QuietHours(time(22), time(7), QuietMode.DROP)
    assert read_day("24.12.2026") == read_day("2026-12-24") == date(2026, 12, 24)
    for wrong in ("22:00", "7-7", "25-26", ""):
        with pytest.raises(SettingsError):
            read_quiet(wrong)
    for wrong in ("24.12.", "2026-02-30", "heute", "1.1.1.1"):
        with pytest.raises(SettingsError):
            read_day(wrong)


def test_it_says_why_in_both_languages() -> None:
    intent = read_time("2:30 Wien", zone="UTC")
    [moved] = outlook(intent, datetime(2027, 3, 27, 12, tzinfo=UTC), 1)
    assert (local_time(moved, "en"), why(moved, "en")) == ("Sun 2027-03-28 03:30 +02:00", "moved by the gap from 02:30")
    assert (local_time(moved, "de"), why(moved, "de")) == ("So 2027-03-28 03:30 +02:00", "wegen der Zeitumstellung verschoben von 02:30")
    [first] = outlook(intent, datetime(2027, 10, 30, 12, tzinfo=UTC), 1)
    assert why(first, "en") == "first of two 02:30s"
    assert in_words(read_time("Mo-Fr 7:30", zone="UTC", quiet=QuietHours(time(22), time(7))), "de") == (
        "07:30, Mo–Fr, Ruhe 22:00–07:00, danach nachgeholt, UTC"
    )


def test_the_command_prints_the_next_times_and_why() -> None:
    asked = ["when", "2:30 Europe/Vienna", "-n", "2", "--after", "2027-03-27", "--skip", "2027-03-29=Feiertag", "--lang", "en"]
    done = CliRunner().invoke(main, asked)
    assert done.exit_code == 0, done.output
    assert done.output.splitlines() == [
        "02:30, every day, not on 2027-03-29, Europe/Vienna",
        "  Sat 2027-03-27 02:30 +01:00",
        "  Sun 2027-03-28 03:30 +02:00  moved by the gap from 02:30",
    ]
    more = CliRunner().invoke(main, [*asked, "-n", "3"])
    assert "  Mon 2027-03-29 02:30         skipped: Feiertag" in more.output.splitlines()
    as_json = CliRunner().invoke(main, [*asked, "--json"])
    assert '"at": "2027-03-28T01:30:00Z"' in as_json.output
    assert '"offset": "+02:00"' in as_json.output
    never = CliRunner().invoke(main, ["when", "7:30", "--zone", "UTC", "--quiet", "7-8", "--quiet-mode", "drop", "--lang", "en"])
    assert "Never in the next two years." in never.output


def test_the_command_refuses_with_a_sentence() -> None:
    done = CliRunner().invoke(main, ["when", "7:30 CET"])
    assert done.exit_code == 1
    assert "Europe/Berlin" in done.output
