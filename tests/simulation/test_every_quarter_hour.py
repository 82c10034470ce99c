"""Zones with odd rules, every quarter hour from 2020 to 2045; the command in `every_quarter_hour` takes all of them."""

from __future__ import annotations

from zoneinfo import ZoneInfo

import pytest

from tests.simulation.every_quarter_hour import changes_of, prove


@pytest.mark.slow
@pytest.mark.parametrize("zone", ["Africa/Cairo", "America/Nuuk", "Australia/Lord_Howe", "Antarctica/Troll"])
def test_every_quarter_hour_comes_once_a_day(zone: str) -> None:
    asked, wrong = prove(zone, changes_of(ZoneInfo(zone)))
    assert asked > 10_000
    assert wrong == []
